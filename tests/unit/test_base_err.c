#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "assert_text.h"

#include <math.h>

typedef struct Row {
    const char *name, *zh, *en, *hint_zh, *hint_en;
    int http, exit_status;
} Row;

static const Row ROWS[] = {
#define ERROR(code, http, exit_status, zh, en, hint_zh, hint_en) \
    {#code, zh, en, hint_zh, hint_en, http, exit_status},
#include "base/errors.def"
#undef ERROR
};
enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };

typedef struct Fixture {
    Arena arena;
    Err err;
} Fixture;

static int set_up(void **state)
{
    static Fixture fixture;
    arena_init(&fixture.arena);
    err_init(&fixture.err);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    err_done(&fixture->err);
    arena_done(&fixture->arena);
    return 0;
}

static Str formatted(Fixture *fixture, Lang lang)
{
    StrBuf out;
    strbuf_init(&out, &fixture->arena);
    err_format(&out, &fixture->err, lang);
    return strbuf_str(&out);
}

/* The next {name} of a template without its _zh or _en; false at the end. */
static bool next_name(Str *rest, Str *ret)
{
    const char *open = rest->len ? memchr(rest->ptr, '{', rest->len) : NULL;
    if (!open)
        return false;
    Str tail = str_slice(*rest, (size_t)(open - rest->ptr) + 1, rest->len);
    const char *close = memchr(tail.ptr, '}', tail.len);
    if (!close)
        fail_msg("'{' without '}' in: %.*s", STR_ARG(*rest));
    Str name = str_slice(tail, 0, (size_t)(close - tail.ptr));
    *rest = str_slice(tail, name.len + 1, tail.len);
    if (str_ends_with(name, STR("_zh")) || str_ends_with(name, STR("_en")))
        name.len -= 3;
    *ret = name;
    return true;
}

static bool has_name(const char *template, Str wanted)
{
    Str rest = str_from(template), name;
    while (next_name(&rest, &name))
        if (str_equals(name, wanted))
            return true;
    return false;
}

static void check_names(const Row *row, const char *from, const char *in)
{
    Str rest = str_from(from), name;
    while (next_name(&rest, &name))
        if (!has_name(in, name))
            fail_msg("%s: {%.*s} stands in one language only", row->name, STR_ARG(name));
}

static void both_languages_use_the_same_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        check_names(&ROWS[i], ROWS[i].zh, ROWS[i].en);
        check_names(&ROWS[i], ROWS[i].en, ROWS[i].zh);
        check_names(&ROWS[i], ROWS[i].hint_zh, ROWS[i].hint_en);
        check_names(&ROWS[i], ROWS[i].hint_en, ROWS[i].hint_zh);
    }
}

static void check_template(const Row *row, const char *template)
{
    Str text = str_from(template);
    if (utf8_valid_len(text) != text.len || str_contains(text, STR("\n")))
        fail_msg("%s: not one line of UTF-8: %s", row->name, template);
    const char *open = strstr(template, "[["), *close = strstr(template, "]]");
    for (; open || close; open = strstr(close + 2, "[["), close = strstr(close + 2, "]]"))
        if (!open || !close || close < open)
            fail_msg("%s: [[ ]] not in pairs: %s", row->name, template);
    if (str_ends_with(text, STR("]]")))
        text.len -= 2;
    if (str_ends_with(text, STR("。")) || str_ends_with(text, STR(".")) ||
        str_ends_with(text, STR("．")))
        fail_msg("%s: ends with a full stop: %s", row->name, template);
}

/* A brace is no punctuation: {primary: 4.2} would be an argument that nobody gives. */
static void check_braces(const Row *row, const char *template)
{
    for (const char *open = strchr(template, '{'); open; open = strchr(open + 1, '{')) {
        size_t len = strspn(open + 1, "abcdefghijklmnopqrstuvwxyz_");
        if (len == 0 || open[1 + len] != '}')
            fail_msg("%s: braces hold no name of an argument: %s", row->name, open);
    }
}

static void braces_hold_names_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        check_braces(&ROWS[i], ROWS[i].zh);
        check_braces(&ROWS[i], ROWS[i].en);
        check_braces(&ROWS[i], ROWS[i].hint_zh);
        check_braces(&ROWS[i], ROWS[i].hint_en);
    }
}

