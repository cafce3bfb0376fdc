/* Types, levels, slots and sizes, from the leaves up. */
#include "expr/check_int.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <stdlib.h>

bool check_type(Checker *c, const Node *node, Type type)
{
    if (node->type == type)
        return true;
    if (node->type == TYPE_UNKNOWN)
        return false;
    check_fail(c, node, ERR_FORMULA_TYPE, ARG_STR("text", check_excerpt(c, node)),
               ARG_STR("want", str_from(type_name(type, LANG_ZH))),
               ARG_STR("want_en", str_from(type_name(type, LANG_EN))),
               ARG_STR("got", str_from(type_name(node->type, LANG_ZH))),
               ARG_STR("got_en", str_from(type_name(node->type, LANG_EN))));
    return false;
}

/* ---- levels and sizes ---- */

static Level join(Level a, Level b)
{
    if (a == LEVEL_ROW || b == LEVEL_ROW)
        return LEVEL_ROW;
    return a == LEVEL_REGION || b == LEVEL_REGION ? LEVEL_REGION : LEVEL_CONST;
}

Level check_level_of_parts(const Node *node)
{
    Level level = LEVEL_CONST;
    for (size_t i = 0; i < node->arg_count; i++)
        level = join(level, node->arg[i]->level);
    return level;
}

static void absorb(Node *node, const Node *part, bool runs_on_rows)
{
    /* a region value that rows use must be there before the rows are computed */
    int windows = part->windows + (runs_on_rows && part->level == LEVEL_REGION);
    if (windows > node->windows)
        node->windows = windows;
    if (part->height >= node->height)
        node->height = part->height + 1;
    node->expanded += part->expanded;
    if (node->expanded > LIMIT_EXPANDED_NODES)
        node->expanded = LIMIT_EXPANDED_NODES + 1;
}

void check_measure(Node *node, Level level, bool runs_on_rows)
{
    node->level = level;
    node->height = 1;
    node->windows = 0;
    node->expanded = 1;
    for (size_t i = 0; i < node->arg_count; i++)
        absorb(node, node->arg[i], runs_on_rows);
    if (node->where)
        absorb(node, node->where, runs_on_rows);
}

static void measure(Node *node)
{
    Level level = check_level_of_parts(node);
    check_measure(node, level, level == LEVEL_ROW);
}

/* ---- names ---- */

static Str find_near(Checker *c, Str name)
{
    if (c->scope->symbols.len > UTF8_NEAR_MAX)
        return STR("");
    if (!c->candidate) {
        const Map *symbols = &c->scope->symbols;
        c->candidate = ARENA_ARRAY(&c->scratch, Str, symbols->len);
        for (size_t i = 0; i < symbols->len; i++)
            if (!str_starts_with(symbols->entry[i].key, STR(" ")))
                c->candidate[c->candidate_count++] = symbols->entry[i].key;
    }
    return utf8_nearest(name, c->candidate, c->candidate_count);
}

static void fail_name(Checker *c, const Node *node)
{
    if (c->scope->foreign && scope_find(c->scope->foreign, node->name)) {
        check_fail(c, node, ERR_FORMULA_FOREIGN, ARG_STR("name", node->name));
        return;
    }
    ErrArg args[4] = {ARG_STR("name", node->name)};
    if (!check_is_full(c)) {
        size_t count = 1;
        Str near = find_near(c, node->name), word = glued_word(node->name);
        if (near.len)
            args[count++] = ARG_STR("near", near);
        if (word.len)
            args[count++] = ARG_STR("word", word);
    }
    check_fail_args(c, node, ERR_FORMULA_NAME, args);
}

static void check_formula_name(Node *node)
{
    const Symbol *symbol = node->symbol;
    const Formula *formula = symbol->formula;
    if (!formula || !formula->tree || formula->is_being_checked || formula->is_failed) {
        node->type = TYPE_UNKNOWN;
        return;
    }
    const Node *tree = formula->tree;
    node->type = tree->type;
    node->level = symbol->level == LEVEL_CONST ? tree->level : symbol->level;
    absorb(node, tree, node->level == LEVEL_ROW);
}

/* What symbol gives, for a node that stands for it. */
static void check_symbol(Checker *c, Node *node)
{
    const Symbol *symbol = node->symbol;
    node->type = symbol->type;
    check_measure(node, LEVEL_CONST, false);
    if (symbol->kind == SYMBOL_ITEM || symbol->kind == SYMBOL_ATTRIBUTE) {
        node->level = LEVEL_ROW;
        node->slot = scope_slot(c->scope, symbol, c->previous ? 1 : 0);
    }
    if (symbol->kind == SYMBOL_FORMULA)
        check_formula_name(node);
}

