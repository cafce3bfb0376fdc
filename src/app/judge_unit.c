/* Reading the results of one region. */
#include "app/judge_int.h"

#include <math.h>

/*
 * Below this share of the mean a spread is lost in the rounding of the values: the exact walker says
 * what it is, and whether there is any.
 */
static const double CV_TOO_SMALL = 1e-9;

typedef struct Reader {
    Arena *arena;
    Judge *judge;
    uint32_t region;
    StageResult *stage;
} Reader;

static const Frame *frame_of(const Reader *reader)
{
    return reader->judge->frames->frame[reader->stage->stage];
}

static ExactPoint point_of(const Reader *reader, size_t row)
{
    return judge_point(reader->judge, reader->stage->stage, row, reader->region);
}

/* ---- schools ---- */

/* The exception that applies to a school: one that exempts it, or one that has a formula of its own. */
static const Exception *applying(const Reader *reader, const Indicator *x, size_t row,
                                 bool is_exempting)
{
    ExactPoint point = point_of(reader, row);
    for (size_t i = 0; i < x->exceptions.len; i++) {
        const Exception *exception = x->exceptions.ptr[i];
        if (exception->is_exempt == is_exempting &&
            exact_test(reader->judge->exact, exception->condition->tree, &point) == TRI_TRUE)
            return exception;
    }
    return NULL;
}

static Absence absence_of(const Reader *reader, const Indicator *x, size_t row)
{
    ExactPoint point = point_of(reader, row);
    return exact_run(reader->judge->exact, x->symbol.formula->tree, &point)->absence;
}

static SchoolCell read_cell(const Reader *reader, size_t indicator_idx, size_t row)
{
    const Judge *judge = reader->judge;
    const Indicator *x = judge->standard->indicators.ptr[indicator_idx];
    int stage = reader->stage->stage,
        at = judge->indicator_output + (int)indicator_idx * ROW_PER_INDICATOR;
    SchoolCell cell = {.value = judge_row_output(judge, stage, at + ROW_VALUE, row),
                       .contribution = NAN};
    cell.relieved_by = applying(reader, x, row, false);
    if (isnan(cell.value))
        cell.absence = absence_of(reader, x, row);
    if (x->exempt && judge_row_output(judge, stage, at + ROW_EXEMPT, row) == 1.0) {
        cell.verdict = VERDICT_EXEMPT;
        cell.exempted_by = applying(reader, x, row, true);
    } else if (isnan(cell.value)) {
        cell.verdict = cell.absence == ABSENCE_NOT_APPLICABLE ? VERDICT_NA : VERDICT_NODATA;
    } else if (!x->limit || !x->limit->has_value[stage]) {
        cell.verdict = VERDICT_NA;
    } else if (judge_row_output(judge, stage, at + ROW_MET, row) == 1.0) {
        cell.verdict = VERDICT_MET;
    } else {
        bool is_near = x->near_floor && judge_row_output(judge, stage, at + ROW_FLOOR, row) == 1.0;
        cell.verdict = is_near ? VERDICT_NEAR : VERDICT_UNMET;
    }
    return cell;
}

static const ScopeRule *rule_against(const Reader *reader, size_t row)
{
    ExactPoint point = point_of(reader, row);
    const Standard *standard = reader->judge->standard;
    for (size_t i = 0; i < standard->scope_rules.len; i++)
        if (exact_test(reader->judge->exact, standard->scope_rules.ptr[i]->condition->tree,
                       &point) == TRI_TRUE)
            return standard->scope_rules.ptr[i];
    return NULL;
}

static Verdict school_verdict(const Judge *judge, int stage, size_t row, double in_scope)
{
    if (in_scope == 0.0)
        return VERDICT_NA;
    if (isnan(in_scope) || judge->school_output < 0)
        return VERDICT_NODATA;
    double met = judge_row_output(judge, stage, judge->school_output, row);
    return met == 1.0 ? VERDICT_MET : met == 0.0 ? VERDICT_UNMET : VERDICT_NODATA;
}

