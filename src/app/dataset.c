#include "app/dataset_int.h"
#include "base/limits.h"

#include <math.h>

/* ---- schools by code ---- */

static size_t slot_of(const Dataset *dataset, uint64_t code)
{
    enum { NEIGHBOURS = 16 /* codes often follow each other: these share a cache line */ };
    size_t mask = dataset->slot_count - 1;
    uint64_t group = code / NEIGHBOURS; /* seeded, so that nobody can choose codes that collide */
    uint64_t hash = map_hash((Str){(const char *)&group, sizeof group});
    size_t at = (size_t)(hash * NEIGHBOURS + code % NEIGHBOURS) & mask;
    while (dataset->slot[at] && dataset->school[dataset->slot[at] - 1].code != code)
        at = (at + 1) & mask;
    return at;
}

void dataset_make_slots(Arena *arena, Dataset *dataset, size_t schools)
{
    dataset->slot_count = 64;
    while (dataset->slot_count < schools * 2)
        dataset->slot_count *= 2;
    dataset->slot = ARENA_ARRAY(arena, uint32_t, dataset->slot_count);
}

void dataset_set_slot(Dataset *dataset, uint32_t school)
{
    dataset->slot[slot_of(dataset, dataset->school[school].code)] = school + 1;
}

void dataset_find_fast(Arena *arena, Dataset *dataset)
{
    dataset_make_slots(arena, dataset, dataset->school_count);
    for (uint32_t i = 0; i < dataset->school_count; i++)
        dataset_set_slot(dataset, i);
}

static const School *look_at_all(const Dataset *dataset, uint64_t code)
{
    for (size_t i = 0; i < dataset->school_count; i++)
        if (dataset->school[i].code == code)
            return &dataset->school[i];
    return NULL;
}

const School *dataset_find(const Dataset *dataset, uint64_t code)
{
    if (!dataset->slot_count)
        return look_at_all(dataset, code);
    uint32_t idx = dataset->slot[slot_of(dataset, code)];
    return idx ? &dataset->school[idx - 1] : NULL;
}

/* ---- one row ---- */

void flat_add(const Loader *loader, size_t row, int column, Err *err, ErrCode code,
              const ErrArg *args)
{
    if (err->count >= LIMIT_DIAGS) {
        err_add(err, NULL, code, args);
        return;
    }
    ErrPlace place =
        table_place(loader->arena, loader->dataset->table, row, column < 0 ? 0 : (size_t)column);
    err_add(err, &place, code, args);
}

static int key_column(const Loader *loader, FlatKey key)
{
    return loader->key_column[key];
}

bool flat_is_sum_row(const Loader *loader, size_t row)
{
    return table_is_sum_word(flat_cell(loader, FLAT_CODE, row)) ||
           table_is_sum_word(flat_cell(loader, FLAT_NAME, row));
}

bool dataset_parse_code(Str text, uint64_t *ret)
{
    uint64_t code = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        code = code * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *ret = code;
    return text.len == 10 && code > 0;
}

bool flat_fail_code(const Loader *loader, size_t row, int column, const CodeList *list, Str text,
                    Err *err)
{
    Str near = err->count < LIMIT_DIAGS ? codelist_nearest(loader->arena, list, text) : STR("");
    return flat_fail(loader, row, column, err, ERR_FLAT_CODE_LIST, ARG_STR("list", list->name),
                     ARG_STR("value", text), ARG_STR("near", near));
}

/* A code-list cell, remembering the last answer: neighbouring rows mostly say the same. */
static bool find_code(Loader *loader, FlatKey key, size_t row, const CodeList *list,
                      const Code **ret, Err *err)
{
    Str text = flat_cell(loader, key, row);
    *ret = NULL;
    if (str_is_empty(text) || !list)
        return true;
    LastCode *last = &loader->last[key];
    if (!last->code || !str_equals(last->text, text)) {
        last->code = codelist_find(list, text);
        last->text = text;
    }
    *ret = last->code;
    if (*ret)
        return true;
    return flat_fail_code(loader, row, key_column(loader, key), list, text, err);
}

