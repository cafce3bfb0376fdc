/*
 * One sheet, read as a stream: the first row with anything in it is the header, each later one goes
 * straight into the columns. Rows and cells may be left out of the file; their addresses (r=) say
 * where they belong, and without addresses they follow each other.
 */
#include "sheet/xlsx_int.h"

#include "base/decimal.h"

#include <stdlib.h>
#include <string.h>

enum { ROW_MAX = 1048576, COLUMN_MAX = BUILD_ORPHAN_MAX };

typedef enum CellType { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOLEAN, CELL_ERROR } CellType;

typedef struct Sheet {
    Xlsx *xlsx;
    Build *build;
    bool is_data; /* inside sheetData */
    bool is_row;  /* inside a row */
    bool has_header;
    bool has_row; /* the row that is read has something in it */
    bool has_formula;
    bool has_value;
    bool is_collecting; /* inside v or t */
    size_t phonetic_depth;
    uint32_t row;  /* from 1 */
    size_t column; /* of the next cell without an address; inside a cell: behind it */
    CellType type;
    GridShape shape;
    CellText text;
    Str *name; /* the header, LIMIT_TABLE_COLUMNS long */
    size_t name_count;
    int32_t
        *merge_change; /* by column: merges over the header that begin less those that have ended */
} Sheet;

static void fail_ref(Sheet *sheet, XmlRun *run, const char *ref)
{
    ErrPlace place = {.file = sheet->build->table->file, .sheet = sheet->build->table->sheet};
    (void)err_fail_at(sheet->build->err, &place, ERR_TABLE_XLSX_REF,
                      ARG_STR("ref", build_shown(sheet->build, str_from(ref))));
    xml_stop(run);
}

/* Digits without a leading zero; moves *at behind them. 0 if there is no such number up to ROW_MAX.
 */
static uint32_t parse_row(const char **at)
{
    uint32_t row = 0;
    const char *p = *at;
    if (*p == '0')
        return 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        row = row * 10 + (uint32_t)(*p - '0');
        if (row > ROW_MAX)
            return 0;
    }
    *at = p;
    return row;
}

/* "C12" → column 2 (from 0), row 12; moves *at behind it. */
static bool parse_ref(const char **at, size_t *ret_column, uint32_t *ret_row)
{
    size_t column = 0;
    const char *p = *at;
    for (; *p >= 'A' && *p <= 'Z'; p++) {
        column = column * 26 + (size_t)(*p - 'A') + 1;
        if (column > COLUMN_MAX)
            return false;
    }
    uint32_t row = parse_row(&p);
    if (column == 0 || row == 0)
        return false;
    *ret_column = column - 1;
    *ret_row = row;
    *at = p;
    return true;
}

static void row_start(Sheet *sheet, XmlRun *run, const char **attr)
{
    const char *ref = xml_attr(attr, "r");
    uint32_t row = sheet->row + 1;
    if (ref) {
        const char *at = ref;
        row = parse_row(&at);
        if (*at != '\0')
            row = 0;
    }
    if (row <= sheet->row || row > ROW_MAX) {
        fail_ref(sheet, run, ref ? ref : "");
        return;
    }
    sheet->row = row;
    sheet->column = 0;
    sheet->is_row = true;
    sheet->has_row = false;
}

static bool parse_type(const char *type, CellType *ret)
{
    static const struct {
        const char *name;
        CellType type;
    } known[] = {{"n", CELL_NUMBER}, {"s", CELL_SHARED},       {"str", CELL_TEXT},
                 {"d", CELL_TEXT},   {"inlineStr", CELL_TEXT}, {"b", CELL_BOOLEAN},
                 {"e", CELL_ERROR}};
    if (!type) {
        *ret = CELL_NUMBER;
        return true;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(type, known[i].name) == 0) {
            *ret = known[i].type;
            return true;
        }
    }
    return false;
}

/* A style that the workbook does not list changes nothing. */
static GridShape shape_of_style(const Xlsx *xlsx, const char *style)
{
    size_t idx = style ? strtoul(style, NULL, 10) : 0;
    return idx < xlsx->shape.len ? xlsx->shape.ptr[idx] : SHAPE_NUMBER;
}

