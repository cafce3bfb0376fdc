/* Regions: states merged upward, and the instructions that read them. */
#include "calc/run_int.h"

#include <math.h>
#include <string.h>

/* ---- states ---- */

/*
 * The moments of all reductions of a pass stand together, region after region: an edit merges some
 * dozens of regions that lie far apart.
 */
static void place_moments(CalcRun *run, const Pass *pass)
{
    size_t count = 0, regions = run->frame->regions->count;
    for (size_t i = 0; i < pass->reductions.len; i++)
        count += pass->reductions.ptr[i].kind == REDUCE_MOMENTS;
    Moments *moments = ARENA_ARRAY(run->arena, Moments, count * regions);
    for (size_t i = 0; i < pass->reductions.len; i++) {
        const Reduction *reduction = &pass->reductions.ptr[i];
        if (reduction->kind != REDUCE_MOMENTS)
            continue;
        run->state[reduction->state].moments = moments++;
        run->state[reduction->state].stride = count;
    }
}

static State new_state(Arena *arena, const Frame *frame, const Reduction *reduction)
{
    size_t regions = frame->regions->count;
    State state = {.kind = reduction->kind, .q = reduction->q};
    switch (reduction->kind) {
    case REDUCE_EXTENT:
        state.extent = ARENA_ARRAY(arena, Extent, regions);
        break;
    case REDUCE_TRI:
        state.tri = ARENA_ARRAY(arena, TriCount, regions);
        break;
    case REDUCE_SHARE:
        state.share = ARENA_ARRAY(arena, Share, regions);
        break;
    case REDUCE_STRICT:
        state.is_poisoned = ARENA_ARRAY(arena, bool, regions);
        break;
    case REDUCE_PERCENTILE:
        state.percentile = ARENA_ARRAY(arena, double, regions);
        state.sorted = ARENA_ARRAY(arena, double, frame->row_count);
        state.taken_count = ARENA_ARRAY(arena, uint32_t, frame->regions->leaf_count);
        break;
    case REDUCE_MOMENTS:
    case REDUCE_RANK:
        break;
    }
    return state;
}

void run_states_new(CalcRun *run, int pass_idx)
{
    const Pass *pass = &run->program->pass[pass_idx];
    for (size_t i = 0; i < pass->reductions.len; i++) {
        const Reduction *reduction = &pass->reductions.ptr[i];
        if (reduction->kind != REDUCE_RANK)
            run->state[reduction->state] = new_state(run->arena, run->frame, reduction);
    }
    place_moments(run, pass);
}

bool run_is_leaf(const Frame *frame, uint32_t region_idx)
{
    const Region *region = &frame->regions->region[region_idx];
    return region->end == region_idx + 1 && region->end_leaf == region->first_leaf + 1;
}

/* `into` starts as the state of no rows. */
static void add_child(State *state, uint32_t into, uint32_t child)
{
    switch (state->kind) {
    case REDUCE_MOMENTS:
        moments_merge(run_moments(state, into), run_moments(state, child));
        break;
    case REDUCE_EXTENT:
        extent_merge(&state->extent[into], &state->extent[child]);
        break;
    case REDUCE_TRI:
        state->tri[into].yes += state->tri[child].yes;
        state->tri[into].no += state->tri[child].no;
        state->tri[into].unknown += state->tri[child].unknown;
        break;
    case REDUCE_SHARE:
        state->share[into].yes += state->share[child].yes;
        state->share[into].known += state->share[child].known;
        break;
    case REDUCE_STRICT:
        state->is_poisoned[into] |= state->is_poisoned[child];
        break;
    case REDUCE_PERCENTILE:
    case REDUCE_RANK:
        break;
    }
}

static void clear_state(State *state, uint32_t region)
{
    switch (state->kind) {
    case REDUCE_MOMENTS:
        *run_moments(state, region) = (Moments){0};
        break;
    case REDUCE_EXTENT:
        state->extent[region] = (Extent){.least = INFINITY, .most = -INFINITY};
        break;
    case REDUCE_TRI:
        state->tri[region] = (TriCount){0};
        break;
    case REDUCE_SHARE:
        state->share[region] = (Share){0};
        break;
    case REDUCE_STRICT:
        state->is_poisoned[region] = false;
        break;
    case REDUCE_PERCENTILE:
    case REDUCE_RANK:
        break;
    }
}

