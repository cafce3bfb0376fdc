/*
 * One sheet as a stream of cells. Rows and cells may be left out of the file; their addresses (r=) say
 * where they belong, and without addresses they follow each other.
 */
#include "sheet/xlsx_int.h"

#include "base/decimal.h"

#include <stdlib.h>
#include <string.h>

enum { ROW_MAX = LIMIT_GRID_LINES, COLUMN_MAX = LIMIT_GRID_COLUMNS };

typedef struct Sheet {
    Xlsx *xlsx;
    const XlsxSink *sink;
    void *ctx;
    bool is_data; /* inside sheetData */
    bool is_row;  /* inside a row */
    bool has_formula;
    bool has_value;
    bool is_collecting; /* inside v or t */
    size_t phonetic_depth;
    uint32_t row;  /* from 1 */
    size_t column; /* of the next cell without an address; inside a cell: behind it */
    XlsxType type;
    size_t style;
    CellText text;
} Sheet;

static void fail_ref(Sheet *sheet, XmlRun *run, const char *ref)
{
    const Xlsx *xlsx = sheet->xlsx;
    ErrPlace place = {.file = xlsx->file, .sheet = xlsx->sheet};
    (void)err_fail_at(xlsx->err, &place, ERR_TABLE_XLSX_REF,
                      ARG_STR("ref", sheet_shown(xlsx->arena, str_from(ref))));
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
bool xlsx_parse_ref(const char **at, size_t *ret_column, uint32_t *ret_row)
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

static bool attr_yes(const char **attr, const char *name)
{
    const char *value = xml_attr(attr, name);
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
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
    if (!sheet->sink->begin_row(sheet->ctx, row, attr_yes(attr, "hidden")))
        xml_stop(run);
}

static bool parse_type(const char *type, XlsxType *ret)
{
    static const struct {
        const char *name;
        XlsxType type;
    } known[] = {{"n", XLSX_NUMBER}, {"s", XLSX_SHARED},       {"str", XLSX_TEXT},
                 {"d", XLSX_TEXT},   {"inlineStr", XLSX_TEXT}, {"b", XLSX_BOOLEAN},
                 {"e", XLSX_ERROR}};
    if (!type) {
        *ret = XLSX_NUMBER;
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
static size_t style_of(const Xlsx *xlsx, const char *style)
{
    size_t idx = style ? strtoul(style, NULL, 10) : 0;
    return idx < xlsx->style.len ? idx : SIZE_MAX;
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
        if (!xlsx_parse_ref(&at, &column, &row) || *at != '\0' || row != sheet->row ||
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
    sheet->style = style_of(sheet->xlsx, xml_attr(attr, "s"));
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
DecimalResult xlsx_parse_number(Str text, double *ret)
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

/* The trimmed content, in the cell's own buffer, NUL behind it. */
static Str raw_text(Sheet *sheet)
{
    Str text = str_trim((Str){sheet->text.ptr, sheet->text.len});
    sheet->text.ptr[(size_t)(text.ptr - sheet->text.ptr) + text.len] = '\0';
    return text;
}

/* False: the index is not one of the shared strings. */
static bool shared_string(const Sheet *sheet, Str raw, size_t *ret)
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
    *ret = idx;
    return true;
}

static void cell_end(Sheet *sheet, XmlRun *run)
{
    if (!sheet->is_row) /* only if rows stand in cells */
        return;
    Xlsx *xlsx = sheet->xlsx;
    bool is_text = sheet->type == XLSX_TEXT;
    XlsxCell cell = {.line = sheet->row,
                     .column = sheet->column - 1,
                     .type = sheet->type,
                     .style = sheet->style,
                     .is_formula = sheet->has_formula,
                     .text = is_text ? cell_text_get(&sheet->text, xlsx->cells) : STR("")};
    cell.raw = is_text ? cell.text : raw_text(sheet);

    /* The empty text is a result like any other; an empty number is a formula that was never
     * computed. */
    cell.is_missing =
        sheet->has_formula && (!sheet->has_value || (!is_text && str_is_empty(cell.raw)));
    if (sheet->type == XLSX_SHARED && !str_is_empty(cell.raw)) {
        if (!shared_string(sheet, cell.raw, &cell.string)) {
            xml_fail(run, "no such shared string");
            return;
        }
        cell.text = xlsx->string.ptr[cell.string];
    }
    bool is_blank = str_is_empty(cell.raw) ||
                    ((is_text || sheet->type == XLSX_SHARED) && str_is_empty(str_trim(cell.text)));
    if ((!is_blank || cell.is_missing) && !sheet->sink->cell(sheet->ctx, &cell))
        xml_stop(run);
}

static void row_end(Sheet *sheet, XmlRun *run)
{
    sheet->is_row = false;
    if (!sheet->sink->end_row(sheet->ctx))
        xml_stop(run);
}

static void merge_cell(Sheet *sheet, XmlRun *run, const char **attr)
{
    const char *ref = xml_attr(attr, "ref");
    const char *at = ref ? ref : "";
    size_t first_column, last_column;
    GridMerge merge;
    if (!xlsx_parse_ref(&at, &first_column, &merge.first_line) || *at++ != ':' ||
        !xlsx_parse_ref(&at, &last_column, &merge.last_line) || *at != '\0' ||
        first_column > last_column) {
        fail_ref(sheet, run, ref ? ref : "");
        return;
    }
    merge.first_column = (uint16_t)first_column;
    merge.last_column = (uint16_t)last_column;
    if (!sheet->sink->merge(sheet->ctx, &merge))
        xml_stop(run);
}

/* <col min="3" max="5" hidden="1"/>, counted from 1. */
static void hide_columns(Sheet *sheet, const char **attr)
{
    const char *min = xml_attr(attr, "min"), *max = xml_attr(attr, "max");
    unsigned long first = min ? strtoul(min, NULL, 10) : 0, last = max ? strtoul(max, NULL, 10) : 0;
    if (attr_yes(attr, "hidden") && first >= 1 && first <= last && first <= COLUMN_MAX)
        sheet->sink->hide_columns(sheet->ctx, first - 1,
                                  (last < COLUMN_MAX ? last : COLUMN_MAX) - 1);
}

static void outside_start(Sheet *sheet, XmlRun *run, const char *name, const char **attr)
{
    if (strcmp(name, "sheetData") == 0)
        sheet->is_data = true;
    else if (strcmp(name, "mergeCell") == 0)
        merge_cell(sheet, run, attr);
    else if (strcmp(name, "col") == 0)
        hide_columns(sheet, attr);
    else if (strcmp(name, "sheetProtection") == 0 && attr_yes(attr, "sheet"))
        sheet->sink->protect(sheet->ctx);
}

static void sheet_start(void *ctx, XmlRun *run, const char *name, const char **attr)
{
    Sheet *sheet = ctx;
    if (!sheet->is_data) {
        outside_start(sheet, run, name, attr);
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

bool xlsx_parse_sheet(Xlsx *xlsx, Str part, const XlsxSink *sink, void *ctx)
{
    static const XmlHandler handler = {sheet_start, sheet_end, sheet_text};
    Sheet sheet = {.xlsx = xlsx, .sink = sink, .ctx = ctx};
    cell_text_init(&sheet.text, xlsx->arena);
    return xlsx_parse(xlsx, part, LIMIT_XLSX_BYTES, &handler, &sheet);
}
