/*
 * For test_app_import*.c: a database of either kind with the divisions of tests/packs, tables in text
 * taken into it, events, and all that is known of a period as text, to be compared.
 */
#ifndef TEST_IMPORT_FIXTURE_H
#define TEST_IMPORT_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/database.h"
#include "app/evaluation.h"
#include "app/import.h"
#include "app/orgs.h"
#include "app/undo.h"
#include "assert_text.h"
#include "base/clock.h"
#include "base/file.h"
#include "store_fixture.h"
#include "tree_file.h"

#include <math.h>

#define PACKS "tests/packs"
#define HEAD \
    "学校代码,学校名称,所属地区,办学类型,举办者,城乡分类,学段,在校生数,教师数,用房面积,设备值\n"

/* Five schools of two counties of one prefecture; one teaches two stages. */
#define SCHOOL_1 "2162900001,甲校,620702,小学,7,主城区,,100,5,300,20\n"
#define SCHOOL_2 "2162900002,乙校,620702,小学,7,镇中心区,,200,9,400,50.5\n"
#define SCHOOL_3 "2162900003,丙校,620702,初级中学,7,主城区,,300,20,500,80\n"
#define SCHOOL_4                                                        \
    "2162900004,丁校,620721,九年一贯制学校,7,,小学,80,6,,\n" \
    "2162900004,丁校,620721,九年一贯制学校,7,,初中,60,,,\n"  \
    "2162900004,丁校,620721,九年一贯制学校,7,,,,,600,0.1234\n"
#define SCHOOL_5 "2162900005,戊校,620721,小学,10,,,40,2,,5\n"
#define TABLE HEAD SCHOOL_1 SCHOOL_2 SCHOOL_3 SCHOOL_4 SCHOOL_5

typedef struct ImportFixture {
    StoreFixture *store;
    Arena *arena;
    Err *err;
    size_t files;
} ImportFixture;

/* The clock of these tests: it stands where it was put. */
static int64_t import_fixture_now;

static inline int64_t import_fixture_clock(void)
{
    return import_fixture_now;
}

/* Noon of a day in China. */
static inline void import_fixture_set_day(const char *day)
{
    Date date;
    assert_true(date_parse(str_from(day), &date));
    import_fixture_now = ((int64_t)date * 24 + 4) * 3600 * 1000000;
}

static inline void import_fixture_need(ImportFixture *f, bool is_ok)
{
    store_fixture_need(f->store, is_ok);
}

/* Nothing is created in it yet. */
static inline ImportFixture *import_fixture_empty(Kind kind)
{
    ImportFixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->store = store_fixture_empty(kind);
    f->arena = &f->store->arena;
    f->err = &f->store->err;
    import_fixture_set_day("2024-09-01");
    clock_set(import_fixture_clock);
    return f;
}

static inline ImportFixture *import_fixture_new(Kind kind)
{
    ImportFixture *f = import_fixture_empty(kind);
    import_fixture_need(f,
                        database_create(f->arena, PACKS, &f->store->config, STR("测试"), f->err));
    return f;
}

static inline void import_fixture_free(ImportFixture *f)
{
    clock_set(NULL);
    store_fixture_free(f->store);
    free(f);
}

static inline Str import_fixture_said(ImportFixture *f)
{
    return store_fixture_said(f->store);
}

static inline uint64_t import_fixture_head(ImportFixture *f)
{
    return store_head(store_fixture_open(f->store)).seq;
}

/* ---- tables ---- */

static inline char *import_fixture_file(ImportFixture *f, const char *table)
{
    char *path = str_cstr(
        f->arena, store_fixture_path(
                      f->store, str_cstr(f->arena, str_format(f->arena, "t%zu.csv", ++f->files))));
    import_fixture_need(f, file_save(path, str_from(table), f->err));
    return path;
}

static inline bool import_fixture_try(ImportFixture *f, const char *period, const char *table,
                                      ImportResult *ret)
{
    const ImportRequest request = {.packs = PACKS,
                                   .store = &f->store->config,
                                   .path = import_fixture_file(f, table),
                                   .period = str_from(period),
                                   .author = STR("测试")};
    return import_run(f->arena, &request, ret, f->err);
}

