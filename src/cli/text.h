/*
 * A table of text for people: columns aligned by display width, numbers right, texts left, two
 * blanks between. Cells are added row by row, from left to right; a row ends with its last column.
 *
 *     TextTable table;
 *     text_table_init(&table, arena, 2);                            two blanks in front
 *     text_table_add_column(&table, STR("学校"), TEXT_LEFT);
 *     text_table_add_column(&table, STR("差异系数"), TEXT_RIGHT);
 *     text_table_add_text(&table, STR("甲校"));
 *     text_table_add_number(&table, 0.5153, 4);
 *     text_table_format(out, &table);
 *
 * The line of headings is left out if all are empty. Lines have no blanks at their end. What a cell
 * shows is one line: control characters become blanks, an empty text stays empty, NaN is '—'.
 */
#ifndef JH_CLI_TEXT_H
#define JH_CLI_TEXT_H

#include "base/vec.h"
#include "base/str.h"

typedef enum TextAlign { TEXT_LEFT, TEXT_RIGHT } TextAlign;

typedef struct TextColumn {
    Str heading;
    TextAlign align;
} TextColumn;

typedef struct TextTable {
    Arena *arena;
    size_t indent;
    VEC(TextColumn) columns;
    VEC(Str) cells; /* row by row */
} TextTable;

enum { TEXT_CV_PLACES = 4 };

void text_table_init(TextTable *table, Arena *arena, size_t indent);
/* Before the first cell. */
void text_table_add_column(TextTable *table, Str heading, TextAlign align);

void text_table_add_text(TextTable *table, Str text);
/* Rounded half away from zero to `places` digits. */
void text_table_add_number(TextTable *table, double value, int places);
/* As many digits as it needs, at most `places` after the point: counts, areas, totals. */
void text_table_add_figure(TextTable *table, double value, int places);
void text_table_add_count(TextTable *table, size_t count);
/* Empty cells up to the end of the row; nothing if a row has just ended. */
void text_table_end_row(TextTable *table);

/* Every row must be full. Without rows only the headings are written. */
void text_table_format(StrBuf *out, const TextTable *table);

/* The same figures for running text. */
void text_add_number(StrBuf *out, double value, int places);
void text_add_figure(StrBuf *out, double value, int places);
/* text on one line. */
void text_add_line(StrBuf *out, Str text);

#endif
