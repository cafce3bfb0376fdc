/*
 * Is the journal what was written? Every entry is read, and its link computed again from its content
 * and the link before; the head row and the head file are compared with the last entry.
 */
#ifndef JH_STORE_CHECK_H
#define JH_STORE_CHECK_H

#include "store/store.h"

typedef struct ChainKeys ChainKeys;

typedef struct StoreCheck {
    uint64_t entries;
    int64_t first_us, last_us; /* times of the first and the last; 0 if there are none */
    bool wrote_head_file;      /* it was missing, and all else is in order */
} StoreCheck;

/*
 * All that is wrong at once: fails with one ERR_CHAIN_… for each finding, ERR_SIDE_HEAD, or ERR_STORE_…
 * where the database cannot be read. A head file that is missing is written again if nothing is wrong.
 */
MUST_USE bool store_check(Store *store, StoreCheck *ret, Err *err);

/*
 * Compares entries, one after the other, with the chain; used for journals and backups alike.
 * A run of entries whose links do not fit is told when it ends: by one that fits again (they were
 * changed), or by the end (all from there on were rewritten).
 */
typedef struct ChainCheck {
    const ChainKeys *keys;
    uint64_t seq; /* of the entry before */
    int64_t time_us;
    unsigned char link[SM3_LEN];
    bool is_link_known; /* false behind a gap */
    uint64_t bad_first; /* of the run; 0: none */
} ChainCheck;

void chain_check_start(ChainCheck *check, const ChainKeys *keys);
void chain_check_add(ChainCheck *check, const Entry *entry, Err *err);
void chain_check_end(ChainCheck *check, Err *err);

#endif
