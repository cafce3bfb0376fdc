/*
 * Demo places: the tables add up to the published figures. What is wanted here stands in the texts
 * of the places (张掖市 2023 年履职自评报告; 伊宁市 2021 年复查验收汇报), and is counted again from
 * the bytes of the tables, by the reader that `evaluate` uses. That the engine prints the sixteen
 * coefficients of 伊宁 is tests/scripts/demo.sh.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/dataset.h"
#include "app/demo_int.h"
#include "assert_text.h"
#include "folder_fixture.h"

#include <math.h>

typedef struct Fixture {
    Arena arena;
    Err err;
    Folder folder;
    Core *core;
    Demo demo;
} Fixture;

static int set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);
    arena_init(&f->arena);
    err_init(&f->err);
    folder_init(&f->folder, &f->arena, "packs");
    *state = f;
    return pack_load_core(&f->arena, f->folder.dir, &f->core, &f->err) ? 0 : -1;
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    folder_done(&f->folder);
    err_done(&f->err);
    arena_done(&f->arena);
    free(f);
    return 0;
}

static bool make(Fixture *f, const char *place)
{
    return demo_make(&f->arena, f->core, f->folder.dir, str_from(place), &f->demo, &f->err);
}

/* A table of the place as `evaluate` reads it. */
static Dataset *load(Fixture *f, size_t table)
{
    const DemoTable *demo = &f->demo.table[table];
    Period period;
    Dataset *dataset;
    assert_true(period_parse(demo->period, &period, &f->err));
    bool is_ok =
        dataset_load_bytes(&f->arena, f->core, demo->name, demo->bytes, period, &dataset, &f->err);
    StrBuf out;
    strbuf_init(&out, &f->arena);
    err_format(&out, &f->err, LANG_EN);
    if (!is_ok)
        print_error("%.*s", STR_ARG(strbuf_str(&out)));
    assert_true(is_ok);
    return dataset;
}

static const double *column(const Fixture *f, const Dataset *dataset, const char *item)
{
    const ItemColumns *columns = dataset_item(dataset, map_find(&f->core->items, str_from(item)));
    assert_non_null(columns);
    assert_true(columns->plain >= 0);
    return dataset->table->column[columns->plain].number;
}

/* Over the rows of schools of these types, comma-separated codes; of one stage, or all: "". */
typedef struct Which {
    const char *types, *stage, *runner;
} Which;

static bool is_meant(const School *school, Which which)
{
    bool has_type = str_contains(str_from(which.types), school->type->code);
    return has_type && (!which.runner || str_equals(school->runner->name, str_from(which.runner)));
}

static bool is_row_of(const Fixture *f, const Dataset *dataset, const School *school, size_t row,
                      const char *stage)
{
    for (size_t i = 0; stage && i < f->core->stages.len; i++)
        if (str_equals(f->core->stages.ptr[i].name, str_from(stage)))
            return school->part[i] && dataset->part[school->part[i] - 1].row == row;
    return true;
}

static double sum_rows(const Fixture *f, const Dataset *dataset, const char *item, Which which)
{
    const double *number = column(f, dataset, item);
    double sum = 0.0;
    for (size_t row = 0; row < dataset->table->row_count; row++) {
        uint64_t code;
        assert_true(dataset_parse_code(dataset->table->column[0].text[row], &code));
        const School *school = dataset_find(dataset, code);
        if (is_meant(school, which) && is_row_of(f, dataset, school, row, which.stage) &&
            !isnan(number[row]))
            sum += number[row];
    }
    return sum;
}

static size_t count_schools(const Dataset *dataset, Which which)
{
    size_t count = 0;
    for (size_t i = 0; i < dataset->school_count; i++)
        count += is_meant(&dataset->school[i], which);
    return count;
}

enum { ZHANGYE_LAST = 4, YINING_LAST = 4 };

