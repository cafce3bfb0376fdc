/*
 * doc/adding.md as it is read by people who change packs: its examples load, and each slip in the
 * tables of its sections 1 to 5 gives the message that the table promises. What stands in 「」 in
 * the second column is compared with the messages (… stands for anything): each text must be said in
 * one of the slip's cases. A slip of which this file knows no case fails.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/dataset.h"
#include "app/packs.h"
#include "assert_text.h"
#include "folder_fixture.h"
#include "pack/pack_int.h"
#include "tree_file.h"

static const char OVERLAY[] = "local/yangli-youzhi.yaml", STANDARD[] = "national/youzhi-2017.yaml",
                  ITEMS[] = "core/items.yaml", UNITS[] = "core/units.yaml";

typedef struct Slip {
    const char *slip;        /* as the table writes it */
    const char *file;        /* that is edited; NULL: the table below is read */
    const char *old, *fresh; /* or the table's header and rows */
    const char *also[2];     /* what else the message or hint says */
} Slip;

static const Slip SLIPS[] = {
    /* ---- 1 ---- */
    {"冒号写成全角「：」，或冒号后没有空格",
     OVERLAY,
     "覆盖: ",
     "覆盖：",
     {"是否用了全角冒号", NULL}},
    {"冒号写成全角「：」，或冒号后没有空格", OVERLAY, "覆盖: ", "覆盖:", {NULL}},
    {"冒号写成全角「：」，或冒号后没有空格",
     OVERLAY,
     "{机关: 样例县教育局",
     "{机关：样例县教育局",
     {"请改成半角冒号加空格", NULL}},
    {"冒号写成全角「：」，或冒号后没有空格",
     OVERLAY,
     "      名称: 生均图书册数",
     "      名称：生均图书册数",
     {NULL}},
    {"缩进用了 Tab", OVERLAY, "  - {节点: 指标/QR7/限值", "\t- {节点: 指标/QR7/限值", {NULL}},
    {"花括号里用了全角逗号",
     OVERLAY,
     "/限值/primary, 值",
     "/限值/primary， 值",
     {"是否用了全角逗号或引号", NULL}},
    {"同一个词写了两遍",
     OVERLAY,
     "类: 覆盖\n",
     "类: 覆盖\n名称: 甲\n",
     {"在第 3 行已经写过", NULL}},
    {"节点写错，如 `指标/QR7/限制`",
     OVERLAY,
     "指标/QR7/限值/primary",
     "指标/QR7/限制/primary",
     {"里没有节点", "是否想写「指标/QR7/限值/primary」？"}},
    {"学段写中文：`限值/小学`",
     OVERLAY,
     "指标/QR7/限值/primary",
     "指标/QR7/限值/小学",
     {"里没有节点", "是否想写「指标/QR7/限值/primary」？"}},
    {"`覆盖` 写错标准的编号",
     OVERLAY,
     "覆盖: youzhi-2017",
     "覆盖: youzhi-2018",
     {"没有编号为「youzhi-2018」的包，是否想写「youzhi-2017」？", NULL}},
    {"整个改 `限值`，却只写了一个学段",
     OVERLAY,
     "指标/QR7/限值/primary, 值: 2.5",
     "指标/QR7/限值, 值: {primary: 2.5}",
     {"花括号里加上 junior", NULL}},
    {"同一个节点改了两次",
     OVERLAY,
     "  - {节点: 指标/QR7/限值/primary",
     "  - {节点: 指标/QR7/底线/primary, 值: 2.2, 依据: {条款: 第二条}}\n"
     "  - {节点: 指标/QR7/限值/primary",
     {"请只留一条", NULL}},
    {"漏写 `依据`", OVERLAY, ", 日期: 2024年9月", "", {"里缺「日期」", NULL}},
    {"评的那天不在 `有效` 期内",
     OVERLAY,
     "有效: {自: 2024-09-01}",
     "有效: {自: 2025-09-01}",
     {"的有效期是 自 2025-09-01，2024-09-01 不在其中", "请换一个期间，或改 有效"}},
    /* ---- 2 ---- */
    {"数据项写错：`图书册`", OVERLAY, "公式: 图书册数 *", "公式: 图书册 *", {NULL}},
    {"中文词前后没空格：`甲且乙`、`且全部(…)`",
     OVERLAY,
     "'至少(7, 各项.达标) 且 全部(各项.达底线)'",
     "甲且乙",
     {"其中的「且」若是运算词，请在它前后各空一格", NULL}},
    {"中文词前后没空格：`甲且乙`、`且全部(…)`",
     OVERLAY,
     "各项.达标) 且 全部(",
     "各项.达标) 且全部(",
     {"其中的「且」若是运算词，请在它前后各空一格", NULL}},
    {"忘了乘 100 或 10000",
     STANDARD,
     "    公式: 100 * 网络多媒体教室数",
     "    公式: 网络多媒体教室数",
     {NULL}},
    {"把 0.85 这样的系数直接写进公式",
     STANDARD,
     "    公式: 100 * 网络多媒体教室数",
     "    公式: 85 * 网络多媒体教室数",
     {"应乘 100，现在乘了 85", "系数请写成参数"}},
    {"不同单位相加",
     OVERLAY,
     "公式: 图书册数 *",
     "公式: (图书册数 + 计算机台数) *",
     {"换算(x, \"单位\")", NULL}},
    {"单位没定义过", OVERLAY, "单位: 册/人", "单位: 本/人", {"packs/core/units.yaml", NULL}},
    {"指标的名称或代码已经有了",
     OVERLAY,
     "名称: 生均图书册数",
     "名称: 生均教学及辅助用房面积",
     {NULL}},
    {"指标的名称或代码已经有了", OVERLAY, "节点: 指标/YL1", "节点: 指标/QR5", {NULL}},
    {"公式里有逗号、冒号、`#`，没加引号",
     OVERLAY,
     "'至少(7, 各项.达标) 且 全部(各项.达底线)'",
     "至少(7, 各项.达标) 且 全部(各项.达底线)",
     {"请把整条公式用单引号括起来", NULL}},
    {"公式里有逗号、冒号、`#`，没加引号",
     OVERLAY,
     "公式: 图书册数 * 折算占比 / 在校生数",
     "公式: 若(在校生数: 图书册数)",
     {"一行里有两个冒号", NULL}},
    {"公式里有逗号、冒号、`#`，没加引号",
     OVERLAY,
     "公式: 图书册数 * 折算占比 / 在校生数",
     "公式: 图书册数 * 折算占比 / #在校生数",
     {"这里缺一个值", NULL}},
    {"名称里有顿号：`体育、艺术教师数`",
     OVERLAY,
     "公式: 图书册数 *",
     "公式: 体育、艺术教师数 *",
     {"名称里有顿号时用「」括起来", NULL}},
    {"名称里有括号：`图书（册）`",
     OVERLAY,
     "公式: 图书册数 *",
     "公式: 图书（册） *",
     {"名称里有括号时用「」括起来", NULL}},
    {"写了 95%", OVERLAY, "公式: 图书册数 *", "公式: 95% * 图书册数 *", {"请写 0.95", NULL}},
    /* ---- 3 ---- */
    {"列名和数据项对不上", NULL, "图书册书", "1", {NULL}},
    {"两列是同一数据项的两种写法", NULL, "图书册数,图书", "1,1", {NULL}},
    {"列名括号里的单位换不过来", NULL, "图书册数（元）", "1", {NULL}},
    {"同义词别的数据项用了", ITEMS, "同义: [图书, 图书数,", "同义: [学生数, 图书数,", {NULL}},
    {"几个同义词用全角逗号隔开", ITEMS, "同义: [图书, 图书数,", "同义: [图书，图书数,", {NULL}},
    {"用了函数名或关键字，如 合计", ITEMS, "  建校年份:\n", "  合计:\n", {NULL}},
    {"应为整数的填了小数", NULL, "图书册数", "1.5", {NULL}},
    {"共用的数写在学段的行上", NULL, "combined", "", {NULL}},
    /* ---- 4 ---- */
    {"缺必写的键",
     STANDARD,
     "    单位: ㎡/人\n    限值: {primary: 4.5,",
     "    限值: {primary: 4.5,",
     {"指标「QR4」里缺「单位」", NULL}},
    {"分期的值有空档或重叠",
     STANDARD,
     "    限值: {primary: 4.5, junior: 5.8}\n",
     "    限值:\n      - {自: 2017-05-01, 至: 2020-12-31, 值: 6}\n      - {自: 2021-02-01, 值: "
     "6}\n",
     {"「限值」在 2021-01-01 到 2021-01-31 没有值", "前一段的 至 是后一段的 自 的前一天"}},
    {"指标互相引用",
     STANDARD,
     "    公式: 100 * 县级以上骨干教师数 / 在校生数",
     "    公式: QR3",
     {NULL}},
    {"门的公式没有汇总", STANDARD, "逐段: 全部(学校达标) 且", "逐段: 学校达标 且", {NULL}},
    {"代码写错：`办学类型 = \"九年制\"`",
     STANDARD,
     "不纳入: 办学类型 = \"特殊教育学校\"",
     "不纳入: 办学类型 = \"九年制\"",
     {NULL}},
    {"代码不加引号：`办学类型 = 211`、`= 小学`",
     STANDARD,
     "不纳入: 办学类型 = \"特殊教育学校\"",
     "不纳入: 办学类型 = 小学",
     {NULL}},
    {"代码不加引号：`办学类型 = 211`、`= 小学`",
     STANDARD,
     "不纳入: 办学类型 = \"特殊教育学校\"",
     "不纳入: 办学类型 = 211",
     {"要代码", "却是数"}},
    {"日期写成 2017.5",
     STANDARD,
     "有效: {自: 2017-05-01}",
     "有效: {自: 2017.5}",
     {"「2017.5」不是日期", "日期写成 2017-05-01"}},
};

