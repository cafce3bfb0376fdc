#include "app/facts.h"

#include "app/stored_classes.h"

#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>

/* ---- reading the journal ---- */

/* One entry, kept until all are read: a later one may take it back. */
typedef struct Kept {
    uint64_t seq;
    int64_t time_us;
    EntryDraft draft;
} Kept;

typedef struct FactsLoader {
    Facts *facts;
    FactsUntil until;
    VEC(Kept) kept;
    Err *err;
} FactsLoader;

enum { ZONE_S = 8 * 60 * 60, DAY_S = 24 * 60 * 60 };

Date facts_day(int64_t time_us)
{
    return (Date)((time_us / 1000000 + ZONE_S) / DAY_S);
}

static bool keep(void *ctx, const Entry *entry, Err *err)
{
    FactsLoader *loader = ctx;
    Arena *arena = loader->facts->arena;
    (void)err;
    if (facts_day(entry->time_us) > loader->until.day)
        return true;
    Kept kept = {.seq = entry->seq, .time_us = entry->time_us, .draft = entry->draft};
    kept.draft.author = str_dup(arena, entry->draft.author);
    kept.draft.kind = str_dup(arena, entry->draft.kind);
    kept.draft.period = str_dup(arena, entry->draft.period);
    kept.draft.body = str_dup(arena, entry->draft.body);
    VEC_PUSH(arena, &loader->kept, kept);
    loader->facts->seq = entry->seq;
    return true;
}

static bool fail_entry(const FactsLoader *loader, const Kept *kept)
{
    return err_fail(loader->err, ERR_FACTS_ENTRY, ARG_INT("seq", kept->seq),
                    ARG_STR("kind", kept->draft.kind));
}

/* ---- documents ---- */

static Batch *batch_of(Facts *facts, const Document *document)
{
    if (document->chunk == 0 || !facts->batches.len)
        return NULL;
    Batch *last = &facts->batches.ptr[facts->batches.len - 1];
    bool is_next =
        last->chunks.len == document->chunk && memcmp(last->digest, document->digest, SM3_LEN) == 0;
    return is_next ? last : NULL;
}

static bool add_document(FactsLoader *loader, const Kept *kept)
{
    Facts *facts = loader->facts;
    Document document;
    if (!document_parse(facts->arena, kept->draft.body, &document))
        return fail_entry(loader, kept);
    Batch *batch = batch_of(facts, &document);
    if (!batch) {
        Batch first = {.seq = kept->seq,
                       .time_us = kept->time_us,
                       .author = kept->draft.author,
                       .form = document.form,
                       .file = document.file,
                       .sheet = document.sheet,
                       .period_text = kept->draft.period};
        memcpy(first.digest, document.digest, SM3_LEN);
        Err quiet;
        err_init(&quiet);
        bool is_period = period_parse(kept->draft.period, &first.period, &quiet);
        err_done(&quiet);
        if (!is_period || document.chunk != 0)
            return fail_entry(loader, kept);
        VEC_PUSH(facts->arena, &facts->batches, first);
        batch = &facts->batches.ptr[facts->batches.len - 1];
    }
    batch->last_seq = kept->seq;
    batch->row_count += document.row_count;
    VEC_PUSH(facts->arena, &batch->chunks, document);
    return true;
}

/* The batch or event of that entry does not count any more; false if it is neither. */
static bool leave_out(FactsLoader *loader, uint64_t subject, uint64_t by)
{
    Batch *batch = facts_find_batch(loader->facts, subject);
    bool is_event = false;
    for (size_t i = 0; !batch && i < loader->kept.len; i++) {
        const Kept *kept = &loader->kept.ptr[i];
        is_event |= kept->seq == subject && event_find(kept->draft.kind) != EVENT_COUNT;
    }
    if (batch)
        batch->undone_by = by;
    else if (is_event)
        VEC_PUSH(loader->facts->arena, &loader->facts->undone_events, subject);
    return batch || is_event;
}

