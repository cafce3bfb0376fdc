#include "app/region_facts.h"

#include "app/dataset_int.h"
#include "base/limits.h"

#include <math.h>

/* ---- the facts ---- */

RegionFacts *region_facts_new(Arena *arena, const Core *core)
{
    RegionFacts *facts = ARENA_NEW(arena, RegionFacts);
    *facts = (RegionFacts){.arena = arena, .core = core};
    map_init(&facts->index, arena);
    return facts;
}

static Str key_of(Arena *arena, const Code *region, int stage, const Item *item, Str quantity)
{
    Str what = item ? item->symbol.name : quantity;
    return str_format(arena, "%.*s %d %c %.*s", STR_ARG(region->code), stage, item ? 'i' : 'p',
                      STR_ARG(what));
}

static RegionFact *find(const RegionFacts *facts, const Code *region, int stage, const Item *item,
                        Str quantity)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    size_t idx =
        (size_t)(uintptr_t)map_find(&facts->index, key_of(&scratch, region, stage, item, quantity));
    return idx ? &facts->facts.ptr[idx - 1] : NULL;
}

static bool fail_twice(RegionFacts *facts, const RegionFact *fact, const RegionFact *other,
                       Err *err)
{
    ErrPlace place = {0};
    if (fact->table)
        place = table_place(facts->arena, fact->table, fact->row, (size_t)fact->column);
    ErrArg args[6] = {
        ARG_STR("region", fact->region->name),
        ARG_STR("what", fact->item ? fact->item->symbol.name : fact->quantity),
        ARG_STR("stage", fact->stage < 0 ? STR("") : facts->core->stages.ptr[fact->stage].name)};
    if (other->table) {
        args[3] = ARG_STR("file", other->table->file);
        args[4] = ARG_INT("line", other->table->line[other->row]);
    }
    err_add(err, fact->table ? &place : NULL, ERR_COUNTY_TWICE, args);
    return false;
}

bool region_facts_add(RegionFacts *facts, const RegionFact *fact, Err *err)
{
    RegionFact *other = find(facts, fact->region, fact->stage, fact->item, fact->quantity);
    if (other && !isnan(other->value) && !isnan(fact->value))
        return fail_twice(facts, fact, other, err);
    if (other) {
        if (isnan(other->value))
            *other = *fact;
        return true;
    }
    VEC_PUSH(facts->arena, &facts->facts, *fact);
    map_set(&facts->index,
            key_of(facts->arena, fact->region, fact->stage, fact->item, fact->quantity),
            (void *)(uintptr_t)facts->facts.len);
    return true;
}

static const RegionFact *with_value(const RegionFact *fact)
{
    return fact && !isnan(fact->value) ? fact : NULL;
}

const RegionFact *region_facts_cell(const RegionFacts *facts, const Code *region, const Item *item)
{
    return facts && region ? find(facts, region, -1, item, STR("")) : NULL;
}

const RegionFact *region_facts_item(const RegionFacts *facts, const Code *region, const Item *item)
{
    return with_value(region_facts_cell(facts, region, item));
}

const RegionFact *region_facts_published(const RegionFacts *facts, const Code *region, int stage,
                                         Str quantity)
{
    return facts && region ? with_value(find(facts, region, stage, NULL, quantity)) : NULL;
}

/* ---- the header ---- */

typedef enum CountyKey {
    KEY_REGION,
    KEY_DOCUMENT,
    KEY_STAGE,
    KEY_QUANTITY,
    KEY_VALUE,
    KEY_NUMBER,
    KEY_REMARK,
    KEY_COUNT
} CountyKey;

static const struct {
    Str zh, en;
} KEYS[KEY_COUNT] = {
    [KEY_REGION] = {STR_INIT("所属地区"), STR_INIT("region")},
    [KEY_DOCUMENT] = {STR_INIT("来源"), STR_INIT("document")},
    [KEY_STAGE] = {STR_INIT("学段"), STR_INIT("stage")},
    [KEY_QUANTITY] = {STR_INIT("指标"), STR_INIT("quantity")},
    [KEY_VALUE] = {STR_INIT("数值"), STR_INIT("value")},
    [KEY_NUMBER] = {STR_INIT("序号"), STR_INIT("number")},
    [KEY_REMARK] = {STR_INIT("备注"), STR_INIT("remark")},
};

typedef struct Reading {
    RegionFacts *facts;
    Table *table;
    int key_column[KEY_COUNT]; /* -1: not there */
    bool is_published;
    const Item **item; /* per column; NULL: none */
    Ratio *ratio;      /* per column */
} Reading;

