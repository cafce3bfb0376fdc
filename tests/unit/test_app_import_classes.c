/*
 * Class lists in the database: what they fill, what they must not contradict, and that nothing of them is
 * half accepted. The expected figures are those of the tables of import_fixture.h judged as files; of
 * tests/packs only 在校生数 is an item, so the other two are in tests/scripts/class_import.sh.
 */
#include "import_fixture.h"

#include "app/live.h"

/* TABLE without the pupils of 甲校 and of both stages of 丁校. */
#define BLANK                                                                  \
    HEAD "2162900001,甲校,620702,小学,7,主城区,,,5,300,20\n" SCHOOL_2 SCHOOL_3 \
         "2162900004,丁校,620721,九年一贯制学校,7,,小学,,6,,\n"     \
         "2162900004,丁校,620721,九年一贯制学校,7,,初中,,,,\n"      \
         "2162900004,丁校,620721,九年一贯制学校,7,,,,,600,0.1234\n" SCHOOL_5

#define LIST_HEAD "学校代码,学段,班级,人数\n"
/* Together the pupils of TABLE: 100, 80 and 60. */
#define LIST                                                         \
    LIST_HEAD "2162900001,,一(1),40\n2162900004,初中,七(1),35\n" \
              "2162900001,,一(2),60\n2162900004,小学,二(1),80\n2162900004,初中,七(2),25\n"

static Str table_dump(ImportFixture *f)
{
    return import_fixture_dump_view(f, (View){.period = "2023-2024", .table = TABLE});
}

static ImportResult take(ImportFixture *f, const char *table)
{
    return import_fixture_take(f, "2023-2024", table);
}

static void refused(ImportFixture *f, const char *table, const char *codes)
{
    ImportResult result;
    uint64_t head = import_fixture_head(f);
    assert_false(import_fixture_try(f, "2023-2024", table, &result));
    assert_text(import_fixture_said(f), codes);
    assert_int_equal(import_fixture_head(f), head);
}

static void a_list_fills_what_the_table_leaves_blank(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)take(f, BLANK);
    Str blank = import_fixture_dump(f, "2023-2024");
    ImportResult result = take(f, LIST);
    assert_text(result.form, "class-list");
    assert_int_equal(result.schools, 2);
    assert_int_equal(result.classes, 5);
    assert_int_equal(result.pupils, 240);
    assert_int_equal(result.cells.added, 3);
    assert_int_equal(result.cells.same + result.cells.changed + result.cells.blanked, 0);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), table_dump(f));
    assert_same_dump(import_fixture_dump(f, "2023-2024"), table_dump(f)); /* from the cache */
    const FactsUntil before = {.seq = 2, .day = DATE_MAX};
    assert_same_dump(import_fixture_dump_view(f, (View){.period = "2023-2024", .until = before}),
                     blank);
    import_fixture_undo(f, 3);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), blank);
    import_fixture_free(f);
}

static void a_list_may_come_before_its_table(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2022-2023", TABLE); /* the schools are known */
    ImportResult result = take(f, LIST);
    assert_int_equal(result.cells.added, 3);
    result = take(f, BLANK);
    assert_int_equal(result.batch, 4);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), table_dump(f));
    import_fixture_free(f);
}

static void the_same_list_again_changes_nothing(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)take(f, TABLE);
    assert_int_equal(take(f, LIST).cells.same, 3);
    ImportResult again = take(f, LIST);
    assert_true(again.is_repeated);
    assert_int_equal(again.batch, 3);
    assert_int_equal(import_fixture_head(f), 3);
    import_fixture_free(f);
}

static void a_table_and_a_list_that_differ_are_not_taken_together(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    const char *other = LIST_HEAD "2162900001,,一(1),99\n2162900004,小学,二(1),81\n";
    (void)take(f, TABLE);
    refused(f, other, "ERR_CLASS_DIFFERS ERR_CLASS_DIFFERS");
    import_fixture_undo(f, 2);
    import_fixture_free(f);

    f = import_fixture_new(kind_of(state));
    (void)take(f, BLANK);
    (void)take(f, LIST);
    refused(f,
            TABLE
            "2162900006,己校,620721,小学,7,,,7,2,,5\n2162900001,甲校,620702,小学,7,主城区,,,,,\n",
            "ERR_FLAT_DUPLICATE");
    refused(f, HEAD "2162900001,甲校,620702,小学,7,主城区,,101,5,300,20\n", "ERR_CLASS_DIFFERS");
    (void)take(f, TABLE); /* that one agrees */
    import_fixture_free(f);
}

