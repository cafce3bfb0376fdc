/*
 * The stored nation in PostgreSQL, durably: logged tables, and commits that wait for the disk.
 *
 *     import    the CSV by COPY
 *     open      in a fresh process: all columns of all rows to doubles, in binary
 *     journal   one number updated and committed, its county judged from the slim tables of postgres.c
 *     commit    (of journal) beside each of them: one small row inserted and committed
 */
#include <libpq-fe.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "sql.h"

enum {
    CV_COLUMN = 6,
    PIECE_BYTES = 1 << 20,
    NUMBER_LEN = 32,
    KEY_COUNT = 5,
    NAME = 5,
    COLUMN_COUNT = 45,
    ROWS_MAX = 16384
};

typedef struct Server {
    const BenchOptions *options;
    PGconn *conn;
    BenchRow *rows; /* the last results */
    size_t row_count;
} Server;

static PGresult *check(const Server *server, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN &&
        status != PGRES_SINGLE_TUPLE)
        bench_die("PostgreSQL: %s", PQerrorMessage(server->conn));
    return result;
}

static void run(const Server *server, const char *sql)
{
    PQclear(check(server, PQexec(server->conn, sql)));
}

static void prepare(const Server *server, const char *name, const char *sql)
{
    PQclear(check(server, PQprepare(server->conn, name, sql, 0, NULL)));
}

static void open_server(Server *server)
{
    server->conn = PQconnectdb(server->options->store);
    if (PQstatus(server->conn) != CONNECTION_OK)
        bench_die("PostgreSQL: %s", PQerrorMessage(server->conn));
    run(server, "SET client_min_messages = warning");
    run(server, "SET synchronous_commit = on");
}

/* ---- import ---- */

static void copy_file(const Server *server)
{
    FILE *file = fopen(server->options->csv, "rb");
    char *piece = malloc(PIECE_BYTES);
    size_t len;

    if (file == NULL || piece == NULL)
        bench_die("cannot open %s", server->options->csv);
    run(server, "COPY facts FROM STDIN (FORMAT csv, HEADER)");
    while ((len = fread(piece, 1, PIECE_BYTES, file)) > 0)
        if (PQputCopyData(server->conn, piece, (int)len) != 1)
            bench_die("PostgreSQL: %s", PQerrorMessage(server->conn));
    if (PQputCopyEnd(server->conn, NULL) != 1)
        bench_die("PostgreSQL: %s", PQerrorMessage(server->conn));
    for (PGresult *result; (result = PQgetResult(server->conn)) != NULL;)
        PQclear(check(server, result));
    fclose(file);
    free(piece);
}

static void make_tables(const Server *server)
{
    for (int s = 0; s < STAGE_COUNT; s++) {
        run(server, sql_format("CREATE TABLE stage%d AS SELECT * FROM (%s) AS v "
                               "ORDER BY county, school",
                               s, sql_get("view%d", s)));
        run(server, sql_format("ALTER TABLE stage%d ADD PRIMARY KEY (county, school)", s));
        run(server, sql_format("VACUUM ANALYZE stage%d", s));
    }
    run(server, "CREATE TABLE bare (id BIGSERIAL PRIMARY KEY, body BYTEA)");
    run(server, "CHECKPOINT");
}

static BenchRow row_of(const PGresult *result, int at)
{
    BenchRow row = {
        .region = (int)strtol(PQgetvalue(result, at, 0), NULL, 10),
        .stage = (int)strtol(PQgetvalue(result, at, 1), NULL, 10),
        .evaluated = strtoll(PQgetvalue(result, at, 2), NULL, 10),
        .ok = strtoll(PQgetvalue(result, at, 3), NULL, 10),
        .pupils = strtod(PQgetvalue(result, at, 4), NULL),
        .qualified = (int)strtol(PQgetvalue(result, at, 5), NULL, 10),
    };

    for (int k = 0; k < RATIO_COUNT; k++)
        row.cv[k] = PQgetisnull(result, at, CV_COLUMN + k)
                        ? NAN
                        : strtod(PQgetvalue(result, at, CV_COLUMN + k), NULL);
    return row;
}

static void fetch(Server *server, PGresult *result)
{
    server->row_count = (size_t)PQntuples(check(server, result));
    if (server->row_count > ROWS_MAX)
        bench_die("PostgreSQL: more rows than regions");
    for (size_t i = 0; i < server->row_count; i++)
        server->rows[i] = row_of(result, (int)i);
    PQclear(result);
}

static void measure_import(Server *server)
{
    double ms[2];

    for (int i = 0; i < 2; i++) {
        run(server, "DROP TABLE IF EXISTS facts, stage0, stage1, bare");
        double start = bench_now();
        run(server, sql_format("CREATE TABLE facts (%s)", sql_get("stored")));
        copy_file(server);
        ms[i] = bench_now() - start;
    }
    bench_result(server->options, "import", ms + 1, 1);
    run(server, "VACUUM ANALYZE facts");
    make_tables(server);
    fetch(server, PQexec(server->conn, sql_get("nation")));
    bench_check(server->options, "nation", bench_check_rows(server->rows, server->row_count));
    bench_dump(server->options, server->rows, server->row_count);
}

