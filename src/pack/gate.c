/* 门 and their 项; 复查 and 批次. County formulas use names of their own: see county_names_add. */
#include "base/utf8.h"
#include "pack/standard_int.h"

enum { CYCLE_MAX = 50 };

static Symbol *new_symbol(Loader *loader, Symbol symbol)
{
    Symbol *kept = ARENA_NEW(loader->arena, Symbol);
    *kept = symbol;
    return kept;
}

/* A name of schools' formulas that counties' may use as well. */
static void share_name(Loader *loader, Symbol *symbol)
{
    const Str name[] = {symbol->name, symbol->code};
    for (size_t i = 0; i < 2; i++)
        if (map_find(&loader->standard->scope->symbols, name[i]) == symbol)
            map_set(&loader->standard->county_scope->symbols, name[i], symbol);
}

void county_names_add(Loader *loader)
{
    loader->scope = loader->standard->county_scope;
    for (size_t i = 0; i < loader->core->item_list.len; i++)
        if (loader->core->item_list.ptr[i]->is_county)
            (void)loader_add_symbol(loader, &loader->core->item_list.ptr[i]->symbol, loader->root);
    const Standard *standard = loader->standard;
    for (size_t i = 0; i < standard->parameters.len; i++)
        share_name(loader, &standard->parameters.ptr[i]->symbol);
    loader->scope = loader->standard->scope;
}

/* ---- county items that a key names ---- */

static bool is_date_item(const Item *item)
{
    return item->is_date;
}
static bool is_yes_no_item(const Item *item)
{
    return item->codes && str_equals(item->codes->id, STR("yes_no"));
}
static bool is_number_item(const Item *item)
{
    return !item->codes && !item->is_date;
}

typedef struct ItemWish {
    bool (*is_wanted)(const Item *item);
    const char *zh, *en;
} ItemWish;

static const Item *county_item(Loader *loader, const PackNode *map, PackKey key, ItemWish wish)
{
    Str text = node_text(map, key);
    const Item *item = map_find(&loader->core->items, text);
    if (!text.len || (item && item->is_county && wish.is_wanted(item)))
        return text.len ? item : NULL;
    Str *candidate = ARENA_ARRAY(loader->arena, Str, loader->core->item_list.len);
    size_t count = 0;
    for (size_t i = 0; i < loader->core->item_list.len; i++) {
        const Item *other = loader->core->item_list.ptr[i];
        if (other->is_county && wish.is_wanted(other))
            candidate[count++] = other->symbol.name;
    }
    pack_fail(loader->arena, node_get(map, key), loader->err, ERR_PACK_COUNTY_ITEM,
              ARG_STR("text", text), ARG_STR("want", str_from(wish.zh)),
              ARG_STR("want_en", str_from(wish.en)),
              ARG_STR("near", utf8_nearest(text, candidate, count)));
    return NULL;
}

/* ---- one item ---- */

static const struct {
    PackKey key;
    GateItemKind kind;
} KINDS[] = {{KEY_FORMULA, GATE_ITEM_FIGURE},    {KEY_OF_COUNTY, GATE_ITEM_COUNTY},
             {KEY_EVIDENCE, GATE_ITEM_EVIDENCE}, {KEY_PER_STAGE, GATE_ITEM_STAGE},
             {KEY_PER_SCHOOL, GATE_ITEM_SCHOOL}, {KEY_MISSING, GATE_ITEM_MISSING}};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

static void fail_one_of(Loader *loader, const PackNode *node, const PackKey *key, size_t count)
{
    StrBuf choices;
    strbuf_init(&choices, loader->arena);
    for (size_t i = 0; i < count; i++)
        strbuf_addf(&choices, i ? "、%.*s" : "%.*s", STR_ARG(key_word(key[i])));
    pack_fail_key(loader->arena, node, loader->err, ERR_PACK_ONE_OF, ARG_STR("place", node->key),
                  ARG_STR("choices", strbuf_str(&choices)));
}

