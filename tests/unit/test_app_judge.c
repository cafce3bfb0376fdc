#include "judge_fixture.h"

/*
 * Scenario 5 of the acceptance scenarios: a small county, quality balance. The figures expected are
 * those that the scenario prints.
 */
#define HEAD                                                                                                                           \
    "学校代码,学校名称,所属地区,办学类型,学段,在校生数,高于规定学历教师数,县级以上骨干教师数," \
    "体育艺术专任教师数,"                                                                                                     \
    "教学及辅助用房面积,室内体育用房面积,室外运动场地面积,教学仪器设备值,网络多媒体教室数\n"
#define SCHOOL_A(rooms) "2162900011,A,620702,小学,,800,34,8,7,3640,0,6000,160," rooms "\n"
#define OTHERS                                                           \
    "2162900012,B,620702,小学,,420,20,5,4,2100,0,3360,90,11\n"         \
    "2162900013,C,620702,小学,,150,8,2,2,900,0,1500,36,5\n"            \
    "2162900014,D,620702,小学,,1260,49,12,11,5540,0,9300,240,28\n"     \
    "3162900015,E,620702,九年一贯制学校,小学,360,16,4,3,,,,,\n" \
    "3162900015,E,620702,九年一贯制学校,初中,240,14,4,3,,,,,\n" \
    "3162900015,E,620702,九年一贯制学校,,,,,,3300,0,5600,150,16\n"

static const SchoolResult *primary_school(JudgeFixture *f, const UnitResult *unit, uint64_t code)
{
    return judge_fixture_school(f, judge_fixture_stage(unit, PRIMARY), code);
}

static void the_small_county_comes_out_as_printed(void **state)
{
    (void)state;
    static const char *const CV[] = {"0.0927", "0.1046", "0.1151", "0.0910",
                                     "0.0915", "0.0873", "0.1132"};
    JudgeFixture *f =
        judge_fixture_new("youzhi-2017", "2024-2025", STR(HEAD SCHOOL_A("18") OTHERS));
    const UnitResult *unit = judge_fixture_county(f);
    const StageResult *stage = judge_fixture_stage(unit, PRIMARY);
    assert_true(stage->students == 2990);
    for (size_t i = 0; i < 7; i++) {
        assert_printed(stage->indicator[i].cv, 4, CV[i]);
        assert_int_equal(stage->indicator[i].met, TRI_TRUE);
        assert_int_equal(stage->indicator[i].units, 5);
        assert_int_equal(stage->indicator[i].left_out, 0);
    }
    static const struct {
        uint64_t code;
        Verdict verdict;
        int met, near;
    } SCHOOLS[] = {{2162900011, VERDICT_UNMET, 5, 2},
                   {2162900012, VERDICT_MET, 7, 0},
                   {2162900013, VERDICT_MET, 7, 0},
                   {2162900014, VERDICT_UNMET, 0, 7},
                   {3162900015, VERDICT_MET, 6, 1}};
    for (size_t i = 0; i < 5; i++) {
        const SchoolResult *school = primary_school(f, unit, SCHOOLS[i].code);
        assert_int_equal(school->verdict, SCHOOLS[i].verdict);
        assert_int_equal(school->met, SCHOOLS[i].met);
        assert_int_equal(school->near, SCHOOLS[i].near);
    }
    const SchoolResult *a = primary_school(f, unit, 2162900011),
                       *e = primary_school(f, unit, 3162900015);
    assert_printed(a->cell[judge_fixture_indicator(f, "QR3")].value, 3, "0.875");
    assert_printed(a->cell[judge_fixture_indicator(f, "QR7")].value, 2, "2.25");
    assert_printed(e->cell[judge_fixture_indicator(f, "QR3")].value, 4, "0.8333");
    judge_fixture_free(f);
}

static void one_room_more_makes_the_first_school_pass(void **state)
{
    (void)state;
    JudgeFixture *f =
        judge_fixture_new("youzhi-2017", "2024-2025", STR(HEAD SCHOOL_A("19") OTHERS));
    const SchoolResult *a = primary_school(f, judge_fixture_county(f), 2162900011);
    assert_printed(a->cell[judge_fixture_indicator(f, "QR7")].value, 3, "2.375");
    assert_int_equal(a->verdict, VERDICT_MET);
    assert_int_equal(a->met, 6);
    assert_int_equal(a->near, 1);
    judge_fixture_free(f);
}

