/* Overlays: what they change, whose source the change then has, and which tests hold. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "pack_fixture.h"

static const char DEMO[] = "national/demo.yaml", COUNTY[] = "local/county.yaml",
                  TOWN[] = "local/town.yaml";
static const char TOWN_HEAD[] = "包: town\n"
                                "类: 覆盖\n"
                                "名称: 示例镇补充规定\n"
                                "覆盖: county\n"
                                "依据: {机关: 示例镇, 文件: 镇规定, 日期: 2025年, 可信: L}\n";

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

static const Standard *load(PackFixture *f, const char *id)
{
    if (!fixture_load(f, id, "2024-09-01"))
        fail_msg("%s", fixture_errors(f, LANG_EN).ptr);
    return f->standard;
}

/* The overlay county with these lines in place of its changes. */
static const Standard *load_county(PackFixture *f, const char *changes)
{
    fixture_edit(f, COUNTY,
                 "修改:\n  - {节点: 指标/D1/限值/primary, 值: 4.5, 依据: {条款: 第二条}}\n",
                 changes);
    return load(f, "county");
}

static void set_town(PackFixture *f, const char *rest)
{
    fixture_set(f, TOWN, str_format(&f->arena, "%s%s", TOWN_HEAD, rest));
}

static const Parameter *limit_of(const Standard *standard, size_t indicator)
{
    return standard->indicators.ptr[indicator]->limit->owner;
}

static void the_overlay_gives_its_name_and_lends_its_id(void **state)
{
    PackFixture *f = *state;
    const Standard *standard = load(f, "county");
    assert_text(standard->id, "county");
    assert_text(standard->base_id, "demo");
    assert_text(standard->name, "示例县补充规定");
    assert_text(standard->file, "local/county.yaml");
    assert_int_equal(standard->overlays.len, 1);
    assert_text(standard->overlays.ptr[0].id, "county");
    assert_text(standard->basis.body, "教育部");
}

static void a_change_is_listed_with_its_source(void **state)
{
    PackFixture *f = *state;
    (void)load(f, "county");
    assert_int_equal(f->change_count, 1);
    const PackChange *change = &f->changes[0];
    assert_text(change->node, "指标/D1/限值/primary");
    assert_text(change->old_text, "4.2");
    assert_text(change->new_text, "4.5");
    assert_text(change->overlay, "county");
    assert_text(change->basis.body, "示例县教育局");
    assert_text(change->basis.clause, "第二条");
    assert_text(change->basis.mark, "L");
}

/* One stage of a limit may come from the county, the other from the ministry. */
static void each_stage_of_a_figure_has_its_own_source(void **state)
{
    PackFixture *f = *state;
    const Parameter *limit = limit_of(load(f, "county"), 0);
    assert_true(limit->symbol.value[0].mantissa == 45);
    assert_text(limit->basis[0]->body, "示例县教育局");
    assert_text(limit->basis[1]->body, "教育部");
    assert_text(limit->basis[1]->clause, "第一项");
    assert_text(f->standard->indicators.ptr[0]->basis.body, "教育部");
}

static void a_whole_section_that_is_changed_has_the_source_of_the_change(void **state)
{
    PackFixture *f = *state;
    const Standard *standard = load_county(
        f, "修改:\n"
           "  - {节点: 指标/D1/限值, 值: {primary: 4.5, junior: 5.5}, 依据: {条款: 甲}}\n"
           "  - 节点: 学校达标\n"
           "    值: {公式: '至少(1, 各项.达标)', 依据: {条款: 乙, 可信: M}}\n"
           "  - {节点: 指标/D2/依据/条款, 值: 丙}\n");
    const Parameter *limit = limit_of(standard, 0);
    assert_text(limit->basis[0]->clause, "甲");
    assert_false(limit->symbol.has_value[3]);
    assert_text(standard->school_basis.body, "示例县教育局");
    assert_text(standard->school_basis.clause, "乙");
    assert_text(standard->school_basis.mark, "M");
    assert_text(standard->indicators.ptr[1]->basis.clause, "丙");
    assert_text(standard->indicators.ptr[1]->basis.body, "教育部");
}

