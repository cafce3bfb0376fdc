#include "calc/exact_number_int.h"

#include <math.h>

typedef __int128 Wide;
typedef unsigned __int128 UWide;

enum { CHUNK = 64, PLACES_MAX = 400 };

/* ---- the pool ---- */

static void pool_done(void *ptr)
{
    ExactPool *pool = ptr;
    for (size_t i = 0; i < pool->made; i++)
        mpq_clear(pool->chunk[i / CHUNK][i % CHUNK]);
}

void exact_pool_init(ExactPool *pool, Arena *arena, unsigned bits)
{
    *pool = (ExactPool){.arena = arena, .bits = bits};
    arena_defer(arena, pool_done, pool);
}

static void pool_grow(ExactPool *pool)
{
    if (pool->chunk_count == pool->chunk_cap) {
        size_t cap = pool->chunk_cap ? pool->chunk_cap * 2 : 8;
        mpq_t **chunk = ARENA_ARRAY(pool->arena, mpq_t *, cap);
        if (pool->chunk_count)
            memcpy(chunk, pool->chunk, pool->chunk_count * sizeof *chunk);
        pool->chunk = chunk;
        pool->chunk_cap = cap;
    }
    mpq_t *fresh = ARENA_ARRAY(pool->arena, mpq_t, CHUNK);
    for (size_t i = 0; i < CHUNK; i++)
        mpq_init(fresh[i]);
    pool->chunk[pool->chunk_count++] = fresh;
    pool->made += CHUNK;
}

static mpq_ptr take(ExactPool *pool)
{
    if (pool->used == pool->made)
        pool_grow(pool);
    size_t at = pool->used++;
    return pool->chunk[at / CHUNK][at % CHUNK];
}

static Rational copy_rational(ExactPool *pool, const Rational *a)
{
    if (!a->big)
        return *a;
    Rational copy = {.big = take(pool)};
    mpq_set(copy.big, a->big);
    return copy;
}

ExactNumber exact_copy(ExactPool *pool, const ExactNumber *number)
{
    ExactNumber copy = {.lo = copy_rational(pool, &number->lo), .is_exact = number->is_exact};
    if (!number->is_exact)
        copy.hi = copy_rational(pool, &number->hi);
    return copy;
}

/* Brings an mpq from the top of the stack down into the next free place. */
static void lower(ExactPool *pool, Rational *rational)
{
    if (!rational->big)
        return;
    mpq_ptr place = take(pool);
    if (place != rational->big)
        mpq_swap(place, rational->big);
    rational->big = place;
}

ExactNumber exact_lift(ExactPool *pool, size_t mark, ExactNumber number)
{
    /* only what stands on top may be moved: the ends may be one mpq, or belong to a cell or another pool */
    ExactNumber copy = exact_copy(pool, &number);
    exact_release(pool, mark);
    lower(pool, &copy.lo);
    if (!copy.is_exact)
        lower(pool, &copy.hi);
    return copy;
}

void exact_cell_init(ExactCell *cell, ExactPool *pool)
{
    *cell = (ExactCell){.value = exact_int(0), .lo = take(pool), .hi = take(pool)};
}

static Rational store(mpq_ptr place, Rational a)
{
    if (!a.big)
        return a;
    mpq_set(place, a.big);
    return (Rational){.big = place};
}

void exact_cell_set(ExactCell *cell, ExactNumber number)
{
    /* hi first: it may be the old value's lower end, never the other way round */
    if (!number.is_exact)
        cell->value.hi = store(cell->hi, number.hi);
    cell->value.lo = store(cell->lo, number.lo);
    cell->value.is_exact = number.is_exact;
}

/* ---- rationals ---- */

static int64_t magnitude(int64_t a)
{
    return a < 0 ? -a : a;
}

