/* Shared by dataset.c, flat_header.c and change.c. */
#ifndef JH_APP_DATASET_INT_H
#define JH_APP_DATASET_INT_H

#include "app/dataset.h"
#include "base/utf8.h"

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
    Ratio *ratio; /* per table column */
    LastCode last[FLAT_KEY_COUNT];
} Loader;

/* Understands the header: a TableWish with a Loader as context. */
bool flat_wish(void *ctx, Table *table, Err *err);

#endif
