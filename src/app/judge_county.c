/*
 * Counties by their own facts. They are few, so there is no program: a frame with one row per county
 * is walked exactly. What was published stands in for what cannot be computed.
 */
#include "app/judge_int.h"

#include <math.h>

typedef struct Given {
    VEC(ExactGiven) list;
    VEC(const RegionFact *) fact; /* behind each */
} Given;

typedef struct Counties {
    size_t leaf_count;
    Frame frame;                       /* of the standard's county_scope; row leaf * FRAME_LANES */
    Given *of_county;                  /* per leaf */
    Given *of_stage[FRAME_STAGES_MAX]; /* per leaf; NULL: nothing is published for the stage */
    Frame blank[FRAME_STAGES_MAX];     /* of stages that no school is in */
    const RegionFact **fact;           /* leaf * slots + slot; NULL: none */
    bool *is_blank;                    /* per leaf: nothing is known of the county itself */
    uint32_t
        *alike; /* leaf -> itself; of those without any fact the first: they are all judged alike */
    GateItemResult *blank_item; /* of those, by item; its item NULL: not asked for yet */
    int8_t *verdict;            /* leaf * items + item: a Tri + 1; 0: not asked for yet */
} Counties;

static const RegionFacts *facts_of(const Judge *judge)
{
    return judge->frames->dataset->region_facts;
}

static uint32_t leaf_of(const Judge *judge, uint32_t region)
{
    return judge->frames->regions.region[region].first_leaf;
}

static size_t row_of(const Judge *judge, uint32_t region)
{
    return (size_t)leaf_of(judge, region) * FRAME_LANES;
}

/* ---- the frames ---- */

static Frame county_frame(Judge *judge)
{
    const RegionTree *regions = &judge->frames->regions;
    size_t rows = regions->leaf_count * FRAME_LANES;
    uint32_t *first = ARENA_ARRAY(judge->arena, uint32_t, regions->leaf_count + 1);
    uint32_t *part = arena_alloc_raw(judge->arena, (rows + 1) * sizeof *part);
    memset(part, 0xff, rows * sizeof *part);
    for (uint32_t leaf = 0; leaf <= regions->leaf_count; leaf++) {
        first[leaf] = leaf * FRAME_LANES;
        if (leaf < regions->leaf_count)
            part[first[leaf]] = leaf;
    }
    size_t slots = judge->standard->county_scope->slots.len;
    return (Frame){.stage = (int)judge->standard->stages.ptr[0],
                   .row_count = rows,
                   .regions = regions,
                   .leaf_first = first,
                   .column = ARENA_ARRAY(judge->arena, FrameColumn, slots),
                   .slot_count = slots,
                   .part = part};
}

static void make_columns(Judge *judge)
{
    Frame *frame = &judge->counties->frame;
    for (size_t slot = 0; slot < frame->slot_count; slot++) {
        double *value = arena_alloc_raw(judge->arena, (frame->row_count + 1) * sizeof *value);
        for (size_t row = 0; row < frame->row_count; row++)
            value[row] = NAN;
        frame->column[slot].value = value;
    }
}

static void fill_fact(Judge *judge, const RegionFact *fact, uint32_t leaf)
{
    Counties *counties = judge->counties;
    const Scope *scope = judge->standard->county_scope;
    for (size_t slot = 0; slot < scope->slots.len; slot++) {
        const Slot *candidate = &scope->slots.ptr[slot];
        if (candidate->symbol != &fact->item->symbol || candidate->years_back)
            continue;
        counties->fact[leaf * counties->frame.slot_count + slot] = fact;
        counties->frame.column[slot].value[leaf * FRAME_LANES] = fact->value;
    }
}

static Frame blank_frame(Judge *judge, int stage)
{
    const RegionTree *regions = &judge->frames->regions;
    return (Frame){.stage = stage,
                   .regions = regions,
                   .leaf_first = ARENA_ARRAY(judge->arena, uint32_t, regions->leaf_count + 1)};
}

/* ---- what is given ---- */

static void give(Judge *judge, Given *given, const Symbol *symbol, const RegionFact *fact)
{
    VEC_PUSH(judge->arena, &given->list, (ExactGiven){.symbol = symbol, .value = fact->value});
    VEC_PUSH(judge->arena, &given->fact, fact);
}

static bool has_schools(const Judge *judge, int stage, uint32_t region)
{
    const Frame *frame = judge->frames->frame[stage];
    const Region *r = &judge->frames->regions.region[region];
    return frame && frame_region_first(frame, r) < frame_region_end(frame, r);
}

