/*
 * A form of an office must give what the plain table with the same figures gives: the second implementation is
 * the reader of plain tables. Workbooks are written by libxlsxwriter; persons and schools are invented.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/dataset.h"
#include "assert_text.h"
#include "base/decimal.h"
#include "book_fixture.h"
#include "tree_file.h"

#include <math.h>
#include <xlsxwriter.h>

typedef struct World {
    Folder folder;
    Err err;
    Core *core;
    Period period;
} World;

static void world_init(World *world)
{
    folder_init(&world->folder);
    err_init(&world->err);
    Arena *arena = &world->folder.arena;
    assert_true(pack_load_core(arena, tree_path(arena, "packs").ptr, &world->core, &world->err));
    assert_true(period_parse(STR("2024-2025"), &world->period, &world->err));
}

static void world_done(World *world)
{
    err_done(&world->err);
    folder_done(&world->folder);
}

/* Every school and stage with its figures, by school code, in the order of the items. */
static Str shown(Arena *arena, const Dataset *dataset)
{
    StrBuf out;
    strbuf_init(&out, arena);
    for (size_t i = 0; i < dataset->part_count; i++) {
        const Part *part = &dataset->part[i];
        const School *school = &dataset->school[part->school];
        strbuf_addf(&out, "%llu %.*s stage %d:", (unsigned long long)school->code,
                    STR_ARG(school->name), part->stage);
        for (size_t k = 0; k < dataset->core->item_list.len; k++) {
            const ItemColumns *item = dataset_item(dataset, dataset->core->item_list.ptr[k]);
            CellRef cell;
            double value =
                item && !item->item->codes ? dataset_value(dataset, item, part, &cell) : NAN;
            if (isnan(value))
                continue;
            strbuf_addf(&out, " %.*s=", STR_ARG(item->item->symbol.name));
            decimal_add_shortest(&out, value);
        }
        strbuf_add_char(&out, '\n');
    }
    return strbuf_str(&out);
}

static Str mistakes(Arena *arena, const Err *err)
{
    StrBuf out;
    strbuf_init(&out, arena);
    for (const Diag *diag = err->first; diag; diag = diag->next)
        strbuf_addf(&out, "%s%s %.*s %.*s", diag == err->first ? "" : "\n",
                    err_code_name(diag->code), STR_ARG(diag->place.cell),
                    STR_ARG(err_message(arena, diag, LANG_ZH)));
    return strbuf_str(&out);
}

static Str load(World *world, const char *name, Str bytes, Recognised *ret)
{
    Dataset *dataset;
    Arena *arena = &world->folder.arena;
    err_done(&world->err);
    err_init(&world->err);
    if (!dataset_load_bytes(arena, world->core, str_from(name), bytes, world->period, &dataset,
                            &world->err))
        return mistakes(arena, &world->err);
    if (ret)
        *ret = dataset->recognised;
    return shown(arena, dataset);
}

/* ---- a book drawn as text: "|" between cells, one string a row, {first row, first column, last row, last column} merged ---- */

typedef struct Drawing {
    const char *sheet;
    const char *const *row;
    const int (*merge)[4];
    size_t merge_count;
} Drawing;

static void draw_row(lxw_worksheet *sheet, Arena *arena, lxw_row_t line, Str text)
{
    for (lxw_col_t column = 0;; column++) {
        const char *end = text.len ? memchr(text.ptr, '|', text.len) : NULL;
        Str cell = str_slice(text, 0, end ? (size_t)(end - text.ptr) : text.len);
        Decimal number;
        if (cell.len && cell.len < 10 && decimal_parse(cell, &number) == DECIMAL_OK)
            worksheet_write_number(sheet, line, column, decimal_to_double(number), NULL);
        else if (cell.len)
            worksheet_write_string(sheet, line, column, str_cstr(arena, cell), NULL);
        if (!end)
            return;
        text = str_slice(text, cell.len + 1, text.len);
    }
}

static Str draw(World *world, const Drawing *drawing, size_t count)
{
    char *path = folder_file(&world->folder, "form.xlsx");
    lxw_workbook *book = workbook_new(path);
    for (size_t i = 0; i < count; i++) {
        lxw_worksheet *sheet = workbook_add_worksheet(book, drawing[i].sheet);
        for (size_t k = 0; k < drawing[i].merge_count; k++) {
            const int *at = drawing[i].merge[k];
            worksheet_merge_range(sheet, (lxw_row_t)at[0], (lxw_col_t)at[1], (lxw_row_t)at[2],
                                  (lxw_col_t)at[3], "", NULL);
        }
        for (size_t line = 0; drawing[i].row[line]; line++)
            draw_row(sheet, &world->folder.arena, (lxw_row_t)line, str_from(drawing[i].row[line]));
    }
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    return folder_take(&world->folder, path);
}

static const char *const PLAIN = "学校代码,学校名称,所属地区,办学类型,学段,在校生数,班级数,"
                                 "教学及辅助用房面积,教学仪器设备值(万元)\n"
                                 "2162900020,样例一小,620702,小学,,300,6,900,30\n"
                                 "2162900037,样例九年制,620702,九年一贯制学校,小学,200,5,,\n"
                                 "2162900037,样例九年制,620702,九年一贯制学校,初中,100,3,,\n"
                                 "2162900037,样例九年制,620702,九年一贯制学校,,,,1200,45.5\n";

