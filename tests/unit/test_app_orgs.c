/* What happens to units as people enter it: tests/golden/units.txt. */
#include "import_fixture.h"

static Str next_word(Str *rest)
{
    Str trimmed = str_trim(*rest);
    const char *end = memchr(trimmed.ptr, ' ', trimmed.len);
    size_t len = end ? (size_t)(end - trimmed.ptr) : trimmed.len;
    *rest = str_slice(trimmed, len, trimmed.len);
    return str_slice(trimmed, 0, len);
}

static void set(OrgRequest *request, Str *other, Str key, Str value)
{
    const struct {
        const char *key;
        Str *into;
    } KEYS[] = {{"unit", &request->unit},      {"date", &request->date},
                {"kind", &request->unit_kind}, {"name", &request->name},
                {"code", &request->code},      {"parent", &request->parent},
                {"type", &request->type},      {"runner", &request->runner},
                {"urban", &request->urban},    {"group", &request->group}};
    if (str_equals(key, STR("other"))) {
        other[request->other_count++] = value;
        return;
    }
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        if (str_equals(key, str_from(KEYS[i].key))) {
            *KEYS[i].into = value;
            return;
        }
    fail_msg("no such option: %.*s", STR_ARG(key));
}

/* "close unit=甲校 date=2024-08-01" */
static bool enter_line(ImportFixture *f, Str line, OrgResult *ret)
{
    Str word = next_word(&line);
    EventKind kind = event_find(str_format(f->arena, "unit.%.*s", STR_ARG(word)));
    assert_int_not_equal(kind, EVENT_COUNT);
    OrgRequest request = import_fixture_event(f, kind, "", "");
    Str other[4];
    request.other = other;
    while ((word = next_word(&line)).len) {
        const char *equals = memchr(word.ptr, '=', word.len);
        assert_non_null(equals);
        size_t len = (size_t)(equals - word.ptr);
        set(&request, other, str_slice(word, 0, len), str_slice(word, len + 1, word.len));
    }
    return orgs_enter(f->arena, &request, ret, f->err);
}

static void add_units(StrBuf *out, const OrgResult *result)
{
    const Orgs *orgs = result->facts->orgs;
    for (size_t i = 0; i < result->units.len; i++) {
        uint32_t unit = result->units.ptr[i];
        uint32_t parent = org_parent(orgs, unit, result->date);
        Str code = facts_unit_code(out->arena, result->facts, unit, result->date);
        Str name = org_name(orgs, unit, result->date);
        Str above = parent == ORG_NOT_FOUND ? STR("-") : org_name(orgs, parent, result->date);
        strbuf_addf(out, "entry %llu: %.*s %.*s below %.*s, %s\n", (unsigned long long)result->seq,
                    STR_ARG(code), STR_ARG(name), STR_ARG(above),
                    org_is_open(orgs_get(orgs, unit), result->date) ? "open" : "closed");
    }
}

static void run_case(StrBuf *out, Str *rest)
{
    ImportFixture *f = import_fixture_new(ON_SQLITE);
    (void)import_fixture_take(f, "2023-2024", TABLE);
    uint64_t head = 0;
    bool is_ok = true;
    OrgResult result = {0};
    Str line;
    while (next_line(rest, &line) && !str_equals(line, STR("=>"))) {
        strbuf_addf(out, "%.*s\n", STR_ARG(line));
        if (str_starts_with(line, STR("%%")))
            continue;
        import_fixture_need(f, is_ok);
        head = import_fixture_head(f);
        is_ok = enter_line(f, line, &result);
    }
    strbuf_add(out, STR("=>\n"));
    if (is_ok) {
        add_units(out, &result);
    } else {
        err_format(out, f->err, LANG_ZH);
        err_format(out, f->err, LANG_EN);
        assert_int_equal(import_fixture_head(f), head); /* nothing was entered */
    }
    for (Str after = *rest; next_line(&after, &line) && !str_starts_with(line, STR("%%"));)
        *rest = after;
    import_fixture_free(f);
}

