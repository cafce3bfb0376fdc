/*
 * What the journal says, up to some entry: units through time, and the documents that count. It is
 * derived by replay and holds nothing of its own, so the state of any day can be had again.
 *
 * Documents of a batch that was taken back (undo) do not count; nor does what only they said.
 */
#ifndef JH_APP_FACTS_H
#define JH_APP_FACTS_H

#include "app/dataset.h"
#include "fact/document.h"
#include "fact/event.h"
#include "store/store.h"

/* The forms of documents; of the first two is what is known of schools. */
#define FORM_SCHOOL STR("school-year")
#define FORM_CLASSES STR("class-list")

/* The documents of one import. */
typedef struct Batch {
    uint64_t seq, last_seq; /* of its entries; a batch is called by the first */
    int64_t time_us;
    Str author, form, file, sheet, period_text;
    Period period;
    unsigned char digest[SM3_LEN];
    VEC(Document) chunks;
    size_t row_count;
    uint64_t
        undone_by; /* the entry that took it back; 0: none; UINT64_MAX: not all of it was read */
} Batch;

/* Something that happened to a unit. */
typedef struct Happening {
    uint64_t seq;
    int64_t time_us, subject;
    Str author;
    EventKind kind;
    OrgEvent event;
} Happening;

typedef struct Facts {
    Arena *arena;
    const Core *core; /* with the divisions that the packs bring */
    Str store_id;
    uint64_t seq; /* of the last entry that was read */
    Orgs *orgs;
    VEC(Batch) batches;          /* in order, also those taken back */
    VEC(Happening) happenings;   /* in order, without those taken back */
    VEC(uint64_t) undone_events; /* their entries */
} Facts;

/* How far to read: to an entry, or to the end of a day in China. */
typedef struct FactsUntil {
    uint64_t seq;     /* UINT64_MAX: all */
    Date day;         /* DATE_MAX: all */
    uint64_t without; /* as if this batch or event had been taken back; 0: none */
} FactsUntil;
#define FACTS_ALL ((FactsUntil){.seq = UINT64_MAX, .day = DATE_MAX})

/* Fails with ERR_FACTS_ENTRY if an entry cannot be understood, and as store_scan. */
MUST_USE bool facts_load(Arena *arena, const Core *core, Store *store, FactsUntil until,
                         Facts **ret, Err *err);

/*
 * As if the documents of a batch stood in the journal already, beginning with the entry seq, which is
 * the next: what an import would do.
 */
MUST_USE bool facts_suppose(Facts *facts, const Batch *batch, Err *err);

/* The civil day in China of a time of the journal. */
Date facts_day(int64_t time_us);

/* The core with the divisions as of a day. */
MUST_USE bool facts_core(Arena *arena, const Facts *facts, Date day, const Core **ret, Err *err);

Batch *facts_find_batch(const Facts *facts, uint64_t seq);
/* The event of that entry, unless it was taken back; NULL if there is none. */
const Happening *facts_find_event(const Facts *facts, uint64_t seq);
bool facts_is_undone_event(const Facts *facts, uint64_t seq);
/* The batch that counts and has the form, the period and the digest; NULL if there is none. */
const Batch *facts_find_same(const Facts *facts, Str form, Period period,
                             const unsigned char digest[SM3_LEN]);
/* Whether any document of schools counts for the period. */
bool facts_has_schools(const Facts *facts, Period period);
bool facts_is_of_schools(const Batch *batch);
/* "2022-2023、2023-2024": the periods of such documents, in order; empty if there are none. */
Str facts_periods(Arena *arena, const Facts *facts);

/*
 * A unit by what a user writes: a 10-digit school code, a 6-digit or 12-digit division code, a name
 * that only one unit open on the day has, or "#" and its id. ORG_NOT_FOUND with an error:
 * ERR_UNIT_NONE, ERR_UNIT_SEVERAL.
 */
uint32_t facts_find_unit(Arena *arena, const Facts *facts, Str text, Date day, Err *err);
/* 10, 6 or 9 digits as printed; empty if it has no code on the day. */
Str facts_unit_code(Arena *arena, const Facts *facts, uint32_t unit, Date day);

#endif
