#include "harness.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void bench_die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static void set_mode(BenchOptions *options, const char *mode)
{
    bool all = strcmp(mode, "all") == 0;

    options->parse = all || strcmp(mode, "parse") == 0;
    options->cold = all || strcmp(mode, "cold") == 0;
    options->warm = all || strcmp(mode, "warm") == 0;
    options->full = all || strcmp(mode, "full") == 0;
    options->edit = all || strcmp(mode, "edit") == 0;
    options->drill = all || strcmp(mode, "drill") == 0;
    options->import = strcmp(mode, "import") == 0;
    options->open = strcmp(mode, "open") == 0;
    options->journal = strcmp(mode, "journal") == 0;
    options->years_mode = strcmp(mode, "years") == 0;
    if (!options->parse && !options->cold && !options->warm && !options->full && !options->edit &&
        !options->drill && !options->import && !options->open && !options->journal &&
        !options->years_mode)
        bench_die("--mode %s: see README.md", mode);
}

static int whole_number(const char *option, const char *text)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (*end != '\0' || value < 1 || value > 1000000)
        bench_die("%s %s: want a number from 1", option, text);
    return (int)value;
}

BenchOptions bench_options(int argc, char **argv, const char *engine)
{
    BenchOptions options = {.engine = engine, .threads = 1, .rounds = 5};

    set_mode(&options, "all");
    for (int i = 1; i < argc; i += 2) {
        const char *option = argv[i];
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (value == NULL)
            bench_die("%s needs a value", option);
        if (strcmp(option, "--engine") == 0)
            options.engine = value;
        else if (strcmp(option, "--csv") == 0)
            options.csv = value;
        else if (strcmp(option, "--edits") == 0)
            options.edits = value;
        else if (strcmp(option, "--drills") == 0)
            options.drills = value;
        else if (strcmp(option, "--dump") == 0)
            options.dump = value;
        else if (strcmp(option, "--sql") == 0)
            options.sql = value;
        else if (strcmp(option, "--store") == 0)
            options.store = value;
        else if (strcmp(option, "--packs") == 0)
            options.packs = value;
        else if (strcmp(option, "--side") == 0)
            options.side = value;
        else if (strcmp(option, "--years") == 0)
            options.years = value;
        else if (strcmp(option, "--kernels") == 0)
            options.kernels = value;
        else if (strcmp(option, "--mode") == 0)
            set_mode(&options, value);
        else if (strcmp(option, "--threads") == 0)
            options.threads = whole_number(option, value);
        else if (strcmp(option, "--rounds") == 0)
            options.rounds = whole_number(option, value);
        else
            bench_die("unknown option %s", option);
    }
    if (options.csv == NULL)
        bench_die("--csv FILE is missing");
    return options;
}

char *bench_read_file(const char *path, size_t *ret_len)
{
    FILE *file = fopen(path, "rb");
    size_t len = 0, capacity = 1 << 16;
    char *text = malloc(capacity + 1);

    if (file == NULL)
        bench_die("cannot open %s", path);
    while (text != NULL) {
        len += fread(text + len, 1, capacity - len, file);
        if (len < capacity)
            break;
        capacity *= 2;
        char *more = realloc(text, capacity + 1);
        if (more == NULL)
            free(text);
        text = more;
    }
    if (text == NULL || ferror(file))
        bench_die("cannot read %s", path);
    fclose(file);
    text[len] = '\0';
    if (ret_len != NULL)
        *ret_len = len;
    return text;
}

static double line_total(const char *line, const char *end, int keys)
{
    double total = 0;

    for (int column = 0; line <= end; column++) {
        const char *comma = memchr(line, ',', (size_t)(end - line));
        const char *stop = comma != NULL ? comma : end;
        if (column >= keys && stop > line)
            total += strtod(line, NULL);
        line = stop + 1;
    }
    return total;
}

double bench_csv_total(const char *path, int keys, size_t *ret_lines)
{
    char *text = bench_read_file(path, NULL);
    double total = 0;

    *ret_lines = 0;
    for (const char *line = strchr(text, '\n') + 1; *line != '\0'; ++*ret_lines) {
        const char *end = strchr(line, '\n');
        total += line_total(line, end, keys);
        line = end + 1;
    }
    free(text);
    return total;
}

static size_t count_lines(const char *text)
{
    size_t count = 0;

    for (const char *s = strchr(text, '\n'); s != NULL; s = strchr(s + 1, '\n'))
        count++;
    return count;
}

/* Reads "1101010001,110101,p_above,37" and returns what follows the line. */
static const char *read_edit(const char *line, BenchEdit *ret)
{
    char *s;

    ret->school = strtoll(line, &s, 10);
    ret->county = (int)strtol(s + 1, &s, 10);
    s++;
    ret->stage = s[0] == JOB_STAGES[0].prefix[0] ? 0 : 1;
    s += 2;
    ret->item = -1;
    for (int item = 0; item < ITEM_COUNT; item++) {
        size_t len = strlen(JOB_ITEMS[item]);
        if (strncmp(s, JOB_ITEMS[item], len) == 0 && s[len] == ',') {
            ret->item = item;
            s += len + 1;
            break;
        }
    }
    if (ret->item < 0)
        bench_die("edits: unknown column at '%.20s'", s);
    ret->value = *s == '\n' ? NAN : strtod(s, &s);
    if (*s != '\n')
        bench_die("edits: bad value at '%.20s'", s);
    return s + 1;
}

