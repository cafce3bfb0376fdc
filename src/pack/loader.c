/* Symbols and formulas of a standard that is being made. */
#include "pack/standard_int.h"

static Formula *queue(Loader *loader, Formula formula, const Symbol *want)
{
    Formula *kept = ARENA_NEW(loader->arena, Formula);
    *kept = formula;
    VEC_PUSH(loader->arena, &loader->wanted,
             (Wanted){.formula = kept, .want = want, .scope = loader->scope});
    return kept;
}

Formula node_formula(Arena *arena, const PackNode *node)
{
    return (Formula){.source = node->source,
                     .file = node->file->path,
                     .line = node->line,
                     .column = node->column,
                     .node = node_path(arena, node)};
}

Formula *loader_formula(Loader *loader, const PackNode *node, const Symbol *want)
{
    if (!node || node->kind != PACK_TEXT || !node->text.len)
        return NULL;
    return queue(loader, node_formula(loader->arena, node), want);
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

bool pack_add_name(Arena *arena, Scope *scope, Symbol *symbol, Str text, const ErrPlace *place,
                   Err *err)
{
    if (scope_find(scope, text) == symbol)
        return true;
    Symbol *claim = ARENA_NEW(arena, Symbol);
    claim->name = text;
    if (!scope_add(scope, claim, place, err))
        return false;
    map_set(&scope->symbols, text, symbol);
    return true;
}

const ErrPlace *pack_name_place(Arena *arena, const PackNode *node, Str text)
{
    static const PackKey HOLDERS[] = {KEY_NAME, KEY_CODE};
    for (size_t i = 0; i < 2 && !str_equals(node->key, text); i++)
        if (str_equals(node_text(node, HOLDERS[i]), text))
            return node_place(arena, node_get(node, HOLDERS[i]));
    return node_key_place(arena, node);
}

bool loader_add_symbol(Loader *loader, Symbol *symbol, const PackNode *node)
{
    Scope *scope = loader->scope;
    Str name[] = {symbol->name, symbol->code};
    bool is_ok = true;
    for (size_t i = 0; i < 2; i++)
        if (name[i].len)
            is_ok &= pack_add_name(loader->arena, scope, symbol, name[i],
                                   pack_name_place(loader->arena, node, name[i]), loader->err);
    return is_ok;
}

bool loader_unit(Loader *loader, const PackNode *map, Unit *ret)
{
    const PackNode *node = node_get(map, KEY_UNIT);
    *ret = unit_none();
    return node_text(map, KEY_UNIT).len &&
           pack_unit_parse(loader->arena, &loader->core->units, node, ret, loader->err);
}

Basis loader_basis(Loader *loader, const PackNode *map)
{
    return basis_read(map, basis_around(map, NULL, &loader->standard->basis));
}

Basis loader_rule_basis(Loader *loader, const PackNode *map, PackKey rule)
{
    const PackNode *node = node_get(map, rule);
    return node && node->basis ? *node->basis : loader_basis(loader, map);
}
