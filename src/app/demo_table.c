/* The flat table of a period: the last as it is, those before it by what grows and shrinks in a year. */
#include "app/demo_int.h"

typedef struct Writer {
    const Plan *plan;
    int years; /* before the last period */
    StrBuf out;
} Writer;

/* ---- a school some years ago ---- */

int64_t demo_pupils_then(const Plan *plan, const Institution *school, int slot, int years)
{
    const double unrest = 0.015; /* a school's own ups and downs */
    if (!years)
        return school->pupils[slot];
    double growth = plan->kinds.ptr[demo_pupil_kind(plan, school, slot)].pupil_growth;
    Str what = str_format(plan->arena, "pupils %d %d", slot, years);
    double noise = demo_noise(plan->place, school->code, what);
    double pupils = demo_before((double)school->pupils[slot], growth, years);
    return demo_round(pupils * (1.0 + unrest * noise));
}

static double staff_growth(const Plan *plan, const Institution *school)
{
    return plan->kinds.ptr[school->type->kind].staff_growth;
}

int64_t demo_teachers_then(const Plan *plan, const Institution *school, int slot, int years)
{
    double growth = staff_growth(plan, school);
    int64_t teachers = demo_round(demo_before((double)school->teachers[slot], growth, years));
    return teachers < 1 ? 1 : teachers;
}

static int64_t staff_then(const Writer *writer, const Institution *school)
{
    int64_t teachers = 0;
    for (int slot = 0; slot < DEMO_SLOTS; slot++)
        if (institution_has(school, slot))
            teachers += demo_teachers_then(writer->plan, school, slot, writer->years);
    double growth = staff_growth(writer->plan, school);
    int64_t staff = demo_round(demo_before((double)school->staff, growth, writer->years));
    return staff < teachers ? teachers : staff;
}

int64_t demo_classes(const PlanType *type, int64_t pupils)
{
    int64_t classes = (pupils + type->class_size - 1) / type->class_size;
    return classes < type->class_min ? type->class_min : classes;
}

/* ---- one row ---- */

static void add_field(Writer *writer, Str text)
{
    strbuf_add_char(&writer->out, ',');
    strbuf_add(&writer->out, text);
}

void demo_add_amount(StrBuf *out, int64_t value, int places)
{
    int64_t scale = 1;
    for (int i = 0; i < places; i++)
        scale *= 10;
    strbuf_addf(out, "%lld", (long long)(value / scale));
    if (places)
        strbuf_addf(out, ".%0*lld", places, (long long)(value % scale));
}

static void add_amount(Writer *writer, int64_t value, int places)
{
    strbuf_add_char(&writer->out, ',');
    demo_add_amount(&writer->out, value, places);
}

static void add_school(Writer *writer, const Institution *school, Str stage)
{
    strbuf_addf(&writer->out, "%010llu", (unsigned long long)school->code);
    add_field(writer, school->name);
    add_field(writer, school->region->code);
    add_field(writer, school->type->code->name);
    add_field(writer, school->type->runner->name);
    add_field(writer, school->urban->name);
    add_field(writer, stage);
}

/* Pupils, classes, as alike as can be, and teachers of a slot; blank where the document gives no pupils. */
static void add_people(Writer *writer, const Institution *school, int slot)
{
    const Plan *plan = writer->plan;
    if (plan->kinds.ptr[demo_pupil_kind(plan, school, slot)].pupils == DEMO_NONE) {
        strbuf_add(&writer->out, STR(",,,"));
    } else {
        int64_t pupils = demo_pupils_then(plan, school, slot, writer->years),
                classes = demo_classes(school->type, pupils);
        add_amount(writer, pupils, 0);
        add_amount(writer, classes, 0);
        add_amount(writer, classes ? (pupils + classes - 1) / classes : 0, 0);
    }
    add_amount(writer, demo_teachers_then(plan, school, slot, writer->years), 0);
}

static void add_items(Writer *writer, const Institution *school, int slot)
{
    for (size_t i = 0; i < writer->plan->columns.len; i++) {
        const PlanColumn *column = &writer->plan->columns.ptr[i];
        int64_t value = school->value[slot][i];
        if (value < 0) {
            strbuf_add_char(&writer->out, ',');
            continue;
        }
        value = demo_round(demo_before((double)value, column->growth, writer->years));
        if (!column->item->is_shared) {
            int64_t most = demo_teachers_then(writer->plan, school, slot, writer->years);
            value = value > most ? most : value;
        }
        add_amount(writer, value, column->places);
    }
    strbuf_add_char(&writer->out, '\n');
}

/* ---- the rows of a school ---- */

static void add_combined(Writer *writer, const Institution *school)
{
    const Core *core = writer->plan->core;
    for (size_t stage = 0; stage < core->stages.len; stage++) {
        if (!institution_has(school, (int)stage))
            continue;
        add_school(writer, school, core->stages.ptr[stage].name);
        add_people(writer, school, (int)stage);
        strbuf_add_char(&writer->out, ',');
        add_items(writer, school, (int)stage);
    }
    add_school(writer, school, STR(""));
    strbuf_add(&writer->out, STR(",,,,"));
    add_amount(writer, staff_then(writer, school), 0);
    add_items(writer, school, DEMO_BLANK);
}

static void add_plain(Writer *writer, const Institution *school)
{
    uint32_t stages = school->type->code->stages;
    int slot = stages ? __builtin_ctz(stages) : DEMO_BLANK;
    add_school(writer, school, STR(""));
    add_people(writer, school, slot);
    add_amount(writer, staff_then(writer, school), 0);
    add_items(writer, school, slot);
}

static void add_header(Writer *writer)
{
    strbuf_add(&writer->out, STR("学校代码,学校名称,所属地区,办学类型,举办者,城乡分类,学段,"
                                 "在校生数,班级数,最大班额,专任教师数,教职工数"));
    for (size_t i = 0; i < writer->plan->columns.len; i++)
        add_field(writer, writer->plan->columns.ptr[i].item->symbol.name);
    strbuf_add_char(&writer->out, '\n');
}

Str demo_flat_table(const Plan *plan, const Institutions *list, int years)
{
    Writer writer = {.plan = plan, .years = years};
    strbuf_init(&writer.out, plan->arena);
    add_header(&writer);
    for (size_t i = 0; i < list->count; i++) {
        const Institution *school = &list->at[i];
        if (years && school->is_new)
            continue;
        if (institution_is_combined(school))
            add_combined(&writer, school);
        else
            add_plain(&writer, school);
    }
    return strbuf_str(&writer.out);
}
