#include "app/frames.h"

#include <math.h>
#include <stdlib.h>

/* What is asked of all schools, in columns: a School is large, and all are gone through many times. */
typedef struct Schools {
    const Code **region;
    uint32_t *leaf;
    uint32_t *combined; /* those with parts of several stages */
    size_t combined_count;
} Schools;

static Schools read_schools(Arena *arena, const Dataset *dataset)
{
    size_t count = dataset->school_count;
    Schools schools = {.region = arena_alloc_raw(arena, count * sizeof *schools.region),
                       .leaf = arena_alloc_raw(arena, count * sizeof *schools.leaf),
                       .combined = arena_alloc_raw(arena, count * sizeof *schools.combined)};
    for (size_t i = 0; i < count; i++) {
        const School *school = &dataset->school[i];
        int parts = 0;
        for (size_t stage = 0; stage < dataset->core->stages.len; stage++)
            parts += school->part[stage] != 0;
        schools.region[i] = school->region;
        schools.combined[schools.combined_count] = (uint32_t)i;
        schools.combined_count += parts > 1;
    }
    return schools;
}

/* ---- regions ---- */

enum { REGION_LEVELS = 3 /* province, prefecture, county */ };

/* From the province down to the region itself. */
static size_t path_of(const Code *code, const Code *path[REGION_LEVELS])
{
    size_t count = 0;
    for (const Code *at = code; at && count < REGION_LEVELS; at = at->parent)
        path[count++] = at;
    for (size_t i = 0; i < count / 2; i++) {
        const Code *swap = path[i];
        path[i] = path[count - 1 - i];
        path[count - 1 - i] = swap;
    }
    return count;
}

/* Provinces, then prefectures, then counties, each by code: depth-first order. */
static int by_path(const void *a, const void *b)
{
    const Code *left[REGION_LEVELS], *right[REGION_LEVELS];
    size_t left_count = path_of(*(const Code *const *)a, left),
           right_count = path_of(*(const Code *const *)b, right);
    for (size_t i = 0; i < left_count && i < right_count; i++)
        if (left[i] != right[i])
            return left[i]->number < right[i]->number ? -1 : 1;
    return (left_count > right_count) - (left_count < right_count);
}

/* The distinct counties of the schools, and of what else is known, in depth-first order. */
static size_t distinct_regions(Arena *arena, const Schools *schools, const Dataset *dataset,
                               const Code ***ret)
{
    Map seen;
    map_init(&seen, arena);
    const RegionFacts *facts = dataset->region_facts;
    size_t school_count = dataset->school_count, fact_count = facts ? facts->facts.len : 0;
    const Code **list = arena_alloc_raw(arena, (school_count + fact_count + 1) * sizeof *list);
    size_t count = 0;
    const Code *last = NULL;
    for (size_t i = 0; i < school_count; i++) {
        const Code *code = schools->region[i];
        if (code == last)
            continue;
        last = code;
        if (map_set(&seen, code->code, (void *)(uintptr_t)1))
            list[count++] = code;
    }
    for (size_t i = 0; i < fact_count; i++) {
        const Code *code = facts->facts.ptr[i].region;
        if (!code->is_group && map_set(&seen, code->code, (void *)(uintptr_t)1))
            list[count++] = code;
    }
    if (count)
        qsort(list, count, sizeof *list, by_path);
    *ret = list;
    return count;
}

typedef struct TreeBuilder {
    Frames *frames;
    uint32_t open[REGION_LEVELS + 1]; /* regions from the nation down that are not finished */
    size_t depth;
    uint32_t *leaf_region;
} TreeBuilder;

