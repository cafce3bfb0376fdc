/* Expected values: RFC 4180 and the rules in sheet/table.h; a second, naive reader; strtod. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "sheet/sheet_int.h"
#include "sheet_fixture.h"

#include <stdlib.h>

#define CSV(text) STR(text)

static void plain_cells_are_read(void **state)
{
    (void)state;
    expect(CSV("名,数,比\n甲,12,0.5\n乙,,-3.25\n"), "t", "名|数|比\n2: 甲|12|0.5\n3: 乙|~|-3.25");
    expect(CSV("a,b\n1,2"), "", "a|b\n2: 1|2");
    expect(CSV("a\tb\n1\t2\n"), "", "a|b\n2: 1|2");
    expect(CSV("a,b\tc\n1,2\n"), "", "a|b\tc\n2: 1|2");
    expect(CSV("\xef\xbb\xbf"
               "a,b\n1,2\n"),
           "", "a|b\n2: 1|2");
    expect(CSV("a,b\n"), "", "a|b");
    expect(CSV("a,b"), "", "a|b");
    expect(CSV("a,b,c\n1,x,3\n"), "nsn", "a|b|c\n2: 1|-|3");
}

static void every_line_end_counts_as_one_line(void **state)
{
    (void)state;
    expect(CSV("a,b\r\n1,2\r\n3,4\r\n"), "", "a|b\n2: 1|2\n3: 3|4");
    expect(CSV("a,b\r1,2\r3,4\r"), "", "a|b\n2: 1|2\n3: 3|4");
    expect(CSV("a,b\r1,2\n3,4\r\n5,6"), "", "a|b\n2: 1|2\n3: 3|4\n4: 5|6");
    expect(CSV("a,b\n\"x\r\ny\rz\nw\",1\nq,2\n"), "t", "a|b\n2: x\r\ny\rz\nw|1\n6: q|2");
}

static void quotes_follow_rfc_4180(void **state)
{
    (void)state;
    expect(CSV("a,b\n\"x,\"\"y\"\"\",\"1\"\n"), "t", "a|b\n2: x,\"y\"|1");
    expect(CSV("a,b\n\"\",\"\"\n\"\"\"\",5\n"), "t", "a|b\n3: \"|5");
    expect(CSV("a,b\nx\"y\"\"z,1\n"), "t", "a|b\n2: x\"y\"\"z|1");
    expect(CSV("\"a\nb\",\"c \r\n\r\n d\"\n1,2\n"), "", "a b|c d\n5: 1|2");
    expect(CSV("a,b\nx,1\n\"y,2\nz,3\n"), "t",
           "3:1 a ERR_TABLE_QUOTE_OPEN: the quote opened here is never closed");
    expect(CSV("a,b\nx,\"1\n\n"), "ts",
           "2:2 b ERR_TABLE_QUOTE_OPEN: the quote opened here is never closed");
    expect(CSV("a,b\n\"x\ny\"z w,1\n"), "t",
           "3:1 a ERR_TABLE_QUOTE_AFTER: there is text after the closing quote: 'z w'");
    expect(CSV("a,\"b\n"), "t", "1:2 ERR_TABLE_QUOTE_OPEN: the quote opened here is never closed");
}

static void text_cells_are_trimmed_and_lose_one_apostrophe(void **state)
{
    (void)state;
    expect(CSV("a,b\n  x y\t,1\n\xe3\x80\x80甲\xc2\xa0,2\n'00123,3\n''5,4\n' z,5\n"), "t",
           "a|b\n2: x y|1\n3: 甲|2\n4: 00123|3\n5: '5|4\n6: z|5");
    expect(CSV("a,b\n\" x \",1\n"), "t", "a|b\n2: x|1");
    /* E3 and 80 also begin and end characters that are no blanks */
    expect(CSV("a,b\nの,1\n一,2\n、个,3\n"), "t", "a|b\n2: の|1\n3: 一|2\n4: 、个|3");
}

static void blank_lines_are_no_rows(void **state)
{
    (void)state;
    expect(CSV("\n ,\t,\n\"\",\n\"\n \",\na,b\n\n1,2\n,\n , \t\n\xe3\x80\x80,\n,,,,,\n3,4\n\n"), "",
           "a|b\n8: 1|2\n13: 3|4");
}