/* 暂缺 may stand beside 公式 without 限值: the figure is shown, and why there is no verdict. */
static bool find_kind(Loader *loader, const PackNode *node, GateItemKind *ret)
{
    PackKey key[KIND_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        key[i] = KINDS[i].key;
        bool is_beside = KINDS[i].key == KEY_MISSING && node_get(node, KEY_FORMULA);
        if (is_beside || !node_get(node, KINDS[i].key))
            continue;
        *ret = KINDS[i].kind;
        count++;
    }
    if (count == 1)
        return true;
    fail_one_of(loader, node, key, KIND_COUNT);
    return false;
}

/* What only a figure has. */
static void check_keys(Loader *loader, const PackNode *node, GateItemKind kind)
{
    static const PackKey OF_FIGURE[] = {KEY_UNIT, KEY_LIMIT, KEY_DIRECTION, KEY_DECIMALS,
                                        KEY_LEVER};
    for (size_t i = 0; kind != GATE_ITEM_FIGURE && i < sizeof OF_FIGURE / sizeof *OF_FIGURE; i++)
        if (node_get(node, OF_FIGURE[i]))
            pack_fail_key(loader->arena, node_get(node, OF_FIGURE[i]), loader->err,
                          ERR_PACK_ITEM_KEY, ARG_STR("key", key_word(OF_FIGURE[i])),
                          ARG_STR("other", key_word(KEY_FORMULA)));
    if (kind != GATE_ITEM_FIGURE)
        return;
    static const PackKey LIMIT_OR_MISSING[] = {KEY_LIMIT, KEY_MISSING};
    if (!node_get(node, KEY_LIMIT) == !node_get(node, KEY_MISSING))
        fail_one_of(loader, node, LIMIT_OR_MISSING, 2);
    if (!node_get(node, KEY_UNIT))
        pack_fail_key(loader->arena, node, loader->err, ERR_PACK_KEY_MISSING,
                      ARG_LIT("place", "项"), ARG_STR("name", node->key),
                      ARG_STR("key", key_word(KEY_UNIT)),
                      ARG_LIT("about_zh", "计量单位，无单位写 1"),
                      ARG_LIT("about_en", "the unit; 1 for none"));
}

static Symbol *item_symbol(Loader *loader, GateItem *item, const PackNode *node, Type type)
{
    Symbol *symbol = new_symbol(loader, (Symbol){.kind = SYMBOL_FORMULA,
                                                 .name = item->code,
                                                 .type = type,
                                                 .unit = unit_none(),
                                                 .level = LEVEL_ROW,
                                                 .owner = item});
    (void)loader_add_symbol(loader, symbol, node);
    item->symbol = symbol;
    return symbol;
}

/* As PS1.限值 and PS1.limit. */
static void add_member(Loader *loader, const GateItem *item, Symbol *symbol, const char *zh,
                       const char *en, const PackNode *node)
{
    symbol->name = str_format(loader->arena, "%.*s.%s", STR_ARG(item->code), zh);
    symbol->code = str_format(loader->arena, "%.*s.%s", STR_ARG(item->code), en);
    (void)loader_add_symbol(loader, symbol, node);
}

static bool is_staged(const PackNode *figure)
{
    if (figure->kind == PACK_MAP)
        return true;
    for (size_t i = 0; figure->kind == PACK_LIST && i < figure->child.len; i++) {
        const PackNode *value = node_get(figure->child.ptr[i], KEY_VALUE);
        if (value && value->kind == PACK_MAP)
            return true;
    }
    return false;
}

static void read_limit(Loader *loader, GateItem *item, const PackNode *node, Unit unit)
{
    const PackNode *limit = node_get(node, KEY_LIMIT);
    if (!limit)
        return;
    if (is_staged(limit)) {
        pack_fail_key(loader->arena, limit, loader->err, ERR_PACK_FIGURE_COUNTY,
                      ARG_STR("name", node->key));
        return;
    }
    Basis *basis = ARENA_NEW(loader->arena, Basis);
    *basis = loader_basis(loader, node);
    Symbol *figure = figure_read(loader, limit, STR(""), STR(""), unit, basis);
    add_member(loader, item, figure, "限值", "limit", limit);
    item->limit = figure;
    Symbol *met = new_symbol(loader, (Symbol){.kind = SYMBOL_FORMULA,
                                              .type = TYPE_BOOL,
                                              .unit = unit_none(),
                                              .level = LEVEL_ROW});
    Str source = str_format(loader->arena, "「%.*s」 %s 「%.*s.限值」", STR_ARG(item->code),
                            item->is_upper_limit ? "<=" : ">=", STR_ARG(item->code));
    if (item->symbol->unit_is_declared)
        met->formula = loader_made_formula(loader, node, source, met);
    add_member(loader, item, met, "达标", "met", node);
    item->met = met;
}

