/* Compiled once per instruction set: KERNEL_ISA names the set. Only loops live here. */
#include "col/kernels_int.h"

#include <string.h>

#ifndef KERNEL_ISA
#define KERNEL_ISA base
#endif
#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define QUOTE_(a) #a
#define QUOTE(a) QUOTE_(a)

enum { LANES = 8 };

#define ABSENT ((double)NAN)

/* One elementwise kernel without ties. */
#define LOOP(fn_name, expression)                              \
    static bool fn_name(const KernelArgs *args)                \
    {                                                          \
        double *restrict dst = args->dst;                      \
        const double *a = args->a, *b = args->b, *c = args->c; \
        const double imm = args->imm;                          \
        const size_t n = args->n;                              \
        (void)a, (void)b, (void)c, (void)imm;                  \
        for (size_t i = 0; i < n; i++)                         \
            dst[i] = (expression);                             \
        return false;                                          \
    }

LOOP(k_copy, a[i])
LOOP(k_fill, imm)
LOOP(k_add, a[i] + b[i])
LOOP(k_add_c, a[i] + imm)
LOOP(k_sub, a[i] - b[i])
LOOP(k_sub_cr, imm - a[i])
LOOP(k_mul, a[i] * b[i])
LOOP(k_mul_c, a[i] * imm)
LOOP(k_div_c, imm == 0.0 ? ABSENT : a[i] / imm)
LOOP(k_abs, fabs(a[i]))
LOOP(k_least, a[i] < b[i] ? a[i] + (b[i] - b[i]) : b[i] + (a[i] - a[i]))
LOOP(k_greatest, a[i] > b[i] ? a[i] + (b[i] - b[i]) : b[i] + (a[i] - a[i]))
LOOP(k_and, ((a[i] == 0.0) | (b[i] == 0.0)) ? 0.0 : a[i] * b[i])
LOOP(k_or, ((a[i] == 1.0) | (b[i] == 1.0)) ? 1.0 : a[i] + b[i])
LOOP(k_not, 1.0 - a[i])
LOOP(k_true, a[i] == 1.0 ? 1.0 : 0.0)
LOOP(k_reported, a[i] == a[i] ? 1.0 : 0.0)
LOOP(k_if, a[i] == 1.0 ? b[i] : a[i] == 0.0 ? c[i] : ABSENT)
LOOP(k_add_present, a[i] == a[i] ? (b[i] == b[i] ? a[i] + b[i] : a[i]) : b[i])
LOOP(k_weight_one, a[i] == 1.0 ? 1.0 : 0.0)

/* A comparison: d = left − right; `holds` is about d; rows inside the band are ties. NaN stays NaN. */
#define COMPARE(fn_name, left, right, holds)                                   \
    static bool fn_name(const KernelArgs *args)                                \
    {                                                                          \
        double *restrict dst = args->dst;                                      \
        const double *a = args->a, *b = args->b, *magnitude = args->magnitude; \
        const double imm = args->imm;                                          \
        const size_t n = args->n;                                              \
        int64_t ties = 0;                                                      \
        (void)b, (void)imm;                                                    \
        if (magnitude) {                                                       \
            for (size_t i = 0; i < n; i++) {                                   \
                double d = (left) - (right);                                   \
                ties |= tie_is_compare((left), (right), magnitude[i]);         \
                dst[i] = d == d ? ((holds) ? 1.0 : 0.0) : d;                   \
            }                                                                  \
        } else {                                                               \
            for (size_t i = 0; i < n; i++) {                                   \
                double d = (left) - (right);                                   \
                double size = fabs(left) + fabs(right);                        \
                ties |= tie_is_compare((left), (right), size);                 \
                dst[i] = d == d ? ((holds) ? 1.0 : 0.0) : d;                   \
            }                                                                  \
        }                                                                      \
        return ties != 0;                                                      \
    }

