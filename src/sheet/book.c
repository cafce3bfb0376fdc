/* Which reader a file is for. */
#include "base/file.h"
#include "sheet/grid_int.h"
#include "sheet/sheet_int.h"

#include <string.h>

bool sheet_fail_format(Str file, const char *zh, const char *en, Err *err)
{
    ErrPlace place = {.file = file};
    return err_fail_at(err, &place, ERR_TABLE_FORMAT, ARG_STR("file", file),
                       ARG_STR("format_zh", str_from(zh)), ARG_STR("format", str_from(en)));
}

/* The directory of an OLE2 file has names in UTF-16. */
bool sheet_fail_ole2(Str file, Str bytes, Err *err)
{
    static const char encrypted[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    ErrPlace place = {.file = file};
    if (str_contains(bytes, (Str){encrypted, sizeof encrypted}))
        return err_fail_at(err, &place, ERR_TABLE_ENCRYPTED, ARG_STR("file", file));
    return sheet_fail_format(file, "旧版 Excel 文件（.xls）", "an old Excel file (.xls)", err);
}

/* The start of a file without mark and blanks. */
static Str start_of(Str bytes)
{
    Str start = str_trim(str_slice(bytes, 0, 1024));
    if (str_starts_with(start, STR("\xef\xbb\xbf")))
        start = str_trim(str_slice(start, 3, start.len));
    return start;
}

FileShape sheet_shape(Str bytes)
{
    if (str_starts_with(bytes, STR("\xd0\xcf\x11\xe0")))
        return FILE_OLE2;
    if (str_starts_with(bytes, STR("PK\x03\x04")) || str_starts_with(bytes, STR("PK\x05\x06")))
        return FILE_ZIP;
    if (str_starts_with(bytes, STR("%PDF-")))
        return FILE_PDF;
    Str start = start_of(bytes);
    if (start.len < 2 || start.ptr[0] != '<')
        return FILE_TEXT;
    if (str_starts_with(start, STR("<?xml")) && !str_contains(start, STR("<html")))
        return FILE_XML;
    char c = start.ptr[1];
    bool is_tag = c == '!' || c == '?' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_tag ? FILE_MARKUP : FILE_TEXT;
}

static bool read_shape(GridBuild *build, Str bytes)
{
    Str file = build->book->file;
    switch (sheet_shape(bytes)) {
    case FILE_ZIP:
        return grid_read_xlsx(build, bytes);
    case FILE_TEXT:
        return grid_read_text(build, bytes);
    case FILE_OLE2:
        return sheet_fail_ole2(file, bytes, build->err);
    case FILE_MARKUP:
    case FILE_XML:
        return sheet_fail_format(file, "网页或 XML 文件", "a web page or XML file", build->err);
    case FILE_PDF:
        return sheet_fail_format(file, "PDF 文件", "a PDF file", build->err);
    }
    BUG("shape of file");
}

bool book_read_bytes(Arena *arena, Str file_name, Str bytes, Book **ret, Err *err)
{
    if (bytes.len > LIMIT_FILE_BYTES)
        return err_fail(err, ERR_FILE_TOO_LARGE, ARG_STR("file", file_name),
                        ARG_INT("size", bytes.len), ARG_INT("limit", LIMIT_FILE_BYTES));
    Book *book = ARENA_NEW(arena, Book);
    *book = (Book){.file = str_dup(arena, file_name), .encoding = STR("UTF-8")};
    GridBuild build;
    grid_build_init(&build, arena, book, err);
    if (!read_shape(&build, bytes))
        return false;
    *ret = book;
    return true;
}

bool book_read(Arena *arena, const char *path, Book **ret, Err *err)
{
    Str bytes;
    return file_read(arena, path, LIMIT_FILE_BYTES, &bytes, err) &&
           book_read_bytes(arena, str_from(path), bytes, ret, err);
}
