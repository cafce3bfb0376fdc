#include "app/stored.h"

#include "app/arrange.h"
#include "app/stored_classes.h"
#include "app/stored_counties.h"

#include <math.h>

/* A chunk of a batch, and which row of the table each of its rows became. */
typedef struct Source {
    const Batch *batch;
    Document *document;
    uint32_t *row;   /* DATASET_NO_ROW: of a unit or stage that is not in the dataset */
    int8_t *stage;   /* by row; -1: none */
    double *line;    /* of the file */
    bool is_filling; /* of a class list: it says only what no table says */
} Source;

/* A column of a chunk that says something about an item. */
typedef struct Piece {
    Source *source;
    DocumentColumn *column;
    int stage; /* it is only about rows of this stage; -1: about all */
} Piece;

/* An item that the documents of the period have. */
typedef struct Reported {
    const Item *item;
    VEC(Piece) pieces; /* in the order of the journal */
} Reported;

/* A school whose figures go to another one by the day of the structure. */
typedef struct Merger {
    uint32_t unit, successor;
} Merger;

typedef struct StoredRows {
    const Facts *facts;
    Source *source;
    size_t source_count;
    uint32_t *unit;   /* by school */
    uint32_t *school; /* by unit: index + 1 */
    uint8_t *is_sum;  /* by item and row: has figures of merged schools; NULL: none has */
    VEC(StoredDifference) differences;
} StoredRows;

typedef struct Assembler {
    Arena *arena;
    const Facts *facts;
    const StoredView *view;
    Dataset *dataset;
    StoredRows *stored;
    Date day, structure;
    size_t stages;                   /* of the core */
    uint32_t *row_of;                /* unit * (stages + 1) + stage + 1 -> table row + 1 */
    size_t row_count, own_row_count; /* own: without those that only mergers need */
    int64_t *ids;                    /* of the schools */
    VEC(Reported) reported;
    VEC(Merger) mergers;
    const CodeList *runners, *urban;
    Code *group; /* of group_code */
    Err *err;
} Assembler;

/* ---- sources ---- */

static bool is_of_view(const Assembler *a, const Batch *batch, Str form)
{
    const Period p = a->view->period;
    return !batch->undone_by && str_equals(batch->form, form) && batch->period.kind == p.kind &&
           batch->period.year == p.year && batch->period.part == p.part;
}

static void list_sources(Assembler *a)
{
    size_t count = 0, batches = a->facts->batches.len;
    for (size_t i = 0; i < batches; i++)
        count += a->facts->batches.ptr[i].chunks.len;
    a->stored->source = ARENA_ARRAY(a->arena, Source, count + 1);
    for (size_t i = 0; i < batches; i++) {
        Batch *batch = &a->facts->batches.ptr[i];
        for (size_t k = 0; is_of_view(a, batch, FORM_SCHOOL) && k < batch->chunks.len; k++)
            a->stored->source[a->stored->source_count++] =
                (Source){.batch = batch, .document = &batch->chunks.ptr[k]};
    }
    /* What is filled stays: the last list comes first. */
    for (size_t i = batches; i-- > 0;) {
        const Batch *batch = &a->facts->batches.ptr[i];
        if (!is_of_view(a, batch, FORM_CLASSES))
            continue;
        a->dataset->has_classes = true;
        a->stored->source[a->stored->source_count++] = (Source){
            .batch = batch, .document = classes_facts(a->facts->arena, batch), .is_filling = true};
    }
}

/* ---- rows ---- */

static int stage_of(const Core *core, Str code)
{
    for (size_t i = 0; i < core->stages.len; i++)
        if (str_equals(core->stages.ptr[i].code, code))
            return (int)i;
    return -1;
}

static uint32_t *row_slot(const Assembler *a, uint32_t unit, int stage)
{
    return &a->row_of[(size_t)unit * (a->stages + 1) + (size_t)(stage + 1)];
}

static const double *numbers_of(const Assembler *a, Document *document, const char *id)
{
    DocumentColumn *column = document_find(document, str_from(id), STR(""));
    return column ? document_numbers(a->facts->arena, document, column) : NULL;
}

