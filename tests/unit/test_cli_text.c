#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/text.h"
#include "assert_text.h"

#include <math.h>

static Arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static void check_table(const TextTable *table, const char *want)
{
    StrBuf out;
    strbuf_init(&out, &arena);
    text_table_format(&out, table);
    assert_text(strbuf_str(&out), want);
}

static void columns_are_aligned_by_display_width(void **state)
{
    (void)state;
    TextTable table;
    text_table_init(&table, &arena, 2);
    text_table_add_column(&table, STR("学校"), TEXT_LEFT);
    text_table_add_column(&table, STR("差异系数"), TEXT_RIGHT);
    text_table_add_column(&table, STR("n"), TEXT_RIGHT);
    text_table_add_column(&table, STR("备注"), TEXT_LEFT);
    text_table_add_text(&table, STR("城关第一小学"));
    text_table_add_number(&table, 0.51525, 4);
    text_table_add_count(&table, 7);
    text_table_add_text(&table, STR("好"));
    text_table_add_text(&table, STR("A"));
    text_table_add_number(&table, NAN, 4);
    text_table_add_figure(&table, 12345.5, 4);
    text_table_end_row(&table);
    text_table_add_text(&table, STR(""));
    text_table_add_text(&table, STR("é"));
    text_table_end_row(&table);
    check_table(&table, "  学校          差异系数        n  备注\n"
                        "  城关第一小学    0.5153        7  好\n"
                        "  A                    —  12345.5\n"
                        "                       é\n");
}

static void headings_that_are_all_empty_are_left_out(void **state)
{
    (void)state;
    TextTable table;
    text_table_init(&table, &arena, 0);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    check_table(&table, "");
    text_table_end_row(&table); /* no row has begun */
    text_table_add_text(&table, STR("--by G"));
    text_table_add_text(&table, STR("组"));
    check_table(&table, "--by G  组\n");
    text_table_add_text(&table, STR(""));
    text_table_end_row(&table);
    check_table(&table, "--by G  组\n\n");
}

static void headings_stand_without_rows(void **state)
{
    (void)state;
    TextTable table;
    text_table_init(&table, &arena, 1);
    text_table_add_column(&table, STR("甲"), TEXT_RIGHT);
    text_table_add_column(&table, STR("乙"), TEXT_LEFT);
    check_table(&table, " 甲  乙\n");
}

static void a_cell_is_one_line_that_a_terminal_can_show(void **state)
{
    (void)state;
    TextTable table;
    text_table_init(&table, &arena, 0);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    text_table_add_text(&table, STR("a\nb\x1b[31m\xff\xc2\x9b\xe2\x80\xa8"));
    text_table_add_text(&table, STR("|"));
    check_table(&table, "a b [31m\xef\xbf\xbd    |\n");
}

static void check_figure(double value, int places, const char *number, const char *figure)
{
    StrBuf out;
    strbuf_init(&out, &arena);
    text_add_number(&out, value, places);
    assert_text(strbuf_str(&out), number);
    strbuf_init(&out, &arena);
    text_add_figure(&out, value, places);
    assert_text(strbuf_str(&out), figure);
}

static void numbers_have_fixed_places_and_figures_as_few_as_they_need(void **state)
{
    (void)state;
    check_figure(0.5, 4, "0.5000", "0.5");
    check_figure(302, 4, "302.0000", "302");
    check_figure(1000, 0, "1000", "1000");
    check_figure(0.285, 2, "0.29", "0.29");
    check_figure(-0.00001, 4, "0.0000", "0");
    check_figure(0, 4, "0.0000", "0");
    check_figure(12.340, 3, "12.340", "12.34");
    check_figure(NAN, 2, "—", "—");
    check_figure(INFINITY, 2, "—", "—");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_are_aligned_by_display_width, set_up, tear_down),
        cmocka_unit_test_setup_teardown(headings_that_are_all_empty_are_left_out, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(headings_stand_without_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cell_is_one_line_that_a_terminal_can_show, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(numbers_have_fixed_places_and_figures_as_few_as_they_need,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
