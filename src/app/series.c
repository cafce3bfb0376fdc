#include "app/series.h"

#include "app/database.h"
#include "app/explanation.h"
#include "app/stored_counties.h"
#include "base/clock.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>

typedef struct SeriesMaker {
    Arena *arena;
    const SeriesRequest *request;
    Facts *facts;
    Date structure; /* DATE_MIN: as it was */
    uint32_t unit;
    Series *out;
    Err *err;
} SeriesMaker;

static int by_year(const void *a, const void *b)
{
    const Period *left = a, *right = b;
    return (left->year > right->year) - (left->year < right->year);
}

typedef VEC(Period) PeriodList;

/* The periods with figures, in order. */
static PeriodList list_periods(Arena *arena, const Facts *facts)
{
    PeriodList list = {0};
    for (size_t i = 0; i < facts->batches.len; i++) {
        const Batch *batch = &facts->batches.ptr[i];
        bool is_new = !batch->undone_by && batch->period.kind == PERIOD_SCHOOL_YEAR;
        for (size_t k = 0; is_new && k < list.len; k++)
            is_new = list.ptr[k].year != batch->period.year;
        if (is_new)
            VEC_PUSH(arena, &list, batch->period);
    }
    if (list.len)
        qsort(list.ptr, list.len, sizeof *list.ptr, by_year);
    return list;
}

static Date day_of(const SeriesMaker *m, Period period)
{
    return m->structure == DATE_MIN ? period_first_day(period) : m->structure;
}

/* ---- one period ---- */

static const Indicator *find_indicator(const Standard *standard, Str name)
{
    for (size_t i = 0; i < standard->indicators.len; i++)
        if (str_equals(standard->indicators.ptr[i]->code, name) ||
            str_equals(standard->indicators.ptr[i]->name, name))
            return standard->indicators.ptr[i];
    return NULL;
}

static size_t place_of(const Standard *standard, const Indicator *indicator)
{
    size_t idx = 0;
    while (standard->indicators.ptr[idx] != indicator)
        idx++;
    return idx;
}

static void add_region(SeriesMaker *m, const StageResult *stage, size_t idx, SeriesPoint point)
{
    const IndicatorResult *x = &stage->indicator[idx];
    point.is_there = true;
    point.value = x->mean;
    point.cv = x->cv;
    point.limit = x->limit;
    point.met = x->met;
    point.students = stage->students;
    point.schools = x->units;
    point.is_published = x->published != NULL;
    VEC_PUSH(m->arena, &m->out->points, point);
}

static void add_school(SeriesMaker *m, const Judge *judge, const StageResult *stage, size_t idx,
                       uint32_t school, SeriesPoint point)
{
    const Dataset *dataset = judge->frames->dataset;
    for (size_t i = 0; i < stage->school_count; i++) {
        const SchoolResult *result = &stage->school[i];
        if (dataset->part[result->part].school != school)
            continue;
        const SchoolCell *cell = &result->cell[idx];
        const Frame *frame = judge->frames->frame[stage->stage];
        point.is_there = true;
        point.value = cell->value;
        point.met = cell->verdict == VERDICT_MET || cell->verdict == VERDICT_EXEMPT   ? TRI_TRUE
                    : cell->verdict == VERDICT_NEAR || cell->verdict == VERDICT_UNMET ? TRI_FALSE
                                                                                      : TRI_UNKNOWN;
        point.students = frame->column[judge->weight_slot].value[result->row];
        point.schools = 1;
        VEC_PUSH(m->arena, &m->out->points, point);
    }
}

