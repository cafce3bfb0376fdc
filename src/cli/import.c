/* `junheng import`: what changes, in counts and in verdicts. */
#include "app/import.h"
#include "cli/judged.h"
#include "cli/recognised.h"

#include <inttypes.h>

static Str tri_text(const Cli *cli, Tri verdict)
{
    return judged_gate(cli, verdict);
}

/* ---- text ---- */

static void add_outcome(Cli *cli, const ImportResult *result)
{
    if (result->is_repeated)
        cli_addf(cli, "这张表说的库里都有了：就是第 %" PRIu64 " 批。什么也没有改。\n",
                 "the database has all of this already: it is batch %" PRIu64
                 ". Nothing was changed.\n",
                 result->batch);
    else if (result->batch)
        cli_addf(cli, "已经存好，是第 %" PRIu64 " 批；要撤回就运行 junheng undo %" PRIu64 "\n",
                 "accepted as batch %" PRIu64 "; junheng undo %" PRIu64 " takes it back\n",
                 result->batch, result->batch);
    else
        cli_addf(cli, "这是试算，什么也没有存。\n", "this was a trial; nothing was accepted.\n");
}

static void add_schools(Cli *cli, const ImportResult *result)
{
    cli_addf(cli, "学校    %zu 所", "schools %zu", result->schools);
    if (result->opened)
        cli_addf(cli, "，其中新建 %zu 所", ", %zu of them new", result->opened);
    if (result->earlier)
        cli_addf(cli, "，%zu 所原来不知道这么早就有", ", %zu not known to be that old",
                 result->earlier);
    if (result->restated)
        cli_addf(cli, "，%zu 所的名称、类型、举办者或城乡分类与前不同",
                 ", %zu with another name, type, runner or urban class than before",
                 result->restated);
    cli_addf(cli, "\n行      %zu 行", "\nrows    %zu", result->rows);
    if (result->sum_rows)
        cli_addf(cli, "（另有合计 %zu 行没有算）", " (and %zu sums left out)", result->sum_rows);
    cli_addf(cli, "\n数据    新报 %zu，改动 %zu，改成空白 %zu，不变 %zu\n",
             "\ncells   %zu new, %zu changed, %zu made blank, %zu as before\n", result->cells.added,
             result->cells.changed, result->cells.blanked, result->cells.same);
    if (result->missing)
        cli_addf(cli, "没报的  这些县区还有 %zu 所学校这个学年没有数据\n",
                 "missing %zu open schools of these counties have no figures for the period\n",
                 result->missing);
}

static void add_classes(Cli *cli, const ImportResult *result)
{
    cli_addf(cli, "学校    %zu 所，%zu 个班，%" PRIu64 " 名学生\n",
             "schools %zu, with %zu classes and %" PRIu64 " pupils\n", result->schools,
             result->classes, result->pupils);
    cli_addf(cli, "行      %zu 行", "rows    %zu", result->rows);
    if (result->sum_rows)
        cli_addf(cli, "（另有合计 %zu 行没有算）", " (and %zu sums left out)", result->sum_rows);
    cli_addf(
        cli,
        "；只留班级和人数，别的列都不存\n"
        "数据    新报 %zu，改动 %zu，不变 "
        "%zu（在校生数、班级数、最大班额，填在学校表空着的地方）\n",
        "; only classes and their numbers are kept, no other column\n"
        "cells   %zu new, %zu changed, %zu as before (pupils, classes and largest class, where "
        "the table of schools is blank)\n",
        result->cells.added, result->cells.changed, result->cells.same);
}

static void add_counties(Cli *cli, const ImportResult *result)
{
    cli_addf(cli, "地区    %zu 个\n数据    新报 %zu，改动 %zu，改成空白 %zu，不变 %zu\n",
             "regions  %zu\nfigures  %zu new, %zu changed, %zu made blank, %zu as before\n",
             result->counties, result->cells.added, result->cells.changed, result->cells.blanked,
             result->cells.same);
}

