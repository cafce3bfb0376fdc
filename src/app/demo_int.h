/* For app/demo*.c only: the figures of a place, and the institutions made from them. */
#ifndef JH_APP_DEMO_INT_H
#define JH_APP_DEMO_INT_H

#include "app/demo.h"
#include "base/vec.h"

/* A slot for each stage, and one for the row whose 学段 is blank. */
enum { DEMO_BLANK = FRAME_STAGES_MAX, DEMO_SLOTS };

/* Where a school stands, from the biggest to the smallest. */
typedef enum DemoLocation { DEMO_CENTRE, DEMO_TOWN, DEMO_VILLAGE, DEMO_LOCATIONS } DemoLocation;

/* kinds.csv: what the document says of a kind of institution in the last period. */
typedef struct PlanKind {
    Str name, name_en;
    int stage; /* whose pupils these are, in whatever school they sit; -1: those of its own schools */
    int64_t schools, pupils, staff, teachers; /* pupils, teachers: or DEMO_NONE */
    double pupil_growth, staff_growth;        /* per mille a year */
    Str source;
    ErrPlace place;
} PlanKind;

/* types.csv: how a kind is made up. */
typedef struct PlanType {
    size_t kind;
    const Code *code;
    Str name;
    int64_t count; /* DEMO_NONE while read: what the kind's other types leave */
    bool is_counted;
    double pupil_share; /* percent of the kind's pupils, or DEMO_NONE */
    const Code *region; /* NULL: spread over the counties */
    const Code *runner;
    double centre, town; /* per mille of the schools */
    double size[DEMO_LOCATIONS];
    double variety; /* of the size, per mille */
    int64_t class_size, class_min;
    double teacher_percent; /* of the staff */
    int64_t opened;         /* in the last period */
    bool is_full;           /* has all items */
    ErrPlace place;
} PlanType;

/* counties.csv */
typedef struct PlanCounty {
    const Code *region;
    double weight;
    const Code *centre; /* urban class of its seat */
} PlanCounty;

typedef enum PlanBase {
    BASE_PUPILS,
    BASE_TEACHERS,
    BASE_CLASSES,
    BASE_SCHOOL,
    BASE_COUNT
} PlanBase;

/* items.csv: an item of the schools of a stage, as so many for each hundred of its base. */
typedef struct PlanRule {
    size_t column;
    int stage;
    PlanBase base; /* BASE_SCHOOL: 1, however many stages a school has */
    double per_hundred;
    double spread;             /* per mille, most */
    double at[DEMO_LOCATIONS]; /* per mille more */
    int64_t least;
} PlanRule;

typedef struct PlanColumn {
    const Item *item;
    double growth; /* per mille a year */
    int places;    /* values are counted in units of 10^-places */
} PlanColumn;

/* coefficients.csv: schools of a stage are made to have this coefficient. */
typedef struct PlanTarget {
    int stage;
    const Item *item, *including; /* the coefficient is that of the sum; including: or NULL */
    int64_t pattern;              /* items of the same pattern are high in the same schools */
    double lean;                  /* per mille by which small schools have more */
    double cv;
    Str source;
    ErrPlace place;
} PlanTarget;

/* What an item of counties is a part of: a sum over institutions, or an item that stands before it. */
typedef struct PlanCountyBase {
    int sum;     /* see demo_counties.c; -1: an item */
    size_t slot; /* of the item */
} PlanCountyBase;

/* 各县区: this county has another amount; NaN: it has not reported. */
typedef struct PlanOther {
    const Code *region;
    double amount;
} PlanOther;

/*
 * county-items.csv: an item of counties. Either each county has the value, or what all have together is a
 * share of a base and is split over them, so that the sum is exact.
 */
typedef struct PlanCountyItem {
    const Item *item;
    size_t slot;        /* column of the table: rows of one item have one */
    double value;       /* 值 of a number, or NaN */
    Str text;           /* 值 of a code or a day, or empty */
    double per_hundred; /* 每百 of the bases, or NaN */
    double percent_of;  /* 占%: that much of it are the bases, or NaN */
    VEC(PlanCountyBase) bases;
    double less;           /* 减: a number … */
    int less_slot;         /* … or an item before it; -1: none */
    double spread, growth; /* per mille; a year */
    int places;
    int from; /* 自: first year of the first school year that has it */
    VEC(PlanOther) others;
    Str source;
    ErrPlace place;
} PlanCountyItem;

