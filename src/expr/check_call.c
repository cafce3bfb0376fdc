/* Types and levels of calls. */
#include "expr/check_int.h"

#include "base/limits.h"

static ErrArg name_zh(const Node *node)
{
    return ARG_STR("name", str_from(function_name(node->fn, LANG_ZH)));
}
static ErrArg name_en(const Node *node)
{
    return ARG_STR("name_en", str_from(function_name(node->fn, LANG_EN)));
}

static bool check_count(Checker *c, const Node *node, size_t min, size_t max)
{
    if (node->arg_count >= min && node->arg_count <= max)
        return true;
    Str want = min == max ? str_format(&c->scratch, "%zu", min)
                          : str_format(&c->scratch, "%zu–%zu", min, max);
    check_fail(c, node, ERR_FORMULA_ARGS, name_zh(node), name_en(node), ARG_STR("want", want),
               ARG_INT("got", node->arg_count));
    return false;
}

static void fail_modifier(Checker *c, const Node *node, const Node *at, const char *zh,
                          const char *en)
{
    check_fail(c, at, ERR_FORMULA_MODIFIER, name_zh(node), name_en(node),
               ARG_STR("modifier", str_from(zh)), ARG_STR("modifier_en", str_from(en)));
}

static void refuse_siblings(Checker *c, const Node *node)
{
    if (node->is_siblings)
        fail_modifier(c, node, node, "同校", "'siblings'");
}

static void refuse_strict(Checker *c, const Node *node)
{
    if (node->is_strict)
        fail_modifier(c, node, node, "须齐全", "'strict'");
}

static void refuse_modifiers(Checker *c, const Node *node)
{
    if (node->where)
        fail_modifier(c, node, node->where, "其中", "'where'");
    refuse_siblings(c, node);
    refuse_strict(c, node);
}

/* A number written here, from 0 to limit. */
static void check_literal(Checker *c, const Node *node, const Node *arg, int limit, bool is_whole)
{
    if (arg->type == TYPE_UNKNOWN)
        return;
    bool is_good = arg->kind == NODE_NUMBER && decimal_to_double(arg->number) <= limit &&
                   (!is_whole || arg->number.exp10 >= 0);
    if (is_good)
        return;
    check_fail(c, arg, ERR_FORMULA_LITERAL, name_zh(node), name_en(node), ARG_INT("limit", limit),
               ARG_STR("kind", is_whole ? STR("整数") : STR("数")),
               ARG_STR("kind_en", is_whole ? STR("whole number") : STR("number")));
}

/* ---- over rows ---- */

static bool allows_siblings(Function fn)
{
    return fn == FN_SUM || fn == FN_MIN || fn == FN_MAX || fn == FN_COUNT || fn == FN_MEAN ||
           fn == FN_ALL || fn == FN_ANY;
}

static bool takes_bool(Function fn)
{
    return fn == FN_SHARE || fn == FN_ALL || fn == FN_ANY;
}
static bool gives_bool(Function fn)
{
    return fn == FN_ALL || fn == FN_ANY || fn == FN_ATLEAST;
}

/* Over the parts of a school: nothing of the region may be in it, whose stage would not be clear. */
static void check_siblings(Checker *c, const Node *node)
{
    if (!allows_siblings(node->fn)) {
        refuse_siblings(c, node);
        return;
    }
    for (size_t i = 0; i < node->arg_count; i++)
        if (node->arg[i]->level == LEVEL_REGION || node->arg[i]->windows)
            check_fail(c, node->arg[i], ERR_FORMULA_SIBLINGS);
    if (node->where && (node->where->level == LEVEL_REGION || node->where->windows))
        check_fail(c, node->where, ERR_FORMULA_SIBLINGS);
    if (node->arg_count > 1)
        check_fail(c, node, ERR_FORMULA_ARGS, name_zh(node), name_en(node), ARG_LIT("want", "1"),
                   ARG_INT("got", node->arg_count));
}

static void check_rows_args(Checker *c, const Node *node)
{
    const Node *value = node->arg[0];
    if (takes_bool(node->fn))
        (void)check_type(c, value, TYPE_BOOL);
    else if (node->fn != FN_COUNT || value->type != TYPE_BOOL)
        (void)check_type(c, value, TYPE_NUMBER);
    if (node->arg_count > 1 && node->fn == FN_PERCENTILE)
        check_literal(c, node, node->arg[1], 100, false);
    else if (node->arg_count > 1)
        (void)check_type(c, node->arg[1], TYPE_NUMBER);
    if (node->where)
        (void)check_type(c, node->where, TYPE_BOOL);
    for (size_t i = 0; i < node->arg_count && !node->is_siblings; i++)
        if (node->arg[i]->level == LEVEL_REGION && node->arg[i]->type != TYPE_UNKNOWN)
            check_fail(c, node->arg[i], ERR_FORMULA_REGION_VALUE,
                       ARG_STR("text", check_excerpt(c, node->arg[i])));
}

