/*
 * Whether a file is UTF-8 is known only at its end, so it is read once for that and once more for the
 * text: both come from the cache of the system, and the memory stays that of a piece.
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
    bool is_begun;
    const Charset *charset;
    iconv_t decoder; /* of a character set that is not UTF-8 */
    char *raw;       /* bytes not decoded yet */
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

/* Where the source ceases to be UTF-8; *ret_is_whole if it nowhere does. */
static bool check_utf8(TextStream *stream, bool *ret_is_whole, Err *err)
{
    char *piece = stream->raw;
    size_t kept = 0, got;
    const Charset *marked = NULL;
    *ret_is_whole = true;
    do {
        if (!take_bytes(stream, piece + kept, PIECE, &got, err))
            return false;
        if (stream->taken == got && got)
            marked = stream->charset = encode_charset_marked((Str){piece, got});
        if (marked && marked != &CHARSET_UTF_8)
            return true;
        size_t len = kept + got, valid_len = utf8_valid_len((Str){piece, len});
        kept = len - valid_len;
        if (kept >= SEQUENCE_MAX || (kept && got == 0)) {
            *ret_is_whole = false;
            stream->utf8_bad = stream->taken - kept;
            return true;
        }
        memmove(piece, piece + valid_len, kept);
    } while (got);
    return true;
}

static void close_decoder(void *ptr)
{
    (void)iconv_close(((TextStream *)ptr)->decoder);
}

static bool choose_charset(TextStream *stream, Err *err)
{
    bool is_whole;
    if (!check_utf8(stream, &is_whole, err))
        return false;
    if (!is_whole && stream->charset == &CHARSET_UTF_8)
        return fail_byte(stream, &CHARSET_UTF_8, stream->utf8_bad, err);
    if (!stream->charset)
        stream->charset = is_whole ? &CHARSET_UTF_8 : &CHARSET_GB18030;
    if (stream->charset == &CHARSET_UTF_8)
        return true;
    stream->decoder = iconv_open("UTF-8", stream->charset->iconv_name);
    CHECK(stream->decoder != (iconv_t)-1); /* part of glibc */
    arena_defer(stream->arena, close_decoder, stream);
    return true;
}

bool stream_open(Arena *arena, const StreamSource *source, TextStream **ret, Err *err)
{
    TextStream *stream = ARENA_NEW(arena, TextStream);
    *stream = (TextStream){.arena = arena, .source = *source};
    stream->raw = arena_alloc_raw(arena, PIECE + SEQUENCE_MAX);
    if (!rewind_source(stream, err) || !choose_charset(stream, err) || !rewind_source(stream, err))
        return false;
    *ret = stream;
    return true;
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

static bool next_text(TextStream *stream, char *ret, size_t room, size_t *ret_len, Err *err)
{
    return stream->charset == &CHARSET_UTF_8 ? take_bytes(stream, ret, room, ret_len, err)
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
    size_t got, kept = *ret_len - mark_len;
    memmove(ret, ret + mark_len, kept);
    if (!next_text(stream, ret + kept, room - kept, &got, err))
        return false;
    *ret_len = kept + got;
    return true;
}
