/* 例外: dated exceptions, and what those in force make of the formula of their indicator. */
#include "base/limits.h"
#include "base/utf8.h"
#include "pack/standard_int.h"

#include <stdlib.h>

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
    (void)loader_add_symbol(loader, symbol, node);
    return symbol;
}

/* The code that is nearest, or that of the indicator with this name. */
static Str nearest_indicator(Loader *loader, const PackNode *indicators, Str text)
{
    size_t count = indicators ? indicators->child.len : 0;
    Str *candidate = ARENA_ARRAY(loader->arena, Str, count);
    for (size_t i = 0; i < count; i++) {
        candidate[i] = indicators->child.ptr[i]->key;
        if (str_equals(node_text(indicators->child.ptr[i], KEY_NAME), text))
            return candidate[i];
    }
    return utf8_nearest(text, candidate, count);
}

static const PackNode *indicator_node(Loader *loader, const PackNode *node)
{
    Str code = node_text(node, KEY_APPLIES);
    const PackNode *indicators = node_get(loader->root, KEY_INDICATORS);
    const PackNode *found = node_find(indicators, code);
    if (found || !code.len)
        return found;
    Str near =
        loader->err->count < LIMIT_DIAGS ? nearest_indicator(loader, indicators, code) : STR("");
    pack_fail(loader->arena, node_get(node, KEY_APPLIES), loader->err, ERR_PACK_INDICATOR,
              ARG_STR("text", code), ARG_STR("near", near));
    return NULL;
}

static bool is_in_force(const Loader *loader, const Exception *exception)
{
    return exception->validity.first <= loader->standard->date &&
           loader->standard->date <= exception->validity.last;
}

/* Quietly: what is wrong with it is reported where the indicator is read. */
static bool unit_of_indicator(const Loader *loader, const PackNode *indicator, Unit *ret)
{
    Err quiet;
    err_init(&quiet);
    bool is_ok = unit_parse(&loader->core->units, node_text(indicator, KEY_UNIT), ret, &quiet);
    err_done(&quiet);
    return is_ok;
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
        value->unit_is_declared = unit_of_indicator(loader, indicator, &value->unit);
        value->formula = exception->formula =
            loader_formula(loader, node_get(node, KEY_FORMULA), value);
    }
    for (size_t i = first; i < loader->wanted.len; i++)
        loader->wanted.ptr[i].is_idle = !is_active;
}

static void keep_exception(Loader *loader, Exception *exception, const PackNode *node,
                           Str indicator)
{
    ExceptionList *list = map_find(&loader->exceptions, indicator);
    if (!list) {
        list = ARENA_NEW(loader->arena, ExceptionList);
        map_set(&loader->exceptions, indicator, list);
    }
    VEC_PUSH(loader->arena, list, (DatedException){.exception = exception, .node = node});
}

/* Whatever an overlay changed in it, as its last day: the exception is then the overlay's. */
static Basis basis_of_exception(Loader *loader, const PackNode *node)
{
    const Basis *changed = node->basis ? NULL : basis_of_change(node);
    return changed ? *changed : loader_basis(loader, node);
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
                             .basis = basis_of_exception(loader, node)};
    if (!validity_check(loader->arena, node, exception->validity, loader->err) || !indicator)
        return;
    read_formulas(loader, node, indicator, exception);
    keep_exception(loader, exception, node, indicator->key);
}

/* ---- no two of one indicator at the same time ---- */

static int by_first_day(const void *a, const void *b)
{
    const DatedException *x = a, *y = b;
    Date first = x->exception->validity.first, other = y->exception->validity.first;
    if (first != other)
        return first < other ? -1 : 1;
    return (x->node->number > y->node->number) - (x->node->number < y->node->number);
}

/* Told at the one that stands further down in the file. */
static void fail_overlap(Loader *loader, Str indicator, const DatedException *a,
                         const DatedException *b)
{
    const DatedException *late = a->node->number > b->node->number ? a : b,
                         *early = late == a ? b : a;
    const Validity *x = &early->exception->validity, *y = &late->exception->validity;
    Date first = x->first > y->first ? x->first : y->first;
    Date last = x->last < y->last ? x->last : y->last;
    pack_fail_key(loader->arena, late->node, loader->err, ERR_PACK_EXCEPTION_OVERLAP,
                  ARG_STR("name", late->exception->name), ARG_STR("other", early->exception->name),
                  ARG_STR("indicator", indicator), date_arg(loader->arena, "first_zh", first),
                  date_arg(loader->arena, "first_en", first),
                  date_arg(loader->arena, "last_zh", last),
                  date_arg(loader->arena, "last_en", last));
}

/* Each against the one before it that lasts longest. */
static void check_overlaps(Loader *loader, Str indicator, const ExceptionList *list)
{
    DatedException *sorted = ARENA_ARRAY(loader->arena, DatedException, list->len);
    memcpy(sorted, list->ptr, list->len * sizeof *sorted);
    qsort(sorted, list->len, sizeof *sorted, by_first_day);
    const DatedException *longest = &sorted[0];
    for (size_t i = 1; i < list->len; i++) {
        const Validity *now = &sorted[i].exception->validity;
        if (now->first <= longest->exception->validity.last)
            fail_overlap(loader, indicator, longest, &sorted[i]);
        if (now->last > longest->exception->validity.last)
            longest = &sorted[i];
    }
}

void exceptions_read(Loader *loader)
{
    const PackNode *exceptions = node_get(loader->root, KEY_EXCEPTIONS);
    map_init(&loader->exceptions, loader->arena);
    for (size_t i = 0; exceptions && i < exceptions->child.len; i++)
        read_exception(loader, exceptions->child.ptr[i]);
    for (size_t i = 0; i < loader->exceptions.len; i++)
        check_overlaps(loader, loader->exceptions.entry[i].key, loader->exceptions.entry[i].value);
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
    const ExceptionList *all = map_find(&loader->exceptions, indicator->code);
    for (size_t i = 0; all && i < all->len; i++)
        if (is_in_force(loader, all->ptr[i].exception))
            VEC_PUSH(loader->arena, &indicator->exceptions, all->ptr[i].exception);
    const PackNode *formula = node_get(node, KEY_FORMULA);
    const Exception *exception = replacing(indicator);
    if (!exception)
        return loader_formula(loader, formula, &indicator->symbol);
    Symbol *usual =
        part_symbol(loader, node, member(loader->arena, indicator->code, "常规"), TYPE_NUMBER);
    usual->unit = indicator->symbol.unit;
    usual->unit_is_declared = indicator->symbol.unit_is_declared;
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
