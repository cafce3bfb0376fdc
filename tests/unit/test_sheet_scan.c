/*
 * A table read block by block is the table read at once: rows, lines, texts, numbers and messages are
 * compared on random files of several blocks. The reader of whole files is the second implementation.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sheet/table.h"

#include "base/file.h"
#include "base/limits.h"

#include <iconv.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct Collected {
    Arena *arena;
    StrBuf out;
    size_t blocks;
} Collected;

/* a is a text, b a number, c is skipped. */
static bool wish(void *ctx, Table *table, Err *err)
{
    (void)err;
    Collected *got = ctx;
    strbuf_init(&got->out, got->arena); /* what was collected before is void */
    for (size_t i = 0; i < table->column_count; i++)
        table->column[i].kind = str_equals(table->column[i].name, STR("a"))   ? FIELD_TEXT
                                : str_equals(table->column[i].name, STR("b")) ? FIELD_NUMBER
                                                                              : FIELD_SKIP;
    return true;
}

static bool collect(void *ctx, const Table *block, Err *err)
{
    Collected *got = ctx;
    (void)err;
    got->blocks++;
    for (size_t row = 0; row < block->row_count; row++)
        strbuf_addf(&got->out, "%u|%.*s|%g\n", block->line[row],
                    STR_ARG(block->column[0].text[row]), block->column[1].number[row]);
    return true;
}

typedef struct Random {
    uint64_t state;
} Random;

static uint32_t draw(Random *random, uint32_t below)
{
    random->state = random->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random->state >> 33) % below;
}

typedef struct Taste {
    bool has_quotes, has_mistakes;
    const char *line_end;
    size_t len;
} Taste;

static void add_row(StrBuf *text, Random *random, const Taste *taste)
{
    static const char *const WORDS[] = {"小学一年级(1)班", "a b", "", "初中", "x", "张三"};
    static const char *const QUOTED[] = {"\"a,b\"", "\"说\"\"好\"\"\"", "\"上\n下\"", "\"\"",
                                         "\"x\r\ny\""};
    static const char *const BAD[] = {"1,2", "x,1.5.6,z", "x,1,2,3"};
    bool is_quoted = taste->has_quotes && draw(random, 3) == 0;
    if (taste->has_mistakes && draw(random, 4000) == 0) {
        strbuf_add(text, str_from(BAD[draw(random, 3)]));
    } else if (draw(random, 50)) {
        strbuf_add(text, str_from(is_quoted ? QUOTED[draw(random, 5)] : WORDS[draw(random, 6)]));
        strbuf_addf(text, ",%u,%s", draw(random, 1000),
                    is_quoted ? QUOTED[draw(random, 5)] : WORDS[draw(random, 6)]);
    }
    strbuf_add(text, str_from(taste->line_end));
}

static Str random_text(Arena *arena, Random *random, const Taste *taste)
{
    StrBuf text;
    strbuf_init(&text, arena);
    strbuf_addf(&text, "a,b,c%s", taste->line_end);
    while (text.len < taste->len)
        add_row(&text, random, taste);
    Str all = strbuf_str(&text);
    size_t cut =
        draw(random, 2) * str_from(taste->line_end).len; /* the last line end may be missing */
    return str_slice(all, 0, all.len - cut);
}

static Str encoded(Arena *arena, Str text, const char *charset)
{
    size_t room = text.len * 4 + 8, in_left = text.len, out_left = room;
    char *out = arena_alloc_raw(arena, room), *in_at = (char *)(uintptr_t)text.ptr, *out_at = out;
    iconv_t cd = iconv_open(charset, "UTF-8");
    assert_true(iconv(cd, &in_at, &in_left, &out_at, &out_left) == 0);
    iconv_close(cd);
    return (Str){out, room - out_left};
}

static Str messages(Arena *arena, const Err *err)
{
    StrBuf out;
    strbuf_init(&out, arena);
    err_format(&out, err, LANG_EN);
    return strbuf_str(&out);
}

