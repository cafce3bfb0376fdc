#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "expr/expr_int.h"
#include "expr/lex_int.h"

#include "assert_text.h"
#include "expr_fixture.h"

enum { TOKENS_MAX = 64 };

/* The tokens of a source; -1 and the error's code if there is one. */
static int lex(ExprFixture *f, const char *source, Token *token)
{
    Formula *formula = fixture_source(f, str_from(source));
    Lexer lexer;
    lex_init(&lexer, &f->arena, formula, &f->err);
    for (int count = 0;; count++) {
        assert_true(count < TOKENS_MAX);
        if (!lex_next(&lexer, &token[count]))
            return -1;
        if (token[count].kind == TOKEN_END)
            return count;
    }
}

/* Expected values: doc/formulas.md, table of operators. */
static void every_spelling_of_a_sign_or_word_gives_its_token(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        TokenKind kind;
    } CASES[] = {
        {"+", TOKEN_ADD},         {"＋", TOKEN_ADD},        {"-", TOKEN_SUBTRACT},
        {"－", TOKEN_SUBTRACT},   {"−", TOKEN_SUBTRACT},    {"*", TOKEN_MULTIPLY},
        {"×", TOKEN_MULTIPLY},    {"＊", TOKEN_MULTIPLY},   {"/", TOKEN_DIVIDE},
        {"÷", TOKEN_DIVIDE},      {"／", TOKEN_DIVIDE},     {"^", TOKEN_POWER},
        {"＾", TOKEN_POWER},      {"=", TOKEN_EQ},          {"==", TOKEN_EQ},
        {"＝", TOKEN_EQ},         {"＝＝", TOKEN_EQ},       {"≠", TOKEN_NE},
        {"<>", TOKEN_NE},         {"＜＞", TOKEN_NE},       {"!=", TOKEN_NE},
        {"！＝", TOKEN_NE},       {"<", TOKEN_LT},          {"＜", TOKEN_LT},
        {"<=", TOKEN_LE},         {"≤", TOKEN_LE},          {"≦", TOKEN_LE},
        {"＜＝", TOKEN_LE},       {">", TOKEN_GT},          {"＞", TOKEN_GT},
        {">=", TOKEN_GE},         {"≥", TOKEN_GE},          {"≧", TOKEN_GE},
        {"且", TOKEN_AND},        {"and", TOKEN_AND},       {"&&", TOKEN_AND},
        {"或", TOKEN_OR},         {"or", TOKEN_OR},         {"||", TOKEN_OR},
        {"｜｜", TOKEN_OR},       {"非", TOKEN_NOT},        {"not", TOKEN_NOT},
        {"!", TOKEN_NOT},         {"！", TOKEN_NOT},        {"in", TOKEN_IN},
        {"属于", TOKEN_IN},       {"(", TOKEN_OPEN},        {"（", TOKEN_OPEN},
        {")", TOKEN_CLOSE},       {"）", TOKEN_CLOSE},      {",", TOKEN_COMMA},
        {"，", TOKEN_COMMA},      {"、", TOKEN_COMMA},      {"if", TOKEN_IF},
        {"如果", TOKEN_IF},       {"then", TOKEN_THEN},     {"则", TOKEN_THEN},
        {"else", TOKEN_ELSE},     {"否则", TOKEN_ELSE},     {"where", TOKEN_WHERE},
        {"其中", TOKEN_WHERE},    {"of", TOKEN_OF},         {"siblings", TOKEN_SIBLINGS},
        {"同校", TOKEN_SIBLINGS}, {"strict", TOKEN_STRICT}, {"须齐全", TOKEN_STRICT},
        {"true", TOKEN_TRUE},     {"真", TOKEN_TRUE},       {"false", TOKEN_FALSE},
        {"假", TOKEN_FALSE},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        Token token[TOKENS_MAX];
        assert_int_equal(lex(f, CASES[i].source, token), 1);
        assert_int_equal(token[0].kind, CASES[i].kind);
        assert_int_equal(token[0].len, strlen(CASES[i].source));
        fixture_free(f);
    }
}

static void numbers_are_decimals_in_half_or_full_width(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        int64_t mantissa;
        int exp10;
    } CASES[] = {
        {"0", 0, 0},
        {"007", 7, 0},
        {"3.825", 3825, -3},
        {"１２．５０", 125, -1},
        {"100000", 1, 5},
        {"999999999999999", 999999999999999, 0},
        {"0.000000000000001", 1, -15},
        {"2.0", 2, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        Token token[TOKENS_MAX];
        assert_int_equal(lex(f, CASES[i].source, token), 1);
        assert_int_equal(token[0].kind, TOKEN_NUMBER);
        assert_int_equal(token[0].number.mantissa, CASES[i].mantissa);
        assert_int_equal(token[0].number.exp10, CASES[i].exp10);
        fixture_free(f);
    }
}

