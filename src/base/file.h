/*
 * Reading whole files, writing files that are there whole or not at all, and writing what a command
 * prints. (base is pure but for this file: all others get and give bytes through it, so that a test
 * can count and fail every file operation in one place.)
 */
#ifndef JH_BASE_FILE_H
#define JH_BASE_FILE_H

#include "base/err.h"

enum { FILE_SLACK = 64 };

/*
 * The bytes of a file, read into the arena (not mapped: a file cut while we read it must not kill
 * us), aligned to 64 bytes and followed by FILE_SLACK zero bytes (wide loads may pass the end).
 * Only regular files: not folders, pipes or devices.
 * Fails with ERR_FILE_OPEN, ERR_FILE_READ, or ERR_FILE_TOO_LARGE beyond max_bytes.
 */
MUST_USE bool file_read(Arena *arena, const char *path, size_t max_bytes, Str *ret, Err *err);

/* Writes all bytes to an open descriptor. 0, or the errno of what stopped it; some may be written. */
int file_write(int fd, Str bytes) MUST_USE;

/*
 * A new file, written piece by piece under another name beside it. It takes its place only with
 * file_writer_finish, when all of it is on the disk; if that is never called, or fails, nothing
 * changes. Permissions 0600 at most. Fails with ERR_FILE_WRITE.
 */
typedef struct FileWriter FileWriter;
MUST_USE bool file_writer_open(Arena *arena, const char *path, FileWriter **ret, Err *err);
MUST_USE bool file_writer_add(FileWriter *writer, Str bytes, Err *err);
MUST_USE bool file_writer_finish(FileWriter *writer, Err *err);
/* All at once. */
MUST_USE bool file_save(const char *path, Str bytes, Err *err);

/*
 * A file of our own, mapped: pages are read when they are touched, and what is written there stays in
 * this process. Only for files that nobody cuts while they are read, such as those that FileWriter
 * replaces as a whole. Unmapped when the arena ends. False, without an error, if it cannot be had.
 */
bool file_map(Arena *arena, const char *path, Str *ret) MUST_USE;
/* A folder, if nothing of this name is there yet; its parent must be. Fails with ERR_FILE_WRITE. */
MUST_USE bool file_make_folder(const char *path, Err *err);

/* Whether something of this name is there. */
bool file_exists(const char *path);

/* Reads a large regular file from its start in pieces: `len` bytes, fewer only at its end. */
typedef struct FileReader FileReader;
MUST_USE bool file_reader_open(Arena *arena, const char *path, FileReader **ret, Err *err);
MUST_USE bool file_reader_next(FileReader *reader, char *ret, size_t len, size_t *ret_len,
                               Err *err);

/*
 * For tests: called before every operation of this file that changes or reads the disk, with a word
 * for it; what it returns is taken for the errno of the operation, 0 lets it happen. NULL: none.
 */
typedef int FileWatch(void *ctx, const char *operation);
void file_watch(FileWatch *fn, void *ctx);

/* Reports ERR_FILE_OPEN or ERR_FILE_READ with what an errno means; always returns false. */
bool file_fail(Err *err, ErrCode code, const char *path, int error);

/* What an errno means, in the words of our messages. */
Str file_reason(int error, Lang lang);

#endif
