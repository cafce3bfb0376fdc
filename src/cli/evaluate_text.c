/* `junheng evaluate` for people. */
#include "cli/evaluate_int.h"
#include "cli/recognised.h"

#include <math.h>
#include <stdlib.h>

enum { CAUSES_SHOWN = 3 };

static void add_heading(const EvaluateView *view, const char *zh, const char *en)
{
    strbuf_addf(view->cli->out, "\n%.*s\n", STR_ARG(cli_word(view->cli, zh, en)));
}

/* ---- gates ---- */

static void add_gates(const EvaluateView *view)
{
    Cli *cli = view->cli;
    const Standard *standard = view->evaluation->standard;
    TextTable table;
    text_table_init(&table, cli->arena, 2);
    for (size_t i = 0; i < 4; i++)
        text_table_add_column(&table, STR(""), TEXT_LEFT);
    for (size_t i = 0; i < standard->gates.len; i++) {
        const Gate *gate = standard->gates.ptr[i];
        text_table_add_text(&table, gate->code);
        text_table_add_text(&table, gate->name);
        text_table_add_text(&table, judged_gate(cli, view->unit->gate[i]));
        text_table_add_text(&table, gate->items.len ? evaluate_text_item_counts(view, i)
                                                    : gate->missing_reason);
    }
    add_heading(view, "各道门（全部通过才算通过）", "gates (all must be passed)");
    text_table_format(cli->out, &table);
}

/* ---- indicators ---- */

static Str limit_text(const EvaluateView *view, const IndicatorResult *result)
{
    return result->has_limit ? judged_number(view->cli, result->limit)
                             : cli_word(view->cli, "不设", "none");
}

static void add_indicator_row(const EvaluateView *view, TextTable *table, const StageResult *stage,
                              const IndicatorResult *result)
{
    Cli *cli = view->cli;
    const Indicator *x = result->indicator;
    bool is_unmet = result->has_limit && result->met == TRI_FALSE;
    text_table_add_text(table, x->code);
    text_table_add_text(table, x->name);
    text_table_add_text(table, str_equals(x->unit_text, STR("1")) ? STR("") : x->unit_text);
    text_table_add_number(table, result->mean, x->decimals);
    text_table_add_number(table, result->s, x->decimals);
    text_table_add_text(table,
                        judged_figure(cli, result->cv, TEXT_CV_PLACES, result->limit, !is_unmet));
    text_table_add_text(table, limit_text(view, result));
    text_table_add_text(table, isnan(result->margin)
                                   ? STR("")
                                   : judged_signed(cli, result->margin, TEXT_CV_PLACES));
    text_table_add_text(table, result->has_limit ? judged_met(cli, result->met) : STR(""));
    if (result->published)
        text_table_add_text(table, cli_word(cli, "公布数", "published"));
    else
        text_table_add_count(table, result->units);
    if (stage->is_published)
        text_table_end_row(table);
    else
        text_table_add_count(table, result->left_out);
}

static void add_composite_row(const EvaluateView *view, TextTable *table, const StageResult *stage)
{
    Cli *cli = view->cli;
    bool has_limit = stage->has_composite_limit;
    bool is_unmet = has_limit && stage->composite_met == TRI_FALSE;
    if (!view->evaluation->standard->composite)
        return;
    text_table_add_text(table, STR(""));
    text_table_add_text(table, view->evaluation->standard->composite->name);
    for (size_t i = 0; i < 3; i++)
        text_table_add_text(table, STR(""));
    text_table_add_text(table, judged_figure(cli, stage->composite, TEXT_CV_PLACES,
                                             stage->composite_limit, !is_unmet));
    text_table_add_text(table, has_limit ? judged_number(cli, stage->composite_limit)
                                         : cli_word(cli, "不设", "none"));
    double margin = stage->composite_limit - stage->composite;
    text_table_add_text(table,
                        isnan(margin) ? STR("") : judged_signed(cli, margin, TEXT_CV_PLACES));
    text_table_add_text(table, has_limit ? judged_met(cli, stage->composite_met) : STR(""));
    text_table_end_row(table);
}