static SchoolResult read_school(const Reader *reader, size_t row)
{
    const Judge *judge = reader->judge;
    int stage = reader->stage->stage;
    size_t indicators = judge->standard->indicators.len;
    double in_scope = judge_in_scope(judge, stage, row);
    SchoolResult school = {.part = frame_of(reader)->part[row],
                           .row = (uint32_t)row,
                           .met = -1,
                           .near = -1,
                           .verdict = school_verdict(judge, stage, row, in_scope),
                           .cell = ARENA_ARRAY(reader->arena, SchoolCell, indicators)};
    int met = 0, near = 0;
    for (size_t i = 0; i < indicators; i++) {
        school.cell[i] = read_cell(reader, i, row);
        if (in_scope == 0.0)
            school.cell[i].verdict = VERDICT_NA;
        met += school.cell[i].verdict == VERDICT_MET || school.cell[i].verdict == VERDICT_EXEMPT;
        near += school.cell[i].verdict == VERDICT_NEAR;
    }
    if (in_scope == 0.0) {
        school.out = rule_against(reader, row);
    } else if (judge->standard->school_met) {
        school.met = met;
        school.near = near;
    }
    return school;
}

static void read_schools(const Reader *reader)
{
    StageResult *stage = reader->stage;
    const Frame *frame = frame_of(reader);
    const Region *r = &reader->judge->frames->regions.region[reader->region];
    size_t first = frame_region_first(frame, r), end = frame_region_end(frame, r);
    stage->school = ARENA_ARRAY(reader->arena, SchoolResult, end - first);
    for (size_t row = first; row < end; row++)
        if (!frame_is_padding(frame, row))
            stage->school[stage->school_count++] = read_school(reader, row);
}

/*
 * (Pi/P)(Xi − mean)²/S² (decisions.md 6); P is the weight behind this indicator's CV. Of a spread that
 * is lost in rounding nobody is the cause.
 */
static void read_contributions(const Reader *reader, size_t indicator_idx)
{
    const IndicatorResult *x = &reader->stage->indicator[indicator_idx];
    const double *weight = frame_of(reader)->column[reader->judge->weight_slot].value;
    if (!(x->cv >= CV_TOO_SMALL))
        return;
    for (size_t i = 0; i < reader->stage->school_count; i++) {
        const SchoolResult *school = &reader->stage->school[i];
        SchoolCell *cell = &school->cell[indicator_idx];
        double w = weight[school->row], off = (cell->value - x->mean) / x->s;
        bool is_in = judge_in_scope(reader->judge, reader->stage->stage, school->row) == 1.0;
        if (is_in && !isnan(cell->value) && w > 0)
            cell->contribution = w / x->weight * off * off;
    }
}

/* ---- a stage ---- */

static void count_units(const Reader *reader, size_t indicator_idx, IndicatorResult *result)
{
    const Judge *judge = reader->judge;
    const Frame *frame = frame_of(reader);
    const Region *r = &judge->frames->regions.region[reader->region];
    int stage = reader->stage->stage;
    const double *in_scope = calc_row_output(judge->detail[stage], (size_t)judge->in_scope_output);
    const double *value = calc_row_output(
        judge->detail[stage], (size_t)judge->indicator_output + indicator_idx * ROW_PER_INDICATOR);
    const double *weight = frame->column[judge->weight_slot].value;
    for (size_t row = frame_region_first(frame, r); row < frame_region_end(frame, r); row++) {
        if (frame_is_padding(frame, row) || in_scope[row] != 1.0 || value[row] != value[row] ||
            !(weight[row] > 0))
            continue;
        result->units++;
        result->weight += weight[row];
    }
}

static void read_tiny_spread(const Reader *reader, IndicatorResult *result)
{
    if (!(result->cv < CV_TOO_SMALL))
        return;
    const Indicator *x = result->indicator;
    ExactPoint point = point_of(reader, EXACT_REGION);
    result->s = exact_to_double(exact_run(reader->judge->exact, x->std->formula->tree, &point));
    result->cv = exact_to_double(exact_run(reader->judge->exact, x->cv->formula->tree, &point));
}

/*
 * A double may stand on the wrong side of a limit by its last digit where the exact comparison knows
 * better; what is shown must agree with the verdict.
 */
static double on_its_side(double value, double limit, Tri met)
{
    if (met == TRI_TRUE && value > limit)
        return limit;
    if (met == TRI_FALSE && value <= limit)
        return nextafter(limit, INFINITY);
    return value;
}

