/*
 * Runs tests/golden/flat.txt: a title `%%TABLE title`, a flat table, perhaps `%%CHANGE` and a table
 * of changes (--what-if), a line `=>`, and what was understood, or the message in both languages.
 * Lines with # between cases are comments. The core is that of tests/packs.
 * With GOLDEN=write in the environment the file is rewritten with what came out.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "flat_fixture.h"

#include <unistd.h>

static const char GOLDEN[] = "tests/golden/flat.txt";

static void add_errors(StrBuf *out, FlatFixture *f)
{
    strbuf_add(out, flat_fixture_errors(f, LANG_ZH));
    strbuf_add(out, flat_fixture_errors(f, LANG_EN));
}

/* A table of changes is read from a file, whose name differs from run to run. */
static bool change(FlatFixture *f, Str changes, size_t *ret_count)
{
    char path[] = "/tmp/junheng-change-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, changes.ptr, changes.len), (ssize_t)changes.len);
    assert_int_equal(close(fd), 0);
    bool is_ok = dataset_change(f->arena, f->dataset, path, ret_count, &f->packs->err);
    for (Diag *diag = f->packs->err.first; diag; diag = diag->next)
        diag->place.file = STR("change.csv");
    assert_int_equal(unlink(path), 0);
    return is_ok;
}

static void add_result(StrBuf *out, FlatFixture *f, Str table, Str changes)
{
    bool is_ok = flat_fixture_read(f, table);
    assert_int_equal(is_ok, !err_is_set(&f->packs->err));
    if (is_ok && changes.len) {
        size_t count = 0;
        is_ok = change(f, changes, &count);
        assert_int_equal(is_ok, !err_is_set(&f->packs->err));
        if (is_ok)
            strbuf_addf(out, "changed: %zu\n", count);
    }
    if (is_ok)
        flat_dump(out, f->dataset);
    else
        add_errors(out, f);
}

static bool begins_case(Str line)
{
    return str_starts_with(line, STR("%%TABLE")) || str_starts_with(line, STR("#"));
}

static void run_case(StrBuf *out, Str *rest)
{
    FlatFixture *f = flat_fixture_new();
    StrBuf table, changes, *into = &table;
    strbuf_init(&table, f->arena);
    strbuf_init(&changes, f->arena);
    Str line;
    while (next_line(rest, &line) && !str_equals(line, STR("=>"))) {
        strbuf_addf(out, "%.*s\n", STR_ARG(line));
        if (str_equals(line, STR("%%CHANGE")))
            into = &changes;
        else if (!str_starts_with(line, STR("%%")))
            strbuf_addf(into, "%.*s\n", STR_ARG(line));
    }
    strbuf_add(out, STR("=>\n"));
    add_result(out, f, strbuf_str(&table), strbuf_str(&changes));
    for (Str after = *rest; next_line(&after, &line) && !begins_case(line);)
        *rest = after;
    flat_fixture_free(f);
}

static void every_table_gives_what_is_written_below_it(void **state)
{
    (void)state;
    assert_true(golden_holds(GOLDEN, "%%TABLE", run_case));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_gives_what_is_written_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