static void read_figure(Loader *loader, GateItem *item, const PackNode *node)
{
    static const ItemWish NUMBER = {is_number_item, "县级的数", "numeric item of counties"};
    Symbol *symbol = item_symbol(loader, item, node, TYPE_NUMBER);
    item->unit_text = node_text(node, KEY_UNIT);
    item->decimals = loader_decimals(loader, node);
    item->is_upper_limit = loader_is_upper(loader, node);
    item->lever = county_item(loader, node, KEY_LEVER, NUMBER);
    symbol->unit_is_declared = loader_unit(loader, node, &symbol->unit);
    item->formula = symbol->formula = loader_formula(loader, node_get(node, KEY_FORMULA), symbol);
    read_limit(loader, item, node, symbol->unit);
}

static void read_truth(Loader *loader, GateItem *item, const PackNode *node)
{
    static const ItemWish YES_NO = {is_yes_no_item, "填是否的县级数据项",
                                    "yes/no item of counties"};
    Symbol *symbol = item_symbol(loader, item, node, TYPE_BOOL);
    item->met = symbol;
    if (item->kind == GATE_ITEM_COUNTY) {
        item->formula = symbol->formula =
            loader_formula(loader, node_get(node, KEY_OF_COUNTY), symbol);
        return;
    }
    const Item *evidence = county_item(loader, node, KEY_EVIDENCE, YES_NO);
    if (!evidence)
        return;
    Str source = str_format(loader->arena, "「%.*s」 = \"是\"", STR_ARG(evidence->symbol.name));
    item->formula = symbol->formula =
        loader_made_formula(loader, node_get(node, KEY_EVIDENCE), source, symbol);
}

/* 逐校 is 逐段 with all(…) around it, and can say which schools. */
static void read_of_schools(Loader *loader, GateItem *item, const PackNode *node)
{
    loader->scope = loader->standard->scope;
    Symbol *symbol = item_symbol(loader, item, node, TYPE_BOOL);
    if (item->kind == GATE_ITEM_STAGE) {
        symbol->level = LEVEL_REGION;
        item->per_stage = symbol->formula =
            loader_formula(loader, node_get(node, KEY_PER_STAGE), symbol);
        return;
    }
    item->formula = symbol->formula =
        loader_formula(loader, node_get(node, KEY_PER_SCHOOL), symbol);
    Str source = str_format(loader->arena, "全部(「%.*s」)", STR_ARG(item->code));
    item->per_stage =
        loader_made_formula(loader, node_get(node, KEY_PER_SCHOOL), source, loader->region_bool);
}

static PackKey rule_key(GateItemKind kind)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (KINDS[i].kind == kind)
            return KINDS[i].key;
    BUG("kind of item");
}

static void read_item(Loader *loader, Gate *gate, const PackNode *node)
{
    GateItemKind kind = GATE_ITEM_MISSING;
    if (node->kind != PACK_MAP || !find_kind(loader, node, &kind))
        return;
    GateItem *item = ARENA_NEW(loader->arena, GateItem);
    *item = (GateItem){.code = node->key,
                       .name = node_text(node, KEY_NAME),
                       .kind = kind,
                       .number = loader->standard->gate_item_count++,
                       .missing_reason = node_text(node, KEY_MISSING),
                       .basis = loader_rule_basis(loader, node, rule_key(kind))};
    check_keys(loader, node, kind);
    loader->scope = loader->standard->county_scope;
    item->condition = loader_formula(loader, node_get(node, KEY_CONDITION), loader->row_bool);
    if (kind == GATE_ITEM_FIGURE)
        read_figure(loader, item, node);
    else if (kind == GATE_ITEM_COUNTY || kind == GATE_ITEM_EVIDENCE)
        read_truth(loader, item, node);
    else if (kind == GATE_ITEM_STAGE || kind == GATE_ITEM_SCHOOL)
        read_of_schools(loader, item, node);
    loader->scope = loader->standard->scope;
    VEC_PUSH(loader->arena, &gate->items, item);
}

