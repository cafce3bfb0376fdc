/*
 * The engine of junheng on the job of the bench, by the libraries and interfaces that the program
 * uses: the standard is read from packs/bench.yaml, the schools by the reader of flat tables.
 *
 *     parse        the CSV to typed columns, mistakes looked for
 *     warm         all verdicts by a program without columns for the schools
 *     the others   as the program does it: every school's ratios and verdicts are kept
 *
 * The pack is loaded before anything is measured.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/judge.h"
#include "app/packs.h"
#include "harness.h"
#include "rows.h"

/* The standard as one program per stage that makes nothing but results of regions. */
typedef struct Lean {
    CalcRun *run[STAGE_COUNT];
} Lean;

enum { OUT_EVALUATED, OUT_OK, OUT_PUPILS, OUT_GATE, OUT_CV, OUT_COUNT = OUT_CV + RATIO_COUNT };

typedef struct Engine {
    const BenchOptions *options;
    Arena library; /* core and standard */
    Arena job;     /* the schools and what is made of them */
    Err err;
    CalcOptions calc;
    Core *core;
    Standard *standard;
    Period period;
    Dataset *dataset;
    Frames *frames;
    Judge *judge;
    int *qualified; /* by region: a county 0 or 1, above: how many counties below */
} Engine;

static void require(Engine *engine, bool is_ok)
{
    if (is_ok)
        return;
    StrBuf text;
    strbuf_init(&text, &engine->library);
    err_format(&text, &engine->err, LANG_EN);
    bench_die("%.*s", STR_ARG(strbuf_str(&text)));
}

/* ---- making ---- */

static void open_library(Engine *engine)
{
    arena_init(&engine->library);
    arena_init(&engine->job);
    err_init(&engine->err);
    if (engine->options->kernels != NULL)
        engine->calc.kernels = kernels_find(engine->options->kernels);
    if (engine->options->packs == NULL)
        bench_die("--packs FOLDER is missing");
    require(engine,
            pack_load_core(&engine->library, engine->options->packs, &engine->core, &engine->err));
    require(engine, period_parse(STR("2024-2025"), &engine->period, &engine->err));
    StandardRequest request = {.dir = engine->options->packs,
                               .id = STR("bench"),
                               .date = period_first_day(engine->period)};
    require(engine,
            packs_open(&engine->library, engine->core, &request, &engine->standard, &engine->err));
}

static void load_schools(Engine *engine)
{
    require(engine, dataset_load(&engine->job, engine->core, engine->options->csv, STR(""),
                                 engine->period, &engine->dataset, &engine->err));
    engine->frames = frames_new(&engine->job, engine->dataset, NULL, engine->standard->scope);
    engine->qualified = ARENA_ARRAY(&engine->job, int, engine->frames->regions.count);
}

static const Node *tree_of(Engine *engine, Str source)
{
    Formula *formula = ARENA_NEW(&engine->job, Formula);

    *formula = (Formula){.source = source, .file = STR("bench")};
    require(engine, expr_parse(&engine->job, formula, &engine->err) &&
                        expr_check(engine->standard->scope, formula, NULL, &engine->err));
    return formula->tree;
}

static void make_lean(Engine *engine, Lean *lean)
{
    const Node *region[OUT_COUNT] = {
        [OUT_EVALUATED] = tree_of(engine, STR("计数(真)")),
        [OUT_OK] = tree_of(engine, STR("计数(学校达标)")),
        [OUT_PUPILS] = tree_of(engine, STR("合计(在校生数)")),
        [OUT_GATE] = engine->standard->gates.ptr[0]->per_stage->tree,
    };

    for (int k = 0; k < RATIO_COUNT; k++)
        region[OUT_CV + k] = engine->standard->indicators.ptr[k]->cv->formula->tree;
    for (int s = 0; s < STAGE_COUNT; s++) {
        CalcRequest request = {.stage = s,
                               .scope = engine->standard->in_scope->tree,
                               .region = region,
                               .region_count = OUT_COUNT};
        lean->run[s] = calc_run_new(&engine->job, calc_compile(&engine->job, &request),
                                    engine->frames->frame[s], &engine->calc);
    }
}

/* ---- results ---- */

static double lean_output(const Lean *lean, int s, int output, uint32_t region)
{
    return calc_region_output(lean->run[s], (size_t)output)[region];
}

static void run_lean(Engine *engine, Lean *lean)
{
    const RegionTree *tree = &engine->frames->regions;

    for (int s = 0; s < STAGE_COUNT; s++)
        calc_run_all(lean->run[s]);
    memset(engine->qualified, 0, tree->count * sizeof(int));
    for (size_t leaf = 0; leaf < tree->leaf_count; leaf++) {
        uint32_t county = tree->leaf_region[leaf];
        bool has_any = false, is_good = true;
        for (int s = 0; s < STAGE_COUNT; s++) {
            if (lean_output(lean, s, OUT_EVALUATED, county) == 0)
                continue;
            has_any = true;
            is_good &= lean_output(lean, s, OUT_GATE, county) == 1;
        }
        engine->qualified[county] = has_any && is_good;
    }
    rows_add_up(tree, engine->qualified);
}

