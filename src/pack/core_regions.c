/* Administrative divisions: level,code,name,parent_code, parents first. */
#include "base/limits.h"
#include "base/utf8.h"
#include "pack/core_int.h"

enum { FIELDS = 4, REGION_DEPTH = 3 };

/* From the top down: the parent of a region is of the level before its own. */
static const char *const LEVELS[REGION_DEPTH] = {"province", "prefecture", "county"};

typedef struct RegionLine {
    Str level, code, name, parent;
} RegionLine;

static bool split_line(Str line, RegionLine *ret)
{
    Str field[FIELDS];
    size_t count = 0, at = 0;
    for (size_t i = 0; i <= line.len; i++) {
        if (i < line.len && line.ptr[i] != ',')
            continue;
        if (count == FIELDS)
            return false;
        field[count++] = str_slice(line, at, i - at);
        at = i + 1;
    }
    if (count != FIELDS)
        return false;
    *ret = (RegionLine){field[0], field[1], field[2], field[3]};
    return true;
}

static bool parse_number(Str code, double *ret)
{
    int64_t number = 0;
    if (code.len != 6)
        return false;
    for (size_t i = 0; i < 6; i++) {
        if (code.ptr[i] < '0' || code.ptr[i] > '9')
            return false;
        number = number * 10 + (code.ptr[i] - '0');
    }
    *ret = (double)number;
    return number > 0;
}

/* Stands in the map of names for one that several regions share, so that it names none of them. */
static const Code SHARED_NAME;

static void add_path(CoreLoader *loader, Str path, const Code *code)
{
    Map *paths = &loader->core->region_paths;
    const Code *other = map_find(paths, path);
    map_set(paths, path, (void *)(uintptr_t)(!other || other == code ? code : &SHARED_NAME));
}

static Str joined(Arena *arena, const Code *const *chain, size_t from, size_t count, size_t skip)
{
    StrBuf out;
    strbuf_init(&out, arena);
    for (size_t i = count; i-- > from;)
        if (i != skip)
            strbuf_add(&out, chain[i]->name);
    return strbuf_str(&out);
}

/*
 * 甘肃省张掖市甘州区, 张掖市甘州区, 甘州区; and without a middle such as 市辖区, for which nobody
 * writes a name: 北京市东城区.
 */
static void add_paths(CoreLoader *loader, const Code *code, const Code *const *chain, size_t count)
{
    for (size_t top = 1; top <= count; top++)
        add_path(loader, joined(loader->arena, chain, 0, top, SIZE_MAX), code);
    if (count == REGION_DEPTH)
        add_path(loader, joined(loader->arena, chain, 0, count, 1), code);
}

static bool is_level_below(Str level, const Code *parent)
{
    size_t depth = 0;
    for (const Code *above = parent; above; above = above->parent)
        depth++;
    return depth < REGION_DEPTH && str_equals(level, str_from(LEVELS[depth]));
}

static const char *take_line(CoreLoader *loader, const RegionLine *line, const char **ret_en)
{
    CodeList *regions = loader->core->regions;
    double number;
    *ret_en = "the code is not 6 digits";
    if (!parse_number(line->code, &number))
        return "代码不是 6 位数字";
    *ret_en = "the name is blank, or too long";
    if (!line->name.len || line->name.len > LIMIT_REGION_NAME_BYTES)
        return "没有名称，或名称太长";
    Code *parent = line->parent.len ? map_find(&regions->lookup, line->parent) : NULL;
    *ret_en = "the parent is not above it";
    if (line->parent.len && !parent)
        return "上级不在前面";
    if (str_equals(line->code, line->parent))
        return NULL; /* 东莞市: a prefecture without counties stands below itself */
    *ret_en = "the code occurs twice";
    if (map_find(&regions->lookup, line->code))
        return "代码重复";
    *ret_en = "the level is not the one below its parent's";
    if (!is_level_below(line->level, parent))
        return "级别不是上级的下一级";
    const Code *chain[REGION_DEPTH + 1];
    size_t count = 1;
    Code *code = ARENA_NEW(loader->arena, Code);
    *code = (Code){.code = line->code, .name = line->name, .number = number, .parent = parent};
    if (parent)
        parent->is_group = true;
    chain[0] = code;
    for (const Code *above = parent; above && count < REGION_DEPTH; above = above->parent)
        chain[count++] = above;
    code->note = joined(loader->arena, chain, 0, count, SIZE_MAX);
    VEC_PUSH(loader->arena, &regions->codes, code);
    map_set(&regions->lookup, line->code, code);
    add_paths(loader, code, chain, count);
    *ret_en = NULL;
    return NULL;
}

