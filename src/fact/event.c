#include "fact/event.h"

#include "base/bytes.h"

#include <math.h>

enum { VERSION = 1, OTHERS_MAX = 10000 };

static const struct {
    const char *word;
    Str zh, en;
} EVENTS[EVENT_COUNT] = {
#define EVENT(id, word, zh, en) [id] = {word, STR_INIT(zh), STR_INIT(en)},
#include "fact/event.def"
#undef EVENT
};

const char *event_word(EventKind kind)
{
    return EVENTS[kind].word;
}

Str event_name(EventKind kind, bool is_english)
{
    return is_english ? EVENTS[kind].en : EVENTS[kind].zh;
}

EventKind event_find(Str word)
{
    int kind = 0;
    while (kind < EVENT_COUNT && !str_equals(word, str_from(EVENTS[kind].word)))
        kind++;
    return (EventKind)kind;
}

OrgEvent org_event(Date date)
{
    OrgEvent event = {.date = date};
    for (int i = 0; i < ORG_VALUE_COUNT; i++)
        event.value[i] = NAN;
    return event;
}

/* ---- bytes ---- */

void event_format(StrBuf *out, const OrgEvent *event)
{
    uint64_t said = 0;
    for (int i = 0; i < ORG_VALUE_COUNT; i++)
        if (!isnan(event->value[i]))
            said |= UINT64_C(1) << i;
    bytes_add_varint(out, VERSION);
    bytes_add_u32(out, (uint32_t)event->date);
    bytes_add_varint(out, event->kind);
    bytes_add_str(out, event->name);
    bytes_add_varint(out, said);
    for (int i = 0; i < ORG_VALUE_COUNT; i++)
        if (!isnan(event->value[i]))
            bytes_add_f64(out, event->value[i]);
    bytes_add_varint(out, event->other_count);
    for (size_t i = 0; i < event->other_count; i++)
        bytes_add_u64(out, (uint64_t)event->other[i]);
    bytes_add_str(out, event->reason);
}

bool event_parse(Arena *arena, Str body, OrgEvent *ret)
{
    ByteReader reader = bytes_reader(body);
    bool is_known = bytes_varint(&reader) == VERSION;
    OrgEvent event = org_event((Date)bytes_u32(&reader));
    uint64_t kind = bytes_varint(&reader);
    event.name = bytes_str(&reader);
    uint64_t said = bytes_varint(&reader);
    for (int i = 0; i < ORG_VALUE_COUNT; i++)
        if (said >> i & 1)
            event.value[i] = bytes_f64(&reader);
    event.other_count = (size_t)bytes_varint(&reader);
    if (!is_known || reader.is_bad || kind > ORG_GROUP || said >> ORG_VALUE_COUNT ||
        event.other_count > OTHERS_MAX)
        return false;
    event.kind = (OrgKind)kind;
    int64_t *other = ARENA_ARRAY(arena, int64_t, event.other_count);
    for (size_t i = 0; i < event.other_count; i++)
        other[i] = (int64_t)bytes_u64(&reader);
    event.other = other;
    event.reason = bytes_str(&reader);
    if (!bytes_is_done(&reader) || event.date < DATE_MIN || event.date > DATE_MAX)
        return false;
    *ret = event;
    return true;
}

/* ---- what they do ---- */

static OrgStatement said_by(const OrgEvent *event, uint64_t seq)
{
    OrgStatement statement = org_statement(event->date, seq);
    statement.name = event->name;
    memcpy(statement.value, event->value, sizeof statement.value);
    return statement;
}

static bool find_others(const Orgs *units, const OrgEvent *event)
{
    for (size_t i = 0; i < event->other_count; i++)
        if (orgs_find(units, event->other[i]) == ORG_NOT_FOUND)
            return false;
    return true;
}

static void link_others(Orgs *units, EventKind kind, uint32_t unit, uint64_t seq,
                        const OrgEvent *event)
{
    bool is_merge = kind == EVENT_MERGE;
    for (size_t i = 0; i < event->other_count; i++) {
        uint32_t other = orgs_find(units, event->other[i]);
        const OrgLink link = {.kind = is_merge ? ORG_MERGED : ORG_SPLIT,
                              .from = is_merge ? other : unit,
                              .to = is_merge ? unit : other,
                              .date = event->date,
                              .seq = seq};
        orgs_link(units, &link);
        orgs_close(units, link.from, event->date);
    }
}

bool event_apply(Orgs *units, EventKind kind, int64_t subject, uint64_t seq, const OrgEvent *event)
{
    bool is_new = kind == EVENT_OPEN;
    uint32_t unit = is_new ? orgs_add(units, subject, event->kind) : orgs_find(units, subject);
    bool needs_group = kind == EVENT_JOIN || kind == EVENT_LEAVE;
    if (unit == ORG_NOT_FOUND || !find_others(units, event) ||
        (needs_group && event->other_count != 1))
        return false;
    OrgStatement statement = said_by(event, seq);
    uint32_t group = needs_group ? orgs_find(units, event->other[0]) : ORG_NOT_FOUND;
    switch (kind) {
    case EVENT_OPEN:
        orgs_open(units, unit, event->date);
        orgs_say(units, unit, &statement);
        break;
    case EVENT_CHANGE:
        orgs_say(units, unit, &statement);
        break;
    case EVENT_CLOSE:
        orgs_close(units, unit, event->date);
        break;
    case EVENT_MERGE:
    case EVENT_SPLIT:
        link_others(units, kind, unit, seq, event);
        break;
    case EVENT_JOIN:
        orgs_join(units, unit, group, event->date);
        break;
    case EVENT_LEAVE:
        orgs_leave(units, unit, group, event->date);
        break;
    case EVENT_COUNT:
    default:
        return false;
    }
    return true;
}

/* ---- divisions ---- */

void divisions_format(StrBuf *out, const Division *division, size_t count)
{
    bytes_add_varint(out, VERSION);
    bytes_add_varint(out, count);
    for (size_t i = 0; i < count; i++) {
        bytes_add_varint(out, division[i].kind);
        bytes_add_u32(out, division[i].code);
        bytes_add_varint(out, division[i].parent);
        bytes_add_str(out, division[i].name);
    }
}

static bool add_division(Orgs *units, ByteReader *reader, uint64_t seq, uint64_t number)
{
    uint64_t kind = bytes_varint(reader);
    uint32_t code = bytes_u32(reader);
    uint64_t parent = bytes_varint(reader);
    Str name = bytes_str(reader);
    if (reader->is_bad || kind < ORG_PROVINCE || kind > ORG_COUNTY || parent >= number)
        return false;
    uint32_t unit = orgs_add(units, org_id(seq, number), (OrgKind)kind);
    OrgStatement statement = org_statement(DATE_MIN, seq);
    statement.name = name;
    statement.value[ORG_CODE] = code;
    if (parent)
        statement.value[ORG_PARENT] = (double)org_id(seq, parent);
    orgs_say(units, unit, &statement);
    return true;
}

bool divisions_apply(Orgs *units, Str body, uint64_t seq)
{
    ByteReader reader = bytes_reader(body);
    bool is_known = bytes_varint(&reader) == VERSION;
    uint64_t count = bytes_varint(&reader);
    bool is_good = is_known && !reader.is_bad && count <= ORG_PER_ENTRY_MAX;
    for (uint64_t number = 1; is_good && number <= count; number++)
        is_good = add_division(units, &reader, seq, number);
    return is_good && bytes_is_done(&reader);
}
