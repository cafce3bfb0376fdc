/*
 * A standard applied to the facts: per stage and indicator the mean, S, CV and whether the limit is
 * met; every school's values and verdicts and its contribution to each CV; the gates and the verdict
 * of every county; counts above (decisions.md 3–6).
 */
#ifndef JH_APP_JUDGE_H
#define JH_APP_JUDGE_H

#include "app/frames.h"
#include "calc/calc.h"
#include "calc/exact.h"

typedef enum Verdict {
    VERDICT_MET,    /* 达标 */
    VERDICT_NEAR,   /* 接近: not reached but at least the 85 % floor; never a school's verdict */
    VERDICT_UNMET,  /* 不达标 */
    VERDICT_NODATA, /* 数据不足 */
    VERDICT_NA,     /* 不适用 */
    VERDICT_EXEMPT, /* 豁免 */
    VERDICT_COUNT
} Verdict;

typedef struct SchoolCell {
    double value; /* NaN: absent */
    Absence absence;
    Verdict verdict;
    double contribution;          /* to the stage's CV: (Pi/P)(Xi − mean)²/S²; NaN: none */
    const Exception *exempted_by; /* NULL: not exempt */
    const Exception *relieved_by; /* whose formula gave the value; NULL: the indicator's own */
} SchoolCell;

typedef struct SchoolResult {
    uint32_t part;
    uint32_t row;
    Verdict verdict;      /* met, unmet, nodata, na */
    int met, near;        /* counts of indicators; -1: not judged */
    const ScopeRule *out; /* why it is not in scope */
    SchoolCell *cell;     /* one per indicator */
} SchoolResult;

typedef struct IndicatorResult {
    const Indicator *indicator;
    const RegionFact *published; /* the CV was published, not computed; else NULL */
    double mean, s, cv;          /* NaN: undefined */
    double limit, margin;        /* of the CV; NaN: no limit, or no CV */
    Tri met;
    bool has_limit;
    size_t units, left_out; /* schools in the CV, and in scope but without the value */
    double weight;          /* pupils behind the CV */
} IndicatorResult;

typedef struct StageResult {
    int stage;
    double students;
    size_t in_scope, met, unmet, nodata; /* nodata: also those of which the scope is not known */
    size_t unknown_scope;
    Tri verdict;                       /* the resource gate */
    bool has_verdict;                  /* false above counties, and where nothing is in scope */
    double composite, composite_limit; /* NaN: none */
    Tri composite_met;
    bool has_composite_limit;
    bool is_published; /* no schools in the table: the figures are those that were published */
    IndicatorResult *indicator;
    SchoolResult *school; /* counties only */
    size_t school_count;
} StageResult;

typedef enum Origin {
    ORIGIN_NONE,      /* no value */
    ORIGIN_COMPUTED,  /* from facts by the formula */
    ORIGIN_PUBLISHED, /* nothing to compute it from: typed in from a document */
    ORIGIN_EVIDENCE,  /* a yes or no that the county reports */
} Origin;

typedef struct FailingSchool {
    int stage;
    uint32_t part;
} FailingSchool;

typedef struct GateItemResult {
    const GateItem *item;
    Tri verdict;
    bool is_na;                  /* 条件 is false: counts as met */
    double value, limit, margin; /* NaN: none; margin is positive when good, unscaled */
    Origin origin;
    Absence absence; /* why there is no value or verdict */
    const RegionFact *published;
    VEC(FailingSchool) failing; /* 逐校: those in scope that do not meet it */
    size_t unknown;             /* 逐校: of which that is not known */
} GateItemResult;

typedef struct UnitResult {
    uint32_t region;
    bool is_county;
    bool is_batch;                  /* a prefecture whose counties are judged together (批次) */
    Tri verdict;                    /* counties, and where is_batch */
    Tri *gate;                      /* counties: one per gate of the standard */
    GateItemResult **item;          /* counties: per gate, one per item */
    const RegionFact *review_since; /* NULL: no 复查, or the date is not there */
    Date next_review;
    StageResult *stage;
    size_t stage_count;
    size_t pass, fail, nodata; /* counties below, itself included */
} UnitResult;

