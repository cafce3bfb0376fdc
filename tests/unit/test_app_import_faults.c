/*
 * An import that is broken off at any operation on the database, by an error or by the end of the process,
 * stands as a whole or not at all, and repeating it completes it; and two writers at once.
 */
#include "import_fixture.h"

/* In an arena of its own, as a command does it. */
static bool import_once(ImportFixture *f, const char *path, Trace *trace, Err *err)
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    StoreConfig config = f->store->config;
    config.trace = trace;
    const ImportRequest request = {.packs = PACKS,
                                   .store = &config,
                                   .path = path,
                                   .period = STR("2023-2024"),
                                   .author = STR("测试")};
    ImportResult result;
    return import_run(&arena, &request, &result, err);
}

static void check_all(ImportFixture *f)
{
    DatabaseStatus status;
    StoreCheck check;
    import_fixture_need(
        f, database_check(f->arena, PACKS, &f->store->config, &status, &check, f->err));
}

static size_t operations_of_an_import(Kind kind)
{
    Trace count = {0};
    ImportFixture *f = import_fixture_new(kind);
    import_fixture_need(f, import_once(f, import_fixture_file(f, TABLE), &count, f->err));
    import_fixture_free(f);
    assert_in_range(count.count, 5, 60);
    return count.count;
}

/* Whatever happened: the database is in order, and once more makes it complete. */
static void complete(ImportFixture *f, const char *path, Str want)
{
    check_all(f);
    assert_in_range(import_fixture_head(f), 1, 2);
    import_fixture_need(f, import_once(f, path, NULL, f->err));
    assert_int_equal(import_fixture_head(f), 2); /* one batch */
    assert_same_dump(import_fixture_dump(f, "2023-2024"), want);
}

static Str table_dump(ImportFixture *f)
{
    return import_fixture_dump_view(f, (View){.period = "2023-2024", .table = TABLE});
}

static void a_fault_at_any_operation_leaves_all_or_nothing(void **state)
{
    Kind kind = kind_of(state);
    size_t operations = operations_of_an_import(kind);
    for (size_t at = 1; at <= operations; at++)
        for (TraceFault fault = TRACE_FAIL_BEFORE; fault <= TRACE_FAIL_AFTER; fault++) {
            ImportFixture *f = import_fixture_new(kind);
            char *path = import_fixture_file(f, TABLE);
            Trace trace = {.at = at, .fault = fault};
            assert_false(import_once(f, path, &trace, f->err));
            assert_text(import_fixture_said(f), "ERR_STORE_SQL");
            complete(f, path, table_dump(f));
            import_fixture_free(f);
        }
}

static int status_of(pid_t child)
{
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_death_at_any_operation_leaves_all_or_nothing(void **state)
{
    Kind kind = kind_of(state);
    size_t operations = operations_of_an_import(kind);
    for (size_t at = 1; at <= operations; at++)
        for (TraceFault fault = TRACE_DIE_BEFORE; fault <= TRACE_DIE_AFTER; fault++) {
            ImportFixture *f = import_fixture_new(kind);
            char *path = import_fixture_file(f, TABLE);
            pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0) {
                Trace trace = {.at = at, .fault = fault};
                (void)!import_once(f, path, &trace, f->err);
                _exit(0);
            }
            assert_int_equal(status_of(child), TRACE_EXIT);
            complete(f, path, table_dump(f));
            import_fixture_free(f);
        }
}

static void a_database_of_which_the_making_broke_off_is_completed(void **state)
{
    ImportFixture *f = import_fixture_empty(kind_of(state));
    import_fixture_need(f, store_create(&f->store->config, f->err)); /* and no divisions yet */
    assert_int_equal(import_fixture_head(f), 0);
    import_fixture_need(f,
                        database_create(f->arena, PACKS, &f->store->config, STR("测试"), f->err));
    assert_int_equal(import_fixture_head(f), 1);
    assert_false(database_create(f->arena, PACKS, &f->store->config, STR("测试"), f->err));
    assert_text(import_fixture_said(f), "ERR_STORE_EXISTS");
    import_fixture_free(f);
}

