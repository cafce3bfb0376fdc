/* What a standard means once it is read. Its mistakes are in tests/golden/pack.txt. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "pack_fixture.h"

static const char DEMO[] = "national/demo.yaml";

static int setup(void **state)
{
    *state = pack_fixture_new();
    return 0;
}

static int teardown(void **state)
{
    pack_fixture_free(*state);
    return 0;
}

static const Standard *load_on(PackFixture *f, const char *date)
{
    if (!fixture_load(f, "demo", date))
        fail_msg("%s", fixture_errors(f, LANG_EN).ptr);
    return f->standard;
}

static const Standard *load(PackFixture *f)
{
    return load_on(f, "2024-09-01");
}

static const Symbol *symbol_of(const PackFixture *f, const char *name)
{
    const Symbol *symbol = scope_find(f->standard->scope, str_from(name));
    if (!symbol)
        fail_msg("no name %s", name);
    return symbol;
}

static void expect_formula(PackFixture *f, const char *name, const char *want)
{
    const Symbol *symbol = symbol_of(f, name);
    StrBuf out;
    strbuf_init(&out, &f->arena);
    assert_non_null(symbol->formula);
    expr_describe(&out, symbol->formula->tree);
    assert_text(strbuf_str(&out), want);
}

/* The figure by stage, ~ where it has none: "4.2 5.3 ~". */
static void expect_figure(PackFixture *f, const char *name, const char *want)
{
    const Symbol *symbol = symbol_of(f, name);
    assert_int_equal(symbol->kind, SYMBOL_PARAMETER);
    StrBuf out;
    strbuf_init(&out, &f->arena);
    for (size_t stage = 0; stage < f->core->stages.len; stage++) {
        if (stage > 0)
            strbuf_add_char(&out, ' ');
        if (symbol->has_value[stage])
            decimal_add_shortest(&out, decimal_to_double(symbol->value[stage]));
        else
            strbuf_add_char(&out, '~');
    }
    assert_text(strbuf_str(&out), want);
}

static void the_head_is_read(void **state)
{
    const Standard *standard = load(*state);
    assert_text(standard->id, "demo");
    assert_text(standard->base_id, "demo");
    assert_text(standard->name, "示例标准");
    assert_text(standard->version, "1");
    assert_text(standard->basis.number, "教督〔2017〕6号");
    assert_text(standard->weight->symbol.name, "在校生数");
    assert_int_equal(standard->stages.len, 2);
    assert_int_equal(standard->stages.ptr[1], 1);
    assert_int_equal(standard->validity.first, fixture_date("2017-05-01"));
    assert_int_equal(standard->date, fixture_date("2024-09-01"));
    assert_int_equal(standard->overlays.len, 0);
    assert_int_equal(standard->digest.len, 64);
}

static void a_figure_is_one_number_or_one_per_stage(void **state)
{
    PackFixture *f = *state;
    (void)load(f);
    expect_figure(f, "D1.限值", "4.2 5.3 ~");
    expect_figure(f, "D1.底线", "3.57 4.505 ~");
    expect_figure(f, "D1.差异系数限值", "0.5 0.5 0.5");
    expect_figure(f, "折算系数", "1 1.1 1.32");
    expect_figure(f, "综合差异系数限值", "0.65 0.65 0.65");
    assert_int_equal(f->standard->parameters.len, 1);
}

static void a_dated_figure_is_that_of_the_day(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "    限值: {primary: 4.2, junior: 5.3}\n",
                 "    限值:\n"
                 "      - {自: 2023-01-01, 值: 4.6}\n"
                 "      - {自: 2017-05-01, 至: 2019-12-31, 值: {primary: 4, junior: 5}}\n"
                 "      - {自: 2020-01-01, 至: 2022-12-31, 值: {primary: 4.2, junior: 5.2}}\n");
    static const struct {
        const char *date, *want;
    } cases[] = {{"2017-05-01", "4 5 ~"},       {"2019-12-31", "4 5 ~"},
                 {"2020-01-01", "4.2 5.2 ~"},   {"2022-12-31", "4.2 5.2 ~"},
                 {"2023-01-01", "4.6 4.6 4.6"}, {"2029-12-31", "4.6 4.6 4.6"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)load_on(f, cases[i].date);
        expect_figure(f, "D1.限值", cases[i].want);
    }
}

