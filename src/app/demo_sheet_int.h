/* For app/demo*.c only: one of the small csv tables of a place, cell by cell. */
#ifndef JH_APP_DEMO_SHEET_INT_H
#define JH_APP_DEMO_SHEET_INT_H

#include "app/demo_int.h"
#include "sheet/table.h"

/* `name` of the functions below is a place in `names`. Mistakes go to `err`, at file and line. */
typedef struct DemoSheet {
    const Plan *plan;
    Err *err;
    Table *table;
    const char *const *names; /* of its columns; those of numbers begin with '#' */
    size_t count;
    int column[24];
    size_t row;
} DemoSheet;

/* The name of the file in messages begins at the packs folder. */
MUST_USE bool demo_sheet_read(DemoSheet *sheet, const Plan *plan, Str path, Str shown,
                              const char *const *names, size_t count, Err *err);
/* A file of the place's folder. */
MUST_USE bool demo_sheet_open(DemoSheet *sheet, const Plan *plan, const char *file,
                              const char *const *names, size_t count, Err *err);

ErrPlace demo_sheet_place(const DemoSheet *sheet, size_t name);
void demo_sheet_bad(const DemoSheet *sheet, size_t name, const char *zh, const char *en);

Str demo_sheet_text(const DemoSheet *sheet, size_t name);
Str demo_sheet_needed(const DemoSheet *sheet, size_t name);
/* Blank: otherwise; if that is NaN the number is needed. */
double demo_sheet_number(const DemoSheet *sheet, size_t name, double otherwise);
/* The same for what cannot be negative. */
double demo_sheet_amount(const DemoSheet *sheet, size_t name, double otherwise);
int64_t demo_sheet_whole(const DemoSheet *sheet, size_t name, double otherwise);
/* ‰ a year, or more or less than the usual: from −1000. */
double demo_sheet_mille(const DemoSheet *sheet, size_t name);
double demo_sheet_growth(const DemoSheet *sheet, size_t name);
bool demo_sheet_flag(const DemoSheet *sheet, size_t name);
const Item *demo_sheet_item(const DemoSheet *sheet, size_t name);
const Code *demo_sheet_code(const DemoSheet *sheet, size_t name, Str list);
const Code *demo_sheet_region(const DemoSheet *sheet, size_t name);
/* Blank: -1. */
int demo_sheet_stage(const DemoSheet *sheet, size_t name);
int demo_sheet_needed_stage(const DemoSheet *sheet, size_t name);
Period demo_sheet_period(const DemoSheet *sheet, size_t name);

/* NULL: there is none. */
const Item *demo_item_named(const Plan *plan, Str name);
/* The next of what a separator parts; false: there is none. */
bool demo_next_part(Str *rest, char separator, Str *ret);

/* ---- demo_county_data.c ---- */

MUST_USE bool demo_read_county_items(Plan *plan, Err *err);

#endif
