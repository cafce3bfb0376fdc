#include "app/gap_int.h"

#include <math.h>

/* What a lever is raised through: its column in the frames, at the rows that hold the same cell. */
enum { STEPS_MAX = 1000000000, PLANS_MAX = 16, MANY_CELLS = 64 };

typedef struct Lever {
    const Item *item;
    int slot;
    double *cell[FRAME_STAGES_MAX]; /* every stage of the school that sees it */
    size_t cell_count;
    double before;
    size_t first; /* the first lever of the gap with this item: itself, or an earlier one */
    double most;  /* of the first: the steps that all its indicators need */
} Lever;

typedef struct Searcher {
    Arena *arena;
    Judge *judge;
    uint32_t region;
    int stage;
    const SchoolResult *school;
    GapSchool *gap;
    Lever *lever; /* one per cell of the gap */
} Searcher;

/* ---- raising levers ---- */

static void set_steps(Searcher *s, const Lever *lever, double steps)
{
    double value = steps > 0 ? gap_raised(lever->before, lever->item->step, steps) : lever->before;
    for (size_t i = 0; i < lever->cell_count; i++)
        *lever->cell[i] = value;
    exact_reset(s->judge->exact);
}

static int slot_of(const Judge *judge, const Item *item)
{
    for (size_t slot = 0; slot < judge->frames->slot_count; slot++)
        if (judge->frames->slots[slot].symbol == &item->symbol &&
            !judge->frames->slots[slot].years_back)
            return (int)slot;
    return -1;
}

static void find_lever(Searcher *s, const Item *item, Lever *ret)
{
    *ret = (Lever){.item = item, .slot = -1};
    if (item)
        ret->slot = slot_of(s->judge, item);
    if (!item || ret->slot < 0)
        return;
    const Frames *frames = s->judge->frames;
    const Part *part = &frames->dataset->part[s->school->part];
    const School *school = &frames->dataset->school[part->school];
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++) {
        bool sees_it = stage == s->stage || item->is_shared;
        if (!sees_it || !school->part[stage] || !frames->frame[stage])
            continue;
        uint32_t row = frames->part_row[school->part[stage] - 1];
        ret->cell[ret->cell_count++] = &frames->frame[stage]->column[ret->slot].value[row];
    }
    ret->before = frames->frame[s->stage]->column[ret->slot].value[s->school->row];
    if (isnan(ret->before))
        ret->cell_count = 0;
}

/* ---- the least number of steps ---- */

static bool is_true(Searcher *s, const Symbol *symbol)
{
    ExactPoint point = judge_point(s->judge, s->stage, s->school->row, s->region);
    return exact_test(s->judge->exact, symbol->formula->tree, &point) == TRI_TRUE;
}

static bool is_reached(Searcher *s, const Lever *lever, const Symbol *symbol, double steps)
{
    set_steps(s, lever, steps);
    return is_true(s, symbol);
}

static double value_of(Searcher *s, const Indicator *x)
{
    ExactPoint point = judge_point(s->judge, s->stage, s->school->row, s->region);
    return exact_to_double(exact_run(s->judge->exact, x->symbol.formula->tree, &point));
}

/* Where a straight line through two points reaches the bound; formulas are mostly straight in their lever. */
static double estimate(Searcher *s, const Lever *lever, const Indicator *x, const Symbol *bound)
{
    enum { PROBE = 1000 };
    if (!bound->has_value[s->stage])
        return 1;
    set_steps(s, lever, 0);
    double here = value_of(s, x);
    set_steps(s, lever, PROBE);
    double steps =
        (decimal_to_double(bound->value[s->stage]) - here) / ((value_of(s, x) - here) / PROBE);
    return steps >= 1 && steps <= STEPS_MAX ? ceil(steps) : 1;
}

/* The least steps with which `symbol` holds; NaN if there is none. It does not hold with 0. */
static double least_steps(Searcher *s, const Lever *lever, const Indicator *x, const Symbol *symbol,
                          const Symbol *bound)
{
    double low = 0, high = estimate(s, lever, x, bound);
    if (high > 2 && !is_reached(s, lever, symbol, high - 2))
        low = high - 2;
    while (!is_reached(s, lever, symbol, high)) {
        low = high;
        high *= 2;
        if (high > STEPS_MAX)
            return NAN;
    }
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (is_reached(s, lever, symbol, middle))
            high = middle;
        else
            low = middle;
    }
    return high;
}

static void measure_cell(Searcher *s, const Indicator *x, Verdict verdict, const Lever *lever,
                         GapCell *cell)
{
    cell->lever = lever->cell_count ? lever->item : NULL;
    cell->to_floor = cell->to_limit = cell->steps[GAP_FLOOR] = cell->steps[GAP_LIMIT] = NAN;
    if (verdict == VERDICT_NEAR || !x->floor)
        cell->to_floor = cell->steps[GAP_FLOOR] = x->floor ? 0 : NAN;
    if (!cell->lever)
        return;
    if (verdict == VERDICT_UNMET && x->floor && x->near_floor) {
        cell->steps[GAP_FLOOR] = least_steps(s, lever, x, x->near_floor, x->floor);
        cell->to_floor = gap_amount(lever->item, cell->steps[GAP_FLOOR]);
    }
    cell->steps[GAP_LIMIT] = least_steps(s, lever, x, x->met, x->limit);
    cell->to_limit = gap_amount(lever->item, cell->steps[GAP_LIMIT]);
    set_steps(s, lever, 0);
}

