/* The table behind `cv`: its columns become the names of the formulas. */
#include "app/cv_int.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <math.h>

enum {
    LABELS_MAX = 16, /* columns left of the figures in which 合计 is looked for */
    LISTED_MAX = 40, /* columns that a message lists */
};

static const char *const OPTIONS[CV_FORMULA_COUNT] = {"--weight", "--value", "--where"};

/* ---- finding a column ---- */

static void fold_names(CvTable *cv)
{
    cv->folded = ARENA_ARRAY(cv->arena, Str, cv->table->column_count);
    for (size_t i = 0; i < cv->table->column_count; i++)
        cv->folded[i] = utf8_fold(cv->arena, cv->table->column[i].name);
}

/* By its name, full and half width being the same; -1 if there is none. */
static int find_column(const CvTable *cv, Str name)
{
    const Table *table = cv->table;
    for (size_t i = 0; i < table->column_count; i++)
        if (name.len && str_equals(table->column[i].name, name))
            return (int)i;
    Str folded = utf8_fold(cv->arena, name);
    for (size_t i = 0; i < table->column_count; i++)
        if (folded.len && str_equals(cv->folded[i], folded))
            return (int)i;
    return -1;
}

/* 教学仪器设备值 for 教学仪器设备值（万元）: often the unit is forgotten. */
static Str find_near(const CvTable *cv, Str name)
{
    const Table *table = cv->table;
    Str near = utf8_nearest(utf8_fold(cv->arena, name), cv->folded, table->column_count);
    for (size_t i = 0; i < table->column_count; i++) {
        Str whole = table->column[i].name, rest = str_slice(whole, name.len, whole.len);
        bool has_unit = str_starts_with(rest, STR("(")) || str_starts_with(rest, STR("（"));
        if (near.len ? near.ptr == cv->folded[i].ptr : str_starts_with(whole, name) && has_unit)
            return whole;
    }
    return near;
}

typedef struct List {
    StrBuf text;
    size_t count;
} List;

static void list_add(List *list, Str name, Str comma)
{
    if (!name.len || list->count > LISTED_MAX)
        return;
    if (list->count > 0)
        strbuf_add(&list->text, comma);
    strbuf_add(&list->text, list->count < LISTED_MAX ? name : STR("…"));
    list->count++;
}

static Str list_columns(const CvTable *cv, Str comma)
{
    List list = {.text.arena = cv->arena};
    for (size_t i = 0; i < cv->table->column_count; i++)
        list_add(&list, cv->table->column[i].name, comma);
    return strbuf_str(&list.text);
}

static Str list_texts(const CvTable *cv, const CodeSet *codes, Str comma)
{
    List list = {.text.arena = cv->arena};
    for (size_t i = 0; i < codes->names.len; i++)
        list_add(&list, codes->names.entry[i].key, comma);
    return strbuf_str(&list.text);
}

static bool fail_column(const CvTable *cv, const ErrPlace *place, Str name, Err *err)
{
    if (err->count >= LIMIT_DIAGS) /* nobody will read it */
        return err_fail_at(err, place, ERR_CV_COLUMN, ARG_STR("column", name));
    return err_fail_at(err, place, ERR_CV_COLUMN, ARG_STR("column", name),
                       ARG_STR("file", cv->table->file), ARG_STR("near", find_near(cv, name)),
                       ARG_STR("columns_zh", list_columns(cv, STR("、"))),
                       ARG_STR("columns", list_columns(cv, STR(", "))));
}

/* ---- which columns the formulas use, and how ---- */

static ErrPlace node_place(const Formula *formula, const Node *node)
{
    Str before = str_slice(formula->source, 0, node->offset);
    ErrPlace place = {.file = formula->file};
    if (node->len == formula->source.len) /* the caret would underline all of it */
        return place;
    place.column = utf8_count(before) + 1;
    place.text = formula->source;
    place.len = utf8_count(str_slice(formula->source, node->offset, node->len));
    return place;
}

static bool use_name(CvTable *cv, const Formula *formula, Node *node, uint8_t use, Err *err)
{
    int column = find_column(cv, node->name);
    if (column < 0) {
        ErrPlace place = node_place(formula, node);
        return fail_column(cv, &place, node->name, err);
    }
    node->name = cv->table->column[column].name;
    cv->use[column] |= use;
    return true;
}

