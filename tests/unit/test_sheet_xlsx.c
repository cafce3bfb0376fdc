/*
 * Expected values: what was written, by libxlsxwriter (a writer that shares no code with the
 * reader) or by hand after ECMA-376 part 1 §18; and the rules in sheet/table.h.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/vec.h"
#include "book_fixture.h"
#include "sheet_fixture.h"

#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>
#include <zip.h>

/* ---- a folder of its own ---- */

/* ---- workbooks by hand ---- */

#define RELATIONS \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define MAIN \
    "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"" TYPE "\""

static const char ROOT_RELATIONS[] =
    RELATIONS "<Relationship Id=\"rId1\" Type=\"" TYPE
              "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char BOOK_RELATIONS[] = RELATIONS
    "<Relationship Id=\"rId7\" Type=\"" TYPE "/worksheet\" Target=\"worksheets/odd name.xml\"/>"
    "<Relationship Id=\"rId8\" Type=\"" TYPE
    "/sharedStrings\" Target=\"/xl/strings.xml\"/></Relationships>";
static const char BOOK[] =
    "<workbook " MAIN
    "><sheets><sheet name=\"表\" sheetId=\"3\" r:id=\"rId7\"/></sheets></workbook>";

static const char STRINGS[] =
    "<sst " MAIN "><si><t>名</t></si><si><r><t>数</t></r><r><rPr><b/></rPr><t "
    "xml:space=\"preserve\"> 量</t></r></si>"
    "<si><t>学校</t><rPh sb=\"0\" eb=\"1\"><t>xuexiao</t></rPh><phoneticPr fontId=\"1\"/></si>"
    "<si><t>a_x000D__x005F_b_x</t></si><si/></sst>";

