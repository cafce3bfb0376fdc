/* From an id to a checked standard: its file, the overlays above it, the day that is asked for. */
#include "pack/pack.h"

#include "base/utf8.h"
#include "pack/standard_int.h"

enum { CHAIN_MAX = 8 };

/* A standard and its overlays, the standard first. */
typedef struct Chain {
    PackNode *root[2 * CHAIN_MAX];
    const PackFile *file[2 * CHAIN_MAX];
    size_t count;
} Chain;

static Str id_of(const PackNode *root)
{
    return node_text(root, KEY_PACK);
}

static bool is_in_chain(const Chain *chain, Str id)
{
    for (size_t i = 0; i < chain->count; i++)
        if (str_equals(id_of(chain->root[i]), id))
            return true;
    return false;
}

/* Where packs come from, and where mistakes go. */
typedef struct Reading {
    Arena *arena;
    const PackSource *source;
    Err *err;
} Reading;

/* An overlay's words are checked here; those of a standard when its overlays are applied. */
static bool read_pack(const Reading *reading, Str id, const PackNode *at, PackPlace *ret_place,
                      const PackFile **ret_file, PackNode **ret)
{
    PackFile *file;
    Arena *arena = reading->arena;
    if (!pack_file_find(arena, reading->source, id, at, &file, reading->err))
        return false;
    *ret_file = file;
    *ret_place = PLACE_NONE;
    *ret = NULL;
    (void)!pack_file_parse(arena, file, ret, ret_place, reading->err);
    if (!*ret || *ret_place == PLACE_STANDARD)
        return *ret != NULL;
    if (*ret_place == PLACE_OVERLAY) {
        (void)!schema_check(arena, *ret, *ret_place, reading->err);
        return true;
    }
    pack_fail(arena, node_get(*ret, KEY_KIND), reading->err, ERR_PACK_KIND_WANT,
              ARG_LIT("want", "标准或覆盖"), ARG_LIT("want_en", "标准 or 覆盖"),
              ARG_STR("file", file->path), ARG_STR("got", place_kind(*ret_place)));
    return false;
}

static void turn_around(Chain *chain)
{
    for (size_t i = 0; i < chain->count / 2; i++) {
        size_t other = chain->count - 1 - i;
        PackNode *root = chain->root[i];
        const PackFile *file = chain->file[i];
        chain->root[i] = chain->root[other];
        chain->file[i] = chain->file[other];
        chain->root[other] = root;
        chain->file[other] = file;
    }
}

/* From the pack asked for down to the standard; then turned around. */
static bool read_chain(const Reading *reading, Str id, Chain *chain)
{
    PackPlace place = PLACE_OVERLAY;
    const PackNode *at = NULL;
    while (place == PLACE_OVERLAY) {
        if (chain->count == CHAIN_MAX || is_in_chain(chain, id)) {
            pack_fail(reading->arena, at, reading->err, ERR_PACK_CHAIN,
                      ARG_INT("limit", CHAIN_MAX));
            return false;
        }
        PackNode *root;
        if (!read_pack(reading, id, at, &place, &chain->file[chain->count], &root))
            return false;
        chain->root[chain->count++] = root;
        at = node_get(root, KEY_BASE);
        id = node_text(root, KEY_BASE);
        if (place == PLACE_OVERLAY && !id.len)
            return false; /* its absence is reported */
    }
    turn_around(chain);
    return true;
}

static bool check_overlay(const Reading *reading, const PackNode *root, PackPlace place,
                          const PackFile *file, const Chain *chain)
{
    Str base = node_text(root, KEY_BASE);
    if (place != PLACE_OVERLAY) {
        pack_fail(reading->arena, node_get(root, KEY_KIND), reading->err, ERR_PACK_KIND_WANT,
                  ARG_STR("want", place_kind(PLACE_OVERLAY)), ARG_STR("file", file->path),
                  ARG_STR("got", place_kind(place)));
        return false;
    }
    if (is_in_chain(chain, id_of(root)))
        return err_fail(reading->err, ERR_PACK_OVERLAY_TWICE, ARG_STR("overlay", id_of(root)));
    if (base.len && !is_in_chain(chain, base))
        return err_fail(reading->err, ERR_PACK_BASE, ARG_STR("overlay", id_of(root)),
                        ARG_STR("base", base), ARG_STR("standard", id_of(chain->root[0])));
    return true;
}

static bool add_overlays(const Reading *reading, const StandardRequest *request, Chain *chain)
{
    bool is_ok = true;
    for (size_t i = 0; i < request->overlay_count; i++) {
        PackPlace place;
        PackNode *root;
        const PackFile *file;
        if (chain->count == 2 * CHAIN_MAX)
            return err_fail(reading->err, ERR_PACK_CHAIN, ARG_INT("limit", 2 * CHAIN_MAX));
        if (!read_pack(reading, request->overlay[i], NULL, &place, &file, &root) ||
            !check_overlay(reading, root, place, file, chain)) {
            is_ok = false;
            continue;
        }
        chain->root[chain->count] = root;
        chain->file[chain->count++] = file;
    }
    return is_ok;
}

/* ---- the day ---- */

static Str validity_text(Arena *arena, Validity validity, Lang lang)
{
    StrBuf out;
    strbuf_init(&out, arena);
    bool is_zh = lang == LANG_ZH;
    if (validity.first > DATE_MIN) {
        strbuf_add(&out, is_zh ? STR("自 ") : STR("from "));
        date_format(&out, validity.first);
    }
    if (validity.first > DATE_MIN && validity.last < DATE_MAX)
        strbuf_add_char(&out, ' ');
    if (validity.last < DATE_MAX) {
        strbuf_add(&out, is_zh ? STR("至 ") : STR("to "));
        date_format(&out, validity.last);
    }
    return strbuf_str(&out);
}

