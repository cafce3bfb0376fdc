/* For test_sheet_*.c: workbooks in a folder of their own, written by a library or part by part. After cmocka.h. */
#ifndef JH_TEST_BOOK_FIXTURE_H
#define JH_TEST_BOOK_FIXTURE_H

#include "base/file.h"
#include "base/limits.h"

#include <stdlib.h>
#include <unistd.h>
#include <zip.h>

typedef struct Folder {
    Arena arena;
    char path[256];
    size_t count;
} Folder;

static inline void folder_init(Folder *folder)
{
    *folder = (Folder){0};
    arena_init(&folder->arena);
    const char *base = getenv("TMPDIR");
    (void)snprintf(folder->path, sizeof folder->path, "%s/sheet-XXXXXX",
                   base && *base ? base : "/tmp");
    assert_non_null(mkdtemp(folder->path));
}

static inline char *folder_file(Folder *folder, const char *name)
{
    Str path = str_format(&folder->arena, "%s/%s", folder->path, name);
    return str_cstr(&folder->arena, path);
}

/* The bytes of a file of the folder, which is removed. */
static inline Str folder_take(Folder *folder, const char *path)
{
    Err err;
    err_init(&err);
    Str bytes;
    assert_true(file_read(&folder->arena, path, LIMIT_FILE_BYTES, &bytes, &err));
    err_done(&err);
    assert_int_equal(unlink(path), 0);
    return bytes;
}

static inline void folder_done(Folder *folder)
{
    assert_int_equal(rmdir(folder->path), 0);
    arena_done(&folder->arena);
}

typedef struct ZipPart {
    const char *name;
    Str text;
} ZipPart;

static inline Str zip_of(Folder *folder, const ZipPart *part, size_t count)
{
    char *path = folder_file(folder, "hand.xlsx");
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *source = zip_source_buffer(zip, part[i].text.ptr, part[i].text.len, 0);
        assert_true(zip_file_add(zip, part[i].name, source, ZIP_FL_OVERWRITE) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    return folder_take(folder, path);
}

#endif
