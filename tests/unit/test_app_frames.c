/* From a dataset to frames: the tree of regions, rows in its order, siblings, last year's values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_text.h"
#include "flat_fixture.h"

typedef struct FramesFixture {
    FlatFixture *flat;
    Scope scope;
    Frames *frames;
    const Dataset *before;
} FramesFixture;

/* Slots: 在校生数, 用房面积, 城中, 办学类型, 举办者, 城乡分类, 学段, and last year's 在校生数. */
enum { STUDENTS, AREA, CENTRE, TYPE, RUNNER, URBAN, STAGE, LAST_YEAR, SLOTS };

static int setup(void **state)
{
    FramesFixture *f = calloc(1, sizeof *f);
    CHECK(f != NULL);
    f->flat = flat_fixture_new();
    scope_init(&f->scope, f->flat->arena, &f->flat->core->units);
    static const char *const items[] = {"在校生数", "用房面积", "城中", "办学类型",
                                        "举办者",   "城乡分类", "学段", "在校生数"};
    for (int slot = 0; slot < SLOTS; slot++) {
        Item *item = map_find(&f->flat->core->items, str_from(items[slot]));
        assert_int_equal(scope_slot(&f->scope, &item->symbol, slot == LAST_YEAR), slot);
    }
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    FramesFixture *f = *state;
    flat_fixture_free(f->flat);
    free(f);
    return 0;
}

static Dataset *read_table(FramesFixture *f, const char *table)
{
    if (!flat_fixture_read(f->flat, str_dup(f->flat->arena, str_from(table))))
        fail_msg("%s", flat_fixture_errors(f->flat, LANG_EN).ptr);
    return f->flat->dataset;
}

static void make(FramesFixture *f, const char *table)
{
    f->frames = frames_new(f->flat->arena, read_table(f, table), f->before, &f->scope);
}

/* Each region with its level, parent, end and leaves: "1 620000<0 ..6 leaves 0-2". */
static Str tree_text(const FramesFixture *f)
{
    const RegionTree *tree = &f->frames->regions;
    StrBuf out;
    strbuf_init(&out, f->flat->arena);
    for (size_t i = 0; i < tree->count; i++) {
        const Region *region = &tree->region[i];
        strbuf_addf(&out, "%d %.*s %.*s parent %d end %u leaves %u-%u\n", region->level,
                    STR_ARG(region->code.len ? region->code : STR("-")), STR_ARG(region->name),
                    region->parent == UINT32_MAX ? -1 : (int)region->parent, region->end,
                    region->first_leaf, region->end_leaf);
    }
    return strbuf_str(&out);
}

/* School serials in the order of rows, . for padding: "2162900001 ... ". */
static Str rows_text(const FramesFixture *f, int stage)
{
    const Frame *frame = f->frames->frame[stage];
    const Dataset *dataset = f->frames->dataset;
    StrBuf out;
    strbuf_init(&out, f->flat->arena);
    for (size_t row = 0; row < frame->row_count; row++) {
        if (frame_is_padding(frame, row)) {
            strbuf_add_char(&out, '.');
            continue;
        }
        const Part *part = &dataset->part[frame->part[row]];
        assert_int_equal(part->stage, stage);
        assert_int_equal(f->frames->part_row[frame->part[row]], row);
        strbuf_addf(&out, "%d", (int)(dataset->school[part->school].code % 10));
    }
    return strbuf_str(&out);
}

static Str values_text(const FramesFixture *f, int stage, int slot)
{
    const Frame *frame = f->frames->frame[stage];
    StrBuf out;
    strbuf_init(&out, f->flat->arena);
    for (size_t row = 0; row < frame->row_count; row++) {
        double value = frame->column[slot].value[row];
        if (frame_is_padding(frame, row)) {
            assert_true(isnan(value));
            continue;
        }
        strbuf_add(&out, out.len ? STR(" ") : STR(""));
        flat_add_value(&out, value);
    }
    return strbuf_str(&out);
}

/* Several provinces, a city without counties, a district below 市辖区; in the table in any order. */
static const char PROVINCES[] = "学校代码,所属地区,办学类型,在校生数\n"
                                "2162900001,620721,211,10\n"
                                "2162900002,东莞市,211,20\n"
                                "2162900003,620702,211,30\n"
                                "2162900004,110101,211,40\n"
                                "2162900005,440605,211,50\n"
                                "2162900006,620721,211,60\n"
                                "2162900007,620602,211,70\n"
                                "2162900008,440604,311,80\n";

