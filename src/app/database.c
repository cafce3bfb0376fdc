#include "app/database.h"

static bool need_address(const StoreConfig *config, Err *err)
{
    return config->address.len > 0 || err_fail(err, ERR_DB_NEEDED);
}

static bool open_store(Arena *arena, const StoreConfig *config, Store **ret, Err *err)
{
    return need_address(config, err) && store_open(arena, config, ret, err);
}

bool database_create(Arena *arena, const StoreConfig *config, Err *err)
{
    Store *store;
    return need_address(config, err) && store_create(config, err) &&
           store_open(arena, config, &store, err);
}

static DatabaseStatus status_of(const Store *store)
{
    return (DatabaseStatus){.address = store_address(store),
                            .id = store_id(store),
                            .kind = store_kind(store),
                            .schema = store_schema(store),
                            .head = store_head(store),
                            .key_file = store_key_file(store),
                            .head_file = store_head_file(store)};
}

bool database_status(Arena *arena, const StoreConfig *config, DatabaseStatus *ret, Err *err)
{
    Store *store;
    if (!open_store(arena, config, &store, err))
        return false;
    *ret = status_of(store);
    return true;
}

bool database_check(Arena *arena, const StoreConfig *config, DatabaseStatus *ret_status,
                    StoreCheck *ret, Err *err)
{
    Store *store;
    if (!open_store(arena, config, &store, err) || !store_check(store, ret, err))
        return false;
    *ret_status = status_of(store);
    return true;
}

bool database_backup(Arena *arena, const StoreConfig *config, const char *path, BackupInfo *ret,
                     Err *err)
{
    Store *store;
    return open_store(arena, config, &store, err) && store_backup(arena, store, path, ret, err);
}

bool database_restore(Arena *arena, const StoreConfig *config, const char *path,
                      bool is_loss_accepted, BackupInfo *ret, Err *err)
{
    Store *store;
    StoreCheck check;
    return need_address(config, err) &&
           store_restore(arena, config, path, is_loss_accepted, ret, err) &&
           store_open(arena, config, &store, err) && store_check(store, &check, err);
}