static inline ImportResult import_fixture_take(ImportFixture *f, const char *period,
                                               const char *table)
{
    ImportResult result;
    import_fixture_need(f, import_fixture_try(f, period, table, &result));
    return result;
}

static inline void import_fixture_undo(ImportFixture *f, uint64_t batch)
{
    UndoResult result;
    import_fixture_need(
        f, undo_run(f->arena, PACKS, &f->store->config, batch, STR("测试"), &result, f->err));
}

/* ---- events ---- */

static inline OrgRequest import_fixture_event(ImportFixture *f, EventKind kind, const char *unit,
                                              const char *date)
{
    return (OrgRequest){.packs = PACKS,
                        .store = &f->store->config,
                        .author = STR("测试"),
                        .kind = kind,
                        .unit = str_from(unit),
                        .date = str_from(date)};
}

static inline void import_fixture_enter(ImportFixture *f, const OrgRequest *request)
{
    OrgResult result;
    import_fixture_need(f, orgs_enter(f->arena, request, &result, f->err));
}

static inline void import_fixture_close(ImportFixture *f, const char *unit, const char *date)
{
    OrgRequest request = import_fixture_event(f, EVENT_CLOSE, unit, date);
    import_fixture_enter(f, &request);
}

static inline void import_fixture_merge(ImportFixture *f, const char *from, const char *into,
                                        const char *date)
{
    OrgRequest request = import_fixture_event(f, EVENT_MERGE, into, date);
    const Str other[] = {str_from(from)};
    request.other = other;
    request.other_count = 1;
    import_fixture_enter(f, &request);
}

static inline void import_fixture_rename(ImportFixture *f, const char *unit, const char *name,
                                         const char *date)
{
    OrgRequest request = import_fixture_event(f, EVENT_CHANGE, unit, date);
    request.name = str_from(name);
    import_fixture_enter(f, &request);
}

static inline void import_fixture_move(ImportFixture *f, const char *unit, const char *parent,
                                       const char *date)
{
    OrgRequest request = import_fixture_event(f, EVENT_CHANGE, unit, date);
    request.parent = str_from(parent);
    import_fixture_enter(f, &request);
}

static inline void import_fixture_open(ImportFixture *f, const char *kind, const char *code,
                                       const char *name, const char *parent, const char *date)
{
    OrgRequest request = import_fixture_event(f, EVENT_OPEN, "", date);
    bool is_school = strcmp(kind, "school") == 0;
    request.unit_kind = str_from(kind);
    request.code = str_from(code);
    request.name = str_from(name);
    request.parent = str_from(parent);
    request.type = is_school ? STR("小学") : STR("");
    request.runner = is_school ? STR("7") : STR("");
    import_fixture_enter(f, &request);
}

/* ---- what is known, as text ---- */

static inline void import_fixture_add_number(StrBuf *out, double value)
{
    if (isnan(value))
        strbuf_add(out, STR(" ~"));
    else
        strbuf_addf(out, " %.17g", value);
}

static inline int import_fixture_by_code(const void *a, const void *b)
{
    const School *left = *(const School *const *)a, *right = *(const School *const *)b;
    return (left->code > right->code) - (left->code < right->code);
}

/* Every value of every item of the core, whatever columns there are. */
static inline void import_fixture_add_school(StrBuf *out, const Dataset *dataset,
                                             const School *school)
{
    const Core *core = dataset->core;
    strbuf_addf(out, "%llu %.*s %.*s %.*s %.*s %.*s\n", (unsigned long long)school->code,
                STR_ARG(school->name), STR_ARG(school->region->code), STR_ARG(school->type->code),
                STR_ARG(school->runner ? school->runner->code : STR("?")),
                STR_ARG(school->urban ? school->urban->code : STR("?")));
    for (size_t stage = 0; stage < core->stages.len; stage++) {
        if (!school->part[stage])
            continue;
        strbuf_addf(out, "  %.*s", STR_ARG(core->stages.ptr[stage].code));
        for (size_t i = 0; i < core->item_list.len; i++) {
            const ItemColumns *item = dataset_item(dataset, core->item_list.ptr[i]);
            CellRef cell;
            const Part *part = &dataset->part[school->part[stage] - 1];
            import_fixture_add_number(out, item ? dataset_value(dataset, item, part, &cell) : NAN);
        }
        strbuf_add_char(out, '\n');
    }
}

