#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/attr.h"
#include "col/absence.h"
#include "col/kernels.h"

#include <math.h>
#include <string.h>

/*
 * Every pair of the values below, so that zeros, ties, absences and near-ties meet one another; the
 * third operand and the magnitude cycle through what does not keep step with the pairs.
 */
static const double VALUES[] = {
    NAN,    0.0,           -0.0,  1.0,   -1.0,     2.0,      0.5,    -0.5,         2.5,
    -2.5,   0.285,         3.825, 4.2,   1e-9,     1e-300,   1e15,   3.8250000001, 1e-7,
    1000.0, 0.1 + 0.2,     0.3,   -0.3,  7.0,      -12.345,  1913.0, 45.0,         1.005,
    -1e-10, 4.19999999999, 1e-4,  1e300, 999999.5, -1000.25, 3.0,
};
enum {
    VALUE_COUNT = sizeof VALUES / sizeof *VALUES,
    ROWS = VALUE_COUNT * VALUE_COUNT,
    LIST_COUNT = 5,
    IMMEDIATE_COUNT = 12,
};
static const double IMMEDIATES[IMMEDIATE_COUNT] = {NAN,  0.0,    1.0,  3.0, 2.5, 4.2,
                                                   -0.5, 1000.0, 15.0, 2.0, 5.0, 6.0};
static const double CODES[] = {-1.0, 1.0, 2.0, 7.0};

typedef struct Table {
    double a[ROWS], b[ROWS], c[ROWS], magnitude[ROWS], truth[LIST_COUNT][ROWS];
    int32_t index[ROWS];
    const double *list[LIST_COUNT], *values[LIST_COUNT];
    Reach reach[LIST_COUNT], truths[LIST_COUNT];
} Table;

static Table table;

/* K_ATLEAST: the values that its columns are compared with, and how. */
static const struct {
    Kernel compare;
    double limit;
} LIMITS[LIST_COUNT] = {
    {K_GE_C, 4.2}, {K_LE_C, 45.0}, {K_GT_C, 0.0}, {K_LT_C, -0.3}, {K_GE_C, 3.825}};

/* Truths are what comparisons give: 0, 1, NaN. */
static double truth_at(size_t number)
{
    static const double truth[] = {0.0, 1.0, NAN};
    return truth[number % 3];
}

static int fill_table(void **state)
{
    (void)state;
    for (size_t row = 0; row < ROWS; row++) {
        table.a[row] = VALUES[row / VALUE_COUNT];
        table.b[row] = VALUES[row % VALUE_COUNT];
        table.c[row] = VALUES[(row * 7 + row / 5) % VALUE_COUNT];
        table.magnitude[row] = fabs(table.a[row]) + fabs(table.b[row]) + (row % 3 ? 0.0 : 1e6);
        table.index[row] = row % 4 ? (int32_t)((row * 31) % ROWS) : -1;
        for (size_t col_idx = 0, rest = row; col_idx < LIST_COUNT; col_idx++, rest /= 3)
            table.truth[col_idx][row] = truth_at(rest);
    }
    for (size_t col_idx = 0; col_idx < LIST_COUNT; col_idx++)
        table.list[col_idx] = table.truth[col_idx];
    const double *const values[LIST_COUNT] = {table.a, table.b, table.c, table.magnitude, table.a};
    for (size_t i = 0; i < LIST_COUNT; i++) {
        table.values[i] = values[i];
        table.truths[i] = REACH_TRUE;
        table.reach[i] = kernel_reach(LIMITS[i].compare, LIMITS[i].limit);
    }
    return 0;
}

/* ---- the model: one row at a time, as kernels.def says it ---- */

static Tri tri_from(double value)
{
    return isnan(value) ? TRI_UNKNOWN : value == 1.0 ? TRI_TRUE : TRI_FALSE;
}

static double number_from(Tri truth)
{
    return truth == TRI_UNKNOWN ? NAN : truth == TRI_TRUE ? 1.0 : 0.0;
}

static double truth_of(bool is_known, bool holds)
{
    return is_known ? (double)holds : NAN;
}

static bool takes_truths(Kernel kernel)
{
    return kernel == K_AND || kernel == K_OR || kernel == K_NOT || kernel == K_TRUE ||
           kernel == K_WEIGHT_ONE;
}

static double model_quotient(double a, double b)
{
    return b == 0.0 ? NAN : a / b;
}

