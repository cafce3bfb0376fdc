/* Region formulas: aggregates become reductions, the rest kernels over regions. */
#include "calc/compile_int.h"

#include <math.h>

/* ---- passes ---- */

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* Rows that aggregates see are known only when the scope is; inside the scope they see all rows. */
static int scope_depth(Compiler *c)
{
    if (!c->request->scope || c->is_in_scope)
        return 0;
    if (c->scope_depth == 0) {
        c->is_in_scope = true;
        c->scope_depth = calc_row_depth(c, c->request->scope) + 1;
        c->is_in_scope = false;
    }
    return c->scope_depth - 1;
}

bool calc_is_aggregate(const Node *node)
{
    return node->kind == NODE_CALL && node->fn >= FN_SUM && node->level == LEVEL_REGION &&
           !calc_list_of(node);
}

const Node *calc_weight_of(const Node *aggregate)
{
    return calc_list_of(aggregate) || aggregate->arg_count < 2 || aggregate->fn == FN_PERCENTILE
               ? NULL
               : aggregate->arg[1];
}

int calc_region_depth(Compiler *c, const Node *node)
{
    if (node->kind == NODE_NAME && node->symbol->kind != SYMBOL_FORMULA)
        return 0;
    if (node->kind == NODE_NAME) {
        const Node *tree = node->symbol->formula->tree;
        int known = calc_answer(c, &c->region_depths, tree, 0);
        return known >= 0
                   ? known
                   : calc_remember(c, &c->region_depths, tree, 0, calc_region_depth(c, tree));
    }
    bool is_aggregate = calc_is_aggregate(node);
    int depth = is_aggregate ? scope_depth(c) : 0;
    for (size_t i = 0; i < node->arg_count; i++)
        depth = larger(depth, is_aggregate ? calc_row_depth(c, node->arg[i])
                                           : calc_region_depth(c, node->arg[i]));
    return node->where ? larger(depth, calc_row_depth(c, node->where)) : depth;
}

int calc_row_depth(Compiler *c, const Node *node)
{
    if (node->level == LEVEL_REGION)
        return calc_region_depth(c, node) + 1;
    if (node->kind == NODE_NAME && node->symbol->kind != SYMBOL_FORMULA)
        return 0;
    if (node->kind == NODE_NAME) {
        const Node *tree = node->symbol->formula->tree;
        int known = calc_answer(c, &c->row_depths, tree, 0);
        return known >= 0 ? known
                          : calc_remember(c, &c->row_depths, tree, 0, calc_row_depth(c, tree));
    }
    bool is_rank = node->kind == NODE_CALL && node->fn == FN_RANK;
    int depth = is_rank ? scope_depth(c) : 0;
    for (size_t i = 0; i < node->arg_count; i++)
        depth = larger(depth, calc_row_depth(c, node->arg[i]));
    if (node->where)
        depth = larger(depth, calc_row_depth(c, node->where));
    return depth + is_rank;
}

/* ---- which rows an aggregate takes ---- */

static Operand taken_mask(Compiler *c, int pass, const Node *where)
{
    const CalcRequest *request = c->request;
    Operand mask = ROW_MASK_OPERAND;
    if (request->scope && !c->is_in_scope) {
        c->is_in_scope = true;
        Operand scope = calc_emit_row(c, pass, request->stage, request->scope);
        c->is_in_scope = false;
        mask = calc_binary(c, pass, K_AND, mask, scope);
    }
    if (where)
        mask = calc_binary(c, pass, K_AND, mask, calc_emit_row(c, pass, request->stage, where));
    return mask;
}

Operand calc_taken_weight(Compiler *c, int pass, const Node *weight, const Node *where)
{
    Operand mask = taken_mask(c, pass, where);
    if (!weight)
        return calc_unary(c, pass, K_WEIGHT_ONE, mask);
    int stage = c->request->stage;
    Instr instr = {0};
    if (calc_has_cancellation(c, weight)) { /* whether it is above 0 is not for doubles to say */
        instr = calc_judged(c, stage, weight);
        instr.magnitude = calc_magnitude(c, pass, stage, weight);
    }
    instr.kernel = K_WEIGHT;
    instr.a = calc_emit_row(c, pass, stage, weight);
    instr.b = mask;
    return calc_add_instr(c, pass, instr);
}

