#include "store/driver.h"

#include <libpq-fe.h>

typedef struct Postgres {
    Driver driver;
    PGconn *conn;
    Str name; /* the address without a password */
    bool is_prepared[STATEMENT_COUNT];
} Postgres;

/* The types of the protocol. */
enum { OID_BYTEA = 17, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25 };

static void close_postgres(void *ptr)
{
    PQfinish(((Postgres *)ptr)->conn);
}

static void clear(PGresult **result)
{
    PQclear(*result);
}

static Str first_line(const char *text)
{
    const char *end = strchr(text, '\n');
    return end ? (Str){text, (size_t)(end - text)} : str_from(text);
}

static bool fail(const Postgres *pg, const PGresult *result, Err *err)
{
    ErrArg db = ARG_STR("db", pg->name);
    ErrArg reason = ARG_STR("reason", first_line(PQerrorMessage(pg->conn)));
    const char *field = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    Str state = field ? str_from(field) : STR("");
    if (PQstatus(pg->conn) != CONNECTION_OK || str_starts_with(state, STR("57P")) ||
        str_starts_with(state, STR("08")))
        return err_fail(err, ERR_STORE_GONE, db, reason);
    if (str_equals(state, STR("23505")) || str_equals(state, STR("40001")) ||
        str_equals(state, STR("40P01")))
        return err_fail(err, ERR_STORE_RACE, db);
    if (str_equals(state, STR("55P03")))
        return err_fail(err, ERR_STORE_BUSY, db);
    if (str_equals(state, STR("53100")))
        return err_fail(err, ERR_STORE_FULL, db);
    if (str_equals(state, STR("25006")) || str_equals(state, STR("42501")))
        return err_fail(err, ERR_STORE_READ_ONLY, db);
    if (str_starts_with(state, STR("XX")))
        return err_fail(err, ERR_STORE_DAMAGED, db, reason);
    return err_fail(err, ERR_STORE_SQL, db, reason);
}

