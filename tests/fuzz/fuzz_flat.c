/*
 * Any bytes are a flat table or ordinary errors; a table that is taken is consistent, and frames
 * can be made of it.
 */
#include "../unit/flat_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FlatFixture *plain(void)
{
    static FlatFixture *fixture;
    if (!fixture)
        fixture = flat_fixture_new();
    return fixture;
}

static void check_part(const Dataset *dataset, size_t idx)
{
    const Part *part = &dataset->part[idx];
    const School *school = &dataset->school[part->school];
    CHECK(part->school < dataset->school_count && school->part[part->stage] == idx + 1);
    CHECK(school->type->stages >> part->stage & 1);
    CHECK(part->row == DATASET_NO_ROW || part->row < dataset->table->row_count);
    for (size_t i = 0; i < dataset->item_count; i++) {
        CellRef cell;
        double value = dataset_value(dataset, &dataset->items[i], part, &cell);
        CHECK(isnan(value) || (value >= 0 && value <= 1e12));
    }
}

static void check_dataset(const Dataset *dataset)
{
    CHECK(dataset->school_count > 0);
    for (size_t i = 0; i < dataset->school_count; i++) {
        const School *school = &dataset->school[i];
        CHECK(dataset_find(dataset, school->code) == school);
        CHECK(school->region && !school->region->is_group && school->type);
        CHECK(school->first_row < dataset->table->row_count);
    }
    for (size_t i = 0; i < dataset->part_count; i++)
        check_part(dataset, i);
}

/* A scope with a column for every item. */
static void check_frames(Arena *arena, const Dataset *dataset)
{
    Scope scope;
    scope_init(&scope, arena, &dataset->core->units);
    for (size_t i = 0; i < dataset->core->item_list.len; i++)
        for (int years_back = 0; years_back < 2; years_back++)
            (void)scope_slot(&scope, &dataset->core->item_list.ptr[i]->symbol, years_back);
    const Frames *frames = frames_new(arena, dataset, dataset, &scope);
    size_t parts = 0;
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++)
        for (size_t row = 0; frames->frame[stage] && row < frames->frame[stage]->row_count; row++)
            parts += !frame_is_padding(frames->frame[stage], row);
    CHECK(parts == dataset->part_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    CLEANUP(err_done) Err err;
    err_init(&err);
    Period period = {PERIOD_SCHOOL_YEAR, 2024, 0};
    Dataset *dataset = NULL;
    bool is_ok = dataset_load_bytes(&arena, plain()->core, STR("table.csv"),
                                    (Str){(const char *)data, size}, period, &dataset, &err);
    CHECK(is_ok == !err_is_set(&err));
    if (is_ok) {
        check_dataset(dataset);
        check_frames(&arena, dataset);
        return 0;
    }
    StrBuf out;
    strbuf_init(&out, &arena);
    err_format(&out, &err, LANG_ZH);
    err_format(&out, &err, LANG_EN);
    CHECK(utf8_valid_len(strbuf_str(&out)) == out.len);
    return 0;
}
