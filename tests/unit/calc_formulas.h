/*
 * Random formulas over the names of calc_world.h, as text. Beside each number goes a second
 * formula, its scale: what the first would be if nothing in it cancelled, written with the means
 * of the language itself. It says how far a double may be off, and is computed by the walker only.
 */
#ifndef TEST_CALC_FORMULAS_H
#define TEST_CALC_FORMULAS_H

#include "calc_world.h"

/* What is allowed where the text stands, and what was used. */
typedef struct Gen {
    World *world;
    int windows;      /* region values and ranks that may still be put into one another */
    bool is_siblings; /* inside a sum over the parts of a school */
    bool is_previous; /* inside 上年 */
    bool
        *is_jumpy; /* a region formula has something that jumps: above the leaves it is not exact */
} Gen;

typedef struct Pair {
    Str text, scale;
} Pair;

static inline Pair gen_row_number(Gen g, int depth);
static inline Str gen_row_bool(Gen g, int depth);
static inline Pair gen_region_number(Gen g, int depth);
static inline Str gen_region_bool(Gen g, int depth);

#define GEN(g, ...) str_format(&(g).world->arena, __VA_ARGS__)
#define ONE_OF(g, array) ((array)[world_pick((g).world, (int)(sizeof(array) / sizeof *(array)))])

static inline Gen gen_below(Gen g)
{
    g.windows--;
    return g;
}

static inline Str gen_around(Gen g, const char *before, Str text, const char *after)
{
    return GEN(g, "%s%.*s%s", before, STR_ARG(text), after);
}

/* Often nothing. */
static inline Str gen_where(Gen g, int depth, int percent)
{
    return world_chance(g.world, percent) ? gen_around(g, " where ", gen_row_bool(g, depth - 1), "")
                                          : STR("");
}

static inline void gen_mark_jump(Gen g)
{
    if (g.is_jumpy)
        *g.is_jumpy = true;
}

/* ---- leaves ---- */

static inline Pair gen_literal(Gen g)
{
    static const char *const NUMBER[] = {"0",     "0.1",   "0.2", "0.3", "1",  "2",   "3",   "4.2",
                                         "3.825", "0.765", "100", "0.5", "10", "306", "0.01"};
    Str text = str_from(ONE_OF(g, NUMBER));
    if (world_chance(g.world, 10))
        return (Pair){GEN(g, "(-%.*s)", STR_ARG(text)), text};
    return (Pair){text, text};
}

static inline Pair gen_item(Gen g)
{
    Str text = str_from(ONE_OF(g, WORLD_ITEM));
    return (Pair){text, GEN(g, "abs(%.*s)", STR_ARG(text))};
}

static inline Pair gen_parameter(Gen g)
{
    static const char *const NAME[] = {"limit", "factor", "partial"};
    Str text = str_from(ONE_OF(g, NAME));
    return (Pair){text, text};
}

/* n1 … n3 use no region value; n4 and n5 may. */
static inline Pair gen_named(Gen g, const char *prefix, int count)
{
    Str name = GEN(g, "%s%d", prefix, 1 + world_pick(g.world, count));
    return (Pair){name, GEN(g, "scale_%.*s", STR_ARG(name))};
}

static inline Pair gen_row_leaf(Gen g)
{
    int pick = world_pick(g.world, 10);
    if (pick < 5 || (g.is_previous && pick > 6))
        return gen_item(g);
    if (pick < 7)
        return gen_literal(g);
    if (pick == 7)
        return gen_parameter(g);
    bool is_wide = g.windows > 0 && !g.is_siblings;
    return gen_named(g, "n", is_wide ? 5 : 3);
}

/* ---- arithmetic, for rows and regions ---- */

typedef Pair GenNumberFn(Gen g, int depth);
typedef Str GenBoolFn(Gen g, int depth);