/* A table has one period, and does not say which rows are of one school. */
static bool check_call(const Formula *formula, const Node *node, Err *err)
{
    bool is_previous = node->fn == FN_PREVIOUS;
    if (!is_previous && !node->is_siblings)
        return true;
    ErrPlace place = node_place(formula, node);
    return is_previous ? err_fail_at(err, &place, ERR_CV_FUNCTION, ARG_LIT("word", "上年"),
                                     ARG_LIT("word_en", "previous"))
                       : err_fail_at(err, &place, ERR_CV_FUNCTION, ARG_LIT("word", "同校"),
                                     ARG_LIT("word_en", "siblings"));
}

static bool is_text_comparison(const Node *node)
{
    if (node->kind == NODE_IN)
        return true;
    if (node->kind != NODE_BINARY || (node->op != OP_EQ && node->op != OP_NE))
        return false;
    return node->arg[0]->kind == NODE_TEXT || node->arg[1]->kind == NODE_TEXT;
}

static bool use_names(CvTable *cv, const Formula *formula, Node *node, uint8_t use, Err *err)
{
    if (node->kind == NODE_NAME)
        return use_name(cv, formula, node, use, err);
    bool is_ok = node->kind != NODE_CALL || check_call(formula, node, err);
    bool is_reported = node->kind == NODE_CALL && node->fn == FN_REPORTED;
    for (size_t i = 0; i < node->arg_count; i++) {
        bool is_branch = node->kind == NODE_IF && i > 0;
        uint8_t inner = is_reported || is_text_comparison(node) ? CV_USE_TEXT : CV_USE_NUMBER;
        is_ok &= use_names(cv, formula, node->arg[i], is_branch ? use : inner, err);
    }
    if (node->where)
        is_ok &= use_names(cv, formula, node->where, CV_USE_NUMBER, err);
    return is_ok;
}

/* The name of a column is that column, also 计算机（台） or 合计, which are no formulas. */
static bool parse(CvTable *cv, Formula *formula, Str text, const char *option, Err *err)
{
    *formula = (Formula){.source = text, .file = str_from(option)};
    int column = find_column(cv, text);
    if (column < 0)
        return expr_parse(cv->arena, formula, err);
    formula->tree = ARENA_NEW(cv->arena, Node);
    *formula->tree = (Node){
        .kind = NODE_NAME, .len = text.len, .name = cv->table->column[column].name, .slot = -1};
    formula->tree->height = 1;
    return true;
}

static bool use_formula(CvTable *cv, int idx, Str text, Err *err)
{
    Formula *formula = &cv->formula[idx];
    return parse(cv, formula, text, OPTIONS[idx], err) &&
           use_names(cv, formula, formula->tree, CV_USE_NUMBER, err);
}

static bool use_group(CvTable *cv, Err *err)
{
    Str by = cv->request->by;
    ErrPlace place = {.file = STR("--by")};
    if (!by.len)
        return true;
    cv->by_column = find_column(cv, by);
    if (cv->by_column < 0)
        return fail_column(cv, &place, by, err);
    cv->use[cv->by_column] |= CV_USE_GROUP;
    return true;
}

/* Names of units stand left of their figures. Further right, an error value of no use is skipped. */
static void use_labels(CvTable *cv)
{
    size_t count = cv->table->column_count, first = 0;
    while (first < count && !(cv->use[first] & CV_USE_NUMBER))
        first++;
    for (size_t i = 0; i < first && i < LABELS_MAX; i++)
        cv->use[i] |= CV_USE_LABEL;
    for (size_t i = 1; i < count && first == 0; i++)
        if (!(cv->use[i] & CV_USE_NUMBER)) {
            cv->use[i] |= CV_USE_LABEL;
            break;
        }
}

/* `sheet` means an xlsx. */
static bool check_sheet(const CvTable *cv, Err *err)
{
    ErrPlace place = {.file = cv->table->file};
    if (!cv->request->sheet.len || cv->table->sheet.len)
        return true;
    return err_fail_at(err, &place, ERR_TABLE_SHEET_UNKNOWN, ARG_STR("file", cv->table->file),
                       ARG_STR("sheet", cv->request->sheet));
}

