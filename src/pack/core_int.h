/* How packs/core is read: core.c calls the others in the order in which they need each other. */
#ifndef JH_PACK_CORE_INT_H
#define JH_PACK_CORE_INT_H

#include "pack/pack_int.h"

typedef struct CoreFile {
    const PackNode *root;
    PackPlace place;
    Str path;
} CoreFile;

typedef struct CoreLoader {
    Arena *arena;
    const PackSource *source;
    Core *core;
    VEC(CoreFile) files;
    bool has_unread; /* a file of which not even the kind is known */
    VEC(Str) texts;  /* of all files, for the digest */
    Map lists;       /* id -> CodeList * */
    Map sets;        /* id -> the CodeSet * that attributes of this list share */
    Scope names;     /* of items: to refuse doubles and words of the language */
    Map spelling;    /* of items, folded -> the PackNode that gave it */
    Err *err;
} CoreLoader;

/* core_codes.c: one file of kind 代码表. */
void core_read_codes(CoreLoader *loader, const PackNode *root);

/* core_items.c: one file of kind 数据项; units, stages and code lists are there. */
void core_read_items(CoreLoader *loader, const PackNode *root);

/* core_regions.c: the newest regions-*.csv. */
void core_read_regions(CoreLoader *loader);

/* The place of a stage by its code (primary); -1 and an error at node if there is none. */
int core_stage_of(Arena *arena, const Core *core, const PackNode *node, Str code, Err *err);

#endif
