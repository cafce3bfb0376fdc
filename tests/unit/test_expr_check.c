#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"

#include "assert_text.h"
#include "expr_fixture.h"

/* ---- names and slots ---- */

static void names_are_found_by_code_and_in_full_width(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    const Symbol *pupils = scope_find(&f->scope, STR("在校生数"));
    assert_non_null(pupils);
    assert_ptr_equal(scope_find(&f->scope, STR("students")), pupils);
    assert_ptr_equal(scope_find(&f->scope, STR("ｓｔｕｄｅｎｔｓ")), pupils);
    assert_ptr_equal(scope_find(&f->scope, STR("ＱＲ１．限值")),
                     scope_find(&f->scope, STR("QR1.limit")));
    assert_null(scope_find(&f->scope, STR("在校生")));
    fixture_free(f);
}

static void a_name_is_taken_once_and_never_a_word_of_the_language(void **state)
{
    (void)state;
    static const struct {
        const char *name, *code;
        ErrCode want;
    } CASES[] = {
        {"在校生数", "", ERR_NAME_DUPLICATE}, {"新项", "students", ERR_NAME_DUPLICATE},
        {"且", "", ERR_NAME_RESERVED},        {"合计", "", ERR_NAME_RESERVED},
        {"新项", "sum", ERR_NAME_RESERVED},   {"新项", "where", ERR_NAME_RESERVED},
        {"新项", "new_item", ERR_NONE},       {"新项", "新项", ERR_NONE},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        Symbol symbol = {
            .kind = SYMBOL_ITEM, .name = str_from(CASES[i].name), .code = str_from(CASES[i].code)};
        assert_true(scope_add(&f->scope, &symbol, NULL, &f->err) == (CASES[i].want == ERR_NONE));
        assert_int_equal(f->err.first ? f->err.first->code : ERR_NONE, CASES[i].want);
        fixture_free(f);
    }
}

static void a_slot_is_made_once_per_symbol_and_year(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    const Node *tree = fixture_check_source(
        f, STR("在校生数 - 上年(在校生数) + 上年(students + 教师数) + 教师数"), NULL);
    assert_non_null(tree);
    assert_int_equal(f->scope.slots.len, 4);
    int *slots;
    size_t count;
    expr_inputs(&f->arena, tree, &slots, &count);
    assert_int_equal(count, 4);
    static const struct {
        const char *name;
        int years_back;
    } WANT[] = {{"在校生数", 0}, {"在校生数", 1}, {"教师数", 1}, {"教师数", 0}};
    for (size_t i = 0; i < 4; i++) {
        const Slot *slot = &f->scope.slots.ptr[slots[i]];
        assert_text(slot->symbol->name, WANT[i].name);
        assert_int_equal(slot->years_back, WANT[i].years_back);
    }
    fixture_free(f);
}