static bool wish(void *ctx, Table *table, Err *err)
{
    CvTable *cv = ctx;
    const CvRequest *request = cv->request;
    cv->table = table;
    cv->use = ARENA_ARRAY(cv->arena, uint8_t, table->column_count);
    fold_names(cv);
    if (!check_sheet(cv, err))
        return false;
    bool is_ok = use_formula(cv, CV_WEIGHT, request->weight, err);
    is_ok &= use_formula(cv, CV_VALUE, request->value, err);
    if (request->where.len)
        is_ok &= use_formula(cv, CV_WHERE, request->where, err);
    is_ok &= use_group(cv, err);
    if (!is_ok)
        return false;
    use_labels(cv);
    for (size_t i = 0; i < table->column_count; i++) {
        if (cv->use[i] & CV_USE_NUMBER)
            table->column[i].kind = FIELD_NUMBER;
        else if (cv->use[i])
            table->column[i].kind = FIELD_TEXT;
    }
    return true;
}

/* ---- the columns as names ---- */

static const CodeName *add_code(const CvTable *cv, CodeSet *set, Str text)
{
    Str folded = utf8_fold(cv->arena, text);
    const CodeName *known = map_find(&set->names, folded);
    if (!known) {
        double *code = ARENA_NEW(cv->arena, double);
        *code = (double)set->names.len + 1;
        CodeName *name = ARENA_NEW(cv->arena, CodeName);
        *name = (CodeName){.code = code, .count = 1};
        map_set(&set->names, folded, name);
        known = name;
    }
    if (!str_equals(folded, text))
        map_set(&set->names, text, (void *)(uintptr_t)known);
    return known;
}

/* Its different texts are the codes of a text column. */
static CodeSet *texts_to_codes(const CvTable *cv, TableColumn *column)
{
    size_t rows = cv->table->row_count;
    CodeSet *set = ARENA_NEW(cv->arena, CodeSet);
    set->name = column->name;
    map_init(&set->names, cv->arena);
    column->number = arena_alloc_raw(cv->arena, rows * sizeof(double));
    for (size_t row = 0; row < rows; row++) {
        Str text = column->text[row];
        column->number[row] = NAN;
        if (!text.len)
            continue;
        const CodeName *known = map_find(&set->names, text);
        column->number[row] = (known ? known : add_code(cv, set, text))->code[0];
    }
    return set;
}

/* Not by scope_add: a column may be called 合计; a formula then quotes it. */
static void add_symbol(CvTable *cv, TableColumn *column, bool is_number)
{
    Symbol *symbol = ARENA_NEW(cv->arena, Symbol);
    *symbol = (Symbol){.kind = is_number ? SYMBOL_ITEM : SYMBOL_ATTRIBUTE,
                       .name = column->name,
                       .type = is_number ? TYPE_NUMBER : TYPE_CODE,
                       .unit = unit_none(),
                       .level = LEVEL_ROW,
                       .owner = column};
    if (!is_number)
        symbol->codes = texts_to_codes(cv, column);
    map_set(&cv->scope.symbols, symbol->name, symbol);
}

static Str find_near_text(const CvTable *cv, const CodeSet *codes, Str text)
{
    Str *candidate = ARENA_ARRAY(cv->arena, Str, codes->names.len);
    for (size_t i = 0; i < codes->names.len; i++)
        candidate[i] = codes->names.entry[i].key;
    return utf8_nearest(text, candidate, codes->names.len);
}

/* expr would call the column a code list. */
static bool check_text(const CvTable *cv, const Formula *formula, const CodeSet *codes,
                       const Node *text, Err *err)
{
    if (map_find(&codes->names, text->text) ||
        map_find(&codes->names, utf8_fold(cv->arena, text->text)))
        return true;
    ErrPlace place = node_place(formula, text);
    if (err->count >= LIMIT_DIAGS)
        return err_fail_at(err, &place, ERR_CV_TEXT, ARG_STR("text", text->text));
    return err_fail_at(err, &place, ERR_CV_TEXT, ARG_STR("column", codes->name),
                       ARG_STR("text", text->text),
                       ARG_STR("near", find_near_text(cv, codes, text->text)),
                       ARG_STR("texts_zh", list_texts(cv, codes, STR("、"))),
                       ARG_STR("texts", list_texts(cv, codes, STR(", "))));
}