static void zhangye_adds_up_to_its_report(void **state)
{
    static const struct {
        const char *types;
        size_t schools;
        double staff;
    } KINDS[] = {{"111", 321, 4170}, {"311,312", 32, 3126}, {"341,342", 9, 2137}, {"361", 9, 885},
                 {"415", 1, 151},    {"426", 1, 26},        {"514", 1, 60}};
    Fixture *f = *state;
    assert_true(make(f, "zhangye"));
    const Dataset *dataset = load(f, ZHANGYE_LAST);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        Which which = {.types = KINDS[i].types};
        assert_int_equal(count_schools(dataset, which), KINDS[i].schools);
        assert_float_equal(sum_rows(f, dataset, "staff", which), KINDS[i].staff, 0);
    }
    assert_int_equal(count_schools(dataset, (Which){.types = "211"}), 127);
    assert_int_equal(count_schools(dataset, (Which){.types = "218"}), 150);
    assert_float_equal(sum_rows(f, dataset, "staff", (Which){.types = "211,218"}), 5981, 0);
    assert_int_equal(dataset->school_count, 501 + 150);
}

static void zhangye_has_the_pupils_of_its_report(void **state)
{
    static const struct {
        const char *types, *stage;
        double pupils;
    } STAGES[] = {{"111", "学前", 40195},
                  {"211,218,312", "小学", 72298},
                  {"311,312,341", "初中", 38049},
                  {"341,342", "高中", 22516},
                  {"361", NULL, 12576},
                  {"415", NULL, 3301},
                  {"426", NULL, 0},
                  {"514", NULL, 191}};
    Fixture *f = *state;
    double all = 0.0;
    assert_true(make(f, "zhangye"));
    const Dataset *dataset = load(f, ZHANGYE_LAST);
    for (size_t i = 0; i < sizeof STAGES / sizeof *STAGES; i++) {
        Which which = {.types = STAGES[i].types, .stage = STAGES[i].stage};
        assert_float_equal(sum_rows(f, dataset, "students", which), STAGES[i].pupils, 0);
        all += STAGES[i].pupils;
    }
    assert_float_equal(all, 189126, 0);
    /* 公办园在园幼儿占比为66.78% */
    double state_run = sum_rows(f, dataset, "students", (Which){"111", NULL, "县级教育部门"});
    assert_float_equal(round(state_run / 40195 * 10000) / 100, 66.78, 1e-9);
}

/* GB/T 2260: the six counties of 620700. */
static void schools_stand_in_real_counties_with_reserved_codes(void **state)
{
    static const char *const COUNTIES[] = {"620702", "620721", "620722",
                                           "620723", "620724", "620725"};
    Fixture *f = *state;
    size_t count[6] = {0}, all = 0;
    assert_true(make(f, "zhangye"));
    const Dataset *dataset = load(f, ZHANGYE_LAST);
    for (size_t i = 0; i < dataset->school_count; i++) {
        const School *school = &dataset->school[i];
        for (size_t k = 0; k < 6; k++)
            count[k] += str_equals(school->region->code, str_from(COUNTIES[k]));
        assert_int_equal(school->code / 1000000 % 100, 62);
        assert_true(school->code % 1000000 > 950000);
        assert_true(str_starts_with(
            school->type->code, str_format(&f->arena, "%02d", (int)(school->code / 100000000))));
        assert_true(str_ends_with(school->name, STR("（示例）")));
    }
    for (size_t k = 0; k < 6; k++) {
        assert_true(count[k] > 0);
        all += count[k];
    }
    assert_int_equal(all, dataset->school_count);
}

static void what_was_made_is_told_with_the_published_totals(void **state)
{
    Fixture *f = *state;
    assert_true(make(f, "zhangye"));
    const Demo *demo = &f->demo;
    assert_int_equal(demo->sum.schools, 501);
    assert_int_equal(demo->sum.points, 150);
    assert_int_equal(demo->sum.pupils, 189126);
    assert_int_equal(demo->sum.staff, 16536);
    assert_int_equal(demo->published_schools, 500);
    assert_int_equal(demo->published_staff, 16510);
    assert_text(demo->surplus->name, "开放大学");
    assert_int_equal(demo->kind[2].combined, 10);
    assert_int_equal(demo->kind[6].pupils, DEMO_NONE);
    assert_text(demo->period, "2022-2023");
    assert_true(make(f, "yining"));
    assert_int_equal(demo->sum.schools, 89);
    assert_int_equal(demo->sum.combined, 0);
    assert_null(demo->surplus);
    assert_int_equal(demo->coefficient_count, 16);
    assert_text(demo->coefficient[1].including, "室内体育用房面积");
    assert_float_equal(demo->coefficient[1].cv, 1.2059, 0);
}

