/*
 * The journal on both databases: each test runs on SQLite and on PostgreSQL. Expected links come from
 * a second computation of HMAC-SM3 by its definition over digest_sm3.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/vec.h"
#include "store/backup.h"
#include "store_fixture.h"

#include <sys/resource.h>
#include <sys/stat.h>

static Kind kind_of(void **state)
{
    return *(const Kind *)*state;
}

/* ---- entries ---- */

typedef struct Seen {
    StoreFixture *f;
    VEC(Entry) entries;
} Seen;

static bool see(void *ctx, const Entry *entry, Err *err)
{
    Seen *seen = ctx;
    Entry copy = *entry;
    (void)err;
    copy.draft.body = str_dup(&seen->f->arena, entry->draft.body);
    copy.draft.kind = str_dup(&seen->f->arena, entry->draft.kind);
    copy.draft.author = str_dup(&seen->f->arena, entry->draft.author);
    copy.draft.period = str_dup(&seen->f->arena, entry->draft.period);
    VEC_PUSH(&seen->f->arena, &seen->entries, copy);
    return true;
}

static Seen scan(StoreFixture *f, Store *store, uint64_t after, uint64_t last)
{
    Seen seen = {.f = f};
    store_fixture_need(f, store_scan(store, after, last, see, &seen, &f->err));
    return seen;
}

static void what_was_written_is_read_again(void **state)
{
    StoreFixture *f = store_fixture_new(kind_of(state));
    Store *store = store_fixture_open(f);
    assert_int_equal(store_head(store).seq, 0);
    assert_int_equal(store_id(store).len, STORE_ID_LEN);
    store_fixture_fill(f, store, 3, 200);
    store = store_fixture_open(f); /* beside the first */
    assert_int_equal(store_head(store).seq, 600);
    Seen seen = scan(f, store, 0, UINT64_MAX);
    assert_int_equal(seen.entries.len, 600);
    for (size_t i = 0; i < 600; i++) {
        const Entry *entry = &seen.entries.ptr[i];
        assert_int_equal(entry->seq, i + 1);
        assert_text(entry->draft.author, "测试");
        assert_text(entry->draft.kind, "document");
        assert_text(entry->draft.period, "2024-2025");
        assert_int_equal(entry->draft.subject, (int64_t)(i % 200) - 1);
        char body[32];
        (void)snprintf(body, sizeof body, "%zu.%zu", i / 200, i % 200);
        assert_text(entry->draft.body, body);
    }
    assert_int_equal(scan(f, store, 10, 12).entries.len, 2);
    assert_int_equal(scan(f, store, 600, UINT64_MAX).entries.len, 0);
    assert_int_equal(scan(f, store, 255, 511).entries.len, 256); /* exactly a page */
    store_fixture_free(f);
}

static bool append_odd(Store *store, void *ctx, Err *err)
{
    EntryDraft draft = {.author = STR("甲'; DROP TABLE jh_entry; --"),
                        .kind = STR("x"),
                        .subject = INT64_MIN,
                        .body = *(const Str *)ctx};
    return store_append(store, &draft, NULL, err);
}

static void any_bytes_can_be_the_body(void **state)
{
    StoreFixture *f = store_fixture_new(kind_of(state));
    Store *store = store_fixture_open(f);
    StrBuf all;
    strbuf_init(&all, &f->arena);
    for (int i = 0; i < 100000; i++)
        strbuf_add_char(&all, (char)(i * 7));
    const Str bodies[] = {STR(""), STR("\0"), strbuf_str(&all)};
    for (size_t i = 0; i < 3; i++) {
        Str body = bodies[i];
        store_fixture_need(f, store_write(store, append_odd, &body, &f->err));
    }
    Seen seen = scan(f, store, 0, UINT64_MAX);
    for (size_t i = 0; i < 3; i++)
        assert_true(str_equals(seen.entries.ptr[i].draft.body, bodies[i]));
    assert_text(seen.entries.ptr[0].draft.author, "甲'; DROP TABLE jh_entry; --");
    assert_true(seen.entries.ptr[0].draft.subject == INT64_MIN);
    StoreCheck check;
    store_fixture_need(f, store_check(store, &check, &f->err));
    assert_int_equal(check.entries, 3);
    store_fixture_free(f);
}

