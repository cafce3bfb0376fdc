#include "app/cv_int.h"

#include "calc/calc.h"

#include <math.h>

typedef struct Cv {
    Arena *arena;
    CvTable table;
    VEC(Str) groups;        /* in order of the table */
    VEC(uint32_t) rows;     /* rows that are no sums */
    VEC(uint32_t) group_of; /* of each of them */
    uint32_t *frame_row;    /* of each of them */
    CvLines sum_rows;
} Cv;

static void add_line(CvLines *lines, const Table *table, size_t row)
{
    if (lines->count < CV_LINES_MAX)
        lines->line[lines->count] = table->line[row];
    lines->count++;
}

/* ---- rows and groups ---- */

static void group_rows(Cv *cv)
{
    const Table *table = cv->table.table;
    Map known; /* name -> index + 1 */
    map_init(&known, cv->arena);
    for (size_t row = 0; row < table->row_count; row++) {
        if (cv_table_is_sum_row(&cv->table, row)) {
            add_line(&cv->sum_rows, table, row);
            continue;
        }
        Str name = cv_table_group(&cv->table, row);
        uintptr_t group = (uintptr_t)map_find(&known, name);
        if (!group) {
            VEC_PUSH(cv->arena, &cv->groups, name);
            group = cv->groups.len;
            map_set(&known, name, (void *)group);
        }
        VEC_PUSH(cv->arena, &cv->group_of, (uint32_t)(group - 1));
        VEC_PUSH(cv->arena, &cv->rows, (uint32_t)row);
    }
    if (!cv->groups.len && cv->table.by_column < 0)
        VEC_PUSH(cv->arena, &cv->groups, STR(""));
}

/* The groups as leaf regions under one root. */
static RegionTree *make_regions(Cv *cv)
{
    uint32_t groups = (uint32_t)cv->groups.len;
    RegionTree *tree = ARENA_NEW(cv->arena, RegionTree);
    uint32_t *leaf_region = ARENA_ARRAY(cv->arena, uint32_t, groups);
    tree->region = ARENA_ARRAY(cv->arena, Region, groups + 1);
    tree->count = groups + 1;
    tree->leaf_count = groups;
    tree->leaf_region = leaf_region;
    tree->region[0] = (Region){.parent = UINT32_MAX, .end = groups + 1, .end_leaf = groups};
    for (uint32_t group = 0; group < groups; group++) {
        leaf_region[group] = group + 1;
        tree->region[group + 1] =
            (Region){.level = 1, .end = group + 2, .first_leaf = group, .end_leaf = group + 1};
    }
    return tree;
}

/* Gives each row its place: group after group, padded, within a group in order of the table. */
static uint32_t *place_rows(Cv *cv)
{
    size_t groups = cv->groups.len, rows = cv->rows.len;
    uint32_t *first = ARENA_ARRAY(cv->arena, uint32_t, groups + 1);
    uint32_t *next = ARENA_ARRAY(cv->arena, uint32_t, groups + 1);
    for (size_t i = 0; i < rows; i++)
        next[cv->group_of.ptr[i]]++;
    uint32_t at = 0;
    for (size_t group = 0; group < groups; group++) {
        first[group] = at;
        at += (next[group] + FRAME_LANES - 1) / FRAME_LANES * FRAME_LANES;
        next[group] = first[group];
    }
    first[groups] = at;
    cv->frame_row = ARENA_ARRAY(cv->arena, uint32_t, rows);
    for (size_t i = 0; i < rows; i++)
        cv->frame_row[i] = next[cv->group_of.ptr[i]]++;
    return first;
}

