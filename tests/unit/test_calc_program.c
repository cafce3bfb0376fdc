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
#include "tree_file.h"

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
    while (next_line(rest, &line) && !str_equals(line, STR("=>"))) {
        strbuf_addf(out, "%.*s\n", STR_ARG(line));
        if (!str_starts_with(line, STR("#")))
            add_formula(&block, line);
    }
    while (next_line(rest, &line) && line.len)
        ; /* the expectation: compared as a whole */
    strbuf_add(out, STR("=>\n"));
    program_dump(out, calc_compile(&block.f->arena, &block.request));
    fixture_free(block.f);
}

static void every_block_compiles_to_the_program_below_it(void **state)
{
    (void)state;
    assert_true(golden_holds("tests/golden/program.txt", NULL, run_block));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_block_compiles_to_the_program_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
