#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/map.h"
#include "assert_text.h"

enum { KEYS = 20000 };

static int values[KEYS];

static Str key_of(Arena *arena, int i)
{
    return str_format(arena, "学校%d", i * 7919 % KEYS);
}

static void what_was_set_is_found_in_order_of_insertion(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Map map;
    map_init(&map, &arena);
    assert_null(map_find(&map, STR("x")));
    for (int i = 0; i < KEYS; i++)
        assert_true(map_set(&map, key_of(&arena, i), &values[i]));
    assert_int_equal(map.len, KEYS);
    for (int i = 0; i < KEYS; i++) {
        assert_ptr_equal(map_find(&map, key_of(&arena, i)), &values[i]);
        assert_true(str_equals(map.entry[i].key, key_of(&arena, i)));
        assert_null(map_find(&map, str_format(&arena, "校%d", i)));
    }
}

static void setting_a_key_again_replaces_its_value_in_place(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Map map;
    map_init(&map, &arena);
    assert_true(map_set(&map, STR("a"), &values[0]));
    assert_true(map_set(&map, STR(""), &values[1]));
    assert_false(map_set(&map, STR("a"), &values[2]));
    assert_int_equal(map.len, 2);
    assert_ptr_equal(map_find(&map, STR("a")), &values[2]);
    assert_ptr_equal(map_find(&map, STR("")), &values[1]);
    assert_ptr_equal(map_find(&map, (Str){0}), &values[1]);
    assert_text(map.entry[0].key, "a");
}

static void keys_of_every_length_and_with_nul_bytes_differ(void **state)
{
    (void)state;
    static const char zeros[64];
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Map map;
    map_init(&map, &arena);
    for (size_t len = 0; len <= sizeof zeros; len++)
        assert_true(map_set(&map, (Str){zeros, len}, &values[len]));
    for (size_t len = 0; len <= sizeof zeros; len++)
        assert_ptr_equal(map_find(&map, (Str){zeros, len}), &values[len]);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Among 20000 good 64-bit hashes two are equal with a chance of 1e-11. */
static void hashes_of_like_keys_differ(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    uint64_t *hash = ARENA_ARRAY(&arena, uint64_t, KEYS);
    for (int i = 0; i < KEYS; i++)
        hash[i] = map_hash(str_format(&arena, "%08d00000000", i));
    qsort(hash, KEYS, sizeof *hash, by_value);
    for (int i = 1; i < KEYS; i++)
        assert_true(hash[i] != hash[i - 1]);
}

static void the_seed_changes_hashes_but_not_the_order(void **state)
{
    (void)state;
    uint64_t before = map_hash(STR("在校生数"));
    map_seed(12345);
    uint64_t first = map_hash(STR("在校生数"));
    map_seed(12346);
    assert_true(map_hash(STR("在校生数")) != first);
    assert_true(first != before);
    what_was_set_is_found_in_order_of_insertion(state);
    map_seed(12345);
    assert_true(map_hash(STR("在校生数")) == first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_set_is_found_in_order_of_insertion),
        cmocka_unit_test(setting_a_key_again_replaces_its_value_in_place),
        cmocka_unit_test(keys_of_every_length_and_with_nul_bytes_differ),
        cmocka_unit_test(hashes_of_like_keys_differ),
        cmocka_unit_test(the_seed_changes_hashes_but_not_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
