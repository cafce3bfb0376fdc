/* `junheng series`: one indicator of one unit through the years. */
#include "app/series.h"
#include "cli/judged.h"

#include <math.h>

static Str stage_name(const Cli *cli, const Series *series, int stage)
{
    if (stage < 0)
        return STR("");
    const Stage *s = &series->core->stages.ptr[stage];
    return cli->lang == LANG_EN ? s->code : s->name;
}

static void add_heading(Cli *cli, TextTable *table, const Series *series)
{
    text_table_add_column(table, cli_word(cli, "学年", "year"), TEXT_LEFT);
    text_table_add_column(table, cli_word(cli, "当时的名称", "name then"), TEXT_LEFT);
    text_table_add_column(table, cli_word(cli, "学段", "stage"), TEXT_LEFT);
    text_table_add_column(table, cli_word(cli, "在校生", "pupils"), TEXT_RIGHT);
    if (!series->is_school) {
        text_table_add_column(table, cli_word(cli, "计入学校", "schools"), TEXT_RIGHT);
        text_table_add_column(table, cli_word(cli, "平均", "mean"), TEXT_RIGHT);
        text_table_add_column(table, cli_word(cli, "差异系数", "cv"), TEXT_RIGHT);
    } else {
        text_table_add_column(table, cli_word(cli, "值", "value"), TEXT_RIGHT);
    }
    text_table_add_column(table, STR(""), TEXT_LEFT);
}

static Str remark(const Cli *cli, const SeriesPoint *point)
{
    if (!point->is_there)
        return cli_word(cli, "没有数据，或当时还没有（已经不在）",
                        "no figures, or not there at that time");
    Str met = point->met == TRI_UNKNOWN ? STR("") : judged_met(cli, point->met);
    return point->is_published ? str_format(cli->arena, "%.*s %.*s", STR_ARG(met),
                                            STR_ARG(cli_word(cli, "公布数", "published")))
                               : met;
}

static void add_text(Cli *cli, const Series *series)
{
    TextTable table;
    const Indicator *x = series->indicator;
    strbuf_addf(cli->out, "%.*s %.*s", STR_ARG(x->code), STR_ARG(x->name));
    if (!str_equals(x->unit_text, STR("1")))
        strbuf_addf(cli->out, "（%.*s）", STR_ARG(x->unit_text));
    if (cli_has(cli, OPTION_STRUCTURE))
        cli_addf(cli, "  按 %.*s 的学校和地区", "  by the schools and divisions of %.*s",
                 STR_ARG(cli_text(cli, OPTION_STRUCTURE)));
    strbuf_add_char(cli->out, '\n');
    text_table_init(&table, cli->arena, 0);
    add_heading(cli, &table, series);
    for (size_t i = 0; i < series->points.len; i++) {
        const SeriesPoint *point = &series->points.ptr[i];
        text_table_add_text(&table, point->period);
        text_table_add_text(&table, point->unit_name);
        text_table_add_text(&table, stage_name(cli, series, point->stage));
        text_table_add_figure(&table, point->is_there ? point->students : NAN, 0);
        if (!series->is_school) {
            text_table_add_figure(&table, point->is_there ? (double)point->schools : NAN, 0);
            text_table_add_number(&table, point->value, x->decimals);
            text_table_add_number(&table, point->cv, TEXT_CV_PLACES);
        } else {
            text_table_add_number(&table, point->value, x->decimals);
        }
        text_table_add_text(&table, remark(cli, point));
    }
    text_table_format(cli->out, &table);
}

static void add_json(Cli *cli, const Series *series)
{
    JsonWriter json;
    cli_begin_json(cli, &json);
    json_member_str(&json, "indicator", series->indicator->code);
    json_member_str(&json, "name", series->indicator->name);
    json_member_str(&json, "unit_of_measure", series->indicator->unit_text);
    json_member_str(&json, "structure", cli_text(cli, OPTION_STRUCTURE));
    json_key(&json, "points");
    json_begin_array(&json);
    for (size_t i = 0; i < series->points.len; i++) {
        const SeriesPoint *point = &series->points.ptr[i];
        json_begin_object(&json);
        json_member_str(&json, "period", point->period);
        json_member_str(&json, "standard", point->standard);
        json_member_str(&json, "unit", point->unit_code);
        json_member_str(&json, "name", point->unit_name);
        json_member_str(&json, "stage",
                        point->stage < 0 ? STR("") : series->core->stages.ptr[point->stage].code);
        json_key(&json, "there");
        json_bool(&json, point->is_there);
        judged_json_number(&json, "students", point->is_there ? point->students : NAN);
        judged_json_number(&json, series->is_school ? "value" : "mean", point->value);
        if (!series->is_school) {
            json_member_count(&json, "schools", point->schools);
            judged_json_number(&json, "cv", point->cv);
            judged_json_number(&json, "limit", point->limit);
        }
        judged_json_tri(&json, "met", point->met);
        json_key(&json, "published");
        json_bool(&json, point->is_published);
        json_end_object(&json);
    }
    json_end_array(&json);
    cli_end_json(cli, &json);
}

bool cli_series(Cli *cli)
{
    const StoreConfig store = cli_store(cli);
    SeriesRequest request = {.packs = cli_packs(cli),
                             .store = &store,
                             .name = cli_text(cli, ARGUMENT_INDICATOR),
                             .standard = cli_text(cli, OPTION_STANDARD),
                             .unit = cli_text(cli, OPTION_UNIT),
                             .structure = cli_text(cli, OPTION_STRUCTURE)};
    request.overlay = cli_texts(cli, OPTION_OVERLAY, &request.overlay_count);
    Series series;
    if (!cli_until(cli, &request.until) || !series_make(cli->arena, &request, &series, cli->err))
        return false;
    if (cli->is_json)
        add_json(cli, &series);
    else
        add_text(cli, &series);
    return true;
}
