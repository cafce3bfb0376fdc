/* Row formulas: one value per school-stage. */
#include "calc/compile_int.h"

#include <math.h>

Instr calc_judged(const Compiler *c, int stage, const Node *node)
{
    return (Instr){.node = node, .node_stage = stage, .is_unscoped = c->is_in_scope};
}

/* ---- arithmetic and comparisons ---- */

static Operand power(Compiler *c, int pass, Operand base, int exponent)
{
    Operand result = base;
    if (exponent == 0) { /* 1 where x is present */
        Operand zero = calc_constant(c, pass, 0.0), one = calc_constant(c, pass, 1.0);
        return calc_arithmetic(c, pass, OP_ADD, calc_arithmetic(c, pass, OP_MULTIPLY, base, zero),
                               one);
    }
    for (int i = 1; i < exponent; i++)
        result = calc_arithmetic(c, pass, OP_MULTIPLY, result, base);
    return result;
}

static Operand divide(Compiler *c, int pass, int stage, const Node *node)
{
    const Node *divisor = node->arg[1];
    Operand a = calc_emit_row(c, pass, stage, node->arg[0]);
    Operand b = calc_emit_row(c, pass, stage, divisor);
    Instr check = {0};
    if (calc_has_cancellation(c, divisor)) {
        check = calc_judged(c, stage, node);
        check.magnitude = calc_magnitude(c, pass, stage, divisor);
    }
    return calc_divide(c, pass, a, b, check);
}

static Operand pair_magnitude(Compiler *c, int pass, int stage, const Node *node)
{
    const Node *left = node->arg[0], *right = node->arg[1];
    if (!calc_has_cancellation(c, left) && !calc_has_cancellation(c, right))
        return NO_OPERAND;
    Operand a = calc_magnitude(c, pass, stage, left), b = calc_magnitude(c, pass, stage, right);
    return calc_arithmetic(c, pass, OP_ADD, a, b);
}

static Operand compare_constant(Compiler *c, int pass, BinaryOp op, Instr instr, double imm,
                                bool is_left)
{
    static const Kernel right_of[] = {
        [OP_LT] = K_LT_C, [OP_LE] = K_LE_C, [OP_GT] = K_GT_C, [OP_GE] = K_GE_C};
    static const Kernel left_of[] = {
        [OP_LT] = K_GT_C, [OP_LE] = K_GE_C, [OP_GT] = K_LT_C, [OP_GE] = K_LE_C};
    instr.kernel = is_left ? left_of[op] : right_of[op];
    instr.a = is_left ? instr.b : instr.a;
    instr.b = NO_OPERAND;
    instr.imm = imm;
    return calc_add_instr(c, pass, instr);
}

static Operand compare(Compiler *c, int pass, int stage, const Node *node)
{
    bool is_plain = calc_is_plain(node->arg[0]) && calc_is_plain(node->arg[1]);
    Instr instr = calc_judged(c, stage, is_plain ? NULL : node);
    instr.a = calc_emit_row(c, pass, stage, node->arg[0]);
    instr.b = calc_emit_row(c, pass, stage, node->arg[1]);
    instr.magnitude = pair_magnitude(c, pass, stage, node);
    if (node->op == OP_EQ || node->op == OP_NE) {
        /* the node of a ≠ decides the opposite: run.c asks it whether the two are equal */
        instr.kernel = K_EQ;
        Operand equal = calc_add_instr(c, pass, instr);
        return node->op == OP_EQ ? equal : calc_unary(c, pass, K_NOT, equal);
    }
    double imm;
    if (calc_is_constant(c, pass, instr.b, &imm))
        return compare_constant(c, pass, node->op, instr, imm, false);
    if (calc_is_constant(c, pass, instr.a, &imm))
        return compare_constant(c, pass, node->op, instr, imm, true);
    if (node->op == OP_LT || node->op == OP_LE) {
        Operand swap = instr.a;
        instr.a = instr.b;
        instr.b = swap;
    }
    instr.kernel = node->op == OP_GE || node->op == OP_LE ? K_GE : K_GT;
    return calc_add_instr(c, pass, instr);
}