static void place_rows(Assembler *a, Source *source)
{
    Document *document = source->document;
    const double *id = numbers_of(a, document, "unit");
    const DocumentColumn *stage = document_find(document, STR("stage"), STR(""));
    source->line = (double *)numbers_of(a, document, "line");
    source->row = arena_alloc_raw(a->arena, (document->row_count + 1) * sizeof *source->row);
    source->stage = arena_alloc_raw(a->arena, document->row_count + 1);
    Str last_text = STR("");
    int last = -1;
    for (size_t i = 0; i < document->row_count; i++) {
        Str text = stage ? stage->text[i] : STR("");
        if (!str_equals(text, last_text)) {
            last_text = text;
            last = stage_of(a->dataset->core, text);
        }
        uint32_t unit = orgs_find(a->facts->orgs, (int64_t)id[i]);
        bool is_known = unit != ORG_NOT_FOUND && (last >= 0 || text.len == 0);
        uint32_t *slot = is_known ? row_slot(a, unit, last) : NULL;
        if (slot && !*slot)
            *slot = (uint32_t)++a->row_count;
        source->row[i] = slot ? *slot - 1 : DATASET_NO_ROW;
        source->stage[i] = (int8_t)last;
    }
}

/* ---- items ---- */

static Reported *reported_of(Assembler *a, const Item *item)
{
    for (size_t i = 0; i < a->reported.len; i++)
        if (a->reported.ptr[i].item == item)
            return &a->reported.ptr[i];
    VEC_PUSH(a->arena, &a->reported, (Reported){.item = item});
    return &a->reported.ptr[a->reported.len - 1];
}

/* What is kept with the schools: a document says it of them, not of its rows. */
static bool is_attribute(const Assembler *a, const Item *item)
{
    const Core *core = a->dataset->core;
    return item->codes && (item->codes == core->school_types || item->codes == core->regions ||
                           item->codes == a->runners || item->codes == a->urban);
}

static void list_pieces(Assembler *a, Source *source)
{
    for (size_t i = 0; i < source->document->column_count; i++) {
        DocumentColumn *column = &source->document->column[i];
        const Item *item = map_find(&a->dataset->core->items, column->id);
        int stage = column->stage.len ? stage_of(a->dataset->core, column->stage) : -1;
        if (!item || column->is_text || is_attribute(a, item) || (column->stage.len && stage < 0))
            continue;
        Reported *reported = reported_of(a, item);
        VEC_PUSH(a->arena, &reported->pieces, (Piece){source, column, stage});
    }
}

static void copy_lines(const Assembler *a, const Source *source)
{
    for (size_t row = 0; row < source->document->row_count; row++) {
        bool is_own = source->row[row] != DATASET_NO_ROW && !source->is_filling;
        if (is_own)
            a->dataset->table->line[source->row[row]] =
                source->line ? (uint32_t)source->line[row] : 0;
    }
}

/* The table with its items, of which the numbers come last: in the order of frames (make_columns). */
static void make_table(Assembler *a)
{
    Dataset *dataset = a->dataset;
    Table *table = dataset->table;
    for (size_t i = 0; i < a->stored->source_count; i++)
        list_pieces(a, &a->stored->source[i]);
    table->row_count = a->row_count;
    table->line = ARENA_ARRAY(a->arena, uint32_t, a->row_count + 1);
    for (size_t i = 0; i < a->stored->source_count; i++)
        copy_lines(a, &a->stored->source[i]);
    dataset->item_count = table->column_count = a->reported.len;
    dataset->items = ARENA_ARRAY(a->arena, ItemColumns, a->reported.len + 1);
    table->column = ARENA_ARRAY(a->arena, TableColumn, a->reported.len + 1);
    for (size_t i = 0; i < a->reported.len; i++) {
        const Item *item = a->reported.ptr[i].item;
        table->column[i] = (TableColumn){.name = item->symbol.name, .kind = FIELD_NUMBER};
        dataset->items[i] = (ItemColumns){.item = item, .plain = (int)i};
        for (size_t stage = 0; stage < FRAME_STAGES_MAX; stage++)
            dataset->items[i].of_stage[stage] = -1;
    }
}