/* 各项.达标 */
static void expand_list(Checker *c, Node *node)
{
    const Symbol *list = node->symbol;
    node->kind = NODE_LIST;
    node->arg = ARENA_ARRAY(c->arena, Node *, list->element_count);
    node->arg_count = list->element_count;
    node->type = type_is_list(list->type) ? list->type : TYPE_BOOL_LIST;
    bool is_known = true;
    for (size_t i = 0; i < list->element_count; i++) {
        Node *element = ARENA_NEW(c->arena, Node);
        *element = (Node){.kind = NODE_NAME,
                          .offset = node->offset,
                          .len = node->len,
                          .name = list->element[i]->name,
                          .symbol = list->element[i],
                          .slot = -1};
        node->arg[i] = element;
        check_symbol(c, element);
        is_known &= element->type != TYPE_UNKNOWN;
        if (is_known && i > 0 && !check_type(c, element, node->arg[0]->type))
            is_known = false;
    }
    if (node->arg_count)
        node->type = node->arg[0]->type == TYPE_NUMBER ? TYPE_NUMBER_LIST : TYPE_BOOL_LIST;
    if (!is_known)
        node->type = TYPE_UNKNOWN;
    measure(node);
}

static void check_name(Checker *c, Node *node)
{
    check_measure(node, LEVEL_CONST, false);
    node->type = TYPE_UNKNOWN;
    if (!node->symbol) {
        fail_name(c, node);
        return;
    }
    SymbolKind kind = node->symbol->kind;
    if (c->previous && kind != SYMBOL_ITEM && kind != SYMBOL_ATTRIBUTE) {
        check_fail(c, node, ERR_FORMULA_PREVIOUS, ARG_STR("text", node->name));
        return;
    }
    if (kind == SYMBOL_LIST)
        expand_list(c, node);
    else
        check_symbol(c, node);
}

/* ---- codes ---- */

static const CodeSet *codes_of(const Node *node)
{
    while (node->type == TYPE_CODE) {
        if (node->kind == NODE_NAME && node->symbol->codes)
            return node->symbol->codes;
        if (node->kind == NODE_NAME && node->symbol->kind == SYMBOL_FORMULA)
            node = node->symbol->formula->tree;
        else if (node->kind == NODE_IF)
            node = node->arg[1];
        else if (node->kind == NODE_CALL)
            node = node->arg[0];
        else
            break;
    }
    return NULL;
}

static const CodeName *find_code(Checker *c, const CodeSet *codes, Str text)
{
    const CodeName *code = codes ? map_find(&codes->names, text) : NULL;
    return code || !codes ? code : map_find(&codes->names, utf8_fold(&c->scratch, text));
}

static void fail_code(Checker *c, const Node *text, const CodeSet *codes)
{
    Str list = codes ? codes->name : STR(""), near = STR("");
    if (codes && !check_is_full(c)) {
        Str *candidate = ARENA_ARRAY(&c->scratch, Str, codes->names.len);
        for (size_t i = 0; i < codes->names.len; i++)
            candidate[i] = codes->names.entry[i].key;
        near = utf8_nearest(text->text, candidate, codes->names.len);
    }
    if (near.len)
        check_fail(c, text, ERR_FORMULA_CODE, ARG_STR("list", list), ARG_STR("text", text->text),
                   ARG_STR("near", near));
    else
        check_fail(c, text, ERR_FORMULA_CODE, ARG_STR("list", list), ARG_STR("text", text->text));
}

