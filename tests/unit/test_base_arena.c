#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/vec.h"
#include "assert_text.h"

static bool is_filled(const unsigned char *bytes, size_t size, unsigned char with)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != with)
            return false;
    return true;
}

/* Sizes around the alignments, the block size (64 KiB) and the huge block size (2 MiB). */
static const size_t SIZES[] = {0,     1,     15,    16,    17,      63,      64,      65,
                               16383, 16384, 16385, 65535, 65536,   65537,   70001,   131071,
                               99999, 3,     40000, 40000, 2097151, 2097152, 2097153, 3000001};
enum { SIZE_COUNT = sizeof SIZES / sizeof *SIZES };

static void objects_are_aligned_zeroed_and_apart(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    unsigned char *small[SIZE_COUNT], *raw[SIZE_COUNT];
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        small[i] = arena_alloc(&arena, SIZES[i]);
        assert_non_null(small[i]);
        assert_int_equal((uintptr_t)small[i] % 16, 0);
        assert_true(is_filled(small[i], SIZES[i], 0));
        memset(small[i], (int)i + 1, SIZES[i]);
        raw[i] = arena_alloc_raw(&arena, SIZES[i]);
        assert_int_equal((uintptr_t)raw[i] % 64, 0);
        memset(raw[i], 255 - (int)i, SIZES[i]);
    }
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        assert_true(is_filled(small[i], SIZES[i], (unsigned char)(i + 1)));
        assert_true(is_filled(raw[i], SIZES[i], (unsigned char)(255 - i)));
    }
}

static void memory_is_zeroed_again_after_a_reset(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < SIZE_COUNT; i++) {
            unsigned char *bytes = arena_alloc(&arena, SIZES[i]);
            assert_true(is_filled(bytes, SIZES[i], 0));
            memset(bytes, 0xaa, SIZES[i]);
        }
        arena_reset(&arena);
        assert_int_equal(arena.used_bytes, 0);
    }
}

static void a_big_object_leaves_the_current_block_in_use(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    unsigned char *first = arena_alloc(&arena, 16);
    (void)!arena_alloc_raw(&arena, 1000000);
    unsigned char *second = arena_alloc(&arena, 16);
    assert_ptr_equal(second, first + 16);
}

static char order[8];
static size_t order_len;
static void note(void *ptr)
{
    order[order_len++] = *(char *)ptr;
}

static void deferred_calls_run_newest_first_and_once(void **state)
{
    (void)state;
    char names[] = "abc";
    order_len = 0;
    Arena arena;
    arena_init(&arena);
    for (int i = 0; i < 3; i++)
        arena_defer(&arena, note, &names[i]);
    arena_reset(&arena);
    assert_text(((Str){order, order_len}), "cba");
    arena_defer(&arena, note, &names[0]);
    arena_done(&arena);
    arena_done(&arena);
    assert_text(((Str){order, order_len}), "cbaa");
}

static void ask_for_more_than_there_is(void)
{
    Arena arena;
    arena_init(&arena);
    (void)!arena_alloc_array(&arena, SIZE_MAX / 4, 8);
}

static void an_overflowing_product_aborts(void **state)
{
    (void)state;
    assert_true(is_aborting(ask_for_more_than_there_is));
}

static void a_vec_keeps_its_elements_while_it_grows(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    VEC(int) numbers = {0};
    for (int i = 0; i < 10000; i++)
        VEC_PUSH(&arena, &numbers, i * 3);
    assert_int_equal(numbers.len, 10000);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(numbers.ptr[i], i * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_aligned_zeroed_and_apart),
        cmocka_unit_test(memory_is_zeroed_again_after_a_reset),
        cmocka_unit_test(a_big_object_leaves_the_current_block_in_use),
        cmocka_unit_test(deferred_calls_run_newest_first_and_once),
        cmocka_unit_test(an_overflowing_product_aborts),
        cmocka_unit_test(a_vec_keeps_its_elements_while_it_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