/* A workbook around one sheet; `inside` is what stands in <worksheet>. */
static Str book_of(Folder *folder, Str inside, Str strings)
{
    StrBuf sheet;
    strbuf_init(&sheet, &folder->arena);
    strbuf_add(&sheet, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet " MAIN ">"));
    strbuf_add(&sheet, inside);
    strbuf_add(&sheet, STR("</worksheet>"));
    const ZipPart part[] = {
        {"_rels/.rels", str_from(ROOT_RELATIONS)},
        {"xl/_rels/workbook.xml.rels", str_from(BOOK_RELATIONS)},
        {"xl/workbook.xml", str_from(BOOK)},
        {"xl/strings.xml", strings},
        {"xl/worksheets/odd name.xml", strbuf_str(&sheet)},
    };
    return zip_of(folder, part, sizeof part / sizeof part[0]);
}

static void expect_inside(const char *inside, const char *kinds, const char *want)
{
    Folder folder;
    folder_init(&folder);
    expect(book_of(&folder, str_from(inside), str_from(STRINGS)), kinds, want);
    folder_done(&folder);
}

#define HEADER(a, b)                                                                 \
    "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>" a "</v></c><c r=\"B1\" t=\"str\"><v>" b \
    "</v></c></row>"

/* Body rows under the header a, b. */
#define ROWS(rows) "<sheetData>" HEADER("a", "b") rows "</sheetData>"

/* ---- written by libxlsxwriter ---- */

static void a_written_table_is_read(void **state)
{
    bool is_constant = *(const bool *)*state;
    Folder folder;
    folder_init(&folder);
    char *path = folder_file(&folder, "plain.xlsx");
    lxw_workbook_options options = {.constant_memory = is_constant, .tmpdir = folder.path};
    lxw_workbook *book = workbook_new_opt(path, &options);
    lxw_worksheet *sheet = workbook_add_worksheet(book, "学校");
    worksheet_write_string(sheet, 0, 0, "学校代码", NULL);
    worksheet_write_string(sheet, 0, 1, " 学生\n数 ", NULL);
    worksheet_write_string(sheet, 0, 2, "备注", NULL);
    worksheet_write_number(sheet, 1, 0, 2165010001, NULL);
    worksheet_write_number(sheet, 1, 1, 0.1, NULL);
    worksheet_write_string(sheet, 1, 2, "x", NULL);
    worksheet_write_string(sheet, 2, 0, "0012", NULL);
    worksheet_write_formula_num(sheet, 2, 1, "=1+2", NULL, 3);
    worksheet_write_string(sheet, 4, 0, " 中文 ", NULL);
    worksheet_write_string(sheet, 4, 1, "１２", NULL);
    worksheet_write_boolean(sheet, 5, 0, 1, NULL);
    worksheet_write_number(sheet, 5, 1, -1e-7, NULL);
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    expect(
        folder_take(&folder, path), "tns",
        "学校代码|学生 数|备注\n2: 2165010001|0.1|-\n3: 0012|3|-\n5: 中文|12|-\n6: TRUE|-1e-7|-");
    folder_done(&folder);
}

static void many_written_cells_are_read_back(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    char *path = folder_file(&folder, "many.xlsx");
    enum { ROWS_WRITTEN = 3000, COLUMNS_WRITTEN = 30 };
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    char text[32];
    uint64_t seed = 5;
    static double want[ROWS_WRITTEN][COLUMNS_WRITTEN];
    for (lxw_row_t row = 0; row <= ROWS_WRITTEN; row++) {
        for (lxw_col_t column = 0; column < COLUMNS_WRITTEN; column++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            if (row == 0 || column == 0) {
                (void)snprintf(text, sizeof text, "%s%u-%u", row ? "r" : "c", row, column);
                worksheet_write_string(sheet, row, column, text, NULL);
            } else if (seed >> 60) {
                want[row - 1][column] = (double)(seed >> 40) / ((seed >> 30) % 2 ? 1.0 : 100.0);
                worksheet_write_number(sheet, row, column, want[row - 1][column], NULL);
            } else {
                want[row - 1][column] = NAN;
            }
        }
    }
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    Fixture fixture;
    fixture_read(&fixture, folder_take(&folder, path), "t", STR(""));
    assert_non_null(fixture.table);
    assert_int_equal(fixture.table->row_count, ROWS_WRITTEN);
    for (size_t row = 0; row < ROWS_WRITTEN; row++) {
        (void)snprintf(text, sizeof text, "r%zu-0", row + 1);
        assert_true(str_equals(fixture.table->column[0].text[row], str_from(text)));
        for (size_t column = 1; column < COLUMNS_WRITTEN; column++) {
            double got = fixture.table->column[column].number[row];
            assert_true(isnan(want[row][column]) ? isnan(got) : got == want[row][column]);
        }
    }
    fixture_done(&fixture);
    folder_done(&folder);
}

static void sheets_are_found_by_name_and_hidden_ones_passed_over(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    char *path = folder_file(&folder, "sheets.xlsx");
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *hidden = workbook_add_worksheet(book, "说明");
    lxw_chartsheet *chart = workbook_add_chartsheet(book, "图");
    lxw_chart *pie = workbook_add_chart(book, LXW_CHART_PIE);
    chart_add_series(pie, NULL, "=小学!$A$1:$A$2");
    chartsheet_set_chart(chart, pie);
    lxw_worksheet *second = workbook_add_worksheet(book, "小学");
    lxw_worksheet *third = workbook_add_worksheet(book, "初中 & <1>");
    worksheet_hide(hidden);
    worksheet_activate(second);
    worksheet_write_string(hidden, 0, 0, "h", NULL);
    worksheet_write_string(second, 0, 0, "s", NULL);
    worksheet_write_string(third, 0, 0, "t", NULL);
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    Str bytes = folder_take(&folder, path);
    expect(bytes, "", "s");
    expect_sheet(bytes, "", STR("初中 & <1>"), "t");
    expect_sheet(bytes, "", STR("说明"), "h");
    expect_sheet(
        bytes, "", STR("小学校"),
        "0:0 ERR_TABLE_SHEET_UNKNOWN: file 'file' has no sheet '小学校', did you mean '小学'?");
    expect_sheet(bytes, "", STR("abcdefghijk"),
                 "0:0 ERR_TABLE_SHEET_UNKNOWN: file 'file' has no sheet 'abcdefghijk'");
    folder_done(&folder);
}

static void a_header_hidden_by_a_merge_is_explained(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    char *path = folder_file(&folder, "merge.xlsx");
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    worksheet_merge_range(sheet, 0, 1, 0, 3, "学生数", NULL);
    worksheet_write_string(sheet, 0, 0, "校", NULL);
    worksheet_write_string(sheet, 1, 1, "1", NULL);
    worksheet_write_number(sheet, 1, 2, 2, NULL);
    worksheet_write_number(sheet, 2, 3, 3, NULL);
    worksheet_write_number(sheet, 2, 4, 4, NULL);
    worksheet_merge_range(sheet, 5, 4, 6, 4, "9", NULL);
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    expect(folder_take(&folder, path), "t",
           "2:3 C2 ERR_TABLE_HEADER_MERGED: the header of column C (number 3) is hidden by a "
           "merged cell\n"
           "3:4 D3 ERR_TABLE_HEADER_MERGED: the header of column D (number 4) is hidden by a "
           "merged cell\n"
           "3:5 E3 ERR_TABLE_HEADER_EMPTY: column E (number 5) has no name but holds data");
    folder_done(&folder);
}

/* ---- by hand ---- */

static void all_kinds_of_cells_are_read(void **state)
{
    (void)state;
    expect_inside(
        "<sheetData><row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" "
        "t=\"s\"><v>1</v></c></row>"
        "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>2</v></c><c r=\"B3\"><v>7</v></c></row>"
        "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>3</v></c><c r=\"B4\" t=\"n\"><v> 8 </v></c></row>"
        "<row r=\"5\"><c r=\"A5\" t=\"s\"><v>4</v></c><c r=\"B5\" t=\"str\"><v>9</v></c></row>"
        "<row r=\"6\"><c r=\"A6\" t=\"inlineStr\"><is><r><t>x</t></r><r><t>y</t></r>"
        "<rPh sb=\"0\" eb=\"1\"><t>z</t></rPh></is></c><c r=\"B6\" s=\"1\"/></row>"
        "<row r=\"7\"><c r=\"A7\" t=\"b\"><v>0</v></c><c r=\"B7\" "
        "t=\"inlineStr\"><is><t>10</t></is></c></row>"
        "<row r=\"8\"><c r=\"A8\" t=\"d\"><v>2024-09-01</v></c><c r=\"B8\"><v>45536</v></c></row>"
        "<row r=\"9\"><c r=\"A9\"><v>45536.5</v></c></row></sheetData>",
        "t",
        "名|数 量\n3: 学校|7\n4: a\r_b_x|8\n5: |9\n6: xy|~\n7: FALSE|10\n8: 2024-09-01|45536\n9: "
        "45536.5|~");
}

static void prefixed_names_and_missing_addresses_are_read(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    static const char sheet[] =
        "<x:worksheet xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"><x:sheetData>"
        "<x:row><x:c t=\"inlineStr\"><x:is><x:t>a</x:t></x:is></x:c><x:c "
        "t=\"str\"><x:v>b</x:v></x:c></x:row>"
        "<x:row/><x:row "
        "r=\"7\"><x:c><x:v>1</x:v></x:c></x:row><x:row><x:c/><x:c><x:v>2</x:v></x:c></x:row>"
        "<x:row><x:c r=\"B9\"><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>";
    static const char book[] =
        "<x:workbook xmlns:x=\"m\" xmlns:q=\"r\"><x:sheets>"
        "<x:sheet name=\"s\" sheetId=\"1\" q:id=\"R1\"/></x:sheets></x:workbook>";
    static const char root[] =
        RELATIONS "<Relationship Id=\"a\" "
                  "Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument\" "
                  "Target=\"/data/book.xml\"/></Relationships>";
    static const char relations[] =
        RELATIONS "<Relationship Id=\"R1\" "
                  "Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet\" "
                  "Target=\"./../elsewhere/S.xml\"/></Relationships>";
    const ZipPart part[] = {{"_rels/.rels", str_from(root)},
                            {"data/book.xml", str_from(book)},
                            {"data/_rels/book.xml.rels", str_from(relations)},
                            {"Elsewhere/s.xml", str_from(sheet)}};
    expect(zip_of(&folder, part, 4), "", "a|b\n7: 1|~\n8: ~|2\n9: ~|3");
    folder_done(&folder);
}

static void blank_rows_and_columns_are_left_out(void **state)
{
    (void)state;
    expect_inside("<sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>  </v></c></row>"
                  "<row r=\"3\"><c r=\"B3\" t=\"str\"><v>b</v></c><c r=\"C3\"/><c r=\"D3\" "
                  "t=\"str\"><v>d</v></c>"
                  "<c r=\"E3\" t=\"str\"><v> </v></c></row>"
                  "<row r=\"4\"><c r=\"B4\"><v>1</v></c><c r=\"C4\" t=\"str\"><v> </v></c><c "
                  "r=\"XFD4\"/></row>"
                  "<row r=\"5\"><c r=\"B5\" t=\"str\"><v>　</v></c></row>"
                  "<row r=\"1048576\"><c r=\"D1048576\"><v>2</v></c></row></sheetData>",
                  "", "|b||d\n4: -|1|-|~\n1048576: -|~|-|2");
    expect_inside("<sheetData/>", "", "0:0 ERR_TABLE_EMPTY: file 'file' has no header row");
    expect_inside(ROWS("<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"C2\" t=\"str\"><v>x</v></c>"
                       "<c r=\"XFD2\"><v>1</v></c></row>"),
                  "",
                  "2:3 C2 ERR_TABLE_HEADER_EMPTY: column C (number 3) has no name but holds data\n"
                  "2:16384 XFD2 ERR_TABLE_HEADER_EMPTY: column XFD (number 16384) has no name but "
                  "holds data");
    expect_inside("<sheetData><row r=\"1\"><c r=\"FAO1\" t=\"str\"><v>x</v></c></row></sheetData>",
                  "", "1:4097 FAO1 ERR_TABLE_COLUMNS: the header has more than 4096 columns");
}

static void numbers_have_the_15_digits_of_a_spreadsheet(void **state)
{
    (void)state;
    expect_inside(
        ROWS("<row><c><v>0.10000000000000001</v></c><c><v>0.10000000000000001</v></c></row>"
             "<row><c><v>0.30000000000000004</v></c><c><v>0.30000000000000004</v></c></row>"
             "<row><c><v>2.2999999999999998</v></c><c><v>2.2999999999999998</v></c></row>"
             "<row><c><v>1E-3</v></c><c><v>1.2E+3</v></c></row>"
             "<row><c><v>-0</v></c><c><v>-0.0</v></c></row>"
             "<row><c><v>0.99999999999999989</v></c><c><v>-1234567.8912345671</v></c></row>"
             "<row><c><v>999999999999999</v></c><c><v>1152921504606846976</v></c></row>"),
        "tn",
        "a|b\n2: 0.1|0.1\n3: 0.3|0.3\n4: 2.3|2.3\n5: 0.001|1200\n6: 0|0\n7: 1|-1234567.89123457\n"
        "8: 999999999999999|1152921504606850000");
}

static void mistakes_name_the_cell(void **state)
{
    (void)state;
    expect_inside(
        ROWS("<row r=\"2\"><c r=\"A2\"><v>340881199901010014</v></c><c r=\"B2\" "
             "t=\"str\"><v>1,234</v></c></row>"
             "<row r=\"3\"><c r=\"A3\" t=\"e\"><v>#REF!</v></c><c r=\"B3\" "
             "t=\"e\"><v>#DIV/0!</v></c></row>"
             "<row r=\"4\"><c r=\"A4\"><f>B4</f></c><c r=\"B4\"><f>A4+1</f><v></v></c></row>"
             "<row r=\"5\"><c r=\"A5\"><v>1x</v></c><c r=\"B5\"><v>nan</v></c></row>"
             "<row r=\"6\"><c r=\"A6\"><v>1e400</v></c><c r=\"B6\" t=\"b\"><v>1</v></c></row>"
             "<row r=\"7\"><c r=\"B7\"><v>-1e400</v></c></row>"
             "<row r=\"8\"><c r=\"A8\" t=\"str\"><f>\"\"</f><v></v></c><c r=\"B8\" "
             "t=\"str\"><f>\"\"</f><v/></c></row>"
             "<row r=\"9\"><c r=\"B9\" t=\"inlineStr\"><is><t>五</t></is></c></row>"),
        "tn",
        "2:1 A2 ERR_TABLE_TEXT_DIGITS: the text column 'a' holds a number of more than 15 digits, "
        "'340881199901010014': its last digits are lost\n"
        "2:2 B2 ERR_TABLE_NUMBER_COMMA: the number in 'b' has thousands commas: '1,234'\n"
        "3:1 A3 ERR_TABLE_CELL_ERROR: the cell in 'a' is the error value #REF!\n"
        "3:2 B3 ERR_TABLE_CELL_ERROR: the cell in 'b' is the error value #DIV/0!\n"
        "4:1 A4 ERR_TABLE_FORMULA_EMPTY: the formula in 'a' has no saved result\n"
        "4:2 B4 ERR_TABLE_FORMULA_EMPTY: the formula in 'b' has no saved result\n"
        "5:1 A5 ERR_TABLE_NUMBER: 'a' needs a number, but this is '1x'\n"
        "5:2 B5 ERR_TABLE_NUMBER: 'b' needs a number, but this is 'nan'\n"
        "6:1 A6 ERR_TABLE_NUMBER_RANGE: the number in 'a' is out of range: '1e400'\n"
        "6:2 B6 ERR_TABLE_NUMBER: 'b' needs a number, but this is 'TRUE'\n"
        "7:2 B7 ERR_TABLE_NUMBER_RANGE: the number in 'b' is out of range: '-1e400'\n"
        "9:2 B9 ERR_TABLE_NUMBER: 'b' needs a number, but this is '五'");
    expect_inside(
        ROWS("<row r=\"3\"><c r=\"A3\"><f>1</f></c><c r=\"B3\" t=\"e\"><v>#N/A</v></c></row>"),
        "ss", "a|b\n3: -|-");
    expect_inside(
        "<sheetData>" HEADER("a", "a") "</sheetData>", "",
        "1:2 B1 ERR_TABLE_HEADER_TWICE: the column name 'a' occurs twice: in columns 1 and 2");
    expect_inside("<sheetData><row r=\"4\"><c r=\"C4\"><f>X1</f></c></row></sheetData>", "",
                  "4:3 C4 ERR_TABLE_FORMULA_EMPTY: the formula in 'C' has no saved result");
}

/* One column of numbers in formats of every kind, as a real writer stores them. */
static Str book_with_formats(Folder *folder, const char *const *format, size_t count)
{
    char *path = folder_file(folder, "formats.xlsx");
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    worksheet_write_string(sheet, 0, 0, "a", NULL);
    for (size_t i = 0; i < count; i++) {
        lxw_format *cell = workbook_add_format(book);
        format_set_num_format(cell, format[i]);
        worksheet_write_number(sheet, (lxw_row_t)i + 1, 0, 45000, cell);
    }
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    return folder_take(folder, path);
}

static void a_date_or_percentage_is_no_plain_number(void **state)
{
    (void)state;
    static const char *const PLAIN[] = {
        "General",        "0",       "#,##0.00",    "0.00E+00",     "[Red]0.0", "0\"万元\"",
        "\"half day\" 0", "0_);(0)", "[$-804]0\\d", "[>=100]0;0.0", "¥#,##0",   "@"};
    static const char *const DATES[] = {"yyyy-mm-dd", "yyyy\"年\"m\"月\"", "h:mm",     "[h]:mm:ss",
                                        "m/d/yy",     "[$-804]yyyy/m/d",   "d-mmm-yy", "[mm]"};
    static const char *const PERCENTS[] = {"0%", "0.00%", "[Red]0.0%"};
    Folder folder;
    folder_init(&folder);
    StrBuf want;
    strbuf_init(&want, &folder.arena);
    strbuf_add(&want, STR("a"));
    for (size_t i = 0; i < 12; i++)
        strbuf_addf(&want, "\n%zu: 45000", i + 2);
    expect(book_with_formats(&folder, PLAIN, 12), "n", strbuf_str(&want).ptr);
    strbuf_init(&want, &folder.arena);
    for (size_t i = 0; i < 8; i++)
        strbuf_addf(&want,
                    "%s%zu:1 A%zu ERR_TABLE_NUMBER_DATE: 'a' needs a number, but this cell has a "
                    "date format: '45000'",
                    i ? "\n" : "", i + 2, i + 2);
    expect(book_with_formats(&folder, DATES, 8), "n", strbuf_str(&want).ptr);
    strbuf_init(&want, &folder.arena);
    for (size_t i = 0; i < 3; i++)
        strbuf_addf(&want,
                    "%s%zu:1 A%zu ERR_TABLE_NUMBER_PERCENT: the number in 'a' has a percent sign: "
                    "'45000'",
                    i ? "\n" : "", i + 2, i + 2);
    expect(book_with_formats(&folder, PERCENTS, 3), "n", strbuf_str(&want).ptr);
    folder_done(&folder);
}

static void wrong_addresses_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"<row r=\"1\"/>", "1"},
        {"<row r=\"0\"/>", "0"},
        {"<row r=\"1048577\"/>", "1048577"},
        {"<row r=\"2x\"/>", "2x"},
        {"<row r=\"5\"><c r=\"A4\"/></row>", "A4"},
        {"<row r=\"5\"><c r=\"B5\"/><c r=\"A5\"/></row>", "A5"},
        {"<row r=\"5\"><c r=\"B5\"/><c r=\"B5\"/></row>", "B5"},
        {"<row r=\"5\"><c r=\"XFE5\"/></row>", "XFE5"},
        {"<row r=\"5\"><c r=\"5\"/></row>", "5"},
        {"<row r=\"5\"><c r=\"XFD5\"/><c/></row>", ""},
        {"<row r=\"99999999999999999999\"/>", "99999999999999999999"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char inside[512];
        char want[256];
        (void)snprintf(inside, sizeof inside, "<sheetData>" HEADER("a", "b") "%s</sheetData>",
                       wrong[i][0]);
        (void)snprintf(
            want, sizeof want,
            "0:0 ERR_TABLE_XLSX_REF: the cell reference '%s' in the sheet is wrong or out of order",
            wrong[i][1]);
        expect_inside(inside, "", want);
    }
    expect_inside(
        ROWS("") "<mergeCells><mergeCell ref=\"A1B2\"/></mergeCells>", "",
        "0:0 ERR_TABLE_XLSX_REF: the cell reference 'A1B2' in the sheet is wrong or out of order");
}

