/*
 * One loop over the bytes. The plain cell of each kind is read in place; everything else (quotes,
 * blanks, full-width digits, mistakes) goes to slow_cell, which scans the cell again at leisure.
 * The text ends with a line feed, so no scan of a plain cell needs to look for the end.
 */
#include "sheet/sheet_int.h"

#include "base/vec.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef enum PlanKind {
    PLAN_NUMBER,
    PLAN_TEXT,
    PLAN_SKIP,
    PLAN_NAMELESS, /* skipped, but there must be no data */
} PlanKind;

typedef struct Plan {
    PlanKind kind;
    double *number;
    Str *text;
} Plan;

struct Csv {
    Build *build;
    const char *end;      /* end[-1] is a line feed */
    const char *word_end; /* from before here two words of 8 bytes and 2 bytes more can be read */
    char delimiter;
    uint32_t line; /* of the row that is read; breaks in its quotes are added as they are passed */
    size_t raw_count; /* fields of the header line, with the nameless ones at its end */
    size_t column_count;
    Plan *plan;
    const char
        *ends_at; /* of these 64 bytes, those that end a plain cell: NULL if none were looked at */
    uint64_t ends;
    bool is_end[256];                         /* the same by byte */
    bool is_odd_first[256], is_odd_last[256]; /* at the ends of a text that is not plain */
    bool may_be_blank[256];                   /* bytes that a blank line may begin with */
};

typedef struct Field {
    Str text;        /* without the outer quotes */
    bool is_doubled; /* quotes inside are still doubled */
    uint32_t breaks; /* line ends inside */
    const char *end; /* the delimiter or line end behind it */
} Field;

typedef enum QuoteResult { QUOTE_OK, QUOTE_OPEN, QUOTE_AFTER } QuoteResult;

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Behind the line end at `at`. A CR is never the last byte. */
static const char *skip_line_end(const char *at)
{
    return at + 1 + (*at == '\r' && at[1] == '\n');
}

static const char *plain_end(const Csv *csv, const char *at)
{
    while (!csv->is_end[(unsigned char)*at])
        at++;
    return at;
}

#ifdef __SSE2__

enum { WIDE = 64, LANE = 16 };

/* Which of the 64 bytes end a plain cell. */
static inline uint64_t ends_in(const Csv *csv, const char *at)
{
    const __m128i delimiter = _mm_set1_epi8(csv->delimiter), feed = _mm_set1_epi8('\n'),
                  carriage = _mm_set1_epi8('\r');
    uint64_t ends = 0;
    for (int lane = 0; lane < WIDE / LANE; lane++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(at + lane * LANE));
        __m128i is_end = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiter), _mm_cmpeq_epi8(bytes, feed)),
            _mm_cmpeq_epi8(bytes, carriage));
        ends |= (uint64_t)(uint32_t)_mm_movemask_epi8(is_end) << (lane * LANE);
    }
    return ends;
}

/* plain_end for the fields of a row one after the other: neighbours share a look at 64 bytes. */
static inline const char *next_end(Csv *csv, const char *at)
{
    size_t offset = (size_t)(at - csv->ends_at);
    if (csv->ends_at && offset < WIDE) {
        uint64_t rest = csv->ends >> offset;
        if (rest)
            return at + __builtin_ctzll(rest);
        at = csv->ends_at + WIDE;
    }
    for (; csv->end - at >= WIDE; at += WIDE) {
        csv->ends_at = at;
        csv->ends = ends_in(csv, at);
        if (csv->ends)
            return at + __builtin_ctzll(csv->ends);
    }
    return plain_end(csv, at);
}

#else

static inline const char *next_end(Csv *csv, const char *at)
{
    return plain_end(csv, at);
}

#endif

/* `at` is the opening quote. On QUOTE_AFTER the field's text is what stands behind the closing
 * quote. */