/* NULL: a rank, which has none. */
static State *state_of(CalcRun *run, const Reduction *reduction)
{
    return reduction->kind == REDUCE_RANK ? NULL : &run->state[reduction->state];
}

void run_merge_region(CalcRun *run, int pass_idx, uint32_t parent)
{
    const Pass *pass = &run->program->pass[pass_idx];
    const Region *region = run->frame->regions->region;
    for (size_t i = 0; i < pass->reductions.len; i++) {
        State *state = state_of(run, &pass->reductions.ptr[i]);
        if (state)
            clear_state(state, parent);
        if (state && state->kind == REDUCE_PERCENTILE)
            run_percentile_region(state, run->frame, parent);
    }
    /* the sums of one child depend on those of the one before, not on one another: they go together */
    for (uint32_t child = parent + 1; child < region[parent].end; child = region[child].end)
        for (size_t i = 0; i < pass->reductions.len; i++) {
            State *state = state_of(run, &pass->reductions.ptr[i]);
            if (state)
                add_child(state, parent, child);
        }
}

/* ---- reading them ---- */

static double root(double square)
{
    return sqrt(square > 0.0 ? square : 0.0);
}

static inline double read_moments(const Moments *m, RegionOp op)
{
    if (!(m->weight > 0.0))
        return NAN;
    if (op == REGION_MEAN)
        return m->mean;
    if (op == REGION_SIZE_OF_MEAN)
        return m->size;
    double variance = m->m2 / m->weight;
    return root(op == REGION_STD ? variance : variance + m->mean * m->mean);
}

static double read_extent(const Extent *extent, RegionOp op)
{
    if (op == REGION_COUNT_PRESENT)
        return extent->count;
    if (!(extent->count > 0.0))
        return NAN;
    if (op == REGION_SUM)
        return extent->sum;
    if (op == REGION_SIZE_OF_SUM)
        return extent->size;
    if (op == REGION_SIZE_OF_VALUES)
        return fmax(fabs(extent->least), fabs(extent->most));
    return op == REGION_MIN ? extent->least : extent->most;
}

static double read_tri(const TriCount *tri, RegionOp op)
{
    if (op == REGION_COUNT_TRUE)
        return tri->yes;
    if (op == REGION_COUNT_FALSE)
        return tri->no;
    if (op == REGION_ALL) /* of a region without rows nothing can be said */
        return tri->no > 0.0 ? 0.0 : tri->unknown > 0.0 || tri->yes == 0.0 ? NAN : 1.0;
    return tri->yes > 0.0 ? 1.0 : tri->unknown > 0.0 ? NAN : 0.0;
}

/* Some regions, and where the values of a register are for them: one behind the other. */
typedef struct Batch {
    uint32_t first, count;
    bool is_path; /* the regions of run->path instead, from `first` on */
} Batch;

static double *values_of(const CalcRun *run, const Batch *batch, int reg)
{
    if (batch->is_path)
        return run->path_value + (size_t)reg * run->path_room + batch->first;
    return run->region_reg[reg] + batch->first;
}

static const double *operand_of(const CalcRun *run, const Batch *batch, Operand operand)
{
    return operand.kind ? values_of(run, batch, operand.idx) : NULL;
}

static inline uint32_t region_of(const CalcRun *run, const Batch *batch, uint32_t i)
{
    return batch->is_path ? run->path[batch->first + i] : batch->first + i;
}

static void read_all_moments(const CalcRun *run, const Batch *batch, const State *state,
                             RegionOp op, double *dst)
{
    /* a loop for each operation, so that none is chosen region by region */
#define READ(operation)                         \
    for (uint32_t i = 0; i < batch->count; i++) \
    dst[i] = read_moments(run_moments(state, region_of(run, batch, i)), operation)
    if (op == REGION_MEAN)
        READ(REGION_MEAN);
    else if (op == REGION_SIZE_OF_MEAN)
        READ(REGION_SIZE_OF_MEAN);
    else if (op == REGION_STD)
        READ(REGION_STD);
    else
        READ(op);
#undef READ
}