static void regions_stand_depth_first_in_the_order_of_their_codes(void **state)
{
    FramesFixture *f = *state;
    make(f, PROVINCES);
    assert_text(tree_text(f), "0 - 全国 parent -1 end 15 leaves 0-7\n"
                              "1 110000 北京市 parent 0 end 4 leaves 0-1\n"
                              "2 110100 市辖区 parent 1 end 4 leaves 0-1\n"
                              "3 110101 东城区 parent 2 end 4 leaves 0-1\n"
                              "1 440000 广东省 parent 0 end 9 leaves 1-4\n"
                              "2 440600 佛山市 parent 4 end 8 leaves 1-3\n"
                              "3 440604 禅城区 parent 5 end 7 leaves 1-2\n"
                              "3 440605 南海区 parent 5 end 8 leaves 2-3\n"
                              "2 441900 东莞市 parent 4 end 9 leaves 3-4\n"
                              "1 620000 甘肃省 parent 0 end 15 leaves 4-7\n"
                              "2 620600 武威市 parent 9 end 12 leaves 4-5\n"
                              "3 620602 凉州区 parent 10 end 12 leaves 4-5\n"
                              "2 620700 张掖市 parent 9 end 15 leaves 5-7\n"
                              "3 620702 甘州区 parent 12 end 14 leaves 5-6\n"
                              "3 620721 肃南县 parent 12 end 15 leaves 6-7\n");
    static const uint32_t leaves[] = {3, 6, 7, 8, 11, 13, 14};
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(f->frames->regions.leaf_region[i], leaves[i]);
}

static void rows_follow_the_leaves_and_are_padded_to_lanes(void **state)
{
    FramesFixture *f = *state;
    make(f, PROVINCES);
    assert_text(rows_text(f, 0), "4......."
                                 "5......."
                                 "2......."
                                 "7......."
                                 "3......."
                                 "16......");
    assert_text(rows_text(f, 1), "8.......");
    assert_null(f->frames->frame[2]);
    assert_text(values_text(f, 0, STUDENTS), "40 50 20 70 30 10 60");
    const Frame *frame = f->frames->frame[0];
    for (size_t i = 0; i < f->frames->regions.count; i++) {
        const Region *region = &f->frames->regions.region[i];
        assert_int_equal(frame_region_first(frame, region) % FRAME_LANES, 0);
        assert_int_equal(frame_region_end(frame, region) % FRAME_LANES, 0);
    }
    /* 禅城区 has no primary school, so its slice is empty */
    const Region *none = &f->frames->regions.region[6];
    assert_int_equal(frame_region_first(frame, none), frame_region_end(frame, none));
}

static void regions_are_found_by_code(void **state)
{
    FramesFixture *f = *state;
    make(f, PROVINCES);
    assert_int_equal(frames_find_region(f->frames, STR("620700")), 12);
    assert_int_equal(frames_find_region(f->frames, STR("441900")), 8);
    assert_int_equal(frames_find_region(f->frames, STR("620000")), 9);
    assert_int_equal(frames_find_region(f->frames, STR("500000")), UINT32_MAX);
    assert_text(f->frames->region_code[12]->name, "张掖市");
    assert_null(f->frames->region_code[0]);
}

static const char COMBINED[] =
    "学校代码,所属地区,办学类型,举办者,城乡分类,学段,在校生数,用房面积,城中\n"
    "2162900001,620702,211,7,111,,10,100,是\n"
    "3162900002,620702,312,,,小学,20,,\n"
    "3162900003,620721,345,10,,初中,50,,\n"
    "3162900002,620702,312,,220,初中,30,,\n"
    "3162900002,620702,312,,,,,600,否\n"
    "3162900003,620721,345,,,高中,70,,\n";

static void siblings_are_the_other_stages_of_the_same_school(void **state)
{
    FramesFixture *f = *state;
    make(f, COMBINED);
    const Frame *primary = f->frames->frame[0], *junior = f->frames->frame[1],
                *senior = f->frames->frame[2];
    assert_text(rows_text(f, 0), "12......3.......");
    assert_text(rows_text(f, 1), "2.......3.......");
    assert_text(rows_text(f, 2), "3.......");
    assert_ptr_equal(primary->stage_frame[1], junior);
    assert_int_equal(primary->sibling[1][0], -1); /* a plain school */
    assert_int_equal(primary->sibling[1][1], 0);
    assert_int_equal(primary->sibling[1][8], 8);
    assert_int_equal(primary->sibling[2][1], -1);
    assert_int_equal(primary->sibling[2][8], 0);
    assert_int_equal(senior->sibling[0][0], 8);
    assert_int_equal(junior->sibling[0][0], 1);
    assert_null(primary->sibling[0]);
    assert_int_equal(frames_sibling_stages(primary), 6);
}

