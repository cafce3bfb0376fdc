/*
 * Periods (decisions.md 7): every value names the period it describes; there is no default.
 *   2024-2025     school year (census 1 September 2024)
 *   2024-2025/1   autumn term      2024-2025/2  spring term
 *   2024          calendar year    2024-10      month
 */
#ifndef JH_FACT_PERIOD_H
#define JH_FACT_PERIOD_H

#include "base/date.h"
#include "base/err.h"

typedef enum PeriodKind { PERIOD_SCHOOL_YEAR, PERIOD_TERM, PERIOD_YEAR, PERIOD_MONTH } PeriodKind;

typedef struct Period {
    PeriodKind kind;
    int year; /* first calendar year of a school year or term */
    int part; /* term 1 or 2; month 1 … 12; else 0 */
} Period;

/* Full-width digits and —, –, －, 学年 are understood ("2024—2025学年"). Fails with ERR_PERIOD (says the forms). */
MUST_USE bool period_parse(Str text, Period *ret, Err *err);
void period_format(StrBuf *out, Period period);
/* School year: 1 September to 31 August; autumn term to the end of February; the rest as the calendar says. */
Date period_first_day(Period period);
Date period_last_day(Period period);
Period period_previous(Period period);

#endif