typedef struct Judge {
    Arena *arena;
    const Core *core;
    Standard *standard;
    Frames *frames;
    const CalcOptions *options;
    CalcRun *run[FRAME_STAGES_MAX];    /* regions' results */
    CalcRun *detail[FRAME_STAGES_MAX]; /* rows' values and verdicts: made when first asked for … */
    const Node *const *detail_tree;
    size_t detail_count;
    bool *has_detail; /* … and, per leaf, run when asked for */
    Exact *exact;
    struct Counties *counties; /* private: see judge_county.c */
    int weight_slot;
    int in_scope_output, indicator_output, school_output; /* row outputs of detail */
    int statistic_output, gate_output, composite_output, composite_met_output, students_output,
        met_count_output, unmet_count_output; /* region outputs; -1: the standard has none */
    int *item_output; /* by number of a gate's item: region output of those that schools judge */
    int *item_detail; /* row output in detail of those that every school must meet */
} Judge;

/*
 * Compiles, and computes the results of all regions; what concerns single schools is computed when a
 * county is read. `options` must outlive the judge. Fails only if the schools of the table are of no
 * stage that the standard judges (ERR_JUDGE_STAGES), or if nothing is known of any county
 * (ERR_JUDGE_COUNTIES: figures of a prefecture alone).
 */
MUST_USE bool judge_new(Arena *arena, const Core *core, Standard *standard, Frames *frames,
                        const CalcOptions *options, Judge **ret, Err *err);

/*
 * Again from the frames: everything, what lies below one region, or one leaf and the regions above it
 * after facts of these stages (bits) changed there.
 */
void judge_run_all(Judge *judge);
void judge_run_subtree(Judge *judge, uint32_t region);
void judge_run_leaf(Judge *judge, uint32_t leaf, uint32_t stages);

/* The result of one region; schools only for counties (leaf regions). */
UnitResult *judge_unit(Arena *arena, Judge *judge, uint32_t region);

/*
 * Three-valued verdict of a county alone: the AND of its gates. A county with a school of which it is
 * not known whether it is in scope cannot pass a gate; it can fail one.
 */
Tri judge_verdict(const Judge *judge, uint32_t region);

/*
 * The same of a prefecture (level 2) whose standard has a 批次 rule: the AND of its counties. False
 * where there is no such verdict.
 */
bool judge_batch_verdict(const Judge *judge, uint32_t region, Tri *ret);

/* One item of a gate in one county. */
GateItemResult judge_gate_item(Arena *arena, Judge *judge, const GateItem *item, uint32_t region);

/* The verdict of an item alone; where it is not applicable, true. */
Tri judge_item_verdict(const Judge *judge, const GateItem *item, uint32_t region);

/* Where county formulas are evaluated, published figures given where nothing is there to compute them. */
ExactPoint judge_county_point(const Judge *judge, uint32_t region);
/* The cell of the frame of counties that an item stands in; NULL: no formula uses it. */
double *judge_county_cell(const Judge *judge, uint32_t region, const Item *item);
/* The fact behind a figure of a county's frame, at a slot; NULL: none. */
const RegionFact *judge_county_fact(const Judge *judge, uint32_t region, int slot);
bool judge_is_county_frame(const Judge *judge, const Frame *frame);

/* Whether the figures of a county's stage are published ones: it has no schools there. */
bool judge_is_published(const Judge *judge, int stage, uint32_t region);
/* The fact behind a name that is given at a stage (or, stage -1, of the county); NULL: none. */
const RegionFact *judge_published_fact(const Judge *judge, int stage, uint32_t region,
                                       const Symbol *symbol);

/* How many school-stages of a region are in scope (yes), are not, or of which that is not known. */
TriCount judge_count_scope(const Judge *judge, int stage, uint32_t region);

bool judge_is_county(const Judge *judge, uint32_t region);
/* Where a formula is evaluated for one row of a stage, or (row EXACT_REGION) for a region. */
ExactPoint judge_point(const Judge *judge, int stage, size_t row, uint32_t region);
const char *verdict_word(Verdict verdict); /* met near unmet nodata na exempt */
const char *gate_word(Tri verdict);        /* pass fail nodata */

#endif
