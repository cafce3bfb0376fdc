/* Finding the header, and what each row below it is. */
#include "sheet/layout.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <math.h>

/* The text that a cell shows for a header: that of its merge's first cell, trimmed, one line. */
typedef struct HeaderReader {
    Arena *arena;
    const Book *book;
    const Grid *grid;
    LayoutKnown *known;
    void *ctx;
    uint32_t first_line; /* of what was read */
    size_t line_count;
    Str *text; /* line_count x column_count */
} HeaderReader;

static Str one_line(Arena *arena, Str text)
{
    StrBuf buf;
    strbuf_init(&buf, arena);
    Str left = str_trim(text);
    for (size_t i = 0; i < left.len; i++)
        if (left.ptr[i] != '\n' && left.ptr[i] != '\r')
            strbuf_add_char(&buf, left.ptr[i]);
    return strbuf_str(&buf);
}

static Str cell_text(Arena *arena, const Book *book, const GridCell *cell)
{
    if (cell->kind == GRID_TEXT)
        return one_line(arena, grid_text(book, cell));
    return STR("");
}

static Str *text_at(HeaderReader *reader, uint32_t line, size_t column)
{
    return &reader->text[(line - reader->first_line) * reader->grid->column_count + column];
}

static void spread_merge(HeaderReader *reader, const GridMerge *merge)
{
    uint32_t end_line = reader->first_line + (uint32_t)reader->line_count;
    if (merge->first_line < reader->first_line || merge->first_line >= end_line ||
        merge->first_column >= reader->grid->column_count)
        return;
    Str text = *text_at(reader, merge->first_line, merge->first_column);
    for (uint32_t line = merge->first_line; line <= merge->last_line && line < end_line; line++)
        for (size_t column = merge->first_column;
             column <= merge->last_column && column < reader->grid->column_count; column++)
            *text_at(reader, line, column) = text;
}

/* All that can be a header: the first lines that have anything in them. */
static void read_head(HeaderReader *reader)
{
    const Grid *grid = reader->grid;
    size_t rows = grid->row.len < LAYOUT_SEARCH_LINES ? grid->row.len : LAYOUT_SEARCH_LINES;
    reader->first_line = grid->row.ptr[0].line;
    size_t span = grid->row.ptr[rows - 1].line - reader->first_line + 1;
    reader->line_count = span < LAYOUT_SEARCH_LINES ? span : LAYOUT_SEARCH_LINES;
    reader->text = ARENA_ARRAY(reader->arena, Str, reader->line_count * grid->column_count);
    for (size_t i = 0; i < rows; i++) {
        const GridRow *row = &grid->row.ptr[i];
        if (row->line - reader->first_line >= reader->line_count)
            break;
        for (size_t k = 0; k < row->cell_count; k++)
            *text_at(reader, row->line, row->cell[k].column) =
                cell_text(reader->arena, reader->book, &row->cell[k]);
    }
    for (size_t i = 0; i < grid->merge.len; i++)
        spread_merge(reader, &grid->merge.ptr[i]);
}

/* The path of a column in a band; what says again what stands above it counts once. */
static size_t path_of(HeaderReader *reader, uint32_t first, uint32_t last, size_t column, Str *ret)
{
    size_t count = 0;
    for (uint32_t line = first; line <= last; line++) {
        Str text = *text_at(reader, line, column);
        if (text.len && !(count && str_equals(ret[count - 1], text)))
            ret[count++] = text;
    }
    return count;
}

static Str known_name(HeaderReader *reader, uint32_t first, uint32_t last, size_t column)
{
    Str path[LAYOUT_PATH_MAX];
    size_t count = path_of(reader, first, last, column, path);
    return count ? reader->known(reader->ctx, path, count) : STR("");
}

static bool has_text(HeaderReader *reader, uint32_t line)
{
    for (size_t column = 0; column < reader->grid->column_count; column++)
        if (text_at(reader, line, column)->len)
            return true;
    return false;
}

/*
 * A record below the header can have known words, too (a list of items); but then in one column. Each
 * line of the band must have a text, and the last one one that the lines above do not have.
 */
static size_t count_known(HeaderReader *reader, uint32_t first, uint32_t last)
{
    size_t count = 0;
    for (uint32_t line = first; line <= last; line++)
        if (!has_text(reader, line))
            return 0;
    for (size_t column = 0; column < reader->grid->column_count; column++)
        count += known_name(reader, first, last, column).len > 0;
    return count;
}

/* A title or unit line that is merged over the table would be the first part of every path. */
static bool is_spanning(HeaderReader *reader, uint32_t line)
{
    Str only = STR("");
    size_t width = 0;
    for (size_t column = 0; column < reader->grid->column_count; column++) {
        Str text = *text_at(reader, line, column);
        if (!text.len)
            continue;
        if (only.len && !str_equals(only, text))
            return false;
        only = text;
        width++;
    }
    return width > 0;
}

