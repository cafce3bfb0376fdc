/*
 * Runs tests/golden/program.txt: blocks of formulas, one a line, a line `=>`, and the program that
 * they compile to. A first line `%%SCOPE formula` limits the rows that aggregates see. Schools have
 * parts of stages 0 and 1; the program is for stage 0. Blocks end with an empty line; lines with #
 * are comments. With GOLDEN=write in the environment the file is rewritten with what came out.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "calc/calc.h"
#include "expr_fixture.h"

enum { FORMULAS_MAX = 8 };

typedef struct Block {
    ExprFixture *f;
    CalcRequest request;
    const Node *row[FORMULAS_MAX], *region[FORMULAS_MAX];
} Block;

static void add_formula(Block *block, Str line)
{
    Str source = line;
    bool is_scope = str_starts_with(line, STR("%%SCOPE"));
    if (is_scope)
        source = str_trim(str_slice(line, strlen("%%SCOPE"), line.len));
    const Node *tree = fixture_check_source(block->f, source, NULL);
    fixture_check(block->f, tree != NULL);
    assert_true(block->request.row_count < FORMULAS_MAX &&
                block->request.region_count < FORMULAS_MAX);
    if (is_scope)
        block->request.scope = tree;
    else if (tree->level == LEVEL_REGION)
        block->region[block->request.region_count++] = tree;
    else
        block->row[block->request.row_count++] = tree;
}

/* What stands before `=>` is copied, what follows is made anew. */
static void run_block(StrBuf *out, Str *rest)
{
    Block block = {.f = fixture_new(), .request = {.sibling_stages = 2}};
    block.request.row = block.row;
    block.request.region = block.region;
    Str line;
    while (fixture_line(rest, &line) && !str_equals(line, STR("=>"))) {
        strbuf_addf(out, "%.*s\n", STR_ARG(line));
        if (!str_starts_with(line, STR("#")))
            add_formula(&block, line);
    }
    while (fixture_line(rest, &line) && line.len)
        ; /* the expectation: compared as a whole */
    strbuf_add(out, STR("=>\n"));
    program_dump(out, calc_compile(&block.f->arena, &block.request));
    fixture_free(block.f);
}

static void write_golden(Arena *arena, Str text)
{
    Str here = str_from(__FILE__);
    Str path = str_format(arena, "%.*stests/golden/program.txt",
                          (int)(here.len - strlen("tests/unit/test_calc_program.c")), here.ptr);
    FILE *file = fopen(path.ptr, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static void compare(Str got, Str want)
{
    Str got_line = STR(""), want_line = STR("");
    for (size_t line = 1; got.len || want.len; line++) {
        bool has_got = fixture_line(&got, &got_line), has_want = fixture_line(&want, &want_line);
        if (has_got && has_want && str_equals(got_line, want_line))
            continue;
        print_error("tests/golden/program.txt:%zu\ngot:  %.*s\nwant: %.*s\n", line,
                    STR_ARG(got_line), STR_ARG(want_line));
        fail();
    }
}

static void every_block_compiles_to_the_program_below_it(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Str text = fixture_file(&arena, "tests/golden/program.txt"), rest = text;
    StrBuf out;
    strbuf_init(&out, &arena);
    while (rest.len) {
        run_block(&out, &rest);
        strbuf_add(&out, rest.len ? STR("\n") : STR(""));
    }
    const char *mode = getenv("GOLDEN");
    if (mode && str_equals(str_from(mode), STR("write")))
        write_golden(&arena, strbuf_str(&out));
    else
        compare(strbuf_str(&out), text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_block_compiles_to_the_program_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