static Frame *make_frame(Cv *cv)
{
    const uint32_t *first = place_rows(cv);
    size_t row_count = first[cv->groups.len], rows = cv->rows.len;
    uint32_t *part = arena_alloc_raw(cv->arena, row_count * sizeof *part);
    memset(part, 0xff, row_count * sizeof *part);
    for (size_t i = 0; i < rows; i++)
        part[cv->frame_row[i]] = cv->rows.ptr[i];

    const Scope *scope = &cv->table.scope;
    Frame *frame = ARENA_NEW(cv->arena, Frame);
    *frame = (Frame){.row_count = row_count,
                     .regions = make_regions(cv),
                     .leaf_first = first,
                     .slot_count = scope->slots.len,
                     .part = part};
    frame->column = ARENA_ARRAY(cv->arena, FrameColumn, frame->slot_count);
    for (size_t slot = 0; slot < frame->slot_count; slot++) {
        const TableColumn *column = scope->slots.ptr[slot].symbol->owner;
        double *value = arena_alloc_raw(cv->arena, row_count * sizeof *value);
        for (size_t row = 0; row < row_count; row++)
            value[row] = part[row] == UINT32_MAX ? NAN : column->number[part[row]];
        frame->column[slot].value = value;
    }
    return frame;
}

/* ---- the formulas of the result ---- */

typedef enum Output {
    ROW_WEIGHT, /* whether the weight is above 0; unknown if there is none */
    ROW_VALUE,  /* whether there is a ratio */
    ROW_COUNT,
    REGION_MEAN = ROW_COUNT,
    REGION_S,
    REGION_CV,
    REGION_WEIGHT,
    REGION_VALUE,
    REGION_MET, /* last: left out without a limit */
    OUTPUT_COUNT,
} Output;

/* W, V, X = per × V / W and the limit L by names that no column has: a blank stands in front. */
static const char *const SOURCES[OUTPUT_COUNT] = {
    [ROW_WEIGHT] = "「 W」 > 0",
    [ROW_VALUE] = "reported(「 X」)",
    [REGION_MEAN] = "mean(「 X」, 「 W」)",
    [REGION_S] = "std(「 X」, 「 W」)",
    [REGION_CV] = "cv(「 X」, 「 W」)",
    [REGION_WEIGHT] = "sum(「 W」 where 「 W」 > 0 and reported(「 X」))",
    [REGION_VALUE] = "sum(「 V」 where 「 W」 > 0 and reported(「 X」))",
    [REGION_MET] = "cv(「 X」, 「 W」) <= 「 L」",
};

static void add_symbol(Cv *cv, Symbol symbol)
{
    Symbol *added = ARENA_NEW(cv->arena, Symbol);
    *added = symbol;
    added->type = TYPE_NUMBER;
    added->unit = unit_none();
    map_set(&cv->table.scope.symbols, added->name, added);
}

static void add_formula(Cv *cv, Str name, Formula *formula)
{
    add_symbol(
        cv, (Symbol){.kind = SYMBOL_FORMULA, .name = name, .level = LEVEL_ROW, .formula = formula});
}

static void add_figure(Cv *cv, Str name, Decimal figure)
{
    add_symbol(
        cv,
        (Symbol){.kind = SYMBOL_PARAMETER, .name = name, .value = {figure}, .has_value = {true}});
}

/* Fails only if a formula of the user is at a limit of the language. */
static bool make_formula(Cv *cv, const char *source, Formula **ret, Err *err)
{
    Formula *formula = ARENA_NEW(cv->arena, Formula);
    *formula = (Formula){.source = str_from(source), .file = STR("cv")};
    *ret = formula;
    return expr_parse(cv->arena, formula, err);
}

static bool make_outputs(Cv *cv, const Node **tree, Err *err)
{
    Formula *ratio;
    add_formula(cv, STR(" W"), &cv->table.formula[CV_WEIGHT]);
    add_formula(cv, STR(" V"), &cv->table.formula[CV_VALUE]);
    add_figure(cv, STR(" N"), cv->table.request->per);
    add_figure(cv, STR(" L"), cv->table.request->limit);
    if (!make_formula(cv, "「 N」 * 「 V」 / 「 W」", &ratio, err))
        return false;
    add_formula(cv, STR(" X"), ratio);
    for (int i = 0; i < OUTPUT_COUNT; i++) {
        Formula *formula;
        if (!make_formula(cv, SOURCES[i], &formula, err) ||
            !expr_check(&cv->table.scope, formula, NULL, err))
            return false;
        tree[i] = formula->tree;
    }
    return true;
}

/* ---- the result ---- */

