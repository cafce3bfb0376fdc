/*
 * What doctor finds where the journal itself is not in order: it goes on to whatever can still be looked
 * at, and says each thing in both languages. The states that need no damage: tests/scripts/doctor.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cache_fixture.h"
#include "store_fixture.h"

static Examination examine(CacheWorld *w)
{
    Examination examination;
    doctor_examine(&w->arena, "packs", &w->f->config, &examination);
    size_t bad = 0;
    for (size_t i = 0; i < examination.findings.len; i++) {
        const Finding *finding = &examination.findings.ptr[i];
        bad += finding->health == HEALTH_BAD;
        assert_true(finding->zh && finding->en);
        assert_int_equal(finding->detail_zh.len > 0, finding->detail_en.len > 0);
        assert_int_equal(finding->advice_zh.len > 0, finding->advice_en.len > 0);
        assert_true(finding->health != HEALTH_BAD || finding->detail_en.len > 0);
    }
    assert_int_equal(examination.bad, bad);
    return examination;
}

/* "packs+ opening+ chain of the journal- …" */
static const char *shape_of(CacheWorld *w, const Examination *examination)
{
    static const char SIGN[] = {'+', '~', '-'};
    StrBuf out;
    strbuf_init(&out, &w->arena);
    for (size_t i = 0; i < examination->findings.len; i++)
        strbuf_addf(&out, "%s%s%c", i ? ", " : "", examination->findings.ptr[i].en,
                    SIGN[examination->findings.ptr[i].health]);
    return str_cstr(&w->arena, strbuf_str(&out));
}

static void all_is_well(Kind kind)
{
    CacheWorld *w = cache_world_new(kind);
    Examination examination = examine(w);
    assert_string_equal(shape_of(w, &examination),
                        "packs+, opening+, key file+, disk space+, chain of the journal+, content "
                        "of the entries+, cache~, caches equal the journal+");
    (void)cache_world_judge(w, false, NULL);
    examination = examine(w);
    assert_string_equal(shape_of(w, &examination),
                        "packs+, opening+, key file+, disk space+, chain of the journal+, content "
                        "of the entries+, cache+, caches equal the journal+");
    cache_world_free(w);
}

/* An author replaced: the entry is understood as before, but the chain is broken. */
static void a_changed_entry(Kind kind)
{
    CacheWorld *w = cache_world_new(kind);
    store_fixture_sql(w->f, "UPDATE jh_entry SET author = 'other' WHERE seq = 2");
    Examination examination = examine(w);
    const Finding *chain = NULL;
    for (size_t i = 0; i < examination.findings.len; i++)
        if (strcmp(examination.findings.ptr[i].en, "chain of the journal") == 0)
            chain = &examination.findings.ptr[i];
    assert_non_null(chain);
    assert_int_equal(chain->health, HEALTH_BAD);
    assert_non_null(memmem(chain->detail_en.ptr, chain->detail_en.len, "2", 1));
    assert_string_equal(examination.findings.ptr[examination.findings.len - 1].en,
                        "caches equal the journal");
    cache_world_free(w);
}

static bool add_unknown(Store *store, void *ctx, Err *err)
{
    const EntryDraft draft = {
        .author = CACHE_TESTER, .kind = STR("of a later version"), .body = STR("?")};
    (void)ctx;
    return store_append(store, &draft, NULL, err);
}

/* The chain is whole; what cannot be understood is named, and caches are not looked at. */
static void an_entry_that_is_not_understood(Kind kind)
{
    CacheWorld *w = cache_world_new(kind);
    Store *store;
    cache_world_need(w, database_open(&w->arena, &w->f->config, &store, &w->f->err));
    cache_world_need(w, store_write(store, add_unknown, NULL, &w->f->err));
    Examination examination = examine(w);
    assert_string_equal(shape_of(w, &examination),
                        "packs+, opening+, key file+, disk space+, chain of the journal+, content "
                        "of the entries-");
    const Finding *content = &examination.findings.ptr[examination.findings.len - 1];
    assert_non_null(memmem(content->detail_en.ptr, content->detail_en.len, "of a later version",
                           strlen("of a later version")));
    assert_true(content->advice_en.len > 0);
    cache_world_free(w);
}

#define ON_BOTH(test)                            \
    static void test##_on_sqlite(void **state)   \
    {                                            \
        (void)state;                             \
        test(ON_SQLITE);                         \
    }                                            \
    static void test##_on_postgres(void **state) \
    {                                            \
        (void)state;                             \
        test(ON_POSTGRES);                       \
    }
ON_BOTH(all_is_well)
ON_BOTH(a_changed_entry)
ON_BOTH(an_entry_that_is_not_understood)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_well_on_sqlite),
        cmocka_unit_test(all_is_well_on_postgres),
        cmocka_unit_test(a_changed_entry_on_sqlite),
        cmocka_unit_test(a_changed_entry_on_postgres),
        cmocka_unit_test(an_entry_that_is_not_understood_on_sqlite),
        cmocka_unit_test(an_entry_that_is_not_understood_on_postgres),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
