/*
 * Reading whole files, and writing what a command prints. (base is pure but for this file: `sheet`,
 * `pack` and `cli` get bytes through it, so that a test can count and fail every file operation in
 * one place.)
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

/* Reports ERR_FILE_OPEN or ERR_FILE_READ with what an errno means; always returns false. */
bool file_fail(Err *err, ErrCode code, const char *path, int error);

/* What an errno means, in the words of our messages. */
Str file_reason(int error, Lang lang);

#endif
