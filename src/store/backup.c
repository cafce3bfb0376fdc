#include "store/backup.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/limits.h"
#include "store/check.h"
#include "store/store_int.h"

#include <errno.h>
#include <unistd.h>

static const char MAGIC[] = "junheng-backup 1\n";
enum { MAGIC_LEN = sizeof MAGIC - 1, PIECE = 1 << 20, ENTRY_MARK = 'E', END_MARK = 'Z' };

static void set_digest(BackupInfo *info, const unsigned char digest[SM3_LEN])
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    memcpy(info->digest, digest_hex(&scratch, digest, SM3_LEN).ptr, sizeof info->digest - 1);
}

/* ---- writing ---- */

typedef struct Backup {
    FileWriter *file;
    Digest *digest;
    Arena *scratch; /* emptied with every piece */
    StrBuf piece;
    uint64_t entries;
} Backup;

static bool flush(Backup *backup, Err *err)
{
    Str bytes = strbuf_str(&backup->piece);
    digest_add(backup->digest, bytes);
    bool is_ok = file_writer_add(backup->file, bytes, err);
    arena_reset(backup->scratch);
    strbuf_init(&backup->piece, backup->scratch);
    return is_ok;
}

static bool add_entry(void *ctx, const Entry *entry, Err *err)
{
    Backup *backup = ctx;
    StrBuf *out = &backup->piece;
    strbuf_add_char(out, ENTRY_MARK);
    bytes_add_u64(out, entry->seq);
    bytes_add_u64(out, (uint64_t)entry->time_us);
    bytes_add_u32(out, entry->key);
    bytes_add_u64(out, (uint64_t)entry->draft.subject);
    bytes_add_str(out, entry->draft.author);
    bytes_add_str(out, entry->draft.kind);
    bytes_add_str(out, entry->draft.period);
    bytes_add_str(out, entry->draft.body);
    strbuf_add(out, (Str){(const char *)entry->link, SM3_LEN});
    backup->entries++;
    return out->len < PIECE || flush(backup, err);
}

bool store_backup(Arena *arena, Store *store, const char *path, BackupInfo *ret, Err *err)
{
    CLEANUP(arena_done) Arena scratch;
    CLEANUP(arena_done) Arena job;
    arena_init(&scratch);
    arena_init(&job);
    Backup backup = {.digest = digest_new(&job), .scratch = &scratch};
    strbuf_init(&backup.piece, &scratch);
    if (file_exists(path))
        return err_fail(err, ERR_BACKUP_EXISTS, ARG_STR("file", str_from(path)));
    if (!file_writer_open(&job, path, &backup.file, err))
        return false;
    strbuf_add(&backup.piece, (Str){MAGIC, MAGIC_LEN});
    bytes_add_str(&backup.piece, store->id);
    if (!store->driver->ops->begin(store->driver, true, err))
        return false;
    bool is_ok = store_read_head(store, &store->head, err) &&
                 store_scan(store, 0, store->head.seq, add_entry, &backup, err);
    store->driver->ops->rollback(store->driver);
    if (!is_ok)
        return false;
    strbuf_add_char(&backup.piece, END_MARK);
    bytes_add_u64(&backup.piece, backup.entries);
    if (!flush(&backup, err))
        return false;
    unsigned char digest[SM3_LEN];
    digest_finish(backup.digest, digest);
    if (!file_writer_add(backup.file, (Str){(const char *)digest, SM3_LEN}, err) ||
        !file_writer_finish(backup.file, err))
        return false;
    *ret = (BackupInfo){.entries = backup.entries, .id = str_dup(arena, store->id)};
    set_digest(ret, digest);
    return true;
}

/* ---- reading ---- */

typedef struct Input {
    FileReader *file;
    const char *path;
    Digest *digest;
    char *bytes; /* what was read and not yet used: [from, to) */
    size_t from, to, cap;
    bool is_end; /* of the file */
    uint64_t entries;
    unsigned char sum[SM3_LEN]; /* once the end is reached */
} Input;

static bool fail_cut(const Input *input, Err *err)
{
    return err_fail(err, ERR_BACKUP_CUT, ARG_STR("file", str_from(input->path)),
                    ARG_INT("count", input->entries));
}

/* Makes sure that `len` bytes are at hand if the file has them. */
static bool need(Input *input, size_t len, Err *err)
{
    if (input->to - input->from >= len || input->is_end)
        return true;
    memmove(input->bytes, input->bytes + input->from, input->to - input->from);
    input->to -= input->from;
    input->from = 0;
    if (len > input->cap) {
        size_t cap = len > 2 * input->cap ? len : 2 * input->cap;
        char *grown = realloc(input->bytes, cap);
        CHECK(grown != NULL);
        input->bytes = grown;
        input->cap = cap;
    }
    size_t got;
    if (!file_reader_next(input->file, input->bytes + input->to, input->cap - input->to, &got, err))
        return false;
    input->is_end = got < input->cap - input->to;
    input->to += got;
    return true;
}

