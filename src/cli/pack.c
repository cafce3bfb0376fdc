/* `junheng pack`: which standards there are, what they say, whether they hold, what an overlay changes. */
#include "app/packs.h"
#include "cli/judged.h"

#include <math.h>

static Str date_text(const Cli *cli, Date date)
{
    if (date == DATE_MIN || date == DATE_MAX)
        return STR("");
    StrBuf out;
    strbuf_init(&out, cli->arena);
    date_format(&out, date);
    return strbuf_str(&out);
}

static Str validity_text(const Cli *cli, Validity validity)
{
    Str first = date_text(cli, validity.first), last = date_text(cli, validity.last);
    if (!first.len && !last.len)
        return cli_word(cli, "一直有效", "always");
    if (!last.len)
        return str_format(cli->arena, cli->lang == LANG_EN ? "from %.*s" : "%.*s 起",
                          STR_ARG(first));
    if (!first.len)
        return str_format(cli->arena, cli->lang == LANG_EN ? "to %.*s" : "至 %.*s", STR_ARG(last));
    return str_format(cli->arena, "%.*s — %.*s", STR_ARG(first), STR_ARG(last));
}

static void add_date_json(const Cli *cli, JsonWriter *json, const char *key, Date date)
{
    Str text = date_text(cli, date);
    json_key(json, key);
    if (text.len)
        json_str(json, text);
    else
        json_null(json);
}

static void add_basis_json(JsonWriter *json, const Basis *basis)
{
    json_key(json, "basis");
    json_begin_object(json);
    json_member_str(json, "body", basis->body);
    json_member_str(json, "title", basis->title);
    json_member_str(json, "number", basis->number);
    json_member_str(json, "date", basis->date);
    json_member_str(json, "clause", basis->clause);
    json_member_str(json, "mark", basis->mark);
    json_end_object(json);
}

static void finish_json(Cli *cli, JsonWriter *json)
{
    json_done(json);
    strbuf_add_char(cli->out, '\n');
}

/* ---- list ---- */

static bool is_policy(const PackInfo *info)
{
    return str_equals(info->kind, STR("标准")) || str_equals(info->kind, STR("覆盖"));
}

static void add_list_json(Cli *cli, const PackInfo *info, size_t count)
{
    JsonWriter json;
    json_init(&json, cli->out);
    json_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        if (!is_policy(&info[i]))
            continue;
        json_begin_object(&json);
        json_member_str(&json, "id", info[i].id);
        json_member_str(&json, "kind",
                        str_equals(info[i].kind, STR("标准")) ? STR("standard") : STR("overlay"));
        json_member_str(&json, "name", info[i].name);
        json_member_str(&json, "path", info[i].path);
        json_key(&json, "changes");
        if (info[i].base.len)
            json_str(&json, info[i].base);
        else
            json_null(&json);
        add_date_json(cli, &json, "from", info[i].validity.first);
        add_date_json(cli, &json, "to", info[i].validity.last);
        add_basis_json(&json, &info[i].basis);
        json_end_object(&json);
    }
    json_end_array(&json);
    finish_json(cli, &json);
}

static void add_list_text(Cli *cli, const PackInfo *info, size_t count)
{
    static const struct {
        const char *zh, *en;
    } COLUMNS[] = {{"编号", "id"},      {"名称", "name"},     {"改的是", "changes"},
                   {"有效期", "valid"}, {"文号", "document"}, {"文件", "file"}};
    TextTable table;
    text_table_init(&table, cli->arena, 0);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++)
        text_table_add_column(&table, cli_word(cli, COLUMNS[i].zh, COLUMNS[i].en), TEXT_LEFT);
    for (size_t i = 0; i < count; i++) {
        if (!is_policy(&info[i]))
            continue;
        text_table_add_text(&table, info[i].id);
        text_table_add_text(&table, info[i].name);
        text_table_add_text(&table, info[i].base);
        text_table_add_text(&table, validity_text(cli, info[i].validity));
        text_table_add_text(&table,
                            info[i].basis.number.len ? info[i].basis.number : info[i].basis.title);
        text_table_add_text(&table, info[i].path);
    }
    text_table_format(cli->out, &table);
}

