/*
 * The engine: checked formulas compiled to a flat register program and run over the
 * blocks of a Frame.
 *
 * A program makes, in one go, any number of ROW outputs (a column each) and REGION
 * outputs (a value per region of the tree, all levels). Aggregates are reduced per leaf
 * region in fixed lanes and merged upward in fixed order, so that results do not depend
 * on block size, instruction set or the order of edits. What is too close for doubles
 * (comparisons, roundings, ranks, divisors and weights next to 0) is decided by the exact
 * walker (exact.h), on rows and on leaf regions. Above the leaves doubles decide.
 *
 * A formula whose rows need a region's value (a window, a rank) is computed in a later
 * pass than that value; all passes belong to the same program.
 */
#ifndef JH_CALC_CALC_H
#define JH_CALC_CALC_H

#include "base/arena.h"
#include "col/frame.h"
#include "col/kernels.h"
#include "expr/tree.h"

typedef struct Program Program;
typedef struct CalcRun CalcRun;

typedef struct CalcRequest {
    int stage;               /* whose parameters are used */
    uint32_t sibling_stages; /* bit t: some school of this stage also has stage t (for `of 同校`) */
    const Node *scope;       /* ROW bool: rows that aggregates see; NULL: all */
    const Node *const *row; /* ROW or CONST formulas: number, code or bool */
    size_t row_count;
    const Node *const *region; /* REGION or CONST formulas: number or bool */
    size_t region_count;
} CalcRequest;

/* Compiles; trees must be checked and must outlive the program. Every checked tree compiles. */
Program *calc_compile(Arena *arena, const CalcRequest *request);

/* The instructions, one a line: for us and for golden tests. */
void program_dump(StrBuf *out, const Program *program);

typedef struct CalcOptions {
    size_t block_rows;        /* 0: the default of 256 */
    const KernelSet *kernels; /* NULL: the best for this machine */
} CalcOptions;

/* Storage for one program over one frame; the frame's columns may change between runs, not its shape. */
CalcRun *calc_run_new(Arena *arena, const Program *program, const Frame *frame,
                      const CalcOptions *options);

/* Everything, from the facts. */
void calc_run_all(CalcRun *run);

/*
 * After cells of one leaf region were changed, in this frame or in the parts of its schools in other
 * frames: that leaf, then its ancestors, merged again from their children.
 */
void calc_run_leaf(CalcRun *run, uint32_t leaf);

/* The stages (bits) whose parts of the same school the program looks at. */
uint32_t calc_stages_read(const CalcRun *run);

/* The leaves below one region, and the regions up to it (drill-down): nothing outside is touched. */
void calc_run_subtree(CalcRun *run, uint32_t region);

/* Column i of the request's row outputs: frame->row_count values, NaN absent or unknown, 1/0 true/false. */
const double *calc_row_output(const CalcRun *run, size_t i);

/* Region output i: one value per region of the tree. Bools above the leaves are informative only. */
const double *calc_region_output(const CalcRun *run, size_t i);

/* The rows of a region by what the request's scope says of them. Empty if it has none. */
TriCount calc_scope_count(const CalcRun *run, uint32_t region);

/* How many questions the exact walker had to decide since the run was made. */
uint64_t calc_tie_count(const CalcRun *run);

#endif