/* What differs already is no reason to refuse what has nothing to do with it. */
static void an_old_difference_does_not_stand_in_the_way(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)take(f, HEAD "2162900001,甲校,620702,小学,7,主城区,,90,5,300,20\n" SCHOOL_2);
    (void)take(f, HEAD SCHOOL_1);                       /* 100 now counts */
    (void)take(f, LIST_HEAD "2162900001,,一(1),100\n"); /* agrees */
    import_fixture_undo(f, 3);                          /* 90 again */
    (void)take(f, HEAD SCHOOL_3);
    (void)take(f, LIST_HEAD "2162900003,,七(1),300\n");
    refused(f, LIST_HEAD "2162900001,,一(1),91\n", "ERR_CLASS_DIFFERS");
    import_fixture_free(f);
}

static void of_two_lists_the_later_counts(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)take(f, BLANK);
    (void)take(f, LIST_HEAD "2162900001,,一(1),41\n2162900004,小学,二(1),80\n");
    Str first = import_fixture_dump(f, "2023-2024");
    ImportResult result = take(f, LIST);
    assert_int_equal(result.cells.changed, 1);
    assert_int_equal(result.cells.same, 1);
    assert_int_equal(result.cells.added, 1);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), table_dump(f));
    import_fixture_undo(f, 4);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), first);
    (void)take(f, LIST);
    (void)take(f, TABLE); /* it agrees with the list that counts */
    import_fixture_free(f);
}

static void a_list_is_of_schools_that_there_are(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2022-2023", TABLE);
    import_fixture_close(f, "2162900005", "2023-01-01");
    refused(f,
            LIST_HEAD "2162900099,小学,一(1),40\n2162900005,,一(1),40\n2162900098,小学,一(1),1\n",
            "ERR_IMPORT_CLASSES_OF ERR_IMPORT_CLOSED ERR_IMPORT_CLASSES_OF");
    refused(f, LIST_HEAD "2162900001,初中,七(1),40\n", "ERR_FLAT_STAGE");
    refused(f, LIST_HEAD "2162900004,,七(1),40\n", "ERR_CLASS_STAGE");
    import_fixture_free(f);
}

/* Not one of them is in the database, wherever it is kept: the list of pupils becomes the list of classes. */
static void pupils_are_only_counted(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    StrBuf pupils;
    strbuf_init(&pupils, f->arena);
    strbuf_add(&pupils, STR("学校代码,学段,班级,姓名\n"));
    static const struct {
        const char *key;
        int count;
    } CLASSES[] = {{"2162900001,,一(1)", 40},
                   {"2162900004,初中,七(1)", 35},
                   {"2162900001,,一(2)", 60},
                   {"2162900004,小学,二(1)", 80},
                   {"2162900004,初中,七(2)", 25}};
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++)
        for (int k = 0; k < CLASSES[i].count; k++)
            strbuf_addf(&pupils, "%s,编造的名字%d\n", CLASSES[i].key, k);
    (void)take(f, BLANK);
    (void)take(f, str_cstr(f->arena, strbuf_str(&pupils)));
    assert_same_dump(import_fixture_dump(f, "2023-2024"), table_dump(f));
    assert_true(take(f, LIST).is_repeated); /* it says the same, so it is the same */
    import_fixture_free(f);
}

static void a_merged_school_brings_its_pupils(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)take(f, BLANK);
    (void)take(f, LIST);
    Str before = import_fixture_dump(f, "2023-2024");
    import_fixture_merge(f, "2162900001", "2162900002", "2024-09-01");
    assert_same_dump(import_fixture_dump(f, "2023-2024"), before);
    const View merged = {.period = "2023-2024", .structure = "2024-09-01"};
    Str dump = import_fixture_dump_view(f, merged);
    char *after = strndup(dump.ptr, dump.len);
    assert_non_null(after);
    import_fixture_free(f);
    f = import_fixture_new(kind_of(state));
    (void)take(f, TABLE);
    import_fixture_merge(f, "2162900001", "2162900002", "2024-09-01");
    assert_same_dump(str_from(after), import_fixture_dump_view(f, merged));
    import_fixture_free(f);
    free(after);
}

