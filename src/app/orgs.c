#include "app/orgs.h"

#include "app/database.h"
#include "base/clock.h"
#include "base/utf8.h"

#include <math.h>

static const struct {
    Str word, zh;
} KINDS[] = {
#define ORG_KIND(id, word, zh) [id] = {STR_INIT(word), STR_INIT(zh)},
#include "app/org_kinds.def"
#undef ORG_KIND
};

Str org_kind_name(OrgKind kind, bool is_english)
{
    return is_english ? KINDS[kind].word : KINDS[kind].zh;
}

OrgKind org_kind_find(Str name)
{
    /* what users call groups */
    static const char *const GROUPS[] = {"学区", "集团", "教育集团", "联盟", "共同体"};
    for (size_t i = 0; i < sizeof GROUPS / sizeof *GROUPS; i++)
        if (str_equals(name, str_from(GROUPS[i])))
            return ORG_GROUP;
    for (int kind = ORG_PROVINCE; kind <= ORG_GROUP; kind++)
        if (str_equals(name, KINDS[kind].word) || str_equals(name, KINDS[kind].zh))
            return (OrgKind)kind;
    return ORG_NONE;
}

typedef struct Entering {
    Arena *arena;
    const OrgRequest *request;
    const Core *core;
    Facts *facts;
    const Orgs *orgs;
    OrgEvent event;
    uint32_t unit;
    VEC(uint32_t) others;
    OrgResult *result;
    Err *err;
} Entering;

/* ---- what was given ---- */

/* As of the day, or of its first one where it is not there yet. */
static Str label_of(const Entering *e, uint32_t unit)
{
    Date opened = orgs_get(e->orgs, unit)->opened;
    Date day = e->event.date > opened ? e->event.date : opened;
    Str name = org_name(e->orgs, unit, day);
    Str code = facts_unit_code(e->arena, e->facts, unit, day);
    return code.len ? str_format(e->arena, "%.*s %.*s", STR_ARG(code), STR_ARG(name)) : name;
}

static Str date_text(const Entering *e, Date date)
{
    StrBuf out;
    strbuf_init(&out, e->arena);
    date_format(&out, date);
    return strbuf_str(&out);
}

static bool find_unit(const Entering *e, Str text, uint32_t *ret)
{
    *ret = facts_find_unit(e->arena, e->facts, text, e->event.date, e->err);
    return *ret != ORG_NOT_FOUND;
}

/* A unit that is there on the day of the event. */
static bool find_open(const Entering *e, Str text, uint32_t *ret)
{
    if (!find_unit(e, text, ret))
        return false;
    const Org *org = orgs_get(e->orgs, *ret);
    if (org_is_open(org, e->event.date))
        return true;
    return err_fail(e->err, ERR_ORG_NOT_OPEN, ARG_STR("unit", label_of(e, *ret)),
                    ARG_STR("date", date_text(e, e->event.date)));
}

static bool read_code_list(const Entering *e, const char *list, Str text, double *ret)
{
    const CodeList *codes = NULL;
    for (size_t i = 0; i < e->core->code_lists.len; i++)
        if (str_equals(e->core->code_lists.ptr[i]->id, str_from(list)))
            codes = e->core->code_lists.ptr[i];
    if (!text.len)
        return true;
    CHECK(codes != NULL); /* packs/core has these three */
    const Code *code = codelist_find(codes, text);
    if (!code)
        return err_fail(e->err, ERR_FLAT_CODE_LIST, ARG_STR("list", codes->name),
                        ARG_STR("value", text),
                        ARG_STR("near", codelist_nearest(e->arena, codes, text)));
    *ret = code->number;
    return true;
}

static size_t code_digits(OrgKind kind)
{
    enum { SCHOOL_DIGITS = 10, TOWNSHIP_DIGITS = 9, DIVISION_DIGITS = 6 };
    return kind == ORG_SCHOOL     ? SCHOOL_DIGITS
           : kind == ORG_TOWNSHIP ? TOWNSHIP_DIGITS
           : kind == ORG_GROUP    ? 0
                                  : DIVISION_DIGITS;
}

