#include "fact/orgs.h"

#include <math.h>

typedef struct Said {
    uint32_t unit;
    OrgStatement statement;
} Said;

struct Orgs {
    Arena *arena;
    VEC(Org) list;
    VEC(Said) said; /* in the order of coming */
    VEC(OrgStatement) statements;
    VEC(OrgLink) links;
    VEC(OrgMembership) members;
    uint32_t *by_id; /* open addressing, index + 1 */
    size_t id_slots;
    uint32_t *by_code; /* the unit that had a code, index + 1 */
    size_t code_slots;
    double *slot_code;
};

Orgs *orgs_new(Arena *arena)
{
    Orgs *units = ARENA_NEW(arena, Orgs);
    units->arena = arena;
    return units;
}

/* ---- by id ---- */

static uint64_t mixed(uint64_t key)
{
    return map_hash((Str){(const char *)&key, sizeof key});
}

static size_t id_slot(const Orgs *units, int64_t id)
{
    size_t mask = units->id_slots - 1;
    size_t at = (size_t)mixed((uint64_t)id) & mask;
    while (units->by_id[at] && units->list.ptr[units->by_id[at] - 1].id != id)
        at = (at + 1) & mask;
    return at;
}

static void make_id_slots(Orgs *units, size_t room)
{
    enum { FIRST_SLOTS = 64 };
    if (room * 2 < units->id_slots)
        return;
    units->id_slots = units->id_slots ? units->id_slots : FIRST_SLOTS;
    while (units->id_slots <= room * 2)
        units->id_slots *= 4;
    units->by_id = ARENA_ARRAY(units->arena, uint32_t, units->id_slots);
    for (size_t i = 0; i < units->list.len; i++)
        units->by_id[id_slot(units, units->list.ptr[i].id)] = (uint32_t)i + 1;
}

void orgs_expect(Orgs *units, size_t count)
{
    VEC_RESERVE(units->arena, &units->said, count);
}

uint32_t orgs_add(Orgs *units, int64_t id, OrgKind kind)
{
    make_id_slots(units, units->list.len);
    size_t at = id_slot(units, id);
    if (!units->by_id[at]) {
        VEC_PUSH(units->arena, &units->list,
                 (Org){.id = id, .opened = DATE_MAX, .closed = DATE_MAX});
        units->by_id[at] = (uint32_t)units->list.len;
    }
    uint32_t unit = units->by_id[at] - 1;
    if (kind != ORG_NONE)
        units->list.ptr[unit].kind = kind;
    return unit;
}

uint32_t orgs_find(const Orgs *units, int64_t id)
{
    size_t at = units->id_slots ? id_slot(units, id) : 0;
    return units->id_slots && units->by_id[at] ? units->by_id[at] - 1 : ORG_NOT_FOUND;
}

size_t orgs_count(const Orgs *units)
{
    return units->list.len;
}

const Org *orgs_get(const Orgs *units, uint32_t unit)
{
    return &units->list.ptr[unit];
}

/* ---- what is said ---- */

OrgStatement org_statement(Date from, uint64_t seq)
{
    OrgStatement statement = {.from = from, .seq = seq};
    for (int i = 0; i < ORG_VALUE_COUNT; i++)
        statement.value[i] = NAN;
    return statement;
}

void orgs_say(Orgs *units, uint32_t unit, const OrgStatement *statement)
{
    Org *u = &units->list.ptr[unit];
    if (!u->is_declared && statement->from < u->opened)
        u->opened = statement->from;
    VEC_PUSH(units->arena, &units->said, (Said){unit, *statement});
}

void orgs_open(Orgs *units, uint32_t unit, Date date)
{
    units->list.ptr[unit].opened = date;
    units->list.ptr[unit].is_declared = true;
}

void orgs_close(Orgs *units, uint32_t unit, Date date)
{
    units->list.ptr[unit].closed = date;
}

void orgs_link(Orgs *units, const OrgLink *link)
{
    VEC_PUSH(units->arena, &units->links, *link);
}

/* Entered for a day before another time in the group, it lasts until that one: what was said of later days stays. */
void orgs_join(Orgs *units, uint32_t unit, uint32_t group, Date date)
{
    Date last = DATE_MAX;
    for (size_t i = 0; i < units->members.len; i++) {
        const OrgMembership *m = &units->members.ptr[i];
        if (m->unit == unit && m->group == group && m->from > date && m->from <= last)
            last = m->from - 1;
    }
    VEC_PUSH(units->arena, &units->members, (OrgMembership){unit, group, date, last});
}

void orgs_leave(Orgs *units, uint32_t unit, uint32_t group, Date date)
{
    for (size_t i = 0; i < units->members.len; i++) {
        OrgMembership *m = &units->members.ptr[i];
        if (m->unit == unit && m->group == group && m->from <= date && m->last >= date)
            m->last = date - 1; /* on the day of joining: it has never belonged */
    }
}

/* ---- settling ---- */

/* Which of what was said is about each unit: the places first[unit] to first[unit + 1] of at. */
typedef struct SaidOf {
    uint32_t *first, *at;
} SaidOf;

