/*
 * The lists of pupils by hand, for this one form of file: no checks, no quotes, class names of one pattern,
 * grades told apart by two bytes. load keeps every pupil as one
 * number (school, stage and class), sum counts them.
 */
#include "harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLASS_BITS = 8, CLASSES = 1 << CLASS_BITS, GRADE_SHIFT = 4, STAGES = 2, PRIMARY_GRADES = 6 };

typedef struct Limit {
    const char *text;
    size_t len;
    uint32_t *pupil; /* school << CLASS_BITS | grade << GRADE_SHIFT | number */
    size_t pupil_count;
    uint64_t *code; /* of the schools */
    uint32_t school_count;
    uint32_t *slot; /* by code: school + 1 */
    size_t slot_mask;
    uint64_t (*sums)[STAGES][3]; /* pupils, classes, largest */
    uint32_t (*count)[CLASSES];
} Limit;

static void *zeroed(size_t bytes)
{
    void *start = mmap(NULL, bytes + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED)
        bench_die("out of memory");
    madvise(start, bytes, MADV_HUGEPAGE);
    return start;
}

static void open_file(Limit *limit, const char *path)
{
    int file = open(path, O_RDONLY);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0)
        bench_die("cannot open %s", path);
    limit->len = (size_t)status.st_size;
    limit->text = mmap(NULL, limit->len, PROT_READ, MAP_PRIVATE, file, 0);
    if (limit->text == MAP_FAILED)
        bench_die("cannot map %s", path);
    close(file);
}

static uint32_t school_of(Limit *limit, uint64_t code)
{
    size_t at = (size_t)(code * 0x9e3779b97f4a7c15u >> 32) & limit->slot_mask;
    while (limit->slot[at] != 0 && limit->code[limit->slot[at] - 1] != code)
        at = (at + 1) & limit->slot_mask;
    if (limit->slot[at] == 0) {
        limit->code[limit->school_count++] = code;
        limit->slot[at] = limit->school_count;
    }
    return limit->slot[at] - 1;
}

/* By the last bytes of 一 … 九 in UTF-8. */
static unsigned grade_of(const unsigned char *p)
{
    switch (p[1] << 8 | p[2]) {
    case 0xb880:
        return 0;
    case 0xba8c:
        return 1;
    case 0xb889:
        return 2;
    case 0x9b9b:
        return 3;
    case 0xba94:
        return 4;
    case 0x85ad:
        return 5;
    case 0xb883:
        return 6;
    case 0x85ab:
        return 7;
    default:
        return 8;
    }
}

static void load(Limit *limit, const char *path)
{
    enum { CODE_LEN = 10, GRADE_AT = 18, NUMBER_AT = 28, SHORTEST = 40 };
    open_file(limit, path);
    limit->pupil = zeroed(limit->len / SHORTEST * sizeof(uint32_t));
    limit->code = zeroed(limit->len / SHORTEST * sizeof(uint64_t));
    limit->slot_mask = ((size_t)1 << 22) - 1;
    limit->slot = zeroed((limit->slot_mask + 1) * sizeof(uint32_t));
    const char *at = (const char *)memchr(limit->text, '\n', limit->len) + 1;
    const char *end = limit->text + limit->len, *last = NULL;
    uint32_t school = 0;
    while (at < end) {
        if (last == NULL || memcmp(at, last, CODE_LEN) != 0) {
            uint64_t code = 0;
            for (int i = 0; i < CODE_LEN; i++)
                code = code * 10 + (uint64_t)(at[i] - '0');
            school = school_of(limit, code);
            last = at;
        }
        unsigned grade = grade_of((const unsigned char *)at + GRADE_AT);
        unsigned number = (unsigned)(at[NUMBER_AT] - '0');
        limit->pupil[limit->pupil_count++] = school << CLASS_BITS | grade << GRADE_SHIFT | number;
        at = (const char *)memchr(at + NUMBER_AT, '\n', (size_t)(end - at)) + 1;
    }
}

static void sum(Limit *limit)
{
    limit->count = zeroed(limit->school_count * sizeof *limit->count);
    limit->sums = zeroed(limit->school_count * sizeof *limit->sums);
    uint32_t *count = &limit->count[0][0];
    for (size_t i = 0; i < limit->pupil_count; i++)
        count[limit->pupil[i]]++;
    for (size_t school = 0; school < limit->school_count; school++)
        for (int i = 0; i < CLASSES; i++) {
            uint64_t *sums = limit->sums[school][i >> GRADE_SHIFT >= PRIMARY_GRADES];
            uint32_t pupils = limit->count[school][i];
            sums[0] += pupils;
            sums[1] += pupils > 0;
            if (pupils > sums[2])
                sums[2] = pupils;
        }
}

static void print_check(const BenchOptions *options, const Limit *limit)
{
    uint64_t schools = 0, pupils = 0, classes = 0, largest = 0, mixed = 0;
    for (size_t i = 0; i < limit->school_count; i++)
        for (int stage = 0; stage < STAGES; stage++) {
            const uint64_t *sums = limit->sums[i][stage];
            schools += sums[1] > 0;
            pupils += sums[0];
            classes += sums[1];
            largest += sums[2];
            mixed += sums[0] * sums[2] + sums[1] * limit->code[i] % 1000003;
        }
    printf("check %s students %d schools=%llu pupils=%llu classes=%llu largest=%llu mixed=%llu\n",
           options->engine, options->threads, (unsigned long long)schools,
           (unsigned long long)pupils, (unsigned long long)classes, (unsigned long long)largest,
           (unsigned long long)mixed);
}

static void close_all(Limit *limit)
{
    munmap((void *)(uintptr_t)limit->text, limit->len);
    munmap(limit->pupil, limit->len / 40 * sizeof(uint32_t) + 1);
    munmap(limit->code, limit->len / 40 * sizeof(uint64_t) + 1);
    munmap(limit->slot, (limit->slot_mask + 1) * sizeof(uint32_t) + 1);
    munmap(limit->count, limit->school_count * sizeof *limit->count + 1);
    munmap(limit->sums, limit->school_count * sizeof *limit->sums + 1);
}

int main(int argc, char **argv)
{
    BenchOptions options = bench_options(argc, argv, "limit");
    for (int is_measured = 0; is_measured < 2; is_measured++) {
        Limit limit = {0};
        double start = bench_now();
        load(&limit, options.csv);
        double loaded = bench_now() - start;
        start = bench_now();
        sum(&limit);
        double summed = bench_now() - start, all = loaded + summed;
        if (is_measured) {
            bench_result(&options, "load", &loaded, 1);
            bench_result(&options, "sum", &summed, 1);
            bench_result(&options, "all", &all, 1);
            print_check(&options, &limit);
        }
        close_all(&limit);
    }
    return 0;
}