static void a_stage_that_no_school_has_beside_another_has_no_siblings(void **state)
{
    FramesFixture *f = *state;
    make(f, "学校代码,所属地区,办学类型,在校生数\n2162900001,620702,211,10\n3162900002,620702,311,"
            "20\n");
    assert_null(f->frames->frame[0]->sibling[1]);
    assert_int_equal(frames_sibling_stages(f->frames->frame[0]), 0);
}

static void shared_values_stand_at_each_stage_and_missing_ones_nowhere(void **state)
{
    FramesFixture *f = *state;
    make(f, COMBINED);
    assert_text(values_text(f, 0, STUDENTS), "10 20 ~");
    assert_text(values_text(f, 1, STUDENTS), "30 50");
    assert_text(values_text(f, 0, AREA), "100 600 ~");
    assert_text(values_text(f, 1, AREA), "600 ~");
    assert_text(values_text(f, 0, CENTRE), "1 0 ~");
}

static void attributes_are_those_of_the_school(void **state)
{
    FramesFixture *f = *state;
    make(f, COMBINED);
    assert_text(values_text(f, 0, TYPE), "211 312 345");
    assert_text(values_text(f, 0, RUNNER), "7 ~ 10");
    assert_text(values_text(f, 1, URBAN), "220 ~");
    assert_text(values_text(f, 0, STAGE), "0 0 0");
    assert_text(values_text(f, 2, STAGE), "2");
}

static void an_item_that_is_not_in_the_table_is_not_reported(void **state)
{
    FramesFixture *f = *state;
    make(f, "学校代码,所属地区,办学类型\n2162900001,620702,211\n");
    assert_text(values_text(f, 0, STUDENTS), "~");
    assert_text(values_text(f, 0, AREA), "~");
    assert_text(values_text(f, 0, CENTRE), "~");
    assert_text(values_text(f, 0, LAST_YEAR), "~");
}

/* By school code and stage, wherever the school stood then and whatever type it had. */
static void last_year_is_joined_by_school_and_stage(void **state)
{
    FramesFixture *f = *state;
    f->before = read_table(f, "学校代码,所属地区,办学类型,学段,在校生数\n"
                              "2162900001,620721,211,,9\n"
                              "3162900002,620702,311,,28\n"
                              "2162900009,620702,211,,1\n"
                              "3162900003,620721,345,高中,60\n");
    make(f, COMBINED);
    assert_text(values_text(f, 0, LAST_YEAR), "9 ~ ~");
    assert_text(values_text(f, 1, LAST_YEAR), "28 ~");
    assert_text(values_text(f, 2, LAST_YEAR), "60");
    assert_text(values_text(f, 0, STUDENTS), "10 20 ~");
}

static void a_changed_cell_is_copied_again(void **state)
{
    FramesFixture *f = *state;
    make(f, COMBINED);
    Dataset *dataset = f->flat->dataset;
    const ItemColumns *columns =
        dataset_item(dataset, map_find(&f->flat->core->items, STR("在校生数")));
    const Part *part = &dataset->part[f->frames->frame[0]->part[1]];
    CellRef cell;
    assert_true(dataset_value(dataset, columns, part, &cell) == 20);
    dataset->table->column[cell.column].number[cell.row] = 21;
    frames_refresh(f->frames, f->frames->frame[0]->part[1], STUDENTS);
    frames_refresh(f->frames, f->frames->frame[0]->part[1], LAST_YEAR);
    assert_text(values_text(f, 0, STUDENTS), "10 21 ~");
}

static void a_leaf_of_exactly_eight_schools_has_no_padding(void **state)
{
    FramesFixture *f = *state;
    StrBuf table;
    strbuf_init(&table, f->flat->arena);
    strbuf_add(&table, STR("学校代码,所属地区,办学类型,在校生数\n"));
    for (int i = 0; i < 17; i++)
        strbuf_addf(&table, "21629000%02d,%s,211,%d\n", i + 10, i < 8 ? "620702" : "620721", i);
    make(f, strbuf_str(&table).ptr);
    assert_text(rows_text(f, 0), "01234567890123456.......");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(regions_stand_depth_first_in_the_order_of_their_codes),
        TEST(rows_follow_the_leaves_and_are_padded_to_lanes),
        TEST(regions_are_found_by_code),
        TEST(siblings_are_the_other_stages_of_the_same_school),
        TEST(a_stage_that_no_school_has_beside_another_has_no_siblings),
        TEST(shared_values_stand_at_each_stage_and_missing_ones_nowhere),
        TEST(attributes_are_those_of_the_school),
        TEST(an_item_that_is_not_in_the_table_is_not_reported),
        TEST(last_year_is_joined_by_school_and_stage),
        TEST(a_changed_cell_is_copied_again),
        TEST(a_leaf_of_exactly_eight_schools_has_no_padding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