static Str read_at_once(Arena *arena, Str bytes)
{
    Collected got = {.arena = arena};
    TableOptions options = {.wish = wish, .ctx = &got};
    CLEANUP(err_done) Err err;
    err_init(&err);
    Table *table;
    strbuf_init(&got.out, arena);
    if (!table_read_bytes(arena, STR("t.csv"), bytes, &options, &table, &err))
        return messages(arena, &err);
    assert_true(collect(&got, table, &err));
    return strbuf_str(&got.out);
}

static Str scanned(Arena *arena, Str bytes, const char *path)
{
    Collected got = {.arena = arena};
    TableOptions options = {.wish = wish, .ctx = &got};
    CLEANUP(err_done) Err err;
    err_init(&err);
    strbuf_init(&got.out, arena);
    bool is_ok = path ? table_scan(arena, path, &options, collect, &err)
                      : table_scan_bytes(arena, STR("t.csv"), bytes, &options, collect, &err);
    assert_int_equal(is_ok, !err_is_set(&err));
    for (Diag *diag = err.first; diag && path; diag = diag->next)
        diag->place.file = STR("t.csv");
    if (!is_ok)
        return messages(arena, &err);
    if (bytes.len > 600000)
        assert_true(got.blocks > 1);
    return strbuf_str(&got.out);
}

static void check_same(Arena *arena, Str bytes)
{
    Str want = read_at_once(arena, bytes), got = scanned(arena, bytes, NULL);
    enum { SHOWN = 300 };
    size_t at = 0;
    while (at < want.len && at < got.len && want.ptr[at] == got.ptr[at])
        at++;
    if (!str_equals(want, got))
        fail_msg("want %.*s\ngot %.*s", STR_ARG(str_slice(want, at, SHOWN)),
                 STR_ARG(str_slice(got, at, SHOWN)));
}

static void blocks_give_the_rows_of_the_whole_table(void **state)
{
    (void)state;
    static const char *const LINE_ENDS[] = {"\n", "\r\n", "\r"};
    static const char *const CHARSETS[] = {NULL, "GB18030", "UTF-16LE", "UTF-16BE"};
    Random random = {1};
    for (int round = 0; round < 96; round++) {
        CLEANUP(arena_done) Arena arena;
        arena_init(&arena);
        Taste taste = {.has_quotes = round & 1,
                       .has_mistakes = round >> 1 & 1,
                       .line_end = LINE_ENDS[round % 3],
                       .len = round % 4 == 0 ? draw(&random, 200) : 650000 + draw(&random, 500000)};
        Str text = random_text(&arena, &random, &taste);
        const char *charset = CHARSETS[round / 6 % 4];
        bool is_marked = charset && charset[0] == 'U';
        if (is_marked || round % 5 == 0)
            text = str_format(&arena, "\xef\xbb\xbf%.*s", STR_ARG(text));
        check_same(&arena, charset ? encoded(&arena, text, charset) : text);
    }
}

static void a_file_that_is_not_utf8_after_all_is_begun_again(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    StrBuf text;
    strbuf_init(&text, &arena);
    strbuf_add(&text, STR("a,b,c\n"));
    strbuf_add_repeat(&text, STR("x,1,2\n"), 200000);
    check_same(
        &arena,
        encoded(&arena, str_format(&arena, "%.*s张,3,4\n", STR_ARG(strbuf_str(&text))), "GB18030"));
    check_same(&arena, str_format(&arena, "%.*sx,1,\xe5\xbc", STR_ARG(strbuf_str(&text))));
    strbuf_add(&text, STR("x,y,2\n")); /* a mistake that is found once, not twice */
    check_same(
        &arena,
        encoded(&arena, str_format(&arena, "%.*s张,3,4\n", STR_ARG(strbuf_str(&text))), "GB18030"));
}

