/*
 * Units through time: a story told by hand and asked on many days; random statements against an
 * implementation that looks at all of them for each question; statements in any order.
 */
#include "fact_fixture.h"
#include "fact/orgs.h"

/* ---- a story ---- */

enum {
    PROVINCE = 1,
    COUNTY_A,
    COUNTY_B,
    EAST, /* merged into WEST in 2021, which is merged into NORTH in 2023 */
    WEST,
    NORTH,
    SOUTH, /* split in 2022 into PIECE_1 and PIECE_2 */
    PIECE_1,
    PIECE_2,
    GROUP,
    HEIR, /* has the code that EAST had, from 2022 on */
    IDS
};

typedef struct Story {
    Arena arena;
    Orgs *orgs;
    uint32_t unit[IDS];
    uint64_t seq;
} Story;

static void say(Story *s, int id, const char *day, const char *name, OrgValue value, double number)
{
    OrgStatement statement = org_statement(day ? fact_day(day) : DATE_MIN, ++s->seq);
    statement.name = str_from(name);
    if (value < ORG_VALUE_COUNT)
        statement.value[value] = number;
    orgs_say(s->orgs, s->unit[id], &statement);
}

static void link_units(Story *s, OrgLinkKind kind, int from, int to, const char *day)
{
    const OrgLink link = {kind, s->unit[from], s->unit[to], fact_day(day), ++s->seq};
    orgs_link(s->orgs, &link);
    orgs_close(s->orgs, link.from, link.date);
}

static double number_of(int id)
{
    return (double)org_id(7, (uint64_t)id);
}

static void add_divisions(Story *s)
{
    say(s, PROVINCE, NULL, "甘肃省", ORG_CODE, 620000);
    say(s, COUNTY_A, NULL, "甲县", ORG_CODE, 620721);
    say(s, COUNTY_A, NULL, "", ORG_PARENT, number_of(PROVINCE));
    say(s, COUNTY_B, NULL, "乙县", ORG_CODE, 620722);
    say(s, COUNTY_B, NULL, "", ORG_PARENT, number_of(PROVINCE));
    say(s, COUNTY_A, "2022-06-01", "甲区", ORG_VALUE_COUNT, 0); /* a county becomes a district */
    say(s, COUNTY_A, "2022-06-01", "", ORG_CODE, 620703);
}

static void add_schools(Story *s)
{
    for (int id = EAST; id <= HEIR; id++)
        say(s, id,
            id == HEIR   ? "2022-09-01"
            : id > SOUTH ? "2021-09-01"
                         : "2015-09-01",
            "校", ORG_PARENT, number_of(COUNTY_A));
    say(s, EAST, "2015-09-01", "东校", ORG_CODE, 2162900001);
    say(s, WEST, "2015-09-01", "西校", ORG_CODE, 2162900002);
    say(s, WEST, "2018-03-01", "西城学校", ORG_TYPE, 312);
    say(s, NORTH, "2015-09-01", "北校", ORG_CODE, 2162900003);
    say(s, NORTH, "2020-09-01", "", ORG_PARENT, number_of(COUNTY_B)); /* moved */
    say(s, NORTH, "2020-09-01", "", ORG_CODE, 2162900013);            /* with a new code */
    say(s, SOUTH, "2015-09-01", "南校", ORG_CODE, 2162900004);
    say(s, HEIR, "2022-09-01", "新校", ORG_CODE, 2162900001);
    orgs_open(s->orgs, s->unit[HEIR], fact_day("2022-09-01"));
    link_units(s, ORG_MERGED, EAST, WEST, "2021-09-01");
    link_units(s, ORG_MERGED, WEST, NORTH, "2023-09-01");
    link_units(s, ORG_SPLIT, SOUTH, PIECE_1, "2022-09-01");
    link_units(s, ORG_SPLIT, SOUTH, PIECE_2, "2022-09-01");
    orgs_join(s->orgs, s->unit[NORTH], s->unit[GROUP], fact_day("2021-10-01"));
    orgs_leave(s->orgs, s->unit[NORTH], s->unit[GROUP], fact_day("2022-10-01"));
    orgs_join(s->orgs, s->unit[NORTH], s->unit[GROUP], fact_day("2023-10-01"));
    orgs_close(s->orgs, s->unit[PIECE_2], fact_day("2024-09-01"));
}

