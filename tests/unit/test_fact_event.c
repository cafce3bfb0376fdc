/* Events and lists of divisions as bytes, and what each does to the tree: expected by hand. */
#include "fact_fixture.h"
#include "fact/event.h"
#include "base/digest.h"

static Str format(Arena *arena, const OrgEvent *event)
{
    StrBuf out;
    strbuf_init(&out, arena);
    event_format(&out, event);
    return strbuf_str(&out);
}

static OrgEvent random_event(Arena *arena, uint64_t *state)
{
    OrgEvent event = org_event((Date)fact_random_below(state, 40000) - 2000);
    event.kind = (OrgKind)fact_random_below(state, ORG_GROUP + 1);
    event.name = fact_random_below(state, 2) ? STR("第一小学") : STR("");
    for (int i = 0; i < ORG_VALUE_COUNT; i++)
        if (fact_random_below(state, 2))
            event.value[i] = fact_random(state) / 4.0;
    event.other_count = fact_random_below(state, 4);
    int64_t *other = ARENA_ARRAY(arena, int64_t, event.other_count + 1);
    for (size_t i = 0; i < event.other_count; i++)
        other[i] = org_id(fact_random(state), 1 + fact_random_below(state, 9));
    event.other = other;
    event.reason = fact_random_below(state, 2) ? STR("教发〔2024〕1号") : STR("");
    return event;
}

static void assert_same_event(const OrgEvent *got, const OrgEvent *want)
{
    assert_int_equal(got->date, want->date);
    assert_int_equal(got->kind, want->kind);
    assert_true(str_equals(got->name, want->name));
    assert_true(str_equals(got->reason, want->reason));
    for (int i = 0; i < ORG_VALUE_COUNT; i++)
        assert_true(is_same_number(got->value[i], want->value[i]));
    assert_int_equal(got->other_count, want->other_count);
    for (size_t i = 0; i < got->other_count; i++)
        assert_true(got->other[i] == want->other[i]);
}

static void what_was_written_is_read_again(void **state)
{
    (void)state;
    uint64_t random = 7;
    for (int i = 0; i < 2000; i++) {
        CLEANUP(arena_done) Arena arena;
        arena_init(&arena);
        OrgEvent event = random_event(&arena, &random), got;
        Str bytes = format(&arena, &event);
        assert_true(event_parse(&arena, bytes, &got));
        assert_same_event(&got, &event);
        assert_true(str_equals(format(&arena, &got), bytes));
    }
}

/* The bytes of doc/format.md, by hand. 2024-09-01 is day 19967. */
static void the_bytes_are_those_of_the_specification(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    OrgEvent event = org_event(fact_day("2024-09-01"));
    const int64_t other[] = {org_id(2, 3)};
    event.kind = ORG_SCHOOL;
    event.name = STR("均");
    event.value[ORG_CODE] = 2;
    event.value[ORG_RUNNER] = -2;
    event.other = other;
    event.other_count = 1;
    event.reason = STR("a");
    Str bytes = format(&arena, &event);
    assert_text(digest_hex(&arena, (const unsigned char *)bytes.ptr, bytes.len), "01"
                                                                                 "ff4d0000"
                                                                                 "05"
                                                                                 "03e59d87"
                                                                                 "09"
                                                                                 "0000000000000040"
                                                                                 "00000000000000c0"
                                                                                 "01"
                                                                                 "0300200000000000"
                                                                                 "0161");
    const Division division[] = {{ORG_PROVINCE, 620000, 0, STR("均")}, {ORG_COUNTY, 1, 1, STR("")}};
    StrBuf out;
    strbuf_init(&out, &arena);
    divisions_format(&out, division, 2);
    assert_text(digest_hex(&arena, (const unsigned char *)out.ptr, out.len), "01"
                                                                             "02"
                                                                             "01"
                                                                             "e0750900"
                                                                             "00"
                                                                             "03e59d87"
                                                                             "03"
                                                                             "01000000"
                                                                             "01"
                                                                             "00");
}

static void parse(Str body)
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    OrgEvent event, again;
    Orgs *orgs = orgs_new(&arena);
    bool is_any = false;
    if (event_parse(&arena, body, &event)) {
        assert_true(event_parse(&arena, format(&arena, &event), &again));
        for (int kind = 0; kind < EVENT_COUNT; kind++)
            is_any |= event_apply(orgs, (EventKind)kind, 1, 1, &event);
    }
    is_any |= divisions_apply(orgs, body, 2);
    assert_true(!is_any || orgs_count(orgs) > 0);
    orgs_settle(orgs);
}

