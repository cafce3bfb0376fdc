/* Where something stands in the file of a formula, and its text for messages. */
#include "expr/expr_int.h"

#include "base/utf8.h"

static Str line_at(Str source, size_t from)
{
    if (from >= source.len)
        return STR("");
    const char *end = memchr(source.ptr + from, '\n', source.len - from);
    size_t len = end ? (size_t)(end - source.ptr) - from : source.len - from;
    if (len && source.ptr[from + len - 1] == '\r')
        len--;
    return str_slice(source, from, len);
}

ErrPlace formula_place(Arena *arena, const Formula *formula, size_t offset, size_t len)
{
    Str source = formula->source;
    size_t line = 0, line_start = 0;
    for (size_t i = 0; i < offset; i++)
        if (source.ptr[i] == '\n') {
            line++;
            line_start = i + 1;
        }
    Str text = line_at(source, line_start);
    size_t before = offset - line_start < text.len ? offset - line_start : text.len;
    ErrPlace place = {
        .file = formula->file,
        .node = formula->node,
        .line = formula->line || line ? (formula->line ? formula->line : 1) + line : 0,
        .column = utf8_count(str_slice(text, 0, before)) + 1,
        .text = text,
        .len = utf8_count(str_slice(text, before, len)),
    };
    if (len && !place.len)
        place.len = 1; /* something is missing at the end of the line */
    /* columns count from the start of the file's line: what stands before the formula becomes blanks */
    size_t before_text = line ? formula->indent : formula->column > 1 ? formula->column - 1 : 0;
    if (before_text) {
        StrBuf padded;
        strbuf_init(&padded, arena);
        strbuf_add_repeat(&padded, STR(" "), before_text);
        strbuf_add(&padded, text);
        place.text = strbuf_str(&padded);
        place.column += before_text;
    }
    return place;
}

Str formula_excerpt(Arena *arena, const Formula *formula, size_t offset, size_t len)
{
    enum { EXCERPT_MAX = 40 };
    Str text = str_slice(formula->source, offset, len);
    StrBuf out;
    strbuf_init(&out, arena);
    size_t count = 0;
    for (size_t at = 0; at < text.len; count++) {
        if (count == EXCERPT_MAX) {
            strbuf_add(&out, STR("…"));
            break;
        }
        size_t start = at;
        uint32_t code = utf8_next(text, &at);
        if (code < 0x20 || code == 0x7f)
            strbuf_add_char(&out, ' ');
        else
            strbuf_add(&out, str_slice(text, start, at - start));
    }
    return strbuf_str(&out);
}
