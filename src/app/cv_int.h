/* For cv*.c only: the columns that the formulas use, and what they are in the formulas. */
#ifndef JH_APP_CV_INT_H
#define JH_APP_CV_INT_H

#include "app/cv.h"
#include "sheet/table.h"

enum { CV_WEIGHT, CV_VALUE, CV_WHERE, CV_FORMULA_COUNT };

typedef struct CvTable {
    Arena *arena;
    const CvRequest *request;
    Table *table;
    Formula formula[CV_FORMULA_COUNT]; /* tree is NULL for CV_WHERE without one */
    Str *folded;                       /* by column: its name, by utf8_fold */
    uint8_t *use;                      /* by column: CV_USE_… */
    int by_column;                     /* -1: none */
    UnitTable units;
    Scope scope; /* the columns used, each the owner of its symbol */
} CvTable;

enum {
    CV_USE_NUMBER = 1, /* calculated with */
    CV_USE_TEXT = 2,   /* compared with texts, or asked whether it is there */
    CV_USE_LABEL = 4,  /* may hold 合计 */
    CV_USE_GROUP = 8,  /* --by */
};

/*
 * Reads the table and parses and checks the formulas. Afterwards every column used has numbers: its
 * values, or of a text column the numbers of its texts; NaN where blank.
 */
MUST_USE bool cv_table_load(CvTable *cv, Err *err);

/* The name of the row's group. */
Str cv_table_group(const CvTable *cv, size_t row);
bool cv_table_is_sum_row(const CvTable *cv, size_t row);

#endif
