#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "assert_text.h"

#include <math.h>

static Str text_of(Arena *arena, Str value)
{
    StrBuf out;
    JsonWriter json;
    strbuf_init(&out, arena);
    json_init(&json, &out);
    json_str(&json, value);
    json_done(&json);
    return strbuf_str(&out);
}

static void commas_and_nesting_are_kept(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    StrBuf out;
    JsonWriter json;
    strbuf_init(&out, &arena);
    json_init(&json, &out);
    json_begin_object(&json);
    json_key(&json, "empty");
    json_begin_array(&json);
    json_end_array(&json);
    json_key_str(&json, STR("学段"));
    json_str(&json, STR("初中"));
    json_key(&json, "list");
    json_begin_array(&json);
    json_number(&json, 0.65);
    json_integer(&json, INT64_MIN);
    json_bool(&json, true);
    json_bool(&json, false);
    json_null(&json);
    json_begin_object(&json);
    json_end_object(&json);
    json_begin_array(&json);
    json_number_or_null(&json, NAN);
    json_number_or_null(&json, INFINITY);
    json_number_or_null(&json, -0.0);
    json_end_array(&json);
    json_end_array(&json);
    json_key(&json, "last");
    json_begin_object(&json);
    json_key(&json, "a");
    json_integer(&json, 1);
    json_key(&json, "b");
    json_integer(&json, INT64_MAX);
    json_end_object(&json);
    json_end_object(&json);
    json_done(&json);
    assert_text(strbuf_str(&out),
                "{\"empty\":[],\"学段\":\"初中\",\"list\":[0.65,-9223372036854775808,true,false,"
                "null,{},[null,null,0]],\"last\":{\"a\":1,\"b\":9223372036854775807}}");
}

/* RFC 8259, section 7: quotation mark, reverse solidus and U+0000 to U+001F must be escaped. */
static void texts_are_escaped_as_the_rfc_demands(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    assert_text(text_of(&arena, STR("")), "\"\"");
    assert_text(text_of(&arena, STR("a\"b\\c/d")), "\"a\\\"b\\\\c/d\"");
    assert_text(text_of(&arena, STR("一行\n二\t三\r\x7f")), "\"一行\\n二\\t三\\r\\u007f\"");
    assert_text(text_of(&arena, STR("\0x")), "\"\\u0000x\"");
    for (int c = 1; c < 0x20; c++) {
        char byte = (char)c;
        Str text = text_of(&arena, (Str){&byte, 1});
        assert_int_equal(text.ptr[1], '\\');
    }
}

static void malformed_bytes_become_the_replacement_character(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    assert_text(text_of(&arena, STR("a\xff\xfe")), "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
    assert_text(text_of(&arena, STR("\xe5\xad")), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
    assert_text(text_of(&arena, STR("\xef\xbf\xbd!")), "\"\xef\xbf\xbd!\"");
}

static JsonWriter begun(Arena *arena, StrBuf *out)
{
    JsonWriter json;
    arena_init(arena);
    strbuf_init(out, arena);
    json_init(&json, out);
    return json;
}

static void put_a_value_without_a_key(void)
{
    Arena arena;
    StrBuf out;
    JsonWriter json = begun(&arena, &out);
    json_begin_object(&json);
    json_null(&json);
}

static void put_two_values_at_the_top(void)
{
    Arena arena;
    StrBuf out;
    JsonWriter json = begun(&arena, &out);
    json_null(&json);
    json_null(&json);
}

static void close_the_wrong_bracket(void)
{
    Arena arena;
    StrBuf out;
    JsonWriter json = begun(&arena, &out);
    json_begin_array(&json);
    json_end_object(&json);
}

static void end_with_an_open_bracket(void)
{
    Arena arena;
    StrBuf out;
    JsonWriter json = begun(&arena, &out);
    json_begin_array(&json);
    json_done(&json);
}

static void end_with_nothing(void)
{
    Arena arena;
    StrBuf out;
    JsonWriter json = begun(&arena, &out);
    json_done(&json);
}

static void put_a_key_in_an_array(void)
{
    Arena arena;
    StrBuf out;
    JsonWriter json = begun(&arena, &out);
    json_begin_array(&json);
    json_key(&json, "a");
}

static void put_two_keys(void)
{
    Arena arena;
    StrBuf out;
    JsonWriter json = begun(&arena, &out);
    json_begin_object(&json);
    json_key(&json, "a");
    json_key(&json, "b");
}

static void close_after_a_key(void)
{
    Arena arena;
    StrBuf out;
    JsonWriter json = begun(&arena, &out);
    json_begin_object(&json);
    json_key(&json, "a");
    json_end_object(&json);
}

static void put_a_nan(void)
{
    Arena arena;
    StrBuf out;
    JsonWriter json = begun(&arena, &out);
    json_number(&json, NAN);
}

static void nest_too_deep(void)
{
    Arena arena;
    StrBuf out;
    JsonWriter json = begun(&arena, &out);
    for (int i = 0; i < 65; i++)
        json_begin_array(&json);
}

static void misuse_is_a_bug(void **state)
{
    (void)state;
    assert_true(is_aborting(put_a_value_without_a_key));
    assert_true(is_aborting(put_two_values_at_the_top));
    assert_true(is_aborting(close_the_wrong_bracket));
    assert_true(is_aborting(end_with_an_open_bracket));
    assert_true(is_aborting(end_with_nothing));
    assert_true(is_aborting(put_a_key_in_an_array));
    assert_true(is_aborting(put_two_keys));
    assert_true(is_aborting(close_after_a_key));
    assert_true(is_aborting(put_a_nan));
    assert_true(is_aborting(nest_too_deep));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_nesting_are_kept),
        cmocka_unit_test(texts_are_escaped_as_the_rfc_demands),
        cmocka_unit_test(malformed_bytes_become_the_replacement_character),
        cmocka_unit_test(misuse_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