static bool read_code(Entering *e, OrgKind kind)
{
    Str text = utf8_fold(e->arena, e->request->code);
    double code = 0;
    bool is_code = text.len == code_digits(kind);
    for (size_t i = 0; is_code && i < text.len; i++) {
        is_code = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        code = code * 10 + (text.ptr[i] - '0');
    }
    if (!text.len)
        return true;
    if (!is_code || code == 0)
        return err_fail(e->err, ERR_ORG_CODE, ARG_STR("code", e->request->code),
                        ARG_INT("digits", code_digits(kind)));
    uint32_t other = orgs_find_holder(e->orgs, code, e->event.date, e->unit);
    if (other != ORG_NOT_FOUND)
        return err_fail(e->err, ERR_ORG_CODE_TAKEN, ARG_STR("code", text),
                        ARG_STR("unit", label_of(e, other)));
    e->event.value[ORG_CODE] = code;
    return true;
}

/* Which kind of unit may stand above which. */
static bool may_be_above(OrgKind above, OrgKind kind)
{
    switch (kind) {
    case ORG_PREFECTURE:
        return above == ORG_PROVINCE;
    case ORG_COUNTY:
        return above == ORG_PREFECTURE || above == ORG_PROVINCE;
    case ORG_TOWNSHIP:
        return above == ORG_COUNTY;
    case ORG_SCHOOL:
        return above == ORG_COUNTY || above == ORG_TOWNSHIP;
    case ORG_GROUP:
        return above >= ORG_PROVINCE && above <= ORG_TOWNSHIP;
    case ORG_PROVINCE:
    case ORG_NONE:
    default:
        return false;
    }
}

/* Whether the unit has left, or ended, by the day on which the one above it ends. */
static bool is_gone_by(const Entering *e, const Org *above)
{
    size_t count = 0;
    const OrgStatement *statement =
        e->unit == ORG_NOT_FOUND ? NULL : org_statements(e->orgs, e->unit, &count);
    for (size_t i = 0; i < count; i++)
        if (statement[i].from > e->event.date && statement[i].from <= above->closed &&
            statement[i].value[ORG_PARENT] != (double)above->id)
            return true;
    return above->closed == DATE_MAX ||
           (count && orgs_get(e->orgs, e->unit)->closed <= above->closed);
}

static bool read_parent(Entering *e, OrgKind kind)
{
    uint32_t parent;
    if (!e->request->parent.len)
        return true;
    if (!find_open(e, e->request->parent, &parent))
        return false;
    const Org *above = orgs_get(e->orgs, parent);
    if (!may_be_above(above->kind, kind))
        return err_fail(e->err, ERR_ORG_PARENT, ARG_STR("kind", org_kind_name(kind, false)),
                        ARG_STR("kind_en", org_kind_name(kind, true)),
                        ARG_STR("unit", label_of(e, parent)));
    if (!is_gone_by(e, above))
        return err_fail(e->err, ERR_ORG_NOT_OPEN, ARG_STR("unit", label_of(e, parent)),
                        ARG_STR("date", date_text(e, above->closed)));
    e->event.value[ORG_PARENT] = (double)above->id;
    return true;
}

/* Name, code, unit above, type, runner, urban class: those that were given. */
static bool read_values(Entering *e, OrgKind kind)
{
    const OrgRequest *request = e->request;
    bool is_school = kind == ORG_SCHOOL;
    e->event.name = request->name;
    if (!is_school && (request->type.len || request->runner.len || request->urban.len))
        return err_fail(e->err, ERR_ORG_ONLY_SCHOOLS);
    bool is_ok = read_code_list(e, "school_type", request->type, &e->event.value[ORG_TYPE]);
    is_ok &= read_code_list(e, "runner", request->runner, &e->event.value[ORG_RUNNER]);
    is_ok &= read_code_list(e, "urban_rural", request->urban, &e->event.value[ORG_URBAN]);
    is_ok &= read_code(e, kind);
    return is_ok & read_parent(e, kind);
}

/* ---- figures that stand in the way ---- */

static bool has_rows(const Facts *facts, Batch *batch, int64_t id)
{
    for (size_t i = 0; i < batch->chunks.len; i++) {
        Document *document = &batch->chunks.ptr[i];
        DocumentColumn *column = document_find(document, STR("unit"), STR(""));
        const double *unit = column ? document_numbers(facts->arena, document, column) : NULL;
        for (size_t row = 0; unit && row < document->row_count; row++)
            if ((int64_t)unit[row] == id)
                return true;
    }
    return false;
}

