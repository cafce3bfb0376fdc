/* Reads the figures of a place: small csv tables, every mistake at its file and line. */
#include "app/demo_int.h"

#include "app/demo_sheet_int.h"
#include "base/file.h"
#include "base/limits.h"

#include <math.h>

/* ---- demos.csv ---- */

static Str places_of(const Plan *plan, const Table *table, int column)
{
    StrBuf out;
    strbuf_init(&out, plan->arena);
    for (size_t row = 0; row < table->row_count; row++)
        strbuf_addf(&out, "%s%.*s", row ? " " : "", STR_ARG(table->column[column].text[row]));
    return strbuf_str(&out);
}

static bool find_row(DemoSheet *sheet, size_t name)
{
    const Plan *plan = sheet->plan;
    while (sheet->row < sheet->table->row_count &&
           !str_equals(demo_sheet_text(sheet, name), plan->place))
        sheet->row++;
    return sheet->row < sheet->table->row_count ||
           err_fail(sheet->err, ERR_DEMO_PLACE, ARG_STR("place", plan->place),
                    ARG_STR("places", places_of(plan, sheet->table, sheet->column[name])));
}

/* junheng-2012+yanshi-junheng youzhi-2017: each with its overlays. Whether there are such is told when they are used. */
static void read_standards(Plan *plan, Str text)
{
    for (Str one, id; demo_next_part(&text, ' ', &one);) {
        DemoStandard standard = {0};
        if (!demo_next_part(&one, '+', &standard.id))
            continue;
        while (demo_next_part(&one, '+', &id))
            VEC_PUSH(plan->arena, &standard.overlays, id);
        VEC_PUSH(plan->arena, &plan->standards, standard);
    }
}

static bool find_place(Plan *plan, const char *packs, Err *err)
{
    enum {
        PLACE,
        NAME,
        TITLE,
        REGION,
        FIRST,
        LAST,
        SERIAL,
        SCHOOLS,
        STAFF,
        STANDARDS,
        SOURCE,
        COUNT
    };
    static const char *const NAMES[COUNT] = {"演示地",        "名称", "标题",    "地区",
                                             "首期",          "末期", "#代码起", "#公布学校数",
                                             "#公布教职工数", "标准", "来源"};
    DemoSheet sheet;
    Str path = str_format(plan->arena, "%s/local/demos.csv", packs);
    if (!demo_sheet_read(&sheet, plan, path, STR("local/demos.csv"), NAMES, COUNT, err))
        return false;
    size_t before = err->count;
    if (!find_row(&sheet, PLACE))
        return false;
    plan->name = demo_sheet_needed(&sheet, NAME);
    plan->title = demo_sheet_needed(&sheet, TITLE);
    plan->source = demo_sheet_needed(&sheet, SOURCE);
    plan->region = demo_sheet_region(&sheet, REGION);
    plan->first = demo_sheet_period(&sheet, FIRST);
    plan->last = demo_sheet_period(&sheet, LAST);
    plan->serial = demo_sheet_whole(&sheet, SERIAL, NAN);
    plan->published_schools = demo_sheet_whole(&sheet, SCHOOLS, DEMO_NONE);
    plan->published_staff = demo_sheet_whole(&sheet, STAFF, DEMO_NONE);
    read_standards(plan, demo_sheet_needed(&sheet, STANDARDS));
    if (plan->serial < 950000 || plan->serial > 990000)
        demo_sheet_bad(&sheet, SERIAL, "应在 950000 到 990000 之间",
                       "it must lie between 950000 and 990000");
    if (plan->last.year < plan->first.year || plan->last.year > plan->first.year + 20)
        demo_sheet_bad(&sheet, LAST, "应在首期以后，最多 20 年",
                       "it must follow the first, by 20 years at most");
    return err->count == before;
}

/* ---- the files of the place ---- */

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
    DemoSheet sheet;
    if (!demo_sheet_open(&sheet, plan, "kinds.csv", NAMES, COUNT, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++) {
        PlanKind kind = {.name = demo_sheet_needed(&sheet, NAME),
                         .name_en = demo_sheet_needed(&sheet, EN),
                         .stage = demo_sheet_stage(&sheet, STAGE),
                         .schools = demo_sheet_whole(&sheet, SCHOOLS, NAN),
                         .pupils = demo_sheet_whole(&sheet, PUPILS, DEMO_NONE),
                         .staff = demo_sheet_whole(&sheet, STAFF, NAN),
                         .teachers = demo_sheet_whole(&sheet, TEACHERS, DEMO_NONE),
                         .pupil_growth = demo_sheet_growth(&sheet, PUPILS_YEAR),
                         .staff_growth = demo_sheet_growth(&sheet, STAFF_YEAR),
                         .source = demo_sheet_needed(&sheet, SOURCE),
                         .place = demo_sheet_place(&sheet, SCHOOLS)};
        if (kind.stage >= 0 && kind.pupils <= 0)
            demo_sheet_bad(&sheet, PUPILS, "有学段就要有在校生",
                           "a kind with a stage needs pupils");
        VEC_PUSH(plan->arena, &plan->kinds, kind);
    }
    return true;
}

