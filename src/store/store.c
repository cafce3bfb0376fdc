/* Creating, opening, writing and reading a journal. */
#include "store/store_int.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <sys/random.h>
#include <unistd.h>

enum { RACES_MAX = 32, PAGE = 256, WAIT_MS = 10000 };

Str store_id(const Store *store)
{
    return store->id;
}

Str store_address(const Store *store)
{
    return store->address;
}

const char *store_key_file(const Store *store)
{
    return store->side.key;
}

const char *store_head_file(const Store *store)
{
    return store->side.head;
}

Str store_beside(Arena *arena, const Store *store, Str ending)
{
    Str head = str_from(store->side.head);
    Str base = str_slice(head, 0, head.len - STR(".head").len);
    return str_format(arena, "%.*s.%.*s", STR_ARG(base), STR_ARG(ending));
}

const char *store_kind(const Store *store)
{
    return store->driver->ops->name;
}

int store_schema(const Store *store)
{
    return store->schema;
}

Head store_head(const Store *store)
{
    return store->head;
}

Str store_shown(Arena *arena, Str address)
{
    return store_is_server(address) ? postgres_name(arena, address) : str_dup(arena, address);
}

/* ---- creating ---- */

bool store_open_driver(Arena *arena, const StoreConfig *config, bool is_creating, Driver **ret,
                       Err *err)
{
    Driver *driver;
    int wait_ms = config->wait_ms ? config->wait_ms : WAIT_MS;
    bool is_ok = store_is_server(config->address)
                     ? postgres_open(arena, config->address, wait_ms, &driver, err)
                     : sqlite_open(arena, config->address, is_creating, wait_ms, &driver, err);
    if (is_ok)
        *ret = config->trace ? trace_open(arena, config->trace, driver) : driver;
    return is_ok;
}

static bool is_row(void *ctx, const SqlValue *value, size_t count, Err *err)
{
    (void)value;
    (void)count;
    (void)err;
    *(bool *)ctx = true;
    return true;
}

bool store_has_tables(Driver *driver, bool *ret, Err *err)
{
    SqlValue name = SQL_TEXT_VALUE(STR("jh_store"));
    *ret = false;
    const SqlCall call = {
        .id = driver->ops->has_table, .arg = &name, .arg_count = 1, .row = is_row, .ctx = ret};
    return driver->ops->run(driver, &call, NULL, err);
}

bool store_add_tables(Driver *driver, Str id, Err *err)
{
    static const unsigned char ZERO[SM3_LEN];
    const SqlValue store[] = {SQL_TEXT_VALUE(id), SQL_INT_VALUE(STORE_SCHEMA)};
    const SqlValue head[] = {SQL_INT_VALUE(0), SQL_INT_VALUE(0),
                             SQL_BLOB_VALUE(((Str){(const char *)ZERO, SM3_LEN}))};
    return driver_run(driver, SQL_STORE_CREATE, NULL, 0, err) &&
           driver_run(driver, SQL_HEAD_CREATE, NULL, 0, err) &&
           driver_run(driver, SQL_ENTRY_CREATE, NULL, 0, err) &&
           (!driver->ops->compresses || driver_run(driver, SQL_ENTRY_PLAIN, NULL, 0, err)) &&
           driver_run(driver, SQL_SUBJECT_INDEX, NULL, 0, err) &&
           driver_run(driver, SQL_STORE_ADD, store, 2, err) &&
           driver_run(driver, SQL_HEAD_ADD, head, 3, err);
}

static bool create_tables(Driver *driver, Str id, Err *err)
{
    if (!driver->ops->begin(driver, false, err))
        return false;
    if (store_add_tables(driver, id, err) && driver->ops->commit(driver, err))
        return true;
    driver->ops->rollback(driver);
    return false;
}

/* What store_create has made so far, taken away again unless all went well. */
typedef struct Creation {
    const char *made[4]; /* the database last: nothing refers to it any more */
    size_t count;
} Creation;

static void undo(Creation *creation)
{
    for (size_t i = 0; i < creation->count; i++)
        (void)unlink(creation->made[i]);
}

static void made(Creation *creation, const char *path)
{
    creation->made[creation->count++] = path;
}