static void templates_are_one_line_without_a_full_stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const Row *row = &ROWS[i];
        check_template(row, row->zh);
        check_template(row, row->en);
        check_template(row, row->hint_zh);
        check_template(row, row->hint_en);
        if (!*row->zh || !*row->en || !*row->hint_zh != !*row->hint_en)
            fail_msg("%s: a text is missing in one language", row->name);
    }
}

static void codes_are_unique_and_their_statuses_sensible(void **state)
{
    (void)state;
    assert_int_equal(ROW_COUNT, ERR_CODE_COUNT - 1);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(ROWS[i].name, ROWS[k].name);
        assert_string_equal(err_code_name((ErrCode)(i + 1)), ROWS[i].name);
        assert_int_equal(err_http_status((ErrCode)(i + 1)), ROWS[i].http);
        assert_true(str_starts_with(str_from(ROWS[i].name), STR("ERR_")));
        assert_in_range(ROWS[i].http, 400, 599);
        assert_in_range(ROWS[i].exit_status, 1, 3);
    }
}

static void an_optional_part_needs_its_argument(void **state)
{
    Fixture *fixture = *state;
    Err *err = &fixture->err;
    assert_false(err_fail(err, ERR_FLAT_COLUMN_UNKNOWN, ARG_LIT("column", "在校生"),
                          ARG_LIT("near", "在校生数")));
    assert_false(err_fail(err, ERR_FLAT_COLUMN_UNKNOWN, ARG_LIT("column", "在校生")));
    assert_false(err_fail(err, ERR_FLAT_COLUMN_UNKNOWN, ARG_LIT("column", "在校生"),
                          ARG_STR("near", (Str){0})));
    const Diag *diag = err->first;
    assert_text(err_message(&fixture->arena, diag, LANG_ZH),
                "不认识列「在校生」，是否想写「在校生数」？");
    assert_text(err_message(&fixture->arena, diag, LANG_EN),
                "unknown column '在校生', did you mean '在校生数'?");
    diag = diag->next;
    assert_text(err_message(&fixture->arena, diag, LANG_ZH), "不认识列「在校生」");
    diag = diag->next;
    assert_text(err_message(&fixture->arena, diag, LANG_EN), "unknown column '在校生'");
}

static void an_argument_for_one_language_is_used_there(void **state)
{
    Fixture *fixture = *state;
    (void)err_fail(&fixture->err, ERR_FILE_READ, ARG_LIT("file", "a"), ARG_LIT("reason_zh", "坏了"),
                   ARG_LIT("reason", "broken"));
    const Diag *diag = fixture->err.first;
    assert_text(err_message(&fixture->arena, diag, LANG_ZH), "读文件「a」时出错：坏了");
    assert_text(err_message(&fixture->arena, diag, LANG_EN), "cannot read file 'a': broken");
    assert_text(err_hint(&fixture->arena, diag, LANG_EN), "");
}

static Str size_shown(Fixture *fixture, ErrArg size)
{
    Err err;
    err_init(&err);
    (void)err_fail(&err, ERR_FILE_TOO_LARGE, ARG_LIT("file", "f"), size, ARG_INT("limit", 1));
    Str message = err_message(&fixture->arena, err.first, LANG_EN);
    err_done(&err);
    return message;
}

static void numbers_are_shown_in_the_fewest_digits(void **state)
{
    Fixture *fixture = *state;
    assert_text(size_shown(fixture, ARG_INT("size", 2147483647)),
                "file 'f' has 2147483647 bytes, more than the limit of 1");
    assert_text(size_shown(fixture, ARG_INT("size", -7)),
                "file 'f' has -7 bytes, more than the limit of 1");
    assert_text(size_shown(fixture, ARG_NUM("size", 0.1)),
                "file 'f' has 0.1 bytes, more than the limit of 1");
    assert_text(size_shown(fixture, ARG_NUM("size", NAN)),
                "file 'f' has — bytes, more than the limit of 1");
}

static void foreign_text_is_shown_on_one_line_and_cut(void **state)
{
    Fixture *fixture = *state;
    (void)err_fail(&fixture->err, ERR_FLAT_REGION, ARG_LIT("value", "a\n\tb\x1b[1m\xff\xc2\x85z"));
    assert_text(err_message(&fixture->arena, fixture->err.first, LANG_EN),
                "no such region: 'a  b [1m\xef\xbf\xbd z'");
    StrBuf text;
    strbuf_init(&text, &fixture->arena);
    strbuf_add_repeat(&text, STR("校"), 301);
    (void)err_fail(&fixture->err, ERR_FLAT_REGION, ARG_STR("value", strbuf_str(&text)));
    Str message = err_message(&fixture->arena, fixture->err.last, LANG_EN);
    assert_int_equal(utf8_count(message), strlen("no such region: ''") + 301);
    assert_true(str_ends_with(message, STR("校…'")));
}

