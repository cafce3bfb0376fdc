/*
 * A dataset put into the order of frames: the rows of its table stand stage by stage as the engine runs
 * over them, padding included, so that a column of the table is a column of the frame and nothing need
 * be copied. On the rows of combined schools stand, beside the stage's own items, also those that the
 * stages share. This is the order in which the column cache lies (app/cache.h).
 */
#ifndef JH_APP_ARRANGE_H
#define JH_APP_ARRANGE_H

#include "app/dataset.h"

/*
 * In place. ret_moved: by row before, the row after (DATASET_NO_ROW: of no school); NULL: not wanted.
 * Only for datasets with one column an item, as those of the database are.
 */
void dataset_arrange(Arena *arena, Dataset *dataset, uint32_t **ret_moved);

/*
 * Puts a value into a cell of an arranged dataset: on the row of the cell and, of an item that stages
 * share, on their rows. The frames made of it have it, too.
 */
void dataset_put(Dataset *dataset, const School *school, const Item *item, CellRef cell,
                 double value);

#endif
