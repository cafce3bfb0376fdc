/*
 * The journal: what a bureau knew, when, and from whom. One append-only table of entries, each
 * authenticated together with the one before it, in a SQLite file or a PostgreSQL database. All
 * else (trees, current values, verdicts, caches) is derived from it and can be made again. This
 * module knows nothing of schools: what the body of an entry means is for fact/ and app/.
 *
 * Beside the database stand two small files (store/side.h): the key of the chain, and the head, a
 * note of how far the journal had got. The database alone can be cut or rewritten by whoever may
 * write to it; only together with both files can that go unseen.
 *
 * An entry that was accepted (store_write returned true) survives the end of the process and of
 * the machine. Nothing of a store_write that failed is ever seen.
 */
#ifndef JH_STORE_STORE_H
#define JH_STORE_STORE_H

#include "base/digest.h"
#include "base/err.h"

struct Trace;
typedef struct Store Store;

typedef struct StoreConfig {
    Str address;      /* the path of a SQLite file, or postgresql://… */
    const char *side; /* folder of the side files; NULL: beside the SQLite file */
    int wait_ms;      /* how long to wait for other writers; 0: ten seconds */
    /* For tests: every operation on the database passes through it (store/trace.h). */
    struct Trace *trace;
} StoreConfig;

/* What the caller says of an entry. */
typedef struct EntryDraft {
    Str author;      /* who did it; never empty */
    Str kind;        /* "unit.open", "document" …: words of a-z, '.' and '-' */
    int64_t subject; /* the permanent id of what it is about; 0: none */
    Str period;      /* as period_format prints it, or empty */
    Str body;        /* bytes, in the shape that goes with the kind: doc/format.md */
} EntryDraft;

/* An entry as it stands. Texts belong to whoever gave it, for the call. */
typedef struct Entry {
    uint64_t seq;    /* 1, 2, 3 … without a gap */
    int64_t time_us; /* UTC, microseconds since 1970; never before that of the entry before */
    EntryDraft draft;
    uint32_t key; /* which key of the chain made the link */
    unsigned char link[SM3_LEN];
} Entry;

/* How far the journal has got. seq 0: it is empty. */
typedef struct Head {
    uint64_t seq;
    int64_t time_us;
    unsigned char link[SM3_LEN];
} Head;

/*
 * A new, empty journal: schema, key and head file. Fails with ERR_STORE_EXISTS where there is one,
 * and leaves nothing behind if it fails.
 */
MUST_USE bool store_create(const StoreConfig *config, Err *err);

/*
 * Opens a journal, until the arena ends. Fails with ERR_STORE_NONE where there is none yet, with
 * ERR_STORE_NEWER if it was made by a later version, ERR_STORE_KEY_… without its key.
 * It opens also when the head file says that the journal was cut or rewritten; then nothing can be
 * written (ERR_CHAIN_…), and store_check says what is wrong.
 */
MUST_USE bool store_open(Arena *arena, const StoreConfig *config, Store **ret, Err *err);

/* 32 hex digits, given once at creation; backups and caches carry it. */
Str store_id(const Store *store);
/* As given, without a password; and the paths of the files beside the database. */
Str store_address(const Store *store);
const char *store_key_file(const Store *store);
const char *store_head_file(const Store *store);
/* A further file beside it: "bureau.db.2024-2025.cache". */
Str store_beside(Arena *arena, const Store *store, Str ending);
/* "sqlite" or "postgresql", and the version of the schema. */
const char *store_kind(const Store *store);
int store_schema(const Store *store);
/* As of the last store_write or store_scan. */
Head store_head(const Store *store);

/*
 * One transaction: `work` calls store_append and may fail; then nothing of it stands. Where another
 * writer was faster, everything `work` did is taken back and it is called once more, with the
 * journal as the other left it: it must begin anew from what it reads.
 */
typedef bool StoreWork(Store *store, void *ctx, Err *err);
MUST_USE bool store_write(Store *store, StoreWork *work, void *ctx, Err *err);

/* Only within store_write. Texts and body are copied. Fails with ERR_STORE_… or a limit. */
MUST_USE bool store_append(Store *store, const EntryDraft *draft, Entry *ret, Err *err);

/* Called with one entry after another; false (with err filled) ends the scan, which then fails. */
typedef bool EntryFn(void *ctx, const Entry *entry, Err *err);

/* Entries after `after` up to `last` (UINT64_MAX: all there are), in order of seq. */
MUST_USE bool store_scan(Store *store, uint64_t after, uint64_t last, EntryFn *fn, void *ctx,
                         Err *err);

/* *ret: whether there is an entry of that number, and with that link. Reads no body. */
MUST_USE bool store_has_link(Store *store, uint64_t seq, const unsigned char link[SM3_LEN],
                             bool *ret, Err *err);

#endif
