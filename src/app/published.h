/*
 * What was published of a region beside what its own facts give, for people to compare: the one never
 * stands in for the other here, and no verdict reads it (design, decision 5). A figure of a county that
 * there is nothing to compute from is judged as published (app/judge.h) and is not listed.
 */
#ifndef JH_APP_PUBLISHED_H
#define JH_APP_PUBLISHED_H

#include "app/judge.h"

typedef struct PublishedFigure {
    const RegionFact *fact;
    Str code, name, unit_text; /* code, unit: or empty */
    int decimals;              /* for text output */
    double computed;           /* NaN: it cannot be */
    size_t counties, left_out; /* above counties: those added up, and those that lack an input */
} PublishedFigure;

typedef VEC(PublishedFigure) PublishedFigures;

/*
 * Those of the judge's standard, in the order in which they were given. Above counties a figure of the
 * county as a whole is its formula over the sums of what the counties report, of those that report all of
 * it; only counts can be added up, so a formula over anything else is not computed.
 */
PublishedFigures published_figures(Arena *arena, Judge *judge, uint32_t region);

#endif
