/*
 * Memory by lifetime. An arena hands out memory that is freed all at once;
 * single objects are never freed. Three lifetimes exist: process, job (one
 * command or request) and scratch (reset per batch).
 *
 * Out of memory aborts: no allocation here ever returns NULL. Whatever users
 * can make large is capped before it gets here (limits.def).
 */
#ifndef JH_BASE_ARENA_H
#define JH_BASE_ARENA_H

#include "base/attr.h"

#include <stddef.h>

typedef struct ArenaBlock ArenaBlock;
typedef struct ArenaDefer ArenaDefer;

/* The fields are private; the struct is public so that it can live on a stack. */
typedef struct Arena {
    ArenaBlock *block;
    ArenaDefer *defer;
    size_t used_bytes;
} Arena;

void arena_init(Arena *arena);

/* Runs the deferred calls, newest first, and frees all memory; then as after arena_init. */
void arena_done(Arena *arena);

/* As arena_done followed by arena_init, but keeps the largest block for reuse. */
void arena_reset(Arena *arena);

/* Zeroed memory, aligned to 16 bytes. A size of 0 gives a valid pointer. */
void *arena_alloc(Arena *arena, size_t size) MUST_USE;

/* The same for count elements; aborts if the product overflows. */
void *arena_alloc_array(Arena *arena, size_t count, size_t size) MUST_USE;

/* Memory that is *not* zeroed, aligned to 64 bytes: for columns. */
void *arena_alloc_raw(Arena *arena, size_t size) MUST_USE;

/* Calls fn(ptr) when the arena ends: for files, statements and foreign handles. */
void arena_defer(Arena *arena, void (*fn)(void *ptr), void *ptr);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

/* For locals: CLEANUP(arena_done) Arena scratch; arena_init(&scratch); */

#endif