static ErrPlace header_place(const Table *table, size_t column)
{
    return (ErrPlace){.file = table->file,
                      .sheet = table->sheet,
                      .line = table->header_line,
                      .column = column + 1,
                      .cell = table->column[column].name};
}

static int key_named(Str folded)
{
    for (int key = 0; key < KEY_COUNT; key++)
        if (str_equals(folded, KEYS[key].zh) || str_equals(folded, KEYS[key].en))
            return key;
    return -1;
}

static bool fail_unknown(const Reading *reading, const Table *table, size_t column, Str name,
                         Err *err)
{
    const Core *core = reading->facts->core;
    Str *candidate = ARENA_ARRAY(reading->facts->arena, Str, core->item_list.len + KEY_COUNT);
    size_t count = 0;
    for (size_t i = 0; i < core->item_list.len; i++)
        if (core->item_list.ptr[i]->is_county)
            candidate[count++] = core->item_list.ptr[i]->symbol.name;
    for (int key = 0; key < KEY_COUNT; key++)
        candidate[count++] = KEYS[key].zh;
    ErrPlace place = header_place(table, column);
    return err_fail_at(err, &place, ERR_COUNTY_COLUMN,
                       ARG_STR("column", table->column[column].name),
                       ARG_STR("near", utf8_nearest(name, candidate, count)));
}

static bool fail_column_twice(const Table *table, size_t column, size_t other, Err *err)
{
    ErrPlace place = header_place(table, column);
    return err_fail_at(err, &place, ERR_FLAT_COLUMN_TWICE,
                       ARG_STR("column", table->column[column].name),
                       ARG_STR("other", table->column[other].name));
}

static bool read_item_column(Reading *reading, Table *table, size_t column, Str name, Err *err)
{
    RegionFacts *facts = reading->facts;
    Str unit = flat_split_unit(facts->core, &name);
    const Item *item = map_find(&facts->core->items, name);
    ErrPlace place = header_place(table, column);
    if (item && !item->is_county)
        return err_fail_at(err, &place, ERR_COUNTY_SCHOOL_COLUMN,
                           ARG_STR("item", item->symbol.name));
    if (!item || reading->is_published)
        return fail_unknown(reading, table, column, name, err);
    for (size_t other = 0; other < column; other++)
        if (reading->item[other] == item)
            return fail_column_twice(table, column, other, err);
    reading->item[column] = item;
    table->column[column].kind = item->codes || item->is_date ? FIELD_TEXT : FIELD_NUMBER;
    return !unit.len || flat_read_ratio(facts->arena, facts->core, &place, unit, item,
                                        &reading->ratio[column], err);
}

static bool read_key_column(Reading *reading, Table *table, size_t column, int key, Err *err)
{
    if (key == KEY_NUMBER || key == KEY_REMARK)
        return true;
    if (reading->key_column[key] >= 0)
        return fail_column_twice(table, column, (size_t)reading->key_column[key], err);
    reading->key_column[key] = (int)column;
    table->column[column].kind = key == KEY_VALUE ? FIELD_NUMBER : FIELD_TEXT;
    return true;
}

static bool require_column(const Reading *reading, const Table *table, CountyKey key, Err *err)
{
    ErrPlace place = {.file = table->file, .sheet = table->sheet, .line = table->header_line};
    return reading->key_column[key] >= 0 ||
           err_fail_at(err, &place, ERR_COUNTY_COLUMN_MISSING, ARG_STR("column", KEYS[key].zh));
}

static size_t count_items(const Reading *reading, const Table *table)
{
    size_t count = 0;
    for (size_t column = 0; column < table->column_count; column++)
        count += reading->item[column] != NULL;
    return count;
}

