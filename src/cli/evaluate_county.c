/* What `evaluate` and `gap` say of a county itself: the items of the gates, published figures, the next review. */
#include "cli/evaluate_int.h"

#include <math.h>

enum { SCHOOLS_SHOWN = 5 };

static Str date_text(const Cli *cli, Date date)
{
    StrBuf out;
    strbuf_init(&out, cli->arena);
    date_format(&out, date);
    return strbuf_str(&out);
}

static Str item_unit(const GateItem *item)
{
    return str_equals(item->unit_text, STR("1")) ? STR("") : item->unit_text;
}

static const School *failing_school(const EvaluateView *view, const FailingSchool *failing)
{
    const Dataset *dataset = view->evaluation->dataset;
    return &dataset->school[dataset->part[failing->part].school];
}

/* ---- JSON ---- */

static void add_origin_json(JsonWriter *json, const GateItemResult *result)
{
    static const char *const WORDS[] = {"", "computed", "published", "evidence"};
    json_key(json, "origin");
    if (result->origin == ORIGIN_NONE)
        json_null(json);
    else
        json_str(json, str_from(WORDS[result->origin]));
    if (result->published)
        json_member_str(json, "document", result->published->document);
}

static void add_failing_json(const EvaluateView *view, JsonWriter *json,
                             const GateItemResult *result)
{
    json_key(json, "schools");
    json_begin_array(json);
    for (size_t i = 0; i < result->failing.len; i++) {
        const FailingSchool *failing = &result->failing.ptr[i];
        const School *school = failing_school(view, failing);
        json_begin_object(json);
        json_member_str(json, "code", judged_school_code(view->cli, school));
        json_member_str(json, "name", school->name);
        json_member_str(json, "stage", view->evaluation->core->stages.ptr[failing->stage].code);
        json_end_object(json);
    }
    json_end_array(json);
    json_member_count(json, "unknown", result->unknown);
}

static void add_item_json(const EvaluateView *view, JsonWriter *json, const GateItemResult *result)
{
    const GateItem *item = result->item;
    json_begin_object(json);
    json_member_str(json, "code", item->code);
    json_member_str(json, "name", item->name);
    json_member_str(json, "verdict",
                    result->is_na ? STR("na") : str_from(gate_word(result->verdict)));
    if (item->kind == GATE_ITEM_FIGURE) {
        json_member_str(json, "unit", item->unit_text);
        judged_json_number(json, "value", result->value);
        judged_json_number(json, "limit", result->limit);
        judged_json_number(json, "margin", result->margin);
    }
    add_origin_json(json, result);
    if (item->kind == GATE_ITEM_SCHOOL)
        add_failing_json(view, json, result);
    if (item->missing_reason.len)
        json_member_str(json, "reason", item->missing_reason);
    json_end_object(json);
}

void evaluate_json_items(const EvaluateView *view, JsonWriter *json, size_t gate)
{
    const Gate *g = view->evaluation->standard->gates.ptr[gate];
    if (!g->items.len)
        return;
    json_key(json, "items");
    json_begin_array(json);
    for (size_t i = 0; i < g->items.len; i++)
        add_item_json(view, json, &view->unit->item[gate][i]);
    json_end_array(json);
}

static void add_batch_json(const EvaluateView *view, JsonWriter *json)
{
    const Judge *judge = view->evaluation->judge;
    const RegionTree *regions = &judge->frames->regions;
    json_key(json, "batch");
    json_begin_object(json);
    json_member_str(json, "rule", STR("veto"));
    json_key(json, "failed");
    json_begin_array(json);
    for (uint32_t at = view->unit->region + 1; at < regions->region[view->unit->region].end; at++)
        if (judge_verdict(judge, at) == TRI_FALSE)
            json_str(json, regions->region[at].code);
    json_end_array(json);
    json_end_object(json);
}

static bool is_of_unit(const EvaluateView *view, const ForeignFigure *figure)
{
    const Code *code = view->evaluation->judge->frames->region_code[view->unit->region];
    return view->unit->is_county && figure->fact->region == code;
}

static size_t count_foreign(const EvaluateView *view)
{
    size_t count = 0;
    for (size_t i = 0; i < view->evaluation->foreign.len; i++)
        count += is_of_unit(view, &view->evaluation->foreign.ptr[i]);
    return count;
}

