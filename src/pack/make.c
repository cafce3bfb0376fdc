/* The parts of a standard, in order, and at the end all its formulas. */
#include "pack/standard_int.h"

static Symbol *new_symbol(Loader *loader, Symbol symbol)
{
    Symbol *kept = ARENA_NEW(loader->arena, Symbol);
    *kept = symbol;
    return kept;
}

static void read_stages(Loader *loader, const PackNode *stages)
{
    uint32_t seen = 0;
    for (size_t i = 0; stages && i < stages->child.len; i++) {
        const PackNode *node = stages->child.ptr[i];
        int stage = core_stage_of(loader->arena, loader->core, node, node->text, loader->err);
        if (stage < 0)
            continue;
        if (seen >> stage & 1)
            pack_fail(loader->arena, node, loader->err, ERR_PACK_TEXT_TWICE,
                      ARG_STR("key", stages->key), ARG_STR("text", node->text));
        else
            VEC_PUSH(loader->arena, &loader->standard->stages, (size_t)stage);
        seen |= 1u << stage;
    }
}

static void read_head(Loader *loader)
{
    const PackNode *root = loader->root;
    Standard *standard = loader->standard;
    standard->name = node_text(root, KEY_NAME);
    standard->version = node_text(root, KEY_VERSION);
    const PackNode *validity = node_get(root, KEY_VALIDITY);
    (void)validity_check(loader->arena, validity ? validity : root, standard->validity,
                         loader->err);
    standard->weight = loader_item(loader, root, KEY_WEIGHT);
    read_stages(loader, node_get(root, KEY_STAGE_LIST));
}

static void add_items(Loader *loader)
{
    for (size_t i = 0; i < loader->core->item_list.len; i++)
        if (!loader->core->item_list.ptr[i]->is_county)
            (void)loader_add_symbol(loader, &loader->core->item_list.ptr[i]->symbol, loader->root);
}

static void read_parameters(Loader *loader)
{
    const PackNode *parameters = node_get(loader->root, KEY_PARAMETERS);
    for (size_t i = 0; parameters && i < parameters->child.len; i++) {
        const PackNode *node = parameters->child.ptr[i], *value = node_get(node, KEY_VALUE);
        Basis *basis = ARENA_NEW(loader->arena, Basis);
        *basis = loader_basis(loader, node);
        Unit unit;
        (void)loader_unit(loader, node, &unit);
        Symbol *symbol =
            figure_read(loader, value, node->key, node_text(node, KEY_CODE), unit, basis);
        (void)loader_add_symbol(loader, symbol, node);
        VEC_PUSH(loader->arena, &loader->standard->parameters, symbol->owner);
    }
}

static void read_derived(Loader *loader)
{
    static const char *const LEVELS[] = {"学校", "地区"};
    const PackNode *derived = node_get(loader->root, KEY_DERIVEDS);
    for (size_t i = 0; derived && i < derived->child.len; i++) {
        const PackNode *node = derived->child.ptr[i];
        bool is_bool = str_equals(node_text(node, KEY_UNIT), STR("是非"));
        bool is_region = node_choice(loader->arena, node, KEY_LEVEL, LEVELS, 2, loader->err) == 1;
        Symbol *symbol =
            new_symbol(loader, (Symbol){.kind = SYMBOL_FORMULA,
                                        .name = node->key,
                                        .code = node_text(node, KEY_CODE),
                                        .type = is_bool ? TYPE_BOOL : TYPE_NUMBER,
                                        .unit = unit_none(),
                                        .level = is_region ? LEVEL_REGION : LEVEL_ROW});
        symbol->unit_is_declared = !is_bool && loader_unit(loader, node, &symbol->unit);
        symbol->formula = loader_formula(loader, node_get(node, KEY_FORMULA), symbol);
        (void)loader_add_symbol(loader, symbol, node);
    }
}

