/*
 * Class lists and pupil lists. tests/golden/classes.txt: a title `%%LIST title`, a list, perhaps `%%TABLE`
 * and a table of schools, which is filled, a line `=>`, and what was understood, or the message in
 * both languages; GOLDEN=write rewrites it. Random lists are compared with a naive count of their rows.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/class_list.h"
#include "flat_fixture.h"

#include <iconv.h>
#include <unistd.h>
#include <xlsxwriter.h>

static const char GOLDEN[] = "tests/golden/classes.txt";

/* ---- the golden file ---- */

static void dump_list(StrBuf *out, const ClassList *list, const Core *core)
{
    const ClassSums *sums = class_list_sum(out->arena, list);
    for (size_t i = 0; i < list->school_count; i++) {
        const ClassSchool *school = &list->school[i];
        strbuf_addf(out, "%llu %.*s, line %u: pupils %llu, classes %u, largest %u\n ",
                    (unsigned long long)school->code, STR_ARG(core->stages.ptr[school->stage].code),
                    school->line, (unsigned long long)sums[i].pupils, sums[i].classes,
                    sums[i].largest);
        for (size_t k = 0; k < list->class_count; k++)
            if (list->classes[k].school == i)
                strbuf_addf(out, " %.*s=%u", STR_ARG(list->classes[k].name),
                            list->classes[k].pupils);
        strbuf_add_char(out, '\n');
    }
    strbuf_addf(out, "%s, rows %zu", list->is_of_pupils ? "pupils" : "classes", list->row_count);
    if (list->sum_row_count)
        strbuf_addf(out, ", sums left out %zu", list->sum_row_count);
    strbuf_add_char(out, '\n');
}

static bool understand(StrBuf *out, FlatFixture *f, Str text, Str table)
{
    ClassListOptions options = {.type_of = class_list_type_in};
    ClassList *list;
    if (table.len && !flat_fixture_read(f, table))
        return false;
    options.ctx = f->dataset;
    if (!class_list_load_bytes(f->arena, f->core, STR("list.csv"), text,
                               table.len ? &options : NULL, &list, &f->packs->err))
        return false;
    if (table.len && !class_list_fill(f->arena, list, f->dataset, &f->packs->err))
        return false;
    dump_list(out, list, f->core);
    if (!table.len)
        return true;
    flat_dump(out, f->dataset);
    strbuf_addf(out, "filled: %zu\n", f->dataset->filled_count);
    return true;
}

static bool begins_case(Str line)
{
    return str_starts_with(line, STR("%%LIST")) || str_starts_with(line, STR("#"));
}

static void run_case(StrBuf *out, Str *rest)
{
    FlatFixture *f = flat_fixture_new();
    StrBuf list, table, *into = &list;
    strbuf_init(&list, f->arena);
    strbuf_init(&table, f->arena);
    Str line;
    while (next_line(rest, &line) && !str_equals(line, STR("=>"))) {
        strbuf_addf(out, "%.*s\n", STR_ARG(line));
        if (str_equals(line, STR("%%TABLE")))
            into = &table;
        else if (!str_starts_with(line, STR("%%")))
            strbuf_addf(into, "%.*s\n", STR_ARG(line));
    }
    strbuf_add(out, STR("=>\n"));
    bool is_ok = understand(out, f, strbuf_str(&list), strbuf_str(&table));
    assert_int_equal(is_ok, !err_is_set(&f->packs->err));
    if (!is_ok) {
        strbuf_add(out, flat_fixture_errors(f, LANG_ZH));
        strbuf_add(out, flat_fixture_errors(f, LANG_EN));
    }
    for (Str after = *rest; next_line(&after, &line) && !begins_case(line);)
        *rest = after;
    flat_fixture_free(f);
}

static void every_list_gives_what_is_written_below_it(void **state)
{
    (void)state;
    assert_true(golden_holds(GOLDEN, "%%LIST", run_case));
}

/* ---- random lists ---- */

enum { ROWS_MAX = 60000, CLASSES_MAX = 4000, NAMES = 9 };

/* Short names, some of them the start of others; one of more than 24 bytes, and two that end alike. */
static const char *const NAME[NAMES] = {"1",
                                        "12",
                                        "一(1)班",
                                        "一年级(10)班",
                                        "一年级(1)班",
                                        "二〇二四级九年级(11)班",
                                        "二〇二四级八年级(11)班",
                                        "a,\"b\"",
                                        "一年级(1)班 "};