static void a_row_needs_a_field_for_every_column(void **state)
{
    (void)state;
    expect(CSV("a,b,c\n1,2\n3,4,5,6\n7,8,9, ,\n1\n1,2,3,,5,\n"), "",
           "2:0 ERR_TABLE_FIELDS: line 2 has 2 fields, but the header has 3\n"
           "3:0 ERR_TABLE_FIELDS: line 3 has 4 fields, but the header has 3\n"
           "5:0 ERR_TABLE_FIELDS: line 5 has 1 fields, but the header has 3\n"
           "6:0 ERR_TABLE_FIELDS: line 6 has 5 fields, but the header has 3");
    expect(CSV("a,b,,\n1,2\n3,4,,\n5,6, ,,,\n"), "", "a|b\n2: 1|2\n3: 3|4\n4: 5|6");
}

static void header_names_are_checked(void **state)
{
    (void)state;
    expect(CSV("a,b, a,b\n1,2,3,4\n"), "",
           "1:3 a ERR_TABLE_HEADER_TWICE: the column name 'a' occurs twice: in columns 1 and 3\n"
           "1:4 b ERR_TABLE_HEADER_TWICE: the column name 'b' occurs twice: in columns 2 and 4");
    expect(CSV("a,,c\n1,,3\n4, ,6\n"), "nnn", "a||c\n2: 1|-|3\n3: 4|-|6");
    expect(CSV("a,,c,\n1,,3,\n4,x,6,\n1,y,1,z\n"), "",
           "3:2 ERR_TABLE_HEADER_EMPTY: column B (number 2) has no name but holds data\n"
           "4:4 ERR_TABLE_HEADER_EMPTY: column D (number 4) has no name but holds data");
    expect(CSV(""), "", "0:0 ERR_TABLE_EMPTY: file 'file' has no header row");
    expect(CSV("\n,,\n \n"), "", "0:0 ERR_TABLE_EMPTY: file 'file' has no header row");
}

static bool refuse(void *ctx, Table *table, Err *err)
{
    (void)ctx;
    ErrPlace place = table_place(&err->arena, table, SIZE_MAX, 1);
    return err_fail_at(err, &place, ERR_TABLE_HEADER_EMPTY, ARG_LIT("letters", "B"),
                       ARG_INT("column", 2));
}

static void a_wish_that_refuses_stops_the_reading(void **state)
{
    (void)state;
    Arena arena;
    Err err;
    arena_init(&arena);
    err_init(&err);
    Table *table = NULL;
    TableOptions options = {.wish = refuse};
    assert_false(table_read_bytes(&arena, STR("f"), CSV("a,b\nx,\"\n"), &options, &table, &err));
    assert_null(table);
    assert_int_equal(err.count, 1);
    assert_string_equal(err.first->place.cell.ptr, "b");
    err_done(&err);
    arena_done(&arena);
}

static void number_cells_accept_what_people_write(void **state)
{
    (void)state;
    expect(
        CSV("a\n 12 \n１２．５\n－３\n+4\n1e3\n\"7\"\n\" 8.5 \"\n0012\n-0\n000000000000000000001\n"
            "123456789012345\n0.000001\n1234567.1234567\n1.50000000000000000000\n\xe3\x80\x80"
            "9\xc2\xa0\n"),
        "",
        "a\n2: 12\n3: 12.5\n4: -3\n5: 4\n6: 1000\n7: 7\n8: 8.5\n9: 12\n10: 0\n11: 1\n12: "
        "123456789012345\n"
        "13: 0.000001\n14: 1234567.1234567\n15: 1.5\n16: 9");
}

