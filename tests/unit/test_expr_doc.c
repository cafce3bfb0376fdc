#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"

#include "expr_fixture.h"
#include "tree_file.h"

/* doc/formulas.md against the tables it is made of, and its examples run. */

static Str manual(Arena *arena)
{
    return tree_file(arena, "doc/formulas.md");
}

static void assert_has_line(Str text, Str want)
{
    Str line;
    while (next_line(&text, &line))
        if (str_equals(line, want))
            return;
    fail_msg("doc/formulas.md lacks the line\n%.*s", STR_ARG(want));
}

static void the_manual_has_every_function(void **state)
{
    (void)state;
    static const struct {
        const char *zh, *en, *shape, *doc_zh, *doc_en;
        int min, max;
    } ROWS[] = {
#define FUNCTION(code, en, zh, shape, args_min, args_max, doc_zh, doc_en) \
    {zh, en, #shape, doc_zh, doc_en, args_min, args_max},
#include "expr/functions.def"
#undef FUNCTION
    };
    static const char *const SHAPES[][2] = {
        {"SCALAR", "同一行"}, {"ROWS", "对学校"}, {"EITHER", "对学校或一列"}, {"LIST", "对一列"}};
    Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const char *shape = "";
        for (size_t k = 0; k < 4; k++)
            if (strcmp(ROWS[i].shape, SHAPES[k][0]) == 0)
                shape = SHAPES[k][1];
        Str count = ROWS[i].min == ROWS[i].max
                        ? str_format(&arena, "%d", ROWS[i].min)
                        : str_format(&arena, "%d–%d", ROWS[i].min, ROWS[i].max);
        assert_has_line(manual(&arena), str_format(&arena, "| %s | %s | %.*s | %s | %s | %s |",
                                                   ROWS[i].zh, ROWS[i].en, STR_ARG(count), shape,
                                                   ROWS[i].doc_zh, ROWS[i].doc_en));
    }
    arena_done(&arena);
}

/* A template as the manual shows it: optional parts left out, names as …. */
static Str plain(Arena *arena, const char *template)
{
    StrBuf out;
    strbuf_init(&out, arena);
    for (const char *p = template; *p;) {
        if (strncmp(p, "[[", 2) == 0) {
            p = strstr(p, "]]") + 2;
        } else if (*p == '{') {
            strbuf_add(&out, STR("…"));
            p = strchr(p, '}') + 1;
        } else {
            strbuf_add_char(&out, *p++);
        }
    }
    return strbuf_str(&out);
}

static bool is_of_formulas(const char *code)
{
    static const char *const OTHERS[] = {"ERR_NAME_DUPLICATE", "ERR_NAME_RESERVED",
                                         "ERR_UNIT_BASES",     "ERR_UNIT_DUPLICATE",
                                         "ERR_UNIT_UNKNOWN",   "ERR_UNIT_SCALE"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if (strcmp(code, OTHERS[i]) == 0)
            return true;
    return strncmp(code, "ERR_FORMULA_", strlen("ERR_FORMULA_")) == 0;
}

static void the_manual_has_every_error(void **state)
{
    (void)state;
    static const struct {
        const char *code, *zh, *en, *hint_zh;
    } ROWS[] = {
#define ERROR(code, http, exit_status, zh, en, hint_zh, hint_en) {#code, zh, en, hint_zh},
#include "base/errors.def"
#undef ERROR
    };
    Arena arena;
    arena_init(&arena);
    size_t count = 0;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        if (!is_of_formulas(ROWS[i].code))
            continue;
        count++;
        Str zh = plain(&arena, ROWS[i].zh), hint = plain(&arena, ROWS[i].hint_zh),
            en = plain(&arena, ROWS[i].en);
        assert_has_line(manual(&arena),
                        str_format(&arena, "| %.*s | %.*s | %.*s | `%s` |", STR_ARG(zh),
                                   STR_ARG(hint), STR_ARG(en), ROWS[i].code));
    }
    assert_true(count > 50);
    arena_done(&arena);
}

/* Runs every line of the blocks opened by `fence`. */
static size_t run_examples(const char *fence, bool is_right)
{
    Arena arena;
    arena_init(&arena);
    Str rest = manual(&arena), line;
    bool is_inside = false;
    size_t count = 0;
    while (next_line(&rest, &line)) {
        if (str_starts_with(line, STR("```"))) {
            is_inside = str_equals(line, str_from(fence));
            continue;
        }
        if (!is_inside)
            continue;
        ExprFixture *f = fixture_new();
        bool is_ok = fixture_check_source(f, line, NULL) != NULL;
        StrBuf out;
        strbuf_init(&out, &arena);
        err_format(&out, &f->err, LANG_ZH);
        if (is_ok != is_right)
            fail_msg("%.*s\n%.*s", STR_ARG(line), STR_ARG(strbuf_str(&out)));
        fixture_free(f);
        count++;
    }
    arena_done(&arena);
    return count;
}

static void the_examples_are_right_and_the_wrong_ones_wrong(void **state)
{
    (void)state;
    assert_true(run_examples("```formula", true) > 25);
    assert_true(run_examples("```formula-wrong", false) > 15);
}

static void the_manual_tells_the_limits(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Str line = str_format(&arena,
                          "一条公式最多 %d 字节；括号、函数、如果、负号最多套 %d "
                          "层；连同用到的公式最多 %d 层（一长串相加算一长串层）、"
                          "%d 个名称一个套一个、展开后 %d 项；合计里套合计最多 %d 层。",
                          LIMIT_FORMULA_BYTES, LIMIT_FORMULA_DEPTH, LIMIT_FORMULA_HEIGHT,
                          LIMIT_FORMULA_NAMES, LIMIT_EXPANDED_NODES, LIMIT_FORMULA_WINDOWS);
    assert_has_line(manual(&arena), line);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manual_has_every_function),
        cmocka_unit_test(the_manual_has_every_error),
        cmocka_unit_test(the_examples_are_right_and_the_wrong_ones_wrong),
        cmocka_unit_test(the_manual_tells_the_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