static bool operand_equals(Operand a, Operand b)
{
    return a.kind == b.kind && a.idx == b.idx;
}

int calc_add_reduction(Compiler *c, int pass, Reduction reduction)
{
    Pass *p = &c->program->pass[pass];
    for (size_t i = 0; i < p->reductions.len; i++) {
        const Reduction *known = &p->reductions.ptr[i];
        if (known->kind == reduction.kind && operand_equals(known->x, reduction.x) &&
            operand_equals(known->w, reduction.w) && operand_equals(known->y, reduction.y) &&
            known->q == reduction.q && known->node == reduction.node &&
            known->is_unscoped == reduction.is_unscoped)
            return (int)i;
    }
    if (pass >= c->program->pass_count)
        c->program->pass_count = pass + 1;
    if (reduction.kind == REDUCE_RANK)
        reduction.rank = c->program->rank_count++;
    else
        reduction.state = c->program->state_count++;
    VEC_PUSH(c->arena, &p->reductions, reduction);
    return (int)p->reductions.len - 1;
}

int calc_scope_state(Compiler *c)
{
    int pass = scope_depth(c);
    Reduction reduction = {.kind = REDUCE_TRI, .is_unscoped = true};
    c->is_in_scope = true;
    reduction.x = calc_emit_row(c, pass, c->request->stage, c->request->scope);
    c->is_in_scope = false;
    reduction.w = calc_unary(c, pass, K_WEIGHT_ONE, ROW_MASK_OPERAND);
    int idx = calc_add_reduction(c, pass, reduction);
    return c->program->pass[pass].reductions.ptr[idx].state;
}

/* ---- instructions ---- */

static Str region_key(Compiler *c, const RegionInstr *instr)
{
    const int reader[] = {(int)instr->op, instr->state};
    StrBuf key;
    strbuf_init(&key, c->arena);
    strbuf_add(&key, (Str){(const char *)reader, sizeof reader});
    strbuf_add(&key, calc_instr_key(c, &instr->kernel));
    return strbuf_str(&key);
}

int calc_region_instr(Compiler *c, int pass, RegionInstr instr)
{
    Str key = region_key(c, &instr);
    uintptr_t known = (uintptr_t)map_find(&c->region_values[pass], key);
    if (known)
        return (int)known - 1;
    instr.dst = c->program->region_reg_count++;
    if (pass >= c->program->pass_count)
        c->program->pass_count = pass + 1;
    VEC_PUSH(c->arena, &c->program->pass[pass].region_instrs, instr);
    (void)map_set(&c->region_values[pass], key, (void *)(uintptr_t)(instr.dst + 1));
    return instr.dst;
}

static int add_kernel(Compiler *c, int pass, Instr instr)
{
    return calc_region_instr(c, pass, (RegionInstr){.op = REGION_KERNEL, .kernel = instr});
}

static Instr operands(Instr instr, Kernel kernel, int a, int b)
{
    instr.kernel = kernel;
    instr.a = calc_reg(a);
    instr.b = b >= 0 ? calc_reg(b) : NO_OPERAND;
    return instr;
}

int calc_region_kernel(Compiler *c, int pass, Kernel kernel, int a, int b)
{
    return add_kernel(c, pass, operands((Instr){0}, kernel, a, b));
}

int calc_region_constant(Compiler *c, double value)
{
    return calc_region_instr(c, 0, (RegionInstr){.op = REGION_CONSTANT, .kernel = {.imm = value}});
}

static int kernel_of(Compiler *c, const Node *node, Kernel kernel, int a, int b)
{
    return calc_region_kernel(c, calc_region_depth(c, node), kernel, a, b);
}

/* ---- aggregates ---- */

typedef struct Aggregate {
    ReductionKind kind;
    RegionOp op;
} Aggregate;

