/*
 * Limits are met exactly: the engine's doubles decide what is clear, the walker what is close.
 * Each case is built so that doubles alone would decide it wrongly, or could.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine_fixture.h"

static const char *const ITEMS[] = {"x", "y", "z", "w", "p", "q", NULL};
enum { X, Y, Z, W, P, Q };

static void set_row(Fixture *f, int stage, size_t row, size_t count, const double *value)
{
    for (size_t slot = 0; slot < count; slot++)
        fixture_set(f, stage, row, slot, value[slot]);
}

static void set_column(Fixture *f, size_t slot, size_t count, const double *value)
{
    for (size_t row = 0; row < count; row++)
        fixture_set(f, 0, row, slot, value[row]);
}

static Engine engine_for(Fixture *f)
{
    return (Engine){.f = f};
}

/* ---- rows at a limit ---- */

static const struct {
    const char *op;
    bool below, at, above;
} OPS[] = {{">=", 0, 1, 1}, {">", 0, 0, 1}, {"<=", 1, 1, 0},
           {"<", 1, 0, 0},  {"=", 0, 1, 0}, {"!=", 1, 0, 1}};
enum { OP_COUNT = sizeof OPS / sizeof *OPS };

/* Row 0 just below, row 1 at, row 2 just above the limit: whichever side it stands on. */
static void check_three(Fixture *f, const char *value, const char *limit)
{
    static const char *const MIRROR[] = {"<=", "<", ">=", ">", "=", "!="};
    Engine e = engine_for(f);
    for (size_t i = 0; i < OP_COUNT; i++)
        for (int is_mirrored = 0; is_mirrored < 2; is_mirrored++) {
            const char *op = is_mirrored ? MIRROR[i] : OPS[i].op;
            Str source = str_format(&f->arena, "%s %s %s", is_mirrored ? limit : value, op,
                                    is_mirrored ? value : limit);
            EngineRun run = engine_run(&e, str_cstr(&f->arena, source));
            const double want[] = {OPS[i].below, OPS[i].at, OPS[i].above};
            bool is_region = run.tree->level == LEVEL_REGION;
            for (size_t k = 0; k < (is_region ? 2 : 3); k++)
                if (run.output[k + is_region] != want[k])
                    fail_msg("%.*s, case %zu: got %g, want %g", STR_ARG(source), k,
                             run.output[k + is_region], want[k]);
        }
}

static void a_reported_value_meets_its_limit_and_one_digit_less_does_not(void **state)
{
    (void)state;
    static const struct {
        const char *limit;
        double below, at, above;
    } CASES[] = {{"3.825", 3.82499999999999, 3.825, 3.82500000000001},
                 {"4.2", 4.19999999999999, 4.2, 4.20000000000001},
                 {"0.765", 0.764999999999999, 0.765, 0.765000000000001},
                 {"0", -1e-15, 0, 1e-15},
                 {"100000", 99999.9999999999, 100000, 100000.000000001}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Fixture *f = fixture_new(8, ITEMS);
        set_column(f, X, 3, (const double[]){CASES[i].below, CASES[i].at, CASES[i].above});
        check_three(f, "x", CASES[i].limit);
        fixture_done(f);
    }
}

static void a_ratio_meets_its_limit_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *value, *limit;
        double x[3], p[3];
    } CASES[] = {
        {"100 * x / p",
         "3.825",
         {3059999999999, 306, 3060000000001},
         {80000000000000, 8000, 80000000000000}},
        {"100 * x / p", "4.2", {20.9999999999999, 21, 21.0000000000001}, {500, 500, 500}},
        {"100 * x / p", "0.765", {15.2999999999999, 15.3, 15.3000000000001}, {2000, 2000, 2000}},
        {"x / p", "0.1", {0.99999999999999, 1, 1.00000000000001}, {10, 10, 10}},
        {"x / p * 3", "1", {32.9999999999999, 33, 33.0000000000001}, {99, 99, 99}},
        {"x * 0.85", "3.825", {4.49999999999999, 4.5, 4.50000000000001}, {1, 1, 1}},
        {"x / 3", "p / 3", {0.699999999999999, 0.7, 0.700000000000001}, {0.7, 0.7, 0.7}},
        {"x / p", "1 / 3", {0.699999999999999, 0.7, 0.700000000000001}, {2.1, 2.1, 2.1}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Fixture *f = fixture_new(8, ITEMS);
        set_column(f, X, 3, CASES[i].x);
        set_column(f, P, 3, CASES[i].p);
        check_three(f, CASES[i].value, CASES[i].limit);
        fixture_done(f);
    }
}

