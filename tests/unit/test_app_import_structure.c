/*
 * The figures of a period by the schools of another day, townships and groups, and batches of several
 * entries. What a merged school should have is a table in which its rows were added up by hand.
 */
#include "import_fixture.h"

static Str plain_dump(ImportFixture *f, const char *period, const char *table)
{
    return import_fixture_dump_view(f, (View){.period = period, .table = table});
}

/* ---- schools of another day ---- */

/* 乙校 in 甲校, 戊校 in 丁校; 丁校's rooms and equipment are those of its stages together. */
#define MERGED                                                                   \
    HEAD "2162900001,甲校,620702,小学,7,主城区,,300,14,700,70.5\n"        \
         "2162900003,丙校,620721,初级中学,7,主城区,,300,20,500,80\n"    \
         "2162900004,丁学校,620721,九年一贯制学校,7,,小学,120,8,,\n" \
         "2162900004,丁学校,620721,九年一贯制学校,7,,初中,60,,,\n"   \
         "2162900004,丁学校,620721,九年一贯制学校,7,,,,,,5.1234\n"

static void merge_all(ImportFixture *f)
{
    (void)import_fixture_take(f, "2023-2024", TABLE);
    import_fixture_merge(f, "2162900002", "2162900001", "2024-08-01");
    import_fixture_merge(f, "2162900005", "2162900004", "2024-08-01");
    import_fixture_move(f, "2162900003", "620721", "2024-08-01");
    import_fixture_rename(f, "2162900004", "丁学校", "2024-08-01");
}

static void figures_of_merged_schools_go_to_their_successors(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    merge_all(f);
    View view = {.period = "2023-2024", .structure = "2024-09-01"};
    assert_same_dump(import_fixture_dump_view(f, view), plain_dump(f, "2023-2024", MERGED));
    view.structure = "2024-07-31"; /* the day before */
    assert_same_dump(import_fixture_dump_view(f, view), plain_dump(f, "2023-2024", TABLE));
    view.structure = "2023-09-01";
    assert_same_dump(import_fixture_dump_view(f, view), plain_dump(f, "2023-2024", TABLE));
    import_fixture_free(f);
}

/* 甲校 has left its teachers blank, 乙校 its equipment. */
static void a_sum_of_which_a_part_is_not_known_is_not_known(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024",
                              HEAD "2162900001,甲校,620702,小学,7,主城区,,100,,300,20\n"
                                   "2162900002,乙校,620702,小学,7,镇中心区,,200,9,400,\n");
    import_fixture_merge(f, "2162900002", "2162900001", "2024-08-01");
    View view = {.period = "2023-2024", .structure = "2024-09-01"};
    assert_same_dump(
        import_fixture_dump_view(f, view),
        plain_dump(f, "2023-2024", HEAD "2162900001,甲校,620702,小学,7,主城区,,300,,700,\n"));
    import_fixture_free(f);
}

static void mergers_lead_on_to_the_last(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", HEAD SCHOOL_1 SCHOOL_2 SCHOOL_3);
    import_fixture_open(f, "school", "2162900020", "新校", "620702", "2024-08-01");
    import_fixture_merge(f, "2162900001", "2162900002", "2024-08-01");
    import_fixture_merge(f, "2162900002", "2162900020", "2025-08-01");
    View view = {.period = "2023-2024", .structure = "2025-09-01"};
    assert_same_dump(import_fixture_dump_view(f, view),
                     plain_dump(f, "2023-2024",
                                HEAD "2162900020,新校,620702,小学,7,,,300,14,700,70.5\n" SCHOOL_3));
    import_fixture_free(f);
}

static void the_year_before_is_joined_by_the_schools_of_this_year(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    merge_all(f);
    (void)import_fixture_take(f, "2024-2025", HEAD SCHOOL_1);
    const EvaluationRequest request = {.packs = PACKS,
                                       .standard = STR("demo"),
                                       .store = &f->store->config,
                                       .until = FACTS_ALL,
                                       .structure = STR("2024-09-01"),
                                       .period = STR("2023-2024")};
    Evaluation evaluation;
    import_fixture_need(f, evaluation_open(f->arena, &request, &evaluation, f->err));
    StrBuf out;
    strbuf_init(&out, f->arena);
    import_fixture_add_dataset(&out, evaluation.dataset);
    StrBuf want;
    strbuf_init(&want, f->arena);
    const EvaluationRequest plain = {.packs = PACKS,
                                     .standard = STR("demo"),
                                     .table = import_fixture_file(f, MERGED),
                                     .period = STR("2023-2024")};
    import_fixture_need(f, evaluation_open(f->arena, &plain, &evaluation, f->err));
    import_fixture_add_dataset(&want, evaluation.dataset);
    assert_same_dump(strbuf_str(&out), strbuf_str(&want));
    import_fixture_free(f);
}