static void names_run_over_letters_digits_and_members(void **state)
{
    (void)state;
    static const struct {
        const char *source, *name;
        size_t tokens;
    } CASES[] = {
        {"在校生数+1", "在校生数", 3},
        {"QR1.限值>2", "QR1.限值", 3},
        {"各项.达标", "各项.达标", 1},
        {"二〇二四", "二〇二四", 1},
        {"𠀀x_1", "𠀀x_1", 1},
        {"甲且乙", "甲且乙", 1},
        {"「a b (c)」/2", "a b (c)", 3},
        {"「 V」", " V", 1},
        {"「生均 用房」.限值", "生均 用房.限值", 1},
        {"「合计」", "合计", 1},
        {"Ⅲ类", "Ⅲ类", 1},
        {"且甲 且 乙", "且甲", 3},
        {"in_scope", "in_scope", 1},
        {"QR1．达标", "QR1．达标", 1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        Token token[TOKENS_MAX];
        assert_int_equal(lex(f, CASES[i].source, token), CASES[i].tokens);
        assert_int_equal(token[0].kind, TOKEN_NAME);
        assert_text(token[0].text, CASES[i].name);
        fixture_free(f);
    }
}

static void texts_end_at_the_quote_of_their_kind(void **state)
{
    (void)state;
    static const char *const CASES[] = {"\"小学\"", "'小学'",   "“小学”",  "”小学“",
                                        "‘小学’",   "＂小学＂", "＂小学\""};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        Token token[TOKENS_MAX];
        assert_int_equal(lex(f, CASES[i], token), 1);
        assert_int_equal(token[0].kind, TOKEN_TEXT);
        assert_text(token[0].text, "小学");
        fixture_free(f);
    }
}

static void a_mistake_has_its_code_and_place(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        ErrCode code;
        size_t column, len;
    } CASES[] = {
        {"1 @ 2", ERR_FORMULA_CHARACTER, 11, 1},
        {"a & b", ERR_FORMULA_CHARACTER, 11, 1},
        {"a % b", ERR_FORMULA_CHARACTER, 11, 1},
        {".5", ERR_FORMULA_CHARACTER, 9, 1},
        {"95%", ERR_FORMULA_PERCENT, 9, 3},
        {"95 ％", ERR_FORMULA_PERCENT, 9, 4},
        {"3人", ERR_FORMULA_NUMBER_TAIL, 9, 2},
        {"1.2.3", ERR_FORMULA_CHARACTER, 12, 1},
        {"0.1234567890123456", ERR_FORMULA_DIGITS, 9, 18},
        {"“a\nb”", ERR_FORMULA_QUOTE_OPEN, 9, 1},
        {"「a", ERR_FORMULA_QUOTE_OPEN, 9, 1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        Token token[TOKENS_MAX];
        assert_int_equal(lex(f, CASES[i].source, token), -1);
        assert_string_equal(err_code_name(f->err.first->code), err_code_name(CASES[i].code));
        assert_int_equal(f->err.first->place.line, 3);
        assert_int_equal(f->err.first->place.column, CASES[i].column);
        assert_int_equal(f->err.first->place.len, CASES[i].len);
        fixture_free(f);
    }
}

static void a_keyword_may_follow_a_number_directly(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    Token token[TOKENS_MAX];
    assert_int_equal(lex(f, "1否则 2", token), 3);
    assert_int_equal(token[1].kind, TOKEN_ELSE);
    fixture_free(f);
}

/* Every character is looked at a bounded number of times, whatever the text. */
static void lexing_takes_steps_in_proportion_to_the_length(void **state)
{
    (void)state;
    static const char *const PARTS[] = {"(",     "-",    "a+",    "not ",  "1 ", "<",
                                        "甲.乙", "1.1 ", "\"x\"", "「x」", " ",  "=!="};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        ExprFixture *f = fixture_new();
        StrBuf source;
        strbuf_init(&source, &f->arena);
        while (source.len + strlen(PARTS[i]) <= LIMIT_FORMULA_BYTES)
            strbuf_add(&source, str_from(PARTS[i]));
        Lexer lexer;
        lex_init(&lexer, &f->arena, fixture_source(f, strbuf_str(&source)), &f->err);
        Token token;
        do
            assert_true(lex_next(&lexer, &token));
        while (token.kind != TOKEN_END);
        assert_true(lexer.steps <= 6 * source.len + 6);
        fixture_free(f);
    }
}

static void a_plain_name_is_one_that_needs_no_quotes(void **state)
{
    (void)state;
    static const char *const PLAIN[] = {"在校生数", "QR1.限值", "a", "_1", "且甲"};
    static const char *const OTHERS[] = {"",   "且",  "合计",           "sum", "1a", "a b", "a.",
                                         ".a", "a.1", "校舍（平方米）", " V"};
    for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++)
        assert_true(lex_is_plain_name(str_from(PLAIN[i])));
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        assert_false(lex_is_plain_name(str_from(OTHERS[i])));
}

static void a_glued_word_is_found_in_an_unknown_name(void **state)
{
    (void)state;
    assert_text(glued_word(STR("甲且乙")), "且");
    assert_text(glued_word(STR("如果甲")), "如果");
    assert_text(glued_word(STR("非甲")), "非");
    assert_text(glued_word(STR("甲非")), "");
    assert_text(glued_word(STR("且")), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_of_a_sign_or_word_gives_its_token),
        cmocka_unit_test(numbers_are_decimals_in_half_or_full_width),
        cmocka_unit_test(names_run_over_letters_digits_and_members),
        cmocka_unit_test(texts_end_at_the_quote_of_their_kind),
        cmocka_unit_test(a_mistake_has_its_code_and_place),
        cmocka_unit_test(a_keyword_may_follow_a_number_directly),
        cmocka_unit_test(lexing_takes_steps_in_proportion_to_the_length),
        cmocka_unit_test(a_plain_name_is_one_that_needs_no_quotes),
        cmocka_unit_test(a_glued_word_is_found_in_an_unknown_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