static void give_to_stage(Judge *judge, const RegionFact *fact, uint32_t region)
{
    const Symbol *symbol = scope_find(judge->standard->scope, fact->quantity);
    bool is_figure = symbol && symbol->kind == SYMBOL_FORMULA && symbol->type == TYPE_NUMBER &&
                     symbol->level == LEVEL_REGION;
    if (!is_figure || has_schools(judge, fact->stage, region))
        return;
    Given **of_stage = &judge->counties->of_stage[fact->stage];
    if (!*of_stage)
        *of_stage = ARENA_ARRAY(judge->arena, Given, judge->frames->regions.leaf_count);
    give(judge, &(*of_stage)[leaf_of(judge, region)], symbol, fact);
}

/* Where the formula gives a figure, that is the figure. */
static void give_to_county(Judge *judge, const RegionFact *fact, uint32_t region)
{
    const Symbol *symbol = scope_find(judge->standard->county_scope, fact->quantity);
    bool is_figure =
        symbol && symbol->kind == SYMBOL_FORMULA && symbol->type == TYPE_NUMBER && symbol->formula;
    ExactPoint point = {.frame = &judge->counties->frame,
                        .row = row_of(judge, region),
                        .region = &judge->frames->regions.region[region]};
    if (!is_figure ||
        exact_run(judge->exact, symbol->formula->tree, &point)->absence == ABSENCE_NONE)
        return;
    give(judge, &judge->counties->of_county[leaf_of(judge, region)], symbol, fact);
}

/* The composite of all its parts is their mean, whatever was printed for it. */
static void drop_composite(Judge *judge, Given *given)
{
    const Standard *standard = judge->standard;
    size_t parts = 0, kept = 0;
    for (size_t i = 0; i < given->list.len; i++)
        for (size_t k = 0; k < standard->indicators.len; k++)
            parts += given->list.ptr[i].symbol == standard->indicators.ptr[k]->cv;
    if (!standard->composite || parts < standard->indicators.len)
        return;
    for (size_t i = 0; i < given->list.len; i++) {
        if (given->list.ptr[i].symbol == standard->composite)
            continue;
        given->list.ptr[kept] = given->list.ptr[i];
        given->fact.ptr[kept++] = given->fact.ptr[i];
    }
    given->list.len = given->fact.len = kept;
}

/* Code -> leaf + 1. */
static Map leaves_by_code(const Judge *judge)
{
    const RegionTree *regions = &judge->frames->regions;
    Map map;
    map_init(&map, judge->arena);
    for (size_t leaf = 0; leaf < regions->leaf_count; leaf++)
        map_set(&map, regions->region[regions->leaf_region[leaf]].code,
                (void *)(uintptr_t)(leaf + 1));
    return map;
}

static void take_fact(Judge *judge, const RegionFact *fact, uint32_t leaf)
{
    uint32_t region = judge->frames->regions.leaf_region[leaf];
    if (fact->item)
        fill_fact(judge, fact, leaf);
    else if (fact->stage < 0)
        give_to_county(judge, fact, region);
    else
        give_to_stage(judge, fact, region);
}

/* Items first: what they give is not taken from what was published. */
static void take_facts(Judge *judge, bool is_published)
{
    const RegionFacts *facts = facts_of(judge);
    if (!facts || !facts->facts.len)
        return;
    Map leaves = leaves_by_code(judge);
    for (size_t i = 0; i < facts->facts.len; i++) {
        const RegionFact *fact = &facts->facts.ptr[i];
        size_t leaf = (size_t)(uintptr_t)map_find(&leaves, fact->region->code);
        if (leaf && !fact->item == is_published && (fact->item || !isnan(fact->value)))
            take_fact(judge, fact, (uint32_t)(leaf - 1));
    }
}

static void drop_composites(Judge *judge)
{
    Counties *counties = judge->counties;
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++)
        for (size_t leaf = 0; counties->of_stage[stage] && leaf < counties->leaf_count; leaf++)
            drop_composite(judge, &counties->of_stage[stage][leaf]);
}

static bool has_facts(const Counties *counties, size_t leaf)
{
    bool has_any = counties->of_county[leaf].list.len > 0;
    for (size_t slot = 0; slot < counties->frame.slot_count; slot++)
        has_any |= counties->fact[leaf * counties->frame.slot_count + slot] != NULL;
    return has_any;
}