/* Each rule gets a name, 小教学点.不纳入, and 在范围 is that none of them holds. */
static void read_scope(Loader *loader)
{
    const PackNode *rules = node_get(loader->root, KEY_SCOPE);
    StrBuf any;
    strbuf_init(&any, loader->arena);
    for (size_t i = 0; rules && i < rules->child.len; i++) {
        const PackNode *node = rules->child.ptr[i];
        Symbol *symbol = new_symbol(loader, (Symbol){.kind = SYMBOL_FORMULA,
                                                     .type = TYPE_BOOL,
                                                     .unit = unit_none(),
                                                     .level = LEVEL_ROW});
        symbol->name = str_format(loader->arena, "%.*s.%.*s", STR_ARG(node->key),
                                  STR_ARG(key_word(KEY_LEFT_OUT)));
        ScopeRule *rule = ARENA_NEW(loader->arena, ScopeRule);
        *rule = (ScopeRule){.reason = node_text(node, KEY_REASON),
                            .basis = loader_rule_basis(loader, node, KEY_LEFT_OUT)};
        rule->condition = symbol->formula =
            loader_formula(loader, node_get(node, KEY_LEFT_OUT), symbol);
        if (!rule->condition)
            continue;
        (void)loader_add_symbol(loader, symbol, node);
        VEC_PUSH(loader->arena, &loader->standard->scope_rules, rule);
        strbuf_addf(&any, any.len ? " 或 「%.*s」" : "「%.*s」", STR_ARG(symbol->name));
    }
    Symbol *in_scope = new_symbol(loader, (Symbol){.kind = SYMBOL_FORMULA,
                                                   .name = STR("在范围"),
                                                   .code = STR("in_scope"),
                                                   .type = TYPE_BOOL,
                                                   .unit = unit_none(),
                                                   .level = LEVEL_ROW});
    Str source =
        any.len ? str_format(loader->arena, "非 (%.*s)", STR_ARG(strbuf_str(&any))) : STR("真");
    in_scope->formula = loader_made_formula(loader, rules ? rules : loader->root, source, in_scope);
    loader->standard->in_scope = in_scope->formula;
    (void)loader_add_symbol(loader, in_scope, loader->root);
}

/* A standard with indicators says when a school passes; one of counties alone need not. */
static void check_school_met(Loader *loader)
{
    const PackNode *root = loader->root;
    if (!node_get(root, KEY_INDICATORS) || node_get(root, KEY_SCHOOL_MET))
        return;
    pack_fail_key(loader->arena, root, loader->err, ERR_PACK_KEY_MISSING,
                  ARG_LIT("place", "标准文件"), ARG_STR("key", key_word(KEY_SCHOOL_MET)),
                  ARG_LIT("about_zh", "一所学校怎样算达标"),
                  ARG_LIT("about_en", "when a school passes"));
}

/* 公式 or 暂缺, one of them. */
static void check_missing(Loader *loader, const PackNode *node, PackKey formula)
{
    if (!node || node->kind != PACK_MAP || !node_get(node, formula) != !node_get(node, KEY_MISSING))
        return;
    pack_fail_key(loader->arena, node, loader->err, ERR_PACK_EITHER, ARG_STR("place", node->key),
                  ARG_STR("key", key_word(formula)), ARG_STR("other", key_word(KEY_MISSING)));
}

static void read_school_met(Loader *loader)
{
    const PackNode *node = node_get(loader->root, KEY_SCHOOL_MET);
    check_school_met(loader);
    check_missing(loader, node, KEY_FORMULA);
    loader->standard->school_missing_reason = node_text(node, KEY_MISSING);
    if (!node || node_get(node, KEY_MISSING))
        return;
    Symbol *symbol = new_symbol(loader, (Symbol){.kind = SYMBOL_FORMULA,
                                                 .name = key_word(KEY_SCHOOL_MET),
                                                 .code = STR("school_met"),
                                                 .type = TYPE_BOOL,
                                                 .unit = unit_none(),
                                                 .level = LEVEL_ROW});
    symbol->formula = loader->standard->school_met =
        loader_formula(loader, node_get(node, KEY_FORMULA), symbol);
    loader->standard->school_basis = loader_rule_basis(loader, node, KEY_FORMULA);
    (void)loader_add_symbol(loader, symbol, node);
}

static void read_composite(Loader *loader)
{
    const PackNode *node = node_get(loader->root, KEY_COMPOSITE);
    if (!node || node->kind != PACK_MAP)
        return;
    Basis *basis = ARENA_NEW(loader->arena, Basis);
    *basis = loader_basis(loader, node);
    loader->standard->composite_basis = loader_rule_basis(loader, node, KEY_FORMULA);
    Symbol *symbol = new_symbol(loader, (Symbol){.kind = SYMBOL_FORMULA,
                                                 .name = key_word(KEY_COMPOSITE),
                                                 .code = STR("composite"),
                                                 .type = TYPE_NUMBER,
                                                 .unit = unit_none(),
                                                 .unit_is_declared = true,
                                                 .level = LEVEL_REGION});
    symbol->formula = loader_formula(loader, node_get(node, KEY_FORMULA), symbol);
    (void)loader_add_symbol(loader, symbol, node);
    loader->standard->composite = symbol;
    const PackNode *limit = node_get(node, KEY_LIMIT);
    if (!limit)
        return;
    Symbol *figure = figure_read(loader, limit, STR("综合差异系数限值"), STR("composite_limit"),
                                 unit_none(), basis);
    (void)loader_add_symbol(loader, figure, limit);
    loader->standard->composite_limit = figure;
    Symbol *met = new_symbol(loader, (Symbol){.kind = SYMBOL_FORMULA,
                                              .name = STR("综合差异系数达标"),
                                              .code = STR("composite_met"),
                                              .type = TYPE_BOOL,
                                              .unit = unit_none(),
                                              .level = LEVEL_REGION});
    met->formula = loader_made_formula(loader, node, STR("综合差异系数 <= 综合差异系数限值"), met);
    (void)loader_add_symbol(loader, met, node);
    loader->standard->composite_met = met;
}

