/*
 * The bodies of the journal's entries: the first byte says which (D document, E event, L list of
 * divisions), the rest is the body. What is understood is written again, and read again as the same.
 */
#include "fact/document.h"
#include "fact/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Str format_document(Arena *arena, Document *document)
{
    StrBuf out;
    strbuf_init(&out, arena);
    for (size_t i = 0; i < document->column_count; i++)
        (void)document_numbers(arena, document, &document->column[i]);
    document_format(&out, document);
    return strbuf_str(&out);
}

static void try_document(Arena *arena, Str body)
{
    Document first, second;
    if (!document_parse(arena, body, &first))
        return;
    Str bytes = format_document(arena, &first);
    CHECK(document_parse(arena, bytes, &second));
    CHECK(str_equals(format_document(arena, &second), bytes));
}

static Str format_event(Arena *arena, const OrgEvent *event)
{
    StrBuf out;
    strbuf_init(&out, arena);
    event_format(&out, event);
    return strbuf_str(&out);
}

static void try_event(Arena *arena, Str body)
{
    OrgEvent first, second;
    if (!event_parse(arena, body, &first))
        return;
    Str bytes = format_event(arena, &first);
    CHECK(event_parse(arena, bytes, &second));
    CHECK(str_equals(format_event(arena, &second), bytes));
    Orgs *orgs = orgs_new(arena);
    (void)orgs_add(orgs, org_id(2, 3), ORG_SCHOOL);
    for (int kind = 0; kind < EVENT_COUNT; kind++)
        CHECK(event_apply(orgs, (EventKind)kind, org_id(1, 1), 1, &first) ||
              first.other_count > 0 || kind >= EVENT_JOIN);
    orgs_settle(orgs);
}

static void try_divisions(Arena *arena, Str body)
{
    Orgs *orgs = orgs_new(arena);
    bool is_ok = divisions_apply(orgs, body, 1);
    orgs_settle(orgs);
    for (uint32_t unit = 0; is_ok && unit < orgs_count(orgs); unit++) {
        uint32_t parent = org_parent(orgs, unit, DATE_MIN);
        CHECK(parent == ORG_NOT_FOUND || parent < unit);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    Str body = {(const char *)data + 1, size - 1};
    if (data[0] == 'D')
        try_document(&arena, body);
    else if (data[0] == 'E')
        try_event(&arena, body);
    else
        try_divisions(&arena, body);
    return 0;
}
