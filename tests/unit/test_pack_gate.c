/* Gates made of items, items of counties, 复查 and 批次: what is read, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pack_fixture.h"

static const char ITEMS[] = "  认定日期: {代码: recognised, 级别: 县, 日期项: 是}\n"
                            "  调查人数: {代码: asked, 级别: 县, 单位: 人, 整数: 是}\n"
                            "  满意人数: {代码: satisfied, 级别: 县, 单位: 人, 整数: 是}\n"
                            "  有规划: {代码: has_plan, 级别: 县, 代码表: yes_no}\n";

static const char HEAD[] = "  G:\n    名称: 政府保障\n    依据: {条款: 第八条}\n    项:\n";

static PackFixture *with_gate(const char *items)
{
    PackFixture *f = pack_fixture_new();
    fixture_append(f, "core/items.yaml", ITEMS);
    fixture_append(f, "national/demo.yaml", HEAD);
    fixture_append(f, "national/demo.yaml", items);
    return f;
}

static bool has_code(const PackFixture *f, ErrCode code)
{
    for (const Diag *diag = f->err.first; diag; diag = diag->next)
        if (diag->code == code)
            return true;
    return false;
}

static void show(PackFixture *f)
{
    print_error("%s", fixture_errors(f, LANG_EN).ptr ? fixture_errors(f, LANG_EN).ptr : "");
}

/* The items are refused with this error alone, which says this in Chinese. */
static void refused(const char *items, ErrCode code, const char *zh)
{
    PackFixture *f = with_gate(items);
    bool is_ok = fixture_load(f, "demo", "2024-09-01");
    Str said = fixture_errors(f, LANG_ZH);
    if (is_ok || f->err.count != 1 || !has_code(f, code) || !str_contains(said, str_from(zh)))
        show(f);
    assert_false(is_ok);
    assert_int_equal(f->err.count, 1);
    assert_true(has_code(f, code));
    assert_true(str_contains(said, str_from(zh)));
    pack_fixture_free(f);
}

static void each_kind_of_item_is_read(void **state)
{
    (void)state;
    PackFixture *f = with_gate(
        "      A1: {名称: 规划, 凭证: 有规划, 依据: {条款: 1}}\n"
        "      A2: {名称: 有人答, 县级: 调查人数 > 0, 依据: {条款: 2}}\n"
        "      A3: {名称: 满意度, 公式: 100 * 满意人数 / 调查人数, 单位: \"%\", 限值: 85, 补齐: "
        "满意人数, 小数: 1, 依据: {条款: 3}}\n"
        "      A4: {名称: 少, 公式: 调查人数, 单位: 人, 方向: 不高于, 暂缺: 省定, 依据: {条款: "
        "4}}\n"
        "      A5: {名称: 校, 逐校: 在校生数 < 100, 依据: {条款: 5}}\n"
        "      A6: {名称: 段, 逐段: 合计(在校生数) > 0, 条件: 调查人数 > 0, 依据: {条款: 6}}\n"
        "      A7: {名称: 没有, 暂缺: 没有规定, 依据: {条款: 7}}\n");
    fixture_append(f, "national/demo.yaml",
                   "复查: {起算: 认定日期, 周期: 2, 依据: {条款: 8}}\n"
                   "批次: {规则: 一票否决, 依据: {条款: 9}}\n");
    if (!fixture_load(f, "demo", "2024-09-01"))
        show(f);
    assert_non_null(f->standard);
    assert_int_equal(f->standard->gates.len, 3);
    const Gate *gate = f->standard->gates.ptr[2];
    assert_int_equal(gate->items.len, 7);
    assert_int_equal(f->standard->gate_item_count, 7);
    static const GateItemKind KINDS[] = {GATE_ITEM_EVIDENCE, GATE_ITEM_COUNTY, GATE_ITEM_FIGURE,
                                         GATE_ITEM_FIGURE,   GATE_ITEM_SCHOOL, GATE_ITEM_STAGE,
                                         GATE_ITEM_MISSING};
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(gate->items.ptr[i]->kind, KINDS[i]);
    const GateItem *figure = gate->items.ptr[2];
    assert_int_equal(figure->decimals, 1);
    assert_non_null(figure->lever);
    assert_true(str_equals(figure->met->name, STR("A3.达标")));
    assert_true(decimal_to_double(figure->limit->value[1]) == 85.0);
    assert_true(str_equals(figure->basis.clause, STR("3")));
    assert_null(gate->items.ptr[3]->limit);
    assert_true(gate->items.ptr[3]->is_upper_limit);
    assert_non_null(gate->items.ptr[5]->condition);
    assert_int_equal(f->standard->review.years, 2);
    assert_true(f->standard->review.since->is_date);
    assert_true(f->standard->batch.is_veto);
    /* two kinds of names, and 参数 in both */
    assert_null(scope_find(f->standard->scope, STR("调查人数")));
    assert_null(scope_find(f->standard->county_scope, STR("在校生数")));
    assert_non_null(scope_find(f->standard->county_scope, STR("satisfied")));
    pack_fixture_free(f);
}

