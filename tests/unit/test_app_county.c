/*
 * Counties judged by their own facts: the scenarios of basic balance (sixteen published coefficients),
 * of quality balance (class sizes, rooms) and of preschools, with what is shown, lacking and explained.
 */
#include "judge_fixture.h"

#include "app/evaluation.h"
#include "app/explanation.h"
#include "app/gap.h"
#include "tree_file.h"

#include <unistd.h>

typedef struct County {
    Arena arena;
    Err err;
    Evaluation evaluation;
} County;

static char *write_file(const char *text)
{
    char *path = strdup("/tmp/junheng-county-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
    return path;
}

/* Loads; false if it is refused. schools, counties, overlay: NULL for none. */
static bool county_open(County *c, const char *standard, const char *overlay, const char *schools,
                        const char *counties, const char *period)
{
    arena_init(&c->arena);
    err_init(&c->err);
    char *file = schools ? write_file(schools) : NULL,
         *county = counties ? write_file(counties) : NULL;
    const char *list[] = {county};
    Str added = str_from(overlay ? overlay : "");
    EvaluationRequest request = {.packs = "packs",
                                 .standard = str_from(standard),
                                 .overlay = &added,
                                 .overlay_count = overlay != NULL,
                                 .table = file,
                                 .county = list,
                                 .county_count = county != NULL,
                                 .period = str_from(period)};
    bool is_ok = evaluation_open(&c->arena, &request, &c->evaluation, &c->err);
    if (file)
        assert_int_equal(unlink(file), 0);
    if (county)
        assert_int_equal(unlink(county), 0);
    free(file);
    free(county);
    return is_ok;
}

static void county_must_open(County *c, const char *standard, const char *overlay,
                             const char *schools, const char *counties, const char *period)
{
    if (county_open(c, standard, overlay, schools, counties, period))
        return;
    StrBuf out;
    strbuf_init(&out, &c->arena);
    err_format(&out, &c->err, LANG_EN);
    fail_msg("%s", out.ptr);
}

static void county_done(County *c)
{
    err_done(&c->err);
    arena_done(&c->arena);
}

static UnitResult *unit_of(County *c, const char *code)
{
    uint32_t region = frames_find_region(c->evaluation.judge->frames, str_from(code));
    assert_int_not_equal(region, UINT32_MAX);
    return judge_unit(&c->arena, c->evaluation.judge, region);
}

static const GateItemResult *item_of(const County *c, const UnitResult *unit, const char *code)
{
    const Standard *standard = c->evaluation.standard;
    for (size_t i = 0; i < standard->gates.len; i++)
        for (size_t k = 0; k < standard->gates.ptr[i]->items.len; k++)
            if (str_equals(standard->gates.ptr[i]->items.ptr[k]->code, str_from(code)))
                return &unit->item[i][k];
    fail_msg("no item %s", code);
    return NULL;
}

static Tri gate_of(const County *c, const UnitResult *unit, const char *code)
{
    for (size_t i = 0; i < c->evaluation.standard->gates.len; i++)
        if (str_equals(c->evaluation.standard->gates.ptr[i]->code, str_from(code)))
            return unit->gate[i];
    fail_msg("no gate %s", code);
    return TRI_UNKNOWN;
}

/* ---- scenario 4: figures printed in chapter six of the report ---- */

static const char *const PRIMARY_CV[] = {"0.3636", "1.2059", "0.5141", "0.3542",
                                         "0.0994", "0.3860", "0.4083", "0.4718"};
static const char *const JUNIOR_CV[] = {"0.0904", "0.1323", "0.1351", "0.0808",
                                        "0.1404", "0.0536", "0.0532", "0.1870"};

static char *published_table(size_t primary_count, const char *more)
{
    static char text[4000];
    int len = snprintf(text, sizeof text, "所属地区,学段,指标,数值,来源\n");
    for (size_t i = 0; i < 8; i++) {
        if (i < primary_count)
            len += snprintf(text + len, sizeof text - (size_t)len,
                            "654002,小学,BB%zu.差异系数,%s,汇报\n", i + 1, PRIMARY_CV[i]);
        len += snprintf(text + len, sizeof text - (size_t)len,
                        "654002,初中,BB%zu.差异系数,%s,汇报\n", i + 1, JUNIOR_CV[i]);
    }
    snprintf(text + len, sizeof text - (size_t)len, "%s", more);
    return text;
}

static void sixteen_published_coefficients_make_two_composites(void **state)
{
    (void)state;
    County c;
    county_must_open(&c, "junheng-2012", NULL, NULL, published_table(8, ""), "2020-2021");
    const UnitResult *unit = unit_of(&c, "654002");
    assert_true(unit->is_county);
    assert_int_equal(unit->stage_count, 2);
    const StageResult *primary = judge_fixture_stage(unit, PRIMARY),
                      *junior = judge_fixture_stage(unit, JUNIOR);
    assert_true(primary->is_published && junior->is_published);
    assert_printed(primary->composite, 4, "0.4754"); /* 3.8033 ÷ 8, users.md scenario 4 */
    assert_printed(junior->composite, 4, "0.1091");  /* 0.8728 ÷ 8 */
    assert_true(primary->composite == 3.8033 / 8);
    assert_true(primary->composite_limit == 0.65 && junior->composite_limit == 0.55);
    assert_int_equal(primary->composite_met, TRI_TRUE);
    assert_int_equal(junior->composite_met, TRI_TRUE);
    assert_int_equal(gate_of(&c, unit, "G2"), TRI_TRUE);
    assert_int_equal(gate_of(&c, unit, "G1"), TRI_UNKNOWN);
    assert_int_equal(unit->verdict, TRI_UNKNOWN);
    const IndicatorResult *sports = &primary->indicator[1];
    assert_true(sports->cv == 1.2059);
    assert_non_null(sports->published);
    assert_true(str_equals(sports->published->document, STR("汇报")));
    assert_true(isnan(sports->mean) && isnan(sports->s));
    county_done(&c);
}

/* Exactly at the limit it is met, by the smallest digit above it is not; doubles would not know. */
static void the_composite_is_compared_exactly(void **state)
{
    (void)state;
    static const char *const LAST[] = {"0.70", "0.7000000000001"};
    for (size_t i = 0; i < 2; i++) {
        char table[1000];
        int len = snprintf(table, sizeof table, "所属地区,学段,指标,数值\n");
        for (int k = 1; k < 8; k++)
            len += snprintf(table + len, sizeof table - (size_t)len,
                            "654002,小学,BB%d.差异系数,%s\n", k, k < 7 ? "0.65" : "0.60");
        snprintf(table + len, sizeof table - (size_t)len, "654002,小学,BB8.差异系数,%s\n", LAST[i]);
        County c;
        county_must_open(&c, "junheng-2012", NULL, NULL, table, "2020-2021");
        const UnitResult *unit = unit_of(&c, "654002");
        assert_int_equal(gate_of(&c, unit, "G2"), i == 0 ? TRI_TRUE : TRI_FALSE);
        county_done(&c);
    }
}

/* One of the eight is missing: there is no composite, unless it was printed itself. */
static void a_composite_needs_its_parts_or_itself(void **state)
{
    (void)state;
    County c;
    county_must_open(&c, "junheng-2012", NULL, NULL, published_table(7, ""), "2020-2021");
    const UnitResult *unit = unit_of(&c, "654002");
    assert_true(isnan(judge_fixture_stage(unit, PRIMARY)->composite));
    assert_int_equal(gate_of(&c, unit, "G2"), TRI_UNKNOWN);
    county_done(&c);

    county_must_open(&c, "junheng-2012", NULL, NULL,
                     published_table(7, "654002,小学,综合差异系数,0.66,汇报\n"), "2020-2021");
    unit = unit_of(&c, "654002");
    assert_true(judge_fixture_stage(unit, PRIMARY)->composite == 0.66);
    assert_int_equal(gate_of(&c, unit, "G2"), TRI_FALSE);
    county_done(&c);

    /* of all eight it is their mean, whatever was printed for it */
    county_must_open(&c, "junheng-2012", NULL, NULL,
                     published_table(8, "654002,小学,综合差异系数,0.66,汇报\n"), "2020-2021");
    unit = unit_of(&c, "654002");
    assert_true(judge_fixture_stage(unit, PRIMARY)->composite == 3.8033 / 8);
    county_done(&c);
}

/* "All of none" is true, but a county without schools in the table must not pass by that. */
static void published_coefficients_do_not_stand_for_schools(void **state)
{
    (void)state;
    char table[1000];
    int len = snprintf(table, sizeof table, "所属地区,学段,指标,数值\n");
    for (int k = 1; k <= 7; k++)
        len +=
            snprintf(table + len, sizeof table - (size_t)len, "620702,小学,QR%d.差异系数,0.1\n", k);
    County c;
    county_must_open(&c, "youzhi-2017", NULL, NULL, table, "2024-2025");
    const UnitResult *unit = unit_of(&c, "620702");
    assert_int_equal(gate_of(&c, unit, "R"), TRI_UNKNOWN);
    assert_int_equal(judge_fixture_stage(unit, PRIMARY)->indicator[0].met, TRI_TRUE);
    county_done(&c);
    snprintf(table, sizeof table, "所属地区,学段,指标,数值\n620702,小学,QR1.差异系数,0.51\n");
    county_must_open(&c, "youzhi-2017", NULL, NULL, table, "2024-2025");
    assert_int_equal(gate_of(&c, unit_of(&c, "620702"), "R"), TRI_FALSE);
    county_done(&c);
}

static const char SCHOOLS[] =
    "学校代码,学校名称,所属地区,办学类型,举办者,在校生数,班级数,最大班额,图书册数,音乐专用教室数,"
    "音乐专用教室最小面积,美术专用教室数,美术专用教室最小面积\n"
    "2162900001,甲校,620702,小学,县级教育部门,1125,25,46,9000,3,96,3,90\n"
    "2162900002,乙校,620702,小学,县级教育部门,1080,25,45,9000,3,96,2,90\n";

/* Where schools are in the table a published coefficient does not count. */
static void published_figures_give_way_to_facts(void **state)
{
    (void)state;
    County c;
    county_must_open(
        &c, "junheng-2012", NULL, SCHOOLS,
        "所属地区,学段,指标,数值\n620702,小学,BB5.差异系数,0.99\n620702,初中,BB5.差异系数,0.5\n",
        "2020-2021");
    const UnitResult *unit = unit_of(&c, "620702");
    const StageResult *primary = judge_fixture_stage(unit, PRIMARY);
    assert_false(primary->is_published);
    /* 8.00 and 8.3333 books, weighted: by hand */
    assert_printed(primary->indicator[4].cv, 4, "0.0204");
    assert_null(primary->indicator[4].published);
    assert_true(judge_fixture_stage(unit, JUNIOR)->is_published);
    county_done(&c);
}

static void the_next_review_is_two_years_later(void **state)
{
    (void)state;
    static const struct {
        const char *since;
        int year, month, day;
    } CASES[] = {
        {"2019-10-26", 2021, 10, 26}, {"2020-02-29", 2022, 2, 28}, {"2018-02-28", 2020, 2, 28}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char table[200];
        snprintf(table, sizeof table, "所属地区,认定日期\n654002,%s\n", CASES[i].since);
        County c;
        county_must_open(&c, "xinjiang-fucha", NULL, NULL, table, "2020-2021");
        const UnitResult *unit = unit_of(&c, "654002");
        assert_non_null(unit->review_since);
        assert_int_equal(unit->next_review,
                         date_from_civil(CASES[i].year, CASES[i].month, CASES[i].day));
        county_done(&c);
    }
}

/* Coefficients of the 2012 standard beside the single limits of the 2017 one. */
static void another_standard_shows_them_for_information(void **state)
{
    (void)state;
    County c;
    county_must_open(&c, "youzhi-2017", NULL, NULL, published_table(8, ""), "2020-2021");
    const Evaluation *e = &c.evaluation;
    assert_int_equal(e->foreign.len, 16);
    size_t above = 0;
    for (size_t i = 0; i < e->foreign.len; i++) {
        const ForeignFigure *figure = &e->foreign.ptr[i];
        assert_true(figure->line == (figure->fact->stage == PRIMARY ? 0.50 : 0.45));
        assert_true(str_equals(figure->standard, STR("junheng-2012")));
        bool is_named =
            str_equals(figure->code, STR("BB2")) || str_equals(figure->code, STR("BB3"));
        assert_int_equal(figure->is_above, figure->fact->stage == PRIMARY && is_named);
        above += figure->is_above;
    }
    assert_int_equal(above, 2); /* 1.2059 and 0.5141 */
    assert_int_equal(unit_of(&c, "654002")->verdict, TRI_UNKNOWN);
    county_done(&c);
}

/* ---- scenario 5: class sizes and rooms ---- */

static void one_class_of_46_fails_and_25_classes_need_3_and_3_rooms(void **state)
{
    (void)state;
    County c;
    county_must_open(&c, "youzhi-2017", NULL, SCHOOLS, NULL, "2024-2025");
    const UnitResult *unit = unit_of(&c, "620702");
    const GateItemResult *size = item_of(&c, unit, "QG5"), *rooms = item_of(&c, unit, "QG3");
    const Dataset *dataset = c.evaluation.dataset;
    assert_int_equal(size->verdict, TRI_FALSE);
    assert_int_equal(size->failing.len, 1);
    assert_true(dataset->school[dataset->part[size->failing.ptr[0].part].school].code ==
                2162900001);
    assert_int_equal(rooms->verdict, TRI_FALSE);
    assert_int_equal(rooms->failing.len, 1);
    assert_true(dataset->school[dataset->part[rooms->failing.ptr[0].part].school].code ==
                2162900002);
    assert_int_equal(item_of(&c, unit, "QG4")->verdict, TRI_TRUE);
    assert_int_equal(gate_of(&c, unit, "G"), TRI_FALSE);
    assert_int_equal(unit->verdict, TRI_FALSE);
    county_done(&c);
}

/* ---- scenario 6: preschools ---- */

static void three_green_against_85_50_80_and_90(void **state)
{
    (void)state;
    static const char TABLE[] = "所属地区,指标,数值,来源\n620702,PS1,99.68,自评\n620702,PS2,95,"
                                "自评\n620702,PS3,66.78,自评\n";
    static const char *const STANDARDS[] = {"pujipuhui-2020", "henan-pujipuhui"};
    for (size_t i = 0; i < 2; i++) {
        County c;
        county_must_open(&c, STANDARDS[i], NULL, NULL, TABLE, "2023-2024");
        const UnitResult *unit = unit_of(&c, "620702");
        assert_int_equal(gate_of(&c, unit, "L"), TRI_TRUE);
        const GateItemResult *enrolment = item_of(&c, unit, "PS1");
        assert_true(enrolment->value == 99.68);
        assert_true(enrolment->limit == (i == 0 ? 85 : 90));
        assert_int_equal(enrolment->origin, ORIGIN_PUBLISHED);
        assert_true(str_equals(enrolment->published->document, STR("自评")));
        assert_true(item_of(&c, unit, "PS2")->limit == 80);
        assert_true(item_of(&c, unit, "PS3")->limit == 50);
        assert_printed(item_of(&c, unit, "PS3")->margin, 2, "16.78");
        county_done(&c);
    }
}

/* How many children are missing, against every number tried one after the other in whole numbers. */
static void the_gap_in_children_is_the_least_number(void **state)
{
    (void)state;
    static const int CASES[][2] = {{10000, 4990}, {1001, 499}, {7, 3}, {3, 1}, {100000, 1}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int all = CASES[i][0], public = CASES[i][1], want = 0;
        while (2 * (public + want) < all)
            want++;
        char table[200];
        snprintf(table, sizeof table, "所属地区,在园幼儿数,公办园在园幼儿数\n620702,%d,%d\n", all,
                 public);
        County c;
        county_must_open(&c, "pujipuhui-2020", NULL, NULL, table, "2023-2024");
        UnitResult *unit = unit_of(&c, "620702");
        assert_int_equal(item_of(&c, unit, "PS3")->verdict, TRI_FALSE);
        const Gap *gap = gap_of_unit(&c.arena, c.evaluation.judge, unit);
        assert_int_equal(gap->item_count, 1);
        assert_true(gap->item[0].amount == want);
        assert_true(str_equals(gap->item[0].item->lever->symbol.name, STR("公办园在园幼儿数")));
        /* the facts are as before */
        assert_int_equal(item_of(&c, unit_of(&c, "620702"), "PS3")->verdict, TRI_FALSE);
        county_done(&c);
    }
}

/* Of what was published, or has nothing to be raised, nothing can be computed. */
static void a_published_figure_has_no_gap(void **state)
{
    (void)state;
    County c;
    county_must_open(&c, "pujipuhui-2020", NULL, NULL,
                     "所属地区,指标,数值\n620702,PS3,49.9\n620702,PS19,1\n", "2023-2024");
    UnitResult *unit = unit_of(&c, "620702");
    const Gap *gap = gap_of_unit(&c.arena, c.evaluation.judge, unit);
    assert_int_equal(gap->item_count, 2);
    assert_true(isnan(gap->item[0].amount));
    assert_null(gap->item[1].item->lever);
    county_done(&c);
}

/* One county fails, and the batch of its prefecture fails; none of them fails, and it is open or passes. */
static void one_county_fails_all_fail(void **state)
{
    (void)state;
    static const char TABLE[] =
        "所属地区,指标,数值\n620702,PS3,49.9\n620722,PS3,66\n621002,PS3,66\n";
    County c;
    county_must_open(&c, "pujipuhui-2020", "pujipuhui-batch", NULL, TABLE, "2023-2024");
    assert_true(unit_of(&c, "620700")->is_batch);
    assert_int_equal(unit_of(&c, "620700")->verdict, TRI_FALSE);
    assert_int_equal(unit_of(&c, "621000")->verdict, TRI_UNKNOWN); /* 庆阳: nothing fails */
    assert_false(unit_of(&c, "620000")->is_batch);
    county_done(&c);
    county_must_open(&c, "pujipuhui-2020", NULL, NULL, TABLE, "2023-2024");
    assert_false(unit_of(&c, "620700")->is_batch);
    county_done(&c);
}

static void the_year_of_building_decides_the_line(void **state)
{
    (void)state;
    static const char HEAD[] =
        "学校代码,学校名称,所属地区,办学类型,在校生数,室外运动场地面积,建校年份\n";
    static const struct {
        const char *rows;
        Tri young, old;
    } CASES[] = {
        {"1162900001,甲园,620702,幼儿园,100,400,2018\n1162900002,乙园,620702,幼儿园,100,400,2010\n"
         "1162900003,丙园,620702,幼儿园,100,399,2010\n",
         TRI_TRUE, TRI_TRUE},
        {"1162900001,甲园,620702,幼儿园,100,399,2018\n1162900002,乙园,620702,幼儿园,100,399,2010\n",
         TRI_FALSE, TRI_FALSE}};
    for (size_t i = 0; i < 2; i++) {
        char table[1000];
        snprintf(table, sizeof table, "%s%s", HEAD, CASES[i].rows);
        County c;
        county_must_open(&c, "pujipuhui-2020", "tests/overlays/kindergarten-years.yaml", table,
                         "所属地区,幼儿园数,已评定等级幼儿园数\n620702,222,192\n", "2023-2024");
        const UnitResult *unit = unit_of(&c, "620702");
        assert_int_equal(item_of(&c, unit, "PS27")->verdict, CASES[i].young);
        assert_int_equal(item_of(&c, unit, "PS27b")->verdict, CASES[i].old);
        assert_printed(item_of(&c, unit, "LP1")->value, 2, "86.49"); /* 9 + 183 of 222 */
        county_done(&c);
    }
}

/* ---- all four gates of basic balance ---- */

/* With a province's school standard: schools that meet it, coefficients, scores, satisfaction. */
static void a_county_passes_all_four_gates(void **state)
{
    (void)state;
    static const char HEAD[] =
        "学校代码,学校名称,所属地区,办学类型,举办者,在校生数,班级数,教学及辅助用房面积,"
        "室内体育用房面积,室外运动场地面积,"
        "教学仪器设备值,计算机台数,图书册数,专任教师数,高于规定学历教师数,中级及以上职称教师数\n";
    static const char *const BOOKS[] = {"8000", "7999"};
    for (size_t i = 0; i < 2; i++) {
        char schools[2000], counties[1000];
        snprintf(
            schools, sizeof schools,
            "%s2162900001,甲校,620702,小学,县级教育部门,1000,25,5000,0,8000,200,100,%s,60,50,40\n"
            "2162900002,乙校,620702,小学,县级教育部门,500,12,2500,0,4000,100,50,4000,30,25,20\n",
            HEAD, BOOKS[i]);
        int len = snprintf(counties, sizeof counties,
                           "所属地区,满意度调查有效问卷数,满意度调查满意问卷数");
        static const char *const SCORES[] = {
            "随迁子女入学", "留守儿童关爱", "残疾儿童入学", "优质高中名额分配", "工作责任和督导",
            "教育经费增长", "薄弱学校改造", "转移支付使用", "绩效工资",         "教职工配置",
            "校长教师交流", "教师培训",     "课程开设",     "巩固率",           "体质健康",
            "择校治理",     "减负"};
        for (size_t k = 0; k < 17; k++)
            len += snprintf(counties + len, sizeof counties - (size_t)len, ",%s得分", SCORES[k]);
        len += snprintf(counties + len, sizeof counties - (size_t)len, "\n620702,100,85");
        for (size_t k = 0; k < 17; k++)
            len += snprintf(counties + len, sizeof counties - (size_t)len, ",5");
        snprintf(counties + len, sizeof counties - (size_t)len, "\n");
        County c;
        county_must_open(&c, "junheng-2012", "tests/overlays/junheng-school-standard.yaml", schools,
                         counties, "2020-2021");
        const UnitResult *unit = unit_of(&c, "620702");
        static const char *const GATES[] = {"G2", "G3", "G4"};
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(gate_of(&c, unit, GATES[k]), TRI_TRUE);
        assert_int_equal(gate_of(&c, unit, "G1"), i == 0 ? TRI_TRUE : TRI_FALSE);
        assert_int_equal(unit->verdict, i == 0 ? TRI_TRUE : TRI_FALSE);
        county_done(&c);
    }
}

/* ---- conditions, evidence ---- */

static void what_does_not_apply_counts_as_met(void **state)
{
    (void)state;
    County c;
    county_must_open(&c, "youzhi-2017", NULL, NULL,
                     "所属地区,特殊教育学校在校生数,特殊教育学校公用经费,以考试方式招生,违规择校,"
                     "重点学校或重点班,"
                     "有编不补或长期聘用编外教师,重大安全责任事故或严重违纪,教育数据弄虚作假\n"
                     "620702,0,0,否,否,否,否,否,否\n620722,10,5,否,否,是,,否,否\n",
                     "2024-2025");
    const UnitResult *unit = unit_of(&c, "620702");
    assert_true(item_of(&c, unit, "QG7")->is_na);
    assert_int_equal(item_of(&c, unit, "QG7")->verdict, TRI_TRUE);
    assert_int_equal(gate_of(&c, unit, "V"), TRI_TRUE);
    unit = unit_of(&c, "620722");
    assert_false(item_of(&c, unit, "QG7")->is_na);
    assert_int_equal(item_of(&c, unit, "QG7")->verdict, TRI_FALSE); /* 5000 yuan */
    assert_int_equal(gate_of(&c, unit, "V"), TRI_FALSE);
    assert_int_equal(item_of(&c, unit, "QV4")->verdict, TRI_UNKNOWN);
    county_done(&c);
}

/* Every county item of a county has a figure; with one figure changed one item or more fails. */
static const char *const GOOD_ITEMS[] = {"学校规划布局合理=是",
                                         "四统一落实=是",
                                         "不足百人学校数=3",
                                         "按百人核定的不足百人学校数=3",
                                         "特殊教育学校在校生数=100",
                                         "特殊教育学校公用经费=60",
                                         "义务教育教师年均工资收入=9",
                                         "公务员年均工资收入=9",
                                         "义务教育专任教师数=10",
                                         "培训满学时教师数=10",
                                         "持证专任教师数=10",
                                         "县级统筹教职工编制=是",
                                         "符合交流条件教师数=100",
                                         "交流轮岗教师数=10",
                                         "交流轮岗骨干教师数=2",
                                         "小学划片新生数=10",
                                         "小学就近划片入学新生数=10",
                                         "初中划片新生数=100",
                                         "初中就近划片入学新生数=95",
                                         "优质高中招生计划=10",
                                         "分配到初中的优质高中名额=5",
                                         "留守儿童关爱体系健全=是",
                                         "符合条件随迁子女数=100",
                                         "随迁子女公办和购买学位就读数=85",
                                         "初中毕业生数=95",
                                         "三年前初中入学人数=102",
                                         "初中三年转入人数=0",
                                         "初中三年转出人数=1",
                                         "初中三年死亡人数=1",
                                         "适龄残疾儿童少年数=100",
                                         "残疾儿童少年入学数=95",
                                         "学校章程和信息化管理=是",
                                         "教师熟练运用信息化=是",
                                         "德育和校园文化良好=是",
                                         "课程开齐开足=是",
                                         "无过重课业负担=是",
                                         "国家监测最低学业水平等级=3",
                                         "国家监测最大校际差异率=14.9",
                                         "满意度调查有效问卷数=100",
                                         "满意度调查满意问卷数=85",
                                         "以考试方式招生=否",
                                         "违规择校=否",
                                         "重点学校或重点班=否",
                                         "有编不补或长期聘用编外教师=否",
                                         "重大安全责任事故或严重违纪=否",
                                         "教育数据弄虚作假=否"};
enum { GOOD_COUNT = sizeof GOOD_ITEMS / sizeof *GOOD_ITEMS };

/* `worse`: the item whose yes becomes no, no yes, and whose figure falls or rises by one. */
static char *good_table(size_t worse, int step)
{
    static char text[20000];
    char *at = text, *end = text + sizeof text;
    at += snprintf(at, (size_t)(end - at), "所属地区");
    for (size_t i = 0; i < GOOD_COUNT; i++)
        at += snprintf(at, (size_t)(end - at), ",%.*s",
                       (int)(strchr(GOOD_ITEMS[i], '=') - GOOD_ITEMS[i]), GOOD_ITEMS[i]);
    at += snprintf(at, (size_t)(end - at), "\n620702");
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        const char *value = strchr(GOOD_ITEMS[i], '=') + 1;
        bool is_yes = strcmp(value, "是") == 0, is_no = strcmp(value, "否") == 0;
        if (i == worse && (is_yes || is_no))
            at += snprintf(at, (size_t)(end - at), ",%s", is_yes ? "否" : "是");
        else if (i == worse)
            at += snprintf(at, (size_t)(end - at), ",%g", fmax(strtod(value, NULL) + step, 0));
        else
            at += snprintf(at, (size_t)(end - at), ",%s", value);
    }
    snprintf(at, (size_t)(end - at), "\n");
    return text;
}