/* Where reading stops in the middle of a batch: it was accepted as a whole or not at all. */
static void leave_out_parts(Facts *facts)
{
    for (size_t i = 0; i < facts->batches.len; i++) {
        Batch *batch = &facts->batches.ptr[i];
        if (batch->chunks.len < batch->chunks.ptr[0].chunk_count)
            batch->undone_by = UINT64_MAX;
    }
}

static bool find_documents(FactsLoader *loader)
{
    bool is_ok = true;
    for (size_t i = 0; is_ok && i < loader->kept.len; i++) {
        const Kept *kept = &loader->kept.ptr[i];
        if (str_equals(kept->draft.kind, STR("document")))
            is_ok = add_document(loader, kept);
        else if (str_equals(kept->draft.kind, STR("undo")))
            is_ok = leave_out(loader, (uint64_t)kept->draft.subject, kept->seq) ||
                    fail_entry(loader, kept);
    }
    leave_out_parts(loader->facts);
    if (loader->until.without)
        (void)leave_out(loader, loader->until.without, UINT64_MAX);
    return is_ok;
}

/* What the rows of a document of schools say of the schools themselves. */
static bool say_schools(const Facts *facts, const Batch *batch, Document *document)
{
    static const char *const COLUMNS[ORG_VALUE_COUNT] = {"code", "parent", "type", "runner",
                                                         "urban"};
    DocumentColumn *unit = document_find(document, STR("unit"), STR("")),
                   *name = document_find(document, STR("name"), STR(""));
    if (!unit || unit->is_text || (name && !name->is_text))
        return false;
    const double *id = document_numbers(facts->arena, document, unit),
                 *value[ORG_VALUE_COUNT] = {NULL};
    for (int i = 0; i < ORG_VALUE_COUNT; i++) {
        DocumentColumn *column = document_find(document, str_from(COLUMNS[i]), STR(""));
        value[i] = column ? document_numbers(facts->arena, document, column) : NULL;
    }
    int64_t last = 0;
    orgs_expect(facts->orgs, document->row_count);
    for (size_t row = 0; row < document->row_count; row++) {
        if (isnan(id[row]))
            return false;
        if ((int64_t)id[row] == last) /* the further rows of a school say the same of it */
            continue;
        last = (int64_t)id[row];
        OrgStatement statement = org_statement(period_first_day(batch->period), batch->seq);
        statement.name = name ? name->text[row] : STR("");
        for (int i = 0; i < ORG_VALUE_COUNT; i++)
            statement.value[i] = value[i] ? value[i][row] : NAN;
        orgs_say(facts->orgs, orgs_add(facts->orgs, last, ORG_SCHOOL), &statement);
    }
    return true;
}

static bool apply_document(FactsLoader *loader, const Kept *kept, size_t *batch_idx)
{
    Facts *facts = loader->facts;
    while (facts->batches.ptr[*batch_idx].last_seq < kept->seq)
        ++*batch_idx;
    Batch *batch = &facts->batches.ptr[*batch_idx];
    if (batch->undone_by)
        return true;
    Document *document = &batch->chunks.ptr[kept->seq - batch->seq];
    bool is_ok = str_equals(batch->form, FORM_SCHOOL)    ? say_schools(facts, batch, document)
                 : str_equals(batch->form, FORM_CLASSES) ? classes_check(facts->arena, document)
                                                         : true;
    return is_ok || fail_entry(loader, kept);
}

/* ---- events ---- */

static bool apply_event(FactsLoader *loader, const Kept *kept, EventKind kind)
{
    Facts *facts = loader->facts;
    Happening happening = {.seq = kept->seq,
                           .time_us = kept->time_us,
                           .subject = kept->draft.subject,
                           .author = kept->draft.author,
                           .kind = kind};
    if (!event_parse(facts->arena, kept->draft.body, &happening.event) ||
        !event_apply(facts->orgs, kind, kept->draft.subject, kept->seq, &happening.event))
        return fail_entry(loader, kept);
    VEC_PUSH(facts->arena, &facts->happenings, happening);
    return true;
}

