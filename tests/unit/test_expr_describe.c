#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"

#include "assert_text.h"
#include "expr_fixture.h"

static uint64_t random_state;

/* xorshift64: the same trees in every run */
static unsigned random_below(unsigned limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % limit;
}

static Node *random_tree(Arena *arena, int depth);

static Node *leaf(Arena *arena)
{
    static const char *const NAMES[] = {"在校生数", "QR1.限值",       "a",  "且",
                                        "合计",     "校舍（平方米）", "1a", "a b",
                                        " V",       "各项.达标",      "if"};
    static const char *const TEXTS[] = {"小学", "", "a\"b", "it's \"x\"", "“x”", "'\"", "＂"};
    Node *node = ARENA_NEW(arena, Node);
    switch (random_below(5)) {
    case 0:
        node->kind = NODE_BOOL;
        node->boolean = random_below(2);
        break;
    case 1:
        node->kind = NODE_TEXT;
        node->text = str_from(TEXTS[random_below(sizeof TEXTS / sizeof *TEXTS)]);
        break;
    case 2:
        node->kind = NODE_NAME;
        node->name = str_from(NAMES[random_below(sizeof NAMES / sizeof *NAMES)]);
        break;
    default:
        node->kind = NODE_NUMBER;
        node->number =
            (Decimal){random_below(100000) * 10 + 1 + random_below(9), (int)random_below(30) - 20};
        break;
    }
    return node;
}

static void add_args(Arena *arena, Node *node, size_t count, int depth)
{
    node->arg = ARENA_ARRAY(arena, Node *, count);
    node->arg_count = count;
    for (size_t i = 0; i < count; i++)
        node->arg[i] = random_tree(arena, depth - 1);
}

static void make_call(Arena *arena, Node *node, int depth)
{
    node->kind = NODE_CALL;
    node->fn = (Function)random_below(FUNCTION_COUNT);
    add_args(arena, node, random_below(4), depth);
    if (!node->arg_count)
        return;
    node->where = random_below(3) ? NULL : random_tree(arena, depth - 1);
    node->is_siblings = random_below(3) == 0;
    node->is_strict = random_below(3) == 0;
}

static void make_in(Arena *arena, Node *node, int depth)
{
    node->kind = NODE_IN;
    add_args(arena, node, 1, depth);
    node->choice_count = 1 + random_below(3);
    node->choice = ARENA_ARRAY(arena, Node *, node->choice_count);
    for (size_t i = 0; i < node->choice_count; i++)
        do
            node->choice[i] = leaf(arena);
        while (node->choice[i]->kind != NODE_TEXT);
}

static Node *random_tree(Arena *arena, int depth)
{
    if (depth <= 0 || random_below(6) == 0)
        return leaf(arena);
    Node *node = ARENA_NEW(arena, Node);
    switch (random_below(9)) {
    case 0:
        node->kind = NODE_NOT;
        add_args(arena, node, 1, depth);
        break;
    case 1:
        node->kind = NODE_NEGATE;
        add_args(arena, node, 1, depth);
        break;
    case 2:
        node->kind = NODE_POWER;
        node->exponent = (int)random_below(10);
        add_args(arena, node, 1, depth);
        break;
    case 3:
        node->kind = NODE_IF;
        add_args(arena, node, 3, depth);
        break;
    case 4:
        make_in(arena, node, depth);
        break;
    case 5:
        make_call(arena, node, depth);
        break;
    default:
        node->kind = NODE_BINARY;
        node->op = (BinaryOp)random_below(OP_OR + 1);
        add_args(arena, node, 2, depth);
        break;
    }
    return node;
}

static bool is_same(const Node *a, const Node *b)
{
    if (!a || !b)
        return a == b;
    bool is_same_head = a->kind == b->kind && a->arg_count == b->arg_count && a->op == b->op &&
                        a->fn == b->fn && a->is_siblings == b->is_siblings &&
                        a->is_strict == b->is_strict && a->exponent == b->exponent &&
                        a->number.mantissa == b->number.mantissa &&
                        a->number.exp10 == b->number.exp10 && a->boolean == b->boolean &&
                        str_equals(a->text, b->text) && str_equals(a->name, b->name) &&
                        a->choice_count == b->choice_count;
    if (!is_same_head || !is_same(a->where, b->where))
        return false;
    for (size_t i = 0; i < a->arg_count; i++)
        if (!is_same(a->arg[i], b->arg[i]))
            return false;
    for (size_t i = 0; i < a->choice_count; i++)
        if (!is_same(a->choice[i], b->choice[i]))
            return false;
    return true;
}

