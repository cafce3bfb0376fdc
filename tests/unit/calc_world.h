/*
 * A small world for the tests of the engine: three stages of schools in a region tree of several
 * levels, filled at random from a seed, with everything that makes trouble: schools of several
 * stages, padding, empty leaves and regions, absences of all reasons, zeros, values that tie and
 * that cancel one another.
 */
#ifndef TEST_CALC_WORLD_H
#define TEST_CALC_WORLD_H

#include "calc/calc.h"
#include "calc/exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    WORLD_STAGES = 3,
    WORLD_REGIONS_MAX = 64,
    WORLD_ITEMS = 6,
    WORLD_ATTRIBUTES = 2,
    WORLD_SLOTS = 2 * WORLD_ITEMS + WORLD_ATTRIBUTES,
    WORLD_ROWS_MAX = 4096, /* of one stage */
};

typedef struct World {
    Arena arena;
    Err err;
    uint64_t seed, random;
    UnitTable units;
    Scope scope;
    RegionTree tree;
    Region region[WORLD_REGIONS_MAX];
    uint32_t leaf_region[WORLD_REGIONS_MAX];
    uint32_t first[WORLD_STAGES][WORLD_REGIONS_MAX + 1];
    Frame frame[WORLD_STAGES];
    uint8_t *absence[WORLD_STAGES][WORLD_SLOTS];
    int32_t *sibling[WORLD_STAGES][WORLD_STAGES];
    uint32_t *part[WORLD_STAGES];
    int lone_stage; /* whose schools have no other stage; -1: none */
} World;

static const char *const WORLD_ITEM[WORLD_ITEMS] = {"x", "y", "z", "w", "p", "q"};
static const char *const WORLD_ATTRIBUTE[WORLD_ATTRIBUTES] = {"kind", "place"};

/* ---- chance ---- */

static inline uint64_t world_word(World *world)
{
    world->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t word = world->random;
    word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
    return word ^ word >> 31;
}

/* 0 … below - 1 */
static inline int world_pick(World *world, int below)
{
    return (int)(world_word(world) % (uint64_t)below);
}

static inline bool world_chance(World *world, int percent)
{
    return world_pick(world, 100) < percent;
}

/* Of few different values, so that they meet: one another, the limits of formulas, and in sums. */
static inline double world_value(World *world, int item)
{
    static const double COMMON[] = {0, 0.1, 0.2, 0.3, 1,   2,   3,    4.2,  5,
                                    8, 10,  0.7, 0.8, 100, 306, 8000, 3.825};
    int count = sizeof COMMON / sizeof *COMMON;
    if (item >= 3) /* weights: never below 0 */
        return world_chance(world, 70) ? COMMON[world_pick(world, count)]
                                       : (double)world_pick(world, 60);
    if (world_chance(world, 20))
        return -COMMON[world_pick(world, count)];
    if (world_chance(world, 15))
        return (double)world_pick(world, 2000000) / 1000.0;
    return COMMON[world_pick(world, count)];
}

/* ---- names ---- */

static inline void world_check(const World *world, bool is_ok)
{
    if (is_ok)
        return;
    Arena arena;
    arena_init(&arena);
    StrBuf out;
    strbuf_init(&out, &arena);
    err_format(&out, &world->err, LANG_EN);
    (void)fprintf(stderr, "%.*s\n", STR_ARG(strbuf_str(&out)));
    BUG("the world is wrong");
}

static inline Symbol *world_symbol(World *world, SymbolKind kind, Str name, Type type)
{
    Symbol *symbol = ARENA_NEW(&world->arena, Symbol);
    *symbol =
        (Symbol){.kind = kind, .name = name, .type = type, .unit = unit_none(), .level = LEVEL_ROW};
    world_check(world, scope_add(&world->scope, symbol, NULL, &world->err));
    return symbol;
}

