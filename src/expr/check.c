#include "expr/check_int.h"

#include "base/limits.h"

/* ---- reporting ---- */

bool check_is_full(const Checker *c)
{
    return c->err->count >= LIMIT_DIAGS;
}

void check_fail_args(Checker *c, const Node *node, ErrCode code, const ErrArg *args)
{
    c->formula->is_failed = true;
    if (check_is_full(c)) {
        err_add(c->err, NULL, code, args);
        return;
    }
    ErrPlace place = formula_place(&c->scratch, c->formula, node->offset, node->len);
    err_add(c->err, &place, code, args);
}

Str check_excerpt(Checker *c, const Node *node)
{
    return formula_excerpt(&c->scratch, c->formula, node->offset, node->len);
}

bool type_is_list(Type type)
{
    return type == TYPE_NUMBER_LIST || type == TYPE_BOOL_LIST;
}

const char *type_name(Type type, Lang lang)
{
    static const char *const NAMES[][2] = {
        [TYPE_NUMBER] = {"数", "a number"},
        [TYPE_BOOL] = {"真假", "true or false"},
        [TYPE_CODE] = {"代码", "a code"},
        [TYPE_NUMBER_LIST] = {"一列数", "a list of numbers"},
        [TYPE_BOOL_LIST] = {"一列真假", "a list of true or false"},
        [TYPE_TEXT] = {"文字", "a text"},
    };
    return NAMES[type][lang == LANG_EN];
}

/* ---- formulas that use formulas: depth first, each once, without recursion ---- */

typedef VEC(Node *) NodeList;

static void collect_names(Arena *arena, Node *node, NodeList *names)
{
    if (node->kind == NODE_NAME)
        VEC_PUSH(arena, names, node);
    for (size_t i = 0; i < node->arg_count; i++)
        collect_names(arena, node->arg[i], names);
    if (node->where)
        collect_names(arena, node->where, names);
}

/* A formula whose names are being looked at. */
typedef struct Visit {
    Formula *formula;
    const Symbol *want;
    NodeList names;
    size_t name_idx, element_idx; /* what is looked at next */
    const Symbol *reported;       /* the last one reported to close a circle */
} Visit;

typedef VEC(Visit) Path;

static void push(Checker *c, Path *path, Formula *formula, const Symbol *want)
{
    formula->is_being_checked = true;
    formula->is_failed = false;
    Visit visit = {.formula = formula, .want = want};
    collect_names(&c->scratch, formula->tree, &visit.names);
    for (size_t i = 0; i < visit.names.len; i++)
        visit.names.ptr[i]->symbol = scope_find(c->scope, visit.names.ptr[i]->name);
    VEC_PUSH(&c->scratch, path, visit);
}

/* A → B → A */
static void report_cycle(Checker *c, const Path *path, const Node *node, const Symbol *symbol)
{
    Visit *top = &path->ptr[path->len - 1];
    if (top->reported == symbol)
        return;
    top->reported = symbol;
    StrBuf circle;
    strbuf_init(&circle, &c->scratch);
    bool is_inside = false;
    for (size_t i = 0; i < path->len; i++) {
        is_inside |= path->ptr[i].formula == symbol->formula;
        if (is_inside && path->ptr[i].want)
            strbuf_addf(&circle, "%.*s → ", STR_ARG(path->ptr[i].want->name));
    }
    strbuf_add(&circle, symbol->name);
    c->formula = top->formula;
    check_fail(c, node, ERR_FORMULA_CYCLE, ARG_STR("path", strbuf_str(&circle)));
}

/* The next symbol that the formula on top of the path uses; false when there is none left. */
static bool next_use(Visit *visit, const Symbol **ret, const Node **ret_node)
{
    while (visit->name_idx < visit->names.len) {
        const Node *node = visit->names.ptr[visit->name_idx];
        const Symbol *symbol = node->symbol;
        bool is_list = symbol && symbol->kind == SYMBOL_LIST;
        if (is_list && visit->element_idx < symbol->element_count) {
            *ret = symbol->element[visit->element_idx++];
            *ret_node = node;
            return true;
        }
        visit->name_idx++;
        visit->element_idx = 0;
        if (symbol && !is_list) {
            *ret = symbol;
            *ret_node = node;
            return true;
        }
    }
    return false;
}

