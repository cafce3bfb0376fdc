/* Shared by dataset.c, flat_header.c, flat_values.c and change.c. */
#ifndef JH_APP_DATASET_INT_H
#define JH_APP_DATASET_INT_H

#include "app/dataset.h"
#include "base/utf8.h"
#include "sheet/layout.h"

#include <math.h>

typedef enum FlatKey {
#define FLAT_KEY(code, en, zh, is_required) code,
#include "app/flat.def"
#undef FLAT_KEY
    FLAT_KEY_COUNT
} FlatKey;

#define FLAT_VALUE_MAX 1e12

typedef struct LastCode {
    Str text;
    const Code *code;
} LastCode;

/* What a cell is multiplied by to be in the item's unit; num 0: nothing to do. */
typedef struct Ratio {
    int64_t num, den;
} Ratio;

/* What may not stand on a row: a number in the columns of stage s (bit s), of a stage's item, of a shared one. */
enum {
    BAN_ALL_STAGES = (1 << FRAME_STAGES_MAX) - 1,
    BAN_STAGE_ITEMS = 1 << FRAME_STAGES_MAX,
    BAN_SHARED_ITEMS = 2 << FRAME_STAGES_MAX,
};

typedef struct Loader {
    Arena *arena;
    Dataset *dataset;
    const CodeList *runners, *urban;
    int key_column[FLAT_KEY_COUNT]; /* -1: not in the table */
    bool is_wide;
    bool has_bad_row; /* one that could not be understood, and so belongs to no school */
    Ratio *ratio;     /* per table column */
    uint16_t *ban;    /* per row */
    uint16_t bans;    /* all that any row has */
    LastCode last[FLAT_KEY_COUNT];
} Loader;

static inline Str flat_cell(const Loader *loader, FlatKey key, size_t row)
{
    int column = loader->key_column[key];
    return column < 0 ? STR("") : loader->dataset->table->column[column].text[row];
}
bool flat_is_sum_row(const Loader *loader, size_t row);

/*
 * Reports at a cell of the table. Where enough was reported already only counts: a table of five
 * million rows can have as many mistakes.
 */
void flat_add(const Loader *loader, size_t row, int column, Err *err, ErrCode code,
              const ErrArg *args);

/* The same, and always returns false. */
static inline bool flat_fail_args(const Loader *loader, size_t row, int column, Err *err,
                                  ErrCode code, const ErrArg *args)
{
    flat_add(loader, row, column, err, code, args);
    return false;
}
#define flat_fail(loader, row, column, err, ...) \
    FLAT_FAIL_(loader, row, column, err, __VA_ARGS__, (ErrArg){0})
#define FLAT_FAIL_(loader, row, column, err, code, ...) \
    flat_fail_args((loader), (row), (column), (err), (code), (const ErrArg[]){__VA_ARGS__, {0}})

/* The cell is none of the list's. */
bool flat_fail_code(const Loader *loader, size_t row, int column, const CodeList *list, Str text,
                    Err *err);

/* The stage that a cell or header names; -1 if none does. */
int flat_stage_named(Arena *arena, const Core *core, Str text);
/* The nearest name of a stage for a "did you mean", or empty. */
Str flat_stage_nearest(Arena *arena, const Core *core, Str text);

/* Whether an item may have the value (NaN: not reported), and the error if not. */
static inline bool flat_value_is_good(const Item *item, double value)
{
    bool is_fraction = item->is_whole && value != floor(value);
    return isnan(value) || (value >= 0 && value <= FLAT_VALUE_MAX && !is_fraction);
}
static inline ErrCode flat_value_error(double value)
{
    return value < 0                ? ERR_FLAT_NEGATIVE
           : value > FLAT_VALUE_MAX ? ERR_FLAT_TOO_BIG
                                    : ERR_FLAT_WHOLE;
}

/* 教学仪器设备值(万元), folded, to 教学仪器设备值: the unit, or empty. Brackets may be part of an item's name. */
Str flat_split_unit(const Core *core, Str *name);
/* The factor from the unit of a header to the item's. Fails with ERR_FLAT_UNIT at the place of the header. */
bool flat_read_ratio(Arena *arena, const Core *core, const ErrPlace *place, Str unit_text,
                     const Item *item, Ratio *ret, Err *err);

/* A number of another unit in the item's: exact, or rounded to the 15 digits of every input. */
double flat_converted(double value, Ratio ratio);

/* Once the schools are known: all values, converted, in range, and where they may stand. */
bool flat_check_values(Loader *loader, Err *err);

/*
 * The name by which flat_wish understands a column with this header path (sheet/layout.h), or empty: 基本情况 /
 * 小学 / 在校生数 is 小学.在校生数. Only words of packs/core/headings.yaml are left out of a path.
 */
Str flat_known_heading(Arena *arena, const Core *core, const Str *path, size_t count);

/* What such a name stands for: 学校代码 of 学校标识码, 小学.在校生数 of 小学.学生数. */
Str flat_heading_meaning(Arena *arena, const Core *core, Str name);
/* The name with the unit of a unit line (万元、人) in which its item can be counted; as it is if it has one, or none fits. */
Str flat_with_unit(Arena *arena, const Core *core, Str name, Str units);

/* Understands the header: a TableWish with a Loader as context. */
bool flat_wish(void *ctx, Table *table, Err *err);

#endif