static void read_tests(Loader *loader)
{
    const PackNode *tests = node_get(loader->root, KEY_TESTS);
    for (size_t i = 0; tests && i < tests->child.len; i++) {
        const PackNode *node = tests->child.ptr[i], *expects = node_get(node, KEY_EXPECTS);
        if (!node_get(node, KEY_TABLE) && !node_get(node, KEY_COUNTY_TABLE))
            pack_fail_key(loader->arena, node, loader->err, ERR_PACK_KEY_MISSING,
                          ARG_LIT("place", "测试"), ARG_STR("name", node->key),
                          ARG_STR("key", key_word(KEY_TABLE)),
                          ARG_LIT("about_zh", "学校表写在 表 里，县表写在 县表 里"),
                          ARG_LIT("about_en", "a table of schools (表) or of counties (县表)"));
        PackTest *test = ARENA_NEW(loader->arena, PackTest);
        *test = (PackTest){.name = node->key,
                           .period = node_text(node, KEY_PERIOD),
                           .source = node_text(node, KEY_SOURCE),
                           .table = node_text(node, KEY_TABLE),
                           .county_table = node_text(node, KEY_COUNTY_TABLE),
                           .place = node_key_place(loader->arena, node)};
        for (size_t k = 0; expects && k < expects->child.len; k++) {
            const PackNode *expect = expects->child.ptr[k],
                           *quantity = node_get(expect, KEY_QUANTITY);
            if (!quantity || quantity->kind != PACK_TEXT)
                continue; /* schema_check has said why */
            PackExpect entry = {.object = node_text(expect, KEY_OBJECT),
                                .value = node_text(expect, KEY_VALUE),
                                .place = node_place(loader->arena, quantity)};
            entry.formula = node_formula(loader->arena, quantity);
            VEC_PUSH(loader->arena, &test->expects, entry);
        }
        VEC_PUSH(loader->arena, &loader->standard->tests, test);
    }
}

/* ---- formulas ---- */

static void parse_all(Loader *loader)
{
    for (size_t i = 0; i < loader->wanted.len; i++)
        (void)!expr_parse(loader->arena, loader->wanted.ptr[i].formula, loader->err);
}

static void check_wanted(Loader *loader, bool is_idle, Scope *scope, Scope *use)
{
    for (size_t i = 0; i < loader->wanted.len; i++) {
        const Wanted *wanted = &loader->wanted.ptr[i];
        if (wanted->is_idle == is_idle && wanted->scope == scope && wanted->formula->tree)
            (void)!expr_check(use, wanted->formula, wanted->want, loader->err);
    }
}

static void check_all(Loader *loader)
{
    Standard *standard = loader->standard;
    check_wanted(loader, false, standard->scope, standard->scope);
    check_wanted(loader, false, standard->county_scope, standard->county_scope);
    /* what is not in force is checked for its mistakes, but needs no columns */
    Scope probe = *standard->scope;
    check_wanted(loader, true, standard->scope, &probe);
}

static Scope *new_scope(Loader *loader)
{
    Scope *scope = ARENA_NEW(loader->arena, Scope);
    scope_init(scope, loader->arena, &loader->core->units);
    return scope;
}

bool standard_make(Loader *loader)
{
    size_t before = loader->err->count;
    Standard *standard = loader->standard;
    loader->region_bool = new_symbol(loader, (Symbol){.type = TYPE_BOOL, .level = LEVEL_REGION});
    loader->row_bool = new_symbol(loader, (Symbol){.type = TYPE_BOOL, .level = LEVEL_ROW});
    loader->scope = standard->scope = new_scope(loader);
    standard->county_scope = new_scope(loader);
    standard->scope->foreign = standard->county_scope;
    standard->county_scope->foreign = standard->scope;
    read_head(loader);
    add_items(loader);
    read_parameters(loader);
    county_names_add(loader);
    read_derived(loader);
    read_scope(loader);
    exceptions_read(loader);
    indicators_read(loader);
    read_school_met(loader);
    read_composite(loader);
    gates_read(loader);
    review_read(loader);
    batch_read(loader);
    read_tests(loader);
    parse_all(loader);
    check_all(loader);
    if (standard->weight)
        (void)scope_slot(standard->scope, &standard->weight->symbol, 0);
    return loader->err->count == before;
}
