/*
 * Where doubles may not decide (decisions.md 2). A double computed without subtraction is off by a
 * few units in the last place, far inside TIE_BAND of its own size. After a subtraction it is off by
 * as much of its terms, which may have cancelled: 0.1 + 0.2 − 0.3. So beside such a value runs its
 * magnitude: a bound of what the value would be if nothing had cancelled. Whatever is compared,
 * rounded or divided by within TIE_BAND of its magnitude is decided by the walker.
 */
#include "calc/compile_int.h"

#include <math.h>

/* ---- which values need one ---- */

bool calc_is_plain(const Node *node)
{
    while (node->kind == NODE_NAME && node->symbol->kind == SYMBOL_FORMULA)
        node = node->symbol->formula->tree;
    if (node->kind == NODE_NEGATE || (node->kind == NODE_CALL && node->fn == FN_PREVIOUS))
        return calc_is_plain(node->arg[0]);
    return node->kind == NODE_NUMBER || node->kind == NODE_NAME ||
           (node->kind == NODE_CALL && (node->fn == FN_COUNT || node->fn == FN_RANK));
}

static bool any_has_cancellation(Compiler *c, const Node *node)
{
    for (size_t i = 0; i < node->arg_count; i++)
        if (calc_has_cancellation(c, node->arg[i]))
            return true;
    return false;
}

/* Of an aggregate over rows, a school's parts or a list. */
static bool sum_has_cancellation(Compiler *c, const Node *node)
{
    const Node *weight = calc_weight_of(node);
    if (weight && calc_has_cancellation(c, weight))
        return true;
    switch (node->fn) {
    case FN_SUM:
    case FN_MEAN:
    case FN_STD:
    case FN_CV:
    case FN_PERCENTILE: /* between two values of either sign */
        return true;
    case FN_MIN:
    case FN_MAX:
        return any_has_cancellation(c, node);
    default: /* counts, ranks and shares are of positive terms */
        return false;
    }
}

static bool find_cancellation(Compiler *c, const Node *node)
{
    if (node->level == LEVEL_CONST)
        return false; /* rightly rounded */
    if (node->kind == NODE_BINARY && (node->op == OP_ADD || node->op == OP_SUBTRACT))
        return true;
    if (node->kind == NODE_POWER) /* a power of a power … multiplies what its base is off by */
        return node->exponent > 0 &&
               (!calc_is_plain(node->arg[0]) || calc_has_cancellation(c, node->arg[0]));
    if (node->kind != NODE_CALL)
        return any_has_cancellation(c, node);
    if (node->fn == FN_ROUND || node->fn == FN_CEIL || node->fn == FN_FLOOR)
        return false; /* whole steps */
    return node->fn >= FN_SUM ? sum_has_cancellation(c, node) : any_has_cancellation(c, node);
}

bool calc_has_cancellation(Compiler *c, const Node *node)
{
    if (node->kind != NODE_NAME)
        return find_cancellation(c, node);
    if (node->symbol->kind != SYMBOL_FORMULA)
        return false;
    const Node *tree = node->symbol->formula->tree;
    int known = calc_answer(c, &c->cancels, tree, 0);
    if (known < 0)
        known = calc_remember(c, &c->cancels, tree, 0, calc_has_cancellation(c, tree));
    return known;
}

/* ---- one way for rows and regions ---- */

typedef struct Site {
    Compiler *c;
    bool is_region;
    int pass, stage;
} Site;

static Operand value_at(const Site *s, const Node *node)
{
    return s->is_region ? calc_reg(calc_emit_region(s->c, node))
                        : calc_emit_row(s->c, s->pass, s->stage, node);
}

static Operand magnitude_at(const Site *s, const Node *node)
{
    return s->is_region ? calc_reg(calc_region_magnitude(s->c, node))
                        : calc_magnitude(s->c, s->pass, s->stage, node);
}

static Operand constant_at(const Site *s, double value)
{
    return s->is_region ? calc_reg(calc_region_constant(s->c, value))
                        : calc_constant(s->c, s->pass, value);
}

static Operand size_at(const Site *s, const Node *node)
{
    Operand value = value_at(s, node);
    return s->is_region ? calc_reg(calc_region_kernel(s->c, s->pass, K_ABS, value.idx, -1))
                        : calc_unary(s->c, s->pass, K_ABS, value);
}

