#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"

#include "assert_text.h"
#include "expr_fixture.h"

/* (op a b): the tree without any rule of precedence, to compare with what was meant. */
static void add_tree(StrBuf *out, const Node *node)
{
    static const char *const OPS[] = {
        [OP_ADD] = "+", [OP_SUBTRACT] = "-", [OP_MULTIPLY] = "*", [OP_DIVIDE] = "/",
        [OP_EQ] = "=",  [OP_NE] = "/=",      [OP_LT] = "<",       [OP_LE] = "<=",
        [OP_GT] = ">",  [OP_GE] = ">=",      [OP_AND] = "and",    [OP_OR] = "or"};
    static const char *const KINDS[] = {
        [NODE_NOT] = "not", [NODE_NEGATE] = "neg", [NODE_POWER] = "pow",
        [NODE_IF] = "if",   [NODE_IN] = "in",      [NODE_CALL] = "call"};
    if (node->kind == NODE_NUMBER) {
        decimal_add_shortest(out, decimal_to_double(node->number));
        return;
    }
    if (node->kind == NODE_NAME || node->kind == NODE_TEXT || node->kind == NODE_BOOL) {
        Str boolean = node->boolean ? STR("true") : STR("false");
        strbuf_add(out, node->kind == NODE_NAME   ? node->name
                        : node->kind == NODE_TEXT ? node->text
                                                  : boolean);
        return;
    }
    strbuf_addf(out, "(%s", node->kind == NODE_BINARY ? OPS[node->op] : KINDS[node->kind]);
    if (node->kind == NODE_CALL)
        strbuf_addf(out, " %s", function_name(node->fn, LANG_EN));
    for (size_t i = 0; i < node->arg_count; i++) {
        strbuf_add_char(out, ' ');
        add_tree(out, node->arg[i]);
    }
    for (size_t i = 0; i < node->choice_count; i++)
        strbuf_addf(out, " %.*s", STR_ARG(node->choice[i]->text));
    if (node->kind == NODE_POWER)
        strbuf_addf(out, " %d", node->exponent);
    if (node->where) {
        strbuf_add(out, STR(" where "));
        add_tree(out, node->where);
    }
    strbuf_addf(out, "%s%s)", node->is_siblings ? " siblings" : "",
                node->is_strict ? " strict" : "");
}

