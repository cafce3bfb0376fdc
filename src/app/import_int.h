/* Shared by import.c and import_plan.c. */
#ifndef JH_APP_IMPORT_INT_H
#define JH_APP_IMPORT_INT_H

#include "app/import.h"
#include "app/stored.h"
#include "app/stored_classes.h"
#include "app/stored_counties.h"

/* An import as it would be accepted, against the journal up to an entry. */
typedef struct ImportPlan {
    Arena *arena;
    const ImportRequest *request;
    Facts *facts;
    const Core *core; /* with the divisions of the day */
    Period period;
    Date day;
    Dataset *dataset;      /* what the file says of schools; of these three one is not NULL */
    RegionFacts *counties; /* or of counties */
    ClassList *classes;    /* or of classes */
    Document document;
    const Batch *same; /* that says the same; NULL: none */
    Batch batch;       /* what would be accepted */
    uint32_t *unit;    /* by school; ORG_NOT_FOUND: it is new */
    ImportResult *result;
    Err *err;
} ImportPlan;

/* Reads the file, finds its schools, and makes the document; everything that is wrong at once. */
bool import_plan(ImportPlan *plan);
/* The same for county-year and published. */
bool import_plan_counties(ImportPlan *plan);
/* The same for class-list. */
bool import_plan_classes(ImportPlan *plan);
Str import_code_text(const ImportPlan *plan, uint64_t code);
/* Whether a school that the database knows by the code was there on the day; else the error. */
bool import_check_unit(const ImportPlan *plan, const ErrPlace *place, uint64_t code, uint32_t unit);
void import_count_cell(ImportCells *cells, double before, double now);
/* What the facts of a class list change. */
void import_count_classes(ImportPlan *plan, const Dataset *before);
/* False, with the errors, where a table and a class list of the period differ and one of them is this import. */
bool import_check_classes(const ImportPlan *plan, const Dataset *after);
/* A file name without its folders: where it lay on somebody's disk is nobody's business. */
Str import_base_name(Str path);
/* The ids of new schools and the chunks of the batch, beginning with an entry. */
void import_number(ImportPlan *plan, uint64_t seq);

#endif
