/*
 * What is judged from the cache against what a replay of the journal gives, after everything that can
 * come behind a cache in the journal: used where nothing of the period has changed or single cells
 * were corrected, else made again. The replay is the second implementation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cache_fixture.h"
#include "store_fixture.h"

static void correct(CacheWorld *w, const char *school, const char *stage, const char *item,
                    double value)
{
    Live *live;
    uint32_t region;
    const LiveEdit edit = {.school = str_from(school),
                           .stage = str_from(stage),
                           .item = str_from(item),
                           .value = value,
                           .author = CACHE_TESTER};
    cache_world_need(w, live_open(&w->arena, &w->request, &live, &w->f->err));
    cache_world_need(w, live_edit(live, &edit, &region, &w->f->err));
}

static uint64_t last_entry(CacheWorld *w)
{
    DatabaseStatus status;
    cache_world_need(w, database_status(&w->arena, &w->f->config, &status, &w->f->err));
    return status.head.seq;
}

#define PRIMARY "2162900037,样例县城关第二小学,620702,小学,县级教育部门,主城区,,"

/* ---- what comes behind a cache ---- */

static void figures_of_the_same_period_make_it_anew(Kind kind)
{
    CacheWorld *w = cache_world_new(kind);
    cache_world_expect(w, "the first time", "none");
    cache_world_expect(w, "the second time", NULL);
    uint64_t batch = cache_world_import_rows(
        w, PRIMARY "900,20,70,50,31,10,9,5300,800,6700,200,23,150,29000\n", CACHE_PERIOD);
    cache_world_expect(w, "the same period", "old");
    cache_world_undo(w, batch);
    cache_world_expect(w, "taken back", "old");
    cache_world_free(w);
}

static void events_make_it_anew(Kind kind)
{
    CacheWorld *w = cache_world_new(kind);
    cache_world_expect(w, "the first time", "none");
    cache_world_open_school(w, "2162900999");
    cache_world_expect(w, "a school that has reported nothing", "old");
    cache_world_event(w, (OrgRequest){.kind = EVENT_CHANGE,
                                      .date = STR("2022-01-01"),
                                      .unit = STR("620702"),
                                      .name = STR("新甘\t州区"),
                                      .reason = STR("更名")});
    cache_world_expect(w, "the county renamed: the divisions are not those of the packs", "old");
    cache_world_event(w, (OrgRequest){.kind = EVENT_CHANGE,
                                      .date = STR("2023-09-01"),
                                      .unit = STR("2162900037"),
                                      .name = STR("样例县第二小学"),
                                      .urban = STR("村庄")});
    cache_world_expect(w, "a school renamed", "old");
    cache_world_event(w, (OrgRequest){.kind = EVENT_CHANGE,
                                      .date = STR("2030-01-01"),
                                      .unit = STR("2162900037"),
                                      .name = STR("以后的名字")});
    cache_world_expect(w, "a school renamed later", "old");
    cache_world_free(w);
}

/* A city whose schools stand below the prefecture, and with them an institution that no standard judges. */
static void a_city_without_counties_is_cached(Kind kind)
{
    CacheWorld *w = cache_world_new(kind);
    cache_world_expect(w, "the first time", "none");
    (void)cache_world_import_rows(
        w,
        "2441900011,示例莞城小学,441900,小学,地级教育部门,主城区,,"
        "800,20,50,45,25,8,8,4000,500,6000,160,22,120,20000\n"
        "3441900028,示例虎门九年一贯制学校,441900,九年一贯制学校,地级教育部门,镇中心区,小学,"
        "600,15,38,33,18,6,6,,,,,,,\n"
        "3441900028,示例虎门九年一贯制学校,441900,九年一贯制学校,地级教育部门,镇中心区,初中,"
        "400,10,34,31,16,6,6,,,,,,,\n"
        "3441900028,示例虎门九年一贯制学校,441900,九年一贯制学校,地级教育部门,镇中心区,,"
        ",,,,,,,7000,900,11000,300,27,210,36000\n"
        "4441900045,示例莞城学院,441900,职业高中学校,地级教育部门,主城区,,"
        "900,22,60,50,30,5,5,9000,500,12000,900,30,400,50000\n",
        CACHE_PERIOD);
    cache_world_expect(w, "a city without counties", "old");
    w->request.unit = STR("东莞市");
    cache_world_expect(w, "asked for by its name", NULL);
    w->request.unit = STR("2441900011");
    cache_world_expect(w, "a school asked for by its code", NULL);
    w->request.unit = STR("");
    w->request.standard = STR("junheng-2012");
    cache_world_expect(w, "by another standard", NULL);
    w->request.changes = str_cstr(&w->arena, tree_path(&w->arena, "samples/what-if.csv"));
    cache_world_expect(w, "with changes supposed", NULL);
    cache_world_free(w);
}

