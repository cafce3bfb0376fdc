#include "app/database.h"

#include "app/doctor.h"

static bool need_address(const StoreConfig *config, Err *err)
{
    return config->address.len > 0 || err_fail(err, ERR_DB_NEEDED);
}

bool database_open(Arena *arena, const StoreConfig *config, Store **ret, Err *err)
{
    return need_address(config, err) && store_open(arena, config, ret, err);
}

/* ---- making ---- */

static OrgKind kind_of(const Code *code)
{
    int depth = 0;
    for (const Code *above = code->parent; above; above = above->parent)
        depth++;
    return (OrgKind)(ORG_PROVINCE + depth);
}

/* In the order of the packs: parents first. */
static void list_divisions(const Core *core, StrBuf *body)
{
    size_t count = core->regions->codes.len;
    Division *list = ARENA_ARRAY(body->arena, Division, count);
    Map numbers;
    map_init(&numbers, body->arena);
    for (size_t i = 0; i < count; i++) {
        const Code *code = core->regions->codes.ptr[i];
        uintptr_t parent = code->parent ? (uintptr_t)map_find(&numbers, code->parent->code) : 0;
        list[i] = (Division){.kind = kind_of(code),
                             .code = (uint32_t)code->number,
                             .parent = (uint32_t)parent,
                             .name = code->name};
        map_set(&numbers, code->code, (void *)(uintptr_t)(i + 1));
    }
    divisions_format(body, list, count);
}

typedef struct Making {
    const Core *core;
    Str author;
} Making;

static bool add_divisions(Store *store, void *ctx, Err *err)
{
    const Making *making = ctx;
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    StrBuf body;
    strbuf_init(&body, &scratch);
    if (store_head(store).seq > 0)
        return true;
    list_divisions(making->core, &body);
    const EntryDraft draft = {
        .author = making->author, .kind = STR("divisions"), .body = strbuf_str(&body)};
    return store_append(store, &draft, NULL, err);
}

/* Whether a database is there that nothing was ever entered in. */
static bool is_begun(const StoreConfig *config)
{
    CLEANUP(arena_done) Arena scratch;
    CLEANUP(err_done) Err quiet;
    arena_init(&scratch);
    err_init(&quiet);
    Store *store;
    return store_open(&scratch, config, &store, &quiet) && store_head(store).seq == 0;
}

bool database_create(Arena *arena, const char *packs, const StoreConfig *config, Str author,
                     Err *err)
{
    Making making = {.author = author};
    Core *core;
    Store *store;
    if (!need_address(config, err) || !pack_load_core(arena, packs, &core, err) ||
        (!is_begun(config) && !store_create(config, err)) ||
        !store_open(arena, config, &store, err))
        return false;
    making.core = core;
    return store_write(store, add_divisions, &making, err);
}

/* ---- looking ---- */

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
    if (!database_open(arena, config, &store, err))
        return false;
    *ret = status_of(store);
    return true;
}

bool database_verify(Arena *arena, const StoreConfig *config, DatabaseStatus *ret_status,
                     StoreCheck *ret, Err *err)
{
    Store *store;
    if (!database_open(arena, config, &store, err) || !store_check(store, ret, err))
        return false;
    *ret_status = status_of(store);
    return true;
}

bool database_check(Arena *arena, const char *packs, const StoreConfig *config,
                    DatabaseStatus *ret_status, StoreCheck *ret, Err *err)
{
    Core *core;
    Store *store;
    Facts *facts;
    return database_verify(arena, config, ret_status, ret, err) &&
           pack_load_core(arena, packs, &core, err) && store_open(arena, config, &store, err) &&
           facts_load(arena, core, store, FACTS_ALL, &facts, err) &&
           doctor_check_caches(arena, core, store, facts, err);
}

bool database_backup(Arena *arena, const StoreConfig *config, const char *path, BackupInfo *ret,
                     Err *err)
{
    Store *store;
    return database_open(arena, config, &store, err) && store_backup(arena, store, path, ret, err);
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
