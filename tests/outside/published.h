/*
 * For tests/outside: figures that others have published, compared cell by cell. Where one cannot be
 * met it stands with its reason in tests/published-exceptions.csv; a test fails if a deviation does
 * not stand there, and if a line there is no deviation any more.
 */
#ifndef JH_TEST_PUBLISHED_H
#define JH_TEST_PUBLISHED_H

#include "app/cv.h"
#include "base/decimal.h"
#include "base/file.h"
#include "sheet/table.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Published {
    Arena arena;
    Err err;
    const char *shared; /* JUNHENG_SHARED */
    char *scratch;      /* a file for tables that a test makes */
    Table *exceptions;
    bool *is_hit; /* by exception */
    size_t compared, failed;
} Published;

/* ---- tables ---- */

static inline bool published_wish(void *ctx, Table *table, Err *err)
{
    (void)ctx;
    (void)err;
    for (size_t i = 0; i < table->column_count; i++)
        table->column[i].kind = FIELD_TEXT;
    return true;
}

static inline void published_show_errors(Published *p)
{
    StrBuf out;
    strbuf_init(&out, &p->arena);
    err_format(&out, &p->err, LANG_EN);
    fail_msg("%.*s", STR_ARG(strbuf_str(&out)));
}

static inline Table *published_read(Published *p, const char *path)
{
    const TableOptions options = {.wish = published_wish};
    Table *table;
    if (!table_read(&p->arena, path, &options, &table, &p->err))
        published_show_errors(p);
    return table;
}

static inline const char *published_path(Published *p, const char *file)
{
    return str_cstr(&p->arena, str_format(&p->arena, "%s/%s", p->shared, file));
}

/* A table of the outside data, all of it as text; fails if it has fewer rows than it should. */
static inline Table *published_table(Published *p, const char *file, size_t row_count)
{
    Table *table = published_read(p, published_path(p, file));
    if (table->row_count != row_count)
        fail_msg("%s has %zu rows, not %zu", file, table->row_count, row_count);
    return table;
}

static inline Str published_cell(const Table *table, size_t row, const char *column)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (str_equals(table->column[i].name, str_from(column)))
            return table->column[i].text[row];
    fail_msg("no column '%s'", column);
    return STR("");
}

static inline double published_number(Str text)
{
    char digits[64] = "";
    if (text.len == 0 || text.len >= sizeof digits)
        fail_msg("'%.*s' is no number", STR_ARG(text));
    memcpy(digits, text.ptr, text.len);
    char *end;
    double value = strtod(digits, &end);
    if (*end)
        fail_msg("'%s' is no number", digits);
    return value;
}