static void a_county_that_was_renamed_or_coded_anew_is_that_of_the_day(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    OrgRequest request = import_fixture_event(f, EVENT_CHANGE, "620721", "2024-06-01");
    request.name = STR("肃南区");
    request.code = STR("620703");
    import_fixture_enter(f, &request);
    ImportResult result;
    assert_false(import_fixture_try(f, "2024-2025", HEAD SCHOOL_5, &result)); /* the old code */
    assert_text(import_fixture_said(f), "ERR_FLAT_REGION");
    result = import_fixture_take(f, "2024-2025", HEAD "2162900005,戊校,620703,小学,10,,,40,2,,5\n");
    assert_int_equal(result.opened + result.restated, 0);
    assert_int_equal(result.missing, 1); /* 丁校 */
    assert_same_dump(import_fixture_dump(f, "2023-2024"), plain_dump(f, "2023-2024", TABLE));
    import_fixture_free(f);
}

/* ---- townships and groups ---- */

static Str dump_of(ImportFixture *f, const char *unit, const char *structure)
{
    return import_fixture_dump_view(
        f, (View){.period = "2023-2024", .unit = unit, .structure = structure});
}

static size_t schools_in(Str dump)
{
    size_t count = 0;
    for (Str line; next_line(&dump, &line);)
        count += str_starts_with(line, STR("21629"));
    return count;
}

static void a_township_has_the_schools_below_it(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    import_fixture_open(f, "township", "620702001", "某乡", "620702", "2020-01-01");
    import_fixture_move(f, "2162900001", "620702001", "2023-09-01");
    import_fixture_move(f, "2162900002", "某乡", "2024-08-01");
    Str dump = dump_of(f, "620702001", NULL);
    assert_int_equal(schools_in(dump), 1);
    assert_true(str_starts_with(dump, STR("2162900001 甲校 620702001 ")));
    assert_true(str_equals(dump_of(f, "某乡", NULL), dump));
    assert_int_equal(schools_in(dump_of(f, "620702001", "2024-09-01")), 2);
    /* to the county it makes no difference */
    assert_same_dump(import_fixture_dump(f, "2023-2024"), plain_dump(f, "2023-2024", TABLE));
    import_fixture_free(f);
}

static void member(ImportFixture *f, EventKind kind, const char *unit, const char *date)
{
    OrgRequest request = import_fixture_event(f, kind, "", date);
    const Str other[] = {str_from(unit)};
    request.other = other;
    request.other_count = 1;
    request.group = STR("城关学区");
    import_fixture_enter(f, &request);
}

static void a_group_has_its_members_of_the_day(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    import_fixture_open(f, "group", "", "城关学区", "", "2020-01-01");
    member(f, EVENT_JOIN, "2162900001", "2023-09-01");
    member(f, EVENT_JOIN, "2162900005", "2023-09-01"); /* of another county */
    member(f, EVENT_JOIN, "2162900003", "2024-01-01");
    member(f, EVENT_LEAVE, "2162900001", "2024-02-01");
    assert_int_equal(schools_in(dump_of(f, "城关学区", NULL)), 2);
    assert_int_equal(schools_in(dump_of(f, "城关学区", "2024-01-31")), 3);
    Str dump = dump_of(f, "城关学区", "2024-02-01");
    assert_int_equal(schools_in(dump), 2);
    assert_true(str_contains(dump, STR("2162900003")) && str_contains(dump, STR("2162900005")));
    import_fixture_free(f);
}

/* ---- batches of several entries ---- */

typedef struct Parts {
    ImportFixture *f;
    uint32_t count;
    uint32_t given; /* how many of them are appended */
} Parts;

static double *numbers(Arena *arena, double value)
{
    double *number = ARENA_NEW(arena, double);
    *number = value;
    return number;
}

static DocumentColumn column_of(Arena *arena, const char *id, double value)
{
    return (DocumentColumn){
        .id = str_from(id), .place = DOCUMENT_NO_PLACE, .number = numbers(arena, value)};
}

