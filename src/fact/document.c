#include "fact/document.h"

#include "base/bytes.h"
#include "base/map.h"

#include <math.h>

enum {
    VERSION = 1,
    WORDS_MAX = 255, /* distinct texts of a column that is written by their numbers */
    SCALE_MAX = 4,   /* digits after the point of a number that is written as a whole one */
    ROWS_MAX = 1 << 24,
    COLUMNS_MAX = 1 << 16,
    SCALED_HEAD = 2, /* bytes of scale and width */
};

/* How the values of a column are laid down. */
typedef enum Layout {
    LAYOUT_BLANK,   /* all blank */
    LAYOUT_DOUBLES, /* 8 bytes each */
    LAYOUT_SCALED,  /* whole numbers of 1, 2, 4 or 8 bytes, divided by a power of ten */
    LAYOUT_TEXTS,
    LAYOUT_WORDS, /* the distinct texts, then a byte for each row */
    LAYOUT_COUNT
} Layout;

static const double POWER[SCALE_MAX + 1] = {1, 10, 100, 1000, 10000};
#define SCALED_MAX 9007199254740991.0 /* 2^53 - 1 */

/* ---- numbers ---- */

/* As round(), for what is not negative; that is a call, and this is done for every cell. */
static inline double nearest_whole(double value)
{
    const double all_whole = 4503599627370496.0; /* 2^52: no double above has a fraction */
    return value < all_whole ? (double)(int64_t)(value + 0.5) : value;
}

/* Whether value is exactly whole / power, as division rounds it. */
static inline bool is_scaled(double value, double power)
{
    if (signbit(value) || !(value <= SCALED_MAX)) /* NaN neither */
        return false;
    double whole = nearest_whole(value * power);
    return whole <= SCALED_MAX && whole / power == value;
}

/* The least scale at which all are whole; -1 if none is. *ret_max: the largest; -1: all are blank. */
static int scale_of(const double *number, size_t count, double *ret_max)
{
    int scale = 0;
    double max = -1;
    for (size_t i = 0; i < count; i++) {
        while (!isnan(number[i]) && !is_scaled(number[i], POWER[scale]))
            if (++scale > SCALE_MAX)
                return -1;
        max = number[i] > max ? number[i] : max;
    }
    /* a larger scale can lose the last digit of a large one */
    for (size_t i = 0; scale && i < count; i++)
        if (!isnan(number[i]) && !is_scaled(number[i], POWER[scale]))
            return -1;
    *ret_max = max < 0 ? max : nearest_whole(max * POWER[scale]);
    return scale;
}

/* All ones is blank, so the largest number must be below it. */
static unsigned width_of(double max)
{
    return max < 255 ? 1 : max < 65535 ? 2 : max < 4294967295.0 ? 4 : 8;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "numbers are written and read as they lie");

#define WRITE_SCALED(type, blank)                                                                \
    for (size_t i = 0; i < count; i++) {                                                         \
        type whole = isnan(number[i]) ? (blank) : (type)nearest_whole(number[i] * POWER[scale]); \
        memcpy(raw + i * sizeof whole, &whole, sizeof whole);                                    \
    }

static void add_scaled(StrBuf *out, const double *number, size_t count, int scale, unsigned width)
{
    strbuf_add_char(out, (char)scale);
    strbuf_add_char(out, (char)width);
    char *raw = strbuf_add_room(out, count * width);
    if (width == 1)
        WRITE_SCALED(uint8_t, UINT8_MAX)
    else if (width == 2)
        WRITE_SCALED(uint16_t, UINT16_MAX)
    else if (width == 4)
        WRITE_SCALED(uint32_t, UINT32_MAX)
    else
        WRITE_SCALED(uint64_t, UINT64_MAX)
}

static void add_numbers(StrBuf *out, const double *number, size_t count)
{
    double max;
    int scale = scale_of(number, count, &max);
    if (scale >= 0 && max < 0) {
        strbuf_add_char(out, LAYOUT_BLANK);
    } else if (scale >= 0) {
        strbuf_add_char(out, LAYOUT_SCALED);
        add_scaled(out, number, count, scale, width_of(max));
    } else {
        strbuf_add_char(out, LAYOUT_DOUBLES);
        for (size_t i = 0; i < count; i++)
            bytes_add_f64(out, isnan(number[i]) ? NAN : number[i]);
    }
}

#define READ_SCALED(type, blank)                                      \
    for (size_t i = 0; i < count; i++) {                              \
        type whole;                                                   \
        memcpy(&whole, raw.ptr + i * sizeof whole, sizeof whole);     \
        number[i] = whole == (blank) ? NAN : (double)whole / divisor; \
    }