static void check_size(Checker *c, const Node *tree)
{
    if (c->formula->is_failed)
        return;
    if (tree->height > LIMIT_FORMULA_HEIGHT)
        check_fail(c, tree, ERR_FORMULA_HEIGHT, ARG_INT("limit", LIMIT_FORMULA_HEIGHT));
    if (tree->expanded > LIMIT_EXPANDED_NODES)
        check_fail(c, tree, ERR_FORMULA_EXPANDED, ARG_INT("limit", LIMIT_EXPANDED_NODES));
    if (tree->windows > LIMIT_FORMULA_WINDOWS)
        check_fail(c, tree, ERR_FORMULA_WINDOWS, ARG_INT("limit", LIMIT_FORMULA_WINDOWS));
    if (c->formula->name_depth > LIMIT_FORMULA_NAMES)
        check_fail(c, tree, ERR_FORMULA_NAMES, ARG_INT("limit", LIMIT_FORMULA_NAMES));
}

static void check_result(Checker *c, const Node *tree, const Symbol *want)
{
    if (tree->type == TYPE_UNKNOWN)
        return;
    bool is_value = tree->type != TYPE_TEXT && !type_is_list(tree->type);
    if (want ? tree->type != want->type : !is_value) {
        Type type = want ? want->type : TYPE_NUMBER;
        check_fail(c, tree, ERR_FORMULA_RESULT, ARG_STR("want", str_from(type_name(type, LANG_ZH))),
                   ARG_STR("want_en", str_from(type_name(type, LANG_EN))),
                   ARG_STR("got", str_from(type_name(tree->type, LANG_ZH))),
                   ARG_STR("got_en", str_from(type_name(tree->type, LANG_EN))));
        return;
    }
    if (want && want->level == LEVEL_REGION && tree->level == LEVEL_ROW)
        check_fail(c, tree, ERR_FORMULA_LEVEL);
}

/* Everything below it is checked. */
static void check_formula(Checker *c, const Visit *visit)
{
    Formula *formula = visit->formula;
    c->formula = formula;
    c->previous = NULL;
    check_types(c, formula->tree);
    check_result(c, formula->tree, visit->want);
    check_units(c, formula->tree, visit->want);
    check_size(c, formula->tree);
    formula->is_being_checked = false;
    formula->is_checked = true;
}

/* What a formula takes over from one it uses. */
static void inherit(Formula *user, const Formula *used)
{
    user->is_failed |= used->is_failed;
    if (used->name_depth >= user->name_depth)
        user->name_depth = used->name_depth + 1;
}

static void use(Checker *c, Path *path, const Symbol *symbol, const Node *node)
{
    Formula *user = path->ptr[path->len - 1].formula, *used = symbol->formula;
    if (symbol->kind != SYMBOL_FORMULA)
        return;
    if (!used || !used->tree) {
        user->is_failed = true; /* its own syntax error is reported already */
    } else if (used->is_being_checked) {
        report_cycle(c, path, node, symbol);
        user->is_failed = true;
    } else if (used->is_checked) {
        inherit(user, used);
    } else {
        push(c, path, used, symbol);
    }
}

bool expr_check(Scope *scope, Formula *formula, const Symbol *want, Err *err)
{
    if (formula->is_checked || !formula->tree)
        return formula->is_checked && !formula->is_failed;
    Checker c = {.scope = scope, .arena = scope->arena, .err = err};
    arena_init(&c.scratch);
    Path path = {0};
    push(&c, &path, formula, want);
    while (path.len) {
        const Symbol *symbol = NULL;
        const Node *node = NULL;
        if (next_use(&path.ptr[path.len - 1], &symbol, &node)) {
            use(&c, &path, symbol, node);
            continue;
        }
        const Visit *done = &path.ptr[--path.len];
        check_formula(&c, done);
        if (path.len)
            inherit(path.ptr[path.len - 1].formula, done->formula);
    }
    arena_done(&c.scratch);
    return !formula->is_failed;
}