enum { SLIP_COUNT = sizeof SLIPS / sizeof *SLIPS };

typedef struct Fixture {
    Arena arena;
    Err err;
    VEC(PackText) texts;
} Fixture;

static Str *text_of(Fixture *f, const char *path)
{
    for (size_t i = 0; i < f->texts.len; i++)
        if (str_equals(f->texts.ptr[i].path, str_from(path)))
            return &f->texts.ptr[i].text;
    fail_msg("no file %s", path);
    return NULL;
}

static void edit(Fixture *f, const char *path, const char *old, const char *fresh)
{
    Str *text = text_of(f, path);
    const char *at = memmem(text->ptr, text->len, old, strlen(old));
    if (!at)
        fail_msg("%s does not hold: %s", path, old);
    size_t before = (size_t)(at - text->ptr), after = before + strlen(old);
    *text = str_format(&f->arena, "%.*s%s%.*s", (int)before, text->ptr, fresh,
                       STR_ARG(str_slice(*text, after, text->len)));
}

/* The n-th block of yaml in the manual, its indentation taken off. */
static Str manual_block(Arena *arena, const char *path, size_t n)
{
    Str rest = tree_file(arena, path), line;
    StrBuf out;
    strbuf_init(&out, arena);
    size_t count = 0, indent = 0;
    bool is_inside = false;
    while (next_line(&rest, &line)) {
        Str bare = str_trim(line);
        if (str_equals(bare, STR("```yaml"))) {
            is_inside = ++count == n;
            indent = (size_t)(bare.ptr - line.ptr);
        } else if (str_equals(bare, STR("```"))) {
            is_inside = false;
        } else if (is_inside) {
            strbuf_addf(&out, "%.*s\n", STR_ARG(str_slice(line, indent, line.len)));
        }
    }
    return strbuf_str(&out);
}

