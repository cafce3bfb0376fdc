#include "base/decimal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGITS_MAX = 15, TEXT_MAX = 1000000 /* bytes: so that counts of digits fit an int */ };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

typedef struct Scan {
    Str s;
    size_t at;
    uint64_t mantissa;
    int digits; /* significant so far, trailing zeros pending in `zeros` not counted */
    int zeros;
    int exp10;
    bool has_digit, is_too_long;
} Scan;

static void take_digit(Scan *scan, int digit)
{
    scan->has_digit = true;
    if (digit == 0) {
        if (scan->digits)
            scan->zeros++;
        return;
    }
    if (scan->digits + scan->zeros + 1 > DIGITS_MAX) {
        scan->is_too_long = true;
        return;
    }
    for (; scan->zeros; scan->zeros--, scan->digits++)
        scan->mantissa *= 10;
    scan->mantissa = scan->mantissa * 10 + (uint64_t)digit;
    scan->digits++;
}

/* Digits with an optional point. exp10 counts what the pending zeros and the fraction shift. */
static void scan_digits(Scan *scan)
{
    int fraction = 0;
    bool is_fraction = false;
    for (; scan->at < scan->s.len; scan->at++) {
        char c = scan->s.ptr[scan->at];
        if (c == '.' && !is_fraction) {
            is_fraction = true;
        } else if (is_digit(c)) {
            take_digit(scan, c - '0');
            fraction += is_fraction;
        } else {
            break;
        }
    }
    scan->exp10 = scan->zeros - fraction;
}

static bool scan_exponent(Scan *scan)
{
    if (scan->at == scan->s.len || (scan->s.ptr[scan->at] != 'e' && scan->s.ptr[scan->at] != 'E'))
        return true;
    scan->at++;
    int sign = 1, value = 0;
    if (scan->at < scan->s.len && (scan->s.ptr[scan->at] == '+' || scan->s.ptr[scan->at] == '-'))
        sign = scan->s.ptr[scan->at++] == '-' ? -1 : 1;
    if (scan->at == scan->s.len || !is_digit(scan->s.ptr[scan->at]))
        return false;
    for (; scan->at < scan->s.len && is_digit(scan->s.ptr[scan->at]); scan->at++)
        value = value < 100000 ? value * 10 + (scan->s.ptr[scan->at] - '0') : value;
    scan->exp10 += sign * value;
    return true;
}

/* Beyond these a double is infinite, or has fewer than 15 digits to give back. */
static bool is_in_range(Decimal d, int digits)
{
    int point = d.exp10 + digits; /* 10^(point-1) <= value < 10^point */
    if (point >= DBL_MIN_10_EXP + 1 && point <= DBL_MAX_10_EXP)
        return true;
    if (point < DBL_MIN_10_EXP || point > DBL_MAX_10_EXP + 1)
        return false;
    double size = fabs(decimal_to_double(d));
    return size >= DBL_MIN && size <= DBL_MAX;
}

DecimalResult decimal_parse(Str s, Decimal *ret)
{
    Scan scan = {.s = s};
    bool is_negative = false;
    if (s.len > TEXT_MAX)
        return DECIMAL_BAD;
    if (s.len && (s.ptr[0] == '+' || s.ptr[0] == '-'))
        is_negative = s.ptr[scan.at++] == '-';
    scan_digits(&scan);
    if (!scan.has_digit || !scan_exponent(&scan) || scan.at != s.len)
        return DECIMAL_BAD;
    if (scan.is_too_long)
        return DECIMAL_TOO_LONG;
    if (scan.mantissa == 0) {
        *ret = (Decimal){0, 0};
        return DECIMAL_OK;
    }
    int64_t mantissa = (int64_t)scan.mantissa;
    Decimal result = {.mantissa = is_negative ? -mantissa : mantissa, .exp10 = scan.exp10};
    if (!is_in_range(result, scan.digits))
        return DECIMAL_RANGE;
    *ret = result;
    return DECIMAL_OK;
}