static inline void world_parameter(World *world, const char *name,
                                   const Decimal value[WORLD_STAGES], const char *unit)
{
    Symbol *symbol = world_symbol(world, SYMBOL_PARAMETER, str_from(name), TYPE_NUMBER);
    world_check(world, unit_parse(&world->units, str_from(unit), &symbol->unit, &world->err));
    for (size_t stage = 0; value && stage < WORLD_STAGES; stage++) {
        symbol->value[stage] = value[stage];
        symbol->has_value[stage] = value[stage].exp10 < 99;
    }
}

static inline void world_attributes(World *world)
{
    static const double ONE[] = {1}, TWO[] = {2}, BOTH[] = {1, 2}, OTHER[] = {7};
    static const CodeName NAMES[] = {{ONE, 1}, {TWO, 1}, {BOTH, 2}, {OTHER, 1}};
    static const char *const TEXT[] = {"one", "two", "both", "other"};
    CodeSet *codes = ARENA_NEW(&world->arena, CodeSet);
    codes->name = STR("codes");
    map_init(&codes->names, &world->arena);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        map_set(&codes->names, str_from(TEXT[i]), (void *)(uintptr_t)&NAMES[i]);
    for (size_t i = 0; i < WORLD_ATTRIBUTES; i++)
        world_symbol(world, SYMBOL_ATTRIBUTE, str_from(WORLD_ATTRIBUTE[i]), TYPE_CODE)->codes =
            codes;
}

/* The slots stand in this order: items, last year's items, attributes. */
static inline void world_names(World *world)
{
    static const Decimal LIMIT[] = {{42, -1}, {3825, -3}, {1, -1}},
                         FACTOR[] = {{1, 0}, {11, -1}, {132, -2}};
    static const Decimal PARTIAL[] = {{3, -1}, {0, 99}, {5, 0}},
                         PERCENT[] = {{1, 0}, {1, 0}, {1, 0}};
    world_check(world, unit_add_named(&world->units, STR("%"), 1, 100, STR("1"), &world->err));
    for (size_t i = 0; i < WORLD_ITEMS; i++)
        (void)world_symbol(world, SYMBOL_ITEM, str_from(WORLD_ITEM[i]), TYPE_NUMBER);
    for (int years_back = 0; years_back < 2; years_back++)
        for (size_t i = 0; i < WORLD_ITEMS; i++)
            (void)scope_slot(&world->scope, scope_find(&world->scope, str_from(WORLD_ITEM[i])),
                             years_back);
    world_attributes(world);
    for (size_t i = 0; i < WORLD_ATTRIBUTES; i++)
        (void)scope_slot(&world->scope, scope_find(&world->scope, str_from(WORLD_ATTRIBUTE[i])), 0);
    world_parameter(world, "limit", LIMIT, "1");
    world_parameter(world, "factor", FACTOR, "1");
    world_parameter(world, "partial", PARTIAL, "1");
    world_parameter(world, "percent", PERCENT, "%");
}

/* ---- regions ---- */

static inline uint32_t world_add_region(World *world, uint32_t parent, int level)
{
    uint32_t idx = (uint32_t)world->tree.count++;
    CHECK(idx < WORLD_REGIONS_MAX);
    world->region[idx] = (Region){.code = str_format(&world->arena, "%u", idx),
                                  .level = level,
                                  .parent = parent,
                                  .first_leaf = (uint32_t)world->tree.leaf_count};
    return idx;
}

static inline void world_end_region(World *world, uint32_t idx)
{
    world->region[idx].end = (uint32_t)world->tree.count;
    world->region[idx].end_leaf = (uint32_t)world->tree.leaf_count;
}

static inline void world_add_leaf(World *world, uint32_t parent, int level)
{
    uint32_t idx = world_add_region(world, parent, level);
    world->leaf_region[world->tree.leaf_count++] = idx;
    world_end_region(world, idx);
}

