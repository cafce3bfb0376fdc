/* Grids while they are filled, and how they are asked. */
#include "sheet/grid_int.h"

#include "base/decimal.h"
#include "sheet/table.h"

#include <math.h>
#include <stdlib.h>

void grid_build_init(GridBuild *build, Arena *arena, Book *book, Err *err)
{
    *build = (GridBuild){.arena = arena, .book = book, .err = err};
    map_init(&build->texts, arena);
    map_init(&build->styles, arena);
    GridStyle plain = {.format = STR(""), .fill = GRID_NO_COLOUR, .font = GRID_NO_COLOUR};
    VEC_PUSH(arena, &book->style, plain);
}

bool grid_begin(GridBuild *build, Str name)
{
    Book *book = build->book;
    if (book->sheet.len == LIMIT_GRID_SHEETS) {
        ErrPlace place = {.file = book->file};
        return err_fail_at(build->err, &place, ERR_BOOK_SHEETS,
                           ARG_INT("limit", LIMIT_GRID_SHEETS));
    }
    VEC_PUSH(build->arena, &book->sheet, (Grid){.name = str_dup(build->arena, name)});
    build->grid = &book->sheet.ptr[book->sheet.len - 1];
    build->line = 0;
    return true;
}

void grid_begin_row(GridBuild *build, uint32_t line, bool is_hidden)
{
    CHECK(line > build->line && line <= LIMIT_GRID_LINES);
    build->line = line;
    build->is_hidden = is_hidden;
    build->cell.len = 0;
}

static ErrPlace cell_place(GridBuild *build, size_t column)
{
    Str letters = table_column_letters(build->arena, column);
    return (ErrPlace){.file = build->book->file,
                      .sheet = build->grid->name,
                      .line = build->line,
                      .column = column + 1,
                      .cell = str_format(build->arena, "%.*s%u", STR_ARG(letters), build->line)};
}

static bool add_cell(GridBuild *build, const GridCell *cell)
{
    CHECK(!build->cell.len || build->cell.ptr[build->cell.len - 1].column < cell->column);
    if (build->cell_count == LIMIT_GRID_CELLS) {
        ErrPlace place = cell_place(build, cell->column);
        return err_fail_at(build->err, &place, ERR_BOOK_CELLS, ARG_INT("limit", LIMIT_GRID_CELLS));
    }
    build->cell_count++;
    VEC_PUSH(build->arena, &build->cell, *cell);
    return true;
}

static GridCell new_cell(size_t column, size_t style, GridKind kind)
{
    CHECK(column < LIMIT_GRID_COLUMNS && style <= UINT16_MAX);
    return (GridCell){.column = (uint16_t)column, .style = (uint16_t)style, .kind = (uint8_t)kind};
}

bool grid_add_number(GridBuild *build, size_t column, double number, size_t style)
{
    if (!isfinite(number))
        return true;
    GridCell cell = new_cell(column, style, GRID_NUMBER);
    cell.shape = (uint8_t)build->book->style.ptr[style].shape;
    cell.number = number + 0.0; /* no -0 */
    return add_cell(build, &cell);
}

bool grid_add_shared(GridBuild *build, size_t column, size_t text, size_t style)
{
    GridCell cell = new_cell(column, style, GRID_TEXT);
    cell.text = text;
    return add_cell(build, &cell);
}

static bool add_text(GridBuild *build, size_t column, Str text, size_t style, GridKind kind)
{
    if (!text.len)
        return true;
    if (text.len > LIMIT_CELL_BYTES) {
        ErrPlace place = cell_place(build, column);
        return err_fail_at(build->err, &place, ERR_TABLE_CELL_BYTES, ARG_INT("size", text.len),
                           ARG_INT("limit", LIMIT_CELL_BYTES));
    }
    GridCell cell = new_cell(column, style, kind);
    cell.text = grid_intern(build, text);
    return add_cell(build, &cell);
}

bool grid_add_text(GridBuild *build, size_t column, Str text, size_t style)
{
    return add_text(build, column, text, style, GRID_TEXT);
}

bool grid_add_error(GridBuild *build, size_t column, Str text, size_t style)
{
    return add_text(build, column, text, style, GRID_ERROR);
}

