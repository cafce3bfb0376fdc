/* Names: of functions and of symbols, and the columns they stand for. */
#include "expr/expr_int.h"
#include "expr/lex_int.h"

#include "base/utf8.h"

static const FunctionRow FUNCTION_ROWS[FUNCTION_COUNT] = {
#define FUNCTION(code, en, zh, shape, args_min, args_max, doc_zh, doc_en) \
    [code] = {en, zh, SHAPE_##shape, args_min, args_max},
#include "expr/functions.def"
#undef FUNCTION
};

const FunctionRow *function_row(Function fn)
{
    return &FUNCTION_ROWS[fn];
}

const char *function_name(Function fn, Lang lang)
{
    return lang == LANG_EN ? FUNCTION_ROWS[fn].en : FUNCTION_ROWS[fn].zh;
}

bool function_find(Str name, Function *ret)
{
    for (int fn = 0; fn < FUNCTION_COUNT; fn++)
        if (str_equals(name, str_from(FUNCTION_ROWS[fn].zh)) ||
            str_equals(name, str_from(FUNCTION_ROWS[fn].en))) {
            *ret = (Function)fn;
            return true;
        }
    return false;
}

void scope_init(Scope *scope, Arena *arena, const UnitTable *units)
{
    *scope = (Scope){.arena = arena, .units = units};
    map_init(&scope->symbols, arena);
}

static bool check_name(const Scope *scope, Str name, const ErrPlace *place, Err *err)
{
    Function fn;
    if (lex_is_keyword(name) || function_find(name, &fn))
        return err_fail_at(err, place, ERR_NAME_RESERVED, ARG_STR("name", name));
    bool is_foreign = scope->foreign && map_find(&scope->foreign->symbols, name);
    if (is_foreign || map_find(&scope->symbols, name))
        return err_fail_at(err, place, ERR_NAME_DUPLICATE, ARG_STR("name", name));
    return true;
}

bool scope_add(Scope *scope, Symbol *symbol, const ErrPlace *place, Err *err)
{
    bool has_code = symbol->code.len && !str_equals(symbol->code, symbol->name);
    if (!check_name(scope, symbol->name, place, err))
        return false;
    if (has_code && !check_name(scope, symbol->code, place, err))
        return false;
    map_set(&scope->symbols, symbol->name, symbol);
    if (has_code)
        map_set(&scope->symbols, symbol->code, symbol);
    return true;
}

Symbol *scope_find(const Scope *scope, Str name)
{
    Symbol *symbol = map_find(&scope->symbols, name);
    return symbol ? symbol : map_find(&scope->symbols, utf8_fold(scope->arena, name));
}

int scope_slot(Scope *scope, const Symbol *symbol, int years_back)
{
    for (size_t i = 0; i < scope->slots.len; i++)
        if (scope->slots.ptr[i].symbol == symbol && scope->slots.ptr[i].years_back == years_back)
            return (int)i;
    VEC_PUSH(scope->arena, &scope->slots, (Slot){.symbol = symbol, .years_back = years_back});
    return (int)scope->slots.len - 1;
}