/* HMAC by its definition (RFC 2104) with SM3's block of 64 bytes, over the bytes of doc/format.md. */
static Str hmac_by_definition(Arena *arena, Str key, Str message)
{
    unsigned char inner[64] = {0}, outer[64] = {0}, digest[SM3_LEN];
    for (size_t i = 0; i < 64; i++) {
        unsigned char byte = i < key.len ? (unsigned char)key.ptr[i] : 0;
        inner[i] = byte ^ 0x36;
        outer[i] = byte ^ 0x5c;
    }
    const Str first[] = {{(const char *)inner, 64}, message};
    assert_true(digest_hex_parse(digest_sm3(arena, first, 2), digest, SM3_LEN));
    const Str second[] = {{(const char *)outer, 64}, {(const char *)digest, SM3_LEN}};
    return digest_sm3(arena, second, 2);
}

static void links_are_hmac_sm3_over_the_entry_and_the_link_before(void **state)
{
    StoreFixture *f = store_fixture_new(kind_of(state));
    Store *store = store_fixture_open(f);
    store_fixture_fill(f, store, 1, 3);
    Str text;
    store_fixture_need(f, file_read(&f->arena, store->side.key, 4096, &text, &f->err));
    unsigned char key[32];
    const char *hex = strstr(str_cstr(&f->arena, text), "\nkey ") + 5;
    assert_true(digest_hex_parse((Str){hex, 64}, key, 32));
    unsigned char before[SM3_LEN] = {0};
    Seen seen = scan(f, store, 0, UINT64_MAX);
    for (size_t i = 0; i < 3; i++) {
        const Entry *entry = &seen.entries.ptr[i];
        const EntryDraft *draft = &entry->draft;
        StrBuf message;
        strbuf_init(&message, &f->arena);
        strbuf_add(&message, (Str){(const char *)before, SM3_LEN});
        bytes_add_u64(&message, entry->seq);
        bytes_add_u64(&message, (uint64_t)entry->time_us);
        bytes_add_u32(&message, 1);
        bytes_add_u64(&message, (uint64_t)draft->subject);
        const Str part[] = {draft->author, draft->kind, draft->period, draft->body};
        for (size_t k = 0; k < 4; k++)
            bytes_add_u64(&message, part[k].len);
        for (size_t k = 0; k < 4; k++)
            strbuf_add(&message, part[k]);
        Str want =
            hmac_by_definition(&f->arena, (Str){(const char *)key, 32}, strbuf_str(&message));
        assert_true(str_equals(digest_hex(&f->arena, entry->link, SM3_LEN), want));
        memcpy(before, entry->link, SM3_LEN);
    }
    store_fixture_free(f);
}

/* ---- time ---- */

static int64_t now_us;

static int64_t fixed_clock(void)
{
    return now_us;
}

static void time_never_goes_back(void **state)
{
    StoreFixture *f = store_fixture_new(kind_of(state));
    Store *store = store_fixture_open(f);
    clock_set(fixed_clock);
    static const int64_t SET[] = {1700000000000000, 1600000000000000, 1800000000000000},
                         WANT[] = {1700000000000000, 1700000000000000, 1800000000000000};
    for (size_t i = 0; i < 3; i++) {
        now_us = SET[i];
        store_fixture_fill(f, store, 1, 1);
        assert_true(store_head(store).time_us == WANT[i]);
    }
    clock_set(NULL);
    StoreCheck check;
    store_fixture_need(f, store_check(store, &check, &f->err));
    assert_true(check.first_us == WANT[0] && check.last_us == WANT[2]);
    store_fixture_free(f);
}

/* ---- all or nothing ---- */

static bool append_and_give_up(Store *store, void *ctx, Err *err)
{
    return store_fixture_append(store, ctx, err) && err_fail(err, ERR_OUTPUT);
}

static void nothing_of_a_failed_write_is_seen(void **state)
{
    StoreFixture *f = store_fixture_new(kind_of(state));
    Store *store = store_fixture_open(f);
    store_fixture_fill(f, store, 1, 2);
    Filling batch = {.count = 5};
    assert_false(store_write(store, append_and_give_up, &batch, &f->err));
    assert_text(store_fixture_said(f), "ERR_OUTPUT");
    assert_int_equal(store_head(store).seq, 2);
    store_fixture_fill(f, store, 1, 1);
    assert_int_equal(scan(f, store, 0, UINT64_MAX).entries.len, 3);
    static char large[LIMIT_ENTRY_BYTES + 1];
    Str body = {large, sizeof large};
    assert_false(store_write(store, append_odd, &body, &f->err));
    assert_text(store_fixture_said(f), "ERR_STORE_ENTRY");
    store_fixture_free(f);
}

