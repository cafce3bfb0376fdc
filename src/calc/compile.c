#include "calc/compile_int.h"

#include <math.h>

static const Operand NO_OPERAND = {OPERAND_NONE, 0};

Str calc_key_bytes(Compiler *c, const void *ptr, size_t len)
{
    return str_dup(c->arena, (Str){ptr, len});
}

/* A question about the tree behind a name is answered once: names may be used many times. */
int calc_remembered(const Map *map, const Node *node)
{
    return (int)(uintptr_t)map_find(map, (Str){(const char *)&node, sizeof node}) - 1;
}

int calc_remember(Compiler *c, Map *map, const Node *node, int answer)
{
    map_set(map, calc_key_bytes(c, &node, sizeof node), (void *)(uintptr_t)(answer + 1));
    return answer;
}

Operand calc_reg_operand(int reg)
{
    return (Operand){OPERAND_REG, reg};
}

static int add_register(Compiler *c, int pass, Register reg)
{
    Pass *p = &c->program->pass[pass];
    if (pass >= c->program->pass_count)
        c->program->pass_count = pass + 1;
    VEC_PUSH(c->arena, &p->regs, reg);
    return (int)p->regs.len - 1;
}

/* Same instruction, same operands: same register. */
static Operand add_instr(Compiler *c, int pass, Instr instr)
{
    StrBuf key;
    strbuf_init(&key, c->arena);
    const Operand fixed[] = {instr.a, instr.b, instr.c, instr.magnitude};
    strbuf_addf(&key, "%d %d %a %d %p %p", (int)instr.kernel, instr.stage, instr.imm,
                (int)instr.list_count, (const void *)instr.codes,
                instr.magnitude.kind ? (const void *)instr.node : NULL);
    for (size_t i = 0; i < 4; i++)
        strbuf_addf(&key, " %d.%d", (int)fixed[i].kind, fixed[i].idx);
    for (size_t i = 0; instr.list && i < instr.list_count; i++)
        strbuf_addf(&key, " %d.%d", (int)instr.list[i].kind, instr.list[i].idx);

    uintptr_t known = (uintptr_t)map_find(&c->value_of[pass], strbuf_str(&key));
    if (known)
        return calc_reg_operand((int)known - 1);
    instr.dst = add_register(
        c, pass,
        (Register){.storage = STORAGE_TEMP, .def = (int)c->program->pass[pass].instrs.len + 1});
    VEC_PUSH(c->arena, &c->program->pass[pass].instrs, instr);
    map_set(&c->value_of[pass], strbuf_str(&key), (void *)(uintptr_t)(instr.dst + 1));
    return calc_reg_operand(instr.dst);
}

static Operand constant(Compiler *c, int pass, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    Str key = str_format(c->arena, "constant %llx", (unsigned long long)bits);
    uintptr_t known = (uintptr_t)map_find(&c->value_of[pass], key);
    if (known)
        return calc_reg_operand((int)known - 1);
    int reg = add_register(c, pass, (Register){.storage = STORAGE_CONSTANT, .constant = value});
    map_set(&c->value_of[pass], key, (void *)(uintptr_t)(reg + 1));
    return calc_reg_operand(reg);
}

static bool constant_of(Compiler *c, int pass, Operand operand, double *ret)
{
    if (operand.kind != OPERAND_REG)
        return false;
    const Register *reg = &c->program->pass[pass].regs.ptr[operand.idx];
    *ret = reg->constant;
    return reg->storage == STORAGE_CONSTANT;
}

static Operand unary(Compiler *c, int pass, Kernel kernel, Operand a)
{
    return add_instr(c, pass, (Instr){.kernel = kernel, .a = a});
}

static Operand binary(Compiler *c, int pass, Kernel kernel, Operand a, Operand b)
{
    return add_instr(c, pass, (Instr){.kernel = kernel, .a = a, .b = b});
}

/* ---- arithmetic ---- */

static double fold(BinaryOp op, double a, double b)
{
    if (op == OP_ADD)
        return a + b;
    if (op == OP_SUBTRACT)
        return a - b;
    if (op == OP_MULTIPLY)
        return a * b;
    return b == 0.0 ? NAN : a / b;
}

static const Instr *instr_of(Compiler *c, int pass, Operand operand)
{
    if (operand.kind != OPERAND_REG)
        return NULL;
    const Pass *p = &c->program->pass[pass];
    int def = p->regs.ptr[operand.idx].def;
    return def ? &p->instrs.ptr[def - 1] : NULL;
}

