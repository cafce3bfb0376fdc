/*
 * Rows come in blocks whose texts do not last. A row like those before it (a school and stage just seen, a
 * class that is known) takes the short way, find_school and find_class; whatever they do not know goes
 * to add_row, which tells sums, mistakes and news apart.
 */
#include "app/class_list.h"
#include "app/dataset_int.h"
#include "base/limits.h"

typedef enum ClassKey { KEY_CODE, KEY_STAGE, KEY_CLASS, KEY_COUNT, KEY_NAME, KEYS_COUNT } ClassKey;

enum { SYNONYMS = 6, NONE = UINT32_MAX, CODE_LEN = 10, STAGE_TEXTS = 16, STAGE_LEN = 32 };
enum { FIRST_SLOTS = 1024 };
#define CLASS_PUPILS_MAX 100000.0

static const Str KEYS[KEYS_COUNT][SYNONYMS] = {
    [KEY_CODE] = {STR_INIT("学校代码"), STR_INIT("school_code"), STR_INIT("学校标识码"),
                  STR_INIT("学校(机构)标识码")},
    [KEY_STAGE] = {STR_INIT("学段"), STR_INIT("stage")},
    [KEY_CLASS] = {STR_INIT("班级"), STR_INIT("class"), STR_INIT("班级名称"), STR_INIT("班")},
    [KEY_COUNT] = {STR_INIT("人数"), STR_INIT("pupils"), STR_INIT("班级人数"), STR_INIT("学生人数"),
                   STR_INIT("学生数"), STR_INIT("在校生数")},
    [KEY_NAME] = {STR_INIT("学校名称"), STR_INIT("school_name")},
};

/*
 * What tells a class from the others: its school and the name as a row wrote it. Names of up to 24 bytes
 * are three words, which overlap, and their length; longer ones have their hash there, and their text is
 * compared.
 */
enum { NAME_WORDS = 3, SHORT_NAME = NAME_WORDS * sizeof(uint64_t) };
typedef struct ClassName {
    uint64_t word[NAME_WORDS];
    uint64_t school_and_len; /* school << 32 | len */
} ClassName;

/* Spelling of a class, in a hash table. */
typedef struct Spelling {
    ClassName name;
    const char *text; /* of long names */
    uint32_t class_idx;
    uint32_t hash; /* 0: free */
} Spelling;

typedef struct HashSlot {
    uint32_t hash, idx; /* idx + 1; 0: free */
} HashSlot;

typedef struct HashSlots {
    HashSlot *slot;
    size_t count, used;
} HashSlots;

/* What a stage was written as: there are few ways. */
typedef struct StageText {
    char text[STAGE_LEN];
    size_t len;
    int stage;
} StageText;

/* The school and stage of a row as it was written, and its index; NONE: nothing. */
typedef struct LastSchool {
    char code[CODE_LEN];
    StageText stage;
    uint32_t school;
} LastSchool;

typedef struct ClassLoader {
    Arena *arena;
    const Core *core;
    ClassListOptions options;
    ClassList *list;
    int column[KEYS_COUNT]; /* -1: not in the table */
    VEC(ClassSchool) schools;
    VEC(SchoolClass) classes;
    HashSlots school_slots;
    Spelling *spelling; /* open addressing */
    size_t spelling_slots, spelling_count;
    uint64_t key[2];         /* of its hash: nobody can choose names that collide */
    LastSchool last, before; /* what the last two different rows led to */
    StageText stage[STAGE_TEXTS];
    size_t stage_count;
    bool is_full; /* LIMIT_CLASSES is passed */
} ClassLoader;

/* Nothing is known. */
static void reset(ClassLoader *loader)
{
    *loader = (ClassLoader){.arena = loader->arena,
                            .core = loader->core,
                            .options = loader->options,
                            .last = {.school = NONE},
                            .before = {.school = NONE},
                            .key = {map_hash(STR("class")), map_hash(STR("school"))},
                            .spelling_slots = FIRST_SLOTS};
    loader->list = ARENA_NEW(loader->arena, ClassList);
    loader->spelling = ARENA_ARRAY(loader->arena, Spelling, FIRST_SLOTS);
}