static void arguments_and_places_are_copied(void **state)
{
    Fixture *fixture = *state;
    char name[] = "file", value[] = "value";
    const ErrPlace place = {.file = {name, 4}, .line = 3};
    (void)err_fail_at(&fixture->err, &place, ERR_FLAT_REGION, ARG_STR("value", ((Str){value, 5})));
    memset(name, 'x', 4);
    memset(value, 'x', 5);
    assert_true(str_starts_with(formatted(fixture, LANG_EN),
                                STR("error: no such region: 'value'\n  at file, line 3\n")));
}

static void a_formula_error_shows_its_line_with_carets(void **state)
{
    Fixture *fixture = *state;
    const ErrPlace place = {
        .file = STR("pack.yaml"),
        .node = STR("指标/QR1/公式"),
        .line = 2,
        .column = 5,
        .text = STR("\t在校生 / 教师 + x"),
        .len = 4,
    };
    (void)err_fail_at(&fixture->err, &place, ERR_FILE_READ, ARG_LIT("file", "f"),
                      ARG_LIT("reason", "r"));
    /* the tab is one column, the three characters before the span two each */
    assert_text(formatted(fixture, LANG_ZH), "错误: 读文件「f」时出错：r\n"
                                             "  位置 pack.yaml, 第 2 行第 5 列 (指标/QR1/公式)\n"
                                             "     在校生 / 教师 + x\n"
                                             "           ^^^^^\n");
    assert_text(formatted(fixture, LANG_EN), "error: cannot read file 'f': r\n"
                                             "  at pack.yaml, line 2, column 5 (指标/QR1/公式)\n"
                                             "     在校生 / 教师 + x\n"
                                             "           ^^^^^\n");
}

static void a_span_at_or_beyond_the_end_gets_one_caret(void **state)
{
    Fixture *fixture = *state;
    const ErrPlace place = {.line = 1, .column = 4, .text = STR("1 +"), .len = 3};
    (void)err_fail_at(&fixture->err, &place, ERR_FILE_READ, ARG_LIT("file", "f"),
                      ARG_LIT("reason", "r"));
    assert_text(formatted(fixture, LANG_EN), "error: cannot read file 'f': r\n"
                                             "  at line 1, column 4\n"
                                             "    1 +\n"
                                             "       ^\n");
}

static void check_place(Fixture *fixture, ErrPlace place, const char *zh, const char *en)
{
    err_done(&fixture->err);
    err_init(&fixture->err);
    (void)err_fail_at(&fixture->err, &place, ERR_FILE_READ, ARG_LIT("file", "f"),
                      ARG_LIT("reason", "r"));
    const char *zh_head = "错误: 读文件「f」时出错：r\n";
    const char *en_head = "error: cannot read file 'f': r\n";
    Str got = formatted(fixture, LANG_ZH);
    assert_text(str_slice(got, strlen(zh_head), got.len), zh);
    got = formatted(fixture, LANG_EN);
    assert_text(str_slice(got, strlen(en_head), got.len), en);
}