/* A correction counts before the list; made blank, the list would count again, so that is refused. */
static void a_correction_counts_before_the_list(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)take(f, BLANK);
    (void)take(f, LIST);
    (void)import_fixture_dump(f, "2023-2024"); /* writes the cache */
    const EvaluationRequest request = {.packs = PACKS,
                                       .standard = STR("demo"),
                                       .store = &f->store->config,
                                       .until = FACTS_ALL,
                                       .period = STR("2023-2024")};
    Live *live;
    uint32_t region;
    LiveEdit edit = {
        .school = STR("2162900001"), .item = STR("在校生数"), .value = NAN, .author = STR("测试")};
    import_fixture_need(f, live_open(f->arena, &request, &live, f->err));
    assert_false(live_edit(live, &edit, &region, f->err));
    assert_text(import_fixture_said(f), "ERR_CHANGE_CLASSES");
    edit.value = 77;
    import_fixture_need(f, live_edit(live, &edit, &region, f->err));
    Str patched = import_fixture_dump(f, "2023-2024"); /* the cache, and the correction behind it */
    const FactsUntil all = {.seq = import_fixture_head(f), .day = DATE_MAX};
    assert_same_dump(import_fixture_dump_view(f, (View){.period = "2023-2024", .until = all}),
                     patched);
    import_fixture_free(f);
}

/* The schools of a list are those of some table: they stay as long as it does. */
static void a_table_stays_while_a_list_rests_on_its_schools(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    UndoResult result;
    (void)take(f, BLANK);
    (void)take(f, LIST);
    assert_false(undo_run(f->arena, PACKS, &f->store->config, 2, STR("测试"), &result, f->err));
    assert_text(import_fixture_said(f), "ERR_UNDO_NEEDED");
    assert_int_equal(import_fixture_head(f), 3);
    import_fixture_undo(f, 3);
    import_fixture_undo(f, 2);
    (void)take(f, BLANK);
    (void)take(f, LIST);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), table_dump(f));
    import_fixture_free(f);
}

/* A blank of the table is no news where a list says the number. */
static void a_blank_before_a_list_is_not_told_as_one(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2022-2023", TABLE);
    (void)take(f, LIST);
    ImportResult result = take(f, BLANK);
    assert_int_equal(result.cells.blanked, 0);
    assert_int_equal(result.cells.same, 3);
    import_fixture_free(f);
}

/* Lists alone are figures of schools, too. */
static void a_period_may_have_lists_only(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2022-2023", TABLE);
    (void)take(f, LIST);
    Str dump = import_fixture_dump(f, "2023-2024");
    assert_non_null(memmem(dump.ptr, dump.len, " 100 ", 5));     /* 甲校 */
    assert_same_dump(import_fixture_dump(f, "2023-2024"), dump); /* from the cache */
    import_fixture_undo(f, 3);
    (void)take(f, BLANK);
    import_fixture_undo(f, 5);
    ImportResult result = take(f, LIST);
    assert_int_equal(result.batch, 7);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), dump);
    import_fixture_free(f);
}

static bool append_draft(Store *store, void *ctx, Err *err)
{
    return store_append(store, ctx, NULL, err);
}

/* A document of one class, of which a number is given, or (id NULL) the column left out. */
static Str body_of(ImportFixture *f, const char *wrong, double value)
{
    enum { NUMBERS = 3 };
    static const char *const IDS[NUMBERS] = {"unit", "line", "pupils"};
    DocumentColumn column[NUMBERS + 1] = {0};
    double number[NUMBERS] = {1048577, 2, 40};
    Str stage = strcmp(wrong, "stage") == 0 ? STR("") : STR("primary");
    Document document = {.form = FORM_CLASSES, .chunk_count = 1, .row_count = 1, .column = column};
    StrBuf body;
    strbuf_init(&body, f->arena);
    for (int i = 0; i < NUMBERS; i++) {
        bool is_wrong = strcmp(IDS[i], wrong) == 0;
        if (is_wrong && value == -1)
            continue; /* left out */
        number[i] = is_wrong ? value : number[i];
        column[document.column_count++] = (DocumentColumn){
            .id = str_from(IDS[i]), .place = DOCUMENT_NO_PLACE, .number = &number[i]};
    }
    if (strcmp(wrong, "stage") != 0 || value == 0)
        column[document.column_count++] = (DocumentColumn){
            .id = STR("stage"), .place = DOCUMENT_NO_PLACE, .is_text = true, .text = &stage};
    document_format(&body, &document);
    return strbuf_str(&body);
}

