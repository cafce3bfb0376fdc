#include "app/explanation_int.h"

#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>

/* ---- the unit ---- */

static uint32_t find_only_county(const Judge *judge)
{
    const RegionTree *regions = &judge->frames->regions;
    return regions->leaf_count == 1 ? regions->leaf_region[0] : UINT32_MAX;
}

static const School *find_school(const Judge *judge, Str unit)
{
    uint64_t code = 0;
    for (size_t i = 0; i < unit.len; i++) {
        if (unit.ptr[i] < '0' || unit.ptr[i] > '9')
            return NULL;
        code = code * 10 + (uint64_t)(unit.ptr[i] - '0');
    }
    return unit.len == 10 ? dataset_find(judge->frames->dataset, code) : NULL;
}

bool unit_find(const Judge *judge, Str unit, uint32_t *ret_region, uint32_t *ret_school, Err *err)
{
    const Frames *frames = judge->frames;
    *ret_school = UINT32_MAX;
    if (!unit.len) {
        *ret_region = find_only_county(judge);
        return *ret_region != UINT32_MAX || err_fail(err, ERR_UNIT_NEEDED);
    }
    const School *school = find_school(judge, unit);
    if (school) {
        *ret_school = (uint32_t)(school - frames->dataset->school);
        *ret_region = frames_find_region(frames, school->region->code);
        return true;
    }
    bool is_shared;
    const Code *code = core_region_find(judge->core, unit, &is_shared);
    *ret_region = code ? frames_find_region(frames, code->code) : UINT32_MAX;
    return *ret_region != UINT32_MAX ||
           err_fail(err, ERR_UNIT_UNKNOWN_REGION, ARG_STR("unit", unit));
}

/* ---- cells ---- */

static bool is_told(const Explanation *out, const ExplainStep *step)
{
    for (size_t i = 0; i < out->cells.len; i++) {
        const ExplainStep *other = out->cells.ptr[i].step;
        bool is_same = step->slot >= 0 ? other->slot == step->slot : other->symbol == step->symbol;
        if (is_same && other->frame == step->frame && other->row == step->row)
            return true;
    }
    return false;
}

static bool is_supposed(const Dataset *dataset, CellRef ref, double *ret_in_table)
{
    if (ref.column < 0 || ref.row == DATASET_NO_ROW || !dataset->changed[ref.column])
        return false;
    double now = dataset->changed[ref.column][ref.row];
    *ret_in_table = dataset->table->column[ref.column].number[ref.row];
    return now != *ret_in_table && !(isnan(now) && isnan(*ret_in_table));
}

/* The line of the class list that gave the cell its value; 0: the table did. */
static uint32_t filled_from_list(const Dataset *dataset, CellRef ref)
{
    bool is_cell = ref.column >= 0 && ref.row != DATASET_NO_ROW;
    const uint32_t *filled = is_cell && dataset->filled ? dataset->filled[ref.column] : NULL;
    return filled ? filled[ref.row] : 0;
}

static void find_origin(Explainer *x, ExplainedCell *cell)
{
    CellOrigin origin = stored_origin(x->arena, x->judge->frames->dataset, cell->ref);
    if (origin.header.len)
        cell->header = origin.header;
    cell->cell = origin.cell;
    cell->batch = origin.batch;
    cell->is_sum = origin.is_sum;
}

static void set_cell(const Explainer *x, ExplainedCell *cell)
{
    if (cell->ref.column < 0 || cell->ref.row == DATASET_NO_ROW)
        return;
    cell->header = cell->table->column[cell->ref.column].name;
    cell->cell = str_format(x->arena, "%.*s%u",
                            STR_ARG(table_column_letters(x->arena, (size_t)cell->ref.column)),
                            cell->table->line[cell->ref.row]);
}

/* A figure of a county: an item of its own, or a published one. */
static void add_fact_cell(Explainer *x, const ExplainStep *step, const RegionFact *fact)
{
    ExplainedCell cell = {.step = step,
                          .fact = fact,
                          .table = fact ? fact->table : NULL,
                          .ref = {.row = DATASET_NO_ROW, .column = -1},
                          .header = step->symbol->name};
    if (is_told(x->out, step))
        return;
    if (fact && fact->table)
        cell.ref = (CellRef){.row = fact->row, .column = fact->column};
    set_cell(x, &cell);
    if (fact && fact->batch) {
        cell.batch = fact->batch;
        cell.cell = fact->cell;
    }
    VEC_PUSH(x->arena, &x->out->cells, cell);
}