static void sums_that_cancel_meet_their_limit_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *value, *limit;
        double x[3], y[3], z[3];
    } CASES[] = {
        {"x + y - z",
         "0",
         {0.1, 0.1, 0.1},
         {0.199999999999999, 0.2, 0.200000000000001},
         {0.3, 0.3, 0.3}},
        {"(x + y) * 3",
         "z * 3",
         {0.1, 0.1, 0.1},
         {0.199999999999999, 0.2, 0.200000000000001},
         {0.3, 0.3, 0.3}},
        {"x - z + y",
         "0.01",
         {1e12, 1e12, 1e12},
         {0.109999999999999, 0.11, 0.110000000000001},
         {1e12 + 0.1, 1e12 + 0.1, 1e12 + 0.1}},
        {"greatest(x + y - z, -1)",
         "0",
         {0.1, 0.1, 0.1},
         {0.199999999999999, 0.2, 0.200000000000001},
         {0.3, 0.3, 0.3}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Fixture *f = fixture_new(8, ITEMS);
        set_column(f, X, 3, CASES[i].x);
        set_column(f, Y, 3, CASES[i].y);
        set_column(f, Z, 3, CASES[i].z);
        check_three(f, CASES[i].value, CASES[i].limit);
        fixture_done(f);
    }
}

/* ---- regions at a limit ---- */

/* Two units per leaf region, of which only the first value differs: below or above in leaf 1, at the limit in leaf 2. */
typedef struct RegionCase {
    const char *value, *limit;
    double x[3]; /* of the first unit: below, at, above */
    double rest; /* of the second */
    double w[2];
} RegionCase;

static Fixture *region_fixture(const RegionCase *test, int which)
{
    Fixture *f = fixture_new(8, ITEMS);
    for (size_t leaf = 0; leaf < 2; leaf++) {
        fixture_set(f, 0, leaf * 8, X, test->x[leaf ? 1 : which]);
        fixture_set(f, 0, leaf * 8 + 1, X, test->rest);
        for (size_t unit = 0; unit < 2; unit++) {
            fixture_set(f, 0, leaf * 8 + unit, W, test->w[unit]);
            fixture_set(f, 0, leaf * 8 + unit, Y, unit ? 21 : 7);
            fixture_set(f, 0, leaf * 8 + unit, P, 7);
        }
    }
    Symbol *list = fixture_symbol(f, SYMBOL_LIST, "各项.差异系数", TYPE_NUMBER_LIST);
    list->element = ARENA_ARRAY(&f->arena, const Symbol *, 2);
    list->element[0] = fixture_named(f, "甲", "cv(x / w, w)", TYPE_NUMBER, LEVEL_REGION);
    list->element[1] = fixture_named(f, "乙", "cv(y / p, p)", TYPE_NUMBER, LEVEL_REGION);
    list->element_count = 2;
    return f;
}

static void check_region_case(const RegionCase *test)
{
    for (int which = 0; which < 3; which += 2) {
        Fixture *f = region_fixture(test, which);
        Engine e = engine_for(f);
        for (size_t i = 0; i < OP_COUNT; i++) {
            const char *source = str_cstr(
                &f->arena, str_format(&f->arena, "%s %s %s", test->value, OPS[i].op, test->limit));
            EngineRun run = engine_run(&e, source);
            double aside = which ? OPS[i].above : OPS[i].below;
            if (run.output[1] != aside || run.output[2] != OPS[i].at)
                fail_msg("%s: got %g and %g, want %g and %d", source, run.output[1], run.output[2],
                         aside, OPS[i].at);
            assert_true(calc_tie_count(run.run) >= 1);
            (void)engine_agrees(&e, source);
        }
        fixture_done(f);
    }
}

