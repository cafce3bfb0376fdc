/* Figures: one number, one per stage, or dated ones of which the standard's day chooses. */
#include "pack/standard_int.h"

#include <stdlib.h>

static void fail_figure(Loader *loader, const PackNode *node)
{
    pack_fail_key(loader->arena, node, loader->err, ERR_PACK_FIGURE, ARG_STR("key", node->key));
}

/* The basis of a value: of the overlay that changed it, else that of the thing it belongs to. */
static const Basis *basis_of(Loader *loader, const PackNode *node, const Basis *own)
{
    static const Basis NOT_CHANGED;
    (void)loader;
    const Basis *changed = basis_around(node, &NOT_CHANGED);
    return changed == &NOT_CHANGED ? own : changed;
}

static void set_stage(Loader *loader, Parameter *parameter, size_t stage, Decimal value,
                      const PackNode *node, const Basis *own)
{
    parameter->symbol.value[stage] = value;
    parameter->symbol.has_value[stage] = true;
    parameter->basis[stage] = basis_of(loader, node, own);
}

static void read_plain(Loader *loader, const PackNode *node, Parameter *parameter, const Basis *own)
{
    Decimal value;
    if (!node_parse_decimal(loader->arena, node, false, &value, loader->err))
        return;
    for (size_t stage = 0; stage < loader->core->stages.len; stage++)
        set_stage(loader, parameter, stage, value, node, own);
}

static void read_staged(Loader *loader, const PackNode *node, Parameter *parameter,
                        const Basis *own)
{
    for (size_t i = 0; i < node->child.len; i++) {
        const PackNode *child = node->child.ptr[i];
        Decimal value;
        int stage = core_stage_of(loader->arena, loader->core, child, child->key, loader->err);
        if (node_parse_decimal(loader->arena, child, false, &value, loader->err) && stage >= 0)
            set_stage(loader, parameter, (size_t)stage, value, child, own);
    }
    if (!node->child.len)
        fail_figure(loader, node);
}

/* ---- dated figures ---- */

typedef struct Dated {
    Date first, last;
    const PackNode *node;
} Dated;

static int dated_order(const void *a, const void *b)
{
    const Dated *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

static Str date_text(Arena *arena, Date date)
{
    StrBuf out;
    strbuf_init(&out, arena);
    date_format(&out, date);
    return strbuf_str(&out);
}

bool validity_check(Loader *loader, const PackNode *node, Validity validity)
{
    if (validity.first <= validity.last)
        return true;
    pack_fail(loader->arena, node, loader->err, ERR_PACK_VALIDITY_ORDER,
              ARG_STR("first", date_text(loader->arena, validity.first)),
              ARG_STR("last", date_text(loader->arena, validity.last)));
    return false;
}

static void fail_span(Loader *loader, ErrCode code, const PackNode *at, Str key, Date first,
                      Date last)
{
    pack_fail_key(loader->arena, at, loader->err, code, ARG_STR("key", key),
                  ARG_STR("first", date_text(loader->arena, first)),
                  ARG_STR("last", date_text(loader->arena, last)));
}

/* In order, the pieces must meet exactly and cover the validity of the standard. */
static void check_cover(Loader *loader, const PackNode *list, const Dated *dated, size_t count)
{
    Validity whole = loader->standard->validity;
    Date next = whole.first;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && dated[i].first <= dated[i - 1].last)
            fail_span(loader, ERR_PACK_VALIDITY_OVERLAP, dated[i].node, list->key, dated[i].first,
                      dated[i].last < dated[i - 1].last ? dated[i].last : dated[i - 1].last);
        if (dated[i].first > next && next <= whole.last)
            fail_span(loader, ERR_PACK_VALIDITY_GAP, dated[i].node, list->key, next,
                      dated[i].first - 1 < whole.last ? dated[i].first - 1 : whole.last);
        if (dated[i].last >= next)
            next = dated[i].last < DATE_MAX ? dated[i].last + 1 : DATE_MAX;
    }
    bool reaches_end = count && dated[count - 1].last >= whole.last;
    if (!reaches_end && next <= whole.last)
        fail_span(loader, ERR_PACK_VALIDITY_GAP, list, list->key, next, whole.last);
}

static void read_figure(Loader *loader, const PackNode *node, Parameter *parameter,
                        const Basis *own, bool may_be_dated);

static void read_dated(Loader *loader, const PackNode *list, Parameter *parameter, const Basis *own)
{
    Dated *dated = ARENA_ARRAY(loader->arena, Dated, list->child.len);
    size_t count = 0;
    bool is_ok = true;
    for (size_t i = 0; i < list->child.len; i++) {
        const PackNode *entry = list->child.ptr[i];
        Validity validity = {DATE_MIN, DATE_MAX};
        is_ok &= schema_check(loader->arena, entry, PLACE_DATED, loader->err);
        (void)node_date(entry, KEY_FIRST, &validity.first);
        (void)node_date(entry, KEY_LAST, &validity.last);
        is_ok &= validity_check(loader, entry, validity);
        dated[count++] = (Dated){validity.first, validity.last, entry};
    }
    if (!list->child.len)
        fail_figure(loader, list);
    if (!is_ok || !count)
        return;
    qsort(dated, count, sizeof *dated, dated_order);
    check_cover(loader, list, dated, count);
    for (size_t i = 0; i < count; i++) {
        /* the others are read for their mistakes */
        bool is_now =
            dated[i].first <= loader->standard->date && loader->standard->date <= dated[i].last;
        Parameter other = {0};
        read_figure(loader, node_get(dated[i].node, KEY_VALUE), is_now ? parameter : &other, own,
                    false);
    }
}

static void read_figure(Loader *loader, const PackNode *node, Parameter *parameter,
                        const Basis *own, bool may_be_dated)
{
    switch (node->kind) {
    case PACK_TEXT:
        read_plain(loader, node, parameter, own);
        return;
    case PACK_MAP:
        read_staged(loader, node, parameter, own);
        return;
    case PACK_LIST:
        if (may_be_dated)
            read_dated(loader, node, parameter, own);
        else
            fail_figure(loader, node);
        return;
    }
}

Symbol *figure_read(Loader *loader, const PackNode *node, Str name, Str code, Unit unit,
                    const Basis *basis)
{
    Parameter *parameter = ARENA_NEW(loader->arena, Parameter);
    parameter->symbol = (Symbol){.kind = SYMBOL_PARAMETER,
                                 .name = name,
                                 .code = code,
                                 .type = TYPE_NUMBER,
                                 .unit = unit,
                                 .level = LEVEL_CONST,
                                 .owner = parameter};
    read_figure(loader, node, parameter, basis, true);
    return &parameter->symbol;
}
