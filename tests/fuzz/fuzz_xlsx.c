/*
 * Bytes that begin with PK are an xlsx file. Anything else is the inside of one, so that the fuzzer
 * need not learn to compress: the parts of a workbook separated by NUL (sheet, shared strings,
 * workbook), put into a zip file here.
 */
#include "sheet/table.h"

#include <stdlib.h>
#include <zip.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static const char ROOT[] =
    "<Relationships><Relationship Id=\"a\" Type=\"" TYPE "/officeDocument\" Target=\"w.xml\"/>"
    "</Relationships>";
static const char RELATIONS[] =
    "<Relationships><Relationship Id=\"s\" Type=\"" TYPE "/worksheet\" Target=\"s.xml\"/>"
    "<Relationship Id=\"t\" Type=\"" TYPE "/sharedStrings\" Target=\"t.xml\"/>"
    "</Relationships>";
static const char WORKBOOK[] =
    "<workbook><sheets><sheet name=\"x\" r:id=\"s\"/></sheets></workbook>";

static bool wish(void *ctx, Table *table, Err *err)
{
    (void)ctx, (void)err;
    for (size_t i = 0; i < table->column_count; i++)
        table->column[i].kind = i % 3 == 2 ? FIELD_SKIP : i % 3 == 1 ? FIELD_NUMBER : FIELD_TEXT;
    return true;
}

static void read_one(Arena *arena, Str bytes)
{
    CLEANUP(err_done) Err err;
    err_init(&err);
    TableOptions options = {.wish = wish};
    Table *table;
    if (!table_read_bytes(arena, STR("fuzz"), bytes, &options, &table, &err)) {
        StrBuf buf;
        strbuf_init(&buf, arena);
        err_format(&buf, &err, LANG_EN);
        CHECK(err_is_set(&err));
        return;
    }
    for (size_t i = 0; i < table->column_count; i++)
        for (size_t row = 0; row < table->row_count; row++)
            if (table->column[i].kind == FIELD_TEXT)
                (void)str_dup(arena, table->column[i].text[row]);
}

static void add_part(zip_t *zip, const char *name, Str text)
{
    zip_source_t *source = zip_source_buffer(zip, text.ptr, text.len, 0);
    zip_int64_t idx = zip_file_add(zip, name, source, 0);
    CHECK(idx >= 0);
    CHECK(zip_set_file_compression(zip, (zip_uint64_t)idx, ZIP_CM_STORE, 0) == 0);
}

/* The next part of *rest, up to a NUL. */
static Str take_part(Str *rest)
{
    const char *nul = rest->len ? memchr(rest->ptr, '\0', rest->len) : NULL;
    size_t len = nul ? (size_t)(nul - rest->ptr) : rest->len;
    Str part = {rest->ptr, len};
    size_t step = len + (nul != NULL);
    *rest = (Str){rest->ptr + step, rest->len - step};
    return part;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Str rest = {(const char *)data, size};
    if (size == 0)
        return 0;
    if (str_starts_with(rest, STR("PK"))) {
        read_one(&arena, rest);
        return 0;
    }

    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, NULL);
    CHECK(target != NULL);
    zip_source_keep(target);
    zip_t *zip = zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    CHECK(zip != NULL);
    Str sheet = take_part(&rest);
    Str strings = take_part(&rest);
    Str workbook = take_part(&rest);
    add_part(zip, "_rels/.rels", (Str){ROOT, sizeof ROOT - 1});
    add_part(zip, "_rels/w.xml.rels", (Str){RELATIONS, sizeof RELATIONS - 1});
    add_part(zip, "w.xml", workbook.len ? workbook : (Str){WORKBOOK, sizeof WORKBOOK - 1});
    add_part(zip, "s.xml", sheet);
    add_part(zip, "t.xml", strings);
    CHECK(zip_close(zip) == 0);

    CHECK(zip_source_open(target) == 0);
    (void)zip_source_seek(target, 0, SEEK_END);
    zip_int64_t len = zip_source_tell(target);
    (void)zip_source_seek(target, 0, SEEK_SET);
    CHECK(len > 0);
    char *bytes = arena_alloc_raw(&arena, (size_t)len);
    CHECK(zip_source_read(target, bytes, (zip_uint64_t)len) == len);
    (void)zip_source_close(target);
    zip_source_free(target);
    read_one(&arena, (Str){bytes, (size_t)len});
    return 0;
}
