/* Figures: one number, one per stage, or dated ones of which the standard's day chooses. */
#include "pack/standard_int.h"

#include <stdlib.h>

static void fail_figure(Loader *loader, const PackNode *node)
{
    pack_fail_key(loader->arena, node, loader->err, ERR_PACK_FIGURE, ARG_STR("key", node->key));
}

/* A figure being read. */
typedef struct Figure {
    Loader *loader;
    Parameter *parameter;
    const PackNode *owner; /* what it belongs to, as the indicator of a limit */
    const Basis *own;      /* the source of that */
} Figure;

static void set_stage(const Figure *figure, size_t stage, Decimal value, const PackNode *node)
{
    Parameter *parameter = figure->parameter;
    parameter->symbol.value[stage] = value;
    parameter->symbol.has_value[stage] = true;
    parameter->basis[stage] = basis_around(node, figure->owner, figure->own);
}

static bool parse_value(const Figure *figure, const PackNode *node, Decimal *ret)
{
    return node_parse_decimal(figure->loader->arena, node, false, ret, figure->loader->err);
}

static void read_plain(const Figure *figure, const PackNode *node)
{
    Decimal value;
    if (!parse_value(figure, node, &value))
        return;
    for (size_t stage = 0; stage < figure->loader->core->stages.len; stage++)
        set_stage(figure, stage, value, node);
}

static void read_staged(const Figure *figure, const PackNode *node)
{
    Loader *loader = figure->loader;
    for (size_t i = 0; i < node->child.len; i++) {
        const PackNode *child = node->child.ptr[i];
        Decimal value;
        int stage = core_stage_of(loader->arena, loader->core, child, child->key, loader->err);
        if (parse_value(figure, child, &value) && stage >= 0)
            set_stage(figure, (size_t)stage, value, child);
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
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->node->number > y->node->number) - (x->node->number < y->node->number);
}

ErrArg date_arg(Arena *arena, const char *name, Date date)
{
    bool is_zh = str_ends_with(str_from(name), STR("_zh"));
    StrBuf out;
    strbuf_init(&out, arena);
    if (date == DATE_MIN)
        strbuf_add(&out, is_zh ? STR("最早") : STR("the beginning"));
    else if (date == DATE_MAX)
        strbuf_add(&out, is_zh ? STR("无限期") : STR("any later day"));
    else
        date_format(&out, date);
    return ARG_STR(name, strbuf_str(&out));
}

/* Of the days of a validity the one that an overlay has set, if any. */
static const PackNode *changed_day(const PackNode *node)
{
    const PackNode *validity = node->kind == PACK_MAP ? node_get(node, KEY_VALIDITY) : NULL;
    const PackNode *map = validity ? validity : node;
    for (size_t i = 0; map->kind == PACK_MAP && i < map->child.len; i++)
        if (map->child.ptr[i]->basis)
            return map->child.ptr[i];
    return node;
}

bool validity_check(Arena *arena, const PackNode *node, Validity validity, Err *err)
{
    if (validity.first <= validity.last)
        return true;
    pack_fail(arena, changed_day(node), err, ERR_PACK_VALIDITY_ORDER,
              date_arg(arena, "first_zh", validity.first),
              date_arg(arena, "first_en", validity.first),
              date_arg(arena, "last_zh", validity.last), date_arg(arena, "last_en", validity.last));
    return false;
}

static void fail_span(Loader *loader, ErrCode code, const PackNode *at, Str key, Date first,
                      Date last)
{
    pack_fail_key(
        loader->arena, at, loader->err, code, ARG_STR("key", key),
        date_arg(loader->arena, "first_zh", first), date_arg(loader->arena, "first_en", first),
        date_arg(loader->arena, "last_zh", last), date_arg(loader->arena, "last_en", last));
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

static void read_figure(const Figure *figure, const PackNode *node, bool may_be_dated);

static void read_dated(const Figure *figure, const PackNode *list)
{
    Loader *loader = figure->loader;
    Dated *dated = ARENA_ARRAY(loader->arena, Dated, list->child.len);
    size_t count = 0;
    bool is_ok = true;
    for (size_t i = 0; i < list->child.len; i++) {
        const PackNode *entry = list->child.ptr[i];
        Validity validity = {DATE_MIN, DATE_MAX};
        is_ok &= schema_check(loader->arena, entry, PLACE_DATED, loader->err);
        (void)node_date(entry, KEY_FIRST, &validity.first);
        (void)node_date(entry, KEY_LAST, &validity.last);
        is_ok &= validity_check(loader->arena, entry, validity, loader->err);
        dated[count++] = (Dated){validity.first, validity.last, entry};
    }
    if (!list->child.len)
        fail_figure(loader, list);
    if (!is_ok || !count)
        return;
    qsort(dated, count, sizeof *dated, dated_order);
    check_cover(loader, list, dated, count);
    for (size_t i = 0; i < count; i++) {
        Date today = loader->standard->date;
        Parameter other = {0}; /* those of other days are read for their mistakes */
        Figure of_day = *figure;
        if (today < dated[i].first || today > dated[i].last)
            of_day.parameter = &other;
        read_figure(&of_day, node_get(dated[i].node, KEY_VALUE), false);
    }
}

static void read_figure(const Figure *figure, const PackNode *node, bool may_be_dated)
{
    switch (node->kind) {
    case PACK_TEXT:
        read_plain(figure, node);
        return;
    case PACK_MAP:
        read_staged(figure, node);
        return;
    case PACK_LIST:
        if (may_be_dated)
            read_dated(figure, node);
        else
            fail_figure(figure->loader, node);
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
    Figure figure = {.loader = loader, .parameter = parameter, .own = basis};
    if (node) {
        figure.owner = node->parent;
        read_figure(&figure, node, true);
    }
    return &parameter->symbol;
}
