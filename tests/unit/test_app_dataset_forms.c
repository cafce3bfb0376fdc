/* Flat tables in every encoding and file format, exact units, large tables, tables full of mistakes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/dataset_int.h"
#include "assert_text.h"
#include "base/file.h"
#include "base/limits.h"
#include "flat_fixture.h"

#include <gmp.h>
#include <iconv.h>
#include <unistd.h>
#include <xlsxwriter.h>

static int setup(void **state)
{
    *state = flat_fixture_new();
    return 0;
}

static int teardown(void **state)
{
    flat_fixture_free(*state);
    return 0;
}

static const char TABLE[] = "学校代码,学校名称,所属地区,办学类型,学段,在校生数,设备值（元）\n"
                            "2162900001,甲校,甘肃省张掖市甘州区,小学,,100,11000\n"
                            "3162900002,乙校,620702,九年一贯制学校,小学,20,\n"
                            "3162900002,乙校,620702,九年一贯制学校,初中,30,\n"
                            "3162900002,乙校,620702,九年一贯制学校,,,5\n"
                            "合计,,,,,150,11005\n";
static const char UNDERSTOOD[] = "2162900001 甲校 620702 211 runner ? urban ?\n"
                                 "  primary, line 2, shared 2: 在校生数=100 设备值=1.1\n"
                                 "3162900002 乙校 620702 312 runner ? urban ?\n"
                                 "  primary, line 3, shared 5: 在校生数=20 设备值=0.0005\n"
                                 "  junior, line 4, shared 5: 在校生数=30 设备值=0.0005\n"
                                 "sums left out: 1\n";

static void expect_understood(FlatFixture *f, Str bytes, const char *want)
{
    if (!flat_fixture_read(f, bytes))
        fail_msg("%s", flat_fixture_errors(f, LANG_EN).ptr);
    StrBuf out;
    strbuf_init(&out, f->arena);
    flat_dump(&out, f->dataset);
    assert_text(strbuf_str(&out), want);
}

static Str encoded(FlatFixture *f, const char *encoding, const char *text)
{
    iconv_t cd = iconv_open(encoding, "UTF-8");
    assert_true(cd != (iconv_t)-1);
    size_t in_left = strlen(text), out_left = in_left * 4;
    char *in = str_cstr(f->arena, str_from(text)), *bytes = arena_alloc(f->arena, out_left);
    char *out = bytes;
    assert_true(iconv(cd, &in, &in_left, &out, &out_left) != (size_t)-1);
    assert_int_equal(iconv_close(cd), 0);
    return (Str){bytes, (size_t)(out - bytes)};
}

static void a_table_means_the_same_in_every_encoding(void **state)
{
    FlatFixture *f = *state;
    expect_understood(f, str_from(TABLE), UNDERSTOOD);
    expect_understood(f, encoded(f, "GB18030", TABLE), UNDERSTOOD);
    expect_understood(f, encoded(f, "GBK", TABLE), UNDERSTOOD);
    expect_understood(f, encoded(f, "UTF-16", TABLE), UNDERSTOOD);
    assert_text(f->dataset->table->encoding, "UTF-16");
    expect_understood(f, str_format(f->arena, "\xEF\xBB\xBF%s", TABLE), UNDERSTOOD);
}

static void tabs_and_windows_line_ends_change_nothing(void **state)
{
    FlatFixture *f = *state;
    StrBuf out;
    strbuf_init(&out, f->arena);
    for (const char *at = TABLE; *at; at++) {
        if (*at == '\n')
            strbuf_add_char(&out, '\r');
        strbuf_add_char(&out, *at == ',' ? '\t' : *at);
    }
    expect_understood(f, strbuf_str(&out), UNDERSTOOD);
}

/* Codes as texts or as numbers; a merged title is no header, so there is none here. */
static Str workbook(FlatFixture *f, bool has_number_codes)
{
    char path[] = "/tmp/junheng-flat-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && close(fd) == 0);
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, "学校");
    Str rest = str_from(TABLE), line;
    for (lxw_row_t row = 0; next_line(&rest, &line); row++) {
        lxw_col_t column = 0;
        for (size_t at = 0; at <= line.len; column++) {
            const char *comma = at < line.len ? memchr(line.ptr + at, ',', line.len - at) : NULL;
            size_t end = comma ? (size_t)(comma - line.ptr) : line.len;
            char *cell = str_cstr(f->arena, str_slice(line, at, end - at));
            bool is_number =
                row > 0 && *cell >= '0' && *cell <= '9' && (column >= 5 || has_number_codes);
            if (is_number)
                (void)worksheet_write_number(sheet, row, column, strtod(cell, NULL), NULL);
            else if (*cell)
                (void)worksheet_write_string(sheet, row, column, cell, NULL);
            at = end + 1;
        }
    }
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    Str bytes;
    assert_true(file_read(f->arena, path, LIMIT_FILE_BYTES, &bytes, &f->packs->err));
    assert_int_equal(unlink(path), 0);
    return bytes;
}

