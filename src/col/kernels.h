/*
 * The loops of the engine. Each kernel is a plain loop over n rows of columns of
 * doubles; what they compute is in kernels.def. The same bits come out on every
 * machine: only + − × ÷ √ and compare-select, no contraction, fixed lanes in sums.
 *
 * A comparison decides by doubles where the difference exceeds TIE_BAND of the
 * magnitude of its operands (column `magnitude`, or |a| + |b| where that is NULL);
 * otherwise the row is a near-tie, to be decided exactly by the caller. So are
 * roundings near a jump, and, where a magnitude is given, divisors and weights near 0.
 * A kernel returns whether it met any near-tie; kernel_is_tie says it of one row.
 */
#ifndef JH_COL_KERNELS_H
#define JH_COL_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIE_BAND 1e-9

typedef enum Kernel {
#define KERNEL(code, what) code,
#include "col/kernels.def"
#undef KERNEL
    KERNEL_COUNT
} Kernel;

/*
 * What a column of K_ATLEAST is compared with: sign * a reaches the limit above `high`, misses it
 * below `low`, and is a near-tie between, so that >= and > are the same. See kernel_reach.
 */
typedef struct Reach {
    double low, high, sign;
} Reach;

#define REACH_TRUE ((Reach){.low = 0.25, .high = 0.75, .sign = 1.0}) /* of a column of truths */

typedef struct KernelArgs {
    double *dst;
    const double *a, *b, *c;
    const double *magnitude;   /* see above; may be NULL */
    const double *const *list; /* K_ATLEAST …: columns; list_count of them */
    const double *codes;       /* K_IN: ascending, list_count of them */
    const Reach
        *reach; /* K_ATLEAST: one for each column of list; imm is whole, 0 to list_count + 1 */
    size_t list_count;
    const int32_t *index; /* K_GATHER */
    double imm;
    size_t n;
} KernelArgs;

typedef bool KernelFn(const KernelArgs *args);

/* Weighted moments of one slice: what mean, S and CV are made of, mergeable upward. */
typedef struct Moments {
    double count;  /* rows with a value and a positive weight */
    double weight; /* Σw */
    double mean;   /* Σwx / Σw; 0 if weight is 0 */
    double m2;     /* Σw(x − mean)² */
    double size;   /* Σw|x| / Σw: how large the terms of the mean were */
} Moments;

/* How many rows were true, false, unknown among those taken. */
typedef struct TriCount {
    double yes, no, unknown;
} TriCount;

/* Of the present values among those taken. */
typedef struct Extent {
    double count, sum;
    double size;        /* Σ|x|: how large the terms of the sum were */
    double least, most; /* least > most if there is none */
    double absent;      /* taken, but without a value */
} Extent;

typedef struct KernelSet {
    const char *name; /* "base", "v3", "v4" */
    KernelFn *fn[KERNEL_COUNT];
    /* w: masked weights (K_WEIGHT), 0 where not taken. Two passes; lane = row mod 8 from the slice start. */
    void (*moments)(const double *x, const double *w, size_t n, Moments *ret);
    void (*extent)(const double *x, const double *w, size_t n, Extent *ret);
    void (*tri_count)(const double *x, const double *w, size_t n, TriCount *ret);
    /* Σw where x is true into *ret_true, Σw where x is true or false into *ret_known. */
    void (*share)(const double *x, const double *w, size_t n, double *ret_true, double *ret_known);
} KernelSet;

/* The best set for this machine, or the named one if this machine can run it (NULL if not). */
const KernelSet *kernels_best(void);
const KernelSet *kernels_find(const char *name);

bool kernel_is_tie(Kernel kernel, const KernelArgs *args, size_t row);

/* The comparison of a column with `limit`, one of K_GE_C, K_GT_C, K_LE_C, K_LT_C, for K_ATLEAST. */
Reach kernel_reach(Kernel compare, double limit);

/*
 * into ∪ other, in that order (Chan's merge). Without branches: hundreds are merged after an edit, and
 * those of several indicators side by side.
 */
static inline void moments_merge(Moments *into, const Moments *other)
{
    const bool is_other = other->weight != 0.0, is_both = is_other && into->weight != 0.0;
    double weight = into->weight + other->weight;
    double step = other->mean - into->mean;
    double share = other->weight / weight;
    double mean = into->mean + step * share;
    double size = into->size + (other->size - into->size) * share;
    double m2 = into->m2 + (other->m2 + step * step * into->weight * share);
    into->count += other->count;
    into->weight = weight;
    into->mean = is_both ? mean : is_other ? other->mean : into->mean;
    into->size = is_both ? size : is_other ? other->size : into->size;
    into->m2 = is_both ? m2 : is_other ? other->m2 : into->m2;
}

static inline void extent_merge(Extent *into, const Extent *other)
{
    into->count += other->count;
    into->sum += other->sum;
    into->size += other->size;
    into->absent += other->absent;
    into->least = other->least < into->least ? other->least : into->least;
    into->most = other->most > into->most ? other->most : into->most;
}

const char *kernel_name(Kernel kernel);

#endif