static size_t failing_items(const char *table, size_t *ret_met)
{
    County c;
    size_t unmet = 0, met = 0;
    county_must_open(&c, "youzhi-2017", NULL, NULL, table, "2024-2025");
    const UnitResult *unit = unit_of(&c, "620702");
    for (size_t i = 0; i < c.evaluation.standard->gates.len; i++)
        for (size_t k = 0; k < c.evaluation.standard->gates.ptr[i]->items.len; k++) {
            unmet += unit->item[i][k].verdict == TRI_FALSE;
            met += unit->item[i][k].verdict == TRI_TRUE;
        }
    county_done(&c);
    *ret_met = met;
    return unmet;
}

static void every_item_of_quality_balance_hangs_on_its_figures(void **state)
{
    (void)state;
    size_t met;
    assert_int_equal(failing_items(good_table(GOOD_COUNT, 0), &met), 0);
    assert_int_equal(met, 18 + 9 + 1 + 6 - 4); /* but those of schools: QG3, QG4, QG5, QQ4 */
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        size_t less = failing_items(good_table(i, -1), &met),
               more = failing_items(good_table(i, 1), &met);
        if (less + more == 0)
            print_error("%s changes nothing\n", GOOD_ITEMS[i]);
        assert_true(less + more > 0);
    }
}

