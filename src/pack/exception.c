/* 例外: dated exceptions, and what those in force make of the formula of their indicator. */
#include "pack/standard_int.h"

static Str member(Arena *arena, Str name, const char *part)
{
    return str_format(arena, "%.*s.%s", STR_ARG(name), part);
}

/* The parts of an exception have names, so that formulas and explanations can refer to them. */
static Symbol *part_symbol(Loader *loader, const PackNode *node, Str name, Type type)
{
    Symbol *symbol = ARENA_NEW(loader->arena, Symbol);
    *symbol = (Symbol){.kind = SYMBOL_FORMULA,
                       .name = name,
                       .type = type,
                       .unit = unit_none(),
                       .level = LEVEL_ROW};
    loader_add_symbol(loader, symbol, node, NULL, 0);
    return symbol;
}

static const PackNode *indicator_node(Loader *loader, const PackNode *node)
{
    Str code = node_text(node, KEY_APPLIES);
    const PackNode *indicators = node_get(loader->root, KEY_INDICATORS);
    const PackNode *found = node_find(indicators, code);
    if (found || !code.len)
        return found;
    size_t count = indicators ? indicators->child.len : 0;
    Str *candidate = ARENA_ARRAY(loader->arena, Str, count);
    for (size_t i = 0; i < count; i++)
        candidate[i] = indicators->child.ptr[i]->key;
    (void)pack_fail_text(loader->arena, node_get(node, KEY_APPLIES), loader->err,
                         ERR_PACK_INDICATOR, code, candidate, count);
    return NULL;
}

static bool is_in_force(const Loader *loader, const Exception *exception)
{
    return exception->validity.first <= loader->standard->date &&
           loader->standard->date <= exception->validity.last;
}

static void read_formulas(Loader *loader, const PackNode *node, const PackNode *indicator,
                          Exception *exception)
{
    bool is_active = is_in_force(loader, exception);
    size_t first = loader->wanted.len;
    Symbol *condition =
        part_symbol(loader, node, member(loader->arena, node->key, "条件"), TYPE_BOOL);
    condition->formula = exception->condition =
        loader_formula(loader, node_get(node, KEY_CONDITION), condition);
    if (!exception->is_exempt) {
        Symbol *value =
            part_symbol(loader, node, member(loader->arena, node->key, "公式"), TYPE_NUMBER);
        value->unit = loader_unit(loader, indicator);
        value->unit_is_declared = true;
        value->formula = exception->formula =
            loader_formula(loader, node_get(node, KEY_FORMULA), value);
    }
    for (size_t i = first; i < loader->wanted.len; i++)
        loader->wanted.ptr[i].is_idle = !is_active;
}

static void read_exception(Loader *loader, const PackNode *node)
{
    bool has_formula = node_get(node, KEY_FORMULA) != NULL,
         is_exempt = node_yes(node, KEY_IS_EXEMPT);
    if (has_formula == is_exempt)
        pack_fail_key(loader->arena, node, loader->err, ERR_PACK_EITHER,
                      ARG_STR("place", node->key), ARG_STR("key", key_word(KEY_FORMULA)),
                      ARG_LIT("other", "豁免: 是"));
    const PackNode *indicator = indicator_node(loader, node);
    Exception *exception = ARENA_NEW(loader->arena, Exception);
    *exception = (Exception){.name = node->key,
                             .is_exempt = is_exempt,
                             .validity = node_validity(node),
                             .reason = node_text(node, KEY_REASON),
                             .basis = loader_basis(loader, node)};
    if (!validity_check(loader, node, exception->validity) || !indicator)
        return;
    read_formulas(loader, node, indicator, exception);
    VEC_PUSH(loader->arena, &loader->exceptions, exception);
    VEC_PUSH(loader->arena, &loader->exception_nodes, node);
}

static Str date_text(Arena *arena, Date date)
{
    StrBuf out;
    strbuf_init(&out, arena);
    date_format(&out, date);
    return strbuf_str(&out);
}