static Operand divide(Compiler *c, int pass, Operand a, Operand b)
{
    double imm;
    if (constant_of(c, pass, b, &imm))
        return add_instr(c, pass, (Instr){.kernel = K_DIV_C, .a = a, .imm = imm});
    if (constant_of(c, pass, a, &imm))
        return add_instr(c, pass, (Instr){.kernel = K_DIV_CR, .a = b, .imm = imm});
    const Instr *top = instr_of(c, pass, a);
    if (top && top->kernel == K_MUL_C) /* 100 * x / p in one go */
        return add_instr(c, pass,
                         (Instr){.kernel = K_MULDIV, .a = top->a, .b = b, .imm = top->imm});
    return binary(c, pass, K_DIV, a, b);
}

static Operand arithmetic(Compiler *c, int pass, BinaryOp op, Operand a, Operand b)
{
    double left, right;
    bool is_left = constant_of(c, pass, a, &left), is_right = constant_of(c, pass, b, &right);
    if (is_left && is_right)
        return constant(c, pass, fold(op, left, right));
    if (op == OP_DIVIDE)
        return divide(c, pass, a, b);
    if (op == OP_SUBTRACT) {
        if (is_left)
            return add_instr(c, pass, (Instr){.kernel = K_SUB_CR, .a = b, .imm = left});
        if (is_right)
            return add_instr(c, pass, (Instr){.kernel = K_ADD_C, .a = a, .imm = -right});
        return binary(c, pass, K_SUB, a, b);
    }
    Kernel plain = op == OP_ADD ? K_ADD : K_MUL, immediate = op == OP_ADD ? K_ADD_C : K_MUL_C;
    if (is_left)
        return add_instr(c, pass, (Instr){.kernel = immediate, .a = b, .imm = left});
    if (is_right)
        return add_instr(c, pass, (Instr){.kernel = immediate, .a = a, .imm = right});
    return binary(c, pass, plain, a, b);
}

static Operand power(Compiler *c, int pass, Operand base, int exponent)
{
    /* x ^ 0 is 1 where x is present */
    Operand result =
        exponent ? base
                 : arithmetic(c, pass, OP_ADD,
                              arithmetic(c, pass, OP_MULTIPLY, base, constant(c, pass, 0.0)),
                              constant(c, pass, 1.0));
    for (int i = 1; i < exponent; i++)
        result = arithmetic(c, pass, OP_MULTIPLY, result, base);
    return result;
}

/* ---- magnitudes: how large the terms were that a value was made of ---- */

static bool has_cancellation(Compiler *c, const Node *node);

static bool find_cancellation(Compiler *c, const Node *node)
{
    if (node->kind == NODE_BINARY && (node->op == OP_ADD || node->op == OP_SUBTRACT))
        return true;
    if (node->kind == NODE_CALL && (node->level == LEVEL_REGION || node->fn == FN_ROUND))
        return false;
    for (size_t i = 0; i < node->arg_count; i++)
        if (has_cancellation(c, node->arg[i]))
            return true;
    return false;
}

static bool has_cancellation(Compiler *c, const Node *node)
{
    if (node->kind != NODE_NAME)
        return find_cancellation(c, node);
    if (node->symbol->kind != SYMBOL_FORMULA || node->level == LEVEL_REGION)
        return false;
    const Node *tree = node->symbol->formula->tree;
    int known = calc_remembered(&c->cancels, tree);
    return known >= 0 ? known : calc_remember(c, &c->cancels, tree, find_cancellation(c, tree));
}

static Operand magnitude(Compiler *c, int pass, int stage, const Node *node);

