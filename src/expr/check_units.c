/* Units, from the leaves up; then the constant that makes up the difference to the declared one. */
#include "expr/check_int.h"

/*
 * How much is known of a node's unit: a number written in the formula takes that of its neighbour.
 * What is no number, or has a mistake in it, is UNKNOWN and compared with nothing.
 */
typedef enum Known { UNIT_UNKNOWN, UNIT_LITERAL, UNIT_FIXED } Known;

static Known units_of(Checker *c, Node *node);

static Str format(Checker *c, const Unit *unit)
{
    StrBuf out;
    strbuf_init(&out, &c->scratch);
    unit_format(&out, c->scope->units, unit);
    return strbuf_str(&out);
}

/* The common unit of two parts of `node`, left in `left`. */
static Known unify(Checker *c, const Node *node, const Node *left, Known left_known,
                   const Node *right, Known right_known, Unit *ret)
{
    if (left_known == UNIT_UNKNOWN || right_known == UNIT_UNKNOWN)
        return UNIT_UNKNOWN;
    if (left_known == UNIT_LITERAL || right_known == UNIT_LITERAL) {
        *ret = left_known == UNIT_LITERAL ? right->unit : left->unit;
        return left_known == UNIT_LITERAL ? right_known : left_known;
    }
    *ret = left->unit;
    if (unit_equals(&left->unit, &right->unit))
        return UNIT_FIXED;
    if (!check_is_full(c))
        check_fail(c, node, ERR_FORMULA_UNITS, ARG_STR("left", check_excerpt(c, left)),
                   ARG_STR("right", check_excerpt(c, right)),
                   ARG_STR("left_unit", format(c, &left->unit)),
                   ARG_STR("right_unit", format(c, &right->unit)));
    return UNIT_UNKNOWN;
}

/* The common unit of all arguments from the first on. */
static Known unify_args(Checker *c, Node *node, const Known *known, size_t first)
{
    Known all = known[first];
    Node so_far = *node->arg[first];
    for (size_t i = first + 1; i < node->arg_count; i++)
        all = unify(c, node, &so_far, all, node->arg[i], known[i], &so_far.unit);
    node->unit = so_far.unit;
    return all;
}

static Known fail_range(Checker *c, const Node *node)
{
    check_fail(c, node, ERR_FORMULA_UNIT_RANGE, ARG_STR("text", check_excerpt(c, node)));
    return UNIT_UNKNOWN;
}

static Known product(Checker *c, Node *node, Known left, Known right)
{
    const Unit *a = &node->arg[0]->unit, *b = &node->arg[1]->unit;
    if (left == UNIT_UNKNOWN || right == UNIT_UNKNOWN)
        return UNIT_UNKNOWN;
    bool is_ok =
        node->op == OP_MULTIPLY ? unit_multiply(a, b, &node->unit) : unit_divide(a, b, &node->unit);
    if (!is_ok)
        return fail_range(c, node);
    return left == UNIT_LITERAL && right == UNIT_LITERAL ? UNIT_LITERAL : UNIT_FIXED;
}

static Known units_of_binary(Checker *c, Node *node)
{
    Node *left = node->arg[0], *right = node->arg[1];
    Known left_known = units_of(c, left), right_known = units_of(c, right);
    if (node->op == OP_MULTIPLY || node->op == OP_DIVIDE)
        return product(c, node, left_known, right_known);
    Unit common = unit_none();
    bool has_units = node->op != OP_AND && node->op != OP_OR && left->type == TYPE_NUMBER;
    Known known =
        has_units ? unify(c, node, left, left_known, right, right_known, &common) : UNIT_FIXED;
    if (node->type != TYPE_NUMBER)
        return UNIT_FIXED;
    node->unit = common;
    return known;
}

static Known units_of_power(Checker *c, Node *node)
{
    Known known = units_of(c, node->arg[0]);
    for (int i = 0; i < node->exponent && known != UNIT_UNKNOWN; i++)
        if (!unit_multiply(&node->unit, &node->arg[0]->unit, &node->unit))
            return fail_range(c, node);
    return known;
}

