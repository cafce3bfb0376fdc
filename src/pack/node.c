#include "base/utf8.h"
#include "pack/pack_int.h"

PackNode *node_find(const PackNode *map, Str key)
{
    return map && map->kind == PACK_MAP ? map_find(&map->index, key) : NULL;
}

static void push_child(Arena *arena, PackNode *parent, PackNode *child)
{
    child->parent = parent;
    VEC_PUSH(arena, &parent->child, child);
    child->number = parent->child.len;
}

void node_set_child(Arena *arena, PackNode *map, PackNode *child)
{
    PackNode *old = node_find(map, child->key);
    if (old) {
        node_replace(old, child);
        return;
    }
    push_child(arena, map, child);
    map_set(&map->index, child->key, child);
}

void node_add_element(Arena *arena, PackNode *list, PackNode *child)
{
    push_child(arena, list, child);
}

void node_replace(PackNode *old, PackNode *fresh)
{
    PackNode *parent = old->parent;
    fresh->parent = parent;
    fresh->number = old->number;
    parent->child.ptr[old->number - 1] = fresh;
    if (parent->kind == PACK_MAP)
        map_set(&parent->index, fresh->key, fresh);
}

void node_remove(PackNode *child)
{
    child->is_removed = true;
    child->parent->removed_count++;
    if (child->parent->kind == PACK_MAP)
        map_set(&child->parent->index, child->key, NULL);
}

void node_compact(PackNode *parent)
{
    size_t kept = 0;
    for (size_t i = 0; i < parent->child.len; i++) {
        PackNode *child = parent->child.ptr[i];
        if (child->is_removed)
            continue;
        parent->child.ptr[kept++] = child;
        child->number = kept;
    }
    parent->child.len = kept;
    parent->removed_count = 0;
}

static void path_add(StrBuf *out, const PackNode *node)
{
    if (!node->parent)
        return;
    path_add(out, node->parent);
    if (out->len > 0)
        strbuf_add_char(out, '/');
    if (node->parent->kind == PACK_LIST)
        strbuf_addf(out, "%zu", node->number);
    else
        strbuf_add(out, node->key);
}

Str node_path(Arena *arena, const PackNode *node)
{
    StrBuf path;
    strbuf_init(&path, arena);
    path_add(&path, node);
    return strbuf_str(&path);
}

static PackNode *list_at(const PackNode *list, Str number)
{
    size_t at = 0;
    if (number.len == 0 || number.len > 7)
        return NULL;
    for (size_t i = 0; i < number.len; i++) {
        if (number.ptr[i] < '0' || number.ptr[i] > '9')
            return NULL;
        at = at * 10 + (size_t)(number.ptr[i] - '0');
    }
    PackNode *element = at >= 1 && at <= list->child.len ? list->child.ptr[at - 1] : NULL;
    return element && !element->is_removed ? element : NULL;
}

PackNode *node_at(const PackNode *root, Str path)
{
    PackNode *node = (PackNode *)root;
    for (size_t at = 0; at <= path.len;) {
        size_t end = at;
        while (end < path.len && path.ptr[end] != '/')
            end++;
        Str step = str_slice(path, at, end - at);
        if (!node)
            return NULL;
        switch (node->kind) {
        case PACK_MAP:
            node = node_find(node, step);
            break;
        case PACK_LIST:
            node = list_at(node, step);
            break;
        case PACK_TEXT:
            return NULL;
        }
        at = end + 1;
    }
    return node;
}

static void dump_children(StrBuf *out, const PackNode *node)
{
    bool is_first = true;
    strbuf_add_char(out, node->kind == PACK_MAP ? '{' : '[');
    for (size_t i = 0; i < node->child.len; i++) {
        const PackNode *child = node->child.ptr[i];
        if (child->is_removed)
            continue;
        strbuf_add(out, is_first ? STR("") : STR(", "));
        is_first = false;
        if (node->kind == PACK_MAP)
            strbuf_addf(out, "%.*s: ", STR_ARG(child->key));
        node_dump(out, child);
    }
    strbuf_add_char(out, node->kind == PACK_MAP ? '}' : ']');
}

void node_dump(StrBuf *out, const PackNode *node)
{
    switch (node->kind) {
    case PACK_TEXT:
        strbuf_add(out, node->text);
        return;
    case PACK_MAP:
    case PACK_LIST:
        dump_children(out, node);
        return;
    }
}

static const ErrPlace *place_at(Arena *arena, const PackNode *node, size_t line, size_t column,
                                Str shown)
{
    ErrPlace *place = ARENA_NEW(arena, ErrPlace);
    Str first_line = shown;
    const char *end = shown.len > 0 ? memchr(shown.ptr, '\n', shown.len) : NULL;
    if (end)
        first_line.len = (size_t)(end - shown.ptr);
    *place = (ErrPlace){.file = node->file->path,
                        .node = node_path(arena, node),
                        .line = line,
                        .column = column,
                        .text = pack_file_line(node->file, line),
                        .len = utf8_count(first_line)};
    return place;
}

const ErrPlace *node_place(Arena *arena, const PackNode *node)
{
    switch (node->kind) {
    case PACK_TEXT:
        if (node->text.len)
            return place_at(arena, node, node->line, node->column, node->text);
        return node_key_place(arena, node);
    case PACK_MAP:
    case PACK_LIST:
        return node_key_place(arena, node);
    }
    BUG("node kind");
}

const ErrPlace *node_key_place(Arena *arena, const PackNode *node)
{
    if (node->key.len == 0)
        return place_at(arena, node, node->line, node->column, STR(""));
    return place_at(arena, node, node->key_line, node->key_column, node->key);
}
