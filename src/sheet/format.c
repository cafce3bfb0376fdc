/*
 * Number formats, as far as they change what a number means: a date is stored as a count of days, a
 * percentage as a fraction. ECMA-376 part 1, 18.8.30 and 18.8.31; BIFF has the same.
 */
#include "sheet/grid_int.h"

#include <string.h>

/* The built-in ones, and the dates of Chinese editions among them. */
GridShape grid_shape_of_built_in(long id)
{
    bool is_date = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
                   (id >= 50 && id <= 58);
    if (is_date)
        return SHAPE_DATE;
    return id == 9 || id == 10 ? SHAPE_PERCENT : SHAPE_NUMBER;
}

Str grid_code_of_built_in(long id)
{
    static const struct {
        long id;
        const char *code;
    } known[] = {{1, "0"},     {2, "0.00"},     {3, "#,##0"},          {4, "#,##0.00"},
                 {9, "0%"},    {10, "0.00%"},   {11, "0.00E+00"},      {14, "yyyy/m/d"},
                 {20, "h:mm"}, {21, "h:mm:ss"}, {22, "yyyy/m/d h:mm"}, {49, "@"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].id == id)
            return str_from(known[i].code);
    return STR("");
}

/* The end of a [part]: [h], [mm] and [ss] are elapsed time, others colours, conditions, languages. */
static const char *skip_bracket(const char *at, GridShape *shape)
{
    const char *end = strchr(at, ']');
    if (!end)
        return at + strlen(at);
    if (strspn(at + 1, "hmsHMS") == (size_t)(end - at - 1) && end > at + 1)
        *shape = SHAPE_DATE;
    return end + 1;
}

/* What a format code makes of a number; texts in quotes and behind \ _ * are only shown. */
GridShape grid_shape_of_code(const char *code)
{
    GridShape shape = SHAPE_NUMBER;
    if (strcmp(code, "General") == 0)
        return shape;
    for (const char *at = code; *at && shape == SHAPE_NUMBER;) {
        if (*at == '"') {
            const char *end = strchr(at + 1, '"');
            at = end ? end + 1 : at + strlen(at);
        } else if (*at == '[') {
            at = skip_bracket(at, &shape);
        } else if ((*at == '\\' || *at == '_' || *at == '*') && at[1]) {
            at += 2;
        } else {
            if (*at == '%')
                shape = SHAPE_PERCENT;
            else if (strchr("ymdhsYMDHS", *at))
                shape = SHAPE_DATE;
            at++;
        }
    }
    return shape;
}