/* ---- schools ---- */

/* Schools of a township or group are looked at by themselves: as if they were a region of their own. */
static const Code *group_code(Assembler *a)
{
    if (!a->group) {
        Str name = org_name(a->facts->orgs, a->view->members, a->structure);
        Str code = facts_unit_code(a->arena, a->facts, a->view->members, a->structure);
        a->group = ARENA_NEW(a->arena, Code);
        *a->group = (Code){.code = code.len ? code : STR("-"), .name = name, .note = name};
    }
    return a->group;
}

static const Code *region_of(Assembler *a, uint32_t unit)
{
    if (a->view->members != ORG_NOT_FOUND)
        return group_code(a);
    const Orgs *units = a->facts->orgs;
    uint32_t county = org_above(units, unit, ORG_COUNTY, a->structure);
    if (county == ORG_NOT_FOUND) /* a prefecture that has no counties */
        county = org_above(units, unit, ORG_PREFECTURE, a->structure);
    if (county == ORG_NOT_FOUND)
        return NULL;
    double code = org_value(units, county, ORG_CODE, a->structure);
    char text[8];
    (void)snprintf(text, sizeof text, "%06d", (int)code);
    return map_find(&a->dataset->core->regions->lookup, str_from(text));
}

static bool is_wanted(const Assembler *a, uint32_t unit)
{
    const Orgs *units = a->facts->orgs;
    uint32_t wanted = a->view->members;
    if (wanted == ORG_NOT_FOUND)
        return true;
    if (orgs_get(units, wanted)->kind == ORG_TOWNSHIP)
        return org_above(units, unit, ORG_TOWNSHIP, a->structure) == wanted;
    return org_is_member(units, unit, wanted, a->structure);
}

static const Code *code_of(const Assembler *a, const CodeList *list, uint32_t unit, OrgValue value)
{
    double number = org_value(a->facts->orgs, unit, value, a->structure);
    return isnan(number) || !list ? NULL : codelist_find_number(list, number);
}

static int only_stage(uint32_t stages)
{
    return stages && (stages & (stages - 1)) == 0 ? __builtin_ctz(stages) : -1;
}

static uint32_t row_at(const Assembler *a, uint32_t unit, int stage)
{
    uint32_t row = *row_slot(a, unit, stage);
    return row ? row - 1 : DATASET_NO_ROW;
}

static void add_part(Assembler *a, uint32_t idx, int stage, uint32_t row)
{
    Dataset *dataset = a->dataset;
    dataset->part[dataset->part_count++] = (Part){.school = idx, .row = row, .stage = stage};
    dataset->school[idx].part[stage] = (uint32_t)dataset->part_count;
}

static void find_rows(Assembler *a, uint32_t unit, uint32_t idx)
{
    School *school = &a->dataset->school[idx];
    uint32_t stages = school->type->stages;
    school->shared_row = row_at(a, unit, only_stage(stages));
    school->first_row = school->shared_row;
    a->dataset->stageless_count += stages == 0;
    for (int stage = 0; stage < (int)a->stages; stage++) {
        uint32_t row = stages >> stage & 1 ? row_at(a, unit, stage) : DATASET_NO_ROW;
        if (row == DATASET_NO_ROW)
            continue;
        if (school->first_row == DATASET_NO_ROW)
            school->first_row = row;
        add_part(a, idx, stage, row);
    }
}

/* As in a file: the stages that were not reported come behind those that were. */
static void add_missing_parts(Assembler *a)
{
    for (uint32_t idx = 0; idx < a->dataset->school_count; idx++) {
        const School *school = &a->dataset->school[idx];
        for (int stage = 0; stage < (int)a->stages; stage++)
            if ((school->type->stages >> stage & 1) && !school->part[stage])
                add_part(a, idx, stage, DATASET_NO_ROW);
    }
}

