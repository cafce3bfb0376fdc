/* Packs prove themselves: the tests beside their rules, and what is said when one fails. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/packs.h"
#include "assert_text.h"
#include "folder_fixture.h"

static const char DEMO[] = "national/demo.yaml";

/* Line 68 of the file and on. */
static const char TEST_TEXT[] =
    "测试:\n"
    "  四校:\n"
    "    期间: 2024-2025\n"
    "    来源: 手算\n"
    "    表: |\n"
    "      学校代码,所属地区,办学类型,学段,在校生数,教师数,设备值,城乡分类\n"
    "      2162900001,620702,小学,,1000,42,200,主城区\n"
    "      2162900002,620721,小学,,500,20,,\n"
    "      3162900003,620702,九年一贯制学校,小学,100,5,,\n"
    "      3162900003,620702,九年一贯制学校,初中,200,9,,\n"
    "      3162900003,620702,九年一贯制学校,,,,60,\n"
    "      3162900004,620702,完全中学,初中,300,16,,\n"
    "      3162900004,620702,完全中学,高中,300,16,,\n"
    "    期望:\n"
    "      - {对象: \"2162900001\", 量: D1, 值: 4.2}\n"
    "      - {对象: \"2162900001\", 量: D1 * 10, 值: 42.0}\n"
    "      - {对象: \"2162900001\", 量: D1.达标, 值: 是}\n"
    "      - {对象: \"2162900002\", 量: D1.达标, 值: 否}\n"
    "      - {对象: \"2162900002\", 量: D2, 值: 未报}\n"
    "      - {对象: \"3162900003 小学\", 量: D1, 值: 5}\n"
    "      - {对象: \"3162900003 初中部\", 量: 折算占比, 值: 0.688}\n"
    "      - {对象: \"3162900003  junior\", 量: 在校生数 / (在校生数 - 200), 值: 无意义}\n"
    "      - {对象: \"3162900003\", 量: 在校生数, 值: 100}\n"
    "      - {对象: \"3162900004 高中\", 量: D1.限值, 值: 不适用}\n"
    "      - {对象: 620702 小学, 量: 合计(在校生数), 值: 1100}\n"
    "      - {对象: 620700 小学, 量: 合计(在校生数), 值: 1600}\n"
    "      - {对象: 620000 小学, 量: 计数(真), 值: 3}\n";

typedef struct Fixture {
    Arena arena;
    Err err;
    Core *core;
    Folder folder;
} Fixture;

static Fixture *fixture_new(const char *from)
{
    Fixture *f = calloc(1, sizeof *f);
    CHECK(f != NULL);
    arena_init(&f->arena);
    err_init(&f->err);
    folder_init(&f->folder, &f->arena, from);
    assert_true(pack_load_core(&f->arena, f->folder.dir, &f->core, &f->err));
    return f;
}

static void fixture_free(Fixture *f)
{
    folder_done(&f->folder);
    err_done(&f->err);
    arena_done(&f->arena);
    free(f);
}