static void open_region(TreeBuilder *builder, const Code *code)
{
    RegionTree *tree = &builder->frames->regions;
    uint32_t idx = (uint32_t)tree->count++;
    tree->region[idx] =
        (Region){.code = code ? code->code : STR(""),
                 .name = code ? code->name : STR("全国"),
                 .level = (int)builder->depth,
                 .first_leaf = (uint32_t)tree->leaf_count,
                 .parent = builder->depth ? builder->open[builder->depth - 1] : UINT32_MAX};
    builder->frames->region_code[idx] = code;
    builder->open[builder->depth++] = idx;
}

static void close_region(TreeBuilder *builder)
{
    RegionTree *tree = &builder->frames->regions;
    Region *region = &tree->region[builder->open[--builder->depth]];
    region->end = (uint32_t)tree->count;
    region->end_leaf = (uint32_t)tree->leaf_count;
}

/* How many of the open regions, the nation included, the path goes through. */
static size_t common_depth(const TreeBuilder *builder, const Code *const *path, size_t count)
{
    size_t depth = 1;
    while (depth < builder->depth && depth <= count &&
           builder->frames->region_code[builder->open[depth]] == path[depth - 1])
        depth++;
    return depth;
}

static void build_tree(Arena *arena, Frames *frames, const Code **leaf, size_t leaf_count)
{
    RegionTree *tree = &frames->regions;
    tree->region = ARENA_ARRAY(arena, Region, leaf_count * REGION_LEVELS + 1);
    frames->region_code = ARENA_ARRAY(arena, const Code *, leaf_count *REGION_LEVELS + 1);
    TreeBuilder builder = {.frames = frames,
                           .leaf_region = ARENA_ARRAY(arena, uint32_t, leaf_count)};
    open_region(&builder, NULL);
    for (size_t i = 0; i < leaf_count; i++) {
        const Code *path[REGION_LEVELS];
        size_t count = path_of(leaf[i], path), depth = common_depth(&builder, path, count);
        while (builder.depth > depth)
            close_region(&builder);
        while (builder.depth <= count)
            open_region(&builder, path[builder.depth - 1]);
        builder.leaf_region[tree->leaf_count++] = builder.open[builder.depth - 1];
    }
    while (builder.depth)
        close_region(&builder);
    tree->leaf_region = builder.leaf_region;
}

/* ---- rows ---- */

/* Leaf of every school, by binary search in the sorted counties. */
static void find_leaves(Schools *schools, size_t school_count, const Code **leaf, size_t leaf_count)
{
    const Code *last = NULL;
    uint32_t last_leaf = 0;
    for (size_t i = 0; i < school_count; i++) {
        const Code *code = schools->region[i];
        if (code != last) {
            const Code **found = bsearch(&code, leaf, leaf_count, sizeof *leaf, by_path);
            last_leaf = (uint32_t)(found - leaf);
            last = code;
        }
        schools->leaf[i] = last_leaf;
    }
}

static Frame *stage_frame(Arena *arena, Frames *frames, int stage, const uint32_t *leaf_of)
{
    const Dataset *dataset = frames->dataset;
    size_t leaf_count = frames->regions.leaf_count;
    uint32_t *first = ARENA_ARRAY(arena, uint32_t, leaf_count + 1);
    size_t parts = 0;
    for (size_t i = 0; i < dataset->part_count; i++)
        if (dataset->part[i].stage == stage) {
            first[leaf_of[dataset->part[i].school]]++;
            parts++;
        }
    if (!parts)
        return NULL;
    uint32_t at = 0;
    for (size_t leaf = 0; leaf <= leaf_count; leaf++) {
        uint32_t count = leaf < leaf_count ? first[leaf] : 0;
        first[leaf] = at;
        at += (count + FRAME_LANES - 1) / FRAME_LANES * FRAME_LANES;
    }
    Frame *frame = ARENA_NEW(arena, Frame);
    uint32_t *part = arena_alloc_raw(arena, (at ? at : 1) * sizeof *part);
    memset(part, 0xff, at * sizeof *part);
    uint32_t *next = ARENA_ARRAY(arena, uint32_t, leaf_count);
    memcpy(next, first, leaf_count * sizeof *next);
    for (size_t i = 0; i < dataset->part_count; i++)
        if (dataset->part[i].stage == stage) {
            uint32_t row = next[leaf_of[dataset->part[i].school]]++;
            part[row] = (uint32_t)i;
            frames->part_row[i] = row;
        }
    *frame = (Frame){.stage = stage,
                     .row_count = at,
                     .regions = &frames->regions,
                     .leaf_first = first,
                     .part = part};
    return frame;
}

