/* Published coefficients and the arithmetic around them: the official example, county tables, splits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "published.h"

#define CV(name) "data/cv/" name

/* ---- the official worked example: books of five schools ---- */

static void check_example_schools(Published *p, const char *file, const Table *schools)
{
    CvCall call = {.path = published_path(p, file), .weight = "students", .value = "books"};
    CvResult all = published_cv(p, call);
    call.by = "school";
    CvResult each = published_cv(p, call);
    assert_int_equal(all.sum_rows.count, 1);
    for (size_t row = 0; row < 5; row++) {
        Str name = published_cell(schools, row, "school");
        const CvRow *school = published_group(&each, name);
        double share = school->weight / all.row[0].weight;
        double deviation = school->mean - all.row[0].mean;
        published_check(p, file, name, "books_per_student_published",
                        published_cell(schools, row, "books_per_student_published"), school->mean);
        published_check(p, file, name, "weight_published",
                        published_cell(schools, row, "weight_published"), share);
        published_check(p, file, name, "weighted_sq_dev_published",
                        published_cell(schools, row, "weighted_sq_dev_published"),
                        share * deviation * deviation);
    }
    Str name = published_cell(schools, 5, "school");
    published_check(p, file, name, "students", published_cell(schools, 5, "students"),
                    all.row[0].weight);
    published_check(p, file, name, "books", published_cell(schools, 5, "books"), all.row[0].value);
    published_check(p, file, name, "books_per_student_published",
                    published_cell(schools, 5, "books_per_student_published"), all.row[0].mean);
    published_check(p, file, name, "weighted_sq_dev_published",
                    published_cell(schools, 5, "weighted_sq_dev_published"),
                    all.row[0].s * all.row[0].s);
}

static void the_official_example_comes_out_with_its_steps(void **state)
{
    Published *p = *state;
    const char *file = CV("worked_example_books_5_schools.csv");
    const char *want_file = CV("worked_example_books_5_schools_expected.csv");
    Table *want = published_table(p, want_file, 6);
    check_example_schools(p, file, published_table(p, file, 6));

    CvCall call = {.path = published_path(p, file), .weight = "students", .value = "books"};
    CvRow weighted = published_cv(p, call).row[0];
    call.weight = "1";
    call.value = "books / students";
    CvRow plain = published_cv(p, call).row[0];
    const struct {
        const char *quantity;
        double computed;
    } QUANTITIES[] = {
        {"county_mean", weighted.mean},
        {"sum of weighted", weighted.s * weighted.s},
        {"standard deviation", weighted.s},
        {"CV = sd", weighted.cv},
        {"NOT THIS: unweighted population", plain.cv},
        {"NOT THIS: unweighted sample", plain.cv * sqrt(5.0 / 4.0)},
    };
    for (size_t row = 0; row < 6; row++) {
        Str name = published_cell(want, row, "quantity");
        Str published = published_cell(want, row, "published");
        assert_true(str_starts_with(name, str_from(QUANTITIES[row].quantity)));
        published_check_full(p, want_file, name, "recomputed_full_precision",
                             published_cell(want, row, "recomputed_full_precision"),
                             QUANTITIES[row].computed);
        if (published.len)
            published_check(p, want_file, name, "published", published, QUANTITIES[row].computed);
    }
    published_finish(p, "the official example", 29);
}

/* ---- county tables ---- */

/* "(「a」 + 「b」) / 2" over the columns from first on. */
static const char *mean_of_columns(Published *p, const Table *table, size_t first, size_t count)
{
    StrBuf out;
    strbuf_init(&out, &p->arena);
    for (size_t i = 0; i < count; i++)
        strbuf_addf(&out, "%s「%.*s」", i ? " + " : "(", STR_ARG(table->column[first + i].name));
    strbuf_addf(&out, ") / %zu", count);
    return str_cstr(&p->arena, strbuf_str(&out));
}

static const char *row_condition(Published *p, const Table *table, size_t row)
{
    Str where = str_format(&p->arena, "county = \"%.*s\" 且 stage = \"%.*s\" 且 row_kind = \"cv\"",
                           STR_ARG(published_cell(table, row, "county")),
                           STR_ARG(published_cell(table, row, "stage")));
    return str_cstr(&p->arena, where);
}