/* ---- opening ---- */

static double number_at(const PGresult *result, int row, int column)
{
    const unsigned char *bytes = (const unsigned char *)PQgetvalue(result, row, column);
    int len = PQgetlength(result, row, column);
    uint64_t bits = 0;
    double value;

    for (int i = 0; i < len; i++)
        bits = bits << 8 | bytes[i];
    if (column < KEY_COUNT)
        return (double)bits;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void measure_open(Server *server)
{
    size_t lines, at = 0;
    double want = bench_csv_total(server->options->csv, KEY_COUNT, &lines), total = 0;
    double *value = malloc(lines * COLUMN_COUNT * sizeof(double));

    PQfinish(server->conn);
    double start = bench_now();
    open_server(server);
    PGresult *all = check(
        server, PQexecParams(server->conn, "SELECT * FROM facts", 0, NULL, NULL, NULL, NULL, 1));
    size_t rows = (size_t)PQntuples(all);
    for (size_t row = 0; row < rows && row < lines; row++)
        for (int column = 0; column < COLUMN_COUNT; column++)
            if (column != NAME - 1)
                value[at++] =
                    PQgetisnull(all, (int)row, column) ? NAN : number_at(all, (int)row, column);
    double ms = bench_now() - start;
    PQclear(all);
    for (size_t i = 0; i < at; i++)
        if (i % (COLUMN_COUNT - 1) >= KEY_COUNT - 1 && !isnan(value[i]))
            total += value[i];
    if (rows != lines || fabs(total - want) > 1e-9 * want)
        bench_die("PostgreSQL: read %zu rows, sum %.17g, want %zu, %.17g", rows, total, lines,
                  want);
    bench_result(server->options, "open", &ms, 1);
    free(value);
}

/* ---- correcting ---- */

static void set_number(const Server *server, const BenchEdit *edit)
{
    char name[NUMBER_LEN], text[3][NUMBER_LEN];
    const char *values[] = {isnan(edit->value) ? NULL : text[0], text[1], text[2]};

    snprintf(name, NUMBER_LEN, "update%d_%d", edit->stage, edit->item);
    snprintf(text[0], NUMBER_LEN, "%.17g", edit->value);
    snprintf(text[1], NUMBER_LEN, "%d", edit->county);
    snprintf(text[2], NUMBER_LEN, "%lld", (long long)edit->school);
    PQclear(check(server, PQexecPrepared(server->conn, name, 3, values, NULL, NULL, 0)));
}

static double edit_once(Server *server, const BenchEdit *edit)
{
    char text[NUMBER_LEN];
    const char *values[] = {text, text};
    double start = bench_now();

    set_number(server, edit);
    snprintf(text, NUMBER_LEN, "%d", edit->county);
    fetch(server, PQexecPrepared(server->conn, "county", 2, values, NULL, NULL, 0));
    return bench_now() - start;
}

static double bare_commit(const Server *server)
{
    static const char body[300];
    const char *values[] = {body};
    double start = bench_now();

    PQclear(check(server, PQexecPrepared(server->conn, "bare", 1, values,
                                         (const int[]){sizeof(body)}, (const int[]){1}, 0)));
    return bench_now() - start;
}

static void measure_journal(Server *server, const BenchTasks *tasks)
{
    double *ms = bench_timings(tasks->edit_count), *bare_ms = bench_timings(tasks->edit_count);
    BenchCheck sums = {0};

    prepare(server, "county", sql_get("county"));
    prepare(server, "bare", "INSERT INTO bare (body) VALUES ($1)");
    for (int i = 0; i < STAGE_COUNT * ITEM_COUNT; i++)
        prepare(server, sql_format("update%d_%d", i / ITEM_COUNT, i % ITEM_COUNT),
                sql_get("update%d_%d", i / ITEM_COUNT, i % ITEM_COUNT));
    for (size_t i = 0; i < tasks->edit_count; i++) {
        int last_county = -1;
        ms[i] = edit_once(server, &tasks->edits[i]);
        bare_ms[i] = bare_commit(server);
        for (size_t k = 0; k < server->row_count && i < BENCH_CHECKED_EDITS; k++)
            bench_check_add(&sums, &server->rows[k], &last_county);
    }
    bench_edit_result(server->options, "journal", ms, tasks->edit_count);
    bench_edit_result(server->options, "commit", bare_ms, tasks->edit_count);
    bench_check(server->options, "edit", sums);
    free(ms);
    free(bare_ms);
}

int main(int argc, char **argv)
{
    BenchOptions options = bench_options(argc, argv, "postgres-full");
    BenchTasks tasks = bench_tasks(&options);
    Server server = {.options = &options, .rows = calloc(ROWS_MAX, sizeof(BenchRow))};

    if (options.store == NULL)
        bench_die("--store CONNECTION is missing");
    sql_load(options.sql);
    open_server(&server);
    if (options.import)
        measure_import(&server);
    if (options.open)
        measure_open(&server);
    if (options.journal)
        measure_journal(&server, &tasks);
    PQfinish(server.conn);
    free(server.rows);
    return 0;
}