/* Expected values: the table of precedences in doc/formulas.md, applied by hand. */
static void operators_bind_as_the_manual_says(void **state)
{
    (void)state;
    static const struct {
        const char *source, *tree;
    } CASES[] = {
        {"1 + 2 * 3", "(+ 1 (* 2 3))"},
        {"1 - 2 - 3", "(- (- 1 2) 3)"},
        {"8 / 4 / 2 * 3", "(* (/ (/ 8 4) 2) 3)"},
        {"-a ^ 2", "(neg (pow a 2))"},
        {"(-a) ^ 2", "(pow (neg a) 2)"},
        {"-a * b", "(* (neg a) b)"},
        {"a * -b", "(* a (neg b))"},
        {"a - -b", "(- a (neg b))"},
        {"- - a", "(neg (neg a))"},
        {"not a = b and c", "(and (not (= a b)) c)"},
        {"a or b and c or d", "(or (or a (and b c)) d)"},
        {"not not a or b", "(or (not (not a)) b)"},
        {"a + 1 < b * 2 且 c ≥ 3", "(and (< (+ a 1) (* b 2)) (>= c 3))"},
        {"(a < b) = c", "(= (< a b) c)"},
        {"a 属于 (\"x\"、\"y\") 或 b", "(or (in a x y) b)"},
        {"如果 a 则 1 否则 2 + 3", "(if a 1 (+ 2 3))"},
        {"1 + 如果 a 则 1 否则 2 + 3", "(+ 1 (if a 1 (+ 2 3)))"},
        {"if a then if b then 1 else 2 else 3", "(if a (if b 1 2) 3)"},
        {"平均（x，y）", "(call mean x y)"},
        {"sum(x strict where a and b of siblings)", "(call sum x where (and a b) siblings strict)"},
        {"合计(x 同校)", "(call sum x siblings)"},
        {"count()", "(call count)"},
        {"「合计」 + 1", "(+ 合计 1)"},
        {"a ≠ 'x'", "(/= a x)"},
        {"真 且 假", "(and true false)"},
        {"2 ^ 0", "(pow 2 0)"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        Formula *formula = fixture_source(f, str_from(CASES[i].source));
        assert_true(expr_parse(&f->arena, formula, &f->err));
        StrBuf out;
        strbuf_init(&out, &f->arena);
        add_tree(&out, formula->tree);
        assert_text(strbuf_str(&out), CASES[i].tree);
        fixture_free(f);
    }
}

static void a_node_knows_the_text_it_stands_for(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    Formula *formula = fixture_source(f, STR(" (a + b) * 合计( c ) "));
    assert_true(expr_parse(&f->arena, formula, &f->err));
    const Node *tree = formula->tree;
    assert_text(str_slice(formula->source, tree->offset, tree->len), "(a + b) * 合计( c )");
    assert_text(str_slice(formula->source, tree->arg[0]->offset, tree->arg[0]->len), "a + b");
    assert_text(str_slice(formula->source, tree->arg[1]->offset, tree->arg[1]->len), "合计( c )");
    fixture_free(f);
}

static ErrCode code_of(ExprFixture *f, Str source)
{
    Formula *formula = fixture_source(f, source);
    bool is_ok = expr_parse(&f->arena, formula, &f->err);
    assert_true(is_ok == (formula->tree != NULL) && is_ok == !err_is_set(&f->err));
    return is_ok ? ERR_NONE : f->err.first->code;
}

static void assert_code(Str source, ErrCode code)
{
    ExprFixture *f = fixture_new();
    ErrCode got = code_of(f, source);
    if (got != code)
        print_error("%.*s\n", STR_ARG(str_slice(source, 0, 60)));
    assert_string_equal(err_code_name(got), err_code_name(code));
    assert_true(f->err.count <= 1);
    fixture_free(f);
}

static void the_first_syntax_error_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        ErrCode code;
    } CASES[] = {
        {"", ERR_FORMULA_EMPTY},
        {" \n ", ERR_FORMULA_EMPTY},
        {"a\xff", ERR_FORMULA_UTF8},
        {"\xe5", ERR_FORMULA_UTF8},
        {"a < b ≤ c", ERR_FORMULA_CHAIN},
        {"a = b 属于 (\"x\")", ERR_FORMULA_CHAIN},
        {"a 且 b < c < d", ERR_FORMULA_CHAIN},
        {"a ^ b", ERR_FORMULA_EXPONENT},
        {"a ^ 10", ERR_FORMULA_EXPONENT},
        {"a ^ -1", ERR_FORMULA_EXPONENT},
        {"a ^ 0.5", ERR_FORMULA_EXPONENT},
        {"a ^ 2 ^ 3", ERR_FORMULA_TOKEN},
        {"a b", ERR_FORMULA_TOKEN},
        {"a)", ERR_FORMULA_BRACKET_CLOSE},
        {"a, b", ERR_FORMULA_COMMA},
        {"(a", ERR_FORMULA_BRACKET_OPEN},
        {"sum(a", ERR_FORMULA_BRACKET_OPEN},
        {"sum(a;b)", ERR_FORMULA_CHARACTER},
        {"()", ERR_FORMULA_VALUE},
        {"a +", ERR_FORMULA_VALUE},
        {"* a", ERR_FORMULA_VALUE},
        {"a = not b", ERR_FORMULA_VALUE},
        {"如果 a 否则 b", ERR_FORMULA_THEN},
        {"如果 a 则 b", ERR_FORMULA_ELSE},
        {"合计", ERR_FORMULA_FUNCTION_BARE},
        {"f(a)", ERR_FORMULA_FUNCTION_UNKNOWN},
        {"「合计」(a)", ERR_FORMULA_TOKEN},
        {"sum(a of b)", ERR_FORMULA_OF},
        {"sum(a 同校 同校)", ERR_FORMULA_MODIFIER_TWICE},
        {"sum(a 其中 b 其中 c)", ERR_FORMULA_MODIFIER_TWICE},
        {"a in \"x\"", ERR_FORMULA_TEXT_LIST},
        {"a in ()", ERR_FORMULA_TEXT_LIST},
        {"a in (\"x\", b)", ERR_FORMULA_TEXT_LIST},
        {"a 其中 b", ERR_FORMULA_TOKEN},
        {"a in (\"x\") + 1", ERR_FORMULA_TOKEN},
        {"a in (\"x\") ^ 1", ERR_FORMULA_TOKEN},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_code(str_from(CASES[i].source), CASES[i].code);
}