static bool apply(FactsLoader *loader, const Kept *kept, size_t *batch_idx)
{
    EventKind kind = event_find(kept->draft.kind);
    if (kind != EVENT_COUNT)
        return facts_is_undone_event(loader->facts, kept->seq) || apply_event(loader, kept, kind);
    if (str_equals(kept->draft.kind, STR("document")))
        return apply_document(loader, kept, batch_idx);
    if (str_equals(kept->draft.kind, STR("divisions")))
        return divisions_apply(loader->facts->orgs, kept->draft.body, kept->seq) ||
               fail_entry(loader, kept);
    return str_equals(kept->draft.kind, STR("undo")) || fail_entry(loader, kept);
}

bool facts_load(Arena *arena, const Core *core, Store *store, FactsUntil until, Facts **ret,
                Err *err)
{
    Facts *facts = ARENA_NEW(arena, Facts);
    *facts =
        (Facts){.arena = arena, .core = core, .store_id = store_id(store), .orgs = orgs_new(arena)};
    FactsLoader loader = {.facts = facts, .until = until, .err = err};
    if (!store_scan(store, 0, until.seq, keep, &loader, err) || !find_documents(&loader))
        return false;
    size_t batch_idx = 0;
    for (size_t i = 0; i < loader.kept.len; i++)
        if (!apply(&loader, &loader.kept.ptr[i], &batch_idx))
            return false;
    orgs_settle(facts->orgs);
    *ret = facts;
    return true;
}

bool facts_suppose(Facts *facts, const Batch *batch, Err *err)
{
    VEC_PUSH(facts->arena, &facts->batches, *batch);
    for (size_t i = 0; i < batch->chunks.len; i++)
        if (str_equals(batch->form, FORM_SCHOOL) &&
            !say_schools(facts, batch, &batch->chunks.ptr[i]))
            return err_fail(err, ERR_FACTS_ENTRY, ARG_INT("seq", batch->seq),
                            ARG_STR("kind", batch->form));
    facts->seq = batch->last_seq;
    orgs_settle(facts->orgs);
    return true;
}

/* ---- batches and periods ---- */

Batch *facts_find_batch(const Facts *facts, uint64_t seq)
{
    for (size_t i = 0; i < facts->batches.len; i++)
        if (facts->batches.ptr[i].seq == seq)
            return &facts->batches.ptr[i];
    return NULL;
}

const Happening *facts_find_event(const Facts *facts, uint64_t seq)
{
    for (size_t i = 0; i < facts->happenings.len; i++)
        if (facts->happenings.ptr[i].seq == seq)
            return &facts->happenings.ptr[i];
    return NULL;
}

bool facts_is_undone_event(const Facts *facts, uint64_t seq)
{
    for (size_t i = 0; i < facts->undone_events.len; i++)
        if (facts->undone_events.ptr[i] == seq)
            return true;
    return false;
}

static bool is_same_period(Period a, Period b)
{
    return a.kind == b.kind && a.year == b.year && a.part == b.part;
}

static bool is_of(const Batch *batch, Str form, Period period)
{
    return !batch->undone_by && str_equals(batch->form, form) &&
           is_same_period(batch->period, period);
}

const Batch *facts_find_same(const Facts *facts, Str form, Period period,
                             const unsigned char digest[SM3_LEN])
{
    for (size_t i = facts->batches.len; i-- > 0;) {
        const Batch *batch = &facts->batches.ptr[i];
        if (is_of(batch, form, period) && memcmp(batch->digest, digest, SM3_LEN) == 0)
            return batch;
    }
    return NULL;
}

