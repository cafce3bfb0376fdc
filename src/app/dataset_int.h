/* Shared by dataset.c, flat_header.c and change.c. */
#ifndef JH_APP_DATASET_INT_H
#define JH_APP_DATASET_INT_H

#include "app/dataset.h"
#include "base/utf8.h"

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

typedef struct Loader {
    Arena *arena;
    Dataset *dataset;
    const CodeList *runners, *urban;
    int key_column[FLAT_KEY_COUNT]; /* -1: not in the table */
    bool is_wide;
    bool has_bad_row; /* one that could not be understood, and so belongs to no school */
    Ratio *ratio;     /* per table column */
    LastCode last[FLAT_KEY_COUNT];
} Loader;

/*
 * Reports at a cell of the table. Where enough was reported already only counts: a table of five
 * million rows can have as many mistakes.
 */
bool flat_fail_args(const Loader *loader, size_t row, int column, Err *err, ErrCode code,
                    const ErrArg *args);
#define flat_fail(loader, row, column, err, ...) \
    FLAT_FAIL_(loader, row, column, err, __VA_ARGS__, (ErrArg){0})
#define FLAT_FAIL_(loader, row, column, err, code, ...) \
    flat_fail_args((loader), (row), (column), (err), (code), (const ErrArg[]){__VA_ARGS__, {0}})

/* The stage that a cell or header names; -1 if none does. */
int flat_stage_named(Arena *arena, const Core *core, Str text);

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

/* A number of another unit in the item's: exact, or rounded to the 15 digits of every input. */
double flat_converted(double value, Ratio ratio);

/* Understands the header: a TableWish with a Loader as context. */
bool flat_wish(void *ctx, Table *table, Err *err);

#endif
