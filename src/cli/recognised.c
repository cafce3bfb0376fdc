#include "cli/recognised.h"

/* 学校代码, 序号: those whose header is another, and those that are left out. */
static void add_columns(Cli *cli, const Recognised *recognised, bool is_taken)
{
    size_t count = 0;
    for (size_t i = 0; i < recognised->column.len; i++) {
        const RecognisedColumn *column = &recognised->column.ptr[i];
        if (column->is_taken != is_taken || (is_taken && str_equals(column->path, column->name)))
            continue;
        if (!count++)
            cli_addf(cli, is_taken ? "  列名读作  " : "  不取的列  ",
                     is_taken ? "  read as   " : "  left out  ");
        else
            strbuf_add(cli->out, STR("，"));
        strbuf_addf(cli->out, "「%.*s」", STR_ARG(column->path));
        if (is_taken)
            cli_addf(cli, " 是 %.*s", " is %.*s", STR_ARG(column->name));
    }
    if (count)
        strbuf_add_char(cli->out, '\n');
}

static void add_rows(Cli *cli, const Recognised *recognised)
{
    cli_addf(cli, "  行        记录 %zu", "  rows      %zu records", recognised->records);
    if (recognised->hidden)
        cli_addf(cli, "（其中隐藏的 %zu）", " (%zu of them hidden)", recognised->hidden);
    if (recognised->sums)
        cli_addf(cli, "，合计 %zu", ", %zu sums", recognised->sums);
    if (recognised->notes)
        cli_addf(cli, "，说明 %zu", ", %zu notes", recognised->notes);
    strbuf_add_char(cli->out, '\n');
}

void recognised_add_text(Cli *cli, const Recognised *recognised)
{
    if (!recognised->is_form)
        return;
    cli_addf(cli, "认出的表", "table found");
    if (recognised->sheet.len)
        cli_addf(cli, "  工作表「%.*s」", "  sheet '%.*s'", STR_ARG(recognised->sheet));
    if (recognised->first_line == recognised->last_line)
        cli_addf(cli, "  表头第 %u 行", "  header in row %u", recognised->first_line);
    else
        cli_addf(cli, "  表头第 %u–%u 行", "  header in rows %u–%u", recognised->first_line,
                 recognised->last_line);
    if (recognised->title.len)
        cli_addf(cli, "  标题「%.*s」", "  title '%.*s'", STR_ARG(recognised->title));
    if (recognised->unit.len)
        cli_addf(cli, "  单位 %.*s", "  units %.*s", STR_ARG(recognised->unit));
    strbuf_add_char(cli->out, '\n');
    add_columns(cli, recognised, true);
    add_columns(cli, recognised, false);
    add_rows(cli, recognised);
}

void recognised_add_json(JsonWriter *json, const Recognised *recognised)
{
    if (!recognised->is_form)
        return;
    json_key(json, "recognised");
    json_begin_object(json);
    json_member_str(json, "sheet", recognised->sheet);
    json_member_str(json, "title", recognised->title);
    json_member_str(json, "unit", recognised->unit);
    json_member_count(json, "header_first", recognised->first_line);
    json_member_count(json, "header_last", recognised->last_line);
    json_member_count(json, "records", recognised->records);
    json_member_count(json, "hidden", recognised->hidden);
    json_member_count(json, "sums", recognised->sums);
    json_member_count(json, "notes", recognised->notes);
    json_key(json, "columns");
    json_begin_array(json);
    for (size_t i = 0; i < recognised->column.len; i++) {
        const RecognisedColumn *column = &recognised->column.ptr[i];
        json_begin_object(json);
        json_member_str(json, "header", column->path);
        json_member_str(json, "name", column->name);
        json_key(json, "taken");
        json_bool(json, column->is_taken);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}
