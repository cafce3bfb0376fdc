/*
 * Why a value is not there. Absence is a state of its own, never 0 (decisions.md 3).
 * Inside a column it is a NaN beside a byte of reason; the formula language has no
 * NaN, and a NaN never leaves a kernel as a number.
 */
#ifndef JH_COL_ABSENCE_H
#define JH_COL_ABSENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Ordered: where two meet, the larger wins (undefined > not reported > not applicable). */
typedef enum Absence {
    ABSENCE_NONE,           /* the value is there */
    ABSENCE_NOT_APPLICABLE, /* 不适用: the unit does not have such a thing */
    ABSENCE_NOT_REPORTED, /* 未报: it has, and did not say (withheld and not yet due included) */
    ABSENCE_UNDEFINED,    /* 无意义: divided by 0, cv of mean 0 */
} Absence;

static inline Absence absence_heavier(Absence a, Absence b)
{
    return a > b ? a : b;
}

/* Three-valued logic. */
typedef enum Tri { TRI_FALSE, TRI_TRUE, TRI_UNKNOWN } Tri;

static inline Tri tri_and(Tri a, Tri b)
{
    if (a == TRI_FALSE || b == TRI_FALSE)
        return TRI_FALSE;
    return a == TRI_TRUE && b == TRI_TRUE ? TRI_TRUE : TRI_UNKNOWN;
}
static inline Tri tri_or(Tri a, Tri b)
{
    if (a == TRI_TRUE || b == TRI_TRUE)
        return TRI_TRUE;
    return a == TRI_FALSE && b == TRI_FALSE ? TRI_FALSE : TRI_UNKNOWN;
}
static inline Tri tri_not(Tri a)
{
    return a == TRI_UNKNOWN ? a : a == TRI_TRUE ? TRI_FALSE : TRI_TRUE;
}

#endif
