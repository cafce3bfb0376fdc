/* Backup and restore between both databases; broken copies of every kind. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "base/file.h"
#include "store_fixture.h"

static Str bytes_of(StoreFixture *f, const char *path)
{
    Str bytes;
    store_fixture_need(f, file_read(&f->arena, path, 1 << 26, &bytes, &f->err));
    return bytes;
}

static char *backup(StoreFixture *f, const char *name, BackupInfo *ret)
{
    char *path = str_cstr(&f->arena, store_fixture_path(f, name));
    store_fixture_need(f, store_backup(&f->arena, store_fixture_open(f), path, ret, &f->err));
    return path;
}

/* The key of one store put in the place of another's, as an operator would carry it. */
static void carry_key(StoreFixture *from, StoreFixture *to)
{
    SidePaths a, b;
    store_fixture_need(from, side_paths(&from->arena, &from->config, &a, &from->err));
    store_fixture_need(to, side_paths(&to->arena, &to->config, &b, &to->err));
    store_fixture_need(to, file_save(b.key, bytes_of(from, a.key), &to->err));
}

static void a_backup_goes_from_either_database_to_either(void **state)
{
    (void)state;
    for (int from = 0; from < 2; from++)
        for (int to = 0; to < 2; to++) {
            StoreFixture *old = store_fixture_new((Kind)from);
            store_fixture_fill(old, store_fixture_open(old), 3, 300);
            BackupInfo made, restored;
            char *first = backup(old, "first.jhb", &made);
            assert_int_equal(made.entries, 900);
            Str id = store_id(store_fixture_open(old));
            if (from == ON_POSTGRES && to == ON_POSTGRES)
                store_fixture_sql(old, "DROP TABLE jh_store, jh_head, jh_entry");
            StoreFixture *fresh = store_fixture_empty((Kind)to);
            carry_key(old, fresh);
            store_fixture_need(fresh, store_restore(&fresh->arena, &fresh->config, first, false,
                                                    &restored, &fresh->err));
            assert_int_equal(restored.entries, 900);
            Store *store = store_fixture_open(fresh);
            assert_true(str_equals(store_id(store), id));
            StoreCheck check;
            store_fixture_need(fresh, store_check(store, &check, &fresh->err));
            assert_int_equal(check.entries, 900);
            BackupInfo again;
            char *second = backup(fresh, "second.jhb", &again);
            assert_true(str_equals(bytes_of(old, first), bytes_of(fresh, second)));
            assert_text(str_from(again.digest), made.digest);
            assert_text(str_from(restored.digest), made.digest);
            store_fixture_fill(fresh, store, 1, 1); /* and it goes on */
            store_fixture_free(fresh);
            store_fixture_free(old);
        }
}

static void expect_restore(StoreFixture *f, const char *path, const char *want)
{
    BackupInfo info;
    assert_false(store_restore(&f->arena, &f->config, path, false, &info, &f->err));
    assert_text(store_fixture_said(f), want);
    Store *store;
    assert_false(store_open(&f->arena, &f->config, &store, &f->err));
    assert_text(store_fixture_said(f), "ERR_STORE_NONE");
}

static void a_broken_copy_is_refused_and_leaves_nothing(void **state)
{
    (void)state;
    StoreFixture *old = store_fixture_new(ON_SQLITE), *fresh = store_fixture_empty(ON_SQLITE);
    store_fixture_fill(old, store_fixture_open(old), 2, 4);
    BackupInfo info;
    Str good = bytes_of(old, backup(old, "good.jhb", &info));
    carry_key(old, fresh);
    char *path = str_cstr(&fresh->arena, store_fixture_path(fresh, "copy.jhb"));
    for (size_t len = 0; len < good.len; len++) {
        store_fixture_need(fresh, file_save(path, str_slice(good, 0, len), &fresh->err));
        expect_restore(fresh, path, len < 15 ? "ERR_BACKUP_FORMAT" : "ERR_BACKUP_CUT");
    }
    char *bytes = str_cstr(&fresh->arena, good);
    for (size_t at = 17 + 33; at < good.len; at++) {
        bytes[at] ^= 0x10;
        store_fixture_need(fresh, file_save(path, (Str){bytes, good.len}, &fresh->err));
        bytes[at] ^= 0x10;
        assert_false(store_restore(&fresh->arena, &fresh->config, path, false, &info, &fresh->err));
        Str said = store_fixture_said(fresh);
        if (!str_equals(said, STR("ERR_BACKUP_KEY")) && !str_equals(said, STR("ERR_BACKUP_CUT")))
            assert_text(said, "ERR_BACKUP_CHANGED");
    }
    Str more = str_format(&fresh->arena, "%s", "x");
    StrBuf longer;
    strbuf_init(&longer, &fresh->arena);
    strbuf_add(&longer, good);
    strbuf_add(&longer, more);
    store_fixture_need(fresh, file_save(path, strbuf_str(&longer), &fresh->err));
    expect_restore(fresh, path, "ERR_BACKUP_CHANGED");
    store_fixture_need(
        fresh,
        file_save(path, STR("junheng-backup 2\n and so on, longer than the head of a first one"),
                  &fresh->err));
    expect_restore(fresh, path, "ERR_BACKUP_NEWER");
    store_fixture_need(fresh, file_save(path, good, &fresh->err));
    store_fixture_need(
        fresh, store_restore(&fresh->arena, &fresh->config, path, false, &info, &fresh->err));
    store_fixture_free(fresh);
    store_fixture_free(old);
}

