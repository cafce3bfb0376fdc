/* For tests: a packs folder of one's own, with the files of another folder of the tree. */
#ifndef TEST_FOLDER_FIXTURE_H
#define TEST_FOLDER_FIXTURE_H

#include "pack/pack_int.h"
#include "tree_file.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Folder {
    Arena *arena;
    char dir[64];
} Folder;

static inline Str folder_path(const Folder *folder, Str path)
{
    return str_format(folder->arena, "%s/%.*s", folder->dir, STR_ARG(path));
}

static inline void folder_write(const Folder *folder, const char *path, Str text)
{
    char *full = str_cstr(folder->arena, folder_path(folder, str_from(path)));
    for (char *slash = full + strlen(folder->dir) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        (void)mkdir(full, 0700);
        *slash = '/';
    }
    FILE *file = fopen(full, "wb");
    CHECK(file != NULL);
    CHECK(fwrite(text.ptr, 1, text.len, file) == text.len && fclose(file) == 0);
}

static inline Str folder_read(const Folder *folder, const char *path)
{
    Str text;
    Err err;
    err_init(&err);
    PackSource source = {.dir = folder->dir};
    PackFile *file;
    CHECK(source_read(folder->arena, &source, str_from(path), &file, &err));
    text = file->text;
    err_done(&err);
    return text;
}

/* A copy of the packs at `from`, a path in the tree. */
static inline void folder_init(Folder *folder, Arena *arena, const char *from)
{
    *folder = (Folder){.arena = arena, .dir = "/tmp/junheng-packs-XXXXXX"};
    CHECK(mkdtemp(folder->dir) != NULL);
    Err err;
    err_init(&err);
    PackSource source = {.dir = tree_path(arena, from).ptr};
    static const char *const suffix[] = {".yaml", ".csv"};
    for (size_t i = 0; i < 2; i++) {
        PathList paths;
        CHECK(source_list(arena, &source, STR(""), str_from(suffix[i]), &paths, &err));
        for (size_t k = 0; k < paths.len; k++) {
            PackFile *file;
            CHECK(source_read(arena, &source, paths.ptr[k], &file, &err));
            folder_write(folder, str_cstr(arena, paths.ptr[k]), file->bytes);
        }
    }
    err_done(&err);
}

static inline int folder_remove_entry(const char *path, const struct stat *info, int type,
                                      struct FTW *place)
{
    (void)info;
    (void)type;
    (void)place;
    return remove(path);
}

static inline void folder_done(const Folder *folder)
{
    CHECK(nftw(folder->dir, folder_remove_entry, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

#endif