static bool create(Arena *arena, const StoreConfig *config, const SidePaths *side,
                   Creation *creation, Err *err)
{
    Driver *driver;
    bool is_there;
    bool is_server = store_is_server(config->address);
    char *path = str_cstr(arena, config->address);
    if (!is_server && !file_exists(path))
        made(creation, path);
    if (!store_open_driver(arena, config, true, &driver, err) ||
        !store_has_tables(driver, &is_there, err))
        return false;
    if (is_there)
        return err_fail(err, ERR_STORE_EXISTS, ARG_STR("db", store_shown(arena, config->address)));
    unsigned char random[STORE_ID_LEN / 2];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        return file_fail(err, ERR_FILE_WRITE, path, errno);
    if (!file_exists(side->key)) {
        made(creation, side->key);
        if (!side_create_key(side->key, err))
            return false;
    }
    ChainKeys keys;
    Head head = {0};
    Str id = digest_hex(arena, random, sizeof random);
    if (!file_exists(side->head))
        made(creation, side->head);
    return side_load_keys(arena, side->key, &keys, err) &&
           side_write_head(arena, side->head, id, &head, err) && create_tables(driver, id, err);
}

bool store_create(const StoreConfig *config, Err *err)
{
    Creation creation = {0};
    CLEANUP(arena_done) Arena arena; /* closes the database before its file is taken away */
    arena_init(&arena);
    SidePaths side;
    if (!side_paths(&arena, config, &side, err))
        return false;
    if (create(&arena, config, &side, &creation, err))
        return true;
    undo(&creation);
    return false;
}

/* ---- opening ---- */

static bool take_store(void *ctx, const SqlValue *value, size_t count, Err *err)
{
    Store *store = ctx;
    (void)err;
    if (count == 2 && value[0].kind == SQL_TEXT && value[1].kind == SQL_INTEGER) {
        store->id = str_dup(store->arena, value[0].text);
        store->schema = (int)value[1].integer;
    }
    return true;
}

static bool read_store(Store *store, Err *err)
{
    bool is_there;
    if (!store_has_tables(store->driver, &is_there, err))
        return false;
    if (!is_there)
        return err_fail(err, ERR_STORE_NONE, ARG_STR("db", store->address));
    const SqlCall call = {.id = SQL_STORE_GET, .row = take_store, .ctx = store};
    if (!store->driver->ops->run(store->driver, &call, NULL, err))
        return false;
    if (store->schema > STORE_SCHEMA)
        return err_fail(err, ERR_STORE_NEWER, ARG_STR("db", store->address),
                        ARG_INT("have", store->schema), ARG_INT("want", STORE_SCHEMA));
    return (store->id.len == STORE_ID_LEN && store->schema > 0) ||
           err_fail(err, ERR_STORE_DAMAGED, ARG_STR("db", store->address),
                    ARG_LIT("reason", "jh_store"));
}

bool store_open(Arena *arena, const StoreConfig *config, Store **ret, Err *err)
{
    Store *store = ARENA_NEW(arena, Store);
    store->arena = arena;
    store->address = store_shown(arena, config->address);
    if (!side_paths(arena, config, &store->side, err))
        return false;
    if (!store_is_server(config->address) && !file_exists(str_cstr(arena, config->address)))
        return err_fail(err, ERR_STORE_NONE, ARG_STR("db", config->address));
    if (!store_open_driver(arena, config, false, &store->driver, err) || !read_store(store, err) ||
        !side_load_keys(arena, store->side.key, &store->keys, err) ||
        !store_read_head(store, &store->head, err))
        return false;
    *ret = store;
    return true;
}

/* ---- the head ---- */

static bool take_head(void *ctx, const SqlValue *value, size_t count, Err *err)
{
    Head *head = ctx;
    (void)err;
    bool is_ok = count == 3 && value[0].kind == SQL_INTEGER && value[0].integer >= 0 &&
                 value[1].kind == SQL_INTEGER && value[2].kind == SQL_BLOB &&
                 value[2].text.len == SM3_LEN;
    if (!is_ok)
        return true;
    head->seq = (uint64_t)value[0].integer;
    head->time_us = value[1].integer;
    memcpy(head->link, value[2].text.ptr, SM3_LEN);
    return true;
}

bool store_read_head(Store *store, Head *ret, Err *err)
{
    Head head = {.seq = UINT64_MAX};
    const SqlCall call = {.id = SQL_HEAD_GET, .row = take_head, .ctx = &head};
    if (!store->driver->ops->run(store->driver, &call, NULL, err))
        return false;
    if (head.seq == UINT64_MAX)
        return err_fail(err, ERR_STORE_DAMAGED, ARG_STR("db", store->address),
                        ARG_LIT("reason", "jh_head"));
    *ret = head;
    return true;
}

