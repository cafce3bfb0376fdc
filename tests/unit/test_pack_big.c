/*
 * Packs as large as a file may be, in every shape: each is loaded, or refused, in time and memory
 * that grow with its size. Quadratic, any of these would run into the time limit of the tests.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "pack_fixture.h"

/* A text of `count` pieces between a head and a tail; %d in a piece is its number. */
typedef struct Shape {
    const char *name, *path, *head, *piece, *tail;
    int count;
    ErrCode code; /* of the first error; ERR_NONE: it is taken */
} Shape;

#define HEAD                                                                              \
    "包: demo\n类: 标准\n名称: 示例标准\n版本: \"1\"\n"                       \
    "依据: {机关: 教育部, 文件: 示例办法, 日期: 2017年4月, 可信: C}\n" \
    "有效: {自: 2017-05-01, 至: 2029-12-31}\n学段: [primary, junior]\n权数: 在校生数\n"
#define SCHOOL                                                               \
    "学校达标: {公式: 全部(各项.达标), 依据: {条款: 七}}\n" \
    "门:\n  R: {名称: 资源配置, 逐段: 全部(学校达标), 学段门: 是, 依据: {条款: 七}}\n"
#define TAIL                                                                                               \
    "指标:\n  D1: {名称: 甲, 公式: 100 * 教师数 / 在校生数, 单位: 人/百人, 限值: 5, " \
    "依据: {条款: 一}}\n" SCHOOL
#define OVERLAY                                                         \
    "包: county\n类: 覆盖\n名称: 县\n覆盖: demo\n有效: {}\n" \
    "依据: {机关: 甲, 文件: 乙, 日期: 丙, 可信: L}\n"

static const char DEMO[] = "national/demo.yaml", COUNTY[] = "local/county.yaml",
                  UNITS[] = "core/units.yaml", CODES[] = "core/codes/school_type.yaml",
                  ITEMS[] = "core/items.yaml", REGIONS[] = "core/regions-2023.csv";

enum { MANY = LIMIT_PACK_ENTRIES - 100, TOO_MANY = 100000 };