static bool check_comparison(const CvTable *cv, const Formula *formula, const Node *node, Err *err)
{
    bool is_ok = true;
    const Node *name =
        node->arg[0]->kind == NODE_NAME ? node->arg[0] : node->arg[node->arg_count - 1];
    const Symbol *symbol =
        name->kind == NODE_NAME ? map_find(&cv->scope.symbols, name->name) : NULL;
    if (!symbol || !symbol->codes)
        return true;
    for (size_t i = 0; i < node->choice_count; i++)
        is_ok &= check_text(cv, formula, symbol->codes, node->choice[i], err);
    for (size_t i = 0; i < node->arg_count; i++)
        if (node->arg[i]->kind == NODE_TEXT)
            is_ok &= check_text(cv, formula, symbol->codes, node->arg[i], err);
    return is_ok;
}

static bool check_texts(const CvTable *cv, const Formula *formula, const Node *node, Err *err)
{
    bool is_ok = !is_text_comparison(node) || check_comparison(cv, formula, node, err);
    for (size_t i = 0; i < node->arg_count; i++)
        is_ok &= check_texts(cv, formula, node->arg[i], err);
    return is_ok & (!node->where || check_texts(cv, formula, node->where, err));
}

/* After checking: an aggregate over the selected rows cannot help to select them. */
static bool check_where(const Formula *formula, const Node *node, Err *err)
{
    bool is_aggregate =
        node->kind == NODE_CALL && (node->level == LEVEL_REGION || node->fn == FN_RANK);
    ErrPlace place = node_place(formula, node);
    if (is_aggregate)
        return err_fail_at(err, &place, ERR_CV_WHERE,
                           ARG_STR("word", str_from(function_name(node->fn, LANG_ZH))),
                           ARG_STR("word_en", str_from(function_name(node->fn, LANG_EN))));
    bool is_ok = true;
    for (size_t i = 0; i < node->arg_count; i++)
        is_ok &= check_where(formula, node->arg[i], err);
    return is_ok;
}

static bool check_formulas(CvTable *cv, Err *err)
{
    const Symbol number = {.type = TYPE_NUMBER, .level = LEVEL_ROW};
    const Symbol condition = {.type = TYPE_BOOL, .level = LEVEL_ROW};
    bool is_ok = true;
    for (int i = 0; i < CV_FORMULA_COUNT; i++)
        is_ok &= !cv->formula[i].tree || check_texts(cv, &cv->formula[i], cv->formula[i].tree, err);
    if (!is_ok)
        return false;
    is_ok &= expr_check(&cv->scope, &cv->formula[CV_WEIGHT], &number, err);
    is_ok &= expr_check(&cv->scope, &cv->formula[CV_VALUE], &number, err);
    Formula *where = &cv->formula[CV_WHERE];
    if (where->tree)
        is_ok &=
            expr_check(&cv->scope, where, &condition, err) && check_where(where, where->tree, err);
    return is_ok;
}

bool cv_table_load(CvTable *cv, Err *err)
{
    const TableOptions options = {.wish = wish, .ctx = cv, .sheet = cv->request->sheet};
    cv->by_column = -1;
    if (!table_read(cv->arena, cv->request->path, &options, &cv->table, err))
        return false;
    unit_table_init(&cv->units, cv->arena);
    scope_init(&cv->scope, cv->arena, &cv->units);
    for (size_t i = 0; i < cv->table->column_count; i++)
        if (cv->use[i] & (CV_USE_NUMBER | CV_USE_TEXT))
            add_symbol(cv, &cv->table->column[i], cv->use[i] & CV_USE_NUMBER);
    return check_formulas(cv, err);
}

/* ---- rows ---- */

Str cv_table_group(const CvTable *cv, size_t row)
{
    if (cv->by_column < 0)
        return STR("");
    const TableColumn *column = &cv->table->column[cv->by_column];
    if (column->kind == FIELD_TEXT)
        return column->text[row];
    StrBuf out;
    strbuf_init(&out, cv->arena);
    if (!isnan(column->number[row]))
        decimal_add_shortest(&out, column->number[row]);
    return strbuf_str(&out);
}

bool cv_table_is_sum_row(const CvTable *cv, size_t row)
{
    for (size_t i = 0; i < cv->table->column_count; i++) {
        const TableColumn *column = &cv->table->column[i];
        bool may_say = cv->use[i] & (CV_USE_LABEL | CV_USE_GROUP) && column->kind == FIELD_TEXT;
        if (may_say && table_is_sum_word(column->text[row]))
            return true;
    }
    return false;
}
