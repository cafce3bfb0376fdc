/* From files to a judged table: which standard, which stages, before and after a change. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/evaluation.h"
#include "assert_text.h"
#include "folder_fixture.h"

typedef struct Fixture {
    Arena arena;
    Err err;
    Folder folder;
    EvaluationRequest request;
} Fixture;

static const char TABLE[] = "学校代码,所属地区,办学类型,在校生数,教师数\n"
                            "2162900001,620702,211,100,5\n"
                            "2162900002,620721,211,100,4\n";

static void set_table(Fixture *f, const char *table)
{
    folder_write(&f->folder, "table.csv", str_from(table));
    f->request.table = folder_path(&f->folder, STR("table.csv")).ptr;
}

static int setup(void **state)
{
    Fixture *f = calloc(1, sizeof *f);
    CHECK(f != NULL);
    arena_init(&f->arena);
    err_init(&f->err);
    folder_init(&f->folder, &f->arena, "tests/packs");
    f->request = (EvaluationRequest){
        .packs = f->folder.dir, .standard = STR("demo"), .period = STR("2024-2025")};
    set_table(f, TABLE);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    Fixture *f = *state;
    folder_done(&f->folder);
    err_done(&f->err);
    arena_done(&f->arena);
    free(f);
    return 0;
}

static Evaluation open_table(Fixture *f)
{
    Evaluation evaluation = {0};
    if (!evaluation_open(&f->arena, &f->request, &evaluation, &f->err)) {
        StrBuf out;
        strbuf_init(&out, &f->arena);
        err_format(&out, &f->err, LANG_EN);
        fail_msg("%s", out.ptr);
    }
    return evaluation;
}

static void expect_refusal(Fixture *f, ErrCode code, const char *message)
{
    Evaluation evaluation = {0};
    assert_false(evaluation_open(&f->arena, &f->request, &evaluation, &f->err));
    assert_null(evaluation.judge);
    assert_int_equal(f->err.first->code, code);
    assert_text(err_message(&f->arena, f->err.first, LANG_ZH), message);
}

static void a_table_without_a_stage_of_the_standard_is_refused(void **state)
{
    Fixture *f = *state;
    set_table(f, "学校代码,所属地区,办学类型\n5162900001,620702,511\n");
    expect_refusal(f, ERR_JUDGE_STAGES, "表里没有标准「demo」所评的学段");
}

static void the_standard_may_be_found_by_what_it_defines(void **state)
{
    Fixture *f = *state;
    f->request.standard = STR("");
    static const char *const names[] = {"D1", "每百名学生教师数.差异系数", "composite"};
    for (size_t i = 0; i < 3; i++) {
        f->request.name = str_from(names[i]);
        assert_text(open_table(f).standard->id, "demo");
    }
}

static void a_name_that_no_standard_defines_is_refused(void **state)
{
    Fixture *f = *state;
    f->request.standard = STR("");
    f->request.name = STR("D9");
    expect_refusal(f, ERR_STANDARD_NONE, "这个期间有效的标准里，没有一个有「D9」");
}

static void a_standard_of_another_time_is_not_looked_at(void **state)
{
    Fixture *f = *state;
    f->request.standard = STR("");
    f->request.name = STR("D1");
    f->request.period = STR("2016-2017");
    expect_refusal(f, ERR_STANDARD_NONE, "这个期间有效的标准里，没有一个有「D1」");
}

static void several_standards_with_the_name_are_listed(void **state)
{
    Fixture *f = *state;
    Str text = folder_read(&f->folder, "national/demo.yaml");
    folder_write(&f->folder, "national/other.yaml",
                 str_format(&f->arena, "包: other%.*s",
                            STR_ARG(str_slice(text, strlen("包: demo"), text.len))));
    f->request.standard = STR("");
    f->request.name = STR("D1");
    expect_refusal(f, ERR_STANDARD_SEVERAL, "「D1」不止一个标准有：demo、other");
}

static void a_change_is_judged_beside_what_was(void **state)
{
    Fixture *f = *state;
    folder_write(&f->folder, "change.csv",
                 STR("学校代码,学段,数据项,新值\n2162900002,,教师数,6\n"));
    f->request.changes = folder_path(&f->folder, STR("change.csv")).ptr;
    Evaluation evaluation = open_table(f);
    assert_int_equal(evaluation.changed_cells, 1);
    uint32_t top = evaluation_top(&evaluation);
    assert_text(evaluation.judge->frames->regions.region[top].name, "张掖市");
    assert_int_equal(judge_unit(&f->arena, evaluation.before, top)->stage[0].met, 0);
    assert_non_null(evaluation.before);
    assert_ptr_not_equal(evaluation.before, evaluation.judge);
}

static void mistakes_of_pack_period_table_and_change_stop_it(void **state)
{
    Fixture *f = *state;
    EvaluationRequest plain = f->request;
    f->request.period = STR("去年");
    expect_refusal(f, ERR_PERIOD, "看不懂期间「去年」");
    err_done(&f->err);
    err_init(&f->err);
    f->request = plain;
    f->request.standard = STR("dem");
    expect_refusal(f, ERR_PACK_UNKNOWN, "没有编号为「dem」的包，是否想写「demo」？");
    err_done(&f->err);
    err_init(&f->err);
    f->request = plain;
    f->request.last_year = f->request.table;
    f->request.period = STR("2024");
    expect_refusal(f, ERR_FLAT_PERIOD, "平面表只收学年，「2024」不是学年");
    err_done(&f->err);
    err_init(&f->err);
    f->request = plain;
    f->request.changes = f->request.table;
    expect_refusal(f, ERR_CHANGE_COLUMN, "改动表缺少列「学段」");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_table_without_a_stage_of_the_standard_is_refused),
        TEST(the_standard_may_be_found_by_what_it_defines),
        TEST(a_name_that_no_standard_defines_is_refused),
        TEST(a_standard_of_another_time_is_not_looked_at),
        TEST(several_standards_with_the_name_are_listed),
        TEST(a_change_is_judged_beside_what_was),
        TEST(mistakes_of_pack_period_table_and_change_stop_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