static bool check_day(Arena *arena, const PackNode *root, Date date, Err *err)
{
    Validity validity = node_validity(root);
    bool is_in_order = validity.first <= validity.last; /* if not, that is said elsewhere */
    if (!is_in_order || (validity.first <= date && date <= validity.last))
        return is_in_order;
    StrBuf day;
    strbuf_init(&day, arena);
    date_format(&day, date);
    const PackNode *node = node_get(root, KEY_VALIDITY);
    pack_fail_key(arena, node ? node : root, err, ERR_PACK_NOT_VALID, ARG_STR("pack", id_of(root)),
                  ARG_STR("validity_zh", validity_text(arena, validity, LANG_ZH)),
                  ARG_STR("validity_en", validity_text(arena, validity, LANG_EN)),
                  ARG_STR("date", strbuf_str(&day)));
    return false;
}

/* ---- making it ---- */

static Str digest_of(Arena *arena, const Core *core, const Chain *chain)
{
    Str *part = ARENA_ARRAY(arena, Str, chain->count + 1);
    part[0] = core->digest;
    for (size_t i = 0; i < chain->count; i++)
        part[i + 1] = chain->file[i]->bytes;
    return pack_digest(arena, part, chain->count + 1);
}

/* The last overlay's tests are those of the whole: those below it hold without it. */
static void take_tests(Arena *arena, PackNode *standard, const PackNode *overlay)
{
    PackNode *own = node_get(standard, KEY_TESTS), *tests = node_get(overlay, KEY_TESTS);
    if (own)
        node_remove(own);
    node_compact(standard);
    if (!tests)
        return;
    PackNode *copy = ARENA_NEW(arena, PackNode);
    *copy = *tests;
    node_set_child(arena, standard, copy);
}

static bool apply_overlays(Arena *arena, const Core *core, const Chain *chain, ChangeList *changes,
                           Err *err)
{
    bool is_whole = true;
    for (size_t i = 1; i < chain->count; i++)
        is_whole &= overlay_apply(arena, core, chain->root[i], chain->root[0], changes, err);
    (void)!schema_check(arena, chain->root[0], PLACE_STANDARD, err);
    if (chain->count > 1) /* whose form was checked with its file */
        take_tests(arena, chain->root[0], chain->root[chain->count - 1]);
    return is_whole;
}

static Standard *new_standard(Arena *arena, const Core *core, const Chain *chain, Date date)
{
    const PackNode *top = chain->root[chain->count - 1];
    Standard *standard = ARENA_NEW(arena, Standard);
    *standard = (Standard){.id = id_of(top),
                           .base_id = id_of(chain->root[0]),
                           .digest = digest_of(arena, core, chain),
                           .file = chain->file[chain->count - 1]->path,
                           .date = date,
                           .basis = basis_read(chain->root[0], NULL),
                           .validity = node_validity(chain->root[0])};
    for (size_t i = 1; i < chain->count; i++)
        VEC_PUSH(arena, &standard->overlays,
                 (OverlayHead){.id = id_of(chain->root[i]),
                               .validity = node_validity(chain->root[i]),
                               .basis = basis_read(chain->root[i], NULL)});
    return standard;
}

bool standard_load(Arena *arena, const Core *core, const PackSource *source,
                   const StandardRequest *request, Standard **ret, PackChange **ret_changes,
                   size_t *ret_change_count, Err *err)
{
    size_t before = err->count;
    Chain chain = {.count = 0};
    Reading reading = {.arena = arena, .source = source, .err = err};
    if (!read_chain(&reading, request->id, &chain) || !add_overlays(&reading, request, &chain))
        return false;
    ChangeList changes = {0};
    for (size_t i = 1; i < chain.count; i++) {
        const PackNode *validity = node_get(chain.root[i], KEY_VALIDITY);
        if (validity)
            (void)validity_check(arena, validity, node_validity(chain.root[i]), err);
    }
    bool is_whole = apply_overlays(arena, core, &chain, &changes, err);
    /* an overlay may have changed the validity of the standard */
    for (size_t i = 0; !request->is_any_day && i < chain.count; i++)
        (void)!check_day(arena, chain.root[i], request->date, err);
    if (!is_whole)
        return false;
    Loader loader = {.arena = arena, .core = core, .root = chain.root[0], .err = err};
    loader.standard = new_standard(arena, core, &chain, request->date);
    (void)!standard_make(&loader);
    if (err->count > before)
        return false;
    if (chain.count > 1) {
        Str name = node_text(chain.root[chain.count - 1], KEY_NAME);
        loader.standard->name = name.len ? name : loader.standard->name;
    }
    *ret = loader.standard;
    if (ret_changes) {
        *ret_changes = changes.ptr;
        *ret_change_count = changes.len;
    }
    return true;
}

/* ---- the same from a folder ---- */

bool pack_list(Arena *arena, const char *dir, PackInfo **ret, size_t *ret_count, Err *err)
{
    PackSource source = {.dir = dir};
    return packs_list(arena, &source, ret, ret_count, err);
}

bool pack_load_core(Arena *arena, const char *dir, Core **ret, Err *err)
{
    PackSource source = {.dir = dir};
    return core_load(arena, &source, ret, err);
}

bool pack_load_standard(Arena *arena, const Core *core, const StandardRequest *request,
                        Standard **ret, PackChange **ret_changes, size_t *ret_change_count,
                        Err *err)
{
    PackSource source = {.dir = request->dir};
    return standard_load(arena, core, &source, request, ret, ret_changes, ret_change_count, err);
}
