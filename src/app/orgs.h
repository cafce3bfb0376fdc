/*
 * What happens to units, entered by people: opening, change (renaming, moving, another type or runner),
 * closing, merging, splitting, joining and leaving groups; and looking at the tree as of a day. Each is
 * checked against the tree of its day and becomes one entry of the journal.
 */
#ifndef JH_APP_ORGS_H
#define JH_APP_ORGS_H

#include "app/facts.h"

/* Texts as the user wrote them; empty: not given. */
typedef struct OrgRequest {
    const char *packs;
    const StoreConfig *store;
    Str author, reason;
    EventKind kind;
    Str unit;         /* which one; of EVENT_OPEN empty; of EVENT_MERGE the one that stays */
    const Str *other; /* merged ones, those that a split gave, those that join or leave */
    size_t other_count;
    Str date; /* 2024-09-01 */
    Str unit_kind, name, code, parent, type, runner, urban;
    Str group; /* joining, leaving */
} OrgRequest;

typedef struct OrgResult {
    const Facts *facts;  /* with the event in it */
    VEC(uint32_t) units; /* that it happened to */
    Date date;
    uint64_t seq; /* of the last entry */
} OrgResult;

/*
 * Fails with ERR_ORG_… at what does not fit the tree of the day, ERR_UNIT_… where a unit is not found,
 * and nothing is entered.
 */
MUST_USE bool orgs_enter(Arena *arena, const OrgRequest *request, OrgResult *ret, Err *err);

typedef struct OrgView {
    const Facts *facts;
    Date day;
    uint32_t unit;       /* ORG_NOT_FOUND: the whole country */
    VEC(uint32_t) below; /* open on the day, one level below; of a group its members */
} OrgView;
/* day DATE_MIN: today in China. */
MUST_USE bool orgs_view(Arena *arena, const char *packs, const StoreConfig *store, Str unit,
                        Str date, FactsUntil until, OrgView *ret, Err *err);

/* "学校", "集团" …: what kind of unit it is; and back (ORG_NONE: no such kind). */
Str org_kind_name(OrgKind kind, bool is_english);
OrgKind org_kind_find(Str name);

#endif
