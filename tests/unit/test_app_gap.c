#include "judge_fixture.h"

#include "app/gap.h"
#include "assert_text.h"

/*
 * What gap.c finds is checked by judging again: a table with the amount added must be met, and one step
 * less must not. Sets of steps are compared with all possible sets.
 */
#define HEAD                                                                                                                           \
    "学校代码,学校名称,所属地区,办学类型,学段,在校生数,高于规定学历教师数,县级以上骨干教师数," \
    "体育艺术专任教师数,"                                                                                                     \
    "教学及辅助用房面积,室内体育用房面积,室外运动场地面积,教学仪器设备值,网络多媒体教室数\n"

static const GapSchool *school_gap(JudgeFixture *f, const Gap *gap, uint64_t code, int stage)
{
    for (size_t i = 0; i < gap->school_count; i++) {
        const Part *part = &f->dataset->part[gap->school[i].result->part];
        if (f->dataset->school[part->school].code == code && gap->school[i].stage == stage)
            return &gap->school[i];
    }
    return NULL;
}

static const GapCell *cell_of(const JudgeFixture *f, const GapSchool *gap, const char *code)
{
    for (size_t i = 0; i < gap->cell_count; i++)
        if (gap->cell[i].indicator == judge_fixture_indicator(f, code))
            return &gap->cell[i];
    return NULL;
}

/* Scenario 5: "1 PE/arts teacher or 1 room suffices". */
static void one_teacher_or_one_room_suffices(void **state)
{
    (void)state;
    JudgeFixture *f =
        judge_fixture_new("youzhi-2017", "2024-2025",
                          STR(HEAD "2162900011,A,620702,小学,,800,34,8,7,3640,0,6000,160,18\n"));
    const Gap *gap = gap_of_unit(&f->arena, f->judge, judge_fixture_county(f));
    const GapSchool *a = school_gap(f, gap, 2162900011, PRIMARY);
    assert_int_equal(a->cell_count, 2);
    assert_true(cell_of(f, a, "QR3")->to_limit == 1);
    assert_true(cell_of(f, a, "QR3")->to_floor == 0);
    assert_true(cell_of(f, a, "QR7")->to_limit == 1);
    assert_int_equal(a->plan_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(a->plan[i].count, 1);
        assert_int_equal(a->plan[i].step[0].target, GAP_LIMIT);
    }
    assert_true(a->plan[0].step[0].cell != a->plan[1].step[0].cell);
    judge_fixture_free(f);
}

/* ---- random schools, judged again ---- */

typedef struct Figures {
    int pupils, junior, above, backbone, arts, rooms_area, ground, equipment,
        rooms; /* areas ㎡, equipment yuan */
} Figures;

/* QR1 QR2 QR3 QR4 QR5 QR6 QR7 */
static const char *const CODES[] = {"QR1", "QR2", "QR3", "QR4", "QR5", "QR6", "QR7"};

static int *lever_of(Figures *figures, size_t indicator)
{
    int *const LEVERS[] = {&figures->above,      &figures->backbone, &figures->arts,
                           &figures->rooms_area, &figures->ground,   &figures->equipment,
                           &figures->rooms};
    return LEVERS[indicator];
}

static Str table_of(Arena *arena, const Figures *x)
{
    if (!x->junior)
        return str_format(arena, HEAD "2162900071,甲,620702,小学,,%d,%d,%d,%d,%d,0,%d,%d.%04d,%d\n",
                          x->pupils, x->above, x->backbone, x->arts, x->rooms_area, x->ground,
                          x->equipment / 10000, x->equipment % 10000, x->rooms);
    return str_format(arena,
                      HEAD "2162900071,甲,620702,九年一贯制学校,小学,%d,%d,%d,%d,,,,,\n"
                           "2162900071,甲,620702,九年一贯制学校,初中,%d,99,99,99,,,,,\n"
                           "2162900071,甲,620702,九年一贯制学校,,,,,,%d,0,%d,%d.%04d,%d\n",
                      x->pupils, x->above, x->backbone, x->arts, x->junior, x->rooms_area,
                      x->ground, x->equipment / 10000, x->equipment % 10000, x->rooms);
}

/* The school judged with other figures: its result. The fixture's tables and frames are made anew. */
static const SchoolResult *judged(JudgeFixture *f, const Figures *figures)
{
    Dataset *dataset;
    Judge *judge;
    Str table = table_of(&f->arena, figures);
    judge_fixture_need(f, dataset_load_bytes(&f->arena, f->core, STR("again.csv"), table,
                                             f->dataset->period, &dataset, &f->err));
    Frames *frames = frames_new(&f->arena, dataset, NULL, f->standard->scope);
    judge_fixture_need(f,
                       judge_new(&f->arena, f->core, f->standard, frames, NULL, &judge, &f->err));
    const UnitResult *unit = judge_unit(&f->arena, judge, frames->regions.leaf_region[0]);
    return &judge_fixture_stage(unit, PRIMARY)->school[0];
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 8;
}

