#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "calc/explain.h"
#include "exact_fixture.h"

static const char *const ITEMS[] = {"教师数", "在校生数", "图书", "增减", "增减二", NULL};
enum { TEACHERS, PUPILS, BOOKS, CHANGE, CHANGE_2 };

static ExplainStep *explain(Fixture *f, const char *source, ExactPoint point)
{
    return explain_run(&f->arena, f->exact, fixture_tree(f, source), &point);
}

static Str dumped(Fixture *f, const char *source, ExactPoint point)
{
    StrBuf text;
    strbuf_init(&text, &f->arena);
    explain_dump(&text, explain(f, source, point));
    return strbuf_str(&text);
}

/* Expected texts are written by hand from the formulas and figures beside them. */

static void a_ratio_shows_its_figures_and_leads_to_its_cells(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    fixture_set(f, 0, 3, TEACHERS, 18);
    fixture_set(f, 0, 3, PUPILS, 800);
    Symbol *limit = fixture_symbol(f, SYMBOL_PARAMETER, "限值", TYPE_NUMBER);
    limit->value[0] = (Decimal){42, -1};
    limit->has_value[0] = true;
    fixture_named(f, "QR1", "100 * 教师数 / 在校生数", TYPE_NUMBER, LEVEL_ROW);
    ExactPoint point = fixture_row(f, 0, 3);
    assert_text(dumped(f, "QR1 >= 限值", point),
                "QR1 ≥ 限值 = 2.25 ≥ 4.2 = 假\n"
                "  QR1: 100 × 教师数 ÷ 在校生数 = 100 × 18 ÷ 800 = 2.25\n"
                "    教师数: 18\n"
                "    在校生数: 800\n"
                "  限值: 4.2\n");
    const ExplainStep *step = explain(f, "QR1 >= 限值", point);
    assert_int_equal(step->boolean, TRI_FALSE);
    assert_true(step->child[0]->value == 2.25);
    const ExplainStep *cell = step->child[0]->child[1];
    assert_int_equal(cell->kind, EXPLAIN_INPUT);
    assert_int_equal(cell->slot, PUPILS);
    assert_int_equal(cell->row, 3);
    assert_ptr_equal(cell->frame, &f->frame[0]);
    assert_int_equal(step->child[1]->kind, EXPLAIN_PARAMETER);
    fixture_done(f);
}

/* standards.md §12 T1: the five schools. */
static void a_coefficient_tells_its_mean_deviation_and_rows(void **state)
{
    (void)state;
    static const double PUPILS_OF[] = {45, 37, 89, 76, 55}, BOOKS_OF[] = {279, 137, 935, 160, 402};
    Fixture *f = fixture_new(16, ITEMS);
    for (size_t row = 0; row < 5; row++) {
        fixture_set(f, 0, row, PUPILS, PUPILS_OF[row]);
        fixture_set(f, 0, row, BOOKS, BOOKS_OF[row]);
    }
    fixture_set(f, 0, 5, PUPILS, 30); /* no books reported */
    fixture_leave(f, 0, 6, BOOKS, ABSENCE_NOT_APPLICABLE);
    fixture_set(f, 0, 7, PUPILS, 0);
    fixture_set(f, 0, 7, BOOKS, 5);
    fixture_set(f, 0, 8, PUPILS, 7);
    fixture_set(f, 0, 8, BOOKS, 70);
    fixture_set(f, 0, 8, CHANGE, 1);
    fixture_named(f, "生均图书", "图书 / 在校生数", TYPE_NUMBER, LEVEL_ROW);
    ExactPoint point = fixture_region(f, 0, 1);
    point.scope = fixture_tree(f, "not reported(增减)");
    const ExplainStep *step = explain(f, "差异系数(生均图书, 在校生数)", point)->child[0];
    assert_int_equal(step->kind, EXPLAIN_AGGREGATE);
    assert_text(step->name, "差异系数");
    assert_int_equal(step->rows.taken, 8);
    assert_int_equal(step->rows.used, 5);
    assert_int_equal(step->rows.not_reported, 2);
    assert_int_equal(step->rows.weightless, 1);
    assert_int_equal(step->rows.out_of_scope, 1);
    assert_true(step->rows.weight == 302 && step->rows.sum == 1913);
    assert_true(fabs(step->rows.mean - 6.3344370860927152) < 1e-15);
    assert_true(fabs(step->rows.std - 3.2638607051953750) < 1e-15);
    assert_true(fabs(step->value - 0.5152566298844764) < 2e-16);
    assert_int_equal(step->child_count, 1);
    assert_int_equal(step->child[0]->kind, EXPLAIN_DEFINITION);
    assert_text(step->child[0]->formula, "图书 ÷ 在校生数");

    /* schools 3 to 5: mean 1497/220; std by Python's fractions and a 30-digit root: 3.63783459207904595… */
    assert_text(
        dumped(f, "平均(生均图书, 在校生数 其中 在校生数 > 45)", point),
        "平均(生均图书, 在校生数 其中 在校生数 > 45) = 6.804545454545455 = 6.804545454545455\n"
        "  平均: 平均(生均图书, 在校生数 其中 在校生数 > 45) = 1497 ÷ 220 = 6.804545454545455"
        " taken=3 used=3 out_of_scope=1 out_of_where=5 weight=220 mean=6.804545454545455 "
        "std=3.637834592079046\n"
        "    生均图书: 图书 ÷ 在校生数\n");
    fixture_done(f);
}

