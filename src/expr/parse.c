/* Tokens to tree: precedence climbing, one token ahead, no backtracking. */
#include "expr/expr_int.h"
#include "expr/lex_int.h"

#include "base/limits.h"
#include "base/utf8.h"

typedef struct Parser {
    Lexer lexer;
    Arena *arena;
    Formula *formula;
    Err *err;
    Token token;
    size_t last_end; /* end of the token before */
    int depth;       /* of brackets, calls, ifs and prefix operators */
} Parser;

/* All return NULL after an error. */
static Node *parse_expr(Parser *p, Precedence min);

/* ---- helpers ---- */

static bool advance(Parser *p)
{
    p->last_end = p->token.offset + p->token.len;
    return lex_next(&p->lexer, &p->token);
}

static ErrPlace place_of(const Parser *p, size_t offset, size_t len)
{
    return formula_place(p->arena, p->formula, offset, len);
}

static ErrPlace place_here(const Parser *p)
{
    return place_of(p, p->token.offset, p->token.len ? p->token.len : 1);
}

static Str excerpt(const Parser *p, const Token *token)
{
    return formula_excerpt(p->arena, p->formula, token->offset, token->len);
}

/* For code that has just failed and must return a Node. */
static Node *no_node(bool is_ok)
{
    CHECK(!is_ok);
    return NULL;
}

static Node *node_new(Parser *p, NodeKind kind, size_t offset)
{
    Node *node = ARENA_NEW(p->arena, Node);
    node->kind = kind;
    node->offset = offset;
    node->slot = -1;
    return node;
}

static void set_args(Parser *p, Node *node, size_t count, Node *const *arg)
{
    node->arg = ARENA_ARRAY(p->arena, Node *, count);
    node->arg_count = count;
    for (size_t i = 0; i < count; i++)
        node->arg[i] = arg[i];
}

/* Ends the node at the last token and measures it. */
static Node *finish(Parser *p, Node *node)
{
    node->len = p->last_end - node->offset;
    int height = node->where ? node->where->height : 0;
    for (size_t i = 0; i < node->arg_count; i++)
        if (node->arg[i]->height > height)
            height = node->arg[i]->height;
    node->height = height + 1;
    if (node->height <= LIMIT_FORMULA_HEIGHT)
        return node;
    ErrPlace place = place_of(p, node->offset, node->len);
    return no_node(
        err_fail_at(p->err, &place, ERR_FORMULA_HEIGHT, ARG_INT("limit", LIMIT_FORMULA_HEIGHT)));
}

static bool enter(Parser *p)
{
    if (p->depth < LIMIT_FORMULA_DEPTH) {
        p->depth++;
        return true;
    }
    ErrPlace place = place_here(p);
    return err_fail_at(p->err, &place, ERR_FORMULA_DEPTH, ARG_INT("limit", LIMIT_FORMULA_DEPTH));
}

static void leave(Parser *p)
{
    p->depth--;
}

static Node *fail_value(Parser *p)
{
    ErrPlace place = place_here(p);
    if (p->token.kind == TOKEN_END)
        return no_node(err_fail_at(p->err, &place, ERR_FORMULA_VALUE));
    return no_node(
        err_fail_at(p->err, &place, ERR_FORMULA_VALUE, ARG_STR("found", excerpt(p, &p->token))));
}

static bool fail_token(Parser *p)
{
    ErrPlace place = place_here(p);
    if (p->token.kind == TOKEN_CLOSE)
        return err_fail_at(p->err, &place, ERR_FORMULA_BRACKET_CLOSE);
    if (p->token.kind == TOKEN_COMMA)
        return err_fail_at(p->err, &place, ERR_FORMULA_COMMA);
    Str found = excerpt(p, &p->token);
    Str word =
        p->token.kind == TOKEN_NAME && !p->token.is_quoted ? glued_word(p->token.text) : STR("");
    return word.len ? err_fail_at(p->err, &place, ERR_FORMULA_TOKEN, ARG_STR("found", found),
                                  ARG_STR("word", word))
                    : err_fail_at(p->err, &place, ERR_FORMULA_TOKEN, ARG_STR("found", found));
}

