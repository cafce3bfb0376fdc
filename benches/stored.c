/*
 * The stored nation in junheng, by the use cases of the program: import_run, evaluation_open and live_edit
 * on a journal in SQLite or on a server.
 *
 *     import     the CSV to a batch accepted in a new journal; twice, the second time is measured
 *     replay     (of import) from the journal to all verdicts, without a cache, and the cache written
 *     open       in a fresh process: from the column cache to all verdicts, reading the packs included
 *     journal    one number corrected durably, its county and the regions above judged again
 *     years      ten tables of a prefecture imported; years_replay judges all of them from the journal,
 *                years_edit corrects a number of the last
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/database.h"
#include "app/import.h"
#include "app/live.h"
#include "harness.h"
#include "rows.h"

#define NATION_PERIOD STR("2024-2025")
enum { FIRST_YEAR = 2015, YEAR_COUNT = 10 };

typedef struct Stored {
    const BenchOptions *options;
    StoreConfig config;
    Err err;
} Stored;

static void require(Stored *stored, bool is_ok)
{
    if (is_ok)
        return;
    CLEANUP(arena_done) Arena arena;
    StrBuf text;
    arena_init(&arena);
    strbuf_init(&text, &arena);
    err_format(&text, &stored->err, LANG_EN);
    bench_die("%.*s", STR_ARG(strbuf_str(&text)));
}

/* ---- a new journal ---- */

static void drop_tables(const Stored *stored)
{
    PGconn *conn = PQconnectdb(stored->options->store);

    PQclear(PQexec(conn, "SET client_min_messages = warning"));
    PGresult *result = PQexec(conn, "DROP TABLE IF EXISTS jh_entry, jh_head, jh_store");
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        bench_die("PostgreSQL: %s", PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
}

static void remove_file(const char *base, const char *ending)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s%s", base, ending);
    (void)unlink(path);
}

static void remove_caches(const char *base)
{
    for (int year = FIRST_YEAR; year < FIRST_YEAR + YEAR_COUNT; year++) {
        char ending[32];
        snprintf(ending, sizeof(ending), ".%d-%d.cache", year, year + 1);
        remove_file(base, ending);
    }
}

static void base_of(const Stored *stored, char *base, size_t size)
{
    if (stored->options->side != NULL)
        snprintf(base, size, "%s/junheng", stored->options->side);
    else
        snprintf(base, size, "%s", stored->options->store);
}

static void make_new(Stored *stored)
{
    CLEANUP(arena_done) Arena arena;
    char base[4000];

    arena_init(&arena);
    base_of(stored, base, sizeof(base));
    if (stored->options->side != NULL)
        drop_tables(stored);
    else
        for (int i = 0; i < 3; i++)
            remove_file(base, (const char *[]){"", "-wal", "-shm"}[i]);
    remove_file(base, ".key");
    remove_file(base, ".head");
    remove_caches(base);
    require(stored, database_create(&arena, stored->options->packs, &stored->config, STR("bench"),
                                    &stored->err));
}

static void import_table(Stored *stored, const char *path, Str period)
{
    CLEANUP(arena_done) Arena arena;
    const ImportRequest request = {.packs = stored->options->packs,
                                   .store = &stored->config,
                                   .path = path,
                                   .period = period,
                                   .author = STR("bench")};
    ImportResult result = {0};

    arena_init(&arena);
    require(stored, import_run(&arena, &request, &result, &stored->err));
}

/* ---- judging ---- */

static EvaluationRequest request_of(const Stored *stored, Str period, bool is_replayed)
{
    return (EvaluationRequest){.packs = stored->options->packs,
                               .standard = STR("bench"),
                               .store = &stored->config,
                               .until = FACTS_ALL,
                               .needs_origins = is_replayed,
                               .period = period};
}

typedef struct Rows {
    int *qualified;
    BenchRow *rows;
    size_t count;
} Rows;

static Rows read_all(Arena *arena, const Judge *judge)
{
    size_t regions = judge->frames->regions.count;
    Rows rows = {.qualified = ARENA_ARRAY(arena, int, regions),
                 .rows = ARENA_ARRAY(arena, BenchRow, regions * STAGE_COUNT + 1)};

    rows_qualified(judge, rows.qualified);
    rows.count = rows_read(judge, rows.qualified, rows.rows);
    return rows;
}

/* Opens the nation and tells what was found; returns how long opening took. */
static double open_nation(Stored *stored, bool is_cached)
{
    CLEANUP(arena_done) Arena arena;
    EvaluationRequest request = request_of(stored, NATION_PERIOD, false);
    Evaluation evaluation;

    arena_init(&arena);
    double start = bench_now();
    require(stored, evaluation_open(&arena, &request, &evaluation, &stored->err));
    double ms = bench_now() - start;
    if (evaluation.cache.is_used != is_cached)
        bench_die("the cache was %s", is_cached ? "not used" : "used");
    Rows rows = read_all(&arena, evaluation.judge);
    bench_check(stored->options, "nation", bench_check_rows(rows.rows, rows.count));
    bench_dump(stored->options, rows.rows, rows.count);
    return ms;
}

static void measure_import(Stored *stored)
{
    double ms[2];

    for (int i = 0; i < 2; i++) {
        make_new(stored);
        double start = bench_now();
        import_table(stored, stored->options->csv, NATION_PERIOD);
        ms[i] = bench_now() - start;
    }
    bench_result(stored->options, "import", ms + 1, 1);
    ms[0] = open_nation(stored, false);
    bench_result(stored->options, "replay", ms, 1);
}

