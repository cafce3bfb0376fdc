/* The facts of a class list put into a flat table. */
#include "app/class_list.h"
#include "app/dataset_int.h"

typedef struct Filler {
    Arena *arena;
    const ClassList *list;
    Dataset *dataset;
    size_t column_cap; /* of the table's columns and what stands beside them */
    Err *err;
} Filler;

static Str code_text(const Filler *filler, uint64_t code)
{
    return str_format(filler->arena, "%010llu", (unsigned long long)code);
}

/* Room for a column for each fact and stage behind those of the table. */
static void make_room(Filler *filler)
{
    Dataset *dataset = filler->dataset;
    Table *table = dataset->table;
    size_t count = table->column_count, cap = count + CLASS_FACT_COUNT * dataset->core->stages.len;
    TableColumn *column = ARENA_ARRAY(filler->arena, TableColumn, cap);
    ItemColumns *items =
        ARENA_ARRAY(filler->arena, ItemColumns, dataset->item_count + CLASS_FACT_COUNT);
    double **changed = ARENA_ARRAY(filler->arena, double *, cap);
    memcpy(column, table->column, count * sizeof *column);
    memcpy(items, dataset->items, dataset->item_count * sizeof *items);
    memcpy(changed, dataset->changed, count * sizeof *changed);
    table->column = column;
    dataset->items = items;
    dataset->changed = changed;
    dataset->filled = ARENA_ARRAY(filler->arena, uint32_t *, cap);
    filler->column_cap = cap;
}

static ItemColumns *columns_of(Dataset *dataset, const Item *item)
{
    for (size_t i = 0; i < dataset->item_count; i++)
        if (dataset->items[i].item == item)
            return &dataset->items[i];
    ItemColumns *columns = &dataset->items[dataset->item_count++];
    *columns = (ItemColumns){.item = item, .plain = -1};
    for (size_t stage = 0; stage < FRAME_STAGES_MAX; stage++)
        columns->of_stage[stage] = -1;
    return columns;
}

/* The column of an item for a stage; one that the table lacks is added, all of it not reported. */
static int column_for(Filler *filler, const Item *item, int stage)
{
    Table *table = filler->dataset->table;
    ItemColumns *columns = columns_of(filler->dataset, item);
    if (columns->of_stage[stage] >= 0)
        return columns->of_stage[stage];
    if (columns->plain >= 0)
        return columns->plain;
    CHECK(table->column_count < filler->column_cap);
    TableColumn *made = &table->column[table->column_count];
    *made = (TableColumn){.name = item->symbol.name, .kind = FIELD_NUMBER};
    made->number = arena_alloc_raw(filler->arena, (table->row_count + 1) * sizeof(double));
    for (size_t row = 0; row < table->row_count; row++)
        made->number[row] = NAN;
    columns->of_stage[stage] = (int)table->column_count++;
    return columns->of_stage[stage];
}

static bool fail_differs(const Filler *filler, const ClassSchool *school, const Item *item,
                         CellRef cell, double list)
{
    const Table *table = filler->dataset->table;
    const Stage *stage = &filler->dataset->core->stages.ptr[school->stage];
    ErrPlace place = table_place(filler->arena, table, cell.row, (size_t)cell.column);
    return err_fail_at(filler->err, &place, ERR_CLASS_DIFFERS,
                       ARG_STR("school", code_text(filler, school->code)),
                       ARG_STR("stage", stage->name), ARG_STR("stage_en", stage->code),
                       ARG_STR("item", item->symbol.name),
                       ARG_NUM("table", table->column[cell.column].number[cell.row]),
                       ARG_INT("line", school->line), ARG_NUM("list", list));
}

static bool put(Filler *filler, const ClassSchool *school, const Item *item, uint32_t row,
                double value)
{
    Dataset *dataset = filler->dataset;
    CellRef cell = {.row = row, .column = column_for(filler, item, school->stage)};
    double *number = &dataset->table->column[cell.column].number[row];
    if (!isnan(*number))
        return *number == value || fail_differs(filler, school, item, cell, value);
    *number = value;
    uint32_t **filled = &dataset->filled[cell.column];
    if (!*filled)
        *filled = ARENA_ARRAY(filler->arena, uint32_t, dataset->table->row_count);
    (*filled)[row] = school->line;
    dataset->filled_count++;
    return true;
}

/* The row of the table that holds a school's stage; DATASET_NO_ROW, and the error, if there is none. */
static uint32_t row_of(const Filler *filler, const ClassSchool *school)
{
    const Dataset *dataset = filler->dataset;
    const School *found = dataset_find(dataset, school->code);
    const Stage *stage = &dataset->core->stages.ptr[school->stage];
    uint32_t part = found ? found->part[school->stage] : 0;
    ErrPlace place = {
        .file = filler->list->file, .sheet = filler->list->sheet, .line = school->line};
    if (part && dataset->part[part - 1].row != DATASET_NO_ROW)
        return dataset->part[part - 1].row;
    ErrArg code = ARG_STR("school", code_text(filler, school->code));
    if (!found)
        (void)err_fail_at(filler->err, &place, ERR_CLASS_SCHOOL, code);
    else
        (void)err_fail_at(filler->err, &place, ERR_CLASS_ROW, code, ARG_STR("stage", stage->name),
                          ARG_STR("stage_en", stage->code));
    return DATASET_NO_ROW;
}

static void put_school(Filler *filler, const ClassSchool *school, const ClassSums *sums,
                       const Item *const *item)
{
    uint32_t row = row_of(filler, school);
    for (int fact = 0; fact < CLASS_FACT_COUNT && row != DATASET_NO_ROW; fact++)
        if (item[fact])
            (void)!put(filler, school, item[fact], row, class_fact(sums, fact));
}

bool class_list_fill(Arena *arena, const ClassList *list, Dataset *dataset, Err *err)
{
    Filler filler = {.arena = arena, .list = list, .dataset = dataset, .err = err};
    const Item *item[CLASS_FACT_COUNT];
    size_t before = err->count;
    for (int fact = 0; fact < CLASS_FACT_COUNT; fact++)
        item[fact] = map_find(&dataset->core->items, CLASS_FACTS[fact]);
    const ClassSums *sums = class_list_sum(arena, list);
    make_room(&filler);
    dataset->filled_from = list->file;
    for (size_t i = 0; i < list->school_count; i++)
        put_school(&filler, &list->school[i], &sums[i], item);
    return err->count == before;
}

/* ---- the types of the table's schools ---- */

const Code *class_list_type_in(void *dataset, uint64_t school_code)
{
    const School *school = dataset_find(dataset, school_code);
    return school ? school->type : NULL;
}
