/*
 * Taking a file into the journal: checked against itself, against the schools and divisions that the
 * database knows, and against what was reported before; with its whole effect told, before or after
 * it is accepted. A file is one batch, accepted whole or not at all.
 *
 * The same file again changes nothing and says so: whoever does not know whether an import has
 * succeeded repeats it.
 */
#ifndef JH_APP_IMPORT_H
#define JH_APP_IMPORT_H

#include "app/facts.h"
#include "app/judge.h"

typedef struct ImportRequest {
    const char *packs;
    const StoreConfig *store;
    const char *path;        /* or */
    Str file, bytes;         /* what a file of this name would hold, where path is NULL */
    Str sheet, form, period; /* form empty: by its header */
    Str author;
    bool is_trial; /* tell the effect, and accept nothing */
} ImportRequest;

/* A county of which the verdict of a standard is another than before. */
typedef struct ImportTurned {
    Str standard;
    Str region_code, region_name;
    Tri before, after;
} ImportTurned;

typedef struct ImportCells {
    size_t added, changed, blanked, same;
} ImportCells;

typedef struct ImportResult {
    Str form, period, file;
    Recognised recognised; /* how a table of schools was found in its file */
    uint64_t batch;        /* its number; of a trial 0 */
    bool is_repeated;      /* it stood there already, as `batch` */
    size_t rows, sum_rows, schools;
    size_t counties; /* of the county forms */
    size_t classes;  /* of a class list */
    uint64_t pupils;
    size_t opened;  /* schools that were not known */
    size_t earlier; /* known ones that turn out to have been there earlier */
    size_t
        restated; /* known ones of which name, type, runner or urban class is another than before */
    size_t
        missing; /* open schools of the same counties that the file does not have, and nobody else has reported */
    ImportCells cells;
    VEC(ImportTurned) turned;
    size_t schools_met_before, schools_met_after, schools_judged_before, schools_judged_after;
} ImportResult;

/*
 * Fails with what is wrong in the file (ERR_FLAT_…, ERR_TABLE_…) or beside the database (ERR_IMPORT_…),
 * all at once, each with its place; and as store_write.
 */
MUST_USE bool import_run(Arena *arena, const ImportRequest *request, ImportResult *ret, Err *err);

#endif