/*
 * The overlay as it stands after sections 1 and 2: what section 2 adds goes on under 修改, which its
 * block repeats, and the worked example of section 1 stays the end of the file.
 */
static Str manual_overlay(Arena *arena)
{
    Str example = manual_block(arena, "doc/adding.md", 2);
    Str more = manual_block(arena, "doc/adding.md", 3), first;
    assert_true(str_starts_with(example, STR("测试:")));
    assert_true(next_line(&more, &first));
    assert_text(first, "修改:");
    return str_format(arena, "%.*s%.*s%.*s", STR_ARG(manual_block(arena, "doc/adding.md", 1)),
                      STR_ARG(more), STR_ARG(example));
}

/* The real packs in memory, and the overlay of the manual. */
static Fixture *fixture_new(void)
{
    Fixture *f = calloc(1, sizeof *f);
    CHECK(f != NULL);
    arena_init(&f->arena);
    err_init(&f->err);
    PackSource folder = {.dir = "packs"};
    static const char *const suffix[] = {".yaml", ".csv"};
    for (size_t i = 0; i < 2; i++) {
        PathList paths;
        assert_true(source_list(&f->arena, &folder, STR(""), str_from(suffix[i]), &paths, &f->err));
        for (size_t k = 0; k < paths.len; k++) {
            PackFile *file;
            assert_true(source_read(&f->arena, &folder, paths.ptr[k], &file, &f->err));
            VEC_PUSH(&f->arena, &f->texts, (PackText){.path = paths.ptr[k], .text = file->text});
        }
    }
    VEC_PUSH(&f->arena, &f->texts,
             (PackText){.path = str_from(OVERLAY), .text = manual_overlay(&f->arena)});
    return f;
}