/* ---- explaining ---- */

static const Explanation *explain(County *c, const char *name, const char *unit, size_t *ret_count)
{
    ExplainRequest request = {.name = str_from(name), .unit = str_from(unit)};
    Explanation *list = NULL;
    if (!explanation_make(&c->arena, c->evaluation.judge, &request, &list, ret_count, &c->err))
        return NULL;
    return list;
}

static void items_are_explained_down_to_the_cell(void **state)
{
    (void)state;
    County c;
    size_t count = 0;
    county_must_open(
        &c, "pujipuhui-2020", NULL, NULL,
        "所属地区,在园幼儿数,公办园在园幼儿数,来源\n620702,10000,4990,统计表\n620722,1,1,\n",
        "2023-2024");
    const Explanation *x = explain(&c, "PS3", "620702", &count);
    assert_non_null(x);
    assert_int_equal(count, 1);
    assert_int_equal(x->stage, -1);
    assert_true(str_equals(x->root->figures, STR("49.9 ≥ 50")));
    assert_int_equal(x->cells.len, 2);
    assert_true(str_equals(x->cells.ptr[0].cell, STR("C2")));
    assert_true(str_equals(x->cells.ptr[0].fact->document, STR("统计表")));
    assert_true(str_equals(x->rules.ptr[0].basis->number, STR("教督〔2020〕1号")));
    /* by the gate: each of its items */
    x = explain(&c, "L", "620702", &count);
    assert_int_equal(count, 3);
    assert_true(str_equals(x[2].item->code, STR("PS3")));
    /* a prefecture has no items */
    assert_null(explain(&c, "PS3", "620700", &count));
    assert_int_equal(c.err.first->code, ERR_EXPLAIN_COUNTY);
    county_done(&c);
}

