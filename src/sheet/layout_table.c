/* The records of a sheet as a flat table. */
#include "sheet/layout.h"
#include "sheet/sheet_int.h"

#include "base/utf8.h"

typedef struct Taking {
    Build build;
    const Book *book;
    const Layout *layout;
    const GridMerge **merge; /* by column: the one over several rows that the line may lie in */
    size_t next_merge;
} Taking;

static void fail_cell(Taking *taking, size_t column, uint32_t line, ErrCode code, Str text)
{
    Build *build = &taking->build;
    ErrPlace place = build_place(build, column, line);
    (void)err_fail_at(build->err, &place, code,
                      ARG_STR("column", build_shown(build, build->table->column[column].name)),
                      ARG_STR("text", build_shown(build, text)));
}

static Str number_text(Taking *taking, const GridCell *cell, uint32_t line)
{
    StrBuf buf;
    strbuf_init(&buf, taking->build.arena);
    decimal_add_shortest(&buf, cell->number);
    if (fabs(cell->number) < 1e15)
        return strbuf_str(&buf);
    fail_cell(taking, cell->column, line, ERR_TABLE_TEXT_DIGITS, strbuf_str(&buf));
    return STR("");
}

static Str as_text(Taking *taking, const GridCell *cell, uint32_t line)
{
    switch ((GridKind)cell->kind) {
    case GRID_NUMBER:
        return number_text(taking, cell, line);
    case GRID_BOOLEAN:
        return cell->number != 0 ? STR("TRUE") : STR("FALSE");
    case GRID_TEXT:
        return build_text(&taking->build, grid_text(taking->book, cell), cell->column, line);
    case GRID_ERROR:
        fail_cell(taking, cell->column, line, ERR_TABLE_CELL_ERROR, grid_text(taking->book, cell));
        return STR("");
    case GRID_UNCOMPUTED:
        fail_cell(taking, cell->column, line, ERR_TABLE_FORMULA_EMPTY, STR(""));
        return STR("");
    }
    BUG("kind of cell");
}

static double as_number(Taking *taking, const GridCell *cell, uint32_t line)
{
    StrBuf shown;
    strbuf_init(&shown, taking->build.arena);
    switch ((GridKind)cell->kind) {
    case GRID_NUMBER:
        if (cell->shape == SHAPE_NUMBER && !build_is_absurd(cell->number))
            return cell->number;
        decimal_add_shortest(&shown, cell->number);
        fail_cell(taking, cell->column, line,
                  cell->shape == SHAPE_DATE      ? ERR_TABLE_NUMBER_DATE
                  : cell->shape == SHAPE_PERCENT ? ERR_TABLE_NUMBER_PERCENT
                                                 : ERR_TABLE_NUMBER_RANGE,
                  strbuf_str(&shown));
        return NAN;
    case GRID_TEXT:
        return build_number(&taking->build, grid_text(taking->book, cell), cell->column, line);
    case GRID_BOOLEAN:
    case GRID_ERROR:
    case GRID_UNCOMPUTED:
        (void)as_text(taking, cell, line); /* says why, but for a boolean */
        if (cell->kind == GRID_BOOLEAN)
            fail_cell(taking, cell->column, line, ERR_TABLE_NUMBER,
                      cell->number != 0 ? STR("TRUE") : STR("FALSE"));
        return NAN;
    }
    BUG("kind of cell");
}

/* What stands in the first cell of a merge, as text. */
static Str merged_text(Taking *taking, const GridMerge *merge)
{
    const GridRow *row = grid_find_row(taking->layout->grid, merge->first_line);
    const GridCell *cell = row ? grid_find_cell(row, merge->first_column) : NULL;
    return cell ? as_text(taking, cell, row->line) : STR("");
}

