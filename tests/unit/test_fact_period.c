/* Expected days: a paper calendar (2024 and 2000 are leap years, 2100 is not). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "fact/period.h"

typedef struct Case {
    const char *written, *plain, *first, *last, *previous;
} Case;

static Str format(Arena *arena, Period period)
{
    StrBuf out;
    strbuf_init(&out, arena);
    period_format(&out, period);
    return strbuf_str(&out);
}

static Str day(Arena *arena, Date date)
{
    StrBuf out;
    strbuf_init(&out, arena);
    date_format(&out, date);
    return strbuf_str(&out);
}

static Period parse(const char *text)
{
    CLEANUP(err_done) Err err;
    err_init(&err);
    Period period = {0};
    if (!period_parse(str_from(text), &period, &err))
        fail_msg("refused: '%s'", text);
    assert_false(err_is_set(&err));
    return period;
}

static void each_kind_has_its_days_and_its_previous(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"2024-2025", "2024-2025", "2024-09-01", "2025-08-31", "2023-2024"},
        {"2024-2025/1", "2024-2025/1", "2024-09-01", "2025-02-28", "2023-2024/2"},
        {"2023-2024/1", "2023-2024/1", "2023-09-01", "2024-02-29", "2022-2023/2"},
        {"2099-2100/1", "2099-2100/1", "2099-09-01", "2100-02-28", "2098-2099/2"},
        {"2024-2025/2", "2024-2025/2", "2025-03-01", "2025-08-31", "2024-2025/1"},
        {"2024", "2024", "2024-01-01", "2024-12-31", "2023"},
        {"2024-10", "2024-10", "2024-10-01", "2024-10-31", "2024-09"},
        {"2024-02", "2024-02", "2024-02-01", "2024-02-29", "2024-01"},
        {"2023-02", "2023-02", "2023-02-01", "2023-02-28", "2023-01"},
        {"2024-01", "2024-01", "2024-01-01", "2024-01-31", "2023-12"},
        {"2024-12", "2024-12", "2024-12-01", "2024-12-31", "2024-11"},
        {"1999-2000", "1999-2000", "1999-09-01", "2000-08-31", "1998-1999"},
        {"1900-1901", "1900-1901", "1900-09-01", "1901-08-31", "1899-1900"},
        {"1900", "1900", "1900-01-01", "1900-12-31", "1899"},
        {"2998-2999/2", "2998-2999/2", "2999-03-01", "2999-08-31", "2998-2999/1"},
        {"2998-12", "2998-12", "2998-12-01", "2998-12-31", "2998-11"},
    };
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Period period = parse(cases[i].written);
        assert_text(format(&arena, period), cases[i].plain);
        assert_text(day(&arena, period_first_day(period)), cases[i].first);
        assert_text(day(&arena, period_last_day(period)), cases[i].last);
        assert_text(format(&arena, period_previous(period)), cases[i].previous);
    }
}

static void people_write_the_same_period_in_many_ways(void **state)
{
    (void)state;
    static const struct {
        const char *written, *plain;
    } cases[] = {
        {"2024-2025学年", "2024-2025"},
        {"2024-2025学年度", "2024-2025"},
        {"2024-2025年", "2024-2025"},
        {"2024年-2025年", "2024-2025"},
        {"2024—2025学年", "2024-2025"},
        {"2024——2025学年", "2024-2025"},
        {"2024–2025", "2024-2025"},
        {"2024－2025", "2024-2025"},
        {"2024‐2025", "2024-2025"},
        {"2024−2025", "2024-2025"},
        {"２０２４－２０２５学年", "2024-2025"},
        {" 2024 - 2025 学年 ", "2024-2025"},
        {"　2024—2025　学年", "2024-2025"},
        {"2024-2025学年/1", "2024-2025/1"},
        {"2024-2025学年第一学期", "2024-2025/1"},
        {"2024—2025 学年第二学期", "2024-2025/2"},
        {"2024-2025学年第１学期", "2024-2025/1"},
        {"2024-2025学年第2学期", "2024-2025/2"},
        {"２０２４－２０２５／２", "2024-2025/2"},
        {"2024年", "2024"},
        {"２０２４年", "2024"},
        {"2024年10月", "2024-10"},
        {"2024年 10 月", "2024-10"},
        {"2024-10月", "2024-10"},
    };
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_text(format(&arena, parse(cases[i].written)), cases[i].plain);
}

static void a_period_read_back_is_the_same(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (int year = 1900; year <= 2998; year += 7) {
        Period written[] = {
            {PERIOD_SCHOOL_YEAR, year, 0}, {PERIOD_TERM, year, 1},  {PERIOD_TERM, year, 2},
            {PERIOD_YEAR, year, 0},        {PERIOD_MONTH, year, 1}, {PERIOD_MONTH, year, 12},
        };
        for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
            Period again = parse(str_cstr(&arena, format(&arena, written[i])));
            assert_int_equal(again.kind, written[i].kind);
            assert_int_equal(again.year, written[i].year);
            assert_int_equal(again.part, written[i].part);
        }
        arena_reset(&arena);
    }
}

static void the_day_before_a_period_is_the_last_of_the_previous(void **state)
{
    (void)state;
    for (int year = 1901; year <= 2998; year++) {
        for (int month = 1; month <= 12; month++) {
            Period period = {PERIOD_MONTH, year, month};
            assert_int_equal(period_last_day(period_previous(period)),
                             period_first_day(period) - 1);
        }
        static const struct {
            PeriodKind kind;
            int part;
        } kinds[] = {{PERIOD_SCHOOL_YEAR, 0}, {PERIOD_TERM, 1}, {PERIOD_TERM, 2}, {PERIOD_YEAR, 0}};
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            Period period = {kinds[i].kind, year, kinds[i].part};
            assert_int_equal(period_last_day(period_previous(period)),
                             period_first_day(period) - 1);
        }
    }
}

static void everything_else_is_refused_and_says_the_forms(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        " ",
        "-",
        "24-25",
        "2024-2024",
        "2024-2026",
        "2025-2024",
        "2024-2025/",
        "2024-2025/0",
        "2024-2025/3",
        "2024-2025/11",
        "2024-2025/一",
        "2024-2025第一学期",
        "2024-2025学年第三学期",
        "2024-00",
        "2024-13",
        "2024-1",
        "2024年1月",
        "2024-100",
        "2024年-10",
        "2024/10",
        "2024-10-01",
        "20242025",
        "2024-2025x",
        "x2024-2025",
        "2024-2025学年x",
        "1899-1900",
        "1899",
        "2999",
        "2999-3000",
        "12024-12025",
        "2024-20255",
        "二〇二四年",
        "2024-2025/1/2",
        "--2024",
        "2024-",
        "2024--",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CLEANUP(err_done) Err err;
        err_init(&err);
        Period period = {PERIOD_MONTH, 7, 7};
        if (period_parse(str_from(wrong[i]), &period, &err))
            fail_msg("taken as a period: '%s'", wrong[i]);
        assert_int_equal(err.count, 1);
        assert_int_equal(err.first->code, ERR_PERIOD);
        assert_int_equal(period.year, 7);
    }
}

static void a_refusal_shows_what_was_written(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    CLEANUP(err_done) Err err;
    err_init(&err);
    Period period;
    assert_false(period_parse(STR("去年"), &period, &err));
    assert_text(err_message(&arena, err.first, LANG_ZH), "看不懂期间「去年」");
    assert_text(err_message(&arena, err.first, LANG_EN), "'去年' is no period");
    assert_text(err_hint(&arena, err.first, LANG_ZH),
                "学年写 2024-2025，学期写 2024-2025/1 或 /2，年度写 2024，月份写 2024-10");
}

/* A long text is refused before it is looked at, and shown up to a whole character. */
static void a_long_text_is_refused_and_cut_at_a_character(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    CLEANUP(err_done) Err err;
    err_init(&err);
    StrBuf text;
    strbuf_init(&text, &arena);
    strbuf_add_repeat(&text, STR("学"), 100000);
    Period period;
    assert_false(period_parse(strbuf_str(&text), &period, &err));
    Str shown = err.first->arg[0].text;
    assert_true(shown.len <= 64);
    assert_int_equal(shown.len % 3, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_days_and_its_previous),
        cmocka_unit_test(people_write_the_same_period_in_many_ways),
        cmocka_unit_test(a_period_read_back_is_the_same),
        cmocka_unit_test(the_day_before_a_period_is_the_last_of_the_previous),
        cmocka_unit_test(everything_else_is_refused_and_says_the_forms),
        cmocka_unit_test(a_refusal_shows_what_was_written),
        cmocka_unit_test(a_long_text_is_refused_and_cut_at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