#define XML_ERROR                                                                                  \
    "0:0 ERR_TABLE_XLSX_XML: xl/worksheets/odd name.xml inside the xlsx cannot be parsed at line " \
    "1: "

static void wrong_xml_is_refused(void **state)
{
    (void)state;
    expect_inside("<sheetData><row></sheetData>", "", XML_ERROR "mismatched tag");
    expect_inside(ROWS("<row><c t=\"q\"><v>1</v></c></row>"), "", XML_ERROR "unknown type of cell");
    expect_inside(ROWS("<row><c t=\"s\"><v>5</v></c></row>"), "",
                  XML_ERROR "no such shared string");
    expect_inside(ROWS("<row><c t=\"s\"><v>-1</v></c></row>"), "",
                  XML_ERROR "no such shared string");
    expect_inside(ROWS("<c><v>1</v></c>"), "", XML_ERROR "cell outside a row");
    expect_inside(ROWS("<row r=\"2\"><c r=\"A2\"><v>1</v><v>2</v></c></row>"), "",
                  XML_ERROR "two values in a cell");
    Folder folder;
    folder_init(&folder);
    StrBuf deep;
    strbuf_init(&deep, &folder.arena);
    strbuf_add_repeat(&deep, STR("<a>"), 100000);
    expect(book_of(&folder, strbuf_str(&deep), str_from(STRINGS)), "",
           XML_ERROR "nested too deeply");

    StrBuf tag;
    strbuf_init(&tag, &folder.arena);
    strbuf_add(&tag, STR("<a b=\""));
    strbuf_add_repeat(&tag, STR("0123456789abcdef"), 200000);
    strbuf_add(&tag, STR("\"/>"));
    expect(book_of(&folder, strbuf_str(&tag), str_from(STRINGS)), "",
           XML_ERROR "a tag is too long");

    expect(
        book_of(&folder, STR(ROWS("")),
                STR("<!DOCTYPE sst [<!ENTITY a \"aaaaaaaaaa\">]><sst><si><t>&a;</t></si></sst>")),
        "",
        "0:0 ERR_TABLE_XLSX_XML: xl/strings.xml inside the xlsx cannot be parsed at line 1: "
        "document type declarations are not allowed");
    folder_done(&folder);
}

