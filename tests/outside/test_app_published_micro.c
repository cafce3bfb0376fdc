/* Real schools and districts of four countries against means and CVs computed or published elsewhere. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "published.h"

#define MICRO(name) "data/micro/" name

/* The eight columns that the computed files share; unweighted comes from ratios with weight 1. */
static void check_row(Published *p, const char *file, Str row_name, const Table *want, size_t row,
                      const char *units, const CvRow *weighted, const CvRow *unweighted)
{
    const struct {
        const char *column;
        double computed;
    } CELLS[] = {
        {units, (double)weighted->units},        {"students", weighted->weight},
        {"resource_total", weighted->value},     {"county_mean_per_100", weighted->mean},
        {"sd_weighted_population", weighted->s}, {"cv_weighted_population", weighted->cv},
        {"unweighted_mean", unweighted->mean},   {"cv_unweighted_population", unweighted->cv},
    };
    for (size_t i = 0; i < sizeof CELLS / sizeof *CELLS; i++)
        published_check(p, file, row_name, CELLS[i].column,
                        published_cell(want, row, CELLS[i].column), CELLS[i].computed);
}

/* Those of a name with so many units. */
static size_t count_groups(const CvResult *result, size_t least_units)
{
    size_t count = 0;
    for (size_t i = 0; i < result->row_count; i++)
        count += result->row[i].group.len > 0 && result->row[i].units >= least_units;
    return count;
}

/* ---- South Africa ---- */

typedef struct Pair {
    CvResult weighted, unweighted;
} Pair;

static Pair south_africa(Published *p, const char *by, const char *where)
{
    CvCall call = {.path = published_path(p, MICRO("south_africa_schools_2017.csv")),
                   .weight = "learners",
                   .value = "educators",
                   .by = by,
                   .where = where,
                   .per = 100};
    Pair pair = {.weighted = published_cv(p, call)};
    call.weight = "1";
    call.value = "educators / learners";
    pair.unweighted = published_cv(p, call);
    return pair;
}

static void south_africa_has_its_55_groups(void **state)
{
    Published *p = *state;
    const char *file = MICRO("south_africa_expected_educators_per_100_learners.csv");
    Table *want = published_table(p, file, 55);
    Pair provinces = south_africa(p, "province", NULL), districts = {0};
    size_t groups = count_groups(&provinces.weighted, 5);
    for (size_t row = 0; row < want->row_count; row++) {
        Str province = published_cell(want, row, "province");
        Str district = published_cell(want, row, "district");
        Str name = str_format(&p->arena, "%.*s %.*s", STR_ARG(province), STR_ARG(district));
        if (!district.len) {
            Str where = str_format(&p->arena, "province = \"%.*s\"", STR_ARG(province));
            districts = south_africa(p, "district", str_cstr(&p->arena, where));
            groups += count_groups(&districts.weighted, 5);
        }
        const Pair *from = district.len ? &districts : &provinces;
        Str group = district.len ? district : province;
        check_row(p, file, name, want, row, "schools", published_group(&from->weighted, group),
                  published_group(&from->unweighted, group));
    }
    assert_int_equal(groups, 55); /* and no others */
    published_finish(p, "South Africa", 440);
}

/* ---- Taiwan region ---- */

#define TAIWAN_PUPILS                                                     \
    "(g1_male + g1_female + g2_male + g2_female + g3_male + g3_female + " \
    "g4_male + g4_female + g5_male + g5_female + g6_male + g6_female)"
#define TAIWAN_TEACHERS "teachers_male + teachers_female"
#define TAIWAN_CLASSES "g1_classes + g2_classes + g3_classes + g4_classes + g5_classes + g6_classes"