/* Only what was said of earlier days can say something of this period's schools. */
static void figures_of_another_period(Kind kind)
{
    CacheWorld *w = cache_world_new(kind);
    cache_world_expect(w, "the first time", "none");
    (void)cache_world_import_rows(w,
                                  PRIMARY
                                  "900,20,70,50,31,10,9,5300,800,6700,200,23,150,29000\n"
                                  "2162900888,样例县新学校,620702,小学,县级教育部门,主城区,,"
                                  "900,20,70,50,31,10,9,5300,800,6700,200,23,150,29000\n",
                                  STR("2024-2025"));
    cache_world_expect(w, "the year after", NULL);
    uint64_t batch =
        cache_world_import_rows(w,
                                "2162900777,样例县老学校,620702,小学,县级教育部门,主城区,,"
                                "900,20,70,50,31,10,9,5300,800,6700,200,23,150,29000\n",
                                STR("2021-2022"));
    cache_world_expect(w, "years before, with a school that has reported nothing since", "old");
    cache_world_undo(w, batch);
    cache_world_expect(w, "which is taken back", "old");
    cache_world_free(w);
}

/* ---- corrections ---- */

static void corrections_are_added_to_the_cache(Kind kind)
{
    CacheWorld *w = cache_world_new(kind);
    cache_world_expect(w, "the first time", "none");
    uint64_t cached = last_entry(w);
    correct(w, "2162900037", "", "在校生数", 1200);
    cache_world_expect(w, "a school of one stage", NULL);
    correct(w, "3162900513", "初中", "专任教师数", 31);
    cache_world_expect(w, "the junior pupils of a combined school", NULL);
    correct(w, "3162900513", "", "图书册数", 12345);
    cache_world_expect(w, "what its stages share", NULL);
    correct(w, "3162900513", "", "图书册数", (double)NAN);
    cache_world_expect(w, "not reported any more", NULL);
    correct(w, "2162900037", "", "在校生数", 1300);
    cache_world_expect(w, "the same cell again: the later counts", NULL);
    correct(w, "3662900649", "", "图书册数", 7);
    cache_world_expect(w, "a school that no standard judges", NULL);
    CacheState state;
    (void)cache_world_judge(w, false, &state);
    assert_int_equal(state.seq, cached); /* never made again meanwhile */
    cache_world_undo(w, last_entry(w) - 1);
    cache_world_expect(w, "a correction taken back", "old");
    correct(w, "3162900513", "小学", "在校生数", 0);
    (void)cache_world_import_sample(w, STR("2024-2025"));
    correct(w, "3162900513", "小学", "班级数", 0);
    cache_world_expect(w, "corrections before and behind another year's figures", NULL);
    cache_world_free(w);
}

/* ---- on both databases ---- */

#define ON_BOTH(test)                            \
    static void test##_on_sqlite(void **state)   \
    {                                            \
        (void)state;                             \
        test(ON_SQLITE);                         \
    }                                            \
    static void test##_on_postgres(void **state) \
    {                                            \
        (void)state;                             \
        test(ON_POSTGRES);                       \
    }
ON_BOTH(figures_of_the_same_period_make_it_anew)
ON_BOTH(events_make_it_anew)
ON_BOTH(a_city_without_counties_is_cached)
ON_BOTH(figures_of_another_period)
ON_BOTH(corrections_are_added_to_the_cache)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_the_same_period_make_it_anew_on_sqlite),
        cmocka_unit_test(figures_of_the_same_period_make_it_anew_on_postgres),
        cmocka_unit_test(events_make_it_anew_on_sqlite),
        cmocka_unit_test(events_make_it_anew_on_postgres),
        cmocka_unit_test(a_city_without_counties_is_cached_on_sqlite),
        cmocka_unit_test(a_city_without_counties_is_cached_on_postgres),
        cmocka_unit_test(figures_of_another_period_on_sqlite),
        cmocka_unit_test(figures_of_another_period_on_postgres),
        cmocka_unit_test(corrections_are_added_to_the_cache_on_sqlite),
        cmocka_unit_test(corrections_are_added_to_the_cache_on_postgres),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