static void check_rows(Checker *c, Node *node)
{
    check_rows_args(c, node);
    if (node->is_siblings)
        check_siblings(c, node);
    if (node->fn == FN_RANK)
        refuse_strict(c, node);
    bool is_row = node->is_siblings || node->fn == FN_RANK;
    check_measure(node, is_row ? LEVEL_ROW : LEVEL_REGION, true);
    node->windows += node->fn == FN_RANK;
}

/* ---- over lists ---- */

static void check_list(Checker *c, Node *node)
{
    Node *list = node->arg[node->fn == FN_ATLEAST];
    bool is_empty = list->kind == NODE_LIST && list->arg_count == 0;
    Type type = takes_bool(node->fn) || node->fn == FN_ATLEAST ? TYPE_BOOL_LIST : TYPE_NUMBER_LIST;
    if (is_empty)
        list->type = type;
    if (node->fn != FN_COUNT)
        (void)check_type(c, list, type);
    if (node->fn == FN_ATLEAST)
        check_literal(c, node, node->arg[0], 1000, true);
    else
        (void)check_count(c, node, 1, 1);
    refuse_modifiers(c, node);
    Level level = list->level;
    check_measure(node, level, level == LEVEL_ROW);
}

/* ---- of the same row ---- */

static bool has_siblings(const Node *node)
{
    if (node->kind == NODE_CALL && node->is_siblings)
        return true;
    for (size_t i = 0; i < node->arg_count; i++)
        if (has_siblings(node->arg[i]))
            return true;
    return false;
}

/* The names inside have last year's slots; nothing inside may be of this year. */
static void check_previous(Checker *c, const Node *node)
{
    const Node *arg = node->arg[0];
    bool is_nested = c->previous != NULL;
    bool is_of_items = arg->level == LEVEL_ROW && arg->windows == 0 && !has_siblings(arg);
    if (arg->type != TYPE_UNKNOWN && (is_nested || !is_of_items))
        check_fail(c, arg, ERR_FORMULA_PREVIOUS, ARG_STR("text", check_excerpt(c, arg)));
}

static void check_scalar_args(Checker *c, const Node *node)
{
    size_t numbers = node->arg_count;
    if (node->fn == FN_REPORTED || node->fn == FN_PREVIOUS)
        numbers = 0;
    if (node->fn == FN_CONVERT || node->fn == FN_ROUND)
        numbers = 1;
    for (size_t i = 0; i < numbers; i++)
        (void)check_type(c, node->arg[i], TYPE_NUMBER);
    if (numbers == 0 && (node->arg[0]->type == TYPE_TEXT || type_is_list(node->arg[0]->type)))
        (void)check_type(c, node->arg[0], TYPE_NUMBER);
    if (node->fn == FN_ROUND && node->arg_count > 1)
        check_literal(c, node, node->arg[1], 15, true);
    if (node->fn == FN_CONVERT && node->arg[1]->kind != NODE_TEXT)
        check_fail(c, node->arg[1], ERR_FORMULA_CONVERT_UNIT);
    if (node->fn == FN_PREVIOUS)
        check_previous(c, node);
}

static void check_scalar(Checker *c, Node *node)
{
    check_scalar_args(c, node);
    refuse_modifiers(c, node);
    Level level = check_level_of_parts(node);
    check_measure(node, level, level == LEVEL_ROW);
    if (node->fn == FN_PREVIOUS)
        node->type = node->arg[0]->type;
    if (node->fn == FN_REPORTED)
        node->type = TYPE_BOOL;
}

void check_call(Checker *c, Node *node)
{
    const FunctionRow *row = function_row(node->fn);
    node->type = gives_bool(node->fn) ? TYPE_BOOL : TYPE_NUMBER;
    check_measure(node, check_level_of_parts(node), false);
    if (!check_count(c, node, row->args_min, row->args_max)) {
        node->type = TYPE_UNKNOWN;
        return;
    }
    bool is_over_list = row->shape == SHAPE_LIST ||
                        (row->shape == SHAPE_EITHER && type_is_list(node->arg[0]->type));
    if (row->shape == SHAPE_SCALAR)
        check_scalar(c, node);
    else if (is_over_list)
        check_list(c, node);
    else
        check_rows(c, node);
}
