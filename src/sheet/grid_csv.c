/*
 * Text files (csv, txt) as a grid. What was typed stays as it was typed: only what a spreadsheet would show
 * again in the same way becomes a number, so that 018, 2023.10 and an identity number lose nothing.
 */
#include "sheet/grid_int.h"
#include "sheet/sheet_int.h"

#include <string.h>

enum { GUESS_LINES = 50 };

typedef struct TextReader {
    GridBuild *build;
    const char *at, *end;
    char delimiter;
    uint32_t line;
    StrBuf cell; /* of a quoted one, unfolded */
} TextReader;

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Of the first lines, outside quotes. */
static size_t count_delimiter(Str text, char delimiter)
{
    size_t count = 0, lines = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < text.len && lines < GUESS_LINES; i++) {
        char c = text.ptr[i];
        if (c == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && c == delimiter)
            count++;
        lines += c == '\n' && !is_quoted;
    }
    return count;
}

/* The one that stands most often; a comma among equals, for it is what csv says. */
static char guess_delimiter(Str text)
{
    static const char known[] = {',', '\t', ';'};
    char best = ',';
    size_t most = 0;
    for (size_t i = 0; i < sizeof known; i++) {
        size_t count = count_delimiter(text, known[i]);
        if (count > most) {
            most = count;
            best = known[i];
        }
    }
    return best;
}

static bool fail(TextReader *reader, size_t column, ErrCode code, Str text)
{
    ErrPlace place = {
        .file = reader->build->book->file, .line = reader->line, .column = column + 1};
    return err_fail_at(reader->build->err, &place, code,
                       ARG_STR("text", sheet_shown(reader->build->arena, str_trim(text))));
}

/* Digits that a spreadsheet would show as they stand. */
static bool is_plain_number(Str text, double *ret)
{
    char buf[24];
    if (!text.len || text.len >= sizeof buf)
        return false;
    memcpy(buf, text.ptr, text.len);
    buf[text.len] = '\0';
    const char *at = buf, *digits = buf + (buf[0] == '-');
    if (digits[0] == '0' && digits[1] != '.' && digits[1] != '\0')
        return false;
    if (strchr(buf, '.') && buf[text.len - 1] == '0')
        return false;
    return number_scan(&at, ret) && *at == '\0' && !(*ret == 0 && buf[0] == '-');
}

static bool add_cell(TextReader *reader, size_t column, Str text)
{
    double number;
    Str trimmed = str_trim(text);
    if (!trimmed.len)
        return true;
    if (column >= LIMIT_GRID_COLUMNS) {
        ErrPlace place = {.file = reader->build->book->file, .line = reader->line};
        return err_fail_at(reader->build->err, &place, ERR_TABLE_COLUMNS,
                           ARG_INT("limit", LIMIT_GRID_COLUMNS));
    }
    return is_plain_number(trimmed, &number) ? grid_add_number(reader->build, column, number, 0)
                                             : grid_add_text(reader->build, column, text, 0);
}

/* At the opening quote; moves behind the closing one. */
static bool read_quoted(TextReader *reader, size_t column, uint32_t *breaks)
{
    const char *open = reader->at;
    reader->cell.len = 0;
    for (reader->at++; reader->at < reader->end; reader->at++) {
        char c = *reader->at;
        if (c == '"') {
            if (reader->at + 1 == reader->end || reader->at[1] != '"')
                break;
            reader->at++;
        }
        *breaks += c == '\n';
        strbuf_add_char(&reader->cell, c);
    }
    if (reader->at == reader->end)
        return fail(reader, column, ERR_TABLE_QUOTE_OPEN,
                    (Str){open, (size_t)(reader->end - open)});
    reader->at++;
    if (reader->at < reader->end && *reader->at != reader->delimiter && !is_line_end(*reader->at))
        return fail(reader, column, ERR_TABLE_QUOTE_AFTER,
                    (Str){reader->at, (size_t)(reader->end - reader->at)});
    return add_cell(reader, column, strbuf_str(&reader->cell));
}

static bool read_cell(TextReader *reader, size_t column, uint32_t *breaks)
{
    if (reader->at < reader->end && *reader->at == '"')
        return read_quoted(reader, column, breaks);
    const char *start = reader->at;
    while (reader->at < reader->end && *reader->at != reader->delimiter &&
           !is_line_end(*reader->at))
        reader->at++;
    Str text = {start, (size_t)(reader->at - start)};
    if (text.len > 1 && text.ptr[0] == '\'') /* a spreadsheet's mark of text */
        return grid_add_text(reader->build, column, str_slice(text, 1, text.len), 0);
    return add_cell(reader, column, text);
}

static bool read_line(TextReader *reader)
{
    uint32_t breaks = 0;
    if (reader->line > LIMIT_GRID_LINES) {
        ErrPlace place = {.file = reader->build->book->file, .line = reader->line};
        return err_fail_at(reader->build->err, &place, ERR_TABLE_ROWS,
                           ARG_INT("limit", LIMIT_GRID_LINES));
    }
    grid_begin_row(reader->build, reader->line, false);
    for (size_t column = 0;; column++) {
        if (!read_cell(reader, column, &breaks))
            return false;
        if (reader->at == reader->end || *reader->at != reader->delimiter)
            break;
        reader->at++;
    }
    grid_end_row(reader->build);
    if (reader->at < reader->end) /* a line end, of one or two bytes */
        reader->at +=
            1 + (*reader->at == '\r' && reader->at + 1 < reader->end && reader->at[1] == '\n');
    reader->line += 1 + breaks;
    return true;
}

bool grid_read_text(GridBuild *build, Str bytes)
{
    Book *book = build->book;
    Str text;
    if (!encode_to_utf8(build->arena, book->file, bytes, &text, &book->encoding, build->err) ||
        !grid_begin(build, STR("")))
        return false;
    TextReader reader = {.build = build,
                         .at = text.ptr,
                         .end = text.ptr + text.len,
                         .delimiter = guess_delimiter(text),
                         .line = 1};
    strbuf_init(&reader.cell, build->arena);
    book->format = BOOK_TEXT;
    book->delimiter = reader.delimiter;
    while (reader.at < reader.end)
        if (!read_line(&reader))
            return false;
    grid_end(build);
    return true;
}