static Aggregate aggregate_of(const Node *node)
{
    static const Aggregate of[FUNCTION_COUNT] = {
        [FN_SUM] = {REDUCE_EXTENT, REGION_SUM},
        [FN_MEAN] = {REDUCE_MOMENTS, REGION_MEAN},
        [FN_MIN] = {REDUCE_EXTENT, REGION_MIN},
        [FN_MAX] = {REDUCE_EXTENT, REGION_MAX},
        [FN_COUNT] = {REDUCE_EXTENT, REGION_COUNT_PRESENT},
        [FN_SHARE] = {REDUCE_SHARE, REGION_SHARE},
        [FN_STD] = {REDUCE_MOMENTS, REGION_STD},
        [FN_CV] = {REDUCE_MOMENTS, REGION_STD}, /* then divided by the mean */
        [FN_PERCENTILE] = {REDUCE_PERCENTILE, REGION_PERCENTILE},
        [FN_ALL] = {REDUCE_TRI, REGION_ALL},
        [FN_ANY] = {REDUCE_TRI, REGION_ANY},
    };
    if (node->fn == FN_COUNT && node->arg[0]->type == TYPE_BOOL)
        return (Aggregate){REDUCE_TRI, REGION_COUNT_TRUE};
    return of[node->fn];
}

static int read_aggregate(Compiler *c, int pass, const Node *node, Aggregate aggregate)
{
    Reduction reduction = {.kind = aggregate.kind};
    const Node *value = node->arg[0];
    if (aggregate.op == REGION_COUNT_TRUE && value->kind == NODE_NOT) { /* one state for both */
        aggregate.op = REGION_COUNT_FALSE;
        value = value->arg[0];
    }
    reduction.x = calc_emit_row(c, pass, c->request->stage, value);
    reduction.w = calc_taken_weight(c, pass, calc_weight_of(node), node->where);
    if (node->fn == FN_PERCENTILE)
        reduction.q = decimal_to_double(node->arg[1]->number);
    int idx = calc_add_reduction(c, pass, reduction);
    int state = c->program->pass[pass].reductions.ptr[idx].state;
    return calc_region_instr(c, pass, (RegionInstr){.op = aggregate.op, .state = state});
}

int calc_region_mean(Compiler *c, const Node *node)
{
    return read_aggregate(c, calc_region_depth(c, node), node,
                          (Aggregate){REDUCE_MOMENTS, REGION_MEAN});
}

/* A spread is a share of a mean above 0; of another there is none. */
static int divided_by_mean(Compiler *c, int pass, const Node *node, int std)
{
    int mean = calc_region_mean(c, node);
    mean = kernel_of(c, node, K_GREATEST, mean, calc_region_constant(c, 0));
    Instr instr = operands(calc_judged(c, c->request->stage, node), K_DIV, std, mean);
    instr.magnitude = calc_reg(calc_mean_magnitude(c, node));
    return add_kernel(c, pass, instr);
}

/* Absent where a row that the aggregate takes has no value, and for a reason that it does not forgive. */
static int emit_strict(Compiler *c, int pass, const Node *node, int value)
{
    const Node *weight = calc_weight_of(node);
    int stage = c->request->stage;
    Reduction reduction = {.kind = REDUCE_STRICT, .node = node, .is_unscoped = c->is_in_scope};
    reduction.x = calc_emit_row(c, pass, stage, node->arg[0]);
    reduction.w = calc_taken_weight(c, pass, NULL, node->where);
    if (weight)
        reduction.y = calc_emit_row(c, pass, stage, weight);
    int idx = calc_add_reduction(c, pass, reduction);
    RegionInstr instr = {.op = REGION_STRICT,
                         .state = c->program->pass[pass].reductions.ptr[idx].state,
                         .kernel = {.a = calc_reg(value)}};
    return calc_region_instr(c, pass, instr);
}

static int emit_aggregate(Compiler *c, const Node *node)
{
    int pass = calc_region_depth(c, node);
    int value = read_aggregate(c, pass, node, aggregate_of(node));
    if (node->fn == FN_CV)
        value = divided_by_mean(c, pass, node, value);
    return node->is_strict ? emit_strict(c, pass, node, value) : value;
}

/* ---- operators ---- */

