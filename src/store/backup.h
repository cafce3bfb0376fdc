/*
 * A backup is the journal: one file that does not depend on the kind of database, so that equal
 * journals give equal files. It ends with the number of its entries and the SM3 of all before, by
 * which a copy that broke off or was changed is known without any key. doc/format.md lays it down.
 */
#ifndef JH_STORE_BACKUP_H
#define JH_STORE_BACKUP_H

#include "store/store.h"

typedef struct BackupInfo {
    uint64_t entries;
    Str id;                       /* of the store */
    char digest[2 * SM3_LEN + 1]; /* hex, of the whole file but its last 32 bytes */
} BackupInfo;

/* Writes the whole journal into a new file, or nothing. */
MUST_USE bool store_backup(Arena *arena, Store *store, const char *path, BackupInfo *ret, Err *err);

/*
 * Makes the store again from a backup, with its id, where there is none yet. The key file must be in
 * its place (ERR_SIDE_KEY_MISSING). Everything is verified first; fails with ERR_BACKUP_… and leaves
 * nothing. If a head file stands there and says that the store had got further, that is an error
 * (ERR_CHAIN_CUT) unless the loss is accepted.
 */
MUST_USE bool store_restore(Arena *arena, const StoreConfig *config, const char *path,
                            bool is_loss_accepted, BackupInfo *ret, Err *err);

#endif