static void a_region_meets_its_limit_exactly(void **state)
{
    (void)state;
    static const RegionCase CASES[] = {
        /* cv 0.45: ratios 76 and 31 weighted 1 and 4, mean 40, deviation 18 */
        {"cv(x / w, w)", "0.45", {75.9999999999999, 76, 76.0000000000001}, 124, {1, 4}},
        {"std(x / w, w)", "18", {75.9999999999999, 76, 76.0000000000001}, 124, {1, 4}},
        {"mean(x / w, w)", "40", {75.9999999999999, 76, 76.0000000000001}, 124, {1, 4}},
        /* cv 0.5: ratios 1 and 3, weighted alike */
        {"cv(x / w, w)", "0.5", {7.00000000000001, 7, 6.99999999999999}, 21, {7, 7}},
        {"cv(x)", "0.5", {29.9999999999999, 30, 30.0000000000001}, 10, {1, 1}},
        /* 0.45 and 0.5 on average */
        {"mean(各项.差异系数)", "0.475", {75.9999999999999, 76, 76.0000000000001}, 124, {1, 4}},
        {"sum(各项.差异系数) / count(各项.差异系数)",
         "0.475",
         {75.9999999999999, 76, 76.0000000000001},
         124,
         {1, 4}},
        {"100 * sum(x) / sum(w)",
         "3.825",
         {20.5999999999999, 20.6, 20.6000000000001},
         10,
         {300, 500}},
        {"sum(x) / sum(w)", "4.2", {31.9999999999999, 32, 32.0000000000001}, 10, {3, 7}},
        {"sum(x)", "0.3", {0.0999999999999999, 0.1, 0.100000000000001}, 0.2, {3, 7}},
        {"sum(x) - 0.3", "0", {0.0999999999999999, 0.1, 0.100000000000001}, 0.2, {3, 7}},
        {"1000 * (sum(x) - 1000000000.3)", "100", {0.3, 0.4, 0.5}, 1000000000, {3, 7}},
        {"percentile(x, 25)", "0.15", {0.0999999999999999, 0.1, 0.100000000000001}, 0.3, {3, 7}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check_region_case(&CASES[i]);
}

/* ---- the walker is asked where it is close, and only there ---- */

static void the_walker_is_asked_about_near_ties_only(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    Engine e = engine_for(f);
    for (size_t row = 0; row < 8; row++) {
        fixture_set(f, 0, row, X, 306 + (double)(row > 2 ? row : 0));
        fixture_set(f, 0, row, P, 8000);
    }
    assert_int_equal(engine_agrees(&e, "100 * x / p >= 3.825"), 3);
    assert_int_equal(engine_agrees(&e, "100 * x / p > 3.82499"), 0);
    assert_int_equal(engine_agrees(&e, "100 * x / p = 3.825"), 3);
    /* what was typed in and is compared with what was typed in needs nobody */
    assert_int_equal(engine_agrees(&e, "x >= 306"), 0);
    assert_int_equal(engine_agrees(&e, "x = 306"), 0);
    assert_int_equal(engine_agrees(&e, "306 != x"), 0);
    assert_int_equal(engine_agrees(&e, "x - x + p >= p"), 8);
    assert_int_equal(engine_agrees(&e, "p >= p"), 0);
    fixture_done(f);
}

/* ---- no band is too narrow ---- */

static const char *const ROW_TRAPS[] = {
    /* nested subtraction */
    "(x + y) - z = 0",
    "x - (z - y) = 0",
    "((x + y) - z) * 1000000000000 = 0",
    "1000000 * (x + y - z) <= 0",
    "-(x + y - z) >= 0",
    "abs(x + y - z) > 0",
    "abs(x + y - z) <= 0.000000000000001 - 0.000000000000001",
    "(x + y - z) ^ 2 > 0",
    "(x + y - z + 1) ^ 9 = 1",
    /* divided by what is left of a subtraction */
    "1 / (x + y - z) > 5",
    "reported(1 / (x + y - z))",
    "1 / (x + y - z)",
    "100 * x / (x + y - z)",
    "x / (z - y) = 1",
    "x / (x + 1000000000 - 1000000000) = 1",
    "3 * x / (x + 1000000000 - 1000000000) - 3 >= 0",
    "x / (x + y + 1000000000 - 1000000000) - x / (x + y) > 0",
    "x / (z - y) * 3 = 3",
    "(x + y - z) / (z - y - x + w) = 0",
    "1 / (z - y) - 1 / x = 0",
    "if 1 / (x + y - z) > 0 then 1 else 2",
    "1 / (1 / (x + y - z) - 1)",
    "1 / (0.1 + 0.2 - 0.3)",
    "x / (0.1 + 0.2 - 0.3)",
    "0.1 + 0.2 = 0.3",
    "x * (0.1 + 0.2 - 0.3) = 0",
    "x > 0.1 + 0.2 - 0.3 + x",
    /* least, greatest, conversions, ifs */
    "least(x + y, z) = greatest(x + y, z)",
    "greatest(x + y - z, -1) > 0",
    "greatest(-1, x + y - z) = least(1, x + y - z)",
    "convert(x + y - z, \"分\") / 分 > 0",
    "convert(x + y, \"分\") = convert(z, \"分\")",
    "(if x > 0 then x + y else z) = z",
    "(if x + y > z then 1 else 0) = 0",
    /* rounding */
    "round(10 * (x + y) + 0.5) = 4",
    "ceil(10 * (x + y)) = 3",
    "floor(10 * (x + y)) = 3",
    "floor(10 * (x + y) - 10 * z)",
    "ceil(10 * (x + y) - 10 * z)",
    "round((x + y) / 2 + 0.35, 1)",
    "round(w / 7, 1) = 0.1",
    /* powers of powers lose digits fast */
    "((((x * 1.1 / 1.1 * 10) ^ 9) ^ 9) ^ 9) ^ 9 = 1",
    /* ranks */
    "rank(z)",
    "rank(z * 3 / 3)",
    "rank(x + y)",
    "rank(z + 1000000000 - 1000000000)",
    "rank(x + y - z)",
    "rank(0 * w)",
    "rank(1 / (x + y - z))",
    "rank(x + y where w > 0)",
    "rank(x + y where x > mean(x))",
    /* lists */
    "sum(各项.值) = 0",
    "mean(各项.值) >= 0",
    "mean(各项.值) > 0",
    "max(各项.值) + min(各项.值) = x - z",
    "1 / sum(各项.值)",
    "all(各项.达)",
    "count(各项.达)",
    "all(各项.限)",
    "any(各项.限)",
    "atleast(2, 各项.限)",
    "atleast(3, 各项.限)",
    "atleast(0, 各项.限)",
};

/* Comparisons that doubles get wrong at 0.1, 0.2, 0.3: 0.1 * 3 is a little more than 0.3. */
static void add_limits(Fixture *f)
{
    static const char *const TEST[] = {"x * 3 > 0.3", "x * 3 <= 0.3", "y * 3 / 2 <= 0.3",
                                       "z * 0.7 / 0.7 >= 0.3"};
    static const char *const NAME[] = {"限一", "限二", "限三", "限四"};
    Symbol *limits = fixture_symbol(f, SYMBOL_LIST, "各项.限", TYPE_BOOL_LIST);
    limits->element_count = 4;
    limits->element = ARENA_ARRAY(&f->arena, const Symbol *, 4);
    for (size_t i = 0; i < 4; i++)
        limits->element[i] = fixture_named(f, NAME[i], TEST[i], TYPE_BOOL, LEVEL_ROW);
}

static void add_lists(Fixture *f)
{
    static const char *const SOURCE[] = {"x", "y", "-z"}, *const NAME[] = {"甲", "乙", "丙"};
    static const char *const TEST[] = {"x + y >= z", "x + y <= z"}, *const TEST_NAME[] = {"甲达",
                                                                                          "乙达"};
    Symbol *values = fixture_symbol(f, SYMBOL_LIST, "各项.值", TYPE_NUMBER_LIST);
    Symbol *truths = fixture_symbol(f, SYMBOL_LIST, "各项.达", TYPE_BOOL_LIST);
    values->element_count = 3;
    values->element = ARENA_ARRAY(&f->arena, const Symbol *, 3);
    for (size_t i = 0; i < 3; i++)
        values->element[i] = fixture_named(f, NAME[i], SOURCE[i], TYPE_NUMBER, LEVEL_ROW);
    truths->element_count = 2;
    truths->element = ARENA_ARRAY(&f->arena, const Symbol *, 2);
    for (size_t i = 0; i < 2; i++)
        truths->element[i] = fixture_named(f, TEST_NAME[i], TEST[i], TYPE_BOOL, LEVEL_ROW);
}

/* 分, of which a hundred million make one. */
static void add_unit(Fixture *f)
{
    if (!unit_add_named(&f->units, STR("分"), 1, 100000000, STR("1"), &f->err))
        BUG("unit");
    Symbol *fen = fixture_symbol(f, SYMBOL_PARAMETER, "分", TYPE_NUMBER);
    if (!unit_parse(&f->units, STR("分"), &fen->unit, &f->err))
        BUG("unit");
    for (size_t stage = 0; stage < FIXTURE_STAGES; stage++) {
        fen->has_value[stage] = true;
        fen->value[stage] = (Decimal){1, 0};
    }
}

/* The rows of the traps: x + y = z in decimals but not in doubles, or nearly so. */
static Fixture *trap_fixture(void)
{
    static const double ROWS[][6] = {
        {0.1, 0.2, 0.3, 1, 1, 1.0000001},
        {0.1, 0.7, 0.8, 2, 3, 1.0000002},
        {0.3, 0.6, 0.9, 0, 7, 0.9999999},
        {1.1, 2.2, 3.3, 3, 9, 1.0000003},
        {1000.1, 0.2, 1000.3, 5, 1, 1},
        {0.1, 0.2, 0.300000000000001, 7, 1, 1.0000004},
        {0.1, 0.2, 0.299999999999999, 1, 0, 0.9999998},
        {-0.1, -0.2, -0.3, 1, 1, 1.0000005},
        {0.1, 0.6, 0.7, 0.7, 0, 1.0000007},
        {4.35, 0.1, 4.45, 0.35, 2, 1.0000008},
    };
    Fixture *f = fixture_new(16, ITEMS);
    for (size_t row = 0; row < sizeof ROWS / sizeof *ROWS; row++)
        set_row(f, 0, row < 6 ? row : row + 10, 6, ROWS[row]);
    add_lists(f);
    add_limits(f);
    add_unit(f);
    return f;
}

static void no_row_is_decided_by_doubles_that_should_not_be(void **state)
{
    (void)state;
    Fixture *f = trap_fixture();
    Engine e = engine_for(f);
    for (size_t i = 0; i < sizeof ROW_TRAPS / sizeof *ROW_TRAPS; i++)
        (void)engine_agrees_within(&e, ROW_TRAPS[i], 0.0);
    fixture_done(f);
}

/* 9^8 times the rounding error of the base: more than the band, were it not widened with each power. */
static void powers_of_powers_are_decided_exactly(void **state)
{
    (void)state;
    Fixture *f = fixture_new(8, ITEMS);
    Engine e = engine_for(f);
    set_column(f, Q, 2, (const double[]){0.9999999, 0.9999998});
    Str left = STR("q * 0.7 / 0.7"), right = STR("q");
    for (int i = 0; i < 8; i++) {
        left = str_format(&f->arena, "(%.*s) ^ 9", STR_ARG(left));
        right = str_format(&f->arena, "(%.*s) ^ 9", STR_ARG(right));
    }
    static const char *const OP[] = {">", "="};
    for (size_t i = 0; i < 2; i++) {
        Str source = str_format(&f->arena, "%.*s %s %.*s", STR_ARG(left), OP[i], STR_ARG(right));
        (void)engine_agrees(&e, str_cstr(&f->arena, source));
    }
    fixture_done(f);
}

static const char *const REGION_TRAPS[] = {
    "sum(x) + sum(y) - sum(z) = 0",
    "sum(x) + sum(y) >= sum(z)",
    "sum(x + y - z) = 0",
    "sum(x + y - z) > 0",
    "mean(x + y) = mean(z)",
    "mean(x + y - z) <= 0",
    "mean(x + y - z, w) = 0",
    "mean(x, w + y - y) * sum(w) = sum(x * w)",
    "(sum(x) + sum(y) - sum(z)) * 1000000000 = 0",
    "1 / (sum(x) + sum(y) - sum(z)) > 1",
    "1 / (sum(x) + sum(y) - sum(z))",
    "reported(1 / (mean(x) + mean(y) - mean(z)))",
    "cv(x + y - z)",
    "reported(cv(x + y - z, w))",
    "cv(x + y - z, w) > 0",
    "reported(cv(x + y - z + w - w))",
    "std(x + y - z) = 0",
    "std(x + y - z + 1000) > 0",
    "std(x + y - z + 0.1, w) = 0",
    "std(p * 0 + 0.1) = 0",
    "std(p * 0 + 0.1, w) > 0",
    "cv(p * 0 + 0.1, w) <= 0",
    "mean(p * 0 + 0.1, w) = 0.1",
    "min(x + y - z) >= max(x + y - z)",
    "percentile(x + y - z, 50) = 0",
    "percentile(x + y - z, 33.3) > 0",
    "percentile(x + y, 25) = percentile(z, 25)",
    "share(x + y >= z)",
    "share(x + y >= z, w)",
    "share(x + y <= z, w) = 1",
    "share(x + y = z, x + y - z + 1) = 1",
    "count(x + y = z)",
    "count(x + y > z) = 0",
    "sum(x where x + y > z)",
    "all(x + y = z)",
    "any(x + y < z)",
    "round(sum(x) + sum(y) - sum(z) + 0.5)",
    "ceil(10 * (sum(x) + sum(y)))",
    "floor(mean(x + y - z, w))",
    "greatest(sum(x + y - z), -1) > 0",
    "least(sum(x + y), sum(z)) = greatest(sum(x + y), sum(z))",
    "abs(sum(x) + sum(y) - sum(z)) > 0",
    "(sum(x) + sum(y) - sum(z)) ^ 2 > 0",
    "if sum(x) + sum(y) > sum(z) then 1 else 2",
    "convert(sum(x) + sum(y) - sum(z), \"分\") / 分 = 0",
    /* weights that cancel */
    "mean(x, x + y - z)",
    "share(p > 0, x + y - z)",
    "std(x, x + y - z)",
    "mean(w, x + y - z + 0.5) = mean(w)",
    "reported(cv(x, x + y - z))",
    "mean(p, x + 30000000 - 30000000 where x < 1) = mean(p, x where x < 1)",
    "std(p, x + 30000000 - 30000000 where x < 1) - std(p, x where x < 1) = 0",
    "cv(p, x + 30000000 - 30000000 where x < 1) = cv(p, x where x < 1)",
    "share(p > 1, x + 30000000 - 30000000 where x < 1) = share(p > 1, x where x < 1)",
    /* a row that looks at its region */
    "count(x >= mean(x))",
    "count(x > -1000 and sum(x) + sum(y) > sum(z))",
    "count(x > x + (sum(x) + sum(y) - sum(z)))",
    "count(x - (sum(x + y) - sum(z)) >= x)",
};

static void no_region_is_decided_by_doubles_that_should_not_be(void **state)
{
    (void)state;
    Fixture *f = trap_fixture();
    Engine e = engine_for(f);
    for (size_t i = 0; i < sizeof REGION_TRAPS / sizeof *REGION_TRAPS; i++)
        (void)engine_agrees_within(&e, REGION_TRAPS[i], 1e-13);
    fixture_done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reported_value_meets_its_limit_and_one_digit_less_does_not),
        cmocka_unit_test(a_ratio_meets_its_limit_exactly),
        cmocka_unit_test(sums_that_cancel_meet_their_limit_exactly),
        cmocka_unit_test(a_region_meets_its_limit_exactly),
        cmocka_unit_test(the_walker_is_asked_about_near_ties_only),
        cmocka_unit_test(no_row_is_decided_by_doubles_that_should_not_be),
        cmocka_unit_test(powers_of_powers_are_decided_exactly),
        cmocka_unit_test(no_region_is_decided_by_doubles_that_should_not_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
