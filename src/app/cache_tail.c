/* What the journal says since a cache was written: whether it matters, and single corrections put in. */
#include "app/arrange.h"
#include "app/cache_int.h"

/* A document that says nothing of schools, only of their cells. */
static bool is_correction(const Document *document)
{
    return str_equals(document->form, FORM_SCHOOL) &&
           !document_find(document, STR("code"), STR(""));
}

/* What a document says of schools holds from its period on: of later ones it is no matter here. */
static bool is_of_later(const CacheTail *tail, Str text)
{
    CLEANUP(err_done) Err quiet;
    Period period;
    err_init(&quiet);
    return period_parse(text, &period, &quiet) &&
           period_first_day(period) > period_first_day(tail->period);
}

static void look_at_document(CacheTail *tail, const EntryDraft *draft)
{
    Document document;
    if (is_of_later(tail, draft->period))
        return;
    bool is_ok = document_parse(tail->arena, str_dup(tail->arena, draft->body), &document) &&
                 is_correction(&document);
    tail->is_known &= is_ok;
    if (is_ok && str_equals(draft->period, tail->text))
        VEC_PUSH(tail->arena, &tail->corrections, document);
}

static bool look_at_tail(void *ctx, const Entry *entry, Err *err)
{
    CacheTail *tail = ctx;
    (void)err;
    if (!str_equals(entry->draft.kind, STR("document")))
        tail->is_known = false;
    else if (tail->is_known)
        look_at_document(tail, &entry->draft);
    return true;
}

const char *cache_read_tail(Store *store, CacheTail *tail)
{
    CLEANUP(err_done) Err quiet;
    err_init(&quiet);
    uint64_t seq = tail->seq;
    Head last = store_head(store);
    bool is_same = last.seq == seq && memcmp(last.link, tail->link, SM3_LEN) == 0;
    tail->is_known = true;
    if (is_same)
        return NULL;
    if (!store_has_link(store, seq, tail->link, &is_same, &quiet) ||
        (is_same && !store_scan(store, seq, UINT64_MAX, look_at_tail, tail, &quiet)))
        return "old";
    return !is_same ? "other" : tail->is_known ? NULL : "old";
}

static int compare_ids(const void *left, const void *right)
{
    int64_t a = ((const Corrected *)left)->id, b = ((const Corrected *)right)->id;
    return (a > b) - (a < b);
}

static Corrected *find_corrected(const CacheTail *tail, int64_t id)
{
    const Corrected want = {.id = id};
    return tail->corrected.len
               ? bsearch(&want, tail->corrected.ptr, tail->corrected.len, sizeof want, compare_ids)
               : NULL;
}

/* One walk over all schools, however many corrections there are. */
static void find_all_corrected(CacheTail *tail, const Dataset *dataset)
{
    size_t kept = 0;
    for (size_t i = 0; i < tail->corrections.len; i++) {
        Document *document = &tail->corrections.ptr[i];
        DocumentColumn *unit = document_find(document, STR("unit"), STR(""));
        const double *id = unit ? document_numbers(tail->arena, document, unit) : NULL;
        for (size_t row = 0; id && row < document->row_count; row++)
            VEC_PUSH(tail->arena, &tail->corrected, (Corrected){.id = (int64_t)id[row]});
    }
    Corrected *list = tail->corrected.ptr;
    if (tail->corrected.len)
        qsort(list, tail->corrected.len, sizeof *list, compare_ids);
    for (size_t i = 0; i < tail->corrected.len; i++)
        if (!i || list[i].id != list[kept - 1].id)
            list[kept++] = list[i];
    tail->corrected.len = kept;
    for (size_t i = 0; kept && i < dataset->school_count; i++) {
        Corrected *found = find_corrected(tail, dataset->org[i]);
        if (found)
            found->school = &dataset->school[i];
    }
}

static int stage_of(const Core *core, Str code)
{
    for (size_t i = 0; i < core->stages.len; i++)
        if (str_equals(core->stages.ptr[i].code, code))
            return (int)i;
    return -1;
}

/* One row of a correction; false if the cache has no such school, stage or item. */
static bool correct(CacheTail *tail, Dataset *dataset, Document *document, size_t row)
{
    Arena *arena = tail->arena;
    static const char *const KEYS[] = {"unit", "stage"};
    DocumentColumn *unit = document_find(document, STR("unit"), STR("")),
                   *stage = document_find(document, STR("stage"), STR(""));
    const Corrected *found =
        unit ? find_corrected(tail, (int64_t)document_numbers(arena, document, unit)[row]) : NULL;
    const School *school = found ? found->school : NULL;
    int at = stage && stage->is_text ? stage_of(dataset->core, stage->text[row]) : -1;
    for (size_t i = 0; school && i < document->column_count; i++) {
        DocumentColumn *column = &document->column[i];
        if (str_equals(column->id, str_from(KEYS[0])) || str_equals(column->id, str_from(KEYS[1])))
            continue;
        const Item *item = map_find(&dataset->core->items, column->id);
        const ItemColumns *columns = item ? dataset_item(dataset, item) : NULL;
        bool has_part = at >= 0 && school->part[at];
        uint32_t cell_row = columns && item->is_shared ? school->shared_row
                            : has_part                 ? dataset->part[school->part[at] - 1].row
                                                       : DATASET_NO_ROW;
        if (!columns || cell_row == DATASET_NO_ROW)
            return false;
        dataset_put(dataset, school, item, (CellRef){.row = cell_row, .column = columns->plain},
                    document_numbers(arena, document, column)[row]);
    }
    return school != NULL;
}

bool cache_apply_tail(CacheTail *tail, Dataset *dataset)
{
    bool is_ok = true;
    find_all_corrected(tail, dataset);
    for (size_t i = 0; is_ok && i < tail->corrections.len; i++)
        for (size_t row = 0; is_ok && row < tail->corrections.ptr[i].row_count; row++)
            is_ok = correct(tail, dataset, &tail->corrections.ptr[i], row);
    return is_ok;
}
