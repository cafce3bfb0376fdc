/*
 * A formula as a tree with spans, and the names it may use.
 *
 * Life of a formula: expr_parse (source -> tree) -> expr_check (names, types, units,
 * levels; all errors) -> then read-only for ever: compiled (calc/compile), walked
 * exactly (calc/exact), described (expr_describe), searched for inputs.
 *
 * Levels: a ROW formula has a value per school-stage; a REGION formula one per region
 * and stage. An aggregate turns rows into a region value. In a ROW formula an
 * aggregate is that of the row's own leaf region (so rank, and shares of the county,
 * can be written); `of 同校` makes it the sum over the school's own stages instead.
 */
#ifndef JH_EXPR_TREE_H
#define JH_EXPR_TREE_H

#include "base/decimal.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"
#include "col/frame.h"
#include "expr/unit.h"

typedef enum Type {
    TYPE_NUMBER,
    TYPE_BOOL,
    TYPE_CODE,
    TYPE_NUMBER_LIST,
    TYPE_BOOL_LIST,
    TYPE_TEXT
} Type;
typedef enum Level { LEVEL_CONST, LEVEL_ROW, LEVEL_REGION } Level;

typedef enum NodeKind {
    NODE_NUMBER, /* number */
    NODE_BOOL,   /* boolean */
    NODE_TEXT,   /* text: only beside a code attribute, or as an argument of convert */
    NODE_NAME,   /* symbol, slot */
    NODE_NOT,
    NODE_NEGATE,
    NODE_BINARY, /* op, arg[0], arg[1] */
    NODE_POWER,  /* arg[0] ^ exponent, a whole number 0 … 9 */
    NODE_IF,     /* arg[0] ? arg[1] : arg[2] */
    NODE_IN,     /* arg[0] is one of codes[] */
    NODE_CALL,   /* fn, arg[], where, is_siblings, is_strict */
    NODE_LIST,   /* arg[]: 各项.达标 after checking */
} NodeKind;

typedef enum BinaryOp {
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_AND,
    OP_OR,
} BinaryOp;

typedef enum Function {
#define FUNCTION(code, en, zh, shape, args_min, args_max, doc_zh, doc_en) code,
#include "expr/functions.def"
#undef FUNCTION
    FUNCTION_COUNT
} Function;

typedef struct Symbol Symbol;
typedef struct Node Node;

struct Node {
    NodeKind kind;
    size_t offset, len; /* bytes of the source it stands for */

    Node **arg;
    size_t arg_count;
    BinaryOp op;
    Function fn;
    Node *where;      /* ROWS aggregates: only rows where it is true; NULL: all in scope */
    bool is_siblings; /* of 同校: over the parts of the row's own school */
    bool is_strict;   /* a not-reported or undefined part makes the whole absent */
    int exponent;
    Decimal number;
    bool boolean;
    Str text;
    const double *code; /* NODE_IN: numbers of the codes, ascending */
    size_t code_count;
    Str name; /* NODE_NAME: as written, quotes removed: 在校生数, QR1.限值, 各项.达标 */

    /* filled in by expr_check */
    const Symbol *symbol;
    int slot; /* NODE_NAME of an item or attribute: column of the Frame */
    Type type;
    Level level;
    Unit unit;
    Decimal factor; /* FN_CONVERT: arg[0] times factor */

    /* NODE_IN: the NODE_TEXTs of its codes, as written. op is OP_EQ or OP_NE where it was written with = or ≠. */
    Node **choice;
    size_t choice_count;

    /* how large it is once names are replaced by their formulas */
    int height; /* levels of nodes; by expr_parse without names, by expr_check with them */
    int windows; /* region values (and ranks) that must be there, one after the other, before it can be computed */
    size_t expanded; /* nodes, counted up to LIMIT_EXPANDED_NODES + 1 */
};

typedef struct Formula {
    Str source;
    Str file; /* where it stands: file, line and column of its first character (for errors) */
    size_t line, column;
    size_t indent; /* blanks that the file has in front of its further lines */
    Str node;      /* pack node, as 指标/QR1/公式 */
    Node *tree;
    bool is_checked, is_being_checked;
    bool is_failed; /* checked, and an error was reported for it or for a formula it uses */
    int name_depth; /* names within names: 0 if it uses no other formula */
} Formula;

/* A code list as formulas see it: "小学", "211" and group names such as "城区" to numbers. */
typedef struct CodeName {
    const double *code; /* ascending */
    size_t count;
} CodeName;
typedef struct CodeSet {
    Str name;
    Map names; /* Str -> const CodeName * */
} CodeSet;