static uint64_t gcd64(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static UWide gcd_wide(UWide a, UWide b)
{
    while (b > UINT64_MAX) {
        UWide rest = a % b;
        a = b;
        b = rest;
    }
    return b ? gcd64((uint64_t)b, (uint64_t)(a % b)) : a;
}

static bool fits(Wide value)
{
    return value <= INT64_MAX && value >= -INT64_MAX;
}

static void set_wide(mpz_ptr ret, Wide value)
{
    UWide size = value < 0 ? -(UWide)value : (UWide)value;
    uint64_t word[2] = {(uint64_t)size, (uint64_t)(size >> 64)};
    mpz_import(ret, 2, -1, sizeof word[0], 0, 0, word);
    if (value < 0)
        mpz_neg(ret, ret);
}

/* What became too long for the plain way: in lowest terms, small if that fits. */
static Rational from_wide(ExactPool *pool, Wide num, Wide den)
{
    UWide divisor = gcd_wide(num < 0 ? -(UWide)num : (UWide)num, (UWide)den);
    CHECK(divisor != 0); /* den is positive */
    num /= (Wide)divisor;
    den /= (Wide)divisor;
    if (fits(num) && fits(den))
        return (Rational){(int64_t)num, (int64_t)den, NULL};
    Rational result = {.big = take(pool)};
    set_wide(mpq_numref(result.big), num);
    set_wide(mpq_denref(result.big), den);
    return result;
}

void rational_get(const Rational *a, mpq_t ret)
{
    if (a->big) {
        mpq_set(ret, a->big);
        return;
    }
    mpq_set_si(ret, a->num, (unsigned long)a->den);
    mpq_canonicalize(ret);
}

static mpq_srcptr view(ExactPool *pool, const Rational *a)
{
    if (a->big)
        return a->big;
    mpq_ptr place = take(pool);
    rational_get(a, place);
    return place;
}

static bool is_small_mpz(mpz_srcptr a)
{
    return mpz_fits_slong_p(a) && mpz_get_si(a) != INT64_MIN;
}

static Rational from_big(mpq_ptr big)
{
    if (is_small_mpz(mpq_numref(big)) && is_small_mpz(mpq_denref(big)))
        return (Rational){mpz_get_si(mpq_numref(big)), mpz_get_si(mpq_denref(big)), NULL};
    return (Rational){.big = big};
}

typedef void MpqFn(mpq_ptr ret, mpq_srcptr a, mpq_srcptr b);

static Rational big_binary(ExactPool *pool, MpqFn *fn, const Rational *a, const Rational *b)
{
    mpq_ptr result = take(pool);
    fn(result, view(pool, a), view(pool, b));
    return from_big(result);
}

static Rational rational_negate(ExactPool *pool, const Rational *a)
{
    if (!a->big)
        return (Rational){-a->num, a->den, NULL};
    Rational result = {.big = take(pool)};
    mpq_neg(result.big, a->big);
    return result;
}

static Rational rational_add(ExactPool *pool, const Rational *a, const Rational *b)
{
    if (a->big || b->big)
        return big_binary(pool, mpq_add, a, b);
    int64_t left, right, num, den;
    if (a->den == b->den && !__builtin_add_overflow(a->num, b->num, &num) && num != INT64_MIN)
        return (Rational){num, a->den, NULL};
    if (!__builtin_mul_overflow(a->num, b->den, &left) &&
        !__builtin_mul_overflow(b->num, a->den, &right) &&
        !__builtin_add_overflow(left, right, &num) &&
        !__builtin_mul_overflow(a->den, b->den, &den) && num != INT64_MIN)
        return (Rational){num, den, NULL};
    return from_wide(pool, (Wide)a->num * b->den + (Wide)b->num * a->den, (Wide)a->den * b->den);
}

static Rational rational_multiply(ExactPool *pool, const Rational *a, const Rational *b)
{
    if (a->big || b->big)
        return big_binary(pool, mpq_mul, a, b);
    int64_t num, den;
    if (!__builtin_mul_overflow(a->num, b->num, &num) &&
        !__builtin_mul_overflow(a->den, b->den, &den) && num != INT64_MIN)
        return (Rational){num, den, NULL};
    return from_wide(pool, (Wide)a->num * b->num, (Wide)a->den * b->den);
}

static Rational rational_divide(ExactPool *pool, const Rational *a, const Rational *b)
{
    if (a->big || b->big)
        return big_binary(pool, mpq_div, a, b);
    Rational inverse = {b->num < 0 ? -b->den : b->den, magnitude(b->num), NULL};
    return rational_multiply(pool, a, &inverse);
}

int rational_order(const Rational *a, const Rational *b)
{
    if (!a->big && !b->big) {
        Wide left = (Wide)a->num * b->den, right = (Wide)b->num * a->den;
        return left < right ? -1 : left > right;
    }
    int order = a->big && b->big ? mpq_cmp(a->big, b->big)
                : a->big         ? mpq_cmp_si(a->big, b->num, (unsigned long)b->den)
                                 : -mpq_cmp_si(b->big, a->num, (unsigned long)a->den);
    return order < 0 ? -1 : order > 0;
}

static int sign_of(const Rational *a)
{
    if (a->big)
        return mpq_sgn(a->big);
    return a->num < 0 ? -1 : a->num > 0;
}

/* Binary exponent, give or take one. */
static long exponent_of(mpq_srcptr a)
{
    return (long)mpz_sizeinbase(mpq_numref(a), 2) - (long)mpz_sizeinbase(mpq_denref(a), 2);
}

static bool is_power_of_two(mpz_srcptr a)
{
    return mpz_scan1(a, 0) + 1 == mpz_sizeinbase(a, 2);
}

/* ret = integer * 2^-places, in lowest terms. */
static Rational dyadic(mpq_ptr ret, long places)
{
    mpz_set_ui(mpq_denref(ret), 1);
    if (places > 0)
        mpq_div_2exp(ret, ret, (mp_bitcnt_t)places);
    else
        mpq_mul_2exp(ret, ret, (mp_bitcnt_t)-places);
    return from_big(ret);
}

/* ret = floor or ceiling (is_up) of num/den * 2^places */
static void scaled(mpz_ptr ret, mpz_srcptr num, mpz_srcptr den, long places, bool is_up)
{
    mpz_t shifted;
    mpz_init(shifted);
    mpz_mul_2exp(shifted, places > 0 ? num : den, (mp_bitcnt_t)(places > 0 ? places : -places));
    mpz_srcptr top = places > 0 ? shifted : num, bottom = places > 0 ? den : shifted;
    if (is_up)
        mpz_cdiv_q(ret, top, bottom);
    else
        mpz_fdiv_q(ret, top, bottom);
    mpz_clear(shifted);
}

/* Downward or upward to pool->bits significant bits. */
static Rational round_outward(ExactPool *pool, const Rational *a, bool is_up)
{
    if (!a->big && (a->den & (a->den - 1)) == 0)
        return *a;
    mpq_srcptr exact = view(pool, a);
    if (exponent_of(exact) < -MAGNITUDE_BITS_MAX) {
        /* next to nothing: 0 on one side, the least magnitude on the other */
        mpq_ptr least = take(pool);
        mpq_set_si(least, is_up == (mpq_sgn(exact) > 0) ? mpq_sgn(exact) : 0, 1);
        return dyadic(least, MAGNITUDE_BITS_MAX);
    }
    if (is_power_of_two(mpq_denref(exact)) && mpz_sizeinbase(mpq_numref(exact), 2) <= pool->bits)
        return *a;
    mpq_ptr result = take(pool);
    long places = (long)pool->bits - exponent_of(exact);
    scaled(mpq_numref(result), mpq_numref(exact), mpq_denref(exact), places, is_up);
    return dyadic(result, places);
}

static bool is_long(const Rational *a)
{
    return a->big && mpz_sizeinbase(mpq_numref(a->big), 2) + mpz_sizeinbase(mpq_denref(a->big), 2) >
                         RATIONAL_BITS_MAX;
}

static ExactNumber interval(const Rational *lo, const Rational *hi)
{
    ExactNumber result = {.lo = *lo, .hi = *hi};
    result.is_exact = rational_order(lo, hi) == 0;
    return result;
}

static ExactNumber enclose(ExactPool *pool, const Rational *lo, const Rational *hi)
{
    Rational low = round_outward(pool, lo, false), high = round_outward(pool, hi, true);
    return interval(&low, &high);
}

static ExactNumber settle(ExactPool *pool, Rational exact)
{
    if (is_long(&exact))
        return enclose(pool, &exact, &exact);
    return (ExactNumber){.lo = exact, .is_exact = true};
}

/* ---- numbers ---- */

static const int64_t POWER_OF_TEN[] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};
enum { POWER_MAX = sizeof POWER_OF_TEN / sizeof *POWER_OF_TEN - 1 };