static void a_point_of_49_pupils_changes_nothing_and_one_of_50_does(void **state)
{
    (void)state;
    JudgeFixture *f =
        judge_fixture_new("youzhi-2017", "2024-2025", STR(HEAD SCHOOL_A("18") OTHERS));
    JudgeFixture *with_49 = judge_fixture_new(
        "youzhi-2017", "2024-2025",
        STR(HEAD SCHOOL_A("18") OTHERS "2162900016,F,620702,教学点,,49,1,0,0,100,0,100,1,0\n"));
    JudgeFixture *with_50 = judge_fixture_new(
        "youzhi-2017", "2024-2025",
        STR(HEAD SCHOOL_A("18") OTHERS "2162900016,F,620702,教学点,,50,1,0,0,100,0,100,1,0\n"));
    const StageResult *plain = judge_fixture_stage(judge_fixture_county(f), PRIMARY);
    const StageResult *out = judge_fixture_stage(judge_fixture_county(with_49), PRIMARY);
    const StageResult *in = judge_fixture_stage(judge_fixture_county(with_50), PRIMARY);
    for (size_t i = 0; i < 7; i++) {
        assert_true(plain->indicator[i].cv == out->indicator[i].cv);
        assert_true(plain->indicator[i].cv != in->indicator[i].cv);
    }
    assert_true(out->students == 2990 && in->students == 3040);
    assert_int_equal(judge_fixture_school(with_49, out, 2162900016)->verdict, VERDICT_NA);
    assert_non_null(judge_fixture_school(with_49, out, 2162900016)->out);
    assert_int_equal(judge_fixture_school(with_50, in, 2162900016)->verdict, VERDICT_UNMET);
    judge_fixture_free(f);
    judge_fixture_free(with_49);
    judge_fixture_free(with_50);
}

/* (Pi/P)(Xi − mean)²/S² adds up to 1 whatever the schools: the definition of S. */
static void contributions_add_up_to_one(void **state)
{
    (void)state;
    JudgeFixture *f =
        judge_fixture_new("youzhi-2017", "2024-2025", STR(HEAD SCHOOL_A("18") OTHERS));
    const StageResult *stage = judge_fixture_stage(judge_fixture_county(f), PRIMARY);
    for (size_t i = 0; i < 7; i++) {
        double sum = 0;
        for (size_t k = 0; k < stage->school_count; k++)
            sum += stage->school[k].cell[i].contribution;
        assert_true(fabs(sum - 1) < 1e-12);
    }
    judge_fixture_free(f);
}

/* Every limit and floor of the pack, exactly at it and one unit of the last digit below: met and not met. */
static void a_value_at_a_limit_is_met_and_the_next_one_below_is_not(void **state)
{
    (void)state;
    JudgeFixture *f = judge_fixture_new(
        "youzhi-2017", "2024-2025",
        STR(HEAD
            /* 1000 pupils: a limit of 4.2 per 100 is 42 persons */
            "2162900021,限,620702,小学,,1000,42,10,9,5300,800,6700,200,23\n"
            "2162900022,限下,620702,小学,,1000,41,9,8,5299.9,800,6699.9,199.9999,22\n"
            /* floors: 3.57, 0.85, 0.765, 3.825, 6.375, 1700, 1.955 of 200000 pupils in whole units */
            "2162900023,底,620702,小学,,200000,7140,1700,1530,765000,0,1275000,34000,3910\n"
            "2162900024,底下,620702,小学,,200000,7139,1699,1529,764999.9,0,1274999.9,33999.9999,"
            "3909\n"
            "3162900021,限,620702,初级中学,,1000,53,10,9,6600,800,9400,250,24\n"
            "3162900022,限下,620702,初级中学,,1000,52,9,8,6599.9,800,9399.9,249.9999,23\n"
            "3162900023,底,620702,初级中学,,200000,9010,1700,1530,986000,0,1734000,42500,4080\n"
            "3162900024,底下,620702,初级中学,,200000,9009,1699,1529,985999.9,0,1733999.9,42499."
            "9999,4079\n"));
    const UnitResult *unit = judge_fixture_county(f);
    static const struct {
        uint64_t code;
        int stage;
        Verdict verdict;
    } EXPECT[] = {{2162900021, PRIMARY, VERDICT_MET},  {2162900022, PRIMARY, VERDICT_NEAR},
                  {2162900023, PRIMARY, VERDICT_NEAR}, {2162900024, PRIMARY, VERDICT_UNMET},
                  {3162900021, JUNIOR, VERDICT_MET},   {3162900022, JUNIOR, VERDICT_NEAR},
                  {3162900023, JUNIOR, VERDICT_NEAR},  {3162900024, JUNIOR, VERDICT_UNMET}};
    for (size_t i = 0; i < sizeof EXPECT / sizeof *EXPECT; i++) {
        const SchoolResult *school =
            judge_fixture_school(f, judge_fixture_stage(unit, EXPECT[i].stage), EXPECT[i].code);
        for (size_t k = 0; k < 7; k++)
            assert_int_equal(school->cell[k].verdict, EXPECT[i].verdict);
    }
    judge_fixture_free(f);
}

