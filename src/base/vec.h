/*
 * A growing array in an arena: VEC(Type) names; VEC_PUSH(arena, &names, value).
 * The element at i is names.ptr[i]; names.len counts them. Growing leaves the
 * old array to the arena, so a pointer into it stays readable but goes stale.
 */
#ifndef JH_BASE_VEC_H
#define JH_BASE_VEC_H

#include "base/arena.h"

#include <string.h>

#define VEC(type)   \
    struct {        \
        type *ptr;  \
        size_t len; \
        size_t cap; \
    }

#define VEC_PUSH(arena, vec, ...)                                                           \
    do {                                                                                    \
        if ((vec)->len == (vec)->cap)                                                       \
            (vec)->ptr =                                                                    \
                vec_grow((arena), (vec)->ptr, (vec)->len, &(vec)->cap, sizeof *(vec)->ptr); \
        (vec)->ptr[(vec)->len++] = (__VA_ARGS__);                                           \
    } while (0)

/* Room for so many more, where it is known beforehand. */
#define VEC_RESERVE(arena, vec, more)                                           \
    do {                                                                        \
        if ((vec)->cap - (vec)->len < (more))                                   \
            (vec)->ptr = vec_move((arena), (vec)->ptr, (vec)->len, &(vec)->cap, \
                                  (vec)->len + (more), sizeof *(vec)->ptr);     \
    } while (0)

static inline void *vec_move(Arena *arena, const void *old, size_t len, size_t *cap, size_t room,
                             size_t size)
{
    *cap = room > *cap * 2 ? room : *cap * 2;
    void *moved = arena_alloc_array(arena, *cap, size);
    if (len)
        memcpy(moved, old, len * size);
    return moved;
}

static inline void *vec_grow(Arena *arena, const void *old, size_t len, size_t *cap, size_t size)
{
    return vec_move(arena, old, len, cap, 8, size);
}

#endif
