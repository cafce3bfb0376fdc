/*
 * The table of counties of a period. What counties have together is split over them by largest
 * remainders, so that a published sum comes out exactly.
 */
#include "app/demo_int.h"

#include "base/err.h"

#include <math.h>

/* ---- sums over the institutions of a county ---- */

typedef enum SumOf { SUM_SCHOOLS, SUM_PUPILS, SUM_CLASSES, SUM_TEACHERS } SumOf;

static const struct Sum {
    Str name;
    SumOf of;
    Str stages; /* codes; empty: of special schools */
    bool is_public;
    int64_t below; /* only schools with fewer pupils of the stage; 0: all */
} SUMS[] = {
    {STR_INIT("在园幼儿数"), SUM_PUPILS, STR_INIT("preschool"), false, 0},
    {STR_INIT("公办园在园幼儿数"), SUM_PUPILS, STR_INIT("preschool"), true, 0},
    {STR_INIT("幼儿园数"), SUM_SCHOOLS, STR_INIT("preschool"), false, 0},
    {STR_INIT("幼儿园班数"), SUM_CLASSES, STR_INIT("preschool"), false, 0},
    {STR_INIT("幼儿园专任教师数"), SUM_TEACHERS, STR_INIT("preschool"), false, 0},
    {STR_INIT("小学在校生数"), SUM_PUPILS, STR_INIT("primary"), false, 0},
    {STR_INIT("初中在校生数"), SUM_PUPILS, STR_INIT("junior"), false, 0},
    {STR_INIT("义务教育在校生数"), SUM_PUPILS, STR_INIT("primary junior"), false, 0},
    {STR_INIT("义务教育专任教师数"), SUM_TEACHERS, STR_INIT("primary junior"), false, 0},
    {STR_INIT("不足百人学校数"), SUM_SCHOOLS, STR_INIT("primary"), false, 100},
    {STR_INIT("特殊教育学校在校生数"), SUM_PUPILS, STR_INIT(""), false, 0},
};

int demo_sum_named(Str name)
{
    for (size_t i = 0; i < sizeof SUMS / sizeof *SUMS; i++)
        if (str_equals(SUMS[i].name, name))
            return (int)i;
    return -1;
}

static bool is_of_sum(const Plan *plan, const struct Sum *sum, const Institution *school, int slot)
{
    if (sum->is_public && str_equals(school->type->runner->name, STR("民办")))
        return false;
    if (!sum->stages.len)
        return str_starts_with(school->type->code->code, STR("51"));
    return slot != DEMO_BLANK && str_contains(sum->stages, plan->core->stages.ptr[slot].code);
}

static int64_t count_slot(const Plan *plan, const struct Sum *sum, const Institution *school,
                          int slot, int years)
{
    int64_t pupils = demo_pupils_then(plan, school, slot, years);
    if (sum->below && pupils >= sum->below)
        return 0;
    switch (sum->of) {
    case SUM_SCHOOLS:
        return 1;
    case SUM_PUPILS:
        return pupils;
    case SUM_CLASSES:
        return demo_classes(school->type, pupils);
    case SUM_TEACHERS:
        return demo_teachers_then(plan, school, slot, years);
    }
    BUG("a sum is of something");
}

static double sum_of(const Plan *plan, const Institutions *list, int years, int number,
                     const Code *county)
{
    int64_t total = 0;
    for (size_t i = 0; i < list->count; i++) {
        const Institution *school = &list->at[i];
        if (school->region != county || (years && school->is_new))
            continue;
        for (int slot = 0; slot < DEMO_SLOTS; slot++)
            if (institution_has(school, slot) && is_of_sum(plan, &SUMS[number], school, slot))
                total += count_slot(plan, &SUMS[number], school, slot, years);
    }
    return (double)total;
}

/* ---- the amounts ---- */

typedef struct Counties {
    const Plan *plan;
    const Institutions *list;
    int years; /* before the last period */
    size_t count;
    const PlanCountyItem **said; /* by slot: the row that counted; NULL: not said of this period */
    double *amount;              /* slot * count + county, NaN: not reported; numbers only */
    Err *err;
} Counties;

static double *amounts_of(const Counties *counties, size_t slot)
{
    return &counties->amount[slot * counties->count];
}

static const Code *region_at(const Counties *counties, size_t county)
{
    return counties->plan->counties.ptr[county].region;
}