static bool find_region(Loader *loader, size_t row, const Code **ret, Err *err)
{
    Str text = flat_cell(loader, FLAT_REGION, row);
    LastCode *last = &loader->last[FLAT_REGION];
    bool is_shared = false;
    if (!last->code || !str_equals(last->text, text)) {
        last->code = core_region_find(loader->dataset->core, text, &is_shared);
        last->text = text;
    }
    *ret = last->code;
    if (*ret && !(*ret)->is_group)
        return true;
    ErrCode code = is_shared ? ERR_FLAT_REGION_SHARED
                   : *ret    ? ERR_FLAT_REGION_LEVEL
                             : ERR_FLAT_REGION;
    return flat_fail(loader, row, key_column(loader, FLAT_REGION), err, code,
                     ARG_STR("value", text));
}

Str flat_stage_nearest(Arena *arena, const Core *core, Str text)
{
    VEC(Str) candidate = {0};
    for (size_t i = 0; i < core->stages.len; i++)
        for (size_t k = 0; k < core->stages.ptr[i].names.len; k++)
            VEC_PUSH(arena, &candidate, core->stages.ptr[i].names.entry[k].key);
    return utf8_nearest(text, candidate.ptr, candidate.len);
}

int flat_stage_named(Arena *arena, const Core *core, Str text)
{
    Str folded = utf8_fold(arena, text);
    for (size_t i = 0; i < core->stages.len; i++)
        if (map_find(&core->stages.ptr[i].names, folded))
            return (int)i;
    return -1;
}

static bool find_stage(Loader *loader, size_t row, int *ret, Err *err)
{
    Str text = flat_cell(loader, FLAT_STAGE, row);
    *ret = -1;
    if (str_is_empty(text))
        return true;
    *ret = flat_stage_named(loader->arena, loader->dataset->core, text);
    if (*ret >= 0)
        return true;
    Str near = err->count < LIMIT_DIAGS
                   ? flat_stage_nearest(loader->arena, loader->dataset->core, text)
                   : STR("");
    return flat_fail(loader, row, key_column(loader, FLAT_STAGE), err, ERR_FLAT_CODE_LIST,
                     ARG_LIT("list", "学段"), ARG_STR("value", text), ARG_STR("near", near));
}

typedef struct RowFacts {
    uint64_t code;
    Str name;
    const Code *region, *type, *runner, *urban;
    int stage;
} RowFacts;

static bool require(const Loader *loader, FlatKey key, Str name, size_t row, Err *err)
{
    if (flat_cell(loader, key, row).len)
        return true;
    return flat_fail(loader, row, key_column(loader, key), err, ERR_FLAT_BLANK,
                     ARG_STR("column", name));
}

/* Everything about a row that does not need other rows; all its errors. */
static bool read_row(Loader *loader, size_t row, RowFacts *ret, Err *err)
{
    bool is_ok = require(loader, FLAT_CODE, STR("学校代码"), row, err);
    is_ok &= require(loader, FLAT_REGION, STR("所属地区"), row, err);
    is_ok &= require(loader, FLAT_TYPE, STR("办学类型"), row, err);
    if (!is_ok)
        return false;
    Str code = flat_cell(loader, FLAT_CODE, row);
    if (!dataset_parse_code(code, &ret->code) &&
        !dataset_parse_code(utf8_fold(loader->arena, code), &ret->code)) {
        is_ok = flat_fail(loader, row, key_column(loader, FLAT_CODE), err, ERR_FLAT_CODE,
                          ARG_STR("value", code));
    }
    const Core *core = loader->dataset->core;
    ret->name = flat_cell(loader, FLAT_NAME, row);
    is_ok &= find_region(loader, row, &ret->region, err);
    is_ok &= find_code(loader, FLAT_TYPE, row, core->school_types, &ret->type, err);
    is_ok &= find_code(loader, FLAT_RUNNER, row, loader->runners, &ret->runner, err);
    is_ok &= find_code(loader, FLAT_URBAN, row, loader->urban, &ret->urban, err);
    is_ok &= find_stage(loader, row, &ret->stage, err);
    if (!is_ok)
        return false;
    if (ret->stage >= 0 && !(ret->type->stages >> ret->stage & 1)) {
        return flat_fail(loader, row, key_column(loader, FLAT_STAGE), err, ERR_FLAT_STAGE,
                         ARG_STR("type", ret->type->name),
                         ARG_STR("stage", core->stages.ptr[ret->stage].name));
    }
    return true;
}

static bool differs(Loader *loader, const School *school, FlatKey key, Str column, size_t row,
                    Err *err)
{
    return flat_fail(loader, row, key_column(loader, key), err, ERR_FLAT_DIFFERS,
                     ARG_STR("school", flat_cell(loader, FLAT_CODE, row)),
                     ARG_STR("column", column),
                     ARG_INT("other", loader->dataset->table->line[school->first_row]));
}