/* The broken ones are an error: what could be listed is not lost, `pack test` says the rest. */
bool cli_pack_list(Cli *cli)
{
    PackInfo *info;
    size_t count, before = cli->err->count;
    if (!pack_list(cli->arena, cli_packs(cli), &info, &count, cli->err))
        return false;
    if (cli->is_json)
        add_list_json(cli, info, count);
    else
        add_list_text(cli, info, count);
    return cli->err->count == before;
}

/* ---- show ---- */

typedef struct ShowView {
    Cli *cli;
    const Core *core;
    const Standard *standard;
} ShowView;

static Str figure_text(const ShowView *view, const Symbol *figure)
{
    StrBuf out;
    strbuf_init(&out, view->cli->arena);
    for (size_t i = 0; figure && i < view->standard->stages.len; i++) {
        size_t stage = view->standard->stages.ptr[i];
        strbuf_add(&out, i ? STR(" / ") : STR(""));
        if (figure->has_value[stage])
            decimal_add_shortest(&out, decimal_to_double(figure->value[stage]));
        else
            strbuf_add(&out, STR("—"));
    }
    return strbuf_str(&out);
}

static Str formula_text(const Cli *cli, const Node *tree)
{
    StrBuf out;
    strbuf_init(&out, cli->arena);
    expr_describe(&out, tree);
    return strbuf_str(&out);
}

static void add_basis_text(Cli *cli, const Basis *basis)
{
    strbuf_addf(cli->out, "%.*s《%.*s》", STR_ARG(basis->body), STR_ARG(basis->title));
    if (basis->number.len)
        strbuf_addf(cli->out, "（%.*s）", STR_ARG(basis->number));
    strbuf_addf(cli->out, "%.*s", STR_ARG(basis->clause));
    cli_addf(cli, "，可信 %.*s", ", confidence %.*s", STR_ARG(basis->mark));
}

static void add_indicators(const ShowView *view)
{
    Cli *cli = view->cli;
    const Standard *standard = view->standard;
    TextTable table;
    text_table_init(&table, cli->arena, 2);
    static const struct {
        const char *zh, *en;
    } COLUMNS[] = {{"指标", "indicator"}, {"名称", "name"},  {"单位", "unit"},
                   {"限值", "limit"},     {"底线", "floor"}, {"差异系数限值", "CV limit"},
                   {"补齐", "raised by"}};
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++)
        text_table_add_column(&table, cli_word(cli, COLUMNS[i].zh, COLUMNS[i].en), TEXT_LEFT);
    for (size_t i = 0; i < standard->indicators.len; i++) {
        const Indicator *x = standard->indicators.ptr[i];
        text_table_add_text(&table, x->code);
        text_table_add_text(&table, x->name);
        text_table_add_text(&table, str_equals(x->unit_text, STR("1")) ? STR("") : x->unit_text);
        text_table_add_text(&table, figure_text(view, x->limit));
        text_table_add_text(&table, figure_text(view, x->floor));
        text_table_add_text(&table, figure_text(view, x->cv_limit));
        text_table_add_text(&table, x->lever ? x->lever->symbol.name : STR(""));
    }
    StrBuf stages;
    strbuf_init(&stages, cli->arena);
    for (size_t i = 0; i < standard->stages.len; i++) {
        const Stage *stage = &view->core->stages.ptr[standard->stages.ptr[i]];
        strbuf_addf(&stages, i ? " / %.*s" : "%.*s",
                    STR_ARG(cli->lang == LANG_ZH ? stage->name : stage->code));
    }
    cli_addf(cli, "\n指标（数为 %.*s）\n", "\nindicators (figures: %.*s)\n",
             STR_ARG(strbuf_str(&stages)));
    text_table_format(cli->out, &table);
    cli_addf(cli, "\n公式\n", "\nformulas\n");
    for (size_t i = 0; i < standard->indicators.len; i++) {
        const Indicator *x = standard->indicators.ptr[i];
        strbuf_addf(cli->out, "  %.*s = %.*s\n", STR_ARG(x->code),
                    STR_ARG(formula_text(cli, x->symbol.formula->tree)));
    }
}

