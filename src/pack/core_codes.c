/* Code lists of packs/core/codes. */
#include "pack/core_int.h"

static void read_stages(CoreLoader *loader, const PackNode *node, Code *code)
{
    const PackNode *stages = node_get(node, KEY_STAGE_LIST);
    for (size_t i = 0; stages && i < stages->child.len; i++) {
        const PackNode *stage = stages->child.ptr[i];
        int idx = core_stage_of(loader->arena, loader->core, stage, stage->text, loader->err);
        if (idx >= 0)
            code->stages |= 1u << idx;
    }
}

static void read_code(CoreLoader *loader, CodeList *list, const PackNode *node)
{
    const ErrPlace *place = node_key_place(loader->arena, node);
    Code code = {.code = node->key};
    code.name = node->kind == PACK_TEXT ? node->text : node_text(node, KEY_NAME);
    code.note = node_text(node, KEY_NOTE);
    read_stages(loader, node, &code);
    Code *added;
    if (!codelist_add(loader->arena, list, code, &added, place, loader->err))
        return;
    const PackNode *synonyms = node_get(node, KEY_SYNONYMS);
    for (size_t i = 0; synonyms && i < synonyms->child.len; i++)
        (void)!codelist_add_synonym(loader->arena, list, added, synonyms->child.ptr[i]->text,
                                    node_place(loader->arena, synonyms->child.ptr[i]), loader->err);
}

typedef VEC(double) NumberList;

static void add_number(CoreLoader *loader, NumberList *numbers, double number)
{
    for (size_t i = 0; i < numbers->len; i++)
        if (numbers->ptr[i] == number)
            return;
    VEC_PUSH(loader->arena, numbers, number);
}

static void fail_member(CoreLoader *loader, const CodeList *list, const PackNode *node)
{
    pack_fail(loader->arena, node, loader->err, ERR_PACK_MEMBER, ARG_STR("list", list->name),
              ARG_STR("text", node->text));
}

static const Code *code_written(const CodeList *list, Str text)
{
    for (size_t i = 0; i < list->codes.len; i++)
        if (str_equals(list->codes.ptr[i]->code, text))
            return list->codes.ptr[i];
    return NULL;
}

static void read_group(CoreLoader *loader, CodeList *list, const PackNode *node)
{
    NumberList numbers = {0};
    const PackNode *members = node_get(node, KEY_MEMBERS), *prefixes = node_get(node, KEY_PREFIXES);
    for (size_t i = 0; members && i < members->child.len; i++) {
        const Code *code = code_written(list, members->child.ptr[i]->text);
        if (code)
            add_number(loader, &numbers, code->number);
        else
            fail_member(loader, list, members->child.ptr[i]);
    }
    for (size_t i = 0; prefixes && i < prefixes->child.len; i++) {
        size_t before = numbers.len;
        for (size_t k = 0; k < list->codes.len; k++)
            if (str_starts_with(list->codes.ptr[k]->code, prefixes->child.ptr[i]->text))
                add_number(loader, &numbers, list->codes.ptr[k]->number);
        if (numbers.len == before)
            fail_member(loader, list, prefixes->child.ptr[i]);
    }
    (void)!codelist_add_group(loader->arena, list, node->key, numbers.ptr, numbers.len,
                              node_key_place(loader->arena, node), loader->err);
}

static void read_contrast(CoreLoader *loader, CodeList *list, const PackNode *node)
{
    size_t count = node ? node->child.len : 0;
    for (size_t i = 0; i < count && i < 2; i++) {
        list->contrast[i] = codelist_find_group(list, node->child.ptr[i]->text);
        if (!list->contrast[i])
            fail_member(loader, list, node->child.ptr[i]);
    }
    if (node && count != 2)
        pack_fail_key(loader->arena, node, loader->err, ERR_PACK_SHAPE, ARG_STR("key", node->key),
                      ARG_LIT("want_zh", "两个组名"),
                      ARG_LIT("want_en", "the names of two groups"));
}

void core_read_codes(CoreLoader *loader, const PackNode *root)
{
    CodeList *list =
        codelist_new(loader->arena, node_text(root, KEY_PACK), node_text(root, KEY_NAME));
    const PackNode *codes = node_get(root, KEY_CODE_TABLE), *groups = node_get(root, KEY_GROUPS);
    for (size_t i = 0; codes && i < codes->child.len; i++)
        read_code(loader, list, codes->child.ptr[i]);
    for (size_t i = 0; groups && i < groups->child.len; i++)
        read_group(loader, list, groups->child.ptr[i]);
    read_contrast(loader, list, node_get(root, KEY_CONTRAST));
    VEC_PUSH(loader->arena, &loader->core->code_lists, list);
}
