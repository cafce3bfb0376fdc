/*
 * Makes the data of the bench: schools of a nation as CSV, and the tasks to time on them.
 *
 *     generate ROWS SEED             the schools
 *     generate stored ROWS SEED      the same with their names and runners, which a database asks for
 *     generate regions ROWS SEED     their regions, as packs/core/regions-*.csv has them
 *     generate edits ROWS SEED N     N lines "school,county,column,value" in pairs: change, undo
 *     generate drills ROWS SEED N    N codes of prefectures
 *
 * The same ROWS and SEED give the same bytes on every machine: the random numbers are our own, and
 * the arithmetic uses nothing but IEEE operations. 210,000 rows make 2,900 counties in 333
 * prefectures; other numbers of rows make proportionally many.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"

enum { OTHER_COUNT = 24, FACT_COUNT = STAGE_COUNT * ITEM_COUNT + OTHER_COUNT, PROVINCE_COUNT = 31 };
enum { ITEM_STUDENTS = 0, ITEM_TEACH_AREA = 5, ITEM_SPORT_AREA = 6 };

static const int64_t ABSENT = -1;

static const int PROVINCES[PROVINCE_COUNT] = {
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41,
    42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65,
};

typedef struct County {
    int code;
    size_t rows;
    double margin;    /* logarithm of how far its schools stand above the limits */
    double spread;    /* of the ratios between its schools, as a logarithm */
    double size;      /* factor on the pupils of its schools */
    double null_rate; /* share of numbers not reported */
} County;

typedef struct School {
    int64_t code;
    int county;
    int type;
    int64_t fact[FACT_COUNT]; /* in tenths where the column has a decimal */
} School;

typedef struct Nation {
    County *counties;
    size_t county_count;
    School *schools; /* in the order of the file */
    size_t school_count;
} Nation;

/* ---- random numbers ---- */