static void write_from_two_processes(StoreFixture *f, size_t batches)
{
    pid_t child[2];
    for (size_t i = 0; i < 2; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (child[i])
            continue;
        Arena arena;
        Err err;
        arena_init(&arena);
        err_init(&err);
        Store *store;
        bool is_ok = store_open(&arena, &f->config, &store, &err);
        for (size_t k = 0; is_ok && k < batches; k++) {
            Filling batch = {.count = 3, .number = k};
            is_ok = store_write(store, store_fixture_append, &batch, &err);
        }
        arena_done(&arena);
        if (!is_ok) {
            StrBuf out;
            strbuf_init(&out, &f->arena);
            err_format(&out, &err, LANG_EN);
            print_error("%s", out.ptr);
        }
        _exit(is_ok ? 0 : 1);
    }
    for (size_t i = 0; i < 2; i++) {
        int status = 1;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
}

static void two_writers_at_once_lose_nothing(void **state)
{
    StoreFixture *f = store_fixture_new(kind_of(state));
    write_from_two_processes(f, 40);
    Store *store = store_fixture_open(f);
    StoreCheck check;
    store_fixture_need(f, store_check(store, &check, &f->err));
    assert_int_equal(check.entries, 2 * 40 * 3);
    Seen seen = scan(f, store, 0, UINT64_MAX);
    for (size_t i = 0; i < seen.entries.len; i += 3) /* batches are not mixed */
        assert_int_equal(seen.entries.ptr[i].draft.subject, -1);
    store_fixture_free(f);
}

/* ---- faults ---- */

/* Three writes of two entries; returns how many were accepted. */
static size_t write_three(StoreFixture *f, Trace *trace, Err *err)
{
    Arena arena;
    arena_init(&arena);
    StoreConfig config = f->config;
    config.trace = trace;
    Store *store;
    size_t accepted = 0;
    if (store_open(&arena, &config, &store, err))
        for (size_t i = 0; i < 3; i++) {
            Filling batch = {.count = 2, .number = i};
            accepted += store_write(store, store_fixture_append, &batch, err);
        }
    arena_done(&arena);
    return accepted;
}

static size_t entries_after_fault(StoreFixture *f)
{
    Store *store = store_fixture_open(f);
    StoreCheck check;
    store_fixture_need(f, store_check(store, &check, &f->err));
    store_fixture_fill(f, store, 1, 1); /* and it goes on */
    return check.entries;
}

static void a_fault_at_any_operation_loses_nothing_that_was_accepted(void **state)
{
    Trace count = {0};
    StoreFixture *f = store_fixture_new(kind_of(state));
    assert_int_equal(write_three(f, &count, &f->err), 3);
    store_fixture_free(f);
    assert_in_range(count.count, 20, 100);
    for (size_t at = 1; at <= count.count; at++)
        for (TraceFault fault = TRACE_FAIL_BEFORE; fault <= TRACE_FAIL_AFTER; fault++) {
            f = store_fixture_new(kind_of(state));
            Trace trace = {.at = at, .fault = fault};
            size_t accepted = write_three(f, &trace, &f->err);
            assert_text(store_fixture_said(f), "ERR_STORE_SQL"); /* once, and then it goes on */
            size_t entries = entries_after_fault(f);
            /* a write whose answer was lost may stand although it was not reported as accepted */
            assert_true(entries == 2 * accepted || entries == 2 * accepted + 2);
            assert_true(accepted <= 2 || entries == 6);
            store_fixture_free(f);
        }
}

static void a_process_that_dies_at_any_operation_leaves_a_journal_in_order(void **state)
{
    Trace count = {0};
    StoreFixture *f = store_fixture_new(kind_of(state));
    assert_int_equal(write_three(f, &count, &f->err), 3);
    store_fixture_free(f);
    for (size_t at = 1; at <= count.count; at++)
        for (TraceFault fault = TRACE_DIE_BEFORE; fault <= TRACE_DIE_AFTER; fault++) {
            f = store_fixture_new(kind_of(state));
            pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0) {
                Trace trace = {.at = at, .fault = fault};
                (void)write_three(f, &trace, &f->err);
                _exit(0);
            }
            int status = 0;
            assert_int_equal(waitpid(child, &status, 0), child);
            assert_int_equal(WEXITSTATUS(status), TRACE_EXIT);
            assert_int_equal(entries_after_fault(f) % 2, 0);
            store_fixture_free(f);
        }
}

