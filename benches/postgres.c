/* The job in PostgreSQL through libpq, with the statements of peers/make_sql.py. */
#include <libpq-fe.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "sql.h"

enum { CV_COLUMN = 6, PIECE_BYTES = 1 << 20, NUMBER_LEN = 32 };

typedef struct Server {
    const BenchOptions *options;
    PGconn *conn;
    const char *statement; /* what judge runs: prepared */
    BenchRow *rows;        /* the last results */
    size_t row_count, capacity;
} Server;

static void open_server(Server *server)
{
    if (server->options->store == NULL)
        bench_die("--store CONNECTION is missing");
    server->conn = PQconnectdb(server->options->store);
    if (PQstatus(server->conn) != CONNECTION_OK)
        bench_die("PostgreSQL: %s", PQerrorMessage(server->conn));
}

/* Takes the result; it must be one of the expected. */
static PGresult *check(const Server *server, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN)
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

/* ---- loading ---- */

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

static void drop_all(const Server *server)
{
    run(server, "DEALLOCATE ALL");
    for (int s = 0; s < STAGE_COUNT; s++) {
        run(server, sql_format("DROP VIEW IF EXISTS view%d", s));
        run(server, sql_format("DROP TABLE IF EXISTS kept%d, stage%d", s, s));
    }
    run(server, "DROP TABLE IF EXISTS facts");
}

static void load_facts(const Server *server)
{
    char columns[4096] = "";
    size_t len = 0;

    for (const char *c = sql_get("columns"); *c != '\0' && len + 2 < sizeof(columns); c++)
        columns[len++] = *c == '\n' ? ',' : *c;
    while (len > 0 && columns[len - 1] == ',')
        columns[--len] = '\0';
    run(server, sql_format("CREATE UNLOGGED TABLE facts (%s)", columns));
    copy_file(server);
    for (int s = 0; s < STAGE_COUNT; s++)
        run(server, sql_format("CREATE VIEW view%d AS %s", s, sql_get("view%d", s)));
}

/* Slim tables in the order of the counties; facts stays beside them. */
static void make_tables(const Server *server)
{
    for (int s = 0; s < STAGE_COUNT; s++) {
        run(server, sql_format("CREATE UNLOGGED TABLE stage%d AS SELECT * FROM view%d "
                               "ORDER BY county, school",
                               s, s));
        run(server, sql_format("ALTER TABLE stage%d ADD PRIMARY KEY (county, school)", s));
        run(server, sql_format("VACUUM ANALYZE stage%d", s));
    }
}

/* ---- judging ---- */

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
    size_t count = (size_t)PQntuples(check(server, result));

    if (count > server->capacity) {
        free(server->rows);
        server->rows = calloc(count, sizeof(BenchRow));
        server->capacity = count;
        if (server->rows == NULL)
            bench_die("out of memory");
    }
    for (size_t i = 0; i < count; i++)
        server->rows[i] = row_of(result, (int)i);
    server->row_count = count;
    PQclear(result);
}

static void judge(void *context)
{
    Server *server = context;

    fetch(server, PQexecPrepared(server->conn, server->statement, 0, NULL, NULL, NULL, 0));
}

/* The view of a cold run stands where the table of a warm one does. */
static const char *cold_nation(void)
{
    const char *with = sql_get("nation");

    return sql_format("WITH stage0 AS NOT MATERIALIZED (SELECT * FROM view0), "
                      "stage1 AS NOT MATERIALIZED (SELECT * FROM view1),%s",
                      with + strlen("WITH"));
}

static void measure_cold(Server *server)
{
    double ms[2];

    for (int i = 0; i < 2; i++) {
        drop_all(server);
        double start = bench_now();
        load_facts(server);
        prepare(server, "cold", cold_nation());
        server->statement = "cold";
        judge(server);
        ms[i] = bench_now() - start;
    }
    bench_result(server->options, "cold", ms + 1, 1);
}

