#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "fact/codelist.h"

typedef struct Fixture {
    Arena arena;
    Err err;
    CodeList *list;
} Fixture;

static int setup(void **state)
{
    Fixture *f = calloc(1, sizeof *f);
    CHECK(f != NULL);
    arena_init(&f->arena);
    err_init(&f->err);
    f->list = codelist_new(&f->arena, STR("school_type"), STR("办学类型"));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    Fixture *f = *state;
    err_done(&f->err);
    arena_done(&f->arena);
    free(f);
    return 0;
}

static Code *add(Fixture *f, const char *code, const char *name)
{
    Code *added = NULL;
    Code wanted = {.code = str_from(code), .name = str_from(name)};
    if (!codelist_add(&f->arena, f->list, wanted, &added, NULL, &f->err))
        return NULL;
    return added;
}

static void expect_refusal(Fixture *f, ErrCode code, const char *message)
{
    assert_int_equal(f->err.count, 1);
    assert_int_equal(f->err.first->code, code);
    assert_text(err_message(&f->arena, f->err.first, LANG_ZH), message);
    err_done(&f->err);
    err_init(&f->err);
}

static void expect_code(const Fixture *f, const char *cell, const char *want)
{
    const Code *code = codelist_find(f->list, str_from(cell));
    assert_text(code ? code->code : STR("none"), want);
}

static void a_code_is_found_by_code_name_and_synonym(void **state)
{
    Fixture *f = *state;
    Code *school = add(f, "211", "小学");
    assert_true(codelist_add_synonym(&f->arena, f->list, school, STR("完全小学"), NULL, &f->err));
    assert_non_null(add(f, "218", "小学教学点"));
    expect_code(f, "211", "211");
    expect_code(f, "小学", "211");
    expect_code(f, "完全小学", "211");
    expect_code(f, "小学教学点", "218");
    expect_code(f, "小", "none");
    expect_code(f, "", "none");
    expect_code(f, "0211", "none");
    assert_true(school->number == 211);
}

static void cells_may_be_full_width_and_have_blanks_around(void **state)
{
    Fixture *f = *state;
    Code *code = add(f, "5", "地级教育部门");
    assert_true(
        codelist_add_synonym(&f->arena, f->list, code, STR("地（市）级教育部门"), NULL, &f->err));
    assert_non_null(add(f, "10", "民办 Y"));
    expect_code(f, " 5 ", "5");
    expect_code(f, "５", "5");
    expect_code(f, "１０", "10");
    expect_code(f, "地(市)级教育部门", "5");
    expect_code(f, "地（市）级教育部门　", "5");
    expect_code(f, "\xc2\xa0地级教育部门", "5");
    expect_code(f, "民办　Ｙ", "10");
    expect_code(f, "民办 y", "none"); /* letters are not folded */
}

static void leading_zeros_are_text_but_the_number_is_one(void **state)
{
    Fixture *f = *state;
    Code *one = add(f, "01", "汉族");
    assert_non_null(one);
    assert_text(one->code, "01");
    assert_true(one->number == 1);
    expect_code(f, "01", "01");
    expect_code(f, "1", "01");
    expect_code(f, "001", "none");
    assert_ptr_equal(codelist_find_number(f->list, 1), one);
    assert_null(add(f, "1", "蒙古族"));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「1」出现了两次");
    assert_null(add(f, "001", "回族"));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「001」出现了两次");
    assert_int_equal(f->list->codes.len, 1);
}

static void zero_is_a_code(void **state)
{
    Fixture *f = *state;
    Code *no = add(f, "0", "否");
    assert_non_null(no);
    assert_ptr_equal(codelist_find_number(f->list, 0), no);
    assert_ptr_equal(codelist_find_number(f->list, -0.0), no);
    assert_null(add(f, "00", "不"));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「00」出现了两次");
}

