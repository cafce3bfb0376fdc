/* The inside of a run: what run.c (rows), run_region.c (regions) and run_order.c (ranks, percentiles) share. */
#ifndef JH_CALC_RUN_INT_H
#define JH_CALC_RUN_INT_H

#include "calc/exact_int.h"
#include "calc/program_int.h"

typedef struct Share {
    double yes, known;
} Share;

/* Of a reduction: one element per region; which member counts is fixed by the kind. */
typedef struct State {
    ReductionKind kind;
    Moments *moments; /* see run_moments */
    size_t stride;
    Extent *extent;
    TriCount *tri;
    Share *share;
    bool *is_poisoned; /* strict */
    double *percentile, q;
    double *
        sorted; /* percentile: the taken values of each leaf, ascending, from the leaf's first row on */
    uint32_t *taken_count; /* percentile: how many, by leaf */
} State;

typedef struct Buffers {
    double *temp, *wide, *constant;
} Buffers;

/* Where an operand's values are: base for any block, or moving with the row of the frame or of the group. */
typedef struct Place {
    double *base; /* NULL: no operand */
    bool is_by_row, is_by_group_row;
} Place;

/* The operands of an instruction (list: of its list) or of a reduction (x, w, y in a, b, c). */
typedef struct Step {
    Place dst, a, b, c, magnitude;
    Place *list;
} Step;

struct CalcRun {
    Arena *arena;
    const Program *program;
    const Frame *frame;
    const KernelSet *kernels;
    size_t block_rows, wide_rows;
    double *row_mask;
    const int32_t *no_sibling;
    Buffers buffers[PASSES_MAX];
    Step *steps[PASSES_MAX], *reduction_steps[PASSES_MAX];
    const double **bound; /* the frame's columns that the steps point at */
    bool is_bound;
    size_t fetch_share[PASSES_MAX]; /* lines of memory to fetch with each instruction */
    double **output, **rank, **region_reg;
    State *state;
    uint32_t *path; /* after an edit: the leaf region, then those above it */
    uint32_t path_count, path_room;
    double *path_value; /* path_room values for each region register */
    const double **list;
    Exact *exact;
    uint64_t ties;
};

static inline Moments *run_moments(const State *state, uint32_t region)
{
    return &state->moments[region * state->stride];
}

/* What the walker says of instr->node there, as the instruction's result. */
double run_decide(CalcRun *run, const Instr *instr, const ExactPoint *point);

/* ---- run_region.c ---- */

void run_states_new(CalcRun *run, int pass_idx);
/* The states of an inner region, from those of its children. */
void run_merge_region(CalcRun *run, int pass_idx, uint32_t parent);
/* The region instructions of a pass, for regions [first, end). */
void run_regions(CalcRun *run, int pass_idx, uint32_t first, uint32_t end);
/* The same for the regions of run->path, at once. */
void run_path(CalcRun *run, int pass_idx);
bool run_is_leaf(const Frame *frame, uint32_t region_idx);

/* ---- run_order.c ---- */

/* The values of one leaf, n rows from `row` on, into the state. */
void run_percentile_leaf(State *state, const Frame *frame, uint32_t leaf, const double *x,
                         const double *w);
/* Cost: the leaves below the region, not their rows. */
void run_percentile_region(State *state, const Frame *frame, uint32_t region_idx);
/* Competition ranks of the taken rows of a leaf, 1 for the largest; `magnitude` may be NULL. */
void run_rank_leaf(CalcRun *run, const Reduction *reduction, uint32_t leaf, const double *x,
                   const double *w, const double *magnitude);

#endif
