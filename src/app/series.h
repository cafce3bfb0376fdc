/*
 * One indicator of one unit through the periods of the database. A unit is followed by its permanent id,
 * whatever it was called and whichever code it had. By default each period is as it was; with a day of
 * structure the schools and divisions of that day count for all periods, so that the figures of schools
 * merged since are added to those of their successors and the line has no break.
 */
#ifndef JH_APP_SERIES_H
#define JH_APP_SERIES_H

#include "app/evaluation.h"

typedef struct SeriesRequest {
    const char *packs;
    const StoreConfig *store;
    FactsUntil until;
    Str name;      /* of the indicator */
    Str standard;  /* empty: in each period the one in force that has it */
    Str unit;      /* a division or a school */
    Str structure; /* a day; empty: each period as it was */
    const Str *overlay;
    size_t overlay_count;
} SeriesRequest;

typedef struct SeriesPoint {
    Str period, standard;
    Str unit_code, unit_name; /* as of the period */
    int stage;
    bool is_there;    /* false: the unit was not open, or has no such stage */
    double value;     /* of a school its value, of a region the mean; NaN: absent */
    double cv, limit; /* regions */
    Tri met;          /* the school's value, or the region's coefficient, against its limit */
    double students;
    size_t schools;
    bool is_published;
} SeriesPoint;

typedef struct Series {
    const Indicator *indicator; /* of the last period */
    const Core *core;
    bool is_school;
    VEC(SeriesPoint) points; /* by period, then stage */
} Series;

/* Fails with ERR_UNIT_…, ERR_FACTS_PERIOD if there are no figures at all, ERR_SERIES_NAME. */
MUST_USE bool series_make(Arena *arena, const SeriesRequest *request, Series *ret, Err *err);

#endif
