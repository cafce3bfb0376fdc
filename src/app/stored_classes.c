#include "app/stored_classes.h"

/* ---- to a document ---- */

/* The place of each class when those of a school stand together, else in the order of the list. */
static size_t *places_of(Arena *arena, const ClassList *list)
{
    size_t *next = ARENA_ARRAY(arena, size_t, list->school_count + 1);
    size_t *place = arena_alloc_raw(arena, (list->class_count + 1) * sizeof *place);
    for (size_t i = 0; i < list->class_count; i++)
        next[list->classes[i].school + 1]++;
    for (size_t i = 0; i < list->school_count; i++)
        next[i + 1] += next[i];
    for (size_t i = 0; i < list->class_count; i++)
        place[i] = next[list->classes[i].school]++;
    return place;
}

Document classes_document(Arena *arena, const Core *core, const ClassList *list, Str file,
                          const double *id)
{
    enum { COLUMNS = 6, COLUMN_FIRST_SAID = 2 /* unit and line do not count */ };
    Document document = {.form = FORM_CLASSES,
                         .file = file,
                         .sheet = list->sheet,
                         .row_count = list->class_count,
                         .column = ARENA_ARRAY(arena, DocumentColumn, COLUMNS)};
    double *unit = document_add(arena, &document, "unit", false)->number;
    double *line = document_add(arena, &document, "line", false)->number;
    double *code = document_add(arena, &document, "code", false)->number;
    double *pupils = document_add(arena, &document, "pupils", false)->number;
    Str *stage = document_add(arena, &document, "stage", true)->text;
    Str *name = document_add(arena, &document, "class", true)->text;
    const size_t *place = places_of(arena, list);
    for (size_t i = 0; i < list->class_count; i++) {
        const SchoolClass *one = &list->classes[i];
        const ClassSchool *school = &list->school[one->school];
        size_t row = place[i];
        unit[row] = id[one->school];
        line[row] = one->line;
        code[row] = (double)school->code;
        pupils[row] = one->pupils;
        stage[row] = core->stages.ptr[school->stage].code;
        name[row] = one->name;
    }
    Document said = document;
    said.column += COLUMN_FIRST_SAID;
    said.column_count -= COLUMN_FIRST_SAID;
    document_digest(&said, document.digest);
    return document;
}

/* ---- from documents ---- */

/* The columns of what is put together, and the school and stage that stands last in it. */
typedef struct ClassFacts {
    Document *document;
    double *unit, *line, *fact[CLASS_FACT_COUNT];
    Str *stage;
    ClassSums sums;
} ClassFacts;

static ClassFacts new_facts(Arena *arena, const Batch *batch)
{
    enum { COLUMNS = 3 + CLASS_FACT_COUNT };
    ClassFacts facts = {.document = ARENA_NEW(arena, Document)};
    *facts.document = (Document){.form = FORM_CLASSES,
                                 .file = batch->file,
                                 .sheet = batch->sheet,
                                 .row_count = batch->row_count,
                                 .column = ARENA_ARRAY(arena, DocumentColumn, COLUMNS)};
    facts.unit = document_add(arena, facts.document, "unit", false)->number;
    facts.line = document_add(arena, facts.document, "line", false)->number;
    facts.stage = document_add(arena, facts.document, "stage", true)->text;
    for (int fact = 0; fact < CLASS_FACT_COUNT; fact++)
        facts.fact[fact] =
            document_add(arena, facts.document, CLASS_FACTS[fact].ptr, false)->number;
    facts.document->row_count = 0;
    return facts;
}

static void add_class(ClassFacts *facts, double unit, Str stage, double line, double pupils)
{
    size_t rows = facts->document->row_count;
    bool is_same =
        rows && facts->unit[rows - 1] == unit && str_equals(facts->stage[rows - 1], stage);
    if (!is_same) {
        facts->sums = (ClassSums){0};
        facts->unit[rows] = unit;
        facts->line[rows] = line;
        facts->stage[rows] = stage;
        facts->document->row_count = ++rows;
    }
    class_sums_add(&facts->sums, (uint32_t)pupils);
    for (int fact = 0; fact < CLASS_FACT_COUNT; fact++)
        facts->fact[fact][rows - 1] = class_fact(&facts->sums, fact);
}

/* The columns of a document of classes. */
typedef struct ClassColumns {
    const double *unit, *line, *pupils;
    const Str *stage;
} ClassColumns;

static const double *numbers_of(Arena *arena, Document *document, const char *id)
{
    DocumentColumn *column = document_find(document, str_from(id), STR(""));
    return column && !column->is_text ? document_numbers(arena, document, column) : NULL;
}

static bool find_columns(Arena *arena, Document *document, ClassColumns *ret)
{
    const DocumentColumn *stage = document_find(document, STR("stage"), STR(""));
    *ret = (ClassColumns){.unit = numbers_of(arena, document, "unit"),
                          .line = numbers_of(arena, document, "line"),
                          .pupils = numbers_of(arena, document, "pupils"),
                          .stage = stage && stage->is_text ? stage->text : NULL};
    return ret->unit && ret->line && ret->pupils && ret->stage;
}

bool classes_check(Arena *arena, Document *document)
{
    ClassColumns columns;
    if (!find_columns(arena, document, &columns))
        return false;
    for (size_t row = 0; row < document->row_count; row++)
        if (!columns.stage[row].len || !(columns.unit[row] > 0) || !(columns.line[row] >= 0) ||
            !(columns.line[row] <= UINT32_MAX) || !(columns.pupils[row] >= 0) ||
            !(columns.pupils[row] <= UINT32_MAX))
            return false;
    return true;
}

bool classes_lack_schools(const Facts *facts)
{
    for (size_t i = 0; i < facts->batches.len; i++) {
        const Batch *batch = &facts->batches.ptr[i];
        bool is_meant = !batch->undone_by && str_equals(batch->form, FORM_CLASSES);
        for (size_t k = 0; is_meant && k < batch->chunks.len; k++) {
            const double *id = numbers_of(facts->arena, &batch->chunks.ptr[k], "unit");
            for (size_t row = 0; id && row < batch->chunks.ptr[k].row_count; row++)
                if (orgs_find(facts->orgs, (int64_t)id[row]) == ORG_NOT_FOUND)
                    return true;
        }
    }
    return false;
}

Document *classes_facts(Arena *arena, const Batch *batch)
{
    ClassFacts facts = new_facts(arena, batch);
    for (size_t i = 0; i < batch->chunks.len; i++) {
        Document *chunk = &batch->chunks.ptr[i];
        ClassColumns from;
        CHECK(find_columns(arena, chunk, &from)); /* classes_check */
        for (size_t row = 0; row < chunk->row_count; row++)
            add_class(&facts, from.unit[row], from.stage[row], from.line[row], from.pupils[row]);
    }
    return facts.document;
}
