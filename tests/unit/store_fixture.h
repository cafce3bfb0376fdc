/*
 * For tests of journals: a folder of one's own with a fresh store in it, on SQLite, or on the
 * PostgreSQL whose address stands in the file that JUNHENG_TEST_POSTGRES names (tests/postgres.sh).
 */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include "store/backup.h"
#include "store/check.h"
#include "store/store_int.h"
#include "store/trace.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef enum Kind { ON_SQLITE, ON_POSTGRES } Kind;

typedef struct StoreFixture {
    Arena arena;
    Err err;
    Kind kind;
    char dir[64];
    StoreConfig config;
} StoreFixture;

static inline Str store_fixture_path(StoreFixture *f, const char *name)
{
    return str_format(&f->arena, "%s/%s", f->dir, name);
}

static inline Str store_fixture_server(Arena *arena)
{
    const char *path = getenv("JUNHENG_TEST_POSTGRES");
    char address[512] = "";
    FILE *file = path ? fopen(path, "r") : NULL;
    if (!file || !fgets(address, sizeof address, file))
        fail_msg(
            "JUNHENG_TEST_POSTGRES must name the file that tests/postgres.sh start has written");
    (void)fclose(file);
    return str_dup(arena, str_trim(str_from(address)));
}

/* SQL that goes past the store: what an intruder would do. */
static inline void store_fixture_sql(StoreFixture *f, const char *sql)
{
    if (f->kind == ON_SQLITE) {
        sqlite3 *db;
        char *message = NULL;
        assert_int_equal(sqlite3_open(str_cstr(&f->arena, f->config.address), &db), SQLITE_OK);
        (void)sqlite3_exec(db, sql, NULL, NULL, &message);
        if (message)
            fail_msg("%s: %s", sql, message);
        (void)sqlite3_close(db);
        return;
    }
    PGconn *conn = PQconnectdb(str_cstr(&f->arena, f->config.address));
    PGresult *result = PQexec(conn, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
}

/* A schema of PostgreSQL of this process, emptied. */
static inline Str store_fixture_schema(StoreFixture *f, const char *name)
{
    Str server = store_fixture_server(&f->arena);
    Str address = str_format(&f->arena, "%.*s&options=-csearch_path%%3D%s_%d", STR_ARG(server),
                             name, (int)getpid());
    StoreFixture plain = {.kind = ON_POSTGRES, .config = {.address = server}};
    arena_init(&plain.arena);
    store_fixture_sql(
        &plain, str_cstr(&plain.arena, str_format(&plain.arena,
                                                  "SET client_min_messages = error; DROP SCHEMA IF "
                                                  "EXISTS %s_%d CASCADE; CREATE SCHEMA %s_%d",
                                                  name, (int)getpid(), name, (int)getpid())));
    arena_done(&plain.arena);
    return address;
}

/* Nothing is created in it yet. */
static inline StoreFixture *store_fixture_empty(Kind kind)
{
    StoreFixture *f = calloc(1, sizeof *f);
    CHECK(f != NULL);
    arena_init(&f->arena);
    err_init(&f->err);
    f->kind = kind;
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(f->dir, sizeof f->dir, "%.30s/junheng-store-XXXXXX", tmp ? tmp : "/tmp");
    CHECK(mkdtemp(f->dir) != NULL);
    f->config.side = f->dir;
    f->config.address =
        kind == ON_SQLITE ? store_fixture_path(f, "bureau.db") : store_fixture_schema(f, "test");
    return f;
}

static inline void store_fixture_need(StoreFixture *f, bool is_ok)
{
    if (is_ok)
        return;
    StrBuf out;
    strbuf_init(&out, &f->arena);
    err_format(&out, &f->err, LANG_EN);
    fail_msg("%s", out.ptr ? out.ptr : "failed without a message");
}

static inline StoreFixture *store_fixture_new(Kind kind)
{
    StoreFixture *f = store_fixture_empty(kind);
    store_fixture_need(f, store_create(&f->config, &f->err));
    return f;
}

static inline Store *store_fixture_open(StoreFixture *f)
{
    Store *store = NULL;
    store_fixture_need(f, store_open(&f->arena, &f->config, &store, &f->err));
    return store;
}

static inline int store_fixture_remove(const char *path, const struct stat *info, int type,
                                       struct FTW *place)
{
    (void)info;
    (void)type;
    (void)place;
    return remove(path);
}

static inline void store_fixture_free(StoreFixture *f)
{
    err_done(&f->err);
    arena_done(&f->arena);
    CHECK(nftw(f->dir, store_fixture_remove, 8, FTW_DEPTH | FTW_PHYS) == 0);
    free(f);
}

/* What was said, as codes, and then nothing any more. */
static inline Str store_fixture_said(StoreFixture *f)
{
    StrBuf out;
    strbuf_init(&out, &f->arena);
    for (const Diag *diag = f->err.first; diag; diag = diag->next)
        strbuf_addf(&out, "%s%s", out.len ? " " : "", err_code_name(diag->code));
    err_done(&f->err);
    err_init(&f->err);
    return strbuf_str(&out);
}

/* Appends `count` entries in one transaction. */
typedef struct Filling {
    size_t count, number; /* number: goes into the bodies */
} Filling;

static inline bool store_fixture_append(Store *store, void *ctx, Err *err)
{
    const Filling *batch = ctx;
    for (size_t i = 0; i < batch->count; i++) {
        char body[64];
        int len = snprintf(body, sizeof body, "%zu.%zu", batch->number, i);
        EntryDraft draft = {.author = STR("测试"),
                            .kind = STR("document"),
                            .subject = (int64_t)i - 1,
                            .period = STR("2024-2025"),
                            .body = {body, (size_t)len}};
        if (!store_append(store, &draft, NULL, err))
            return false;
    }
    return true;
}

static inline void store_fixture_fill(StoreFixture *f, Store *store, size_t batches, size_t count)
{
    for (size_t i = 0; i < batches; i++) {
        Filling batch = {.count = count, .number = i};
        store_fixture_need(f, store_write(store, store_fixture_append, &batch, &f->err));
    }
}

#endif
