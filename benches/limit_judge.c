#include "limit.h"

#include <math.h>
#include <stdlib.h>

/* As many lanes as the target has; a vector type wider than its registers is slow. */
#if defined(__AVX512F__)
enum { LANE_COUNT = 8 };
#elif defined(__AVX__)
enum { LANE_COUNT = 4 };
#else
enum { LANE_COUNT = 2 };
#endif
typedef double Lanes __attribute__((vector_size(8 * LANE_COUNT)));
typedef int64_t Mask __attribute__((vector_size(8 * LANE_COUNT)));

/* The sums of one run over its lanes. */
typedef struct LaneSums {
    Lanes weight[RATIO_COUNT];
    Lanes sum[RATIO_COUNT];
    Lanes pupils;
    Mask evaluated; /* minus the number: a true lane is -1 */
    Mask ok;
} LaneSums;

static inline Lanes lanes_where(Mask mask, Lanes lanes)
{
    return (Lanes)((Mask)lanes & mask);
}

static inline double lanes_total(Lanes lanes)
{
    double total = 0;

    for (int i = 0; i < LANE_COUNT; i++)
        total += lanes[i];
    return total;
}

static inline int64_t mask_count(Mask counts)
{
    int64_t total = 0;

    for (int i = 0; i < LANE_COUNT; i++)
        total -= counts[i];
    return total;
}

/* The first pass over some lanes of a block: ratios, verdicts and plain sums. */
static inline __attribute__((always_inline)) void
judge_lanes(const JobStage *stage, const Block *block, int lane, RatioBlock *ratios, LaneSums *sums)
{
    Lanes p = *(const Lanes *)&block->column[0][lane];
    Mask evaluated = p > 0;
    Mask near = evaluated, missed = {0}, missed_twice = {0};

#pragma GCC unroll 7
    for (int k = 0; k < RATIO_COUNT; k++) {
        Lanes x = *(const Lanes *)&block->column[k + 1][lane];
        Lanes ratio = (k < 4 ? 100 * x : x) / p;
        ratio = (Lanes)((Mask)ratio | ~evaluated); /* all bits set: NaN */
        *(Lanes *)&ratios->ratio[k][lane] = ratio;
        Mask known = ratio == ratio;
        sums->weight[k] += lanes_where(known, p);
        sums->sum[k] += lanes_where(known, x);
        Mask met = ratio >= stage->limit[k];
        missed_twice |= missed & ~met;
        missed |= ~met;
        near &= ratio >= stage->floor[k];
    }
    sums->evaluated += evaluated;
    sums->ok += near & ~missed_twice;
    sums->pupils += lanes_where(evaluated, p);
}

/* From weight, sum and square. */
static void finish_cv(RegionStage *result)
{
    for (int k = 0; k < 8; k++) {
        double cv = sqrt(result->square[k] / result->weight[k]) / result->mean[k];
        double sum = result->sum[k]; /* read outside the condition, or it is not vectorised */
        result->cv[k] = result->weight[k] > 0 && sum > 0 ? cv : NAN;
    }
}

/* From weight and sum; 0 where there is no weight. */
static void finish_mean(RegionStage *result)
{
    for (int k = 0; k < 8; k++) {
        double factor = k < 4 ? 100 : 1;
        double mean = factor * result->sum[k] / result->weight[k];
        result->mean[k] = result->weight[k] > 0 ? mean : 0;
    }
}

/* One by one: gcc clears a whole struct by an instruction that is slow to start. */
static inline void clear_lanes(Lanes *lanes, int count)
{
#pragma GCC unroll 7
    for (int i = 0; i < count; i++)
        lanes[i] = (Lanes){0};
}

static inline __attribute__((always_inline)) void clear_sums(LaneSums *sums)
{
    clear_lanes(sums->weight, RATIO_COUNT);
    clear_lanes(sums->sum, RATIO_COUNT);
    sums->pupils = (Lanes){0};
    sums->evaluated = sums->ok = (Mask){0};
}

/* Judges a run of blocks; ratios has a place for each of them. */
static void judge_run(const JobStage *stage, const Block *blocks, size_t count, RatioBlock *ratios,
                      RegionStage *ret)
{
    LaneSums sums;

    clear_sums(&sums);
    for (size_t i = 0; i < count; i++)
        for (int lane = 0; lane < BLOCK_ROWS; lane += LANE_COUNT)
            judge_lanes(stage, &blocks[i], lane, &ratios[i], &sums);

    ret->evaluated = mask_count(sums.evaluated);
    ret->ok = mask_count(sums.ok);
    ret->pupils = lanes_total(sums.pupils);
    for (int k = 0; k < RATIO_COUNT; k++) {
        ret->weight[k] = lanes_total(sums.weight[k]);
        ret->sum[k] = lanes_total(sums.sum[k]);
    }
    ret->weight[7] = ret->sum[7] = 0;
    finish_mean(ret);

    Lanes squares[RATIO_COUNT];
    clear_lanes(squares, RATIO_COUNT);
    for (size_t i = 0; i < count; i++) {
        for (int lane = 0; lane < BLOCK_ROWS; lane += LANE_COUNT) {
            Lanes p = *(const Lanes *)&blocks[i].column[0][lane];
#pragma GCC unroll 7
            for (int k = 0; k < RATIO_COUNT; k++) {
                Lanes gap = *(const Lanes *)&ratios[i].ratio[k][lane] - ret->mean[k];
                squares[k] += lanes_where(gap == gap, p * gap * gap);
            }
        }
    }
    for (int k = 0; k < RATIO_COUNT; k++)
        ret->square[k] = lanes_total(squares[k]);
    ret->square[7] = 0;
    finish_cv(ret);
}

