/* For test_app_dataset*.c and fuzz_flat.c: a table in text over the core of tests/packs. */
#ifndef TEST_FLAT_FIXTURE_H
#define TEST_FLAT_FIXTURE_H

#include "app/frames.h"
#include "pack_fixture.h"

#include <math.h>

typedef struct FlatFixture {
    PackFixture *packs;
    Arena *arena;
    const Core *core;
    Dataset *dataset; /* NULL: refused */
} FlatFixture;

static inline FlatFixture *flat_fixture_new(void)
{
    FlatFixture *f = calloc(1, sizeof *f);
    CHECK(f != NULL);
    f->packs = pack_fixture_new();
    f->arena = &f->packs->arena;
    CHECK(fixture_load_core(f->packs));
    f->core = f->packs->core;
    return f;
}

static inline void flat_fixture_free(FlatFixture *f)
{
    pack_fixture_free(f->packs);
    free(f);
}

static inline bool flat_fixture_read(FlatFixture *f, Str table)
{
    Period period = {PERIOD_SCHOOL_YEAR, 2024, 0};
    f->dataset = NULL;
    err_done(&f->packs->err);
    err_init(&f->packs->err);
    return dataset_load_bytes(f->arena, f->core, STR("table.csv"), table, period, &f->dataset,
                              &f->packs->err);
}

static inline Str flat_fixture_errors(FlatFixture *f, Lang lang)
{
    return fixture_errors(f->packs, lang);
}

static inline Str flat_line_text(const Dataset *dataset, Arena *arena, uint32_t row)
{
    return row == DATASET_NO_ROW ? STR("-")
                                 : str_format(arena, "%u", (unsigned)dataset->table->line[row]);
}

static inline void flat_add_value(StrBuf *out, double value)
{
    if (isnan(value))
        strbuf_add_char(out, '~');
    else
        decimal_add_shortest(out, value);
}

/* One part: its stage, its line, the line of what is shared, and each item's value and cell. */
static inline void flat_add_part(StrBuf *out, const Dataset *dataset, const Part *part)
{
    const School *school = &dataset->school[part->school];
    strbuf_addf(out, "  %.*s, line %.*s, shared %.*s:",
                STR_ARG(dataset->core->stages.ptr[part->stage].code),
                STR_ARG(flat_line_text(dataset, out->arena, part->row)),
                STR_ARG(flat_line_text(dataset, out->arena, school->shared_row)));
    for (size_t i = 0; i < dataset->item_count; i++) {
        CellRef cell;
        double value = dataset_value(dataset, &dataset->items[i], part, &cell);
        strbuf_addf(out, " %.*s=", STR_ARG(dataset->items[i].item->symbol.name));
        flat_add_value(out, value);
    }
    strbuf_add_char(out, '\n');
}

/* What was understood: schools in order with their parts by stage. */
static inline void flat_dump(StrBuf *out, const Dataset *dataset)
{
    for (size_t i = 0; i < dataset->school_count; i++) {
        const School *school = &dataset->school[i];
        strbuf_addf(
            out, "%llu %.*s %.*s %.*s runner %.*s urban %.*s\n", (unsigned long long)school->code,
            STR_ARG(school->name.len ? school->name : STR("?")), STR_ARG(school->region->code),
            STR_ARG(school->type->code), STR_ARG(school->runner ? school->runner->code : STR("?")),
            STR_ARG(school->urban ? school->urban->code : STR("?")));
        for (size_t stage = 0; stage < dataset->core->stages.len; stage++)
            if (school->part[stage])
                flat_add_part(out, dataset, &dataset->part[school->part[stage] - 1]);
    }
    if (dataset->sum_row_count)
        strbuf_addf(out, "sums left out: %zu\n", dataset->sum_row_count);
    if (dataset->stageless_count)
        strbuf_addf(out, "without stage: %zu\n", dataset->stageless_count);
}

#endif