static Operand emit_binary(Compiler *c, int pass, int stage, const Node *node)
{
    if (node->op >= OP_EQ && node->op <= OP_GE)
        return compare(c, pass, stage, node);
    if (node->op == OP_DIVIDE)
        return divide(c, pass, stage, node);
    Operand a = calc_emit_row(c, pass, stage, node->arg[0]);
    Operand b = calc_emit_row(c, pass, stage, node->arg[1]);
    if (node->op == OP_AND || node->op == OP_OR)
        return calc_binary(c, pass, node->op == OP_AND ? K_AND : K_OR, a, b);
    return calc_arithmetic(c, pass, node->op, a, b);
}

/* ---- names ---- */

static Operand emit_name(Compiler *c, int pass, int stage, const Node *node)
{
    const Symbol *symbol = node->symbol;
    if (symbol->kind == SYMBOL_FORMULA)
        return calc_emit_row(c, pass, stage, symbol->formula->tree);
    CHECK(symbol->kind == SYMBOL_ITEM || symbol->kind == SYMBOL_ATTRIBUTE);
    Operand column = {OPERAND_COLUMN, node->slot};
    if (stage == c->request->stage)
        return column;
    return calc_add_instr(c, pass, (Instr){.kernel = K_GATHER, .a = column, .stage = stage + 1});
}

/* ---- over the parts of a school ---- */

/* min and max of present values: an absent side gives way to the other. */
static Operand extreme_present(Compiler *c, int pass, Kernel kernel, Operand a, Operand b)
{
    Operand has_a = calc_unary(c, pass, K_REPORTED, a), has_b = calc_unary(c, pass, K_REPORTED, b);
    Operand a_or_b = calc_add_instr(c, pass, (Instr){.kernel = K_IF, .a = has_a, .b = a, .c = b});
    Operand b_or_a = calc_add_instr(c, pass, (Instr){.kernel = K_IF, .a = has_b, .b = b, .c = a});
    return calc_binary(c, pass, kernel, a_or_b, b_or_a);
}

/* What the terms so far amount to, and whether a part was there without its value. */
typedef struct SiblingSum {
    Operand total, count, is_short;
} SiblingSum;

static Operand join(Compiler *c, int pass, Function fn, Operand total, Operand term)
{
    if (!total.kind)
        return term;
    if (fn == FN_ALL || fn == FN_ANY)
        return calc_binary(c, pass, fn == FN_ALL ? K_AND : K_OR, total, term);
    if (fn == FN_MIN || fn == FN_MAX)
        return extreme_present(c, pass, fn == FN_MIN ? K_LEAST : K_GREATEST, total, term);
    return calc_binary(c, pass, K_ADD_PRESENT, total, term);
}

/* True on rows whose school has a part of that stage which `where` takes. */
static Operand part_mask(Compiler *c, int pass, int stage, const Node *where)
{
    Operand mask = ROW_MASK_OPERAND;
    if (stage != c->request->stage)
        mask = calc_add_instr(c, pass, (Instr){.kernel = K_HAS_INDEX, .stage = stage + 1});
    if (!where)
        return mask;
    Operand is_taken = calc_unary(c, pass, K_TRUE, calc_emit_row(c, pass, stage, where));
    return calc_binary(c, pass, K_AND, mask, is_taken);
}

