/* `junheng evaluate --by`: the indicators by groups of schools. */
#include "cli/evaluate_int.h"

#include <math.h>

static void add_json_row(const EvaluateView *view, JsonWriter *json, const BreakdownRow *row)
{
    const Standard *standard = view->evaluation->standard;
    json_begin_object(json);
    json_key(json, "name");
    if (row->is_blank)
        json_null(json);
    else
        json_str(json, row->name);
    json_key(json, "is_group");
    json_bool(json, row->is_group);
    judged_json_number(json, "schools", row->units);
    judged_json_number(json, "students", row->students);
    json_key(json, "indicators");
    json_begin_object(json);
    for (size_t i = 0; i < standard->indicators.len; i++) {
        json_key_str(json, standard->indicators.ptr[i]->code);
        json_begin_object(json);
        judged_json_number(json, "mean", row->mean[i]);
        judged_json_number(json, "cv", row->cv[i]);
        json_end_object(json);
    }
    json_end_object(json);
    json_end_object(json);
}

static void add_json_ratio(const EvaluateView *view, JsonWriter *json, const Breakdown *breakdown)
{
    const Standard *standard = view->evaluation->standard;
    json_key(json, "ratio");
    if (!breakdown->ratio) {
        json_null(json);
        return;
    }
    json_begin_object(json);
    json_member_str(json, "of", breakdown->contrast[0]->name);
    json_member_str(json, "to", breakdown->contrast[1]->name);
    json_key(json, "indicators");
    json_begin_object(json);
    for (size_t i = 0; i < standard->indicators.len; i++) {
        json_key_str(json, standard->indicators.ptr[i]->code);
        json_number_or_null(json, breakdown->ratio[i]);
    }
    json_end_object(json);
    json_end_object(json);
}

void evaluate_json_breakdown(const EvaluateView *view, JsonWriter *json)
{
    json_key(json, "by");
    json_begin_array(json);
    for (size_t i = 0; i < view->breakdown_count; i++) {
        const Breakdown *breakdown = &view->breakdown[i];
        json_begin_object(json);
        json_member_str(json, "stage", view->evaluation->core->stages.ptr[breakdown->stage].code);
        json_member_str(json, "attribute", breakdown->attribute->symbol.name);
        json_key(json, "rows");
        json_begin_array(json);
        for (size_t k = 0; k < breakdown->row_count; k++)
            add_json_row(view, json, &breakdown->row[k]);
        json_end_array(json);
        add_json_ratio(view, json, breakdown);
        json_end_object(json);
    }
    json_end_array(json);
}

/* ---- text ---- */

static void add_row(const EvaluateView *view, TextTable *table, const BreakdownRow *row)
{
    const Standard *standard = view->evaluation->standard;
    Str name = row->is_blank ? cli_word(view->cli, "（没有填）", "(not filled in)") : row->name;
    text_table_add_text(table, row->is_group ? str_format(view->cli->arena, "[%.*s]", STR_ARG(name))
                                             : name);
    text_table_add_figure(table, row->units, 0);
    text_table_add_figure(table, row->students, 2);
    for (size_t i = 0; i < standard->indicators.len; i++)
        text_table_add_number(table, row->mean[i], standard->indicators.ptr[i]->decimals);
}

static void add_ratio(const EvaluateView *view, TextTable *table, const Breakdown *breakdown)
{
    if (!breakdown->ratio)
        return;
    text_table_add_text(table, str_format(view->cli->arena, "%.*s ÷ %.*s",
                                          STR_ARG(breakdown->contrast[0]->name),
                                          STR_ARG(breakdown->contrast[1]->name)));
    text_table_add_text(table, STR(""));
    text_table_add_text(table, STR(""));
    for (size_t i = 0; i < view->evaluation->standard->indicators.len; i++)
        text_table_add_number(table, breakdown->ratio[i], 2);
}

void evaluate_text_breakdown(const EvaluateView *view)
{
    Cli *cli = view->cli;
    const Standard *standard = view->evaluation->standard;
    if (!view->breakdown_count)
        cli_addf(cli, "\n没有学校可分组\n", "\nno schools to group\n");
    for (size_t i = 0; i < view->breakdown_count; i++) {
        const Breakdown *breakdown = &view->breakdown[i];
        Str stage = judged_stage_name(cli, view->evaluation, breakdown->stage);
        cli_addf(cli, "\n── %.*s，按%.*s分组的平均 ──\n", "\n── %.*s, means by %.*s ──\n",
                 STR_ARG(stage), STR_ARG(breakdown->attribute->symbol.name));
        TextTable table;
        text_table_init(&table, cli->arena, 2);
        text_table_add_column(&table, STR(""), TEXT_LEFT);
        text_table_add_column(&table, cli_word(cli, "学校", "schools"), TEXT_RIGHT);
        text_table_add_column(&table, standard->weight->symbol.name, TEXT_RIGHT);
        for (size_t k = 0; k < standard->indicators.len; k++)
            text_table_add_column(&table, standard->indicators.ptr[k]->code, TEXT_RIGHT);
        for (size_t k = 0; k < breakdown->row_count; k++)
            add_row(view, &table, &breakdown->row[k]);
        add_ratio(view, &table, breakdown);
        text_table_format(cli->out, &table);
    }
}