static Str at_hand(const Input *input)
{
    return (Str){input->bytes + input->from, input->to - input->from};
}

static void use(Input *input, size_t len)
{
    digest_add(input->digest, str_slice(at_hand(input), 0, len));
    input->from += len;
}

static void free_input(Input *input)
{
    free(input->bytes);
}

static bool open_input(Arena *arena, const char *path, Input *input, Str *ret_id, Err *err)
{
    enum { HEAD_LEN = MAGIC_LEN + 1 + STORE_ID_LEN };
    *input = (Input){.path = path, .digest = digest_new(arena), .cap = PIECE};
    input->bytes = malloc(input->cap);
    CHECK(input->bytes != NULL);
    if (!file_reader_open(arena, path, &input->file, err) || !need(input, HEAD_LEN, err))
        return false;
    static const Str KIND = STR_INIT("junheng-backup ");
    Str head = at_hand(input);
    if (!str_starts_with(head, KIND))
        return err_fail(err, ERR_BACKUP_FORMAT, ARG_STR("file", str_from(path)));
    if (head.len < MAGIC_LEN)
        return fail_cut(input, err);
    if (!str_starts_with(head, (Str){MAGIC, MAGIC_LEN}))
        return err_fail(err, ERR_BACKUP_NEWER, ARG_STR("file", str_from(path)));
    ByteReader reader = bytes_reader(str_slice(head, MAGIC_LEN, head.len));
    Str id = bytes_str(&reader);
    if (reader.is_bad || id.len != STORE_ID_LEN)
        return fail_cut(input, err);
    *ret_id = str_dup(arena, id);
    use(input, HEAD_LEN);
    return true;
}

/* An entry of the bytes at hand; false if they do not hold all of it. */
static bool read_entry(Str bytes, Entry *ret, size_t *ret_len)
{
    ByteReader reader = bytes_reader(bytes);
    (void)bytes_raw(&reader, 1);
    Entry entry = {.seq = bytes_u64(&reader)};
    entry.time_us = (int64_t)bytes_u64(&reader);
    entry.key = bytes_u32(&reader);
    entry.draft.subject = (int64_t)bytes_u64(&reader);
    entry.draft.author = bytes_str(&reader);
    entry.draft.kind = bytes_str(&reader);
    entry.draft.period = bytes_str(&reader);
    entry.draft.body = bytes_str(&reader);
    Str link = bytes_raw(&reader, SM3_LEN);
    if (reader.is_bad)
        return false;
    memcpy(entry.link, link.ptr, SM3_LEN);
    *ret = entry;
    *ret_len = bytes.len - reader.rest.len;
    return true;
}

/* The count and the digest at the end. */
static bool read_end(Input *input, Err *err)
{
    enum { COUNT_LEN = 1 + 8 };
    ErrArg file = ARG_STR("file", str_from(input->path));
    if (!need(input, COUNT_LEN + SM3_LEN, err))
        return false;
    if (at_hand(input).len < COUNT_LEN + SM3_LEN)
        return fail_cut(input, err);
    ByteReader reader = bytes_reader(str_slice(at_hand(input), 1, COUNT_LEN - 1));
    uint64_t count = bytes_u64(&reader);
    use(input, COUNT_LEN);
    digest_finish(input->digest, input->sum);
    bool is_same = at_hand(input).len == SM3_LEN && count == input->entries &&
                   memcmp(at_hand(input).ptr, input->sum, SM3_LEN) == 0;
    return is_same || err_fail(err, ERR_BACKUP_CHANGED, file);
}

/* Gives every entry to fn, then looks at the end. */
static bool read_entries(Input *input, EntryFn *fn, void *ctx, Err *err)
{
    enum { ENTRY_MAX = LIMIT_ENTRY_BYTES + 256 };
    for (;;) {
        if (!need(input, 1, err))
            return false;
        Str bytes = at_hand(input);
        if (!bytes.len)
            return fail_cut(input, err);
        if (bytes.ptr[0] == END_MARK)
            return read_end(input, err);
        Entry entry;
        size_t len;
        while (!read_entry(at_hand(input), &entry, &len)) {
            size_t have = at_hand(input).len;
            if (input->is_end)
                return fail_cut(input, err);
            if (have > ENTRY_MAX || bytes.ptr[0] != ENTRY_MARK)
                return err_fail(err, ERR_BACKUP_CHANGED, ARG_STR("file", str_from(input->path)));
            if (!need(input, have + PIECE, err))
                return false;
            bytes = at_hand(input);
        }
        if (!fn(ctx, &entry, err))
            return false;
        input->entries++;
        use(input, len);
    }
}

