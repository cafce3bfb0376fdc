/* The reductions of the kernel sets and their merges, against sums in long double. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "col/frame.h"
#include "col/kernels.h"

#include <math.h>
#include <string.h>

enum { ROWS_MAX = 2048, PARTS = 7 };

static double x[ROWS_MAX + 1], w[ROWS_MAX + 1];

static uint64_t random_word(void)
{
    static uint64_t seed = 0x2545f4914f6cdd1dU;
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

typedef enum Filling { TRUTHS, SMALL_WHOLES, MIXED, ALL_ABSENT, NONE_TAKEN, FILLING_COUNT } Filling;

static double random_value(Filling filling)
{
    uint64_t word = random_word();
    if (filling == ALL_ABSENT || word % 9 == 0)
        return NAN;
    if (filling == TRUTHS)
        return (double)(word >> 8 & 1);
    if (filling == SMALL_WHOLES)
        return (double)(word >> 8 & 63) - 20;
    return ldexp((double)(word >> 20 & 0xffffff) / 3.0 - 1e6, (int)(word >> 50 & 15) - 8);
}

static void fill(Filling filling, size_t n)
{
    for (size_t row = 0; row < n; row++) {
        x[row] = random_value(filling);
        uint64_t word = random_word();
        w[row] = filling == NONE_TAKEN || word % 5 == 0 ? 0.0
                 : filling == TRUTHS                    ? 1.0
                                                        : (double)(word >> 40 & 1023) / 7.0;
    }
}

static void fail_sum(const char *what, const char *set, size_t n, double got, long double want)
{
    fail_msg("%s of %zu rows (%s): got %.17g, want %.17Lg", what, n, set, got, want);
}

/* `scale`: how large the terms were that the sum was made of. */
static void check_sum(const char *what, const char *set, size_t n, double got, long double want,
                      long double scale)
{
    if (!(fabsl((long double)got - want) <= 1e-12L * scale))
        fail_sum(what, set, n, got, want);
}

static void check_count(const char *what, const char *set, size_t n, double got, double want)
{
    if (got != want)
        fail_sum(what, set, n, got, (long double)want);
}

/* ---- the naive model ---- */

typedef struct Model {
    size_t count, present, absent, yes, no, unknown;
    long double weight, mean, m2, size, sum, sum_size, weight_true, weight_known;
    double least, most;
} Model;

static Model model_of(size_t n)
{
    Model m = {.least = INFINITY, .most = -INFINITY};
    for (size_t row = 0; row < n; row++) {
        if (!(w[row] > 0.0))
            continue;
        m.yes += x[row] == 1.0;
        m.no += x[row] == 0.0;
        m.unknown += isnan(x[row]);
        m.absent += isnan(x[row]);
        m.weight_true += x[row] == 1.0 ? (long double)w[row] : 0.0L;
        if (isnan(x[row]))
            continue;
        m.count++;
        m.weight_known += w[row];
        m.weight += w[row];
        m.mean += (long double)w[row] * x[row];
        m.size += (long double)w[row] * fabs(x[row]);
        m.sum += x[row];
        m.sum_size += fabs(x[row]);
        m.least = fmin(m.least, x[row]);
        m.most = fmax(m.most, x[row]);
    }
    m.mean = m.weight > 0.0L ? m.mean / m.weight : 0.0L;
    m.size = m.weight > 0.0L ? m.size / m.weight : 0.0L;
    for (size_t row = 0; row < n; row++)
        if (w[row] > 0.0 && !isnan(x[row]))
            m.m2 += (long double)w[row] * (x[row] - m.mean) * (x[row] - m.mean);
    return m;
}

static void check_moments(const char *set, size_t n, const Moments *got, const Model *want)
{
    check_count("count", set, n, got->count, (double)want->count);
    check_sum("weight", set, n, got->weight, want->weight, want->weight);
    check_sum("mean", set, n, got->mean, want->mean, want->size);
    check_sum("size", set, n, got->size, want->size, want->size);
    check_sum("m2", set, n, got->m2, want->m2, want->weight * want->size * want->size + want->m2);
}

