#include "expr/lex_int.h"
#include "expr/expr_int.h"

#include "base/utf8.h"

static const struct {
    const char *word;
    TokenKind kind;
} KEYWORDS[] = {
    {"if", TOKEN_IF},         {"如果", TOKEN_IF},       {"then", TOKEN_THEN},
    {"则", TOKEN_THEN},       {"else", TOKEN_ELSE},     {"否则", TOKEN_ELSE},
    {"and", TOKEN_AND},       {"且", TOKEN_AND},        {"or", TOKEN_OR},
    {"或", TOKEN_OR},         {"not", TOKEN_NOT},       {"非", TOKEN_NOT},
    {"in", TOKEN_IN},         {"属于", TOKEN_IN},       {"where", TOKEN_WHERE},
    {"其中", TOKEN_WHERE},    {"of", TOKEN_OF},         {"siblings", TOKEN_SIBLINGS},
    {"同校", TOKEN_SIBLINGS}, {"strict", TOKEN_STRICT}, {"须齐全", TOKEN_STRICT},
    {"true", TOKEN_TRUE},     {"真", TOKEN_TRUE},       {"false", TOKEN_FALSE},
    {"假", TOKEN_FALSE},
};

static bool find_keyword(Str word, TokenKind *ret)
{
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof *KEYWORDS; i++)
        if (str_equals(word, str_from(KEYWORDS[i].word))) {
            *ret = KEYWORDS[i].kind;
            return true;
        }
    return false;
}

bool lex_is_keyword(Str word)
{
    TokenKind kind;
    return find_keyword(word, &kind);
}

/* ---- characters ---- */

enum { CODE_END = 0x110000 };

/* The character at `at` in its half-width form, CODE_END behind the last. */
static uint32_t code_at(Str source, size_t at, size_t *ret_end)
{
    if (at >= source.len)
        return CODE_END;
    uint32_t code = utf8_next(source, &at);
    *ret_end = at;
    if (code >= 0xff01 && code <= 0xff5e)
        return code - 0xff01 + '!';
    return code == 0x3000 || code == 0xa0 ? ' ' : code;
}

static uint32_t peek(Lexer *lexer, size_t at, size_t *ret_end)
{
    lexer->steps++;
    return code_at(lexer->formula->source, at, ret_end);
}

static bool is_blank(uint32_t code)
{
    return code == ' ' || code == '\t' || code == '\r' || code == '\n';
}
static bool is_digit(uint32_t code)
{
    return code >= '0' && code <= '9';
}

static bool is_name_start(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } RANGE[] = {
        {'A', 'Z'},       {'_', '_'},       {'a', 'z'},       {0xc0, 0xd6},
        {0xd8, 0xf6},     {0xf8, 0x24f},    /* Latin letters, without × and ÷ */
        {0x370, 0x3ff},                     /* Greek */
        {0x2160, 0x2188},                   /* Ⅰ Ⅱ Ⅲ */
        {0x3005, 0x3005}, {0x3007, 0x3007}, /* 々 〇 */
        {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xf900, 0xfaff}, {0x20000, 0x3fffd},
    };
    for (size_t i = 0; i < sizeof RANGE / sizeof *RANGE; i++)
        if (code >= RANGE[i].first && code <= RANGE[i].last)
            return true;
    return false;
}

static bool is_name_part(uint32_t code)
{
    return is_digit(code) || is_name_start(code);
}

/* The end of a run of name characters from `at`. */
static size_t run_end(Str source, size_t at)
{
    size_t end = at;
    while (is_name_part(code_at(source, at, &end)))
        at = end;
    return at;
}

/* The end of `.member.member` from `at`, or `at`. */
static size_t members_end(Str source, size_t at)
{
    for (;;) {
        size_t dot_end = at, end = at;
        if (code_at(source, at, &dot_end) != '.' || !is_name_start(code_at(source, dot_end, &end)))
            return at;
        at = run_end(source, dot_end);
    }
}

bool lex_is_plain_name(Str name)
{
    size_t end = 0;
    if (!is_name_start(code_at(name, 0, &end)))
        return false;
    Function fn;
    return members_end(name, run_end(name, 0)) == name.len && !lex_is_keyword(name) &&
           !function_find(name, &fn);
}

/* ---- tokens ---- */

void lex_init(Lexer *lexer, Arena *arena, const Formula *formula, Err *err)
{
    *lexer = (Lexer){.arena = arena, .formula = formula, .err = err};
}

static ErrPlace place_of(const Lexer *lexer, size_t from, size_t end)
{
    return formula_place(lexer->arena, lexer->formula, from, end - from);
}