/* Of `raw`: scale, width, whole numbers. */
static void decode_scaled(Str raw, size_t count, double *number)
{
    double divisor = POWER[(int)raw.ptr[0]];
    unsigned width = (unsigned char)raw.ptr[1];
    raw = str_slice(raw, SCALED_HEAD, raw.len);
    if (width == 1)
        READ_SCALED(uint8_t, UINT8_MAX)
    else if (width == 2)
        READ_SCALED(uint16_t, UINT16_MAX)
    else if (width == 4)
        READ_SCALED(uint32_t, UINT32_MAX)
    else
        READ_SCALED(uint64_t, UINT64_MAX)
}

const double *document_numbers(Arena *arena, const Document *document, DocumentColumn *column)
{
    if (column->number || column->is_text)
        return column->number;
    size_t count = document->row_count;
    double *number = arena_alloc_raw(arena, (count + 1) * sizeof *number);
    Layout layout = (Layout)column->raw.ptr[0];
    Str raw = str_slice(column->raw, 1, column->raw.len);
    if (layout == LAYOUT_SCALED)
        decode_scaled(raw, count, number);
    else if (layout == LAYOUT_DOUBLES)
        memcpy(number, raw.ptr, raw.len);
    for (size_t i = 0; layout == LAYOUT_BLANK && i < count; i++)
        number[i] = NAN;
    column->number = number;
    return number;
}

/* How many bytes the numbers take behind the byte of their layout; reader stands there. */
static size_t size_of_numbers(ByteReader *reader, Layout layout, size_t count)
{
    if (layout != LAYOUT_SCALED)
        return layout == LAYOUT_DOUBLES ? count * sizeof(double) : 0;
    Str head = str_slice(reader->rest, 0, SCALED_HEAD);
    int scale = head.len == SCALED_HEAD ? head.ptr[0] : -1;
    unsigned width = head.len == SCALED_HEAD ? (unsigned char)head.ptr[1] : 0;
    bool is_good =
        scale >= 0 && scale <= SCALE_MAX && (width == 1 || width == 2 || width == 4 || width == 8);
    reader->is_bad |= !is_good;
    return SCALED_HEAD + count * width;
}

/* ---- texts ---- */

/* The distinct texts in the order of their first row; false if there are too many. */
static bool find_words(Map *words, const Str *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!map_find(words, text[i]))
            map_set(words, text[i], (void *)(uintptr_t)(words->len + 1));
        if (words->len > WORDS_MAX)
            return false;
    }
    return true;
}

static void add_texts(StrBuf *out, const Str *text, size_t count)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    Map words;
    map_init(&words, &scratch);
    if (!find_words(&words, text, count)) {
        strbuf_add_char(out, LAYOUT_TEXTS);
        for (size_t i = 0; i < count; i++)
            bytes_add_str(out, text[i]);
        return;
    }
    strbuf_add_char(out, LAYOUT_WORDS);
    bytes_add_varint(out, words.len);
    for (size_t i = 0; i < words.len; i++)
        bytes_add_str(out, words.entry[i].key);
    for (size_t i = 0; i < count; i++)
        strbuf_add_char(out, (char)((uintptr_t)map_find(&words, text[i]) - 1));
}

static Str *read_texts(Arena *arena, ByteReader *reader, size_t count)
{
    if (count > reader->rest.len)
        reader->is_bad = true;
    Str *text = reader->is_bad ? NULL : arena_alloc_raw(arena, (count + 1) * sizeof *text);
    for (size_t i = 0; text && i < count; i++)
        text[i] = bytes_str(reader);
    return text;
}

static Str *read_words(Arena *arena, ByteReader *reader, size_t count)
{
    Str word[WORDS_MAX];
    size_t words = (size_t)bytes_varint(reader);
    reader->is_bad |= words > WORDS_MAX;
    for (size_t i = 0; !reader->is_bad && i < words; i++)
        word[i] = bytes_str(reader);
    Str raw = bytes_raw(reader, count);
    Str *text = reader->is_bad ? NULL : arena_alloc_raw(arena, (count + 1) * sizeof *text);
    for (size_t i = 0; text && i < count; i++) {
        size_t at = (unsigned char)raw.ptr[i];
        reader->is_bad |= at >= words;
        text[i] = at < words ? word[at] : STR("");
    }
    return text;
}

/* ---- documents ---- */

static void add_values(StrBuf *out, const DocumentColumn *column, size_t count)
{
    if (column->is_text)
        add_texts(out, column->text, count);
    else
        add_numbers(out, column->number, count);
}

