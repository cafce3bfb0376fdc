/*
 * A flat table, or a period of the database, judged by a standard: what `evaluate`, `gap` and `explain`
 * begin with. With --what-if there are two: before the change and after it.
 */
#ifndef JH_APP_EVALUATION_H
#define JH_APP_EVALUATION_H

#include "app/cache.h"
#include "app/class_list.h"
#include "app/judge.h"
#include "app/stored.h"

typedef struct EvaluationRequest {
    const char *packs;  /* folder */
    Str standard;       /* id of a standard or overlay, or a path; empty: found by `name` */
    Str name;           /* what the standard must define, where it is not given: QR5 */
    const Str *overlay; /* further overlays, in order */
    size_t overlay_count;
    const char *table;         /* of schools; NULL: what the database says, or the counties alone */
    const char *const *county; /* tables of counties */
    size_t county_count;
    const StoreConfig *store; /* NULL: none */
    FactsUntil until;         /* how much of the journal counts */
    Str structure;      /* the day whose schools and divisions count, empty: the period's first */
    bool needs_origins; /* where cells were reported will be asked for */
    Str unit;           /* database: a township or group here means its schools alone */
    Str sheet;          /* xlsx; empty: the first visible one */
    const char *last_year; /* table of the year before, for 上年; NULL: none */
    const char *classes;   /* class list or pupil list, to fill what the table lacks; NULL: none */
    const char *changes;   /* --what-if; NULL: none */
    Str period;
} EvaluationRequest;

/* A published coefficient of another standard's indicator, beside the line that this standard draws. */
typedef struct ForeignFigure {
    const RegionFact *fact;
    Str code, name, standard; /* of the indicator, and of the standard that has it */
    double line;
    bool is_above;
} ForeignFigure;

typedef struct Evaluation {
    const Core *core;
    Standard *standard;
    Period period;
    Dataset *dataset;
    Dataset *last_year; /* NULL: not given */
    const Facts *facts; /* NULL: from a table, or from the cache */
    uint32_t members;   /* the township or group whose schools these are; ORG_NOT_FOUND: all */
    Str unit; /* the region or school that was named, as unit_find takes it; empty: none, or members */
    ClassList *classes; /* NULL: not given */
    Judge *judge;
    CacheState cache;
    Judge *before; /* without the changes; NULL if there are none */
    size_t changed_cells;
    VEC(ForeignFigure) foreign;
} Evaluation;

/*
 * Fails with whatever is wrong in packs, tables and period; ERR_STANDARD_NONE or ERR_STANDARD_SEVERAL if
 * `name` does not lead to one standard; ERR_EVALUATE_NOTHING without any table; ERR_COUNTY_QUANTITY… if
 * a published figure is of no standard.
 */
MUST_USE bool evaluation_open(Arena *arena, const EvaluationRequest *request, Evaluation *ret,
                              Err *err);

/* The smallest region that holds all counties of the table. */
uint32_t evaluation_top(const Evaluation *evaluation);

#endif
