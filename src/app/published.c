#include "app/published.h"

#include <math.h>

/* ---- above counties ---- */

typedef struct Inputs {
    int *slot;
    size_t count;
} Inputs;

static bool can_be_added(const Judge *judge, Inputs inputs)
{
    bool is_count = inputs.count > 0;
    for (size_t i = 0; i < inputs.count; i++) {
        const Symbol *symbol = judge->standard->county_scope->slots.ptr[inputs.slot[i]].symbol;
        is_count &= symbol->kind == SYMBOL_ITEM && ((const Item *)symbol->owner)->is_whole;
    }
    return is_count;
}

static bool is_complete(const Frame *frame, Inputs inputs, size_t row)
{
    for (size_t i = 0; i < inputs.count; i++)
        if (isnan(frame->column[inputs.slot[i]].value[row]))
            return false;
    return true;
}

/* A frame of counties whose first row is blank. */
static Frame *blank_copy(Arena *arena, const Frame *frame)
{
    Frame *copy = ARENA_NEW(arena, Frame);
    *copy = *frame;
    copy->column = ARENA_ARRAY(arena, FrameColumn, frame->slot_count);
    for (size_t slot = 0; slot < frame->slot_count; slot++) {
        double *value = ARENA_ARRAY(arena, double, FRAME_LANES);
        for (size_t row = 0; row < FRAME_LANES; row++)
            value[row] = NAN;
        copy->column[slot].value = value;
    }
    copy->row_count = FRAME_LANES;
    return copy;
}

static void add_county(Frame *sum, const Frame *frame, Inputs inputs, size_t row)
{
    for (size_t i = 0; i < inputs.count; i++) {
        double *total = &sum->column[inputs.slot[i]].value[0];
        *total = (isnan(*total) ? 0.0 : *total) + frame->column[inputs.slot[i]].value[row];
    }
}

static void compute_above(Arena *arena, Judge *judge, uint32_t region, const Symbol *symbol,
                          PublishedFigure *figure)
{
    const RegionTree *regions = &judge->frames->regions;
    const Region *above = &regions->region[region];
    Inputs inputs;
    expr_inputs(arena, symbol->formula->tree, &inputs.slot, &inputs.count);
    if (!can_be_added(judge, inputs))
        return;
    Frame *sum = NULL;
    for (uint32_t leaf = above->first_leaf; leaf < above->end_leaf; leaf++) {
        ExactPoint county = judge_county_point(judge, regions->leaf_region[leaf]);
        if (!sum)
            sum = blank_copy(arena, county.frame);
        if (is_complete(county.frame, inputs, county.row)) {
            add_county(sum, county.frame, inputs, county.row);
            figure->counties++;
        } else {
            figure->left_out++;
        }
    }
    ExactPoint point = {.frame = sum, .row = 0, .region = above};
    figure->computed = exact_to_double(exact_run(judge->exact, symbol->formula->tree, &point));
}

/* ---- one figure ---- */

static void compute(Arena *arena, Judge *judge, uint32_t region, const Symbol *symbol,
                    PublishedFigure *figure)
{
    int stage = figure->fact->stage;
    if (stage < 0 && !judge_is_county(judge, region)) {
        compute_above(arena, judge, region, symbol, figure);
        return;
    }
    if (stage >= 0 && (!judge->frames->frame[stage] || judge_is_published(judge, stage, region)))
        return;
    ExactPoint point = stage < 0 ? judge_county_point(judge, region)
                                 : judge_point(judge, stage, EXACT_REGION, region);
    point.given_count = 0;
    figure->computed = exact_to_double(exact_run(judge->exact, symbol->formula->tree, &point));
}

static const GateItem *item_of(const Standard *standard, const Symbol *symbol)
{
    for (size_t gate = 0; gate < standard->gates.len; gate++)
        for (size_t i = 0; i < standard->gates.ptr[gate]->items.len; i++)
            if (standard->gates.ptr[gate]->items.ptr[i]->symbol == symbol)
                return standard->gates.ptr[gate]->items.ptr[i];
    return NULL;
}

static PublishedFigure figure_new(const Standard *standard, const RegionFact *fact,
                                  const Symbol *symbol)
{
    enum { COEFFICIENT_PLACES = 4 };
    PublishedFigure figure = {
        .fact = fact, .name = symbol->name, .decimals = COEFFICIENT_PLACES, .computed = NAN};
    const GateItem *item = item_of(standard, symbol);
    if (item) {
        figure.code = item->code;
        figure.name = item->name;
        figure.unit_text = item->unit_text;
        figure.decimals = item->decimals;
    }
    return figure;
}

static const Symbol *symbol_of(const Standard *standard, const RegionFact *fact)
{
    const Scope *scope = fact->stage < 0 ? standard->county_scope : standard->scope;
    const Symbol *symbol = scope_find(scope, fact->quantity);
    bool is_figure = symbol && symbol->kind == SYMBOL_FORMULA && symbol->type == TYPE_NUMBER &&
                     symbol->formula && (fact->stage < 0 || symbol->level == LEVEL_REGION);
    return is_figure ? symbol : NULL;
}

PublishedFigures published_figures(Arena *arena, Judge *judge, uint32_t region)
{
    PublishedFigures list = {0};
    const RegionFacts *facts = judge->frames->dataset->region_facts;
    Str code = judge->frames->regions.region[region].code;
    for (size_t i = 0; facts && i < facts->facts.len; i++) {
        const RegionFact *fact = &facts->facts.ptr[i];
        if (fact->item || isnan(fact->value) || !str_equals(fact->region->code, code))
            continue;
        const Symbol *symbol = symbol_of(judge->standard, fact);
        if (!symbol)
            continue;
        PublishedFigure figure = figure_new(judge->standard, fact, symbol);
        compute(arena, judge, region, symbol, &figure);
        if (!isnan(figure.computed) || !judge_is_county(judge, region))
            VEC_PUSH(arena, &list, figure);
    }
    return list;
}