static inline Pair gen_binary(Gen g, int depth, GenNumberFn *number)
{
    Pair a = number(g, depth - 1), b = number(g, depth - 1);
    switch (world_pick(g.world, 5)) {
    case 0:
        return (Pair){GEN(g, "(%.*s + %.*s)", STR_ARG(a.text), STR_ARG(b.text)),
                      GEN(g, "(%.*s + %.*s)", STR_ARG(a.scale), STR_ARG(b.scale))};
    case 1:
    case 2:
        return (Pair){GEN(g, "(%.*s - %.*s)", STR_ARG(a.text), STR_ARG(b.text)),
                      GEN(g, "(%.*s + %.*s)", STR_ARG(a.scale), STR_ARG(b.scale))};
    case 3:
        return (Pair){GEN(g, "(%.*s * %.*s)", STR_ARG(a.text), STR_ARG(b.text)),
                      GEN(g, "(%.*s * %.*s)", STR_ARG(a.scale), STR_ARG(b.scale))};
    default:
        gen_mark_jump(g);
        return (Pair){GEN(g, "(%.*s / %.*s)", STR_ARG(a.text), STR_ARG(b.text)),
                      GEN(g, "((%.*s) / abs(%.*s) * (%.*s / abs(%.*s)))", STR_ARG(a.scale),
                          STR_ARG(b.text), STR_ARG(b.scale), STR_ARG(b.text))};
    }
}

static inline Pair gen_power(Gen g, int depth, GenNumberFn *number)
{
    Pair a = number(g, depth - 1);
    int exponent = world_pick(g.world, 4);
    return (Pair){GEN(g, "(%.*s) ^ %d", STR_ARG(a.text), exponent),
                  GEN(g, "(%d * (%.*s) ^ %d)", exponent + 1, STR_ARG(a.scale), exponent)};
}

static inline Pair gen_extreme(Gen g, int depth, GenNumberFn *number)
{
    Pair a = number(g, depth - 1), b = number(g, depth - 1), c = number(g, 0);
    const char *fn = world_chance(g.world, 50) ? "least" : "greatest";
    return (Pair){
        GEN(g, "%s(%.*s, %.*s, %.*s)", fn, STR_ARG(a.text), STR_ARG(b.text), STR_ARG(c.text)),
        GEN(g, "(%.*s + %.*s + %.*s)", STR_ARG(a.scale), STR_ARG(b.scale), STR_ARG(c.scale))};
}

static inline Pair gen_jump(Gen g, int depth, GenNumberFn *number)
{
    Pair a = number(g, depth - 1);
    Str text;
    gen_mark_jump(g);
    int pick = world_pick(g.world, 4);
    if (pick == 0)
        text = GEN(g, "ceil(%.*s)", STR_ARG(a.text));
    else if (pick == 1)
        text = GEN(g, "floor(%.*s)", STR_ARG(a.text));
    else
        text = GEN(g, "round(%.*s, %d)", STR_ARG(a.text), world_pick(g.world, 4));
    return (Pair){text, GEN(g, "abs(%.*s)", STR_ARG(text))};
}

static inline Pair gen_if(Gen g, int depth, GenNumberFn *number, GenBoolFn *truth)
{
    gen_mark_jump(g);
    Str condition = truth(g, depth - 1);
    Pair a = number(g, depth - 1), b = number(g, depth - 1);
    return (Pair){GEN(g, "(if %.*s then %.*s else %.*s)", STR_ARG(condition), STR_ARG(a.text),
                      STR_ARG(b.text)),
                  GEN(g, "(if %.*s then %.*s else %.*s)", STR_ARG(condition), STR_ARG(a.scale),
                      STR_ARG(b.scale))};
}