/* The bracket at `open` should end here. */
static bool expect_close(Parser *p, const Token *open)
{
    if (p->token.kind == TOKEN_CLOSE)
        return advance(p);
    if (p->token.kind == TOKEN_NAME || p->token.kind == TOKEN_NUMBER)
        return fail_token(p);
    ErrPlace place = place_of(p, open->offset, open->len);
    if (p->token.kind == TOKEN_END)
        return err_fail_at(p->err, &place, ERR_FORMULA_BRACKET_OPEN);
    return err_fail_at(p->err, &place, ERR_FORMULA_BRACKET_OPEN,
                       ARG_STR("found", excerpt(p, &p->token)));
}

/* ---- calls ---- */

static bool fail_twice(Parser *p)
{
    ErrPlace place = place_here(p);
    return err_fail_at(p->err, &place, ERR_FORMULA_MODIFIER_TWICE,
                       ARG_STR("found", excerpt(p, &p->token)));
}

static bool parse_where(Parser *p, Node *call)
{
    if (call->where)
        return fail_twice(p);
    return advance(p) && (call->where = parse_expr(p, PRECEDENCE_LOWEST));
}

static bool parse_siblings(Parser *p, Node *call)
{
    if (call->is_siblings)
        return fail_twice(p);
    call->is_siblings = true;
    if (p->token.kind == TOKEN_OF) {
        if (!advance(p))
            return false;
        ErrPlace place = place_here(p);
        if (p->token.kind != TOKEN_SIBLINGS)
            return err_fail_at(p->err, &place, ERR_FORMULA_OF);
    }
    return advance(p);
}

static bool parse_strict(Parser *p, Node *call)
{
    if (call->is_strict)
        return fail_twice(p);
    call->is_strict = true;
    return advance(p);
}

static bool parse_modifiers(Parser *p, Node *call)
{
    for (;;) {
        bool is_ok;
        if (p->token.kind == TOKEN_WHERE)
            is_ok = parse_where(p, call);
        else if (p->token.kind == TOKEN_OF || p->token.kind == TOKEN_SIBLINGS)
            is_ok = parse_siblings(p, call);
        else if (p->token.kind == TOKEN_STRICT)
            is_ok = parse_strict(p, call);
        else
            return true;
        if (!is_ok)
            return false;
    }
}

static bool parse_args(Parser *p, Node *call)
{
    VEC(Node *) args = {0};
    if (p->token.kind == TOKEN_CLOSE)
        return true;
    for (;;) {
        Node *arg = parse_expr(p, PRECEDENCE_LOWEST);
        if (!arg)
            return false;
        VEC_PUSH(p->arena, &args, arg);
        if (p->token.kind != TOKEN_COMMA)
            break;
        if (!advance(p))
            return false;
    }
    call->arg = args.ptr;
    call->arg_count = args.len;
    return true;
}

/* At the bracket behind the function's name. */
static Node *parse_call(Parser *p, Function fn, size_t offset)
{
    Token open = p->token;
    Node *call = node_new(p, NODE_CALL, offset);
    call->fn = fn;
    if (!enter(p) || !advance(p) || !parse_args(p, call) || !parse_modifiers(p, call) ||
        !expect_close(p, &open))
        return NULL;
    leave(p);
    return finish(p, call);
}

static Node *fail_function(Parser *p, const Token *name)
{
    Str candidate[2 * FUNCTION_COUNT];
    for (int fn = 0; fn < FUNCTION_COUNT; fn++) {
        candidate[2 * fn] = str_from(function_row((Function)fn)->zh);
        candidate[2 * fn + 1] = str_from(function_row((Function)fn)->en);
    }
    ErrPlace place = place_of(p, name->offset, name->len);
    Str near = utf8_nearest(name->text, candidate, 2 * FUNCTION_COUNT);
    return no_node(near.len ? err_fail_at(p->err, &place, ERR_FORMULA_FUNCTION_UNKNOWN,
                                          ARG_STR("name", excerpt(p, name)), ARG_STR("near", near))
                            : err_fail_at(p->err, &place, ERR_FORMULA_FUNCTION_UNKNOWN,
                                          ARG_STR("name", excerpt(p, name))));
}

