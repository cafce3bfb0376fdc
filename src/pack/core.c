/* packs/core: units and stages here, code lists, items and divisions beside. */
#include "base/limits.h"
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
static bool place_errors(CoreLoader *loader, const PackNode *node, Err *said)
{
    bool is_ok = said->count == 0;
    for (const Diag *diag = said->first; diag; diag = diag->next)
        pack_fail_args(loader->arena, node, false, loader->err, diag->code, diag->arg);
    err_done(said);
    return is_ok;
}

static bool add_named(CoreLoader *loader, const PackNode *node, Str name, int64_t num, int64_t den,
                      Str of)
{
    Err said;
    err_init(&said);
    (void)!unit_add_named(&loader->core->units, name, num, den, of, &said);
    bool is_taken = said.first && said.first->code == ERR_UNIT_DUPLICATE;
    const PackNode *unit = node_get(node, KEY_UNIT);
    return place_errors(loader, unit && !is_taken ? unit : node, &said);
}

static bool add_base(CoreLoader *loader, const PackNode *unit)
{
    Err said;
    err_init(&said);
    (void)!unit_add_base(&loader->core->units, unit->key, &said);
    return place_errors(loader, unit, &said);
}

static bool add_multiple(CoreLoader *loader, const PackNode *unit)
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
    return add_named(loader, unit, unit->key, num, den, node_text(unit, KEY_UNIT));
}

/* False if there are too many. */
static bool add_unit(CoreLoader *loader, const PackNode *unit)
{
    bool is_ok = node_yes(unit, KEY_IS_BASE) ? add_base(loader, unit) : add_multiple(loader, unit);
    const PackNode *synonyms = node_get(unit, KEY_SYNONYMS);
    for (size_t i = 0; is_ok && synonyms && i < synonyms->child.len; i++) {
        const PackNode *synonym = synonyms->child.ptr[i];
        (void)add_named(loader, synonym, synonym->text, 1, 1, unit->key);
    }
    if (loader->core->units.named.len <= LIMIT_UNIT_NAMES)
        return true;
    pack_fail_key(loader->arena, unit, loader->err, ERR_PACK_MANY,
                  ARG_STR("key", unit->parent->key), ARG_INT("limit", LIMIT_UNIT_NAMES));
    return false;
}

static void read_units(CoreLoader *loader, const PackNode *root)
{
    const PackNode *table = node_get(root, KEY_UNIT_TABLE);
    for (size_t i = 0; table && i < table->child.len; i++)
        if (!add_unit(loader, table->child.ptr[i]))
            return;
}

/* ---- stages ---- */

/* A word by which tables may call the stage; it means no other stage. */
static void add_stage_name(CoreLoader *loader, Stage *stage, Str text, const PackNode *node)
{
    Str folded = utf8_fold(loader->arena, text);
    for (size_t i = 0; i < loader->core->stages.len; i++)
        if (map_find(&loader->core->stages.ptr[i].names, folded)) {
            pack_fail(loader->arena, node, loader->err, ERR_NAME_DUPLICATE, ARG_STR("name", text));
            return;
        }
    map_set(&stage->names, folded, loader->core);
}

static void read_stage(CoreLoader *loader, const PackNode *node)
{
    Stage stage = {.code = node->key, .name = node_text(node, KEY_NAME)};
    map_init(&stage.names, loader->arena);
    add_stage_name(loader, &stage, stage.code, node);
    if (stage.name.len)
        add_stage_name(loader, &stage, stage.name, node_get(node, KEY_NAME));
    const PackNode *synonyms = node_get(node, KEY_SYNONYMS);
    for (size_t k = 0; synonyms && k < synonyms->child.len; k++)
        add_stage_name(loader, &stage, synonyms->child.ptr[k]->text, synonyms->child.ptr[k]);
    VEC_PUSH(loader->arena, &loader->core->stages, stage);
}

