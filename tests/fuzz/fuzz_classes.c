/* Any bytes are a class list or ordinary errors; a list that is taken is consistent. */
#include "../unit/flat_fixture.h"

#include "app/class_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FlatFixture *schools(void)
{
    static FlatFixture *fixture;
    if (fixture)
        return fixture;
    fixture = flat_fixture_new();
    CHECK(flat_fixture_read(fixture, STR("学校代码,所属地区,办学类型,学段,在校生数\n"
                                         "2162900001,620702,小学,,\n"
                                         "2162900004,620702,九年一贯制学校,小学,\n"
                                         "2162900004,620702,九年一贯制学校,初中,\n"
                                         "2162900004,620702,九年一贯制学校,,\n")));
    return fixture;
}

static void check_list(Arena *arena, const ClassList *list, const Core *core)
{
    const ClassSums *sums = class_list_sum(arena, list);
    size_t classes = 0;
    CHECK(list->class_count > 0 && list->class_count <= list->row_count);
    for (size_t i = 0; i < list->school_count; i++) {
        CHECK(list->school[i].stage >= 0 && (size_t)list->school[i].stage < core->stages.len);
        CHECK(sums[i].classes > 0 && sums[i].largest <= sums[i].pupils);
        classes += sums[i].classes;
    }
    CHECK(classes == list->class_count);
    for (size_t i = 0; i < list->class_count; i++)
        CHECK(list->classes[i].school < list->school_count && list->classes[i].name.len > 0);
}

static void load(Str bytes, const ClassListOptions *options)
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    CLEANUP(err_done) Err err;
    err_init(&err);
    ClassList *list;
    StrBuf out;
    strbuf_init(&out, &arena);
    bool is_ok = class_list_load_bytes(&arena, schools()->core, STR("list.csv"), bytes, options,
                                       &list, &err);
    CHECK(is_ok == !err_is_set(&err));
    if (is_ok)
        check_list(&arena, list, schools()->core);
    err_format(&out, &err, LANG_ZH);
    err_format(&out, &err, LANG_EN);
    CHECK(utf8_valid_len(strbuf_str(&out)) == out.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str bytes = {(const char *)data, size};
    ClassListOptions options = {.type_of = class_list_type_in, .ctx = schools()->dataset};
    load(bytes, NULL);
    load(bytes, &options);
    return 0;
}
