/*
 * A small scope for the tests of formulas: the items, parameters and indicators of doc/formulas.md's
 * examples, and a few that are wrong on purpose.
 */
#ifndef TEST_EXPR_FIXTURE_H
#define TEST_EXPR_FIXTURE_H

#include "expr/tree.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct ExprFixture {
    Arena arena;
    Err err;
    UnitTable units;
    Scope scope;
} ExprFixture;

static inline void fixture_check(const ExprFixture *f, bool is_ok)
{
    if (is_ok)
        return;
    StrBuf out;
    Arena arena;
    arena_init(&arena);
    strbuf_init(&out, &arena);
    err_format(&out, &f->err, LANG_EN);
    fprintf(stderr, "%s", out.ptr ? out.ptr : "");
    BUG("the fixture is wrong");
}

static inline void fixture_units(ExprFixture *f)
{
    static const char *const BASES[] = {"人", "㎡", "元", "册", "间", "个", "班"};
    static const struct {
        const char *name, *of;
        int64_t num, den;
    } NAMED[] = {{"万元", "元", 10000, 1}, {"百人", "人", 100, 1}, {"%", "1", 1, 100},
                 {"平方米", "㎡", 1, 1},   {"三人", "人", 3, 1},   {"yuan", "元", 1, 1}};
    unit_table_init(&f->units, &f->arena);
    for (size_t i = 0; i < sizeof BASES / sizeof *BASES; i++)
        fixture_check(f, unit_add_base(&f->units, str_from(BASES[i]), &f->err));
    for (size_t i = 0; i < sizeof NAMED / sizeof *NAMED; i++)
        fixture_check(f, unit_add_named(&f->units, str_from(NAMED[i].name), NAMED[i].num,
                                        NAMED[i].den, str_from(NAMED[i].of), &f->err));
}

static inline const CodeSet *fixture_codes(ExprFixture *f, const char *name,
                                           const char *const *code_name, const double (*code)[2],
                                           size_t count)
{
    CodeSet *codes = ARENA_NEW(&f->arena, CodeSet);
    codes->name = str_from(name);
    map_init(&codes->names, &f->arena);
    for (size_t i = 0; i < count; i++) {
        CodeName *entry = ARENA_NEW(&f->arena, CodeName);
        *entry = (CodeName){.code = code[i], .count = code[i][1] > 0 ? 2 : 1};
        map_set(&codes->names, str_from(code_name[i]), entry);
    }
    return codes;
}

static inline Symbol *fixture_symbol(ExprFixture *f, Symbol symbol, const char *name,
                                     const char *code)
{
    Symbol *kept = ARENA_NEW(&f->arena, Symbol);
    *kept = symbol;
    kept->name = str_from(name);
    kept->code = str_from(code);
    fixture_check(f, scope_add(&f->scope, kept, NULL, &f->err));
    return kept;
}

static inline Unit fixture_unit(ExprFixture *f, const char *text)
{
    Unit unit = unit_none();
    fixture_check(f, unit_parse(&f->units, str_from(text), &unit, &f->err));
    return unit;
}