static int between(unsigned *seed, int low, int high)
{
    return low + (int)(next_random(seed) % (unsigned)(high - low + 1));
}

/* Around the limits, some below the floor, some above. */
static Figures random_figures(unsigned *seed)
{
    Figures x = {.pupils = between(seed, 60, 1500)};
    x.junior = next_random(seed) % 2 ? between(seed, 60, 900) : 0;
    int all = x.pupils + x.junior;
    x.above = x.pupils * between(seed, 30, 50) / 1000;
    x.backbone = x.pupils * between(seed, 6, 13) / 1000;
    x.arts = x.pupils * between(seed, 5, 12) / 1000;
    x.rooms_area = all * between(seed, 30, 60) / 10;
    x.ground = all * between(seed, 50, 90) / 10;
    x.equipment = all * between(seed, 1500, 2500);
    x.rooms = all * between(seed, 15, 30) / 1000;
    return x;
}

static int steps_of(double steps)
{
    return (int)steps;
}

static void check_amounts(JudgeFixture *f, const Figures *figures, const GapSchool *gap)
{
    for (size_t i = 0; i < 7; i++) {
        const GapCell *cell = cell_of(f, gap, CODES[i]);
        if (!cell)
            continue;
        Figures more = *figures;
        *lever_of(&more, i) += steps_of(cell->steps[GAP_LIMIT]);
        assert_int_equal(judged(f, &more)->cell[i].verdict, VERDICT_MET);
        *lever_of(&more, i) -= 1;
        assert_int_not_equal(judged(f, &more)->cell[i].verdict, VERDICT_MET);
        assert_true(cell->to_limit ==
                    cell->steps[GAP_LIMIT]); /* 人, ㎡, 元, 间 are one step each */
        if (cell->to_floor == 0)
            continue;
        more = *figures;
        *lever_of(&more, i) += steps_of(cell->steps[GAP_FLOOR]);
        assert_int_not_equal(judged(f, &more)->cell[i].verdict, VERDICT_UNMET);
        *lever_of(&more, i) -= 1;
        assert_int_equal(judged(f, &more)->cell[i].verdict, VERDICT_UNMET);
    }
}

static const SchoolResult *with_targets(JudgeFixture *f, const Figures *figures,
                                        const GapSchool *gap, const GapTarget *target)
{
    Figures more = *figures;
    for (size_t i = 0; i < gap->cell_count; i++)
        if (target[i] != GAP_NONE)
            *lever_of(&more, gap->cell[i].indicator) += steps_of(gap->cell[i].steps[target[i]]);
    return judged(f, &more);
}

/* With all its steps the school passes, with any step less it does not. */
static void check_plans(JudgeFixture *f, const Figures *figures, const GapSchool *gap)
{
    for (size_t i = 0; i < gap->plan_count; i++) {
        GapTarget target[7] = {GAP_NONE};
        for (size_t k = 0; k < gap->plan[i].count; k++)
            target[gap->plan[i].step[k].cell] = gap->plan[i].step[k].target;
        assert_int_equal(with_targets(f, figures, gap, target)->verdict, VERDICT_MET);
        for (size_t k = 0; k < gap->plan[i].count; k++) {
            GapTarget less[7];
            memcpy(less, target, sizeof less);
            size_t cell = gap->plan[i].step[k].cell;
            const double *steps = gap->cell[cell].steps;
            bool has_floor = steps[GAP_FLOOR] > 0 && steps[GAP_FLOOR] < steps[GAP_LIMIT];
            less[cell] = target[cell] == GAP_LIMIT && has_floor ? GAP_FLOOR : GAP_NONE;
            assert_int_not_equal(with_targets(f, figures, gap, less)->verdict, VERDICT_MET);
        }
    }
}

/* Of the rule "6 of 7, the last at its floor": each in turn may stay below its limit, if its floor is less. */
static void check_number_of_plans(const GapSchool *gap)
{
    size_t spared = 0;
    for (size_t i = 0; i < gap->cell_count; i++)
        spared += gap->cell[i].steps[GAP_FLOOR] < gap->cell[i].steps[GAP_LIMIT];
    assert_int_equal(gap->plan_count, spared ? spared : 1);
}

static void amounts_and_sets_are_the_least_that_judging_again_confirms(void **state)
{
    (void)state;
    unsigned seed = 20170506;
    size_t lacking = 0, plans = 0;
    Figures dummy = random_figures(&seed);
    for (int i = 0; i < 40; i++) {
        Figures figures = i ? random_figures(&seed) : dummy;
        Arena scratch;
        arena_init(&scratch);
        JudgeFixture *f =
            judge_fixture_new("youzhi-2017", "2024-2025", table_of(&scratch, &figures));
        const Gap *gap = gap_of_unit(&f->arena, f->judge, judge_fixture_county(f));
        const GapSchool *school = school_gap(f, gap, 2162900071, PRIMARY);
        if (school) {
            lacking += school->cell_count;
            plans += school->plan_count;
            check_amounts(f, &figures, school);
            check_plans(f, &figures, school);
            if (school->result->verdict == VERDICT_UNMET)
                check_number_of_plans(school);
        }
        judge_fixture_free(f);
        arena_done(&scratch);
    }
    assert_true(lacking > 100 && plans > 60);
}