static void long_cells_are_refused_where_they_are_used(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    StrBuf strings;
    strbuf_init(&strings, &folder.arena);
    strbuf_add(&strings, STR("<sst><si><t>"));
    strbuf_add_repeat(&strings, STR(" "), 10);
    strbuf_add_repeat(&strings, STR("y"), LIMIT_CELL_BYTES - 10);
    strbuf_add(&strings, STR("</t></si><si><t>"));
    strbuf_add_repeat(&strings, STR(" "), 10);
    strbuf_add_repeat(&strings, STR("y"), LIMIT_CELL_BYTES);
    strbuf_add(&strings, STR("</t></si></sst>"));
    Str inside = STR(ROWS("<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>"));
    Str book = book_of(&folder, inside, strbuf_str(&strings));
    Fixture fixture;
    fixture_read(&fixture, book, "ts", STR(""));
    assert_non_null(fixture.table);
    assert_int_equal(fixture.table->column[0].text[0].len, LIMIT_CELL_BYTES - 10);
    fixture_done(&fixture);
    expect(book, "tt",
           "2:2 B2 ERR_TABLE_CELL_BYTES: the cell has at least 32768 bytes, more than the limit of "
           "32767");
    folder_done(&folder);
}

static void a_bomb_is_refused_by_its_ratio(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    StrBuf inside;
    strbuf_init(&inside, &folder.arena);
    strbuf_add(&inside, STR("<sheetData>" HEADER("a", "b")));
    strbuf_add_repeat(&inside, STR("<x/>                            "), 1024 * 1024);
    strbuf_add(&inside, STR("</sheetData>"));
    expect(book_of(&folder, strbuf_str(&inside), str_from(STRINGS)), "",
           "0:0 ERR_TABLE_XLSX_RATIO: xl/worksheets/odd name.xml inside the xlsx is compressed "
           "more than 200 times, "
           "unlike an honest table");

    StrBuf book;
    strbuf_init(&book, &folder.arena);
    strbuf_add(&book, STR("<workbook>"));
    for (size_t i = 0; book.len < LIMIT_XLSX_INDEX_BYTES; i++)
        strbuf_addf(&book, "<a b=\"%zx\"/>", (i * 0x9E3779B97F4A7C15u) ^ (i << 40));
    strbuf_add(&book, STR("</workbook>"));
    const ZipPart part[] = {{"_rels/.rels", str_from(ROOT_RELATIONS)},
                            {"xl/workbook.xml", strbuf_str(&book)}};
    expect(zip_of(&folder, part, 2), "",
           "0:0 ERR_TABLE_XLSX_LARGE: xl/workbook.xml inside the xlsx is larger than the limit of "
           "16777216 bytes");
    folder_done(&folder);
}

