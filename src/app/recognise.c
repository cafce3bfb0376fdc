#include "app/recognise.h"

#include "base/file.h"
#include "base/limits.h"

/* As many columns at least must be known, or any letter with 学校 and 备注 in it would be a table. */
enum { LEAST_KNOWN = 3 };

typedef struct Reading {
    Arena *arena;
    const TableSource *source;
    const RecogniseWish *wish;
    Str file, bytes;
    bool has_header; /* the plain header was understood: mistakes are in the rows */
    Book *book;
    VEC(Layout) layout;
    Err *err;
} Reading;

/* ---- plainly ---- */

static bool plain_wish(void *ctx, Table *table, Err *err)
{
    Reading *reading = ctx;
    const TableOptions *options = &reading->wish->table;
    reading->has_header = options->wish(options->ctx, table, err);
    return reading->has_header;
}

static bool read_plainly(Reading *reading, Table **ret, Err *err)
{
    const TableOptions options = {
        .wish = plain_wish, .ctx = reading, .sheet = reading->source->sheet};
    return table_read_bytes(reading->arena, reading->file, reading->bytes, &options, ret, err);
}

/* ---- as a form ---- */

static void find_layouts(Reading *reading)
{
    const Book *book = reading->book;
    for (size_t i = 0; i < book->sheet.len; i++) {
        const Grid *grid = &book->sheet.ptr[i];
        Str wanted = reading->source->sheet;
        Layout layout;
        if (wanted.len ? !str_equals(str_trim(grid->name), str_trim(wanted)) : grid->is_hidden)
            continue;
        if (layout_find(reading->arena, book, grid, reading->wish->known, reading->wish->ctx,
                        LEAST_KNOWN, &layout))
            VEC_PUSH(reading->arena, &reading->layout, layout);
    }
}

static bool fail_sheets(Reading *reading)
{
    StrBuf names;
    strbuf_init(&names, reading->arena);
    for (size_t i = 0; i < reading->layout.len; i++)
        strbuf_addf(&names, "%s「%.*s」", i ? "、" : "",
                    STR_ARG(reading->layout.ptr[i].grid->name));
    ErrPlace place = {.file = reading->file};
    return err_fail_at(reading->err, &place, ERR_RECOGNISE_SHEETS,
                       ARG_INT("count", reading->layout.len),
                       ARG_STR("sheets", strbuf_str(&names)));
}

static void apply_unit(Reading *reading, Layout *layout)
{
    if (!reading->wish->with_unit || !layout->unit.len)
        return;
    for (size_t i = 0; i < layout->column_count; i++) {
        LayoutColumn *column = &layout->column[i];
        if (column->name.len)
            column->name = reading->wish->with_unit(reading->wish->ctx, column->name, layout->unit);
    }
}

static void tell(Reading *reading, const Layout *layout, const Table *table, Recognised *ret)
{
    *ret = (Recognised){.is_form = true,
                        .sheet = layout->grid->name,
                        .title = layout->title,
                        .unit = layout->unit,
                        .first_line = layout->first_line,
                        .last_line = layout->last_line,
                        .records = layout->count[LAYOUT_RECORD],
                        .sums = layout->count[LAYOUT_SUM],
                        .notes = layout->count[LAYOUT_NOTE],
                        .hidden = layout->hidden_count};
    for (size_t i = 0; i < layout->column_count; i++) {
        RecognisedColumn column = {.path = layout->column[i].path,
                                   .name = layout->column[i].name,
                                   .is_taken = i < table->column_count &&
                                               table->column[i].kind != FIELD_SKIP};
        if (column.path.len)
            VEC_PUSH(reading->arena, &ret->column, column);
    }
}

static bool read_form(Reading *reading, Table **ret, Recognised *ret_recognised)
{
    Layout *layout = &reading->layout.ptr[0];
    if (reading->layout.len > 1)
        return fail_sheets(reading);
    apply_unit(reading, layout);
    if (!layout_table(reading->arena, reading->book, layout, &reading->wish->table, ret,
                      reading->err))
        return false;
    tell(reading, layout, *ret, ret_recognised);
    return true;
}

/* What table_read does not read at all says less about a file than book_read does. */
static bool is_format(const Err *plain)
{
    return plain->count == 1 && plain->first && plain->first->code == ERR_TABLE_FORMAT;
}

static bool read_whole(Reading *reading, Err *plain, Table **ret, Recognised *ret_recognised)
{
    CLEANUP(err_done) Err quiet;
    err_init(&quiet);
    bool is_book =
        book_read_bytes(reading->arena, reading->file, reading->bytes, &reading->book, &quiet);
    if (!is_book)
        return err_take(reading->err, is_format(plain) ? &quiet : plain);
    find_layouts(reading);
    if (reading->layout.len)
        return read_form(reading, ret, ret_recognised);
    return err_take(reading->err, plain);
}

bool recognise_table(Arena *arena, const TableSource *source, const RecogniseWish *wish,
                     Table **ret, Recognised *ret_recognised, Err *err)
{
    Reading reading = {
        .arena = arena, .source = source, .wish = wish, .err = err, .file = source->file};
    reading.bytes = source->bytes;
    *ret_recognised = (Recognised){0};
    if (source->path) {
        reading.file = str_from(source->path);
        if (!file_read(arena, source->path, LIMIT_FILE_BYTES, &reading.bytes, err))
            return false;
    }
    CLEANUP(err_done) Err plain;
    err_init(&plain);
    if (read_plainly(&reading, ret, &plain))
        return true;
    if (reading.has_header)
        return err_take(err, &plain);
    return read_whole(&reading, &plain, ret, ret_recognised);
}