/*
 * The same for a split school. 100 primary and 100 junior pupils: the primary part is 1/2.1, so that
 * 945 ㎡ are 4.5 a pupil exactly, though 1/2.1 is no decimal.
 */
static void a_split_value_at_a_limit_is_met_and_the_next_one_below_is_not(void **state)
{
    (void)state;
    JudgeFixture *f = judge_fixture_new(
        "youzhi-2017", "2024-2025",
        STR(HEAD
            "3162900031,限,620702,九年一贯制学校,小学,1000,42,10,9,,,,,\n"
            "3162900031,限,620702,九年一贯制学校,初中,1000,53,10,9,,,,,\n"
            "3162900031,限,620702,九年一贯制学校,,,,,,9450,0,15750,420,49\n"
            "3162900032,限下,620702,九年一贯制学校,小学,1000,42,10,9,,,,,\n"
            "3162900032,限下,620702,九年一贯制学校,初中,1000,53,10,9,,,,,\n"
            "3162900032,限下,620702,九年一贯制学校,,,,,,9449.9999,0,15749.9999,419.9999,48\n"));
    const UnitResult *unit = judge_fixture_county(f);
    const SchoolResult *at = primary_school(f, unit, 3162900031),
                       *below = primary_school(f, unit, 3162900032);
    static const char *const SHARED[] = {"QR4", "QR5", "QR6"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(at->cell[judge_fixture_indicator(f, SHARED[i])].verdict, VERDICT_MET);
        assert_int_equal(below->cell[judge_fixture_indicator(f, SHARED[i])].verdict, VERDICT_NEAR);
    }
    assert_int_equal(at->verdict, VERDICT_MET);
    judge_fixture_free(f);
}

/*
 * Both parts of split schools at every limit and floor of the shared items. 110000 primary and 100000
 * junior pupils weigh 110000 and 110000: each part is V/220000 a primary and V/200000 a junior pupil.
 */
static void both_parts_of_split_schools_are_judged_exactly_at_limits_and_floors(void **state)
{
    (void)state;
#define PUPILS(code)                                                               \
    code ",校,620702,九年一贯制学校,小学,110000,4620,1100,990,,,,,\n" code ",校," \
         "620702,九年一贯制学校,初中,100000,5300,1000,900,,,,,\n" code             \
         ",校,620702,九年一贯制学校,,,,,,"
    static const struct {
        const char *shared; /* QR4 to QR7 of one stage at the bound, and a last digit below */
        int stage;
        Verdict verdict;
    } EXPECT[] = {{"990000,0,1650000,44000,5060\n", PRIMARY, VERDICT_MET},
                  {"989999.9,0,1649999.9,43999.9999,5059\n", PRIMARY, VERDICT_NEAR},
                  {"841500,0,1402500,37400,4301\n", PRIMARY, VERDICT_NEAR},
                  {"841499.9,0,1402499.9,37399.9999,4300\n", PRIMARY, VERDICT_UNMET},
                  {"1160000,0,2040000,50000,4800\n", JUNIOR, VERDICT_MET},
                  {"1159999.9,0,2039999.9,49999.9999,4799\n", JUNIOR, VERDICT_NEAR},
                  {"986000,0,1734000,42500,4080\n", JUNIOR, VERDICT_NEAR},
                  {"985999.9,0,1733999.9,42499.9999,4079\n", JUNIOR, VERDICT_UNMET}};
    for (size_t i = 0; i < sizeof EXPECT / sizeof *EXPECT; i++) {
        Arena arena;
        arena_init(&arena);
        StrBuf table;
        strbuf_init(&table, &arena);
        strbuf_addf(&table, "%s%s%s", HEAD, PUPILS("3162900031"), EXPECT[i].shared);
        JudgeFixture *f = judge_fixture_new("youzhi-2017", "2024-2025", strbuf_str(&table));
        const StageResult *stage = judge_fixture_stage(judge_fixture_county(f), EXPECT[i].stage);
        static const char *const SHARED[] = {"QR4", "QR5", "QR6", "QR7"};
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(stage->school[0].cell[judge_fixture_indicator(f, SHARED[k])].verdict,
                             EXPECT[i].verdict);
        judge_fixture_free(f);
        arena_done(&arena);
    }
#undef PUPILS
}

