/* Teachers and items of the last period, by rule or made to have a coefficient. */
#include "app/demo_int.h"

#include "base/err.h"

#include <math.h>

typedef struct Filler {
    const Plan *plan;
    Institutions *list;
    Err *err;
    const Item *teachers; /* 专任教师数 */
    double *shared;       /* by institution and column: what the stages share, not rounded yet */
} Filler;

/* ---- schools with a coefficient ---- */

static const PlanTarget *find_target(const Filler *filler, int stage, const Item *item)
{
    for (size_t i = 0; i < filler->plan->targets.len; i++) {
        const PlanTarget *target = &filler->plan->targets.ptr[i];
        if (target->stage == stage && target->item == item)
            return target;
    }
    return NULL;
}

/* The schools of a stage, what they may have, and what they get. */
typedef struct Fitted {
    FitRequest request;
    Institution **school;
    int64_t *pupils, *least, *most, *offset, *got;
    double *pattern;
} Fitted;

static Fitted fitted_new(const Filler *filler, int stage)
{
    Arena *arena = filler->plan->arena;
    size_t most = filler->list->count;
    Fitted fitted = {.school = ARENA_ARRAY(arena, Institution *, most),
                     .pupils = ARENA_ARRAY(arena, int64_t, most),
                     .least = ARENA_ARRAY(arena, int64_t, most),
                     .most = ARENA_ARRAY(arena, int64_t, most),
                     .offset = ARENA_ARRAY(arena, int64_t, most),
                     .got = ARENA_ARRAY(arena, int64_t, most),
                     .pattern = ARENA_ARRAY(arena, double, most)};
    for (size_t i = 0; i < most; i++) {
        Institution *school = &filler->list->at[i];
        if (!school->type->is_full || !institution_has(school, stage) || school->pupils[stage] <= 0)
            continue;
        fitted.school[fitted.request.count] = school;
        fitted.pupils[fitted.request.count] = school->pupils[stage];
        fitted.most[fitted.request.count++] = INT64_MAX / 4;
    }
    return fitted;
}

/* 0 … 1: by chance, leaning to the small schools. */
static void set_pattern(const Filler *filler, const PlanTarget *target, Fitted *fitted)
{
    size_t count = fitted->request.count;
    Str what =
        str_format(filler->plan->arena, "pattern %d %d", target->stage, (int)target->pattern);
    double lean = target->lean / 1000.0;
    for (size_t i = 0; i < count; i++) {
        size_t larger = 0;
        for (size_t k = 0; k < count; k++)
            larger += fitted->pupils[k] > fitted->pupils[i];
        fitted->pattern[i] =
            (1.0 - lean) * demo_uniform(filler->plan->place, fitted->school[i]->code, what) +
            lean * (double)larger / (double)count;
    }
}

static bool run_fit(const Filler *filler, const PlanTarget *target, Fitted *fitted)
{
    const double near = 0.00004; /* 4 decimals */
    set_pattern(filler, target, fitted);
    fitted->request.pupils = fitted->pupils;
    fitted->request.pattern = fitted->pattern;
    fitted->request.least = fitted->least;
    fitted->request.most = fitted->most;
    fitted->request.cv = target->cv;
    double got = demo_fit(filler->plan->arena, &fitted->request, fitted->got);
    if (fabs(got - target->cv) < near)
        return true;
    return err_fail_at(filler->err, &target->place, ERR_DEMO_FIT,
                       ARG_STR("item", target->item->symbol.name), ARG_NUM("want", target->cv),
                       ARG_NUM("got", (double)demo_round(isfinite(got) ? got * 1e4 : 0.0) / 1e4));
}

/* ---- teachers ---- */

/* Those of a school by stage, as its pupils need. */
static void set_school_teachers(const Filler *filler, Institution *school)
{
    const Plan *plan = filler->plan;
    double noise = demo_noise(plan->place, school->code, STR("teachers"));
    double wanted = (double)school->staff * school->type->teacher_percent / 100.0;
    int64_t all = demo_round(wanted * (1.0 + 0.02 * noise));
    int64_t part[DEMO_SLOTS];
    double weight[DEMO_SLOTS];
    int slot_of[DEMO_SLOTS];
    size_t slots = 0;
    all = all > school->staff ? school->staff : all < 1 ? 1 : all;
    for (int slot = 0; slot < DEMO_SLOTS; slot++) {
        if (!institution_has(school, slot))
            continue;
        /* each stage needs more for a pupil than the one before */
        weight[slots] = ((double)school->pupils[slot] + 1.0) * (1.0 + 0.08 * slot);
        slot_of[slots++] = slot;
    }
    demo_share(plan->arena, all, weight, slots, 1, part);
    for (size_t i = 0; i < slots; i++)
        school->teachers[slot_of[i]] = part[i];
}