static bool is_before(const OrgStatement *left, const OrgStatement *right)
{
    return left->from != right->from ? left->from < right->from : left->seq < right->seq;
}

/* Into the place by day and entry among the `count` that are there; mostly it is the last. */
static void insert_said(const Orgs *units, uint32_t *at, uint32_t count, uint32_t said)
{
    const Said *list = units->said.ptr;
    while (count && is_before(&list[said].statement, &list[at[count - 1]].statement)) {
        at[count] = at[count - 1];
        count--;
    }
    at[count] = said;
}

static SaidOf order_said(Arena *arena, const Orgs *units)
{
    SaidOf of = {.first = ARENA_ARRAY(arena, uint32_t, units->list.len + 1),
                 .at = ARENA_ARRAY(arena, uint32_t, units->said.len + 1)};
    uint32_t *count = ARENA_ARRAY(arena, uint32_t, units->list.len + 1);
    for (size_t i = 0; i < units->said.len; i++)
        of.first[units->said.ptr[i].unit + 1]++;
    for (size_t unit = 0; unit < units->list.len; unit++)
        of.first[unit + 1] += of.first[unit];
    for (size_t i = 0; i < units->said.len; i++) {
        uint32_t unit = units->said.ptr[i].unit;
        insert_said(units, of.at + of.first[unit], count[unit]++, (uint32_t)i);
    }
    return of;
}

/* Takes what a statement says over into what holds; false if all of it held already. */
static bool take(OrgStatement *now, const OrgStatement *statement)
{
    bool is_news = false;
    if (statement->name.len && !str_equals(statement->name, now->name)) {
        now->name = statement->name;
        is_news = true;
    }
    for (int i = 0; i < ORG_VALUE_COUNT; i++)
        if (!isnan(statement->value[i]) && statement->value[i] != now->value[i]) {
            now->value[i] = statement->value[i];
            is_news = true;
        }
    return is_news;
}

/* One statement a day, each with all that holds from then on; those without news go. */
static void settle_unit(Orgs *units, Org *unit, const uint32_t *at, size_t count)
{
    OrgStatement now = org_statement(DATE_MIN, 0);
    unit->first = (uint32_t)units->statements.len;
    unit->count = 0;
    for (size_t i = 0; i < count; i++) {
        const OrgStatement *statement = &units->said.ptr[at[i]].statement;
        if (!take(&now, statement))
            continue;
        bool is_same_day = unit->count && now.from == statement->from;
        now.from = statement->from;
        now.seq = statement->seq;
        if (is_same_day) {
            units->statements.ptr[units->statements.len - 1] = now;
            continue;
        }
        VEC_PUSH(units->arena, &units->statements, now);
        unit->count++;
    }
}

static size_t code_slot(const Orgs *units, double code)
{
    size_t mask = units->code_slots - 1;
    size_t at = (size_t)mixed((uint64_t)code) & mask;
    while (units->by_code[at] && units->slot_code[at] != code)
        at = (at + 1) & mask;
    return at;
}

enum { SEVERAL_UNITS = UINT32_MAX /* in place of the one that has the code: look at all */ };

static void index_codes(Orgs *units)
{
    enum { FIRST_SLOTS = 64 };
    units->code_slots = FIRST_SLOTS;
    while (units->code_slots < units->statements.len * 2)
        units->code_slots *= 2;
    units->by_code = ARENA_ARRAY(units->arena, uint32_t, units->code_slots);
    units->slot_code = ARENA_ARRAY(units->arena, double, units->code_slots);
    for (uint32_t i = 0; i < units->list.len; i++) {
        const Org *unit = &units->list.ptr[i];
        for (uint32_t k = unit->first; k < unit->first + unit->count; k++) {
            double code = units->statements.ptr[k].value[ORG_CODE];
            if (isnan(code))
                continue;
            size_t at = code_slot(units, code);
            units->slot_code[at] = code;
            bool is_other = units->by_code[at] && units->by_code[at] != i + 1;
            units->by_code[at] = is_other ? SEVERAL_UNITS : i + 1;
        }
    }
}

void orgs_settle(Orgs *units)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    SaidOf of = order_said(&scratch, units);
    units->statements.len = 0;
    VEC_RESERVE(units->arena, &units->statements, units->list.len);
    for (uint32_t unit = 0; unit < units->list.len; unit++)
        settle_unit(units, &units->list.ptr[unit], of.at + of.first[unit],
                    of.first[unit + 1] - of.first[unit]);
    index_codes(units);
}

/* ---- asking ---- */

const OrgStatement *org_statements(const Orgs *units, uint32_t unit, size_t *ret_count)
{
    const Org *u = &units->list.ptr[unit];
    *ret_count = u->count;
    return units->statements.ptr + u->first;
}

/* What holds on the day: the last statement of the day or before; NULL if none. */
static const OrgStatement *held(const Orgs *units, uint32_t unit, Date date)
{
    const Org *u = &units->list.ptr[unit];
    const OrgStatement *found = NULL;
    for (uint32_t i = u->first; i < u->first + u->count; i++)
        if (units->statements.ptr[i].from <= date)
            found = &units->statements.ptr[i];
    return found;
}