static double model_jump(Kernel kernel, double a, double places)
{
    long double scale = kernel == K_ROUND ? powl(10.0L, (long double)places) : 1.0L;
    long double scaled = (long double)a * scale;
    long double jumped = kernel == K_CEIL    ? ceill(scaled)
                         : kernel == K_FLOOR ? floorl(scaled)
                                             : roundl(scaled); /* half away from zero */
    return (double)(jumped / scale);
}

static double model_in(double a)
{
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++)
        if (a == CODES[i])
            return 1.0;
    return isnan(a) ? NAN : 0.0;
}

static double model_list(const KernelArgs *args, Kernel kernel, size_t row)
{
    size_t yes = 0, present = 0;
    for (size_t col_idx = 0; col_idx < args->list_count; col_idx++) {
        yes += args->list[col_idx][row] == 1.0;
        present += !isnan(args->list[col_idx][row]);
    }
    if (kernel == K_COUNT_TRUE)
        return (double)yes;
    return (double)present;
}

static bool is_near(double left, double right, double magnitude)
{
    return fabs(left - right) <= 1e-9 * magnitude;
}

typedef struct Reached {
    size_t yes, near, absent;
} Reached;

static Reached model_reached(const KernelArgs *args, size_t row)
{
    Reached reached = {0};
    for (size_t i = 0; i < LIST_COUNT; i++) {
        double a = args->list[i][row], limit = LIMITS[i].limit;
        bool is_most = LIMITS[i].compare == K_LE_C || LIMITS[i].compare == K_LT_C;
        if (args->reach == table.truths) {
            is_most = false;
            limit = 0.5;
        }
        if (isnan(a))
            reached.absent++;
        else if (is_near(a, limit, 4 * fabs(limit)))
            reached.near++;
        else
            reached.yes += is_most ? a < limit : a > limit;
    }
    return reached;
}

static double model_reach(const KernelArgs *args, size_t row)
{
    Reached reached = model_reached(args, row);
    size_t possible = reached.yes + reached.near + reached.absent;
    return (double)reached.yes >= args->imm ? 1.0 : (double)possible < args->imm ? 0.0 : NAN;
}

/* What the row should be. Of a near-tie the walker's answer replaces it, so it may be either then. */
static double model(Kernel kernel, const KernelArgs *args, size_t row)
{
    double a = args->a[row], b = args->b[row], c = args->c[row], imm = args->imm;
    bool has_both = !isnan(a) && !isnan(b), has_imm = !isnan(a) && !isnan(imm);
    switch (kernel) {
    case K_COPY:
    case K_CHECK_PART:
        return a;
    case K_FILL:
        return imm;
    case K_ADD:
        return a + b;
    case K_ADD_C:
        return a + imm;
    case K_SUB:
        return a - b;
    case K_SUB_CR:
        return imm - a;
    case K_MUL:
        return a * b;
    case K_MUL_C:
        return a * imm;
    case K_DIV:
        return model_quotient(a, b);
    case K_DIV_C:
        return model_quotient(a, imm);
    case K_DIV_CR:
        return model_quotient(imm, a);
    case K_MULDIV:
        return model_quotient(imm * a, b);
    case K_ABS:
        return fabs(a);
    case K_LEAST:
        return has_both ? fmin(a, b) : NAN;
    case K_GREATEST:
        return has_both ? fmax(a, b) : NAN;
    case K_ROUND:
    case K_CEIL:
    case K_FLOOR:
        return model_jump(kernel, a, imm);
    case K_GE:
        return truth_of(has_both, a >= b);
    case K_GE_C:
        return truth_of(has_imm, a >= imm);
    case K_GT:
        return truth_of(has_both, a > b);
    case K_GT_C:
        return truth_of(has_imm, a > imm);
    case K_LE_C:
        return truth_of(has_imm, a <= imm);
    case K_LT_C:
        return truth_of(has_imm, a < imm);
    case K_EQ:
        return truth_of(has_both, a == b);
    case K_AND:
        return number_from(tri_and(tri_from(a), tri_from(b)));
    case K_OR:
        return number_from(tri_or(tri_from(a), tri_from(b)));
    case K_NOT:
        return number_from(tri_not(tri_from(a)));
    case K_TRUE:
    case K_WEIGHT_ONE:
        return a == 1.0;
    case K_REPORTED:
        return !isnan(a);
    case K_IF:
        return a == 1.0 ? b : a == 0.0 ? c : NAN;
    case K_IN:
        return model_in(a);
    case K_COUNT_TRUE:
    case K_COUNT_PRESENT:
        return model_list(args, kernel, row);
    case K_ATLEAST:
        return model_reach(args, row);
    case K_ADD_PRESENT:
        return isnan(a) ? b : isnan(b) ? a : a + b;
    case K_WEIGHT:
        return b == 1.0 && a > 0.0 ? a : 0.0;
    case K_GATHER:
        return args->index[row] < 0 ? NAN : args->a[args->index[row]];
    case K_HAS_INDEX:
        return args->index[row] >= 0;
    case KERNEL_COUNT:
        break;
    }
    BUG("kernel");
}

