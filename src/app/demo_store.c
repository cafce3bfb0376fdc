/* The tables of a demonstration, taken into a database like anybody's. */
#include "app/database.h"
#include "app/demo.h"
#include "app/evaluation.h"
#include "app/import.h"

#include <string.h>

#define DEMO_AUTHOR STR("演示")

/* Nothing but what this demonstration has brought before. */
static bool check_is_ours(Arena *arena, const Core *core, const StoreConfig *config, Err *err)
{
    Store *store;
    Facts *facts;
    if (!store_open(arena, config, &store, err) ||
        !facts_load(arena, core, store, FACTS_ALL, &facts, err))
        return false;
    bool is_ours = facts->happenings.len == 0;
    for (size_t i = 0; i < facts->batches.len; i++)
        is_ours &= str_equals(facts->batches.ptr[i].author, DEMO_AUTHOR);
    return is_ours || err_fail(err, ERR_DEMO_DB, ARG_STR("db", store_address(store)));
}

static bool open_or_make(Arena *arena, const char *packs, const StoreConfig *config, Err *err)
{
    CLEANUP(err_done) Err quiet;
    Store *store;
    err_init(&quiet);
    if (store_open(arena, config, &store, &quiet))
        return true;
    return quiet.first->code == ERR_STORE_NONE
               ? database_create(arena, packs, config, DEMO_AUTHOR, err)
               : err_take(err, &quiet);
}

static bool import_table(Arena *arena, const char *packs, const StoreConfig *config,
                         const DemoTable *table, DemoStored *fill, Err *err)
{
    const ImportRequest request = {.packs = packs,
                                   .store = config,
                                   .file = table->name,
                                   .bytes = table->bytes,
                                   .form = table->form,
                                   .period = table->period,
                                   .author = DEMO_AUTHOR};
    ImportResult result;
    if (!import_run(arena, &request, &result, err))
        return false;
    fill->batches++;
    fill->repeated += result.is_repeated;
    return true;
}

static bool judge_by(Arena *arena, const char *packs, const StoreConfig *config, const Demo *demo,
                     const DemoStandard *standard, DemoStored *fill, Err *err)
{
    const EvaluationRequest request = {.packs = packs,
                                       .standard = standard->id,
                                       .overlay = standard->overlays.ptr,
                                       .overlay_count = standard->overlays.len,
                                       .store = config,
                                       .until = FACTS_ALL,
                                       .period = demo->period};
    Evaluation evaluation;
    if (!evaluation_open(arena, &request, &evaluation, err))
        return false;
    const RegionTree *regions = &evaluation.judge->frames->regions;
    for (uint32_t region = 0; region < regions->count; region++)
        if (judge_is_county(evaluation.judge, region))
            VEC_PUSH(arena, &fill->verdicts,
                     (DemoVerdict){.standard = standard,
                                   .region_code = regions->region[region].code,
                                   .region_name = regions->region[region].name,
                                   .verdict = judge_verdict(evaluation.judge, region)});
    return true;
}

bool demo_store(Arena *arena, const char *packs, const StoreConfig *config, const Demo *demo,
                DemoStored *ret, Err *err)
{
    Core *core;
    *ret = (DemoStored){0};
    if (!pack_load_core(arena, packs, &core, err) || !open_or_make(arena, packs, config, err) ||
        !check_is_ours(arena, core, config, err))
        return false;
    for (size_t i = 0; i < demo->table_count; i++)
        if (!import_table(arena, packs, config, &demo->table[i], ret, err))
            return false;
    for (size_t i = 0; i < demo->standard_count; i++)
        if (!judge_by(arena, packs, config, demo, &demo->standard[i], ret, err))
            return false;
    return true;
}