/* A further row of a known school must say the same about the school. */
static bool agree(Loader *loader, const School *school, const RowFacts *facts, size_t row, Err *err)
{
    bool is_ok = true;
    if (school->name.len && facts->name.len && !str_equals(school->name, facts->name))
        is_ok = differs(loader, school, FLAT_NAME, STR("学校名称"), row, err);
    if (school->region != facts->region)
        is_ok = differs(loader, school, FLAT_REGION, STR("所属地区"), row, err);
    if (school->type != facts->type)
        is_ok = differs(loader, school, FLAT_TYPE, STR("办学类型"), row, err);
    if (school->runner && facts->runner && school->runner != facts->runner)
        is_ok = differs(loader, school, FLAT_RUNNER, STR("举办者"), row, err);
    if (school->urban && facts->urban && school->urban != facts->urban)
        is_ok = differs(loader, school, FLAT_URBAN, STR("城乡分类"), row, err);
    return is_ok;
}

static bool duplicate(Loader *loader, uint32_t other_row, size_t row, Err *err)
{
    return flat_fail(loader, row, key_column(loader, FLAT_CODE), err, ERR_FLAT_DUPLICATE,
                     ARG_STR("school", flat_cell(loader, FLAT_CODE, row)),
                     ARG_INT("other", loader->dataset->table->line[other_row]));
}

static uint32_t add_part(Loader *loader, uint32_t school, int stage, uint32_t row)
{
    Dataset *dataset = loader->dataset;
    dataset->part[dataset->part_count++] = (Part){.school = school, .row = row, .stage = stage};
    dataset->school[school].part[stage] = (uint32_t)dataset->part_count;
    return (uint32_t)dataset->part_count;
}

static int only_stage(uint32_t stages)
{
    return stages && (stages & (stages - 1)) == 0 ? __builtin_ctz(stages) : -1;
}

/* Puts the row where it belongs: the part of its stage, or the school's shared row. */
static bool place_row(Loader *loader, School *school, const RowFacts *facts, uint32_t row, Err *err)
{
    uint32_t idx = (uint32_t)(school - loader->dataset->school);
    int stage = facts->stage;
    if (stage < 0 && only_stage(school->type->stages) >= 0)
        stage = only_stage(school->type->stages);
    if (stage < 0) {
        if (school->shared_row != DATASET_NO_ROW)
            return duplicate(loader, school->shared_row, row, err);
        school->shared_row = row;
        return true;
    }
    if (school->part[stage])
        return duplicate(loader, loader->dataset->part[school->part[stage] - 1].row, row, err);
    add_part(loader, idx, stage, row);
    if (only_stage(school->type->stages) >= 0)
        school->shared_row = row;
    return true;
}

/* A further row of a school. */
static bool add_to_school(Loader *loader, School *school, const RowFacts *facts, uint32_t row,
                          Err *err)
{
    if (!agree(loader, school, facts, row, err))
        return false;
    if (!school->runner)
        school->runner = facts->runner;
    if (!school->urban)
        school->urban = facts->urban;
    if (!school->name.len)
        school->name = facts->name;
    return place_row(loader, school, facts, row, err);
}

static bool take_row(Loader *loader, uint32_t row, Err *err)
{
    RowFacts facts = {0};
    if (!read_row(loader, row, &facts, err))
        return false;
    Dataset *dataset = loader->dataset;
    if (dataset->school_count) {
        School *last = &dataset->school[dataset->school_count - 1];
        if (last->code == facts.code)
            return add_to_school(loader, last, &facts, row, err);
    }
    size_t at = slot_of(dataset, facts.code);
    if (!dataset->slot[at]) {
        School *school = &dataset->school[dataset->school_count++];
        *school = (School){.code = facts.code,
                           .name = facts.name,
                           .region = facts.region,
                           .type = facts.type,
                           .runner = facts.runner,
                           .urban = facts.urban,
                           .first_row = row,
                           .shared_row = DATASET_NO_ROW};
        dataset->slot[at] = (uint32_t)dataset->school_count;
        return place_row(loader, school, &facts, row, err);
    }
    return add_to_school(loader, &dataset->school[dataset->slot[at] - 1], &facts, row, err);
}

/* ---- combined schools ---- */