bool facts_is_of_schools(const Batch *batch)
{
    return !batch->undone_by &&
           (str_equals(batch->form, FORM_SCHOOL) || str_equals(batch->form, FORM_CLASSES));
}

bool facts_has_schools(const Facts *facts, Period period)
{
    for (size_t i = 0; i < facts->batches.len; i++)
        if (facts_is_of_schools(&facts->batches.ptr[i]) &&
            is_same_period(facts->batches.ptr[i].period, period))
            return true;
    return false;
}

static int by_text(const void *a, const void *b)
{
    return str_order(*(const Str *)a, *(const Str *)b);
}

Str facts_periods(Arena *arena, const Facts *facts)
{
    VEC(Str) found = {0};
    for (size_t i = 0; i < facts->batches.len; i++)
        if (facts_is_of_schools(&facts->batches.ptr[i]))
            VEC_PUSH(arena, &found, facts->batches.ptr[i].period_text);
    if (found.len)
        qsort(found.ptr, found.len, sizeof *found.ptr, by_text);
    StrBuf out;
    strbuf_init(&out, arena);
    for (size_t i = 0; i < found.len; i++) {
        if (i && str_equals(found.ptr[i], found.ptr[i - 1]))
            continue;
        if (out.len)
            strbuf_add(&out, STR("、"));
        strbuf_add(&out, found.ptr[i]);
    }
    return strbuf_str(&out);
}

/* ---- divisions of a day ---- */

typedef struct DayRegions {
    Arena *arena;
    const Facts *facts;
    Date day;
    CoreRegion *list;
    size_t count;
    size_t *place; /* unit -> place in the list + 1 */
} DayRegions;

/* False if it hangs in the air: what stands above it is not there. */
static bool add_region(DayRegions *regions, uint32_t unit)
{
    const Orgs *units = regions->facts->orgs;
    uint32_t parent = org_parent(units, unit, regions->day);
    CoreRegion *region = &regions->list[regions->count++];
    *region =
        (CoreRegion){.code = facts_unit_code(regions->arena, regions->facts, unit, regions->day),
                     .name = org_name(units, unit, regions->day),
                     .parent = parent == ORG_NOT_FOUND ? 0 : regions->place[parent]};
    regions->place[unit] = regions->count;
    return region->parent || orgs_get(units, unit)->kind == ORG_PROVINCE;
}

/* The divisions that the packs bring, and no others: then their list need not be made again. */
static bool is_as_in_packs(const DayRegions *regions)
{
    const CodeList *codes = regions->facts->core->regions;
    if (codes->codes.len != regions->count)
        return false;
    for (size_t i = 0; i < regions->count; i++) {
        const CoreRegion *region = &regions->list[i];
        const Code *code = map_find(&codes->lookup, region->code);
        Str parent = region->parent ? regions->list[region->parent - 1].code : STR("");
        if (!code || !str_equals(code->name, region->name) ||
            !str_equals(code->parent ? code->parent->code : STR(""), parent))
            return false;
    }
    return true;
}

bool facts_core(Arena *arena, const Facts *facts, Date day, const Core **ret, Err *err)
{
    size_t count = orgs_count(facts->orgs);
    DayRegions regions = {.arena = arena,
                          .facts = facts,
                          .day = day,
                          .list = ARENA_ARRAY(arena, CoreRegion, count + 1),
                          .place = ARENA_ARRAY(arena, size_t, count + 1)};
    for (int kind = ORG_PROVINCE; kind <= ORG_COUNTY; kind++)
        for (uint32_t unit = 0; unit < count; unit++) {
            const Org *u = orgs_get(facts->orgs, unit);
            if ((int)u->kind == kind && org_is_open(u, day) && !add_region(&regions, unit))
                return err_fail(err, ERR_FACTS_TREE);
        }
    *ret = facts->core;
    if (is_as_in_packs(&regions))
        return true;
    *ret = core_with_regions(arena, facts->core, regions.list, regions.count);
    return *ret || err_fail(err, ERR_FACTS_TREE);
}

