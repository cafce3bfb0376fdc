#include "calc/explain.h"

#include "calc/exact_int.h"

#include <math.h>

typedef struct Explainer {
    Arena *arena;
    Exact *exact;
    size_t steps;
} Explainer;

typedef VEC(ExplainStep *) StepList;

/* ---- values as text ---- */

static Str absence_text(Absence absence)
{
    switch (absence) {
    case ABSENCE_NOT_APPLICABLE:
        return STR("不适用");
    case ABSENCE_NOT_REPORTED:
        return STR("未报");
    case ABSENCE_UNDEFINED:
        return STR("无意义");
    case ABSENCE_NONE:
        break;
    }
    return STR("");
}

static Str truth_text(Tri truth)
{
    return truth == TRI_TRUE ? STR("真") : truth == TRI_FALSE ? STR("假") : STR("未知");
}

static Str number_text(Arena *arena, double value)
{
    StrBuf text;
    strbuf_init(&text, arena);
    decimal_add_shortest(&text, value);
    return strbuf_str(&text);
}

static bool is_number_text(Str text)
{
    return text.len && text.ptr[0] >= '0' && text.ptr[0] <= '9';
}

/* The name of a code: one that stands for it alone, a word rather than its digits. Empty if there is none. */
static Str code_text(const CodeSet *codes, double number)
{
    Str best = STR("");
    for (size_t i = 0; codes && i < codes->names.len; i++) {
        const CodeName *code = codes->names.entry[i].value;
        Str name = codes->names.entry[i].key;
        if (code->count == 1 && code->code[0] == number &&
            (!best.len || (is_number_text(best) && !is_number_text(name))))
            best = name;
    }
    return best;
}

static Str value_text(Arena *arena, const ExactValue *value, const CodeSet *codes)
{
    if (value->type == TYPE_BOOL)
        return truth_text(value->boolean);
    if (value->absence != ABSENCE_NONE)
        return absence_text(value->absence);
    double number = exact_to_double(value);
    Str name = value->type == TYPE_CODE ? code_text(codes, number) : STR("");
    return name.len ? name : number_text(arena, number);
}

/* ---- the formula with the figures put in ---- */

/* Where the figures are asked for. */
typedef struct Figures {
    Explainer *x;
    const ExactPoint *point;
} Figures;

static const CodeSet *codes_of(const Node *node)
{
    return node->kind == NODE_NAME ? node->symbol->codes : NULL;
}

/* Its value in place of a name or an aggregate; a negative one in brackets behind an operator. */
static void add_value(const Figures *f, StrBuf *out, const Node *node, bool is_tight)
{
    const ExactValue *value = exact_run(f->x->exact, node, f->point);
    Str text = value_text(f->x->arena, value, codes_of(node));
    if (text.len == 0 || text.ptr[0] != '-' || node->type != TYPE_NUMBER) {
        strbuf_add(out, text);
        return;
    }
    strbuf_addf(out, "%s−%.*s%s", is_tight ? "(" : "", (int)text.len - 1, text.ptr + 1,
                is_tight ? ")" : "");
}

static void add_figures(Explainer *x, StrBuf *out, const Node *node, const ExactPoint *point);

/* The members of a list, which may be lists. */
static void add_members(const Figures *f, StrBuf *out, const Node *list)
{
    for (size_t i = 0; i < list->arg_count; i++) {
        strbuf_add(out, i ? STR(", ") : STR(""));
        add_figures(f->x, out, list->arg[i], f->point);
    }
}

static bool put_figure(void *ctx, StrBuf *out, const Node *node, bool is_tight)
{
    const Figures *f = ctx;
    const Node *list = exact_list_of(node);
    if (node->kind == NODE_CALL && node->fn != FN_RANK && !exact_is_rows(node))
        return false;
    if (list)
        add_members(f, out, list);
    else
        add_value(f, out, node, is_tight);
    return true;
}

static void add_figures(Explainer *x, StrBuf *out, const Node *node, const ExactPoint *point)
{
    Figures f = {.x = x, .point = point};
    expr_describe_with(out, node, &(Substitute){.put = put_figure, .ctx = &f});
}

/* ---- steps ---- */

static ExplainStep *step_new(Explainer *x, ExplainKind kind, const Node *node)
{
    x->steps++;
    ExplainStep *step = ARENA_NEW(x->arena, ExplainStep);
    *step = (ExplainStep){.kind = kind,
                          .node = node,
                          .type = node->type,
                          .value = NAN,
                          .boolean = TRI_UNKNOWN,
                          .row = EXACT_REGION,
                          .slot = -1};
    return step;
}

