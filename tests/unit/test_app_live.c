/*
 * A database that stays open, corrected cell by cell, against everything judged afresh: by replay of the
 * journal, and from a cache that is brought up to date. On both databases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/database.h"
#include "app/import.h"
#include "app/live.h"
#include "judge_dump.h"
#include "store_fixture.h"

#define PERIOD STR("2024-2025")

typedef struct World {
    StoreFixture *f;
    Arena arena;
    EvaluationRequest request;
} World;

static World *world_new(Kind kind)
{
    World *w = calloc(1, sizeof *w);
    CHECK(w != NULL);
    w->f = store_fixture_empty(kind);
    arena_init(&w->arena);
    store_fixture_need(w->f,
                       database_create(&w->arena, "packs", &w->f->config, STR("test"), &w->f->err));
    const ImportRequest import = {.packs = "packs",
                                  .store = &w->f->config,
                                  .path = "samples/county.csv",
                                  .period = PERIOD,
                                  .author = STR("test")};
    ImportResult result;
    store_fixture_need(w->f, import_run(&w->arena, &import, &result, &w->f->err));
    w->request = (EvaluationRequest){.packs = "packs",
                                     .standard = STR("youzhi-2017"),
                                     .store = &w->f->config,
                                     .until = FACTS_ALL,
                                     .period = PERIOD};
    return w;
}

static void world_free(World *w)
{
    arena_done(&w->arena);
    store_fixture_free(w->f);
    free(w);
}

/* As another process would find it; ret_cached: whether from the cache. */
static char *dump_afresh(World *w, bool is_replayed, bool *ret_cached)
{
    Arena arena;
    arena_init(&arena);
    EvaluationRequest request = w->request;
    Evaluation evaluation;
    request.needs_origins = is_replayed;
    store_fixture_need(w->f, evaluation_open(&arena, &request, &evaluation, &w->f->err));
    if (ret_cached)
        *ret_cached = evaluation.cache.is_used;
    char *text = strdup(judge_dump(&arena, evaluation.judge).ptr);
    arena_done(&arena);
    return text;
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

/* Some cell of some school, and some value for it. */
static LiveEdit some_edit(World *w, const Live *live, uint64_t *state)
{
    static const char *const ITEMS[] = {
        "在校生数",         "高于规定学历教师数", "县级以上骨干教师数", "教学及辅助用房面积",
        "室外运动场地面积", "教学仪器设备值",     "网络多媒体教室数",   "图书册数"};
    const Dataset *dataset = live_evaluation(live)->dataset;
    const School *school = &dataset->school[next_random(state) % dataset->school_count];
    LiveEdit edit = {.school = str_format(&w->arena, "%010llu", (unsigned long long)school->code),
                     .item = str_from(ITEMS[next_random(state) % 8]),
                     .value = next_random(state) % 5 == 0 ? (double)NAN
                                                          : (double)(next_random(state) % 3000),
                     .author = STR("test")};
    const Item *item = map_find(&dataset->core->items, edit.item);
    size_t stage = next_random(state) % dataset->core->stages.len;
    if (!item->is_shared)
        edit.stage = dataset->core->stages.ptr[stage].name;
    return edit;
}

static void compare(World *w, const Live *live, const char *what)
{
    Arena arena;
    arena_init(&arena);
    bool is_cached = false;
    Str now = judge_dump(&arena, live_evaluation(live)->judge);
    char *replayed = dump_afresh(w, true, NULL), *cached = dump_afresh(w, false, &is_cached);
    if (strcmp(now.ptr, replayed) != 0)
        fail_msg("%s: not what a replay gives", what);
    if (strcmp(now.ptr, cached) != 0)
        fail_msg("%s: not what the cache gives", what);
    if (!is_cached)
        fail_msg("%s: the cache was not used", what);
    free(replayed);
    free(cached);
    arena_done(&arena);
}

static void edits_equal_everything_afresh(Kind kind)
{
    World *w = world_new(kind);
    Live *live;
    free(dump_afresh(w, false, NULL)); /* writes the cache */
    store_fixture_need(w->f, live_open(&w->arena, &w->request, &live, &w->f->err));
    uint64_t state = 7;
    int accepted = 0, refused = 0;
    for (int i = 0; i < 120; i++) {
        LiveEdit edit = some_edit(w, live, &state);
        uint32_t region;
        Err err;
        err_init(&err);
        bool is_ok = live_edit(live, &edit, &region, &err);
        accepted += is_ok;
        refused += !is_ok;
        if (!is_ok)
            assert_true(err.first->code == ERR_CHANGE_TARGET);
        err_done(&err);
        if (i % 6 == 0)
            compare(w, live, str_cstr(&w->arena, edit.item));
    }
    compare(w, live, "at the end");
    assert_true(accepted > 40 && refused > 10);
    DatabaseStatus status;
    StoreCheck check;
    store_fixture_need(
        w->f, database_check(&w->arena, "packs", &w->f->config, &status, &check, &w->f->err));
    world_free(w);
}

static void edits_equal_everything_afresh_on_sqlite(void **state)
{
    (void)state;
    edits_equal_everything_afresh(ON_SQLITE);
}

static void edits_equal_everything_afresh_on_postgres(void **state)
{
    (void)state;
    edits_equal_everything_afresh(ON_POSTGRES);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    World *w = world_new(ON_SQLITE);
    Live *live, *other;
    uint32_t region;
    store_fixture_need(w->f, live_open(&w->arena, &w->request, &live, &w->f->err));
    store_fixture_need(w->f, live_open(&w->arena, &w->request, &other, &w->f->err));
    const struct {
        LiveEdit edit;
        ErrCode code;
    } BAD[] = {
        {{STR("2162900020"), STR(""), STR("在校生数"), -1, STR("x")}, ERR_FLAT_NEGATIVE},
        {{STR("2162900020"), STR(""), STR("在校生数"), 1.5, STR("x")}, ERR_FLAT_WHOLE},
        {{STR("2162900020"), STR(""), STR("图书册数"), 1e13, STR("x")}, ERR_FLAT_TOO_BIG},
        {{STR("2162900020"), STR("初中"), STR("在校生数"), 1, STR("x")}, ERR_CHANGE_TARGET},
        {{STR("2162900020"), STR(""), STR("在校生"), 1, STR("x")}, ERR_NONE},
        {{STR("2162900020"), STR(""), STR("在校升数"), 1, STR("x")}, ERR_CHANGE_ITEM},
        {{STR("2162900020"), STR(""), STR("办学类型"), 1, STR("x")}, ERR_CHANGE_CODES},
        {{STR("2162900020"), STR(""), STR("建校年份"), 1990, STR("x")}, ERR_CHANGE_NO_COLUMN},
        {{STR("9999999999"), STR(""), STR("在校生数"), 1, STR("x")}, ERR_CHANGE_SCHOOL},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        Err err;
        err_init(&err);
        bool is_ok = live_edit(live, &BAD[i].edit, &region, &err);
        assert_int_equal(is_ok ? ERR_NONE : err.first->code, BAD[i].code);
        err_done(&err);
    }
    /* the other one does not know of what this one has written */
    Err err;
    err_init(&err);
    assert_false(live_edit(other, &BAD[4].edit, &region, &err));
    assert_int_equal(err.first->code, ERR_LIVE_BEHIND);
    err_done(&err);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_equal_everything_afresh_on_sqlite),
        cmocka_unit_test(edits_equal_everything_afresh_on_postgres),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