COMPARE(k_ge, a[i], b[i], d >= 0.0)
COMPARE(k_gt, a[i], b[i], d > 0.0)
COMPARE(k_ge_c, a[i], imm, d >= 0.0)
COMPARE(k_gt_c, a[i], imm, d > 0.0)
COMPARE(k_le_c, a[i], imm, d <= 0.0)
COMPARE(k_lt_c, a[i], imm, d < 0.0)
COMPARE(k_eq, a[i], b[i], d == 0.0)

/* What stands or falls with a near 0: near-ties of that are reported where a magnitude is given. */
#define LOOP_ZERO(fn_name, divisor, expression)                                \
    static bool fn_name(const KernelArgs *args)                                \
    {                                                                          \
        double *restrict dst = args->dst;                                      \
        const double *a = args->a, *b = args->b, *magnitude = args->magnitude; \
        const double imm = args->imm;                                          \
        const size_t n = args->n;                                              \
        int64_t ties = 0;                                                      \
        (void)b, (void)imm;                                                    \
        for (size_t i = 0; i < n; i++)                                         \
            dst[i] = (expression);                                             \
        for (size_t i = 0; magnitude && i < n; i++)                            \
            ties |= tie_is_zero((divisor), magnitude[i]);                      \
        return ties != 0;                                                      \
    }

LOOP_ZERO(k_div, b[i], b[i] == 0.0 ? ABSENT : a[i] / b[i])
LOOP_ZERO(k_div_cr, a[i], a[i] == 0.0 ? ABSENT : imm / a[i])
LOOP_ZERO(k_muldiv, b[i], b[i] == 0.0 ? ABSENT : (imm * a[i]) / b[i])
LOOP_ZERO(k_weight, b[i] == 1.0 ? a[i] : ABSENT, ((b[i] == 1.0) & (a[i] > 0.0)) ? a[i] : 0.0)

static double jump_value(Kernel kernel, double scaled)
{
    if (kernel == K_CEIL)
        return ceil(scaled);
    if (kernel == K_FLOOR)
        return floor(scaled);
    return copysign(floor(fabs(scaled) + 0.5), scaled);
}

static bool jump(Kernel kernel, const KernelArgs *args)
{
    double scale = jump_scale(kernel, args->imm);
    bool has_tie = false;
    for (size_t i = 0; i < args->n; i++) {
        double a = args->a[i], magnitude = args->magnitude ? args->magnitude[i] : fabs(a);
        has_tie |= tie_is_jump(kernel, a, scale, magnitude);
        args->dst[i] = jump_value(kernel, a * scale) / scale;
    }
    return has_tie;
}

static bool k_round(const KernelArgs *args)
{
    return jump(K_ROUND, args);
}
static bool k_ceil(const KernelArgs *args)
{
    return jump(K_CEIL, args);
}
static bool k_floor(const KernelArgs *args)
{
    return jump(K_FLOOR, args);
}

static bool k_in(const KernelArgs *args)
{
    double *restrict dst = args->dst;
    const double *a = args->a;
    const size_t n = args->n;
    for (size_t i = 0; i < n; i++)
        dst[i] = a[i] == a[i] ? 0.0 : a[i];
    for (size_t code_idx = 0; code_idx < args->list_count; code_idx++) {
        const double code = args->codes[code_idx];
        for (size_t i = 0; i < n; i++)
            dst[i] = a[i] == code ? 1.0 : dst[i];
    }
    return false;
}

static bool k_count_true(const KernelArgs *args)
{
    double *restrict dst = args->dst;
    for (size_t i = 0; i < args->n; i++)
        dst[i] = 0.0;
    for (size_t col_idx = 0; col_idx < args->list_count; col_idx++) {
        const double *a = args->list[col_idx];
        for (size_t i = 0; i < args->n; i++)
            dst[i] += a[i] == 1.0 ? 1.0 : 0.0;
    }
    return false;
}

static bool k_count_present(const KernelArgs *args)
{
    double *restrict dst = args->dst;
    for (size_t i = 0; i < args->n; i++)
        dst[i] = 0.0;
    for (size_t col_idx = 0; col_idx < args->list_count; col_idx++) {
        const double *a = args->list[col_idx];
        for (size_t i = 0; i < args->n; i++)
            dst[i] += a[i] == a[i] ? 1.0 : 0.0;
    }
    return false;
}

