#include "app/demo_sheet_int.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <math.h>

static const char *bare(const char *name)
{
    return *name == '#' ? name + 1 : name;
}

static bool wish(void *ctx, Table *table, Err *err)
{
    DemoSheet *sheet = ctx;
    bool is_ok = true;
    for (size_t i = 0; i < sheet->count; i++) {
        Str name = str_from(bare(sheet->names[i]));
        sheet->column[i] = -1;
        for (size_t k = 0; k < table->column_count; k++)
            if (str_equals(table->column[k].name, name))
                sheet->column[i] = (int)k;
        if (sheet->column[i] < 0) {
            ErrPlace place = {.file = table->file, .line = table->header_line};
            is_ok = err_fail_at(err, &place, ERR_DEMO_COLUMN, ARG_STR("column", name));
            continue;
        }
        table->column[sheet->column[i]].kind = *sheet->names[i] == '#' ? FIELD_NUMBER : FIELD_TEXT;
    }
    return is_ok;
}

bool demo_sheet_read(DemoSheet *sheet, const Plan *plan, Str path, Str shown,
                     const char *const *names, size_t count, Err *err)
{
    Str bytes;
    *sheet = (DemoSheet){.plan = plan, .err = err, .names = names, .count = count};
    CHECK(count <= sizeof sheet->column / sizeof *sheet->column);
    TableOptions options = {.wish = wish, .ctx = sheet};
    return file_read(plan->arena, str_cstr(plan->arena, path), LIMIT_PACK_BYTES, &bytes, err) &&
           table_read_bytes(plan->arena, shown, bytes, &options, &sheet->table, err);
}

ErrPlace demo_sheet_place(const DemoSheet *sheet, size_t name)
{
    return table_place(sheet->plan->arena, sheet->table, sheet->row, (size_t)sheet->column[name]);
}

void demo_sheet_bad(const DemoSheet *sheet, size_t name, const char *zh, const char *en)
{
    ErrPlace place = demo_sheet_place(sheet, name);
    (void)err_fail_at(sheet->err, &place, ERR_DEMO_CELL,
                      ARG_STR("column", str_from(bare(sheet->names[name]))),
                      ARG_STR("reason_zh", str_from(zh)), ARG_STR("reason", str_from(en)));
}

Str demo_sheet_text(const DemoSheet *sheet, size_t name)
{
    return sheet->table->column[sheet->column[name]].text[sheet->row];
}

Str demo_sheet_needed(const DemoSheet *sheet, size_t name)
{
    Str text = demo_sheet_text(sheet, name);
    if (!text.len)
        demo_sheet_bad(sheet, name, "不能为空", "it must not be blank");
    return text;
}

double demo_sheet_number(const DemoSheet *sheet, size_t name, double otherwise)
{
    const double most = 1e8;
    double value = sheet->table->column[sheet->column[name]].number[sheet->row];
    if (isnan(value)) {
        if (isnan(otherwise))
            demo_sheet_bad(sheet, name, "不能为空", "it must not be blank");
        return isnan(otherwise) ? 0.0 : otherwise;
    }
    if (fabs(value) > most)
        demo_sheet_bad(sheet, name, "大得不可能", "it is impossibly large");
    return fabs(value) > most ? 0.0 : value;
}

double demo_sheet_amount(const DemoSheet *sheet, size_t name, double otherwise)
{
    double value = demo_sheet_number(sheet, name, otherwise);
    if (value >= 0.0 || value == otherwise)
        return value;
    demo_sheet_bad(sheet, name, "不能是负数", "it must not be negative");
    return 0.0;
}

int64_t demo_sheet_whole(const DemoSheet *sheet, size_t name, double otherwise)
{
    double value = demo_sheet_amount(sheet, name, otherwise);
    if (value != (double)(int64_t)value)
        demo_sheet_bad(sheet, name, "应为整数", "it must be a whole number");
    return (int64_t)value;
}

double demo_sheet_mille(const DemoSheet *sheet, size_t name)
{
    double value = demo_sheet_number(sheet, name, 0.0);
    if (value < -1000.0 || value > 10000.0)
        demo_sheet_bad(sheet, name, "应在 -1000 到 10000 之间",
                       "it must lie between -1000 and 10000");
    return value;
}

