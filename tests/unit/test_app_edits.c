#include "judge_fixture.h"

/*
 * After an edit only what depends on it is computed again. Held against a judge made afresh from the
 * same facts, for hundreds of random edits: the oracle is the path that takes no shortcut.
 */

static uint32_t random_below(uint32_t *state, uint32_t bound)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*state * bound) >> 32);
}

#define HEAD                                                                                                                         \
    "学校代码,学校名称,所属地区,办学类型,举办者,学段,在校生数,专任教师数,高于规定学历教师数," \
    "中级及以上职称教师数,县级以上骨干教师数,体育艺术专任教师数,教学及辅助用房面积,"            \
    "室内体育用房面积,室外运动场地面积,教学仪器设备值,网络多媒体教室数,计算机台数,图书册数\n"

/* Pupils and teachers of one stage, about at the limits. */
static void add_staff(StrBuf *out, uint32_t *state)
{
    uint32_t pupils = 40 + random_below(state, 900);
    strbuf_addf(out, "%u,%u,%u,%u,%u,%u", pupils, pupils / 14 + 1,
                pupils * (35 + random_below(state, 30)) / 1000, pupils / 25,
                pupils * (7 + random_below(state, 6)) / 1000,
                pupils * (7 + random_below(state, 5)) / 1000);
}

/* Rooms, grounds and equipment: what the stages of a school share. */
static void add_rooms(StrBuf *out, uint32_t *state)
{
    uint32_t size = 40 + random_below(state, 900);
    strbuf_addf(out, "%u,%u,%u,%u,%u,%u,%u", size * 5, size / 2,
                size * (6 + random_below(state, 5)), size / 5, size / 40 + 1, size / 6, size * 25);
}

/* Schools of four counties of two prefectures; every third teaches both stages. */
static Str random_table(Arena *arena, uint32_t seed)
{
    static const char *const COUNTY[] = {"620702", "620721", "620722", "654002"};
    StrBuf out;
    uint32_t state = seed;
    strbuf_init(&out, arena);
    strbuf_addf(&out, "%s", HEAD);
    for (unsigned i = 0; i < 48; i++) {
        const char *county = COUNTY[i % 4];
        if (i % 3 == 2) {
            static const char *const STAGE[] = {"小学", "初中"};
            for (int k = 0; k < 2; k++) {
                strbuf_addf(&out, "31629%05u,校,%s,九年一贯制学校,7,%s,", i, county, STAGE[k]);
                add_staff(&out, &state);
                strbuf_addf(&out, ",,,,,,,\n");
            }
            strbuf_addf(&out, "31629%05u,校,%s,九年一贯制学校,7,,,,,,,,", i, county);
        } else {
            strbuf_addf(&out, "21629%05u,校,%s,%s,7,,", i, county, i % 3 ? "初级中学" : "小学");
            add_staff(&out, &state);
            strbuf_addf(&out, ",");
        }
        add_rooms(&out, &state);
        strbuf_addf(&out, "\n");
    }
    return strbuf_str(&out);
}

static void assert_same_number(double got, double want)
{
    assert_true(got == want || (isnan(got) && isnan(want)));
}

static void assert_same_stage(const StageResult *got, const StageResult *want, size_t indicators)
{
    assert_int_equal(got->stage, want->stage);
    assert_same_number(got->students, want->students);
    assert_int_equal(got->in_scope, want->in_scope);
    assert_int_equal(got->met, want->met);
    assert_int_equal(got->unmet, want->unmet);
    assert_int_equal(got->nodata, want->nodata);
    assert_int_equal(got->unknown_scope, want->unknown_scope);
    assert_int_equal(got->verdict, want->verdict);
    assert_same_number(got->composite, want->composite);
    assert_int_equal(got->composite_met, want->composite_met);
    for (size_t i = 0; i < indicators; i++) {
        assert_same_number(got->indicator[i].mean, want->indicator[i].mean);
        assert_same_number(got->indicator[i].cv, want->indicator[i].cv);
        assert_int_equal(got->indicator[i].met, want->indicator[i].met);
        assert_int_equal(got->indicator[i].units, want->indicator[i].units);
        assert_int_equal(got->indicator[i].left_out, want->indicator[i].left_out);
    }
    assert_int_equal(got->school_count, want->school_count);
    for (size_t k = 0; k < got->school_count; k++) {
        assert_int_equal(got->school[k].verdict, want->school[k].verdict);
        for (size_t i = 0; i < indicators; i++) {
            assert_same_number(got->school[k].cell[i].value, want->school[k].cell[i].value);
            assert_int_equal(got->school[k].cell[i].verdict, want->school[k].cell[i].verdict);
        }
    }
}

