/*
 * Checking one formula: names and cycles (check.c), then types and levels (check_types.c), then
 * units (check_units.c). A node with a mistake gets TYPE_UNKNOWN, and nothing more is said about it.
 */
#ifndef JH_EXPR_CHECK_INT_H
#define JH_EXPR_CHECK_INT_H

#include "expr/expr_int.h"

/* No value of the enum: trees that have one are never used. */
#define TYPE_UNKNOWN ((Type)(TYPE_TEXT + 1))

typedef struct Checker {
    Scope *scope;
    Arena *arena; /* for what lives as long as the trees */
    Arena scratch;
    Err *err;
    Formula *formula;     /* the one being checked */
    const Node *previous; /* the 上年 around the node being checked, or NULL */
    Str *candidate;       /* all names, for suggestions; gathered when first needed */
    size_t candidate_count;
} Checker;

/* Reports at a node of the formula being checked. */
#define check_fail(c, node, ...) CHECK_FAIL_(c, node, __VA_ARGS__, (ErrArg){0})
#define CHECK_FAIL_(c, node, code, ...) \
    check_fail_args((c), (node), (code), (const ErrArg[]){__VA_ARGS__, {0}})
void check_fail_args(Checker *c, const Node *node, ErrCode code, const ErrArg *args);
/* The source of a node, shortened. */
Str check_excerpt(Checker *c, const Node *node);
/* Enough was reported: suggestions are no longer worth their time. */
bool check_is_full(const Checker *c);

bool type_is_list(Type type);
const char *type_name(Type type, Lang lang);

/* Whether node gives `type`; reports if not, unless its type is unknown. */
bool check_type(Checker *c, const Node *node, Type type);
/* Types, levels, slots and sizes of the tree; names that hold formulas are checked already. */
void check_types(Checker *c, Node *node);
/* The same for a call whose arguments are checked (check_call.c). */
void check_call(Checker *c, Node *node);
/* Level, height, windows and size of a node from its parts. */
void check_measure(Node *node, Level level, bool runs_on_rows);
Level check_level_of_parts(const Node *node);

/* Units of the tree, and that of the whole against want's if it declares one. */
void check_units(Checker *c, Node *tree, const Symbol *want);

#endif