static void add_school_cell(Explainer *x, const ExplainStep *step)
{
    const Dataset *dataset = x->judge->frames->dataset;
    const Item *item = step->symbol->owner;
    const ItemColumns *columns = dataset_item(dataset, item);
    ExplainedCell cell = {.step = step,
                          .table = dataset->table,
                          .ref = {.row = DATASET_NO_ROW, .column = -1},
                          .header = item->symbol.name};
    if (step->is_previous || is_told(x->out, step))
        return;
    const Part *part = &dataset->part[step->frame->part[step->row]];
    if (columns)
        (void)dataset_value(dataset, columns, part, &cell.ref);
    else if (item->codes)
        cell.ref = dataset_attribute(dataset, item, &dataset->school[part->school]);
    uint32_t filled_line = filled_from_list(dataset, cell.ref);
    if (cell.ref.column >= 0 && !dataset->stored)
        cell.header = dataset->table->column[cell.ref.column].name;
    if (dataset->stored)
        find_origin(x, &cell);
    else if (filled_line)
        cell.cell = str_format(x->arena, "%.*s:%u", STR_ARG(dataset->filled_from), filled_line);
    else
        set_cell(x, &cell);
    cell.is_supposed = is_supposed(dataset, cell.ref, &cell.in_table);
    VEC_PUSH(x->arena, &x->out->cells, cell);
}

static void add_cell(Explainer *x, const ExplainStep *step)
{
    if (step->kind == EXPLAIN_GIVEN)
        add_fact_cell(x, step,
                      judge_published_fact(x->judge, x->out->stage, x->region, step->symbol));
    else if (judge_is_county_frame(x->judge, step->frame))
        add_fact_cell(x, step, judge_county_fact(x->judge, x->region, step->slot));
    else
        add_school_cell(x, step);
}

/* ---- rules ---- */

void explanation_add_rule(Explainer *x, Str what, const Basis *basis, Str note)
{
    if (!basis)
        return;
    for (size_t i = 0; i < x->out->rules.len; i++)
        if (str_equals(x->out->rules.ptr[i].what, what))
            return;
    VEC_PUSH(x->arena, &x->out->rules, (ExplainedRule){.what = what, .basis = basis, .note = note});
}

static void add_indicator_rule(Explainer *x, const Symbol *symbol)
{
    const Standard *standard = x->judge->standard;
    for (size_t i = 0; i < standard->indicators.len; i++) {
        const Indicator *indicator = standard->indicators.ptr[i];
        if (symbol == &indicator->symbol)
            explanation_add_rule(x, indicator->code, &indicator->basis, STR(""));
        for (size_t k = 0; k < indicator->exceptions.len; k++) {
            const Exception *exception = indicator->exceptions.ptr[k];
            if (symbol->formula && symbol->formula == exception->formula)
                explanation_add_rule(x, exception->name, &exception->basis, exception->reason);
        }
    }
    for (size_t i = 0; i < standard->gates.len; i++)
        for (size_t k = 0; k < standard->gates.ptr[i]->items.len; k++) {
            const GateItem *item = standard->gates.ptr[i]->items.ptr[k];
            if (symbol == item->symbol)
                explanation_add_rule(x, item->code, &item->basis, STR(""));
        }
    if (symbol->formula && symbol->formula == standard->school_met)
        explanation_add_rule(x, symbol->name, &standard->school_basis, STR(""));
    if (symbol == standard->composite)
        explanation_add_rule(x, symbol->name, &standard->composite_basis, STR(""));
}

static void add_symbol_rule(Explainer *x, const Symbol *symbol, int stage)
{
    if (!symbol)
        return;
    if (symbol->kind == SYMBOL_PARAMETER) {
        const Parameter *parameter = symbol->owner;
        size_t at = stage < 0 ? x->judge->standard->stages.ptr[0] : (size_t)stage;
        explanation_add_rule(x, symbol->name, parameter->basis[at], STR(""));
    } else {
        add_indicator_rule(x, symbol);
    }
}

static void collect(Explainer *x, const ExplainStep *step)
{
    bool is_cell = step->kind == EXPLAIN_INPUT || step->kind == EXPLAIN_GIVEN;
    if (is_cell)
        add_cell(x, step);
    if (step->kind != EXPLAIN_INPUT)
        add_symbol_rule(x, step->symbol, x->out->stage);
    for (size_t i = 0; i < step->child_count; i++)
        collect(x, step->child[i]);
}