static void add_school(Assembler *a, uint32_t unit)
{
    const Orgs *units = a->facts->orgs;
    Dataset *dataset = a->dataset;
    const Code *region = region_of(a, unit);
    const Code *type = code_of(a, dataset->core->school_types, unit, ORG_TYPE);
    double code = org_value(units, unit, ORG_CODE, a->structure);
    if (!region || !type || isnan(code) || !is_wanted(a, unit))
        return;
    uint32_t idx = (uint32_t)dataset->school_count++;
    dataset->school[idx] = (School){.code = (uint64_t)code,
                                    .name = org_name(units, unit, a->structure),
                                    .region = region,
                                    .type = type,
                                    .runner = code_of(a, a->runners, unit, ORG_RUNNER),
                                    .urban = code_of(a, a->urban, unit, ORG_URBAN),
                                    .first_row = DATASET_NO_ROW,
                                    .shared_row = DATASET_NO_ROW};
    a->stored->unit[idx] = unit;
    a->ids[idx] = orgs_get(units, unit)->id;
    a->stored->school[unit] = idx + 1;
    find_rows(a, unit, idx);
}

static void add_schools(Assembler *a)
{
    const Orgs *units = a->facts->orgs;
    Dataset *dataset = a->dataset;
    size_t schools = 0;
    for (uint32_t unit = 0; unit < orgs_count(units); unit++)
        schools += orgs_get(units, unit)->kind == ORG_SCHOOL;
    dataset->school = arena_alloc_raw(a->arena, (schools + 1) * sizeof(School));
    dataset->part = arena_alloc_raw(a->arena, (schools * a->stages + 1) * sizeof(Part));
    a->stored->unit = ARENA_ARRAY(a->arena, uint32_t, schools + 1);
    a->ids = ARENA_ARRAY(a->arena, int64_t, schools + 1);
    dataset->org = a->ids;
    a->stored->school = ARENA_ARRAY(a->arena, uint32_t, orgs_count(units) + 1);
    for (uint32_t unit = 0; unit < orgs_count(units); unit++) {
        const Org *u = orgs_get(units, unit);
        if (u->kind == ORG_SCHOOL && org_is_open(u, a->structure))
            add_school(a, unit);
    }
    add_missing_parts(a);
}

/* ---- mergers that came later ---- */

static uint32_t ensure_row(Assembler *a, uint32_t unit, int stage)
{
    uint32_t *slot = row_slot(a, unit, stage);
    if (!*slot)
        *slot = (uint32_t)++a->row_count;
    return *slot - 1;
}

static int shared_stage(const Assembler *a, uint32_t unit)
{
    const Code *type = code_of(a, a->dataset->core->school_types, unit, ORG_TYPE);
    return type ? only_stage(type->stages) : -1;
}

/* Where figures of units go by the day of the structure; the rows that need be are made. */
static void find_mergers(Assembler *a)
{
    for (uint32_t unit = 0; unit < orgs_count(a->facts->orgs); unit++) {
        uint32_t successor = org_successor(a->facts->orgs, unit, a->structure);
        if (successor == unit)
            continue;
        VEC_PUSH(a->arena, &a->mergers, (Merger){unit, successor});
        for (int stage = -1; stage < (int)a->stages; stage++)
            if (*row_slot(a, unit, stage)) {
                (void)ensure_row(a, successor, stage);
                (void)ensure_row(a, successor, shared_stage(a, successor));
            }
    }
}

/* The numbers of an item while they are put together, by row of the documents. */
typedef struct Gathering {
    const Item *item;
    double *number;
    uint8_t *is_begun;  /* by row: something was reported there, were it a blank */
    uint8_t *is_sum;    /* by row in the order of frames: it has figures of merged schools */
    const Batch **told; /* by row: of the table that said it; NULL: there is no class list */
    const Arrangement *arrangement;
} Gathering;