/* ---- trouble with the database ---- */

/* A second writer inside the first one's work, which waits for it as long as it may. */
static bool write_beside(Store *store, void *ctx, Err *err)
{
    StoreFixture *f = ctx;
    Filling batch = {.count = 1};
    Store *other = store_fixture_open(f);
    CLEANUP(err_done) Err other_err;
    err_init(&other_err);
    if (!store_fixture_append(store, &batch, err))
        return false;
    assert_false(store_write(other, store_fixture_append, &batch, &other_err));
    assert_int_equal(other_err.first->code, ERR_STORE_BUSY);
    return true;
}

static void a_writer_does_not_wait_for_ever(void **state)
{
    StoreFixture *f = store_fixture_new(kind_of(state));
    f->config.wait_ms = 20;
    Store *store = store_fixture_open(f);
    store_fixture_need(f, store_write(store, write_beside, f, &f->err));
    assert_int_equal(store_head(store_fixture_open(f)).seq, 1);
    store_fixture_free(f);
}

/* The head moves only from where it was. */
static void a_lost_race_is_noticed(void **state)
{
    StoreFixture *f = store_fixture_new(kind_of(state));
    Store *store = store_fixture_open(f);
    Head before = {.seq = 7}, after = {.seq = 8};
    assert_false(store_move_head(store, &before, &after, &f->err));
    assert_text(store_fixture_said(f), "ERR_STORE_RACE");
    store_fixture_free(f);
}

static bool end_connections(Store *store, void *ctx, Err *err)
{
    Filling batch = {.count = 1};
    bool is_ok = store_fixture_append(store, &batch, err);
    store_fixture_sql(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                           "WHERE state = 'idle in transaction' AND query LIKE '%jh_entry%' "
                           "AND pid <> pg_backend_pid() AND query LIKE '%INSERT%'");
    return is_ok && store_fixture_append(store, &batch, err);
}

static void a_server_that_goes_away_takes_nothing_with_it(void **state)
{
    (void)state;
    StoreFixture *f = store_fixture_new(ON_POSTGRES);
    Store *store = store_fixture_open(f);
    assert_false(store_write(store, end_connections, f, &f->err));
    assert_text(store_fixture_said(f), "ERR_STORE_GONE");
    Filling batch = {.count = 1};
    assert_false(store_write(store, store_fixture_append, &batch, &f->err));
    assert_text(store_fixture_said(f), "ERR_STORE_GONE");
    assert_int_equal(entries_after_fault(f), 0);
    StoreConfig config = f->config;
    config.address = str_format(&f->arena, "%.*s%%20-cdefault_transaction_read_only%%3Don",
                                STR_ARG(f->config.address));
    store_fixture_need(f, store_open(&f->arena, &config, &store, &f->err));
    assert_false(store_write(store, store_fixture_append, &batch, &f->err));
    assert_text(store_fixture_said(f), "ERR_STORE_READ_ONLY");
    store_fixture_free(f);
}