static inline Pair gen_scalar(Gen g, int depth, GenNumberFn *number, GenBoolFn *truth)
{
    Pair a;
    switch (world_pick(g.world, 12)) {
    case 0:
        a = number(g, depth - 1);
        return (Pair){GEN(g, "(-%.*s)", STR_ARG(a.text)), a.scale};
    case 1:
        a = number(g, depth - 1);
        return (Pair){GEN(g, "abs(%.*s)", STR_ARG(a.text)), a.scale};
    case 2:
        a = number(g, depth - 1);
        if (g.is_previous) /* of items only, so not by a parameter */
            return a;
        return (Pair){GEN(g, "(convert(%.*s, \"%%\") / percent)", STR_ARG(a.text)),
                      GEN(g, "(100 * %.*s)", STR_ARG(a.scale))};
    case 3:
        return gen_power(g, depth, number);
    case 4:
        return gen_extreme(g, depth, number);
    case 5:
        return gen_jump(g, depth, number);
    case 6:
        return gen_if(g, depth, number, truth);
    default:
        return gen_binary(g, depth, number);
    }
}

/* ---- truths ---- */

static inline Str gen_compare(Gen g, int depth, GenNumberFn *number)
{
    static const char *const OP[] = {">=", ">", "<=", "<", "=", "!="};
    Pair a = number(g, depth - 1),
         b = world_chance(g.world, 50) ? gen_literal(g) : number(g, depth - 1);
    const char *op = ONE_OF(g, OP);
    if (world_chance(g.world, 20))
        return GEN(g, "(%.*s %s %.*s)", STR_ARG(b.text), op, STR_ARG(a.text));
    return GEN(g, "(%.*s %s %.*s)", STR_ARG(a.text), op, STR_ARG(b.text));
}

static inline Str gen_logic(Gen g, int depth, GenNumberFn *number, GenBoolFn *truth)
{
    int pick = world_pick(g.world, 8);
    if (pick < 4)
        return gen_compare(g, depth, number);
    if (pick == 4)
        return gen_around(g, "(not ", truth(g, depth - 1), ")");
    if (pick == 5)
        return gen_around(g, "reported(", number(g, depth - 1).text, ")");
    Str a = truth(g, depth - 1), b = truth(g, depth - 1);
    if (pick == 6)
        return GEN(g, "(%.*s %s %.*s)", STR_ARG(a), world_chance(g.world, 50) ? "and" : "or",
                   STR_ARG(b));
    Str condition = truth(g, depth - 1);
    return GEN(g, "(if %.*s then %.*s else %.*s)", STR_ARG(condition), STR_ARG(a), STR_ARG(b));
}

/* A condition on codes. */
static inline Str gen_code_bool(Gen g, int depth)
{
    static const char *const TEST[] = {"= \"one\"", "!= \"two\"", "in (\"one\", \"other\")",
                                       "= \"both\"", "in (\"both\")"};
    Str code = str_from(ONE_OF(g, WORLD_ATTRIBUTE));
    if (depth > 1 && world_chance(g.world, 20))
        code = gen_around(g, "(if ", gen_row_bool(g, depth - 2), " then kind else place)");
    if (world_chance(g.world, 15))
        return GEN(g, "(%.*s = place)", STR_ARG(code));
    if (world_chance(g.world, 15))
        return GEN(g, "reported(%.*s)", STR_ARG(code));
    return GEN(g, "(%.*s %s)", STR_ARG(code), ONE_OF(g, TEST));
}

static inline Str gen_list_bool(Gen g, const char *list)
{
    int pick = world_pick(g.world, 3);
    if (pick == 0)
        return GEN(g, "all(%s)", list);
    if (pick == 1)
        return GEN(g, "any(%s)", list);
    return GEN(g, "atleast(%d, %s)", world_pick(g.world, 5), list);
}

static inline Str gen_sibling_bool(Gen g, int depth)
{
    Gen inside = g;
    inside.is_siblings = true;
    Str a = gen_row_bool(inside, depth - 1);
    return GEN(g, "%s(%.*s of siblings%s)", world_chance(g.world, 50) ? "all" : "any", STR_ARG(a),
               world_chance(g.world, 20) ? " strict" : "");
}