static void published_figures_are_explained_as_such(void **state)
{
    (void)state;
    County c;
    size_t count = 0;
    county_must_open(&c, "junheng-2012", NULL, NULL, published_table(8, ""), "2020-2021");
    const Explanation *x = explain(&c, "G2", "654002", &count);
    assert_int_equal(count, 2);
    assert_int_equal(x[0].cells.len, 8);
    assert_int_equal(x[0].cells.ptr[1].step->kind, EXPLAIN_GIVEN);
    assert_true(str_equals(x[0].cells.ptr[1].step->text, STR("1.2059")));
    assert_true(str_equals(x[0].cells.ptr[1].cell, STR("D4"))); /* primary and junior alternate */
    assert_null(x[0].cells.ptr[1].fact->item);
    x = explain(&c, "BB2", "654002", &count);
    assert_int_equal(count, 2);
    assert_true(x[0].root->value == 1.2059);
    assert_true(str_equals(x[0].rules.ptr[0].what, STR("BB2")));
    county_done(&c);
}

static void items_of_schools_are_explained_by_school_and_by_stage(void **state)
{
    (void)state;
    County c;
    size_t count = 0;
    county_must_open(&c, "youzhi-2017", NULL, SCHOOLS, NULL, "2024-2025");
    const Explanation *x = explain(&c, "QG5", "2162900001", &count);
    assert_int_equal(count, 1);
    assert_true(str_equals(x->root->figures, STR("46 ≤ 45")));
    x = explain(&c, "QG5", "620702", &count);
    assert_int_equal(count, 1);
    assert_int_equal(x->root->boolean, TRI_FALSE);
    x = explain(&c, "QG3", "2162900002", &count);
    assert_true(str_contains(x->root->child[0]->figures, STR("2 ≥ 3")));
    county_done(&c);
}

