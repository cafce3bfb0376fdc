/* What compile.c (row formulas) and compile_region.c (region formulas, passes) share. */
#ifndef JH_CALC_COMPILE_INT_H
#define JH_CALC_COMPILE_INT_H

#include "base/map.h"
#include "calc/program_int.h"

/*
 * Emission is memoised per pass: on the symbol for names, on the operands for instructions
 * (value numbering), so that a condition used by seven indicators is computed once.
 */
typedef struct Compiler {
    Arena *arena;
    Program *program;
    const CalcRequest *request;
    VEC(Operand) memo;
    Map memo_of[PASSES_MAX];                /* (Node, stage) -> index in memo + 1 */
    Map value_of[PASSES_MAX];               /* instruction bytes -> register + 1 */
    Map region_memo;                        /* Node pointer -> region register + 1 */
    Map cancels, row_depths, region_depths; /* Node pointer -> answer + 1, for the trees of names */
    Map magnitudes[PASSES_MAX];             /* (Node, stage) -> index in magnitude_of + 1 */
    VEC(Operand) magnitude_of;
    Operand scope_mask[PASSES_MAX];
    bool has_scope_mask[PASSES_MAX];
} Compiler;

Str calc_key_bytes(Compiler *c, const void *ptr, size_t len);
int calc_remembered(const Map *map, const Node *node);
int calc_remember(Compiler *c, Map *map, const Node *node, int answer);
Operand calc_reg_operand(int reg);

/* The value of a row formula in `pass`, for parts of `stage`. */
Operand calc_emit_row(Compiler *c, int pass, int stage, const Node *node);
/* The list behind an argument that may be a name, or whatever else it is. */
const Node *calc_list_of(const Node *arg);
/* The weights of the rows that an aggregate takes: 0 elsewhere. */
Operand calc_taken_weight(Compiler *c, int pass, const Node *weight, const Node *where);
int calc_add_reduction(Compiler *c, int pass, Reduction reduction);

/* The register of a region formula's value. */
int calc_emit_region(Compiler *c, const Node *node);
/* The first pass in which a row formula can be computed: after every region value in it. */
int calc_row_depth(Compiler *c, const Node *node);
int calc_region_depth(Compiler *c, const Node *node);

#endif