/*
 * Two schools of p and q pupils with ratios a and b have CV = |a − b| √(pq) / (pa + qb). 100 pupils with
 * 1000 and 100 with 3000 books: mean 2000 … CV exactly 0.5; one book more in the larger and it is above.
 */
static void a_coefficient_exactly_at_its_limit_is_met(void **state)
{
    (void)state;
    static const struct {
        const char *table;
        int stage;
        Tri met;
    } CASES[] = {
        {HEAD "2162900041,甲,620702,小学,,100,5,1,1,500,0,1000,10,3\n"
              "2162900042,乙,620702,小学,,100,15,3,3,1500,0,3000,30,9\n",
         PRIMARY, TRI_TRUE},
        {HEAD "2162900041,甲,620702,小学,,100,5,1,1,499.9999,0,999.9999,9.9999,3\n"
              "2162900042,乙,620702,小学,,100,16,4,4,1500,0,3000,30,10\n",
         PRIMARY, TRI_FALSE},
        /* 0.45: ratios as 11 and 29 */
        {HEAD "3162900041,甲,620702,初级中学,,100,11,11,11,1100,0,1100,11,11\n"
              "3162900042,乙,620702,初级中学,,100,29,29,29,2900,0,2900,29,29\n",
         JUNIOR, TRI_TRUE},
        {HEAD "3162900041,甲,620702,初级中学,,100,11,11,11,1100,0,1100,11,11\n"
              "3162900042,乙,620702,初级中学,,100,30,30,30,2900.0001,0,2900.0001,29.0001,30\n",
         JUNIOR, TRI_FALSE},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        JudgeFixture *f = judge_fixture_new("youzhi-2017", "2024-2025", str_from(CASES[i].table));
        const StageResult *stage = judge_fixture_stage(judge_fixture_county(f), CASES[i].stage);
        for (size_t k = 0; k < 7; k++)
            assert_int_equal(stage->indicator[k].met, CASES[i].met);
        judge_fixture_free(f);
    }
}

#define HEAD_2012                                                                                                                    \
    "学校代码,学校名称,所属地区,办学类型,举办者,学段,在校生数,专任教师数,高于规定学历教师数," \
    "中级及以上职称教师数,"                                                                                                \
    "教学及辅助用房面积,室内体育用房面积,室外运动场地面积,教学仪器设备值,计算机台数,图书册数\n"

/*
 * A composite exactly at 0.65: every single CV is 0.65 where two equal schools have ratios as 35 and 165
 * (|a − b| / (a + b) = 130/200). One unit more on one side and it is above.
 */