bool grid_add_boolean(GridBuild *build, size_t column, bool value, size_t style)
{
    GridCell cell = new_cell(column, style, GRID_BOOLEAN);
    cell.number = value;
    return add_cell(build, &cell);
}

bool grid_add_uncomputed(GridBuild *build, size_t column, size_t style)
{
    GridCell cell = new_cell(column, style, GRID_UNCOMPUTED);
    cell.is_formula = true;
    return add_cell(build, &cell);
}

GridCell *grid_last_cell(GridBuild *build)
{
    CHECK(build->cell.len > 0);
    return &build->cell.ptr[build->cell.len - 1];
}

void grid_end_row(GridBuild *build)
{
    size_t count = build->cell.len;
    if (!count)
        return;
    GridCell *cell = ARENA_ARRAY(build->arena, GridCell, count);
    memcpy(cell, build->cell.ptr, count * sizeof *cell);
    GridRow row = {.line = build->line,
                   .cell_count = (uint32_t)count,
                   .cell = cell,
                   .is_hidden = build->is_hidden};
    VEC_PUSH(build->arena, &build->grid->row, row);
    size_t width = cell[count - 1].column + 1u;
    if (width > build->grid->column_count)
        build->grid->column_count = (uint16_t)width;
    build->cell.len = 0;
}

void grid_add_merge(GridBuild *build, const GridMerge *merge)
{
    bool is_one =
        merge->first_line == merge->last_line && merge->first_column == merge->last_column;
    bool is_inside = merge->first_line >= 1 && merge->first_line <= merge->last_line &&
                     merge->last_line <= LIMIT_GRID_LINES &&
                     merge->first_column <= merge->last_column &&
                     merge->last_column < LIMIT_GRID_COLUMNS;
    if (is_inside && !is_one && build->grid->merge.len < LIMIT_GRID_MERGES)
        VEC_PUSH(build->arena, &build->grid->merge, *merge);
}

void grid_add_comment(GridBuild *build, uint32_t line, size_t column, Str text)
{
    if (line < 1 || line > LIMIT_GRID_LINES || column >= LIMIT_GRID_COLUMNS ||
        build->grid->comment.len == LIMIT_GRID_COMMENTS)
        return;
    GridComment comment = {
        .line = line, .column = (uint16_t)column, .text = str_dup(build->arena, text)};
    VEC_PUSH(build->arena, &build->grid->comment, comment);
}

void grid_hide_columns(GridBuild *build, size_t first, size_t last)
{
    for (size_t column = first; column <= last && column < LIMIT_GRID_COLUMNS; column++)
        VEC_PUSH(build->arena, &build->grid->hidden_column, (uint16_t)column);
}

static int merge_order(const void *a, const void *b)
{
    const GridMerge *x = a, *y = b;
    if (x->first_line != y->first_line)
        return x->first_line < y->first_line ? -1 : 1;
    return x->first_column < y->first_column ? -1 : x->first_column > y->first_column;
}