/* ---- the header ---- */

static Str plain_name(Arena *arena, Str header)
{
    Str folded = utf8_fold(arena, header);
    const char *bracket =
        str_ends_with(folded, STR(")")) ? memrchr(folded.ptr, '(', folded.len) : NULL;
    return bracket ? str_trim((Str){folded.ptr, (size_t)(bracket - folded.ptr)}) : folded;
}

static int key_named(Str name)
{
    for (int key = 0; key < KEYS_COUNT; key++)
        for (int i = 0; i < SYNONYMS && KEYS[key][i].len; i++)
            if (str_equals(name, KEYS[key][i]))
                return key;
    return -1;
}

bool class_list_is_header(Arena *arena, const Table *table)
{
    for (size_t column = 0; column < table->column_count; column++)
        if (key_named(plain_name(arena, table->column[column].name)) == KEY_CLASS)
            return true;
    return false;
}

static ErrPlace header_place(const Table *table, size_t column)
{
    return (ErrPlace){.file = table->file,
                      .sheet = table->sheet,
                      .line = table->header_line,
                      .column = column + 1,
                      .cell = table->column[column].name};
}

/* A column that may well hold the sizes of classes under a name we do not know. */
static bool check_counts(const ClassLoader *loader, const Table *table, Err *err)
{
    bool is_ok = true;
    for (size_t i = 0; i < table->column_count && loader->column[KEY_COUNT] < 0; i++) {
        Str name = plain_name(loader->arena, table->column[i].name);
        if (!str_ends_with(name, STR("人数")) && !str_ends_with(name, STR("生数")) &&
            !str_ends_with(name, STR("班额")))
            continue;
        ErrPlace place = header_place(table, i);
        is_ok = err_fail_at(err, &place, ERR_CLASS_COUNT, ARG_STR("column", table->column[i].name));
    }
    return is_ok;
}

static bool class_wish(void *ctx, Table *table, Err *err)
{
    ClassLoader *loader = ctx;
    bool is_ok = true;
    reset(loader); /* it may be called twice */
    for (int key = 0; key < KEYS_COUNT; key++)
        loader->column[key] = -1;
    for (size_t i = 0; i < table->column_count; i++) {
        int key = key_named(plain_name(loader->arena, table->column[i].name));
        ErrPlace place = header_place(table, i);
        if (key < 0)
            continue;
        if (loader->column[key] >= 0)
            is_ok = err_fail_at(err, &place, ERR_FLAT_COLUMN_TWICE,
                                ARG_STR("column", table->column[i].name),
                                ARG_STR("other", table->column[loader->column[key]].name));
        loader->column[key] = (int)i;
        table->column[i].kind = key == KEY_COUNT ? FIELD_NUMBER : FIELD_TEXT;
    }
    for (int key = KEY_CODE; key <= KEY_CLASS; key++) {
        ErrPlace place = {.file = table->file, .sheet = table->sheet, .line = table->header_line};
        bool is_needed = key != KEY_STAGE || !loader->options.type_of;
        if (loader->column[key] < 0 && is_needed)
            is_ok =
                err_fail_at(err, &place, ERR_CLASS_COLUMN_MISSING, ARG_STR("column", KEYS[key][0]));
    }
    loader->list->is_of_pupils = loader->column[KEY_COUNT] < 0;
    return check_counts(loader, table, err) && is_ok;
}

/* ---- one row ---- */

/* Where an error is, and whose. */
typedef struct Row {
    const Table *block;
    size_t row;
    Err *err;
} Row;

static Str cell(const ClassLoader *loader, const Row *row, ClassKey key)
{
    int column = loader->column[key];
    return column < 0 ? STR("") : row->block->column[column].text[row->row];
}