/* mantissa * 10^exp10; the exponent is bounded by what a double or PLACES_MAX allows. */
static Rational scaled_decimal(ExactPool *pool, int64_t mantissa, int exp10)
{
    if (exp10 <= 0 && -exp10 <= POWER_MAX)
        return (Rational){mantissa, POWER_OF_TEN[-exp10], NULL};
    int64_t whole;
    if (exp10 > 0 && exp10 <= POWER_MAX &&
        !__builtin_mul_overflow(mantissa, POWER_OF_TEN[exp10], &whole) && whole != INT64_MIN)
        return (Rational){whole, 1, NULL};
    mpq_ptr result = take(pool);
    mpq_set_si(result, mantissa, 1);
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)(exp10 < 0 ? -exp10 : exp10));
    if (exp10 < 0)
        mpz_set(mpq_denref(result), power);
    else
        mpz_mul(mpq_numref(result), mpq_numref(result), power);
    mpz_clear(power);
    mpq_canonicalize(result);
    return from_big(result);
}

ExactNumber exact_decimal(ExactPool *pool, Decimal decimal)
{
    return (ExactNumber){.lo = scaled_decimal(pool, decimal.mantissa, decimal.exp10),
                         .is_exact = true};
}

ExactNumber exact_double(ExactPool *pool, double value)
{
    /*
     * A decimal of at most 15 digits that reads back as the value is its shortest one. Below
     * 10^15 such a candidate and its power of ten are exact doubles, so the quotient is rightly
     * rounded, as reading is.
     */
    for (int places = 0; places <= 15 && fabs(value) < 1e15; places++) {
        double scale = (double)POWER_OF_TEN[places], candidate = nearbyint(value * scale);
        if (fabs(candidate) >= 1e15)
            break;
        if (candidate / scale == value)
            return (ExactNumber){.lo = {(int64_t)candidate, POWER_OF_TEN[places], NULL},
                                 .is_exact = true};
    }
    Decimal17 shortest = decimal_shortest(value);
    int64_t mantissa = (int64_t)shortest.mantissa;
    return (ExactNumber){
        .lo = scaled_decimal(pool, shortest.is_negative ? -mantissa : mantissa, shortest.exp10),
        .is_exact = true};
}

