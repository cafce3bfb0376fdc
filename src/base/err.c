#include "base/err.h"

#include "base/decimal.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <math.h>

enum {
    SHOWN_CHARS = 300, /* of one argument: a cell may hold 32 KB */
    BEFORE_CHARS = 100 /* of a long source line in front of the column */
};

typedef struct ErrRow {
    const char *name, *zh, *en, *hint_zh, *hint_en;
    int http, exit_status;
} ErrRow;

static const ErrRow ROWS[ERR_CODE_COUNT] = {
    [ERR_NONE] = {"ERR_NONE", "", "", "", "", 200, 0},
#define ERROR(code, http, exit_status, zh, en, hint_zh, hint_en) \
    [code] = {#code, zh, en, hint_zh, hint_en, http, exit_status},
#include "base/errors.def"
#undef ERROR
};

void err_init(Err *err)
{
    *err = (Err){0};
    arena_init(&err->arena);
}

void err_done(Err *err)
{
    arena_done(&err->arena);
    *err = (Err){0};
}

/* The byte at which character `index` begins; the length if there are not so many. */
static size_t offset_of(Str text, size_t index)
{
    size_t at = 0;
    while (index-- > 0 && at < text.len)
        (void)utf8_next(text, &at);
    return at;
}

/* What is shown of a text, and one character more if there is more. */
static Str start_of(Str text)
{
    return text.len <= SHOWN_CHARS ? text : str_slice(text, 0, offset_of(text, SHOWN_CHARS + 1));
}

static ErrArg *copy_args(Arena *arena, const ErrArg *args)
{
    size_t count = 0;
    while (args[count].name)
        count++;
    ErrArg *copy = ARENA_ARRAY(arena, ErrArg, count + 1);
    for (size_t i = 0; i < count; i++) {
        copy[i] = args[i];
        copy[i].text = str_dup(arena, start_of(args[i].text));
    }
    return copy;
}

/* A file may be one line of megabytes, and each of its mistakes has its place in it. */
static void cut_line(ErrPlace *place)
{
    Str text = place->text;
    if (place->column > BEFORE_CHARS)
        place->text_skip = place->column - BEFORE_CHARS - 1;
    text = str_slice(text, offset_of(text, place->text_skip), text.len);
    place->text = str_slice(text, 0, offset_of(text, SHOWN_CHARS));
    place->is_text_cut = place->text.len < text.len;
}

static ErrPlace copy_place(Arena *arena, const ErrPlace *place)
{
    ErrPlace copy = *place;
    copy.file = str_dup(arena, place->file);
    copy.sheet = str_dup(arena, place->sheet);
    copy.node = str_dup(arena, start_of(place->node));
    copy.cell = str_dup(arena, start_of(place->cell));
    if (place->text.len > SHOWN_CHARS && !place->text_skip && !place->is_text_cut)
        cut_line(&copy);
    copy.text = str_dup(arena, copy.text);
    return copy;
}

static void append_diag(Err *err, Diag *diag)
{
    if (err->last)
        err->last->next = diag;
    else
        err->first = diag;
    err->last = diag;
}

/* Beyond the limit a diagnostic is still kept if it raises the exit status of the whole. */
static bool is_kept(const Err *err, ErrCode code)
{
    if (err->count <= LIMIT_DIAGS)
        return true;
    return ROWS[code].exit_status > 1 && ROWS[code].exit_status > err_exit_status(err);
}

void err_add(Err *err, const ErrPlace *place, ErrCode code, const ErrArg *args)
{
    err->count++;
    if (!is_kept(err, code))
        return;
    Diag *diag = ARENA_NEW(&err->arena, Diag);
    diag->code = code;
    diag->arg = copy_args(&err->arena, args);
    if (place)
        diag->place = copy_place(&err->arena, place);
    append_diag(err, diag);
}

bool err_take(Err *err, Err *from)
{
    CHECK(err != from);
    bool had_any = from->count > 0;
    size_t kept = 0;
    for (const Diag *diag = from->first; diag; diag = diag->next, kept++)
        err_add(err, &diag->place, diag->code, diag->arg);
    err->count += from->count - kept;
    err_done(from);
    err_init(from);
    return !had_any;
}

const char *err_code_name(ErrCode code)
{
    return ROWS[code].name;
}
int err_http_status(ErrCode code)
{
    return ROWS[code].http;
}

int err_exit_status(const Err *err)
{
    int status = 0;
    for (const Diag *diag = err->first; diag; diag = diag->next)
        if (ROWS[diag->code].exit_status > status)
            status = ROWS[diag->code].exit_status;
    return status;
}

/* What an error shows of foreign text: one line, well-formed, a blank for a control character. */
static uint32_t next_shown(Str text, size_t *at)
{
    uint32_t code = utf8_next(text, at);
    bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    bool is_line_end = code == 0x2028 || code == 0x2029;
    return is_control || is_line_end ? ' ' : code;
}

static void add_shown(StrBuf *out, Str text, size_t max_chars)
{
    size_t at = 0;
    for (size_t i = 0; i < max_chars && at < text.len; i++)
        utf8_add(out, next_shown(text, &at));
    if (at < text.len)
        strbuf_add(out, STR("…"));
}

static const ErrArg *find_exact(const Diag *diag, Str name, const char *suffix)
{
    for (const ErrArg *arg = diag->arg; arg && arg->name; arg++) {
        Str given = str_from(arg->name);
        if (given.len == name.len + strlen(suffix) && str_starts_with(given, name) &&
            str_ends_with(given, str_from(suffix)))
            return arg;
    }
    return NULL;
}

static const ErrArg *find_arg(const Diag *diag, Str name, Lang lang)
{
    const ErrArg *translated = find_exact(diag, name, lang == LANG_EN ? "_en" : "_zh");
    return translated ? translated : find_exact(diag, name, "");
}

static void add_arg(StrBuf *out, const ErrArg *arg)
{
    if (arg->kind == ERR_ARG_STR)
        add_shown(out, arg->text, SHOWN_CHARS);
    else if (!isfinite(arg->number))
        strbuf_add(out, STR("—"));
    else if (arg->kind == ERR_ARG_INT)
        decimal_add_fixed(out, arg->number, 0);
    else
        decimal_add_shortest(out, arg->number);
}

/* Expands the {names} of one part; false if one was not given or is empty. */
static bool expand(StrBuf *out, const Diag *diag, Str part, Lang lang)
{
    bool has_all = true;
    for (size_t at = 0; at < part.len;) {
        const char *brace = memchr(part.ptr + at, '{', part.len - at);
        size_t open = brace ? (size_t)(brace - part.ptr) : part.len;
        strbuf_add(out, str_slice(part, at, open - at));
        if (!brace)
            break;
        const char *end = memchr(brace, '}', part.len - open);
        CHECK(end != NULL);
        size_t close = (size_t)(end - part.ptr);
        const ErrArg *arg = find_arg(diag, str_slice(part, open + 1, close - open - 1), lang);
        if (arg)
            add_arg(out, arg);
        has_all &= arg && (arg->kind != ERR_ARG_STR || arg->text.len);
        at = close + 1;
    }
    return has_all;
}

static Str fill(Arena *arena, const Diag *diag, const char *template, Lang lang)
{
    StrBuf out;
    strbuf_init(&out, arena);
    Str rest = str_from(template);
    while (rest.len) {
        const char *open = memmem(rest.ptr, rest.len, "[[", 2);
        size_t plain = open ? (size_t)(open - rest.ptr) : rest.len;
        (void)expand(&out, diag, str_slice(rest, 0, plain), lang);
        if (!open)
            break;
        rest = str_slice(rest, plain + 2, rest.len);
        const char *close = memmem(rest.ptr, rest.len, "]]", 2);
        CHECK(close != NULL);
        size_t len = (size_t)(close - rest.ptr);
        StrBuf part;
        strbuf_init(&part, arena);
        if (expand(&part, diag, str_slice(rest, 0, len), lang))
            strbuf_add(&out, strbuf_str(&part));
        rest = str_slice(rest, len + 2, rest.len);
    }
    return strbuf_str(&out);
}

Str err_message(Arena *arena, const Diag *diag, Lang lang)
{
    const ErrRow *row = &ROWS[diag->code];
    return fill(arena, diag, lang == LANG_EN ? row->en : row->zh, lang);
}

Str err_hint(Arena *arena, const Diag *diag, Lang lang)
{
    const ErrRow *row = &ROWS[diag->code];
    return fill(arena, diag, lang == LANG_EN ? row->hint_en : row->hint_zh, lang);
}

/* The letters of a table column, counted from 1: A, Z, AA. */
static Str letters_of(size_t column, char text[16])
{
    size_t at = 16;
    for (; column; column = (column - 1) / 26)
        text[--at] = (char)('A' + (column - 1) % 26);
    return (Str){text + at, 16 - at};
}

/* Of a table: row, letters and header. A reference such as C12 repeats what row and letters say. */
static void add_table_cell(StrBuf *out, const ErrPlace *place, Lang lang)
{
    char text[16];
    Str letters = letters_of(place->column, text);
    Str ref = str_format(out->arena, "%.*s%zu", STR_ARG(letters), place->line);
    bool is_zh = lang != LANG_EN;
    if (place->line)
        strbuf_addf(out, is_zh ? "第 %zu 行" : "row %zu", place->line);
    if (place->column) {
        if (place->line)
            strbuf_add(out, is_zh ? STR(" ") : STR(", "));
        strbuf_add(out, is_zh ? STR("") : STR("column "));
        strbuf_add(out, letters);
        strbuf_add(out, is_zh ? STR(" 列") : STR(""));
    }
    if (place->cell.len && !str_equals(place->cell, ref)) {
        strbuf_add(out, is_zh ? STR("「") : STR(" '"));
        add_shown(out, place->cell, SHOWN_CHARS);
        strbuf_add(out, is_zh ? STR("」") : STR("'"));
    }
}

static void add_text_point(StrBuf *out, const ErrPlace *place, Lang lang)
{
    bool is_zh = lang != LANG_EN;
    if (place->line)
        strbuf_addf(out, is_zh ? "第 %zu 行" : "line %zu", place->line);
    if (place->line && place->column && !is_zh)
        strbuf_add(out, STR(", "));
    if (place->column)
        strbuf_addf(out, is_zh ? "第 %zu 列" : "column %zu", place->column);
}

static void add_place(StrBuf *out, const ErrPlace *place, Lang lang)
{
    bool has_point = place->line || place->column || place->cell.len;
    if (!has_point && !place->file.len && !place->sheet.len && !place->node.len)
        return;
    strbuf_add(out, lang == LANG_EN ? STR("  at") : STR("  位置"));
    if (place->file.len) {
        strbuf_add_char(out, ' ');
        add_shown(out, place->file, SIZE_MAX);
    }
    if (place->sheet.len) {
        strbuf_add(out, STR(" ["));
        add_shown(out, place->sheet, SHOWN_CHARS);
        strbuf_add_char(out, ']');
    }
    if (has_point) {
        strbuf_add(out, place->file.len || place->sheet.len ? STR(", ") : STR(" "));
        if (place->cell.len || place->sheet.len)
            add_table_cell(out, place, lang);
        else
            add_text_point(out, place, lang);
    }
    if (place->node.len) {
        strbuf_add(out, STR(" ("));
        add_shown(out, place->node, SHOWN_CHARS);
        strbuf_add_char(out, ')');
    }
    strbuf_add_char(out, '\n');
}

/* The source line, and carets below the span: columns count characters, carets stand by width. */
static void add_carets(StrBuf *out, const ErrPlace *place)
{
    if (!place->text.len)
        return;
    Str ellipsis = STR("…");
    strbuf_add(out, STR("    "));
    strbuf_add(out, place->text_skip ? ellipsis : STR(""));
    add_shown(out, place->text, SIZE_MAX);
    strbuf_add(out, place->is_text_cut ? ellipsis : STR(""));
    strbuf_add_char(out, '\n');
    if (!place->len || !place->column)
        return;
    size_t at = 0, before = place->text_skip ? utf8_width(ellipsis) : 0, under = 0;
    size_t end = place->column + place->len;
    for (size_t column = place->text_skip + 1; at < place->text.len && column < end; column++) {
        size_t width = (size_t)utf8_code_width(next_shown(place->text, &at));
        if (column < place->column)
            before += width;
        else
            under += width;
    }
    strbuf_add(out, STR("    "));
    strbuf_add_repeat(out, STR(" "), before);
    strbuf_add_repeat(out, STR("^"), under ? under : 1);
    strbuf_add_char(out, '\n');
}

static bool shares_hint(StrBuf *out, const Diag *diag, Str hint, Lang lang)
{
    return diag && str_equals(hint, err_hint(out->arena, diag, lang));
}

void err_format(StrBuf *out, const Err *err, Lang lang)
{
    size_t shown = 0;
    for (const Diag *diag = err->first; diag; diag = diag->next, shown++) {
        strbuf_add(out, lang == LANG_EN ? STR("error: ") : STR("错误: "));
        strbuf_add(out, err_message(out->arena, diag, lang));
        strbuf_add_char(out, '\n');
        add_place(out, &diag->place, lang);
        add_carets(out, &diag->place);
        Str hint = err_hint(out->arena, diag, lang);
        if (hint.len && !shares_hint(out, diag->next, hint, lang)) {
            strbuf_add(out, lang == LANG_EN ? STR("hint: ") : STR("提示: "));
            strbuf_add(out, hint);
            strbuf_add_char(out, '\n');
        }
    }
    if (err->count > shown)
        strbuf_addf(out, lang == LANG_EN ? "and %zu more\n" : "还有 %zu 处\n", err->count - shown);
}