/* ---- who causes a coefficient ---- */

static int by_contribution(const void *a, const void *b)
{
    const Contributor *left = a, *right = b;
    if (left->contribution != right->contribution)
        return left->contribution > right->contribution ? -1 : 1;
    return (left->school > right->school) - (left->school < right->school);
}

static void add_contributors(Explainer *x, const Indicator *indicator)
{
    const Frames *frames = x->judge->frames;
    const UnitResult *unit = judge_unit(x->arena, x->judge, x->region);
    for (size_t i = 0; i < unit->stage_count; i++) {
        const StageResult *stage = &unit->stage[i];
        if (stage->stage != x->out->stage)
            continue;
        size_t idx = 0;
        while (stage->indicator[idx].indicator != indicator)
            idx++;
        x->out->result = &stage->indicator[idx];
        if (stage->is_published)
            return;
        x->out->contributor = ARENA_ARRAY(x->arena, Contributor, stage->school_count);
        const double *weight = frames->frame[stage->stage]->column[x->judge->weight_slot].value;
        for (size_t k = 0; k < stage->school_count; k++) {
            const SchoolCell *cell = &stage->school[k].cell[idx];
            if (isnan(cell->contribution))
                continue;
            const Part *part = &frames->dataset->part[stage->school[k].part];
            x->out->contributor[x->out->contributor_count++] =
                (Contributor){.school = &frames->dataset->school[part->school],
                              .weight = weight[stage->school[k].row],
                              .value = cell->value,
                              .contribution = cell->contribution};
        }
    }
    if (x->out->contributor_count)
        qsort(x->out->contributor, x->out->contributor_count, sizeof *x->out->contributor,
              by_contribution);
}

/* ---- what is explained ---- */

static const Indicator *indicator_of(const Standard *standard, const Symbol *symbol)
{
    for (size_t i = 0; i < standard->indicators.len; i++) {
        const Indicator *x = standard->indicators.ptr[i];
        if (symbol == &x->symbol || symbol == x->met || symbol == x->near_floor ||
            symbol == x->mean || symbol == x->std || symbol == x->cv || symbol == x->cv_met)
            return x;
    }
    return NULL;
}

/* Of an indicator: whether a school meets it, or what its coefficient is against the limit. */
static const Symbol *what_to_explain(const Explainer *x, const Indicator *indicator)
{
    bool is_plain = indicator && x->symbol == &indicator->symbol;
    int stage = x->out->stage;
    if (!is_plain)
        return x->symbol;
    if (x->school != UINT32_MAX)
        return indicator->met && indicator->limit->has_value[stage] ? indicator->met : x->symbol;
    return indicator->cv_met && indicator->cv_limit->has_value[stage] ? indicator->cv_met
                                                                      : indicator->cv;
}

static bool is_of_region(const Symbol *symbol)
{
    return symbol->formula->tree->level == LEVEL_REGION;
}

/* What is asked for, or the name itself where a published figure stands for it. */
static const Node *tree_of(Explainer *x, const Symbol *symbol, const ExactPoint *point)
{
    if (!exact_given_of(point, symbol))
        return symbol->formula->tree;
    return explanation_name_node(x->arena, symbol);
}

Node *explanation_name_node(Arena *arena, const Symbol *symbol)
{
    Node *node = ARENA_NEW(arena, Node);
    *node = (Node){.kind = NODE_NAME,
                   .name = symbol->name,
                   .symbol = symbol,
                   .slot = -1,
                   .type = symbol->type,
                   .level = symbol->level,
                   .height = 1,
                   .expanded = 1};
    return node;
}

void explanation_set_root(Explainer *x, const Node *tree, const Symbol *symbol, Str name,
                          const ExactPoint *point)
{
    x->out->region = &x->judge->frames->regions.region[x->region];
    x->out->school = x->school == UINT32_MAX ? NULL : &x->judge->frames->dataset->school[x->school];
    ExplainStep *root = explain_run(x->arena, x->judge->exact, tree, point);
    root->name = name;
    root->symbol = symbol;
    if (tree->kind == NODE_NAME && tree->symbol == symbol)
        root->formula = root->figures = STR(""); /* nothing but what is given for it */
    x->out->root = root;
    collect(x, root);
}

static ExactPoint point_of(const Explainer *x)
{
    const Frames *frames = x->judge->frames;
    if (x->school == UINT32_MAX)
        return judge_point(x->judge, x->out->stage, EXACT_REGION, x->region);
    uint32_t part = frames->dataset->school[x->school].part[x->out->stage] - 1;
    return judge_point(x->judge, x->out->stage, frames->part_row[part], x->region);
}

