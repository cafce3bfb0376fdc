/*
 * Reading a table as its makers left it: plainly, header first, or as a form of an office, with title,
 * unit line, header of several rows, sums and notes. Whoever reads says what columns may be called; the
 * rest is found, and told in Recognised.
 *
 * A plain csv or xlsx goes straight into columns, as table_read does. Only what is none is read whole.
 */
#ifndef JH_APP_RECOGNISE_H
#define JH_APP_RECOGNISE_H

#include "sheet/layout.h"

typedef struct TableSource {
    const char *path; /* or, where it is NULL, */
    Str file, bytes;  /* what a file of this name would hold */
    Str sheet;        /* empty: the one that has the table */
} TableSource;

typedef struct RecogniseWish {
    TableOptions table; /* as for table_read; its sheet is not looked at */
    LayoutKnown *known;
    void *ctx;
    /* Unit of the unit line behind a column's name where it is the unit of that column; NULL: not asked. */
    Str (*with_unit)(void *ctx, Str name, Str unit);
} RecogniseWish;

/* A column as it was taken. */
typedef struct RecognisedColumn {
    Str path; /* of the header, from the top */
    Str name; /* what it was read as */
    bool is_taken;
} RecognisedColumn;

typedef struct Recognised {
    bool is_form; /* else it was plain, and the rest is empty */
    Str sheet, title, unit;
    uint32_t first_line, last_line; /* of the header */
    VEC(RecognisedColumn) column;
    size_t records, sums, notes, hidden;
} Recognised;

/*
 * Fails as table_read and book_read, and with ERR_RECOGNISE_SHEETS where several sheets have such a table and none is
 * named. Where none has, what is wrong with the file as a plain table is said.
 */
MUST_USE bool recognise_table(Arena *arena, const TableSource *source, const RecogniseWish *wish,
                              Table **ret, Recognised *ret_recognised, Err *err);

#endif