static void fixture_free(Fixture *f)
{
    err_done(&f->err);
    arena_done(&f->arena);
    free(f);
}

static bool load(Fixture *f, Standard **ret)
{
    PackSource source = {.text = f->texts.ptr, .text_count = f->texts.len};
    StandardRequest request = {.id = STR("yangli-youzhi")};
    Core *core;
    PackChange *changes;
    size_t count;
    assert_true(date_parse(STR("2024-09-01"), &request.date));
    return core_load(&f->arena, &source, &core, &f->err) &&
           standard_load(&f->arena, core, &source, &request, ret, &changes, &count, &f->err);
}

static bool read_table(Fixture *f, const Slip *slip)
{
    PackSource source = {.text = f->texts.ptr, .text_count = f->texts.len};
    Period period;
    Core *core;
    Dataset *dataset;
    Str table =
        str_equals(str_from(slip->old), STR("combined"))
            ? STR("学校代码,所属地区,办学类型,学段,在校生数,图书册数\n"
                  "3162900001,620702,九年一贯制学校,小学,100,5\n"
                  "3162900001,620702,九年一贯制学校,,,\n")
            : str_format(&f->arena, "学校代码,所属地区,办学类型,%s\n2162900001,620702,小学,%s\n",
                         slip->old, slip->fresh);
    assert_true(period_parse(STR("2024-2025"), &period, &f->err));
    assert_true(core_load(&f->arena, &source, &core, &f->err));
    return dataset_load_bytes(&f->arena, core, STR("table.csv"), table, period, &dataset, &f->err);
}

/* ---- what the tables promise ---- */

static bool matches(Str text, Str pattern)
{
    while (pattern.len) {
        const char *gap = memmem(pattern.ptr, pattern.len, "…", strlen("…"));
        size_t len = gap ? (size_t)(gap - pattern.ptr) : pattern.len;
        Str part = str_slice(pattern, 0, len);
        const char *found = part.len ? memmem(text.ptr, text.len, part.ptr, part.len) : text.ptr;
        if (!found)
            return false;
        size_t end = (size_t)(found - text.ptr) + part.len;
        text = str_slice(text, end, text.len);
        pattern = str_slice(pattern, gap ? len + strlen("…") : len, pattern.len);
    }
    return true;
}

static bool is_said(Fixture *f, Str pattern)
{
    for (const Diag *diag = f->err.first; diag; diag = diag->next)
        if (matches(err_message(&f->arena, diag, LANG_ZH), pattern) ||
            matches(err_hint(&f->arena, diag, LANG_ZH), pattern))
            return true;
    return false;
}

static void expect_said(Fixture *f, const Slip *slip, Str pattern)
{
    if (is_said(f, pattern))
        return;
    StrBuf out;
    strbuf_init(&out, &f->arena);
    err_format(&out, &f->err, LANG_ZH);
    fail_msg("slip: %s\npromised: %.*s\nsaid: %s", slip->slip, STR_ARG(pattern), out.ptr);
}

