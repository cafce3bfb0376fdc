/*
 * A demo place: tables of synthetic schools that add up to what a document of that place published.
 * The regions are real; every school is invented and called （示例）, with a serial from 950000 on,
 * which is given to no real school.
 *
 * Which places there are stands in packs/local/demos.csv, the figures of each in packs/local/PLACE
 * (doc/packs.md), each with the sentence it is from. Nothing is drawn at random: only + − × ÷ √ over
 * a generator seeded by names, so the tables have the same bytes everywhere.
 */
#ifndef JH_APP_DEMO_H
#define JH_APP_DEMO_H

#include "app/facts.h"
#include "app/published.h"

enum { DEMO_NONE = -1 /* a figure that there is not */ };

/* UTF-8, Chinese headers, lines ending with LF. */
typedef struct DemoTable {
    Str form;   /* "school-year": a flat table of schools; "county-year": the items of counties;
                 "published": 所属地区,学段,指标,数值,来源 */
    Str period; /* "2022-2023" */
    Str name;   /* of the file: 张掖市-2022-2023.csv */
    Str bytes;
} DemoTable;

/* What was made of a kind of institution, in the last period; pupils are those of its stage. */
typedef struct DemoKind {
    Str name, name_en;
    size_t schools;
    size_t points;   /* institutions that do not count as schools: 教学点 */
    size_t combined; /* of the ordinary schools, those of several stages */
    int64_t pupils;  /* or DEMO_NONE */
    int64_t staff;
    Str source; /* the sentence of the document, and what the demo chose; empty for the sum */
} DemoKind;

/* A coefficient that the schools of a stage were made to have in the last period. */
typedef struct DemoCoefficient {
    Str stage;           /* 小学 */
    Str item, including; /* of their sum; including: or empty */
    double cv;           /* as printed in the document */
    Str source;
} DemoCoefficient;

/* What the last period is judged by. */
typedef struct DemoStandard {
    Str id;
    VEC(Str) overlays;
} DemoStandard;

typedef struct Demo {
    Str place; /* "zhangye" */
    const Code *region;
    Str name; /* 张掖市 */
    Str title, source;
    Str period;       /* the last */
    DemoTable *table; /* of schools by period, of counties by period, the published figures */
    size_t table_count;
    DemoStandard *standard;
    size_t standard_count;
    DemoKind *kind;
    size_t kind_count;
    DemoKind sum;
    DemoCoefficient *coefficient;
    size_t coefficient_count;
    int64_t published_schools, published_staff; /* totals that the document prints, or DEMO_NONE */
    const DemoKind
        *surplus; /* the kind left out of both published totals; NULL if none explains them */
} Demo;

/*
 * Makes the tables of a place from the packs folder; all in the arena. Fails with ERR_DEMO_PLACE
 * (says which there are), with ERR_DEMO_COLUMN, ERR_DEMO_CELL or ERR_TABLE_… at the file and line of
 * what is wrong in its figures, with ERR_DEMO_FIT where no whole numbers give a coefficient.
 */
MUST_USE bool demo_make(Arena *arena, const Core *core, const char *packs, Str place, Demo *ret,
                        Err *err);

/*
 * Writes the tables into a folder, which is made if it is not there. Fails with ERR_DEMO_EXISTS, before
 * anything is written, if a file of such a name is there; with ERR_FILE_WRITE.
 */
MUST_USE bool demo_save(Arena *arena, const Demo *demo, const char *folder, Err *err);

/*
 * What the place published of itself in the last period, beside what its tables give; empty if it published
 * nothing. Fails if a standard of the demo is refused.
 */
MUST_USE bool demo_rates(Arena *arena, const Core *core, const char *packs, const Demo *demo,
                         PublishedFigures *ret, Err *err);

/* The verdict of a county by a standard and its overlays, in the last period. */
typedef struct DemoVerdict {
    const DemoStandard *standard;
    Str region_code, region_name;
    Tri verdict;
} DemoVerdict;

typedef struct DemoStored {
    size_t batches, repeated;  /* repeated: the database had them already */
    VEC(DemoVerdict) verdicts; /* by standard, then county */
} DemoStored;

/*
 * Takes the tables into a database, which is made if it is not there. Fails with ERR_DEMO_DB if the
 * database holds anything else than this demonstration.
 */
MUST_USE bool demo_store(Arena *arena, const char *packs, const StoreConfig *store,
                         const Demo *demo, DemoStored *ret, Err *err);

#endif
