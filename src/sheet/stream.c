/*
 * Whether a file is UTF-8 is known only at its end. Without a mark it is taken for that until a byte
 * says otherwise; whoever reads it then begins again (stream_is_mistaken).
 */
#include "sheet/sheet_int.h"

#include "base/file.h"
#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>

enum { PIECE = 262144, SEQUENCE_MAX = 4, MEBIBYTE = 1048576 };

struct TextStream {
    Arena *arena;
    StreamSource source;
    FileReader *reader;
    size_t at;         /* of the bytes in memory */
    uint64_t taken;    /* bytes taken from the source */
    uint64_t utf8_bad; /* where it ceases to be UTF-8, if it is read as GB18030 */
    bool is_begun, is_marked, is_mistaken;
    const Charset *charset;
    iconv_t decoder; /* of a character set that is not UTF-8 */
    char *raw;       /* bytes not decoded yet; of UTF-8, the start of a character */
    size_t raw_len;
};

Str stream_encoding(const TextStream *stream)
{
    return stream->charset->name;
}

/* ---- bytes ---- */

static bool rewind_source(TextStream *stream, Err *err)
{
    stream->at = 0;
    stream->taken = 0;
    return !stream->source.path ||
           file_reader_open(stream->arena, stream->source.path, &stream->reader, err);
}

static bool take_bytes(TextStream *stream, char *ret, size_t len, size_t *ret_len, Err *err)
{
    Str rest = str_slice(stream->source.bytes, stream->at, len);
    if (!stream->source.path) {
        if (rest.len)
            memcpy(ret, rest.ptr, rest.len);
        stream->at += rest.len;
        *ret_len = rest.len;
    } else if (!file_reader_next(stream->reader, ret, len, ret_len, err)) {
        return false;
    }
    stream->taken += *ret_len;
    uint64_t limit = (uint64_t)LIMIT_SCAN_MEBIBYTES * MEBIBYTE;
    return stream->taken <= limit ||
           err_fail(err, ERR_FILE_TOO_LARGE, ARG_STR("file", stream->source.file),
                    ARG_INT("size", stream->taken), ARG_INT("limit", limit));
}

static bool fail_byte(TextStream *stream, const Charset *charset, uint64_t offset, Err *err)
{
    size_t line = 1, len;
    bool is_after_cr = false;
    if (!rewind_source(stream, err))
        return false;
    for (uint64_t left = offset; left; left -= len) {
        if (!take_bytes(stream, stream->raw, left < PIECE ? (size_t)left : PIECE, &len, err))
            return false;
        if (len == 0)
            break;
        encode_count_lines(charset, (Str){stream->raw, len}, &is_after_cr, &line);
    }
    return encode_fail(stream->source.file, charset, offset, line, err);
}

/* ---- which character set ---- */

static void close_decoder(void *ptr)
{
    (void)iconv_close(((TextStream *)ptr)->decoder);
}

static void set_charset(TextStream *stream, const Charset *charset)
{
    stream->charset = charset;
    if (charset == &CHARSET_UTF_8)
        return;
    stream->decoder = iconv_open("UTF-8", charset->iconv_name);
    CHECK(stream->decoder != (iconv_t)-1); /* part of glibc */
    arena_defer(stream->arena, close_decoder, stream);
}

bool stream_open(Arena *arena, const StreamSource *source, TextStream **ret, Err *err)
{
    TextStream *stream = ARENA_NEW(arena, TextStream);
    *stream = (TextStream){.arena = arena, .source = *source};
    stream->raw = arena_alloc_raw(arena, PIECE);
    size_t len;
    if (!rewind_source(stream, err) ||
        !take_bytes(stream, stream->raw, sizeof ENCODE_BOM - 1, &len, err) ||
        !rewind_source(stream, err))
        return false;
    const Charset *marked = encode_charset_marked((Str){stream->raw, len});
    stream->is_marked = marked;
    set_charset(stream, marked ? marked : &CHARSET_UTF_8);
    *ret = stream;
    return true;
}

