#include "app/stored_counties.h"

#include <math.h>
#include <stdio.h>

/* ---- writing ---- */

Document counties_document(Arena *arena, const Facts *facts, const RegionFacts *said, Str form,
                           Str file, Str sheet, Date day)
{
    enum { COLUMNS = 9 };
    Document document = {.form = form,
                         .file = file,
                         .sheet = sheet,
                         .row_count = said->facts.len,
                         .column = ARENA_ARRAY(arena, DocumentColumn, COLUMNS)};
    double *unit = document_add(arena, &document, "unit", false)->number;
    double *line = document_add(arena, &document, "line", false)->number;
    double *place = document_add(arena, &document, "place", false)->number;
    double *region = document_add(arena, &document, "region", false)->number;
    double *value = document_add(arena, &document, "value", false)->number;
    Str *stage = document_add(arena, &document, "stage", true)->text;
    Str *item = document_add(arena, &document, "item", true)->text;
    Str *quantity = document_add(arena, &document, "quantity", true)->text;
    Str *source = document_add(arena, &document, "document", true)->text;
    for (size_t i = 0; i < said->facts.len; i++) {
        const RegionFact *fact = &said->facts.ptr[i];
        uint32_t org = orgs_find_code(facts->orgs, fact->region->number, day);
        unit[i] = org == ORG_NOT_FOUND ? NAN : (double)orgs_get(facts->orgs, org)->id;
        line[i] = fact->table ? (double)fact->table->line[fact->row] : (double)NAN;
        place[i] = fact->table ? (double)fact->column : (double)NAN;
        region[i] = fact->region->number;
        value[i] = fact->value;
        if (fact->stage >= 0)
            stage[i] = said->core->stages.ptr[fact->stage].code;
        if (fact->item)
            item[i] = fact->item->symbol.code;
        quantity[i] = fact->quantity;
        source[i] = fact->document;
    }
    return document;
}

/* ---- reading ---- */

typedef struct CountyReader {
    Arena *arena;
    const Facts *facts;
    const Core *core;
    Date day;      /* the divisions are those of this day */
    bool *is_more; /* by unit: by the day it is more than what reported */
    RegionFacts *out;
    Map seen; /* what a later document has said */
} CountyReader;

static bool is_counties(const Batch *batch, Period period)
{
    return !batch->undone_by && batch->period.kind == period.kind &&
           batch->period.year == period.year && batch->period.part == period.part &&
           (str_equals(batch->form, FORM_COUNTY) || str_equals(batch->form, FORM_PUBLISHED));
}

bool facts_has_counties(const Facts *facts, Period period)
{
    for (size_t i = 0; i < facts->batches.len; i++)
        if (is_counties(&facts->batches.ptr[i], period))
            return true;
    return false;
}

static const Code *region_by_code(const Core *core, double number)
{
    char code[16];
    if (!(number >= 0 && number <= 999999))
        return NULL;
    (void)snprintf(code, sizeof code, "%06d", (int)number);
    return map_find(&core->regions->lookup, str_from(code));
}

/*
 * The county by its id: its code may be another on the day, and its old one that of another county. What
 * it reported alone says nothing of what it has become together with another county.
 */
static const Code *region_by_id(const CountyReader *reader, double id)
{
    const Orgs *orgs = reader->facts->orgs;
    uint32_t org = isnan(id) ? ORG_NOT_FOUND : orgs_find(orgs, (int64_t)id);
    if (org == ORG_NOT_FOUND || reader->is_more[org] ||
        !org_is_open(orgs_get(orgs, org), reader->day))
        return NULL;
    return region_by_code(reader->core, org_value(orgs, org, ORG_CODE, reader->day));
}

