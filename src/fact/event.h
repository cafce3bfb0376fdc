/*
 * What happens to units, as entries of the journal: bodies of the kinds unit.* and divisions
 * (doc/format.md), and what each does to Orgs.
 *
 *   divisions    provinces, prefectures and counties at once, from the beginning of time
 *   unit.open    a unit is there from the day on
 *   unit.change  name, code, unit above, school type, runner or urban class from the day on
 *   unit.close   from the day on it is not there any more
 *   unit.merge   from the day on the others are part of the subject, and closed
 *   unit.split   from the day on the subject is closed, and the others have come from it
 *   unit.join    the subject belongs to the group others[0] from the day on
 *   unit.leave   … and does not any more
 */
#ifndef JH_FACT_EVENT_H
#define JH_FACT_EVENT_H

#include "fact/orgs.h"

typedef enum EventKind {
#define EVENT(id, word, zh, en) id,
#include "fact/event.def"
#undef EVENT
    EVENT_COUNT
} EventKind;

typedef struct OrgEvent {
    Date date;
    OrgKind kind;                  /* EVENT_OPEN */
    Str name;                      /* empty: not said */
    double value[ORG_VALUE_COUNT]; /* NaN: not said */
    const int64_t *other;          /* ids */
    size_t other_count;
    Str reason; /* the document behind it, as the user named it; may be empty */
} OrgEvent;

/* "unit.open" … */
const char *event_word(EventKind kind);
/* "开办" … */
Str event_name(EventKind kind, bool is_english);
/* EVENT_COUNT if the word is none. */
EventKind event_find(Str word);

OrgEvent org_event(Date date);
void event_format(StrBuf *out, const OrgEvent *event);
/* False if the bytes are no event. Texts are views of `body`. */
bool event_parse(Arena *arena, Str body, OrgEvent *ret) MUST_USE;
/* `subject`: of EVENT_OPEN the id that the unit gets. False if it names a unit that is not there. */
bool event_apply(Orgs *units, EventKind kind, int64_t subject, uint64_t seq,
                 const OrgEvent *event) MUST_USE;

/* One division; the parent is the number (from 1) of one before it in the same list, or 0. */
typedef struct Division {
    OrgKind kind;
    uint32_t code, parent;
    Str name;
} Division;
void divisions_format(StrBuf *out, const Division *division, size_t count);
/* Adds the divisions of an entry. False if the bytes are no list of divisions. */
bool divisions_apply(Orgs *units, Str body, uint64_t seq) MUST_USE;

#endif
