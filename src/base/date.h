/* Civil dates (proleptic Gregorian), as days since 1970-01-01. No time zone, no clock. */
#ifndef JH_BASE_DATE_H
#define JH_BASE_DATE_H

#include "base/str.h"

typedef int32_t Date;
enum { DATE_MIN = -719162 /* 0001-01-01 */, DATE_MAX = 2932896 /* 9999-12-31 */ };

/* YYYY-MM-DD, and nothing else; false if it is no day of the calendar. */
bool date_parse(Str s, Date *ret);
/* Year 1 to 10000 (the day after DATE_MAX), month 1 to 12; days beyond the month count on. */
Date date_from_civil(int year, int month, int day);
/* DATE_MIN to DATE_MAX. */
void date_to_civil(Date date, int *year, int *month, int *day);
void date_format(StrBuf *out, Date date);

#endif
