#include "app/breakdown.h"

#include "base/utf8.h"

#include <math.h>

/* Region formulas per group: how many, the weight, then mean and CV of each indicator. */
enum { OUT_UNITS, OUT_STUDENTS, OUT_FIRST };

typedef struct Grouper {
    Arena *arena;
    const Evaluation *evaluation;
    const Item *attribute;
    VEC(BreakdownRow) groups; /* names only */
    VEC(const Node *) trees;
    Err *err;
} Grouper;

static size_t outputs_per_group(const Grouper *g)
{
    return OUT_FIRST + 2 * g->evaluation->standard->indicators.len;
}

static bool find_attribute(Grouper *g, Str name)
{
    const Core *core = g->evaluation->core;
    const Item *item = map_find(&core->items, utf8_fold(g->arena, name));
    if (item && item->codes && !item->is_county) {
        g->attribute = item;
        return true;
    }
    Str *candidate = ARENA_ARRAY(g->arena, Str, core->item_list.len);
    size_t count = 0;
    for (size_t i = 0; i < core->item_list.len; i++)
        if (core->item_list.ptr[i]->codes && !core->item_list.ptr[i]->is_county)
            candidate[count++] = core->item_list.ptr[i]->symbol.name;
    return err_fail(g->err, ERR_BREAKDOWN, ARG_STR("name", name),
                    ARG_STR("near", utf8_nearest(name, candidate, count)));
}

static void list_groups(Grouper *g)
{
    const CodeList *codes = g->attribute->codes;
    for (size_t i = 0; i < codes->codes.len; i++)
        VEC_PUSH(g->arena, &g->groups, (BreakdownRow){.name = codes->codes.ptr[i]->name});
    for (size_t i = 0; i < codes->groups.len; i++)
        VEC_PUSH(g->arena, &g->groups,
                 (BreakdownRow){.name = codes->groups.ptr[i]->name, .is_group = true});
    VEC_PUSH(g->arena, &g->groups, (BreakdownRow){.is_blank = true});
}

static bool add_tree(Grouper *g, Str source)
{
    Formula *formula = ARENA_NEW(g->arena, Formula);
    *formula = (Formula){.source = source, .file = g->evaluation->standard->file};
    if (!expr_parse(g->arena, formula, g->err) ||
        !expr_check(g->evaluation->standard->scope, formula, NULL, g->err))
        return false;
    VEC_PUSH(g->arena, &g->trees, formula->tree);
    return true;
}

static Str where_of(const Grouper *g, const BreakdownRow *group)
{
    Str attribute = g->attribute->symbol.name;
    return group->is_blank ? str_format(g->arena, "其中 非 已报(「%.*s」)", STR_ARG(attribute))
                           : str_format(g->arena, "其中 「%.*s」 = \"%.*s\"", STR_ARG(attribute),
                                        STR_ARG(group->name));
}

static bool add_group(Grouper *g, const BreakdownRow *group)
{
    const Standard *standard = g->evaluation->standard;
    Str weight = standard->weight->symbol.name;
    Str where = where_of(g, group);
    bool is_ok =
        add_tree(g, str_format(g->arena, "计数(真 %.*s)", STR_ARG(where))) &&
        add_tree(g, str_format(g->arena, "合计(「%.*s」 %.*s)", STR_ARG(weight), STR_ARG(where)));
    for (size_t i = 0; is_ok && i < standard->indicators.len; i++) {
        Str code = standard->indicators.ptr[i]->code;
        is_ok = add_tree(g, str_format(g->arena, "平均(「%.*s」, 「%.*s」 %.*s)", STR_ARG(code),
                                       STR_ARG(weight), STR_ARG(where))) &&
                add_tree(g, str_format(g->arena, "差异系数(「%.*s」, 「%.*s」 %.*s)", STR_ARG(code),
                                       STR_ARG(weight), STR_ARG(where)));
    }
    return is_ok;
}

/* ---- one stage ---- */

static double output(const Grouper *g, const CalcRun *run, size_t group, size_t out,
                     uint32_t region)
{
    return calc_region_output(run, group * outputs_per_group(g) + out)[region];
}

