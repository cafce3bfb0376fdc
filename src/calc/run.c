#include "calc/exact.h"
#include "calc/program_int.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK_ROWS_DEFAULT = 256, GROUP_ROWS = 512 };

/* Per region and reduction; which member counts is fixed by the reduction's kind. */
typedef struct Share {
    double yes, known;
} Share;

typedef struct State {
    ReductionKind kind;
    Moments *moments;
    Extent *extent;
    TriCount *tri;
    Share *share;
    double *percentile;
    double *column; /* percentile: the taken values, NaN elsewhere */
    double q;
} State;

typedef struct Buffers {
    double *temp, *wide, *constant;
} Buffers;

struct CalcRun {
    Arena *arena;
    const Program *program;
    const Frame *frame;
    const KernelSet *kernels;
    size_t block_rows, wide_rows;
    double *row_mask;
    const int32_t *no_sibling;
    Buffers buffers[PASSES_MAX];
    double **output, **rank, **region_reg;
    State *state;
    const double **list;
    double *sort;
    Exact *exact;
    uint64_t ties;
};

/* ---- making a run ---- */

static double *columns(Arena *arena, size_t count, size_t rows)
{
    return arena_alloc_raw(arena, (count ? count : 1) * rows * sizeof(double));
}

static size_t widest_leaf(const Frame *frame)
{
    size_t widest = GROUP_ROWS;
    for (size_t leaf = 0; leaf < frame->regions->leaf_count; leaf++) {
        size_t rows = frame->leaf_first[leaf + 1] - frame->leaf_first[leaf];
        widest = rows > widest ? rows : widest;
    }
    return widest;
}

static void make_state(CalcRun *run, const Reduction *reduction)
{
    size_t regions = run->frame->regions->count;
    State *state = &run->state[reduction->state];
    state->kind = reduction->kind;
    state->q = reduction->q;
    if (reduction->kind == REDUCE_MOMENTS)
        state->moments = ARENA_ARRAY(run->arena, Moments, regions);
    if (reduction->kind == REDUCE_EXTENT)
        state->extent = ARENA_ARRAY(run->arena, Extent, regions);
    if (reduction->kind == REDUCE_TRI)
        state->tri = ARENA_ARRAY(run->arena, TriCount, regions);
    if (reduction->kind == REDUCE_SHARE)
        state->share = ARENA_ARRAY(run->arena, Share, regions);
    if (reduction->kind == REDUCE_PERCENTILE) {
        state->percentile = ARENA_ARRAY(run->arena, double, regions);
        state->column = columns(run->arena, 1, run->frame->row_count);
    }
}

static void make_pass(CalcRun *run, int pass_idx)
{
    const Pass *pass = &run->program->pass[pass_idx];
    Buffers *buffers = &run->buffers[pass_idx];
    buffers->temp = columns(run->arena, (size_t)pass->temp_count, run->block_rows);
    buffers->wide = columns(run->arena, (size_t)pass->wide_count, run->wide_rows);
    buffers->constant = columns(run->arena, (size_t)pass->constant_count, run->wide_rows);
    for (size_t i = 0; i < pass->regs.len; i++) {
        const Register *reg = &pass->regs.ptr[i];
        for (size_t row = 0; reg->storage == STORAGE_CONSTANT && row < run->wide_rows; row++)
            buffers->constant[(size_t)reg->physical * run->wide_rows + row] = reg->constant;
    }
    for (size_t i = 0; i < pass->reductions.len; i++) {
        const Reduction *reduction = &pass->reductions.ptr[i];
        if (reduction->kind == REDUCE_RANK)
            run->rank[reduction->rank] = columns(run->arena, 1, run->frame->row_count);
        else
            make_state(run, reduction);
    }
}

static size_t longest_list(const Program *program)
{
    size_t longest = 1;
    for (int i = 0; i < program->pass_count; i++) {
        const Pass *pass = &program->pass[i];
        for (size_t k = 0; k < pass->instrs.len; k++)
            longest =
                pass->instrs.ptr[k].list_count > longest ? pass->instrs.ptr[k].list_count : longest;
        for (size_t k = 0; k < pass->region_instrs.len; k++) {
            size_t count = pass->region_instrs.ptr[k].kernel.list_count;
            longest = count > longest ? count : longest;
        }
    }
    return longest;
}

