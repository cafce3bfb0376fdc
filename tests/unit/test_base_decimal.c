#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/decimal.h"
#include "assert_text.h"

#include <float.h>
#include <math.h>

static Str fixed(Arena *arena, double value, int places)
{
    StrBuf text;
    strbuf_init(&text, arena);
    decimal_add_fixed(&text, value, places);
    return strbuf_str(&text);
}

static Str shortest(Arena *arena, double value)
{
    StrBuf text;
    strbuf_init(&text, arena);
    decimal_add_shortest(&text, value);
    return strbuf_str(&text);
}

static double parsed(Str text)
{
    Decimal decimal;
    assert_int_equal(decimal_parse(text, &decimal), DECIMAL_OK);
    return decimal_to_double(decimal);
}

/* m / 10^k to `places`, half away from zero, in whole numbers only. */
static Str oracle_fixed(Arena *arena, uint64_t m, int k, int places, bool is_negative)
{
    uint64_t unit = 1, scale = 1;
    for (int i = 0; i < places; i++)
        scale *= 10;
    for (int i = 0; i < k; i++)
        unit *= 10;
    uint64_t whole = (2 * m * scale + unit) / (2 * unit);
    const char *sign = is_negative && whole ? "-" : "";
    unsigned long long left = whole / scale, right = whole % scale;
    if (places == 0)
        return str_format(arena, "%s%llu", sign, left);
    return str_format(arena, "%s%llu.%0*llu", sign, left, places, right);
}

static void every_short_decimal_rounds_as_whole_numbers_do(void **state)
{
    (void)state;
    static const uint64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (uint64_t m = 0; m <= 20000; m++)
        for (int k = 0; k <= 6; k++) {
            bool is_negative = m % 3 == 0;
            double value = (double)m / (double)power[k] * (is_negative ? -1 : 1);
            for (int places = 0; places <= 7; places++) {
                Str want = oracle_fixed(&arena, m, k, places, is_negative);
                Str got = fixed(&arena, value, places);
                if (!str_equals(got, want))
                    fail_msg("%.17g to %d places: got %.*s, want %.*s", value, places, STR_ARG(got),
                             STR_ARG(want));
            }
            arena_reset(&arena);
        }
}

/* The exact text of m / 10^k is what the shortest text must be, without trailing zeros. */
static void every_short_decimal_is_its_own_shortest_text(void **state)
{
    (void)state;
    static const uint64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (uint64_t m = 0; m <= 20000; m++)
        for (int k = 0; k <= 5; k++) {
            Str want = oracle_fixed(&arena, m, k, k, false);
            while (k && want.ptr[want.len - 1] == '0')
                want.len--;
            if (want.ptr[want.len - 1] == '.')
                want.len--;
            Str got = shortest(&arena, (double)m / (double)power[k]);
            if (!str_equals(got, want))
                fail_msg("got %.*s, want %.*s", STR_ARG(got), STR_ARG(want));
            assert_true(parsed(want) == (double)m / (double)power[k]);
            arena_reset(&arena);
        }
}

/* What a reader works out by hand; in binary 1.005 and 2.675 lie below the half. */
static void halves_go_away_from_zero_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        double value;
        int places;
        const char *want;
    } cases[] = {
        {0.285, 2, "0.29"},
        {1.005, 2, "1.01"},
        {2.675, 2, "2.68"},
        {-2.675, 2, "-2.68"},
        {6.1495, 1, "6.1"},
        {6.1495, 2, "6.15"},
        {6.1495, 3, "6.150"},
        {0.5, 0, "1"},
        {1.5, 0, "2"},
        {2.5, 0, "3"},
        {-0.5, 0, "-1"},
        {0.49999999999999994, 0, "0"},
        {9.995, 2, "10.00"},
        {99.9999, 0, "100"},
        {0.0, 2, "0.00"},
        {-0.0, 2, "0.00"},
        {-0.004, 2, "0.00"},
        {-0.005, 2, "-0.01"},
        {0.05, 1, "0.1"},
        {0.04999, 1, "0.0"},
        {1e-300, 4, "0.0000"},
        {-5e-324, 15, "0.000000000000000"},
        {5e-16, 15, "0.000000000000001"},
        {4.9e-16, 15, "0.000000000000000"},
        {1e21, 2, "1000000000000000000000.00"},
        {123456789012345680.0, 1, "123456789012345680.0"},
        {0.1 + 0.2, 15, "0.300000000000000"},
        {9007199254740993.0, 0, "9007199254740992"},
    };
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_text(fixed(&arena, cases[i].value, cases[i].places), cases[i].want);
    assert_int_equal(fixed(&arena, DBL_MAX, 3).len, 309 + 1 + 3);
}

