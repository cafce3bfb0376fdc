/* The header of a flat table: which column is which key, item or stage's item. */
#include "app/dataset_int.h"
#include "base/limits.h"

static const struct {
    Str en, zh;
    bool is_required;
} KEYS[FLAT_KEY_COUNT] = {
#define FLAT_KEY(code, en, zh, is_required) \
    [code] = {{"" en, sizeof en - 1}, {"" zh, sizeof zh - 1}, is_required},
#include "app/flat.def"
#undef FLAT_KEY
};

typedef struct Header {
    Str item;  /* without stage and unit */
    Str unit;  /* in trailing brackets, or empty */
    int stage; /* -1: none */
} Header;

Str flat_split_unit(const Core *core, Str *name)
{
    Str unit = STR("");
    if (map_find(&core->items, *name) || !str_ends_with(*name, STR(")")))
        return unit;
    for (size_t at = name->len; at-- > 0;)
        if (name->ptr[at] == '(') {
            unit = str_slice(*name, at + 1, name->len - at - 2);
            *name = str_trim(str_slice(*name, 0, at));
            break;
        }
    return unit;
}

/* "小学.教学仪器设备值（万元）" -> stage 小学, item 教学仪器设备值, unit 万元. */
static Header split_header(Arena *arena, const Core *core, Str name)
{
    Str folded = utf8_fold(arena, name);
    Header header = {.item = folded, .stage = -1};
    const char *dot = memchr(folded.ptr, '.', folded.len);
    if (dot) {
        size_t at = (size_t)(dot - folded.ptr);
        header.stage = flat_stage_named(arena, core, str_slice(folded, 0, at));
        if (header.stage >= 0)
            header.item = str_slice(folded, at + 1, folded.len);
    }
    header.unit = flat_split_unit(core, &header.item);
    return header;
}

static ErrPlace header_place(const Table *table, size_t column)
{
    return (ErrPlace){.file = table->file,
                      .sheet = table->sheet,
                      .line = table->header_line,
                      .column = column + 1,
                      .cell = table->column[column].name};
}

static Str nearest_name(const Loader *loader, Str name)
{
    const Core *core = loader->dataset->core;
    size_t count = 0;
    Str *candidate = ARENA_ARRAY(loader->arena, Str, core->items.len + FLAT_KEY_COUNT);
    for (size_t i = 0; i < core->items.len; i++)
        if (!((const Item *)core->items.entry[i].value)->is_county)
            candidate[count++] = core->items.entry[i].key;
    for (size_t i = 0; i < FLAT_KEY_COUNT; i++)
        candidate[count++] = KEYS[i].zh;
    return utf8_nearest(name, candidate, count);
}

static bool unknown(const Loader *loader, const Table *table, size_t column, Err *err)
{
    Str name = table->column[column].name;
    ErrPlace place = header_place(table, column);
    Str near = err->count < LIMIT_DIAGS ? nearest_name(loader, name) : STR("");
    return err_fail_at(err, &place, ERR_FLAT_COLUMN_UNKNOWN, ARG_STR("column", name),
                       ARG_STR("near", near));
}

/* A key has the synonyms of packs/core/headings.yaml, and an attribute that is one those of its item. */
static int key_of(const Core *core, Str name)
{
    const Item *item = map_find(&core->items, name);
    const Str *heading = map_find(&core->headings, name);
    if (item || heading)
        name = item ? item->symbol.name : *heading;
    for (int key = 0; key < FLAT_KEY_COUNT; key++)
        if (str_equals(name, KEYS[key].zh) || str_equals(name, KEYS[key].en))
            return key;
    return -1;
}

static bool twice(const Table *table, size_t column, int other, Err *err)
{
    ErrPlace place = header_place(table, column);
    return err_fail_at(err, &place, ERR_FLAT_COLUMN_TWICE,
                       ARG_STR("column", table->column[column].name),
                       ARG_STR("other", table->column[other].name));
}

