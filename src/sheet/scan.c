#include "sheet/sheet_int.h"

#include "base/file.h"

enum { PIECE = 262144 /* text, and the cells of its rows, stay in the second-level cache */ };

typedef struct Scan {
    Build build;
    Csv *csv;
    TextStream *stream;
    char *text; /* cap bytes, and two for line feeds behind the last */
    size_t cap, len;
    bool is_end; /* of the stream */
    size_t row_count;
    TableTake *take;
    Arena *cells; /* of one block */
} Scan;

static bool fail_place(const Scan *scan, ErrCode code, size_t limit)
{
    uint32_t line = scan->csv ? csv_line(scan->csv) : 1;
    ErrPlace place = {.file = scan->build.table->file, .line = line};
    return err_fail_at(scan->build.err, &place, code, ARG_INT("line", line),
                       ARG_INT("limit", limit));
}

/* Room for a row that is longer than all there is. */
static bool grow(Scan *scan)
{
    size_t cap = scan->cap ? scan->cap * 2 : PIECE;
    if (cap > LIMIT_ROW_BYTES)
        return fail_place(scan, ERR_TABLE_ROW_BYTES, LIMIT_ROW_BYTES);
    char *text = arena_alloc_raw(scan->build.arena, cap + 2);
    if (scan->len)
        memcpy(text, scan->text, scan->len);
    scan->text = text;
    scan->cap = cap;
    return true;
}

static bool fill(Scan *scan)
{
    size_t got = 0;
    if (scan->len == scan->cap && !grow(scan))
        return false;
    while (!scan->is_end && scan->cap - scan->len >= PIECE / 2) {
        if (!stream_next(scan->stream, scan->text + scan->len, scan->cap - scan->len, &got,
                         scan->build.err))
            return false;
        scan->len += got;
        scan->is_end = got == 0;
    }
    if (scan->is_end && scan->len && scan->text[scan->len - 1] != '\n')
        scan->text[scan->len++] = '\n';
    scan->text[scan->len] = '\n';
    return true;
}

static bool has_line(const Scan *scan)
{
    return memchr(scan->text, '\n', scan->len) || memchr(scan->text, '\r', scan->len);
}

static bool take_rows(Scan *scan, Str text)
{
    Build *build = &scan->build;
    build->cells = scan->cells;
    arena_reset(build->cells);
    if (!csv_rows(scan->csv, text))
        return false;
    scan->row_count += build->table->row_count;
    if (scan->row_count > LIMIT_SCAN_ROWS)
        return fail_place(scan, ERR_TABLE_ROWS, LIMIT_SCAN_ROWS);
    bool is_good = build->err->count == build->err_start && build->table->row_count;
    return !is_good || scan->take(build->options->ctx, build->table, build->err);
}

/* The names of the columns outlive the text that they stand in. */
static bool take_header(Scan *scan, Str *text)
{
    Str copy = str_dup(scan->build.arena, *text);
    if (!csv_begin(scan->csv, &copy))
        return false;
    *text = str_slice(*text, text->len - copy.len, copy.len);
    return true;
}

/* Whole rows at the start of the text, until it is used up but for a part of one. */
static bool take_piece(Scan *scan, bool is_first)
{
    size_t len = scan->len;
    while (!scan->is_end && (len = csv_whole_len(scan->csv, (Str){scan->text, scan->len})) == 0)
        if (!grow(scan) || !fill(scan))
            return false;
    if (scan->is_end)
        len = scan->len;
    char after = scan->text[len];
    bool is_cr = len && scan->text[len - 1] == '\r'; /* as a CR LF it is the same line end */
    scan->text[len] = is_cr ? '\n' : after;
    Str text = {scan->text, len + is_cr};
    if ((is_first && !take_header(scan, &text)) || (text.len && !take_rows(scan, text)))
        return false;
    scan->text[len] = after;
    memmove(scan->text, scan->text + len, scan->len - len);
    scan->len -= len;
    return true;
}

static bool scan_text(Scan *scan)
{
    Build *build = &scan->build;
    build->table->encoding = stream_encoding(scan->stream);
    while (!scan->is_end && (scan->len == 0 || !has_line(scan)))
        if (!fill(scan))
            return false;
    scan->csv = csv_new(build, (Str){scan->text, scan->len});
    for (bool is_first = true; is_first || scan->len || !scan->is_end; is_first = false)
        if (!fill(scan) || !take_piece(scan, is_first))
            return false;
        else if (build_is_full(build))
            break;
    return build_finish(build, NULL);
}

/* Reads the stream from where it is; mistakes are the caller's to keep or to forget. */
static bool scan_stream(Arena *arena, TextStream *stream, Str file, const TableOptions *options,
                        TableTake *take, Err *err)
{
    CLEANUP(arena_done) Arena cells;
    arena_init(&cells);
    Table *table = ARENA_NEW(arena, Table);
    table->file = str_dup(arena, file);
    Scan scan = {.take = take, .stream = stream, .cells = &cells};
    build_init(&scan.build, arena, options, table, err);
    return scan_text(&scan);
}

static bool scan_source(Arena *arena, const StreamSource *source, const TableOptions *options,
                        TableTake *take, Err *err)
{
    CLEANUP(arena_done) Arena streams; /* the files are closed, too */
    arena_init(&streams);
    CLEANUP(err_done) Err first;
    err_init(&first);
    TextStream *stream;
    if (!stream_open(&streams, source, &stream, err))
        return false;
    bool is_ok = scan_stream(arena, stream, source->file, options, take, &first);
    if (!stream_is_mistaken(stream))
        return err_take(err, &first) && is_ok;
    return stream_restart(stream, err) &&
           scan_stream(arena, stream, source->file, options, take, err);
}

static bool take_whole(Table *table, const TableOptions *options, TableTake *take, Err *err)
{
    size_t before = err->count;
    return (table->row_count == 0 || take(options->ctx, table, err)) && err->count == before;
}

bool table_scan_bytes(Arena *arena, Str file_name, Str bytes, const TableOptions *options,
                      TableTake *take, Err *err)
{
    Table *table;
    StreamSource source = {.file = file_name, .bytes = bytes};
    if (sheet_shape(bytes) == FILE_TEXT)
        return scan_source(arena, &source, options, take, err);
    return table_read_bytes(arena, file_name, bytes, options, &table, err) &&
           take_whole(table, options, take, err);
}

static bool read_start(const char *path, char *ret, size_t room, size_t *ret_len, Err *err)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    FileReader *reader;
    return file_reader_open(&scratch, path, &reader, err) &&
           file_reader_next(reader, ret, room, ret_len, err);
}

bool table_scan(Arena *arena, const char *path, const TableOptions *options, TableTake *take,
                Err *err)
{
    enum { START = 512 };
    char start[START];
    size_t len;
    Table *table;
    StreamSource source = {.path = path, .file = str_from(path)};
    if (!read_start(path, start, START, &len, err))
        return false;
    if (sheet_shape((Str){start, len}) == FILE_TEXT)
        return scan_source(arena, &source, options, take, err);
    return table_read(arena, path, options, &table, err) && take_whole(table, options, take, err);
}
