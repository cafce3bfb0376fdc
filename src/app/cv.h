/*
 * The coefficient of variation of any table, with no pack and no database: W and V are columns or
 * formulas over columns; V is the *total* of each unit (its ratio is V / W × per).
 *   mean = ΣV/ΣW × per, S = √(Σ (Wᵢ/ΣW)(Vᵢ/Wᵢ × per − mean)²), CV = S / mean      (standards.md 1.3)
 *
 * A text that is the name of a column is that column, whatever signs are in it; anything else is a
 * formula. Full and half width are the same. How a formula uses a column says how it is read: what
 * is compared with a text is text, what is calculated with is numbers, and a cell that is none is an
 * error at its place. Aggregates in a formula are those of the row's own group.
 *
 * Rows, in this order: sum rows (合计, 小计, 总计 in a column left of the first figure, or in the
 * column of `by`) are no units; `where` selects; of the selected, those with absent or non-positive
 * weight or without a value are left out. The result is that of a table of the selected rows only.
 */
#ifndef JH_APP_CV_H
#define JH_APP_CV_H

#include "base/err.h"
#include "expr/tree.h"

typedef struct CvRequest {
    const char *path;
    Str sheet;         /* xlsx: which one; empty: the first visible one */
    Str weight, value; /* column names or formulas */
    Str by;            /* column; empty: one group */
    Str where;         /* formula; empty: all rows */
    Decimal per;       /* above 0 */
    bool has_limit;
    Decimal limit;
} CvRequest;

typedef struct CvRow {
    Str group;              /* empty when there is no --by */
    size_t units, left_out; /* selected rows that count, and that do not */
    double weight, value;   /* ΣW and ΣV of the rows that count; NaN if none does */
    double mean, s, cv;     /* NaN: undefined */
    Tri met;                /* cv ≤ limit, decided exactly; unknown without a limit or a CV */
} CvRow;

/* Rows of one kind, and the lines of the first of them. */
enum { CV_LINES_MAX = 5 };
typedef struct CvLines {
    size_t count;
    uint32_t line[CV_LINES_MAX];
} CvLines;

/* Why a selected row does not count: the first that holds. */
typedef enum CvReason {
    CV_NO_WEIGHT,
    CV_WEIGHT_NOT_POSITIVE,
    CV_NO_VALUE,
    CV_REASON_COUNT,
} CvReason;

typedef struct CvResult {
    CvRow *row; /* groups of the selected rows, in order of first appearance; one without --by */
    size_t row_count;
    size_t left_out; /* by reason below */
    CvLines reason[CV_REASON_COUNT];
    CvLines sum_rows; /* not in left_out */
    CvLines unknown;  /* not selected because `where` is neither true nor false; not in left_out */
    bool has_groups;
} CvResult;

/*
 * Fails with ERR_CV_COLUMN (no such column; says which there are), ERR_CV_FUNCTION, the
 * ERR_FORMULA_… of expr with the option as file, the ERR_TABLE_… of sheet and ERR_FILE_… of base.
 */
MUST_USE bool cv_run(Arena *arena, const CvRequest *request, CvResult *ret, Err *err);

#endif