static void set_value(Explainer *x, ExplainStep *step, const ExactPoint *point)
{
    const ExactValue *value = exact_run(x->exact, step->node, point);
    step->absence = value->absence;
    step->boolean = value->boolean;
    step->value = exact_to_double(value);
    step->text = value_text(x->arena, value, step->symbol ? step->symbol->codes : NULL);
    step->frame = point->frame;
    step->row = point->row;
    step->region = point->region;
}

static Str described(Explainer *x, const Node *node)
{
    StrBuf text;
    strbuf_init(&text, x->arena);
    expr_describe(&text, node);
    return strbuf_str(&text);
}

static void set_formula(Explainer *x, ExplainStep *step, const ExactPoint *point)
{
    step->formula = described(x, step->node);
    StrBuf figures;
    strbuf_init(&figures, x->arena);
    add_figures(x, &figures, step->node, point);
    step->figures = strbuf_str(&figures);
}

static void give_children(ExplainStep *step, const StepList *children)
{
    step->child = children->ptr;
    step->child_count = children->len;
}

/* ---- aggregates ---- */

static bool has_definition(const StepList *list, const Symbol *symbol)
{
    for (size_t i = 0; i < list->len; i++)
        if (list->ptr[i]->symbol == symbol)
            return true;
    return false;
}

/* The named formulas that an aggregate evaluates row by row. */
static void add_definitions(Explainer *x, StepList *list, const Node *node, int depth)
{
    const Symbol *symbol = node->kind == NODE_NAME ? node->symbol : NULL;
    if (symbol && symbol->kind == SYMBOL_FORMULA && !has_definition(list, symbol) &&
        depth < EXPLAIN_DEPTH_MAX && x->steps < EXPLAIN_STEPS_MAX) {
        ExplainStep *step = step_new(x, EXPLAIN_DEFINITION, symbol->formula->tree);
        step->symbol = symbol;
        step->name = symbol->name;
        step->formula = described(x, step->node);
        VEC_PUSH(x->arena, list, step);
        add_definitions(x, list, step->node, depth + 1);
    }
    for (size_t i = 0; i < node->arg_count; i++)
        add_definitions(x, list, node->arg[i], depth);
    if (node->where)
        add_definitions(x, list, node->where, depth);
}

static ExplainRows rows_of(const ExactTally *tally, const Region *region)
{
    return (ExplainRows){
        .region = region,
        .taken = tally->rows,
        .used = tally->used,
        .not_reported = tally->absent[ABSENCE_NOT_REPORTED],
        .not_applicable = tally->absent[ABSENCE_NOT_APPLICABLE],
        .undefined = tally->absent[ABSENCE_UNDEFINED],
        .weightless = tally->weightless,
        .out_of_scope = tally->out_of_scope,
        .out_of_where = tally->out_of_where,
        .yes = tally->yes,
        .no = tally->no,
        .unknown = tally->unknown,
        .weight = tally->weight,
        .sum = tally->sum,
        .has_moments = tally->has_moments,
        .mean = tally->mean,
        .std = tally->std,
    };
}

/* What the function divided: Σwx ÷ Σw, S ÷ X̄. */
static Str divided(Explainer *x, Function fn, const ExplainStep *step)
{
    bool is_cv = fn == FN_CV && step->rows.has_moments, is_ratio = fn == FN_MEAN || fn == FN_SHARE;
    if (step->absence != ABSENCE_NONE || (!is_cv && !is_ratio))
        return STR("");
    double top = is_cv ? step->rows.std : step->rows.sum,
           bottom = is_cv ? step->rows.mean : step->rows.weight;
    Str left = number_text(x->arena, top), right = number_text(x->arena, bottom);
    return str_format(x->arena, "%.*s ÷ %.*s", STR_ARG(left), STR_ARG(right));
}

static void collect(Explainer *x, StepList *list, const Node *node, const ExactPoint *point,
                    int depth);
static ExplainStep *explain_formula(Explainer *x, ExplainKind kind, const Node *tree,
                                    const Symbol *symbol, const ExactPoint *point, int depth);