static Operand add(const Site *s, Operand a, Operand b)
{
    return s->is_region ? calc_reg(calc_region_kernel(s->c, s->pass, K_ADD, a.idx, b.idx))
                        : calc_arithmetic(s->c, s->pass, OP_ADD, a, b);
}

static Operand multiply(const Site *s, Operand a, Operand b)
{
    return s->is_region ? calc_reg(calc_region_kernel(s->c, s->pass, K_MUL, a.idx, b.idx))
                        : calc_arithmetic(s->c, s->pass, OP_MULTIPLY, a, b);
}

static Operand divide(const Site *s, Operand a, Operand b)
{
    return s->is_region ? calc_reg(calc_region_kernel(s->c, s->pass, K_DIV, a.idx, b.idx))
                        : calc_divide(s->c, s->pass, a, b, (Instr){0});
}

/* a/b is off by as much of |a/b| as a is, and as b is, both relative to what is left of b. */
static Operand quotient_magnitude(const Site *s, Operand a, Operand b, Operand left_over)
{
    Operand of_a = divide(s, a, left_over), of_b = divide(s, b, left_over);
    return multiply(s, of_a, of_b);
}

static Operand total_magnitude(const Site *s, const Node *parts)
{
    Operand total = magnitude_at(s, parts->arg[0]);
    for (size_t i = 1; i < parts->arg_count; i++)
        total = add(s, total, magnitude_at(s, parts->arg[i]));
    return total;
}

/* ---- calls ---- */

static Operand sibling_magnitude(const Site *s, const Node *node)
{
    Operand total = NO_OPERAND;
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++) {
        if (!calc_has_stage(s->c->request, stage))
            continue;
        Operand term = calc_magnitude(s->c, s->pass, stage, node->arg[0]);
        total = total.kind ? calc_binary(s->c, s->pass, K_ADD_PRESENT, total, term) : term;
    }
    return total;
}

/* How large the terms of an aggregate were, from a reduction over their magnitudes. */
static Operand read_size(const Site *s, const Node *node, ReductionKind kind, RegionOp op)
{
    Compiler *c = s->c;
    const Node *value = node->arg[0], *weight = calc_weight_of(node);
    int stage = c->request->stage;
    if (weight && calc_has_cancellation(c, weight))
        return constant_at(s, INFINITY); /* rare: let the walker decide all */
    Operand x = calc_has_cancellation(c, value) ? calc_magnitude(c, s->pass, stage, value)
                                                : calc_emit_row(c, s->pass, stage, value);
    Operand w = calc_taken_weight(c, s->pass, weight, node->where);
    int idx = calc_add_reduction(c, s->pass, (Reduction){.kind = kind, .x = x, .w = w});
    int state = c->program->pass[s->pass].reductions.ptr[idx].state;
    return calc_reg(calc_region_instr(c, s->pass, (RegionInstr){.op = op, .state = state}));
}

static Operand cv_magnitude(const Site *s, const Node *node)
{
    int mean = calc_region_kernel(s->c, s->pass, K_ABS, calc_region_mean(s->c, node), -1);
    Operand of_std = read_size(s, node, REDUCE_MOMENTS, REGION_SIZE_OF_STD);
    Operand of_mean = read_size(s, node, REDUCE_MOMENTS, REGION_SIZE_OF_MEAN);
    return quotient_magnitude(s, of_std, of_mean, calc_reg(mean));
}

/* A deviation is off by no more than the values are that it is made of. */
static Operand aggregate_magnitude(const Site *s, const Node *node)
{
    switch (node->fn) {
    case FN_SUM:
        return read_size(s, node, REDUCE_EXTENT, REGION_SIZE_OF_SUM);
    case FN_MEAN:
        return read_size(s, node, REDUCE_MOMENTS, REGION_SIZE_OF_MEAN);
    case FN_STD:
        return read_size(s, node, REDUCE_MOMENTS, REGION_SIZE_OF_STD);
    case FN_CV:
        return cv_magnitude(s, node);
    default:
        return read_size(s, node, REDUCE_EXTENT, REGION_SIZE_OF_VALUES);
    }
}