ExactNumber exact_add(ExactPool *pool, const ExactNumber *a, const ExactNumber *b)
{
    Rational lo = rational_add(pool, &a->lo, &b->lo);
    if (a->is_exact && b->is_exact)
        return settle(pool, lo);
    Rational hi = rational_add(pool, exact_upper(a), exact_upper(b));
    return enclose(pool, &lo, &hi);
}

ExactNumber exact_negate(ExactPool *pool, const ExactNumber *a)
{
    ExactNumber result = {.lo = rational_negate(pool, exact_upper(a)), .is_exact = a->is_exact};
    if (!a->is_exact)
        result.hi = rational_negate(pool, &a->lo);
    return result;
}

ExactNumber exact_subtract(ExactPool *pool, const ExactNumber *a, const ExactNumber *b)
{
    ExactNumber minus = exact_negate(pool, b);
    return exact_add(pool, a, &minus);
}

typedef Rational RationalFn(ExactPool *pool, const Rational *a, const Rational *b);

/* The least and the largest of the four combinations of ends: right for × and, without 0 in b, for ÷. */
static ExactNumber corners(ExactPool *pool, RationalFn *fn, const ExactNumber *a,
                           const ExactNumber *b)
{
    const Rational *left[] = {&a->lo, exact_upper(a)}, *right[] = {&b->lo, exact_upper(b)};
    Rational lo = fn(pool, left[0], right[0]), hi = lo;
    for (int i = 1; i < 4; i++) {
        Rational corner = fn(pool, left[i & 1], right[i >> 1]);
        if (rational_order(&corner, &lo) < 0)
            lo = corner;
        if (rational_order(&corner, &hi) > 0)
            hi = corner;
    }
    return enclose(pool, &lo, &hi);
}

ExactNumber exact_multiply(ExactPool *pool, const ExactNumber *a, const ExactNumber *b)
{
    if (a->is_exact && b->is_exact)
        return settle(pool, rational_multiply(pool, &a->lo, &b->lo));
    return corners(pool, rational_multiply, a, b);
}

