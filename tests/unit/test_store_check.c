/* What check says of a journal that somebody changed behind our back; on both databases. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "base/file.h"
#include "store_fixture.h"

/* A journal of ten entries. */
static StoreFixture *ten(void **state)
{
    StoreFixture *f = store_fixture_new(*(const Kind *)*state);
    store_fixture_fill(f, store_fixture_open(f), 5, 2);
    return f;
}

static Str messages(StoreFixture *f)
{
    StrBuf out;
    strbuf_init(&out, &f->arena);
    for (const Diag *diag = f->err.first; diag; diag = diag->next)
        strbuf_addf(&out, "%s%.*s", out.len ? "; " : "",
                    STR_ARG(err_message(&f->arena, diag, LANG_EN)));
    (void)store_fixture_said(f);
    return strbuf_str(&out);
}

static void expect_findings(StoreFixture *f, const char *want)
{
    StoreCheck check;
    bool is_ok = store_check(store_fixture_open(f), &check, &f->err);
    assert_text(messages(f), want);
    assert_true(is_ok == (want[0] == 0));
}

static void one_journal(void **state, const char *sql, const char *want)
{
    StoreFixture *f = ten(state);
    store_fixture_sql(f, sql);
    expect_findings(f, want);
    store_fixture_free(f);
}

static void a_journal_in_order_has_nothing_to_say(void **state)
{
    StoreFixture *f = ten(state);
    expect_findings(f, "");
    store_fixture_free(f);
}

static void a_changed_entry_is_named(void **state)
{
    static const char WANT[] = "entry 4 was changed";
    one_journal(state, "UPDATE jh_entry SET author = 'x' WHERE seq = 4", WANT);
    one_journal(state, "UPDATE jh_entry SET kind = 'x' WHERE seq = 4", WANT);
    one_journal(state, "UPDATE jh_entry SET subject = 7 WHERE seq = 4", WANT);
    one_journal(state, "UPDATE jh_entry SET period = '2023-2024' WHERE seq = 4", WANT);
    one_journal(state,
                "UPDATE jh_entry SET body = (SELECT body FROM jh_entry WHERE seq = 5) "
                "WHERE seq = 4",
                WANT);
    one_journal(state, "UPDATE jh_entry SET key = 2 WHERE seq = 4", WANT);
    /* a text moved from one field into the next has the same bytes, and is not the same */
    one_journal(state, "UPDATE jh_entry SET kind = 'documen', period = 't2024-2025' WHERE seq = 4",
                WANT);
    one_journal(state, "UPDATE jh_entry SET author = 'x' WHERE seq IN (4, 5, 8)",
                "entry 4 to 5 was changed; entry 8 was changed");
    one_journal(state, "UPDATE jh_entry SET author = 'x' WHERE seq = 10", "entry 10 was changed");
    one_journal(state, "UPDATE jh_entry SET time = 1 WHERE seq = 4",
                "the time of entry 4 is before that of the entry before; entry 4 was changed");
}

static void an_entry_without_its_link_has_not_our_shape(void **state)
{
    StoreFixture *f = ten(state);
    store_fixture_sql(f, f->kind == ON_SQLITE ? "UPDATE jh_entry SET link = x'00' WHERE seq = 4"
                                              : "UPDATE jh_entry SET link = '\\x00' WHERE seq = 4");
    expect_findings(f, "entry 4 has not the shape that this program writes");
    store_fixture_free(f);
}

static void what_was_deleted_is_named(void **state)
{
    one_journal(state, "DELETE FROM jh_entry WHERE seq = 4", "entry 4 is gone");
    one_journal(state, "DELETE FROM jh_entry WHERE seq IN (4, 5, 6)", "entry 4 to 6 is gone");
    one_journal(state, "DELETE FROM jh_entry WHERE seq = 1", "entry 1 is gone");
}