/* Mean of eight figures of 3 decimals against one of 3 decimals: half a unit each. */
static void composites_are_means_of_the_eight_coefficients(void **state)
{
    Published *p = *state;
    const char *file = CV("county_cv_8_indicators.csv");
    Table *table = published_table(p, file, 26);
    const char *formula = mean_of_columns(p, table, 6, 8);
    for (size_t row = 0; row < table->row_count; row++) {
        Str published = published_cell(table, row, "composite_published");
        if (!published.len)
            continue;
        double composite =
            published_formula(p, published_path(p, file), formula, row_condition(p, table, row));
        Str name = str_format(&p->arena, "%.*s %.*s", STR_ARG(published_cell(table, row, "county")),
                              STR_ARG(published_cell(table, row, "stage")));
        published_check_within(p, file, name, "composite_published", published, composite, 0.001);
    }
    published_finish(p, "composites", 11);
}

/* 宁国 2022: every coefficient fails its limit but one of each stage. */
static void coefficients_of_ningguo_are_judged_one_by_one(void **state)
{
    Published *p = *state;
    const char *file = CV("county_cv_7_indicators.csv");
    Table *table = published_table(p, file, 2);
    for (size_t row = 0; row < 2; row++)
        for (size_t column = 6; column < 13; column++) {
            Str condition =
                str_format(&p->arena, "%s 且 「%.*s」 <= threshold_each",
                           row_condition(p, table, row), STR_ARG(table->column[column].name));
            CvResult result = published_cv(p, (CvCall){.path = published_path(p, file),
                                                       .weight = "1",
                                                       .value = "1",
                                                       .where = str_cstr(&p->arena, condition)});
            Str text = table->column[column].text[row];
            bool is_met = str_equals(text, STR("0.167")) || str_equals(text, STR("0.254"));
            assert_int_equal(result.row[0].units, is_met);
            p->compared++;
        }
    published_finish(p, "宁国", 14);
}

static void floors_are_exactly_085_of_the_standards(void **state)
{
    Published *p = *state;
    const char *file = CV("standards_7_indicators_2017.csv");
    (void)published_table(p, file, 7);
    static const char *const CONDITIONS[] = {"0.85 * primary_standard = primary_85pct_floor",
                                             "0.85 * junior_standard = junior_85pct_floor",
                                             "cv_limit_primary_each = 0.5",
                                             "cv_limit_junior_each = 0.45"};
    for (size_t i = 0; i < 4; i++) {
        CvResult result = published_cv(p, (CvCall){.path = published_path(p, file),
                                                   .weight = "1",
                                                   .value = "1",
                                                   .where = CONDITIONS[i]});
        assert_int_equal(result.row[0].units, 7);
        p->compared += result.row[0].units;
    }
    published_finish(p, "standards of 2017", 28);
}

/* ---- splitting what the stages of a school share ---- */

/* The rules of the file are formulas as they stand: 166 primary, 210 junior and 90 senior pupils. */
static void parts_of_a_split_sum_to_the_whole(void **state)
{
    Published *p = *state;
    const char *file = CV("split_rule_combined_schools.csv");
    const double a = 166, b = 210, c = 90;
    const double want[] = {a / (a + 1.1 * b), 1.1 * b / (a + 1.1 * b), b / (b + 1.2 * c),
                           a / (a + 1.1 * b + 1.32 * c), 1.1 * b / (a + 1.1 * b + 1.32 * c)};
    Table *rules = published_table(p, file, 5);
    const char *path = published_scratch(p, STR("A,B,C\n166,210,90\n"));
    double part[5];
    for (size_t row = 0; row < 5; row++) {
        const char *formula = str_cstr(&p->arena, published_cell(rules, row, "weight_formula"));
        part[row] = published_formula(p, path, formula, NULL);
        assert_true(fabs(part[row] - want[row]) < 1e-15);
        p->compared++;
    }
    assert_true(fabs(part[0] + part[1] - 1) < 1e-15);
    double senior = published_formula(p, path, "1.32 * C / (A + 1.1 * B + 1.32 * C)", NULL);
    assert_true(fabs(part[3] + part[4] + senior - 1) < 1e-15);
    published_finish(p, "rules of splitting", 5);
}