static void codes_are_one_to_fifteen_digits(void **state)
{
    Fixture *f = *state;
    static const char *const wrong[] = {
        "", "1234567890123456", "2a", "２１１", " 211", "211 ", "-1", "+1", "1.0", "1e3", "小学"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_null(add(f, wrong[i], "名称"));
        assert_int_equal(f->err.first->code, ERR_CODE_BAD);
        err_done(&f->err);
        err_init(&f->err);
    }
    Code *longest = add(f, "999999999999999", "最长");
    assert_non_null(longest);
    assert_ptr_equal(codelist_find_number(f->list, 999999999999999), longest);
    assert_null(add(f, "2a", "名称"));
    expect_refusal(f, ERR_CODE_BAD, "代码表「办学类型」的代码「2a」不是 1 到 15 位数字");
}

static void every_spelling_names_one_code_only(void **state)
{
    Fixture *f = *state;
    Code *school = add(f, "211", "小学");
    Code *junior = add(f, "311", "初级中学");
    assert_null(add(f, "211", "另一个"));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「211」出现了两次");
    assert_null(add(f, "212", "小学"));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「小学」出现了两次");
    assert_null(add(f, "213", "　小学 "));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「　小学 」出现了两次");
    assert_false(codelist_add_synonym(&f->arena, f->list, junior, STR("小学"), NULL, &f->err));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「小学」出现了两次");
    assert_false(codelist_add_synonym(&f->arena, f->list, junior, STR("211"), NULL, &f->err));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「211」出现了两次");
    /* the same code twice is no conflict */
    assert_true(codelist_add_synonym(&f->arena, f->list, school, STR("小学"), NULL, &f->err));
    assert_true(codelist_add_synonym(&f->arena, f->list, school, STR("211"), NULL, &f->err));
}

/* A digit synonym may be the number of a code that is not there: as 999 for runner 10. */
static void a_number_finds_its_code_and_never_a_synonym(void **state)
{
    Fixture *f = *state;
    Code *private = add(f, "10", "民办");
    assert_true(codelist_add_synonym(&f->arena, f->list, private, STR("999"), NULL, &f->err));
    expect_code(f, "999", "10");
    assert_ptr_equal(codelist_find_number(f->list, 10), private);
    assert_null(codelist_find_number(f->list, 999));
    assert_null(add(f, "999", "另一个"));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「999」出现了两次");
}

static void numbers_that_are_no_codes_find_nothing(void **state)
{
    Fixture *f = *state;
    assert_non_null(add(f, "211", "小学"));
    const double wrong[] = {
        210, 211.5, -211, 1e15, 1e300, -1e300, 0.0, 1e18, __builtin_nan(""), __builtin_inf()};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_null(codelist_find_number(f->list, wrong[i]));
    assert_non_null(codelist_find_number(f->list, 211));
}

static void a_group_holds_its_numbers_in_order(void **state)
{
    Fixture *f = *state;
    assert_non_null(add(f, "111", "主城区"));
    double number[] = {210, 111, 112};
    assert_true(codelist_add_group(&f->arena, f->list, STR("城区"), number, 3, NULL, &f->err));
    const CodeGroup *group = codelist_find_group(f->list, STR("城区"));
    assert_non_null(group);
    assert_int_equal(group->count, 3);
    assert_true(group->number[0] == 111 && group->number[1] == 112 && group->number[2] == 210);
    assert_null(codelist_find_group(f->list, STR("城")));
    assert_null(codelist_find_group(f->list, STR("主城区")));
    /* a group is a word of formulas, not of cells */
    expect_code(f, "城区", "none");
}

static void a_group_may_be_empty(void **state)
{
    Fixture *f = *state;
    assert_true(codelist_add_group(&f->arena, f->list, STR("无"), NULL, 0, NULL, &f->err));
    assert_int_equal(codelist_find_group(f->list, STR("无"))->count, 0);
}

