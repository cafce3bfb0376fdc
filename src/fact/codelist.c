#include "fact/codelist.h"

#include "base/utf8.h"

#include <stdlib.h>

enum { CODE_DIGITS_MAX = 15 };

CodeList *codelist_new(Arena *arena, Str id, Str name)
{
    CodeList *list = ARENA_NEW(arena, CodeList);
    list->id = id;
    list->name = name;
    map_init(&list->lookup, arena);
    map_init(&list->group_lookup, arena);
    return list;
}

/* A code is digits, so that it is one number and keeps its leading zeros as text only. */
static bool code_number(Str code, double *ret)
{
    double number = 0;
    if (code.len == 0 || code.len > CODE_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < code.len; i++) {
        if (code.ptr[i] < '0' || code.ptr[i] > '9')
            return false;
        number = number * 10 + (code.ptr[i] - '0');
    }
    *ret = number;
    return true;
}

/* The same code under two spellings is no conflict. */
static bool spelling_add(Arena *arena, CodeList *list, Str text, Code *code, const ErrPlace *place,
                         Err *err)
{
    Str folded = utf8_fold(arena, text);
    const Code *other = map_find(&list->lookup, folded);
    if (other == code)
        return true;
    if (other || map_find(&list->group_lookup, folded))
        return err_fail_at(err, place, ERR_CODE_DUPLICATE, ARG_STR("code", text),
                           ARG_STR("list", list->name));
    map_set(&list->lookup, folded, code);
    return true;
}

bool codelist_add(Arena *arena, CodeList *list, Code code, Code **ret, const ErrPlace *place,
                  Err *err)
{
    if (!code_number(code.code, &code.number))
        return err_fail_at(err, place, ERR_CODE_BAD, ARG_STR("code", code.code),
                           ARG_STR("list", list->name));
    if (codelist_find_number(list, code.number)) /* "01" beside "1" */
        return err_fail_at(err, place, ERR_CODE_DUPLICATE, ARG_STR("code", code.code),
                           ARG_STR("list", list->name));
    Code *added = ARENA_NEW(arena, Code);
    *added = code;
    if (!spelling_add(arena, list, code.code, added, place, err) ||
        !spelling_add(arena, list, code.name, added, place, err))
        return false;
    /* Codes are looked up by number under their plain digits. */
    Str plain = str_format(arena, "%.0f", code.number);
    if (!str_equals(plain, code.code) && !spelling_add(arena, list, plain, added, place, err))
        return false;
    VEC_PUSH(arena, &list->codes, added);
    *ret = added;
    return true;
}

bool codelist_add_synonym(Arena *arena, CodeList *list, Code *code, Str text, const ErrPlace *place,
                          Err *err)
{
    return spelling_add(arena, list, text, code, place, err);
}

static int number_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bool codelist_add_group(Arena *arena, CodeList *list, Str name, const double *number, size_t count,
                        const ErrPlace *place, Err *err)
{
    Str folded = utf8_fold(arena, name);
    if (map_find(&list->group_lookup, folded) || map_find(&list->lookup, folded))
        return err_fail_at(err, place, ERR_CODE_DUPLICATE, ARG_STR("code", name),
                           ARG_STR("list", list->name));
    CodeGroup *group = ARENA_NEW(arena, CodeGroup);
    group->name = name;
    group->number = ARENA_ARRAY(arena, double, count);
    group->count = count;
    if (count > 0) {
        memcpy(group->number, number, count * sizeof *number);
        qsort(group->number, count, sizeof *number, number_order);
    }
    VEC_PUSH(arena, &list->groups, group);
    map_set(&list->group_lookup, folded, group);
    return true;
}

/* As it stands, or folded: most words are spelt as in the list, which takes no memory. */
static void *find_spelling(const Map *lookup, Str text)
{
    void *found = map_find(lookup, text);
    if (found)
        return found;
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    return map_find(lookup, utf8_fold(&scratch, text));
}

const CodeGroup *codelist_find_group(const CodeList *list, Str name)
{
    return find_spelling(&list->group_lookup, name);
}

const Code *codelist_find(const CodeList *list, Str cell)
{
    return find_spelling(&list->lookup, cell);
}

const Code *codelist_find_number(const CodeList *list, double number)
{
    if (!(number >= 0 && number < 1e15) || number != (double)(int64_t)number)
        return NULL;
    char digits[24];
    size_t at = sizeof digits;
    for (int64_t rest = (int64_t)number;; rest /= 10) {
        digits[--at] = (char)('0' + rest % 10);
        if (rest < 10)
            break;
    }
    const Code *code =
        map_find(&list->lookup, (Str){.ptr = digits + at, .len = sizeof digits - at});
    /* digits may also be the synonym of another code, as 999 of 10 */
    return code && code->number == number ? code : NULL;
}

Str codelist_nearest(Arena *arena, const CodeList *list, Str cell)
{
    Str *candidate = ARENA_ARRAY(arena, Str, list->lookup.len);
    for (size_t i = 0; i < list->lookup.len; i++)
        candidate[i] = list->lookup.entry[i].key;
    return utf8_nearest(utf8_fold(arena, cell), candidate, list->lookup.len);
}
