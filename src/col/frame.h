/*
 * The table that formulas run over: one Frame per stage (学段), one row per
 * school-stage ("part"), one column per slot.
 *
 * Rows stand in depth-first order of the region tree, so that every region of any
 * level is one slice [first, last) of rows. Each leaf region's slice is padded with
 * absent rows to a multiple of FRAME_LANES: kernels have no tails, and a sum's lane
 * is (row - leaf start) mod FRAME_LANES whatever the block size.
 *
 * A slot is one input of the formulas: an item or attribute in one period (this
 * one, or 上年). Attributes (school type, runner, urban class …) are code lists;
 * their value is the number of the code. A column holds NaN where absent, with the
 * reason in `absence`; where `absence` is NULL every NaN is "not reported".
 *
 * Frames are built by whoever has the facts (app); pure data, no ownership.
 */
#ifndef JH_COL_FRAME_H
#define JH_COL_FRAME_H

#include "base/str.h"
#include "col/absence.h"

#include <stddef.h>

enum { FRAME_LANES = 8, FRAME_STAGES_MAX = 8 };

typedef struct FrameColumn {
    double *value;          /* row_count values, 64-byte aligned; NaN where absent */
    const uint8_t *absence; /* Absence per row, or NULL */
} FrameColumn;

/* Regions in depth-first order (a parent before its children); region 0 is the root. */
typedef struct Region {
    Str code;
    Str name;
    int level;       /* 0 nation, 1 province, 2 prefecture, 3 county … */
    uint32_t parent; /* UINT32_MAX for the root */
    uint32_t end;    /* one past its last descendant: its subtree is [idx, end) */
    uint32_t first_leaf;
    uint32_t end_leaf; /* its leaves are [first_leaf, end_leaf) */
} Region;

typedef struct RegionTree {
    Region *region;
    size_t count;
    const uint32_t *leaf_region; /* leaf -> region */
    size_t leaf_count;
} RegionTree;

typedef struct Frame Frame;
struct Frame {
    int stage; /* index into the pack's stages */
    size_t row_count;
    const RegionTree *regions;
    const uint32_t *leaf_first; /* leaf_count + 1; multiples of FRAME_LANES */
    FrameColumn *column;        /* [slot_count] */
    size_t slot_count;
    const uint32_t *part; /* caller's id of each row; UINT32_MAX on padding */
    /* The same school's part in the other stages: row there or -1. NULL where no school has both. */
    const Frame *stage_frame[FRAME_STAGES_MAX];
    const int32_t *sibling[FRAME_STAGES_MAX];
};

static inline bool frame_is_padding(const Frame *frame, size_t row)
{
    return frame->part[row] == UINT32_MAX;
}
static inline size_t frame_region_first(const Frame *frame, const Region *region)
{
    return frame->leaf_first[region->first_leaf];
}
static inline size_t frame_region_end(const Frame *frame, const Region *region)
{
    return frame->leaf_first[region->end_leaf];
}
static inline Absence frame_absence(const Frame *frame, size_t slot, size_t row)
{
    const FrameColumn *column = &frame->column[slot];
    if (column->value[row] == column->value[row])
        return ABSENCE_NONE;
    return column->absence ? (Absence)column->absence[row] : ABSENCE_NOT_REPORTED;
}

#endif
