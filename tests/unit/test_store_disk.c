/*
 * That an accepted entry has been handed to the disk: what a loss of power would need cannot be tried here, but
 * whether the database is asked to wait can. And that notes beside it are not written through links.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "store_fixture.h"

#include <sys/syscall.h>

static size_t syncs;

/* In place of the system's, for libsqlite3 too. */
int fsync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

static bool append_one(Store *store, void *ctx, Err *err)
{
    (void)ctx;
    const EntryDraft draft = {.author = STR("测试"), .kind = STR("note"), .body = STR("x")};
    return store_append(store, &draft, NULL, err);
}

static void write_one(StoreFixture *f, Store *store)
{
    store_fixture_need(f, store_write(store, append_one, NULL, &f->err));
}

static void every_commit_waits_for_the_disk(void **state)
{
    (void)state;
    StoreFixture *f = store_fixture_new(ON_SQLITE);
    Store *store = store_fixture_open(f);
    for (int i = 0; i < 5; i++) {
        size_t before = syncs;
        write_one(f, store);
        assert_true(syncs > before);
    }
    store_fixture_free(f);
}

/* Also where the server or the address says that it need not. */
static void a_server_is_told_to_wait_for_the_disk(void **state)
{
    (void)state;
    StoreFixture *f = store_fixture_new(ON_POSTGRES);
    store_fixture_sql(f, "CREATE TABLE seen (setting text);"
                         "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                         "INSERT INTO seen VALUES (current_setting('synchronous_commit')); "
                         "RETURN NEW; END $$;"
                         "CREATE TRIGGER see AFTER INSERT ON jh_entry FOR EACH ROW "
                         "EXECUTE FUNCTION see();");
    f->config.address =
        str_format(&f->arena, "%.*s%%20-csynchronous_commit%%3Doff", STR_ARG(f->config.address));
    write_one(f, store_fixture_open(f));
    store_fixture_sql(f, "DO $$ BEGIN ASSERT (SELECT count(*) FROM seen WHERE setting = 'on') = 1; "
                         "ASSERT (SELECT count(*) FROM seen) = 1; END $$");
    store_fixture_free(f);
}

/* Who may write into the folder could else have any file of ours written over. */
static void the_note_is_not_written_through_a_link(void **state)
{
    (void)state;
    StoreFixture *f = store_fixture_new(ON_SQLITE);
    Store *store = store_fixture_open(f);
    char *victim = str_cstr(&f->arena, store_fixture_path(f, "victim"));
    write_one(f, store);
    assert_int_equal(unlink(store_head_file(store)), 0);
    assert_int_equal(symlink(victim, store_head_file(store)), 0);
    assert_false(store_write(store, append_one, NULL, &f->err));
    assert_text(store_fixture_said(f), "ERR_SIDE_HEAD");
    assert_int_not_equal(access(victim, F_OK), 0);
    Err quiet; /* and if the link is there only when it is written */
    err_init(&quiet);
    Head head = store_head(store);
    assert_false(
        side_write_head(&f->arena, store_head_file(store), store_id(store), &head, &quiet));
    err_done(&quiet);
    assert_int_not_equal(access(victim, F_OK), 0);
    store_fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_commit_waits_for_the_disk),
        cmocka_unit_test(a_server_is_told_to_wait_for_the_disk),
        cmocka_unit_test(the_note_is_not_written_through_a_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