static void dated_values_may_be_open_and_reach_beyond_the_standard(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "  限值: 0.65\n",
                 "  限值:\n"
                 "    - {至: 2020-12-31, 值: 0.7}\n"
                 "    - {自: 2021-01-01, 值: 0.65}\n");
    (void)load_on(f, "2020-12-31");
    expect_figure(f, "综合差异系数限值", "0.7 0.7 0.7");
    (void)load_on(f, "2021-01-01");
    expect_figure(f, "综合差异系数限值", "0.65 0.65 0.65");
    fixture_edit(f, DEMO, "    - {至: 2020-12-31, 值: 0.7}\n    - {自: 2021-01-01, 值: 0.65}\n",
                 "    - {值: 0.6}\n");
    (void)load(f);
    expect_figure(f, "composite_limit", "0.6 0.6 0.6");
}

static void the_first_and_the_last_day_of_validity_are_in_it(void **state)
{
    PackFixture *f = *state;
    (void)load_on(f, "2017-05-01");
    (void)load_on(f, "2029-12-31");
    assert_false(fixture_load(f, "demo", "2017-04-30"));
    assert_int_equal(f->err.first->code, ERR_PACK_NOT_VALID);
    assert_false(fixture_load(f, "demo", "2030-01-01"));
}

static void a_part_inherits_what_its_source_leaves_out(void **state)
{
    const Standard *standard = load(*state);
    const Basis *basis = &standard->indicators.ptr[1]->basis;
    assert_text(basis->body, "教育部");
    assert_text(basis->clause, "第二项");
    assert_text(basis->mark, "1");
    assert_text(standard->indicators.ptr[0]->basis.mark, "C");
    assert_text(standard->school_basis.clause, "第七条");
    assert_text(standard->gates.ptr[1]->basis.clause, "第十条");
    assert_text(standard->composite_basis.date, "2017年4月");
    const Parameter *factor = standard->parameters.ptr[0];
    assert_text(factor->basis[0]->clause, "拆分");
    assert_text(factor->basis[2]->title, "示例办法");
}

/* Every member of the manual's table, by code and by name, in Chinese and in English. */
static void an_indicator_brings_its_members_along(void **state)
{
    PackFixture *f = *state;
    (void)load(f);
    static const char *const members[][2] = {
        {"限值", "limit"},         {"底线", "floor"},
        {"达标", "met"},           {"达底线", "near"},
        {"均值", "mean"},          {"标准差", "std"},
        {"差异系数", "cv"},        {"差异系数限值", "cv_limit"},
        {"差异系数达标", "cv_met"}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *zh = members[i][0], *en = members[i][1];
        Str spelling[] = {str_format(&f->arena, "D1.%s", zh), str_format(&f->arena, "D1.%s", en),
                          str_format(&f->arena, "每百名学生教师数.%s", zh),
                          str_format(&f->arena, "每百名学生教师数.%s", en)};
        const Symbol *symbol = symbol_of(f, spelling[0].ptr);
        for (size_t k = 1; k < 4; k++)
            assert_ptr_equal(symbol_of(f, spelling[k].ptr), symbol);
        assert_text(symbol->name, spelling[0].ptr);
    }
    assert_ptr_equal(symbol_of(f, "每百名学生教师数"), symbol_of(f, "D1"));
    assert_null(scope_find(f->standard->scope, STR("D2.底线")));
    assert_null(scope_find(f->standard->scope, STR("D2.差异系数限值")));
    assert_null(scope_find(f->standard->scope, STR("D1.豁免")));
}

static void members_say_what_the_manual_says(void **state)
{
    PackFixture *f = *state;
    (void)load(f);
    expect_formula(f, "D1.达标", "每百名学生教师数 ≥ D1.限值");
    expect_formula(f, "D1.达底线", "每百名学生教师数 ≥ D1.底线");
    expect_formula(f, "D1.均值", "平均(每百名学生教师数, 在校生数)");
    expect_formula(f, "D1.标准差", "标准差(每百名学生教师数, 在校生数)");
    expect_formula(f, "D1.差异系数", "差异系数(每百名学生教师数, 在校生数)");
    expect_formula(f, "D1.差异系数达标", "D1.差异系数 ≤ D1.差异系数限值");
    expect_formula(f, "综合差异系数达标", "综合差异系数 ≤ 综合差异系数限值");
    expect_formula(f, "school_met", "全部(各项.达标)");
    expect_formula(f, "composite", "平均(各项.差异系数)");
}