static int setup(void **state)
{
    Fixture *f = fixture_new("tests/packs");
    Str text = folder_read(&f->folder, DEMO);
    folder_write(&f->folder, DEMO, str_format(&f->arena, "%.*s%s", STR_ARG(text), TEST_TEXT));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static void edit(Fixture *f, const char *path, const char *old, const char *fresh)
{
    Str text = folder_read(&f->folder, path);
    const char *at = memmem(text.ptr, text.len, old, strlen(old));
    if (!at)
        fail_msg("%s does not hold: %s", path, old);
    size_t before = (size_t)(at - text.ptr), after = before + strlen(old);
    folder_write(&f->folder, path,
                 str_format(&f->arena, "%.*s%s%.*s", (int)before, text.ptr, fresh,
                            STR_ARG(str_slice(text, after, text.len))));
}

static void expect_pass(Fixture *f, const char *id, size_t tests, size_t figures)
{
    PackTestCount count = {0};
    if (!packs_test(&f->arena, f->core, f->folder.dir, str_from(id), &count, &f->err)) {
        StrBuf out;
        strbuf_init(&out, &f->arena);
        err_format(&out, &f->err, LANG_ZH);
        fail_msg("%s", out.ptr);
    }
    assert_int_equal(count.tests, tests);
    assert_int_equal(count.figures, figures);
}

/* One error, in Chinese, and where: "LINE:COLUMN". */
static void expect_failure(Fixture *f, const char *message, const char *place)
{
    PackTestCount count;
    assert_false(packs_test(&f->arena, f->core, f->folder.dir, STR("demo"), &count, &f->err));
    assert_text(err_message(&f->arena, f->err.first, LANG_ZH), message);
    const ErrPlace *at = &f->err.first->place;
    assert_text(str_format(&f->arena, "%zu:%zu", at->line, at->column), place);
    assert_int_equal(f->err.count, 1);
}

static void a_pack_whose_tests_come_out_is_given_out(void **state)
{
    Fixture *f = *state;
    expect_pass(f, "demo", 1, 13);
    StandardRequest request = {.dir = f->folder.dir, .id = STR("demo")};
    assert_true(date_parse(STR("2021-01-01"), &request.date));
    Standard *standard = NULL;
    assert_true(packs_open(&f->arena, f->core, &request, &standard, &f->err));
    assert_int_equal(standard->date, request.date); /* not that of the test */
}

static void a_pack_whose_test_fails_is_not_given_out(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "值: 1600", "值: 1601");
    StandardRequest request = {.dir = f->folder.dir, .id = STR("demo")};
    assert_true(date_parse(STR("2021-01-01"), &request.date));
    Standard *standard = NULL;
    assert_false(packs_open(&f->arena, f->core, &request, &standard, &f->err));
    assert_null(standard);
    assert_int_equal(f->err.first->code, ERR_PACK_TEST_VALUE);
}

static void a_wrong_number_is_told_to_its_digits(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "量: D1, 值: 4.2", "量: D1, 值: 4.21");
    expect_failure(f, "测试「四校」：「D1」应为 4.21，算出来是 4.20", "82:31");
    const ErrPlace *place = &f->err.first->place;
    assert_text(place->node, "测试/四校/期望/1/量");
    assert_text(place->text, "      - {对象: \"2162900001\", 量: D1, 值: 4.21}");
    assert_text(err_message(&f->arena, f->err.first, LANG_EN),
                "test '四校': 'D1' should be 4.21, but is 4.20");
}

static void a_wrong_truth_is_told(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "量: D1.达标, 值: 否", "量: D1.达标, 值: 是");
    expect_failure(f, "测试「四校」：「D1.达标」应为 是，算出来是 否", "85:31");
}

static void a_wrong_word_for_what_is_missing_is_told(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "量: D2, 值: 未报", "量: D2, 值: 不适用");
    expect_failure(f, "测试「四校」：「D2」应为 不适用，算出来是 未报", "86:31");
}

static void a_number_where_there_is_none_is_told(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "值: 无意义", "值: 0.00");
    expect_failure(f, "测试「四校」：「在校生数 / (在校生数 - 200)」应为 0.00，算出来是 无意义",
                   "89:39");
}

static void an_object_that_the_table_does_not_hold_is_told(void **state)
{
    Fixture *f = *state;
    static const char *const wrong[] = {
        "2162900009",      /* no such school */
        "2162900001 初中", /* it has no such stage */
        "2162900001 中学", /* no such stage at all */
        "620702",          /* a region needs a stage */
        "620602 小学",     /* a region without schools here */
        "62070a 小学",     /* no code */
        "216290000:",      /* its signs would make up the number 2162900010 */
        "甘州区 小学",     /* not by name */
        "02162900001",     /* not ten digits */
        "2162900001 小学 初中",
    };
    Str plain = folder_read(&f->folder, DEMO);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        folder_write(&f->folder, DEMO, plain);
        edit(f, DEMO, "{对象: \"2162900001\", 量: D1, 值",
             str_format(&f->arena, "{对象: \"%s\", 量: D1, 值", wrong[i]).ptr);
        PackTestCount count;
        assert_false(packs_test(&f->arena, f->core, f->folder.dir, STR("demo"), &count, &f->err));
        assert_int_equal(f->err.first->code, ERR_PACK_TEST_OBJECT);
        assert_int_equal(f->err.first->place.line, 82);
        assert_text(f->err.first->arg[1].text, wrong[i]);
        assert_int_equal(f->err.count, 1);
        err_done(&f->err);
        err_init(&f->err);
    }
}