/* ---- sets of steps ---- */

static double steps_of(const Searcher *s, size_t cell, GapTarget target)
{
    double steps = target == GAP_NONE ? 0 : s->gap->cell[cell].steps[target];
    return isnan(steps) ? 0 : steps;
}

/* Two indicators may have one lever: it is raised by the larger need. */
static void set_targets(Searcher *s, const GapTarget *target)
{
    for (size_t i = 0; i < s->gap->cell_count; i++)
        s->lever[i].most = 0;
    for (size_t i = 0; i < s->gap->cell_count; i++) {
        double *most = &s->lever[s->lever[i].first].most;
        *most = fmax(*most, steps_of(s, i, target[i]));
    }
    for (size_t i = 0; i < s->gap->cell_count; i++)
        if (s->lever[i].first == i && s->lever[i].cell_count)
            set_steps(s, &s->lever[i], s->lever[i].most);
}

static bool passes(Searcher *s, const GapTarget *target)
{
    ExactPoint point = judge_point(s->judge, s->stage, s->school->row, s->region);
    set_targets(s, target);
    return exact_test(s->judge->exact, s->judge->standard->school_met->tree, &point) == TRI_TRUE;
}

/* Takes back as much as can be spared, beginning with `first`. */
static void trim(Searcher *s, GapTarget *target, size_t first)
{
    for (size_t i = 0; i < s->gap->cell_count; i++) {
        size_t cell = (first + i) % s->gap->cell_count;
        const double *steps = s->gap->cell[cell].steps;
        target[cell] = GAP_NONE;
        if (passes(s, target))
            continue;
        bool has_floor = steps[GAP_FLOOR] > 0 && steps[GAP_FLOOR] < steps[GAP_LIMIT];
        target[cell] = has_floor ? GAP_FLOOR : GAP_LIMIT;
        if (has_floor && !passes(s, target))
            target[cell] = GAP_LIMIT;
    }
}

static bool is_known(const Searcher *s, const GapTarget *target)
{
    for (size_t i = 0; i < s->gap->plan_count; i++) {
        const GapPlan *plan = &s->gap->plan[i];
        bool is_same = true;
        size_t count = 0;
        for (size_t cell = 0; cell < s->gap->cell_count; cell++)
            count += target[cell] != GAP_NONE;
        for (size_t k = 0; k < plan->count; k++)
            is_same &= target[plan->step[k].cell] == plan->step[k].target;
        if (is_same && count == plan->count)
            return true;
    }
    return false;
}

static void add_plan(Searcher *s, const GapTarget *target)
{
    GapPlan *plan = &s->gap->plan[s->gap->plan_count++];
    plan->step = ARENA_ARRAY(s->arena, GapStep, s->gap->cell_count);
    for (size_t cell = 0; cell < s->gap->cell_count; cell++)
        if (target[cell] != GAP_NONE)
            plan->step[plan->count++] = (GapStep){.cell = cell, .target = target[cell]};
}

/* Of very many steps one set is searched: each more costs as many trials as there are steps. */
static void find_plans(Searcher *s)
{
    GapSchool *gap = s->gap;
    size_t wanted = gap->cell_count > MANY_CELLS ? 1 : PLANS_MAX;
    if (s->school->verdict != VERDICT_UNMET)
        return;
    GapTarget *target = ARENA_ARRAY(s->arena, GapTarget, gap->cell_count);
    gap->plan = ARENA_ARRAY(s->arena, GapPlan, PLANS_MAX);
    for (size_t first = 0; first < gap->cell_count && gap->plan_count < wanted; first++) {
        for (size_t i = 0; i < gap->cell_count; i++)
            target[i] = GAP_LIMIT;
        if (!passes(s, target))
            break; /* data are missing, or levers */
        trim(s, target, first);
        if (!is_known(s, target))
            add_plan(s, target);
    }
    for (size_t i = 0; i < gap->cell_count; i++)
        target[i] = GAP_NONE;
    set_targets(s, target);
}

/* ---- schools ---- */

static bool is_lacking(const SchoolCell *cell)
{
    return cell->verdict == VERDICT_NEAR || cell->verdict == VERDICT_UNMET;
}

static size_t count_lacking(const Judge *judge, const SchoolResult *school)
{
    size_t count = 0;
    for (size_t i = 0; !school->out && i < judge->standard->indicators.len; i++)
        count += is_lacking(&school->cell[i]);
    return count;
}