static bool find_band(HeaderReader *reader, size_t least, Layout *layout)
{
    size_t best = 0;
    uint32_t end = reader->first_line + (uint32_t)reader->line_count;
    for (size_t height = 1; height <= LAYOUT_PATH_MAX; height++)
        for (uint32_t first = reader->first_line; first + height <= end; first++) {
            if (height > 1 && is_spanning(reader, first))
                continue;
            size_t known = count_known(reader, first, first + (uint32_t)height - 1);
            if (known <= best)
                continue;
            best = known;
            layout->first_line = first;
            layout->last_line = first + (uint32_t)height - 1;
        }
    return best > 0 && best >= least;
}

static bool has_colon(Str text)
{
    return str_contains(text, STR(":")) || str_contains(text, STR("：")) ||
           str_contains(text, STR("∶"));
}

/* 填报单位：…  单位：人 stands above a header and is none of it. */
static bool is_labels(HeaderReader *reader, uint32_t line)
{
    for (size_t column = 0; column < reader->grid->column_count; column++)
        if (has_colon(*text_at(reader, line, column)))
            return true;
    return false;
}

/*
 * What stands right above the known words is theirs, too, even if nobody knows it then: 在校生数 under
 * 其中：女 is another number, and to take it for all pupils would be worse than to ask.
 */
static void reach_up(HeaderReader *reader, Layout *layout)
{
    while (layout->first_line > reader->first_line &&
           layout->last_line - layout->first_line + 1 < LAYOUT_PATH_MAX) {
        uint32_t above = layout->first_line - 1;
        if (!has_text(reader, above) || is_spanning(reader, above) || is_labels(reader, above))
            return;
        layout->first_line = above;
    }
}

/* A merge that hangs down from the last line belongs to the header whole. */
static void reach_down(const Grid *grid, Layout *layout)
{
    for (size_t i = 0; i < grid->merge.len; i++) {
        const GridMerge *merge = &grid->merge.ptr[i];
        if (merge->first_line >= layout->first_line && merge->first_line <= layout->last_line &&
            merge->last_line > layout->last_line &&
            merge->last_line - layout->first_line < LAYOUT_PATH_MAX)
            layout->last_line = merge->last_line;
    }
}

static void take_columns(HeaderReader *reader, Layout *layout)
{
    layout->column_count = reader->grid->column_count;
    layout->column = ARENA_ARRAY(reader->arena, LayoutColumn, layout->column_count);
    for (size_t column = 0; column < layout->column_count; column++) {
        LayoutColumn *taken = &layout->column[column];
        Str path[LAYOUT_PATH_MAX];
        size_t count = path_of(reader, layout->first_line, layout->last_line, column, path);
        StrBuf joined;
        strbuf_init(&joined, reader->arena);
        for (size_t i = 0; i < count; i++) {
            strbuf_add(&joined, i ? STR(".") : STR(""));
            strbuf_add(&joined, path[i]);
        }
        taken->path = count ? strbuf_str(&joined) : STR("");
        taken->name = count ? reader->known(reader->ctx, path, count) : STR("");
        taken->line = layout->last_line;
        layout->known_count += taken->name.len > 0;
    }
}

/* ---- title and unit line ---- */

/* The text behind 单位: in a cell, up to a blank; empty if it is 填报单位 or has none. */
static Str unit_in(Arena *arena, Str text)
{
    static const char WORD[] = "单位:";
    Str folded = utf8_fold(arena, text);
    for (size_t at = 0; at + sizeof WORD - 1 <= folded.len; at++) {
        if (memcmp(folded.ptr + at, WORD, sizeof WORD - 1) != 0)
            continue;
        bool is_word = at == 0 || folded.ptr[at - 1] == ' ' || folded.ptr[at - 1] == '(' ||
                       (at >= 6 && memcmp(folded.ptr + at - 6, "计量", 6) == 0);
        if (!is_word)
            continue;
        Str unit = str_trim(str_slice(folded, at + sizeof WORD - 1, folded.len));
        size_t len = 0;
        while (len < unit.len && unit.ptr[len] != ' ' && unit.ptr[len] != ')')
            len++;
        return str_slice(unit, 0, len);
    }
    return STR("");
}

static void read_above(HeaderReader *reader, Layout *layout)
{
    for (uint32_t line = reader->first_line; line < layout->first_line; line++)
        for (size_t column = 0; column < reader->grid->column_count; column++) {
            Str text = *text_at(reader, line, column);
            if (!text.len)
                continue;
            Str unit = unit_in(reader->arena, text);
            if (unit.len && !layout->unit.len)
                layout->unit = unit;
            else if (!unit.len && !layout->title.len)
                layout->title = text;
        }
}

/* ---- rows ---- */

