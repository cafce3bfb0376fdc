/* What a file means beside the database, and the document that it becomes. */
#include "app/import_int.h"

#include <math.h>

enum { CHUNK_ROWS = 65536 };

/* The columns that are not part of what the file says come first. */
enum { COLUMN_UNIT, COLUMN_LINE, COLUMN_PARENT, COLUMN_FIRST_SAID };

/* ---- schools ---- */

static ErrPlace place_of(const ImportPlan *plan, const School *school)
{
    return table_place(plan->arena, plan->dataset->table, school->first_row, 0);
}

Str import_code_text(const ImportPlan *plan, uint64_t code)
{
    return str_format(plan->arena, "%010llu", (unsigned long long)code);
}

static Str day_text(const ImportPlan *plan, Date day)
{
    StrBuf out;
    strbuf_init(&out, plan->arena);
    date_format(&out, day);
    return strbuf_str(&out);
}

static bool check_new(const ImportPlan *plan, const School *school)
{
    ErrPlace place = place_of(plan, school);
    bool is_ok = true;
    if (!school->name.len)
        is_ok = err_fail_at(plan->err, &place, ERR_IMPORT_NEW,
                            ARG_STR("school", import_code_text(plan, school->code)),
                            ARG_LIT("column", "学校名称"));
    if (!school->runner)
        is_ok = err_fail_at(plan->err, &place, ERR_IMPORT_NEW,
                            ARG_STR("school", import_code_text(plan, school->code)),
                            ARG_LIT("column", "举办者"));
    return is_ok;
}

static Str successor_text(const ImportPlan *plan, uint32_t unit)
{
    const Orgs *units = plan->facts->orgs;
    uint32_t successor = org_successor(units, unit, plan->day);
    if (successor == unit)
        return STR("");
    Str name = org_name(units, successor, plan->day);
    Str code = facts_unit_code(plan->arena, plan->facts, successor, plan->day);
    return str_format(plan->arena, "%.*s %.*s", STR_ARG(code), STR_ARG(name));
}

/* Found by a code that it had, or will have, it would get that code again. */
static bool check_code(const ImportPlan *plan, const ErrPlace *place, uint64_t code, uint32_t unit)
{
    double known = org_value(plan->facts->orgs, unit, ORG_CODE, plan->day);
    if (isnan(known) || known == (double)code)
        return true;
    return err_fail_at(plan->err, place, ERR_IMPORT_CODE,
                       ARG_STR("school", import_code_text(plan, code)),
                       ARG_STR("date", day_text(plan, plan->day)),
                       ARG_STR("known", facts_unit_code(plan->arena, plan->facts, unit, plan->day)),
                       ARG_STR("name", org_name(plan->facts->orgs, unit, plan->day)));
}

bool import_check_unit(const ImportPlan *plan, const ErrPlace *place, uint64_t code, uint32_t unit)
{
    const Org *u = orgs_get(plan->facts->orgs, unit);
    ErrArg school = ARG_STR("school", import_code_text(plan, code));
    if (u->kind != ORG_SCHOOL)
        return err_fail_at(plan->err, place, ERR_IMPORT_NO_SCHOOL, school);
    if (plan->day >= u->closed)
        return err_fail_at(plan->err, place, ERR_IMPORT_CLOSED, school,
                           ARG_STR("date", day_text(plan, u->closed)),
                           ARG_STR("successor", successor_text(plan, unit)));
    if (plan->day < u->opened && u->is_declared)
        return err_fail_at(plan->err, place, ERR_IMPORT_NOT_OPEN, school,
                           ARG_STR("date", day_text(plan, u->opened)));
    return check_code(plan, place, code, unit);
}

/* A school that the database knows: whether it was there on the day, and in this county. */
static bool check_known(const ImportPlan *plan, const School *school, uint32_t unit)
{
    const Orgs *units = plan->facts->orgs;
    ErrPlace place = place_of(plan, school);
    if (!import_check_unit(plan, &place, school->code, unit))
        return false;
    uint32_t county = org_above(units, unit, ORG_COUNTY, plan->day);
    if (county == ORG_NOT_FOUND ||
        org_value(units, county, ORG_CODE, plan->day) == school->region->number)
        return true;
    return err_fail_at(plan->err, &place, ERR_IMPORT_MOVED,
                       ARG_STR("school", import_code_text(plan, school->code)),
                       ARG_STR("region", school->region->note),
                       ARG_STR("known", org_name(units, county, plan->day)));
}