static void a_workbook_means_the_same_as_its_csv(void **state)
{
    FlatFixture *f = *state;
    expect_understood(f, workbook(f, false), UNDERSTOOD);
    expect_understood(f, workbook(f, true), UNDERSTOOD);
    assert_text(f->dataset->table->sheet, "学校");
}

static void a_mistake_in_a_workbook_is_told_at_its_cell(void **state)
{
    FlatFixture *f = *state;
    char path[] = "/tmp/junheng-flat-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && close(fd) == 0);
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, "学校");
    static const char *const header[] = {"学校代码", "所属地区", "办学类型", "在校生数"};
    for (lxw_col_t column = 0; column < 4; column++)
        (void)worksheet_write_string(sheet, 1, column, header[column], NULL);
    (void)worksheet_write_string(sheet, 2, 0, "2162900001", NULL);
    (void)worksheet_write_string(sheet, 2, 1, "620702", NULL);
    (void)worksheet_write_string(sheet, 2, 2, "中学", NULL);
    (void)worksheet_write_number(sheet, 2, 3, 1.5, NULL);
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    Str bytes;
    assert_true(file_read(f->arena, path, LIMIT_FILE_BYTES, &bytes, &f->packs->err));
    assert_int_equal(unlink(path), 0);
    assert_false(flat_fixture_read(f, bytes));
    assert_text(flat_fixture_errors(f, LANG_ZH),
                "错误: 「办学类型」里没有「中学」，是否想写「小学」？\n"
                "  位置 table.csv [学校], 第 3 行 C 列\n"
                "提示: 请填代码或标准名称\n"
                "错误: 「在校生数」应为整数：1.5\n"
                "  位置 table.csv [学校], 第 3 行 D 列\n"
                "提示: 请核对该单元格\n");
}

static void only_a_school_year_is_a_period(void **state)
{
    FlatFixture *f = *state;
    static const Period wrong[] = {
        {PERIOD_TERM, 2024, 1}, {PERIOD_YEAR, 2024, 0}, {PERIOD_MONTH, 2024, 10}};
    static const char *const text[] = {"2024-2025/1", "2024", "2024-10"};
    for (size_t i = 0; i < 3; i++) {
        Err err;
        err_init(&err);
        Dataset *dataset = NULL;
        assert_false(dataset_load_bytes(f->arena, f->core, STR("t"), str_from(TABLE), wrong[i],
                                        &dataset, &err));
        assert_int_equal(err.first->code, ERR_FLAT_PERIOD);
        assert_text(err.first->arg[0].text, text[i]);
        err_done(&err);
    }
}

static void a_name_that_several_regions_share_is_refused(void **state)
{
    FlatFixture *f = *state;
    Core *core;
    Dataset *dataset;
    Str dir = tree_path(f->arena, "packs");
    assert_true(pack_load_core(f->arena, dir.ptr, &core, &f->packs->err));
    Str table = STR("学校代码,所属地区,办学类型\n2162900001,市辖区,211\n2162900002,城关区,211\n"
                    "2162900003,兰州市城关区,211\n4462900001,东莞市,211\n");
    Period period = {PERIOD_SCHOOL_YEAR, 2024, 0};
    assert_false(dataset_load_bytes(f->arena, core, STR("table.csv"), table, period, &dataset,
                                    &f->packs->err));
    assert_int_equal(f->packs->err.count, 2);
    assert_text(flat_fixture_errors(f, LANG_ZH), "错误: 叫「市辖区」的地区不止一个\n"
                                                 "  位置 table.csv, 第 2 行 B 列「所属地区」\n"
                                                 "错误: 叫「城关区」的地区不止一个\n"
                                                 "  位置 table.csv, 第 3 行 B 列「所属地区」\n"
                                                 "提示: 请填 6 位行政区划代码，或从省写起的全称\n");
}

/* ---- units ---- */

static void expect_converted(double value, int64_t num, int64_t den, double want)
{
    double got = flat_converted(value, (Ratio){num, den});
    if (got != want)
        fail_msg("%.17g * %lld / %lld: got %.17g, want %.17g", value, (long long)num,
                 (long long)den, got, want);
}

static void units_are_converted_exactly(void **state)
{
    (void)state;
    expect_converted(1.1, 10000, 1, 11000);
    expect_converted(11000, 1, 10000, 1.1);
    expect_converted(0.1, 1, 10000, 0.00001);
    expect_converted(0.3, 2000, 3, 200);
    expect_converted(1.5, 2000, 3, 1000);
    expect_converted(1, 2000, 3, 666.666666666667);
    expect_converted(2, 1, 3, 0.666666666666667);
    expect_converted(999999999999999, 10, 1, 9999999999999990);
    expect_converted(123456789012345, 3, 1, 370370367037035);
    expect_converted(999999999999999, 3, 1, 3000000000000000); /* to 15 digits */
    expect_converted(1e-20, 1, 1000000, 1e-26);
    expect_converted(5e-1, 1, 7, 0.0714285714285714);
    expect_converted(1, INT64_MAX, INT64_MAX - 1, 1);
    expect_converted(999999999999999, INT64_MAX, 1, 9.22337203685477e33);
}

