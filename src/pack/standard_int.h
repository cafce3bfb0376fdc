/*
 * One standard while it is being made: its tree is whole (overlays applied), its words checked.
 * standard.c reads the parts in order; formulas are queued, and parsed and checked at the end, so
 * that all their errors come at once and names may be used before they are defined.
 */
#ifndef JH_PACK_STANDARD_INT_H
#define JH_PACK_STANDARD_INT_H

#include "pack/core_int.h"

typedef struct Wanted {
    Formula *formula;
    const Symbol *want;
    Scope *scope; /* whose names it may use */
    bool is_idle; /* checked only for its mistakes: an exception that is not in force */
} Wanted;

typedef struct DatedException {
    Exception *exception;
    const PackNode *node;
} DatedException;
typedef VEC(DatedException) ExceptionList;

typedef struct Loader {
    Arena *arena;
    const Core *core;
    const PackNode *root;
    Standard *standard;
    Scope *scope;   /* of formulas and names being read: the standard's, or its county_scope */
    Map exceptions; /* code of an indicator -> ExceptionList * of all, in force or not */
    Err *err;
    VEC(Wanted) wanted;
    const Symbol *region_bool; /* what the formula of a gate gives */
    const Symbol *row_bool;
} Loader;

/* What stands at a text node as a formula, placed there. */
Formula node_formula(Arena *arena, const PackNode *node);
/* A formula of the file, queued for parsing and checking as `want`. NULL if there is none. */
Formula *loader_formula(Loader *loader, const PackNode *node, const Symbol *want);
/* A formula made by us, which stands where `node` does. */
Formula *loader_made_formula(Loader *loader, const PackNode *node, Str source, const Symbol *want);
/*
 * Adds the symbol to the names of loader->scope, by its name and its code. False, and reported at what is
 * taken already, if one of them was; it then goes by the other.
 */
bool loader_add_symbol(Loader *loader, Symbol *symbol, const PackNode *node);
/* 单位 of a mapping. False, and *ret no unit, if it is unknown (reported) or not there. */
bool loader_unit(Loader *loader, const PackNode *map, Unit *ret);
/* 依据 of a mapping, completed from the file or the overlay that made it. */
Basis loader_basis(Loader *loader, const PackNode *map);
/* The same of something that says a rule, as 公式: that of the overlay where one changed the rule. */
Basis loader_rule_basis(Loader *loader, const PackNode *map, PackKey rule);

/* The numeric item of schools that a key names; NULL (and an error, if the key is there) if there is none. */
const Item *loader_item(Loader *loader, const PackNode *map, PackKey key);

/* figure.c: a PARAMETER symbol from a figure (NULL: it has no value); its owner is a Parameter. */
Symbol *figure_read(Loader *loader, const PackNode *node, Str name, Str code, Unit unit,
                    const Basis *basis);
/* A first or last day for a message; `name` ends in _zh or _en. Open ends are told in words. */
ErrArg date_arg(Arena *arena, const char *name, Date date);
/* Reports if it ends before it begins. */
bool validity_check(Arena *arena, const PackNode *node, Validity validity, Err *err);

/* exception.c: 例外, and what they make of the indicators' formulas. */
void exceptions_read(Loader *loader);
/* The formula of an indicator with the exceptions in force. */
Formula *exceptions_apply(Loader *loader, Indicator *indicator, const PackNode *node);
/* X.豁免 as source text, empty if nothing exempts. */
Str exceptions_exempt_source(Arena *arena, const Indicator *indicator);

/* members.c: X.限值 … of one indicator; then 各项.达标 … over all. */
void members_add(Loader *loader, Indicator *indicator, const PackNode *node);
void members_add_lists(Loader *loader);

/* indicator.c */
void indicators_read(Loader *loader);
/* 小数 of a mapping; 2 if it is not there. */
int loader_decimals(Loader *loader, const PackNode *node);
/* 方向: whether it is 不高于. */
bool loader_is_upper(Loader *loader, const PackNode *map);

/* gate.c: 门 with their 项, 复查, 批次; the names of county formulas. */
void county_names_add(Loader *loader);
void gates_read(Loader *loader);
void review_read(Loader *loader);
void batch_read(Loader *loader);

/* The standard from its tree. False, and everything reported, if there was any mistake. */
MUST_USE bool standard_make(Loader *loader);

#endif