typedef struct NaiveClass {
    uint64_t school;
    int stage;
    const char *name;
    uint32_t pupils;
} NaiveClass;

typedef struct Naive {
    NaiveClass class[CLASSES_MAX];
    size_t count;
} Naive;

static uint32_t draw(uint64_t *random, uint32_t below)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*random >> 33) % below;
}

static NaiveClass *naive_class(Naive *naive, uint64_t school, int stage, const char *name)
{
    for (size_t i = 0; i < naive->count; i++) {
        NaiveClass *at = &naive->class[i];
        if (at->school == school && at->stage == stage && strcmp(at->name, name) == 0)
            return at;
    }
    assert_true(naive->count < CLASSES_MAX);
    naive->class[naive->count] = (NaiveClass){school, stage, name, 0};
    return &naive->class[naive->count++];
}

static void add_quoted(StrBuf *out, const char *text, bool is_quoted)
{
    if (!is_quoted) {
        strbuf_add(out, str_from(text));
        return;
    }
    strbuf_add_char(out, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            strbuf_add_char(out, '"');
        strbuf_add_char(out, *c);
    }
    strbuf_add_char(out, '"');
}

/* The name without the blank that is trimmed off. */
static const char *plain(int name)
{
    return name == NAMES - 1 ? NAME[NAMES - 5] : NAME[name];
}

static void add_pupils(StrBuf *text, Naive *naive, uint64_t *random, bool is_wild)
{
    static const char *const STAGES[] = {"小学", "初中部", "senior"};
    strbuf_add(text, STR("姓名,班级,学段,学校代码\n"));
    size_t rows = 1 + draw(random, ROWS_MAX);
    uint32_t schools = 1 + draw(random, 40);
    uint64_t school = 0;
    int stage = 0;
    for (size_t row = 0; row < rows; row++) {
        if (row == 0 || is_wild || draw(random, 20) == 0) {
            school = 2162900001u + draw(random, schools);
            stage = (int)draw(random, 3);
        }
        int name = (int)draw(random, NAMES);
        naive_class(naive, school, stage, plain(name))->pupils++;
        strbuf_addf(text, "张%zu,", row);
        add_quoted(text, NAME[name], strchr(NAME[name], ',') || draw(random, 5) == 0);
        strbuf_addf(text, ",%s,%llu\n", STAGES[stage], (unsigned long long)school);
    }
}

/* Each class once, in an order of its own. */
static void add_classes(StrBuf *text, Naive *naive, uint64_t *random)
{
    static const char *const STAGES[] = {"primary", "初中", "高中"};
    strbuf_add(text, STR("学校代码,班级,人数,学段\n"));
    for (size_t left = 1 + draw(random, 400); left > 0; left--)
        naive_class(naive, 2162900001u + draw(random, 90), (int)draw(random, 3),
                    plain((int)draw(random, NAMES)));
    for (size_t i = 0; i < naive->count; i++) {
        NaiveClass *at = &naive->class[i];
        at->pupils = draw(random, 70);
        strbuf_addf(text, "%llu,", (unsigned long long)at->school);
        add_quoted(text, at->name, strchr(at->name, ',') != NULL);
        strbuf_addf(text, ",%u,%s\n", at->pupils, STAGES[at->stage]);
    }
}

static Str in_gb18030(Arena *arena, Str text)
{
    size_t room = text.len * 2 + 8, in_left = text.len, out_left = room;
    char *out = arena_alloc_raw(arena, room), *in_at = (char *)(uintptr_t)text.ptr, *out_at = out;
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    assert_true(iconv(cd, &in_at, &in_left, &out_at, &out_left) == 0);
    iconv_close(cd);
    return (Str){out, room - out_left};
}

static void check_school(const Naive *naive, const ClassSchool *school, const ClassSums *sums)
{
    ClassSums want = {0};
    for (size_t i = 0; i < naive->count; i++) {
        const NaiveClass *at = &naive->class[i];
        if (at->school != school->code || at->stage != school->stage)
            continue;
        want.pupils += at->pupils;
        want.classes++;
        want.largest = at->pupils > want.largest ? at->pupils : want.largest;
    }
    assert_int_equal(sums->pupils, want.pupils);
    assert_int_equal(sums->classes, want.classes);
    assert_int_equal(sums->largest, want.largest);
}