ExactNumber exact_divide(ExactPool *pool, const ExactNumber *a, const ExactNumber *b)
{
    CHECK(!exact_has_zero(b));
    if (a->is_exact && b->is_exact)
        return settle(pool, rational_divide(pool, &a->lo, &b->lo));
    return corners(pool, rational_divide, a, b);
}

ExactNumber exact_abs(ExactPool *pool, const ExactNumber *a)
{
    if (sign_of(&a->lo) >= 0)
        return *a;
    ExactNumber minus = exact_negate(pool, a);
    if (sign_of(exact_upper(a)) <= 0)
        return minus;
    Rational zero = {0, 1, NULL};
    return interval(&zero, rational_order(&minus.hi, &a->hi) > 0 ? &minus.hi : &a->hi);
}

ExactNumber exact_least(const ExactNumber *a, const ExactNumber *b)
{
    const Rational *a_hi = exact_upper(a), *b_hi = exact_upper(b);
    return interval(rational_order(&a->lo, &b->lo) <= 0 ? &a->lo : &b->lo,
                    rational_order(a_hi, b_hi) <= 0 ? a_hi : b_hi);
}

ExactNumber exact_greatest(const ExactNumber *a, const ExactNumber *b)
{
    const Rational *a_hi = exact_upper(a), *b_hi = exact_upper(b);
    return interval(rational_order(&a->lo, &b->lo) >= 0 ? &a->lo : &b->lo,
                    rational_order(a_hi, b_hi) >= 0 ? a_hi : b_hi);
}

ExactNumber exact_enclose(ExactPool *pool, const ExactNumber *a)
{
    return enclose(pool, &a->lo, exact_upper(a));
}

/* ---- roots ---- */

/* True if the root is rational. */
static bool perfect_root(ExactPool *pool, const Rational *a, Rational *ret)
{
    mpq_srcptr square = view(pool, a);
    if (!mpz_perfect_square_p(mpq_numref(square)) || !mpz_perfect_square_p(mpq_denref(square)))
        return false;
    mpq_ptr root = take(pool);
    mpz_sqrt(mpq_numref(root), mpq_numref(square));
    mpz_sqrt(mpq_denref(root), mpq_denref(square));
    *ret = from_big(root);
    return true;
}

static Rational root_outward(ExactPool *pool, const Rational *a, bool is_up)
{
    Rational root = {0, 1, NULL};
    if (sign_of(a) <= 0 || perfect_root(pool, a, &root))
        return root;
    mpq_srcptr square = view(pool, a);
    mpq_ptr result = take(pool);
    long places = (long)pool->bits - exponent_of(square) / 2;
    /* floor(sqrt(x * 4^places)) needs only the whole part of x * 4^places */
    scaled(mpq_numref(result), mpq_numref(square), mpq_denref(square), 2 * places, false);
    mpz_sqrt(mpq_numref(result), mpq_numref(result));
    if (is_up)
        mpz_add_ui(mpq_numref(result), mpq_numref(result), 1);
    return dyadic(result, places);
}

ExactNumber exact_root(ExactPool *pool, const ExactNumber *a)
{
    Rational lo = root_outward(pool, &a->lo, false), hi = root_outward(pool, exact_upper(a), true);
    return interval(&lo, &hi);
}

/* ---- jumps ---- */

static void jump_mpz(mpz_ptr ret, ExactJump jump, mpq_srcptr a)
{
    switch (jump) {
    case JUMP_FLOOR:
        mpz_fdiv_q(ret, mpq_numref(a), mpq_denref(a));
        return;
    case JUMP_CEIL:
        mpz_cdiv_q(ret, mpq_numref(a), mpq_denref(a));
        return;
    case JUMP_ROUND:
        break;
    }
    /* half away from zero: (2|n| + d) / 2d toward zero, with the sign of n */
    mpz_t twice;
    mpz_init(twice);
    mpz_abs(ret, mpq_numref(a));
    mpz_mul_2exp(ret, ret, 1);
    mpz_add(ret, ret, mpq_denref(a));
    mpz_mul_2exp(twice, mpq_denref(a), 1);
    mpz_tdiv_q(ret, ret, twice);
    if (mpq_sgn(a) < 0)
        mpz_neg(ret, ret);
    mpz_clear(twice);
}

