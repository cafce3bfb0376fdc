/* Reads the figures of a place: small csv tables, every mistake at its file and line. */
#include "app/demo_int.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "sheet/table.h"

#include <math.h>

/* ---- one file ---- */

typedef struct Sheet {
    const Plan *plan;
    Err *err;
    Table *table;
    const char *const *names; /* of its columns; those of numbers begin with '#' */
    size_t count;
    int column[24];
    size_t row;
} Sheet;

static const char *bare(const char *name)
{
    return *name == '#' ? name + 1 : name;
}

static bool wish(void *ctx, Table *table, Err *err)
{
    Sheet *sheet = ctx;
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

/* The name of the file in messages begins at the packs folder. */
static bool sheet_read(Sheet *sheet, const Plan *plan, Str path, Str shown,
                       const char *const *names, size_t count, Err *err)
{
    Str bytes;
    *sheet = (Sheet){.plan = plan, .err = err, .names = names, .count = count};
    CHECK(count <= sizeof sheet->column / sizeof *sheet->column);
    TableOptions options = {.wish = wish, .ctx = sheet};
    return file_read(plan->arena, str_cstr(plan->arena, path), LIMIT_PACK_BYTES, &bytes, err) &&
           table_read_bytes(plan->arena, shown, bytes, &options, &sheet->table, err);
}

static ErrPlace place_of(const Sheet *sheet, size_t name)
{
    return table_place(sheet->plan->arena, sheet->table, sheet->row, (size_t)sheet->column[name]);
}

static void bad(const Sheet *sheet, size_t name, const char *zh, const char *en)
{
    ErrPlace place = place_of(sheet, name);
    (void)err_fail_at(sheet->err, &place, ERR_DEMO_CELL,
                      ARG_STR("column", str_from(bare(sheet->names[name]))),
                      ARG_STR("reason_zh", str_from(zh)), ARG_STR("reason", str_from(en)));
}

static Str text_of(const Sheet *sheet, size_t name)
{
    return sheet->table->column[sheet->column[name]].text[sheet->row];
}

static Str needed_text(const Sheet *sheet, size_t name)
{
    Str text = text_of(sheet, name);
    if (!text.len)
        bad(sheet, name, "不能为空", "it must not be blank");
    return text;
}

/* Blank: otherwise; if that is NaN the number is needed. */
static double number_of(const Sheet *sheet, size_t name, double otherwise)
{
    const double most = 1e8;
    double value = sheet->table->column[sheet->column[name]].number[sheet->row];
    if (isnan(value)) {
        if (isnan(otherwise))
            bad(sheet, name, "不能为空", "it must not be blank");
        return isnan(otherwise) ? 0.0 : otherwise;
    }
    if (fabs(value) > most)
        bad(sheet, name, "大得不可能", "it is impossibly large");
    return fabs(value) > most ? 0.0 : value;
}

/* The same for what cannot be negative. */
static double amount_of(const Sheet *sheet, size_t name, double otherwise)
{
    double value = number_of(sheet, name, otherwise);
    if (value >= 0.0 || value == otherwise)
        return value;
    bad(sheet, name, "不能是负数", "it must not be negative");
    return 0.0;
}

static int64_t whole_of(const Sheet *sheet, size_t name, double otherwise)
{
    double value = amount_of(sheet, name, otherwise);
    if (value != (double)(int64_t)value)
        bad(sheet, name, "应为整数", "it must be a whole number");
    return (int64_t)value;
}

/* ‰ a year, or more or less than the usual: from −1000. */
static double mille_of(const Sheet *sheet, size_t name)
{
    double value = number_of(sheet, name, 0.0);
    if (value < -1000.0 || value > 10000.0)
        bad(sheet, name, "应在 -1000 到 10000 之间", "it must lie between -1000 and 10000");
    return value;
}

static double growth_of(const Sheet *sheet, size_t name)
{
    double value = number_of(sheet, name, 0.0);
    if (value > -500.0 && value < 1000.0)
        return value;
    bad(sheet, name, "应在 -500 到 1000 之间", "it must lie between -500 and 1000");
    return 0.0;
}

static bool flag_of(const Sheet *sheet, size_t name)
{
    Str text = text_of(sheet, name);
    if (!str_equals(text, STR("是")) && !str_equals(text, STR("否")))
        bad(sheet, name, "只写 是 或 否", "write 是 or 否");
    return str_equals(text, STR("是"));
}

static const Item *item_named(const Plan *plan, Str name)
{
    return name.len ? map_find(&plan->core->items, utf8_fold(plan->arena, name)) : NULL;
}

static const Item *item_of(const Sheet *sheet, size_t name)
{
    const Item *item = item_named(sheet->plan, needed_text(sheet, name));
    if (!item || item->codes)
        bad(sheet, name, "没有这个数据项", "there is no such item");
    return item;
}

static const Code *code_of(const Sheet *sheet, size_t name, Str list)
{
    const Item *item = item_named(sheet->plan, list);
    const Code *code =
        item && item->codes ? codelist_find(item->codes, needed_text(sheet, name)) : NULL;
    if (!code)
        bad(sheet, name, "代码表里没有", "it is not in the code list");
    return code;
}

static const Code *region_of(const Sheet *sheet, size_t name)
{
    bool is_shared;
    const Code *code = core_region_find(sheet->plan->core, needed_text(sheet, name), &is_shared);
    if (!code)
        bad(sheet, name, "没有这个地区", "there is no such region");
    return code;
}

/* Blank: -1. */
static int stage_of(const Sheet *sheet, size_t name)
{
    const Core *core = sheet->plan->core;
    Str text = utf8_fold(sheet->plan->arena, text_of(sheet, name));
    for (size_t i = 0; i < core->stages.len; i++)
        if (map_find(&core->stages.ptr[i].names, text))
            return (int)i;
    if (text.len)
        bad(sheet, name, "没有这个学段", "there is no such stage");
    return -1;
}

static int needed_stage(const Sheet *sheet, size_t name)
{
    int stage = stage_of(sheet, name);
    if (stage < 0 && !text_of(sheet, name).len)
        bad(sheet, name, "不能为空", "it must not be blank");
    return stage < 0 ? 0 : stage;
}

static Period period_of(const Sheet *sheet, size_t name)
{
    Period period = {0};
    Err said;
    err_init(&said);
    if (!period_parse(needed_text(sheet, name), &period, &said) ||
        period.kind != PERIOD_SCHOOL_YEAR)
        bad(sheet, name, "要写学年，如 2022-2023", "write a school year, as 2022-2023");
    err_done(&said);
    return period;
}

/* ---- demos.csv ---- */

static Str places_of(const Plan *plan, const Table *table, int column)
{
    StrBuf out;
    strbuf_init(&out, plan->arena);
    for (size_t row = 0; row < table->row_count; row++)
        strbuf_addf(&out, "%s%.*s", row ? " " : "", STR_ARG(table->column[column].text[row]));
    return strbuf_str(&out);
}

static bool find_row(Sheet *sheet, size_t name)
{
    const Plan *plan = sheet->plan;
    while (sheet->row < sheet->table->row_count && !str_equals(text_of(sheet, name), plan->place))
        sheet->row++;
    return sheet->row < sheet->table->row_count ||
           err_fail(sheet->err, ERR_DEMO_PLACE, ARG_STR("place", plan->place),
                    ARG_STR("places", places_of(plan, sheet->table, sheet->column[name])));
}

static bool find_place(Plan *plan, const char *packs, Err *err)
{
    enum { PLACE, NAME, TITLE, REGION, FIRST, LAST, SERIAL, SCHOOLS, STAFF, SOURCE, COUNT };
    static const char *const NAMES[COUNT] = {"演示地",        "名称", "标题",    "地区",
                                             "首期",          "末期", "#代码起", "#公布学校数",
                                             "#公布教职工数", "来源"};
    Sheet sheet;
    Str path = str_format(plan->arena, "%s/local/demos.csv", packs);
    if (!sheet_read(&sheet, plan, path, STR("local/demos.csv"), NAMES, COUNT, err))
        return false;
    size_t before = err->count;
    if (!find_row(&sheet, PLACE))
        return false;
    plan->name = needed_text(&sheet, NAME);
    plan->title = needed_text(&sheet, TITLE);
    plan->source = needed_text(&sheet, SOURCE);
    plan->region = region_of(&sheet, REGION);
    plan->first = period_of(&sheet, FIRST);
    plan->last = period_of(&sheet, LAST);
    plan->serial = whole_of(&sheet, SERIAL, NAN);
    plan->published_schools = whole_of(&sheet, SCHOOLS, DEMO_NONE);
    plan->published_staff = whole_of(&sheet, STAFF, DEMO_NONE);
    if (plan->serial < 950000 || plan->serial > 990000)
        bad(&sheet, SERIAL, "应在 950000 到 990000 之间", "it must lie between 950000 and 990000");
    if (plan->last.year < plan->first.year || plan->last.year > plan->first.year + 20)
        bad(&sheet, LAST, "应在首期以后，最多 20 年",
            "it must follow the first, by 20 years at most");
    return err->count == before;
}

/* ---- the files of the place ---- */

static bool open_file(Sheet *sheet, const Plan *plan, const char *file, const char *const *names,
                      size_t count, Err *err)
{
    Str path = str_format(plan->arena, "%.*s/%s", STR_ARG(plan->folder), file);
    Str shown = str_format(plan->arena, "local/%.*s/%s", STR_ARG(plan->place), file);
    return sheet_read(sheet, plan, path, shown, names, count, err);
}

static bool read_kinds(Plan *plan, Err *err)
{
    enum {
        NAME,
        EN,
        STAGE,
        SCHOOLS,
        PUPILS,
        STAFF,
        TEACHERS,
        PUPILS_YEAR,
        STAFF_YEAR,
        SOURCE,
        COUNT
    };
    static const char *const NAMES[COUNT] = {
        "类别",      "英文",        "学段",         "#学校数",      "#在校生数",
        "#教职工数", "#专任教师数", "#在校生每年‰", "#教职工每年‰", "来源"};
    Sheet sheet;
    if (!open_file(&sheet, plan, "kinds.csv", NAMES, COUNT, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++) {
        PlanKind kind = {.name = needed_text(&sheet, NAME),
                         .name_en = needed_text(&sheet, EN),
                         .stage = stage_of(&sheet, STAGE),
                         .schools = whole_of(&sheet, SCHOOLS, NAN),
                         .pupils = whole_of(&sheet, PUPILS, DEMO_NONE),
                         .staff = whole_of(&sheet, STAFF, NAN),
                         .teachers = whole_of(&sheet, TEACHERS, DEMO_NONE),
                         .pupil_growth = growth_of(&sheet, PUPILS_YEAR),
                         .staff_growth = growth_of(&sheet, STAFF_YEAR),
                         .source = needed_text(&sheet, SOURCE),
                         .place = place_of(&sheet, SCHOOLS)};
        if (kind.stage >= 0 && kind.pupils <= 0)
            bad(&sheet, PUPILS, "有学段就要有在校生", "a kind with a stage needs pupils");
        VEC_PUSH(plan->arena, &plan->kinds, kind);
    }
    return true;
}

static size_t kind_of(const Sheet *sheet, size_t name)
{
    const Plan *plan = sheet->plan;
    Str text = needed_text(sheet, name);
    for (size_t i = 0; i < plan->kinds.len; i++)
        if (str_equals(plan->kinds.ptr[i].name, text))
            return i;
    if (text.len)
        bad(sheet, name, "kinds.csv 里没有这个类别", "there is no such kind in kinds.csv");
    return 0;
}

enum {
    OF_KIND,
    OF_CODE,
    OF_NAME,
    OF_COUNT,
    OF_COUNTED,
    OF_SHARE,
    OF_REGION,
    OF_RUNNER,
    OF_CENTRE,
    OF_TOWN,
    OF_SIZE,
    OF_VARIETY = OF_SIZE + DEMO_LOCATIONS,
    OF_CLASS,
    OF_CLASS_MIN,
    OF_TEACHERS,
    OF_OPENED,
    OF_FULL,
    OF_COLUMNS,
};

static PlanType read_type(const Sheet *sheet)
{
    PlanType type = {.kind = kind_of(sheet, OF_KIND),
                     .code = code_of(sheet, OF_CODE, STR("school_type")),
                     .name = needed_text(sheet, OF_NAME),
                     .count = whole_of(sheet, OF_COUNT, DEMO_NONE),
                     .is_counted = flag_of(sheet, OF_COUNTED),
                     .pupil_share = amount_of(sheet, OF_SHARE, DEMO_NONE),
                     .runner = code_of(sheet, OF_RUNNER, STR("runner")),
                     .centre = amount_of(sheet, OF_CENTRE, 0.0),
                     .town = amount_of(sheet, OF_TOWN, 0.0),
                     .variety = amount_of(sheet, OF_VARIETY, 0.0),
                     .class_size = whole_of(sheet, OF_CLASS, NAN),
                     .class_min = whole_of(sheet, OF_CLASS_MIN, 0.0),
                     .teacher_percent = amount_of(sheet, OF_TEACHERS, NAN),
                     .opened = whole_of(sheet, OF_OPENED, 0.0),
                     .is_full = flag_of(sheet, OF_FULL),
                     .place = place_of(sheet, OF_COUNT)};
    if (text_of(sheet, OF_REGION).len)
        type.region = region_of(sheet, OF_REGION);
    for (size_t i = 0; i < DEMO_LOCATIONS; i++) {
        type.size[i] = amount_of(sheet, OF_SIZE + i, NAN);
        if (type.size[i] <= 0.0)
            bad(sheet, OF_SIZE + i, "要大于 0", "it must be above 0");
    }
    if (type.variety >= 1000.0)
        bad(sheet, OF_VARIETY, "要小于 1000", "it must be below 1000");
    if (type.class_size <= 0)
        bad(sheet, OF_CLASS, "要大于 0", "it must be above 0");
    if (type.teacher_percent > 100.0)
        bad(sheet, OF_TEACHERS, "不能大于 100", "it must not be above 100");
    if (type.pupil_share > 100.0)
        bad(sheet, OF_SHARE, "不能大于 100", "it must not be above 100");
    return type;
}

static bool read_types(Plan *plan, Err *err)
{
    static const char *const NAMES[OF_COLUMNS] = {
        "类别",   "办学类型",  "名称",   "#学校数",   "计入学校数", "#占在校生%", "地区",
        "举办者", "#城区‰",    "#镇区‰", "#城区规模", "#镇区规模",  "#乡村规模",  "#规模离散‰",
        "#班额",  "#最少班数", "#教师%", "#新开",     "填全项"};
    Sheet sheet;
    if (!open_file(&sheet, plan, "types.csv", NAMES, OF_COLUMNS, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++)
        VEC_PUSH(plan->arena, &plan->types, read_type(&sheet));
    return true;
}

static bool read_counties(Plan *plan, Err *err)
{
    enum { REGION, WEIGHT, CENTRE, COUNT };
    static const char *const NAMES[COUNT] = {"地区", "#权数", "中心"};
    Sheet sheet;
    if (!open_file(&sheet, plan, "counties.csv", NAMES, COUNT, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++) {
        PlanCounty county = {.region = region_of(&sheet, REGION),
                             .weight = amount_of(&sheet, WEIGHT, NAN),
                             .centre = code_of(&sheet, CENTRE, STR("urban_rural"))};
        if (county.region && county.region->is_group)
            bad(&sheet, REGION, "下面还有县区", "it has counties below it");
        if (county.weight <= 0.0)
            bad(&sheet, WEIGHT, "要大于 0", "it must be above 0");
        VEC_PUSH(plan->arena, &plan->counties, county);
    }
    return true;
}

static size_t column_of(Plan *plan, const Item *item, double growth, int places)
{
    for (size_t i = 0; i < plan->columns.len; i++)
        if (plan->columns.ptr[i].item == item)
            return i;
    PlanColumn column = {.item = item, .growth = growth, .places = places};
    VEC_PUSH(plan->arena, &plan->columns, column);
    return plan->columns.len - 1;
}

static bool read_items(Plan *plan, Err *err)
{
    enum { ITEM, STAGE, BASE, PER_HUNDRED, SPREAD, CENTRE, VILLAGE, YEAR, LEAST, PLACES, COUNT };
    static const char *const NAMES[COUNT] = {"数据项", "学段",   "基数",   "#每百", "#离散‰",
                                             "#城区‰", "#乡村‰", "#每年‰", "#最少", "#小数"};
    Sheet sheet;
    if (!open_file(&sheet, plan, "items.csv", NAMES, COUNT, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++) {
        const Item *item = item_of(&sheet, ITEM);
        int64_t places = whole_of(&sheet, PLACES, 0.0);
        if (places > 4)
            bad(&sheet, PLACES, "最多 4 位", "4 at most");
        Str base = needed_text(&sheet, BASE);
        PlanRule rule = {.stage = needed_stage(&sheet, STAGE),
                         .is_per_teacher = str_equals(base, STR("专任教师数")),
                         .per_hundred = amount_of(&sheet, PER_HUNDRED, NAN),
                         .spread = mille_of(&sheet, SPREAD),
                         .at = {mille_of(&sheet, CENTRE), 0.0, mille_of(&sheet, VILLAGE)},
                         .least = whole_of(&sheet, LEAST, 0.0)};
        if (!rule.is_per_teacher && !str_equals(base, STR("在校生数")))
            bad(&sheet, BASE, "只写 在校生数 或 专任教师数", "write 在校生数 or 专任教师数");
        if (!item)
            continue;
        if (item->is_whole && places)
            bad(&sheet, PLACES, "这一项是整数", "the item is a whole number");
        rule.column = column_of(plan, item, growth_of(&sheet, YEAR), (int)places);
        VEC_PUSH(plan->arena, &plan->rules, rule);
    }
    return true;
}

/* May be missing: schools of other places are not made to have coefficients. */
static bool read_targets(Plan *plan, Err *err)
{
    enum { STAGE, ITEM, INCLUDING, PATTERN, LEAN, CV, SOURCE, COUNT };
    static const char *const NAMES[COUNT] = {"学段",     "数据项",    "含",  "#图样",
                                             "#偏小校‰", "#差异系数", "来源"};
    Sheet sheet;
    Str path = str_format(plan->arena, "%.*s/coefficients.csv", STR_ARG(plan->folder));
    if (!file_exists(path.ptr))
        return true;
    if (!open_file(&sheet, plan, "coefficients.csv", NAMES, COUNT, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++) {
        PlanTarget target = {.stage = needed_stage(&sheet, STAGE),
                             .item = item_of(&sheet, ITEM),
                             .pattern = whole_of(&sheet, PATTERN, NAN),
                             .lean = amount_of(&sheet, LEAN, 0.0),
                             .cv = amount_of(&sheet, CV, NAN),
                             .source = needed_text(&sheet, SOURCE),
                             .place = place_of(&sheet, CV)};
        if (text_of(&sheet, INCLUDING).len)
            target.including = item_of(&sheet, INCLUDING);
        if (target.lean > 1000.0)
            bad(&sheet, LEAN, "不能大于 1000", "it must not be above 1000");
        VEC_PUSH(plan->arena, &plan->targets, target);
    }
    return true;
}

static bool read_published(Plan *plan, Err *err)
{
    enum { REGION, STAGE, INDICATOR, VALUE, SOURCE, COUNT };
    static const char *const NAMES[COUNT] = {"所属地区", "学段", "指标", "#数值", "来源"};
    Sheet sheet;
    Str path = str_format(plan->arena, "%.*s/published.csv", STR_ARG(plan->folder));
    if (!file_exists(path.ptr))
        return true;
    if (!open_file(&sheet, plan, "published.csv", NAMES, COUNT, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++) {
        (void)region_of(&sheet, REGION);
        (void)stage_of(&sheet, STAGE);
        (void)needed_text(&sheet, INDICATOR);
        (void)number_of(&sheet, VALUE, NAN);
        (void)needed_text(&sheet, SOURCE);
    }
    return file_read(plan->arena, path.ptr, LIMIT_PACK_BYTES, &plan->published, err);
}

/* ---- what only the files together say ---- */

static void fail_kind(const ErrPlace *place, Err *err, const char *zh, const char *en)
{
    (void)err_fail_at(err, place, ERR_DEMO_CELL, ARG_LIT("column", "学校数"),
                      ARG_STR("reason_zh", str_from(zh)), ARG_STR("reason", str_from(en)));
}

static bool is_of(const PlanType *type, size_t kind)
{
    return type->kind == kind;
}

/* The one type without a number gets what the others of its kind leave. */
static void settle_kind(Plan *plan, size_t kind, Err *err)
{
    PlanType *open = NULL;
    int64_t left = plan->kinds.ptr[kind].schools;
    for (size_t i = 0; i < plan->types.len; i++) {
        PlanType *type = &plan->types.ptr[i];
        if (!is_of(type, kind))
            continue;
        if (type->count == DEMO_NONE && (open || !type->is_counted))
            fail_kind(&type->place, err, "每个类别只能空一处", "only one of a kind may be blank");
        else if (type->count == DEMO_NONE)
            open = type;
        else if (type->is_counted)
            left -= type->count;
    }
    if (open)
        open->count = left;
    if (open ? left < 0 : left != 0)
        fail_kind(&plan->kinds.ptr[kind].place, err, "与 types.csv 里的合计不符",
                  "it differs from the sum in types.csv");
}

/* Shares of a kind's pupils leave something, and somebody to have it. */
static void check_shares(const Plan *plan, size_t kind, Err *err)
{
    double share = 0.0;
    bool has_other = false;
    for (size_t i = 0; i < plan->types.len; i++) {
        const PlanType *type = &plan->types.ptr[i];
        if (is_of(type, kind) && type->pupil_share >= 0.0)
            share += type->pupil_share;
        else if (is_of(type, kind))
            has_other = true;
    }
    if (share > 0.0 && (share >= 100.0 || !has_other))
        fail_kind(&plan->kinds.ptr[kind].place, err, "占在校生% 要留一部分给没有写的类型",
                  "占在校生% must leave something to a type without it");
}

static bool has_county(const Plan *plan, const Code *region)
{
    for (size_t i = 0; i < plan->counties.len; i++)
        if (plan->counties.ptr[i].region == region)
            return true;
    return false;
}

static void check_types(const Plan *plan, Err *err)
{
    enum { ORDINAL_MAX = 999, ALL_MAX = 9999 };
    int64_t all = 0;
    for (size_t i = 0; i < plan->types.len; i++) {
        const PlanType *type = &plan->types.ptr[i];
        all += type->count;
        if (type->count > ORDINAL_MAX || all > ALL_MAX)
            fail_kind(&type->place, err, "一种类型最多 999 所，共 9999 所",
                      "999 of a type at most, 9999 in all");
        else if (type->opened > type->count)
            fail_kind(&type->place, err, "比新开的还少", "it is less than those opened");
        else if (type->region ? !has_county(plan, type->region) : !plan->counties.len)
            fail_kind(&type->place, err, "counties.csv 里没有它的地区",
                      "counties.csv has no region for it");
    }
}

/* A coefficient is made for the stage's schools alone: none may share its rooms with another stage. */
static void check_targets(const Plan *plan, Err *err)
{
    for (size_t i = 0; i < plan->targets.len; i++)
        for (size_t k = 0; k < plan->types.len; k++) {
            uint32_t stages = plan->types.ptr[k].code->stages,
                     stage = 1u << plan->targets.ptr[i].stage;
            if ((stages & stage) && stages != stage)
                (void)err_fail_at(
                    err, &plan->targets.ptr[i].place, ERR_DEMO_CELL, ARG_LIT("column", "差异系数"),
                    ARG_LIT("reason_zh", "types.csv 里这个学段有多学段学校"),
                    ARG_LIT("reason", "types.csv has combined schools of this stage"));
        }
}

bool demo_plan_load(Arena *arena, const Core *core, const char *packs, Str place, Plan *ret,
                    Err *err)
{
    size_t before = err->count;
    *ret = (Plan){.arena = arena, .core = core, .place = place};
    ret->folder = str_format(arena, "%s/local/%.*s", packs, STR_ARG(place));
    if (!find_place(ret, packs, err) || !read_kinds(ret, err) || !read_types(ret, err) ||
        !read_counties(ret, err) || !read_items(ret, err) || !read_targets(ret, err) ||
        !read_published(ret, err))
        return false;
    if (err->count != before)
        return false;
    for (size_t i = 0; i < ret->kinds.len; i++)
        settle_kind(ret, i, err);
    for (size_t i = 0; i < ret->kinds.len; i++)
        check_shares(ret, i, err);
    check_types(ret, err);
    check_targets(ret, err);
    return err->count == before;
}
