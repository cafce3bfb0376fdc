#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "expr_fixture.h"

/* ---- the table ---- */

static bool is_unit(ExprFixture *f, const char *text, Unit *ret)
{
    return unit_parse(&f->units, str_from(text), ret, &f->err);
}

static void products_are_parsed_with_every_sign(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    static const char *const EQUAL[][2] = {
        {"㎡/人", "平方米 ÷ 人"}, {"元*人/班", "人 × 元 / 班"}, {"元/人/人", "元/人 ÷ 人"},
        {"人/人", "1"},           {"1/人", "1 / 人"},           {"yuan", "元"},
    };
    for (size_t i = 0; i < sizeof EQUAL / sizeof *EQUAL; i++) {
        Unit a = fixture_unit(f, EQUAL[i][0]), b = fixture_unit(f, EQUAL[i][1]);
        assert_true(unit_equals(&a, &b));
    }
    Unit share = fixture_unit(f, "人/百人"), none = unit_none();
    assert_int_equal(share.num, 1);
    assert_int_equal(share.den, 100);
    assert_true(unit_same_dimension(&share, &none));
    assert_false(unit_equals(&share, &none));
    assert_true(unit_is_none(&none));
    fixture_free(f);
}

static void mistakes_in_units_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        ErrCode code;
    } CASES[] = {{"", ERR_UNIT_UNKNOWN},
                 {"斤", ERR_UNIT_UNKNOWN},
                 {"元/", ERR_UNIT_UNKNOWN},
                 {"元//人", ERR_UNIT_UNKNOWN},
                 {"元人", ERR_UNIT_UNKNOWN},
                 {"100人", ERR_UNIT_UNKNOWN},
                 {"万元*万元*万元*万元*万元", ERR_UNIT_SCALE}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        Unit unit;
        assert_false(is_unit(f, CASES[i].text, &unit));
        assert_int_equal(f->err.first->code, CASES[i].code);
        fixture_free(f);
    }
}

static void a_table_refuses_what_it_cannot_hold(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    assert_false(unit_add_base(&f->units, STR("人"), &f->err));
    assert_int_equal(f->err.last->code, ERR_UNIT_DUPLICATE);
    assert_false(unit_add_base(&f->units, STR("1"), &f->err));
    assert_int_equal(f->err.last->code, ERR_UNIT_DUPLICATE);
    assert_false(unit_add_named(&f->units, STR("万元"), 1, 1, STR("元"), &f->err));
    assert_int_equal(f->err.last->code, ERR_UNIT_DUPLICATE);
    assert_false(unit_add_named(&f->units, STR("亩"), 1, 1, STR("公顷"), &f->err));
    assert_int_equal(f->err.last->code, ERR_UNIT_UNKNOWN);
    assert_false(unit_add_named(&f->units, STR("零"), 0, 1, STR("元"), &f->err));
    assert_int_equal(f->err.last->code, ERR_UNIT_SCALE);
    assert_false(unit_add_named(&f->units, STR("大"), INT64_MAX, 1, STR("万元"), &f->err));
    assert_int_equal(f->err.last->code, ERR_UNIT_SCALE);
    while (f->units.base_count < UNIT_BASES_MAX)
        assert_true(
            unit_add_base(&f->units, str_format(&f->arena, "b%zu", f->units.base_count), &f->err));
    assert_false(unit_add_base(&f->units, STR("one_more"), &f->err));
    assert_int_equal(f->err.last->code, ERR_UNIT_BASES);
    fixture_free(f);
}

/* Exhaustive over all pairs of named units: division undoes multiplication, and formatted quotients parse. */
static void products_and_quotients_undo_each_other(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    const Map *named = &f->units.named;
    for (size_t i = 0; i < named->len; i++)
        for (size_t j = 0; j < named->len; j++) {
            const Unit *a = named->entry[i].value, *b = named->entry[j].value;
            Unit product, back, quotient, again;
            assert_true(unit_multiply(a, b, &product) && unit_divide(&product, b, &back));
            assert_true(unit_equals(&back, a));
            assert_true(unit_divide(a, b, &quotient) && unit_multiply(&quotient, b, &back));
            assert_true(unit_equals(&back, a));
            StrBuf out;
            strbuf_init(&out, &f->arena);
            unit_format(&out, &f->units, &quotient);
            Unit none = unit_none();
            if (unit_same_dimension(&quotient, &none))
                continue; /* 1/10000 is for messages only */
            assert_true(unit_parse(&f->units, strbuf_str(&out), &again, &f->err));
            assert_true(unit_equals(&again, &quotient));
        }
    fixture_free(f);
}