static void add_sibling(Compiler *c, int pass, int stage, const Node *node, SiblingSum *sum)
{
    bool is_other = stage != c->request->stage, is_bool = node->arg[0]->type == TYPE_BOOL;
    Operand is_part = part_mask(c, pass, stage, node->where);
    Operand term = calc_emit_row(c, pass, stage, node->arg[0]);
    if (is_other || node->where || is_bool) {
        /* a stage that the school does not have is no part of the question */
        double nothing = node->fn == FN_ALL ? 1.0 : node->fn == FN_ANY ? 0.0 : NAN;
        term = calc_add_instr(
            c, pass,
            (Instr){.kernel = K_IF, .a = is_part, .b = term, .c = calc_constant(c, pass, nothing)});
    }
    Operand is_there = calc_unary(c, pass, K_REPORTED, term);
    Operand one = is_bool ? calc_unary(c, pass, K_TRUE, term) : is_there;
    sum->count = sum->count.kind ? calc_arithmetic(c, pass, OP_ADD, sum->count, one) : one;
    sum->total = join(c, pass, node->fn, sum->total, term);
    Operand is_short = calc_binary(c, pass, K_AND, is_part, calc_unary(c, pass, K_NOT, is_there));
    sum->is_short =
        sum->is_short.kind ? calc_binary(c, pass, K_OR, sum->is_short, is_short) : is_short;
}

static Operand emit_siblings(Compiler *c, int pass, const Node *node)
{
    SiblingSum sum = {NO_OPERAND, NO_OPERAND, NO_OPERAND};
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++)
        if (calc_has_stage(c->request, stage))
            add_sibling(c, pass, stage, node, &sum);
    Operand result = sum.total;
    if (node->fn == FN_COUNT)
        result = sum.count;
    if (node->fn == FN_MEAN)
        result = calc_divide(c, pass, sum.total, sum.count, (Instr){0});
    if (!node->is_strict)
        return result;
    /* why a part has no value decides whether it poisons the sum: the walker knows */
    result = calc_add_instr(
        c, pass,
        (Instr){.kernel = K_IF, .a = sum.is_short, .b = calc_constant(c, pass, NAN), .c = result});
    Instr check = calc_judged(c, c->request->stage, node);
    check.kernel = K_CHECK_PART;
    check.a = result;
    check.b = sum.is_short;
    return calc_add_instr(c, pass, check);
}

/* ---- lists ---- */

const Node *calc_list_of(const Node *call)
{
    if (call->arg_count == 0)
        return NULL;
    const Node *arg = call->arg[call->arg_count - 1];
    while (arg->kind == NODE_NAME && arg->symbol->kind == SYMBOL_FORMULA)
        arg = arg->symbol->formula->tree;
    return arg->kind == NODE_LIST ? arg : NULL;
}

static Operand fold_list(Compiler *c, int pass, int stage, const Node *list, Kernel kernel)
{
    Operand total = NO_OPERAND;
    for (size_t i = 0; i < list->arg_count; i++) {
        Operand term = calc_emit_row(c, pass, stage, list->arg[i]);
        if (!total.kind)
            total = term;
        else if (kernel == K_ADD)
            total = calc_arithmetic(c, pass, OP_ADD, total, term);
        else
            total = calc_binary(c, pass, kernel, total, term);
    }
    return total;
}

/* A comparison with a constant that is as exact as its operand is; else NULL. */
static const Instr *limit_of(const Compiler *c, int pass, int stage, Operand operand)
{
    const Instr *instr = calc_instr_of(c, pass, operand);
    if (!instr || !instr->node || instr->magnitude.kind || instr->node_stage != stage)
        return NULL;
    bool is_limit = instr->kernel == K_GE_C || instr->kernel == K_GT_C || instr->kernel == K_LE_C ||
                    instr->kernel == K_LT_C;
    return is_limit ? instr : NULL;
}

/*
 * A school's verdict counts comparisons (至少(6, 各项.达标), 全部(各项.达底线)): the instruction reads the
 * values themselves, so that no columns of truths are written and read again. The call decides where
 * a value near its limit matters.
 */
