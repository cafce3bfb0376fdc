#include "base/str.h"

#include <stdio.h>

int str_order(Str a, Str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts_with(Str s, Str prefix)
{
    return s.len >= prefix.len && str_equals((Str){s.ptr, prefix.len}, prefix);
}

bool str_ends_with(Str s, Str suffix)
{
    return s.len >= suffix.len && str_equals(str_slice(s, s.len - suffix.len, suffix.len), suffix);
}

bool str_contains(Str s, Str part)
{
    return part.len == 0 || (s.len >= part.len && memmem(s.ptr, s.len, part.ptr, part.len) != NULL);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t blank_at_start(Str s)
{
    if (s.len && is_blank(s.ptr[0]))
        return 1;
    if (str_starts_with(s, STR("\xc2\xa0")))
        return 2;
    return str_starts_with(s, STR("\xe3\x80\x80")) ? 3 : 0;
}

static size_t blank_at_end(Str s)
{
    if (s.len && is_blank(s.ptr[s.len - 1]))
        return 1;
    if (str_ends_with(s, STR("\xc2\xa0")))
        return 2;
    return str_ends_with(s, STR("\xe3\x80\x80")) ? 3 : 0;
}

Str str_trim(Str s)
{
    for (size_t cut; (cut = blank_at_start(s)) > 0;)
        s = (Str){s.ptr + cut, s.len - cut};
    for (size_t cut; (cut = blank_at_end(s)) > 0;)
        s.len -= cut;
    return s;
}

Str str_slice(Str s, size_t from, size_t len)
{
    if (from > s.len)
        from = s.len;
    if (len > s.len - from)
        len = s.len - from;
    return (Str){from ? s.ptr + from : s.ptr, len}; /* an empty Str may have no pointer to add to */
}

char *str_cstr(Arena *arena, Str s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    return copy;
}

Str str_dup(Arena *arena, Str s)
{
    return (Str){.ptr = str_cstr(arena, s), .len = s.len};
}

static void strbuf_reserve(StrBuf *buf, size_t extra)
{
    if (buf->cap - buf->len > extra)
        return;
    size_t cap = buf->cap ? buf->cap * 2 : 64;
    while (cap - buf->len <= extra)
        cap *= 2;
    char *grown = arena_alloc_raw(buf->arena, cap);
    if (buf->len)
        memcpy(grown, buf->ptr, buf->len);
    grown[buf->len] = '\0';
    buf->ptr = grown;
    buf->cap = cap;
}

void strbuf_init(StrBuf *buf, Arena *arena)
{
    *buf = (StrBuf){.arena = arena};
}

void strbuf_add(StrBuf *buf, Str s)
{
    strbuf_reserve(buf, s.len);
    if (s.len)
        memcpy(buf->ptr + buf->len, s.ptr, s.len);
    buf->len += s.len;
    buf->ptr[buf->len] = '\0';
}

char *strbuf_add_room(StrBuf *buf, size_t len)
{
    strbuf_reserve(buf, len);
    char *room = buf->ptr + buf->len;
    buf->len += len;
    buf->ptr[buf->len] = '\0';
    return room;
}

void strbuf_add_char(StrBuf *buf, char c)
{
    strbuf_add(buf, (Str){.ptr = &c, .len = 1});
}

void strbuf_add_repeat(StrBuf *buf, Str s, size_t count)
{
    for (size_t i = 0; i < count; i++)
        strbuf_add(buf, s);
}

void strbuf_addv(StrBuf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len > 0) {
        strbuf_reserve(buf, (size_t)len);
        (void)vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void strbuf_addf(StrBuf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    strbuf_addv(buf, format, args);
    va_end(args);
}

Str str_format(Arena *arena, const char *format, ...)
{
    StrBuf buf;
    strbuf_init(&buf, arena);
    va_list args;
    va_start(args, format);
    strbuf_addv(&buf, format, args);
    va_end(args);
    return strbuf_str(&buf);
}
