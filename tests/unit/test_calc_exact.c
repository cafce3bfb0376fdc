#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "calc/exact_number_int.h"
#include "exact_fixture.h"

#include <stdlib.h>

static const char *const ITEMS[] = {"x", "y", "z", "w", "在校生数", "图书", NULL};
enum { X, Y, Z, W, PUPILS, BOOKS };

static double number_at(Fixture *f, const char *source, ExactPoint point)
{
    return exact_to_double(exact_run(f->exact, fixture_tree(f, source), &point));
}

static double of_region(Fixture *f, const char *source)
{
    return number_at(f, source, fixture_region(f, 0, 0));
}
static double of_row(Fixture *f, const char *source)
{
    return number_at(f, source, fixture_row(f, 0, 0));
}

static Absence absence_at(Fixture *f, const char *source, ExactPoint point)
{
    return exact_run(f->exact, fixture_tree(f, source), &point)->absence;
}
static Absence region_absence(Fixture *f, const char *source)
{
    return absence_at(f, source, fixture_region(f, 0, 0));
}
static Absence row_absence(Fixture *f, const char *source)
{
    return absence_at(f, source, fixture_row(f, 0, 0));
}

static Tri truth_of_row(Fixture *f, const char *source)
{
    ExactPoint point = fixture_row(f, 0, 0);
    return exact_test(f->exact, fixture_tree(f, source), &point);
}
static Tri truth_of_region(Fixture *f, const char *source)
{
    ExactPoint point = fixture_region(f, 0, 0);
    return exact_test(f->exact, fixture_tree(f, source), &point);
}

#define assert_number(got, want) assert_number_at((got), (want), __FILE__, __LINE__)
static void assert_number_at(double got, double want, const char *file, int line)
{
    if (got == want || (isnan(got) && isnan(want)))
        return;
    print_error("got: %.17g\nwant: %.17g\n", got, want);
    _fail(file, line);
}

static void set_column(Fixture *f, size_t slot, size_t count, const double *value)
{
    for (size_t row = 0; row < count; row++)
        fixture_set(f, 0, row, slot, value[row]);
}

/* ---- published examples ---- */

/* data/cv/worked_example_books_5_schools_expected.csv, column recomputed_full_precision; standards.md §12 T1. */
static void the_five_schools_of_t1_have_their_mean_deviation_and_coefficient(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    set_column(f, PUPILS, 5, (const double[]){45, 37, 89, 76, 55});
    set_column(f, BOOKS, 5, (const double[]){279, 137, 935, 160, 402});
    assert_number(of_region(f, "平均(图书 / 在校生数, 在校生数)"), 6.3344370860927152);
    assert_true(fabs(of_region(f, "标准差(图书 / 在校生数, 在校生数)") - 3.2638607051953750) <
                1e-15);
    assert_true(fabs(of_region(f, "差异系数(图书 / 在校生数, 在校生数)") - 0.5152566298844764) <
                2e-16);
    assert_true(fabs(of_region(f, "差异系数(图书 / 在校生数)") - 0.4887706816050171) < 2e-16);
    assert_number(of_region(f, "合计(图书) / 合计(在校生数)"), 6.3344370860927152);
    assert_int_equal(truth_of_region(f, "差异系数(图书 / 在校生数, 在校生数) <= 0.65"), TRI_TRUE);
    assert_int_equal(truth_of_region(f, "差异系数(图书 / 在校生数, 在校生数) <= 0.50"), TRI_FALSE);
    fixture_done(f);
}

/* data/cv/split_worked_example.csv, column recomputed; standards.md §12 T2. */
static void the_nine_year_school_of_t2_is_split_by_weighted_pupils(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    Symbol *weight = fixture_symbol(f, SYMBOL_PARAMETER, "折算系数", TYPE_NUMBER);
    weight->value[0] = (Decimal){1, 0};
    weight->value[1] = (Decimal){11, -1};
    weight->has_value[0] = weight->has_value[1] = true;
    fixture_set(f, 0, 2, PUPILS, 166);
    fixture_set(f, 1, 5, PUPILS, 210);
    fixture_set(f, 0, 2, BOOKS, 23226);
    fixture_set(f, 1, 5, BOOKS, 23226);
    fixture_join(f, 0, 2, 1, 5);
    const char *part = "图书 * 折算系数 * 在校生数 / 合计(折算系数 * 在校生数 同校 须齐全)";
    assert_number(number_at(f, "合计(折算系数 * 在校生数 同校)", fixture_row(f, 1, 5)), 397);
    assert_number(number_at(f, part, fixture_row(f, 0, 2)), 9711.627204030226);
    assert_number(number_at(f, part, fixture_row(f, 1, 5)), 13514.372795969774);

    /* the primary stage did not say how many pupils it has: no weight, never 1 (decisions.md 1) */
    fixture_leave(f, 0, 2, PUPILS, ABSENCE_NOT_REPORTED);
    assert_int_equal(absence_at(f, part, fixture_row(f, 1, 5)), ABSENCE_NOT_REPORTED);
    assert_number(number_at(f, "合计(折算系数 * 在校生数 同校)", fixture_row(f, 1, 5)), 231);
    fixture_leave(f, 0, 2, PUPILS, ABSENCE_NOT_APPLICABLE);
    assert_number(number_at(f, "合计(折算系数 * 在校生数 同校 须齐全)", fixture_row(f, 1, 5)), 231);

    /* a stage for which the standard has no coefficient */
    fixture_set(f, 2, 0, PUPILS, 10);
    assert_int_equal(absence_at(f, "折算系数 * 在校生数", fixture_row(f, 2, 0)),
                     ABSENCE_NOT_APPLICABLE);
    fixture_done(f);
}