static void a_school_of_several_stages_shows_its_parts(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    fixture_set(f, 0, 2, PUPILS, 166);
    fixture_set(f, 1, 5, PUPILS, 210);
    fixture_join(f, 0, 2, 1, 5);
    assert_text(dumped(f, "在校生数 / 合计(在校生数 同校 须齐全)", fixture_row(f, 1, 5)),
                "在校生数 ÷ 合计(在校生数 同校 须齐全) = 210 ÷ 376 = 0.5585106382978723\n"
                "  在校生数: 210\n"
                "  合计: 合计(在校生数 同校 须齐全) = 376 taken=2 used=2 weight=2\n"
                "    [0] 在校生数 = 166 = 166\n"
                "      在校生数: 166\n"
                "    [1] 在校生数 = 210 = 210\n"
                "      在校生数: 210\n");
    fixture_done(f);
}

static void what_is_missing_is_named_with_its_reason(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    fixture_set(f, 0, 0, TEACHERS, 5);
    fixture_leave(f, 0, 0, BOOKS, ABSENCE_NOT_APPLICABLE);
    assert_text(dumped(f, "教师数 / 在校生数 >= 1 or 图书 > 3", fixture_row(f, 0, 0)),
                "教师数 ÷ 在校生数 ≥ 1 或 图书 > 3 = 5 ÷ 未报 ≥ 1 或 不适用 > 3 = 未知 (未报)\n"
                "  教师数: 5\n"
                "  在校生数: 未报\n"
                "  图书: 不适用\n");
    fixture_set(f, 0, 0, PUPILS, 0);
    assert_text(explain(f, "教师数 / 在校生数", fixture_row(f, 0, 0))->text, "无意义");
    fixture_done(f);
}

static void only_the_branch_taken_is_told(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    fixture_set(f, 0, 0, TEACHERS, 5);
    fixture_set(f, 0, 0, PUPILS, 9);
    assert_text(
        dumped(f, "if 教师数 > 3 then 教师数 + 在校生数 else 图书", fixture_row(f, 0, 0)),
        "如果 教师数 > 3 则 教师数 + 在校生数 否则 图书 = 如果 5 > 3 则 5 + 9 否则 未报 = 14\n"
        "  教师数: 5\n"
        "  在校生数: 9\n");
    fixture_done(f);
}

static void figures_keep_the_meaning_of_the_formula(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    fixture_set(f, 0, 0, CHANGE, -5);
    fixture_set(f, 0, 0, CHANGE_2, 2.5);
    ExactPoint point = fixture_row(f, 0, 0);
    assert_text(explain(f, "增减 - 增减", point)->figures, "−5 − (−5)");
    assert_text(explain(f, "3 * (增减 + 增减二) ^ 2", point)->figures, "3 × (−5 + 2.5)^2");
    assert_text(explain(f, "-增减 / 增减二", point)->figures, "−(−5) ÷ 2.5");
    assert_text(explain(f, "round(abs(增减) / 3, 1)", point)->figures,
                "四舍五入(绝对值(−5) ÷ 3, 1)");
    assert_text(explain(f, "增减 - (增减二 - 1)", point)->figures, "−5 − (2.5 − 1)");
    assert_text(explain(f, "not (增减 > 0 and 增减二 > 0)", point)->figures,
                "非 (−5 > 0 且 2.5 > 0)");
    fixture_done(f);
}

static void codes_are_shown_by_their_names(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    static const double PRIMARY[] = {211}, POINT[] = {218}, ALL[] = {211, 218};
    CodeName primary = {PRIMARY, 1}, point_code = {POINT, 1}, all = {ALL, 2};
    CodeSet codes = {.name = STR("类型表")};
    map_init(&codes.names, &f->arena);
    map_set(&codes.names, STR("小学类"), &all);
    map_set(&codes.names, STR("211"), &primary);
    map_set(&codes.names, STR("小学"), &primary);
    map_set(&codes.names, STR("小学教学点"), &point_code);
    Symbol *type = fixture_symbol(f, SYMBOL_ATTRIBUTE, "类型", TYPE_CODE);
    type->codes = &codes;
    fixture_set(f, 0, 0, (size_t)scope_slot(&f->scope, type, 0), 211);
    assert_text(dumped(f, "类型 != \"小学教学点\" and 类型 in (\"小学\", \"小学教学点\")",
                       fixture_row(f, 0, 0)),
                "类型 ≠ \"小学教学点\" 且 类型 属于 (\"小学\", \"小学教学点\") = "
                "小学 ≠ \"小学教学点\" 且 小学 属于 (\"小学\", \"小学教学点\") = 真\n"
                "  类型: 小学\n");
    fixture_done(f);
}

