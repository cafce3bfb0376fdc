/*
 * A flat table as read from a file: first row = header, then one row per record. Both readers
 * (csv, plain xlsx) produce it. Column-wise: a number column is parsed while it is read, a text
 * column keeps views of the cells.
 *
 * The caller learns the header first and says what each column is (TableWish); everything else
 * follows in one pass. Sum rows (合计, 小计, 总计 in a chosen column) are the caller's to drop.
 *
 * Errors say file, row (the line of a csv, the row of a sheet, counted from 1 with the header),
 * column (number and header) and what to do; up to LIMIT_DIAGS are collected.
 */
#ifndef JH_SHEET_TABLE_H
#define JH_SHEET_TABLE_H

#include "base/err.h"
#include "base/str.h"

typedef enum FieldKind {
    FIELD_TEXT,   /* views; blanks at both ends trimmed */
    FIELD_NUMBER, /* doubles, NaN where blank; anything else is an error at its cell */
    FIELD_SKIP,
} FieldKind;

typedef struct TableColumn {
    Str name; /* header cell, trimmed; line breaks inside become one space */
    FieldKind kind;
    double *number; /* FIELD_NUMBER: row_count values */
    Str *text;      /* FIELD_TEXT */
} TableColumn;

typedef struct Table {
    Str file;
    Str sheet;        /* xlsx: name of the sheet read; empty for csv */
    Str encoding;     /* "UTF-8", "GB18030", "UTF-16" */
    size_t row_count; /* body rows that are not wholly blank */
    size_t column_count;
    TableColumn *column;
    uint32_t *line;       /* row -> line of the file or row of the sheet, from 1 */
    uint32_t header_line; /* the same of the header */
} Table;

/*
 * Called once with the header; sets column[].kind (FIELD_SKIP before). Returning false (err filled)
 * stops the reading.
 *
 * Number cells accept: optional sign, digits, point, exponent; full-width digits and blanks around;
 * thousands commas ("1,234") and a trailing % are refused with the reason. More than 15 significant
 * digits are refused (decisions.md 2).
 *
 * The header is the first line that is not blank. Names must differ. A column without a name is
 * FIELD_SKIP whatever the wish says, and data in it is an error; such columns at the end of the
 * header are not counted. Blank lines (only delimiters and blanks) are no rows.
 *
 * csv: RFC 4180, lines ending with LF, CR LF or CR. A quote opens only as the first byte of a
 * field; elsewhere it is an ordinary character. Every row has a field for each named column: a row
 * with fewer is an error; more are allowed if they are blank. One apostrophe at the start of a text
 * cell, Excel's mark of text, is dropped.
 *
 * xlsx: a number cell is read as a double and rounded to the 15 significant digits that Excel keeps
 * and shows, so 0.30000000000000004 is 0.3 (Excel writes up to 17). Dates are their serial numbers.
 * In a text column a number becomes its shortest decimal text; one of 10^15 or more is refused, its
 * last digits being lost already. Formulas count by their saved result; without one they are
 * errors, as are error values (#N/A), in every column that is not skipped.
 */
typedef bool TableWish(void *ctx, Table *table, Err *err);

typedef struct TableOptions {
    TableWish *wish;
    void *ctx;
    Str sheet; /* xlsx: which sheet, also a hidden one; empty: the first visible one */
} TableOptions;

/*
 * Reads a file by its content (not its name): PK = xlsx, otherwise csv; the delimiter is a comma,
 * or a tab if the header has tabs and no comma. Encoding by rule: a byte order mark (UTF-8,
 * UTF-16), else valid UTF-8, else GB18030. Other formats (.xls, html) get an error that says to
 * save as csv or xlsx. Fails with ERR_TABLE_… and the ERR_FILE_… of base.
 */
MUST_USE bool table_read(Arena *arena, const char *path, const TableOptions *options, Table **ret,
                         Err *err);

/* The same from memory (tests, fuzzing, pack tests, bench). `bytes` must outlive the arena or be in
 * it. */
MUST_USE bool table_read_bytes(Arena *arena, Str file_name, Str bytes, const TableOptions *options,
                               Table **ret, Err *err);

/*
 * The same, but the rows of a csv come block by block and only one block is in memory: for lists of
 * tens of millions of rows (LIMIT_SCAN_ROWS). `take` is called with options->ctx and each block in
 * order; the block, its texts and the table given to the wish last until the arena ends (the table) or
 * take returns (rows and texts). After a mistake in the file no more blocks are handed out, but mistakes are
 * collected to the end. An xlsx is one block. Returning false (err filled) stops the reading.
 * A csv that is not UTF-8 after all is begun again: the wish is called once more, and what blocks said
 * before that is void.
 * Fails as table_read, with ERR_TABLE_ROW_BYTES, and if `take` added to err.
 */
typedef bool TableTake(void *ctx, const Table *block, Err *err);
MUST_USE bool table_scan(Arena *arena, const char *path, const TableOptions *options,
                         TableTake *take, Err *err);
MUST_USE bool table_scan_bytes(Arena *arena, Str file_name, Str bytes, const TableOptions *options,
                               TableTake *take, Err *err);

/* A place for an error at a cell of the table. */
ErrPlace table_place(Arena *arena, const Table *table, size_t row, size_t column);

/* Whether a cell says 合计, 小计 or 总计, blanks in it disregarded: the row is a sum, no record. */
bool table_is_sum_word(Str cell);

/* "A", "Z", "AA": the letters of column idx (from 0). */
Str table_column_letters(Arena *arena, size_t idx);

#endif