static const Shape SHAPES[] = {
    {"one long value", DEMO, HEAD "说明: ", "字", "\n" TAIL, 1300000, ERR_NONE},
    {"one long key", DEMO, HEAD, "键", ": 1\n" TAIL, 1300000, ERR_PACK_KEY_SHAPE},
    {"many keys", DEMO, HEAD, "有效%d: 1\n", TAIL, TOO_MANY, ERR_PACK_MANY},
    {"many unknown keys", DEMO, HEAD, "有效%d: 1\n", TAIL, MANY, ERR_PACK_KEY_UNKNOWN},
    {"the same key again and again", DEMO, HEAD, "名: 1\n", TAIL, 500000, ERR_PACK_KEY_DUPLICATE},
    {"deep lists", DEMO, HEAD "说明: ", "[", "\n", 4000000, ERR_PACK_DEPTH},
    {"deep mappings", DEMO, HEAD "说明: ", "{a: ", "\n", 1000000, ERR_PACK_DEPTH},
    {"a long list", DEMO, HEAD "说明: [", "%d, ", "]\n" TAIL, 500000, ERR_PACK_MANY},
    {"a list of wrong stages", DEMO, HEAD "学段:\n", "  - primary%d\n", TAIL, MANY,
     ERR_PACK_KEY_DUPLICATE},
    {"blank lines", DEMO, HEAD, "\n", TAIL, 4000000, ERR_NONE},
    {"comments", DEMO, HEAD, "# 注\n", TAIL, 600000, ERR_NONE},
    {"one line of mistakes", DEMO, "{包: demo, 类: 标准, ", "错%d: 1, ", "}\n", MANY,
     ERR_PACK_KEY_MISSING},
    {"parameters", DEMO, HEAD "参数:\n", "  甲%d: {单位: 人, 值: 1, 依据: {}}\n", TAIL, MANY,
     ERR_NONE},
    {"wrong parameters", DEMO, HEAD "参数:\n", "  甲%d: {单位: 仁%d, 值: x, 依据: {}}\n", TAIL,
     MANY, ERR_UNIT_UNKNOWN},
    {"dated values that overlap", DEMO, HEAD "参数:\n  甲:\n    单位: 人\n    依据: {}\n    值:\n",
     "    - {自: 2017-05-01, 值: 1}\n", TAIL, MANY, ERR_PACK_VALIDITY_OVERLAP},
    {"too many dated values", DEMO, HEAD "参数:\n  甲乙:\n    单位: 人\n    依据: {}\n    值:\n",
     "    - {自: 2017-05-01, 值: 1}\n", TAIL, TOO_MANY, ERR_PACK_MANY},
    {"indicators", DEMO, HEAD "指标:\n", "  D%d: {名称: 丙%d, 公式: 教师数, 单位: 人, 依据: {}}\n",
     "学校达标: {暂缺: 甲, 依据: {}}\n门: {R: {名称: 甲, 暂缺: 乙, 依据: {}}}\n", MANY, ERR_NONE},
    {"wrong indicators", DEMO, HEAD "指标:\n",
     "  D%d: {名称: 丙%d, 公式: 教师数%d, 单位: 人, 限值: 1, 依据: {}}\n", SCHOOL, MANY,
     ERR_FORMULA_NAME},
    {"indicators of one name", DEMO, HEAD "指标:\n",
     "  D%d: {名称: 丙, 公式: 教师数, 单位: 人, 限值: 1, 依据: {}}\n", SCHOOL, MANY,
     ERR_NAME_DUPLICATE},
    {"exceptions that overlap", DEMO, HEAD "例外:\n",
     "  例%d: {适用: D1, 条件: 真, 豁免: 是, 有效: {}, 理由: 甲, 依据: {}}\n", TAIL, MANY,
     ERR_PACK_EXCEPTION_OVERLAP},
    {"exceptions of nothing", DEMO, HEAD "例外:\n",
     "  例%d: {适用: D%d, 条件: 真, 豁免: 是, 有效: {}, 理由: 甲, 依据: {}}\n", TAIL, MANY,
     ERR_PACK_INDICATOR},
    {"rules of scope", DEMO, HEAD "范围:\n", "  规%d: {不纳入: 真, 理由: 甲, 依据: {}}\n", TAIL,
     MANY, ERR_FORMULA_BYTES},
    {"expectations", DEMO,
     HEAD TAIL "测试:\n  甲:\n    期间: 2024-2025\n    来源: 甲\n    表: 乙\n    期望:\n",
     "      - {对象: \"1\", 量: D1, 值: 1}\n", "", MANY, ERR_NONE},
    {"a long formula", DEMO, HEAD "派生:\n  丙: {公式: '教师数", " + 教师数",
     "', 单位: 人, 层级: 学校}\n" TAIL, 300000, ERR_FORMULA_BYTES},
    {"a circle", DEMO, HEAD "派生:\n", "  丁%d: {公式: 丁, 单位: 人, 层级: 学校}\n",
     "  丁: {公式: 丁0, 单位: 人, 层级: 学校}\n" TAIL, MANY, ERR_FORMULA_CYCLE},
    {"quotes", DEMO, HEAD "说明: '", "''", "'\n" TAIL, 2000000, ERR_NONE},
    {"colons", DEMO, HEAD "说明: ", "a: ", "\n", 1300000, ERR_PACK_YAML},
    {"dashes", DEMO, HEAD "说明:\n  ", "- ", "\n", 2000000, ERR_PACK_DEPTH},
    {"anchors", DEMO, HEAD, "k%d: &a%d x\n", "", MANY, ERR_PACK_ANCHOR},
    {"changes of one node", COUNTY, OVERLAY "修改:\n", "  - {节点: 指标/D1/底线, 值: 1}\n", "",
     MANY, ERR_PACK_NODE_TWICE},
    {"changes of no node", COUNTY, OVERLAY "修改:\n", "  - {节点: 指标/D%d0/底线, 值: 1}\n", "",
     MANY, ERR_PACK_NODE_UNKNOWN},
    {"a long path", COUNTY, OVERLAY "修改:\n  - {节点: ", "指标/", "x, 值: 1}\n", 500000,
     ERR_PACK_NODE_UNKNOWN},
    {"additions", COUNTY, OVERLAY "新增:\n",
     "  - {节点: 参数/甲%d, 值: {单位: 人, 值: 1, 依据: {}}}\n", "", MANY, ERR_NONE},
    {"removals of nothing", COUNTY, OVERLAY "删除:\n", "  - {节点: 参数/甲%d}\n", "", MANY,
     ERR_PACK_NODE_UNKNOWN},
    {"units", UNITS, "包: core-units\n类: 单位\n单位表:\n", "  u%d: {倍数: 1, 单位: 人}\n", "",
     MANY, ERR_UNIT_UNKNOWN},
    {"synonyms of a unit", UNITS, "包: core-units\n类: 单位\n单位表:\n  人: {基本: 是, 同义: [",
     "u%d, ", "]}\n", MANY, ERR_PACK_MANY},
    {"codes of one name", CODES, "包: school_type\n类: 代码表\n名称: 办学类型\n码值:\n",
     "  \"%d\": 名\n", "", MANY, ERR_CODE_DUPLICATE},
    {"groups of wrong codes", CODES,
     "包: school_type\n类: 代码表\n名称: 办学类型\n码值: {\"1\": 甲}\n组:\n",
     "  组%d: {成员: [\"x%d\"]}\n", "", MANY, ERR_PACK_MEMBER},
    {"wrong items", ITEMS, "包: core-items\n类: 数据项\n数据项表:\n",
     "  项%d: {代码: i%d, 单位: 仁, 代码表: yesno}\n", "", MANY, ERR_PACK_EITHER},
    {"regions of no kind", REGIONS, "level,code,name,parent_code\n", "x,%d\n", "", 500000,
     ERR_PACK_REGION},
    {"a region with a long name", REGIONS, "level,code,name,parent_code\nprovince,620000,", "甘",
     ",\n", 1300000, ERR_PACK_REGION},
};