/* A unit cannot end before the last period for which it has figures. */
static bool check_no_figures(const Entering *e, uint32_t unit)
{
    for (size_t i = 0; i < e->facts->batches.len; i++) {
        Batch *batch = &e->facts->batches.ptr[i];
        if (batch->undone_by || period_first_day(batch->period) < e->event.date ||
            !has_rows(e->facts, batch, orgs_get(e->orgs, unit)->id))
            continue;
        return err_fail(e->err, ERR_ORG_FIGURES, ARG_STR("unit", label_of(e, unit)),
                        ARG_STR("period", batch->period_text), ARG_INT("batch", batch->seq),
                        ARG_STR("date", date_text(e, e->event.date)));
    }
    return true;
}

static bool check_nothing_below(const Entering *e, uint32_t unit)
{
    uint32_t below = orgs_find_below(e->orgs, unit, e->event.date);
    return below == ORG_NOT_FOUND ||
           err_fail(e->err, ERR_ORG_BELOW, ARG_STR("unit", label_of(e, unit)),
                    ARG_STR("below", label_of(e, below)));
}

/* What was merged or split ends once; what others became is there when they do. */
static bool check_no_links(const Entering *e, uint32_t unit)
{
    size_t count;
    const OrgLink *link = orgs_links(e->orgs, &count);
    for (size_t i = 0; i < count; i++) {
        bool is_in_way =
            link[i].from == unit || (link[i].to == unit && link[i].date >= e->event.date);
        if (is_in_way)
            return err_fail(e->err, ERR_ORG_LINKED, ARG_STR("unit", label_of(e, unit)),
                            ARG_STR("day", date_text(e, link[i].date)), ARG_INT("seq", link[i].seq),
                            ARG_STR("date", date_text(e, e->event.date)));
    }
    return true;
}

static bool check_may_end(const Entering *e, uint32_t unit)
{
    return check_no_figures(e, unit) && check_nothing_below(e, unit) && check_no_links(e, unit);
}

/* ---- the kinds of events ---- */

static bool need(const Entering *e, bool is_given, const char *option)
{
    return is_given || err_fail(e->err, ERR_ORG_NEEDS, ARG_STR("option", str_from(option)));
}

static bool enter_open(Entering *e)
{
    OrgKind kind = org_kind_find(e->request->unit_kind.len ? e->request->unit_kind : STR("school"));
    if (kind == ORG_NONE)
        return err_fail(e->err, ERR_ORG_KIND, ARG_STR("kind", e->request->unit_kind));
    e->event.kind = kind;
    e->unit = ORG_NOT_FOUND;
    if (!read_values(e, kind))
        return false;
    bool is_school = kind == ORG_SCHOOL;
    bool is_ok = need(e, e->request->name.len > 0, "--name");
    is_ok &= need(e, e->request->code.len > 0 || kind == ORG_GROUP, "--code");
    is_ok &= need(e, e->request->parent.len > 0 || kind == ORG_GROUP || kind == ORG_PROVINCE,
                  "--parent");
    is_ok &= need(e, e->request->type.len > 0 || !is_school, "--type");
    return is_ok & need(e, e->request->runner.len > 0 || !is_school, "--runner");
}

static bool enter_change(Entering *e)
{
    const OrgRequest *r = e->request;
    if (!find_open(e, r->unit, &e->unit))
        return false;
    bool is_any =
        r->name.len || r->code.len || r->parent.len || r->type.len || r->runner.len || r->urban.len;
    return need(e, is_any, "--name / --code / --parent / --type / --runner / --urban") &&
           read_values(e, orgs_get(e->orgs, e->unit)->kind);
}

static bool enter_close(Entering *e)
{
    return find_open(e, e->request->unit, &e->unit) && check_may_end(e, e->unit);
}

static bool is_among(const Entering *e, uint32_t unit)
{
    size_t i = 0;
    while (i < e->others.len && e->others.ptr[i] != unit)
        i++;
    return i < e->others.len;
}

