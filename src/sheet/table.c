#include "sheet/sheet_int.h"

#include "base/file.h"
#include "base/utf8.h"

#include <string.h>

bool table_read_bytes(Arena *arena, Str file_name, Str bytes, const TableOptions *options,
                      Table **ret, Err *err)
{
    if (bytes.len > LIMIT_FILE_BYTES)
        return err_fail(err, ERR_FILE_TOO_LARGE, ARG_STR("file", file_name),
                        ARG_INT("size", bytes.len), ARG_INT("limit", LIMIT_FILE_BYTES));

    Table *table = ARENA_NEW(arena, Table);
    table->file = str_dup(arena, file_name);
    table->encoding = STR("UTF-8");
    Build build;
    build_init(&build, arena, options, table, err);

    switch (sheet_shape(bytes)) {
    case FILE_ZIP:
        if (!xlsx_read(&build, bytes))
            return false;
        break;
    case FILE_TEXT: {
        Str text;
        if (!encode_to_utf8(arena, file_name, bytes, &text, &table->encoding, err) ||
            !csv_read(&build, text))
            return false;
        break;
    }
    case FILE_OLE2:
        return sheet_fail_ole2(file_name, bytes, err);
    case FILE_MARKUP:
    case FILE_XML:
        return sheet_fail_format(file_name, "网页或 XML 文件", "a web page or XML file", err);
    case FILE_PDF:
        return sheet_fail_format(file_name, "PDF 文件", "a PDF file", err);
    }
    *ret = table;
    return true;
}

bool table_read(Arena *arena, const char *path, const TableOptions *options, Table **ret, Err *err)
{
    Str bytes;
    return file_read(arena, path, LIMIT_FILE_BYTES, &bytes, err) &&
           table_read_bytes(arena, str_from(path), bytes, options, ret, err);
}

Str table_column_letters(Arena *arena, size_t idx)
{
    char letters[16];
    size_t at = sizeof letters;
    for (size_t left = idx + 1; left > 0; left = (left - 1) / 26)
        letters[--at] = (char)('A' + (left - 1) % 26);
    return str_dup(arena, (Str){letters + at, sizeof letters - at});
}

/* No allocation: it is asked for every label of a table. */
bool table_is_sum_word(Str cell)
{
    enum { HE = 0x5408, XIAO = 0x5c0f, ZONG = 0x603b, JI = 0x8ba1 };
    size_t count = 0;
    bool is_word = true;
    for (size_t at = 0; at < cell.len && is_word;) {
        uint32_t code = utf8_next(cell, &at);
        if (code <= ' ' || code == 0xa0 || code == 0x3000)
            continue;
        is_word = ++count == 1 ? code == HE || code == XIAO || code == ZONG : code == JI;
    }
    return is_word && count == 2;
}

ErrPlace table_place(Arena *arena, const Table *table, size_t row, size_t column)
{
    bool is_sheet = !str_is_empty(table->sheet);
    ErrPlace place = {.file = table->file, .sheet = table->sheet, .column = column + 1};
    if (row < table->row_count)
        place.line = table->line[row];
    if (is_sheet)
        place.cell =
            str_format(arena, "%.*s%zu", STR_ARG(table_column_letters(arena, column)), place.line);
    else if (column < table->column_count)
        place.cell = table->column[column].name;
    return place;
}