static IndicatorResult read_published(const Reader *reader, size_t idx)
{
    Judge *judge = reader->judge;
    const Indicator *x = judge->standard->indicators.ptr[idx];
    int stage = reader->stage->stage;
    ExactPoint point = point_of(reader, EXACT_REGION);
    const ExactGiven *mean = exact_given_of(&point, x->mean), *cv = exact_given_of(&point, x->cv);
    IndicatorResult result = {.indicator = x,
                              .published =
                                  judge_published_fact(judge, stage, reader->region, x->cv),
                              .met = TRI_UNKNOWN,
                              .limit = NAN,
                              .margin = NAN,
                              .mean = mean ? mean->value : NAN,
                              .s = NAN,
                              .cv = cv ? cv->value : NAN};
    if (!x->cv_limit || !x->cv_limit->has_value[stage])
        return result;
    result.has_limit = true;
    result.limit = decimal_to_double(x->cv_limit->value[stage]);
    result.met = exact_test(judge->exact, x->cv_met->formula->tree, &point);
    result.margin = result.limit - result.cv;
    return result;
}

static IndicatorResult read_indicator(const Reader *reader, size_t idx)
{
    const Judge *judge = reader->judge;
    const Indicator *x = judge->standard->indicators.ptr[idx];
    int stage = reader->stage->stage,
        at = judge->statistic_output + (int)idx * REGION_PER_INDICATOR;
    IndicatorResult result = {
        .indicator = x,
        .met = TRI_UNKNOWN,
        .limit = NAN,
        .margin = NAN,
        .mean = judge_region_output(judge, stage, at + REGION_MEAN_OUT, reader->region),
        .s = judge_region_output(judge, stage, at + REGION_S_OUT, reader->region),
        .cv = judge_region_output(judge, stage, at + REGION_CV_OUT, reader->region)};
    count_units(reader, idx, &result);
    result.left_out = reader->stage->in_scope - result.units;
    if (judge_is_county(judge, reader->region))
        read_tiny_spread(reader, &result);
    if (x->cv_limit && x->cv_limit->has_value[stage]) {
        result.has_limit = true;
        result.limit = decimal_to_double(x->cv_limit->value[stage]);
        result.met =
            judge_tri(judge_region_output(judge, stage, at + REGION_CV_MET_OUT, reader->region));
        result.cv = on_its_side(result.cv, result.limit, result.met);
        result.margin = result.limit - result.cv;
    }
    return result;
}

static double region_figure(const Reader *reader, const Symbol *symbol, int output)
{
    if (!reader->stage->is_published)
        return judge_region_output(reader->judge, reader->stage->stage, output, reader->region);
    ExactPoint point = point_of(reader, EXACT_REGION);
    const ExactGiven *given = exact_given_of(&point, symbol);
    if (given)
        return given->value;
    return exact_to_double(exact_run(reader->judge->exact, symbol->formula->tree, &point));
}

static void read_composite(const Reader *reader)
{
    const Judge *judge = reader->judge;
    const Standard *standard = judge->standard;
    StageResult *stage = reader->stage;
    stage->composite = stage->composite_limit = NAN;
    stage->composite_met = TRI_UNKNOWN;
    if (!standard->composite)
        return;
    stage->composite = region_figure(reader, standard->composite, judge->composite_output);
    if (!standard->composite_limit || !standard->composite_limit->has_value[stage->stage])
        return;
    stage->has_composite_limit = true;
    stage->composite_limit = decimal_to_double(standard->composite_limit->value[stage->stage]);
    stage->composite_met =
        judge_tri(region_figure(reader, standard->composite_met, judge->composite_met_output));
    stage->composite = on_its_side(stage->composite, stage->composite_limit, stage->composite_met);
}

static size_t count_output(const Reader *reader, int output)
{
    if (output < 0)
        return 0;
    double count = judge_region_output(reader->judge, reader->stage->stage, output, reader->region);
    return isnan(count) ? 0 : (size_t)count;
}

static void read_counts(const Reader *reader)
{
    const Judge *judge = reader->judge;
    StageResult *stage = reader->stage;
    double students =
        judge_region_output(judge, stage->stage, judge->students_output, reader->region);
    stage->students = isnan(students) ? 0 : students;
    TriCount scope = judge_count_scope(judge, stage->stage, reader->region);
    stage->unknown_scope = (size_t)scope.unknown;
    stage->in_scope = (size_t)scope.yes;
    stage->met = count_output(reader, judge->met_count_output);
    stage->unmet = count_output(reader, judge->unmet_count_output);
    stage->nodata = stage->in_scope - stage->met - stage->unmet + stage->unknown_scope;
}

static void read_stage_verdict(const Reader *reader)
{
    StageResult *stage = reader->stage;
    const Standard *standard = reader->judge->standard;
    if (!stage->in_scope && !stage->unknown_scope && !stage->is_published)
        return;
    for (size_t gate = 0; gate < standard->gates.len; gate++) {
        if (!standard->gates.ptr[gate]->is_resource)
            continue;
        stage->verdict = judge_gate_of_stage(reader->judge, gate, stage->stage, reader->region);
        stage->has_verdict = true;
    }
}

