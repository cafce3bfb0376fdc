/* The walker's inside: what exact.c (formulas), exact_rows.c (aggregates) and explain.c share. */
#ifndef JH_CALC_EXACT_INT_H
#define JH_CALC_EXACT_INT_H

#include "base/map.h"
#include "calc/exact.h"
#include "calc/exact_number_int.h"

/* Aggregates computed before, and their numbers. */
typedef struct ExactMemory {
    Arena *arena;
    Map values;
    ExactPool numbers;
} ExactMemory;

struct Exact {
    ExactPool pool; /* intermediate numbers; empty between calls */
    ExactMemory regions;
    ExactMemory schools; /* of sums over a school within such sums, until the outermost is done */
    int school_depth;
    ExactValue result;
};

void exact_memory_init(ExactMemory *memory, Arena *arena);
void exact_memory_reset(ExactMemory *memory);

/*
 * A value inside a walk. `absence` is the reason also where a truth is unknown: that of
 * the heaviest input it lacked.
 */
typedef struct Walked {
    Absence absence;
    Tri boolean;
    ExactNumber number;
} Walked;

static inline Walked walked_number(ExactNumber number)
{
    return (Walked){.boolean = TRI_UNKNOWN, .number = number};
}
static inline Walked walked_absent(Absence reason)
{
    return (Walked){.absence = reason, .boolean = TRI_UNKNOWN};
}
/* `reason` counts only where the truth is unknown; there it is never ABSENCE_NONE. */
static inline Walked walked_truth(Tri truth, Absence reason)
{
    if (truth != TRI_UNKNOWN)
        return (Walked){.boolean = truth};
    return walked_absent(reason == ABSENCE_NONE ? ABSENCE_NOT_REPORTED : reason);
}
static inline bool walked_is_known(const Walked *value)
{
    return value->absence == ABSENCE_NONE;
}

/* The value of a node; numbers live in exact->pool. */
Walked exact_walk(Exact *exact, const Node *node, const ExactPoint *point);

/* One side of a comparison; evaluated again in higher precision where that is needed to decide. */
typedef struct ExactTerm {
    const Node *node; /* NULL: the number is what it is */
    const ExactPoint *point;
    ExactNumber number;
} ExactTerm;

/* -1, 0 or 1; 0 also for what EXACT_BITS_MAX bits cannot tell apart. */
int exact_order_terms(Exact *exact, ExactTerm a, ExactTerm b);

/* The list behind an argument that may be a name; NULL if it is no list. */
const Node *exact_list_of(const Node *arg);
/* Whether a call runs over rows (a region's or a school's parts): not over a list, not a rank. */
bool exact_is_rows(const Node *call);

/* ---- aggregates ---- */

typedef struct ExactTally {
    size_t rows; /* in scope, and `where` is true */
    size_t used; /* of them: value known, and a positive weight */
    size_t
        absent[ABSENCE_UNDEFINED + 1]; /* left out because value or weight is absent, by reason */
    size_t weightless;                 /* left out because the weight is not positive */
    size_t out_of_scope, out_of_where; /* not among rows */
    size_t yes, no, unknown;           /* of a condition */
    Absence poison;                /* heaviest reason that a strict aggregate does not forgive */
    bool has_moments;              /* number values: mean is there if used > 0 */
    double weight, sum, mean, std; /* Σw, Σwx, and what follows */
} ExactTally;

Walked exact_walk_rows(Exact *exact, const Node *call, const ExactPoint *point);
Walked exact_walk_rank(Exact *exact, const Node *call, const ExactPoint *point);
/* What an aggregate was made of. */
ExactTally exact_tally_rows(Exact *exact, const Node *call, const ExactPoint *point);
/* The heaviest reason for which a row taken by a strict aggregate poisons it; ABSENCE_NONE if none does. */
Absence exact_poison_of(Exact *exact, const Node *call, const ExactPoint *point);
/*
 * Of each of `count` rows of place->frame: how many others have a larger value of a row formula.
 * Rows without a value are smaller than all.
 */
void exact_order_rows(Exact *exact, const Node *node, const ExactPoint *place, const size_t *row,
                      size_t count, size_t *ret_larger);
/* The leaf region that a row stands in. */
const Region *exact_leaf_of(const Frame *frame, size_t row);

#endif
