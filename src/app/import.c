#include "app/import.h"

#include "app/database.h"
#include "app/frames.h"
#include "app/import_int.h"
#include "app/packs.h"
#include "base/utf8.h"

#include <math.h>

/* ---- what changes: cells ---- */

static double known_value(const ImportPlan *plan, const Dataset *before,
                          const DocumentColumn *column, size_t row)
{
    const Item *item = map_find(&before->core->items, column->id);
    const ItemColumns *columns = item ? dataset_item(before, item) : NULL;
    const double *code = document_find(&plan->document, STR("code"), STR(""))->number;
    const School *school = dataset_find(before, (uint64_t)code[row]);
    Str stage = document_find(&plan->document, STR("stage"), STR(""))->text[row];
    if (!columns || !school)
        return NAN;
    /* on the rows of combined schools, shared items only stand for the engine (app/arrange.h) */
    bool is_combined = school->type->stages & (school->type->stages - 1);
    if (is_combined && item->is_shared && stage.len)
        return NAN;
    uint32_t at = school->shared_row;
    for (size_t i = 0; stage.len && i < before->core->stages.len; i++)
        if (str_equals(before->core->stages.ptr[i].code, stage))
            at = school->part[i] ? before->part[school->part[i] - 1].row : DATASET_NO_ROW;
    return at == DATASET_NO_ROW ? NAN : before->table->column[columns->plain].number[at];
}

void import_count_cell(ImportCells *cells, double before, double now)
{
    if (isnan(before) && isnan(now))
        return;
    if (isnan(before))
        cells->added++;
    else if (isnan(now))
        cells->blanked++;
    else if (before != now)
        cells->changed++;
    else
        cells->same++;
}

/* A blank in a row that the column is not about says nothing. */
static void count_cells(ImportPlan *plan, const Dataset *before, const Dataset *after)
{
    const Str *stage = document_find(&plan->document, STR("stage"), STR(""))->text;
    for (size_t i = 0; i < plan->document.column_count; i++) {
        const DocumentColumn *column = &plan->document.column[i];
        if (column->place == DOCUMENT_NO_PLACE)
            continue;
        for (size_t row = 0; row < plan->document.row_count; row++) {
            if (column->stage.len && !str_equals(column->stage, stage[row]))
                continue;
            double known = before ? known_value(plan, before, column, row) : NAN;
            double now = column->number[row];
            if (isnan(now) && after && after->has_classes) /* it may be filled */
                now = known_value(plan, after, column, row);
            import_count_cell(&plan->result->cells, known, now);
        }
    }
}

/* ---- what changes: verdicts ---- */

/* The standards in force on the day that the facts can be judged by. */
typedef struct Judges {
    VEC(Judge *) list;
} Judges;

static Judge *judge_of(ImportPlan *plan, Dataset *dataset, Str id)
{
    StandardRequest load = {.dir = plan->request->packs, .id = id, .date = plan->day};
    CLEANUP(err_done) Err quiet;
    Standard *standard;
    Judge *judge;
    err_init(&quiet);
    if (!packs_open(plan->arena, dataset->core, &load, &standard, &quiet))
        return NULL;
    Frames *frames = frames_new(plan->arena, dataset, NULL, standard->scope);
    return judge_new(plan->arena, dataset->core, standard, frames, NULL, &judge, &quiet) ? judge
                                                                                         : NULL;
}