/* ---- what is refused ---- */

static void refused(const char *standard, const char *table, ErrCode code, const char *en)
{
    County c;
    assert_false(county_open(&c, standard, NULL, NULL, table, "2020-2021"));
    StrBuf out;
    strbuf_init(&out, &c.arena);
    err_format(&out, &c.err, LANG_EN);
    if (c.err.first->code != code || !str_contains(strbuf_str(&out), str_from(en)))
        print_error("%s", out.ptr);
    assert_int_equal(c.err.first->code, code);
    assert_true(str_contains(strbuf_str(&out), str_from(en)));
    county_done(&c);
}

static void misspelt_quantities_are_refused(void **state)
{
    (void)state;
    refused("junheng-2012", "所属地区,学段,指标,数值\n654002,小学,BB2.差异系统,1\n",
            ERR_COUNTY_QUANTITY, "no standard has 'BB2.差异系统', did you mean 'BB2.差异系数'?");
    refused("junheng-2012", "所属地区,学段,指标,数值\n654002,,BB2.差异系数,1\n",
            ERR_COUNTY_QUANTITY_NO_STAGE, "is a figure of a stage, but 学段 is blank");
    refused("junheng-2012", "所属地区,学段,指标,数值\n654002,小学,G4,1\n",
            ERR_COUNTY_QUANTITY_STAGE, "is a figure of the county, not of a stage");
    refused("junheng-2012",
            "所属地区,学段,指标,数值\n654002,小学,BB2.差异系数,1\n654002,小学,生均体育运动场馆面积."
            "差异系数,1\n",
            ERR_COUNTY_TWICE, "'BB2.差异系数' of 伊宁市 is there already");
    refused("junheng-2012", NULL, ERR_EVALUATE_NOTHING, "there is no table to judge");
}