/* The kind's teachers with a coefficient; the rest of its staff goes where they are. */
static bool fit_teachers(const Filler *filler, const PlanKind *kind, const PlanTarget *target)
{
    Arena *arena = filler->plan->arena;
    Fitted fitted = fitted_new(filler, kind->stage);
    size_t count = fitted.request.count;
    for (size_t i = 0; i < count; i++)
        fitted.least[i] = 1;
    fitted.request.total = kind->teachers;
    if (!count || kind->teachers <= 0 || kind->teachers > kind->staff)
        return err_fail_at(
            filler->err, &kind->place, ERR_DEMO_CELL, ARG_LIT("column", "专任教师数"),
            ARG_LIT("reason_zh", "要写，要有学校，且不能多于教职工数"),
            ARG_LIT("reason", "it is needed, needs schools, and is at most the staff"));
    if (!run_fit(filler, target, &fitted))
        return false;
    double *weight = ARENA_ARRAY(arena, double, count);
    int64_t *others = ARENA_ARRAY(arena, int64_t, count);
    for (size_t i = 0; i < count; i++)
        weight[i] = (double)fitted.got[i];
    demo_share(arena, kind->staff - kind->teachers, weight, count, 0, others);
    for (size_t i = 0; i < count; i++) {
        fitted.school[i]->teachers[kind->stage] = fitted.got[i];
        fitted.school[i]->staff = fitted.got[i] + others[i];
    }
    return true;
}

static bool set_teachers(const Filler *filler)
{
    const Plan *plan = filler->plan;
    for (size_t i = 0; i < filler->list->count; i++)
        set_school_teachers(filler, &filler->list->at[i]);
    for (size_t i = 0; i < plan->kinds.len; i++) {
        const PlanKind *kind = &plan->kinds.ptr[i];
        const PlanTarget *target = find_target(filler, kind->stage, filler->teachers);
        if (target && kind->stage >= 0 && !fit_teachers(filler, kind, target))
            return false;
    }
    return true;
}

/* ---- items ---- */

static double base_of(const PlanRule *rule, const Institution *school)
{
    switch (rule->base) {
    case BASE_PUPILS:
        return (double)school->pupils[rule->stage];
    case BASE_TEACHERS:
        return (double)school->teachers[rule->stage];
    case BASE_CLASSES:
        return (double)demo_classes(school->type, school->pupils[rule->stage]);
    case BASE_SCHOOL:
        return 100.0; /* per_hundred is then of the school itself */
    case BASE_COUNT:
        break;
    }
    BUG("a rule has a base");
}

static double scale_of(const Filler *filler, const PlanRule *rule)
{
    double scale = 1.0;
    for (int i = 0; i < filler->plan->columns.ptr[rule->column].places; i++)
        scale *= 10.0;
    return scale;
}

/* In the column's smallest units. */
static double amount_of(const Filler *filler, const PlanRule *rule, const Institution *school)
{
    const Item *item = filler->plan->columns.ptr[rule->column].item;
    double noise = demo_noise(filler->plan->place, school->code, item->symbol.code);
    double factor =
        (1.0 + rule->spread / 1000.0 * noise) * (1.0 + rule->at[school->location] / 1000.0);
    return base_of(rule, school) * rule->per_hundred / 100.0 * factor * scale_of(filler, rule);
}

static double shared_scale(const Filler *filler, size_t column)
{
    PlanRule rule = {.column = column};
    return scale_of(filler, &rule);
}

/* Stage items are rounded at once, and no more than the teachers; shared items are summed up first. */
static void apply_rule(const Filler *filler, const PlanRule *rule)
{
    const Plan *plan = filler->plan;
    bool is_shared = plan->columns.ptr[rule->column].item->is_shared;
    for (size_t i = 0; i < filler->list->count; i++) {
        Institution *school = &filler->list->at[i];
        if (!school->type->is_full || !institution_has(school, rule->stage))
            continue;
        double amount = amount_of(filler, rule, school);
        double least = (double)rule->least * scale_of(filler, rule);
        if (is_shared) {
            if (rule->at[school->location] <= -1000.0)
                least = 0.0;
            double *sum = &filler->shared[i * plan->columns.len + rule->column];
            amount = amount < least ? least : amount;
            *sum = *sum < 0.0 || rule->base == BASE_SCHOOL ? amount : *sum + amount;
            continue;
        }
        int64_t value = demo_round(amount), most = school->teachers[rule->stage];
        school->value[rule->stage][rule->column] =
            rule->base == BASE_TEACHERS && value > most ? most : value;
    }
}

