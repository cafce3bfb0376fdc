#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/cv.h"
#include "assert_text.h"

#include "base/decimal.h"

#include <math.h>
#include <xlsxwriter.h>

/* A table on disk, and what cv made of it. */
typedef struct Fixture {
    Arena arena;
    Err err;
    char *path;
    CvRequest request;
    CvResult result;
} Fixture;

static int set_up(void **state)
{
    static Fixture fixture;
    fixture = (Fixture){.request.per = {.mantissa = 1}};
    arena_init(&fixture.arena);
    err_init(&fixture.err);
    const char *base = getenv("TMPDIR");
    fixture.path = str_cstr(&fixture.arena,
                            str_format(&fixture.arena, "%s/junheng-XXXXXX", base ? base : "/tmp"));
    int fd = mkstemp(fixture.path);
    if (fd < 0 || close(fd) != 0)
        return -1;
    fixture.request.path = fixture.path;
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    (void)unlink(fixture->path);
    err_done(&fixture->err);
    arena_done(&fixture->arena);
    return 0;
}

static void write_table(const Fixture *fixture, Str text)
{
    FILE *file = fopen(fixture->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static void set_formulas(Fixture *fixture, const char *weight, const char *value)
{
    fixture->request.weight = str_from(weight);
    fixture->request.value = str_from(value);
}

static void add_number(StrBuf *out, double value)
{
    if (isnan(value))
        strbuf_add(out, STR("~"));
    else
        decimal_add_shortest(out, round(value * 1e6) / 1e6);
}

static void add_lines(StrBuf *out, const char *name, const CvLines *lines)
{
    if (!lines->count)
        return;
    strbuf_addf(out, "%s %zu:", name, lines->count);
    for (size_t i = 0; i < lines->count && i < CV_LINES_MAX; i++)
        strbuf_addf(out, " %u", lines->line[i]);
    strbuf_add_char(out, '\n');
}

/* group units/left weight value mean s cv met, a line for each group; then who is left out. */
static Str result_text(Fixture *fixture)
{
    static const char *const MET[] = {[TRI_FALSE] = "above", [TRI_TRUE] = "met"};
    const CvResult *result = &fixture->result;
    StrBuf out;
    strbuf_init(&out, &fixture->arena);
    for (size_t i = 0; i < result->row_count; i++) {
        const CvRow *row = &result->row[i];
        strbuf_addf(&out, "[%.*s] %zu/%zu", STR_ARG(row->group), row->units, row->left_out);
        const double numbers[] = {row->weight, row->value, row->mean, row->s, row->cv};
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            strbuf_add_char(&out, ' ');
            add_number(&out, numbers[k]);
        }
        if (row->met != TRI_UNKNOWN)
            strbuf_addf(&out, " %s", MET[row->met]);
        strbuf_add_char(&out, '\n');
    }
    add_lines(&out, "sums", &result->sum_rows);
    add_lines(&out, "unknown", &result->unknown);
    add_lines(&out, "no weight", &result->reason[CV_NO_WEIGHT]);
    add_lines(&out, "not positive", &result->reason[CV_WEIGHT_NOT_POSITIVE]);
    add_lines(&out, "no value", &result->reason[CV_NO_VALUE]);
    return strbuf_str(&out);
}

static void check_run(Fixture *fixture, const char *want)
{
    if (!cv_run(&fixture->arena, &fixture->request, &fixture->result, &fixture->err)) {
        StrBuf out;
        strbuf_init(&out, &fixture->arena);
        err_format(&out, &fixture->err, LANG_EN);
        fail_msg("%.*s", STR_ARG(strbuf_str(&out)));
    }
    assert_text(result_text(fixture), want);
}

/* The messages in English, a line each, with place and hint. */
static void check_fails(Fixture *fixture, const char *want)
{
    CvResult untouched = {.left_out = 77};
    assert_false(cv_run(&fixture->arena, &fixture->request, &untouched, &fixture->err));
    assert_int_equal(untouched.left_out, 77);
    StrBuf out, text;
    strbuf_init(&out, &fixture->arena);
    strbuf_init(&text, &fixture->arena);
    err_format(&text, &fixture->err, LANG_EN);
    Str path = str_from(fixture->path);
    for (Str rest = strbuf_str(&text); rest.len;) { /* the path of the table becomes FILE */
        bool is_path = str_starts_with(rest, path);
        strbuf_add(&out, is_path ? STR("FILE") : str_slice(rest, 0, 1));
        rest = str_slice(rest, is_path ? path.len : 1, rest.len);
    }
    assert_text(strbuf_str(&out), want);
}

#define FIVE "school,pupils,books\nA,45,279\nB,37,137\nC,89,935\nD,76,160\nE,55,402\n"

static void the_official_example_comes_out(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR(FIVE));
    set_formulas(fixture, "pupils", "books");
    check_run(fixture, "[] 5/0 302 1913 6.334437 3.263861 0.515257\n");
    assert_true(fabs(fixture->result.row[0].cv - 0.5152566298844764) < 1e-15);
    assert_true(fabs(fixture->result.row[0].s - 3.263860705195375) < 1e-14);
}

