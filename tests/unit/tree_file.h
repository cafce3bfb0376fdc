/* For tests: reads and writes files of the source tree, found from this file's own path. */
#ifndef TEST_TREE_FILE_H
#define TEST_TREE_FILE_H

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

static inline Str tree_path(Arena *arena, const char *path)
{
    Str here = str_from(__FILE__), tail = STR("unit/tree_file.h");
    CHECK(str_ends_with(here, tail));
    return str_format(arena, "%.*s../%s", (int)(here.len - tail.len), here.ptr, path);
}

static inline Str tree_file(Arena *arena, const char *path)
{
    FILE *file = fopen(tree_path(arena, path).ptr, "rb");
    if (!file)
        fprintf(stderr, "cannot open %s\n", path);
    CHECK(file != NULL);
    StrBuf out;
    strbuf_init(&out, arena);
    char block[4096];
    for (size_t len; (len = fread(block, 1, sizeof block, file)) > 0;)
        strbuf_add(&out, (Str){block, len});
    CHECK(fclose(file) == 0);
    return strbuf_str(&out);
}

static inline void tree_write(Arena *arena, const char *path, Str text)
{
    FILE *file = fopen(tree_path(arena, path).ptr, "wb");
    CHECK(file != NULL);
    CHECK(fwrite(text.ptr, 1, text.len, file) == text.len && fclose(file) == 0);
}

/* Cuts the next line off `rest`; false at the end. */
static inline bool next_line(Str *rest, Str *ret)
{
    if (rest->len == 0)
        return false;
    const char *end = memchr(rest->ptr, '\n', rest->len);
    size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    *ret = str_slice(*rest, 0, len);
    *rest = str_slice(*rest, len + (end != NULL), rest->len);
    return true;
}

/* Compares line by line and prints the first that differs. */
static inline bool same_lines(const char *path, Str got, Str want)
{
    Str got_line = STR(""), want_line = STR("");
    for (size_t line = 1; got.len || want.len; line++) {
        bool has_got = next_line(&got, &got_line), has_want = next_line(&want, &want_line);
        if (has_got && has_want && str_equals(got_line, want_line))
            continue;
        fprintf(stderr, "%s:%zu\ngot:  %.*s\nwant: %.*s\n", path, line,
                STR_ARG(has_got ? got_line : STR("(end)")),
                STR_ARG(has_want ? want_line : STR("(end)")));
        return false;
    }
    return true;
}

/* Whether the environment asks for golden files to be rewritten. */
static inline bool is_rewriting(void)
{
    const char *mode = getenv("GOLDEN");
    return mode && str_equals(str_from(mode), STR("write"));
}

/*
 * A golden file: cases, each with a line `=>`. Where a line begins with `mark` (NULL: at every line) `run`
 * copies one case up to `=>` and adds what comes out; other lines are copied. The file is rewritten if
 * the environment asks for it, else compared.
 */
static inline bool golden_holds(const char *path, const char *mark,
                                void (*run)(StrBuf *out, Str *rest))
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Str text = tree_file(&arena, path), rest = text, line;
    StrBuf out;
    strbuf_init(&out, &arena);
    while (rest.len) {
        Str after = rest;
        (void)next_line(&after, &line);
        if (!mark || str_starts_with(line, str_from(mark))) {
            run(&out, &rest);
            strbuf_add(&out, rest.len ? STR("\n") : STR(""));
        } else {
            rest = after;
            if (line.len)
                strbuf_addf(&out, "%.*s\n", STR_ARG(line));
        }
    }
    if (is_rewriting())
        tree_write(&arena, path, strbuf_str(&out));
    return is_rewriting() || same_lines(path, strbuf_str(&out), text);
}

#endif
