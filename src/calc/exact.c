#include "calc/exact_int.h"

#include <math.h>

/* ---- the walker ---- */

static void memory_done(void *ptr)
{
    arena_done(ptr);
}

void exact_memory_init(ExactMemory *memory, Arena *arena)
{
    exact_pool_init(&memory->numbers, arena, EXACT_BITS_FIRST);
    memory->arena = ARENA_NEW(arena, Arena);
    arena_init(memory->arena);
    arena_defer(arena, memory_done, memory->arena);
    map_init(&memory->values, memory->arena);
}

void exact_memory_reset(ExactMemory *memory)
{
    if (memory->values.len == 0)
        return;
    arena_reset(memory->arena);
    map_init(&memory->values, memory->arena);
    exact_release(&memory->numbers, 0);
}

static void result_done(void *ptr)
{
    ExactValue *result = ptr;
    mpq_clears(result->lo, result->hi, NULL);
}

Exact *exact_new(Arena *arena)
{
    Exact *exact = ARENA_NEW(arena, Exact);
    exact_pool_init(&exact->pool, arena, EXACT_BITS_FIRST);
    exact_memory_init(&exact->regions, arena);
    exact_memory_init(&exact->schools, arena);
    mpq_inits(exact->result.lo, exact->result.hi, NULL);
    arena_defer(arena, result_done, &exact->result);
    return exact;
}

void exact_reset(Exact *exact)
{
    exact_memory_reset(&exact->regions);
}

const ExactValue *exact_run(Exact *exact, const Node *tree, const ExactPoint *point)
{
    Walked value = exact_walk(exact, tree, point);
    ExactValue *result = &exact->result;
    result->type = tree->type;
    result->absence = value.absence;
    result->boolean = value.boolean;
    if (tree->type != TYPE_BOOL && walked_is_known(&value)) {
        rational_get(&value.number.lo, result->lo);
        rational_get(exact_upper(&value.number), result->hi);
    }
    exact_release(&exact->pool, 0);
    return result;
}

Tri exact_test(Exact *exact, const Node *tree, const ExactPoint *point)
{
    Tri truth = exact_walk(exact, tree, point).boolean;
    exact_release(&exact->pool, 0);
    return truth;
}

double exact_to_double(const ExactValue *value)
{
    if (value->absence != ABSENCE_NONE)
        return NAN;
    if (value->type == TYPE_BOOL)
        return value->boolean == TRI_TRUE ? 1.0 : 0.0;
    return rational_middle_to_double(value->lo, value->hi);
}

/* ---- deciding in higher precision ---- */

static bool raise_bits(Exact *exact)
{
    if (exact->pool.bits >= EXACT_BITS_MAX)
        return false;
    exact->pool.bits *= 2;
    return true;
}

/* The number again, in the precision now set. */
static ExactNumber refreshed(Exact *exact, const ExactTerm *term)
{
    if (!term->node || term->number.is_exact)
        return term->number;
    Walked value = exact_walk(exact, term->node, term->point);
    return walked_is_known(&value) ? value.number : term->number;
}

int exact_order_terms(Exact *exact, ExactTerm a, ExactTerm b)
{
    int order;
    if (exact_order(&a.number, &b.number, &order))
        return order;
    unsigned bits = exact->pool.bits;
    size_t mark = exact_mark(&exact->pool);
    bool is_decided = false;
    while (!is_decided && raise_bits(exact)) {
        ExactNumber left = refreshed(exact, &a), right = refreshed(exact, &b);
        is_decided = exact_order(&left, &right, &order);
        exact_release(&exact->pool, mark);
    }
    exact->pool.bits = bits;
    return is_decided ? order : 0;
}

/* Narrows the term until it is clear of 0; false if it is 0 or cannot be told from it. */
static bool leaves_zero(Exact *exact, ExactTerm *term)
{
    unsigned bits = exact->pool.bits;
    while (exact_has_zero(&term->number) && !term->number.is_exact && raise_bits(exact))
        term->number = refreshed(exact, term);
    exact->pool.bits = bits;
    return !exact_has_zero(&term->number);
}

/* ---- numbers ---- */