static const char *const FORM[] = {
    "样例县义务教育学校办学条件一览表",
    "填报单位：样例县教育局|||||||单位：元、㎡",
    "序号|学校基本情况||||小学||初中||办学条件",
    "|学校标识码|学校名称|县(市、区)|学校类型|在校学生数|班数|在校学生数|班数|教学及辅助用房|"
    "教学仪器设备",
    "|||||||||（㎡）|资产总值",
    "甲|1|2|3|4|5|6|7|8|9|10",
    "全县合计|||||500|11|100|3|2100|755000",
    "1|2162900020|样例一小|620702|小学|300|6||| 900|300000",
    "城关镇小计|||||300|6|||900|300000",
    "2|2162900037|样例九年制|620702|九年一贯制学校|200|5|100|3|1200|455000",
    "注：教学点不填。",
    "填表人：甲某|||审核人：乙某",
    NULL};
static const int FORM_MERGE[][4] = {{0, 0, 0, 10}, {2, 0, 4, 0},  {2, 1, 2, 4}, {2, 5, 2, 6},
                                    {2, 7, 2, 8},  {2, 9, 2, 10}, {3, 1, 4, 1}, {3, 2, 4, 2},
                                    {3, 3, 4, 3},  {3, 4, 4, 4},  {3, 5, 4, 5}, {3, 6, 4, 6},
                                    {3, 7, 4, 7},  {3, 8, 4, 8}};
#define MERGED(merge) (merge), sizeof(merge) / sizeof *(merge)

static void an_office_form_says_the_same_as_the_plain_table(void **state)
{
    (void)state;
    World world;
    world_init(&world);
    Drawing drawing = {"样例县", FORM, MERGED(FORM_MERGE)};
    Recognised recognised;
    Str want = load(&world, "plain.csv", str_from(PLAIN), NULL);
    Str got = load(&world, "form.xlsx", draw(&world, &drawing, 1), &recognised);
    assert_true(str_starts_with(want, STR("2162900020 样例一小 stage 1: ")));
    assert_text(got, str_cstr(&world.folder.arena, want));
    assert_true(recognised.is_form);
    assert_text(recognised.title, "样例县义务教育学校办学条件一览表");
    assert_text(recognised.unit, "元、㎡");
    assert_int_equal(recognised.first_line, 3);
    assert_int_equal(recognised.last_line, 5);
    assert_int_equal(recognised.records, 2);
    assert_int_equal(recognised.sums, 2);
    world_done(&world);
}

static void a_part_of_the_pupils_is_not_taken_for_all(void **state)
{
    (void)state;
    static const char *const rows[] = {"学校代码|学校名称|所属地区|办学类型|其中女|",
                                       "||||在校生数|班级数", "2162900020|一小|620702|小学|30|1",
                                       NULL};
    static const int merge[][4] = {
        {0, 0, 1, 0}, {0, 1, 1, 1}, {0, 2, 1, 2}, {0, 3, 1, 3}, {0, 4, 0, 5}};
    World world;
    world_init(&world);
    Drawing drawing = {"表", rows, MERGED(merge)};
    assert_text(load(&world, "f.xlsx", draw(&world, &drawing, 1), NULL),
                "ERR_FLAT_COLUMN_UNKNOWN 其中女.在校生数 不认识列「其中女.在校生数」\n"
                "ERR_FLAT_COLUMN_UNKNOWN 其中女.班级数 不认识列「其中女.班级数」");
    world_done(&world);
}

static void of_several_tables_one_must_be_named(void **state)
{
    (void)state;
    static const char *const rows[] = {"某乡", "学校代码|所属地区|办学类型|在校生数",
                                       "2162900020|620702|小学|30", NULL};
    static const char *const letter[] = {"说明", "请按时报送", NULL};
    World world;
    world_init(&world);
    Drawing drawing[] = {
        {"说明", letter, NULL, 0}, {"甲乡", rows, NULL, 0}, {"乙乡", rows, NULL, 0}};
    assert_text(load(&world, "f.xlsx", draw(&world, drawing, 3), NULL),
                "ERR_RECOGNISE_SHEETS  文件里有 2 张工作表都是这种表：「甲乡」、「乙乡」");
    /* One alone is found behind the letter. */
    assert_text(load(&world, "f.xlsx", draw(&world, drawing, 2), NULL),
                "2162900020  stage 1: 在校生数=30\n");
    world_done(&world);
}

static void a_book_without_a_table_is_said_to_have_none(void **state)
{
    (void)state;
    static const char *const letter[] = {"通知", "请按时报送|各校|即日", NULL};
    World world;
    world_init(&world);
    Drawing drawing[] = {{"通知", letter, NULL, 0}};
    assert_text(load(&world, "f.xlsx", draw(&world, drawing, 1), NULL),
                "ERR_FLAT_TITLE 通知 第 1 行像是标题，不是列名：「通知」");
    world_done(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_office_form_says_the_same_as_the_plain_table),
        cmocka_unit_test(a_part_of_the_pupils_is_not_taken_for_all),
        cmocka_unit_test(of_several_tables_one_must_be_named),
        cmocka_unit_test(a_book_without_a_table_is_said_to_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
