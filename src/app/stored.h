/*
 * The facts of a period as a Dataset: the documents of the journal put together, so that everything
 * that works on a table works on the database.
 *
 * Every school that is open on the first day of the period is in it, also one that has reported
 * nothing. Of two documents about one cell the later counts; a document says nothing of items that it
 * has no column for. What no table says of pupils and classes, class lists say (app/stored_classes.h). Its rows are those of the documents; where each cell came from can be asked.
 */
#ifndef JH_APP_STORED_H
#define JH_APP_STORED_H

#include "app/facts.h"

typedef struct StoredView {
    Period period;
    Date structure; /* the day whose tree and mergers count: figures of schools that had been merged
                         by then are added to their successor's; DATE_MIN: the period's first day */
    uint32_t members; /* only schools below or in this township or group; ORG_NOT_FOUND: all */
} StoredView;

/* Fails with ERR_FACTS_PERIOD if no document is about the period. */
MUST_USE bool stored_dataset(Arena *arena, const Facts *facts, const Core *core,
                             const StoredView *view, Dataset **ret, Err *err);

/* Where a cell of such a dataset was reported; batch NULL: it was not. */
typedef struct CellOrigin {
    const Batch *batch;
    Str header;  /* of the column in the file */
    Str cell;    /* "H12" */
    bool is_sum; /* of the figures of merged schools: it has no cell of its own */
} CellOrigin;
CellOrigin stored_origin(Arena *arena, const Dataset *dataset, CellRef cell);

/* A figure that a table and a class list of the period say differently; the table's counts. */
typedef struct StoredDifference {
    const Batch *list, *table;
    uint32_t unit;
    int stage;
    const Item *item;
    double in_table, in_list;
    uint32_t line; /* of the list */
} StoredDifference;
const StoredDifference *stored_differences(const Dataset *dataset, size_t *ret_count);

/* The unit behind a school of such a dataset, and back (UINT32_MAX: it has none). */
uint32_t stored_unit(const Dataset *dataset, uint32_t school);
uint32_t stored_school(const Dataset *dataset, uint32_t unit);

#endif
