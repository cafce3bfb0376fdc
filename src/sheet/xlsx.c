/* The workbook around the sheet: the zip file, the list of sheets, the shared strings. */
#include "sheet/xlsx_int.h"

#include "base/utf8.h"

#include <string.h>

typedef struct Relation {
    Str id;
    Str type;
    Str target;
} Relation;

typedef struct SheetEntry {
    Str name;
    Str relation_id;
    bool is_hidden;
} SheetEntry;

/* What the small parts say, collected by their handlers. */
typedef struct Index {
    Xlsx *xlsx;
    VEC(Relation) relation;
    VEC(SheetEntry) sheet;
} Index;

static Str attr_str(Arena *arena, const char **attr, const char *name)
{
    const char *value = xml_attr(attr, name);
    return value ? str_dup(arena, str_from(value)) : STR("");
}

static void ignore_end(void *ctx, XmlRun *run, const char *name)
{
    (void)ctx, (void)run, (void)name;
}
static void ignore_text(void *ctx, const char *bytes, size_t len)
{
    (void)ctx, (void)bytes, (void)len;
}

static void relation_start(void *ctx, XmlRun *run, const char *name, const char **attr)
{
    (void)run;
    Index *index = ctx;
    Arena *arena = index->xlsx->build->arena;
    if (strcmp(name, "Relationship") == 0) {
        Relation relation = {.id = attr_str(arena, attr, "Id"),
                             .type = attr_str(arena, attr, "Type"),
                             .target = attr_str(arena, attr, "Target")};
        VEC_PUSH(arena, &index->relation, relation);
    }
}

static void workbook_start(void *ctx, XmlRun *run, const char *name, const char **attr)
{
    (void)run;
    Index *index = ctx;
    Arena *arena = index->xlsx->build->arena;
    if (strcmp(name, "sheet") == 0) {
        Str state = attr_str(arena, attr, "state");
        SheetEntry sheet = {.name = attr_str(arena, attr, "name"),
                            .relation_id = attr_str(arena, attr, ":id"),
                            .is_hidden = str_equals(state, STR("hidden")) ||
                                         str_equals(state, STR("veryHidden"))};
        VEC_PUSH(arena, &index->sheet, sheet);
    }
}

/* By the last word of the type, which the two name spaces of the format (2006 and strict) share. */
static const Relation *find_relation(const Index *index, Str type_end, Str id)
{
    for (size_t i = 0; i < index->relation.len; i++) {
        const Relation *relation = &index->relation.ptr[i];
        if (str_ends_with(relation->type, type_end) &&
            (id.len == 0 || str_equals(relation->id, id)))
            return relation;
    }
    return NULL;
}

static size_t folder_len(Str part)
{
    size_t len = part.len;
    while (len > 0 && part.ptr[len - 1] != '/')
        len--;
    return len;
}

/* The name of the part that `target`, written in `part`, means. */
static Str resolve(Arena *arena, Str part, Str target)
{
    if (str_starts_with(target, STR("/")))
        return str_slice(target, 1, target.len);
    Str folder = str_slice(part, 0, folder_len(part));
    for (;;) {
        if (str_starts_with(target, STR("./"))) {
            target = str_slice(target, 2, target.len);
        } else if (str_starts_with(target, STR("../"))) {
            target = str_slice(target, 3, target.len);
            if (folder.len > 0)
                folder.len = folder_len((Str){folder.ptr, folder.len - 1});
        } else {
            break;
        }
    }
    StrBuf buf;
    strbuf_init(&buf, arena);
    strbuf_add(&buf, folder);
    strbuf_add(&buf, target);
    return strbuf_str(&buf);
}

/* "xl/_rels/workbook.xml.rels" for "xl/workbook.xml". */
static Str relations_of(Arena *arena, Str part)
{
    size_t len = folder_len(part);
    StrBuf buf;
    strbuf_init(&buf, arena);
    strbuf_add(&buf, str_slice(part, 0, len));
    strbuf_add(&buf, STR("_rels/"));
    strbuf_add(&buf, str_slice(part, len, part.len));
    strbuf_add(&buf, STR(".rels"));
    return strbuf_str(&buf);
}

static bool fail_part(Build *build, Str part)
{
    ErrPlace place = {.file = build->table->file};
    return err_fail_at(build->err, &place, ERR_TABLE_XLSX_PART, ARG_STR("file", build->table->file),
                       ARG_STR("part", part));
}

/* Reads the relations of the package and of the workbook, and the workbook's list of sheets. */
static bool read_index(Xlsx *xlsx, Index *index, Str *ret_workbook)
{
    static const XmlHandler relations = {relation_start, ignore_end, ignore_text};
    static const XmlHandler workbook = {workbook_start, ignore_end, ignore_text};
    Build *build = xlsx->build;

    *index = (Index){.xlsx = xlsx};
    if (!xlsx_parse(xlsx, STR("_rels/.rels"), LIMIT_XLSX_INDEX_BYTES, &relations, index))
        return false;
    const Relation *main_part = find_relation(index, STR("/officeDocument"), STR(""));
    if (!main_part)
        return fail_part(build, STR("workbook.xml"));
    Str part = resolve(build->arena, STR(""), main_part->target);
    if (str_ends_with(part, STR(".bin"))) {
        ErrPlace place = {.file = build->table->file};
        return err_fail_at(build->err, &place, ERR_TABLE_FORMAT,
                           ARG_STR("file", build->table->file),
                           ARG_LIT("format_zh", "二进制工作簿（.xlsb）"),
                           ARG_LIT("format", "a binary workbook (.xlsb)"));
    }

    *index = (Index){.xlsx = xlsx};
    *ret_workbook = part;
    return xlsx_parse(xlsx, part, LIMIT_XLSX_INDEX_BYTES, &workbook, index) &&
           xlsx_parse(xlsx, relations_of(build->arena, part), LIMIT_XLSX_INDEX_BYTES, &relations,
                      index);
}

