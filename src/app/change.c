/* --what-if: cells replaced in a dataset, never in the file. */
#include "app/dataset_int.h"

#include <math.h>

static const struct {
    Str zh, en;
} COLUMNS[] = {{STR_INIT("学校代码"), STR_INIT("school_code")},
               {STR_INIT("学段"), STR_INIT("stage")},
               {STR_INIT("数据项"), STR_INIT("item")},
               {STR_INIT("新值"), STR_INIT("value")}};
enum { CHANGE_CODE, CHANGE_STAGE, CHANGE_ITEM, CHANGE_VALUE, CHANGE_COLUMNS };

typedef struct Change {
    Arena *arena;
    int column[CHANGE_COLUMNS];
    Map lines; /* cell -> the line that changes it */
} Change;

/* Every column that has no other place here keeps FIELD_SKIP. */
static bool find_column(Change *change, Table *table, int key, Err *err)
{
    ErrPlace place = {.file = table->file, .sheet = table->sheet, .line = table->header_line};
    int *found = &change->column[key];
    *found = -1;
    for (size_t column = 0; column < table->column_count; column++) {
        Str header = table->column[column].name, name = utf8_fold(change->arena, header);
        if (!str_equals(name, COLUMNS[key].zh) && !str_equals(name, COLUMNS[key].en))
            continue;
        place.column = column + 1;
        place.cell = header;
        if (*found >= 0)
            return err_fail_at(err, &place, ERR_FLAT_COLUMN_TWICE, ARG_STR("column", header),
                               ARG_STR("other", table->column[*found].name));
        *found = (int)column;
        table->column[column].kind = key == CHANGE_VALUE ? FIELD_NUMBER : FIELD_TEXT;
    }
    return *found >= 0 ||
           err_fail_at(err, &place, ERR_CHANGE_COLUMN, ARG_STR("column", COLUMNS[key].zh));
}

static bool change_wish(void *ctx, Table *table, Err *err)
{
    bool is_ok = true;
    for (int key = 0; key < CHANGE_COLUMNS; key++)
        is_ok &= find_column(ctx, table, key, err);
    return is_ok;
}

static const School *find_school(Arena *arena, const Dataset *dataset, Str text)
{
    uint64_t code;
    return dataset_parse_code(utf8_fold(arena, text), &code) ? dataset_find(dataset, code) : NULL;
}

/* The table row and column that hold the item of a school and stage; false if there is no such cell. */
static bool find_cell(Arena *arena, const Dataset *dataset, const School *school, Str stage_text,
                      const Item *item, CellRef *ret)
{
    int stage = flat_stage_named(arena, dataset->core, stage_text);
    bool is_single = (school->type->stages & (school->type->stages - 1)) == 0;
    if (stage < 0 && stage_text.len == 0 && is_single && school->type->stages)
        stage = __builtin_ctz(school->type->stages);
    const ItemColumns *columns = dataset_item(dataset, item);
    CHECK(columns != NULL);
    if (item->is_shared) {
        *ret = (CellRef){.row = school->shared_row, .column = columns->plain};
        return school->shared_row != DATASET_NO_ROW && columns->plain >= 0 &&
               (stage_text.len == 0 || is_single);
    }
    if (stage < 0 || !school->part[stage])
        return false;
    (void)dataset_value(dataset, columns, &dataset->part[school->part[stage] - 1], ret);
    return ret->row != DATASET_NO_ROW && ret->column >= 0;
}

static void replace(Arena *arena, Dataset *dataset, CellRef cell, double value)
{
    const TableColumn *column = &dataset->table->column[cell.column];
    double **copy = &dataset->changed[cell.column];
    if (!*copy) {
        *copy = arena_alloc_raw(arena, (dataset->table->row_count + 1) * sizeof(double));
        memcpy(*copy, column->number, dataset->table->row_count * sizeof(double));
    }
    (*copy)[cell.row] = value;
}

/* The line that has changed the cell already; 0: none. */
static uint32_t line_before(Change *change, CellRef cell, uint32_t *line)
{
    Str key = str_format(change->arena, "%u:%d", cell.row, cell.column);
    const uint32_t *before = map_find(&change->lines, key);
    map_set(&change->lines, key, line);
    return before ? *before : 0;
}

