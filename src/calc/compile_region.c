/* Region formulas: aggregates become reductions, the rest kernels over regions. */
#include "calc/compile_int.h"

#include <math.h>

static const Operand NO_OPERAND = {OPERAND_NONE, 0};

/* ---- passes ---- */

int calc_region_depth(Compiler *c, const Node *node)
{
    if (node->kind == NODE_NAME && node->symbol->kind != SYMBOL_FORMULA)
        return 0;
    if (node->kind == NODE_NAME) {
        const Node *tree = node->symbol->formula->tree;
        int known = calc_remembered(&c->region_depths, tree);
        return known >= 0 ? known
                          : calc_remember(c, &c->region_depths, tree, calc_region_depth(c, tree));
    }
    int depth = 0;
    bool is_rows = node->kind == NODE_CALL && node->level == LEVEL_REGION;
    for (size_t i = 0; i < node->arg_count; i++) {
        const Node *arg = node->arg[i];
        int below =
            is_rows && arg->level == LEVEL_ROW ? calc_row_depth(c, arg) : calc_region_depth(c, arg);
        depth = below > depth ? below : depth;
    }
    if (node->where) {
        int below = calc_row_depth(c, node->where);
        depth = below > depth ? below : depth;
    }
    return depth;
}

/* The first pass in which a row formula can be computed: after every region value in it. */
int calc_row_depth(Compiler *c, const Node *node)
{
    if (node->level == LEVEL_REGION)
        return calc_region_depth(c, node) + 1;
    if (node->kind == NODE_NAME && node->symbol->kind != SYMBOL_FORMULA)
        return 0;
    if (node->kind == NODE_NAME) {
        const Node *tree = node->symbol->formula->tree;
        int known = calc_remembered(&c->row_depths, tree);
        return known >= 0 ? known : calc_remember(c, &c->row_depths, tree, calc_row_depth(c, tree));
    }
    int depth = 0;
    for (size_t i = 0; i < node->arg_count; i++) {
        int below = calc_row_depth(c, node->arg[i]);
        depth = below > depth ? below : depth;
    }
    if (node->where) {
        int below = calc_row_depth(c, node->where);
        depth = below > depth ? below : depth;
    }
    depth += node->kind == NODE_CALL && node->fn == FN_RANK;
    CHECK(depth < PASSES_MAX);
    return depth;
}

/* ---- region formulas ---- */

static int add_region_instr(Compiler *c, int pass, RegionInstr instr)
{
    instr.dst = c->program->region_reg_count++;
    if (pass >= c->program->pass_count)
        c->program->pass_count = pass + 1;
    VEC_PUSH(c->arena, &c->program->pass[pass].region_instrs, instr);
    return instr.dst;
}

static const struct {
    ReductionKind kind;
    RegionOp op;
} AGGREGATE[FUNCTION_COUNT] = {
    [FN_SUM] = {REDUCE_EXTENT, REGION_SUM},
    [FN_MEAN] = {REDUCE_MOMENTS, REGION_MEAN},
    [FN_MIN] = {REDUCE_EXTENT, REGION_MIN},
    [FN_MAX] = {REDUCE_EXTENT, REGION_MAX},
    [FN_SHARE] = {REDUCE_SHARE, REGION_SHARE},
    [FN_STD] = {REDUCE_MOMENTS, REGION_STD},
    [FN_CV] = {REDUCE_MOMENTS, REGION_CV},
    [FN_PERCENTILE] = {REDUCE_PERCENTILE, REGION_PERCENTILE},
    [FN_ALL] = {REDUCE_TRI, REGION_ALL},
    [FN_ANY] = {REDUCE_TRI, REGION_ANY},
};

