/* 数据项: what tables hold and formulas use. */
#include "base/utf8.h"
#include "pack/core_int.h"

/* A code list as formulas see it. */
static CodeSet *code_set(Arena *arena, const CodeList *list)
{
    CodeSet *set = ARENA_NEW(arena, CodeSet);
    set->name = list->name;
    map_init(&set->names, arena);
    for (size_t i = 0; i < list->lookup.len; i++) {
        const Code *code = list->lookup.entry[i].value;
        CodeName *name = ARENA_NEW(arena, CodeName);
        *name = (CodeName){.code = &code->number, .count = 1};
        map_set(&set->names, list->lookup.entry[i].key, name);
    }
    for (size_t i = 0; i < list->groups.len; i++) {
        const CodeGroup *group = list->groups.ptr[i];
        CodeName *name = ARENA_NEW(arena, CodeName);
        *name = (CodeName){.code = group->number, .count = group->count};
        map_set(&set->names, group->name, name);
    }
    return set;
}

static const CodeList *list_of(CoreLoader *loader, const PackNode *node)
{
    Str id = node_text(node, KEY_CODE_LIST);
    const Core *core = loader->core;
    const CodeList *list = map_find(&loader->lists, id);
    if (list)
        return list;
    Str *candidate = ARENA_ARRAY(loader->arena, Str, core->code_lists.len);
    for (size_t i = 0; i < core->code_lists.len; i++)
        candidate[i] = core->code_lists.ptr[i]->id;
    (void)pack_fail_text(loader->arena, node_get(node, KEY_CODE_LIST), loader->err,
                         ERR_PACK_CODE_LIST, id, candidate, core->code_lists.len);
    return NULL;
}

/* Two attributes of one list share their set, so that they can be compared. */
static const CodeSet *set_of(CoreLoader *loader, const CodeList *list)
{
    CodeSet *set = map_find(&loader->sets, list->id);
    if (!set) {
        set = code_set(loader->arena, list);
        map_set(&loader->sets, list->id, set);
    }
    return set;
}

bool pack_unit_parse(Arena *arena, const UnitTable *units, const PackNode *node, Unit *ret,
                     Err *err)
{
    Err said;
    err_init(&said);
    bool is_ok = unit_parse(units, node->text, ret, &said);
    for (const Diag *diag = said.first; diag; diag = diag->next)
        pack_fail_args(arena, node, false, err, diag->code, diag->arg);
    err_done(&said);
    return is_ok;
}

/* How many of the step's unit one of the item's unit is: 万元 in 元 is 10000. */
static bool step_scale(const UnitTable *units, const Unit *from, Str to, Decimal *ret)
{
    Err quiet;
    Unit target, ratio;
    err_init(&quiet);
    bool is_ok = unit_parse(units, to, &target, &quiet) && unit_same_dimension(from, &target) &&
                 unit_divide(from, &target, &ratio) && ratio.den == 1 && ratio.num <= 1000000000000;
    err_done(&quiet);
    if (!is_ok)
        return false;
    int exp10 = 0;
    int64_t mantissa = ratio.num;
    for (; mantissa % 10 == 0; mantissa /= 10)
        exp10++;
    *ret = (Decimal){.mantissa = mantissa, .exp10 = exp10};
    return true;
}

static void read_step(CoreLoader *loader, const PackNode *node, Item *item)
{
    item->step = (Decimal){1, 0};
    item->step_scale = (Decimal){1, 0};
    item->step_unit = node_text(node, KEY_UNIT);
    if (node_get(node, KEY_STEP) && node_decimal(node, KEY_STEP, &item->step) &&
        item->step.mantissa <= 0)
        pack_fail(loader->arena, node_get(node, KEY_STEP), loader->err, ERR_PACK_STEP, {0});
    const PackNode *unit = node_get(node, KEY_STEP_UNIT);
    if (!unit)
        return;
    item->step_unit = node_text(node, KEY_STEP_UNIT);
    if (!step_scale(&loader->core->units, &item->symbol.unit, item->step_unit, &item->step_scale))
        pack_fail(loader->arena, unit, loader->err, ERR_PACK_STEP_UNIT,
                  ARG_STR("text", item->step_unit), ARG_STR("unit", node_text(node, KEY_UNIT)));
}

/* A day as the number yyyymmdd. */
static bool read_date_item(CoreLoader *loader, const PackNode *node, Item *item)
{
    item->symbol.kind = SYMBOL_ITEM;
    item->symbol.type = TYPE_NUMBER;
    item->is_whole = true;
    if (item->is_county)
        return true;
    pack_fail_key(loader->arena, node, loader->err, ERR_PACK_DATE_ITEM, ARG_STR("item", node->key));
    return false;
}

