/* The compiled form, shared by the compiler, program.c and run.c. */
#ifndef JH_CALC_PROGRAM_INT_H
#define JH_CALC_PROGRAM_INT_H

#include "base/limits.h"
#include "base/vec.h"
#include "calc/calc.h"

typedef enum OperandKind {
    OPERAND_NONE,
    OPERAND_COLUMN,   /* idx: slot of the frame */
    OPERAND_ROW_MASK, /* 1 on rows, 0 on padding */
    OPERAND_REG,      /* idx: register of this pass (rows) or of the program (regions) */
} OperandKind;

typedef struct Operand {
    OperandKind kind;
    int idx;
} Operand;

/* Where a row register lives. */
typedef enum Storage {
    STORAGE_TEMP,     /* one block, reused */
    STORAGE_WIDE,     /* a whole group of leaves: reductions read it */
    STORAGE_OUTPUT,   /* a full column, given back to the caller */
    STORAGE_CONSTANT, /* one block, filled once */
    STORAGE_WINDOW,   /* wide; filled per leaf with a region register of an earlier pass */
    STORAGE_RANK,     /* a full column made by a rank reduction of an earlier pass */
} Storage;

typedef struct Register {
    Storage storage;
    double constant;
    int region_reg; /* STORAGE_WINDOW */
    int rank;       /* STORAGE_RANK: index of the rank column */
    int output; /* STORAGE_OUTPUT: index of the request's row output; several outputs may share: first one */
    int def;      /* instruction that makes it, + 1; 0: none */
    int physical; /* TEMP and CONSTANT, WIDE and WINDOW: index of the buffer */
    int last_use; /* instruction index */
    bool is_used;
} Register;

typedef struct Instr {
    Kernel kernel;
    int dst;
    Operand a, b, c, magnitude;
    double imm;
    const Operand *list;
    size_t list_count;
    const double *codes;
    Reach *reach;     /* K_ATLEAST */
    int stage;        /* K_GATHER, K_HAS_INDEX: the other stage + 1; a.idx is the slot there */
    const Node *node; /* decides near-ties; NULL where none can be */
    int node_stage;   /* whose parts it is about */
    bool is_unscoped; /* it belongs to the scope itself: its aggregates see all rows */
} Instr;

typedef enum ReductionKind {
    REDUCE_MOMENTS, /* x, w */
    REDUCE_EXTENT,  /* x, w */
    REDUCE_TRI,     /* x, w */
    REDUCE_SHARE,   /* x, w */
    REDUCE_PERCENTILE,
    REDUCE_STRICT, /* whether a taken row lacks x or y, as node judges it */
    REDUCE_RANK,   /* y: magnitude; node: the value, NULL where doubles hold it exactly */
} ReductionKind;

typedef struct Reduction {
    ReductionKind kind;
    Operand x, w, y;
    double q; /* percentile */
    const Node *node;
    bool is_unscoped;
    int rank;  /* rank column */
    int state; /* index of its per-region state */
} Reduction;

/* Region instructions: a reader of a reduction's state, or a kernel over regions. */
typedef enum RegionOp {
#define REGION_OP(code, what) code,
#include "calc/region_ops.def"
#undef REGION_OP
} RegionOp;

typedef struct RegionInstr {
    RegionOp op;
    int dst;
    int state;
    Instr
        kernel; /* REGION_KERNEL: operands are region registers; REGION_STRICT: a; imm: the constant */
} RegionInstr;

typedef struct Pass {
    VEC(Register) regs;
    VEC(Instr) instrs;
    VEC(Reduction) reductions;
    VEC(RegionInstr) region_instrs;
    VEC(int) columns; /* slots that the pass reads */
    int temp_count, wide_count, constant_count;
} Pass;

/* As many windows may stand in the scope, and again in a formula over what is in scope. */
enum { PASSES_MAX = 2 * LIMIT_FORMULA_WINDOWS + 1 };

struct Program {
    Arena *arena;
    const Node *scope;
    Pass pass[PASSES_MAX];
    int pass_count;
    int region_reg_count;
    int state_count;
    int rank_count;
    int scope_state;      /* of the scope's truths over all rows; -1: no scope */
    uint32_t stages_read; /* by K_GATHER and K_HAS_INDEX */
    size_t row_count, region_count;
    Operand *row_output; /* register in pass row_pass[i], or column */
    int *row_pass;
    int *region_output; /* region register */
};

/* Drops dead instructions, assigns physical buffers. */
void program_finish(Program *program);

#endif