bool store_move_head(Store *store, const Head *before, const Head *after, Err *err)
{
    const SqlValue arg[] = {SQL_INT_VALUE(after->seq), SQL_INT_VALUE(after->time_us),
                            SQL_BLOB_VALUE(((Str){(const char *)after->link, SM3_LEN})),
                            SQL_INT_VALUE(before->seq)};
    const SqlCall call = {.id = SQL_HEAD_MOVE, .arg = arg, .arg_count = 4};
    size_t changed = 0;
    if (!store->driver->ops->run(store->driver, &call, &changed, err))
        return false;
    return changed == 1 || err_fail(err, ERR_STORE_RACE, ARG_STR("db", store->address));
}

typedef struct FindLink {
    const unsigned char *want;
    bool is_same;
} FindLink;

static bool compare_link(void *ctx, const SqlValue *value, size_t count, Err *err)
{
    FindLink *find = ctx;
    (void)err;
    find->is_same = count == 1 && value[0].kind == SQL_BLOB && value[0].text.len == SM3_LEN &&
                    memcmp(value[0].text.ptr, find->want, SM3_LEN) == 0;
    return true;
}

bool store_has_link(Store *store, uint64_t seq, const unsigned char link[SM3_LEN], bool *ret,
                    Err *err)
{
    FindLink find = {.want = link};
    const SqlValue arg[] = {SQL_INT_VALUE(seq)};
    const SqlCall call = {
        .id = SQL_ENTRY_LINK, .arg = arg, .arg_count = 1, .row = compare_link, .ctx = &find};
    if (!store->driver->ops->run(store->driver, &call, NULL, err))
        return false;
    *ret = find.is_same;
    return true;
}

Noted store_read_noted(const Store *store)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    Noted noted = {0};
    noted.is_good =
        side_read_head(&scratch, store->side.head, store->id, &noted.head, &noted.is_there);
    return noted;
}

static bool is_same_head(const Head *left, const Head *right)
{
    return left->seq == right->seq && memcmp(left->link, right->link, SM3_LEN) == 0;
}

bool store_compare(Store *store, const Noted *noted, Err *err)
{
    ErrArg file = ARG_STR("file", str_from(store->side.head));
    uint64_t seq = noted->head.seq;
    if (!noted->is_good)
        return !noted->is_there || err_fail(err, ERR_SIDE_HEAD, file);
    if (seq > store->head.seq)
        return err_fail(err, ERR_CHAIN_CUT, file, ARG_INT("head", store->head.seq),
                        ARG_INT("noted", seq), ARG_INT("missing", seq - store->head.seq));
    if (seq == 0)
        return true;
    bool is_same =
        is_same_head(&noted->head, &store->head) && is_same_head(&noted->head, &store->seen);
    if (!is_same && !store_has_link(store, seq, noted->head.link, &is_same, err))
        return false;
    if (is_same)
        store->seen = noted->head;
    return is_same || err_fail(err, ERR_CHAIN_OTHER, file, ARG_INT("seq", seq));
}

/* ---- writing ---- */

bool store_insert(Store *store, const Entry *entry, Err *err)
{
    const EntryDraft *draft = &entry->draft;
    const SqlValue arg[] = {SQL_INT_VALUE(entry->seq),
                            SQL_INT_VALUE(entry->time_us),
                            SQL_TEXT_VALUE(draft->author),
                            SQL_TEXT_VALUE(draft->kind),
                            SQL_INT_VALUE(draft->subject),
                            SQL_TEXT_VALUE(draft->period),
                            SQL_BLOB_VALUE(draft->body),
                            SQL_INT_VALUE(entry->key),
                            SQL_BLOB_VALUE(((Str){(const char *)entry->link, SM3_LEN}))};
    return driver_run(store->driver, SQL_ENTRY_ADD, arg, sizeof arg / sizeof *arg, err);
}

bool store_append(Store *store, const EntryDraft *draft, Entry *ret, Err *err)
{
    CHECK(store->is_writing && draft->author.len && draft->kind.len);
    size_t size = draft->body.len + draft->author.len + draft->kind.len + draft->period.len;
    if (size > LIMIT_ENTRY_BYTES)
        return err_fail(err, ERR_STORE_ENTRY, ARG_INT("size", size),
                        ARG_INT("limit", LIMIT_ENTRY_BYTES));
    int64_t now = clock_now_us();
    Entry entry = {.seq = store->head.seq + 1,
                   .time_us = now > store->head.time_us ? now : store->head.time_us,
                   .draft = *draft,
                   .key = store->keys.count};
    chain_link(store->keys.mac[entry.key - 1], store->head.link, &entry, entry.link);
    if (!store_insert(store, &entry, err))
        return false;
    store->head.seq = entry.seq;
    store->head.time_us = entry.time_us;
    memcpy(store->head.link, entry.link, SM3_LEN);
    if (ret)
        *ret = entry;
    return true;
}