static void yining_adds_up_to_its_report(void **state)
{
    Fixture *f = *state;
    Which all = {.types = "211,311"};
    assert_true(make(f, "yining"));
    const Dataset *dataset = load(f, YINING_LAST);
    assert_int_equal(count_schools(dataset, all), 89); /* 85所,创建率达到95.5% */
    assert_float_equal(sum_rows(f, dataset, "staff", all), 7090, 0);
    assert_float_equal(sum_rows(f, dataset, "full_time_teachers", all), 6559, 0);
    /* 小学生师比 16.0:1, 初中生师比 14.2:1 */
    double primary = sum_rows(f, dataset, "students", (Which){.types = "211"}) /
                     sum_rows(f, dataset, "full_time_teachers", (Which){.types = "211"});
    double junior = sum_rows(f, dataset, "students", (Which){.types = "311"}) /
                    sum_rows(f, dataset, "full_time_teachers", (Which){.types = "311"});
    assert_float_equal(round(primary * 10) / 10, 16.0, 1e-9);
    assert_float_equal(round(junior * 10) / 10, 14.2, 1e-9);
}

/* Teachers of a kind are some of the teachers. */
static void check_subsets(const Fixture *f, const Dataset *dataset)
{
    static const char *const PARTS[] = {"teachers_above_required_degree", "teachers_mid_title_up",
                                        "backbone_teachers", "pe_art_teachers"};
    const double *teachers = column(f, dataset, "full_time_teachers");
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        const double *part = column(f, dataset, PARTS[i]);
        for (size_t row = 0; row < dataset->table->row_count; row++)
            assert_false(part[row] > teachers[row]);
    }
}

static void every_period_is_read_and_grows_into_the_next(void **state)
{
    static const char *const PLACES[] = {"zhangye", "yining"};
    Fixture *f = *state;
    for (size_t i = 0; i < 2; i++) {
        assert_true(make(f, PLACES[i]));
        double books = 0.0;
        size_t schools = 0;
        for (size_t table = 0; table <= ZHANGYE_LAST; table++) {
            assert_text(f->demo.table[table].form, "school-year");
            const Dataset *dataset = load(f, table);
            double now = sum_rows(f, dataset, "books", (Which){.types = "211,218,311,312,341"});
            assert_true(now > books);
            assert_true(dataset->school_count >= schools);
            check_subsets(f, dataset);
            books = now;
            schools = dataset->school_count;
        }
    }
    assert_int_equal(load(f, 0)->school_count, 89);
}

/* 新建12所公办幼儿园 */
static void twelve_kindergartens_are_new(void **state)
{
    Fixture *f = *state;
    assert_true(make(f, "zhangye"));
    const Which kindergartens = {.types = "111"};
    assert_int_equal(count_schools(load(f, ZHANGYE_LAST - 1), kindergartens), 309);
    assert_int_equal(count_schools(load(f, ZHANGYE_LAST), kindergartens), 321);
}

static void every_compulsory_school_is_complete(void **state)
{
    static const char *const ITEMS[] = {"students",
                                        "classes",
                                        "full_time_teachers",
                                        "teachers_above_required_degree",
                                        "teachers_mid_title_up",
                                        "backbone_teachers",
                                        "pe_art_teachers",
                                        "teaching_area",
                                        "indoor_sports_area",
                                        "outdoor_sports_area",
                                        "equipment_value",
                                        "multimedia_classrooms",
                                        "computers",
                                        "books",
                                        "largest_class",
                                        "music_rooms",
                                        "art_rooms",
                                        "music_room_smallest_area",
                                        "art_room_smallest_area",
                                        "public_funds_budget",
                                        "training_budget"};
    Fixture *f = *state;
    assert_true(make(f, "zhangye"));
    const Dataset *dataset = load(f, ZHANGYE_LAST);
    for (size_t i = 0; i < dataset->part_count; i++) {
        const Part *part = &dataset->part[i];
        const School *school = &dataset->school[part->school];
        bool is_compulsory = str_equals(f->core->stages.ptr[part->stage].code, STR("primary")) ||
                             str_equals(f->core->stages.ptr[part->stage].code, STR("junior"));
        assert_non_null(school->runner);
        assert_non_null(school->urban);
        if (!is_compulsory || str_equals(school->type->code, STR("514")))
            continue;
        for (size_t k = 0; k < sizeof ITEMS / sizeof *ITEMS; k++) {
            CellRef cell;
            const Item *item = map_find(&f->core->items, str_from(ITEMS[k]));
            assert_false(isnan(dataset_value(dataset, dataset_item(dataset, item), part, &cell)));
        }
    }
}

