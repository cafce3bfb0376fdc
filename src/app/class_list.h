/*
 * A class list or pupil list (decisions.md 8): columns 学校代码, 学段, 班级 and, in a class list, 人数.
 *   with 人数     one row per class
 *   without       one row per pupil: names and all other columns are skipped and never kept
 * What is kept are the classes with their pupils; class_list_sum makes the facts of schools of them:
 * 在校生数, 班级数, 最大班额 per school and stage.
 *
 * Classes of a school and stage are told apart by their names, full-width forms and outer blanks
 * disregarded. Rows with 合计 … for the school or class are left out and counted. A csv is read in
 * blocks, so that memory grows with the classes, not with the pupils.
 */
#ifndef JH_APP_CLASS_LIST_H
#define JH_APP_CLASS_LIST_H

#include "app/dataset.h"

/* A school's stage. */
typedef struct ClassSchool {
    uint64_t code;
    int stage;
    uint32_t line; /* of its first row */
} ClassSchool;

typedef struct SchoolClass {
    Str name;
    uint32_t school; /* index of its ClassSchool */
    uint32_t pupils;
    uint32_t line; /* of its first row */
} SchoolClass;

typedef struct ClassList {
    Str file, sheet, encoding; /* as of Table */
    bool is_of_pupils;
    size_t row_count, sum_row_count; /* rows that count, and 合计 rows left out */
    ClassSchool *school;             /* in order of first appearance */
    size_t school_count;
    SchoolClass *classes; /* the same */
    size_t class_count;
} ClassList;

/* The type of a school, to imply its stage where it has one only; NULL if the school is not known. */
typedef const Code *ClassTypeOf(void *ctx, uint64_t school_code);

typedef struct ClassListOptions {
    Str sheet;            /* xlsx; empty: the first visible one */
    ClassTypeOf *type_of; /* NULL: every row needs its 学段 */
    void *ctx;
    size_t class_max; /* 0: LIMIT_CLASSES */
} ClassListOptions;

/* Whether a table's header is that of such a list: one of its columns names the class. */
bool class_list_is_header(Arena *arena, const Table *table);

/*
 * Reads a list. All mistakes at once, each at its cell: ERR_TABLE_…, ERR_CLASS_… and, as in a flat table,
 * ERR_FLAT_CODE, ERR_FLAT_BLANK, ERR_FLAT_CODE_LIST, ERR_FLAT_STAGE, ERR_FLAT_NEGATIVE, ERR_FLAT_WHOLE,
 * ERR_FLAT_TOO_BIG, ERR_FLAT_COLUMN_TWICE.
 */
MUST_USE bool class_list_load(Arena *arena, const Core *core, const char *path,
                              const ClassListOptions *options, ClassList **ret, Err *err);
/* The same from bytes (tests, fuzzing). */
MUST_USE bool class_list_load_bytes(Arena *arena, const Core *core, Str file, Str bytes,
                                    const ClassListOptions *options, ClassList **ret, Err *err);

/* The facts of a school's stage. */
typedef struct ClassSums {
    uint64_t pupils;
    uint32_t classes, largest;
} ClassSums;
/* The items that a class list is about: students, classes, largest_class; and what they come to. */
enum { CLASS_FACT_COUNT = 3 };
extern const Str CLASS_FACTS[CLASS_FACT_COUNT];
bool is_class_fact(const Item *item);
double class_fact(const ClassSums *sums, int fact);
void class_sums_add(ClassSums *sums, uint32_t pupils);

/* One for each of list->school. */
ClassSums *class_list_sum(Arena *arena, const ClassList *list);

/* A ClassTypeOf: the type that a Dataset, its ctx, has for the school. */
const Code *class_list_type_in(void *dataset, uint64_t school_code);

/*
 * Puts the facts into a dataset: 在校生数, 班级数 and 最大班额 (items students, classes, largest_class) where
 * the table does not have them. Columns that it lacks are added to it. Fails, all at once, with
 * ERR_CLASS_SCHOOL or ERR_CLASS_ROW for schools and stages that the table lacks, and with
 * ERR_CLASS_DIFFERS where a figure of the table is another.
 */
MUST_USE bool class_list_fill(Arena *arena, const ClassList *list, Dataset *dataset, Err *err);

#endif