static void fold_row(Gathering *g, uint32_t from, uint32_t to)
{
    g->number[to] = g->is_begun[to] ? g->number[to] + g->number[from] : g->number[from];
    g->is_begun[to] = 1;
    uint32_t row = arrangement_row(g->arrangement, to);
    if (row != DATASET_NO_ROW)
        g->is_sum[row] = 1;
}

static void fold_unit(Assembler *a, Gathering *g, const Merger *merger)
{
    int own_stage = -1, count = 0;
    for (int stage = 0; stage < (int)a->stages; stage++)
        if (*row_slot(a, merger->unit, stage)) {
            own_stage = stage;
            count++;
            if (!g->item->is_shared)
                fold_row(g, row_at(a, merger->unit, stage),
                         ensure_row(a, merger->successor, stage));
        }
    /* the shared items of a school of one stage stand on its row */
    uint32_t shared = row_at(a, merger->unit, -1);
    if (shared == DATASET_NO_ROW && count == 1)
        shared = row_at(a, merger->unit, own_stage);
    if (shared != DATASET_NO_ROW && g->item->is_shared)
        fold_row(g, shared, ensure_row(a, merger->successor, shared_stage(a, merger->successor)));
}

/* What a successor has reported itself is added to, also where it left a blank. */
static void begin_rows(const Assembler *a, uint32_t unit, uint8_t *is_begun)
{
    for (int stage = -1; stage < (int)a->stages; stage++) {
        uint32_t row = row_at(a, unit, stage);
        if (row < a->own_row_count)
            is_begun[row] = 1;
    }
}

static void fold_mergers(Assembler *a, Gathering *g)
{
    if (g->item->codes)
        return;
    memset(g->is_begun, 0, a->row_count);
    for (size_t i = 0; i < a->mergers.len; i++)
        begin_rows(a, a->mergers.ptr[i].successor, g->is_begun);
    for (size_t i = 0; i < a->mergers.len; i++)
        fold_unit(a, g, &a->mergers.ptr[i]);
}

/* ---- columns ---- */

static void add_difference(Assembler *a, const Gathering *g, const Piece *piece, size_t at)
{
    const Source *source = piece->source;
    uint32_t row = source->row[at];
    int64_t id = (int64_t)numbers_of(a, source->document, "unit")[at];
    VEC_PUSH(a->arena, &a->stored->differences,
             (StoredDifference){.list = source->batch,
                                .table = g->told[row],
                                .unit = orgs_find(a->facts->orgs, id),
                                .stage = source->stage[at],
                                .item = g->item,
                                .in_table = g->number[row],
                                .in_list = piece->column->number[at],
                                .line = (uint32_t)source->line[at]});
}

/*
 * The cells that no table filled. Where one did, and says another number, that is kept to be told. Where a
 * later list has spoken, an earlier one says nothing any more.
 */
static void fill_piece(Assembler *a, const Piece *piece, Gathering *g)
{
    const Source *source = piece->source;
    for (size_t i = 0; i < source->document->row_count; i++) {
        uint32_t row = source->row[i];
        if (row == DATASET_NO_ROW || g->is_begun[row])
            continue;
        g->is_begun[row] = 1;
        if (isnan(g->number[row]))
            g->number[row] = piece->column->number[i];
        else if (g->number[row] != piece->column->number[i])
            add_difference(a, g, piece, i);
    }
}

static void copy_piece(const Assembler *a, const Piece *piece, const Gathering *g)
{
    const Source *source = piece->source;
    const double *number = document_numbers(a->facts->arena, source->document, piece->column);
    for (size_t i = 0; i < source->document->row_count; i++) {
        uint32_t row = source->row[i];
        if (row == DATASET_NO_ROW || (piece->stage >= 0 && source->stage[i] != piece->stage))
            continue;
        g->number[row] = number[i];
        if (g->told)
            g->told[row] = source->batch;
    }
}

