/* The published rates of a demo place, computed again from its tables without a database. */
#include "app/demo_int.h"

#include "app/packs.h"

/* The table of a form in the last period; NULL: there is none. */
static const DemoTable *find_table(const Demo *demo, const char *form)
{
    for (size_t i = 0; i < demo->table_count; i++)
        if (str_equals(demo->table[i].form, str_from(form)) &&
            str_equals(demo->table[i].period, demo->period))
            return &demo->table[i];
    return NULL;
}

static bool load_facts(RegionFacts *facts, const DemoTable *table, Err *err)
{
    return !table || region_facts_load_bytes(facts, table->name, table->bytes, err);
}

static bool add_rates(Arena *arena, Dataset *dataset, const StandardRequest *request, Str region,
                      PublishedFigures *ret, Err *err)
{
    Standard *standard;
    Judge *judge;
    if (!packs_open(arena, dataset->core, request, &standard, err))
        return false;
    Frames *frames = frames_new(arena, dataset, NULL, standard->scope);
    if (!judge_new(arena, dataset->core, standard, frames, NULL, &judge, err))
        return false;
    PublishedFigures list = published_figures(arena, judge, frames_find_region(frames, region));
    for (size_t i = 0; i < list.len; i++)
        VEC_PUSH(arena, ret, list.ptr[i]);
    return true;
}

bool demo_rates(Arena *arena, const Core *core, const char *packs, const Demo *demo,
                PublishedFigures *ret, Err *err)
{
    const DemoTable *schools = find_table(demo, "school-year"),
                    *published = find_table(demo, "published");
    RegionFacts *facts = region_facts_new(arena, core);
    Dataset *dataset;
    Period period;
    *ret = (PublishedFigures){0};
    if (!published)
        return true;
    if (!period_parse(demo->period, &period, err) ||
        !dataset_load_bytes(arena, core, schools->name, schools->bytes, period, &dataset, err) ||
        !load_facts(facts, find_table(demo, "county-year"), err) ||
        !load_facts(facts, published, err))
        return false;
    dataset->region_facts = facts;
    for (size_t i = 0; i < demo->standard_count; i++) {
        const DemoStandard *standard = &demo->standard[i];
        const StandardRequest request = {.dir = packs,
                                         .id = standard->id,
                                         .date = period_first_day(period),
                                         .overlay = standard->overlays.ptr,
                                         .overlay_count = standard->overlays.len};
        if (!add_rates(arena, dataset, &request, demo->region->code, ret, err))
            return false;
    }
    return true;
}