static void mistakes_in_number_cells_name_cell_and_reason(void **state)
{
    (void)state;
    expect(
        CSV("名,数\nx,1 2\nx,abc\nx,\"1,234\"\nx,１，２３４\nx,12%\nx,12.5％\nx,1234567890123456\n"
            "x,1e999\nx,--1\nx,'5\nx,-\nx,\"a,b\"\nx,0x10\nx,nan\n"),
        "t",
        "2:2 数 ERR_TABLE_NUMBER: '数' needs a number, but this is '1 2'\n"
        "3:2 数 ERR_TABLE_NUMBER: '数' needs a number, but this is 'abc'\n"
        "4:2 数 ERR_TABLE_NUMBER_COMMA: the number in '数' has thousands commas: '1,234'\n"
        "5:2 数 ERR_TABLE_NUMBER_COMMA: the number in '数' has thousands commas: '１，２３４'\n"
        "6:2 数 ERR_TABLE_NUMBER_PERCENT: the number in '数' has a percent sign: '12%'\n"
        "7:2 数 ERR_TABLE_NUMBER_PERCENT: the number in '数' has a percent sign: '12.5％'\n"
        "8:2 数 ERR_TABLE_NUMBER_DIGITS: the number in '数' has more than 15 significant digits: "
        "'1234567890123456'\n"
        "9:2 数 ERR_TABLE_NUMBER_RANGE: the number in '数' is out of range: '1e999'\n"
        "10:2 数 ERR_TABLE_NUMBER: '数' needs a number, but this is '--1'\n"
        "11:2 数 ERR_TABLE_NUMBER: '数' needs a number, but this is ''5'\n"
        "12:2 数 ERR_TABLE_NUMBER: '数' needs a number, but this is '-'\n"
        "13:2 数 ERR_TABLE_NUMBER: '数' needs a number, but this is 'a,b'\n"
        "14:2 数 ERR_TABLE_NUMBER: '数' needs a number, but this is '0x10'\n"
        "15:2 数 ERR_TABLE_NUMBER: '数' needs a number, but this is 'nan'");
    expect(CSV("a,b\n1,\"2\n3\"\n4,x\n"), "",
           "2:2 b ERR_TABLE_NUMBER: 'b' needs a number, but this is '2 3'\n"
           "4:2 b ERR_TABLE_NUMBER: 'b' needs a number, but this is 'x'");
    expect(CSV("a\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"), "",
           "2:1 a ERR_TABLE_NUMBER: 'a' needs a number, but this is "
           "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'");
}

static void a_nul_byte_is_refused_with_its_line(void **state)
{
    (void)state;
    expect(CSV("a,b\r\n1,2\r\n3,\0\r\n"), "", "3:0 ERR_TABLE_NUL: file 'file' contains a NUL byte");
}

static void limits_are_ordinary_errors(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    StrBuf buf;

    strbuf_init(&buf, &arena);
    strbuf_add(&buf, STR("a,b\nx,1\n"));
    strbuf_add_repeat(&buf, STR("y"), LIMIT_CELL_BYTES);
    strbuf_add(&buf, STR(",2\n"));
    Fixture fixture;
    fixture_read(&fixture, strbuf_str(&buf), "t", STR(""));
    assert_non_null(fixture.table);
    fixture_done(&fixture);

    strbuf_add_repeat(&buf, STR("z"), LIMIT_CELL_BYTES + 1);
    strbuf_add(&buf, STR(",2\nx,"));
    strbuf_add_repeat(&buf, STR("1"), LIMIT_CELL_BYTES + 1);
    strbuf_add(&buf, STR("\n\""));
    strbuf_add_repeat(&buf, STR("\"\""), LIMIT_CELL_BYTES + 1);
    strbuf_add(&buf, STR("\",2\n"));
    expect(strbuf_str(&buf), "t",
           "4:1 a ERR_TABLE_CELL_BYTES: the cell has at least 32768 bytes, more than the limit of "
           "32767\n"
           "5:2 b ERR_TABLE_CELL_BYTES: the cell has at least 32768 bytes, more than the limit of "
           "32767\n"
           "6:1 a ERR_TABLE_CELL_BYTES: the cell has at least 65536 bytes, more than the limit of "
           "32767");

    strbuf_init(&buf, &arena);
    strbuf_add_repeat(&buf, STR(","), LIMIT_TABLE_COLUMNS + 10);
    strbuf_add(&buf, STR("a\n"));
    expect(strbuf_str(&buf), "", "1:4097 ERR_TABLE_COLUMNS: the header has more than 4096 columns");

    strbuf_init(&buf, &arena);
    strbuf_add(&buf, STR("a"));
    strbuf_add_repeat(&buf, STR(","), 100000);
    strbuf_add(&buf, STR("\n1\n"));
    expect(strbuf_str(&buf), "", "a\n2: 1");

    strbuf_init(&buf, &arena);
    strbuf_add(&buf, STR("a\n"));
    strbuf_add_repeat(&buf, STR("1\n"), LIMIT_TABLE_ROWS + 1);
    expect(strbuf_str(&buf), "", "0:0 ERR_TABLE_ROWS: the table has more than 5000000 rows");

    arena_done(&arena);
}

