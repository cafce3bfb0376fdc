/* What judge.c (programs, gates) and judge_unit.c (reading results) share. */
#ifndef JH_APP_JUDGE_INT_H
#define JH_APP_JUDGE_INT_H

#include "app/judge.h"

/* Outputs per indicator, in this order. */
enum { ROW_VALUE, ROW_MET, ROW_FLOOR, ROW_EXEMPT, ROW_PER_INDICATOR };
enum { REGION_MEAN_OUT, REGION_S_OUT, REGION_CV_OUT, REGION_CV_MET_OUT, REGION_PER_INDICATOR };

static inline Tri judge_tri(double value)
{
    return value == 1.0 ? TRI_TRUE : value == 0.0 ? TRI_FALSE : TRI_UNKNOWN;
}
/* Of a row in a region that judge_need_detail was asked for. */
static inline double judge_row_output(const Judge *judge, int stage, int output, size_t row)
{
    return calc_row_output(judge->detail[stage], (size_t)output)[row];
}
static inline double judge_in_scope(const Judge *judge, int stage, size_t row)
{
    return judge_row_output(judge, stage, judge->in_scope_output, row);
}
static inline double judge_region_output(const Judge *judge, int stage, int output, uint32_t region)
{
    return calc_region_output(judge->run[stage], (size_t)output)[region];
}

/* The values and verdicts of all schools of a region. */
void judge_need_detail(Judge *judge, uint32_t region);

/* Makes judge->counties, the frames being there. */
void judge_county_new(Judge *judge);
/* The verdict of an item from the frames as they are now, remembered nowhere: for trying changes. */
Tri judge_item_now(const Judge *judge, const GateItem *item, uint32_t region);
/* A REGION bool of the standard that is region output `output`, over the stages that have anything in scope. */
Tri judge_over_stages(const Judge *judge, const Formula *formula, int output, uint32_t region);

Tri judge_gate_of_stage(const Judge *judge, size_t gate, int stage, uint32_t region);
/* Over the stages that have anything in scope; unknown if none has. */
Tri judge_gate(const Judge *judge, size_t gate, uint32_t region);

#endif
