#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <stdlib.h>
#include <unistd.h>

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* ---- what tests see ---- */

static FileWatch *watch;
static void *watch_ctx;

void file_watch(FileWatch *fn, void *ctx)
{
    watch = fn;
    watch_ctx = ctx;
}

/* False with errno set, if a test says so. */
static bool may(const char *operation)
{
    int error = watch ? watch(watch_ctx, operation) : 0;
    if (error)
        errno = error;
    return error == 0;
}

/* ---- reading ---- */

static bool read_all(int fd, char *bytes, size_t cap, size_t *ret_len)
{
    size_t len = 0;
    while (len < cap) {
        ssize_t got = may("read") ? read(fd, bytes + len, cap - len) : -1;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    *ret_len = len;
    return true;
}

typedef struct Reason {
    int error;
    const char *zh;
} Reason;

/* What people meet; anything else in the system's words. */
static const Reason REASONS[] = {
    {ENOENT, "没有这个文件"},
    {EACCES, "没有读取权限"},
    {EPERM, "没有读取权限"},
    {EISDIR, "这是文件夹"},
    {ENOTDIR, "路径中有一段不是文件夹"},
    {ENAMETOOLONG, "文件名太长"},
    {ELOOP, "符号链接成环"},
    {EMFILE, "打开的文件太多"},
    {ENFILE, "打开的文件太多"},
    {EIO, "磁盘出错"},
    {ENOSPC, "磁盘满了"},
    {EDQUOT, "超过磁盘配额"},
    {EBADF, "没有打开"},
};

Str file_reason(int error, Lang lang)
{
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS && lang == LANG_ZH; i++)
        if (REASONS[i].error == error)
            return str_from(REASONS[i].zh);
    return str_from(strerror(error));
}

bool file_fail(Err *err, ErrCode code, const char *path, int error)
{
    return err_fail(err, code, ARG_STR("file", str_from(path)),
                    ARG_STR("reason_zh", file_reason(error, LANG_ZH)),
                    ARG_STR("reason", file_reason(error, LANG_EN)));
}

/* A regular file, open; -1 and the error if it is none. */
static int open_regular(const char *path, size_t *ret_len, Err *err)
{
    /* not blocking: nobody may ever write into a pipe that was named by mistake */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat info;
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        *ret_len = (size_t)info.st_size;
        return fd;
    }
    int error = fd >= 0 && S_ISDIR(info.st_mode) ? EISDIR : errno;
    if (fd < 0 || error == EISDIR)
        (void)file_fail(err, ERR_FILE_OPEN, path, error);
    else
        (void)err_fail(err, ERR_FILE_OPEN, ARG_STR("file", str_from(path)),
                       ARG_LIT("reason_zh", "不是普通文件"),
                       ARG_LIT("reason", "not a regular file"));
    close_fd(&fd);
    return -1;
}

bool file_read(Arena *arena, const char *path, size_t max_bytes, Str *ret, Err *err)
{
    size_t len;
    CLEANUP(close_fd) int fd = open_regular(path, &len, err);
    if (fd < 0)
        return false;
    if (len > max_bytes)
        return err_fail(err, ERR_FILE_TOO_LARGE, ARG_STR("file", str_from(path)),
                        ARG_INT("size", len), ARG_INT("limit", max_bytes));
    char *bytes = arena_alloc_raw(arena, len + FILE_SLACK);
    if (!read_all(fd, bytes, len, &len))
        return file_fail(err, ERR_FILE_READ, path, errno);
    memset(bytes + len, 0, FILE_SLACK);
    *ret = (Str){.ptr = bytes, .len = len};
    return true;
}

struct FileReader {
    const char *path;
    int fd;
};

static void close_reader(void *ptr)
{
    close_fd(&((FileReader *)ptr)->fd);
}

