/*
 * Number formats of a workbook, as far as they change what a number means: a date is stored as a
 * count of days, a percentage as a fraction.
 */
#include "sheet/xlsx_int.h"

#include <stdlib.h>
#include <string.h>

typedef struct Format {
    long id;
    GridShape shape;
} Format;

typedef struct Styles {
    Xlsx *xlsx;
    VEC(Format) format; /* those that the workbook defines itself */
    bool is_cell_formats;
} Styles;

/* ECMA-376 part 1, 18.8.30, and the dates of Chinese editions among them. */
static GridShape built_in_shape(long id)
{
    bool is_date = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
                   (id >= 50 && id <= 58);
    if (is_date)
        return SHAPE_DATE;
    return id == 9 || id == 10 ? SHAPE_PERCENT : SHAPE_NUMBER;
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
static GridShape shape_of_code(const char *code)
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

static GridShape shape_of_id(const Styles *styles, long id)
{
    for (size_t i = 0; i < styles->format.len; i++)
        if (styles->format.ptr[i].id == id)
            return styles->format.ptr[i].shape;
    return built_in_shape(id);
}

static void styles_start(void *ctx, XmlRun *run, const char *name, const char **attr)
{
    (void)run;
    Styles *styles = ctx;
    Arena *arena = styles->xlsx->build->arena;
    const char *id_text = xml_attr(attr, "numFmtId"), *code = xml_attr(attr, "formatCode");
    long id = id_text ? strtol(id_text, NULL, 10) : 0;
    if (strcmp(name, "cellXfs") == 0)
        styles->is_cell_formats = true;
    else if (strcmp(name, "numFmt") == 0 && code)
        VEC_PUSH(arena, &styles->format, (Format){.id = id, .shape = shape_of_code(code)});
    else if (strcmp(name, "xf") == 0 && styles->is_cell_formats)
        VEC_PUSH(arena, &styles->xlsx->shape, shape_of_id(styles, id));
}

static void styles_end(void *ctx, XmlRun *run, const char *name)
{
    (void)run;
    Styles *styles = ctx;
    if (strcmp(name, "cellXfs") == 0)
        styles->is_cell_formats = false;
}

static void styles_text(void *ctx, const char *bytes, size_t len)
{
    (void)ctx, (void)bytes, (void)len;
}

bool xlsx_styles_read(Xlsx *xlsx, Str part)
{
    static const XmlHandler handler = {styles_start, styles_end, styles_text};
    Styles styles = {.xlsx = xlsx};
    return xlsx_parse(xlsx, part, LIMIT_XLSX_INDEX_BYTES, &handler, &styles);
}