static void taiwan_has_its_44_rows(void **state)
{
    Published *p = *state;
    const char *file = MICRO("taiwan_region_expected_cv.csv");
    Table *want = published_table(p, file, 44);
    for (size_t row = 0; row < want->row_count; row++) {
        Str county = published_cell(want, row, "county");
        Str filter = published_cell(want, row, "school_filter");
        Str indicator = published_cell(want, row, "indicator");
        bool is_ge50 = str_equals(filter, STR("ge50"));
        bool is_teachers = str_equals(indicator, STR("专任教师/百名学生"));
        assert_true(is_ge50 || str_equals(filter, STR("all")));
        assert_true(is_teachers || str_equals(indicator, STR("班级数/百名学生")));
        CvCall call = {.path = published_path(p, MICRO("taiwan_region_primary_schools_113.csv")),
                       .weight = TAIWAN_PUPILS,
                       .value = is_teachers ? TAIWAN_TEACHERS : TAIWAN_CLASSES,
                       .by = "county",
                       .where = is_ge50 ? TAIWAN_PUPILS " >= 50" : NULL,
                       .per = 100};
        CvResult weighted = published_cv(p, call);
        call.weight = "1";
        call.value = is_teachers ? "(" TAIWAN_TEACHERS ") / " TAIWAN_PUPILS
                                 : "(" TAIWAN_CLASSES ") / " TAIWAN_PUPILS;
        CvResult unweighted = published_cv(p, call);
        assert_int_equal(weighted.row_count, 11);
        Str name = str_format(&p->arena, "%.*s %.*s %.*s", STR_ARG(county), STR_ARG(filter),
                              STR_ARG(indicator));
        check_row(p, file, name, want, row, "schools_with_students",
                  published_group(&weighted, county), published_group(&unweighted, county));
    }
    published_finish(p, "Taiwan region", 352);
}

/* ---- California ---- */

static Pair california(Published *p, bool is_computers, bool has_groups)
{
    CvCall call = {.path = published_path(p, MICRO("california_districts_1998_99.csv")),
                   .weight = "enrltot",
                   .value = is_computers ? "computer" : "teachers",
                   .by = has_groups ? "county" : NULL,
                   .per = 100};
    Pair pair = {.weighted = published_cv(p, call)};
    call.weight = "1";
    call.value = is_computers ? "computer / enrltot" : "teachers / enrltot";
    pair.unweighted = published_cv(p, call);
    return pair;
}

static void california_has_its_76_rows(void **state)
{
    Published *p = *state;
    const char *file = MICRO("california_expected_cv.csv");
    Table *want = published_table(p, file, 76);
    size_t groups = 0;
    for (size_t row = 0; row < want->row_count; row++) {
        Str county = published_cell(want, row, "county");
        Str indicator = published_cell(want, row, "indicator");
        bool is_computers = str_equals(indicator, STR("computers per 100 students"));
        assert_true(is_computers || str_equals(indicator, STR("teachers per 100 students")));
        bool is_all = str_equals(county, STR("ALL"));
        Pair pair = california(p, is_computers, !is_all);
        if (!is_all)
            groups = count_groups(&pair.weighted, 3);
        Str group = is_all ? STR("") : county;
        Str name = str_format(&p->arena, "%.*s %.*s", STR_ARG(county), STR_ARG(indicator));
        check_row(p, file, name, want, row, "units", published_group(&pair.weighted, group),
                  published_group(&pair.unweighted, group));
    }
    assert_int_equal(2 * (groups + 1), 76);
    published_finish(p, "California", 608);
}

/* The ratios that the districts published themselves: single precision, about 7 digits. */
static void california_has_its_published_ratios(void **state)
{
    Published *p = *state;
    const char *file = MICRO("california_districts_1998_99.csv");
    Table *want = published_table(p, file, 420);
    const struct {
        const char *column, *weight, *value;
    } RATIOS[] = {{"compstu", "enrltot", "computer"}, {"str", "teachers", "enrltot"}};
    for (size_t i = 0; i < sizeof RATIOS / sizeof *RATIOS; i++) {
        CvResult result = published_cv(p, (CvCall){.path = published_path(p, file),
                                                   .weight = RATIOS[i].weight,
                                                   .value = RATIOS[i].value,
                                                   .by = "distcod"});
        for (size_t row = 0; row < want->row_count; row++) {
            Str district = published_cell(want, row, "distcod");
            Str text = published_cell(want, row, RATIOS[i].column);
            published_check_within(p, file, district, RATIOS[i].column, text,
                                   published_group(&result, district)->mean,
                                   2e-7 * published_number(text));
        }
    }
    published_finish(p, "California, published ratios", 840);
}

/* ---- Texas ---- */