/* ---- gates ---- */

/* One of the three ways in which a gate is judged, or not. */
static void check_gate(Loader *loader, const PackNode *node)
{
    static const PackKey WAYS[] = {KEY_PER_STAGE, KEY_GATE_ITEMS, KEY_MISSING};
    size_t count = 0;
    for (size_t i = 0; i < 3; i++)
        count += node_get(node, WAYS[i]) != NULL;
    if (node->kind == PACK_MAP && count != 1)
        fail_one_of(loader, node, WAYS, 3);
}

static void check_resource(Loader *loader, const PackNode *node, const PackNode **resource)
{
    const PackNode *is_resource = node_get(node, KEY_IS_RESOURCE);
    if (!node_yes(node, KEY_IS_RESOURCE))
        return;
    if (*resource)
        pack_fail_key(loader->arena, is_resource, loader->err, ERR_PACK_KEY_DUPLICATE,
                      ARG_STR("key", is_resource->key), ARG_INT("line", (*resource)->key_line));
    else
        *resource = is_resource;
    if (node_get(node, KEY_GATE_ITEMS))
        pack_fail_key(loader->arena, is_resource, loader->err, ERR_PACK_ITEM_KEY,
                      ARG_STR("key", is_resource->key), ARG_STR("other", key_word(KEY_PER_STAGE)));
}

void gates_read(Loader *loader)
{
    const PackNode *gates = node_get(loader->root, KEY_GATES), *resource = NULL;
    for (size_t i = 0; gates && i < gates->child.len; i++) {
        const PackNode *node = gates->child.ptr[i], *items = node_get(node, KEY_GATE_ITEMS);
        check_gate(loader, node);
        check_resource(loader, node, &resource);
        Gate *gate = ARENA_NEW(loader->arena, Gate);
        *gate = (Gate){.code = node->key,
                       .name = node_text(node, KEY_NAME),
                       .missing_reason = node_text(node, KEY_MISSING),
                       .is_resource = node_yes(node, KEY_IS_RESOURCE),
                       .basis = loader_rule_basis(loader, node, KEY_PER_STAGE)};
        gate->per_stage =
            loader_formula(loader, node_get(node, KEY_PER_STAGE), loader->region_bool);
        for (size_t k = 0; items && k < items->child.len; k++)
            read_item(loader, gate, items->child.ptr[k]);
        if (items && items->kind == PACK_MAP && !items->child.len)
            pack_fail_key(loader->arena, items, loader->err, ERR_PACK_BLANK,
                          ARG_STR("key", items->key));
        VEC_PUSH(loader->arena, &loader->standard->gates, gate);
    }
}

/* ---- 复查, 批次 ---- */

void review_read(Loader *loader)
{
    static const ItemWish DATE = {is_date_item, "县级的日期项", "date item of counties"};
    const PackNode *node = node_get(loader->root, KEY_REVIEW), *cycle = node_get(node, KEY_CYCLE);
    Decimal years;
    if (!node || node->kind != PACK_MAP || !node_decimal(node, KEY_CYCLE, &years))
        return;
    double count = decimal_to_double(years);
    if (count < 1 || count > CYCLE_MAX) {
        pack_fail(loader->arena, cycle, loader->err, ERR_PACK_REVIEW, ARG_INT("limit", CYCLE_MAX));
        return;
    }
    loader->standard->review = (Review){.since = county_item(loader, node, KEY_SINCE, DATE),
                                        .years = (int)count,
                                        .basis = loader_rule_basis(loader, node, KEY_CYCLE)};
}

void batch_read(Loader *loader)
{
    static const char *const RULES[] = {"一票否决"};
    const PackNode *node = node_get(loader->root, KEY_BATCH);
    if (!node || node->kind != PACK_MAP)
        return;
    int rule = node_choice(loader->arena, node, KEY_RULE, RULES, 1, loader->err);
    loader->standard->batch =
        (BatchRule){.is_veto = rule == 0, .basis = loader_rule_basis(loader, node, KEY_RULE)};
}