/* A limit on the size of files stands for a full disk; what was accepted before is there. */
static void a_full_disk_loses_nothing(void **state)
{
    (void)state;
    StoreFixture *f = store_fixture_new(ON_SQLITE);
    store_fixture_fill(f, store_fixture_open(f), 2, 3);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit limit = {.rlim_cur = 200000, .rlim_max = 200000};
        (void)signal(SIGXFSZ, SIG_IGN);
        CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
        Store *store = store_fixture_open(f);
        static char large[150000];
        size_t accepted = 0;
        for (Str body = {large, sizeof large}; store_write(store, append_odd, &body, &f->err);
             accepted++)
            ;
        ErrCode code = f->err.first->code;
        _exit(code == ERR_STORE_FULL || code == ERR_STORE_SQL ? 100 + (int)accepted : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_in_range(WEXITSTATUS(status), 100, 110);
    assert_int_equal(entries_after_fault(f), 6 + WEXITSTATUS(status) - 100);
    store_fixture_free(f);
}

/* ---- creating and opening ---- */

static void expect_open(StoreFixture *f, const char *said)
{
    Store *store;
    assert_false(store_open(&f->arena, &f->config, &store, &f->err));
    assert_text(store_fixture_said(f), said);
}

static void a_store_is_created_once(void **state)
{
    StoreFixture *f = store_fixture_empty(kind_of(state));
    expect_open(f, "ERR_STORE_NONE");
    store_fixture_need(f, store_create(&f->config, &f->err));
    Store *store = store_fixture_open(f);
    store_fixture_fill(f, store, 1, 1);
    assert_false(store_create(&f->config, &f->err));
    assert_text(store_fixture_said(f), "ERR_STORE_EXISTS");
    assert_int_equal(store_head(store_fixture_open(f)).seq, 1);
    store_fixture_free(f);
}

/* Fails the n-th operation on files, the n-th on the database: each time nothing is left. */
static int fail_nth(void *ctx, const char *operation)
{
    size_t *left = ctx;
    (void)operation;
    return --*left == 0 ? 28 /* ENOSPC */ : 0;
}

static void a_store_is_created_whole_or_not_at_all(void **state)
{
    for (size_t at = 1;; at++) {
        StoreFixture *f = store_fixture_empty(kind_of(state));
        size_t left = at;
        file_watch(fail_nth, &left);
        bool is_ok = store_create(&f->config, &f->err);
        file_watch(NULL, NULL);
        if (!is_ok) {
            assert_true(str_starts_with(store_fixture_said(f), STR("ERR_FILE_")));
            expect_open(f, "ERR_STORE_NONE");
            store_fixture_need(f, store_create(&f->config, &f->err));
        }
        assert_int_equal(store_head(store_fixture_open(f)).seq, 0);
        store_fixture_free(f);
        if (is_ok) {
            assert_true(at > 4);
            break;
        }
    }
    for (size_t at = 1;; at++) {
        StoreFixture *f = store_fixture_empty(kind_of(state));
        Trace trace = {.at = at, .fault = TRACE_FAIL_BEFORE};
        f->config.trace = &trace;
        bool is_ok = store_create(&f->config, &f->err);
        f->config.trace = NULL;
        (void)store_fixture_said(f);
        if (!is_ok)
            store_fixture_need(f, store_create(&f->config, &f->err));
        assert_int_equal(store_head(store_fixture_open(f)).seq, 0);
        store_fixture_free(f);
        if (is_ok) {
            assert_true(at > 6);
            break;
        }
    }
}

static void write_file(StoreFixture *f, const char *path, Str text)
{
    store_fixture_need(f, file_save(path, text, &f->err));
}

static void without_its_key_a_store_is_not_opened(void **state)
{
    StoreFixture *f = store_fixture_new(kind_of(state));
    char *key = store_fixture_open(f)->side.key;
    Str text;
    store_fixture_need(f, file_read(&f->arena, key, 4096, &text, &f->err));
    assert_int_equal(chmod(key, 0640), 0);
    expect_open(f, "ERR_SIDE_KEY_MODE");
    static const Str BAD[] = {STR_INIT(""), STR_INIT("junheng-chain-key 1\n"),
                              STR_INIT("junheng-chain-key 2\nkey 00\n"),
                              STR_INIT("junheng-chain-key 1\nkey 00\n")};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        write_file(f, key, BAD[i]);
        expect_open(f, "ERR_SIDE_KEY");
    }
    write_file(f, key, str_slice(text, 0, text.len - 1));
    expect_open(f, "ERR_SIDE_KEY");
    assert_int_equal(unlink(key), 0);
    expect_open(f, "ERR_SIDE_KEY_MISSING");
    write_file(f, key, text);
    (void)store_fixture_open(f);
    store_fixture_free(f);
}

static void a_newer_store_is_not_opened(void **state)
{
    StoreFixture *f = store_fixture_new(kind_of(state));
    store_fixture_sql(f, "UPDATE jh_store SET version = 99");
    expect_open(f, "ERR_STORE_NEWER");
    store_fixture_free(f);
}

