/*
 * Decimal numbers as people write them. Inputs have at most 15 significant
 * digits, so decimal text and double are one to one (decisions.md 2); more is
 * refused, never rounded.
 */
#ifndef JH_BASE_DECIMAL_H
#define JH_BASE_DECIMAL_H

#include "base/str.h"

/* value = mantissa * 10^exp10, in lowest terms: mantissa not divisible by 10, or 0 with exp10 0. */
typedef struct Decimal {
    int64_t mantissa; /* |mantissa| < 10^15 */
    int exp10;
} Decimal;

typedef enum DecimalResult {
    DECIMAL_OK,
    DECIMAL_BAD,      /* not a number */
    DECIMAL_TOO_LONG, /* more than 15 significant digits */
    DECIMAL_RANGE,    /* beyond what a normal, finite double holds */
} DecimalResult;

/*
 * [+-]digits[.digits][e[+-]digits]; no blanks, no thousands separators, no inf, nan or hex.
 * Leading and trailing zeros do not count as significant digits. *ret is set only if DECIMAL_OK.
 */
DecimalResult decimal_parse(Str s, Decimal *ret);

/* The double nearest to it. */
double decimal_to_double(Decimal d);

/* The decimal with the fewest digits that rounds to value (value finite): 17 digits at most. */
typedef struct Decimal17 {
    uint64_t mantissa;
    int exp10;
    bool is_negative;
} Decimal17;
Decimal17 decimal_shortest(double value);

/* Shortest text that reads back as the same double: 0.1, 1913, 1e-7, -0 as 0. For JSON and CSV. */
void decimal_add_shortest(StrBuf *buf, double value);

/*
 * Rounded to `places` (0 … 15) digits after the point, half away from zero, from the
 * shortest decimal (so 0.285 → 0.29): what people see. Never uses printf's rounding.
 */
void decimal_add_fixed(StrBuf *buf, double value, int places);

#endif
