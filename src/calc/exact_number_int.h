/*
 * Numbers of the exact walker: rationals, or enclosing intervals of rationals.
 *
 * A Rational is small (num / den in 64 bits, den > 0, not necessarily in lowest terms) as
 * long as it fits, so that the usual formula touches no memory, and an mpq (canonical) beyond.
 * An ExactNumber is one Rational (is_exact; hi is then unset) or an interval [lo, hi]; what is
 * computed from intervals is rounded outward to pool->bits significant bits. An exact number
 * that would need more than RATIONAL_BITS_MAX bits becomes an interval, too.
 *
 * Memory: mpqs come from an ExactPool, a stack. A number is valid until the pool is
 * released to a mark from before it; exact_lift brings one value down across a release.
 */
#ifndef JH_CALC_EXACT_NUMBER_INT_H
#define JH_CALC_EXACT_NUMBER_INT_H

#include "base/arena.h"
#include "base/decimal.h"

#include <gmp.h>

enum {
    RATIONAL_BITS_MAX =
        1 << 18, /* numerator and denominator together; a CV of 4096 schools needs some 30000 */
    MAGNITUDE_BITS_MAX =
        1 << 16, /* a value beyond 2^this is no figure of a school: exact_is_huge */
};

typedef struct Rational {
    int64_t num, den;
    mpq_ptr big; /* NULL: small */
} Rational;

typedef struct ExactNumber {
    Rational lo, hi;
    bool is_exact;
} ExactNumber;

typedef struct ExactPool {
    Arena *arena;
    mpq_t **chunk;
    size_t chunk_count, chunk_cap;
    size_t used, made;
    unsigned bits; /* working precision of intervals */
} ExactPool;

/* The mpqs are freed when the arena ends. */
void exact_pool_init(ExactPool *pool, Arena *arena, unsigned bits);
static inline size_t exact_mark(const ExactPool *pool)
{
    return pool->used;
}
static inline void exact_release(ExactPool *pool, size_t mark)
{
    pool->used = mark;
}
/* Releases to `mark`; returns the number, moved below it. */
ExactNumber exact_lift(ExactPool *pool, size_t mark, ExactNumber number);
/* A copy that lives in `pool`. */
ExactNumber exact_copy(ExactPool *pool, const ExactNumber *number);

/* A place that a number can be stored in across releases of the marks taken after it. */
typedef struct ExactCell {
    ExactNumber value;
    mpq_ptr lo, hi;
} ExactCell;
void exact_cell_init(ExactCell *cell, ExactPool *pool);
/* May take over the memory of `number`, which is not to be used after it. */
void exact_cell_set(ExactCell *cell, ExactNumber number);

static inline ExactNumber exact_int(int64_t value)
{
    return (ExactNumber){.lo = {value, 1, NULL}, .is_exact = true};
}
ExactNumber exact_decimal(ExactPool *pool, Decimal decimal);
/* The shortest decimal of a finite double. */
ExactNumber exact_double(ExactPool *pool, double value);

ExactNumber exact_add(ExactPool *pool, const ExactNumber *a, const ExactNumber *b);
ExactNumber exact_subtract(ExactPool *pool, const ExactNumber *a, const ExactNumber *b);
ExactNumber exact_multiply(ExactPool *pool, const ExactNumber *a, const ExactNumber *b);
/* b must not contain 0. */
ExactNumber exact_divide(ExactPool *pool, const ExactNumber *a, const ExactNumber *b);
ExactNumber exact_negate(ExactPool *pool, const ExactNumber *a);
ExactNumber exact_abs(ExactPool *pool, const ExactNumber *a);
/* Of what may be below 0 only by the width of the interval. Exact where the root is rational. */
ExactNumber exact_root(ExactPool *pool, const ExactNumber *a);
ExactNumber exact_least(const ExactNumber *a, const ExactNumber *b);
ExactNumber exact_greatest(const ExactNumber *a, const ExactNumber *b);

typedef enum ExactJump { JUMP_ROUND, JUMP_CEIL, JUMP_FLOOR } ExactJump;
/*
 * To `places` after the point; round is half away from zero. An interval across the edge of
 * a jump gives both results as an interval.
 */
ExactNumber exact_jump(ExactPool *pool, ExactJump jump, const ExactNumber *a, int places);

/* Rounded outward to the pool's bits, for sums over very many. Binary fractions that short stay exact. */
ExactNumber exact_enclose(ExactPool *pool, const ExactNumber *a);

int rational_order(const Rational *a, const Rational *b);
/* True and the order (-1, 0, 1) if the two can be told apart, or are both exact. */
bool exact_order(const ExactNumber *a, const ExactNumber *b, int *ret);
bool exact_has_zero(const ExactNumber *a);
bool exact_is_huge(const ExactNumber *a);
/* The whole part of a number that is not negative, as an index; SIZE_MAX if it is larger. */
size_t exact_to_index(const ExactNumber *a);

static inline const Rational *exact_upper(const ExactNumber *a)
{
    return a->is_exact ? &a->lo : &a->hi;
}

void rational_get(const Rational *a, mpq_t ret);
/* Nearest double of the middle of two rationals. */
double rational_middle_to_double(mpq_srcptr lo, mpq_srcptr hi);
double exact_number_to_double(const ExactNumber *a);

#endif
