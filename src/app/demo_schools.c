/* The institutions of a demo place in its last period: names, codes, pupils, staff. */
#include "app/demo_int.h"

/* ---- who there is ---- */

static const Code *urban_code(const Plan *plan, const char *code)
{
    const Item *item = map_find(&plan->core->items, STR("urban_rural"));
    return item && item->codes ? codelist_find(item->codes, str_from(code)) : NULL;
}

/* The second of a pair stands at the edge of the place. */
static const Code *urban_of(const Plan *plan, const PlanCounty *county, DemoLocation location,
                            size_t number)
{
    bool is_edge = number % 2 == 0;
    if (location == DEMO_CENTRE)
        return is_edge && str_equals(county->centre->code, STR("111")) ? urban_code(plan, "112")
                                                                       : county->centre;
    if (location == DEMO_TOWN)
        return urban_code(plan, is_edge ? "122" : "121");
    return urban_code(plan, is_edge ? "220" : "210");
}

/* 10 digits: the first two of the type, the province, and the serial. */
static uint64_t code_of(const PlanType *type, const Code *region, uint64_t serial)
{
    uint64_t kind = (uint64_t)type->code->number / 10, province = (uint64_t)region->number / 10000;
    return (kind * 100 + province) * 1000000 + serial;
}

static Str name_of(const Plan *plan, const PlanType *type, const PlanCounty *county, size_t number)
{
    if (type->region)
        return str_format(plan->arena, "%.*s%.*s（示例）", STR_ARG(plan->name),
                          STR_ARG(type->name));
    return str_format(plan->arena, "%.*s第%.*s%.*s（示例）", STR_ARG(county->region->name),
                      STR_ARG(demo_ordinal(plan->arena, number)), STR_ARG(type->name));
}

/* How many of a type stand in each county, and how many of them were just opened. */
typedef struct Spread {
    int64_t *count, *opened; /* by county */
} Spread;

static Spread spread_type(const Plan *plan, const PlanType *type)
{
    size_t counties = plan->counties.len;
    double *weight = ARENA_ARRAY(plan->arena, double, counties);
    Spread spread = {ARENA_ARRAY(plan->arena, int64_t, counties),
                     ARENA_ARRAY(plan->arena, int64_t, counties)};
    for (size_t i = 0; i < counties; i++)
        weight[i] = !type->region                                  ? plan->counties.ptr[i].weight
                    : type->region == plan->counties.ptr[i].region ? 1.0
                                                                   : 0.0;
    demo_share(plan->arena, type->count, weight, counties, 0, spread.count);
    for (size_t i = 0; i < counties; i++)
        weight[i] = (double)spread.count[i];
    demo_share(plan->arena, type->opened, weight, counties, 0, spread.opened);
    return spread;
}

static DemoLocation location_of(const PlanType *type, size_t at, int64_t count)
{
    double mille = 1000.0 * ((double)at + 0.5) / (double)count;
    return mille < type->centre                ? DEMO_CENTRE
           : mille < type->centre + type->town ? DEMO_TOWN
                                               : DEMO_VILLAGE;
}

static void add_type(const Plan *plan, const PlanType *type, size_t county, const Spread *spread,
                     Institutions *list)
{
    const PlanCounty *there = &plan->counties.ptr[county];
    int64_t count = spread->count[county], old = count - spread->opened[county];
    for (size_t i = 0; i < (size_t)count; i++) {
        DemoLocation location = location_of(type, i, count);
        uint64_t serial = (uint64_t)plan->serial + list->count;
        list->at[list->count++] = (Institution){.type = type,
                                                .region = there->region,
                                                .urban = urban_of(plan, there, location, i + 1),
                                                .location = location,
                                                .code = code_of(type, there->region, serial),
                                                .name = name_of(plan, type, there, i + 1),
                                                .is_new = (int64_t)i >= old};
    }
}

static Institutions make_list(const Plan *plan)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->types.len; i++)
        count += (size_t)plan->types.ptr[i].count;
    Institutions list = {.at = ARENA_ARRAY(plan->arena, Institution, count)};
    Spread *spread = ARENA_ARRAY(plan->arena, Spread, plan->types.len);
    for (size_t i = 0; i < plan->types.len; i++)
        spread[i] = spread_type(plan, &plan->types.ptr[i]);
    for (size_t county = 0; county < plan->counties.len; county++)
        for (size_t i = 0; i < plan->types.len; i++)
            add_type(plan, &plan->types.ptr[i], county, &spread[i], &list);
    return list;
}

/* ---- pupils ---- */

typedef struct Share {
    const Plan *plan;
    Institutions *list;
    size_t count;
    size_t *institution;
    int *slot;
    double *weight;
} Share;