static void a_group_has_a_name_of_its_own(void **state)
{
    Fixture *f = *state;
    Code *city = add(f, "111", "主城区");
    assert_true(codelist_add_group(&f->arena, f->list, STR("城区"), NULL, 0, NULL, &f->err));
    assert_false(codelist_add_group(&f->arena, f->list, STR("城区"), NULL, 0, NULL, &f->err));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「城区」出现了两次");
    assert_false(codelist_add_group(&f->arena, f->list, STR("主城区"), NULL, 0, NULL, &f->err));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「主城区」出现了两次");
    assert_false(codelist_add_group(&f->arena, f->list, STR("111"), NULL, 0, NULL, &f->err));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「111」出现了两次");
    /* in either order, and however it is spelt */
    assert_null(add(f, "112", "城区"));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「城区」出现了两次");
    assert_null(add(f, "113", "城区　"));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「城区　」出现了两次");
    assert_false(codelist_add_synonym(&f->arena, f->list, city, STR("城区"), NULL, &f->err));
    expect_refusal(f, ERR_CODE_DUPLICATE, "代码表「办学类型」里「城区」出现了两次");
}

static void the_nearest_spelling_is_offered(void **state)
{
    Fixture *f = *state;
    Code *school = add(f, "211", "小学");
    assert_non_null(add(f, "312", "九年一贯制学校"));
    assert_true(codelist_add_synonym(&f->arena, f->list, school, STR("完全小学"), NULL, &f->err));
    assert_text(codelist_nearest(&f->arena, f->list, STR("九年一贯学校")), "九年一贯制学校");
    assert_text(codelist_nearest(&f->arena, f->list, STR("完全小学校")), "完全小学");
    assert_text(codelist_nearest(&f->arena, f->list, STR("　２１２")), "211");
    assert_text(codelist_nearest(&f->arena, f->list, STR("大学城")), "");
    assert_text(codelist_nearest(&f->arena, f->list, STR("")), "");
    const CodeList *empty = codelist_new(&f->arena, STR("x"), STR("空"));
    assert_text(codelist_nearest(&f->arena, empty, STR("小学")), "");
}

static void an_error_stands_at_the_place_given(void **state)
{
    Fixture *f = *state;
    ErrPlace place = {.file = STR("a.yaml"), .line = 7, .column = 3};
    Code *added, code = {.code = STR("x"), .name = STR("名")};
    assert_false(codelist_add(&f->arena, f->list, code, &added, &place, &f->err));
    assert_int_equal(f->err.first->place.line, 7);
    assert_text(f->err.first->place.file, "a.yaml");
}

/* Quadratic, this would take minutes. */
static void many_codes_and_groups_take_linear_time(void **state)
{
    Fixture *f = *state;
    enum { MANY = 200000 };
    for (int i = 0; i < MANY; i++) {
        Code *code =
            add(f, str_format(&f->arena, "%d", i).ptr, str_format(&f->arena, "名%d", i).ptr);
        assert_non_null(code);
    }
    for (int i = 0; i < MANY; i++) {
        double number = i;
        assert_true(codelist_add_group(&f->arena, f->list, str_format(&f->arena, "组%d", i),
                                       &number, 1, NULL, &f->err));
    }
    assert_true(codelist_find_group(f->list, STR("组199999"))->number[0] == 199999);
    assert_true(codelist_find_number(f->list, 199999) != NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_code_is_found_by_code_name_and_synonym),
        TEST(cells_may_be_full_width_and_have_blanks_around),
        TEST(leading_zeros_are_text_but_the_number_is_one),
        TEST(zero_is_a_code),
        TEST(codes_are_one_to_fifteen_digits),
        TEST(every_spelling_names_one_code_only),
        TEST(a_number_finds_its_code_and_never_a_synonym),
        TEST(numbers_that_are_no_codes_find_nothing),
        TEST(a_group_holds_its_numbers_in_order),
        TEST(a_group_may_be_empty),
        TEST(a_group_has_a_name_of_its_own),
        TEST(the_nearest_spelling_is_offered),
        TEST(an_error_stands_at_the_place_given),
        TEST(many_codes_and_groups_take_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