static inline void fixture_items(ExprFixture *f)
{
    static const struct {
        const char *name, *code, *unit;
    } ITEMS[] = {
        {"在校生数", "students", "人"},
        {"教师数", "teachers", "人"},
        {"班数", "classes", "班"},
        {"教学及辅助用房面积", "teaching_area", "㎡"},
        {"室内体育用房面积", "indoor_sports_area", "㎡"},
        {"教学仪器设备值", "equipment_value", "万元"},
        {"图书册数", "books", "册"},
        {"校舍面积（平方米）", "", "㎡"},
        {"非寄宿生数", "day_pupils", "人"},
    };
    static const char *const TYPE_NAMES[] = {"小学", "211", "初级中学", "311", "义务教育学校"};
    static const double TYPES[][2] = {{211, 0}, {211, 0}, {311, 0}, {311, 0}, {211, 311}};
    static const char *const AREA_NAMES[] = {"城区", "111", "112", "乡村"};
    static const double AREAS[][2] = {{111, 112}, {111, 0}, {112, 0}, {210, 220}};

    for (size_t i = 0; i < sizeof ITEMS / sizeof *ITEMS; i++)
        (void)fixture_symbol(f,
                             (Symbol){.kind = SYMBOL_ITEM,
                                      .type = TYPE_NUMBER,
                                      .level = LEVEL_ROW,
                                      .unit = fixture_unit(f, ITEMS[i].unit)},
                             ITEMS[i].name, ITEMS[i].code);
    Symbol attribute = {.kind = SYMBOL_ATTRIBUTE,
                        .type = TYPE_CODE,
                        .level = LEVEL_ROW,
                        .unit = unit_none(),
                        .codes = fixture_codes(f, "办学类型", TYPE_NAMES, TYPES, 5)};
    (void)fixture_symbol(f, attribute, "办学类型", "school_type");
    attribute.codes = fixture_codes(f, "城乡分类", AREA_NAMES, AREAS, 4);
    (void)fixture_symbol(f, attribute, "城乡分类", "urban_class");
}

static inline Symbol *fixture_parameter(ExprFixture *f, const char *name, const char *code,
                                        const char *unit, int value)
{
    Symbol symbol = {.kind = SYMBOL_PARAMETER, .type = TYPE_NUMBER, .unit = fixture_unit(f, unit)};
    for (size_t stage = 0; stage < FRAME_STAGES_MAX; stage++) {
        symbol.has_value[stage] = true;
        symbol.value[stage] = (Decimal){value, 0};
    }
    return fixture_symbol(f, symbol, name, code);
}

/* unit NULL: not declared. A formula that does not parse keeps a NULL tree. */
static inline Symbol *fixture_formula(ExprFixture *f, const char *name, Type type, Level level,
                                      const char *unit, const char *source)
{
    Formula *formula = ARENA_NEW(&f->arena, Formula);
    *formula = (Formula){.source = str_from(source),
                         .file = STR("fixture.yaml"),
                         .line = 7,
                         .column = 9,
                         .node = str_format(&f->arena, "派生/%s/公式", name)};
    Symbol symbol = {.kind = SYMBOL_FORMULA,
                     .type = type,
                     .level = level,
                     .formula = formula,
                     .unit_is_declared = unit != NULL,
                     .unit = unit ? fixture_unit(f, unit) : unit_none()};
    fixture_check(f, expr_parse(&f->arena, formula, &f->err));
    return fixture_symbol(f, symbol, name, "");
}

static inline void fixture_list(ExprFixture *f, const char *name, const char *code, Type type,
                                size_t count, const Symbol *const *element)
{
    Symbol symbol = {.kind = SYMBOL_LIST,
                     .type = type,
                     .element_count = count,
                     .element = ARENA_ARRAY(&f->arena, const Symbol *, count)};
    for (size_t i = 0; i < count; i++)
        symbol.element[i] = element[i];
    (void)fixture_symbol(f, symbol, name, code);
}

