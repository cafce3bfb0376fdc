#include "app/cache.h"

#include "app/arrange.h"
#include "app/cache_int.h"
#include "app/stored_counties.h"
#include "base/file.h"

#include <stdio.h>
#include <unistd.h>

enum { LAYOUT = 3, ALIGN = 64, PERIOD_BYTES = 16 };
#define MAGIC "JHCACHE\n"

/* The beginning of the file, as it lies in memory: a cache is of one kind of machine. */
typedef struct CacheHead {
    char magic[8];
    uint32_t layout, order; /* order: 0x01020304 as this machine writes it */
    char store[32];
    uint64_t seq;
    unsigned char link[SM3_LEN];
    char period[PERIOD_BYTES];
    unsigned char core[SM3_LEN];                             /* of the packs */
    uint64_t size;                                           /* of the file */
    uint64_t schools, parts, rows, items, leaves, divisions; /* divisions 0: those of the packs */
    uint64_t first[FRAME_STAGES_MAX], row_count[FRAME_STAGES_MAX];
    uint64_t siblings[FRAME_STAGES_MAX];                /* bits of the stages */
    uint64_t has_classes, stageless, names, item_bytes; /* names: bytes */
    uint64_t county_bytes;                              /* facts of the counties, as a document */
    uint64_t school_size;                               /* of a PackedSchool */
    uint64_t sum; /* of the sections that say where things are */
} CacheHead;

#define ALIGNED_HEAD ((sizeof(CacheHead) + ALIGN - 1) / ALIGN * ALIGN)

/* A school without pointers. */
typedef struct PackedSchool {
    uint64_t code;
    uint32_t name_at, name_len;
    uint32_t first_row, shared_row;
    uint32_t region, type, runner,
        urban; /* place in its list + 1; 0: none. region: of the leaves, from 0 */
    uint32_t part[FRAME_STAGES_MAX];
} PackedSchool;

static char *path_of(Arena *arena, const Store *store, Period period)
{
    StrBuf name;
    strbuf_init(&name, arena);
    period_format(&name, period);
    strbuf_add(&name, STR(".cache"));
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '/')
            name.ptr[i] = '_';
    return str_cstr(arena, store_beside(arena, store, strbuf_str(&name)));
}

/* Not against anybody who means it: that is for the chain. */
static uint64_t sum_of(uint64_t sum, const void *bytes, size_t len)
{
    const uint64_t prime = 0x9e3779b97f4a7c15U;
    const unsigned char *at = bytes;
    uint64_t lane[4] = {sum, sum ^ 1, sum ^ 2, sum ^ 3}, word;
    size_t i = 0;
    for (; i + sizeof lane <= len; i += sizeof lane)
        for (size_t k = 0; k < 4; k++) {
            memcpy(&word, at + i + k * sizeof word, sizeof word);
            lane[k] = (lane[k] ^ word) * prime;
            lane[k] ^= lane[k] >> 29;
        }
    for (; i < len; i++)
        lane[0] = (lane[0] ^ at[i]) * prime;
    return lane[0] ^ lane[1] * 3 ^ lane[2] * 5 ^ lane[3] * 7;
}

/* ---- writing ---- */

typedef struct CacheWriter {
    FileWriter *file;
    const Dataset *dataset;
    uint64_t at;
    Err *err;
} CacheWriter;

/* One section, up to the next multiple of ALIGN. */
static bool add_section(CacheWriter *writer, const void *bytes, size_t len)
{
    static const char ZERO[ALIGN];
    size_t rest = (ALIGN - len % ALIGN) % ALIGN;
    writer->at += len + rest;
    return file_writer_add(writer->file, (Str){bytes, len}, writer->err) &&
           file_writer_add(writer->file, (Str){ZERO, rest}, writer->err);
}

static uint32_t place_in(const CodeList *list, const Code *code)
{
    for (size_t i = 0; code && i < list->codes.len; i++)
        if (list->codes.ptr[i] == code)
            return (uint32_t)i + 1;
    return 0;
}

static const CodeList *list_named(const Core *core, const char *id)
{
    for (size_t i = 0; i < core->code_lists.len; i++)
        if (str_equals(core->code_lists.ptr[i]->id, str_from(id)))
            return core->code_lists.ptr[i];
    return NULL;
}

