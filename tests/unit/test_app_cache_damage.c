/*
 * Caches that are not to be used: of somebody else, cut, damaged, not written to the end, or of what
 * may not lie in a file. Never is anything lost or said wrong; a new one is made where one may be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cache_fixture.h"
#include "folder_fixture.h"
#include "store_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Where things stand in the header, see app/cache.c. */
enum { AT_MAGIC = 0, AT_LAYOUT = 8, AT_ORDER = 12, AT_STORE = 16, AT_SEQ = 48, AT_LINK = 56 };
enum { AT_PERIOD = AT_LINK + SM3_LEN, AT_CORE = AT_PERIOD + 16, AT_SIZE = AT_CORE + SM3_LEN };
enum { ALIGN = 64 };

typedef struct Opened {
    CacheWorld *w;
    Core *core;
    Store *store;
    Facts *facts;
    Dataset *made; /* from the journal */
} Opened;

static Opened open_world(CacheWorld *w)
{
    Opened o = {.w = w};
    const StoredView view = {
        .period = {PERIOD_SCHOOL_YEAR, 2023, 0}, .structure = DATE_MIN, .members = ORG_NOT_FOUND};
    const Core *day;
    cache_world_need(w, pack_load_core(&w->arena, w->request.packs, &o.core, &w->f->err));
    cache_world_need(w, database_open(&w->arena, &w->f->config, &o.store, &w->f->err));
    cache_world_need(w, facts_load(&w->arena, o.core, o.store, FACTS_ALL, &o.facts, &w->f->err));
    cache_world_need(
        w, facts_core(&w->arena, o.facts, period_first_day(view.period), &day, &w->f->err));
    cache_world_need(w, stored_dataset(&w->arena, o.facts, day, &view, &o.made, &w->f->err));
    return o;
}

/* NULL if it is used and holds what the journal says, "differs" if it is used and does not. */
static const char *look(const Opened *o)
{
    CLEANUP(arena_done) Arena arena;
    CLEANUP(err_done) Err err;
    CacheState state;
    const Core *day;
    arena_init(&arena);
    err_init(&err);
    if (!cache_open(&arena, o->store, o->core, o->made->period, &day, &state))
        return state.reason;
    return doctor_check_caches(&arena, o->core, o->store, o->facts, &err) ? NULL : "differs";
}

static Str file_with(CacheWorld *w, Str bytes, size_t at, unsigned char turned)
{
    char *copy = memcpy(arena_alloc(&w->arena, bytes.len), bytes.ptr, bytes.len);
    copy[at] = (char)(copy[at] ^ turned);
    return (Str){copy, bytes.len};
}

/* ---- of somebody else ---- */

static void what_is_not_ours_is_not_used(void **state)
{
    (void)state;
    CacheWorld *w = cache_world_new(ON_SQLITE), *other = cache_world_new(ON_SQLITE);
    cache_world_expect(w, "the first time", "none");
    cache_world_expect(other, "the first time", "none");
    const char *path = cache_world_path(w);
    Str good = cache_world_file(w, path);
    cache_world_put(w, path, cache_world_file(other, cache_world_path(other)));
    cache_world_expect(w, "of another database", "other");
    assert_memory_equal(good.ptr, cache_world_file(w, path).ptr, good.len);
    const struct {
        const char *what;
        size_t at;
        const char *reason;
    } TURNED[] = {{"magic", AT_MAGIC, "other"},  {"layout", AT_LAYOUT, "other"},
                  {"order", AT_ORDER, "other"},  {"store", AT_STORE, "other"},
                  {"entry", AT_SEQ, "other"},    {"link", AT_LINK, "other"},
                  {"packs", AT_CORE, "old"},     {"size", AT_SIZE, "damaged"},
                  {"period", AT_PERIOD, "other"}};
    for (size_t i = 0; i < sizeof TURNED / sizeof *TURNED; i++) {
        cache_world_put(w, path, file_with(w, good, TURNED[i].at, 1));
        cache_world_expect(w, TURNED[i].what, TURNED[i].reason);
    }
    (void)cache_world_import_sample(w, STR("2024-2025"));
    w->request.period = STR("2024-2025");
    cache_world_expect(w, "another year", "none");
    cache_world_put(w, str_cstr(&w->arena, store_fixture_path(w->f, "bureau.db.2024-2025.cache")),
                    cache_world_file(w, path));
    cache_world_expect(w, "a file renamed to another year", "other");
    cache_world_free(w);
    cache_world_free(other);
}