/* The last two deleted: the head row tells; and if that was put back, too, the head file does. */
static void a_tail_that_was_cut_is_named(void **state)
{
    StoreFixture *f = ten(state);
    Str file = str_from(store_fixture_open(f)->side.head);
    store_fixture_sql(f, "DELETE FROM jh_entry WHERE seq > 8");
    Str rewritten = str_format(&f->arena, "entry 10 is not the one noted in '%.*s'", STR_ARG(file));
    expect_findings(
        f,
        str_cstr(&f->arena, str_format(&f->arena,
                                       "the database notes entry 10 as its last, but its last is "
                                       "8; %.*s",
                                       STR_ARG(rewritten))));
    store_fixture_sql(f, "UPDATE jh_head SET seq = 8, "
                         "link = (SELECT link FROM jh_entry WHERE seq = 8), "
                         "time = (SELECT time FROM jh_entry WHERE seq = 8)");
    Str cut = str_format(&f->arena,
                         "the database ends with entry 8, but '%.*s' notes that it had got to 10: "
                         "2 entries at its end are gone",
                         STR_ARG(file));
    expect_findings(f, str_cstr(&f->arena, cut));
    /* and nothing is written over the loss */
    Filling batch = {.count = 1};
    assert_false(store_write(store_fixture_open(f), store_fixture_append, &batch, &f->err));
    assert_text(store_fixture_said(f), "ERR_CHAIN_CUT");
    store_fixture_free(f);
}

/* Every link from 4 on is another's: what somebody would do who has no key, or another one. */
static void a_chain_that_was_rewritten_is_named(void **state)
{
    StoreFixture *f = ten(state);
    store_fixture_sql(f, "UPDATE jh_entry SET author = 'x', "
                         "link = (SELECT e.link FROM jh_entry e WHERE e.seq = jh_entry.seq - 1) "
                         "WHERE seq > 3");
    store_fixture_sql(f, "UPDATE jh_head SET link = (SELECT link FROM jh_entry WHERE seq = 10)");
    Str want = str_format(&f->arena,
                          "all entries from 4 on were rewritten; entry 10 is not the one noted in "
                          "'%s'",
                          store_fixture_open(f)->side.head);
    expect_findings(f, str_cstr(&f->arena, want));
    store_fixture_free(f);
}

static void a_head_row_that_was_changed_is_named(void **state)
{
    one_journal(state, "UPDATE jh_head SET time = time + 1",
                "the database notes entry 10 as its last, but its last is 10");
}

static void the_head_file_may_be_behind_or_missing_and_nothing_else(void **state)
{
    StoreFixture *f = ten(state);
    char *path = store_fixture_open(f)->side.head;
    Str early, late;
    store_fixture_need(f, file_read(&f->arena, path, 4096, &early, &f->err));
    store_fixture_fill(f, store_fixture_open(f), 1, 3);
    store_fixture_need(f, file_read(&f->arena, path, 4096, &late, &f->err));
    store_fixture_need(f, file_save(path, early, &f->err));
    expect_findings(f, "");
    assert_int_equal(unlink(path), 0);
    StoreCheck check;
    store_fixture_need(f, store_check(store_fixture_open(f), &check, &f->err));
    assert_true(check.wrote_head_file);
    Str again;
    store_fixture_need(f, file_read(&f->arena, path, 4096, &again, &f->err));
    assert_true(str_equals(again, late));
    char *changed = str_cstr(&f->arena, late);
    const char *seq = strstr(changed, "13\n");
    assert_non_null(seq);
    changed[seq - changed] = '2'; /* the sum below it does not fit any more */
    store_fixture_need(f, file_save(path, str_from(changed), &f->err));
    Str want =
        str_format(&f->arena, "'%s' cannot be understood, or belongs to another database", path);
    expect_findings(f, str_cstr(&f->arena, want));
    store_fixture_free(f);
}

static Kind sqlite = ON_SQLITE, postgres = ON_POSTGRES;

#define ON_BOTH(test)                                       \
    {#test " on sqlite", test, NULL, NULL, &sqlite},        \
    {                                                       \
#test " on postgresql", test, NULL, NULL, &postgres \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_journal_in_order_has_nothing_to_say),
        ON_BOTH(a_changed_entry_is_named),
        ON_BOTH(an_entry_without_its_link_has_not_our_shape),
        ON_BOTH(what_was_deleted_is_named),
        ON_BOTH(a_tail_that_was_cut_is_named),
        ON_BOTH(a_chain_that_was_rewritten_is_named),
        ON_BOTH(a_head_row_that_was_changed_is_named),
        ON_BOTH(the_head_file_may_be_behind_or_missing_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