static uint32_t leaf_of(const FrameOrder *order, const Code *region)
{
    uint32_t leaf = 0;
    while (order->leaf[leaf] != region)
        leaf++;
    return leaf;
}

typedef struct Packed {
    PackedSchool *school;
    StrBuf names;
} Packed;

static void pack_schools(Arena *arena, const Dataset *dataset, Packed *ret)
{
    const Core *core = dataset->core;
    const CodeList *runners = list_named(core, "runner"), *urban = list_named(core, "urban_rural");
    size_t count = dataset->school_count;
    *ret = (Packed){.school = arena_alloc_raw(arena, (count + 1) * sizeof(PackedSchool))};
    strbuf_init(&ret->names, arena);
    uint32_t last_leaf = 0;
    for (size_t i = 0; i < count; i++) {
        const School *school = &dataset->school[i];
        if (dataset->order->leaf[last_leaf] != school->region)
            last_leaf = leaf_of(dataset->order, school->region);
        ret->school[i] = (PackedSchool){.code = school->code,
                                        .name_at = (uint32_t)ret->names.len,
                                        .name_len = (uint32_t)school->name.len,
                                        .first_row = school->first_row,
                                        .shared_row = school->shared_row,
                                        .region = last_leaf,
                                        .type = place_in(core->school_types, school->type),
                                        .runner = runners ? place_in(runners, school->runner) : 0,
                                        .urban = urban ? place_in(urban, school->urban) : 0};
        memcpy(ret->school[i].part, school->part, sizeof school->part);
        strbuf_add(&ret->names, school->name);
    }
}

/* The divisions of the day, where they are not those of the packs: code, parent, name. */
static size_t pack_divisions(const Core *packs, const Core *day, StrBuf *out)
{
    if (packs == day)
        return 0;
    const CodeList *list = day->regions;
    for (size_t i = 0; i < list->codes.len; i++) {
        const Code *code = list->codes.ptr[i];
        strbuf_addf(out, "%.*s\t%zu\t%.*s\n", STR_ARG(code->code),
                    (size_t)place_in(list, code->parent), STR_ARG(code->name));
    }
    return out->len;
}

typedef struct Prepared {
    CacheHead head;
    Packed packed;
    StrBuf items, divisions, counties;
    uint32_t *leaf; /* numbers of the divisions */
} Prepared;

static void fill_orders(const Dataset *dataset, CacheHead *head)
{
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++) {
        const StageOrder *order = &dataset->order->stage[stage];
        head->first[stage] = order->first;
        head->row_count[stage] = order->row_count;
        for (int other = 0; other < FRAME_STAGES_MAX; other++)
            if (order->row_count && order->sibling[other])
                head->siblings[stage] |= UINT64_C(1) << other;
    }
}

static void prepare(Arena *arena, const Store *store, const Facts *facts, const Core *core,
                    const Dataset *dataset, Prepared *ret)
{
    *ret = (Prepared){.head = {.layout = LAYOUT,
                               .order = 0x01020304,
                               .schools = dataset->school_count,
                               .parts = dataset->part_count,
                               .rows = dataset->table->row_count,
                               .items = dataset->item_count,
                               .leaves = dataset->order->leaf_count,
                               .has_classes = dataset->has_classes,
                               .stageless = dataset->stageless_count,
                               .school_size = sizeof(PackedSchool)}};
    CacheHead *head = &ret->head;
    StrBuf period;
    strbuf_init(&period, arena);
    period_format(&period, dataset->period);
    memcpy(head->magic, MAGIC, sizeof head->magic);
    memcpy(head->store, store_id(store).ptr, sizeof head->store);
    memcpy(head->period, period.ptr, period.len < PERIOD_BYTES ? period.len : PERIOD_BYTES);
    Head at = store_head(store);
    head->seq = at.seq;
    memcpy(head->link, at.link, SM3_LEN);
    (void)!digest_hex_parse(core->digest, head->core, SM3_LEN);
    fill_orders(dataset, head);
    pack_schools(arena, dataset, &ret->packed);
    head->names = ret->packed.names.len;
    strbuf_init(&ret->items, arena);
    for (size_t i = 0; i < dataset->item_count; i++)
        strbuf_addf(&ret->items, "%.*s\n", STR_ARG(dataset->items[i].item->symbol.code));
    head->item_bytes = ret->items.len;
    strbuf_init(&ret->divisions, arena);
    head->divisions = pack_divisions(facts->core, dataset->core, &ret->divisions);
    strbuf_init(&ret->counties, arena);
    Document counties = counties_document(arena, facts, dataset->region_facts, FORM_COUNTY, STR(""),
                                          STR(""), period_first_day(dataset->period));
    document_format(&ret->counties, &counties);
    head->county_bytes = ret->counties.len;
    ret->leaf = ARENA_ARRAY(arena, uint32_t, head->leaves + 1);
    for (size_t i = 0; i < head->leaves; i++)
        ret->leaf[i] = (uint32_t)dataset->order->leaf[i]->number;
}