bool flat_read_ratio(Arena *arena, const Core *core, const ErrPlace *place, Str unit_text,
                     const Item *item, Ratio *ret, Err *err)
{
    Unit unit, ratio;
    Err quiet;
    err_init(&quiet);
    bool is_known = unit_parse(&core->units, unit_text, &unit, &quiet);
    err_done(&quiet);
    if (is_known && unit_same_dimension(&unit, &item->symbol.unit) &&
        unit_divide(&unit, &item->symbol.unit, &ratio)) {
        if (ratio.num != ratio.den)
            *ret = (Ratio){ratio.num, ratio.den};
        return true;
    }
    StrBuf want;
    strbuf_init(&want, arena);
    unit_format(&want, &core->units, &item->symbol.unit);
    return err_fail_at(err, place, ERR_FLAT_UNIT, ARG_STR("column", place->cell),
                       ARG_STR("unit", unit_text), ARG_STR("want", strbuf_str(&want)));
}

static bool read_unit(const Loader *loader, const Table *table, size_t column, const Header *header,
                      const Item *item, Err *err)
{
    ErrPlace place = header_place(table, column);
    return flat_read_ratio(loader->arena, loader->dataset->core, &place, header->unit, item,
                           &loader->ratio[column], err);
}

static ItemColumns *columns_of(Loader *loader, const Item *item)
{
    Dataset *dataset = loader->dataset;
    for (size_t i = 0; i < dataset->item_count; i++)
        if (dataset->items[i].item == item)
            return &dataset->items[i];
    ItemColumns *columns = &dataset->items[dataset->item_count++];
    *columns = (ItemColumns){.item = item, .plain = -1};
    for (size_t stage = 0; stage < FRAME_STAGES_MAX; stage++)
        columns->of_stage[stage] = -1;
    return columns;
}

/* Of an item either one column or some of its stages: with both nobody knows which one counts. */
static int any_column(const ItemColumns *columns, bool is_of_stage)
{
    int found = is_of_stage ? columns->plain : -1;
    for (size_t stage = 0; !is_of_stage && stage < FRAME_STAGES_MAX; stage++)
        if (columns->of_stage[stage] >= 0)
            found = columns->of_stage[stage];
    return found;
}

static bool shared_by_stage(const Table *table, size_t column, const Item *item, Err *err)
{
    ErrPlace place = header_place(table, column);
    return err_fail_at(err, &place, ERR_FLAT_SHARED_COLUMN,
                       ARG_STR("column", table->column[column].name),
                       ARG_STR("item", item->symbol.name));
}

static bool of_county(const Table *table, size_t column, const Item *item, Err *err)
{
    ErrPlace place = header_place(table, column);
    return err_fail_at(err, &place, ERR_FLAT_COUNTY_COLUMN, ARG_STR("item", item->symbol.name));
}

static bool two_layouts(const Table *table, int stage_column, Err *err)
{
    ErrPlace place = header_place(table, (size_t)stage_column);
    return err_fail_at(err, &place, ERR_FLAT_TWO_LAYOUTS,
                       ARG_STR("column", table->column[stage_column].name));
}