static bool is_other(double before, const Code *now)
{
    return now && !isnan(before) && before != now->number;
}

static void count_known(const ImportPlan *plan, const School *school, uint32_t unit)
{
    const Orgs *units = plan->facts->orgs;
    ImportResult *result = plan->result;
    if (plan->day < orgs_get(units, unit)->opened) {
        result->earlier++;
        return;
    }
    Str name = org_name(units, unit, plan->day);
    bool is_restated = (school->name.len && !str_equals(name, school->name)) ||
                       is_other(org_value(units, unit, ORG_TYPE, plan->day), school->type) ||
                       is_other(org_value(units, unit, ORG_RUNNER, plan->day), school->runner) ||
                       is_other(org_value(units, unit, ORG_URBAN, plan->day), school->urban);
    result->restated += is_restated;
}

static bool find_units(ImportPlan *plan)
{
    const Dataset *dataset = plan->dataset;
    bool is_ok = true;
    plan->unit = ARENA_ARRAY(plan->arena, uint32_t, dataset->school_count + 1);
    for (size_t i = 0; i < dataset->school_count; i++) {
        const School *school = &dataset->school[i];
        uint32_t unit = orgs_find_code(plan->facts->orgs, (double)school->code, plan->day);
        plan->unit[i] = unit;
        if (unit == ORG_NOT_FOUND) {
            plan->result->opened++;
            is_ok &= check_new(plan, school);
        } else {
            is_ok &= check_known(plan, school, unit);
            /* nothing is known of it on that day: later names and runners need not have been its own */
            if (plan->day < orgs_get(plan->facts->orgs, unit)->opened)
                is_ok &= check_new(plan, school);
            count_known(plan, school, unit);
        }
    }
    plan->result->schools = dataset->school_count;
    return is_ok;
}

/* ---- the document ---- */

/* A row of the document: of a stage, of what the stages share, or (a school of one stage) both. */
typedef struct PlannedRow {
    uint32_t school, row;
    int stage; /* -1: shared */
    bool has_shared;
} PlannedRow;

typedef struct RowList {
    PlannedRow *row;
    size_t count;
} RowList;

static void add_row(RowList *list, uint32_t school, uint32_t row, int stage, bool has_shared)
{
    list->row[list->count++] = (PlannedRow){school, row, stage, has_shared};
}

static RowList list_rows(const ImportPlan *plan)
{
    const Dataset *dataset = plan->dataset;
    size_t stages = dataset->core->stages.len;
    RowList list = {arena_alloc_raw(plan->arena, (dataset->school_count * (stages + 1) + 1) *
                                                     sizeof(PlannedRow)),
                    0};
    for (uint32_t i = 0; i < dataset->school_count; i++) {
        const School *school = &dataset->school[i];
        uint32_t offered = school->type->stages;
        bool is_plain = offered && (offered & (offered - 1)) == 0;
        for (int stage = 0; stage < (int)stages; stage++) {
            uint32_t part = school->part[stage];
            uint32_t row = part ? dataset->part[part - 1].row : DATASET_NO_ROW;
            if (row != DATASET_NO_ROW)
                add_row(&list, i, row, stage, is_plain);
        }
        if (!is_plain && school->shared_row != DATASET_NO_ROW)
            add_row(&list, i, school->shared_row, -1, true);
    }
    return list;
}

static double *new_numbers(const ImportPlan *plan, const RowList *rows)
{
    return arena_alloc_raw(plan->arena, (rows->count + 1) * sizeof(double));
}

static DocumentColumn *add_column(ImportPlan *plan, const char *id)
{
    DocumentColumn *column = &plan->document.column[plan->document.column_count++];
    *column = (DocumentColumn){.id = str_from(id), .place = DOCUMENT_NO_PLACE};
    return column;
}

static double number_of(const Code *code)
{
    return code ? code->number : NAN;
}

