/* Everything a Judge says, as text: two that print the same say the same to the last bit. */
#ifndef TEST_JUDGE_DUMP_H
#define TEST_JUDGE_DUMP_H

#include "app/judge.h"

#include <math.h>

static inline void dump_number(StrBuf *out, double value)
{
    if (isnan(value))
        strbuf_add(out, STR(" ~"));
    else
        strbuf_addf(out, " %a", value);
}

static inline void dump_school(StrBuf *out, const Judge *judge, const SchoolResult *school)
{
    const Dataset *dataset = judge->frames->dataset;
    const School *s = &dataset->school[dataset->part[school->part].school];
    strbuf_addf(out, "    %010llu %.*s %s %d+%d", (unsigned long long)s->code, STR_ARG(s->name),
                verdict_word(school->verdict), school->met, school->near);
    for (size_t i = 0; i < judge->standard->indicators.len; i++) {
        dump_number(out, school->cell[i].value);
        strbuf_addf(out, "/%s/%d", verdict_word(school->cell[i].verdict),
                    (int)school->cell[i].absence);
        dump_number(out, school->cell[i].contribution);
    }
    strbuf_add_char(out, '\n');
}

static inline void dump_stage(StrBuf *out, const Judge *judge, const StageResult *stage)
{
    strbuf_addf(out, "  stage %d scope %zu met %zu unmet %zu nodata %zu %s", stage->stage,
                stage->in_scope, stage->met, stage->unmet, stage->nodata,
                gate_word(stage->verdict));
    dump_number(out, stage->students);
    dump_number(out, stage->composite);
    strbuf_add_char(out, '\n');
    for (size_t i = 0; i < judge->standard->indicators.len; i++) {
        const IndicatorResult *x = &stage->indicator[i];
        strbuf_addf(out, "    %.*s %zu %zu", STR_ARG(x->indicator->code), x->units, x->left_out);
        dump_number(out, x->mean);
        dump_number(out, x->s);
        dump_number(out, x->cv);
        dump_number(out, x->weight);
        strbuf_add_char(out, '\n');
    }
    for (size_t i = 0; i < stage->school_count; i++)
        dump_school(out, judge, &stage->school[i]);
}

static inline Str judge_dump(Arena *arena, Judge *judge)
{
    StrBuf out;
    strbuf_init(&out, arena);
    const RegionTree *regions = &judge->frames->regions;
    for (uint32_t region = 0; region < regions->count; region++) {
        const UnitResult *unit = judge_unit(arena, judge, region);
        strbuf_addf(&out, "%.*s %.*s %s %zu %zu %zu\n", STR_ARG(regions->region[region].code),
                    STR_ARG(regions->region[region].name), gate_word(unit->verdict), unit->pass,
                    unit->fail, unit->nodata);
        for (size_t i = 0; unit->is_county && i < judge->standard->gates.len; i++)
            strbuf_addf(&out, "  %.*s %s\n", STR_ARG(judge->standard->gates.ptr[i]->code),
                        gate_word(unit->gate[i]));
        for (size_t i = 0; i < unit->stage_count; i++)
            dump_stage(&out, judge, &unit->stage[i]);
    }
    return strbuf_str(&out);
}

#endif