static inline void fixture_formulas(ExprFixture *f)
{
    (void)fixture_parameter(f, "折算系数", "stage_factor", "1", 1);
    (void)fixture_parameter(f, "QR1.限值", "QR1.limit", "人/百人", 4);
    (void)fixture_parameter(f, "QR4.限值", "QR4.limit", "㎡/人", 5);
    (void)fixture_formula(f, "折算占比", TYPE_NUMBER, LEVEL_ROW, "1",
                          "折算系数 * 在校生数 / 合计(折算系数 * 在校生数 同校 须齐全)");
    (void)fixture_formula(f, "QR1", TYPE_NUMBER, LEVEL_ROW, "人/百人", "100 * 教师数 / 在校生数");
    (void)fixture_formula(f, "QR4", TYPE_NUMBER, LEVEL_ROW, "㎡/人",
                          "(教学及辅助用房面积 - 室内体育用房面积) * 折算占比 / 在校生数");
    const Symbol *met[] = {
        fixture_formula(f, "QR1.达标", TYPE_BOOL, LEVEL_ROW, NULL, "QR1 >= QR1.限值"),
        fixture_formula(f, "QR4.达标", TYPE_BOOL, LEVEL_ROW, NULL, "QR4 >= QR4.限值")};
    const Symbol *cv[] = {fixture_formula(f, "QR1.差异系数", TYPE_NUMBER, LEVEL_REGION, NULL,
                                          "差异系数(QR1, 在校生数)"),
                          fixture_formula(f, "QR4.差异系数", TYPE_NUMBER, LEVEL_REGION, NULL,
                                          "差异系数(QR4, 在校生数)")};
    const Symbol *value[] = {scope_find(&f->scope, STR("QR1")), scope_find(&f->scope, STR("QR4"))};
    fixture_list(f, "各项.达标", "each.met", TYPE_BOOL_LIST, 2, met);
    const Symbol *floor[] = {
        fixture_formula(f, "QR1.达底线", TYPE_BOOL, LEVEL_ROW, NULL, "QR1 >= 0.85 * QR1.限值"),
        fixture_formula(f, "QR2.达底线", TYPE_BOOL, LEVEL_ROW, NULL, "教师数 / 在校生数 < 0.2"),
        fixture_formula(f, "QR3.达底线", TYPE_BOOL, LEVEL_ROW, NULL, "QR1 <= 9")};
    fixture_list(f, "各项.达底线", "each.floor", TYPE_BOOL_LIST, 3, floor);
    fixture_list(f, "各项.差异系数", "each.cv", TYPE_NUMBER_LIST, 2, cv);
    fixture_list(f, "各项.值", "each.value", TYPE_NUMBER_LIST, 2, value);
    fixture_list(f, "各项.豁免", "each.exempt", TYPE_BOOL_LIST, 0, NULL);
    (void)fixture_formula(f, "学校达标", TYPE_BOOL, LEVEL_ROW, NULL, "全部(各项.达标)");
    (void)fixture_formula(f, "综合差异系数", TYPE_NUMBER, LEVEL_REGION, NULL,
                          "平均(各项.差异系数)");
    /* wrong on purpose */
    (void)fixture_formula(f, "甲公式", TYPE_NUMBER, LEVEL_ROW, NULL, "乙公式 + 1");
    (void)fixture_formula(f, "乙公式", TYPE_NUMBER, LEVEL_ROW, NULL, "2 * 丙公式 + 丙公式");
    (void)fixture_formula(f, "丙公式", TYPE_NUMBER, LEVEL_ROW, NULL, "甲公式 - 班数");
    (void)fixture_formula(f, "坏公式", TYPE_NUMBER, LEVEL_ROW, NULL, "在校生 / 2");
}

static inline ExprFixture *fixture_new(void)
{
    ExprFixture *f = calloc(1, sizeof *f);
    CHECK(f != NULL);
    arena_init(&f->arena);
    err_init(&f->err);
    fixture_units(f);
    scope_init(&f->scope, &f->arena, &f->units);
    fixture_items(f);
    fixture_formulas(f);
    return f;
}

static inline void fixture_free(ExprFixture *f)
{
    err_done(&f->err);
    arena_done(&f->arena);
    free(f);
}

/* A formula of its own, standing in line 3, column 9 of test.yaml. */
static inline Formula *fixture_source(ExprFixture *f, Str source)
{
    Formula *formula = ARENA_NEW(&f->arena, Formula);
    *formula = (Formula){.source = str_dup(&f->arena, source),
                         .file = STR("test.yaml"),
                         .line = 3,
                         .column = 9,
                         .node = STR("指标/X/公式")};
    return formula;
}

/* Parsed and checked; NULL, and f->err filled, if it is wrong. */
static inline const Node *fixture_check_source(ExprFixture *f, Str source, const Symbol *want)
{
    Formula *formula = fixture_source(f, source);
    bool is_ok =
        expr_parse(&f->arena, formula, &f->err) && expr_check(&f->scope, formula, want, &f->err);
    return is_ok ? formula->tree : NULL;
}

#endif