static Str nearest_item(Arena *arena, const Dataset *dataset, Str name)
{
    Str *candidate = ARENA_ARRAY(arena, Str, dataset->item_count);
    for (size_t i = 0; i < dataset->item_count; i++)
        candidate[i] = dataset->items[i].item->symbol.name;
    return utf8_nearest(name, candidate, dataset->item_count);
}

bool dataset_find_target(Arena *arena, const Dataset *dataset, const TargetText *text, Target *ret,
                         Err *err)
{
    Target target = {.school = find_school(arena, dataset, text->school),
                     .item = map_find(&dataset->core->items, utf8_fold(arena, text->item))};
    ErrArg item = ARG_STR("item", text->item);
    if (!target.school)
        return err_fail_at(err, text->school_place, ERR_CHANGE_SCHOOL,
                           ARG_STR("school", text->school));
    if (!target.item)
        return err_fail_at(err, text->item_place, ERR_CHANGE_ITEM, item,
                           ARG_STR("near", nearest_item(arena, dataset, text->item)));
    if (target.item->codes)
        return err_fail_at(err, text->item_place, ERR_CHANGE_CODES, item);
    if (!dataset_item(dataset, target.item))
        return err_fail_at(err, text->item_place, ERR_CHANGE_NO_COLUMN, item);
    if (!find_cell(arena, dataset, target.school, text->stage, target.item, &target.cell))
        return err_fail_at(err, text->stage_place, ERR_CHANGE_TARGET,
                           ARG_STR("school", text->school), ARG_STR("stage", text->stage), item);
    *ret = target;
    return true;
}

/* Each thing that can be wrong is told at its own cell. */
static bool find_target(Arena *arena, const Dataset *dataset, const Table *changes,
                        const Change *change, size_t row, Target *ret, Err *err)
{
    ErrPlace place[CHANGE_COLUMNS];
    for (int key = 0; key < CHANGE_COLUMNS; key++)
        place[key] = table_place(arena, changes, row, (size_t)change->column[key]);
    const TargetText text = {.school = changes->column[change->column[CHANGE_CODE]].text[row],
                             .stage = changes->column[change->column[CHANGE_STAGE]].text[row],
                             .item = changes->column[change->column[CHANGE_ITEM]].text[row],
                             .school_place = &place[CHANGE_CODE],
                             .stage_place = &place[CHANGE_STAGE],
                             .item_place = &place[CHANGE_ITEM]};
    return dataset_find_target(arena, dataset, &text, ret, err);
}

static bool apply(Arena *arena, Dataset *dataset, const Table *changes, Change *change, size_t row,
                  Err *err)
{
    Str code = changes->column[change->column[CHANGE_CODE]].text[row];
    Str stage = changes->column[change->column[CHANGE_STAGE]].text[row];
    Str name = changes->column[change->column[CHANGE_ITEM]].text[row];
    double value = changes->column[change->column[CHANGE_VALUE]].number[row];
    Target target;
    if (!find_target(arena, dataset, changes, change, row, &target, err))
        return false;
    ErrPlace place = table_place(arena, changes, row, (size_t)change->column[CHANGE_VALUE]);
    if (!flat_value_is_good(target.item, value))
        return err_fail_at(err, &place, flat_value_error(value),
                           ARG_STR("column", target.item->symbol.name), ARG_NUM("value", value));
    place = table_place(arena, changes, row, (size_t)change->column[CHANGE_ITEM]);
    uint32_t before = line_before(change, target.cell, &changes->line[row]);
    if (before)
        return err_fail_at(err, &place, ERR_CHANGE_TWICE, ARG_STR("school", code),
                           ARG_STR("stage", stage), ARG_STR("item", name), ARG_INT("line", before));
    replace(arena, dataset, target.cell, value);
    return true;
}

bool dataset_change(Arena *arena, Dataset *dataset, const char *path, size_t *ret_count, Err *err)
{
    Change change = {.arena = arena};
    TableOptions options = {.wish = change_wish, .ctx = &change};
    Table *changes;
    map_init(&change.lines, arena);
    if (!table_read(arena, path, &options, &changes, err))
        return false;
    bool is_ok = true;
    for (size_t row = 0; row < changes->row_count; row++)
        is_ok &= apply(arena, dataset, changes, &change, row, err);
    *ret_count = changes->row_count;
    return is_ok;
}