static void inputs_reach_through_names_lists_and_conditions(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    const Node *tree = fixture_check_source(
        f, STR("计数(学校达标 其中 城乡分类 = \"城区\") + 合计(各项.差异系数)"), NULL);
    assert_non_null(tree);
    int *slots;
    size_t count;
    expr_inputs(&f->arena, tree, &slots, &count);
    static const char *const WANT[] = {"教师数", "在校生数", "教学及辅助用房面积",
                                       "室内体育用房面积", "城乡分类"};
    assert_int_equal(count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_text(f->scope.slots.ptr[slots[i]].symbol->name, WANT[i]);
    fixture_free(f);
}

/* ---- what checking leaves in the tree ---- */

static void texts_become_the_numbers_of_their_codes(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    const Node *in =
        fixture_check_source(f, STR("办学类型 属于 (\"311\", \"小学\", \"义务教育学校\")"), NULL);
    assert_int_equal(in->kind, NODE_IN);
    assert_int_equal(in->code_count, 2);
    assert_true(in->code[0] == 211 && in->code[1] == 311);
    const Node *equal = fixture_check_source(f, STR("办学类型 = \"小学\""), NULL);
    assert_int_equal(equal->kind, NODE_IN);
    assert_int_equal(equal->code_count, 1);
    const Node *differs = fixture_check_source(f, STR("\"城区\" ≠ 城乡分类"), NULL);
    assert_int_equal(differs->kind, NODE_NOT);
    assert_int_equal(differs->arg_count, 1);
    assert_int_equal(differs->arg[0]->kind, NODE_IN);
    assert_int_equal(differs->arg[0]->code_count, 2);
    assert_int_equal(differs->arg[0]->arg[0]->kind, NODE_NAME);
    fixture_free(f);
}

static void a_list_becomes_its_elements(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    const Node *call = fixture_check_source(f, STR("至少(2, 各项.达标)"), NULL);
    const Node *list = call->arg[1];
    assert_int_equal(list->kind, NODE_LIST);
    assert_int_equal(list->type, TYPE_BOOL_LIST);
    assert_int_equal(list->arg_count, 2);
    assert_text(list->arg[1]->symbol->name, "QR4.达标");
    assert_int_equal(call->level, LEVEL_ROW);
    const Node *empty = fixture_check_source(f, STR("平均(各项.豁免)"), NULL);
    assert_int_equal(empty->arg[0]->type, TYPE_NUMBER_LIST);
    assert_int_equal(empty->level, LEVEL_CONST);
    fixture_free(f);
}

static void levels_follow_the_parts(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        Level level;
        int windows;
    } CASES[] = {
        {"1 + QR1.限值", LEVEL_CONST, 0},
        {"在校生数 + 1", LEVEL_ROW, 0},
        {"合计(在校生数)", LEVEL_REGION, 0},
        {"合计(在校生数) + 1", LEVEL_REGION, 0},
        {"在校生数 / 合计(在校生数)", LEVEL_ROW, 1},
        {"合计(在校生数 同校)", LEVEL_ROW, 0},
        {"位次(在校生数)", LEVEL_ROW, 1},
        {"最大(位次(在校生数))", LEVEL_REGION, 1},
        {"平均((QR4 - 平均(QR4)) ^ 2)", LEVEL_REGION, 1},
        {"QR4 > 平均(QR4 其中 QR4 > 平均(QR4))", LEVEL_ROW, 2},
        {"计数(真)", LEVEL_REGION, 0},
        {"综合差异系数", LEVEL_REGION, 0},
        {"全部(各项.达标) 且 综合差异系数 < 1", LEVEL_ROW, 1},
        {"计数(在校生数 其中 合计(在校生数) > 5)", LEVEL_REGION, 1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        const Node *tree = fixture_check_source(f, str_from(CASES[i].source), NULL);
        assert_non_null(tree);
        if ((int)tree->level != (int)CASES[i].level || tree->windows != CASES[i].windows)
            print_error("%s: level %d windows %d\n", CASES[i].source, (int)tree->level,
                        tree->windows);
        assert_int_equal(tree->level, CASES[i].level);
        assert_int_equal(tree->windows, CASES[i].windows);
        fixture_free(f);
    }
}

/* ---- formulas that use formulas ---- */

/* F0, F1 … Fn: each `source` with {} replaced by the one before. */
static Symbol *add_chain(ExprFixture *f, const char *first, const char *before, const char *after,
                         int count)
{
    Symbol *symbol = NULL;
    for (int i = 0; i <= count; i++) {
        Str source = i ? str_format(&f->arena, "%sF%d%s", before, i - 1, after) : str_from(first);
        symbol = fixture_formula(f, str_format(&f->arena, "F%d", i).ptr, TYPE_NUMBER, LEVEL_ROW,
                                 NULL, source.ptr);
    }
    return symbol;
}

static ErrCode check_chain(const char *first, const char *before, const char *after, int count,
                           bool is_from_the_end)
{
    ExprFixture *f = fixture_new();
    const Symbol *last = add_chain(f, first, before, after, count);
    bool is_ok = true;
    for (int i = 0; i <= count && !is_from_the_end; i++) {
        const Symbol *symbol = scope_find(&f->scope, str_format(&f->arena, "F%d", i));
        is_ok &= expr_check(&f->scope, symbol->formula, symbol, &f->err);
    }
    is_ok &= expr_check(&f->scope, last->formula, last, &f->err);
    assert_true(is_ok == !err_is_set(&f->err));
    ErrCode code = is_ok ? ERR_NONE : f->err.first->code;
    fixture_free(f);
    return code;
}

static void chains_of_names_are_bounded_whatever_the_order_of_checking(void **state)
{
    (void)state;
    for (int is_from_the_end = 0; is_from_the_end < 2; is_from_the_end++) {
        assert_int_equal(check_chain("班数", "", " + 1", LIMIT_FORMULA_NAMES, is_from_the_end),
                         ERR_NONE);
        assert_int_equal(check_chain("班数", "", " + 1", LIMIT_FORMULA_NAMES + 1, is_from_the_end),
                         ERR_FORMULA_NAMES);
        assert_int_equal(check_chain("班数", "", " + 1", 5000, is_from_the_end), ERR_FORMULA_NAMES);
        assert_int_equal(check_chain("班数", "((((((((((((",
                                     " + 1)+1)+1)+1)+1)+1)+1)+1)+1)+1)+1)+1)", 100,
                                     is_from_the_end),
                         ERR_FORMULA_HEIGHT);
        assert_int_equal(check_chain("班数", "4 * (2 + ", ")", 150, is_from_the_end), ERR_NONE);
        assert_int_equal(check_chain("班数", "位次(", ")", 3, is_from_the_end), ERR_NONE);
        assert_int_equal(check_chain("班数", "位次(", ")", 4, is_from_the_end),
                         ERR_FORMULA_WINDOWS);
    }
}

static void doubling_is_refused_before_it_costs_anything(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    (void)fixture_formula(f, "F0", TYPE_NUMBER, LEVEL_ROW, NULL, "班数");
    Symbol *last = NULL;
    for (int i = 1; i <= 60; i++)
        last = fixture_formula(f, str_format(&f->arena, "F%d", i).ptr, TYPE_NUMBER, LEVEL_ROW, NULL,
                               str_format(&f->arena, "F%d + F%d", i - 1, i - 1).ptr);
    assert_false(expr_check(&f->scope, last->formula, last, &f->err));
    assert_int_equal(f->err.count, 1);
    assert_int_equal(f->err.first->code, ERR_FORMULA_EXPANDED);
    fixture_free(f);
}

static void a_circle_is_told_once_with_its_path(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    const Symbol *symbol = scope_find(&f->scope, STR("乙公式"));
    assert_false(expr_check(&f->scope, symbol->formula, symbol, &f->err));
    assert_int_equal(f->err.count, 1);
    assert_text(err_message(&f->arena, f->err.first, LANG_ZH),
                "公式互相引用，成了圈：乙公式 → 丙公式 → 甲公式 → 乙公式");
    assert_null(fixture_check_source(f, STR("甲公式 + 丙公式"), NULL));
    assert_int_equal(f->err.count, 1);

    Symbol *self = fixture_formula(f, "自己", TYPE_NUMBER, LEVEL_ROW, NULL, "自己 + 自己");
    assert_false(expr_check(&f->scope, self->formula, self, &f->err));
    assert_int_equal(f->err.count, 2);
    assert_text(err_message(&f->arena, f->err.last, LANG_EN),
                "formulas use each other in a circle: 自己 → 自己");
    fixture_free(f);
}

static void a_circle_through_a_list_is_found(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    const Symbol *element =
        fixture_formula(f, "QR9", TYPE_NUMBER, LEVEL_ROW, NULL, "合计(各项.圈)");
    fixture_list(f, "各项.圈", "", TYPE_NUMBER_LIST, 1, &element);
    assert_null(fixture_check_source(f, STR("平均(各项.圈) > 班数 / 班数"), NULL));
    assert_int_equal(f->err.count, 1);
    assert_int_equal(f->err.first->code, ERR_FORMULA_CYCLE);
    fixture_free(f);
}

static void a_formula_that_failed_fails_its_users_without_a_word(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    assert_null(fixture_check_source(f, STR("坏公式 > 1"), NULL));
    assert_int_equal(f->err.count, 1);
    assert_null(fixture_check_source(f, STR("1 - 坏公式 * 2"), NULL));
    const Symbol *symbol = scope_find(&f->scope, STR("坏公式"));
    assert_false(expr_check(&f->scope, symbol->formula, symbol, &f->err));
    assert_int_equal(f->err.count, 1);
    fixture_free(f);
}

/* ---- errors ---- */

static void all_errors_of_a_formula_are_told_and_nothing_follows_from_one(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    assert_null(fixture_check_source(
        f, STR("甲甲 + 1 > 乙乙 且 非 丙丙 且 学校达标 > 1 且 班数 > 在校生数"), NULL));
    static const ErrCode WANT[] = {ERR_FORMULA_NAME, ERR_FORMULA_NAME, ERR_FORMULA_NAME,
                                   ERR_FORMULA_TYPE, ERR_FORMULA_UNITS};
    assert_int_equal(f->err.count, 5);
    const Diag *diag = f->err.first;
    for (size_t i = 0; i < 5; i++, diag = diag->next)
        assert_string_equal(err_code_name(diag->code), err_code_name(WANT[i]));
    fixture_free(f);
}

static void places_count_lines_and_characters(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    assert_null(fixture_check_source(f, STR("班数 + 未知\n  + 𠀀𠀀 * 1\r\n+ 无"), NULL));
    static const struct {
        size_t line, column, len;
        const char *text;
    } WANT[] = {{3, 14, 2, "        班数 + 未知"}, {4, 5, 2, "  + 𠀀𠀀 * 1"}, {5, 3, 1, "+ 无"}};
    const Diag *diag = f->err.first;
    for (size_t i = 0; i < 3; i++, diag = diag->next) {
        assert_int_equal(diag->place.line, WANT[i].line);
        assert_int_equal(diag->place.column, WANT[i].column);
        assert_int_equal(diag->place.len, WANT[i].len);
        assert_text(diag->place.text, WANT[i].text);
        assert_text(diag->place.file, "test.yaml");
        assert_text(diag->place.node, "指标/X/公式");
    }
    fixture_free(f);
}

/* Thousands of mistakes in the longest formula: all counted, the first ones kept, soon done. */
static void many_mistakes_are_counted_but_cost_little(void **state)
{
    (void)state;
    ExprFixture *f = fixture_new();
    StrBuf source;
    strbuf_init(&source, &f->arena);
    size_t count = 0;
    while (source.len < LIMIT_FORMULA_BYTES - 400) {
        strbuf_add(&source, source.len ? STR(" + (x") : STR("(x"));
        strbuf_add_repeat(&source, STR("+x"), 99);
        strbuf_add_char(&source, ')');
        count += 100;
    }
    assert_null(fixture_check_source(f, strbuf_str(&source), NULL));
    assert_int_equal(f->err.count, count);
    fixture_free(f);
}

static void a_formula_is_checked_against_what_was_declared(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        Type type;
        Level level;
        ErrCode code;
    } CASES[] = {
        {"在校生数", TYPE_NUMBER, LEVEL_ROW, ERR_NONE},
        {"合计(在校生数)", TYPE_NUMBER, LEVEL_ROW, ERR_NONE},
        {"合计(在校生数)", TYPE_NUMBER, LEVEL_REGION, ERR_NONE},
        {"5", TYPE_NUMBER, LEVEL_REGION, ERR_NONE},
        {"在校生数", TYPE_NUMBER, LEVEL_REGION, ERR_FORMULA_LEVEL},
        {"真", TYPE_BOOL, LEVEL_REGION, ERR_NONE},
        {"真", TYPE_NUMBER, LEVEL_ROW, ERR_FORMULA_RESULT},
        {"办学类型", TYPE_NUMBER, LEVEL_ROW, ERR_FORMULA_RESULT},
        {"各项.值", TYPE_NUMBER, LEVEL_ROW, ERR_FORMULA_RESULT},
        {"各项.值", TYPE_NUMBER_LIST, LEVEL_ROW, ERR_NONE},
        {"\"小学\"", TYPE_BOOL, LEVEL_ROW, ERR_FORMULA_RESULT},
        {"在校生数", TYPE_NUMBER, LEVEL_CONST, ERR_NONE},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ExprFixture *f = fixture_new();
        Symbol want = {.kind = SYMBOL_FORMULA,
                       .type = CASES[i].type,
                       .level = CASES[i].level,
                       .unit = unit_none()};
        bool is_ok = fixture_check_source(f, str_from(CASES[i].source), &want) != NULL;
        assert_true(is_ok == (CASES[i].code == ERR_NONE));
        assert_int_equal(is_ok ? ERR_NONE : f->err.first->code, CASES[i].code);
        fixture_free(f);
    }
}