static int double_order(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The numbers of all the texts of a NODE_IN, ascending. */
static void resolve_codes(Checker *c, Node *node, const CodeSet *codes)
{
    VEC(double) numbers = {0};
    for (size_t i = 0; i < node->choice_count; i++) {
        const CodeName *code = find_code(c, codes, node->choice[i]->text);
        if (!code) {
            fail_code(c, node->choice[i], codes);
            continue;
        }
        for (size_t k = 0; k < code->count; k++)
            VEC_PUSH(&c->scratch, &numbers, code->code[k]);
    }
    if (numbers.len)
        qsort(numbers.ptr, numbers.len, sizeof *numbers.ptr, double_order);
    double *unique = ARENA_ARRAY(c->arena, double, numbers.len);
    size_t count = 0;
    for (size_t i = 0; i < numbers.len; i++)
        if (i == 0 || numbers.ptr[i] != numbers.ptr[i - 1])
            unique[count++] = numbers.ptr[i];
    node->code = unique;
    node->code_count = count;
}

static void check_in(Checker *c, Node *node)
{
    node->type = TYPE_BOOL;
    if (check_type(c, node->arg[0], TYPE_CODE))
        resolve_codes(c, node, codes_of(node->arg[0]));
    measure(node);
}

/* code = "x" becomes code in ("x"); code ≠ "x" its opposite. */
static void compare_text(Checker *c, Node *node, Node *code, Node *text)
{
    if (code->type != TYPE_CODE) {
        if (code->type != TYPE_UNKNOWN)
            check_fail(c, text, ERR_FORMULA_TEXT, ARG_STR("text", text->text));
        return;
    }
    Node *in = node;
    BinaryOp op = node->op;
    if (op == OP_NE) {
        in = ARENA_NEW(c->arena, Node);
        *in = (Node){.offset = node->offset, .len = node->len, .slot = -1};
        node->kind = NODE_NOT;
        node->arg[0] = in;
        node->arg_count = 1;
    }
    in->kind = NODE_IN;
    in->op = op;
    in->arg = ARENA_ARRAY(c->arena, Node *, 1);
    in->arg[0] = code;
    in->arg_count = 1;
    in->choice = ARENA_ARRAY(c->arena, Node *, 1);
    in->choice[0] = text;
    in->choice_count = 1;
    check_in(c, in);
}

/* = and ≠ where a side is a code or a text. */
static void compare_codes(Checker *c, Node *node)
{
    Node *left = node->arg[0], *right = node->arg[1];
    if (right->type == TYPE_TEXT) {
        compare_text(c, node, left, right);
    } else if (left->type == TYPE_TEXT) {
        compare_text(c, node, right, left);
    } else if (check_type(c, left, TYPE_CODE) && check_type(c, right, TYPE_CODE)) {
        const CodeSet *codes = codes_of(left);
        if (!codes || codes != codes_of(right))
            check_fail(c, node, ERR_FORMULA_CODE_LISTS);
    }
}

/* ---- operators ---- */

static bool is_code_or_text(const Node *node)
{
    return node->type == TYPE_CODE || node->type == TYPE_TEXT;
}

static void check_binary(Checker *c, Node *node)
{
    Node *left = node->arg[0], *right = node->arg[1];
    bool is_logic = node->op == OP_AND || node->op == OP_OR;
    node->type = is_logic || binary_is_compare(node->op) ? TYPE_BOOL : TYPE_NUMBER;
    if ((node->op == OP_EQ || node->op == OP_NE) &&
        (is_code_or_text(left) || is_code_or_text(right))) {
        compare_codes(c, node);
    } else {
        (void)check_type(c, left, is_logic ? TYPE_BOOL : TYPE_NUMBER);
        (void)check_type(c, right, is_logic ? TYPE_BOOL : TYPE_NUMBER);
    }
    measure(node);
}

static void check_if(Checker *c, Node *node)
{
    const Node *yes = node->arg[1], *no = node->arg[2];
    (void)check_type(c, node->arg[0], TYPE_BOOL);
    measure(node);
    node->type = yes->type == TYPE_UNKNOWN ? no->type : yes->type;
    if (yes->type == TYPE_UNKNOWN || no->type == TYPE_UNKNOWN)
        return;
    if (yes->type == TYPE_TEXT || type_is_list(yes->type)) {
        (void)check_type(c, yes, TYPE_NUMBER);
        node->type = TYPE_UNKNOWN;
    } else if (yes->type != no->type) {
        check_fail(c, node, ERR_FORMULA_BRANCHES,
                   ARG_STR("want", str_from(type_name(yes->type, LANG_ZH))),
                   ARG_STR("want_en", str_from(type_name(yes->type, LANG_EN))),
                   ARG_STR("got", str_from(type_name(no->type, LANG_ZH))),
                   ARG_STR("got_en", str_from(type_name(no->type, LANG_EN))));
        node->type = TYPE_UNKNOWN;
    } else if (yes->type == TYPE_CODE && codes_of(yes) != codes_of(no)) {
        check_fail(c, node, ERR_FORMULA_CODE_LISTS);
    }
}

static void check_operand(Checker *c, Node *node, Type type)
{
    node->type = type;
    (void)check_type(c, node->arg[0], type);
    measure(node);
}

static void check_leaf(Node *node, Type type)
{
    node->type = type;
    check_measure(node, LEVEL_CONST, false);
}

static void check_parts(Checker *c, Node *node)
{
    bool is_previous = node->kind == NODE_CALL && node->fn == FN_PREVIOUS && !c->previous;
    if (is_previous)
        c->previous = node;
    for (size_t i = 0; i < node->arg_count; i++)
        check_types(c, node->arg[i]);
    if (node->where)
        check_types(c, node->where);
    if (is_previous)
        c->previous = NULL;
}

void check_types(Checker *c, Node *node)
{
    check_parts(c, node);
    switch (node->kind) {
    case NODE_NUMBER:
        check_leaf(node, TYPE_NUMBER);
        return;
    case NODE_BOOL:
        check_leaf(node, TYPE_BOOL);
        return;
    case NODE_TEXT:
        check_leaf(node, TYPE_TEXT);
        return;
    case NODE_NAME:
        check_name(c, node);
        return;
    case NODE_NOT:
        check_operand(c, node, TYPE_BOOL);
        return;
    case NODE_NEGATE:
    case NODE_POWER:
        check_operand(c, node, TYPE_NUMBER);
        return;
    case NODE_BINARY:
        check_binary(c, node);
        return;
    case NODE_IF:
        check_if(c, node);
        return;
    case NODE_IN:
        check_in(c, node);
        return;
    case NODE_CALL:
        check_call(c, node);
        return;
    case NODE_LIST:
        break;
    }
    BUG("a list before checking");
}