static int is_qualified(const Region *county)
{
    int is_good = 1, has_any = 0;

    for (int s = 0; s < STAGE_COUNT; s++) {
        const RegionStage *result = &county->stage[s];
        if (result->evaluated == 0)
            continue;
        has_any = 1;
        is_good &= result->ok == result->evaluated;
        for (int k = 0; k < RATIO_COUNT; k++)
            is_good &= result->cv[k] <= JOB_STAGES[s].cv_limit;
    }
    return has_any & is_good;
}

static void merge_stage(Region *region, const Region *children, int s)
{
    RegionStage *into = &region->stage[s];

    *into = (RegionStage){0};
    for (uint32_t i = region->first; i < region->end; i++) {
        const RegionStage *from = &children[i].stage[s];
        for (int k = 0; k < 8; k++)
            into->weight[k] += from->weight[k];
        for (int k = 0; k < 8; k++)
            into->sum[k] += from->sum[k];
        into->pupils += from->pupils;
        into->evaluated += from->evaluated;
        into->ok += from->ok;
    }
    finish_mean(into);
    for (uint32_t i = region->first; i < region->end; i++) {
        const RegionStage *from = &children[i].stage[s];
        for (int k = 0; k < 8; k++) {
            double gap = from->mean[k] - into->mean[k];
            into->square[k] += from->square[k] + from->weight[k] * gap * gap;
        }
    }
    finish_cv(into);
}

static void count_qualified(Region *region, const Region *children)
{
    region->qualified = 0;
    for (uint32_t i = region->first; i < region->end; i++)
        region->qualified += children[i].qualified;
}

typedef struct Judging {
    Nation *nation;
    size_t county_first[THREADS_MAX + 1];
    RatioBlock *scratch[THREADS_MAX]; /* NULL: keep the ratios */
} Judging;

static void judge_county(const Nation *nation, const Region *county, RatioBlock *scratch,
                         Region *ret)
{
    for (int s = 0; s < STAGE_COUNT; s++) {
        uint32_t first = county->block_first[s];
        RatioBlock *ratios = scratch != NULL ? scratch : &nation->ratios[first];
        judge_run(&JOB_STAGES[s], &nation->blocks[first], county->block_count[s], ratios,
                  &ret->stage[s]);
    }
    ret->qualified = is_qualified(ret);
}

static void judge_part(void *context, int thread)
{
    Judging *judging = context;
    Nation *nation = judging->nation;

    for (size_t i = judging->county_first[thread]; i < judging->county_first[thread + 1]; i++)
        judge_county(nation, &nation->regions[i], judging->scratch[thread], &nation->regions[i]);
}

/* Room for the ratios of the longest run; each thread keeps its own until the process ends. */
static RatioBlock *scratch_of(const Nation *nation, int thread)
{
    static RatioBlock *scratch[THREADS_MAX];
    static size_t capacity[THREADS_MAX];

    if (capacity[thread] < nation->longest_run) {
        free(scratch[thread]);
        capacity[thread] = nation->longest_run;
        scratch[thread] = aligned_alloc(64, capacity[thread] * sizeof(RatioBlock));
    }
    if (scratch[thread] == NULL)
        bench_die("out of memory");
    return scratch[thread];
}

void nation_judge(Nation *nation, int threads, bool keeps_ratios)
{
    Judging judging = {.nation = nation};
    size_t county = 0;

    for (int thread = 0; thread < threads; thread++) {
        size_t limit = nation->block_count * (size_t)thread / (size_t)threads;
        while (nation->regions[county].block_first[0] < limit)
            county++;
        judging.county_first[thread] = county;
        judging.scratch[thread] = keeps_ratios ? NULL : scratch_of(nation, thread);
    }
    judging.county_first[threads] = nation->county_count;
    crew_run(threads, judge_part, &judging);
    for (size_t i = nation->county_count; i < nation->region_count; i++) {
        for (int s = 0; s < STAGE_COUNT; s++)
            merge_stage(&nation->regions[i], nation->regions, s);
        count_qualified(&nation->regions[i], nation->regions);
    }
}

const Region *nation_edit(Nation *nation, const BenchEdit *edit)
{
    Region *county = &nation->regions[nation->county_at[edit->county / 100][edit->county % 100]];
    size_t first = county->block_first[edit->stage], place = first * BLOCK_ROWS;

    while (nation->schools[place] != edit->school)
        place++;
    nation->blocks[place / BLOCK_ROWS].column[edit->item][place % BLOCK_ROWS] = edit->value;
    judge_run(&JOB_STAGES[edit->stage], &nation->blocks[first], county->block_count[edit->stage],
              scratch_of(nation, 0), &county->stage[edit->stage]);
    county->qualified = is_qualified(county);
    for (Region *region = county; region->code != 0;) {
        region = &nation->regions[region->parent];
        merge_stage(region, nation->regions, edit->stage);
        count_qualified(region, nation->regions);
    }
    return county;
}

size_t nation_drill(const Nation *nation, int prefecture, Region *ret)
{
    const uint32_t *county_at = nation->county_at[prefecture / 100];
    size_t count = 0;

    for (int i = 1; i < 100; i++) {
        const Region *county = &nation->regions[county_at[i]];
        if (county->code != prefecture + i)
            continue;
        judge_county(nation, county, scratch_of(nation, 0), &ret[count]);
        ret[count++].code = county->code;
    }
    return count;
}
