/*
 * For the tests of the exact walker: items without units, formulas over them, and frames filled
 * row by row. Three stages share one region tree; rows of the others are siblings where given.
 */
#ifndef TEST_EXACT_FIXTURE_H
#define TEST_EXACT_FIXTURE_H

#include "calc/exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIXTURE_STAGES = 3, FIXTURE_SLOTS = 12, FIXTURE_LEAVES = 2 };

typedef struct Fixture {
    Arena arena;
    Err err;
    UnitTable units;
    Scope scope;
    Exact *exact;
    Frame frame[FIXTURE_STAGES];
    RegionTree tree;
    Region region[FIXTURE_LEAVES + 1];
    uint32_t leaf_region[FIXTURE_LEAVES];
    uint32_t first[FIXTURE_LEAVES + 1];
    size_t leaf_rows;
    uint8_t *absence[FIXTURE_STAGES][FIXTURE_SLOTS];
} Fixture;

static inline Symbol *fixture_symbol(Fixture *f, SymbolKind kind, const char *name, Type type)
{
    Symbol *symbol = ARENA_NEW(&f->arena, Symbol);
    *symbol = (Symbol){.kind = kind,
                       .name = str_from(name),
                       .type = type,
                       .unit = unit_none(),
                       .level = LEVEL_ROW};
    if (!scope_add(&f->scope, symbol, NULL, &f->err))
        BUG("a name of the test is taken");
    return symbol;
}

/* Frames of `leaf_rows` rows (a multiple of 8) in each of two leaf regions; all rows padding, all values absent. */
static inline Fixture *fixture_new(size_t leaf_rows, const char *const *items)
{
    Fixture *f = calloc(1, sizeof *f);
    arena_init(&f->arena);
    err_init(&f->err);
    unit_table_init(&f->units, &f->arena);
    scope_init(&f->scope, &f->arena, &f->units);
    for (size_t i = 0; items[i]; i++) {
        Symbol *symbol = fixture_symbol(f, SYMBOL_ITEM, items[i], TYPE_NUMBER);
        (void)scope_slot(&f->scope, symbol, 0);
    }
    f->exact = exact_new(&f->arena);
    f->leaf_rows = leaf_rows;
    f->region[0] = (Region){.name = STR("root"),
                            .parent = UINT32_MAX,
                            .end = FIXTURE_LEAVES + 1,
                            .end_leaf = FIXTURE_LEAVES};
    for (uint32_t leaf = 0; leaf < FIXTURE_LEAVES; leaf++) {
        f->region[leaf + 1] = (Region){.name = STR("leaf"),
                                       .level = 1,
                                       .end = leaf + 2,
                                       .first_leaf = leaf,
                                       .end_leaf = leaf + 1};
        f->leaf_region[leaf] = leaf + 1;
        f->first[leaf + 1] = (uint32_t)(leaf_rows * (leaf + 1));
    }
    f->tree = (RegionTree){f->region, FIXTURE_LEAVES + 1, f->leaf_region, FIXTURE_LEAVES};
    size_t rows = leaf_rows * FIXTURE_LEAVES;
    for (int stage = 0; stage < FIXTURE_STAGES; stage++) {
        Frame *frame = &f->frame[stage];
        *frame = (Frame){.stage = stage,
                         .row_count = rows,
                         .regions = &f->tree,
                         .leaf_first = f->first,
                         .slot_count = FIXTURE_SLOTS};
        frame->column = ARENA_ARRAY(&f->arena, FrameColumn, FIXTURE_SLOTS);
        uint32_t *part = ARENA_ARRAY(&f->arena, uint32_t, rows);
        memset(part, 0xff, rows * sizeof *part);
        frame->part = part;
        for (size_t slot = 0; slot < FIXTURE_SLOTS; slot++) {
            frame->column[slot].value = ARENA_ARRAY(&f->arena, double, rows);
            frame->column[slot].absence = f->absence[stage][slot] =
                ARENA_ARRAY(&f->arena, uint8_t, rows);
            for (size_t row = 0; row < rows; row++) {
                frame->column[slot].value[row] = NAN;
                f->absence[stage][slot][row] = ABSENCE_NOT_REPORTED;
            }
        }
    }
    return f;
}

static inline void fixture_done(Fixture *f)
{
    err_done(&f->err);
    arena_done(&f->arena);
    free(f);
}

/* A value makes the row one of a school. */
static inline void fixture_set(Fixture *f, int stage, size_t row, size_t slot, double value)
{
    Frame *frame = &f->frame[stage];
    ((uint32_t *)(uintptr_t)frame->part)[row] = (uint32_t)row;
    frame->column[slot].value[row] = value;
    f->absence[stage][slot][row] = isnan(value) ? ABSENCE_NOT_REPORTED : ABSENCE_NONE;
}

static inline void fixture_leave(Fixture *f, int stage, size_t row, size_t slot, Absence reason)
{
    fixture_set(f, stage, row, slot, NAN);
    f->absence[stage][slot][row] = (uint8_t)reason;
}

/* Row `row` of stage a and row `other` of stage b belong to one school. */
static inline void fixture_join(Fixture *f, int a, size_t row, int b, size_t other)
{
    const int stage[] = {a, b};
    for (int i = 0; i < 2; i++) {
        Frame *frame = &f->frame[stage[i]];
        int to = stage[1 - i];
        if (!frame->sibling[to]) {
            int32_t *sibling = ARENA_ARRAY(&f->arena, int32_t, frame->row_count);
            memset(sibling, 0xff, frame->row_count * sizeof *sibling);
            frame->sibling[to] = sibling;
            frame->stage_frame[to] = &f->frame[to];
        }
        ((int32_t *)(uintptr_t)frame->sibling[to])[i ? other : row] = (int32_t)(i ? row : other);
    }
}

static inline Formula *fixture_formula(Fixture *f, const char *source, const Symbol *want)
{
    Formula *formula = ARENA_NEW(&f->arena, Formula);
    *formula = (Formula){.source = str_from(source), .file = STR("test"), .line = 1, .column = 1};
    if (!expr_parse(&f->arena, formula, &f->err) ||
        !expr_check(&f->scope, formula, want, &f->err)) {
        StrBuf text;
        strbuf_init(&text, &f->arena);
        err_format(&text, &f->err, LANG_EN);
        (void)fprintf(stderr, "%.*s\n", STR_ARG(strbuf_str(&text)));
        BUG("a formula of the test is wrong");
    }
    return formula;
}

static inline const Node *fixture_tree(Fixture *f, const char *source)
{
    return fixture_formula(f, source, NULL)->tree;
}

static inline Symbol *fixture_named(Fixture *f, const char *name, const char *source, Type type,
                                    Level level)
{
    Symbol *symbol = fixture_symbol(f, SYMBOL_FORMULA, name, type);
    symbol->level = level;
    symbol->formula = fixture_formula(f, source, symbol);
    return symbol;
}

static inline ExactPoint fixture_row(const Fixture *f, int stage, size_t row)
{
    return (ExactPoint){.frame = &f->frame[stage], .row = row};
}

static inline ExactPoint fixture_region(const Fixture *f, int stage, size_t region)
{
    return (ExactPoint){
        .frame = &f->frame[stage], .row = EXACT_REGION, .region = &f->region[region]};
}

#endif