static void mistakes_are_collected_up_to_the_limit(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    StrBuf buf;
    strbuf_init(&buf, &arena);
    strbuf_add(&buf, STR("a,b\n"));
    strbuf_add_repeat(&buf, STR("x,y\n"), 100000);
    Fixture fixture;
    fixture_read(&fixture, strbuf_str(&buf), "", STR(""));
    /* a row may have two, so that the last place is taken by either; then it is only counted */
    assert_in_range(fixture.err.count, LIMIT_DIAGS, LIMIT_DIAGS + 2);
    fixture_done(&fixture);
    strbuf_init(&buf, &arena);
    strbuf_add(&buf, STR("a\n"));
    strbuf_add_repeat(&buf, STR("x\n"), 100000);
    fixture_read(&fixture, strbuf_str(&buf), "", STR(""));
    assert_int_equal(fixture.err.count, LIMIT_DIAGS);
    assert_int_equal(fixture.err.last->code, ERR_TABLE_MORE);
    fixture_done(&fixture);
    arena_done(&arena);
}

static void other_formats_are_named(void **state)
{
    (void)state;
    expect(CSV("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...."), "",
           "0:0 ERR_TABLE_FORMAT: file 'file' is an old Excel file (.xls), which cannot be read "
           "directly");
    expect(CSV("\xd0\xcf\x11\xe0....E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0\0\0"), "",
           "0:0 ERR_TABLE_ENCRYPTED: file 'file' is protected by a password");
    expect(CSV("\xef\xbb\xbf\r\n <html><table>"), "",
           "0:0 ERR_TABLE_FORMAT: file 'file' is a web page or XML file, which cannot be read "
           "directly");
    expect(CSV("<?xml version=\"1.0\"?>"), "",
           "0:0 ERR_TABLE_FORMAT: file 'file' is a web page or XML file, which cannot be read "
           "directly");
    expect(CSV("<5,b\n1,2\n"), "", "<5|b\n2: 1|2");
}