static Share share_new(const Plan *plan, Institutions *list)
{
    size_t most = list->count * DEMO_SLOTS;
    return (Share){.plan = plan,
                   .list = list,
                   .institution = ARENA_ARRAY(plan->arena, size_t, most),
                   .slot = ARENA_ARRAY(plan->arena, int, most),
                   .weight = ARENA_ARRAY(plan->arena, double, most)};
}

static void share_add(Share *share, size_t institution, int slot, double weight)
{
    share->institution[share->count] = institution;
    share->slot[share->count] = slot;
    share->weight[share->count++] = weight;
}

static void share_pupils(Share *share, int64_t total)
{
    int64_t *part = ARENA_ARRAY(share->plan->arena, int64_t, share->count);
    if (share->count)
        demo_share(share->plan->arena, total, share->weight, share->count, 4, part);
    for (size_t i = 0; i < share->count; i++)
        share->list->at[share->institution[i]].pupils[share->slot[i]] = part[i];
    share->count = 0;
}

size_t demo_pupil_kind(const Plan *plan, const Institution *institution, int slot)
{
    size_t own = institution->type->kind;
    if (plan->kinds.ptr[own].stage < 0)
        return own;
    for (size_t i = 0; i < plan->kinds.len; i++)
        if (plan->kinds.ptr[i].stage == slot)
            return i;
    return own;
}

/* Of a kind without a stage of its own the later stages have half of the one before. */
static double size_of(const Plan *plan, const Institution *institution, int slot)
{
    double noise = demo_noise(plan->place, institution->code, STR("size"));
    double variety = institution->type->variety / 1000.0;
    double size = institution->type->size[institution->location] * (1.0 + variety * noise);
    for (int i = 0; i < slot; i++)
        if (plan->kinds.ptr[institution->type->kind].stage < 0 && institution_has(institution, i) &&
            slot != DEMO_BLANK)
            size /= 2.0;
    return size;
}

/* Those of a type with a share of its own (only: NULL for the others). */
static void add_pupils_of(Share *share, size_t kind, const PlanType *only)
{
    for (size_t i = 0; i < share->list->count; i++) {
        const Institution *institution = &share->list->at[i];
        bool has_share = institution->type->pupil_share >= 0.0;
        if (only ? institution->type != only : has_share)
            continue;
        for (int slot = 0; slot < DEMO_SLOTS; slot++)
            if (institution_has(institution, slot) &&
                demo_pupil_kind(share->plan, institution, slot) == kind)
                share_add(share, i, slot, size_of(share->plan, institution, slot));
    }
}

static void set_pupils(const Plan *plan, Institutions *list)
{
    Share share = share_new(plan, list);
    for (size_t kind = 0; kind < plan->kinds.len; kind++) {
        int64_t left = plan->kinds.ptr[kind].pupils;
        if (left == DEMO_NONE)
            continue;
        int64_t all = left;
        for (size_t i = 0; i < plan->types.len; i++) {
            const PlanType *type = &plan->types.ptr[i];
            if (type->kind != kind || type->pupil_share < 0.0)
                continue;
            int64_t part = demo_round((double)all * type->pupil_share / 100.0);
            add_pupils_of(&share, kind, type);
            share_pupils(&share, part);
            left -= part;
        }
        add_pupils_of(&share, kind, NULL);
        share_pupils(&share, left);
    }
}

/* ---- staff ---- */

/* Staff for each pupil of a kind, as published. */
static double staff_rate(const Plan *plan, size_t kind)
{
    const PlanKind *figures = &plan->kinds.ptr[kind];
    return figures->pupils > 0 ? (double)figures->staff / (double)figures->pupils : 0.0;
}

/* By pupils and stage, and a little more where the school is small. */
static double staff_weight(const Plan *plan, const Institution *institution)
{
    const double each_school = 1.5;
    double weight = each_school;
    for (int slot = 0; slot < DEMO_SLOTS; slot++)
        weight += (double)institution->pupils[slot] *
                  staff_rate(plan, demo_pupil_kind(plan, institution, slot));
    return weight * (1.0 + 0.15 * demo_noise(plan->place, institution->code, STR("staff")));
}

static void set_staff(const Plan *plan, Institutions *list)
{
    Share share = share_new(plan, list);
    for (size_t kind = 0; kind < plan->kinds.len; kind++) {
        share.count = 0;
        for (size_t i = 0; i < list->count; i++)
            if (list->at[i].type->kind == kind)
                share_add(&share, i, 0, staff_weight(plan, &list->at[i]));
        int64_t *part = ARENA_ARRAY(plan->arena, int64_t, share.count);
        if (share.count)
            demo_share(plan->arena, plan->kinds.ptr[kind].staff, share.weight, share.count, 1,
                       part);
        for (size_t i = 0; i < share.count; i++)
            list->at[share.institution[i]].staff = part[i];
    }
}

Institutions demo_schools(const Plan *plan)
{
    Institutions list = make_list(plan);
    set_pupils(plan, &list);
    set_staff(plan, &list);
    return list;
}