/*
 * One attempt. What it changed in `store` counts only if it succeeds. Who has lost a race queues for the
 * head before reading it, so that long work is not overtaken by short work again and again.
 */
static bool attempt(Store *store, bool is_queueing, StoreWork *work, void *ctx, Err *err)
{
    Noted noted = store_read_noted(store);
    if (!store->driver->ops->begin(store->driver, false, err))
        return false;
    Head before;
    bool is_ok = (!is_queueing || driver_run(store->driver, SQL_HEAD_LOCK, NULL, 0, err)) &&
                 store_read_head(store, &before, err);
    if (is_ok) {
        store->head = before;
        is_ok = store_compare(store, &noted, err);
    }
    store->is_writing = true;
    is_ok = is_ok && work(store, ctx, err);
    store->is_writing = false;
    is_ok = is_ok &&
            (store->head.seq == before.seq || store_move_head(store, &before, &store->head, err));
    is_ok = is_ok && store->driver->ops->commit(store->driver, err);
    if (is_ok && store->head.seq != before.seq)
        store->seen = store->head;
    return is_ok;
}

static bool is_lost_race(const Err *err)
{
    return err->last && err->last->code == ERR_STORE_RACE;
}

/* The journal is safe whether or not this works: check says if the note is behind. */
static void note_head(Store *store)
{
    CLEANUP(arena_done) Arena scratch;
    CLEANUP(err_done) Err quiet;
    arena_init(&scratch);
    err_init(&quiet);
    (void)!side_write_head(&scratch, store->side.head, store->id, &store->head, &quiet);
}

bool store_write(Store *store, StoreWork *work, void *ctx, Err *err)
{
    Head head = store->head;
    for (int race = 0;; race++) {
        CLEANUP(err_done) Err attempt_err;
        err_init(&attempt_err);
        if (attempt(store, race > 0, work, ctx, &attempt_err)) {
            note_head(store);
            return true;
        }
        store->driver->ops->rollback(store->driver);
        store->head = head;
        if (!is_lost_race(&attempt_err) || race == RACES_MAX)
            return err_take(err, &attempt_err);
    }
}

/* ---- reading ---- */

bool entry_of_row(const SqlValue *value, size_t count, Entry *ret)
{
    static const SqlKind KIND[] = {SQL_INTEGER, SQL_INTEGER, SQL_TEXT,    SQL_TEXT, SQL_INTEGER,
                                   SQL_TEXT,    SQL_BLOB,    SQL_INTEGER, SQL_BLOB};
    bool is_ok = count == sizeof KIND / sizeof *KIND;
    for (size_t i = 0; is_ok && i < count; i++)
        is_ok = value[i].kind == KIND[i];
    if (!is_ok || value[8].text.len != SM3_LEN || value[7].integer < 1 ||
        value[7].integer > UINT32_MAX)
        return false;
    *ret = (Entry){.seq = (uint64_t)value[0].integer,
                   .time_us = value[1].integer,
                   .draft = {.author = value[2].text,
                             .kind = value[3].text,
                             .subject = value[4].integer,
                             .period = value[5].text,
                             .body = value[6].text},
                   .key = (uint32_t)value[7].integer};
    memcpy(ret->link, value[8].text.ptr, SM3_LEN);
    return true;
}

typedef struct Scan {
    EntryFn *fn;
    void *ctx;
    uint64_t last;
    size_t count;
} Scan;

static bool take_entry(void *ctx, const SqlValue *value, size_t count, Err *err)
{
    Scan *scan = ctx;
    Entry entry;
    int64_t seq = count && value[0].kind == SQL_INTEGER ? value[0].integer : 0;
    if (!entry_of_row(value, count, &entry))
        return err_fail(err, ERR_CHAIN_SHAPE, ARG_INT("seq", seq));
    scan->last = entry.seq;
    scan->count++;
    return scan->fn(scan->ctx, &entry, err);
}

bool store_scan(Store *store, uint64_t after, uint64_t last, EntryFn *fn, void *ctx, Err *err)
{
    Scan scan = {.fn = fn, .ctx = ctx, .last = after, .count = PAGE};
    while (scan.count == PAGE && scan.last < last) {
        scan.count = 0;
        const SqlValue arg[] = {SQL_INT_VALUE(scan.last),
                                SQL_INT_VALUE(last > INT64_MAX ? INT64_MAX : last),
                                SQL_INT_VALUE(PAGE)};
        const SqlCall call = {
            .id = SQL_ENTRY_SCAN, .arg = arg, .arg_count = 3, .row = take_entry, .ctx = &scan};
        if (!store->driver->ops->run(store->driver, &call, NULL, err))
            return false;
    }
    return true;
}