/* Each part is one school of one row, written as doc/format.md has it. */
static bool append_parts(Store *store, void *ctx, Err *err)
{
    const Parts *parts = ctx;
    Arena *arena = parts->f->arena;
    uint64_t seq = store_head(store).seq + 1;
    for (uint32_t i = 0; i < parts->given; i++) {
        Str name[] = {STR("校")}, stage[] = {STR("primary")};
        DocumentColumn column[] = {
            column_of(arena, "unit", (double)org_id(seq, i + 1)),
            column_of(arena, "parent", (double)org_id(1, 12)),
            column_of(arena, "code", 2162900100.0 + i),
            column_of(arena, "type", 211),
            column_of(arena, "runner", 7),
            {.id = STR("name"), .is_text = true, .text = name},
            {.id = STR("stage"), .is_text = true, .text = stage},
            {.id = STR("students"), .header = STR("在校生数"), .number = numbers(arena, 100 + i)}};
        const Document document = {.form = STR("school-year"),
                                   .file = STR("parts.csv"),
                                   .digest = {9},
                                   .chunk = i,
                                   .chunk_count = parts->count,
                                   .row_count = 1,
                                   .column_count = sizeof column / sizeof *column,
                                   .column = column};
        StrBuf body;
        strbuf_init(&body, arena);
        document_format(&body, &document);
        const EntryDraft draft = {.author = STR("测试"),
                                  .kind = STR("document"),
                                  .period = STR("2023-2024"),
                                  .body = strbuf_str(&body)};
        if (!store_append(store, &draft, NULL, err))
            return false;
    }
    return true;
}

static Facts *facts_until(ImportFixture *f, uint64_t seq)
{
    Core *core;
    Facts *facts;
    FactsUntil until = FACTS_ALL;
    until.seq = seq;
    import_fixture_need(f, pack_load_core(f->arena, PACKS, &core, f->err));
    import_fixture_need(
        f, facts_load(f->arena, core, store_fixture_open(f->store), until, &facts, f->err));
    return facts;
}

static void a_batch_counts_whole_or_not_at_all(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    Str before = import_fixture_dump(f, "2023-2024");
    Parts parts = {f, 3, 3};
    import_fixture_need(f, store_write(store_fixture_open(f->store), append_parts, &parts, f->err));
    Str after = import_fixture_dump(f, "2023-2024");
    assert_int_equal(schools_in(after), 5 + 3);
    for (uint64_t seq = 2; seq <= 5; seq++) {
        View view = {.period = "2023-2024", .until = {.seq = seq, .day = DATE_MAX}};
        assert_same_dump(import_fixture_dump_view(f, view), seq < 5 ? before : after);
    }
    assert_int_equal(facts_until(f, 4)->batches.ptr[1].chunks.len, 2);
    Facts *facts = facts_until(f, UINT64_MAX);
    assert_int_equal(facts->batches.len, 2);
    assert_int_equal(facts->batches.ptr[1].seq, 3);
    assert_int_equal(facts->batches.ptr[1].last_seq, 5);
    assert_int_equal(facts->batches.ptr[1].row_count, 3);
    import_fixture_undo(f, 3);
    assert_same_dump(import_fixture_dump(f, "2023-2024"), before);
    import_fixture_free(f);
}

static bool append_nonsense(Store *store, void *ctx, Err *err)
{
    return store_append(store, ctx, NULL, err);
}

/* Entries whose chain holds, but which mean nothing: check names them. */
static void what_cannot_be_understood_is_named(void **state)
{
    static const EntryDraft DRAFTS[] = {
        {.author = {"x", 1}, .kind = STR_INIT("document"), .body = STR_INIT("no document")},
        {.author = {"x", 1}, .kind = STR_INIT("undo"), .subject = 7},
        {.author = {"x", 1}, .kind = STR_INIT("divisions"), .body = STR_INIT("\1\1\0")},
        {.author = {"x", 1}, .kind = STR_INIT("unit.open"), .body = STR_INIT("")},
        {.author = {"x", 1}, .kind = STR_INIT("unit.levitate"), .body = STR_INIT("")},
    };
    for (size_t i = 0; i < sizeof DRAFTS / sizeof *DRAFTS; i++) {
        ImportFixture *f = import_fixture_new(kind_of(state));
        EntryDraft draft = DRAFTS[i];
        DatabaseStatus status;
        StoreCheck check;
        import_fixture_need(
            f, store_write(store_fixture_open(f->store), append_nonsense, &draft, f->err));
        import_fixture_need(f,
                            database_verify(f->arena, &f->store->config, &status, &check, f->err));
        assert_false(database_check(f->arena, PACKS, &f->store->config, &status, &check, f->err));
        assert_text(import_fixture_said(f), "ERR_FACTS_ENTRY");
        import_fixture_free(f);
    }
}

/* ---- both databases ---- */