static const PlanOther *other_of(const Counties *counties, const PlanCountyItem *item,
                                 size_t county)
{
    for (size_t i = 0; i < item->others.len; i++)
        if (item->others.ptr[i].region == region_at(counties, county))
            return &item->others.ptr[i];
    return NULL;
}

static double varied(const Counties *counties, const PlanCountyItem *item, size_t county)
{
    uint64_t code = (uint64_t)region_at(counties, county)->number;
    double noise = demo_noise(counties->plan->place, code, item->item->symbol.code);
    return 1.0 + item->spread / 1000.0 * noise;
}

static double scale_of(const PlanCountyItem *item)
{
    double scale = 1.0;
    for (int i = 0; i < item->places; i++)
        scale *= 10.0;
    return scale;
}

static double then(const Counties *counties, const PlanCountyItem *item, double amount)
{
    return demo_before(amount, item->growth, counties->years);
}

/* To the places of the item. */
static double rounded(const PlanCountyItem *item, double amount)
{
    return (double)demo_round(amount * scale_of(item)) / scale_of(item);
}

static double base_of(const Counties *counties, const PlanCountyItem *item, size_t county)
{
    double base = 0.0;
    for (size_t i = 0; i < item->bases.len; i++) {
        const PlanCountyBase *part = &item->bases.ptr[i];
        base += part->sum < 0 ? amounts_of(counties, part->slot)[county]
                              : sum_of(counties->plan, counties->list, counties->years, part->sum,
                                       region_at(counties, county));
    }
    return base;
}

static double less_of(const Counties *counties, const PlanCountyItem *item, size_t county)
{
    return item->less_slot < 0 ? item->less : amounts_of(counties, (size_t)item->less_slot)[county];
}

static bool fail_amount(const Counties *counties, const PlanCountyItem *item)
{
    return err_fail_at(
        counties->err, &item->place, ERR_DEMO_CELL, ARG_STR("column", item->item->symbol.name),
        ARG_LIT("reason_zh", "有县区的数比基数还多，或小于 0"),
        ARG_LIT("reason", "a county would have more than its base, or less than nothing"));
}

static bool set_values(const Counties *counties, const PlanCountyItem *item)
{
    double *amount = amounts_of(counties, item->slot);
    for (size_t i = 0; i < counties->count; i++) {
        const PlanOther *other = other_of(counties, item, i);
        double value = other ? other->amount : item->value * varied(counties, item, i);
        amount[i] = isnan(value)
                        ? NAN
                        : rounded(item, then(counties, item, value) - less_of(counties, item, i));
        if (amount[i] < 0.0)
            return fail_amount(counties, item);
    }
    return true;
}

/* What the counties without an amount of their own have together, split by what their bases leave. */
static bool share_rest(const Counties *counties, const PlanCountyItem *item, const double *left,
                       double total)
{
    Arena *arena = counties->plan->arena;
    double *amount = amounts_of(counties, item->slot), sum = 0.0;
    double *weight = ARENA_ARRAY(arena, double, counties->count);
    int64_t *part = ARENA_ARRAY(arena, int64_t, counties->count), units;
    for (size_t i = 0; i < counties->count; i++) {
        weight[i] = isnan(left[i]) ? 0.0 : left[i] * varied(counties, item, i);
        sum += weight[i];
    }
    units = demo_round(total * scale_of(item));
    if (units && sum <= 0.0)
        return fail_amount(counties, item);
    demo_share(arena, units, weight, counties->count, 0, part);
    for (size_t i = 0; i < counties->count; i++) {
        if (isnan(left[i]))
            continue;
        amount[i] = (double)part[i] / scale_of(item);
        if (item->per_hundred >= 0.0 && item->per_hundred <= 100.0 && amount[i] > left[i])
            return fail_amount(counties, item);
    }
    return true;
}