static void every_event_is_entered_or_refused_as_written(void **state)
{
    (void)state;
    assert_true(golden_holds("tests/golden/units.txt", "%%UNIT", run_case));
}

static OrgView look(ImportFixture *f, const char *unit, const char *date)
{
    OrgView view;
    import_fixture_need(f, orgs_view(f->arena, PACKS, &f->store->config, str_from(unit),
                                     str_from(date), FACTS_ALL, &view, f->err));
    return view;
}

static void the_tree_is_that_of_the_day(void **state)
{
    (void)state;
    ImportFixture *f = import_fixture_new(ON_SQLITE);
    (void)import_fixture_take(f, "2023-2024", TABLE);
    import_fixture_move(f, "2162900003", "620721", "2024-08-01");
    import_fixture_close(f, "2162900005", "2024-08-01");
    assert_int_equal(look(f, "", "2024-09-01").below.len, 3); /* provinces */
    assert_int_equal(look(f, "甘肃省", "2024-09-01").below.len, 2);
    assert_int_equal(look(f, "620702", "2024-07-31").below.len, 3);
    assert_int_equal(look(f, "620702", "2024-08-01").below.len, 2);
    assert_int_equal(look(f, "620721", "2024-07-31").below.len, 2);
    assert_int_equal(look(f, "620721", "2024-08-01").below.len, 2);
    assert_int_equal(look(f, "620721", "2023-08-31").below.len, 0);
    import_fixture_set_day("2024-08-02");
    assert_int_equal(look(f, "620702", "").day, look(f, "620702", "2024-08-02").day);
    /* one unit by its code, its name and its id */
    OrgView view = look(f, "2162900005", "2024-07-01");
    int64_t id = orgs_get(view.facts->orgs, view.unit)->id;
    assert_int_equal(look(f, "戊校", "2024-07-01").unit, view.unit);
    assert_int_equal(
        look(f, str_cstr(f->arena, str_format(f->arena, "#%lld", (long long)id)), "2024-09-01")
            .unit,
        view.unit);
    assert_int_equal(look(f, "２１６２９００００５", "2024-07-01").unit, view.unit);
    import_fixture_free(f);
}

/* Where a program of before let it in, or an intruder: told, and not taken for a province. */
static bool append_move(Store *store, void *ctx, Err *err)
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    OrgEvent event = org_event(19950);
    StrBuf body;
    strbuf_init(&body, &arena);
    event.value[ORG_PARENT] = (double)org_id(1, 99);
    event_format(&body, &event);
    (void)ctx;
    const EntryDraft draft = {.author = STR("x"),
                              .kind = STR("unit.change"),
                              .subject = org_id(1, 14),
                              .body = strbuf_str(&body)};
    return store_append(store, &draft, NULL, err);
}

static void divisions_that_hang_in_the_air_are_named(void **state)
{
    (void)state;
    ImportFixture *f = import_fixture_new(ON_SQLITE);
    import_fixture_need(f, store_write(store_fixture_open(f->store), append_move, NULL, f->err));
    ImportResult result;
    (void)import_fixture_take(f, "2023-2024", TABLE);
    assert_false(import_fixture_try(f, "2024-2025", TABLE, &result));
    assert_text(import_fixture_said(f), "ERR_FACTS_TREE");
    import_fixture_free(f);
}

static void kinds_are_found_by_either_name(void **state)
{
    (void)state;
    for (int kind = ORG_PROVINCE; kind <= ORG_GROUP; kind++) {
        assert_int_equal(org_kind_find(org_kind_name((OrgKind)kind, true)), kind);
        assert_int_equal(org_kind_find(org_kind_name((OrgKind)kind, false)), kind);
    }
    assert_int_equal(org_kind_find(STR("")), ORG_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_is_entered_or_refused_as_written),
        cmocka_unit_test(the_tree_is_that_of_the_day),
        cmocka_unit_test(divisions_that_hang_in_the_air_are_named),
        cmocka_unit_test(kinds_are_found_by_either_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
