/* A tree as people read it, and the columns it needs. */
#include "expr/expr_int.h"
#include "expr/lex_int.h"

typedef struct Describer {
    StrBuf *out;
    const Substitute *substitute; /* NULL: none */
} Describer;

static void describe(const Describer *d, const Node *node, Precedence min);

static Precedence precedence_of(const Node *node)
{
    switch (node->kind) {
    case NODE_BINARY:
        return binary_precedence(node->op);
    case NODE_IN:
        return PRECEDENCE_COMPARE;
    case NODE_NOT:
        return node->op == OP_NE ? PRECEDENCE_COMPARE : PRECEDENCE_NOT;
    case NODE_NEGATE:
        return PRECEDENCE_NEGATE;
    case NODE_POWER:
        return PRECEDENCE_POWER;
    case NODE_IF:
        return PRECEDENCE_LOWEST;
    case NODE_NUMBER:
    case NODE_BOOL:
    case NODE_TEXT:
    case NODE_NAME:
    case NODE_CALL:
    case NODE_LIST:
        break;
    }
    return PRECEDENCE_PRIMARY;
}

/* Never with an exponent, which formulas do not have. */
static void add_number(StrBuf *out, Decimal number)
{
    Str digits = str_format(out->arena, "%lld", (long long)number.mantissa);
    if (number.exp10 >= 0) {
        strbuf_add(out, digits);
        strbuf_add_repeat(out, STR("0"), (size_t)number.exp10);
        return;
    }
    size_t places = (size_t)-number.exp10;
    size_t whole = digits.len > places ? digits.len - places : 0;
    strbuf_add(out, whole ? str_slice(digits, 0, whole) : STR("0"));
    strbuf_add_char(out, '.');
    strbuf_add_repeat(out, STR("0"), places - (digits.len - whole));
    strbuf_add(out, str_slice(digits, whole, digits.len));
}

static void add_name(StrBuf *out, Str name)
{
    if (lex_is_plain_name(name))
        strbuf_add(out, name);
    else
        strbuf_addf(out, "「%.*s」", STR_ARG(name));
}

/* In the first quotes that the text does not contain. */
static void add_text(StrBuf *out, Str text)
{
    bool has_double = str_contains(text, STR("\"")) || str_contains(text, STR("＂"));
    bool has_single = str_contains(text, STR("'")) || str_contains(text, STR("＇"));
    bool has_curly = str_contains(text, STR("“")) || str_contains(text, STR("”"));
    if (!has_double)
        strbuf_addf(out, "\"%.*s\"", STR_ARG(text));
    else if (!has_single)
        strbuf_addf(out, "'%.*s'", STR_ARG(text));
    else if (!has_curly)
        strbuf_addf(out, "“%.*s”", STR_ARG(text));
    else
        strbuf_addf(out, "‘%.*s’", STR_ARG(text));
}

static void add_binary(const Describer *d, const Node *node)
{
    static const char *const SIGNS[] = {
        [OP_ADD] = " + ", [OP_SUBTRACT] = " − ", [OP_MULTIPLY] = " × ", [OP_DIVIDE] = " ÷ ",
        [OP_EQ] = " = ",  [OP_NE] = " ≠ ",       [OP_LT] = " < ",       [OP_LE] = " ≤ ",
        [OP_GT] = " > ",  [OP_GE] = " ≥ ",       [OP_AND] = " 且 ",     [OP_OR] = " 或 ",
    };
    Precedence precedence = binary_precedence(node->op);
    describe(d, node->arg[0], binary_is_compare(node->op) ? precedence + 1 : precedence);
    strbuf_add(d->out, str_from(SIGNS[node->op]));
    describe(d, node->arg[1], precedence + 1);
}

static void add_in(const Describer *d, const Node *node)
{
    describe(d, node->arg[0], PRECEDENCE_COMPARE + 1);
    if (node->op == OP_EQ || node->op == OP_NE) {
        strbuf_add(d->out, node->op == OP_EQ ? STR(" = ") : STR(" ≠ "));
        add_text(d->out, node->choice[0]->text);
        return;
    }
    strbuf_add(d->out, STR(" 属于 ("));
    for (size_t i = 0; i < node->choice_count; i++) {
        strbuf_add(d->out, i ? STR(", ") : STR(""));
        add_text(d->out, node->choice[i]->text);
    }
    strbuf_add_char(d->out, ')');
}

static void add_call(const Describer *d, const Node *node)
{
    strbuf_addf(d->out, "%s(", function_name(node->fn, LANG_ZH));
    for (size_t i = 0; i < node->arg_count; i++) {
        strbuf_add(d->out, i ? STR(", ") : STR(""));
        describe(d, node->arg[i], PRECEDENCE_LOWEST);
    }
    if (node->where) {
        strbuf_add(d->out, STR(" 其中 "));
        describe(d, node->where, PRECEDENCE_LOWEST);
    }
    strbuf_add(d->out, node->is_siblings ? STR(" 同校") : STR(""));
    strbuf_add(d->out, node->is_strict ? STR(" 须齐全)") : STR(")"));
}

