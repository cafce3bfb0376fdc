#include "app/evaluation.h"

#include "app/database.h"
#include "app/packs.h"

/* ---- the standard that is not named ---- */

static bool defines(const Standard *standard, Str name)
{
    const Symbol *symbol = scope_find(standard->scope, name);
    return symbol && symbol->kind == SYMBOL_FORMULA;
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

static bool open_tables(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                        Err *err)
{
    const Core *core = evaluation->core;
    if (!dataset_load(arena, core, request->table, request->sheet, evaluation->period,
                      &evaluation->dataset, err))
        return false;
    if (!request->last_year)
        return true;
    return dataset_load(arena, core, request->last_year, STR(""),
                        period_previous(evaluation->period), &evaluation->last_year, err);
}

static bool find_members(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                         Date day, Err *err)
{
    if (!request->unit.len)
        return true;
    uint32_t unit = facts_find_unit(arena, evaluation->facts, request->unit, day, err);
    if (unit == ORG_NOT_FOUND)
        return false;
    OrgKind kind = orgs_get(evaluation->facts->orgs, unit)->kind;
    if (kind == ORG_TOWNSHIP || kind == ORG_GROUP)
        evaluation->members = unit;
    return true;
}

/* The year before, where the database has it; schools of both are found by the codes of this year. */
static bool open_last_year(Arena *arena, Evaluation *evaluation, StoredView view, Date day,
                           Err *err)
{
    view.period = period_previous(evaluation->period);
    if (!facts_has_period(evaluation->facts, STR("school-year"), view.period))
        return true;
    view.structure = day;
    return stored_dataset(arena, evaluation->facts, evaluation->core, &view, &evaluation->last_year,
                          err);
}

static bool read_structure(const EvaluationRequest *request, Date *ret, Err *err)
{
    return !request->structure.len || date_parse(request->structure, ret) ||
           err_fail(err, ERR_ORG_DATE, ARG_STR("date", request->structure));
}

static bool open_stored(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                        Err *err)
{
    Date day = period_first_day(evaluation->period);
    StoredView view = {.period = evaluation->period, .structure = DATE_MIN};
    Store *store;
    Facts *facts;
    if (!database_open(arena, request->store, &store, err) ||
        !facts_load(arena, evaluation->core, store, request->until, &facts, err))
        return false;
    evaluation->facts = facts;
    if (!read_structure(request, &view.structure, err))
        return false;
    Date structure = view.structure == DATE_MIN ? day : view.structure;
    if (!facts_core(arena, facts, structure, &evaluation->core, err) ||
        !find_members(arena, request, evaluation, structure, err))
        return false;
    view.members = evaluation->members;
    return stored_dataset(arena, facts, evaluation->core, &view, &evaluation->dataset, err) &&
           open_last_year(arena, evaluation, view, structure, err);
}

static bool open_figures(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                         Err *err)
{
    evaluation->members = ORG_NOT_FOUND;
    return request->table ? open_tables(arena, request, evaluation, err)
                          : open_stored(arena, request, evaluation, err);
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