static Str stage_names(Loader *loader, uint32_t stages)
{
    StrBuf names;
    strbuf_init(&names, loader->arena);
    for (size_t i = 0; i < loader->dataset->core->stages.len; i++)
        if (stages >> i & 1) {
            if (names.len)
                strbuf_add(&names, STR("、"));
            strbuf_add(&names, loader->dataset->core->stages.ptr[i].name);
        }
    return strbuf_str(&names);
}

static bool has_stage_row(const Loader *loader, const School *school)
{
    for (size_t stage = 0; stage < loader->dataset->core->stages.len; stage++)
        if (school->part[stage])
            return true;
    return false;
}

static void fail_only_shared(Loader *loader, const School *school, Err *err)
{
    (void)flat_fail(loader, school->shared_row, key_column(loader, FLAT_STAGE), err,
                    ERR_FLAT_ONLY_SHARED,
                    ARG_STR("school", flat_cell(loader, FLAT_CODE, school->shared_row)),
                    ARG_STR("stages", stage_names(loader, school->type->stages)));
}

/* decisions.md 1: shared items on the blank row, everything else on the stages' rows or columns. */
static void ban(Loader *loader, uint32_t row, unsigned bans)
{
    loader->ban[row] |= (uint16_t)bans;
    loader->bans |= (uint16_t)bans;
}

static void ban_places(Loader *loader, const School *school)
{
    uint32_t stages = school->type->stages, shared_row = school->shared_row;
    bool is_combined = only_stage(stages) < 0;
    if (loader->is_wide)
        ban(loader, shared_row, BAN_ALL_STAGES & ~stages);
    if (is_combined && shared_row != DATASET_NO_ROW)
        ban(loader, shared_row, BAN_STAGE_ITEMS);
    for (size_t stage = 0; is_combined && stage < loader->dataset->core->stages.len; stage++)
        if (school->part[stage])
            ban(loader, loader->dataset->part[school->part[stage] - 1].row, BAN_SHARED_ITEMS);
}

/* Every stage that a school's type offers has a part, so that a missing row is seen as missing. */
static void finish_schools(Loader *loader, Err *err)
{
    Dataset *dataset = loader->dataset;
    for (uint32_t idx = 0; idx < dataset->school_count; idx++) {
        School *school = &dataset->school[idx];
        uint32_t stages = school->type->stages;
        if (!stages) {
            dataset->stageless_count++;
            continue;
        }
        if (loader->is_wide || only_stage(stages) >= 0 || has_stage_row(loader, school))
            ban_places(loader, school);
        else if (!loader->has_bad_row) /* its other rows may be among those */
            fail_only_shared(loader, school, err);
        for (int stage = 0; stage < (int)dataset->core->stages.len; stage++)
            if ((stages >> stage & 1) && !school->part[stage])
                add_part(loader, idx, stage, loader->is_wide ? school->shared_row : DATASET_NO_ROW);
    }
}

static bool understand(Loader *loader, Err *err)
{
    Dataset *dataset = loader->dataset;
    Table *table = dataset->table;
    size_t before = err->count;
    dataset_make_slots(loader->arena, dataset, table->row_count);
    dataset->school = arena_alloc_raw(loader->arena, (table->row_count + 1) * sizeof(School));
    dataset->part = arena_alloc_raw(
        loader->arena, (table->row_count * dataset->core->stages.len + 1) * sizeof(Part));
    for (size_t row = 0; row < table->row_count; row++) {
        if (flat_is_sum_row(loader, row))
            dataset->sum_row_count++;
        else
            loader->has_bad_row |= !take_row(loader, (uint32_t)row, err);
    }
    loader->ban = ARENA_ARRAY(loader->arena, uint16_t, table->row_count);
    finish_schools(loader, err);
    (void)!flat_check_values(loader, err);
    if (err->count > before)
        return false;
    ErrPlace place = {.file = table->file, .sheet = table->sheet};
    if (dataset->school_count == 0)
        return err_fail_at(err, &place, ERR_FLAT_EMPTY);
    dataset->changed = ARENA_ARRAY(loader->arena, double *, table->column_count);
    dataset->type_column = key_column(loader, FLAT_TYPE);
    dataset->runner_column = key_column(loader, FLAT_RUNNER);
    dataset->urban_column = key_column(loader, FLAT_URBAN);
    return true;
}

