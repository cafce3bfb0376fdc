#include "store/driver.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

enum { APPLICATION = 0x4a554e48 /* "JUNH" */ };

typedef struct Sqlite {
    Driver driver;
    sqlite3 *db;
    Str path;
    sqlite3_stmt *statement[STATEMENT_COUNT]; /* prepared when first used */
} Sqlite;

static void close_sqlite(void *ptr)
{
    Sqlite *sqlite = ptr;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        (void)sqlite3_finalize(sqlite->statement[i]);
    (void)sqlite3_close(sqlite->db);
}

static bool fail(const Sqlite *sqlite, int status, Err *err)
{
    ErrArg db = ARG_STR("db", sqlite->path);
    ErrArg reason = ARG_STR(
        "reason", str_from(sqlite->db ? sqlite3_errmsg(sqlite->db) : sqlite3_errstr(status)));
    switch (status & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_fail(err, ERR_STORE_BUSY, db);
    case SQLITE_FULL:
        return err_fail(err, ERR_STORE_FULL, db);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return err_fail(err, ERR_STORE_DAMAGED, db, reason);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return err_fail(err, ERR_STORE_READ_ONLY, db);
    case SQLITE_CANTOPEN:
        return err_fail(err, ERR_STORE_OPEN, db, reason);
    }
    if (status == SQLITE_CONSTRAINT_PRIMARYKEY)
        return err_fail(err, ERR_STORE_RACE, db);
    return err_fail(err, ERR_STORE_SQL, db, reason);
}

