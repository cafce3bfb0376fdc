/*
 * Tables in the journal, on both databases. What the database should know is had from one table that
 * says the same, read without a database, or from what it said before.
 */
#include "import_fixture.h"

static Str plain_dump(ImportFixture *f, const char *period, const char *table)
{
    return import_fixture_dump_view(f, (View){.period = period, .table = table});
}

/* ---- importing ---- */

static void a_database_judges_as_the_table_does(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    ImportResult result = import_fixture_take(f, "2023-2024", TABLE);
    assert_int_equal(result.batch, 2);
    assert_int_equal(result.rows, 7);
    assert_int_equal(result.schools, 5);
    assert_int_equal(result.opened, 5);
    assert_int_equal(result.earlier + result.restated + result.missing, 0);
    assert_int_equal(result.cells.added, 6 + 5 + 4 + 5); /* pupils, teachers, rooms, equipment */
    assert_int_equal(result.cells.changed + result.cells.blanked + result.cells.same, 0);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), plain_dump(f, "2023-2024", TABLE));
    DatabaseStatus status;
    StoreCheck check;
    import_fixture_need(
        f, database_check(f->arena, PACKS, &f->store->config, &status, &check, f->err));
    assert_int_equal(check.entries, 2);
    import_fixture_free(f);
}

static void the_same_again_changes_nothing(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    ImportResult again = import_fixture_take(f, "2023-2024", TABLE);
    assert_true(again.is_repeated);
    assert_int_equal(again.batch, 2);
    assert_int_equal(import_fixture_head(f), 2);
    ImportResult blank_lines = import_fixture_take(f, "2023-2024", "\n\n" TABLE "\n");
    assert_true(blank_lines.is_repeated);
    ImportResult other_year = import_fixture_take(f, "2024-2025", TABLE);
    assert_false(other_year.is_repeated);
    assert_int_equal(other_year.batch, 3);
    assert_int_equal(other_year.opened, 0);
    import_fixture_free(f);
}

/* A correction and then the first table again takes the correction back: it is no repetition. */
static void the_same_after_another_table_is_news(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    (void)import_fixture_take(f, "2023-2024",
                              "学校代码,学校名称,所属地区,办学类型,在校生数\n"
                              "2162900001,甲小学,620702,小学,110\n");
    ImportResult back = import_fixture_take(f, "2023-2024", TABLE);
    assert_false(back.is_repeated);
    assert_int_equal(back.batch, 4);
    assert_int_equal(back.cells.changed, 1);
    assert_int_equal(back.restated, 1);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), plain_dump(f, "2023-2024", TABLE));
    assert_true(import_fixture_take(f, "2023-2024", TABLE).is_repeated);
    /* another table about the same schools that changes nothing of it */
    (void)import_fixture_take(f, "2023-2024",
                              "学校代码,所属地区,办学类型,城中\n2162900001,620702,小学,是\n");
    assert_true(import_fixture_take(f, "2023-2024", TABLE).is_repeated);
    import_fixture_free(f);
}

static void a_trial_tells_and_changes_nothing(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    const ImportRequest request = {.packs = PACKS,
                                   .store = &f->store->config,
                                   .path = import_fixture_file(f, TABLE),
                                   .period = STR("2023-2024"),
                                   .author = STR("测试"),
                                   .is_trial = true};
    ImportResult result;
    import_fixture_need(f, import_run(f->arena, &request, &result, f->err));
    assert_int_equal(result.batch, 0);
    assert_int_equal(result.opened, 5);
    assert_int_equal(import_fixture_head(f), 1);
    import_fixture_free(f);
}

#define CORRECTION                                                    \
    "学校代码,所属地区,办学类型,在校生数,设备值\n" \
    "2162900001,620702,小学,110,20\n"                               \
    "2162900002,620702,小学,,60\n"
/* The table with the correction in it, by hand. */
#define CORRECTED                                                      \
    HEAD "2162900001,甲校,620702,小学,7,主城区,,110,5,300,20\n" \
         "2162900002,乙校,620702,小学,7,镇中心区,,,9,400,60\n" SCHOOL_3 SCHOOL_4 SCHOOL_5