static void add_indicators(const EvaluateView *view, const StageResult *stage)
{
    Cli *cli = view->cli;
    static const struct {
        const char *zh, *en;
        TextAlign align;
    } COLUMNS[] = {{"", "", TEXT_LEFT},
                   {"指标", "indicator", TEXT_LEFT},
                   {"单位", "unit", TEXT_LEFT},
                   {"平均", "mean", TEXT_RIGHT},
                   {"标准差", "S", TEXT_RIGHT},
                   {"差异系数", "CV", TEXT_RIGHT},
                   {"限值", "limit", TEXT_RIGHT},
                   {"余量", "margin", TEXT_RIGHT},
                   {"", "", TEXT_LEFT},
                   {"计入", "schools", TEXT_RIGHT},
                   {"缺数", "missing", TEXT_RIGHT}};
    TextTable table;
    text_table_init(&table, cli->arena, 2);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++)
        text_table_add_column(&table, cli_word(cli, COLUMNS[i].zh, COLUMNS[i].en),
                              COLUMNS[i].align);
    for (size_t i = 0; i < view->evaluation->standard->indicators.len; i++)
        add_indicator_row(view, &table, stage, &stage->indicator[i]);
    add_composite_row(view, &table, stage);
    text_table_format(cli->out, &table);
}

/* ---- who causes a coefficient over its limit ---- */

typedef struct Cause {
    const SchoolResult *school;
    double contribution;
} Cause;

static int by_contribution(const void *a, const void *b)
{
    const Cause *left = a, *right = b;
    if (left->contribution != right->contribution)
        return left->contribution > right->contribution ? -1 : 1;
    return (left->school > right->school) - (left->school < right->school);
}

static void add_causes(const EvaluateView *view, const StageResult *stage, size_t indicator)
{
    Cli *cli = view->cli;
    Cause *cause = ARENA_ARRAY(cli->arena, Cause, stage->school_count);
    size_t count = 0;
    for (size_t i = 0; i < stage->school_count; i++)
        if (!isnan(stage->school[i].cell[indicator].contribution))
            cause[count++] =
                (Cause){&stage->school[i], stage->school[i].cell[indicator].contribution};
    if (count)
        qsort(cause, count, sizeof *cause, by_contribution);
    const Indicator *x = view->evaluation->standard->indicators.ptr[indicator];
    cli_addf(cli,
             "  %.*s 的差异主要来自: ", "  %.*s differs mostly because of: ", STR_ARG(x->code));
    for (size_t i = 0; i < count && i < CAUSES_SHOWN; i++) {
        const SchoolCell *cell = &cause[i].school->cell[indicator];
        Str name = judged_school_name(cli, judged_school(view->evaluation, cause[i].school));
        if (i)
            cli_addf(cli, "；", "; ");
        strbuf_addf(cli->out, "%.*s ", STR_ARG(name));
        text_add_number(cli->out, cell->value, x->decimals);
        cli_addf(cli, "（占 ", " (");
        text_add_number(cli->out, 100 * cause[i].contribution, 1);
        cli_addf(cli, "%%）", " %%)");
    }
    strbuf_add_char(cli->out, '\n');
}

static bool is_over(const EvaluateView *view, const StageResult *stage, size_t indicator)
{
    if (stage->indicator[indicator].has_limit)
        return stage->indicator[indicator].met == TRI_FALSE;
    return view->evaluation->standard->composite && stage->has_composite_limit &&
           stage->composite_met == TRI_FALSE;
}

static void add_all_causes(const EvaluateView *view, const StageResult *stage)
{
    for (size_t i = 0; i < view->evaluation->standard->indicators.len; i++)
        if (is_over(view, stage, i))
            add_causes(view, stage, i);
}

