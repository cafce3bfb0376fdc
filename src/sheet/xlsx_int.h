/* For xlsx*.c only: the opened workbook, its parts as streams of XML events, and text that is being
 * collected. */
#ifndef JH_SHEET_XLSX_INT_H
#define JH_SHEET_XLSX_INT_H

#include "base/vec.h"
#include "sheet/grid.h"
#include "sheet/sheet_int.h"

#include <zip.h>

typedef struct Xlsx {
    Build *build;
    zip_t *zip;
    VEC(Str) string;      /* the shared strings */
    VEC(GridShape) shape; /* by the style of a cell */
} Xlsx;

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

/* Reads the styles in this part: fills xlsx->shape. */
MUST_USE bool xlsx_styles_read(Xlsx *xlsx, Str part);

/* Reads the sheet in this part into the build. */
MUST_USE bool xlsx_sheet_read(Xlsx *xlsx, Str part);

#endif
