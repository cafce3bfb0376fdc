#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/utf8.h"
#include "assert_text.h"

/* The well-formed byte sequences: table 3-7 of the Unicode Standard. */
static const struct {
    unsigned char first, last, second_first, second_last;
    size_t len;
} WELL_FORMED[] = {
    {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static size_t len_by_the_table(const unsigned char *p, size_t left)
{
    for (size_t i = 0; i < sizeof WELL_FORMED / sizeof *WELL_FORMED; i++) {
        if (p[0] < WELL_FORMED[i].first || p[0] > WELL_FORMED[i].last)
            continue;
        if (WELL_FORMED[i].len == 1)
            return 1;
        if (left < WELL_FORMED[i].len || p[1] < WELL_FORMED[i].second_first ||
            p[1] > WELL_FORMED[i].second_last)
            return 0;
        for (size_t k = 2; k < WELL_FORMED[i].len; k++)
            if (p[k] < 0x80 || p[k] > 0xbf)
                return 0;
        return WELL_FORMED[i].len;
    }
    return 0;
}

static void check_sequence(const unsigned char *bytes, size_t len)
{
    size_t want = 0;
    while (want < len) {
        size_t step = len_by_the_table(bytes + want, len - want);
        if (!step)
            break;
        want += step;
    }
    Str s = {(const char *)bytes, len};
    if (utf8_valid_len(s) != want)
        fail_msg("%02x %02x %02x %02x: got %zu, want %zu", bytes[0], bytes[1], bytes[2], bytes[3],
                 utf8_valid_len(s), want);
    size_t at = 0, first = len_by_the_table(bytes, len);
    uint32_t code = utf8_next(s, &at);
    assert_int_equal(at, first ? first : 1);
    if (!first)
        assert_int_equal(code, 0xfffd);
}

/* All first and second bytes, and for the others those at which a rule turns. */
static void well_formed_is_what_the_table_of_unicode_says(void **state)
{
    (void)state;
    static const unsigned char turns[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90,
                                          0x9f, 0xa0, 0xbf, 0xc0, 0xe4, 0xff};
    for (unsigned first = 0; first < 256; first++)
        for (unsigned second = 0; second < 256; second++)
            for (size_t i = 0; i < sizeof turns; i++)
                for (size_t k = 0; k < sizeof turns; k++) {
                    const unsigned char bytes[4] = {(unsigned char)first, (unsigned char)second,
                                                    turns[i], turns[k]};
                    for (size_t len = 1; len <= 4; len++)
                        check_sequence(bytes, len);
                }
}

static void a_bad_byte_is_found_at_every_offset(void **state)
{
    (void)state;
    for (size_t len = 1; len < 40; len++)
        for (size_t bad = 0; bad < len; bad++) {
            char text[40];
            memset(text, 'a', sizeof text);
            text[bad] = '\xff';
            assert_int_equal(utf8_valid_len((Str){text, len}), bad);
            text[bad] = 'a';
            assert_int_equal(utf8_valid_len((Str){text, len}), len);
        }
    assert_int_equal(utf8_valid_len((Str){0}), 0);
}

static void every_code_point_comes_back(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (uint32_t code = 0; code < 0x120000; code++) {
        StrBuf text;
        strbuf_init(&text, &arena);
        utf8_add(&text, code);
        Str s = strbuf_str(&text);
        size_t at = 0;
        bool is_none = (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff;
        assert_int_equal(utf8_next(s, &at), is_none ? 0xfffd : code);
        assert_int_equal(at, s.len);
        assert_int_equal(utf8_valid_len(s), s.len);
        if (code % 1024 == 0)
            arena_reset(&arena);
    }
}

static void code_points_are_counted(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(STR("")), 0);
    assert_int_equal(utf8_count(STR("学校a①")), 4);
    assert_int_equal(utf8_count(STR("\xff\xe5\xad")), 3);
}

/* EastAsianWidth.txt and the general categories of Unicode 14. */
static void widths_are_those_of_a_terminal(void **state)
{
    (void)state;
    static const struct {
        uint32_t code;
        int width;
    } cases[] = {
        {'a', 1},     {'~', 1},      {0x00, 0},   {'\n', 0},   {0x7f, 0},    {0xe9, 1},
        {0x301, 0},   {0x4e2d, 2},   {0x9fff, 2}, {0x3400, 2}, {0x2000b, 2}, {0x3000, 2},
        {0x3001, 2},  {0x300c, 2},   {0xff01, 2}, {0xff5e, 2}, {0xff61, 1},  {0xffe5, 2},
        {0x2460, 1},  {0x33a1, 2},   {0x201c, 1}, {0x2014, 1}, {0x2103, 1},  {0xa000, 2},
        {0xac00, 2},  {0x3042, 2},   {0x200b, 0}, {0xfeff, 0}, {0xfe0f, 0},  {0x0f71, 0},
        {0x0f40, 1},  {0x064e, 0},   {0x0627, 1}, {0x180b, 0}, {0x1820, 1},  {0x302a, 0},
        {0x1f600, 2}, {0x10ffff, 1}, {0x303f, 1}, {0x1100, 2}, {0x1160, 1},  {0xe0100, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (utf8_code_width(cases[i].code) != cases[i].width)
            fail_msg("U+%04X: got %d, want %d", (unsigned)cases[i].code,
                     utf8_code_width(cases[i].code), cases[i].width);
    assert_int_equal(utf8_width(STR("在校生数(人)")), 12);
}

static void folding_makes_full_width_forms_half_width(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    assert_text(utf8_fold(&arena, STR("　在校生数（人）\xc2\xa0")), "在校生数(人)");
    assert_text(utf8_fold(&arena, STR("１２．５％～！")), "12.5%~!");
    assert_text(utf8_fold(&arena, STR("①㎡Ⅲ、「」")), "①㎡Ⅲ、「」");
    assert_text(utf8_fold(&arena, STR("初中　一\xc2\xa0年级")), "初中 一 年级");
    assert_text(utf8_fold(&arena, STR("  plain ")), "plain");
    assert_text(utf8_fold(&arena, STR("\xff中")), "\xff中");
    assert_text(utf8_fold(&arena, (Str){0}), "");
}

static void slips_of_the_pen_find_their_word(void **state)
{
    (void)state;
    static const struct {
        const char *word, *want;
    } cases[] = {
        {"在校生数", "在校生数"},
        {"在校学数", "在校生数"},
        {"在校生人数", "在校生数"},
        {"校生数", "在校生数"},
        {"专任老师数", "专任教师数"},
        {"总数", ""},
        {"初终", "初中"},
        {"终", ""},
        {"", ""},
        {"pupil_rato", "pupil_ratio"},
        {"puppil_ratoi", ""},
        {"pupilratio", "pupil_ratio"},
        {"图书(册)", "图书"},
        {"book", ""},
        {"班", ""},
    };
    const Str names[] = {STR("在校生数"),    STR("专任教师数"), STR("初中"),
                         STR("pupil_ratio"), STR("图书"),       STR("x")};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Str got = utf8_nearest(str_from(cases[i].word), names, sizeof names / sizeof *names);
        if (!str_equals(got, str_from(cases[i].want)))
            fail_msg("'%s': got '%.*s', want '%s'", cases[i].word, STR_ARG(got), cases[i].want);
    }
    assert_text(utf8_nearest(STR("初中"), names, 0), "");
}

static void the_first_of_equally_near_words_wins(void **state)
{
    (void)state;
    const Str names[] = {STR("abcx"), STR("abcz"), STR("abcyy")};
    assert_text(utf8_nearest(STR("abcy"), names, 3), "abcx");
    const Str longer[] = {STR("abcyyyy"), STR("abcyy")};
    assert_text(utf8_nearest(STR("abcy"), longer, 2), "abcyy");
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* The textbook definition. */
static size_t naive_distance(const char *a, const char *b)
{
    if (!*a || !*b)
        return strlen(a) + strlen(b);
    if (*a == *b)
        return naive_distance(a + 1, b + 1);
    return 1 +
           least(naive_distance(a + 1, b), naive_distance(a, b + 1), naive_distance(a + 1, b + 1));
}

static void nth_word(unsigned n, char word[8])
{
    size_t len = 0;
    for (; n; n /= 3)
        word[len++] = (char)('a' + n % 3);
    word[len] = '\0';
}

/* Words of up to 6 of three letters: a seventh of them against all. */
static void nearness_agrees_with_the_textbook_distance(void **state)
{
    (void)state;
    for (unsigned i = 1; i < 729; i += 7)
        for (unsigned k = 1; k < 729; k++) {
            char a[8], b[8];
            nth_word(i, a);
            nth_word(k, b);
            size_t distance = naive_distance(a, b), a_len = strlen(a), b_len = strlen(b);
            size_t longer = a_len > b_len ? a_len : b_len;
            size_t gap = 2 * longer - a_len - b_len;
            bool contains = (strstr(a, b) || strstr(b, a)) && gap <= 3;
            bool is_near = (distance <= (a_len <= 3 ? 1 : 2) || contains) && distance < longer;
            Str other = str_from(b);
            if ((utf8_nearest(str_from(a), &other, 1).len > 0) != is_near)
                fail_msg("%s and %s, %zu apart", a, b, distance);
        }
}

static void words_beyond_64_code_points_are_never_near(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (size_t len = 62; len < 68; len++) {
        StrBuf text;
        strbuf_init(&text, &arena);
        strbuf_add_repeat(&text, STR("校"), len);
        Str name = strbuf_str(&text);
        Str word = str_slice(name, 3, name.len);
        bool is_near = utf8_nearest(word, &name, 1).len > 0;
        assert_int_equal(is_near, len <= 64);
        is_near = utf8_nearest(name, &word, 1).len > 0;
        assert_int_equal(is_near, len <= 64);
    }
}

/* Long texts are looked at in blocks: the naive walk by the table is the second implementation. */
static size_t valid_len_by_the_table(const unsigned char *text, size_t len)
{
    size_t at = 0;
    while (at < len) {
        size_t step = len_by_the_table(text + at, len - at);
        if (!step)
            break;
        at += step;
    }
    return at;
}

static void long_texts_are_judged_as_by_the_table(void **state)
{
    (void)state;
    enum { LEN_MAX = 1200, ROUNDS = 20000 };
    static const unsigned char WORDS[][5] = {"7",
                                             "a,",
                                             "\xc3\xa9",
                                             "\xe5\xad\xa6",
                                             "\xed\x9f\xbf",
                                             "\xe0\xa0\x80",
                                             "\xf0\x90\x80\x80",
                                             "\xf4\x8f\xbf\xbf"};
    unsigned char text[LEN_MAX];
    uint32_t random = 1;
    for (int round = 0; round < ROUNDS; round++) {
        size_t len = 0;
        while (len + 4 < LEN_MAX) {
            random = random * 1664525u + 1013904223u;
            const unsigned char *word = WORDS[random >> 29];
            size_t size = strlen((const char *)word);
            memcpy(text + len, word, size);
            len += size;
        }
        random = random * 1664525u + 1013904223u;
        len -= random >> 8 & 3; /* perhaps cuts the last one */
        if (round % 4) {
            size_t at = (random >> 10) % len;
            text[at] = (unsigned char)(random >> 2);
        }
        assert_int_equal(utf8_valid_len((Str){(const char *)text, len}),
                         valid_len_by_the_table(text, len));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_is_what_the_table_of_unicode_says),
        cmocka_unit_test(a_bad_byte_is_found_at_every_offset),
        cmocka_unit_test(long_texts_are_judged_as_by_the_table),
        cmocka_unit_test(every_code_point_comes_back),
        cmocka_unit_test(code_points_are_counted),
        cmocka_unit_test(widths_are_those_of_a_terminal),
        cmocka_unit_test(folding_makes_full_width_forms_half_width),
        cmocka_unit_test(slips_of_the_pen_find_their_word),
        cmocka_unit_test(the_first_of_equally_near_words_wins),
        cmocka_unit_test(nearness_agrees_with_the_textbook_distance),
        cmocka_unit_test(words_beyond_64_code_points_are_never_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