static bool fail_level(const Explainer *x)
{
    return err_fail(x->err, ERR_EXPLAIN_LEVEL, ARG_STR("name", x->symbol->name));
}

static bool explain_stage(Explainer *x)
{
    const Indicator *indicator = indicator_of(x->judge->standard, x->symbol);
    const Symbol *what = what_to_explain(x, indicator);
    ExactPoint point = point_of(x);
    if (is_of_region(what))
        point.row = EXACT_REGION;
    else if (point.row == EXACT_REGION)
        return fail_level(x);
    x->out->indicator = indicator;
    add_symbol_rule(x, what, x->out->stage);
    if (indicator && exact_given_of(&point, what))
        explanation_add_rule(x, indicator->code, &indicator->basis, STR(""));
    explanation_set_root(x, tree_of(x, what, &point), what, what->name, &point);
    if (indicator && is_of_region(what))
        add_contributors(x, indicator);
    return true;
}

bool explanation_has_stage(const Explainer *x, int stage)
{
    const Frames *frames = x->judge->frames;
    const Frame *frame = frames->frame[stage];
    if (x->school == UINT32_MAX && judge_is_published(x->judge, stage, x->region))
        return true;
    if (!frame || !x->judge->run[stage])
        return false;
    if (x->school != UINT32_MAX)
        return frames->dataset->school[x->school].part[stage] != 0;
    const Region *region = &frames->regions.region[x->region];
    return frame_region_first(frame, region) < frame_region_end(frame, region);
}

static bool find_stage(const Explainer *x, int *ret)
{
    *ret = -1;
    if (!x->request->stage.len)
        return true;
    Str folded = utf8_fold(x->arena, x->request->stage);
    for (size_t i = 0; i < x->judge->core->stages.len; i++)
        if (map_find(&x->judge->core->stages.ptr[i].names, folded))
            *ret = (int)i;
    if (*ret >= 0 && explanation_has_stage(x, *ret))
        return true;
    return err_fail(x->err, ERR_EXPLAIN_STAGE, ARG_STR("stage", x->request->stage));
}

static bool find_symbol(Explainer *x)
{
    const Scope *scope = x->judge->standard->scope;
    x->symbol = scope_find(scope, x->request->name);
    if (x->symbol && x->symbol->kind == SYMBOL_FORMULA)
        return true;
    if (x->symbol && x->symbol->kind == SYMBOL_PARAMETER)
        return err_fail(x->err, ERR_EXPLAIN_FIGURE, ARG_STR("name", x->request->name),
                        ARG_STR("standard", x->judge->standard->id));
    Str *candidate = ARENA_ARRAY(x->arena, Str, scope->symbols.len);
    size_t count = 0;
    for (size_t i = 0; i < scope->symbols.len; i++)
        if (((const Symbol *)scope->symbols.entry[i].value)->kind == SYMBOL_FORMULA)
            candidate[count++] = scope->symbols.entry[i].key;
    return err_fail(x->err, ERR_EXPLAIN_NAME, ARG_STR("name", x->request->name),
                    ARG_STR("standard", x->judge->standard->id),
                    ARG_STR("near", utf8_nearest(x->request->name, candidate, count)));
}

bool explanation_make(Arena *arena, Judge *judge, const ExplainRequest *request, Explanation **ret,
                      size_t *ret_count, Err *err)
{
    Explainer x = {.arena = arena, .judge = judge, .request = request, .err = err};
    int only;
    if (explanation_is_of_gate(judge->standard, request->name))
        return explanation_of_gate(&x, ret, ret_count);
    if (!find_symbol(&x) || !unit_find(judge, request->unit, &x.region, &x.school, err) ||
        !find_stage(&x, &only))
        return false;
    Explanation *list = ARENA_ARRAY(arena, Explanation, judge->standard->stages.len);
    size_t count = 0;
    for (size_t i = 0; i < judge->standard->stages.len; i++) {
        int stage = (int)judge->standard->stages.ptr[i];
        if (!explanation_has_stage(&x, stage) || (only >= 0 && stage != only))
            continue;
        x.out = &list[count++];
        x.out->stage = stage;
        if (!explain_stage(&x))
            return false;
    }
    if (!count)
        return err_fail(err, ERR_EXPLAIN_STAGE, ARG_STR("stage", request->stage));
    *ret = list;
    *ret_count = count;
    return true;
}