static void add_scope(const ShowView *view)
{
    Cli *cli = view->cli;
    if (view->standard->scope_rules.len)
        cli_addf(cli, "\n不纳入\n", "\nout of scope\n");
    for (size_t i = 0; i < view->standard->scope_rules.len; i++) {
        const ScopeRule *rule = view->standard->scope_rules.ptr[i];
        strbuf_addf(cli->out, "  %.*s: %.*s\n", STR_ARG(rule->reason),
                    STR_ARG(formula_text(cli, rule->condition->tree)));
    }
}

static void add_exceptions(const ShowView *view)
{
    Cli *cli = view->cli;
    bool is_first = true;
    for (size_t i = 0; i < view->standard->indicators.len; i++) {
        const Indicator *x = view->standard->indicators.ptr[i];
        for (size_t k = 0; k < x->exceptions.len; k++) {
            const Exception *exception = x->exceptions.ptr[k];
            if (is_first)
                cli_addf(cli, "\n例外（这一天有效的）\n", "\nexceptions in force on that day\n");
            is_first = false;
            strbuf_addf(cli->out, "  %.*s %.*s（%.*s）: %.*s\n", STR_ARG(x->code),
                        STR_ARG(exception->name), STR_ARG(validity_text(cli, exception->validity)),
                        STR_ARG(exception->reason));
        }
    }
}

static const Node *item_tree(const GateItem *item)
{
    const Formula *formula = item->formula ? item->formula : item->per_stage;
    return formula ? formula->tree : NULL;
}

static void add_items(const ShowView *view, const Gate *gate)
{
    Cli *cli = view->cli;
    for (size_t i = 0; i < gate->items.len; i++) {
        const GateItem *item = gate->items.ptr[i];
        strbuf_addf(cli->out, "    %.*s %.*s: ", STR_ARG(item->code), STR_ARG(item->name));
        if (item_tree(item))
            strbuf_add(cli->out, formula_text(cli, item_tree(item)));
        if (item->limit)
            strbuf_addf(
                cli->out, " %s %.*s", item->is_upper_limit ? "≤" : "≥",
                STR_ARG(judged_number(
                    cli, decimal_to_double(item->limit->value[view->standard->stages.ptr[0]]))));
        if (item->unit_text.len && !str_equals(item->unit_text, STR("1")))
            strbuf_addf(cli->out, " %.*s", STR_ARG(item->unit_text));
        if (item->condition)
            cli_addf(cli, "（条件: %.*s）", " (if %.*s)",
                     STR_ARG(formula_text(cli, item->condition->tree)));
        if (item->kind == GATE_ITEM_SCHOOL)
            cli_addf(cli, "（逐校）", " (of every school)");
        if (item->missing_reason.len)
            cli_addf(cli, "（不能判，%.*s）", " (not judged, %.*s)", STR_ARG(item->missing_reason));
        strbuf_add_char(cli->out, '\n');
    }
}

static void add_rules_of_counties(const ShowView *view)
{
    Cli *cli = view->cli;
    const Standard *standard = view->standard;
    if (standard->review.since)
        cli_addf(cli, "  复查: %.*s 起每 %d 年一次\n", "  review: from %.*s every %d years\n",
                 STR_ARG(standard->review.since->symbol.name), standard->review.years);
    if (standard->batch.is_veto)
        cli_addf(cli, "  批次: 一县未过，全市未过\n",
                 "  batch: a prefecture fails with any of its counties\n");
}