static void a_backup_needs_the_key_it_was_made_with(void **state)
{
    (void)state;
    StoreFixture *old = store_fixture_new(ON_SQLITE), *other = store_fixture_new(ON_SQLITE),
                 *fresh = store_fixture_empty(ON_SQLITE);
    store_fixture_fill(old, store_fixture_open(old), 1, 1);
    BackupInfo info;
    char *path = backup(old, "good.jhb", &info);
    expect_restore(fresh, path, "ERR_SIDE_KEY_MISSING");
    carry_key(other, fresh);
    expect_restore(fresh, path, "ERR_BACKUP_KEY");
    store_fixture_free(fresh);
    store_fixture_free(other);
    store_fixture_free(old);
}

/* The database is lost, the files beside it are not: they say how much the backup lacks. */
static void an_older_backup_is_restored_only_if_the_loss_is_accepted(void **state)
{
    (void)state;
    StoreFixture *f = store_fixture_new(ON_SQLITE);
    store_fixture_fill(f, store_fixture_open(f), 1, 5);
    BackupInfo info;
    char *path = backup(f, "old.jhb", &info);
    store_fixture_fill(f, store_fixture_open(f), 1, 2);
    BackupInfo restored;
    assert_false(store_restore(&f->arena, &f->config, path, true, &restored, &f->err));
    assert_text(store_fixture_said(f), "ERR_STORE_EXISTS");
    static const char *const SUFFIX[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++)
        (void)unlink(str_cstr(
            &f->arena, str_format(&f->arena, "%.*s%s", STR_ARG(f->config.address), SUFFIX[i])));
    expect_restore(f, path, "ERR_CHAIN_CUT");
    store_fixture_need(f, store_restore(&f->arena, &f->config, path, true, &restored, &f->err));
    assert_int_equal(restored.entries, 5);
    StoreCheck check;
    store_fixture_need(f, store_check(store_fixture_open(f), &check, &f->err));
    store_fixture_free(f);
}

static void a_backup_never_overwrites_a_file(void **state)
{
    (void)state;
    StoreFixture *f = store_fixture_new(ON_SQLITE);
    BackupInfo info;
    char *path = backup(f, "empty.jhb", &info);
    assert_int_equal(info.entries, 0);
    Store *store = store_fixture_open(f);
    assert_false(store_backup(&f->arena, store, path, &info, &f->err));
    assert_text(store_fixture_said(f), "ERR_BACKUP_EXISTS");
    store_fixture_free(f);
}

/* Fails the n-th operation on files: the backup is there and whole, or not there. */
static int fail_nth(void *ctx, const char *operation)
{
    size_t *left = ctx;
    (void)operation;
    return --*left == 0 ? 28 /* ENOSPC */ : 0;
}

static void a_backup_is_whole_or_not_there(void **state)
{
    (void)state;
    StoreFixture *f = store_fixture_new(ON_SQLITE);
    store_fixture_fill(f, store_fixture_open(f), 1, 5);
    Store *store = store_fixture_open(f);
    BackupInfo info;
    Str good = bytes_of(f, backup(f, "good.jhb", &info));
    for (size_t at = 1; at < 20; at++) {
        char *path = str_cstr(&f->arena, store_fixture_path(f, "try.jhb"));
        size_t left = at;
        file_watch(fail_nth, &left);
        bool is_ok = store_backup(&f->arena, store, path, &info, &f->err);
        file_watch(NULL, NULL);
        if (file_exists(path))
            assert_true(str_equals(bytes_of(f, path), good));
        else
            assert_false(is_ok);
        if (!is_ok)
            assert_text(store_fixture_said(f), "ERR_FILE_WRITE");
        (void)unlink(path);
    }
    store_fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_backup_goes_from_either_database_to_either),
        cmocka_unit_test(a_broken_copy_is_refused_and_leaves_nothing),
        cmocka_unit_test(a_backup_needs_the_key_it_was_made_with),
        cmocka_unit_test(an_older_backup_is_restored_only_if_the_loss_is_accepted),
        cmocka_unit_test(a_backup_never_overwrites_a_file),
        cmocka_unit_test(a_backup_is_whole_or_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
