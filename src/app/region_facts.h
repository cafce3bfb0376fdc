/*
 * Facts about counties themselves, wherever they come from: figures and yes/no of county items
 * (级别: 县), and figures that were published instead of computed (a coefficient in a report). A
 * published figure counts only where there is nothing to compute it from (design, decision 5).
 *
 * Two forms of table, told apart by the header:
 *   county-year  所属地区, a column per county item (another unit in brackets is converted), 来源
 *   published    所属地区, 学段 (may be blank), 指标, 数值, 来源: one figure a row
 *
 * Published figures may also be those of a prefecture or a province; they are shown there beside what
 * the counties give (app/published.h).
 *
 * A region and a figure come once; a blank cell says nothing. Everything lives in the arena.
 */
#ifndef JH_APP_REGION_FACTS_H
#define JH_APP_REGION_FACTS_H

#include "pack/pack.h"
#include "sheet/table.h"

typedef struct RegionFact {
    const Code *region; /* a county; of published figures of any level */
    int stage;          /* of published figures; -1: of the county as a whole */
    const Item *item;   /* a county item; NULL: published */
    Str quantity;       /* published: BB2.差异系数, PS1 …, folded */
    double value; /* NaN: the cell is blank; yes/no: the number of the code; dates: yyyymmdd */
    Str document; /* 来源; may be empty */
    const Table *table; /* the cell it stands in; NULL: not from a table */
    uint32_t row;
    int column;
    const struct Batch *batch; /* of the database (app/facts.h); NULL: from a table */
    Str cell;                  /* of the database: the cell of the batch's file, "E3" */
} RegionFact;

typedef struct RegionFacts {
    Arena *arena;
    const Core *core;
    VEC(RegionFact) facts;
    Map index; /* private: see region_facts_find */
} RegionFacts;

RegionFacts *region_facts_new(Arena *arena, const Core *core);

/*
 * Adds one. Where the same is there without a value, it takes its place; a second value fails with
 * ERR_COUNTY_TWICE.
 */
MUST_USE bool region_facts_add(RegionFacts *facts, const RegionFact *fact, Err *err);

/*
 * Adds what a table says; `sheet` of an xlsx, empty: the first visible one. All errors of the table at
 * once (ERR_COUNTY_…, ERR_FLAT_…, ERR_TABLE_…).
 */
MUST_USE bool region_facts_load(RegionFacts *facts, const char *path, Str sheet, Err *err);
MUST_USE bool region_facts_load_bytes(RegionFacts *facts, Str file, Str bytes, Err *err);

/* NULL if there is none, or its cell is blank. A published figure: folded name; stage -1: of the county. */
const RegionFact *region_facts_item(const RegionFacts *facts, const Code *region, const Item *item);
const RegionFact *region_facts_published(const RegionFacts *facts, const Code *region, int stage,
                                         Str quantity);
/* The fact of a cell, also where it is blank: for places. */
const RegionFact *region_facts_cell(const RegionFacts *facts, const Code *region, const Item *item);

#endif