static void measure_open(Stored *stored)
{
    double ms = open_nation(stored, true);

    bench_result(stored->options, "open", &ms, 1);
}

/* ---- correcting ---- */

static uint32_t correct(Stored *stored, Live *live, const BenchEdit *edit)
{
    char school[16];
    uint32_t county;

    snprintf(school, sizeof(school), "%010lld", (long long)edit->school);
    const LiveEdit correction = {.school = str_from(school),
                                 .stage = str_from(JOB_STAGES[edit->stage].name),
                                 .item = str_from(JOB_ITEMS[edit->item]),
                                 .value = edit->value,
                                 .author = STR("bench")};
    require(stored, live_edit(live, &correction, &county, &stored->err));
    return county;
}

static void add_county(const Judge *judge, int *qualified, uint32_t county, BenchCheck *check)
{
    int last_county = -1;
    BenchRow row;

    qualified[county] = judge_verdict(judge, county) == TRI_TRUE;
    for (int s = 0; s < STAGE_COUNT; s++)
        if (rows_read_one(judge, qualified, county, s, &row))
            bench_check_add(check, &row, &last_county);
}

/* Every correction is undone by the next, so the results must be the same bits as before. */
static void measure_journal(Stored *stored, const BenchTasks *tasks)
{
    CLEANUP(arena_done) Arena arena;
    EvaluationRequest request = request_of(stored, NATION_PERIOD, false);
    Live *live;
    double *ms = bench_timings(tasks->edit_count);
    BenchCheck check = {0};

    arena_init(&arena);
    require(stored, live_open(&arena, &request, &live, &stored->err));
    const Judge *judge = live_evaluation(live)->judge;
    Rows before = read_all(&arena, judge);
    for (size_t i = 0; i < tasks->edit_count; i++) {
        double start = bench_now();
        uint32_t county = correct(stored, live, &tasks->edits[i]);
        ms[i] = bench_now() - start;
        if (i < BENCH_CHECKED_EDITS)
            add_county(judge, before.qualified, county, &check);
    }
    Rows after = read_all(&arena, judge);
    if (after.count != before.count || !rows_are_same(before.rows, after.rows, after.count))
        bench_die("the corrections undone do not give the first results");
    bench_edit_result(stored->options, "journal", ms, tasks->edit_count);
    bench_check(stored->options, "edit", check);
    free(ms);
}

/* ---- ten years of a prefecture ---- */

static Str period_of(Arena *arena, int year)
{
    return str_format(arena, "%d-%d", year, year + 1);
}

static void import_years(Stored *stored, Arena *arena)
{
    make_new(stored);
    for (int year = FIRST_YEAR; year < FIRST_YEAR + YEAR_COUNT; year++) {
        Str period = period_of(arena, year);
        Str path = str_format(arena, "%s/%.*s.csv", stored->options->years, STR_ARG(period));
        import_table(stored, path.ptr, period);
    }
}

static double replay_years(Stored *stored, Arena *arena)
{
    double start = bench_now();

    for (int year = FIRST_YEAR; year < FIRST_YEAR + YEAR_COUNT; year++) {
        CLEANUP(arena_done) Arena job;
        EvaluationRequest request = request_of(stored, period_of(arena, year), true);
        Evaluation evaluation;
        arena_init(&job);
        require(stored, evaluation_open(&job, &request, &evaluation, &stored->err));
        (void)judge_verdict(evaluation.judge, 0);
    }
    return bench_now() - start;
}

/* A number of every school in turn, changed and changed back. */
static void edit_last_year(Stored *stored, Arena *arena)
{
    enum { EDITS = 1000 };
    EvaluationRequest request =
        request_of(stored, period_of(arena, FIRST_YEAR + YEAR_COUNT - 1), false);
    double ms[EDITS];
    Live *live;

    require(stored, live_open(arena, &request, &live, &stored->err));
    const Dataset *dataset = live_evaluation(live)->dataset;
    for (size_t i = 0; i < EDITS; i++) {
        const School *school = &dataset->school[i / 2 % dataset->school_count];
        BenchEdit edit = {.school = (int64_t)school->code,
                          .stage = school->part[0] == 0,
                          .value = i % 2 == 0 ? 100 : 200};
        double start = bench_now();
        (void)correct(stored, live, &edit);
        ms[i] = bench_now() - start;
    }
    bench_edit_result(stored->options, "years_edit", ms, EDITS);
}

static void measure_years(Stored *stored)
{
    CLEANUP(arena_done) Arena arena;
    double ms[2];

    arena_init(&arena);
    import_years(stored, &arena);
    for (int i = 0; i < 2; i++)
        ms[i] = replay_years(stored, &arena);
    bench_result(stored->options, "years_replay", ms + 1, 1);
    edit_last_year(stored, &arena);
}

int main(int argc, char **argv)
{
    BenchOptions options = bench_options(argc, argv, "junheng-sqlite");
    BenchTasks tasks = bench_tasks(&options);
    Stored stored = {.options = &options};

    if (options.store == NULL || options.packs == NULL)
        bench_die("--store and --packs are needed");
    err_init(&stored.err);
    stored.config = (StoreConfig){.address = str_from(options.store), .side = options.side};
    if (options.import)
        measure_import(&stored);
    if (options.open)
        measure_open(&stored);
    if (options.journal)
        measure_journal(&stored, &tasks);
    if (options.years_mode && options.years != NULL)
        measure_years(&stored);
    err_done(&stored.err);
    return 0;
}
