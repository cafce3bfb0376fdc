/*
 * The stored nation in SQLite, durably: WAL and synchronous = FULL, as junheng keeps its journal.
 *
 *     import    the CSV to one table in one transaction, prepared
 *     open      in a fresh process: all columns of all rows to doubles
 *     journal   one number updated and committed, its county judged from the slim tables of sqlite.c
 *     commit    (of journal) beside each of them: one small row inserted and committed
 */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "sql.h"

enum { KEY_COUNT = 5, NAME = 5, COLUMN_COUNT = 45, ROWS_MAX = 16384, CV_COLUMN = 6 };

typedef struct Store {
    const BenchOptions *options;
    sqlite3 *db;
    BenchRow *rows; /* the last results */
    size_t row_count;
} Store;

static void check(const Store *store, int code)
{
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
        bench_die("SQLite: %s", sqlite3_errmsg(store->db));
}

static void run(const Store *store, const char *sql)
{
    check(store, sqlite3_exec(store->db, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *prepare(const Store *store, const char *sql)
{
    sqlite3_stmt *statement;

    check(store,
          sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
    return statement;
}

static void open_store(Store *store)
{
    check(store, sqlite3_open(store->options->store, &store->db));
    run(store, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
               "PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY");
}

static void close_store(Store *store)
{
    check(store, sqlite3_close(store->db));
    store->db = NULL;
}

static void remove_store(const Store *store)
{
    (void)unlink(store->options->store);
    (void)unlink(sql_format("%s-wal", store->options->store));
    (void)unlink(sql_format("%s-shm", store->options->store));
}

/* ---- import ---- */

static void bind_field(const Store *store, sqlite3_stmt *insert, int column, const char *at,
                       const char *end)
{
    if (at == end)
        check(store, sqlite3_bind_null(insert, column));
    else if (column == NAME)
        check(store, sqlite3_bind_text(insert, column, at, (int)(end - at), SQLITE_STATIC));
    else if (column < NAME)
        check(store, sqlite3_bind_int64(insert, column, strtoll(at, NULL, 10)));
    else
        check(store, sqlite3_bind_double(insert, column, strtod(at, NULL)));
}

static void insert_line(const Store *store, sqlite3_stmt *insert, const char *line,
                        const char *line_end)
{
    for (int column = 1; column <= COLUMN_COUNT; column++) {
        const char *end = memchr(line, ',', (size_t)(line_end - line));
        if (end == NULL)
            end = line_end;
        bind_field(store, insert, column, line, end);
        line = end + 1;
    }
    check(store, sqlite3_step(insert));
    check(store, sqlite3_reset(insert));
}

static void load_facts(const Store *store)
{
    char marks[2 * COLUMN_COUNT + 1] = "?";

    for (int i = 1; i < COLUMN_COUNT; i++)
        memcpy(marks + 2 * i - 1, ",?", 3);
    run(store, sql_format("CREATE TABLE facts (%s)", sql_get("stored")));
    char *text = bench_read_file(store->options->csv, NULL);
    sqlite3_stmt *insert = prepare(store, sql_format("INSERT INTO facts VALUES (%s)", marks));
    run(store, "BEGIN");
    for (const char *line = strchr(text, '\n') + 1; *line != '\0';) {
        const char *end = strchr(line, '\n');
        insert_line(store, insert, line, end);
        line = end + 1;
    }
    run(store, "COMMIT");
    sqlite3_finalize(insert);
    free(text);
}

static void make_tables(const Store *store)
{
    for (int s = 0; s < STAGE_COUNT; s++)
        run(store, sql_format("CREATE TABLE stage%d (school INTEGER, county INTEGER, p REAL, x0 "
                              "REAL, x1 REAL, x2 REAL, x3 REAL, x4 REAL, x5 REAL, x6 REAL,"
                              "PRIMARY KEY (county, school)) WITHOUT ROWID;"
                              "INSERT INTO stage%d SELECT * FROM (%s) ORDER BY county, school",
                              s, s, sql_get("view%d", s)));
    run(store, "CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB); ANALYZE");
}

/* ---- judging ---- */

static BenchRow row_of(sqlite3_stmt *statement)
{
    BenchRow row = {
        .region = sqlite3_column_int(statement, 0),
        .stage = sqlite3_column_int(statement, 1),
        .evaluated = sqlite3_column_int64(statement, 2),
        .ok = sqlite3_column_int64(statement, 3),
        .pupils = sqlite3_column_double(statement, 4),
        .qualified = sqlite3_column_int(statement, 5),
    };

    for (int k = 0; k < RATIO_COUNT; k++)
        row.cv[k] = sqlite3_column_type(statement, CV_COLUMN + k) == SQLITE_NULL
                        ? NAN
                        : sqlite3_column_double(statement, CV_COLUMN + k);
    return row;
}

static void fetch(Store *store, sqlite3_stmt *statement)
{
    store->row_count = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        if (store->row_count == ROWS_MAX)
            bench_die("SQLite: more rows than regions");
        store->rows[store->row_count++] = row_of(statement);
    }
    check(store, sqlite3_reset(statement));
}

static void measure_import(Store *store)
{
    double ms[2];

    for (int i = 0; i < 2; i++) {
        if (store->db != NULL)
            close_store(store);
        remove_store(store);
        double start = bench_now();
        open_store(store);
        load_facts(store);
        ms[i] = bench_now() - start;
    }
    bench_result(store->options, "import", ms + 1, 1);
    make_tables(store);
    sqlite3_stmt *nation = prepare(store, sql_get("nation"));
    fetch(store, nation);
    sqlite3_finalize(nation);
    bench_check(store->options, "nation", bench_check_rows(store->rows, store->row_count));
    bench_dump(store->options, store->rows, store->row_count);
    close_store(store);
}

/* ---- opening ---- */

static double number_at(sqlite3_stmt *all, int column)
{
    return sqlite3_column_type(all, column) == SQLITE_NULL ? NAN
                                                           : sqlite3_column_double(all, column);
}

static void measure_open(Store *store)
{
    size_t lines, row = 0, at = 0;
    double want = bench_csv_total(store->options->csv, KEY_COUNT, &lines), total = 0;
    double *value = malloc(lines * COLUMN_COUNT * sizeof(double));

    double start = bench_now();
    open_store(store);
    sqlite3_stmt *all = prepare(store, "SELECT * FROM facts");
    for (; sqlite3_step(all) == SQLITE_ROW && row < lines; row++)
        for (int column = 0; column < COLUMN_COUNT; column++)
            if (column != NAME - 1)
                value[at++] = number_at(all, column);
    double ms = bench_now() - start;
    sqlite3_finalize(all);
    close_store(store);
    for (size_t i = 0; i < at; i++)
        if (i % (COLUMN_COUNT - 1) >= KEY_COUNT - 1 && !isnan(value[i]))
            total += value[i];
    if (row != lines || fabs(total - want) > 1e-9 * want)
        bench_die("SQLite: read %zu rows, sum %.17g, want %zu, %.17g", row, total, lines, want);
    bench_result(store->options, "open", &ms, 1);
    free(value);
}

/* ---- correcting ---- */

static void set_number(const Store *store, sqlite3_stmt *update, const BenchEdit *edit)
{
    if (isnan(edit->value))
        check(store, sqlite3_bind_null(update, 1));
    else
        check(store, sqlite3_bind_double(update, 1, edit->value));
    check(store, sqlite3_bind_int(update, 2, edit->county));
    check(store, sqlite3_bind_int64(update, 3, edit->school));
    check(store, sqlite3_step(update));
    check(store, sqlite3_reset(update));
}

static double bare_commit(const Store *store, sqlite3_stmt *bare)
{
    static const char body[300];
    double start = bench_now();

    check(store, sqlite3_bind_blob(bare, 1, body, sizeof(body), SQLITE_STATIC));
    check(store, sqlite3_step(bare));
    check(store, sqlite3_reset(bare));
    return bench_now() - start;
}

static double edit_once(Store *store, sqlite3_stmt *update, sqlite3_stmt *county,
                        const BenchEdit *edit)
{
    double start = bench_now();

    set_number(store, update, edit);
    check(store, sqlite3_bind_int(county, 1, edit->county));
    check(store, sqlite3_bind_int(county, 2, edit->county));
    fetch(store, county);
    return bench_now() - start;
}

static void measure_journal(Store *store, const BenchTasks *tasks)
{
    sqlite3_stmt *update[STAGE_COUNT][ITEM_COUNT];
    double *ms = bench_timings(tasks->edit_count), *bare_ms = bench_timings(tasks->edit_count);
    BenchCheck sums = {0};

    open_store(store);
    sqlite3_stmt *county = prepare(store, sql_get("county"));
    sqlite3_stmt *bare = prepare(store, "INSERT INTO bare (body) VALUES (?)");
    for (int i = 0; i < STAGE_COUNT * ITEM_COUNT; i++)
        update[i / ITEM_COUNT][i % ITEM_COUNT] =
            prepare(store, sql_get("update%d_%d", i / ITEM_COUNT, i % ITEM_COUNT));
    for (size_t i = 0; i < tasks->edit_count; i++) {
        const BenchEdit *edit = &tasks->edits[i];
        int last_county = -1;
        ms[i] = edit_once(store, update[edit->stage][edit->item], county, edit);
        bare_ms[i] = bare_commit(store, bare);
        for (size_t k = 0; k < store->row_count && i < BENCH_CHECKED_EDITS; k++)
            bench_check_add(&sums, &store->rows[k], &last_county);
    }
    bench_edit_result(store->options, "journal", ms, tasks->edit_count);
    bench_edit_result(store->options, "commit", bare_ms, tasks->edit_count);
    bench_check(store->options, "edit", sums);
    for (int i = 0; i < STAGE_COUNT * ITEM_COUNT; i++)
        sqlite3_finalize(update[i / ITEM_COUNT][i % ITEM_COUNT]);
    sqlite3_finalize(county);
    sqlite3_finalize(bare);
    close_store(store);
    free(ms);
    free(bare_ms);
}

int main(int argc, char **argv)
{
    BenchOptions options = bench_options(argc, argv, "sqlite-full");
    BenchTasks tasks = bench_tasks(&options);
    Store store = {.options = &options, .rows = calloc(ROWS_MAX, sizeof(BenchRow))};

    if (options.store == NULL)
        bench_die("--store FILE is missing");
    sql_load(options.sql);
    if (options.import)
        measure_import(&store);
    if (options.open)
        measure_open(&store);
    if (options.journal)
        measure_journal(&store, &tasks);
    free(store.rows);
    return 0;
}