/* ---- cut ---- */

static void what_is_cut_is_not_used(void **state)
{
    (void)state;
    enum { STEP = 512 };
    CacheWorld *w = cache_world_new(ON_SQLITE);
    cache_world_expect(w, "the first time", "none");
    const char *path = cache_world_path(w);
    Str good = cache_world_file(w, path);
    Opened o = open_world(w);
    size_t cuts = 0;
    for (size_t len = 0; len < good.len; len += STEP, cuts++)
        for (size_t less = 0; less < 2; less++) {
            cache_world_put(w, path, str_slice(good, 0, len + (less ? 1 : 0)));
            assert_string_equal(look(&o), len + less ? "damaged" : "none");
        }
    assert_true(cuts > 20);
    cache_world_put(w, path, str_slice(good, 0, good.len - 1));
    cache_world_expect(w, "cut by a byte", "damaged");
    cache_world_put(w, path, str_format(&w->arena, "%.*s%64s", STR_ARG(good), ""));
    cache_world_expect(w, "longer", "damaged");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    CacheState cache;
    (void)cache_world_judge(w, false, &cache);
    assert_string_equal(cache.reason, "none"); /* a folder of this name */
    cache_world_free(w);
}

/* ---- damaged ---- */

static uint64_t aligned(uint64_t len)
{
    return (len + ALIGN - 1) / ALIGN * ALIGN;
}

/* The columns: permanent ids, lines, and numbers by row; they stand at the end of the file. */
static size_t first_of_columns(const Opened *o, Str file)
{
    const Dataset *made = o->made;
    return file.len - aligned(made->school_count * sizeof(int64_t)) -
           aligned(made->table->row_count * sizeof(uint32_t)) -
           (ORDER_ATTRIBUTES + made->item_count) * aligned(made->table->row_count * sizeof(double));
}

/* Between sections lie zeros that nobody reads; all else of the first part is under the sum. */
static void a_damaged_byte_that_says_where_things_are_is_found(void **state)
{
    (void)state;
    enum { STEP = 53 };
    CacheWorld *w = cache_world_new(ON_SQLITE);
    cache_world_event(w, (OrgRequest){.kind = EVENT_CHANGE,
                                      .date = STR("2022-01-01"),
                                      .unit = STR("620702"),
                                      .name = STR("新甘州区")});
    cache_world_expect(w, "the first time", "none");
    const char *path = cache_world_path(w);
    Str good = cache_world_file(w, path);
    Opened o = open_world(w);
    size_t end = first_of_columns(&o, good), found = 0, unread = 0;
    for (size_t at = 0; at < end; at += at < 768 ? 1 : STEP) {
        cache_world_put(w, path, file_with(w, good, at, (unsigned char)(1u << at % 8)));
        const char *reason = look(&o);
        if (reason && strcmp(reason, "differs") == 0)
            fail_msg("byte %zu turned: it is used and says something else", at);
        found += reason != NULL;
        unread += reason == NULL;
        if (!reason)
            assert_int_equal(good.ptr[at], 0);
    }
    print_message("%zu found, %zu in the zeros between sections\n", found, unread);
    assert_true(found > 20 * unread);
    cache_world_put(w, path, file_with(w, good, end - ALIGN * 3, 255));
    cache_world_expect(w, "damaged", "damaged");
    cache_world_free(w);
}