static bool county_wish(void *ctx, Table *table, Err *err)
{
    Reading *reading = ctx;
    Arena *arena = reading->facts->arena;
    bool is_ok = true;
    reading->item = ARENA_ARRAY(arena, const Item *, table->column_count + 1);
    reading->ratio = ARENA_ARRAY(arena, Ratio, table->column_count + 1);
    for (int key = 0; key < KEY_COUNT; key++)
        reading->key_column[key] = -1;
    for (size_t column = 0; column < table->column_count; column++) {
        int key = key_named(utf8_fold(arena, table->column[column].name));
        reading->is_published |= key == KEY_QUANTITY || key == KEY_VALUE;
    }
    for (size_t column = 0; column < table->column_count; column++) {
        Str folded = utf8_fold(arena, table->column[column].name);
        int key = key_named(folded);
        bool is_lost = key == KEY_STAGE && !reading->is_published;
        if (!table->column[column].name.len)
            continue;
        is_ok &= is_lost    ? fail_unknown(reading, table, column, STR(""), err)
                 : key >= 0 ? read_key_column(reading, table, column, key, err)
                            : read_item_column(reading, table, column, folded, err);
    }
    is_ok &= require_column(reading, table, KEY_REGION, err);
    if (is_ok && !reading->is_published && !count_items(reading, table)) {
        ErrPlace place = {.file = table->file, .sheet = table->sheet, .line = table->header_line};
        return err_fail_at(err, &place, ERR_COUNTY_COLUMN_MISSING,
                           ARG_LIT("column_zh", "县级数据项"), ARG_LIT("column_en", "item"));
    }
    if (reading->is_published) {
        is_ok &= require_column(reading, table, KEY_QUANTITY, err);
        is_ok &= require_column(reading, table, KEY_VALUE, err);
    }
    return is_ok;
}

/* ---- the rows ---- */

static Str text_of(const Reading *reading, CountyKey key, size_t row)
{
    int column = reading->key_column[key];
    return column < 0 ? STR("") : reading->table->column[column].text[row];
}

static bool fail_cell_args(const Reading *reading, size_t row, int column, Err *err, ErrCode code,
                           const ErrArg *args)
{
    ErrPlace place;
    if (err->count < LIMIT_DIAGS)
        place = table_place(reading->facts->arena, reading->table, row, (size_t)column);
    err_add(err, err->count < LIMIT_DIAGS ? &place : NULL, code, args);
    return false;
}
#define fail_cell(reading, row, column, err, ...) \
    FAIL_CELL_(reading, row, column, err, __VA_ARGS__, (ErrArg){0})
#define FAIL_CELL_(reading, row, column, err, code, ...) \
    fail_cell_args((reading), (row), (column), (err), (code), (const ErrArg[]){__VA_ARGS__, {0}})

static bool fail_blank(const Reading *reading, size_t row, CountyKey key, Err *err)
{
    return fail_cell(reading, row, reading->key_column[key], err, ERR_FLAT_BLANK,
                     ARG_STR("column", KEYS[key].zh));
}

static bool read_region(const Reading *reading, size_t row, const Code **ret, Err *err)
{
    Str text = text_of(reading, KEY_REGION, row);
    bool is_shared = false;
    if (!text.len)
        return fail_blank(reading, row, KEY_REGION, err);
    *ret = core_region_find(reading->facts->core, text, &is_shared);
    if (*ret && (reading->is_published || !(*ret)->is_group))
        return true;
    ErrCode code = is_shared ? ERR_FLAT_REGION_SHARED
                   : *ret    ? ERR_COUNTY_REGION_LEVEL
                             : ERR_FLAT_REGION;
    return fail_cell(reading, row, reading->key_column[KEY_REGION], err, code,
                     ARG_STR("value", text));
}

static bool read_code(const Reading *reading, const Item *item, size_t row, int column, double *ret,
                      Err *err)
{
    Str text = reading->table->column[column].text[row];
    const Code *code = codelist_find(item->codes, text);
    *ret = code ? code->number : NAN;
    if (code)
        return true;
    return fail_cell(reading, row, column, err, ERR_FLAT_CODE_LIST,
                     ARG_STR("list", item->codes->name), ARG_STR("value", text),
                     ARG_STR("near", codelist_nearest(reading->facts->arena, item->codes, text)));
}

/* A day in a spreadsheet that is no text is a count of days. */
static bool parse_serial(const Table *table, Str text, Date *ret)
{
    enum { SERIAL_1970 = 25569, SERIAL_MIN = 20000, SERIAL_MAX = 80000 };
    Decimal number;
    if (!table->sheet.len || decimal_parse(text, &number) != DECIMAL_OK || number.exp10 < 0)
        return false;
    double serial = decimal_to_double(number);
    *ret = serial >= SERIAL_MIN && serial <= SERIAL_MAX ? (Date)serial - SERIAL_1970 : 0;
    return serial >= SERIAL_MIN && serial <= SERIAL_MAX;
}

static bool read_date(const Reading *reading, size_t row, int column, double *ret, Err *err)
{
    Str text = reading->table->column[column].text[row];
    Date date;
    int year, month, day;
    if (!date_parse(text, &date) && !parse_serial(reading->table, text, &date))
        return fail_cell(reading, row, column, err, ERR_COUNTY_DATE, ARG_STR("value", text));
    date_to_civil(date, &year, &month, &day);
    *ret = year * 10000 + month * 100 + day;
    return true;
}