/* Against rationals: the nearest number of 15 digits, half away from zero. */
static double slow_converted(Decimal value, int64_t num, int64_t den)
{
    mpz_t top, bottom, quotient, ten;
    mpz_inits(top, bottom, quotient, ten, NULL);
    mpz_set_si(top, value.mantissa);
    mpz_mul_si(top, top, num);
    mpz_set_si(bottom, den);
    int exp10 = value.exp10;
    mpz_ui_pow_ui(ten, 10, 60);
    mpz_mul(top, top, ten); /* 60 digits more, then off again one by one */
    exp10 -= 60;
    mpz_fdiv_q(quotient, top, bottom);
    unsigned long last = 0;
    while (mpz_sizeinbase(quotient, 10) > 15 && mpz_cmp_d(quotient, 1e15) >= 0) {
        last = mpz_fdiv_q_ui(quotient, quotient, 10);
        exp10++;
    }
    if (last >= 5)
        mpz_add_ui(quotient, quotient, 1);
    int64_t mantissa = mpz_get_si(quotient);
    mpz_clears(top, bottom, quotient, ten, NULL);
    for (; mantissa && mantissa % 10 == 0; mantissa /= 10)
        exp10++;
    return decimal_to_double((Decimal){mantissa, exp10});
}

static void conversion_agrees_with_rationals(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    static const int64_t scales[] = {1, 2, 3, 7, 10, 100, 1000, 10000, 2000, 100000000, 666, 15};
    for (int i = 0; i < 200000; i++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        int digits = (int)(seed % 15) + 1;
        int64_t mantissa = (int64_t)(seed >> 11) % 1000000000000000;
        for (int k = digits; k < 15; k++)
            mantissa /= 10;
        if (mantissa == 0)
            continue;
        Decimal value = {mantissa, (int)(seed >> 5) % 20 - 12};
        for (; value.mantissa % 10 == 0; value.mantissa /= 10)
            value.exp10++;
        int64_t num = scales[(seed >> 20) % 12], den = scales[(seed >> 30) % 12];
        expect_converted(decimal_to_double(value), num, den, slow_converted(value, num, den));
    }
}

/* ---- much ---- */

static void many_schools_are_found_by_their_codes(void **state)
{
    FlatFixture *f = *state;
    enum { MANY = 100000 };
    StrBuf table;
    strbuf_init(&table, f->arena);
    strbuf_add(&table, STR("学校代码,所属地区,办学类型,在校生数\n"));
    for (int i = 0; i < MANY; i++)
        strbuf_addf(&table, "21%08d,%s,211,%d\n", (i * 7919) % MANY + 1,
                    i % 2 ? "620702" : "620721", i);
    assert_true(flat_fixture_read(f, strbuf_str(&table)));
    assert_int_equal(f->dataset->school_count, MANY);
    for (uint64_t i = 1; i <= MANY; i++)
        assert_int_equal(dataset_find(f->dataset, 2100000000 + i)->code, 2100000000 + i);
    assert_null(dataset_find(f->dataset, 2100000000));
    assert_null(dataset_find(f->dataset, 0));
}

/* Beyond those that are shown, a mistake costs neither time nor memory. */
static void a_table_of_nothing_but_mistakes_is_refused_in_time(void **state)
{
    FlatFixture *f = *state;
    enum { MANY = 300000 };
    StrBuf table;
    strbuf_init(&table, f->arena);
    strbuf_add(&table, STR("学校代码,所属地区,办学类型,举办者,学段,在校生数,城中\n"));
    for (int i = 0; i < MANY; i++)
        strbuf_addf(&table, "2162%06d,九百九十九号,大学%d,某某举办,幼儿%d,-%d,也许%d\n", i, i, i,
                    i + 1, i);
    size_t before = f->arena->used_bytes;
    assert_false(flat_fixture_read(f, strbuf_str(&table)));
    assert_int_equal(f->packs->err.count, (size_t)MANY * 6);
    assert_true(f->arena->used_bytes - before < (size_t)MANY * 1000);
    StrBuf out;
    strbuf_init(&out, f->arena);
    err_format(&out, &f->packs->err, LANG_ZH);
    assert_true(str_ends_with(strbuf_str(&out), STR("还有 1799800 处\n")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_table_means_the_same_in_every_encoding),
        TEST(tabs_and_windows_line_ends_change_nothing),
        TEST(a_workbook_means_the_same_as_its_csv),
        TEST(a_mistake_in_a_workbook_is_told_at_its_cell),
        TEST(only_a_school_year_is_a_period),
        TEST(a_name_that_several_regions_share_is_refused),
        TEST(units_are_converted_exactly),
        TEST(conversion_agrees_with_rationals),
        TEST(many_schools_are_found_by_their_codes),
        TEST(a_table_of_nothing_but_mistakes_is_refused_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