double org_value(const Orgs *units, uint32_t unit, OrgValue value, Date date)
{
    const OrgStatement *statement = held(units, unit, date);
    return statement ? statement->value[value] : NAN;
}

Str org_name(const Orgs *units, uint32_t unit, Date date)
{
    const OrgStatement *statement = held(units, unit, date);
    return statement ? statement->name : STR("");
}

uint32_t org_parent(const Orgs *units, uint32_t unit, Date date)
{
    double parent = org_value(units, unit, ORG_PARENT, date);
    return isnan(parent) ? ORG_NOT_FOUND : orgs_find(units, (int64_t)parent);
}

uint32_t org_above(const Orgs *units, uint32_t unit, OrgKind kind, Date date)
{
    enum { LEVELS_MAX = 16 /* the tree is not deeper; a circle ends here */ };
    for (int level = 0; level < LEVELS_MAX && unit != ORG_NOT_FOUND; level++) {
        if (units->list.ptr[unit].kind == kind)
            return unit;
        unit = org_parent(units, unit, date);
    }
    return ORG_NOT_FOUND;
}

static bool has_code(const Orgs *units, uint32_t unit, double code, Date date)
{
    return org_is_open(&units->list.ptr[unit], date) &&
           org_value(units, unit, ORG_CODE, date) == code;
}

static bool ever_had_code(const Orgs *units, uint32_t unit, double code)
{
    const Org *u = &units->list.ptr[unit];
    for (uint32_t i = u->first; i < u->first + u->count; i++)
        if (units->statements.ptr[i].value[ORG_CODE] == code)
            return true;
    return false;
}

uint32_t orgs_find_code(const Orgs *units, double code, Date date)
{
    if (!units->code_slots || isnan(code))
        return ORG_NOT_FOUND;
    uint32_t found = units->by_code[code_slot(units, code)];
    if (found != SEVERAL_UNITS)
        return found ? found - 1 : ORG_NOT_FOUND;
    uint32_t best = ORG_NOT_FOUND;
    for (uint32_t unit = 0; unit < units->list.len; unit++) {
        if (!ever_had_code(units, unit, code))
            continue;
        if (has_code(units, unit, code, date))
            return unit;
        if (best == ORG_NOT_FOUND || units->list.ptr[unit].opened > units->list.ptr[best].opened)
            best = unit;
    }
    return best;
}

/* Whether the value is so and the unit open on the day or later. */
static bool holds(const Orgs *units, const Org *unit, OrgValue value, double number, Date from)
{
    for (uint32_t i = unit->first; i < unit->first + unit->count; i++) {
        const OrgStatement *now = &units->statements.ptr[i];
        bool is_last = i + 1 == unit->first + unit->count;
        Date first = now->from > from ? now->from : from;
        Date end = is_last ? DATE_MAX : now[1].from;
        first = first > unit->opened ? first : unit->opened;
        end = end < unit->closed ? end : unit->closed;
        if (now->value[value] == number && first < end)
            return true;
    }
    return false;
}

static uint32_t find_holding(const Orgs *units, OrgValue value, double number, Date from,
                             uint32_t but)
{
    for (uint32_t unit = 0; unit < units->list.len; unit++)
        if (unit != but && holds(units, &units->list.ptr[unit], value, number, from))
            return unit;
    return ORG_NOT_FOUND;
}

uint32_t orgs_find_holder(const Orgs *units, double code, Date from, uint32_t but)
{
    return find_holding(units, ORG_CODE, code, from, but);
}

uint32_t orgs_find_below(const Orgs *units, uint32_t unit, Date from)
{
    return find_holding(units, ORG_PARENT, (double)units->list.ptr[unit].id, from, unit);
}

const OrgLink *orgs_links(const Orgs *units, size_t *ret_count)
{
    *ret_count = units->links.len;
    return units->links.ptr;
}

const OrgMembership *orgs_memberships(const Orgs *units, size_t *ret_count)
{
    *ret_count = units->members.len;
    return units->members.ptr;
}

bool org_is_member(const Orgs *units, uint32_t unit, uint32_t group, Date date)
{
    for (size_t i = 0; i < units->members.len; i++) {
        const OrgMembership *m = &units->members.ptr[i];
        if (m->unit == unit && m->group == group && m->from <= date && date <= m->last)
            return true;
    }
    return false;
}

static uint32_t merged_into(const Orgs *units, uint32_t unit, Date date)
{
    for (size_t i = 0; i < units->links.len; i++) {
        const OrgLink *link = &units->links.ptr[i];
        if (link->kind == ORG_MERGED && link->from == unit && link->date <= date)
            return link->to;
    }
    return ORG_NOT_FOUND;
}

uint32_t org_successor(const Orgs *units, uint32_t unit, Date date)
{
    for (size_t steps = 0; steps <= units->links.len; steps++) {
        uint32_t next = merged_into(units, unit, date);
        if (next == ORG_NOT_FOUND || next == unit)
            return unit;
        unit = next;
    }
    return unit;
}