static Known units_of_name(Node *node)
{
    const Symbol *symbol = node->symbol;
    if (node->type != TYPE_NUMBER && node->type != TYPE_NUMBER_LIST)
        return UNIT_UNKNOWN;
    bool is_inferred = symbol->kind == SYMBOL_FORMULA && !symbol->unit_is_declared;
    node->unit = is_inferred ? symbol->formula->tree->unit : symbol->unit;
    return UNIT_FIXED;
}

/* num/den as a decimal of at most 15 digits. */
static bool decimal_from_ratio(int64_t num, int64_t den, Decimal *ret)
{
    int twos = 0, fives = 0;
    for (; den % 2 == 0; den /= 2)
        twos++;
    for (; den % 5 == 0; den /= 5)
        fives++;
    if (den != 1)
        return false;
    int places = twos > fives ? twos : fives;
    __int128 mantissa = num;
    for (int i = 0; i < places - twos && mantissa < (__int128)1 << 100; i++)
        mantissa *= 2;
    for (int i = 0; i < places - fives && mantissa < (__int128)1 << 100; i++)
        mantissa *= 5;
    int exp10 = -places;
    for (; mantissa % 10 == 0; mantissa /= 10)
        exp10++;
    if (mantissa >= 1000000000000000)
        return false;
    *ret = (Decimal){.mantissa = (int64_t)mantissa, .exp10 = exp10};
    return true;
}

static Known units_of_convert(Checker *c, Node *node, Known known)
{
    Err quiet;
    err_init(&quiet);
    const Node *text = node->arg[1];
    Unit target = unit_none();
    bool is_unit = unit_parse(c->scope->units, text->text, &target, &quiet);
    err_done(&quiet);
    if (!is_unit) {
        check_fail(c, text, ERR_FORMULA_CONVERT_UNIT, ARG_STR("unit", text->text));
        return UNIT_UNKNOWN;
    }
    node->unit = target;
    if (known == UNIT_UNKNOWN)
        return UNIT_FIXED;
    Unit ratio = unit_none();
    bool is_possible = unit_same_dimension(&node->arg[0]->unit, &target) &&
                       unit_divide(&node->arg[0]->unit, &target, &ratio) &&
                       decimal_from_ratio(ratio.num, ratio.den, &node->factor);
    if (!is_possible)
        check_fail(c, node, ERR_FORMULA_CONVERT, ARG_STR("from", format(c, &node->arg[0]->unit)),
                   ARG_STR("to", text->text));
    return UNIT_FIXED;
}

/* Only functions that bring the elements of a list together need them in one unit. */
static Known check_list_units(Checker *c, const Node *arg)
{
    const Node *list = arg;
    while (list->kind == NODE_NAME && list->symbol->kind == SYMBOL_FORMULA)
        list = list->symbol->formula->tree;
    if (list->kind != NODE_LIST)
        return UNIT_FIXED;
    for (size_t i = 1; i < list->arg_count; i++) {
        const Node *first = list->arg[0], *other = list->arg[i];
        if (unit_equals(&other->unit, &first->unit))
            continue;
        check_fail(c, arg, ERR_FORMULA_UNITS, ARG_STR("left", first->name),
                   ARG_STR("right", other->name), ARG_STR("left_unit", format(c, &first->unit)),
                   ARG_STR("right_unit", format(c, &other->unit)));
        return UNIT_UNKNOWN;
    }
    return UNIT_FIXED;
}