static inline Str gen_row_bool(Gen g, int depth)
{
    static const char *const SIMPLE[] = {"true", "false", "b1", "b2", "b3"};
    static const char *const LIST[] = {"each.met",   "each.met",   "each.met",
                                       "each.reach", "each.reach", "each.none"};
    int pick = world_pick(g.world, 20);
    if (depth <= 0)
        return pick < 10 && !g.is_previous ? str_from(ONE_OF(g, SIMPLE))
                                           : gen_compare(g, 1, gen_row_number);
    if (g.is_previous || pick < 12)
        return gen_logic(g, depth, gen_row_number, gen_row_bool);
    if (pick < 15)
        return gen_code_bool(g, depth);
    if (pick < 17)
        return gen_list_bool(g, ONE_OF(g, LIST));
    if (pick < 19)
        return gen_sibling_bool(g, depth);
    return g.windows > 0 && !g.is_siblings ? gen_region_bool(gen_below(g), depth - 1)
                                           : str_from(ONE_OF(g, SIMPLE));
}

/* ---- rows ---- */

static inline Pair gen_siblings(Gen g, int depth)
{
    static const char *const FN[] = {"sum", "mean", "min", "max", "count"};
    const char *fn = ONE_OF(g, FN), *strict = world_chance(g.world, 20) ? " strict" : "";
    Gen inside = g;
    inside.is_siblings = true;
    Pair a = gen_row_number(inside, depth - 1);
    Str where = gen_where(inside, depth, 30);
    if (strcmp(fn, "count") == 0 && world_chance(g.world, 50))
        a.text = gen_row_bool(inside, depth - 1);
    bool is_count = strcmp(fn, "count") == 0;
    return (Pair){GEN(g, "%s(%.*s%.*s of siblings%s)", fn, STR_ARG(a.text), STR_ARG(where), strict),
                  is_count ? STR("1")
                           : GEN(g, "sum(%.*s%.*s of siblings)", STR_ARG(a.scale), STR_ARG(where))};
}

/* Lists stand for their elements' names: prefix1, prefix2, prefix3. */
static inline Pair gen_list_number(Gen g, const char *list, const char *prefix)
{
    static const char *const FN[] = {"sum", "mean", "min", "max", "count"};
    const char *fn = ONE_OF(g, FN);
    Str sum = GEN(g, "(scale_%s1 + scale_%s2 + scale_%s3)", prefix, prefix, prefix);
    return (Pair){GEN(g, "%s(%s)", fn, list), strcmp(fn, "count") == 0 ? STR("1") : sum};
}

static inline Pair gen_other_list(Gen g)
{
    static const char *const CALL[] = {"sum(each.limit)",   "mean(each.limit)", "max(each.limit)",
                                       "count(each.limit)", "count(each.met)",  "count(each.none)"};
    return (Pair){str_from(ONE_OF(g, CALL)), STR("10")};
}

static inline Pair gen_previous(Gen g, int depth)
{
    Gen inside = g;
    inside.is_previous = true;
    Pair a = gen_row_number(inside, depth - 1);
    /* something of the rows must be in it */
    return (Pair){GEN(g, "previous(x + %.*s)", STR_ARG(a.text)),
                  GEN(g, "previous(abs(x) + %.*s)", STR_ARG(a.scale))};
}

static inline Pair gen_rank(Gen g, int depth)
{
    Gen inside = gen_below(g);
    Str value = gen_row_number(inside, depth - 1).text;
    Str where = gen_where(inside, depth, 30);
    return (Pair){GEN(g, "rank(x - x + %.*s%.*s)", STR_ARG(value), STR_ARG(where)), STR("1")};
}