/* The counties that others have come to between the two days. */
static void find_mergers(CountyReader *reader, Date first)
{
    const Orgs *orgs = reader->facts->orgs;
    size_t count;
    const OrgLink *link = orgs_links(orgs, &count);
    reader->is_more = ARENA_ARRAY(reader->arena, bool, orgs_count(orgs) + 1);
    for (size_t i = 0; i < count; i++)
        if (link[i].kind == ORG_MERGED && link[i].date > first && link[i].date <= reader->day &&
            orgs_get(orgs, link[i].from)->kind == ORG_COUNTY)
            reader->is_more[org_successor(orgs, link[i].from, reader->day)] = true;
}

static int stage_of(const Core *core, Str code)
{
    for (size_t i = 0; i < core->stages.len; i++)
        if (str_equals(core->stages.ptr[i].code, code))
            return (int)i;
    return -1;
}

static Str text_at(const Document *document, const char *id, size_t row)
{
    const DocumentColumn *column = document_find(document, str_from(id), STR(""));
    return column && column->is_text ? column->text[row] : STR("");
}

static void take_fact(CountyReader *reader, const RegionFact *fact)
{
    CLEANUP(err_done) Err quiet;
    err_init(&quiet);
    Str what = fact->item ? fact->item->symbol.name : fact->quantity;
    Str key = str_format(reader->arena, "%.*s %d %d %.*s", STR_ARG(fact->region->code), fact->stage,
                         fact->item != NULL, STR_ARG(what));
    if (map_set(&reader->seen, key, reader))
        (void)!region_facts_add(reader->out, fact, &quiet);
}

static const double *numbers_at(Arena *arena, Document *document, const char *id)
{
    DocumentColumn *column = document_find(document, str_from(id), STR(""));
    return column && !column->is_text ? document_numbers(arena, document, column) : NULL;
}

static Str cell_name(Arena *arena, double column, double line)
{
    Str letters = table_column_letters(arena, (size_t)column);
    return str_format(arena, "%.*s%u", STR_ARG(letters), (unsigned)line);
}

/* batch NULL: from the cache, where counties stand by their codes. */
static void take_document(CountyReader *reader, const Batch *batch, Document *document)
{
    const double *id = numbers_at(reader->arena, document, batch ? "unit" : "region");
    const double *number = numbers_at(reader->arena, document, "value");
    const double *line = numbers_at(reader->arena, document, "line");
    const double *place = numbers_at(reader->arena, document, "place");
    for (size_t row = 0; id && number && row < document->row_count; row++) {
        Str item = text_at(document, "item", row);
        const Code *region =
            batch ? region_by_id(reader, id[row]) : region_by_code(reader->core, id[row]);
        RegionFact fact = {.region = region,
                           .stage = stage_of(reader->core, text_at(document, "stage", row)),
                           .item = item.len ? map_find(&reader->core->items, item) : NULL,
                           .quantity = text_at(document, "quantity", row),
                           .value = number[row],
                           .document = text_at(document, "document", row),
                           .batch = batch};
        if (batch && line && place && !isnan(line[row]) && !isnan(place[row]))
            fact.cell = cell_name(reader->arena, place[row], line[row]);
        if (fact.region && (fact.item || !item.len))
            take_fact(reader, &fact);
    }
}

RegionFacts *stored_counties(Arena *arena, const Facts *facts, const Core *core, Period period,
                             Date day)
{
    CountyReader reader = {.arena = arena,
                           .facts = facts,
                           .core = core,
                           .day = day,
                           .out = region_facts_new(arena, core)};
    map_init(&reader.seen, arena);
    find_mergers(&reader, period_first_day(period));
    for (size_t i = facts->batches.len; i-- > 0;) {
        Batch *batch = &facts->batches.ptr[i];
        for (size_t k = batch->chunks.len; is_counties(batch, period) && k-- > 0;)
            take_document(&reader, batch, &batch->chunks.ptr[k]);
    }
    return reader.out;
}

RegionFacts *counties_of(Arena *arena, const Core *core, Document *document)
{
    CountyReader reader = {.arena = arena, .core = core, .out = region_facts_new(arena, core)};
    map_init(&reader.seen, arena);
    take_document(&reader, NULL, document);
    return reader.out;
}
