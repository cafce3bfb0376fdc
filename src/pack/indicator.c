/* 指标: the indicators of a standard. */
#include "pack/standard_int.h"

enum { DECIMALS_DEFAULT = 2, DECIMALS_MAX = 15 };

int loader_decimals(Loader *loader, const PackNode *node)
{
    Decimal number;
    if (!node_get(node, KEY_DECIMALS) || !node_decimal(node, KEY_DECIMALS, &number))
        return DECIMALS_DEFAULT;
    double decimals = decimal_to_double(number);
    if (decimals >= 0 && decimals <= DECIMALS_MAX)
        return (int)decimals;
    pack_fail(loader->arena, node_get(node, KEY_DECIMALS), loader->err, ERR_PACK_NUMBER,
              ARG_STR("text", node_text(node, KEY_DECIMALS)), ARG_LIT("want", " 0 到 15 的整数"),
              ARG_LIT("want_en", "whole number from 0 to 15"));
    return DECIMALS_DEFAULT;
}

bool loader_is_upper(Loader *loader, const PackNode *map)
{
    static const char *const DIRECTIONS[] = {"不低于", "不高于"};
    return node_choice(loader->arena, map, KEY_DIRECTION, DIRECTIONS, 2, loader->err) == 1;
}

const Item *loader_item(Loader *loader, const PackNode *map, PackKey key)
{
    Str text = node_text(map, key);
    if (!text.len)
        return NULL;
    const Item *item = map_find(&loader->core->items, text);
    if (item && !item->codes && !item->is_county)
        return item;
    Str *candidate = ARENA_ARRAY(loader->arena, Str, loader->core->item_list.len);
    size_t count = 0;
    for (size_t i = 0; i < loader->core->item_list.len; i++)
        if (!loader->core->item_list.ptr[i]->codes && !loader->core->item_list.ptr[i]->is_county)
            candidate[count++] = loader->core->item_list.ptr[i]->symbol.name;
    (void)pack_fail_text(loader->arena, node_get(map, key), loader->err, ERR_PACK_ITEM, text,
                         candidate, count);
    return NULL;
}

static void read_indicator(Loader *loader, const PackNode *node)
{
    Indicator *indicator = ARENA_NEW(loader->arena, Indicator);
    indicator->code = node->key;
    indicator->name = node_text(node, KEY_NAME);
    indicator->unit_text = node_text(node, KEY_UNIT);
    indicator->decimals = loader_decimals(loader, node);
    indicator->is_upper_limit = loader_is_upper(loader, node);
    indicator->lever = loader_item(loader, node, KEY_LEVER);
    indicator->basis = loader_rule_basis(loader, node, KEY_FORMULA);
    indicator->symbol = (Symbol){.kind = SYMBOL_FORMULA,
                                 .name = indicator->name,
                                 .code = indicator->code,
                                 .type = TYPE_NUMBER,
                                 .level = LEVEL_ROW,
                                 .owner = indicator};
    indicator->symbol.unit_is_declared = loader_unit(loader, node, &indicator->symbol.unit);
    if (!indicator->name.len)
        indicator->symbol.name = indicator->name = indicator->code;
    if (!loader_add_symbol(loader, &indicator->symbol, node))
        indicator->name =
            indicator->code; /* the other one: its members are known by the code alone */
    indicator->symbol.formula = exceptions_apply(loader, indicator, node);
    if (scope_find(loader->standard->scope, indicator->code) != &indicator->symbol)
        return; /* nothing can refer to it */
    members_add(loader, indicator, node);
    VEC_PUSH(loader->arena, &loader->standard->indicators, indicator);
}

void indicators_read(Loader *loader)
{
    const PackNode *indicators = node_get(loader->root, KEY_INDICATORS);
    for (size_t i = 0; indicators && i < indicators->child.len; i++)
        read_indicator(loader, indicators->child.ptr[i]);
    if (indicators && !indicators->child.len)
        pack_fail_key(loader->arena, indicators, loader->err, ERR_PACK_NO_INDICATOR, {0});
    members_add_lists(loader);
}