/* The sheet asked for, or the first visible one that has cells (a chart sheet has none). */
static const SheetEntry *find_sheet(const Index *index, Str wanted)
{
    for (size_t i = 0; i < index->sheet.len; i++) {
        const SheetEntry *sheet = &index->sheet.ptr[i];
        if (!find_relation(index, STR("/worksheet"), sheet->relation_id))
            continue;
        if (wanted.len ? str_equals(sheet->name, wanted) : !sheet->is_hidden)
            return sheet;
    }
    return NULL;
}

static bool fail_sheet(Build *build, const Index *index, Str wanted)
{
    Table *table = build->table;
    ErrPlace place = {.file = table->file};
    if (str_is_empty(wanted))
        return err_fail_at(build->err, &place, ERR_TABLE_SHEET_NONE, ARG_STR("file", table->file));
    Str *name = ARENA_ARRAY(build->arena, Str, index->sheet.len);
    for (size_t i = 0; i < index->sheet.len; i++)
        name[i] = index->sheet.ptr[i].name;
    Str near = utf8_nearest(wanted, name, index->sheet.len);
    if (str_is_empty(near))
        return err_fail_at(build->err, &place, ERR_TABLE_SHEET_UNKNOWN,
                           ARG_STR("file", table->file),
                           ARG_STR("sheet", build_shown(build, wanted)));
    return err_fail_at(build->err, &place, ERR_TABLE_SHEET_UNKNOWN, ARG_STR("file", table->file),
                       ARG_STR("sheet", build_shown(build, wanted)), ARG_STR("near", near));
}

/* Shared strings: the runs of rich text joined, phonetic guides (rPh) left out. */
typedef struct Strings {
    Xlsx *xlsx;
    CellText text;
    size_t phonetic_depth;
    bool is_text;
} Strings;

static void string_start(void *ctx, XmlRun *run, const char *name, const char **attr)
{
    (void)run, (void)attr;
    Strings *strings = ctx;
    if (strcmp(name, "si") == 0)
        cell_text_clear(&strings->text);
    strings->phonetic_depth += strcmp(name, "rPh") == 0;
    strings->is_text = strcmp(name, "t") == 0 && strings->phonetic_depth == 0;
}

static void string_end(void *ctx, XmlRun *run, const char *name)
{
    Strings *strings = ctx;
    Xlsx *xlsx = strings->xlsx;
    Arena *arena = xlsx->build->arena;
    strings->is_text = false;
    strings->phonetic_depth -= strcmp(name, "rPh") == 0;
    if (strcmp(name, "si") != 0)
        return;
    if (xlsx->string.len == LIMIT_XLSX_STRINGS)
        xml_fail(run, "too many shared strings");
    else
        VEC_PUSH(arena, &xlsx->string, cell_text_get(&strings->text, arena));
}

static void string_text(void *ctx, const char *bytes, size_t len)
{
    Strings *strings = ctx;
    if (strings->is_text)
        cell_text_add(&strings->text, bytes, len);
}

static bool read_strings(Xlsx *xlsx, Str part)
{
    static const XmlHandler handler = {string_start, string_end, string_text};
    Strings strings = {.xlsx = xlsx};
    cell_text_init(&strings.text, xlsx->build->arena);
    return xlsx_parse(xlsx, part, LIMIT_XLSX_BYTES, &handler, &strings);
}

static bool read_workbook(Xlsx *xlsx)
{
    Build *build = xlsx->build;
    Index index;
    Str workbook;
    if (!read_index(xlsx, &index, &workbook))
        return false;
    const SheetEntry *sheet = find_sheet(&index, build->options->sheet);
    if (!sheet)
        return fail_sheet(build, &index, build->options->sheet);

    Str target = find_relation(&index, STR("/worksheet"), sheet->relation_id)->target;
    Str part = resolve(build->arena, workbook, target);
    const Relation *strings = find_relation(&index, STR("/sharedStrings"), STR(""));
    if (strings && !read_strings(xlsx, resolve(build->arena, workbook, strings->target)))
        return false;
    const Relation *styles = find_relation(&index, STR("/styles"), STR(""));
    if (styles && !xlsx_styles_read(xlsx, resolve(build->arena, workbook, styles->target)))
        return false;
    build->table->sheet = str_is_empty(sheet->name) ? part : sheet->name;
    return xlsx_sheet_read(xlsx, part);
}

static void discard_zip(zip_t **zip)
{
    zip_discard(*zip);
}

bool xlsx_read(Build *build, Str bytes)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, &error);
    CHECK(source != NULL); /* only when out of memory */
    zip_t *opened = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (!opened) {
        zip_source_free(source);
        ErrPlace place = {.file = build->table->file};
        (void)err_fail_at(build->err, &place, ERR_TABLE_ZIP, ARG_STR("file", build->table->file),
                          ARG_STR("reason", str_from(zip_error_strerror(&error))));
        zip_error_fini(&error);
        return false;
    }
    zip_error_fini(&error);
    CLEANUP(discard_zip) zip_t *zip = opened;
    Xlsx xlsx = {.build = build, .zip = zip};
    return read_workbook(&xlsx);
}