static void add_verdicts(const ShowView *view)
{
    Cli *cli = view->cli;
    const Standard *standard = view->standard;
    cli_addf(cli, "\n怎样算达标\n", "\nverdicts\n");
    if (standard->school_met)
        cli_addf(cli, "  学校: %.*s\n", "  school: %.*s\n",
                 STR_ARG(formula_text(cli, standard->school_met->tree)));
    else if (standard->school_missing_reason.len)
        cli_addf(cli, "  学校: 不能判，%.*s\n", "  school: not judged, %.*s\n",
                 STR_ARG(standard->school_missing_reason));
    if (standard->composite)
        cli_addf(cli, "  综合差异系数: %.*s，限值 %.*s\n", "  composite CV: %.*s, limit %.*s\n",
                 STR_ARG(formula_text(cli, standard->composite->formula->tree)),
                 STR_ARG(standard->composite_limit ? figure_text(view, standard->composite_limit)
                                                   : cli_word(cli, "不设", "none")));
    for (size_t i = 0; i < standard->gates.len; i++) {
        const Gate *gate = standard->gates.ptr[i];
        strbuf_addf(cli->out, "  %.*s %.*s: ", STR_ARG(gate->code), STR_ARG(gate->name));
        if (gate->per_stage)
            strbuf_add(cli->out, formula_text(cli, gate->per_stage->tree));
        else if (gate->items.len)
            cli_addf(cli, "%zu 项全部达到", "all of %zu items", gate->items.len);
        else
            cli_addf(cli, "不能判，%.*s", "not judged, %.*s", STR_ARG(gate->missing_reason));
        strbuf_add_char(cli->out, '\n');
        add_items(view, gate);
    }
    add_rules_of_counties(view);
}

static void add_show_text(const ShowView *view)
{
    Cli *cli = view->cli;
    const Standard *standard = view->standard;
    strbuf_addf(cli->out, "%.*s (%.*s)\n", STR_ARG(standard->name), STR_ARG(standard->id));
    cli_addf(cli, "依据: ", "source: ");
    add_basis_text(cli, &standard->basis);
    cli_addf(cli, "\n有效: %.*s\n", "\nvalid: %.*s\n",
             STR_ARG(validity_text(cli, standard->validity)));
    for (size_t i = 0; i < standard->overlays.len; i++) {
        const OverlayHead *overlay = &standard->overlays.ptr[i];
        cli_addf(cli, "覆盖: %.*s，%.*s，", "overlay: %.*s, %.*s, ", STR_ARG(overlay->id),
                 STR_ARG(validity_text(cli, overlay->validity)));
        add_basis_text(cli, &overlay->basis);
        strbuf_add_char(cli->out, '\n');
    }
    cli_addf(cli, "摘要: %.*s\n", "digest: %.*s\n", STR_ARG(standard->digest));
    if (standard->indicators.len)
        add_indicators(view);
    add_scope(view);
    add_exceptions(view);
    add_verdicts(view);
}

static void add_figure_json(const ShowView *view, JsonWriter *json, const char *key,
                            const Symbol *figure)
{
    json_key(json, key);
    json_begin_object(json);
    for (size_t i = 0; figure && i < view->standard->stages.len; i++) {
        size_t stage = view->standard->stages.ptr[i];
        if (!figure->has_value[stage])
            continue;
        json_key_str(json, view->core->stages.ptr[stage].code);
        json_number(json, decimal_to_double(figure->value[stage]));
    }
    json_end_object(json);
}