/* ---- comparisons ---- */

static void ties_are_decided_as_decimals(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    fixture_set(f, 0, 0, X, 0.1);
    fixture_set(f, 0, 0, Y, 0.2);
    fixture_set(f, 0, 0, Z, 0.3);
    fixture_set(f, 0, 0, W, 8);
    fixture_set(f, 0, 0, PUPILS, 800);
    assert_int_equal(truth_of_row(f, "x + y - z = 0"), TRI_TRUE);
    assert_number(of_row(f, "x + y - z"), 0);
    assert_int_equal(truth_of_row(f, "100 * w / 在校生数 >= 1"), TRI_TRUE);
    assert_int_equal(truth_of_row(f, "100 * w / 在校生数 > 1"), TRI_FALSE);
    assert_int_equal(truth_of_row(f, "w / 3 * 3 = 8"), TRI_TRUE);
    assert_int_equal(truth_of_row(f, "4.5 * 0.85 = 3.825"), TRI_TRUE);
    assert_int_equal(truth_of_row(f, "x != 0.1"), TRI_FALSE);
    assert_int_equal(truth_of_row(f, "x + 0.00000000000001 > 0.1"), TRI_TRUE);
    fixture_done(f);
}

static void a_coefficient_of_exactly_one_half_meets_one_half(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    /* values 1 and 3, weights 7 and 7: mean 2, deviation 1; as ratios 7/7 and 21/7 */
    set_column(f, X, 2, (const double[]){7, 21});
    set_column(f, W, 2, (const double[]){7, 7});
    ExactPoint point = fixture_region(f, 0, 0);
    const ExactValue *value = exact_run(f->exact, fixture_tree(f, "cv(x / w, w)"), &point);
    assert_true(mpq_equal(value->lo, value->hi));
    assert_int_equal(mpq_cmp_si(value->lo, 1, 2), 0);
    assert_int_equal(truth_of_region(f, "cv(x / w, w) <= 0.5"), TRI_TRUE);
    assert_int_equal(truth_of_region(f, "cv(x / w, w) < 0.5"), TRI_FALSE);
    fixture_set(f, 0, 1, X, 21.0000000001);
    exact_reset(f->exact);
    assert_int_equal(truth_of_region(f, "cv(x / w, w) <= 0.5"), TRI_FALSE);
    fixture_done(f);
}

static void sums_of_roots_are_told_apart_or_equal(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    /* std of 0, 0, 3k is k times the root of 2 */
    set_column(f, X, 3, (const double[]){0, 0, 3});
    set_column(f, Y, 3, (const double[]){0, 0, 6});
    set_column(f, Z, 3, (const double[]){0, 0, 9});
    assert_int_equal(truth_of_region(f, "std(x) + std(y) = std(z)"), TRI_TRUE);
    assert_int_equal(truth_of_region(f, "std(x) * std(x) = 2"), TRI_TRUE);
    assert_int_equal(truth_of_region(f, "std(x) * std(x) < 2"), TRI_FALSE);
    assert_int_equal(truth_of_region(f, "std(x) < 1.4142135623731"), TRI_TRUE);
    assert_int_equal(truth_of_region(f, "std(x) > 1.4142135623730"), TRI_TRUE);
    /* a difference of 10^-126 needs more than the first precision */
    assert_int_equal(truth_of_region(f, "std(x) + 1 / 100000000000000 ^ 9 > std(x)"), TRI_TRUE);
    assert_int_equal(truth_of_region(f, "std(x) + 1 / 100000000000000 ^ 9 > std(z) / 3"), TRI_TRUE);
    assert_int_equal(truth_of_region(f, "1 / (std(x) - std(z) / 3) > 0"), TRI_UNKNOWN);
    assert_int_equal(region_absence(f, "1 / (std(x) - std(z) / 3)"), ABSENCE_UNDEFINED);
    /* rounding at an edge that only the cap settles: half away from zero */
    assert_number(of_region(f, "round(std(x) * std(x) / 4)"), 1);
    assert_number(of_region(f, "round(-std(x) * std(x) / 4)"), -1);
    assert_number(of_region(f, "ceil(std(x) * std(x))"), 2);
    assert_number(of_region(f, "floor(std(x) * std(x))"), 2);
    assert_number(of_region(f, "round(std(x), 4)"), 1.4142);
    fixture_done(f);
}