/* The next outermost 「…」 of a cell, without its quotes. */
static bool next_quote(Str *rest, Str *ret)
{
    static const Str OPEN = STR_INIT("「"), CLOSE = STR_INIT("」");
    size_t depth = 0, first = 0;
    for (size_t at = 0; at < rest->len; at++) {
        Str here = str_slice(*rest, at, rest->len);
        if (str_starts_with(here, OPEN) && depth++ == 0)
            first = at + OPEN.len;
        if (!str_starts_with(here, CLOSE) || depth == 0 || --depth > 0)
            continue;
        *ret = str_slice(*rest, first, at - first);
        *rest = str_slice(*rest, at + CLOSE.len, rest->len);
        return true;
    }
    return false;
}

/* Makes the slip; which of the promised texts are said is marked in `is_kept`. */
static void check_case(const Slip *slip, const Str *promises, size_t count, bool *is_kept)
{
    Fixture *f = fixture_new();
    Standard *standard;
    if (slip->file)
        edit(f, slip->file, slip->old, slip->fresh);
    /* a circle needs its other half */
    if (str_equals(str_from(slip->slip), STR("指标互相引用")))
        edit(f, STANDARD, "    公式: 100 * 体育艺术专任教师数 / 在校生数", "    公式: QR2");
    bool is_ok = slip->file ? load(f, &standard) : read_table(f, slip);
    if (is_ok)
        fail_msg("taken: %s", slip->slip);
    for (size_t i = 0; i < count; i++)
        is_kept[i] |= is_said(f, promises[i]);
    for (size_t i = 0; i < 2 && slip->also[i]; i++)
        expect_said(f, slip, str_from(slip->also[i]));
    /* one slip, one complaint; every one of them has its place and says what to do */
    bool is_cut_twice = str_starts_with(str_from(slip->slip), STR("公式里有逗号")) &&
                        strstr(slip->fresh, ", ") != NULL;
    if (f->err.count != (is_cut_twice ? 2 : 1))
        expect_said(f, slip, STR("something else beside it"));
    assert_true(f->err.first->place.line > 0);
    assert_true(err_hint(&f->arena, f->err.first, LANG_ZH).len > 0);
    fixture_free(f);
}

/* Every case of a slip; returns how many there are. */
static size_t check_slip(Str slip, Str promise)
{
    enum { PROMISES_MAX = 8 };
    Str promises[PROMISES_MAX];
    bool is_kept[PROMISES_MAX] = {false};
    size_t count = 0, cases = 0;
    for (Str quote; next_quote(&promise, &quote);) {
        assert_true(count < PROMISES_MAX);
        promises[count++] = quote;
    }
    for (size_t i = 0; i < SLIP_COUNT; i++) {
        if (!str_equals(slip, str_from(SLIPS[i].slip)))
            continue;
        check_case(&SLIPS[i], promises, count, is_kept);
        cases++;
    }
    if (!cases)
        fail_msg("doc/adding.md has a slip that is not tested: %.*s", STR_ARG(slip));
    for (size_t i = 0; i < count; i++)
        if (!is_kept[i])
            fail_msg("slip: %.*s\nnever said: %.*s", STR_ARG(slip), STR_ARG(promises[i]));
    return cases;
}

/* The two cells of a row "| a | b |"; false for other lines. */
static bool split_row(Str line, Str *ret_first, Str *ret_second)
{
    const char *middle = line.len > 2 ? memmem(line.ptr + 2, line.len - 2, " | ", 3) : NULL;
    if (!str_starts_with(line, STR("| ")) || !middle)
        return false;
    size_t cut = (size_t)(middle - line.ptr);
    *ret_first = str_slice(line, 2, cut - 2);
    *ret_second = str_trim(str_slice(line, cut + 3, line.len - cut - 4));
    return true;
}

static void every_slip_of_the_manual_gives_the_message_it_promises(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Str rest = tree_file(&arena, "doc/adding.md"), line, slip, promise;
    size_t count = 0;
    while (next_line(&rest, &line) && !str_starts_with(line, STR("## 6."))) {
        if (!split_row(line, &slip, &promise) || str_equals(slip, STR("常犯的错")))
            continue;
        count += check_slip(slip, promise);
    }
    assert_int_equal(count, SLIP_COUNT);
}

