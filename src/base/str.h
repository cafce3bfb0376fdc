/*
 * Text: Str is a borrowed view (pointer and length, bytes of UTF-8, no NUL
 * needed); StrBuf grows inside an arena.
 */
#ifndef JH_BASE_STR_H
#define JH_BASE_STR_H

#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
    const char *ptr;
    size_t len; /* bytes */
} Str;

#define STR(literal) ((Str){.ptr = "" literal, .len = sizeof(literal) - 1})
/* The same as an initialiser of a static table. */
#define STR_INIT(literal)               \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }
/* For printf: "%.*s" with STR_ARG(s). */
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline Str str_from(const char *text)
{
    return (Str){.ptr = text, .len = strlen(text)};
}
static inline bool str_is_empty(Str s)
{
    return s.len == 0;
}
static inline bool str_equals(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Byte-wise order: negative, 0, positive. */
int str_order(Str a, Str b);
bool str_starts_with(Str s, Str prefix);
bool str_ends_with(Str s, Str suffix);
bool str_contains(Str s, Str part);
/* ASCII blanks, NBSP and the ideographic space, both ends. */
Str str_trim(Str s);
/* The part from byte `from` on, at most `len` bytes. Out of range gives less, never an error. */
Str str_slice(Str s, size_t from, size_t len);

Str str_dup(Arena *arena, Str s);
/* NUL-terminated copy. */
char *str_cstr(Arena *arena, Str s);
Str str_format(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

typedef struct StrBuf {
    Arena *arena;
    char *ptr; /* always NUL-terminated once something was added */
    size_t len;
    size_t cap;
} StrBuf;

void strbuf_init(StrBuf *buf, Arena *arena);
void strbuf_add(StrBuf *buf, Str s);
/* Makes the text longer by len bytes, which the caller then writes, before anything else is added. */
char *strbuf_add_room(StrBuf *buf, size_t len) MUST_USE;
void strbuf_add_char(StrBuf *buf, char c);
void strbuf_add_repeat(StrBuf *buf, Str s, size_t count);
void strbuf_addf(StrBuf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void strbuf_addv(StrBuf *buf, const char *format, va_list args) PRINTF_LIKE(2, 0);
/* A view of what was added so far; valid until the next addition. */
static inline Str strbuf_str(const StrBuf *buf)
{
    return (Str){.ptr = buf->ptr ? buf->ptr : "", .len = buf->len};
}

#endif