static int emit_aggregate(Compiler *c, const Node *node)
{
    int pass = calc_row_depth(c, node->arg[0]);
    bool has_weight = node->arg_count > 1 && node->fn != FN_PERCENTILE;
    const Node *weight = has_weight ? node->arg[1] : NULL;
    int weight_pass = weight ? calc_row_depth(c, weight) : 0;
    int where_pass = node->where ? calc_row_depth(c, node->where) : 0;
    pass = weight_pass > pass ? weight_pass : pass;
    pass = where_pass > pass ? where_pass : pass;
    if (c->request->scope) {
        int scope_pass = calc_row_depth(c, c->request->scope);
        pass = scope_pass > pass ? scope_pass : pass;
    }

    Reduction reduction = {.kind = AGGREGATE[node->fn].kind,
                           .x = calc_emit_row(c, pass, c->request->stage, node->arg[0]),
                           .w = calc_taken_weight(c, pass, weight, node->where)};
    RegionOp op = AGGREGATE[node->fn].op;
    if (node->fn == FN_COUNT) {
        bool is_bool = node->arg[0]->type == TYPE_BOOL;
        reduction.kind = is_bool ? REDUCE_TRI : REDUCE_EXTENT;
        op = is_bool ? REGION_COUNT_TRUE : REGION_COUNT_PRESENT;
    }
    if (node->fn == FN_PERCENTILE)
        reduction.q = decimal_to_double(node->arg[1]->number);
    int idx = calc_add_reduction(c, pass, reduction);
    int state = c->program->pass[pass].reductions.ptr[idx].state;
    int value = add_region_instr(c, pass, (RegionInstr){.op = op, .state = state, .node = node});
    if (!node->is_strict)
        return value;
    reduction.kind = REDUCE_EXTENT;
    reduction.q = 0;
    if (node->arg[0]->type == TYPE_BOOL)
        reduction.kind = REDUCE_TRI;
    idx = calc_add_reduction(c, pass, reduction);
    state = c->program->pass[pass].reductions.ptr[idx].state;
    return add_region_instr(c, pass,
                            (RegionInstr){.op = REGION_STRICT,
                                          .state = state,
                                          .node = node,
                                          .kernel = {.a = calc_reg_operand(value)}});
}

static int region_constant(Compiler *c, double value)
{
    return add_region_instr(c, 0, (RegionInstr){.op = REGION_CONSTANT, .kernel = {.imm = value}});
}

static int region_kernel(Compiler *c, const Node *node, Kernel kernel, int a, int b)
{
    Instr instr = {.kernel = kernel,
                   .a = calc_reg_operand(a),
                   .b = b >= 0 ? calc_reg_operand(b) : NO_OPERAND,
                   .node = node};
    return add_region_instr(c, calc_region_depth(c, node),
                            (RegionInstr){.op = REGION_KERNEL, .kernel = instr});
}

static int region_compare(Compiler *c, const Node *node, int a, int b)
{
    bool is_equality = node->op == OP_EQ || node->op == OP_NE;
    if (is_equality) {
        int equal = region_kernel(c, node, K_EQ, a, b);
        return node->op == OP_EQ ? equal : region_kernel(c, node, K_NOT, equal, -1);
    }
    bool is_swapped = node->op == OP_LT || node->op == OP_LE;
    Kernel kernel = node->op == OP_GE || node->op == OP_LE ? K_GE : K_GT;
    return region_kernel(c, node, kernel, is_swapped ? b : a, is_swapped ? a : b);
}

static int region_binary(Compiler *c, const Node *node)
{
    int a = calc_emit_region(c, node->arg[0]), b = calc_emit_region(c, node->arg[1]);
    if (node->op >= OP_EQ && node->op <= OP_GE)
        return region_compare(c, node, a, b);
    static const Kernel kernel[] = {
        [OP_ADD] = K_ADD,    [OP_SUBTRACT] = K_SUB, [OP_MULTIPLY] = K_MUL,
        [OP_DIVIDE] = K_DIV, [OP_AND] = K_AND,      [OP_OR] = K_OR};
    return region_kernel(c, node, kernel[node->op], a, b);
}

static int region_fold(Compiler *c, const Node *node, const Node *list, Kernel kernel, double empty)
{
    int total = -1;
    for (size_t i = 0; i < list->arg_count; i++) {
        int term = calc_emit_region(c, list->arg[i]);
        total = total < 0 ? term : region_kernel(c, node, kernel, total, term);
    }
    return total < 0 ? region_constant(c, empty) : total;
}

static int region_list_call(Compiler *c, const Node *node, const Node *list)
{
    if (node->fn == FN_ALL || node->fn == FN_ANY)
        return region_fold(c, node, list, node->fn == FN_ALL ? K_AND : K_OR, node->fn == FN_ALL);
    if (node->fn == FN_MIN || node->fn == FN_MAX)
        return region_fold(c, node, list, node->fn == FN_MIN ? K_LEAST : K_GREATEST, NAN);
    if (node->fn == FN_SUM)
        return region_fold(c, node, list, K_ADD, NAN);
    if (node->fn == FN_MEAN)
        return region_kernel(c, node, K_DIV, region_fold(c, node, list, K_ADD, NAN),
                             region_constant(c, (double)list->arg_count));
    Operand *operand = ARENA_ARRAY(c->arena, Operand, list->arg_count);
    for (size_t i = 0; i < list->arg_count; i++)
        operand[i] = calc_reg_operand(calc_emit_region(c, list->arg[i]));
    Instr instr = {.kernel = K_ATLEAST, .list = operand, .list_count = list->arg_count};
    if (node->fn == FN_COUNT)
        instr.kernel = node->arg[0]->type == TYPE_BOOL_LIST ? K_COUNT_TRUE : K_COUNT_PRESENT;
    else
        instr.imm = decimal_to_double(node->arg[0]->number);
    return add_region_instr(c, calc_region_depth(c, node),
                            (RegionInstr){.op = REGION_KERNEL, .kernel = instr});
}