static bool read_number(const Reading *reading, const Item *item, size_t row, int column,
                        double *ret, Err *err)
{
    double value = reading->table->column[column].number[row];
    if (reading->ratio[column].num && value > 0 && value <= FLAT_VALUE_MAX)
        value = flat_converted(value, reading->ratio[column]);
    *ret = value;
    if (flat_value_is_good(item, value))
        return true;
    return fail_cell(reading, row, column, err, flat_value_error(value),
                     ARG_STR("column", item->symbol.name), ARG_NUM("value", value));
}

static bool take_cell(Reading *reading, const RegionFact *row_fact, int column, Err *err)
{
    const Item *item = reading->item[column];
    RegionFact fact = *row_fact;
    fact.item = item;
    fact.column = column;
    fact.value = NAN;
    bool is_text = item->codes || item->is_date, is_ok = true;
    if (is_text && reading->table->column[column].text[fact.row].len)
        is_ok = item->codes ? read_code(reading, item, fact.row, column, &fact.value, err)
                            : read_date(reading, fact.row, column, &fact.value, err);
    if (!is_text)
        is_ok = read_number(reading, item, fact.row, column, &fact.value, err);
    return is_ok && region_facts_add(reading->facts, &fact, err);
}

static bool take_published(Reading *reading, RegionFact fact, Err *err)
{
    const Core *core = reading->facts->core;
    Str stage = text_of(reading, KEY_STAGE, fact.row),
        quantity = text_of(reading, KEY_QUANTITY, fact.row);
    fact.column = reading->key_column[KEY_VALUE];
    fact.value = reading->table->column[fact.column].number[fact.row];
    fact.quantity = utf8_fold(reading->facts->arena, quantity);
    if (stage.len)
        fact.stage = flat_stage_named(reading->facts->arena, core, stage);
    bool is_ok = true;
    if (stage.len && fact.stage < 0)
        is_ok = fail_cell(reading, fact.row, reading->key_column[KEY_STAGE], err,
                          ERR_FLAT_CODE_LIST, ARG_LIT("list", "学段"), ARG_STR("value", stage));
    if (!quantity.len)
        is_ok = fail_blank(reading, fact.row, KEY_QUANTITY, err);
    if (isnan(fact.value))
        is_ok = fail_blank(reading, fact.row, KEY_VALUE, err);
    if (fact.value < 0 || fact.value > FLAT_VALUE_MAX)
        is_ok = fail_cell(reading, fact.row, fact.column, err, flat_value_error(fact.value),
                          ARG_STR("column", quantity), ARG_NUM("value", fact.value));
    return is_ok && region_facts_add(reading->facts, &fact, err);
}

static bool take_row(Reading *reading, uint32_t row, Err *err)
{
    RegionFact fact = {.stage = -1,
                       .document = text_of(reading, KEY_DOCUMENT, row),
                       .table = reading->table,
                       .row = row};
    if (!read_region(reading, row, &fact.region, err))
        return false;
    if (reading->is_published)
        return take_published(reading, fact, err);
    bool is_ok = true;
    for (size_t column = 0; column < reading->table->column_count; column++)
        if (reading->item[column])
            is_ok &= take_cell(reading, &fact, (int)column, err);
    return is_ok;
}

static bool take_rows(Reading *reading, Err *err)
{
    size_t before = err->count, taken = 0;
    for (uint32_t row = 0; row < reading->table->row_count; row++) {
        if (table_is_sum_word(text_of(reading, KEY_REGION, row)))
            continue;
        (void)!take_row(reading, row, err);
        taken++;
    }
    ErrPlace place = {.file = reading->table->file, .sheet = reading->table->sheet};
    if (!taken)
        return err_fail_at(err, &place, ERR_COUNTY_EMPTY);
    return err->count == before;
}

bool region_facts_load(RegionFacts *facts, const char *path, Str sheet, Err *err)
{
    Reading reading = {.facts = facts};
    TableOptions options = {.wish = county_wish, .ctx = &reading, .sheet = sheet};
    return table_read(facts->arena, path, &options, &reading.table, err) &&
           take_rows(&reading, err);
}

bool region_facts_load_bytes(RegionFacts *facts, Str file, Str bytes, Err *err)
{
    Reading reading = {.facts = facts};
    TableOptions options = {.wish = county_wish, .ctx = &reading};
    return table_read_bytes(facts->arena, file, bytes, &options, &reading.table, err) &&
           take_rows(&reading, err);
}