static Str slice(const Lexer *lexer, size_t from, size_t end)
{
    return str_slice(lexer->formula->source, from, end - from);
}

static bool finish(Lexer *lexer, Token *ret, Token token, size_t end)
{
    token.len = end - token.offset;
    lexer->at = lexer->last_end = end;
    *ret = token;
    return true;
}

static size_t skip_blanks(Lexer *lexer, size_t at)
{
    size_t end = at;
    while (is_blank(peek(lexer, at, &end)))
        at = end;
    return at;
}

/* What may not follow a number directly: a percent sign, letters. */
static bool check_number_end(Lexer *lexer, size_t from, size_t end, Decimal number)
{
    size_t blank_end = skip_blanks(lexer, end), tail_end = blank_end;
    if (peek(lexer, blank_end, &tail_end) == '%') {
        StrBuf share;
        strbuf_init(&share, lexer->arena);
        decimal_add_shortest(&share, decimal_to_double((Decimal){
                                         number.mantissa, number.mantissa ? number.exp10 - 2 : 0}));
        ErrPlace place = place_of(lexer, from, tail_end);
        return err_fail_at(lexer->err, &place, ERR_FORMULA_PERCENT,
                           ARG_STR("text", slice(lexer, from, tail_end)),
                           ARG_STR("number", strbuf_str(&share)));
    }
    size_t word_end = run_end(lexer->formula->source, end);
    lexer->steps += word_end - end;
    if (word_end == end || lex_is_keyword(slice(lexer, end, word_end)))
        return true;
    ErrPlace place = place_of(lexer, from, word_end);
    return err_fail_at(
        lexer->err, &place, ERR_FORMULA_NUMBER_TAIL, ARG_STR("number", slice(lexer, from, end)),
        ARG_STR("text", formula_excerpt(lexer->arena, lexer->formula, end, word_end - end)));
}

static bool lex_number(Lexer *lexer, Token token, Token *ret)
{
    StrBuf digits;
    strbuf_init(&digits, lexer->arena);
    size_t at = token.offset, end = at, next_end = at;
    bool has_point = false;
    for (;;) {
        uint32_t code = peek(lexer, at, &end);
        bool is_point = code == '.' && !has_point && is_digit(peek(lexer, end, &next_end));
        if (!is_digit(code) && !is_point)
            break;
        has_point |= is_point;
        strbuf_add_char(&digits, (char)code);
        at = end;
    }
    DecimalResult result = decimal_parse(strbuf_str(&digits), &token.number);
    if (result != DECIMAL_OK) {
        ErrPlace place = place_of(lexer, token.offset, at);
        return err_fail_at(lexer->err, &place, ERR_FORMULA_DIGITS,
                           ARG_STR("text", formula_excerpt(lexer->arena, lexer->formula,
                                                           token.offset, at - token.offset)));
    }
    if (!check_number_end(lexer, token.offset, at, token.number))
        return false;
    token.kind = TOKEN_NUMBER;
    return finish(lexer, ret, token, at);
}

static bool lex_name(Lexer *lexer, Token token, Token *ret)
{
    Str source = lexer->formula->source;
    size_t end = members_end(source, run_end(source, token.offset));
    lexer->steps += end - token.offset;
    token.text = slice(lexer, token.offset, end);
    token.kind = TOKEN_NAME;
    (void)find_keyword(token.text, &token.kind);
    return finish(lexer, ret, token, end);
}

static bool fail_open_quote(Lexer *lexer, size_t from, size_t end)
{
    ErrPlace place = place_of(lexer, from, end);
    return err_fail_at(lexer->err, &place, ERR_FORMULA_QUOTE_OPEN,
                       ARG_STR("quote", slice(lexer, from, end)));
}

static bool lex_quoted_name(Lexer *lexer, Token token, size_t open_end, Token *ret)
{
    size_t at = open_end, end = at;
    uint32_t code;
    while ((code = peek(lexer, at, &end)) != 0x300d) { /* 」 */
        if (code == CODE_END || code == '\n')
            return fail_open_quote(lexer, token.offset, open_end);
        at = end;
    }
    token.kind = TOKEN_NAME;
    token.is_quoted = true;
    token.text = slice(lexer, open_end, at);
    size_t members = members_end(lexer->formula->source, end);
    if (members > end)
        token.text = str_format(lexer->arena, "%.*s%.*s", STR_ARG(token.text),
                                STR_ARG(slice(lexer, end, members)));
    return finish(lexer, ret, token, members);
}

