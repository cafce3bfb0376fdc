/* packs/core: what its files mean once they are read. Their mistakes are in tests/golden/pack.txt. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "pack_fixture.h"

static int setup(void **state)
{
    *state = pack_fixture_new();
    return 0;
}

static int teardown(void **state)
{
    pack_fixture_free(*state);
    return 0;
}

static const Core *load(PackFixture *f)
{
    if (!fixture_load_core(f))
        fail_msg("%s", fixture_errors(f, LANG_EN).ptr);
    return f->core;
}

static const CodeList *list_of(const Core *core, const char *id)
{
    for (size_t i = 0; i < core->code_lists.len; i++)
        if (str_equals(core->code_lists.ptr[i]->id, str_from(id)))
            return core->code_lists.ptr[i];
    fail_msg("no code list %s", id);
    return NULL;
}

static const Item *item_of(const Core *core, const char *name)
{
    const Item *item = map_find(&core->items, str_from(name));
    if (!item)
        fail_msg("no item %s", name);
    return item;
}

static void stages_stand_in_order_with_all_their_words(void **state)
{
    const Core *core = load(*state);
    assert_int_equal(core->stages.len, 3);
    assert_text(core->stages.ptr[0].code, "primary");
    assert_text(core->stages.ptr[2].name, "高中");
    assert_non_null(map_find(&core->stages.ptr[1].names, STR("普通初中")));
    assert_non_null(map_find(&core->stages.ptr[1].names, STR("junior")));
    assert_null(map_find(&core->stages.ptr[1].names, STR("小学")));
}

static void school_types_offer_stages(void **state)
{
    const Core *core = load(*state);
    assert_int_equal(codelist_find(core->school_types, STR("小学"))->stages, 1);
    assert_int_equal(codelist_find(core->school_types, STR("312"))->stages, 3);
    assert_int_equal(codelist_find(core->school_types, STR("345"))->stages, 7);
    assert_int_equal(codelist_find(core->school_types, STR("盲人学校"))->stages, 0);
}

static void groups_join_members_and_prefixes_each_code_once(void **state)
{
    const Core *core = load(*state);
    const CodeGroup *group = codelist_find_group(core->school_types, STR("义务教育学校"));
    assert_int_equal(group->count, 4);
    static const double want[] = {211, 218, 311, 312};
    for (size_t i = 0; i < 4; i++)
        assert_true(group->number[i] == want[i]);
    assert_int_equal(codelist_find_group(core->school_types, STR("小学类"))->count, 2);
}

static void two_groups_of_a_list_may_be_compared(void **state)
{
    const Core *core = load(*state);
    const CodeList *urban = list_of(core, "urban_rural");
    assert_text(urban->contrast[0]->name, "城镇");
    assert_text(urban->contrast[1]->name, "乡村");
    assert_null(list_of(core, "yes_no")->contrast[0]);
}

static void units_have_synonyms_and_exact_scales(void **state)
{
    PackFixture *f = *state;
    const Core *core = load(f);
    static const struct {
        const char *text;
        int64_t num, den;
    } cases[] = {{"人", 1, 1},  {"名", 1, 1},        {"万元", 10000, 1}, {"亩", 2000, 3},
                 {"%", 1, 100}, {"人/百人", 1, 100}, {"平方米", 1, 1},   {"万元/亩", 15, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Unit unit;
        assert_true(unit_parse(&core->units, str_from(cases[i].text), &unit, &f->err));
        assert_int_equal(unit.num, cases[i].num);
        assert_int_equal(unit.den, cases[i].den);
    }
}

static void items_are_found_by_name_code_and_synonym(void **state)
{
    const Core *core = load(*state);
    const Item *students = item_of(core, "在校生数");
    assert_ptr_equal(item_of(core, "students"), students);
    assert_ptr_equal(item_of(core, "学生数"), students);
    assert_true(students->is_whole);
    assert_false(students->is_shared);
    assert_text(students->privacy, "公开");
    assert_text(students->step_unit, "人");
    assert_true(students->step.mantissa == 1 && students->step.exp10 == 0);
    /* names are folded, as the headers of tables are */
    assert_ptr_equal(item_of(core, "用房(含体育用房)面积"), item_of(core, "area"));
    assert_int_equal(core->item_list.len, 10);
}

static void a_step_is_told_in_its_own_unit(void **state)
{
    const Item *equipment = item_of(load(*state), "设备值");
    assert_true(equipment->is_shared);
    assert_true(equipment->step.mantissa == 1 && equipment->step.exp10 == -4);
    assert_text(equipment->step_unit, "元");
    assert_true(equipment->step_scale.mantissa == 1 && equipment->step_scale.exp10 == 4);
}