/* Orgs and their lines; what each school is called and is. */
static void add_key_columns(ImportPlan *plan, const RowList *rows)
{
    enum { KEYS = 7 };
    static const char *const IDS[KEYS] = {"unit", "line",   "parent", "code",
                                          "type", "runner", "urban"};
    const Dataset *dataset = plan->dataset;
    double *number[KEYS];
    for (int i = 0; i < KEYS; i++)
        number[i] = add_column(plan, IDS[i])->number = new_numbers(plan, rows);
    double *region = add_column(plan, "region")->number = new_numbers(plan, rows);
    DocumentColumn *name = add_column(plan, "name"), *stage = add_column(plan, "stage");
    name->is_text = stage->is_text = true;
    name->text = arena_alloc_raw(plan->arena, (rows->count + 1) * sizeof(Str));
    stage->text = arena_alloc_raw(plan->arena, (rows->count + 1) * sizeof(Str));
    for (size_t i = 0; i < rows->count; i++) {
        const PlannedRow *row = &rows->row[i];
        const School *school = &dataset->school[row->school];
        number[0][i] = NAN; /* import_number */
        number[1][i] = dataset->table->line[row->row];
        number[2][i] = NAN;
        number[3][i] = (double)school->code;
        number[4][i] = number_of(school->type);
        number[5][i] = number_of(school->runner);
        number[6][i] = number_of(school->urban);
        region[i] = school->region->number;
        name->text[i] = school->name;
        stage->text[i] = row->stage < 0 ? STR("") : dataset->core->stages.ptr[row->stage].code;
    }
}

/* The item's column of the table; rows that it is not about are blank. */
static void add_item_column(ImportPlan *plan, const RowList *rows, const ItemColumns *item,
                            int column, int stage)
{
    const Dataset *dataset = plan->dataset;
    const double *from = dataset->table->column[column].number;
    DocumentColumn *to = add_column(plan, str_cstr(plan->arena, item->item->symbol.code));
    to->header = dataset->table->column[column].name;
    to->place = (uint32_t)column;
    to->number = new_numbers(plan, rows);
    if (stage >= 0)
        to->stage = dataset->core->stages.ptr[stage].code;
    for (size_t i = 0; i < rows->count; i++) {
        const PlannedRow *row = &rows->row[i];
        bool is_about = item->item->is_shared ? row->has_shared
                        : stage >= 0          ? row->stage == stage
                                              : row->stage >= 0;
        to->number[i] = is_about ? from[row->row] : NAN;
    }
}

Str import_base_name(Str path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/')
        at--;
    return str_slice(path, at, path.len);
}

static void make_document(ImportPlan *plan, const RowList *rows)
{
    enum { KEY_COLUMNS = 10 };
    const Dataset *dataset = plan->dataset;
    size_t stages = dataset->core->stages.len;
    plan->document =
        (Document){.form = FORM_SCHOOL,
                   .file = import_base_name(dataset->table->file),
                   .sheet = dataset->table->sheet,
                   .row_count = rows->count,
                   .column = ARENA_ARRAY(plan->arena, DocumentColumn,
                                         KEY_COLUMNS + dataset->item_count * (stages + 1))};
    add_key_columns(plan, rows);
    for (size_t i = 0; i < dataset->item_count; i++) {
        const ItemColumns *item = &dataset->items[i];
        if (item->plain >= 0)
            add_item_column(plan, rows, item, item->plain, -1);
        for (int stage = 0; stage < (int)stages; stage++)
            if (item->of_stage[stage] >= 0)
                add_item_column(plan, rows, item, item->of_stage[stage], stage);
    }
    Document said = plan->document;
    said.column += COLUMN_FIRST_SAID;
    said.column_count -= COLUMN_FIRST_SAID;
    document_digest(&said, plan->document.digest);
}

/* ---- numbers ---- */

/* The parent is said of schools that are new on the day; others may stand in a township below it. */
static double parent_of(const ImportPlan *plan, uint32_t school)
{
    const Orgs *units = plan->facts->orgs;
    uint32_t unit = plan->unit[school];
    if (unit != ORG_NOT_FOUND && org_parent(units, unit, plan->day) != ORG_NOT_FOUND)
        return NAN;
    uint32_t county =
        orgs_find_code(units, plan->dataset->school[school].region->number, plan->day);
    return county == ORG_NOT_FOUND ? NAN : (double)orgs_get(units, county)->id;
}

