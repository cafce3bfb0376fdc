#include "sheet/sheet_int.h"

#include "base/decimal.h"
#include "base/map.h"
#include "base/utf8.h"

#include <string.h>

enum { FIRST_ROWS = 1024, SHOWN_CHARS = 40 };

void build_init(Build *build, Arena *arena, const TableOptions *options, Table *table, Err *err)
{
    *build = (Build){.arena = arena,
                     .cells = arena,
                     .options = options,
                     .err = err,
                     .err_start = err->count,
                     .table = table};
    build->orphan_line = ARENA_ARRAY(arena, uint32_t, BUILD_ORPHAN_MAX);
}

ErrPlace build_place(Build *build, size_t column, uint32_t line)
{
    const Table *table = build->table;
    ErrPlace place = table_place(build->arena, table, SIZE_MAX, column);
    place.line = line;
    if (!str_is_empty(table->sheet))
        place.cell = str_format(build->arena, "%.*s%u",
                                STR_ARG(table_column_letters(build->arena, column)), line);
    return place;
}

Str sheet_shown(Arena *arena, Str text)
{
    StrBuf buf;
    strbuf_init(&buf, arena);
    size_t at = 0;
    for (size_t i = 0; i < SHOWN_CHARS && at < text.len; i++) {
        uint32_t code = utf8_next(text, &at);
        utf8_add(&buf, code < 0x20 || code == 0x7F ? ' ' : code);
    }
    if (at < text.len)
        utf8_add(&buf, 0x2026);
    return strbuf_str(&buf);
}

/* One place is kept for saying so. */
bool build_is_full(const Build *build)
{
    return build->err->count - build->err_start >= LIMIT_DIAGS - 1;
}

/* Trimmed, each run of line breaks (and the blanks around it) one space. */
static Str header_name(Arena *arena, Str cell)
{
    Str name = str_trim(cell);
    if (str_is_empty(name))
        return STR("");
    if (!memchr(name.ptr, '\n', name.len) && !memchr(name.ptr, '\r', name.len))
        return name;

    StrBuf buf;
    strbuf_init(&buf, arena);
    while (name.len > 0) {
        size_t len = 0;
        while (len < name.len && name.ptr[len] != '\n' && name.ptr[len] != '\r')
            len++;
        if (buf.len > 0)
            strbuf_add_char(&buf, ' ');
        strbuf_add(&buf, str_trim(str_slice(name, 0, len)));
        name = str_trim(str_slice(name, len, name.len));
    }
    return strbuf_str(&buf);
}

static bool check_names(Build *build)
{
    Table *table = build->table;
    Map seen;
    map_init(&seen, build->arena);
    for (size_t i = 0; i < table->column_count; i++) {
        Str name = table->column[i].name;
        if (str_is_empty(name))
            continue;
        const TableColumn *first = map_find(&seen, name);
        if (first) {
            ErrPlace place = build_place(build, i, build->header_line);
            (void)err_fail_at(build->err, &place, ERR_TABLE_HEADER_TWICE,
                              ARG_STR("name", build_shown(build, name)),
                              ARG_INT("first", first - table->column + 1),
                              ARG_INT("second", i + 1));
        } else {
            (void)map_set(&seen, name, &table->column[i]);
        }
    }
    return build->err->count == build->err_start;
}

bool build_header(Build *build, const Str *name, size_t count, uint32_t line)
{
    Table *table = build->table;
    build->header_line = build->table->header_line = line;
    while (count > 0 && str_is_empty(str_trim(name[count - 1])))
        count--;
    if (count == 0) {
        ErrPlace place = {.file = table->file, .sheet = table->sheet};
        return err_fail_at(build->err, &place, ERR_TABLE_EMPTY, ARG_STR("file", table->file));
    }
    if (count > LIMIT_TABLE_COLUMNS) {
        ErrPlace place = build_place(build, count - 1, line);
        return err_fail_at(build->err, &place, ERR_TABLE_COLUMNS,
                           ARG_INT("limit", LIMIT_TABLE_COLUMNS));
    }

    table->column_count = count;
    table->column = ARENA_ARRAY(build->arena, TableColumn, count);
    for (size_t i = 0; i < count; i++) {
        Str cell = build_text(build, name[i], i, line);
        table->column[i] =
            (TableColumn){.name = header_name(build->arena, cell), .kind = FIELD_SKIP};
    }
    if (!check_names(build))
        return false;
    if (build->options->wish && !build->options->wish(build->options->ctx, table, build->err))
        return false;

    for (size_t i = 0; i < count; i++) {
        if (str_is_empty(table->column[i].name))
            table->column[i].kind = FIELD_SKIP;
        build->kept_count += table->column[i].kind != FIELD_SKIP;
    }
    build->row_max = LIMIT_TABLE_CELLS / (build->kept_count ? build->kept_count : 1);
    if (build->row_max > LIMIT_TABLE_ROWS)
        build->row_max = LIMIT_TABLE_ROWS;
    return true;
}

/*
 * All number columns stand in one block, so that it is large enough for huge pages, and an odd
 * number of cache lines apart, so that the cells of one row do not fall into the same cache set.
 */