/* Merges come by their first line, so each is looked at once. */
static void open_merges(Taking *taking, uint32_t line)
{
    const Grid *grid = taking->layout->grid;
    for (; taking->next_merge < grid->merge.len &&
           grid->merge.ptr[taking->next_merge].first_line <= line;
         taking->next_merge++) {
        const GridMerge *merge = &grid->merge.ptr[taking->next_merge];
        if (merge->last_line > merge->first_line &&
            merge->first_column < taking->layout->column_count)
            taking->merge[merge->first_column] = merge;
    }
}

static bool is_ditto(Str text)
{
    return str_equals(text, STR("同上")) || str_equals(text, STR("〃")) ||
           str_equals(text, STR("″"));
}

static void take_texts(Taking *taking, uint32_t line, size_t row)
{
    Table *table = taking->build.table;
    for (size_t column = 0; column < table->column_count; column++) {
        TableColumn *to = &table->column[column];
        if (to->kind != FIELD_TEXT)
            continue;
        const GridMerge *merge = taking->merge[column];
        if (str_is_empty(to->text[row]) && merge && merge->first_line < line &&
            line <= merge->last_line)
            to->text[row] = merged_text(taking, merge);
        if (is_ditto(to->text[row]) && row > 0)
            to->text[row] = to->text[row - 1];
    }
}

static bool take_row(Taking *taking, const GridRow *from)
{
    Build *build = &taking->build;
    Table *table = build->table;
    size_t row = table->row_count;
    if (!build_reserve(build, row + 1))
        return false;
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->column[i].kind == FIELD_NUMBER)
            table->column[i].number[row] = NAN;
        else if (table->column[i].kind == FIELD_TEXT)
            table->column[i].text[row] = STR("");
    }
    table->line[table->row_count++] = from->line;
    for (size_t i = 0; i < from->cell_count; i++) {
        const GridCell *cell = &from->cell[i];
        TableColumn *to = cell->column < table->column_count ? &table->column[cell->column] : NULL;
        bool is_blank =
            cell->kind == GRID_TEXT && str_is_empty(str_trim(grid_text(taking->book, cell)));
        if (is_blank)
            continue;
        if (!to || str_is_empty(to->name))
            build_orphan(build, cell->column, from->line);
        else if (to->kind == FIELD_NUMBER)
            to->number[row] = as_number(taking, cell, from->line);
        else if (to->kind == FIELD_TEXT)
            to->text[row] = as_text(taking, cell, from->line);
    }
    take_texts(taking, from->line, row);
    return true;
}

static bool is_blank_row(const Book *book, const GridRow *row)
{
    for (size_t i = 0; i < row->cell_count; i++)
        if (row->cell[i].kind != GRID_TEXT ||
            !str_is_empty(str_trim(grid_text(book, &row->cell[i]))))
            return false;
    return true;
}

static bool take_rows(Taking *taking)
{
    const Layout *layout = taking->layout;
    for (size_t i = layout->first_row; i < layout->grid->row.len; i++) {
        const GridRow *row = &layout->grid->row.ptr[i];
        open_merges(taking, row->line);
        if (layout->row[i] != LAYOUT_RECORD || is_blank_row(taking->book, row))
            continue;
        if (!take_row(taking, row))
            return false;
        if (build_is_full(&taking->build))
            break;
    }
    return true;
}

bool layout_table(Arena *arena, const Book *book, const Layout *layout, const TableOptions *options,
                  Table **ret, Err *err)
{
    Table *table = ARENA_NEW(arena, Table);
    *table = (Table){.file = book->file, .sheet = layout->grid->name, .encoding = book->encoding};
    Taking taking = {.book = book, .layout = layout};
    build_init(&taking.build, arena, options, table, err);
    taking.merge = ARENA_ARRAY(arena, const GridMerge *, layout->column_count);
    Str *name = ARENA_ARRAY(arena, Str, layout->column_count);
    for (size_t i = 0; i < layout->column_count; i++)
        name[i] = layout->column[i].name.len ? layout->column[i].name : layout->column[i].path;
    if (!build_header(&taking.build, name, layout->column_count, layout->last_line) ||
        !take_rows(&taking) || !build_finish(&taking.build, NULL))
        return false;
    *ret = table;
    return true;
}
