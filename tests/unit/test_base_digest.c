#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/digest.h"
#include "assert_text.h"

/* GB/T 32905-2016, appendix A, examples 1 and 2. */
static const char ABC[] = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
static const char ABCD_16[] = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";

static void the_examples_of_the_standard_come_out(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    assert_text(digest_sm3(&arena, &STR("abc"), 1), ABC);
    StrBuf text;
    strbuf_init(&text, &arena);
    strbuf_add_repeat(&text, STR("abcd"), 16);
    Str whole = strbuf_str(&text);
    assert_text(digest_sm3(&arena, &whole, 1), ABCD_16);
}

static void it_does_not_matter_where_the_parts_are_cut(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    StrBuf text;
    strbuf_init(&text, &arena);
    strbuf_add_repeat(&text, STR("abcd"), 16);
    Str whole = strbuf_str(&text);
    for (size_t cut = 0; cut <= whole.len; cut++) {
        const Str part[] = {str_slice(whole, 0, cut), {0}, str_slice(whole, cut, whole.len)};
        assert_text(digest_sm3(&arena, part, 3), ABCD_16);
    }
}

static void nothing_at_all_is_an_empty_message(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Str none = digest_sm3(&arena, NULL, 0);
    assert_int_equal(none.len, 64);
    assert_true(str_equals(none, digest_sm3(&arena, &STR(""), 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_standard_come_out),
        cmocka_unit_test(it_does_not_matter_where_the_parts_are_cut),
        cmocka_unit_test(nothing_at_all_is_an_empty_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