static void rounding_is_half_away_from_zero(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    static const struct {
        double x, whole, two, up, down;
    } CASES[] = {
        {0.285, 0, 0.29, 1, 0},       {-0.285, 0, -0.29, 0, -1}, {0.5, 1, 0.5, 1, 0},
        {-0.5, -1, -0.5, 0, -1},      {2.5, 3, 2.5, 3, 2},       {1.005, 1, 1.01, 2, 1},
        {-3, -3, -3, -3, -3},         {0, 0, 0, 0, 0},           {1e15, 1e15, 1e15, 1e15, 1e15},
        {0.4999999999, 0, 0.5, 1, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        fixture_set(f, 0, 0, X, CASES[i].x);
        assert_number(of_row(f, "round(x)"), CASES[i].whole);
        assert_number(of_row(f, "round(x, 2)"), CASES[i].two);
        assert_number(of_row(f, "ceil(x)"), CASES[i].up);
        assert_number(of_row(f, "floor(x)"), CASES[i].down);
        assert_number(of_row(f, "abs(x)"), fabs(CASES[i].x));
    }
    fixture_done(f);
}

/* ---- absence and unknown ---- */

static void arithmetic_on_absence_carries_the_heavier_reason(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    for (Absence a = ABSENCE_NONE; a <= ABSENCE_UNDEFINED; a++)
        for (Absence b = ABSENCE_NONE; b <= ABSENCE_UNDEFINED; b++) {
            fixture_set(f, 0, 0, X, 1);
            fixture_set(f, 0, 0, Y, 1);
            if (a)
                fixture_leave(f, 0, 0, X, a);
            if (b)
                fixture_leave(f, 0, 0, Y, b);
            Absence want = a > b ? a : b;
            static const char *const BOTH[] = {
                "x + y",       "x - y",          "x * y",           "x / y",
                "least(x, y)", "greatest(x, y)", "-x + abs(y) ^ 2", "round(x) + ceil(y)"};
            for (size_t i = 0; i < sizeof BOTH / sizeof *BOTH; i++)
                assert_int_equal(row_absence(f, BOTH[i]), want);
            assert_int_equal(truth_of_row(f, "x = y"), want ? TRI_UNKNOWN : TRI_TRUE);
            assert_int_equal(row_absence(f, "if x >= y then 1 else 2"), want);
            assert_int_equal(row_absence(f, "x >= y"), want);
            assert_int_equal(truth_of_row(f, "reported(x)"), a ? TRI_FALSE : TRI_TRUE);
            assert_int_equal(truth_of_row(f, "reported(x + y)"), want ? TRI_FALSE : TRI_TRUE);
        }
    fixture_set(f, 0, 0, X, 0);
    fixture_set(f, 0, 0, Y, 0);
    assert_int_equal(row_absence(f, "x / y"), ABSENCE_UNDEFINED);
    assert_int_equal(row_absence(f, "5 / y"), ABSENCE_UNDEFINED);
    assert_number(of_row(f, "x ^ 0"), 1);
    fixture_done(f);
}

/* By exhaustion against the tables written out here: F, T, U. */
static void three_valued_logic_follows_its_tables(void **state)
{
    (void)state;
    static const Tri AND[3][3] = {{0, 0, 0}, {0, 1, 2}, {0, 2, 2}},
                     OR[3][3] = {{0, 1, 2}, {1, 1, 1}, {2, 1, 2}}, NOT[3] = {1, 0, 2};
    static const double VALUE[3] = {0, 1, NAN};
    Fixture *f = fixture_new(8, ITEMS);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            for (int c = 0; c < 3; c++) {
                fixture_set(f, 0, 0, X, VALUE[a]);
                fixture_set(f, 0, 0, Y, VALUE[b]);
                fixture_set(f, 0, 0, Z, VALUE[c]);
                assert_int_equal(truth_of_row(f, "x = 1 and y = 1"), AND[a][b]);
                assert_int_equal(truth_of_row(f, "x = 1 or y = 1"), OR[a][b]);
                assert_int_equal(truth_of_row(f, "not x = 1"), NOT[a]);
                assert_int_equal(truth_of_row(f, "if x = 1 then y = 1 else z = 1"),
                                 a == 2   ? TRI_UNKNOWN
                                 : a == 1 ? b
                                          : c);
                assert_int_equal(truth_of_row(f, "(x = 1 or y = 1) and not z = 1"),
                                 AND[OR[a][b]][NOT[c]]);
            }
    fixture_done(f);
}

static void code_attributes_are_compared_by_their_lists(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    static const double PRIMARY[] = {211, 218}, JUNIOR[] = {311};
    CodeName primary = {PRIMARY, 2}, junior = {JUNIOR, 1};
    CodeSet codes = {.name = STR("类型表")};
    map_init(&codes.names, &f->arena);
    map_set(&codes.names, STR("小学"), &primary);
    map_set(&codes.names, STR("初中"), &junior);
    Symbol *type = fixture_symbol(f, SYMBOL_ATTRIBUTE, "类型", TYPE_CODE);
    type->codes = &codes;
    size_t slot = (size_t)scope_slot(&f->scope, type, 0);
    fixture_set(f, 0, 0, slot, 218);
    assert_int_equal(truth_of_row(f, "类型 = \"小学\""), TRI_TRUE);
    assert_int_equal(truth_of_row(f, "类型 != \"小学\""), TRI_FALSE);
    assert_int_equal(truth_of_row(f, "类型 in (\"初中\")"), TRI_FALSE);
    assert_int_equal(truth_of_row(f, "类型 in (\"初中\", \"小学\")"), TRI_TRUE);
    fixture_leave(f, 0, 0, slot, ABSENCE_NOT_REPORTED);
    assert_int_equal(truth_of_row(f, "类型 = \"小学\""), TRI_UNKNOWN);
    assert_int_equal(truth_of_row(f, "类型 != \"小学\""), TRI_UNKNOWN);
    fixture_done(f);
}

/* ---- lists ---- */

static Fixture *list_fixture(void)
{
    Fixture *f = fixture_new(8, ITEMS);
    static const char *const NAME[] = {"甲", "乙", "丙", "丁"}, *const SOURCE[] = {"x", "y", "z",
                                                                                   "w"};
    static const char *const CONDITION[] = {"甲达", "乙达", "丙达", "丁达"}, *const TEST[] = {
                                                                                 "x = 1", "y = 1",
                                                                                 "z = 1", "w = 1"};
    Symbol *values = fixture_symbol(f, SYMBOL_LIST, "各项.值", TYPE_NUMBER_LIST);
    Symbol *truths = fixture_symbol(f, SYMBOL_LIST, "各项.达标", TYPE_BOOL_LIST);
    values->element_count = truths->element_count = 4;
    values->element = ARENA_ARRAY(&f->arena, const Symbol *, 4);
    truths->element = ARENA_ARRAY(&f->arena, const Symbol *, 4);
    for (size_t i = 0; i < 4; i++) {
        values->element[i] = fixture_named(f, NAME[i], SOURCE[i], TYPE_NUMBER, LEVEL_ROW);
        truths->element[i] = fixture_named(f, CONDITION[i], TEST[i], TYPE_BOOL, LEVEL_ROW);
    }
    return f;
}

/* By exhaustion of 3^4 truths and of n: what holds whichever way the unknown ones turn out is decided. */
static void lists_of_truths_are_decided_as_soon_as_the_known_ones_decide(void **state)
{
    (void)state;
    Fixture *f = list_fixture();
    const Node *atleast[6], *all = fixture_tree(f, "all(各项.达标)"),
                            *any = fixture_tree(f, "any(各项.达标)");
    for (int n = 0; n < 6; n++) {
        char source[64];
        (void)snprintf(source, sizeof source, "atleast(%d, 各项.达标)", n);
        atleast[n] = fixture_tree(f, str_cstr(&f->arena, str_from(source)));
    }
    ExactPoint point = fixture_row(f, 0, 0);
    for (int code = 0; code < 81; code++) {
        int yes = 0, unknown = 0;
        for (int i = 0, rest = code; i < 4; i++, rest /= 3) {
            fixture_set(f, 0, 0, (size_t)(X + i), rest % 3 == 2 ? (double)NAN : (double)(rest % 3));
            yes += rest % 3 == 1;
            unknown += rest % 3 == 2;
        }
        for (int n = 0; n < 6; n++) {
            bool is_sure = yes >= n, is_possible = yes + unknown >= n;
            assert_int_equal(exact_test(f->exact, atleast[n], &point), is_sure       ? TRI_TRUE
                                                                       : is_possible ? TRI_UNKNOWN
                                                                                     : TRI_FALSE);
        }
        assert_int_equal(exact_test(f->exact, all, &point), yes == 4             ? TRI_TRUE
                                                            : yes + unknown == 4 ? TRI_UNKNOWN
                                                                                 : TRI_FALSE);
        assert_int_equal(exact_test(f->exact, any, &point), yes       ? TRI_TRUE
                                                            : unknown ? TRI_UNKNOWN
                                                                      : TRI_FALSE);
        assert_number(of_row(f, "count(各项.达标)"), yes);
        assert_number(of_row(f, "count(各项.值)"), 4 - unknown);
    }
    fixture_done(f);
}

static void a_list_of_numbers_is_absent_with_any_of_them(void **state)
{
    (void)state;
    Fixture *f = list_fixture();
    static const double VALUE[] = {0.25, -3, 8, 1};
    for (size_t i = 0; i < 4; i++)
        fixture_set(f, 0, 0, X + i, VALUE[i]);
    assert_number(of_row(f, "sum(各项.值)"), 6.25);
    assert_number(of_row(f, "mean(各项.值)"), 1.5625);
    assert_number(of_row(f, "min(各项.值)"), -3);
    assert_number(of_row(f, "max(各项.值)"), 8);
    fixture_leave(f, 0, 0, Y, ABSENCE_NOT_APPLICABLE);
    assert_int_equal(row_absence(f, "mean(各项.值)"), ABSENCE_NOT_APPLICABLE);
    fixture_leave(f, 0, 0, Z, ABSENCE_NOT_REPORTED);
    assert_int_equal(row_absence(f, "max(各项.值)"), ABSENCE_NOT_REPORTED);
    fixture_done(f);
}

/* ---- aggregates ---- */

static void aggregates_skip_what_is_absent_and_count_it_when_strict(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    set_column(f, X, 5, (const double[]){1, 2, 3, 4, 5});
    set_column(f, W, 5, (const double[]){1, 1, 2, 0, NAN});
    assert_number(of_region(f, "sum(x)"), 15);
    assert_number(of_region(f, "mean(x)"), 3);
    assert_number(of_region(f, "mean(x, w)"), 9.0 / 4.0); /* rows 1 to 3: (1 + 2 + 6) / 4 */
    assert_number(of_region(f, "min(x where x > 1.5)"), 2);
    assert_number(of_region(f, "max(x where w <= 2)"), 4);
    assert_number(of_region(f, "count(x)"), 5);
    assert_number(of_region(f, "count(w)"), 4);
    assert_number(of_region(f, "count(w >= 1)"), 3);
    assert_number(of_region(f, "share(w >= 1)"), 0.75);
    assert_number(of_region(f, "share(x >= 2, w)"), 0.75);
    assert_number(of_region(f, "sum(x strict)"), 15);
    assert_int_equal(region_absence(f, "sum(w strict)"), ABSENCE_NOT_REPORTED);
    assert_int_equal(region_absence(f, "count(w >= 1 strict)"), ABSENCE_NOT_REPORTED);
    assert_number(of_region(f, "sum(w where x < 5 strict)"), 4);
    assert_int_equal(region_absence(f, "mean(x, w strict)"), ABSENCE_NOT_REPORTED);
    fixture_leave(f, 0, 4, W, ABSENCE_NOT_APPLICABLE);
    exact_reset(f->exact);
    assert_number(of_region(f, "sum(w strict)"), 4);
    assert_int_equal(truth_of_region(f, "all(x >= 1)"), TRI_TRUE);
    assert_int_equal(truth_of_region(f, "all(w >= 0)"), TRI_UNKNOWN);
    assert_int_equal(truth_of_region(f, "all(w >= 1)"), TRI_FALSE);
    assert_int_equal(truth_of_region(f, "any(w >= 1)"), TRI_TRUE);
    assert_int_equal(truth_of_region(f, "any(w >= 3)"), TRI_UNKNOWN);
    assert_int_equal(truth_of_region(f, "any(x >= 6)"), TRI_FALSE);
    fixture_done(f);
}

static void an_aggregate_over_nothing_says_why(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    set_column(f, X, 2, (const double[]){2, -2});
    set_column(f, W, 2, (const double[]){0, 0});
    set_column(f, Y, 2, (const double[]){NAN, NAN});
    static const char *const FN[] = {"sum(", "mean(", "min(", "max(", "std(", "cv(", "percentile("};
    for (size_t i = 0; i < sizeof FN / sizeof *FN; i++) {
        const char *rest = i == 6 ? ", 50)" : ")";
        const char *absent = str_cstr(&f->arena, str_format(&f->arena, "%sy%s", FN[i], rest));
        assert_int_equal(region_absence(f, absent), ABSENCE_NOT_REPORTED);
        const char *none = str_cstr(&f->arena, str_format(&f->arena, "%sx%s", FN[i], rest));
        assert_int_equal(absence_at(f, none, fixture_region(f, 0, 2)), ABSENCE_NOT_APPLICABLE);
    }
    assert_int_equal(region_absence(f, "mean(x, w)"), ABSENCE_UNDEFINED);
    assert_int_equal(region_absence(f, "share(x > 0, w)"), ABSENCE_UNDEFINED);
    assert_int_equal(region_absence(f, "share(y > 0)"), ABSENCE_NOT_REPORTED);
    assert_int_equal(region_absence(f, "cv(x)"), ABSENCE_UNDEFINED); /* mean 0 */
    assert_number(of_region(f, "std(x)"), 2);
    ExactPoint empty = fixture_region(f, 0, 2);
    assert_number(number_at(f, "count(x)", empty), 0);
    assert_number(number_at(f, "count(x > 0)", empty), 0);
    assert_int_equal(exact_test(f->exact, fixture_tree(f, "all(x > 0)"), &empty), TRI_UNKNOWN);
    assert_int_equal(exact_test(f->exact, fixture_tree(f, "any(x > 0)"), &empty), TRI_FALSE);
    fixture_done(f);
}

/* By hand: at = (n − 1) q / 100; value = v[⌊at⌋] + (at − ⌊at⌋)(v[⌊at⌋ + 1] − v[⌊at⌋]). */
static void percentiles_are_of_type_7(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    set_column(f, X, 5, (const double[]){8, 1, NAN, 4, 2});
    assert_number(of_region(f, "percentile(x, 0)"), 1);
    assert_number(of_region(f, "percentile(x, 25)"), 1.75);
    assert_number(of_region(f, "percentile(x, 50)"), 3);
    assert_number(of_region(f, "percentile(x, 90)"), 6.8);
    assert_number(of_region(f, "percentile(x, 100)"), 8);
    assert_number(of_region(f, "percentile(x, 33 where x > 7)"), 8);
    assert_number(of_region(f, "percentile(x / 3, 50)"), 1);
    fixture_done(f);
}

static void ranks_are_competition_ranks_of_the_leaf_region(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    set_column(f, X, 5, (const double[]){3, 5, 5, NAN, 1});
    set_column(f, Y, 5, (const double[]){1, 1, 0, 1, 1});
    fixture_set(f, 0, 8, X, 100); /* in the other leaf */
    static const double WANT[] = {3, 1, 1, NAN, 4}, IN_Y[] = {2, 1, NAN, NAN, 3};
    ExactPoint point = fixture_row(f, 0, 0);
    for (point.row = 0; point.row < 5; point.row++) {
        assert_number(number_at(f, "rank(x)", point), WANT[point.row]);
        assert_number(number_at(f, "rank(x where y = 1)", point), IN_Y[point.row]);
        point.scope = fixture_tree(f, "y = 1");
        assert_number(number_at(f, "rank(x)", point), IN_Y[point.row]);
        point.scope = NULL;
    }
    point.row = 8;
    assert_number(number_at(f, "rank(x)", point), 1);
    fixture_done(f);
}

static void a_scope_limits_the_rows_and_a_row_sees_its_own_leaf(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    set_column(f, X, 3, (const double[]){1, 2, 3});
    set_column(f, Y, 3, (const double[]){1, NAN, 0});
    fixture_set(f, 0, 8, X, 10);
    fixture_set(f, 0, 9, X, 30);
    ExactPoint leaf = fixture_region(f, 0, 1);
    leaf.scope = fixture_tree(f, "y = 1");
    assert_number(number_at(f, "sum(x)", leaf), 1);
    assert_number(of_region(f, "sum(x)"), 46);
    assert_number(number_at(f, "x / sum(x)", fixture_row(f, 0, 9)), 0.75);
    assert_number(number_at(f, "x / sum(x)", fixture_row(f, 0, 0)), 1.0 / 6.0);
    /* a region's aggregate over rows that look at their own leaf: 1/6 + 2/6 + 3/6 + 1/4 + 3/4 */
    assert_number(of_region(f, "sum(x / sum(x))"), 2);
    assert_int_equal(truth_of_region(f, "sum(x / sum(x)) = 2"), TRI_TRUE);
    /* remembered until told otherwise */
    fixture_set(f, 0, 9, X, 40);
    const Node *sum = fixture_tree(f, "sum(x)");
    ExactPoint root = fixture_region(f, 0, 0);
    assert_number(exact_to_double(exact_run(f->exact, sum, &root)), 56);
    fixture_set(f, 0, 9, X, 50);
    assert_number(exact_to_double(exact_run(f->exact, sum, &root)), 56);
    exact_reset(f->exact);
    assert_number(exact_to_double(exact_run(f->exact, sum, &root)), 66);
    fixture_done(f);
}

static void parts_of_a_school_are_taken_whatever_the_scope(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    fixture_set(f, 0, 0, X, 2);
    fixture_set(f, 1, 3, X, 5);
    fixture_set(f, 2, 9, X, NAN);
    fixture_join(f, 0, 0, 1, 3);
    fixture_join(f, 0, 0, 2, 9);
    fixture_join(f, 1, 3, 2, 9);
    ExactPoint point = fixture_row(f, 1, 3);
    point.scope = fixture_tree(f, "x > 100");
    assert_number(number_at(f, "sum(x 同校)", point), 7);
    assert_number(number_at(f, "mean(x 同校)", point), 3.5);
    assert_number(number_at(f, "max(x where x < 5 同校)", point), 2);
    assert_number(number_at(f, "count(x 同校)", point), 2);
    assert_number(number_at(f, "count(x > 2 同校)", point), 1);
    assert_int_equal(absence_at(f, "sum(x 同校 strict)", point), ABSENCE_NOT_REPORTED);
    assert_int_equal(exact_test(f->exact, fixture_tree(f, "all(x > 1 同校)"), &point), TRI_UNKNOWN);
    assert_int_equal(exact_test(f->exact, fixture_tree(f, "any(x > 1 同校)"), &point), TRI_TRUE);
    assert_number(number_at(f, "sum(x 同校)", fixture_row(f, 2, 9)), 7);
    fixture_done(f);
}

static void very_many_rows_are_enclosed_and_whole_numbers_stay_exact(void **state)
{
    (void)state;
    Fixture *f = fixture_new(5000, ITEMS);
    for (size_t row = 0; row < 5000; row++) {
        fixture_set(f, 0, row, X, (double)(row % 7));
        fixture_set(f, 0, row, W, (double)(row % 91 + 1));
    }
    assert_int_equal(truth_of_region(f, "sum(x) = 14995"), TRI_TRUE);
    assert_int_equal(truth_of_region(f, "sum(x / 3) * 3 = 14995"), TRI_TRUE);
    assert_int_equal(truth_of_region(f, "sum(x / 3) * 3 > 14994.9999999999"), TRI_TRUE);
    ExactPoint root = fixture_region(f, 0, 0);
    const ExactValue *value = exact_run(f->exact, fixture_tree(f, "sum(x / 3)"), &root);
    assert_false(mpq_equal(value->lo, value->hi));
    /* the same by the exact way: 4096 rows of the same pattern stay below the limit */
    assert_true(fabs(of_region(f, "mean(x / w, w)") - of_region(f, "sum(x) / sum(w)")) < 1e-15);
    fixture_done(f);
}

static void what_has_no_end_is_undefined(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    fixture_set(f, 0, 0, X, 1e300);
    fixture_set(f, 0, 0, Y, 1e-300);
    fixture_set(f, 0, 0, Z, 0.123456789012345);
    assert_int_equal(row_absence(f, "(((((((x ^ 9) ^ 9) ^ 9) ^ 9) ^ 9) ^ 9) ^ 9) ^ 9"),
                     ABSENCE_UNDEFINED);
    assert_int_equal(truth_of_row(f, "(((((((y ^ 9) ^ 9) ^ 9) ^ 9) ^ 9) ^ 9) ^ 9) ^ 9 < 1"),
                     TRI_TRUE);
    assert_int_equal(truth_of_row(f, "(((((((z ^ 9) ^ 9) ^ 9) ^ 9) ^ 9) ^ 9) ^ 9) ^ 9 < 1"),
                     TRI_TRUE);
    assert_int_equal(truth_of_row(f, "((((z + 1) ^ 9) ^ 9) ^ 9) ^ 9 > 1"), TRI_TRUE);
    fixture_set(f, 0, 0, X, INFINITY);
    assert_int_equal(row_absence(f, "x"), ABSENCE_UNDEFINED);
    fixture_done(f);
}

/* ---- numbers ---- */

static uint64_t random_word(void)
{
    static uint64_t seed = 0x9e3779b97f4a7c15U;
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static Rational random_rational(void)
{
    int num_bits = (int)(random_word() % 63) + 1, den_bits = (int)(random_word() % 63) + 1;
    int64_t num = (int64_t)(random_word() >> (64 - num_bits)),
            den = (int64_t)(random_word() >> (64 - den_bits));
    return (Rational){random_word() & 1 ? -num : num, den ? den : 1, NULL};
}

/* Second implementation: the same operation on mpqs alone. */
static void small_and_big_rationals_compute_the_same(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    ExactPool pool;
    exact_pool_init(&pool, &arena, EXACT_BITS_FIRST);
    mpq_t a, b, want, got;
    mpq_inits(a, b, want, got, NULL);
    for (int i = 0; i < 100000; i++) {
        ExactNumber x = {.lo = random_rational(), .is_exact = true},
                    y = {.lo = random_rational(), .is_exact = true};
        rational_get(&x.lo, a);
        rational_get(&y.lo, b);
        if (i % 3 == 0) { /* a chain: one side big already */
            x = exact_multiply(&pool, &x, &x);
            x = exact_add(&pool, &x, &y);
            mpq_mul(a, a, a);
            mpq_add(a, a, b);
        }
        assert_int_equal(rational_order(&x.lo, &y.lo), (mpq_cmp(a, b) > 0) - (mpq_cmp(a, b) < 0));
        ExactNumber result[4] = {exact_add(&pool, &x, &y), exact_subtract(&pool, &x, &y),
                                 exact_multiply(&pool, &x, &y), exact_int(0)};
        mpq_add(want, a, b);
        rational_get(&result[0].lo, got);
        assert_true(mpq_equal(got, want));
        mpq_sub(want, a, b);
        rational_get(&result[1].lo, got);
        assert_true(mpq_equal(got, want));
        mpq_mul(want, a, b);
        rational_get(&result[2].lo, got);
        assert_true(mpq_equal(got, want));
        if (mpq_sgn(b) == 0)
            continue;
        result[3] = exact_divide(&pool, &x, &y);
        mpq_div(want, a, b);
        rational_get(&result[3].lo, got);
        assert_true(mpq_equal(got, want));
        exact_release(&pool, 0);
    }
    mpq_clears(a, b, want, got, NULL);
    arena_done(&arena);
}

/* Second implementation: rationals without limit; the interval must hold the exact result. */
static void intervals_enclose_what_they_stand_for(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    ExactPool pool;
    exact_pool_init(&pool, &arena, 20);
    for (int i = 0; i < 20000; i++) {
        ExactNumber x = {.lo = random_rational(), .is_exact = true},
                    y = {.lo = random_rational(), .is_exact = true};
        ExactNumber wide_x = exact_enclose(&pool, &x), wide_y = exact_enclose(&pool, &y);
        ExactNumber got[5] = {exact_add(&pool, &wide_x, &wide_y),
                              exact_subtract(&pool, &wide_x, &wide_y),
                              exact_multiply(&pool, &wide_x, &wide_y), exact_abs(&pool, &wide_x),
                              exact_jump(&pool, JUMP_ROUND, &wide_x, 1)};
        ExactNumber want[5] = {exact_add(&pool, &x, &y), exact_subtract(&pool, &x, &y),
                               exact_multiply(&pool, &x, &y), exact_abs(&pool, &x),
                               exact_jump(&pool, JUMP_ROUND, &x, 1)};
        for (int k = 0; k < 5; k++) {
            assert_true(rational_order(&got[k].lo, &want[k].lo) <= 0);
            assert_true(rational_order(exact_upper(&got[k]), &want[k].lo) >= 0);
        }
        if (!exact_has_zero(&wide_y)) {
            ExactNumber quotient = exact_divide(&pool, &wide_x, &wide_y),
                        exact = exact_divide(&pool, &x, &y);
            assert_true(rational_order(&quotient.lo, &exact.lo) <= 0 &&
                        rational_order(exact_upper(&quotient), &exact.lo) >= 0);
        }
        ExactNumber size = exact_abs(&pool, &x), root = exact_root(&pool, &size),
                    low = {.lo = root.lo, .is_exact = true},
                    high = {.lo = *exact_upper(&root), .is_exact = true};
        low = exact_multiply(&pool, &low, &low);
        high = exact_multiply(&pool, &high, &high);
        assert_true(rational_order(&low.lo, &size.lo) <= 0 &&
                    rational_order(&high.lo, &size.lo) >= 0);
        ExactNumber square = exact_multiply(&pool, &size, &size), back = exact_root(&pool, &square);
        assert_true(back.is_exact && rational_order(&back.lo, &size.lo) == 0);
        exact_release(&pool, 0);
    }
    arena_done(&arena);
}

/* Second implementations: decimal_shortest, and the processor's division. */
static void doubles_and_rationals_convert_both_ways(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    ExactPool pool;
    exact_pool_init(&pool, &arena, EXACT_BITS_FIRST);
    mpq_t fraction;
    mpq_init(fraction);
    for (int i = 0; i < 20000; i++) {
        int64_t digits = (int64_t)(random_word() % 1000000000000000U);
        int places = (int)(random_word() % 40) - 20;
        double value = decimal_to_double((Decimal){digits, places});
        ExactNumber number = exact_double(&pool, value);
        Decimal17 shortest = decimal_shortest(value);
        ExactNumber want =
            exact_decimal(&pool, (Decimal){(int64_t)shortest.mantissa, shortest.exp10});
        assert_int_equal(rational_order(&number.lo, &want.lo), 0);
        assert_number(exact_number_to_double(&number), value);

        uint64_t bits =
            random_word() &
            ~(UINT64_C(3) << 61); /* any double below 2 in size, subnormal ones left out */
        double any;
        memcpy(&any, &bits, sizeof any);
        if (fabs(any) > 1e-300 && fabs(any) < 1e300) {
            number = exact_double(&pool, any);
            assert_number(exact_number_to_double(&number), any);
        }
        int64_t num = (int64_t)(random_word() >> (random_word() % 50 + 11)),
                den = (int64_t)(random_word() >> (random_word() % 50 + 11)) + 1;
        mpq_set_si(fraction, i & 1 ? num : -num, (unsigned long)den);
        mpq_canonicalize(fraction);
        assert_number(rational_middle_to_double(fraction, fraction),
                      (i & 1 ? (double)num : -(double)num) / (double)den);
        exact_release(&pool, 0);
    }
    mpq_clear(fraction);
    arena_done(&arena);
}

static void a_number_survives_the_release_of_its_pool_when_lifted(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    ExactPool pool;
    exact_pool_init(&pool, &arena, EXACT_BITS_FIRST);
    ExactNumber two = exact_int(2), big = exact_int(1);
    size_t mark = exact_mark(&pool);
    for (int i = 0; i < 100; i++)
        big = exact_multiply(&pool, &big, &two);
    ExactNumber root = exact_root(&pool, &two), product = exact_multiply(&pool, &root, &big);
    double want = exact_number_to_double(&product);
    product = exact_lift(&pool, mark, product);
    assert_int_equal(exact_mark(&pool), mark + 2);
    for (int i = 0; i < 50; i++)
        (void)exact_root(&pool, &two);
    assert_number(exact_number_to_double(&product), want);
    assert_number(want, sqrt(2.0) * 0x1p100);

    ExactCell cell;
    exact_cell_init(&cell, &pool);
    exact_cell_set(&cell, exact_int(3));
    exact_cell_set(&cell, exact_greatest(&cell.value, &product));
    exact_cell_set(&cell, exact_least(&cell.value, &product));
    assert_number(exact_number_to_double(&cell.value), want);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_five_schools_of_t1_have_their_mean_deviation_and_coefficient),
        cmocka_unit_test(the_nine_year_school_of_t2_is_split_by_weighted_pupils),
        cmocka_unit_test(ties_are_decided_as_decimals),
        cmocka_unit_test(a_coefficient_of_exactly_one_half_meets_one_half),
        cmocka_unit_test(sums_of_roots_are_told_apart_or_equal),
        cmocka_unit_test(rounding_is_half_away_from_zero),
        cmocka_unit_test(arithmetic_on_absence_carries_the_heavier_reason),
        cmocka_unit_test(three_valued_logic_follows_its_tables),
        cmocka_unit_test(code_attributes_are_compared_by_their_lists),
        cmocka_unit_test(lists_of_truths_are_decided_as_soon_as_the_known_ones_decide),
        cmocka_unit_test(a_list_of_numbers_is_absent_with_any_of_them),
        cmocka_unit_test(aggregates_skip_what_is_absent_and_count_it_when_strict),
        cmocka_unit_test(an_aggregate_over_nothing_says_why),
        cmocka_unit_test(percentiles_are_of_type_7),
        cmocka_unit_test(ranks_are_competition_ranks_of_the_leaf_region),
        cmocka_unit_test(a_scope_limits_the_rows_and_a_row_sees_its_own_leaf),
        cmocka_unit_test(parts_of_a_school_are_taken_whatever_the_scope),
        cmocka_unit_test(very_many_rows_are_enclosed_and_whole_numbers_stay_exact),
        cmocka_unit_test(what_has_no_end_is_undefined),
        cmocka_unit_test(small_and_big_rationals_compute_the_same),
        cmocka_unit_test(intervals_enclose_what_they_stand_for),
        cmocka_unit_test(doubles_and_rationals_convert_both_ways),
        cmocka_unit_test(a_number_survives_the_release_of_its_pool_when_lifted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