static void an_unknown_object_is_told_in_both_languages(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "{对象: \"2162900001\", 量: D1, 值", "{对象: \"2162900009\", 量: D1, 值");
    expect_failure(f, "测试「四校」的表里没有「2162900009」", "82:31");
    assert_text(err_message(&f->arena, f->err.first, LANG_EN),
                "the table of test '四校' has no '2162900009'");
    assert_text(err_hint(&f->arena, f->err.first, LANG_ZH),
                "对象 写学校代码或地区代码，几个学段的后面空一格写学段");
}

static void a_period_that_is_none_is_told_at_the_test(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "期间: 2024-2025", "期间: 去年");
    expect_failure(f, "看不懂期间「去年」", "69:3");
}

static void a_period_that_is_no_school_year_is_told_at_the_test(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "期间: 2024-2025", "期间: 2024");
    expect_failure(f, "平面表只收学年，「2024」不是学年", "69:3");
}

static void a_period_outside_the_validity_is_told_at_the_test(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "期间: 2024-2025", "期间: 2016-2017");
    expect_failure(f, "「demo」的有效期是 自 2017-05-01 至 2029-12-31，2016-09-01 不在其中",
                   "69:3");
}

static void a_table_with_a_wrong_column_is_told_at_its_cell(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "在校生数,教师数,设备值", "在校生数,老师数,设备值");
    expect_failure(f, "不认识列「老师数」，是否想写「教师数」？", "1:6");
    assert_true(str_ends_with(f->err.first->place.file, STR("national/demo.yaml 测试/四校/表")));
}

static void a_table_with_a_wrong_row_is_told_at_its_cell(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "2162900002,620721,小学", "2162900002,620721,中学");
    expect_failure(f, "「办学类型」里没有「中学」，是否想写「小学」？", "3:3");
}

static void a_formula_that_cannot_be_read_is_told_at_its_sign(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "量: D1 * 10", "量: D1 * * 10");
    expect_failure(f, "这里缺一个值，却是「*」", "83:36");
}

static void a_formula_with_an_unknown_name_is_told_at_the_name(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "量: D1 * 10", "量: D3 * 10");
    expect_failure(f, "没有「D3」这个名称，是否想写「D1」？", "83:31");
}

static void a_value_per_school_has_none_for_a_region(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "量: 合计(在校生数), 值: 1100", "量: 在校生数, 值: 1100");
    expect_failure(f, "这是地区的公式，却得出逐校的值", "92:28");
}

/* A code is written as its number. */
static void an_attribute_is_its_code(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "量: D1 * 10, 值: 42.0", "量: 城乡分类, 值: 111");
    expect_pass(f, "demo", 1, 13);
}

static void every_failure_is_told_at_once(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "量: D1, 值: 4.2", "量: D1, 值: 4.3");
    edit(f, DEMO, "值: 1100", "值: 1101");
    edit(f, DEMO, "量: D1 * 10", "量: D1 *");
    Str text = folder_read(&f->folder, DEMO);
    folder_write(&f->folder, DEMO,
                 str_format(&f->arena,
                            "%.*s  又一个:\n    期间: 2016-2017\n    来源: 无\n    表: 学校代码\n"
                            "    期望:\n      - {对象: \"1\", 量: D1, 值: 1}\n"
                            "  第三个:\n    期间: 2016-2017\n    来源: 无\n    表: 学校代码\n"
                            "    期望:\n      - {对象: \"1\", 量: D1, 值: 1}\n",
                            STR_ARG(text)));
    PackTestCount count;
    assert_false(packs_test(&f->arena, f->core, f->folder.dir, STR("demo"), &count, &f->err));
    static const size_t lines[] = {83, 82, 92, 95, 101};
    const Diag *diag = f->err.first;
    assert_int_equal(f->err.count, 5);
    for (size_t i = 0; i < 5; i++, diag = diag->next)
        assert_int_equal(diag->place.line, lines[i]);
}

