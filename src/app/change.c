/* --what-if: cells replaced in a dataset, never in the file. */
#include "app/dataset_int.h"

#include <math.h>

static const struct {
    Str zh, en;
} COLUMNS[] = {{{""
                 "学校代码",
                 12},
                {""
                 "school_code",
                 11}},
               {{""
                 "学段",
                 6},
                {""
                 "stage",
                 5}},
               {{""
                 "数据项",
                 9},
                {""
                 "item",
                 4}},
               {{""
                 "新值",
                 6},
                {""
                 "value",
                 5}}};
enum { CHANGE_CODE, CHANGE_STAGE, CHANGE_ITEM, CHANGE_VALUE, CHANGE_COLUMNS };

typedef struct Change {
    Arena *arena;
    int column[CHANGE_COLUMNS];
} Change;

static bool change_wish(void *ctx, Table *table, Err *err)
{
    Change *change = ctx;
    for (int i = 0; i < CHANGE_COLUMNS; i++) {
        change->column[i] = -1;
        for (size_t column = 0; column < table->column_count; column++) {
            Str name = utf8_fold(change->arena, table->column[column].name);
            if (str_equals(name, COLUMNS[i].zh) || str_equals(name, COLUMNS[i].en))
                change->column[i] = (int)column;
        }
        if (change->column[i] < 0) {
            ErrPlace place = {.file = table->file, .line = 1};
            return err_fail_at(err, &place, ERR_CHANGE_COLUMN, ARG_STR("column", COLUMNS[i].zh));
        }
        table->column[change->column[i]].kind = i == CHANGE_VALUE ? FIELD_NUMBER : FIELD_TEXT;
    }
    return true;
}

static uint32_t school_code(Arena *arena, const Dataset *dataset, Str text)
{
    uint64_t code = 0;
    Str folded = utf8_fold(arena, text);
    for (size_t i = 0; i < folded.len && folded.len <= 10; i++)
        code = code * 10 + (uint64_t)(unsigned char)(folded.ptr[i] - '0');
    const School *school = dataset_find(dataset, code);
    return school ? (uint32_t)(school - dataset->school) : UINT32_MAX;
}

static int stage_named(const Core *core, Str text)
{
    for (size_t i = 0; i < core->stages.len; i++)
        if (str_equals(text, core->stages.ptr[i].code) ||
            str_equals(text, core->stages.ptr[i].name))
            return (int)i;
    return -1;
}

/* The table row and column that hold the item of a school and stage; false if there is no such cell. */
static bool find_cell(const Dataset *dataset, const School *school, Str stage_text,
                      const Item *item, CellRef *ret)
{
    int stage = stage_named(dataset->core, stage_text);
    bool is_single = (school->type->stages & (school->type->stages - 1)) == 0;
    if (stage < 0 && stage_text.len == 0 && is_single && school->type->stages)
        stage = __builtin_ctz(school->type->stages);
    const ItemColumns *columns = dataset_item(dataset, item);
    if (!columns || item->codes)
        return false;
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

static bool apply(Arena *arena, Dataset *dataset, const Table *changes, const Change *change,
                  size_t row, Err *err)
{
    Str code = changes->column[change->column[CHANGE_CODE]].text[row];
    Str stage = changes->column[change->column[CHANGE_STAGE]].text[row];
    Str name = changes->column[change->column[CHANGE_ITEM]].text[row];
    double value = changes->column[change->column[CHANGE_VALUE]].number[row];
    uint32_t idx = school_code(arena, dataset, code);
    const Item *item = map_find(&dataset->core->items, utf8_fold(arena, name));
    CellRef cell;
    ErrPlace place = table_place(arena, changes, row, (size_t)change->column[CHANGE_ITEM]);
    if (idx == UINT32_MAX || !item ||
        !find_cell(dataset, &dataset->school[idx], stage, item, &cell))
        return err_fail_at(err, &place, ERR_CHANGE_TARGET, ARG_STR("school", code),
                           ARG_STR("stage", stage), ARG_STR("item", name));
    place = table_place(arena, changes, row, (size_t)change->column[CHANGE_VALUE]);
    if (value < 0)
        return err_fail_at(err, &place, ERR_FLAT_NEGATIVE, ARG_STR("column", item->symbol.name),
                           ARG_NUM("value", value));
    if (value > FLAT_VALUE_MAX)
        return err_fail_at(err, &place, ERR_FLAT_TOO_BIG, ARG_STR("column", item->symbol.name),
                           ARG_NUM("value", value));
    if (item->is_whole && value != floor(value))
        return err_fail_at(err, &place, ERR_FLAT_WHOLE, ARG_STR("column", item->symbol.name),
                           ARG_NUM("value", value));
    replace(arena, dataset, cell, value);
    return true;
}

bool dataset_change(Arena *arena, Dataset *dataset, const char *path, size_t *ret_count, Err *err)
{
    Change change = {.arena = arena};
    TableOptions options = {.wish = change_wish, .ctx = &change};
    Table *changes;
    if (!table_read(arena, path, &options, &changes, err))
        return false;
    bool is_ok = true;
    for (size_t row = 0; row < changes->row_count; row++)
        is_ok &= apply(arena, dataset, changes, &change, row, err);
    *ret_count = changes->row_count;
    return is_ok;
}
