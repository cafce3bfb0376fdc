#include "limit.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* By code / 100, code % 100 and stage: first the number of school-stages, then a place for each. */
typedef uint32_t Tally[100][STAGE_COUNT];

typedef struct Load {
    Nation *nation;
    char *map;
    size_t len;
    const char *text[THREADS_MAX + 1]; /* where each thread's part of the file begins */
    Tally *tallies[THREADS_MAX][PREFECTURE_CODES];
} Load;

/* Fresh memory, zero, in huge pages where there are any. */
static void *take_memory(Nation *nation, size_t bytes)
{
    static const size_t huge = 2u << 20;
    size_t whole = (bytes + 2 * huge - 1) / huge * huge;
    char *start = mmap(NULL, whole, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (start == MAP_FAILED)
        bench_die("out of memory");
    madvise(start, whole, MADV_HUGEPAGE);
    nation->memory[nation->memory_count++] = (Memory){start, whole};
    return (void *)(((uintptr_t)start + huge - 1) / huge * huge);
}

static const char *parse_whole(const char *s, int64_t *ret)
{
    uint64_t value = 0;
    unsigned digit;

    while ((digit = (unsigned)*s - '0') <= 9) {
        value = value * 10 + digit;
        s++;
    }
    *ret = (int64_t)value;
    return s + 1;
}

static inline const char *parse_fact(const char *s, double *ret)
{
    static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    unsigned digit = (unsigned)*s - '0';
    uint64_t value = digit;

    if (digit > 9) {
        *ret = NAN;
        return s + 1;
    }
    while ((digit = (unsigned)*++s - '0') <= 9)
        value = value * 10 + digit;
    if (*s != '.') {
        *ret = (double)(int64_t)value;
        return s + 1;
    }
    const char *point = s;
    while ((digit = (unsigned)*++s - '0') <= 9)
        value = value * 10 + digit;
    *ret = (double)(int64_t)value / power[s - point - 1];
    return s + 1;
}

static Tally *find_tally(Tally **tallies, int county)
{
    Tally **tally = &tallies[county / 100];

    if (*tally == NULL)
        *tally = calloc(1, sizeof(Tally));
    if (*tally == NULL)
        bench_die("out of memory");
    return *tally;
}

static void read_part(void *context, int thread)
{
    Load *load = context;
    const char *s = load->text[thread], *end = load->text[thread + 1];
    SchoolRow *row = load->nation->rows[thread];

    for (; s < end; row++) {
        int64_t county, type;
        s = parse_whole(s, &row->school);
        s = parse_whole(s, &county);
        s = parse_whole(s, &type);
        row->county = (int)county;
        row->type = (int)type;
        for (int i = 0; i < FACT_COUNT; i++)
            s = parse_fact(s, &row->fact[i]);
        uint32_t *places = (*find_tally(load->tallies[thread], row->county))[county % 100];
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            places[stage] += JOB_STAGES[stage].type_mask >> type & 1u;
    }
    load->nation->row_count[thread] = (size_t)(row - load->nation->rows[thread]);
}

static void place_part(void *context, int thread)
{
    Load *load = context;
    Nation *nation = load->nation;
    const SchoolRow *end = nation->rows[thread] + nation->row_count[thread];

    for (const SchoolRow *row = nation->rows[thread]; row < end; row++) {
        uint32_t *places = (*load->tallies[thread][row->county / 100])[row->county % 100];
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            if ((JOB_STAGES[stage].type_mask >> row->type & 1u) == 0)
                continue;
            uint32_t place = places[stage]++;
            Block *block = &nation->blocks[place / BLOCK_ROWS];
            for (int item = 0; item < ITEM_COUNT; item++)
                block->column[item][place % BLOCK_ROWS] = row->fact[stage * ITEM_COUNT + item];
            nation->schools[place] = row->school;
        }
    }
}

/* Gives the school-stages of a county their run of blocks, and turns its tallies into places. */
static void place_county(Load *load, Region *county, int threads)
{
    Nation *nation = load->nation;

    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        uint32_t first = (uint32_t)nation->block_count, place = first * BLOCK_ROWS;
        for (int thread = 0; thread < threads; thread++) {
            Tally *tally = load->tallies[thread][county->code / 100];
            if (tally == NULL)
                continue;
            uint32_t count = (*tally)[county->code % 100][stage];
            (*tally)[county->code % 100][stage] = place;
            place += count;
        }
        county->block_first[stage] = first;
        county->block_count[stage] = (place + BLOCK_ROWS - 1) / BLOCK_ROWS - first;
        if (county->block_count[stage] > nation->longest_run)
            nation->longest_run = county->block_count[stage];
        nation->block_count += county->block_count[stage];
        for (; place % BLOCK_ROWS != 0; place++)
            for (int item = 0; item < ITEM_COUNT; item++)
                nation->blocks[place / BLOCK_ROWS].column[item][place % BLOCK_ROWS] = NAN;
    }
}

