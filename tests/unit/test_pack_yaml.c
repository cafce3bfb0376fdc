/* From bytes to nodes: what stands where, and how nodes are found, shown, replaced and removed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "base/limits.h"
#include "pack_fixture.h"

typedef struct Fixture {
    Arena arena;
    Err err;
    PackNode *root;
} Fixture;

static int setup(void **state)
{
    Fixture *f = calloc(1, sizeof *f);
    CHECK(f != NULL);
    arena_init(&f->arena);
    err_init(&f->err);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    Fixture *f = *state;
    err_done(&f->err);
    arena_done(&f->arena);
    free(f);
    return 0;
}

static bool parse_bytes(Fixture *f, Str text)
{
    PackFile *file = pack_file_new(&f->arena, STR("a.yaml"), str_dup(&f->arena, text));
    f->root = NULL;
    return yaml_parse(&f->arena, file, &f->root, &f->err);
}

static void parse(Fixture *f, const char *text)
{
    if (parse_bytes(f, str_from(text)))
        return;
    StrBuf out;
    strbuf_init(&out, &f->arena);
    err_format(&out, &f->err, LANG_EN);
    fail_msg("refused: %s", out.ptr);
}

static const PackNode *at(const Fixture *f, const char *path)
{
    const PackNode *node = node_at(f->root, str_from(path));
    if (!node)
        fail_msg("no node %s", path);
    return node;
}

static void expect_node(Fixture *f, const char *path, const char *text, size_t line, size_t column)
{
    const PackNode *node = at(f, path);
    assert_text(node->text, text);
    assert_int_equal(node->line, line);
    assert_int_equal(node->column, column);
    assert_text(node_path(&f->arena, node), path);
}

static void expect_dump(Fixture *f, const char *path, const char *want)
{
    StrBuf out;
    strbuf_init(&out, &f->arena);
    node_dump(&out, path ? at(f, path) : f->root);
    assert_text(strbuf_str(&out), want);
}

static void expect_failure(Fixture *f, ErrCode code, size_t line)
{
    assert_null(f->root);
    assert_int_equal(f->err.count, 1);
    assert_int_equal(f->err.first->code, code);
    assert_int_equal(f->err.first->place.line, line);
    err_done(&f->err);
    err_init(&f->err);
}

static void every_value_knows_its_line_and_column(void **state)
{
    Fixture *f = *state;
    parse(f, "包: demo # 注\n"
             "列: [甲, 乙 丙, \"丁\"]\n"
             "组:\n"
             "  名: '戊'\n"
             "  里:\n"
             "    - {键: 己, 又: }\n"
             "    - 庚\n");
    expect_node(f, "包", "demo", 1, 4);
    expect_node(f, "列/1", "甲", 2, 5);
    expect_node(f, "列/2", "乙 丙", 2, 8);
    expect_node(f, "列/3", "丁", 2, 14);
    expect_node(f, "组/名", "戊", 4, 7);
    expect_node(f, "组/里/1/键", "己", 6, 11);
    expect_node(f, "组/里/2", "庚", 7, 7);
    const PackNode *blank = at(f, "组/里/1/又");
    assert_text(blank->text, "");
    assert_int_equal(node_place(&f->arena, blank)->column, 14);
    assert_int_equal(at(f, "组/里")->key_line, 5);
    assert_int_equal(at(f, "组/里")->key_column, 3);
}

/* The source of a formula is what the file has there, so that places in it are those of the file. */
static void the_source_of_a_text_is_what_stands_in_the_file(void **state)
{
    Fixture *f = *state;
    parse(f, "一: a + b\n"
             "二: a +\n"
             "  b\n"
             "三: |\n"
             "\n"
             "    a\n"
             "      + b\n"
             "\n"
             "四: >-\n"
             "  a\n"
             "  + b\n"
             "五: 'a + b'\n"
             "六: \"a + b\"\n"
             "七: 'a = ''x'''\n"
             "八: \"a = \\\"x\\\"\"\n"
             "九: |2\n"
             "    a\n"
             "十: ''\n"
             "十一: | # 注\n"
             "  a\n"
             "十二: \"a\n"
             "  b\"\n");
    static const struct {
        const char *path, *text, *source;
        size_t line, column;
    } cases[] = {
        {"一", "a + b", "a + b", 1, 4},
        {"二", "a + b", "a +\n  b", 2, 4},
        {"三", "\na\n  + b\n", "a\n      + b", 6, 5},
        {"四", "a + b", "a\n  + b", 10, 3},
        {"五", "a + b", "a + b", 12, 5},
        {"六", "a + b", "a + b", 13, 5},
        {"七", "a = 'x'", "a = 'x'", 14, 5},
        {"八", "a = \"x\"", "a = \"x\"", 15, 5},
        {"九", "  a\n", "a", 17, 5},
        {"十", "", "", 18, 5},
        {"十一", "a\n", "a", 20, 3},
        {"十二", "a b", "a\n  b", 21, 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_node(f, cases[i].path, cases[i].text, cases[i].line, cases[i].column);
        assert_text(at(f, cases[i].path)->source, cases[i].source);
    }
}

/* What libfyaml gives for such texts, computed without it: it leaks on them. */
static void a_doubled_quote_is_one(void **state)
{
    Fixture *f = *state;
    parse(f, "一: ''''\n"
             "二: 'a''b''''c'\n"
             "三: 'a''  \n"
             "    b\n"
             "\n"
             "\n"
             "    ''c '\n"
             "四: ' ''x'' '\n"
             "五: {a: '1''2', b: 'x'}\n"
             "'六''七': 1\n"
             "八: 'a''\r\n  b'\n");
    static const char *const want[][2] = {{"一", "'"},     {"二", "a'b''c"}, {"三", "a' b\n\n'c "},
                                          {"四", " 'x' "}, {"五/a", "1'2"},  {"六'七", "1"},
                                          {"八", "a' b"}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_text(at(f, want[i][0])->text, want[i][1]);
}

static void windows_line_ends_and_a_byte_order_mark_change_nothing(void **state)
{
    Fixture *f = *state;
    parse(f, "\xEF\xBB\xBF包: demo\r\n式: |\r\n  a\r\n  + b\r\n值: 1\r\n");
    expect_node(f, "包", "demo", 1, 4);
    expect_node(f, "值", "1", 5, 4);
    assert_text(at(f, "式")->source, "a\r\n  + b");
    const ErrPlace *place = node_place(&f->arena, at(f, "值"));
    assert_text(place->text, "值: 1");
}

static void what_looks_like_another_type_stays_text(void **state)
{
    Fixture *f = *state;
    parse(f, "a: no\nb: 1.0\nc: ~\nd: null\ne: 2017-05-01\nf: 0x10\ng: 1:30\n");
    expect_dump(f, NULL, "{a: no, b: 1.0, c: ~, d: null, e: 2017-05-01, f: 0x10, g: 1:30}");
}

static void nodes_are_found_by_path_only(void **state)
{
    Fixture *f = *state;
    parse(f, "a:\n  b: [x, {c: y}]\n\"\": z\n");
    expect_node(f, "a/b/2/c", "y", 2, 14);
    static const char *const wrong[] = {"b",     "a/c",     "a/b/0",   "a/b/3",       "a/b/-1",
                                        "a/b/x", "a/b/01x", "a/b/2/d", "a/b/",        "a//b",
                                        "/a",    "a/",      "a/b/1/x", "a/b/99999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (node_at(f->root, str_from(wrong[i])))
            fail_msg("found: %s", wrong[i]);
    assert_non_null(node_at(f->root, STR("")));
    assert_null(node_find(NULL, STR("a")));
    assert_null(node_find(at(f, "a/b"), STR("1")));
}

static void a_dump_is_one_line_in_flow_form(void **state)
{
    Fixture *f = *state;
    parse(f, "限值: {primary: 2.3, junior: 2.4}\n列:\n  - a\n  - [b, {}]\n空: []\n");
    expect_dump(f, "限值", "{primary: 2.3, junior: 2.4}");
    expect_dump(f, NULL, "{限值: {primary: 2.3, junior: 2.4}, 列: [a, [b, {}]], 空: []}");
}

static void a_child_is_set_replaced_and_removed_in_its_place(void **state)
{
    Fixture *f = *state;
    parse(f, "a: 1\nb: 2\nc: [x, y, z]\n");
    PackNode *fresh = ARENA_NEW(&f->arena, PackNode);
    *fresh = (PackNode){.text = STR("9"), .file = f->root->file, .key = STR("b")};
    node_set_child(&f->arena, f->root, fresh);
    expect_dump(f, NULL, "{a: 1, b: 9, c: [x, y, z]}");
    PackNode *other = ARENA_NEW(&f->arena, PackNode);
    *other = (PackNode){.text = STR("0"), .file = f->root->file, .key = STR("d")};
    node_set_child(&f->arena, f->root, other);
    expect_dump(f, NULL, "{a: 1, b: 9, c: [x, y, z], d: 0}");
    assert_int_equal(other->number, 4);
}

/* The numbers of a list are those of the file until everything is removed. */
static void removed_elements_keep_the_numbers_of_the_others_until_compacted(void **state)
{
    Fixture *f = *state;
    parse(f, "c: [x, y, z]\nd: 1\ne: 2\n");
    node_remove(node_at(f->root, STR("c/1")));
    node_remove(node_at(f->root, STR("c/3")));
    assert_null(node_at(f->root, STR("c/1")));
    expect_node(f, "c/2", "y", 1, 8);
    expect_dump(f, NULL, "{c: [y], d: 1, e: 2}");
    node_compact(node_at(f->root, STR("c")));
    expect_node(f, "c/1", "y", 1, 8);
    node_remove(node_at(f->root, STR("d")));
    assert_null(node_find(f->root, STR("d")));
    node_compact(f->root);
    expect_dump(f, NULL, "{c: [y], e: 2}");
    assert_int_equal(at(f, "e")->number, 2);
}

static void a_place_underlines_the_key_or_the_first_line_of_the_value(void **state)
{
    Fixture *f = *state;
    parse(f, "键值: 'ab'\n块: |\n  一二\n  三\n组: {}\n");
    const ErrPlace *place = node_place(&f->arena, at(f, "块"));
    assert_int_equal(place->line, 3);
    assert_int_equal(place->len, 2);
    assert_text(place->text, "  一二");
    place = node_key_place(&f->arena, at(f, "键值"));
    assert_int_equal(place->column, 1);
    assert_int_equal(place->len, 2);
    place = node_place(&f->arena, at(f, "组"));
    assert_int_equal(place->line, 5);
    assert_int_equal(place->column, 1);
    assert_int_equal(node_place(&f->arena, f->root)->len, 0);
}

static void nesting_is_allowed_up_to_the_limit(void **state)
{
    Fixture *f = *state;
    StrBuf text;
    strbuf_init(&text, &f->arena);
    strbuf_add(&text, STR("a: "));
    strbuf_add_repeat(&text, STR("["), LIMIT_PACK_DEPTH - 1);
    strbuf_add_repeat(&text, STR("]"), LIMIT_PACK_DEPTH - 1);
    assert_true(parse_bytes(f, strbuf_str(&text)));
    strbuf_init(&text, &f->arena);
    strbuf_add(&text, STR("a: "));
    strbuf_add_repeat(&text, STR("["), LIMIT_PACK_DEPTH);
    assert_false(parse_bytes(f, strbuf_str(&text)));
    expect_failure(f, ERR_PACK_DEPTH, 1);
    strbuf_init(&text, &f->arena);
    for (int i = 0; i <= LIMIT_PACK_DEPTH; i++) {
        strbuf_add_repeat(&text, STR(" "), (size_t)i);
        strbuf_add(&text, STR("a:\n"));
    }
    assert_false(parse_bytes(f, strbuf_str(&text)));
    expect_failure(f, ERR_PACK_DEPTH, LIMIT_PACK_DEPTH + 1);
}

static void bytes_that_are_no_text_are_refused_at_their_line(void **state)
{
    Fixture *f = *state;
    assert_false(parse_bytes(f, STR("a: 1\nb: \xff\n")));
    expect_failure(f, ERR_PACK_BYTES, 2);
    assert_false(parse_bytes(f, STR("a: 1\nb: x\0y\n\xff")));
    expect_failure(f, ERR_PACK_BYTES, 2);
    assert_false(parse_bytes(f, STR("\xff\nb: x\0y\n")));
    expect_failure(f, ERR_PACK_BYTES, 1);
    /* 名称 in GB18030 */
    assert_false(parse_bytes(f, STR("\xc3\xfb\xb3\xc6: 1\n")));
    expect_failure(f, ERR_PACK_BYTES, 1);
    assert_false(parse_bytes(f, STR("a: \xe4\xbd")));
    expect_failure(f, ERR_PACK_BYTES, 1);
    assert_false(parse_bytes(f, STR("\xff\xfe"
                                    "a\0:\0 \0"
                                    "1\0")));
    expect_failure(f, ERR_PACK_BYTES, 1);
}

static void expect_errors(Fixture *f, Lang lang, const char *want)
{
    StrBuf out;
    strbuf_init(&out, &f->arena);
    err_format(&out, &f->err, lang);
    assert_text(strbuf_str(&out), want);
}

static void what_is_no_text_is_not_shown(void **state)
{
    Fixture *f = *state;
    assert_false(parse_bytes(f, STR("a: 1\nb: \xff\n")));
    expect_errors(f, LANG_ZH,
                  "错误: 文件不是 UTF-8 文本，或有不能显示的字符\n"
                  "  位置 a.yaml, 第 2 行第 1 列\n"
                  "提示: 请用 UTF-8 编码保存\n");
    expect_errors(f, LANG_EN,
                  "error: the file is not UTF-8 text, or has characters that cannot be shown\n"
                  "  at a.yaml, line 2, column 1\n"
                  "hint: save it as UTF-8\n");
}

static void too_many_entries_are_told_at_their_key(void **state)
{
    Fixture *f = *state;
    StrBuf text;
    strbuf_init(&text, &f->arena);
    strbuf_add(&text, STR("a: 1\n  \n列: ["));
    strbuf_add_repeat(&text, STR("x,"), LIMIT_PACK_ENTRIES);
    assert_true(parse_bytes(f, str_format(&f->arena, "%.*s]", STR_ARG(strbuf_str(&text)))));
    assert_false(parse_bytes(f, str_format(&f->arena, "%.*sy]", STR_ARG(strbuf_str(&text)))));
    const Diag *diag = f->err.first;
    assert_text(err_message(&f->arena, diag, LANG_ZH), "「列」超过 10000 条");
    assert_text(err_message(&f->arena, diag, LANG_EN), "more than 10000 entries in '列'");
    assert_text(err_hint(&f->arena, diag, LANG_ZH), "请减少，或分成几张表");
    assert_int_equal(diag->place.line, 3);
    assert_int_equal(diag->place.column, 1);
}

static void control_characters_are_no_text(void **state)
{
    Fixture *f = *state;
    assert_false(parse_bytes(f, STR("a: 1\nb: x\x01y\n")));
    expect_failure(f, ERR_PACK_BYTES, 2);
    assert_false(parse_bytes(f, STR("a: 1\nb: \"x\x7f\"\n")));
    expect_failure(f, ERR_PACK_BYTES, 2);
    assert_false(parse_bytes(f, STR("a: 1\nb: 2\rc: 3\n")));
    expect_failure(f, ERR_PACK_BYTES, 2);
}

static void every_repeated_key_is_told_with_its_first_line(void **state)
{
    Fixture *f = *state;
    assert_false(parse_bytes(f, STR("a: 1\nb:\n  c: 1\n  c: 2\na: {d: 1, d: 2}\na: 3\n")));
    static const struct {
        size_t line, first;
    } want[] = {{4, 3}, {5, 1}, {5, 5}, {6, 1}};
    const Diag *diag = f->err.first;
    assert_int_equal(f->err.count, 4);
    for (size_t i = 0; i < 4; i++, diag = diag->next) {
        assert_int_equal(diag->code, ERR_PACK_KEY_DUPLICATE);
        assert_int_equal(diag->place.line, want[i].line);
        assert_true(diag->arg[1].number == (double)want[i].first);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_value_knows_its_line_and_column),
        TEST(the_source_of_a_text_is_what_stands_in_the_file),
        TEST(a_doubled_quote_is_one),
        TEST(windows_line_ends_and_a_byte_order_mark_change_nothing),
        TEST(what_looks_like_another_type_stays_text),
        TEST(nodes_are_found_by_path_only),
        TEST(a_dump_is_one_line_in_flow_form),
        TEST(a_child_is_set_replaced_and_removed_in_its_place),
        TEST(removed_elements_keep_the_numbers_of_the_others_until_compacted),
        TEST(a_place_underlines_the_key_or_the_first_line_of_the_value),
        TEST(nesting_is_allowed_up_to_the_limit),
        TEST(bytes_that_are_no_text_are_refused_at_their_line),
        TEST(what_is_no_text_is_not_shown),
        TEST(too_many_entries_are_told_at_their_key),
        TEST(control_characters_are_no_text),
        TEST(every_repeated_key_is_told_with_its_first_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
