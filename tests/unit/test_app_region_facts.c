/* Tables of counties: both forms, and whatever is refused, with its place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/evaluation.h"
#include "app/frames.h"
#include <xlsxwriter.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct Fixture {
    Arena arena;
    Err err;
    Core *core;
    RegionFacts *facts;
} Fixture;

static Fixture *fixture_new(void)
{
    Fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    arena_init(&f->arena);
    err_init(&f->err);
    assert_true(pack_load_core(&f->arena, "packs", &f->core, &f->err));
    f->facts = region_facts_new(&f->arena, f->core);
    return f;
}

static void fixture_free(Fixture *f)
{
    err_done(&f->err);
    arena_done(&f->arena);
    free(f);
}

static bool load(Fixture *f, const char *text)
{
    return region_facts_load_bytes(f->facts, STR("county.csv"), str_dup(&f->arena, str_from(text)),
                                   &f->err);
}

static const Item *item(const Fixture *f, const char *name)
{
    const Item *found = map_find(&f->core->items, str_from(name));
    assert_non_null(found);
    return found;
}

static const Code *region(const Fixture *f, const char *code)
{
    bool is_shared;
    const Code *found = core_region_find(f->core, str_from(code), &is_shared);
    assert_non_null(found);
    return found;
}

static double value(const Fixture *f, const char *code, const char *name)
{
    const RegionFact *fact = region_facts_item(f->facts, region(f, code), item(f, name));
    return fact ? fact->value : NAN;
}

static void figures_codes_dates_and_units_are_read(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    assert_true(load(
        f, "序号,所属地区,在园幼儿数,特殊教育学校公用经费（元）,四统一落实,认定日期,来源,备注\n"
           "1,620702,\"10000\",600000,是,2019-10-26,某报告,随便\n"
           "2,合计,10000,1,,,,\n"
           "3,甘肃省张掖市民乐县,,,否,,,\n"));
    assert_true(value(f, "620702", "在园幼儿数") == 10000.0);
    assert_true(value(f, "620702", "特殊教育学校公用经费") == 60.0); /* 600000 元 in 万元 */
    assert_true(value(f, "620702", "四统一落实") == 1.0);
    assert_true(value(f, "620702", "认定日期") == 20191026.0);
    assert_true(isnan(value(f, "620722", "在园幼儿数")));
    assert_true(value(f, "620722", "四统一落实") == 0.0);
    const RegionFact *fact =
        region_facts_cell(f->facts, region(f, "620702"), item(f, "在园幼儿数"));
    assert_true(str_equals(fact->document, STR("某报告")));
    assert_int_equal(fact->table->line[fact->row], 2);
    assert_int_equal(fact->column, 2);
    /* a blank cell is remembered by its place, but says nothing */
    assert_non_null(region_facts_cell(f->facts, region(f, "620722"), item(f, "在园幼儿数")));
    fixture_free(f);
}

static void published_figures_are_rows(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    assert_true(load(f, "所属地区,学段,指标,数值,来源\n"
                        "654002,小学,BB2.差异系数,1.2059,汇报\n"
                        "654002,,PS1,99.68,\n"));
    const Code *yining = region(f, "654002");
    const RegionFact *cv = region_facts_published(f->facts, yining, 1, STR("BB2.差异系数"));
    assert_non_null(cv);
    assert_true(cv->value == 1.2059);
    assert_true(str_equals(cv->document, STR("汇报")));
    assert_null(region_facts_published(f->facts, yining, 2, STR("BB2.差异系数")));
    assert_true(region_facts_published(f->facts, yining, -1, STR("PS1"))->value == 99.68);
    fixture_free(f);
}

/* Only figures of counties add up; published ones may be of any level. */
static void a_prefecture_or_province_publishes_too(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    assert_true(load(f, "所属地区,指标,数值\n甘肃省张掖市,PS1,99.68\n620000,PS1,95\n"));
    const Code *zhangye = region(f, "620700"), *gansu = region(f, "620000");
    assert_true(region_facts_published(f->facts, zhangye, -1, STR("PS1"))->value == 99.68);
    assert_true(region_facts_published(f->facts, gansu, -1, STR("PS1"))->value == 95.0);
    fixture_free(f);
}