static void names_of_the_other_kind_are_told_apart(void **state)
{
    (void)state;
    refused("      A1: {名称: 规划, 县级: 在校生数 > 0, 依据: {条款: 1}}\n", ERR_FORMULA_FOREIGN,
            "「在校生数」不能用在这条公式里");
    refused("      A1: {名称: 规划, 逐校: 调查人数 > 0, 依据: {条款: 1}}\n", ERR_FORMULA_FOREIGN,
            "「调查人数」不能用在这条公式里");
    refused("      A1: {名称: 规划, 县级: D1 > 0, 依据: {条款: 1}}\n", ERR_FORMULA_FOREIGN,
            "「D1」不能用在这条公式里");
    /* and may not be given twice */
    refused("      D1: {名称: 规划, 县级: 调查人数 > 0, 依据: {条款: 1}}\n", ERR_NAME_DUPLICATE,
            "「D1」");
}

static void an_item_is_judged_in_one_way(void **state)
{
    (void)state;
    refused("      A1: {名称: 规划, 依据: {条款: 1}}\n", ERR_PACK_ONE_OF,
            "A1里 公式、县级、凭证、逐段、逐校、暂缺 要写一个，也只能写一个");
    refused("      A1: {名称: 规划, 县级: 调查人数 > 0, 凭证: 有规划, 依据: {条款: 1}}\n",
            ERR_PACK_ONE_OF, "要写一个");
    refused("      A1: {名称: 规划, 公式: 调查人数, 单位: 人, 依据: {条款: 1}}\n", ERR_PACK_ONE_OF,
            "A1里 限值、暂缺 要写一个");
    refused("      A1: {名称: 规划, 公式: 调查人数, 限值: 1, 依据: {条款: 1}}\n",
            ERR_PACK_KEY_MISSING, "缺「单位」");
    refused("      A1: {名称: 规划, 县级: 调查人数 > 0, 限值: 1, 依据: {条款: 1}}\n",
            ERR_PACK_ITEM_KEY, "「限值」只与「公式」同写");
    refused(
        "      A1: {名称: 规划, 公式: 调查人数, 单位: 人, 限值: {primary: 1}, 依据: {条款: 1}}\n",
        ERR_PACK_FIGURE_COUNTY, "县级的项「A1」的限值不分学段");
    refused("      A1: {名称: 规划, 公式: 调查人数, 单位: 人, 限值: [{值: {primary: 1}}], 依据: "
            "{条款: 1}}\n",
            ERR_PACK_FIGURE_COUNTY, "县级的项「A1」的限值不分学段");
    refused("      {}\n", ERR_PACK_BLANK, "「项」后面是空的");
}

static void items_that_are_named_must_be_of_counties(void **state)
{
    (void)state;
    refused("      A1: {名称: 规划, 凭证: 有规画, 依据: {条款: 1}}\n", ERR_PACK_COUNTY_ITEM,
            "「有规画」不是填是否的县级数据项，是否想写「有规划」？");
    refused("      A1: {名称: 规划, 凭证: 调查人数, 依据: {条款: 1}}\n", ERR_PACK_COUNTY_ITEM,
            "「调查人数」不是填是否的县级数据项");
    refused("      A1: {名称: 规划, 公式: 调查人数, 单位: 人, 限值: 1, 补齐: 在校生数, 依据: "
            "{条款: 1}}\n",
            ERR_PACK_COUNTY_ITEM, "「在校生数」不是县级的数");
    PackFixture *f = with_gate("      A1: {名称: 规划, 凭证: 有规划, 依据: {条款: 1}}\n");
    fixture_edit(f, "national/demo.yaml", "权数: 在校生数", "权数: 调查人数");
    assert_false(fixture_load(f, "demo", "2024-09-01"));
    assert_true(has_code(f, ERR_PACK_ITEM));
    pack_fixture_free(f);
}

