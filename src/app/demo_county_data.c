/* Reads county-items.csv of a place: what its counties report of themselves. */
#include "app/demo_sheet_int.h"

#include "base/file.h"

#include <math.h>

enum {
    CI_ITEM,
    CI_VALUE,
    CI_BASE,
    CI_PER_HUNDRED,
    CI_PERCENT_OF,
    CI_LESS,
    CI_SPREAD,
    CI_YEAR,
    CI_PLACES,
    CI_FROM,
    CI_OTHERS,
    CI_SOURCE,
    CI_COLUMNS
};

/* The slot of an item of counties that stands before; -1: none. */
static int slot_named(const DemoSheet *sheet, Str name)
{
    const Plan *plan = sheet->plan;
    const Item *item = demo_item_named(plan, name);
    for (size_t i = 0; item && i < plan->county_items.len; i++)
        if (plan->county_items.ptr[i].item == item)
            return (int)plan->county_items.ptr[i].slot;
    return -1;
}

/* 幼儿园专任教师数+幼儿园数 */
static void read_bases(const DemoSheet *sheet, PlanCountyItem *item)
{
    Str text = demo_sheet_text(sheet, CI_BASE);
    for (Str name; demo_next_part(&text, '+', &name);) {
        int slot = slot_named(sheet, name);
        PlanCountyBase base = {.sum = slot < 0 ? demo_sum_named(name) : -1,
                               .slot = slot < 0 ? 0 : (size_t)slot};
        if (slot < 0 && base.sum < 0)
            demo_sheet_bad(sheet, CI_BASE, "不是学校的合计，前面也没有这一项",
                           "it is no sum of schools, nor an item that stands before");
        VEC_PUSH(sheet->plan->arena, &item->bases, base);
    }
}

static void read_less(const DemoSheet *sheet, PlanCountyItem *item)
{
    Str text = demo_sheet_text(sheet, CI_LESS);
    Decimal number;
    item->less_slot = -1;
    if (!text.len)
        return;
    if (decimal_parse(text, &number) == DECIMAL_OK)
        item->less = decimal_to_double(number);
    else if ((item->less_slot = slot_named(sheet, text)) < 0)
        demo_sheet_bad(sheet, CI_LESS, "不是数，前面也没有这一项",
                       "it is no number, nor an item that stands before");
}

/* 620725=94 620721=缺 */
static void read_others(const DemoSheet *sheet, PlanCountyItem *item)
{
    Str text = demo_sheet_text(sheet, CI_OTHERS);
    for (Str one, code; demo_next_part(&text, ' ', &one);) {
        bool is_shared;
        Decimal number;
        PlanOther other = {.amount = NAN};
        bool is_ok = demo_next_part(&one, '=', &code) && one.len > 1;
        Str amount = is_ok ? str_slice(one, 1, one.len) : STR("");
        other.region = core_region_find(sheet->plan->core, code, &is_shared);
        if (decimal_parse(amount, &number) == DECIMAL_OK)
            other.amount = decimal_to_double(number);
        else
            is_ok &= str_equals(amount, STR("缺"));
        if (!is_ok || !other.region || other.amount < 0.0)
            demo_sheet_bad(sheet, CI_OTHERS, "要写成 620725=94 620721=缺",
                           "write it as 620725=94 620721=缺");
        VEC_PUSH(sheet->plan->arena, &item->others, other);
    }
}

static double number_in(const DemoSheet *sheet, size_t name)
{
    Str text = demo_sheet_text(sheet, name);
    Decimal number;
    if (text.len && decimal_parse(text, &number) == DECIMAL_OK)
        return decimal_to_double(number);
    if (text.len)
        demo_sheet_bad(sheet, name, "应为数", "it must be a number");
    return NAN;
}

/* Of a code or a day the text, of anything else a number. */
static void read_value(const DemoSheet *sheet, PlanCountyItem *item)
{
    Str text = demo_sheet_text(sheet, CI_VALUE);
    Date day;
    item->value = NAN;
    if (!text.len || !item->item)
        return;
    bool is_text = item->item->codes || item->item->is_date;
    if (!is_text)
        item->value = number_in(sheet, CI_VALUE);
    else if (item->item->codes ? codelist_find(item->item->codes, text) != NULL
                               : date_parse(text, &day))
        item->text = text;
    else
        demo_sheet_bad(sheet, CI_VALUE, "不是这一项的值", "it is no value of the item");
}

static const Item *county_item_of(const DemoSheet *sheet)
{
    const Item *item = demo_item_named(sheet->plan, demo_sheet_needed(sheet, CI_ITEM));
    if (!item || !item->is_county)
        demo_sheet_bad(sheet, CI_ITEM, "没有这个县级数据项", "there is no such item of counties");
    return item;
}

static PlanCountyItem read_county_item(const DemoSheet *sheet)
{
    PlanCountyItem item = {.item = county_item_of(sheet),
                           .per_hundred = demo_sheet_number(sheet, CI_PER_HUNDRED, DEMO_NONE),
                           .percent_of = demo_sheet_number(sheet, CI_PERCENT_OF, DEMO_NONE),
                           .spread = demo_sheet_mille(sheet, CI_SPREAD),
                           .growth = demo_sheet_growth(sheet, CI_YEAR),
                           .places = (int)demo_sheet_whole(sheet, CI_PLACES, 0.0),
                           .source = demo_sheet_needed(sheet, CI_SOURCE),
                           .place = demo_sheet_place(sheet, CI_ITEM)};
    read_value(sheet, &item);
    read_bases(sheet, &item);
    read_less(sheet, &item);
    read_others(sheet, &item);
    if (demo_sheet_text(sheet, CI_FROM).len)
        item.from = demo_sheet_period(sheet, CI_FROM).year;
    if (item.places > 4)
        demo_sheet_bad(sheet, CI_PLACES, "最多 4 位", "4 at most");
    int ways = (demo_sheet_text(sheet, CI_VALUE).len > 0) + (item.per_hundred >= 0.0) +
               (item.percent_of > 0.0);
    bool has_base = item.bases.len > 0;
    if (ways != 1 || has_base == (demo_sheet_text(sheet, CI_VALUE).len > 0))
        demo_sheet_bad(sheet, CI_VALUE, "值、每百、占% 只写一处，后两种要有基数",
                       "write one of 值, 每百 and 占%; the latter two need a base");
    return item;
}

/* May be missing: nothing is known then of the counties themselves. */
bool demo_read_county_items(Plan *plan, Err *err)
{
    static const char *const NAMES[CI_COLUMNS] = {"数据项", "值", "基数",   "#每百",
                                                  "#占%",   "减", "#离散‰", "#每年‰",
                                                  "#小数",  "自", "各县区", "来源"};
    DemoSheet sheet;
    Str path = str_format(plan->arena, "%.*s/county-items.csv", STR_ARG(plan->folder));
    if (!file_exists(path.ptr))
        return true;
    if (!demo_sheet_open(&sheet, plan, "county-items.csv", NAMES, CI_COLUMNS, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++) {
        PlanCountyItem item = read_county_item(&sheet);
        int slot = slot_named(&sheet, demo_sheet_text(&sheet, CI_ITEM));
        item.slot = slot < 0 ? plan->county_slots++ : (size_t)slot;
        VEC_PUSH(plan->arena, &plan->county_items, item);
    }
    return true;
}
