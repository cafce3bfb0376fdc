#include "sheet/xlsx_int.h"

#include "base/utf8.h"

#include <expat.h>
#include <string.h>

enum { CHUNK_BYTES = 64 * 1024, RATIO_FREE_BYTES = 16 * 1024 * 1024 };

struct XmlRun {
    Xlsx *xlsx;
    Str part;
    XML_Parser parser;
    const XmlHandler *handler;
    void *ctx;
    size_t depth;
    bool is_stopped;
};

void xml_stop(XmlRun *run)
{
    run->is_stopped = true;
    (void)XML_StopParser(run->parser, XML_FALSE);
}

static bool fail_xml(XmlRun *run, const char *reason)
{
    const Xlsx *xlsx = run->xlsx;
    ErrPlace place = {.file = xlsx->file, .sheet = xlsx->sheet};
    return err_fail_at(xlsx->err, &place, ERR_TABLE_XLSX_XML, ARG_STR("part", run->part),
                       ARG_INT("line", XML_GetCurrentLineNumber(run->parser)),
                       ARG_STR("reason", str_from(reason)));
}

void xml_fail(XmlRun *run, const char *reason)
{
    (void)fail_xml(run, reason);
    xml_stop(run);
}

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *xml_attr(const char **attr, const char *name)
{
    for (; *attr; attr += 2) {
        const char *colon = strrchr(*attr, ':');
        if (strcmp(*name == ':' && colon ? colon : *attr, name) == 0)
            return attr[1];
    }
    return NULL;
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attr)
{
    XmlRun *run = user;
    if (run->is_stopped)
        return;
    if (++run->depth > LIMIT_XLSX_DEPTH)
        xml_fail(run, "nested too deeply");
    else
        run->handler->start(run->ctx, run, local_name(name), attr);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    XmlRun *run = user;
    if (run->is_stopped)
        return;
    run->depth--;
    run->handler->end(run->ctx, run, local_name(name));
}

static void XMLCALL on_text(void *user, const XML_Char *bytes, int len)
{
    XmlRun *run = user;
    if (!run->is_stopped)
        run->handler->text(run->ctx, bytes, (size_t)len);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int has_subset)
{
    (void)name, (void)system_id, (void)public_id, (void)has_subset;
    XmlRun *run = user;
    if (!run->is_stopped)
        xml_fail(run, "document type declarations are not allowed");
}

static bool fail_zip(Xlsx *xlsx, const char *reason)
{
    ErrPlace place = {.file = xlsx->file};
    return err_fail_at(xlsx->err, &place, ERR_TABLE_ZIP, ARG_STR("file", xlsx->file),
                       ARG_STR("reason", str_from(reason)));
}

static bool fail_size(XmlRun *run, ErrCode code, size_t limit)
{
    const Xlsx *xlsx = run->xlsx;
    ErrPlace place = {.file = xlsx->file};
    return err_fail_at(xlsx->err, &place, code, ARG_STR("part", run->part),
                       ARG_INT("limit", limit));
}

/*
 * Feeds the part to the parser in chunks. Expat scans a tag that is not complete again with every
 * chunk, so one that goes on and on is refused.
 */
static bool feed(XmlRun *run, zip_file_t *file, const zip_stat_t *stat, size_t max_bytes)
{
    size_t total = 0;
    for (;;) {
        void *chunk = XML_GetBuffer(run->parser, CHUNK_BYTES);
        if (!chunk)
            return fail_xml(run, "out of memory");
        zip_int64_t got = zip_fread(file, chunk, CHUNK_BYTES);
        if (got < 0)
            return fail_zip(run->xlsx, zip_file_strerror(file));
        total += (size_t)got;
        if (total > max_bytes)
            return fail_size(run, ERR_TABLE_XLSX_LARGE, max_bytes);
        if (total > RATIO_FREE_BYTES && total / LIMIT_XLSX_RATIO > stat->comp_size)
            return fail_size(run, ERR_TABLE_XLSX_RATIO, LIMIT_XLSX_RATIO);
        if (XML_ParseBuffer(run->parser, (int)got, got == 0) != XML_STATUS_OK)
            return run->is_stopped ? false
                                   : fail_xml(run, XML_ErrorString(XML_GetErrorCode(run->parser)));
        if (got == 0)
            return true;
        XML_Index at = XML_GetCurrentByteIndex(run->parser);
        if (at >= 0 && total > (size_t)at + LIMIT_XLSX_TOKEN_BYTES)
            return fail_xml(run, "a tag is too long");
    }
}