static void add_foreign_json(const EvaluateView *view, JsonWriter *json)
{
    json_key(json, "information");
    json_begin_array(json);
    for (size_t i = 0; i < view->evaluation->foreign.len; i++) {
        const ForeignFigure *figure = &view->evaluation->foreign.ptr[i];
        if (!is_of_unit(view, figure))
            continue;
        json_begin_object(json);
        json_member_str(json, "standard", figure->standard);
        json_member_str(json, "code", figure->code);
        json_member_str(json, "name", figure->name);
        json_member_str(json, "stage",
                        view->evaluation->core->stages.ptr[figure->fact->stage].code);
        judged_json_number(json, "cv", figure->fact->value);
        judged_json_number(json, "line", figure->line);
        json_key(json, "above");
        json_bool(json, figure->is_above);
        json_member_str(json, "remark", STR("different indicator set, for information"));
        json_member_str(json, "origin", STR("published"));
        json_member_str(json, "document", figure->fact->document);
        json_end_object(json);
    }
    json_end_array(json);
}

void evaluate_json_county(const EvaluateView *view, JsonWriter *json)
{
    const UnitResult *unit = view->unit;
    if (unit->is_batch)
        add_batch_json(view, json);
    if (unit->is_county && view->evaluation->standard->review.since) {
        json_key(json, "next_review");
        if (unit->review_since)
            json_str(json, date_text(view->cli, unit->next_review));
        else
            json_null(json);
    }
    if (count_foreign(view))
        add_foreign_json(view, json);
}

void evaluate_json_gap_items(const EvaluateView *view, JsonWriter *json)
{
    json_key(json, "items");
    json_begin_array(json);
    for (size_t i = 0; i < view->gap->item_count; i++) {
        const GapItem *gap = &view->gap->item[i];
        const Item *lever = gap->item->lever;
        json_begin_object(json);
        json_member_str(json, "code", gap->item->code);
        json_member_str(json, "name", gap->item->name);
        json_member_str(json, "gate", gap->gate->code);
        judged_json_number(json, "value", gap->value);
        judged_json_number(json, "limit", gap->limit);
        json_key(json, "item");
        if (lever)
            json_str(json, lever->symbol.name);
        else
            json_null(json);
        judged_json_number(json, "amount", gap->amount);
        if (lever)
            json_member_str(json, "unit", lever->step_unit);
        json_end_object(json);
    }
    json_end_array(json);
}

/* ---- text ---- */

/* "19 项: 达到 3，数据不足 16" */
/* Whether the unit has said anything of what the standard asks of counties, in a table or in the database. */
static bool has_said(const EvaluateView *view)
{
    const Standard *standard = view->evaluation->standard;
    bool has_any = cli_has(view->cli, OPTION_COUNTY);
    for (size_t gate = 0; gate < standard->gates.len; gate++) {
        const Gate *g = standard->gates.ptr[gate];
        for (size_t i = 0; i < g->items.len; i++)
            has_any |=
                !g->items.ptr[i]->per_stage && view->unit->item[gate][i].verdict != TRI_UNKNOWN;
    }
    return has_any;
}

Str evaluate_text_item_counts(const EvaluateView *view, size_t gate)
{
    const Gate *g = view->evaluation->standard->gates.ptr[gate];
    size_t met = 0, unmet = 0, open = 0, na = 0;
    for (size_t i = 0; i < g->items.len; i++) {
        const GateItemResult *result = &view->unit->item[gate][i];
        na += result->is_na;
        met += result->verdict == TRI_TRUE && !result->is_na;
        unmet += result->verdict == TRI_FALSE;
        open += result->verdict == TRI_UNKNOWN;
    }
    bool is_en = view->cli->lang == LANG_EN;
    StrBuf out;
    strbuf_init(&out, view->cli->arena);
    if (open == g->items.len && !has_said(view))
        return cli_word(view->cli, "没有数据，县级的数写在县表里（--county）",
                        "no data: give a table of counties by --county");
    strbuf_addf(&out, is_en ? "%zu items: %zu met" : "%zu 项: 达到 %zu", g->items.len, met);
    if (unmet)
        strbuf_addf(&out, is_en ? ", %zu not met" : "，未达到 %zu", unmet);
    if (open)
        strbuf_addf(&out, is_en ? ", %zu lack data" : "，数据不足 %zu", open);
    if (na)
        strbuf_addf(&out, is_en ? ", %zu not applicable" : "，不适用 %zu", na);
    return strbuf_str(&out);
}

