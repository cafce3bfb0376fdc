/* The values of a flat table: units, ranges, code lists, and whether they stand where they may. */
#include "app/dataset_int.h"

#include <math.h>

static bool check_value(Loader *loader, const ItemColumns *item, int column, size_t row, Err *err)
{
    const Table *table = loader->dataset->table;
    double value = table->column[column].number[row];
    if (flat_value_is_good(item->item, value) || flat_is_sum_row(loader, row))
        return true;
    /* a number that was converted is told in the item's own unit */
    bool is_converted = loader->ratio[column].num && value > 0;
    Str name = is_converted ? item->item->symbol.name : table->column[column].name;
    return flat_fail(loader, row, column, err, flat_value_error(value), ARG_STR("column", name),
                     ARG_NUM("value", value));
}

/* To 15 digits, half away from zero; digits that went before are known only by whether any was not 0. */
static Decimal rounded(__int128 number, int exp10)
{
    enum { BASE = 10 };
    const __int128 limit = 1000000000000000;
    int last = 0;
    for (; number >= limit; number /= BASE, exp10++)
        last = (int)(number % BASE);
    number += last >= BASE / 2;
    for (; number && number % BASE == 0; number /= BASE)
        exp10++;
    return (Decimal){(int64_t)number, exp10};
}

double flat_converted(double value, Ratio ratio)
{
    const __int128 enough = (__int128)1 << 122; /* times 10 it still fits */
    Decimal17 decimal = decimal_shortest(value);
    __int128 number = (__int128)decimal.mantissa * ratio.num;
    int exp10 = decimal.exp10;
    for (; number % ratio.den && number < enough; number *= 10)
        exp10--;
    return decimal_to_double(rounded(number / ratio.den, exp10));
}

/* Others than these are errors, or as good as 0, whatever the unit. */
#define CONVERTED_MIN 1e-30
#define CONVERTED_MAX 1e30

/* Numbers of another unit become those of the item's. Bad ones keep their sign and stay as they are. */
static void convert_column(Loader *loader, int column)
{
    if (!loader->ratio[column].num)
        return;
    double *number = loader->dataset->table->column[column].number;
    for (size_t row = 0; row < loader->dataset->table->row_count; row++)
        if (number[row] > CONVERTED_MIN && number[row] < CONVERTED_MAX)
            number[row] = flat_converted(number[row], loader->ratio[column]);
}

/* Whole numbers below it stay what they are when it is added and taken away; fractions do not. */
#define WHOLE_SHIFT 4503599627370496.0 /* 2^52 */

/* Most columns have no mistake: a loop without branches says so. Out of range, a number is bad anyway. */
static bool is_clean(const double *number, size_t count, bool is_whole)
{
    int64_t bad = 0;
    for (size_t row = 0; !is_whole && row < count; row++)
        bad |= (number[row] < 0) | (number[row] > FLAT_VALUE_MAX);
    for (size_t row = 0; is_whole && row < count; row++) {
        double value = number[row], whole = value + WHOLE_SHIFT - WHOLE_SHIFT;
        bad |= (value < 0) | (value > FLAT_VALUE_MAX) | ((value == value) & (whole != value));
    }
    return bad == 0;
}

static bool check_column(Loader *loader, const ItemColumns *item, int column, Err *err)
{
    const Table *table = loader->dataset->table;
    bool is_ok = true;
    convert_column(loader, column);
    if (is_clean(table->column[column].number, table->row_count, item->item->is_whole))
        return true;
    for (size_t row = 0; row < table->row_count; row++)
        is_ok &= check_value(loader, item, column, row, err);
    return is_ok;
}

/* The cells of a code-list item (是/否 …) become the numbers of their codes. */
static bool read_codes(Loader *loader, const ItemColumns *item, Err *err)
{
    Table *table = loader->dataset->table;
    TableColumn *column = &table->column[item->plain];
    column->number = arena_alloc_raw(loader->arena, (table->row_count + 1) * sizeof(double));
    bool is_ok = true;
    for (size_t row = 0; row < table->row_count; row++) {
        Str text = column->text[row];
        const Code *code = text.len ? codelist_find(item->item->codes, text) : NULL;
        column->number[row] = code ? code->number : NAN;
        if (text.len && !code && !flat_is_sum_row(loader, row))
            is_ok = flat_fail_code(loader, row, item->plain, item->item->codes, text, err);
    }
    return is_ok;
}