/* Nation, two provinces, prefectures with counties; a province with a leaf of its own, and a prefecture without any. */
static inline void world_regions(World *world)
{
    uint32_t nation = world_add_region(world, UINT32_MAX, 0);
    for (int province_idx = 0; province_idx < 2; province_idx++) {
        uint32_t province = world_add_region(world, nation, 1);
        if (province_idx == 0)
            world_add_leaf(world, province, 3);
        for (int prefecture_idx = 0; prefecture_idx < 2; prefecture_idx++) {
            uint32_t prefecture = world_add_region(world, province, 2);
            int counties = province_idx + prefecture_idx == 2 ? 0 : 1 + world_pick(world, 3);
            for (int county = 0; county < counties; county++)
                world_add_leaf(world, prefecture, 3);
            world_end_region(world, prefecture);
        }
        world_end_region(world, province);
    }
    world_end_region(world, nation);
    world->tree.region = world->region;
    world->tree.leaf_region = world->leaf_region;
}

/* ---- rows ---- */

/* A school has parts of one stage or of several, all in one leaf. */
static inline void world_add_school(World *world, uint32_t school, size_t count[WORLD_STAGES])
{
    int lone = world->lone_stage < 0 ? 0 : 1 << world->lone_stage;
    int stages =
        world_chance(world, 60) ? 1 << world_pick(world, WORLD_STAGES) : 1 + world_pick(world, 7);
    if (stages & lone)
        stages = lone;
    for (int a = 0; a < WORLD_STAGES; a++)
        for (int b = 0; b < WORLD_STAGES; b++)
            if (a != b && (stages >> a & 1) && (stages >> b & 1))
                world->sibling[a][b][count[a]] = (int32_t)count[b];
    for (int stage = 0; stage < WORLD_STAGES; stage++) {
        if (!(stages >> stage & 1))
            continue;
        CHECK(count[stage] < WORLD_ROWS_MAX);
        world->part[stage][count[stage]++] = school;
    }
}

/* Leaves are padded; one in six is empty, and the last one holds `extra` schools more. */
static inline void world_schools(World *world, int extra)
{
    size_t count[WORLD_STAGES] = {0};
    uint32_t school = 0;
    for (uint32_t leaf = 0; leaf < world->tree.leaf_count; leaf++) {
        int schools = world_chance(world, 16) ? 0 : 1 + world_pick(world, 14);
        if (leaf + 1 == world->tree.leaf_count)
            schools += extra;
        for (int i = 0; i < schools; i++)
            world_add_school(world, school++, count);
        for (int stage = 0; stage < WORLD_STAGES; stage++) {
            count[stage] = (count[stage] + FRAME_LANES - 1) / FRAME_LANES * FRAME_LANES;
            world->first[stage][leaf + 1] = (uint32_t)count[stage];
        }
    }
}

static inline void world_fill_cell(World *world, int stage, size_t slot, size_t row)
{
    double *value = &world->frame[stage].column[slot].value[row];
    *value = NAN;
    world->absence[stage][slot][row] = ABSENCE_NOT_REPORTED;
    if (world->part[stage][row] == UINT32_MAX)
        return;
    if (world_chance(world, 12)) {
        world->absence[stage][slot][row] = (uint8_t)(ABSENCE_NOT_APPLICABLE + world_pick(world, 3));
        return;
    }
    static const double CODES[] = {1, 2, 7, 9};
    bool is_code = slot >= 2 * WORLD_ITEMS;
    *value = is_code ? CODES[world_pick(world, 4)] : world_value(world, (int)(slot % WORLD_ITEMS));
    world->absence[stage][slot][row] = ABSENCE_NONE;
    /* the third is often the sum of the first two, in decimals */
    if (slot == 2 && world_chance(world, 30)) {
        double sum =
            world->frame[stage].column[0].value[row] + world->frame[stage].column[1].value[row];
        if (sum == sum)
            *value = nearbyint(sum * 1000) / 1000;
    }
}