static bool read_column(Loader *loader, Table *table, size_t column, Err *err)
{
    TableColumn *cell = &table->column[column];
    Str folded = utf8_fold(loader->arena, cell->name);
    int key = key_of(loader->dataset->core, folded);
    if (map_find(&loader->dataset->core->unused_headings, folded))
        return true;
    cell->kind = key == FLAT_NUMBER || key == FLAT_REMARK ? FIELD_SKIP : FIELD_TEXT;
    if (key >= 0) {
        if (loader->key_column[key] >= 0 && cell->kind == FIELD_TEXT)
            return twice(table, column, loader->key_column[key], err);
        loader->key_column[key] = (int)column;
        return true;
    }
    Header header = split_header(loader->arena, loader->dataset->core, cell->name);
    const Item *item = map_find(&loader->dataset->core->items, header.item);
    if (!item)
        return unknown(loader, table, column, err);
    if (item->is_county)
        return of_county(table, column, item, err);
    cell->kind = item->codes ? FIELD_TEXT : FIELD_NUMBER;
    if (item->codes && header.stage >= 0)
        return unknown(loader, table, column, err);
    loader->is_wide |= header.stage >= 0;
    if (item->is_shared && header.stage >= 0)
        return shared_by_stage(table, column, item, err);
    ItemColumns *columns = columns_of(loader, item);
    int *where = header.stage >= 0 ? &columns->of_stage[header.stage] : &columns->plain;
    int other = *where >= 0 ? *where : any_column(columns, header.stage >= 0);
    if (other >= 0)
        return twice(table, column, other, err);
    *where = (int)column;
    return !header.unit.len || read_unit(loader, table, column, &header, item, err);
}

/* ---- headers of several rows ---- */

typedef struct Known {
    Arena *arena;
    const Core *core;
} Known;

/* Whether flat_wish would understand a column of this name. */
static bool is_known(const Known *known, Str name)
{
    Str folded = utf8_fold(known->arena, name);
    if (!folded.len)
        return false;
    if (key_of(known->core, folded) >= 0 || map_find(&known->core->unused_headings, folded))
        return true;
    Header header = split_header(known->arena, known->core, name);
    return map_find(&known->core->items, header.item) != NULL;
}

static bool is_word(const Known *known, const Map *words, Str text)
{
    return map_find(words, utf8_fold(known->arena, text)) != NULL;
}

/* 室内体育用房 over （㎡）, 网络多媒体教室 over 数: the name and its rest, or the rest left out. */
static size_t join_leaf(const Known *known, Str *part, size_t count)
{
    while (count > 1) {
        Str leaf = part[count - 1],
            both = str_format(known->arena, "%.*s%.*s", STR_ARG(part[count - 2]), STR_ARG(leaf));
        bool is_unit = str_starts_with(leaf, STR("(")) || str_starts_with(leaf, STR("（"));
        if (is_unit || is_known(known, both))
            part[count - 2] = both;
        else if (!is_word(known, &known->core->plain_headings, leaf))
            break;
        count--;
    }
    return count;
}

static Str joined(const Known *known, const Str *part, size_t count)
{
    StrBuf buf;
    strbuf_init(&buf, known->arena);
    for (size_t i = 0; i < count; i++) {
        strbuf_add(&buf, i ? STR(".") : STR(""));
        strbuf_add(&buf, part[i]);
    }
    return strbuf_str(&buf);
}

Str flat_known_heading(Arena *arena, const Core *core, const Str *path, size_t count)
{
    Known known = {.arena = arena, .core = core};
    Str part[LAYOUT_PATH_MAX];
    size_t kept = 0;
    CHECK(count <= LAYOUT_PATH_MAX);
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || !is_word(&known, &core->group_headings, path[i]))
            part[kept++] = path[i];
    for (size_t pass = 0; pass < 2; pass++) {
        Str name = joined(&known, part, kept);
        if (is_known(&known, name))
            return name;
        kept = join_leaf(&known, part, kept);
    }
    return STR("");
}

/* "万元、人": the one in which the item can be counted; empty if none can, or if it is the item's own. */
static Str fitting_unit(const Known *known, Str units, const Item *item)
{
    CLEANUP(err_done) Err quiet;
    err_init(&quiet);
    Str found = STR("");
    StrBuf word;
    strbuf_init(&word, known->arena);
    for (size_t at = 0, start = 0; start < units.len;) {
        Str left = str_slice(units, at, units.len);
        bool is_mark = str_starts_with(left, STR("、"));
        bool is_comma = str_starts_with(left, STR(",")) || str_starts_with(left, STR("/")) ||
                        str_starts_with(left, STR(";"));
        if (left.len && !is_mark && !is_comma) {
            at++;
            continue;
        }
        Str one = str_trim(str_slice(units, start, at - start));
        Unit unit, ratio;
        bool fits = !found.len && unit_parse(&known->core->units, one, &unit, &quiet) &&
                    unit_same_dimension(&unit, &item->symbol.unit) &&
                    unit_divide(&unit, &item->symbol.unit, &ratio);
        if (fits && ratio.num == ratio.den)
            return STR("");
        if (fits)
            found = one;
        at += is_mark ? sizeof "、" - 1 : 1;
        start = at;
    }
    return found;
}