static ErrPlace place_of(const ClassLoader *loader, const Row *row, ClassKey key)
{
    int column = loader->column[key];
    return table_place(loader->arena, row->block, row->row, column < 0 ? 0 : (size_t)column);
}

#define class_fail(loader, row, key, ...) \
    CLASS_FAIL_((loader), (row), (key), __VA_ARGS__, (ErrArg){0})
#define CLASS_FAIL_(loader, row, key, code, ...) \
    fail_args(loader, row, key, code, (const ErrArg[]){__VA_ARGS__, {0}})

static bool fail_args(const ClassLoader *loader, const Row *row, ClassKey key, ErrCode code,
                      const ErrArg *args)
{
    ErrPlace place = place_of(loader, row, key);
    return err_fail_place(row->err, &place, code, args);
}

static Str code_text(Arena *arena, uint64_t code)
{
    return str_format(arena, "%010llu", (unsigned long long)code);
}

/* ---- slots ---- */

static HashSlot *slot_at(const HashSlots *table, uint32_t hash, size_t *at)
{
    size_t mask = table->count - 1;
    for (; table->slot[*at & mask].idx; ++*at)
        if (table->slot[*at & mask].hash == hash)
            break;
    return &table->slot[*at & mask];
}

static void slots_add(Arena *arena, HashSlots *table, uint32_t hash, uint32_t idx)
{
    if (table->used * 2 >= table->count) {
        HashSlots grown = {.count = table->count ? table->count * 2 : FIRST_SLOTS};
        grown.slot = ARENA_ARRAY(arena, HashSlot, grown.count);
        for (size_t i = 0; i < table->count; i++)
            if (table->slot[i].idx)
                slots_add(arena, &grown, table->slot[i].hash, table->slot[i].idx - 1);
        *table = grown;
    }
    size_t at = hash;
    while (table->slot[at & (table->count - 1)].idx)
        at++;
    table->slot[at & (table->count - 1)] = (HashSlot){hash, idx + 1};
    table->used++;
}

/* ---- schools ---- */

static uint32_t school_hash(uint64_t code, int stage)
{
    uint64_t key = code * FRAME_STAGES_MAX + (uint64_t)stage;
    return (uint32_t)(map_hash((Str){(const char *)&key, sizeof key}) >> 32);
}

static uint32_t find_school(const ClassLoader *loader, uint64_t code, int stage, uint32_t hash)
{
    if (!loader->school_slots.count)
        return NONE;
    for (size_t at = hash;; at++) {
        const HashSlot *slot = slot_at(&loader->school_slots, hash, &at);
        if (!slot->idx)
            return NONE;
        const ClassSchool *school = &loader->schools.ptr[slot->idx - 1];
        if (school->code == code && school->stage == stage)
            return slot->idx - 1;
    }
}

static bool read_code(const ClassLoader *loader, const Row *row, uint64_t *ret)
{
    Str text = cell(loader, row, KEY_CODE);
    if (dataset_parse_code(text, ret))
        return true;
    if (!text.len)
        return class_fail(loader, row, KEY_CODE, ERR_FLAT_BLANK, ARG_LIT("column", "学校代码"));
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    return dataset_parse_code(utf8_fold(&scratch, text), ret) ||
           class_fail(loader, row, KEY_CODE, ERR_FLAT_CODE, ARG_STR("value", text));
}

/* -1 for an empty cell. */
static bool read_stage(ClassLoader *loader, const Row *row, int *ret)
{
    Str text = cell(loader, row, KEY_STAGE);
    *ret = -1;
    for (size_t i = 0; i < loader->stage_count && text.len; i++) {
        *ret = loader->stage[i].stage;
        if (str_equals(text, (Str){loader->stage[i].text, loader->stage[i].len}))
            return true;
    }
    if (!text.len)
        return true;
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    *ret = flat_stage_named(&scratch, loader->core, text);
    if (*ret < 0)
        return class_fail(loader, row, KEY_STAGE, ERR_FLAT_CODE_LIST, ARG_LIT("list", "学段"),
                          ARG_STR("value", text),
                          ARG_STR("near", flat_stage_nearest(&scratch, loader->core, text)));
    if (loader->stage_count < STAGE_TEXTS && text.len <= STAGE_LEN) {
        StageText *known = &loader->stage[loader->stage_count++];
        memcpy(known->text, text.ptr, text.len);
        known->len = text.len;
        known->stage = *ret;
    }
    return true;
}

