#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static bool read_all(int fd, char *bytes, size_t cap, size_t *ret_len)
{
    size_t len = 0;
    while (len < cap) {
        ssize_t got = read(fd, bytes + len, cap - len);
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

bool file_read(Arena *arena, const char *path, size_t max_bytes, Str *ret, Err *err)
{
    /* not blocking: nobody may ever write into a pipe that was named by mistake */
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0)
        return file_fail(err, ERR_FILE_OPEN, path, errno);
    if (S_ISDIR(info.st_mode))
        return file_fail(err, ERR_FILE_OPEN, path, EISDIR);
    if (!S_ISREG(info.st_mode))
        return err_fail(err, ERR_FILE_OPEN, ARG_STR("file", str_from(path)),
                        ARG_LIT("reason_zh", "不是普通文件"),
                        ARG_LIT("reason", "not a regular file"));
    size_t len = (size_t)info.st_size;
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