static void a_composite_exactly_at_its_limit_is_met(void **state)
{
    (void)state;
    static const struct {
        const char *table;
        int stage;
        double limit;
        Tri met;
    } CASES[] = {
        {HEAD_2012 "2162900041,甲,620702,小学,7,,100,35,35,35,350,0,350,35,35,35\n"
                   "2162900042,乙,620702,小学,7,,100,165,165,165,1650,0,1650,165,165,165\n",
         PRIMARY, 0.65, TRI_TRUE},
        {HEAD_2012 "2162900041,甲,620702,小学,7,,100,35,35,35,350,0,350,35,35,35\n"
                   "2162900042,乙,620702,小学,7,,100,165,165,165,1650.0001,0,1650,165,165,165\n",
         PRIMARY, 0.65, TRI_FALSE},
        {HEAD_2012 "2162900041,甲,620702,小学,7,,100,35,35,35,350.0001,0,350,35,35,35\n"
                   "2162900042,乙,620702,小学,7,,100,165,165,165,1650,0,1650,165,165,165\n",
         PRIMARY, 0.65, TRI_TRUE},
        /* 0.55 in junior schools: as 45 and 155 */
        {HEAD_2012 "3162900041,甲,620702,初级中学,7,,100,45,45,45,450,0,450,45,45,45\n"
                   "3162900042,乙,620702,初级中学,7,,100,155,155,155,1550,0,1550,155,155,155\n",
         JUNIOR, 0.55, TRI_TRUE},
        {HEAD_2012
         "3162900041,甲,620702,初级中学,7,,100,45,45,45,450,0,450,45,45,45\n"
         "3162900042,乙,620702,初级中学,7,,100,155,155,155,1550.0001,0,1550,155,155,155\n",
         JUNIOR, 0.55, TRI_FALSE},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        JudgeFixture *f = judge_fixture_new("junheng-2012", "2014-2015", str_from(CASES[i].table));
        const StageResult *stage = judge_fixture_stage(judge_fixture_county(f), CASES[i].stage);
        assert_printed(stage->composite, 2, CASES[i].stage == PRIMARY ? "0.65" : "0.55");
        assert_int_equal(stage->composite_met, CASES[i].met);
        assert_true(stage->has_composite_limit && stage->composite_limit == CASES[i].limit);
        judge_fixture_free(f);
    }
}

static void the_basic_standard_judges_only_its_second_gate(void **state)
{
    (void)state;
    JudgeFixture *f = judge_fixture_new(
        "junheng-2012", "2014-2015",
        STR(HEAD_2012 "2162900041,甲,620702,小学,7,,100,35,35,35,350,0,350,35,35,35\n"
                      "2162900042,乙,620702,小学,7,,100,35,35,35,350,0,350,35,35,35\n"));
    const UnitResult *unit = judge_fixture_county(f);
    assert_int_equal(unit->verdict, TRI_UNKNOWN);
    assert_int_equal(unit->gate[0], TRI_UNKNOWN);
    assert_int_equal(unit->gate[1], TRI_TRUE);
    const StageResult *stage = judge_fixture_stage(unit, PRIMARY);
    assert_true(stage->has_verdict);
    assert_int_equal(stage->verdict, TRI_TRUE);
    assert_false(stage->indicator[0].has_limit);
    const SchoolResult *school = judge_fixture_school(f, stage, 2162900041);
    assert_int_equal(school->verdict, VERDICT_NODATA); /* the provincial list is not there */
    assert_int_equal(school->met, -1);
    assert_true(school->cell[0].value == 3.5);
    judge_fixture_free(f);
}

/* Whether a school without a runner is private is not known: the county can then fail but not pass. */
static void an_unknown_scope_keeps_a_county_from_passing(void **state)
{
    (void)state;
    JudgeFixture *f = judge_fixture_new(
        "junheng-2012", "2014-2015",
        STR(HEAD_2012 "2162900041,甲,620702,小学,7,,100,35,35,35,350,0,350,35,35,35\n"
                      "2162900042,乙,620702,小学,,,100,35,35,35,350,0,350,35,35,35\n"));
    const UnitResult *unit = judge_fixture_county(f);
    const StageResult *stage = judge_fixture_stage(unit, PRIMARY);
    assert_int_equal(stage->unknown_scope, 1);
    assert_int_equal(stage->in_scope, 1);
    assert_int_equal(unit->gate[1], TRI_UNKNOWN);
    judge_fixture_free(f);
    f = judge_fixture_new(
        "junheng-2012", "2014-2015",
        STR(HEAD_2012 "2162900041,甲,620702,小学,7,,100,3,3,3,30,0,30,3,3,3\n"
                      "2162900043,丙,620702,小学,7,,100,165,165,165,1650,0,1650,165,165,165\n"
                      "2162900042,乙,620702,小学,,,100,35,35,35,350,0,350,35,35,35\n"));
    assert_int_equal(judge_fixture_county(f)->gate[1], TRI_FALSE);
    judge_fixture_free(f);
}