static Str stage_names(Arena *arena, const Core *core, uint32_t stages)
{
    StrBuf out;
    strbuf_init(&out, arena);
    for (size_t i = 0; i < core->stages.len; i++)
        if (stages >> i & 1)
            strbuf_addf(&out, out.len ? "、%.*s" : "%.*s", STR_ARG(core->stages.ptr[i].name));
    return strbuf_str(&out);
}

/* The stage that is meant, by the type of the school where that is known. */
static bool imply_stage(const ClassLoader *loader, const Row *row, uint64_t code, int *stage)
{
    const Code *type =
        loader->options.type_of ? loader->options.type_of(loader->options.ctx, code) : NULL;
    uint32_t stages = type ? type->stages : 0;
    bool is_single = stages && (stages & (stages - 1)) == 0;
    if (*stage < 0 && is_single)
        *stage = __builtin_ctz(stages);
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    if (*stage < 0)
        return class_fail(loader, row, KEY_STAGE, ERR_CLASS_STAGE,
                          ARG_STR("school", code_text(&scratch, code)),
                          ARG_STR("stages", stage_names(&scratch, loader->core, stages)));
    return !type || stages >> *stage & 1 ||
           class_fail(loader, row, KEY_STAGE, ERR_FLAT_STAGE, ARG_STR("type", type->name),
                      ARG_STR("stage", loader->core->stages.ptr[*stage].name));
}

/* NONE, and the error, if the row names no school and stage. */
static uint32_t read_school(ClassLoader *loader, const Row *row)
{
    uint64_t code;
    int stage;
    bool is_ok = read_code(loader, row, &code);
    if (!read_stage(loader, row, &stage) || !is_ok)
        return NONE;
    uint32_t idx = stage < 0 ? NONE : find_school(loader, code, stage, school_hash(code, stage));
    if (idx != NONE)
        return idx;
    if (!imply_stage(loader, row, code, &stage))
        return NONE;
    uint32_t hash = school_hash(code, stage);
    idx = find_school(loader, code, stage, hash);
    if (idx != NONE)
        return idx;
    ClassSchool school = {.code = code, .stage = stage, .line = row->block->line[row->row]};
    VEC_PUSH(loader->arena, &loader->schools, school);
    idx = (uint32_t)loader->schools.len - 1;
    slots_add(loader->arena, &loader->school_slots, hash, idx);
    return idx;
}

/* ---- classes ---- */

