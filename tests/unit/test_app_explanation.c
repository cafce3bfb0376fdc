#include "judge_fixture.h"

#include "app/breakdown.h"
#include "app/explanation.h"
#include "assert_text.h"

#define HEAD                                                                                                            \
    "学校代码,学校名称,所属地区,办学类型,城乡分类,学段,在校生数,教学及辅助用房面积," \
    "室内体育用房面积,室外运动场地面积,"                                                                \
    "网络多媒体教室数,中心城区高密度学校,租用校外专用场地面积\n"
#define TABLE                                                                          \
    HEAD "2162900011,甲,620702,小学,主城区,,800,3640,0,6000,18,,\n"              \
         "2162900012,乙,620702,小学,村庄,,200,1000,0,4000,6,,\n"                  \
         "3162900013,丙,620702,九年一贯制学校,镇中心区,小学,360,,,,,,\n" \
         "3162900013,丙,620702,九年一贯制学校,镇中心区,初中,240,,,,,,\n" \
         "3162900013,丙,620702,九年一贯制学校,镇中心区,,,3300,0,5600,16,,\n"

typedef struct Told {
    JudgeFixture *f;
    Explanation *list;
    size_t count;
} Told;

static Told explain(const char *table, const char *period, const char *name, const char *unit,
                    const char *stage)
{
    Told told = {.f = judge_fixture_new("youzhi-2017", period, str_from(table))};
    ExplainRequest request = {
        .name = str_from(name), .unit = str_from(unit), .stage = str_from(stage)};
    judge_fixture_need(told.f, explanation_make(&told.f->arena, told.f->judge, &request, &told.list,
                                                &told.count, &told.f->err));
    return told;
}

/* 100 × 16 rooms × 360/(360 + 1.1 × 240) ÷ 360: scenario 2 prints the share 0.576923 and 9.2308 rooms. */
static void a_schools_figure_leads_to_its_cells_and_clauses(void **state)
{
    (void)state;
    Told told = explain(TABLE, "2024-2025", "QR7", "3162900013", "小学");
    assert_int_equal(told.count, 1);
    const Explanation *x = &told.list[0];
    assert_text(x->root->name, "QR7.达标");
    assert_int_equal(x->root->boolean, TRI_TRUE);
    const ExplainStep *value = x->root->child[0];
    assert_printed(value->value, 4, "2.5641"); /* 100 × 9.2308 ÷ 360 */
    static const struct {
        const char *cell, *header;
        double value;
    } CELLS[] = {{"K6", "网络多媒体教室数", 16}, {"G4", "在校生数", 360}, {"G5", "在校生数", 240}};
    assert_int_equal(x->cells.len, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_text(x->cells.ptr[i].cell, CELLS[i].cell);
        assert_text(x->cells.ptr[i].header, CELLS[i].header);
        assert_true(x->cells.ptr[i].step->value == CELLS[i].value);
    }
    assert_text(x->rules.ptr[0].what, "QR7");
    assert_text(x->rules.ptr[0].basis->number, "教督〔2017〕6号");
    assert_text(x->rules.ptr[0].basis->clause, "资源配置第7项");
    bool has_limit = false, has_factor = false;
    for (size_t i = 0; i < x->rules.len; i++) {
        has_limit |= str_equals(x->rules.ptr[i].what, STR("QR7.限值"));
        has_factor |= str_equals(x->rules.ptr[i].what, STR("折算系数"));
    }
    assert_true(has_limit && has_factor);
    assert_int_equal(x->contributor_count, 0);
    judge_fixture_free(told.f);
}

