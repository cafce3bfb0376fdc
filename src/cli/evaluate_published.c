/* What `evaluate` says of published figures that there are facts for, too: both, side by side. */
#include "app/published.h"
#include "cli/evaluate_int.h"

#include <math.h>

static Str unit_of(const PublishedFigure *figure)
{
    return str_equals(figure->unit_text, STR("1")) ? STR("") : figure->unit_text;
}

static void add_figure_json(const EvaluateView *view, JsonWriter *json,
                            const PublishedFigure *figure)
{
    int stage = figure->fact->stage;
    json_begin_object(json);
    json_member_str(json, "code", figure->code);
    json_member_str(json, "name", figure->name);
    json_key(json, "stage");
    if (stage < 0)
        json_null(json);
    else
        json_str(json, view->evaluation->core->stages.ptr[stage].code);
    json_member_str(json, "unit", figure->unit_text);
    judged_json_number(json, "published", figure->fact->value);
    judged_json_number(json, "computed", figure->computed);
    json_member_count(json, "counties", figure->counties);
    json_member_count(json, "left_out", figure->left_out);
    json_member_str(json, "document", figure->fact->document);
    json_end_object(json);
}

void evaluate_json_published(const EvaluateView *view, JsonWriter *json)
{
    PublishedFigures list =
        published_figures(view->cli->arena, view->evaluation->judge, view->unit->region);
    if (!list.len)
        return;
    json_key(json, "published");
    json_begin_array(json);
    for (size_t i = 0; i < list.len; i++)
        add_figure_json(view, json, &list.ptr[i]);
    json_end_array(json);
}

static Str name_of(const EvaluateView *view, const PublishedFigure *figure)
{
    if (figure->fact->stage < 0)
        return figure->name;
    Str stage = judged_stage_name(view->cli, view->evaluation, figure->fact->stage);
    return str_format(view->cli->arena, "%.*s %.*s", STR_ARG(stage), STR_ARG(figure->name));
}

/* 6, or 5（缺 1）; nothing where no counties were added up. */
static Str counties_of(const Cli *cli, const PublishedFigure *figure)
{
    if (!figure->counties && !figure->left_out)
        return STR("");
    if (!figure->left_out)
        return str_format(cli->arena, "%zu", figure->counties);
    return str_format(cli->arena, cli->lang == LANG_EN ? "%zu (%zu lack data)" : "%zu（缺 %zu）",
                      figure->counties, figure->left_out);
}

void evaluate_text_published(const EvaluateView *view)
{
    static const struct {
        const char *zh, *en;
        TextAlign align;
    } COLUMNS[] = {{"", "", TEXT_LEFT},
                   {"项", "item", TEXT_LEFT},
                   {"单位", "unit", TEXT_LEFT},
                   {"公布", "published", TEXT_RIGHT},
                   {"计算", "computed", TEXT_RIGHT},
                   {"计入县区", "counties", TEXT_RIGHT},
                   {"公布的出处", "published in", TEXT_LEFT}};
    Cli *cli = view->cli;
    PublishedFigures list =
        published_figures(cli->arena, view->evaluation->judge, view->unit->region);
    TextTable table;
    if (!list.len)
        return;
    text_table_init(&table, cli->arena, 2);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++)
        text_table_add_column(&table, cli_word(cli, COLUMNS[i].zh, COLUMNS[i].en),
                              COLUMNS[i].align);
    for (size_t i = 0; i < list.len; i++) {
        const PublishedFigure *figure = &list.ptr[i];
        text_table_add_text(&table, figure->code);
        text_table_add_text(&table, name_of(view, figure));
        text_table_add_text(&table, unit_of(figure));
        text_table_add_text(&table, judged_number(cli, figure->fact->value));
        text_table_add_number(&table, figure->computed, figure->decimals);
        text_table_add_text(&table, counties_of(cli, figure));
        text_table_add_text(&table, figure->fact->document);
    }
    cli_addf(cli, "\n公布的数和算出来的数（并列着看；判定用算出来的）\n",
             "\npublished figures beside computed ones (to compare; verdicts use the computed)\n");
    text_table_format(cli->out, &table);
}
