#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "base/bytes.h"
#include "base/digest.h"

static Str hex_of(Arena *arena, const StrBuf *buf)
{
    return digest_hex(arena, (const unsigned char *)buf->ptr, buf->len);
}

/* The bytes of doc/format.md, written out by hand. */
static void numbers_are_little_endian_and_texts_carry_their_length(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    StrBuf out;
    strbuf_init(&out, &arena);
    bytes_add_u32(&out, 0x01020304);
    bytes_add_u64(&out, 0x0102030405060708);
    bytes_add_f64(&out, -2.0);
    bytes_add_varint(&out, 0);
    bytes_add_varint(&out, 127);
    bytes_add_varint(&out, 128);
    bytes_add_varint(&out, 300);
    bytes_add_varint(&out, UINT64_MAX);
    bytes_add_str(&out, STR("均"));
    bytes_add_str(&out, STR(""));
    assert_text(hex_of(&arena, &out), "04030201"
                                      "0807060504030201"
                                      "00000000000000c0"
                                      "00"
                                      "7f"
                                      "8001"
                                      "ac02"
                                      "ffffffffffffffffff01"
                                      "03e59d87"
                                      "00");
    ByteReader reader = bytes_reader(strbuf_str(&out));
    assert_int_equal(bytes_u32(&reader), 0x01020304);
    assert_true(bytes_u64(&reader) == 0x0102030405060708);
    assert_true(bytes_f64(&reader) == -2.0);
    static const uint64_t VARINTS[] = {0, 127, 128, 300, UINT64_MAX};
    for (size_t i = 0; i < 5; i++)
        assert_true(bytes_varint(&reader) == VARINTS[i]);
    assert_text(bytes_str(&reader), "均");
    assert_false(bytes_is_done(&reader));
    assert_text(bytes_str(&reader), "");
    assert_true(bytes_is_done(&reader));
}

static void what_is_too_short_or_too_long_is_bad_from_then_on(void **state)
{
    (void)state;
    static const Str BAD[] = {
        STR_INIT(""),                                         /* no varint */
        STR_INIT("\x80"),                                     /* it does not end */
        STR_INIT("\x80\x00"),                                 /* one byte more than needed */
        STR_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), /* beyond 64 bits */
        STR_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        STR_INIT("\x05"
                 "abcd"), /* a text that ends too early */
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        ByteReader reader = bytes_reader(BAD[i]);
        assert_text(bytes_str(&reader), "");
        assert_true(reader.is_bad);
        assert_int_equal(bytes_u64(&reader), 0);
        assert_false(bytes_is_done(&reader));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_little_endian_and_texts_carry_their_length),
        cmocka_unit_test(what_is_too_short_or_too_long_is_bad_from_then_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
