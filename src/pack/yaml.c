/*
 * Bytes to PackNodes by libfyaml's event parser. We build the tree ourselves: so duplicate keys are
 * found in linear time with both lines named, nothing is ever resolved, and depth is ours to cap.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "pack/pack_int.h"

#include <libfyaml.h>

/* What libfyaml says, by a part of its text, in words for people who do not know YAML. */
static const struct YamlSaying {
    const char *part, *zh, *en;
} yaml_sayings[] = {
    {"could not find expected ':'", "这一行缺少冒号，或冒号后没有空格", "a key without ': '"},
    {"invalid multiline plain key", "缩进或冒号不对，几行被当成了一个键",
     "indentation or a colon is wrong: several lines read as one key"},
    {"tab character", "缩进用了制表符（Tab）", "a tab is used as indentation"},
    {"missing comma", "括号没有配对，或花括号、方括号里缺少逗号",
     "a bracket is not closed, or a comma is missing between brackets"},
    {"without closing quote", "引号没有配对", "a quote is not closed"},
    {"multiline quoted", "引号没有配对", "a quote is not closed"},
    {"without a closing", "括号没有配对", "a bracket is not closed"},
    {"extra closing", "多出一个右括号", "there is one closing bracket too many"},
    {"mismatched flow", "括号没有配对：左右括号不是一种",
     "a bracket is closed by one of another kind"},
    {"did not find expected", "括号没有配对", "a bracket is not closed"},
    {"cannot start with", "这个值不能以此字符开头，要加引号",
     "a value that begins so must be quoted"},
    {"nested block mapping on the same line", "一行里有两个冒号，值要加引号",
     "two colons in one line: quote the value"},
    {"invalid trailing content", "引号后面还有内容，整个值要用另一种引号括起来",
     "text follows the closing quote"},
    {"invalid indentation", "缩进不对", "wrong indentation"},
    {"wrongly indented", "缩进不对", "wrong indentation"},
    {"duplicate key", "键重复", "a key is repeated"},
};

typedef struct YamlReader {
    Arena *arena;
    const PackFile *file;
    Err *err;
    struct fy_parser *parser;
    PackNode *open[LIMIT_PACK_DEPTH + 1]; /* containers being filled */
    size_t depth;
    PackNode *root;
    bool has_key; /* the innermost map waits for this key's value */
    Str key;
    size_t key_line, key_column;
    bool is_done;   /* give up: what follows cannot be read */
    bool is_beyond; /* a second document begins without a mark of its own */
} YamlReader;

static const ErrPlace *yaml_place(const YamlReader *reader, size_t line, size_t column, size_t len)
{
    ErrPlace *place = ARENA_NEW(reader->arena, ErrPlace);
    *place = (ErrPlace){.file = reader->file->path,
                        .line = line,
                        .column = column,
                        .text = pack_file_line(reader->file, line),
                        .len = len};
    return place;
}

static const ErrPlace *mark_place(const YamlReader *reader, const struct fy_mark *mark)
{
    return mark ? yaml_place(reader, (size_t)mark->line + 1, (size_t)mark->column + 1, 1)
                : yaml_place(reader, 1, 1, 0);
}

/* The advice that the look of the line suggests. */
static const char *yaml_advice(Str line, Lang lang)
{
    if (str_contains(line, STR("：")))
        return lang == LANG_ZH ? "是否用了全角冒号「：」？请改成半角冒号加空格"
                               : "is it the full-width colon '：'? write ': '";
    if (str_contains(line, STR("\t")))
        return lang == LANG_ZH ? "请用空格代替制表符（Tab）" : "use spaces instead of tabs";
    if (str_contains(line, STR("｛")) || str_contains(line, STR("｝")) ||
        str_contains(line, STR("［")) || str_contains(line, STR("］")))
        return lang == LANG_ZH ? "是否用了全角括号？请改成半角 { } [ ]"
                               : "is it a full-width bracket? use the plain { } [ ]";
    if (str_contains(line, STR("，")) || str_contains(line, STR("“")) ||
        str_contains(line, STR("”")))
        return lang == LANG_ZH ? "是否用了全角逗号或引号？请改成半角"
                               : "is it a full-width comma or quote? use the plain ones";
    return lang == LANG_ZH ? "请核对缩进、括号和引号；冒号、短横后面要空一格，写法见 doc/packs.md"
                           : "check indentation, brackets and quotes; a colon or dash needs a "
                             "blank behind it; see doc/packs.md";
}