static bool k_gather(const KernelArgs *args)
{
    for (size_t i = 0; i < args->n; i++)
        args->dst[i] = args->index[i] >= 0 ? args->a[args->index[i]] : ABSENT;
    return false;
}

static bool k_has_index(const KernelArgs *args)
{
    for (size_t i = 0; i < args->n; i++)
        args->dst[i] = args->index[i] >= 0 ? 1.0 : 0.0;
    return false;
}

static bool k_check_part(const KernelArgs *args)
{
    int64_t ties = 0;
    for (size_t i = 0; i < args->n; i++) {
        ties |= args->a[i] != args->a[i] && args->b[i] == 1.0;
        args->dst[i] = args->a[i];
    }
    return ties != 0;
}

/*
 * Reductions, and what reads many columns, run in vectors. The LANES lanes are held in vectors of the native width: wider ones than the target's are
 * slow (gcc 12 takes them apart). The lanes, and so the bits, are the same for every width.
 */
#if defined(__AVX512F__)
enum { WIDTH = 8 };
#define EACH_LANE(value)                                       \
    {                                                          \
        value, value, value, value, value, value, value, value \
    }
#elif defined(__AVX2__)
enum { WIDTH = 4 };
#define EACH_LANE(value)           \
    {                              \
        value, value, value, value \
    }
#else
enum { WIDTH = 2 };
#define EACH_LANE(value) \
    {                    \
        value, value     \
    }
#endif
enum { PARTS = LANES / WIDTH };

typedef double Vec __attribute__((vector_size(WIDTH * sizeof(double))));
typedef int64_t Mask __attribute__((vector_size(WIDTH * sizeof(int64_t))));

static inline Vec load(const double *from)
{
    Vec vec;
    memcpy(&vec, from, sizeof vec);
    return vec;
}
static inline Vec only(Mask mask, Vec vec)
{
    return (Vec)(mask & (Mask)vec);
}
static inline Vec choose(Mask mask, Vec yes, Vec no)
{
    return (Vec)((mask & (Mask)yes) | (~mask & (Mask)no));
}
static inline Vec size_of(Vec vec)
{
    return (Vec)((Mask)vec & INT64_MAX);
}
static inline Vec splat(double value)
{
    return (Vec)EACH_LANE(value); /* unlike a sum with 0, one instruction */
}

/* LANES rows from `row` on; the same as reach_row of each. */
static inline void reach_lanes(const KernelArgs *args, size_t row, Mask need, Mask *ties)
{
    Mask yes[PARTS] = {0}, missed[PARTS] = {0}, absent[PARTS] = {0};
    const Mask all = EACH_LANE((int64_t)args->list_count);
    double *restrict dst = args->dst + row;
    for (size_t i = 0; i < args->list_count; i++) {
        const double *column = args->list[i] + row;
        const Vec low = splat(args->reach[i].low), high = splat(args->reach[i].high);
        const Vec sign = splat(args->reach[i].sign);
        for (size_t part = 0; part < PARTS; part++) {
            Vec a = load(column + part * WIDTH) * sign;
            yes[part] -= a > high;
            missed[part] -= a < low;
            absent[part] -= a != a;
        }
    }
    for (size_t part = 0; part < PARTS; part++) {
        Mask possible = all - missed[part];
        Mask is_yes = yes[part] >= need, is_open = ~is_yes & (possible >= need);
        *ties |= is_open & (possible - yes[part] > absent[part]);
        Vec result = choose(is_open, splat(ABSENT), only(is_yes, splat(1.0)));
        memcpy(dst + part * WIDTH, &result, sizeof result);
    }
}