static void measure_full(Server *server)
{
    const BenchOptions *options = server->options;
    double *ms = bench_timings((size_t)options->rounds);

    for (int i = -1; i < options->rounds; i++) {
        run(server, "DROP TABLE IF EXISTS kept0, kept1");
        double start = bench_now();
        for (int s = 0; s < STAGE_COUNT; s++)
            run(server, sql_get("keep%d", s));
        judge(server);
        if (i >= 0)
            ms[i] = bench_now() - start;
    }
    bench_result(options, "full", ms, (size_t)options->rounds);
    free(ms);
}

/* ---- tasks ---- */

static void add_rows(const Server *server, BenchCheck *sums)
{
    int last_county = -1;

    for (size_t i = 0; i < server->row_count; i++)
        bench_check_add(sums, &server->rows[i], &last_county);
}

static void judge_counties(Server *server, int first, int last)
{
    char text[2][NUMBER_LEN];
    const char *values[] = {text[0], text[1]};

    snprintf(text[0], NUMBER_LEN, "%d", first);
    snprintf(text[1], NUMBER_LEN, "%d", last);
    fetch(server, PQexecPrepared(server->conn, "county", 2, values, NULL, NULL, 0));
}

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

static void measure_edits(Server *server, const BenchTasks *tasks)
{
    size_t count =
        tasks->edit_count < BENCH_CHECKED_EDITS ? tasks->edit_count : BENCH_CHECKED_EDITS;
    double *ms = bench_timings(count);
    BenchCheck sums = {0};

    for (int s = 0; s < STAGE_COUNT; s++)
        for (int item = 0; item < ITEM_COUNT; item++)
            prepare(server, sql_format("update%d_%d", s, item), sql_get("update%d_%d", s, item));
    for (size_t i = 0; i < count; i++) {
        const BenchEdit *edit = &tasks->edits[i];
        double start = bench_now();
        set_number(server, edit);
        judge_counties(server, edit->county, edit->county);
        ms[i] = bench_now() - start;
        add_rows(server, &sums);
    }
    bench_edit_result(server->options, "edit", ms, count);
    bench_check(server->options, "edit", sums);
    free(ms);
}

static void measure_drills(Server *server, const BenchTasks *tasks)
{
    size_t count =
        tasks->drill_count < BENCH_CHECKED_DRILLS ? tasks->drill_count : BENCH_CHECKED_DRILLS;
    double *ms = bench_timings(count);
    BenchCheck sums = {0};

    for (size_t i = 0; i < count; i++) {
        double start = bench_now();
        judge_counties(server, tasks->drills[i], tasks->drills[i] + 99);
        ms[i] = bench_now() - start;
        add_rows(server, &sums);
    }
    bench_result(server->options, "drill", ms, count);
    bench_check(server->options, "drill", sums);
    free(ms);
}

int main(int argc, char **argv)
{
    BenchOptions options = bench_options(argc, argv, "postgres");
    BenchTasks tasks = bench_tasks(&options);
    Server server = {.options = &options};

    sql_load(options.sql);
    open_server(&server);
    run(&server, "SET client_min_messages = warning");
    if (options.cold)
        measure_cold(&server);
    drop_all(&server);
    load_facts(&server);
    make_tables(&server);
    prepare(&server, "nation", sql_get("nation"));
    prepare(&server, "county", sql_get("county"));
    server.statement = "nation";
    if (options.warm)
        bench_measure(&options, "warm", options.rounds, judge, &server);
    if (options.full)
        measure_full(&server);
    judge(&server);
    bench_check(&options, "nation", bench_check_rows(server.rows, server.row_count));
    bench_dump(&options, server.rows, server.row_count);
    if (options.edit && tasks.edit_count > 0)
        measure_edits(&server, &tasks);
    if (options.drill && tasks.drill_count > 0)
        measure_drills(&server, &tasks);
    drop_all(&server);
    PQfinish(server.conn);
    free(server.rows);
    return 0;
}
