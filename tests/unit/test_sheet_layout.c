/* Expected layouts are read off the sheets as they are drawn here. The habits are those of users of spreadsheets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "grid_fixture.h"
#include "sheet/layout.h"
#include "sheet_fixture.h"

/* Known are the words of a list, by their last part, and 小学.X and 初中.X of them whole. */
static Str known_word(void *ctx, const Str *path, size_t count)
{
    static const char *const words[] = {"学校代码", "学校名称", "在校生数",
                                        "班级数",   "面积",     "人数"};
    Arena *arena = ctx;
    Str last = path[count - 1];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!str_equals(last, str_from(words[i])))
            continue;
        if (count > 1 &&
            (str_equals(path[count - 2], STR("小学")) || str_equals(path[count - 2], STR("初中"))))
            return str_format(arena, "%.*s.%.*s", STR_ARG(path[count - 2]), STR_ARG(last));
        return last;
    }
    return STR("");
}

typedef struct Drawn {
    Arena arena;
    Err err;
    Book *book;
    Layout layout;
    bool is_found;
} Drawn;

static void draw(Drawn *drawn, const char *const *row, const char *const *merge)
{
    *drawn = (Drawn){0};
    arena_init(&drawn->arena);
    err_init(&drawn->err);
    drawn->book = grid_draw(&drawn->arena, &drawn->err, row, merge);
    drawn->is_found = layout_find(&drawn->arena, drawn->book, &drawn->book->sheet.ptr[0],
                                  known_word, &drawn->arena, 2, &drawn->layout);
}

static void clear(Drawn *drawn)
{
    err_done(&drawn->err);
    arena_done(&drawn->arena);
}

/* "3-4 title=… unit=… | name or (path) … | kinds of rows below the header". */
static Str shown(Drawn *drawn)
{
    StrBuf out;
    strbuf_init(&out, &drawn->arena);
    const Layout *layout = &drawn->layout;
    if (!drawn->is_found)
        return STR("none");
    strbuf_addf(&out, "%u-%u title=%.*s unit=%.*s |", layout->first_line, layout->last_line,
                STR_ARG(layout->title), STR_ARG(layout->unit));
    for (size_t i = 0; i < layout->column_count; i++) {
        const LayoutColumn *column = &layout->column[i];
        if (column->name.len)
            strbuf_addf(&out, " %.*s", STR_ARG(column->name));
        else
            strbuf_addf(&out, " (%.*s)", STR_ARG(column->path));
    }
    strbuf_add(&out, STR(" | "));
    for (size_t i = layout->first_row; i < layout->grid->row.len; i++)
        strbuf_add_char(&out, "RSNHT"[layout->row[i]]);
    return strbuf_str(&out);
}

static void assert_layout(const char *const *row, const char *const *merge, const char *want)
{
    Drawn drawn;
    draw(&drawn, row, merge);
    assert_text(shown(&drawn), want);
    clear(&drawn);
}

static void test_a_title_a_unit_line_and_a_merged_header_are_told_apart(void **state)
{
    (void)state;
    static const char *const rows[] = {"某县学校基本情况表",
                                       "填报单位：某县教育局||||单位：人、㎡",
                                       "学校代码|学校名称|小学||面积",
                                       "||在校生数|班级数",
                                       "2100000001|一小|300|6|900",
                                       "2100000002|二小|200|5|800",
                                       "合计||500|11|1700",
                                       "填表人：张三||审核人：李四",
                                       NULL};
    static const char *const merges[] = {"A1:E1", "A3:A4", "B3:B4", "C3:D3", "E3:E4", NULL};
    assert_layout(rows, merges,
                  "3-4 title=某县学校基本情况表 unit=人、㎡ | 学校代码 学校名称 小学.在校生数 "
                  "小学.班级数 面积 | RRST");
}

static void test_the_same_word_under_two_parents_is_two_columns(void **state)
{
    (void)state;
    static const char *const rows[] = {"学校代码|小学||初中|", "|人数|班级数|人数|班级数",
                                       "2100000001|1|2|3|4", NULL};
    static const char *const merges[] = {"A1:A2", "B1:C1", "D1:E1", NULL};
    assert_layout(rows, merges,
                  "1-2 title= unit= | 学校代码 小学.人数 小学.班级数 初中.人数 初中.班级数 | R");
}

static void test_three_rows_of_header_and_a_row_of_column_numbers(void **state)
{
    (void)state;
    static const char *const rows[] = {"基本情况||在校||",           "学校代码|学校名称|小学||初中",
                                       "||班级数|在校生数|在校生数", "甲|乙|1|2|3",
                                       "2100000001|一校|2|80|90",    NULL};
    static const char *const merges[] = {"A1:B1", "C1:E1", "A2:A3", "B2:B3", "C2:D2", NULL};
    assert_layout(rows, merges,
                  "1-3 title= unit= | 学校代码 学校名称 小学.班级数 小学.在校生数 "
                  "初中.在校生数 | NR");
}

static void test_what_stands_above_a_known_word_belongs_to_its_path(void **state)
{
    (void)state;
    static const char *const rows[] = {"学校代码|其中女||", "|教师|女教师|在校生数|班级数",
                                       "2100000001|1|2|3|4", NULL};
    static const char *const merges[] = {"A1:A2", "B1:C1", NULL};
    assert_layout(rows, merges,
                  "1-2 title= unit= | 学校代码 (其中女.教师) (其中女.女教师) 在校生数 班级数 | R");
}