/* Functions of values in the same row keep a bare number bare; aggregates give it a unit, none. */
static Known units_of_call(Checker *c, Node *node)
{
    Known *known = ARENA_ARRAY(&c->scratch, Known, node->arg_count);
    for (size_t i = 0; i < node->arg_count; i++)
        known[i] = units_of(c, node->arg[i]);
    if (node->where)
        (void)units_of(c, node->where);
    switch (node->fn) {
    case FN_LEAST:
    case FN_GREATEST:
        return unify_args(c, node, known, 0);
    case FN_CONVERT:
        return node->arg[1]->kind == NODE_TEXT ? units_of_convert(c, node, known[0]) : UNIT_UNKNOWN;
    case FN_ABS:
    case FN_ROUND:
    case FN_CEIL:
    case FN_FLOOR:
    case FN_PREVIOUS:
        node->unit = node->arg[0]->unit;
        return known[0];
    case FN_SUM:
    case FN_MEAN:
    case FN_MIN:
    case FN_MAX:
    case FN_STD:
    case FN_PERCENTILE:
        node->unit = node->arg[0]->unit;
        return known[0] == UNIT_UNKNOWN ? UNIT_UNKNOWN : check_list_units(c, node->arg[0]);
    case FN_REPORTED:
    case FN_COUNT:
    case FN_SHARE:
    case FN_CV:
    case FN_RANK:
    case FN_ALL:
    case FN_ANY:
    case FN_ATLEAST:
    case FUNCTION_COUNT:
        break;
    }
    return UNIT_FIXED;
}

static Known units_of_list(Checker *c, Node *node)
{
    for (size_t i = 0; i < node->arg_count; i++)
        (void)units_of(c, node->arg[i]);
    if (node->arg_count)
        node->unit = node->arg[0]->unit;
    return UNIT_FIXED;
}

static Known units_of_if(Checker *c, Node *node)
{
    (void)units_of(c, node->arg[0]);
    Known left = units_of(c, node->arg[1]);
    Known right = units_of(c, node->arg[2]);
    if (node->type != TYPE_NUMBER)
        return UNIT_FIXED;
    return unify(c, node, node->arg[1], left, node->arg[2], right, &node->unit);
}

static Known units_of(Checker *c, Node *node)
{
    node->unit = unit_none();
    Known known = UNIT_FIXED;
    switch (node->kind) {
    case NODE_NUMBER:
        known = UNIT_LITERAL;
        break;
    case NODE_BOOL:
    case NODE_TEXT:
        break;
    case NODE_NAME:
        known = units_of_name(node);
        break;
    case NODE_NOT:
    case NODE_IN:
        (void)units_of(c, node->arg[0]);
        break;
    case NODE_NEGATE:
        known = units_of(c, node->arg[0]);
        node->unit = node->arg[0]->unit;
        break;
    case NODE_BINARY:
        known = units_of_binary(c, node);
        break;
    case NODE_POWER:
        known = units_of_power(c, node);
        break;
    case NODE_IF:
        known = units_of_if(c, node);
        break;
    case NODE_CALL:
        known = node->type == TYPE_UNKNOWN ? UNIT_UNKNOWN : units_of_call(c, node);
        break;
    case NODE_LIST:
        known = units_of_list(c, node);
        break;
    }
    bool has_unit = node->type == TYPE_NUMBER || node->type == TYPE_NUMBER_LIST;
    return has_unit ? known : UNIT_UNKNOWN;
}

/* ---- the declared unit ---- */

/* A positive fraction; den 0: not known, or too large. */
typedef struct Factor {
    int64_t num, den;
} Factor;

static const Factor ONE = {1, 1}, NO_FACTOR = {0, 0};

static Factor multiply(Factor a, Factor b)
{
    Unit left = unit_none(), right = unit_none();
    if (!a.num || !a.den || !b.num || !b.den)
        return NO_FACTOR;
    left.num = a.num;
    left.den = a.den;
    right.num = b.num;
    right.den = b.den;
    return unit_multiply(&left, &right, &left) ? (Factor){left.num, left.den} : NO_FACTOR;
}

static Factor inverse(Factor a)
{
    return (Factor){a.den, a.num};
}
static bool factor_equals(Factor a, Factor b)
{
    return a.num == b.num && a.den == b.den;
}