static Story *story_new(void)
{
    Story *s = calloc(1, sizeof *s);
    assert_non_null(s);
    arena_init(&s->arena);
    s->orgs = orgs_new(&s->arena);
    for (int id = PROVINCE; id < IDS; id++) {
        OrgKind kind = id == PROVINCE   ? ORG_PROVINCE
                       : id <= COUNTY_B ? ORG_COUNTY
                       : id == GROUP    ? ORG_GROUP
                                        : ORG_SCHOOL;
        s->unit[id] = orgs_add(s->orgs, org_id(7, (uint64_t)id), kind);
    }
    add_divisions(s);
    add_schools(s);
    orgs_settle(s->orgs);
    return s;
}

static void story_free(Story *s)
{
    arena_done(&s->arena);
    free(s);
}

static void names_places_and_codes_are_those_of_the_day(void **state)
{
    (void)state;
    static const struct {
        int id;
        const char *day, *name;
        double code;
        int parent;
    } CASES[] = {
        {COUNTY_A, "1900-01-01", "甲县", 620721, PROVINCE},
        {COUNTY_A, "2022-05-31", "甲县", 620721, PROVINCE},
        {COUNTY_A, "2022-06-01", "甲区", 620703, PROVINCE},
        {WEST, "2018-02-28", "西校", 2162900002, COUNTY_A},
        {WEST, "2018-03-01", "西城学校", 2162900002, COUNTY_A},
        {NORTH, "2020-08-31", "北校", 2162900003, COUNTY_A},
        {NORTH, "2020-09-01", "北校", 2162900013, COUNTY_B},
        {NORTH, "2099-01-01", "北校", 2162900013, COUNTY_B},
        {HEIR, "2022-09-01", "新校", 2162900001, COUNTY_A},
    };
    Story *s = story_new();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uint32_t unit = s->unit[CASES[i].id];
        Date day = fact_day(CASES[i].day);
        assert_text(org_name(s->orgs, unit, day), CASES[i].name);
        assert_true(org_value(s->orgs, unit, ORG_CODE, day) == CASES[i].code);
        assert_int_equal(org_parent(s->orgs, unit, day), s->unit[CASES[i].parent]);
        assert_int_equal(org_above(s->orgs, unit, ORG_PROVINCE, day), s->unit[PROVINCE]);
    }
    assert_true(isnan(org_value(s->orgs, s->unit[WEST], ORG_TYPE, fact_day("2018-02-28"))));
    assert_text(org_name(s->orgs, s->unit[EAST], fact_day("2015-08-31")), "");
    assert_int_equal(org_parent(s->orgs, s->unit[EAST], fact_day("2015-08-31")), ORG_NOT_FOUND);
    assert_int_equal(org_above(s->orgs, s->unit[EAST], ORG_TOWNSHIP, fact_day("2016-01-01")),
                     ORG_NOT_FOUND);
    story_free(s);
}