static void read_stages(CoreLoader *loader, const PackNode *root)
{
    const PackNode *table = node_get(root, KEY_STAGE_TABLE);
    for (size_t i = 0; table && i < table->child.len; i++) {
        if (loader->core->stages.len == FRAME_STAGES_MAX) {
            pack_fail_key(loader->arena, table->child.ptr[i], loader->err, ERR_PACK_STAGES,
                          ARG_INT("limit", FRAME_STAGES_MAX));
            return;
        }
        read_stage(loader, table->child.ptr[i]);
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
    Str near = utf8_nearest(code, candidate, core->stages.len), folded = utf8_fold(arena, code);
    for (size_t i = 0; i < core->stages.len; i++)
        if (map_find(&core->stages.ptr[i].names, folded))
            near = candidate[i]; /* 小学 for primary */
    pack_fail(arena, node, err, ERR_PACK_STAGE, ARG_STR("text", code), ARG_STR("near", near));
    return -1;
}

/* ---- headings of tables ---- */

static void read_words(CoreLoader *loader, const PackNode *root, PackKey key, Map *words)
{
    const PackNode *list = node_get(root, key);
    for (size_t i = 0; list && i < list->child.len; i++)
        (void)map_set(words, utf8_fold(loader->arena, list->child.ptr[i]->text), loader->core);
}

static void read_headings(CoreLoader *loader, const PackNode *root)
{
    const PackNode *table = node_get(root, KEY_HEADING_TABLE);
    for (size_t i = 0; table && i < table->child.len; i++) {
        const PackNode *heading = table->child.ptr[i];
        const PackNode *synonyms = node_get(heading, KEY_SYNONYMS);
        for (size_t k = 0; synonyms && k < synonyms->child.len; k++) {
            const PackNode *synonym = synonyms->child.ptr[k];
            Str folded = utf8_fold(loader->arena, synonym->text);
            if (map_find(&loader->core->items, folded) || map_find(&loader->core->headings, folded))
                pack_fail(loader->arena, synonym, loader->err, ERR_NAME_DUPLICATE,
                          ARG_STR("name", synonym->text));
            else
                (void)map_set(&loader->core->headings, folded, (void *)(uintptr_t)&heading->key);
        }
    }
    read_words(loader, root, KEY_UNUSED_HEADINGS, &loader->core->unused_headings);
    read_words(loader, root, KEY_GROUP_HEADINGS, &loader->core->group_headings);
    read_words(loader, root, KEY_PLAIN_HEADINGS, &loader->core->plain_headings);
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
    VEC_PUSH(loader->arena, &loader->texts, file->bytes);
    (void)!pack_file_parse(loader->arena, file, &root, &place, loader->err);
    if (place == PLACE_NONE) {
        loader->has_unread = true;
        return;
    }
    if (place == PLACE_STANDARD || place == PLACE_OVERLAY) {
        pack_fail(loader->arena, node_get(root, KEY_KIND), loader->err, ERR_PACK_KIND_WANT,
                  ARG_LIT("want", "单位、学段、代码表、数据项、列名"),
                  ARG_LIT("want_en", "单位, 学段, 代码表, 数据项, 列名"), ARG_STR("file", path),
                  ARG_STR("got", place_kind(place)));
        return;
    }
    (void)!schema_check(loader->arena, root, place, loader->err);
    VEC_PUSH(loader->arena, &loader->files, (CoreFile){.root = root, .place = place, .path = path});
}

/* Each file of one kind, in the order of their paths. */
static void each_file(CoreLoader *loader, PackPlace place,
                      void (*read)(CoreLoader *, const PackNode *))
{
    size_t count = 0;
    for (size_t i = 0; i < loader->files.len; i++) {
        const CoreFile *file = &loader->files.ptr[i];
        if (file->place != place)
            continue;
        if (place == PLACE_STAGES && count > 0) /* their order is one list */
            pack_fail(loader->arena, node_get(file->root, KEY_KIND), loader->err, ERR_PACK_TWICE,
                      ARG_STR("kind", place_kind(place)));
        read(loader, file->root);
        count++;
    }
    if (count == 0 && place != PLACE_HEADINGS) /* other spellings are a comfort */
        (void)err_fail(loader->err, ERR_PACK_LACKS, ARG_STR("kind", place_kind(place)));
}

/* Values of the attribute 学段 are the places of stages. */
static void check_stage_codes(CoreLoader *loader)
{
    const CodeList *list = map_find(&loader->lists, STR("stage"));
    for (size_t i = 0; list && !loader->err->count && i < loader->core->stages.len; i++) {
        Str code = loader->core->stages.ptr[i].code;
        const Code *found = codelist_find(list, code);
        if (!found || found->number != (double)i)
            (void)err_fail(loader->err, ERR_PACK_STAGE_CODES, ARG_STR("stage", code),
                           ARG_INT("number", i));
    }
}

static void read_all(CoreLoader *loader)
{
    each_file(loader, PLACE_UNITS, read_units);
    each_file(loader, PLACE_STAGES, read_stages);
    each_file(loader, PLACE_CODES, core_read_codes);
    loader->core->school_types = map_find(&loader->lists, STR("school_type"));
    if (!loader->core->school_types)
        (void)err_fail(loader->err, ERR_PACK_LACKS, ARG_LIT("kind", "代码表（school_type）"));
    check_stage_codes(loader);
    each_file(loader, PLACE_ITEMS, core_read_items);
    each_file(loader, PLACE_HEADINGS, read_headings);
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
    map_init(&loader.core->headings, arena);
    map_init(&loader.core->unused_headings, arena);
    map_init(&loader.core->group_headings, arena);
    map_init(&loader.core->plain_headings, arena);
    map_init(&loader.lists, arena);
    map_init(&loader.spelling, arena);
    map_init(&loader.sets, arena);
    scope_init(&loader.names, arena, &loader.core->units);
    PathList paths;
    if (!source_list(arena, source, STR("core"), STR(".yaml"), &paths, err))
        return false;
    if (!paths.len)
        return err_fail(err, ERR_PACK_FOLDER, ARG_STR("dir", loader.core->dir));
    for (size_t i = 0; i < paths.len; i++)
        take_file(&loader, paths.ptr[i]);
    if (loader.has_unread)
        return false; /* the others would only miss what stands in it */
    read_all(&loader);
    if (err->count > before)
        return false;
    loader.core->digest = pack_digest(arena, loader.texts.ptr, loader.texts.len);
    *ret = loader.core;
    return true;
}