/* ---- what counties report of themselves ---- */

static RegionFacts *load_counties(Fixture *f, size_t table)
{
    RegionFacts *facts = region_facts_new(&f->arena, f->core);
    assert_text(f->demo.table[table].form, "county-year");
    assert_true(region_facts_load_bytes(facts, f->demo.table[table].name,
                                        f->demo.table[table].bytes, &f->err));
    return facts;
}

static const RegionFact *fact_of(const Fixture *f, const RegionFacts *facts, const char *county,
                                 const char *item)
{
    bool is_shared;
    return region_facts_item(facts, core_region_find(f->core, str_from(county), &is_shared),
                             map_find(&f->core->items, str_from(item)));
}

static double sum_counties(const Fixture *f, const RegionFacts *facts, const char *item)
{
    double sum = 0.0;
    for (size_t i = 0; i < facts->facts.len; i++) {
        const RegionFact *fact = &facts->facts.ptr[i];
        if (fact->item == map_find(&f->core->items, str_from(item)) && !isnan(fact->value))
            sum += fact->value;
    }
    return sum;
}

/* 在园幼儿40195人, 学前三年毛入园率达99.68%,公办园在园幼儿占比为66.78%,普惠性幼儿园覆盖率达95% */
static void county_tables_are_read_and_add_up(void **state)
{
    enum { FIRST = ZHANGYE_LAST + 1, LAST = FIRST + ZHANGYE_LAST };
    Fixture *f = *state;
    double before = 0.0;
    assert_true(make(f, "zhangye"));
    for (size_t table = FIRST; table <= LAST; table++) {
        const RegionFacts *facts = load_counties(f, table);
        double children = sum_counties(f, facts, "kindergarten_children"),
               of_age = sum_counties(f, facts, "residents_3_5");
        assert_true(children / of_age > before); /* it rises */
        assert_true(children / of_age > 0.97);
        before = children / of_age;
    }
    const RegionFacts *facts = load_counties(f, LAST);
    double children = sum_counties(f, facts, "kindergarten_children"),
           state_run = sum_counties(f, facts, "public_children"),
           inclusive = sum_counties(f, facts, "inclusive_children");
    assert_float_equal(children, 40195, 0);
    assert_float_equal(sum_counties(f, facts, "residents_3_5"), 40324, 0);
    assert_float_equal(round(state_run / children * 10000) / 100, 66.78, 1e-9);
    assert_true(state_run + inclusive == 38185); /* 95 % of 40195 is 38185.25 */
    assert_float_equal(sum_counties(f, facts, "special_students"), 191, 0);
    /* 平均工资81048元,比当地公务员高3840元 */
    assert_float_equal(fact_of(f, facts, "620722", "teacher_pay")->value, 81048, 0);
    assert_float_equal(fact_of(f, facts, "620722", "civil_servant_pay")->value, 77208, 0);
    assert_true(
        str_starts_with(fact_of(f, facts, "620722", "four_unified")->document, STR("演示")));
    assert_null(fact_of(f, facts, "620721", "survey_valid")); /* 缺 */
    assert_non_null(fact_of(f, facts, "620725", "survey_valid"));
}

