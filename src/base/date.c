#include "base/date.h"

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days before 1 January of the year, counted from 0001-01-01. */
static int days_before_year(int year)
{
    int y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400;
}

enum { DAYS_BEFORE_1970 = 719162 };

Date date_from_civil(int year, int month, int day)
{
    CHECK(year >= 1 && year <= 10000 && month >= 1 && month <= 12);
    int days = days_before_year(year) + day - 1;
    for (int m = 1; m < month; m++)
        days += days_in_month(year, m);
    return days - DAYS_BEFORE_1970;
}

void date_to_civil(Date date, int *year, int *month, int *day)
{
    CHECK(date >= DATE_MIN && date <= DATE_MAX);
    int days = date + DAYS_BEFORE_1970;
    int y = days / 366 + 1;
    while (days_before_year(y + 1) <= days)
        y++;
    days -= days_before_year(y);
    int m = 1;
    for (; days >= days_in_month(y, m); m++)
        days -= days_in_month(y, m);
    *year = y;
    *month = m;
    *day = days + 1;
}

static bool number(Str s, size_t from, size_t len, int *ret)
{
    int value = 0;
    for (size_t i = from; i < from + len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        value = value * 10 + (s.ptr[i] - '0');
    }
    *ret = value;
    return true;
}

bool date_parse(Str s, Date *ret)
{
    int year, month, day;
    if (s.len != 10 || s.ptr[4] != '-' || s.ptr[7] != '-')
        return false;
    if (!number(s, 0, 4, &year) || !number(s, 5, 2, &month) || !number(s, 8, 2, &day))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    *ret = date_from_civil(year, month, day);
    return true;
}

void date_format(StrBuf *out, Date date)
{
    int year, month, day;
    date_to_civil(date, &year, &month, &day);
    strbuf_addf(out, "%04d-%02d-%02d", year, month, day);
}
