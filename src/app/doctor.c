#include "app/doctor.h"

#include "app/database.h"
#include "base/file.h"

#include <sys/statvfs.h>

/* ---- caches ---- */

static StoredView view_of(Period period)
{
    return (StoredView){.period = period, .structure = DATE_MIN, .members = ORG_NOT_FOUND};
}

/* The periods that have figures of schools, each once, in the order of their first batch. */
typedef VEC(Period) PeriodList;

static PeriodList periods_of(Arena *arena, const Facts *facts)
{
    PeriodList list = {0};
    for (size_t i = 0; i < facts->batches.len; i++) {
        const Batch *batch = &facts->batches.ptr[i];
        bool is_new = facts_is_of_schools(batch);
        for (size_t k = 0; is_new && k < list.len; k++)
            is_new = list.ptr[k].year != batch->period.year;
        if (is_new)
            VEC_PUSH(arena, &list, batch->period);
    }
    return list;
}

static bool stored_of(Arena *arena, const Facts *facts, Period period, Dataset **ret, Err *err)
{
    const Core *core;
    StoredView view = view_of(period);
    return facts_core(arena, facts, period_first_day(period), &core, err) &&
           stored_dataset(arena, facts, core, &view, ret, err);
}

bool doctor_rebuild(Arena *arena, const char *packs, const StoreConfig *config, Rebuilt *ret,
                    Err *err)
{
    Core *core;
    Store *store;
    Facts *facts;
    *ret = (Rebuilt){0};
    if (!pack_load_core(arena, packs, &core, err) || !database_open(arena, config, &store, err) ||
        !facts_load(arena, core, store, FACTS_ALL, &facts, err))
        return false;
    PeriodList periods = periods_of(arena, facts);
    for (size_t i = 0; i < periods.len; i++) {
        Dataset *dataset;
        const Core *day;
        CacheState state;
        StrBuf text;
        strbuf_init(&text, arena);
        period_format(&text, periods.ptr[i]);
        cache_remove(arena, store, periods.ptr[i]);
        if (!stored_of(arena, facts, periods.ptr[i], &dataset, err) ||
            !cache_save(arena, store, facts, core, dataset, err))
            return false;
        bool is_used = cache_open(arena, store, core, periods.ptr[i], &day, &state) != NULL;
        VEC_PUSH(arena, &ret->caches,
                 (RebuiltCache){.period = strbuf_str(&text),
                                .path = is_used ? state.path : NULL,
                                .schools = dataset->school_count,
                                .rows = dataset->table->row_count});
    }
    return true;
}

static bool is_same_code(const Code *a, const Code *b)
{
    return (!a && !b) || (a && b && str_equals(a->code, b->code));
}

static bool is_same_school(const School *a, const School *b)
{
    return a->code == b->code && str_equals(a->name, b->name) &&
           is_same_code(a->region, b->region) && is_same_code(a->type, b->type) &&
           is_same_code(a->runner, b->runner) && is_same_code(a->urban, b->urban) &&
           a->shared_row == b->shared_row && memcmp(a->part, b->part, sizeof a->part) == 0;
}

/* Absent is absent, whatever the bits of the NaN. */
static bool is_same_column(const double *a, const double *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i] && (a[i] == a[i] || b[i] == b[i]))
            return false;
    return true;
}

static bool is_same_dataset(const Dataset *a, const Dataset *b)
{
    if (a->school_count != b->school_count || a->part_count != b->part_count ||
        a->table->row_count != b->table->row_count)
        return false;
    for (size_t i = 0; i < a->school_count; i++)
        if (!is_same_school(&a->school[i], &b->school[i]) || a->org[i] != b->org[i])
            return false;
    for (size_t i = 0; i < b->item_count; i++) {
        const ItemColumns *of_a = dataset_item(a, b->items[i].item);
        if (!of_a ||
            !is_same_column(a->table->column[of_a->plain].number,
                            b->table->column[b->items[i].plain].number, a->table->row_count))
            return false;
    }
    for (int i = 0; i < ORDER_ATTRIBUTES; i++)
        if (!is_same_column(a->order->attribute[i], b->order->attribute[i], a->table->row_count))
            return false;
    return a->item_count == b->item_count;
}