static void units_read_like_people_write_them(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    static const char *const SAME[] = {"1",       "人",          "万元", "㎡/人",
                                       "万元/人", "元*元/人/人", "1/人"};
    static const char *const OTHER[][2] = {{"平方米", "㎡"},
                                           {"人/百人", "%"},
                                           {"万元*人", "10000 人*元"},
                                           {"人*人/百人/百人", "1/10000"}};
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME + sizeof OTHER / sizeof *OTHER; i++) {
        size_t other = i - sizeof SAME / sizeof *SAME;
        bool is_same = i < sizeof SAME / sizeof *SAME;
        Unit unit = fixture_unit(f, is_same ? SAME[i] : OTHER[other][0]);
        StrBuf out;
        strbuf_init(&out, &f->arena);
        unit_format(&out, &f->units, &unit);
        assert_text(strbuf_str(&out), is_same ? SAME[i] : OTHER[other][1]);
    }
    fixture_free(f);
}

/* ---- in formulas ---- */

static void assert_unit(const char *source, const char *unit, ErrCode code)
{
    ExprFixture *f = fixture_new();
    const Node *tree = fixture_check_source(f, str_from(source), NULL);
    ErrCode got = tree ? ERR_NONE : f->err.first->code;
    if (got != code)
        print_error("%s\n", source);
    assert_string_equal(err_code_name(got), err_code_name(code));
    if (tree) {
        Unit want = fixture_unit(f, unit);
        assert_true(unit_equals(&tree->unit, &want));
    }
    fixture_free(f);
}

