/* What explanation.c (figures of schools and stages) and explanation_gate.c (gates and their items) share. */
#ifndef JH_APP_EXPLANATION_INT_H
#define JH_APP_EXPLANATION_INT_H

#include "app/explanation.h"

typedef struct Explainer {
    Arena *arena;
    Judge *judge;
    const ExplainRequest *request;
    const Symbol *symbol;
    uint32_t region, school;
    Explanation *out;
    Err *err;
} Explainer;

/* The document behind a rule, once. */
void explanation_add_rule(Explainer *x, Str what, const Basis *basis, Str note);
/* The steps of a tree as the explanation x->out, with cells and rules. */
void explanation_set_root(Explainer *x, const Node *tree, const Symbol *symbol, Str name,
                          const ExactPoint *point);
/* A name as a tree, for what is given. */
Node *explanation_name_node(Arena *arena, const Symbol *symbol);
/* Whether the unit has anything of the stage. */
bool explanation_has_stage(const Explainer *x, int stage);

/* The code of a gate, or of an item that is not simply a figure of schools, or an item's name. */
bool explanation_is_of_gate(const Standard *standard, Str name);
MUST_USE bool explanation_of_gate(Explainer *x, Explanation **ret, size_t *ret_count);

#endif
