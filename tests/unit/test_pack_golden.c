/*
 * Runs tests/golden/pack.txt: what is changed in the files of tests/packs, a line `=>`, and what
 * loading them says in both languages, or `ok`. A case begins with `%%CASE title` and holds
 *     %%EDIT path    lines with - (as they stand) become those with +; only + adds at the end
 *     %%FILE path    the whole text of a file follows
 *     %%DROP path    the file is not there
 *     %%CORE         only packs/core is loaded; %%LOAD id date [overlay …] loads a standard
 * Without the last two it is `%%LOAD demo 2024-09-01`. Lines with # between cases are comments.
 * With GOLDEN=write in the environment the file is rewritten with what came out.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pack_fixture.h"

static const char GOLDEN[] = "tests/golden/pack.txt";

typedef struct Case {
    PackFixture *f;
    StrBuf path, old, fresh; /* of the edit being read */
    bool is_file, has_old, is_core;
    VEC(Str) words; /* of %%LOAD */
} Case;

static void apply_edit(Case *c)
{
    const char *path = strbuf_str(&c->path).ptr;
    if (!c->path.len)
        return;
    if (c->is_file)
        fixture_set(c->f, path, strbuf_str(&c->fresh));
    else if (c->has_old)
        fixture_edit(c->f, path, strbuf_str(&c->old).ptr, strbuf_str(&c->fresh).ptr);
    else if (c->fresh.len)
        fixture_append(c->f, path, strbuf_str(&c->fresh).ptr);
    strbuf_init(&c->old, &c->f->arena);
    strbuf_init(&c->fresh, &c->f->arena);
    c->has_old = false;
}

static void begin_edit(Case *c, Str path, bool is_file)
{
    apply_edit(c);
    strbuf_init(&c->path, &c->f->arena);
    strbuf_add(&c->path, path);
    c->is_file = is_file;
}

static void read_words(Case *c, Str line)
{
    while (line.len) {
        const char *end = memchr(line.ptr, ' ', line.len);
        size_t len = end ? (size_t)(end - line.ptr) : line.len;
        VEC_PUSH(&c->f->arena, &c->words, str_slice(line, 0, len));
        line = str_slice(line, len + (end != NULL), line.len);
    }
}

static void read_text(Case *c, Str line)
{
    if (c->is_file) {
        strbuf_addf(&c->fresh, "%.*s\n", STR_ARG(line));
        return;
    }
    Str rest = str_slice(line, 1, line.len);
    if (str_starts_with(line, STR("-"))) {
        if (c->fresh.len)
            apply_edit(c);
        c->has_old = true;
        strbuf_addf(&c->old, "%.*s\n", STR_ARG(rest));
    } else if (str_starts_with(line, STR("+"))) {
        strbuf_addf(&c->fresh, "%.*s\n", STR_ARG(rest));
    } else {
        fail_msg("neither - nor +: %.*s", STR_ARG(line));
    }
}

static bool take(Str line, Str word, Str *ret)
{
    if (!str_starts_with(line, word))
        return false;
    *ret = str_trim(str_slice(line, word.len, line.len));
    return true;
}

static void read_line(Case *c, Str line)
{
    Str rest;
    if (take(line, STR("%%CASE"), &rest))
        return;
    if (take(line, STR("%%EDIT"), &rest)) {
        begin_edit(c, rest, false);
    } else if (take(line, STR("%%FILE"), &rest)) {
        begin_edit(c, rest, true);
    } else if (take(line, STR("%%DROP"), &rest)) {
        begin_edit(c, STR(""), false);
        fixture_remove(c->f, str_cstr(&c->f->arena, rest));
    } else if (take(line, STR("%%CORE"), &rest)) {
        begin_edit(c, STR(""), false);
        c->is_core = true;
    } else if (take(line, STR("%%LOAD"), &rest)) {
        begin_edit(c, STR(""), false);
        read_words(c, rest);
    } else {
        read_text(c, line);
    }
}

static bool load(Case *c)
{
    StandardRequest request = {.id = STR("demo"), .date = fixture_date("2024-09-01")};
    if (c->is_core)
        return fixture_load_core(c->f);
    if (c->words.len > 0)
        request.id = c->words.ptr[0];
    if (c->words.len > 1) {
        request.is_any_day = str_equals(c->words.ptr[1], STR("any"));
        if (!request.is_any_day)
            assert_true(date_parse(c->words.ptr[1], &request.date));
        request.overlay = c->words.ptr + 2;
        request.overlay_count = c->words.len - 2;
    }
    return fixture_load_request(c->f, request);
}

static void add_result(StrBuf *out, Case *c)
{
    bool is_ok = load(c);
    assert_int_equal(is_ok, !err_is_set(&c->f->err));
    for (size_t i = 0; is_ok && i < c->f->change_count; i++) {
        const PackChange *change = &c->f->changes[i];
        strbuf_addf(out, "%.*s: %.*s → %.*s (%.*s, %.*s %.*s %.*s)\n", STR_ARG(change->node),
                    STR_ARG(change->old_text), STR_ARG(change->new_text), STR_ARG(change->overlay),
                    STR_ARG(change->basis.body), STR_ARG(change->basis.clause),
                    STR_ARG(change->basis.mark));
    }
    strbuf_add(out, is_ok ? STR("ok\n") : STR(""));
    strbuf_add(out, fixture_errors(c->f, LANG_ZH));
    strbuf_add(out, fixture_errors(c->f, LANG_EN));
}

static bool begins_block(Str line)
{
    return str_starts_with(line, STR("%%CASE")) || str_starts_with(line, STR("#"));
}

/* One case: what stands before `=>` is copied, what follows is made anew. */
static void run_case(StrBuf *out, Str *rest)
{
    Case c = {.f = pack_fixture_new()};
    strbuf_init(&c.path, &c.f->arena);
    strbuf_init(&c.old, &c.f->arena);
    strbuf_init(&c.fresh, &c.f->arena);
    Str line;
    while (next_line(rest, &line) && !str_equals(line, STR("=>"))) {
        strbuf_addf(out, "%.*s\n", STR_ARG(line));
        read_line(&c, line);
    }
    apply_edit(&c);
    strbuf_add(out, STR("=>\n"));
    add_result(out, &c);
    for (Str after = *rest; next_line(&after, &line) && !begins_block(line);)
        *rest = after;
    pack_fixture_free(c.f);
}

static void every_case_says_what_is_written_below_it(void **state)
{
    (void)state;
    assert_true(golden_holds(GOLDEN, "%%CASE", run_case));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_says_what_is_written_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