/* The masked figures ('.', -2) of two districts become blanks, which is what they are. */
static const char *texas_districts(Published *p)
{
    Str bytes;
    StrBuf text;
    strbuf_init(&text, &p->arena);
    if (!file_read(&p->arena, published_path(p, MICRO("texas_districts_2018_19.csv")), 10000000,
                   &bytes, &p->err))
        published_show_errors(p);
    size_t masked = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bool is_masked = bytes.ptr[i] == '.' && bytes.ptr[i - 1] == ',';
        masked += is_masked;
        if (!is_masked)
            strbuf_add_char(&text, bytes.ptr[i]);
    }
    assert_int_equal(masked, 18);
    return published_scratch(p, strbuf_str(&text));
}

typedef struct TexasColumn {
    const char *column, *weight, *value;
    int64_t per;
    size_t places;
    double amount; /* staff: published totals are rounded sums of what was not rounded */
} TexasColumn;

static const TexasColumn TEXAS_COLUMNS[] = {
    {"students", NULL, "students", 1, 0, 0},
    {"students_econ_disadv", NULL, "students_econ_disadv", 1, 0, 0},
    {"students_special_ed", NULL, "students_special_ed", 1, 0, 0},
    {"students_econ_disadv_pct", "students", "students_econ_disadv", 100, 1, 0},
    {"teachers_fte", NULL, "teachers_fte", 1, 1, 1.5},
    {"teachers_no_degree", NULL, "teachers_no_degree", 1, 1, 1.5},
    {"teachers_bachelor", NULL, "teachers_bachelor", 1, 1, 1.5},
    {"teachers_master", NULL, "teachers_master", 1, 1, 1.5},
    {"teachers_doctor", NULL, "teachers_doctor", 1, 1, 1.5},
    {"teachers_master_pct", "teachers_fte", "teachers_master", 100, 1, 0},
};

/* One column over the districts of each region and, last, of the state. */
static void texas_values(Published *p, const char *path, const TexasColumn *column,
                         const Table *want, double *ret)
{
    CvCall call = {.path = path,
                   .weight = column->weight ? column->weight : "1",
                   .value = column->value,
                   .by = "region",
                   .per = column->per};
    CvResult regions = published_cv(p, call);
    call.by = NULL;
    CvResult all = published_cv(p, call);
    assert_int_equal(regions.row_count, 20);
    for (size_t row = 0; row < want->row_count; row++) {
        Str code = published_cell(want, row, "code");
        bool is_state = str_equals(code, STR("TX"));
        const CvRow *cv = is_state ? &all.row[0] : published_group(&regions, code);
        ret[row] = column->weight ? cv->mean : cv->value;
    }
}

enum { TEXAS_ROWS = 21 };

static void texas_sums_to_its_published_totals(void **state)
{
    Published *p = *state;
    const char *file = MICRO("texas_published_totals_2018_19.csv");
    const char *path = texas_districts(p);
    Table *want = published_table(p, file, TEXAS_ROWS);
    (void)published_table(p, MICRO("texas_districts_2018_19.csv"), 1201);
    double students[TEXAS_ROWS] = {0}, teachers[TEXAS_ROWS] = {0};
    for (size_t i = 0; i < sizeof TEXAS_COLUMNS / sizeof *TEXAS_COLUMNS; i++) {
        const TexasColumn *column = &TEXAS_COLUMNS[i];
        double value[TEXAS_ROWS];
        texas_values(p, path, column, want, value);
        for (size_t row = 0; row < TEXAS_ROWS; row++) {
            Str code = published_cell(want, row, "code");
            Str text = published_cell(want, row, column->column);
            published_check_places(p, file, code, column->column, text, value[row], column->places);
            if (column->amount > 0)
                published_check_within(p, file, code, column->column, text, value[row],
                                       column->amount);
        }
        if (i == 0)
            memcpy(students, value, sizeof students);
        if (strcmp(column->column, "teachers_fte") == 0)
            memcpy(teachers, value, sizeof teachers);
    }
    /* all pupils over all teachers, those of the two districts with masked staff included */
    for (size_t row = 0; row < TEXAS_ROWS; row++)
        published_check_places(p, file, published_cell(want, row, "code"), "student_teacher_ratio",
                               published_cell(want, row, "student_teacher_ratio"),
                               students[row] / teachers[row], 1);
    published_finish(p, "Texas", TEXAS_ROWS * 11 + TEXAS_ROWS * 5);
}