/* ---- restoring ---- */

typedef struct Restore {
    Store *store;
    Input *input;
    ChainCheck chain;
} Restore;

static bool verify(void *ctx, const Entry *entry, Err *err)
{
    Restore *restore = ctx;
    CLEANUP(err_done) Err findings;
    err_init(&findings);
    chain_check_add(&restore->chain, entry, &findings);
    return (!findings.count && !restore->chain.bad_first) ||
           err_fail(err, ERR_BACKUP_KEY, ARG_STR("file", str_from(restore->input->path)),
                    ARG_INT("seq", entry->seq));
}

static bool insert(void *ctx, const Entry *entry, Err *err)
{
    Restore *restore = ctx;
    return verify(ctx, entry, err) && store_insert(restore->store, entry, err);
}

bool backup_verify(Arena *arena, const char *path, const ChainKeys *keys, BackupInfo *ret,
                   Head *ret_head, Err *err)
{
    Str id;
    CLEANUP(free_input) Input input = {0};
    Restore restore = {.input = &input};
    chain_check_start(&restore.chain, keys);
    if (!open_input(arena, path, &input, &id, err) || !read_entries(&input, verify, &restore, err))
        return false;
    *ret = (BackupInfo){.entries = input.entries, .id = id};
    set_digest(ret, input.sum);
    *ret_head = (Head){.seq = restore.chain.seq, .time_us = restore.chain.time_us};
    memcpy(ret_head->link, restore.chain.link, SM3_LEN);
    return true;
}

static bool fill(Arena *arena, Store *store, const char *path, const Head *head, Err *err)
{
    static const Head NOTHING;
    CLEANUP(free_input) Input input = {0};
    Str id;
    Restore restore = {.store = store, .input = &input};
    chain_check_start(&restore.chain, &store->keys);
    return open_input(arena, path, &input, &id, err) &&
           read_entries(&input, insert, &restore, err) &&
           (head->seq == 0 || store_move_head(store, &NOTHING, head, err));
}

static bool check_loss(Arena *arena, const Store *store, const Head *head, Err *err)
{
    Head noted;
    bool is_there;
    if (!side_read_head(arena, store->side.head, store->id, &noted, &is_there) ||
        noted.seq <= head->seq)
        return true;
    return err_fail(err, ERR_CHAIN_CUT, ARG_STR("file", str_from(store->side.head)),
                    ARG_INT("head", head->seq), ARG_INT("noted", noted.seq),
                    ARG_INT("missing", noted.seq - head->seq));
}

/* Everything but the database itself, which is the last to come. */
static bool prepare(Arena *arena, Store *store, const StoreConfig *config, const char *path,
                    bool is_loss_accepted, BackupInfo *ret, Head *ret_head, Err *err)
{
    store->arena = arena;
    store->address = store_shown(arena, config->address);
    if (!side_paths(arena, config, &store->side, err) ||
        !side_load_keys(arena, store->side.key, &store->keys, err) ||
        !backup_verify(arena, path, &store->keys, ret, ret_head, err))
        return false;
    store->id = ret->id;
    return is_loss_accepted || check_loss(arena, store, ret_head, err);
}

static bool restore_into(Arena *arena, Store *store, const StoreConfig *config, const char *path,
                         const Head *head, Err *err)
{
    bool is_there;
    if (!store_open_driver(arena, config, true, &store->driver, err) ||
        !store_has_tables(store->driver, &is_there, err))
        return false;
    if (is_there)
        return err_fail(err, ERR_STORE_EXISTS, ARG_STR("db", store->address));
    if (!store->driver->ops->begin(store->driver, false, err))
        return false;
    if (store_add_tables(store->driver, store->id, err) && fill(arena, store, path, head, err) &&
        store->driver->ops->commit(store->driver, err))
        return side_write_head(arena, store->side.head, store->id, head, err);
    store->driver->ops->rollback(store->driver);
    return false;
}

bool store_restore(Arena *arena, const StoreConfig *config, const char *path, bool is_loss_accepted,
                   BackupInfo *ret, Err *err)
{
    char *file = str_cstr(arena, config->address);
    bool is_new = !store_is_server(config->address) && !file_exists(file);
    BackupInfo info;
    Head head;
    bool is_ok;
    {
        CLEANUP(arena_done) Arena job; /* closes the database before its file is taken away */
        arena_init(&job);
        Store *store = ARENA_NEW(&job, Store);
        is_ok = prepare(&job, store, config, path, is_loss_accepted, &info, &head, err) &&
                restore_into(&job, store, config, path, &head, err);
        if (is_ok)
            info.id = str_dup(arena, info.id);
    }
    if (is_ok)
        *ret = info;
    else if (is_new)
        (void)unlink(file);
    return is_ok;
}
