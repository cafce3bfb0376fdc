/* Symbols and formulas of a standard that is being made. */
#include "pack/standard_int.h"

static Formula *queue(Loader *loader, Formula formula, const Symbol *want)
{
    Formula *kept = ARENA_NEW(loader->arena, Formula);
    *kept = formula;
    VEC_PUSH(loader->arena, &loader->wanted, (Wanted){.formula = kept, .want = want});
    return kept;
}

Formula *loader_formula(Loader *loader, const PackNode *node, const Symbol *want)
{
    if (!node || node->kind != PACK_TEXT || !node->text.len)
        return NULL;
    Formula formula = {.source = node->text,
                       .file = node->file->path,
                       .line = node->line,
                       .column = node->column,
                       .indent = node->indent,
                       .node = node_path(loader->arena, node)};
    return queue(loader, formula, want);
}

Formula *loader_made_formula(Loader *loader, const PackNode *node, Str source, const Symbol *want)
{
    Formula formula = {.source = source,
                       .file = node->file->path,
                       .line = node->key_line,
                       .column = 1,
                       .node = node_path(loader->arena, node)};
    return queue(loader, formula, want);
}

void loader_add_symbol(Loader *loader, Symbol *symbol, const PackNode *node, const Str *alias,
                       size_t alias_count)
{
    const ErrPlace *place = node_key_place(loader->arena, node);
    if (!scope_add(loader->standard->scope, symbol, place, loader->err))
        return;
    for (size_t i = 0; i < alias_count; i++) {
        if (scope_find(loader->standard->scope, alias[i]) == symbol)
            continue;
        Symbol by_alias = {.name = alias[i]};
        Symbol *kept = ARENA_NEW(loader->arena, Symbol);
        *kept = by_alias;
        if (scope_add(loader->standard->scope, kept, place, loader->err))
            map_set(&loader->standard->scope->symbols, alias[i], symbol);
    }
}

Unit loader_unit(Loader *loader, const PackNode *map)
{
    Unit unit = unit_none();
    const PackNode *node = node_get(map, KEY_UNIT);
    if (node && node->kind == PACK_TEXT && node->text.len)
        (void)!pack_unit_parse(loader->arena, &loader->core->units, node, &unit, loader->err);
    return unit;
}

Basis loader_basis(Loader *loader, const PackNode *map)
{
    return basis_read(map, basis_around(map, &loader->standard->basis));
}