static void a_code_leads_to_who_has_it_on_the_day(void **state)
{
    (void)state;
    static const struct {
        double code;
        const char *day;
        int id;
    } CASES[] = {
        {2162900001, "2016-01-01", EAST}, /* used again by another school */
        {2162900001, "2021-08-31", EAST},
        {2162900001, "2022-08-31", HEIR}, /* nobody has it on the day: the last to be opened */
        {2162900001, "2022-09-01", HEIR},
        {2162900003, "2016-01-01", NORTH},
        {2162900003, "2024-01-01", NORTH}, /* it had it */
        {2162900013, "2016-01-01", NORTH}, /* it will have it */
        {620721, "2024-01-01", COUNTY_A},
        {620703, "2024-01-01", COUNTY_A},
    };
    Story *s = story_new();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(orgs_find_code(s->orgs, CASES[i].code, fact_day(CASES[i].day)),
                         s->unit[CASES[i].id]);
    static const struct {
        double code;
        const char *from;
        int id, but; /* id 0: nobody */
    } HOLDERS[] = {
        {2162900001, "2016-01-01", EAST, HEIR}, {2162900001, "2021-08-31", EAST, HEIR},
        {2162900001, "2021-09-01", 0, HEIR},    {2162900001, "2021-09-01", HEIR, EAST},
        {2162900001, "2099-01-01", HEIR, 0},    {2162900003, "2020-08-31", NORTH, 0},
        {2162900003, "2020-09-01", 0, 0},       {2162900013, "2016-01-01", NORTH, 0},
    };
    for (size_t i = 0; i < sizeof HOLDERS / sizeof *HOLDERS; i++)
        assert_int_equal(orgs_find_holder(s->orgs, HOLDERS[i].code, fact_day(HOLDERS[i].from),
                                          HOLDERS[i].but ? s->unit[HOLDERS[i].but] : ORG_NOT_FOUND),
                         HOLDERS[i].id ? s->unit[HOLDERS[i].id] : ORG_NOT_FOUND);
    assert_int_equal(orgs_find_code(s->orgs, 2162900099, 0), ORG_NOT_FOUND);
    assert_int_equal(orgs_find_code(s->orgs, NAN, 0), ORG_NOT_FOUND);
    assert_int_equal(orgs_find(s->orgs, org_id(7, IDS)), ORG_NOT_FOUND);
    story_free(s);
}

static void what_ended_is_closed_and_mergers_lead_on(void **state)
{
    (void)state;
    static const struct {
        int id;
        const char *day;
        bool is_open;
        int successor;
    } CASES[] = {
        {EAST, "2021-08-31", true, EAST},        {EAST, "2021-09-01", false, WEST},
        {EAST, "2023-08-31", false, WEST},       {EAST, "2023-09-01", false, NORTH},
        {WEST, "2023-08-31", true, WEST},        {WEST, "2023-09-01", false, NORTH},
        {SOUTH, "2022-09-01", false, SOUTH},     {PIECE_1, "2021-08-31", false, PIECE_1},
        {PIECE_1, "2024-09-01", true, PIECE_1},  {PIECE_2, "2024-08-31", true, PIECE_2},
        {PIECE_2, "2024-09-01", false, PIECE_2},
    };
    Story *s = story_new();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uint32_t unit = s->unit[CASES[i].id];
        Date day = fact_day(CASES[i].day);
        assert_int_equal(org_is_open(orgs_get(s->orgs, unit), day), CASES[i].is_open);
        assert_int_equal(org_successor(s->orgs, unit, day), s->unit[CASES[i].successor]);
    }
    story_free(s);
}

static void groups_are_joined_left_and_joined_again(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        bool is_member;
    } CASES[] = {{"2021-09-30", false}, {"2021-10-01", true},  {"2022-09-30", true},
                 {"2022-10-01", false}, {"2023-09-30", false}, {"2023-10-01", true},
                 {"2099-01-01", true}};
    Story *s = story_new();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(
            org_is_member(s->orgs, s->unit[NORTH], s->unit[GROUP], fact_day(CASES[i].day)),
            CASES[i].is_member);
    assert_false(org_is_member(s->orgs, s->unit[WEST], s->unit[GROUP], fact_day("2024-01-01")));
    size_t count;
    (void)orgs_memberships(s->orgs, &count);
    assert_int_equal(count, 2);
    story_free(s);
}

static void a_circle_of_mergers_or_places_ends(void **state)
{
    (void)state;
    Story *s = story_new();
    link_units(s, ORG_MERGED, NORTH, EAST, "2024-01-01");
    say(s, COUNTY_A, "2024-01-01", "", ORG_PARENT, number_of(COUNTY_B));
    say(s, COUNTY_B, "2024-01-01", "", ORG_PARENT, number_of(COUNTY_A));
    orgs_settle(s->orgs);
    (void)org_successor(s->orgs, s->unit[EAST], fact_day("2024-02-01"));
    assert_int_equal(org_above(s->orgs, s->unit[COUNTY_A], ORG_PROVINCE, fact_day("2024-02-01")),
                     ORG_NOT_FOUND);
    story_free(s);
}