bool doctor_check_caches(Arena *arena, const Core *core, Store *store, const Facts *facts, Err *err)
{
    PeriodList periods = periods_of(arena, facts);
    bool is_ok = true;
    for (size_t i = 0; i < periods.len; i++) {
        const Core *day;
        CacheState state;
        Dataset *made, *cached = cache_open(arena, store, core, periods.ptr[i], &day, &state);
        if (!cached)
            continue;
        if (!stored_of(arena, facts, periods.ptr[i], &made, err))
            return false;
        if (!is_same_dataset(cached, made))
            is_ok = err_fail(err, ERR_CACHE_WRONG, ARG_STR("file", str_from(state.path)));
    }
    return is_ok;
}

/* ---- the examination ---- */

typedef struct Doctor {
    Arena *arena;
    const char *packs;
    const StoreConfig *config;
    Examination *out;
    Core *core;
    Store *store;
    Facts *facts;
} Doctor;

static Finding *add(Doctor *d, const char *zh, const char *en, Health health)
{
    VEC_PUSH(d->arena, &d->out->findings, (Finding){.zh = zh, .en = en, .health = health});
    d->out->bad += health == HEALTH_BAD;
    return &d->out->findings.ptr[d->out->findings.len - 1];
}

static void say(Finding *finding, Str zh, Str en)
{
    finding->detail_zh = zh;
    finding->detail_en = en;
}

/* A finding for each thing that is wrong, or one that all is well. */
static bool take(Doctor *d, const char *zh, const char *en, bool is_ok, Err *err)
{
    if (is_ok) {
        (void)add(d, zh, en, HEALTH_GOOD);
        return true;
    }
    for (const Diag *diag = err->first; diag; diag = diag->next) {
        Finding *finding = add(d, zh, en, HEALTH_BAD);
        say(finding, err_message(d->arena, diag, LANG_ZH), err_message(d->arena, diag, LANG_EN));
        finding->advice_zh = err_hint(d->arena, diag, LANG_ZH);
        finding->advice_en = err_hint(d->arena, diag, LANG_EN);
    }
    return false;
}

static bool examine_packs(Doctor *d)
{
    CLEANUP(err_done) Err err;
    err_init(&err);
    bool is_ok = pack_load_core(d->arena, d->packs, &d->core, &err);
    return take(d, "政策包", "packs", is_ok, &err);
}

static bool examine_opening(Doctor *d)
{
    CLEANUP(err_done) Err err;
    err_init(&err);
    bool is_ok = database_open(d->arena, d->config, &d->store, &err);
    if (!take(d, "打开数据库", "opening", is_ok, &err))
        return false;
    Finding *finding = &d->out->findings.ptr[d->out->findings.len - 1];
    Str address = store_address(d->store);
    unsigned long long entries = store_head(d->store).seq;
    say(finding, str_format(d->arena, "%.*s，%llu 条记录", STR_ARG(address), entries),
        str_format(d->arena, "%.*s, %llu entries", STR_ARG(address), entries));
    return true;
}

/* Opening has seen that nobody else may read it. */
static void examine_key(Doctor *d)
{
    Str path = str_from(store_key_file(d->store));
    say(add(d, "钥匙文件", "key file", HEALTH_GOOD), path, path);
}

static void examine_chain(Doctor *d)
{
    CLEANUP(err_done) Err err;
    StoreCheck check;
    err_init(&err);
    bool is_ok = store_check(d->store, &check, &err);
    (void)take(d, "流水账的链", "chain of the journal", is_ok, &err);
}