static bool judge_period(SeriesMaker *m, Period period, SeriesPoint point, Err *err)
{
    const SeriesRequest *request = m->request;
    const EvaluationRequest evaluate = {.packs = request->packs,
                                        .standard = request->standard,
                                        .name = request->name,
                                        .overlay = request->overlay,
                                        .overlay_count = request->overlay_count,
                                        .store = request->store,
                                        .until = request->until,
                                        .structure = request->structure,
                                        .unit = point.unit_code,
                                        .period = point.period};
    Evaluation evaluation;
    uint32_t region, school;
    (void)period;
    if (!evaluation_open(m->arena, &evaluate, &evaluation, err))
        return false;
    const Indicator *indicator = find_indicator(evaluation.standard, request->name);
    if (!indicator)
        return err_fail(err, ERR_SERIES_NAME, ARG_STR("name", request->name),
                        ARG_STR("standard", evaluation.standard->id));
    if (!unit_find(evaluation.judge, point.unit_code, &region, &school, err))
        return false;
    m->out->indicator = indicator;
    m->out->core = evaluation.core;
    size_t idx = place_of(evaluation.standard, indicator);
    UnitResult *unit = judge_unit(m->arena, evaluation.judge, region);
    point.standard = evaluation.standard->id;
    for (size_t i = 0; i < unit->stage_count; i++) {
        point.stage = unit->stage[i].stage;
        if (school == UINT32_MAX)
            add_region(m, &unit->stage[i], idx, point);
        else
            add_school(m, evaluation.judge, &unit->stage[i], idx, school, point);
    }
    return true;
}

/* What cannot be judged for lack of a standard or of figures is a gap in the line, not an error. */
static bool is_gap(const Err *err)
{
    return err->first->code == ERR_FACTS_PERIOD || err->first->code == ERR_STANDARD_NONE ||
           err->first->code == ERR_PACK_NOT_VALID || err->first->code == ERR_UNIT_UNKNOWN_REGION ||
           err->first->code == ERR_JUDGE_STAGES || err->first->code == ERR_FACTS_NO_SCHOOLS;
}

static bool add_period(SeriesMaker *m, Period period)
{
    Date day = day_of(m, period);
    StrBuf text;
    strbuf_init(&text, m->arena);
    period_format(&text, period);
    SeriesPoint point = {.period = strbuf_str(&text),
                         .unit_code = facts_unit_code(m->arena, m->facts, m->unit, day),
                         .unit_name = org_name(m->facts->orgs, m->unit, day),
                         .stage = -1,
                         .value = NAN,
                         .cv = NAN,
                         .limit = NAN,
                         .met = TRI_UNKNOWN};
    size_t before = m->out->points.len;
    CLEANUP(err_done) Err err;
    err_init(&err);
    bool is_open = org_is_open(orgs_get(m->facts->orgs, m->unit), day);
    if (is_open && !judge_period(m, period, point, &err) && !is_gap(&err))
        return err_take(m->err, &err);
    if (m->out->points.len == before)
        VEC_PUSH(m->arena, &m->out->points, point);
    return true;
}

/* ---- all ---- */

static bool find_unit(SeriesMaker *m)
{
    Date today = facts_day(clock_now_us());
    m->unit = facts_find_unit(m->arena, m->facts, m->request->unit,
                              m->structure == DATE_MIN ? today : m->structure, m->err);
    if (m->unit == ORG_NOT_FOUND)
        return false;
    OrgKind kind = orgs_get(m->facts->orgs, m->unit)->kind;
    m->out->is_school = kind == ORG_SCHOOL;
    bool is_good = kind == ORG_SCHOOL || (kind >= ORG_PROVINCE && kind <= ORG_COUNTY);
    return is_good || err_fail(m->err, ERR_SERIES_UNIT, ARG_STR("unit", m->request->unit));
}

bool series_make(Arena *arena, const SeriesRequest *request, Series *ret, Err *err)
{
    SeriesMaker m = {
        .arena = arena, .request = request, .structure = DATE_MIN, .out = ret, .err = err};
    Core *core;
    Store *store;
    *ret = (Series){0};
    if (request->structure.len && !date_parse(request->structure, &m.structure))
        return err_fail(err, ERR_ORG_DATE, ARG_STR("date", request->structure));
    if (!pack_load_core(arena, request->packs, &core, err) ||
        !database_open(arena, request->store, &store, err) ||
        !facts_load(arena, core, store, request->until, &m.facts, err) || !find_unit(&m))
        return false;
    ret->core = core;
    PeriodList periods = list_periods(arena, m.facts);
    for (size_t i = 0; i < periods.len; i++)
        if (!add_period(&m, periods.ptr[i]))
            return false;
    bool is_any = false;
    for (size_t i = 0; i < ret->points.len; i++)
        is_any |= ret->points.ptr[i].is_there;
    return is_any || err_fail(err, ERR_SERIES_NONE, ARG_STR("unit", request->unit),
                              ARG_STR("name", request->name));
}