static void column_letters_count_as_spreadsheets_do(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    static const struct {
        size_t idx;
        const char *letters;
    } known[] = {{0, "A"},   {25, "Z"},   {26, "AA"},   {51, "AZ"},
                 {52, "BA"}, {701, "ZZ"}, {702, "AAA"}, {16383, "XFD"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_string_equal(table_column_letters(&arena, known[i].idx).ptr, known[i].letters);
    arena_done(&arena);
}

/* ---- a second reader: one character at a time, a state machine, all fields first ---- */

typedef struct NaiveRow {
    uint32_t line;
    VEC(Str) field;
} NaiveRow;

typedef struct Naive {
    Arena *arena;
    VEC(NaiveRow) row;
} Naive;

/* False: a quote is not closed, or something follows it. */
static bool naive_split(Naive *naive, Str text, char delimiter)
{
    enum { AT_START, IN_PLAIN, IN_QUOTES, AFTER_QUOTE } where = AT_START;
    StrBuf field;
    strbuf_init(&field, naive->arena);
    NaiveRow row = {.line = 1};
    uint32_t line = 1;
    bool is_open = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_end = c == '\n' || c == '\r';
        bool is_crlf = c == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
        is_open = true;
        if (where == IN_QUOTES && c != '"') {
            line += is_end && !is_crlf;
            strbuf_add_char(&field, c);
        } else if (where == IN_QUOTES) {
            where = AFTER_QUOTE;
        } else if (where == AFTER_QUOTE && c == '"') {
            strbuf_add_char(&field, c);
            where = IN_QUOTES;
        } else if (c == delimiter || is_end) {
            VEC_PUSH(naive->arena, &row.field, str_dup(naive->arena, strbuf_str(&field)));
            strbuf_init(&field, naive->arena);
            where = AT_START;
            if (is_end) {
                VEC_PUSH(naive->arena, &naive->row, row);
                i += is_crlf;
                row = (NaiveRow){.line = ++line};
                is_open = false;
            }
        } else if (where == AFTER_QUOTE) {
            return false;
        } else if (where == AT_START && c == '"') {
            where = IN_QUOTES;
        } else {
            strbuf_add_char(&field, c);
            where = IN_PLAIN;
        }
    }
    if (is_open) {
        VEC_PUSH(naive->arena, &row.field, str_dup(naive->arena, strbuf_str(&field)));
        VEC_PUSH(naive->arena, &naive->row, row);
    }
    return where != IN_QUOTES;
}

static bool naive_is_blank(const NaiveRow *row)
{
    for (size_t i = 0; i < row->field.len; i++)
        if (!str_is_empty(str_trim(row->field.ptr[i])))
            return false;
    return true;
}

/* The table as fixture_read prints it; false if it must be refused. The first line is a good
 * header. */
static bool naive_read(Arena *arena, Str text, char delimiter, const char *kinds, Str *ret)
{
    Naive naive = {.arena = arena};
    if (!naive_split(&naive, text, delimiter))
        return false;
    StrBuf out;
    strbuf_init(&out, arena);
    const NaiveRow *header = &naive.row.ptr[0];
    for (size_t i = 0; i < header->field.len; i++)
        strbuf_addf(&out, "%s%.*s", i ? "|" : "", STR_ARG(header->field.ptr[i]));
    for (size_t r = 1; r < naive.row.len; r++) {
        const NaiveRow *row = &naive.row.ptr[r];
        if (naive_is_blank(row))
            continue;
        if (row->field.len < header->field.len)
            return false;
        strbuf_addf(&out, "\n%u: ", row->line);
        for (size_t i = 0; i < row->field.len; i++) {
            Str cell = str_trim(row->field.ptr[i]);
            if (i >= header->field.len) {
                if (cell.len)
                    return false;
                continue;
            }
            strbuf_add(&out, i ? STR("|") : STR(""));
            char kind = i < strlen(kinds) ? kinds[i] : 'n';
            Decimal decimal;
            if (kind == 's')
                strbuf_add(&out, STR("-"));
            else if (kind == 't')
                strbuf_add(&out, str_starts_with(cell, STR("'"))
                                     ? str_trim(str_slice(cell, 1, cell.len))
                                     : cell);
            else if (cell.len == 0)
                strbuf_add(&out, STR("~"));
            else if (decimal_parse(utf8_fold(arena, cell), &decimal) == DECIMAL_OK)
                decimal_add_shortest(&out, decimal_to_double(decimal));
            else
                return false;
        }
    }
    *ret = strbuf_str(&out);
    return true;
}

static uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}

static void add_random_cell(StrBuf *buf, uint64_t *seed, char delimiter, char kind)
{
    static const char *const number[] = {
        "",    "0",     "7",    "12",        "345", "6789",          "12345678",
        "1.5", "0.25",  "-3",   "007",       " 8",  "123456789.125", "1e2",
        "９",  "\"4\"", "\"\"", "0.0000001", "5."};
    static const char *const text[] = {
        "",   "x",   "中文", "\"a\"\"b\"", "\"l\nm\"",     "\"\r\n\"", "\"q\rr\"", " y ",
        "'0", "a b", "\"\"", "u\"v",       "\xe3\x80\x80", "の",       "\" \"",    "\"\"\"\""};
    static const char *const broken[] = {
        "\"", "\"a\"b", "abc", "1,2", "\t", "\r", "\n", "1 2", "--", "\",", "1234567890123456"};
    uint64_t dice = random_next(seed);
    if (dice % 400 == 0)
        strbuf_add(buf, str_from(broken[random_next(seed) % (sizeof broken / sizeof broken[0])]));
    else if (dice % 50 == 1)
        strbuf_addf(buf, "\"%c\"", kind == 'n' ? ' ' : delimiter);
    else if (kind == 'n')
        strbuf_add(buf, str_from(number[random_next(seed) % (sizeof number / sizeof number[0])]));
    else
        strbuf_add(buf, str_from(text[random_next(seed) % (sizeof text / sizeof text[0])]));
}