/* ---- what cannot be closed, and sums ---- */

static void nothing_is_promised_where_data_are_missing(void **state)
{
    (void)state;
    JudgeFixture *f =
        judge_fixture_new("youzhi-2017", "2024-2025",
                          STR(HEAD "2162900081,缺,620702,小学,,1000,1,10,9,,,,200,23\n"
                                   "2162900082,零,620702,小学,,0,1,10,9,1,1,1,200,23\n"));
    const Gap *gap = gap_of_unit(&f->arena, f->judge, judge_fixture_county(f));
    assert_int_equal(gap->school_count, 1);
    const GapSchool *school = &gap->school[0];
    assert_int_equal(school->cell_count, 1); /* QR1; of QR4 and QR5 nothing is known */
    assert_true(school->cell[0].to_limit == 41);
    assert_int_equal(school->plan_count, 0);
    judge_fixture_free(f);
}

/* A room serves both stages of a combined school: the sum counts the larger need, not both. */
static void what_stages_share_is_counted_once(void **state)
{
    (void)state;
    JudgeFixture *f =
        judge_fixture_new("youzhi-2017", "2024-2025",
                          STR(HEAD "3162900091,甲,620702,九年一贯制学校,小学,1000,42,10,9,,,,,\n"
                                   "3162900091,甲,620702,九年一贯制学校,初中,1000,53,10,9,,,,,\n"
                                   "3162900091,甲,620702,九年一贯制学校,,,,,,12180,0,21420,525,30\n"
                                   "2162900092,乙,620702,小学,,1000,42,10,9,4500,0,7500,200,20\n"));
    const Gap *gap = gap_of_unit(&f->arena, f->judge, judge_fixture_county(f));
    const GapSchool *primary = school_gap(f, gap, 3162900091, PRIMARY),
                    *junior = school_gap(f, gap, 3162900091, JUNIOR);
    double of_primary = cell_of(f, primary, "QR7")->to_limit,
           of_junior = cell_of(f, junior, "QR7")->to_limit;
    /* 23 rooms for 1000 primary pupils are 48.3 in all, so 19 more than 30; 24 for junior are 45.8, so 16 */
    assert_true(of_primary == 19 && of_junior == 16);
    for (size_t i = 0; i < gap->total_count; i++)
        if (str_equals(gap->total[i].lever->symbol.code, STR("multimedia_classrooms"))) {
            assert_true(gap->total[i].amount == 19 + 3);
            assert_int_equal(gap->total[i].schools, 2);
        }
    judge_fixture_free(f);
}

/* Teachers are needed in both stages: 6 and 7 persons, of one school. */
static void a_school_that_lacks_something_in_two_stages_is_one_school(void **state)
{
    (void)state;
    JudgeFixture *f = judge_fixture_new(
        "youzhi-2017", "2024-2025",
        STR(HEAD "3162900093,甲,620702,九年一贯制学校,小学,1000,36,10,9,,,,,\n"
                 "3162900093,甲,620702,九年一贯制学校,初中,1000,46,10,9,,,,,\n"
                 "3162900093,甲,620702,九年一贯制学校,,,,,,99999,0,99999,525,99\n"));
    const Gap *gap = gap_of_unit(&f->arena, f->judge, judge_fixture_county(f));
    assert_int_equal(gap->total_count, 1);
    assert_text(gap->total[0].lever->symbol.name, "高于规定学历教师数");
    assert_true(gap->total[0].amount == 13);
    assert_int_equal(gap->total[0].schools, 1);
    judge_fixture_free(f);
}

static void the_frames_are_put_back(void **state)
{
    (void)state;
    JudgeFixture *f =
        judge_fixture_new("youzhi-2017", "2024-2025",
                          STR(HEAD "2162900014,D,620702,小学,,1260,49,12,11,5540,0,9300,240,28\n"));
    const Frame *frame = f->frames->frame[PRIMARY];
    Arena scratch;
    arena_init(&scratch);
    double *before = arena_alloc_raw(&scratch, frame->slot_count * sizeof *before);
    for (size_t slot = 0; slot < frame->slot_count; slot++)
        before[slot] = frame->column[slot].value[0];
    (void)gap_of_unit(&f->arena, f->judge, judge_fixture_county(f));
    for (size_t slot = 0; slot < frame->slot_count; slot++)
        assert_memory_equal(&before[slot], &frame->column[slot].value[0], sizeof *before);
    arena_done(&scratch);
    judge_fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_teacher_or_one_room_suffices),
        cmocka_unit_test(amounts_and_sets_are_the_least_that_judging_again_confirms),
        cmocka_unit_test(nothing_is_promised_where_data_are_missing),
        cmocka_unit_test(what_stages_share_is_counted_once),
        cmocka_unit_test(a_school_that_lacks_something_in_two_stages_is_one_school),
        cmocka_unit_test(the_frames_are_put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