static Operand find_magnitude(Compiler *c, int pass, int stage, const Node *node)
{
    if (!has_cancellation(c, node) || node->level == LEVEL_REGION)
        return unary(c, pass, K_ABS, calc_emit_row(c, pass, stage, node));
    if (node->kind == NODE_NAME && node->symbol->kind == SYMBOL_FORMULA)
        return magnitude(c, pass, stage, node->symbol->formula->tree);
    if (node->kind == NODE_NEGATE)
        return magnitude(c, pass, stage, node->arg[0]);
    if (node->kind == NODE_IF)
        return add_instr(c, pass,
                         (Instr){.kernel = K_IF,
                                 .a = calc_emit_row(c, pass, stage, node->arg[0]),
                                 .b = magnitude(c, pass, stage, node->arg[1]),
                                 .c = magnitude(c, pass, stage, node->arg[2])});
    if (node->kind == NODE_BINARY) {
        Operand a = magnitude(c, pass, stage, node->arg[0]);
        Operand b = magnitude(c, pass, stage, node->arg[1]);
        if (node->op == OP_ADD || node->op == OP_SUBTRACT)
            return arithmetic(c, pass, OP_ADD, a, b);
        if (node->op == OP_MULTIPLY)
            return arithmetic(c, pass, OP_MULTIPLY, a, b);
        /* a/b errs by as much of |a/b| as b itself errs, relative to what is left of b */
        Operand left_over = unary(c, pass, K_ABS, calc_emit_row(c, pass, stage, node->arg[1]));
        return arithmetic(c, pass, OP_MULTIPLY, arithmetic(c, pass, OP_DIVIDE, a, left_over),
                          arithmetic(c, pass, OP_DIVIDE, b, left_over));
    }
    if (node->kind == NODE_POWER)
        return power(c, pass, magnitude(c, pass, stage, node->arg[0]), node->exponent);
    /* least, greatest, sums over siblings …: the sum of their terms' magnitudes bounds them */
    Operand total = unary(c, pass, K_ABS, calc_emit_row(c, pass, stage, node));
    for (size_t i = 0; i < node->arg_count && !node->is_siblings; i++)
        if (node->arg[i]->type == TYPE_NUMBER)
            total = arithmetic(c, pass, OP_ADD, total, magnitude(c, pass, stage, node->arg[i]));
    return total;
}

static Operand magnitude(Compiler *c, int pass, int stage, const Node *node)
{
    struct {
        const void *node;
        int64_t stage;
    } id = {node, stage};
    uintptr_t known =
        (uintptr_t)map_find(&c->magnitudes[pass], (Str){(const char *)&id, sizeof id});
    if (known)
        return c->magnitude_of.ptr[known - 1];
    Operand operand = find_magnitude(c, pass, stage, node);
    VEC_PUSH(c->arena, &c->magnitude_of, operand);
    map_set(&c->magnitudes[pass], calc_key_bytes(c, &id, sizeof id),
            (void *)(uintptr_t)c->magnitude_of.len);
    return operand;
}

/* ---- comparisons ---- */

static Operand pair_magnitude(Compiler *c, int pass, int stage, const Node *left, const Node *right)
{
    if (!has_cancellation(c, left) && !has_cancellation(c, right))
        return NO_OPERAND;
    return arithmetic(c, pass, OP_ADD, magnitude(c, pass, stage, left),
                      magnitude(c, pass, stage, right));
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
    return add_instr(c, pass, instr);
}

static Operand compare(Compiler *c, int pass, int stage, const Node *node)
{
    Instr instr = {.a = calc_emit_row(c, pass, stage, node->arg[0]),
                   .b = calc_emit_row(c, pass, stage, node->arg[1]),
                   .node = node};
    instr.magnitude = pair_magnitude(c, pass, stage, node->arg[0], node->arg[1]);
    if (node->op == OP_EQ || node->op == OP_NE) {
        /* the node of a ≠ decides the opposite: run.c asks it whether the two are equal */
        instr.kernel = K_EQ;
        Operand equal = add_instr(c, pass, instr);
        return node->op == OP_EQ ? equal : unary(c, pass, K_NOT, equal);
    }
    double imm;
    if (constant_of(c, pass, instr.b, &imm))
        return compare_constant(c, pass, node->op, instr, imm, false);
    if (constant_of(c, pass, instr.a, &imm))
        return compare_constant(c, pass, node->op, instr, imm, true);
    if (node->op == OP_LT || node->op == OP_LE) {
        Operand swap = instr.a;
        instr.a = instr.b;
        instr.b = swap;
    }
    instr.kernel = node->op == OP_GE || node->op == OP_LE ? K_GE : K_GT;
    return add_instr(c, pass, instr);
}

static Operand emit_binary(Compiler *c, int pass, int stage, const Node *node)
{
    if (node->op >= OP_EQ && node->op <= OP_GE)
        return compare(c, pass, stage, node);
    Operand a = calc_emit_row(c, pass, stage, node->arg[0]);
    Operand b = calc_emit_row(c, pass, stage, node->arg[1]);
    if (node->op == OP_AND || node->op == OP_OR)
        return binary(c, pass, node->op == OP_AND ? K_AND : K_OR, a, b);
    return arithmetic(c, pass, node->op, a, b);
}