static void what_is_no_database_of_ours_is_not_opened(void **state)
{
    (void)state;
    StoreFixture *f = store_fixture_empty(ON_SQLITE);
    char *path = str_cstr(&f->arena, f->config.address);
    write_file(f, path, STR("this is a text and not a database, and it is long enough to be sure"));
    expect_open(f, "ERR_STORE_DAMAGED");
    assert_false(store_create(&f->config, &f->err));
    assert_text(store_fixture_said(f), "ERR_STORE_DAMAGED");
    assert_true(file_exists(path));
    assert_int_equal(unlink(path), 0);
    store_fixture_sql(f, "PRAGMA application_id = 7; CREATE TABLE other (x)");
    expect_open(f, "ERR_STORE_FOREIGN");
    f->config.address = STR("postgresql://nobody:secret@localhost:1/none");
    Store *store;
    assert_false(store_open(&f->arena, &f->config, &store, &f->err));
    StrBuf out;
    strbuf_init(&out, &f->arena);
    err_format(&out, &f->err, LANG_ZH);
    assert_true(str_contains(strbuf_str(&out), STR("postgresql://nobody@localhost:1/none")));
    assert_false(str_contains(strbuf_str(&out), STR("secret")));
    assert_text(store_fixture_said(f), "ERR_STORE_OPEN");
    f->config.side = NULL;
    expect_open(f, "ERR_SIDE_NEEDED");
    store_fixture_free(f);
}

static void assert_no_password_said(StoreFixture *f, const char *said)
{
    StrBuf out;
    strbuf_init(&out, &f->arena);
    err_format(&out, &f->err, LANG_ZH);
    assert_true(str_contains(strbuf_str(&out), STR("postgresql://")));
    assert_false(str_contains(strbuf_str(&out), STR("secret")));
    assert_text(store_fixture_said(f), said);
}

static void a_password_is_not_shown_where_a_store_is_already(void **state)
{
    (void)state;
    StoreFixture *f = store_fixture_new(ON_POSTGRES);
    BackupInfo info;
    char *copy = str_cstr(&f->arena, store_fixture_path(f, "copy.jhb"));
    store_fixture_need(f, store_backup(&f->arena, store_fixture_open(f), copy, &info, &f->err));
    f->config.address = str_format(&f->arena, "%.*s&password=secret", STR_ARG(f->config.address));
    assert_false(store_create(&f->config, &f->err));
    assert_no_password_said(f, "ERR_STORE_EXISTS");
    assert_false(store_restore(&f->arena, &f->config, copy, false, &info, &f->err));
    assert_no_password_said(f, "ERR_STORE_EXISTS");
    store_fixture_free(f);
}

static Kind sqlite = ON_SQLITE, postgres = ON_POSTGRES;

#define ON_BOTH(test)                                       \
    {#test " on sqlite", test, NULL, NULL, &sqlite},        \
    {                                                       \
#test " on postgresql", test, NULL, NULL, &postgres \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(what_was_written_is_read_again),
        ON_BOTH(any_bytes_can_be_the_body),
        ON_BOTH(links_are_hmac_sm3_over_the_entry_and_the_link_before),
        ON_BOTH(time_never_goes_back),
        ON_BOTH(nothing_of_a_failed_write_is_seen),
        ON_BOTH(two_writers_at_once_lose_nothing),
        ON_BOTH(a_fault_at_any_operation_loses_nothing_that_was_accepted),
        ON_BOTH(a_process_that_dies_at_any_operation_leaves_a_journal_in_order),
        ON_BOTH(a_writer_does_not_wait_for_ever),
        ON_BOTH(a_lost_race_is_noticed),
        cmocka_unit_test(a_server_that_goes_away_takes_nothing_with_it),
        cmocka_unit_test(a_full_disk_loses_nothing),
        ON_BOTH(a_store_is_created_once),
        ON_BOTH(a_store_is_created_whole_or_not_at_all),
        ON_BOTH(without_its_key_a_store_is_not_opened),
        ON_BOTH(a_newer_store_is_not_opened),
        cmocka_unit_test(what_is_no_database_of_ours_is_not_opened),
        cmocka_unit_test(a_password_is_not_shown_where_a_store_is_already),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