static inline uint64_t word_at(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline ClassName class_name(uint32_t school, Str text)
{
    enum { WORD = sizeof(uint64_t), BYTE_BITS = 8 };
    ClassName name = {.school_and_len = (uint64_t)school << 32 | (uint32_t)text.len};
    if (text.len > SHORT_NAME) {
        name.word[0] = map_hash(text);
    } else if (text.len >= WORD) {
        name.word[0] = word_at(text.ptr);
        name.word[1] = text.len >= 2 * WORD ? word_at(text.ptr + WORD) : 0;
        name.word[2] = word_at(text.ptr + text.len - WORD);
    } else {
        for (size_t i = 0; i < text.len; i++)
            name.word[0] = name.word[0] << BYTE_BITS | (unsigned char)text.ptr[i];
    }
    return name;
}

static inline uint32_t class_hash(const ClassLoader *loader, const ClassName *name)
{
    uint64_t low = name->word[0] ^ name->word[1] * 0x9e3779b97f4a7c15u ^ loader->key[0];
    uint64_t high = name->word[2] ^ name->school_and_len ^ loader->key[1];
    __uint128_t product = (__uint128_t)low * high;
    return ((uint32_t)((uint64_t)product ^ (uint64_t)(product >> 64)) | 1u); /* never 0 */
}

static inline bool is_same_name(const Spelling *spelling, const ClassName *name, const char *text)
{
    const ClassName *known = &spelling->name;
    size_t len = (uint32_t)name->school_and_len;
    uint64_t differences = (known->word[0] ^ name->word[0]) | (known->word[1] ^ name->word[1]) |
                           (known->word[2] ^ name->word[2]) |
                           (known->school_and_len ^ name->school_and_len);
    return differences == 0 && (len <= SHORT_NAME || memcmp(spelling->text, text, len) == 0);
}

/* The slot of a name, or the free one where it belongs. */
static inline Spelling *spelling_at(const ClassLoader *loader, const ClassName *name,
                                    const char *text)
{
    size_t mask = loader->spelling_slots - 1;
    uint32_t hash = class_hash(loader, name);
    for (size_t at = hash >> 1;; at++) {
        Spelling *spelling = &loader->spelling[at & mask];
        if (spelling->hash == hash && is_same_name(spelling, name, text))
            return spelling;
        if (spelling->hash == 0)
            return spelling;
    }
}

static inline uint32_t find_class(const ClassLoader *loader, uint32_t school, Str text)
{
    ClassName name = class_name(school, text);
    const Spelling *spelling = spelling_at(loader, &name, text.ptr);
    return spelling->hash ? spelling->class_idx : NONE;
}

static void grow_spellings(ClassLoader *loader)
{
    ClassLoader old = *loader;
    loader->spelling_slots *= 2;
    loader->spelling = ARENA_ARRAY(loader->arena, Spelling, loader->spelling_slots);
    for (size_t i = 0; i < old.spelling_slots; i++)
        if (old.spelling[i].hash)
            *spelling_at(loader, &old.spelling[i].name, old.spelling[i].text) = old.spelling[i];
}

/* `text` lasts. */
static void add_spelling(ClassLoader *loader, uint32_t school, Str text, uint32_t class_idx)
{
    if (++loader->spelling_count * 2 > loader->spelling_slots)
        grow_spellings(loader);
    ClassName name = class_name(school, text);
    *spelling_at(loader, &name, text.ptr) = (Spelling){
        .name = name, .text = text.ptr, .class_idx = class_idx, .hash = class_hash(loader, &name)};
}

/* A name that this school and stage has not had yet: another spelling of a class, or a new class. */
static uint32_t add_class(ClassLoader *loader, const Row *row, uint32_t school, Str name)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    Str folded = utf8_fold(&scratch, name);
    uint32_t idx = find_class(loader, school, folded);
    size_t limit = loader->options.class_max ? loader->options.class_max : LIMIT_CLASSES;
    if (loader->spelling_count >= limit) {
        loader->is_full = true;
        (void)class_fail(loader, row, KEY_CLASS, ERR_CLASS_MANY, ARG_INT("limit", limit));
        return NONE;
    }
    if (idx == NONE) {
        idx = (uint32_t)loader->classes.len;
        SchoolClass made = {.name = str_dup(loader->arena, folded),
                            .school = school,
                            .line = row->block->line[row->row]};
        VEC_PUSH(loader->arena, &loader->classes, made);
        add_spelling(loader, school, made.name, idx);
    }
    if (!str_equals(folded, name))
        add_spelling(loader, school, str_dup(loader->arena, name), idx);
    return idx;
}

static bool fail_twice(const ClassLoader *loader, const Row *row, const SchoolClass *first)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    const ClassSchool *school = &loader->schools.ptr[first->school];
    const Stage *stage = &loader->core->stages.ptr[school->stage];
    return class_fail(loader, row, KEY_CLASS, ERR_CLASS_TWICE,
                      ARG_STR("school", code_text(&scratch, school->code)),
                      ARG_STR("stage", stage->name), ARG_STR("stage_en", stage->code),
                      ARG_STR("class", cell(loader, row, KEY_CLASS)), ARG_INT("line", first->line));
}

