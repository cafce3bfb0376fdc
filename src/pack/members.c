/* What every indicator X brings along: X.限值, X.达标, X.差异系数 …; and the lists 各项.达标 … over all. */
#include "pack/standard_int.h"

typedef struct MemberName {
    const char *zh, *en;
} MemberName;

typedef enum Member {
    MEMBER_VALUE,
    MEMBER_LIMIT,
    MEMBER_FLOOR,
    MEMBER_MET,
    MEMBER_NEAR,
    MEMBER_EXEMPT,
    MEMBER_MEAN,
    MEMBER_STD,
    MEMBER_CV,
    MEMBER_CV_LIMIT,
    MEMBER_CV_MET,
    MEMBER_COUNT,
} Member;

static const MemberName NAMES[MEMBER_COUNT] = {
    [MEMBER_VALUE] = {"值", "value"},
    [MEMBER_LIMIT] = {"限值", "limit"},
    [MEMBER_FLOOR] = {"底线", "floor"},
    [MEMBER_MET] = {"达标", "met"},
    [MEMBER_NEAR] = {"达底线", "near"},
    [MEMBER_EXEMPT] = {"豁免", "exempt"},
    [MEMBER_MEAN] = {"均值", "mean"},
    [MEMBER_STD] = {"标准差", "std"},
    [MEMBER_CV] = {"差异系数", "cv"},
    [MEMBER_CV_LIMIT] = {"差异系数限值", "cv_limit"},
    [MEMBER_CV_MET] = {"差异系数达标", "cv_met"},
};

static Str dotted(Arena *arena, Str name, const char *member)
{
    return str_format(arena, "%.*s.%s", STR_ARG(name), member);
}

/* As QR1.限值, QR1.limit, and the same with the indicator's name. */
static void add_named(Loader *loader, Symbol *symbol, const Indicator *indicator, Member member,
                      const PackNode *node)
{
    Arena *arena = loader->arena;
    symbol->name = dotted(arena, indicator->code, NAMES[member].zh);
    symbol->code = dotted(arena, indicator->code, NAMES[member].en);
    Str alias[] = {dotted(arena, indicator->name, NAMES[member].zh),
                   dotted(arena, indicator->name, NAMES[member].en)};
    (void)loader_add_symbol(loader, symbol, node);
    for (size_t i = 0; i < 2; i++)
        (void)pack_add_name(arena, loader->standard->scope, symbol, alias[i],
                            pack_name_place(arena, node, indicator->name), loader->err);
}

/* A figure of the indicator, such as 限值; NULL if it is not given. */
static const Symbol *add_figure(Loader *loader, const Indicator *indicator, const PackNode *node,
                                PackKey key, Member member, Unit unit)
{
    const PackNode *figure = node_get(node, key);
    if (!figure)
        return NULL;
    Basis *basis = ARENA_NEW(loader->arena, Basis);
    *basis = loader_basis(loader, node);
    Symbol *symbol = figure_read(loader, figure, STR(""), STR(""), unit, basis);
    add_named(loader, symbol, indicator, member, node);
    return symbol;
}

static bool is_stage_code(const Core *core, Str code)
{
    for (size_t i = 0; i < core->stages.len; i++)
        if (str_equals(core->stages.ptr[i].code, code))
            return true;
    return false;
}

/* A stage without its limit would leave every school of it without a verdict. */
static void check_stages(Loader *loader, const PackNode *figure)
{
    if (!figure || figure->kind == PACK_TEXT)
        return;
    bool is_list = figure->kind == PACK_LIST;
    for (size_t i = 0; i < figure->child.len; i++) {
        const PackNode *child = figure->child.ptr[i];
        if (is_list && child->kind == PACK_MAP)
            check_stages(loader, node_get(child, KEY_VALUE));
        if (!is_list && !is_stage_code(loader->core, child->key))
            return; /* which is reported */
    }
    for (size_t i = 0; !is_list && figure->child.len && i < loader->standard->stages.len; i++) {
        const Stage *stage = &loader->core->stages.ptr[loader->standard->stages.ptr[i]];
        if (!node_find(figure, stage->code))
            pack_fail_key(loader->arena, figure, loader->err, ERR_PACK_FIGURE_STAGE,
                          ARG_STR("key", figure->key), ARG_STR("stage", stage->name),
                          ARG_STR("code", stage->code));
    }
}

