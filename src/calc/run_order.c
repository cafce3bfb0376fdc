/* What depends on the order of values: percentiles and ranks. */
#include "calc/run_int.h"

#include <math.h>
#include <stdlib.h>

/* ---- percentiles ---- */

/* Doubles as integers of the same order (−0 below 0), so that an order statistic can be found by halving. */
static uint64_t key_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double value_of(uint64_t key)
{
    uint64_t bits = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int by_key(const void *a, const void *b)
{
    uint64_t left = key_of(*(const double *)a), right = key_of(*(const double *)b);
    return (left > right) - (left < right);
}

void run_percentile_leaf(State *state, const Frame *frame, uint32_t leaf, const double *x,
                         const double *w)
{
    size_t n = frame->leaf_first[leaf + 1] - frame->leaf_first[leaf];
    double *sorted = state->sorted + frame->leaf_first[leaf];
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (w[i] > 0.0 && x[i] == x[i])
            sorted[count++] = x[i];
    qsort(sorted, count, sizeof *sorted, by_key);
    state->taken_count[leaf] = count;
}

/* How many of a leaf's values have a key up to `key`. */
static uint32_t rank_in_leaf(const State *state, const Frame *frame, uint32_t leaf, uint64_t key)
{
    const double *sorted = state->sorted + frame->leaf_first[leaf];
    uint32_t low = 0, high = state->taken_count[leaf];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (key_of(sorted[middle]) <= key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t rank_in_region(const State *state, const Frame *frame, const Region *region,
                             uint64_t key)
{
    size_t rank = 0;
    for (uint32_t leaf = region->first_leaf; leaf < region->end_leaf; leaf++)
        rank += rank_in_leaf(state, frame, leaf, key);
    return rank;
}

/* The key of the value that has `idx` others below it. */
static uint64_t key_at(const State *state, const Frame *frame, const Region *region, size_t idx)
{
    uint64_t low = 0, high = UINT64_MAX;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (rank_in_region(state, frame, region, middle) > idx)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static uint64_t key_above(const State *state, const Frame *frame, const Region *region,
                          uint64_t key)
{
    uint64_t next = UINT64_MAX;
    for (uint32_t leaf = region->first_leaf; leaf < region->end_leaf; leaf++) {
        uint32_t at = rank_in_leaf(state, frame, leaf, key);
        if (at == state->taken_count[leaf])
            continue;
        uint64_t found = key_of(state->sorted[frame->leaf_first[leaf] + at]);
        next = found < next ? found : next;
    }
    return next;
}

/* Type 7: linear between the two order statistics around (n − 1) q / 100. */
void run_percentile_region(State *state, const Frame *frame, uint32_t region_idx)
{
    const Region *region = &frame->regions->region[region_idx];
    size_t count = 0;
    for (uint32_t leaf = region->first_leaf; leaf < region->end_leaf; leaf++)
        count += state->taken_count[leaf];
    double *ret = &state->percentile[region_idx];
    *ret = NAN;
    if (count == 0)
        return;
    double at = (double)(count - 1) * state->q / 100.0;
    size_t below = (size_t)at;
    uint64_t key = key_at(state, frame, region, below);
    *ret = value_of(key);
    if (below + 1 >= count)
        return;
    bool is_repeated = rank_in_region(state, frame, region, key) > below + 1;
    double next = is_repeated ? *ret : value_of(key_above(state, frame, region, key));
    *ret += (at - (double)below) * (next - *ret);
}

/* ---- ranks ---- */

/* A value lies between low and high; two whose ranges meet are told apart by the walker. */
typedef struct Ranked {
    double low, high;
    size_t idx; /* row of the leaf */
} Ranked;

/* From the largest down; equal ones in row order, which no rank depends on. */
static int by_high(const void *a, const void *b)
{
    const Ranked *left = a, *right = b;
    if (left->high != right->high)
        return left->high > right->high ? -1 : 1;
    return (left->idx > right->idx) - (left->idx < right->idx);
}

static size_t find_ranked(const Reduction *reduction, size_t n, const double *x, const double *w,
                          const double *magnitude, Ranked *ranked)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(w[i] > 0.0) || x[i] != x[i])
            continue;
        double band = reduction->node ? TIE_BAND * (magnitude ? magnitude[i] : fabs(x[i])) : 0.0;
        ranked[count++] = (Ranked){x[i] - band, x[i] + band, i};
    }
    qsort(ranked, count, sizeof *ranked, by_high);
    return count;
}

/* Ranks rows whose ranges meet, of which `before` others are larger. */
static void rank_cluster(CalcRun *run, const Reduction *reduction, size_t first_row,
                         const Ranked *cluster, size_t count, size_t before, double *ret)
{
    if (count == 1 || !reduction->node) {
        for (size_t i = 0; i < count; i++)
            ret[cluster[i].idx] = (double)before + 1.0;
        return;
    }
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    size_t *row = ARENA_ARRAY(&scratch, size_t, count),
           *larger = ARENA_ARRAY(&scratch, size_t, count);
    for (size_t i = 0; i < count; i++)
        row[i] = first_row + cluster[i].idx;
    const ExactPoint place = {.frame = run->frame,
                              .scope = reduction->is_unscoped ? NULL : run->program->scope};
    exact_order_rows(run->exact, reduction->node, &place, row, count, larger);
    run->ties += count;
    for (size_t i = 0; i < count; i++)
        ret[cluster[i].idx] = (double)(before + larger[i]) + 1.0;
}

void run_rank_leaf(CalcRun *run, const Reduction *reduction, uint32_t leaf, const double *x,
                   const double *w, const double *magnitude)
{
    size_t first_row = run->frame->leaf_first[leaf],
           n = run->frame->leaf_first[leaf + 1] - first_row;
    double *ret = run->rank[reduction->rank] + first_row;
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    Ranked *ranked = ARENA_ARRAY(&scratch, Ranked, n);
    size_t count = find_ranked(reduction, n, x, w, magnitude, ranked);
    for (size_t i = 0; i < n; i++)
        ret[i] = NAN;
    for (size_t first = 0, end; first < count; first = end) {
        double low = ranked[first].low;
        for (end = first + 1; end < count && ranked[end].high >= low; end++)
            low = ranked[end].low < low ? ranked[end].low : low;
        rank_cluster(run, reduction, first_row, ranked + first, end - first, first, ret);
    }
}
