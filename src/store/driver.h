/*
 * For store/ only: one database. SQLite, PostgreSQL and the tracing wrapper each fill the table of
 * functions; statements stand in statements.def, with $1, $2 … in the order of their first use, and
 * nowhere else in the program.
 */
#ifndef JH_STORE_DRIVER_H
#define JH_STORE_DRIVER_H

#include "base/err.h"

typedef enum SqlKind { SQL_INTEGER, SQL_TEXT, SQL_BLOB } SqlKind;

typedef struct SqlValue {
    SqlKind kind;
    int64_t integer;
    Str text; /* of SQL_TEXT and SQL_BLOB */
} SqlValue;

#define SQL_INT_VALUE(value) ((SqlValue){.kind = SQL_INTEGER, .integer = (int64_t)(value)})
#define SQL_TEXT_VALUE(value) ((SqlValue){.kind = SQL_TEXT, .text = (value)})
#define SQL_BLOB_VALUE(value) ((SqlValue){.kind = SQL_BLOB, .text = (value)})

typedef enum StatementId {
#define STATEMENT(id, text) id,
#include "store/statements.def"
#undef STATEMENT
    STATEMENT_COUNT
} StatementId;

/* One row of a result; its values are valid for the call. False ends the statement with failure. */
typedef bool RowFn(void *ctx, const SqlValue *value, size_t count, Err *err);

typedef struct SqlCall {
    StatementId id;
    const SqlValue *arg;
    size_t arg_count;
    RowFn *row; /* NULL: rows are not wanted */
    void *ctx;
} SqlCall;

struct Trace;
typedef struct Driver Driver;

typedef struct DriverOps {
    const char *name;
    /* Type words and what else differs: {int} {text} {blob} {table} in a statement. */
    const char *type_int, *type_text, *type_blob, *table_end;
    bool compresses;       /* long values, unless it is told not to */
    StatementId has_table; /* gives one row if the table $1 is there */
    /* is_snapshot: only to read, and nothing is seen of what others write meanwhile. */
    bool (*begin)(Driver *driver, bool is_snapshot, Err *err);
    bool (*commit)(Driver *driver, Err *err);
    void (*rollback)(Driver *driver);
    /* ret_changed: rows that were inserted or updated. */
    bool (*run)(Driver *driver, const SqlCall *call, size_t *ret_changed, Err *err);
} DriverOps;

struct Driver {
    const DriverOps *ops;
};

/* Both are closed when the arena ends. create: the file may not be there yet. */
MUST_USE bool sqlite_open(Arena *arena, Str path, bool is_creating, int wait_ms, Driver **ret,
                          Err *err);
/* The address without its password. */
Str postgres_name(Arena *arena, Str address);
MUST_USE bool postgres_open(Arena *arena, Str address, int wait_ms, Driver **ret, Err *err);
/* A driver that counts what it passes on to `inner`, and fails or dies where it is told to. */
Driver *trace_open(Arena *arena, struct Trace *trace, Driver *inner);

/* The text of a statement for this database, NUL-terminated, in the arena. */
char *statement_text(Arena *arena, const DriverOps *ops, StatementId id);
const char *statement_name(StatementId id);

static inline bool driver_run(Driver *driver, StatementId id, const SqlValue *arg, size_t count,
                              Err *err)
{
    const SqlCall call = {.id = id, .arg = arg, .arg_count = count};
    return driver->ops->run(driver, &call, NULL, err);
}

#endif