/* functions.def: too few and too many values are refused for every function. */
static void every_function_counts_its_values(void **state)
{
    (void)state;
    static const struct {
        size_t min, max;
    } WANT[] = {
#define FUNCTION(code, en, zh, shape, args_min, args_max, doc_zh, doc_en) {args_min, args_max},
#include "expr/functions.def"
#undef FUNCTION
    };
    for (int fn = 0; fn < FUNCTION_COUNT; fn++)
        for (size_t count = 0; count <= 10; count++) {
            ExprFixture *f = fixture_new();
            StrBuf source;
            strbuf_init(&source, &f->arena);
            strbuf_addf(&source, "%s(", function_name((Function)fn, count % 2 ? LANG_ZH : LANG_EN));
            strbuf_add_repeat(&source, STR("班数,"), count ? count - 1 : 0);
            strbuf_add(&source, count ? STR("班数)") : STR(")"));
            bool is_ok = fixture_check_source(f, strbuf_str(&source), NULL) != NULL;
            bool is_counted = !is_ok && f->err.first->code == ERR_FORMULA_ARGS;
            assert_true(is_counted == (count < WANT[fn].min || count > WANT[fn].max));
            fixture_free(f);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_by_code_and_in_full_width),
        cmocka_unit_test(a_name_is_taken_once_and_never_a_word_of_the_language),
        cmocka_unit_test(a_slot_is_made_once_per_symbol_and_year),
        cmocka_unit_test(inputs_reach_through_names_lists_and_conditions),
        cmocka_unit_test(texts_become_the_numbers_of_their_codes),
        cmocka_unit_test(a_list_becomes_its_elements),
        cmocka_unit_test(levels_follow_the_parts),
        cmocka_unit_test(chains_of_names_are_bounded_whatever_the_order_of_checking),
        cmocka_unit_test(doubling_is_refused_before_it_costs_anything),
        cmocka_unit_test(a_circle_is_told_once_with_its_path),
        cmocka_unit_test(a_circle_through_a_list_is_found),
        cmocka_unit_test(a_formula_that_failed_fails_its_users_without_a_word),
        cmocka_unit_test(all_errors_of_a_formula_are_told_and_nothing_follows_from_one),
        cmocka_unit_test(places_count_lines_and_characters),
        cmocka_unit_test(many_mistakes_are_counted_but_cost_little),
        cmocka_unit_test(a_formula_is_checked_against_what_was_declared),
        cmocka_unit_test(every_function_counts_its_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