static void read_stage(const Reader *reader, bool is_county)
{
    const Standard *standard = reader->judge->standard;
    StageResult *stage = reader->stage;
    if (stage->is_published)
        stage->students = NAN;
    else
        read_counts(reader);
    stage->indicator = ARENA_ARRAY(reader->arena, IndicatorResult, standard->indicators.len);
    for (size_t i = 0; i < standard->indicators.len; i++)
        stage->indicator[i] =
            stage->is_published ? read_published(reader, i) : read_indicator(reader, i);
    read_composite(reader);
    if (!is_county)
        return;
    if (stage->is_published) {
        read_stage_verdict(reader);
        return;
    }
    read_schools(reader);
    for (size_t i = 0; i < standard->indicators.len; i++)
        read_contributions(reader, i);
    read_stage_verdict(reader);
}

/* ---- the region ---- */

static void count_counties(const Judge *judge, UnitResult *unit)
{
    const Region *r = &judge->frames->regions.region[unit->region];
    for (uint32_t region = unit->region; region < r->end; region++) {
        if (!judge_is_county(judge, region))
            continue;
        Tri verdict = judge_verdict(judge, region);
        unit->pass += verdict == TRI_TRUE;
        unit->fail += verdict == TRI_FALSE;
        unit->nodata += verdict == TRI_UNKNOWN;
    }
}

static void read_gates(Arena *arena, Judge *judge, UnitResult *unit)
{
    size_t count = judge->standard->gates.len;
    unit->verdict = judge_verdict(judge, unit->region);
    unit->gate = ARENA_ARRAY(arena, Tri, count);
    unit->item = ARENA_ARRAY(arena, GateItemResult *, count);
    for (size_t i = 0; i < count; i++) {
        const Gate *gate = judge->standard->gates.ptr[i];
        unit->gate[i] = judge_gate(judge, i, unit->region);
        unit->item[i] = ARENA_ARRAY(arena, GateItemResult, gate->items.len);
        for (size_t k = 0; k < gate->items.len; k++)
            unit->item[i][k] = judge_gate_item(arena, judge, gate->items.ptr[k], unit->region);
    }
}

/* So many years later; 29 February becomes the 28th. */
static Date years_later(int yyyymmdd, int years)
{
    int year = yyyymmdd / 10000 + years, month = yyyymmdd / 100 % 100, day = yyyymmdd % 100;
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return date_from_civil(year, month, month == 2 && day == 29 && !is_leap ? 28 : day);
}

static void read_review(const Judge *judge, UnitResult *unit)
{
    const Review *review = &judge->standard->review;
    const Code *code = judge->frames->region_code[unit->region];
    if (!review->since)
        return;
    unit->review_since =
        region_facts_item(judge->frames->dataset->region_facts, code, review->since);
    if (unit->review_since)
        unit->next_review = years_later((int)unit->review_since->value, review->years);
}

UnitResult *judge_unit(Arena *arena, Judge *judge, uint32_t region)
{
    const Standard *standard = judge->standard;
    UnitResult *unit = ARENA_NEW(arena, UnitResult);
    judge_need_detail(judge, region);
    *unit = (UnitResult){.region = region,
                         .is_county = judge_is_county(judge, region),
                         .verdict = TRI_UNKNOWN,
                         .stage = ARENA_ARRAY(arena, StageResult, standard->stages.len)};
    for (size_t i = 0; i < standard->stages.len; i++) {
        int stage = (int)standard->stages.ptr[i];
        const Frame *frame = judge->frames->frame[stage];
        const Region *r = &judge->frames->regions.region[region];
        bool is_published = judge_is_published(judge, stage, region);
        if (!is_published && (!frame || frame_region_first(frame, r) == frame_region_end(frame, r)))
            continue;
        StageResult *result = &unit->stage[unit->stage_count++];
        *result =
            (StageResult){.stage = stage, .verdict = TRI_UNKNOWN, .is_published = is_published};
        Reader reader = {.arena = arena, .judge = judge, .region = region, .stage = result};
        read_stage(&reader, unit->is_county);
    }
    count_counties(judge, unit);
    unit->is_batch = judge_batch_verdict(judge, region, &unit->verdict);
    if (!unit->is_county)
        return unit;
    read_gates(arena, judge, unit);
    read_review(judge, unit);
    return unit;
}