/* ---- names ---- */

static Operand emit_column(Compiler *c, int pass, int stage, int slot)
{
    if (stage == c->request->stage)
        return (Operand){OPERAND_COLUMN, slot};
    return add_instr(c, pass,
                     (Instr){.kernel = K_GATHER, .a = {OPERAND_COLUMN, slot}, .stage = stage + 1});
}

static Operand emit_name(Compiler *c, int pass, int stage, const Node *node)
{
    const Symbol *symbol = node->symbol;
    if (symbol->kind == SYMBOL_ITEM || symbol->kind == SYMBOL_ATTRIBUTE)
        return emit_column(c, pass, stage, node->slot);
    if (symbol->kind == SYMBOL_PARAMETER)
        return constant(c, pass,
                        symbol->has_value[stage] ? decimal_to_double(symbol->value[stage]) : NAN);
    CHECK(symbol->kind == SYMBOL_FORMULA);
    return calc_emit_row(c, pass, stage, symbol->formula->tree);
}

/* ---- calls ---- */

/* min and max of present values: an absent side gives way to the other. */
static Operand extreme_present(Compiler *c, int pass, Kernel kernel, Operand a, Operand b)
{
    Operand a_or_b = add_instr(
        c, pass, (Instr){.kernel = K_IF, .a = unary(c, pass, K_REPORTED, a), .b = a, .c = b});
    Operand b_or_a = add_instr(
        c, pass, (Instr){.kernel = K_IF, .a = unary(c, pass, K_REPORTED, b), .b = b, .c = a});
    return binary(c, pass, kernel, a_or_b, b_or_a);
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
        return binary(c, pass, fn == FN_ALL ? K_AND : K_OR, total, term);
    if (fn == FN_MIN || fn == FN_MAX)
        return extreme_present(c, pass, fn == FN_MIN ? K_LEAST : K_GREATEST, total, term);
    return binary(c, pass, K_ADD_PRESENT, total, term);
}

static void add_sibling(Compiler *c, int pass, int stage, const Node *node, SiblingSum *sum)
{
    bool is_other = stage != c->request->stage, is_bool = node->arg[0]->type == TYPE_BOOL;
    Operand is_part = {OPERAND_ROW_MASK, 0};
    if (is_other)
        is_part = add_instr(c, pass, (Instr){.kernel = K_HAS_INDEX, .stage = stage + 1});
    if (node->where)
        is_part = binary(c, pass, K_AND, is_part,
                         unary(c, pass, K_TRUE, calc_emit_row(c, pass, stage, node->where)));

    Operand term = calc_emit_row(c, pass, stage, node->arg[0]);
    if (is_other || node->where || is_bool) {
        /* a stage that the school does not have is no part of the question */
        double nothing = node->fn == FN_ALL ? 1.0 : node->fn == FN_ANY ? 0.0 : NAN;
        term = add_instr(
            c, pass,
            (Instr){.kernel = K_IF, .a = is_part, .b = term, .c = constant(c, pass, nothing)});
    }
    Operand is_there = unary(c, pass, K_REPORTED, term);
    Operand one = is_bool ? unary(c, pass, K_TRUE, term) : is_there;
    sum->count = sum->count.kind ? arithmetic(c, pass, OP_ADD, sum->count, one) : one;
    sum->total = join(c, pass, node->fn, sum->total, term);
    Operand is_short = binary(c, pass, K_AND, is_part, unary(c, pass, K_NOT, is_there));
    sum->is_short = sum->is_short.kind ? binary(c, pass, K_OR, sum->is_short, is_short) : is_short;
}

