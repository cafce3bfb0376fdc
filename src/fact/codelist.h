/*
 * Code lists: school types, runners, urban classes, stages, divisions. A code has a text code
 * ("211"), a number (what columns hold), a name, synonyms, and belongs to groups ("城区" = 111, 112).
 */
#ifndef JH_FACT_CODELIST_H
#define JH_FACT_CODELIST_H

#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"

typedef struct Code Code;
struct Code {
    Str code; /* "211" */
    Str name; /* 小学 */
    double number;
    uint32_t stages;    /* school types: bit i = offers stage i of the pack */
    const Code *parent; /* divisions: the one above, or NULL */
    bool is_group;      /* divisions: others stand below it */
    Str note;
};

typedef struct CodeGroup {
    Str name;
    double *number; /* ascending */
    size_t count;
} CodeGroup;

typedef struct CodeList {
    Str id;   /* school_type */
    Str name; /* 办学类型 */
    VEC(Code *) codes;
    VEC(CodeGroup *) groups;
    const CodeGroup
        *contrast[2]; /* compared in results by group, the first over the second; or NULL */
    Map lookup;       /* code, name and synonyms (utf8_fold-ed) -> Code * */
    Map group_lookup; /* name (utf8_fold-ed) -> CodeGroup * */
} CodeList;

CodeList *codelist_new(Arena *arena, Str id, Str name);

/*
 * Making a list. Texts are borrowed. Each fails with ERR_CODE_BAD (not 1 to 15 digits) or
 * ERR_CODE_DUPLICATE if a code, name, synonym or group of that spelling is already there.
 */
MUST_USE bool codelist_add(Arena *arena, CodeList *list, Code code, Code **ret,
                           const ErrPlace *place, Err *err);
MUST_USE bool codelist_add_synonym(Arena *arena, CodeList *list, Code *code, Str text,
                                   const ErrPlace *place, Err *err);
/* number: in any order, each once. */
MUST_USE bool codelist_add_group(Arena *arena, CodeList *list, Str name, const double *number,
                                 size_t count, const ErrPlace *place, Err *err);
const CodeGroup *codelist_find_group(const CodeList *list, Str name);

/* The code that a cell means: by code, name or synonym, after utf8_fold; NULL if none. */
const Code *codelist_find(const CodeList *list, Str cell);
const Code *codelist_find_number(const CodeList *list, double number);
/* The nearest name for a "did you mean", or empty. */
Str codelist_nearest(Arena *arena, const CodeList *list, Str cell);

#endif