static void incomplete_files_are_refused(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    Str good = book_of(&folder, STR(ROWS("<row><c><v>1</v></c></row>")), str_from(STRINGS));
    expect(good, "", "a|b\n2: 1|~");
    /* cut anywhere behind the signature, it is never read as something else */
    for (size_t len = 4; len < good.len; len++) {
        char *copy = malloc(len);
        memcpy(copy, good.ptr, len);
        Fixture fixture;
        fixture_read(&fixture, (Str){copy, len}, "", STR(""));
        assert_null(fixture.table);
        assert_int_equal(fixture.err.first->code, ERR_TABLE_ZIP);
        fixture_done(&fixture);
        free(copy);
    }
    expect(str_slice(good, 0, good.len / 2), "",
           "0:0 ERR_TABLE_ZIP: xlsx file 'file' is damaged or incomplete: Not a zip archive");
    folder_done(&folder);
}

static void damaged_bytes_never_crash_the_reader(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    Str good = book_of(&folder, STR(ROWS("<row><c><v>1</v></c></row>")), str_from(STRINGS));
    char *copy = str_cstr(&folder.arena, good);
    for (size_t i = 4; i < good.len; i++) {
        copy[i] = (char)(copy[i] ^ 0x55);
        Fixture fixture;
        fixture_read(&fixture, (Str){copy, good.len}, "", STR(""));
        fixture_done(&fixture);
        copy[i] = good.ptr[i];
    }
    folder_done(&folder);
}