static double read_share(const Share *share)
{
    return share->known > 0.0 ? share->yes / share->known : NAN;
}

static void read_state(const CalcRun *run, const Batch *batch, const State *state, RegionOp op,
                       double *dst)
{
    if (state->kind == REDUCE_MOMENTS) {
        read_all_moments(run, batch, state, op, dst);
        return;
    }
    for (uint32_t i = 0; i < batch->count; i++) {
        uint32_t region = region_of(run, batch, i);
        if (state->kind == REDUCE_EXTENT)
            dst[i] = read_extent(&state->extent[region], op);
        else if (state->kind == REDUCE_TRI)
            dst[i] = read_tri(&state->tri[region], op);
        else if (state->kind == REDUCE_SHARE)
            dst[i] = read_share(&state->share[region]);
        else
            dst[i] = state->percentile[region];
    }
}

/* ---- instructions ---- */

static void run_kernel(CalcRun *run, const Batch *batch, const RegionInstr *region_instr)
{
    const Instr *instr = &region_instr->kernel;
    KernelArgs args = {.dst = values_of(run, batch, region_instr->dst),
                       .a = operand_of(run, batch, instr->a),
                       .b = operand_of(run, batch, instr->b),
                       .c = operand_of(run, batch, instr->c),
                       .magnitude = operand_of(run, batch, instr->magnitude),
                       .list = run->list,
                       .reach = instr->reach,
                       .list_count = instr->list_count,
                       .imm = instr->imm,
                       .n = batch->count};
    for (size_t i = 0; instr->list && i < instr->list_count; i++)
        run->list[i] = operand_of(run, batch, instr->list[i]);
    if (!run->kernels->fn[instr->kernel](&args) || !instr->node)
        return;
    /* judged at leaf regions only; above them a verdict is informative */
    ExactPoint point = {.frame = run->frame,
                        .row = EXACT_REGION,
                        .scope = instr->is_unscoped ? NULL : run->program->scope};
    for (uint32_t i = 0; i < batch->count; i++) {
        uint32_t region = region_of(run, batch, i);
        if (!run_is_leaf(run->frame, region) || !kernel_is_tie(instr->kernel, &args, i))
            continue;
        point.region = &run->frame->regions->region[region];
        args.dst[i] = run_decide(run, instr, &point);
    }
}

static void run_region_instr(CalcRun *run, const Batch *batch, const RegionInstr *instr)
{
    double *dst = values_of(run, batch, instr->dst);
    const double *a = operand_of(run, batch, instr->kernel.a);
    switch (instr->op) {
    case REGION_KERNEL:
        run_kernel(run, batch, instr);
        break;
    case REGION_CONSTANT:
        for (uint32_t i = 0; i < batch->count; i++)
            dst[i] = instr->kernel.imm;
        break;
    case REGION_STRICT:
        for (uint32_t i = 0; i < batch->count; i++)
            dst[i] = run->state[instr->state].is_poisoned[region_of(run, batch, i)] ? NAN : a[i];
        break;
    default:
        read_state(run, batch, &run->state[instr->state], instr->op, dst);
    }
}

void run_regions(CalcRun *run, int pass_idx, uint32_t first, uint32_t end)
{
    enum { AT_ONCE = 256 /* so that all registers of so many regions stay near */ };
    const Pass *pass = &run->program->pass[pass_idx];
    for (; first < end; first += AT_ONCE) {
        Batch batch = {.first = first, .count = end - first < AT_ONCE ? end - first : AT_ONCE};
        for (size_t i = 0; i < pass->region_instrs.len; i++)
            run_region_instr(run, &batch, &pass->region_instrs.ptr[i]);
    }
}

void run_path(CalcRun *run, int pass_idx)
{
    const Pass *pass = &run->program->pass[pass_idx];
    Batch batch = {.count = run->path_count, .is_path = true};
    for (size_t i = 0; i < pass->region_instrs.len; i++) {
        const RegionInstr *instr = &pass->region_instrs.ptr[i];
        run_region_instr(run, &batch, instr);
        const double *value = values_of(run, &batch, instr->dst);
        for (uint32_t k = 0; k < batch.count; k++)
            run->region_reg[instr->dst][run->path[k]] = value[k];
    }
}