/* The figures are not under the sum, so that a page nobody asks for is never read; check compares them. */
static void check_finds_a_figure_that_was_changed(void **state)
{
    (void)state;
    enum { STEP = 97 };
    CacheWorld *w = cache_world_new(ON_SQLITE);
    cache_world_expect(w, "the first time", "none");
    const char *path = cache_world_path(w);
    Str good = cache_world_file(w, path);
    Opened o = open_world(w);
    size_t found = 0, unread = 0, lines = 0;
    size_t first_line = first_of_columns(&o, good) + aligned(o.made->school_count * 8);
    for (size_t at = first_of_columns(&o, good); at < good.len; at += STEP) {
        cache_world_put(w, path, file_with(w, good, at, 0x10));
        const char *reason = look(&o);
        assert_true(!reason || strcmp(reason, "differs") == 0);
        found += reason != NULL;
        unread += reason == NULL;
        lines += at >= first_line && at < first_line + aligned(o.made->table->row_count * 4);
    }
    print_message("%zu found, %zu not: %zu lines of the file, else blanks\n", found, unread, lines);
    assert_true(found > 50);

    cache_world_put(w, path, file_with(w, good, first_of_columns(&o, good), 1));
    DatabaseStatus status;
    StoreCheck check;
    assert_false(database_check(&w->arena, "packs", &w->f->config, &status, &check, &w->f->err));
    assert_int_equal(w->f->err.first->code, ERR_CACHE_WRONG);
    Str message = err_message(&w->arena, w->f->err.first, LANG_EN);
    assert_non_null(strstr(str_cstr(&w->arena, message), path));
    assert_null(w->f->err.first->next);
    (void)store_fixture_said(w->f);

    Rebuilt rebuilt;
    cache_world_need(w, doctor_rebuild(&w->arena, "packs", &w->f->config, &rebuilt, &w->f->err));
    assert_int_equal(rebuilt.caches.len, 1);
    assert_string_equal(rebuilt.caches.ptr[0].path, path);
    assert_memory_equal(good.ptr, cache_world_file(w, path).ptr, good.len);
    cache_world_free(w);
}

/* ---- not written ---- */

static size_t files_in(const char *dir)
{
    size_t count = 0;
    DIR *folder = opendir(dir);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    (void)closedir(folder);
    return count;
}

/* Fails the n-th operation that writes. */
static int fail_writing(void *ctx, const char *operation)
{
    size_t *left = ctx;
    bool is_reading = strcmp(operation, "read") == 0 || strcmp(operation, "open") == 0;
    return !is_reading && --*left == 0 ? ENOSPC : 0;
}

static bool save(const Opened *o)
{
    CLEANUP(arena_done) Arena arena;
    CLEANUP(err_done) Err err;
    arena_init(&arena);
    err_init(&err);
    bool is_ok = cache_save(&arena, o->store, o->facts, o->core, o->made, &err);
    assert_true(is_ok || err.first->code == ERR_FILE_WRITE);
    return is_ok;
}

static void a_cache_is_written_whole_or_not_at_all(void **state)
{
    (void)state;
    CacheWorld *w = cache_world_new(ON_SQLITE);
    Opened o = open_world(w);
    size_t files = files_in(w->f->dir), failures = 0;
    for (bool is_ok = false; !is_ok; failures += !is_ok) {
        size_t left = failures + 1;
        file_watch(fail_writing, &left);
        is_ok = save(&o);
        file_watch(NULL, NULL);
        /* where only the folder could not be synced, the file is there and whole */
        bool is_there = file_exists(cache_world_path(w));
        assert_int_equal(files_in(w->f->dir), files + is_there);
        assert_true(!is_there || !look(&o));
        assert_true(is_there || !is_ok);
        (void)unlink(cache_world_path(w));
    }
    assert_true(failures > 50);
    cache_world_free(w);
}

static void a_full_disk_hinders_no_judging(void **state)
{
    (void)state;
    CacheWorld *w = cache_world_new(ON_SQLITE);
    Str want = cache_world_judge(w, true, NULL);
    for (size_t at = 1; at < 30; at += 7) {
        size_t left = at;
        CacheState cache;
        file_watch(fail_writing, &left);
        Str got = cache_world_judge(w, false, &cache);
        file_watch(NULL, NULL);
        cache_world_same("on a full disk", got, want);
        assert_string_equal(cache.reason, "none");
        assert_int_equal(left, 0);
        assert_false(file_exists(cache_world_path(w)));
    }
    cache_world_expect(w, "with room again", "none");
    cache_world_free(w);
}

static bool add_nothing(Store *store, void *ctx, Err *err)
{
    const EntryDraft draft = {.author = CACHE_TESTER, .kind = STR("divisions")};
    (void)ctx;
    return store_append(store, &draft, NULL, err);
}