/* The pupils of a class list's row. */
static bool read_count(const ClassLoader *loader, const Row *row, uint32_t *ret)
{
    double count = row->block->column[loader->column[KEY_COUNT]].number[row->row];
    if (isnan(count))
        return class_fail(loader, row, KEY_COUNT, ERR_FLAT_BLANK, ARG_LIT("column", "人数"));
    ErrCode code = count < 0                  ? ERR_FLAT_NEGATIVE
                   : count > CLASS_PUPILS_MAX ? ERR_FLAT_TOO_BIG
                   : count != floor(count)    ? ERR_FLAT_WHOLE
                                              : ERR_NONE;
    if (code != ERR_NONE)
        return class_fail(loader, row, KEY_COUNT, code, ARG_LIT("column", "人数"),
                          ARG_NUM("value", count));
    *ret = (uint32_t)count;
    return true;
}

/* Adds the row to its class, which may be new. */
static bool count_row(ClassLoader *loader, const Row *row, uint32_t school, uint32_t class_idx)
{
    bool is_new = class_idx == NONE;
    uint32_t pupils = 1;
    bool is_ok = loader->list->is_of_pupils || read_count(loader, row, &pupils);
    if (is_new)
        class_idx = add_class(loader, row, school, cell(loader, row, KEY_CLASS));
    if (class_idx == NONE)
        return false;
    SchoolClass *found = &loader->classes.ptr[class_idx];
    is_new = is_new && found->line == row->block->line[row->row];
    if (!loader->list->is_of_pupils && !is_new)
        return fail_twice(loader, row, found);
    found->pupils += pupils;
    return is_ok;
}

static void remember_school(ClassLoader *loader, Str code, Str stage, uint32_t school)
{
    if (code.len != CODE_LEN || stage.len > STAGE_LEN)
        return;
    loader->before = loader->last;
    LastSchool *last = &loader->last;
    last->school = school;
    memcpy(last->code, code.ptr, CODE_LEN);
    if (stage.len)
        memcpy(last->stage.text, stage.ptr, stage.len);
    last->stage.len = stage.len;
}

/* A row that is not like the one before. */
static bool add_row(ClassLoader *loader, const Row *row)
{
    Str code = cell(loader, row, KEY_CODE), name = cell(loader, row, KEY_CLASS);
    if (table_is_sum_word(code) || table_is_sum_word(name)) {
        loader->list->sum_row_count++;
        return true;
    }
    uint32_t school = read_school(loader, row);
    bool has_name =
        name.len || class_fail(loader, row, KEY_CLASS, ERR_FLAT_BLANK, ARG_LIT("column", "班级"));
    if (school == NONE || !has_name)
        return false;
    remember_school(loader, code, cell(loader, row, KEY_STAGE), school);
    loader->list->row_count++;
    return count_row(loader, row, school, find_class(loader, school, name));
}

static inline bool is_same_text(const char *a, const char *b, size_t len)
{
    enum { WORD = sizeof(uint32_t) };
    if (len < WORD || len > 2 * WORD) /* a stage mostly has two characters */
        return memcmp(a, b, len) == 0;
    uint32_t first[2], last[2];
    memcpy(&first[0], a, WORD);
    memcpy(&first[1], b, WORD);
    memcpy(&last[0], a + len - WORD, WORD);
    memcpy(&last[1], b + len - WORD, WORD);
    return first[0] == first[1] && last[0] == last[1];
}

static inline bool is_school(const LastSchool *last, Str code, Str stage)
{
    return last->school != NONE && code.len == CODE_LEN && stage.len == last->stage.len &&
           memcmp(code.ptr, last->code, CODE_LEN) == 0 &&
           is_same_text(stage.ptr, last->stage.text, stage.len);
}