static void facts_may_come_without_a_table(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    RegionFact fact = {
        .region = region(f, "620702"), .stage = -1, .item = item(f, "在园幼儿数"), .value = NAN};
    assert_true(region_facts_add(f->facts, &fact, &f->err));
    fact.value = 5;
    assert_true(region_facts_add(f->facts, &fact, &f->err)); /* in place of nothing */
    assert_true(value(f, "620702", "在园幼儿数") == 5.0);
    fact.value = NAN;
    assert_true(region_facts_add(f->facts, &fact, &f->err)); /* nothing does not take it away */
    assert_true(value(f, "620702", "在园幼儿数") == 5.0);
    fact.value = 6;
    assert_false(region_facts_add(f->facts, &fact, &f->err));
    assert_int_equal(f->err.first->code, ERR_COUNTY_TWICE);
    fixture_free(f);
}

/* Two tables make one set of facts, as long as they do not say the same. */
static void tables_are_put_together(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    assert_true(load(f, "所属地区,在园幼儿数,公办园在园幼儿数\n620702,100,\n"));
    assert_true(load(f, "所属地区,公办园在园幼儿数\n620702,60\n"));
    assert_true(value(f, "620702", "公办园在园幼儿数") == 60.0);
    assert_false(load(f, "所属地区,在园幼儿数\n620702,101\n"));
    StrBuf out;
    strbuf_init(&out, &f->arena);
    err_format(&out, &f->err, LANG_EN);
    assert_true(str_contains(strbuf_str(&out),
                             STR("'在园幼儿数' of 甘州区 is there already: county.csv, row 2")));
    fixture_free(f);
}

static void refused(const char *table, ErrCode code, const char *zh, const char *en)
{
    Fixture *f = fixture_new();
    bool is_ok = load(f, table);
    StrBuf said[2];
    strbuf_init(&said[0], &f->arena);
    strbuf_init(&said[1], &f->arena);
    err_format(&said[0], &f->err, LANG_ZH);
    err_format(&said[1], &f->err, LANG_EN);
    if (is_ok || f->err.count != 1 || f->err.first->code != code ||
        !str_contains(strbuf_str(&said[0]), str_from(zh)) ||
        !str_contains(strbuf_str(&said[1]), str_from(en)))
        print_error("%s%s", said[0].ptr ? said[0].ptr : "accepted\n",
                    said[1].ptr ? said[1].ptr : "");
    assert_false(is_ok);
    assert_int_equal(f->err.count, 1);
    assert_int_equal(f->err.first->code, code);
    assert_true(str_contains(strbuf_str(&said[0]), str_from(zh)));
    assert_true(str_contains(strbuf_str(&said[1]), str_from(en)));
    fixture_free(f);
}

static void headers_are_refused(void **state)
{
    (void)state;
    refused("所属地区,在园幼儿\n620702,1\n", ERR_COUNTY_COLUMN, "是否想写「在园幼儿数」？",
            "did you mean '在园幼儿数'?");
    refused("所属地区,在校生数\n620702,1\n", ERR_COUNTY_SCHOOL_COLUMN,
            "「在校生数」每所学校一个数，不写在县表里", "is one figure per school");
    refused("在园幼儿数\n1\n", ERR_COUNTY_COLUMN_MISSING, "缺列「所属地区」",
            "lacks the column '所属地区'");
    refused("所属地区,来源\n620702,报告\n", ERR_COUNTY_COLUMN_MISSING, "缺列「县级数据项」",
            "lacks the column 'item'");
    refused("所属地区,指标\n620702,PS1\n", ERR_COUNTY_COLUMN_MISSING, "缺列「数值」",
            "lacks the column '数值'");
    refused("所属地区,学段,指标,数值,在园幼儿数\n620702,,PS1,90,1\n", ERR_COUNTY_COLUMN,
            "不认识县表的列「在园幼儿数」", "unknown column '在园幼儿数'");
    refused("所属地区,学段,在园幼儿数\n620702,,1\n", ERR_COUNTY_COLUMN, "不认识县表的列「学段」",
            "unknown column '学段'");
    refused("所属地区,在园幼儿数,kindergarten_children\n620702,1,2\n", ERR_FLAT_COLUMN_TWICE,
            "是同一数据项", "are the same item");
    refused("所属地区,特殊教育学校公用经费(人)\n620702,1\n", ERR_FLAT_UNIT, "不能换算",
            "does not fit");
    refused("所属地区,在园幼儿数\n", ERR_COUNTY_EMPTY, "县表里没有一个县区", "holds no county");
}