/* ---- one unit ---- */

Str facts_unit_code(Arena *arena, const Facts *facts, uint32_t unit, Date day)
{
    double code = org_value(facts->orgs, unit, ORG_CODE, day);
    OrgKind kind = orgs_get(facts->orgs, unit)->kind;
    int width = kind == ORG_SCHOOL ? 10 : kind == ORG_TOWNSHIP ? 9 : 6;
    if (isnan(code))
        return STR("");
    return str_format(arena, "%0*lld", width, (long long)code);
}

static bool parse_id(Str text, int64_t *ret)
{
    int64_t id = 0;
    if (text.len < 2 || text.len > 19 || text.ptr[0] != '#')
        return false;
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        id = id * 10 + (text.ptr[i] - '0');
    }
    *ret = id;
    return true;
}

static bool parse_code(Str text, double *ret)
{
    double code = 0;
    bool is_code = text.len == 6 || text.len == 9 || text.len == 10;
    for (size_t i = 0; is_code && i < text.len; i++) {
        is_code = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        code = code * 10 + (text.ptr[i] - '0');
    }
    *ret = code;
    return is_code;
}

typedef struct NameSearch {
    uint32_t unit;
    size_t count;
    StrBuf codes; /* of those that are called so */
} NameSearch;

static void found_name(NameSearch *search, const Facts *facts, uint32_t unit, Date day)
{
    if (search->count++)
        strbuf_add(&search->codes, STR("、"));
    Str code = facts_unit_code(search->codes.arena, facts, unit, day);
    if (code.len)
        strbuf_add(&search->codes, code);
    else
        strbuf_addf(&search->codes, "#%lld", (long long)orgs_get(facts->orgs, unit)->id);
    search->unit = unit;
}

static uint32_t find_division(const Facts *facts, Str text, Date day, bool *ret_is_shared)
{
    CLEANUP(arena_done) Arena scratch;
    CLEANUP(err_done) Err quiet;
    arena_init(&scratch);
    err_init(&quiet);
    const Core *core;
    *ret_is_shared = false;
    if (!facts_core(&scratch, facts, day, &core, &quiet))
        return ORG_NOT_FOUND;
    const Code *code = core_region_find(core, text, ret_is_shared);
    return code ? orgs_find_code(facts->orgs, code->number, day) : ORG_NOT_FOUND;
}

uint32_t facts_find_unit(Arena *arena, const Facts *facts, Str text, Date day, Err *err)
{
    const Orgs *units = facts->orgs;
    Str folded = utf8_fold(arena, text);
    int64_t id;
    double code;
    uint32_t unit = parse_id(folded, &id)       ? orgs_find(units, id)
                    : parse_code(folded, &code) ? orgs_find_code(units, code, day)
                                                : ORG_NOT_FOUND;
    bool is_shared = false;
    if (unit == ORG_NOT_FOUND)
        unit = find_division(facts, folded, day, &is_shared);
    if (unit != ORG_NOT_FOUND)
        return unit;
    NameSearch search = {.unit = ORG_NOT_FOUND};
    strbuf_init(&search.codes, arena);
    for (uint32_t i = 0; i < orgs_count(units); i++) {
        const Org *u = orgs_get(units, i);
        bool is_named = u->kind >= ORG_TOWNSHIP || is_shared;
        if (is_named && org_is_open(u, day) && str_equals(org_name(units, i, day), text))
            found_name(&search, facts, i, day);
    }
    if (search.count == 1)
        return search.unit;
    if (search.count)
        (void)err_fail(err, ERR_UNIT_SEVERAL, ARG_STR("unit", text),
                       ARG_STR("codes", strbuf_str(&search.codes)));
    else
        (void)err_fail(err, ERR_UNIT_NONE, ARG_STR("unit", text));
    return ORG_NOT_FOUND;
}
