/*
 * For the files of `sheet` only: the readers' common part. A Build is a table being filled, first
 * by build_header, then row by row straight into its columns, then build_finish.
 *
 * Mistakes of single cells and rows are collected in err and the reading goes on; a reader stops at
 * mistakes after which nothing that follows can be trusted, and when build_is_full.
 */
#ifndef JH_SHEET_SHEET_INT_H
#define JH_SHEET_SHEET_INT_H

#include "base/decimal.h"
#include "base/limits.h"
#include "sheet/table.h"

#include <math.h>

typedef struct Build {
    Arena *arena;
    Arena *cells; /* where texts of cells go that cannot be views; of a scan, for one block */
    const TableOptions *options;
    Err *err;
    size_t err_start; /* diagnostics that were in err before */
    Table *table;
    size_t row_cap;    /* rows for which the columns have room */
    size_t kept_count; /* columns that are not FIELD_SKIP */
    size_t row_max;    /* as many rows fit LIMIT_TABLE_CELLS */
    uint32_t header_line;
    uint32_t
        *orphan_line; /* by column, BUILD_ORPHAN_MAX long: first line with data under no name */
} Build;

/* Columns beyond the header that are watched for data: as wide as a sheet of Excel. */
enum { BUILD_ORPHAN_MAX = 16384 };

void build_init(Build *build, Arena *arena, const TableOptions *options, Table *table, Err *err);

/*
 * Takes the header cells (trimmed by this), checks them, asks the wish. Fails if there is no name,
 * a name twice, or the wish refuses.
 */
MUST_USE bool build_header(Build *build, const Str *name, size_t count, uint32_t line);

/* Makes room for row_count rows; the caller sets every kept cell of a row. Fails beyond the limits.
 */
MUST_USE bool build_reserve(Build *build, size_t row_count);

/* The first room: rows that are likely to come, at most what the limits allow. */
MUST_USE bool build_expect(Build *build, size_t row_count);

/* Remembers that a column without a name holds data. */
void build_orphan(Build *build, size_t column, uint32_t line);

/* True once so many mistakes were found that more would not help. */
/*
 * Squares and products of such numbers would leave the doubles, and a coefficient come out 0. No count,
 * area or amount is so large or small.
 */
bool build_is_absurd(double value);
/* As decimal_parse, but DECIMAL_RANGE for those. */
DecimalResult build_parse_number(Str text, Decimal *ret);
bool build_is_full(const Build *build);

/* Reports what was remembered; true if nothing at all was wrong. is_merged may be NULL. */
MUST_USE bool build_finish(Build *build, const bool *is_merged);

/* The place of a cell that is being read (its line is not in the table yet). */
ErrPlace build_place(Build *build, size_t column, uint32_t line);

/* What a message shows of a cell: one line, at most 40 characters. */
Str sheet_shown(Arena *arena, Str text);
static inline Str build_shown(Build *build, Str text)
{
    return sheet_shown(build->arena, text);
}

/* The value of a number cell from its text, by the rules of table.h; NaN and a diagnostic if it is
 * none. */
double build_number(Build *build, Str text, size_t column, uint32_t line);

/* A text cell: trimmed, within LIMIT_CELL_BYTES; else empty and a diagnostic. */
Str build_text(Build *build, Str text, size_t column, uint32_t line);

/*
 * To UTF-8 by rule, not by guess: a byte order mark decides (UTF-8, UTF-16); else valid UTF-8 is
 * UTF-8; else it must be GB18030. The mark is cut off. Fails with ERR_TABLE_ENCODING at the byte.
 */
MUST_USE bool encode_to_utf8(Arena *arena, Str file, Str bytes, Str *ret_text, Str *ret_encoding,
                             Err *err);

/* A character set that files come in. */
typedef struct Charset {
    const char *iconv_name;
    Str name;
    size_t unit;         /* bytes of the smallest character */
    size_t line_feed_at; /* of a line feed, the byte that is not zero */
} Charset;
extern const Charset CHARSET_UTF_8, CHARSET_GB18030;
#define ENCODE_BOM "\xef\xbb\xbf"
/* What the byte order mark at the start of a file says; NULL if there is none. */
const Charset *encode_charset_marked(Str start);
/* Adds the lines that end in bytes (LF, CR LF, CR), which may be cut anywhere between characters. */
void encode_count_lines(const Charset *charset, Str bytes, bool *is_after_cr, size_t *line);
/* ERR_TABLE_ENCODING at a byte, counted from 0; always false. */
bool encode_fail(Str file, const Charset *charset, uint64_t offset, size_t line, Err *err);