static void a_bad_byte_is_named_as_in_the_whole_table(void **state)
{
    (void)state;
    Random random = {7};
    for (int round = 0; round < 30; round++) {
        CLEANUP(arena_done) Arena arena;
        arena_init(&arena);
        Taste taste = {.has_quotes = round % 2, .line_end = "\n", .len = 700000};
        Str text = random_text(&arena, &random, &taste);
        text = round % 3 == 1 ? encoded(&arena, text, "GB18030") : text;
        if (round % 3 == 2)
            text =
                encoded(&arena, str_format(&arena, "\xef\xbb\xbf%.*s", STR_ARG(text)), "UTF-16LE");
        char *bytes = (char *)(uintptr_t)str_dup(&arena, text).ptr;
        bytes[draw(&random, (uint32_t)text.len)] = (char)(round % 5 ? 0xff : 0);
        check_same(&arena, (Str){bytes, text.len});
    }
}

static void files_are_read_like_bytes(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    CLEANUP(err_done) Err err;
    err_init(&err);
    Random random = {3};
    Taste taste = {.has_quotes = true, .line_end = "\n", .len = 900000};
    Str text = encoded(&arena, random_text(&arena, &random, &taste), "GB18030");
    char path[] = "/tmp/junheng-scan-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && close(fd) == 0);
    assert_true(file_save(path, text, &err));
    assert_true(str_equals(scanned(&arena, text, path), read_at_once(&arena, text)));
    assert_true(file_save(path, STR("a,b\n1,2\n\xff\xff\n"), &err));
    assert_true(str_contains(scanned(&arena, text, path), STR("byte 9")));
    assert_int_equal(unlink(path), 0);
    assert_true(str_contains(scanned(&arena, text, path), STR("cannot")));
    assert_true(str_contains(scanned(&arena, text, "/tmp"), STR("t.csv")) ||
                str_contains(scanned(&arena, text, "/tmp"), STR("'/tmp'")));
}

static void what_is_no_text_is_told_as_in_the_whole_table(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    static const char *const TEXTS[] = {
        "",   "\n\n",       "<html>", "PK\3\4 nothing", "\xd0\xcf\x11\xe0 old",
        "a,", "a,b\n1,\"x", "a,a\n1"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        check_same(&arena, str_from(TEXTS[i]));
}

static void a_row_without_end_is_refused_where_it_begins(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    StrBuf text;
    strbuf_init(&text, &arena);
    strbuf_add(&text, STR("a,b,c\nx,1,2\nx,\"1,2\n"));
    strbuf_add_repeat(&text, STR("x,1,2\n"), LIMIT_ROW_BYTES / 6 + 10);
    Str got = scanned(&arena, strbuf_str(&text), NULL);
    assert_true(str_contains(got, STR("from line 3 on, no row ends within 16777216 bytes")));
}

static void a_row_longer_than_a_block_is_read(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    StrBuf text;
    strbuf_init(&text, &arena);
    strbuf_add(&text, STR("a,b,c\nx,1,2\ny,3,"));
    strbuf_add_repeat(&text, STR("长"), 300000);
    strbuf_add(&text, STR("\nz,5,6\n"));
    check_same(&arena, strbuf_str(&text));
}

static bool stop_at_once(void *ctx, const Table *block, Err *err)
{
    ++*(size_t *)ctx;
    return err_fail(err, ERR_FLAT_EMPTY, ARG_STR("file", block->file));
}

static void the_taker_can_stop_the_reading(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    CLEANUP(err_done) Err err;
    err_init(&err);
    Random random = {5};
    Taste taste = {.line_end = "\n", .len = 900000};
    size_t calls = 0;
    TableOptions options = {.ctx = &calls};
    assert_false(table_scan_bytes(&arena, STR("t.csv"), random_text(&arena, &random, &taste),
                                  &options, stop_at_once, &err));
    assert_int_equal(calls, 1);
    assert_int_equal(err.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_give_the_rows_of_the_whole_table),
        cmocka_unit_test(a_file_that_is_not_utf8_after_all_is_begun_again),
        cmocka_unit_test(a_bad_byte_is_named_as_in_the_whole_table),
        cmocka_unit_test(files_are_read_like_bytes),
        cmocka_unit_test(what_is_no_text_is_told_as_in_the_whole_table),
        cmocka_unit_test(a_row_without_end_is_refused_where_it_begins),
        cmocka_unit_test(a_row_longer_than_a_block_is_read),
        cmocka_unit_test(the_taker_can_stop_the_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
