/* 依据: which document stands behind a node, after overlays. */
#include "pack/pack_int.h"

static Str part(const PackNode *basis, PackKey key, Str rest)
{
    Str text = node_text(basis, key);
    return text.len ? text : rest;
}

Basis basis_read(const PackNode *map, const Basis *rest)
{
    static const Basis NOTHING;
    const PackNode *basis = node_get(map, KEY_BASIS);
    if (!rest)
        rest = &NOTHING;
    return (Basis){.body = part(basis, KEY_BODY, rest->body),
                   .title = part(basis, KEY_TITLE, rest->title),
                   .number = part(basis, KEY_NUMBER, rest->number),
                   .date = part(basis, KEY_DAY, rest->date),
                   .clause = part(basis, KEY_CLAUSE, rest->clause),
                   .mark = part(basis, KEY_MARK, rest->mark)};
}

const Basis *basis_around(const PackNode *node, const PackNode *end, const Basis *rest)
{
    for (; node && node != end; node = node->parent)
        if (node->basis)
            return node->basis;
    return rest;
}

const Basis *basis_of_change(const PackNode *node)
{
    if (!node)
        return NULL;
    if (node->basis)
        return node->basis;
    for (size_t i = 0; i < node->child.len; i++) {
        const PackNode *child = node->child.ptr[i];
        bool is_source = str_equals(child->key, key_word(KEY_BASIS)); /* it speaks for itself */
        const Basis *basis = is_source ? NULL : basis_of_change(child);
        if (basis)
            return basis;
    }
    return NULL;
}
