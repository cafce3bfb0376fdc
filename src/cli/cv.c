/* `junheng cv`: the coefficient of variation of any table. */
#include "app/cv.h"
#include "base/json.h"
#include "cli/cli_int.h"
#include "cli/text.h"

#include <math.h>

/* ---- JSON ---- */

static void add_json_row(JsonWriter *json, const CvRequest *request, const CvResult *result,
                         const CvRow *row)
{
    json_begin_object(json);
    json_key(json, "group");
    if (result->has_groups)
        json_str(json, row->group);
    else
        json_null(json);
    json_key(json, "units");
    json_integer(json, (int64_t)row->units);
    json_key(json, "weight");
    json_number_or_null(json, row->weight);
    json_key(json, "mean");
    json_number_or_null(json, row->mean);
    json_key(json, "s");
    json_number_or_null(json, row->s);
    json_key(json, "cv");
    json_number_or_null(json, row->cv);
    json_key(json, "left_out");
    json_integer(json, (int64_t)row->left_out);
    if (request->has_limit) {
        json_key(json, "limit");
        json_number(json, decimal_to_double(request->limit));
        json_key(json, "met");
        if (row->met == TRI_UNKNOWN)
            json_null(json);
        else
            json_bool(json, row->met == TRI_TRUE);
    }
    json_end_object(json);
}

static void add_json(Cli *cli, const CvRequest *request, const CvResult *result)
{
    JsonWriter json;
    json_init(&json, cli->out);
    json_begin_object(&json);
    json_key(&json, "left_out");
    json_integer(&json, (int64_t)result->left_out);
    json_key(&json, "sum_rows");
    json_integer(&json, (int64_t)result->sum_rows.count);
    json_key(&json, "rows");
    json_begin_array(&json);
    for (size_t i = 0; i < result->row_count; i++)
        add_json_row(&json, request, result, &result->row[i]);
    json_end_array(&json);
    json_end_object(&json);
    json_done(&json);
    strbuf_add_char(cli->out, '\n');
}

/* ---- text ---- */

/* Four decimals, or all where four would show a coefficient above its limit as equal to it. */
static Str cv_digits(const Cli *cli, const CvRequest *request, const CvRow *row)
{
    StrBuf shown, limit;
    strbuf_init(&shown, cli->arena);
    strbuf_init(&limit, cli->arena);
    text_add_number(&shown, row->cv, TEXT_CV_PLACES);
    text_add_number(&limit, decimal_to_double(request->limit), TEXT_CV_PLACES);
    if (row->met != TRI_FALSE || !str_equals(strbuf_str(&shown), strbuf_str(&limit)))
        return strbuf_str(&shown);
    strbuf_init(&shown, cli->arena);
    decimal_add_shortest(&shown, row->cv);
    return strbuf_str(&shown);
}

static Str limit_digits(const Cli *cli, const CvRequest *request)
{
    StrBuf out;
    strbuf_init(&out, cli->arena);
    decimal_add_shortest(&out, decimal_to_double(request->limit));
    return strbuf_str(&out);
}

static Str met_word(const Cli *cli, Tri met)
{
    if (met == TRI_UNKNOWN)
        return STR("—");
    return met == TRI_TRUE ? cli_word(cli, "达到", "met") : cli_word(cli, "未达到", "not met");
}

static Str group_name(const Cli *cli, Str group)
{
    return group.len ? group : cli_word(cli, "（空白）", "(blank)");
}

/* A formula stands in brackets beside an operator, the name of a column does not. */
static void add_source(Cli *cli, Str source)
{
    bool is_plain = true;
    for (size_t i = 0; i < source.len; i++)
        is_plain &= strchr("+-*/<>= ", source.ptr[i]) == NULL;
    strbuf_add(cli->out, is_plain ? STR("") : STR("("));
    text_add_line(cli->out, source);
    strbuf_add(cli->out, is_plain ? STR("") : STR(")"));
}

/* What was computed from what. */
static void add_head(Cli *cli, const CvRequest *request)
{
    text_add_line(cli->out, str_from(request->path));
    cli_addf(cli, "：", ": ");
    add_source(cli, request->value);
    strbuf_add(cli->out, STR(" ÷ "));
    add_source(cli, request->weight);
    if (request->per.mantissa != 1 || request->per.exp10 != 0) {
        strbuf_add(cli->out, STR(" × "));
        decimal_add_shortest(cli->out, decimal_to_double(request->per));
    }
    cli_addf(cli, "，按 ", ", weighted by ");
    text_add_line(cli->out, request->weight);
    cli_addf(cli, " 加权\n", "\n");
    if (request->where.len) {
        cli_addf(cli, "只算: ", "only where: ");
        text_add_line(cli->out, request->where);
        strbuf_add_char(cli->out, '\n');
    }
    strbuf_add_char(cli->out, '\n');
}

static void add_single(Cli *cli, const CvRequest *request, const CvRow *row)
{
    TextTable table;
    text_table_init(&table, cli->arena, 2);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    text_table_add_column(&table, STR(""), TEXT_RIGHT);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    text_table_add_text(&table, cli_word(cli, "平均值", "mean"));
    text_table_add_number(&table, row->mean, TEXT_CV_PLACES);
    text_table_end_row(&table);
    text_table_add_text(&table, cli_word(cli, "标准差 S", "standard deviation S"));
    text_table_add_number(&table, row->s, TEXT_CV_PLACES);
    text_table_end_row(&table);
    text_table_add_text(&table, cli_word(cli, "差异系数 CV", "coefficient CV"));
    text_table_add_text(&table, cv_digits(cli, request, row));
    text_table_end_row(&table);
    if (request->has_limit) {
        text_table_add_text(&table, cli_word(cli, "限值", "limit"));
        text_table_add_text(&table, limit_digits(cli, request));
        text_table_add_text(&table, met_word(cli, row->met));
    }
    text_table_add_text(&table, cli_word(cli, "计入的行", "rows counted"));
    text_table_add_count(&table, row->units);
    text_table_end_row(&table);
    text_table_add_text(&table, cli_word(cli, "权数合计", "sum of weights"));
    text_table_add_figure(&table, row->weight, TEXT_CV_PLACES);
    text_table_end_row(&table);
    text_table_add_text(&table, cli_word(cli, "总量合计", "sum of totals"));
    text_table_add_figure(&table, row->value, TEXT_CV_PLACES);
    text_table_end_row(&table);
    text_table_format(cli->out, &table);
}

