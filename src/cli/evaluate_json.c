/* `junheng evaluate --json`, field by field as in doc/cli.md. */
#include "cli/evaluate_int.h"
#include "cli/recognised.h"

#include <math.h>

static void add_item(JsonWriter *json, const Item *lever)
{
    json_member_str(json, "item", lever->symbol.name);
    json_member_str(json, "unit", lever->step_unit);
}

static void add_gaps(JsonWriter *json, const Standard *standard, const GapSchool *gap)
{
    json_key(json, "gaps");
    json_begin_object(json);
    for (size_t i = 0; gap && i < gap->cell_count; i++) {
        const GapCell *cell = &gap->cell[i];
        if (!cell->lever)
            continue;
        json_key_str(json, standard->indicators.ptr[cell->indicator]->code);
        json_begin_object(json);
        add_item(json, cell->lever);
        judged_json_number(json, "to_floor", cell->to_floor);
        judged_json_number(json, "to_limit", cell->to_limit);
        json_end_object(json);
    }
    json_end_object(json);
}

static void add_plan(JsonWriter *json, const Standard *standard, const GapSchool *gap,
                     const GapPlan *plan)
{
    json_begin_array(json);
    for (size_t i = 0; i < plan->count; i++) {
        const GapCell *cell = &gap->cell[plan->step[i].cell];
        bool is_limit = plan->step[i].target == GAP_LIMIT;
        json_begin_object(json);
        json_member_str(json, "code", standard->indicators.ptr[cell->indicator]->code);
        add_item(json, cell->lever);
        judged_json_number(json, "amount", is_limit ? cell->to_limit : cell->to_floor);
        json_member_str(json, "target", is_limit ? STR("limit") : STR("floor"));
        json_end_object(json);
    }
    json_end_array(json);
}

void evaluate_json_gap(JsonWriter *json, const Standard *standard, const GapSchool *gap)
{
    add_gaps(json, standard, gap);
    json_key(json, "plans");
    json_begin_array(json);
    for (size_t i = 0; gap && i < gap->plan_count; i++)
        add_plan(json, standard, gap, &gap->plan[i]);
    json_end_array(json);
}

/* ---- schools ---- */

static void add_values(JsonWriter *json, const Standard *standard, const SchoolResult *school)
{
    size_t count = standard->indicators.len;
    json_key(json, "values");
    json_begin_object(json);
    for (size_t i = 0; i < count; i++) {
        json_key_str(json, standard->indicators.ptr[i]->code);
        json_number_or_null(json, school->cell[i].value);
    }
    json_end_object(json);
    json_key(json, "verdicts");
    json_begin_object(json);
    for (size_t i = 0; i < count; i++) {
        json_key_str(json, standard->indicators.ptr[i]->code);
        json_str(json, str_from(verdict_word(school->cell[i].verdict)));
    }
    json_end_object(json);
    json_key(json, "contributions");
    json_begin_object(json);
    for (size_t i = 0; i < count; i++) {
        json_key_str(json, standard->indicators.ptr[i]->code);
        json_number_or_null(json, school->cell[i].contribution);
    }
    json_end_object(json);
}

/* code -> reason: of the indicators from which the school is exempt, or whose value an exception gave. */
static void add_exceptions(JsonWriter *json, const char *key, const Standard *standard,
                           const SchoolResult *school, bool is_exempting)
{
    json_key(json, key);
    json_begin_object(json);
    for (size_t i = 0; i < standard->indicators.len; i++) {
        const SchoolCell *cell = &school->cell[i];
        const Exception *exception = is_exempting ? cell->exempted_by : cell->relieved_by;
        if (!exception)
            continue;
        json_key_str(json, standard->indicators.ptr[i]->code);
        json_str(json, exception->reason);
    }
    json_end_object(json);
}