/* What all stages of a school share stands on its only row, or on the one with 学段 blank. */
static int shared_slot(const Institution *school)
{
    if (institution_is_combined(school))
        return DEMO_BLANK;
    return school->type->code->stages ? __builtin_ctz(school->type->code->stages) : DEMO_BLANK;
}

static void round_shared(const Filler *filler)
{
    size_t columns = filler->plan->columns.len;
    for (size_t i = 0; i < filler->list->count; i++)
        for (size_t k = 0; k < columns; k++)
            if (filler->shared[i * columns + k] >= 0.0) {
                Institution *school = &filler->list->at[i];
                school->value[shared_slot(school)][k] = demo_round(filler->shared[i * columns + k]);
            }
}

static size_t column_of(const Plan *plan, const Item *item)
{
    size_t column = 0;
    while (column < plan->columns.len && plan->columns.ptr[column].item != item)
        column++;
    return column;
}

static const PlanRule *find_rule(const Plan *plan, int stage, size_t column)
{
    for (size_t i = 0; i < plan->rules.len; i++)
        if (plan->rules.ptr[i].stage == stage && plan->rules.ptr[i].column == column)
            return &plan->rules.ptr[i];
    return NULL;
}

static bool fail_rule(const Filler *filler, const PlanTarget *target)
{
    return err_fail_at(filler->err, &target->place, ERR_DEMO_CELL, ARG_LIT("column", "数据项"),
                       ARG_LIT("reason_zh", "items.csv 里没有这个学段的这一项"),
                       ARG_LIT("reason", "items.csv has no such item of the stage"));
}

/* What the coefficient's schools have in all, and between what bounds. */
static void set_bounds(const Filler *filler, const PlanRule *rule, size_t including, Fitted *fitted)
{
    double total = 0.0;
    for (size_t i = 0; i < fitted->request.count; i++) {
        const Institution *school = fitted->school[i];
        total += base_of(rule, school);
        int64_t offset = including < filler->plan->columns.len
                             ? school->value[rule->stage][including]
                             : DEMO_NONE;
        fitted->offset[i] = fitted->least[i] = offset > 0 ? offset : 0;
        if (rule->base == BASE_TEACHERS)
            fitted->most[i] = school->teachers[rule->stage];
    }
    total *= rule->per_hundred / 100.0 * shared_scale(filler, rule->column);
    fitted->request.total = demo_round(total);
    for (size_t i = 0; i < fitted->request.count; i++)
        fitted->request.total += fitted->least[i];
}

static bool apply_target(const Filler *filler, const PlanTarget *target)
{
    const Plan *plan = filler->plan;
    size_t column = column_of(plan, target->item), including = column_of(plan, target->including);
    const PlanRule *rule = find_rule(plan, target->stage, column);
    if (!rule || (target->including && !find_rule(plan, target->stage, including)))
        return fail_rule(filler, target);
    Fitted fitted = fitted_new(filler, target->stage);
    if (!fitted.request.count)
        return fail_rule(filler, target);
    set_bounds(filler, rule, including, &fitted);
    if (!run_fit(filler, target, &fitted))
        return false;
    for (size_t i = 0; i < fitted.request.count; i++)
        fitted.school[i]->value[target->stage][column] = fitted.got[i] - fitted.offset[i];
    return true;
}

static void make_room(const Filler *filler)
{
    Arena *arena = filler->plan->arena;
    size_t columns = filler->plan->columns.len;
    for (size_t i = 0; i < filler->list->count; i++)
        for (int slot = 0; slot < DEMO_SLOTS; slot++) {
            int64_t *value = ARENA_ARRAY(arena, int64_t, columns);
            for (size_t k = 0; k < columns; k++)
                value[k] = DEMO_NONE;
            filler->list->at[i].value[slot] = value;
        }
    for (size_t i = 0; i < filler->list->count * columns; i++)
        filler->shared[i] = DEMO_NONE;
}

bool demo_fill(const Plan *plan, Institutions *list, Err *err)
{
    Filler filler = {.plan = plan,
                     .list = list,
                     .err = err,
                     .teachers = map_find(&plan->core->items, STR("full_time_teachers")),
                     .shared = ARENA_ARRAY(plan->arena, double, list->count * plan->columns.len)};
    make_room(&filler);
    if (!set_teachers(&filler))
        return false;
    for (size_t i = 0; i < plan->rules.len; i++)
        apply_rule(&filler, &plan->rules.ptr[i]);
    round_shared(&filler);
    for (size_t i = 0; i < plan->targets.len; i++)
        if (plan->targets.ptr[i].item != filler.teachers &&
            !apply_target(&filler, &plan->targets.ptr[i]))
            return false;
    return true;
}