/* ---- Philippines ---- */

static const struct {
    const char *column, *value;
} ENROLMENT[] = {{"male", "total_male_enrollment"},
                 {"female", "total_female_enrollment"},
                 {"total", "total_enrollment"}};
enum { ENROLMENT_COUNT = 3 };

static CvResult philippines(Published *p, int column, const char *by, const char *where)
{
    return published_cv(
        p, (CvCall){.path = published_path(p, MICRO("philippines_enrolment_2023_24.csv")),
                    .weight = "1",
                    .value = ENROLMENT[column].value,
                    .by = by,
                    .where = where});
}

static void the_philippines_roll_up(void **state)
{
    Published *p = *state;
    const char *file = MICRO("philippines_expected_rollup.csv");
    Table *want = published_table(p, file, 245);
    size_t groups = 0;
    CvResult regions[ENROLMENT_COUNT], divisions[ENROLMENT_COUNT];
    for (int i = 0; i < ENROLMENT_COUNT; i++)
        regions[i] = philippines(p, i, "region", NULL);
    groups += regions[0].row_count;
    for (size_t row = 0; row < want->row_count; row++) {
        Str region = published_cell(want, row, "region");
        Str division = published_cell(want, row, "division");
        Str name = str_format(&p->arena, "%.*s %.*s", STR_ARG(region), STR_ARG(division));
        Str where = str_format(&p->arena, "region = \"%.*s\"", STR_ARG(region));
        for (int i = 0; i < ENROLMENT_COUNT && !division.len; i++)
            divisions[i] = philippines(p, i, "division", str_cstr(&p->arena, where));
        groups += division.len ? 0 : divisions[0].row_count;
        const CvResult *from = division.len ? divisions : regions;
        Str group = division.len ? division : region;
        published_check(p, file, name, "schools", published_cell(want, row, "schools"),
                        (double)published_group(&from[0], group)->units);
        for (int i = 0; i < ENROLMENT_COUNT; i++)
            published_check(p, file, name, ENROLMENT[i].column,
                            published_cell(want, row, ENROLMENT[i].column),
                            published_group(&from[i], group)->value);
    }
    assert_int_equal(groups, 245);
    published_finish(p, "Philippines", 980);
}

/* The grades of each school sum to its totals: found by a formula over all columns of a sex. */
static void philippine_schools_sum_to_their_totals(void **state)
{
    Published *p = *state;
    const char *file = MICRO("philippines_enrolment_2023_24.csv");
    Table *table = published_table(p, file, 7613);
    for (int i = 0; i < 2; i++) {
        Str tail = i == 0 ? STR("_male") : STR("_female");
        StrBuf sum;
        strbuf_init(&sum, &p->arena);
        for (size_t k = 0; k < table->column_count; k++) {
            Str name = table->column[k].name;
            if (str_ends_with(name, tail))
                strbuf_addf(&sum, "%s「%.*s」", sum.len ? " + " : "", STR_ARG(name));
        }
        strbuf_addf(&sum, " = %s", ENROLMENT[i].value);
        CvResult result = published_cv(p, (CvCall){.path = published_path(p, file),
                                                   .weight = "1",
                                                   .value = "1",
                                                   .where = str_cstr(&p->arena, strbuf_str(&sum))});
        p->compared += result.row[0].units;
    }
    published_finish(p, "Philippines, schools", 2 * 7613);
}

static void no_exception_is_stale(void **state)
{
    published_check_stale(*state, MICRO(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(south_africa_has_its_55_groups, published_begin),
        cmocka_unit_test_setup(taiwan_has_its_44_rows, published_begin),
        cmocka_unit_test_setup(california_has_its_76_rows, published_begin),
        cmocka_unit_test_setup(california_has_its_published_ratios, published_begin),
        cmocka_unit_test_setup(texas_sums_to_its_published_totals, published_begin),
        cmocka_unit_test_setup(the_philippines_roll_up, published_begin),
        cmocka_unit_test_setup(philippine_schools_sum_to_their_totals, published_begin),
        cmocka_unit_test_setup(no_exception_is_stale, published_begin),
    };
    return cmocka_run_group_tests(tests, published_start, published_end);
}
