/* `junheng explain`: one figure, its formula with the figures put in, its cells, its clause. */
#include "app/explanation.h"
#include "cli/judged.h"

#include <math.h>

typedef struct ExplainView {
    Cli *cli;
    const Evaluation *evaluation;
    const Explanation *explanation;
    Map shown; /* text: what has been taken apart already */
} ExplainView;

/* ---- JSON ---- */

static void add_value(const Cli *cli, JsonWriter *json, const ExplainStep *step)
{
    (void)cli;
    json_key(json, "value");
    if (step->type == TYPE_BOOL && step->absence == ABSENCE_NONE)
        json_bool(json, step->boolean == TRI_TRUE);
    else if (step->type == TYPE_BOOL)
        json_null(json);
    else
        json_number_or_null(json, step->value);
    json_member_str(json, "text", step->text);
}

static void add_rows(JsonWriter *json, const ExplainRows *rows)
{
    json_key(json, "rows");
    json_begin_object(json);
    json_member_count(json, "used", rows->used);
    json_member_count(json, "not_reported", rows->not_reported);
    json_member_count(json, "not_applicable", rows->not_applicable);
    json_member_count(json, "undefined", rows->undefined);
    json_member_count(json, "weightless", rows->weightless);
    json_member_count(json, "out_of_scope", rows->out_of_scope);
    json_member_count(json, "out_of_where", rows->out_of_where);
    judged_json_number(json, "weight", rows->weight);
    judged_json_number(json, "mean", rows->has_moments ? rows->mean : NAN);
    judged_json_number(json, "s", rows->has_moments ? rows->std : NAN);
    json_end_object(json);
}

static void add_step_json(const Cli *cli, JsonWriter *json, const ExplainStep *step)
{
    static const char *const KINDS[] = {"formula", "input",     "parameter", "aggregate",
                                        "part",    "published", "definition"};
    json_begin_object(json);
    json_member_str(json, "kind", str_from(KINDS[step->kind]));
    json_member_str(json, "name", step->name);
    json_member_str(json, "formula", step->formula);
    json_member_str(json, "figures", step->figures);
    add_value(cli, json, step);
    if (step->kind == EXPLAIN_AGGREGATE)
        add_rows(json, &step->rows);
    json_key(json, "steps");
    json_begin_array(json);
    for (size_t i = 0; i < step->child_count; i++)
        add_step_json(cli, json, step->child[i]);
    json_end_array(json);
    json_end_object(json);
}