static void a_later_document_counts_cell_by_cell(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    ImportResult result = import_fixture_take(f, "2023-2024", CORRECTION);
    assert_int_equal(result.cells.added, 0);
    assert_int_equal(result.cells.changed, 2);
    assert_int_equal(result.cells.blanked, 1);
    assert_int_equal(result.cells.same, 1);
    assert_int_equal(result.opened + result.restated, 0);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), plain_dump(f, "2023-2024", CORRECTED));
    import_fixture_free(f);
}

static void a_second_table_brings_other_columns_and_schools(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    ImportResult first = import_fixture_take(
        f, "2023-2024",
        "学校代码,学校名称,所属地区,办学类型,举办者,在校生数\n2162900001,甲校,620702,小学,7,100\n");
    assert_int_equal(first.missing, 0);
    ImportResult second =
        import_fixture_take(f, "2023-2024",
                            "学校代码,学校名称,所属地区,办学类型,举办者,城中,专任教师数\n"
                            "2162900002,乙校,620702,小学,7,是,9\n");
    assert_int_equal(second.opened, 1);
    assert_int_equal(second.missing, 0); /* the other has reported already */
    ImportResult next = import_fixture_take(
        f, "2024-2025", "学校代码,所属地区,办学类型,在校生数\n2162900001,620702,小学,100\n");
    assert_int_equal(next.missing, 1);
    assert_same_dump(
        import_fixture_dump(f, "2023-2024"),
        plain_dump(f, "2023-2024",
                   "学校代码,学校名称,所属地区,办学类型,举办者,在校生数,城中,教师数\n"
                   "2162900001,甲校,620702,小学,7,100,,\n2162900002,乙校,620702,小学,7,,是,9\n"));
    import_fixture_free(f);
}

static void stages_in_columns_say_the_same_as_stages_in_rows(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(
        f, "2023-2024",
        "学校代码,学校名称,所属地区,办学类型,举办者,小学.在校生数,小学.教师数,初中.在校生数,"
        "初中.教师数,用房面积,设备值\n"
        "2162900004,丁校,620721,九年一贯制学校,7,80,6,60,,600,0.1234\n");
    assert_same_dump(import_fixture_dump(f, "2023-2024"),
                     plain_dump(f, "2023-2024", HEAD SCHOOL_4));
    /* a column of one stage says nothing of the rows of another */
    ImportResult result = import_fixture_take(
        f, "2023-2024",
        "学校代码,学校名称,所属地区,办学类型,举办者,小学.在校生数,小学.教师数,初中.在校生数,"
        "初中.教师数,用房面积,设备值\n"
        "2162900004,丁校,620721,九年一贯制学校,7,81,6,60,,600,\n");
    assert_int_equal(result.cells.added, 0);
    assert_int_equal(result.cells.changed, 1);
    assert_int_equal(result.cells.blanked, 1);
    assert_int_equal(result.cells.same, 3);
    import_fixture_free(f);
}

static void an_earlier_year_moves_the_opening_back(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    Str before = import_fixture_dump(f, "2023-2024");
    ImportResult result = import_fixture_take(
        f, "2022-2023", HEAD "2162900001,甲小学,620702,小学,10,主城区,,90,5,300,20\n");
    assert_int_equal(result.opened, 0);
    assert_int_equal(result.earlier, 1);
    assert_same_dump(
        import_fixture_dump(f, "2022-2023"),
        plain_dump(f, "2022-2023", HEAD "2162900001,甲小学,620702,小学,10,主城区,,90,5,300,20\n"));
    assert_same_dump(import_fixture_dump(f, "2023-2024"), before);
    import_fixture_free(f);
}

static void what_a_table_says_of_schools_holds_from_its_first_day(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2022-2023", TABLE);
    (void)import_fixture_take(f, "2024-2025", TABLE);
    ImportResult result = import_fixture_take(
        f, "2023-2024", HEAD "2162900001,甲小学,620702,小学,10,村庄,,90,5,300,20\n");
    assert_int_equal(result.restated, 1);
    Str first = import_fixture_dump(f, "2022-2023"), last = import_fixture_dump(f, "2024-2025");
    assert_same_dump(first, last); /* the table of 2024-2025 says again what held before */
    import_fixture_free(f);
}

/* ---- refused ---- */

static void add_said(StrBuf *out, ImportFixture *f)
{
    for (Diag *diag = f->err->first; diag; diag = diag->next)
        diag->place.file = STR("table.csv");
    err_format(out, f->err, LANG_ZH);
    err_format(out, f->err, LANG_EN);
    (void)import_fixture_said(f);
}

