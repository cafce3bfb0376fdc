/*
 * Expected grids: what libxlsxwriter (which shares no code with the reader) was told to write, and what stands in
 * parts written by hand after ECMA-376 part 1, 18.2–18.8; of text files what they say.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "book_fixture.h"
#include "sheet/grid_int.h"

#include <xlsxwriter.h>

/* ---- what comes out ---- */

static Str dump_bytes(Arena *arena, const char *name, Str bytes)
{
    CLEANUP(err_done) Err err;
    err_init(&err);
    Book *book;
    StrBuf out;
    strbuf_init(&out, arena);
    if (book_read_bytes(arena, str_from(name), bytes, &book, &err)) {
        book_dump(&out, book);
    } else {
        strbuf_addf(&out, "%s: ", err_code_name(err.first->code));
        strbuf_add(&out, err_message(arena, err.first, LANG_EN));
        if (err.first->place.line)
            strbuf_addf(&out, " (line %zu)", err.first->place.line);
    }
    return strbuf_str(&out);
}

static void assert_bytes(Str bytes, const char *want)
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    assert_text(dump_bytes(&arena, "book", bytes), want);
}

#define assert_csv(text, want) assert_bytes(STR(text), want)

/* ---- by libxlsxwriter ---- */

static void write_book(const char *path)
{
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, "县 一");
    lxw_format *percent = workbook_add_format(book), *day = workbook_add_format(book);
    lxw_format *red = workbook_add_format(book);
    format_set_num_format(percent, "0.0%");
    format_set_num_format(day, "yyyy\"年\"m\"月\"d\"日\"");
    format_set_bg_color(red, 0xFF8080);
    format_set_font_color(red, 0x0000FF);
    worksheet_merge_range(sheet, 0, 0, 0, 2, "某县\n一览表", NULL);
    worksheet_write_string(sheet, 1, 0, " 学校 ", NULL);
    worksheet_write_number(sheet, 1, 1, 0.995, percent);
    worksheet_write_number(sheet, 1, 2, 45170, day);
    worksheet_write_formula_num(sheet, 2, 0, "=1+1", NULL, 2);
    worksheet_write_boolean(sheet, 2, 1, 1, NULL);
    worksheet_write_number(sheet, 2, 2, 0.1 + 0.2, red);
    worksheet_write_blank(sheet, 5, 9, red);
    worksheet_write_string(sheet, 6, 0, " 学校 ", NULL);
    worksheet_write_comment(sheet, 2, 2, "核对过");
    worksheet_set_column_opt(sheet, 1, 1, 8, NULL, &(lxw_row_col_options){.hidden = LXW_TRUE});
    worksheet_set_row_opt(sheet, 2, 15, NULL, &(lxw_row_col_options){.hidden = LXW_TRUE});
    worksheet_protect(sheet, "pw", NULL);
    lxw_worksheet *other = workbook_add_worksheet(book, "藏");
    worksheet_hide(other);
    worksheet_write_string(other, 0, 0, "x", NULL);
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
}

static void all_that_a_workbook_says_by_other_means_is_kept(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    char *path = folder_file(&folder, "book.xlsx");
    write_book(path);
    Str got = dump_bytes(&folder.arena, "book", folder_take(&folder, path));
    assert_text(got, "xlsx UTF-8\n"
                     "sheet '县 一' protected, 3 columns\n"
                     "  hidden column B\n"
                     "  merge A1:C1\n"
                     "  A1 '某县\n一览表'\n"
                     "  A2 ' 学校 '\n"
                     "  B2 percent 0.995 [0.0%]\n"
                     "  C2 date 45170 [yyyy\"年\"m\"月\"d\"日\"]\n"
                     "  hidden row 3\n"
                     "  A3 =2\n"
                     "  B3 TRUE\n"
                     "  C3 0.3 fill ff8080 font 0000ff comment\n"
                     "  A7 ' 学校 '\n"
                     "  comment C3 '核对过'\n"
                     "sheet '藏' hidden, 1 columns\n"
                     "  A1 'x'\n");
    folder_done(&folder);
}

/* ---- by hand ---- */

#define RELS \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""

static void assert_sheet(const char *workbook_pr, const char *sheet, const char *want)
{
    Folder folder;
    folder_init(&folder);
    Str workbook =
        str_format(&folder.arena,
                   "<workbook " MAIN " xmlns:r=\"" OFFICE "\">%s<sheets><sheet name=\"a\" "
                   "sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
                   workbook_pr);
    Str inside = str_format(&folder.arena, "<worksheet " MAIN ">%s</worksheet>", sheet);
    const ZipPart part[] = {
        {"_rels/.rels", STR(RELS "<Relationship Id=\"r1\" Type=\"" OFFICE
                                 "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")},
        {"xl/_rels/workbook.xml.rels", STR(RELS "<Relationship Id=\"r1\" Type=\"" OFFICE
                                                "/worksheet\" Target=\"s.xml\"/></Relationships>")},
        {"xl/workbook.xml", workbook},
        {"xl/s.xml", inside},
    };
    assert_text(
        dump_bytes(&folder.arena, "hand", zip_of(&folder, part, sizeof part / sizeof part[0])),
        want);
    folder_done(&folder);
}

static void cells_of_every_type_are_read(void **state)
{
    (void)state;
    assert_sheet(
        "<workbookPr date1904=\"1\"/>",
        "<sheetData><row r=\"2\"><c r=\"B2\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>"
        "<c r=\"D2\" t=\"inlineStr\"><is><t>文</t></is></c><c r=\"E2\"><f>A1</f></c>"
        "<c r=\"F2\" t=\"str\"><f>A1</f><v></v></c><c r=\"G2\"><v>1e400</v></c></row></sheetData>",
        "xlsx UTF-8 from 1904\nsheet 'a', 7 columns\n  B2 =error #DIV/0!\n  D2 '文'\n"
        "  E2 =?\n  G2 '1e400'\n");
}