static void cells_are_refused(void **state)
{
    (void)state;
    refused("所属地区,在园幼儿数\n,1\n", ERR_FLAT_BLANK, "第 2 行 A 列「所属地区」",
            "row 2, column A '所属地区'");
    refused("所属地区,在园幼儿数\n620700,1\n", ERR_COUNTY_REGION_LEVEL, "县表一行写一个县区",
            "a row of this table is one county");
    refused("所属地区,在园幼儿数\n999999,1\n", ERR_FLAT_REGION, "没有这个地区", "no such region");
    refused("所属地区,在园幼儿数\n城关区,1\n", ERR_FLAT_REGION_SHARED, "不止一个", "more than one");
    refused("所属地区,在园幼儿数\n620702,1.5\n", ERR_FLAT_WHOLE, "应为整数", "whole number");
    refused("所属地区,在园幼儿数\n620702,-1\n", ERR_FLAT_NEGATIVE, "不能是负数", "negative");
    refused("所属地区,四统一落实\n620702,也许\n", ERR_FLAT_CODE_LIST, "「是否」里没有「也许」",
            "'也许' is not in the code list");
    refused("所属地区,认定日期\n620702,2019-02-29\n", ERR_COUNTY_DATE, "「2019-02-29」不是日期",
            "'2019-02-29' is no date");
    refused("所属地区,认定日期\n620702,43764\n", ERR_COUNTY_DATE, "不是日期", "is no date");
    refused("所属地区,在园幼儿数\n620702,1\n620702,2\n", ERR_COUNTY_TWICE,
            "「甘州区」的「在园幼儿数」已经有了：county.csv 第 2 行",
            "is there already: county.csv, row 2");
    refused("所属地区,学段,指标,数值\n620702,小学,BB1.差异系数,0.1\n620702,小学,BB1.差异系数,0.1\n",
            ERR_COUNTY_TWICE, "「BB1.差异系数」（小学）已经有了", "'BB1.差异系数' (小学)");
    refused("所属地区,指标,数值\n620702,,1\n", ERR_FLAT_BLANK, "「指标」", "'指标'");
    refused("所属地区,指标,数值\n620702,PS1,\n", ERR_FLAT_BLANK, "「数值」", "'数值'");
    refused("所属地区,指标,数值\n620702,PS1,-3\n", ERR_FLAT_NEGATIVE, "-3", "-3");
    refused("所属地区,学段,指标,数值\n620702,小校,BB1.差异系数,1\n", ERR_FLAT_CODE_LIST,
            "「学段」里没有「小校」", "'小校'");
}

/* The days of a spreadsheet are counts of days; a text that is a date is one, too. */
static void a_spreadsheet_may_hold_days(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    char path[] = "/tmp/junheng-county-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && close(fd) == 0);
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    worksheet_write_string(sheet, 0, 0, "所属地区", NULL);
    worksheet_write_string(sheet, 0, 1, "认定日期", NULL);
    worksheet_write_string(sheet, 1, 0, "620702", NULL);
    worksheet_write_number(sheet, 1, 1, 43764, NULL); /* 2019-10-26, as LibreOffice shows it */
    worksheet_write_string(sheet, 2, 0, "620722", NULL);
    worksheet_write_string(sheet, 2, 1, "2019-10-26", NULL);
    assert_int_equal(workbook_close(book), 0);
    assert_true(region_facts_load(f->facts, path, STR(""), &f->err));
    assert_true(value(f, "620702", "认定日期") == 20191026.0);
    assert_true(value(f, "620722", "认定日期") == 20191026.0);
    assert_int_equal(remove(path), 0);
    fixture_free(f);
}

/* A county item has no place in a table of schools. */
static void schools_do_not_report_items_of_counties(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    Dataset *dataset;
    Period period = {PERIOD_SCHOOL_YEAR, 2024, 0};
    assert_false(
        dataset_load_bytes(&f->arena, f->core, STR("schools.csv"),
                           STR("学校代码,所属地区,办学类型,在园幼儿数\n2162900011,620702,小学,1\n"),
                           period, &dataset, &f->err));
    assert_int_equal(f->err.count, 1);
    assert_int_equal(f->err.first->code, ERR_FLAT_COUNTY_COLUMN);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_codes_dates_and_units_are_read),
        cmocka_unit_test(published_figures_are_rows),
        cmocka_unit_test(a_prefecture_or_province_publishes_too),
        cmocka_unit_test(facts_may_come_without_a_table),
        cmocka_unit_test(tables_are_put_together),
        cmocka_unit_test(headers_are_refused),
        cmocka_unit_test(cells_are_refused),
        cmocka_unit_test(a_spreadsheet_may_hold_days),
        cmocka_unit_test(schools_do_not_report_items_of_counties),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