static ImportFixture *story_new(Kind kind)
{
    ImportFixture *f = import_fixture_new(kind);
    (void)import_fixture_take(f, "2023-2024", TABLE);
    import_fixture_merge(f, "2162900002", "2162900001", "2024-08-01");
    import_fixture_move(f, "2162900003", "620721", "2024-08-01");
    import_fixture_close(f, "2162900005", "2024-08-01");
    import_fixture_open(f, "school", "2162900009", "己校", "620702", "2025-03-01");
    OrgRequest request = import_fixture_event(f, EVENT_CHANGE, "2162900004", "2024-08-01");
    request.code = STR("2162900014");
    import_fixture_enter(f, &request);
    import_fixture_open(f, "township", "620702001", "某乡", "620702", "2020-01-01");
    return f;
}

static void run_case(StrBuf *out, Str *rest)
{
    ImportFixture *f = story_new(ON_SQLITE);
    uint64_t head = import_fixture_head(f);
    StrBuf table;
    strbuf_init(&table, f->arena);
    Str line, title = STR("");
    while (next_line(rest, &line) && !str_equals(line, STR("=>"))) {
        strbuf_addf(out, "%.*s\n", STR_ARG(line));
        if (str_starts_with(line, STR("%%IMPORT ")))
            title = line;
        else
            strbuf_addf(&table, "%.*s\n", STR_ARG(line));
    }
    enum { MARK = sizeof "%%IMPORT " - 1, PERIOD = sizeof "2024-2025" - 1 };
    const char *period = str_cstr(f->arena, str_slice(title, MARK, PERIOD));
    ImportResult result;
    bool is_ok = import_fixture_try(f, period, str_cstr(f->arena, strbuf_str(&table)), &result);
    strbuf_add(out, STR("=>\n"));
    if (is_ok)
        strbuf_addf(out, "accepted: %zu schools, %zu new, %zu earlier, %zu restated\n",
                    result.schools, result.opened, result.earlier, result.restated);
    else
        add_said(out, f);
    assert_int_equal(import_fixture_head(f), head + is_ok);
    for (Str after = *rest; next_line(&after, &line) && !str_starts_with(line, STR("%%"));)
        *rest = after;
    import_fixture_free(f);
}

static void every_table_is_accepted_or_refused_as_written(void **state)
{
    (void)state;
    assert_true(golden_holds("tests/golden/import.txt", "%%IMPORT", run_case));
}

static void a_form_or_period_that_is_none_is_refused(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    ImportRequest request = {.packs = PACKS,
                             .store = &f->store->config,
                             .path = import_fixture_file(f, TABLE),
                             .form = STR("month"),
                             .period = STR("2023-2024"),
                             .author = STR("测试")};
    ImportResult result;
    assert_false(import_run(f->arena, &request, &result, f->err));
    assert_text(import_fixture_said(f), "ERR_IMPORT_FORM");
    const EvaluationRequest evaluate = {.packs = PACKS,
                                        .standard = STR("demo"),
                                        .store = &f->store->config,
                                        .until = FACTS_ALL,
                                        .period = STR("2023-2024")};
    Evaluation evaluation;
    assert_false(evaluation_open(f->arena, &evaluate, &evaluation, f->err));
    assert_text(import_fixture_said(f), "ERR_FACTS_PERIOD");
    import_fixture_free(f);
}

/* ---- taking back ---- */

static void undo_fails(ImportFixture *f, uint64_t batch, const char *want)
{
    UndoResult result;
    uint64_t head = import_fixture_head(f);
    assert_false(undo_run(f->arena, PACKS, &f->store->config, batch, STR("测试"), &result, f->err));
    assert_text(import_fixture_said(f), want);
    assert_int_equal(import_fixture_head(f), head);
}

static void what_is_taken_back_leaves_things_as_they_were(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    Str before = import_fixture_dump(f, "2023-2024");
    ImportResult result = import_fixture_take(f, "2023-2024", CORRECTION);
    Str after = import_fixture_dump(f, "2023-2024");
    import_fixture_undo(f, result.batch);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), before);
    undo_fails(f, result.batch, "ERR_UNDO_TWICE");
    undo_fails(f, 1, "ERR_UNDO_NONE"); /* the divisions */
    undo_fails(f, 99, "ERR_UNDO_NONE");
    /* what was taken back can be taken in again */
    ImportResult again = import_fixture_take(f, "2023-2024", CORRECTION);
    assert_false(again.is_repeated);
    assert_int_equal(again.batch, 5);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), after);
    import_fixture_free(f);
}

