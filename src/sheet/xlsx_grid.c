/* A workbook as grids: every sheet whole, with merges, hidden parts, styles and comments. */
#include "sheet/grid_int.h"
#include "sheet/xlsx_int.h"

#include <string.h>

typedef struct Reading {
    Xlsx *xlsx;
    GridBuild *build;
    size_t *style;  /* of the book, by that of the file */
    size_t *string; /* text of the book + 1, by shared string; 0: not seen yet */
    Arena texts;    /* of one row */
    /* comments */
    uint32_t line;
    size_t column;
    bool is_collecting;
    CellText text;
} Reading;

static bool begin_row(void *ctx, uint32_t line, bool is_hidden)
{
    Reading *reading = ctx;
    grid_begin_row(reading->build, line, is_hidden);
    return true;
}

static bool end_row(void *ctx)
{
    Reading *reading = ctx;
    grid_end_row(reading->build);
    arena_reset(&reading->texts);
    return true;
}

static size_t style_of(const Reading *reading, const XlsxCell *cell)
{
    return cell->style < reading->xlsx->style.len ? reading->style[cell->style] : 0;
}

/* A number that is none, as only a damaged file has it, is kept as the text it is. */
static bool take_number(Reading *reading, const XlsxCell *cell)
{
    double value;
    if (xlsx_parse_number(cell->raw, &value) != DECIMAL_OK)
        return grid_add_text(reading->build, cell->column, cell->raw, style_of(reading, cell));
    return grid_add_number(reading->build, cell->column, value, style_of(reading, cell));
}

static bool take_shared(Reading *reading, const XlsxCell *cell)
{
    size_t *known = &reading->string[cell->string];
    if (cell->text.len > LIMIT_CELL_BYTES)
        return grid_add_text(reading->build, cell->column, cell->text, 0); /* which refuses it */
    if (!*known)
        *known = grid_intern(reading->build, cell->text) + 1;
    return grid_add_shared(reading->build, cell->column, *known - 1, style_of(reading, cell));
}

static bool take_value(Reading *reading, const XlsxCell *cell)
{
    GridBuild *build = reading->build;
    size_t style = style_of(reading, cell);
    switch (cell->type) {
    case XLSX_NUMBER:
        return take_number(reading, cell);
    case XLSX_SHARED:
        return take_shared(reading, cell);
    case XLSX_TEXT:
        return grid_add_text(build, cell->column, cell->text, style);
    case XLSX_BOOLEAN:
        return grid_add_boolean(build, cell->column, !str_equals(cell->raw, STR("0")), style);
    case XLSX_ERROR:
        return grid_add_error(build, cell->column, cell->raw, style);
    }
    BUG("type of cell");
}

static bool take_cell(void *ctx, const XlsxCell *cell)
{
    Reading *reading = ctx;
    if (cell->is_missing)
        return grid_add_uncomputed(reading->build, cell->column, style_of(reading, cell));
    if (!take_value(reading, cell))
        return false;
    grid_last_cell(reading->build)->is_formula = cell->is_formula;
    return true;
}

static bool take_merge(void *ctx, const GridMerge *merge)
{
    Reading *reading = ctx;
    grid_add_merge(reading->build, merge);
    return true;
}

static void hide_columns(void *ctx, size_t first, size_t last)
{
    Reading *reading = ctx;
    grid_hide_columns(reading->build, first, last);
}

static void protect(void *ctx)
{
    Reading *reading = ctx;
    reading->build->grid->is_protected = true;
}

/* ---- comments ---- */

static void comment_start(void *ctx, XmlRun *run, const char *name, const char **attr)
{
    (void)run;
    Reading *reading = ctx;
    if (strcmp(name, "comment") == 0) {
        const char *at = xml_attr(attr, "ref");
        if (!at || !xlsx_parse_ref(&at, &reading->column, &reading->line))
            reading->line = 0; /* of no cell: left out */
        cell_text_clear(&reading->text);
    }
    reading->is_collecting = strcmp(name, "t") == 0;
}

static void comment_end(void *ctx, XmlRun *run, const char *name)
{
    (void)run;
    Reading *reading = ctx;
    reading->is_collecting = false;
    if (strcmp(name, "comment") == 0)
        grid_add_comment(reading->build, reading->line, reading->column,
                         cell_text_get(&reading->text, reading->xlsx->arena));
}

static void comment_text(void *ctx, const char *bytes, size_t len)
{
    Reading *reading = ctx;
    if (reading->is_collecting)
        cell_text_add(&reading->text, bytes, len);
}

static bool read_comments(Reading *reading, Str sheet_part)
{
    static const XmlHandler handler = {comment_start, comment_end, comment_text};
    Str part = xlsx_related(reading->xlsx, sheet_part, STR("/comments"));
    return !part.len || xlsx_parse(reading->xlsx, part, LIMIT_XLSX_BYTES, &handler, reading);
}

/* ---- the book ---- */

static bool read_sheet(Reading *reading, const XlsxSheet *sheet)
{
    static const XlsxSink sink = {begin_row, take_cell, end_row, take_merge, hide_columns, protect};
    if (!grid_begin(reading->build, sheet->name))
        return false;
    reading->xlsx->sheet = sheet->name;
    reading->build->grid->is_hidden = sheet->is_hidden;
    if (!xlsx_parse_sheet(reading->xlsx, sheet->part, &sink, reading) ||
        !read_comments(reading, sheet->part))
        return false;
    grid_end(reading->build);
    return true;
}

static bool read_sheets(Reading *reading, const XlsxSheets *sheets)
{
    Xlsx *xlsx = reading->xlsx;
    reading->style = ARENA_ARRAY(xlsx->arena, size_t, xlsx->style.len + 1);
    reading->string = ARENA_ARRAY(xlsx->arena, size_t, xlsx->string.len + 1);
    for (size_t i = 0; i < xlsx->style.len; i++)
        reading->style[i] = grid_style(reading->build, &xlsx->style.ptr[i]);
    for (size_t i = 0; i < sheets->len; i++)
        if (!read_sheet(reading, &sheets->ptr[i]))
            return false;
    return true;
}

bool grid_read_xlsx(GridBuild *build, Str bytes)
{
    Xlsx opened;
    XlsxSheets sheets = {0};
    Book *book = build->book;
    if (!xlsx_open(&opened, build->arena, book->file, bytes, build->err))
        return false;
    CLEANUP(xlsx_close) Xlsx xlsx = opened;
    Reading reading = {.xlsx = &xlsx, .build = build};
    cell_text_init(&reading.text, build->arena);
    arena_init(&reading.texts);
    xlsx.cells = &reading.texts;
    book->format = BOOK_XLSX;
    book->encoding = STR("UTF-8");
    bool is_ok = xlsx_read_index(&xlsx, &sheets) && xlsx_read_shared(&xlsx) &&
                 read_sheets(&reading, &sheets);
    book->is_1904 = xlsx.is_1904;
    arena_done(&reading.texts);
    return is_ok;
}