static const Symbol *add_formula(Loader *loader, const Indicator *indicator, const PackNode *node,
                                 Member member, Type type, Level level, Str source)
{
    Symbol *symbol = ARENA_NEW(loader->arena, Symbol);
    *symbol = (Symbol){.kind = SYMBOL_FORMULA, .type = type, .unit = unit_none(), .level = level};
    /* without its unit nothing can be compared: that is reported already */
    if (indicator->symbol.unit_is_declared || type != TYPE_BOOL)
        symbol->formula = loader_made_formula(loader, node, source, symbol);
    add_named(loader, symbol, indicator, member, node);
    return symbol;
}

/* 「X」 ≥ 「X.限值」, or met because it is exempt. */
static Str compare_source(Loader *loader, const Indicator *indicator, Member bound)
{
    Str x = indicator->code;
    Str compare = str_format(loader->arena, "「%.*s」 %s 「%.*s.%s」", STR_ARG(x),
                             indicator->is_upper_limit ? "<=" : ">=", STR_ARG(x), NAMES[bound].zh);
    if (!indicator->exempt)
        return compare;
    return str_format(loader->arena, "「%.*s.豁免」 或 %.*s", STR_ARG(x), STR_ARG(compare));
}

static Str weighted(Loader *loader, const Indicator *indicator, Function fn)
{
    const Item *weight = loader->standard->weight;
    Str name = weight ? weight->symbol.name : STR("");
    return str_format(loader->arena, "%s(「%.*s」, 「%.*s」)", function_name(fn, LANG_ZH),
                      STR_ARG(indicator->code), STR_ARG(name));
}

/* Where a figure of a stage stands. */
static const PackNode *figure_node(const PackNode *map, PackKey key, Str stage)
{
    const PackNode *node = node_get(map, key);
    const PackNode *of_stage = node_find(node, stage);
    return of_stage ? of_stage : node;
}

/* Of the two the one that an overlay has set. */
static const PackNode *changed_of(const PackNode *floor, const PackNode *limit)
{
    return limit->basis && !floor->basis ? limit : floor;
}

/* A floor stricter than its limit was forgotten when the limit was changed. */
static void check_floor(Loader *loader, const Indicator *indicator, const PackNode *node)
{
    const Symbol *limit = indicator->limit, *floor = indicator->floor;
    for (size_t stage = 0; limit && floor && stage < loader->core->stages.len; stage++) {
        if (!limit->has_value[stage] || !floor->has_value[stage])
            continue;
        double l = decimal_to_double(limit->value[stage]),
               f = decimal_to_double(floor->value[stage]);
        if (indicator->is_upper_limit ? f >= l : f <= l)
            continue;
        Str code = loader->core->stages.ptr[stage].code;
        const PackNode *at =
            changed_of(figure_node(node, KEY_FLOOR, code), figure_node(node, KEY_LIMIT, code));
        pack_fail(loader->arena, at, loader->err, ERR_PACK_FLOOR,
                  ARG_STR("stage", loader->core->stages.ptr[stage].name), ARG_NUM("floor", f),
                  ARG_NUM("limit", l));
    }
}

static void add_statistics(Loader *loader, Indicator *indicator, const PackNode *node)
{
    if (!loader->standard->weight)
        return; /* its absence is reported */
    static const struct {
        Member member;
        Function fn;
    } STATISTICS[] = {{MEMBER_MEAN, FN_MEAN}, {MEMBER_STD, FN_STD}, {MEMBER_CV, FN_CV}};
    const Symbol *symbol[3];
    for (size_t i = 0; i < 3; i++)
        symbol[i] = add_formula(loader, indicator, node, STATISTICS[i].member, TYPE_NUMBER,
                                LEVEL_REGION, weighted(loader, indicator, STATISTICS[i].fn));
    indicator->mean = symbol[0];
    indicator->std = symbol[1];
    indicator->cv = symbol[2];
    indicator->cv_limit =
        add_figure(loader, indicator, node, KEY_CV_LIMIT, MEMBER_CV_LIMIT, unit_none());
    check_stages(loader, node_get(node, KEY_CV_LIMIT));
    if (indicator->cv_limit)
        indicator->cv_met =
            add_formula(loader, indicator, node, MEMBER_CV_MET, TYPE_BOOL, LEVEL_REGION,
                        str_format(loader->arena, "「%.*s.差异系数」 <= 「%.*s.差异系数限值」",
                                   STR_ARG(indicator->code), STR_ARG(indicator->code)));
}