bool file_reader_open(Arena *arena, const char *path, FileReader **ret, Err *err)
{
    FileReader *reader = ARENA_NEW(arena, FileReader);
    reader->path = path;
    reader->fd = -1;
    if (!may("open"))
        return file_fail(err, ERR_FILE_OPEN, path, errno);
    size_t len;
    reader->fd = open_regular(path, &len, err);
    if (reader->fd < 0)
        return false;
    arena_defer(arena, close_reader, reader);
    *ret = reader;
    return true;
}

bool file_reader_next(FileReader *reader, char *ret, size_t len, size_t *ret_len, Err *err)
{
    return read_all(reader->fd, ret, len, ret_len) ||
           file_fail(err, ERR_FILE_READ, reader->path, errno);
}

/* ---- writing ---- */

struct FileWriter {
    char *path, *aside;
    int fd;
};

static void drop_writer(void *ptr)
{
    FileWriter *writer = ptr;
    close_fd(&writer->fd);
    if (writer->aside)
        (void)unlink(writer->aside);
}

bool file_writer_open(Arena *arena, const char *path, FileWriter **ret, Err *err)
{
    FileWriter *writer = ARENA_NEW(arena, FileWriter);
    *writer = (FileWriter){.path = str_cstr(arena, str_from(path)), .fd = -1};
    char *aside = str_cstr(arena, str_format(arena, "%s.XXXXXX", path));
    arena_defer(arena, drop_writer, writer);
    if (!may("create") || (writer->fd = mkostemp(aside, O_CLOEXEC)) < 0)
        return file_fail(err, ERR_FILE_WRITE, path, errno);
    writer->aside = aside;
    *ret = writer;
    return true;
}

bool file_writer_add(FileWriter *writer, Str bytes, Err *err)
{
    int error = may("write") ? file_write(writer->fd, bytes) : errno;
    return error == 0 || file_fail(err, ERR_FILE_WRITE, writer->path, error);
}

/* So that the new name is on the disk, too. */
static bool sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    const char *folder = slash == path ? "/" : ".";
    if (slash && slash != path)
        folder = str_cstr(&scratch, (Str){path, (size_t)(slash - path)});
    CLEANUP(close_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && may("sync") && fsync(fd) == 0;
}

bool file_writer_finish(FileWriter *writer, Err *err)
{
    bool is_ok = may("sync") && fsync(writer->fd) == 0;
    is_ok = is_ok && may("rename") && rename(writer->aside, writer->path) == 0;
    if (is_ok)
        writer->aside = NULL;
    is_ok = is_ok && sync_folder(writer->path);
    return is_ok || file_fail(err, ERR_FILE_WRITE, writer->path, errno);
}

bool file_save(const char *path, Str bytes, Err *err)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    FileWriter *writer;
    return file_writer_open(&scratch, path, &writer, err) && file_writer_add(writer, bytes, err) &&
           file_writer_finish(writer, err);
}

typedef struct Mapping {
    void *at;
    size_t len;
} Mapping;

static void drop_mapping(void *ptr)
{
    const Mapping *mapping = ptr;
    (void)munmap(mapping->at, mapping->len);
}

bool file_map(Arena *arena, const char *path, Str *ret)
{
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size <= 0)
        return false;
    size_t len = (size_t)info.st_size;
    void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED)
        return false;
    Mapping *mapping = ARENA_NEW(arena, Mapping);
    *mapping = (Mapping){at, len};
    arena_defer(arena, drop_mapping, mapping);
    *ret = (Str){at, len};
    return true;
}

bool file_make_folder(const char *path, Err *err)
{
    struct stat info;
    if (may("mkdir") && mkdir(path, 0777) == 0)
        return true;
    int error = errno;
    if (error == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return true;
    return file_fail(err, ERR_FILE_WRITE, path, error == EEXIST ? ENOTDIR : error);
}

bool file_exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

int file_write(int fd, Str bytes)
{
    while (bytes.len > 0) {
        ssize_t written = write(fd, bytes.ptr, bytes.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? errno : EIO;
        bytes = str_slice(bytes, (size_t)written, bytes.len);
    }
    return 0;
}
