/*
 * Every row of errors.def is exercised: its code or its message stands in a unit test, a golden file
 * or a script. A row that nothing reaches is either untested or not needed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "tree_file.h"

#include <dirent.h>

typedef struct Row {
    const char *code, *zh, *en;
} Row;

static const Row ROWS[] = {
#define ERROR(code, http, exit_status, zh, en, hint_zh, hint_en) {#code, zh, en},
#include "base/errors.def"
#undef ERROR
};

/* All files of a folder of the tree with this ending, one after the other. */
static void add_folder(StrBuf *out, const char *folder, const char *suffix)
{
    DIR *dir = opendir(tree_path(out->arena, folder).ptr);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));) {
        Str name = str_from(entry->d_name);
        if (name.ptr[0] == '.' || !str_ends_with(name, str_from(suffix)))
            continue;
        Str path = str_format(out->arena, "%s/%s", folder, entry->d_name);
        strbuf_add(out, tree_file(out->arena, path.ptr));
        strbuf_add_char(out, '\n');
    }
    assert_int_equal(closedir(dir), 0);
}

/* The code as a whole word: ERR_PACK_STAGE is not in ERR_PACK_STAGES. */
static bool has_word(Str text, Str word)
{
    while (text.len) {
        const char *at = memmem(text.ptr, text.len, word.ptr, word.len);
        if (!at)
            return false;
        size_t end = (size_t)(at - text.ptr) + word.len;
        char next = end < text.len ? text.ptr[end] : ' ';
        bool goes_on = next == '_' || (next >= 'A' && next <= 'Z') || (next >= '0' && next <= '9');
        if (!goes_on)
            return true;
        text = str_slice(text, end, text.len);
    }
    return false;
}

/* The template up to the next argument or optional part; *rest begins behind it. */
static Str next_literal(Str *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != '{' &&
           !str_starts_with(str_slice(*rest, len, 2), STR("[[")))
        len++;
    Str literal = str_slice(*rest, 0, len);
    const char *end = NULL;
    Str after = str_slice(*rest, len, rest->len);
    if (after.len)
        end = after.ptr[0] == '{' ? memchr(after.ptr, '}', after.len) + 1
                                  : (const char *)memmem(after.ptr, after.len, "]]", 2) + 2;
    *rest = end ? str_slice(after, (size_t)(end - after.ptr), after.len) : STR("");
    return literal;
}

static bool line_matches(Str line, Str template)
{
    enum { LITERAL_MIN = 6 /* bytes: a template of arguments only says nothing */ };
    size_t literals = 0;
    while (template.len) {
        Str literal = next_literal(&template);
        if (!literal.len)
            continue;
        const char *at = memmem(line.ptr, line.len, literal.ptr, literal.len);
        if (!at)
            return false;
        literals += literal.len;
        size_t end = (size_t)(at - line.ptr) + literal.len;
        line = str_slice(line, end, line.len);
    }
    return literals >= LITERAL_MIN;
}

static bool has_message(Str text, const Row *row)
{
    for (Str line; next_line(&text, &line);)
        if (line_matches(line, str_from(row->zh)) || line_matches(line, str_from(row->en)))
            return true;
    return false;
}

static void every_error_is_reached_by_a_test(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    StrBuf tests;
    strbuf_init(&tests, &arena);
    add_folder(&tests, "tests/unit", ".c");
    add_folder(&tests, "tests/golden", ".txt");
    add_folder(&tests, "tests/golden/cli", ".txt");
    add_folder(&tests, "tests/scripts", ".sh");
    size_t missing = 0;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const Row *row = &ROWS[i];
        if (has_word(strbuf_str(&tests), str_from(row->code)) ||
            has_message(strbuf_str(&tests), row))
            continue;
        print_error("no test reaches %s\n", row->code);
        missing++;
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_is_reached_by_a_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