static inline Pair gen_row_number(Gen g, int depth)
{
    if (depth <= 0)
        return gen_row_leaf(g);
    int pick = world_pick(g.world, 20);
    if (g.is_previous || pick < 12)
        return gen_scalar(g, depth, gen_row_number, gen_row_bool);
    if (pick < 14)
        return gen_siblings(g, depth);
    if (pick == 14)
        return gen_list_number(g, "each.value", "n");
    if (pick == 15)
        return gen_other_list(g);
    if (pick == 16)
        return g.is_siblings ? gen_row_leaf(g) : gen_previous(g, depth);
    if (g.windows <= 0 || g.is_siblings)
        return gen_scalar(g, depth, gen_row_number, gen_row_bool);
    if (pick == 17)
        return gen_rank(g, depth);
    g.is_jumpy = NULL; /* rows see leaf regions, which are exact */
    return gen_region_number(gen_below(g), depth - 1);
}

/* ---- regions ---- */

/* `factor`: how many times more than its own part a weight may be off. */
typedef struct Weight {
    Str text, taken, factor;
} Weight;

static inline Weight gen_weight(Gen g, int depth, Str where, Str value)
{
    Str condition = where.len ? GEN(g, "(%.*s) and reported(%.*s)",
                                    STR_ARG(str_slice(where, 7, where.len)), STR_ARG(value))
                              : GEN(g, "reported(%.*s)", STR_ARG(value));
    if (world_chance(g.world, 70)) {
        static const char *const PLAIN[] = {"w", "p", "q", "w * p", "abs(x)", "2"};
        Str text = str_from(ONE_OF(g, PLAIN));
        return (Weight){text, GEN(g, "%.*s and %.*s > 0", STR_ARG(condition), STR_ARG(text)),
                        STR("1")};
    }
    Pair weight = gen_row_number(g, depth - 1);
    if (weight.text.len + condition.len > 400)
        return (Weight){STR("w"), GEN(g, "%.*s and w > 0", STR_ARG(condition)), STR("1")};
    Str taken = GEN(g, "%.*s and (%.*s) > 0", STR_ARG(condition), STR_ARG(weight.text));
    return (Weight){weight.text, taken,
                    GEN(g, "(4 * sum(%.*s where %.*s) / sum(%.*s where %.*s))",
                        STR_ARG(weight.scale), STR_ARG(taken), STR_ARG(weight.text),
                        STR_ARG(taken))};
}

/* mean, std, cv and share, with or without a weight. */
static inline Pair gen_moments(Gen g, int depth, Str where, const char *strict)
{
    static const char *const FN[] = {"mean", "std", "cv", "share"};
    const char *fn = ONE_OF(g, FN);
    bool is_share = strcmp(fn, "share") == 0;
    Gen rows = g;
    rows.is_jumpy = NULL;
    Pair a = is_share ? (Pair){gen_row_bool(rows, depth - 1), STR("1")}
                      : gen_row_number(rows, depth - 1);
    bool has_weight = world_chance(g.world, 50);
    Str condition = str_slice(where, strlen(" where "), where.len);
    Weight weight = {STR(""), GEN(g, "reported(%.*s)", STR_ARG(a.text)), STR("1")};
    if (has_weight)
        weight = gen_weight(rows, depth, where, a.text);
    else if (where.len)
        weight.taken = GEN(g, "%.*s and (%.*s)", STR_ARG(weight.taken), STR_ARG(condition));
    Str comma = has_weight ? GEN(g, ", %.*s", STR_ARG(weight.text)) : STR("");
    Str text =
        GEN(g, "%s(%.*s%.*s%.*s%s)", fn, STR_ARG(a.text), STR_ARG(comma), STR_ARG(where), strict);
    Str largest = GEN(g, "max(%.*s where %.*s)", STR_ARG(a.scale), STR_ARG(weight.taken));
    if (is_share)
        return (Pair){text, weight.factor};
    Str scale = GEN(g, "(%.*s * %.*s)", STR_ARG(largest), STR_ARG(weight.factor));
    if (strcmp(fn, "cv") != 0)
        return (Pair){text, scale};
    gen_mark_jump(g); /* whether the mean is 0 */
    Str mean = GEN(g, "abs(mean(%.*s%.*s%.*s))", STR_ARG(a.text), STR_ARG(comma), STR_ARG(where));
    return (Pair){text, GEN(g, "(%.*s / %.*s) ^ 2", STR_ARG(scale), STR_ARG(mean))};
}

