/*
 * The results that all engines are compared with: verdicts by whole numbers, CV by two passes in
 * numbers of 113 bits. Slow and plain. Prints the check line and writes the dump.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

enum { FACT_COUNT = 40, LEVEL_COUNT = 4 };

typedef __float128 Quad;

/* A school-stage that is evaluated. */
typedef struct Part {
    int county;
    int64_t pupils;
    int64_t tenths[RATIO_COUNT]; /* ten times the numerator, -1: null */
    bool is_ok;
} Part;

typedef struct Parts {
    Part *part;
    size_t count;
} Parts;

static int64_t tenths_of(const char **at)
{
    char *end;
    double value = **at == ',' || **at == '\n' ? -0.1 : strtod(*at, &end);

    *at = value < 0 ? *at + 1 : end + 1;
    return (int64_t)(value * 10 + (value < 0 ? -0.5 : 0.5));
}

/* m * x / p >= limit, in thousandths. */
static bool reaches(const Part *part, int k, double limit)
{
    int64_t thousandths = (int64_t)(limit * 1000 + 0.5);

    return part->tenths[k] >= 0 &&
           (int64_t)JOB_FACTOR[k] * part->tenths[k] * 100 >= thousandths * part->pupils;
}

static bool is_ok(const Part *part, const JobStage *stage)
{
    int met = 0, near = 0;

    for (int k = 0; k < RATIO_COUNT; k++) {
        met += reaches(part, k, stage->limit[k]);
        near += reaches(part, k, stage->floor[k]);
    }
    return met >= 6 && near == RATIO_COUNT;
}

static const char *read_line(const char *at, Parts *parts)
{
    int64_t fact[FACT_COUNT];
    char *end;

    (void)strtoll(at, &end, 10);
    int county = (int)strtol(end + 1, &end, 10);
    int type = (int)strtol(end + 1, &end, 10);
    at = end + 1;
    for (int i = 0; i < FACT_COUNT; i++)
        fact[i] = tenths_of(&at);
    for (int s = 0; s < STAGE_COUNT; s++) {
        const int64_t *item = &fact[s * ITEM_COUNT];
        if ((JOB_STAGES[s].type_mask >> type & 1u) == 0 || item[0] <= 0)
            continue;
        Part *part = &parts[s].part[parts[s].count++];
        *part = (Part){.county = county, .pupils = item[0] / 10};
        memcpy(part->tenths, item + 1, sizeof(part->tenths));
        part->is_ok = is_ok(part, &JOB_STAGES[s]);
    }
    return at;
}

static int compare_parts(const void *left, const void *right)
{
    return ((const Part *)left)->county - ((const Part *)right)->county;
}

static void read_parts(const char *csv, Parts *parts)
{
    const char *at = bench_read_file(csv, NULL);
    size_t lines = 0;

    for (const char *c = at; *c != '\0'; c++)
        lines += *c == '\n';
    for (int s = 0; s < STAGE_COUNT; s++) {
        parts[s] = (Parts){.part = calloc(lines, sizeof(Part))};
        if (parts[s].part == NULL)
            bench_die("out of memory");
    }
    for (at = strchr(at, '\n') + 1; *at != '\0';)
        at = read_line(at, parts);
    for (int s = 0; s < STAGE_COUNT; s++)
        qsort(parts[s].part, parts[s].count, sizeof(Part), compare_parts);
}

/* ---- statistics ---- */

static Quad root(Quad square)
{
    Quad guess = sqrtl((long double)square);

    return guess > 0 ? (guess + square / guess) / 2 : guess;
}

/* Of x / p over the parts: the factor cancels out. */
static Quad cv_of(const Part *part, size_t count, int k)
{
    Quad weight = 0, sum = 0, square = 0;

    for (size_t i = 0; i < count; i++) {
        if (part[i].tenths[k] < 0)
            continue;
        weight += part[i].pupils;
        sum += part[i].tenths[k];
    }
    if (weight == 0 || sum == 0)
        return NAN;
    Quad mean = sum / weight;
    for (size_t i = 0; i < count; i++) {
        if (part[i].tenths[k] < 0)
            continue;
        Quad gap = (Quad)part[i].tenths[k] / part[i].pupils - mean;
        square += part[i].pupils * gap * gap;
    }
    return root(square / weight) / mean;
}

static BenchRow row_of(const Part *part, size_t count, int s, int region)
{
    BenchRow row = {.region = region, .stage = s, .evaluated = (int64_t)count};
    bool is_small = true;

    for (size_t i = 0; i < count; i++) {
        row.ok += part[i].is_ok;
        row.pupils += (double)part[i].pupils;
    }
    for (int k = 0; k < RATIO_COUNT; k++) {
        Quad cv = cv_of(part, count, k);
        is_small &= cv <= (Quad)(int)(JOB_STAGES[s].cv_limit * 100 + 0.5) / 100;
        row.cv[k] = (double)cv;
    }
    row.qualified = is_small && row.ok == row.evaluated;
    return row;
}

static void add_level(const Parts *parts, int s, int unit, BenchRow *rows, size_t *count)
{
    const Part *part = parts[s].part, *end = part + parts[s].count;

    while (part < end) {
        const Part *last = part;
        int region = part->county / unit * unit;
        while (last < end && last->county / unit * unit == region)
            last++;
        rows[(*count)++] = row_of(part, (size_t)(last - part), s, region);
        part = last;
    }
}

static int compare_rows(const void *left, const void *right)
{
    const BenchRow *l = left, *r = right;

    return l->region != r->region ? l->region - r->region : l->stage - r->stage;
}

/* A county is qualified if both its rows are; above, the counties are counted. */
static void count_qualified(BenchRow *rows, size_t count)
{
    static int counties[1000000], stages[1000000];

    for (size_t i = 0; i < count; i++) {
        if (rows[i].region % 100 == 0)
            continue;
        counties[rows[i].region] += rows[i].qualified;
        stages[rows[i].region]++;
    }
    for (int code = 0; code < 1000000; code++) {
        if (code % 100 == 0)
            continue;
        counties[code] = stages[code] > 0 && counties[code] == stages[code];
        counties[code / 100 * 100] += counties[code];
        counties[0] += counties[code];
        counties[code / 10000 * 10000] += counties[code];
    }
    for (size_t i = 0; i < count; i++)
        rows[i].qualified = counties[rows[i].region];
}

int main(int argc, char **argv)
{
    static const int units[LEVEL_COUNT] = {1, 100, 10000, 1000000};
    BenchOptions options = bench_options(argc, argv, "reference");
    Parts parts[STAGE_COUNT];
    size_t count = 0;

    read_parts(options.csv, parts);
    BenchRow *rows = calloc(LEVEL_COUNT * (parts[0].count + parts[1].count), sizeof(BenchRow));
    if (rows == NULL)
        bench_die("out of memory");
    for (int level = 0; level < LEVEL_COUNT; level++)
        for (int s = 0; s < STAGE_COUNT; s++)
            add_level(parts, s, units[level], rows, &count);
    count_qualified(rows, count);
    qsort(rows, count, sizeof(BenchRow), compare_rows);
    bench_check(&options, "nation", bench_check_rows(rows, count));
    bench_dump(&options, rows, count);
    free(rows);
    free(parts[0].part);
    free(parts[1].part);
    return 0;
}
