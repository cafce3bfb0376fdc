/*
 * The files of a store that come from outside: the first byte says which, the rest is the file. Keys are
 * 32 zero bytes, so that backups of the corpus have a chain that holds.
 */
#include "store/store_int.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char KEYS[] = "junheng-chain-key 1\n"
                           "key 0000000000000000000000000000000000000000000000000000000000000000\n";
static const char ID[] = "00112233445566778899aabbccddeeff";

/* A file in memory, and its path. */
static int make_file(const void *bytes, size_t len, char path[32])
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    CHECK(fd >= 0 && fchmod(fd, 0600) == 0);
    CHECK(write(fd, bytes, len) == (ssize_t)len);
    CHECK(snprintf(path, 32, "/proc/self/fd/%d", fd) < 32);
    return fd;
}

static void verify_backup(Arena *arena, const char *path, Err *err)
{
    char key_path[32];
    int fd = make_file(KEYS, sizeof KEYS - 1, key_path);
    ChainKeys keys;
    BackupInfo info;
    Head head;
    CHECK(side_load_keys(arena, key_path, &keys, err));
    bool is_ok = backup_verify(arena, path, &keys, &info, &head, err);
    CHECK(is_ok == !err_is_set(err));
    CHECK(!is_ok || (head.seq == info.entries && strlen(info.digest) == (size_t)2 * SM3_LEN));
    (void)close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    CLEANUP(arena_done) Arena arena;
    CLEANUP(err_done) Err err;
    arena_init(&arena);
    err_init(&err);
    char path[32];
    int fd = make_file(data + 1, size - 1, path);
    ChainKeys keys;
    Head head;
    bool is_there;
    if (data[0] == 'B')
        verify_backup(&arena, path, &err);
    else if (data[0] == 'K')
        CHECK(side_load_keys(&arena, path, &keys, &err) == !err_is_set(&err));
    else if (side_read_head(&arena, path, str_from(ID), &head, &is_there))
        CHECK(is_there);
    (void)close(fd);
    return 0;
}
