/* Shared by cache.c and cache_tail.c. */
#ifndef JH_APP_CACHE_INT_H
#define JH_APP_CACHE_INT_H

#include "app/cache.h"

/* A school that corrections speak of; school NULL: the cache has none such. */
typedef struct Corrected {
    int64_t id;
    const School *school;
} Corrected;

/* What stands in the journal behind the cache. */
typedef struct CacheTail {
    Arena *arena;
    Str text; /* of the period */
    Period period;
    uint64_t seq;              /* of the entry that the cache was made from, */
    const unsigned char *link; /* and its link */
    bool is_known; /* all behind it are of later periods, or corrections of single cells */
    VEC(Document) corrections;
    VEC(Corrected) corrected; /* by id */
} CacheTail;

/* NULL if the cache still holds, with the corrections behind it; else the word for why it does not. */
const char *cache_read_tail(Store *store, CacheTail *tail);
/* Puts the corrections in; false if the cache has no place for one. */
bool cache_apply_tail(CacheTail *tail, Dataset *dataset);

#endif