/* The node decides near-ties of a and b. */
static Instr judged_pair(Compiler *c, const Node *node, Kernel kernel, int a, int b)
{
    bool is_plain = calc_is_plain(node->arg[0]) && calc_is_plain(node->arg[1]);
    Instr instr = operands(calc_judged(c, c->request->stage, is_plain ? NULL : node), kernel, a, b);
    if (calc_has_cancellation(c, node->arg[0]) || calc_has_cancellation(c, node->arg[1])) {
        int left = calc_region_magnitude(c, node->arg[0]);
        int right = calc_region_magnitude(c, node->arg[1]);
        instr.magnitude = calc_reg(kernel_of(c, node, K_ADD, left, right));
    }
    return instr;
}

static int region_compare(Compiler *c, const Node *node, int a, int b)
{
    int pass = calc_region_depth(c, node);
    if (node->op == OP_EQ || node->op == OP_NE) {
        int equal = add_kernel(c, pass, judged_pair(c, node, K_EQ, a, b));
        return node->op == OP_EQ ? equal : calc_region_kernel(c, pass, K_NOT, equal, -1);
    }
    bool is_swapped = node->op == OP_LT || node->op == OP_LE;
    Kernel kernel = node->op == OP_GE || node->op == OP_LE ? K_GE : K_GT;
    return add_kernel(c, pass,
                      judged_pair(c, node, kernel, is_swapped ? b : a, is_swapped ? a : b));
}

static int region_divide(Compiler *c, const Node *node, int a, int b)
{
    Instr instr = operands((Instr){0}, K_DIV, a, b);
    if (calc_has_cancellation(c, node->arg[1])) {
        instr = operands(calc_judged(c, c->request->stage, node), K_DIV, a, b);
        instr.magnitude = calc_reg(calc_region_magnitude(c, node->arg[1]));
    }
    return add_kernel(c, calc_region_depth(c, node), instr);
}

static int region_binary(Compiler *c, const Node *node)
{
    static const Kernel kernel[] = {[OP_ADD] = K_ADD,
                                    [OP_SUBTRACT] = K_SUB,
                                    [OP_MULTIPLY] = K_MUL,
                                    [OP_AND] = K_AND,
                                    [OP_OR] = K_OR};
    int a = calc_emit_region(c, node->arg[0]), b = calc_emit_region(c, node->arg[1]);
    if (node->op >= OP_EQ && node->op <= OP_GE)
        return region_compare(c, node, a, b);
    if (node->op == OP_DIVIDE)
        return region_divide(c, node, a, b);
    return kernel_of(c, node, kernel[node->op], a, b);
}

static int region_negate(Compiler *c, const Node *node)
{
    int zero = calc_region_constant(c, 0.0), value = calc_emit_region(c, node->arg[0]);
    return kernel_of(c, node, K_SUB, zero, value);
}

static int region_power(Compiler *c, const Node *node)
{
    int base = calc_emit_region(c, node->arg[0]), result = base;
    if (node->exponent == 0) {
        int zero = calc_region_constant(c, 0.0), one = calc_region_constant(c, 1.0);
        return kernel_of(c, node, K_ADD, kernel_of(c, node, K_MUL, base, zero), one);
    }
    for (int i = 1; i < node->exponent; i++)
        result = kernel_of(c, node, K_MUL, result, base);
    return result;
}

static int region_if(Compiler *c, const Node *node)
{
    Instr instr = {.kernel = K_IF};
    instr.a = calc_reg(calc_emit_region(c, node->arg[0]));
    instr.b = calc_reg(calc_emit_region(c, node->arg[1]));
    instr.c = calc_reg(calc_emit_region(c, node->arg[2]));
    return add_kernel(c, calc_region_depth(c, node), instr);
}

/* ---- calls ---- */

static int region_fold(Compiler *c, const Node *node, const Node *list, Kernel kernel)
{
    int total = calc_emit_region(c, list->arg[0]);
    for (size_t i = 1; i < list->arg_count; i++)
        total = kernel_of(c, node, kernel, total, calc_emit_region(c, list->arg[i]));
    return total;
}

