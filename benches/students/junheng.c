/*
 * The lists of pupils by the libraries of the program: load is from the file to its distinct classes with
 * their pupils, sum from those to the facts of the schools.
 */
#include <stdio.h>

#include "app/class_list.h"
#include "harness.h"

static void require(const BenchOptions *options, bool is_ok, const Err *err)
{
    Arena arena;
    StrBuf text;
    if (is_ok)
        return;
    arena_init(&arena);
    strbuf_init(&text, &arena);
    err_format(&text, err, LANG_EN);
    bench_die("%s: %.*s", options->csv, STR_ARG(strbuf_str(&text)));
}

static void print_check(const BenchOptions *options, const ClassList *list, const ClassSums *sums)
{
    uint64_t pupils = 0, largest = 0, mixed = 0;
    for (size_t i = 0; i < list->school_count; i++) {
        pupils += sums[i].pupils;
        largest += sums[i].largest;
        mixed +=
            sums[i].pupils * sums[i].largest + sums[i].classes * list->school[i].code % 1000003;
    }
    printf("check %s students %d schools=%zu pupils=%llu classes=%zu largest=%llu mixed=%llu\n",
           options->engine, options->threads, list->school_count, (unsigned long long)pupils,
           list->class_count, (unsigned long long)largest, (unsigned long long)mixed);
}

int main(int argc, char **argv)
{
    BenchOptions options = bench_options(argc, argv, "junheng");
    Arena library;
    Err err;
    Core *core;
    arena_init(&library);
    err_init(&err);
    if (options.packs == NULL)
        bench_die("--packs FOLDER is missing");
    require(&options, pack_load_core(&library, options.packs, &core, &err), &err);
    for (int is_measured = 0; is_measured < 2; is_measured++) {
        Arena job;
        ClassList *list;
        arena_init(&job);
        double start = bench_now();
        require(&options, class_list_load(&job, core, options.csv, NULL, &list, &err), &err);
        double load = bench_now() - start;
        start = bench_now();
        const ClassSums *sums = class_list_sum(&job, list);
        double sum = bench_now() - start, all = load + sum;
        if (is_measured) {
            bench_result(&options, "load", &load, 1);
            bench_result(&options, "sum", &sum, 1);
            bench_result(&options, "all", &all, 1);
            print_check(&options, list, sums);
        }
        arena_done(&job);
    }
    return 0;
}