/* Beyond any figure: no value rather than a computation without end. */
static Walked bounded(ExactNumber number)
{
    return exact_is_huge(&number) ? walked_absent(ABSENCE_UNDEFINED) : walked_number(number);
}

static Walked walk_arithmetic(Exact *exact, const Node *node, const ExactPoint *point)
{
    Walked a = exact_walk(exact, node->arg[0], point), b = exact_walk(exact, node->arg[1], point);
    if (!walked_is_known(&a) || !walked_is_known(&b))
        return walked_absent(absence_heavier(a.absence, b.absence));
    if (node->op == OP_ADD)
        return bounded(exact_add(&exact->pool, &a.number, &b.number));
    if (node->op == OP_SUBTRACT)
        return bounded(exact_subtract(&exact->pool, &a.number, &b.number));
    if (node->op == OP_MULTIPLY)
        return bounded(exact_multiply(&exact->pool, &a.number, &b.number));
    ExactTerm divisor = {node->arg[1], point, b.number};
    if (!leaves_zero(exact, &divisor))
        return walked_absent(ABSENCE_UNDEFINED);
    return bounded(exact_divide(&exact->pool, &a.number, &divisor.number));
}

static Walked walk_negate(Exact *exact, const Node *node, const ExactPoint *point)
{
    Walked value = exact_walk(exact, node->arg[0], point);
    if (walked_is_known(&value))
        value.number = exact_negate(&exact->pool, &value.number);
    return value;
}

static Walked walk_power(Exact *exact, const Node *node, const ExactPoint *point)
{
    Walked base = exact_walk(exact, node->arg[0], point);
    Walked result = walked_is_known(&base) ? walked_number(exact_int(1)) : base;
    for (int i = 0; i < node->exponent && walked_is_known(&result); i++)
        result = bounded(exact_multiply(&exact->pool, &result.number, &base.number));
    return result;
}

/* ---- truths ---- */

static bool is_order_as(BinaryOp op, int order)
{
    switch (op) {
    case OP_EQ:
        return order == 0;
    case OP_NE:
        return order != 0;
    case OP_LT:
        return order < 0;
    case OP_LE:
        return order <= 0;
    case OP_GT:
        return order > 0;
    case OP_GE:
        return order >= 0;
    case OP_ADD:
    case OP_SUBTRACT:
    case OP_MULTIPLY:
    case OP_DIVIDE:
    case OP_AND:
    case OP_OR:
        break;
    }
    BUG("not a comparison");
}

static Walked walk_comparison(Exact *exact, const Node *node, const ExactPoint *point)
{
    Walked a = exact_walk(exact, node->arg[0], point), b = exact_walk(exact, node->arg[1], point);
    if (!walked_is_known(&a) || !walked_is_known(&b))
        return walked_truth(TRI_UNKNOWN, absence_heavier(a.absence, b.absence));
    int order = node->arg[0]->type == TYPE_BOOL
                    ? a.boolean != b.boolean
                    : exact_order_terms(exact, (ExactTerm){node->arg[0], point, a.number},
                                        (ExactTerm){node->arg[1], point, b.number});
    return walked_truth(is_order_as(node->op, order) ? TRI_TRUE : TRI_FALSE, ABSENCE_NONE);
}

static Walked walk_logic(Exact *exact, const Node *node, const ExactPoint *point)
{
    Walked a = exact_walk(exact, node->arg[0], point);
    if (a.boolean == (node->op == OP_AND ? TRI_FALSE : TRI_TRUE))
        return a;
    Walked b = exact_walk(exact, node->arg[1], point);
    Tri truth = node->op == OP_AND ? tri_and(a.boolean, b.boolean) : tri_or(a.boolean, b.boolean);
    return walked_truth(truth, absence_heavier(a.absence, b.absence));
}

static Walked walk_in(Exact *exact, const Node *node, const ExactPoint *point)
{
    Walked code = exact_walk(exact, node->arg[0], point);
    if (!walked_is_known(&code))
        return walked_truth(TRI_UNKNOWN, code.absence);
    double number = exact_number_to_double(&code.number);
    bool is_in = false;
    for (size_t i = 0; i < node->code_count && !is_in; i++)
        is_in = node->code[i] == number;
    return walked_truth(is_in ? TRI_TRUE : TRI_FALSE, ABSENCE_NONE);
}