/* The counties in the order of their codes. */
static void add_counties(Load *load, int threads)
{
    Nation *nation = load->nation;

    for (int prefecture = 0; prefecture < PREFECTURE_CODES; prefecture++) {
        for (int i = 1; i < 100; i++) {
            uint32_t count = 0;
            for (int thread = 0; thread < threads; thread++) {
                Tally *tally = load->tallies[thread][prefecture];
                if (tally != NULL)
                    count += (*tally)[i][0] + (*tally)[i][1];
            }
            if (count == 0) {
                if (i == 1 &&
                    load->tallies[0][prefecture] == load->tallies[threads - 1][prefecture])
                    break; /* no thread has seen this prefecture */
                continue;
            }
            uint32_t **at = &nation->county_at[prefecture];
            if (*at == NULL)
                *at = calloc(100, sizeof(uint32_t));
            if (*at == NULL)
                bench_die("out of memory");
            (*at)[i] = (uint32_t)nation->county_count;
            Region *county = &nation->regions[nation->county_count++];
            county->code = prefecture * 100 + i;
            place_county(load, county, threads);
        }
    }
}

/* Adds the level above the regions first to end: their codes cut to multiples of unit. */
static void add_level(Nation *nation, size_t first, size_t end, int unit)
{
    for (size_t i = first; i < end; i++) {
        Region *child = &nation->regions[i];
        Region *last = &nation->regions[nation->region_count - 1];
        int code = child->code / unit * unit;
        if (i == first || last->code != code) {
            last = &nation->regions[nation->region_count++];
            last->code = code;
            last->first = (uint32_t)i;
        }
        last->end = (uint32_t)i + 1;
        child->parent = (uint32_t)(nation->region_count - 1);
    }
}

static void add_regions(Nation *nation)
{
    size_t first = 0, end = nation->county_count;

    nation->region_count = nation->county_count;
    for (int unit = 100; unit <= 1000000; unit *= 100) {
        add_level(nation, first, end, unit);
        first = end;
        end = nation->region_count;
    }
}

/* Splits the lines after the header into parts of about the same length. */
static void split_text(Load *load, const char *text, size_t len, int threads)
{
    load->text[0] = (const char *)memchr(text, '\n', len) + 1;
    load->text[threads] = text + len;
    for (int thread = 1; thread < threads; thread++) {
        const char *middle = text + len / (size_t)threads * (size_t)thread;
        load->text[thread] = (const char *)memchr(middle, '\n', len / 2) + 1;
    }
}

static void open_text(Load *load, const char *path, int threads)
{
    int file = open(path, O_RDONLY);
    struct stat status;

    if (file < 0 || fstat(file, &status) != 0)
        bench_die("cannot open %s", path);
    load->len = (size_t)status.st_size;
    load->map = mmap(NULL, load->len, PROT_READ, MAP_PRIVATE, file, 0);
    if (load->map == MAP_FAILED)
        bench_die("cannot map %s", path);
    close(file);
    split_text(load, load->map, load->len, threads);
}

static void close_text(Load *load, int threads)
{
    for (int thread = 0; thread < threads; thread++)
        for (int i = 0; i < PREFECTURE_CODES; i++)
            free(load->tallies[thread][i]);
    munmap(load->map, load->len);
    free(load);
}

/* From the file to rows. */
static Load *read_rows(Nation *nation, const char *path, int threads)
{
    static const size_t shortest_line = 20 + FACT_COUNT;
    Load *load = calloc(1, sizeof(Load));

    if (load == NULL)
        bench_die("out of memory");
    *nation = (Nation){0};
    load->nation = nation;
    open_text(load, path, threads);
    for (int thread = 0; thread < threads; thread++) {
        size_t part = (size_t)(load->text[thread + 1] - load->text[thread]);
        nation->rows[thread] = take_memory(nation, (part / shortest_line + 1) * sizeof(SchoolRow));
    }
    crew_run(threads, read_part, load);
    return load;
}

void nation_parse(Nation *nation, const char *path, int threads)
{
    close_text(read_rows(nation, path, threads), threads);
}

void nation_load(Nation *nation, const char *path, int threads)
{
    Load *load = read_rows(nation, path, threads);
    size_t row_count = 0;

    for (int thread = 0; thread < threads; thread++)
        row_count += nation->row_count[thread];
    /* Each row is two school-stages at most; a county fills up two blocks at most. */
    size_t blocks_max = 2 * row_count / BLOCK_ROWS + 2 * (row_count < 100000 ? row_count : 100000);
    nation->blocks = take_memory(nation, blocks_max * sizeof(Block));
    nation->schools = take_memory(nation, blocks_max * BLOCK_ROWS * sizeof(int64_t));
    nation->ratios = take_memory(nation, blocks_max * sizeof(RatioBlock));
    nation->regions = take_memory(nation, 120000 * sizeof(Region));
    add_counties(load, threads);
    crew_run(threads, place_part, load);
    add_regions(nation);
    close_text(load, threads);
}

void nation_unload(Nation *nation)
{
    for (int i = 0; i < PREFECTURE_CODES; i++)
        free(nation->county_at[i]);
    for (size_t i = 0; i < nation->memory_count; i++)
        munmap(nation->memory[i].start, nation->memory[i].bytes);
    *nation = (Nation){0};
}