/* Writes a table of the test's own and gives its path. */
static inline const char *published_scratch(Published *p, Str text)
{
    int fd = open(p->scratch, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(file_write(fd, text), 0);
    assert_int_equal(close(fd), 0);
    return p->scratch;
}

/* ---- comparing ---- */

static inline size_t published_places(Str text)
{
    const char *point = memchr(text.ptr, '.', text.len);
    return point ? text.len - (size_t)(point - text.ptr) - 1 : 0;
}

static inline void published_fail(Published *p, const char *file, Str row, const char *column,
                                  Str want, Str got)
{
    p->failed++;
    print_error("%s, %.*s, %s: published %.*s, computed %.*s\n", file, STR_ARG(row), column,
                STR_ARG(want), STR_ARG(got));
}

/* Whether this very deviation stands among the exceptions. */
static inline bool published_is_excepted(Published *p, const char *file, Str row,
                                         const char *column, Str want, Str got)
{
    const Table *t = p->exceptions;
    for (size_t i = 0; i < t->row_count; i++)
        if (str_equals(published_cell(t, i, "file"), str_from(file)) &&
            str_equals(published_cell(t, i, "row"), row) &&
            str_equals(published_cell(t, i, "column"), str_from(column)) &&
            str_equals(published_cell(t, i, "published"), want) &&
            str_equals(published_cell(t, i, "computed"), got)) {
            assert_true(published_cell(t, i, "reason").len > 0);
            p->is_hit[i] = true;
            return true;
        }
    return false;
}

/* computed, rounded to `places` digits, is the published figure, or stands among the exceptions. */
static inline void published_check_places(Published *p, const char *file, Str row,
                                          const char *column, Str want, double computed,
                                          size_t places)
{
    StrBuf got;
    strbuf_init(&got, &p->arena);
    p->compared++;
    if (isfinite(computed))
        decimal_add_fixed(&got, computed, (int)places);
    else
        strbuf_add(&got, STR("—"));
    if (isfinite(computed) && published_number(strbuf_str(&got)) == published_number(want))
        return;
    if (!published_is_excepted(p, file, row, column, want, strbuf_str(&got)))
        published_fail(p, file, row, column, want, strbuf_str(&got));
}

/* The same, to as many digits as are printed. */
static inline void published_check(Published *p, const char *file, Str row, const char *column,
                                   Str want, double computed)
{
    published_check_places(p, file, row, column, want, computed, published_places(want));
}

/* Within an amount: where what was published was itself rounded. */
static inline void published_check_within(Published *p, const char *file, Str row,
                                          const char *column, Str want, double computed,
                                          double amount)
{
    p->compared++;
    StrBuf got;
    strbuf_init(&got, &p->arena);
    decimal_add_shortest(&got, computed);
    if (!(fabs(computed - published_number(want)) <= amount))
        published_fail(p, file, row, column, want, strbuf_str(&got));
}

/* To 12 significant digits. */
static inline void published_check_full(Published *p, const char *file, Str row, const char *column,
                                        Str want, double computed)
{
    published_check_within(p, file, row, column, want, computed,
                           1e-12 * fabs(published_number(want)));
}

/* ---- cv ---- */

typedef struct CvCall {
    const char *path;
    const char *weight, *value;
    const char *by, *where;
    int64_t per;
} CvCall;

static inline CvResult published_cv(Published *p, CvCall call)
{
    const CvRequest request = {.path = call.path,
                               .weight = str_from(call.weight),
                               .value = str_from(call.value),
                               .by = str_from(call.by ? call.by : ""),
                               .where = str_from(call.where ? call.where : ""),
                               .per = {.mantissa = call.per ? call.per : 1}};
    CvResult result;
    if (!cv_run(&p->arena, &request, &result, &p->err))
        published_show_errors(p);
    return result;
}

static inline const CvRow *published_group(const CvResult *result, Str group)
{
    for (size_t i = 0; i < result->row_count; i++)
        if (str_equals(result->row[i].group, group))
            return &result->row[i];
    fail_msg("no group '%.*s'", STR_ARG(group));
    return NULL;
}

/* The value of a formula over the only row of a table that has these columns. */
static inline double published_formula(Published *p, const char *path, const char *formula,
                                       const char *where)
{
    CvResult result =
        published_cv(p, (CvCall){.path = path, .weight = "1", .value = formula, .where = where});
    assert_int_equal(result.row[0].units, 1);
    return result.row[0].value;
}

/* ---- begin and end ---- */

static inline int published_start(void **state)
{
    static Published published;
    Published *p = &published;
    *p = (Published){.shared = getenv("JUNHENG_SHARED")};
    if (!p->shared)
        fail_msg("JUNHENG_SHARED names no folder");
    arena_init(&p->arena);
    err_init(&p->err);
    const char *base = getenv("TMPDIR");
    p->scratch =
        str_cstr(&p->arena, str_format(&p->arena, "%s/junheng-XXXXXX", base ? base : "/tmp"));
    int fd = mkstemp(p->scratch);
    if (fd < 0 || close(fd) != 0)
        return -1;
    p->exceptions = published_read(p, "tests/published-exceptions.csv");
    p->is_hit = ARENA_ARRAY(&p->arena, bool, p->exceptions->row_count);
    *state = p;
    return 0;
}

/* Before each test. */
static inline int published_begin(void **state)
{
    Published *p = *state;
    p->compared = p->failed = 0;
    err_done(&p->err);
    err_init(&p->err);
    return 0;
}

/* The last test: exceptions of this folder that were no deviations are stale. */
static inline void published_check_stale(Published *p, const char *folder)
{
    size_t count = 0;
    for (size_t i = 0; i < p->exceptions->row_count; i++) {
        Str file = published_cell(p->exceptions, i, "file");
        if (!str_starts_with(file, str_from(folder)))
            continue;
        count++;
        if (!p->is_hit[i])
            fail_msg("line %u of tests/published-exceptions.csv is no deviation",
                     p->exceptions->line[i]);
    }
    print_message("%s: %zu exceptions, all of them real\n", folder, count);
}

static inline int published_end(void **state)
{
    Published *p = *state;
    (void)unlink(p->scratch);
    err_done(&p->err);
    arena_done(&p->arena);
    return 0;
}

/* Ends one test: says how much was compared, and that it was no less than it should be. */
static inline void published_finish(Published *p, const char *what, size_t least)
{
    print_message("%s: %zu figures compared, %zu failed\n", what, p->compared, p->failed);
    assert_true(p->compared >= least);
    assert_int_equal(p->failed, 0);
}

#endif
