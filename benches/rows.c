#include "rows.h"

#include <string.h>

/* Children stand behind their parents. */
void rows_add_up(const RegionTree *tree, int *qualified)
{
    for (size_t i = tree->count - 1; i > 0; i--)
        qualified[tree->region[i].parent] += qualified[i];
}

void rows_qualified(const Judge *judge, int *qualified)
{
    const RegionTree *tree = &judge->frames->regions;

    memset(qualified, 0, tree->count * sizeof(int));
    for (size_t leaf = 0; leaf < tree->leaf_count; leaf++) {
        uint32_t county = tree->leaf_region[leaf];
        qualified[county] = judge_verdict(judge, county) == TRI_TRUE;
    }
    rows_add_up(tree, qualified);
}

static int number_of(Str code)
{
    int number = 0;

    for (size_t i = 0; i < code.len; i++)
        number = number * 10 + (code.ptr[i] - '0');
    return number;
}

bool rows_read_one(const Judge *judge, const int *qualified, uint32_t region, int s, BenchRow *ret)
{
    enum { PER_INDICATOR = 4, CV = 2 };

#define OUTPUT(output) calc_region_output(judge->run[s], (size_t)(output))[region]
    *ret = (BenchRow){
        .region = number_of(judge->frames->regions.region[region].code),
        .stage = s,
        .evaluated = (int64_t)judge_count_scope(judge, s, region).yes,
        .ok = (int64_t)OUTPUT(judge->met_count_output),
        .pupils = OUTPUT(judge->students_output),
        .qualified = qualified[region],
    };
    for (int k = 0; k < RATIO_COUNT; k++)
        ret->cv[k] = OUTPUT(judge->statistic_output + k * PER_INDICATOR + CV);
#undef OUTPUT
    return ret->evaluated > 0;
}

size_t rows_read(const Judge *judge, const int *qualified, BenchRow *rows)
{
    size_t count = 0;

    for (size_t region = 0; region < judge->frames->regions.count; region++)
        for (int s = 0; s < STAGE_COUNT; s++)
            count += rows_read_one(judge, qualified, (uint32_t)region, s, &rows[count]);
    return count;
}

static bool is_same(const BenchRow *left, const BenchRow *right)
{
    return left->region == right->region && left->stage == right->stage &&
           left->evaluated == right->evaluated && left->ok == right->ok &&
           left->pupils == right->pupils && left->qualified == right->qualified &&
           memcmp(left->cv, right->cv, sizeof(left->cv)) == 0;
}

bool rows_are_same(const BenchRow *left, const BenchRow *right, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_same(&left[i], &right[i]))
            return false;
    return true;
}