static inline Pair gen_aggregate(Gen g, int depth)
{
    static const char *const FN[] = {"sum", "min", "max", "count", "percentile", "mean", "mean"};
    const char *fn = ONE_OF(g, FN), *strict = world_chance(g.world, 15) ? " strict" : "";
    Gen rows = g;
    rows.is_jumpy = NULL;
    Str where = gen_where(rows, depth, 35);
    if (strcmp(fn, "mean") == 0)
        return gen_moments(g, depth, where, strict);
    Pair a = gen_row_number(rows, depth - 1);
    if (strcmp(fn, "count") == 0 && world_chance(g.world, 50))
        a.text = gen_row_bool(rows, depth - 1);
    Str rest = strcmp(fn, "percentile") == 0 ? GEN(g, ", %d", world_pick(g.world, 101)) : STR("");
    Str text =
        GEN(g, "%s(%.*s%.*s%.*s%s)", fn, STR_ARG(a.text), STR_ARG(rest), STR_ARG(where), strict);
    if (strcmp(fn, "count") == 0)
        return (Pair){text, STR("1")};
    return (Pair){text, GEN(g, "%s(%.*s%.*s)", strcmp(fn, "sum") == 0 ? "sum" : "max",
                            STR_ARG(a.scale), STR_ARG(where))};
}

static inline Pair gen_region_number(Gen g, int depth)
{
    int pick = world_pick(g.world, 20);
    if (depth <= 0)
        return pick < 12 ? gen_aggregate(g, 1) : pick < 16 ? gen_literal(g) : gen_parameter(g);
    if (pick < 9)
        return gen_aggregate(g, depth);
    if (pick < 11 && g.windows > 1) {
        gen_mark_jump(g);
        return pick < 10 ? gen_named(g, "r", 3) : gen_list_number(g, "each.cv", "r");
    }
    return gen_scalar(g, depth, gen_region_number, gen_region_bool);
}

static inline Str gen_region_bool(Gen g, int depth)
{
    gen_mark_jump(g);
    int pick = world_pick(g.world, 10);
    if (depth <= 0)
        return gen_compare(g, 1, gen_region_number);
    if (pick < 6)
        return gen_logic(g, depth, gen_region_number, gen_region_bool);
    Gen rows = g;
    rows.is_jumpy = NULL;
    if (pick < 9)
        return gen_around(g, pick < 8 ? "all(" : "any(", gen_row_bool(rows, depth - 1),
                          world_chance(g.world, 15) ? " strict)" : ")");
    return g.windows > 1 ? gen_list_bool(g, "each.pass") : STR("true");
}

/* ---- the named formulas of a world ---- */

static inline void gen_name(World *world, Str name, Str source, Type type, Level level)
{
    Symbol want = {
        .kind = SYMBOL_FORMULA, .name = name, .type = type, .level = level, .unit = unit_none()};
    Formula *formula = world_formula(world, source, &want);
    Symbol *symbol = world_symbol(world, SYMBOL_FORMULA, name, type);
    symbol->level = level;
    symbol->formula = formula;
    world_check(world, formula != NULL);
}

static inline void gen_named_number(World *world, const char *name, Gen g, int depth, Level level)
{
    Pair pair;
    do
        pair = level == LEVEL_ROW ? gen_row_number(g, depth) : gen_region_number(g, depth);
    while (pair.scale.len > 1500 || !world_formula(world, pair.text, NULL) ||
           !world_formula(world, pair.scale, NULL));
    gen_name(world, str_from(name), pair.text, TYPE_NUMBER, level);
    gen_name(world, GEN(g, "scale_%s", name), pair.scale, TYPE_NUMBER, level);
}

