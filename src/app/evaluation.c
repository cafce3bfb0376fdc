#include "app/evaluation_int.h"

#include "app/database.h"
#include "app/packs.h"
#include "app/stored_counties.h"

/* ---- the standard that is not named ---- */

static bool defines(const Standard *standard, Str name)
{
    const Symbol *symbol = scope_find(standard->scope, name);
    const Symbol *of_county = scope_find(standard->county_scope, name);
    if ((symbol && symbol->kind == SYMBOL_FORMULA) ||
        (of_county && of_county->kind == SYMBOL_FORMULA))
        return true;
    for (size_t i = 0; i < standard->gates.len; i++)
        if (standard->gates.ptr[i]->items.len && str_equals(standard->gates.ptr[i]->code, name))
            return true;
    return false;
}

static bool is_candidate(const PackInfo *info, Date date)
{
    return str_equals(info->kind, STR("标准")) && info->validity.first <= date &&
           date <= info->validity.last;
}

/* The standard in force that defines the name; if several do, they are listed. */
static bool find_standard(Arena *arena, const Core *core, const EvaluationRequest *request,
                          Date date, Str *ret, Err *err)
{
    PackInfo *info;
    size_t count, found = 0;
    StrBuf all;
    strbuf_init(&all, arena);
    if (!pack_list(arena, request->packs, &info, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        StandardRequest load = {.dir = request->packs, .id = info[i].id, .date = date};
        Standard *standard;
        Err quiet;
        err_init(&quiet);
        bool is_loaded = is_candidate(&info[i], date) &&
                         pack_load_standard(arena, core, &load, &standard, NULL, NULL, &quiet);
        err_done(&quiet);
        if (!is_loaded || !defines(standard, request->name))
            continue;
        strbuf_addf(&all, found ? "、%.*s" : "%.*s", STR_ARG(info[i].id));
        *ret = info[i].id;
        found++;
    }
    if (found == 1)
        return true;
    if (found)
        return err_fail(err, ERR_STANDARD_SEVERAL, ARG_STR("name", request->name),
                        ARG_STR("standards", strbuf_str(&all)));
    return err_fail(err, ERR_STANDARD_NONE, ARG_STR("name", request->name));
}

static bool open_standard(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                          Err *err)
{
    Date date = period_first_day(evaluation->period);
    Str id = request->standard;
    if (!id.len && !find_standard(arena, evaluation->core, request, date, &id, err))
        return false;
    StandardRequest load = {.dir = request->packs,
                            .id = id,
                            .date = date,
                            .overlay = request->overlay,
                            .overlay_count = request->overlay_count};
    return packs_open(arena, evaluation->core, &load, &evaluation->standard, err);
}

/* ---- the figures ---- */

static bool fill_classes(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                         Err *err)
{
    ClassListOptions options = {.type_of = class_list_type_in, .ctx = evaluation->dataset};
    return class_list_load(arena, evaluation->core, request->classes, &options,
                           &evaluation->classes, err) &&
           class_list_fill(arena, evaluation->classes, evaluation->dataset, err);
}

static bool open_counties(Arena *arena, const EvaluationRequest *request,
                          const Evaluation *evaluation, RegionFacts **ret, Err *err)
{
    bool is_ok = true;
    *ret = region_facts_new(arena, evaluation->core);
    for (size_t i = 0; i < request->county_count; i++)
        is_ok &= region_facts_load(*ret, request->county[i], STR(""), err);
    return is_ok &&
           (!request->county_count || quantities_check(arena, request, evaluation, *ret, err));
}

static bool open_schools(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                         Err *err)
{
    const Core *core = evaluation->core;
    if (!request->table && (request->last_year || request->changes))
        return err_fail(err, ERR_EVALUATE_FILE);
    if (!request->table) {
        evaluation->dataset = dataset_new_empty(arena, core, evaluation->period);
        return request->county_count || err_fail(err, ERR_EVALUATE_NOTHING);
    }
    if (!dataset_load(arena, core, request->table, request->sheet, evaluation->period,
                      &evaluation->dataset, err))
        return false;
    if (request->classes && !fill_classes(arena, request, evaluation, err))
        return false;
    if (!request->last_year)
        return true;
    return dataset_load(arena, core, request->last_year, STR(""),
                        period_previous(evaluation->period), &evaluation->last_year, err);
}

/* The database knows units by names and ids, too; what is judged, by codes. */
static bool find_unit(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                      Date day, Err *err)
{
    if (!request->unit.len)
        return true;
    uint32_t unit = facts_find_unit(arena, evaluation->facts, request->unit, day, err);
    if (unit == ORG_NOT_FOUND)
        return false;
    OrgKind kind = orgs_get(evaluation->facts->orgs, unit)->kind;
    Str code = facts_unit_code(arena, evaluation->facts, unit, day);
    if (kind == ORG_TOWNSHIP || kind == ORG_GROUP) {
        evaluation->members = unit;
        evaluation->unit = STR("");
    } else if (code.len) {
        evaluation->unit = code;
    }
    return true;
}

static bool needs_last_year(const Standard *standard)
{
    for (size_t i = 0; i < standard->scope->slots.len; i++)
        if (standard->scope->slots.ptr[i].years_back)
            return true;
    return false;
}

/* The year before, where the database has it; schools of both are found by the codes of this year. */
static bool open_last_year(Arena *arena, Evaluation *evaluation, StoredView view, Date day,
                           Err *err)
{
    view.period = period_previous(evaluation->period);
    if (!needs_last_year(evaluation->standard) ||
        !facts_has_schools(evaluation->facts, view.period))
        return true;
    view.structure = day;
    if (!stored_dataset(arena, evaluation->facts, evaluation->core, &view, &evaluation->last_year,
                        err))
        return false;
    dataset_find_fast(arena, evaluation->last_year);
    return true;
}

static bool read_structure(const EvaluationRequest *request, Date *ret, Err *err)
{
    return !request->structure.len || date_parse(request->structure, ret) ||
           err_fail(err, ERR_ORG_DATE, ARG_STR("date", request->structure));
}

/* Whether the unit can be found in what the cache holds: a division or a school. */
static bool is_in(const Dataset *dataset, Str unit)
{
    uint64_t code;
    bool is_shared;
    return !unit.len || (dataset_parse_code(unit, &code) && dataset_find(dataset, code)) ||
           core_region_find(dataset->core, unit, &is_shared) != NULL;
}

/* The period as it is, without what only the journal knows; false if the cache does not do. */
static bool open_cached(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                        Store *store)
{
    const Core *core;
    bool is_plain = request->until.seq == UINT64_MAX && request->until.day == DATE_MAX &&
                    !request->structure.len && !request->needs_origins &&
                    !needs_last_year(evaluation->standard);
    if (!is_plain)
        return false;
    Dataset *dataset =
        cache_open(arena, store, evaluation->core, evaluation->period, &core, &evaluation->cache);
    if (!dataset || !is_in(dataset, request->unit))
        return false;
    evaluation->dataset = dataset;
    evaluation->core = core;
    return true;
}

/* The next one need not replay the journal. It is no harm if it cannot be written. */
static void save_cache(Arena *arena, const Evaluation *evaluation, Store *store)
{
    CLEANUP(err_done) Err quiet;
    err_init(&quiet);
    bool is_wanted = evaluation->cache.path && !evaluation->cache.is_used;
    if (is_wanted && evaluation->members == ORG_NOT_FOUND)
        (void)!cache_save(arena, store, evaluation->facts, evaluation->facts->core,
                          evaluation->dataset, &quiet);
}

/* A group without members, a day before the first school: there is nothing to judge, unless it is counties. */
static bool check_any_school(Arena *arena, const EvaluationRequest *request,
                             const Evaluation *evaluation, Date day, Err *err)
{
    bool has_counties = evaluation->members == ORG_NOT_FOUND &&
                        facts_has_counties(evaluation->facts, evaluation->period);
    StrBuf date;
    if (evaluation->dataset->school_count || has_counties)
        return true;
    strbuf_init(&date, arena);
    date_format(&date, day);
    return err_fail(err, ERR_FACTS_NO_SCHOOLS, ARG_STR("unit", request->unit),
                    ARG_STR("date", strbuf_str(&date)));
}

static bool open_stored(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                        Err *err)
{
    Date day = period_first_day(evaluation->period);
    StoredView view = {.period = evaluation->period, .structure = DATE_MIN};
    Store *store;
    Facts *facts;
    if (!database_open(arena, request->store, &store, err))
        return false;
    if (open_cached(arena, request, evaluation, store))
        return true;
    if (!facts_load(arena, evaluation->core, store, request->until, &facts, err))
        return false;
    evaluation->facts = facts;
    if (!read_structure(request, &view.structure, err))
        return false;
    Date structure = view.structure == DATE_MIN ? day : view.structure;
    if (!facts_core(arena, facts, structure, &evaluation->core, err) ||
        !find_unit(arena, request, evaluation, structure, err))
        return false;
    view.members = evaluation->members;
    if (!stored_dataset(arena, facts, evaluation->core, &view, &evaluation->dataset, err) ||
        !check_any_school(arena, request, evaluation, structure, err) ||
        !open_last_year(arena, evaluation, view, structure, err))
        return false;
    save_cache(arena, evaluation, store);
    return true;
}

/* Tables of schools or counties, where any is named; else the database. */
static bool open_figures(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                         Err *err)
{
    RegionFacts *facts = NULL;
    evaluation->members = ORG_NOT_FOUND;
    evaluation->unit = request->unit;
    bool is_table = request->table || request->county_count || !request->store;
    if (!is_table) {
        if (!open_stored(arena, request, evaluation, err))
            return false;
    } else if (!open_schools(arena, request, evaluation, err) ||
               !open_counties(arena, request, evaluation, &facts, err)) {
        return false;
    } else {
        evaluation->dataset->region_facts = facts;
    }
    quantities_foreign(arena, request, evaluation);
    return true;
}

static bool make_judge(Arena *arena, const Evaluation *evaluation, Judge **ret, Err *err)
{
    Frames *frames =
        frames_new(arena, evaluation->dataset, evaluation->last_year, evaluation->standard->scope);
    return judge_new(arena, evaluation->core, evaluation->standard, frames, NULL, ret, err);
}

bool evaluation_open(Arena *arena, const EvaluationRequest *request, Evaluation *ret, Err *err)
{
    Evaluation evaluation = {0};
    Core *core;
    if (!period_parse(request->period, &evaluation.period, err) ||
        !pack_load_core(arena, request->packs, &core, err))
        return false;
    evaluation.core = core;
    if (!open_standard(arena, request, &evaluation, err) ||
        !open_figures(arena, request, &evaluation, err) ||
        !make_judge(arena, &evaluation, &evaluation.judge, err))
        return false;
    if (request->changes) {
        evaluation.before = evaluation.judge;
        if (!dataset_change(arena, evaluation.dataset, request->changes, &evaluation.changed_cells,
                            err) ||
            !make_judge(arena, &evaluation, &evaluation.judge, err))
            return false;
    }
    *ret = evaluation;
    return true;
}

uint32_t evaluation_top(const Evaluation *evaluation)
{
    const RegionTree *regions = &evaluation->judge->frames->regions;
    uint32_t top = 0;
    while (top + 1 < regions->count && regions->region[top + 1].end == regions->region[top].end)
        top++;
    return top;
}