static QuoteResult scan_quoted(const Csv *csv, const char *at, Field *ret)
{
    const char *start = at + 1;
    *ret = (Field){0};
    for (at = start;; at++) {
        if (at == csv->end)
            return QUOTE_OPEN;
        if (*at == '\n' || (*at == '\r' && at[1] != '\n'))
            ret->breaks++;
        if (*at != '"')
            continue;
        if (at[1] != '"') /* the last byte is a line feed, so there is a next one */
            break;
        ret->is_doubled = true;
        at++;
    }
    ret->text = (Str){start, (size_t)(at - start)};
    ret->end = at + 1;
    if (csv->is_end[(unsigned char)*ret->end])
        return QUOTE_OK;
    ret->text = (Str){ret->end, (size_t)(plain_end(csv, ret->end) - ret->end)};
    return QUOTE_AFTER;
}

/* A doubled quote becomes one. */
static Str unescape(Arena *arena, Str raw)
{
    char *copy = arena_alloc_raw(arena, raw.len);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        copy[len++] = raw.ptr[i];
        i += raw.ptr[i] == '"';
    }
    return (Str){copy, len};
}

/* Any field; adds the line ends inside to csv->line. False: nothing after this can be trusted. */
static bool read_field(Csv *csv, const char *at, size_t column, Field *ret)
{
    if (*at != '"') {
        const char *end = plain_end(csv, at);
        *ret = (Field){.text = {at, (size_t)(end - at)}, .end = end};
        return true;
    }

    Build *build = csv->build;
    QuoteResult result = scan_quoted(csv, at, ret);
    if (result == QUOTE_OK) {
        csv->line += ret->breaks;
        if (ret->is_doubled &&
            ret->text.len <= 2 * LIMIT_CELL_BYTES) /* a longer one is refused anyway */
            ret->text = unescape(build->cells, ret->text);
        return true;
    }
    bool is_open = result == QUOTE_OPEN;
    ErrPlace place = build_place(build, column, is_open ? csv->line : csv->line + ret->breaks);
    return err_fail_at(build->err, &place, is_open ? ERR_TABLE_QUOTE_OPEN : ERR_TABLE_QUOTE_AFTER,
                       ARG_STR("text", build_shown(build, ret->text)));
}

/* True if the line has only delimiters, blanks and empty quotes; then *at is moved to the next
 * line. */
