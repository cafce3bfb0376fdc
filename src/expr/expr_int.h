/* What the files of `expr` share: the table of functions, precedences, and places in a formula. */
#ifndef JH_EXPR_EXPR_INT_H
#define JH_EXPR_EXPR_INT_H

#include "expr/tree.h"

typedef enum Shape { SHAPE_SCALAR, SHAPE_ROWS, SHAPE_EITHER, SHAPE_LIST } Shape;

typedef struct FunctionRow {
    const char *en, *zh;
    Shape shape;
    size_t args_min, args_max;
} FunctionRow;

const FunctionRow *function_row(Function fn);
/* By either name; false if there is none. */
bool function_find(Str name, Function *ret);

/* From loose to tight. */
typedef enum Precedence {
    PRECEDENCE_LOWEST, /* also of an if */
    PRECEDENCE_OR,
    PRECEDENCE_AND,
    PRECEDENCE_NOT,
    PRECEDENCE_COMPARE,
    PRECEDENCE_ADD,
    PRECEDENCE_MULTIPLY,
    PRECEDENCE_NEGATE,
    PRECEDENCE_POWER,
    PRECEDENCE_PRIMARY,
} Precedence;

Precedence binary_precedence(BinaryOp op);
static inline bool binary_is_compare(BinaryOp op)
{
    return op >= OP_EQ && op <= OP_GE;
}

/* Where `len` bytes from `offset` stand in the formula's file. The texts live in the arena. */
ErrPlace formula_place(Arena *arena, const Formula *formula, size_t offset, size_t len);
/* The bytes as one short line, for messages. */
Str formula_excerpt(Arena *arena, const Formula *formula, size_t offset, size_t len);

/* A word such as 且 inside a name that somebody forgot to put blanks around; empty if there is none. */
Str glued_word(Str name);

#endif
