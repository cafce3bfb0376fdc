/* What a county lacks of its own: the least number of steps with which a figure meets its limit. */
#include "app/gap_int.h"
#include "app/judge_int.h"

#include <math.h>

enum { STEPS_MAX = 1000000000 };

typedef struct Raising {
    Judge *judge;
    uint32_t region;
    const GateItem *item;
    double *cell, before;
} Raising;

static bool is_met_with(const Raising *raising, double steps)
{
    *raising->cell = gap_raised(raising->before, raising->item->lever->step, steps);
    Tri met = judge_item_now(raising->judge, raising->item, raising->region);
    *raising->cell = raising->before;
    return met == TRI_TRUE;
}

/* By doubling, then by halving; NaN if no number of steps does it. */
static double least_steps(const Raising *raising)
{
    double high = 1, low = 0;
    while (!is_met_with(raising, high)) {
        low = high;
        high *= 2;
        if (high > STEPS_MAX)
            return NAN;
    }
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (is_met_with(raising, middle))
            high = middle;
        else
            low = middle;
    }
    return high;
}

static GapItem item_gap(Judge *judge, uint32_t region, const Gate *gate,
                        const GateItemResult *result)
{
    GapItem gap = {.gate = gate,
                   .item = result->item,
                   .value = result->value,
                   .limit = result->limit,
                   .amount = NAN,
                   .steps = NAN};
    const Item *lever = result->item->lever;
    double *cell = lever ? judge_county_cell(judge, region, lever) : NULL;
    if (!cell || isnan(*cell) || result->origin != ORIGIN_COMPUTED)
        return gap;
    Raising raising = {
        .judge = judge, .region = region, .item = result->item, .cell = cell, .before = *cell};
    gap.steps = least_steps(&raising);
    gap.amount = isnan(gap.steps) ? NAN : gap_amount(lever, gap.steps);
    return gap;
}

void gap_of_county(Arena *arena, Judge *judge, const UnitResult *unit, Gap *gap)
{
    const Standard *standard = judge->standard;
    gap->item = ARENA_ARRAY(arena, GapItem, standard->gate_item_count);
    for (size_t i = 0; i < standard->gates.len; i++)
        for (size_t k = 0; k < standard->gates.ptr[i]->items.len; k++) {
            const GateItemResult *result = &unit->item[i][k];
            if (result->item->kind == GATE_ITEM_FIGURE && result->verdict == TRI_FALSE)
                gap->item[gap->item_count++] =
                    item_gap(judge, unit->region, standard->gates.ptr[i], result);
        }
}
