/*
 * The job of the bench as constants: what the generator aims at and the engines in C judge by.
 * README.md states it in words; peers/harness.py and packs/bench.yaml hold their own copies.
 */
#ifndef JH_BENCH_JOB_H
#define JH_BENCH_JOB_H

enum { STAGE_COUNT = 2, RATIO_COUNT = 7, ITEM_COUNT = 8 };

/* A school-stage reports the students first, then the seven numerators. */
typedef struct JobStage {
    const char *name;          /* in the header of the CSV */
    const char *prefix;        /* in the tasks */
    unsigned type_mask;        /* bit t is set if schools of type t offer the stage */
    double limit[RATIO_COUNT]; /* met: m * x / p reaches this */
    double floor[RATIO_COUNT]; /* near: it reaches 85 % of the limit, as a printed decimal */
    double cv_limit;
} JobStage;

static const char *const JOB_ITEMS[ITEM_COUNT] = {
    "students", "above", "backbone", "peart", "media", "teach_area", "sport_area", "equip",
};

static const double JOB_FACTOR[RATIO_COUNT] = {100, 100, 100, 100, 1, 1, 1};

static const JobStage JOB_STAGES[STAGE_COUNT] = {
    {
        .name = "primary",
        .prefix = "p_",
        .type_mask = 1u << 1 | 1u << 3,
        .limit = {4.2, 1, 0.9, 2.3, 4.5, 7.5, 2000},
        .floor = {3.57, 0.85, 0.765, 1.955, 3.825, 6.375, 1700},
        .cv_limit = 0.50,
    },
    {
        .name = "junior",
        .prefix = "j_",
        .type_mask = 1u << 2 | 1u << 3 | 1u << 4,
        .limit = {5.3, 1, 0.9, 2.4, 5.8, 10.2, 2500},
        .floor = {4.505, 0.85, 0.765, 2.04, 4.93, 8.67, 2125},
        .cv_limit = 0.45,
    },
};

#endif
