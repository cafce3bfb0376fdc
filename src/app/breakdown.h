/*
 * The indicators of a region by groups of schools: one row per code of an attribute that occurs
 * (城乡分类, 办学类型, 举办者 …), per group of its code list, and the ratio of the two groups that the code
 * list contrasts (对照: 城镇 over 乡村).
 */
#ifndef JH_APP_BREAKDOWN_H
#define JH_APP_BREAKDOWN_H

#include "app/evaluation.h"

typedef struct BreakdownRow {
    Str name;
    bool is_group; /* of codes */
    bool is_blank; /* the schools that do not report the attribute: no name */
    double units, students;
    double *mean, *cv; /* per indicator; NaN: undefined */
} BreakdownRow;

typedef struct Breakdown {
    int stage;
    const Item *attribute;
    BreakdownRow *
        row; /* codes in the order of the list, groups, the blank one; those without a school left out */
    size_t row_count;
    const CodeGroup *contrast[2]; /* NULL: none */
    double *ratio; /* per indicator: mean of the first group over that of the second */
} Breakdown;

/* One per stage that has schools in scope. Fails with ERR_BREAKDOWN if the name is no attribute. */
MUST_USE bool breakdown_make(Arena *arena, const Evaluation *evaluation, uint32_t region,
                             Str attribute, Breakdown **ret, size_t *ret_count, Err *err);

#endif
