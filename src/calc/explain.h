/*
 * Tells how a value came about: a tree of steps for people and for JSON, made by the exact
 * walker (exact.h). Not for judging: a step says what a formula gives, whoever asks knows why.
 *
 * The root is the formula asked for; its children are what it uses at that place: named
 * formulas (each with its own children), inputs, parameters, aggregates. An `if` shows its
 * condition and the branch taken. The rows of a region's aggregate are not listed, only counted;
 * the parts of a school (同校) are. What a step uses twice is told once.
 *
 * Texts are in the language of formulas (Chinese), as expr_describe writes them. Everything
 * lives in the arena; nodes, symbols, frames and regions are borrowed from the caller.
 */
#ifndef JH_CALC_EXPLAIN_H
#define JH_CALC_EXPLAIN_H

#include "calc/exact.h"

/* Beyond these a step is_cut: it has its value, but not its children. */
enum { EXPLAIN_DEPTH_MAX = 16, EXPLAIN_STEPS_MAX = 1000 };

typedef enum ExplainKind {
    EXPLAIN_FORMULA,   /* the formula asked for (symbol NULL), or a named one */
    EXPLAIN_INPUT,     /* an item or attribute of one row: slot, frame, row lead to the cell */
    EXPLAIN_PARAMETER, /* a figure of the standard, for the frame's stage */
    EXPLAIN_AGGREGATE, /* rows; also a rank. Children: the definitions it uses, or the parts of the school */
    EXPLAIN_PART, /* the argument of an aggregate over 同校, for the part of stage frame->stage */
    EXPLAIN_GIVEN,      /* a named formula whose value is known from elsewhere: see ExactGiven */
    EXPLAIN_DEFINITION, /* a named formula inside an aggregate: it has no value here, but one per row */
} ExplainKind;

/* How an aggregate treated the rows of its region (or the parts of the school). */
typedef struct ExplainRows {
    const Region *region; /* NULL: the parts of a school */
    size_t taken;         /* in scope, and `where` is true: used + left out */
    size_t used;
    size_t not_reported, not_applicable, undefined; /* left out: no value or weight */
    size_t weightless;                              /* left out: the weight is not positive */
    size_t out_of_scope, out_of_where;              /* not taken */
    size_t yes, no, unknown;                        /* of a condition */
    double weight, sum; /* Σw (without a weight: used), Σwx (of a condition: of the true ones) */
    bool has_moments;   /* mean, std and cv: the two below */
    double mean, std;
} ExplainRows;

typedef struct ExplainStep ExplainStep;
struct ExplainStep {
    ExplainKind kind;
    Str name; /* of the symbol; of the function for an aggregate; empty for the formula asked for */
    const Symbol *symbol; /* FORMULA, INPUT, PARAMETER, DEFINITION */
    const Node *node;     /* what was evaluated; AGGREGATE: the call */
    Str formula;          /* 100 × 教师数 ÷ 在校生数; empty for inputs and parameters */
    Str figures;          /* 100 × 18 ÷ 800; of an aggregate: what it divided, else empty */

    Type type;
    Absence absence; /* why there is no number, or why a truth is unknown */
    Tri boolean;     /* TYPE_BOOL */
    double value; /* numbers and codes: nearest double; truths: 1 or 0; NaN if absent or unknown */
    Str text;     /* 2.25, 真, 未报, 小学 … */

    const Frame *frame;
    size_t row;           /* EXACT_REGION: a value of the region */
    const Region *region; /* NULL if the caller gave none and none was needed */
    int slot;             /* INPUT: column of the frame; else -1 */
    bool is_previous;     /* INPUT: of the year before */
    ExplainRows rows;     /* AGGREGATE */

    ExplainStep **child;
    size_t child_count;
    bool is_cut;
};

/* Never fails. The tree is checked and not a list; the point is one where exact_run could be asked. */
ExplainStep *explain_run(Arena *arena, Exact *exact, const Node *tree, const ExactPoint *point);

/* Indented lines of text: for us, for tests, and for a terminal. */
void explain_dump(StrBuf *out, const ExplainStep *step);

#endif