Str flat_with_unit(Arena *arena, const Core *core, Str name, Str units)
{
    Known known = {.arena = arena, .core = core};
    Header header = split_header(arena, core, name);
    const Item *item = map_find(&core->items, header.item);
    if (!item || item->codes || header.unit.len)
        return name;
    Str unit = fitting_unit(&known, units, item);
    return unit.len ? str_format(arena, "%.*s（%.*s）", STR_ARG(name), STR_ARG(unit)) : name;
}

Str flat_heading_meaning(Arena *arena, const Core *core, Str name)
{
    int key = key_of(core, utf8_fold(arena, name));
    if (key >= 0)
        return KEYS[key].zh;
    Header header = split_header(arena, core, name);
    const Item *item = map_find(&core->items, header.item);
    if (!item)
        return name;
    StrBuf buf;
    strbuf_init(&buf, arena);
    if (header.stage >= 0)
        strbuf_addf(&buf, "%.*s.", STR_ARG(core->stages.ptr[header.stage].name));
    strbuf_add(&buf, item->symbol.name);
    if (header.unit.len)
        strbuf_addf(&buf, "（%.*s）", STR_ARG(header.unit));
    return strbuf_str(&buf);
}

/* A single text above the real header, as offices like to have it. */
static bool is_title(const Loader *loader, const Table *table, size_t *ret_column)
{
    size_t count = 0;
    for (size_t column = 0; column < table->column_count; column++) {
        if (!table->column[column].name.len)
            continue;
        *ret_column = column;
        count++;
    }
    if (count != 1)
        return false;
    Str folded = utf8_fold(loader->arena, table->column[*ret_column].name);
    return key_of(loader->dataset->core, folded) < 0 &&
           !map_find(&loader->dataset->core->items, folded);
}

bool flat_wish(void *ctx, Table *table, Err *err)
{
    Loader *loader = ctx;
    bool is_ok = true;
    size_t title;
    if (is_title(loader, table, &title)) {
        ErrPlace place = header_place(table, title);
        return err_fail_at(err, &place, ERR_FLAT_TITLE, ARG_INT("line", table->header_line),
                           ARG_STR("text", table->column[title].name));
    }
    loader->is_wide = false; /* it may be asked again, about the same table found another way */
    loader->dataset->item_count = 0;
    loader->dataset->items = ARENA_ARRAY(loader->arena, ItemColumns, table->column_count + 1);
    loader->ratio = ARENA_ARRAY(loader->arena, Ratio, table->column_count + 1);
    for (int key = 0; key < FLAT_KEY_COUNT; key++)
        loader->key_column[key] = -1;
    for (size_t column = 0; column < table->column_count; column++)
        is_ok &= read_column(loader, table, column, err);
    if (loader->is_wide && loader->key_column[FLAT_STAGE] >= 0)
        is_ok = two_layouts(table, loader->key_column[FLAT_STAGE], err);
    for (int key = 0; key < FLAT_KEY_COUNT; key++)
        if (KEYS[key].is_required && loader->key_column[key] < 0) {
            ErrPlace place = {
                .file = table->file, .sheet = table->sheet, .line = table->header_line};
            is_ok =
                err_fail_at(err, &place, ERR_FLAT_COLUMN_MISSING, ARG_STR("column", KEYS[key].zh));
        }
    return is_ok;
}