static bool skip_blank_line(Csv *csv, const char **at)
{
    const char *p = *at;
    uint32_t breaks = 0;
    for (;; p++) {
        Field field;
        if (*p != '"') {
            const char *end = plain_end(csv, p);
            field = (Field){.text = {p, (size_t)(end - p)}, .end = end};
        } else if (scan_quoted(csv, p, &field) != QUOTE_OK) {
            return false; /* read_field will say why */
        }
        if (!str_is_empty(str_trim(field.text)))
            return false;
        breaks += field.breaks;
        p = field.end;
        if (is_line_end(*p))
            break;
    }
    csv->line += breaks + 1;
    *at = skip_line_end(p);
    return true;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

static inline uint64_t load_word(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* How many of the 8 bytes are digits before the first that is none. */
static inline unsigned digits_in(uint64_t word)
{
    uint64_t x = word ^ 0x3030303030303030u;
    uint64_t other = ((x + 0x7676767676767676u) | x) & 0x8080808080808080u;
    return other ? (unsigned)__builtin_ctzll(other) / 8 : 8;
}

/* The number that the first `count` (0 … 7) bytes, all digits, make. */
static inline uint64_t digits_value(uint64_t word, unsigned count)
{
    uint64_t x = (word ^ 0x3030303030303030u) << (8 * (7 - count)) << 8;
    x = x * 10 + (x >> 8);
    return ((x & 0x000000FF000000FFu) * 0x000F424000000064u +
            ((x >> 16) & 0x000000FF000000FFu) * 0x0000271000000001u) >>
           32;
}

/* Up to 7 digits and up to 7 after a point, or nothing at all. Returns the byte behind, NULL if it
 * is not so. */
static inline const char *number_by_words(const Csv *csv, const char *at, double *ret)
{
    static const double blank[] = {NAN, 0, 0, 0, 0, 0, 0, 0};
    uint64_t word = load_word(at);
    unsigned count = digits_in(word);
    if (count == 8)
        return NULL;
    uint64_t mantissa = digits_value(word, count);
    at += count;
    if (*at == csv->delimiter) {
        *ret = (double)(int64_t)mantissa + blank[count];
        return at;
    }
    if (*at != '.') {
        *ret = (double)(int64_t)mantissa + blank[count];
        return csv->is_end[(unsigned char)*at] ? at : NULL;
    }

    word = load_word(at + 1);
    unsigned places = digits_in(word);
    if (count == 0 || places == 0 || places == 8)
        return NULL;
    static const uint32_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    mantissa = mantissa * power[places] + digits_value(word, places);
    *ret = (double)(int64_t)mantissa / DECIMAL_POWER[places];
    at += 1 + places;
    return csv->is_end[(unsigned char)*at] ? at : NULL;
}

#else

static inline const char *number_by_words(const Csv *csv, const char *at, double *ret)
{
    (void)csv, (void)at, (void)ret;
    return NULL;
}

#endif

/* The same in quotes, as some programs write every cell. A '"' is not followed by the end of the
 * text. */
static const char *quoted_number(const Csv *csv, const char *at, double *ret)
{
    at++;
    *ret = NAN;
    if (*at != '"' && !number_scan(&at, ret))
        return NULL;
    return *at == '"' && csv->is_end[(unsigned char)at[1]] ? at + 1 : NULL;
}

/* A plain number cell or an empty one; NULL if it is neither. */
static inline const char *number_cell(const Csv *csv, const char *at, double *ret)
{
    if (at < csv->word_end) {
        const char *end = number_by_words(csv, at, ret);
        if (end)
            return end;
    }
    if (csv->is_end[(unsigned char)*at]) {
        *ret = NAN;
        return at;
    }
    if (*at == '"')
        return quoted_number(csv, at, ret);
    return number_scan(&at, ret) && csv->is_end[(unsigned char)*at] ? at : NULL;
}

/* Cells that neither begin nor end with such bytes need neither trimming nor a look for an apostrophe. */
static bool is_odd_first(int byte)
{
    return byte <= ' ' || byte == '\'' || byte == 0xC2 || byte == 0xE3;
}

static bool is_odd_last(int byte)
{
    return byte <= ' ' || byte == 0xA0 || byte == 0x80;
}

static inline bool may_need_trim(const Csv *csv, Str text)
{
    return csv->is_odd_first[(unsigned char)text.ptr[0]] |
           csv->is_odd_last[(unsigned char)text.ptr[text.len - 1]];
}

/* A text cell without blanks at its ends or an apostrophe, perhaps in plain quotes; NULL if it is
 * not so plain. */
static inline const char *text_cell(Csv *csv, const char *at, Str *ret)
{
    bool is_quoted = *at == '"';
    const char *start = at + is_quoted;
    const char *end = start;
    if (is_quoted) {
        while (*end != '"' && !is_line_end(*end))
            end++;
        if (*end != '"' || !csv->is_end[(unsigned char)end[1]])
            return NULL;
    } else {
        end = next_end(csv, at);
    }
    *ret = (Str){start, (size_t)(end - start)};
    if (ret->len > 0 && (ret->len > LIMIT_CELL_BYTES || may_need_trim(csv, *ret)))
        return NULL;
    return end + is_quoted;
}

/* Any cell, mistakes reported. Returns what ends it, NULL if the reading must stop. */
static const char *slow_cell(Csv *csv, const char *at, size_t column, size_t row)
{
    uint32_t line = csv->line;
    Field field;
    if (!read_field(csv, at, column, &field))
        return NULL;

    Build *build = csv->build;
    Plan *plan = &csv->plan[column];
    switch (plan->kind) {
    case PLAN_NUMBER:
        plan->number[row] = build_number(build, field.text, column, line);
        break;
    case PLAN_TEXT: {
        Str text = build_text(build, field.text, column, line);
        if (str_starts_with(text, STR("'"))) /* Excel's mark of a text cell */
            text = str_trim(str_slice(text, 1, text.len));
        plan->text[row] = text;
        break;
    }
    case PLAN_SKIP:
        break;
    case PLAN_NAMELESS:
        if (!str_is_empty(str_trim(field.text)))
            build_orphan(build, column, line);
        break;
    }
    return field.end;
}

static bool fail_fields(Csv *csv, uint32_t line, size_t got)
{
    Build *build = csv->build;
    ErrPlace place = {.file = build->table->file, .line = line};
    return err_fail_at(build->err, &place, ERR_TABLE_FIELDS, ARG_INT("line", line),
                       ARG_INT("got", got), ARG_INT("want", csv->column_count));
}

/* The row goes on behind the last column of the header: only blanks may follow. Returns the line
 * end. */
static const char *extra_fields(Csv *csv, const char *at, uint32_t line)
{
    size_t last = 0; /* the last column with data, from 1 */
    size_t column = csv->column_count;
    while (*at == csv->delimiter) {
        Field field;
        if (!read_field(csv, at + 1, column, &field))
            return NULL;
        if (!str_is_empty(str_trim(field.text))) {
            if (column < csv->raw_count && column < BUILD_ORPHAN_MAX)
                build_orphan(csv->build, column, line);
            else
                last = column + 1;
        }
        at = field.end;
        column++;
    }
    if (last)
        (void)fail_fields(csv, line, last);
    return at;
}

/* Reads one line into `row`. Returns the start of the next, NULL if the reading must stop. */
static const char *read_row(Csv *csv, const char *at, size_t row)
{
    const uint32_t line = csv->line;
    const size_t column_count = csv->column_count;
    Plan *plan = csv->plan;
    size_t column = 0;

    for (;;) {
        const char *end = NULL;
        switch (plan[column].kind) {
        case PLAN_NUMBER:
            end = number_cell(csv, at, &plan[column].number[row]);
            break;
        case PLAN_TEXT:
            end = text_cell(csv, at, &plan[column].text[row]);
            break;
        case PLAN_SKIP:
            end = *at == '"' ? NULL : next_end(csv, at);
            break;
        case PLAN_NAMELESS:
            end = csv->is_end[(unsigned char)*at] ? at : NULL;
            break;
        }
        if (!end) {
            end = slow_cell(csv, at, column, row);
            if (!end)
                return NULL;
        }
        at = end;
        column++;
        if (*at != csv->delimiter || column == column_count)
            break;
        at++;
    }

    if (*at == csv->delimiter) {
        at = extra_fields(csv, at, line);
        if (!at)
            return NULL;
    } else if (column < column_count) {
        (void)fail_fields(csv, line, column);
    }
    csv->build->table->line[row] = line;
    csv->line++;
    return skip_line_end(at);
}

static void make_plan(Csv *csv)
{
    const Table *table = csv->build->table;
    for (size_t i = 0; i < table->column_count; i++) {
        const TableColumn *column = &table->column[i];
        PlanKind kind = PLAN_SKIP;
        if (column->kind == FIELD_NUMBER)
            kind = PLAN_NUMBER;
        else if (column->kind == FIELD_TEXT)
            kind = PLAN_TEXT;
        else if (str_is_empty(column->name))
            kind = PLAN_NAMELESS;
        csv->plan[i] = (Plan){.kind = kind, .number = column->number, .text = column->text};
    }
}

static bool read_body(Csv *csv, const char *at)
{
    Build *build = csv->build;
    Table *table = build->table;
    make_plan(csv);
    while (at < csv->end && !build_is_full(build)) {
        if (csv->may_be_blank[(unsigned char)*at] && skip_blank_line(csv, &at))
            continue;
        if (table->row_count == build->row_cap) {
            if (!build_reserve(build, table->row_count + 1))
                return false;
            make_plan(csv);
        }
        at = read_row(csv, at, table->row_count);
        if (!at)
            return false;
        table->row_count++;
    }
    return true;
}

/* The first line that is not blank. Columns beyond the limit are kept out, unless they have a name.
 */
static bool read_header(Csv *csv, const char **at)
{
    Build *build = csv->build;
    while (*at < csv->end && skip_blank_line(csv, at))
        ;
    VEC(Str) name = {0};
    uint32_t line = csv->line;
    const char *p = *at;
    while (p < csv->end) {
        Field field;
        if (!read_field(csv, p, csv->raw_count, &field))
            return false;
        csv->raw_count++;
        if (name.len < LIMIT_TABLE_COLUMNS) {
            VEC_PUSH(build->arena, &name, field.text);
        } else if (!str_is_empty(str_trim(field.text))) {
            VEC_PUSH(build->arena, &name, field.text);
            break;
        }
        p = field.end + 1;
        if (is_line_end(*field.end)) {
            p = skip_line_end(field.end);
            break;
        }
    }
    csv->line++;
    *at = p;
    return build_header(build, name.ptr, name.len, line);
}

/* A tab if the first line with anything in it has tabs and no comma outside quotes. */
static char find_delimiter(Str text)
{
    size_t commas = 0;
    size_t tabs = 0;
    size_t start = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        is_quoted ^= c == '"';
        commas += c == ',' && !is_quoted;
        tabs += c == '\t' && !is_quoted;
        if (!is_line_end(c) || is_quoted)
            continue;
        Str line = str_slice(text, start, i - start);
        while (line.len > 0 &&
               (*line.ptr == ',' || *line.ptr == '"' || str_trim(line).ptr != line.ptr))
            line = str_trim(str_slice(line, *line.ptr == ',' || *line.ptr == '"', line.len));
        if (line.len > 0)
            break;
        start = i + 1;
        commas = 0;
        tabs = 0;
    }
    return tabs > 0 && commas == 0 ? '\t' : ',';
}

/* Counts line feeds; false if there is a NUL. Plain loops over short blocks, for the vectoriser. */
static bool scan_bytes(Str text, size_t *ret_line_feeds)
{
    enum { BLOCK = 192 }; /* a byte can count so many */
    size_t line_feeds = 0;
    for (size_t at = 0; at < text.len; at += BLOCK) {
        size_t len = text.len - at < BLOCK ? text.len - at : BLOCK;
        const char *block = text.ptr + at;
        unsigned char nuls = 0;
        unsigned char feeds = 0;
        for (size_t i = 0; i < len; i++) {
            nuls |= block[i] == '\0';
            feeds = (unsigned char)(feeds + (block[i] == '\n'));
        }
        line_feeds += feeds;
        if (nuls)
            return false;
    }
    *ret_line_feeds = line_feeds;
    return true;
}

static bool fail_nul(const Csv *csv, Str text)
{
    uint32_t line = csv->line;
    Str file = csv->build->table->file;
    for (const char *p = text.ptr; *p; p++)
        line += *p == '\n' || (*p == '\r' && p[1] != '\n');
    ErrPlace place = {.file = file, .line = line};
    return err_fail_at(csv->build->err, &place, ERR_TABLE_NUL, ARG_STR("file", file));
}

static Str with_line_feed(Arena *arena, Str text)
{
    if (text.len > 0 && text.ptr[text.len - 1] == '\n')
        return text;
    char *copy = arena_alloc_raw(arena, text.len + 1);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\n';
    return (Str){copy, text.len + 1};
}

/* ---- in pieces ---- */

/* The lines of a text without quotes. A CR at its end may be half of one. */
static size_t whole_lines_len(Str text)
{
    const char *feed = memrchr(text.ptr, '\n', text.len);
    const char *end = feed ? feed : memrchr(text.ptr, '\r', text.len ? text.len - 1 : 0);
    return end ? (size_t)(end - text.ptr) + 1 : 0;
}

size_t csv_whole_len(const Csv *csv, Str text)
{
    if (!memchr(text.ptr, '"', text.len))
        return whole_lines_len(text);

    Csv piece = *csv;
    const char *at = text.ptr, *row = at, *end = text.ptr + text.len;
    piece.end = end + 1; /* the line feed there is no part of it */
    while (at < end) {
        Field field = {.end = plain_end(&piece, at)};
        if (*at == '"' && scan_quoted(&piece, at, &field) != QUOTE_OK) {
            if (field.end == NULL)
                break; /* not closed yet */
            field.end = plain_end(&piece, field.end);
        }
        if (field.end + 1 >= end && (field.end >= end || *field.end == '\r'))
            break;
        at = is_line_end(*field.end) ? skip_line_end(field.end) : field.end + 1;
        if (is_line_end(*field.end))
            row = at;
    }
    return (size_t)(row - text.ptr);
}

static void set_delimiter(Csv *csv, char delimiter)
{
    csv->delimiter = delimiter;
    csv->is_end[(unsigned char)delimiter] = true;
    csv->may_be_blank[(unsigned char)delimiter] = true;
}

Csv *csv_new(Build *build, Str start)
{
    Csv *csv = ARENA_NEW(build->arena, Csv);
    *csv = (Csv){.build = build, .line = 1};
    csv->is_end['\n'] = csv->is_end['\r'] = true;
    for (const char *c = " \t\r\n\"\xc2\xe3"; *c; c++)
        csv->may_be_blank[(unsigned char)*c] = true;
    for (int byte = 0; byte < 256; byte++) {
        csv->is_odd_first[byte] = is_odd_first(byte);
        csv->is_odd_last[byte] = is_odd_last(byte);
    }
    set_delimiter(csv, find_delimiter(start));
    return csv;
}

uint32_t csv_line(const Csv *csv)
{
    return csv->line;
}

static void set_text(Csv *csv, Str text)
{
    enum { WORDS = 18 };
    csv->end = text.ptr + text.len;
    csv->ends_at = NULL;
    csv->word_end = text.len > WORDS ? csv->end - WORDS : text.ptr;
}

static bool begin(Csv *csv, Str *text)
{
    const char *at = text->ptr;
    set_text(csv, *text);
    if (!read_header(csv, &at))
        return false;
    csv->column_count = csv->build->table->column_count;
    csv->plan = ARENA_ARRAY(csv->build->arena, Plan, csv->column_count);
    *text = (Str){at, (size_t)(csv->end - at)};
    return true;
}

static bool read_rows(Csv *csv, Str text, size_t line_feeds)
{
    /* A full row has at least one byte per column. Short rows may be more: then the columns grow. */
    size_t most = text.len / csv->column_count + 1;
    set_text(csv, text);
    return build_expect(csv->build, line_feeds < most ? line_feeds : most) &&
           read_body(csv, text.ptr);
}

bool csv_begin(Csv *csv, Str *text)
{
    size_t line_feeds = 0;
    return scan_bytes(*text, &line_feeds) ? begin(csv, text) : fail_nul(csv, *text);
}

bool csv_rows(Csv *csv, Str text)
{
    size_t line_feeds = 0;
    csv->build->table->row_count = 0;
    return scan_bytes(text, &line_feeds) ? read_rows(csv, text, line_feeds) : fail_nul(csv, text);
}

bool csv_read(Build *build, Str text)
{
    size_t line_feeds = 0;
    Csv *csv = csv_new(build, text);
    if (!scan_bytes(text, &line_feeds))
        return fail_nul(csv, text);
    text = with_line_feed(build->arena, text);
    return begin(csv, &text) && read_rows(csv, text, line_feeds) && build_finish(build, NULL);
}
