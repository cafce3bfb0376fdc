/* For test_fact_*.c: numbers drawn in an order that is the same on every machine; comparisons. */
#ifndef TEST_FACT_FIXTURE_H
#define TEST_FACT_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "base/bytes.h"
#include "base/date.h"

#include <math.h>

/* Knuth's MMIX generator: the upper half of its state. */
static inline uint32_t fact_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 32);
}

static inline uint32_t fact_random_below(uint64_t *state, uint32_t bound)
{
    return fact_random(state) % bound;
}

static inline bool is_same_number(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

static inline Date fact_day(const char *text)
{
    Date date;
    if (!date_parse(str_from(text), &date))
        fail_msg("no date: %s", text);
    return date;
}

/* `parse` is given every beginning of the bytes, and the bytes with every change of a single byte. */
static inline void fact_try_damaged(Str bytes, void (*parse)(Str body))
{
    for (size_t len = 0; len < bytes.len; len++) {
        char *copy = malloc(len + 1); /* of just this size: reading on is seen by the sanitizer */
        assert_non_null(copy);
        memcpy(copy, bytes.ptr, len);
        parse((Str){copy, len});
        free(copy);
    }
    char *copy = malloc(bytes.len);
    assert_non_null(copy);
    memcpy(copy, bytes.ptr, bytes.len);
    for (size_t at = 0; at < bytes.len; at++)
        for (int change = 1; change < 256; change++) {
            copy[at] = (char)(bytes.ptr[at] ^ change);
            parse((Str){copy, bytes.len});
            copy[at] = bytes.ptr[at];
        }
    free(copy);
}

#endif