/* As only another program could write them. */
static void what_is_no_list_is_named(void **state)
{
    static const struct {
        const char *wrong;
        double value;
        bool is_good;
    } CASES[] = {{"", 0, true},
                 {"unit", -1, false},
                 {"unit", 0, false},
                 {"unit", NAN, false},
                 {"line", -1, false},
                 {"line", NAN, false},
                 {"line", 4294967296, false},
                 {"pupils", -1, false},
                 {"pupils", -2, false},
                 {"pupils", NAN, false},
                 {"pupils", 4294967296, false},
                 {"stage", 0, false},
                 {"stage", -1, false}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ImportFixture *f = import_fixture_new(kind_of(state));
        EntryDraft draft = {.author = STR("x"),
                            .kind = STR("document"),
                            .period = STR("2023-2024"),
                            .body = body_of(f, CASES[i].wrong, CASES[i].value)};
        DatabaseStatus status;
        StoreCheck check;
        import_fixture_need(
            f, store_write(store_fixture_open(f->store), append_draft, &draft, f->err));
        assert_int_equal(
            database_check(f->arena, PACKS, &f->store->config, &status, &check, f->err),
            CASES[i].is_good);
        assert_text(import_fixture_said(f), CASES[i].is_good ? "" : "ERR_FACTS_ENTRY");
        import_fixture_free(f);
    }
}

static bool import_once(ImportFixture *f, const char *path, Trace *trace)
{
    CLEANUP(arena_done) Arena arena;
    StoreConfig config = f->store->config;
    ImportResult result;
    config.trace = trace;
    const ImportRequest request = {.packs = PACKS,
                                   .store = &config,
                                   .path = path,
                                   .period = STR("2023-2024"),
                                   .author = STR("测试")};
    arena_init(&arena);
    return import_run(&arena, &request, &result, f->err);
}

static void a_fault_at_any_operation_leaves_all_or_nothing(void **state)
{
    for (size_t at = 1, is_done = 0; !is_done; at++) {
        ImportFixture *f = import_fixture_new(kind_of(state));
        (void)take(f, BLANK);
        char *path = import_fixture_file(f, LIST);
        Trace trace = {.at = at, .fault = TRACE_FAIL_BEFORE};
        is_done = import_once(f, path, &trace);
        assert_true(!is_done || at > 5);
        (void)import_fixture_said(f);
        assert_int_equal(import_fixture_head(f), is_done ? 3 : 2);
        import_fixture_need(f, import_once(f, path, NULL));
        assert_int_equal(import_fixture_head(f), 3);
        assert_same_dump(import_fixture_dump(f, "2023-2024"), table_dump(f));
        import_fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_list_fills_what_the_table_leaves_blank),
        ON_BOTH(a_list_may_come_before_its_table),
        ON_BOTH(the_same_list_again_changes_nothing),
        ON_BOTH(a_table_and_a_list_that_differ_are_not_taken_together),
        ON_BOTH(an_old_difference_does_not_stand_in_the_way),
        ON_BOTH(of_two_lists_the_later_counts),
        ON_BOTH(a_list_is_of_schools_that_there_are),
        ON_BOTH(pupils_are_only_counted),
        ON_BOTH(a_merged_school_brings_its_pupils),
        ON_BOTH(a_correction_counts_before_the_list),
        ON_BOTH(a_table_stays_while_a_list_rests_on_its_schools),
        ON_BOTH(a_blank_before_a_list_is_not_told_as_one),
        ON_BOTH(a_period_may_have_lists_only),
        ON_BOTH(what_is_no_list_is_named),
        ON_BOTH(a_fault_at_any_operation_leaves_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
