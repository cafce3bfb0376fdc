#include "base/utf8.h"
#include "pack/pack_int.h"

PackNode *node_find(const PackNode *map, Str key)
{
    return map && map->kind == PACK_MAP ? map_find(&map->index, key) : NULL;
}

void node_set_child(Arena *arena, PackNode *map, PackNode *child)
{
    child->parent = map;
    PackNode *old = node_find(map, child->key);
    map_set(&map->index, child->key, child);
    for (size_t i = 0; old && i < map->child.len; i++) {
        if (map->child.ptr[i] == old) {
            map->child.ptr[i] = child;
            return;
        }
    }
    VEC_PUSH(arena, &map->child, child);
}

void node_remove_child(Arena *arena, PackNode *parent, const PackNode *child)
{
    (void)arena;
    if (parent->kind == PACK_MAP)
        map_set(&parent->index, child->key, NULL);
    size_t kept = 0;
    for (size_t i = 0; i < parent->child.len; i++)
        if (parent->child.ptr[i] != child)
            parent->child.ptr[kept++] = parent->child.ptr[i];
    parent->child.len = kept;
}

static size_t node_number(const PackNode *node)
{
    const PackNode *list = node->parent;
    for (size_t i = 0; i < list->child.len; i++)
        if (list->child.ptr[i] == node)
            return i + 1;
    return 0;
}

static void path_add(StrBuf *out, const PackNode *node)
{
    if (!node->parent)
        return;
    path_add(out, node->parent);
    if (out->len > 0)
        strbuf_add_char(out, '/');
    if (node->parent->kind == PACK_LIST)
        strbuf_addf(out, "%zu", node_number(node));
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
    if (number.len == 0 || number.len > 4)
        return NULL;
    for (size_t i = 0; i < number.len; i++) {
        if (number.ptr[i] < '0' || number.ptr[i] > '9')
            return NULL;
        at = at * 10 + (size_t)(number.ptr[i] - '0');
    }
    return at >= 1 && at <= list->child.len ? list->child.ptr[at - 1] : NULL;
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

void node_dump(StrBuf *out, const PackNode *node)
{
    switch (node->kind) {
    case PACK_TEXT:
        strbuf_add(out, node->text);
        return;
    case PACK_MAP:
    case PACK_LIST:
        strbuf_add_char(out, node->kind == PACK_MAP ? '{' : '[');
        for (size_t i = 0; i < node->child.len; i++) {
            if (i > 0)
                strbuf_add(out, STR(", "));
            if (node->kind == PACK_MAP) {
                strbuf_add(out, node->child.ptr[i]->key);
                strbuf_add(out, STR(": "));
            }
            node_dump(out, node->child.ptr[i]);
        }
        strbuf_add_char(out, node->kind == PACK_MAP ? '}' : ']');
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
        return place_at(arena, node, node->line, node->column, node->text);
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
