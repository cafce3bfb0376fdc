#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "pack/pack_int.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FOLDER_DEPTH_MAX = 4 };

PackFile *pack_file_new(Arena *arena, Str path, Str text)
{
    static const Str MARK = STR_INIT("\xEF\xBB\xBF");
    PackFile *file = ARENA_NEW(arena, PackFile);
    file->path = path;
    file->bytes = text;
    if (str_starts_with(text, MARK))
        text = str_slice(text, MARK.len, text.len);
    file->text = text;
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    file->line_start = ARENA_ARRAY(arena, size_t, lines);
    file->line_count = 1;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\n')
            file->line_start[file->line_count++] = i + 1;
    return file;
}

Str pack_digest(Arena *arena, const Str *part, size_t count)
{
    Str *digest = ARENA_ARRAY(arena, Str, count);
    for (size_t i = 0; i < count; i++)
        digest[i] = digest_sm3(arena, &part[i], 1);
    return digest_sm3(arena, digest, count);
}

Str pack_file_line(const PackFile *file, size_t line)
{
    if (line == 0 || line > file->line_count)
        return STR("");
    size_t first = file->line_start[line - 1];
    size_t end = line < file->line_count ? file->line_start[line] - 1 : file->text.len;
    if (end > first && file->text.ptr[end - 1] == '\r')
        end--;
    return str_slice(file->text, first, end - first);
}

static bool text_find(Arena *arena, const PackSource *source, Str path, PackFile **ret, Err *err)
{
    for (size_t i = 0; i < source->text_count; i++) {
        if (str_equals(source->text[i].path, path)) {
            *ret = pack_file_new(arena, path, source->text[i].text);
            return true;
        }
    }
    return file_fail(err, ERR_FILE_OPEN, str_cstr(arena, path), ENOENT);
}

static bool path_read(Arena *arena, Str path, PackFile **ret, Err *err)
{
    Str text;
    if (!file_read(arena, str_cstr(arena, path), LIMIT_PACK_BYTES, &text, err))
        return false;
    *ret = pack_file_new(arena, path, text);
    return true;
}

bool source_read(Arena *arena, const PackSource *source, Str path, PackFile **ret, Err *err)
{
    if (!source->dir)
        return text_find(arena, source, path, ret, err);
    return path_read(arena, str_format(arena, "%s/%.*s", source->dir, STR_ARG(path)), ret, err);
}

bool source_read_outside(Arena *arena, const PackSource *source, Str path, PackFile **ret, Err *err)
{
    return source->dir ? path_read(arena, path, ret, err)
                       : text_find(arena, source, path, ret, err);
}

/* A folder that is not there holds nothing; one that cannot be read is an error. */
static bool folder_list(Arena *arena, const PackSource *source, Str folder, Str suffix, int depth,
                        PathList *ret, Err *err)
{
    char *full = str_cstr(
        arena, str_format(arena, "%s%s%.*s", source->dir, folder.len ? "/" : "", STR_ARG(folder)));
    DIR *dir = opendir(full);
    if (!dir && errno == ENOENT && folder.len > 0)
        return true;
    if (!dir)
        return file_fail(err, ERR_FILE_OPEN, full, errno);
    bool is_ok = true;
    for (const struct dirent *entry; is_ok && (entry = readdir(dir));) {
        Str name = str_from(entry->d_name);
        if (name.ptr[0] == '.')
            continue;
        Str path = folder.len > 0 ? str_format(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name))
                                  : str_dup(arena, name);
        struct stat info;
        if (stat(str_cstr(arena, str_format(arena, "%s/%.*s", source->dir, STR_ARG(path))),
                 &info) != 0)
            continue; /* gone meanwhile */
        if (S_ISDIR(info.st_mode) && depth < FOLDER_DEPTH_MAX)
            is_ok = folder_list(arena, source, path, suffix, depth + 1, ret, err);
        else if (S_ISREG(info.st_mode) && str_ends_with(name, suffix))
            VEC_PUSH(arena, ret, path);
    }
    closedir(dir);
    return is_ok;
}

static int path_order(const void *a, const void *b)
{
    return str_order(*(const Str *)a, *(const Str *)b);
}

bool source_list(Arena *arena, const PackSource *source, Str folder, Str suffix, PathList *ret,
                 Err *err)
{
    PathList found = {0};
    if (source->dir) {
        if (!folder_list(arena, source, folder, suffix, 0, &found, err))
            return false;
    } else {
        Str prefix = folder.len > 0 ? str_format(arena, "%.*s/", STR_ARG(folder)) : folder;
        for (size_t i = 0; i < source->text_count; i++)
            if (str_starts_with(source->text[i].path, prefix) &&
                str_ends_with(source->text[i].path, suffix))
                VEC_PUSH(arena, &found, source->text[i].path);
    }
    if (found.len > 0)
        qsort(found.ptr, found.len, sizeof *found.ptr, path_order);
    *ret = found;
    return true;
}
