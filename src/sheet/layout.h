/*
 * Where the table is in a sheet that an office made: title and unit line above, a header of one to four
 * rows with merges, rows, sums, notes below. Found by what the columns are called, so that nobody has to
 * be asked; told, so that everybody can see what was taken for what.
 *
 * The header of a column is a path, from the top: 小学.在校生数. A merge gives its text to each of its
 * cells; what is written again below itself counts once.
 *
 * Which texts name anything is the caller's to say (LayoutKnown). What a row says is nobody's business
 * here but for telling records from sums, notes and numbers of columns.
 */
#ifndef JH_SHEET_LAYOUT_H
#define JH_SHEET_LAYOUT_H

#include "sheet/grid.h"
#include "sheet/table.h"

enum { LAYOUT_PATH_MAX = 4 /* rows of a header */, LAYOUT_SEARCH_LINES = 60 };

/*
 * What a header path of `count` texts (trimmed, line breaks gone) means to the caller: the name that the
 * column then has, or empty if nothing. It may be asked again and again for the same path.
 */
typedef Str LayoutKnown(void *ctx, const Str *path, size_t count);

typedef enum LayoutRowKind {
    LAYOUT_RECORD,
    LAYOUT_SUM,     /* 合计, 小计 or 总计 where a record has its first text */
    LAYOUT_NUMBERS, /* 甲 乙 1 2 3: the columns' numbers, below the header */
    LAYOUT_HEADER,  /* the header again, as printed pages have it */
    LAYOUT_NOTE     /* a single text: a note, a foot line, the title of a section */
} LayoutRowKind;

typedef struct LayoutColumn {
    Str path;      /* joined by "."; empty: the column has no header */
    Str name;      /* what the caller knows it as; empty: nothing */
    uint32_t line; /* of the lowest cell of its header */
} LayoutColumn;

typedef struct Layout {
    const Grid *grid;
    uint32_t first_line, last_line; /* of the header */
    size_t column_count;
    LayoutColumn *column;
    size_t known_count; /* columns that the caller knows */
    Str title;          /* the first text above the header that is no unit line; empty: none */
    Str unit; /* 万元、人 of "单位：万元、人"; empty: none. 填报单位 is no unit */
    uint8_t *row;     /* LayoutRowKind by row of the grid; those above the header are notes */
    size_t first_row; /* in grid->row, of the body */
    size_t count[LAYOUT_NOTE + 1];
    size_t hidden_count; /* records in hidden rows: they count like any other */
} Layout;

/*
 * Finds the header of a sheet: the band with the most columns that are known; of equals the one with
 * fewer rows, then the upper one. False if no band has at least `least` of them.
 */
bool layout_find(Arena *arena, const Book *book, const Grid *grid, LayoutKnown *known, void *ctx,
                 size_t least, Layout *ret);

/*
 * The records as a table (table.h), column by column where they stand in the sheet. A column that is
 * known has the caller's name, others their path. In a text column a cell inside a merge of several rows
 * has what its first cell says, and 同上 what the record above says; numbers are never spread, or they would be
 * counted twice. Mistakes in cells are told as of table_read. Sums are left out, as is all that is no record.
 */
MUST_USE bool layout_table(Arena *arena, const Book *book, const Layout *layout,
                           const TableOptions *options, Table **ret, Err *err);

#endif
