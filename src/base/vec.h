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

static inline void *vec_grow(Arena *arena, const void *old, size_t len, size_t *cap, size_t size)
{
    *cap = *cap ? *cap * 2 : 8;
    void *grown = arena_alloc_array(arena, *cap, size);
    if (len)
        memcpy(grown, old, len * size);
    return grown;
}

#endif