/* One item after another in the same room, and from there into the order of frames. */
static void make_columns(Assembler *a, const Arrangement *arrangement)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    Gathering g = {.number = arena_alloc_raw(&scratch, (a->row_count + 1) * sizeof(double)),
                   .is_begun = arena_alloc_raw(&scratch, a->row_count + 1),
                   .arrangement = arrangement};
    size_t rows = a->dataset->table->row_count;
    if (a->dataset->has_classes)
        g.told = arena_alloc_raw(&scratch, (a->row_count + 1) * sizeof *g.told);
    if (a->mergers.len)
        a->stored->is_sum = ARENA_ARRAY(a->arena, uint8_t, a->reported.len * rows + 1);
    for (size_t i = 0; i < a->reported.len; i++) {
        const Reported *reported = &a->reported.ptr[i];
        g.item = reported->item;
        for (size_t row = 0; row < a->row_count; row++)
            g.number[row] = NAN;
        memset(g.is_begun, 0, a->row_count);
        for (size_t k = 0; k < reported->pieces.len; k++) {
            const Piece *piece = &reported->pieces.ptr[k];
            if (piece->source->is_filling)
                fill_piece(a, piece, &g);
            else
                copy_piece(a, piece, &g);
        }
        if (a->mergers.len) {
            g.is_sum = a->stored->is_sum + i * rows;
            fold_mergers(a, &g);
        }
        a->dataset->table->column[i].number =
            arrangement_column(a->arena, arrangement, g.item, g.number);
    }
}

/* ---- all ---- */

static void find_lists(Assembler *a)
{
    const Core *core = a->dataset->core;
    for (size_t i = 0; i < core->code_lists.len; i++) {
        if (str_equals(core->code_lists.ptr[i]->id, STR("runner")))
            a->runners = core->code_lists.ptr[i];
        if (str_equals(core->code_lists.ptr[i]->id, STR("urban_rural")))
            a->urban = core->code_lists.ptr[i];
    }
}

/* Into the order of frames; origins go with their rows. */
static void arrange(Assembler *a)
{
    const Arrangement *arrangement = dataset_arrange(a->arena, a->dataset);
    make_columns(a, arrangement);
    for (size_t i = 0; i < a->stored->source_count; i++) {
        Source *source = &a->stored->source[i];
        for (size_t row = 0; row < source->document->row_count; row++)
            if (source->row[row] != DATASET_NO_ROW)
                source->row[row] = arrangement_row(arrangement, source->row[row]);
    }
}

static bool fail_period(const Assembler *a)
{
    StrBuf period;
    strbuf_init(&period, a->arena);
    period_format(&period, a->view->period);
    return err_fail(a->err, ERR_FACTS_PERIOD, ARG_STR("period", strbuf_str(&period)),
                    ARG_STR("periods", facts_periods(a->arena, a->facts)));
}

/* Nothing was reported of schools: what there is, is of the counties themselves. */
static bool take_counties_alone(const Assembler *a, Dataset **ret)
{
    *ret = dataset_new_empty(a->arena, a->dataset->core, a->view->period);
    (*ret)->region_facts = a->dataset->region_facts;
    return true;
}

bool stored_dataset(Arena *arena, const Facts *facts, const Core *core, const StoredView *view,
                    Dataset **ret, Err *err)
{
    Assembler a = {.arena = arena,
                   .facts = facts,
                   .view = view,
                   .dataset = ARENA_NEW(arena, Dataset),
                   .stored = ARENA_NEW(arena, StoredRows),
                   .day = period_first_day(view->period),
                   .stages = core->stages.len,
                   .err = err};
    a.structure = view->structure == DATE_MIN ? a.day : view->structure;
    *a.dataset = (Dataset){.core = core,
                           .table = ARENA_NEW(arena, Table),
                           .period = view->period,
                           .type_column = -1,
                           .runner_column = -1,
                           .urban_column = -1,
                           .stored = a.stored};
    a.stored->facts = facts;
    find_lists(&a);
    list_sources(&a);
    /* what counties say of themselves is not about a township or group */
    bool is_of_counties = view->members == ORG_NOT_FOUND,
         has_counties = is_of_counties && facts_has_counties(facts, view->period);
    a.dataset->region_facts = is_of_counties
                                  ? stored_counties(arena, facts, core, view->period, a.structure)
                                  : region_facts_new(arena, core);
    if (!a.stored->source_count && !has_counties)
        return fail_period(&a);
    if (!a.stored->source_count)
        return take_counties_alone(&a, ret);
    a.row_of = ARENA_ARRAY(arena, uint32_t, orgs_count(facts->orgs) * (a.stages + 1) + 1);
    for (size_t i = 0; i < a.stored->source_count; i++)
        place_rows(&a, &a.stored->source[i]);
    a.own_row_count = a.row_count;
    if (a.structure != a.day)
        find_mergers(&a);
    make_table(&a);
    add_schools(&a);
    arrange(&a);
    a.dataset->changed = ARENA_ARRAY(arena, double *, a.dataset->table->column_count + 1);
    *ret = a.dataset;
    return true;
}

