/*
 * Inside `pack`: the node tree of a file, its check against pack.def, and the steps of loading.
 *
 * A file is read into PackNodes once; overlays change the tree; only then is it checked and turned
 * into the structs of pack.h. Every step goes on after a mistake, so that all of them are reported,
 * and says false at its end if there was any.
 */
#ifndef JH_PACK_PACK_INT_H
#define JH_PACK_PACK_INT_H

#include "pack/pack.h"

/* ---- files (source.c) ---- */

typedef struct PackText {
    Str path, text;
} PackText;

/* Where packs are read from: a folder, or (dir NULL) texts in memory with paths such as national/x.yaml. */
typedef struct PackSource {
    const char *dir;
    const PackText *text;
    size_t text_count;
} PackSource;

typedef struct PackFile {
    Str path;           /* as messages show it */
    Str bytes;          /* the whole file, for the digest */
    Str text;           /* without a byte order mark */
    size_t *line_start; /* byte offset of every line */
    size_t line_count;
} PackFile;

MUST_USE bool source_read(Arena *arena, const PackSource *source, Str path, PackFile **ret,
                          Err *err);
/* A path given by the user, not below the packs folder. In memory the same as source_read. */
MUST_USE bool source_read_outside(Arena *arena, const PackSource *source, Str path, PackFile **ret,
                                  Err *err);
typedef VEC(Str) PathList;
/* Paths (relative to the packs folder) of all files below `folder` ending in `suffix`, sorted by bytes. */
MUST_USE bool source_list(Arena *arena, const PackSource *source, Str folder, Str suffix,
                          PathList *ret, Err *err);
PackFile *pack_file_new(Arena *arena, Str path, Str text);
/* SM3 over texts of which each counts by itself: moving a byte from one to the next changes it. */
Str pack_digest(Arena *arena, const Str *part, size_t count);
/* Line `line`, from 1, without its end; empty if there is none. */
Str pack_file_line(const PackFile *file, size_t line);

/* ---- nodes (yaml.c, node.c) ---- */

typedef enum PackNodeKind { PACK_TEXT, PACK_MAP, PACK_LIST } PackNodeKind;

typedef struct PackNode PackNode;
struct PackNode {
    PackNodeKind kind;
    Str text;   /* PACK_TEXT: the value */
    Str source; /* PACK_TEXT: as it stands in the file, without quotes, from its first character */
    const PackFile *file;
    size_t line, column; /* of its first character, from 1, in characters */
    Str key;             /* in its map; empty in a list and at the root */
    size_t key_line, key_column;
    PackNode *parent;
    VEC(PackNode *) child;
    size_t number;        /* in its parent, from 1 */
    bool is_removed;      /* by an overlay; it goes with node_compact */
    size_t removed_count; /* of its children */
    Map index;            /* PACK_MAP: key -> child */
    const Basis *basis;   /* set by an overlay that changed or added this node */
};

/* Bytes to nodes; all mistakes of form. YAML errors, anchors, aliases, tags, duplicate keys, caps. */
MUST_USE bool yaml_parse(Arena *arena, const PackFile *file, PackNode **ret, Err *err);

PackNode *node_find(const PackNode *map, Str key);
/* In a map; in place of the child that has its key, if there is one. */
void node_set_child(Arena *arena, PackNode *map, PackNode *child);
/* At the end of a list. */
void node_add_element(Arena *arena, PackNode *list, PackNode *child);
/* In place of `old`, which stands in a list or under the same key. */
void node_replace(PackNode *old, PackNode *fresh);
/* Not found any more; but the numbers of a list stay as they are until node_compact of the parent. */
void node_remove(PackNode *child);
void node_compact(PackNode *parent);
/* 指标/QR1/公式; elements of a list by number from 1. */
Str node_path(Arena *arena, const PackNode *node);
/* By path from `root`; NULL if there is none. */
PackNode *node_at(const PackNode *root, Str path);
/* In flow form, on one line: {primary: 2.3, junior: 2.4}. */
void node_dump(StrBuf *out, const PackNode *node);

/* For err_fail_at: the value of the node, or its key. In the arena. */
const ErrPlace *node_place(Arena *arena, const PackNode *node);
const ErrPlace *node_key_place(Arena *arena, const PackNode *node);

/* Reports at the value of a node, or at its key; without a place once enough was reported. */
void pack_fail_args(Arena *arena, const PackNode *node, bool is_key, Err *err, ErrCode code,
                    const ErrArg *args);
#define pack_fail(arena, node, err, ...) \
    PACK_FAIL_(arena, node, false, err, __VA_ARGS__, (ErrArg){0})
#define pack_fail_key(arena, node, err, ...) \
    PACK_FAIL_(arena, node, true, err, __VA_ARGS__, (ErrArg){0})
#define PACK_FAIL_(arena, node, is_key, err, code, ...) \
    pack_fail_args((arena), (node), (is_key), (err), (code), (const ErrArg[]){__VA_ARGS__, {0}})
