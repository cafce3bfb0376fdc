/*
 * A document: the filled-in rows of a reporting form, as they stand in the journal. It is a table in
 * columns. Some columns say which unit, stage and line of the file a row is about; the others are
 * the reported items, by their English code, each with the header that the file had.
 *
 * A large file becomes several documents (chunks) of one batch, all accepted together. doc/format.md
 * lays down the bytes; equal documents have equal bytes on every machine.
 */
#ifndef JH_FACT_DOCUMENT_H
#define JH_FACT_DOCUMENT_H

#include "base/digest.h"

enum { DOCUMENT_NO_PLACE = UINT32_MAX };

typedef struct DocumentColumn {
    Str id;         /* "unit", "line", "name" …, or the code of an item: "students" */
    Str stage;      /* only about rows of this stage (primary); empty: about all rows */
    Str header;     /* as the file had it; empty if the column was not in the file */
    uint32_t place; /* column of the file, from 0, or DOCUMENT_NO_PLACE */
    bool is_text;
    double *number; /* row_count values, NaN where blank; of one that was read: document_numbers */
    Str *text;
    Str raw; /* private: numbers that were not decoded yet */
} DocumentColumn;

typedef struct Document {
    Str form; /* "school-year" */
    Str file, sheet;
    unsigned char digest[SM3_LEN]; /* of what the whole batch says; see document_digest */
    uint32_t chunk, chunk_count;   /* which part of its batch, from 0 */
    size_t row_count, column_count;
    DocumentColumn *column;
} Document;

void document_format(StrBuf *out, const Document *document);
/* False if the bytes are not a document. Texts are views of `body`. */
bool document_parse(Arena *arena, Str body, Document *ret) MUST_USE;

/*
 * Of form, rows and columns, not of the file's name, the headers or where in the file a column stood: two
 * files that say the same have the same digest if they are given here without their lines and units.
 */
void document_digest(const Document *document, unsigned char ret[SM3_LEN]);

/*
 * The numbers of a column that was read, decoded in the arena when they are first asked for (a document
 * has many columns, and most questions need few of them).
 */
const double *document_numbers(Arena *arena, const Document *document, DocumentColumn *column);
/* For writing: one more column, not of the file, with room for row_count values that are 0 or empty. The
   document has room for it. */
DocumentColumn *document_add(Arena *arena, Document *document, const char *id, bool is_text);
/* NULL if there is none. */
DocumentColumn *document_find(const Document *document, Str id, Str stage);

#endif
