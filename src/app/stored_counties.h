/*
 * Facts of counties in the journal: documents of the forms county-year and published, one fact a row, and
 * the facts of a period put together from them. Of two documents about one fact the later counts.
 */
#ifndef JH_APP_STORED_COUNTIES_H
#define JH_APP_STORED_COUNTIES_H

#include "app/facts.h"
#include "app/region_facts.h"

#define FORM_COUNTY STR("county-year")
#define FORM_PUBLISHED STR("published")

/* The document of what a table says; `form` is one of the two. Columns of the first two do not count for
   its digest: unit and line. */
Document counties_document(Arena *arena, const Facts *facts, const RegionFacts *said, Str form,
                           Str file, Str sheet, Date day);

/*
 * Never NULL; empty if no document is about the period. `core`: with the divisions of the day. A county
 * that another has come to since the period has none: figures of counties cannot be added up.
 */
RegionFacts *stored_counties(Arena *arena, const Facts *facts, const Core *core, Period period,
                             Date day);
/* The same from one document, counties by the codes that they had in it. */
RegionFacts *counties_of(Arena *arena, const Core *core, Document *document);
bool facts_has_counties(const Facts *facts, Period period);

#endif