static inline void gen_list(World *world, const char *name, Type type, const char *prefix,
                            size_t count)
{
    Symbol *list = world_symbol(world, SYMBOL_LIST, str_from(name), type);
    list->element = ARENA_ARRAY(&world->arena, const Symbol *, count);
    list->element_count = count;
    for (size_t i = 0; i < count; i++) {
        list->element[i] =
            scope_find(&world->scope, str_format(&world->arena, "%s%zu", prefix, i + 1));
        CHECK(list->element[i] != NULL);
    }
}

static inline void gen_limit_list(World *world)
{
    static const char *const NAME[] = {"limit", "factor", "partial"};
    Symbol *list = world_symbol(world, SYMBOL_LIST, STR("each.limit"), TYPE_NUMBER_LIST);
    list->element_count = 3;
    list->element = ARENA_ARRAY(&world->arena, const Symbol *, 3);
    for (size_t i = 0; i < 3; i++)
        list->element[i] = scope_find(&world->scope, str_from(NAME[i]));
}

/* Each name may use those before it, which are simple ones at first. */
static inline void gen_world_names(World *world)
{
    static const char *const ROW[] = {"n1", "n2", "n3", "n4", "n5"}, *const REGION[] = {"r1", "r2",
                                                                                        "r3"};
    static const char *const ROW_TEXT[] = {"x / p", "x + y - z", "-z"}, *const TEST[] = {
                                                                            "x + y >= z",
                                                                            "100 * x / p > limit",
                                                                            "kind = \"one\""};
    static const char *const ROW_SCALE[] = {"abs(x) / p", "abs(x) + abs(y) + abs(z)", "abs(z)"};
    for (int i = 0; i < 3; i++) {
        gen_name(world, str_from(ROW[i]), str_from(ROW_TEXT[i]), TYPE_NUMBER, LEVEL_ROW);
        gen_name(world, str_format(&world->arena, "scale_%s", ROW[i]), str_from(ROW_SCALE[i]),
                 TYPE_NUMBER, LEVEL_ROW);
        gen_name(world, str_format(&world->arena, "b%d", i + 1), str_from(TEST[i]), TYPE_BOOL,
                 LEVEL_ROW);
    }
    gen_list(world, "each.value", TYPE_NUMBER_LIST, "n", 3);
    gen_list(world, "each.met", TYPE_BOOL_LIST, "b", 3);
    gen_list(world, "each.none", TYPE_BOOL_LIST, "b", 0);
    gen_limit_list(world);
    /* comparisons with constants: what counts them reads the values themselves */
    static const char *const REACH[] = {"x / p >= 0.1", "100 * y / p <= 10", "z * 0.1 > 0.03",
                                        "y * 3 < 0.6"};
    for (int i = 0; i < 4; i++)
        gen_name(world, str_format(&world->arena, "c%d", i + 1), str_from(REACH[i]), TYPE_BOOL,
                 LEVEL_ROW);
    gen_list(world, "each.reach", TYPE_BOOL_LIST, "c", 4);
    Gen g = {.world = world};
    for (int i = 0; i < 3; i++) {
        gen_named_number(world, REGION[i], g, 2, LEVEL_REGION);
        Str truth;
        do
            truth = gen_region_bool(g, 2);
        while (!world_formula(world, truth, NULL));
        gen_name(world, str_format(&world->arena, "v%d", i + 1), truth, TYPE_BOOL, LEVEL_REGION);
    }
    gen_list(world, "each.cv", TYPE_NUMBER_LIST, "r", 3);
    gen_list(world, "each.pass", TYPE_BOOL_LIST, "v", 3);
    gen_named_number(world, ROW[3], (Gen){.world = world}, 3, LEVEL_ROW);
    gen_named_number(world, ROW[4], (Gen){.world = world}, 2, LEVEL_ROW);
    err_done(&world->err);
    err_init(&world->err);
}

#endif