/* One step for each part of the school, in stage order. */
static void add_parts(Explainer *x, StepList *list, const Node *call, const ExactPoint *point,
                      int depth)
{
    const Frame *frame = point->frame;
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++) {
        ExactPoint part = *point;
        if (stage != frame->stage) {
            if (!frame->sibling[stage] || frame->sibling[stage][point->row] < 0)
                continue;
            part.frame = frame->stage_frame[stage];
            part.row = (size_t)frame->sibling[stage][point->row];
        }
        if (!call->where || exact_test(x->exact, call->where, &part) == TRI_TRUE)
            VEC_PUSH(x->arena, list,
                     explain_formula(x, EXPLAIN_PART, call->arg[0], NULL, &part, depth + 1));
    }
}

static ExplainStep *explain_aggregate(Explainer *x, const Node *call, const ExactPoint *point,
                                      int depth)
{
    ExplainStep *step = step_new(x, EXPLAIN_AGGREGATE, call);
    ExactPoint whole = *point;
    bool is_row = call->is_siblings || call->fn == FN_RANK;
    if (!whole.region)
        whole.region = exact_leaf_of(point->frame, point->row);
    if (!is_row)
        whole.row = EXACT_REGION;
    ExactTally tally = exact_tally_rows(x->exact, call, &whole);
    step->name = str_from(function_name(call->fn, LANG_ZH));
    step->formula = described(x, call);
    step->rows = rows_of(&tally, call->is_siblings ? NULL : whole.region);
    set_value(x, step, &whole);
    step->figures = divided(x, call->fn, step);

    StepList children = {0};
    step->is_cut = depth >= EXPLAIN_DEPTH_MAX || x->steps >= EXPLAIN_STEPS_MAX;
    if (!step->is_cut && call->is_siblings)
        add_parts(x, &children, call, &whole, depth);
    if (!step->is_cut && call->fn == FN_RANK)
        collect(x, &children, call->arg[0], point, depth + 1);
    for (size_t i = 0; !step->is_cut && !is_row && i < call->arg_count; i++)
        add_definitions(x, &children, call->arg[i], depth);
    if (!step->is_cut && !is_row && call->where)
        add_definitions(x, &children, call->where, depth);
    give_children(step, &children);
    return step;
}

/* ---- names ---- */

static bool is_told(const StepList *list, const Node *node, const ExactPoint *point)
{
    for (size_t i = 0; i < list->len; i++) {
        const ExplainStep *step = list->ptr[i];
        bool is_same = node->kind == NODE_NAME ? step->symbol == node->symbol &&
                                                     (step->slot < 0 || step->slot == node->slot)
                                               : step->node == node;
        if (is_same && step->frame == point->frame)
            return true;
    }
    return false;
}

static ExplainStep *explain_given(Explainer *x, const Node *node, const ExactPoint *point)
{
    ExplainStep *step = step_new(x, EXPLAIN_GIVEN, node);
    step->symbol = node->symbol;
    step->name = node->symbol->name;
    set_value(x, step, point);
    return step;
}

static ExplainStep *explain_name(Explainer *x, const Node *node, const ExactPoint *point, int depth)
{
    const Symbol *symbol = node->symbol;
    if (exact_given_of(point, symbol))
        return explain_given(x, node, point);
    if (symbol->kind == SYMBOL_FORMULA)
        return explain_formula(x, EXPLAIN_FORMULA, symbol->formula->tree, symbol, point, depth + 1);
    bool is_input = symbol->kind != SYMBOL_PARAMETER;
    ExplainStep *step = step_new(x, is_input ? EXPLAIN_INPUT : EXPLAIN_PARAMETER, node);
    step->symbol = symbol;
    step->name = symbol->name;
    step->slot = is_input ? node->slot : -1;
    set_value(x, step, point);
    return step;
}

static void mark_previous(const StepList *list, size_t from)
{
    for (size_t i = from; i < list->len; i++)
        list->ptr[i]->is_previous = true;
}