static void an_upper_limit_turns_the_comparison(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "    底线: {primary: 3.57, junior: 4.505}\n",
                 "    方向: 不高于\n    底线: {primary: 5, junior: 6}\n");
    assert_true(load(f)->indicators.ptr[0]->is_upper_limit);
    expect_formula(f, "D1.达标", "每百名学生教师数 ≤ D1.限值");
    expect_formula(f, "D1.达底线", "每百名学生教师数 ≤ D1.底线");
    assert_false(f->standard->indicators.ptr[1]->is_upper_limit);
}

static void a_floor_may_equal_its_limit(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "    底线: {primary: 3.57, junior: 4.505}\n",
                 "    底线: {primary: 4.2, junior: 5.3, senior: 100}\n");
    (void)load(f);
    expect_figure(f, "D1.底线", "4.2 5.3 100");
}

/* 各项.X holds those indicators that have an X, in their order. */
static void lists_over_all_indicators_leave_out_those_without(void **state)
{
    PackFixture *f = *state;
    (void)load(f);
    static const struct {
        const char *name, *code;
        size_t count;
    } lists[] = {{"各项.值", "each.value", 2},           {"各项.限值", "each.limit", 2},
                 {"各项.底线", "each.floor", 1},         {"各项.达标", "each.met", 2},
                 {"各项.达底线", "each.near", 1},        {"各项.豁免", "each.exempt", 0},
                 {"各项.均值", "each.mean", 2},          {"各项.标准差", "each.std", 2},
                 {"各项.差异系数", "each.cv", 2},        {"各项.差异系数限值", "each.cv_limit", 1},
                 {"各项.差异系数达标", "each.cv_met", 1}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const Symbol *list = symbol_of(f, lists[i].name);
        assert_ptr_equal(symbol_of(f, lists[i].code), list);
        assert_int_equal(list->element_count, lists[i].count);
    }
    assert_ptr_equal(symbol_of(f, "各项.底线")->element[0], symbol_of(f, "D1.底线"));
    assert_ptr_equal(symbol_of(f, "各项.值")->element[1], symbol_of(f, "D2"));
}

static void an_exception_in_force_stands_before_the_usual_formula(void **state)
{
    PackFixture *f = *state;
    const Standard *standard = load_on(f, "2021-09-01");
    assert_int_equal(standard->indicators.ptr[0]->exceptions.len, 1);
    assert_text(standard->indicators.ptr[0]->exceptions.ptr[0]->reason,
                "中心城区的学校可以算上兼职教师");
    assert_text(standard->indicators.ptr[0]->exceptions.ptr[0]->basis.clause, "过渡期规定");
    expect_formula(f, "D1", "如果 已报(过渡.条件) 且 过渡.条件 则 过渡.公式 否则 D1.常规");
    expect_formula(f, "D1.常规", "100 × 教师数 ÷ 在校生数");
    expect_formula(f, "过渡.公式", "100 × (教师数 + 兼职教师数) ÷ 在校生数");
}

static bool has_slot(const Standard *standard, const char *item)
{
    for (size_t i = 0; i < standard->scope->slots.len; i++)
        if (str_equals(standard->scope->slots.ptr[i].symbol->name, str_from(item)))
            return true;
    return false;
}

/* What only an idle exception needs takes no column. */
static void an_idle_exception_has_no_part_in_anything(void **state)
{
    PackFixture *f = *state;
    const Standard *standard = load_on(f, "2023-01-01");
    assert_int_equal(standard->indicators.ptr[0]->exceptions.len, 0);
    expect_formula(f, "D1", "100 × 教师数 ÷ 在校生数");
    assert_false(has_slot(standard, "城中"));
    assert_false(has_slot(standard, "兼职教师数"));
    assert_true(has_slot(standard, "教师数"));
    standard = load_on(f, "2022-12-31");
    assert_int_equal(standard->indicators.ptr[0]->exceptions.len, 1);
    assert_true(has_slot(standard, "城中"));
    assert_true(has_slot(standard, "兼职教师数"));
    assert_int_equal(load_on(f, "2018-12-31")->indicators.ptr[0]->exceptions.len, 0);
}