static void what_is_missing_is_missing_unless_the_known_decide(void **state)
{
    (void)state;
    JudgeFixture *f = judge_fixture_new("youzhi-2017", "2024-2025",
                                        STR(HEAD "2162900051,空,620702,小学,,1000,42,10,9,5300,,"
                                                 "6700,200,23\n" /* QR4, QR5 not known */
                                                 "2162900052,败,620702,小学,,1000,1,1,1,5300,,6700,"
                                                 "200,23\n" /* fails whatever they are */
                                                 "2162900053,零,620702,小学,,0,1,1,1,5300,0,6700,"
                                                 "200,23\n"));
    const StageResult *stage = judge_fixture_stage(judge_fixture_county(f), PRIMARY);
    const SchoolResult *blank = judge_fixture_school(f, stage, 2162900051);
    assert_int_equal(blank->verdict, VERDICT_NODATA);
    assert_int_equal(blank->cell[judge_fixture_indicator(f, "QR4")].verdict, VERDICT_NODATA);
    assert_int_equal(blank->cell[judge_fixture_indicator(f, "QR4")].absence, ABSENCE_NOT_REPORTED);
    assert_int_equal(judge_fixture_school(f, stage, 2162900052)->verdict, VERDICT_UNMET);
    const SchoolResult *zero = judge_fixture_school(f, stage, 2162900053);
    assert_int_equal(zero->verdict, VERDICT_NODATA);
    for (size_t i = 0; i < 7; i++) {
        assert_true(isnan(zero->cell[i].value));
        assert_int_equal(zero->cell[i].absence, ABSENCE_UNDEFINED);
    }
    assert_int_equal(stage->indicator[3].units, 0);
    assert_int_equal(stage->indicator[3].left_out, 3);
    assert_true(isnan(stage->indicator[3].cv));
    assert_int_equal(stage->indicator[3].met, TRI_UNKNOWN);
    judge_fixture_free(f);
}

/*
 * Areas 500 less indoor areas of 600 and 2000, 100 pupils each: −1 and −15, mean −8. What is below 0
 * has no share of spread: neither a coefficient, nor a verdict on it, nor a composite.
 */
static void a_mean_that_is_not_above_0_has_no_coefficient(void **state)
{
    (void)state;
    JudgeFixture *f = judge_fixture_new("youzhi-2017", "2024-2025",
                                        STR(HEAD "2162900071,甲,620702,小学,,100,5,2,2,500,600,"
                                                 "600,20,3\n"
                                                 "2162900072,乙,620702,小学,,100,5,2,2,500,2000,"
                                                 "600,20,3\n"));
    const StageResult *stage = judge_fixture_stage(judge_fixture_county(f), PRIMARY);
    const IndicatorResult *x = &stage->indicator[judge_fixture_indicator(f, "QR4")];
    assert_true(x->mean == -8 && x->s == 7);
    assert_true(isnan(x->cv) && isnan(x->margin));
    assert_int_equal(x->met, TRI_UNKNOWN);
    assert_true(isnan(stage->composite));
    assert_int_equal(stage->verdict, TRI_FALSE); /* the schools fail by themselves */
    judge_fixture_free(f);
}

/* 80 ㎡ for 100 pupils and 120 for 400: mean 0.4, S = √(0.2 × 0.16 + 0.8 × 0.01) = 0.2, CV ½ exactly. */
static void a_coefficient_is_shown_on_the_side_of_its_verdict(void **state)
{
    (void)state;
    JudgeFixture *f = judge_fixture_new("youzhi-2017", "2024-2025",
                                        STR(HEAD "2162900073,甲,620702,小学,,100,5,2,2,80,0,"
                                                 "600,20,3\n"
                                                 "2162900074,乙,620702,小学,,400,20,8,8,120,0,"
                                                 "600,20,3\n"));
    const StageResult *stage = judge_fixture_stage(judge_fixture_county(f), PRIMARY);
    const IndicatorResult *x = &stage->indicator[judge_fixture_indicator(f, "QR4")];
    assert_int_equal(x->met, TRI_TRUE);
    assert_true(x->cv == 0.5 && x->margin == 0);
    judge_fixture_free(f);
}