/* NULL: it failed. */
static sqlite3_stmt *prepare(Sqlite *sqlite, StatementId id, Err *err)
{
    sqlite3_stmt **statement = &sqlite->statement[id];
    if (!*statement) {
        CLEANUP(arena_done) Arena scratch;
        arena_init(&scratch);
        const char *text = statement_text(&scratch, sqlite->driver.ops, id);
        int status =
            sqlite3_prepare_v3(sqlite->db, text, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
        if (status != SQLITE_OK)
            (void)fail(sqlite, status, err);
    }
    return *statement;
}

/* An empty text without a pointer would be NULL. */
static const char *bytes_of(Str text)
{
    return text.len ? text.ptr : "";
}

static void bind(sqlite3_stmt *statement, const SqlValue *arg, size_t count)
{
    CHECK((size_t)sqlite3_bind_parameter_count(statement) == count);
    for (int i = 0; i < (int)count; i++) {
        int status = SQLITE_OK;
        switch (arg[i].kind) {
        case SQL_INTEGER:
            status = sqlite3_bind_int64(statement, i + 1, arg[i].integer);
            break;
        case SQL_TEXT:
            status = sqlite3_bind_text64(statement, i + 1, bytes_of(arg[i].text), arg[i].text.len,
                                         SQLITE_STATIC, SQLITE_UTF8);
            break;
        case SQL_BLOB:
            status = sqlite3_bind_blob64(statement, i + 1, bytes_of(arg[i].text), arg[i].text.len,
                                         SQLITE_STATIC);
            break;
        }
        CHECK(status == SQLITE_OK);
    }
}

enum { COLUMNS_MAX = 16 };

static bool give_row(sqlite3_stmt *statement, const SqlCall *call, Err *err)
{
    SqlValue value[COLUMNS_MAX];
    int count = sqlite3_column_count(statement);
    CHECK(count <= COLUMNS_MAX);
    for (int i = 0; i < count; i++) {
        int type = sqlite3_column_type(statement, i);
        if (type == SQLITE_INTEGER) {
            value[i] = SQL_INT_VALUE(sqlite3_column_int64(statement, i));
            continue;
        }
        const void *bytes = sqlite3_column_blob(statement, i);
        value[i] =
            (SqlValue){.kind = type == SQLITE_TEXT ? SQL_TEXT : SQL_BLOB,
                       .text = {bytes ? bytes : "", (size_t)sqlite3_column_bytes(statement, i)}};
    }
    return call->row(call->ctx, value, (size_t)count, err);
}

static bool run(Driver *driver, const SqlCall *call, size_t *ret_changed, Err *err)
{
    Sqlite *sqlite = (Sqlite *)driver;
    sqlite3_stmt *statement = prepare(sqlite, call->id, err);
    if (!statement)
        return false;
    bind(statement, call->arg, call->arg_count);
    int status = SQLITE_DONE;
    bool is_ok = true;
    while (is_ok && (status = sqlite3_step(statement)) == SQLITE_ROW)
        is_ok = !call->row || give_row(statement, call, err);
    if (is_ok && status != SQLITE_DONE)
        is_ok = fail(sqlite, status, err);
    if (ret_changed)
        *ret_changed = (size_t)sqlite3_changes64(sqlite->db);
    (void)sqlite3_reset(statement); /* says again what step said */
    (void)sqlite3_clear_bindings(statement);
    return is_ok;
}

static bool execute(Sqlite *sqlite, const char *text, Err *err)
{
    int status = sqlite3_exec(sqlite->db, text, NULL, NULL, NULL);
    return status == SQLITE_OK || fail(sqlite, status, err);
}

static bool begin(Driver *driver, bool is_snapshot, Err *err)
{
    return execute((Sqlite *)driver, is_snapshot ? "BEGIN" : "BEGIN IMMEDIATE", err);
}

static bool commit(Driver *driver, Err *err)
{
    return execute((Sqlite *)driver, "COMMIT", err);
}

static void rollback(Driver *driver)
{
    /* some failures have ended the transaction already */
    Sqlite *sqlite = (Sqlite *)driver;
    if (!sqlite3_get_autocommit(sqlite->db))
        (void)sqlite3_exec(sqlite->db, "ROLLBACK", NULL, NULL, NULL);
}

static const DriverOps OPS = {
    .name = "sqlite",
    .type_int = "INTEGER",
    .type_text = "TEXT",
    .type_blob = "BLOB",
    .table_end = " STRICT",
    .has_table = SQL_SQLITE_HAS_TABLE,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
};

/* A file of something else is not ours to write into; a new one has no application yet. */
static bool check_application(Sqlite *sqlite, Err *err)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(sqlite->db, "PRAGMA application_id", -1, &statement, NULL);
    int64_t application = 0;
    if (status == SQLITE_OK && (status = sqlite3_step(statement)) == SQLITE_ROW) {
        application = sqlite3_column_int64(statement, 0);
        status = SQLITE_OK;
    }
    (void)sqlite3_finalize(statement);
    if (status != SQLITE_OK)
        return fail(sqlite, status, err);
    return application == 0 || application == APPLICATION ||
           err_fail(err, ERR_STORE_FOREIGN, ARG_STR("db", sqlite->path));
}

/* What SQLite creates itself, others could read; its files beside this one follow it. */
static void create_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        (void)close(fd);
}

bool sqlite_open(Arena *arena, Str path, bool is_creating, int wait_ms, Driver **ret, Err *err)
{
    Sqlite *sqlite = ARENA_NEW(arena, Sqlite);
    sqlite->driver.ops = &OPS;
    sqlite->path = str_dup(arena, path);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (is_creating ? SQLITE_OPEN_CREATE : 0);
    char *file = str_cstr(arena, path);
    if (is_creating)
        create_private(file);
    int status = sqlite3_open_v2(file, &sqlite->db, flags, NULL);
    arena_defer(arena, close_sqlite, sqlite);
    if (status != SQLITE_OK)
        return fail(sqlite, status, err);
    (void)sqlite3_busy_timeout(sqlite->db, wait_ms);
    (void)sqlite3_db_config(sqlite->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    (void)sqlite3_db_config(sqlite->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    if (!check_application(sqlite, err))
        return false;
    /* FULL: a commit is on the disk when it returns, in WAL mode too */
    const char *setting = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                          "PRAGMA cell_size_check = ON;";
    if ((is_creating && !execute(sqlite, "PRAGMA application_id = 1247104584", err)) ||
        !execute(sqlite, setting, err))
        return false;
    *ret = &sqlite->driver;
    return true;
}
