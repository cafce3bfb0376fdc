/*
 * The first byte says which file of tests/packs the rest stands for. Any text is a pack or ordinary
 * errors; a pack that is taken is whole.
 */
#include "../unit/pack_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATHS = sizeof PACK_FIXTURE_PATHS / sizeof *PACK_FIXTURE_PATHS, CORE_PATHS = PATHS - 2 };

/* The files and their core as they are, for the whole run. */
static PackFixture *plain(void)
{
    static PackFixture *fixture;
    if (!fixture) {
        fixture = pack_fixture_new();
        CHECK(fixture_load_core(fixture));
    }
    return fixture;
}

/* Every place is one of its file, or just behind its end. */
static void check_place(const ErrPlace *place, const PackSource *source)
{
    for (size_t i = 0; i < source->text_count; i++) {
        if (!str_equals(source->text[i].path, place->file))
            continue;
        Arena arena;
        arena_init(&arena);
        const PackFile *file = pack_file_new(&arena, source->text[i].path, source->text[i].text);
        CHECK(place->line <= file->line_count + 1);
        CHECK(place->column <= utf8_count(file->text) + 2);
        arena_done(&arena);
    }
}

static void check_errors(Arena *arena, const Err *err, const PackSource *source)
{
    StrBuf out;
    strbuf_init(&out, arena);
    err_format(&out, err, LANG_ZH);
    err_format(&out, err, LANG_EN);
    CHECK(out.len > 0);
    CHECK(utf8_valid_len(strbuf_str(&out)) == out.len);
    for (const Diag *diag = err->first; diag; diag = diag->next) {
        CHECK(err_message(arena, diag, LANG_ZH).len > 0);
        CHECK(err_message(arena, diag, LANG_EN).len > 0);
        check_place(&diag->place, source);
    }
}

static void check_symbol(const Symbol *symbol)
{
    CHECK(!symbol || symbol->kind != SYMBOL_FORMULA || symbol->formula->tree);
}

static void check_standard(const Standard *standard)
{
    CHECK(standard->digest.len == 64 && standard->weight && standard->in_scope->tree);
    CHECK(standard->stages.len > 0 && standard->indicators.len > 0 && standard->gates.len > 0);
    CHECK(!standard->school_met || standard->school_met->tree);
    for (size_t i = 0; i < standard->indicators.len; i++) {
        const Indicator *x = standard->indicators.ptr[i];
        const Symbol *members[] = {&x->symbol,    x->limit,    x->floor, x->met,
                                   x->near_floor, x->exempt,   x->mean,  x->std,
                                   x->cv,         x->cv_limit, x->cv_met};
        for (size_t k = 0; k < sizeof members / sizeof *members; k++)
            check_symbol(members[k]);
    }
    for (size_t i = 0; i < standard->gates.len; i++)
        CHECK(!standard->gates.ptr[i]->per_stage || standard->gates.ptr[i]->per_stage->tree);
    for (size_t i = 0; i < standard->scope_rules.len; i++)
        CHECK(standard->scope_rules.ptr[i]->condition->tree);
    check_symbol(standard->composite);
    check_symbol(standard->composite_met);
}

static void load(Arena *arena, const PackSource *source, const char *id)
{
    CLEANUP(err_done) Err err;
    err_init(&err);
    StandardRequest request = {.id = str_from(id), .date = fixture_date("2024-09-01")};
    Standard *standard = NULL;
    PackChange *changes;
    size_t count;
    bool is_ok =
        standard_load(arena, plain()->core, source, &request, &standard, &changes, &count, &err);
    CHECK(is_ok == !err_is_set(&err));
    if (is_ok)
        check_standard(standard);
    else
        check_errors(arena, &err, source);
}

static void load_core(Arena *arena, const PackSource *source)
{
    CLEANUP(err_done) Err err;
    err_init(&err);
    Core *core = NULL;
    bool is_ok = core_load(arena, source, &core, &err);
    CHECK(is_ok == !err_is_set(&err));
    if (!is_ok) {
        check_errors(arena, &err, source);
        return;
    }
    CHECK(core->digest.len == 64 && core->stages.len > 0 && core->regions->codes.len > 0);
    for (size_t i = 0; i < core->code_lists.len; i++)
        for (size_t k = 0; k < core->code_lists.ptr[i]->codes.len; k++) {
            const Code *code = core->code_lists.ptr[i]->codes.ptr[k];
            CHECK(codelist_find_number(core->code_lists.ptr[i], code->number) == code);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    PackText texts[PATHS];
    for (size_t i = 0; i < PATHS; i++)
        texts[i] = plain()->texts.ptr[i];
    size_t which = data[0] % PATHS;
    texts[which].text = (Str){(const char *)data + 1, size - 1};
    PackSource source = {.text = texts, .text_count = PATHS};
    if (which < CORE_PATHS) {
        load_core(&arena, &source);
    } else {
        load(&arena, &source, which == CORE_PATHS ? "demo" : "county");
    }
    return 0;
}