static void missing_parts_are_named(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    const ZipPart part[] = {{"_rels/.rels", str_from(ROOT_RELATIONS)},
                            {"xl/workbook.xml", str_from(BOOK)},
                            {"xl/_rels/workbook.xml.rels", str_from(BOOK_RELATIONS)},
                            {"xl/strings.xml", str_from(STRINGS)}};
    expect(zip_of(&folder, part + 3, 1), "",
           "0:0 ERR_TABLE_XLSX_PART: file 'file' is not a complete xlsx workbook: _rels/.rels is "
           "missing");
    expect(zip_of(&folder, part, 1), "",
           "0:0 ERR_TABLE_XLSX_PART: file 'file' is not a complete xlsx workbook: xl/workbook.xml "
           "is missing");
    expect(zip_of(&folder, part, 2), "",
           "0:0 ERR_TABLE_XLSX_PART: file 'file' is not a complete xlsx workbook: "
           "xl/_rels/workbook.xml.rels is missing");
    expect(zip_of(&folder, part, 3), "",
           "0:0 ERR_TABLE_XLSX_PART: file 'file' is not a complete xlsx workbook: xl/strings.xml "
           "is missing");
    expect(zip_of(&folder, part, 4), "",
           "0:0 ERR_TABLE_XLSX_PART: file 'file' is not a complete xlsx workbook: "
           "xl/worksheets/odd name.xml is missing");

    const ZipPart none[] = {{"_rels/.rels", STR(RELATIONS "</Relationships>")}};
    expect(zip_of(&folder, none, 1), "",
           "0:0 ERR_TABLE_XLSX_PART: file 'file' is not a complete xlsx workbook: workbook.xml is "
           "missing");
    const ZipPart binary[] = {
        {"_rels/.rels", STR(RELATIONS "<Relationship Id=\"a\" Type=\"" TYPE "/officeDocument\" "
                                      "Target=\"xl/workbook.bin\"/></Relationships>")}};
    expect(zip_of(&folder, binary, 1), "",
           "0:0 ERR_TABLE_FORMAT: file 'file' is a binary workbook (.xlsb), which cannot be read "
           "directly");
    const ZipPart hidden[] = {
        {"_rels/.rels", str_from(ROOT_RELATIONS)},
        {"xl/workbook.xml", STR("<workbook><sheets><sheet name=\"x\" state=\"veryHidden\" "
                                "id=\"q\" r:id=\"rId7\"/></sheets></workbook>")},
        {"xl/_rels/workbook.xml.rels", str_from(BOOK_RELATIONS)}};
    expect(zip_of(&folder, hidden, 3), "",
           "0:0 ERR_TABLE_SHEET_NONE: file 'file' has no visible sheet");
    folder_done(&folder);
}