static BreakdownRow read_group(const Grouper *g, const CalcRun *run, size_t group, uint32_t region)
{
    size_t indicators = g->evaluation->standard->indicators.len;
    BreakdownRow row = g->groups.ptr[group];
    row.units = output(g, run, group, OUT_UNITS, region);
    row.students = output(g, run, group, OUT_STUDENTS, region);
    row.mean = ARENA_ARRAY(g->arena, double, indicators);
    row.cv = ARENA_ARRAY(g->arena, double, indicators);
    for (size_t i = 0; i < indicators; i++) {
        row.mean[i] = output(g, run, group, OUT_FIRST + 2 * i, region);
        row.cv[i] = output(g, run, group, OUT_FIRST + 2 * i + 1, region);
    }
    return row;
}

static const BreakdownRow *find_row(const Breakdown *breakdown, const CodeGroup *group)
{
    for (size_t i = 0; i < breakdown->row_count; i++)
        if (breakdown->row[i].is_group && str_equals(breakdown->row[i].name, group->name))
            return &breakdown->row[i];
    return NULL;
}

static void contrast(const Grouper *g, Breakdown *breakdown)
{
    const CodeList *codes = g->attribute->codes;
    if (!codes->contrast[0] || !codes->contrast[1])
        return;
    const BreakdownRow *first = find_row(breakdown, codes->contrast[0]),
                       *second = find_row(breakdown, codes->contrast[1]);
    size_t indicators = g->evaluation->standard->indicators.len;
    breakdown->contrast[0] = codes->contrast[0];
    breakdown->contrast[1] = codes->contrast[1];
    breakdown->ratio = ARENA_ARRAY(g->arena, double, indicators);
    for (size_t i = 0; i < indicators; i++) {
        bool has_both = first && second && second->mean[i] != 0;
        breakdown->ratio[i] = has_both ? first->mean[i] / second->mean[i] : NAN;
    }
}

static bool read_stage(const Grouper *g, const Frame *frame, uint32_t region, Breakdown *ret)
{
    CalcRequest request = {.stage = frame->stage,
                           .sibling_stages = frames_sibling_stages(frame),
                           .scope = g->evaluation->standard->in_scope->tree,
                           .region = g->trees.ptr,
                           .region_count = g->trees.len};
    CalcRun *run = calc_run_new(g->arena, calc_compile(g->arena, &request), frame, NULL);
    calc_run_subtree(run, region);
    *ret = (Breakdown){.stage = frame->stage,
                       .attribute = g->attribute,
                       .row = ARENA_ARRAY(g->arena, BreakdownRow, g->groups.len)};
    for (size_t group = 0; group < g->groups.len; group++) {
        BreakdownRow row = read_group(g, run, group, region);
        if (row.units > 0)
            ret->row[ret->row_count++] = row;
    }
    contrast(g, ret);
    return ret->row_count > 0;
}

bool breakdown_make(Arena *arena, const Evaluation *evaluation, uint32_t region, Str attribute,
                    Breakdown **ret, size_t *ret_count, Err *err)
{
    Grouper g = {.arena = arena, .evaluation = evaluation, .err = err};
    if (!find_attribute(&g, attribute))
        return false;
    list_groups(&g);
    for (size_t i = 0; i < g.groups.len; i++)
        if (!add_group(&g, &g.groups.ptr[i]))
            return false;
    /* the attribute may be a column that the standard does not use */
    const Frames *frames =
        frames_new(arena, evaluation->dataset, evaluation->last_year, evaluation->standard->scope);
    Breakdown *list = ARENA_ARRAY(arena, Breakdown, evaluation->standard->stages.len);
    size_t count = 0;
    for (size_t i = 0; i < evaluation->standard->stages.len; i++) {
        const Frame *frame = frames->frame[evaluation->standard->stages.ptr[i]];
        if (frame && read_stage(&g, frame, region, &list[count]))
            count++;
    }
    *ret = list;
    *ret_count = count;
    return true;
}