typedef struct Plan {
    Arena *arena;
    const Core *core;
    Str place, name, title, source, folder;
    const Code *region;
    Period first, last;
    int64_t serial;
    int64_t published_schools, published_staff;
    VEC(PlanKind) kinds;
    VEC(PlanType) types;
    VEC(PlanCounty) counties;
    VEC(PlanRule) rules;
    VEC(PlanColumn) columns;
    VEC(PlanTarget) targets;
    VEC(PlanCountyItem) county_items;
    size_t county_slots;
    VEC(DemoStandard) standards;
    Str published; /* bytes of published.csv; empty if there is none */
} Plan;

typedef struct Institution {
    const PlanType *type;
    const Code *region, *urban;
    DemoLocation location;
    uint64_t code;
    Str name;
    bool is_new;
    int64_t pupils[DEMO_SLOTS], teachers[DEMO_SLOTS];
    int64_t staff;
    int64_t *value[DEMO_SLOTS]; /* by column; DEMO_NONE: blank */
} Institution;

typedef struct Institutions {
    Institution *at;
    size_t count;
} Institutions;

static inline bool institution_has(const Institution *institution, int slot)
{
    uint32_t stages = institution->type->code->stages;
    return slot == DEMO_BLANK ? !stages : stages >> slot & 1;
}

static inline bool institution_is_combined(const Institution *institution)
{
    uint32_t stages = institution->type->code->stages;
    return (stages & (stages - 1)) != 0;
}

/* ---- demo_data.c: reads and checks the figures of a place ---- */

MUST_USE bool demo_plan_load(Arena *arena, const Core *core, const char *packs, Str place,
                             Plan *ret, Err *err);

/* ---- demo_number.c ---- */

/* From −1 to 1, 0 most often; the same for the same names. */
double demo_noise(Str place, uint64_t code, Str what);
/* From 0 to 1, all alike. */
double demo_uniform(Str place, uint64_t code, Str what);
/* Half up; value ≥ 0. */
int64_t demo_round(double value);
/*
 * Shares out a total by weight in whole numbers (largest remainders), at least `least` to each;
 * weights ≥ 0, and their sum > 0 unless there is nothing to share.
 */
void demo_share(Arena *arena, int64_t total, const double *weight, size_t count, int64_t least,
                int64_t *ret);
/* value a number of years before, having grown by so many per mille a year. */
double demo_before(double value, double growth, int years);
/* 三, 二十, 一百二十一; 1 to 999. */
Str demo_ordinal(Arena *arena, size_t number);

/* ---- demo_fit.c ---- */

typedef struct FitRequest {
    size_t count;
    const int64_t *pupils; /* > 0 */
    const double *pattern; /* 0 … 1: who has more */
    const int64_t *least, *most;
    int64_t total;
    double cv;
} FitRequest;

/*
 * Whole numbers between least and most that add up to the total and whose ratios to the pupils have
 * the coefficient, to 4 decimals. Returns the one reached; off by more if there are none.
 */
double demo_fit(Arena *arena, const FitRequest *request, int64_t *ret);

/* ---- demo_schools.c: who there is, with pupils and staff ---- */

Institutions demo_schools(const Plan *plan);
/* Whose pupils a slot of an institution counts: those of the stage's kind, else of its own. */
size_t demo_pupil_kind(const Plan *plan, const Institution *institution, int slot);

/* ---- demo_values.c: teachers and items ---- */

MUST_USE bool demo_fill(const Plan *plan, Institutions *list, Err *err);

/* ---- demo_table.c ---- */

/* Of a school in its last period, `years` before. */
int64_t demo_pupils_then(const Plan *plan, const Institution *school, int slot, int years);
int64_t demo_teachers_then(const Plan *plan, const Institution *school, int slot, int years);
/* As few as its type's class size allows, but not fewer than the type must have. */
int64_t demo_classes(const PlanType *type, int64_t pupils);

/* The flat table of a period, `years` before the last. */
Str demo_flat_table(const Plan *plan, const Institutions *list, int years);
/* In units of 10^-places; not negative. */
void demo_add_amount(StrBuf *out, int64_t value, int places);

/* ---- demo_counties.c ---- */

/* The number of a sum over the institutions of a county, as 在园幼儿数; -1: there is none of the name. */
int demo_sum_named(Str name);
/*
 * The table of counties of a period: a row for each county and source. Fails with ERR_DEMO_CELL where a
 * county would have more than its base.
 */
MUST_USE bool demo_county_table(const Plan *plan, const Institutions *list, int years, Str *ret,
                                Err *err);

#endif