static void cell_start(Sheet *sheet, XmlRun *run, const char **attr)
{
    if (!sheet->is_row) {
        xml_fail(run, "cell outside a row");
        return;
    }
    const char *ref = xml_attr(attr, "r");
    size_t column = sheet->column;
    if (ref) {
        const char *at = ref;
        uint32_t row;
        if (!parse_ref(&at, &column, &row) || *at != '\0' || row != sheet->row ||
            column < sheet->column) {
            fail_ref(sheet, run, ref);
            return;
        }
    } else if (column >= COLUMN_MAX) {
        fail_ref(sheet, run, "");
        return;
    }
    sheet->column = column + 1;
    sheet->has_formula = false;
    sheet->has_value = false;
    sheet->shape = shape_of_style(sheet->xlsx, xml_attr(attr, "s"));
    cell_text_clear(&sheet->text);
    if (!parse_type(xml_attr(attr, "t"), &sheet->type))
        xml_fail(run, "unknown type of cell");
}

/* To the 15 significant digits that a spreadsheet shows; the double nearest to those. */
static double round_to_15(double value)
{
    Decimal17 shortest = decimal_shortest(value);
    if (shortest.mantissa < 1000000000000000u)
        return value;
    uint64_t cut = shortest.mantissa >= 10000000000000000u ? 100 : 10;
    uint64_t mantissa = (shortest.mantissa + cut / 2) / cut;
    int exp10 = shortest.exp10 + (cut == 100 ? 2 : 1);
    while (mantissa % 10 == 0) {
        mantissa /= 10;
        exp10++;
    }
    int64_t with_sign = shortest.is_negative ? -(int64_t)mantissa : (int64_t)mantissa;
    return decimal_to_double((Decimal){.mantissa = with_sign, .exp10 = exp10});
}

/* The value of a number cell as the file writes it, with up to 17 digits and an exponent. */
static DecimalResult parse_number(Str text, double *ret)
{
    const char *at = text.ptr;
    if (number_scan(&at, ret) && at == text.ptr + text.len)
        return DECIMAL_OK;
    if (strspn(text.ptr, "0123456789+-.eE") < text.len) /* strtod knows inf, nan and hex as well */
        return DECIMAL_BAD;
    char *end;
    double value = strtod(text.ptr, &end);
    if (end != text.ptr + text.len)
        return DECIMAL_BAD;
    if (!isfinite(value) || build_is_absurd(value))
        return DECIMAL_RANGE;
    *ret = round_to_15(value) + 0.0; /* no -0 */
    return DECIMAL_OK;
}

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

/* The trimmed content, in the cell's own buffer, NUL behind it. */
static Str raw_text(Sheet *sheet)
{
    Str text = str_trim((Str){sheet->text.ptr, sheet->text.len});
    sheet->text.ptr[(size_t)(text.ptr - sheet->text.ptr) + text.len] = '\0';
    return text;
}

/* False: the index is not one of the shared strings. */
static bool shared_text(const Sheet *sheet, Str raw, Str *ret)
{
    size_t idx = 0;
    for (size_t i = 0; i < raw.len; i++) {
        unsigned digit = (unsigned char)raw.ptr[i] - (unsigned)'0';
        if (digit > 9 || idx > LIMIT_XLSX_STRINGS)
            return false;
        idx = idx * 10 + digit;
    }
    if (raw.len == 0 || idx >= sheet->xlsx->string.len)
        return false;
    *ret = sheet->xlsx->string.ptr[idx];
    return true;
}