static void check_extent(const char *set, size_t n, const Extent *got, const Model *want)
{
    check_count("present", set, n, got->count, (double)want->count);
    check_count("absent", set, n, got->absent, (double)want->absent);
    check_sum("sum", set, n, got->sum, want->sum, want->sum_size);
    check_sum("size", set, n, got->size, want->sum_size, want->sum_size);
    check_count("least", set, n, got->least, want->least);
    check_count("most", set, n, got->most, want->most);
}

typedef struct All {
    Moments moments;
    Extent extent;
    TriCount tri;
    double share[2];
} All;

static All reduce(const KernelSet *set, const double *values, const double *weights, size_t n)
{
    All all;
    memset(&all, 0, sizeof all);
    set->moments(values, weights, n, &all.moments);
    set->extent(values, weights, n, &all.extent);
    set->tri_count(values, weights, n, &all.tri);
    set->share(values, weights, n, &all.share[0], &all.share[1]);
    return all;
}

static const char *const SETS[] = {"base", "v3", "v4"};
static const size_t LENGTHS[] = {0, 8, 16, 24, 64, 200, 1000, 2048};
enum { SET_COUNT = sizeof SETS / sizeof *SETS, LENGTH_COUNT = sizeof LENGTHS / sizeof *LENGTHS };

static void reductions_agree_with_sums_in_long_double(void **state)
{
    (void)state;
    const KernelSet *set = kernels_find("base");
    for (Filling filling = 0; filling < FILLING_COUNT; filling++)
        for (size_t i = 0; i < LENGTH_COUNT; i++) {
            size_t n = LENGTHS[i];
            fill(filling, n);
            Model want = model_of(n);
            All got = reduce(set, x, w, n);
            check_moments(set->name, n, &got.moments, &want);
            check_extent(set->name, n, &got.extent, &want);
            check_sum("share true", set->name, n, got.share[0], want.weight_true, want.weight);
            check_sum("share known", set->name, n, got.share[1], want.weight_known, want.weight);
            check_count("unknown", set->name, n, got.tri.unknown, (double)want.unknown);
            check_count("yes", set->name, n, got.tri.yes, (double)want.yes);
            check_count("no", set->name, n, got.tri.no, (double)want.no);
        }
}

static void all_instruction_sets_reduce_to_the_same_bytes(void **state)
{
    (void)state;
    static double shifted_x[ROWS_MAX + 1], shifted_w[ROWS_MAX + 1];
    for (Filling filling = 0; filling < FILLING_COUNT; filling++)
        for (size_t i = 0; i < LENGTH_COUNT; i++) {
            size_t n = LENGTHS[i];
            fill(filling, n);
            memcpy(shifted_x + 1, x, n * sizeof *x);
            memcpy(shifted_w + 1, w, n * sizeof *w);
            All want = reduce(kernels_find("base"), x, w, n);
            for (size_t k = 0; k < SET_COUNT; k++) {
                const KernelSet *set = kernels_find(SETS[k]);
                if (!set)
                    continue;
                All got = reduce(set, shifted_x + 1, shifted_w + 1, n);
                if (memcmp(&got, &want, sizeof got) != 0)
                    fail_msg("%s differs from base over %zu rows", set->name, n);
            }
        }
}

/* Padding rows at the end of a leaf change nothing: not a bit. */
static void padding_leaves_every_bit_as_it_was(void **state)
{
    (void)state;
    const KernelSet *set = kernels_find("base");
    for (size_t n = 8; n <= 64; n += 8) {
        fill(MIXED, n);
        for (size_t row = n; row < n + 16; row++) {
            x[row] = NAN;
            w[row] = 0.0;
        }
        All want = reduce(set, x, w, n), got = reduce(set, x, w, n + 16);
        assert_memory_equal(&got, &want, sizeof got);
    }
}