/* 2017年10月25日 … 通过国家评估认定, 2019年10月24日-26日通过 … 复验; nothing before. */
static void a_later_row_of_an_item_counts_from_its_year_on(void **state)
{
    static const double DAYS[] = {NAN, 20171025, 20171025, 20191026, 20191026};
    Fixture *f = *state;
    assert_true(make(f, "yining"));
    for (size_t i = 0; i <= YINING_LAST; i++) {
        const RegionFact *fact =
            fact_of(f, load_counties(f, YINING_LAST + 1 + i), "654002", "recognition_date");
        assert_int_equal(fact != NULL, !isnan(DAYS[i]));
        if (fact)
            assert_true(fact->value == DAYS[i]);
    }
}

static void the_same_place_gives_the_same_bytes(void **state)
{
    Fixture *f = *state;
    assert_true(make(f, "zhangye"));
    Demo first = f->demo;
    assert_true(make(f, "zhangye"));
    assert_int_equal(first.table_count, 11);
    for (size_t i = 0; i < first.table_count; i++)
        assert_true(str_equals(first.table[i].bytes, f->demo.table[i].bytes));
    assert_text(first.table[10].form, "published");
    assert_text(first.table[10].name, "张掖市-公布数.csv");
}

/* ---- mistakes ---- */

static void refused(Fixture *f, const char *file, const char *old, const char *fresh,
                    const char *message, const char *place)
{
    Str text = folder_read(&f->folder, file);
    const char *at = memmem(text.ptr, text.len, old, strlen(old));
    assert_non_null(at);
    size_t before = (size_t)(at - text.ptr), after = before + strlen(old);
    folder_write(&f->folder, file,
                 str_format(&f->arena, "%.*s%s%.*s", (int)before, text.ptr, fresh,
                            (int)(text.len - after), text.ptr + after));
    assert_false(make(f, str_contains(str_from(file), STR("yining")) ? "yining" : "zhangye"));
    folder_write(&f->folder, file, text);
    assert_text(err_message(&f->arena, f->err.first, LANG_EN), message);
    const ErrPlace *got = &f->err.first->place;
    assert_text(str_format(&f->arena, "%.*s:%zu", STR_ARG(got->file), got->line), place);
    err_done(&f->err);
    err_init(&f->err);
}

static void a_mistake_is_told_at_its_file_and_line(void **state)
{
    Fixture *f = *state;
    refused(f, "local/zhangye/types.csv", "九年一贯制学校,10,", "九年一贯制学校,33,",
            "'学校数' of the demo's figures is wrong: it differs from the sum in types.csv",
            "local/zhangye/kinds.csv:4");
    refused(f, "local/zhangye/kinds.csv", "初中,32,38049", "初中,32,",
            "'在校生数' of the demo's figures is wrong: a kind with a stage needs pupils",
            "local/zhangye/kinds.csv:4");
    refused(f, "local/zhangye/counties.csv", "620725", "620726",
            "'地区' of the demo's figures is wrong: there is no such region",
            "local/zhangye/counties.csv:7");
    refused(f, "local/zhangye/counties.csv", "620702,44", "654002,44",
            "'学校数' of the demo's figures is wrong: counties.csv has no region for it",
            "local/zhangye/types.csv:11");
    refused(f, "local/zhangye/items.csv", "图书册数,高中", "图书册书,高中",
            "'数据项' of the demo's figures is wrong: there is no such item",
            "local/zhangye/items.csv:30");
    refused(f, "local/zhangye/types.csv", "计入学校数", "计入",
            "the figures of the demo lack the column '计入学校数'", "local/zhangye/types.csv:1");
    refused(f, "local/demos.csv", "2022-2023,950001", "2022,950001",
            "'末期' of the demo's figures is wrong: write a school year, as 2022-2023",
            "local/demos.csv:2");
    refused(f, "local/zhangye/published.csv", "99.68", "99.68%",
            "the number in '数值' has a percent sign: '99.68%'", "local/zhangye/published.csv:2");
}

