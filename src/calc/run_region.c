/* Regions: states merged upward, and the instructions that read them. */
#include "calc/run_int.h"

#include <math.h>
#include <string.h>

/* ---- states ---- */

State run_state_new(Arena *arena, const Frame *frame, const Reduction *reduction)
{
    size_t regions = frame->regions->count;
    State state = {.kind = reduction->kind, .q = reduction->q};
    switch (reduction->kind) {
    case REDUCE_MOMENTS:
        state.moments = ARENA_ARRAY(arena, Moments, regions);
        break;
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
    case REDUCE_RANK:
        break;
    }
    return state;
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
        moments_merge(&state->moments[into], &state->moments[child]);
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
        state->moments[region] = (Moments){0};
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

void run_merge_region(CalcRun *run, int pass_idx, uint32_t parent)
{
    const Pass *pass = &run->program->pass[pass_idx];
    const Region *region = run->frame->regions->region;
    for (size_t i = 0; i < pass->reductions.len; i++) {
        if (pass->reductions.ptr[i].kind == REDUCE_RANK)
            continue;
        State *state = &run->state[pass->reductions.ptr[i].state];
        clear_state(state, parent);
        for (uint32_t child = parent + 1; child < region[parent].end; child = region[child].end)
            add_child(state, parent, child);
        if (state->kind == REDUCE_PERCENTILE)
            run_percentile_region(state, run->frame, parent);
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
    if (op == REGION_ALL) /* of a region without rows nothing can be said */
        return tri->no > 0.0 ? 0.0 : tri->unknown > 0.0 || tri->yes == 0.0 ? NAN : 1.0;
    return tri->yes > 0.0 ? 1.0 : tri->unknown > 0.0 ? NAN : 0.0;
}

/* A loop for each operation, so that none is chosen region by region. */
static void read_all_moments(const Moments *m, RegionOp op, uint32_t count, double *dst)
{
    if (op == REGION_MEAN)
        for (uint32_t i = 0; i < count; i++)
            dst[i] = read_moments(&m[i], REGION_MEAN);
    else if (op == REGION_SIZE_OF_MEAN)
        for (uint32_t i = 0; i < count; i++)
            dst[i] = read_moments(&m[i], REGION_SIZE_OF_MEAN);
    else if (op == REGION_STD)
        for (uint32_t i = 0; i < count; i++)
            dst[i] = read_moments(&m[i], REGION_STD);
    else
        for (uint32_t i = 0; i < count; i++)
            dst[i] = read_moments(&m[i], op);
}

/* Of regions [first, end), into the same places of dst. */
static void read_state(const State *state, RegionOp op, uint32_t first, uint32_t end, double *dst)
{
    switch (state->kind) {
    case REDUCE_MOMENTS:
        read_all_moments(state->moments + first, op, end - first, dst + first);
        return;
    case REDUCE_EXTENT:
        for (uint32_t region = first; region < end; region++)
            dst[region] = read_extent(&state->extent[region], op);
        return;
    case REDUCE_TRI:
        for (uint32_t region = first; region < end; region++)
            dst[region] = read_tri(&state->tri[region], op);
        return;
    case REDUCE_SHARE:
        for (uint32_t region = first; region < end; region++)
            dst[region] = state->share[region].known > 0.0
                              ? state->share[region].yes / state->share[region].known
                              : NAN;
        return;
    case REDUCE_PERCENTILE:
        memcpy(dst + first, state->percentile + first, (end - first) * sizeof *dst);
        return;
    case REDUCE_STRICT:
    case REDUCE_RANK:
        break;
    }
    BUG("not an aggregate");
}

/* ---- instructions ---- */

static const double *region_operand(const CalcRun *run, Operand operand, uint32_t first)
{
    return operand.kind ? run->region_reg[operand.idx] + first : NULL;
}

static void run_kernel(CalcRun *run, const RegionInstr *region_instr, uint32_t first, uint32_t end)
{
    const Instr *instr = &region_instr->kernel;
    KernelArgs args = {.dst = run->region_reg[region_instr->dst] + first,
                       .a = region_operand(run, instr->a, first),
                       .b = region_operand(run, instr->b, first),
                       .c = region_operand(run, instr->c, first),
                       .magnitude = region_operand(run, instr->magnitude, first),
                       .list = run->list,
                       .list_count = instr->list_count,
                       .imm = instr->imm,
                       .n = end - first};
    for (size_t i = 0; instr->list && i < instr->list_count; i++)
        run->list[i] = region_operand(run, instr->list[i], first);
    if (!run->kernels->fn[instr->kernel](&args) || !instr->node)
        return;
    /* judged at leaf regions only; above them a verdict is informative */
    ExactPoint point = {.frame = run->frame,
                        .row = EXACT_REGION,
                        .scope = instr->is_unscoped ? NULL : run->program->scope};
    for (uint32_t i = 0; i < end - first; i++) {
        if (!run_is_leaf(run->frame, first + i) || !kernel_is_tie(instr->kernel, &args, i))
            continue;
        point.region = &run->frame->regions->region[first + i];
        args.dst[i] = run_decide(run, instr, &point);
    }
}

void run_regions(CalcRun *run, int pass_idx, uint32_t first, uint32_t end)
{
    const Pass *pass = &run->program->pass[pass_idx];
    for (size_t i = 0; i < pass->region_instrs.len; i++) {
        const RegionInstr *instr = &pass->region_instrs.ptr[i];
        double *dst = run->region_reg[instr->dst];
        const double *a = region_operand(run, instr->kernel.a, 0);
        if (instr->op == REGION_KERNEL) {
            run_kernel(run, instr, first, end);
            continue;
        }
        if (instr->op == REGION_CONSTANT)
            for (uint32_t region = first; region < end; region++)
                dst[region] = instr->kernel.imm;
        else if (instr->op == REGION_STRICT)
            for (uint32_t region = first; region < end; region++)
                dst[region] = run->state[instr->state].is_poisoned[region] ? NAN : a[region];
        else
            read_state(&run->state[instr->state], instr->op, first, end, dst);
    }
}
