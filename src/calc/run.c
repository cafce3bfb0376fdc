/* Rows: blocks of a group of leaves through the instructions, then the reductions of each leaf. */
#include "calc/run_int.h"

#include <math.h>

enum { BLOCK_ROWS_DEFAULT = 256, GROUP_ROWS = 512 };

/* ---- operands ---- */

static Place register_place(const CalcRun *run, int pass, int idx)
{
    const Register *reg = &run->program->pass[pass].regs.ptr[idx];
    const Buffers *buffers = &run->buffers[pass];
    size_t physical = (size_t)reg->physical;
    switch (reg->storage) {
    case STORAGE_TEMP:
        return (Place){.base = buffers->temp + physical * run->block_rows};
    case STORAGE_WIDE:
    case STORAGE_WINDOW:
        return (Place){.base = buffers->wide + physical * run->wide_rows, .is_by_group_row = true};
    case STORAGE_CONSTANT:
        return (Place){.base = buffers->constant + physical * run->wide_rows};
    case STORAGE_OUTPUT:
        return (Place){.base = run->output[reg->output], .is_by_row = true};
    case STORAGE_RANK:
        return (Place){.base = run->rank[reg->rank], .is_by_row = true};
    }
    BUG("storage");
}

static Place operand_place(const CalcRun *run, int pass, Operand operand)
{
    switch (operand.kind) {
    case OPERAND_NONE:
        return (Place){0};
    case OPERAND_COLUMN:
        return (Place){.base = run->frame->column[operand.idx].value, .is_by_row = true};
    case OPERAND_ROW_MASK:
        return (Place){.base = run->row_mask, .is_by_row = true};
    case OPERAND_REG:
        return register_place(run, pass, operand.idx);
    }
    BUG("operand");
}

static void make_steps(CalcRun *run, int pass_idx)
{
    const Pass *pass = &run->program->pass[pass_idx];
    run->steps[pass_idx] = ARENA_ARRAY(run->arena, Step, pass->instrs.len);
    run->reduction_steps[pass_idx] = ARENA_ARRAY(run->arena, Step, pass->reductions.len);
    for (size_t i = 0; i < pass->instrs.len; i++)
        run->steps[pass_idx][i].list =
            ARENA_ARRAY(run->arena, Place, pass->instrs.ptr[i].list_count);
}

static void bind_pass(CalcRun *run, int pass_idx)
{
    const Pass *pass = &run->program->pass[pass_idx];
    for (size_t i = 0; i < pass->instrs.len; i++) {
        const Instr *instr = &pass->instrs.ptr[i];
        Step *step = &run->steps[pass_idx][i];
        step->dst = register_place(run, pass_idx, instr->dst);
        step->a = operand_place(run, pass_idx, instr->a);
        step->b = operand_place(run, pass_idx, instr->b);
        step->c = operand_place(run, pass_idx, instr->c);
        step->magnitude = operand_place(run, pass_idx, instr->magnitude);
        for (size_t k = 0; instr->list && k < instr->list_count; k++)
            step->list[k] = operand_place(run, pass_idx, instr->list[k]);
    }
    for (size_t i = 0; i < pass->reductions.len; i++) {
        const Reduction *reduction = &pass->reductions.ptr[i];
        Step *step = &run->reduction_steps[pass_idx][i];
        step->a = operand_place(run, pass_idx, reduction->x);
        step->b = operand_place(run, pass_idx, reduction->w);
        step->c = operand_place(run, pass_idx, reduction->y);
    }
}

/* Before every run: the frame may have got other columns. */
static void bind_steps(CalcRun *run)
{
    bool is_bound = run->is_bound;
    for (size_t slot = 0; slot < run->frame->slot_count; slot++) {
        is_bound &= run->bound[slot] == run->frame->column[slot].value;
        run->bound[slot] = run->frame->column[slot].value;
    }
    for (int pass = 0; !is_bound && pass < run->program->pass_count; pass++)
        bind_pass(run, pass);
    run->is_bound = true;
}

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

static void make_pass(CalcRun *run, int pass_idx)
{
    const Pass *pass = &run->program->pass[pass_idx];
    size_t lines = pass->columns.len * run->block_rows / FRAME_LANES;
    run->fetch_share[pass_idx] = lines / (pass->instrs.len + 1) + 1;
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
    }
    run_states_new(run, pass_idx);
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