/* ---- schools ---- */

/* One column wide in Chinese, so that numbers stay below one another. */
static Str mark_of(const Cli *cli, const Indicator *x, Verdict verdict)
{
    if (verdict == VERDICT_UNMET && !x->floor)
        return cli_word(cli, "未", " <");
    static const char *const ZH[VERDICT_COUNT] = {"  ", "近", "差", "缺", "  ", "免"};
    static const char *const EN[VERDICT_COUNT] = {"  ", " ~", " x", " ?", "  ", " e"};
    return cli_word(cli, ZH[verdict], EN[verdict]);
}

static Str cell_text(const EvaluateView *view, int stage, const Indicator *x,
                     const SchoolCell *cell)
{
    bool has_limit = x->limit && x->limit->has_value[stage];
    double limit = has_limit ? decimal_to_double(x->limit->value[stage]) : NAN;
    bool is_lacking = cell->verdict == VERDICT_NEAR || cell->verdict == VERDICT_UNMET;
    Str figure = judged_figure(view->cli, cell->value, x->decimals, limit, !is_lacking);
    return str_format(view->cli->arena, "%.*s%.*s", STR_ARG(figure),
                      STR_ARG(mark_of(view->cli, x, cell->verdict)));
}

static Str count_text(const Cli *cli, const SchoolResult *school)
{
    if (school->met < 0)
        return STR("");
    return school->near ? str_format(cli->arena, "%d+%d", school->met, school->near)
                        : str_format(cli->arena, "%d", school->met);
}

static bool has_limits(const Standard *standard)
{
    for (size_t i = 0; i < standard->indicators.len; i++)
        if (standard->indicators.ptr[i]->limit)
            return true;
    return false;
}

/* Where schools are judged by something else than limits of the indicators, none of them is met or not. */
static bool counts_met(const Standard *standard)
{
    return standard->school_met && has_limits(standard);
}

static void add_school_row(const EvaluateView *view, TextTable *table, int stage,
                           const SchoolResult *school)
{
    Cli *cli = view->cli;
    const Standard *standard = view->evaluation->standard;
    const Judge *judge = view->evaluation->judge;
    text_table_add_text(table, judged_school_name(cli, judged_school(view->evaluation, school)));
    text_table_add_figure(
        table, judge->frames->frame[stage]->column[judge->weight_slot].value[school->row], 2);
    for (size_t i = 0; i < standard->indicators.len; i++)
        text_table_add_text(table,
                            cell_text(view, stage, standard->indicators.ptr[i], &school->cell[i]));
    text_table_add_text(table, counts_met(standard) ? count_text(cli, school) : STR(""));
    text_table_add_text(table, judged_verdict(cli, school->verdict));
    text_table_end_row(table);
}

static void add_limits_row(const EvaluateView *view, TextTable *table, int stage, bool is_floor)
{
    const Standard *standard = view->evaluation->standard;
    text_table_add_text(table, cli_word(view->cli, is_floor ? "（底线）" : "（限值）",
                                        is_floor ? "(floor)" : "(limit)"));
    text_table_add_text(table, STR(""));
    for (size_t i = 0; i < standard->indicators.len; i++) {
        const Symbol *figure =
            is_floor ? standard->indicators.ptr[i]->floor : standard->indicators.ptr[i]->limit;
        bool has_value = figure && figure->has_value[stage];
        Str text =
            has_value ? judged_number(view->cli, decimal_to_double(figure->value[stage])) : STR("");
        text_table_add_text(table, str_format(view->cli->arena, "%.*s  ", STR_ARG(text)));
    }
    text_table_end_row(table);
}

static bool lacks_floors(const Standard *standard)
{
    for (size_t i = 0; i < standard->indicators.len; i++)
        if (standard->indicators.ptr[i]->limit && !standard->indicators.ptr[i]->floor)
            return true;
    return false;
}