static void last_years_value_and_windows_are_marked_as_such(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    const Node *tree = fixture_tree(f, "在校生数 - 上年(在校生数)");
    size_t previous = (size_t)tree->arg[1]->arg[0]->slot;
    fixture_set(f, 0, 0, PUPILS, 120);
    fixture_set(f, 0, 1, PUPILS, 80);
    fixture_set(f, 0, 0, previous, 100);
    assert_text(dumped(f, "在校生数 - 上年(在校生数)", fixture_row(f, 0, 0)),
                "在校生数 − 上年(在校生数) = 120 − 上年(100) = 20\n"
                "  在校生数: 120\n"
                "  在校生数: 100 (上年)\n");
    assert_text(dumped(f, "位次(在校生数) + 在校生数 / 合计(在校生数)", fixture_row(f, 0, 0)),
                "位次(在校生数) + 在校生数 ÷ 合计(在校生数) = 1 + 120 ÷ 200 = 1.6\n"
                "  位次: 位次(在校生数) = 1 taken=2 used=2 weight=2\n"
                "    在校生数: 120\n"
                "  在校生数: 120\n"
                "  合计: 合计(在校生数) = 200 taken=2 used=2 weight=2\n");
    const ExplainStep *window =
        explain(f, "在校生数 / 合计(在校生数)", fixture_row(f, 0, 0))->child[1];
    assert_int_equal(window->row, EXACT_REGION);
    assert_ptr_equal(window->region, &f->region[1]);
    fixture_done(f);
}

static void lists_show_each_of_their_values(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    Symbol *list = fixture_symbol(f, SYMBOL_LIST, "各项.达标", TYPE_BOOL_LIST);
    list->element_count = 2;
    list->element = ARENA_ARRAY(&f->arena, const Symbol *, 2);
    list->element[0] = fixture_named(f, "甲.达标", "教师数 > 3", TYPE_BOOL, LEVEL_ROW);
    list->element[1] = fixture_named(f, "乙.达标", "图书 > 3", TYPE_BOOL, LEVEL_ROW);
    fixture_set(f, 0, 0, TEACHERS, 5);
    assert_text(dumped(f, "至少(1, 各项.达标)", fixture_row(f, 0, 0)),
                "至少(1, 各项.达标) = 至少(1, 真, 未知) = 真\n"
                "  甲.达标: 教师数 > 3 = 5 > 3 = 真\n"
                "    教师数: 5\n"
                "  乙.达标: 图书 > 3 = 未报 > 3 = 未知 (未报)\n"
                "    图书: 未报\n");
    fixture_done(f);
}

static void a_long_chain_of_names_is_cut(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    fixture_set(f, 0, 0, TEACHERS, 1);
    fixture_named(f, "n0", "教师数 + 1", TYPE_NUMBER, LEVEL_ROW);
    for (int i = 1; i < 30; i++)
        fixture_named(f, str_cstr(&f->arena, str_format(&f->arena, "n%d", i)),
                      str_cstr(&f->arena, str_format(&f->arena, "n%d + 1", i - 1)), TYPE_NUMBER,
                      LEVEL_ROW);
    const ExplainStep *step = explain(f, "n29 + 1", fixture_row(f, 0, 0));
    assert_true(step->value == 32);
    int depth = 0;
    for (; step->child_count; depth++)
        step = step->child[0];
    assert_int_equal(depth, EXPLAIN_DEPTH_MAX);
    assert_true(step->is_cut);
    assert_true(step->value == 32 - EXPLAIN_DEPTH_MAX);
    fixture_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ratio_shows_its_figures_and_leads_to_its_cells),
        cmocka_unit_test(a_coefficient_tells_its_mean_deviation_and_rows),
        cmocka_unit_test(a_school_of_several_stages_shows_its_parts),
        cmocka_unit_test(what_is_missing_is_named_with_its_reason),
        cmocka_unit_test(only_the_branch_taken_is_told),
        cmocka_unit_test(figures_keep_the_meaning_of_the_formula),
        cmocka_unit_test(codes_are_shown_by_their_names),
        cmocka_unit_test(last_years_value_and_windows_are_marked_as_such),
        cmocka_unit_test(lists_show_each_of_their_values),
        cmocka_unit_test(a_long_chain_of_names_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