/* On the day of the test, whatever day is asked for. */
static void a_test_runs_on_the_first_day_of_its_period(void **state)
{
    Fixture *f = *state;
    edit(f, DEMO, "城乡分类\n", "城中,兼职教师数\n");
    edit(f, DEMO, "200,主城区\n", "200,是,8\n");
    edit(f, DEMO, ",500,20,,\n", ",500,20,,,\n");
    edit(f, DEMO, ",100,5,,\n", ",100,5,,,\n");
    edit(f, DEMO, ",200,9,,\n", ",200,9,,,\n");
    edit(f, DEMO, ",,,,60,\n", ",,,,60,,\n");
    edit(f, DEMO, ",初中,300,16,,\n", ",初中,300,16,,,\n");
    edit(f, DEMO, ",高中,300,16,,\n", ",高中,300,16,,,\n");
    expect_pass(f, "demo", 1, 13);
    edit(f, DEMO, "期间: 2024-2025", "期间: 2021-2022");
    PackTestCount count;
    assert_false(packs_test(&f->arena, f->core, f->folder.dir, STR("demo"), &count, &f->err));
    assert_text(err_message(&f->arena, f->err.first, LANG_ZH),
                "测试「四校」：「D1」应为 4.2，算出来是 5.0");
}

static void an_overlay_runs_its_own_tests_only(void **state)
{
    Fixture *f = *state;
    expect_pass(f, "county", 0, 0);
    Str text = folder_read(&f->folder, "local/county.yaml");
    folder_write(&f->folder, "local/county.yaml",
                 str_format(&f->arena,
                            "%.*s测试:\n  紧了:\n    期间: 2024-2025\n    来源: 手算\n    表: |\n"
                            "      学校代码,所属地区,办学类型,在校生数,教师数\n"
                            "      2162900001,620702,小学,1000,44\n    期望:\n"
                            "      - {对象: \"2162900001\", 量: D1.达标, 值: 否}\n",
                            STR_ARG(text)));
    expect_pass(f, "county", 1, 1);
    edit(f, "local/county.yaml", "D1.达标, 值: 否", "D1.达标, 值: 是");
    PackTestCount count;
    assert_false(packs_test(&f->arena, f->core, f->folder.dir, STR("county"), &count, &f->err));
    assert_true(str_ends_with(f->err.first->place.file, STR("local/county.yaml")));
}

/* ---- the packs of the tree ---- */

static const struct {
    const char *id, *path;
} REAL[] = {{"youzhi-2017", "national/youzhi-2017.yaml"},
            {"junheng-2012", "national/junheng-2012.yaml"},
            {"pujipuhui-2020", "national/pujipuhui-2020.yaml"},
            {"liaoning-youzhi", "provincial/liaoning-youzhi.yaml"},
            {"henan-pujipuhui", "provincial/henan-pujipuhui.yaml"},
            {"pujipuhui-batch", "provincial/pujipuhui-batch.yaml"},
            {"xinjiang-fucha", "provincial/xinjiang-fucha.yaml"},
            {"yanshi-junheng", "local/yanshi-junheng.yaml"},
            {"yanshi-pujipuhui", "local/yanshi-pujipuhui.yaml"}};

static size_t error_count(Fixture *f, const char *id, ErrCode code)
{
    PackTestCount count;
    size_t of_code = 0;
    bool is_ok = packs_test(&f->arena, f->core, f->folder.dir, str_from(id), &count, &f->err);
    for (const Diag *diag = f->err.first; diag; diag = diag->next)
        of_code += diag->code == code;
    assert_int_equal(of_code, f->err.count);
    assert_int_equal(is_ok, of_code == 0);
    err_done(&f->err);
    err_init(&f->err);
    return of_code;
}

static void every_pack_of_the_tree_passes(void **state)
{
    (void)state;
    Fixture *f = fixture_new("packs");
    PackInfo *info;
    size_t count, seen = 0;
    assert_true(pack_list(&f->arena, f->folder.dir, &info, &count, &f->err));
    for (size_t i = 0; i < count; i++) {
        if (str_starts_with(info[i].path, STR("core/")))
            continue;
        assert_int_equal(error_count(f, str_cstr(&f->arena, info[i].id), ERR_NONE), 0);
        bool is_known = false;
        for (size_t k = 0; k < sizeof REAL / sizeof *REAL; k++)
            is_known |= str_equals(info[i].id, str_from(REAL[k].id));
        if (!is_known)
            fail_msg("add %.*s to REAL", STR_ARG(info[i].id));
        seen++;
    }
    assert_int_equal(seen, sizeof REAL / sizeof *REAL);
    fixture_free(f);
}