static void a_date_is_of_a_county(void **state)
{
    (void)state;
    PackFixture *f = pack_fixture_new();
    fixture_append(f, "core/items.yaml", "  建校日期: {代码: founded, 日期项: 是}\n");
    assert_false(fixture_load_core(f));
    assert_int_equal(f->err.count, 1);
    assert_true(has_code(f, ERR_PACK_DATE_ITEM));
    pack_fixture_free(f);
    f = pack_fixture_new();
    fixture_append(f, "core/items.yaml", "  某日: {代码: day, 级别: 县, 日期项: 是, 单位: 年}\n");
    assert_false(fixture_load_core(f));
    assert_true(has_code(f, ERR_PACK_EITHER));
    pack_fixture_free(f);
}

static void review_and_batch_are_checked(void **state)
{
    (void)state;
    static const char ONE[] = "      A1: {名称: 规划, 凭证: 有规划, 依据: {条款: 1}}\n";
    char text[1000];
    snprintf(text, sizeof text, "%s复查: {起算: 认定日期, 周期: 0, 依据: {条款: 8}}\n", ONE);
    refused(text, ERR_PACK_REVIEW, "复查的周期应是 1 到 50 年");
    snprintf(text, sizeof text, "%s复查: {起算: 调查人数, 周期: 2, 依据: {条款: 8}}\n", ONE);
    refused(text, ERR_PACK_COUNTY_ITEM, "「调查人数」不是县级的日期项");
    snprintf(text, sizeof text, "%s批次: {规则: 多数, 依据: {条款: 9}}\n", ONE);
    refused(text, ERR_PACK_CHOICE, "「规则」不能写「多数」");
}

/* A standard of counties alone: no 指标, no 学校达标. With 指标 schools must be judged. */
static void a_standard_may_have_only_gates(void **state)
{
    (void)state;
    PackFixture *f = pack_fixture_new();
    fixture_append(f, "core/items.yaml", ITEMS);
    fixture_set(
        f, "national/counties.yaml",
        STR("包: counties\n类: 标准\n名称: 只看县\n版本: \"1\"\n"
            "依据: {机关: 某局, 文件: 某办法, 日期: 2020年, 可信: M}\n有效: {自: 2020-01-01}\n"
            "学段: [primary]\n权数: 在校生数\n门:\n  G:\n    名称: 保障\n    依据: {条款: 1}\n    "
            "项:\n"
            "      A1: {名称: 规划, 凭证: 有规划, 依据: {条款: 1}}\n"));
    if (!fixture_load(f, "counties", "2024-09-01"))
        show(f);
    assert_non_null(f->standard);
    assert_int_equal(f->standard->indicators.len, 0);
    assert_null(f->standard->school_met);
    pack_fixture_free(f);
}

/* An overlay changes a limit, adds an item, takes one away. */
static void overlays_change_items(void **state)
{
    (void)state;
    PackFixture *f = with_gate("      A1: {名称: 规划, 凭证: 有规划, 依据: {条款: 1}}\n"
                               "      A3: {名称: 满意度, 公式: 100 * 满意人数 / 调查人数, 单位: "
                               "\"%\", 限值: 85, 依据: {条款: 3}}\n");
    fixture_set(f, "local/strict.yaml",
                STR("包: strict\n类: 覆盖\n名称: 从严\n覆盖: demo\n"
                    "依据: {机关: 某局, 文件: 某办法, 日期: 2024年, 可信: L}\n"
                    "修改:\n  - {节点: 门/G/项/A3/限值, 值: 90}\n"
                    "新增:\n  - {节点: 门/G/项/A4, 值: {名称: 都问, 县级: 满意人数 <= 调查人数, "
                    "依据: {条款: 4}}}\n"
                    "删除:\n  - {节点: 门/G/项/A1}\n"));
    if (!fixture_load(f, "strict", "2024-09-01"))
        show(f);
    const Gate *gate = f->standard->gates.ptr[2];
    assert_int_equal(gate->items.len, 2);
    const GateItem *figure = gate->items.ptr[0];
    assert_true(decimal_to_double(figure->limit->value[1]) == 90.0);
    const Parameter *limit = figure->limit->owner;
    assert_true(str_equals(limit->basis[1]->mark, STR("L")));
    assert_true(str_equals(gate->items.ptr[1]->code, STR("A4")));
    assert_int_equal(f->change_count, 3);
    pack_fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_item_is_read),
        cmocka_unit_test(names_of_the_other_kind_are_told_apart),
        cmocka_unit_test(an_item_is_judged_in_one_way),
        cmocka_unit_test(items_that_are_named_must_be_of_counties),
        cmocka_unit_test(a_date_is_of_a_county),
        cmocka_unit_test(review_and_batch_are_checked),
        cmocka_unit_test(a_standard_may_have_only_gates),
        cmocka_unit_test(overlays_change_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