BenchTasks bench_tasks(const BenchOptions *options)
{
    BenchTasks tasks = {0};

    if (options->edits != NULL) {
        const char *s = bench_read_file(options->edits, NULL);
        tasks.edits = calloc(count_lines(s) + 1, sizeof(BenchEdit));
        while (tasks.edits != NULL && *s != '\0')
            s = read_edit(s, &tasks.edits[tasks.edit_count++]);
    }
    if (options->drills != NULL) {
        char *s = bench_read_file(options->drills, NULL);
        tasks.drills = calloc(count_lines(s) + 1, sizeof(int));
        for (; tasks.drills != NULL && *s != '\0'; s++)
            tasks.drills[tasks.drill_count++] = (int)strtol(s, &s, 10);
    }
    return tasks;
}

double bench_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static int compare_doubles(const void *left, const void *right)
{
    double l = *(const double *)left, r = *(const double *)right;

    return (l > r) - (l < r);
}

static void print_result(const BenchOptions *options, const char *metric, double median,
                         double least, size_t count)
{
    printf("result %s %s %d %.6f %.6f %zu\n", options->engine, metric, options->threads, median,
           least, count);
}

void bench_result(const BenchOptions *options, const char *metric, double *ms, size_t count)
{
    if (count == 0)
        return;
    qsort(ms, count, sizeof(double), compare_doubles);
    double median = count % 2 == 1 ? ms[count / 2] : (ms[count / 2 - 1] + ms[count / 2]) / 2;
    print_result(options, metric, median, ms[0], count);
}

void bench_edit_result(const BenchOptions *options, const char *metric, double *ms, size_t count)
{
    char tail[32];

    if (count == 0)
        return;
    bench_result(options, metric, ms, count);
    double p99 = ms[count - 1 - count / 100];
    snprintf(tail, sizeof(tail), "%s_p99", metric);
    print_result(options, tail, p99, p99, count);
}

double *bench_timings(size_t count)
{
    double *ms = calloc(count + 1, sizeof(double));

    if (ms == NULL)
        bench_die("out of memory");
    return ms;
}

void bench_measure(const BenchOptions *options, const char *metric, int rounds, BenchRun *run,
                   void *context)
{
    double *ms = bench_timings((size_t)rounds);

    run(context);
    for (int i = 0; i < rounds; i++) {
        double start = bench_now();
        run(context);
        ms[i] = bench_now() - start;
    }
    bench_result(options, metric, ms, (size_t)rounds);
    free(ms);
}

void bench_check_add(BenchCheck *check, const BenchRow *row, int *last_county)
{
    check->ok += row->ok;
    check->evaluated += row->evaluated;
    if (row->region != *last_county)
        check->qualified += row->qualified;
    *last_county = row->region;
    for (int k = 0; k < RATIO_COUNT; k++)
        if (!isnan(row->cv[k]))
            check->cv_sum += row->cv[k];
}

BenchCheck bench_check_rows(const BenchRow *rows, size_t count)
{
    BenchCheck check = {0};
    int last_county = -1;

    for (size_t i = 0; i < count; i++)
        if (rows[i].region % 100 != 0)
            bench_check_add(&check, &rows[i], &last_county);
    return check;
}

void bench_check(const BenchOptions *options, const char *what, BenchCheck check)
{
    printf("check %s %s %d ok=%lld evaluated=%lld qualified=%lld cvsum=%.12g\n", options->engine,
           what, options->threads, (long long)check.ok, (long long)check.evaluated,
           (long long)check.qualified, check.cv_sum);
}

void bench_dump(const BenchOptions *options, const BenchRow *rows, size_t count)
{
    if (options->dump == NULL)
        return;

    FILE *file = fopen(options->dump, "w");
    if (file == NULL)
        bench_die("cannot write %s", options->dump);
    fputs("region,stage,evaluated,ok,pupils,qualified", file);
    for (int k = 0; k < RATIO_COUNT; k++)
        fprintf(file, ",cv_%s", JOB_ITEMS[k + 1]);
    for (const BenchRow *row = rows; row < rows + count; row++) {
        fprintf(file, "\n%d,%d,%lld,%lld,%.0f,%d", row->region, row->stage,
                (long long)row->evaluated, (long long)row->ok, row->pupils, row->qualified);
        for (int k = 0; k < RATIO_COUNT; k++) {
            if (isnan(row->cv[k]))
                fputc(',', file);
            else
                fprintf(file, ",%.17g", row->cv[k]);
        }
    }
    fputc('\n', file);
    if (fclose(file) != 0)
        bench_die("cannot write %s", options->dump);
}
