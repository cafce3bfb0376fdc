/* The first byte says what the columns are; the rest is a csv file in any encoding. */
#include "sheet/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern volatile size_t fuzz_csv_sink;

static bool wish(void *ctx, Table *table, Err *err)
{
    (void)err;
    unsigned kinds = *(unsigned *)ctx;
    for (size_t i = 0; i < table->column_count; i++)
        table->column[i].kind = (FieldKind)((kinds >> (i % 4 * 2)) % 3);
    return true;
}

/* Keeps the reading of the cells from being optimised away. */
volatile size_t fuzz_csv_sink;

/* Touches every cell, so that a sanitizer sees a wrong view. */
static size_t touch(const Table *table)
{
    size_t sum = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        const TableColumn *column = &table->column[i];
        for (size_t row = 0; row < table->row_count; row++) {
            if (column->kind == FIELD_TEXT)
                for (size_t at = 0; at < column->text[row].len; at++)
                    sum += (unsigned char)column->text[row].ptr[at];
            else if (column->kind == FIELD_NUMBER)
                sum += column->number[row] == 1;
        }
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    unsigned kinds = data[0];
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    CLEANUP(err_done) Err err;
    err_init(&err);
    TableOptions options = {.wish = wish, .ctx = &kinds};
    Table *table;
    if (table_read_bytes(&arena, STR("fuzz"), (Str){(const char *)data + 1, size - 1}, &options,
                         &table, &err)) {
        fuzz_csv_sink = touch(table);
    } else {
        StrBuf buf;
        strbuf_init(&buf, &arena);
        err_format(&buf, &err, LANG_ZH);
        CHECK(err_is_set(&err));
    }
    return 0;
}