static size_t count_in_table(const StageResult *stage)
{
    size_t count = 0;
    for (size_t i = 0; i < stage->school_count; i++)
        count += !stage->school[i].out;
    return count;
}

static void add_schools(const EvaluateView *view, const StageResult *stage)
{
    Cli *cli = view->cli;
    const Standard *standard = view->evaluation->standard;
    TextTable table;
    if (!count_in_table(stage))
        return;
    text_table_init(&table, cli->arena, 2);
    text_table_add_column(&table, cli_word(cli, "学校", "school"), TEXT_LEFT);
    text_table_add_column(&table, standard->weight->symbol.name, TEXT_RIGHT);
    for (size_t i = 0; i < standard->indicators.len; i++)
        text_table_add_column(
            &table, str_format(cli->arena, "%.*s  ", STR_ARG(standard->indicators.ptr[i]->code)),
            TEXT_RIGHT);
    text_table_add_column(&table, counts_met(standard) ? cli_word(cli, "达标数", "met") : STR(""),
                          TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "结论", "verdict"), TEXT_LEFT);
    if (has_limits(standard)) {
        add_limits_row(view, &table, stage->stage, false);
        add_limits_row(view, &table, stage->stage, true);
    }
    for (size_t i = 0; i < stage->school_count; i++)
        if (!stage->school[i].out)
            add_school_row(view, &table, stage->stage, &stage->school[i]);
    strbuf_add_char(cli->out, '\n');
    text_table_format(cli->out, &table);
    if (has_limits(standard))
        cli_addf(cli,
                 "  近: 未达限值但不低于底线  差: 低于底线  缺: 数据不足  免: 豁免  达标数 5+2: 5 "
                 "项达标、2 项接近\n",
                 "  ~: below the limit, not below the floor  x: below the floor  ?: no data  e: "
                 "exempt  5+2: 5 met, 2 near\n");
    if (lacks_floors(standard))
        cli_addf(cli, "  未: 未达限值（该项没有底线）\n",
                 "  <: the limit is missed (the indicator has no floor)\n");
}

/* Whose value or verdict is not the usual one, and why. */
static void add_school_exceptions(const EvaluateView *view, const SchoolResult *school)
{
    Cli *cli = view->cli;
    const Standard *standard = view->evaluation->standard;
    Str name = judged_school_name(cli, judged_school(view->evaluation, school));
    for (size_t i = 0; i < standard->indicators.len; i++) {
        const SchoolCell *cell = &school->cell[i];
        const Exception *exception = cell->exempted_by ? cell->exempted_by : cell->relieved_by;
        if (!exception)
            continue;
        Str code = standard->indicators.ptr[i]->code;
        strbuf_addf(cli->out, "    %.*s %.*s ", STR_ARG(name), STR_ARG(code));
        if (cell->exempted_by)
            cli_addf(cli, "豁免", "exempt");
        else
            cli_addf(cli, "按例外计算", "by an exception");
        strbuf_addf(cli->out, ": %.*s\n", STR_ARG(exception->reason));
    }
}

static bool has_exception(const Standard *standard, const SchoolResult *school)
{
    for (size_t i = 0; i < standard->indicators.len && !school->out; i++)
        if (school->cell[i].exempted_by || school->cell[i].relieved_by)
            return true;
    return false;
}

static void add_exceptions(const EvaluateView *view, const StageResult *stage)
{
    bool has_head = false;
    for (size_t i = 0; i < stage->school_count; i++) {
        if (!has_exception(view->evaluation->standard, &stage->school[i]))
            continue;
        if (!has_head)
            cli_addf(view->cli, "\n  例外\n", "\n  exceptions\n");
        has_head = true;
        add_school_exceptions(view, &stage->school[i]);
    }
}

/* ---- what to do for those that fail ---- */

