/*
 * Formula text to tokens, one at a time. What a token is shows in its first character; full-width
 * forms of signs, digits and letters are the same as the half-width ones.
 */
#ifndef JH_EXPR_LEX_INT_H
#define JH_EXPR_LEX_INT_H

#include "expr/tree.h"

typedef enum TokenKind {
    TOKEN_END, /* offset: just behind the last token */
    TOKEN_NUMBER,
    TOKEN_TEXT,
    TOKEN_NAME,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_ADD,
    TOKEN_SUBTRACT,
    TOKEN_MULTIPLY,
    TOKEN_DIVIDE,
    TOKEN_POWER,
    TOKEN_EQ,
    TOKEN_NE,
    TOKEN_LT,
    TOKEN_LE,
    TOKEN_GT,
    TOKEN_GE,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_IN,
    TOKEN_IF,
    TOKEN_THEN,
    TOKEN_ELSE,
    TOKEN_WHERE,
    TOKEN_OF,
    TOKEN_SIBLINGS,
    TOKEN_STRICT,
    TOKEN_TRUE,
    TOKEN_FALSE,
} TokenKind;

typedef struct Token {
    TokenKind kind;
    size_t offset, len; /* bytes of the source */
    Decimal number;
    Str text;       /* NAME, TEXT: without quotes */
    bool is_quoted; /* NAME: 「…」, never a function */
} Token;

typedef struct Lexer {
    Arena *arena;
    const Formula *formula;
    size_t at;
    size_t last_end;
    size_t steps; /* characters looked at: tests compare it with the length */
    Err *err;
} Lexer;

/* The source must be valid UTF-8. */
void lex_init(Lexer *lexer, Arena *arena, const Formula *formula, Err *err);
MUST_USE bool lex_next(Lexer *lexer, Token *ret);

bool lex_is_keyword(Str word);
/* Whether a name can be written without 「」. */
bool lex_is_plain_name(Str name);

#endif