enum { POWER_MAX = 22 /* the last power of ten that a double holds exactly */ };
static const double POWER_OF_TEN[POWER_MAX + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

static double read_back(int64_t mantissa, int exp10)
{
    char text[48];
    (void)snprintf(text, sizeof text, "%llde%d", (long long)mantissa, exp10);
    return strtod(text, NULL);
}

double decimal_to_double(Decimal d)
{
    /* one rounding: both operands are exact */
    if (d.exp10 >= 0 && d.exp10 <= POWER_MAX)
        return (double)d.mantissa * POWER_OF_TEN[d.exp10];
    if (d.exp10 < 0 && d.exp10 >= -POWER_MAX)
        return (double)d.mantissa / POWER_OF_TEN[-d.exp10];
    return read_back(d.mantissa, d.exp10);
}

static Decimal17 reduced(uint64_t mantissa, int exp10, bool is_negative)
{
    while (mantissa && mantissa % 10 == 0) {
        mantissa /= 10;
        exp10++;
    }
    return (Decimal17){
        .mantissa = mantissa,
        .exp10 = mantissa ? exp10 : 0,
        .is_negative = is_negative && mantissa,
    };
}

/*
 * Numbers that people wrote are m / 10^k with small k: found without printing. At most one decimal
 * of up to 15 digits reads as a given double, so what is found is the shortest.
 */
static bool shortest_short(double size, uint64_t *ret_mantissa, int *ret_exp10)
{
    for (int places = 0; places <= 6; places++) {
        double scaled = size * POWER_OF_TEN[places];
        if (scaled >= 1e15)
            return false;
        double whole = nearbyint(scaled);
        if (whole / POWER_OF_TEN[places] == size) {
            *ret_mantissa = (uint64_t)whole;
            *ret_exp10 = -places;
            return true;
        }
    }
    return false;
}

/* The decimal of so many digits nearest to size, by printf's exact conversion. */
static void nearest_digits(double size, int digits, uint64_t *ret_mantissa, int *ret_exp10)
{
    char text[40];
    (void)snprintf(text, sizeof text, "%.*e", digits - 1, size);
    uint64_t mantissa = 0;
    const char *p = text;
    for (; *p && *p != 'e'; p++)
        if (*p != '.')
            mantissa = mantissa * 10 + (uint64_t)(*p - '0');
    *ret_mantissa = mantissa;
    *ret_exp10 = (int)strtol(p + 1, NULL, 10) - (digits - 1);
}

Decimal17 decimal_shortest(double value)
{
    CHECK(isfinite(value));
    double size = fabs(value);
    uint64_t mantissa;
    int exp10;
    if (shortest_short(size, &mantissa, &exp10))
        return reduced(mantissa, exp10, value < 0);
    /* A subnormal may have less than 15 digits, and then many decimals of 15 read as it. */
    for (int digits = size < DBL_MIN ? 1 : DIGITS_MAX; digits <= 16; digits++) {
        nearest_digits(size, digits, &mantissa, &exp10);
        if (read_back((int64_t)mantissa, exp10) == size)
            return reduced(mantissa, exp10, value < 0);
    }
    /* Above a power of two doubles lie twice as far apart as below: the second nearest may do. */
    if (read_back((int64_t)mantissa + 1, exp10) == size)
        return reduced(mantissa + 1, exp10, value < 0);
    nearest_digits(size, 17, &mantissa, &exp10);
    return reduced(mantissa, exp10, value < 0);
}

enum { DIGITS_SIZE = 20 /* of the largest uint64_t */ };

static Str digits_of(uint64_t mantissa, char text[DIGITS_SIZE])
{
    size_t at = DIGITS_SIZE;
    do
        text[--at] = (char)('0' + mantissa % 10);
    while (mantissa /= 10);
    return (Str){.ptr = text + at, .len = DIGITS_SIZE - at};
}

void decimal_add_shortest(StrBuf *buf, double value)
{
    Decimal17 d = decimal_shortest(value);
    char text[DIGITS_SIZE];
    Str digits = digits_of(d.mantissa, text);
    int point = (int)digits.len + d.exp10; /* digits before the point */
    if (d.is_negative)
        strbuf_add_char(buf, '-');
    if (d.exp10 >= 0 && point <= 21) {
        strbuf_add(buf, digits);
        strbuf_add_repeat(buf, STR("0"), (size_t)d.exp10);
    } else if (point > 0 && point <= 21) {
        strbuf_add(buf, str_slice(digits, 0, (size_t)point));
        strbuf_add_char(buf, '.');
        strbuf_add(buf, str_slice(digits, (size_t)point, digits.len));
    } else if (point > -6 && point <= 0) {
        strbuf_add(buf, STR("0."));
        strbuf_add_repeat(buf, STR("0"), (size_t)-point);
        strbuf_add(buf, digits);
    } else {
        strbuf_add_char(buf, digits.ptr[0]);
        if (digits.len > 1)
            strbuf_add_char(buf, '.');
        strbuf_add(buf, str_slice(digits, 1, digits.len));
        strbuf_addf(buf, "e%+d", point - 1);
    }
}

/* d as a whole number of 10^-places, half away from zero: ret_whole followed by ret_zeros zeros. */
static void round_to_places(Decimal17 d, int places, uint64_t *ret_whole, size_t *ret_zeros)
{
    int drop = -d.exp10 - places; /* digits beyond the last place */
    uint64_t whole = d.mantissa;
    if (drop > 18)
        whole = 0; /* of 17 digits not even a half is left */
    else if (drop > 0) {
        uint64_t unit = 1;
        for (int i = 0; i < drop; i++)
            unit *= 10;
        whole = d.mantissa / unit + (d.mantissa % unit >= unit / 2);
    }
    *ret_whole = whole;
    *ret_zeros = drop < 0 && whole ? (size_t)-drop : 0;
}

void decimal_add_fixed(StrBuf *buf, double value, int places)
{
    CHECK(places >= 0 && places <= 15);
    Decimal17 d = decimal_shortest(value);
    uint64_t whole;
    size_t zeros, point = (size_t)places;
    round_to_places(d, places, &whole, &zeros);
    char text[DIGITS_SIZE];
    Str digits = digits_of(whole, text);
    size_t len = digits.len + zeros;
    size_t lead = len > point ? 0 : point + 1 - len; /* zeros in front: 0.0x */
    len += lead;
    if (d.is_negative && whole)
        strbuf_add_char(buf, '-');
    for (size_t i = 0; i < len; i++) {
        if (i == len - point)
            strbuf_add_char(buf, '.');
        bool is_digit_of_whole = i >= lead && i - lead < digits.len;
        strbuf_add_char(buf, is_digit_of_whole ? digits.ptr[i - lead] : '0');
    }
}