static void the_school_of_the_split_comes_out(void **state)
{
    Published *p = *state;
    const char *file = CV("split_worked_example.csv");
    Table *want = published_table(p, file, 7);
    const char *path = published_scratch(p, STR("A,B,R\n166,210,23226\n"));
    static const char *const FORMULAS[] = {"A",
                                           "B",
                                           "R",
                                           "A + 1.1 * B",
                                           "R / (A + 1.1 * B)",
                                           "R * A / (A + 1.1 * B)",
                                           "R * 1.1 * B / (A + 1.1 * B)"};
    for (size_t row = 0; row < 7; row++) {
        Str name = published_cell(want, row, "quantity");
        double computed = published_formula(p, path, FORMULAS[row], NULL);
        published_check(p, file, name, "published", published_cell(want, row, "published"),
                        computed);
        published_check_full(p, file, name, "recomputed", published_cell(want, row, "recomputed"),
                             computed);
    }
    published_finish(p, "the school of the split", 14);
}

/* ---- the test vectors of the standards ---- */

enum { NUMBERS_MAX = 32 };

/* Every number of one key of the vector `id`, in order, nested lists and objects flattened. */
static size_t vector_numbers(Published *p, const char *id, const char *key, double *ret)
{
    static Str text;
    const char *path = published_path(p, "standards/test_vectors.json");
    if (!text.len && !file_read(&p->arena, path, 1000000, &text, &p->err))
        published_show_errors(p);
    Str quoted = str_format(&p->arena, "\"id\": \"%s\"", id);
    Str member = str_format(&p->arena, "\"%s\": ", key);
    const char *at = memmem(text.ptr, text.len, quoted.ptr, quoted.len);
    const char *end = text.ptr + text.len;
    at = at ? memmem(at, (size_t)(end - at), member.ptr, member.len) : NULL;
    if (!at)
        fail_msg("no %s of %s in %s", key, id, path);
    size_t count = 0;
    int depth = 0;
    for (at += member.len; at < end && (depth > 0 || count == 0);) {
        if (*at >= '0' && *at <= '9') {
            char *after;
            assert_true(count < NUMBERS_MAX);
            ret[count++] = strtod(at, &after);
            at = after;
            continue;
        }
        depth += (*at == '[' || *at == '{') - (*at == ']' || *at == '}');
        if (*at == '"') /* a key */
            at = memchr(at + 1, '"', (size_t)(end - at - 1));
        at++;
    }
    return count;
}

static Str vector_text(Published *p, const char *id, const char *key, int places)
{
    double number[NUMBERS_MAX];
    StrBuf out;
    strbuf_init(&out, &p->arena);
    assert_int_equal(vector_numbers(p, id, key, number), 1);
    decimal_add_fixed(&out, number[0], places);
    return strbuf_str(&out);
}

#define VECTORS "standards/test_vectors.json"

static void vector_1_is_the_official_example(void **state)
{
    Published *p = *state;
    double number[NUMBERS_MAX];
    assert_int_equal(vector_numbers(p, "T1", "units", number), 10);
    StrBuf table;
    strbuf_init(&table, &p->arena);
    strbuf_add(&table, STR("pupils,total\n"));
    for (size_t i = 0; i < 10; i += 2)
        strbuf_addf(&table, "%.0f,%.0f\n", number[i], number[i + 1]);
    const char *path = published_scratch(p, strbuf_str(&table));
    CvRow row =
        published_cv(p, (CvCall){.path = path, .weight = "pupils", .value = "total"}).row[0];
    CvRow plain =
        published_cv(p, (CvCall){.path = path, .weight = "1", .value = "total / pupils"}).row[0];
    published_check(p, VECTORS, STR("T1"), "mean", vector_text(p, "T1", "mean", 10), row.mean);
    published_check(p, VECTORS, STR("T1"), "std", vector_text(p, "T1", "std", 10), row.s);
    published_check(p, VECTORS, STR("T1"), "cv", vector_text(p, "T1", "cv", 10), row.cv);
    published_check(p, VECTORS, STR("T1"), "wrong_unweighted_population",
                    vector_text(p, "T1", "wrong_unweighted_population", 10), plain.cv);
    published_check(p, VECTORS, STR("T1"), "wrong_unweighted_sample",
                    vector_text(p, "T1", "wrong_unweighted_sample", 10), plain.cv * sqrt(1.25));
    published_finish(p, "T1", 5);
}