static void a_coefficient_names_those_who_make_it(void **state)
{
    (void)state;
    Told told = explain(TABLE, "2024-2025", "QR5", "", "primary");
    const Explanation *x = &told.list[0];
    assert_text(x->root->name, "QR5.差异系数达标");
    assert_int_equal(x->contributor_count, 3);
    double sum = 0;
    for (size_t i = 0; i < 3; i++) {
        assert_true(i == 0 || x->contributor[i].contribution <= x->contributor[i - 1].contribution);
        sum += x->contributor[i].contribution;
    }
    assert_true(fabs(sum - 1) < 1e-12);
    assert_text(x->contributor[0].school->name,
                "乙"); /* 20 ㎡ a pupil where the others have 7.5 and 9.0 */
    assert_true(x->contributor[0].value == 20);
    judge_fixture_free(told.f);
}

static void both_stages_are_explained_unless_one_is_named(void **state)
{
    (void)state;
    Told told = explain(TABLE, "2024-2025", "生均体育运动场馆面积", "620702", "");
    assert_int_equal(told.count, 2);
    assert_int_equal(told.list[0].stage, PRIMARY);
    assert_int_equal(told.list[1].stage, JUNIOR);
    judge_fixture_free(told.f);
    told = explain(TABLE, "2024-2025", "QR5.差异系数", "甘州区", "初中");
    assert_int_equal(told.count, 1);
    assert_text(told.list[0].root->name, "QR5.差异系数");
    judge_fixture_free(told.f);
}

static void an_exception_in_force_is_told_with_its_reason(void **state)
{
    (void)state;
    Told told = explain(HEAD "2162900011,甲,620702,小学,主城区,,400,3640,0,2000,18,是,1000\n",
                        "2021-2022", "QR5", "2162900011", "");
    const Explanation *x = &told.list[0];
    assert_printed(x->root->child[0]->value, 1, "7.5");
    bool is_told = false;
    for (size_t i = 0; i < x->rules.len; i++)
        is_told |= str_equals(x->rules.ptr[i].basis->number, STR("国教督办函〔2019〕30号")) &&
                   x->rules.ptr[i].note.len;
    assert_true(is_told);
    judge_fixture_free(told.f);
}

static void what_cannot_be_explained_is_refused_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *name, *unit, *stage;
        ErrCode code;
    } CASES[] = {{"QR9", "", "", ERR_EXPLAIN_NAME},
                 {"在校生数", "", "", ERR_EXPLAIN_NAME},
                 {"QR5.限值", "", "", ERR_EXPLAIN_FIGURE},
                 {"QR5", "620721", "", ERR_UNIT_UNKNOWN_REGION},
                 {"QR5", "2162900099", "", ERR_UNIT_UNKNOWN_REGION},
                 {"QR5", "", "高中", ERR_EXPLAIN_STAGE},
                 {"QR5", "2162900011", "初中", ERR_EXPLAIN_STAGE},
                 {"学校达标", "620702", "", ERR_EXPLAIN_LEVEL}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        JudgeFixture *f = judge_fixture_new("youzhi-2017", "2024-2025", STR(TABLE));
        ExplainRequest request = {.name = str_from(CASES[i].name),
                                  .unit = str_from(CASES[i].unit),
                                  .stage = str_from(CASES[i].stage)};
        Explanation *list;
        size_t count;
        assert_false(explanation_make(&f->arena, f->judge, &request, &list, &count, &f->err));
        assert_int_equal(f->err.first->code, CASES[i].code);
        judge_fixture_free(f);
    }
}

static void with_several_counties_one_must_be_named(void **state)
{
    (void)state;
    JudgeFixture *f =
        judge_fixture_new("youzhi-2017", "2024-2025",
                          STR(HEAD "2162900011,甲,620702,小学,主城区,,800,3640,0,6000,18,,\n"
                                   "2162900012,乙,620721,小学,村庄,,200,1000,0,4000,6,,\n"));
    uint32_t region, school;
    assert_false(unit_find(f->judge, STR(""), &region, &school, &f->err));
    assert_int_equal(f->err.first->code, ERR_UNIT_NEEDED);
    assert_true(unit_find(f->judge, STR("张掖市"), &region, &school, &f->err));
    assert_text(f->frames->regions.region[region].code, "620700");
    assert_true(unit_find(f->judge, STR("2162900012"), &region, &school, &f->err));
    assert_text(f->frames->regions.region[region].code, "620721");
    assert_true(school != UINT32_MAX);
    judge_fixture_free(f);
}

