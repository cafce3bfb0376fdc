/* packs/core: units and stages here, code lists, items and divisions beside. */
#include "base/digest.h"
#include "base/utf8.h"
#include "pack/core_int.h"

/* ---- units ---- */

/* "10000", "1/100", "2000/3" */
static bool parse_ratio(Str text, int64_t *ret_num, int64_t *ret_den)
{
    const char *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
    size_t cut = slash ? (size_t)(slash - text.ptr) : text.len;
    Str side[2] = {str_slice(text, 0, cut), slash ? str_slice(text, cut + 1, text.len) : STR("1")};
    int64_t value[2];
    for (size_t i = 0; i < 2; i++) {
        Decimal number;
        bool is_whole = decimal_parse(str_trim(side[i]), &number) == DECIMAL_OK &&
                        number.exp10 >= 0 && number.exp10 <= 12 && number.mantissa > 0 &&
                        number.mantissa < 1000000;
        if (!is_whole)
            return false;
        value[i] = number.mantissa;
        for (int k = 0; k < number.exp10; k++)
            value[i] *= 10;
    }
    *ret_num = value[0];
    *ret_den = value[1];
    return true;
}

/* What the unit table says, at the node it is about. */
static void place_errors(CoreLoader *loader, const PackNode *node, const Err *said)
{
    for (const Diag *diag = said->first; diag; diag = diag->next)
        pack_fail_args(loader->arena, node, false, loader->err, diag->code, diag->arg);
}

static bool add_multiple(CoreLoader *loader, const PackNode *unit, Err *said)
{
    int64_t num, den;
    const PackNode *times = node_get(unit, KEY_TIMES), *of = node_get(unit, KEY_UNIT);
    if (!times || !of) {
        pack_fail_key(loader->arena, unit, loader->err, ERR_PACK_KEY_MISSING,
                      ARG_LIT("place", "单位"), ARG_STR("name", unit->key),
                      ARG_STR("key", times ? key_word(KEY_UNIT) : key_word(KEY_TIMES)),
                      ARG_LIT("about_zh", "写 基本: 是，或写 倍数 和 单位"),
                      ARG_LIT("about_en", "write 基本: 是, or both 倍数 and 单位"));
        return false;
    }
    if (!parse_ratio(node_text(unit, KEY_TIMES), &num, &den)) {
        pack_fail(loader->arena, times, loader->err, ERR_UNIT_SCALE, ARG_STR("unit", unit->key));
        return false;
    }
    return unit_add_named(&loader->core->units, unit->key, num, den, node_text(unit, KEY_UNIT),
                          said);
}

static void add_unit(CoreLoader *loader, const PackNode *unit)
{
    Err said;
    err_init(&said);
    UnitTable *units = &loader->core->units;
    bool is_ok = node_yes(unit, KEY_IS_BASE) ? unit_add_base(units, unit->key, &said)
                                             : add_multiple(loader, unit, &said);
    const PackNode *synonyms = node_get(unit, KEY_SYNONYMS);
    for (size_t i = 0; is_ok && synonyms && i < synonyms->child.len; i++)
        is_ok = unit_add_named(units, synonyms->child.ptr[i]->text, 1, 1, unit->key, &said);
    place_errors(loader, unit, &said);
    err_done(&said);
}

static void read_units(CoreLoader *loader, const PackNode *root)
{
    const PackNode *table = node_get(root, KEY_UNIT_TABLE);
    for (size_t i = 0; table && i < table->child.len; i++)
        add_unit(loader, table->child.ptr[i]);
}

/* ---- stages ---- */

static void read_stages(CoreLoader *loader, const PackNode *root)
{
    const PackNode *table = node_get(root, KEY_STAGE_TABLE);
    for (size_t i = 0; table && i < table->child.len; i++) {
        const PackNode *node = table->child.ptr[i];
        if (i == FRAME_STAGES_MAX) {
            pack_fail_key(loader->arena, node, loader->err, ERR_PACK_STAGES,
                          ARG_INT("limit", FRAME_STAGES_MAX));
            return;
        }
        Stage stage = {.code = node->key, .name = node_text(node, KEY_NAME)};
        map_init(&stage.names, loader->arena);
        map_set(&stage.names, stage.code, loader->core);
        map_set(&stage.names, utf8_fold(loader->arena, stage.name), loader->core);
        const PackNode *synonyms = node_get(node, KEY_SYNONYMS);
        for (size_t k = 0; synonyms && k < synonyms->child.len; k++)
            map_set(&stage.names, utf8_fold(loader->arena, synonyms->child.ptr[k]->text),
                    loader->core);
        VEC_PUSH(loader->arena, &loader->core->stages, stage);
    }
}