static void merges_that_overlap_or_leave_the_sheet_are_left_out(void **state)
{
    (void)state;
    assert_sheet("",
                 "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData><mergeCells>"
                 "<mergeCell ref=\"B2:C3\"/><mergeCell ref=\"A1:B2\"/><mergeCell ref=\"C3:D4\"/>"
                 "<mergeCell ref=\"E5:E5\"/></mergeCells>",
                 "xlsx UTF-8\nsheet 'a', 1 columns\n  merge A1:B2\n  merge C3:D4\n  A1 1\n");
}

static void rows_that_fall_back_are_refused(void **state)
{
    (void)state;
    assert_sheet(
        "", "<sheetData><row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"1\"/></sheetData>",
        "ERR_TABLE_XLSX_REF: the cell reference '1' in the sheet is wrong or out of order");
}

static void a_million_empty_formatted_rows_cost_nothing(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    StrBuf rows;
    strbuf_init(&rows, &folder.arena);
    strbuf_add(&rows, STR("<sheetData><row><c><v>7</v></c></row>"));
    for (size_t i = 0; i < 200000; i++)
        strbuf_add(&rows, STR("<row><c s=\"0\"/></row>"));
    strbuf_add(&rows, STR("</sheetData>"));
    assert_sheet("", strbuf_str(&rows).ptr, "xlsx UTF-8\nsheet 'a', 1 columns\n  A1 7\n");
    folder_done(&folder);
}

static void too_many_sheets_and_cells_are_refused(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    CLEANUP(err_done) Err err;
    arena_init(&arena);
    err_init(&err);
    Book book = {.file = STR("f")};
    GridBuild build;
    grid_build_init(&build, &arena, &book, &err);
    for (size_t i = 0; i < LIMIT_GRID_SHEETS; i++)
        assert_true(grid_begin(&build, STR("s")));
    assert_false(grid_begin(&build, STR("s")));
    assert_int_equal(err.first->code, ERR_BOOK_SHEETS);
    err_done(&err);
    err_init(&err);
    grid_begin_row(&build, 1, false);
    build.cell_count = LIMIT_GRID_CELLS; /* as if so many had come */
    assert_false(grid_add_number(&build, 0, 1, 0));
    assert_int_equal(err.first->code, ERR_BOOK_CELLS);
}

/* ---- text ---- */

static void a_text_file_keeps_what_was_typed(void **state)
{
    (void)state;
    assert_csv(
        "a,b\n1,-2.5\n018,2023.10\n652301199001011234,+1\n1e5,0\n0.5,-0\n'001, x \n",
        "text UTF-8 delimiter ,\nsheet '', 2 columns\n  A1 'a'\n  B1 'b'\n  A2 1\n  B2 -2.5\n"
        "  A3 '018'\n  B3 '2023.10'\n  A4 '652301199001011234'\n  B4 '+1'\n  A5 '1e5'\n"
        "  B5 0\n  A6 0.5\n  B6 '-0'\n  A7 '001'\n  B7 ' x '\n");
}

static void quotes_and_line_ends_are_those_of_csv(void **state)
{
    (void)state;
    assert_csv("\"a\"\"b\",\"c\nd\"\r\n1,2\r3,4",
               "text UTF-8 delimiter ,\nsheet '', 2 columns\n  A1 'a\"b'\n  B1 'c\nd'\n  A3 1\n"
               "  B3 2\n  A4 3\n  B4 4\n");
    assert_csv("a,\"b\n", "ERR_TABLE_QUOTE_OPEN: the quote opened here is never closed (line 1)");
    assert_csv("a\n\"b\"c\n",
               "ERR_TABLE_QUOTE_AFTER: there is text after the closing quote: 'c' (line 2)");
}

static void tabs_and_semicolons_are_guessed_outside_quotes(void **state)
{
    (void)state;
    assert_csv("a\tb,c\n1\t2\n", "text UTF-8 delimiter tab\nsheet '', 2 columns\n  A1 'a'\n"
                                 "  B1 'b,c'\n  A2 1\n  B2 2\n");
    assert_csv("a;b\n1;\"x,y,z\"\n", "text UTF-8 delimiter ;\nsheet '', 2 columns\n  A1 'a'\n"
                                     "  B1 'b'\n  A2 1\n  B2 'x,y,z'\n");
    assert_csv("\xd1\xa7\xd0\xa3\xb4\xfa\xc2\xeb\n",
               "text GB18030 delimiter ,\nsheet '', 1 columns\n  A1 '学校代码'\n");
}

static void what_is_no_table_is_named(void **state)
{
    (void)state;
    assert_csv("%PDF-1.7",
               "ERR_TABLE_FORMAT: file 'book' is a PDF file, which cannot be read directly");
    assert_csv(
        "<!DOCTYPE html><html></html>",
        "ERR_TABLE_FORMAT: file 'book' is a web page or XML file, which cannot be read directly");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_a_workbook_says_by_other_means_is_kept),
        cmocka_unit_test(cells_of_every_type_are_read),
        cmocka_unit_test(merges_that_overlap_or_leave_the_sheet_are_left_out),
        cmocka_unit_test(rows_that_fall_back_are_refused),
        cmocka_unit_test(a_million_empty_formatted_rows_cost_nothing),
        cmocka_unit_test(too_many_sheets_and_cells_are_refused),
        cmocka_unit_test(a_text_file_keeps_what_was_typed),
        cmocka_unit_test(quotes_and_line_ends_are_those_of_csv),
        cmocka_unit_test(tabs_and_semicolons_are_guessed_outside_quotes),
        cmocka_unit_test(what_is_no_table_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