static void the_examples_of_the_manual_load(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    Standard *standard = NULL;
    if (!load(f, &standard)) {
        StrBuf out;
        strbuf_init(&out, &f->arena);
        err_format(&out, &f->err, LANG_ZH);
        fail_msg("%s", out.ptr);
    }
    assert_int_equal(standard->indicators.len, 8);
    assert_text(standard->school_basis.clause, "第四条");
    assert_int_equal(scope_find(standard->scope, STR("各项.达标"))->element_count, 8);
    fixture_free(f);
}

/* After section 1, and again after section 2. */
static void the_worked_example_of_the_manual_comes_out(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Folder folder;
    folder_init(&folder, &arena, "packs");
    Str first = str_format(&arena, "%.*s%.*s", STR_ARG(manual_block(&arena, "doc/adding.md", 1)),
                           STR_ARG(manual_block(&arena, "doc/adding.md", 2)));
    const Str stands[] = {first, manual_overlay(&arena)};
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(err_done) Err err;
        err_init(&err);
        folder_write(&folder, OVERLAY, stands[i]);
        Core *core;
        PackTestCount count;
        assert_true(pack_load_core(&arena, folder.dir, &core, &err));
        assert_true(packs_test(&arena, core, folder.dir, STR("yangli-youzhi"), &count, &err));
        assert_int_equal(count.tests, 1);
        assert_int_equal(count.figures, 2);
    }
    folder_done(&folder);
}

/* Section 3: a row more in items.yaml, and the column is understood. */
static void a_new_item_is_a_new_column(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    edit(f, ITEMS, "数据项表:\n", "数据项表:\n  寄宿生数: {代码: boarders, 单位: 人, 整数: 是}\n");
    Slip row = {.old = "寄宿生数", .fresh = "12"};
    assert_true(read_table(f, &row));
    fixture_free(f);
}

/* Section 5: a code, a unit and a stage more. */
static void codes_units_and_stages_can_be_added(void **state)
{
    (void)state;
    Fixture *f = fixture_new();
    Standard *standard;
    edit(f, UNITS, "单位表:\n", "单位表:\n  床: {基本: 是}\n");
    edit(f, "core/codes/school_type.yaml", "码值:\n", "码值:\n  \"112\": 托儿所\n");
    edit(f, "core/stages.yaml", "  senior:", "  bridge: {名称: 衔接}\n  senior:");
    assert_false(load(f, &standard));
    assert_int_equal(f->err.first->code, ERR_PACK_STAGE_CODES);
    err_done(&f->err);
    err_init(&f->err);
    edit(f, "core/codes/stage.yaml", "  \"3\": {名称: 高中",
         "  \"3\": {名称: 衔接, 同义: [bridge]}\n  \"4\": {名称: 高中");
    assert_true(load(f, &standard));
    fixture_free(f);
}

/* Every block of yaml in doc/packs.md is yaml, and whole files of it have the words they should. */
static void the_blocks_of_the_manual_of_packs_are_well_formed(void **state)
{
    (void)state;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    size_t whole = 0;
    for (size_t n = 1;; n++) {
        CLEANUP(err_done) Err err;
        err_init(&err);
        Str text = manual_block(&arena, "doc/packs.md", n);
        if (!text.len)
            break;
        const PackFile *file = pack_file_new(&arena, STR("doc/packs.md"), text);
        PackNode *root;
        bool is_ok = yaml_parse(&arena, file, &root, &err);
        PackPlace place = is_ok ? place_of_file(root) : PLACE_NONE;
        if (is_ok && place != PLACE_NONE) {
            is_ok = schema_check(&arena, root, place, &err);
            whole++;
        }
        StrBuf out;
        strbuf_init(&out, &arena);
        err_format(&out, &err, LANG_ZH);
        if (!is_ok)
            fail_msg("block %zu: %s", n, out.ptr);
    }
    assert_int_equal(whole, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_slip_of_the_manual_gives_the_message_it_promises),
        cmocka_unit_test(the_examples_of_the_manual_load),
        cmocka_unit_test(the_worked_example_of_the_manual_comes_out),
        cmocka_unit_test(a_new_item_is_a_new_column),
        cmocka_unit_test(codes_units_and_stages_can_be_added),
        cmocka_unit_test(the_blocks_of_the_manual_of_packs_are_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