/* Counts one row in its group or among those left out. */
static void count_row(const Cv *cv, const CalcRun *run, size_t i, CvRow *group, CvResult *ret)
{
    uint32_t at = cv->frame_row[i];
    double has_weight = calc_row_output(run, ROW_WEIGHT)[at];
    CvReason reason = CV_REASON_COUNT;
    if (isnan(has_weight))
        reason = CV_NO_WEIGHT;
    else if (has_weight != 1.0)
        reason = CV_WEIGHT_NOT_POSITIVE;
    else if (calc_row_output(run, ROW_VALUE)[at] != 1.0)
        reason = CV_NO_VALUE;
    if (reason == CV_REASON_COUNT) {
        group->units++;
        return;
    }
    group->left_out++;
    ret->left_out++;
    add_line(&ret->reason[reason], cv->table.table, cv->rows.ptr[i]);
}

static double region_value(const CalcRun *run, Output output, uint32_t group)
{
    return calc_region_output(run, output - ROW_COUNT)[group + 1];
}

static CvRow make_row(const Cv *cv, const CalcRun *run, uint32_t group)
{
    CvRow row = {.group = cv->groups.ptr[group],
                 .weight = region_value(run, REGION_WEIGHT, group),
                 .value = region_value(run, REGION_VALUE, group),
                 .mean = region_value(run, REGION_MEAN, group),
                 .s = region_value(run, REGION_S, group),
                 .cv = region_value(run, REGION_CV, group),
                 .met = TRI_UNKNOWN};
    double met = cv->table.request->has_limit ? region_value(run, REGION_MET, group) : NAN;
    if (!isnan(met))
        row.met = met == 1.0 ? TRI_TRUE : TRI_FALSE;
    return row;
}

static void read_result(const Cv *cv, const CalcRun *run, CvResult *ret)
{
    size_t groups = cv->groups.len;
    bool has_groups = cv->table.by_column >= 0, has_where = cv->table.formula[CV_WHERE].tree;
    const double *selected = has_where ? calc_row_output(run, ROW_COUNT) : NULL;
    CvResult result = {.row = ARENA_ARRAY(cv->arena, CvRow, groups),
                       .has_groups = has_groups,
                       .sum_rows = cv->sum_rows};
    CvRow **row_of = ARENA_ARRAY(cv->arena, CvRow *, groups);
    if (!has_groups) {
        row_of[0] = &result.row[result.row_count++];
        *row_of[0] = make_row(cv, run, 0);
    }
    for (size_t i = 0; i < cv->rows.len; i++) {
        double is_in = selected ? selected[cv->frame_row[i]] : 1.0;
        uint32_t group = cv->group_of.ptr[i];
        if (isnan(is_in))
            add_line(&result.unknown, cv->table.table, cv->rows.ptr[i]);
        if (is_in != 1.0)
            continue;
        if (!row_of[group]) {
            row_of[group] = &result.row[result.row_count++];
            *row_of[group] = make_row(cv, run, group);
        }
        count_row(cv, run, i, row_of[group], &result);
    }
    *ret = result;
}

bool cv_run(Arena *arena, const CvRequest *request, CvResult *ret, Err *err)
{
    Cv cv = {.arena = arena, .table = {.arena = arena, .request = request}};
    const Node *tree[OUTPUT_COUNT];
    if (!cv_table_load(&cv.table, err) || !make_outputs(&cv, tree, err))
        return false;
    group_rows(&cv);
    const Node *where = cv.table.formula[CV_WHERE].tree;
    size_t output_count = request->has_limit ? OUTPUT_COUNT : REGION_MET;
    const Node *const rows[] = {tree[ROW_WEIGHT], tree[ROW_VALUE], where};
    const CalcRequest calc = {.scope = where,
                              .row = rows,
                              .row_count = where ? ROW_COUNT + 1 : ROW_COUNT,
                              .region = tree + ROW_COUNT,
                              .region_count = output_count - ROW_COUNT};
    CalcRun *run = calc_run_new(arena, calc_compile(arena, &calc), make_frame(&cv), NULL);
    calc_run_all(run);
    read_result(&cv, run, ret);
    return true;
}