static Str failing_text(const EvaluateView *view, const GateItemResult *result)
{
    const Cli *cli = view->cli;
    StrBuf out;
    strbuf_init(&out, cli->arena);
    for (size_t i = 0; i < result->failing.len && i < SCHOOLS_SHOWN; i++) {
        const FailingSchool *failing = &result->failing.ptr[i];
        Str name = judged_school_name(cli, failing_school(view, failing)),
            stage = judged_stage_name(cli, view->evaluation, failing->stage);
        strbuf_add(&out, i ? cli_word(cli, "、", ", ") : cli_word(cli, "未达到: ", "not met: "));
        strbuf_addf(&out, cli->lang == LANG_EN ? "%.*s (%.*s)" : "%.*s（%.*s）", STR_ARG(name),
                    STR_ARG(stage));
    }
    if (result->failing.len > SCHOOLS_SHOWN)
        strbuf_addf(&out, cli->lang == LANG_EN ? " and %zu more" : " 等 %zu 所",
                    cli->lang == LANG_EN ? result->failing.len - SCHOOLS_SHOWN
                                         : result->failing.len);
    return strbuf_str(&out);
}

static Str remark_text(const EvaluateView *view, const GateItemResult *result)
{
    const Cli *cli = view->cli;
    if (result->failing.len)
        return failing_text(view, result);
    if (result->item->missing_reason.len)
        return result->item->missing_reason;
    if (result->origin == ORIGIN_PUBLISHED && !result->published->document.len)
        return cli_word(cli, "公布数", "published");
    if (result->origin == ORIGIN_PUBLISHED)
        return str_format(cli->arena, cli->lang == LANG_EN ? "published: %.*s" : "公布数: %.*s",
                          STR_ARG(result->published->document));
    if (result->verdict == TRI_UNKNOWN && result->unknown)
        return str_format(cli->arena,
                          cli->lang == LANG_EN ? "%zu schools lack data" : "缺数的学校 %zu 所",
                          result->unknown);
    if (result->verdict == TRI_UNKNOWN && !result->is_na && result->absence != ABSENCE_NONE)
        return judged_absence(cli, result->absence);
    return STR("");
}

static void add_item_row(const EvaluateView *view, TextTable *table, const GateItemResult *result)
{
    const Cli *cli = view->cli;
    const GateItem *item = result->item;
    bool is_unmet = result->verdict == TRI_FALSE, is_figure = item->kind == GATE_ITEM_FIGURE;
    text_table_add_text(table, item->code);
    text_table_add_text(table, item->name);
    text_table_add_text(table, item_unit(item));
    text_table_add_text(table, is_figure ? judged_figure(cli, result->value, item->decimals,
                                                         result->limit, !is_unmet)
                                         : STR(""));
    text_table_add_text(table, isnan(result->limit) ? STR("") : judged_number(cli, result->limit));
    text_table_add_text(table, isnan(result->margin)
                                   ? STR("")
                                   : judged_signed(cli, result->margin, item->decimals));
    text_table_add_text(table, result->is_na ? judged_verdict(cli, VERDICT_NA)
                               : result->verdict == TRI_UNKNOWN
                                   ? judged_verdict(cli, VERDICT_NODATA)
                                   : judged_met(cli, result->verdict));
    text_table_add_text(table, remark_text(view, result));
}

static void init_items_table(const Cli *cli, TextTable *table)
{
    static const struct {
        const char *zh, *en;
        TextAlign align;
    } COLUMNS[] = {{"", "", TEXT_LEFT},
                   {"项", "item", TEXT_LEFT},
                   {"单位", "unit", TEXT_LEFT},
                   {"值", "value", TEXT_RIGHT},
                   {"限值", "limit", TEXT_RIGHT},
                   {"余量", "margin", TEXT_RIGHT},
                   {"结论", "verdict", TEXT_LEFT},
                   {"", "", TEXT_LEFT}};
    text_table_init(table, cli->arena, 2);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++)
        text_table_add_column(table, cli_word(cli, COLUMNS[i].zh, COLUMNS[i].en), COLUMNS[i].align);
}

/* A county without facts of its own is told so in the line of its gate. */
static bool has_known(const EvaluateView *view, size_t gate)
{
    const Gate *g = view->evaluation->standard->gates.ptr[gate];
    bool is_any = has_said(view);
    for (size_t i = 0; i < g->items.len; i++)
        is_any |= view->unit->item[gate][i].verdict != TRI_UNKNOWN;
    return is_any && g->items.len;
}

