#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "assert_text.h"

static const Str NOTHING = {0};

static void order_is_by_bytes_and_a_prefix_comes_first(void **state)
{
    (void)state;
    assert_true(str_order(STR("a"), STR("b")) < 0);
    assert_true(str_order(STR("ab"), STR("a")) > 0);
    assert_true(str_order(STR("a"), STR("ab")) < 0);
    assert_true(str_order(STR("\x7f"), STR("\x80")) < 0); /* bytes are unsigned */
    assert_int_equal(str_order(STR("学校"), STR("学校")), 0);
    assert_int_equal(str_order(NOTHING, STR("")), 0);
}

static void parts_are_found(void **state)
{
    (void)state;
    assert_true(str_starts_with(STR("在校生数"), STR("在校")));
    assert_false(str_starts_with(STR("在"), STR("在校")));
    assert_true(str_ends_with(STR("面积(㎡)"), STR(")")));
    assert_false(str_ends_with(STR(")"), STR("))")));
    assert_true(str_contains(STR("abcabd"), STR("abd")));
    assert_false(str_contains(STR("abcab"), STR("abd")));
}

static void an_empty_text_without_a_pointer_is_harmless(void **state)
{
    (void)state;
    assert_true(str_starts_with(NOTHING, NOTHING));
    assert_true(str_ends_with(NOTHING, NOTHING));
    assert_true(str_ends_with(STR("a"), NOTHING));
    assert_true(str_contains(NOTHING, NOTHING));
    assert_false(str_contains(NOTHING, STR("a")));
    assert_int_equal(str_trim(NOTHING).len, 0);
    assert_int_equal(str_slice(NOTHING, 3, 3).len, 0);
    assert_true(str_equals(NOTHING, STR("")));
}

static void trim_takes_blanks_of_all_kinds_from_both_ends(void **state)
{
    (void)state;
    assert_text(str_trim(STR(" \t\r\n\v\f　\xc2\xa0 在 校　 \xc2\xa0\n")), "在 校");
    assert_text(str_trim(STR("　\xc2\xa0 ")), "");
    /* bytes that end like a blank character are no blank */
    assert_text(str_trim(STR("\xc3\xa0")), "à");
    assert_text(str_trim(STR("\xe3\x81\x80")), "\xe3\x81\x80");
    Str with_nul = STR("a\0");
    assert_int_equal(str_trim(with_nul).len, 2);
}

static void a_slice_out_of_range_gives_less(void **state)
{
    (void)state;
    assert_text(str_slice(STR("abcdef"), 2, 3), "cde");
    assert_text(str_slice(STR("abcdef"), 4, SIZE_MAX), "ef");
    assert_text(str_slice(STR("abcdef"), 6, 1), "");
    assert_text(str_slice(STR("abcdef"), SIZE_MAX, SIZE_MAX), "");
}

static void copies_end_with_nul(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    char original[] = "name";
    Str copy = str_dup(&arena, (Str){original, 4});
    original[0] = 'g';
    assert_text(copy, "name");
    assert_string_equal(copy.ptr, "name");
    assert_string_equal(str_cstr(&arena, str_slice(STR("abc"), 0, 2)), "ab");
    assert_string_equal(str_cstr(&arena, NOTHING), "");
}

static void a_buffer_grows_and_stays_terminated(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    StrBuf buf;
    strbuf_init(&buf, &arena);
    assert_text(strbuf_str(&buf), "");
    for (int i = 0; i < 100000; i++) {
        strbuf_add_char(&buf, (char)('a' + i % 26));
        assert_int_equal(buf.ptr[buf.len], 0);
    }
    assert_int_equal(buf.len, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buf.ptr[i], 'a' + i % 26);
}

static void a_buffer_may_be_added_to_itself(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    StrBuf buf;
    strbuf_init(&buf, &arena);
    strbuf_add(&buf, STR("ab"));
    for (int i = 0; i < 10; i++)
        strbuf_add(&buf, strbuf_str(&buf));
    assert_int_equal(buf.len, 2048);
    for (size_t i = 0; i < buf.len; i++)
        assert_int_equal(buf.ptr[i], i % 2 ? 'b' : 'a');
}

static void formatted_text_of_any_length_fits(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (int width = 0; width < 300; width++) {
        StrBuf buf;
        strbuf_init(&buf, &arena);
        strbuf_addf(&buf, "%s", "x");
        strbuf_addf(&buf, "%*s|", width, "");
        assert_int_equal(buf.len, (size_t)width + 2);
        assert_int_equal(buf.ptr[buf.len - 1], '|');
    }
    assert_text(str_format(&arena, "%d/%.*s", 7, STR_ARG(STR("学年"))), "7/学年");
    assert_text(str_format(&arena, "%s", ""), "");
}

static void repeats_are_counted(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    StrBuf buf;
    strbuf_init(&buf, &arena);
    strbuf_add_repeat(&buf, STR("ab"), 3);
    strbuf_add_repeat(&buf, STR("x"), 0);
    assert_text(strbuf_str(&buf), "ababab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_by_bytes_and_a_prefix_comes_first),
        cmocka_unit_test(parts_are_found),
        cmocka_unit_test(an_empty_text_without_a_pointer_is_harmless),
        cmocka_unit_test(trim_takes_blanks_of_all_kinds_from_both_ends),
        cmocka_unit_test(a_slice_out_of_range_gives_less),
        cmocka_unit_test(copies_end_with_nul),
        cmocka_unit_test(a_buffer_grows_and_stays_terminated),
        cmocka_unit_test(a_buffer_may_be_added_to_itself),
        cmocka_unit_test(formatted_text_of_any_length_fits),
        cmocka_unit_test(repeats_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
