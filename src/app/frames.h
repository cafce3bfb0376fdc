/*
 * From a dataset to the frames that a standard's formulas run over: one per stage that occurs,
 * rows in depth-first order of the regions that occur (those of dataset->region_facts too), siblings linked, last year's values
 * (上年) joined by school code where a second dataset is given.
 */
#ifndef JH_APP_FRAMES_H
#define JH_APP_FRAMES_H

#include "app/dataset.h"

typedef struct Frames {
    const Dataset *dataset;
    RegionTree regions;
    const Code **region_code;       /* region -> code; NULL for the nation */
    Frame *frame[FRAME_STAGES_MAX]; /* by stage of the core; NULL: no part of that stage */
    uint32_t *part_row;             /* part -> row in its stage's frame */
    const Slot *slots;              /* the standard's, as when the frames were made */
    size_t slot_count;
} Frames;

/* Columns for every slot of the scope. `before` may be NULL: then 上年 is not reported. */
Frames *frames_new(Arena *arena, const Dataset *dataset, const Dataset *before, const Scope *scope);

/* The same without columns: where the parts go. */
Frames *frames_lay_out(Arena *arena, const Dataset *dataset);

/* Copies one part's value of one slot again from the dataset, after the dataset was changed. */
void frames_refresh(Frames *frames, uint32_t part, int slot);

/* Bit t: some school of this stage also has stage t, as CalcRequest wants it. */
uint32_t frames_sibling_stages(const Frame *frame);

/* Region by its 6-digit code; UINT32_MAX if it does not occur. */
uint32_t frames_find_region(const Frames *frames, Str code);

#endif