static int region_call(Compiler *c, const Node *node)
{
    const Node *list = node->arg_count ? calc_list_of(node->arg[node->arg_count - 1]) : NULL;
    if (list && list->kind == NODE_LIST)
        return region_list_call(c, node, list);
    if (node->fn >= FN_SUM)
        return emit_aggregate(c, node);

    int a = calc_emit_region(c, node->arg[0]);
    if (node->fn == FN_ROUND || node->fn == FN_CEIL || node->fn == FN_FLOOR) {
        Instr instr = {.kernel = node->fn == FN_CEIL    ? K_CEIL
                                 : node->fn == FN_FLOOR ? K_FLOOR
                                                        : K_ROUND,
                       .a = calc_reg_operand(a),
                       .node = node,
                       .imm = node->arg_count > 1 ? decimal_to_double(node->arg[1]->number) : 0.0};
        return add_region_instr(c, calc_region_depth(c, node),
                                (RegionInstr){.op = REGION_KERNEL, .kernel = instr});
    }
    if (node->fn == FN_ABS || node->fn == FN_REPORTED)
        return region_kernel(c, node, node->fn == FN_ABS ? K_ABS : K_REPORTED, a, -1);
    if (node->fn == FN_CONVERT)
        return region_kernel(c, node, K_MUL, region_constant(c, decimal_to_double(node->factor)),
                             a);
    for (size_t i = 1; i < node->arg_count; i++)
        a = region_kernel(c, node, node->fn == FN_LEAST ? K_LEAST : K_GREATEST, a,
                          calc_emit_region(c, node->arg[i]));
    return a;
}

static int region_power(Compiler *c, const Node *node)
{
    int base = calc_emit_region(c, node->arg[0]);
    if (node->exponent == 0)
        return region_kernel(c, node, K_ADD,
                             region_kernel(c, node, K_MUL, base, region_constant(c, 0.0)),
                             region_constant(c, 1.0));
    int result = base;
    for (int i = 1; i < node->exponent; i++)
        result = region_kernel(c, node, K_MUL, result, base);
    return result;
}

static int region_name(Compiler *c, const Node *node)
{
    const Symbol *symbol = node->symbol;
    if (symbol->kind == SYMBOL_FORMULA)
        return calc_emit_region(c, symbol->formula->tree);
    CHECK(symbol->kind == SYMBOL_PARAMETER);
    int stage = c->request->stage;
    return region_constant(c, symbol->has_value[stage] ? decimal_to_double(symbol->value[stage])
                                                       : NAN);
}

static int region_if(Compiler *c, const Node *node)
{
    Instr instr = {.kernel = K_IF,
                   .a = calc_reg_operand(calc_emit_region(c, node->arg[0])),
                   .b = calc_reg_operand(calc_emit_region(c, node->arg[1])),
                   .c = calc_reg_operand(calc_emit_region(c, node->arg[2]))};
    return add_region_instr(c, calc_region_depth(c, node),
                            (RegionInstr){.op = REGION_KERNEL, .kernel = instr});
}

static int emit_region_node(Compiler *c, const Node *node)
{
    switch (node->kind) {
    case NODE_NUMBER:
        return region_constant(c, decimal_to_double(node->number));
    case NODE_BOOL:
        return region_constant(c, node->boolean ? 1.0 : 0.0);
    case NODE_NAME:
        return region_name(c, node);
    case NODE_NOT:
        return region_kernel(c, node, K_NOT, calc_emit_region(c, node->arg[0]), -1);
    case NODE_NEGATE:
        return region_kernel(c, node, K_SUB, region_constant(c, 0.0),
                             calc_emit_region(c, node->arg[0]));
    case NODE_BINARY:
        return region_binary(c, node);
    case NODE_POWER:
        return region_power(c, node);
    case NODE_IF:
        return region_if(c, node);
    case NODE_CALL:
        return region_call(c, node);
    case NODE_IN:
    case NODE_TEXT:
    case NODE_LIST:
        break;
    }
    BUG("a code, text or list is no value of a region");
}

int calc_emit_region(Compiler *c, const Node *node)
{
    Str key = {(const char *)&node, sizeof node};
    uintptr_t known = (uintptr_t)map_find(&c->region_memo, key);
    if (known)
        return (int)known - 1;
    int reg = emit_region_node(c, node);
    map_set(&c->region_memo, calc_key_bytes(c, &node, sizeof node), (void *)(uintptr_t)(reg + 1));
    return reg;
}