static void per_scales_mean_and_s_but_not_the_coefficient(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR(FIVE));
    set_formulas(fixture, "pupils", "books");
    fixture->request.per = (Decimal){.mantissa = 1, .exp10 = 2};
    check_run(fixture, "[] 5/0 302 1913 633.443709 326.386071 0.515257\n");
}

static void a_limit_is_decided_exactly(void **state)
{
    Fixture *fixture = *state;
    /* ratios 1 and 3, equal weights: mean 2, S 1, CV 1/2 */
    write_table(fixture, STR("s,w,v\na,0.1,0.1\nb,0.1,0.3\nc,0.3,0.3\nd,0.3,0.9\n"));
    set_formulas(fixture, "w", "v");
    fixture->request.has_limit = true;
    fixture->request.limit = (Decimal){.mantissa = 5, .exp10 = -1};
    check_run(fixture, "[] 4/0 0.8 1.6 2 1 0.5 met\n");
    fixture->request.limit = (Decimal){.mantissa = 499999999999999, .exp10 = -15};
    check_run(fixture, "[] 4/0 0.8 1.6 2 1 0.5 above\n");
    fixture->request.limit = (Decimal){.mantissa = 1, .exp10 = -9}; /* 1e-9 in a formula */
    check_run(fixture, "[] 4/0 0.8 1.6 2 1 0.5 above\n");
}

static void what_is_missing_is_left_out_and_counted_by_reason(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("s,w,v\na,,1\nb,0,1\nc,-3,1\nd,2,\ne,2,4\nf,,\ng,2,8\n"));
    set_formulas(fixture, "w", "v");
    check_run(fixture, "[] 2/5 4 12 3 1 0.333333\n"
                       "no weight 2: 2 7\nnot positive 2: 3 4\nno value 1: 5\n");
    assert_int_equal(fixture->result.left_out, 5);
}

static void a_weight_that_is_0_but_for_rounding_is_0(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("s,a,v\nx,0.1,1\ny,5,2\n"));
    set_formulas(fixture, "a + 0.2 - 0.3", "v");
    check_run(fixture, "[] 1/1 4.9 2 0.408163 0 0\nnot positive 1: 2\n");
}

static void without_rows_there_is_no_coefficient(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("s,w,v\n"));
    set_formulas(fixture, "w", "v");
    check_run(fixture, "[] 0/0 ~ ~ ~ ~ ~\n");
    fixture->request.by = STR("s");
    check_run(fixture, "");
    assert_true(fixture->result.has_groups);
    write_table(fixture, STR("s,w,v\na,1,0\nb,2,0\n")); /* mean 0 */
    fixture->request.by = STR("");
    fixture->request.has_limit = true;
    check_run(fixture, "[] 2/0 3 0 0 0 ~\n");
}

static void groups_stand_in_order_of_first_appearance(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture,
                STR("g,s,w,v\n南,a,1,2\n北,b,1,3\n,c,1,4\n南,d,1,4\n北,e,,5\n,f,1,4\n东,g,,\n"));
    set_formulas(fixture, "w", "v");
    fixture->request.by = STR("g");
    check_run(fixture, "[南] 2/0 2 6 3 1 0.333333\n[北] 1/1 1 3 3 0 0\n"
                       "[] 2/0 2 8 4 0 0\n[东] 0/1 ~ ~ ~ ~ ~\nno weight 2: 6 8\n");
}

static void where_selects_before_groups_are_made(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("g,s,w,v\n甲,a,1,2\n乙,b,60,3\n甲,c,70,4\n丙,d,1,1\n丁,e,,1\n"));
    set_formulas(fixture, "w", "v");
    fixture->request.by = STR("g");
    fixture->request.where = STR("w >= 50");
    check_run(fixture, "[乙] 1/0 60 3 0.05 0 0\n[甲] 1/0 70 4 0.057143 0 0\nunknown 1: 6\n");
}