static int region_count_list(Compiler *c, const Node *node, const Node *list)
{
    Operand *operand = ARENA_ARRAY(c->arena, Operand, list->arg_count);
    for (size_t i = 0; i < list->arg_count; i++)
        operand[i] = calc_reg(calc_emit_region(c, list->arg[i]));
    Instr instr = {.list = operand, .list_count = list->arg_count};
    if (node->fn == FN_COUNT) {
        instr.kernel = list->type == TYPE_BOOL_LIST ? K_COUNT_TRUE : K_COUNT_PRESENT;
    } else {
        instr.kernel = K_ATLEAST;
        instr.imm = calc_atleast_need(node, list->arg_count);
        instr.reach = calc_atleast_truths(c, list->arg_count);
    }
    return add_kernel(c, calc_region_depth(c, node), instr);
}

/* An empty list is constant, and does not come here. */
static int region_list_call(Compiler *c, const Node *node, const Node *list)
{
    if (node->fn == FN_MIN || node->fn == FN_MAX)
        return region_fold(c, node, list, node->fn == FN_MIN ? K_LEAST : K_GREATEST);
    if (node->fn == FN_SUM)
        return region_fold(c, node, list, K_ADD);
    if (node->fn == FN_MEAN) {
        int total = region_fold(c, node, list, K_ADD);
        return kernel_of(c, node, K_DIV, total, calc_region_constant(c, (double)list->arg_count));
    }
    return region_count_list(c, node, list);
}

static int region_jump(Compiler *c, const Node *node, int a)
{
    Kernel kernel = node->fn == FN_CEIL ? K_CEIL : node->fn == FN_FLOOR ? K_FLOOR : K_ROUND;
    Instr instr = operands(calc_judged(c, c->request->stage, node), kernel, a, -1);
    if (node->arg_count > 1)
        instr.imm = decimal_to_double(node->arg[1]->number);
    if (calc_has_cancellation(c, node->arg[0]))
        instr.magnitude = calc_reg(calc_region_magnitude(c, node->arg[0]));
    return add_kernel(c, calc_region_depth(c, node), instr);
}

static int region_call(Compiler *c, const Node *node)
{
    const Node *list = calc_list_of(node);
    if (list)
        return region_list_call(c, node, list);
    if (calc_is_aggregate(node))
        return emit_aggregate(c, node);

    int a = calc_emit_region(c, node->arg[0]);
    if (node->fn == FN_ROUND || node->fn == FN_CEIL || node->fn == FN_FLOOR)
        return region_jump(c, node, a);
    if (node->fn == FN_ABS || node->fn == FN_REPORTED)
        return kernel_of(c, node, node->fn == FN_ABS ? K_ABS : K_REPORTED, a, -1);
    if (node->fn == FN_CONVERT)
        return kernel_of(c, node, K_MUL, calc_region_constant(c, decimal_to_double(node->factor)),
                         a);
    CHECK(node->fn == FN_LEAST || node->fn == FN_GREATEST);
    for (size_t i = 1; i < node->arg_count; i++)
        a = kernel_of(c, node, node->fn == FN_LEAST ? K_LEAST : K_GREATEST, a,
                      calc_emit_region(c, node->arg[i]));
    return a;
}

/* ---- nodes ---- */

static int emit_region_node(Compiler *c, const Node *node)
{
    if (node->level == LEVEL_CONST)
        return calc_region_constant(c, calc_constant_value(c, c->request->stage, node));
    switch (node->kind) {
    case NODE_NAME:
        CHECK(node->symbol->kind == SYMBOL_FORMULA);
        return calc_emit_region(c, node->symbol->formula->tree);
    case NODE_NOT:
        return kernel_of(c, node, K_NOT, calc_emit_region(c, node->arg[0]), -1);
    case NODE_NEGATE:
        return region_negate(c, node);
    case NODE_BINARY:
        return region_binary(c, node);
    case NODE_POWER:
        return region_power(c, node);
    case NODE_IF:
        return region_if(c, node);
    case NODE_CALL:
        return region_call(c, node);
    case NODE_NUMBER:
    case NODE_BOOL:
    case NODE_IN:
    case NODE_TEXT:
    case NODE_LIST:
        break;
    }
    BUG("a code, text or list is no value of a region");
}

int calc_emit_region(Compiler *c, const Node *node)
{
    int known = calc_answer(c, &c->regions, node, 0);
    return known >= 0 ? known : calc_remember(c, &c->regions, node, 0, emit_region_node(c, node));
}
