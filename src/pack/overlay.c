/* Overlays: explicit changes to the node tree of a standard, before it is checked. */
#include "base/limits.h"
#include "base/utf8.h"
#include "pack/pack_int.h"

typedef struct Overlay {
    Arena *arena;
    const PackNode *root; /* of the overlay's file */
    PackNode *standard;
    Str standard_id;
    Basis basis; /* of the file */
    ChangeList *changes;
    VEC(PackNode *) thinned; /* from which something was removed */
    Map changed;             /* path -> the 节点 that changed or added it */
    const Core *core;
    Err *err;
} Overlay;

static Str parent_path(Str path, Str *ret_key)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/')
        at--;
    *ret_key = str_slice(path, at, path.len);
    return at ? str_slice(path, 0, at - 1) : STR("");
}

static Str joined(Arena *arena, Str path, Str key)
{
    return path.len ? str_format(arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(key)) : key;
}

/* The nearest key of a node; a stage by its name, as 小学 for primary. */
static Str nearest_child(Arena *arena, const Core *core, const PackNode *node, Str step)
{
    Str *candidate = ARENA_ARRAY(arena, Str, node->child.len);
    for (size_t i = 0; i < node->child.len; i++)
        candidate[i] = node->child.ptr[i]->is_removed ? STR("") : node->child.ptr[i]->key;
    Str near = utf8_nearest(step, candidate, node->child.len), folded = utf8_fold(arena, step);
    for (size_t i = 0; !near.len && i < core->stages.len; i++)
        if (map_find(&core->stages.ptr[i].names, folded) &&
            node_find(node, core->stages.ptr[i].code))
            return core->stages.ptr[i].code;
    return near;
}

/* The path with its first wrong step replaced by the nearest key there; empty if none is near. */
static Str nearest_path(Arena *arena, const Core *core, const PackNode *root, Str path)
{
    const PackNode *node = root;
    Str before = STR("");
    for (size_t at = 0; at <= path.len;) {
        size_t end = at;
        while (end < path.len && path.ptr[end] != '/')
            end++;
        Str step = str_slice(path, at, end - at);
        const PackNode *next = node_at(node, step);
        if (!next) {
            Str near = nearest_child(arena, core, node, step),
                rest = str_slice(path, end, path.len);
            Str whole =
                str_format(arena, "%.*s%.*s", STR_ARG(joined(arena, before, near)), STR_ARG(rest));
            return near.len ? whole : STR("");
        }
        before = joined(arena, before, step);
        node = next;
        at = end + 1;
    }
    return STR("");
}

static const PackNode *path_node(const PackNode *change)
{
    return node_get(change, KEY_NODE);
}

static bool fail_unknown(Overlay *overlay, const PackNode *change, Str path)
{
    Str near = STR("");
    if (overlay->err->count < LIMIT_DIAGS)
        near = nearest_path(overlay->arena, overlay->core, overlay->standard, path);
    pack_fail(overlay->arena, path_node(change), overlay->err, ERR_PACK_NODE_UNKNOWN,
              ARG_STR("pack", overlay->standard_id), ARG_STR("node", path), ARG_STR("near", near));
    return false;
}

/* What belongs to the standard itself. (Tests hold for the file they stand in.) */
static bool is_fixed(Str path)
{
    static const PackKey FIXED[] = {KEY_PACK, KEY_KIND, KEY_TESTS};
    const char *slash = path.len ? memchr(path.ptr, '/', path.len) : NULL;
    Str first = str_slice(path, 0, slash ? (size_t)(slash - path.ptr) : path.len);
    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++)
        if (str_equals(first, key_word(FIXED[i])))
            return true;
    return false;
}

static Str dump(Arena *arena, const PackNode *node)
{
    StrBuf out;
    strbuf_init(&out, arena);
    if (node)
        node_dump(&out, node);
    return strbuf_str(&out);
}

static void record(Overlay *overlay, Str path, const PackNode *old, const PackNode *fresh,
                   const Basis *basis)
{
    PackChange change = {.node = path,
                         .old_text = dump(overlay->arena, old),
                         .new_text = dump(overlay->arena, fresh),
                         .overlay = node_text(overlay->root, KEY_PACK),
                         .basis = *basis};
    VEC_PUSH(overlay->arena, overlay->changes, change);
}

static const Basis *basis_of_change_entry(Overlay *overlay, const PackNode *change)
{
    Basis *basis = ARENA_NEW(overlay->arena, Basis);
    *basis = basis_read(change, &overlay->basis);
    return basis;
}

/* The value of a change as a node of the standard, at `key`. */
static PackNode *adopted(Overlay *overlay, const PackNode *change, Str key, const Basis *basis)
{
    const PackNode *value = node_get(change, KEY_VALUE);
    PackNode *node = ARENA_NEW(overlay->arena, PackNode);
    *node = *value;
    node->key = key;
    node->basis = basis;
    for (size_t i = 0; i < node->child.len; i++)
        node->child.ptr[i]->parent = node;
    return node;
}

static bool is_complete(const PackNode *change, bool has_value)
{
    return change->kind == PACK_MAP && node_text(change, KEY_NODE).len &&
           (!has_value || node_get(change, KEY_VALUE));
}

static bool fail_fixed(Overlay *overlay, const PackNode *change, Str path)
{
    pack_fail(overlay->arena, path_node(change), overlay->err, ERR_PACK_NODE_FIXED,
              ARG_STR("node", path));
    return false;
}

