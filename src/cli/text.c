#include "cli/text.h"

#include "base/decimal.h"
#include "base/utf8.h"

#include <math.h>

void text_add_line(StrBuf *out, Str text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t code = utf8_next(text, &at);
        bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0);
        utf8_add(out, is_control || code == 0x2028 || code == 0x2029 ? ' ' : code);
    }
}

void text_add_number(StrBuf *out, double value, int places)
{
    if (isfinite(value))
        decimal_add_fixed(out, value, places);
    else
        strbuf_add(out, STR("—"));
}

void text_add_figure(StrBuf *out, double value, int places)
{
    StrBuf digits;
    strbuf_init(&digits, out->arena);
    text_add_number(&digits, value, places);
    Str text = strbuf_str(&digits);
    if (memchr(text.ptr, '.', text.len)) {
        while (text.ptr[text.len - 1] == '0')
            text.len--;
        text.len -= text.ptr[text.len - 1] == '.';
    }
    strbuf_add(out, text);
}

void text_table_init(TextTable *table, Arena *arena, size_t indent)
{
    *table = (TextTable){.arena = arena, .indent = indent};
}

void text_table_add_column(TextTable *table, Str heading, TextAlign align)
{
    CHECK(table->cells.len == 0);
    VEC_PUSH(table->arena, &table->columns, (TextColumn){.heading = heading, .align = align});
}

void text_table_add_text(TextTable *table, Str text)
{
    StrBuf line;
    CHECK(table->columns.len > 0);
    strbuf_init(&line, table->arena);
    text_add_line(&line, text);
    VEC_PUSH(table->arena, &table->cells, strbuf_str(&line));
}

void text_table_add_number(TextTable *table, double value, int places)
{
    StrBuf digits;
    strbuf_init(&digits, table->arena);
    text_add_number(&digits, value, places);
    text_table_add_text(table, strbuf_str(&digits));
}

void text_table_add_figure(TextTable *table, double value, int places)
{
    StrBuf digits;
    strbuf_init(&digits, table->arena);
    text_add_figure(&digits, value, places);
    text_table_add_text(table, strbuf_str(&digits));
}

void text_table_add_count(TextTable *table, size_t count)
{
    text_table_add_text(table, str_format(table->arena, "%zu", count));
}

void text_table_end_row(TextTable *table)
{
    while (table->cells.len % table->columns.len != 0)
        text_table_add_text(table, STR(""));
}

/* One line; blanks are held back until something follows them. */
static void add_line(StrBuf *out, const TextTable *table, const Str *cell, const size_t *width)
{
    size_t blanks = table->indent;
    for (size_t i = 0; i < table->columns.len; i++) {
        size_t gap = width[i] - utf8_width(cell[i]);
        bool is_right = table->columns.ptr[i].align == TEXT_RIGHT;
        if (cell[i].len) {
            strbuf_add_repeat(out, STR(" "), blanks + (is_right ? gap : 0));
            strbuf_add(out, cell[i]);
            blanks = is_right ? 0 : gap;
        } else {
            blanks += gap;
        }
        blanks += 2;
    }
    strbuf_add_char(out, '\n');
}

void text_table_format(StrBuf *out, const TextTable *table)
{
    size_t count = table->columns.len;
    bool has_heading = false;
    CHECK(count > 0 && table->cells.len % count == 0);
    Str *heading = ARENA_ARRAY(out->arena, Str, count);
    size_t *width = ARENA_ARRAY(out->arena, size_t, count);
    for (size_t i = 0; i < count; i++) {
        heading[i] = table->columns.ptr[i].heading;
        width[i] = utf8_width(heading[i]);
        has_heading |= heading[i].len > 0;
    }
    for (size_t i = 0; i < table->cells.len; i++) {
        size_t own = utf8_width(table->cells.ptr[i]);
        if (own > width[i % count])
            width[i % count] = own;
    }
    if (has_heading)
        add_line(out, table, heading, width);
    for (size_t i = 0; i < table->cells.len; i += count)
        add_line(out, table, table->cells.ptr + i, width);
}
