/* For tests of what is done with grids: a sheet drawn as text, "a|b|c" for a row, merges as "A1:B2". */
#ifndef JH_TEST_GRID_FIXTURE_H
#define JH_TEST_GRID_FIXTURE_H

#include "base/decimal.h"
#include "sheet/grid_int.h"

/* Adds the cells of a row: numbers are numbers, "?" a formula without result, "#…" an error, else text. */
static inline void grid_draw_row(GridBuild *build, uint32_t line, const char *text)
{
    bool is_hidden = *text == '~'; /* a row that is hidden */
    grid_begin_row(build, line, is_hidden);
    text += is_hidden;
    for (size_t column = 0; text; column++) {
        const char *end = strchr(text, '|');
        Str cell = end ? (Str){text, (size_t)(end - text)} : str_from(text);
        Decimal number;
        if (str_equals(cell, STR("?")))
            CHECK(grid_add_uncomputed(build, column, 0));
        else if (str_starts_with(cell, STR("#")))
            CHECK(grid_add_error(build, column, cell, 0));
        else if (decimal_parse(cell, &number) == DECIMAL_OK)
            CHECK(grid_add_number(build, column, decimal_to_double(number), 0));
        else
            CHECK(grid_add_text(build, column, cell, 0));
        text = end ? end + 1 : NULL;
    }
    grid_end_row(build);
}

static inline void grid_draw_merge(GridBuild *build, const char *ref)
{
    GridMerge merge = {.first_line = (uint32_t)(ref[1] - '0'),
                       .last_line = (uint32_t)(ref[4] - '0'),
                       .first_column = (uint16_t)(ref[0] - 'A'),
                       .last_column = (uint16_t)(ref[3] - 'A')};
    grid_add_merge(build, &merge);
}

/* A book of one sheet; both lists end with NULL. An empty row is a line without cells. Lines up to 9 for merges. */
static inline Book *grid_draw(Arena *arena, Err *err, const char *const *row,
                              const char *const *merge)
{
    Book *book = ARENA_NEW(arena, Book);
    *book = (Book){.file = STR("画的.xlsx"), .encoding = STR("UTF-8")};
    GridBuild build;
    grid_build_init(&build, arena, book, err);
    CHECK(grid_begin(&build, STR("表一")));
    for (uint32_t line = 1; row[line - 1]; line++)
        grid_draw_row(&build, line, row[line - 1]);
    for (size_t i = 0; merge && merge[i]; i++)
        grid_draw_merge(&build, merge[i]);
    grid_end(&build);
    return book;
}

#endif