static void find_alike(Judge *judge)
{
    Counties *counties = judge->counties;
    size_t leaves = judge->frames->regions.leaf_count;
    uint32_t first = UINT32_MAX;
    counties->alike = ARENA_ARRAY(judge->arena, uint32_t, leaves);
    counties->is_blank = ARENA_ARRAY(judge->arena, bool, leaves);
    counties->blank_item =
        ARENA_ARRAY(judge->arena, GateItemResult, judge->standard->gate_item_count);
    counties->verdict =
        ARENA_ARRAY(judge->arena, int8_t, leaves * judge->standard->gate_item_count);
    for (uint32_t leaf = 0; leaf < leaves; leaf++) {
        counties->is_blank[leaf] = !has_facts(counties, leaf);
        if (counties->is_blank[leaf] && first == UINT32_MAX)
            first = leaf;
        counties->alike[leaf] = counties->is_blank[leaf] ? first : leaf;
    }
}

void judge_county_new(Judge *judge)
{
    Counties *counties = ARENA_NEW(judge->arena, Counties);
    size_t leaves = judge->frames->regions.leaf_count;
    judge->counties = counties;
    counties->leaf_count = leaves;
    counties->frame = county_frame(judge);
    counties->of_county = ARENA_ARRAY(judge->arena, Given, leaves);
    counties->fact =
        ARENA_ARRAY(judge->arena, const RegionFact *, leaves * counties->frame.slot_count);
    make_columns(judge);
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++)
        counties->blank[stage] = blank_frame(judge, stage);
    take_facts(judge, false);
    take_facts(judge, true);
    drop_composites(judge);
    find_alike(judge);
}

/* ---- points ---- */

static const Given *given_at(const Judge *judge, int stage, uint32_t region)
{
    Given *of_stage = stage < 0 ? judge->counties->of_county : judge->counties->of_stage[stage];
    if (!of_stage || !judge_is_county(judge, region))
        return NULL;
    const Given *given = &of_stage[leaf_of(judge, region)];
    return given->list.len ? given : NULL;
}

bool judge_is_published(const Judge *judge, int stage, uint32_t region)
{
    return given_at(judge, stage, region) != NULL;
}

const RegionFact *judge_published_fact(const Judge *judge, int stage, uint32_t region,
                                       const Symbol *symbol)
{
    const Given *given = given_at(judge, stage, region);
    for (size_t i = 0; given && i < given->list.len; i++)
        if (given->list.ptr[i].symbol == symbol)
            return given->fact.ptr[i];
    return NULL;
}

static void take_given(ExactPoint *point, const Given *given)
{
    if (!given)
        return;
    point->given = given->list.ptr;
    point->given_count = given->list.len;
}

ExactPoint judge_point(const Judge *judge, int stage, size_t row, uint32_t region)
{
    const Frame *frame = judge->frames->frame[stage];
    ExactPoint point = {.frame = frame ? frame : &judge->counties->blank[stage],
                        .row = row,
                        .region = &judge->frames->regions.region[region],
                        .scope = judge->standard->in_scope->tree};
    if (row == EXACT_REGION)
        take_given(&point, given_at(judge, stage, region));
    return point;
}

ExactPoint judge_county_point(const Judge *judge, uint32_t region)
{
    ExactPoint point = {.frame = &judge->counties->frame,
                        .row = row_of(judge, region),
                        .region = &judge->frames->regions.region[region]};
    take_given(&point, given_at(judge, -1, region));
    return point;
}

bool judge_is_county_frame(const Judge *judge, const Frame *frame)
{
    return frame == &judge->counties->frame;
}

const RegionFact *judge_county_fact(const Judge *judge, uint32_t region, int slot)
{
    const Counties *counties = judge->counties;
    return counties
        ->fact[(size_t)leaf_of(judge, region) * counties->frame.slot_count + (size_t)slot];
}

double *judge_county_cell(const Judge *judge, uint32_t region, const Item *item)
{
    const Scope *scope = judge->standard->county_scope;
    for (size_t slot = 0; slot < scope->slots.len; slot++)
        if (scope->slots.ptr[slot].symbol == &item->symbol && !scope->slots.ptr[slot].years_back)
            return &judge->counties->frame.column[slot].value[row_of(judge, region)];
    return NULL;
}

/* ---- items ---- */

static bool is_not_applicable(const Judge *judge, const GateItem *item, uint32_t region)
{
    ExactPoint point = judge_county_point(judge, region);
    return item->condition && exact_test(judge->exact, item->condition->tree, &point) == TRI_FALSE;
}

Tri judge_item_now(const Judge *judge, const GateItem *item, uint32_t region)
{
    if (is_not_applicable(judge, item, region))
        return TRI_TRUE;
    if (item->per_stage)
        return judge_over_stages(judge, item->per_stage, judge->item_output[item->number], region);
    if (!item->met)
        return TRI_UNKNOWN;
    ExactPoint point = judge_county_point(judge, region);
    return exact_test(judge->exact, item->met->formula->tree, &point);
}