/* How many regions there are at most from a leaf to the root. */
static uint32_t region_depth(const RegionTree *tree)
{
    uint32_t deepest = 0;
    for (size_t leaf = 0; leaf < tree->leaf_count; leaf++) {
        uint32_t depth = 0;
        for (uint32_t at = tree->leaf_region[leaf]; at != UINT32_MAX; at = tree->region[at].parent)
            depth++;
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
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
    if (run->block_rows > run->wide_rows) /* no group is longer */
        run->block_rows = run->wide_rows;
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
    run->path_room = region_depth(frame->regions);
    run->path = ARENA_ARRAY(arena, uint32_t, run->path_room);
    run->path_value = columns(arena, (size_t)program->region_reg_count, run->path_room);
    for (int i = 0; i < program->pass_count; i++) {
        make_pass(run, i);
        make_steps(run, i);
    }
    run->list = ARENA_ARRAY(arena, const double *, longest_list(program));
    run->bound = ARENA_ARRAY(arena, const double *, frame->slot_count);
    return run;
}

/* ---- rows ---- */

/* A group of whole leaves: rows [first, end), and the block of it in hand. */
typedef struct Span {
    size_t first, end;  /* the group */
    size_t block, rows; /* the block */
    size_t limit;       /* where the last group ends */
    int pass;
} Span;

static inline double *place_at(const Place *place, const Span *span, size_t row)
{
    if (place->is_by_row)
        return place->base + row;
    return place->is_by_group_row ? place->base + (row - span->first) : place->base;
}

double run_decide(CalcRun *run, const Instr *instr, const ExactPoint *point)
{
    run->ties++;
    double value = exact_to_double(exact_run(run->exact, instr->node, point));
    if (instr->kernel == K_WEIGHT)
        return value > 0.0 ? value : 0.0;
    bool is_inverse = instr->kernel == K_EQ && instr->node->op == OP_NE;
    return is_inverse ? 1.0 - value : value;
}

/* Where an instruction's node is asked about a row: there, or at the school's part of another stage. */
static bool find_point(const CalcRun *run, const Instr *instr, size_t row, ExactPoint *ret)
{
    const Frame *frame = run->frame;
    *ret = (ExactPoint){
        .frame = frame, .row = row, .scope = instr->is_unscoped ? NULL : run->program->scope};
    if (instr->node_stage == frame->stage)
        return true;
    const int32_t *sibling = frame->sibling[instr->node_stage];
    if (!sibling || sibling[row] < 0)
        return false; /* no such part: the result is not looked at */
    ret->frame = frame->stage_frame[instr->node_stage];
    ret->row = (size_t)sibling[row];
    return true;
}

static void decide_rows(CalcRun *run, const Span *span, const Instr *instr, const KernelArgs *args)
{
    ExactPoint point;
    for (size_t i = 0; i < args->n; i++)
        if (kernel_is_tie(instr->kernel, args, i) &&
            find_point(run, instr, span->block + i, &point))
            args->dst[i] = run_decide(run, instr, &point);
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

static void run_instr(CalcRun *run, const Span *span, const Instr *instr, const Step *step)
{
    KernelArgs args = {.dst = place_at(&step->dst, span, span->block),
                       .a = place_at(&step->a, span, span->block),
                       .b = place_at(&step->b, span, span->block),
                       .c = place_at(&step->c, span, span->block),
                       .magnitude = place_at(&step->magnitude, span, span->block),
                       .codes = instr->codes,
                       .reach = instr->reach,
                       .list = run->list,
                       .list_count = instr->list_count,
                       .imm = instr->imm,
                       .n = span->rows};
    for (size_t i = 0; instr->list && i < instr->list_count; i++)
        run->list[i] = place_at(&step->list[i], span, span->block);
    if (instr->stage)
        use_other_stage(run, span, instr, &args);
    if (run->kernels->fn[instr->kernel](&args) && instr->node)
        decide_rows(run, span, instr, &args);
}

/* ---- reductions of one leaf ---- */

/* Whether a row that a strict aggregate takes lacks its value or weight, for a reason that it does not forgive. */
static bool is_poisoned(CalcRun *run, const Reduction *reduction, uint32_t region, const double *w,
                        size_t n, const double *const column[2])
{
    Extent extent = {0};
    for (size_t i = 0; i < 2 && extent.absent == 0.0; i++)
        if (column[i])
            run->kernels->extent(column[i], w, n, &extent);
    if (extent.absent == 0.0)
        return false;
    run->ties++;
    const ExactPoint point = {.frame = run->frame,
                              .row = EXACT_REGION,
                              .region = &run->frame->regions->region[region],
                              .scope = reduction->is_unscoped ? NULL : run->program->scope};
    return exact_poison_of(run->exact, reduction->node, &point) != ABSENCE_NONE;
}

static void reduce_leaf(CalcRun *run, const Span *span, size_t idx, uint32_t leaf)
{
    const Reduction *reduction = &run->program->pass[span->pass].reductions.ptr[idx];
    const Step *step = &run->reduction_steps[span->pass][idx];
    const Frame *frame = run->frame;
    size_t row = frame->leaf_first[leaf], n = frame->leaf_first[leaf + 1] - row;
    uint32_t region = frame->regions->leaf_region[leaf];
    const double *x = place_at(&step->a, span, row);
    const double *w = place_at(&step->b, span, row);
    const double *y = place_at(&step->c, span, row);
    State *state = &run->state[reduction->state];
    switch (reduction->kind) {
    case REDUCE_MOMENTS:
        run->kernels->moments(x, w, n, run_moments(state, region));
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
        run_percentile_leaf(state, frame, leaf, x, w);
        run_percentile_region(state, frame, region);
        break;
    case REDUCE_STRICT:
        state->is_poisoned[region] =
            is_poisoned(run, reduction, region, w, n, (const double *const[]){x, y});
        break;
    case REDUCE_RANK:
        run_rank_leaf(run, reduction, leaf, x, w, y);
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
        Place place = register_place(run, span->pass, (int)i);
        for (uint32_t at = leaf; at < end_leaf; at++) {
            double value = run->region_reg[reg->region_reg][frame->regions->leaf_region[at]];
            double *dst = place_at(&place, span, frame->leaf_first[at]);
            for (size_t k = 0; k < frame->leaf_first[at + 1] - frame->leaf_first[at]; k++)
                dst[k] = value;
        }
    }
}

/*
 * Fetches a share of the rows that the next block will read: between the instructions of this one, as
 * the memory is busy while they are not. `at` goes through the lines of the pass's columns.
 */
static void fetch_ahead(const CalcRun *run, const Span *span, size_t *at, size_t share)
{
    const Pass *pass = &run->program->pass[span->pass];
    const size_t lines = run->block_rows / FRAME_LANES, from = span->block + span->rows;
    for (size_t end = *at + share; *at < end && *at < lines * pass->columns.len; (*at)++) {
        size_t row = from + *at % lines * FRAME_LANES;
        if (row < span->limit)
            __builtin_prefetch(run->frame->column[pass->columns.ptr[*at / lines]].value + row, 0,
                               2);
    }
}

static void run_group(CalcRun *run, int pass_idx, uint32_t leaf, uint32_t end_leaf, size_t limit)
{
    const Pass *pass = &run->program->pass[pass_idx];
    Span span = {.first = run->frame->leaf_first[leaf],
                 .end = run->frame->leaf_first[end_leaf],
                 .limit = limit,
                 .pass = pass_idx};
    fill_windows(run, &span, leaf, end_leaf);
    for (span.block = span.first; span.block < span.end; span.block += span.rows) {
        span.rows =
            span.end - span.block < run->block_rows ? span.end - span.block : run->block_rows;
        size_t fetched = 0;
        for (size_t i = 0; i < pass->instrs.len; i++) {
            fetch_ahead(run, &span, &fetched, run->fetch_share[pass_idx]);
            run_instr(run, &span, &pass->instrs.ptr[i], &run->steps[pass_idx][i]);
        }
    }
    for (size_t i = 0; i < pass->reductions.len; i++)
        for (uint32_t at = leaf; at < end_leaf; at++)
            reduce_leaf(run, &span, i, at);
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
        run_group(run, pass_idx, leaf, group_end, first[end_leaf]);
        leaf = group_end;
    }
}

/* ---- the three ways to run ---- */

void calc_run_subtree(CalcRun *run, uint32_t region_idx)
{
    const Region *top = &run->frame->regions->region[region_idx];
    exact_reset(run->exact);
    bind_steps(run);
    for (int pass = 0; pass < run->program->pass_count; pass++) {
        run_leaves(run, pass, top->first_leaf, top->end_leaf);
        for (uint32_t region = top->end; region-- > region_idx;)
            if (!run_is_leaf(run->frame, region))
                run_merge_region(run, pass, region);
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
    bind_steps(run);
    run->path_count = 0;
    uint32_t region = run->frame->regions->leaf_region[leaf];
    for (; region != UINT32_MAX; region = regions[region].parent)
        run->path[run->path_count++] = region;
    for (int pass = 0; pass < run->program->pass_count; pass++) {
        run_leaves(run, pass, leaf, leaf + 1);
        for (uint32_t i = 1; i < run->path_count; i++)
            run_merge_region(run, pass, run->path[i]);
        run_path(run, pass);
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

uint32_t calc_stages_read(const CalcRun *run)
{
    return run->program->stages_read;
}

TriCount calc_scope_count(const CalcRun *run, uint32_t region)
{
    int state = run->program->scope_state;
    return state < 0 ? (TriCount){0} : run->state[state].tri[region];
}

uint64_t calc_tie_count(const CalcRun *run)
{
    return run->ties;
}
