/*
 * Runs single formulas through the engine over the frames of exact_fixture.h, and compares what
 * comes out with the exact walker: on every row, or on every leaf region.
 */
#ifndef TEST_ENGINE_FIXTURE_H
#define TEST_ENGINE_FIXTURE_H

#include "calc/calc.h"
#include "exact_fixture.h"

typedef struct Engine {
    Fixture *f;
    int stage;
    const Node *scope;
    CalcOptions options;
} Engine;

typedef struct EngineRun {
    const Node *tree;
    CalcRun *run;
    const double *output;
} EngineRun;

static inline uint32_t engine_sibling_stages(const Frame *frame)
{
    uint32_t stages = 0;
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++)
        stages |= frame->sibling[stage] ? UINT32_C(1) << stage : 0;
    return stages;
}

static inline EngineRun engine_run(const Engine *e, const char *source)
{
    Fixture *f = e->f;
    const Frame *frame = &f->frame[e->stage];
    const Node *tree = fixture_tree(f, source);
    bool is_region = tree->level == LEVEL_REGION;
    CalcRequest request = {.stage = e->stage,
                           .sibling_stages = engine_sibling_stages(frame),
                           .scope = e->scope,
                           .row = &tree,
                           .row_count = !is_region,
                           .region = &tree,
                           .region_count = is_region};
    CalcRun *run = calc_run_new(&f->arena, calc_compile(&f->arena, &request), frame, &e->options);
    calc_run_all(run);
    return (EngineRun){tree, run, is_region ? calc_region_output(run, 0) : calc_row_output(run, 0)};
}

static inline double engine_want(const Engine *e, const Node *tree, size_t row,
                                 const Region *region)
{
    ExactPoint point = {
        .frame = &e->f->frame[e->stage], .row = row, .region = region, .scope = e->scope};
    return exact_to_double(exact_run(e->f->exact, tree, &point));
}

/* `slack`: how far a number may be off; a truth never. */
static inline void engine_compare(const char *source, const Node *tree, const char *where,
                                  size_t at, double got, double want, double slack)
{
    double room = tree->type == TYPE_NUMBER ? slack + 1e-12 * fabs(want) : 0.0;
    if (got == want || (isnan(got) && isnan(want)) || fabs(got - want) <= room)
        return;
    print_error("%s\n%s %zu: got %.17g, want %.17g\n", source, where, at, got, want);
    fail();
}

/* The ties that the walker was asked about. */
static inline uint64_t engine_agrees_within(const Engine *e, const char *source, double slack)
{
    EngineRun run = engine_run(e, source);
    const Frame *frame = &e->f->frame[e->stage];
    exact_reset(e->f->exact);
    if (run.tree->level == LEVEL_REGION) {
        for (uint32_t leaf = 0; leaf < frame->regions->leaf_count; leaf++) {
            uint32_t at = frame->regions->leaf_region[leaf];
            double want = engine_want(e, run.tree, EXACT_REGION, &frame->regions->region[at]);
            engine_compare(source, run.tree, "region", at, run.output[at], want, slack);
        }
        return calc_tie_count(run.run);
    }
    for (size_t row = 0; row < frame->row_count; row++)
        if (!frame_is_padding(frame, row))
            engine_compare(source, run.tree, "row", row, run.output[row],
                           engine_want(e, run.tree, row, NULL), slack);
    return calc_tie_count(run.run);
}

static inline uint64_t engine_agrees(const Engine *e, const char *source)
{
    return engine_agrees_within(e, source, 0.0);
}

static inline double engine_value(const Engine *e, const char *source, size_t at)
{
    return engine_run(e, source).output[at];
}

#endif