/* A name, or a call if it is a function's. */
static Node *parse_name(Parser *p)
{
    Token name = p->token;
    Function fn = FUNCTION_COUNT;
    bool is_function = !name.is_quoted && function_find(name.text, &fn);
    if (!advance(p))
        return NULL;
    if (is_function && p->token.kind == TOKEN_OPEN)
        return parse_call(p, fn, name.offset);
    ErrPlace place = place_of(p, name.offset, name.len);
    if (is_function)
        return no_node(
            err_fail_at(p->err, &place, ERR_FORMULA_FUNCTION_BARE, ARG_STR("name", name.text)));
    if (!name.is_quoted && p->token.kind == TOKEN_OPEN)
        return fail_function(p, &name);
    Node *node = node_new(p, NODE_NAME, name.offset);
    node->name = name.text;
    return finish(p, node);
}

/* ---- prefixes and primaries ---- */

static Node *parse_prefix(Parser *p, NodeKind kind, Precedence precedence)
{
    Node *node = node_new(p, kind, p->token.offset);
    if (!enter(p) || !advance(p))
        return NULL;
    Node *operand = parse_expr(p, precedence);
    if (!operand)
        return NULL;
    leave(p);
    set_args(p, node, 1, &operand);
    return finish(p, node);
}

static bool expect_word(Parser *p, const Node *node, TokenKind kind, ErrCode code)
{
    if (p->token.kind == kind)
        return advance(p);
    if (p->token.kind == TOKEN_NAME || p->token.kind == TOKEN_NUMBER ||
        p->token.kind == TOKEN_CLOSE)
        return fail_token(p);
    ErrPlace place = place_of(p, node->offset, p->last_end - node->offset);
    return err_fail_place(p->err, &place, code, (const ErrArg[]){{0}});
}

static Node *parse_if(Parser *p)
{
    Node *node = node_new(p, NODE_IF, p->token.offset), *part[3];
    if (!enter(p) || !advance(p) || !(part[0] = parse_expr(p, PRECEDENCE_LOWEST)) ||
        !expect_word(p, node, TOKEN_THEN, ERR_FORMULA_THEN) ||
        !(part[1] = parse_expr(p, PRECEDENCE_LOWEST)) ||
        !expect_word(p, node, TOKEN_ELSE, ERR_FORMULA_ELSE) ||
        !(part[2] = parse_expr(p, PRECEDENCE_LOWEST)))
        return NULL;
    leave(p);
    set_args(p, node, 3, part);
    return finish(p, node);
}

static Node *parse_brackets(Parser *p)
{
    Token open = p->token;
    if (!enter(p) || !advance(p))
        return NULL;
    Node *inner = parse_expr(p, PRECEDENCE_LOWEST);
    if (!inner || !expect_close(p, &open))
        return NULL;
    leave(p);
    return inner;
}

static Node *parse_literal(Parser *p)
{
    NodeKind kind = NODE_BOOL;
    if (p->token.kind == TOKEN_NUMBER)
        kind = NODE_NUMBER;
    if (p->token.kind == TOKEN_TEXT)
        kind = NODE_TEXT;
    Node *node = node_new(p, kind, p->token.offset);
    if (kind == NODE_NUMBER)
        node->number = p->token.number;
    if (kind == NODE_TEXT)
        node->text = p->token.text;
    node->boolean = p->token.kind == TOKEN_TRUE;
    return advance(p) ? finish(p, node) : NULL;
}

