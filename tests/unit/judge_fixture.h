/* A table in text, judged by a standard of the packs folder: for the tests of what builds on a Judge. */
#ifndef TEST_JUDGE_FIXTURE_H
#define TEST_JUDGE_FIXTURE_H

#include "app/packs.h"
#include "app/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct JudgeFixture {
    Arena arena;
    Err err;
    Core *core;
    Standard *standard;
    Dataset *dataset;
    Frames *frames;
    Judge *judge;
} JudgeFixture;

static inline void judge_fixture_need(JudgeFixture *f, bool is_ok)
{
    if (is_ok)
        return;
    StrBuf out;
    strbuf_init(&out, &f->arena);
    err_format(&out, &f->err, LANG_EN);
    fprintf(stderr, "%s", out.ptr ? out.ptr : "");
    fail_msg("the fixture does not load");
}

static inline JudgeFixture *judge_fixture_new(const char *standard, const char *period_text,
                                              Str table)
{
    JudgeFixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    arena_init(&f->arena);
    err_init(&f->err);
    Period period;
    judge_fixture_need(f, period_parse(str_from(period_text), &period, &f->err));
    judge_fixture_need(f, pack_load_core(&f->arena, "packs", &f->core, &f->err));
    StandardRequest request = {
        .dir = "packs", .id = str_from(standard), .date = period_first_day(period)};
    judge_fixture_need(f, packs_open(&f->arena, f->core, &request, &f->standard, &f->err));
    judge_fixture_need(f,
                       dataset_load_bytes(&f->arena, f->core, STR("table.csv"),
                                          str_dup(&f->arena, table), period, &f->dataset, &f->err));
    f->frames = frames_new(&f->arena, f->dataset, NULL, f->standard->scope);
    judge_fixture_need(
        f, judge_new(&f->arena, f->core, f->standard, f->frames, NULL, &f->judge, &f->err));
    return f;
}

static inline void judge_fixture_free(JudgeFixture *f)
{
    err_done(&f->err);
    arena_done(&f->arena);
    free(f);
}

/* The result of the only county, or of the first one. */
static inline UnitResult *judge_fixture_county(JudgeFixture *f)
{
    return judge_unit(&f->arena, f->judge, f->frames->regions.leaf_region[0]);
}

static inline const StageResult *judge_fixture_stage(const UnitResult *unit, int stage)
{
    for (size_t i = 0; i < unit->stage_count; i++)
        if (unit->stage[i].stage == stage)
            return &unit->stage[i];
    return NULL;
}

static inline const SchoolResult *judge_fixture_school(const JudgeFixture *f,
                                                       const StageResult *stage, uint64_t code)
{
    for (size_t i = 0; i < stage->school_count; i++)
        if (f->dataset->school[f->dataset->part[stage->school[i].part].school].code == code)
            return &stage->school[i];
    fail_msg("no school %llu", (unsigned long long)code);
    return NULL;
}

static inline size_t judge_fixture_indicator(const JudgeFixture *f, const char *code)
{
    for (size_t i = 0; i < f->standard->indicators.len; i++)
        if (str_equals(f->standard->indicators.ptr[i]->code, str_from(code)))
            return i;
    fail_msg("no indicator %s", code);
    return 0;
}

/* A number as printed, to so many places. */
static inline void assert_printed(double got, int places, const char *want)
{
    Arena arena;
    arena_init(&arena);
    StrBuf out;
    strbuf_init(&out, &arena);
    if (isnan(got))
        strbuf_add(&out, STR("absent"));
    else
        decimal_add_fixed(&out, got, places);
    assert_string_equal(out.ptr, want);
    arena_done(&arena);
}

enum { PRIMARY = 1, JUNIOR = 2 };

#endif
