/* `junheng evaluate`: the result of one unit, shown by evaluate.c as text and by evaluate_json.c. */
#ifndef JH_CLI_EVALUATE_INT_H
#define JH_CLI_EVALUATE_INT_H

#include "app/breakdown.h"
#include "app/gap.h"
#include "cli/judged.h"

typedef struct EvaluateView {
    Cli *cli;
    const Evaluation *evaluation;
    const UnitResult *unit;
    const UnitResult *before; /* --what-if: without the changes, counties only; else NULL */
    const Gap *gap;           /* counties only */
    Breakdown *breakdown;     /* --by */
    size_t breakdown_count;
} EvaluateView;

/* A school whose verdict --what-if has turned. */
typedef struct Turned {
    int stage;
    const SchoolResult *before, *after;
} Turned;
typedef VEC(Turned) TurnedList;

void evaluate_view(Cli *cli, const Evaluation *evaluation, uint32_t region, EvaluateView *ret);
const GapSchool *evaluate_gap_of(const EvaluateView *view, int stage, const SchoolResult *school);
TurnedList evaluate_turned(const EvaluateView *view);

/* below: the regions listed under a unit that is no county. */
void evaluate_add_json(const EvaluateView *view, const uint32_t *below, size_t below_count);
void evaluate_add_text(const EvaluateView *view, const uint32_t *below, size_t below_count);

/* beside.c: the two next to each other. */
void evaluate_add_beside(const EvaluateView *left, const EvaluateView *right);

/* evaluate_county.c: what concerns the county itself. "items" of a gate; behind the unit's verdict; of `gap`. */
void evaluate_json_items(const EvaluateView *view, JsonWriter *json, size_t gate);
void evaluate_json_county(const EvaluateView *view, JsonWriter *json);
void evaluate_json_gap_items(const EvaluateView *view, JsonWriter *json);
Str evaluate_text_item_counts(const EvaluateView *view, size_t gate);
void evaluate_text_items(const EvaluateView *view);
void evaluate_text_county(const EvaluateView *view);
void evaluate_text_foreign(const EvaluateView *view);
void evaluate_text_gap_items(const EvaluateView *view);

/* evaluate_published.c: nothing where nothing was published that there are facts for. */
void evaluate_json_published(const EvaluateView *view, JsonWriter *json);
void evaluate_text_published(const EvaluateView *view);

void evaluate_json_breakdown(const EvaluateView *view, JsonWriter *json);
void evaluate_text_breakdown(const EvaluateView *view);
/* "gaps" and "plans" of a school, also for `junheng gap --json`. */
void evaluate_json_gap(JsonWriter *json, const Standard *standard, const GapSchool *gap);
/* "高于规定学历教师数 +1 人 或 …": the sets of steps in words, one a line. */
void evaluate_text_plans(Cli *cli, const GapSchool *gap, size_t indent);

#endif