static Str bytes_of(ImportFixture *f, const char *path)
{
    Str bytes;
    import_fixture_need(f, file_read(f->arena, path, 1 << 26, &bytes, f->err));
    return bytes;
}

static Str backup(ImportFixture *f, const char *name)
{
    BackupInfo info;
    char *path = str_cstr(f->arena, store_fixture_path(f->store, name));
    import_fixture_need(f, database_backup(f->arena, &f->store->config, path, &info, f->err));
    return bytes_of(f, path);
}

/* The same store on the other database: its id, its key and what stands in it so far. */
static ImportFixture *copy_to_postgres(ImportFixture *f)
{
    ImportFixture *copy = import_fixture_empty(ON_POSTGRES);
    SidePaths from, to;
    BackupInfo info;
    import_fixture_need(f, side_paths(f->arena, &f->store->config, &from, f->err));
    import_fixture_need(copy, side_paths(copy->arena, &copy->store->config, &to, copy->err));
    import_fixture_need(copy, file_save(to.key, bytes_of(f, from.key), copy->err));
    (void)backup(f, "first.jhb");
    char *path = str_cstr(f->arena, store_fixture_path(f->store, "first.jhb"));
    import_fixture_need(
        copy, database_restore(copy->arena, &copy->store->config, path, false, &info, copy->err));
    return copy;
}

static void run_story(ImportFixture *f)
{
    import_fixture_set_day("2024-10-01");
    merge_all(f);
    import_fixture_set_day("2024-10-02");
    import_fixture_open(f, "school", "2162900020", "新校", "620702", "2024-08-01");
    ImportResult result = import_fixture_take(
        f, "2024-2025", HEAD SCHOOL_1 "2162900020,新校,620702,小学,7,,,9,1,,\n");
    (void)import_fixture_take(f, "2022-2023", TABLE);
    import_fixture_undo(f, result.batch);
    (void)import_fixture_take(f, "2024-2025", HEAD SCHOOL_1);
}

static void both_databases_come_to_the_same(void **state)
{
    (void)state;
    ImportFixture *on_sqlite = import_fixture_new(ON_SQLITE);
    ImportFixture *on_postgres = copy_to_postgres(on_sqlite);
    run_story(on_sqlite);
    run_story(on_postgres);
    static const char *const PERIODS[] = {"2022-2023", "2023-2024", "2024-2025"};
    for (size_t i = 0; i < 3; i++)
        assert_same_dump(import_fixture_dump(on_sqlite, PERIODS[i]),
                         import_fixture_dump(on_postgres, PERIODS[i]));
    assert_true(str_equals(backup(on_sqlite, "last.jhb"), backup(on_postgres, "last.jhb")));
    import_fixture_free(on_sqlite);
    import_fixture_free(on_postgres);
}

/* ---- nobody is there ---- */

static bool try_view(ImportFixture *f, const char *unit, const char *structure)
{
    const EvaluationRequest request = {.packs = PACKS,
                                       .standard = STR("demo"),
                                       .store = &f->store->config,
                                       .until = FACTS_ALL,
                                       .structure = str_from(structure),
                                       .unit = str_from(unit),
                                       .period = STR("2023-2024")};
    Evaluation evaluation;
    return evaluation_open(f->arena, &request, &evaluation, f->err);
}

static void a_group_or_day_without_schools_is_refused(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    import_fixture_open(f, "group", "", "空学区", "", "2023-09-01");
    import_fixture_open(f, "township", "620702001", "空乡", "620702", "2023-09-01");
    assert_false(try_view(f, "", "2023-08-31"));
    assert_text(import_fixture_said(f), "ERR_FACTS_NO_SCHOOLS");
    assert_false(try_view(f, "空学区", ""));
    assert_text(import_fixture_said(f), "ERR_FACTS_NO_SCHOOLS");
    assert_false(try_view(f, "空乡", "2024-09-01"));
    assert_text(import_fixture_said(f), "ERR_FACTS_NO_SCHOOLS");
    import_fixture_free(f);
}

/* ---- events taken back ---- */

static void undo_is_refused(ImportFixture *f, uint64_t seq, const char *want)
{
    UndoResult result;
    uint64_t head = import_fixture_head(f);
    assert_false(undo_run(f->arena, PACKS, &f->store->config, seq, STR("测试"), &result, f->err));
    assert_text(import_fixture_said(f), want);
    assert_int_equal(import_fixture_head(f), head);
}