/* 合计, 全县合计, 城关镇小计; blanks in it disregarded. */
static bool ends_with_sum(Str text)
{
    uint32_t last[2] = {0, 0};
    for (size_t at = 0; at < text.len;) {
        uint32_t code = utf8_next(text, &at);
        if (code <= ' ' || code == 0xa0 || code == 0x3000)
            continue;
        last[0] = last[1];
        last[1] = code;
    }
    enum { HE = 0x5408, XIAO = 0x5c0f, ZONG = 0x603b, JI = 0x8ba1 };
    return last[1] == JI && (last[0] == HE || last[0] == XIAO || last[0] == ZONG);
}

/* 甲 乙 丙 1 2 3 …: numbers that rise by one, and beside them only such letters. */
static bool is_numbers(const Book *book, const GridRow *row)
{
    double last = NAN;
    size_t numbers = 0;
    for (size_t i = 0; i < row->cell_count; i++) {
        const GridCell *cell = &row->cell[i];
        if (cell->kind == GRID_NUMBER) {
            if (numbers ? cell->number != last + 1 : cell->number != 1)
                return false;
            last = cell->number;
            numbers++;
        } else if (cell->kind != GRID_TEXT || utf8_count(str_trim(grid_text(book, cell))) > 2) {
            return false;
        }
    }
    return numbers >= 2;
}

static bool is_header_again(Arena *arena, const Book *book, const Layout *layout,
                            const GridRow *row)
{
    const GridRow *header = grid_find_row(layout->grid, layout->last_line);
    if (!header || row->cell_count != header->cell_count)
        header = grid_find_row(layout->grid, layout->first_line);
    if (!header || row->cell_count != header->cell_count || row->cell_count < 2)
        return false;
    for (size_t i = 0; i < row->cell_count; i++) {
        if (row->cell[i].column != header->cell[i].column || row->cell[i].kind != GRID_TEXT ||
            !str_equals(cell_text(arena, book, &row->cell[i]),
                        cell_text(arena, book, &header->cell[i])))
            return false;
    }
    return true;
}

static bool is_sum(Arena *arena, const Book *book, const GridRow *row)
{
    for (size_t i = 0; i < row->cell_count && row->cell[i].kind == GRID_TEXT; i++)
        if (ends_with_sum(cell_text(arena, book, &row->cell[i])))
            return true;
    return false;
}

/* A text in one cell, or only texts with labels among them: 填表人：张三  审核人：李四. */
static bool is_note(const Book *book, const Layout *layout, const GridRow *row)
{
    bool has_label = false;
    for (size_t i = 0; i < row->cell_count; i++) {
        if (row->cell[i].kind != GRID_TEXT)
            return false;
        has_label |= has_colon(grid_text(book, &row->cell[i]));
    }
    return layout->known_count > 1 && (row->cell_count == 1 || has_label);
}

static LayoutRowKind kind_of(Arena *arena, const Book *book, const Layout *layout,
                             const GridRow *row, bool is_first)
{
    if (is_first && is_numbers(book, row))
        return LAYOUT_NUMBERS;
    if (is_header_again(arena, book, layout, row))
        return LAYOUT_HEADER;
    if (is_sum(arena, book, row))
        return LAYOUT_SUM;
    return is_note(book, layout, row) ? LAYOUT_NOTE : LAYOUT_RECORD;
}

static void sort_rows(Arena *arena, const Book *book, Layout *layout)
{
    const Grid *grid = layout->grid;
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    layout->row = ARENA_ARRAY(arena, uint8_t, grid->row.len);
    while (layout->first_row < grid->row.len &&
           grid->row.ptr[layout->first_row].line <= layout->last_line)
        layout->row[layout->first_row++] = LAYOUT_NOTE;
    for (size_t i = layout->first_row; i < grid->row.len; i++) {
        LayoutRowKind kind =
            kind_of(&scratch, book, layout, &grid->row.ptr[i], i == layout->first_row);
        layout->row[i] = (uint8_t)kind;
        layout->count[kind]++;
        layout->hidden_count += kind == LAYOUT_RECORD && grid->row.ptr[i].is_hidden;
    }
}

bool layout_find(Arena *arena, const Book *book, const Grid *grid, LayoutKnown *known, void *ctx,
                 size_t least, Layout *ret)
{
    if (!grid->row.len || !grid->column_count || grid->column_count > LIMIT_TABLE_COLUMNS)
        return false;
    HeaderReader reader = {.arena = arena, .book = book, .grid = grid, .known = known, .ctx = ctx};
    Layout layout = {.grid = grid, .title = STR(""), .unit = STR("")};
    read_head(&reader);
    if (!find_band(&reader, least, &layout))
        return false;
    reach_up(&reader, &layout);
    reach_down(grid, &layout);
    take_columns(&reader, &layout);
    read_above(&reader, &layout);
    sort_rows(arena, book, &layout);
    *ret = layout;
    return true;
}