static Operand emit_atleast(Compiler *c, int pass, int stage, const Node *node, Operand *operand,
                            size_t count)
{
    Instr instr = calc_judged(c, stage, node);
    instr.kernel = K_ATLEAST;
    instr.imm = calc_atleast_need(node, count);
    instr.list = operand;
    instr.list_count = count;
    instr.reach = calc_atleast_truths(c, count);
    for (size_t i = 0; i < count; i++) {
        const Instr *limit = limit_of(c, pass, stage, operand[i]);
        if (!limit)
            continue;
        operand[i] = limit->a;
        instr.reach[i] = kernel_reach(limit->kernel, limit->imm);
    }
    return calc_add_instr(c, pass, instr);
}

static Operand count_list(Compiler *c, int pass, int stage, const Node *node, const Node *list)
{
    Operand *operand = ARENA_ARRAY(c->arena, Operand, list->arg_count);
    for (size_t i = 0; i < list->arg_count; i++)
        operand[i] = calc_emit_row(c, pass, stage, list->arg[i]);
    if (node->fn != FN_COUNT)
        return emit_atleast(c, pass, stage, node, operand, list->arg_count);
    Kernel kernel = list->type == TYPE_BOOL_LIST ? K_COUNT_TRUE : K_COUNT_PRESENT;
    return calc_add_instr(
        c, pass, (Instr){.kernel = kernel, .list = operand, .list_count = list->arg_count});
}

/* An empty list is constant, and does not come here. */
static Operand emit_list_call(Compiler *c, int pass, int stage, const Node *node, const Node *list)
{
    if (node->fn == FN_MIN || node->fn == FN_MAX)
        return fold_list(c, pass, stage, list, node->fn == FN_MIN ? K_LEAST : K_GREATEST);
    if (node->fn == FN_SUM)
        return fold_list(c, pass, stage, list, K_ADD);
    if (node->fn == FN_MEAN) {
        Operand total = fold_list(c, pass, stage, list, K_ADD);
        Operand count = calc_constant(c, pass, (double)list->arg_count);
        return calc_divide(c, pass, total, count, (Instr){0});
    }
    CHECK(node->fn == FN_COUNT || node->fn == FN_ATLEAST || node->fn == FN_ALL ||
          node->fn == FN_ANY);
    return count_list(c, pass, stage, node, list);
}

/* ---- calls ---- */

static Operand emit_rank(Compiler *c, int pass, const Node *node)
{
    int source = calc_row_depth(c, node) - 1, stage = c->request->stage;
    const Node *value = node->arg[0];
    Reduction reduction = {.kind = REDUCE_RANK,
                           .node = calc_is_plain(value) ? NULL : value,
                           .is_unscoped = c->is_in_scope};
    reduction.x = calc_emit_row(c, source, stage, value);
    reduction.w = calc_taken_weight(c, source, NULL, node->where);
    if (calc_has_cancellation(c, value))
        reduction.y = calc_magnitude(c, source, stage, value);
    int idx = calc_add_reduction(c, source, reduction);
    int rank = c->program->pass[source].reductions.ptr[idx].rank;
    return calc_reg(calc_add_register(c, pass, (Register){.storage = STORAGE_RANK, .rank = rank}));
}

static Operand emit_jump(Compiler *c, int pass, int stage, const Node *node)
{
    Instr instr = calc_judged(c, stage, node);
    instr.kernel = node->fn == FN_CEIL ? K_CEIL : node->fn == FN_FLOOR ? K_FLOOR : K_ROUND;
    instr.a = calc_emit_row(c, pass, stage, node->arg[0]);
    if (calc_has_cancellation(c, node->arg[0]))
        instr.magnitude = calc_magnitude(c, pass, stage, node->arg[0]);
    if (node->arg_count > 1)
        instr.imm = decimal_to_double(node->arg[1]->number);
    return calc_add_instr(c, pass, instr);
}