static Node *parse_operand(Parser *p, Precedence min)
{
    switch (p->token.kind) {
    case TOKEN_NUMBER:
    case TOKEN_TEXT:
    case TOKEN_TRUE:
    case TOKEN_FALSE:
        return parse_literal(p);
    case TOKEN_NAME:
        return parse_name(p);
    case TOKEN_OPEN:
        return parse_brackets(p);
    case TOKEN_IF:
        return parse_if(p);
    case TOKEN_SUBTRACT:
        return parse_prefix(p, NODE_NEGATE, PRECEDENCE_NEGATE);
    case TOKEN_NOT:
        return min <= PRECEDENCE_NOT ? parse_prefix(p, NODE_NOT, PRECEDENCE_NOT) : fail_value(p);
    case TOKEN_END:
    case TOKEN_CLOSE:
    case TOKEN_COMMA:
    case TOKEN_ADD:
    case TOKEN_MULTIPLY:
    case TOKEN_DIVIDE:
    case TOKEN_POWER:
    case TOKEN_EQ:
    case TOKEN_NE:
    case TOKEN_LT:
    case TOKEN_LE:
    case TOKEN_GT:
    case TOKEN_GE:
    case TOKEN_AND:
    case TOKEN_OR:
    case TOKEN_IN:
    case TOKEN_THEN:
    case TOKEN_ELSE:
    case TOKEN_WHERE:
    case TOKEN_OF:
    case TOKEN_SIBLINGS:
    case TOKEN_STRICT:
        break;
    }
    return fail_value(p);
}

/* ---- operators ---- */

Precedence binary_precedence(BinaryOp op)
{
    static const Precedence PRECEDENCES[] = {
        [OP_ADD] = PRECEDENCE_ADD,           [OP_SUBTRACT] = PRECEDENCE_ADD,
        [OP_MULTIPLY] = PRECEDENCE_MULTIPLY, [OP_DIVIDE] = PRECEDENCE_MULTIPLY,
        [OP_EQ] = PRECEDENCE_COMPARE,        [OP_NE] = PRECEDENCE_COMPARE,
        [OP_LT] = PRECEDENCE_COMPARE,        [OP_LE] = PRECEDENCE_COMPARE,
        [OP_GT] = PRECEDENCE_COMPARE,        [OP_GE] = PRECEDENCE_COMPARE,
        [OP_AND] = PRECEDENCE_AND,           [OP_OR] = PRECEDENCE_OR,
    };
    return PRECEDENCES[op];
}

static bool binary_op(TokenKind kind, BinaryOp *ret)
{
    static const struct {
        TokenKind kind;
        BinaryOp op;
    } OPS[] = {
        {TOKEN_ADD, OP_ADD},
        {TOKEN_SUBTRACT, OP_SUBTRACT},
        {TOKEN_MULTIPLY, OP_MULTIPLY},
        {TOKEN_DIVIDE, OP_DIVIDE},
        {TOKEN_EQ, OP_EQ},
        {TOKEN_NE, OP_NE},
        {TOKEN_LT, OP_LT},
        {TOKEN_LE, OP_LE},
        {TOKEN_GT, OP_GT},
        {TOKEN_GE, OP_GE},
        {TOKEN_AND, OP_AND},
        {TOKEN_OR, OP_OR},
    };
    for (size_t i = 0; i < sizeof OPS / sizeof *OPS; i++)
        if (OPS[i].kind == kind) {
            *ret = OPS[i].op;
            return true;
        }
    return false;
}

static Node *parse_binary(Parser *p, Node *left, BinaryOp op, size_t offset)
{
    Node *node = node_new(p, NODE_BINARY, offset);
    node->op = op;
    if (!advance(p))
        return NULL;
    Node *right = parse_expr(p, binary_precedence(op) + 1);
    if (!right)
        return NULL;
    set_args(p, node, 2, (Node *[]){left, right});
    return finish(p, node);
}

static Node *parse_power(Parser *p, Node *base, size_t offset)
{
    Node *node = node_new(p, NODE_POWER, offset);
    if (!advance(p))
        return NULL;
    Decimal number = p->token.number;
    bool is_whole = p->token.kind == TOKEN_NUMBER && number.exp10 == 0 && number.mantissa <= 9;
    if (!is_whole) {
        ErrPlace place = place_here(p);
        return no_node(err_fail_at(p->err, &place, ERR_FORMULA_EXPONENT));
    }
    node->exponent = (int)number.mantissa;
    if (!advance(p))
        return NULL;
    if (p->token.kind == TOKEN_POWER)
        return no_node(fail_token(p));
    set_args(p, node, 1, &base);
    return finish(p, node);
}

