/* `junheng evaluate --beside`: two editions of a standard, or two years, next to each other. */
#include "cli/evaluate_int.h"

#include <math.h>

typedef struct Side {
    const Evaluation *evaluation;
    const UnitResult *unit;
} Side;

static Str side_name(const Cli *cli, const Side *side)
{
    StrBuf out;
    strbuf_init(&out, cli->arena);
    strbuf_addf(&out, "%.*s ", STR_ARG(side->evaluation->standard->id));
    period_format(&out, side->evaluation->period);
    return strbuf_str(&out);
}

static const IndicatorResult *result_of(const Side *side, int stage, Str code)
{
    const Standard *standard = side->evaluation->standard;
    for (size_t i = 0; i < side->unit->stage_count; i++)
        for (size_t k = 0; side->unit->stage[i].stage == stage && k < standard->indicators.len; k++)
            if (str_equals(standard->indicators.ptr[k]->code, code))
                return &side->unit->stage[i].indicator[k];
    return NULL;
}

static const StageResult *stage_of(const Side *side, int stage)
{
    for (size_t i = 0; i < side->unit->stage_count; i++)
        if (side->unit->stage[i].stage == stage)
            return &side->unit->stage[i];
    return NULL;
}

static void add_result(const Cli *cli, TextTable *table, const IndicatorResult *x)
{
    text_table_add_number(table, x ? x->mean : NAN, x ? x->indicator->decimals : 0);
    text_table_add_number(table, x ? x->cv : NAN, TEXT_CV_PLACES);
    text_table_add_text(table, x && x->has_limit ? judged_met(cli, x->met) : STR(""));
}

static void add_indicator(const Cli *cli, TextTable *table, const Side side[2], int stage,
                          const Indicator *x)
{
    const IndicatorResult *left = result_of(&side[0], stage, x->code),
                          *right = result_of(&side[1], stage, x->code);
    text_table_add_text(table, x->code);
    text_table_add_text(table, x->name);
    add_result(cli, table, left);
    add_result(cli, table, right);
}

static bool is_of(const Standard *standard, Str code)
{
    for (size_t i = 0; i < standard->indicators.len; i++)
        if (str_equals(standard->indicators.ptr[i]->code, code))
            return true;
    return false;
}

static void add_composite(const Cli *cli, TextTable *table, const StageResult *stage)
{
    text_table_add_text(table, STR(""));
    text_table_add_number(table, stage ? stage->composite : NAN, TEXT_CV_PLACES);
    text_table_add_text(table, stage && stage->has_composite_limit
                                   ? judged_met(cli, stage->composite_met)
                                   : STR(""));
}

static void add_stage(Cli *cli, const Side side[2], int stage)
{
    TextTable table;
    const StageResult *left = stage_of(&side[0], stage), *right = stage_of(&side[1], stage);
    if (!left && !right)
        return;
    text_table_init(&table, cli->arena, 2);
    for (int i = 0; i < 2; i++)
        text_table_add_column(&table, STR(""), TEXT_LEFT);
    for (int i = 0; i < 2; i++) {
        text_table_add_column(
            &table, cli_word(cli, i ? "右 平均" : "左 平均", i ? "right mean" : "left mean"),
            TEXT_RIGHT);
        text_table_add_column(&table, cli_word(cli, "差异系数", "cv"), TEXT_RIGHT);
        text_table_add_column(&table, STR(""), TEXT_LEFT);
    }
    for (int i = 0; i < 2; i++) {
        const Standard *standard = side[i].evaluation->standard;
        for (size_t k = 0; k < standard->indicators.len; k++)
            if (i == 0 || !is_of(side[0].evaluation->standard, standard->indicators.ptr[k]->code))
                add_indicator(cli, &table, side, stage, standard->indicators.ptr[k]);
    }
    text_table_add_text(&table, STR(""));
    text_table_add_text(&table, cli_word(cli, "综合差异系数", "composite"));
    add_composite(cli, &table, left);
    add_composite(cli, &table, right);
    strbuf_addf(cli->out, "\n── %.*s ──\n",
                STR_ARG(judged_stage_name(cli, side[0].evaluation, stage)));
    text_table_format(cli->out, &table);
    for (int i = 0; i < 2; i++) {
        const StageResult *of = i ? right : left;
        if (of)
            cli_addf(cli, "  %.*s  达标 %zu，不达标 %zu，数据不足 %zu\n",
                     "  %.*s  met %zu, not met %zu, no data %zu\n",
                     STR_ARG(side_name(cli, &side[i])), of->met, of->unmet, of->nodata);
    }
}

static void add_side(Cli *cli, const Side *side, const char *zh, const char *en)
{
    Str name = side_name(cli, side);
    Str region = judged_region_name(side->evaluation, side->unit->region);
    cli_addf(cli, "%s  %.*s  %.*s", "%s  %.*s  %.*s", cli->lang == LANG_EN ? en : zh, STR_ARG(name),
             STR_ARG(region));
    if (side->unit->is_county)
        cli_addf(cli, "  结论: %.*s", "  verdict: %.*s",
                 STR_ARG(judged_gate(cli, side->unit->verdict)));
    else
        cli_addf(cli, "  县区: 通过 %zu，未通过 %zu，数据不足 %zu",
                 "  counties: %zu pass, %zu fail, %zu no data", side->unit->pass, side->unit->fail,
                 side->unit->nodata);
    strbuf_add_char(cli->out, '\n');
}

void evaluate_add_beside(const EvaluateView *left, const EvaluateView *right)
{
    Cli *cli = left->cli;
    const Side side[2] = {{left->evaluation, left->unit}, {right->evaluation, right->unit}};
    add_side(cli, &side[0], "左", "left ");
    add_side(cli, &side[1], "右", "right");
    for (int stage = 0; stage < (int)left->evaluation->core->stages.len; stage++)
        add_stage(cli, side, stage);
}