/* splitmix64 */
static uint64_t next_bits(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* In [0, 1). */
static double next_uniform(uint64_t *state)
{
    return (double)(next_bits(state) >> 11) * 0x1p-53;
}

static size_t next_below(uint64_t *state, size_t limit)
{
    return (size_t)(next_uniform(state) * (double)limit);
}

static bool next_chance(uint64_t *state, double probability)
{
    return next_uniform(state) < probability;
}

/* Nearly normal: the sum of twelve uniform numbers has variance 1. */
static double next_normal(uint64_t *state)
{
    double sum = -6;

    for (int i = 0; i < 12; i++)
        sum += next_uniform(state);
    return sum;
}

/* Nearly exp(x), but the same bits everywhere: (1 + x/1024)^1024. */
static double growth(double x)
{
    double power = 1 + x / 1024;

    for (int i = 0; i < 10; i++)
        power *= power;
    return power;
}

/* ---- regions ---- */

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);

    if (memory == NULL) {
        fputs("generate: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

/* Codes of count regions below the parents: each parent has one at least and 99 at most. */
static int *make_codes(const int *parents, size_t parent_count, size_t count, uint64_t *random)
{
    int *children = allocate(parent_count, sizeof(int));
    int *codes = allocate(count, sizeof(int));
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        size_t parent = i < parent_count ? i : next_below(random, parent_count);
        while (children[parent] == 99)
            parent = (parent + 1) % parent_count;
        children[parent]++;
    }
    for (size_t parent = 0; parent < parent_count; parent++)
        for (int child = 1; child <= children[parent]; child++)
            codes[used++] = parents[parent] * 100 + child;
    free(children);
    return codes;
}

static size_t scaled(size_t rows, size_t of_the_nation, size_t least)
{
    size_t count = (rows * of_the_nation + 105000) / 210000;

    return count < least ? least : count;
}

/* About a third of the counties stand well above the limits and report everything. */
static void make_profile(County *county, uint64_t *random)
{
    bool is_good = next_chance(random, 0.28);

    county->margin =
        is_good ? 0.85 + 0.10 * next_normal(random) : 0.45 + 0.25 * next_normal(random);
    county->spread =
        is_good ? 0.16 + 0.08 * next_uniform(random) : 0.16 + 0.25 * next_uniform(random);
    county->size = growth(0.35 * next_normal(random));
    county->null_rate = is_good ? 0 : 0.025;
}

/* Each county has one school at least; one in a hundred has no more. */
static void make_counties(Nation *nation, size_t rows, uint64_t *random)
{
    size_t prefecture_count = scaled(rows, 333, PROVINCE_COUNT);
    size_t count = scaled(rows, 2900, prefecture_count);
    int *prefectures = make_codes(PROVINCES, PROVINCE_COUNT, prefecture_count, random);
    int *codes = make_codes(prefectures, prefecture_count, count, random);
    double *weights = allocate(count, sizeof(double));
    double total = 0, before = 0;
    size_t given = 0;

    nation->counties = allocate(count, sizeof(County));
    nation->county_count = count;
    for (size_t i = 0; i < count; i++) {
        weights[i] = next_chance(random, 0.01) ? 0 : growth(0.6 * next_normal(random));
        total += weights[i];
    }
    for (size_t i = 0; i < count; i++) {
        County *county = &nation->counties[i];
        before += weights[i];
        size_t end =
            i + 1 == count ? rows - count : (size_t)((double)(rows - count) * (before / total));
        county->code = codes[i];
        county->rows = 1 + end - given;
        given = end;
        make_profile(county, random);
    }
    free(weights);
    free(codes);
    free(prefectures);
}

/* ---- schools ---- */

static int make_type(uint64_t *random)
{
    double draw = next_uniform(random);

    return draw < 0.68 ? 1 : draw < 0.85 ? 2 : draw < 0.94 ? 3 : 4;
}

static bool is_tie(int64_t tenths, double limit, int64_t students)
{
    int64_t thousandths = (int64_t)(limit * 1000 + 0.5);

    return tenths * 100 == thousandths * students;
}

/*
 * Areas have a decimal. Where such an area meets a limit exactly, its quotient in doubles may
 * fall on either side, and engines that compare exactly would differ from those that do not: the
 * area is moved off the limit. Whole numbers are exact in both and may tie.
 */
static int64_t avoid_tie(int64_t tenths, const JobStage *stage, int k, int64_t students)
{
    while (tenths % 10 != 0 &&
           (is_tie(tenths, stage->limit[k], students) || is_tie(tenths, stage->floor[k], students)))
        tenths++;
    return tenths;
}

static void make_stage(int64_t *fact, const JobStage *stage, const County *county, uint64_t *random)
{
    double median = stage == &JOB_STAGES[0] ? 375 : 545;
    double spread = stage == &JOB_STAGES[0] ? 0.95 : 0.85;
    int64_t students = 1 + (int64_t)(median * county->size * growth(spread * next_normal(random)));

    if (students > 7000)
        students = 7000;
    for (int k = 0; k < RATIO_COUNT; k++) {
        int item = k + 1;
        double ratio =
            stage->limit[k] * growth(county->margin + county->spread * next_normal(random));
        double value = ratio * (double)students / JOB_FACTOR[k];
        bool has_decimal = item == ITEM_TEACH_AREA || item == ITEM_SPORT_AREA;
        fact[item] = (int64_t)(has_decimal ? value * 10 + 0.5 : value + 0.999);
        if (has_decimal)
            fact[item] = avoid_tie(fact[item], stage, k, students);
        if (next_chance(random, county->null_rate))
            fact[item] = ABSENT;
    }
    double draw = next_uniform(random);
    fact[ITEM_STUDENTS] = draw < 0.005 ? ABSENT : draw < 0.01 ? 0 : students;
}

/* Facts that the standard does not ask for: one to four digits, some with a decimal. */
static void make_others(int64_t *fact, uint64_t *random)
{
    static const int limits[] = {10, 100, 1000, 1000, 100, 10000, 100, 1000};

    for (int i = 0; i < OTHER_COUNT; i++) {
        double draw = next_uniform(random);
        fact[i] = next_chance(random, 0.015) ? ABSENT : (int64_t)(draw * limits[i % 8]);
    }
}

static void make_school(School *school, const County *county, size_t serial, uint64_t *random)
{
    school->code = (int64_t)county->code * 10000 + (int64_t)serial;
    school->county = county->code;
    school->type = make_type(random);
    for (int s = 0; s < STAGE_COUNT; s++) {
        int64_t *fact = &school->fact[s * ITEM_COUNT];
        bool is_offered = (JOB_STAGES[s].type_mask >> school->type & 1u) != 0;
        if (is_offered) {
            make_stage(fact, &JOB_STAGES[s], county, random);
        } else { /* some forms carry zeros for a stage that the school does not offer */
            int64_t nothing = next_chance(random, 0.003) ? 0 : ABSENT;
            for (int item = 0; item < ITEM_COUNT; item++)
                fact[item] = nothing;
        }
    }
    make_others(&school->fact[STAGE_COUNT * ITEM_COUNT], random);
}

static void swap_schools(School *left, School *right)
{
    School kept = *left;

    *left = *right;
    *right = kept;
}

/* The counties come in random order, and one school in fifty stands somewhere else. */
static void make_schools(Nation *nation, size_t rows, uint64_t *random)
{
    size_t *order = allocate(nation->county_count, sizeof(size_t));
    School *school = allocate(rows, sizeof(School));

    nation->schools = school;
    nation->school_count = rows;
    for (size_t i = 0; i < nation->county_count; i++) {
        size_t other = next_below(random, i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    for (size_t i = 0; i < nation->county_count; i++) {
        const County *county = &nation->counties[order[i]];
        for (size_t serial = 1; serial <= county->rows; serial++)
            make_school(school++, county, serial, random);
    }
    for (size_t i = 0; i < rows / 100; i++)
        swap_schools(&nation->schools[next_below(random, rows)],
                     &nation->schools[next_below(random, rows)]);
    free(order);
}

/* ---- output ---- */

static bool column_has_decimal(int column)
{
    int item = column % ITEM_COUNT;

    if (column < STAGE_COUNT * ITEM_COUNT)
        return item == ITEM_TEACH_AREA || item == ITEM_SPORT_AREA;
    return item == 3;
}

static void print_value(int64_t value, int column)
{
    if (value == ABSENT)
        return;
    if (column_has_decimal(column) && value % 10 != 0)
        printf("%lld.%lld", (long long)(value / 10), (long long)(value % 10));
    else
        printf("%lld", (long long)(column_has_decimal(column) ? value / 10 : value));
}

/* Every tenth school is private (10 of packs/core/codes/runner.yaml), the others the county's (7). */
static void print_keys(const School *school, bool is_stored)
{
    int serial = (int)(school->code % 10000);

    printf("%lld,%d,%d", (long long)school->code, school->county, school->type);
    if (is_stored)
        printf(",%d,县%d第%d学校", serial % 10 == 0 ? 10 : 7, school->county, serial);
}

static void print_schools(const Nation *nation, bool is_stored)
{
    fputs("school_code,region,school_type", stdout);
    if (is_stored)
        fputs(",runner,school_name", stdout);
    for (int column = 0; column < STAGE_COUNT * ITEM_COUNT; column++)
        printf(",%s.%s", JOB_STAGES[column / ITEM_COUNT].name, JOB_ITEMS[column % ITEM_COUNT]);
    for (int i = 1; i <= OTHER_COUNT; i++)
        printf(",f%02d", i);
    putchar('\n');
    for (size_t row = 0; row < nation->school_count; row++) {
        const School *school = &nation->schools[row];
        print_keys(school, is_stored);
        for (int column = 0; column < FACT_COUNT; column++) {
            putchar(',');
            print_value(school->fact[column], column);
        }
        putchar('\n');
    }
}

/* Parents first: a province or prefecture before its first county. */
static void print_regions(const Nation *nation)
{
    int prefecture = 0, province = 0;

    puts("level,code,name,parent_code");
    for (size_t i = 0; i < nation->county_count; i++) {
        int code = nation->counties[i].code;
        if (code / 10000 != province) {
            province = code / 10000;
            printf("province,%d0000,省%d,\n", province, province);
        }
        if (code / 100 != prefecture) {
            prefecture = code / 100;
            printf("prefecture,%d00,市%d,%d0000\n", prefecture, prefecture, province);
        }
        printf("county,%d,县%d,%d00\n", code, code, prefecture);
    }
}

/* Changes a number of an offered stage to 0, or a 0 or an absent number to 1, and undoes it. */
static void print_edits(const Nation *nation, size_t count, uint64_t *random)
{
    for (size_t i = 0; i < count / 2; i++) {
        const School *school = &nation->schools[next_below(random, nation->school_count)];
        int s = school->type == 1 || (school->type == 3 && next_chance(random, 0.5)) ? 0 : 1;
        int item = (int)next_below(random, ITEM_COUNT);
        int column = s * ITEM_COUNT + item;
        int64_t old = school->fact[column];
        for (int undo = 0; undo < 2; undo++) {
            printf("%lld,%d,%s%s,", (long long)school->code, school->county, JOB_STAGES[s].prefix,
                   JOB_ITEMS[item]);
            if (undo)
                print_value(old, column);
            else
                putchar(old > 0 ? '0' : '1');
            putchar('\n');
        }
    }
}

static void print_drills(const Nation *nation, size_t count, uint64_t *random)
{
    for (size_t i = 0; i < count; i++)
        printf("%d\n", nation->counties[next_below(random, nation->county_count)].code / 100 * 100);
}

static size_t whole_number(const char *text)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);

    if (*end != '\0' || value > 10000000) {
        fprintf(stderr, "generate: '%s' is no number up to 10,000,000\n", text);
        exit(2);
    }
    return (size_t)value;
}

int main(int argc, char **argv)
{
    bool is_schools = argc == 3;
    bool is_stored = argc == 4 && strcmp(argv[1], "stored") == 0;
    bool is_regions = argc == 4 && strcmp(argv[1], "regions") == 0;
    bool is_edits = argc == 5 && strcmp(argv[1], "edits") == 0;
    bool is_drills = argc == 5 && strcmp(argv[1], "drills") == 0;

    if (!is_schools && !is_stored && !is_regions && !is_edits && !is_drills) {
        fputs("usage: generate [stored|regions|edits|drills] ROWS SEED [N]\n", stderr);
        return 2;
    }

    char **args = is_schools ? argv + 1 : argv + 2;
    size_t rows = whole_number(args[0]);
    uint64_t random = whole_number(args[1]);
    uint64_t task_random = random ^ 0x5bd1e995u;
    Nation nation = {0};

    if (rows < 1000) {
        fputs("generate: at least 1000 rows\n", stderr);
        return 2;
    }
    make_counties(&nation, rows, &random);
    make_schools(&nation, rows, &random);
    if (is_schools || is_stored)
        print_schools(&nation, is_stored);
    else if (is_regions)
        print_regions(&nation);
    else if (is_edits)
        print_edits(&nation, whole_number(args[2]), &task_random);
    else
        print_drills(&nation, whole_number(args[2]), &task_random);
    free(nation.schools);
    free(nation.counties);
    return 0;
}
