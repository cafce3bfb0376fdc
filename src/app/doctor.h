/*
 * The state of a database, point by point, whatever is wrong with others: what was looked at, whether it
 * is in order, and if not what to do. And the caches, made again.
 */
#ifndef JH_APP_DOCTOR_H
#define JH_APP_DOCTOR_H

#include "app/cache.h"

typedef enum Health { HEALTH_GOOD, HEALTH_NOTE, HEALTH_BAD } Health;

typedef struct Finding {
    const char *zh, *en; /* what was looked at */
    Health health;
    Str detail_zh, detail_en; /* one line; of what is bad the message */
    Str advice_zh, advice_en; /* what to do; empty if nothing is */
} Finding;

typedef struct Examination {
    VEC(Finding) findings;
    size_t bad;
} Examination;

/* Never fails: what cannot be looked at is a finding. */
void doctor_examine(Arena *arena, const char *packs, const StoreConfig *store, Examination *ret);

typedef struct RebuiltCache {
    Str period;
    const char *path; /* NULL: it may not be cached (敏感) */
    size_t schools, rows;
} RebuiltCache;
typedef struct Rebuilt {
    VEC(RebuiltCache) caches;
} Rebuilt;

/* All caches from the journal, old ones or not. */
MUST_USE bool doctor_rebuild(Arena *arena, const char *packs, const StoreConfig *store,
                             Rebuilt *ret, Err *err);

/*
 * Every cache that would be used, against the documents: fails with ERR_CACHE_WRONG for each that differs.
 */
MUST_USE bool doctor_check_caches(Arena *arena, const Core *core, Store *store, const Facts *facts,
                                  Err *err);

#endif