/* ---- where a value may stand ---- */

static bool fail_plain(const Loader *loader, const ItemColumns *item, size_t row, Err *err)
{
    ErrCode code = item->item->is_shared ? ERR_FLAT_SHARED_ON_STAGE : ERR_FLAT_STAGE_ON_SHARED;
    return flat_fail(loader, row, item->plain, err, code,
                     ARG_STR("school", flat_cell(loader, FLAT_CODE, row)),
                     ARG_STR("column", loader->dataset->table->column[item->plain].name));
}

static bool fail_stage(const Loader *loader, int column, int stage, size_t row, Err *err)
{
    const Dataset *dataset = loader->dataset;
    uint64_t code = 0;
    (void)dataset_parse_code(utf8_fold(loader->arena, flat_cell(loader, FLAT_CODE, row)), &code);
    const School *school = dataset_find(dataset, code);
    CHECK(school);
    return flat_fail(loader, row, column, err, ERR_FLAT_STAGE, ARG_STR("type", school->type->name),
                     ARG_STR("stage", dataset->core->stages.ptr[stage].name));
}

/* Whether a row that has the ban has more than `least` in the column. */
static bool is_any_banned(const Loader *loader, int column, uint16_t ban, double least)
{
    const double *number = loader->dataset->table->column[column].number;
    unsigned any = 0;
    if (!(loader->bans & ban))
        return false;
    for (size_t row = 0; row < loader->dataset->table->row_count; row++)
        any |= ((loader->ban[row] & ban) != 0) & (number[row] > least);
    return any != 0;
}

static bool check_plain_places(const Loader *loader, const ItemColumns *item, Err *err)
{
    uint16_t ban = item->item->is_shared ? BAN_SHARED_ITEMS : BAN_STAGE_ITEMS;
    bool is_ok = true;
    if (item->plain < 0 || !is_any_banned(loader, item->plain, ban, -INFINITY))
        return true;
    const double *number = loader->dataset->table->column[item->plain].number;
    for (size_t row = 0; row < loader->dataset->table->row_count; row++)
        if ((loader->ban[row] & ban) && !isnan(number[row]))
            is_ok &= fail_plain(loader, item, row, err);
    return is_ok;
}

/* A 0 for a stage that the school does not have says nothing; many systems write it. */
static bool check_stage_places(const Loader *loader, const ItemColumns *item, int stage, Err *err)
{
    uint16_t ban = (uint16_t)(1u << stage);
    int column = item->of_stage[stage];
    bool is_ok = true;
    if (column < 0 || !is_any_banned(loader, column, ban, 0.0))
        return true;
    const double *number = loader->dataset->table->column[column].number;
    for (size_t row = 0; row < loader->dataset->table->row_count; row++)
        if ((loader->ban[row] & ban) && number[row] > 0)
            is_ok &= fail_stage(loader, column, stage, row, err);
    return is_ok;
}

bool flat_check_values(Loader *loader, Err *err)
{
    bool is_ok = true;
    for (size_t i = 0; i < loader->dataset->item_count; i++) {
        const ItemColumns *item = &loader->dataset->items[i];
        if (item->item->codes)
            is_ok &= read_codes(loader, item, err);
        else if (item->plain >= 0)
            is_ok &= check_column(loader, item, item->plain, err);
        is_ok &= check_plain_places(loader, item, err);
        for (int stage = 0; stage < (int)loader->dataset->core->stages.len; stage++) {
            if (item->of_stage[stage] < 0)
                continue;
            is_ok &= check_column(loader, item, item->of_stage[stage], err);
            is_ok &= check_stage_places(loader, item, stage, err);
        }
    }
    return is_ok;
}