static void an_exempting_exception_counts_as_met(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO,
                 "    公式: 100 * (教师数 + 兼职教师数) / 在校生数\n    有效: {自: 2019-01-01, 至: "
                 "2022-12-31}\n",
                 "    豁免: 是\n    有效: {自: 2019-01-01}\n");
    const Indicator *indicator = load(f)->indicators.ptr[0];
    assert_true(indicator->exceptions.ptr[0]->is_exempt);
    assert_null(indicator->exceptions.ptr[0]->formula);
    expect_formula(f, "D1", "100 × 教师数 ÷ 在校生数");
    expect_formula(f, "D1.豁免", "已报(过渡.条件) 且 过渡.条件");
    expect_formula(f, "D1.达标", "D1.豁免 或 每百名学生教师数 ≥ D1.限值");
    expect_formula(f, "D1.达底线", "D1.豁免 或 每百名学生教师数 ≥ D1.底线");
    assert_int_equal(symbol_of(f, "各项.豁免")->element_count, 1);
    assert_null(f->standard->indicators.ptr[1]->exempt);
}

static void exceptions_that_follow_each_other_day_by_day_are_fine(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "    依据: {条款: 过渡期规定}\n",
                 "    依据: {条款: 过渡期规定}\n"
                 "  后来:\n"
                 "    适用: D1\n"
                 "    条件: 真\n"
                 "    豁免: 是\n"
                 "    有效: {自: 2023-01-01}\n"
                 "    理由: 后来\n"
                 "    依据: {}\n");
    assert_text(load_on(f, "2022-12-31")->indicators.ptr[0]->exceptions.ptr[0]->name, "过渡");
    assert_text(load_on(f, "2023-01-01")->indicators.ptr[0]->exceptions.ptr[0]->name, "后来");
}

static void the_scope_is_that_no_rule_holds(void **state)
{
    PackFixture *f = *state;
    (void)load(f);
    assert_int_equal(f->standard->scope_rules.len, 1);
    expect_formula(f, "在范围", "非 小教学点.不纳入");
    assert_text(f->standard->scope_rules.ptr[0]->reason, "不足 50 人的教学点不纳入");
    fixture_edit(f, DEMO, "    依据: {条款: 指标说明}\n",
                 "    依据: {条款: 指标说明}\n"
                 "  民办: {不纳入: 举办者 = \"民办\", 理由: 民办, 依据: {}}\n"
                 "  「x」: {不纳入: 真, 理由: y, 依据: {}}\n");
    assert_false(fixture_load(f, "demo", "2024-09-01"));
    fixture_edit(f, DEMO, "「x」", "第 三 条");
    err_done(&f->err);
    err_init(&f->err);
    (void)load(f);
    expect_formula(f, "in_scope", "非 (小教学点.不纳入 或 民办.不纳入 或 「第 三 条.不纳入」)");
}

static void without_rules_everything_is_in_scope(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO,
                 "范围:\n  小教学点:\n    不纳入: 办学类型 = \"小学教学点\" 且 在校生数 < 50\n"
                 "    理由: 不足 50 人的教学点不纳入\n    依据: {条款: 指标说明}\n",
                 "");
    (void)load(f);
    assert_int_equal(f->standard->scope_rules.len, 0);
    expect_formula(f, "在范围", "真");
    assert_ptr_equal(f->standard->in_scope, symbol_of(f, "in_scope")->formula);
}

static void a_gate_may_be_missing_with_its_reason(void **state)
{
    const Standard *standard = load(*state);
    assert_int_equal(standard->gates.len, 2);
    assert_true(standard->gates.ptr[0]->is_resource);
    assert_non_null(standard->gates.ptr[0]->per_stage);
    assert_null(standard->gates.ptr[1]->per_stage);
    assert_text(standard->gates.ptr[1]->missing_reason, "没有满意度调查");
}

static void a_standard_may_not_judge_schools(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "  公式: 全部(各项.达标)\n", "  暂缺: 由省制定\n");
    fixture_edit(f, DEMO, "逐段: 全部(学校达标)", "逐段: 综合差异系数达标");
    const Standard *standard = load(f);
    assert_null(standard->school_met);
    assert_text(standard->school_missing_reason, "由省制定");
    assert_null(scope_find(standard->scope, STR("学校达标")));
}

static void the_composite_may_be_informative_or_not_there(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "  限值: 0.65\n", "");
    const Standard *standard = load(f);
    assert_non_null(standard->composite);
    assert_null(standard->composite_limit);
    assert_null(standard->composite_met);
    fixture_edit(f, DEMO, "综合差异系数:\n  公式: 平均(各项.差异系数)\n  依据: {条款: 附表三}\n",
                 "");
    assert_null(load(f)->composite);
}