static void search(Searcher *s)
{
    const Standard *standard = s->judge->standard;
    GapSchool *gap = s->gap;
    size_t count = count_lacking(s->judge, s->school);
    gap->cell = ARENA_ARRAY(s->arena, GapCell, count);
    s->lever = ARENA_ARRAY(s->arena, Lever, count);
    for (size_t i = 0; i < standard->indicators.len; i++) {
        if (!is_lacking(&s->school->cell[i]))
            continue;
        const Indicator *x = standard->indicators.ptr[i];
        Lever *lever = &s->lever[gap->cell_count];
        GapCell *cell = &gap->cell[gap->cell_count++];
        cell->indicator = i;
        find_lever(s, x->lever, lever);
        lever->first = (size_t)(lever - s->lever);
        for (size_t k = lever->first; k-- > 0;)
            if (s->lever[k].item == lever->item)
                lever->first = k;
        measure_cell(s, x, s->school->cell[i].verdict, lever, cell);
    }
    if (standard->school_met)
        find_plans(s);
    exact_reset(s->judge->exact);
}

/* ---- totals ---- */

static uint32_t school_of(const Judge *judge, const GapSchool *gap)
{
    return judge->frames->dataset->part[gap->result->part].school;
}

/* What a lever of the school is already raised by in the entries before, of this stage and of others. */
typedef struct Counted {
    bool is_school; /* it stands in the total already */
    double shared;  /* the most that a lever shared by the stages is raised by */
} Counted;

static Counted counted(const Gap *gap, const uint32_t *previous, size_t at, const GapCell *cell)
{
    Counted ret = {0};
    for (size_t i = at;; i = previous[i] - 1) {
        const GapSchool *school = &gap->school[i];
        for (size_t k = 0; k < school->cell_count; k++) {
            const GapCell *other = &school->cell[k];
            if (other == cell)
                break;
            if (other->lever != cell->lever || isnan(other->to_limit))
                continue;
            ret.is_school = true;
            if (cell->lever->is_shared && other->to_limit > ret.shared)
                ret.shared = other->to_limit;
        }
        if (!previous[i])
            return ret;
    }
}

/* For each entry the one before it that is of the same school, plus 1; 0: none. */
static uint32_t *link_entries(Arena *arena, const Judge *judge, const Gap *gap)
{
    uint32_t *last = ARENA_ARRAY(arena, uint32_t, judge->frames->dataset->school_count);
    uint32_t *previous = ARENA_ARRAY(arena, uint32_t, gap->school_count);
    for (size_t i = 0; i < gap->school_count; i++) {
        uint32_t school = school_of(judge, &gap->school[i]);
        previous[i] = last[school];
        last[school] = (uint32_t)i + 1;
    }
    return previous;
}

static GapTotal *total_of(Gap *gap, const Item *lever)
{
    for (size_t i = 0; i < gap->total_count; i++)
        if (gap->total[i].lever == lever)
            return &gap->total[i];
    gap->total[gap->total_count] = (GapTotal){.lever = lever};
    return &gap->total[gap->total_count++];
}

static void add_totals(Arena *arena, const Judge *judge, Gap *gap)
{
    const uint32_t *previous = link_entries(arena, judge, gap);
    gap->total = ARENA_ARRAY(arena, GapTotal, judge->standard->indicators.len);
    for (size_t i = 0; i < gap->school_count; i++)
        for (size_t k = 0; k < gap->school[i].cell_count; k++) {
            const GapCell *cell = &gap->school[i].cell[k];
            if (!cell->lever || isnan(cell->to_limit))
                continue;
            GapTotal *total = total_of(gap, cell->lever);
            Counted before = counted(gap, previous, i, cell);
            total->schools += !before.is_school;
            if (cell->to_limit > before.shared)
                total->amount += cell->to_limit - before.shared;
        }
}

/* Entries stand by stage and, within a stage, in the order of its schools. */
const GapSchool *gap_of_school(const Gap *gap, int stage, const SchoolResult *school)
{
    size_t low = 0, high = gap->school_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const GapSchool *entry = &gap->school[middle];
        if (entry->stage == stage && entry->result == school)
            return entry;
        bool is_before = entry->stage != stage ? entry->stage < stage : entry->result < school;
        if (is_before)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

Gap *gap_of_unit(Arena *arena, Judge *judge, const UnitResult *unit)
{
    Gap *gap = ARENA_NEW(arena, Gap);
    size_t schools = 0;
    for (size_t i = 0; i < unit->stage_count; i++)
        schools += unit->stage[i].school_count;
    gap->school = ARENA_ARRAY(arena, GapSchool, schools);
    gap_of_county(arena, judge, unit, gap);
    for (size_t i = 0; i < unit->stage_count; i++)
        for (size_t k = 0; k < unit->stage[i].school_count; k++) {
            const SchoolResult *school = &unit->stage[i].school[k];
            if (!count_lacking(judge, school))
                continue;
            GapSchool *entry = &gap->school[gap->school_count++];
            *entry = (GapSchool){.stage = unit->stage[i].stage, .result = school};
            Searcher searcher = {.arena = arena,
                                 .judge = judge,
                                 .region = unit->region,
                                 .stage = unit->stage[i].stage,
                                 .school = school,
                                 .gap = entry};
            search(&searcher);
        }
    add_totals(arena, judge, gap);
    return gap;
}