static Str describe(Arena *arena, const Node *tree)
{
    StrBuf out;
    strbuf_init(&out, arena);
    expr_describe(&out, tree);
    return strbuf_str(&out);
}

static void ten_thousand_random_trees_come_back_from_their_text(void **state)
{
    (void)state;
    random_state = 20241001;
    Arena arena;
    arena_init(&arena);
    for (int i = 0; i < 10000; i++) {
        Err err;
        err_init(&err);
        const Node *tree = random_tree(&arena, 1 + i % 6);
        Formula formula = {.source = describe(&arena, tree)};
        bool is_ok = formula.source.len > LIMIT_FORMULA_BYTES || expr_parse(&arena, &formula, &err);
        if (!is_ok || (formula.tree && !is_same(tree, formula.tree)))
            print_error("%.*s\n", STR_ARG(formula.source));
        assert_true(is_ok);
        if (formula.tree) {
            assert_true(is_same(tree, formula.tree));
            assert_true(str_equals(describe(&arena, formula.tree), formula.source));
        }
        err_done(&err);
        arena_reset(&arena);
    }
    arena_done(&arena);
}

/* Every pair of brackets that describe writes is needed: without it the text means something else. */
static void brackets_are_minimal(void **state)
{
    (void)state;
    random_state = 7;
    Arena arena;
    arena_init(&arena);
    for (int i = 0; i < 2000; i++) {
        Node *tree;
        do
            tree = random_tree(&arena, 2);
        while (tree->kind != NODE_BINARY);
        Str text = describe(&arena, tree);
        if (text.ptr[0] == '(' && tree->arg[0]->kind != NODE_IF) {
            size_t close = 0;
            for (int depth = 0; close < text.len; close++) {
                depth += text.ptr[close] == '(';
                depth -= text.ptr[close] == ')';
                if (depth == 0)
                    break;
            }
            Str bare = str_format(&arena, "%.*s%.*s", (int)close - 1, text.ptr + 1,
                                  STR_ARG(str_slice(text, close + 1, text.len)));
            Formula formula = {.source = bare};
            Err err;
            err_init(&err);
            bool is_ok = expr_parse(&arena, &formula, &err);
            assert_false(is_ok && is_same(tree, formula.tree));
            err_done(&err);
        }
        arena_reset(&arena);
    }
    arena_done(&arena);
}

/* Checked trees show the display names and read back to the same text. */
static void checked_formulas_show_chinese_names(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {"students / classes", "在校生数 ÷ 班数"},
        {"QR1 >= QR1.limit", "QR1 ≥ QR1.限值"},
        {"all(each.met) and not (school_type <> \"小学\")",
         "全部(各项.达标) 且 非 办学类型 ≠ \"小学\""},
        {"1/3*0.50-(2-1)", "1 ÷ 3 × 0.5 − (2 − 1)"},
        {"sum(students strict of siblings where classes>0)",
         "合计(在校生数 其中 班数 > 0 同校 须齐全)"},
        {"100000000000000 * 0.000000000000001", "100000000000000 × 0.000000000000001"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        const Node *tree = fixture_check_source(f, str_from(CASES[i][0]), NULL);
        assert_non_null(tree);
        Str text = describe(&f->arena, tree);
        assert_text(text, CASES[i][1]);
        const Node *again = fixture_check_source(f, text, NULL);
        assert_non_null(again);
        assert_true(str_equals(describe(&f->arena, again), text));
        fixture_free(f);
    }
}

static void functions_have_a_name_in_both_languages(void **state)
{
    (void)state;
    assert_string_equal(function_name(FN_CV, LANG_ZH), "差异系数");
    assert_string_equal(function_name(FN_CV, LANG_EN), "cv");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_random_trees_come_back_from_their_text),
        cmocka_unit_test(brackets_are_minimal),
        cmocka_unit_test(checked_formulas_show_chinese_names),
        cmocka_unit_test(functions_have_a_name_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
