#include "base/map.h"

/*
 * Both keys depend on the seed: with a constant in their place a chosen word would make a factor
 * zero and forget all that stood before it. The constants are digits of pi.
 */
static uint64_t key_word = 0x243f6a8885a308d3u;
static uint64_t key_hash = 0x13198a2e03707344u;

static uint64_t mix(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

void map_seed(uint64_t seed)
{
    key_word = mix(seed ^ 0xa4093822299f31d0u, 0x082efa98ec4e6c89u);
    key_hash = mix(seed ^ 0x452821e638d01377u, 0xbe5466cf34e90c6cu);
}

/* Multiply and fold over 8-byte words. */
uint64_t map_hash(Str key)
{
    uint64_t hash = key.len;
    size_t at = 0;
    for (; at + 8 <= key.len; at += 8) {
        uint64_t word;
        memcpy(&word, key.ptr + at, 8);
        hash = mix(word ^ key_word, hash ^ key_hash);
    }
    uint64_t tail = 0;
    if (at < key.len)
        memcpy(&tail, key.ptr + at, key.len - at);
    return mix(mix(tail ^ key_word, hash ^ key_hash), key_word | 1);
}

void map_init(Map *map, Arena *arena)
{
    *map = (Map){.arena = arena};
}

static uint32_t *slot_of(const Map *map, Str key, uint64_t hash)
{
    size_t mask = map->slot_count - 1;
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
        uint32_t idx = map->slot[at];
        if (idx == 0)
            return &map->slot[at];
        const MapEntry *entry = &map->entry[idx - 1];
        if (entry->hash == hash && str_equals(entry->key, key))
            return &map->slot[at];
    }
}

static void map_grow(Map *map)
{
    size_t count = map->slot_count ? map->slot_count * 2 : 16;
    map->slot = ARENA_ARRAY(map->arena, uint32_t, count);
    map->slot_count = count;
    for (size_t i = 0; i < map->len; i++)
        *slot_of(map, map->entry[i].key, map->entry[i].hash) = (uint32_t)(i + 1);
}

static void entry_grow(Map *map)
{
    size_t cap = map->entry_cap ? map->entry_cap * 2 : 8;
    MapEntry *grown = ARENA_ARRAY(map->arena, MapEntry, cap);
    if (map->len)
        memcpy(grown, map->entry, map->len * sizeof *grown);
    map->entry = grown;
    map->entry_cap = cap;
}

bool map_set(Map *map, Str key, void *value)
{
    if ((map->len + 1) * 4 > map->slot_count * 3)
        map_grow(map);
    uint64_t hash = map_hash(key);
    uint32_t *slot = slot_of(map, key, hash);
    if (*slot) {
        map->entry[*slot - 1].value = value;
        return false;
    }
    if (map->len == map->entry_cap)
        entry_grow(map);
    map->entry[map->len++] = (MapEntry){.key = key, .value = value, .hash = hash};
    *slot = (uint32_t)map->len;
    return true;
}

void *map_find(const Map *map, Str key)
{
    if (map->slot_count == 0)
        return NULL;
    uint32_t idx = *slot_of(map, key, map_hash(key));
    return idx ? map->entry[idx - 1].value : NULL;
}