static Walked walk_if(Exact *exact, const Node *node, const ExactPoint *point)
{
    Walked condition = exact_walk(exact, node->arg[0], point);
    if (condition.boolean == TRI_UNKNOWN)
        return walked_absent(condition.absence);
    return exact_walk(exact, node->arg[condition.boolean == TRI_TRUE ? 1 : 2], point);
}

static Walked walk_binary(Exact *exact, const Node *node, const ExactPoint *point)
{
    switch (node->op) {
    case OP_ADD:
    case OP_SUBTRACT:
    case OP_MULTIPLY:
    case OP_DIVIDE:
        return walk_arithmetic(exact, node, point);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return walk_comparison(exact, node, point);
    case OP_AND:
    case OP_OR:
        return walk_logic(exact, node, point);
    }
    BUG("operator");
}

/* ---- names ---- */

static Walked walk_slot(Exact *exact, int slot, const ExactPoint *point)
{
    const Frame *frame = point->frame;
    CHECK(point->row < frame->row_count && slot >= 0 && (size_t)slot < frame->slot_count);
    double value = frame->column[slot].value[point->row];
    if (isfinite(value))
        return walked_number(exact_double(&exact->pool, value));
    Absence reason =
        isinf(value) ? ABSENCE_UNDEFINED : frame_absence(frame, (size_t)slot, point->row);
    return walked_absent(reason == ABSENCE_NONE ? ABSENCE_NOT_REPORTED : reason);
}

const ExactGiven *exact_given_of(const ExactPoint *point, const Symbol *symbol)
{
    for (size_t i = 0; i < point->given_count; i++)
        if (point->given[i].symbol == symbol)
            return &point->given[i];
    return NULL;
}

static Walked walk_formula(Exact *exact, const Symbol *symbol, const ExactPoint *point)
{
    const ExactGiven *given = exact_given_of(point, symbol);
    if (given)
        return walked_number(exact_double(&exact->pool, given->value));
    return exact_walk(exact, symbol->formula->tree, point);
}

static Walked walk_name(Exact *exact, const Node *node, const ExactPoint *point)
{
    const Symbol *symbol = node->symbol;
    int stage = point->frame->stage;
    switch (symbol->kind) {
    case SYMBOL_ITEM:
    case SYMBOL_ATTRIBUTE:
        return walk_slot(exact, node->slot, point);
    case SYMBOL_PARAMETER:
        if (!symbol->has_value[stage])
            return walked_absent(ABSENCE_NOT_APPLICABLE);
        return walked_number(exact_decimal(&exact->pool, symbol->value[stage]));
    case SYMBOL_FORMULA:
        return walk_formula(exact, symbol, point);
    case SYMBOL_LIST:
        break;
    }
    BUG("a list is no value");
}

/* ---- lists ---- */

const Node *exact_list_of(const Node *arg)
{
    while (arg->kind == NODE_NAME && arg->symbol->kind == SYMBOL_FORMULA)
        arg = arg->symbol->formula->tree;
    return arg->kind == NODE_LIST ? arg : NULL;
}

static const Node *list_argument(const Node *call)
{
    return call->arg_count ? exact_list_of(call->arg[call->arg_count - 1]) : NULL;
}

bool exact_is_rows(const Node *call)
{
    return call->kind == NODE_CALL && (call->fn >= FN_SUM || call->is_siblings) &&
           call->fn != FN_RANK && !list_argument(call);
}

typedef struct ListTally {
    size_t yes, no, unknown, present;
    Absence reason; /* heaviest of the unknown and absent ones */
    ExactNumber sum, least, most;
} ListTally;