static void nothing_is_written_once_the_journal_has_got_further(void **state)
{
    (void)state;
    CacheWorld *w = cache_world_new(ON_SQLITE);
    Opened o = open_world(w);
    cache_world_need(w, store_write(o.store, add_nothing, NULL, &w->f->err));
    cache_world_need(w, cache_save(&w->arena, o.store, o.facts, o.core, o.made, &w->f->err));
    assert_false(file_exists(cache_world_path(w)));
    cache_world_free(w);
}

/* ---- what may not lie in a file ---- */

static void what_is_sensitive_is_never_cached(void **state)
{
    (void)state;
    static const char ITEM[] = "  图书册数:\n";
    Arena arena;
    Folder packs;
    arena_init(&arena);
    folder_init(&packs, &arena, "packs");
    CacheWorld *w = cache_world_empty(ON_SQLITE, packs.dir);
    (void)cache_world_import_sample(w, CACHE_PERIOD);
    cache_world_expect(w, "before it was sensitive", "none");
    Str items = folder_read(&packs, "core/items.yaml");
    const char *at = strstr(str_cstr(&arena, items), ITEM);
    assert_non_null(at);
    size_t cut = (size_t)(strstr(items.ptr, ITEM) - items.ptr) + sizeof ITEM - 1;
    folder_write(&packs, "core/items.yaml",
                 str_format(&arena, "%.*s    密级: 敏感\n%.*s", (int)cut, items.ptr,
                            (int)(items.len - cut), items.ptr + cut));
    CacheState cache;
    Str first = cache_world_judge(w, false, &cache);
    assert_string_equal(cache.reason, "old");
    assert_false(file_exists(cache_world_path(w)));
    cache_world_same("sensitive", first, cache_world_judge(w, false, &cache));
    assert_string_equal(cache.reason, "none");
    Rebuilt rebuilt;
    cache_world_need(w, doctor_rebuild(&w->arena, packs.dir, &w->f->config, &rebuilt, &w->f->err));
    assert_int_equal(rebuilt.caches.len, 1);
    assert_null(rebuilt.caches.ptr[0].path);
    assert_false(file_exists(cache_world_path(w)));
    cache_world_free(w);
    folder_done(&packs);
    arena_done(&arena);
}

/* ---- several at once ---- */

static void judge_often(CacheWorld *w)
{
    for (int i = 0; i < 8; i++) {
        if (i % 3 == 2)
            (void)unlink(cache_world_path(w));
        (void)cache_world_judge(w, false, NULL);
    }
}

static void correct_often(CacheWorld *w)
{
    Live *live;
    uint32_t region;
    cache_world_need(w, live_open(&w->arena, &w->request, &live, &w->f->err));
    for (int i = 0; i < 8; i++) {
        const LiveEdit edit = {.school = STR("2162900037"),
                               .item = STR("在校生数"),
                               .value = 1000 + i,
                               .author = CACHE_TESTER};
        cache_world_need(w, live_edit(live, &edit, &region, &w->f->err));
    }
}

static void several_processes_do_not_hinder_each_other(void **state)
{
    (void)state;
    enum { CHILDREN = 4 };
    CacheWorld *w = cache_world_new(ON_SQLITE);
    pid_t child[CHILDREN];
    for (int i = 0; i < CHILDREN; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (child[i] == 0) {
            if (i == 0)
                correct_often(w);
            else
                judge_often(w);
            _exit(0);
        }
    }
    for (int i = 0; i < CHILDREN; i++) {
        int status = 0;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    (void)cache_world_judge(w, false, NULL);
    cache_world_expect(w, "after all of them", NULL);
    size_t files = files_in(w->f->dir);
    (void)unlink(cache_world_path(w));
    assert_int_equal(files_in(w->f->dir), files - 1); /* and nothing of theirs lies about */
    cache_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_ours_is_not_used),
        cmocka_unit_test(what_is_cut_is_not_used),
        cmocka_unit_test(a_damaged_byte_that_says_where_things_are_is_found),
        cmocka_unit_test(check_finds_a_figure_that_was_changed),
        cmocka_unit_test(a_cache_is_written_whole_or_not_at_all),
        cmocka_unit_test(a_full_disk_hinders_no_judging),
        cmocka_unit_test(nothing_is_written_once_the_journal_has_got_further),
        cmocka_unit_test(what_is_sensitive_is_never_cached),
        cmocka_unit_test(several_processes_do_not_hinder_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
