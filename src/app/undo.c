#include "app/undo.h"

#include "app/database.h"
#include "app/packs.h"
#include "app/stored_classes.h"

#include <math.h>

typedef struct Undo {
    Arena *arena;
    const Core *core;
    uint64_t seq;
    Str author;
    UndoResult *result;
} Undo;

/* ---- what rests on it ---- */

/* Whether a school that is still there would not be known any more by name, place or runner. */
static bool loses_schools(const Facts *facts, const Facts *without)
{
    static const OrgValue NEEDED[] = {ORG_CODE, ORG_PARENT, ORG_TYPE, ORG_RUNNER};
    for (uint32_t unit = 0; unit < orgs_count(without->orgs); unit++) {
        const Org *org = orgs_get(without->orgs, unit);
        uint32_t before = orgs_find(facts->orgs, org->id);
        if (org->kind != ORG_SCHOOL || before == ORG_NOT_FOUND)
            continue;
        if (org_name(facts->orgs, before, org->opened).len &&
            !org_name(without->orgs, unit, org->opened).len)
            return true;
        for (size_t i = 0; i < sizeof NEEDED / sizeof *NEEDED; i++)
            if (!isnan(org_value(facts->orgs, before, NEEDED[i], org->opened)) &&
                isnan(org_value(without->orgs, unit, NEEDED[i], org->opened)))
                return true;
    }
    return false;
}

/* Whether a unit stands below one that is not there any more. */
static bool loses_parents(const Facts *without)
{
    for (uint32_t unit = 0; unit < orgs_count(without->orgs); unit++) {
        size_t count;
        const OrgStatement *statement = org_statements(without->orgs, unit, &count);
        for (size_t i = 0; i < count; i++) {
            double parent = statement[i].value[ORG_PARENT];
            if (!isnan(parent) && orgs_find(without->orgs, (int64_t)parent) == ORG_NOT_FOUND)
                return true;
        }
    }
    return false;
}

static bool names(const Happening *h, int64_t id)
{
    bool is_named = h->subject == id || h->event.value[ORG_PARENT] == (double)id;
    for (size_t i = 0; i < h->event.other_count; i++)
        is_named |= h->event.other[i] == id;
    return is_named;
}

/*
 * Whether something was entered afterwards of a unit that the event is about: it was checked against the
 * tree with the event in it.
 */
static bool has_later_events(const Facts *facts, const Happening *event)
{
    for (size_t i = 0; i < facts->happenings.len; i++) {
        const Happening *later = &facts->happenings.ptr[i];
        if (later->seq <= event->seq)
            continue;
        if (names(later, event->subject))
            return true;
        for (size_t k = 0; k < event->event.other_count; k++)
            if (names(later, event->event.other[k]))
                return true;
    }
    return false;
}

/* Whether somebody else has got the code that a unit would have again. */
static bool has_code_taken(const Facts *without, int64_t id, Date date)
{
    uint32_t unit = orgs_find(without->orgs, id);
    if (unit == ORG_NOT_FOUND || !org_is_open(orgs_get(without->orgs, unit), date))
        return false;
    double code = org_value(without->orgs, unit, ORG_CODE, date);
    return !isnan(code) && orgs_find_holder(without->orgs, code, date, unit) != ORG_NOT_FOUND;
}

static bool takes_codes(const Facts *without, const Happening *event)
{
    bool is_taken = has_code_taken(without, event->subject, event->event.date);
    for (size_t i = 0; i < event->event.other_count; i++)
        is_taken |= has_code_taken(without, event->event.other[i], event->event.date);
    return is_taken;
}

/* What the journal says without it, if that makes sense. */
static bool is_needed(const Undo *undo, Store *store, const Facts *facts)
{
    CLEANUP(err_done) Err quiet;
    err_init(&quiet);
    Facts *rest;
    FactsUntil without = FACTS_ALL;
    without.without = undo->seq;
    const Happening *event = undo->result->event;
    if (event && has_later_events(facts, event))
        return true;
    return !facts_load(undo->arena, undo->core, store, without, &rest, &quiet) ||
           loses_schools(facts, rest) || loses_parents(rest) || classes_lack_schools(rest) ||
           (event && takes_codes(rest, event));
}

/* ---- taking it back ---- */

static bool write_undo(Store *store, void *ctx, Err *err)
{
    Undo *undo = ctx;
    UndoResult *result = undo->result;
    Facts *facts;
    ErrArg seq = ARG_INT("batch", undo->seq);
    if (!facts_load(undo->arena, undo->core, store, FACTS_ALL, &facts, err))
        return false;
    *result = (UndoResult){.batch = facts_find_batch(facts, undo->seq),
                           .event = facts_find_event(facts, undo->seq)};
    if (facts_is_undone_event(facts, undo->seq) || (result->batch && result->batch->undone_by))
        return err_fail(err, ERR_UNDO_TWICE, seq);
    if (!result->batch && !result->event)
        return err_fail(err, ERR_UNDO_NONE, seq);
    if (is_needed(undo, store, facts))
        return err_fail(err, result->batch ? ERR_UNDO_NEEDED : ERR_UNDO_EVENT_NEEDED, seq);
    const EntryDraft draft = {
        .author = undo->author, .kind = STR("undo"), .subject = (int64_t)undo->seq};
    Entry entry;
    if (!store_append(store, &draft, &entry, err))
        return false;
    result->entry = entry.seq;
    return true;
}

bool undo_run(Arena *arena, const char *packs, const StoreConfig *config, uint64_t seq, Str author,
              UndoResult *ret, Err *err)
{
    Undo undo = {.arena = arena, .seq = seq, .author = author, .result = ret};
    Core *core;
    Store *store;
    if (!pack_load_core(arena, packs, &core, err) || !database_open(arena, config, &store, err))
        return false;
    undo.core = core;
    return store_write(store, write_undo, &undo, err);
}
