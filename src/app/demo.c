#include "app/demo_int.h"

#include "base/file.h"

/* ---- tables ---- */

static Str period_before(const Plan *plan, int years)
{
    StrBuf text;
    Period period = plan->last;
    period.year -= years;
    strbuf_init(&text, plan->arena);
    period_format(&text, period);
    return strbuf_str(&text);
}

static void add_table(Demo *demo, const Plan *plan, const char *form, int years, Str name,
                      Str bytes)
{
    demo->table[demo->table_count++] = (DemoTable){
        .form = str_from(form),
        .period = period_before(plan, years),
        .name = str_format(plan->arena, "%.*s-%.*s.csv", STR_ARG(plan->name), STR_ARG(name)),
        .bytes = bytes};
}

static bool add_county_tables(Demo *demo, const Plan *plan, const Institutions *list, Err *err)
{
    for (int years = plan->last.year - plan->first.year; plan->county_items.len && years >= 0;
         years--) {
        Str bytes, period = period_before(plan, years);
        if (!demo_county_table(plan, list, years, &bytes, err))
            return false;
        add_table(demo, plan, "county-year", years,
                  str_format(plan->arena, "县表-%.*s", STR_ARG(period)), bytes);
    }
    return true;
}

static bool add_tables(Demo *demo, const Plan *plan, const Institutions *list, Err *err)
{
    int span = plan->last.year - plan->first.year;
    demo->table = ARENA_ARRAY(plan->arena, DemoTable, 2 * ((size_t)span + 1) + 1);
    for (int years = span; years >= 0; years--)
        add_table(demo, plan, "school-year", years, period_before(plan, years),
                  demo_flat_table(plan, list, years));
    if (!add_county_tables(demo, plan, list, err))
        return false;
    if (plan->published.len)
        add_table(demo, plan, "published", 0, STR("公布数"), plan->published);
    return true;
}

/* ---- what was made ---- */

static void count_school(Demo *demo, const Plan *plan, const Institution *school)
{
    DemoKind *kind = &demo->kind[school->type->kind];
    kind->staff += school->staff;
    if (school->type->is_counted)
        kind->schools++;
    else
        kind->points++;
    kind->combined +=
        institution_is_combined(school) && plan->kinds.ptr[school->type->kind].stage >= 0;
    for (int slot = 0; slot < DEMO_SLOTS; slot++) {
        DemoKind *of = &demo->kind[demo_pupil_kind(plan, school, slot)];
        if (institution_has(school, slot) && of->pupils != DEMO_NONE)
            of->pupils += school->pupils[slot];
    }
}

static void add_sum(DemoKind *sum, const DemoKind *kind)
{
    sum->schools += kind->schools;
    sum->points += kind->points;
    sum->combined += kind->combined;
    sum->staff += kind->staff;
    if (kind->pupils != DEMO_NONE)
        sum->pupils += kind->pupils;
}

static void count_all(Demo *demo, const Plan *plan, const Institutions *list)
{
    demo->kind_count = plan->kinds.len;
    demo->kind = ARENA_ARRAY(plan->arena, DemoKind, plan->kinds.len);
    demo->sum = (DemoKind){.name = STR("合计"), .name_en = STR("in all")};
    for (size_t i = 0; i < plan->kinds.len; i++) {
        const PlanKind *kind = &plan->kinds.ptr[i];
        demo->kind[i] = (DemoKind){.name = kind->name,
                                   .name_en = kind->name_en,
                                   .source = kind->source,
                                   .pupils = kind->pupils == DEMO_NONE ? DEMO_NONE : 0};
    }
    for (size_t i = 0; i < list->count; i++)
        count_school(demo, plan, &list->at[i]);
    for (size_t i = 0; i < demo->kind_count; i++)
        add_sum(&demo->sum, &demo->kind[i]);
}

static void add_coefficients(Demo *demo, const Plan *plan)
{
    demo->coefficient_count = plan->targets.len;
    demo->coefficient = ARENA_ARRAY(plan->arena, DemoCoefficient, plan->targets.len);
    for (size_t i = 0; i < plan->targets.len; i++) {
        const PlanTarget *target = &plan->targets.ptr[i];
        demo->coefficient[i] = (DemoCoefficient){
            .stage = plan->core->stages.ptr[target->stage].name,
            .item = target->item->symbol.name,
            .including = target->including ? target->including->symbol.name : STR(""),
            .cv = target->cv,
            .source = target->source};
    }
}

/* No pupil and nobody of the staff was left without a school. */
static bool check_sums(const Demo *demo, const Plan *plan, Err *err)
{
    size_t before = err->count;
    for (size_t i = 0; i < demo->kind_count; i++) {
        const PlanKind *kind = &plan->kinds.ptr[i];
        if (demo->kind[i].pupils != kind->pupils || demo->kind[i].staff != kind->staff)
            (void)err_fail_at(err, &kind->place, ERR_DEMO_CELL, ARG_STR("column", kind->name),
                              ARG_LIT("reason_zh", "types.csv 里没有学校容得下这些学生或教职工"),
                              ARG_LIT("reason", "types.csv has no school for its pupils or staff"));
    }
    return err->count == before;
}

/* The kind that is exactly what both published totals lack. */
static const DemoKind *find_surplus(const Demo *demo)
{
    for (size_t i = 0; i < demo->kind_count; i++) {
        const DemoKind *kind = &demo->kind[i];
        if ((int64_t)(demo->sum.schools - kind->schools) == demo->published_schools &&
            demo->sum.staff - kind->staff == demo->published_staff)
            return kind;
    }
    return NULL;
}

bool demo_make(Arena *arena, const Core *core, const char *packs, Str place, Demo *ret, Err *err)
{
    Plan plan;
    if (!demo_plan_load(arena, core, packs, place, &plan, err))
        return false;
    Institutions list = demo_schools(&plan);
    if (!demo_fill(&plan, &list, err))
        return false;
    Demo demo = {.place = str_dup(arena, place),
                 .region = plan.region,
                 .name = plan.name,
                 .standard = plan.standards.ptr,
                 .standard_count = plan.standards.len,
                 .title = plan.title,
                 .source = plan.source,
                 .published_schools = plan.published_schools,
                 .published_staff = plan.published_staff};
    count_all(&demo, &plan, &list);
    if (!check_sums(&demo, &plan, err))
        return false;
    add_coefficients(&demo, &plan);
    if (!add_tables(&demo, &plan, &list, err))
        return false;
    demo.period = period_before(&plan, 0);
    demo.surplus = find_surplus(&demo);
    *ret = demo;
    return true;
}

bool demo_save(Arena *arena, const Demo *demo, const char *folder, Err *err)
{
    const char **path = ARENA_ARRAY(arena, const char *, demo->table_count);
    if (!file_make_folder(folder, err))
        return false;
    for (size_t i = 0; i < demo->table_count; i++) {
        Str name = demo->table[i].name;
        path[i] = str_cstr(arena, str_format(arena, "%s/%.*s", folder, STR_ARG(name)));
        if (file_exists(path[i]))
            return err_fail(err, ERR_DEMO_EXISTS, ARG_STR("file", str_from(path[i])));
    }
    for (size_t i = 0; i < demo->table_count; i++)
        if (!file_save(path[i], demo->table[i].bytes, err))
            return false;
    return true;
}