static void add_step(Cli *cli, const GapSchool *gap, const GapStep *step)
{
    const GapCell *cell = &gap->cell[step->cell];
    double amount = step->target == GAP_LIMIT ? cell->to_limit : cell->to_floor;
    strbuf_addf(cli->out, "%.*s +", STR_ARG(cell->lever->symbol.name));
    text_add_figure(cli->out, amount, 4);
    strbuf_addf(cli->out, " %.*s", STR_ARG(cell->lever->step_unit));
}

/* Two are a choice; of many, which each leave out another of many steps, one says it. */
void evaluate_text_plans(Cli *cli, const GapSchool *gap, size_t indent)
{
    size_t shown = gap->plan_count > 2 ? 1 : gap->plan_count;
    for (size_t i = 0; i < shown; i++) {
        strbuf_add_repeat(cli->out, STR(" "), indent);
        cli_addf(cli, i ? "或者: " : "最小改动: ", i ? "or: " : "smallest change: ");
        for (size_t k = 0; k < gap->plan[i].count; k++) {
            if (k)
                cli_addf(cli, "，", ", ");
            add_step(cli, gap, &gap->plan[i].step[k]);
        }
        strbuf_add_char(cli->out, '\n');
    }
    if (gap->plan_count > shown) {
        strbuf_add_repeat(cli->out, STR(" "), indent);
        cli_addf(cli, "另有 %zu 种搭配（每种少补另一项），见 --json\n",
                 "%zu more, each sparing another item: see --json\n", gap->plan_count - shown);
    }
}

enum { ANY_FLOOR = -1, NO_FLOOR, HAS_FLOOR };

/* "QR1、QR2": those of one kind; how many there were. */
static size_t add_codes(const EvaluateView *view, const SchoolResult *school, Verdict verdict,
                        Absence absence, int floor, Str before)
{
    Cli *cli = view->cli;
    size_t count = 0;
    for (size_t i = 0; i < view->evaluation->standard->indicators.len; i++) {
        const Indicator *x = view->evaluation->standard->indicators.ptr[i];
        bool is_asked = floor == ANY_FLOOR || (x->floor != NULL) == floor;
        if (school->cell[i].verdict != verdict || school->cell[i].absence != absence || !is_asked)
            continue;
        strbuf_add(cli->out, count++ ? cli_word(cli, "、", ", ") : before);
        strbuf_add(cli->out, x->code);
    }
    return count;
}

static void add_lacking(const EvaluateView *view, const SchoolResult *school)
{
    Cli *cli = view->cli;
    static const struct {
        Verdict verdict;
        int floor;
        const char *zh, *en;
    } KINDS[] = {{VERDICT_UNMET, HAS_FLOOR, "低于底线 ", "below the floor: "},
                 {VERDICT_UNMET, NO_FLOOR, "未达限值 ", "below the limit: "},
                 {VERDICT_NEAR, ANY_FLOOR, "接近 ", "near: "}};
    size_t count = 0;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        Str word = cli_word(cli, KINDS[i].zh, KINDS[i].en);
        Str before =
            str_format(cli->arena, "%.*s%.*s", STR_ARG(count ? cli_word(cli, "；", "; ") : STR("")),
                       STR_ARG(word));
        count += add_codes(view, school, KINDS[i].verdict, ABSENCE_NONE, KINDS[i].floor, before);
    }
}

static void add_failing(const EvaluateView *view, const StageResult *stage)
{
    Cli *cli = view->cli;
    if (!stage->unmet)
        return;
    cli_addf(cli, "\n  不达标的学校 %zu 所\n", "\n  schools that fail: %zu\n", stage->unmet);
    for (size_t i = 0; i < stage->school_count; i++) {
        const SchoolResult *school = &stage->school[i];
        if (school->verdict != VERDICT_UNMET)
            continue;
        strbuf_addf(cli->out, "    %.*s: ",
                    STR_ARG(judged_school_name(cli, judged_school(view->evaluation, school))));
        add_lacking(view, school);
        strbuf_add_char(cli->out, '\n');
        const GapSchool *gap = evaluate_gap_of(view, stage->stage, school);
        if (gap && gap->plan_count)
            evaluate_text_plans(cli, gap, 6);
        else
            cli_addf(cli, "      数据不全，算不出怎样达标\n",
                     "      data are missing: no change is sure to do\n");
    }
}