/* The lanes are part of the result: row i is added to lane i mod 8, then 0+4, 2+6, 1+5, 3+7. */
static void lanes_are_added_in_their_fixed_order(void **state)
{
    (void)state;
    assert_int_equal(FRAME_LANES, 8);
    fill(MIXED, 64);
    double lane[8] = {0};
    for (size_t row = 0; row < 64; row++)
        lane[row % 8] += w[row] > 0.0 && !isnan(x[row]) ? x[row] : 0.0;
    double want =
        ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
    All got = reduce(kernels_find("base"), x, w, 64);
    assert_memory_equal(&got.extent.sum, &want, sizeof want);
}

/* Equal values have no deviation, whatever the size of their mean. */
static void equal_wholes_have_no_deviation(void **state)
{
    (void)state;
    for (size_t row = 0; row < 64; row++) {
        x[row] = 1e9 + 1;
        w[row] = (double)(row % 5);
    }
    All got = reduce(kernels_find("base"), x, w, 64);
    assert_true(got.moments.m2 == 0.0);
    assert_true(got.moments.mean == 1e9 + 1);
}

/* ---- merging ---- */

static void merging_parts_gives_the_moments_of_the_whole(void **state)
{
    (void)state;
    const KernelSet *set = kernels_find("base");
    for (Filling filling = 0; filling < FILLING_COUNT; filling++) {
        enum { PART_ROWS = 104 };
        fill(filling, PARTS * PART_ROWS);
        Model want = model_of(PARTS * PART_ROWS);
        Moments moments = {0};
        Extent extent = {.least = INFINITY, .most = -INFINITY};
        for (size_t part = 0; part < PARTS; part++) {
            All piece = reduce(set, x + part * PART_ROWS, w + part * PART_ROWS, PART_ROWS);
            moments_merge(&moments, &piece.moments);
            extent_merge(&extent, &piece.extent);
        }
        check_moments("merged", PARTS * PART_ROWS, &moments, &want);
        check_extent("merged", PARTS * PART_ROWS, &extent, &want);
    }
}

static void merging_with_nothing_changes_no_bit(void **state)
{
    (void)state;
    fill(MIXED, 64);
    All all = reduce(kernels_find("base"), x, w, 64);
    Moments left = {0}, right = all.moments, nothing = {0};
    moments_merge(&left, &all.moments);
    moments_merge(&right, &nothing);
    assert_memory_equal(&left, &all.moments, sizeof left);
    assert_memory_equal(&right, &all.moments, sizeof right);

    const Extent none = {.least = INFINITY, .most = -INFINITY};
    Extent before = none, after = all.extent;
    extent_merge(&before, &all.extent);
    extent_merge(&after, &none);
    assert_memory_equal(&before, &all.extent, sizeof before);
    assert_memory_equal(&after, &all.extent, sizeof after);
}

static void a_part_of_equal_mean_adds_its_deviations_only(void **state)
{
    (void)state;
    Moments a = {.count = 2, .weight = 4, .mean = 3, .m2 = 4, .size = 3};
    const Moments b = {.count = 1, .weight = 2, .mean = 3, .m2 = 0, .size = 3};
    moments_merge(&a, &b);
    assert_true(a.count == 3 && a.weight == 6 && a.mean == 3 && a.m2 == 4 && a.size == 3);
    /* and one of another mean what lies between: 6 * 3 / 9 * 3^2 */
    const Moments c = {.count = 1, .weight = 3, .mean = 0, .m2 = 0, .size = 0};
    moments_merge(&a, &c);
    assert_true(a.count == 4 && a.weight == 9 && a.mean == 2 && a.m2 == 4 + 18 && a.size == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reductions_agree_with_sums_in_long_double),
        cmocka_unit_test(all_instruction_sets_reduce_to_the_same_bytes),
        cmocka_unit_test(padding_leaves_every_bit_as_it_was),
        cmocka_unit_test(lanes_are_added_in_their_fixed_order),
        cmocka_unit_test(equal_wholes_have_no_deviation),
        cmocka_unit_test(merging_parts_gives_the_moments_of_the_whole),
        cmocka_unit_test(merging_with_nothing_changes_no_bit),
        cmocka_unit_test(a_part_of_equal_mean_adds_its_deviations_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
