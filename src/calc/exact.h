/*
 * The exact tree walker: evaluates a checked formula in rationals (libgmp). One piece, three
 * uses: oracle of the tests, judge of ties at limits (decisions.md 2), source of `explain`.
 *
 * A number is an interval of rationals, lo = hi wherever only + − × ÷ and exact roots are
 * involved. Roots that are not rational (S, CV) are enclosed by directed rounding at a working
 * precision that comparisons raise (128, 256 … EXACT_BITS_MAX bits) until they can decide;
 * undecided at the cap counts as equal. Inputs are the shortest decimals of the doubles.
 */
#ifndef JH_CALC_EXACT_H
#define JH_CALC_EXACT_H

#include "base/arena.h"
#include "col/frame.h"
#include "expr/tree.h"

#include <gmp.h>

enum { EXACT_BITS_FIRST = 128, EXACT_BITS_MAX = 4096 };

typedef struct ExactValue {
    Type type;
    Absence
        absence; /* why there is no number (lo, hi are then unset); why a truth is unknown: its heaviest missing input */
    Tri boolean; /* TYPE_BOOL */
    mpq_t lo, hi; /* TYPE_NUMBER, TYPE_CODE */
} ExactValue;

/* A figure that is known from elsewhere (published): it stands for the formula of that name. */
typedef struct ExactGiven {
    const Symbol *symbol; /* FORMULA of type number */
    double value;
} ExactGiven;

/*
 * Where a formula is evaluated: one row, or (row == EXACT_REGION) a region. `scope` limits the rows of
 * every aggregate to those where it is true (NULL: all rows that are not padding); it is itself a
 * row formula. `region` is needed for region formulas; for aggregates in row formulas it is the
 * row's leaf region, looked up where it is NULL. Where figures are given there are no rows: every
 * aggregate over rows is then not reported, so that "all of none" is not true.
 */
#define EXACT_REGION SIZE_MAX
typedef struct ExactPoint {
    const Frame *frame;
    size_t row;
    const Region *region;
    const Node *scope;
    const ExactGiven *given;
    size_t given_count;
} ExactPoint;

/* What is given for a name at a point; NULL: nothing. */
const ExactGiven *exact_given_of(const ExactPoint *point, const Symbol *symbol);

typedef struct Exact Exact;

/* A walker with its own scratch memory; remembers aggregates it has computed, by node, frame, region and scope. */
Exact *exact_new(Arena *arena);
/* Forget remembered aggregates: call it whenever a value of a frame was changed, or a tree or frame freed. */
void exact_reset(Exact *exact);

/* The value is valid until the next call of exact_run. Never fails: whatever cannot be computed is absent. */
const ExactValue *exact_run(Exact *exact, const Node *tree, const ExactPoint *point);

/* The truth of a formula of type bool: the fast way to decide a tie. */
Tri exact_test(Exact *exact, const Node *tree, const ExactPoint *point);

/* The nearest double of a number (NaN if absent); TRI as 0, 1 or NaN. */
double exact_to_double(const ExactValue *value);

#endif
