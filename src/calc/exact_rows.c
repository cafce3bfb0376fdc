/* Aggregates of the exact walker: over the rows of a region, and over the parts of a school. */
#include "calc/exact_int.h"

#include <stdlib.h>

/* Beyond so many rows terms are enclosed before they are added: nobody waits for a denominator of 10^5 digits. */
enum { EXACT_ROWS_MAX = 4096 };

/* ---- which rows ---- */

static size_t leaf_of(const Frame *frame, size_t row)
{
    size_t low = 0, high = frame->regions->leaf_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (frame->leaf_first[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

const Region *exact_leaf_of(const Frame *frame, size_t row)
{
    return &frame->regions->region[frame->regions->leaf_region[leaf_of(frame, row)]];
}

static const Region *region_of(const ExactPoint *point)
{
    if (point->region)
        return point->region;
    CHECK(point->row != EXACT_REGION);
    return exact_leaf_of(point->frame, point->row);
}

static bool is_in_scope(Exact *exact, const ExactPoint *part)
{
    if (!part->scope)
        return true;
    size_t mark = exact_mark(&exact->pool);
    ExactPoint unscoped = *part;
    unscoped.scope =
        NULL; /* an aggregate inside a scope is over all rows: it cannot wait for itself */
    bool is_in = exact_walk(exact, part->scope, &unscoped).boolean == TRI_TRUE;
    exact_release(&exact->pool, mark);
    return is_in;
}

typedef void VisitFn(void *ctx, const ExactPoint *part);

/* Calls visit for each row in scope; returns how many were out of it. */
static size_t visit_region(Exact *exact, const ExactPoint *point, VisitFn *visit, void *ctx)
{
    const Frame *frame = point->frame;
    const Region *region = region_of(point);
    size_t out_of_scope = 0;
    for (uint32_t leaf = region->first_leaf; leaf < region->end_leaf; leaf++) {
        const Region *own = &frame->regions->region[frame->regions->leaf_region[leaf]];
        ExactPoint part = {.frame = frame, .region = own, .scope = point->scope};
        for (part.row = frame->leaf_first[leaf]; part.row < frame->leaf_first[leaf + 1];
             part.row++) {
            if (frame_is_padding(frame, part.row))
                continue;
            if (is_in_scope(exact, &part))
                visit(ctx, &part);
            else
                out_of_scope++;
        }
    }
    return out_of_scope;
}

/* The parts of the row's own school, in stage order. */
static void visit_siblings(const ExactPoint *point, VisitFn *visit, void *ctx)
{
    const Frame *frame = point->frame;
    CHECK(point->row != EXACT_REGION);
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++) {
        if (stage == frame->stage) {
            visit(ctx, point);
        } else if (frame->sibling[stage] && frame->sibling[stage][point->row] >= 0) {
            ExactPoint part = {.frame = frame->stage_frame[stage], .scope = point->scope};
            part.row = (size_t)frame->sibling[stage][point->row];
            visit(ctx, &part);
        }
    }
}

static bool is_taken(Exact *exact, const Node *where, const ExactPoint *part)
{
    return !where || exact_walk(exact, where, part).boolean == TRI_TRUE;
}

/* ---- what they amount to ---- */

typedef struct Rows {
    Exact *exact;
    const Node *call, *weight;
    bool is_bool, is_long;
    ExactTally tally;
    Absence unknown_reason; /* heaviest reason of what was left out */
    ExactCell weight_sum, sum, square_sum, least, most;
    Arena *values_arena; /* percentile: every value is kept */
    VEC(ExactNumber) values;
} Rows;

static void cell_add(Rows *rows, ExactCell *cell, const ExactNumber *term)
{
    exact_cell_set(cell, exact_add(&rows->exact->pool, &cell->value, term));
}

static void add_value(Rows *rows, const ExactNumber *x, const ExactNumber *weight)
{
    ExactPool *pool = &rows->exact->pool;
    Function fn = rows->call->fn;
    if (fn == FN_MIN || fn == FN_MAX) {
        exact_cell_set(&rows->least, rows->tally.used ? exact_least(&rows->least.value, x) : *x);
        exact_cell_set(&rows->most, rows->tally.used ? exact_greatest(&rows->most.value, x) : *x);
    }
    ExactNumber weighted = rows->weight ? exact_multiply(pool, x, weight) : *x;
    cell_add(rows, &rows->weight_sum, weight);
    cell_add(rows, &rows->sum, &weighted);
    if (fn == FN_STD || fn == FN_CV) {
        ExactNumber square = exact_multiply(pool, &weighted, x);
        cell_add(rows, &rows->square_sum, &square);
    }
}

static void leave_out(Rows *rows, Absence reason)
{
    rows->tally.absent[reason]++;
    rows->unknown_reason = absence_heavier(rows->unknown_reason, reason);
    if (reason >= ABSENCE_NOT_REPORTED)
        rows->tally.poison = absence_heavier(rows->tally.poison, reason);
}

static bool is_positive(Exact *exact, const Node *node, const ExactPoint *part,
                        const ExactNumber *number)
{
    return exact_order_terms(exact, (ExactTerm){node, part, *number},
                             (ExactTerm){.number = exact_int(0)}) > 0;
}

static ExactNumber one_or_zero(Tri truth)
{
    return exact_int(truth == TRI_TRUE ? 1 : 0);
}

static void take_part(Rows *rows, const ExactPoint *part)
{
    Exact *exact = rows->exact;
    ExactTally *tally = &rows->tally;
    if (!is_taken(exact, rows->call->where, part)) {
        tally->out_of_where++;
        return;
    }
    tally->rows++;
    Walked weight =
        rows->weight ? exact_walk(exact, rows->weight, part) : walked_number(exact_int(1));
    if (rows->weight && walked_is_known(&weight) &&
        !is_positive(exact, rows->weight, part, &weight.number)) {
        tally->weightless++;
        return;
    }
    Walked value = exact_walk(exact, rows->call->arg[0], part);
    if (rows->is_bool) {
        tally->unknown += value.boolean == TRI_UNKNOWN;
        tally->yes += value.boolean == TRI_TRUE && walked_is_known(&weight);
        tally->no += value.boolean == TRI_FALSE && walked_is_known(&weight);
        value.number = one_or_zero(value.boolean);
    }
    if (!walked_is_known(&value) || !walked_is_known(&weight)) {
        leave_out(rows, absence_heavier(value.absence, weight.absence));
        return;
    }
    if (rows->is_long) {
        value.number = exact_enclose(&exact->pool, &value.number);
        weight.number = exact_enclose(&exact->pool, &weight.number);
    }
    add_value(rows, &value.number, &weight.number);
    tally->used++;
    if (rows->values_arena)
        VEC_PUSH(rows->values_arena, &rows->values, value.number);
}

static void visit_part(void *ctx, const ExactPoint *part)
{
    Rows *rows = ctx;
    size_t mark = exact_mark(&rows->exact->pool);
    take_part(rows, part);
    if (!rows->values_arena)
        exact_release(&rows->exact->pool, mark);
}

static void collect(Rows *rows, Exact *exact, const Node *call, const ExactPoint *point)
{
    *rows = (Rows){.exact = exact,
                   .call = call,
                   .values_arena = rows->values_arena,
                   .weight = call->arg_count > 1 && call->fn != FN_PERCENTILE ? call->arg[1] : NULL,
                   .is_bool = call->arg[0]->type == TYPE_BOOL};
    exact_cell_init(&rows->weight_sum, &exact->pool);
    exact_cell_init(&rows->sum, &exact->pool);
    exact_cell_init(&rows->square_sum, &exact->pool);
    exact_cell_init(&rows->least, &exact->pool);
    exact_cell_init(&rows->most, &exact->pool);
    if (call->is_siblings) {
        visit_siblings(point, visit_part, rows);
        return;
    }
    const Region *region = region_of(point);
    rows->is_long =
        frame_region_end(point->frame, region) - frame_region_first(point->frame, region) >
        EXACT_ROWS_MAX;
    rows->tally.out_of_scope = visit_region(exact, point, visit_part, rows);
}

/* ---- results ---- */

/* Why there is no number: no rows, only weights of 0, or nothing known. */
static Absence why_nothing(const ExactTally *tally)
{
    if (tally->rows == 0)
        return ABSENCE_NOT_APPLICABLE;
    return tally->weightless ? ABSENCE_UNDEFINED : ABSENCE_NOT_REPORTED;
}

static ExactNumber mean_of(Rows *rows)
{
    return exact_divide(&rows->exact->pool, &rows->sum.value, &rows->weight_sum.value);
}

static ExactNumber std_of(Rows *rows, const ExactNumber *mean)
{
    ExactPool *pool = &rows->exact->pool;
    ExactNumber mean_square = exact_divide(pool, &rows->square_sum.value, &rows->weight_sum.value);
    ExactNumber square_mean = exact_multiply(pool, mean, mean);
    ExactNumber variance = exact_subtract(pool, &mean_square, &square_mean);
    return exact_root(pool, &variance);
}

static Walked cv_of(Rows *rows, bool *ret_is_open)
{
    ExactNumber mean = mean_of(rows);
    *ret_is_open = exact_has_zero(&mean) && !mean.is_exact; /* not told from 0 in this precision */
    ExactNumber zero = exact_int(0);
    int order = 0;
    if (exact_has_zero(&mean) || (exact_order(&mean, &zero, &order) && order < 0))
        return walked_absent(ABSENCE_UNDEFINED);
    ExactNumber std = std_of(rows, &mean);
    return walked_number(exact_divide(&rows->exact->pool, &std, &mean));
}

static int by_order(const void *a, const void *b)
{
    return rational_order(a, b);
}

/* The k-th smallest lies between the k-th smallest lower end and the k-th smallest upper end. */
static void sort_values(Rows *rows)
{
    size_t count = rows->values.len;
    Rational *lo = ARENA_ARRAY(rows->values_arena, Rational, count),
             *hi = ARENA_ARRAY(rows->values_arena, Rational, count);
    for (size_t i = 0; i < count; i++) {
        lo[i] = rows->values.ptr[i].lo;
        hi[i] = *exact_upper(&rows->values.ptr[i]);
    }
    qsort(lo, count, sizeof *lo, by_order);
    qsort(hi, count, sizeof *hi, by_order);
    for (size_t i = 0; i < count; i++)
        rows->values.ptr[i] = (ExactNumber){
            .lo = lo[i], .hi = hi[i], .is_exact = rational_order(&lo[i], &hi[i]) == 0};
}

/* Type 7: linear between the two order statistics around (n - 1) q / 100. */
static Walked percentile_of(Rows *rows, const ExactPoint *point)
{
    ExactPool *pool = &rows->exact->pool;
    size_t count = rows->values.len;
    Walked q = exact_walk(rows->exact, rows->call->arg[1], point);
    if (!walked_is_known(&q))
        return q;
    sort_values(rows);
    ExactNumber steps = exact_int((int64_t)count - 1), hundred = exact_int(100),
                at = exact_multiply(pool, &steps, &q.number);
    at = exact_divide(pool, &at, &hundred);
    ExactNumber zero = exact_int(0);
    if (rational_order(&at.lo, &zero.lo) <= 0)
        return walked_number(rows->values.ptr[0]);
    size_t below = exact_to_index(&at);
    if (below + 1 >= count)
        return walked_number(rows->values.ptr[count - 1]);
    ExactNumber start = exact_int((int64_t)below), part = exact_subtract(pool, &at, &start);
    ExactNumber one = exact_int(1), rest = exact_subtract(pool, &one, &part);
    ExactNumber left = exact_multiply(pool, &rows->values.ptr[below], &rest);
    ExactNumber right = exact_multiply(pool, &rows->values.ptr[below + 1], &part);
    return walked_number(exact_add(pool, &left, &right));
}

static Walked truth_of_all(const Rows *rows)
{
    const ExactTally *tally = &rows->tally;
    if (tally->no)
        return walked_truth(TRI_FALSE, ABSENCE_NONE);
    if (tally->unknown)
        return walked_truth(TRI_UNKNOWN, rows->unknown_reason);
    /* of a region without rows nothing can be said; of a school, a part that it has not is no part of the question */
    bool is_known = tally->yes || rows->call->is_siblings;
    return walked_truth(is_known ? TRI_TRUE : TRI_UNKNOWN, ABSENCE_NOT_APPLICABLE);
}

static Walked truth_of_any(const Rows *rows)
{
    Tri truth = rows->tally.yes ? TRI_TRUE : rows->tally.unknown ? TRI_UNKNOWN : TRI_FALSE;
    return walked_truth(truth, rows->unknown_reason);
}

/* The functions that need at least one known value. *ret_is_open: a higher precision may find one. */
static Walked statistic(Rows *rows, const ExactPoint *point, bool *ret_is_open)
{
    if (rows->tally.used == 0)
        return walked_absent(why_nothing(&rows->tally));
    Function fn = rows->call->fn;
    if (fn == FN_SUM)
        return walked_number(rows->sum.value);
    if (fn == FN_MIN || fn == FN_MAX)
        return walked_number(fn == FN_MIN ? rows->least.value : rows->most.value);
    if (fn == FN_PERCENTILE)
        return percentile_of(rows, point);
    if (exact_has_zero(&rows->weight_sum.value)) {
        *ret_is_open = true; /* weights above 0, but not in this precision */
        return walked_absent(ABSENCE_UNDEFINED);
    }
    if (fn == FN_MEAN || fn == FN_SHARE)
        return walked_number(mean_of(rows));
    if (fn == FN_CV)
        return cv_of(rows, ret_is_open);
    CHECK(fn == FN_STD);
    ExactNumber mean = mean_of(rows);
    return walked_number(std_of(rows, &mean));
}

static Walked result_of(Rows *rows, const ExactPoint *point, bool *ret_is_open)
{
    const ExactTally *tally = &rows->tally;
    Function fn = rows->call->fn;
    if (rows->call->is_strict && tally->poison)
        return walked_absent(tally->poison);
    if (fn == FN_ALL)
        return truth_of_all(rows);
    if (fn == FN_ANY)
        return truth_of_any(rows);
    if (fn == FN_COUNT)
        return walked_number(exact_int((int64_t)(rows->is_bool ? tally->yes : tally->used)));
    return statistic(rows, point, ret_is_open);
}

/* The aggregate in the precision now set; its number stands where the pool stood before. */
static Walked compute(Exact *exact, const Node *call, const ExactPoint *point, bool *ret_is_open)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    size_t mark = exact_mark(&exact->pool);
    Rows rows = {.values_arena = call->fn == FN_PERCENTILE ? &scratch : NULL};
    *ret_is_open = false;
    collect(&rows, exact, call, point);
    Walked value = result_of(&rows, point, ret_is_open);
    bool has_number = walked_is_known(&value) && call->type == TYPE_NUMBER;
    if (has_number)
        value.number = exact_lift(&exact->pool, mark, value.number);
    else
        exact_release(&exact->pool, mark);
    if (has_number && exact_is_huge(&value.number))
        return walked_absent(ABSENCE_UNDEFINED);
    return value;
}

static Walked compute_closed(Exact *exact, const Node *call, const ExactPoint *point)
{
    unsigned bits = exact->pool.bits;
    bool is_open;
    Walked value = compute(exact, call, point, &is_open);
    while (is_open && exact->pool.bits < EXACT_BITS_MAX) {
        exact->pool.bits *= 2;
        value = compute(exact, call, point, &is_open);
    }
    exact->pool.bits = bits;
    return value;
}

/* ---- memory of aggregates ---- */

typedef struct Memo {
    struct MemoKey {
        const Node *call;
        const Frame *frame;
        const Region *region; /* NULL: the school of a row */
        const Node *scope;
        size_t row;
    } key;
    unsigned bits;
    Walked value;
} Memo;

static bool is_usable(const Exact *exact, const Memo *memo)
{
    return !walked_is_known(&memo->value) || memo->key.call->type == TYPE_BOOL ||
           memo->value.number.is_exact || memo->bits >= exact->pool.bits;
}

/* The aggregate, computed where it is not remembered in the precision now set. */
static Walked remembered(Exact *exact, ExactMemory *memory, const struct MemoKey *key,
                         const ExactPoint *point)
{
    Memo *memo = map_find(&memory->values, (Str){(const char *)key, sizeof *key});
    if (memo && is_usable(exact, memo))
        return memo->value;
    Walked value = compute_closed(exact, key->call, point);
    if (!memo) {
        memo = ARENA_NEW(memory->arena, Memo);
        memo->key = *key;
        map_set(&memory->values, (Str){(const char *)&memo->key, sizeof memo->key}, memo);
    }
    memo->bits = exact->pool.bits;
    memo->value = value;
    if (walked_is_known(&value) && key->call->type == TYPE_NUMBER)
        memo->value.number = exact_copy(&memory->numbers, &value.number);
    return memo->value;
}

/* Sums within sums over a school: without memory each level would triple the work. */
static Walked walk_school(Exact *exact, const Node *call, const ExactPoint *point)
{
    if (exact->school_depth == 0) {
        exact->school_depth++;
        Walked value = compute_closed(exact, call, point);
        exact->school_depth--;
        exact_memory_reset(&exact->schools); /* the value is a copy of its own */
        return value;
    }
    struct MemoKey key = {
        .call = call, .frame = point->frame, .scope = point->scope, .row = point->row};
    return remembered(exact, &exact->schools, &key, point);
}

Walked exact_walk_rows(Exact *exact, const Node *call, const ExactPoint *point)
{
    if (call->is_siblings)
        return walk_school(exact, call, point);
    struct MemoKey key = {.call = call,
                          .frame = point->frame,
                          .region = region_of(point),
                          .scope = point->scope,
                          .row = EXACT_REGION};
    ExactPoint whole = {
        .frame = point->frame, .row = EXACT_REGION, .region = key.region, .scope = point->scope};
    return remembered(exact, &exact->regions, &key, &whole);
}

ExactTally exact_tally_rows(Exact *exact, const Node *call, const ExactPoint *point)
{
    Node all = *call;
    if (call->fn == FN_MEAN)
        all.fn = FN_STD; /* so that the squares are summed, too */
    size_t mark = exact_mark(&exact->pool);
    Rows rows = {0};
    collect(&rows, exact, &all, point);
    ExactTally tally = rows.tally;
    tally.weight = exact_number_to_double(&rows.weight_sum.value);
    tally.sum = exact_number_to_double(&rows.sum.value);
    tally.has_moments = tally.used > 0 && !exact_has_zero(&rows.weight_sum.value) &&
                        (all.fn == FN_STD || all.fn == FN_CV);
    if (tally.has_moments) {
        ExactNumber mean = mean_of(&rows), std = std_of(&rows, &mean);
        tally.mean = exact_number_to_double(&mean);
        tally.std = exact_number_to_double(&std);
    }
    exact_release(&exact->pool, mark);
    return tally;
}

Absence exact_poison_of(Exact *exact, const Node *call, const ExactPoint *point)
{
    Node count = *call;
    count.fn = FN_COUNT;
    count.arg_count = call->fn == FN_PERCENTILE ? 1 : call->arg_count;
    size_t mark = exact_mark(&exact->pool);
    Rows rows = {0};
    collect(&rows, exact, &count, point);
    exact_release(&exact->pool, mark);
    return rows.tally.poison;
}

/* ---- rank ---- */

typedef struct Rank {
    Exact *exact;
    const Node *call;
    const ExactPoint *own;
    ExactTerm own_term;
    bool is_own_taken;
    Absence poison;
    int64_t larger;
} Rank;

static void visit_rival(void *ctx, const ExactPoint *part)
{
    Rank *rank = ctx;
    Exact *exact = rank->exact;
    size_t mark = exact_mark(&exact->pool);
    if (is_taken(exact, rank->call->where, part)) {
        Walked value = exact_walk(exact, rank->call->arg[0], part);
        rank->is_own_taken |= part->row == rank->own->row;
        if (walked_is_known(&value))
            rank->larger +=
                exact_order_terms(exact, (ExactTerm){rank->call->arg[0], part, value.number},
                                  rank->own_term) > 0;
        else if (value.absence >= ABSENCE_NOT_REPORTED)
            rank->poison = absence_heavier(rank->poison, value.absence);
    }
    exact_release(&exact->pool, mark);
}

Walked exact_walk_rank(Exact *exact, const Node *call, const ExactPoint *point)
{
    Walked own = exact_walk(exact, call->arg[0], point);
    if (!walked_is_known(&own))
        return own;
    Rank rank = {
        .exact = exact, .call = call, .own = point, .own_term = {call->arg[0], point, own.number}};
    visit_region(exact, point, visit_rival, &rank);
    if (call->is_strict && rank.poison)
        return walked_absent(rank.poison);
    if (!rank.is_own_taken)
        return walked_absent(ABSENCE_NOT_APPLICABLE);
    return walked_number(exact_int(rank.larger + 1));
}

/* ---- order of many rows ---- */

/* Rows of one value; tiers stand from the largest down. */
typedef struct Tier {
    ExactTerm term;
    size_t count, id;
} Tier;

/* Where the value stands, or would: the first tier that is not larger. */
static size_t find_tier(Exact *exact, const Tier *tier, size_t count, ExactTerm term,
                        bool *ret_is_found)
{
    size_t low = 0, high = count;
    *ret_is_found = false;
    while (low < high && !*ret_is_found) {
        size_t middle = low + (high - low) / 2;
        int order = exact_order_terms(exact, tier[middle].term, term);
        *ret_is_found = order == 0;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

void exact_order_rows(Exact *exact, const Node *node, const ExactPoint *place, const size_t *row,
                      size_t count, size_t *ret_larger)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    size_t mark = exact_mark(&exact->pool), tier_count = 0, larger = 0;
    ExactPoint *point = ARENA_ARRAY(&scratch, ExactPoint, count);
    Tier *tier = ARENA_ARRAY(&scratch, Tier, count);
    size_t *tier_of = ARENA_ARRAY(&scratch, size_t, count),
           *larger_than = ARENA_ARRAY(&scratch, size_t, count);
    for (size_t i = 0; i < count; i++) {
        point[i] = *place;
        point[i].row = row[i];
        Walked value = exact_walk(exact, node, &point[i]);
        tier_of[i] = SIZE_MAX;
        if (!walked_is_known(&value))
            continue;
        bool is_found;
        ExactTerm term = {node, &point[i], value.number};
        size_t at = find_tier(exact, tier, tier_count, term, &is_found);
        if (!is_found) {
            memmove(tier + at + 1, tier + at, (tier_count - at) * sizeof *tier);
            tier[at] = (Tier){.term = term, .id = tier_count++};
        }
        tier[at].count++;
        tier_of[i] = tier[at].id;
    }
    for (size_t i = 0; i < tier_count; i++) {
        larger_than[tier[i].id] = larger;
        larger += tier[i].count;
    }
    for (size_t i = 0; i < count; i++)
        ret_larger[i] = tier_of[i] == SIZE_MAX ? larger : larger_than[tier_of[i]];
    exact_release(&exact->pool, mark);
}