static void add_missing(const EvaluateView *view, const SchoolResult *school)
{
    Cli *cli = view->cli;
    size_t count = add_codes(view, school, VERDICT_NODATA, ABSENCE_NOT_REPORTED, ANY_FLOOR,
                             cli_word(cli, "没有报 ", "not reported: "));
    Str between = count ? cli_word(cli, "；算不出（除数为 0） ", "; divided by 0: ")
                        : cli_word(cli, "算不出（除数为 0） ", "divided by 0: ");
    (void)add_codes(view, school, VERDICT_NODATA, ABSENCE_UNDEFINED, ANY_FLOOR, between);
}

static bool has_missing(const SchoolResult *school, size_t indicators)
{
    for (size_t i = 0; i < indicators; i++)
        if (school->cell[i].verdict == VERDICT_NODATA)
            return true;
    return false;
}

static void add_nodata(const EvaluateView *view, const StageResult *stage)
{
    Cli *cli = view->cli;
    const Standard *standard = view->evaluation->standard;
    if (!stage->nodata)
        return;
    if (!standard->school_met) {
        if (standard->school_missing_reason.len)
            cli_addf(cli, "\n  各校未判: %.*s\n", "\n  schools are not judged: %.*s\n",
                     STR_ARG(standard->school_missing_reason));
        return;
    }
    cli_addf(cli, "\n  数据不足的学校 %zu 所\n", "\n  schools that lack data: %zu\n",
             stage->nodata);
    for (size_t i = 0; i < stage->school_count; i++) {
        const SchoolResult *school = &stage->school[i];
        if (school->verdict != VERDICT_NODATA)
            continue;
        strbuf_addf(cli->out, "    %.*s: ",
                    STR_ARG(judged_school_name(cli, judged_school(view->evaluation, school))));
        if (has_missing(school, standard->indicators.len))
            add_missing(view, school);
        else
            cli_addf(cli, "不知道是否纳入（判断范围要用的数据没有报）",
                     "not known whether it is in scope");
        strbuf_add_char(cli->out, '\n');
    }
}

static void add_left_out(const EvaluateView *view, const StageResult *stage)
{
    Cli *cli = view->cli;
    size_t count = stage->school_count - count_in_table(stage);
    if (!count)
        return;
    cli_addf(cli, "\n  不纳入的学校 %zu 所\n", "\n  schools out of scope: %zu\n", count);
    for (size_t i = 0; i < stage->school_count; i++) {
        const SchoolResult *school = &stage->school[i];
        if (school->out)
            strbuf_addf(cli->out, "    %.*s: %.*s\n",
                        STR_ARG(judged_school_name(cli, judged_school(view->evaluation, school))),
                        STR_ARG(school->out->reason));
    }
}

/* ---- contributions ---- */

static void add_contributions(const EvaluateView *view, const StageResult *stage)
{
    Cli *cli = view->cli;
    const Standard *standard = view->evaluation->standard;
    TextTable table;
    if (!cli_has(cli, OPTION_CONTRIBUTIONS) || !count_in_table(stage))
        return;
    text_table_init(&table, cli->arena, 2);
    text_table_add_column(&table, cli_word(cli, "对差异的贡献 %", "contribution %"), TEXT_LEFT);
    for (size_t i = 0; i < standard->indicators.len; i++)
        text_table_add_column(&table, standard->indicators.ptr[i]->code, TEXT_RIGHT);
    for (size_t k = 0; k < stage->school_count; k++) {
        if (stage->school[k].out)
            continue;
        text_table_add_text(
            &table, judged_school_name(cli, judged_school(view->evaluation, &stage->school[k])));
        for (size_t i = 0; i < standard->indicators.len; i++)
            text_table_add_number(&table, 100 * stage->school[k].cell[i].contribution, 1);
    }
    strbuf_add_char(cli->out, '\n');
    text_table_format(cli->out, &table);
}

