/* Which packs there are, and the file behind an id. */
#include "base/utf8.h"
#include "pack/pack_int.h"

/* national/youzhi-2017.yaml -> youzhi-2017 */
Str pack_id_of_path(Str path)
{
    size_t from = path.len;
    while (from > 0 && path.ptr[from - 1] != '/')
        from--;
    Str name = str_slice(path, from, path.len);
    return str_ends_with(name, STR(".yaml")) ? str_slice(name, 0, name.len - 5) : name;
}

static bool is_core(Str path)
{
    return str_starts_with(path, STR("core/"));
}

static PackInfo read_info(Arena *arena, const PackSource *source, Str path, Err *err)
{
    PackInfo info = {.id = pack_id_of_path(path), .path = path, .validity = {DATE_MIN, DATE_MAX}};
    PackFile *file;
    PackNode *root;
    PackPlace place;
    if (!source_read(arena, source, path, &file, err) ||
        !pack_file_parse(arena, file, &root, &place, err)) {
        info.is_broken = true;
        return info;
    }
    info.kind = node_text(root, KEY_KIND);
    info.name = node_text(root, KEY_NAME);
    info.version = node_text(root, KEY_VERSION);
    info.base = node_text(root, KEY_BASE);
    info.validity = node_validity(root);
    info.basis = basis_read(root, NULL);
    return info;
}

/* From the nation down; what lies elsewhere last. */
enum { FOLDERS = 4 };
static int folder_rank(Str path)
{
    static const char *const NAMES[FOLDERS] = {"core/", "national/", "provincial/", "local/"};
    int rank = 0;
    while (rank < FOLDERS && !str_starts_with(path, str_from(NAMES[rank])))
        rank++;
    return rank;
}

bool packs_list(Arena *arena, const PackSource *source, PackInfo **ret, size_t *ret_count, Err *err)
{
    PathList paths;
    if (!source_list(arena, source, STR(""), STR(".yaml"), &paths, err))
        return false;
    PackInfo *info = ARENA_ARRAY(arena, PackInfo, paths.len);
    size_t count = 0;
    for (int rank = 0; rank <= FOLDERS; rank++)
        for (size_t i = 0; i < paths.len; i++)
            if (folder_rank(paths.ptr[i]) == rank)
                info[count++] = read_info(arena, source, paths.ptr[i], err);
    *ret = info;
    *ret_count = paths.len;
    return true;
}

static bool fail_unknown(Arena *arena, const PathList *paths, const PackNode *at, Str id, Err *err)
{
    Str *candidate = ARENA_ARRAY(arena, Str, paths->len);
    size_t count = 0;
    for (size_t i = 0; i < paths->len; i++)
        if (!is_core(paths->ptr[i]))
            candidate[count++] = pack_id_of_path(paths->ptr[i]);
    ErrArg name = ARG_STR("id", id), near = ARG_STR("near", utf8_nearest(id, candidate, count));
    if (at)
        pack_fail(arena, at, err, ERR_PACK_UNKNOWN, name, near);
    else
        (void)err_fail(err, ERR_PACK_UNKNOWN, name, near);
    return false;
}

static bool is_path(Str id)
{
    return str_contains(id, STR("/")) || str_ends_with(id, STR(".yaml"));
}

bool pack_file_find(Arena *arena, const PackSource *source, Str id, const PackNode *at,
                    PackFile **ret, Err *err)
{
    if (!at && is_path(id))
        return source_read_outside(arena, source, id, ret, err);
    PathList paths;
    if (!source_list(arena, source, STR(""), STR(".yaml"), &paths, err))
        return false;
    const Str *found = NULL;
    for (size_t i = 0; i < paths.len; i++) {
        if (is_core(paths.ptr[i]) || !str_equals(pack_id_of_path(paths.ptr[i]), id))
            continue;
        if (found)
            return err_fail(err, ERR_PACK_ID_TWICE, ARG_STR("id", id), ARG_STR("file", *found),
                            ARG_STR("other", paths.ptr[i]));
        found = &paths.ptr[i];
    }
    return found ? source_read(arena, source, *found, ret, err)
                 : fail_unknown(arena, &paths, at, id, err);
}

/* Standards and overlays are found by their file names; the files of the core are all read. */
static bool check_id(Arena *arena, const PackFile *file, const PackNode *root, PackPlace place,
                     Err *err)
{
    const PackNode *id = node_get(root, KEY_PACK);
    if (!id || id->kind != PACK_TEXT || !id->text.len)
        return true; /* schema_check says so */
    Str name = pack_id_of_path(file->path);
    for (size_t i = 0; i < id->text.len; i++) {
        char c = id->text.ptr[i];
        bool is_good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (is_good)
            continue;
        pack_fail(arena, id, err, ERR_PACK_ID, ARG_STR("id", id->text));
        return false;
    }
    bool is_by_name = place == PLACE_STANDARD || place == PLACE_OVERLAY;
    if (!is_by_name || str_equals(id->text, name))
        return true;
    pack_fail(arena, id, err, ERR_PACK_ID_FILE, ARG_STR("id", id->text), ARG_STR("name", name));
    return false;
}

static void fail_kind(Arena *arena, const PackNode *root, Err *err)
{
    Str kinds[PLACE_COUNT];
    size_t count = 0;
    for (int i = 0; i < PLACE_COUNT; i++)
        if (place_kind((PackPlace)i).len)
            kinds[count++] = place_kind((PackPlace)i);
    const PackNode *kind = node_get(root, KEY_KIND);
    Str text = node_text(root, KEY_KIND);
    if (!text.len)
        pack_fail(arena, kind ? kind : root, err, ERR_PACK_KEY_MISSING, ARG_LIT("place_zh", "文件"),
                  ARG_LIT("place_en", "the file"), ARG_STR("key", key_word(KEY_KIND)),
                  ARG_LIT("about_zh", "单位、学段、代码表、数据项、标准 或 覆盖"),
                  ARG_LIT("about_en", "单位, 学段, 代码表, 数据项, 标准 or 覆盖"));
    else
        pack_fail(arena, kind, err, ERR_PACK_KIND, ARG_STR("kind", text),
                  ARG_STR("near", utf8_nearest(text, kinds, count)));
}

bool pack_file_parse(Arena *arena, const PackFile *file, PackNode **ret, PackPlace *ret_place,
                     Err *err)
{
    PackNode *root;
    if (!yaml_parse(arena, file, &root, err))
        return false;
    PackPlace place = place_of_file(root);
    if (place == PLACE_NONE) {
        fail_kind(arena, root, err);
        return false;
    }
    *ret = root;
    *ret_place = place;
    return check_id(arena, file, root, place, err);
}