static ListTally tally_list(Exact *exact, const Node *list, const ExactPoint *point)
{
    ListTally tally = {.sum = exact_int(0)};
    for (size_t i = 0; i < list->arg_count; i++) {
        Walked value = exact_walk(exact, list->arg[i], point);
        tally.reason = absence_heavier(tally.reason, value.absence);
        tally.yes += value.boolean == TRI_TRUE;
        tally.no += value.boolean == TRI_FALSE;
        tally.unknown += value.boolean == TRI_UNKNOWN;
        if (!walked_is_known(&value) || list->arg[i]->type == TYPE_BOOL)
            continue;
        tally.least = tally.present ? exact_least(&tally.least, &value.number) : value.number;
        tally.most = tally.present ? exact_greatest(&tally.most, &value.number) : value.number;
        tally.sum = exact_add(&exact->pool, &tally.sum, &value.number);
        tally.present++;
    }
    return tally;
}

/* sum, mean, min, max of a list: only of all its values. */
static Walked list_number(Exact *exact, Function fn, const Node *list, const ListTally *tally)
{
    if (list->arg_count == 0)
        return walked_absent(ABSENCE_NOT_APPLICABLE);
    if (tally->reason != ABSENCE_NONE)
        return walked_absent(tally->reason);
    if (fn == FN_MIN || fn == FN_MAX)
        return walked_number(fn == FN_MIN ? tally->least : tally->most);
    ExactNumber count = exact_int((int64_t)list->arg_count);
    return bounded(fn == FN_SUM ? tally->sum : exact_divide(&exact->pool, &tally->sum, &count));
}

static Walked walk_atleast(Exact *exact, const Node *node, const ListTally *tally,
                           const ExactPoint *point)
{
    Walked need = exact_walk(exact, node->arg[0], point);
    if (!walked_is_known(&need))
        return walked_truth(TRI_UNKNOWN, need.absence);
    ExactTerm wanted = {node->arg[0], point, need.number};
    ExactTerm sure = {.number = exact_int((int64_t)tally->yes)};
    ExactTerm possible = {.number = exact_int((int64_t)(tally->yes + tally->unknown))};
    if (exact_order_terms(exact, sure, wanted) >= 0)
        return walked_truth(TRI_TRUE, ABSENCE_NONE);
    bool is_possible = exact_order_terms(exact, possible, wanted) >= 0;
    return walked_truth(is_possible ? TRI_UNKNOWN : TRI_FALSE, tally->reason);
}

static Walked walk_list_call(Exact *exact, const Node *node, const Node *list,
                             const ExactPoint *point)
{
    ListTally tally = tally_list(exact, list, point);
    bool is_bool = node->arg[node->arg_count - 1]->type == TYPE_BOOL_LIST;
    if (node->fn == FN_COUNT)
        return walked_number(exact_int((int64_t)(is_bool ? tally.yes : tally.present)));
    if (node->fn == FN_ALL)
        return walked_truth(tally.no        ? TRI_FALSE
                            : tally.unknown ? TRI_UNKNOWN
                                            : TRI_TRUE,
                            tally.reason);
    if (node->fn == FN_ANY)
        return walked_truth(tally.yes       ? TRI_TRUE
                            : tally.unknown ? TRI_UNKNOWN
                                            : TRI_FALSE,
                            tally.reason);
    if (node->fn == FN_ATLEAST)
        return walk_atleast(exact, node, &tally, point);
    return list_number(exact, node->fn, list, &tally);
}

/* ---- calls ---- */

static int whole_places(const ExactNumber *places)
{
    if (places->lo.big)
        return 0;
    int64_t whole = places->lo.num / places->lo.den;
    return whole > INT16_MAX ? INT16_MAX : whole < INT16_MIN ? INT16_MIN : (int)whole;
}