/* A rule is the overlay's where the overlay changed it; so is an exception that it prolonged. */
static void a_changed_rule_has_the_source_of_the_change(void **state)
{
    PackFixture *f = *state;
    const Standard *standard = load_county(
        f, "修改:\n"
           "  - {节点: 学校达标/公式, 值: '至少(1, 各项.达标)', 依据: {条款: 甲}}\n"
           "  - {节点: 门/R/逐段, 值: 任一(学校达标), 依据: {条款: 乙}}\n"
           "  - {节点: 范围/小教学点/不纳入, 值: 在校生数 < 10, 依据: {条款: 丙}}\n"
           "  - {节点: 例外/过渡/有效/至, 值: 2026-12-31, 依据: {条款: 丁}}\n"
           "  - {节点: 指标/D1/公式, 值: 100 * 教师数 / 在校生数, 依据: {条款: 戊}}\n"
           "  - {节点: 综合差异系数/公式, 值: 最大(各项.差异系数), 依据: {条款: 己}}\n");
    assert_text(standard->school_basis.clause, "甲");
    assert_text(standard->school_basis.body, "示例县教育局");
    assert_text(standard->gates.ptr[0]->basis.clause, "乙");
    assert_text(standard->gates.ptr[1]->basis.clause, "第十条");
    assert_text(standard->scope_rules.ptr[0]->basis.clause, "丙");
    const Indicator *indicator = standard->indicators.ptr[0];
    assert_text(indicator->exceptions.ptr[0]->basis.clause, "丁");
    assert_text(indicator->basis.clause, "戊");
    assert_text(limit_of(standard, 0)->basis[0]->clause, "第一项");
    assert_text(standard->composite_basis.clause, "己");
    const Parameter *limit = standard->composite_limit->owner;
    assert_text(limit->basis[0]->clause, "附表三");
}

static void an_added_indicator_inherits_the_overlay_s_source(void **state)
{
    PackFixture *f = *state;
    const Standard *standard =
        load_county(f, "新增:\n"
                       "  - 节点: 指标/L1\n"
                       "    值: {名称: 生均用房, 公式: 用房面积 * 折算占比 / 在校生数, 单位: "
                       "㎡/人, 限值: 5, 依据: {条款: 三}}\n");
    assert_int_equal(standard->indicators.len, 3);
    const Indicator *added = standard->indicators.ptr[2];
    assert_text(added->basis.body, "示例县教育局");
    assert_text(added->basis.clause, "三");
    assert_text(((const Parameter *)added->limit->owner)->basis[2]->clause, "三");
    assert_int_equal(scope_find(standard->scope, STR("各项.达标"))->element_count, 3);
    /* its mistakes are those of the overlay's file */
    assert_text(added->symbol.formula->file, "local/county.yaml");
    assert_int_equal(added->symbol.formula->line, 9);
}

static void what_is_removed_is_gone(void **state)
{
    PackFixture *f = *state;
    const Standard *standard = load_county(f, "删除:\n"
                                              "  - {节点: 范围/小教学点}\n"
                                              "  - {节点: 例外}\n"
                                              "  - {节点: 指标/D1/底线}\n"
                                              "  - {节点: 门/S}\n");
    assert_int_equal(standard->scope_rules.len, 0);
    assert_null(standard->indicators.ptr[0]->floor);
    assert_int_equal(standard->gates.len, 1);
    assert_int_equal(f->change_count, 4);
    assert_text(f->changes[2].old_text, "{primary: 3.57, junior: 4.505}");
    assert_text(f->changes[2].new_text, "");
}

static void what_is_removed_may_be_added_as_something_else(void **state)
{
    PackFixture *f = *state;
    const Standard *standard =
        load_county(f, "删除:\n"
                       "  - {节点: 指标/D2}\n"
                       "新增:\n"
                       "  - 节点: 指标/D2\n"
                       "    值: {名称: 乙, 公式: 教师数, 单位: 人, 依据: {}}\n");
    assert_int_equal(standard->indicators.len, 2);
    assert_text(standard->indicators.ptr[1]->name, "乙");
}

static void a_section_that_is_not_there_may_be_opened(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO,
                 "范围:\n  小教学点:\n    不纳入: 办学类型 = \"小学教学点\" 且 在校生数 < 50\n"
                 "    理由: 不足 50 人的教学点不纳入\n    依据: {条款: 指标说明}\n",
                 "");
    const Standard *standard = load_county(
        f, "新增:\n  - {节点: 范围/民办, 值: {不纳入: 举办者 = \"民办\", 理由: 民办, 依据: {}}}\n");
    assert_int_equal(standard->scope_rules.len, 1);
}