/* Expected values: doc/formulas.md, section on units, applied by hand. */
static void units_combine_as_the_manual_says(void **state)
{
    (void)state;
    static const char *const GOOD[][2] = {
        {"教师数 + 在校生数 - 5", "人"},
        {"5 - 教师数", "人"},
        {"(2 + 3) * 4 - 教师数", "人"},
        {"教师数 / 班数", "人/班"},
        {"教师数 * 在校生数", "人*人"},
        {"教师数 ^ 2 / 教师数", "人"},
        {"教师数 ^ 0", "1"},
        {"-教师数", "人"},
        {"1 / 班数", "1/班"},
        {"绝对值(教师数)", "人"},
        {"四舍五入(QR4, 2) + QR4", "㎡/人"},
        {"较小(教师数, 5, 在校生数)", "人"},
        {"较大(5, 6) + 班数", "班"},
        {"如果 真 则 5 否则 班数", "班"},
        {"合计(教学仪器设备值)", "万元"},
        {"平均(QR4, 在校生数)", "㎡/人"},
        {"标准差(QR4, 在校生数)", "㎡/人"},
        {"百分位(QR4, 50)", "㎡/人"},
        {"差异系数(QR4, 在校生数)", "1"},
        {"占比(学校达标, 在校生数)", "1"},
        {"计数(学校达标)", "1"},
        {"位次(QR4)", "1"},
        {"换算(教学仪器设备值, \"元\")", "元"},
        {"换算(100 * QR1, \"1\")", "1"},
        {"教学仪器设备值 / 在校生数", "万元/人"},
        {"上年(教师数) + 教师数", "人"},
        {"合计(教师数 同校)", "人"},
        {"QR1.限值", "人/百人"},
        {"平均(各项.差异系数)", "1"},
        {"计数(各项.值)", "1"},
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_unit(GOOD[i][0], GOOD[i][1], ERR_NONE);
    assert_unit("QR1 * 在校生数 / 在校生数", "人/百人", ERR_NONE);
    static const char *const BAD[] = {
        "教师数 + 班数",
        "教师数 > 班数",
        "QR1 > QR4",
        "QR1 > 教师数 / 在校生数",
        "较小(教师数, 5, 班数)",
        "如果 真 则 教师数 否则 班数",
        "教学仪器设备值 + 换算(教学仪器设备值, \"元\")",
        "合计(各项.值)",
        "教师数 - 班数 > 5",
        "教师数 = 班数",
        "计数(教师数) + 教师数",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_unit(BAD[i], "1", ERR_FORMULA_UNITS);
    assert_unit("换算(教师数, \"元\")", "1", ERR_FORMULA_CONVERT);
    assert_unit("换算(教师数, \"三人\")", "1", ERR_FORMULA_CONVERT);
    assert_unit("换算(教师数, \"斤\")", "1", ERR_FORMULA_CONVERT_UNIT);
    assert_unit("((教师数 ^ 9) ^ 9) ^ 9", "1", ERR_FORMULA_UNIT_RANGE);
    assert_unit("教学仪器设备值 ^ 9", "1", ERR_FORMULA_UNIT_RANGE);
}

static void conversion_gives_an_exact_factor(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        int64_t mantissa;
        int exp10;
    } CASES[] = {{"换算(教学仪器设备值, \"元\")", 1, 4},
                 {"换算(教师数, \"百人\")", 1, -2},
                 {"换算(教师数, \"人\")", 1, 0},
                 {"换算(换算(教师数, \"百人\"), \"人\")", 1, 2},
                 {"换算(QR1, \"1\")", 1, -2}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        const Node *tree = fixture_check_source(f, str_from(CASES[i].source), NULL);
        assert_non_null(tree);
        assert_int_equal(tree->factor.mantissa, CASES[i].mantissa);
        assert_int_equal(tree->factor.exp10, CASES[i].exp10);
        fixture_free(f);
    }
}

/* A forgotten, doubled or misplaced constant is an error: unit.h. */
static void the_constant_makes_up_exactly_the_declared_scale(void **state)
{
    (void)state;
    static const struct {
        const char *source, *unit;
        ErrCode code;
    } CASES[] = {
        {"100 * 教师数 / 在校生数", "人/百人", ERR_NONE},
        {"教师数 / 在校生数 * 100", "人/百人", ERR_NONE},
        {"教师数 / (0.01 * 在校生数)", "人/百人", ERR_NONE},
        {"10 ^ 2 * 教师数 / 在校生数", "人/百人", ERR_NONE},
        {"-(100 * (教师数 / 在校生数))", "人/百人", ERR_NONE},
        {"20 * 教师数 * 5 / 在校生数", "人/百人", ERR_NONE},
        {"教师数 / 在校生数", "1", ERR_NONE},
        {"教师数 / 在校生数", "人/百人", ERR_FORMULA_UNIT_FACTOR},
        {"10000 * 教师数 / 在校生数", "人/百人", ERR_FORMULA_UNIT_FACTOR},
        {"100 * 教师数 / 在校生数", "1", ERR_FORMULA_UNIT_FACTOR},
        {"(100 * 教师数 + 100 * 班数 * 教师数 / 班数) / 在校生数", "人/百人",
         ERR_FORMULA_UNIT_FACTOR},
        {"10000 * 教学仪器设备值 / 在校生数", "元/人", ERR_NONE},
        {"教学仪器设备值 / 在校生数", "元/人", ERR_FORMULA_UNIT_FACTOR},
        {"教学仪器设备值 / 在校生数", "万元/人", ERR_NONE},
        {"换算(教学仪器设备值, \"元\") / 在校生数", "元/人", ERR_NONE},
        {"10000 * 换算(教学仪器设备值, \"元\") / 在校生数", "元/人", ERR_FORMULA_UNIT_FACTOR},
        {"教学仪器设备值 / 在校生数", "元/班", ERR_FORMULA_UNIT_RESULT},
        {"如果 班数 > 3 则 100 * 教师数 / 在校生数 否则 0", "人/百人", ERR_NONE},
        {"100 * (如果 班数 > 3 则 教师数 否则 0) / 在校生数", "人/百人", ERR_NONE},
        {"(如果 班数 > 3 则 100 * 教师数 否则 教师数) / 在校生数", "人/百人",
         ERR_FORMULA_UNIT_FACTOR},
        {"如果 班数 > 3 则 教师数 / 在校生数 否则 100 * 教师数 / 在校生数", "人/百人",
         ERR_FORMULA_UNIT_FACTOR},
        {"5", "人/百人", ERR_NONE},
        {"0 * 教师数 / 在校生数", "人/百人", ERR_FORMULA_UNIT_FACTOR},
        {"合计(100 * 教师数) / 合计(在校生数)", "人/百人", ERR_FORMULA_UNIT_FACTOR},
        {"100 * 合计(教师数) / 合计(在校生数)", "%", ERR_NONE},
        {"QR1", "人/百人", ERR_NONE},
        {"0.01 * QR1", "1", ERR_NONE},
        {"QR1 * QR1.限值 * 0.001 / 0.001", "人/百人*人/百人", ERR_NONE},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        Symbol want = {.kind = SYMBOL_FORMULA,
                       .type = TYPE_NUMBER,
                       .level = LEVEL_ROW,
                       .unit_is_declared = true,
                       .unit = fixture_unit(f, CASES[i].unit)};
        bool is_ok = fixture_check_source(f, str_from(CASES[i].source), &want) != NULL;
        ErrCode code = is_ok ? ERR_NONE : f->err.first->code;
        if (code != CASES[i].code)
            print_error("%s\n", CASES[i].source);
        assert_string_equal(err_code_name(code), err_code_name(CASES[i].code));
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_parsed_with_every_sign),
        cmocka_unit_test(mistakes_in_units_are_told),
        cmocka_unit_test(a_table_refuses_what_it_cannot_hold),
        cmocka_unit_test(products_and_quotients_undo_each_other),
        cmocka_unit_test(units_read_like_people_write_them),
        cmocka_unit_test(units_combine_as_the_manual_says),
        cmocka_unit_test(conversion_gives_an_exact_factor),
        cmocka_unit_test(the_constant_makes_up_exactly_the_declared_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
