#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/date.h"
#include "assert_text.h"

/* A counter that turns over day by day, as a calendar on the wall does. */
typedef struct Wall {
    int year, month, day;
} Wall;

static int last_day(Wall wall)
{
    switch (wall.month) {
    case 4:
    case 6:
    case 9:
    case 11:
        return 30;
    case 2:
        break;
    default:
        return 31;
    }
    if (wall.year % 400 == 0)
        return 29;
    if (wall.year % 100 == 0)
        return 28;
    return wall.year % 4 == 0 ? 29 : 28;
}

static Wall next_day(Wall wall)
{
    if (wall.day < last_day(wall))
        return (Wall){wall.year, wall.month, wall.day + 1};
    if (wall.month < 12)
        return (Wall){wall.year, wall.month + 1, 1};
    return (Wall){wall.year + 1, 1, 1};
}

static void check_day(Arena *arena, Date date, Wall wall)
{
    int year, month, day;
    date_to_civil(date, &year, &month, &day);
    assert_int_equal(year, wall.year);
    assert_int_equal(month, wall.month);
    assert_int_equal(day, wall.day);
    assert_int_equal(date_from_civil(year, month, day), date);
    StrBuf text;
    strbuf_init(&text, arena);
    date_format(&text, date);
    Date again = 0;
    assert_true(date_parse(strbuf_str(&text), &again));
    assert_int_equal(again, date);
}

/* 400 years hold every case of the Gregorian rule. */
static void every_day_of_400_years_agrees_with_a_wall_calendar(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Wall wall = {1970, 1, 1};
    for (Date date = 0; date < 146097; date++, wall = next_day(wall)) {
        check_day(&arena, date, wall);
        arena_reset(&arena);
    }
    assert_int_equal(wall.year, 2370);
}

static void the_first_and_last_days_of_the_calendar_hold(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Wall wall = {1, 1, 1};
    for (Date date = DATE_MIN; date < 0; date++, wall = next_day(wall))
        if (date < DATE_MIN + 1000 || date % 97 == 0)
            check_day(&arena, date, wall);
    assert_int_equal(wall.year, 1970);
    check_day(&arena, DATE_MAX, (Wall){9999, 12, 31});
    assert_int_equal(date_from_civil(10000, 1, 1), DATE_MAX + 1);
}

/* Day numbers from Python's datetime.date.toordinal() - 719163. */
static void known_dates_have_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(date_from_civil(1900, 3, 1), -25508);
    assert_int_equal(date_from_civil(2000, 2, 29), 11016);
    assert_int_equal(date_from_civil(2024, 9, 1), 19967);
    assert_int_equal(date_from_civil(2100, 12, 31), 47846);
}

static void only_days_of_the_calendar_are_dates(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",           "2024-9-1",    "2024-09-1",  "20240901",   "2024/09/01", "2024-02-30",
        "2023-02-29", "1900-02-29",  "2024-00-10", "2024-13-01", "2024-01-00", "2024-04-31",
        "0000-01-01", "2024-09-01 ", " 024-09-01", "2024-09-0x", "2024-0９-1", "-024-09-01",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Date date = 77;
        if (date_parse(str_from(wrong[i]), &date))
            fail_msg("taken as a date: '%s'", wrong[i]);
        assert_int_equal(date, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_400_years_agrees_with_a_wall_calendar),
        cmocka_unit_test(the_first_and_last_days_of_the_calendar_hold),
        cmocka_unit_test(known_dates_have_their_numbers),
        cmocka_unit_test(only_days_of_the_calendar_are_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