static void link_part(Arena *arena, Frame *frame, int other, uint32_t row, uint32_t sibling_row)
{
    int32_t *sibling = (int32_t *)frame->sibling[other];
    if (!sibling) {
        sibling = arena_alloc_raw(arena, frame->row_count * sizeof *sibling);
        memset(sibling, 0xff, frame->row_count * sizeof *sibling);
        frame->sibling[other] = sibling;
    }
    sibling[row] = (int32_t)sibling_row;
}

static void link_stages(Frames *frames)
{
    int stages = (int)frames->dataset->core->stages.len;
    for (int stage = 0; stage < stages; stage++)
        for (int other = 0; frames->frame[stage] && other < stages; other++)
            frames->frame[stage]->stage_frame[other] = other == stage ? NULL : frames->frame[other];
}

static void link_siblings(Arena *arena, Frames *frames, const Schools *schools)
{
    const Dataset *dataset = frames->dataset;
    int stages = (int)dataset->core->stages.len;
    for (size_t i = 0; i < schools->combined_count; i++) {
        const School *school = &dataset->school[schools->combined[i]];
        for (int stage = 0; stage < stages; stage++)
            for (int other = 0; other < stages; other++)
                if (other != stage && school->part[stage] && school->part[other])
                    link_part(arena, frames->frame[stage], other,
                              frames->part_row[school->part[stage] - 1],
                              frames->part_row[school->part[other] - 1]);
    }
}

/* ---- values ---- */

static double attribute_value(const Dataset *dataset, const Item *item, const Part *part)
{
    const School *school = &dataset->school[part->school];
    if (item->codes == dataset->core->school_types)
        return school->type->number;
    if (item->codes == dataset->core->regions)
        return school->region->number;
    if (str_equals(item->codes->id, STR("runner")))
        return school->runner ? school->runner->number : NAN;
    if (str_equals(item->codes->id, STR("urban_rural")))
        return school->urban ? school->urban->number : NAN;
    if (str_equals(item->codes->id, STR("stage")))
        return part->stage;
    const ItemColumns *columns = dataset_item(dataset, item);
    CellRef cell;
    return columns ? dataset_value(dataset, columns, part, &cell) : NAN;
}

static double slot_value(const Dataset *dataset, const Item *item, const ItemColumns *columns,
                         const Part *part)
{
    CellRef cell;
    if (item->codes)
        return attribute_value(dataset, item, part);
    return columns ? dataset_value(dataset, columns, part, &cell) : NAN;
}

/* The part of the year before: same school, same stage. */
static const Part *part_before(const Dataset *before, const Dataset *dataset, const Part *part)
{
    const School *school = before ? dataset_find(before, dataset->school[part->school].code) : NULL;
    return school && school->part[part->stage] ? &before->part[school->part[part->stage] - 1]
                                               : NULL;
}

/* Which table row each row of a frame takes its own items and its school's shared items from. */
typedef struct TableRows {
    uint32_t *own, *shared;
} TableRows;

static TableRows table_rows(Arena *arena, const Dataset *dataset, const Frame *frame)
{
    TableRows rows = {arena_alloc_raw(arena, (frame->row_count + 1) * sizeof(uint32_t)),
                      arena_alloc_raw(arena, (frame->row_count + 1) * sizeof(uint32_t))};
    for (size_t row = 0; row < frame->row_count; row++) {
        rows.own[row] = rows.shared[row] = DATASET_NO_ROW;
        if (frame_is_padding(frame, row))
            continue;
        const Part *part = &dataset->part[frame->part[row]];
        rows.own[row] = part->row;
        rows.shared[row] = dataset->school[part->school].shared_row;
    }
    return rows;
}

