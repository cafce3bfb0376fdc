/*
 * A sheet as a flat table: the first row with anything in it is the header, each later one goes straight
 * into the columns.
 */
#include "sheet/xlsx_int.h"

#include "base/decimal.h"

#include <string.h>

enum { COLUMN_MAX = BUILD_ORPHAN_MAX };

typedef struct Sheet {
    Xlsx *xlsx;
    Build *build;
    bool has_header;
    bool has_row; /* the row that is read has something in it */
    uint32_t row; /* from 1 */
    Str *name;    /* the header, LIMIT_TABLE_COLUMNS long */
    size_t name_count;
    int32_t
        *merge_change; /* by column: merges over the header that begin less those that have ended */
} Sheet;

/* Where the cell is for people: its header, or its letters while there is none. */
static Str column_name(Sheet *sheet, size_t column)
{
    const Table *table = sheet->build->table;
    if (sheet->has_header && column < table->column_count)
        return build_shown(sheet->build, table->column[column].name);
    return table_column_letters(sheet->build->arena, column);
}

static void fail_cell(Sheet *sheet, size_t column, ErrCode code, Str text)
{
    Build *build = sheet->build;
    ErrPlace place = build_place(build, column, sheet->row);
    (void)err_fail_at(build->err, &place, code, ARG_STR("column", column_name(sheet, column)),
                      ARG_STR("text", build_shown(build, text)));
}

/* The text of a number cell in a text column: a school code that was stored as a number. */
static Str number_as_text(Sheet *sheet, size_t column, Str raw)
{
    double value;
    DecimalResult result = xlsx_parse_number(raw, &value);
    if (result != DECIMAL_OK) {
        fail_cell(sheet, column,
                  result == DECIMAL_RANGE ? ERR_TABLE_NUMBER_RANGE : ERR_TABLE_NUMBER, raw);
        return STR("");
    }
    if (fabs(value) >= 1e15) {
        fail_cell(sheet, column, ERR_TABLE_TEXT_DIGITS, raw);
        return STR("");
    }
    StrBuf buf;
    strbuf_init(&buf, sheet->build->arena);
    decimal_add_shortest(&buf, value);
    return strbuf_str(&buf);
}

/* The content of a header cell or of a cell in a text column. `text` is that of a text or shared
 * cell. */
static Str cell_as_text(Sheet *sheet, const XlsxCell *cell)
{
    switch (cell->type) {
    case XLSX_NUMBER:
        return number_as_text(sheet, cell->column, cell->raw);
    case XLSX_BOOLEAN:
        return str_equals(cell->raw, STR("0")) ? STR("FALSE") : STR("TRUE");
    case XLSX_ERROR:
        fail_cell(sheet, cell->column, ERR_TABLE_CELL_ERROR, cell->raw);
        return STR("");
    case XLSX_SHARED:
    case XLSX_TEXT:
        return build_text(sheet->build, cell->text, cell->column, sheet->row);
    }
    BUG("type of cell");
}

static double cell_as_number(Sheet *sheet, const XlsxCell *cell)
{
    double value = NAN;
    GridShape shape = cell->style < sheet->xlsx->style.len
                          ? sheet->xlsx->style.ptr[cell->style].shape
                          : SHAPE_NUMBER;
    size_t column = cell->column;
    Str raw = cell->raw;
    switch (cell->type) {
    case XLSX_NUMBER: {
        DecimalResult result = xlsx_parse_number(raw, &value);
        if (result != DECIMAL_OK)
            fail_cell(sheet, column,
                      result == DECIMAL_RANGE ? ERR_TABLE_NUMBER_RANGE : ERR_TABLE_NUMBER, raw);
        else if (shape != SHAPE_NUMBER)
            fail_cell(sheet, column,
                      shape == SHAPE_DATE ? ERR_TABLE_NUMBER_DATE : ERR_TABLE_NUMBER_PERCENT, raw);
        break;
    }
    case XLSX_BOOLEAN:
        fail_cell(sheet, column, ERR_TABLE_NUMBER,
                  str_equals(raw, STR("0")) ? STR("FALSE") : STR("TRUE"));
        break;
    case XLSX_ERROR:
        fail_cell(sheet, column, ERR_TABLE_CELL_ERROR, raw);
        break;
    case XLSX_SHARED:
    case XLSX_TEXT:
        value = build_number(sheet->build, cell->text, column, sheet->row);
        break;
    }
    return value;
}

