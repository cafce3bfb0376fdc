/* The workbook around the sheet: the zip file, the list of sheets, the shared strings. */
#include "sheet/xlsx_int.h"

#include "base/utf8.h"

#include <string.h>

typedef struct SheetEntry {
    Str name;
    Str relation_id;
    bool is_hidden;
} SheetEntry;

/* What the small parts say, collected by their handlers. */
typedef struct Index {
    Xlsx *xlsx;
    VEC(XlsxRelation) relation;
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
    Arena *arena = index->xlsx->arena;
    if (strcmp(name, "Relationship") == 0) {
        XlsxRelation relation = {.id = attr_str(arena, attr, "Id"),
                                 .type = attr_str(arena, attr, "Type"),
                                 .target = attr_str(arena, attr, "Target")};
        VEC_PUSH(arena, &index->relation, relation);
    }
}

static void workbook_start(void *ctx, XmlRun *run, const char *name, const char **attr)
{
    (void)run;
    Index *index = ctx;
    Arena *arena = index->xlsx->arena;
    if (strcmp(name, "sheet") == 0) {
        Str state = attr_str(arena, attr, "state");
        SheetEntry sheet = {.name = attr_str(arena, attr, "name"),
                            .relation_id = attr_str(arena, attr, ":id"),
                            .is_hidden = str_equals(state, STR("hidden")) ||
                                         str_equals(state, STR("veryHidden"))};
        VEC_PUSH(arena, &index->sheet, sheet);
    } else if (strcmp(name, "workbookPr") == 0) {
        Str base = attr_str(arena, attr, "date1904");
        index->xlsx->is_1904 = str_equals(base, STR("1")) || str_equals(base, STR("true"));
    }
}