static void gather(double *value, const double *column, const uint32_t *row, size_t count)
{
    for (size_t i = 0; i < count; i++)
        value[i] = row[i] == DATASET_NO_ROW ? NAN : column[row[i]];
}

static void fill_item(const Dataset *dataset, const Item *item, const TableRows *rows,
                      const Frame *frame, double *value)
{
    const ItemColumns *columns = dataset_item(dataset, item);
    const double *column = columns ? dataset_column(dataset, columns, frame->stage) : NULL;
    if (column)
        gather(value, column, item->is_shared ? rows->shared : rows->own, frame->row_count);
    for (size_t row = 0; !column && row < frame->row_count; row++)
        value[row] = NAN;
}

static void fill_attribute(const Dataset *dataset, const Item *item, const Frame *frame,
                           double *value)
{
    for (size_t row = 0; row < frame->row_count; row++)
        value[row] = frame_is_padding(frame, row)
                         ? NAN
                         : attribute_value(dataset, item, &dataset->part[frame->part[row]]);
}

static void fill_before(const Dataset *dataset, const Dataset *before, const Item *item,
                        const Frame *frame, double *value)
{
    const ItemColumns *columns = before ? dataset_item(before, item) : NULL;
    for (size_t row = 0; row < frame->row_count; row++) {
        bool is_row = before && !frame_is_padding(frame, row);
        const Part *part =
            is_row ? part_before(before, dataset, &dataset->part[frame->part[row]]) : NULL;
        value[row] = part ? slot_value(before, item, columns, part) : NAN;
    }
}

/* ---- a table that stands in the order of frames ---- */

static const double *attribute_column(const Dataset *dataset, const Item *item)
{
    const FrameOrder *order = dataset->order;
    if (item->codes == dataset->core->school_types)
        return order->attribute[ORDER_TYPE];
    if (item->codes == dataset->core->regions)
        return order->attribute[ORDER_REGION];
    if (str_equals(item->codes->id, STR("runner")))
        return order->attribute[ORDER_RUNNER];
    if (str_equals(item->codes->id, STR("urban_rural")))
        return order->attribute[ORDER_URBAN];
    return NULL;
}

/* The slice of the table that is the frame's column; NULL where it has to be made. */
static double *column_in_place(const Dataset *dataset, const Slot *slot, const Frame *frame)
{
    const Item *item = slot->symbol->owner;
    if (!dataset->order || slot->years_back)
        return NULL;
    const ItemColumns *columns = dataset_item(dataset, item);
    const double *column = item->codes ? attribute_column(dataset, item) : NULL;
    bool is_changed = columns && columns->plain >= 0 && dataset->changed[columns->plain];
    if (!column && columns && columns->plain >= 0 && !is_changed)
        column = dataset->table->column[columns->plain].number;
    return column ? (double *)column + dataset->order->stage[frame->stage].first : NULL;
}

static void fill_slot(const Frames *frames, const TableRows *rows, const Dataset *before,
                      const Frame *frame, const Slot *slot, double *value)
{
    const Dataset *dataset = frames->dataset;
    const Item *item = slot->symbol->owner;
    if (slot->years_back)
        fill_before(dataset, before, item, frame, value);
    else if (item->codes)
        fill_attribute(dataset, item, frame, value);
    else
        fill_item(dataset, item, rows, frame, value);
}

