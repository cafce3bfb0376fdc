/* Importing what is known of counties themselves: their own items, and published figures. */
#include "app/evaluation_int.h"
#include "app/import_int.h"

static bool load(ImportPlan *plan)
{
    const ImportRequest *request = plan->request;
    plan->counties = region_facts_new(plan->arena, plan->core);
    return request->path
               ? region_facts_load(plan->counties, request->path, request->sheet, plan->err)
               : region_facts_load_bytes(plan->counties, request->file, request->bytes, plan->err);
}

/* The two forms are told apart by what they say: a published figure has no item. */
static bool check_form(const ImportPlan *plan)
{
    const RegionFact *first = &plan->counties->facts.ptr[0];
    Str form = first->item ? FORM_COUNTY : FORM_PUBLISHED;
    return str_equals(form, plan->result->form) ||
           err_fail(plan->err, ERR_IMPORT_OTHER_FORM, ARG_STR("form", plan->result->form),
                    ARG_STR("is", form));
}

static size_t count_counties(const ImportPlan *plan)
{
    Map seen;
    map_init(&seen, plan->arena);
    for (size_t i = 0; i < plan->counties->facts.len; i++)
        map_set(&seen, plan->counties->facts.ptr[i].region->code, (void *)plan);
    return seen.len;
}

bool import_plan_counties(ImportPlan *plan)
{
    plan->day = period_first_day(plan->period);
    if (!facts_core(plan->arena, plan->facts, plan->day, &plan->core, plan->err) || !load(plan) ||
        !check_form(plan) ||
        !quantities_check_any(plan->arena, plan->request->packs, plan->core, plan->period,
                              plan->counties, plan->err))
        return false;
    enum { COLUMN_FIRST_SAID = 3 /* unit, line and place do not count */ };
    const Table *table = plan->counties->facts.ptr[0].table;
    plan->document = counties_document(plan->arena, plan->facts, plan->counties, plan->result->form,
                                       import_base_name(table->file), table->sheet, plan->day);
    Document said = plan->document;
    said.column += COLUMN_FIRST_SAID;
    said.column_count -= COLUMN_FIRST_SAID;
    document_digest(&said, plan->document.digest);
    plan->result->rows = plan->counties->facts.len;
    plan->result->counties = count_counties(plan);
    plan->result->file = table->file;
    plan->same =
        facts_find_same(plan->facts, plan->document.form, plan->period, plan->document.digest);
    return true;
}