static Factor literal_factor(Decimal number)
{
    Factor factor = {number.mantissa, 1};
    Factor ten = number.exp10 < 0 ? (Factor){1, 10} : (Factor){10, 1};
    int count = number.exp10 < 0 ? -number.exp10 : number.exp10;
    for (int i = 0; i < count && factor.den; i++)
        factor = multiply(factor, ten);
    return factor;
}

static bool is_literal(const Node *node)
{
    if (node->kind == NODE_NUMBER)
        return true;
    bool is_arithmetic = node->kind == NODE_NEGATE || node->kind == NODE_POWER ||
                         (node->kind == NODE_BINARY && node->op <= OP_DIVIDE);
    for (size_t i = 0; is_arithmetic && i < node->arg_count; i++)
        is_arithmetic = is_literal(node->arg[i]);
    return is_arithmetic;
}

/* The numbers that multiply the whole of node. */
static Factor factor_of(const Node *node)
{
    if (node->kind == NODE_NUMBER)
        return literal_factor(node->number);
    if (node->kind == NODE_NEGATE)
        return factor_of(node->arg[0]);
    if (node->kind == NODE_BINARY && node->op == OP_MULTIPLY)
        return multiply(factor_of(node->arg[0]), factor_of(node->arg[1]));
    if (node->kind == NODE_BINARY && node->op == OP_DIVIDE)
        return multiply(factor_of(node->arg[0]), inverse(factor_of(node->arg[1])));
    if (node->kind == NODE_POWER && node->arg[0]->kind == NODE_NUMBER) {
        Factor base = literal_factor(node->arg[0]->number), power = ONE;
        for (int i = 0; i < node->exponent; i++)
            power = multiply(power, base);
        return power;
    }
    if (node->kind == NODE_IF) {
        bool is_yes_literal = is_literal(node->arg[1]), is_no_literal = is_literal(node->arg[2]);
        Factor yes = factor_of(node->arg[1]), no = factor_of(node->arg[2]);
        if (is_yes_literal != is_no_literal)
            return is_yes_literal ? no : yes;
        return factor_equals(yes, no) ? yes : NO_FACTOR;
    }
    return ONE;
}

static Str format_factor(Checker *c, Factor factor)
{
    Decimal decimal;
    StrBuf out;
    strbuf_init(&out, &c->scratch);
    if (decimal_from_ratio(factor.num, factor.den, &decimal))
        decimal_add_shortest(&out, decimal_to_double(decimal));
    else
        strbuf_addf(&out, "%lld/%lld", (long long)factor.num, (long long)factor.den);
    return strbuf_str(&out);
}

static void check_factor(Checker *c, const Node *node, Factor need)
{
    if (is_literal(node))
        return;
    if (node->kind == NODE_IF) {
        check_factor(c, node->arg[1], need);
        check_factor(c, node->arg[2], need);
        return;
    }
    Factor found = factor_of(node);
    if (factor_equals(found, need))
        return;
    Str got = format(c, &node->unit), factor = format_factor(c, need);
    if (!found.den || factor_equals(found, ONE))
        check_fail(c, node, ERR_FORMULA_UNIT_FACTOR, ARG_STR("got", got),
                   ARG_STR("factor", factor));
    else
        check_fail(c, node, ERR_FORMULA_UNIT_FACTOR, ARG_STR("got", got), ARG_STR("factor", factor),
                   ARG_STR("found", format_factor(c, found)));
}

void check_units(Checker *c, Node *tree, const Symbol *want)
{
    Known known = units_of(c, tree);
    if (!want || !want->unit_is_declared || tree->type != TYPE_NUMBER || known != UNIT_FIXED)
        return;
    Unit ratio;
    bool is_comparable = unit_same_dimension(&tree->unit, &want->unit) &&
                         unit_divide(&tree->unit, &want->unit, &ratio);
    if (!is_comparable) {
        check_fail(c, tree, ERR_FORMULA_UNIT_RESULT, ARG_STR("want", format(c, &want->unit)),
                   ARG_STR("got", format(c, &tree->unit)));
        return;
    }
    check_factor(c, tree, (Factor){ratio.num, ratio.den});
}