static void add_reasons(JsonWriter *json, const Standard *standard, const SchoolResult *school)
{
    json_key(json, "reason");
    if (school->out)
        json_str(json, school->out->reason);
    else
        json_null(json);
    add_exceptions(json, "exemptions", standard, school, true);
    add_exceptions(json, "reliefs", standard, school, false);
}

static void add_count_or_null(JsonWriter *json, const char *key, int count)
{
    json_key(json, key);
    if (count < 0)
        json_null(json);
    else
        json_integer(json, count);
}

static void add_school(const EvaluateView *view, JsonWriter *json, const StageResult *stage,
                       const SchoolResult *school)
{
    const Evaluation *evaluation = view->evaluation;
    const School *s = judged_school(evaluation, school);
    const Judge *judge = evaluation->judge;
    json_begin_object(json);
    json_member_str(json, "code", judged_school_code(view->cli, s));
    json_member_str(json, "name", s->name);
    json_member_str(json, "verdict", str_from(verdict_word(school->verdict)));
    add_count_or_null(json, "met", school->met);
    add_count_or_null(json, "near", school->near);
    judged_json_number(
        json, "students",
        judge->frames->frame[stage->stage]->column[judge->weight_slot].value[school->row]);
    add_reasons(json, evaluation->standard, school);
    add_values(json, evaluation->standard, school);
    evaluate_json_gap(json, evaluation->standard, evaluate_gap_of(view, stage->stage, school));
    json_end_object(json);
}

/* ---- stages ---- */

static void add_indicator(JsonWriter *json, const IndicatorResult *result)
{
    json_begin_object(json);
    json_member_str(json, "code", result->indicator->code);
    json_member_str(json, "name", result->indicator->name);
    json_member_str(json, "unit", result->indicator->unit_text);
    judged_json_number(json, "mean", result->mean);
    judged_json_number(json, "s", result->s);
    judged_json_number(json, "cv", result->cv);
    if (result->published) {
        json_member_str(json, "origin", STR("published"));
        json_member_str(json, "document", result->published->document);
    }
    judged_json_number(json, "limit", result->limit);
    judged_json_tri(json, "met", result->has_limit ? result->met : TRI_UNKNOWN);
    judged_json_number(json, "margin", result->margin);
    json_member_count(json, "units", result->units);
    json_member_count(json, "left_out", result->left_out);
    json_end_object(json);
}

static void add_stage(const EvaluateView *view, JsonWriter *json, const StageResult *stage)
{
    const Evaluation *evaluation = view->evaluation;
    json_begin_object(json);
    json_member_str(json, "stage", evaluation->core->stages.ptr[stage->stage].code);
    if (stage->is_published)
        json_member_str(json, "origin", STR("published"));
    judged_json_number(json, "students", stage->students);
    json_key(json, "verdict");
    if (stage->has_verdict)
        json_str(json, str_from(gate_word(stage->verdict)));
    else
        json_null(json);
    json_member_count(json, "in_scope", stage->in_scope);
    json_member_count(json, "met", stage->met);
    json_member_count(json, "unmet", stage->unmet);
    json_member_count(json, "nodata", stage->nodata);
    json_member_count(json, "unknown_scope", stage->unknown_scope);
    json_key(json, "composite");
    json_begin_object(json);
    judged_json_number(json, "value", stage->composite);
    judged_json_number(json, "limit", stage->composite_limit);
    judged_json_tri(json, "met", stage->has_composite_limit ? stage->composite_met : TRI_UNKNOWN);
    json_end_object(json);
    json_key(json, "indicators");
    json_begin_array(json);
    for (size_t i = 0; i < evaluation->standard->indicators.len; i++)
        add_indicator(json, &stage->indicator[i]);
    json_end_array(json);
    json_key(json, "schools");
    json_begin_array(json);
    for (size_t i = 0; i < stage->school_count; i++)
        add_school(view, json, stage, &stage->school[i]);
    json_end_array(json);
    json_end_object(json);
}

/* ---- units ---- */