static void sum_rows_are_no_schools(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture,
                STR("code,name,w,v,note\n1,a,1,2,\n2,b,3,4,合计\n,合 计,4,6,\n小计,,4,6,\n"));
    set_formulas(fixture, "w", "v");
    check_run(fixture, "[] 2/0 4 6 1.5 0.288675 0.19245\nsums 2: 4 5\n");
    /* figures first: the next column names the school; and the column of groups counts too */
    write_table(fixture, STR("w,v,name,x,g\n1,2,a,,k\n3,4,总计,,k\n5,6,b,总计,k\n7,8,c,,小计\n"));
    check_run(fixture, "[] 3/0 13 16 1.230769 0.223701 0.181757\nsums 1: 3\n");
    fixture->request.by = STR("g");
    check_run(fixture, "[k] 2/0 6 8 1.333333 0.298142 0.223607\nsums 2: 3 5\n");
}

static void a_column_is_named_in_full_or_half_width(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("s,人数（人）,计算机(台),合计\na,1,2,5\nb,1,4,5\n"));
    set_formulas(fixture, "人数(人)", "计算机（台）");
    check_run(fixture, "[] 2/0 2 6 3 1 0.333333\n");
    set_formulas(fixture, "合计", "「合计」 * 「计算机（台）」");
    check_run(fixture, "[] 2/0 10 30 3 1 0.333333\n");
}

static void weight_and_value_may_be_formulas(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("s,type,m,f,v\na,小学,1,1,2\nb,初中,2,2,12\n"));
    set_formulas(fixture, "m + f", "100 * v");
    check_run(fixture, "[] 2/0 6 1400 233.333333 94.280904 0.404061\n");
    set_formulas(fixture, "1", "v / (m + f)"); /* unweighted */
    check_run(fixture, "[] 2/0 2 4 2 1 0.5\n");
    set_formulas(fixture, "如果 type = \"小学\" 则 3 否则 1", "v");
    check_run(fixture, "[] 2/0 4 14 3.5 4.907477 1.402136\n");
    set_formulas(fixture, "1", "v / 合计(v)"); /* aggregates are those of the group */
    check_run(fixture, "[] 2/0 2 1 0.5 0.357143 0.714286\n");
    fixture->request.by = STR("s");
    check_run(fixture, "[a] 1/0 1 1 1 0 0\n[b] 1/0 1 1 1 0 0\n");
}

static void conditions_compare_text_and_numbers(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("s,type,code,w,v\na,小学,01,10,2\nb,初中,02,20,3\nc,,02,30,4\n"));
    set_formulas(fixture, "1", "v");
    fixture->request.where = STR("type 属于 (\"小学\", \"初中\") 且 w > 15");
    check_run(fixture, "[] 1/0 1 3 3 0 0\nunknown 1: 4\n");
    fixture->request.where = STR("code = \"02\""); /* figures, but compared with a text */
    check_run(fixture, "[] 2/0 2 7 3.5 0.5 0.142857\n");
    fixture->request.where = STR("code = 2"); /* a number */
    check_run(fixture, "[] 2/0 2 7 3.5 0.5 0.142857\n");
    fixture->request.where = STR("非 已报(type)");
    check_run(fixture, "[] 1/0 1 4 4 0 0\n");
    fixture->request.where = STR("type = \"小学\"");
    fixture->request.by = STR("code");
    check_run(fixture, "[01] 1/0 1 2 2 0 0\nunknown 1: 4\n");
    fixture->request.where = STR("code >= 2"); /* a group that is calculated with */
    check_run(fixture, "[2] 2/0 2 7 3.5 0.5 0.142857\n");
}

static void an_unknown_column_lists_those_there_are(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("学校,在校生数,设备值（万元）\n甲,1,2\n"));
    set_formulas(fixture, "在校生", "设备值 + 1");
    fixture->request.where = STR("x > 1 且 在校生数 > 1");
    fixture->request.by = STR("地区");
    check_fails(fixture,
                "error: 'FILE' has no column '在校生', did you mean '在校生数'?\n"
                "  at --weight\n"
                "error: 'FILE' has no column '设备值', did you mean '设备值（万元）'?\n"
                "  at --value, column 1\n    设备值 + 1\n    ^^^^^^\n"
                "error: 'FILE' has no column 'x'\n"
                "  at --where, column 1\n    x > 1 且 在校生数 > 1\n    ^\n"
                "error: 'FILE' has no column '地区'\n  at --by\n"
                "hint: its columns are: 学校, 在校生数, 设备值（万元）; in a formula put 「」 "
                "around names with brackets or blanks\n");
}