/* The text of a number cell in a text column: a school code that was stored as a number. */
static Str number_as_text(Sheet *sheet, size_t column, Str raw)
{
    double value;
    DecimalResult result = parse_number(raw, &value);
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
static Str cell_as_text(Sheet *sheet, size_t column, Str raw, Str text)
{
    switch (sheet->type) {
    case CELL_NUMBER:
        return number_as_text(sheet, column, raw);
    case CELL_BOOLEAN:
        return str_equals(raw, STR("0")) ? STR("FALSE") : STR("TRUE");
    case CELL_ERROR:
        fail_cell(sheet, column, ERR_TABLE_CELL_ERROR, raw);
        return STR("");
    case CELL_SHARED:
    case CELL_TEXT:
        return build_text(sheet->build, text, column, sheet->row);
    }
    BUG("type of cell");
}

static double cell_as_number(Sheet *sheet, size_t column, Str raw, Str text)
{
    double value = NAN;
    switch (sheet->type) {
    case CELL_NUMBER: {
        DecimalResult result = parse_number(raw, &value);
        if (result != DECIMAL_OK)
            fail_cell(sheet, column,
                      result == DECIMAL_RANGE ? ERR_TABLE_NUMBER_RANGE : ERR_TABLE_NUMBER, raw);
        else if (sheet->shape != SHAPE_NUMBER)
            fail_cell(sheet, column,
                      sheet->shape == SHAPE_DATE ? ERR_TABLE_NUMBER_DATE : ERR_TABLE_NUMBER_PERCENT,
                      raw);
        break;
    }
    case CELL_BOOLEAN:
        fail_cell(sheet, column, ERR_TABLE_NUMBER,
                  str_equals(raw, STR("0")) ? STR("FALSE") : STR("TRUE"));
        break;
    case CELL_ERROR:
        fail_cell(sheet, column, ERR_TABLE_CELL_ERROR, raw);
        break;
    case CELL_SHARED:
    case CELL_TEXT:
        value = build_number(sheet->build, text, column, sheet->row);
        break;
    }
    return value;
}

static void header_cell(Sheet *sheet, XmlRun *run, size_t column, Str raw, Str text)
{
    Build *build = sheet->build;
    if (column >= LIMIT_TABLE_COLUMNS) {
        ErrPlace place = build_place(build, column, sheet->row);
        (void)err_fail_at(build->err, &place, ERR_TABLE_COLUMNS,
                          ARG_INT("limit", LIMIT_TABLE_COLUMNS));
        xml_stop(run);
        return;
    }
    sheet->name[column] = cell_as_text(sheet, column, raw, text);
    sheet->name_count = column + 1;
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

static void body_cell(Sheet *sheet, size_t column_idx, Str raw, Str text, bool is_missing)
{
    Table *table = sheet->build->table;
    size_t row = table->row_count - 1;
    if (column_idx >= table->column_count || str_is_empty(table->column[column_idx].name)) {
        build_orphan(sheet->build, column_idx, sheet->row);
        return;
    }
    TableColumn *column = &table->column[column_idx];
    if (column->kind != FIELD_SKIP && is_missing)
        fail_cell(sheet, column_idx, ERR_TABLE_FORMULA_EMPTY, STR(""));
    else if (column->kind == FIELD_NUMBER)
        column->number[row] = cell_as_number(sheet, column_idx, raw, text);
    else if (column->kind == FIELD_TEXT)
        column->text[row] = cell_as_text(sheet, column_idx, raw, text);
}

static void cell_end(Sheet *sheet, XmlRun *run)
{
    if (!sheet->is_row) /* only if rows stand in cells */
        return;
    Build *build = sheet->build;
    size_t column = sheet->column - 1;
    bool is_text = sheet->type == CELL_TEXT;
    Str text = is_text ? cell_text_get(&sheet->text, build->arena) : STR("");
    Str raw = is_text ? text : raw_text(sheet);

    /* The empty text is a result like any other; an empty number is a formula that was never
     * computed. */
    bool is_missing = sheet->has_formula && (!sheet->has_value || (!is_text && str_is_empty(raw)));
    if (sheet->type == CELL_SHARED && !str_is_empty(raw) && !shared_text(sheet, raw, &text)) {
        xml_fail(run, "no such shared string");
        return;
    }
    bool is_blank = str_is_empty(raw) ||
                    ((is_text || sheet->type == CELL_SHARED) && str_is_empty(str_trim(text)));
    if (is_blank && !is_missing)
        return;

    if (!sheet->has_header) {
        sheet->has_row = true;
        if (is_missing)
            fail_cell(sheet, column, ERR_TABLE_FORMULA_EMPTY, STR(""));
        else
            header_cell(sheet, run, column, raw, text);
        return;
    }
    if (!sheet->has_row && !open_row(sheet)) {
        xml_stop(run);
        return;
    }
    sheet->has_row = true;
    body_cell(sheet, column, raw, text, is_missing);
    if (build_is_full(build))
        xml_stop(run);
}

static void row_end(Sheet *sheet, XmlRun *run)
{
    sheet->is_row = false;
    if (sheet->has_header || !sheet->has_row)
        return;
    Build *build = sheet->build;
    if (build->err->count > build->err_start ||
        !build_header(build, sheet->name, sheet->name_count, sheet->row)) {
        xml_stop(run);
        return;
    }
    sheet->has_header = true;
}

/* Notes which header cells a merge hides: all but its first cell. */
static void merge_cell(Sheet *sheet, XmlRun *run, const char **attr)
{
    const char *ref = xml_attr(attr, "ref");
    const char *at = ref ? ref : "";
    size_t first_column, last_column;
    uint32_t first_row, last_row;
    if (!parse_ref(&at, &first_column, &first_row) || *at++ != ':' ||
        !parse_ref(&at, &last_column, &last_row) || *at != '\0' || first_column > last_column) {
        fail_ref(sheet, run, ref ? ref : "");
        return;
    }
    uint32_t header = sheet->build->header_line;
    if (header < first_row || header > last_row)
        return;
    size_t first_hidden = first_column + (header == first_row);
    if (first_hidden <= last_column) {
        sheet->merge_change[first_hidden]++;
        sheet->merge_change[last_column + 1]--;
    }
}

static void sheet_start(void *ctx, XmlRun *run, const char *name, const char **attr)
{
    Sheet *sheet = ctx;
    if (!sheet->is_data) {
        if (strcmp(name, "sheetData") == 0)
            sheet->is_data = true;
        else if (strcmp(name, "mergeCell") == 0)
            merge_cell(sheet, run, attr);
        return;
    }
    if (strcmp(name, "c") == 0)
        cell_start(sheet, run, attr);
    else if (strcmp(name, "row") == 0)
        row_start(sheet, run, attr);
    else if (strcmp(name, "f") == 0)
        sheet->has_formula = true;
    else if (strcmp(name, "rPh") == 0)
        sheet->phonetic_depth++;
    bool is_value = strcmp(name, "v") == 0;
    if (is_value && sheet->has_value)
        xml_fail(run, "two values in a cell");
    sheet->has_value |= is_value;
    sheet->is_collecting = is_value || (strcmp(name, "t") == 0 && sheet->phonetic_depth == 0);
}

static void sheet_end(void *ctx, XmlRun *run, const char *name)
{
    Sheet *sheet = ctx;
    if (!sheet->is_data)
        return;
    sheet->is_collecting = false;
    if (strcmp(name, "c") == 0)
        cell_end(sheet, run);
    else if (strcmp(name, "row") == 0)
        row_end(sheet, run);
    else if (strcmp(name, "rPh") == 0)
        sheet->phonetic_depth--;
    else if (strcmp(name, "sheetData") == 0)
        sheet->is_data = false;
}

static void sheet_text(void *ctx, const char *bytes, size_t len)
{
    Sheet *sheet = ctx;
    if (sheet->is_collecting)
        cell_text_add(&sheet->text, bytes, len);
}

bool xlsx_sheet_read(Xlsx *xlsx, Str part)
{
    static const XmlHandler handler = {sheet_start, sheet_end, sheet_text};
    Build *build = xlsx->build;
    Sheet sheet = {.xlsx = xlsx, .build = build};
    cell_text_init(&sheet.text, build->arena);
    sheet.name = ARENA_ARRAY(build->arena, Str, LIMIT_TABLE_COLUMNS);
    sheet.merge_change = ARENA_ARRAY(build->arena, int32_t, COLUMN_MAX + 1);
    if (!xlsx_parse(xlsx, part, LIMIT_XLSX_BYTES, &handler, &sheet))
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
