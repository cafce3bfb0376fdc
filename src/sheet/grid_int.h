/*
 * For the readers: a Grid while it is filled. Cells come row by row, rising; styles and texts are interned.
 *
 *   grid_begin  …  { grid_begin_row  { grid_add_… } grid_end_row }  …  grid_end
 */
#ifndef JH_SHEET_GRID_INT_H
#define JH_SHEET_GRID_INT_H

#include "base/limits.h"
#include "base/map.h"
#include "sheet/grid.h"

typedef struct GridBuild {
    Arena *arena;
    Book *book;
    Err *err;
    Map texts;  /* Str -> NULL; the n-th entry is text n of the book */
    Map styles; /* GridStyle as bytes -> NULL; the n-th entry is style n + 1 */
    Grid *grid;
    VEC(GridCell) cell; /* of the row that is read */
    uint32_t line;
    bool is_hidden;
    size_t cell_count; /* of the whole book, against LIMIT_GRID_CELLS */
} GridBuild;

void grid_build_init(GridBuild *build, Arena *arena, Book *book, Err *err);

/* A new sheet; the name is copied. Fails beyond LIMIT_GRID_SHEETS. */
MUST_USE bool grid_begin(GridBuild *build, Str name);
/* Lines must rise; the caller has checked. */
void grid_begin_row(GridBuild *build, uint32_t line, bool is_hidden);
/*
 * Columns must rise within a row; the caller has checked. An empty text is not kept, nor is a number that is none. Fails
 * beyond LIMIT_GRID_CELLS, LIMIT_CELL_BYTES and the widest sheet, with the cell's place.
 */
MUST_USE bool grid_add_number(GridBuild *build, size_t column, double number, size_t style);
MUST_USE bool grid_add_text(GridBuild *build, size_t column, Str text, size_t style);
/* The same of a text that grid_intern gave its number. */
MUST_USE bool grid_add_shared(GridBuild *build, size_t column, size_t text, size_t style);
MUST_USE bool grid_add_boolean(GridBuild *build, size_t column, bool value, size_t style);
MUST_USE bool grid_add_error(GridBuild *build, size_t column, Str text, size_t style);
MUST_USE bool grid_add_uncomputed(GridBuild *build, size_t column, size_t style);
/* The cell added last, to mark it; valid until the next. */
GridCell *grid_last_cell(GridBuild *build);
void grid_end_row(GridBuild *build); /* a row without values is not kept */
/* One that lies outside the sheet or over another is left out, as office programs do. */
void grid_add_merge(GridBuild *build, const GridMerge *merge);
void grid_add_comment(GridBuild *build, uint32_t line, size_t column, Str text);
void grid_hide_columns(GridBuild *build, size_t first, size_t last);
/* Sorts and sums up: comments to their cells, hidden columns within the used ones. */
void grid_end(GridBuild *build);

/* The number of a text in the book; the same for the same. It is copied. */
size_t grid_intern(GridBuild *build, Str text);
/* The style's number, the same for the same; 0 for the plain one and beyond 65535. */
size_t grid_style(GridBuild *build, const GridStyle *style);
/* What a format code makes of a number; by the rules of ECMA-376 part 1, 18.8.31. */
GridShape grid_shape_of_code(const char *code);
/* Of the built-in format of that number (ECMA-376 part 1, 18.8.30, which BIFF shares). */
GridShape grid_shape_of_built_in(long id);
/* The code of a built-in format; empty for General and those without a fixed code. */
Str grid_code_of_built_in(long id);

/* The readers. `bytes` last as long as the arena. Each fills build->book and fails as book_read does. */
MUST_USE bool grid_read_xlsx(GridBuild *build, Str bytes);
MUST_USE bool grid_read_xls(GridBuild *build, Str bytes); /* OLE2 (D0 CF 11 E0) */
MUST_USE bool grid_read_xml(GridBuild *build, Str bytes); /* Excel 2003 XML */
MUST_USE bool grid_read_html(GridBuild *build, Str bytes);
MUST_USE bool grid_read_text(GridBuild *build, Str bytes); /* csv and txt */

#endif
