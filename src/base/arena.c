#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    BLOCK_BYTES = 64 * 1024,
    BLOCK_BYTES_MAX = 64 * 1024 * 1024,
    HUGE_BYTES = 2 * 1024 * 1024,
    ALIGN_SMALL = 16,
    ALIGN_RAW = 64
};

struct ArenaBlock {
    ArenaBlock *next;
    size_t size;
    size_t used;
    unsigned char *data;
};

struct ArenaDefer {
    ArenaDefer *next;
    void (*fn)(void *ptr);
    void *ptr;
};

void bug_at(const char *file, int line, const char *what)
{
    fprintf(stderr, "junheng: bug at %s:%d: %s\n", file, line, what);
    abort();
}

static NORETURN void out_of_memory(size_t size)
{
    fprintf(stderr, "junheng: out of memory (%zu bytes)\n", size);
    abort();
}

/* Whole huge pages where there are any, for first touch is the cost of columns; the rest in small ones. */
static ArenaBlock *block_new(size_t size)
{
    size_t align = size >= HUGE_BYTES ? HUGE_BYTES : ALIGN_RAW;
    void *data;

    ArenaBlock *block = malloc(sizeof *block);
    if (!block || posix_memalign(&data, align, size) != 0)
        out_of_memory(size);
    if (size >= HUGE_BYTES)
        (void)madvise(data, size / HUGE_BYTES * HUGE_BYTES, MADV_HUGEPAGE); /* a hint */
    *block = (ArenaBlock){.size = size, .data = data};
    return block;
}

static void block_free(ArenaBlock *block)
{
    free(block->data);
    free(block);
}

/* Blocks grow with the arena: what is large needs few. What was never touched of one costs nothing. */
static size_t block_bytes(const Arena *arena)
{
    size_t size = arena->used_bytes / 2;
    if (size >= HUGE_BYTES)
        size = size / HUGE_BYTES * HUGE_BYTES;
    return size < BLOCK_BYTES ? BLOCK_BYTES : size < BLOCK_BYTES_MAX ? size : BLOCK_BYTES_MAX;
}

static void *take(Arena *arena, size_t size, size_t align)
{
    ArenaBlock *block = arena->block;
    size_t start = block ? (block->used + align - 1) / align * align : 0;

    if (!block || start > block->size || size > block->size - start) {
        if (size > SIZE_MAX / 2)
            out_of_memory(size);
        size_t usual = block_bytes(arena);
        bool is_big = size >= usual / 4;
        ArenaBlock *fresh = block_new(is_big && block ? size : usual > size ? usual : size);
        /* A big object gets a block of its own behind the current one, which still has room. */
        if (block && is_big) {
            fresh->next = block->next;
            block->next = fresh;
        } else {
            fresh->next = block;
            arena->block = fresh;
        }
        block = fresh;
        start = 0;
    }
    block->used = start + size;
    arena->used_bytes += size;
    return block->data + start;
}

void arena_init(Arena *arena)
{
    *arena = (Arena){0};
}

static void run_defers(Arena *arena)
{
    while (arena->defer) {
        ArenaDefer *defer = arena->defer;
        arena->defer = defer->next;
        defer->fn(defer->ptr);
    }
}

void arena_done(Arena *arena)
{
    run_defers(arena);
    for (ArenaBlock *block = arena->block; block;) {
        ArenaBlock *next = block->next;
        block_free(block);
        block = next;
    }
    *arena = (Arena){0};
}

void arena_reset(Arena *arena)
{
    run_defers(arena);
    ArenaBlock *keep = NULL;
    for (ArenaBlock *block = arena->block; block;) {
        ArenaBlock *next = block->next;
        ArenaBlock *drop = block;
        if (!keep || block->size > keep->size) {
            drop = keep;
            keep = block;
        }
        if (drop)
            block_free(drop);
        block = next;
    }
    if (keep) {
        keep->next = NULL;
        keep->used = 0;
    }
    *arena = (Arena){.block = keep};
}

void *arena_alloc(Arena *arena, size_t size)
{
    void *ptr = take(arena, size, ALIGN_SMALL);
    memset(ptr, 0, size);
    return ptr;
}

void *arena_alloc_array(Arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        out_of_memory(SIZE_MAX);
    return arena_alloc(arena, count * size);
}

void *arena_alloc_raw(Arena *arena, size_t size)
{
    return take(arena, size, ALIGN_RAW);
}

void arena_defer(Arena *arena, void (*fn)(void *ptr), void *ptr)
{
    ArenaDefer *defer = ARENA_NEW(arena, ArenaDefer);
    *defer = (ArenaDefer){.next = arena->defer, .fn = fn, .ptr = ptr};
    arena->defer = defer;
}