CalcRun *calc_run_new(Arena *arena, const Program *program, const Frame *frame,
                      const CalcOptions *options)
{
    CalcRun *run = ARENA_NEW(arena, CalcRun);
    *run = (CalcRun){.arena = arena,
                     .program = program,
                     .frame = frame,
                     .kernels = options && options->kernels ? options->kernels : kernels_best(),
                     .block_rows =
                         options && options->block_rows ? options->block_rows : BLOCK_ROWS_DEFAULT,
                     .wide_rows = widest_leaf(frame),
                     .exact = exact_new(arena)};
    run->row_mask = columns(arena, 1, frame->row_count);
    for (size_t row = 0; row < frame->row_count; row++)
        run->row_mask[row] = frame_is_padding(frame, row) ? 0.0 : 1.0;
    int32_t *none = arena_alloc_raw(arena, run->wide_rows * sizeof *none);
    for (size_t i = 0; i < run->wide_rows; i++)
        none[i] = -1;
    run->no_sibling = none;

    run->output = ARENA_ARRAY(arena, double *, program->row_count);
    for (size_t i = 0; i < program->row_count; i++)
        run->output[i] = columns(arena, 1, frame->row_count);
    run->rank = ARENA_ARRAY(arena, double *, (size_t)program->rank_count);
    run->state = ARENA_ARRAY(arena, State, (size_t)program->state_count);
    run->region_reg = ARENA_ARRAY(arena, double *, (size_t)program->region_reg_count);
    for (int i = 0; i < program->region_reg_count; i++)
        run->region_reg[i] = columns(arena, 1, frame->regions->count);
    for (int i = 0; i < program->pass_count; i++)
        make_pass(run, i);
    run->list = ARENA_ARRAY(arena, const double *, longest_list(program));
    return run;
}

/* ---- rows ---- */

/* A group of whole leaves: rows [first, end), and the block of it in hand. */
typedef struct Span {
    size_t first, end;  /* the group */
    size_t block, rows; /* the block */
    int pass;
} Span;

static double *register_at(const CalcRun *run, const Span *span, int idx, size_t row)
{
    const Register *reg = &run->program->pass[span->pass].regs.ptr[idx];
    const Buffers *buffers = &run->buffers[span->pass];
    size_t wide = run->wide_rows;
    switch (reg->storage) {
    case STORAGE_TEMP:
        return buffers->temp + (size_t)reg->physical * run->block_rows;
    case STORAGE_WIDE:
    case STORAGE_WINDOW:
        return buffers->wide + (size_t)reg->physical * wide + (row - span->first);
    case STORAGE_CONSTANT:
        return buffers->constant + (size_t)reg->physical * wide;
    case STORAGE_OUTPUT:
        return run->output[reg->output] + row;
    case STORAGE_RANK:
        return run->rank[reg->rank] + row;
    }
    BUG("storage");
}

static const double *operand_at(const CalcRun *run, const Span *span, Operand operand, size_t row)
{
    switch (operand.kind) {
    case OPERAND_NONE:
        return NULL;
    case OPERAND_COLUMN:
        return run->frame->column[operand.idx].value + row;
    case OPERAND_ROW_MASK:
        return run->row_mask + row;
    case OPERAND_REG:
        return register_at(run, span, operand.idx, row);
    }
    BUG("operand");
}