static bool start(Loader *loader, Arena *arena, const Core *core, Period period, Err *err)
{
    *loader = (Loader){.arena = arena, .dataset = ARENA_NEW(arena, Dataset)};
    loader->dataset->core = core;
    loader->dataset->period = period;
    for (size_t i = 0; i < core->code_lists.len; i++) {
        if (str_equals(core->code_lists.ptr[i]->id, STR("runner")))
            loader->runners = core->code_lists.ptr[i];
        if (str_equals(core->code_lists.ptr[i]->id, STR("urban_rural")))
            loader->urban = core->code_lists.ptr[i];
    }
    if (period.kind == PERIOD_SCHOOL_YEAR)
        return true;
    StrBuf text;
    strbuf_init(&text, arena);
    period_format(&text, period);
    return err_fail(err, ERR_FLAT_PERIOD, ARG_STR("period", strbuf_str(&text)));
}

static Str known_heading(void *ctx, const Str *path, size_t count)
{
    const Loader *loader = ctx;
    return flat_known_heading(loader->arena, loader->dataset->core, path, count);
}

static Str with_unit(void *ctx, Str name, Str unit)
{
    const Loader *loader = ctx;
    return flat_with_unit(loader->arena, loader->dataset->core, name, unit);
}

static bool load(Arena *arena, const Core *core, const TableSource *source, Period period,
                 Dataset **ret, Err *err)
{
    Loader loader;
    RecogniseWish wish = {.table = {.wish = flat_wish, .ctx = &loader},
                          .known = known_heading,
                          .ctx = &loader,
                          .with_unit = with_unit};
    if (!start(&loader, arena, core, period, err))
        return false;
    Dataset *dataset = loader.dataset;
    if (!recognise_table(arena, source, &wish, &dataset->table, &dataset->recognised, err) ||
        !understand(&loader, err))
        return false;
    dataset->sum_row_count += dataset->recognised.sums;
    for (size_t i = 0; i < dataset->recognised.column.len; i++) {
        RecognisedColumn *column = &dataset->recognised.column.ptr[i];
        column->name = flat_heading_meaning(arena, core, column->name);
    }
    *ret = dataset;
    return true;
}

bool dataset_load(Arena *arena, const Core *core, const char *path, Str sheet, Period period,
                  Dataset **ret, Err *err)
{
    return load(arena, core, &(TableSource){.path = path, .sheet = sheet}, period, ret, err);
}

bool dataset_load_bytes(Arena *arena, const Core *core, Str file, Str bytes, Period period,
                        Dataset **ret, Err *err)
{
    return load(arena, core, &(TableSource){.file = file, .bytes = bytes}, period, ret, err);
}

Dataset *dataset_new_empty(Arena *arena, const Core *core, Period period)
{
    Dataset *dataset = ARENA_NEW(arena, Dataset);
    *dataset = (Dataset){.core = core,
                         .table = ARENA_NEW(arena, Table),
                         .period = period,
                         .type_column = -1,
                         .runner_column = -1,
                         .urban_column = -1};
    dataset_make_slots(arena, dataset, 0);
    return dataset;
}

const ItemColumns *dataset_item(const Dataset *dataset, const Item *item)
{
    for (size_t i = 0; i < dataset->item_count; i++)
        if (dataset->items[i].item == item)
            return &dataset->items[i];
    return NULL;
}

static int column_of(const ItemColumns *item, int stage)
{
    return item->of_stage[stage] >= 0 ? item->of_stage[stage] : item->plain;
}

const double *dataset_column(const Dataset *dataset, const ItemColumns *item, int stage)
{
    int column = column_of(item, stage);
    if (column < 0)
        return NULL;
    return dataset->changed[column] ? dataset->changed[column]
                                    : dataset->table->column[column].number;
}

double dataset_value(const Dataset *dataset, const ItemColumns *item, const Part *part,
                     CellRef *ret_cell)
{
    uint32_t row = item->item->is_shared ? dataset->school[part->school].shared_row : part->row;
    *ret_cell = (CellRef){.row = row, .column = column_of(item, part->stage)};
    const double *column = dataset_column(dataset, item, part->stage);
    return row == DATASET_NO_ROW || !column ? NAN : column[row];
}

CellRef dataset_attribute(const Dataset *dataset, const Item *item, const School *school)
{
    int column = -1;
    if (item->codes == dataset->core->school_types)
        column = dataset->type_column;
    else if (str_equals(item->codes->id, STR("runner")))
        column = dataset->runner_column;
    else if (str_equals(item->codes->id, STR("urban_rural")))
        column = dataset->urban_column;
    return (CellRef){.row = school->first_row, .column = column};
}