static void grow(Build *build, size_t cap)
{
    Table *table = build->table;
    size_t number_count = 0;
    for (size_t i = 0; i < table->column_count; i++)
        number_count += table->column[i].kind == FIELD_NUMBER;

    size_t stride = ((cap + 7) / 8 | 1) * 8;
    double *number = arena_alloc_raw(build->arena, number_count * stride * sizeof *number);
    for (size_t i = 0; i < table->column_count; i++) {
        TableColumn *column = &table->column[i];
        if (column->kind == FIELD_NUMBER) {
            if (table->row_count)
                memcpy(number, column->number, table->row_count * sizeof *number);
            column->number = number;
            number += stride;
        } else if (column->kind == FIELD_TEXT) {
            Str *text = arena_alloc_raw(build->arena, cap * sizeof *text);
            if (table->row_count)
                memcpy(text, column->text, table->row_count * sizeof *text);
            column->text = text;
        }
    }
    uint32_t *line = arena_alloc_raw(build->arena, cap * sizeof *line);
    if (table->row_count)
        memcpy(line, table->line, table->row_count * sizeof *line);
    table->line = line;
    build->row_cap = cap;
}

bool build_reserve(Build *build, size_t row_count)
{
    if (row_count <= build->row_cap)
        return true;
    if (row_count > build->row_max) {
        ErrPlace place = {.file = build->table->file, .sheet = build->table->sheet};
        if (row_count > LIMIT_TABLE_ROWS)
            return err_fail_at(build->err, &place, ERR_TABLE_ROWS,
                               ARG_INT("limit", LIMIT_TABLE_ROWS));
        return err_fail_at(build->err, &place, ERR_TABLE_CELLS,
                           ARG_INT("limit", LIMIT_TABLE_CELLS));
    }
    size_t cap = build->row_cap * 2 > FIRST_ROWS ? build->row_cap * 2 : FIRST_ROWS;
    if (cap < row_count)
        cap = row_count;
    grow(build, cap < build->row_max ? cap : build->row_max);
    return true;
}

bool build_expect(Build *build, size_t row_count)
{
    size_t cap = row_count < build->row_max ? row_count : build->row_max;
    return build_reserve(build, cap ? cap : 1);
}

void build_orphan(Build *build, size_t column, uint32_t line)
{
    CHECK(column < BUILD_ORPHAN_MAX);
    if (build->orphan_line[column] == 0)
        build->orphan_line[column] = line;
}

bool build_finish(Build *build, const bool *is_merged)
{
    for (size_t i = 0; i < BUILD_ORPHAN_MAX && !build_is_full(build); i++) {
        if (build->orphan_line[i] == 0)
            continue;
        ErrPlace place = build_place(build, i, build->orphan_line[i]);
        bool is_hidden = is_merged && is_merged[i];
        (void)err_fail_at(
            build->err, &place, is_hidden ? ERR_TABLE_HEADER_MERGED : ERR_TABLE_HEADER_EMPTY,
            ARG_STR("letters", table_column_letters(build->arena, i)), ARG_INT("column", i + 1));
    }
    if (build_is_full(build)) {
        ErrPlace place = {.file = build->table->file, .sheet = build->table->sheet};
        return err_fail_at(build->err, &place, ERR_TABLE_MORE);
    }
    if (build->err->count > build->err_start)
        return false;
    return build_expect(build, 1); /* a table without rows has its arrays too */
}

static ErrCode number_mistake(DecimalResult result, Arena *arena, Str text)
{
    if (result == DECIMAL_TOO_LONG)
        return ERR_TABLE_NUMBER_DIGITS;
    if (result == DECIMAL_RANGE)
        return ERR_TABLE_NUMBER_RANGE;

    bool has_comma = false;
    bool has_percent = str_ends_with(text, STR("%"));
    StrBuf plain;
    strbuf_init(&plain, arena);
    for (size_t i = 0; i < text.len - has_percent; i++) {
        if (text.ptr[i] == ',')
            has_comma = true;
        else
            strbuf_add_char(&plain, text.ptr[i]);
    }
    Decimal decimal;
    if (decimal_parse(str_trim(strbuf_str(&plain)), &decimal) == DECIMAL_BAD)
        return ERR_TABLE_NUMBER;
    return has_percent ? ERR_TABLE_NUMBER_PERCENT
           : has_comma ? ERR_TABLE_NUMBER_COMMA
                       : ERR_TABLE_NUMBER;
}

bool build_is_absurd(double value)
{
    double size = fabs(value);
    return size > 0 && (size < 1e-60 || size > 1e60);
}

DecimalResult build_parse_number(Str text, Decimal *ret)
{
    Decimal number;
    DecimalResult result = decimal_parse(text, &number);
    if (result != DECIMAL_OK)
        return result;
    if (build_is_absurd(decimal_to_double(number)))
        return DECIMAL_RANGE;
    *ret = number;
    return DECIMAL_OK;
}

double build_number(Build *build, Str text, size_t column, uint32_t line)
{
    text = build_text(build, text, column, line);
    if (str_is_empty(text))
        return NAN;

    Decimal decimal;
    DecimalResult result = build_parse_number(text, &decimal);
    if (result == DECIMAL_OK)
        return decimal_to_double(decimal);

    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    Str folded = utf8_fold(&scratch, text);
    if (str_is_empty(folded))
        return NAN;
    result = build_parse_number(folded, &decimal);
    if (result == DECIMAL_OK)
        return decimal_to_double(decimal);

    ErrPlace place = build_place(build, column, line);
    (void)err_fail_at(build->err, &place, number_mistake(result, &scratch, folded),
                      ARG_STR("column", build_shown(build, build->table->column[column].name)),
                      ARG_STR("text", build_shown(build, text)));
    return NAN;
}

Str build_text(Build *build, Str text, size_t column, uint32_t line)
{
    Str trimmed = str_trim(text);
    if (trimmed.len <= LIMIT_CELL_BYTES)
        return trimmed;
    ErrPlace place = build_place(build, column, line);
    (void)err_fail_at(build->err, &place, ERR_TABLE_CELL_BYTES, ARG_INT("size", trimmed.len),
                      ARG_INT("limit", LIMIT_CELL_BYTES));
    return (Str){"", 0};
}