static bool is_near_jump(Kernel kernel, const KernelArgs *args, size_t row)
{
    double magnitude = args->magnitude ? args->magnitude[row] : fabs(args->a[row]);
    long double scale = kernel == K_ROUND ? powl(10.0L, (long double)args->imm) : 1.0L;
    long double scaled = fabsl((long double)args->a[row]) * scale;
    long double jump = kernel == K_ROUND ? floorl(scaled) + 0.5L : rintl(scaled);
    if (isnan(args->a[row]))
        return false;
    return isnan(magnitude) || (double)fabsl(scaled - jump) <= 1e-9 * magnitude * (double)scale;
}

static bool model_is_tie(Kernel kernel, const KernelArgs *args, size_t row)
{
    double a = args->a[row], b = args->b[row];
    const double *magnitude = args->magnitude;
    if (kernel == K_GE || kernel == K_GT || kernel == K_EQ)
        return is_near(a, b, magnitude ? magnitude[row] : fabs(a) + fabs(b));
    if (kernel == K_GE_C || kernel == K_GT_C || kernel == K_LE_C || kernel == K_LT_C)
        return is_near(a, args->imm, magnitude ? magnitude[row] : fabs(a) + fabs(args->imm));
    if (kernel == K_ROUND || kernel == K_CEIL || kernel == K_FLOOR)
        return is_near_jump(kernel, args, row);
    if (kernel == K_DIV || kernel == K_MULDIV)
        return magnitude && is_near(b, 0.0, magnitude[row]);
    if (kernel == K_DIV_CR || (kernel == K_WEIGHT && b == 1.0))
        return magnitude && is_near(a, 0.0, magnitude[row]);
    if (kernel == K_ATLEAST)
        return isnan(model_reach(args, row)) && model_reached(args, row).near > 0;
    return kernel == K_CHECK_PART && isnan(a) && b == 1.0;
}

/* ---- running one kernel in all its variants ---- */

typedef struct Case {
    const KernelSet *set;
    Kernel kernel;
    KernelArgs args;
} Case;

typedef void CaseFn(const Case *test);

static bool has_immediate(Kernel kernel)
{
    switch (kernel) {
    case K_FILL:
    case K_ADD_C:
    case K_SUB_CR:
    case K_MUL_C:
    case K_DIV_C:
    case K_DIV_CR:
    case K_MULDIV:
    case K_GE_C:
    case K_GT_C:
    case K_LE_C:
    case K_LT_C:
    case K_ATLEAST:
    case K_ROUND:
        return true;
    default:
        return false;
    }
}

static void run_variants(const KernelSet *set, Kernel kernel, CaseFn *fn)
{
    for (size_t i = 0; i < (has_immediate(kernel) ? IMMEDIATE_COUNT : 1); i++) {
        double imm = has_immediate(kernel) ? IMMEDIATES[i] : 0.0;
        if (kernel == K_ROUND && !(imm >= 0.0 && imm <= 15.0 && imm == floor(imm)))
            continue;
        if (kernel == K_ATLEAST && !(imm >= 0.0 && imm <= LIST_COUNT + 1 && imm == floor(imm)))
            continue;
        for (int has_magnitude = 0; has_magnitude < 2; has_magnitude++) {
            Case test = {
                set, kernel, {.a = table.a, .b = table.b, .c = table.c, .imm = imm, .n = ROWS}};
            test.args.index = table.index;
            test.args.list = table.list;
            test.args.list_count = LIST_COUNT;
            if (kernel == K_IN) {
                test.args.codes = CODES;
                test.args.list_count = sizeof CODES / sizeof *CODES;
            }
            if (kernel == K_ATLEAST) {
                test.args.list = has_magnitude ? table.list : table.values;
                test.args.reach = has_magnitude ? table.truths : table.reach;
            }
            if (takes_truths(kernel)) {
                test.args.a = table.truth[0];
                test.args.b = table.truth[1];
            }
            if (kernel == K_IF)
                test.args.a = table.truth[0];
            if (kernel == K_WEIGHT || kernel == K_CHECK_PART)
                test.args.b = table.truth[0];
            test.args.magnitude = has_magnitude ? table.magnitude : NULL;
            fn(&test);
        }
    }
}

