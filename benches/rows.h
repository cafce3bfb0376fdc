/* What a user reads of a judged nation, in the rows of the bench: shared by junheng.c and stored.c. */
#ifndef JH_BENCH_ROWS_H
#define JH_BENCH_ROWS_H

#include "app/judge.h"
#include "harness.h"

/* By region: of a county 0 or 1, above the number of qualified counties below. */
void rows_qualified(const Judge *judge, int *qualified);

/* The counties are filled in; adds them up to the regions above. */
void rows_add_up(const RegionTree *tree, int *qualified);

/* False if the region has no school of the stage in scope. */
bool rows_read_one(const Judge *judge, const int *qualified, uint32_t region, int s, BenchRow *ret);

/* All of them; room for STAGE_COUNT of each region and one more. Returns how many there are. */
size_t rows_read(const Judge *judge, const int *qualified, BenchRow *rows);

/* The same bits. */
bool rows_are_same(const BenchRow *left, const BenchRow *right, size_t count);

#endif