/* The same for a text that names nothing: arguments text and near. Returns false. */
bool pack_fail_text(Arena *arena, const PackNode *node, Err *err, ErrCode code, Str text,
                    const Str *candidate, size_t count);

/* ---- the words of packs (schema.c) ---- */

typedef enum PackPlace {
#define PLACE(id, name_zh, kind) PLACE_##id,
#define KEY(id, word, places, required, kind, inner, doc_zh, doc_en)
#include "pack/pack.def"
#undef PLACE
#undef KEY
    PLACE_COUNT,
    PLACE_NONE = PLACE_COUNT,
} PackPlace;

typedef enum PackKey {
#define PLACE(id, name_zh, kind)
#define KEY(id, word, places, required, kind, inner, doc_zh, doc_en) KEY_##id,
#include "pack/pack.def"
#undef PLACE
#undef KEY
    KEY_COUNT
} PackKey;

Str key_word(PackKey key);
Str place_kind(PackPlace place); /* 类 of a file, or empty */
/* The file kind named by 类; PLACE_NONE (and no error) if it is none. */
PackPlace place_of_file(const PackNode *root);

/* Checks a mapping and all below it against pack.def. */
MUST_USE bool schema_check(Arena *arena, const PackNode *node, PackPlace place, Err *err);

/* The value of a key of a mapping; NULL if it does not stand there. */
static inline PackNode *node_get(const PackNode *map, PackKey key)
{
    return node_find(map, key_word(key));
}
/* Values that schema_check has passed. Absent keys give the empty text, false, 0 … */
Str node_text(const PackNode *map, PackKey key);
bool node_yes(const PackNode *map, PackKey key);
bool node_date(const PackNode *map, PackKey key, Date *ret);
bool node_decimal(const PackNode *map, PackKey key, Decimal *ret);
/* One of `count` words: its index. -1 if the key is absent, or (reported) if it is none of them. */
int node_choice(Arena *arena, const PackNode *map, PackKey key, const char *const *word,
                size_t count, Err *err);
/* The number that a node holds; reports if it holds none. */
MUST_USE bool node_parse_decimal(Arena *arena, const PackNode *node, bool is_whole, Decimal *ret,
                                 Err *err);
/* 有效; the open interval if absent. */
Validity node_validity(const PackNode *map);

/* ---- list.c ---- */

/* The id that a file should have: its name without folder and .yaml. */
Str pack_id_of_path(Str path);
/*
 * The file of a pack by id. `at` is where the id was written in a pack; NULL: by a user, who may
 * also write a path. (A pack cannot make us read any file it likes.)
 */
MUST_USE bool pack_file_find(Arena *arena, const PackSource *source, Str id, const PackNode *at,
                             PackFile **ret, Err *err);
/*
 * The node tree of a file, and its kind; what stands in it is for schema_check. Where only the id is
 * wrong the tree is there all the same (and false is returned), so that more can be said about it.
 */
MUST_USE bool pack_file_parse(Arena *arena, const PackFile *file, PackNode **ret,
                              PackPlace *ret_place, Err *err);

/* ---- basis.c ---- */

/* 依据 of a mapping, parts left out taken from `rest`. */
Basis basis_read(const PackNode *map, const Basis *rest);
/*
 * What holds where a node has no 依据 of its own: of the overlay that made it, or one of the nodes
 * around it below `end` (NULL: all), else `rest`.
 */
const Basis *basis_around(const PackNode *node, const PackNode *end, const Basis *rest);
/* The basis of an overlay that changed this node or something in it but 依据; NULL if none did. */
const Basis *basis_of_change(const PackNode *node);

/* ---- loading ---- */

MUST_USE bool core_load(Arena *arena, const PackSource *source, Core **ret, Err *err);

MUST_USE bool standard_load(Arena *arena, const Core *core, const PackSource *source,
                            const StandardRequest *request, Standard **ret,
                            PackChange **ret_changes, size_t *ret_change_count, Err *err);

MUST_USE bool packs_list(Arena *arena, const PackSource *source, PackInfo **ret, size_t *ret_count,
                         Err *err);

typedef VEC(PackChange) ChangeList;

/*
 * Applies the changes of an overlay (already checked) to the tree of a standard; `core` for the
 * stages in "did you mean". Reports whatever cannot be applied. False if something could not be
 * added: what needs it would be reported as missing too.
 */
MUST_USE bool overlay_apply(Arena *arena, const Core *core, const PackNode *overlay,
                            PackNode *standard, ChangeList *changes, Err *err);

/* Adds a name for the symbol; reports at the place if it is taken or reserved. */
bool pack_add_name(Arena *arena, Scope *scope, Symbol *symbol, Str text, const ErrPlace *place,
                   Err *err);
/* Where a name of the thing at `node` is written: its key, 名称 or 代码. */
const ErrPlace *pack_name_place(Arena *arena, const PackNode *node, Str text);

/* A unit written at a node; reports there. */
MUST_USE bool pack_unit_parse(Arena *arena, const UnitTable *units, const PackNode *node, Unit *ret,
                              Err *err);

#endif
