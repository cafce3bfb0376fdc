/* `junheng gap`: what is missing, school by school. */
#include "cli/evaluate_int.h"

#include <math.h>

/* ---- JSON ---- */

static void add_school_json(const EvaluateView *view, JsonWriter *json, const GapSchool *gap)
{
    const School *school = judged_school(view->evaluation, gap->result);
    json_begin_object(json);
    json_member_str(json, "code", judged_school_code(view->cli, school));
    json_member_str(json, "name", school->name);
    json_member_str(json, "stage", view->evaluation->core->stages.ptr[gap->stage].code);
    json_member_str(json, "verdict", str_from(verdict_word(gap->result->verdict)));
    evaluate_json_gap(json, view->evaluation->standard, gap);
    json_end_object(json);
}

static void add_totals_json(const EvaluateView *view, JsonWriter *json)
{
    json_key(json, "totals");
    json_begin_array(json);
    for (size_t i = 0; i < view->gap->total_count; i++) {
        const GapTotal *total = &view->gap->total[i];
        json_begin_object(json);
        json_member_str(json, "item", total->lever->symbol.name);
        json_member_str(json, "unit", total->lever->step_unit);
        judged_json_number(json, "amount", total->amount);
        json_member_count(json, "schools", total->schools);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_unit_json(const EvaluateView *view, JsonWriter *json)
{
    json_member_str(json, "unit",
                    view->evaluation->judge->frames->regions.region[view->unit->region].code);
    json_member_str(json, "name", judged_region_name(view->evaluation, view->unit->region));
    json_key(json, "schools");
    json_begin_array(json);
    for (size_t i = 0; i < view->gap->school_count; i++)
        add_school_json(view, json, &view->gap->school[i]);
    json_end_array(json);
    add_totals_json(view, json);
    evaluate_json_gap_items(view, json);
}

/* ---- text ---- */

static Str amount_text(const Cli *cli, const GapCell *cell, double amount)
{
    if (!cell->lever || isnan(amount))
        return STR("—");
    StrBuf out;
    strbuf_init(&out, cli->arena);
    text_add_figure(&out, amount, 4);
    return str_format(cli->arena, "%.*s %.*s", STR_ARG(strbuf_str(&out)),
                      STR_ARG(cell->lever->step_unit));
}

static void add_cell_row(const EvaluateView *view, TextTable *table, const GapSchool *gap,
                         const GapCell *cell, bool is_first)
{
    Cli *cli = view->cli;
    const Indicator *x = view->evaluation->standard->indicators.ptr[cell->indicator];
    const SchoolCell *result = &gap->result->cell[cell->indicator];
    double limit =
        x->limit->has_value[gap->stage] ? decimal_to_double(x->limit->value[gap->stage]) : NAN;
    text_table_add_text(
        table,
        is_first ? judged_school_name(cli, judged_school(view->evaluation, gap->result)) : STR(""));
    text_table_add_text(table,
                        is_first ? judged_stage_name(cli, view->evaluation, gap->stage) : STR(""));
    text_table_add_text(table, is_first ? judged_verdict(cli, gap->result->verdict) : STR(""));
    text_table_add_text(table, x->code);
    text_table_add_text(table, judged_figure(cli, result->value, x->decimals, limit, false));
    text_table_add_text(table, judged_number(cli, limit));
    text_table_add_text(table, cell->lever ? cell->lever->symbol.name
                                           : cli_word(cli, "（表里没有）", "(not in the table)"));
    text_table_add_text(table,
                        cell->to_floor > 0 ? amount_text(cli, cell, cell->to_floor) : STR(""));
    text_table_add_text(table, amount_text(cli, cell, cell->to_limit));
}

static void add_schools(const EvaluateView *view)
{
    static const struct {
        const char *zh, *en;
        TextAlign align;
    } COLUMNS[] = {{"学校", "school", TEXT_LEFT},     {"学段", "stage", TEXT_LEFT},
                   {"结论", "verdict", TEXT_LEFT},    {"指标", "", TEXT_LEFT},
                   {"现在", "now", TEXT_RIGHT},       {"限值", "limit", TEXT_RIGHT},
                   {"补什么", "of what", TEXT_LEFT},  {"到底线", "to floor", TEXT_RIGHT},
                   {"到限值", "to limit", TEXT_RIGHT}};
    Cli *cli = view->cli;
    TextTable table;
    text_table_init(&table, cli->arena, 2);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++)
        text_table_add_column(&table, cli_word(cli, COLUMNS[i].zh, COLUMNS[i].en),
                              COLUMNS[i].align);
    for (size_t i = 0; i < view->gap->school_count; i++)
        for (size_t k = 0; k < view->gap->school[i].cell_count; k++)
            add_cell_row(view, &table, &view->gap->school[i], &view->gap->school[i].cell[k],
                         k == 0);
    text_table_format(cli->out, &table);
}

static void add_plans(const EvaluateView *view)
{
    Cli *cli = view->cli;
    bool has_any = false;
    for (size_t i = 0; i < view->gap->school_count; i++) {
        const GapSchool *gap = &view->gap->school[i];
        if (!gap->plan_count)
            continue;
        if (!has_any)
            cli_addf(cli, "\n怎样最省（学校达标不要求每项都补到限值）\n",
                     "\nthe least that makes a school pass\n");
        has_any = true;
        cli_addf(cli, "  %.*s（%.*s）\n", "  %.*s (%.*s)\n",
                 STR_ARG(judged_school_name(cli, judged_school(view->evaluation, gap->result))),
                 STR_ARG(judged_stage_name(cli, view->evaluation, gap->stage)));
        evaluate_text_plans(cli, gap, 4);
    }
}

static void add_totals(const EvaluateView *view)
{
    Cli *cli = view->cli;
    TextTable table;
    text_table_init(&table, cli->arena, 2);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    text_table_add_column(&table, cli_word(cli, "全县合计", "in all"), TEXT_RIGHT);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    text_table_add_column(&table, cli_word(cli, "学校", "schools"), TEXT_RIGHT);
    for (size_t i = 0; i < view->gap->total_count; i++) {
        const GapTotal *total = &view->gap->total[i];
        text_table_add_text(&table, total->lever->symbol.name);
        text_table_add_figure(&table, total->amount, 4);
        text_table_add_text(&table, total->lever->step_unit);
        text_table_add_count(&table, total->schools);
    }
    cli_addf(cli, "\n每项都补到限值，共缺（同一学校各学段共用的只计一次）\n",
             "\nto bring every indicator to its limit (what the stages of a school share counts "
             "once)\n");
    text_table_format(cli->out, &table);
}

static void add_unit_text(const EvaluateView *view)
{
    Cli *cli = view->cli;
    strbuf_addf(cli->out, "%.*s\n\n",
                STR_ARG(judged_region_name(view->evaluation, view->unit->region)));
    if (!view->gap->school_count && !view->gap->item_count) {
        cli_addf(cli, "没有一项低于限值。\n", "nothing is below its limit\n");
        return;
    }
    evaluate_text_gap_items(view);
    if (!view->gap->school_count)
        return;
    if (view->gap->item_count)
        strbuf_add_char(cli->out, '\n');
    add_schools(view);
    add_totals(view);
    add_plans(view);
}

/* ---- the command ---- */

static bool has_limits(const Standard *standard, bool has_counties)
{
    for (size_t i = 0; i < standard->indicators.len; i++)
        if (standard->indicators.ptr[i]->limit)
            return true;
    for (size_t i = 0; has_counties && i < standard->gates.len; i++)
        for (size_t k = 0; k < standard->gates.ptr[i]->items.len; k++)
            if (standard->gates.ptr[i]->items.ptr[k]->limit)
                return true;
    return false;
}

bool cli_gap(Cli *cli)
{
    Evaluation evaluation;
    uint32_t region;
    if (!judged_open(cli, STR(""), &evaluation) || !judged_region(cli, &evaluation, &region))
        return false;
    if (!has_limits(evaluation.standard, judged_has_counties(&evaluation)))
        return err_fail(cli->err, ERR_GAP_LIMITS, ARG_STR("standard", evaluation.standard->id));
    JsonWriter json;
    json_init(&json, cli->out);
    if (cli->is_json) {
        json_begin_object(&json);
        judged_json_head(cli, &json, &evaluation);
        json_key(&json, "units");
        json_begin_array(&json);
    } else {
        judged_add_head(cli, &evaluation);
        judged_add_changes(cli, &evaluation);
    }
    uint32_t end = evaluation.judge->frames->regions.region[region].end;
    for (uint32_t at = region; at < end; at++) {
        if (!judge_is_county(evaluation.judge, at))
            continue;
        EvaluateView view;
        evaluate_view(cli, &evaluation, at, &view);
        if (!cli->is_json) {
            add_unit_text(&view);
            continue;
        }
        json_begin_object(&json);
        add_unit_json(&view, &json);
        json_end_object(&json);
    }
    if (!cli->is_json)
        return true;
    json_end_array(&json);
    json_end_object(&json);
    json_done(&json);
    strbuf_add_char(cli->out, '\n');
    return true;
}
