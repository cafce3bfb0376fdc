/* Importing a class list: classes of schools that the database knows, and what they come to. */
#include "app/import_int.h"

#include <math.h>

/* ---- the list ---- */

static uint32_t find_unit(const ImportPlan *plan, uint64_t code)
{
    return orgs_find_code(plan->facts->orgs, (double)code, plan->day);
}

static const Code *type_of(void *ctx, uint64_t school_code)
{
    const ImportPlan *plan = ctx;
    uint32_t unit = find_unit(plan, school_code);
    double type = unit == ORG_NOT_FOUND ? (double)NAN
                                        : org_value(plan->facts->orgs, unit, ORG_TYPE, plan->day);
    return isnan(type) ? NULL : codelist_find_number(plan->core->school_types, type);
}

static bool load(ImportPlan *plan)
{
    const ImportRequest *request = plan->request;
    const ClassListOptions options = {.sheet = request->sheet, .type_of = type_of, .ctx = plan};
    return request->path
               ? class_list_load(plan->arena, plan->core, request->path, &options, &plan->classes,
                                 plan->err)
               : class_list_load_bytes(plan->arena, plan->core, request->file, request->bytes,
                                       &options, &plan->classes, plan->err);
}

/* The ids of the schools; a class list opens none. */
static bool find_ids(ImportPlan *plan, double *id)
{
    const ClassList *list = plan->classes;
    uint8_t *is_seen = ARENA_ARRAY(plan->arena, uint8_t, orgs_count(plan->facts->orgs) + 1);
    bool is_ok = true;
    for (size_t i = 0; i < list->school_count; i++) {
        const ClassSchool *school = &list->school[i];
        ErrPlace place = {.file = list->file, .sheet = list->sheet, .line = school->line};
        uint32_t unit = find_unit(plan, school->code);
        if (unit == ORG_NOT_FOUND) {
            is_ok = err_fail_at(plan->err, &place, ERR_IMPORT_CLASSES_OF,
                                ARG_STR("school", import_code_text(plan, school->code)));
            continue;
        }
        is_ok &= import_check_unit(plan, &place, school->code, unit);
        id[i] = (double)orgs_get(plan->facts->orgs, unit)->id;
        plan->result->schools += !is_seen[unit];
        is_seen[unit] = 1;
    }
    return is_ok;
}

bool import_plan_classes(ImportPlan *plan)
{
    ImportResult *result = plan->result;
    plan->day = period_first_day(plan->period);
    if (!facts_core(plan->arena, plan->facts, plan->day, &plan->core, plan->err) || !load(plan))
        return false;
    const ClassList *list = plan->classes;
    double *id = ARENA_ARRAY(plan->arena, double, list->school_count + 1);
    if (!find_ids(plan, id))
        return false;
    plan->document =
        classes_document(plan->arena, plan->core, list, import_base_name(list->file), id);
    result->file = list->file;
    result->rows = list->row_count;
    result->sum_rows = list->sum_row_count;
    result->classes = list->class_count;
    for (size_t i = 0; i < list->class_count; i++)
        result->pupils += list->classes[i].pupils;
    plan->same =
        facts_find_same(plan->facts, plan->document.form, plan->period, plan->document.digest);
    return true;
}

/* ---- what it changes ---- */

static double known_value(const Dataset *before, const ClassSchool *school, const Item *item)
{
    const School *known = before ? dataset_find(before, school->code) : NULL;
    const ItemColumns *columns = known ? dataset_item(before, item) : NULL;
    uint32_t part = known ? known->part[school->stage] : 0;
    CellRef cell;
    return columns && part ? dataset_value(before, columns, &before->part[part - 1], &cell) : NAN;
}

void import_count_classes(ImportPlan *plan, const Dataset *before)
{
    const ClassList *list = plan->classes;
    const ClassSums *sums = class_list_sum(plan->arena, list);
    for (int fact = 0; fact < CLASS_FACT_COUNT; fact++) {
        const Item *item = map_find(&plan->core->items, CLASS_FACTS[fact]);
        for (size_t i = 0; item && i < list->school_count; i++)
            import_count_cell(&plan->result->cells, known_value(before, &list->school[i], item),
                              class_fact(&sums[i], fact));
    }
}

/* ---- whether tables and lists agree ---- */

/* The cell of the table that is being imported. */
static ErrPlace table_cell(const ImportPlan *plan, const StoredDifference *d, Str code)
{
    const Dataset *dataset = plan->dataset;
    uint64_t number = 0;
    (void)dataset_parse_code(code, &number);
    const School *school = dataset_find(dataset, number);
    const ItemColumns *columns = dataset_item(dataset, d->item);
    uint32_t part = school ? school->part[d->stage] : 0;
    CellRef cell = {.row = school ? school->first_row : 0, .column = 0};
    if (columns && part)
        (void)dataset_value(dataset, columns, &dataset->part[part - 1], &cell);
    return table_place(plan->arena, dataset->table, cell.row, (size_t)cell.column);
}

bool import_check_classes(const ImportPlan *plan, const Dataset *after)
{
    size_t count;
    const StoredDifference *list = stored_differences(after, &count);
    bool is_ok = true;
    for (size_t i = 0; i < count; i++) {
        const StoredDifference *d = &list[i];
        bool is_list = d->list->seq == plan->batch.seq;
        if (!is_list && d->table->seq != plan->batch.seq)
            continue; /* of old */
        Str code = facts_unit_code(plan->arena, plan->facts, d->unit, plan->day);
        const Stage *stage = &plan->core->stages.ptr[d->stage];
        ErrPlace place = is_list ? (ErrPlace){.file = plan->classes->file,
                                              .sheet = plan->classes->sheet,
                                              .line = d->line}
                                 : table_cell(plan, d, code);
        is_ok = err_fail_at(plan->err, &place, ERR_CLASS_DIFFERS, ARG_STR("school", code),
                            ARG_STR("stage", stage->name), ARG_STR("stage_en", stage->code),
                            ARG_STR("item", d->item->symbol.name), ARG_NUM("table", d->in_table),
                            ARG_INT("line", d->line), ARG_NUM("list", d->in_list));
    }
    return is_ok;
}