/* 22 ㎡ for each pupil in schools of 3, 7 and 11: no spread, and nobody who causes it. */
static void schools_that_are_alike_have_no_spread(void **state)
{
    (void)state;
    JudgeFixture *f = judge_fixture_new("youzhi-2017", "2024-2025",
                                        STR(HEAD "2162900075,甲,620702,小学,,3,5,2,2,3.3,0,6,2,3\n"
                                                 "2162900076,乙,620702,小学,,7,5,2,2,7.7,0,6,2,3\n"
                                                 "2162900077,丙,620702,小学,,11,5,2,2,12.1,0,6,2,3"
                                                 "\n"));
    const StageResult *stage = judge_fixture_stage(judge_fixture_county(f), PRIMARY);
    size_t qr4 = judge_fixture_indicator(f, "QR4");
    assert_true(stage->indicator[qr4].s == 0 && stage->indicator[qr4].cv == 0);
    for (size_t i = 0; i < stage->school_count; i++)
        assert_true(isnan(stage->school[i].cell[qr4].contribution));
    judge_fixture_free(f);
}

static void above_the_county_results_are_counts_and_informative_figures(void **state)
{
    (void)state;
    JudgeFixture *f = judge_fixture_new(
        "youzhi-2017", "2024-2025",
        STR(HEAD "2162900061,甲,620702,小学,,1000,42,10,9,5300,800,6700,200,23\n"
                 "2162900062,乙,620721,小学,,1000,1,1,1,5300,800,6700,200,23\n"
                 "2162900063,丙,110101,小学,,1000,42,10,9,5300,800,6700,200,23\n"));
    const RegionTree *tree = &f->frames->regions;
    const UnitResult *nation = judge_unit(&f->arena, f->judge, 0);
    assert_int_equal(tree->leaf_count, 3);
    assert_false(nation->is_county);
    assert_int_equal(nation->fail, 1);
    assert_int_equal(nation->nodata, 2); /* the other gates of 2017 have no data */
    assert_int_equal(nation->stage[0].in_scope, 3);
    assert_int_equal(nation->stage[0].met, 2);
    assert_int_equal(nation->stage[0].unmet, 1);
    assert_int_equal(nation->stage[0].school_count, 0);
    assert_true(nation->stage[0].students == 3000);
    uint32_t zhangye = frames_find_region(f->frames, STR("620700"));
    const UnitResult *prefecture = judge_unit(&f->arena, f->judge, zhangye);
    assert_int_equal(prefecture->fail + prefecture->nodata, 2);
    assert_true(prefecture->stage[0].students == 2000);
    judge_fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_small_county_comes_out_as_printed),
        cmocka_unit_test(one_room_more_makes_the_first_school_pass),
        cmocka_unit_test(a_point_of_49_pupils_changes_nothing_and_one_of_50_does),
        cmocka_unit_test(contributions_add_up_to_one),
        cmocka_unit_test(a_value_at_a_limit_is_met_and_the_next_one_below_is_not),
        cmocka_unit_test(a_split_value_at_a_limit_is_met_and_the_next_one_below_is_not),
        cmocka_unit_test(both_parts_of_split_schools_are_judged_exactly_at_limits_and_floors),
        cmocka_unit_test(a_coefficient_exactly_at_its_limit_is_met),
        cmocka_unit_test(a_composite_exactly_at_its_limit_is_met),
        cmocka_unit_test(the_basic_standard_judges_only_its_second_gate),
        cmocka_unit_test(an_unknown_scope_keeps_a_county_from_passing),
        cmocka_unit_test(what_is_missing_is_missing_unless_the_known_decide),
        cmocka_unit_test(a_mean_that_is_not_above_0_has_no_coefficient),
        cmocka_unit_test(a_coefficient_is_shown_on_the_side_of_its_verdict),
        cmocka_unit_test(schools_that_are_alike_have_no_spread),
        cmocka_unit_test(above_the_county_results_are_counts_and_informative_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