/* The numbers of dated values are those of the standard, also after one was removed. */
static void dated_values_are_changed_by_their_numbers(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "  限值: 0.65\n",
                 "  限值:\n"
                 "    - {自: 2017-05-01, 至: 2019-12-31, 值: 0.7}\n"
                 "    - {自: 2020-01-01, 至: 2023-12-31, 值: 0.65}\n"
                 "    - {自: 2024-01-01, 值: 0.6}\n");
    const Standard *standard = load_county(f, "删除:\n"
                                              "  - {节点: 综合差异系数/限值/2}\n"
                                              "修改:\n"
                                              "  - {节点: 综合差异系数/限值/1/至, 值: 2023-12-31}\n"
                                              "  - {节点: 综合差异系数/限值/3/值, 值: 0.55}\n");
    assert_true(standard->composite_limit->value[0].mantissa == 55);
    assert_int_equal(f->change_count, 3);
}

static void an_overlay_may_lengthen_an_exception_and_the_standard(void **state)
{
    PackFixture *f = *state;
    fixture_edit(f, DEMO, "至: 2029-12-31", "至: 2023-12-31");
    assert_false(fixture_load(f, "demo", "2024-09-01"));
    err_done(&f->err);
    err_init(&f->err);
    const Standard *standard =
        load_county(f, "修改:\n"
                       "  - {节点: 有效/至, 值: 2026-12-31}\n"
                       "  - {节点: 例外/过渡/有效/至, 值: 2026-12-31, 依据: {条款: 九}}\n");
    assert_int_equal(standard->indicators.ptr[0]->exceptions.len, 1);
    assert_int_equal(standard->validity.last, fixture_date("2026-12-31"));
}

static void overlays_stand_on_overlays(void **state)
{
    PackFixture *f = *state;
    set_town(f, "修改:\n  - {节点: 指标/D1/限值/primary, 值: 4.8}\n"
                "  - {节点: 指标/D1/限值/junior, 值: 5.5}\n");
    const Standard *standard = load(f, "town");
    assert_text(standard->base_id, "demo");
    assert_int_equal(standard->overlays.len, 2);
    assert_text(standard->overlays.ptr[0].id, "county");
    assert_text(standard->overlays.ptr[1].id, "town");
    assert_int_equal(f->change_count, 3);
    assert_text(f->changes[1].old_text, "4.5");
    assert_text(limit_of(standard, 0)->basis[0]->body, "示例镇");
    assert_text(limit_of(standard, 0)->basis[1]->title, "镇规定");
}

static void overlays_asked_for_one_by_one_give_the_same(void **state)
{
    PackFixture *f = *state;
    set_town(f, "修改:\n  - {节点: 指标/D1/限值/primary, 值: 4.8}\n");
    Str digest = load(f, "town")->digest, overlay[] = {STR("county"), STR("town")};
    StandardRequest request = {.id = STR("demo"),
                               .date = fixture_date("2024-09-01"),
                               .overlay = overlay,
                               .overlay_count = 2};
    assert_true(fixture_load_request(f, request));
    assert_true(str_equals(f->standard->digest, digest));
    assert_text(f->standard->id, "town");
    request.id = STR("county");
    request.overlay = overlay + 1;
    request.overlay_count = 1;
    assert_true(fixture_load_request(f, request));
    assert_true(str_equals(f->standard->digest, digest));
}

static void chains_are_limited(void **state)
{
    PackFixture *f = *state;
    for (int i = 1; i <= 8; i++) {
        Str base = i == 1 ? STR("demo") : str_format(&f->arena, "o%d", i - 1);
        Str text = str_format(&f->arena,
                              "包: o%d\n类: 覆盖\n名称: 第%d层\n覆盖: %.*s\n"
                              "依据: {机关: 甲, 文件: 乙, 日期: 丙, 可信: L}\n",
                              i, i, STR_ARG(base));
        fixture_set(f, str_format(&f->arena, "local/o%d.yaml", i).ptr, text);
    }
    assert_int_equal(load(f, "o7")->overlays.len, 7);
    assert_false(fixture_load(f, "o8", "2024-09-01"));
    assert_int_equal(f->err.first->code, ERR_PACK_CHAIN);
    assert_text(f->err.first->place.file, "local/o1.yaml");
}

