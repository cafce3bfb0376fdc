/*
 * What the files of the compiler share: compile.c (registers, instructions, outputs),
 * compile_row.c (row formulas), compile_region.c (region formulas, passes) and
 * compile_magnitude.c (where doubles may not decide).
 */
#ifndef JH_CALC_COMPILE_INT_H
#define JH_CALC_COMPILE_INT_H

#include "base/map.h"
#include "calc/exact.h"
#include "calc/program_int.h"

/*
 * Emission is memoised per pass: on the tree for names, on the operands for instructions
 * (value numbering), so that a condition used by seven indicators is computed once.
 */
typedef struct Compiler {
    Arena *arena;
    Program *program;
    const CalcRequest *request;
    Exact *exact;     /* computes what is constant */
    bool is_in_scope; /* emitting the scope itself: its aggregates see all rows */
    int scope_depth;  /* + 1; 0: not asked yet */
    VEC(Operand) memo;
    Map rows[PASSES_MAX];                   /* Question -> index in memo */
    Map magnitudes[PASSES_MAX];             /* Question -> index in memo */
    Map values[PASSES_MAX];                 /* instruction -> register + 1 */
    Map region_values[PASSES_MAX];          /* the same of regions */
    Map regions, region_magnitudes;         /* Question -> region register */
    Map cancels, row_depths, region_depths; /* Question -> answer, for the trees of names */
} Compiler;

/* ---- compile.c ---- */

/* What was answered to the same question about `node` before; -1 if nothing. */
int calc_answer(const Compiler *c, const Map *map, const Node *node, int stage);
/* Returns `answer`, which is not negative. */
int calc_remember(Compiler *c, Map *map, const Node *node, int stage, int answer);

static inline Operand calc_reg(int reg)
{
    return (Operand){OPERAND_REG, reg};
}
#define NO_OPERAND ((Operand){OPERAND_NONE, 0})
#define ROW_MASK_OPERAND ((Operand){OPERAND_ROW_MASK, 0})

int calc_add_register(Compiler *c, int pass, Register reg);
/* The register of the instruction's result: the same one for the same instruction. */
Operand calc_add_instr(Compiler *c, int pass, Instr instr);
/* The instruction that makes the operand; NULL: a column, a constant … */
const Instr *calc_instr_of(const Compiler *c, int pass, Operand operand);
/* What two instructions with the same result have in common. */
Str calc_instr_key(const Compiler *c, const Instr *instr);
Operand calc_constant(Compiler *c, int pass, double value);
/* Whether the operand is a constant, and which. */
bool calc_is_constant(const Compiler *c, int pass, Operand operand, double *ret);
/* The value of a tree of LEVEL_CONST, whose parameters are those of `stage`. */
double calc_constant_value(Compiler *c, int stage, const Node *node);
/* A column that holds one region value for all rows of a leaf. */
Operand calc_window(Compiler *c, int pass, int region_reg);

/* K_ATLEAST for 至少, 全部 and 任一: how many must be true, and the columns taken for truths. */
double calc_atleast_need(const Node *call, size_t count);
Reach *calc_atleast_truths(Compiler *c, size_t count);

Operand calc_unary(Compiler *c, int pass, Kernel kernel, Operand a);
Operand calc_binary(Compiler *c, int pass, Kernel kernel, Operand a, Operand b);
/* + − ×, with immediates where a side is constant. */
Operand calc_arithmetic(Compiler *c, int pass, BinaryOp op, Operand a, Operand b);
/* `check` has node and magnitude where the divisor's distance from 0 must be judged; else it is empty. */
Operand calc_divide(Compiler *c, int pass, Operand a, Operand b, Instr check);

/* ---- compile_row.c ---- */

/* The value of a row formula in `pass`, for parts of `stage`. */
Operand calc_emit_row(Compiler *c, int pass, int stage, const Node *node);
/* The list behind an argument that may be a name; NULL if it is no list. */
const Node *calc_list_of(const Node *call);
/* An instruction's node is about parts of `stage`, in or outside the scope. */
Instr calc_judged(const Compiler *c, int stage, const Node *node);
/* Whether schools of the request's stage may have that stage, too. */
static inline bool calc_has_stage(const CalcRequest *request, int stage)
{
    return stage == request->stage || (request->sibling_stages >> stage & 1);
}

/* ---- compile_region.c ---- */

/* The register of a region formula's value. */
int calc_emit_region(Compiler *c, const Node *node);
/* The register of the instruction's result: the same one for the same instruction. */
int calc_region_instr(Compiler *c, int pass, RegionInstr instr);
int calc_region_kernel(Compiler *c, int pass, Kernel kernel, int a, int b);
int calc_region_constant(Compiler *c, double value);
/* Whether a call runs over the rows of a region: not over a list. */
bool calc_is_aggregate(const Node *node);
/* The weights of the rows that an aggregate takes: 0 elsewhere. */
Operand calc_taken_weight(Compiler *c, int pass, const Node *weight, const Node *where);
int calc_add_reduction(Compiler *c, int pass, Reduction reduction);
const Node *calc_weight_of(const Node *aggregate);
/* The mean that an aggregate with moments (平均, 标准差, 差异系数) has. */
int calc_region_mean(Compiler *c, const Node *node);
/* The state that counts the rows in and out of the scope. */
int calc_scope_state(Compiler *c);
/* The first pass in which a row formula can be computed: after every region value in it. */
int calc_row_depth(Compiler *c, const Node *node);
/* The pass in which a region formula is computed. */
int calc_region_depth(Compiler *c, const Node *node);

/* ---- compile_magnitude.c ---- */

/*
 * Whether |value| says less than how large the terms were: the value comes of terms that may
 * have cancelled one another, or of powers that multiply what was lost.
 */
bool calc_has_cancellation(Compiler *c, const Node *node);
/* Whether doubles hold the value exactly: what people typed in, and counts. */
bool calc_is_plain(const Node *node);
/* How large the terms were that a value was made of; absent where the value is. */
Operand calc_magnitude(Compiler *c, int pass, int stage, const Node *node);
int calc_region_magnitude(Compiler *c, const Node *node);
/* The same of that mean. */
int calc_mean_magnitude(Compiler *c, const Node *node);

#endif
