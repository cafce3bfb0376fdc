/*
 * For test_pack_*.c and fuzz_pack.c: the files of tests/packs as texts in memory, which a test may
 * replace, edit or add to before it loads them.
 */
#ifndef TEST_PACK_FIXTURE_H
#define TEST_PACK_FIXTURE_H

#include "base/utf8.h"
#include "pack/pack_int.h"
#include "tree_file.h"

static const char *const PACK_FIXTURE_PATHS[] = {
    "core/units.yaml",
    "core/stages.yaml",
    "core/items.yaml",
    "core/codes/school_type.yaml",
    "core/codes/yes_no.yaml",
    "core/codes/runner.yaml",
    "core/codes/urban_rural.yaml",
    "core/codes/stage.yaml",
    "core/regions-2023.csv",
    "national/demo.yaml",
    "local/county.yaml",
};

typedef struct PackFixture {
    Arena arena;
    Err err;
    VEC(PackText) texts;
    Core *core;         /* NULL until loaded */
    Standard *standard; /* NULL until loaded, or if it was refused */
    PackChange *changes;
    size_t change_count;
} PackFixture;

static inline void fixture_set(PackFixture *f, const char *path, Str text)
{
    for (size_t i = 0; i < f->texts.len; i++)
        if (str_equals(f->texts.ptr[i].path, str_from(path))) {
            f->texts.ptr[i].text = text;
            return;
        }
    PackText added = {.path = str_dup(&f->arena, str_from(path)), .text = text};
    VEC_PUSH(&f->arena, &f->texts, added);
}

static inline Str fixture_get(const PackFixture *f, const char *path)
{
    for (size_t i = 0; i < f->texts.len; i++)
        if (str_equals(f->texts.ptr[i].path, str_from(path)))
            return f->texts.ptr[i].text;
    return STR("");
}

static inline void fixture_remove(PackFixture *f, const char *path)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->texts.len; i++)
        if (!str_equals(f->texts.ptr[i].path, str_from(path)))
            f->texts.ptr[kept++] = f->texts.ptr[i];
    f->texts.len = kept;
}

/* Replaces `old`, which must stand in the file exactly once. */
static inline void fixture_edit(PackFixture *f, const char *path, const char *old,
                                const char *fresh)
{
    Str text = fixture_get(f, path);
    size_t len = strlen(old);
    const char *at = memmem(text.ptr, text.len, old, len);
    size_t before = at ? (size_t)(at - text.ptr) : 0, rest = text.len - before - (at ? len : 0);
    if (!at || memmem(at + len, rest, old, len)) {
        fprintf(stderr, "not once in %s: %s\n", path, old);
        abort();
    }
    StrBuf out;
    strbuf_init(&out, &f->arena);
    strbuf_add(&out, str_slice(text, 0, before));
    strbuf_add(&out, str_from(fresh));
    strbuf_add(&out, (Str){at + len, rest});
    fixture_set(f, path, strbuf_str(&out));
}

static inline void fixture_append(PackFixture *f, const char *path, const char *more)
{
    Str text = fixture_get(f, path);
    fixture_set(f, path, str_format(&f->arena, "%.*s%s", STR_ARG(text), more));
}

static inline PackFixture *pack_fixture_new(void)
{
    PackFixture *f = calloc(1, sizeof *f);
    CHECK(f != NULL);
    arena_init(&f->arena);
    err_init(&f->err);
    for (size_t i = 0; i < sizeof PACK_FIXTURE_PATHS / sizeof *PACK_FIXTURE_PATHS; i++) {
        Str path = str_format(&f->arena, "tests/packs/%s", PACK_FIXTURE_PATHS[i]);
        fixture_set(f, PACK_FIXTURE_PATHS[i], tree_file(&f->arena, path.ptr));
    }
    return f;
}

static inline void pack_fixture_free(PackFixture *f)
{
    err_done(&f->err);
    arena_done(&f->arena);
    free(f);
}

static inline PackSource fixture_source(const PackFixture *f)
{
    return (PackSource){.text = f->texts.ptr, .text_count = f->texts.len};
}

static inline bool fixture_load_core(PackFixture *f)
{
    PackSource source = fixture_source(f);
    f->core = NULL;
    return core_load(&f->arena, &source, &f->core, &f->err);
}

static inline bool fixture_load_request(PackFixture *f, StandardRequest request)
{
    PackSource source = fixture_source(f);
    f->standard = NULL;
    if (!f->core && !fixture_load_core(f))
        return false;
    return standard_load(&f->arena, f->core, &source, &request, &f->standard, &f->changes,
                         &f->change_count, &f->err);
}

static inline Date fixture_date(const char *text)
{
    Date date = 0;
    CHECK(date_parse(str_from(text), &date));
    return date;
}

static inline bool fixture_load(PackFixture *f, const char *id, const char *date)
{
    return fixture_load_request(f,
                                (StandardRequest){.id = str_from(id), .date = fixture_date(date)});
}

static inline Str fixture_errors(PackFixture *f, Lang lang)
{
    StrBuf out;
    strbuf_init(&out, &f->arena);
    err_format(&out, &f->err, lang);
    return strbuf_str(&out);
}

#endif