static Rational jump_rational(ExactPool *pool, ExactJump jump, const Rational *a, int places)
{
    Rational scale = scaled_decimal(pool, 1, places);
    Rational shifted = rational_multiply(pool, a, &scale);
    mpq_ptr whole = take(pool);
    mpz_set_ui(mpq_denref(whole), 1);
    jump_mpz(mpq_numref(whole), jump, view(pool, &shifted));
    Rational jumped = from_big(whole);
    return rational_divide(pool, &jumped, &scale);
}

ExactNumber exact_jump(ExactPool *pool, ExactJump jump, const ExactNumber *a, int places)
{
    places = places > PLACES_MAX ? PLACES_MAX : places < -PLACES_MAX ? -PLACES_MAX : places;
    Rational lo = jump_rational(pool, jump, &a->lo, places);
    if (a->is_exact)
        return settle(pool, lo);
    Rational hi = jump_rational(pool, jump, &a->hi, places);
    return interval(&lo, &hi);
}

/* ---- questions ---- */

bool exact_order(const ExactNumber *a, const ExactNumber *b, int *ret)
{
    *ret = rational_order(&a->lo, &b->lo);
    if (a->is_exact && b->is_exact)
        return true;
    if (rational_order(exact_upper(a), &b->lo) < 0)
        *ret = -1;
    else if (rational_order(&a->lo, exact_upper(b)) > 0)
        *ret = 1;
    else
        return false;
    return true;
}

bool exact_has_zero(const ExactNumber *a)
{
    return sign_of(&a->lo) <= 0 && sign_of(exact_upper(a)) >= 0;
}

bool exact_is_huge(const ExactNumber *a)
{
    const Rational *hi = exact_upper(a);
    return (a->lo.big && exponent_of(a->lo.big) > MAGNITUDE_BITS_MAX) ||
           (hi->big && exponent_of(hi->big) > MAGNITUDE_BITS_MAX);
}

size_t exact_to_index(const ExactNumber *a)
{
    return a->lo.big ? SIZE_MAX : (size_t)(a->lo.num / a->lo.den);
}

/* Rightly rounded: the first 62 bits of the quotient, and one that says whether anything was left. */
static double mpq_to_double(mpq_srcptr a)
{
    if (mpq_sgn(a) == 0)
        return 0.0;
    long places = 65 - exponent_of(a);
    mpz_t size, head;
    mpz_inits(size, head, NULL);
    mpz_abs(size, mpq_numref(a));
    scaled(size, size, mpq_denref(a), places, false);
    long extra = (long)mpz_sizeinbase(size, 2) - 62;
    mpz_tdiv_q_2exp(head, size, (mp_bitcnt_t)extra);
    bool is_cut = mpz_scan1(size, 0) < (mp_bitcnt_t)extra || !is_power_of_two(mpq_denref(a)) ||
                  (long)mpz_scan1(mpq_denref(a), 0) > places;
    double value = ldexp((double)(mpz_get_ui(head) << 1 | is_cut), (int)(extra - 1 - places));
    mpz_clears(size, head, NULL);
    return mpq_sgn(a) < 0 ? -value : value;
}

double rational_middle_to_double(mpq_srcptr lo, mpq_srcptr hi)
{
    if (lo == hi || mpq_equal(lo, hi))
        return mpq_to_double(lo);
    mpq_t middle;
    mpq_init(middle);
    mpq_add(middle, lo, hi);
    mpq_div_2exp(middle, middle, 1);
    double value = mpq_to_double(middle);
    mpq_clear(middle);
    return value;
}

double exact_number_to_double(const ExactNumber *a)
{
    const int64_t whole = (int64_t)1 << 53;
    if (a->is_exact && !a->lo.big && magnitude(a->lo.num) <= whole && a->lo.den <= whole)
        return (double)a->lo.num / (double)a->lo.den;
    mpq_t lo, hi;
    mpq_inits(lo, hi, NULL);
    rational_get(&a->lo, lo);
    rational_get(exact_upper(a), hi);
    double value = rational_middle_to_double(lo, hi);
    mpq_clears(lo, hi, NULL);
    return value;
}