/* “ and ” close each other whichever way round they were typed. */
static uint32_t quote_family(uint32_t code)
{
    if (code == 0x201d)
        return 0x201c;
    return code == 0x2019 ? 0x2018 : code;
}

static bool is_quote(uint32_t code)
{
    uint32_t family = quote_family(code);
    return family == '"' || family == '\'' || family == 0x201c || family == 0x2018;
}

static bool lex_text(Lexer *lexer, Token token, uint32_t quote, size_t open_end, Token *ret)
{
    size_t at = open_end, end = at;
    uint32_t code;
    while (quote_family(code = peek(lexer, at, &end)) != quote_family(quote)) {
        if (code == CODE_END || code == '\n')
            return fail_open_quote(lexer, token.offset, open_end);
        at = end;
    }
    token.kind = TOKEN_TEXT;
    token.text = slice(lexer, open_end, at);
    return finish(lexer, ret, token, end);
}

static bool one_sign(uint32_t code, TokenKind *ret)
{
    static const struct {
        uint32_t code;
        TokenKind kind;
    } SIGNS[] = {
        {'(', TOKEN_OPEN},        {')', TOKEN_CLOSE},    {',', TOKEN_COMMA},
        {0x3001, TOKEN_COMMA},    {'+', TOKEN_ADD},      {'-', TOKEN_SUBTRACT},
        {0x2212, TOKEN_SUBTRACT}, {'*', TOKEN_MULTIPLY}, {0xd7, TOKEN_MULTIPLY},
        {'/', TOKEN_DIVIDE},      {0xf7, TOKEN_DIVIDE},  {'^', TOKEN_POWER},
        {'=', TOKEN_EQ},          {0x2260, TOKEN_NE},    {'!', TOKEN_NOT},
        {'<', TOKEN_LT},          {0x2264, TOKEN_LE},    {0x2266, TOKEN_LE},
        {'>', TOKEN_GT},          {0x2265, TOKEN_GE},    {0x2267, TOKEN_GE},
    };
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (code == SIGNS[i].code) {
            *ret = SIGNS[i].kind;
            return true;
        }
    return false;
}

static bool two_signs(uint32_t first, uint32_t second, TokenKind *ret)
{
    static const struct {
        char first, second;
        TokenKind kind;
    } SIGNS[] = {
        {'=', '=', TOKEN_EQ}, {'<', '>', TOKEN_NE},  {'!', '=', TOKEN_NE}, {'<', '=', TOKEN_LE},
        {'>', '=', TOKEN_GE}, {'&', '&', TOKEN_AND}, {'|', '|', TOKEN_OR},
    };
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (first == (uint32_t)SIGNS[i].first && second == (uint32_t)SIGNS[i].second) {
            *ret = SIGNS[i].kind;
            return true;
        }
    return false;
}

static bool lex_sign(Lexer *lexer, Token token, uint32_t code, size_t end, Token *ret)
{
    size_t second_end = end;
    uint32_t second = peek(lexer, end, &second_end);
    if (two_signs(code, second, &token.kind))
        return finish(lexer, ret, token, second_end);
    if (one_sign(code, &token.kind))
        return finish(lexer, ret, token, end);
    ErrPlace place = place_of(lexer, token.offset, end);
    return err_fail_at(lexer->err, &place, ERR_FORMULA_CHARACTER,
                       ARG_STR("text", formula_excerpt(lexer->arena, lexer->formula, token.offset,
                                                       end - token.offset)));
}

bool lex_next(Lexer *lexer, Token *ret)
{
    size_t at = skip_blanks(lexer, lexer->at), end = at;
    uint32_t code = peek(lexer, at, &end);
    Token token = {.kind = TOKEN_END, .offset = at};
    if (code == CODE_END) {
        token.offset = lexer->last_end;
        lexer->at = at;
        *ret = token;
        return true;
    }
    if (is_digit(code))
        return lex_number(lexer, token, ret);
    if (is_name_start(code))
        return lex_name(lexer, token, ret);
    if (code == 0x300c) /* 「 */
        return lex_quoted_name(lexer, token, end, ret);
    if (is_quote(code))
        return lex_text(lexer, token, code, end, ret);
    return lex_sign(lexer, token, code, end, ret);
}

Str glued_word(Str name)
{
    static const char *const WORDS[] = {"如果", "否则", "属于", "其中", "须齐全",
                                        "同校", "且",   "或",   "则"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_contains(name, str_from(WORDS[i])) && name.len > strlen(WORDS[i]))
            return str_from(WORDS[i]);
    return str_starts_with(name, STR("非")) && name.len > 3 ? STR("非") : STR("");
}