/* ---- by groups ---- */

static const BreakdownRow *row_named(const Breakdown *breakdown, const char *name)
{
    for (size_t i = 0; i < breakdown->row_count; i++)
        if (str_equals(breakdown->row[i].name, str_from(name)))
            return &breakdown->row[i];
    fail_msg("no group %s", name);
    return NULL;
}

/* Sums by hand: town 800 + 360 pupils, 6000 + 5600 × 360/624 ㎡; country 200 pupils, 4000 ㎡. */
static void groups_have_their_own_means_and_the_ratio_of_town_to_country(void **state)
{
    (void)state;
    JudgeFixture *f = judge_fixture_new("youzhi-2017", "2024-2025", STR(TABLE));
    Evaluation evaluation = {
        .core = f->core, .standard = f->standard, .dataset = f->dataset, .judge = f->judge};
    Breakdown *list;
    size_t count;
    assert_true(breakdown_make(&f->arena, &evaluation, f->frames->regions.leaf_region[0],
                               STR("城乡分类"), &list, &count, &f->err));
    assert_int_equal(count, 2);
    size_t qr5 = judge_fixture_indicator(f, "QR5");
    const BreakdownRow *town = row_named(&list[0], "城镇"), *country = row_named(&list[0], "乡村");
    double town_mean = (6000 + 5600 * 360 / 624.0) / 1160;
    assert_true(town->is_group && town->units == 2 && town->students == 1160);
    assert_true(fabs(town->mean[qr5] - town_mean) < 1e-12);
    assert_true(country->units == 1 && country->mean[qr5] == 20 && country->cv[qr5] == 0);
    assert_true(fabs(list[0].ratio[qr5] - town_mean / 20) < 1e-12);
    assert_true(row_named(&list[0], "主城区")->mean[qr5] == 7.5);
    assert_true(isnan(list[1].ratio[qr5])); /* no junior school in the country */
    assert_false(breakdown_make(&f->arena, &evaluation, 0, STR("城乡类"), &list, &count, &f->err));
    assert_int_equal(f->err.first->code, ERR_BREAKDOWN);
    judge_fixture_free(f);
}

/* Whether a relief applies hangs on attributes: they have cells like any number. */
static void an_attribute_leads_to_its_cell(void **state)
{
    (void)state;
    Told told = explain("学校代码,所属地区,办学类型,城乡分类,在校生数,体育艺术专任教师数,"
                        "交流轮岗兼职走教体育艺术教师数\n"
                        "2162900021,620702,小学,村庄,50,0,1\n",
                        "2022-2023", "QR3", "2162900021", "");
    const Explanation *x = &told.list[0];
    bool has_urban = false, has_type = false;
    for (size_t i = 0; i < x->cells.len; i++) {
        has_urban |= str_equals(x->cells.ptr[i].cell, STR("D2"));
        has_type |= str_equals(x->cells.ptr[i].cell, STR("C2"));
        assert_true(x->cells.ptr[i].cell.len > 0);
    }
    assert_true(has_urban && has_type);
    judge_fixture_free(told.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schools_figure_leads_to_its_cells_and_clauses),
        cmocka_unit_test(a_coefficient_names_those_who_make_it),
        cmocka_unit_test(both_stages_are_explained_unless_one_is_named),
        cmocka_unit_test(an_exception_in_force_is_told_with_its_reason),
        cmocka_unit_test(what_cannot_be_explained_is_refused_in_words),
        cmocka_unit_test(with_several_counties_one_must_be_named),
        cmocka_unit_test(groups_have_their_own_means_and_the_ratio_of_town_to_country),
        cmocka_unit_test(an_attribute_leads_to_its_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