static bool header_cell(Sheet *sheet, const XlsxCell *cell)
{
    Build *build = sheet->build;
    if (cell->column >= LIMIT_TABLE_COLUMNS) {
        ErrPlace place = build_place(build, cell->column, sheet->row);
        return err_fail_at(build->err, &place, ERR_TABLE_COLUMNS,
                           ARG_INT("limit", LIMIT_TABLE_COLUMNS));
    }
    sheet->name[cell->column] = cell_as_text(sheet, cell);
    sheet->name_count = cell->column + 1;
    return true;
}

/* A row gets its place in the table with its first cell that is not blank: blank rows cost nothing.
 */
static bool open_row(Sheet *sheet)
{
    Build *build = sheet->build;
    Table *table = build->table;
    if (!build_reserve(build, table->row_count + 1))
        return false;
    for (size_t i = 0; i < table->column_count; i++) {
        TableColumn *column = &table->column[i];
        if (column->kind == FIELD_NUMBER)
            column->number[table->row_count] = NAN;
        else if (column->kind == FIELD_TEXT)
            column->text[table->row_count] = STR("");
    }
    table->line[table->row_count++] = sheet->row;
    return true;
}

static void body_cell(Sheet *sheet, const XlsxCell *cell)
{
    Table *table = sheet->build->table;
    size_t row = table->row_count - 1;
    if (cell->column >= table->column_count || str_is_empty(table->column[cell->column].name)) {
        build_orphan(sheet->build, cell->column, sheet->row);
        return;
    }
    TableColumn *column = &table->column[cell->column];
    if (column->kind != FIELD_SKIP && cell->is_missing)
        fail_cell(sheet, cell->column, ERR_TABLE_FORMULA_EMPTY, STR(""));
    else if (column->kind == FIELD_NUMBER)
        column->number[row] = cell_as_number(sheet, cell);
    else if (column->kind == FIELD_TEXT)
        column->text[row] = cell_as_text(sheet, cell);
}

/* ---- the sink ---- */

static bool begin_row(void *ctx, uint32_t line, bool is_hidden)
{
    (void)is_hidden;
    Sheet *sheet = ctx;
    sheet->row = line;
    sheet->has_row = false;
    return true;
}

static bool take_cell(void *ctx, const XlsxCell *cell)
{
    Sheet *sheet = ctx;
    if (!sheet->has_header) {
        sheet->has_row = true;
        if (!cell->is_missing)
            return header_cell(sheet, cell);
        fail_cell(sheet, cell->column, ERR_TABLE_FORMULA_EMPTY, STR(""));
        return true;
    }
    if (!sheet->has_row && !open_row(sheet))
        return false;
    sheet->has_row = true;
    body_cell(sheet, cell);
    return !build_is_full(sheet->build);
}

static bool end_row(void *ctx)
{
    Sheet *sheet = ctx;
    if (sheet->has_header || !sheet->has_row)
        return true;
    Build *build = sheet->build;
    if (build->err->count > build->err_start ||
        !build_header(build, sheet->name, sheet->name_count, sheet->row))
        return false;
    sheet->has_header = true;
    return true;
}

/* Notes which header cells a merge hides: all but its first cell. */
static bool take_merge(void *ctx, const GridMerge *merge)
{
    Sheet *sheet = ctx;
    uint32_t header = sheet->build->header_line;
    if (header < merge->first_line || header > merge->last_line)
        return true;
    size_t first_hidden = merge->first_column + (size_t)(header == merge->first_line);
    if (first_hidden <= merge->last_column) {
        sheet->merge_change[first_hidden]++;
        sheet->merge_change[merge->last_column + 1]--;
    }
    return true;
}

static void hide_columns(void *ctx, size_t first, size_t last)
{
    (void)ctx, (void)first, (void)last;
}

static void protect(void *ctx)
{
    (void)ctx;
}

bool xlsx_read_table(Xlsx *xlsx, Str part, Build *build)
{
    static const XlsxSink sink = {begin_row, take_cell, end_row, take_merge, hide_columns, protect};
    Sheet sheet = {.xlsx = xlsx, .build = build};
    sheet.name = ARENA_ARRAY(build->arena, Str, LIMIT_TABLE_COLUMNS);
    sheet.merge_change = ARENA_ARRAY(build->arena, int32_t, COLUMN_MAX + 1);
    if (!xlsx_parse_sheet(xlsx, part, &sink, &sheet))
        return false;
    if (!sheet.has_header)
        return build_header(build, sheet.name, 0, 0);

    bool *is_merged = ARENA_ARRAY(build->arena, bool, COLUMN_MAX);
    int32_t open = 0;
    for (size_t i = 0; i < COLUMN_MAX; i++) {
        open += sheet.merge_change[i];
        is_merged[i] = open > 0;
    }
    return build_finish(build, is_merged);
}
