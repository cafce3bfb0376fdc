/*
 * Runs tests/golden/expr.txt: blocks of a formula, a line `=>`, and what it is and reads like, or
 * `%%FAIL` and the message in both languages. A first line `%%WANT type level [unit]` declares
 * what the formula should be. Blocks end with an empty line; lines with # are comments.
 * With GOLDEN=write in the environment the file is rewritten with what came out.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "expr_fixture.h"
#include "tree_file.h"

static const char *const TYPES[] = {"number", "bool", "code", "numbers", "bools", "text"};
static const char *const LEVELS[] = {"const", "row", "region"};

static int find_word(Str word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (str_equals(word, str_from(words[i])))
            return i;
    fail_msg("unknown word '%.*s'", STR_ARG(word));
    return -1;
}

static Str next_word(Str *rest)
{
    *rest = str_trim(*rest);
    const char *end = rest->len ? memchr(rest->ptr, ' ', rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    Str word = str_slice(*rest, 0, len);
    *rest = str_slice(*rest, len, rest->len);
    return word;
}

static const Symbol *parse_want(ExprFixture *f, Str line)
{
    Str rest = str_slice(line, strlen("%%WANT"), line.len);
    Symbol *want = ARENA_NEW(&f->arena, Symbol);
    *want = (Symbol){.kind = SYMBOL_FORMULA, .name = STR("X"), .unit = unit_none()};
    want->type = (Type)find_word(next_word(&rest), TYPES, 6);
    want->level = (Level)find_word(next_word(&rest), LEVELS, 3);
    Str unit = next_word(&rest);
    if (unit.len) {
        want->unit_is_declared = true;
        fixture_check(f, unit_parse(&f->units, unit, &want->unit, &f->err));
    }
    return want;
}

static void add_result(StrBuf *out, ExprFixture *f, Str source, const Symbol *want)
{
    const Node *tree = fixture_check_source(f, source, want);
    if (!tree) {
        strbuf_add(out, STR("%%FAIL\n"));
        err_format(out, &f->err, LANG_ZH);
        err_format(out, &f->err, LANG_EN);
        return;
    }
    strbuf_addf(out, "%s %s ", TYPES[tree->type], LEVELS[tree->level]);
    unit_format(out, &f->units, &tree->unit);
    strbuf_add_char(out, '\n');
    expr_describe(out, tree);
    strbuf_add_char(out, '\n');
}

/* One block: what stands before `=>` is copied, what follows is made anew. */
static void run_block(StrBuf *out, Str *rest)
{
    ExprFixture *f = fixture_new();
    const Symbol *want = NULL;
    StrBuf source;
    strbuf_init(&source, out->arena);
    Str line;
    while (next_line(rest, &line) && !str_equals(line, STR("=>"))) {
        strbuf_addf(out, "%.*s\n", STR_ARG(line));
        if (str_starts_with(line, STR("%%WANT")))
            want = parse_want(f, line);
        else if (!str_starts_with(line, STR("#")))
            strbuf_addf(&source, source.len ? "\n%.*s" : "%.*s", STR_ARG(line));
    }
    while (next_line(rest, &line) && line.len)
        ; /* the expectation: compared as a whole */
    strbuf_add(out, STR("=>\n"));
    add_result(out, f, strbuf_str(&source), want);
    fixture_free(f);
}

static void every_block_gives_what_is_written_below_it(void **state)
{
    (void)state;
    assert_true(golden_holds("tests/golden/expr.txt", NULL, run_block));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_block_gives_what_is_written_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