/* f(value of 同校): one term per stage that schools of this stage also have, in stage order. */
static Operand emit_siblings(Compiler *c, int pass, const Node *node)
{
    SiblingSum sum = {NO_OPERAND, NO_OPERAND, NO_OPERAND};
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++)
        if (stage == c->request->stage || (c->request->sibling_stages >> stage & 1))
            add_sibling(c, pass, stage, node, &sum);
    Operand result = sum.total;
    if (node->fn == FN_COUNT)
        result = sum.count;
    if (node->fn == FN_MEAN)
        result = arithmetic(c, pass, OP_DIVIDE, sum.total, sum.count);
    if (!node->is_strict)
        return result;
    /* why a part has no value decides whether it poisons the sum: the walker knows */
    result = add_instr(
        c, pass,
        (Instr){.kernel = K_IF, .a = sum.is_short, .b = constant(c, pass, NAN), .c = result});
    return add_instr(c, pass,
                     (Instr){.kernel = K_CHECK_PART, .a = result, .b = sum.is_short, .node = node});
}

const Node *calc_list_of(const Node *arg)
{
    while (arg->kind == NODE_NAME && arg->symbol->kind == SYMBOL_FORMULA)
        arg = arg->symbol->formula->tree;
    return arg;
}

static Operand fold_list(Compiler *c, int pass, int stage, const Node *list, Kernel kernel,
                         double empty)
{
    Operand total = NO_OPERAND;
    for (size_t i = 0; i < list->arg_count; i++) {
        Operand term = calc_emit_row(c, pass, stage, list->arg[i]);
        total = total.kind ? (kernel == K_ADD ? arithmetic(c, pass, OP_ADD, total, term)
                                              : binary(c, pass, kernel, total, term))
                           : term;
    }
    return total.kind ? total : constant(c, pass, empty);
}

static Operand emit_list_call(Compiler *c, int pass, int stage, const Node *node, const Node *list)
{
    if (node->fn == FN_ALL || node->fn == FN_ANY)
        return fold_list(c, pass, stage, list, node->fn == FN_ALL ? K_AND : K_OR,
                         node->fn == FN_ALL);
    if (node->fn == FN_MIN || node->fn == FN_MAX)
        return fold_list(c, pass, stage, list, node->fn == FN_MIN ? K_LEAST : K_GREATEST, NAN);
    if (node->fn == FN_SUM)
        return fold_list(c, pass, stage, list, K_ADD, NAN);
    if (node->fn == FN_MEAN)
        return arithmetic(c, pass, OP_DIVIDE, fold_list(c, pass, stage, list, K_ADD, NAN),
                          constant(c, pass, (double)list->arg_count));

    Operand *operand = ARENA_ARRAY(c->arena, Operand, list->arg_count);
    for (size_t i = 0; i < list->arg_count; i++)
        operand[i] = calc_emit_row(c, pass, stage, list->arg[i]);
    Instr instr = {.list = operand, .list_count = list->arg_count};
    if (node->fn == FN_COUNT) {
        instr.kernel = node->arg[0]->type == TYPE_BOOL_LIST ? K_COUNT_TRUE : K_COUNT_PRESENT;
        return add_instr(c, pass, instr);
    }
    CHECK(node->fn == FN_ATLEAST);
    instr.kernel = K_ATLEAST;
    Operand need = calc_emit_row(c, pass, stage, node->arg[0]);
    if (!constant_of(c, pass, need, &instr.imm))
        BUG("atleast needs a constant");
    return add_instr(c, pass, instr);
}

static Operand emit_window(Compiler *c, int pass, const Node *node)
{
    int region_reg = calc_emit_region(c, node);
    Str key = str_format(c->arena, "window %d", region_reg);
    uintptr_t known = (uintptr_t)map_find(&c->value_of[pass], key);
    if (known)
        return calc_reg_operand((int)known - 1);
    int reg =
        add_register(c, pass, (Register){.storage = STORAGE_WINDOW, .region_reg = region_reg});
    map_set(&c->value_of[pass], key, (void *)(uintptr_t)(reg + 1));
    return calc_reg_operand(reg);
}

/* Rows that an aggregate takes: in scope and where. */
static Operand taken_mask(Compiler *c, int pass, const Node *where)
{
    if (!c->has_scope_mask[pass]) {
        Operand mask = {OPERAND_ROW_MASK, 0};
        if (c->request->scope)
            mask = binary(c, pass, K_AND, mask,
                          calc_emit_row(c, pass, c->request->stage, c->request->scope));
        c->scope_mask[pass] = mask;
        c->has_scope_mask[pass] = true;
    }
    Operand mask = c->scope_mask[pass];
    if (where)
        mask = binary(c, pass, K_AND, mask, calc_emit_row(c, pass, c->request->stage, where));
    return mask;
}