static void damaged_bytes_are_refused_or_are_something_else(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (int i = 0; i < 10; i++) {
        CLEANUP(arena_done) Arena arena;
        arena_init(&arena);
        OrgEvent event = random_event(&arena, &random);
        fact_try_damaged(format(&arena, &event), parse);
    }
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    const Division division[] = {{ORG_PROVINCE, 620000, 0, STR("甘肃省")},
                                 {ORG_PREFECTURE, 620700, 1, STR("张掖市")},
                                 {ORG_COUNTY, 620702, 2, STR("甘州区")}};
    StrBuf out;
    strbuf_init(&out, &arena);
    divisions_format(&out, division, 3);
    fact_try_damaged(strbuf_str(&out), parse);
}

static void words_and_names_go_both_ways(void **state)
{
    (void)state;
    for (int kind = 0; kind < EVENT_COUNT; kind++) {
        assert_int_equal(event_find(str_from(event_word((EventKind)kind))), kind);
        assert_true(event_name((EventKind)kind, false).len > 0);
        assert_true(event_name((EventKind)kind, true).len > 0);
    }
    assert_int_equal(event_find(STR("document")), EVENT_COUNT);
    assert_int_equal(event_find(STR("")), EVENT_COUNT);
}

/* ---- what they do ---- */

typedef struct World {
    Arena arena;
    Orgs *orgs;
    uint64_t seq;
} World;

static World *world_new(void)
{
    World *world = calloc(1, sizeof *world);
    assert_non_null(world);
    arena_init(&world->arena);
    world->orgs = orgs_new(&world->arena);
    return world;
}

static void world_free(World *world)
{
    arena_done(&world->arena);
    free(world);
}

/* Opens a school on the day; its id. */
static int64_t open_school(World *world, const char *day, const char *name)
{
    OrgEvent event = org_event(fact_day(day));
    int64_t id = org_id(++world->seq, 1);
    event.kind = ORG_SCHOOL;
    event.name = str_from(name);
    event.value[ORG_CODE] = (double)(2162900000 + world->seq);
    assert_true(event_apply(world->orgs, EVENT_OPEN, id, world->seq, &event));
    return id;
}

static bool happen(World *world, EventKind kind, const char *day, int64_t subject, int64_t other)
{
    OrgEvent event = org_event(fact_day(day));
    const int64_t others[] = {other};
    event.other = others;
    event.other_count = other != 0;
    bool is_ok = event_apply(world->orgs, kind, subject, ++world->seq, &event);
    orgs_settle(world->orgs);
    return is_ok;
}

static bool is_open(const World *world, int64_t id, const char *day)
{
    return org_is_open(orgs_get(world->orgs, orgs_find(world->orgs, id)), fact_day(day));
}

static void opening_and_closing_bound_the_days_of_a_unit(void **state)
{
    (void)state;
    World *world = world_new();
    int64_t id = open_school(world, "2020-09-01", "甲校");
    assert_true(happen(world, EVENT_CLOSE, "2023-08-01", id, 0));
    assert_false(is_open(world, id, "2020-08-31"));
    assert_true(is_open(world, id, "2020-09-01"));
    assert_true(is_open(world, id, "2023-07-31"));
    assert_false(is_open(world, id, "2023-08-01"));
    assert_true(orgs_get(world->orgs, orgs_find(world->orgs, id))->is_declared);
    world_free(world);
}

static void a_change_says_only_what_it_names(void **state)
{
    (void)state;
    World *world = world_new();
    int64_t id = open_school(world, "2020-09-01", "甲校");
    OrgEvent event = org_event(fact_day("2022-01-01"));
    event.value[ORG_TYPE] = 312;
    assert_true(event_apply(world->orgs, EVENT_CHANGE, id, ++world->seq, &event));
    orgs_settle(world->orgs);
    uint32_t unit = orgs_find(world->orgs, id);
    assert_text(org_name(world->orgs, unit, event.date), "甲校");
    assert_true(org_value(world->orgs, unit, ORG_TYPE, event.date) == 312);
    assert_true(isnan(org_value(world->orgs, unit, ORG_TYPE, event.date - 1)));
    assert_true(isnan(org_value(world->orgs, unit, ORG_URBAN, event.date)));
    world_free(world);
}

static void a_merger_closes_the_others_and_a_split_the_subject(void **state)
{
    (void)state;
    World *world = world_new();
    int64_t a = open_school(world, "2020-09-01", "甲校"),
            b = open_school(world, "2020-09-01", "乙校"),
            c = open_school(world, "2020-09-01", "丙校");
    assert_true(happen(world, EVENT_MERGE, "2022-09-01", a, b));
    assert_true(is_open(world, a, "2022-09-01"));
    assert_false(is_open(world, b, "2022-09-01"));
    assert_int_equal(org_successor(world->orgs, orgs_find(world->orgs, b), fact_day("2022-09-01")),
                     orgs_find(world->orgs, a));
    assert_true(happen(world, EVENT_SPLIT, "2023-09-01", a, c));
    assert_false(is_open(world, a, "2023-09-01"));
    assert_true(is_open(world, c, "2023-09-01"));
    size_t count;
    const OrgLink *link = orgs_links(world->orgs, &count);
    assert_int_equal(count, 2);
    assert_int_equal(link[0].kind, ORG_MERGED);
    assert_int_equal(link[0].from, orgs_find(world->orgs, b));
    assert_int_equal(link[1].kind, ORG_SPLIT);
    assert_int_equal(link[1].to, orgs_find(world->orgs, c));
    world_free(world);
}

