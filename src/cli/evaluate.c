/* `junheng evaluate`: a flat table judged by a standard. */
#include "cli/evaluate_int.h"

#include "app/explanation.h"

#include <math.h>

void evaluate_view(Cli *cli, const Evaluation *evaluation, uint32_t region, EvaluateView *ret)
{
    *ret = (EvaluateView){.cli = cli, .evaluation = evaluation};
    UnitResult *unit = judge_unit(cli->arena, evaluation->judge, region);
    ret->unit = unit;
    if (!unit->is_county)
        return;
    ret->gap = gap_of_unit(cli->arena, evaluation->judge, unit);
    if (evaluation->before)
        ret->before = judge_unit(cli->arena, evaluation->before, region);
}

const GapSchool *evaluate_gap_of(const EvaluateView *view, int stage, const SchoolResult *school)
{
    return view->gap ? gap_of_school(view->gap, stage, school) : NULL;
}

TurnedList evaluate_turned(const EvaluateView *view)
{
    TurnedList turned = {0};
    for (size_t i = 0; view->before && i < view->unit->stage_count; i++) {
        const StageResult *after = &view->unit->stage[i], *before = &view->before->stage[i];
        for (size_t k = 0; k < after->school_count; k++) {
            if (after->school[k].verdict == before->school[k].verdict)
                continue;
            Turned entry = {after->stage, &before->school[k], &after->school[k]};
            VEC_PUSH(view->cli->arena, &turned, entry);
        }
    }
    return turned;
}

/*
 * What is listed under a unit that is no county: without --unit every county of the table, else the
 * level below.
 */
static const uint32_t *regions_below(Cli *cli, const Evaluation *evaluation, uint32_t region,
                                     size_t *ret_count)
{
    const RegionTree *tree = &evaluation->judge->frames->regions;
    const Region *top = &tree->region[region];
    uint32_t *list = ARENA_ARRAY(cli->arena, uint32_t, top->end - region + 1);
    bool is_all = !cli_has(cli, OPTION_UNIT);
    size_t count = 0;
    for (uint32_t at = region + 1; at < top->end; at = is_all ? at + 1 : tree->region[at].end)
        if (!is_all || judge_is_county(evaluation->judge, at))
            list[count++] = at;
    *ret_count = count;
    return list;
}

/* --beside: another period, or another standard for the same one. */
static bool open_beside(Cli *cli, Evaluation *ret)
{
    Str beside = cli_text(cli, OPTION_BESIDE);
    CLEANUP(err_done) Err quiet;
    Period period;
    err_init(&quiet);
    bool is_period = period_parse(beside, &period, &quiet);
    return judged_open_as(cli, STR(""), is_period ? STR("") : beside, is_period ? beside : STR(""),
                          ret);
}

static bool evaluate_beside(Cli *cli, const Evaluation *evaluation, uint32_t region)
{
    Evaluation other;
    EvaluateView left, right;
    uint32_t other_region;
    if (!open_beside(cli, &other) || !judged_region(cli, &other, &other_region))
        return false;
    evaluate_view(cli, evaluation, region, &left);
    evaluate_view(cli, &other, other_region, &right);
    if (!cli->is_json) {
        evaluate_add_beside(&left, &right);
        return true;
    }
    strbuf_add(cli->out, STR("{\"left\":"));
    evaluate_add_json(&left, NULL, 0);
    cli->out->len--; /* the line end */
    strbuf_add(cli->out, STR(",\"right\":"));
    evaluate_add_json(&right, NULL, 0);
    cli->out->len--;
    strbuf_add(cli->out, STR("}\n"));
    return true;
}

bool cli_evaluate(Cli *cli)
{
    Evaluation evaluation;
    EvaluateView view;
    uint32_t region;
    if (!judged_open(cli, STR(""), &evaluation) || !judged_region(cli, &evaluation, &region))
        return false;
    if (cli_has(cli, OPTION_BESIDE))
        return evaluate_beside(cli, &evaluation, region);
    evaluate_view(cli, &evaluation, region, &view);
    if (cli_has(cli, OPTION_BY) &&
        !breakdown_make(cli->arena, &evaluation, region, cli_text(cli, OPTION_BY), &view.breakdown,
                        &view.breakdown_count, cli->err))
        return false;
    size_t count;
    const uint32_t *below = regions_below(cli, &evaluation, region, &count);
    if (cli->is_json)
        evaluate_add_json(&view, below, count);
    else
        evaluate_add_text(&view, below, count);
    return true;
}
