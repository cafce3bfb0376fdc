#include "app/packs.h"

#include "app/judge_int.h"

#include <math.h>

typedef struct Tester {
    Arena *arena; /* of one test */
    const Core *core;
    Standard *standard; /* loaded for the day of the test */
    const PackTest *test;
    Frames *frames;
    Judge *judge; /* without programs: everything is walked */
    Err *err;
} Tester;

/* ---- which row or region an expectation is about ---- */

static int stage_named(const Core *core, Str text)
{
    for (size_t i = 0; i < core->stages.len; i++)
        if (map_find(&core->stages.ptr[i].names, text))
            return (int)i;
    return -1;
}

static bool point_of_school(const Tester *tester, Str code, int stage, ExactPoint *ret)
{
    uint64_t number;
    const Dataset *dataset = tester->frames->dataset;
    const School *school = dataset_parse_code(code, &number) ? dataset_find(dataset, number) : NULL;
    if (!school)
        return false;
    for (int i = 0; stage < 0 && i < (int)tester->core->stages.len; i++)
        if (school->part[i])
            stage = i;
    if (stage < 0 || !school->part[stage])
        return false;
    ret->frame = tester->frames->frame[stage];
    ret->row = tester->frames->part_row[school->part[stage] - 1];
    return true;
}

static bool point_of_region(const Tester *tester, Str code, int stage, ExactPoint *ret)
{
    uint32_t region = frames_find_region(tester->frames, code);
    if (region == UINT32_MAX)
        return false;
    if (stage < 0 && tester->test->county_table.len) {
        *ret = judge_county_point(tester->judge, region);
        return judge_is_county(tester->judge, region);
    }
    if (stage < 0)
        return false;
    *ret = judge_point(tester->judge, stage, EXACT_REGION, region);
    return tester->frames->frame[stage] || judge_is_published(tester->judge, stage, region);
}

/* "620702", where there is a 县表: its quantity is one of the county itself. */
static bool is_of_county(const PackTest *test, const PackExpect *expect)
{
    return test->county_table.len && expect->object.len == 6;
}

/* "3162900015 小学", "2162900011", "620702 小学", "620702" */
static bool find_point(const Tester *tester, Str object, ExactPoint *ret)
{
    size_t cut = 0;
    while (cut < object.len && object.ptr[cut] != ' ')
        cut++;
    Str code = str_slice(object, 0, cut), stage_text = str_trim(str_slice(object, cut, object.len));
    int stage = stage_text.len ? stage_named(tester->core, stage_text) : -1;
    if (stage_text.len && stage < 0)
        return false;
    *ret = (ExactPoint){.scope = tester->standard->in_scope->tree};
    return code.len == 6 ? point_of_region(tester, code, stage, ret)
                         : point_of_school(tester, code, stage, ret);
}

/* ---- one expectation ---- */

static const char *absence_word(Absence absence)
{
    static const char *const WORDS[] = {"", "不适用", "未报", "无意义"};
    return WORDS[absence];
}

static int places_of(Str text)
{
    const char *point = memchr(text.ptr, '.', text.len);
    return point ? (int)(text.len - (size_t)(point - text.ptr) - 1) : 0;
}

/* The value in the words, and to the digits, of what is expected. */
static Str got_text(Arena *arena, const ExactValue *value, Str want)
{
    if (value->absence != ABSENCE_NONE)
        return str_from(absence_word(value->absence));
    if (value->type == TYPE_BOOL)
        return value->boolean == TRI_TRUE ? STR("是") : STR("否");
    StrBuf out;
    strbuf_init(&out, arena);
    int places = places_of(want);
    decimal_add_fixed(&out, exact_to_double(value), places > 15 ? 15 : places);
    return strbuf_str(&out);
}

static Str want_text(Arena *arena, Str want)
{
    Decimal number;
    if (decimal_parse(want, &number) != DECIMAL_OK)
        return want;
    StrBuf out;
    strbuf_init(&out, arena);
    decimal_add_fixed(&out, decimal_to_double(number), places_of(want) > 15 ? 15 : places_of(want));
    return strbuf_str(&out);
}

static void check_expect(Tester *tester, const PackExpect *expect, const Formula *formula)
{
    ExactPoint point;
    if (!find_point(tester, expect->object, &point)) {
        (void)err_fail_at(tester->err, expect->place, ERR_PACK_TEST_OBJECT,
                          ARG_STR("test", tester->test->name), ARG_STR("object", expect->object));
        return;
    }
    if (point.row == EXACT_REGION && formula->tree->level == LEVEL_ROW) {
        (void)err_fail_at(tester->err, expect->place, ERR_FORMULA_LEVEL);
        return;
    }
    const ExactValue *value = exact_run(tester->judge->exact, formula->tree, &point);
    Str got = got_text(tester->arena, value, expect->value),
        want = want_text(tester->arena, expect->value);
    if (!str_equals(got, want))
        (void)err_fail_at(tester->err, expect->place, ERR_PACK_TEST_VALUE,
                          ARG_STR("test", tester->test->name),
                          ARG_STR("quantity", expect->formula.source), ARG_STR("want", want),
                          ARG_STR("got", got));
}

/* ---- one test ---- */

/* Parsed and checked in the standard's scope; NULL where it is wrong. */
static Formula **check_formulas(Tester *tester)
{
    const PackTest *test = tester->test;
    Formula **formula = ARENA_ARRAY(tester->arena, Formula *, test->expects.len);
    for (size_t i = 0; i < test->expects.len; i++) {
        Formula *copy = ARENA_NEW(tester->arena, Formula);
        *copy = test->expects.ptr[i].formula;
        bool is_ok =
            expr_parse(tester->arena, copy, tester->err) &&
            expr_check(is_of_county(test, &test->expects.ptr[i]) ? tester->standard->county_scope
                                                                 : tester->standard->scope,
                       copy, NULL, tester->err);
        formula[i] = is_ok ? copy : NULL;
    }
    return formula;
}