typedef enum SymbolKind {
    SYMBOL_ITEM,      /* number reported per school-stage or school: slot */
    SYMBOL_ATTRIBUTE, /* code of a code list: slot */
    SYMBOL_PARAMETER, /* figure of a standard, by stage */
    SYMBOL_FORMULA,   /* named formula */
    SYMBOL_LIST,      /* 各项.达标: element[] are FORMULA or PARAMETER symbols */
} SymbolKind;

struct Symbol {
    SymbolKind kind;
    Str name; /* Chinese */
    Str code; /* English or empty */
    Type type;
    Unit unit;
    const CodeSet *codes;
    Formula *formula;
    /* SYMBOL_PARAMETER: by stage; has_value false: this stage has none (a formula that needs it is not applicable there) */
    Decimal value[FRAME_STAGES_MAX];
    bool has_value[FRAME_STAGES_MAX];
    const Symbol **element;
    size_t element_count;
    bool
        unit_is_declared; /* FORMULA: unit and type are declared by the pack and checked against the tree */
    Level level;          /* FORMULA: declared level */
    void *owner;          /* the pack's own struct behind it (Item, Indicator …) */
};

/* One column that formulas need: an item or attribute, `years_back` 0 or 1. */
typedef struct Slot {
    const Symbol *symbol;
    int years_back;
} Slot;

typedef struct Scope Scope;
struct Scope {
    Arena *arena;
    Map symbols; /* Str (name, code, alias) -> Symbol * */
    const Scope *
        foreign; /* names of formulas of another kind: taken here too, but not usable; NULL: none */
    const UnitTable *units;
    VEC(Slot)
    slots; /* grows as formulas are checked; a Frame for these formulas has slots.len columns */
};

void scope_init(Scope *scope, Arena *arena, const UnitTable *units);

/* Adds under name, and code if it has one. Fails with ERR_NAME_DUPLICATE, ERR_NAME_RESERVED (a keyword or function). */
MUST_USE bool scope_add(Scope *scope, Symbol *symbol, const ErrPlace *place, Err *err);
Symbol *scope_find(const Scope *scope, Str name);
/* The column of an item or attribute, made if new. */
int scope_slot(Scope *scope, const Symbol *symbol, int years_back);

/*
 * Source to tree; formula->tree is set on success and refers to formula->source. Syntax errors (ERR_FORMULA_…) carry file, line,
 * column, source line and carets. Linear in the length of the source; LIMIT_FORMULA_BYTES and
 * LIMIT_FORMULA_DEPTH (brackets) and LIMIT_FORMULA_HEIGHT (of the tree: a + b + c … is as high as it
 * is long) bound it. Reports the first syntax error only (what follows one is guesswork).
 */
MUST_USE bool expr_parse(Arena *arena, Formula *formula, Err *err);

/*
 * Resolves names (checking the formulas they stand for first; a cycle is ERR_FORMULA_CYCLE with the
 * path), types, units and levels; all errors of the formula, not only the first. `want` is the declared
 * symbol (type, level unless it is LEVEL_CONST, and unit if unit_is_declared), or NULL for an anonymous
 * number, bool or code. Named formulas are checked once, against their own symbol; a second call
 * answers as the first did, without reporting again. `a = "x"` becomes NODE_IN, `a ≠ "x"` NODE_NOT of
 * one. Afterwards the tree is read-only.
 *
 * The level of a FORMULA name is its declared one. Arguments of ROWS aggregates are never LEVEL_REGION,
 * those of `同校` hold no region value; the literals of round, percentile and atleast are NODE_NUMBERs.
 */
MUST_USE bool expr_check(Scope *scope, Formula *formula, const Symbol *want, Err *err);

/* Every slot the formula reads, through the names it uses, each once, in order of first use. */
void expr_inputs(Arena *arena, const Node *tree, int **ret_slots, size_t *ret_count);

/*
 * The formula in display form: the symbols' names (before checking: as written), Chinese words, operators
 * × ÷ − ≥ ≤, minimal brackets. Parsing it gives the same tree again.
 */
void expr_describe(StrBuf *out, const Node *tree);

/*
 * The same with something else in place of names, lists and calls, as their figures: where `put` wrote it, it
 * returns true. is_tight: a sign there needs brackets.
 */
typedef struct Substitute {
    bool (*put)(void *ctx, StrBuf *out, const Node *node, bool is_tight);
    void *ctx;
} Substitute;
void expr_describe_with(StrBuf *out, const Node *tree, const Substitute *substitute);

const char *function_name(Function fn, Lang lang);

#endif
