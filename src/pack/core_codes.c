/* Code lists of packs/core/codes. */
#include "base/limits.h"
#include "base/utf8.h"
#include "pack/core_int.h"

#include <stdlib.h>

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
    if (!code.name.len)
        return; /* schema_check has said why */
    Code *added;
    if (!codelist_add(loader->arena, list, code, &added, place, loader->err))
        return;
    const PackNode *synonyms = node_get(node, KEY_SYNONYMS);
    for (size_t i = 0; synonyms && i < synonyms->child.len; i++)
        (void)!codelist_add_synonym(loader->arena, list, added, synonyms->child.ptr[i]->text,
                                    node_place(loader->arena, synonyms->child.ptr[i]), loader->err);
}

/* ---- groups ---- */

typedef struct GroupReader {
    CoreLoader *loader;
    CodeList *list;
    Code **by_code;      /* in the order of their texts, so that a prefix is a slice */
    size_t member_count; /* of all groups so far */
    VEC(double) numbers; /* of the group being read */
} GroupReader;

static int code_order(const void *a, const void *b)
{
    return str_order((*(Code *const *)a)->code, (*(Code *const *)b)->code);
}

static void fail_member(GroupReader *reader, const PackNode *node)
{
    pack_fail(reader->loader->arena, node, reader->loader->err, ERR_PACK_MEMBER,
              ARG_STR("list", reader->list->name), ARG_STR("text", node->text));
}

static void add_member(GroupReader *reader, const Code *code)
{
    if (reader->member_count++ < LIMIT_GROUP_MEMBERS)
        VEC_PUSH(reader->loader->arena, &reader->numbers, code->number);
}

static void read_members(GroupReader *reader, const PackNode *members)
{
    for (size_t i = 0; members && i < members->child.len; i++) {
        const PackNode *node = members->child.ptr[i];
        const Code *code = codelist_find(reader->list, node->text);
        if (code && str_equals(code->code, node->text)) /* not by name */
            add_member(reader, code);
        else
            fail_member(reader, node);
    }
}

/* The first code that is not before the prefix. */
static size_t prefix_first(const GroupReader *reader, Str prefix)
{
    size_t low = 0, high = reader->list->codes.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_order(reader->by_code[middle]->code, prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void read_prefixes(GroupReader *reader, const PackNode *prefixes)
{
    for (size_t i = 0; prefixes && i < prefixes->child.len; i++) {
        Str prefix = prefixes->child.ptr[i]->text;
        size_t first = prefix_first(reader, prefix), at = first;
        for (; at < reader->list->codes.len && reader->member_count <= LIMIT_GROUP_MEMBERS &&
               str_starts_with(reader->by_code[at]->code, prefix);
             at++)
            add_member(reader, reader->by_code[at]);
        if (at == first && reader->member_count <= LIMIT_GROUP_MEMBERS)
            fail_member(reader, prefixes->child.ptr[i]);
    }
}

static int number_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What is a member by code and by prefix is one once. */
static size_t drop_doubles(double *number, size_t count)
{
    size_t kept = 0;
    if (count > 0)
        qsort(number, count, sizeof *number, number_order);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || number[kept - 1] != number[i])
            number[kept++] = number[i];
    return kept;
}

static void read_group(GroupReader *reader, const PackNode *node)
{
    CoreLoader *loader = reader->loader;
    const PackNode *members = node_get(node, KEY_MEMBERS), *prefixes = node_get(node, KEY_PREFIXES);
    if (node->kind == PACK_MAP && !members && !prefixes)
        pack_fail_key(loader->arena, node, loader->err, ERR_PACK_KEY_MISSING,
                      ARG_LIT("place", "代码组"), ARG_STR("name", node->key),
                      ARG_STR("key", key_word(KEY_MEMBERS)),
                      ARG_LIT("about_zh", "成员 或 前缀 要写一个"),
                      ARG_LIT("about_en", "成员 or 前缀, one of them"));
    reader->numbers.len = 0;
    read_members(reader, members);
    read_prefixes(reader, prefixes);
    size_t count = drop_doubles(reader->numbers.ptr, reader->numbers.len);
    (void)!codelist_add_group(loader->arena, reader->list, node->key, reader->numbers.ptr, count,
                              node_key_place(loader->arena, node), loader->err);
}

static void read_groups(CoreLoader *loader, CodeList *list, const PackNode *groups)
{
    GroupReader reader = {.loader = loader, .list = list};
    size_t codes = list->codes.len;
    if (!groups)
        return;
    reader.by_code = ARENA_ARRAY(loader->arena, Code *, codes);
    if (codes > 0) {
        memcpy(reader.by_code, list->codes.ptr, codes * sizeof *reader.by_code);
        qsort(reader.by_code, codes, sizeof *reader.by_code, code_order);
    }
    for (size_t i = 0; i < groups->child.len && reader.member_count <= LIMIT_GROUP_MEMBERS; i++)
        read_group(&reader, groups->child.ptr[i]);
    if (reader.member_count > LIMIT_GROUP_MEMBERS)
        pack_fail_key(loader->arena, groups, loader->err, ERR_PACK_MANY,
                      ARG_STR("key", groups->key), ARG_INT("limit", LIMIT_GROUP_MEMBERS));
}

/* Two groups that results by code compare. */
static void read_contrast(CoreLoader *loader, CodeList *list, const PackNode *node)
{
    Str *candidate = ARENA_ARRAY(loader->arena, Str, list->groups.len);
    for (size_t i = 0; i < list->groups.len; i++)
        candidate[i] = list->groups.ptr[i]->name;
    if (!node || node->kind != PACK_LIST)
        return;
    for (size_t i = 0; i < node->child.len && i < 2; i++) {
        const PackNode *name = node->child.ptr[i];
        list->contrast[i] = codelist_find_group(list, name->text);
        if (!list->contrast[i])
            pack_fail(loader->arena, name, loader->err, ERR_PACK_CONTRAST,
                      ARG_STR("list", list->name), ARG_STR("text", name->text),
                      ARG_STR("near", utf8_nearest(name->text, candidate, list->groups.len)));
    }
    if (node->child.len != 2)
        pack_fail_key(loader->arena, node, loader->err, ERR_PACK_SHAPE, ARG_STR("key", node->key),
                      ARG_LIT("want_zh", "两个组名"),
                      ARG_LIT("want_en", "the names of two groups"));
}

void core_read_codes(CoreLoader *loader, const PackNode *root)
{
    Str id = node_text(root, KEY_PACK);
    CodeList *list = codelist_new(loader->arena, id, node_text(root, KEY_NAME));
    const PackNode *codes = node_get(root, KEY_CODE_TABLE);
    for (size_t i = 0; codes && i < codes->child.len; i++)
        read_code(loader, list, codes->child.ptr[i]);
    read_groups(loader, list, node_get(root, KEY_GROUPS));
    read_contrast(loader, list, node_get(root, KEY_CONTRAST));
    if (map_find(&loader->lists, id)) {
        pack_fail(loader->arena, node_get(root, KEY_PACK), loader->err, ERR_PACK_LIST_TWICE,
                  ARG_STR("id", id));
        return;
    }
    map_set(&loader->lists, id, list);
    VEC_PUSH(loader->arena, &loader->core->code_lists, list);
}
