/*
 * The database as a whole: made, looked at, checked, copied, made again. What stands in it is for
 * other use cases; how it lies there for store/ and doc/format.md.
 */
#ifndef JH_APP_DATABASE_H
#define JH_APP_DATABASE_H

#include "store/backup.h"
#include "store/check.h"

/* Fails with ERR_DB_NEEDED if no address was given, else as store_open. */
MUST_USE bool database_open(Arena *arena, const StoreConfig *config, Store **ret, Err *err);

/*
 * A new database with the divisions of packs/core in it. One that is there but still empty (making it
 * was broken off) is completed. Fails as store_create.
 */
MUST_USE bool database_create(Arena *arena, const char *packs, const StoreConfig *config,
                              Str author, Err *err);

typedef struct DatabaseStatus {
    Str address, id;  /* the address without a password */
    const char *kind; /* "sqlite", "postgresql" */
    int schema;
    Head head;
    const char *key_file, *head_file;
} DatabaseStatus;
/* Reads only the head. */
MUST_USE bool database_status(Arena *arena, const StoreConfig *config, DatabaseStatus *ret,
                              Err *err);

/* The chain alone: fails with each finding, see store_check. */
MUST_USE bool database_verify(Arena *arena, const StoreConfig *config, DatabaseStatus *ret_status,
                              StoreCheck *ret, Err *err);

/*
 * Also whether every entry can be understood and what they say fits together (ERR_FACTS_…), and whether the
 * caches hold what the journal says (ERR_CACHE_WRONG).
 */
MUST_USE bool database_check(Arena *arena, const char *packs, const StoreConfig *config,
                             DatabaseStatus *ret_status, StoreCheck *ret, Err *err);

MUST_USE bool database_backup(Arena *arena, const StoreConfig *config, const char *path,
                              BackupInfo *ret, Err *err);
/* Made again and checked. */
MUST_USE bool database_restore(Arena *arena, const StoreConfig *config, const char *path,
                               bool is_loss_accepted, BackupInfo *ret, Err *err);

#endif
