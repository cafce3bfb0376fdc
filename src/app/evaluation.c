#include "app/evaluation_int.h"

#include "app/packs.h"

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

/* ---- the tables ---- */

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
    if (!request->last_year)
        return true;
    return dataset_load(arena, core, request->last_year, STR(""),
                        period_previous(evaluation->period), &evaluation->last_year, err);
}

static bool open_tables(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation,
                        Err *err)
{
    RegionFacts *facts;
    if (!open_schools(arena, request, evaluation, err) ||
        !open_counties(arena, request, evaluation, &facts, err))
        return false;
    evaluation->dataset->region_facts = facts;
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
    if (!period_parse(request->period, &evaluation.period, err) ||
        !pack_load_core(arena, request->packs, &evaluation.core, err) ||
        !open_standard(arena, request, &evaluation, err) ||
        !open_tables(arena, request, &evaluation, err) ||
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