static Str random_table(Arena *arena, uint64_t *seed, char delimiter, const char *kinds)
{
    static const char *const line_end[] = {"\n", "\r\n", "\r", "\n\n", "\r\n\r\n"};
    StrBuf buf;
    strbuf_init(&buf, arena);
    strbuf_addf(&buf, "甲%c乙%c丙", delimiter, delimiter);
    size_t rows = random_next(seed) % 12;
    size_t usual_end = random_next(seed) % 5;
    for (size_t row = 0; row < rows; row++) {
        strbuf_add(&buf,
                   str_from(line_end[random_next(seed) % 8 ? usual_end : random_next(seed) % 5]));
        size_t fields = random_next(seed) % 60 ? 3 : random_next(seed) % 6;
        for (size_t i = 0; i < fields; i++) {
            if (i)
                strbuf_add_char(&buf, delimiter);
            add_random_cell(&buf, seed, delimiter, i < 3 ? kinds[i] : 't');
        }
    }
    if (random_next(seed) % 2)
        strbuf_add(&buf, str_from(line_end[usual_end]));
    return strbuf_str(&buf);
}

static void agree(Arena *arena, Str text, char delimiter, const char *kinds, size_t *accepted)
{
    Str want;
    bool is_good = naive_read(arena, text, delimiter, kinds, &want);
    Fixture fixture;
    fixture_read(&fixture, text, kinds, STR(""));
    *accepted += is_good;
    if (is_good != (fixture.table != NULL) || (is_good && !str_equals(want, fixture.text)))
        print_error("table:\n%s\nwant %s:\n%s\ngot:\n%s\n", text.ptr, is_good ? "" : "failure",
                    is_good ? want.ptr : "", fixture.text.ptr);
    assert_int_equal(is_good, fixture.table != NULL);
    if (is_good)
        assert_true(str_equals(want, fixture.text));
    fixture_done(&fixture);
}

static void a_naive_reader_agrees_on_random_tables(void **state)
{
    (void)state;
    static const char *const kinds[] = {"tnn", "nnn", "ntn", "stn", "nst", "ttt"};
    uint64_t seed = 20240901;
    size_t accepted = 0;
    enum { ROUNDS = 12000 };
    for (size_t i = 0; i < ROUNDS; i++) {
        Arena arena;
        arena_init(&arena);
        char delimiter = random_next(&seed) % 3 ? ',' : '\t';
        const char *kind = kinds[random_next(&seed) % 6];
        agree(&arena, random_table(&arena, &seed, delimiter, kind), delimiter, kind, &accepted);
        arena_done(&arena);
    }
    assert_in_range(accepted, ROUNDS / 4, ROUNDS - ROUNDS / 20); /* both outcomes were tried */
}

static void a_naive_reader_agrees_on_random_bytes(void **state)
{
    (void)state;
    static const char *const byte[] = {"1",  "2",  ".", "-",  ",", ",",  "\"",
                                       "\n", "\r", " ", "\t", "'", "中", "0"};
    uint64_t seed = 7;
    size_t accepted = 0;
    for (size_t i = 0; i < 12000; i++) {
        Arena arena;
        arena_init(&arena);
        StrBuf buf;
        strbuf_init(&buf, &arena);
        strbuf_add(&buf, STR("甲,乙\n"));
        for (size_t len = random_next(&seed) % 24; len > 0; len--)
            strbuf_add(&buf, str_from(byte[random_next(&seed) % 14]));
        agree(&arena, strbuf_str(&buf), ',', i % 2 ? "tt" : "nt", &accepted);
        arena_done(&arena);
    }
    assert_true(accepted > 300);
}