static void test_sums_are_found_wherever_they_stand(void **state)
{
    (void)state;
    static const char *const rows[] = {"序号|学校代码|学校名称|在校生数",
                                       "全县合计|||900",
                                       "1|2100000001|一小|300",
                                       "|城关镇小 计||300",
                                       "2|2100000002|合计小学|600",
                                       "||总计|600",
                                       NULL};
    assert_layout(rows, NULL, "1-1 title= unit= | (序号) 学校代码 学校名称 在校生数 | SRSRS");
}

static void test_headers_of_printed_pages_and_notes_are_no_records(void **state)
{
    (void)state;
    static const char *const rows[] = {"学校代码|学校名称|在校生数",
                                       "2100000001|一小|300",
                                       "二、乡镇小学",
                                       "学校代码|学校名称|在校生数",
                                       "2100000002|二小|200",
                                       "",
                                       "注：本表不含教学点。",
                                       NULL};
    assert_layout(rows, NULL, "1-1 title= unit= | 学校代码 学校名称 在校生数 | RTHRT");
}

static void test_a_sheet_without_known_columns_has_no_table(void **state)
{
    (void)state;
    static const char *const rows[] = {"通知", "请于九月二十日前报送。", "学校代码", NULL};
    assert_layout(rows, NULL, "none");
    static const char *const empty[] = {"", NULL};
    assert_layout(empty, NULL, "none");
}

static void test_hidden_rows_count_and_are_told(void **state)
{
    (void)state;
    static const char *const rows[] = {"学校代码|在校生数", "2100000001|300", "~2100000002|200",
                                       NULL};
    Drawn drawn;
    draw(&drawn, rows, NULL);
    assert_text(shown(&drawn), "1-1 title= unit= | 学校代码 在校生数 | RR");
    assert_int_equal(drawn.layout.hidden_count, 1);
    clear(&drawn);
}

static void assert_table(const char *const *row, const char *const *merge, const char *kinds,
                         const char *want)
{
    Drawn drawn;
    draw(&drawn, row, merge);
    assert_true(drawn.is_found);
    TableOptions options = {.wish = fixture_wish, .ctx = (void *)(uintptr_t)kinds};
    Table *table;
    StrBuf out;
    strbuf_init(&out, &drawn.arena);
    if (layout_table(&drawn.arena, drawn.book, &drawn.layout, &options, &table, &drawn.err))
        fixture_add_table(&out, table);
    else
        fixture_add_mistakes(&out, &drawn.err);
    assert_text(strbuf_str(&out), want);
    clear(&drawn);
}

static void test_records_become_a_flat_table_with_their_rows_of_the_sheet(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "某县", "学校代码|在校生数|班级数", "合计|500|", "2100000001|３００|6", "2100000002|200|",
        NULL};
    assert_table(rows, NULL, "tnn",
                 "学校代码|在校生数|班级数\n4: 2100000001|300|6\n5: 2100000002|200|~");
}

static void test_a_merged_name_is_said_of_each_row_and_a_merged_number_once(void **state)
{
    (void)state;
    static const char *const rows[] = {"学校代码|学校名称|在校生数|面积", "2100000001|一校|300|900",
                                       "||200|", "2100000002|同上|100|80", NULL};
    static const char *const merges[] = {"A2:A3", "B2:B3", "D2:D3", NULL};
    assert_table(rows, merges, "ttnn",
                 "学校代码|学校名称|在校生数|面积\n2: 2100000001|一校|300|900\n"
                 "3: 2100000001|一校|200|~\n4: 2100000002|一校|100|80");
}

static void test_mistakes_in_cells_are_told_with_their_places(void **state)
{
    (void)state;
    static const char *const rows[] = {"学校代码|在校生数|班级数|", "2100000001|?|三个|7",
                                       "#REF!|x|1", NULL};
    assert_table(rows, NULL, "tnn",
                 "2:2 B2 ERR_TABLE_FORMULA_EMPTY: the formula in '在校生数' has no saved result\n"
                 "2:3 C2 ERR_TABLE_NUMBER: '班级数' needs a number, but this is '三个'\n"
                 "3:1 A3 ERR_TABLE_CELL_ERROR: the cell in '学校代码' is the error value #REF!\n"
                 "3:2 B3 ERR_TABLE_NUMBER: '在校生数' needs a number, but this is 'x'\n"
                 "2:4 D2 ERR_TABLE_HEADER_EMPTY: column D (number 4) has no name but holds data");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_title_a_unit_line_and_a_merged_header_are_told_apart),
        cmocka_unit_test(test_the_same_word_under_two_parents_is_two_columns),
        cmocka_unit_test(test_three_rows_of_header_and_a_row_of_column_numbers),
        cmocka_unit_test(test_what_stands_above_a_known_word_belongs_to_its_path),
        cmocka_unit_test(test_sums_are_found_wherever_they_stand),
        cmocka_unit_test(test_headers_of_printed_pages_and_notes_are_no_records),
        cmocka_unit_test(test_a_sheet_without_known_columns_has_no_table),
        cmocka_unit_test(test_hidden_rows_count_and_are_told),
        cmocka_unit_test(test_records_become_a_flat_table_with_their_rows_of_the_sheet),
        cmocka_unit_test(test_a_merged_name_is_said_of_each_row_and_a_merged_number_once),
        cmocka_unit_test(test_mistakes_in_cells_are_told_with_their_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