static bool read_kind(CoreLoader *loader, const PackNode *node, Item *item)
{
    const PackNode *unit = node_get(node, KEY_UNIT), *list = node_get(node, KEY_CODE_LIST);
    if (item->is_date && !unit && !list) {
        item->symbol.unit = unit_none();
        return read_date_item(loader, node, item);
    }
    if (!unit == !list || item->is_date) {
        pack_fail_key(loader->arena, node, loader->err, ERR_PACK_EITHER,
                      ARG_STR("place", node->key), ARG_STR("key", key_word(KEY_UNIT)),
                      ARG_STR("other", key_word(KEY_CODE_LIST)));
        return false;
    }
    item->symbol.unit = unit_none();
    if (unit) {
        item->symbol.kind = SYMBOL_ITEM;
        item->symbol.type = TYPE_NUMBER;
        return pack_unit_parse(loader->arena, &loader->core->units, unit, &item->symbol.unit,
                               loader->err);
    }
    item->symbol.kind = SYMBOL_ATTRIBUTE;
    item->symbol.type = TYPE_CODE;
    item->codes = list_of(loader, node);
    item->symbol.codes = item->codes ? set_of(loader, item->codes) : NULL;
    return item->codes != NULL;
}

static void add_spelling(CoreLoader *loader, Item *item, Str text, const PackNode *node)
{
    Str folded = utf8_fold(loader->arena, text);
    const Item *other = map_find(&loader->core->items, folded);
    const PackNode *first = map_find(&loader->spelling, folded);
    if (other && other != item) {
        pack_fail(loader->arena, node, loader->err, ERR_NAME_DUPLICATE, ARG_STR("name", text),
                  ARG_INT("line", first->line));
        return;
    }
    map_set(&loader->core->items, folded, item);
    map_set(&loader->spelling, folded, (void *)node);
}

static void read_item(CoreLoader *loader, const PackNode *node)
{
    static const char *const PRIVACY[] = {"公开", "内部", "个人", "敏感"};
    Item *item = ARENA_NEW(loader->arena, Item);
    item->symbol = (Symbol){
        .name = node->key, .code = node_text(node, KEY_CODE), .level = LEVEL_ROW, .owner = item};
    item->is_shared = node_yes(node, KEY_IS_SHARED);
    item->is_whole = node_yes(node, KEY_IS_WHOLE);
    static const char *const LEVELS[] = {"县"};
    item->is_county = node_choice(loader->arena, node, KEY_ITEM_LEVEL, LEVELS, 1, loader->err) == 0;
    item->is_date = node_yes(node, KEY_IS_DATE);
    int privacy = node_choice(loader->arena, node, KEY_PRIVACY, PRIVACY, 4, loader->err);
    item->privacy = str_from(PRIVACY[privacy < 0 ? 0 : privacy]);
    if (!read_kind(loader, node, item))
        return;
    read_step(loader, node, item);
    const Str name[] = {item->symbol.name, item->symbol.code};
    for (size_t i = 0; i < 2; i++)
        if (name[i].len &&
            pack_add_name(loader->arena, &loader->names, &item->symbol, name[i],
                          pack_name_place(loader->arena, node, name[i]), loader->err))
            add_spelling(loader, item, name[i], i == 0 ? node : node_get(node, KEY_CODE));
    const PackNode *synonyms = node_get(node, KEY_SYNONYMS);
    for (size_t i = 0; synonyms && i < synonyms->child.len; i++) {
        if (str_contains(synonyms->child.ptr[i]->text, STR("，")))
            pack_fail(loader->arena, synonyms->child.ptr[i], loader->err, ERR_PACK_COMMA,
                      ARG_STR("text", synonyms->child.ptr[i]->text));
        add_spelling(loader, item, synonyms->child.ptr[i]->text, synonyms->child.ptr[i]);
        VEC_PUSH(loader->arena, &item->synonyms, synonyms->child.ptr[i]->text);
    }
    VEC_PUSH(loader->arena, &loader->core->item_list, item);
}

void core_read_items(CoreLoader *loader, const PackNode *root)
{
    const PackNode *table = node_get(root, KEY_ITEM_TABLE);
    for (size_t i = 0; table && i < table->child.len; i++)
        read_item(loader, table->child.ptr[i]);
}