static void attributes_of_one_list_share_their_codes(void **state)
{
    PackFixture *f = *state;
    fixture_append(f, "core/items.yaml", "  又一个: {代码: another, 代码表: yes_no, 密级: 敏感}\n");
    const Core *core = load(f);
    const Item *one = item_of(core, "城中"), *other = item_of(core, "又一个");
    assert_ptr_equal(one->symbol.codes, other->symbol.codes);
    assert_text(other->privacy, "敏感");
    assert_int_equal(other->symbol.kind, SYMBOL_ATTRIBUTE);
}

static void expect_region(const Core *core, const char *cell, const char *want)
{
    bool is_shared = false;
    const Code *code = core_region_find(core, str_from(cell), &is_shared);
    const char *got = code ? code->code.ptr : is_shared ? "shared" : "none";
    assert_text(code ? code->code : str_from(got), want);
}

static void regions_are_found_by_code_path_or_the_end_of_it(void **state)
{
    const Core *core = load(*state);
    static const struct {
        const char *cell, *want;
    } cases[] = {
        {"620702", "620702"},
        {"６２０７０２", "620702"},
        {" 620702 ", "620702"},
        {"甘肃省张掖市甘州区", "620702"},
        {"张掖市甘州区", "620702"},
        {"甘州区", "620702"},
        {"甘肃省甘州区", "620702"},
        {"　甘州区", "620702"},
        {"北京市东城区", "110101"},
        {"北京市市辖区东城区", "110101"},
        {"市辖区", "110100"},
        {"张掖市", "620700"},
        {"甘肃省", "620000"},
        {"东莞市", "441900"},
        {"广东省东莞市", "441900"},
        {"441900", "441900"},
        {"甘州", "none"},
        {"张掖市凉州区", "none"},
        {"", "none"},
        {"62070", "none"},
        {"620799", "none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_region(core, cases[i].cell, cases[i].want);
    bool is_shared;
    const Code *code = core_region_find(core, STR("甘州区"), &is_shared);
    assert_text(code->note, "甘肃省张掖市甘州区");
    assert_false(code->is_group);
    assert_true(code->parent->is_group);
    assert_false(core_region_find(core, STR("东莞市"), &is_shared)->is_group);
}

static void a_name_that_several_regions_share_names_none(void **state)
{
    PackFixture *f = *state;
    fixture_append(f, "core/regions-2023.csv",
                   "county,620722,凉州区,620700\ncounty,440606,甘州区,440600\n");
    const Core *core = load(f);
    expect_region(core, "凉州区", "shared");
    expect_region(core, "甘肃省凉州区", "shared"); /* without its middle there are two */
    expect_region(core, "武威市凉州区", "620602");
    expect_region(core, "甘州区", "shared");
    expect_region(core, "甘肃省甘州区", "620702");
    expect_region(core, "440606", "440606");
}

static void the_newest_division_table_is_read(void **state)
{
    PackFixture *f = *state;
    fixture_set(f, "core/regions-2024.csv",
                STR("level,code,name,parent_code\r\nprovince,620000,甘肃省,\r\n"));
    const Core *core = load(f);
    expect_region(core, "甘肃省", "620000");
    expect_region(core, "620702", "none");
}

static Str digest_after(void **state, const char *path, const char *more)
{
    PackFixture *f = *state;
    Str before = fixture_get(f, path);
    fixture_append(f, path, more);
    Str digest = load(f)->digest;
    fixture_set(f, path, before);
    return digest;
}

static void the_digest_changes_with_any_byte_of_any_file(void **state)
{
    PackFixture *f = *state;
    Str plain = load(f)->digest;
    assert_int_equal(plain.len, 64);
    for (size_t i = 0; i < f->texts.len; i++) {
        const char *path = str_cstr(&f->arena, f->texts.ptr[i].path);
        bool is_core = str_starts_with(f->texts.ptr[i].path, STR("core/"));
        assert_int_equal(!str_equals(plain, digest_after(state, path, "\n")), is_core);
    }
    Str text = fixture_get(f, "core/units.yaml");
    fixture_set(f, "core/units.yaml", str_format(&f->arena, "\xEF\xBB\xBF%.*s", STR_ARG(text)));
    assert_false(str_equals(plain, load(f)->digest));
    fixture_set(f, "core/units.yaml", text);
    assert_true(str_equals(plain, load(f)->digest));
}

static void the_digest_knows_where_one_file_ends_and_the_next_begins(void **state)
{
    PackFixture *f = *state;
    const Str one[] = {STR("ab"), STR("c")}, other[] = {STR("a"), STR("bc")};
    assert_false(str_equals(pack_digest(&f->arena, one, 2), pack_digest(&f->arena, other, 2)));
}

static void items_units_and_codes_may_stand_in_several_files(void **state)
{
    PackFixture *f = *state;
    fixture_set(f, "core/a/more-items.yaml",
                STR("包: more-items\n类: 数据项\n数据项表:\n  册数: {代码: books, 单位: 册}\n"));
    fixture_set(f, "core/z-units.yaml", STR("包: z-units\n类: 单位\n单位表:\n  册: {基本: 是}\n"));
    assert_non_null(item_of(load(f), "册数"));
}

static void a_standard_of_the_fixture_folder_reads_the_same_from_disk(void **state)
{
    PackFixture *f = *state;
    Core *core;
    Str dir = tree_path(&f->arena, "tests/packs");
    assert_true(pack_load_core(&f->arena, dir.ptr, &core, &f->err));
    assert_true(str_equals(core->digest, load(f)->digest));
    StandardRequest request = {
        .dir = dir.ptr, .id = STR("county"), .date = fixture_date("2024-09-01")};
    Standard *standard;
    PackChange *changes;
    size_t count;
    assert_true(
        pack_load_standard(&f->arena, core, &request, &standard, &changes, &count, &f->err));
    assert_int_equal(count, 1);
    assert_true(fixture_load(f, "county", "2024-09-01"));
    assert_true(str_equals(standard->digest, f->standard->digest));
    request.id = tree_path(&f->arena, "tests/packs/national/demo.yaml");
    assert_true(pack_load_standard(&f->arena, core, &request, &standard, NULL, NULL, &f->err));
    assert_text(standard->id, "demo");
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    PackFixture *f = *state;
    Core *core;
    assert_false(pack_load_core(&f->arena, "no/such/folder", &core, &f->err));
    assert_int_equal(f->err.first->code, ERR_PACK_FOLDER);
    PackInfo *info;
    size_t count;
    assert_false(pack_list(&f->arena, "no/such/folder", &info, &count, &f->err));
    assert_int_equal(f->err.last->code, ERR_FILE_OPEN);
}

/* What counts for the whole country comes first. */
static int folder_number(Str path)
{
    return str_starts_with(path, STR("core/"))         ? 0
           : str_starts_with(path, STR("national/"))   ? 1
           : str_starts_with(path, STR("provincial/")) ? 2
                                                       : 3;
}

static void packs_are_listed_with_what_their_heads_say(void **state)
{
    PackFixture *f = *state;
    fixture_set(f, "local/broken.yaml", STR("包: [broken\n"));
    PackSource source = fixture_source(f);
    PackInfo *info;
    size_t count, seen = 0;
    assert_true(packs_list(&f->arena, &source, &info, &count, &f->err));
    assert_int_equal(count, 11);
    assert_int_equal(f->err.count, 1);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && folder_number(info[i - 1].path) == folder_number(info[i].path))
            assert_true(str_order(info[i - 1].path, info[i].path) < 0);
        else if (i > 0)
            assert_true(folder_number(info[i - 1].path) < folder_number(info[i].path));
        assert_int_equal(info[i].is_broken, str_equals(info[i].id, STR("broken")));
        if (!str_equals(info[i].id, STR("county")))
            continue;
        seen++;
        assert_text(info[i].kind, "覆盖");
        assert_text(info[i].base, "demo");
        assert_text(info[i].name, "示例县补充规定");
        assert_text(info[i].basis.mark, "L");
        assert_int_equal(info[i].validity.first, fixture_date("2020-01-01"));
        assert_int_equal(info[i].validity.last, DATE_MAX);
    }
    assert_int_equal(seen, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(stages_stand_in_order_with_all_their_words),
        TEST(school_types_offer_stages),
        TEST(groups_join_members_and_prefixes_each_code_once),
        TEST(two_groups_of_a_list_may_be_compared),
        TEST(units_have_synonyms_and_exact_scales),
        TEST(items_are_found_by_name_code_and_synonym),
        TEST(a_step_is_told_in_its_own_unit),
        TEST(attributes_of_one_list_share_their_codes),
        TEST(regions_are_found_by_code_path_or_the_end_of_it),
        TEST(a_name_that_several_regions_share_names_none),
        TEST(the_newest_division_table_is_read),
        TEST(the_digest_changes_with_any_byte_of_any_file),
        TEST(the_digest_knows_where_one_file_ends_and_the_next_begins),
        TEST(items_units_and_codes_may_stand_in_several_files),
        TEST(a_standard_of_the_fixture_folder_reads_the_same_from_disk),
        TEST(a_folder_that_is_not_there_is_an_error),
        TEST(packs_are_listed_with_what_their_heads_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