static int comment_order(const void *a, const void *b)
{
    const GridComment *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

static int column_order(const void *a, const void *b)
{
    uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;
    return x < y ? -1 : x > y;
}

/*
 * Keeps those merges that lie over none before them. By lines from the top: of each column, the last
 * line that is taken. A merge as wide as the sheet costs its width, which the file's own size bounds
 * only through LIMIT_GRID_MERGES; it is the most that anybody can ask for.
 */
static void keep_merges(GridBuild *build)
{
    Grid *grid = build->grid;
    if (!grid->merge.len)
        return;
    qsort(grid->merge.ptr, grid->merge.len, sizeof *grid->merge.ptr, merge_order);
    uint32_t *taken = ARENA_ARRAY(build->arena, uint32_t, LIMIT_GRID_COLUMNS);
    size_t kept = 0;
    for (size_t i = 0; i < grid->merge.len; i++) {
        const GridMerge merge = grid->merge.ptr[i];
        bool is_free = true;
        for (size_t column = merge.first_column; column <= merge.last_column && is_free; column++)
            is_free = taken[column] < merge.first_line;
        if (!is_free)
            continue;
        for (size_t column = merge.first_column; column <= merge.last_column; column++)
            taken[column] = merge.last_line;
        grid->merge.ptr[kept++] = merge;
    }
    grid->merge.len = kept;
}

static void place_comments(Grid *grid)
{
    if (grid->comment.len)
        qsort(grid->comment.ptr, grid->comment.len, sizeof *grid->comment.ptr, comment_order);
    for (size_t i = 0; i < grid->comment.len; i++) {
        const GridRow *row = grid_find_row(grid, grid->comment.ptr[i].line);
        const GridCell *cell = row ? grid_find_cell(row, grid->comment.ptr[i].column) : NULL;
        if (cell) /* the cells are ours until the book is handed out */
            ((GridCell *)(uintptr_t)cell)->has_comment = true;
    }
}

void grid_end(GridBuild *build)
{
    Grid *grid = build->grid;
    keep_merges(build);
    place_comments(grid);
    size_t kept = 0;
    if (grid->hidden_column.len)
        qsort(grid->hidden_column.ptr, grid->hidden_column.len, sizeof(uint16_t), column_order);
    for (size_t i = 0; i < grid->hidden_column.len; i++) {
        uint16_t column = grid->hidden_column.ptr[i];
        if (column < grid->column_count &&
            (kept == 0 || grid->hidden_column.ptr[kept - 1] != column))
            grid->hidden_column.ptr[kept++] = column;
    }
    grid->hidden_column.len = kept;
}

static size_t map_number(Map *map, Arena *arena, Str key, bool *ret_is_new)
{
    /* The value only has to be found again; the place in the map is the number. */
    void *found = map_find(map, key);
    *ret_is_new = !found;
    if (found)
        return (size_t)(uintptr_t)found - 1;
    map_set(map, str_dup(arena, key), (void *)(uintptr_t)(map->len + 1));
    return map->len - 1;
}

size_t grid_intern(GridBuild *build, Str text)
{
    bool is_new;
    size_t number = map_number(&build->texts, build->arena, text, &is_new);
    if (is_new)
        VEC_PUSH(build->arena, &build->book->text, build->texts.entry[number].key);
    return number;
}

size_t grid_style(GridBuild *build, const GridStyle *style)
{
    Book *book = build->book;
    Str key = str_format(build->arena, "%u %u %d %.*s", style->fill, style->font, (int)style->shape,
                         STR_ARG(style->format));
    bool is_plain = style->fill == GRID_NO_COLOUR && style->font == GRID_NO_COLOUR &&
                    style->shape == SHAPE_NUMBER && !style->format.len;
    if (is_plain || (book->style.len > UINT16_MAX && !map_find(&build->styles, key)))
        return 0;
    bool is_new;
    size_t number = map_number(&build->styles, build->arena, key, &is_new);
    if (is_new) {
        GridStyle copy = *style;
        copy.format = str_dup(build->arena, style->format);
        VEC_PUSH(build->arena, &book->style, copy);
    }
    return number + 1;
}

/* ---- asking ---- */

const GridRow *grid_find_row(const Grid *grid, uint32_t line)
{
    size_t low = 0, high = grid->row.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (grid->row.ptr[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    return low < grid->row.len && grid->row.ptr[low].line == line ? &grid->row.ptr[low] : NULL;
}

const GridCell *grid_find_cell(const GridRow *row, size_t column)
{
    size_t low = 0, high = row->cell_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (row->cell[middle].column < column)
            low = middle + 1;
        else
            high = middle;
    }
    return low < row->cell_count && row->cell[low].column == column ? &row->cell[low] : NULL;
}

const GridMerge *grid_find_merge(const Grid *grid, uint32_t line, size_t column)
{
    for (size_t i = 0; i < grid->merge.len && grid->merge.ptr[i].first_line <= line; i++) {
        const GridMerge *merge = &grid->merge.ptr[i];
        if (line <= merge->last_line && column >= merge->first_column &&
            column <= merge->last_column)
            return merge;
    }
    return NULL;
}

const Grid *book_find_sheet(const Book *book, Str name)
{
    for (size_t i = 0; i < book->sheet.len; i++)
        if (str_equals(str_trim(book->sheet.ptr[i].name), str_trim(name)))
            return &book->sheet.ptr[i];
    return NULL;
}

/* ---- dump ---- */

static void dump_cell(StrBuf *out, const Book *book, const GridRow *row, const GridCell *cell)
{
    static const char *const shapes[] = {"", "date ", "percent "};
    Str letters = table_column_letters(out->arena, cell->column);
    strbuf_addf(out, "  %.*s%u %s%s", STR_ARG(letters), row->line, cell->is_formula ? "=" : "",
                cell->kind == GRID_NUMBER ? shapes[cell->shape] : "");
    switch ((GridKind)cell->kind) {
    case GRID_NUMBER:
        decimal_add_shortest(out, cell->number);
        break;
    case GRID_BOOLEAN:
        strbuf_add(out, cell->number != 0 ? STR("TRUE") : STR("FALSE"));
        break;
    case GRID_ERROR:
        strbuf_addf(out, "error %.*s", STR_ARG(grid_text(book, cell)));
        break;
    case GRID_UNCOMPUTED:
        strbuf_add(out, STR("?"));
        break;
    case GRID_TEXT:
        strbuf_addf(out, "'%.*s'", STR_ARG(grid_text(book, cell)));
        break;
    }
    const GridStyle *style = &book->style.ptr[cell->style];
    if (style->format.len)
        strbuf_addf(out, " [%.*s]", STR_ARG(style->format));
    if (style->fill != GRID_NO_COLOUR)
        strbuf_addf(out, " fill %06x", style->fill);
    if (style->font != GRID_NO_COLOUR)
        strbuf_addf(out, " font %06x", style->font);
    strbuf_add(out, cell->has_comment ? STR(" comment\n") : STR("\n"));
}

static void dump_grid(StrBuf *out, const Book *book, const Grid *grid)
{
    strbuf_addf(out, "sheet '%.*s'%s%s, %u columns\n", STR_ARG(grid->name),
                grid->is_hidden ? " hidden" : "", grid->is_protected ? " protected" : "",
                grid->column_count);
    for (size_t i = 0; i < grid->hidden_column.len; i++)
        strbuf_addf(out, "  hidden column %.*s\n",
                    STR_ARG(table_column_letters(out->arena, grid->hidden_column.ptr[i])));
    for (size_t i = 0; i < grid->merge.len; i++) {
        const GridMerge *merge = &grid->merge.ptr[i];
        Str first = table_column_letters(out->arena, merge->first_column);
        Str last = table_column_letters(out->arena, merge->last_column);
        strbuf_addf(out, "  merge %.*s%u:%.*s%u\n", STR_ARG(first), merge->first_line,
                    STR_ARG(last), merge->last_line);
    }
    for (size_t i = 0; i < grid->row.len; i++) {
        const GridRow *row = &grid->row.ptr[i];
        if (row->is_hidden)
            strbuf_addf(out, "  hidden row %u\n", row->line);
        for (size_t k = 0; k < row->cell_count; k++)
            dump_cell(out, book, row, &row->cell[k]);
    }
    for (size_t i = 0; i < grid->comment.len; i++) {
        const GridComment *comment = &grid->comment.ptr[i];
        strbuf_addf(out, "  comment %.*s%u '%.*s'\n",
                    STR_ARG(table_column_letters(out->arena, comment->column)), comment->line,
                    STR_ARG(comment->text));
    }
}

void book_dump(StrBuf *out, const Book *book)
{
    static const char *const formats[] = {"xlsx", "xls 8", "xls 5", "xml", "html", "text"};
    strbuf_addf(out, "%s %.*s", formats[book->format], STR_ARG(book->encoding));
    if (book->delimiter)
        strbuf_addf(out, " delimiter %s",
                    book->delimiter == '\t' ? "tab" : (const char[]){book->delimiter, 0});
    strbuf_add(out, book->is_1904 ? STR(" from 1904\n") : STR("\n"));
    for (size_t i = 0; i < book->sheet.len; i++)
        dump_grid(out, book, &book->sheet.ptr[i]);
}
