/* The words of pack.def, the check of a file against them, and the reading of what passed it. */
#include "base/limits.h"
#include "base/utf8.h"
#include "pack/pack_int.h"

typedef enum KeyKind {
    KIND_TEXT,
    KIND_DATE,
    KIND_WHOLE,
    KIND_DECIMAL,
    KIND_YESNO,
    KIND_TEXTS,
    KIND_MARK,
    KIND_FORMULA,
    KIND_FIGURE,
    KIND_MAP,
    KIND_NAMED,
    KIND_NAMED_OR_TEXT,
    KIND_LIST,
    KIND_ANY,
} KeyKind;

#define IN(place) (UINT64_C(1) << PLACE_##place)

static const struct {
    Str name, kind;
} PLACES[PLACE_COUNT] = {
#define PLACE(id, name_zh, kind) [PLACE_##id] = {STR_INIT(name_zh), STR_INIT(kind)},
#define KEY(id, word, places, required, kind, inner, doc_zh, doc_en)
#include "pack/pack.def"
#undef PLACE
#undef KEY
};

static const struct {
    Str word, doc_zh, doc_en;
    uint64_t places, required;
    KeyKind kind;
    PackPlace inner;
} KEYS[KEY_COUNT] = {
#define PLACE(id, name_zh, kind)
#define KEY(id, word, places, required, kind, inner, doc_zh, doc_en)          \
    [KEY_##id] = {STR_INIT(word), STR_INIT(doc_zh), STR_INIT(doc_en), places, \
                  required,       KIND_##kind,      PLACE_##inner},
#include "pack/pack.def"
#undef PLACE
#undef KEY
};

Str key_word(PackKey key)
{
    return KEYS[key].word;
}
Str place_kind(PackPlace place)
{
    return PLACES[place].kind;
}

PackPlace place_of_file(const PackNode *root)
{
    const PackNode *kind = node_get(root, KEY_KIND);
    for (int place = 0; kind && place < PLACE_COUNT; place++)
        if (PLACES[place].kind.len && str_equals(kind->text, PLACES[place].kind))
            return (PackPlace)place;
    return PLACE_NONE;
}

/* ---- reporting ---- */

/* Where enough was reported already, a place is no longer worth its time. */
void pack_fail_args(Arena *arena, const PackNode *node, bool is_key, Err *err, ErrCode code,
                    const ErrArg *args)
{
    const ErrPlace *place = NULL;
    if (err->count < LIMIT_DIAGS)
        place = is_key ? node_key_place(arena, node) : node_place(arena, node);
    err_add(err, place, code, args);
}

bool pack_fail_text(Arena *arena, const PackNode *node, Err *err, ErrCode code, Str text,
                    const Str *candidate, size_t count)
{
    Str near = err->count < LIMIT_DIAGS ? utf8_nearest(text, candidate, count) : STR("");
    pack_fail(arena, node, err, code, ARG_STR("text", text), ARG_STR("near", near));
    return false;
}

static Str nearest_key(Arena *arena, Str text, PackPlace place)
{
    Str *candidate = ARENA_ARRAY(arena, Str, KEY_COUNT);
    size_t count = 0;
    for (int key = 0; key < KEY_COUNT; key++)
        if (KEYS[key].places >> place & 1)
            candidate[count++] = KEYS[key].word;
    return utf8_nearest(text, candidate, count);
}

static bool fail_unknown(Arena *arena, const PackNode *child, PackPlace place, Err *err)
{
    Str near = err->count < LIMIT_DIAGS ? nearest_key(arena, child->key, place) : STR("");
    bool is_cut = str_contains(child->key, STR(")")) || str_contains(child->key, STR("）"));
    pack_fail_key(arena, child, err, ERR_PACK_KEY_UNKNOWN, ARG_STR("place", PLACES[place].name),
                  ARG_STR("key", child->key), ARG_STR("near", near),
                  ARG_STR("cut", is_cut ? child->key : STR("")));
    return false;
}

/* What a message calls a node: its key, or its number in a list. */
static Str shown_key(Arena *arena, const PackNode *node, Lang lang)
{
    if (!node->parent || node->parent->kind != PACK_LIST)
        return node->key;
    Str list = node->parent->key;
    return str_format(arena, lang == LANG_ZH ? "%.*s 第 %zu 条" : "%.*s, entry %zu", STR_ARG(list),
                      node->number);
}

static bool is_blank(const PackNode *node)
{
    return node->kind == PACK_TEXT && str_trim(node->text).len == 0;
}

static bool fail_shape(Arena *arena, const PackNode *node, const char *zh, const char *en, Err *err)
{
    ErrArg key_zh = ARG_STR("key_zh", shown_key(arena, node, LANG_ZH)),
           key_en = ARG_STR("key_en", shown_key(arena, node, LANG_EN));
    if (is_blank(node))
        pack_fail_key(arena, node, err, ERR_PACK_BLANK, key_zh, key_en);
    else
        pack_fail_key(arena, node, err, ERR_PACK_SHAPE, key_zh, key_en,
                      ARG_STR("want_zh", str_from(zh)), ARG_STR("want_en", str_from(en)));
    return false;
}

/* ---- the check ---- */

static bool check_text(Arena *arena, const PackNode *node, Err *err)
{
    if (node->kind == PACK_TEXT && !is_blank(node))
        return true;
    return fail_shape(arena, node, "一段文字", "a text", err);
}

static bool check_date(Arena *arena, const PackNode *node, Err *err)
{
    Date date;
    if (!check_text(arena, node, err))
        return false;
    if (date_parse(node->text, &date))
        return true;
    pack_fail(arena, node, err, ERR_PACK_DATE, ARG_STR("text", node->text));
    return false;
}

bool node_parse_decimal(Arena *arena, const PackNode *node, bool is_whole, Decimal *ret, Err *err)
{
    Decimal number;
    if (!check_text(arena, node, err))
        return false;
    DecimalResult result = decimal_parse(node->text, &number);
    if (result == DECIMAL_OK && (!is_whole || number.exp10 >= 0)) {
        *ret = number;
        return true;
    }
    if (result == DECIMAL_TOO_LONG || result == DECIMAL_RANGE) {
        pack_fail(arena, node, err, ERR_FORMULA_DIGITS, ARG_STR("text", node->text));
        return false;
    }
    pack_fail(arena, node, err, ERR_PACK_NUMBER, ARG_STR("text", node->text),
              ARG_STR("want", is_whole ? STR("整数") : STR("数")),
              ARG_STR("want_en", is_whole ? STR("whole number") : STR("number")));
    return false;
}

static bool check_yesno(Arena *arena, const PackNode *node, Err *err)
{
    if (!check_text(arena, node, err))
        return false;
    if (str_equals(node->text, STR("是")) || str_equals(node->text, STR("否")))
        return true;
    pack_fail(arena, node, err, ERR_PACK_YESNO, ARG_STR("text", node->text));
    return false;
}

static bool check_texts(Arena *arena, const PackNode *node, Err *err)
{
    if (node->kind != PACK_LIST)
        return fail_shape(arena, node, "一列文字，如 [小学, 初中]", "a list of texts, as [a, b]",
                          err);
    bool is_ok = true;
    for (size_t i = 0; i < node->child.len; i++) {
        const PackNode *element = node->child.ptr[i];
        if (element->kind == PACK_TEXT && !is_blank(element))
            continue;
        is_ok = fail_shape(arena, element, "一段文字", "a text", err);
    }
    return is_ok;
}

static bool check_mark(Arena *arena, const PackNode *node, Err *err)
{
    static const char *const MARKS[] = {"C", "1", "1+M", "S", "M", "L"};
    return check_text(arena, node, err) &&
           node_choice(arena, node->parent, KEY_MARK, MARKS, 6, err) >= 0;
}

/* A name chosen by the author: formulas, paths and messages must be able to hold it. */
static bool check_name(Arena *arena, const PackNode *node, Err *err)
{
    Str key = node->key;
    bool is_good = key.len && str_trim(key).len == key.len;
    for (size_t i = 0; i < key.len; i++)
        is_good &= (unsigned char)key.ptr[i] >= ' ' && key.ptr[i] != '/' && key.ptr[i] != 0x7f;
    if (!is_good || str_contains(key, STR("「")) || str_contains(key, STR("」"))) {
        pack_fail_key(arena, node, err, ERR_PACK_NAME, ARG_STR("name", key));
        return false;
    }
    return true;
}

static bool check_named(Arena *arena, const PackNode *node, PackPlace inner, bool may_be_text,
                        Err *err)
{
    if (node->kind != PACK_MAP)
        return fail_shape(arena, node, "若干名称，每个名称下面再写内容",
                          "names, each with its own keys", err);
    bool is_ok = true;
    for (size_t i = 0; i < node->child.len; i++) {
        const PackNode *child = node->child.ptr[i];
        is_ok &= check_name(arena, child, err);
        if (may_be_text && child->kind == PACK_TEXT)
            is_ok &= check_text(arena, child, err);
        else
            is_ok &= schema_check(arena, child, inner, err);
    }
    return is_ok;
}

/* A list or a section without anything in it, where one thing at least is needed. */
static bool check_filled(Arena *arena, const PackNode *node, PackKey key, PackPlace place, Err *err)
{
    bool is_required = KEYS[key].required >> place & 1, is_map = KEYS[key].kind == KIND_MAP;
    if (node->kind == PACK_TEXT || node->child.len || !is_required || is_map ||
        KEYS[key].kind == KIND_ANY || key == KEY_INDICATORS /* says it better */)
        return true;
    pack_fail_key(arena, node, err, ERR_PACK_BLANK, ARG_STR("key", node->key));
    return false;
}

static bool check_list(Arena *arena, const PackNode *node, PackPlace inner, Err *err)
{
    if (node->kind != PACK_LIST)
        return fail_shape(arena, node, "一列内容，每条以「- 」开头",
                          "a list, each entry beginning with '- '", err);
    bool is_ok = true;
    for (size_t i = 0; i < node->child.len; i++)
        is_ok &= schema_check(arena, node->child.ptr[i], inner, err);
    return is_ok;
}

/* The 依据 of a part may leave out what the head of the file says. */
static PackPlace inner_of(PackKey key, PackPlace place)
{
    bool is_part = key == KEY_BASIS && !PLACES[place].kind.len;
    return is_part ? PLACE_BASIS_PART : KEYS[key].inner;
}

static bool check_value(Arena *arena, const PackNode *node, PackKey key, PackPlace place, Err *err)
{
    Decimal number;
    switch (KEYS[key].kind) {
    case KIND_TEXT:
    case KIND_FORMULA:
        return check_text(arena, node, err);
    case KIND_DATE:
        return check_date(arena, node, err);
    case KIND_WHOLE:
        return node_parse_decimal(arena, node, true, &number, err);
    case KIND_DECIMAL:
        return node_parse_decimal(arena, node, false, &number, err);
    case KIND_YESNO:
        return check_yesno(arena, node, err);
    case KIND_TEXTS:
        return check_texts(arena, node, err);
    case KIND_MARK:
        return check_mark(arena, node, err);
    case KIND_MAP:
        return schema_check(arena, node, inner_of(key, place), err);
    case KIND_NAMED:
        return check_named(arena, node, KEYS[key].inner, false, err);
    case KIND_NAMED_OR_TEXT:
        return check_named(arena, node, KEYS[key].inner, true, err);
    case KIND_LIST:
        return check_list(arena, node, KEYS[key].inner, err);
    case KIND_ANY:
        return place == PLACE_EXPECT ? check_text(arena, node, err) : true;
    case KIND_FIGURE: /* figure.c */
        return true;
    }
    BUG("kind of key");
}

static int key_of(Str word, PackPlace place)
{
    for (int key = 0; key < KEY_COUNT; key++)
        if ((KEYS[key].places >> place & 1) && str_equals(KEYS[key].word, word))
            return key;
    return -1;
}

static bool check_required(Arena *arena, const PackNode *node, PackPlace place, Err *err)
{
    bool is_ok = true;
    for (int key = 0; key < KEY_COUNT; key++) {
        if (!(KEYS[key].required >> place & 1) || node_find(node, KEYS[key].word))
            continue;
        bool is_named = !PLACES[place].kind.len && !str_equals(node->key, PLACES[place].name);
        Str name = is_named ? node->key : STR("");
        pack_fail_key(arena, node, err, ERR_PACK_KEY_MISSING, ARG_STR("place", PLACES[place].name),
                      ARG_STR("name", name), ARG_STR("key", KEYS[key].word),
                      ARG_STR("about_zh", KEYS[key].doc_zh), ARG_STR("about_en", KEYS[key].doc_en));
        is_ok = false;
    }
    return is_ok;
}

bool schema_check(Arena *arena, const PackNode *node, PackPlace place, Err *err)
{
    if (node->kind != PACK_MAP)
        return fail_shape(arena, node, "一组「名: 值」", "'key: value' lines", err);
    bool is_ok = check_required(arena, node, place, err);
    for (size_t i = 0; i < node->child.len; i++) {
        const PackNode *child = node->child.ptr[i];
        int key = key_of(child->key, place);
        is_ok &= key < 0 ? fail_unknown(arena, child, place, err)
                         : check_value(arena, child, (PackKey)key, place, err) &&
                               check_filled(arena, child, (PackKey)key, place, err);
    }
    return is_ok;
}

/* ---- reading ---- */

Str node_text(const PackNode *map, PackKey key)
{
    const PackNode *node = node_get(map, key);
    return node && node->kind == PACK_TEXT ? str_trim(node->text) : STR("");
}

bool node_yes(const PackNode *map, PackKey key)
{
    return str_equals(node_text(map, key), STR("是"));
}

bool node_date(const PackNode *map, PackKey key, Date *ret)
{
    return date_parse(node_text(map, key), ret);
}

bool node_decimal(const PackNode *map, PackKey key, Decimal *ret)
{
    return decimal_parse(node_text(map, key), ret) == DECIMAL_OK;
}

Validity node_validity(const PackNode *map)
{
    const PackNode *node = node_get(map, KEY_VALIDITY);
    Validity validity = {.first = DATE_MIN, .last = DATE_MAX};
    (void)node_date(node, KEY_FIRST, &validity.first);
    (void)node_date(node, KEY_LAST, &validity.last);
    return validity;
}

/* One of a few words; reports if it is none. The index, or -1. */
int node_choice(Arena *arena, const PackNode *map, PackKey key, const char *const *word,
                size_t count, Err *err)
{
    Str text = node_text(map, key);
    Str *candidate = ARENA_ARRAY(arena, Str, count);
    StrBuf all;
    strbuf_init(&all, arena);
    for (size_t i = 0; i < count; i++) {
        candidate[i] = str_from(word[i]);
        if (str_equals(text, candidate[i]))
            return (int)i;
        strbuf_addf(&all, i ? "、%s" : "%s", word[i]);
    }
    if (text.len)
        pack_fail(arena, node_get(map, key), err, ERR_PACK_CHOICE, ARG_STR("key", key_word(key)),
                  ARG_STR("text", text), ARG_STR("near", utf8_nearest(text, candidate, count)),
                  ARG_STR("choices", strbuf_str(&all)));
    return -1;
}