static bool find_standards(ImportPlan *plan, PackInfo **ret, size_t *ret_count)
{
    PackInfo *info;
    size_t count, kept = 0;
    if (!pack_list(plan->arena, plan->request->packs, &info, &count, plan->err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (str_equals(info[i].kind, STR("标准")) && info[i].validity.first <= plan->day &&
            plan->day <= info[i].validity.last)
            info[kept++] = info[i];
    *ret = info;
    *ret_count = kept;
    return true;
}

static bool make_judges(ImportPlan *plan, Dataset *dataset, Judges *ret)
{
    PackInfo *info;
    size_t count;
    if (!find_standards(plan, &info, &count))
        return false;
    *ret = (Judges){0};
    for (size_t i = 0; i < count; i++)
        VEC_PUSH(plan->arena, &ret->list, dataset ? judge_of(plan, dataset, info[i].id) : NULL);
    return true;
}

static Tri verdict_of(const Judge *judge, Str region)
{
    uint32_t at = judge ? frames_find_region(judge->frames, region) : UINT32_MAX;
    return at == UINT32_MAX ? TRI_UNKNOWN : judge_verdict(judge, at);
}

static void compare_counties(ImportPlan *plan, const Judge *before, const Judge *after)
{
    const RegionTree *regions = &after->frames->regions;
    for (size_t leaf = 0; leaf < regions->leaf_count; leaf++) {
        const Region *region = &regions->region[regions->leaf_region[leaf]];
        Tri was = verdict_of(before, region->code), is = verdict_of(after, region->code);
        if (was != is)
            VEC_PUSH(plan->arena, &plan->result->turned,
                     (ImportTurned){.standard = after->standard->id,
                                    .region_code = region->code,
                                    .region_name = region->name,
                                    .before = was,
                                    .after = is});
    }
}

static void count_schools(Judge *judge, size_t *ret_met, size_t *ret_judged)
{
    for (int stage = 0; judge && stage < FRAME_STAGES_MAX; stage++)
        if (judge->run[stage] && judge->standard->school_met) {
            double met = calc_region_output(judge->run[stage], (size_t)judge->met_count_output)[0];
            double unmet =
                calc_region_output(judge->run[stage], (size_t)judge->unmet_count_output)[0];
            *ret_met += isnan(met) ? 0 : (size_t)met;
            *ret_judged += (isnan(met) ? 0 : (size_t)met) + (isnan(unmet) ? 0 : (size_t)unmet);
        }
}

static void compare_judges(ImportPlan *plan, const Judges *before, const Judges *after)
{
    ImportResult *result = plan->result;
    for (size_t i = 0; i < after->list.len && i < before->list.len; i++) {
        Judge *was = before->list.ptr[i], *is = after->list.ptr[i];
        if (is)
            compare_counties(plan, was, is);
        count_schools(was, &result->schools_met_before, &result->schools_judged_before);
        count_schools(is, &result->schools_met_after, &result->schools_judged_after);
    }
}

/* Schools of the counties in the file that nobody has reported. */
static void count_missing(ImportPlan *plan, const Dataset *after)
{
    Map counties;
    map_init(&counties, plan->arena);
    for (size_t i = 0; i < plan->dataset->school_count; i++)
        map_set(&counties, plan->dataset->school[i].region->code, plan);
    for (size_t i = 0; i < after->school_count; i++)
        plan->result->missing += after->school[i].first_row == DATASET_NO_ROW &&
                                 map_find(&counties, after->school[i].region->code) != NULL;
}

/* ---- what changes: counties ---- */

static void count_facts(ImportPlan *plan, const RegionFacts *before)
{
    for (size_t i = 0; i < plan->counties->facts.len; i++) {
        const RegionFact *fact = &plan->counties->facts.ptr[i];
        const RegionFact *known =
            fact->item ? region_facts_item(before, fact->region, fact->item)
                       : region_facts_published(before, fact->region, fact->stage, fact->quantity);
        import_count_cell(&plan->result->cells, known ? known->value : NAN, fact->value);
    }
}

/* ---- all that changes ---- */

static bool find_figures(ImportPlan *plan, Dataset **ret)
{
    const StoredView view = {
        .period = plan->period, .structure = DATE_MIN, .members = ORG_NOT_FOUND};
    *ret = NULL;
    return (!facts_has_schools(plan->facts, plan->period) &&
            !facts_has_counties(plan->facts, plan->period)) ||
           stored_dataset(plan->arena, plan->facts, plan->core, &view, ret, plan->err);
}

static void count_changes(ImportPlan *plan, Dataset *before, Dataset *after)
{
    if (before && !plan->counties)
        dataset_find_fast(plan->arena, before);
    if (plan->dataset && after && after->has_classes)
        dataset_find_fast(plan->arena, after);
    if (plan->dataset)
        count_cells(plan, before, after);
    else if (plan->classes)
        import_count_classes(plan, before);
    else if (plan->counties)
        count_facts(plan, before ? before->region_facts : NULL);
}

static bool find_effect(ImportPlan *plan)
{
    Dataset *before, *after;
    Judges judges_before, judges_after;
    if (!find_figures(plan, &before) || !make_judges(plan, before, &judges_before))
        return false;
    if (!facts_suppose(plan->facts, &plan->batch, plan->err) || !find_figures(plan, &after) ||
        (after && !import_check_classes(plan, after)) || !make_judges(plan, after, &judges_after))
        return false;
    count_changes(plan, before, after);
    compare_judges(plan, &judges_before, &judges_after);
    if (plan->dataset && after)
        count_missing(plan, after);
    return true;
}

/* ---- accepting ---- */

typedef struct Import {
    const ImportRequest *request;
    Arena *arena;
    const Core *core;
    Period period;
    ImportPlan plan;
    uint64_t planned_at; /* the last entry when the plan was made */
    ImportResult *result;
} Import;

/* Whether it changes nothing of what is known: a batch that was taken in before may have been overtaken. */
static bool is_no_news(const ImportResult *result)
{
    const ImportCells *cells = &result->cells;
    return result->opened + result->earlier + result->restated == 0 &&
           cells->added + cells->changed + cells->blanked == 0;
}

static bool make_plan(Import *import, Store *store, Err *err)
{
    *import->result =
        (ImportResult){.form = import->result->form, .period = import->result->period};
    import->plan = (ImportPlan){.arena = import->arena,
                                .request = import->request,
                                .period = import->period,
                                .result = import->result,
                                .err = err};
    if (!facts_load(import->arena, import->core, store, FACTS_ALL, &import->plan.facts, err))
        return false;
    import->planned_at = import->plan.facts->seq;
    if (!import_plan(&import->plan))
        return false;
    uint64_t same = import->plan.same ? import->plan.same->seq : 0;
    import_number(&import->plan, import->planned_at + 1);
    if (!find_effect(&import->plan))
        return false;
    import->result->is_repeated = same && is_no_news(import->result);
    import->result->batch = import->result->is_repeated ? same : 0;
    return true;
}

static bool append_batch(Store *store, const Import *import, Err *err)
{
    const Batch *batch = &import->plan.batch;
    for (size_t i = 0; i < batch->chunks.len; i++) {
        CLEANUP(arena_done) Arena scratch;
        StrBuf body;
        arena_init(&scratch);
        strbuf_init(&body, &scratch);
        document_format(&body, &batch->chunks.ptr[i]);
        const EntryDraft draft = {.author = batch->author,
                                  .kind = STR("document"),
                                  .period = batch->period_text,
                                  .body = strbuf_str(&body)};
        if (!store_append(store, &draft, NULL, err))
            return false;
    }
    return true;
}

static bool write_batch(Store *store, void *ctx, Err *err)
{
    Import *import = ctx;
    if (store_head(store).seq != import->planned_at && !make_plan(import, store, err))
        return false;
    return import->result->is_repeated || append_batch(store, import, err);
}

/* ---- the form ---- */

typedef struct Sniff {
    Arena *arena;
    bool is_school, is_published, is_class, is_region;
} Sniff;

/* Looks at the header only. */
static bool sniff_header(void *ctx, Table *table, Err *err)
{
    static const char *const OF_SCHOOLS[] = {"学校代码", "school_code", "办学类型", "school_type"};
    static const char *const OF_PUBLISHED[] = {"指标", "quantity", "数值"};
    Sniff *sniff = ctx;
    sniff->is_class = class_list_is_header(sniff->arena, table);
    for (size_t column = 0; column < table->column_count; column++) {
        Str name = utf8_fold(sniff->arena, table->column[column].name);
        for (size_t i = 0; i < sizeof OF_SCHOOLS / sizeof *OF_SCHOOLS; i++)
            sniff->is_school |= str_equals(name, str_from(OF_SCHOOLS[i]));
        for (size_t i = 0; i < sizeof OF_PUBLISHED / sizeof *OF_PUBLISHED; i++)
            sniff->is_published |= str_equals(name, str_from(OF_PUBLISHED[i]));
        sniff->is_region |= str_equals(name, STR("所属地区")) || str_equals(name, STR("region"));
    }
    return err_fail(err, ERR_IMPORT_FORM, ARG_LIT("form", "")); /* read no further */
}

/* By its header; what cannot be read at all is told by the reader of schools. */
static Str form_of(Arena *arena, const ImportRequest *request)
{
    CLEANUP(err_done) Err quiet;
    Sniff sniff = {.arena = arena};
    const TableOptions options = {.wish = sniff_header, .ctx = &sniff, .sheet = request->sheet};
    Table *table;
    err_init(&quiet);
    if (request->form.len)
        return request->form;
    if (request->path)
        (void)!table_read(arena, request->path, &options, &table, &quiet);
    else
        (void)!table_read_bytes(arena, request->file, request->bytes, &options, &table, &quiet);
    bool has_header = quiet.first && quiet.first->code == ERR_IMPORT_FORM;
    return has_header && sniff.is_class     ? FORM_CLASSES
           : sniff.is_school || !has_header ? FORM_SCHOOL
           : !sniff.is_region               ? FORM_SCHOOL /* or a title: the recogniser looks on */
           : sniff.is_published             ? FORM_PUBLISHED
                                            : FORM_COUNTY;
}

static bool find_form(Arena *arena, const ImportRequest *request, Str *ret, Err *err)
{
    *ret = form_of(arena, request);
    return str_equals(*ret, FORM_SCHOOL) || str_equals(*ret, FORM_COUNTY) ||
           str_equals(*ret, FORM_PUBLISHED) || str_equals(*ret, FORM_CLASSES) ||
           err_fail(err, ERR_IMPORT_FORM, ARG_STR("form", *ret));
}

bool import_run(Arena *arena, const ImportRequest *request, ImportResult *ret, Err *err)
{
    Import import = {.request = request, .arena = arena, .result = ret};
    Core *core;
    Store *store;
    Str form;
    if (!find_form(arena, request, &form, err) ||
        !period_parse(request->period, &import.period, err) ||
        !pack_load_core(arena, request->packs, &core, err) ||
        !database_open(arena, request->store, &store, err))
        return false;
    import.core = core;
    StrBuf period;
    strbuf_init(&period, arena);
    period_format(&period, import.period);
    ret->period = strbuf_str(&period);
    ret->form = form;
    if (!make_plan(&import, store, err))
        return false;
    if (request->is_trial || ret->is_repeated)
        return true;
    if (!store_write(store, write_batch, &import, err))
        return false;
    ret->batch = ret->is_repeated ? ret->batch : import.plan.batch.seq;
    return true;
}
