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

enum {
    MIN_LOWEST,
    MIN_OR,
    MIN_AND,
    MIN_NOT,
    MIN_COMPARE,
    MIN_ADD,
    MIN_MULTIPLY,
    MIN_NEGATE,
    MIN_POWER,
    MIN_PRIMARY
};

static int level_of_operator(BinaryOp op)
{
    switch (op) {
    case OP_ADD:
    case OP_SUBTRACT:
        return MIN_ADD;
    case OP_MULTIPLY:
    case OP_DIVIDE:
        return MIN_MULTIPLY;
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return MIN_COMPARE;
    case OP_AND:
        return MIN_AND;
    case OP_OR:
        return MIN_OR;
    }
    BUG("operator");
}

static void add_figures(Explainer *x, StrBuf *out, const Node *node, const ExactPoint *point,
                        int min);

static void add_described(StrBuf *out, const Node *node)
{
    expr_describe(out, node);
}

static const CodeSet *codes_of(const Node *node)
{
    return node->kind == NODE_NAME ? node->symbol->codes : NULL;
}

/* Its value in place of a name or an aggregate; a negative one in brackets behind an operator. */
static void add_value(Explainer *x, StrBuf *out, const Node *node, const ExactPoint *point, int min)
{
    const ExactValue *value = exact_run(x->exact, node, point);
    Str text = value_text(x->arena, value, codes_of(node));
    if (text.len == 0 || text.ptr[0] != '-' || node->type != TYPE_NUMBER) {
        strbuf_add(out, text);
        return;
    }
    bool needs_brackets = min > MIN_ADD;
    strbuf_addf(out, "%s−%.*s%s", needs_brackets ? "(" : "", (int)text.len - 1, text.ptr + 1,
                needs_brackets ? ")" : "");
}

static void add_binary(Explainer *x, StrBuf *out, const Node *node, const ExactPoint *point)
{
    static const char *const SIGN[] = {
        [OP_ADD] = " + ", [OP_SUBTRACT] = " − ", [OP_MULTIPLY] = " × ", [OP_DIVIDE] = " ÷ ",
        [OP_EQ] = " = ",  [OP_NE] = " ≠ ",       [OP_LT] = " < ",       [OP_LE] = " ≤ ",
        [OP_GT] = " > ",  [OP_GE] = " ≥ ",       [OP_AND] = " 且 ",     [OP_OR] = " 或 ",
    };
    int level = level_of_operator(node->op);
    add_figures(x, out, node->arg[0], point, level == MIN_COMPARE ? level + 1 : level);
    strbuf_add(out, str_from(SIGN[node->op]));
    add_figures(x, out, node->arg[1], point, level + 1);
}

static void add_in(Explainer *x, StrBuf *out, const Node *node, const ExactPoint *point)
{
    add_figures(x, out, node->arg[0], point, MIN_COMPARE + 1);
    if (node->op == OP_EQ || node->op == OP_NE) {
        strbuf_add(out, node->op == OP_EQ ? STR(" = ") : STR(" ≠ "));
        add_described(out, node->choice[0]);
        return;
    }
    strbuf_add(out, STR(" 属于 ("));
    for (size_t i = 0; i < node->choice_count; i++) {
        strbuf_add(out, i ? STR(", ") : STR(""));
        add_described(out, node->choice[i]);
    }
    strbuf_add_char(out, ')');
}

static void add_arguments(Explainer *x, StrBuf *out, const Node *node, const ExactPoint *point)
{
    for (size_t i = 0; i < node->arg_count; i++) {
        strbuf_add(out, i ? STR(", ") : STR(""));
        const Node *list = exact_list_of(node->arg[i]);
        if (list)
            add_arguments(x, out, list, point);
        else
            add_figures(x, out, node->arg[i], point, MIN_LOWEST);
    }
}

static void add_call(Explainer *x, StrBuf *out, const Node *node, const ExactPoint *point, int min)
{
    if (node->fn == FN_RANK || exact_is_rows(node)) {
        add_value(x, out, node, point, min);
        return;
    }
    strbuf_addf(out, "%s(", function_name(node->fn, LANG_ZH));
    add_arguments(x, out, node, point);
    strbuf_add_char(out, ')');
}

static void add_if(Explainer *x, StrBuf *out, const Node *node, const ExactPoint *point)
{
    static const char *const WORD[] = {"如果 ", " 则 ", " 否则 "};
    for (size_t i = 0; i < 3; i++) {
        strbuf_add(out, str_from(WORD[i]));
        add_figures(x, out, node->arg[i], point, MIN_LOWEST);
    }
}

static int level_of(const Node *node)
{
    switch (node->kind) {
    case NODE_BINARY:
        return level_of_operator(node->op);
    case NODE_IN:
        return MIN_COMPARE;
    case NODE_NOT:
        return node->op == OP_NE ? MIN_COMPARE : MIN_NOT;
    case NODE_NEGATE:
        return MIN_NEGATE;
    case NODE_POWER:
        return MIN_POWER;
    case NODE_IF:
        return MIN_LOWEST;
    case NODE_NUMBER:
    case NODE_BOOL:
    case NODE_TEXT:
    case NODE_NAME:
    case NODE_CALL:
    case NODE_LIST:
        break;
    }
    return MIN_PRIMARY;
}

static void add_unbracketed(Explainer *x, StrBuf *out, const Node *node, const ExactPoint *point,
                            int min)
{
    switch (node->kind) {
    case NODE_NUMBER:
    case NODE_BOOL:
    case NODE_TEXT:
        add_described(out, node);
        return;
    case NODE_NAME:
        add_value(x, out, node, point, min);
        return;
    case NODE_NOT:
        if (node->op != OP_NE)
            strbuf_add(out, STR("非 "));
        add_figures(x, out, node->arg[0], point, level_of(node));
        return;
    case NODE_NEGATE:
        strbuf_add(out, STR("−"));
        add_figures(x, out, node->arg[0], point, MIN_NEGATE);
        return;
    case NODE_BINARY:
        add_binary(x, out, node, point);
        return;
    case NODE_POWER:
        add_figures(x, out, node->arg[0], point, MIN_PRIMARY);
        strbuf_addf(out, "^%d", node->exponent);
        return;
    case NODE_IF:
        add_if(x, out, node, point);
        return;
    case NODE_IN:
        add_in(x, out, node, point);
        return;
    case NODE_CALL:
        add_call(x, out, node, point, min);
        return;
    case NODE_LIST:
        add_arguments(x, out, node, point);
        return;
    }
}

static void add_figures(Explainer *x, StrBuf *out, const Node *node, const ExactPoint *point,
                        int min)
{
    bool needs_brackets = level_of(node) < min;
    strbuf_add(out, needs_brackets ? STR("(") : STR(""));
    add_unbracketed(x, out, node, point, min);
    strbuf_add(out, needs_brackets ? STR(")") : STR(""));
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
    add_described(&text, node);
    return strbuf_str(&text);
}

static void set_formula(Explainer *x, ExplainStep *step, const ExactPoint *point)
{
    step->formula = described(x, step->node);
    StrBuf figures;
    strbuf_init(&figures, x->arena);
    add_figures(x, &figures, step->node, point, MIN_LOWEST);
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

static ExplainStep *explain_name(Explainer *x, const Node *node, const ExactPoint *point, int depth)
{
    const Symbol *symbol = node->symbol;
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
