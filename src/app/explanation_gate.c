/* Gates and their items, explained: by stage where schools judge them, else by the county's facts. */
#include "app/explanation_int.h"

typedef struct GateList {
    VEC(Explanation) list;
} GateList;

/* ---- what a name means ---- */

static const Gate *gate_named(const Standard *standard, Str name)
{
    for (size_t i = 0; i < standard->gates.len; i++) {
        const Gate *gate = standard->gates.ptr[i];
        bool is_judged = gate->items.len || gate->per_stage;
        if (is_judged && str_equals(gate->code, name))
            return gate;
    }
    return NULL;
}

static bool is_named(const GateItem *item, Str name)
{
    return str_equals(item->code, name) || str_equals(item->name, name) ||
           (item->met && item->met->name.len && str_equals(item->met->name, name));
}

static const GateItem *item_named(const Standard *standard, Str name)
{
    for (size_t i = 0; i < standard->gates.len; i++)
        for (size_t k = 0; k < standard->gates.ptr[i]->items.len; k++) {
            const GateItem *item = standard->gates.ptr[i]->items.ptr[k];
            if (item->kind != GATE_ITEM_MISSING && is_named(item, name))
                return item;
        }
    return NULL;
}

bool explanation_is_of_gate(const Standard *standard, Str name)
{
    const Symbol *symbol = scope_find(standard->scope, name);
    bool is_indicator = symbol && symbol->kind == SYMBOL_FORMULA && !item_named(standard, name);
    return !is_indicator && (gate_named(standard, name) || item_named(standard, name));
}

/* ---- one explanation ---- */

static void open_explanation(Explainer *x, GateList *all, const GateItem *item, int stage)
{
    VEC_PUSH(x->arena, &all->list, ((Explanation){.stage = stage, .item = item}));
    x->out = &all->list.ptr[all->list.len - 1];
}

static void explain_county_item(Explainer *x, GateList *all, const GateItem *item)
{
    ExactPoint point = judge_county_point(x->judge, x->region);
    open_explanation(x, all, item, -1);
    explanation_add_rule(x, item->code, &item->basis, STR(""));
    const Symbol *what = item->met ? item->met : item->symbol;
    bool is_given = !item->met && exact_given_of(&point, item->symbol);
    const Node *tree =
        is_given ? explanation_name_node(x->arena, item->symbol) : what->formula->tree;
    explanation_set_root(x, tree, what, what->name, &point);
}

/* Of a region, each stage; of a school, whether it meets the item itself. */
static void explain_stage_item(Explainer *x, GateList *all, const GateItem *item)
{
    const Judge *judge = x->judge;
    for (size_t i = 0; i < judge->standard->stages.len; i++) {
        int stage = (int)judge->standard->stages.ptr[i];
        if (!explanation_has_stage(x, stage))
            continue;
        open_explanation(x, all, item, stage);
        explanation_add_rule(x, item->code, &item->basis, STR(""));
        ExactPoint point = judge_point(judge, stage, EXACT_REGION, x->region);
        bool is_school = x->school != UINT32_MAX && item->kind == GATE_ITEM_SCHOOL;
        if (is_school) {
            uint32_t part = judge->frames->dataset->school[x->school].part[stage] - 1;
            point = judge_point(judge, stage, judge->frames->part_row[part], x->region);
        }
        const Formula *formula = is_school ? item->formula : item->per_stage;
        explanation_set_root(x, formula->tree, is_school ? item->symbol : NULL, item->code, &point);
    }
}

static void explain_item(Explainer *x, GateList *all, const GateItem *item)
{
    if (item->per_stage)
        explain_stage_item(x, all, item);
    else if (item->kind != GATE_ITEM_MISSING)
        explain_county_item(x, all, item);
}

static void explain_gate(Explainer *x, GateList *all, const Gate *gate)
{
    for (size_t i = 0; i < gate->items.len; i++)
        explain_item(x, all, gate->items.ptr[i]);
    for (size_t i = 0; gate->per_stage && i < x->judge->standard->stages.len; i++) {
        int stage = (int)x->judge->standard->stages.ptr[i];
        if (!explanation_has_stage(x, stage))
            continue;
        ExactPoint point = judge_point(x->judge, stage, EXACT_REGION, x->region);
        open_explanation(x, all, NULL, stage);
        explanation_add_rule(x, gate->code, &gate->basis, STR(""));
        explanation_set_root(x, gate->per_stage->tree, NULL, gate->code, &point);
    }
}

/* Only the stage asked for; what is of the county as a whole stays. */
static bool keep_stage(const Explainer *x, GateList *all)
{
    size_t kept = 0;
    int only = -1;
    if (!x->request->stage.len)
        return true;
    for (size_t i = 0; i < x->judge->core->stages.len; i++)
        if (map_find(&x->judge->core->stages.ptr[i].names, x->request->stage))
            only = (int)i;
    for (size_t i = 0; i < all->list.len; i++)
        if (only >= 0 && (all->list.ptr[i].stage == only || all->list.ptr[i].stage < 0))
            all->list.ptr[kept++] = all->list.ptr[i];
    all->list.len = kept;
    return kept > 0;
}

bool explanation_of_gate(Explainer *x, Explanation **ret, size_t *ret_count)
{
    GateList all = {0};
    Str name = x->request->name;
    if (!unit_find(x->judge, x->request->unit, &x->region, &x->school, x->err))
        return false;
    if (!judge_is_county(x->judge, x->region))
        return err_fail(x->err, ERR_EXPLAIN_COUNTY, ARG_STR("name", name));
    const GateItem *item = item_named(x->judge->standard, name);
    const Gate *gate = gate_named(x->judge->standard, name);
    if (gate)
        explain_gate(x, &all, gate);
    else
        explain_item(x, &all, item);
    if (!keep_stage(x, &all) || !all.list.len)
        return err_fail(x->err, ERR_EXPLAIN_STAGE, ARG_STR("stage", x->request->stage));
    *ret = all.list.ptr;
    *ret_count = all.list.len;
    return true;
}