/* Whether the path was changed or added before, which is reported: which of the two would hold? */
static bool is_second(Overlay *overlay, const PackNode *change, Str path)
{
    const PackNode *first = map_find(&overlay->changed, path);
    if (first)
        pack_fail(overlay->arena, path_node(change), overlay->err, ERR_PACK_NODE_TWICE,
                  ARG_STR("node", path), ARG_INT("line", first->line));
    else
        map_set(&overlay->changed, path, (void *)path_node(change));
    return first != NULL;
}

static bool apply_change(Overlay *overlay, const PackNode *change)
{
    if (!is_complete(change, true))
        return false; /* schema_check has said why */
    Str path = node_text(change, KEY_NODE), key;
    if (is_fixed(path))
        return fail_fixed(overlay, change, path);
    if (is_second(overlay, change, path))
        return false;
    PackNode *old = node_at(overlay->standard, path);
    if (!old || !old->parent)
        return fail_unknown(overlay, change, path);
    (void)parent_path(path, &key);
    const Basis *basis = basis_of_change_entry(overlay, change);
    PackNode *fresh = adopted(overlay, change, old->key, basis);
    record(overlay, path, old, fresh, basis);
    node_replace(old, fresh);
    return true;
}

/* A section such as 例外 that the standard does not have yet; errors about it point at the overlay. */
static PackNode *new_section(Overlay *overlay, Str key, const PackNode *at)
{
    PackNode *section = ARENA_NEW(overlay->arena, PackNode);
    *section = (PackNode){.kind = PACK_MAP,
                          .file = at->file,
                          .line = at->line,
                          .column = at->column,
                          .key = key,
                          .key_line = at->line,
                          .key_column = at->column};
    map_init(&section->index, overlay->arena);
    node_set_child(overlay->arena, overlay->standard, section);
    return section;
}

static bool fail_parent(Overlay *overlay, const PackNode *change, Str path, Str parent)
{
    bool is_there = node_at(overlay->standard, parent) != NULL;
    pack_fail(overlay->arena, path_node(change), overlay->err, ERR_PACK_NODE_PARENT,
              ARG_STR("node", path), ARG_STR("parent", parent),
              ARG_STR("pack", is_there ? STR("") : overlay->standard_id),
              ARG_STR("shape_zh", is_there ? STR("不是一组键") : STR("")),
              ARG_STR("shape_en", is_there ? STR(" holds no keys") : STR("")));
    return false;
}

static bool apply_addition(Overlay *overlay, const PackNode *change)
{
    if (!is_complete(change, true))
        return false;
    Str path = node_text(change, KEY_NODE), key;
    if (is_fixed(path))
        return fail_fixed(overlay, change, path);
    if (is_second(overlay, change, path))
        return false;
    if (node_at(overlay->standard, path)) {
        pack_fail(overlay->arena, path_node(change), overlay->err, ERR_PACK_NODE_EXISTS,
                  ARG_STR("pack", overlay->standard_id), ARG_STR("node", path));
        return false;
    }
    Str above = parent_path(path, &key);
    PackNode *parent = above.len ? node_at(overlay->standard, above) : overlay->standard;
    if (!parent && !str_contains(above, STR("/")))
        parent = new_section(overlay, above, path_node(change));
    if (!parent || parent->kind != PACK_MAP || !key.len)
        return fail_parent(overlay, change, path, above);
    const Basis *basis = basis_of_change_entry(overlay, change);
    PackNode *fresh = adopted(overlay, change, key, basis);
    record(overlay, path, NULL, fresh, basis);
    node_set_child(overlay->arena, parent, fresh);
    return true;
}

static bool apply_removal(Overlay *overlay, const PackNode *change)
{
    if (!is_complete(change, false))
        return false;
    Str path = node_text(change, KEY_NODE);
    if (is_fixed(path))
        return fail_fixed(overlay, change, path);
    PackNode *old = node_at(overlay->standard, path);
    if (!old || !old->parent)
        return fail_unknown(overlay, change, path);
    record(overlay, path, old, NULL, &overlay->basis);
    if (!old->parent->removed_count)
        VEC_PUSH(overlay->arena, &overlay->thinned, old->parent);
    node_remove(old);
    return true;
}

static bool apply_each(Overlay *overlay, PackKey key, bool (*apply)(Overlay *, const PackNode *))
{
    const PackNode *list = node_get(overlay->root, key);
    bool is_ok = true;
    for (size_t i = 0; list && list->kind == PACK_LIST && i < list->child.len; i++)
        is_ok &= apply(overlay, list->child.ptr[i]);
    return is_ok;
}

bool overlay_apply(Arena *arena, const Core *core, const PackNode *root, PackNode *standard,
                   ChangeList *changes, Err *err)
{
    Overlay overlay = {.arena = arena,
                       .core = core,
                       .root = root,
                       .standard = standard,
                       .standard_id = node_text(standard, KEY_PACK),
                       .basis = basis_read(root, NULL),
                       .changes = changes,
                       .err = err};
    map_init(&overlay.changed, arena);
    /* removals first: what is replaced by another kind of node may be removed and added */
    (void)apply_each(&overlay, KEY_REMOVALS, apply_removal);
    (void)apply_each(&overlay, KEY_CHANGES, apply_change);
    bool is_whole = apply_each(&overlay, KEY_ADDITIONS, apply_addition);
    for (size_t i = 0; i < overlay.thinned.len; i++)
        node_compact(overlay.thinned.ptr[i]);
    return is_whole;
}
