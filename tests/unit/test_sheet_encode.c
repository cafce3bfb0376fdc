/* Expected values: GB 18030-2005 code tables (through glibc's independent encoder) and RFC 3629. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/utf8.h"
#include "sheet_fixture.h"

#include <iconv.h>
#include <stdlib.h>

static void expect_encoding(Str bytes, const char *encoding, const char *want)
{
    Fixture fixture;
    fixture_read(&fixture, bytes, "tn", STR(""));
    assert_string_equal(fixture.text.ptr, want);
    assert_string_equal(fixture.table ? fixture.table->encoding.ptr : "", encoding);
    fixture_done(&fixture);
}

static void valid_utf8_is_utf8_with_or_without_its_mark(void **state)
{
    (void)state;
    expect_encoding(STR("名,数\n镕,1\n"), "UTF-8", "名|数\n2: 镕|1");
    expect_encoding(STR("\xef\xbb\xbf名,数\n镕,1\n"), "UTF-8", "名|数\n2: 镕|1");
    expect_encoding(STR("a,b\nx,1\n"), "UTF-8", "a|b\n2: x|1");
    expect_encoding(STR("a,b\n\xf0\xa0\x80\x80,1\n"), "UTF-8", "a|b\n2: 𠀀|1");
}

static void everything_else_is_gb18030(void **state)
{
    (void)state;
    /* 学校 = D1A7 D0A3, 〇 = A996, 镕 = E946, 㐀 = 8139 EE39 (4 bytes), 𠀀 = 9532 8236 (4 bytes) */
    expect_encoding(STR("\xd1\xa7\xd0\xa3,\xca\xfd\n\xa9\x96\xe9\x46,1\n"), "GB18030",
                    "学校|数\n2: 〇镕|1");
    expect_encoding(STR("\xd1\xa7\xd0\xa3,b\n\x81\x39\xee\x39\x95\x32\x82\x36,2\n"), "GB18030",
                    "学校|b\n2: 㐀𠀀|2");
    /* full-width digits １２ = A3B1 A3B2; second bytes that look like ASCII: 丂 = 8140, 乗 = 815C,
     * 亅 = 817C */
    expect_encoding(STR("\xd1\xa7,b\n\x81\x40\x81\x5c\x81\x7c,\xa3\xb1\xa3\xb2\n"), "GB18030",
                    "学|b\n2: 丂乗亅|12");
    /* with the mark of GB 18030 itself */
    expect_encoding(STR("\x84\x31\x95\x33\xd1\xa7\xd0\xa3,b\nx,1\n"), "GB18030", "学校|b\n2: x|1");
}

static void every_character_survives_gb18030(void **state)
{
    (void)state;
    /* exhaustion over the basic plane and a sample beyond, encoded by iconv in the other direction
     */
    Arena arena;
    arena_init(&arena);
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    size_t blocks = 0;
    for (uint32_t first = 0x4E00; first < 0x30000; first += first < 0xFF00 ? 0x100 : 0x1100) {
        if (first >= 0xD800 && first < 0xF900) /* surrogates and private use */
            continue;
        StrBuf text;
        strbuf_init(&text, &arena);
        strbuf_add(&text, STR("镕,b\n"));
        for (uint32_t code = first; code < first + 0x100; code++)
            utf8_add(&text, code);
        strbuf_add(&text, STR("。,1\n"));
        char encoded[2048];
        char *in = text.ptr;
        char *out = encoded;
        size_t in_left = text.len;
        size_t out_left = sizeof encoded;
        if (iconv(cd, &in, &in_left, &out, &out_left) == (size_t)-1)
            continue; /* a block with codes that are no characters */
        Fixture fixture;
        fixture_read(&fixture, (Str){encoded, sizeof encoded - out_left}, "tn", STR(""));
        assert_non_null(fixture.table);
        assert_int_equal(fixture.table->row_count, 1);
        Str got = fixture.table->column[0].text[0];
        assert_true(str_equals(got, str_slice(strbuf_str(&text), 6, text.len - 9)));
        blocks++;
        fixture_done(&fixture);
    }
    (void)iconv_close(cd);
    assert_true(blocks > 150);
    arena_done(&arena);
}

static void utf_16_with_its_mark_is_converted(void **state)
{
    (void)state;
    /* what Excel calls Unicode text: little-endian with tabs */
    static const char little[] = "\xff\xfe\x0d\x54\t\0b\0\r\0\n\0\x66\x5b\t\0"
                                 "1\0\r\0\n\0";
    expect_encoding((Str){little, sizeof little - 1}, "UTF-16", "名|b\n2: 学|1");
    static const char big[] = "\xfe\xff\x54\x0d\0,\0b\0\n\x5b\x66\0,\0"
                              "1";
    expect_encoding((Str){big, sizeof big - 1}, "UTF-16", "名|b\n2: 学|1");
    static const char lonely[] = "\xff\xfe"
                                 "a\0,\0b\0\r\0\n\0x\0\0\xdc,\0"
                                 "1\0";
    expect_encoding((Str){lonely, sizeof lonely - 1}, "",
                    "2:0 ERR_TABLE_ENCODING: file 'file' read as UTF-16: byte 15 does not belong "
                    "to a valid character");
    static const char feed[] = "\xff\xfe"
                               "a\0\x0a\x0d\n\0x\0\n\0\0\xdc";
    expect_encoding((Str){feed, sizeof feed - 1}, "",
                    "3:0 ERR_TABLE_ENCODING: file 'file' read as UTF-16: byte 13 does not belong "
                    "to a valid character");
}

static void utf_16_without_its_mark_is_refused_for_its_nuls(void **state)
{
    (void)state;
    expect_encoding(STR("a\0,\0b\0\n\0"), "", "1:0 ERR_TABLE_NUL: file 'file' contains a NUL byte");
}

static void bytes_of_no_encoding_are_refused_at_their_place(void **state)
{
    (void)state;
    expect_encoding(STR("a,b\nx,1\n\xd1\xa7\xff,2\n"), "",
                    "3:0 ERR_TABLE_ENCODING: file 'file' read as GB18030: byte 11 does not belong "
                    "to a valid character");
    expect_encoding(STR("a,b\r\n\xd1\xa7,1\r\nx\xd1"), "",
                    "3:0 ERR_TABLE_ENCODING: file 'file' read as GB18030: byte 13 does not belong "
                    "to a valid character");
    /* with the mark of UTF-8 nothing else is tried */
    expect_encoding(STR("\xef\xbb\xbf"
                        "a,b\rx,1\r\n\xb4\xfa,2\n"),
                    "",
                    "3:0 ERR_TABLE_ENCODING: file 'file' read as UTF-8: byte 13 does not belong to "
                    "a valid character");
    /* UTF-8 for long, then broken: GB18030 stops at the lone byte before the comma, UTF-8 goes
     * further */
    expect_encoding(STR("甲,b\n乙,1\n丙\xff,2\n"), "",
                    "3:0 ERR_TABLE_ENCODING: file 'file' read as UTF-8: byte 16 does not belong to "
                    "a valid character");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_utf8_is_utf8_with_or_without_its_mark),
        cmocka_unit_test(everything_else_is_gb18030),
        cmocka_unit_test(every_character_survives_gb18030),
        cmocka_unit_test(utf_16_with_its_mark_is_converted),
        cmocka_unit_test(utf_16_without_its_mark_is_refused_for_its_nuls),
        cmocka_unit_test(bytes_of_no_encoding_are_refused_at_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