void members_add(Loader *loader, Indicator *indicator, const PackNode *node)
{
    Unit unit = indicator->symbol.unit;
    Str exempt = exceptions_exempt_source(loader->arena, indicator);
    if (exempt.len)
        indicator->exempt =
            add_formula(loader, indicator, node, MEMBER_EXEMPT, TYPE_BOOL, LEVEL_ROW, exempt);
    indicator->limit = add_figure(loader, indicator, node, KEY_LIMIT, MEMBER_LIMIT, unit);
    indicator->floor = add_figure(loader, indicator, node, KEY_FLOOR, MEMBER_FLOOR, unit);
    check_stages(loader, node_get(node, KEY_LIMIT));
    check_stages(loader, node_get(node, KEY_FLOOR));
    check_floor(loader, indicator, node);
    if (indicator->limit)
        indicator->met = add_formula(loader, indicator, node, MEMBER_MET, TYPE_BOOL, LEVEL_ROW,
                                     compare_source(loader, indicator, MEMBER_LIMIT));
    if (indicator->floor)
        indicator->near_floor =
            add_formula(loader, indicator, node, MEMBER_NEAR, TYPE_BOOL, LEVEL_ROW,
                        compare_source(loader, indicator, MEMBER_FLOOR));
    add_statistics(loader, indicator, node);
}

/* ---- 各项.X ---- */

static const Symbol *member_of(const Indicator *indicator, Member member)
{
    switch (member) {
    case MEMBER_VALUE:
        return &indicator->symbol;
    case MEMBER_LIMIT:
        return indicator->limit;
    case MEMBER_FLOOR:
        return indicator->floor;
    case MEMBER_MET:
        return indicator->met;
    case MEMBER_NEAR:
        return indicator->near_floor;
    case MEMBER_EXEMPT:
        return indicator->exempt;
    case MEMBER_MEAN:
        return indicator->mean;
    case MEMBER_STD:
        return indicator->std;
    case MEMBER_CV:
        return indicator->cv;
    case MEMBER_CV_LIMIT:
        return indicator->cv_limit;
    case MEMBER_CV_MET:
        return indicator->cv_met;
    case MEMBER_COUNT:
        break;
    }
    BUG("member");
}

static bool is_bool(Member member)
{
    return member == MEMBER_MET || member == MEMBER_NEAR || member == MEMBER_EXEMPT ||
           member == MEMBER_CV_MET;
}

static void add_list(Loader *loader, Member member, const PackNode *node)
{
    const Standard *standard = loader->standard;
    Symbol *list = ARENA_NEW(loader->arena, Symbol);
    *list =
        (Symbol){.kind = SYMBOL_LIST,
                 .name = str_format(loader->arena, "各项.%s", NAMES[member].zh),
                 .code = str_format(loader->arena, "each.%s", NAMES[member].en),
                 .type = is_bool(member) ? TYPE_BOOL_LIST : TYPE_NUMBER_LIST,
                 .unit = unit_none(),
                 .element = ARENA_ARRAY(loader->arena, const Symbol *, standard->indicators.len)};
    for (size_t i = 0; i < standard->indicators.len; i++) {
        const Symbol *element = member_of(standard->indicators.ptr[i], member);
        if (element)
            list->element[list->element_count++] = element;
    }
    (void)loader_add_symbol(loader, list, node);
}

void members_add_lists(Loader *loader)
{
    const PackNode *indicators = node_get(loader->root, KEY_INDICATORS);
    for (int member = 0; indicators && member < MEMBER_COUNT; member++)
        add_list(loader, (Member)member, indicators);
}