static void schools_that_only_a_batch_knew_go_with_it(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", HEAD SCHOOL_1);
    Str before = import_fixture_dump(f, "2023-2024");
    ImportResult result = import_fixture_take(f, "2023-2024", TABLE);
    assert_int_equal(result.opened, 4);
    import_fixture_undo(f, result.batch);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), before);
    import_fixture_free(f);
}

static void a_batch_that_others_rest_on_stays(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    import_fixture_rename(f, "2162900001", "甲小学", "2024-01-01");
    undo_fails(f, 2, "ERR_UNDO_NEEDED"); /* an event */
    import_fixture_free(f);
    f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    (void)import_fixture_take(f, "2024-2025", TABLE);
    Str later = import_fixture_dump(f, "2024-2025");
    undo_fails(f, 2, "ERR_UNDO_NEEDED"); /* figures of another year: whose county only it says */
    assert_same_dump(import_fixture_dump(f, "2024-2025"), later);
    import_fixture_undo(f, 3); /* from the last on it goes */
    import_fixture_undo(f, 2);
    import_fixture_free(f);
}

static void what_is_said_anew_of_schools_is_counted(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    static const char *const ROWS[] = {"2162900001,甲小学,620702,小学,7,主城区,,100,5,300,20\n",
                                       "2162900001,甲小学,620702,小学,7,镇中心区,,100,5,300,20\n",
                                       "2162900001,,620702,小学,10,,,100,5,300,20\n",
                                       "2162900001,,620702,小学教学点,,,,100,5,300,20\n"};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        char *table = str_cstr(f->arena, str_format(f->arena, HEAD "%s", ROWS[i]));
        assert_int_equal(import_fixture_take(f, "2023-2024", table).restated, 1);
        assert_true(import_fixture_take(f, "2023-2024", table).is_repeated);
    }
    import_fixture_free(f);
}

static void an_earlier_year_needs_what_a_new_school_needs(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2024-2025", TABLE);
    ImportResult result;
    assert_false(import_fixture_try(f, "2023-2024",
                                    "学校代码,所属地区,办学类型,在校生数\n"
                                    "2162900001,620702,小学,100\n",
                                    &result));
    assert_text(import_fixture_said(f), "ERR_IMPORT_NEW ERR_IMPORT_NEW"); /* name and runner */
    import_fixture_free(f);
}

/* Closed on the first day of a period: it is not there any more. */
static void a_school_has_no_figures_from_the_day_of_its_end(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    import_fixture_close(f, "2162900001", "2024-09-01");
    import_fixture_close(f, "2162900002", "2024-09-02");
    ImportResult result;
    assert_false(import_fixture_try(f, "2024-2025", HEAD SCHOOL_1, &result));
    assert_text(import_fixture_said(f), "ERR_IMPORT_CLOSED");
    assert_true(import_fixture_try(f, "2024-2025", HEAD SCHOOL_2, &result));
    import_fixture_free(f);
}

/* ---- through time ---- */

/* Both years of the story, as text; empty where there is nothing about a year. */
static Str both_years(ImportFixture *f, FactsUntil until)
{
    StrBuf out;
    strbuf_init(&out, f->arena);
    static const char *const PERIODS[] = {"2023-2024", "2024-2025"};
    for (size_t i = 0; i < 2; i++) {
        const EvaluationRequest request = {.packs = PACKS,
                                           .standard = STR("demo"),
                                           .store = &f->store->config,
                                           .until = until,
                                           .period = str_from(PERIODS[i])};
        Evaluation evaluation;
        strbuf_addf(&out, "%s\n", PERIODS[i]);
        if (evaluation_open(f->arena, &request, &evaluation, f->err)) {
            import_fixture_add_dataset(&out, evaluation.dataset);
            import_fixture_add_verdicts(&out, evaluation.judge);
        } else {
            strbuf_add(&out, import_fixture_said(f));
        }
    }
    return strbuf_str(&out);
}