static void the_place_in_a_table_is_row_letters_and_header(void **state)
{
    const Str file = STR("学校.csv"), book = STR("学校.xlsx"), sheet = STR("Sheet1");
    check_place(*state, (ErrPlace){.file = file, .line = 5, .column = 8, .cell = STR("在校生数")},
                "  位置 学校.csv, 第 5 行 H 列「在校生数」\n",
                "  at 学校.csv, row 5, column H '在校生数'\n");
    const Str ref = STR("AB12");
    check_place(*state,
                (ErrPlace){.file = book, .sheet = sheet, .line = 12, .column = 28, .cell = ref},
                "  位置 学校.xlsx [Sheet1], 第 12 行 AB 列\n",
                "  at 学校.xlsx [Sheet1], row 12, column AB\n");
    check_place(*state, (ErrPlace){.file = book, .sheet = sheet}, "  位置 学校.xlsx [Sheet1]\n",
                "  at 学校.xlsx [Sheet1]\n");
    check_place(*state, (ErrPlace){.file = book, .sheet = sheet, .column = 702},
                "  位置 学校.xlsx [Sheet1], ZZ 列\n", "  at 学校.xlsx [Sheet1], column ZZ\n");
    check_place(*state, (ErrPlace){.file = file, .line = 5, .cell = STR("在校生数")},
                "  位置 学校.csv, 第 5 行「在校生数」\n", "  at 学校.csv, row 5 '在校生数'\n");
    check_place(*state, (ErrPlace){.file = file, .line = 5}, "  位置 学校.csv, 第 5 行\n",
                "  at 学校.csv, line 5\n");
    check_place(*state, (ErrPlace){.line = 5}, "  位置 第 5 行\n", "  at line 5\n");
    check_place(*state, (ErrPlace){.node = STR("指标/QR1")}, "  位置 (指标/QR1)\n",
                "  at (指标/QR1)\n");
    check_place(*state, (ErrPlace){0}, "", "");
}

static void neighbours_share_one_hint(void **state)
{
    Fixture *fixture = *state;
    for (size_t line = 2; line <= 3; line++) {
        const ErrPlace place = {
            .file = STR("a.csv"), .line = line, .column = 1, .cell = STR("班级")};
        (void)err_fail_at(&fixture->err, &place, ERR_FLAT_BLANK, ARG_LIT("column", "班级"));
    }
    (void)err_fail(&fixture->err, ERR_FILE_TOO_LARGE, ARG_LIT("file", "f"), ARG_INT("size", 2),
                   ARG_INT("limit", 1));
    assert_text(formatted(fixture, LANG_EN),
                "error: '班级' must not be blank\n"
                "  at a.csv, row 2, column A '班级'\n"
                "error: '班级' must not be blank\n"
                "  at a.csv, row 3, column A '班级'\n"
                "hint: fill in this cell\n"
                "error: file 'f' has 2 bytes, more than the limit of 1\n"
                "hint: split the file and try again\n");
}

static void fail_times(Err *err, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_false(err_fail(err, ERR_FILE_READ, ARG_LIT("file", "f"), ARG_INT("reason", i)));
}

static size_t kept_count(const Err *err)
{
    size_t count = 0;
    for (const Diag *diag = err->first; diag; diag = diag->next)
        count++;
    return count;
}

static void what_is_beyond_the_limit_is_counted(void **state)
{
    Fixture *fixture = *state;
    fail_times(&fixture->err, LIMIT_DIAGS + 12);
    assert_int_equal(fixture->err.count, LIMIT_DIAGS + 12);
    assert_int_equal(kept_count(&fixture->err), LIMIT_DIAGS);
    assert_true(str_ends_with(formatted(fixture, LANG_EN), STR("\nand 12 more\n")));
    assert_true(str_ends_with(formatted(fixture, LANG_ZH), STR("\n还有 12 处\n")));
}

static void a_misfortune_beyond_the_limit_is_not_lost(void **state)
{
    Fixture *fixture = *state;
    Err *err = &fixture->err;
    assert_int_equal(err_exit_status(err), 0);
    for (int i = 0; i < LIMIT_DIAGS + 5; i++)
        (void)err_fail(err, ERR_FLAT_BLANK, ARG_LIT("column", "a"));
    assert_int_equal(err_exit_status(err), 1);
    fail_times(err, 3);
    assert_int_equal(err_exit_status(err), 3);
    assert_int_equal(err->count, LIMIT_DIAGS + 8);
    assert_int_equal(kept_count(err), LIMIT_DIAGS + 1);
}

static void taking_moves_all_and_keeps_the_count(void **state)
{
    Fixture *fixture = *state;
    Err from;
    err_init(&from);
    assert_true(err_take(&fixture->err, &from));
    fail_times(&fixture->err, LIMIT_DIAGS - 1);
    fail_times(&from, LIMIT_DIAGS + 7);
    assert_false(err_take(&fixture->err, &from));
    assert_int_equal(fixture->err.count, 2 * LIMIT_DIAGS + 6);
    assert_int_equal(kept_count(&fixture->err), LIMIT_DIAGS);
    assert_text(err_message(&fixture->arena, fixture->err.last, LANG_EN),
                "cannot read file 'f': 0");
    assert_false(err_is_set(&from));
    fail_times(&from, 1);
    assert_int_equal(kept_count(&from), 1);
    err_done(&from);
}