static void read_verdicts(Engine *engine)
{
    rows_qualified(engine->judge, engine->qualified);
}

static void run_judge(Engine *engine)
{
    judge_run_all(engine->judge);
    read_verdicts(engine);
}

static bool read_row(const Engine *engine, uint32_t region, int s, BenchRow *ret)
{
    return rows_read_one(engine->judge, engine->qualified, region, s, ret);
}

static size_t read_rows(const Engine *engine, BenchRow *rows)
{
    return rows_read(engine->judge, engine->qualified, rows);
}

/* The two programs must give the same bits. */
static void compare_lean(Engine *engine, const Lean *lean)
{
    for (size_t region = 0; region < engine->frames->regions.count; region++) {
        for (int s = 0; s < STAGE_COUNT; s++) {
            BenchRow row;
            if (!read_row(engine, (uint32_t)region, s, &row))
                continue;
            double cv[RATIO_COUNT];
            for (int k = 0; k < RATIO_COUNT; k++)
                cv[k] = lean_output(lean, s, OUT_CV + k, (uint32_t)region);
            if (memcmp(cv, row.cv, sizeof(cv)) != 0 ||
                (double)row.ok != lean_output(lean, s, OUT_OK, (uint32_t)region))
                bench_die("the program without columns differs in region %d", row.region);
        }
    }
}

/* ---- measures ---- */

static bool wish_all(void *context, Table *table, Err *err)
{
    (void)context;
    (void)err;
    for (size_t i = 0; i < table->column_count; i++)
        table->column[i].kind = i < 3 ? FIELD_TEXT : FIELD_NUMBER;
    return true;
}

static void measure_parse(Engine *engine)
{
    const BenchOptions *options = engine->options;
    double *ms = bench_timings((size_t)options->rounds);

    for (int i = -1; i < options->rounds; i++) {
        TableOptions wishes = {.wish = wish_all};
        Table *table;
        double start = bench_now();
        require(engine, table_read(&engine->job, options->csv, &wishes, &table, &engine->err));
        if (i >= 0)
            ms[i] = bench_now() - start;
        arena_done(&engine->job);
        arena_init(&engine->job);
    }
    bench_result(options, "parse", ms, (size_t)options->rounds);
    free(ms);
}

static void load_and_judge(Engine *engine)
{
    load_schools(engine);
    require(engine, judge_new(&engine->job, engine->core, engine->standard, engine->frames,
                              &engine->calc, &engine->judge, &engine->err));
    read_verdicts(engine);
}

/* As `evaluate --file` does it. The first time is not measured. */
static void measure_cold(Engine *engine)
{
    double ms[2];

    for (int i = 0; i < 2; i++) {
        double start = bench_now();
        load_and_judge(engine);
        ms[i] = bench_now() - start;
        arena_done(&engine->job);
        arena_init(&engine->job);
    }
    bench_result(engine->options, "cold", ms + 1, 1);
}

typedef struct WarmRun {
    Engine *engine;
    Lean *lean; /* NULL: the judge */
} WarmRun;

static void run_warm(void *context)
{
    WarmRun *run = context;

    if (run->lean != NULL)
        run_lean(run->engine, run->lean);
    else
        run_judge(run->engine);
}

static void measure_warm(Engine *engine, const char *metric, Lean *lean)
{
    WarmRun run = {engine, lean};

    bench_measure(engine->options, metric, engine->options->rounds, run_warm, &run);
}

/* Where an edit goes. */
typedef struct EditTarget {
    uint32_t part;
    int slot;
    int column;
} EditTarget;

static EditTarget find_target(const Engine *engine, const BenchEdit *edit)
{
    const Scope *scope = engine->standard->scope;
    const School *school = dataset_find(engine->dataset, (uint64_t)edit->school);
    const Item *item = map_find(&engine->core->items, str_from(JOB_ITEMS[edit->item]));
    EditTarget target = {.slot = -1};

    if (school == NULL || school->part[edit->stage] == 0)
        bench_die("edits: no school %lld", (long long)edit->school);
    target.part = school->part[edit->stage] - 1;
    target.column = dataset_item(engine->dataset, item)->of_stage[edit->stage];
    for (size_t i = 0; i < scope->slots.len; i++)
        if (scope->slots.ptr[i].symbol == &item->symbol)
            target.slot = (int)i;
    if (target.slot < 0)
        bench_die("the standard does not use %s", JOB_ITEMS[edit->item]);
    return target;
}