static void vector_2_splits_a_nine_year_school(void **state)
{
    Published *p = *state;
    double a, b, r;
    assert_int_equal(vector_numbers(p, "T2", "primary", &a), 1);
    assert_int_equal(vector_numbers(p, "T2", "junior", &b), 1);
    assert_int_equal(vector_numbers(p, "T2", "total", &r), 1);
    const char *path =
        published_scratch(p, str_format(&p->arena, "A,B,R\n%.0f,%.0f,%.0f\n", a, b, r));
    published_check(p, VECTORS, STR("T2"), "primary_part", vector_text(p, "T2", "primary_part", 6),
                    published_formula(p, path, "R * A / (A + 1.1 * B)", NULL));
    published_check(p, VECTORS, STR("T2"), "junior_part", vector_text(p, "T2", "junior_part", 6),
                    published_formula(p, path, "R * 1.1 * B / (A + 1.1 * B)", NULL));
    published_finish(p, "T2", 2);
}

/* The plain mean of the coefficients in one row, by formula, and whether it is within a limit. */
static double composite(Published *p, const double *cv, size_t count, const char *limit,
                        bool *ret_is_met)
{
    StrBuf table;
    strbuf_init(&table, &p->arena);
    for (size_t i = 0; i < count; i++)
        strbuf_addf(&table, "%sc%zu", i ? "," : "", i);
    strbuf_add_char(&table, '\n');
    for (size_t i = 0; i < count; i++) {
        strbuf_add(&table, i ? STR(",") : STR(""));
        decimal_add_shortest(&table, cv[i]);
    }
    strbuf_add_char(&table, '\n');
    const char *path = published_scratch(p, strbuf_str(&table));
    const char *formula = mean_of_columns(p, published_read(p, path), 0, count);
    Str condition = str_format(&p->arena, "%s <= %s", formula, limit);
    CvResult met = published_cv(
        p, (CvCall){
               .path = path, .weight = "1", .value = "1", .where = str_cstr(&p->arena, condition)});
    *ret_is_met = met.row[0].units == 1;
    return published_formula(p, path, formula, NULL);
}

static void vectors_3_to_5_are_composites(void **state)
{
    Published *p = *state;
    const struct {
        const char *id, *cvs, *composite;
        int places;
        const char *limit;
    } VECTOR[] = {{"T3a", "cvs", "composite3", 3, "0.65"},
                  {"T3b", "cvs", "composite3", 3, "0.55"},
                  {"T4a", "cvs", "composite3", 3, "0.65"},
                  {"T4b", "cvs", "composite3", 3, "0.55"},
                  {"T5", "primary", "primary_composite4", 4, "0.65"},
                  {"T5", "junior", "junior_composite4", 4, "0.55"}};
    for (size_t i = 0; i < sizeof VECTOR / sizeof *VECTOR; i++) {
        double cv[NUMBERS_MAX];
        bool is_met;
        assert_int_equal(vector_numbers(p, VECTOR[i].id, VECTOR[i].cvs, cv), 8);
        double mean = composite(p, cv, 8, VECTOR[i].limit, &is_met);
        published_check(p, VECTORS, str_from(VECTOR[i].id), VECTOR[i].composite,
                        vector_text(p, VECTOR[i].id, VECTOR[i].composite, VECTOR[i].places), mean);
        assert_true(is_met);
        p->compared++;
    }
    published_finish(p, "T3 to T5", 12);
}