static void a_mistake_in_the_items_of_counties_is_told(void **state)
{
    static const struct {
        const char *old, *fresh, *message;
        int line;
    } MISTAKES[] = {
        {"\n党的领导落实", "\n在校生数",
         "'数据项' of the demo's figures is wrong: there is no such item of counties", 11},
        {"党的领导落实,是", "党的领导落实,也许",
         "'值' of the demo's figures is wrong: it is no value of the item", 11},
        {"党的领导落实,是,,", "党的领导落实,是,幼儿园数,",
         "'值' of the demo's figures is wrong: write one of 值, 每百 and 占%; the latter two need "
         "a base",
         11},
        {"党的领导落实,是", "党的领导落实,",
         "'值' of the demo's figures is wrong: write one of 值, 每百 and 占%; the latter two need "
         "a base",
         11},
        {"教师数+幼儿园数,100", "教师数+小学数,100",
         "'基数' of the demo's figures is wrong: it is no sum of schools, nor an item that stands "
         "before",
         9},
        {"95,,公办园在园幼儿数", "95,,初中毕业生数",
         "'减' of the demo's figures is wrong: it is no number, nor an item that stands before", 4},
        {"620725=94", "620725:94",
         "'各县区' of the demo's figures is wrong: write it as 620725=94 620721=缺", 39},
        {"620725=94", "620799=94",
         "'各县区' of the demo's figures is wrong: write it as 620725=94 620721=缺", 39},
        {"40,6,1,", "40,6,5,", "'小数' of the demo's figures is wrong: 4 at most", 88},
        {"5.7,,,,,40", "5.7人,,,,,40", "'值' of the demo's figures is wrong: it must be a number",
         88},
        {"98.5,,,8,4", "98.5,,,800,4",
         "'初中就近划片入学新生数' of the demo's figures is wrong: a county would have more than "
         "its base, or less than nothing",
         68},
        {",81048,,,,3840", ",81048,,,,93840",
         "'公务员年均工资收入' of the demo's figures is wrong: a county would have more than its "
         "base, or less than nothing",
         58},
        {"自,各县区", "从,各县区", "the figures of the demo lack the column '自'", 1},
    };
    Fixture *f = *state;
    for (size_t i = 0; i < sizeof MISTAKES / sizeof *MISTAKES; i++) {
        Str place = str_format(&f->arena, "local/zhangye/county-items.csv:%d", MISTAKES[i].line);
        refused(f, "local/zhangye/county-items.csv", MISTAKES[i].old, MISTAKES[i].fresh,
                MISTAKES[i].message, place.ptr);
    }
    refused(f, "local/yining/county-items.csv", "2019-2020", "2019",
            "'自' of the demo's figures is wrong: write a school year, as 2022-2023",
            "local/yining/county-items.csv:3");
    refused(f, "local/yining/county-items.csv", "2017-10-25", "2017-10-32",
            "'值' of the demo's figures is wrong: it is no value of the item",
            "local/yining/county-items.csv:2");
}

static void a_coefficient_beyond_reach_is_refused(void **state)
{
    Fixture *f = *state;
    refused(f, "local/yining/coefficients.csv", "0.3860", "9",
            "no whole numbers of '专任教师数' give the coefficient 9, the nearest is 8.8556",
            "local/yining/coefficients.csv:7");
    refused(
        f, "local/yining/types.csv", "初中,311,", "初中,312,",
        "'差异系数' of the demo's figures is wrong: types.csv has combined schools of this stage",
        "local/yining/coefficients.csv:2");
    refused(
        f, "local/yining/kinds.csv", ",2017,1866,", ",2017,,",
        "'专任教师数' of the demo's figures is wrong: it is needed, needs schools, and is at most "
        "the staff",
        "local/yining/kinds.csv:3");
}

static void an_unknown_place_is_told_with_those_there_are(void **state)
{
    Fixture *f = *state;
    assert_false(make(f, "../core"));
    assert_int_equal(f->err.first->code, ERR_DEMO_PLACE);
    assert_text(err_hint(&f->arena, f->err.first, LANG_EN), "there are: zhangye yining");
}