static Str shape_text(Arena *arena, const Shape *shape)
{
    StrBuf out;
    strbuf_init(&out, arena);
    strbuf_add(&out, str_from(shape->head));
    bool is_numbered = strchr(shape->piece, '%') != NULL;
    Str piece = str_from(shape->piece), mark = STR("%d");
    for (int i = 0; i < shape->count; i++) {
        Str rest = piece;
        for (const char *at;
             is_numbered && (at = memmem(rest.ptr, rest.len, mark.ptr, mark.len));) {
            strbuf_add(&out, str_slice(rest, 0, (size_t)(at - rest.ptr)));
            strbuf_addf(&out, "%d", i);
            rest = str_slice(rest, (size_t)(at - rest.ptr) + mark.len, rest.len);
        }
        strbuf_add(&out, rest);
    }
    strbuf_add(&out, str_from(shape->tail));
    return strbuf_str(&out);
}

static void check_shape(const Shape *shape)
{
    enum { MEMORY_PER_BYTE = 400 };
    PackFixture *f = pack_fixture_new();
    Str text = shape_text(&f->arena, shape);
    bool is_core = str_starts_with(str_from(shape->path), STR("core/"));
    if (!is_core)
        assert_true(fixture_load_core(f));
    fixture_set(f, shape->path, text);
    size_t before = f->arena.used_bytes + f->err.arena.used_bytes;
    const char *id = shape->path == COUNTY ? "county" : "demo";
    bool is_ok = is_core ? fixture_load_core(f) : fixture_load(f, id, "2024-09-01");
    size_t used = f->arena.used_bytes + f->err.arena.used_bytes - before;
    if (is_ok != (shape->code == ERR_NONE) || (!is_ok && f->err.first->code != shape->code))
        fail_msg("%s: %s", shape->name, is_ok ? "taken" : err_code_name(f->err.first->code));
    if (used > text.len * MEMORY_PER_BYTE)
        fail_msg("%s: %zu bytes for %zu", shape->name, used, text.len);
    /* what is shown of it is no more than can be read */
    assert_true(fixture_errors(f, LANG_ZH).len < 200000);
    pack_fixture_free(f);
}

static void no_shape_takes_more_than_its_share(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++)
        check_shape(&SHAPES[i]);
}

/* Half of a file of codes and half of groups that each hold all of them. */
static void groups_have_a_limit_of_members(void **state)
{
    (void)state;
    PackFixture *f = pack_fixture_new();
    StrBuf text;
    strbuf_init(&text, &f->arena);
    strbuf_add(&text, STR("包: school_type\n类: 代码表\n名称: 办学类型\n码值:\n"));
    for (int i = 0; i < MANY; i++)
        strbuf_addf(&text, "  \"1%05d\": 名%d\n", i, i);
    strbuf_add(&text, STR("组:\n"));
    for (int i = 0; i < MANY; i++)
        strbuf_addf(&text, "  组%d: {前缀: [\"1\"]}\n", i);
    fixture_set(f, CODES, strbuf_str(&text));
    assert_false(fixture_load_core(f));
    assert_int_equal(f->err.first->code, ERR_PACK_MANY);
    assert_true(f->arena.used_bytes < 200000000);
    pack_fixture_free(f);
}

/* Additions and their removal by a second overlay, each one of thousands. */
static void overlays_that_undo_each_other_are_applied_in_time(void **state)
{
    (void)state;
    PackFixture *f = pack_fixture_new();
    StrBuf add, remove;
    strbuf_init(&add, &f->arena);
    strbuf_init(&remove, &f->arena);
    strbuf_add(&add, STR(OVERLAY "新增:\n"));
    strbuf_add(&remove, STR("包: town\n类: 覆盖\n名称: 镇\n覆盖: county\n有效: {}\n"
                            "依据: {机关: 甲, 文件: 乙, 日期: 丙, 可信: L}\n删除:\n"));
    for (int i = 0; i < MANY; i++) {
        strbuf_addf(&add, "  - {节点: 参数/甲%d, 值: {单位: 人, 值: 1, 依据: {}}}\n", i);
        strbuf_addf(&remove, "  - {节点: 参数/甲%d}\n", MANY - 1 - i);
    }
    fixture_set(f, COUNTY, strbuf_str(&add));
    fixture_set(f, "local/town.yaml", strbuf_str(&remove));
    assert_true(fixture_load(f, "town", "2024-09-01"));
    assert_int_equal(f->standard->parameters.len, 1);
    assert_int_equal(f->change_count, 2 * MANY);
    pack_fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_shape_takes_more_than_its_share),
        cmocka_unit_test(groups_have_a_limit_of_members),
        cmocka_unit_test(overlays_that_undo_each_other_are_applied_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