/* ---- stages ---- */

static void add_stage(const EvaluateView *view, const StageResult *stage)
{
    Cli *cli = view->cli;
    Str name = judged_stage_name(cli, view->evaluation, stage->stage);
    strbuf_addf(cli->out, "\n── %.*s ── ", STR_ARG(name));
    if (stage->is_published) {
        cli_addf(cli, "没有学校表，用公布数", "no table of schools: published figures");
    } else {
        text_add_figure(cli->out, stage->students, 2);
        cli_addf(cli, " 名学生，评 %zu 所", " pupils, %zu schools", stage->in_scope);
    }
    if (view->evaluation->standard->school_met && !stage->is_published)
        cli_addf(cli, ": 达标 %zu，不达标 %zu，数据不足 %zu", ": %zu pass, %zu fail, %zu lack data",
                 stage->met, stage->unmet, stage->nodata);
    if (stage->has_verdict)
        cli_addf(cli, "。结论: %.*s", ". verdict: %.*s", STR_ARG(judged_gate(cli, stage->verdict)));
    strbuf_add_char(cli->out, '\n');
    if (view->evaluation->standard->indicators.len && (stage->in_scope || stage->is_published))
        add_indicators(view, stage);
    bool has_schools = view->evaluation->standard->indicators.len && !stage->is_published;
    if (view->unit->is_county && has_schools) {
        add_all_causes(view, stage);
        add_schools(view, stage);
        add_exceptions(view, stage);
        add_contributions(view, stage);
        add_failing(view, stage);
        add_nodata(view, stage);
        add_left_out(view, stage);
    }
}

/* ---- what --what-if turned ---- */

static void add_changes(const EvaluateView *view)
{
    Cli *cli = view->cli;
    if (!view->evaluation->before)
        return;
    TurnedList turned = evaluate_turned(view);
    judged_add_changes(cli, view->evaluation);
    if (view->before)
        cli_addf(cli, "  县区结论: %.*s → %.*s\n", "  verdict of the county: %.*s → %.*s\n",
                 STR_ARG(judged_gate(cli, view->before->verdict)),
                 STR_ARG(judged_gate(cli, view->unit->verdict)));
    for (size_t i = 0; i < turned.len; i++)
        cli_addf(
            cli, "  %.*s（%.*s）: %.*s → %.*s\n", "  %.*s (%.*s): %.*s → %.*s\n",
            STR_ARG(judged_school_name(cli, judged_school(view->evaluation, turned.ptr[i].after))),
            STR_ARG(judged_stage_name(cli, view->evaluation, turned.ptr[i].stage)),
            STR_ARG(judged_verdict(cli, turned.ptr[i].before->verdict)),
            STR_ARG(judged_verdict(cli, turned.ptr[i].after->verdict)));
    if (!turned.len)
        cli_addf(cli, "  没有一所学校的结论改变\n", "  no school's verdict turned\n");
}

/* ---- units ---- */

/* Behind the region and its verdict; of schools that are not judged one by one only how many there are. */
static void add_stage_cells(const EvaluateView *view, TextTable *table, const StageResult *stage)
{
    text_table_add_text(table, judged_stage_name(view->cli, view->evaluation, stage->stage));
    text_table_add_count(table, stage->in_scope);
    if (!view->evaluation->standard->indicators.len)
        return;
    text_table_add_count(table, stage->met);
    text_table_add_count(table, stage->unmet);
    text_table_add_count(table, stage->nodata);
    text_table_add_number(table, stage->composite, TEXT_CV_PLACES);
}