/* Calls fn for each section that says where things are, in the order of the file. */
typedef bool SectionFn(void *ctx, const void *bytes, size_t len);

static bool each_order(const Prepared *p, const Dataset *dataset, SectionFn *fn, void *ctx)
{
    bool is_ok = true;
    for (int stage = 0; is_ok && stage < FRAME_STAGES_MAX; stage++) {
        const StageOrder *order = &dataset->order->stage[stage];
        if (!order->row_count)
            continue;
        is_ok = fn(ctx, order->leaf_first, (p->head.leaves + 1) * sizeof(uint32_t)) &&
                fn(ctx, order->part, order->row_count * sizeof(uint32_t));
        for (int other = 0; is_ok && other < FRAME_STAGES_MAX; other++)
            if (order->sibling[other])
                is_ok = fn(ctx, order->sibling[other], order->row_count * sizeof(int32_t));
    }
    return is_ok;
}

static bool each_section(const Prepared *p, const Dataset *dataset, SectionFn *fn, void *ctx)
{
    return fn(ctx, p->items.ptr ? p->items.ptr : "", p->items.len) &&
           fn(ctx, p->divisions.ptr ? p->divisions.ptr : "", p->divisions.len) &&
           fn(ctx, p->counties.ptr, p->counties.len) &&
           fn(ctx, p->leaf, p->head.leaves * sizeof(uint32_t)) && each_order(p, dataset, fn, ctx) &&
           fn(ctx, p->packed.names.ptr ? p->packed.names.ptr : "", p->packed.names.len) &&
           fn(ctx, p->packed.school, p->head.schools * sizeof(PackedSchool)) &&
           fn(ctx, dataset->part, p->head.parts * sizeof(Part));
}

typedef struct Measure {
    uint64_t sum, size;
} Measure;

static bool measure(void *ctx, const void *bytes, size_t len)
{
    Measure *m = ctx;
    m->sum = sum_of(m->sum, bytes, len);
    m->size += (len + ALIGN - 1) / ALIGN * ALIGN;
    return true;
}

static bool write_section(void *ctx, const void *bytes, size_t len)
{
    return add_section(ctx, bytes, len);
}

static bool write_columns(CacheWriter *writer, const Prepared *p)
{
    const Dataset *dataset = writer->dataset;
    size_t bytes = p->head.rows * sizeof(double);
    bool is_ok = add_section(writer, dataset->org, p->head.schools * sizeof(int64_t)) &&
                 add_section(writer, dataset->table->line, p->head.rows * sizeof(uint32_t));
    for (int i = 0; is_ok && i < ORDER_ATTRIBUTES; i++)
        is_ok = add_section(writer, dataset->order->attribute[i], bytes);
    for (size_t i = 0; is_ok && i < dataset->item_count; i++)
        is_ok = add_section(writer, dataset->table->column[dataset->items[i].plain].number, bytes);
    return is_ok;
}

static uint64_t size_of_columns(const CacheHead *head)
{
#define ALIGNED(bytes) (((bytes) + ALIGN - 1) / ALIGN * ALIGN)
    return ALIGNED(head->schools * sizeof(int64_t)) + ALIGNED(head->rows * sizeof(uint32_t)) +
           (ORDER_ATTRIBUTES + head->items) * ALIGNED(head->rows * sizeof(double));
#undef ALIGNED
}