static void fill_frame(Arena *arena, const Frames *frames, const Dataset *before, Frame *frame)
{
    const Dataset *dataset = frames->dataset;
    TableRows rows = {NULL, NULL};
    frame->slot_count = frames->slot_count;
    frame->column = ARENA_ARRAY(arena, FrameColumn, frames->slot_count);
    for (size_t i = 0; i < frames->slot_count; i++) {
        const Slot *slot = &frames->slots[i];
        double *value = column_in_place(dataset, slot, frame);
        if (!value) {
            if (!rows.own)
                rows = table_rows(arena, dataset, frame);
            value = arena_alloc_raw(arena, (frame->row_count + 1) * sizeof(double));
            fill_slot(frames, &rows, before, frame, slot, value);
        }
        frame->column[i].value = value;
    }
}

static void take_order(Arena *arena, Frames *frames)
{
    const Dataset *dataset = frames->dataset;
    const FrameOrder *order = dataset->order;
    int stages = (int)dataset->core->stages.len;
    build_tree(arena, frames, order->leaf, order->leaf_count);
    for (int stage = 0; stage < stages; stage++) {
        const StageOrder *from = &order->stage[stage];
        if (!from->row_count)
            continue;
        Frame *frame = frames->frame[stage] = ARENA_NEW(arena, Frame);
        *frame = (Frame){.stage = stage,
                         .row_count = from->row_count,
                         .regions = &frames->regions,
                         .leaf_first = from->leaf_first,
                         .part = from->part};
        memcpy(frame->sibling, from->sibling, sizeof frame->sibling);
    }
    for (size_t i = 0; i < dataset->part_count; i++)
        frames->part_row[i] = dataset->part[i].row - order->stage[dataset->part[i].stage].first;
    link_stages(frames);
}

static void make_order(Arena *arena, Frames *frames)
{
    const Dataset *dataset = frames->dataset;
    const Code **leaf;
    Schools schools = read_schools(arena, dataset);
    size_t leaf_count = distinct_regions(arena, &schools, dataset, &leaf);
    build_tree(arena, frames, leaf, leaf_count);
    find_leaves(&schools, dataset->school_count, leaf, leaf_count);
    for (int stage = 0; stage < (int)dataset->core->stages.len; stage++)
        frames->frame[stage] = stage_frame(arena, frames, stage, schools.leaf);
    link_stages(frames);
    link_siblings(arena, frames, &schools);
}

Frames *frames_lay_out(Arena *arena, const Dataset *dataset)
{
    Frames *frames = ARENA_NEW(arena, Frames);
    *frames =
        (Frames){.dataset = dataset,
                 .part_row = arena_alloc_raw(arena, (dataset->part_count + 1) * sizeof(uint32_t))};
    if (dataset->order)
        take_order(arena, frames);
    else
        make_order(arena, frames);
    return frames;
}

Frames *frames_new(Arena *arena, const Dataset *dataset, const Dataset *before, const Scope *scope)
{
    Frames *frames = frames_lay_out(arena, dataset);
    frames->slots = scope->slots.ptr;
    frames->slot_count = scope->slots.len;
    for (int stage = 0; stage < (int)dataset->core->stages.len; stage++)
        if (frames->frame[stage])
            fill_frame(arena, frames, before, frames->frame[stage]);
    return frames;
}

void frames_refresh(Frames *frames, uint32_t part_idx, int slot)
{
    const Part *part = &frames->dataset->part[part_idx];
    const Item *item = frames->slots[slot].symbol->owner;
    if (frames->slots[slot].years_back)
        return;
    frames->frame[part->stage]->column[slot].value[frames->part_row[part_idx]] =
        slot_value(frames->dataset, item, dataset_item(frames->dataset, item), part);
}

uint32_t frames_sibling_stages(const Frame *frame)
{
    uint32_t stages = 0;
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++)
        if (frame->sibling[stage])
            stages |= 1u << stage;
    return stages;
}

uint32_t frames_find_region(const Frames *frames, Str code)
{
    for (size_t i = 0; i < frames->regions.count; i++)
        if (str_equals(frames->regions.region[i].code, code))
            return (uint32_t)i;
    return UINT32_MAX;
}