/* What the formula uses, each once, in the order of the formula. */
static void collect(Explainer *x, StepList *list, const Node *node, const ExactPoint *point,
                    int depth)
{
    if (node->kind == NODE_NAME) {
        if (!is_told(list, node, point))
            VEC_PUSH(x->arena, list, explain_name(x, node, point, depth));
        return;
    }
    if (node->kind == NODE_CALL && (node->fn == FN_RANK || exact_is_rows(node))) {
        if (!is_told(list, node, point))
            VEC_PUSH(x->arena, list, explain_aggregate(x, node, point, depth));
        return;
    }
    if (node->kind == NODE_IF) {
        Tri truth = exact_test(x->exact, node->arg[0], point);
        collect(x, list, node->arg[0], point, depth);
        if (truth != TRI_UNKNOWN)
            collect(x, list, node->arg[truth == TRI_TRUE ? 1 : 2], point, depth);
        return;
    }
    size_t before = list->len;
    for (size_t i = 0; i < node->arg_count; i++) {
        const Node *of_list = exact_list_of(node->arg[i]);
        collect(x, list, of_list ? of_list : node->arg[i], point, depth);
    }
    if (node->kind == NODE_CALL && node->fn == FN_PREVIOUS)
        mark_previous(list, before);
}

static ExplainStep *explain_formula(Explainer *x, ExplainKind kind, const Node *tree,
                                    const Symbol *symbol, const ExactPoint *point, int depth)
{
    ExplainStep *step = step_new(x, kind, tree);
    ExactPoint place = *point;
    if (tree->level == LEVEL_REGION && place.row != EXACT_REGION) {
        if (!place.region)
            place.region = exact_leaf_of(place.frame, place.row);
        place.row = EXACT_REGION; /* a value of the row's own leaf region */
    }
    step->symbol = symbol;
    step->name = symbol ? symbol->name : STR("");
    set_value(x, step, &place);
    set_formula(x, step, &place);
    step->is_cut = depth >= EXPLAIN_DEPTH_MAX || x->steps >= EXPLAIN_STEPS_MAX;
    StepList children = {0};
    if (!step->is_cut)
        collect(x, &children, tree, &place, depth);
    give_children(step, &children);
    return step;
}

ExplainStep *explain_run(Arena *arena, Exact *exact, const Node *tree, const ExactPoint *point)
{
    Explainer x = {.arena = arena, .exact = exact};
    return explain_formula(&x, EXPLAIN_FORMULA, tree, NULL, point, 0);
}

/* ---- dump ---- */

static void dump_count(StrBuf *out, const char *what, size_t count)
{
    if (count)
        strbuf_addf(out, " %s=%zu", what, count);
}

static void dump_rows(StrBuf *out, const ExplainRows *rows)
{
    strbuf_addf(out, " taken=%zu used=%zu", rows->taken, rows->used);
    dump_count(out, "not_reported", rows->not_reported);
    dump_count(out, "not_applicable", rows->not_applicable);
    dump_count(out, "undefined", rows->undefined);
    dump_count(out, "weightless", rows->weightless);
    dump_count(out, "out_of_scope", rows->out_of_scope);
    dump_count(out, "out_of_where", rows->out_of_where);
    dump_count(out, "true", rows->yes);
    dump_count(out, "false", rows->no);
    dump_count(out, "unknown", rows->unknown);
    strbuf_add(out, STR(" weight="));
    decimal_add_shortest(out, rows->weight);
    if (!rows->has_moments)
        return;
    strbuf_add(out, STR(" mean="));
    decimal_add_shortest(out, rows->mean);
    strbuf_add(out, STR(" std="));
    decimal_add_shortest(out, rows->std);
}

static void dump(StrBuf *out, const ExplainStep *step, size_t depth)
{
    strbuf_add_repeat(out, STR("  "), depth);
    if (step->kind == EXPLAIN_PART)
        strbuf_addf(out, "[%d] ", step->frame->stage);
    strbuf_addf(out, "%.*s%s", STR_ARG(step->name), step->name.len ? ": " : "");
    if (step->formula.len)
        strbuf_add(out, step->formula);
    if (step->figures.len)
        strbuf_addf(out, " = %.*s", STR_ARG(step->figures));
    if (step->text.len)
        strbuf_addf(out, "%s%.*s", step->formula.len ? " = " : "", STR_ARG(step->text));
    if (step->type == TYPE_BOOL && step->absence != ABSENCE_NONE)
        strbuf_addf(out, " (%.*s)", STR_ARG(absence_text(step->absence)));
    strbuf_add(out, step->is_previous ? STR(" (上年)") : STR(""));
    if (step->kind == EXPLAIN_AGGREGATE)
        dump_rows(out, &step->rows);
    strbuf_add(out, step->is_cut ? STR(" …\n") : STR("\n"));
    for (size_t i = 0; i < step->child_count; i++)
        dump(out, step->child[i], depth + 1);
}

void explain_dump(StrBuf *out, const ExplainStep *step)
{
    dump(out, step, 0);
}