static const char *const SET_NAMES[] = {"base", "v3", "v4"};
enum { SET_COUNT = sizeof SET_NAMES / sizeof *SET_NAMES };

static void run_everything(CaseFn *fn)
{
    for (size_t i = 0; i < SET_COUNT; i++)
        for (Kernel kernel = 0; kernels_find(SET_NAMES[i]) && kernel < KERNEL_COUNT; kernel++)
            run_variants(kernels_find(SET_NAMES[i]), kernel, fn);
}

static void fail_row(const Case *test, size_t row, double got, double want)
{
    print_error("%s %s, row %zu: a %.17g, b %.17g, c %.17g, imm %.17g: got %.17g, want %.17g\n",
                test->set->name, kernel_name(test->kernel), row, test->args.a[row],
                test->args.b[row], test->args.c[row], test->args.imm, got, want);
    fail();
}

static bool is_same(double got, double want)
{
    return got == want || (isnan(got) && isnan(want));
}

/* ---- elementwise ---- */

static void check_values(const Case *test)
{
    static double dst[ROWS];
    KernelArgs args = test->args;
    args.dst = dst;
    (void)test->set->fn[test->kernel](&args);
    for (size_t row = 0; row < ROWS; row++) {
        if (kernel_is_tie(test->kernel, &args, row) && test->kernel != K_CHECK_PART)
            continue;
        double want = model(test->kernel, &args, row);
        if (!is_same(dst[row], want))
            fail_row(test, row, dst[row], want);
    }
}

static void every_kernel_gives_what_its_row_says(void **state)
{
    (void)state;
    run_everything(check_values);
}

static void check_ties(const Case *test)
{
    static double dst[ROWS];
    KernelArgs args = test->args;
    args.dst = dst;
    for (size_t row = 0; row < ROWS; row++)
        if (kernel_is_tie(test->kernel, &args, row) != model_is_tie(test->kernel, &args, row))
            fail_row(test, row, kernel_is_tie(test->kernel, &args, row),
                     model_is_tie(test->kernel, &args, row));
    /* the loop reports a near-tie wherever it stands, and nothing else */
    for (size_t first = 0; first < ROWS; first++) {
        KernelArgs one = args;
        one.a += first;
        one.b += first;
        one.c += first;
        one.index += first;
        one.magnitude = args.magnitude ? args.magnitude + first : NULL;
        one.n = 1;
        const double *list[LIST_COUNT];
        for (size_t col_idx = 0; col_idx < LIST_COUNT; col_idx++)
            list[col_idx] = args.list[col_idx] + first;
        one.list = list;
        if (test->kernel == K_GATHER)
            one.a = args.a;
        bool got = test->set->fn[test->kernel](&one),
             want = kernel_is_tie(test->kernel, &args, first);
        if (got != want)
            fail_row(test, first, got, want);
    }
}

static void a_loop_reports_a_tie_exactly_where_kernel_is_tie_sees_one(void **state)
{
    (void)state;
    run_everything(check_ties);
}

static void check_any_tie(const Case *test)
{
    static double dst[ROWS];
    KernelArgs args = test->args;
    args.dst = dst;
    for (size_t n = 0; n <= 100; n++) {
        bool want = false;
        for (size_t row = 0; row < n; row++)
            want |= kernel_is_tie(test->kernel, &args, row);
        args.n = n;
        bool got = test->set->fn[test->kernel](&args);
        if (got != want)
            fail_row(test, n, got, want);
    }
}

static void a_loop_of_any_length_reports_whether_one_of_its_rows_is_a_tie(void **state)
{
    (void)state;
    run_everything(check_any_tie);
}