/* Oracle: strtod of the C library, which rounds correctly. */
static void numbers_are_the_nearest_doubles(void **state)
{
    (void)state;
    uint64_t seed = 42;
    Arena arena;
    arena_init(&arena);
    StrBuf buf;
    strbuf_init(&buf, &arena);
    strbuf_add(&buf, STR("a,b\n"));
    enum { ROUNDS = 40000 };
    static double want[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        char text[40];
        size_t len = 0;
        if (random_next(&seed) % 5 == 0)
            text[len++] = '-';
        size_t digits = 1 + random_next(&seed) % 15;
        size_t point = random_next(&seed) % 2 ? digits : 1 + random_next(&seed) % digits;
        for (size_t k = 0; k < digits; k++) {
            if (k == point)
                text[len++] = '.';
            text[len++] = (char)('0' + random_next(&seed) % 10);
        }
        text[len] = '\0';
        want[i] = strtod(text, NULL) + 0.0;
        strbuf_addf(&buf, "%s,%zu%s", text, i, i % 3 ? "\n" : "\r\n");
    }
    Fixture fixture;
    fixture_read(&fixture, strbuf_str(&buf), "nn", STR(""));
    assert_non_null(fixture.table);
    assert_int_equal(fixture.table->row_count, ROUNDS);
    for (size_t i = 0; i < ROUNDS; i++) {
        assert_memory_equal(&fixture.table->column[0].number[i], &want[i], sizeof want[i]);
        assert_true(fixture.table->column[1].number[i] == (double)i);
        assert_int_equal(fixture.table->line[i], i + 2);
    }
    fixture_done(&fixture);
    arena_done(&arena);
}

static void every_short_number_text_is_judged_as_by_the_decimal_module(void **state)
{
    (void)state;
    /* exhaustion: all texts of up to 5 characters over this alphabet */
    static const char alphabet[] = "015.-e";
    Arena arena;
    arena_init(&arena);
    for (size_t len = 1; len <= 5; len++) {
        size_t count = 1;
        for (size_t i = 0; i < len; i++)
            count *= 6;
        for (size_t n = 0; n < count; n++) {
            char text[40] = "a\n";
            size_t left = n;
            for (size_t i = 0; i < len; i++, left /= 6)
                text[2 + i] = alphabet[left % 6];
            Str cell = {text + 2, len};
            char whole[64];
            int whole_len =
                snprintf(whole, sizeof whole, "a\n%.*s\n11111111111111\n", STR_ARG(cell));
            Decimal decimal;
            bool is_good = build_parse_number(cell, &decimal) == DECIMAL_OK;
            Fixture fixture;
            fixture_read(&fixture, (Str){whole, (size_t)whole_len}, "", STR(""));
            assert_int_equal(is_good, fixture.table != NULL);
            if (is_good)
                assert_true(fixture.table->column[0].number[0] == decimal_to_double(decimal));
            fixture_done(&fixture);
        }
    }
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_cells_are_read),
        cmocka_unit_test(every_line_end_counts_as_one_line),
        cmocka_unit_test(quotes_follow_rfc_4180),
        cmocka_unit_test(text_cells_are_trimmed_and_lose_one_apostrophe),
        cmocka_unit_test(blank_lines_are_no_rows),
        cmocka_unit_test(a_row_needs_a_field_for_every_column),
        cmocka_unit_test(header_names_are_checked),
        cmocka_unit_test(a_wish_that_refuses_stops_the_reading),
        cmocka_unit_test(number_cells_accept_what_people_write),
        cmocka_unit_test(mistakes_in_number_cells_name_cell_and_reason),
        cmocka_unit_test(a_nul_byte_is_refused_with_its_line),
        cmocka_unit_test(limits_are_ordinary_errors),
        cmocka_unit_test(mistakes_are_collected_up_to_the_limit),
        cmocka_unit_test(other_formats_are_named),
        cmocka_unit_test(column_letters_count_as_spreadsheets_do),
        cmocka_unit_test(a_naive_reader_agrees_on_random_tables),
        cmocka_unit_test(a_naive_reader_agrees_on_random_bytes),
        cmocka_unit_test(numbers_are_the_nearest_doubles),
        cmocka_unit_test(every_short_number_text_is_judged_as_by_the_decimal_module),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
