/*
 * For tests of the cache: a database with the sample county (combined schools, schools of no stage that
 * is judged), a city without counties, a school that reports nothing and a renamed county; judged from
 * the cache, and from a replay of the journal, which are to say the same to the last bit.
 */
#ifndef TEST_CACHE_FIXTURE_H
#define TEST_CACHE_FIXTURE_H

#include "app/database.h"
#include "app/doctor.h"
#include "app/evaluation.h"
#include "app/import.h"
#include "app/live.h"
#include "app/orgs.h"
#include "app/undo.h"
#include "base/file.h"
#include "judge_dump.h"
#include "store_fixture.h"

#include "tree_file.h"

#define CACHE_PERIOD STR("2023-2024")
#define CACHE_TESTER STR("test")

typedef struct CacheWorld {
    StoreFixture *f;
    Arena arena;
    EvaluationRequest request;
    Str header; /* of the sample */
} CacheWorld;

static inline void cache_world_need(CacheWorld *w, bool is_ok)
{
    store_fixture_need(w->f, is_ok);
}

/* A table of a school year; the number of the batch. */
static inline uint64_t cache_world_import(CacheWorld *w, Str bytes, Str period)
{
    const ImportRequest import = {.packs = w->request.packs,
                                  .store = &w->f->config,
                                  .file = STR("t.csv"),
                                  .bytes = bytes,
                                  .period = period,
                                  .author = CACHE_TESTER};
    ImportResult result;
    cache_world_need(w, import_run(&w->arena, &import, &result, &w->f->err));
    return result.batch;
}

static inline uint64_t cache_world_import_sample(CacheWorld *w, Str period)
{
    return cache_world_import(w, tree_file(&w->arena, "samples/county.csv"), period);
}

/* Rows below the header of the sample. */
static inline uint64_t cache_world_import_rows(CacheWorld *w, const char *rows, Str period)
{
    return cache_world_import(w, str_format(&w->arena, "%.*s\n%s", STR_ARG(w->header), rows),
                              period);
}

static inline void cache_world_undo(CacheWorld *w, uint64_t batch)
{
    UndoResult result;
    cache_world_need(w, undo_run(&w->arena, w->request.packs, &w->f->config, batch, CACHE_TESTER,
                                 &result, &w->f->err));
}

static inline void cache_world_event(CacheWorld *w, OrgRequest request)
{
    OrgResult result;
    request.packs = w->request.packs;
    request.store = &w->f->config;
    request.author = CACHE_TESTER;
    cache_world_need(w, orgs_enter(&w->arena, &request, &result, &w->f->err));
}

/* A school of the county that never reports anything. */
static inline void cache_world_open_school(CacheWorld *w, const char *code)
{
    cache_world_event(w, (OrgRequest){.kind = EVENT_OPEN,
                                      .date = STR("2020-09-01"),
                                      .name = STR("样例县新建小学"),
                                      .code = str_from(code),
                                      .parent = STR("620702"),
                                      .type = STR("小学"),
                                      .runner = STR("县级教育部门")});
}

/* Nothing but the divisions is in it yet. */
static inline CacheWorld *cache_world_empty(Kind kind, const char *packs)
{
    CacheWorld *w = calloc(1, sizeof *w);
    CHECK(w != NULL);
    w->f = store_fixture_empty(kind);
    arena_init(&w->arena);
    w->request = (EvaluationRequest){.packs = packs,
                                     .standard = STR("youzhi-2017"),
                                     .store = &w->f->config,
                                     .until = FACTS_ALL,
                                     .period = CACHE_PERIOD};
    Str sample = tree_file(&w->arena, "samples/county.csv");
    CHECK(next_line(&sample, &w->header));
    cache_world_need(w, database_create(&w->arena, packs, &w->f->config, CACHE_TESTER, &w->f->err));
    return w;
}

static inline CacheWorld *cache_world_new(Kind kind)
{
    CacheWorld *w = cache_world_empty(kind, "packs");
    (void)cache_world_import_sample(w, CACHE_PERIOD);
    return w;
}

static inline void cache_world_free(CacheWorld *w)
{
    arena_done(&w->arena);
    store_fixture_free(w->f);
    free(w);
}

/* On SQLite. */
static inline const char *cache_world_path(CacheWorld *w)
{
    return str_cstr(&w->arena, store_fixture_path(w->f, "bureau.db.2023-2024.cache"));
}

static inline Str cache_world_file(CacheWorld *w, const char *path)
{
    Str bytes;
    cache_world_need(w, file_read(&w->arena, path, SIZE_MAX, &bytes, &w->f->err));
    return bytes;
}

static inline void cache_world_put(CacheWorld *w, const char *path, Str bytes)
{
    (void)w;
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len && fclose(file) == 0);
}

/* What is judged, as another process would find it; where the cache may be used, what became of it. */
static inline Str cache_world_judge(CacheWorld *w, bool is_replayed, CacheState *ret_state)
{
    Arena arena;
    arena_init(&arena);
    EvaluationRequest request = w->request;
    Evaluation evaluation;
    request.needs_origins = is_replayed;
    cache_world_need(w, evaluation_open(&arena, &request, &evaluation, &w->f->err));
    if (ret_state)
        *ret_state = evaluation.cache;
    Str text = str_dup(&w->arena, judge_dump(&arena, evaluation.judge));
    arena_done(&arena);
    return text;
}

static inline void cache_world_same(const char *what, Str got, Str want)
{
    if (!same_lines(what, got, want))
        fail_msg("%s: the cache says something else than the journal", what);
}

/*
 * The cache is used (reason NULL) or not, for this reason; what is judged is what a replay gives; and
 * if it was not used a new one is made, which then is, and which check finds good.
 */
static inline void cache_world_expect(CacheWorld *w, const char *what, const char *reason)
{
    CacheState state;
    Str first = cache_world_judge(w, false, &state);
    if (strcmp(reason ? reason : "used", state.is_used ? "used" : state.reason) != 0)
        fail_msg("%s: got %s, want %s", what, state.is_used ? "used" : state.reason,
                 reason ? reason : "used");
    Str replayed = cache_world_judge(w, true, NULL);
    cache_world_same(what, first, replayed);
    Str second = cache_world_judge(w, false, &state);
    if (!state.is_used)
        fail_msg("%s: not made again: %s", what, state.reason);
    cache_world_same(what, second, replayed);
    DatabaseStatus status;
    StoreCheck check;
    cache_world_need(
        w, database_check(&w->arena, w->request.packs, &w->f->config, &status, &check, &w->f->err));
}

#endif
