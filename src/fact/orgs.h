/*
 * Orgs through time: divisions, schools, groups (学区, 集团 …), each with a permanent id of our own.
 * Code, name, place in the tree, school type, runner and urban class are dated: a statement says what
 * held from a day on. Opening, renaming, moving, merging, splitting and closing add statements and
 * never change what was said of earlier days, so the tree as of any day can be asked for at any time.
 *
 * This is pure: the caller reads statements and events from the journal and adds them here in any
 * order; orgs_settle puts them in order. Of two statements about one day the later entry counts.
 * Everything lives in the arena; texts are borrowed.
 */
#ifndef JH_FACT_ORGS_H
#define JH_FACT_ORGS_H

#include "base/attr.h"
#include "base/date.h"
#include "base/map.h"
#include "base/vec.h"

typedef enum OrgKind {
    ORG_NONE,
    ORG_PROVINCE,
    ORG_PREFECTURE,
    ORG_COUNTY,
    ORG_TOWNSHIP,
    ORG_SCHOOL,
    ORG_GROUP, /* a tree of its own that is not the territorial one */
} OrgKind;

/* What is dated, as numbers: codes as their digits, ids as they are. NaN: not said. */
typedef enum OrgValue {
    ORG_CODE,
    ORG_PARENT, /* id of the unit above */
    ORG_TYPE,   /* of school_type: schools */
    ORG_RUNNER,
    ORG_URBAN,
    ORG_VALUE_COUNT
} OrgValue;

typedef struct OrgStatement {
    Date from;
    uint64_t seq; /* entry of the journal */
    Str name;     /* empty: not said */
    double value[ORG_VALUE_COUNT];
} OrgStatement;

typedef enum OrgLinkKind { ORG_MERGED, ORG_SPLIT } OrgLinkKind;

/* From `from`, at `date`, came `to`. */
typedef struct OrgLink {
    OrgLinkKind kind;
    uint32_t from, to; /* indexes of units */
    Date date;
    uint64_t seq;
} OrgLink;

typedef struct OrgMembership {
    uint32_t unit, group;
    Date from, last; /* inclusive; DATE_MAX: still */
} OrgMembership;

typedef struct Org {
    int64_t id;
    OrgKind kind;
    Date opened;           /* the first day of which anything is said, or as declared */
    bool is_declared;      /* the opening was declared: nothing can be said of earlier days */
    Date closed;           /* the first day on which it is not there any more; DATE_MAX: open */
    uint32_t first, count; /* private: its statements, after orgs_settle */
} Org;

typedef struct Orgs Orgs;

/* An id is made of the entry that brought the unit and its number there (from 1). */
enum { ORG_ID_BITS = 20, ORG_PER_ENTRY_MAX = (1 << ORG_ID_BITS) - 1 };
static inline int64_t org_id(uint64_t seq, uint64_t number)
{
    return (int64_t)(seq << ORG_ID_BITS | number);
}

Orgs *orgs_new(Arena *arena);

/* ---- filling ---- */

/* So many more statements will come: only to be fast. */
void orgs_expect(Orgs *units, size_t count);
/* The index of a unit, added if it is new. kind ORG_NONE: as it is. */
uint32_t orgs_add(Orgs *units, int64_t id, OrgKind kind);
OrgStatement org_statement(Date from, uint64_t seq);
void orgs_say(Orgs *units, uint32_t unit, const OrgStatement *statement);
/* Declares the day from which it is there. */
void orgs_open(Orgs *units, uint32_t unit, Date date);
void orgs_close(Orgs *units, uint32_t unit, Date date);
void orgs_link(Orgs *units, const OrgLink *link);
void orgs_join(Orgs *units, uint32_t unit, uint32_t group, Date date);
void orgs_leave(Orgs *units, uint32_t unit, uint32_t group, Date date);
/* Before anything is asked. More may be added afterwards; then it is needed again. */
void orgs_settle(Orgs *units);

/* ---- asking ---- */

size_t orgs_count(const Orgs *units);
const Org *orgs_get(const Orgs *units, uint32_t unit);
enum { ORG_NOT_FOUND = UINT32_MAX };
uint32_t orgs_find(const Orgs *units, int64_t id);
/*
 * The unit that has the code on the day and is open; else one that had or will have it, the last to be
 * opened; else ORG_NOT_FOUND. Codes of divisions (6 digits) and schools (10 digits) do not meet.
 */
uint32_t orgs_find_code(const Orgs *units, double code, Date date);
/* A unit other than this one that has the code and is open on the day or later; else ORG_NOT_FOUND. */
uint32_t orgs_find_holder(const Orgs *units, double code, Date from, uint32_t but);
/* A unit that stands below it, open, on the day or later; else ORG_NOT_FOUND. */
uint32_t orgs_find_below(const Orgs *units, uint32_t unit, Date from);

static inline bool org_is_open(const Org *unit, Date date)
{
    return unit->opened <= date && date < unit->closed;
}
/* As of the day; NaN or empty if nothing was said up to then. */
double org_value(const Orgs *units, uint32_t unit, OrgValue value, Date date);
Str org_name(const Orgs *units, uint32_t unit, Date date);
/* The unit above on the day, or ORG_NOT_FOUND. */
uint32_t org_parent(const Orgs *units, uint32_t unit, Date date);
/* The nearest one of that kind above, itself included. */
uint32_t org_above(const Orgs *units, uint32_t unit, OrgKind kind, Date date);
/* All that was said of it, by day and entry. */
const OrgStatement *org_statements(const Orgs *units, uint32_t unit, size_t *ret_count);

const OrgLink *orgs_links(const Orgs *units, size_t *ret_count);
const OrgMembership *orgs_memberships(const Orgs *units, size_t *ret_count);
bool org_is_member(const Orgs *units, uint32_t unit, uint32_t group, Date date);

/*
 * The unit that has taken its place by the day: itself while it is open, else through mergers the one
 * it went into. A unit that was split, or closed without a successor, stays itself.
 */
uint32_t org_successor(const Orgs *units, uint32_t unit, Date date);

#endif