static void what_is_declared_bounds_what_is_said(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Orgs *orgs = orgs_new(&arena);
    uint32_t said = orgs_add(orgs, 1, ORG_SCHOOL), declared = orgs_add(orgs, 2, ORG_SCHOOL);
    orgs_open(orgs, declared, 1000);
    for (Date day = 1500; day >= 500; day -= 500) {
        OrgStatement statement = org_statement(day, (uint64_t)day);
        statement.name = STR("校");
        orgs_say(orgs, said, &statement);
        orgs_say(orgs, declared, &statement);
    }
    orgs_settle(orgs);
    assert_int_equal(orgs_get(orgs, said)->opened, 500);
    assert_int_equal(orgs_get(orgs, declared)->opened, 1000);
    size_t count; /* what says nothing new is not kept */
    assert_int_equal(org_statements(orgs, said, &count)->from, 500);
    assert_int_equal(count, 1);
}

/* ---- random statements ---- */

enum { UNITS = 12, STATEMENTS = 120, DAYS = 40, CODES = 6, ROUNDS = 300 };

typedef struct Told {
    int unit;
    OrgStatement statement;
} Told;

static void tell(Told told[STATEMENTS], uint64_t seed)
{
    static const char *const NAMES[] = {"", "", "甲", "乙", "丙"};
    uint64_t random = seed;
    for (int i = 0; i < STATEMENTS; i++) {
        told[i].unit = (int)fact_random_below(&random, UNITS);
        told[i].statement =
            org_statement((Date)fact_random_below(&random, DAYS), (uint64_t)i / 2 + 1);
        told[i].statement.name = str_from(NAMES[fact_random_below(&random, 5)]);
        for (int v = 0; v < ORG_VALUE_COUNT; v++)
            if (fact_random_below(&random, 3) == 0)
                told[i].statement.value[v] = v == ORG_PARENT
                                                 ? 100 + fact_random_below(&random, UNITS)
                                                 : 1 + fact_random_below(&random, CODES);
        for (int k = 0; k < i; k++) /* an entry says one thing of a unit and a day */
            if (told[k].unit == told[i].unit && told[k].statement.seq == told[i].statement.seq)
                told[i].statement.seq = (uint64_t)(STATEMENTS + i);
    }
}

static Orgs *orgs_told(Arena *arena, const Told told[STATEMENTS], const int order[STATEMENTS])
{
    Orgs *orgs = orgs_new(arena);
    for (int i = 0; i < UNITS; i++)
        (void)orgs_add(orgs, 100 + i, ORG_SCHOOL);
    for (int i = 0; i < STATEMENTS; i++)
        orgs_say(orgs, orgs_find(orgs, 100 + told[order[i]].unit), &told[order[i]].statement);
    orgs_settle(orgs);
    return orgs;
}

/* The later of two statements: by day, then by entry. */
static bool is_later(const OrgStatement *a, const OrgStatement *b)
{
    return !b || a->from > b->from || (a->from == b->from && a->seq > b->seq);
}

static double plain_value(const Told told[STATEMENTS], int unit, OrgValue value, Date day)
{
    const OrgStatement *last = NULL;
    for (int i = 0; i < STATEMENTS; i++) {
        const OrgStatement *s = &told[i].statement;
        if (told[i].unit == unit && s->from <= day && !isnan(s->value[value]) && is_later(s, last))
            last = s;
    }
    return last ? last->value[value] : NAN;
}

static Str plain_name(const Told told[STATEMENTS], int unit, Date day)
{
    const OrgStatement *last = NULL;
    for (int i = 0; i < STATEMENTS; i++) {
        const OrgStatement *s = &told[i].statement;
        if (told[i].unit == unit && s->from <= day && s->name.len && is_later(s, last))
            last = s;
    }
    return last ? last->name : STR("");
}

