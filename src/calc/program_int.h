/* The compiled form, shared by compile.c, program.c and run.c. */
#ifndef JH_CALC_PROGRAM_INT_H
#define JH_CALC_PROGRAM_INT_H

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
    int stage;        /* K_GATHER, K_HAS_INDEX: the other stage; a.idx is the slot there */
    const Node *node; /* decides near-ties; NULL where none can be */
} Instr;

typedef enum ReductionKind {
    REDUCE_MOMENTS, /* x, w */
    REDUCE_EXTENT,  /* x, w */
    REDUCE_TRI,     /* x, w */
    REDUCE_SHARE,   /* x, w */
    REDUCE_PERCENTILE,
    REDUCE_RANK,
} ReductionKind;

typedef struct Reduction {
    ReductionKind kind;
    Operand x, w;
    double q;  /* percentile */
    int rank;  /* rank column */
    int state; /* index of its per-region state */
} Reduction;

/* Region instructions: a reader of a reduction's state, or a kernel over regions. */
typedef enum RegionOp {
    REGION_KERNEL,
    REGION_CONSTANT,
    REGION_MEAN,
    REGION_STD,
    REGION_CV,
    REGION_SUM,
    REGION_MIN,
    REGION_MAX,
    REGION_COUNT_PRESENT,
    REGION_COUNT_TRUE,
    REGION_ALL,
    REGION_ANY,
    REGION_SHARE,
    REGION_PERCENTILE,
    REGION_STRICT, /* a where no taken row was absent, else exactly */
} RegionOp;

typedef struct RegionInstr {
    RegionOp op;
    int dst;
    int state;
    Instr
        kernel; /* REGION_KERNEL: operands are region registers; REGION_STRICT: a; imm: the constant */
    const Node *node;
} RegionInstr;

typedef struct Pass {
    VEC(Register) regs;
    VEC(Instr) instrs;
    VEC(Reduction) reductions;
    VEC(RegionInstr) region_instrs;
    int temp_count, wide_count, constant_count;
} Pass;

enum { PASSES_MAX = 4 };

struct Program {
    Arena *arena;
    int stage;
    const Node *scope;
    Pass pass[PASSES_MAX];
    int pass_count;
    int region_reg_count;
    int state_count;
    ReductionKind *state_kind;
    int rank_count;
    size_t row_count, region_count;
    Operand *row_output; /* register in pass row_pass[i], or column */
    int *row_pass;
    int *region_output; /* region register */
};

/* Drops dead instructions, assigns physical buffers. */
void program_finish(Program *program);

#endif
