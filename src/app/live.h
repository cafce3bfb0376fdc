/*
 * A period of the database that stays open: one cell after another is corrected, each durably, and what
 * follows from it is there at once. A correction is a document of one cell in the journal; the county
 * and the regions above it are judged again from what changed. Test and check hold this equal to
 * judging everything afresh.
 */
#ifndef JH_APP_LIVE_H
#define JH_APP_LIVE_H

#include "app/evaluation.h"

typedef struct Live Live;

/* As evaluation_open for a period of the database as it is: no --at, --structure or what-if. */
MUST_USE bool live_open(Arena *arena, const EvaluationRequest *request, Live **ret, Err *err);

typedef struct LiveEdit {
    Str school; /* 10 digits */
    Str stage;  /* empty: an item that the whole school reports once */
    Str item;
    double value; /* NaN: not reported */
    Str author;
} LiveEdit;

/*
 * When it returns true the correction is in the journal and in the results. ret_region: the county. Fails
 * with ERR_CHANGE_… where there is no such cell, with ERR_FLAT_… if the value cannot be, with
 * ERR_LIVE_BEHIND where somebody else has written meanwhile (open it again); then nothing is changed.
 */
MUST_USE bool live_edit(Live *live, const LiveEdit *edit, uint32_t *ret_region, Err *err);

const Evaluation *live_evaluation(const Live *live);

#endif