static bool set_shares(const Counties *counties, const PlanCountyItem *item)
{
    double *amount = amounts_of(counties, item->slot), bases = 0.0, lesses = 0.0;
    double *left = ARENA_ARRAY(counties->plan->arena, double, counties->count);
    bool is_part_of = item->percent_of > 0.0;
    double rate = then(counties, item, is_part_of ? item->percent_of : item->per_hundred);
    for (size_t i = 0; i < counties->count; i++) {
        const PlanOther *other = other_of(counties, item, i);
        double base = base_of(counties, item, i), less = less_of(counties, item, i);
        amount[i] = left[i] = NAN;
        if (other) {
            if (!isnan(other->amount) && !isnan(base))
                amount[i] = rounded(item, base * then(counties, item, other->amount) / 100.0);
        } else if (!isnan(base) && !isnan(less)) {
            left[i] = base - less;
            bases += base;
            lesses += less;
        }
    }
    double total = is_part_of ? bases * 100.0 / rate : bases * rate / 100.0;
    return share_rest(counties, item, left,
                      (double)demo_round(total * scale_of(item)) / scale_of(item) - lesses);
}

static bool set_item(const Counties *counties, const PlanCountyItem *item)
{
    if (counties->plan->last.year - counties->years < item->from)
        return true;
    counties->said[item->slot] = item;
    if (item->bases.len)
        return set_shares(counties, item);
    return item->text.len || set_values(counties, item);
}

/* ---- the table ---- */

static void add_cell(const Counties *counties, StrBuf *out, const PlanCountyItem *item,
                     size_t county)
{
    double amount = amounts_of(counties, item->slot)[county];
    if (item->text.len && !other_of(counties, item, county))
        strbuf_add(out, item->text);
    else if (!item->text.len && !isnan(amount))
        demo_add_amount(out, demo_round(amount * scale_of(item)), item->places);
}

/* A field with quotes or commas is quoted. */
static void add_quoted(StrBuf *out, Str text)
{
    strbuf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            strbuf_add_char(out, '"');
        strbuf_add_char(out, text.ptr[i]);
    }
    strbuf_add_char(out, '"');
}

/* A document speaks of the last period only: what the demo made of the years before is invented. */
static Str source_of(const Counties *counties, size_t slot)
{
    const PlanCountyItem *item = counties->said[slot];
    bool is_invented = str_starts_with(item->source, STR("演示"));
    return counties->years && !item->text.len && !is_invented ? STR("演示：往年的数，编造的")
                                                              : item->source;
}

static void add_row(const Counties *counties, StrBuf *out, size_t county, Str source)
{
    strbuf_add(out, region_at(counties, county)->code);
    for (size_t slot = 0; slot < counties->plan->county_slots; slot++) {
        const PlanCountyItem *item = counties->said[slot];
        if (!item)
            continue;
        strbuf_add_char(out, ',');
        if (str_equals(source_of(counties, slot), source))
            add_cell(counties, out, item, county);
    }
    strbuf_add_char(out, ',');
    add_quoted(out, source);
    strbuf_add_char(out, '\n');
}

static bool is_first_of_source(const Counties *counties, size_t slot)
{
    for (size_t i = 0; i < slot; i++)
        if (counties->said[i] && str_equals(source_of(counties, i), source_of(counties, slot)))
            return false;
    return true;
}

static void add_table(const Counties *counties, StrBuf *out)
{
    strbuf_add(out, STR("所属地区"));
    for (size_t slot = 0; slot < counties->plan->county_slots; slot++)
        if (counties->said[slot])
            strbuf_addf(out, ",%.*s", STR_ARG(counties->said[slot]->item->symbol.name));
    strbuf_add(out, STR(",来源\n"));
    for (size_t county = 0; county < counties->count; county++)
        for (size_t slot = 0; slot < counties->plan->county_slots; slot++)
            if (counties->said[slot] && is_first_of_source(counties, slot))
                add_row(counties, out, county, source_of(counties, slot));
}

bool demo_county_table(const Plan *plan, const Institutions *list, int years, Str *ret, Err *err)
{
    Counties counties = {
        .plan = plan,
        .list = list,
        .years = years,
        .count = plan->counties.len,
        .said = ARENA_ARRAY(plan->arena, const PlanCountyItem *, plan->county_slots),
        .amount = ARENA_ARRAY(plan->arena, double, plan->county_slots * plan->counties.len),
        .err = err};
    StrBuf out;
    strbuf_init(&out, plan->arena);
    for (size_t i = 0; i < plan->county_slots * plan->counties.len; i++)
        counties.amount[i] = NAN;
    for (size_t i = 0; i < plan->county_items.len; i++)
        if (!set_item(&counties, &plan->county_items.ptr[i]))
            return false;
    add_table(&counties, &out);
    *ret = strbuf_str(&out);
    return true;
}
