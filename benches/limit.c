/* Runs and times the limit program: see limit.h for what it is, README.md for its command line. */
#include "limit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- the second thread, which waits between jobs ---- */

typedef struct Crew {
    pthread_t helper;
    pthread_barrier_t start, finish;
    CrewWork *work;
    void *context;
    bool is_running;
} Crew;

static Crew the_crew;

static void *help(void *unused)
{
    (void)unused;
    for (;;) {
        pthread_barrier_wait(&the_crew.start);
        the_crew.work(the_crew.context, 1);
        pthread_barrier_wait(&the_crew.finish);
    }
    return NULL;
}

void crew_run(int count, CrewWork *work, void *context)
{
    if (count == 1) {
        work(context, 0);
        return;
    }
    if (!the_crew.is_running) {
        pthread_barrier_init(&the_crew.start, NULL, 2);
        pthread_barrier_init(&the_crew.finish, NULL, 2);
        if (pthread_create(&the_crew.helper, NULL, help, NULL) != 0)
            bench_die("cannot start a thread");
        the_crew.is_running = true;
    }
    the_crew.work = work;
    the_crew.context = context;
    pthread_barrier_wait(&the_crew.start);
    work(context, 0);
    pthread_barrier_wait(&the_crew.finish);
}

/* ---- the measures ---- */

static BenchRow row_of(const Region *region, int s)
{
    const RegionStage *result = &region->stage[s];
    BenchRow row = {
        .region = region->code,
        .stage = s,
        .evaluated = result->evaluated,
        .ok = result->ok,
        .pupils = result->pupils,
        .qualified = region->qualified,
    };

    memcpy(row.cv, result->cv, sizeof(row.cv));
    return row;
}

static void add_region(BenchCheck *check, const Region *region)
{
    int last_county = -1;

    for (int s = 0; s < STAGE_COUNT; s++) {
        BenchRow row = row_of(region, s);
        if (row.evaluated > 0)
            bench_check_add(check, &row, &last_county);
    }
}

/* The first time is not measured. */
static void measure_cold(const BenchOptions *options)
{
    double ms[2];
    Nation nation;

    for (int i = 0; i < 2; i++) {
        double start = bench_now();
        nation_load(&nation, options->csv, options->threads);
        nation_judge(&nation, options->threads, false);
        ms[i] = bench_now() - start;
        nation_unload(&nation);
    }
    bench_result(options, "cold", ms + 1, 1);
}

static void measure_parse(const BenchOptions *options)
{
    double *ms = bench_timings((size_t)options->rounds);
    Nation nation;

    for (int i = -1; i < options->rounds; i++) {
        double start = bench_now();
        nation_parse(&nation, options->csv, options->threads);
        if (i >= 0)
            ms[i] = bench_now() - start;
        nation_unload(&nation);
    }
    bench_result(options, "parse", ms, (size_t)options->rounds);
    free(ms);
}

typedef struct WarmRun {
    const BenchOptions *options;
    Nation *nation;
    bool keeps_ratios;
} WarmRun;

static void run_warm(void *context)
{
    WarmRun *run = context;

    nation_judge(run->nation, run->options->threads, run->keeps_ratios);
}

static void measure_warm(const BenchOptions *options, Nation *nation, bool keeps_ratios)
{
    WarmRun run = {options, nation, keeps_ratios};

    bench_measure(options, keeps_ratios ? "full" : "warm", options->rounds, run_warm, &run);
}

static void report_nation(const BenchOptions *options, const Nation *nation)
{
    BenchRow *rows = calloc(nation->region_count * STAGE_COUNT, sizeof(BenchRow));
    size_t count = 0;

    if (rows == NULL)
        bench_die("out of memory");
    for (size_t i = 0; i < nation->region_count; i++)
        for (int s = 0; s < STAGE_COUNT; s++)
            if (nation->regions[i].stage[s].evaluated > 0)
                rows[count++] = row_of(&nation->regions[i], s);
    bench_check(options, "nation", bench_check_rows(rows, count));
    bench_dump(options, rows, count);
    free(rows);
}

/* Every edit is undone, so the results must be the same bits as before. */
static void measure_edits(const BenchOptions *options, Nation *nation, const BenchTasks *tasks)
{
    size_t bytes = nation->region_count * sizeof(Region);
    Region *before = aligned_alloc(64, bytes);
    double *ms = bench_timings(tasks->edit_count);
    BenchCheck check = {0};

    if (before == NULL)
        bench_die("out of memory");
    memcpy(before, nation->regions, bytes);
    for (size_t i = 0; i < tasks->edit_count; i++) {
        double start = bench_now();
        const Region *county = nation_edit(nation, &tasks->edits[i]);
        ms[i] = bench_now() - start;
        if (i < BENCH_CHECKED_EDITS)
            add_region(&check, county);
    }
    if (memcmp(before, nation->regions, bytes) != 0)
        bench_die("the edits undone do not give the first results");
    bench_edit_result(options, "edit", ms, tasks->edit_count);
    bench_check(options, "edit", check);
    free(before);
    free(ms);
}

static void measure_drills(const BenchOptions *options, const Nation *nation,
                           const BenchTasks *tasks)
{
    Region *counties = aligned_alloc(64, 100 * sizeof(Region));
    double *ms = bench_timings(tasks->drill_count);
    BenchCheck check = {0};

    if (counties == NULL)
        bench_die("out of memory");
    memset(counties, 0, 100 * sizeof(Region));
    for (size_t i = 0; i < tasks->drill_count; i++) {
        double start = bench_now();
        size_t count = nation_drill(nation, tasks->drills[i], counties);
        ms[i] = bench_now() - start;
        for (size_t county = 0; county < count && i < BENCH_CHECKED_DRILLS; county++)
            add_region(&check, &counties[county]);
    }
    bench_result(options, "drill", ms, tasks->drill_count);
    bench_check(options, "drill", check);
    free(counties);
    free(ms);
}

int main(int argc, char **argv)
{
    BenchOptions options = bench_options(argc, argv, "limit");
    BenchTasks tasks = bench_tasks(&options);
    Nation nation;

    if (options.threads > THREADS_MAX)
        bench_die("--threads: %d at most", THREADS_MAX);
    if (options.parse)
        measure_parse(&options);
    if (options.cold)
        measure_cold(&options);
    nation_load(&nation, options.csv, options.threads);
    nation_judge(&nation, options.threads, false);
    if (options.warm)
        measure_warm(&options, &nation, false);
    if (options.full)
        measure_warm(&options, &nation, true);
    report_nation(&options, &nation);
    if (options.edit && tasks.edit_count > 0)
        measure_edits(&options, &nation, &tasks);
    if (options.drill && tasks.drill_count > 0)
        measure_drills(&options, &nation, &tasks);
    nation_unload(&nation);
    return 0;
}
