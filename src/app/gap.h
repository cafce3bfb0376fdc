/*
 * What is missing: for every school that does not pass, how much of what brings each indicator up to
 * its floor and limit, and the smallest sets of such steps with which the school passes.
 *
 * An indicator is raised through one item of the table, its lever (补齐 in the pack), in whole steps
 * (1 person, 1 ㎡, 1 yuan, 1 room), the rest fixed; the least number of steps is found by asking the
 * exact walker whether the limit is met. A lever shared by the stages of a school is raised for the
 * whole school, so what its stages lack is not added up: the larger one serves both. Sets that span
 * schools, or bring a coefficient down, are not looked for here.
 */
#ifndef JH_APP_GAP_H
#define JH_APP_GAP_H

#include "app/judge.h"

typedef enum GapTarget { GAP_NONE, GAP_FLOOR, GAP_LIMIT } GapTarget;

/* One indicator of one school-stage that is not met. Amounts in the unit told: 人, ㎡, 元, 间. */
typedef struct GapCell {
    size_t indicator;  /* index in the standard */
    const Item *lever; /* NULL: the pack names none, or it is not in the table */
    double to_floor; /* 0: not below the floor; NaN: no floor, or not to be reached by the lever */
    double to_limit; /* NaN: not to be reached by the lever */
    double steps[GAP_LIMIT + 1]; /* how many steps of the lever; NaN where the amount is */
} GapCell;

typedef struct GapStep {
    size_t cell;      /* index in the school's cells */
    GapTarget target; /* floor or limit */
} GapStep;

/* With all its steps the school passes, with any one less it does not. */
typedef struct GapPlan {
    GapStep *step;
    size_t count;
} GapPlan;

typedef struct GapSchool {
    int stage;
    const SchoolResult *result;
    GapCell *cell;
    size_t cell_count;
    GapPlan
        *plan; /* alternatives; none: the school passes, lacks data, or its levers do not do it */
    size_t plan_count;
} GapSchool;

/* What all schools of the region lack to bring every indicator up to its limit. */
typedef struct GapTotal {
    const Item *lever;
    double amount;
    size_t schools;
} GapTotal;

/* One item of a gate that a county does not meet. */
typedef struct GapItem {
    const Gate *gate;
    const GateItem *item;
    double value, limit;
    double
        amount; /* of the item's lever, in its step_unit, the rest fixed; NaN: not to be computed */
    double steps; /* how many steps of the lever that is; NaN where the amount is */
} GapItem;

typedef struct Gap {
    GapSchool *
        school; /* in scope, with at least one indicator not met; in the order of the unit's result */
    size_t school_count;
    GapTotal *total;
    size_t total_count;
    GapItem *item; /* figures of the county that are not met; in the order of the standard */
    size_t item_count;
} Gap;

/* For a county and its result. The frames are changed and put back. */
Gap *gap_of_unit(Arena *arena, Judge *judge, const UnitResult *unit);

/* The county's own items: gap_of_unit calls it. */
void gap_of_county(Arena *arena, Judge *judge, const UnitResult *unit, Gap *gap);

/* What one school-stage of the unit lacks; NULL: nothing. */
const GapSchool *gap_of_school(const Gap *gap, int stage, const SchoolResult *school);

#endif