/* From the repr() of Python 3.11, the shortest too; only the exponent is written otherwise. */
static void known_shortest_texts_come_out(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *want;
    } cases[] = {
        {0.0, "0"},
        {-0.0, "0"},
        {1913, "1913"},
        {-0.1, "-0.1"},
        {1e-6, "0.000001"},
        {1e-7, "1e-7"},
        {1.5e-7, "1.5e-7"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {2.0 / 3, "0.6666666666666666"},
        {1e15, "1000000000000000"},
        {1e20, "100000000000000000000"},
        {1e21, "1e+21"},
        {123456789012345680.0, "123456789012345680"},
        {9007199254740993.0, "9007199254740992"},
        {0x1p-44, "5.684341886080802e-14"},
        {9.5367431640625e-7, "9.5367431640625e-7"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {2.225073858507201e-308, "2.225073858507201e-308"},
        {DBL_MAX, "1.7976931348623157e+308"},
    };
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_text(shortest(&arena, cases[i].value), cases[i].want);
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static double read_digits(uint64_t mantissa, int exp10)
{
    char text[48];
    (void)snprintf(text, sizeof text, "%llue%d", (unsigned long long)mantissa, exp10);
    return strtod(text, NULL);
}

/* The text reads back, and neither neighbour with one digit less does: strtod is the second way. */
static void check_shortest(Arena *arena, double value)
{
    Str text = shortest(arena, value);
    if (strtod(text.ptr, NULL) != value)
        fail_msg("%.17g came out as %s", value, text.ptr);
    Decimal17 d = decimal_shortest(value);
    assert_true(d.mantissa == 0 || d.mantissa % 10 != 0);
    assert_int_equal(d.is_negative, value < 0);
    if (d.mantissa < 10)
        return;
    for (uint64_t shorter = d.mantissa / 10; shorter <= d.mantissa / 10 + 1; shorter++)
        if (read_digits(shorter, d.exp10 + 1) == fabs(value))
            fail_msg("%.17g is %llue%d", value, (unsigned long long)shorter, d.exp10 + 1);
}

static void random_doubles_read_back_from_the_fewest_digits(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 60000; i++) {
        uint64_t bits = next_random(&seed);
        double value;
        if (i % 2) /* of the size of ratios and areas; else any */
            value = (double)(bits >> 40) / (double)(1 + (bits & 0xffff));
        else
            memcpy(&value, &bits, sizeof value);
        if (isfinite(value))
            check_shortest(&arena, value);
        arena_reset(&arena);
    }
}

static void powers_of_two_and_their_neighbours_read_back_too(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (int exponent = -1074; exponent <= 1023; exponent++) {
        double power = ldexp(1, exponent);
        check_shortest(&arena, power);
        check_shortest(&arena, nextafter(power, 0));
        check_shortest(&arena, nextafter(power, DBL_MAX));
        arena_reset(&arena);
    }
}

static void check_parse(const char *text, DecimalResult want, int64_t mantissa, int exp10)
{
    Decimal got = {.mantissa = 77, .exp10 = 77};
    DecimalResult result = decimal_parse(str_from(text), &got);
    bool is_same = want == DECIMAL_OK ? got.mantissa == mantissa && got.exp10 == exp10
                                      : got.mantissa == 77 && got.exp10 == 77;
    if (result != want || !is_same)
        fail_msg("'%s': got result %d, %lldE%d", text, (int)result, (long long)got.mantissa,
                 got.exp10);
    if (want == DECIMAL_OK && decimal_to_double(got) != strtod(text, NULL))
        fail_msg("'%s' is %.17g", text, decimal_to_double(got));
}

static void numbers_are_taken_in_lowest_terms(void **state)
{
    (void)state;
    check_parse("0", DECIMAL_OK, 0, 0);
    check_parse("-0.000", DECIMAL_OK, 0, 0);
    check_parse("0e999999999", DECIMAL_OK, 0, 0);
    check_parse("1913", DECIMAL_OK, 1913, 0);
    check_parse("+1913.50", DECIMAL_OK, 19135, -1);
    check_parse("-0.0285", DECIMAL_OK, -285, -4);
    check_parse(".5", DECIMAL_OK, 5, -1);
    check_parse("5.", DECIMAL_OK, 5, 0);
    check_parse("1200", DECIMAL_OK, 12, 2);
    check_parse("1.20e3", DECIMAL_OK, 12, 2);
    check_parse("12E-3", DECIMAL_OK, 12, -3);
    check_parse("000000000000000000012", DECIMAL_OK, 12, 0);
    check_parse("123456789012345", DECIMAL_OK, 123456789012345, 0);
    check_parse("999999999999999", DECIMAL_OK, 999999999999999, 0);
    check_parse("0.123456789012345000000", DECIMAL_OK, 123456789012345, -15);
    check_parse("1000000000000000000000000", DECIMAL_OK, 1, 24);
    check_parse("100000000000001e10", DECIMAL_OK, 100000000000001, 10);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",     "+",    "-",     ".",   "-.",  "e5",   "1e",       "1e+",  "1e5.0", "1.2.3",
        " 1",   "1 ",   "1,234", "--1", "+-1", "0x10", "inf",      "nan",  "1f",    "1_000",
        "１２", "12人", "1e5e5", "12%", "1-2", "−5",   "Infinity", "1e 5", ".e1",   "1.-2",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check_parse(wrong[i], DECIMAL_BAD, 0, 0);
}

static void more_than_15_digits_are_refused_not_rounded(void **state)
{
    (void)state;
    check_parse("1234567890123456", DECIMAL_TOO_LONG, 0, 0);
    check_parse("0.1234567890123456", DECIMAL_TOO_LONG, 0, 0);
    check_parse("1000000000000001", DECIMAL_TOO_LONG, 0, 0);
    check_parse("123456789012345.01", DECIMAL_TOO_LONG, 0, 0);
    check_parse("1234567890123456x", DECIMAL_BAD, 0, 0);
}

/* DBL_MAX is 1.7976931348623157e308, DBL_MIN 2.2250738585072014e-308. */
static void what_a_double_does_not_hold_is_out_of_range(void **state)
{
    (void)state;
    check_parse("1e308", DECIMAL_OK, 1, 308);
    check_parse("1.79769313486231e308", DECIMAL_OK, 179769313486231, 294);
    check_parse("1.79769313486232e308", DECIMAL_RANGE, 0, 0);
    check_parse("1e309", DECIMAL_RANGE, 0, 0);
    check_parse("2.22507385850721e-308", DECIMAL_OK, 222507385850721, -322);
    check_parse("2.22507385850720e-308", DECIMAL_RANGE, 0, 0);
    check_parse("-9e-309", DECIMAL_RANGE, 0, 0);
    check_parse("1e99999999999999999999", DECIMAL_RANGE, 0, 0);
    check_parse("1e-99999999999999999999", DECIMAL_RANGE, 0, 0);
}

/* Random digits and exponents: the double is that of strtod and gives the decimal back. */
static void decimals_of_15_digits_and_doubles_are_one_to_one(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    uint64_t seed = 2463534242u;
    for (int i = 0; i < 60000; i++) {
        uint64_t mantissa = next_random(&seed) % 1000000000000000u;
        int exp10 = (int)(next_random(&seed) % (i % 2 ? 40 : 580)) - (i % 2 ? 25 : 300);
        char text[48];
        (void)snprintf(text, sizeof text, "%llue%d", (unsigned long long)mantissa, exp10);
        Decimal decimal;
        assert_int_equal(decimal_parse(str_from(text), &decimal), DECIMAL_OK);
        double value = decimal_to_double(decimal);
        assert_true(value == strtod(text, NULL));
        Decimal17 back = decimal_shortest(value);
        assert_true(back.mantissa == (uint64_t)decimal.mantissa);
        assert_int_equal(back.exp10, decimal.exp10);
    }
}

static void print_nan(void)
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    (void)shortest(&arena, NAN);
}

static void a_nan_is_a_bug(void **state)
{
    (void)state;
    assert_true(is_aborting(print_nan));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_short_decimal_rounds_as_whole_numbers_do),
        cmocka_unit_test(every_short_decimal_is_its_own_shortest_text),
        cmocka_unit_test(halves_go_away_from_zero_as_people_write_them),
        cmocka_unit_test(known_shortest_texts_come_out),
        cmocka_unit_test(random_doubles_read_back_from_the_fewest_digits),
        cmocka_unit_test(powers_of_two_and_their_neighbours_read_back_too),
        cmocka_unit_test(numbers_are_taken_in_lowest_terms),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(more_than_15_digits_are_refused_not_rounded),
        cmocka_unit_test(what_a_double_does_not_hold_is_out_of_range),
        cmocka_unit_test(decimals_of_15_digits_and_doubles_are_one_to_one),
        cmocka_unit_test(a_nan_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
