/*
 * A file of tables as people made it: sheets of typed cells at their addresses, with what their makers
 * said by other means than values: merges, hidden rows and columns, number formats, colours, comments.
 * Nothing is interpreted here: which row is a header, which a sum, what "2023.10" means is decided by who
 * asks (header.h, value.h). table.h is for what needs none of this: flat tables, read straight into columns.
 *
 * All in memory and compact: a cell is 16 bytes, a text that occurs again costs nothing. Blank cells are
 * not kept, however they are formatted: a million empty formatted rows cost nothing. What is larger than
 * the limits (LIMIT_GRID_…, LIMIT_XLSX_…) is refused, whatever it claims about itself.
 */
#ifndef JH_SHEET_GRID_H
#define JH_SHEET_GRID_H

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

typedef enum GridKind {
    GRID_NUMBER,    /* also dates and percentages: see shape */
    GRID_TEXT,      /* as it stands, neither trimmed nor folded; never empty */
    GRID_BOOLEAN,   /* number: 0 or 1 */
    GRID_ERROR,     /* text: "#REF!", "#DIV/0!" … */
    GRID_UNCOMPUTED /* a formula whose result was not saved */
} GridKind;

/* What the format of a cell makes of its number. */
typedef enum GridShape {
    SHAPE_NUMBER,
    SHAPE_DATE,   /* days since the book's epoch (Book.is_1904), the time of day as a fraction */
    SHAPE_PERCENT /* a fraction: 0.995 is shown as 99.5 % */
} GridShape;

typedef struct GridStyle {
    Str format;    /* the code of the number format; empty: General */
    uint32_t fill; /* 0xRRGGBB of a solid background, GRID_NO_COLOUR without one */
    uint32_t font; /* the same of the text */
    GridShape shape;
} GridStyle;
#define GRID_NO_COLOUR UINT32_MAX

typedef struct GridCell {
    uint16_t column; /* from 0 */
    uint16_t style;  /* in Book.style; 0 is the plain one */
    uint8_t kind;    /* GridKind */
    uint8_t shape;   /* GridShape; of GRID_NUMBER */
    bool is_formula; /* the value is the saved result of one */
    bool has_comment;
    union {
        double number; /* to the 15 significant digits that a spreadsheet keeps and shows */
        uint64_t text; /* in Book.text */
    };
} GridCell;

typedef struct GridRow {
    uint32_t
        line; /* the number of the row in the sheet, from 1; of a text file the line that it begins on */
    uint32_t cell_count;
    const GridCell *cell; /* by rising column */
    bool is_hidden;       /* by hand or by a filter */
} GridRow;

/* From 1 (rows) and 0 (columns), both ends included. Only the first cell has a value. */
typedef struct GridMerge {
    uint32_t first_line, last_line;
    uint16_t first_column, last_column;
} GridMerge;

typedef struct GridComment {
    uint32_t line;
    uint16_t column;
    Str text;
} GridComment;

typedef struct Grid {
    Str name;
    bool is_hidden;
    bool is_protected;    /* against changes in the office program; it can be read like any other */
    VEC(GridRow) row;     /* by rising line; rows without values are left out */
    VEC(GridMerge) merge; /* do not overlap; at least two cells */
    VEC(GridComment) comment;
    uint16_t column_count;       /* one more than the last column with a value */
    VEC(uint16_t) hidden_column; /* rising, below column_count */
} Grid;

typedef enum BookFormat {
    BOOK_XLSX,
    BOOK_XLS_8, /* Excel 97–2003 */
    BOOK_XLS_5, /* Excel 5.0 and 95 */
    BOOK_XML,   /* Excel 2003 XML */
    BOOK_HTML,  /* a web page of tables, often called .xls; each table is a sheet */
    BOOK_TEXT   /* one sheet without a name */
} BookFormat;

typedef struct Book {
    Str file;
    BookFormat format;
    Str encoding;   /* "UTF-8", "GB18030", "UTF-16"; of xls the code page it names */
    char delimiter; /* of BOOK_TEXT: comma, tab or semicolon, else 0 */
    bool is_1904;
    VEC(Str) text;
    VEC(GridStyle) style;
    VEC(Grid) sheet; /* in the order of the tabs; chart and macro sheets are left out */
} Book;

/*
 * Reads a file by its content, not by its name. Fails with ERR_FILE_…, ERR_TABLE_… and ERR_BOOK_…: what cannot be
 * read (passwords, macros-only, damaged, beyond the limits) is said with what to do. A book with no value
 * in it is no error here.
 */
MUST_USE bool book_read(Arena *arena, const char *path, Book **ret, Err *err);
/* The same from memory. `bytes` must outlive the arena or be in it. */
MUST_USE bool book_read_bytes(Arena *arena, Str file_name, Str bytes, Book **ret, Err *err);

/* The row of this line, and the cell of a row; NULL where nothing stands. */
const GridRow *grid_find_row(const Grid *grid, uint32_t line);
const GridCell *grid_find_cell(const GridRow *row, size_t column);
/* The merge that a cell lies in; NULL: none. */
const GridMerge *grid_find_merge(const Grid *grid, uint32_t line, size_t column);

/* The text of a GRID_TEXT or GRID_ERROR cell. */
static inline Str grid_text(const Book *book, const GridCell *cell)
{
    return book->text.ptr[cell->text];
}

/* The sheet of this name, blanks at its ends disregarded; NULL: none. */
const Grid *book_find_sheet(const Book *book, Str name);

/* Stable text of all of it, for tests. */
void book_dump(StrBuf *out, const Book *book);

#endif