static void check_overlap(Loader *loader, size_t a, size_t b)
{
    const Exception *x = loader->exceptions.ptr[a], *y = loader->exceptions.ptr[b];
    Str of_x = node_text(loader->exception_nodes.ptr[a], KEY_APPLIES);
    Date first = x->validity.first > y->validity.first ? x->validity.first : y->validity.first;
    Date last = x->validity.last < y->validity.last ? x->validity.last : y->validity.last;
    if (first > last || !str_equals(of_x, node_text(loader->exception_nodes.ptr[b], KEY_APPLIES)))
        return;
    pack_fail_key(loader->arena, loader->exception_nodes.ptr[b], loader->err,
                  ERR_PACK_EXCEPTION_OVERLAP, ARG_STR("name", y->name), ARG_STR("other", x->name),
                  ARG_STR("indicator", of_x), ARG_STR("first", date_text(loader->arena, first)),
                  ARG_STR("last", date_text(loader->arena, last)));
}

void exceptions_read(Loader *loader)
{
    const PackNode *exceptions = node_get(loader->root, KEY_EXCEPTIONS);
    for (size_t i = 0; exceptions && i < exceptions->child.len; i++)
        read_exception(loader, exceptions->child.ptr[i]);
    for (size_t b = 0; b < loader->exceptions.len; b++)
        for (size_t a = 0; a < b; a++)
            check_overlap(loader, a, b);
}

/* ---- indicators ---- */

/* 已报(c) 且 c: where it is not known whether a school is an exception, it is none. */
static Str applies_source(Arena *arena, const Exception *exception)
{
    Str condition = member(arena, exception->name, "条件");
    return str_format(arena, "已报(「%.*s」) 且 「%.*s」", STR_ARG(condition), STR_ARG(condition));
}

static const Exception *replacing(const Indicator *indicator)
{
    for (size_t i = 0; i < indicator->exceptions.len; i++)
        if (!indicator->exceptions.ptr[i]->is_exempt)
            return indicator->exceptions.ptr[i];
    return NULL;
}

Formula *exceptions_apply(Loader *loader, Indicator *indicator, const PackNode *node)
{
    for (size_t i = 0; i < loader->exceptions.len; i++)
        if (str_equals(node_text(loader->exception_nodes.ptr[i], KEY_APPLIES), indicator->code) &&
            is_in_force(loader, loader->exceptions.ptr[i]))
            VEC_PUSH(loader->arena, &indicator->exceptions, loader->exceptions.ptr[i]);
    const PackNode *formula = node_get(node, KEY_FORMULA);
    const Exception *exception = replacing(indicator);
    if (!exception)
        return loader_formula(loader, formula, &indicator->symbol);
    Symbol *usual =
        part_symbol(loader, node, member(loader->arena, indicator->code, "常规"), TYPE_NUMBER);
    usual->unit = indicator->symbol.unit;
    usual->unit_is_declared = true;
    usual->formula = loader_formula(loader, formula, usual);
    Str source = str_format(loader->arena, "如果 %.*s 则 「%.*s.公式」 否则 「%.*s.常规」",
                            STR_ARG(applies_source(loader->arena, exception)),
                            STR_ARG(exception->name), STR_ARG(indicator->code));
    return loader_made_formula(loader, node, source, &indicator->symbol);
}

Str exceptions_exempt_source(Arena *arena, const Indicator *indicator)
{
    StrBuf out;
    strbuf_init(&out, arena);
    for (size_t i = 0; i < indicator->exceptions.len; i++) {
        if (!indicator->exceptions.ptr[i]->is_exempt)
            continue;
        strbuf_addf(&out, out.len ? " 或 (%.*s)" : "(%.*s)",
                    STR_ARG(applies_source(arena, indicator->exceptions.ptr[i])));
    }
    return strbuf_str(&out);
}
