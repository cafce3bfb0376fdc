/* Numbers of a demo: without a library function whose last bit differs between machines. */
#include "app/demo_int.h"

#include "base/err.h"

static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static uint64_t hash_of(Str text, uint64_t hash)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
    return mix(hash);
}

static double unit_of(uint64_t bits)
{
    return (double)(bits >> 11) / 9007199254740992.0; /* 2^53 */
}

double demo_uniform(Str place, uint64_t code, Str what)
{
    return unit_of(mix(hash_of(what, hash_of(place, code))));
}

double demo_noise(Str place, uint64_t code, Str what)
{
    uint64_t bits = hash_of(what, hash_of(place, code));
    return unit_of(mix(bits)) + unit_of(mix(bits + 1)) - 1.0;
}

int64_t demo_round(double value)
{
    return (int64_t)(value + 0.5);
}

void demo_share(Arena *arena, int64_t total, const double *weight, size_t count, int64_t least,
                int64_t *ret)
{
    double sum = 0.0, *rest = ARENA_ARRAY(arena, double, count);
    int64_t free = total - least * (int64_t)count, given = 0;
    if (free < 0) { /* not enough for all */
        free = total;
        least = 0;
    }
    for (size_t i = 0; i < count; i++)
        sum += weight[i];
    for (size_t i = 0; i < count; i++) {
        double part = free ? (double)free * weight[i] / sum : 0.0;
        ret[i] = (int64_t)part;
        rest[i] = part - (double)ret[i];
        given += ret[i];
        ret[i] += least;
    }
    for (; given < free; given++) {
        size_t best = 0;
        for (size_t i = 1; i < count; i++)
            if (rest[i] > rest[best])
                best = i;
        ret[best]++;
        rest[best] = -1.0;
    }
}

double demo_before(double value, double growth, int years)
{
    for (int i = 0; i < years; i++)
        value = value * 1000.0 / (1000.0 + growth);
    return value;
}

Str demo_ordinal(Arena *arena, size_t number)
{
    static const char *const DIGITS[] = {"零", "一", "二", "三", "四",
                                         "五", "六", "七", "八", "九"};
    size_t hundreds = number / 100, tens = number / 10 % 10, ones = number % 10;
    StrBuf out;
    strbuf_init(&out, arena);
    if (hundreds)
        strbuf_addf(&out, "%s百", DIGITS[hundreds % 10]);
    if (tens > 1 || (tens && hundreds))
        strbuf_addf(&out, "%s十", DIGITS[tens]);
    else if (tens)
        strbuf_addf(&out, "十");
    else if (hundreds && ones)
        strbuf_addf(&out, "零");
    if (ones)
        strbuf_addf(&out, "%s", DIGITS[ones]);
    return strbuf_str(&out);
}