/* The others of a merger or a split: open, of the same kind, and not the unit itself; each once. */
static bool find_others(Entering *e)
{
    OrgKind kind = orgs_get(e->orgs, e->unit)->kind;
    VEC(int64_t) id = {0};
    for (size_t i = 0; i < e->request->other_count; i++) {
        uint32_t other;
        if (!find_open(e, e->request->other[i], &other))
            return false;
        if (other == e->unit || orgs_get(e->orgs, other)->kind != kind)
            return err_fail(e->err, ERR_ORG_OTHER, ARG_STR("unit", label_of(e, e->unit)),
                            ARG_STR("other", label_of(e, other)));
        if (is_among(e, other))
            continue;
        VEC_PUSH(e->arena, &e->others, other);
        VEC_PUSH(e->arena, &id, orgs_get(e->orgs, other)->id);
    }
    e->event.other = id.ptr;
    e->event.other_count = id.len;
    return true;
}

static bool enter_merge(Entering *e)
{
    if (!find_open(e, e->request->unit, &e->unit) || !find_others(e))
        return false;
    for (size_t i = 0; i < e->others.len; i++)
        if (!check_may_end(e, e->others.ptr[i]))
            return false;
    return true;
}

static bool enter_split(Entering *e)
{
    return find_open(e, e->request->unit, &e->unit) && find_others(e) && check_may_end(e, e->unit);
}

/* One event for each of several members. */
static bool find_group(Entering *e, uint32_t *ret)
{
    return find_open(e, e->request->group, ret) &&
           (orgs_get(e->orgs, *ret)->kind == ORG_GROUP ||
            err_fail(e->err, ERR_ORG_NO_GROUP, ARG_STR("unit", label_of(e, *ret))));
}

static bool check_member(const Entering *e, uint32_t unit, uint32_t group)
{
    if (orgs_get(e->orgs, unit)->kind != ORG_SCHOOL)
        return err_fail(e->err, ERR_ORG_MEMBER_KIND, ARG_STR("unit", label_of(e, unit)),
                        ARG_STR("group", label_of(e, group)));
    bool is_member = org_is_member(e->orgs, unit, group, e->event.date);
    if (is_member == (e->request->kind == EVENT_LEAVE))
        return true;
    return err_fail(e->err, is_member ? ERR_ORG_MEMBER : ERR_ORG_NO_MEMBER,
                    ARG_STR("unit", label_of(e, unit)), ARG_STR("group", label_of(e, group)));
}

/* ---- writing ---- */

static bool append(Store *store, Entering *e, int64_t subject, Err *err)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    StrBuf body;
    strbuf_init(&body, &scratch);
    event_format(&body, &e->event);
    const EntryDraft draft = {.author = e->request->author,
                              .kind = str_from(event_word(e->request->kind)),
                              .subject = subject,
                              .body = strbuf_str(&body)};
    Entry entry;
    if (!store_append(store, &draft, &entry, err))
        return false;
    e->result->seq = entry.seq;
    if (!event_apply(e->facts->orgs, e->request->kind, subject, entry.seq, &e->event))
        return err_fail(err, ERR_FACTS_ENTRY, ARG_INT("seq", entry.seq),
                        ARG_STR("kind", draft.kind));
    VEC_PUSH(e->arena, &e->result->units, orgs_find(e->orgs, subject));
    return true;
}

static bool enter_members(Store *store, Entering *e)
{
    uint32_t group;
    if (!find_group(e, &group))
        return false;
    int64_t *id = ARENA_NEW(e->arena, int64_t);
    *id = orgs_get(e->orgs, group)->id;
    e->event.other = id;
    e->event.other_count = 1;
    for (size_t i = 0; i < e->request->other_count; i++) {
        uint32_t unit;
        if (!find_open(e, e->request->other[i], &unit) || !check_member(e, unit, group) ||
            !append(store, e, orgs_get(e->orgs, unit)->id, e->err))
            return false;
    }
    return true;
}