static bool k_atleast(const KernelArgs *args)
{
    const KernelArgs mine = *args; /* so that it is seen that dst changes none of it */
    const Mask need = EACH_LANE((int64_t)ceil(mine.imm));
    Mask ties = {0};
    size_t row = 0;
    for (; row + LANES <= mine.n; row += LANES)
        reach_lanes(&mine, row, need, &ties);
    bool has_tie = false;
    for (size_t lane = 0; lane < WIDTH; lane++)
        has_tie |= ties[lane] != 0;
    for (; row < mine.n; row++) {
        bool is_tie;
        mine.dst[row] = reach_row(&mine, row, &is_tie);
        has_tie |= is_tie;
    }
    return has_tie;
}

/* The eight lanes in one fixed order. */
static double lanes_sum(const Vec part[PARTS])
{
    double lane[LANES];
    memcpy(lane, part, sizeof lane);
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static int64_t lanes_count(const Mask part[PARTS])
{
    int64_t count = 0;
    for (size_t i = 0; i < PARTS; i++)
        for (size_t lane = 0; lane < WIDTH; lane++)
            count += part[i][lane];
    return count;
}

static bool is_any_negative(Mask bits)
{
    int64_t any = 0;
    for (size_t lane = 0; lane < WIDTH; lane++)
        any |= bits[lane];
    return any < 0;
}

static double sum_of_sizes(const double *x, const double *w, size_t n)
{
    Vec size[PARTS] = {0};
    for (size_t i = 0; i < n; i += LANES)
        for (size_t part = 0; part < PARTS; part++) {
            Vec value = load(x + i + part * WIDTH), weight = load(w + i + part * WIDTH);
            size[part] += size_of(only((value == value) & (weight > splat(0.0)), weight * value));
        }
    return lanes_sum(size);
}

static void moments(const double *x, const double *w, size_t n, Moments *ret)
{
    Vec weight[PARTS] = {0}, sum[PARTS] = {0}, square[PARTS] = {0};
    Mask count[PARTS] = {0}, sign = {0};
    for (size_t i = 0; i < n; i += LANES)
        for (size_t part = 0; part < PARTS; part++) {
            Vec value = load(x + i + part * WIDTH);
            Vec taken = only(value == value, load(w + i + part * WIDTH));
            Mask is_taken = taken > splat(0.0);
            count[part] -= is_taken;
            weight[part] += taken;
            Vec term = only(is_taken, taken * value);
            sum[part] += term;
            sign |= (Mask)term;
        }
    double total = lanes_sum(weight), sizes = lanes_sum(sum);
    double mean = total > 0.0 ? sizes / total : 0.0;
    if (is_any_negative(sign))
        sizes = sum_of_sizes(x, w, n);
    for (size_t i = 0; i < n; i += LANES)
        for (size_t part = 0; part < PARTS; part++) {
            Vec value = load(x + i + part * WIDTH);
            Vec off = value - splat(mean);
            square[part] += only(value == value, load(w + i + part * WIDTH) * (off * off));
        }
    *ret = (Moments){.count = (double)lanes_count(count),
                     .weight = total,
                     .mean = mean,
                     .m2 = lanes_sum(square),
                     .size = total > 0.0 ? sizes / total : 0.0};
}

static void extent(const double *x, const double *w, size_t n, Extent *ret)
{
    Vec count[PARTS] = {0}, sum[PARTS] = {0}, size[PARTS] = {0}, absent[PARTS] = {0};
    Vec least[PARTS], most[PARTS];
    for (size_t part = 0; part < PARTS; part++) {
        least[part] = splat(INFINITY);
        most[part] = splat(-INFINITY);
    }
    for (size_t i = 0; i < n; i += LANES)
        for (size_t part = 0; part < PARTS; part++) {
            Vec value = load(x + i + part * WIDTH);
            Mask is_taken = load(w + i + part * WIDTH) > splat(0.0);
            Mask is_present = value == value;
            count[part] += only(is_taken & is_present, splat(1.0));
            absent[part] += only(is_taken & ~is_present, splat(1.0));
            Vec term = only(is_taken & is_present, value);
            sum[part] += term;
            size[part] += size_of(term);
            least[part] = choose(is_taken & (value < least[part]), value, least[part]);
            most[part] = choose(is_taken & (value > most[part]), value, most[part]);
        }
    double low[LANES], high[LANES];
    memcpy(low, least, sizeof low);
    memcpy(high, most, sizeof high);
    for (size_t lane = 1; lane < LANES; lane++) {
        low[0] = low[lane] < low[0] ? low[lane] : low[0];
        high[0] = high[lane] > high[0] ? high[lane] : high[0];
    }
    *ret = (Extent){.count = lanes_sum(count),
                    .sum = lanes_sum(sum),
                    .size = lanes_sum(size),
                    .least = low[0],
                    .most = high[0],
                    .absent = lanes_sum(absent)};
}

static void tri_count(const double *x, const double *w, size_t n, TriCount *ret)
{
    Vec yes[PARTS] = {0}, no[PARTS] = {0}, unknown[PARTS] = {0};
    for (size_t i = 0; i < n; i += LANES)
        for (size_t part = 0; part < PARTS; part++) {
            Vec value = load(x + i + part * WIDTH);
            Vec taken = only(load(w + i + part * WIDTH) > splat(0.0), splat(1.0));
            yes[part] += only(value == splat(1.0), taken);
            no[part] += only(value == splat(0.0), taken);
            unknown[part] += only(value != value, taken);
        }
    *ret = (TriCount){.yes = lanes_sum(yes), .no = lanes_sum(no), .unknown = lanes_sum(unknown)};
}

static void share(const double *x, const double *w, size_t n, double *ret_true, double *ret_known)
{
    Vec yes[PARTS] = {0}, known[PARTS] = {0};
    for (size_t i = 0; i < n; i += LANES)
        for (size_t part = 0; part < PARTS; part++) {
            Vec value = load(x + i + part * WIDTH);
            Vec weight = load(w + i + part * WIDTH);
            yes[part] += only(value == splat(1.0), weight);
            known[part] += only(value == value, weight);
        }
    *ret_true = lanes_sum(yes);
    *ret_known = lanes_sum(known);
}

extern const KernelSet GLUE(kernel_set_, KERNEL_ISA);
const KernelSet GLUE(kernel_set_, KERNEL_ISA) = {
    .name = QUOTE(KERNEL_ISA),
    .fn =
        {
            [K_COPY] = k_copy,
            [K_FILL] = k_fill,
            [K_ADD] = k_add,
            [K_ADD_C] = k_add_c,
            [K_SUB] = k_sub,
            [K_SUB_CR] = k_sub_cr,
            [K_MUL] = k_mul,
            [K_MUL_C] = k_mul_c,
            [K_DIV] = k_div,
            [K_DIV_C] = k_div_c,
            [K_DIV_CR] = k_div_cr,
            [K_MULDIV] = k_muldiv,
            [K_ABS] = k_abs,
            [K_LEAST] = k_least,
            [K_GREATEST] = k_greatest,
            [K_ROUND] = k_round,
            [K_CEIL] = k_ceil,
            [K_FLOOR] = k_floor,
            [K_GE] = k_ge,
            [K_GE_C] = k_ge_c,
            [K_GT] = k_gt,
            [K_GT_C] = k_gt_c,
            [K_LE_C] = k_le_c,
            [K_LT_C] = k_lt_c,
            [K_EQ] = k_eq,
            [K_AND] = k_and,
            [K_OR] = k_or,
            [K_NOT] = k_not,
            [K_TRUE] = k_true,
            [K_REPORTED] = k_reported,
            [K_IF] = k_if,
            [K_IN] = k_in,
            [K_ATLEAST] = k_atleast,
            [K_COUNT_TRUE] = k_count_true,
            [K_COUNT_PRESENT] = k_count_present,
            [K_ADD_PRESENT] = k_add_present,
            [K_WEIGHT] = k_weight,
            [K_WEIGHT_ONE] = k_weight_one,
            [K_GATHER] = k_gather,
            [K_HAS_INDEX] = k_has_index,
            [K_CHECK_PART] = k_check_part,
        },
    .moments = moments,
    .extent = extent,
    .tri_count = tri_count,
    .share = share,
};