static void add_cells_json(const ExplainView *view, JsonWriter *json)
{
    json_key(json, "cells");
    json_begin_array(json);
    for (size_t i = 0; i < view->explanation->cells.len; i++) {
        const ExplainedCell *cell = &view->explanation->cells.ptr[i];
        json_begin_object(json);
        json_member_str(json, "item", cell->step->symbol->name);
        json_member_str(json, "header", cell->header);
        json_key(json, "cell");
        if (cell->cell.len)
            json_str(json, cell->cell);
        else
            json_null(json);
        if (view->evaluation->facts) {
            json_key(json, "batch");
            if (cell->batch)
                json_integer(json, (int64_t)cell->batch->seq);
            else
                json_null(json);
            json_member_str(json, "file", cell->batch ? cell->batch->file : STR(""));
        }
        json_key(json, "row");
        if (cell->ref.row != DATASET_NO_ROW)
            json_integer(json, cell->table->line[cell->ref.row]);
        else
            json_null(json);
        add_value(view->cli, json, cell->step);
        if (cell->is_supposed)
            judged_json_number(json, "table_value", cell->in_table);
        if (cell->fact) {
            json_member_str(json, "origin", cell->fact->item ? STR("reported") : STR("published"));
            json_member_str(json, "document", cell->fact->document);
            json_member_str(json, "file", cell->table ? cell->table->file : STR(""));
        }
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_rules_json(const ExplainView *view, JsonWriter *json)
{
    json_key(json, "rules");
    json_begin_array(json);
    for (size_t i = 0; i < view->explanation->rules.len; i++) {
        const ExplainedRule *rule = &view->explanation->rules.ptr[i];
        json_begin_object(json);
        json_member_str(json, "of", rule->what);
        json_member_str(json, "body", rule->basis->body);
        json_member_str(json, "title", rule->basis->title);
        json_member_str(json, "number", rule->basis->number);
        json_member_str(json, "date", rule->basis->date);
        json_member_str(json, "clause", rule->basis->clause);
        json_member_str(json, "mark", rule->basis->mark);
        json_member_str(json, "note", rule->note);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_contributors_json(const ExplainView *view, JsonWriter *json)
{
    json_key(json, "contributors");
    json_begin_array(json);
    for (size_t i = 0; i < view->explanation->contributor_count; i++) {
        const Contributor *c = &view->explanation->contributor[i];
        json_begin_object(json);
        json_member_str(json, "code", judged_school_code(view->cli, c->school));
        json_member_str(json, "name", c->school->name);
        judged_json_number(json, "weight", c->weight);
        judged_json_number(json, "value", c->value);
        judged_json_number(json, "contribution", c->contribution);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_json(const ExplainView *view, JsonWriter *json)
{
    const Explanation *x = view->explanation;
    json_begin_object(json);
    json_key(json, "stage");
    if (x->stage < 0)
        json_null(json);
    else
        json_str(json, view->evaluation->core->stages.ptr[x->stage].code);
    json_member_str(json, "region", x->region->code);
    json_key(json, "school");
    if (x->school)
        json_str(json, judged_school_code(view->cli, x->school));
    else
        json_null(json);
    json_key(json, "result");
    add_step_json(view->cli, json, x->root);
    add_cells_json(view, json);
    add_contributors_json(view, json);
    add_rules_json(view, json);
    json_end_object(json);
}

/* ---- text ---- */

static void add_rows_text(Cli *cli, const ExplainRows *rows)
{
    static const struct {
        const char *zh, *en;
        size_t offset;
    } COUNTS[] = {{"没有报", "not reported", offsetof(ExplainRows, not_reported)},
                  {"不适用", "not applicable", offsetof(ExplainRows, not_applicable)},
                  {"算不出", "undefined", offsetof(ExplainRows, undefined)},
                  {"权数不是正数", "weight not positive", offsetof(ExplainRows, weightless)},
                  {"不在范围", "out of scope", offsetof(ExplainRows, out_of_scope)},
                  {"不合条件", "out of the condition", offsetof(ExplainRows, out_of_where)}};
    cli_addf(cli, "（计入 %zu", " (%zu counted", rows->used);
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
        size_t count;
        memcpy(&count, (const char *)rows + COUNTS[i].offset, sizeof count);
        if (count)
            cli_addf(cli, "，%.*s %zu", ", %.*s %zu",
                     STR_ARG(cli_word(cli, COUNTS[i].zh, COUNTS[i].en)), count);
    }
    cli_addf(cli, "）", ")");
}

/* Whether this figure of this row was taken apart above; from now on it was. */
static bool is_shown(ExplainView *view, const ExplainStep *step)
{
    if (!step->symbol || !step->child_count)
        return false;
    Str key = str_format(view->cli->arena, "%p %p %zu %d", (const void *)step->symbol,
                         (const void *)step->frame, step->row, step->is_previous);
    if (map_find(&view->shown, key))
        return true;
    map_set(&view->shown, key, (void *)step);
    return false;
}

/* Name: formula = figures = value; of what was taken apart above only name and value. */
static void add_step_text(ExplainView *view, const ExplainStep *step, size_t indent)
{
    Cli *cli = view->cli;
    bool is_repeated = is_shown(view, step);
    strbuf_add_repeat(cli->out, STR(" "), indent);
    if (step->kind == EXPLAIN_PART)
        strbuf_addf(cli->out, "[%.*s] ",
                    STR_ARG(judged_stage_name(cli, view->evaluation, step->frame->stage)));
    bool is_named = step->name.len && step->kind != EXPLAIN_AGGREGATE;
    if (is_named)
        strbuf_add(cli->out, step->name);
    if (step->formula.len && !is_repeated)
        strbuf_addf(cli->out, "%s%.*s", is_named ? " = " : "", STR_ARG(step->formula));
    if (step->figures.len && !is_repeated && !str_equals(step->figures, step->text))
        strbuf_addf(cli->out, " = %.*s", STR_ARG(step->figures));
    if (step->kind != EXPLAIN_DEFINITION)
        strbuf_addf(cli->out, " = %.*s", STR_ARG(step->text));
    if (step->kind == EXPLAIN_GIVEN)
        cli_addf(cli, "（公布数）", " (published)");
    if (step->is_previous)
        cli_addf(cli, "（上年）", " (year before)");
    if (is_repeated)
        cli_addf(cli, "（见上）", " (see above)");
    if (step->kind == EXPLAIN_AGGREGATE && step->rows.region)
        add_rows_text(cli, &step->rows);
    strbuf_add(cli->out, step->is_cut ? STR(" …\n") : STR("\n"));
    for (size_t i = 0; i < step->child_count && !is_repeated; i++)
        add_step_text(view, step->child[i], indent + 2);
}

static void add_title(const ExplainView *view)
{
    Cli *cli = view->cli;
    const Explanation *x = view->explanation;
    Str stage = x->stage < 0 ? cli_word(cli, "全县", "county")
                             : judged_stage_name(cli, view->evaluation, x->stage);
    strbuf_addf(cli->out, "\n── %.*s ── ", STR_ARG(stage));
    if (x->school)
        strbuf_addf(cli->out, "%.*s %.*s", STR_ARG(x->school->name),
                    STR_ARG(judged_school_code(cli, x->school)));
    else
        strbuf_addf(cli->out, "%.*s", STR_ARG(x->region->name));
    if (x->indicator)
        strbuf_addf(cli->out, "  %.*s %.*s", STR_ARG(x->indicator->code),
                    STR_ARG(x->indicator->name));
    if (x->item)
        strbuf_addf(cli->out, "  %.*s %.*s", STR_ARG(x->item->code), STR_ARG(x->item->name));
    if (x->item && x->item->unit_text.len && !str_equals(x->item->unit_text, STR("1")))
        strbuf_addf(cli->out, "（%.*s）", STR_ARG(x->item->unit_text));
    if (x->indicator && !str_equals(x->indicator->unit_text, STR("1")))
        strbuf_addf(cli->out, "（%.*s）", STR_ARG(x->indicator->unit_text));
    strbuf_add_char(cli->out, '\n');
}

static Str cell_remark(const Cli *cli, const ExplainedCell *cell)
{
    if (cell->fact)
        return cell->fact->document;
    if (!cell->is_supposed)
        return STR("");
    Str in_table = judged_number(cli, cell->in_table);
    return str_format(cli->arena,
                      cli->lang == LANG_EN ? "supposed; the table has %.*s" : "假设的，表里是 %.*s",
                      STR_ARG(in_table));
}

/* The batches of the database behind the cells of one table, with who brought them and when; false: none. */
static bool add_batches(const ExplainView *view, const Table *of)
{
    Cli *cli = view->cli;
    const Explanation *x = view->explanation;
    bool is_any = false;
    for (size_t i = 0; i < x->cells.len; i++) {
        const Batch *batch = x->cells.ptr[i].batch;
        bool is_told = !batch || x->cells.ptr[i].table != of;
        for (size_t k = 0; k < i; k++)
            is_told |= x->cells.ptr[k].table == of && x->cells.ptr[k].batch == batch;
        is_any |= !is_told;
        if (!is_told)
            cli_addf(cli, "  取自 %.*s（第 %llu 批，%.*s，%.*s 报）\n",
                     "  from %.*s (batch %llu, %.*s, by %.*s)\n",
                     STR_ARG(batch->file.len ? batch->file : cli_word(cli, "更正", "a correction")),
                     (unsigned long long)batch->seq, STR_ARG(cli_time(cli, batch->time_us)),
                     STR_ARG(batch->author));
    }
    return is_any;
}

static bool has_sums(const Explanation *x, const Table *of)
{
    for (size_t i = 0; i < x->cells.len; i++)
        if (x->cells.ptr[i].table == of && x->cells.ptr[i].is_sum)
            return true;
    return false;
}

/* The cells of one table; those in none stand with the first. */
static void add_table_cells(const ExplainView *view, const Table *of)
{
    Cli *cli = view->cli;
    const Explanation *x = view->explanation;
    TextTable table;
    text_table_init(&table, cli->arena, 4);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    text_table_add_column(&table, STR(""), TEXT_RIGHT);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    for (size_t i = 0; i < x->cells.len; i++) {
        const ExplainedCell *cell = &x->cells.ptr[i];
        if (cell->table != of)
            continue;
        Str none = cell->is_sum  ? cli_word(cli, "（并校合计）", "(sum of merged schools)")
                   : cell->batch ? cli_word(cli, "（更正）", "(corrected)")
                                 : cli_word(cli, "（表里没有）", "(not in the table)");
        text_table_add_text(&table, cell->cell.len ? cell->cell : none);
        text_table_add_text(&table, cell->header);
        text_table_add_text(&table, cell->step->text);
        text_table_add_text(&table, cell_remark(cli, cell));
    }
    bool has_batch = add_batches(view, of);
    if (of && of->file.len)
        cli_addf(cli, "  取自 %.*s\n", "  from %.*s\n", STR_ARG(of->file));
    else if (!has_batch && !has_sums(x, of))
        cli_addf(cli, "  没有报\n", "  not reported\n");
    text_table_format(cli->out, &table);
}

static void add_cells_text(const ExplainView *view)
{
    const Explanation *x = view->explanation;
    for (size_t i = 0; i < x->cells.len; i++) {
        bool is_first = true;
        for (size_t k = 0; k < i; k++)
            is_first &= x->cells.ptr[k].table != x->cells.ptr[i].table;
        if (is_first)
            add_table_cells(view, x->cells.ptr[i].table);
    }
}

static void add_contributors_text(const ExplainView *view)
{
    enum { SHOWN = 10 };
    Cli *cli = view->cli;
    const Explanation *x = view->explanation;
    TextTable table;
    if (!x->contributor_count)
        return;
    text_table_init(&table, cli->arena, 4);
    text_table_add_column(&table, cli_word(cli, "学校", "school"), TEXT_LEFT);
    text_table_add_column(&table, view->evaluation->standard->weight->symbol.name, TEXT_RIGHT);
    text_table_add_column(&table, x->indicator->code, TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "占差异 %", "share %"), TEXT_RIGHT);
    for (size_t i = 0; i < x->contributor_count && i < SHOWN; i++) {
        text_table_add_text(&table, judged_school_name(cli, x->contributor[i].school));
        text_table_add_figure(&table, x->contributor[i].weight, 2);
        text_table_add_number(&table, x->contributor[i].value, x->indicator->decimals);
        text_table_add_number(&table, 100 * x->contributor[i].contribution, 1);
    }
    cli_addf(cli, "  差异来自哪些学校（贡献 = 权数占比 ×（学校的值 − 平均）² ÷ 标准差²）\n",
             "  which schools make the difference (share = weight/total × (value − mean)² ÷ S²)\n");
    text_table_format(cli->out, &table);
    if (x->contributor_count > SHOWN)
        cli_addf(cli, "    其余 %zu 所见 --json\n", "    %zu more: see --json\n",
                 x->contributor_count - SHOWN);
}

static void add_rules_text(const ExplainView *view)
{
    Cli *cli = view->cli;
    const Explanation *x = view->explanation;
    cli_addf(cli, "  依据\n", "  sources\n");
    for (size_t i = 0; i < x->rules.len; i++) {
        const ExplainedRule *rule = &x->rules.ptr[i];
        const Basis *basis = rule->basis;
        strbuf_addf(cli->out, "    %.*s: %.*s《%.*s》", STR_ARG(rule->what), STR_ARG(basis->body),
                    STR_ARG(basis->title));
        if (basis->number.len)
            strbuf_addf(cli->out, "（%.*s，%.*s）", STR_ARG(basis->number), STR_ARG(basis->date));
        else
            strbuf_addf(cli->out, "（%.*s）", STR_ARG(basis->date));
        strbuf_addf(cli->out, "%.*s", STR_ARG(basis->clause));
        cli_addf(cli, "，可信 %.*s\n", ", confidence %.*s\n", STR_ARG(basis->mark));
        if (rule->note.len)
            strbuf_addf(cli->out, "      %.*s\n", STR_ARG(rule->note));
    }
}

static void add_text(ExplainView *view)
{
    map_init(&view->shown, view->cli->arena);
    add_title(view);
    add_step_text(view, view->explanation->root, 2);
    add_contributors_text(view);
    add_cells_text(view);
    add_rules_text(view);
}

bool cli_explain(Cli *cli)
{
    Evaluation evaluation;
    Explanation *list;
    size_t count;
    ExplainRequest request = {.name = cli_text(cli, ARGUMENT_INDICATOR),
                              .stage = cli_text(cli, OPTION_STAGE)};
    if (!judged_open(cli, request.name, &evaluation))
        return false;
    request.unit = evaluation.unit;
    if (!explanation_make(cli->arena, evaluation.judge, &request, &list, &count, cli->err))
        return false;
    JsonWriter json;
    json_init(&json, cli->out);
    if (cli->is_json) {
        json_begin_object(&json);
        judged_json_head(cli, &json, &evaluation);
        json_key(&json, "explanations");
        json_begin_array(&json);
    } else {
        judged_add_head(cli, &evaluation);
        judged_add_changes(cli, &evaluation);
    }
    for (size_t i = 0; i < count; i++) {
        ExplainView view = {.cli = cli, .evaluation = &evaluation, .explanation = &list[i]};
        if (cli->is_json)
            add_json(&view, &json);
        else
            add_text(&view);
    }
    if (!cli->is_json)
        return true;
    json_end_array(&json);
    json_end_object(&json);
    json_done(&json);
    strbuf_add_char(cli->out, '\n');
    return true;
}