/* "is it a full-width colon?" looks at the line complained of and, if that looks well, at the one before. */
static Str yaml_suspect(const PackFile *file, size_t line)
{
    static const char *const signs[] = {"：", "\t", "｛", "｝", "［", "］", "，", "“", "”"};
    for (size_t back = 0; back < 2 && line > back; back++) {
        Str text = pack_file_line(file, line - back);
        for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
            if (str_contains(text, str_from(signs[i])))
                return text;
    }
    return pack_file_line(file, line);
}

/* The column of a tab among the blanks that a line begins with; 0 if there is none. */
static size_t tab_column(Str line)
{
    for (size_t i = 0; i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'); i++)
        if (line.ptr[i] == '\t')
            return i + 1;
    return 0;
}

/* A tab behind blanks ends a text for libfyaml, which then complains of the line before. */
static bool complain_of_tab(YamlReader *reader, size_t line)
{
    for (size_t at = line > 1 ? line - 1 : 1; at <= line + 1; at++) {
        size_t column = tab_column(pack_file_line(reader->file, at));
        if (column)
            return !err_fail_at(reader->err, yaml_place(reader, at, column, 1), ERR_PACK_YAML,
                                ARG_LIT("reason_zh", "缩进用了制表符（Tab）"),
                                ARG_LIT("reason_en", "a tab is used as indentation"),
                                ARG_STR("advice_zh", str_from(yaml_advice(STR("\t"), LANG_ZH))),
                                ARG_STR("advice_en", str_from(yaml_advice(STR("\t"), LANG_EN))));
    }
    return false;
}

static void yaml_complain(YamlReader *reader, const struct fy_diag_error *error)
{
    Str message = str_from(error->msg ? error->msg : "");
    const char *zh = "写法不合 YAML";
    const char *en = error->msg ? error->msg : "not YAML";
    for (size_t i = 0; i < sizeof yaml_sayings / sizeof *yaml_sayings; i++) {
        if (str_contains(message, str_from(yaml_sayings[i].part))) {
            zh = yaml_sayings[i].zh;
            en = yaml_sayings[i].en;
            break;
        }
    }
    size_t line = error->line > 0 ? (size_t)error->line : 1;
    size_t column = error->column > 0 ? (size_t)error->column : 1;
    if (complain_of_tab(reader, line))
        return;
    Str suspect = yaml_suspect(reader->file, line);
    err_fail_at(reader->err, yaml_place(reader, line, column, 1), ERR_PACK_YAML,
                ARG_STR("reason_zh", str_from(zh)), ARG_STR("reason_en", str_from(en)),
                ARG_STR("advice_zh", str_from(yaml_advice(suspect, LANG_ZH))),
                ARG_STR("advice_en", str_from(yaml_advice(suspect, LANG_EN))));
}

static PackNode *yaml_node(YamlReader *reader, PackNodeKind kind, const struct fy_mark *mark)
{
    PackNode *node = ARENA_NEW(reader->arena, PackNode);
    node->kind = kind;
    node->file = reader->file;
    node->line = mark ? (size_t)mark->line + 1 : reader->key_line;
    node->column = mark ? (size_t)mark->column + 1 : reader->key_column;
    if (kind == PACK_MAP)
        map_init(&node->index, reader->arena);
    return node;
}

/* {节点：…} has a key with a full-width colon in it, and nothing behind. */
static void check_colon(YamlReader *reader, const PackNode *node)
{
    if (node->kind == PACK_TEXT && !node->text.len && str_contains(node->key, STR("：")))
        err_fail_at(reader->err,
                    yaml_place(reader, node->key_line, node->key_column, utf8_count(node->key)),
                    ERR_PACK_COLON, ARG_STR("key", node->key));
}

/* Puts a finished text or a container just opened where it belongs. */
static void yaml_put(YamlReader *reader, PackNode *node)
{
    if (reader->depth == 0) {
        reader->root = node;
        return;
    }
    PackNode *parent = reader->open[reader->depth - 1];
    if (parent->child.len == LIMIT_PACK_ENTRIES) {
        err_fail_at(reader->err, node_key_place(reader->arena, parent), ERR_PACK_MANY,
                    ARG_STR("key", parent->key), ARG_INT("limit", LIMIT_PACK_ENTRIES));
        reader->is_done = true;
        return;
    }
    if (parent->kind == PACK_LIST) {
        node_add_element(reader->arena, parent, node);
        return;
    }
    node->key = reader->key;
    node->key_line = reader->key_line;
    node->key_column = reader->key_column;
    reader->has_key = false;
    check_colon(reader, node);
    const PackNode *other = node_find(parent, node->key);
    if (other) {
        err_fail_at(reader->err,
                    yaml_place(reader, node->key_line, node->key_column, utf8_count(node->key)),
                    ERR_PACK_KEY_DUPLICATE, ARG_STR("key", node->key),
                    ARG_INT("line", other->key_line));
        node->parent = parent; /* its own content is still looked at */
        node->number = 1;
        return;
    }
    node_set_child(reader->arena, parent, node);
}

static bool yaml_wants_key(const YamlReader *reader)
{
    return reader->depth > 0 && reader->open[reader->depth - 1]->kind == PACK_MAP &&
           !reader->has_key;
}

/* The bytes of the file between the marks of a token, without quotes. */
static Str raw_text(const YamlReader *reader, struct fy_token *token)
{
    const struct fy_mark *first = fy_token_start_mark(token), *last = fy_token_end_mark(token);
    if (!first || !last || last->input_pos > reader->file->text.len)
        return STR("");
    return str_slice(reader->file->text, first->input_pos, last->input_pos - first->input_pos);
}

/*
 * What stands in the file between the marks of a token. Lines and columns of a formula in it are
 * those of the file, whether it is quoted, folded or block text; only where quotes have escapes in
 * them it is the value itself, which is then placed by its first character.
 */
static void place_source(const YamlReader *reader, PackNode *node, struct fy_token *token)
{
    Str raw = raw_text(reader, token);
    enum fy_scalar_style style = fy_scalar_token_get_style(token);
    if ((style == FYSS_SINGLE_QUOTED && str_contains(raw, STR("''"))) ||
        (style == FYSS_DOUBLE_QUOTED && str_contains(raw, STR("\\"))))
        return;
    size_t at = 0, end = raw.len;
    for (; at < end && (raw.ptr[at] == ' ' || raw.ptr[at] == '\n' || raw.ptr[at] == '\r'); at++) {
        node->column = raw.ptr[at] == '\n' ? 1 : node->column + 1;
        node->line += raw.ptr[at] == '\n';
    }
    while (end > at && strchr(" \r\n", raw.ptr[end - 1]))
        end--;
    if (at < end) /* of blanks only nothing is shown */
        node->source = str_slice(raw, at, end - at);
}

/* A line break and the blanks around it are one blank; further breaks are line breaks. */
static size_t fold_break(StrBuf *out, Str raw, size_t at)
{
    size_t breaks = 0;
    while (out->len > 0 && (out->ptr[out->len - 1] == ' ' || out->ptr[out->len - 1] == '\t'))
        out->len--;
    for (; at < raw.len && strchr(" \t\r\n", raw.ptr[at]); at++)
        breaks += raw.ptr[at] == '\n';
    if (breaks == 1)
        strbuf_add_char(out, ' ');
    else
        strbuf_add_repeat(out, STR("\n"), breaks - 1);
    return at;
}

/* What stands between single quotes: '' is one quote. (Asked for such a text, libfyaml 0.7 leaks.) */
static Str single_quoted(Arena *arena, Str raw)
{
    StrBuf out;
    strbuf_init(&out, arena);
    for (size_t at = 0; at < raw.len;) {
        char c = raw.ptr[at];
        size_t line_end = at + (c == '\r');
        if (line_end < raw.len && raw.ptr[line_end] == '\n') {
            at = fold_break(&out, raw, at);
            continue;
        }
        strbuf_add_char(&out, c);
        at += c == '\'' ? 2 : 1;
    }
    return strbuf_str(&out);
}

static Str scalar_text(const YamlReader *reader, struct fy_token *token)
{
    if (!token)
        return STR("");
    Str raw = raw_text(reader, token);
    bool is_single = fy_scalar_token_get_style(token) == FYSS_SINGLE_QUOTED;
    if (is_single && str_contains(raw, STR("''")))
        return single_quoted(reader->arena, raw);
    size_t len = 0;
    const char *text = fy_token_get_text(token, &len);
    return text ? str_dup(reader->arena, (Str){text, len}) : STR("");
}

static void yaml_scalar(YamlReader *reader, struct fy_event *event)
{
    struct fy_token *token = event->scalar.value;
    Str copy = scalar_text(reader, token);
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (!mark)
        mark = fy_event_start_mark(event);
    if (yaml_wants_key(reader)) {
        if (copy.len > LIMIT_PACK_KEY_BYTES) {
            err_fail_at(reader->err, mark_place(reader, mark), ERR_PACK_KEY_SHAPE);
            reader->is_done = true;
        }
        reader->has_key = true;
        reader->key = copy;
        reader->key_line = mark ? (size_t)mark->line + 1 : 1;
        reader->key_column = mark ? (size_t)mark->column + 1 : 1;
        return;
    }
    PackNode *node = yaml_node(reader, PACK_TEXT, mark);
    node->text = node->source = copy;
    if (token)
        place_source(reader, node, token);
    yaml_put(reader, node);
}

static void yaml_open(YamlReader *reader, PackNodeKind kind, const struct fy_event *event)
{
    const struct fy_mark *mark = fy_event_start_mark((struct fy_event *)event);
    if (yaml_wants_key(reader)) {
        err_fail_at(reader->err, mark_place(reader, mark), ERR_PACK_KEY_SHAPE);
        reader->is_done = true;
        return;
    }
    if (reader->depth == LIMIT_PACK_DEPTH) {
        err_fail_at(reader->err, mark_place(reader, mark), ERR_PACK_DEPTH,
                    ARG_INT("limit", LIMIT_PACK_DEPTH));
        reader->is_done = true;
        return;
    }
    PackNode *node = yaml_node(reader, kind, mark);
    yaml_put(reader, node);
    reader->open[reader->depth++] = node;
    reader->has_key = false;
}

/* Anchors, aliases and tags say nothing a pack needs, and cost much to resolve. */
static void yaml_refuse(YamlReader *reader, struct fy_token *token)
{
    if (token)
        err_fail_at(reader->err, mark_place(reader, fy_token_start_mark(token)), ERR_PACK_ANCHOR);
}

static void fail_second(YamlReader *reader, const struct fy_mark *mark)
{
    err_fail_at(reader->err, mark_place(reader, mark), ERR_PACK_TWO_DOCUMENTS);
    reader->is_done = true;
}

static void yaml_event(YamlReader *reader, struct fy_event *event)
{
    if (reader->is_beyond) {
        fail_second(reader, fy_event_start_mark(event));
        return;
    }
    switch (event->type) {
    case FYET_SCALAR:
        yaml_refuse(reader, event->scalar.anchor);
        yaml_refuse(reader, event->scalar.tag);
        yaml_scalar(reader, event);
        return;
    case FYET_MAPPING_START:
        yaml_refuse(reader, event->mapping_start.anchor);
        yaml_refuse(reader, event->mapping_start.tag);
        yaml_open(reader, PACK_MAP, event);
        return;
    case FYET_SEQUENCE_START:
        yaml_refuse(reader, event->sequence_start.anchor);
        yaml_refuse(reader, event->sequence_start.tag);
        yaml_open(reader, PACK_LIST, event);
        return;
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        reader->depth--;
        return;
    case FYET_ALIAS:
        yaml_refuse(reader, event->alias.anchor);
        reader->is_done = true;
        return;
    case FYET_DOCUMENT_START:
        reader->is_beyond = reader->root && !fy_event_start_mark(event);
        if (reader->root && !reader->is_beyond)
            fail_second(reader, fy_event_start_mark(event));
        return;
    case FYET_NONE:
    case FYET_STREAM_START:
    case FYET_STREAM_END:
    case FYET_DOCUMENT_END:
        return;
    }
}

static void yaml_read(YamlReader *reader, struct fy_diag *diag)
{
    struct fy_event *event;
    while (!reader->is_done && (event = fy_parser_parse(reader->parser))) {
        yaml_event(reader, event);
        fy_parser_event_free(reader->parser, event);
    }
    if (reader->is_done)
        return;
    void *at = NULL;
    struct fy_diag_error *error;
    bool has_said = false;
    while ((error = fy_diag_errors_iterate(diag, &at))) {
        yaml_complain(reader, error);
        has_said = true;
    }
    if (!has_said && fy_parser_get_stream_error(reader->parser))
        yaml_complain(reader, &(struct fy_diag_error){.msg = "not YAML"});
}

/* A carriage return is the first half of a line end, or (an end by itself) moves all line numbers. */
static bool is_control(Str text, size_t at)
{
    char c = text.ptr[at];
    bool is_end = c == '\r' && at + 1 < text.len && text.ptr[at + 1] == '\n';
    return ((unsigned char)c < ' ' && c != '\t' && c != '\n' && !is_end) || c == 0x7f;
}

/* The start of the line that holds byte `at`. */
static ErrPlace line_place(Arena *arena, const PackFile *file, size_t at)
{
    YamlReader reader = {.arena = arena, .file = file};
    size_t line = 0;
    while (line < file->line_count && file->line_start[line] <= at)
        line++;
    return *yaml_place(&reader, line, 1, 0);
}

static bool yaml_bytes_check(const PackFile *file, Arena *arena, Err *err)
{
    size_t valid = utf8_valid_len(file->text), at = 0;
    while (at < valid && !is_control(file->text, at))
        at++;
    if (at == file->text.len)
        return true;
    ErrPlace place = line_place(arena, file, at);
    place.text = STR(""); /* it cannot be shown */
    return err_fail_at(err, &place, ERR_PACK_BYTES);
}

/*
 * Before we see the first of a row of open brackets, libfyaml keeps all of them: 300 bytes for each.
 * No text has so many of them, wherever they stand.
 */
static bool yaml_brackets_check(const PackFile *file, Arena *arena, Err *err)
{
    enum { OPEN_MAX = 1000 };
    size_t open = 0;
    for (size_t at = 0; at < file->text.len; at++) {
        char c = file->text.ptr[at];
        if ((c == ']' || c == '}') && open > 0)
            open--;
        if ((c == '[' || c == '{') && open++ == OPEN_MAX) {
            ErrPlace place = line_place(arena, file, at);
            return err_fail_at(err, &place, ERR_PACK_DEPTH, ARG_INT("limit", LIMIT_PACK_DEPTH));
        }
    }
    return true;
}

bool yaml_parse(Arena *arena, const PackFile *file, PackNode **ret, Err *err)
{
    if (!yaml_bytes_check(file, arena, err) || !yaml_brackets_check(file, arena, err))
        return false;
    size_t before = err->count;
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    diag_cfg.level = FYET_ERROR;
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    CHECK(diag != NULL);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE,
                               .diag = diag};
    YamlReader reader = {
        .arena = arena, .file = file, .err = err, .parser = fy_parser_create(&cfg)};
    CHECK(reader.parser != NULL);
    if (fy_parser_set_string(reader.parser, file->text.ptr, file->text.len) == 0)
        yaml_read(&reader, diag);
    fy_parser_destroy(reader.parser);
    fy_diag_destroy(diag);
    if (err->count > before)
        return false;
    if (!reader.root || reader.root->kind != PACK_MAP)
        return err_fail_at(err, yaml_place(&reader, 1, 1, 0), ERR_PACK_NO_MAP);
    *ret = reader.root;
    return true;
}