static void add_groups(Cli *cli, const CvRequest *request, const CvResult *result)
{
    TextTable table;
    text_table_init(&table, cli->arena, 2);
    text_table_add_column(&table, request->by, TEXT_LEFT);
    text_table_add_column(&table, cli_word(cli, "计入", "rows"), TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "权数合计", "weight"), TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "总量合计", "total"), TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "平均值", "mean"), TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "标准差 S", "S"), TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "差异系数 CV", "CV"), TEXT_RIGHT);
    if (request->has_limit) {
        text_table_add_column(&table, cli_word(cli, "限值", "limit"), TEXT_RIGHT);
        text_table_add_column(&table, STR(""), TEXT_LEFT);
    }
    text_table_add_column(&table, cli_word(cli, "未计入", "left out"), TEXT_RIGHT);
    for (size_t i = 0; i < result->row_count; i++) {
        const CvRow *row = &result->row[i];
        text_table_add_text(&table, group_name(cli, row->group));
        text_table_add_count(&table, row->units);
        text_table_add_figure(&table, row->weight, TEXT_CV_PLACES);
        text_table_add_figure(&table, row->value, TEXT_CV_PLACES);
        text_table_add_number(&table, row->mean, TEXT_CV_PLACES);
        text_table_add_number(&table, row->s, TEXT_CV_PLACES);
        text_table_add_text(&table, cv_digits(cli, request, row));
        if (request->has_limit) {
            text_table_add_text(&table, limit_digits(cli, request));
            text_table_add_text(&table, met_word(cli, row->met));
        }
        text_table_add_count(&table, row->left_out);
    }
    text_table_format(cli->out, &table);
}

/* "  2 行 合计行（第 7、12 行）" */
static void add_lines(Cli *cli, const CvLines *lines, const char *zh, const char *en)
{
    if (!lines->count)
        return;
    cli_addf(cli, "  %zu 行 %s（第 ", lines->count > 1 ? "  %zu: %s (rows " : "  %zu: %s (row ",
             lines->count, cli->lang == LANG_EN ? en : zh);
    size_t shown = lines->count < CV_LINES_MAX ? lines->count : CV_LINES_MAX;
    for (size_t i = 0; i < shown; i++)
        cli_addf(cli, i ? "、%u" : "%u", i ? ", %u" : "%u", lines->line[i]);
    cli_addf(cli, lines->count > shown ? " … 行）\n" : " 行）\n",
             lines->count > shown ? " …)\n" : ")\n");
}

static void add_left_out(Cli *cli, const CvResult *result)
{
    size_t all = result->left_out + result->sum_rows.count + result->unknown.count;
    if (all == 0) {
        cli_addf(cli, "\n没有未计入的行。\n", "\nno row was left out\n");
        return;
    }
    cli_addf(cli, "\n未计入 %zu 行:\n", "\n%zu rows were left out:\n", all);
    add_lines(cli, &result->sum_rows, "合计、小计行", "sums (合计, 小计)");
    add_lines(cli, &result->unknown, "不知道合不合条件：条件要用的数没有",
              "may meet the condition or not: a figure it needs is missing");
    add_lines(cli, &result->reason[CV_NO_WEIGHT], "没有权数", "without a weight");
    add_lines(cli, &result->reason[CV_WEIGHT_NOT_POSITIVE], "权数是 0 或负数",
              "with a weight of 0 or less");
    add_lines(cli, &result->reason[CV_NO_VALUE], "没有总量", "without a total");
}

static void add_text(Cli *cli, const CvRequest *request, const CvResult *result)
{
    add_head(cli, request);
    if (result->has_groups)
        add_groups(cli, request, result);
    else
        add_single(cli, request, &result->row[0]);
    if (!result->has_groups && result->row[0].units == 0)
        cli_addf(cli, "\n没有一行可以计入，算不出差异系数。\n",
                 "\nno row counts: there is no coefficient\n");
    else if (!result->has_groups && isnan(result->row[0].cv))
        cli_addf(cli, "\n平均值不大于 0，算不出差异系数。\n",
                 "\nthe mean is not above 0: there is no coefficient\n");
    add_left_out(cli, result);
}

bool cli_cv(Cli *cli)
{
    const CvRequest request = {
        .path = cli_path(cli, ARGUMENT_FILE),
        .sheet = cli_text(cli, OPTION_SHEET),
        .weight = cli_text(cli, OPTION_WEIGHT),
        .value = cli_text(cli, OPTION_VALUE),
        .by = cli_text(cli, OPTION_BY),
        .where = cli_text(cli, OPTION_WHERE),
        .per = cli_number(cli, OPTION_PER, (Decimal){.mantissa = 1}),
        .has_limit = cli_has(cli, OPTION_LIMIT),
        .limit = cli_number(cli, OPTION_LIMIT, (Decimal){0}),
    };
    CvResult result;
    if (!cv_run(cli->arena, &request, &result, cli->err))
        return false;
    if (cli->is_json)
        add_json(cli, &request, &result);
    else
        add_text(cli, &request, &result);
    return true;
}
