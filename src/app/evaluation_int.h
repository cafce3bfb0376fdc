/* What evaluation.c (opening) and quantities.c (published figures and who defines them) share. */
#ifndef JH_APP_EVALUATION_INT_H
#define JH_APP_EVALUATION_INT_H

#include "app/evaluation.h"

/*
 * Every published figure is one of the standard or of another one in force: else a misspelt one
 * would count as not reported. Those of this standard get the name that it has there, and come once.
 */
MUST_USE bool quantities_check(Arena *arena, const EvaluationRequest *request,
                               const Evaluation *evaluation, RegionFacts *facts, Err *err);

/* The same where no standard is chosen: it is enough that one in force for the period has the figure. */
MUST_USE bool quantities_check_any(Arena *arena, const char *packs, const Core *core, Period period,
                                   RegionFacts *facts, Err *err);

/* Fills evaluation->foreign: coefficients of other standards, where this one draws one line for all. */
void quantities_foreign(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation);

#endif