Tri judge_item_verdict(const Judge *judge, const GateItem *item, uint32_t region)
{
    const Counties *counties = judge->counties;
    if (item->per_stage)
        return judge_item_now(judge, item, region);
    size_t leaf = counties->alike[leaf_of(judge, region)];
    int8_t *known = &counties->verdict[leaf * judge->standard->gate_item_count + item->number];
    if (!*known)
        *known = (int8_t)(1 + judge_item_now(judge, item, region));
    return (Tri)(*known - 1);
}

static void read_figure(Judge *judge, uint32_t region, GateItemResult *result)
{
    const GateItem *item = result->item;
    ExactPoint point = judge_county_point(judge, region);
    result->published = judge_published_fact(judge, -1, region, item->symbol);
    if (result->published) {
        result->value = result->published->value;
        result->origin = ORIGIN_PUBLISHED;
    } else {
        const ExactValue *value = exact_run(judge->exact, item->formula->tree, &point);
        result->absence = value->absence;
        result->value = exact_to_double(value);
        result->origin = value->absence == ABSENCE_NONE ? ORIGIN_COMPUTED : ORIGIN_NONE;
    }
    if (!item->limit || !item->limit->has_value[point.frame->stage])
        return;
    result->limit = decimal_to_double(item->limit->value[point.frame->stage]);
    result->margin =
        item->is_upper_limit ? result->limit - result->value : result->value - result->limit;
}

static void read_truth(Judge *judge, uint32_t region, GateItemResult *result)
{
    ExactPoint point = judge_county_point(judge, region);
    const ExactValue *value = exact_run(judge->exact, result->item->formula->tree, &point);
    result->absence = value->absence;
    if (value->absence == ABSENCE_NONE)
        result->origin =
            result->item->kind == GATE_ITEM_EVIDENCE ? ORIGIN_EVIDENCE : ORIGIN_COMPUTED;
}

static void read_schools(Arena *arena, Judge *judge, int stage, uint32_t region,
                         GateItemResult *result)
{
    const Frame *frame = judge->frames->frame[stage];
    const Region *r = &judge->frames->regions.region[region];
    int output = judge->item_detail[result->item->number];
    for (size_t row = frame_region_first(frame, r); row < frame_region_end(frame, r); row++) {
        if (frame_is_padding(frame, row) || judge_in_scope(judge, stage, row) != 1.0)
            continue;
        Tri met = judge_tri(judge_row_output(judge, stage, output, row));
        result->unknown += met == TRI_UNKNOWN;
        if (met == TRI_FALSE)
            VEC_PUSH(arena, &result->failing, (FailingSchool){stage, frame->part[row]});
    }
}

static GateItemResult read_item(Judge *judge, const GateItem *item, uint32_t region)
{
    GateItemResult result = {.item = item,
                             .verdict = judge_item_verdict(judge, item, region),
                             .is_na = is_not_applicable(judge, item, region),
                             .value = NAN,
                             .limit = NAN,
                             .margin = NAN};
    if (item->kind == GATE_ITEM_FIGURE)
        read_figure(judge, region, &result);
    if (item->kind == GATE_ITEM_COUNTY || item->kind == GATE_ITEM_EVIDENCE)
        read_truth(judge, region, &result);
    if (item->per_stage && result.verdict != TRI_UNKNOWN && !result.is_na)
        result.origin = ORIGIN_COMPUTED;
    return result;
}

/* Of a county without any fact: as of the first of these. */
static GateItemResult read_blank(Judge *judge, const GateItem *item, uint32_t region)
{
    GateItemResult *known = &judge->counties->blank_item[item->number];
    if (!known->item)
        *known = read_item(judge, item, region);
    return *known;
}

GateItemResult judge_gate_item(Arena *arena, Judge *judge, const GateItem *item, uint32_t region)
{
    const Counties *counties = judge->counties;
    bool is_blank = !item->per_stage && counties->is_blank[leaf_of(judge, region)];
    GateItemResult result =
        is_blank ? read_blank(judge, item, region) : read_item(judge, item, region);
    judge_need_detail(judge, region);
    for (size_t i = 0; item->kind == GATE_ITEM_SCHOOL && i < judge->standard->stages.len; i++)
        if (has_schools(judge, (int)judge->standard->stages.ptr[i], region))
            read_schools(arena, judge, (int)judge->standard->stages.ptr[i], region, &result);
    return result;
}
