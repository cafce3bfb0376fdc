/* Styles of a workbook: number formats, backgrounds, colours of text. */
#include "sheet/grid_int.h"
#include "sheet/xlsx_int.h"

#include <stdlib.h>
#include <string.h>

typedef struct Format {
    long id;
    Str code;
    GridShape shape;
} Format;

typedef enum StylesPlace { IN_NOTHING, IN_FILL, IN_FONT, IN_CELL_FORMATS } StylesPlace;

typedef struct Styles {
    Xlsx *xlsx;
    StylesPlace place;
    bool is_solid;      /* the fill that is read */
    VEC(Format) format; /* those that the workbook defines itself */
    VEC(uint32_t) fill, font;
} Styles;

/* ECMA-376 part 1, 18.8.27: the first 8 are repeated by the next 8, then come 48 more. */
static uint32_t indexed_colour(unsigned long idx)
{
    static const uint32_t palette[] = {
        0x000000, 0xffffff, 0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0xff00ff, 0x00ffff,
        0x800000, 0x008000, 0x000080, 0x808000, 0x800080, 0x008080, 0xc0c0c0, 0x808080,
        0x9999ff, 0x993366, 0xffffcc, 0xccffff, 0x660066, 0xff8080, 0x0066cc, 0xccccff,
        0x000080, 0xff00ff, 0xffff00, 0x00ffff, 0x800080, 0x800000, 0x008080, 0x0000ff,
        0x00ccff, 0xccffff, 0xccffcc, 0xffff99, 0x99ccff, 0xff99cc, 0xcc99ff, 0xffcc99,
        0x3366ff, 0x33cccc, 0x99cc00, 0xffcc00, 0xff9900, 0xff6600, 0x666699, 0x969696,
        0x003366, 0x339966, 0x003300, 0x333300, 0x993300, 0x993366, 0x333399, 0x333333};
    if (idx >= 8)
        idx -= 8;
    return idx < sizeof palette / sizeof *palette ? palette[idx] : GRID_NO_COLOUR;
}

/* The colours of the theme that office programs bring; a workbook's own theme is not looked at. */
static uint32_t theme_colour(unsigned long idx)
{
    static const uint32_t theme[] = {0xffffff, 0x000000, 0xe7e6e6, 0x44546a, 0x4472c4,
                                     0xed7d31, 0xa5a5a5, 0xffc000, 0x5b9bd5, 0x70ad47};
    return idx < sizeof theme / sizeof *theme ? theme[idx] : GRID_NO_COLOUR;
}

/* Lighter (tint above 0) or darker, channel by channel: near to what office programs do in HLS. */
static uint32_t tinted(uint32_t colour, double tint)
{
    if (colour == GRID_NO_COLOUR || !(tint >= -1 && tint <= 1))
        return colour;
    uint32_t result = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        double channel = (double)(colour >> shift & 0xff);
        channel = tint < 0 ? channel * (1 + tint) : channel + (255 - channel) * tint;
        result = result << 8 | (uint32_t)(channel + 0.5);
    }
    return result;
}

static uint32_t colour_of(const char **attr)
{
    const char *rgb = xml_attr(attr, "rgb"), *indexed = xml_attr(attr, "indexed");
    const char *theme = xml_attr(attr, "theme"), *tint = xml_attr(attr, "tint");
    uint32_t colour = GRID_NO_COLOUR;
    if (rgb && strlen(rgb) >= 6)
        colour = (uint32_t)strtoul(rgb + strlen(rgb) - 6, NULL, 16) & 0xffffff;
    else if (indexed)
        colour = indexed_colour(strtoul(indexed, NULL, 10));
    else if (theme)
        colour = theme_colour(strtoul(theme, NULL, 10));
    return tint ? tinted(colour, strtod(tint, NULL)) : colour;
}

static GridStyle style_of(const Styles *styles, const char **attr)
{
    const char *format_id = xml_attr(attr, "numFmtId"), *fill_id = xml_attr(attr, "fillId"),
               *font_id = xml_attr(attr, "fontId");
    long format = format_id ? strtol(format_id, NULL, 10) : 0;
    size_t fill = fill_id ? strtoul(fill_id, NULL, 10) : 0;
    size_t font = font_id ? strtoul(font_id, NULL, 10) : 0;
    GridStyle style = {.format = grid_code_of_built_in(format),
                       .shape = grid_shape_of_built_in(format),
                       .fill = fill < styles->fill.len ? styles->fill.ptr[fill] : GRID_NO_COLOUR,
                       .font = font < styles->font.len ? styles->font.ptr[font] : GRID_NO_COLOUR};
    for (size_t i = 0; i < styles->format.len; i++)
        if (styles->format.ptr[i].id == format) {
            style.format = styles->format.ptr[i].code;
            style.shape = styles->format.ptr[i].shape;
        }
    return style;
}

static void inside_start(Styles *styles, const char *name, const char **attr)
{
    Arena *arena = styles->xlsx->arena;
    const char *pattern = xml_attr(attr, "patternType");
    switch (styles->place) {
    case IN_FILL:
        if (strcmp(name, "patternFill") == 0)
            styles->is_solid = pattern && strcmp(pattern, "solid") == 0;
        else if (strcmp(name, "fgColor") == 0 && styles->is_solid)
            styles->fill.ptr[styles->fill.len - 1] = colour_of(attr);
        break;
    case IN_FONT:
        if (strcmp(name, "color") == 0 && colour_of(attr) != 0) /* black is no colour to speak of */
            styles->font.ptr[styles->font.len - 1] = colour_of(attr);
        break;
    case IN_CELL_FORMATS:
        if (strcmp(name, "xf") == 0)
            VEC_PUSH(arena, &styles->xlsx->style, style_of(styles, attr));
        break;
    case IN_NOTHING:
        break;
    }
}

static void styles_start(void *ctx, XmlRun *run, const char *name, const char **attr)
{
    (void)run;
    Styles *styles = ctx;
    Arena *arena = styles->xlsx->arena;
    const char *id = xml_attr(attr, "numFmtId"), *code = xml_attr(attr, "formatCode");
    if (styles->place != IN_NOTHING) {
        inside_start(styles, name, attr);
    } else if (strcmp(name, "cellXfs") == 0) {
        styles->place = IN_CELL_FORMATS;
    } else if (strcmp(name, "fill") == 0) {
        styles->place = IN_FILL;
        styles->is_solid = false;
        VEC_PUSH(arena, &styles->fill, GRID_NO_COLOUR);
    } else if (strcmp(name, "font") == 0) {
        styles->place = IN_FONT;
        VEC_PUSH(arena, &styles->font, GRID_NO_COLOUR);
    } else if (strcmp(name, "numFmt") == 0 && code) {
        Format format = {.id = id ? strtol(id, NULL, 10) : 0,
                         .code = strcmp(code, "General") == 0 ? STR("")
                                                              : str_dup(arena, str_from(code)),
                         .shape = grid_shape_of_code(code)};
        VEC_PUSH(arena, &styles->format, format);
    }
}

static void styles_end(void *ctx, XmlRun *run, const char *name)
{
    (void)run;
    Styles *styles = ctx;
    static const char *const ends[] = {
        [IN_NOTHING] = "", [IN_FILL] = "fill", [IN_FONT] = "font", [IN_CELL_FORMATS] = "cellXfs"};
    if (strcmp(name, ends[styles->place]) == 0)
        styles->place = IN_NOTHING;
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