Operand calc_taken_weight(Compiler *c, int pass, const Node *weight, const Node *where)
{
    Operand mask = taken_mask(c, pass, where);
    if (!weight)
        return unary(c, pass, K_WEIGHT_ONE, mask);
    return binary(c, pass, K_WEIGHT, calc_emit_row(c, pass, c->request->stage, weight), mask);
}

int calc_add_reduction(Compiler *c, int pass, Reduction reduction)
{
    Pass *p = &c->program->pass[pass];
    for (size_t i = 0; i < p->reductions.len; i++) {
        const Reduction *known = &p->reductions.ptr[i];
        if (known->kind == reduction.kind && known->x.kind == reduction.x.kind &&
            known->x.idx == reduction.x.idx && known->w.kind == reduction.w.kind &&
            known->w.idx == reduction.w.idx && known->q == reduction.q)
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

static Operand emit_rank(Compiler *c, int pass, const Node *node)
{
    int source = calc_row_depth(c, node->arg[0]);
    Reduction reduction = {.kind = REDUCE_RANK,
                           .x = calc_emit_row(c, source, c->request->stage, node->arg[0]),
                           .w = calc_taken_weight(c, source, NULL, node->where)};
    int idx = calc_add_reduction(c, source, reduction);
    int rank = c->program->pass[source].reductions.ptr[idx].rank;
    return calc_reg_operand(
        add_register(c, pass, (Register){.storage = STORAGE_RANK, .rank = rank}));
}

static Operand emit_jump(Compiler *c, int pass, int stage, const Node *node)
{
    Instr instr = {.kernel = node->fn == FN_CEIL    ? K_CEIL
                             : node->fn == FN_FLOOR ? K_FLOOR
                                                    : K_ROUND,
                   .a = calc_emit_row(c, pass, stage, node->arg[0]),
                   .node = node};
    if (has_cancellation(c, node->arg[0]))
        instr.magnitude = magnitude(c, pass, stage, node->arg[0]);
    if (node->arg_count > 1) {
        Operand places = calc_emit_row(c, pass, stage, node->arg[1]);
        if (!constant_of(c, pass, places, &instr.imm))
            BUG("round needs constant places");
    }
    return add_instr(c, pass, instr);
}

static Operand emit_scalar_call(Compiler *c, int pass, int stage, const Node *node)
{
    if (node->fn == FN_ROUND || node->fn == FN_CEIL || node->fn == FN_FLOOR)
        return emit_jump(c, pass, stage, node);
    Operand a = calc_emit_row(c, pass, stage, node->arg[0]);
    if (node->fn == FN_ABS)
        return unary(c, pass, K_ABS, a);
    if (node->fn == FN_REPORTED)
        return unary(c, pass, K_REPORTED, a);
    if (node->fn == FN_CONVERT)
        return arithmetic(c, pass, OP_MULTIPLY, constant(c, pass, decimal_to_double(node->factor)),
                          a);
    if (node->fn == FN_PREVIOUS)
        return a; /* the names inside carry last year's slots */
    CHECK(node->fn == FN_LEAST || node->fn == FN_GREATEST);
    for (size_t i = 1; i < node->arg_count; i++)
        a = binary(c, pass, node->fn == FN_LEAST ? K_LEAST : K_GREATEST, a,
                   calc_emit_row(c, pass, stage, node->arg[i]));
    return a;
}

static Operand emit_call(Compiler *c, int pass, int stage, const Node *node)
{
    if (node->is_siblings)
        return emit_siblings(c, pass, node);
    if (node->fn == FN_RANK)
        return emit_rank(c, pass, node);
    const Node *list = node->arg_count ? calc_list_of(node->arg[node->arg_count - 1]) : NULL;
    if (list && list->kind == NODE_LIST)
        return emit_list_call(c, pass, stage, node, list);
    return emit_scalar_call(c, pass, stage, node);
}

/* ---- row formulas ---- */

static Operand emit_node(Compiler *c, int pass, int stage, const Node *node)
{
    switch (node->kind) {
    case NODE_NUMBER:
        return constant(c, pass, decimal_to_double(node->number));
    case NODE_BOOL:
        return constant(c, pass, node->boolean ? 1.0 : 0.0);
    case NODE_NAME:
        return emit_name(c, pass, stage, node);
    case NODE_NOT:
        return unary(c, pass, K_NOT, calc_emit_row(c, pass, stage, node->arg[0]));
    case NODE_NEGATE:
        return arithmetic(c, pass, OP_SUBTRACT, constant(c, pass, 0.0),
                          calc_emit_row(c, pass, stage, node->arg[0]));
    case NODE_BINARY:
        return emit_binary(c, pass, stage, node);
    case NODE_POWER:
        return power(c, pass, calc_emit_row(c, pass, stage, node->arg[0]), node->exponent);
    case NODE_IF:
        return add_instr(c, pass,
                         (Instr){.kernel = K_IF,
                                 .a = calc_emit_row(c, pass, stage, node->arg[0]),
                                 .b = calc_emit_row(c, pass, stage, node->arg[1]),
                                 .c = calc_emit_row(c, pass, stage, node->arg[2])});
    case NODE_IN:
        return add_instr(c, pass,
                         (Instr){.kernel = K_IN,
                                 .a = calc_emit_row(c, pass, stage, node->arg[0]),
                                 .codes = node->code,
                                 .list_count = node->code_count});
    case NODE_CALL:
        return emit_call(c, pass, stage, node);
    case NODE_TEXT:
    case NODE_LIST:
        break;
    }
    BUG("a text or a list is no value");
}

Operand calc_emit_row(Compiler *c, int pass, int stage, const Node *node)
{
    if (node->level == LEVEL_REGION)
        return emit_window(c, pass, node);
    struct {
        const void *key;
        int64_t stage;
    } id = {node, stage};
    uintptr_t known = (uintptr_t)map_find(&c->memo_of[pass], (Str){(const char *)&id, sizeof id});
    if (known)
        return c->memo.ptr[known - 1];
    Operand operand = emit_node(c, pass, stage, node);
    VEC_PUSH(c->arena, &c->memo, operand);
    map_set(&c->memo_of[pass], calc_key_bytes(c, &id, sizeof id), (void *)(uintptr_t)c->memo.len);
    return operand;
}

/* ---- outputs ---- */

/* An output column of its own, even for a bare column, a constant, or a second output of one value. */
static Operand own_output(Compiler *c, int pass, Operand value, size_t output)
{
    Pass *p = &c->program->pass[pass];
    if (value.kind == OPERAND_REG && p->regs.ptr[value.idx].storage == STORAGE_TEMP) {
        p->regs.ptr[value.idx].storage = STORAGE_OUTPUT;
        p->regs.ptr[value.idx].output = (int)output;
        return value;
    }
    int reg = add_register(c, pass, (Register){.storage = STORAGE_OUTPUT, .output = (int)output});
    VEC_PUSH(c->arena, &p->instrs, (Instr){.kernel = K_COPY, .dst = reg, .a = value});
    return calc_reg_operand(reg);
}

Program *calc_compile(Arena *arena, const CalcRequest *request)
{
    Program *program = ARENA_NEW(arena, Program);
    *program = (Program){.arena = arena,
                         .stage = request->stage,
                         .scope = request->scope,
                         .pass_count = 1,
                         .row_count = request->row_count,
                         .region_count = request->region_count};
    Compiler *c = ARENA_NEW(arena, Compiler);
    c->arena = arena;
    c->program = program;
    c->request = request;
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        map_init(&c->memo_of[pass], arena);
        map_init(&c->value_of[pass], arena);
        map_init(&c->magnitudes[pass], arena);
    }
    map_init(&c->region_memo, arena);
    map_init(&c->cancels, arena);
    map_init(&c->row_depths, arena);
    map_init(&c->region_depths, arena);

    program->region_output = ARENA_ARRAY(arena, int, request->region_count);
    for (size_t i = 0; i < request->region_count; i++)
        program->region_output[i] = calc_emit_region(c, request->region[i]);

    program->row_output = ARENA_ARRAY(arena, Operand, request->row_count);
    program->row_pass = ARENA_ARRAY(arena, int, request->row_count);
    for (size_t i = 0; i < request->row_count; i++) {
        program->row_pass[i] = calc_row_depth(c, request->row[i]);
        if (program->row_pass[i] >= program->pass_count)
            program->pass_count = program->row_pass[i] + 1;
        program->row_output[i] =
            calc_emit_row(c, program->row_pass[i], request->stage, request->row[i]);
    }
    for (size_t i = 0; i < request->row_count; i++)
        program->row_output[i] = own_output(c, program->row_pass[i], program->row_output[i], i);
    program_finish(program);
    return program;
}
