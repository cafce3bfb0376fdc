/* The job in SQLite through its C interface, with the statements of peers/make_sql.py. */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "sql.h"

enum { KEY_COUNT = 3, COLUMN_COUNT = 43, ROWS_MAX = 16384, CV_COLUMN = 6 };

typedef struct Store {
    const BenchOptions *options;
    sqlite3 *db;
    sqlite3_stmt *nation;
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

/* Nothing is synced; 1 GB of pages is kept. */
static void open_store(Store *store)
{
    const char *path = store->options->store;

    if (path == NULL)
        bench_die("--store FILE is missing");
    (void)unlink(path);
    check(store, sqlite3_open(path, &store->db));
    run(store, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
               "PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY");
}

static void close_store(Store *store)
{
    sqlite3_finalize(store->nation);
    store->nation = NULL;
    check(store, sqlite3_close(store->db));
    store->db = NULL;
}

/* ---- loading ---- */

static void bind_field(const Store *store, sqlite3_stmt *insert, int column, const char *at,
                       const char *end)
{
    if (at == end)
        check(store, sqlite3_bind_null(insert, column));
    else if (column <= KEY_COUNT)
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
    char columns[4096] = "", marks[2 * COLUMN_COUNT + 1] = "?";
    size_t len = 0;

    for (const char *c = sql_get("columns"); *c != '\0' && len + 2 < sizeof(columns); c++)
        columns[len++] = *c == '\n' ? ',' : *c;
    while (len > 0 && columns[len - 1] == ',')
        columns[--len] = '\0';
    for (int i = 1; i < COLUMN_COUNT; i++)
        memcpy(marks + 2 * i - 1, ",?", 3);
    run(store, sql_format("CREATE TABLE facts (%s)", columns));
    for (int s = 0; s < STAGE_COUNT; s++)
        run(store, sql_format("CREATE VIEW view%d AS %s", s, sql_get("view%d", s)));

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

/* Slim tables in the order of the counties; facts stays beside them. */
static void make_tables(const Store *store)
{
    for (int s = 0; s < STAGE_COUNT; s++) {
        run(store, sql_format("CREATE TABLE stage%d (school INTEGER, county INTEGER, p REAL, x0 "
                              "REAL, x1 REAL, x2 REAL, x3 REAL, x4 REAL, x5 REAL, x6 REAL,"
                              "PRIMARY KEY (county, school)) WITHOUT ROWID;"
                              "INSERT INTO stage%d SELECT * FROM view%d ORDER BY county, school",
                              s, s, s));
    }
    run(store, "ANALYZE");
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

static void judge(void *context)
{
    Store *store = context;

    fetch(store, store->nation);
}

static void judge_kept(void *context)
{
    Store *store = context;

    for (int s = 0; s < STAGE_COUNT; s++)
        run(store, sql_get("keep%d", s));
    judge(store);
}

/* The view of a cold run stands where the table of a warm one does. */
static const char *cold_nation(void)
{
    const char *with = sql_get("nation");

    return sql_format("WITH stage0 AS (SELECT * FROM view0), stage1 AS (SELECT * FROM view1),%s",
                      with + strlen("WITH"));
}

static void measure_cold(Store *store)
{
    double ms[2];

    for (int i = 0; i < 2; i++) {
        double start = bench_now();
        open_store(store);
        load_facts(store);
        store->nation = prepare(store, cold_nation());
        judge(store);
        ms[i] = bench_now() - start;
        close_store(store);
    }
    bench_result(store->options, "cold", ms + 1, 1);
}

static void measure_full(Store *store)
{
    const BenchOptions *options = store->options;
    double *ms = bench_timings((size_t)options->rounds);

    for (int i = -1; i < options->rounds; i++) {
        run(store, "DROP TABLE IF EXISTS kept0; DROP TABLE IF EXISTS kept1");
        double start = bench_now();
        judge_kept(store);
        if (i >= 0)
            ms[i] = bench_now() - start;
    }
    bench_result(options, "full", ms, (size_t)options->rounds);
    free(ms);
}

/* ---- tasks ---- */

static void add_rows(const Store *store, BenchCheck *sums)
{
    int last_county = -1;

    for (size_t i = 0; i < store->row_count; i++)
        bench_check_add(sums, &store->rows[i], &last_county);
}

static void judge_counties(Store *store, sqlite3_stmt *counties, int first, int last)
{
    check(store, sqlite3_bind_int(counties, 1, first));
    check(store, sqlite3_bind_int(counties, 2, last));
    fetch(store, counties);
}

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

static void measure_edits(Store *store, sqlite3_stmt *counties, const BenchTasks *tasks)
{
    sqlite3_stmt *update[STAGE_COUNT][ITEM_COUNT];
    size_t count =
        tasks->edit_count < BENCH_CHECKED_EDITS ? tasks->edit_count : BENCH_CHECKED_EDITS;
    double *ms = bench_timings(count);
    BenchCheck sums = {0};

    for (int s = 0; s < STAGE_COUNT; s++)
        for (int item = 0; item < ITEM_COUNT; item++)
            update[s][item] = prepare(store, sql_get("update%d_%d", s, item));
    for (size_t i = 0; i < count; i++) {
        const BenchEdit *edit = &tasks->edits[i];
        double start = bench_now();
        set_number(store, update[edit->stage][edit->item], edit);
        judge_counties(store, counties, edit->county, edit->county);
        ms[i] = bench_now() - start;
        add_rows(store, &sums);
    }
    bench_edit_result(store->options, "edit", ms, count);
    bench_check(store->options, "edit", sums);
    for (int s = 0; s < STAGE_COUNT; s++)
        for (int item = 0; item < ITEM_COUNT; item++)
            sqlite3_finalize(update[s][item]);
    free(ms);
}

static void measure_drills(Store *store, sqlite3_stmt *counties, const BenchTasks *tasks)
{
    size_t count =
        tasks->drill_count < BENCH_CHECKED_DRILLS ? tasks->drill_count : BENCH_CHECKED_DRILLS;
    double *ms = bench_timings(count);
    BenchCheck sums = {0};

    for (size_t i = 0; i < count; i++) {
        double start = bench_now();
        judge_counties(store, counties, tasks->drills[i], tasks->drills[i] + 99);
        ms[i] = bench_now() - start;
        add_rows(store, &sums);
    }
    bench_result(store->options, "drill", ms, count);
    bench_check(store->options, "drill", sums);
    free(ms);
}

int main(int argc, char **argv)
{
    BenchOptions options = bench_options(argc, argv, "sqlite");
    BenchTasks tasks = bench_tasks(&options);
    Store store = {.options = &options, .rows = calloc(ROWS_MAX, sizeof(BenchRow))};

    sql_load(options.sql);
    if (options.cold)
        measure_cold(&store);
    open_store(&store);
    load_facts(&store);
    make_tables(&store);
    store.nation = prepare(&store, sql_get("nation"));
    if (options.warm)
        bench_measure(&options, "warm", options.rounds, judge, &store);
    if (options.full)
        measure_full(&store);
    judge(&store);
    bench_check(&options, "nation", bench_check_rows(store.rows, store.row_count));
    bench_dump(&options, store.rows, store.row_count);

    sqlite3_stmt *counties = prepare(&store, sql_get("county"));
    if (options.edit && tasks.edit_count > 0)
        measure_edits(&store, counties, &tasks);
    if (options.drill && tasks.drill_count > 0)
        measure_drills(&store, counties, &tasks);
    sqlite3_finalize(counties);
    close_store(&store);
    (void)unlink(options.store);
    free(store.rows);
    return 0;
}