enum { STEPS = 9 };

/* Step by step through a story; each is one entry. */
static void step(ImportFixture *f, int number)
{
    switch (number) {
    case 0:
        (void)import_fixture_take(f, "2023-2024", TABLE);
        break;
    case 1:
        (void)import_fixture_take(f, "2023-2024", CORRECTION);
        break;
    case 2:
        import_fixture_merge(f, "2162900002", "2162900001", "2024-08-01");
        break;
    case 3:
        import_fixture_move(f, "2162900003", "肃南县", "2024-08-01");
        break;
    case 4:
        (void)import_fixture_take(f, "2024-2025", HEAD SCHOOL_1 SCHOOL_4);
        break;
    case 5:
        import_fixture_rename(f, "2162900004", "丁学校", "2024-08-15");
        break;
    case 6:
        import_fixture_undo(f, 3);
        break;
    case 7:
        import_fixture_close(f, "2162900005", "2024-08-20");
        break;
    default:
        import_fixture_rename(f, "620721", "肃南区", "2024-08-20");
        break;
    }
}

static void every_state_can_be_had_again(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    Str then[STEPS];
    for (int i = 0; i < STEPS; i++) {
        import_fixture_set_day(str_cstr(f->arena, str_format(f->arena, "2024-10-%02d", i + 1)));
        step(f, i);
        assert_int_equal(import_fixture_head(f), i + 2);
        then[i] = both_years(f, FACTS_ALL);
    }
    for (int i = 0; i < STEPS; i++) {
        const FactsUntil by_entry = {.seq = (uint64_t)i + 2, .day = DATE_MAX};
        assert_same_dump(both_years(f, by_entry), then[i]);
        FactsUntil by_day = FACTS_ALL;
        by_day.day = facts_day(import_fixture_now) - (STEPS - 1 - i);
        assert_same_dump(both_years(f, by_day), then[i]);
    }
    import_fixture_free(f);
}

static void last_year_stays_as_it_was(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    Str before = import_fixture_dump(f, "2023-2024");
    for (int i = 2; i < STEPS; i++) {
        if (i == 6) /* taking back changes what was reported */
            continue;
        step(f, i);
        assert_same_dump(import_fixture_dump(f, "2023-2024"), before);
    }
    import_fixture_free(f);
}

static void a_clock_set_back_does_not_mix_the_order(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    import_fixture_set_day("2024-10-02");
    (void)import_fixture_take(f, "2023-2024", TABLE);
    import_fixture_set_day("2020-01-01");
    (void)import_fixture_take(f, "2023-2024", CORRECTION);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), plain_dump(f, "2023-2024", CORRECTED));
    DatabaseStatus status;
    StoreCheck check;
    import_fixture_need(
        f, database_check(f->arena, PACKS, &f->store->config, &status, &check, f->err));
    import_fixture_set_day("2024-10-02");
    assert_true(check.last_us == import_fixture_now);
    import_fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_database_judges_as_the_table_does),
        ON_BOTH(the_same_again_changes_nothing),
        ON_BOTH(the_same_after_another_table_is_news),
        ON_BOTH(a_trial_tells_and_changes_nothing),
        ON_BOTH(a_later_document_counts_cell_by_cell),
        ON_BOTH(a_second_table_brings_other_columns_and_schools),
        ON_BOTH(stages_in_columns_say_the_same_as_stages_in_rows),
        ON_BOTH(an_earlier_year_moves_the_opening_back),
        ON_BOTH(what_a_table_says_of_schools_holds_from_its_first_day),
        cmocka_unit_test(every_table_is_accepted_or_refused_as_written),
        ON_BOTH(a_form_or_period_that_is_none_is_refused),
        ON_BOTH(what_is_taken_back_leaves_things_as_they_were),
        ON_BOTH(schools_that_only_a_batch_knew_go_with_it),
        ON_BOTH(a_batch_that_others_rest_on_stays),
        ON_BOTH(what_is_said_anew_of_schools_is_counted),
        ON_BOTH(an_earlier_year_needs_what_a_new_school_needs),
        ON_BOTH(a_school_has_no_figures_from_the_day_of_its_end),
        ON_BOTH(every_state_can_be_had_again),
        ON_BOTH(last_year_stays_as_it_was),
        ON_BOTH(a_clock_set_back_does_not_mix_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