/* ---- two at once ---- */

/* What each of two processes does; its exit status is 0 if it was accepted, else 1. */
typedef bool Work(ImportFixture *f, const char *path, Err *err);

static bool import_plainly(ImportFixture *f, const char *path, Err *err)
{
    return import_once(f, path, NULL, err);
}

static bool close_school(ImportFixture *f, const char *path, Err *err)
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    OrgRequest request = import_fixture_event(f, EVENT_CLOSE, "2162900005", "2023-08-01");
    OrgResult result;
    (void)path;
    return orgs_enter(&arena, &request, &result, err);
}

static void run_two(ImportFixture *f, Work *first, Work *second, const char *path, int ret[2])
{
    Work *const work[] = {first, second};
    pid_t child[2];
    int start[2];
    assert_int_equal(pipe(start), 0);
    for (int i = 0; i < 2; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (child[i])
            continue;
        char byte;
        (void)close(start[1]);
        (void)!read(start[0], &byte, 1); /* both begin when the parent closes its end */
        Err err;
        err_init(&err);
        _exit(work[i](f, path, &err) ? 0 : 1);
    }
    (void)close(start[0]);
    (void)close(start[1]);
    for (int i = 0; i < 2; i++)
        ret[i] = status_of(child[i]);
}

enum { ROUNDS = 12 };

static void the_same_table_twice_at_once_is_one_batch(void **state)
{
    for (int round = 0; round < ROUNDS; round++) {
        ImportFixture *f = import_fixture_new(kind_of(state));
        int status[2];
        char *path = import_fixture_file(f, TABLE);
        run_two(f, import_plainly, import_plainly, path, status);
        assert_int_equal(status[0] + status[1], 0);
        complete(f, path, table_dump(f));
        import_fixture_free(f);
    }
}

/* The school is closed and the table refused, or the table accepted and the closing refused. */
static void a_plan_that_was_overtaken_is_made_again(void **state)
{
    for (int round = 0; round < ROUNDS; round++) {
        ImportFixture *f = import_fixture_new(kind_of(state));
        (void)import_fixture_take(f, "2022-2023", TABLE);
        int status[2];
        run_two(f, import_plainly, close_school, import_fixture_file(f, TABLE), status);
        assert_int_equal(status[0] + status[1], 1);
        assert_int_equal(import_fixture_head(f), 3);
        check_all(f);
        import_fixture_free(f);
    }
}

/* While the first document of an import is being written, somebody else closes one of its schools. */
static ImportFixture *overtaken;

static int64_t overtaking_clock(void)
{
    ImportFixture *f = overtaken;
    overtaken = NULL;
    if (f)
        import_fixture_close(f, "2162900005", "2023-08-01");
    return import_fixture_clock();
}

/* On PostgreSQL, where the one who was faster need not wait; SQLite lets only one write. */
static void what_happens_during_a_write_counts(void **state)
{
    (void)state;
    ImportFixture *f = import_fixture_new(ON_POSTGRES);
    (void)import_fixture_take(f, "2022-2023", TABLE);
    char *path = import_fixture_file(f, TABLE);
    overtaken = f;
    clock_set(overtaking_clock);
    assert_false(import_once(f, path, NULL, f->err));
    assert_text(import_fixture_said(f), "ERR_IMPORT_CLOSED");
    assert_null(overtaken);
    assert_int_equal(import_fixture_head(f), 3); /* the closing alone */
    check_all(f);
    import_fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_fault_at_any_operation_leaves_all_or_nothing),
        ON_BOTH(a_death_at_any_operation_leaves_all_or_nothing),
        ON_BOTH(a_database_of_which_the_making_broke_off_is_completed),
        ON_BOTH(the_same_table_twice_at_once_is_one_batch),
        ON_BOTH(a_plan_that_was_overtaken_is_made_again),
        cmocka_unit_test(what_happens_during_a_write_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