static Str repeat(Arena *arena, const char *part, size_t bytes, const char *tail)
{
    StrBuf out;
    strbuf_init(&out, arena);
    while (out.len + strlen(part) + strlen(tail) <= bytes)
        strbuf_add(&out, str_from(part));
    strbuf_add(&out, str_from(tail));
    return strbuf_str(&out);
}

/* Formulas of the greatest length in shapes that could make a parser slow or deep. */
static void nasty_shapes_end_in_a_tree_or_an_ordinary_error(void **state)
{
    (void)state;
    static const struct {
        const char *part, *tail;
        ErrCode code;
    } CASES[] = {
        {"(", "", ERR_FORMULA_DEPTH},
        {"-", "a", ERR_FORMULA_DEPTH},
        {"非 ", "a", ERR_FORMULA_DEPTH},
        {"not not ", "a", ERR_FORMULA_DEPTH},
        {"sum(", "", ERR_FORMULA_DEPTH},
        {"如果 ", "", ERR_FORMULA_DEPTH},
        {"如果 a 则 ", "", ERR_FORMULA_DEPTH},
        {"如果 a 则 1 否则 ", "2", ERR_FORMULA_DEPTH},
        {"(a+", "", ERR_FORMULA_DEPTH},
        {"a+", "a", ERR_FORMULA_HEIGHT},
        {"a 且 ", "a", ERR_FORMULA_HEIGHT},
        {"a<b and ", "a", ERR_FORMULA_HEIGHT},
        {"a*", "a", ERR_FORMULA_HEIGHT},
        {"a^2+", "a", ERR_FORMULA_HEIGHT},
        {")", "", ERR_FORMULA_VALUE},
        {"a<", "a", ERR_FORMULA_CHAIN},
        {"a^2", "", ERR_FORMULA_NUMBER_TAIL},
        {"a ", "", ERR_FORMULA_TOKEN},
        {"a", "", ERR_NONE},
        {"甲.", "甲", ERR_NONE},
        {"0", "1", ERR_NONE},
        {"1", "", ERR_FORMULA_DIGITS},
        {" ", "1", ERR_NONE},
        {"「", "", ERR_FORMULA_QUOTE_OPEN},
        {"\"", "", ERR_FORMULA_TOKEN},
    };
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_code(repeat(&arena, CASES[i].part, LIMIT_FORMULA_BYTES, CASES[i].tail),
                    CASES[i].code);
    Str wide = repeat(&arena, "a,", LIMIT_FORMULA_BYTES - 10, "a");
    assert_code(str_format(&arena, "least(%.*s)", STR_ARG(wide)), ERR_NONE);
    assert_code(repeat(&arena, "a", LIMIT_FORMULA_BYTES, "aa"), ERR_NONE);
    assert_code(str_format(&arena, "%.*sa", STR_ARG(repeat(&arena, "a", LIMIT_FORMULA_BYTES, ""))),
                ERR_FORMULA_BYTES);
}

static void nesting_is_allowed_up_to_its_limit(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    for (int extra = 0; extra < 2; extra++) {
        size_t depth = LIMIT_FORMULA_DEPTH + (size_t)extra;
        ErrCode code = extra ? ERR_FORMULA_DEPTH : ERR_NONE;
        StrBuf out;
        strbuf_init(&out, &arena);
        strbuf_add_repeat(&out, STR("1+(a or b and c<d+e*"), depth);
        strbuf_add(&out, STR("f"));
        strbuf_add_repeat(&out, STR(")"), depth);
        assert_code(strbuf_str(&out), code);
        strbuf_init(&out, &arena);
        strbuf_add_repeat(&out, STR("-"), depth);
        strbuf_add(&out, STR("f"));
        assert_code(strbuf_str(&out), code);
        size_t terms = LIMIT_FORMULA_HEIGHT + (size_t)extra;
        strbuf_init(&out, &arena);
        strbuf_add(&out, STR("a"));
        strbuf_add_repeat(&out, STR("+a"), terms - 1);
        assert_code(strbuf_str(&out), extra ? ERR_FORMULA_HEIGHT : ERR_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_bind_as_the_manual_says),
        cmocka_unit_test(a_node_knows_the_text_it_stands_for),
        cmocka_unit_test(the_first_syntax_error_is_told),
        cmocka_unit_test(nasty_shapes_end_in_a_tree_or_an_ordinary_error),
        cmocka_unit_test(nesting_is_allowed_up_to_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
