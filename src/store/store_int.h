/* For store/ only: an open journal, its chain and its side files. */
#ifndef JH_STORE_STORE_INT_H
#define JH_STORE_STORE_INT_H

#include "store/backup.h"
#include "store/check.h"
#include "store/driver.h"
#include "store/store.h"

enum { STORE_SCHEMA = 1, STORE_ID_LEN = 32 /* hex digits */, CHAIN_KEYS_MAX = 64 };

/* ---- side.c: the files beside the database ---- */

typedef struct SidePaths {
    char *key, *head;
} SidePaths;

/* Fails with ERR_SIDE_NEEDED for a server database without a folder. */
MUST_USE bool side_paths(Arena *arena, const StoreConfig *config, SidePaths *ret, Err *err);
bool store_is_server(Str address);

/* Keys have numbers from 1 on; the last one makes new links. */
struct ChainKeys {
    DigestMac *mac[CHAIN_KEYS_MAX];
    uint32_t count;
};

/* A fresh key in a new file that only its owner may read. */
MUST_USE bool side_create_key(const char *path, Err *err);
/* Fails with ERR_SIDE_KEY_…. */
MUST_USE bool side_load_keys(Arena *arena, const char *path, ChainKeys *ret, Err *err);

/*
 * The head file. false: it is not there, or not a head file of this store (ret_is_there tells).
 * It is written in place, in one piece, without waiting for the disk: it may be behind the database
 * after a loss of power, and is never ahead of it.
 */
bool side_read_head(Arena *arena, const char *path, Str id, Head *ret, bool *ret_is_there);
MUST_USE bool side_write_head(Arena *arena, const char *path, Str id, const Head *head, Err *err);

/* ---- chain.c ---- */

/*
 * HMAC-SM3 over the link before (32 zero bytes for the first entry) and all of the entry but its own
 * link. doc/format.md lays down the bytes.
 */
void chain_link(DigestMac *mac, const unsigned char before[SM3_LEN], const Entry *entry,
                unsigned char ret[SM3_LEN]);

/* ---- store.c ---- */

struct Store {
    Arena *arena;
    Driver *driver;
    Str address, id; /* address as it may be shown */
    int schema;
    SidePaths side;
    ChainKeys keys;
    Head head;
    Head
        seen; /* the last entry that was looked up by its link, or written: it need not be looked up again */
    bool is_writing;
};

/* Reads the head row. */
MUST_USE bool store_read_head(Store *store, Head *ret, Err *err);
/* One entry row as an Entry; false if it has not the shape that we write. */
bool entry_of_row(const SqlValue *value, size_t count, Entry *ret);
/*
 * What the head file and the database say of one another; fails with ERR_CHAIN_… or ERR_SIDE_HEAD. The
 * file is read first, the head of the database after it: others may write in between.
 */
typedef struct Noted {
    Head head;
    bool is_there, is_good;
} Noted;
Noted store_read_noted(const Store *store);
MUST_USE bool store_compare(Store *store, const Noted *noted, Err *err);
/* Tables and rows of a new, empty store; within a transaction. */
MUST_USE bool store_add_tables(Driver *driver, Str id, Err *err);
/* The address as messages show it: without a password. */
Str store_shown(Arena *arena, Str address);
/* Opens the database alone. */
MUST_USE bool store_open_driver(Arena *arena, const StoreConfig *config, bool is_creating,
                                Driver **ret, Err *err);
/* Whether the tables are there. */
MUST_USE bool store_has_tables(Driver *driver, bool *ret, Err *err);
/* The row of an entry, and the head row moved from `before`. */
MUST_USE bool store_insert(Store *store, const Entry *entry, Err *err);
MUST_USE bool store_move_head(Store *store, const Head *before, const Head *after, Err *err);

/* ---- backup.c ---- */

/* A backup as a whole: its form, its chain, its end. Fails with ERR_BACKUP_…. */
MUST_USE bool backup_verify(Arena *arena, const char *path, const ChainKeys *keys, BackupInfo *ret,
                            Head *ret_head, Err *err);

#endif
