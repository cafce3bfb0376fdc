#include "app/arrange.h"

#include "app/frames.h"

#include <math.h>

struct Arrangement {
    Arena *arena;
    Dataset *dataset;
    const Frames *frames;
    FrameOrder *order;
    uint32_t row_count;
    uint32_t *moved;     /* row before -> row after */
    uint32_t *own;       /* row after -> row before of the stage's own items … */
    uint32_t *shared;    /* … and of the shared ones */
    uint32_t *shared_to; /* by school: its shared row after */
    size_t before_count;
};

/* ---- where rows go ---- */

static void order_stages(Arrangement *a)
{
    for (int stage = 0; stage < (int)a->dataset->core->stages.len; stage++) {
        const Frame *frame = a->frames->frame[stage];
        StageOrder *order = &a->order->stage[stage];
        if (!frame)
            continue;
        *order = (StageOrder){.first = a->row_count,
                              .row_count = (uint32_t)frame->row_count,
                              .leaf_first = frame->leaf_first,
                              .part = frame->part};
        memcpy(order->sibling, frame->sibling, sizeof order->sibling);
        a->row_count += (uint32_t)frame->row_count;
    }
}

static void order_leaves(Arrangement *a)
{
    const RegionTree *regions = &a->frames->regions;
    a->order->leaf_count = regions->leaf_count;
    a->order->leaf = ARENA_ARRAY(a->arena, const Code *, regions->leaf_count + 1);
    for (size_t leaf = 0; leaf < regions->leaf_count; leaf++)
        a->order->leaf[leaf] = a->frames->region_code[regions->leaf_region[leaf]];
}

static uint32_t *no_rows(Arena *arena, size_t count)
{
    uint32_t *row = arena_alloc_raw(arena, (count + 1) * sizeof *row);
    memset(row, 0xff, count * sizeof *row);
    return row;
}

static uint32_t row_of_part(const Arrangement *a, size_t part)
{
    return a->order->stage[a->dataset->part[part].stage].first + a->frames->part_row[part];
}

static bool is_of_one_stage(const School *school)
{
    uint32_t stages = school->type->stages;
    return stages && (stages & (stages - 1)) == 0;
}

/* Schools of several stages, or of none that is judged, have a row of their own behind the frames. */
static void place_shared_rows(Arrangement *a)
{
    const Dataset *dataset = a->dataset;
    a->shared_to = no_rows(a->arena, dataset->school_count);
    for (size_t i = 0; i < dataset->school_count; i++)
        if (!is_of_one_stage(&dataset->school[i]) &&
            dataset->school[i].shared_row != DATASET_NO_ROW)
            a->shared_to[i] = a->row_count++;
}

static void place_rows(Arrangement *a)
{
    const Dataset *dataset = a->dataset;
    a->moved = no_rows(a->arena, a->before_count);
    a->own = no_rows(a->arena, a->row_count);
    a->shared = no_rows(a->arena, a->row_count);
    for (size_t i = 0; i < dataset->part_count; i++) {
        const Part *part = &dataset->part[i];
        uint32_t to = row_of_part(a, i);
        a->own[to] = part->row;
        a->shared[to] = dataset->school[part->school].shared_row;
        if (part->row != DATASET_NO_ROW)
            a->moved[part->row] = to;
    }
    for (size_t i = 0; i < dataset->school_count; i++)
        if (a->shared_to[i] != DATASET_NO_ROW) {
            uint32_t from = dataset->school[i].shared_row;
            a->own[a->shared_to[i]] = a->shared[a->shared_to[i]] = from;
            a->moved[from] = a->shared_to[i];
        }
}

/* ---- columns ---- */

double *arrangement_column(Arena *arena, const Arrangement *a, const Item *item,
                           const double *number)
{
    const uint32_t *from = item->is_shared ? a->shared : a->own;
    double *value = arena_alloc_raw(arena, (a->row_count + 1) * sizeof *value);
    for (uint32_t row = 0; row < a->row_count; row++)
        value[row] = from[row] == DATASET_NO_ROW ? NAN : number[from[row]];
    return value;
}

uint32_t arrangement_row(const Arrangement *a, uint32_t row)
{
    return a->moved[row];
}

static void move_lines(Arrangement *a)
{
    Table *table = a->dataset->table;
    uint32_t *line = ARENA_ARRAY(a->arena, uint32_t, a->row_count + 1);
    for (uint32_t row = 0; row < a->row_count; row++)
        line[row] = a->own[row] == DATASET_NO_ROW ? 0 : table->line[a->own[row]];
    table->line = line;
    table->row_count = a->row_count;
}

static void add_attributes(Arrangement *a)
{
    const Dataset *dataset = a->dataset;
    double *value[ORDER_ATTRIBUTES];
    for (int i = 0; i < ORDER_ATTRIBUTES; i++) {
        value[i] = arena_alloc_raw(a->arena, (a->row_count + 1) * sizeof **value);
        for (uint32_t row = 0; row < a->row_count; row++)
            value[i][row] = NAN;
        a->order->attribute[i] = value[i];
    }
    for (size_t i = 0; i < dataset->part_count; i++) {
        const School *school = &dataset->school[dataset->part[i].school];
        uint32_t row = row_of_part(a, i);
        value[ORDER_TYPE][row] = school->type->number;
        value[ORDER_REGION][row] = school->region->number;
        value[ORDER_RUNNER][row] = school->runner ? school->runner->number : NAN;
        value[ORDER_URBAN][row] = school->urban ? school->urban->number : NAN;
    }
}

/* ---- schools ---- */

static void move_schools(Arrangement *a)
{
    Dataset *dataset = a->dataset;
    for (size_t i = 0; i < dataset->part_count; i++)
        dataset->part[i].row = row_of_part(a, i);
    for (size_t i = 0; i < dataset->school_count; i++) {
        School *school = &dataset->school[i];
        bool has_reported = school->first_row != DATASET_NO_ROW;
        if (has_reported)
            school->first_row = a->moved[school->first_row];
        if (is_of_one_stage(school))
            school->shared_row =
                dataset->part[school->part[__builtin_ctz(school->type->stages)] - 1].row;
        else
            school->shared_row = a->shared_to[i];
    }
}

const Arrangement *dataset_arrange(Arena *arena, Dataset *dataset)
{
    Arrangement *a = ARENA_NEW(arena, Arrangement);
    *a = (Arrangement){.arena = arena,
                       .dataset = dataset,
                       .frames = frames_lay_out(arena, dataset),
                       .order = ARENA_NEW(arena, FrameOrder),
                       .before_count = dataset->table->row_count};
    order_stages(a);
    order_leaves(a);
    place_shared_rows(a);
    place_rows(a);
    move_lines(a);
    add_attributes(a);
    move_schools(a);
    dataset->order = a->order;
    return a;
}

void dataset_put(Dataset *dataset, const School *school, const Item *item, CellRef cell,
                 double value)
{
    double *number = dataset->table->column[cell.column].number;
    number[cell.row] = value;
    for (size_t stage = 0; item->is_shared && stage < dataset->core->stages.len; stage++)
        if (school->part[stage])
            number[dataset->part[school->part[stage] - 1].row] = value;
}