static void check_list(FlatFixture *f, Naive *naive, Str text)
{
    ClassList *list;
    bool is_ok = class_list_load_bytes(f->arena, f->core, STR("list.csv"), text, NULL, &list,
                                       &f->packs->err);
    if (!is_ok)
        fail_msg("%s", flat_fixture_errors(f, LANG_EN).ptr);
    const ClassSums *sums = class_list_sum(f->arena, list);
    assert_int_equal(list->class_count, naive->count);
    for (size_t i = 0; i < list->class_count; i++) {
        const SchoolClass *got = &list->classes[i];
        const ClassSchool *school = &list->school[got->school];
        const char *name = str_cstr(f->arena, got->name);
        assert_int_equal(naive_class(naive, school->code, school->stage, name)->pupils,
                         got->pupils);
    }
    assert_int_equal(list->class_count, naive->count); /* none was new */
    for (size_t i = 0; i < list->school_count; i++)
        check_school(naive, &list->school[i], &sums[i]);
}

static void random_lists_agree_with_a_naive_count(void **state)
{
    (void)state;
    static Naive naive;
    uint64_t random = 5;
    for (int round = 0; round < 60; round++) {
        FlatFixture *f = flat_fixture_new();
        StrBuf text;
        strbuf_init(&text, f->arena);
        naive.count = 0;
        if (round % 3)
            add_pupils(&text, &naive, &random, round % 2);
        else
            add_classes(&text, &naive, &random);
        Str bytes = strbuf_str(&text);
        check_list(f, &naive, round % 5 == 0 ? in_gb18030(f->arena, bytes) : bytes);
        flat_fixture_free(f);
    }
}

/* ---- files ---- */

static void a_workbook_is_read_by_its_sheet(void **state)
{
    (void)state;
    static const char *const HEADER[] = {"学校代码", "学段", "班级", "人数"};
    FlatFixture *f = flat_fixture_new();
    char path[] = "/tmp/junheng-classes-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && close(fd) == 0);
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *notes = workbook_add_worksheet(book, "说明");
    lxw_worksheet *sheet = workbook_add_worksheet(book, "班级");
    worksheet_write_string(notes, 0, 0, "填表说明", NULL);
    for (int i = 0; i < 4; i++)
        worksheet_write_string(sheet, 0, (lxw_col_t)i, HEADER[i], NULL);
    worksheet_write_number(sheet, 1, 0, 2162900001, NULL);
    worksheet_write_string(sheet, 1, 1, "小学", NULL);
    worksheet_write_number(sheet, 1, 2, 101, NULL);
    worksheet_write_number(sheet, 1, 3, 45, NULL);
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);

    ClassListOptions options = {.sheet = STR("班级")};
    ClassList *list;
    assert_true(class_list_load(f->arena, f->core, path, &options, &list, &f->packs->err));
    assert_int_equal(list->class_count, 1);
    assert_int_equal(list->classes[0].pupils, 45);
    assert_true(str_equals(list->classes[0].name, STR("101")));
    assert_true(str_equals(list->sheet, STR("班级")));
    assert_false(class_list_load(f->arena, f->core, path, NULL, &list, &f->packs->err));
    assert_int_equal(unlink(path), 0);
    flat_fixture_free(f);
}

static void classes_beyond_the_limit_are_refused_once(void **state)
{
    (void)state;
    enum { LIMIT = 5000, HEADER = 1 };
    FlatFixture *f = flat_fixture_new();
    StrBuf text;
    strbuf_init(&text, f->arena);
    strbuf_add(&text, STR("学校代码,学段,班级\n"));
    for (int i = 0; i < LIMIT + 20; i++)
        strbuf_addf(&text, "2162900001,小学,%d\n", i);
    ClassListOptions options = {.class_max = LIMIT};
    ClassList *list;
    assert_false(class_list_load_bytes(f->arena, f->core, STR("list.csv"), strbuf_str(&text),
                                       &options, &list, &f->packs->err));
    assert_int_equal(f->packs->err.count, 1);
    assert_int_equal(f->packs->err.first->code, ERR_CLASS_MANY);
    assert_int_equal(f->packs->err.first->place.line, HEADER + LIMIT + 1);
    options.class_max = LIMIT + 20;
    err_done(&f->packs->err);
    err_init(&f->packs->err);
    assert_true(class_list_load_bytes(f->arena, f->core, STR("list.csv"), strbuf_str(&text),
                                      &options, &list, &f->packs->err));
    flat_fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_list_gives_what_is_written_below_it),
        cmocka_unit_test(random_lists_agree_with_a_naive_count),
        cmocka_unit_test(a_workbook_is_read_by_its_sheet),
        cmocka_unit_test(classes_beyond_the_limit_are_refused_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