static void mistakes_in_formulas_have_a_place(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("s,w,v\na,1,2\n"));
    set_formulas(fixture, "95% * w", "v +");
    check_fails(fixture, "error: a formula has no percent sign: '95%'\n"
                         "  at --weight, column 1\n    95% * w\n    ^^^\nhint: write 0.95\n"
                         "error: a value is missing here\n"
                         "  at --value, column 4\n    v +\n       ^\n"
                         "hint: operators and brackets need values; put brackets around 'not …' "
                         "inside an operation\n");
}

static void a_text_that_the_column_lacks_is_a_mistake(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("s,type,w,v\na,小学,1,2\nb,初中,1,2\n"));
    set_formulas(fixture, "w", "v");
    fixture->request.where = STR("type = \"小学校\" 或 \"高中\" ≠ type");
    check_fails(fixture, "error: the column 'type' has no '小学校', did you mean '小学'?\n"
                         "  at --where, column 8\n    type = \"小学校\" 或 \"高中\" ≠ type\n"
                         "           ^^^^^^^^\n"
                         "error: the column 'type' has no '高中', did you mean '初中'?\n"
                         "  at --where, column 16\n    type = \"小学校\" 或 \"高中\" ≠ type\n"
                         "                       ^^^^^^\nhint: it has: 小学, 初中\n");
}

static void what_needs_other_rows_or_years_is_refused(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("s,w,v\na,1,2\n"));
    set_formulas(fixture, "上年(w)", "合计(v 同校)");
    check_fails(fixture, "error: 'previous' cannot be used here\n  at --weight\n"
                         "error: 'siblings' cannot be used here\n  at --value\n"
                         "hint: a table has one period, and does not say which rows are of one "
                         "school\n");
    err_done(&fixture->err);
    err_init(&fixture->err);
    set_formulas(fixture, "w", "v");
    fixture->request.where = STR("w > 平均(w)");
    check_fails(fixture, "error: --where cannot use 'mean', which runs over several rows\n"
                         "  at --where, column 5\n    w > 平均(w)\n        ^^^^^^^\n"
                         "hint: a condition looks at its own row: rows are selected first\n");
}

static void a_cell_that_is_no_number_is_refused_where_it_is_used(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("s,w,v,other\na,1,2,x\nb,—,3,y\nc,\"1,000\",50%,z\n"));
    set_formulas(fixture, "w", "v");
    check_fails(fixture, "error: 'w' needs a number, but this is '—'\n"
                         "  at FILE, row 3, column B 'w'\n"
                         "hint: write a plain number; leave the cell blank if there is none\n"
                         "error: the number in 'w' has thousands commas: '1,000'\n"
                         "  at FILE, row 4, column B 'w'\n"
                         "hint: drop the commas: write 1,234 as 1234\n"
                         "error: the number in 'v' has a percent sign: '50%'\n"
                         "  at FILE, row 4, column C 'v'\n"
                         "hint: drop the sign and give the number in the unit of the column\n");
}

static void a_csv_has_no_sheets(void **state)
{
    Fixture *fixture = *state;
    write_table(fixture, STR("s,w,v\na,1,2\n"));
    set_formulas(fixture, "w", "v");
    fixture->request.sheet = STR("表1");
    check_fails(fixture, "error: file 'FILE' has no sheet '表1'\n  at FILE\n"
                         "hint: check the name of the sheet\n");
}

/* What stands right of the figures and is not used is not looked at, also an error value. */
static void a_sheet_of_a_workbook_is_chosen_by_name(void **state)
{
    Fixture *fixture = *state;
    lxw_workbook *book = workbook_new(fixture->path);
    for (int i = 0; i < 2; i++) {
        lxw_worksheet *sheet = workbook_add_worksheet(book, i ? "初中" : "小学");
        static const char *const HEADER[] = {"学校", "在校生数", "图书册数", "生均"};
        for (lxw_col_t column = 0; column < 4; column++)
            worksheet_write_string(sheet, 0, column, HEADER[column], NULL);
        for (lxw_row_t row = 1; row <= 3; row++) {
            worksheet_write_string(sheet, row, 0, row == 3 ? "合计" : "甲", NULL);
            worksheet_write_number(sheet, row, 1, row == 3 ? 20 : 10, NULL);
            worksheet_write_number(sheet, row, 2, row * (i + 1) * 10, NULL);
            worksheet_write_formula_str(sheet, row, 3, "=C2/0", NULL, "#DIV/0!");
        }
    }
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    set_formulas(fixture, "在校生数", "图书册数");
    check_run(fixture, "[] 2/0 20 30 1.5 0.5 0.333333\nsums 1: 4\n");
    fixture->request.sheet = STR("初中");
    check_run(fixture, "[] 2/0 20 60 3 1 0.333333\nsums 1: 4\n");
    fixture->request.sheet = STR("高中");
    check_fails(fixture, "error: file 'FILE' has no sheet '高中', did you mean '初中'?\n"
                         "  at FILE\nhint: check the name of the sheet\n");
}