double demo_sheet_growth(const DemoSheet *sheet, size_t name)
{
    double value = demo_sheet_number(sheet, name, 0.0);
    if (value > -500.0 && value < 1000.0)
        return value;
    demo_sheet_bad(sheet, name, "应在 -500 到 1000 之间", "it must lie between -500 and 1000");
    return 0.0;
}

bool demo_sheet_flag(const DemoSheet *sheet, size_t name)
{
    Str text = demo_sheet_text(sheet, name);
    if (!str_equals(text, STR("是")) && !str_equals(text, STR("否")))
        demo_sheet_bad(sheet, name, "只写 是 或 否", "write 是 or 否");
    return str_equals(text, STR("是"));
}

const Item *demo_item_named(const Plan *plan, Str name)
{
    return name.len ? map_find(&plan->core->items, utf8_fold(plan->arena, name)) : NULL;
}

const Item *demo_sheet_item(const DemoSheet *sheet, size_t name)
{
    const Item *item = demo_item_named(sheet->plan, demo_sheet_needed(sheet, name));
    if (!item || item->codes)
        demo_sheet_bad(sheet, name, "没有这个数据项", "there is no such item");
    return item;
}

const Code *demo_sheet_code(const DemoSheet *sheet, size_t name, Str list)
{
    const Item *item = demo_item_named(sheet->plan, list);
    const Code *code =
        item && item->codes ? codelist_find(item->codes, demo_sheet_needed(sheet, name)) : NULL;
    if (!code)
        demo_sheet_bad(sheet, name, "代码表里没有", "it is not in the code list");
    return code;
}

const Code *demo_sheet_region(const DemoSheet *sheet, size_t name)
{
    bool is_shared;
    const Code *code =
        core_region_find(sheet->plan->core, demo_sheet_needed(sheet, name), &is_shared);
    if (!code)
        demo_sheet_bad(sheet, name, "没有这个地区", "there is no such region");
    return code;
}

int demo_sheet_stage(const DemoSheet *sheet, size_t name)
{
    const Core *core = sheet->plan->core;
    Str text = utf8_fold(sheet->plan->arena, demo_sheet_text(sheet, name));
    for (size_t i = 0; i < core->stages.len; i++)
        if (map_find(&core->stages.ptr[i].names, text))
            return (int)i;
    if (text.len)
        demo_sheet_bad(sheet, name, "没有这个学段", "there is no such stage");
    return -1;
}

int demo_sheet_needed_stage(const DemoSheet *sheet, size_t name)
{
    int stage = demo_sheet_stage(sheet, name);
    if (stage < 0 && !demo_sheet_text(sheet, name).len)
        demo_sheet_bad(sheet, name, "不能为空", "it must not be blank");
    return stage < 0 ? 0 : stage;
}

Period demo_sheet_period(const DemoSheet *sheet, size_t name)
{
    Period period = {0};
    Err said;
    err_init(&said);
    if (!period_parse(demo_sheet_needed(sheet, name), &period, &said) ||
        period.kind != PERIOD_SCHOOL_YEAR)
        demo_sheet_bad(sheet, name, "要写学年，如 2022-2023", "write a school year, as 2022-2023");
    err_done(&said);
    return period;
}

bool demo_sheet_open(DemoSheet *sheet, const Plan *plan, const char *file, const char *const *names,
                     size_t count, Err *err)
{
    Str path = str_format(plan->arena, "%.*s/%s", STR_ARG(plan->folder), file);
    Str shown = str_format(plan->arena, "local/%.*s/%s", STR_ARG(plan->place), file);
    return demo_sheet_read(sheet, plan, path, shown, names, count, err);
}

bool demo_next_part(Str *rest, char separator, Str *ret)
{
    size_t end = 0;
    while (rest->len && rest->ptr[0] == separator)
        *rest = str_slice(*rest, 1, rest->len);
    while (end < rest->len && rest->ptr[end] != separator)
        end++;
    *ret = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end, rest->len);
    return ret->len > 0;
}