/* ---- origins ---- */

/* The rows that a column is about: all, or those of its stage. */
static bool is_about(const Source *source, const DocumentColumn *column, size_t row)
{
    if (!column->stage.len)
        return true;
    const DocumentColumn *stage = document_find(source->document, STR("stage"), STR(""));
    return stage && str_equals(stage->text[row], column->stage);
}

static Str cell_of(Arena *arena, const Source *source, const DocumentColumn *column, size_t row)
{
    unsigned line = source->line ? (unsigned)source->line[row] : 0;
    if (source->is_filling)
        return str_format(arena, "%.*s:%u", STR_ARG(source->batch->file), line);
    if (column->place == DOCUMENT_NO_PLACE || !source->line)
        return STR("");
    return str_format(arena, "%.*s%u", STR_ARG(table_column_letters(arena, column->place)), line);
}

/* What a source says about the cell, if anything; *said is what those before it said. */
static void look_in(Arena *arena, const StoredRows *stored, const Source *source, const Item *item,
                    uint32_t cell_row, CellOrigin *origin, double *said)
{
    Document *document = source->document;
    for (size_t k = 0; k < document->column_count; k++) {
        DocumentColumn *column = &document->column[k];
        if (!str_equals(column->id, item->symbol.code) || column->is_text)
            continue;
        for (size_t row = 0; row < document->row_count; row++) {
            bool is_meant = source->row[row] == cell_row && is_about(source, column, row);
            if (!is_meant || (source->is_filling && !isnan(*said)))
                continue;
            *said = document_numbers(stored->facts->arena, document, column)[row];
            *origin = (CellOrigin){.batch = source->batch,
                                   .header = column->header,
                                   .cell = cell_of(arena, source, column, row)};
        }
    }
}

/* The last table that says something about the cell counted; or, where it says nothing, a class list. */
CellOrigin stored_origin(Arena *arena, const Dataset *dataset, CellRef cell)
{
    const StoredRows *stored = dataset->stored;
    CellOrigin origin = {0};
    if (cell.column < 0 || cell.row == DATASET_NO_ROW)
        return origin;
    const Item *item = NULL;
    for (size_t i = 0; i < dataset->item_count; i++)
        if (dataset->items[i].plain == cell.column) {
            item = dataset->items[i].item;
            origin.is_sum =
                stored->is_sum && stored->is_sum[i * dataset->table->row_count + cell.row];
        }
    double said = NAN;
    for (size_t i = 0; item && !origin.is_sum && i < stored->source_count; i++)
        look_in(arena, stored, &stored->source[i], item, cell.row, &origin, &said);
    return origin;
}

const StoredDifference *stored_differences(const Dataset *dataset, size_t *ret_count)
{
    *ret_count = dataset->stored ? dataset->stored->differences.len : 0;
    return *ret_count ? dataset->stored->differences.ptr : NULL;
}

uint32_t stored_unit(const Dataset *dataset, uint32_t school)
{
    return dataset->stored->unit[school];
}

uint32_t stored_school(const Dataset *dataset, uint32_t unit)
{
    uint32_t school = dataset->stored->school[unit];
    return school ? school - 1 : UINT32_MAX;
}
