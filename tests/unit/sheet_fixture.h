/* For test_sheet_*.c: reads a table from memory and prints it, or its mistakes, as short text. */
#ifndef JH_TEST_SHEET_FIXTURE_H
#define JH_TEST_SHEET_FIXTURE_H

#include "base/decimal.h"
#include "sheet/table.h"

#include <math.h>
#include <stdio.h>

typedef struct Fixture {
    Arena arena;
    Err err;
    Table *table; /* NULL if the reading failed */
    Str text;     /* what came out, see fixture_read */
} Fixture;

/* ctx is a string with t (text), n (number) or s (skip) for each column; n beyond its end. */
static inline bool fixture_wish(void *ctx, Table *table, Err *err)
{
    (void)err;
    const char *kind = ctx;
    for (size_t i = 0; i < table->column_count; i++) {
        char c = *kind ? *kind++ : 'n';
        table->column[i].kind = c == 't' ? FIELD_TEXT : c == 's' ? FIELD_SKIP : FIELD_NUMBER;
    }
    return true;
}

static inline void fixture_add_table(StrBuf *out, const Table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        strbuf_addf(out, "%s%.*s", i ? "|" : "", STR_ARG(table->column[i].name));
    for (size_t row = 0; row < table->row_count; row++) {
        strbuf_addf(out, "\n%u: ", table->line[row]);
        for (size_t i = 0; i < table->column_count; i++) {
            const TableColumn *column = &table->column[i];
            strbuf_add(out, i ? STR("|") : STR(""));
            if (column->kind == FIELD_TEXT)
                strbuf_add(out, column->text[row]);
            else if (column->kind == FIELD_SKIP)
                strbuf_add(out, STR("-"));
            else if (isnan(column->number[row]))
                strbuf_add(out, STR("~"));
            else
                decimal_add_shortest(out, column->number[row]);
        }
    }
}

static inline void fixture_add_mistakes(StrBuf *out, const Err *err)
{
    for (const Diag *diag = err->first; diag; diag = diag->next) {
        strbuf_addf(out, "%s%zu:%zu", diag == err->first ? "" : "\n", diag->place.line,
                    diag->place.column);
        if (diag->place.cell.len)
            strbuf_addf(out, " %.*s", STR_ARG(diag->place.cell));
        strbuf_addf(out, " %s: %.*s", err_code_name(diag->code),
                    STR_ARG(err_message(out->arena, diag, LANG_EN)));
    }
}

/*
 * text becomes the table, "name|name" and then "line: cell|cell" for each row (~ for a blank
 * number,
 * - for a skipped cell); or the mistakes, one "line:column cell CODE: message" to a line.
 */
static inline void fixture_read(Fixture *fixture, Str bytes, const char *kinds, Str sheet)
{
    *fixture = (Fixture){0};
    arena_init(&fixture->arena);
    err_init(&fixture->err);
    char *ctx = str_cstr(&fixture->arena, str_from(kinds));
    TableOptions options = {.wish = fixture_wish, .ctx = ctx, .sheet = sheet};
    StrBuf out;
    strbuf_init(&out, &fixture->arena);
    if (table_read_bytes(&fixture->arena, STR("file"), bytes, &options, &fixture->table,
                         &fixture->err))
        fixture_add_table(&out, fixture->table);
    else
        fixture_add_mistakes(&out, &fixture->err);
    assert_int_equal(fixture->table != NULL, fixture->err.count == 0);
    fixture->text = strbuf_str(&out);
}

static inline void fixture_done(Fixture *fixture)
{
    err_done(&fixture->err);
    arena_done(&fixture->arena);
}

static inline void expect_sheet(Str bytes, const char *kinds, Str sheet, const char *want)
{
    Fixture fixture;
    fixture_read(&fixture, bytes, kinds, sheet);
    assert_string_equal(fixture.text.ptr, want);
    fixture_done(&fixture);
}

static inline void expect(Str bytes, const char *kinds, const char *want)
{
    expect_sheet(bytes, kinds, STR(""), want);
}

#endif