/* 鸠江 2023: CV = S / mean to the printed digit, their mean, and one just above 0.50. */
static void vector_6_is_just_above_the_limit(void **state)
{
    Published *p = *state;
    double number[NUMBERS_MAX], cv[7];
    assert_int_equal(vector_numbers(p, "T6", "rows", number), 21);
    for (size_t i = 0; i < 7; i++) {
        const double *row = number + 3 * i;
        StrBuf table;
        strbuf_init(&table, &p->arena);
        strbuf_add(&table, STR("X,S,CV\n"));
        for (int k = 0; k < 3; k++) {
            strbuf_add(&table, k ? STR(",") : STR(""));
            decimal_add_shortest(&table, row[k]);
        }
        const char *path = published_scratch(p, strbuf_str(&table));
        StrBuf want;
        strbuf_init(&want, &p->arena);
        decimal_add_fixed(&want, row[2], 6);
        /* mean and S are rounded to 6 decimals themselves */
        published_check_within(p, VECTORS, STR("T6"), "cv", strbuf_str(&want),
                               published_formula(p, path, "S / X", NULL), 1.5e-6);
        CvResult above = published_cv(
            p, (CvCall){.path = path, .weight = "1", .value = "1", .where = "CV > 0.5"});
        assert_int_equal(above.row[0].units, i == 1);
        cv[i] = row[2];
    }
    bool is_met;
    published_check(p, VECTORS, STR("T6"), "composite", vector_text(p, "T6", "composite", 6),
                    composite(p, cv, 7, "0.5", &is_met));
    published_finish(p, "T6", 8);
}

/* "4.2→3.57; 5.3→4.505; …" in the line of T7: exact, as decimals. */
static void vector_7_has_the_floors(void **state)
{
    Published *p = *state;
    Str text;
    const char *path = published_path(p, "standards/standards.md");
    if (!file_read(&p->arena, path, 10000000, &text, &p->err))
        published_show_errors(p);
    const char *line = memmem(text.ptr, text.len, "| T7 |", 6);
    assert_non_null(line);
    const char *end = strchr(line, '\n');
    StrBuf table;
    strbuf_init(&table, &p->arena);
    strbuf_add(&table, STR("standard,bottom\n"));
    for (const char *arrow = line; (arrow = strstr(arrow, "→")) && arrow < end;) {
        const char *from = arrow;
        while (from[-1] == '.' || (from[-1] >= '0' && from[-1] <= '9'))
            from--;
        char *after;
        (void)strtod(arrow + strlen("→"), &after);
        strbuf_addf(&table, "%.*s,%.*s\n", (int)(arrow - from), from,
                    (int)(after - arrow - (ptrdiff_t)strlen("→")), arrow + strlen("→"));
        arrow = after;
        p->compared++;
    }
    CvResult result = published_cv(p, (CvCall){.path = published_scratch(p, strbuf_str(&table)),
                                               .weight = "1",
                                               .value = "1",
                                               .where = "0.85 * standard = bottom"});
    assert_int_equal(result.row[0].units, p->compared);
    published_finish(p, "T7", 9);
}

/* ---- the exceptions ---- */

static void no_exception_is_stale(void **state)
{
    published_check_stale(*state, CV(""));
    published_check_stale(*state, "standards/");
}

/* Other tests look after the other folders; a line of a folder that nobody knows is a mistake. */
static void every_exception_is_of_a_folder_that_is_tested(void **state)
{
    Published *p = *state;
    static const char *const FOLDERS[] = {"data/cv/",    "data/micro/",    "data/aid/",
                                          "data/rates/", "data/national/", "standards/"};
    for (size_t i = 0; i < p->exceptions->row_count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < sizeof FOLDERS / sizeof *FOLDERS; k++)
            is_known |=
                str_starts_with(published_cell(p->exceptions, i, "file"), str_from(FOLDERS[k]));
        if (!is_known)
            fail_msg("line %u of tests/published-exceptions.csv: no test of this folder",
                     p->exceptions->line[i]);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, published_begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_official_example_comes_out_with_its_steps),
        TEST(composites_are_means_of_the_eight_coefficients),
        TEST(coefficients_of_ningguo_are_judged_one_by_one),
        TEST(floors_are_exactly_085_of_the_standards),
        TEST(parts_of_a_split_sum_to_the_whole),
        TEST(the_school_of_the_split_comes_out),
        TEST(vector_1_is_the_official_example),
        TEST(vector_2_splits_a_nine_year_school),
        TEST(vectors_3_to_5_are_composites),
        TEST(vector_6_is_just_above_the_limit),
        TEST(vector_7_has_the_floors),
        TEST(no_exception_is_stale),
        TEST(every_exception_is_of_a_folder_that_is_tested),
    };
    return cmocka_run_group_tests(tests, published_start, published_end);
}