static void add_turned(Cli *cli, const ImportResult *result)
{
    TextTable table;
    cli_addf(cli, "达标的学校（学段）  之前 %zu / %zu，之后 %zu / %zu\n",
             "school-stages that meet a standard  before %zu / %zu, after %zu / %zu\n",
             result->schools_met_before, result->schools_judged_before, result->schools_met_after,
             result->schools_judged_after);
    if (!result->turned.len) {
        cli_addf(cli, "没有一个县区的结论改变\n", "no county's verdict turns\n");
        return;
    }
    cli_addf(cli, "结论改变的县区\n", "verdicts that turn\n");
    text_table_init(&table, cli->arena, 2);
    for (int i = 0; i < 4; i++)
        text_table_add_column(&table, STR(""), TEXT_LEFT);
    for (size_t i = 0; i < result->turned.len; i++) {
        const ImportTurned *turned = &result->turned.ptr[i];
        text_table_add_text(&table, turned->standard);
        text_table_add_text(&table, turned->region_code);
        text_table_add_text(&table, turned->region_name);
        text_table_add_text(&table, str_format(cli->arena, "%.*s → %.*s",
                                               STR_ARG(tri_text(cli, turned->before)),
                                               STR_ARG(tri_text(cli, turned->after))));
    }
    text_table_format(cli->out, &table);
}

static void add_text(Cli *cli, const ImportResult *result)
{
    strbuf_addf(cli->out, "%.*s  %.*s\n", STR_ARG(result->file), STR_ARG(result->period));
    recognised_add_text(cli, &result->recognised);
    if (!result->is_repeated) {
        if (result->classes)
            add_classes(cli, result);
        else if (result->counties)
            add_counties(cli, result);
        else
            add_schools(cli, result);
        add_turned(cli, result);
    }
    add_outcome(cli, result);
}

/* ---- JSON ---- */

static void add_json(Cli *cli, const ImportResult *result)
{
    JsonWriter json;
    cli_begin_json(cli, &json);
    json_member_str(&json, "file", result->file);
    json_member_str(&json, "form", result->form);
    json_member_str(&json, "period", result->period);
    json_key(&json, "batch");
    if (result->batch)
        json_integer(&json, (int64_t)result->batch);
    else
        json_null(&json);
    json_key(&json, "repeated");
    json_bool(&json, result->is_repeated);
    json_member_count(&json, "rows", result->rows);
    json_member_count(&json, "sum_rows", result->sum_rows);
    json_member_count(&json, "schools", result->schools);
    json_member_count(&json, "counties", result->counties);
    json_member_count(&json, "classes", result->classes);
    json_member_count(&json, "pupils", result->pupils);
    json_member_count(&json, "opened", result->opened);
    json_member_count(&json, "earlier", result->earlier);
    json_member_count(&json, "restated", result->restated);
    json_member_count(&json, "missing", result->missing);
    recognised_add_json(&json, &result->recognised);
    json_key(&json, "cells");
    json_begin_object(&json);
    json_member_count(&json, "added", result->cells.added);
    json_member_count(&json, "changed", result->cells.changed);
    json_member_count(&json, "blanked", result->cells.blanked);
    json_member_count(&json, "same", result->cells.same);
    json_end_object(&json);
    json_member_count(&json, "schools_met_before", result->schools_met_before);
    json_member_count(&json, "schools_met_after", result->schools_met_after);
    json_key(&json, "turned");
    json_begin_array(&json);
    for (size_t i = 0; i < result->turned.len; i++) {
        const ImportTurned *turned = &result->turned.ptr[i];
        json_begin_object(&json);
        json_member_str(&json, "standard", turned->standard);
        json_member_str(&json, "unit", turned->region_code);
        json_member_str(&json, "name", turned->region_name);
        json_member_str(&json, "before", str_from(gate_word(turned->before)));
        json_member_str(&json, "after", str_from(gate_word(turned->after)));
        json_end_object(&json);
    }
    json_end_array(&json);
    cli_end_json(cli, &json);
}

bool cli_import(Cli *cli)
{
    const StoreConfig store = cli_store(cli);
    const ImportRequest request = {.packs = cli_packs(cli),
                                   .store = &store,
                                   .path = cli_path(cli, ARGUMENT_FILE),
                                   .sheet = cli_text(cli, OPTION_SHEET),
                                   .form = cli_text(cli, OPTION_FORM),
                                   .period = cli_text(cli, OPTION_PERIOD),
                                   .author = cli_author(cli),
                                   .is_trial = cli_has(cli, OPTION_DRY_RUN)};
    ImportResult result;
    if (!import_run(cli->arena, &request, &result, cli->err))
        return false;
    if (cli->is_json)
        add_json(cli, &result);
    else
        add_text(cli, &result);
    return true;
}