static size_t kind_of(const DemoSheet *sheet, size_t name)
{
    const Plan *plan = sheet->plan;
    Str text = demo_sheet_needed(sheet, name);
    for (size_t i = 0; i < plan->kinds.len; i++)
        if (str_equals(plan->kinds.ptr[i].name, text))
            return i;
    if (text.len)
        demo_sheet_bad(sheet, name, "kinds.csv 里没有这个类别",
                       "there is no such kind in kinds.csv");
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

static PlanType read_type(const DemoSheet *sheet)
{
    PlanType type = {.kind = kind_of(sheet, OF_KIND),
                     .code = demo_sheet_code(sheet, OF_CODE, STR("school_type")),
                     .name = demo_sheet_needed(sheet, OF_NAME),
                     .count = demo_sheet_whole(sheet, OF_COUNT, DEMO_NONE),
                     .is_counted = demo_sheet_flag(sheet, OF_COUNTED),
                     .pupil_share = demo_sheet_amount(sheet, OF_SHARE, DEMO_NONE),
                     .runner = demo_sheet_code(sheet, OF_RUNNER, STR("runner")),
                     .centre = demo_sheet_amount(sheet, OF_CENTRE, 0.0),
                     .town = demo_sheet_amount(sheet, OF_TOWN, 0.0),
                     .variety = demo_sheet_amount(sheet, OF_VARIETY, 0.0),
                     .class_size = demo_sheet_whole(sheet, OF_CLASS, NAN),
                     .class_min = demo_sheet_whole(sheet, OF_CLASS_MIN, 0.0),
                     .teacher_percent = demo_sheet_amount(sheet, OF_TEACHERS, NAN),
                     .opened = demo_sheet_whole(sheet, OF_OPENED, 0.0),
                     .is_full = demo_sheet_flag(sheet, OF_FULL),
                     .place = demo_sheet_place(sheet, OF_COUNT)};
    if (demo_sheet_text(sheet, OF_REGION).len)
        type.region = demo_sheet_region(sheet, OF_REGION);
    for (size_t i = 0; i < DEMO_LOCATIONS; i++) {
        type.size[i] = demo_sheet_amount(sheet, OF_SIZE + i, NAN);
        if (type.size[i] <= 0.0)
            demo_sheet_bad(sheet, OF_SIZE + i, "要大于 0", "it must be above 0");
    }
    if (type.variety >= 1000.0)
        demo_sheet_bad(sheet, OF_VARIETY, "要小于 1000", "it must be below 1000");
    if (type.class_size <= 0)
        demo_sheet_bad(sheet, OF_CLASS, "要大于 0", "it must be above 0");
    if (type.teacher_percent > 100.0)
        demo_sheet_bad(sheet, OF_TEACHERS, "不能大于 100", "it must not be above 100");
    if (type.pupil_share > 100.0)
        demo_sheet_bad(sheet, OF_SHARE, "不能大于 100", "it must not be above 100");
    return type;
}

static bool read_types(Plan *plan, Err *err)
{
    static const char *const NAMES[OF_COLUMNS] = {
        "类别",   "办学类型",  "名称",   "#学校数",   "计入学校数", "#占在校生%", "地区",
        "举办者", "#城区‰",    "#镇区‰", "#城区规模", "#镇区规模",  "#乡村规模",  "#规模离散‰",
        "#班额",  "#最少班数", "#教师%", "#新开",     "填全项"};
    DemoSheet sheet;
    if (!demo_sheet_open(&sheet, plan, "types.csv", NAMES, OF_COLUMNS, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++)
        VEC_PUSH(plan->arena, &plan->types, read_type(&sheet));
    return true;
}

static bool read_counties(Plan *plan, Err *err)
{
    enum { REGION, WEIGHT, CENTRE, COUNT };
    static const char *const NAMES[COUNT] = {"地区", "#权数", "中心"};
    DemoSheet sheet;
    if (!demo_sheet_open(&sheet, plan, "counties.csv", NAMES, COUNT, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++) {
        PlanCounty county = {.region = demo_sheet_region(&sheet, REGION),
                             .weight = demo_sheet_amount(&sheet, WEIGHT, NAN),
                             .centre = demo_sheet_code(&sheet, CENTRE, STR("urban_rural"))};
        if (county.region && county.region->is_group)
            demo_sheet_bad(&sheet, REGION, "下面还有县区", "it has counties below it");
        if (county.weight <= 0.0)
            demo_sheet_bad(&sheet, WEIGHT, "要大于 0", "it must be above 0");
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

static PlanBase base_named(const DemoSheet *sheet, size_t name)
{
    static const char *const NAMES[BASE_COUNT] = {"在校生数", "专任教师数", "班级数", "学校"};
    Str text = demo_sheet_needed(sheet, name);
    for (int base = 0; base < BASE_COUNT; base++)
        if (str_equals(text, str_from(NAMES[base])))
            return (PlanBase)base;
    demo_sheet_bad(sheet, name, "只写 在校生数、专任教师数、班级数 或 学校",
                   "write 在校生数, 专任教师数, 班级数 or 学校");
    return BASE_PUPILS;
}

static bool read_items(Plan *plan, Err *err)
{
    enum { ITEM, STAGE, BASE, PER_HUNDRED, SPREAD, CENTRE, VILLAGE, YEAR, LEAST, PLACES, COUNT };
    static const char *const NAMES[COUNT] = {"数据项", "学段",   "基数",   "#每百", "#离散‰",
                                             "#城区‰", "#乡村‰", "#每年‰", "#最少", "#小数"};
    DemoSheet sheet;
    if (!demo_sheet_open(&sheet, plan, "items.csv", NAMES, COUNT, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++) {
        const Item *item = demo_sheet_item(&sheet, ITEM);
        int64_t places = demo_sheet_whole(&sheet, PLACES, 0.0);
        if (places > 4)
            demo_sheet_bad(&sheet, PLACES, "最多 4 位", "4 at most");
        PlanRule rule = {
            .stage = demo_sheet_needed_stage(&sheet, STAGE),
            .base = base_named(&sheet, BASE),
            .per_hundred = demo_sheet_amount(&sheet, PER_HUNDRED, NAN),
            .spread = demo_sheet_mille(&sheet, SPREAD),
            .at = {demo_sheet_mille(&sheet, CENTRE), 0.0, demo_sheet_mille(&sheet, VILLAGE)},
            .least = demo_sheet_whole(&sheet, LEAST, 0.0)};
        if (!item)
            continue;
        if (item->is_whole && places)
            demo_sheet_bad(&sheet, PLACES, "这一项是整数", "the item is a whole number");
        rule.column = column_of(plan, item, demo_sheet_growth(&sheet, YEAR), (int)places);
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
    DemoSheet sheet;
    Str path = str_format(plan->arena, "%.*s/coefficients.csv", STR_ARG(plan->folder));
    if (!file_exists(path.ptr))
        return true;
    if (!demo_sheet_open(&sheet, plan, "coefficients.csv", NAMES, COUNT, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++) {
        PlanTarget target = {.stage = demo_sheet_needed_stage(&sheet, STAGE),
                             .item = demo_sheet_item(&sheet, ITEM),
                             .pattern = demo_sheet_whole(&sheet, PATTERN, NAN),
                             .lean = demo_sheet_amount(&sheet, LEAN, 0.0),
                             .cv = demo_sheet_amount(&sheet, CV, NAN),
                             .source = demo_sheet_needed(&sheet, SOURCE),
                             .place = demo_sheet_place(&sheet, CV)};
        if (demo_sheet_text(&sheet, INCLUDING).len)
            target.including = demo_sheet_item(&sheet, INCLUDING);
        if (target.lean > 1000.0)
            demo_sheet_bad(&sheet, LEAN, "不能大于 1000", "it must not be above 1000");
        VEC_PUSH(plan->arena, &plan->targets, target);
    }
    return true;
}

static bool read_published(Plan *plan, Err *err)
{
    enum { REGION, STAGE, INDICATOR, VALUE, SOURCE, COUNT };
    static const char *const NAMES[COUNT] = {"所属地区", "学段", "指标", "#数值", "来源"};
    DemoSheet sheet;
    Str path = str_format(plan->arena, "%.*s/published.csv", STR_ARG(plan->folder));
    if (!file_exists(path.ptr))
        return true;
    if (!demo_sheet_open(&sheet, plan, "published.csv", NAMES, COUNT, err))
        return false;
    for (; sheet.row < sheet.table->row_count; sheet.row++) {
        (void)demo_sheet_region(&sheet, REGION);
        (void)demo_sheet_stage(&sheet, STAGE);
        (void)demo_sheet_needed(&sheet, INDICATOR);
        (void)demo_sheet_number(&sheet, VALUE, NAN);
        (void)demo_sheet_needed(&sheet, SOURCE);
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
        !demo_read_county_items(ret, err) || !read_published(ret, err))
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