static Node *fail_text_list(Parser *p)
{
    ErrPlace place = place_here(p);
    return no_node(err_fail_at(p->err, &place, ERR_FORMULA_TEXT_LIST));
}

static Node *parse_in(Parser *p, Node *left, size_t offset)
{
    Node *node = node_new(p, NODE_IN, offset);
    VEC(Node *) choices = {0};
    if (!advance(p))
        return NULL;
    Token open = p->token;
    if (open.kind != TOKEN_OPEN)
        return fail_text_list(p);
    do {
        if (!advance(p))
            return NULL;
        if (p->token.kind != TOKEN_TEXT)
            return fail_text_list(p);
        Node *text = parse_literal(p);
        if (!text)
            return NULL;
        VEC_PUSH(p->arena, &choices, text);
    } while (p->token.kind == TOKEN_COMMA);
    if (!expect_close(p, &open))
        return NULL;
    set_args(p, node, 1, &left);
    node->choice = choices.ptr;
    node->choice_count = choices.len;
    return finish(p, node);
}

static Node *fail_chain(Parser *p)
{
    ErrPlace place = place_here(p);
    return no_node(err_fail_at(p->err, &place, ERR_FORMULA_CHAIN));
}

static Node *parse_expr(Parser *p, Precedence min)
{
    size_t offset = p->token.offset;
    Node *left = parse_operand(p, min);
    bool has_compared = false;
    while (left) {
        BinaryOp op = OP_ADD;
        bool is_binary = binary_op(p->token.kind, &op), is_in = p->token.kind == TOKEN_IN;
        bool is_compare = is_in || (is_binary && binary_is_compare(op));
        Precedence precedence = PRECEDENCE_POWER;
        if (is_compare)
            precedence = PRECEDENCE_COMPARE;
        else if (is_binary)
            precedence = binary_precedence(op);
        else if (p->token.kind != TOKEN_POWER)
            return left;
        if (precedence < min)
            return left;
        if (is_compare && has_compared)
            return fail_chain(p);
        if (has_compared && precedence > PRECEDENCE_COMPARE)
            return no_node(fail_token(p)); /* a 属于 ("x") + 1 */
        has_compared = is_compare;
        if (is_in)
            left = parse_in(p, left, offset);
        else if (is_binary)
            left = parse_binary(p, left, op, offset);
        else
            left = parse_power(p, left, offset);
    }
    return NULL;
}

static bool check_source(Arena *arena, const Formula *formula, Err *err)
{
    Str source = formula->source;
    size_t valid = utf8_valid_len(source);
    ErrPlace place = {.file = formula->file,
                      .node = formula->node,
                      .line = formula->line,
                      .column = formula->column};
    if (source.len > LIMIT_FORMULA_BYTES)
        return err_fail_at(err, &place, ERR_FORMULA_BYTES, ARG_INT("size", source.len),
                           ARG_INT("limit", LIMIT_FORMULA_BYTES));
    if (valid < source.len) {
        Formula readable = *formula;
        readable.source.len = valid;
        place = formula_place(arena, &readable, valid, 0);
        return err_fail_at(err, &place, ERR_FORMULA_UTF8);
    }
    return true;
}

bool expr_parse(Arena *arena, Formula *formula, Err *err)
{
    Parser p = {.arena = arena, .formula = formula, .err = err};
    if (!check_source(arena, formula, err))
        return false;
    lex_init(&p.lexer, arena, formula, err);
    if (!advance(&p))
        return false;
    if (p.token.kind == TOKEN_END) {
        ErrPlace place = place_of(&p, 0, 0);
        return err_fail_at(err, &place, ERR_FORMULA_EMPTY);
    }
    Node *tree = parse_expr(&p, PRECEDENCE_LOWEST);
    if (!tree)
        return false;
    if (p.token.kind != TOKEN_END)
        return fail_token(&p);
    formula->tree = tree;
    return true;
}