static bool enter_one(Store *store, Entering *e)
{
    static bool (*const ENTER[EVENT_COUNT])(Entering *) = {
        [EVENT_OPEN] = enter_open,   [EVENT_CHANGE] = enter_change, [EVENT_CLOSE] = enter_close,
        [EVENT_MERGE] = enter_merge, [EVENT_SPLIT] = enter_split,
    };
    if (!ENTER[e->request->kind](e))
        return false;
    int64_t subject = e->request->kind == EVENT_OPEN ? org_id(store_head(store).seq + 1, 1)
                                                     : orgs_get(e->orgs, e->unit)->id;
    return append(store, e, subject, e->err);
}

typedef struct Writing {
    Arena *arena;
    const OrgRequest *request;
    const Core *core;
    Date date;
    OrgResult *result;
} Writing;

static bool write_event(Store *store, void *ctx, Err *err)
{
    Writing *writing = ctx;
    *writing->result = (OrgResult){.date = writing->date};
    Entering e = {.arena = writing->arena,
                  .request = writing->request,
                  .core = writing->core,
                  .event = org_event(writing->date),
                  .result = writing->result,
                  .err = err};
    if (!facts_load(e.arena, e.core, store, FACTS_ALL, &e.facts, err))
        return false;
    e.orgs = e.facts->orgs;
    e.event.reason = writing->request->reason;
    bool is_group = writing->request->kind == EVENT_JOIN || writing->request->kind == EVENT_LEAVE;
    if (is_group ? !enter_members(store, &e) : !enter_one(store, &e))
        return false;
    orgs_settle(e.facts->orgs);
    writing->result->facts = e.facts;
    return true;
}

/* What stands in every table and message is one line; a tab does no harm there. */
static bool check_line(Str text, const char *option, Err *err)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t code = utf8_next(text, &at);
        if ((code < ' ' && code != '\t') || (code >= 0x7f && code < 0xa0))
            return err_fail(err, ERR_ORG_TEXT, ARG_STR("option", str_from(option)));
    }
    return true;
}

static bool read_date(Str text, Date *ret, Err *err)
{
    return date_parse(text, ret) || err_fail(err, ERR_ORG_DATE, ARG_STR("date", text));
}

bool orgs_enter(Arena *arena, const OrgRequest *request, OrgResult *ret, Err *err)
{
    Writing writing = {.arena = arena, .request = request, .result = ret};
    Core *core;
    Store *store;
    if (!read_date(request->date, &writing.date, err) ||
        !check_line(request->name, "--name", err) ||
        !check_line(request->reason, "--reason", err) ||
        !pack_load_core(arena, request->packs, &core, err) ||
        !database_open(arena, request->store, &store, err))
        return false;
    writing.core = core;
    return store_write(store, write_event, &writing, err);
}

/* ---- looking ---- */

static bool is_below(const OrgView *view, uint32_t unit)
{
    const Orgs *orgs = view->facts->orgs;
    const Org *org = orgs_get(orgs, unit);
    if (!org_is_open(org, view->day))
        return false;
    if (view->unit != ORG_NOT_FOUND && orgs_get(orgs, view->unit)->kind == ORG_GROUP)
        return org_is_member(orgs, unit, view->unit, view->day);
    if (view->unit == ORG_NOT_FOUND)
        return org->kind == ORG_PROVINCE || org->kind == ORG_GROUP;
    return org_parent(orgs, unit, view->day) == view->unit;
}

bool orgs_view(Arena *arena, const char *packs, const StoreConfig *config, Str unit, Str date,
               FactsUntil until, OrgView *ret, Err *err)
{
    OrgView view = {.unit = ORG_NOT_FOUND, .day = facts_day(clock_now_us())};
    Core *core;
    Store *store;
    Facts *facts;
    if ((date.len && !read_date(date, &view.day, err)) ||
        !pack_load_core(arena, packs, &core, err) || !database_open(arena, config, &store, err) ||
        !facts_load(arena, core, store, until, &facts, err))
        return false;
    view.facts = facts;
    if (unit.len) {
        view.unit = facts_find_unit(arena, facts, unit, view.day, err);
        if (view.unit == ORG_NOT_FOUND)
            return false;
    }
    for (uint32_t i = 0; i < orgs_count(facts->orgs); i++)
        if (is_below(&view, i))
            VEC_PUSH(arena, &view.below, i);
    *ret = view;
    return true;
}