void document_format(StrBuf *out, const Document *document)
{
    bytes_add_varint(out, VERSION);
    bytes_add_str(out, document->form);
    bytes_add_str(out, document->file);
    bytes_add_str(out, document->sheet);
    strbuf_add(out, (Str){(const char *)document->digest, SM3_LEN});
    bytes_add_varint(out, document->chunk);
    bytes_add_varint(out, document->chunk_count);
    bytes_add_varint(out, document->row_count);
    bytes_add_varint(out, document->column_count);
    for (size_t i = 0; i < document->column_count; i++) {
        const DocumentColumn *column = &document->column[i];
        bytes_add_str(out, column->id);
        bytes_add_str(out, column->stage);
        bytes_add_str(out, column->header);
        bytes_add_varint(out, column->place);
        add_values(out, column, document->row_count);
    }
}

static DocumentColumn read_column(Arena *arena, ByteReader *reader, size_t count)
{
    DocumentColumn column = {.id = bytes_str(reader)};
    column.stage = bytes_str(reader);
    column.header = bytes_str(reader);
    uint64_t place = bytes_varint(reader);
    reader->is_bad |= place > UINT32_MAX;
    column.place = (uint32_t)place;
    Str start = reader->rest;
    Str first = bytes_raw(reader, 1);
    Layout layout = first.len ? (Layout)(unsigned char)first.ptr[0] : LAYOUT_COUNT;
    column.is_text = layout == LAYOUT_TEXTS || layout == LAYOUT_WORDS;
    if (layout == LAYOUT_TEXTS)
        column.text = read_texts(arena, reader, count);
    else if (layout == LAYOUT_WORDS)
        column.text = read_words(arena, reader, count);
    else if (layout < LAYOUT_COUNT)
        (void)bytes_raw(reader, size_of_numbers(reader, layout, count));
    else
        reader->is_bad = true;
    column.raw = str_slice(start, 0, start.len - reader->rest.len);
    return column;
}

bool document_parse(Arena *arena, Str body, Document *ret)
{
    ByteReader reader = bytes_reader(body);
    bool is_known = bytes_varint(&reader) == VERSION;
    Document document = {.form = bytes_str(&reader)};
    document.file = bytes_str(&reader);
    document.sheet = bytes_str(&reader);
    Str digest = bytes_raw(&reader, SM3_LEN);
    if (digest.len)
        memcpy(document.digest, digest.ptr, SM3_LEN);
    document.chunk = (uint32_t)bytes_varint(&reader);
    document.chunk_count = (uint32_t)bytes_varint(&reader);
    document.row_count = (size_t)bytes_varint(&reader);
    document.column_count = (size_t)bytes_varint(&reader);
    if (!is_known || reader.is_bad || document.row_count > ROWS_MAX ||
        document.column_count > COLUMNS_MAX || document.column_count > reader.rest.len)
        return false;
    document.column = ARENA_ARRAY(arena, DocumentColumn, document.column_count);
    for (size_t i = 0; !reader.is_bad && i < document.column_count; i++)
        document.column[i] = read_column(arena, &reader, document.row_count);
    if (!bytes_is_done(&reader))
        return false;
    *ret = document;
    return true;
}

/* A column at a time, so that the whole batch need not lie in memory once more. */
static void move_to_digest(Digest *digest, StrBuf *bytes)
{
    digest_add(digest, strbuf_str(bytes));
    bytes->len = 0;
}

void document_digest(const Document *document, unsigned char ret[SM3_LEN])
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    Digest *digest = digest_new(&scratch);
    StrBuf bytes;
    strbuf_init(&bytes, &scratch);
    bytes_add_str(&bytes, document->form);
    bytes_add_varint(&bytes, document->row_count);
    move_to_digest(digest, &bytes);
    for (size_t i = 0; i < document->column_count; i++) {
        const DocumentColumn *column = &document->column[i];
        bytes_add_str(&bytes, column->id);
        bytes_add_str(&bytes, column->stage);
        add_values(&bytes, column, document->row_count);
        move_to_digest(digest, &bytes);
    }
    digest_finish(digest, ret);
}

DocumentColumn *document_add(Arena *arena, Document *document, const char *id, bool is_text)
{
    DocumentColumn *column = &document->column[document->column_count++];
    *column = (DocumentColumn){.id = str_from(id), .place = DOCUMENT_NO_PLACE, .is_text = is_text};
    if (is_text)
        column->text = ARENA_ARRAY(arena, Str, document->row_count + 1);
    else
        column->number = ARENA_ARRAY(arena, double, document->row_count + 1);
    return column;
}

DocumentColumn *document_find(const Document *document, Str id, Str stage)
{
    for (size_t i = 0; i < document->column_count; i++)
        if (str_equals(document->column[i].id, id) && str_equals(document->column[i].stage, stage))
            return &document->column[i];
    return NULL;
}