bool stream_is_mistaken(const TextStream *stream)
{
    return stream->is_mistaken;
}

bool stream_restart(TextStream *stream, Err *err)
{
    stream->is_mistaken = stream->is_begun = false;
    stream->raw_len = 0;
    set_charset(stream, &CHARSET_GB18030);
    return rewind_source(stream, err);
}

/* ---- text ---- */

/* Neither of the two: the one that got further is what the file was meant to be. */
static bool fail_decode(TextStream *stream, Err *err)
{
    uint64_t bad = stream->taken - stream->raw_len;
    bool is_utf8 = stream->charset == &CHARSET_GB18030 && stream->utf8_bad > bad;
    return fail_byte(stream, is_utf8 ? &CHARSET_UTF_8 : stream->charset,
                     is_utf8 ? stream->utf8_bad : bad, err);
}

static bool decode(TextStream *stream, char *ret, size_t room, size_t *ret_len, Err *err)
{
    char *out = ret;
    size_t out_left = room;
    for (;;) {
        size_t got;
        if (!take_bytes(stream, stream->raw + stream->raw_len, PIECE - stream->raw_len, &got, err))
            return false;
        stream->raw_len += got;
        if (stream->raw_len == 0)
            break;
        char *in = stream->raw;
        size_t in_left = stream->raw_len;
        size_t result = iconv(stream->decoder, &in, &in_left, &out, &out_left);
        int reason = result == (size_t)-1 ? errno : 0;
        memmove(stream->raw, in, in_left);
        stream->raw_len = in_left;
        if (reason == EILSEQ || (reason == EINVAL && got == 0))
            return fail_decode(stream, err);
        if (reason == E2BIG)
            break;
    }
    *ret_len = room - out_left;
    return true;
}

/* Bytes that are UTF-8; the start of a character at their end is kept for the next time. */
static bool take_utf8(TextStream *stream, char *ret, size_t room, size_t *ret_len, Err *err)
{
    size_t len = stream->raw_len, valid_len, got;
    memcpy(ret, stream->raw, len);
    do {
        if (!take_bytes(stream, ret + len, room - len, &got, err))
            return false;
        len += got;
        valid_len = utf8_valid_len((Str){ret, len});
    } while (valid_len == 0 && got && len < SEQUENCE_MAX);
    stream->raw_len = len - valid_len;
    if (stream->raw_len >= SEQUENCE_MAX || (stream->raw_len && got == 0)) {
        stream->utf8_bad = stream->taken - stream->raw_len;
        stream->is_mistaken = !stream->is_marked;
        return stream->is_mistaken ? false
                                   : fail_byte(stream, &CHARSET_UTF_8, stream->utf8_bad, err);
    }
    memcpy(stream->raw, ret + valid_len, stream->raw_len);
    *ret_len = valid_len;
    return true;
}

static bool next_text(TextStream *stream, char *ret, size_t room, size_t *ret_len, Err *err)
{
    return stream->charset == &CHARSET_UTF_8 ? take_utf8(stream, ret, room, ret_len, err)
                                             : decode(stream, ret, room, ret_len, err);
}

bool stream_next(TextStream *stream, char *ret, size_t room, size_t *ret_len, Err *err)
{
    const size_t mark_len = sizeof ENCODE_BOM - 1;
    bool is_first = !stream->is_begun;
    stream->is_begun = true;
    if (!next_text(stream, ret, room, ret_len, err))
        return false;
    if (!is_first || !str_starts_with((Str){ret, *ret_len}, STR(ENCODE_BOM)))
        return true;
    size_t got = 0, kept = *ret_len - mark_len;
    memmove(ret, ret + mark_len, kept);
    if (!next_text(stream, ret + kept, room - kept, &got, err))
        return false;
    *ret_len = kept + got;
    return true;
}