static inline void world_frame(World *world, int stage)
{
    size_t rows = world->first[stage][world->tree.leaf_count];
    Frame *frame = &world->frame[stage];
    *frame = (Frame){.stage = stage,
                     .row_count = rows,
                     .regions = &world->tree,
                     .leaf_first = world->first[stage],
                     .slot_count = WORLD_SLOTS,
                     .part = world->part[stage],
                     .column = ARENA_ARRAY(&world->arena, FrameColumn, WORLD_SLOTS)};
    for (int other = 0; other < WORLD_STAGES; other++) {
        if (other == stage || world->lone_stage == stage || world->lone_stage == other)
            continue;
        frame->stage_frame[other] = &world->frame[other];
        frame->sibling[other] = world->sibling[stage][other];
    }
    for (size_t slot = 0; slot < WORLD_SLOTS; slot++) {
        frame->column[slot].value = arena_alloc_raw(&world->arena, (rows + 1) * sizeof(double));
        world->absence[stage][slot] = ARENA_ARRAY(&world->arena, uint8_t, rows + 1);
        /* without reasons: every absence is one of "not reported" */
        frame->column[slot].absence = slot % 5 == 4 ? NULL : world->absence[stage][slot];
        for (size_t row = 0; row < rows; row++)
            world_fill_cell(world, stage, slot, row);
    }
}

/* extra: how many schools the last leaf has beyond a dozen, for leaves longer than a block. */
static inline World *world_new(uint64_t seed, int extra)
{
    World *world = calloc(1, sizeof *world);
    CHECK(world != NULL);
    arena_init(&world->arena);
    err_init(&world->err);
    world->seed = seed;
    world->random = seed * UINT64_C(0x2545f4914f6cdd1d);
    unit_table_init(&world->units, &world->arena);
    scope_init(&world->scope, &world->arena, &world->units);
    world_names(world);
    world_regions(world);
    for (int stage = 0; stage < WORLD_STAGES; stage++) {
        world->part[stage] = ARENA_ARRAY(&world->arena, uint32_t, WORLD_ROWS_MAX);
        memset(world->part[stage], 0xff, WORLD_ROWS_MAX * sizeof *world->part[stage]);
        for (int other = 0; other < WORLD_STAGES; other++) {
            world->sibling[stage][other] = ARENA_ARRAY(&world->arena, int32_t, WORLD_ROWS_MAX);
            memset(world->sibling[stage][other], 0xff, WORLD_ROWS_MAX * sizeof(int32_t));
        }
    }
    world->lone_stage = world_chance(world, 15) ? world_pick(world, WORLD_STAGES) : -1;
    world_schools(world, extra);
    for (int stage = 0; stage < WORLD_STAGES; stage++)
        world_frame(world, stage);
    return world;
}

static inline void world_free(World *world)
{
    err_done(&world->err);
    arena_done(&world->arena);
    free(world);
}

/* New values for about one cell in five of a leaf, in all stages: a school's parts belong together. */
static inline void world_edit_leaf(World *world, uint32_t leaf)
{
    for (int stage = 0; stage < WORLD_STAGES; stage++)
        for (size_t slot = 0; slot < WORLD_SLOTS; slot++)
            for (size_t row = world->first[stage][leaf]; row < world->first[stage][leaf + 1]; row++)
                if (world_chance(world, 20))
                    world_fill_cell(world, stage, slot, row);
}

static inline uint32_t world_sibling_stages(const World *world, int stage)
{
    uint32_t stages = 0;
    for (int other = 0; other < WORLD_STAGES; other++)
        stages |= world->frame[stage].sibling[other] ? UINT32_C(1) << other : 0;
    return stages;
}

/* A checked formula, or NULL (and the reason in world->err) if it is refused. */
static inline Formula *world_formula(World *world, Str source, const Symbol *want)
{
    Formula *formula = ARENA_NEW(&world->arena, Formula);
    *formula = (Formula){.source = source, .file = STR("world"), .line = 1, .column = 1};
    bool is_ok = expr_parse(&world->arena, formula, &world->err) &&
                 expr_check(&world->scope, formula, want, &world->err);
    return is_ok ? formula : NULL;
}

/* A formula of the test itself, which must be right. */
static inline const Node *world_tree(World *world, const char *source)
{
    const Formula *formula = world_formula(world, str_from(source), NULL);
    world_check(world, formula != NULL);
    return formula->tree;
}

#endif