static void add_items_json(const ShowView *view, JsonWriter *json, const Gate *gate)
{
    static const char *const KINDS[] = {"missing",  "figure", "county",
                                        "evidence", "stage",  "school"};
    const Cli *cli = view->cli;
    json_key(json, "items");
    json_begin_array(json);
    for (size_t i = 0; i < gate->items.len; i++) {
        const GateItem *item = gate->items.ptr[i];
        json_begin_object(json);
        json_member_str(json, "code", item->code);
        json_member_str(json, "name", item->name);
        json_member_str(json, "kind", str_from(KINDS[item->kind]));
        json_key(json, "formula");
        if (item_tree(item))
            json_str(json, formula_text(cli, item_tree(item)));
        else
            json_null(json);
        if (item->kind == GATE_ITEM_FIGURE) {
            json_member_str(json, "unit", item->unit_text);
            judged_json_number(
                json, "limit",
                item->limit ? decimal_to_double(item->limit->value[view->standard->stages.ptr[0]])
                            : NAN);
            json_member_str(json, "direction",
                            item->is_upper_limit ? STR("at_most") : STR("at_least"));
        }
        add_basis_json(json, &item->basis);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_show_json(const ShowView *view)
{
    Cli *cli = view->cli;
    const Standard *standard = view->standard;
    JsonWriter json;
    json_init(&json, cli->out);
    json_begin_object(&json);
    json_member_str(&json, "id", standard->id);
    json_member_str(&json, "name", standard->name);
    json_member_str(&json, "version", standard->version);
    json_member_str(&json, "digest", standard->digest);
    add_date_json(cli, &json, "from", standard->validity.first);
    add_date_json(cli, &json, "to", standard->validity.last);
    add_basis_json(&json, &standard->basis);
    json_key(&json, "indicators");
    json_begin_array(&json);
    for (size_t i = 0; i < standard->indicators.len; i++) {
        const Indicator *x = standard->indicators.ptr[i];
        json_begin_object(&json);
        json_member_str(&json, "code", x->code);
        json_member_str(&json, "name", x->name);
        json_member_str(&json, "unit", x->unit_text);
        json_member_str(&json, "formula", formula_text(cli, x->symbol.formula->tree));
        add_figure_json(view, &json, "limit", x->limit);
        add_figure_json(view, &json, "floor", x->floor);
        add_figure_json(view, &json, "cv_limit", x->cv_limit);
        add_basis_json(&json, &x->basis);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_key(&json, "gates");
    json_begin_array(&json);
    for (size_t i = 0; i < standard->gates.len; i++) {
        const Gate *gate = standard->gates.ptr[i];
        json_begin_object(&json);
        json_member_str(&json, "code", gate->code);
        json_member_str(&json, "name", gate->name);
        json_key(&json, "formula");
        if (gate->per_stage)
            json_str(&json, formula_text(cli, gate->per_stage->tree));
        else
            json_null(&json);
        if (gate->items.len)
            add_items_json(view, &json, gate);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_end_object(&json);
    finish_json(cli, &json);
}

static bool load(Cli *cli, Str id, const Core *core, Standard **ret, PackChange **ret_change,
                 size_t *ret_count)
{
    /* without a period the last figures there are */
    StandardRequest request = {
        .dir = cli_packs(cli), .id = id, .date = DATE_MAX, .is_any_day = true};
    if (cli_has(cli, OPTION_PERIOD)) {
        Period period;
        if (!period_parse(cli_text(cli, OPTION_PERIOD), &period, cli->err))
            return false;
        request.date = period_first_day(period);
        request.is_any_day = false;
    }
    return pack_load_standard(cli->arena, core, &request, ret, ret_change, ret_count, cli->err);
}

bool cli_pack_show(Cli *cli)
{
    Core *core;
    Standard *standard;
    if (!pack_load_core(cli->arena, cli_packs(cli), &core, cli->err) ||
        !load(cli, cli_text(cli, ARGUMENT_PACK), core, &standard, NULL, NULL))
        return false;
    ShowView view = {cli, core, standard};
    if (cli->is_json)
        add_show_json(&view);
    else
        add_show_text(&view);
    return true;
}

/* ---- test ---- */

static bool test_one(Cli *cli, const Core *core, Str id, JsonWriter *json)
{
    PackTestCount count;
    if (!packs_test(cli->arena, core, cli_packs(cli), id, &count, cli->err))
        return false;
    if (!cli->is_json) {
        cli_addf(cli, "%.*s: 没有错（测试 %zu 个，期望的数 %zu 个）\n",
                 "%.*s: all right (tests: %zu, figures: %zu)\n", STR_ARG(id), count.tests,
                 count.figures);
        return true;
    }
    json_begin_object(json);
    json_member_str(json, "id", id);
    json_member_count(json, "tests", count.tests);
    json_member_count(json, "figures", count.figures);
    json_end_object(json);
    return true;
}

static void test_all(Cli *cli, const Core *core, JsonWriter *json)
{
    PackInfo *info;
    size_t count;
    if (!pack_list(cli->arena, cli_packs(cli), &info, &count, cli->err))
        return;
    for (size_t i = 0; i < count; i++)
        if (is_policy(&info[i]))
            (void)!test_one(cli, core, info[i].id, json);
}

bool cli_pack_test(Cli *cli)
{
    Core *core;
    size_t before = cli->err->count;
    if (!pack_load_core(cli->arena, cli_packs(cli), &core, cli->err))
        return false;
    JsonWriter json;
    json_init(&json, cli->out);
    if (cli->is_json)
        json_begin_array(&json);
    if (cli_has(cli, ARGUMENT_PACK))
        (void)!test_one(cli, core, cli_text(cli, ARGUMENT_PACK), &json);
    else
        test_all(cli, core, &json);
    if (cli->err->count > before)
        return false;
    if (cli->is_json) {
        json_end_array(&json);
        finish_json(cli, &json);
    }
    return true;
}

/* ---- diff ---- */

static void add_changes_json(Cli *cli, const PackChange *change, size_t count)
{
    JsonWriter json;
    json_init(&json, cli->out);
    json_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(&json);
        json_member_str(&json, "node", change[i].node);
        json_member_str(&json, "old", change[i].old_text);
        json_member_str(&json, "new", change[i].new_text);
        json_member_str(&json, "overlay", change[i].overlay);
        add_basis_json(&json, &change[i].basis);
        json_end_object(&json);
    }
    json_end_array(&json);
    finish_json(cli, &json);
}

static void add_changes_text(Cli *cli, const Standard *standard, const PackChange *change,
                             size_t count)
{
    if (str_equals(standard->id, standard->base_id)) {
        cli_addf(cli, "%.*s 是标准本身，没有改别的包\n",
                 "%.*s is a standard itself and changes no other pack\n", STR_ARG(standard->id));
        return;
    }
    cli_addf(cli, "%.*s 对 %.*s 的改动 %zu 处\n", "%.*s changes %.*s at %zu nodes\n",
             STR_ARG(standard->id), STR_ARG(standard->base_id), count);
    for (size_t i = 0; i < count; i++) {
        bool is_new = !change[i].old_text.len, is_gone = !change[i].new_text.len;
        strbuf_addf(cli->out, "\n%.*s\n", STR_ARG(change[i].node));
        if (!is_new)
            strbuf_addf(cli->out, "  - %.*s\n", STR_ARG(change[i].old_text));
        if (!is_gone)
            strbuf_addf(cli->out, "  + %.*s\n", STR_ARG(change[i].new_text));
        strbuf_add(cli->out, STR("    "));
        add_basis_text(cli, &change[i].basis);
        strbuf_add_char(cli->out, '\n');
    }
}

bool cli_pack_diff(Cli *cli)
{
    Core *core;
    Standard *standard;
    PackChange *change;
    size_t count;
    if (!pack_load_core(cli->arena, cli_packs(cli), &core, cli->err) ||
        !load(cli, cli_text(cli, ARGUMENT_PACK), core, &standard, &change, &count))
        return false;
    if (cli->is_json)
        add_changes_json(cli, change, count);
    else
        add_changes_text(cli, standard, change, count);
    return true;
}
