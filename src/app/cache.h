/*
 * The column cache: the facts of a period as they lie in memory (app/arrange.h), in a file beside the
 * database, so that opening a nation needs no replay. It is mapped; a column that no formula asks for
 * is never read.
 *
 * It is derived, belongs to one database and one entry of its journal, and is written aside and put in
 * place whole. A cache that is missing, of another database, of another layout, cut, damaged, or older
 * than something that matters is not used but made again; nobody need look after it. What it holds
 * can be compared with the journal (cache_check).
 *
 * Items of the privacy class 敏感 never enter it: a period that has one has no cache.
 */
#ifndef JH_APP_CACHE_H
#define JH_APP_CACHE_H

#include "app/stored.h"

typedef struct CacheState {
    const char *path;
    bool is_there;
    bool is_used;       /* what was opened came from it */
    uint64_t seq;       /* entry of the journal up to which it goes */
    const char *reason; /* word for why it was not used: "none" "other" "old" "damaged"; or NULL */
} CacheState;

/*
 * The dataset of the period: from the cache if that is good, else NULL with the reason. Of the dataset
 * the divisions stand in *ret_core. Never fails: without a cache there is the journal.
 */
Dataset *cache_open(Arena *arena, Store *store, const Core *core, Period period,
                    const Core **ret_core, CacheState *ret_state);

/*
 * Writes it, from what stored_dataset gave for the period as it is. Nothing is written where the
 * journal has got further; and where an item is 敏感 also what was there is taken away.
 */
MUST_USE bool cache_save(Arena *arena, Store *store, const Facts *facts, const Core *core,
                         const Dataset *dataset, Err *err);

/* Takes it away. */
void cache_remove(Arena *arena, Store *store, Period period);

#endif