static Operand call_magnitude(const Site *s, const Node *node)
{
    const Node *list = calc_list_of(node);
    if (node->is_siblings)
        return sibling_magnitude(s, node);
    if (list)
        return total_magnitude(s, list);
    if (calc_is_aggregate(node))
        return aggregate_magnitude(s, node);
    if (node->fn == FN_LEAST || node->fn == FN_GREATEST)
        return total_magnitude(s, node);
    Operand of_arg = magnitude_at(s, node->arg[0]);
    if (node->fn != FN_CONVERT)
        return of_arg; /* 绝对值, 上年 */
    return multiply(s, of_arg, constant_at(s, decimal_to_double(node->factor)));
}

/* ---- nodes ---- */

static Operand binary_magnitude(const Site *s, const Node *node)
{
    if (node->op == OP_ADD || node->op == OP_SUBTRACT)
        return total_magnitude(s, node);
    Operand a = magnitude_at(s, node->arg[0]), b = magnitude_at(s, node->arg[1]);
    if (node->op == OP_DIVIDE && !calc_has_cancellation(s->c, node->arg[1]))
        return divide(s, a, b); /* nothing is lost of b */
    return node->op == OP_MULTIPLY ? multiply(s, a, b)
                                   : quotient_magnitude(s, a, b, size_at(s, node->arg[1]));
}

static Operand power_magnitude(const Site *s, const Node *node)
{
    Operand base = magnitude_at(s, node->arg[0]), result = constant_at(s, node->exponent);
    for (int i = 0; i < node->exponent; i++)
        result = multiply(s, result, base);
    return result;
}

static Operand if_magnitude(const Site *s, const Node *node)
{
    Instr instr = {.kernel = K_IF};
    instr.a = value_at(s, node->arg[0]);
    instr.b = magnitude_at(s, node->arg[1]);
    instr.c = magnitude_at(s, node->arg[2]);
    if (!s->is_region)
        return calc_add_instr(s->c, s->pass, instr);
    return calc_reg(
        calc_region_instr(s->c, s->pass, (RegionInstr){.op = REGION_KERNEL, .kernel = instr}));
}

static Operand find_magnitude(const Site *s, const Node *node)
{
    if (!calc_has_cancellation(s->c, node))
        return size_at(s, node);
    if (!s->is_region && node->level == LEVEL_REGION)
        return calc_window(s->c, s->pass, calc_region_magnitude(s->c, node));
    switch (node->kind) {
    case NODE_NAME:
        return magnitude_at(s, node->symbol->formula->tree);
    case NODE_NEGATE:
        return magnitude_at(s, node->arg[0]);
    case NODE_IF:
        return if_magnitude(s, node);
    case NODE_BINARY:
        return binary_magnitude(s, node);
    case NODE_POWER:
        return power_magnitude(s, node);
    case NODE_CALL:
        return call_magnitude(s, node);
    case NODE_NUMBER:
    case NODE_BOOL:
    case NODE_TEXT:
    case NODE_NOT:
    case NODE_IN:
    case NODE_LIST:
        break;
    }
    BUG("no terms that could cancel");
}

Operand calc_magnitude(Compiler *c, int pass, int stage, const Node *node)
{
    int known = calc_answer(c, &c->magnitudes[pass], node, stage);
    if (known >= 0)
        return c->memo.ptr[known];
    Site site = {.c = c, .pass = pass, .stage = stage};
    Operand operand = find_magnitude(&site, node);
    VEC_PUSH(c->arena, &c->memo, operand);
    (void)calc_remember(c, &c->magnitudes[pass], node, stage, (int)c->memo.len - 1);
    return operand;
}

int calc_region_magnitude(Compiler *c, const Node *node)
{
    int known = calc_answer(c, &c->region_magnitudes, node, 0);
    if (known >= 0)
        return known;
    /* in the node's own pass: another formula may ask for it earlier than the one that asks now */
    Site site = {.c = c, .is_region = true, .pass = calc_region_depth(c, node)};
    return calc_remember(c, &c->region_magnitudes, node, 0, find_magnitude(&site, node).idx);
}

int calc_mean_magnitude(Compiler *c, const Node *node)
{
    Site site = {.c = c, .is_region = true, .pass = calc_region_depth(c, node)};
    return read_size(&site, node, REDUCE_MOMENTS, REGION_SIZE_OF_MEAN).idx;
}