/* What a file is by its first bytes. */
typedef enum FileShape {
    FILE_TEXT,
    FILE_ZIP,
    FILE_OLE2,
    FILE_MARKUP,
    FILE_XML,
    FILE_PDF
} FileShape;
FileShape sheet_shape(Str bytes);
/* ERR_TABLE_FORMAT: what kind of file it is; always false. */
bool sheet_fail_format(Str file, const char *zh, const char *en, Err *err);
/* The same of an OLE2 file that is no old workbook, or ERR_TABLE_ENCRYPTED. */
bool sheet_fail_ole2(Str file, Str bytes, Err *err);

/* Fills build->table from text in UTF-8 / from the bytes of a zip file. */
MUST_USE bool csv_read(Build *build, Str text);
MUST_USE bool xlsx_read(Build *build, Str bytes);

/*
 * The same in pieces. `start` holds the header at least. csv_whole_len: how much of a text that begins
 * with a row and is followed by a line feed are whole rows, if more is to come; 0: not even one is.
 * csv_begin reads the header and moves *text behind it; csv_rows sets the rows of the table to those of
 * the text. Their texts end with a row and a line feed; false: nothing that follows can be trusted.
 */
typedef struct Csv Csv;
Csv *csv_new(Build *build, Str start);
size_t csv_whole_len(const Csv *csv, Str text);
MUST_USE bool csv_begin(Csv *csv, Str *text);
MUST_USE bool csv_rows(Csv *csv, Str text);
uint32_t csv_line(const Csv *csv); /* of the row that comes next */

/*
 * The text of a file, or of bytes in memory (path NULL), in UTF-8, piece by piece: the rule of
 * encode_to_utf8. Fails with ERR_FILE_… and ERR_TABLE_ENCODING. stream_next also fails, with nothing
 * in err, where text that was taken for UTF-8 turns out not to be (stream_is_mistaken): what was read is
 * void, and stream_restart begins again with GB18030.
 */
typedef struct StreamSource {
    const char *path;
    Str file, bytes;
} StreamSource;
typedef struct TextStream TextStream;
MUST_USE bool stream_open(Arena *arena, const StreamSource *source, TextStream **ret, Err *err);
Str stream_encoding(const TextStream *stream);
bool stream_is_mistaken(const TextStream *stream);
MUST_USE bool stream_restart(TextStream *stream, Err *err);
/* Up to `room` bytes of text, none only at the end; 64 is the least room. */
MUST_USE bool stream_next(TextStream *stream, char *ret, size_t room, size_t *ret_len, Err *err);

/* Exact as doubles, so m / DECIMAL_POWER[k] is rightly rounded for m < 2^53. */
static const double DECIMAL_POWER[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/*
 * The plain case of a number, [-]digits[.digits] with at most 15 digits, at *at; moves *at behind
 * it. False (and *at as it was) for anything else, also for a number that merely has leading zeros
 * enough. A byte that can be no part of a number must follow in memory.
 */
static inline bool number_scan(const char **at, double *ret)
{
    const char *p = *at;
    bool is_negative = *p == '-';
    p += is_negative;

    const char *digits = p;
    uint64_t mantissa = 0;
    for (unsigned digit; (digit = (unsigned char)*p - (unsigned)'0') <= 9; p++)
        mantissa = mantissa * 10 + digit;
    size_t digit_count = (size_t)(p - digits);
    size_t places = 0;
    if (digit_count == 0)
        return false;
    if (*p == '.') {
        const char *fraction = ++p;
        for (unsigned digit; (digit = (unsigned char)*p - (unsigned)'0') <= 9; p++)
            mantissa = mantissa * 10 + digit;
        places = (size_t)(p - fraction);
        if (places == 0)
            return false;
    }
    if (digit_count + places > 15 || *p == 'e' || *p == 'E')
        return false;

    double value = (double)(int64_t)mantissa / DECIMAL_POWER[places];
    *ret = is_negative && mantissa ? -value : value;
    *at = p;
    return true;
}

#endif