static Str table_name(Arena *arena, const PackTest *test, const char *key)
{
    return str_format(arena, "%.*s 测试/%.*s/%s", STR_ARG(test->place->file), STR_ARG(test->name),
                      key);
}

/* What has no place of its own, or one that the test is not to blame for, is told at the test. */
static void take_errors(const PackTest *test, Err *said, Err *err)
{
    for (const Diag *diag = said->first; diag; diag = diag->next) {
        bool is_elsewhere = diag->place.line && diag->code != ERR_PACK_NOT_VALID;
        err_add(err, is_elsewhere ? &diag->place : test->place, diag->code, diag->arg);
    }
    err_done(said);
}

static bool load_tables(const Tester *tester, Period period, Dataset **ret, Err *said)
{
    Arena *arena = tester->arena;
    const PackTest *test = tester->test;
    RegionFacts *facts = region_facts_new(arena, tester->core);
    Dataset *dataset = dataset_new_empty(arena, tester->core, period);
    if (test->table.len && !dataset_load_bytes(arena, tester->core, table_name(arena, test, "表"),
                                               test->table, period, &dataset, said))
        return false;
    if (test->county_table.len &&
        !region_facts_load_bytes(facts, table_name(arena, test, "县表"), test->county_table, said))
        return false;
    dataset->region_facts = facts;
    *ret = dataset;
    return true;
}

static Judge *walking_judge(const Tester *tester)
{
    Judge *judge = ARENA_NEW(tester->arena, Judge);
    *judge = (Judge){.arena = tester->arena,
                     .core = tester->core,
                     .standard = tester->standard,
                     .frames = tester->frames,
                     .exact = exact_new(tester->arena)};
    judge_county_new(judge);
    return judge;
}

static void run_test(Tester *tester, Period period)
{
    Formula **formula = check_formulas(tester);
    Dataset *dataset = NULL;
    Err said;
    err_init(&said);
    (void)!load_tables(tester, period, &dataset, &said);
    take_errors(tester->test, &said, tester->err);
    if (!dataset)
        return;
    tester->frames = frames_new(tester->arena, dataset, NULL, tester->standard->scope);
    tester->judge = walking_judge(tester);
    for (size_t i = 0; i < tester->test->expects.len; i++)
        if (formula[i])
            check_expect(tester, &tester->test->expects.ptr[i], formula[i]);
}

/* ---- all tests of a pack ---- */

typedef struct DayOfPack {
    Date date;
    Standard *standard; /* NULL: refused, and reported */
} DayOfPack;

/* The standard as of the days of its tests, loaded once for each. */
typedef struct Days {
    Arena *arena;
    const Core *core;
    StandardRequest request;
    VEC(DayOfPack) list;
    Err *err;
} Days;

static Standard *standard_of_day(Days *days, const PackTest *test, Date date)
{
    for (size_t i = 0; i < days->list.len; i++)
        if (days->list.ptr[i].date == date)
            return days->list.ptr[i].standard;
    Err said;
    err_init(&said);
    days->request.date = date;
    Standard *standard = NULL;
    (void)!pack_load_standard(days->arena, days->core, &days->request, &standard, NULL, NULL,
                              &said);
    bool is_of_test = said.first && said.first->code == ERR_PACK_NOT_VALID;
    take_errors(test, &said, days->err);
    if (!is_of_test) /* which every test of such a day is told */
        VEC_PUSH(days->arena, &days->list, (DayOfPack){date, standard});
    return standard;
}

static bool period_of_test(const PackTest *test, Period *ret, Err *err)
{
    Err said;
    err_init(&said);
    bool is_ok = period_parse(test->period, ret, &said);
    take_errors(test, &said, err);
    return is_ok;
}

static bool run_tests(Arena *arena, const Core *core, const StandardRequest *request,
                      const Standard *standard, PackTestCount *count, Err *err)
{
    size_t before = err->count;
    Days days = {.arena = arena, .core = core, .request = *request, .err = err};
    days.request.is_any_day = false;
    for (size_t i = 0; i < standard->tests.len; i++) {
        const PackTest *test = standard->tests.ptr[i];
        Period period;
        Standard *then = period_of_test(test, &period, err)
                             ? standard_of_day(&days, test, period_first_day(period))
                             : NULL;
        if (!then)
            continue;
        CLEANUP(arena_done) Arena scratch;
        arena_init(&scratch);
        Tester tester = {.arena = &scratch,
                         .core = core,
                         .standard = then,
                         .test = then->tests.ptr[i],
                         .err = err};
        run_test(&tester, period);
        count->tests++;
        count->figures += test->expects.len;
    }
    return err->count == before;
}

bool packs_open(Arena *arena, const Core *core, const StandardRequest *request, Standard **ret,
                Err *err)
{
    Standard *standard;
    PackTestCount count = {0};
    if (!pack_load_standard(arena, core, request, &standard, NULL, NULL, err) ||
        !run_tests(arena, core, request, standard, &count, err))
        return false;
    *ret = standard;
    return true;
}

bool packs_test(Arena *arena, const Core *core, const char *dir, Str id, PackTestCount *ret,
                Err *err)
{
    StandardRequest request = {.dir = dir, .id = id, .is_any_day = true};
    Standard *standard;
    PackTestCount count = {0};
    if (!pack_load_standard(arena, core, &request, &standard, NULL, NULL, err) ||
        !run_tests(arena, core, &request, standard, &count, err))
        return false;
    *ret = count;
    return true;
}
