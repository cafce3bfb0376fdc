/*
 * How a figure came about, for one school or one region: the steps of the formula with the figures
 * put in (calc/explain.h), the cells of the table they come from, and the documents behind the rule.
 */
#ifndef JH_APP_EXPLANATION_H
#define JH_APP_EXPLANATION_H

#include "app/judge.h"
#include "app/stored.h"
#include "calc/explain.h"

/* A cell of a table; column -1: the table has no such column. */
typedef struct ExplainedCell {
    const ExplainStep *step;
    const Table *table; /* of the schools or of counties; NULL: of a fact that is in none */
    const RegionFact
        *fact; /* of a county: its document; published where it has no item; else NULL */
    CellRef ref;
    Str cell;   /* "H12"; for csv too, as a spreadsheet shows it; "classes.csv:7" where the class
                           list gave it; empty if there is none */
    Str header; /* of the column; the item's name if there is none */
    const Batch *batch; /* of the database; NULL: from a table, or not reported */
    bool is_sum;        /* of the figures of merged schools: no cell alone holds it */
    bool is_supposed;   /* --what-if put the value there; the table holds in_table (NaN: nothing) */
    double in_table;
} ExplainedCell;

typedef struct ExplainedRule {
    Str what; /* QR5, QR5.限值, 高密度学校运动场地 … */
    const Basis *basis;
    Str note; /* the reason of an exception */
} ExplainedRule;

/* Who makes a coefficient what it is: schools by falling contribution. */
typedef struct Contributor {
    const School *school;
    double weight, value, contribution;
} Contributor;

typedef struct Explanation {
    int stage;            /* -1: of the county as a whole */
    const GateItem *item; /* an item of a gate; else NULL */
    const Region *region;
    const School *school;       /* NULL: the region's figure */
    const Indicator *indicator; /* NULL: another figure of the standard */
    const ExplainStep *root;
    VEC(ExplainedCell) cells;
    VEC(ExplainedRule) rules;
    Contributor *contributor; /* of a coefficient of an indicator, all that have one */
    size_t contributor_count;
    const IndicatorResult *result; /* the region's figures of the indicator */
} Explanation;

typedef struct ExplainRequest {
    Str name; /* code or name of an indicator or a gate's item, or of a gate, or of anything the standard names: QR5, QR5.差异系数, 学校达标, PS3, G4 */
    Str unit; /* 6-digit region or 10-digit school; empty: the only county of the table */
    Str stage; /* empty: every stage that has it */
} ExplainRequest;

/*
 * One explanation per stage; of items that are judged by the county's facts one each. Fails with ERR_EXPLAIN_NAME, ERR_UNIT_UNKNOWN_REGION, ERR_EXPLAIN_STAGE or
 * ERR_UNIT_NEEDED (several counties, and none named).
 */
MUST_USE bool explanation_make(Arena *arena, Judge *judge, const ExplainRequest *request,
                               Explanation **ret, size_t *ret_count, Err *err);

/*
 * --unit: a region (its index) or a school (its index in ret_school, else UINT32_MAX). An empty text is
 * the only county of the table.
 */
MUST_USE bool unit_find(const Judge *judge, Str unit, uint32_t *ret_region, uint32_t *ret_school,
                        Err *err);

#endif