static bool may_be_cached(const Dataset *dataset)
{
    for (size_t i = 0; i < dataset->item_count; i++)
        if (str_equals(dataset->items[i].item->privacy, STR("敏感")))
            return false;
    return dataset->school_count > 0;
}

void cache_remove(Arena *arena, Store *store, Period period)
{
    (void)unlink(path_of(arena, store, period));
}

bool cache_save(Arena *arena, Store *store, const Facts *facts, const Core *core,
                const Dataset *dataset, Err *err)
{
    Prepared p;
    CacheWriter writer = {.dataset = dataset, .err = err};
    if (store_head(store).seq != facts->seq)
        return true;
    if (!may_be_cached(dataset)) {
        cache_remove(arena, store, dataset->period);
        return true;
    }
    prepare(arena, store, facts, core, dataset, &p);
    if (p.head.names > UINT32_MAX)
        return true; /* name_at could not say where */
    Measure all = {0};
    (void)each_section(&p, dataset, measure, &all);
    p.head.size = ALIGNED_HEAD + all.size + size_of_columns(&p.head);
    p.head.sum = sum_of(all.sum, &p.head, sizeof p.head);
    return file_writer_open(arena, path_of(arena, store, dataset->period), &writer.file, err) &&
           add_section(&writer, &p.head, sizeof p.head) &&
           each_section(&p, dataset, write_section, &writer) && write_columns(&writer, &p) &&
           file_writer_finish(writer.file, err);
}

/* ---- reading ---- */

typedef struct CacheReader {
    Arena *arena;
    CacheHead head;
    char *at, *end;
    uint64_t sum;
    bool is_bad;
} CacheReader;

static void *take(CacheReader *reader, uint64_t len, bool is_summed)
{
    uint64_t aligned = (len + ALIGN - 1) / ALIGN * ALIGN;
    if (reader->is_bad || aligned < len || aligned > (uint64_t)(reader->end - reader->at)) {
        reader->is_bad = true;
        return NULL;
    }
    void *section = reader->at;
    reader->at += aligned;
    if (is_summed)
        reader->sum = sum_of(reader->sum, section, (size_t)len);
    return section;
}

static const char *check_head(CacheReader *reader, Str file, const Store *store, const Core *core,
                              Str period)
{
    CacheHead *head = &reader->head;
    unsigned char digest[SM3_LEN];
    char period_bytes[PERIOD_BYTES] = "";
    if (file.len < ALIGNED_HEAD)
        return "damaged";
    memcpy(head, file.ptr, sizeof *head);
    memcpy(period_bytes, period.ptr, period.len < PERIOD_BYTES ? period.len : PERIOD_BYTES);
    if (memcmp(head->magic, MAGIC, sizeof head->magic) != 0 || head->layout != LAYOUT ||
        head->order != 0x01020304 || head->school_size != sizeof(PackedSchool) ||
        memcmp(head->store, store_id(store).ptr, sizeof head->store) != 0 ||
        memcmp(head->period, period_bytes, PERIOD_BYTES) != 0)
        return "other";
    if (!digest_hex_parse(core->digest, digest, SM3_LEN) ||
        memcmp(digest, head->core, SM3_LEN) != 0)
        return "old";
    reader->at = (char *)file.ptr + ALIGNED_HEAD;
    reader->end = (char *)file.ptr + file.len;
    return head->size == file.len ? NULL : "damaged";
}

static Str next_line(Str *rest)
{
    const char *end = rest->len ? memchr(rest->ptr, '\n', rest->len) : NULL;
    Str line = {rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};
    *rest = str_slice(*rest, line.len + 1, rest->len);
    return line;
}