/* A file may be one line of megabytes: of each mistake is kept what stands around it. */
static void a_long_line_is_cut_around_the_column(void **state)
{
    Fixture *fixture = *state;
    StrBuf line;
    strbuf_init(&line, &fixture->arena);
    strbuf_add_repeat(&line, STR("左"), 100000);
    strbuf_add(&line, STR("错"));
    strbuf_add_repeat(&line, STR("r"), 100000);
    ErrPlace place = {
        .file = STR("a.yaml"), .line = 1, .column = 100001, .len = 1, .text = strbuf_str(&line)};
    size_t before = fixture->err.arena.used_bytes;
    (void)err_fail_at(&fixture->err, &place, ERR_FORMULA_EMPTY);
    assert_true(fixture->err.arena.used_bytes - before < 4000);
    StrBuf out;
    strbuf_init(&out, &fixture->arena);
    err_format(&out, &fixture->err, LANG_EN);
    Str text = strbuf_str(&out);
    assert_true(str_contains(text, STR("line 1, column 100001\n    …左左")));
    assert_true(str_contains(text, STR("左错rr")));
    assert_true(str_contains(text, STR("rr…\n    ")));
    StrBuf carets;
    strbuf_init(&carets, &fixture->arena);
    strbuf_add(&carets, STR("\n    "));
    strbuf_add_repeat(&carets, STR(" "), 1 + 2 * 100);
    strbuf_add(&carets, STR("^^\n"));
    assert_true(str_contains(text, strbuf_str(&carets)));
    assert_true(text.len < 2000);
}

/* It is copied once more when errors are taken over: cut no further. */
static void a_cut_line_stays_as_it_is(void **state)
{
    Fixture *fixture = *state;
    StrBuf line, first, second;
    strbuf_init(&line, &fixture->arena);
    strbuf_init(&first, &fixture->arena);
    strbuf_init(&second, &fixture->arena);
    strbuf_add_repeat(&line, STR("x"), 1000);
    ErrPlace place = {.line = 1, .column = 500, .len = 3, .text = strbuf_str(&line)};
    Err from;
    err_init(&from);
    (void)err_fail_at(&from, &place, ERR_FORMULA_EMPTY);
    err_format(&first, &from, LANG_EN);
    assert_false(err_take(&fixture->err, &from));
    err_format(&second, &fixture->err, LANG_EN);
    assert_text(strbuf_str(&second), first.ptr);
    err_done(&from);
}

static void a_long_argument_takes_no_more_than_is_shown(void **state)
{
    Fixture *fixture = *state;
    StrBuf text;
    strbuf_init(&text, &fixture->arena);
    strbuf_add_repeat(&text, STR("长"), 1000000);
    size_t before = fixture->err.arena.used_bytes;
    (void)err_fail(&fixture->err, ERR_UNIT_UNKNOWN, ARG_STR("unit", strbuf_str(&text)));
    assert_true(fixture->err.arena.used_bytes - before < 4000);
    Str message = err_message(&fixture->arena, fixture->err.first, LANG_ZH);
    assert_int_equal(message.len, strlen("没有单位「…」") + 300 * strlen("长"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_languages_use_the_same_names),
        TEST(braces_hold_names_only),
        TEST(templates_are_one_line_without_a_full_stop),
        TEST(codes_are_unique_and_their_statuses_sensible),
        TEST(an_optional_part_needs_its_argument),
        TEST(an_argument_for_one_language_is_used_there),
        TEST(numbers_are_shown_in_the_fewest_digits),
        TEST(foreign_text_is_shown_on_one_line_and_cut),
        TEST(arguments_and_places_are_copied),
        TEST(a_formula_error_shows_its_line_with_carets),
        TEST(a_span_at_or_beyond_the_end_gets_one_caret),
        TEST(the_place_in_a_table_is_row_letters_and_header),
        TEST(neighbours_share_one_hint),
        TEST(what_is_beyond_the_limit_is_counted),
        TEST(a_misfortune_beyond_the_limit_is_not_lost),
        TEST(taking_moves_all_and_keeps_the_count),
        TEST(a_long_line_is_cut_around_the_column),
        TEST(a_cut_line_stays_as_it_is),
        TEST(a_long_argument_takes_no_more_than_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