static Walked walk_jump(Exact *exact, const Node *node, const ExactPoint *point)
{
    static const ExactJump jump_of[] = {
        [FN_ROUND] = JUMP_ROUND, [FN_CEIL] = JUMP_CEIL, [FN_FLOOR] = JUMP_FLOOR};
    ExactJump jump = jump_of[node->fn];
    Walked x = exact_walk(exact, node->arg[0], point);
    Walked places =
        node->arg_count > 1 ? exact_walk(exact, node->arg[1], point) : walked_number(exact_int(0));
    if (!walked_is_known(&x) || !walked_is_known(&places))
        return walked_absent(absence_heavier(x.absence, places.absence));

    unsigned bits = exact->pool.bits;
    ExactTerm term = {node->arg[0], point, x.number};
    ExactNumber result = exact_jump(&exact->pool, jump, &term.number, whole_places(&places.number));
    while (!result.is_exact && raise_bits(exact)) {
        term.number = refreshed(exact, &term);
        result = exact_jump(&exact->pool, jump, &term.number, whole_places(&places.number));
    }
    exact->pool.bits = bits;
    if (result.is_exact)
        return walked_number(result);
    /* cannot be told from the edge, so it lies on it: round goes away from zero */
    ExactNumber zero = exact_int(0);
    bool is_upper =
        jump == JUMP_FLOOR || (jump == JUMP_ROUND && rational_order(&result.hi, &zero.lo) > 0);
    return walked_number((ExactNumber){.lo = is_upper ? result.hi : result.lo, .is_exact = true});
}

static Walked walk_extreme(Exact *exact, const Node *node, const ExactPoint *point)
{
    Walked result = exact_walk(exact, node->arg[0], point);
    for (size_t i = 1; i < node->arg_count; i++) {
        Walked next = exact_walk(exact, node->arg[i], point);
        if (!walked_is_known(&result) || !walked_is_known(&next))
            result = walked_absent(absence_heavier(result.absence, next.absence));
        else
            result.number = node->fn == FN_LEAST ? exact_least(&result.number, &next.number)
                                                 : exact_greatest(&result.number, &next.number);
    }
    return result;
}

static Walked walk_scalar(Exact *exact, const Node *node, const ExactPoint *point)
{
    if (node->fn == FN_ROUND || node->fn == FN_CEIL || node->fn == FN_FLOOR)
        return walk_jump(exact, node, point);
    if (node->fn == FN_LEAST || node->fn == FN_GREATEST)
        return walk_extreme(exact, node, point);
    Walked value = exact_walk(exact, node->arg[0], point);
    if (node->fn == FN_REPORTED)
        return walked_truth(walked_is_known(&value) ? TRI_TRUE : TRI_FALSE, ABSENCE_NONE);
    if (node->fn == FN_PREVIOUS || !walked_is_known(&value))
        return value; /* 上年: the names inside carry last year's slots */
    if (node->fn == FN_ABS)
        return walked_number(exact_abs(&exact->pool, &value.number));
    CHECK(node->fn == FN_CONVERT);
    ExactNumber factor = exact_decimal(&exact->pool, node->factor);
    return bounded(exact_multiply(&exact->pool, &factor, &value.number));
}

static Walked walk_call(Exact *exact, const Node *node, const ExactPoint *point)
{
    if (point->given_count && (node->fn == FN_RANK || exact_is_rows(node)))
        return walked_absent(ABSENCE_NOT_REPORTED);
    if (node->fn == FN_RANK)
        return exact_walk_rank(exact, node, point);
    if (exact_is_rows(node))
        return exact_walk_rows(exact, node, point);
    const Node *list = list_argument(node);
    if (list)
        return walk_list_call(exact, node, list, point);
    return walk_scalar(exact, node, point);
}

Walked exact_walk(Exact *exact, const Node *node, const ExactPoint *point)
{
    switch (node->kind) {
    case NODE_NUMBER:
        return walked_number(exact_decimal(&exact->pool, node->number));
    case NODE_BOOL:
        return walked_truth(node->boolean ? TRI_TRUE : TRI_FALSE, ABSENCE_NONE);
    case NODE_NAME:
        return walk_name(exact, node, point);
    case NODE_NOT: {
        Walked value = exact_walk(exact, node->arg[0], point);
        value.boolean = tri_not(value.boolean);
        return value;
    }
    case NODE_NEGATE:
        return walk_negate(exact, node, point);
    case NODE_BINARY:
        return walk_binary(exact, node, point);
    case NODE_POWER:
        return walk_power(exact, node, point);
    case NODE_IF:
        return walk_if(exact, node, point);
    case NODE_IN:
        return walk_in(exact, node, point);
    case NODE_CALL:
        return walk_call(exact, node, point);
    case NODE_TEXT:
    case NODE_LIST:
        break;
    }
    BUG("a text or a list is no value");
}
