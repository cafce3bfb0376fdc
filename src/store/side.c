#include "store/store_int.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_LEN = 32, SIDE_MAX = 65536 };

bool store_is_server(Str address)
{
    return str_starts_with(address, STR("postgresql://")) ||
           str_starts_with(address, STR("postgres://"));
}

bool side_paths(Arena *arena, const StoreConfig *config, SidePaths *ret, Err *err)
{
    bool is_server = store_is_server(config->address);
    if (is_server && !config->side)
        return err_fail(err, ERR_SIDE_NEEDED);
    Str base = config->address;
    if (config->side) {
        Str name = STR("junheng");
        for (size_t i = 0; !is_server && i < base.len; i++)
            if (base.ptr[i] == '/' || i == 0)
                name = str_slice(base, i + (base.ptr[i] == '/'), base.len);
        base = str_format(arena, "%s/%.*s", config->side, STR_ARG(name));
    }
    ret->key = str_cstr(arena, str_format(arena, "%.*s.key", STR_ARG(base)));
    ret->head = str_cstr(arena, str_format(arena, "%.*s.head", STR_ARG(base)));
    return true;
}

/* Cuts "word rest of the line" off; false if the next line does not begin with the word. */
static bool cut_line(Str *rest, const char *word, Str *ret)
{
    const char *end = memchr(rest->ptr, '\n', rest->len);
    Str line = {rest->ptr, end ? (size_t)(end - rest->ptr) : 0}, head = str_from(word);
    if (!end || !str_starts_with(line, head) || line.len <= head.len || line.ptr[head.len] != ' ')
        return false;
    *ret = str_slice(line, head.len + 1, line.len);
    *rest = str_slice(*rest, line.len + 1, rest->len);
    return true;
}

/* Decimal digits only, no more than fit. */
static bool parse_count(Str text, uint64_t *ret)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || value > (UINT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *ret = value;
    return text.len > 0;
}

/* ---- the key ---- */

bool side_create_key(const char *path, Err *err)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    unsigned char key[KEY_LEN];
    if (getrandom(key, sizeof key, 0) != sizeof key)
        return file_fail(err, ERR_FILE_WRITE, path, errno);
    Str hex = digest_hex(&scratch, key, sizeof key);
    return file_save(path, str_format(&scratch, "junheng-chain-key 1\nkey %.*s\n", STR_ARG(hex)),
                     err);
}

bool side_load_keys(Arena *arena, const char *path, ChainKeys *ret, Err *err)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    struct stat info;
    ErrArg file = ARG_STR("file", str_from(path));
    if (stat(path, &info) != 0 && errno == ENOENT)
        return err_fail(err, ERR_SIDE_KEY_MISSING, file);
    Str rest, word, hex;
    if (!file_read(&scratch, path, SIDE_MAX, &rest, err))
        return false;
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return err_fail(err, ERR_SIDE_KEY_MODE, file);
    ChainKeys keys = {0};
    bool is_ok = cut_line(&rest, "junheng-chain-key", &word) && str_equals(word, STR("1"));
    while (is_ok && rest.len) {
        unsigned char key[KEY_LEN];
        is_ok = keys.count < CHAIN_KEYS_MAX && cut_line(&rest, "key", &hex) &&
                digest_hex_parse(hex, key, KEY_LEN);
        if (is_ok)
            keys.mac[keys.count++] = digest_mac_new(arena, (Str){(const char *)key, sizeof key});
    }
    if (!is_ok || !keys.count)
        return err_fail(err, ERR_SIDE_KEY, file);
    *ret = keys;
    return true;
}

/* ---- the head ---- */

/* Always as long: it is written over in place. */
static Str head_text(Arena *arena, Str id, const Head *head)
{
    Str link = digest_hex(arena, head->link, SM3_LEN);
    Str text = str_format(
        arena, "junheng-head 1\nstore %.*s\nseq %020" PRIu64 "\ntime %020" PRId64 "\nlink %.*s\n",
        STR_ARG(id), head->seq, head->time_us, STR_ARG(link));
    return str_format(arena, "%.*scheck %.*s\n", STR_ARG(text),
                      STR_ARG(digest_sm3(arena, &text, 1)));
}

bool side_read_head(Arena *arena, const char *path, Str id, Head *ret, bool *ret_is_there)
{
    CLEANUP(err_done) Err quiet;
    err_init(&quiet);
    *ret_is_there = file_exists(path);
    Str text, rest, word, seq, time, link;
    uint64_t time_us;
    if (!*ret_is_there || !file_read(arena, path, SIDE_MAX, &text, &quiet))
        return false;
    rest = text;
    Head head;
    bool is_ok = cut_line(&rest, "junheng-head", &word) && cut_line(&rest, "store", &word) &&
                 cut_line(&rest, "seq", &seq) && cut_line(&rest, "time", &time) &&
                 cut_line(&rest, "link", &link) && parse_count(seq, &head.seq) &&
                 parse_count(time, &time_us) && digest_hex_parse(link, head.link, SM3_LEN);
    if (!is_ok)
        return false;
    head.time_us = (int64_t)time_us;
    *ret = head;
    return str_equals(text, head_text(arena, id, &head));
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

bool side_write_head(Arena *arena, const char *path, Str id, const Head *head, Err *err)
{
    Str text = head_text(arena, id, head);
    CLEANUP(close_fd) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || pwrite(fd, text.ptr, text.len, 0) != (ssize_t)text.len ||
        ftruncate(fd, (off_t)text.len) != 0)
        return file_fail(err, ERR_FILE_WRITE, path, errno);
    return true;
}