static void add_below(const EvaluateView *view, const uint32_t *below, size_t count)
{
    enum { WITHOUT_INDICATORS = 4, LEFT = 3 };
    static const struct {
        const char *zh, *en;
    } COLUMNS[] = {{"地区", "region"},      {"结论", "verdict"},
                   {"学段", "stage"},       {"评", "schools"},
                   {"达标", "pass"},        {"不达标", "fail"},
                   {"数据不足", "no data"}, {"综合差异系数", "composite CV"}};
    Cli *cli = view->cli;
    TextTable table;
    size_t columns = view->evaluation->standard->indicators.len ? sizeof COLUMNS / sizeof *COLUMNS
                                                                : WITHOUT_INDICATORS;
    text_table_init(&table, cli->arena, 2);
    for (size_t i = 0; i < columns; i++)
        text_table_add_column(&table, cli_word(cli, COLUMNS[i].zh, COLUMNS[i].en),
                              i < LEFT ? TEXT_LEFT : TEXT_RIGHT);
    for (size_t i = 0; i < count; i++) {
        const UnitResult *unit = judge_unit(cli->arena, view->evaluation->judge, below[i]);
        Str verdict = unit->is_county ? judged_gate(cli, unit->verdict)
                                      : str_format(cli->arena, "%zu / %zu / %zu", unit->pass,
                                                   unit->fail, unit->nodata);
        if (!unit->stage_count) {
            text_table_add_text(&table, judged_region_name(view->evaluation, below[i]));
            text_table_add_text(&table, verdict);
            text_table_end_row(&table);
        }
        for (size_t k = 0; k < unit->stage_count; k++) {
            text_table_add_text(&table,
                                k ? STR("") : judged_region_name(view->evaluation, below[i]));
            text_table_add_text(&table, k ? STR("") : verdict);
            add_stage_cells(view, &table, &unit->stage[k]);
        }
    }
    add_heading(view, "各地区", "regions");
    text_table_format(cli->out, &table);
}

static void add_verdict(const EvaluateView *view)
{
    Cli *cli = view->cli;
    const UnitResult *unit = view->unit;
    strbuf_add(cli->out, judged_region_name(view->evaluation, unit->region));
    if (unit->is_county)
        cli_addf(cli, "  结论: %.*s\n", "  verdict: %.*s\n",
                 STR_ARG(judged_gate(cli, unit->verdict)));
    if (unit->is_batch)
        cli_addf(cli, "  批次结论（一票否决）: %.*s\n", "  verdict of the batch (veto): %.*s\n",
                 STR_ARG(judged_gate(cli, unit->verdict)));
    if (!unit->is_county)
        cli_addf(cli, "  县区: 通过 %zu，未通过 %zu，数据不足 %zu\n",
                 "  counties: %zu pass, %zu fail, %zu lack data\n", unit->pass, unit->fail,
                 unit->nodata);
    recognised_add_text(view->cli, &view->evaluation->dataset->recognised);
    if (view->evaluation->dataset->sum_row_count)
        cli_addf(cli, "表里的合计、小计行 %zu 行没有计入\n",
                 "rows of sums (合计, 小计) left out: %zu\n",
                 view->evaluation->dataset->sum_row_count);
}

void evaluate_add_text(const EvaluateView *view, const uint32_t *below, size_t below_count)
{
    judged_add_head(view->cli, view->evaluation);
    add_verdict(view);
    evaluate_text_county(view);
    add_changes(view);
    if (view->unit->is_county) {
        add_gates(view);
        evaluate_text_items(view);
        evaluate_text_foreign(view);
    } else {
        add_below(view, below, below_count);
    }
    evaluate_text_published(view);
    for (size_t i = 0; i < view->unit->stage_count; i++)
        add_stage(view, &view->unit->stage[i]);
    if (cli_has(view->cli, OPTION_BY))
        evaluate_text_breakdown(view);
}