static bool is_done(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static bool execute(Postgres *pg, const char *text, Err *err)
{
    CLEANUP(clear) PGresult *result = PQexec(pg->conn, text);
    return is_done(result) || fail(pg, result, err);
}

enum { VALUES_MAX = 16 };

/* Statements are prepared under their own names; integers travel as 8 bytes, highest first. */
static bool prepare(Postgres *pg, StatementId id, const SqlCall *call, Err *err)
{
    if (pg->is_prepared[id])
        return true;
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    Oid type[VALUES_MAX];
    CHECK(call->arg_count <= VALUES_MAX);
    for (size_t i = 0; i < call->arg_count; i++)
        type[i] = call->arg[i].kind == SQL_INTEGER ? OID_INT8
                  : call->arg[i].kind == SQL_TEXT  ? OID_TEXT
                                                   : OID_BYTEA;
    CLEANUP(clear)
    PGresult *result =
        PQprepare(pg->conn, statement_name(id), statement_text(&scratch, pg->driver.ops, id),
                  (int)call->arg_count, type);
    if (!is_done(result))
        return fail(pg, result, err);
    pg->is_prepared[id] = true;
    return true;
}

static int64_t read_big(const char *bytes, int len)
{
    uint64_t value = 0;
    for (int i = 0; i < len; i++)
        value = value << 8 | (unsigned char)bytes[i];
    return len == 4 ? (int32_t)value : (int64_t)value;
}

static bool give_rows(const PGresult *result, const SqlCall *call, Err *err)
{
    int rows = PQntuples(result), columns = PQnfields(result);
    CHECK(columns <= VALUES_MAX);
    for (int row = 0; row < rows; row++) {
        SqlValue value[VALUES_MAX];
        for (int i = 0; i < columns; i++) {
            const char *bytes = PQgetvalue(result, row, i);
            int len = PQgetlength(result, row, i);
            Oid type = PQftype(result, i);
            if (type == OID_INT8 || type == OID_INT4)
                value[i] = SQL_INT_VALUE(read_big(bytes, len));
            else
                value[i] = (SqlValue){.kind = type == OID_BYTEA ? SQL_BLOB : SQL_TEXT,
                                      .text = {bytes, (size_t)len}};
        }
        if (!call->row(call->ctx, value, (size_t)columns, err))
            return false;
    }
    return true;
}

static bool run(Driver *driver, const SqlCall *call, size_t *ret_changed, Err *err)
{
    Postgres *pg = (Postgres *)driver;
    if (!prepare(pg, call->id, call, err))
        return false;
    const char *value[VALUES_MAX];
    int len[VALUES_MAX], format[VALUES_MAX];
    char big[VALUES_MAX][8];
    for (size_t i = 0; i < call->arg_count; i++) {
        const SqlValue *arg = &call->arg[i];
        for (size_t k = 0; k < 8; k++)
            big[i][k] = (char)((uint64_t)arg->integer >> (56 - 8 * k));
        bool is_int = arg->kind == SQL_INTEGER;
        value[i] = is_int ? big[i] : arg->text.len ? arg->text.ptr : "";
        len[i] = is_int ? 8 : (int)arg->text.len;
        format[i] = 1;
    }
    CLEANUP(clear)
    PGresult *result = PQexecPrepared(pg->conn, statement_name(call->id), (int)call->arg_count,
                                      value, len, format, 1);
    if (!is_done(result))
        return fail(pg, result, err);
    if (ret_changed)
        *ret_changed = (size_t)strtoul(PQcmdTuples(result), NULL, 10);
    return !call->row || give_rows(result, call, err);
}

static bool begin(Driver *driver, bool is_snapshot, Err *err)
{
    return execute((Postgres *)driver,
                   is_snapshot ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN", err);
}

static bool commit(Driver *driver, Err *err)
{
    Postgres *pg = (Postgres *)driver;
    CLEANUP(clear) PGresult *result = PQexec(pg->conn, "COMMIT");
    if (!is_done(result))
        return fail(pg, result, err);
    /* a transaction that had failed answers COMMIT with ROLLBACK */
    return str_equals(str_from(PQcmdStatus(result)), STR("COMMIT")) ||
           err_fail(err, ERR_STORE_SQL, ARG_STR("db", pg->name), ARG_LIT("reason", "rolled back"));
}

static void rollback(Driver *driver)
{
    Postgres *pg = (Postgres *)driver;
    if (PQtransactionStatus(pg->conn) != PQTRANS_IDLE) {
        CLEANUP(clear) PGresult *result = PQexec(pg->conn, "ROLLBACK");
        (void)result;
    }
}

static const DriverOps OPS = {
    .name = "postgresql",
    .type_int = "BIGINT",
    .type_text = "TEXT COLLATE \"C\"",
    .type_blob = "BYTEA",
    .table_end = "",
    .compresses = true,
    .has_table = SQL_POSTGRES_HAS_TABLE,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
};

/* postgresql://user:secret@host/db: what stands between the first ':' and the last '@' before '/'. */
Str postgres_name(Arena *arena, Str address)
{
    const char *start = memmem(address.ptr, address.len, "://", 3);
    if (!start)
        return str_dup(arena, address);
    size_t from = (size_t)(start - address.ptr) + 3, at = from, end = from;
    while (end < address.len && address.ptr[end] != '/' && address.ptr[end] != '?')
        end++;
    for (size_t i = from; i < end; i++)
        if (address.ptr[i] == '@')
            at = i;
    const char *colon = memchr(address.ptr + from, ':', at - from);
    size_t keep = colon ? (size_t)(colon - address.ptr) : at;
    if (end < address.len && address.ptr[end] == '/')
        while (end < address.len && address.ptr[end] != '?') /* settings may hold one too */
            end++;
    return str_format(arena, "%.*s%.*s", (int)keep, address.ptr, (int)(end - at), address.ptr + at);
}

static void be_silent(void *ctx, const char *message)
{
    (void)ctx;
    (void)message;
}

bool postgres_open(Arena *arena, Str address, int wait_ms, Driver **ret, Err *err)
{
    Postgres *pg = ARENA_NEW(arena, Postgres);
    pg->driver.ops = &OPS;
    pg->name = postgres_name(arena, address);
    pg->conn = PQconnectdb(str_cstr(arena, address));
    arena_defer(arena, close_postgres, pg);
    if (PQstatus(pg->conn) != CONNECTION_OK)
        return err_fail(err, ERR_STORE_OPEN, ARG_STR("db", pg->name),
                        ARG_STR("reason", first_line(PQerrorMessage(pg->conn))));
    (void)PQsetNoticeProcessor(pg->conn, be_silent, NULL);
    if (PQsetClientEncoding(pg->conn, "UTF8") != 0)
        return fail(pg, NULL, err);
    /* a commit that returned is on the disk, whatever the server's own setting */
    if (!execute(pg, "SET synchronous_commit = on", err) ||
        !execute(pg, "SET default_transaction_isolation = 'read committed'", err) ||
        !execute(pg, str_format(arena, "SET lock_timeout = %d", wait_ms).ptr, err))
        return false;
    *ret = &pg->driver;
    return true;
}