static const Core *read_divisions(CacheReader *reader, const Core *core, const char *bytes)
{
    Str rest = {bytes, reader->head.divisions};
    VEC(CoreRegion) list = {0};
    while (rest.len) {
        Str line = next_line(&rest), field[3] = {{0}};
        size_t at = 0, count = 0;
        for (size_t i = 0; i <= line.len && count < 3; i++)
            if (i == line.len || (line.ptr[i] == '\t' && count < 2)) {
                field[count++] = str_slice(line, at, i - at);
                at = i + 1;
            }
        size_t parent = 0;
        for (size_t i = 0; i < field[1].len; i++)
            parent = parent * 10 + (size_t)(field[1].ptr[i] - '0');
        VEC_PUSH(reader->arena, &list,
                 (CoreRegion){.code = field[0], .name = field[2], .parent = parent});
    }
    return reader->head.divisions ? core_with_regions(reader->arena, core, list.ptr, list.len)
                                  : core;
}

static bool read_items(CacheReader *reader, Dataset *dataset, const char *bytes, size_t len)
{
    Str rest = {bytes, len};
    dataset->items = ARENA_ARRAY(reader->arena, ItemColumns, reader->head.items + 1);
    dataset->table->column = ARENA_ARRAY(reader->arena, TableColumn, reader->head.items + 1);
    for (size_t i = 0; i < reader->head.items; i++) {
        const Item *item = map_find(&dataset->core->items, next_line(&rest));
        if (!item)
            return false;
        ItemColumns *columns = &dataset->items[i];
        *columns = (ItemColumns){.item = item, .plain = (int)i};
        for (int stage = 0; stage < FRAME_STAGES_MAX; stage++)
            columns->of_stage[stage] = -1;
        dataset->table->column[i] = (TableColumn){.name = item->symbol.name, .kind = FIELD_NUMBER};
    }
    dataset->item_count = dataset->table->column_count = (size_t)reader->head.items;
    return true;
}

static void read_orders(CacheReader *reader, FrameOrder *order)
{
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++) {
        StageOrder *to = &order->stage[stage];
        uint64_t rows = reader->head.row_count[stage];
        if (!rows)
            continue;
        to->first = (uint32_t)reader->head.first[stage];
        to->row_count = (uint32_t)rows;
        to->leaf_first = take(reader, (reader->head.leaves + 1) * sizeof(uint32_t), true);
        to->part = take(reader, rows * sizeof(uint32_t), true);
        for (int other = 0; other < FRAME_STAGES_MAX; other++)
            if (reader->head.siblings[stage] >> other & 1)
                to->sibling[other] = take(reader, rows * sizeof(int32_t), true);
    }
}

static const Code *code_at(const CodeList *list, uint32_t place)
{
    return place && list ? list->codes.ptr[place - 1] : NULL;
}

/* The numbers become pointers again. */
static School *read_schools(const CacheReader *reader, const Dataset *dataset,
                            const PackedSchool *packed, const char *names)
{
    const Core *core = dataset->core;
    const CodeList *runners = list_named(core, "runner"), *urban = list_named(core, "urban_rural");
    School *schools = arena_alloc_raw(reader->arena, (reader->head.schools + 1) * sizeof(School));
    for (size_t i = 0; i < reader->head.schools; i++) {
        const PackedSchool *from = &packed[i];
        School *to = &schools[i];
        to->code = from->code;
        to->name = (Str){names + from->name_at, from->name_len};
        to->region = dataset->order->leaf[from->region];
        to->type = core->school_types->codes.ptr[from->type - 1];
        to->runner = code_at(runners, from->runner);
        to->urban = code_at(urban, from->urban);
        to->first_row = from->first_row;
        to->shared_row = from->shared_row;
        memcpy(to->part, from->part, sizeof to->part);
    }
    return schools;
}

static bool read_leaves(CacheReader *reader, const Core *core, const uint32_t *number,
                        FrameOrder *order)
{
    order->leaf_count = (size_t)reader->head.leaves;
    order->leaf = ARENA_ARRAY(reader->arena, const Code *, order->leaf_count + 1);
    for (size_t i = 0; i < order->leaf_count; i++) {
        char code[16];
        (void)snprintf(code, sizeof code, "%06u", number[i]);
        order->leaf[i] = map_find(&core->regions->lookup, str_from(code));
        if (!order->leaf[i])
            return false;
    }
    return true;
}

static bool read_counties(const CacheReader *reader, Dataset *dataset, Str bytes)
{
    Document document;
    if (!document_parse(reader->arena, bytes, &document))
        return false;
    dataset->region_facts = counties_of(reader->arena, dataset->core, &document);
    return true;
}