static void close_file(zip_file_t **file)
{
    (void)zip_fclose(*file);
}
static void free_parser(XML_Parser *parser)
{
    XML_ParserFree(*parser);
}

bool xlsx_parse(Xlsx *xlsx, Str part, size_t max_bytes, const XmlHandler *handler, void *ctx)
{
    char *name = str_cstr(xlsx->arena, part);
    zip_int64_t idx = zip_name_locate(xlsx->zip, name, ZIP_FL_NOCASE);
    if (idx < 0) {
        ErrPlace place = {.file = xlsx->file};
        return err_fail_at(xlsx->err, &place, ERR_TABLE_XLSX_PART, ARG_STR("file", xlsx->file),
                           ARG_STR("part", part));
    }
    zip_stat_t stat;
    if (zip_stat_index(xlsx->zip, (zip_uint64_t)idx, 0, &stat) != 0)
        return fail_zip(xlsx, zip_strerror(xlsx->zip));
    zip_file_t *opened = zip_fopen_index(xlsx->zip, (zip_uint64_t)idx, 0);
    if (!opened)
        return fail_zip(xlsx, zip_strerror(xlsx->zip));
    CLEANUP(close_file) zip_file_t *file = opened;

    CLEANUP(free_parser) XML_Parser parser = XML_ParserCreate(NULL);
    CHECK(parser != NULL); /* only when out of memory */
    XmlRun run = {.xlsx = xlsx, .part = part, .parser = parser, .handler = handler, .ctx = ctx};
    XML_SetUserData(parser, &run);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    return feed(&run, file, &stat, max_bytes);
}

void cell_text_init(CellText *text, Arena *arena)
{
    *text = (CellText){.ptr = arena_alloc(arena, LIMIT_CELL_BYTES + 2)};
}

void cell_text_clear(CellText *text)
{
    text->len = 0;
    text->ptr[0] = '\0';
}

void cell_text_add(CellText *text, const char *bytes, size_t len)
{
    size_t room = LIMIT_CELL_BYTES + 1 - text->len;
    bool is_too_long = len >= room;
    if (is_too_long)
        len = room;
    memcpy(text->ptr + text->len, bytes, len);
    text->len += len;
    if (is_too_long) /* with no blank at its ends it cannot be trimmed to a legal length */
        text->ptr[0] = text->ptr[text->len - 1] = 'x';
    text->ptr[text->len] = '\0';
}

/* The code of "_xHHHH_" at the start of s, 0 if there is none. */
static uint32_t escape_code(Str s)
{
    if (s.len < 7 || s.ptr[0] != '_' || s.ptr[1] != 'x' || s.ptr[6] != '_')
        return 0;
    uint32_t code = 0;
    for (size_t i = 2; i < 6; i++) {
        char c = s.ptr[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                                                : 16;
        if (digit == 16)
            return 0;
        code = code * 16 + digit;
    }
    return code >= 0xD800 && code <= 0xDFFF ? 0 : code;
}

Str cell_text_get(const CellText *text, Arena *arena)
{
    Str raw = {text->ptr, text->len};
    if (!str_contains(raw, STR("_x")) || raw.len > LIMIT_CELL_BYTES)
        return raw.len ? str_dup(arena, raw) : STR("");
    StrBuf buf;
    strbuf_init(&buf, arena);
    for (size_t i = 0; i < raw.len; i++) {
        uint32_t code = escape_code(str_slice(raw, i, 7));
        if (code) {
            utf8_add(&buf, code);
            i += 6;
        } else {
            strbuf_add_char(&buf, raw.ptr[i]);
        }
    }
    return strbuf_str(&buf);
}