/* Each digit of each expected number changed, and each word: the pack must fail, and only there. */
static size_t mutate_value(Fixture *f, const char *id, const char *path, Str text, size_t first,
                           size_t end)
{
    size_t count = 0;
    bool is_number = text.ptr[first] >= '0' && text.ptr[first] <= '9';
    for (size_t at = first; at < end; at++) {
        char digit = text.ptr[at];
        if (is_number && (digit < '0' || digit > '9'))
            continue;
        Str whole = is_number ? str_slice(text, first, end - first) : STR("");
        Str word = str_slice(text, first, end - first);
        Str fresh = str_equals(word, STR("是")) ? STR("否") : STR("是");
        if (is_number) {
            char *copy = str_cstr(&f->arena, whole);
            copy[at - first] = digit == '9' ? '0' : (char)(digit + 1);
            fresh = str_from(copy);
        }
        folder_write(&f->folder, path,
                     str_format(&f->arena, "%.*s%.*s%.*s", (int)first, text.ptr, STR_ARG(fresh),
                                STR_ARG(str_slice(text, end, text.len))));
        if (error_count(f, id, ERR_PACK_TEST_VALUE) != 1)
            fail_msg("%s passes with %.*s for %.*s", id, STR_ARG(fresh), STR_ARG(word));
        count++;
        if (!is_number)
            break;
    }
    return count;
}

static void no_expected_digit_of_the_packs_can_be_changed_unnoticed(void **state)
{
    (void)state;
    Fixture *f = fixture_new("packs");
    size_t count = 0;
    for (size_t i = 0; i < sizeof REAL / sizeof *REAL; i++) {
        Str text = folder_read(&f->folder, REAL[i].path);
        const char *tests = memmem(text.ptr, text.len, "\n测试:", strlen("\n测试:"));
        assert_non_null(tests);
        for (const char *at = tests;;) {
            size_t left = text.len - (size_t)(at - text.ptr);
            at = memmem(at, left, ", 值: ", strlen(", 值: "));
            if (!at)
                break;
            size_t first = (size_t)(at - text.ptr) + strlen(", 值: "), end = first;
            while (end < text.len && text.ptr[end] != '}')
                end++;
            count += mutate_value(f, REAL[i].id, REAL[i].path, text, first, end);
            at = text.ptr + end;
        }
        folder_write(&f->folder, REAL[i].path, text);
        assert_int_equal(error_count(f, REAL[i].id, ERR_NONE), 0);
    }
    assert_true(count > 100);
    fixture_free(f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_pack_whose_tests_come_out_is_given_out),
        TEST(a_pack_whose_test_fails_is_not_given_out),
        TEST(a_wrong_number_is_told_to_its_digits),
        TEST(a_wrong_truth_is_told),
        TEST(a_wrong_word_for_what_is_missing_is_told),
        TEST(a_number_where_there_is_none_is_told),
        TEST(an_object_that_the_table_does_not_hold_is_told),
        TEST(an_unknown_object_is_told_in_both_languages),
        TEST(a_period_that_is_none_is_told_at_the_test),
        TEST(a_period_that_is_no_school_year_is_told_at_the_test),
        TEST(a_period_outside_the_validity_is_told_at_the_test),
        TEST(a_table_with_a_wrong_column_is_told_at_its_cell),
        TEST(a_table_with_a_wrong_row_is_told_at_its_cell),
        TEST(a_formula_that_cannot_be_read_is_told_at_its_sign),
        TEST(a_formula_with_an_unknown_name_is_told_at_the_name),
        TEST(a_value_per_school_has_none_for_a_region),
        TEST(an_attribute_is_its_code),
        TEST(every_failure_is_told_at_once),
        TEST(a_test_runs_on_the_first_day_of_its_period),
        TEST(an_overlay_runs_its_own_tests_only),
        cmocka_unit_test(every_pack_of_the_tree_passes),
        cmocka_unit_test(no_expected_digit_of_the_packs_can_be_changed_unnoticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