static void names_may_be_used_before_they_are_defined(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "    单位: \"1\"\n    层级: 学校\n",
                 "    单位: \"1\"\n    层级: 学校\n"
                 "  先用:\n"
                 "    公式: D1.差异系数 + 后写\n"
                 "    单位: \"1\"\n"
                 "    层级: 地区\n"
                 "  后写:\n"
                 "    公式: D2.差异系数\n"
                 "    单位: \"1\"\n"
                 "    层级: 地区\n"
                 "  真的:\n"
                 "    公式: 在校生数 > 0\n"
                 "    单位: 是非\n"
                 "    层级: 学校\n");
    (void)load(f);
    assert_int_equal(symbol_of(f, "先用")->level, LEVEL_REGION);
    assert_int_equal(symbol_of(f, "真的")->type, TYPE_BOOL);
    assert_ptr_equal(symbol_of(f, "stage_share"), symbol_of(f, "折算占比"));
}

static void every_name_with_signs_in_it_can_be_an_indicator(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "    名称: 每百名学生教师数\n",
                 "    名称: 每百名学生拥有体育、艺术（美术、音乐）专任教师数 - 1\n");
    fixture_edit(f, DEMO, "  D2:\n", "  D 2-甲:\n");
    (void)load(f);
    expect_formula(f, "D 2-甲.达标", "生均设备值 ≥ 「D 2-甲.限值」");
    assert_non_null(symbol_of(f, "每百名学生拥有体育、艺术（美术、音乐）专任教师数 - 1.limit"));
}

static void decimals_levers_and_units_are_kept(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "    补齐: 教师数\n", "    补齐: teachers\n    小数: 0\n");
    const Standard *standard = load(f);
    assert_int_equal(standard->indicators.ptr[0]->decimals, 0);
    assert_int_equal(standard->indicators.ptr[1]->decimals, 2);
    assert_text(standard->indicators.ptr[0]->lever->symbol.name, "教师数");
    assert_null(standard->indicators.ptr[1]->lever);
    assert_text(standard->indicators.ptr[0]->unit_text, "人/百人");
}

static void the_weight_has_a_column_even_if_no_formula_needs_it(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "权数: 在校生数\n", "权数: 兼职教师数\n");
    assert_true(has_slot(load(f), "兼职教师数"));
}

static void tests_are_kept_as_written(void **state)
{
    PackFixture *f = *state;
    fixture_append(f, DEMO,
                   "测试:\n"
                   "  甲:\n"
                   "    期间: 2024-2025\n"
                   "    来源: 手算\n"
                   "    表: |\n"
                   "      学校代码\n"
                   "      2162900001\n"
                   "    期望:\n"
                   "      - {对象: \"2162900001\", 量: 'D1 + 1', 值: 4.20}\n");
    const PackTest *test = load(f)->tests.ptr[0];
    assert_text(test->name, "甲");
    assert_text(test->table, "学校代码\n2162900001");
    assert_text(test->expects.ptr[0].value, "4.20");
    assert_text(test->expects.ptr[0].formula.source, "D1 + 1");
    assert_int_equal(test->expects.ptr[0].formula.column, 32);
    assert_int_equal(test->place->line, 69);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_head_is_read),
        TEST(a_figure_is_one_number_or_one_per_stage),
        TEST(a_dated_figure_is_that_of_the_day),
        TEST(dated_values_may_be_open_and_reach_beyond_the_standard),
        TEST(the_first_and_the_last_day_of_validity_are_in_it),
        TEST(a_part_inherits_what_its_source_leaves_out),
        TEST(an_indicator_brings_its_members_along),
        TEST(members_say_what_the_manual_says),
        TEST(an_upper_limit_turns_the_comparison),
        TEST(a_floor_may_equal_its_limit),
        TEST(lists_over_all_indicators_leave_out_those_without),
        TEST(an_exception_in_force_stands_before_the_usual_formula),
        TEST(an_idle_exception_has_no_part_in_anything),
        TEST(an_exempting_exception_counts_as_met),
        TEST(exceptions_that_follow_each_other_day_by_day_are_fine),
        TEST(the_scope_is_that_no_rule_holds),
        TEST(without_rules_everything_is_in_scope),
        TEST(a_gate_may_be_missing_with_its_reason),
        TEST(a_standard_may_not_judge_schools),
        TEST(the_composite_may_be_informative_or_not_there),
        TEST(names_may_be_used_before_they_are_defined),
        TEST(every_name_with_signs_in_it_can_be_an_indicator),
        TEST(decimals_levers_and_units_are_kept),
        TEST(the_weight_has_a_column_even_if_no_formula_needs_it),
        TEST(tests_are_kept_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