static void number_schools(ImportPlan *plan, uint64_t seq)
{
    const Dataset *dataset = plan->dataset;
    size_t schools = dataset->school_count;
    double *id = arena_alloc_raw(plan->arena, (schools + 1) * sizeof *id);
    double *parent = arena_alloc_raw(plan->arena, (schools + 1) * sizeof *parent);
    uint64_t fresh = 0;
    for (uint32_t i = 0; i < schools; i++) {
        uint32_t unit = plan->unit[i];
        id[i] = (double)(unit == ORG_NOT_FOUND ? org_id(seq, ++fresh)
                                               : orgs_get(plan->facts->orgs, unit)->id);
        parent[i] = parent_of(plan, i);
    }
    DocumentColumn *column = plan->document.column;
    const double *code = document_find(&plan->document, STR("code"), STR(""))->number;
    for (size_t row = 0; row < plan->document.row_count; row++) {
        uint32_t school = (uint32_t)(dataset_find(dataset, (uint64_t)code[row]) - dataset->school);
        column[COLUMN_UNIT].number[row] = id[school];
        column[COLUMN_PARENT].number[row] = parent[school];
    }
}

static Document chunk_of(const ImportPlan *plan, size_t first, uint32_t chunk, uint32_t chunks)
{
    Document part = plan->document;
    part.chunk = chunk;
    part.chunk_count = chunks;
    part.row_count = plan->document.row_count - first;
    if (part.row_count > CHUNK_ROWS)
        part.row_count = CHUNK_ROWS;
    part.column = ARENA_ARRAY(plan->arena, DocumentColumn, part.column_count);
    for (size_t i = 0; i < part.column_count; i++) {
        part.column[i] = plan->document.column[i];
        if (part.column[i].is_text)
            part.column[i].text += first;
        else
            part.column[i].number += first;
    }
    return part;
}

void import_number(ImportPlan *plan, uint64_t seq)
{
    if (plan->dataset)
        number_schools(plan, seq);
    size_t rows = plan->document.row_count;
    uint32_t chunks = (uint32_t)((rows + CHUNK_ROWS - 1) / CHUNK_ROWS);
    plan->batch = (Batch){.seq = seq,
                          .last_seq = seq + chunks - 1,
                          .author = plan->request->author,
                          .form = plan->document.form,
                          .file = plan->document.file,
                          .sheet = plan->document.sheet,
                          .period_text = plan->result->period,
                          .period = plan->period,
                          .row_count = rows};
    memcpy(plan->batch.digest, plan->document.digest, SM3_LEN);
    for (uint32_t i = 0; i < chunks; i++)
        VEC_PUSH(plan->arena, &plan->batch.chunks,
                 chunk_of(plan, (size_t)i * CHUNK_ROWS, i, chunks));
}

/* ---- all ---- */

static bool load(ImportPlan *plan)
{
    const ImportRequest *request = plan->request;
    return request->path
               ? dataset_load(plan->arena, plan->core, request->path, request->sheet, plan->period,
                              &plan->dataset, plan->err)
               : dataset_load_bytes(plan->arena, plan->core, request->file, request->bytes,
                                    plan->period, &plan->dataset, plan->err);
}

bool import_plan(ImportPlan *plan)
{
    if (str_equals(plan->result->form, FORM_CLASSES))
        return import_plan_classes(plan);
    if (!str_equals(plan->result->form, FORM_SCHOOL))
        return import_plan_counties(plan);
    plan->day = period_first_day(plan->period);
    if (!facts_core(plan->arena, plan->facts, plan->day, &plan->core, plan->err) || !load(plan) ||
        !find_units(plan))
        return false;
    RowList rows = list_rows(plan);
    make_document(plan, &rows);
    plan->result->rows = rows.count;
    plan->result->sum_rows = plan->dataset->sum_row_count;
    plan->result->recognised = plan->dataset->recognised;
    plan->result->file = plan->dataset->table->file;
    plan->same =
        facts_find_same(plan->facts, plan->document.form, plan->period, plan->document.digest);
    return true;
}
