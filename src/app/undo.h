/*
 * Taking back: a whole batch that was imported, or one event of a unit. Nothing is removed; an entry says
 * that the other does not count any more, and everything is as if it had not been, but for what was judged
 * as of an earlier entry. Refused where something later rests on it.
 */
#ifndef JH_APP_UNDO_H
#define JH_APP_UNDO_H

#include "app/facts.h"

typedef struct UndoResult {
    const Batch *batch;     /* that was taken back; or */
    const Happening *event; /* this */
    uint64_t entry;         /* that takes it back */
} UndoResult;

/*
 * `seq`: of the batch or event. Fails with ERR_UNDO_NONE, ERR_UNDO_TWICE, or where something else rests on
 * it ERR_UNDO_NEEDED, ERR_UNDO_EVENT_NEEDED.
 */
MUST_USE bool undo_run(Arena *arena, const char *packs, const StoreConfig *store, uint64_t seq,
                       Str author, UndoResult *ret, Err *err);

#endif