static void saving_overwrites_nothing(void **state)
{
    Fixture *f = *state;
    const char *folder = str_cstr(&f->arena, folder_path(&f->folder, STR("表")));
    Str bytes;
    assert_true(make(f, "yining"));
    assert_true(demo_save(&f->arena, &f->demo, folder, &f->err));
    bytes = folder_read(&f->folder, "表/伊宁市-2020-2021.csv");
    assert_true(str_equals(bytes, f->demo.table[YINING_LAST].bytes));
    assert_false(demo_save(&f->arena, &f->demo, folder, &f->err));
    assert_int_equal(f->err.first->code, ERR_DEMO_EXISTS);
}

/* ---- the numbers behind ---- */

/* By hand: 10 in 1 : 2 : 4 is 1.43, 2.86, 5.71; the two left go to .86 and .71. */
static void largest_remainders_get_the_rest(void **state)
{
    Fixture *f = *state;
    int64_t part[3];
    demo_share(&f->arena, 10, (double[]){1, 2, 4}, 3, 0, part);
    assert_int_equal(part[0], 1);
    assert_int_equal(part[1], 3);
    assert_int_equal(part[2], 6);
    demo_share(&f->arena, 10, (double[]){0, 1, 4}, 3, 2, part);
    assert_int_equal(part[0], 2);
    assert_int_equal(part[1], 3);
    assert_int_equal(part[2], 5);
    demo_share(&f->arena, 0, (double[]){0, 0, 0}, 3, 0, part);
    assert_int_equal(part[0] + part[1] + part[2], 0);
}

static void numbers_are_written_as_in_names(void **state)
{
    Fixture *f = *state;
    assert_text(demo_ordinal(&f->arena, 3), "三");
    assert_text(demo_ordinal(&f->arena, 10), "十");
    assert_text(demo_ordinal(&f->arena, 20), "二十");
    assert_text(demo_ordinal(&f->arena, 101), "一百零一");
    assert_text(demo_ordinal(&f->arena, 110), "一百一十");
    assert_text(demo_ordinal(&f->arena, 999), "九百九十九");
}

/* Schools of 100, 200 and 300 pupils share 60000 so that their coefficient is 0.5 by the definition. */
static void a_fit_has_the_coefficient_by_the_definition(void **state)
{
    Fixture *f = *state;
    int64_t got[3];
    const int64_t pupils[] = {100, 200, 300}, least[3] = {0}, most[] = {60000, 60000, 60000};
    FitRequest request = {.count = 3,
                          .pupils = pupils,
                          .pattern = (double[]){1.0, 0.5, 0.0},
                          .least = least,
                          .most = most,
                          .total = 60000,
                          .cv = 0.5};
    double cv = demo_fit(&f->arena, &request, got), square = 0.0;
    for (size_t i = 0; i < 3; i++) {
        double ratio = (double)got[i] / (double)pupils[i] / 100.0; /* of the mean */
        square += (double)pupils[i] / 600.0 * (ratio - 1.0) * (ratio - 1.0);
    }
    assert_int_equal(got[0] + got[1] + got[2], 60000);
    assert_float_equal(sqrt(square), cv, 1e-12);
    assert_float_equal(cv, 0.5, 0.00004);
    assert_true(got[0] * 2 > got[1] && got[1] * 3 > got[2] * 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(zhangye_adds_up_to_its_report),
        TEST(zhangye_has_the_pupils_of_its_report),
        TEST(schools_stand_in_real_counties_with_reserved_codes),
        TEST(what_was_made_is_told_with_the_published_totals),
        TEST(yining_adds_up_to_its_report),
        TEST(every_period_is_read_and_grows_into_the_next),
        TEST(twelve_kindergartens_are_new),
        TEST(every_compulsory_school_is_complete),
        TEST(the_same_place_gives_the_same_bytes),
        TEST(a_mistake_is_told_at_its_file_and_line),
        TEST(a_mistake_in_the_items_of_counties_is_told),
        TEST(county_tables_are_read_and_add_up),
        TEST(a_later_row_of_an_item_counts_from_its_year_on),
        TEST(a_coefficient_beyond_reach_is_refused),
        TEST(an_unknown_place_is_told_with_those_there_are),
        TEST(saving_overwrites_nothing),
        TEST(largest_remainders_get_the_rest),
        TEST(numbers_are_written_as_in_names),
        TEST(a_fit_has_the_coefficient_by_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