static void what_needs_schools_needs_their_table(void **state)
{
    (void)state;
    Arena arena;
    Err err;
    Evaluation evaluation;
    arena_init(&arena);
    err_init(&err);
    char *path = write_file("所属地区,在园幼儿数\n620702,1\n");
    const char *list[] = {path};
    EvaluationRequest request = {.packs = "packs",
                                 .standard = STR("pujipuhui-2020"),
                                 .county = list,
                                 .county_count = 1,
                                 .changes = path,
                                 .period = STR("2023-2024")};
    assert_false(evaluation_open(&arena, &request, &evaluation, &err));
    assert_int_equal(err.first->code, ERR_EVALUATE_FILE);
    assert_int_equal(unlink(path), 0);
    free(path);
    err_done(&err);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixteen_published_coefficients_make_two_composites),
        cmocka_unit_test(the_composite_is_compared_exactly),
        cmocka_unit_test(a_composite_needs_its_parts_or_itself),
        cmocka_unit_test(published_coefficients_do_not_stand_for_schools),
        cmocka_unit_test(published_figures_give_way_to_facts),
        cmocka_unit_test(the_next_review_is_two_years_later),
        cmocka_unit_test(another_standard_shows_them_for_information),
        cmocka_unit_test(one_class_of_46_fails_and_25_classes_need_3_and_3_rooms),
        cmocka_unit_test(three_green_against_85_50_80_and_90),
        cmocka_unit_test(the_gap_in_children_is_the_least_number),
        cmocka_unit_test(a_published_figure_has_no_gap),
        cmocka_unit_test(one_county_fails_all_fail),
        cmocka_unit_test(the_year_of_building_decides_the_line),
        cmocka_unit_test(a_county_passes_all_four_gates),
        cmocka_unit_test(what_does_not_apply_counts_as_met),
        cmocka_unit_test(every_item_of_quality_balance_hangs_on_its_figures),
        cmocka_unit_test(items_are_explained_down_to_the_cell),
        cmocka_unit_test(published_figures_are_explained_as_such),
        cmocka_unit_test(items_of_schools_are_explained_by_school_and_by_stage),
        cmocka_unit_test(misspelt_quantities_are_refused),
        cmocka_unit_test(what_needs_schools_needs_their_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