void evaluate_text_items(const EvaluateView *view)
{
    Cli *cli = view->cli;
    const Standard *standard = view->evaluation->standard;
    for (size_t i = 0; i < standard->gates.len; i++) {
        const Gate *gate = standard->gates.ptr[i];
        bool has_own = has_said(view); /* else only what schools can say */
        if (!has_known(view, i))
            continue;
        TextTable table;
        init_items_table(cli, &table);
        for (size_t k = 0; k < gate->items.len; k++)
            if (has_own || gate->items.ptr[k]->per_stage)
                add_item_row(view, &table, &view->unit->item[i][k]);
        strbuf_addf(cli->out, "\n%.*s %.*s\n", STR_ARG(gate->code), STR_ARG(gate->name));
        text_table_format(cli->out, &table);
    }
}

/* Behind the verdict of a unit. */
void evaluate_text_county(const EvaluateView *view)
{
    Cli *cli = view->cli;
    const Review *review = &view->evaluation->standard->review;
    const RegionFact *since = view->unit->review_since;
    if (!view->unit->is_county || !review->since)
        return;
    if (!since) {
        cli_addf(cli, "下次复查: 没有报 %.*s\n", "next review: %.*s is not reported\n",
                 STR_ARG(review->since->symbol.name));
        return;
    }
    int day = (int)since->value;
    cli_addf(cli, "下次复查: %.*s（%.*s %04d-%02d-%02d，每 %d 年一次）\n",
             "next review: %.*s (%.*s %04d-%02d-%02d, every %d years)\n",
             STR_ARG(date_text(cli, view->unit->next_review)), STR_ARG(review->since->symbol.name),
             day / 10000, day / 100 % 100, day % 100, review->years);
}

void evaluate_text_foreign(const EvaluateView *view)
{
    Cli *cli = view->cli;
    if (!count_foreign(view))
        return;
    TextTable table;
    text_table_init(&table, cli->arena, 2);
    for (size_t i = 0; i < 6; i++)
        text_table_add_column(&table, STR(""), i < 3 || i == 5 ? TEXT_LEFT : TEXT_RIGHT);
    for (size_t i = 0; i < view->evaluation->foreign.len; i++) {
        const ForeignFigure *figure = &view->evaluation->foreign.ptr[i];
        if (!is_of_unit(view, figure))
            continue;
        text_table_add_text(&table, figure->code);
        text_table_add_text(&table, figure->name);
        text_table_add_text(&table, judged_stage_name(cli, view->evaluation, figure->fact->stage));
        text_table_add_text(&table, judged_figure(cli, figure->fact->value, TEXT_CV_PLACES,
                                                  figure->line, !figure->is_above));
        text_table_add_text(&table, judged_number(cli, figure->line));
        text_table_add_text(&table, figure->is_above ? cli_word(cli, "超过", "above") : STR(""));
    }
    cli_addf(cli, "\n别的标准的差异系数，比照本标准的单项限值（指标不同，仅供参考；公布数）\n",
             "\ncoefficients of another standard beside the limit of this one (different indicator "
             "set, for information; published)\n");
    text_table_format(cli->out, &table);
}

void evaluate_text_gap_items(const EvaluateView *view)
{
    Cli *cli = view->cli;
    if (!view->gap->item_count)
        return;
    TextTable table;
    text_table_init(&table, cli->arena, 2);
    static const struct {
        const char *zh, *en;
    } COLUMNS[] = {{"", ""},          {"项", "item"},        {"现在", "now"},
                   {"限值", "limit"}, {"补什么", "of what"}, {"还差", "lacks"}};
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++)
        text_table_add_column(&table, cli_word(cli, COLUMNS[i].zh, COLUMNS[i].en),
                              i == 2 || i == 3 || i == 5 ? TEXT_RIGHT : TEXT_LEFT);
    for (size_t i = 0; i < view->gap->item_count; i++) {
        const GapItem *gap = &view->gap->item[i];
        StrBuf amount;
        strbuf_init(&amount, cli->arena);
        if (isnan(gap->amount)) {
            strbuf_add(&amount, STR("—"));
        } else {
            text_add_figure(&amount, gap->amount, 4);
            strbuf_addf(&amount, " %.*s", STR_ARG(gap->item->lever->step_unit));
        }
        text_table_add_text(&table, gap->item->code);
        text_table_add_text(&table, gap->item->name);
        text_table_add_text(&table,
                            judged_figure(cli, gap->value, gap->item->decimals, gap->limit, false));
        text_table_add_text(&table, judged_number(cli, gap->limit));
        text_table_add_text(&table, gap->item->lever ? gap->item->lever->symbol.name : STR(""));
        text_table_add_text(&table, strbuf_str(&amount));
    }
    cli_addf(cli, "全县的项（只增加所列的一个数，其余不变）\n",
             "items of the county (the figure named is raised, the rest stays)\n");
    text_table_format(cli->out, &table);
}