static void add_gates(const EvaluateView *view, JsonWriter *json)
{
    const Standard *standard = view->evaluation->standard;
    json_key(json, "gates");
    json_begin_array(json);
    for (size_t i = 0; view->unit->gate && i < standard->gates.len; i++) {
        const Gate *gate = standard->gates.ptr[i];
        json_begin_object(json);
        json_member_str(json, "code", gate->code);
        json_member_str(json, "name", gate->name);
        json_member_str(json, "verdict", str_from(gate_word(view->unit->gate[i])));
        if (gate->missing_reason.len)
            json_member_str(json, "reason", gate->missing_reason);
        evaluate_json_items(view, json, i);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_unit(const EvaluateView *view, JsonWriter *json)
{
    const UnitResult *unit = view->unit;
    const Region *region = &view->evaluation->judge->frames->regions.region[unit->region];
    json_key(json, "unit");
    if (region->code.len)
        json_str(json, region->code);
    else
        json_null(json);
    json_member_str(json, "name", judged_region_name(view->evaluation, unit->region));
    json_key(json, "verdict");
    if (unit->is_county || unit->is_batch)
        json_str(json, str_from(gate_word(unit->verdict)));
    else
        json_null(json);
    evaluate_json_county(view, json);
    evaluate_json_published(view, json);
    add_gates(view, json);
    json_key(json, "counties");
    json_begin_object(json);
    json_member_count(json, "pass", unit->pass);
    json_member_count(json, "fail", unit->fail);
    json_member_count(json, "nodata", unit->nodata);
    json_end_object(json);
    json_key(json, "stages");
    json_begin_array(json);
    for (size_t i = 0; i < unit->stage_count; i++)
        add_stage(view, json, &unit->stage[i]);
    json_end_array(json);
}

static void add_units(const EvaluateView *view, JsonWriter *json, const uint32_t *region,
                      size_t count)
{
    json_key(json, "units");
    json_begin_array(json);
    for (size_t i = 0; i < count; i++) {
        EvaluateView below;
        evaluate_view(view->cli, view->evaluation, region[i], &below);
        json_begin_object(json);
        add_unit(&below, json);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_changes(const EvaluateView *view, JsonWriter *json)
{
    if (!view->evaluation->before)
        return;
    TurnedList turned = evaluate_turned(view);
    json_key(json, "what_if");
    json_begin_object(json);
    json_member_count(json, "changed_cells", view->evaluation->changed_cells);
    json_member_str(json, "verdict_before",
                    str_from(gate_word(view->before ? view->before->verdict : TRI_UNKNOWN)));
    json_key(json, "turned");
    json_begin_array(json);
    for (size_t i = 0; i < turned.len; i++) {
        json_begin_object(json);
        json_member_str(
            json, "code",
            judged_school_code(view->cli, judged_school(view->evaluation, turned.ptr[i].after)));
        json_member_str(json, "stage",
                        view->evaluation->core->stages.ptr[turned.ptr[i].stage].code);
        json_member_str(json, "before", str_from(verdict_word(turned.ptr[i].before->verdict)));
        json_member_str(json, "after", str_from(verdict_word(turned.ptr[i].after->verdict)));
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

void evaluate_add_json(const EvaluateView *view, const uint32_t *below, size_t below_count)
{
    JsonWriter json;
    json_init(&json, view->cli->out);
    json_begin_object(&json);
    judged_json_head(view->cli, &json, view->evaluation);
    json_member_count(&json, "sum_rows", view->evaluation->dataset->sum_row_count);
    recognised_add_json(&json, &view->evaluation->dataset->recognised);
    add_unit(view, &json);
    add_changes(view, &json);
    if (cli_has(view->cli, OPTION_BY))
        evaluate_json_breakdown(view, &json);
    if (!view->unit->is_county)
        add_units(view, &json, below, below_count);
    json_end_object(&json);
    json_done(&json);
    strbuf_add_char(view->cli->out, '\n');
}