static inline void import_fixture_add_dataset(StrBuf *out, const Dataset *dataset)
{
    const School **school = ARENA_ARRAY(out->arena, const School *, dataset->school_count + 1);
    for (size_t i = 0; i < dataset->school_count; i++)
        school[i] = &dataset->school[i];
    qsort(school, dataset->school_count, sizeof *school, import_fixture_by_code);
    for (size_t i = 0; i < dataset->school_count; i++)
        import_fixture_add_school(out, dataset, school[i]);
}

static inline void import_fixture_add_stage(StrBuf *out, const StageResult *stage,
                                            size_t indicators)
{
    strbuf_addf(out, "  stage %d: in scope %zu, met %zu, unmet %zu, nodata %zu, verdict %d",
                stage->stage, stage->in_scope, stage->met, stage->unmet, stage->nodata,
                (int)stage->verdict);
    import_fixture_add_number(out, stage->students);
    import_fixture_add_number(out, stage->composite);
    for (size_t i = 0; i < indicators; i++) {
        const IndicatorResult *result = &stage->indicator[i];
        strbuf_addf(out, "; %zu %zu", result->units, result->left_out);
        import_fixture_add_number(out, result->mean);
        import_fixture_add_number(out, result->s);
        import_fixture_add_number(out, result->cv);
    }
    strbuf_add_char(out, '\n');
}

static inline void import_fixture_add_verdicts(StrBuf *out, Judge *judge)
{
    for (uint32_t region = 0; region < judge->frames->regions.count; region++) {
        UnitResult *unit = judge_unit(out->arena, judge, region);
        const Code *code = judge->frames->region_code[region];
        strbuf_addf(out, "%.*s verdict %d, pass %zu, fail %zu, nodata %zu\n",
                    STR_ARG(code ? code->code : STR("-")), (int)unit->verdict, unit->pass,
                    unit->fail, unit->nodata);
        for (size_t i = 0; i < unit->stage_count; i++)
            import_fixture_add_stage(out, &unit->stage[i], judge->standard->indicators.len);
    }
}

typedef struct View {
    const char *period, *table, *structure, *unit;
    FactsUntil until;
} View;

static inline Str import_fixture_dump_view(ImportFixture *f, View view)
{
    bool is_bounded = view.until.seq || view.until.day;
    const EvaluationRequest request = {
        .packs = PACKS,
        .standard = STR("demo"),
        .store = &f->store->config,
        .until = is_bounded ? view.until : FACTS_ALL,
        .table = view.table ? import_fixture_file(f, view.table) : NULL,
        .structure = view.structure ? str_from(view.structure) : STR(""),
        .unit = view.unit ? str_from(view.unit) : STR(""),
        .period = str_from(view.period)};
    Evaluation evaluation;
    import_fixture_need(f, evaluation_open(f->arena, &request, &evaluation, f->err));
    StrBuf out;
    strbuf_init(&out, f->arena);
    import_fixture_add_dataset(&out, evaluation.dataset);
    import_fixture_add_verdicts(&out, evaluation.judge);
    return strbuf_str(&out);
}

static inline Str import_fixture_dump(ImportFixture *f, const char *period)
{
    return import_fixture_dump_view(f, (View){.period = period});
}

static inline void assert_same_dump_at(Str got, Str want, const char *file, int line)
{
    if (!same_lines("dump", got, want))
        _fail(file, line);
}
#define assert_same_dump(got, want) assert_same_dump_at((got), (want), __FILE__, __LINE__)

/* ---- on both databases ---- */

static inline Kind kind_of(void **state)
{
    return *(const Kind *)*state;
}

__attribute__((unused)) static Kind import_on_sqlite = ON_SQLITE, import_on_postgres = ON_POSTGRES;

#define ON_BOTH(test)                                                 \
    {#test " on SQLite", test, NULL, NULL, &import_on_sqlite},        \
    {                                                                 \
#test " on PostgreSQL", test, NULL, NULL, &import_on_postgres \
    }

#endif