static void places_are_cells_in_sheets(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    Fixture fixture;
    fixture_read(
        &fixture,
        book_of(&folder, STR(ROWS("<row r=\"9\"><c><v>1</v></c></row>")), str_from(STRINGS)), "",
        STR(""));
    ErrPlace place = table_place(&fixture.arena, fixture.table, 0, 1);
    assert_string_equal(place.cell.ptr, "B9");
    assert_string_equal(place.sheet.ptr, "表");
    assert_int_equal(place.line, 9);
    assert_int_equal(place.column, 2);
    fixture_done(&fixture);
    folder_done(&folder);
}

static void a_file_is_read_from_its_path(void **state)
{
    (void)state;
    Folder folder;
    folder_init(&folder);
    char *path = folder_file(&folder, "data.xls"); /* the name does not matter */
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs("a,b\n1,2\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    Err err;
    err_init(&err);
    char kinds[] = "nn";
    TableOptions options = {.wish = fixture_wish, .ctx = kinds};
    Table *table = NULL;
    assert_true(table_read(&folder.arena, path, &options, &table, &err));
    assert_int_equal(table->row_count, 1);
    assert_int_equal(unlink(path), 0);
    assert_false(table_read(&folder.arena, path, &options, &table, &err));
    assert_int_equal(err.first->code, ERR_FILE_OPEN);
    err_done(&err);
    folder_done(&folder);
}

int main(void)
{
    static bool no = false;
    static bool yes = true;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(a_written_table_is_read, &no),
        cmocka_unit_test_prestate(a_written_table_is_read, &yes),
        cmocka_unit_test(many_written_cells_are_read_back),
        cmocka_unit_test(sheets_are_found_by_name_and_hidden_ones_passed_over),
        cmocka_unit_test(a_header_hidden_by_a_merge_is_explained),
        cmocka_unit_test(all_kinds_of_cells_are_read),
        cmocka_unit_test(prefixed_names_and_missing_addresses_are_read),
        cmocka_unit_test(blank_rows_and_columns_are_left_out),
        cmocka_unit_test(numbers_have_the_15_digits_of_a_spreadsheet),
        cmocka_unit_test(mistakes_name_the_cell),
        cmocka_unit_test(a_date_or_percentage_is_no_plain_number),
        cmocka_unit_test(wrong_addresses_are_refused),
        cmocka_unit_test(wrong_xml_is_refused),
        cmocka_unit_test(long_cells_are_refused_where_they_are_used),
        cmocka_unit_test(a_bomb_is_refused_by_its_ratio),
        cmocka_unit_test(incomplete_files_are_refused),
        cmocka_unit_test(damaged_bytes_never_crash_the_reader),
        cmocka_unit_test(missing_parts_are_named),
        cmocka_unit_test(places_are_cells_in_sheets),
        cmocka_unit_test(a_file_is_read_from_its_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