/* Whatever it was, it is as if it had not been; but as of an earlier entry it still is. */
static void an_event_that_is_taken_back_has_not_been(void **state)
{
    enum { EVENTS = 4 };
    static const View LATE = {.period = "2023-2024", .structure = "2024-09-01"};
    for (int i = 0; i < EVENTS; i++) {
        ImportFixture *f = import_fixture_new(kind_of(state));
        (void)import_fixture_take(f, "2023-2024", TABLE);
        Str before = import_fixture_dump_view(f, LATE);
        if (i == 0)
            import_fixture_merge(f, "2162900001", "2162900002", "2024-03-01");
        else if (i == 1)
            import_fixture_close(f, "2162900003", "2024-03-01");
        else if (i == 2)
            import_fixture_rename(f, "2162900001", "甲小学", "2024-03-01");
        else
            import_fixture_move(f, "2162900001", "620721", "2024-03-01");
        Str after = import_fixture_dump_view(f, LATE);
        assert_false(str_equals(before, after));
        import_fixture_undo(f, 3);
        assert_same_dump(import_fixture_dump_view(f, LATE), before);
        View then = LATE;
        then.until = (FactsUntil){.seq = 3, .day = DATE_MAX};
        assert_same_dump(import_fixture_dump_view(f, then), after);
        undo_is_refused(f, 3, "ERR_UNDO_TWICE");
        undo_is_refused(f, 4, "ERR_UNDO_NONE"); /* taking back is not taken back */
        import_fixture_free(f);
    }
}

static void an_event_that_others_rest_on_stays(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2023-2024", TABLE);
    import_fixture_open(f, "township", "620702001", "某乡", "620702", "2023-09-01");  /* 3 */
    import_fixture_move(f, "2162900001", "某乡", "2023-10-01");                       /* 4 */
    import_fixture_close(f, "2162900003", "2024-03-01");                              /* 5 */
    import_fixture_open(f, "school", "2162900003", "新丙校", "620702", "2024-09-01"); /* 6 */
    (void)import_fixture_take(
        f, "2024-2025", HEAD "2162900003,新丙校,620702,小学,7,主城区,,300,20,500,80\n"); /* 7 */
    undo_is_refused(f, 3, "ERR_UNDO_EVENT_NEEDED"); /* 甲校 stands below it */
    undo_is_refused(f, 5, "ERR_UNDO_EVENT_NEEDED"); /* its code has gone to another */
    Str later = import_fixture_dump(f, "2024-2025");
    import_fixture_undo(f, 4);
    import_fixture_undo(f, 3);
    assert_same_dump(import_fixture_dump(f, "2024-2025"), later);
    DatabaseStatus status;
    StoreCheck check;
    import_fixture_need(
        f, database_check(f->arena, PACKS, &f->store->config, &status, &check, f->err));
    import_fixture_free(f);
}

/* A batch came in while the school was merged; afterwards it is there again, and has reported nothing. */
static void a_school_may_come_back_without_figures(void **state)
{
    ImportFixture *f = import_fixture_new(kind_of(state));
    (void)import_fixture_take(f, "2022-2023", TABLE);
    import_fixture_merge(f, "2162900001", "2162900002", "2023-03-01");
    (void)import_fixture_take(f, "2023-2024", HEAD SCHOOL_2 SCHOOL_3 SCHOOL_4 SCHOOL_5);
    assert_int_equal(schools_in(import_fixture_dump(f, "2023-2024")), 4);
    import_fixture_undo(f, 3);
    assert_int_equal(schools_in(import_fixture_dump(f, "2023-2024")), 5);
    (void)import_fixture_take(f, "2023-2024", HEAD SCHOOL_1);
    assert_same_dump(import_fixture_dump(f, "2023-2024"),
                     import_fixture_dump_view(f, (View){.period = "2023-2024", .table = TABLE}));
    import_fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(figures_of_merged_schools_go_to_their_successors),
        ON_BOTH(a_sum_of_which_a_part_is_not_known_is_not_known),
        ON_BOTH(mergers_lead_on_to_the_last),
        ON_BOTH(the_year_before_is_joined_by_the_schools_of_this_year),
        ON_BOTH(an_event_that_is_taken_back_has_not_been),
        ON_BOTH(an_event_that_others_rest_on_stays),
        ON_BOTH(a_school_may_come_back_without_figures),
        ON_BOTH(a_county_that_was_renamed_or_coded_anew_is_that_of_the_day),
        ON_BOTH(a_township_has_the_schools_below_it),
        ON_BOTH(a_group_has_its_members_of_the_day),
        ON_BOTH(a_group_or_day_without_schools_is_refused),
        ON_BOTH(a_batch_counts_whole_or_not_at_all),
        ON_BOTH(what_cannot_be_understood_is_named),
        cmocka_unit_test(both_databases_come_to_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