static void so_many_overlays_are_applied_and_no_more(void **state)
{
    PackFixture *f = *state;
    Str overlay[16];
    for (int i = 0; i < 16; i++) {
        overlay[i] = str_format(&f->arena, "o%d", i);
        fixture_set(f, str_format(&f->arena, "local/o%d.yaml", i).ptr,
                    str_format(&f->arena,
                               "包: o%d\n类: 覆盖\n名称: 第%d个\n覆盖: demo\n"
                               "依据: {机关: 甲, 文件: 乙, 日期: 丙, 可信: L}\n",
                               i, i));
    }
    StandardRequest request = {.id = STR("demo"),
                               .date = fixture_date("2024-09-01"),
                               .overlay = overlay,
                               .overlay_count = 15};
    assert_true(fixture_load_request(f, request));
    request.overlay_count = 16;
    assert_false(fixture_load_request(f, request));
    assert_int_equal(f->err.first->code, ERR_PACK_CHAIN);
}

static void the_digest_changes_with_any_byte_of_any_file_of_the_chain(void **state)
{
    PackFixture *f = *state;
    set_town(f, "修改:\n  - {节点: 指标/D1/限值/primary, 值: 4.8}\n");
    Str plain = load(f, "town")->digest, below = load(f, "county")->digest;
    assert_false(str_equals(plain, below));
    static const char *const paths[] = {DEMO, COUNTY, TOWN, "core/units.yaml"};
    for (size_t i = 0; i < 4; i++) {
        Str before = fixture_get(f, paths[i]);
        fixture_append(f, paths[i], "# 注\n");
        f->core = NULL;
        assert_false(str_equals(load(f, "town")->digest, plain));
        assert_int_equal(!str_equals(load(f, "county")->digest, below), i != 2);
        fixture_set(f, paths[i], before);
    }
    f->core = NULL;
    assert_true(str_equals(load(f, "town")->digest, plain));
}

static const char DEMO_TEST[] = "测试:\n"
                                "  国家的:\n"
                                "    期间: 2024-2025\n"
                                "    来源: 手算\n"
                                "    表: 学校代码\n"
                                "    期望:\n"
                                "      - {对象: \"1\", 量: D1, 值: 1}\n";

static void the_tests_that_hold_are_those_of_the_last_overlay(void **state)
{
    PackFixture *f = *state;
    fixture_append(f, DEMO, DEMO_TEST);
    assert_int_equal(load(f, "demo")->tests.len, 1);
    assert_int_equal(load(f, "county")->tests.len, 0);
    fixture_append(f, COUNTY, DEMO_TEST);
    fixture_edit(f, COUNTY, "国家的", "县里的");
    assert_int_equal(load(f, "county")->tests.len, 1);
    assert_text(f->standard->tests.ptr[0]->name, "县里的");
    assert_text(f->standard->tests.ptr[0]->place->file, "local/county.yaml");
    set_town(f, "");
    assert_int_equal(load(f, "town")->tests.len, 0);
}

static void loading_twice_from_the_same_texts_gives_the_same(void **state)
{
    PackFixture *f = *state;
    Str digest = load(f, "county")->digest;
    assert_true(str_equals(load(f, "county")->digest, digest));
    assert_int_equal(f->change_count, 1);
    assert_int_equal(limit_of(load(f, "demo"), 0)->symbol.value[0].mantissa, 42);
}

static void an_overlay_without_changes_is_the_standard_by_another_name(void **state)
{
    PackFixture *f = *state;
    const Standard *standard = load_county(f, "");
    assert_int_equal(f->change_count, 0);
    assert_int_equal(limit_of(standard, 0)->symbol.value[0].mantissa, 42);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_overlay_gives_its_name_and_lends_its_id),
        TEST(a_change_is_listed_with_its_source),
        TEST(each_stage_of_a_figure_has_its_own_source),
        TEST(a_whole_section_that_is_changed_has_the_source_of_the_change),
        TEST(a_changed_rule_has_the_source_of_the_change),
        TEST(an_added_indicator_inherits_the_overlay_s_source),
        TEST(what_is_removed_is_gone),
        TEST(what_is_removed_may_be_added_as_something_else),
        TEST(a_section_that_is_not_there_may_be_opened),
        TEST(dated_values_are_changed_by_their_numbers),
        TEST(an_overlay_may_lengthen_an_exception_and_the_standard),
        TEST(overlays_stand_on_overlays),
        TEST(overlays_asked_for_one_by_one_give_the_same),
        TEST(chains_are_limited),
        TEST(so_many_overlays_are_applied_and_no_more),
        TEST(the_digest_changes_with_any_byte_of_any_file_of_the_chain),
        TEST(the_tests_that_hold_are_those_of_the_last_overlay),
        TEST(loading_twice_from_the_same_texts_gives_the_same),
        TEST(an_overlay_without_changes_is_the_standard_by_another_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