static Operand emit_scalar_call(Compiler *c, int pass, int stage, const Node *node)
{
    if (node->fn == FN_ROUND || node->fn == FN_CEIL || node->fn == FN_FLOOR)
        return emit_jump(c, pass, stage, node);
    Operand a = calc_emit_row(c, pass, stage, node->arg[0]);
    if (node->fn == FN_ABS)
        return calc_unary(c, pass, K_ABS, a);
    if (node->fn == FN_REPORTED)
        return calc_unary(c, pass, K_REPORTED, a);
    if (node->fn == FN_CONVERT)
        return calc_arithmetic(c, pass, OP_MULTIPLY,
                               calc_constant(c, pass, decimal_to_double(node->factor)), a);
    if (node->fn == FN_PREVIOUS)
        return a; /* the names inside carry last year's slots */
    CHECK(node->fn == FN_LEAST || node->fn == FN_GREATEST);
    for (size_t i = 1; i < node->arg_count; i++)
        a = calc_binary(c, pass, node->fn == FN_LEAST ? K_LEAST : K_GREATEST, a,
                        calc_emit_row(c, pass, stage, node->arg[i]));
    return a;
}

static Operand emit_call(Compiler *c, int pass, int stage, const Node *node)
{
    if (node->is_siblings)
        return emit_siblings(c, pass, node);
    if (node->fn == FN_RANK)
        return emit_rank(c, pass, node);
    const Node *list = calc_list_of(node);
    if (list)
        return emit_list_call(c, pass, stage, node, list);
    return emit_scalar_call(c, pass, stage, node);
}

/* ---- nodes ---- */

/* Parts are emitted in the order of the source, never as arguments of one call: C leaves their order open. */

static Operand emit_negate(Compiler *c, int pass, int stage, const Node *node)
{
    Operand zero = calc_constant(c, pass, 0.0), value = calc_emit_row(c, pass, stage, node->arg[0]);
    return calc_arithmetic(c, pass, OP_SUBTRACT, zero, value);
}

static Operand emit_if(Compiler *c, int pass, int stage, const Node *node)
{
    Instr instr = {.kernel = K_IF};
    instr.a = calc_emit_row(c, pass, stage, node->arg[0]);
    instr.b = calc_emit_row(c, pass, stage, node->arg[1]);
    instr.c = calc_emit_row(c, pass, stage, node->arg[2]);
    return calc_add_instr(c, pass, instr);
}

static Operand emit_node(Compiler *c, int pass, int stage, const Node *node)
{
    if (node->level == LEVEL_CONST)
        return calc_constant(c, pass, calc_constant_value(c, stage, node));
    switch (node->kind) {
    case NODE_NAME:
        return emit_name(c, pass, stage, node);
    case NODE_NOT:
        return calc_unary(c, pass, K_NOT, calc_emit_row(c, pass, stage, node->arg[0]));
    case NODE_NEGATE:
        return emit_negate(c, pass, stage, node);
    case NODE_BINARY:
        return emit_binary(c, pass, stage, node);
    case NODE_POWER:
        return power(c, pass, calc_emit_row(c, pass, stage, node->arg[0]), node->exponent);
    case NODE_IF:
        return emit_if(c, pass, stage, node);
    case NODE_IN:
        return calc_add_instr(c, pass,
                              (Instr){.kernel = K_IN,
                                      .a = calc_emit_row(c, pass, stage, node->arg[0]),
                                      .codes = node->code,
                                      .list_count = node->code_count});
    case NODE_CALL:
        return emit_call(c, pass, stage, node);
    case NODE_NUMBER:
    case NODE_BOOL:
    case NODE_TEXT:
    case NODE_LIST:
        break;
    }
    BUG("a text or a list is no value");
}

Operand calc_emit_row(Compiler *c, int pass, int stage, const Node *node)
{
    if (node->level == LEVEL_REGION)
        return calc_window(c, pass, calc_emit_region(c, node));
    int known = calc_answer(c, &c->rows[pass], node, stage);
    if (known >= 0)
        return c->memo.ptr[known];
    Operand operand = emit_node(c, pass, stage, node);
    VEC_PUSH(c->arena, &c->memo, operand);
    (void)calc_remember(c, &c->rows[pass], node, stage, (int)c->memo.len - 1);
    return operand;
}