static const Region *region_of_row(const Frame *frame, size_t row)
{
    size_t low = 0, high = frame->regions->leaf_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (frame->leaf_first[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return &frame->regions->region[frame->regions->leaf_region[low]];
}

/* What the walker says, as this instruction's result. */
static double decide(CalcRun *run, const Instr *instr, const ExactPoint *point)
{
    run->ties++;
    double value = exact_to_double(exact_run(run->exact, instr->node, point));
    bool is_inverse =
        instr->kernel == K_EQ && instr->node->kind == NODE_BINARY && instr->node->op == OP_NE;
    return is_inverse ? 1.0 - value : value;
}

static void decide_rows(CalcRun *run, const Span *span, const Instr *instr, const KernelArgs *args)
{
    for (size_t i = 0; i < args->n; i++)
        if (kernel_is_tie(instr->kernel, args, i)) {
            ExactPoint point = {.frame = run->frame,
                                .row = span->block + i,
                                .scope = run->program->scope,
                                .region = region_of_row(run->frame, span->block + i)};
            args->dst[i] = decide(run, instr, &point);
        }
}

static void use_other_stage(const CalcRun *run, const Span *span, const Instr *instr,
                            KernelArgs *args)
{
    int stage = instr->stage - 1;
    const Frame *frame = run->frame;
    args->index = frame->sibling[stage] ? frame->sibling[stage] + span->block : run->no_sibling;
    if (instr->kernel == K_GATHER)
        args->a =
            frame->sibling[stage] ? frame->stage_frame[stage]->column[instr->a.idx].value : NULL;
}

static void run_instr(CalcRun *run, const Span *span, const Instr *instr)
{
    KernelArgs args = {.dst = register_at(run, span, instr->dst, span->block),
                       .a = operand_at(run, span, instr->a, span->block),
                       .b = operand_at(run, span, instr->b, span->block),
                       .c = operand_at(run, span, instr->c, span->block),
                       .magnitude = operand_at(run, span, instr->magnitude, span->block),
                       .codes = instr->codes,
                       .list = run->list,
                       .list_count = instr->list_count,
                       .imm = instr->imm,
                       .n = span->rows};
    for (size_t i = 0; instr->list && i < instr->list_count; i++)
        run->list[i] = operand_at(run, span, instr->list[i], span->block);
    if (instr->stage)
        use_other_stage(run, span, instr, &args);
    if (run->kernels->fn[instr->kernel](&args))
        decide_rows(run, span, instr, &args);
}

/* ---- reductions of one leaf ---- */

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

/* Type 7 (linear interpolation), over the present values of sorted[0 .. count). */
static double percentile_of(const double *sorted, size_t count, double q)
{
    if (count == 0)
        return NAN;
    double at = (double)(count - 1) * q / 100.0;
    size_t below = (size_t)at;
    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

static double *sort_room(CalcRun *run)
{
    if (!run->sort)
        run->sort = columns(run->arena, 1, run->frame->row_count);
    return run->sort;
}

static void region_percentile(CalcRun *run, State *state, uint32_t region_idx)
{
    const Region *region = &run->frame->regions->region[region_idx];
    double *sorted = sort_room(run);
    size_t count = 0;
    for (size_t row = frame_region_first(run->frame, region);
         row < frame_region_end(run->frame, region); row++)
        if (state->column[row] == state->column[row])
            sorted[count++] = state->column[row];
    qsort(sorted, count, sizeof *sorted, by_value);
    state->percentile[region_idx] = percentile_of(sorted, count, state->q);
}

/* Competition rank, 1 = largest: one more than the number of larger values. */
static void rank_leaf(CalcRun *run, const double *x, const double *w, size_t n, double *ret)
{
    double *sorted = sort_room(run);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (w[i] > 0.0 && x[i] == x[i])
            sorted[count++] = x[i];
    qsort(sorted, count, sizeof *sorted, by_value);
    for (size_t i = 0; i < n; i++) {
        size_t low = 0, high = count; /* first sorted value larger than x[i] */
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (sorted[middle] <= x[i])
                low = middle + 1;
            else
                high = middle;
        }
        ret[i] = w[i] > 0.0 && x[i] == x[i] ? (double)(count - low) + 1.0 : NAN;
    }
}

static void reduce_leaf(CalcRun *run, const Span *span, const Reduction *reduction, uint32_t leaf)
{
    const Frame *frame = run->frame;
    size_t row = frame->leaf_first[leaf], n = frame->leaf_first[leaf + 1] - row;
    uint32_t region = frame->regions->leaf_region[leaf];
    const double *x = operand_at(run, span, reduction->x, row);
    const double *w = operand_at(run, span, reduction->w, row);
    if (reduction->kind == REDUCE_RANK) {
        rank_leaf(run, x, w, n, run->rank[reduction->rank] + row);
        return;
    }
    State *state = &run->state[reduction->state];
    switch (reduction->kind) {
    case REDUCE_MOMENTS:
        run->kernels->moments(x, w, n, &state->moments[region]);
        break;
    case REDUCE_EXTENT:
        run->kernels->extent(x, w, n, &state->extent[region]);
        break;
    case REDUCE_TRI:
        run->kernels->tri_count(x, w, n, &state->tri[region]);
        break;
    case REDUCE_SHARE:
        run->kernels->share(x, w, n, &state->share[region].yes, &state->share[region].known);
        break;
    case REDUCE_PERCENTILE:
        for (size_t i = 0; i < n; i++)
            state->column[row + i] = w[i] > 0.0 ? x[i] : NAN;
        region_percentile(run, state, region);
        break;
    case REDUCE_RANK:
        break;
    }
}

static void fill_windows(CalcRun *run, const Span *span, uint32_t leaf, uint32_t end_leaf)
{
    const Pass *pass = &run->program->pass[span->pass];
    const Frame *frame = run->frame;
    for (size_t i = 0; i < pass->regs.len; i++) {
        const Register *reg = &pass->regs.ptr[i];
        if (reg->storage != STORAGE_WINDOW)
            continue;
        for (uint32_t at = leaf; at < end_leaf; at++) {
            double value = run->region_reg[reg->region_reg][frame->regions->leaf_region[at]];
            double *dst = register_at(run, span, (int)i, frame->leaf_first[at]);
            for (size_t k = 0; k < frame->leaf_first[at + 1] - frame->leaf_first[at]; k++)
                dst[k] = value;
        }
    }
}

static void run_group(CalcRun *run, int pass_idx, uint32_t leaf, uint32_t end_leaf)
{
    const Pass *pass = &run->program->pass[pass_idx];
    Span span = {.first = run->frame->leaf_first[leaf],
                 .end = run->frame->leaf_first[end_leaf],
                 .pass = pass_idx};
    fill_windows(run, &span, leaf, end_leaf);
    for (span.block = span.first; span.block < span.end; span.block += span.rows) {
        span.rows =
            span.end - span.block < run->block_rows ? span.end - span.block : run->block_rows;
        for (size_t i = 0; i < pass->instrs.len; i++)
            run_instr(run, &span, &pass->instrs.ptr[i]);
    }
    for (size_t i = 0; i < pass->reductions.len; i++)
        for (uint32_t at = leaf; at < end_leaf; at++)
            reduce_leaf(run, &span, &pass->reductions.ptr[i], at);
}

/* Whole leaves are taken together up to one block's worth: short leaves would be mostly overhead. */
static void run_leaves(CalcRun *run, int pass_idx, uint32_t leaf, uint32_t end_leaf)
{
    const uint32_t *first = run->frame->leaf_first;
    size_t room = run->block_rows < GROUP_ROWS ? run->block_rows : GROUP_ROWS;
    while (leaf < end_leaf) {
        uint32_t group_end = leaf + 1;
        while (group_end < end_leaf && first[group_end + 1] - first[leaf] <= room)
            group_end++;
        run_group(run, pass_idx, leaf, group_end);
        leaf = group_end;
    }
}

/* ---- regions ---- */

static void merge_children(CalcRun *run, State *state, uint32_t parent)
{
    const Region *region = run->frame->regions->region;
    uint32_t end = region[parent].end;
    switch (state->kind) {
    case REDUCE_MOMENTS: {
        Moments sum = {0};
        for (uint32_t child = parent + 1; child < end; child = region[child].end)
            moments_merge(&sum, &state->moments[child]);
        state->moments[parent] = sum;
        break;
    }
    case REDUCE_EXTENT: {
        Extent sum = {.least = INFINITY, .most = -INFINITY};
        for (uint32_t child = parent + 1; child < end; child = region[child].end)
            extent_merge(&sum, &state->extent[child]);
        state->extent[parent] = sum;
        break;
    }
    case REDUCE_TRI: {
        TriCount sum = {0};
        for (uint32_t child = parent + 1; child < end; child = region[child].end) {
            sum.yes += state->tri[child].yes;
            sum.no += state->tri[child].no;
            sum.unknown += state->tri[child].unknown;
        }
        state->tri[parent] = sum;
        break;
    }
    case REDUCE_SHARE: {
        Share sum = {0};
        for (uint32_t child = parent + 1; child < end; child = region[child].end) {
            sum.yes += state->share[child].yes;
            sum.known += state->share[child].known;
        }
        state->share[parent] = sum;
        break;
    }
    case REDUCE_PERCENTILE:
        region_percentile(run, state, parent);
        break;
    case REDUCE_RANK:
        break;
    }
}

static void merge_region(CalcRun *run, int pass_idx, uint32_t region)
{
    const Pass *pass = &run->program->pass[pass_idx];
    for (size_t i = 0; i < pass->reductions.len; i++)
        if (pass->reductions.ptr[i].kind != REDUCE_RANK)
            merge_children(run, &run->state[pass->reductions.ptr[i].state], region);
}

static bool is_leaf(const CalcRun *run, uint32_t region_idx)
{
    const Region *region = &run->frame->regions->region[region_idx];
    return region->end == region_idx + 1 && region->end_leaf == region->first_leaf + 1;
}

static double root(double square)
{
    return sqrt(square > 0.0 ? square : 0.0);
}

/* One aggregate of one region, from its state. */
static double read_state(const State *state, RegionOp op, uint32_t region)
{
    switch (op) {
    case REGION_MEAN:
        return state->moments[region].weight > 0.0 ? state->moments[region].mean : NAN;
    case REGION_STD: {
        const Moments *m = &state->moments[region];
        return m->weight > 0.0 ? root(m->m2 / m->weight) : NAN;
    }
    case REGION_CV: {
        const Moments *m = &state->moments[region];
        return m->weight > 0.0 && m->mean != 0.0 ? root(m->m2 / m->weight) / m->mean : NAN;
    }
    case REGION_SUM:
        return state->extent[region].count > 0.0 ? state->extent[region].sum : NAN;
    case REGION_MIN:
        return state->extent[region].count > 0.0 ? state->extent[region].least : NAN;
    case REGION_MAX:
        return state->extent[region].count > 0.0 ? state->extent[region].most : NAN;
    case REGION_COUNT_PRESENT:
        return state->extent[region].count;
    case REGION_COUNT_TRUE:
        return state->tri[region].yes;
    case REGION_ALL: {
        const TriCount *t = &state->tri[region];
        return t->no > 0.0 ? 0.0 : t->unknown > 0.0 || t->yes == 0.0 ? NAN : 1.0;
    }
    case REGION_ANY: {
        const TriCount *t = &state->tri[region];
        return t->yes > 0.0 ? 1.0 : t->unknown > 0.0 ? NAN : 0.0;
    }
    case REGION_SHARE:
        return state->share[region].known > 0.0
                   ? state->share[region].yes / state->share[region].known
                   : NAN;
    case REGION_PERCENTILE:
        return state->percentile[region];
    case REGION_KERNEL:
    case REGION_CONSTANT:
    case REGION_STRICT:
        break;
    }
    BUG("not an aggregate");
}

static double decide_region(CalcRun *run, const Instr *instr, uint32_t region)
{
    ExactPoint point = {.frame = run->frame,
                        .row = EXACT_REGION,
                        .scope = run->program->scope,
                        .region = &run->frame->regions->region[region]};
    return decide(run, instr, &point);
}

static void run_region_kernel(CalcRun *run, const RegionInstr *region_instr, uint32_t first,
                              uint32_t end)
{
    const Instr *instr = &region_instr->kernel;
    KernelArgs args = {.dst = run->region_reg[region_instr->dst] + first,
                       .imm = instr->imm,
                       .n = end - first,
                       .list = run->list,
                       .list_count = instr->list_count};
    args.a = instr->a.kind ? run->region_reg[instr->a.idx] + first : NULL;
    args.b = instr->b.kind ? run->region_reg[instr->b.idx] + first : NULL;
    args.c = instr->c.kind ? run->region_reg[instr->c.idx] + first : NULL;
    for (size_t i = 0; instr->list && i < instr->list_count; i++)
        run->list[i] = run->region_reg[instr->list[i].idx] + first;
    if (!run->kernels->fn[instr->kernel](&args) || !instr->node)
        return;
    /* judged at leaf regions only; above them a verdict is informative */
    for (uint32_t i = 0; i < end - first; i++)
        if (is_leaf(run, first + i) && kernel_is_tie(instr->kernel, &args, i))
            args.dst[i] = decide_region(run, instr, first + i);
}

/* A strict aggregate: as computed if nothing was absent, else as the walker says (why it is absent decides). */
static void run_region_strict(CalcRun *run, const RegionInstr *instr, uint32_t first, uint32_t end)
{
    const State *state = &run->state[instr->state];
    const double *plain = run->region_reg[instr->kernel.a.idx];
    for (uint32_t region = first; region < end; region++) {
        double absent =
            state->kind == REDUCE_TRI ? state->tri[region].unknown : state->extent[region].absent;
        Instr exact = {.kernel = K_COPY, .node = instr->node};
        run->region_reg[instr->dst][region] =
            absent > 0.0 ? decide_region(run, &exact, region) : plain[region];
    }
}

static void run_regions(CalcRun *run, int pass_idx, uint32_t first, uint32_t end)
{
    const Pass *pass = &run->program->pass[pass_idx];
    for (size_t i = 0; i < pass->region_instrs.len; i++) {
        const RegionInstr *instr = &pass->region_instrs.ptr[i];
        double *dst = run->region_reg[instr->dst];
        if (instr->op == REGION_KERNEL) {
            run_region_kernel(run, instr, first, end);
        } else if (instr->op == REGION_STRICT) {
            run_region_strict(run, instr, first, end);
        } else {
            for (uint32_t region = first; region < end; region++)
                dst[region] = instr->op == REGION_CONSTANT
                                  ? instr->kernel.imm
                                  : read_state(&run->state[instr->state], instr->op, region);
        }
    }
}

/* ---- the three ways to run ---- */

void calc_run_subtree(CalcRun *run, uint32_t region_idx)
{
    const Region *top = &run->frame->regions->region[region_idx];
    exact_reset(run->exact);
    for (int pass = 0; pass < run->program->pass_count; pass++) {
        run_leaves(run, pass, top->first_leaf, top->end_leaf);
        for (uint32_t region = top->end; region-- > region_idx;)
            if (!is_leaf(run, region))
                merge_region(run, pass, region);
        run_regions(run, pass, region_idx, top->end);
    }
}

void calc_run_all(CalcRun *run)
{
    calc_run_subtree(run, 0);
}

void calc_run_leaf(CalcRun *run, uint32_t leaf)
{
    const Region *regions = run->frame->regions->region;
    exact_reset(run->exact);
    for (int pass = 0; pass < run->program->pass_count; pass++) {
        run_leaves(run, pass, leaf, leaf + 1);
        uint32_t region = run->frame->regions->leaf_region[leaf];
        run_regions(run, pass, region, region + 1);
        while ((region = regions[region].parent) != UINT32_MAX) {
            merge_region(run, pass, region);
            run_regions(run, pass, region, region + 1);
        }
    }
}

const double *calc_row_output(const CalcRun *run, size_t i)
{
    Operand operand = run->program->row_output[i];
    const Pass *pass = &run->program->pass[run->program->row_pass[i]];
    return run->output[pass->regs.ptr[operand.idx].output];
}

const double *calc_region_output(const CalcRun *run, size_t i)
{
    return run->region_reg[run->program->region_output[i]];
}

uint64_t calc_tie_count(const CalcRun *run)
{
    return run->ties;
}