static void take_row(ClassLoader *loader, const Row *row)
{
    if (loader->column[KEY_NAME] >= 0 && table_is_sum_word(cell(loader, row, KEY_NAME))) {
        loader->list->sum_row_count++;
        return;
    }
    Str code = cell(loader, row, KEY_CODE), stage = cell(loader, row, KEY_STAGE);
    if (!is_school(&loader->last, code, stage) && is_school(&loader->before, code, stage)) {
        LastSchool swap = loader->last;
        loader->last = loader->before;
        loader->before = swap;
    }
    if (is_school(&loader->last, code, stage)) {
        uint32_t school = loader->last.school;
        Str name = cell(loader, row, KEY_CLASS);
        uint32_t class_idx = find_class(loader, school, name);
        if (class_idx != NONE && loader->list->is_of_pupils) {
            loader->classes.ptr[class_idx].pupils++;
            loader->list->row_count++;
            return;
        }
    }
    (void)!add_row(loader, row);
}

static bool take_block(void *ctx, const Table *block, Err *err)
{
    ClassLoader *loader = ctx;
    Row row = {.block = block, .err = err};
    loader->list->file = block->file;
    loader->list->sheet = block->sheet;
    loader->list->encoding = block->encoding;
    for (; row.row < block->row_count && !loader->is_full && err->count < LIMIT_DIAGS; row.row++)
        take_row(loader, &row);
    return !loader->is_full;
}

/* ---- the whole ---- */

static bool finish(ClassLoader *loader, Str file, ClassList **ret, Err *err)
{
    ClassList *list = loader->list;
    ErrPlace place = {.file = file, .sheet = list->sheet};
    if (loader->classes.len == 0)
        return err_fail_at(err, &place, ERR_CLASS_EMPTY);
    list->school = loader->schools.ptr;
    list->school_count = loader->schools.len;
    list->classes = loader->classes.ptr;
    list->class_count = loader->classes.len;
    *ret = list;
    return true;
}

bool class_list_load(Arena *arena, const Core *core, const char *path,
                     const ClassListOptions *options, ClassList **ret, Err *err)
{
    ClassLoader loader = {.arena = arena, .core = core};
    if (options)
        loader.options = *options;
    TableOptions table = {.wish = class_wish, .ctx = &loader, .sheet = loader.options.sheet};
    return table_scan(arena, path, &table, take_block, err) &&
           finish(&loader, str_from(path), ret, err);
}

bool class_list_load_bytes(Arena *arena, const Core *core, Str file, Str bytes,
                           const ClassListOptions *options, ClassList **ret, Err *err)
{
    ClassLoader loader = {.arena = arena, .core = core};
    if (options)
        loader.options = *options;
    TableOptions table = {.wish = class_wish, .ctx = &loader, .sheet = loader.options.sheet};
    return table_scan_bytes(arena, file, bytes, &table, take_block, err) &&
           finish(&loader, file, ret, err);
}

const Str CLASS_FACTS[CLASS_FACT_COUNT] = {STR_INIT("students"), STR_INIT("classes"),
                                           STR_INIT("largest_class")};

bool is_class_fact(const Item *item)
{
    bool is_fact = false;
    for (int fact = 0; fact < CLASS_FACT_COUNT; fact++)
        is_fact |= str_equals(item->symbol.code, CLASS_FACTS[fact]);
    return is_fact;
}

double class_fact(const ClassSums *sums, int fact)
{
    const double value[CLASS_FACT_COUNT] = {(double)sums->pupils, sums->classes, sums->largest};
    return value[fact];
}

void class_sums_add(ClassSums *sums, uint32_t pupils)
{
    sums->pupils += pupils;
    sums->classes++;
    if (pupils > sums->largest)
        sums->largest = pupils;
}

ClassSums *class_list_sum(Arena *arena, const ClassList *list)
{
    ClassSums *sums = ARENA_ARRAY(arena, ClassSums, list->school_count);
    for (size_t i = 0; i < list->class_count; i++)
        class_sums_add(&sums[list->classes[i].school], list->classes[i].pupils);
    return sums;
}
