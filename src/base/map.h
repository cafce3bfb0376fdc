/*
 * Text to pointer, in order of first insertion. Keys are borrowed: they must
 * live as long as the map. The hash is seeded once per process (map_seed), so
 * that nobody can prepare colliding input; the order of iteration does not
 * depend on it.
 */
#ifndef JH_BASE_MAP_H
#define JH_BASE_MAP_H

#include "base/str.h"

typedef struct MapEntry {
    Str key;
    void *value;
    uint64_t hash;
} MapEntry;

typedef struct Map {
    Arena *arena;
    MapEntry *entry; /* entry[0 .. len), in order of insertion */
    size_t len;
    size_t entry_cap;
    uint32_t *slot;
    size_t slot_count;
} Map;

/* Called by main before any map exists; without it hashes are the same in every run. */
void map_seed(uint64_t seed);
uint64_t map_hash(Str key);

void map_init(Map *map, Arena *arena);
/* Adds or replaces. True if the key was new. */
bool map_set(Map *map, Str key, void *value);
/* NULL if absent. */
void *map_find(const Map *map, Str key);

#endif