static Date plain_opened(const Told told[STATEMENTS], int unit)
{
    Date opened = DATE_MAX;
    for (int i = 0; i < STATEMENTS; i++)
        if (told[i].unit == unit && told[i].statement.from < opened)
            opened = told[i].statement.from;
    return opened;
}

/* Nobody is ever closed here, so who has the code on the day is open. */
static void assert_code_leads_there(const Orgs *orgs, const Told told[STATEMENTS], double code,
                                    Date day)
{
    uint32_t got = orgs_find_code(orgs, code, day);
    bool somebody_has = false;
    Date last_opened = -1;
    for (int unit = 0; unit < UNITS; unit++) {
        somebody_has |= plain_value(told, unit, ORG_CODE, day) == code;
        for (Date other = 0; other < DAYS; other++)
            if (plain_value(told, unit, ORG_CODE, other) == code &&
                plain_opened(told, unit) > last_opened)
                last_opened = plain_opened(told, unit);
    }
    if (somebody_has)
        assert_true(plain_value(told, (int)got, ORG_CODE, day) == code);
    else if (last_opened >= 0)
        assert_int_equal(plain_opened(told, (int)got), last_opened);
    else
        assert_int_equal(got, ORG_NOT_FOUND);
}

static void assert_as_told(const Orgs *orgs, const Told told[STATEMENTS])
{
    for (int unit = 0; unit < UNITS; unit++) {
        assert_int_equal(orgs_get(orgs, (uint32_t)unit)->opened, plain_opened(told, unit));
        for (Date day = -1; day <= DAYS; day++) {
            Str name = org_name(orgs, (uint32_t)unit, day);
            assert_true(str_equals(name, plain_name(told, unit, day)));
            for (int v = 0; v < ORG_VALUE_COUNT; v++)
                assert_true(is_same_number(org_value(orgs, (uint32_t)unit, (OrgValue)v, day),
                                           plain_value(told, unit, (OrgValue)v, day)));
        }
    }
    for (double code = 1; code <= CODES; code++)
        for (Date day = 0; day < DAYS; day += 7)
            assert_code_leads_there(orgs, told, code, day);
}

static void random_statements_hold_in_any_order(void **state)
{
    (void)state;
    static Told told[STATEMENTS];
    int order[STATEMENTS];
    for (int i = 0; i < STATEMENTS; i++)
        order[i] = i;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        CLEANUP(arena_done) Arena arena;
        arena_init(&arena);
        uint64_t random = seed;
        tell(told, seed);
        for (int i = STATEMENTS - 1; i > 0; i--) {
            int k = (int)fact_random_below(&random, (uint32_t)i + 1), kept = order[i];
            order[i] = order[k];
            order[k] = kept;
        }
        Orgs *orgs = orgs_told(&arena, told, order);
        assert_as_told(orgs, told);
        orgs_settle(orgs); /* again changes nothing */
        assert_as_told(orgs, told);
    }
}

static void a_hundred_thousand_units_are_found_by_id(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Orgs *orgs = orgs_new(&arena);
    for (uint32_t i = 0; i < MANY; i++)
        assert_int_equal(orgs_add(orgs, org_id(i / 1000 + 1, i % 1000 + 1), ORG_SCHOOL), i);
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(orgs_add(orgs, org_id(i / 1000 + 1, i % 1000 + 1), ORG_NONE), i);
        assert_int_equal(orgs_get(orgs, i)->kind, ORG_SCHOOL);
    }
    assert_int_equal(orgs_count(orgs), MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_places_and_codes_are_those_of_the_day),
        cmocka_unit_test(a_code_leads_to_who_has_it_on_the_day),
        cmocka_unit_test(what_ended_is_closed_and_mergers_lead_on),
        cmocka_unit_test(groups_are_joined_left_and_joined_again),
        cmocka_unit_test(a_circle_of_mergers_or_places_ends),
        cmocka_unit_test(what_is_declared_bounds_what_is_said),
        cmocka_unit_test(random_statements_hold_in_any_order),
        cmocka_unit_test(a_hundred_thousand_units_are_found_by_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
