/*
 * The limit program: the job of the bench written by hand for this one standard, with nothing
 * checked and nothing general, as fast as we know how. Engines are measured against it.
 *
 * Layout: the school-stages stand in the depth-first order of the regions, so that each county and
 * stage is one run of blocks. A block holds eight school-stages, column by column; the last block of
 * a run is filled up with NaN. A null is NaN.
 */
#ifndef JH_BENCH_LIMIT_H
#define JH_BENCH_LIMIT_H

#include <stddef.h>
#include <stdint.h>

#include "harness.h"

enum { BLOCK_ROWS = 8, FACT_COUNT = 40, THREADS_MAX = 2, PREFECTURE_CODES = 10000 };

/* Eight school-stages: the columns are those of JOB_ITEMS. */
typedef struct Block {
    _Alignas(64) double column[ITEM_COUNT][BLOCK_ROWS];
} Block;

/* The ratios of a block; NaN if the school-stage is not evaluated or the numerator is null. */
typedef struct RatioBlock {
    _Alignas(64) double ratio[RATIO_COUNT][BLOCK_ROWS];
} RatioBlock;

/* A line of the file; the columns of fact are those of the file. */
typedef struct SchoolRow {
    int64_t school;
    int county;
    int type;
    double fact[FACT_COUNT];
} SchoolRow;

/* One stage of a region. Arrays by indicator; the eighth place is padding. */
typedef struct RegionStage {
    _Alignas(64) double weight[8]; /* sum of the pupils where the numerator is known */
    double sum[8];                 /* of the numerators */
    double mean[8];                /* of the ratios, weighted */
    double square[8];              /* sum of weight * (ratio - mean)^2 */
    double cv[8];                  /* NaN is null */
    double pupils;
    int64_t evaluated;
    int64_t ok;
} RegionStage;

typedef struct Region {
    RegionStage stage[STAGE_COUNT];
    int code;      /* six digits, as in BenchRow */
    int qualified; /* a county: 0 or 1; above: how many counties below */
    uint32_t parent;
    uint32_t first, end;               /* regions one level down; none in a county */
    uint32_t block_first[STAGE_COUNT]; /* of a county */
    uint32_t block_count[STAGE_COUNT];
} Region;

typedef struct Memory {
    void *start;
    size_t bytes;
} Memory;

typedef struct Nation {
    Region *regions; /* counties by code, then prefectures, provinces and the nation */
    size_t county_count;
    size_t region_count;
    Block *blocks;
    size_t block_count;
    int64_t *schools;             /* eight for each block */
    RatioBlock *ratios;           /* one for each block, filled by nation_judge on request */
    size_t longest_run;           /* blocks of the longest run */
    SchoolRow *rows[THREADS_MAX]; /* all facts, by the part of the file a thread read */
    size_t row_count[THREADS_MAX];
    uint32_t *county_at[PREFECTURE_CODES]; /* by code / 100, then code % 100: index of the county */
    Memory memory[6 + THREADS_MAX];
    size_t memory_count;
} Nation;

/* Calls work(context, thread) for each thread below count at the same time, and waits for all. */
typedef void CrewWork(void *context, int thread);
void crew_run(int count, CrewWork *work, void *context);

/* Only the rows, into fresh memory: what reading the text costs. */
void nation_parse(Nation *nation, const char *path, int threads);

/* Reads the file into fresh memory with that many threads. The file is what generate writes. */
void nation_load(Nation *nation, const char *path, int threads);
void nation_unload(Nation *nation);

/* Judges everything from the facts, and keeps each school's ratios if asked. */
void nation_judge(Nation *nation, int threads, bool keeps_ratios);

/* Sets one number and brings the county and the regions above it up to date; returns the county. */
const Region *nation_edit(Nation *nation, const BenchEdit *edit);

/* Judges the counties of a prefecture from the facts into ret, which has room for 100. */
size_t nation_drill(const Nation *nation, int prefecture, Region *ret);

#endif