static void assert_same_judge(JudgeFixture *f, Judge *fresh)
{
    const RegionTree *regions = &f->frames->regions;
    for (uint32_t region = 0; region < regions->count; region++) {
        Arena arena;
        arena_init(&arena);
        const UnitResult *got = judge_unit(&arena, f->judge, region);
        const UnitResult *want = judge_unit(&arena, fresh, region);
        assert_int_equal(got->verdict, want->verdict);
        assert_int_equal(got->pass, want->pass);
        assert_int_equal(got->fail, want->fail);
        assert_int_equal(got->stage_count, want->stage_count);
        for (size_t i = 0; i < got->stage_count; i++)
            assert_same_stage(&got->stage[i], &want->stage[i], f->standard->indicators.len);
        arena_done(&arena);
    }
}

static uint32_t leaf_of(const Frame *frame, uint32_t row)
{
    uint32_t leaf = 0;
    while (leaf + 1 < frame->regions->leaf_count && frame->leaf_first[leaf + 1] <= row)
        leaf++;
    return leaf;
}

/* One number of one school changes, in the table and in the frames of the stages that see it. */
static void edit(JudgeFixture *f, uint32_t *state)
{
    Dataset *dataset = f->dataset;
    const Part *part;
    CellRef cell;
    int slot;
    do {
        part = &dataset->part[random_below(state, (uint32_t)dataset->part_count)];
        slot = (int)random_below(state, (uint32_t)f->frames->slot_count);
        const Item *item = f->frames->slots[slot].symbol->owner;
        cell.column = -1;
        if (!item->codes && dataset_item(dataset, item))
            (void)dataset_value(dataset, dataset_item(dataset, item), part, &cell);
    } while (cell.column < 0);

    size_t rows = dataset->table->row_count;
    if (!dataset->changed[cell.column]) {
        double *copy = ARENA_ARRAY(&f->arena, double, rows);
        memcpy(copy, dataset->table->column[cell.column].number, rows * sizeof *copy);
        dataset->changed[cell.column] = copy;
    }
    double *value = &dataset->changed[cell.column][cell.row];
    uint32_t kind = random_below(state, 8);
    double base = isnan(*value) ? 100 : floor(*value);
    *value = kind == 0 ? NAN : kind == 1 ? 0 : base + random_below(state, 40);

    const School *school = &dataset->school[part->school];
    bool is_shared = ((const Item *)f->frames->slots[slot].symbol->owner)->is_shared;
    uint32_t stages = 0;
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++)
        if (school->part[stage] && (is_shared || stage == part->stage)) {
            frames_refresh(f->frames, school->part[stage] - 1, slot);
            stages |= 1u << stage;
        }
    uint32_t row = f->frames->part_row[part - dataset->part];
    judge_run_leaf(f->judge, leaf_of(f->frames->frame[part->stage], row), stages);
}

static void edits_of(const char *standard, const char *period, uint32_t seed, int count)
{
    Arena arena;
    arena_init(&arena);
    JudgeFixture *f = judge_fixture_new(standard, period, random_table(&arena, seed));
    uint32_t state = seed;
    for (int i = 0; i < count; i++) {
        edit(f, &state);
        Arena own;
        arena_init(&own);
        Judge *fresh;
        Frames *frames = frames_new(&own, f->dataset, NULL, f->standard->scope);
        judge_fixture_need(f, judge_new(&own, f->core, f->standard, frames, NULL, &fresh, &f->err));
        assert_same_judge(f, fresh);
        arena_done(&own);
    }
    judge_fixture_free(f);
    arena_done(&arena);
}

static void an_edit_changes_all_that_depends_on_it(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 5; seed++)
        edits_of("youzhi-2017", "2024-2025", seed, 100);
}

static void so_it_is_with_the_basic_standard(void **state)
{
    (void)state;
    for (uint32_t seed = 11; seed <= 13; seed++)
        edits_of("junheng-2012", "2014-2015", seed, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edit_changes_all_that_depends_on_it),
        cmocka_unit_test(so_it_is_with_the_basic_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
