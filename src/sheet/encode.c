#include "sheet/sheet_int.h"

#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>

typedef struct Charset {
    const char *iconv_name;
    Str name;
    size_t unit;         /* bytes of the smallest character */
    size_t line_feed_at; /* of a line feed, the byte that is not zero */
} Charset;

static const Charset GB18030 = {"GB18030", {"GB18030", 7}, 1, 0};
static const Charset UTF_16LE = {"UTF-16LE", {"UTF-16", 6}, 2, 0};
static const Charset UTF_16BE = {"UTF-16BE", {"UTF-16", 6}, 2, 1};

static const Str BOM = {"\xef\xbb\xbf", 3};

/* Lines end with LF, CR LF or CR, whichever character set. */
static size_t line_at(Str bytes, size_t offset, size_t unit, size_t low_at)
{
    size_t line = 1;
    bool is_after_cr = false;
    for (size_t i = 0; i + unit <= offset; i += unit) {
        bool is_plain = unit == 1 || bytes.ptr[i + 1 - low_at] == 0;
        char c = is_plain ? bytes.ptr[i + low_at] : 0;
        line += c == '\r' || (c == '\n' && !is_after_cr);
        is_after_cr = c == '\r';
    }
    return line;
}

static bool fail_at_byte(Str file, Str bytes, size_t offset, const Charset *charset, Err *err)
{
    ErrPlace place = {.file = file,
                      .line = line_at(bytes, offset, charset->unit, charset->line_feed_at)};
    return err_fail_at(err, &place, ERR_TABLE_ENCODING, ARG_STR("file", file),
                       ARG_STR("encoding", charset->name), ARG_INT("offset", offset + 1));
}

static void close_iconv(iconv_t *cd)
{
    (void)iconv_close(*cd);
}

/* Converts all of bytes from `skip` on; false with the offset of the first bad byte. */
static bool convert(Arena *arena, Str bytes, size_t skip, const Charset *charset, Str *ret,
                    size_t *ret_bad)
{
    iconv_t cd = iconv_open("UTF-8", charset->iconv_name);
    CHECK(cd != (iconv_t)-1); /* part of glibc */
    CLEANUP(close_iconv) iconv_t guard = cd;
    (void)guard;

    /* Two bytes become four at most: GB18030 has two-byte codes for characters beyond U+FFFF. */
    size_t room = (bytes.len - skip) * 2 + 8;
    char *out = arena_alloc_raw(arena, room);
    char *in_at = (char *)(uintptr_t)(bytes.ptr + skip);
    size_t in_left = bytes.len - skip;
    char *out_at = out;
    size_t out_left = room;

    if (iconv(cd, &in_at, &in_left, &out_at, &out_left) == (size_t)-1) {
        CHECK(errno != E2BIG);
        *ret_bad = bytes.len - in_left;
        return false;
    }
    *ret = (Str){.ptr = out, .len = (size_t)(out_at - out)};
    if (str_starts_with(*ret, BOM))
        *ret = (Str){.ptr = out + BOM.len, .len = ret->len - BOM.len};
    return true;
}

bool encode_to_utf8(Arena *arena, Str file, Str bytes, Str *ret_text, Str *ret_encoding, Err *err)
{
    static const Charset utf_8 = {"UTF-8", {"UTF-8", 5}, 1, 0};
    const Charset *charset = NULL;
    size_t bad = 0;

    if (str_starts_with(bytes, STR("\xff\xfe")))
        charset = &UTF_16LE;
    else if (str_starts_with(bytes, STR("\xfe\xff")))
        charset = &UTF_16BE;
    if (charset) {
        if (!convert(arena, bytes, 2, charset, ret_text, &bad))
            return fail_at_byte(file, bytes, bad, charset, err);
        *ret_encoding = charset->name;
        return true;
    }

    bool has_bom = str_starts_with(bytes, BOM);
    Str text = has_bom ? (Str){bytes.ptr + BOM.len, bytes.len - BOM.len} : bytes;
    size_t valid_len = utf8_valid_len(text);
    if (valid_len == text.len) {
        *ret_text = text;
        *ret_encoding = utf_8.name;
        return true;
    }
    if (has_bom)
        return fail_at_byte(file, bytes, BOM.len + valid_len, &utf_8, err);

    if (!convert(arena, bytes, 0, &GB18030, ret_text, &bad)) {
        /* Neither: the one that got further is what the file was meant to be. */
        bool is_utf8 = valid_len > bad;
        return fail_at_byte(file, bytes, is_utf8 ? valid_len : bad, is_utf8 ? &utf_8 : &GB18030,
                            err);
    }
    *ret_encoding = GB18030.name;
    return true;
}