static void read_columns(CacheReader *reader, Dataset *dataset, FrameOrder *order)
{
    uint64_t bytes = reader->head.rows * sizeof(double);
    dataset->org = take(reader, reader->head.schools * sizeof(int64_t), false);
    dataset->table->line = take(reader, reader->head.rows * sizeof(uint32_t), false);
    for (int i = 0; i < ORDER_ATTRIBUTES; i++)
        order->attribute[i] = take(reader, bytes, false);
    for (size_t i = 0; i < dataset->item_count; i++)
        dataset->table->column[i].number = take(reader, bytes, false);
}

/* All sections in the order in which they were written; NULL if something does not fit. */
static Dataset *read_dataset(CacheReader *reader, const Core *core, Period period)
{
    CacheHead *head = &reader->head;
    Dataset *dataset = ARENA_NEW(reader->arena, Dataset);
    FrameOrder *order = ARENA_NEW(reader->arena, FrameOrder);
    uint64_t sum = head->sum, items_len = head->item_bytes;
    const char *items = take(reader, items_len, true);
    const char *divisions = take(reader, head->divisions, true);
    const char *counties = take(reader, head->county_bytes, true);
    const uint32_t *leaf = take(reader, head->leaves * sizeof(uint32_t), true);
    read_orders(reader, order);
    const char *names = take(reader, head->names, true);
    const PackedSchool *packed = take(reader, head->schools * sizeof(PackedSchool), true);
    Part *part = take(reader, head->parts * sizeof(Part), true);
    head->sum = 0;
    if (reader->is_bad || sum_of(reader->sum, head, sizeof *head) != sum)
        return NULL;
    *dataset = (Dataset){.core = read_divisions(reader, core, divisions),
                         .table = ARENA_NEW(reader->arena, Table),
                         .period = period,
                         .school_count = (size_t)head->schools,
                         .part = part,
                         .part_count = (size_t)head->parts,
                         .type_column = -1,
                         .runner_column = -1,
                         .urban_column = -1,
                         .has_classes = head->has_classes != 0,
                         .stageless_count = (size_t)head->stageless,
                         .order = order};
    if (!dataset->core || !read_items(reader, dataset, items, (size_t)items_len) ||
        !read_leaves(reader, dataset->core, leaf, order) ||
        !read_counties(reader, dataset, (Str){counties, head->county_bytes}))
        return NULL;
    dataset->table->row_count = (size_t)head->rows;
    read_columns(reader, dataset, order);
    if (reader->is_bad || reader->at != reader->end)
        return NULL;
    dataset->school = read_schools(reader, dataset, packed, names);
    dataset->changed = ARENA_ARRAY(reader->arena, double *, dataset->item_count + 1);
    return dataset;
}

Dataset *cache_open(Arena *arena, Store *store, const Core *core, Period period,
                    const Core **ret_core, CacheState *ret_state)
{
    CacheReader reader = {.arena = arena};
    StrBuf text;
    Str file;
    strbuf_init(&text, arena);
    period_format(&text, period);
    *ret_state = (CacheState){.path = path_of(arena, store, period), .reason = "none"};
    if (!file_map(arena, ret_state->path, &file))
        return NULL;
    ret_state->is_there = true;
    ret_state->reason = check_head(&reader, file, store, core, strbuf_str(&text));
    ret_state->seq = reader.head.seq;
    CacheHead head = reader.head;
    CacheTail tail = {.arena = arena,
                      .text = strbuf_str(&text),
                      .period = period,
                      .seq = head.seq,
                      .link = head.link};
    if (!ret_state->reason)
        ret_state->reason = cache_read_tail(store, &tail);
    if (ret_state->reason)
        return NULL;
    Dataset *dataset = read_dataset(&reader, core, period);
    ret_state->reason = !dataset ? "damaged" : cache_apply_tail(&tail, dataset) ? NULL : "old";
    ret_state->is_used = !ret_state->reason;
    if (ret_state->is_used)
        *ret_core = dataset->core;
    return ret_state->is_used ? dataset : NULL;
}
