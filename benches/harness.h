/*
 * What the engines of the bench written in C share: the command line, the tasks, the clock and
 * the lines they print. README.md describes the command line and the lines. It is no part
 * of the program: a mistake prints one line and ends the process.
 */
#ifndef JH_BENCH_HARNESS_H
#define JH_BENCH_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "job.h"

/* The checks of edits and drills cover this many tasks; only fast engines time the rest too. */
enum { BENCH_CHECKED_EDITS = 100, BENCH_CHECKED_DRILLS = 20 };

typedef struct BenchOptions {
    const char *engine; /* the name in the lines printed */
    const char *csv;
    const char *edits;   /* NULL: no edits */
    const char *drills;  /* NULL: no drills */
    const char *dump;    /* NULL: no dump */
    const char *sql;     /* the text made by peers/make_sql.py; only the databases need it */
    const char *store;   /* database file or connection string; only the databases need it */
    const char *packs;   /* the folder of the packs; only junheng needs it */
    const char *kernels; /* its instruction set, NULL: the best */
    const char *side;    /* the folder of the files beside a database of junheng on a server */
    const char *years;   /* a folder of tables named after their periods */
    int threads;
    int rounds; /* measured repetitions of the warm job; cold has one */
    bool parse, cold, warm, full, edit, drill;
    bool import, open, journal, years_mode; /* only of the stored nation: not part of all */
} BenchOptions;

/* One number changed; NaN takes it away. The tasks come in pairs: a change and its undoing. */
typedef struct BenchEdit {
    int64_t school;
    int county;
    int stage;
    int item; /* of JOB_ITEMS */
    double value;
} BenchEdit;

typedef struct BenchTasks {
    BenchEdit *edits;
    size_t edit_count;
    int *drills; /* codes of prefectures: six digits ending in 00 */
    size_t drill_count;
} BenchTasks;

/* The result of a region and stage that has an evaluated school-stage. */
typedef struct BenchRow {
    int region; /* six digits; prefectures end in 00, provinces in 0000; 0 is the nation */
    int stage;
    int64_t evaluated;
    int64_t ok;
    double pupils;
    double cv[RATIO_COUNT]; /* NaN is null */
    int qualified;          /* a county: 0 or 1; above: the number of qualified counties */
} BenchRow;

/* What an engine's results add up to: equal in all engines. */
typedef struct BenchCheck {
    int64_t ok;
    int64_t evaluated;
    int64_t qualified; /* counties, each counted once however many stages it has */
    double cv_sum;     /* over counties, stages and indicators */
} BenchCheck;

/* Reads the command line; engine is the default of --engine. */
BenchOptions bench_options(int argc, char **argv, const char *engine);

/* Reads --edits and --drills. The process keeps the tasks until it ends. */
BenchTasks bench_tasks(const BenchOptions *options);

/* Wall clock in milliseconds. */
double bench_now(void);

/* Sorts ms and prints its median and least as a result line. */
void bench_result(const BenchOptions *options, const char *metric, double *ms, size_t count);

/* bench_result for a metric, and a line METRIC_p99 beside it. */
void bench_edit_result(const BenchOptions *options, const char *metric, double *ms, size_t count);

/* Room for count timings; free it. */
double *bench_timings(size_t count);

/* Times run(context) that many times after one unmeasured time, and prints the result. */
typedef void BenchRun(void *context);
void bench_measure(const BenchOptions *options, const char *metric, int rounds, BenchRun *run,
                   void *context);

/* Adds a county's row. The rows of one county stand next to each other: *last_county remembers. */
void bench_check_add(BenchCheck *check, const BenchRow *row, int *last_county);

/* Sums up the rows of the counties; rows above them are passed over. */
BenchCheck bench_check_rows(const BenchRow *rows, size_t count);

/* Prints a check line; what is "nation", "edit" or "drill". */
void bench_check(const BenchOptions *options, const char *what, BenchCheck check);

/* Writes --dump, if given. Rows in any order. */
void bench_dump(const BenchOptions *options, const BenchRow *rows, size_t count);

/* The whole file, followed by a 0 byte. The process keeps it until it ends. */
char *bench_read_file(const char *path, size_t *ret_len);

/*
 * The sum of all numbers of a file whose first columns (`keys` of them) are no numbers of schools, line by
 * line; *ret_lines without the header.
 */
double bench_csv_total(const char *path, int keys, size_t *ret_lines);

/* Prints "engine: message" and ends the process with status 1. */
void bench_die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
