#include "sheet/sheet_int.h"

#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>

const Charset CHARSET_UTF_8 = {"UTF-8", {"UTF-8", 5}, 1, 0};
const Charset CHARSET_GB18030 = {"GB18030", {"GB18030", 7}, 1, 0};
static const Charset UTF_16LE = {"UTF-16LE", {"UTF-16", 6}, 2, 0};
static const Charset UTF_16BE = {"UTF-16BE", {"UTF-16", 6}, 2, 1};

static const Str BOM = {ENCODE_BOM, sizeof ENCODE_BOM - 1};

const Charset *encode_charset_marked(Str start)
{
    if (str_starts_with(start, STR("\xff\xfe")))
        return &UTF_16LE;
    if (str_starts_with(start, STR("\xfe\xff")))
        return &UTF_16BE;
    return str_starts_with(start, BOM) ? &CHARSET_UTF_8 : NULL;
}

void encode_count_lines(const Charset *charset, Str bytes, bool *is_after_cr, size_t *line)
{
    for (size_t i = 0; i + charset->unit <= bytes.len; i += charset->unit) {
        bool is_plain = charset->unit == 1 || bytes.ptr[i + 1 - charset->line_feed_at] == 0;
        char c = is_plain ? bytes.ptr[i + charset->line_feed_at] : 0;
        *line += c == '\r' || (c == '\n' && !*is_after_cr);
        *is_after_cr = c == '\r';
    }
}

bool encode_fail(Str file, const Charset *charset, uint64_t offset, size_t line, Err *err)
{
    ErrPlace place = {.file = file, .line = line};
    return err_fail_at(err, &place, ERR_TABLE_ENCODING, ARG_STR("file", file),
                       ARG_STR("encoding", charset->name), ARG_INT("offset", offset + 1));
}

static bool fail_at_byte(Str file, Str bytes, size_t offset, const Charset *charset, Err *err)
{
    size_t line = 1;
    bool is_after_cr = false;
    encode_count_lines(charset, str_slice(bytes, 0, offset), &is_after_cr, &line);
    return encode_fail(file, charset, offset, line, err);
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
    const Charset *charset = encode_charset_marked(bytes);
    bool has_bom = charset == &CHARSET_UTF_8;
    size_t bad = 0;

    if (charset && !has_bom) {
        if (!convert(arena, bytes, 2, charset, ret_text, &bad))
            return fail_at_byte(file, bytes, bad, charset, err);
        *ret_encoding = charset->name;
        return true;
    }

    Str text = has_bom ? (Str){bytes.ptr + BOM.len, bytes.len - BOM.len} : bytes;
    size_t valid_len = utf8_valid_len(text);
    if (valid_len == text.len) {
        *ret_text = text;
        *ret_encoding = CHARSET_UTF_8.name;
        return true;
    }
    if (has_bom)
        return fail_at_byte(file, bytes, BOM.len + valid_len, &CHARSET_UTF_8, err);

    if (!convert(arena, bytes, 0, &CHARSET_GB18030, ret_text, &bad)) {
        /* Neither: the one that got further is what the file was meant to be. */
        bool is_utf8 = valid_len > bad;
        return fail_at_byte(file, bytes, is_utf8 ? valid_len : bad,
                            is_utf8 ? &CHARSET_UTF_8 : &CHARSET_GB18030, err);
    }
    *ret_encoding = CHARSET_GB18030.name;
    return true;
}