/* ---- another way to the same answer ---- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

enum { ROWS = 400, GROUPS = 7 };

/* The definition, row by row: the oracle. */
static void naive(const double *w, const double *v, const int *g, int group, double ret[3])
{
    double weight = 0, value = 0, square = 0;
    for (int i = 0; i < ROWS; i++)
        if (g[i] == group && w[i] > 0 && !isnan(v[i])) {
            weight += w[i];
            value += v[i];
        }
    for (int i = 0; i < ROWS; i++)
        if (g[i] == group && w[i] > 0 && !isnan(v[i]))
            square += w[i] / weight * pow(v[i] / w[i] - value / weight, 2);
    ret[0] = value / weight;
    ret[1] = sqrt(square);
    ret[2] = ret[1] / ret[0];
}

static void generated_tables_agree_with_the_definition(void **state)
{
    Fixture *fixture = *state;
    static double w[ROWS], v[ROWS];
    static int g[ROWS];
    set_formulas(fixture, "w", "v");
    fixture->request.by = STR("g");
    for (uint32_t seed = 1; seed <= 20; seed++) {
        uint32_t random = seed;
        StrBuf text;
        strbuf_init(&text, &fixture->arena);
        strbuf_add(&text, STR("s,g,w,v\n"));
        for (int i = 0; i < ROWS; i++) {
            g[i] = (int)(next_random(&random) % GROUPS);
            w[i] = next_random(&random) % 9 ? (double)(next_random(&random) % 500) : (double)NAN;
            v[i] = next_random(&random) % 9 ? (double)(next_random(&random) % 9000) : (double)NAN;
            strbuf_addf(&text, "s%d,g%d,", i, g[i]);
            if (!isnan(w[i]))
                strbuf_addf(&text, "%.0f", w[i]);
            strbuf_add_char(&text, ',');
            if (!isnan(v[i]))
                strbuf_addf(&text, "%.0f", v[i]);
            strbuf_add_char(&text, '\n');
        }
        write_table(fixture, strbuf_str(&text));
        assert_true(cv_run(&fixture->arena, &fixture->request, &fixture->result, &fixture->err));
        assert_int_equal(fixture->result.row_count, GROUPS);
        for (size_t i = 0; i < GROUPS; i++) {
            const CvRow *row = &fixture->result.row[i];
            double want[3];
            naive(w, v, g, row->group.ptr[1] - '0', want);
            const double got[3] = {row->mean, row->s, row->cv};
            for (int k = 0; k < 3; k++)
                if (fabs(got[k] - want[k]) > 1e-12 * fabs(want[k]))
                    fail_msg("seed %u, figure %d: got %.17g, want %.17g", seed, k, got[k], want[k]);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_official_example_comes_out),
        TEST(per_scales_mean_and_s_but_not_the_coefficient),
        TEST(a_limit_is_decided_exactly),
        TEST(what_is_missing_is_left_out_and_counted_by_reason),
        TEST(a_weight_that_is_0_but_for_rounding_is_0),
        TEST(without_rows_there_is_no_coefficient),
        TEST(groups_stand_in_order_of_first_appearance),
        TEST(where_selects_before_groups_are_made),
        TEST(sum_rows_are_no_schools),
        TEST(a_column_is_named_in_full_or_half_width),
        TEST(weight_and_value_may_be_formulas),
        TEST(conditions_compare_text_and_numbers),
        TEST(an_unknown_column_lists_those_there_are),
        TEST(mistakes_in_formulas_have_a_place),
        TEST(a_text_that_the_column_lacks_is_a_mistake),
        TEST(what_needs_other_rows_or_years_is_refused),
        TEST(a_cell_that_is_no_number_is_refused_where_it_is_used),
        TEST(a_csv_has_no_sheets),
        TEST(a_sheet_of_a_workbook_is_chosen_by_name),
        TEST(generated_tables_agree_with_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
