/*
 * A flat table of schools (decisions.md 1, 8) as facts: schools, their parts (one per 学段) and
 * the cells behind every value.
 *
 * Two layouts, told apart by the header:
 *   long  one row per school; combined schools one row per 学段 and one row with 学段 blank for
 *         what the stages share (rooms, grounds, equipment …)
 *   wide  one row per school; columns of a stage are headed STAGE.ITEM (小学.在校生数 or
 *         primary.students), shared items plainly
 *
 * Nothing is computed here and nothing is guessed: a row that cannot be understood is refused
 * with its place, and 合计 rows are left out and counted. Where a header names another unit, as
 * 教学仪器设备值（元）, the numbers of the column are those of the item's own unit, exactly.
 */
#ifndef JH_APP_DATASET_H
#define JH_APP_DATASET_H

#include "app/recognise.h"
#include "app/region_facts.h"
#include "col/frame.h"
#include "sheet/table.h"

enum { DATASET_NO_ROW = UINT32_MAX };

typedef struct School {
    uint64_t code; /* the 10 digits as a number */
    Str name;
    const Code *region, *type, *runner, *urban; /* runner, urban: NULL if not reported */
    uint32_t first_row;  /* table row that introduced it; DATASET_NO_ROW: it has reported nothing */
    uint32_t shared_row; /* table row of the shared items, or DATASET_NO_ROW */
    uint32_t part[FRAME_STAGES_MAX]; /* part index + 1; 0: the school has no such stage */
} School;

typedef struct Part {
    uint32_t school;
    uint32_t row; /* table row of the stage's own items, or DATASET_NO_ROW: the row is missing */
    int stage;
} Part;

/* Where an item stands in the table: one column, or (wide layout) one per stage. -1: not in the table. */
typedef struct ItemColumns {
    const Item *item;
    int plain;
    int of_stage[FRAME_STAGES_MAX];
} ItemColumns;

/*
 * Of a dataset whose table already stands in the order of frames (app/arrange.h): stage by stage the
 * rows of its frame, padding included, then those of what combined schools share.
 */
typedef struct StageOrder {
    uint32_t first, row_count; /* rows of the table; row_count 0: no part of that stage */
    const uint32_t *leaf_first, *part;
    const int32_t *sibling[FRAME_STAGES_MAX];
} StageOrder;

enum { ORDER_TYPE, ORDER_REGION, ORDER_RUNNER, ORDER_URBAN, ORDER_ATTRIBUTES };

typedef struct FrameOrder {
    const Code **leaf;
    size_t leaf_count;
    StageOrder stage[FRAME_STAGES_MAX];
    double *attribute[ORDER_ATTRIBUTES]; /* by table row */
} FrameOrder;

typedef struct Dataset {
    const Core *core;
    Table *table;
    Period period;
    School *school;
    size_t school_count;
    Part *part;
    size_t part_count;
    ItemColumns *items; /* the table's items */
    size_t item_count;
    /* columns of what is kept with the schools; -1: not in the table */
    int type_column, runner_column, urban_column;
    Recognised recognised; /* how the table was found in its file */
    size_t sum_row_count;  /* 合计 rows left out */
    size_t
        stageless_count; /* schools whose type has no stage of the pack: kept out of every stage */
    uint32_t *slot;      /* open addressing: school code -> school index + 1 */
    size_t slot_count;
    const RegionFacts *region_facts; /* what is known of counties themselves; NULL: nothing */
    double **changed;        /* per table column: values replaced by --what-if (a copy), or NULL */
    const FrameOrder *order; /* NULL: the table stands as the file has it */
    const int64_t *org;      /* of the database: the permanent id of each school; else NULL */
    const struct StoredRows
        *stored;       /* where the rows come from, if not from a file (app/stored.h) */
    uint32_t **filled; /* per table column: lines of the class list that filled a cell, 0: it is the
                          table's own; NULL: none. All NULL without --classes */
    Str filled_from;   /* that list's file */
    size_t filled_count;
    bool has_classes; /* of the database: class lists fill what its tables leave blank */
} Dataset;

/*
 * Reads and understands a table of schools, plain or as an office's form (app/recognise.h); `sheet` of a workbook, empty:
 * the one that has the table. All errors of the table at once (ERR_FLAT_…, ERR_TABLE_…, ERR_RECOGNISE_…).
 */
MUST_USE bool dataset_load(Arena *arena, const Core *core, const char *path, Str sheet,
                           Period period, Dataset **ret, Err *err);
/* The same from bytes (pack tests, fuzzing). */
MUST_USE bool dataset_load_bytes(Arena *arena, const Core *core, Str file, Str bytes, Period period,
                                 Dataset **ret, Err *err);

/* No school at all: where only facts of counties are judged. Its table has no rows and no columns. */
Dataset *dataset_new_empty(Arena *arena, const Core *core, Period period);

/* 10 digits, not all 0. */
bool dataset_parse_code(Str text, uint64_t *ret);
const School *dataset_find(const Dataset *dataset, uint64_t code);
/* Finding by code: room for so many schools, then each. Without it every question looks at all schools. */
void dataset_make_slots(Arena *arena, Dataset *dataset, size_t schools);
void dataset_set_slot(Dataset *dataset, uint32_t school);
/* All of them, for those who ask for many. */
void dataset_find_fast(Arena *arena, Dataset *dataset);

/* The value of an item for a part, and the cell it came from (column -1: the item is not in the table). */
typedef struct CellRef {
    uint32_t row;
    int column;
} CellRef;
double dataset_value(const Dataset *dataset, const ItemColumns *item, const Part *part,
                     CellRef *ret_cell);
/* The cell of a school's attribute, in the row that introduced the school. */
CellRef dataset_attribute(const Dataset *dataset, const Item *item, const School *school);
/* The numbers of an item's column for a stage, by table row; NULL if the table has none. */
const double *dataset_column(const Dataset *dataset, const ItemColumns *item, int stage);
const ItemColumns *dataset_item(const Dataset *dataset, const Item *item);

/* A cell as people name it, with the places of what they wrote (NULL: none). */
typedef struct TargetText {
    Str school, stage, item; /* stage empty: an item of the whole school, or the only stage */
    const ErrPlace *school_place, *stage_place, *item_place;
} TargetText;
typedef struct Target {
    const School *school;
    const Item *item;
    CellRef cell;
} Target;
/* Fails with ERR_CHANGE_… */
MUST_USE bool dataset_find_target(Arena *arena, const Dataset *dataset, const TargetText *text,
                                  Target *ret, Err *err);

/*
 * --what-if: a table 学校代码, 学段, 数据项, 新值 of cells to replace. Every line must meet an existing
 * school, stage and item; a blank 新值 makes the cell not reported. *ret_count cells were changed.
 */
MUST_USE bool dataset_change(Arena *arena, Dataset *dataset, const char *path, size_t *ret_count,
                             Err *err);

#endif