/* By the last word of the type, which the two name spaces of the format (2006 and strict) share. */
static const XlsxRelation *find_relation(const Index *index, Str type_end, Str id)
{
    for (size_t i = 0; i < index->relation.len; i++) {
        const XlsxRelation *relation = &index->relation.ptr[i];
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

static bool fail_part(Xlsx *xlsx, Str part)
{
    ErrPlace place = {.file = xlsx->file};
    return err_fail_at(xlsx->err, &place, ERR_TABLE_XLSX_PART, ARG_STR("file", xlsx->file),
                       ARG_STR("part", part));
}

static bool fail_format(Xlsx *xlsx, const char *zh, const char *en)
{
    ErrPlace place = {.file = xlsx->file};
    return err_fail_at(xlsx->err, &place, ERR_TABLE_FORMAT, ARG_STR("file", xlsx->file),
                       ARG_STR("format_zh", str_from(zh)), ARG_STR("format", str_from(en)));
}

/* Reads the relations of the package and of the workbook, and the workbook's list of sheets. */
static bool read_index(Xlsx *xlsx, Index *index, Str *ret_workbook)
{
    static const XmlHandler relations = {relation_start, ignore_end, ignore_text};
    static const XmlHandler workbook = {workbook_start, ignore_end, ignore_text};

    *index = (Index){.xlsx = xlsx};
    if (!xlsx_parse(xlsx, STR("_rels/.rels"), LIMIT_XLSX_INDEX_BYTES, &relations, index))
        return false;
    const XlsxRelation *main_part = find_relation(index, STR("/officeDocument"), STR(""));
    if (!main_part)
        return fail_part(xlsx, STR("workbook.xml"));
    Str part = resolve(xlsx->arena, STR(""), main_part->target);
    if (str_ends_with(part, STR(".bin")))
        return fail_format(xlsx, "二进制工作簿（.xlsb）", "a binary workbook (.xlsb)");

    *index = (Index){.xlsx = xlsx};
    *ret_workbook = part;
    return xlsx_parse(xlsx, part, LIMIT_XLSX_INDEX_BYTES, &workbook, index) &&
           xlsx_parse(xlsx, relations_of(xlsx->arena, part), LIMIT_XLSX_INDEX_BYTES, &relations,
                      index);
}

Str xlsx_related(Xlsx *xlsx, Str part, Str type_end)
{
    static const XmlHandler relations = {relation_start, ignore_end, ignore_text};
    Index index = {.xlsx = xlsx};
    Str list = relations_of(xlsx->arena, part);
    if (zip_name_locate(xlsx->zip, str_cstr(xlsx->arena, list), ZIP_FL_NOCASE) < 0 ||
        !xlsx_parse(xlsx, list, LIMIT_XLSX_INDEX_BYTES, &relations, &index))
        return STR("");
    const XlsxRelation *found = find_relation(&index, type_end, STR(""));
    return found ? resolve(xlsx->arena, part, found->target) : STR("");
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
    Arena *arena = xlsx->arena;
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
    cell_text_init(&strings.text, xlsx->arena);
    return xlsx_parse(xlsx, part, LIMIT_XLSX_BYTES, &handler, &strings);
}

bool xlsx_read_index(Xlsx *xlsx, XlsxSheets *ret)
{
    Index index;
    Str workbook;
    if (!read_index(xlsx, &index, &workbook))
        return false;
    for (size_t i = 0; i < index.sheet.len; i++) {
        const SheetEntry *entry = &index.sheet.ptr[i];
        const XlsxRelation *found = find_relation(&index, STR("/worksheet"), entry->relation_id);
        if (!found) /* a chart sheet has no cells */
            continue;
        XlsxSheet sheet = {.part = resolve(xlsx->arena, workbook, found->target),
                           .is_hidden = entry->is_hidden};
        sheet.name = str_is_empty(entry->name) ? sheet.part : entry->name;
        VEC_PUSH(xlsx->arena, ret, sheet);
    }
    const XlsxRelation *strings = find_relation(&index, STR("/sharedStrings"), STR(""));
    const XlsxRelation *styles = find_relation(&index, STR("/styles"), STR(""));
    xlsx->string_part = strings ? resolve(xlsx->arena, workbook, strings->target) : STR("");
    xlsx->style_part = styles ? resolve(xlsx->arena, workbook, styles->target) : STR("");
    return true;
}

bool xlsx_read_shared(Xlsx *xlsx)
{
    return (!xlsx->string_part.len || read_strings(xlsx, xlsx->string_part)) &&
           (!xlsx->style_part.len || xlsx_styles_read(xlsx, xlsx->style_part));
}

bool xlsx_open(Xlsx *xlsx, Arena *arena, Str file, Str bytes, Err *err)
{
    *xlsx = (Xlsx){.arena = arena, .cells = arena, .file = file, .err = err};
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, &error);
    CHECK(source != NULL); /* only when out of memory */
    xlsx->zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (!xlsx->zip) {
        zip_source_free(source);
        ErrPlace place = {.file = file};
        (void)err_fail_at(err, &place, ERR_TABLE_ZIP, ARG_STR("file", file),
                          ARG_STR("reason", str_from(zip_error_strerror(&error))));
    }
    zip_error_fini(&error);
    return xlsx->zip != NULL;
}

void xlsx_close(Xlsx *xlsx)
{
    zip_discard(xlsx->zip);
}

/* ---- a flat table ---- */

/* The sheet asked for, or the first visible one. */
static const XlsxSheet *find_sheet(const XlsxSheets *sheets, Str wanted)
{
    for (size_t i = 0; i < sheets->len; i++) {
        const XlsxSheet *sheet = &sheets->ptr[i];
        if (wanted.len ? str_equals(sheet->name, wanted) : !sheet->is_hidden)
            return sheet;
    }
    return NULL;
}

static bool fail_sheet(Xlsx *xlsx, const XlsxSheets *sheets, Str wanted)
{
    ErrPlace place = {.file = xlsx->file};
    if (str_is_empty(wanted))
        return err_fail_at(xlsx->err, &place, ERR_TABLE_SHEET_NONE, ARG_STR("file", xlsx->file));
    Str *name = ARENA_ARRAY(xlsx->arena, Str, sheets->len);
    for (size_t i = 0; i < sheets->len; i++)
        name[i] = sheets->ptr[i].name;
    Str near = utf8_nearest(wanted, name, sheets->len);
    return err_fail_at(xlsx->err, &place, ERR_TABLE_SHEET_UNKNOWN, ARG_STR("file", xlsx->file),
                       ARG_STR("sheet", sheet_shown(xlsx->arena, wanted)), ARG_STR("near", near));
}

bool xlsx_read(Build *build, Str bytes)
{
    Xlsx opened;
    XlsxSheets sheets = {0};
    if (!xlsx_open(&opened, build->arena, build->table->file, bytes, build->err))
        return false;
    CLEANUP(xlsx_close) Xlsx xlsx = opened;
    if (!xlsx_read_index(&xlsx, &sheets))
        return false;
    const XlsxSheet *sheet = find_sheet(&sheets, build->options->sheet);
    if (!sheet)
        return fail_sheet(&xlsx, &sheets, build->options->sheet);
    build->table->sheet = xlsx.sheet = sheet->name;
    return xlsx_read_shared(&xlsx) && xlsx_read_table(&xlsx, sheet->part, build);
}
