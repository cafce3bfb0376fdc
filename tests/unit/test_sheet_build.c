/* The limits of a table that no test can fill. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "sheet/sheet_int.h"

static bool all_numbers(void *ctx, Table *table, Err *err)
{
    (void)ctx;
    (void)err;
    for (size_t i = 0; i < table->column_count; i++)
        table->column[i].kind = FIELD_NUMBER;
    return true;
}

static void too_many_cells_are_refused_before_there_is_room_for_them(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    CLEANUP(err_done) Err err;
    err_init(&err);
    Table *table = ARENA_NEW(&arena, Table);
    TableOptions options = {.wish = all_numbers};
    Build build;
    build_init(&build, &arena, &options, table, &err);
    Str *name = ARENA_ARRAY(&arena, Str, LIMIT_TABLE_COLUMNS);
    for (size_t i = 0; i < LIMIT_TABLE_COLUMNS; i++)
        name[i] = str_format(&arena, "c%zu", i);
    assert_true(build_header(&build, name, LIMIT_TABLE_COLUMNS, 3));
    assert_int_equal(table->header_line, 3);
    assert_true(build_reserve(&build, 10));
    assert_false(build_reserve(&build, LIMIT_TABLE_CELLS / LIMIT_TABLE_COLUMNS + 1));
    assert_int_equal(err.count, 1);
    assert_int_equal(err.first->code, ERR_TABLE_CELLS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_many_cells_are_refused_before_there_is_room_for_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
