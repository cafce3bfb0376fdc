/*
 * A dataset put into the order of frames: the rows of its table stand stage by stage as the engine runs
 * over them, padding included, so that a column of the table is a column of the frame and nothing need
 * be copied. On the rows of combined schools stand, beside the stage's own items, also those that the
 * stages share. This is the order in which the column cache lies (app/cache.h).
 */
#ifndef JH_APP_ARRANGE_H
#define JH_APP_ARRANGE_H

#include "app/dataset.h"

typedef struct Arrangement Arrangement;

/*
 * In place, but for the columns of numbers: whoever made the dataset puts each through
 * arrangement_column afterwards. Only for datasets with one column an item, as those of the database are.
 */
const Arrangement *dataset_arrange(Arena *arena, Dataset *dataset);

/* The numbers of an item, given by the rows before, in the order of frames: table->row_count of them. */
double *arrangement_column(Arena *arena, const Arrangement *arrangement, const Item *item,
                           const double *number);
/* Where a row went; DATASET_NO_ROW: it is of no school. */
uint32_t arrangement_row(const Arrangement *arrangement, uint32_t row);

/*
 * Puts a value into a cell of an arranged dataset: on the row of the cell and, of an item that stages
 * share, on their rows. The frames made of it have it, too.
 */
void dataset_put(Dataset *dataset, const School *school, const Item *item, CellRef cell,
                 double value);

#endif