static void check_bytes(const Case *test)
{
    static double want[ROWS + 1], got[ROWS + 1];
    KernelArgs args = test->args;
    args.dst = want;
    bool want_tie = kernels_find("base")->fn[test->kernel](&args);
    args.dst = got + 1; /* nothing may lean on alignment */
    bool got_tie = test->set->fn[test->kernel](&args);
    assert_int_equal(got_tie, want_tie);
    for (size_t row = 0; row < ROWS; row++)
        if (memcmp(&got[row + 1], &want[row], sizeof *want) != 0)
            fail_row(test, row, got[row + 1], want[row]);
}

static void all_instruction_sets_give_the_same_bytes(void **state)
{
    (void)state;
    run_everything(check_bytes);
}

/* A NaN of other bits would survive into files and make equal results unequal. */
static void check_absent(const Case *test)
{
    static double dst[ROWS];
    const double canonical = NAN;
    KernelArgs args = test->args;
    args.dst = dst;
    (void)test->set->fn[test->kernel](&args);
    for (size_t row = 0; row < ROWS; row++)
        if (isnan(dst[row]) && memcmp(&dst[row], &canonical, sizeof canonical) != 0 &&
            isfinite(args.a[row]))
            fail_row(test, row, dst[row], canonical);
}

static void absence_is_always_the_same_nan(void **state)
{
    (void)state;
    run_everything(check_absent);
}

static void check_end(const Case *test)
{
    double dst[64];
    KernelArgs args = test->args;
    args.dst = dst;
    for (size_t n = 0; n < 63; n++) {
        for (size_t row = 0; row < 64; row++)
            dst[row] = -77.0;
        args.n = n;
        (void)test->set->fn[test->kernel](&args);
        for (size_t row = n; row < 64; row++)
            if (dst[row] != -77.0)
                fail_row(test, row, dst[row], -77.0);
    }
}

static void a_kernel_writes_n_rows_and_no_more(void **state)
{
    (void)state;
    run_everything(check_end);
}

static void atleast_counts_exactly_over_thousands_of_columns(void **state)
{
    (void)state;
    enum { COLUMNS = 3000 };
    static const double *list[COLUMNS];
    static Reach reach[COLUMNS];
    static const double yes = 1.0, no = 0.0, unknown = NAN;
    for (size_t i = 0; i < SET_COUNT; i++) {
        const KernelSet *set = kernels_find(SET_NAMES[i]);
        if (!set)
            continue;
        for (size_t col_idx = 0; col_idx < COLUMNS; col_idx++) {
            list[col_idx] = col_idx < 900 ? &yes : col_idx < 2950 ? &unknown : &no;
            reach[col_idx] = REACH_TRUE;
        }
        static const struct {
            double need, want;
        } CASES[] = {{0, 1}, {900, 1}, {901, NAN}, {2950, NAN}, {2951, 0}, {3001, 0}};
        for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
            double dst;
            KernelArgs args = {.dst = &dst,
                               .list = list,
                               .list_count = COLUMNS,
                               .reach = reach,
                               .imm = CASES[k].need,
                               .n = 1};
            (void)set->fn[K_ATLEAST](&args);
            if (!is_same(dst, CASES[k].want))
                fail_msg("at least %g: got %g, want %g", CASES[k].need, dst, CASES[k].want);
        }
    }
}

static void only_known_sets_are_found(void **state)
{
    (void)state;
    assert_non_null(kernels_find("base"));
    assert_null(kernels_find("v9"));
    assert_non_null(kernels_best());
    assert_ptr_equal(kernels_best(), kernels_find(kernels_best()->name));
    assert_string_equal(kernel_name(K_MULDIV), "K_MULDIV");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_gives_what_its_row_says),
        cmocka_unit_test(a_loop_reports_a_tie_exactly_where_kernel_is_tie_sees_one),
        cmocka_unit_test(a_loop_of_any_length_reports_whether_one_of_its_rows_is_a_tie),
        cmocka_unit_test(all_instruction_sets_give_the_same_bytes),
        cmocka_unit_test(absence_is_always_the_same_nan),
        cmocka_unit_test(a_kernel_writes_n_rows_and_no_more),
        cmocka_unit_test(atleast_counts_exactly_over_thousands_of_columns),
        cmocka_unit_test(only_known_sets_are_found),
    };
    return cmocka_run_group_tests(tests, fill_table, NULL);
}