static bool examine_facts(Doctor *d)
{
    CLEANUP(err_done) Err err;
    err_init(&err);
    bool is_ok = facts_load(d->arena, d->core, d->store, FACTS_ALL, &d->facts, &err);
    if (!take(d, "记录的内容", "content of the entries", is_ok, &err))
        return false;
    Str periods = facts_periods(d->arena, d->facts);
    say(&d->out->findings.ptr[d->out->findings.len - 1],
        periods.len ? str_format(d->arena, "有学校数据的学年：%.*s", STR_ARG(periods))
                    : STR("还没有学校数据"),
        periods.len ? str_format(d->arena, "figures of schools for %.*s", STR_ARG(periods))
                    : STR("no figures of schools yet"));
    return true;
}

static void examine_cache(Doctor *d, Period period)
{
    static const struct {
        const char *reason, *zh, *en;
    } WHY[] = {
        {"none", "还没有，下次评的时候生成", "not there; the next judging makes it"},
        {"other", "是别的库或别的版本的，不会用它", "of another database or version; not used"},
        {"old", "比流水账旧，下次评的时候更新",
         "older than the journal; the next judging renews it"},
        {"damaged", "坏了，不会用它", "damaged; not used"}};
    const Core *day;
    CacheState state;
    bool is_used = cache_open(d->arena, d->store, d->core, period, &day, &state) != NULL;
    bool is_bad = !is_used && (!strcmp(state.reason, "other") || !strcmp(state.reason, "damaged"));
    Finding *finding = add(d, "缓存", "cache", is_used ? HEALTH_GOOD : HEALTH_NOTE);
    StrBuf text;
    strbuf_init(&text, d->arena);
    period_format(&text, period);
    say(finding, strbuf_str(&text), strbuf_str(&text));
    for (size_t i = 0; !is_used && i < sizeof WHY / sizeof *WHY; i++)
        if (strcmp(WHY[i].reason, state.reason) == 0)
            say(finding, str_format(d->arena, "%.*s %s", STR_ARG(strbuf_str(&text)), WHY[i].zh),
                str_format(d->arena, "%.*s %s", STR_ARG(strbuf_str(&text)), WHY[i].en));
    if (is_bad) {
        finding->advice_zh = STR("要马上换掉就运行 junheng rebuild");
        finding->advice_en = STR("run junheng rebuild to replace it now");
    }
}

static void examine_caches(Doctor *d)
{
    PeriodList periods = periods_of(d->arena, d->facts);
    for (size_t i = 0; i < periods.len; i++)
        examine_cache(d, periods.ptr[i]);
    CLEANUP(err_done) Err err;
    err_init(&err);
    bool is_ok = doctor_check_caches(d->arena, d->core, d->store, d->facts, &err);
    (void)take(d, "缓存与流水账一致", "caches equal the journal", is_ok, &err);
}

static void examine_disk(Doctor *d)
{
    enum { MEGABYTE = 1 << 20, LEAST_MB = 200 };
    struct statvfs info;
    char *folder = str_cstr(d->arena, str_from(store_head_file(d->store)));
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    if (statvfs(slash ? folder : ".", &info) != 0)
        return;
    unsigned long long free_mb = (unsigned long long)info.f_bavail * info.f_frsize / MEGABYTE;
    Finding *finding =
        add(d, "磁盘空间", "disk space", free_mb < LEAST_MB ? HEALTH_BAD : HEALTH_GOOD);
    say(finding, str_format(d->arena, "还有 %llu MB", free_mb),
        str_format(d->arena, "%llu MB free", free_mb));
    if (free_mb < LEAST_MB) {
        finding->advice_zh = STR("请腾出空间：满了就存不进东西");
        finding->advice_en = STR("make room: nothing can be accepted on a full disk");
    }
}

void doctor_examine(Arena *arena, const char *packs, const StoreConfig *store, Examination *ret)
{
    Doctor d = {.arena = arena, .packs = packs, .config = store, .out = ret};
    *ret = (Examination){0};
    bool has_packs = examine_packs(&d);
    if (!examine_opening(&d))
        return;
    examine_key(&d);
    examine_disk(&d);
    examine_chain(&d);
    if (has_packs && examine_facts(&d))
        examine_caches(&d);
}