static uint32_t leaf_of(const Frame *frame, uint32_t row)
{
    uint32_t low = 0, high = (uint32_t)frame->regions->leaf_count;

    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (frame->leaf_first[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Writes the number into the facts, judges the county again and brings the regions above up to date. */
static uint32_t edit_once(Engine *engine, const BenchEdit *edit)
{
    const Region *regions = engine->frames->regions.region;
    Dataset *dataset = engine->dataset;
    EditTarget target = find_target(engine, edit);
    const Part *part = &dataset->part[target.part];

    dataset->changed[target.column][part->row] = edit->value;
    frames_refresh(engine->frames, target.part, target.slot);
    uint32_t leaf =
        leaf_of(engine->frames->frame[edit->stage], engine->frames->part_row[target.part]);
    judge_run_leaf(engine->judge, leaf, 1u << edit->stage);
    uint32_t county = engine->frames->regions.leaf_region[leaf];
    int change = (judge_verdict(engine->judge, county) == TRI_TRUE) - engine->qualified[county];
    for (uint32_t region = county; region != UINT32_MAX; region = regions[region].parent)
        engine->qualified[region] += change;
    return county;
}

static void add_county(const Engine *engine, uint32_t county, BenchCheck *check)
{
    int last_county = -1;
    BenchRow row;

    for (int s = 0; s < STAGE_COUNT; s++)
        if (read_row(engine, county, s, &row))
            bench_check_add(check, &row, &last_county);
}

/* As --what-if does: the table keeps what the file said. */
static void copy_columns(Engine *engine)
{
    Dataset *dataset = engine->dataset;
    size_t bytes = dataset->table->row_count * sizeof(double);

    for (size_t i = 0; i < dataset->table->column_count; i++) {
        if (dataset->table->column[i].number == NULL || dataset->changed[i] != NULL)
            continue;
        dataset->changed[i] = arena_alloc_raw(&engine->job, bytes);
        memcpy(dataset->changed[i], dataset->table->column[i].number, bytes);
    }
}

/* Every edit is undone, so the results must be the same bits as before. */
static void measure_edits(Engine *engine, const BenchTasks *tasks)
{
    size_t room = engine->frames->regions.count * STAGE_COUNT + 1;
    BenchRow *before = ARENA_ARRAY(&engine->job, BenchRow, room);
    BenchRow *after = ARENA_ARRAY(&engine->job, BenchRow, room);
    double *ms = bench_timings(tasks->edit_count);
    BenchCheck check = {0};
    size_t count = read_rows(engine, before);

    copy_columns(engine);
    for (size_t i = 0; i < tasks->edit_count; i++) {
        double start = bench_now();
        uint32_t county = edit_once(engine, &tasks->edits[i]);
        ms[i] = bench_now() - start;
        if (i < BENCH_CHECKED_EDITS)
            add_county(engine, county, &check);
    }
    if (read_rows(engine, after) != count || !rows_are_same(before, after, count))
        bench_die("the edits undone do not give the first results");
    bench_edit_result(engine->options, "edit", ms, tasks->edit_count);
    bench_check(engine->options, "edit", check);
    free(ms);
}

static uint32_t find_prefecture(const Engine *engine, int code)
{
    char text[8];

    snprintf(text, sizeof(text), "%06d", code);
    uint32_t region = frames_find_region(engine->frames, str_from(text));
    if (region == UINT32_MAX)
        bench_die("drills: no prefecture %d", code);
    return region;
}

static void measure_drills(Engine *engine, const BenchTasks *tasks)
{
    const Region *regions = engine->frames->regions.region;
    double *ms = bench_timings(tasks->drill_count);
    BenchCheck check = {0};

    for (size_t i = 0; i < tasks->drill_count; i++) {
        uint32_t top = find_prefecture(engine, tasks->drills[i]);
        double start = bench_now();
        judge_run_subtree(engine->judge, top);
        for (uint32_t county = top + 1; county < regions[top].end; county++)
            engine->qualified[county] = judge_verdict(engine->judge, county) == TRI_TRUE;
        ms[i] = bench_now() - start;
        for (uint32_t county = top + 1; county < regions[top].end && i < BENCH_CHECKED_DRILLS;
             county++)
            add_county(engine, county, &check);
    }
    bench_result(engine->options, "drill", ms, tasks->drill_count);
    bench_check(engine->options, "drill", check);
    free(ms);
}

static void report_nation(Engine *engine)
{
    size_t room = engine->frames->regions.count * STAGE_COUNT + 1;
    BenchRow *rows = ARENA_ARRAY(&engine->job, BenchRow, room);
    size_t count = read_rows(engine, rows);

    bench_check(engine->options, "nation", bench_check_rows(rows, count));
    bench_dump(engine->options, rows, count);
}

int main(int argc, char **argv)
{
    BenchOptions options = bench_options(argc, argv, "junheng");
    BenchTasks tasks = bench_tasks(&options);
    Engine engine = {.options = &options};
    Lean lean;

    open_library(&engine);
    if (options.parse)
        measure_parse(&engine);
    if (options.cold)
        measure_cold(&engine);
    load_and_judge(&engine);
    make_lean(&engine, &lean);
    if (options.warm)
        measure_warm(&engine, "warm", &lean);
    run_lean(&engine, &lean);
    compare_lean(&engine, &lean);
    if (options.full)
        measure_warm(&engine, "full", NULL);
    run_judge(&engine);
    report_nation(&engine);
    if (options.edit && tasks.edit_count > 0)
        measure_edits(&engine, &tasks);
    if (options.drill && tasks.drill_count > 0)
        measure_drills(&engine, &tasks);
    arena_done(&engine.job);
    arena_done(&engine.library);
    err_done(&engine.err);
    return 0;
}
