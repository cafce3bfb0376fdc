/* For xlsx*.c only: the opened workbook, its parts as streams of XML events, and text that is being
 * collected. */
#ifndef JH_SHEET_XLSX_INT_H
#define JH_SHEET_XLSX_INT_H

#include "base/vec.h"
#include "sheet/grid.h"
#include "sheet/sheet_int.h"

#include <zip.h>

/* The opened file, whatever becomes of it. */
typedef struct Xlsx {
    Arena *arena;
    Arena *cells; /* where texts of cells go that are no shared ones */
    Err *err;
    Str file, sheet; /* sheet: the one that is read, for messages */
    zip_t *zip;
    VEC(Str) string;      /* the shared strings */
    VEC(GridStyle) style; /* by the s of a cell */
    Str string_part, style_part;
    bool is_1904;
} Xlsx;

typedef struct XlsxRelation {
    Str id, type, target;
} XlsxRelation;

typedef struct XlsxSheet {
    Str name, part;
    bool is_hidden;
} XlsxSheet;
typedef VEC(XlsxSheet) XlsxSheets;

/* Opens the zip file; xlsx_close must follow where it succeeded. */
MUST_USE bool xlsx_open(Xlsx *xlsx, Arena *arena, Str file, Str bytes, Err *err);
void xlsx_close(Xlsx *xlsx);
/* The worksheets in the order of their tabs; chart sheets are left out. */
MUST_USE bool xlsx_read_index(Xlsx *xlsx, XlsxSheets *ret);
/* Then what the sheets share: strings and styles. */
MUST_USE bool xlsx_read_shared(Xlsx *xlsx);
/* The part behind a relation of another part, by the last word of its type; empty: none. */
Str xlsx_related(Xlsx *xlsx, Str part, Str type_end);

typedef struct XmlRun XmlRun; /* one part while it is parsed */

/* Names come without their prefix; attributes as expat gives them. All three must be set. */
typedef struct XmlHandler {
    void (*start)(void *ctx, XmlRun *run, const char *name, const char **attr);
    void (*end)(void *ctx, XmlRun *run, const char *name);
    void (*text)(void *ctx, const char *bytes, size_t len);
} XmlHandler;

/* False if the part is missing, damaged or beyond the limits, or if a handler stopped. */
MUST_USE bool xlsx_parse(Xlsx *xlsx, Str part, size_t max_bytes, const XmlHandler *handler,
                         void *ctx);

/* For handlers, after they filled err: no more events come. */
void xml_stop(XmlRun *run);

/* For handlers: fills err with ERR_TABLE_XLSX_XML here, and stops. */
void xml_fail(XmlRun *run, const char *reason);

/* The value of an attribute, NULL if it is not there. ":id" finds any prefix. */
const char *xml_attr(const char **attr, const char *name);

/* Text of one cell. One that is too long stays too long (build_text refuses it), but not longer. */
typedef struct CellText {
    char *ptr; /* ends with NUL */
    size_t len;
} CellText;

void cell_text_init(CellText *text, Arena *arena);
void cell_text_clear(CellText *text);
void cell_text_add(CellText *text, const char *bytes, size_t len);
/* With _x000D_ and the like decoded, in the arena. */
Str cell_text_get(const CellText *text, Arena *arena);

/* Reads the styles in this part: fills xlsx->style. */
MUST_USE bool xlsx_styles_read(Xlsx *xlsx, Str part);

/* ---- a sheet ---- */

typedef enum XlsxType { XLSX_NUMBER, XLSX_SHARED, XLSX_TEXT, XLSX_BOOLEAN, XLSX_ERROR } XlsxType;

/* A cell with something in it. Texts last until the next cell. */
typedef struct XlsxCell {
    uint32_t line; /* from 1 */
    size_t column; /* from 0 */
    XlsxType type;
    size_t style;    /* in Xlsx.style; 0 where the file names none that it has */
    bool is_formula; /* the value is its saved result */
    bool is_missing; /* a formula without a saved result: raw and text are empty */
    Str raw;         /* what stands in the file, trimmed, NUL behind it */
    Str text;        /* XLSX_TEXT and XLSX_SHARED: the text, not trimmed; in the arena */
    size_t string;   /* XLSX_SHARED: which one */
} XlsxCell;

/*
 * Who takes the cells. All functions must be set; false (err filled) stops. Cells without anything in them do not
 * come, but for formulas without a result. Rows and columns rise.
 */
typedef struct XlsxSink {
    bool (*begin_row)(void *ctx, uint32_t line, bool is_hidden);
    bool (*cell)(void *ctx, const XlsxCell *cell);
    bool (*end_row)(void *ctx);
    bool (*merge)(void *ctx, const GridMerge *merge);
    void (*hide_columns)(void *ctx, size_t first, size_t last);
    void (*protect)(void *ctx);
} XlsxSink;

/* Reads the sheet in this part. */
MUST_USE bool xlsx_parse_sheet(Xlsx *xlsx, Str part, const XlsxSink *sink, void *ctx);
/* "C12" → column 2 (from 0), row 12; moves *at behind it. */
bool xlsx_parse_ref(const char **at, size_t *ret_column, uint32_t *ret_row);
/* The value of a number cell as the file writes it, rounded to 15 digits. DECIMAL_OK, _BAD or _RANGE. */
DecimalResult xlsx_parse_number(Str text, double *ret);

/* xlsx_table.c: the sheet as a flat table. */
MUST_USE bool xlsx_read_table(Xlsx *xlsx, Str part, Build *build);

#endif