/* What is wrong with a line; NULL if nothing. */
static const char *read_line(CoreLoader *loader, size_t at, Str text, const char **ret_en)
{
    RegionLine line;
    *ret_en = "the first line is not level,code,name,parent_code";
    if (at == 1)
        return str_equals(text, STR("level,code,name,parent_code"))
                   ? NULL
                   : "第一行不是 level,code,name,parent_code";
    *ret_en = "it is not UTF-8 text";
    if (utf8_valid_len(text) < text.len)
        return "不是 UTF-8 文本";
    *ret_en = "it does not have 4 fields";
    return split_line(text, &line) ? take_line(loader, &line, ret_en) : "不是 4 栏";
}

static void read_lines(CoreLoader *loader, const PackFile *file)
{
    for (size_t at = 1; at <= file->line_count; at++) {
        Str text = pack_file_line(file, at);
        const char *en, *zh = text.len || at == 1 ? read_line(loader, at, text, &en) : NULL;
        if (!zh)
            continue;
        ErrPlace place = {.file = file->path, .line = at, .text = text};
        (void)err_fail_at(loader->err, &place, ERR_PACK_REGION, ARG_INT("line", at),
                          ARG_STR("reason", str_from(zh)), ARG_STR("reason_en", str_from(en)));
    }
    if (!loader->core->regions->codes.len && loader->err->count == 0)
        (void)err_fail(loader->err, ERR_PACK_LACKS,
                       ARG_LIT("kind", "行政区划（regions-YYYY.csv）"));
}

void core_read_regions(CoreLoader *loader)
{
    loader->core->regions = codelist_new(loader->arena, STR("region"), STR("行政区划"));
    map_init(&loader->core->region_paths, loader->arena);
    PathList paths;
    PackFile *file;
    if (!source_list(loader->arena, loader->source, STR("core"), STR(".csv"), &paths, loader->err))
        return;
    size_t newest = SIZE_MAX;
    for (size_t i = 0; i < paths.len; i++)
        if (str_starts_with(paths.ptr[i], STR("core/regions-")))
            newest = i;
    if (newest == SIZE_MAX) {
        (void)err_fail(loader->err, ERR_PACK_LACKS,
                       ARG_LIT("kind", "行政区划（regions-YYYY.csv）"));
        return;
    }
    if (!source_read(loader->arena, loader->source, paths.ptr[newest], &file, loader->err))
        return;
    VEC_PUSH(loader->arena, &loader->texts, paths.ptr[newest]);
    VEC_PUSH(loader->arena, &loader->texts, file->bytes);
    read_lines(loader, file);
}

const Core *core_with_regions(Arena *arena, const Core *core, const CoreRegion *region,
                              size_t count)
{
    Core *copy = ARENA_NEW(arena, Core);
    *copy = *core;
    copy->regions = codelist_new(arena, core->regions->id, core->regions->name);
    map_init(&copy->region_paths, arena);
    CoreLoader loader = {.arena = arena, .core = copy};
    for (size_t i = 0; i < count; i++) {
        const CoreRegion *r = &region[i];
        size_t depth = 0;
        for (size_t above = r->parent; above && depth < REGION_DEPTH;
             above = region[above - 1].parent)
            depth++;
        if (depth >= REGION_DEPTH || r->parent > i)
            return NULL;
        RegionLine line = {.level = str_from(LEVELS[depth]),
                           .code = r->code,
                           .name = r->name,
                           .parent = r->parent ? region[r->parent - 1].code : STR("")};
        const char *en;
        if (take_line(&loader, &line, &en))
            return NULL;
    }
    return copy;
}

static const Code *find_exactly(const Core *core, Str text)
{
    const Code *code = map_find(&core->regions->lookup, text);
    return code ? code : map_find(&core->region_paths, text);
}

const Code *core_region_find(const Core *core, Str cell, bool *ret_is_shared)
{
    const Code *code = find_exactly(core, cell);
    if (!code) {
        CLEANUP(arena_done) Arena scratch;
        arena_init(&scratch);
        code = find_exactly(core, utf8_fold(&scratch, cell));
    }
    *ret_is_shared = code == &SHARED_NAME;
    return *ret_is_shared ? NULL : code;
}