int core_stage_of(Arena *arena, const Core *core, const PackNode *node, Str code, Err *err)
{
    Str *candidate = ARENA_ARRAY(arena, Str, core->stages.len);
    for (size_t i = 0; i < core->stages.len; i++) {
        candidate[i] = core->stages.ptr[i].code;
        if (str_equals(candidate[i], code))
            return (int)i;
    }
    Str near = STR("");
    for (size_t i = 0; i < core->stages.len; i++)
        if (map_find(&core->stages.ptr[i].names, utf8_fold(arena, code)))
            near = candidate[i];
    if (near.len)
        (void)pack_fail_text(arena, node, err, ERR_PACK_STAGE, code, &near, 1);
    else
        (void)pack_fail_text(arena, node, err, ERR_PACK_STAGE, code, candidate, core->stages.len);
    return -1;
}

/* ---- the folder ---- */

static void take_file(CoreLoader *loader, Str path)
{
    PackFile *file;
    PackNode *root;
    PackPlace place = PLACE_NONE;
    if (!source_read(loader->arena, loader->source, path, &file, loader->err))
        return;
    VEC_PUSH(loader->arena, &loader->texts, path);
    VEC_PUSH(loader->arena, &loader->texts, file->text);
    size_t before = loader->err->count;
    bool is_ok = pack_file_parse(loader->arena, file, &root, &place, loader->err);
    if (place == PLACE_NONE || (!is_ok && loader->err->count == before))
        return;
    if (place == PLACE_STANDARD || place == PLACE_OVERLAY) {
        pack_fail(loader->arena, node_get(root, KEY_KIND), loader->err, ERR_PACK_KIND_WANT,
                  ARG_LIT("want", "单位、学段、代码表、数据项"), ARG_STR("file", path),
                  ARG_STR("got", place_kind(place)));
        return;
    }
    VEC_PUSH(loader->arena, &loader->files, (CoreFile){.root = root, .place = place, .path = path});
}

/* Each file of one kind, in the order of their paths; how many there were. */
static size_t each_file(CoreLoader *loader, PackPlace place,
                        void (*read)(CoreLoader *, const PackNode *))
{
    size_t count = 0;
    for (size_t i = 0; i < loader->files.len; i++) {
        if (loader->files.ptr[i].place != place)
            continue;
        read(loader, loader->files.ptr[i].root);
        count++;
    }
    return count;
}

static void need_file(CoreLoader *loader, PackPlace place, size_t count)
{
    if (count == 0)
        (void)err_fail(loader->err, ERR_PACK_LACKS, ARG_STR("kind", place_kind(place)));
}

static const CodeList *find_list(const Core *core, Str id)
{
    for (size_t i = 0; i < core->code_lists.len; i++)
        if (str_equals(core->code_lists.ptr[i]->id, id))
            return core->code_lists.ptr[i];
    return NULL;
}

static void read_all(CoreLoader *loader)
{
    need_file(loader, PLACE_UNITS, each_file(loader, PLACE_UNITS, read_units));
    need_file(loader, PLACE_STAGES, each_file(loader, PLACE_STAGES, read_stages));
    need_file(loader, PLACE_CODES, each_file(loader, PLACE_CODES, core_read_codes));
    loader->core->school_types = find_list(loader->core, STR("school_type"));
    if (!loader->core->school_types)
        (void)err_fail(loader->err, ERR_PACK_LACKS, ARG_LIT("kind", "代码表（school_type）"));
    need_file(loader, PLACE_ITEMS, each_file(loader, PLACE_ITEMS, core_read_items));
    core_read_regions(loader);
}

bool core_load(Arena *arena, const PackSource *source, Core **ret, Err *err)
{
    size_t before = err->count;
    CoreLoader loader = {
        .arena = arena, .source = source, .core = ARENA_NEW(arena, Core), .err = err};
    loader.core->dir = source->dir ? str_from(source->dir) : STR("");
    unit_table_init(&loader.core->units, arena);
    map_init(&loader.core->items, arena);
    scope_init(&loader.names, arena, &loader.core->units);
    PathList paths;
    if (!source_list(arena, source, STR("core"), STR(".yaml"), &paths, err))
        return false;
    if (!paths.len)
        return err_fail(err, ERR_PACK_FOLDER, ARG_STR("dir", loader.core->dir));
    for (size_t i = 0; i < paths.len; i++)
        take_file(&loader, paths.ptr[i]);
    read_all(&loader);
    if (err->count > before)
        return false;
    loader.core->digest = digest_sm3(arena, loader.texts.ptr, loader.texts.len);
    *ret = loader.core;
    return true;
}