static void joining_and_leaving_bound_a_membership(void **state)
{
    (void)state;
    World *world = world_new();
    int64_t a = open_school(world, "2020-09-01", "甲校"),
            group = open_school(world, "2020-09-01", "学区");
    assert_true(happen(world, EVENT_JOIN, "2021-09-01", a, group));
    assert_true(happen(world, EVENT_LEAVE, "2022-09-01", a, group));
    uint32_t unit = orgs_find(world->orgs, a), of = orgs_find(world->orgs, group);
    assert_false(org_is_member(world->orgs, unit, of, fact_day("2021-08-31")));
    assert_true(org_is_member(world->orgs, unit, of, fact_day("2021-09-01")));
    assert_true(org_is_member(world->orgs, unit, of, fact_day("2022-08-31")));
    assert_false(org_is_member(world->orgs, unit, of, fact_day("2022-09-01")));
    world_free(world);
}

static void what_names_a_unit_that_is_not_there_is_refused(void **state)
{
    (void)state;
    World *world = world_new();
    int64_t a = open_school(world, "2020-09-01", "甲校"), none = org_id(99, 1);
    assert_false(happen(world, EVENT_CHANGE, "2022-09-01", none, 0));
    assert_false(happen(world, EVENT_CLOSE, "2022-09-01", none, 0));
    assert_false(happen(world, EVENT_MERGE, "2022-09-01", a, none));
    assert_false(happen(world, EVENT_SPLIT, "2022-09-01", a, none));
    assert_false(happen(world, EVENT_JOIN, "2022-09-01", a, none));
    assert_false(happen(world, EVENT_JOIN, "2022-09-01", a, 0));
    assert_false(happen(world, EVENT_LEAVE, "2022-09-01", a, 0));
    assert_false(happen(world, EVENT_COUNT, "2022-09-01", a, 0));
    assert_true(is_open(world, a, "2022-09-01"));
    world_free(world);
}

static void divisions_are_there_from_the_beginning(void **state)
{
    (void)state;
    World *world = world_new();
    const Division good[] = {{ORG_PROVINCE, 620000, 0, STR("甘肃省")},
                             {ORG_PREFECTURE, 620700, 1, STR("张掖市")},
                             {ORG_COUNTY, 620702, 2, STR("甘州区")}};
    StrBuf out;
    strbuf_init(&out, &world->arena);
    divisions_format(&out, good, 3);
    assert_true(divisions_apply(world->orgs, strbuf_str(&out), 1));
    orgs_settle(world->orgs);
    uint32_t county = orgs_find_code(world->orgs, 620702, DATE_MIN);
    assert_true(orgs_get(world->orgs, county)->id == org_id(1, 3));
    assert_text(org_name(world->orgs, county, DATE_MIN), "甘州区");
    assert_int_equal(org_above(world->orgs, county, ORG_PROVINCE, DATE_MIN),
                     orgs_find(world->orgs, org_id(1, 1)));
    assert_false(orgs_get(world->orgs, county)->is_declared);
    world_free(world);
}

static void a_list_of_divisions_has_its_parents_first_and_no_schools(void **state)
{
    (void)state;
    static const Division BAD[] = {{ORG_COUNTY, 620702, 1, STR("自己之下")},
                                   {ORG_COUNTY, 620702, 2, STR("后面的之下")},
                                   {ORG_SCHOOL, 620702, 0, STR("学校")},
                                   {ORG_NONE, 620702, 0, STR("无")}};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        World *world = world_new();
        StrBuf out;
        strbuf_init(&out, &world->arena);
        divisions_format(&out, &BAD[i], 1);
        assert_false(divisions_apply(world->orgs, strbuf_str(&out), 1));
        world_free(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_again),
        cmocka_unit_test(the_bytes_are_those_of_the_specification),
        cmocka_unit_test(damaged_bytes_are_refused_or_are_something_else),
        cmocka_unit_test(words_and_names_go_both_ways),
        cmocka_unit_test(opening_and_closing_bound_the_days_of_a_unit),
        cmocka_unit_test(a_change_says_only_what_it_names),
        cmocka_unit_test(a_merger_closes_the_others_and_a_split_the_subject),
        cmocka_unit_test(joining_and_leaving_bound_a_membership),
        cmocka_unit_test(what_names_a_unit_that_is_not_there_is_refused),
        cmocka_unit_test(divisions_are_there_from_the_beginning),
        cmocka_unit_test(a_list_of_divisions_has_its_parents_first_and_no_schools),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