static void add_if(const Describer *d, const Node *node)
{
    static const char *const WORDS[] = {"如果 ", " 则 ", " 否则 "};
    for (size_t i = 0; i < 3; i++) {
        strbuf_add(d->out, str_from(WORDS[i]));
        describe(d, node->arg[i], PRECEDENCE_LOWEST);
    }
}

static void add_prefix(const Describer *d, const Node *node)
{
    if (node->kind == NODE_NOT && node->op == OP_NE) {
        describe(d, node->arg[0], PRECEDENCE_COMPARE); /* code ≠ "x" */
        return;
    }
    strbuf_add(d->out, node->kind == NODE_NOT ? STR("非 ") : STR("−"));
    describe(d, node->arg[0], precedence_of(node));
}

static void add_node(const Describer *d, const Node *node)
{
    switch (node->kind) {
    case NODE_NUMBER:
        add_number(d->out, node->number);
        return;
    case NODE_BOOL:
        strbuf_add(d->out, node->boolean ? STR("真") : STR("假"));
        return;
    case NODE_TEXT:
        add_text(d->out, node->text);
        return;
    case NODE_NAME:
    case NODE_LIST:
        add_name(d->out, node->symbol && node->symbol->name.len ? node->symbol->name : node->name);
        return;
    case NODE_NOT:
    case NODE_NEGATE:
        add_prefix(d, node);
        return;
    case NODE_BINARY:
        add_binary(d, node);
        return;
    case NODE_POWER:
        describe(d, node->arg[0], PRECEDENCE_PRIMARY);
        strbuf_addf(d->out, "^%d", node->exponent);
        return;
    case NODE_IF:
        add_if(d, node);
        return;
    case NODE_IN:
        add_in(d, node);
        return;
    case NODE_CALL:
        add_call(d, node);
        return;
    }
}

static void describe(const Describer *d, const Node *node, Precedence min)
{
    bool is_named = node->kind == NODE_NAME || node->kind == NODE_LIST || node->kind == NODE_CALL;
    if (is_named && d->substitute &&
        d->substitute->put(d->substitute->ctx, d->out, node, min > PRECEDENCE_ADD))
        return;
    bool needs_brackets = precedence_of(node) < min;
    strbuf_add(d->out, needs_brackets ? STR("(") : STR(""));
    add_node(d, node);
    strbuf_add(d->out, needs_brackets ? STR(")") : STR(""));
}

void expr_describe_with(StrBuf *out, const Node *tree, const Substitute *substitute)
{
    describe(&(Describer){.out = out, .substitute = substitute}, tree, PRECEDENCE_LOWEST);
}

void expr_describe(StrBuf *out, const Node *tree)
{
    expr_describe_with(out, tree, NULL);
}

/* ---- inputs ---- */

typedef struct Inputs {
    Arena *arena;
    Map seen_formula; /* by address */
    VEC(bool) seen_slot;
    VEC(int) slots;
} Inputs;

static bool is_new_formula(Inputs *inputs, const Formula *formula)
{
    const void *address = formula;
    return map_set(&inputs->seen_formula,
                   str_dup(inputs->arena, (Str){(const char *)&address, sizeof address}), inputs);
}

static void add_slot(Inputs *inputs, int slot)
{
    while (inputs->seen_slot.len <= (size_t)slot)
        VEC_PUSH(inputs->arena, &inputs->seen_slot, false);
    if (!inputs->seen_slot.ptr[slot])
        VEC_PUSH(inputs->arena, &inputs->slots, slot);
    inputs->seen_slot.ptr[slot] = true;
}

static void collect(Inputs *inputs, const Node *node)
{
    if (node->kind == NODE_NAME) {
        const Symbol *symbol = node->symbol;
        if (symbol->kind == SYMBOL_ITEM || symbol->kind == SYMBOL_ATTRIBUTE)
            add_slot(inputs, node->slot);
        if (symbol->kind == SYMBOL_FORMULA && is_new_formula(inputs, symbol->formula))
            collect(inputs, symbol->formula->tree);
    }
    for (size_t i = 0; i < node->arg_count; i++)
        collect(inputs, node->arg[i]);
    if (node->where)
        collect(inputs, node->where);
}

void expr_inputs(Arena *arena, const Node *tree, int **ret_slots, size_t *ret_count)
{
    Inputs inputs = {.arena = arena};
    map_init(&inputs.seen_formula, arena);
    collect(&inputs, tree);
    *ret_slots = inputs.slots.ptr;
    *ret_count = inputs.slots.len;
}
