/* Compiling a standard's formulas into one program per stage, running it, and the gates. */
#include "app/judge_int.h"

const char *verdict_word(Verdict verdict)
{
    static const char *const word[VERDICT_COUNT] = {"met",    "near", "unmet",
                                                    "nodata", "na",   "exempt"};
    return word[verdict];
}

const char *gate_word(Tri verdict)
{
    return verdict == TRI_TRUE ? "pass" : verdict == TRI_FALSE ? "fail" : "nodata";
}

/* ---- what is computed ---- */

typedef struct Outputs {
    Judge *judge;
    VEC(const Node *) detail, region;
    Err *err;
} Outputs;

static int add_detail(Outputs *outputs, const Node *tree)
{
    VEC_PUSH(outputs->judge->arena, &outputs->detail, tree);
    return (int)outputs->detail.len - 1;
}

static int add_region(Outputs *outputs, const Node *tree)
{
    VEC_PUSH(outputs->judge->arena, &outputs->region, tree);
    return (int)outputs->region.len - 1;
}

/* A formula of our own over the standard's names. */
static bool add_own(Outputs *outputs, Str source, int *ret)
{
    Judge *judge = outputs->judge;
    Formula *formula = ARENA_NEW(judge->arena, Formula);
    *formula = (Formula){.source = source, .file = judge->standard->file};
    if (!expr_parse(judge->arena, formula, outputs->err) ||
        !expr_check(judge->standard->scope, formula, NULL, outputs->err))
        return false;
    *ret = add_region(outputs, formula->tree);
    return true;
}

static const Node *tree_of(const Symbol *symbol, const Node *instead)
{
    return symbol ? symbol->formula->tree : instead;
}

/*
 * An indicator without a limit, floor or exemption leaves its places to the value itself, which is
 * then not looked at.
 */
static void add_indicator(Outputs *outputs, const Indicator *x)
{
    const Node *value = x->symbol.formula->tree;
    (void)add_detail(outputs, value);
    (void)add_detail(outputs, tree_of(x->met, value));
    (void)add_detail(outputs, tree_of(x->near_floor, value));
    (void)add_detail(outputs, tree_of(x->exempt, value));
    (void)add_region(outputs, x->mean->formula->tree);
    (void)add_region(outputs, x->std->formula->tree);
    (void)add_region(outputs, x->cv->formula->tree);
    (void)add_region(outputs, tree_of(x->cv_met, x->cv->formula->tree));
}

static bool add_counts(Outputs *outputs)
{
    Judge *judge = outputs->judge;
    Str weight = judge->standard->weight->symbol.name;
    bool is_ok = add_own(outputs, str_format(judge->arena, "合计(「%.*s」)", STR_ARG(weight)),
                         &judge->students_output);
    if (is_ok && judge->standard->school_met)
        is_ok = add_own(outputs, STR("计数(学校达标)"), &judge->met_count_output) &&
                add_own(outputs, STR("计数(非 学校达标)"), &judge->unmet_count_output);
    return is_ok;
}

static void add_item(Outputs *outputs, const GateItem *item)
{
    Judge *judge = outputs->judge;
    if (item->per_stage)
        judge->item_output[item->number] = add_region(outputs, item->per_stage->tree);
    if (item->kind == GATE_ITEM_SCHOOL)
        judge->item_detail[item->number] = add_detail(outputs, item->formula->tree);
}

static bool list_outputs(Outputs *outputs)
{
    Judge *judge = outputs->judge;
    const Standard *standard = judge->standard;
    judge->item_output = ARENA_ARRAY(judge->arena, int, standard->gate_item_count);
    judge->item_detail = ARENA_ARRAY(judge->arena, int, standard->gate_item_count);
    judge->in_scope_output = add_detail(outputs, standard->in_scope->tree);
    judge->indicator_output = (int)outputs->detail.len;
    judge->statistic_output = (int)outputs->region.len;
    for (size_t i = 0; i < standard->indicators.len; i++)
        add_indicator(outputs, standard->indicators.ptr[i]);
    if (standard->school_met)
        judge->school_output = add_detail(outputs, standard->school_met->tree);
    if (!add_counts(outputs))
        return false;
    judge->gate_output = (int)outputs->region.len;
    for (size_t i = 0; i < standard->gates.len; i++) {
        const Formula *gate = standard->gates.ptr[i]->per_stage;
        (void)add_region(outputs, gate ? gate->tree : outputs->region.ptr[judge->students_output]);
    }
    for (size_t i = 0; i < standard->gates.len; i++)
        for (size_t k = 0; k < standard->gates.ptr[i]->items.len; k++)
            add_item(outputs, standard->gates.ptr[i]->items.ptr[k]);
    if (standard->composite)
        judge->composite_output = add_region(outputs, standard->composite->formula->tree);
    if (standard->composite_met)
        judge->composite_met_output = add_region(outputs, standard->composite_met->formula->tree);
    return true;
}

/* ---- running ---- */

static int weight_slot(const Standard *standard)
{
    for (size_t slot = 0; slot < standard->scope->slots.len; slot++) {
        const Slot *candidate = &standard->scope->slots.ptr[slot];
        if (candidate->symbol == &standard->weight->symbol && !candidate->years_back)
            return (int)slot;
    }
    BUG("a standard has its weight among the slots");
}

static CalcRun *new_run(Judge *judge, const Frame *frame, CalcRequest request)
{
    request.stage = frame->stage;
    request.sibling_stages = frames_sibling_stages(frame);
    request.scope = judge->standard->in_scope->tree;
    return calc_run_new(judge->arena, calc_compile(judge->arena, &request), frame, judge->options);
}

static bool make_runs(Judge *judge, const Outputs *outputs)
{
    bool has_stage = false;
    for (size_t i = 0; i < judge->standard->stages.len; i++) {
        int stage = (int)judge->standard->stages.ptr[i];
        const Frame *frame = judge->frames->frame[stage];
        if (!frame)
            continue;
        has_stage = true;
        judge->run[stage] = new_run(
            judge, frame,
            (CalcRequest){.region = outputs->region.ptr, .region_count = outputs->region.len});
    }
    return has_stage;
}

bool judge_new(Arena *arena, const Core *core, Standard *standard, Frames *frames,
               const CalcOptions *options, Judge **ret, Err *err)
{
    Judge *judge = ARENA_NEW(arena, Judge);
    *judge = (Judge){.arena = arena,
                     .core = core,
                     .standard = standard,
                     .frames = frames,
                     .options = options,
                     .has_detail = ARENA_ARRAY(arena, bool, frames->regions.leaf_count),
                     .exact = exact_new(arena),
                     .weight_slot = weight_slot(standard),
                     .school_output = -1,
                     .composite_output = -1,
                     .composite_met_output = -1,
                     .met_count_output = -1,
                     .unmet_count_output = -1};
    Outputs outputs = {.judge = judge, .err = err};
    if (!list_outputs(&outputs))
        return false;
    CHECK(standard->scope->slots.len == frames->slot_count);
    judge->detail_tree = outputs.detail.ptr;
    judge->detail_count = outputs.detail.len;
    judge_county_new(judge);
    if (!frames->regions.leaf_count)
        return err_fail(err, ERR_JUDGE_COUNTIES);
    if (!make_runs(judge, &outputs) && frames->dataset->school_count)
        return err_fail(err, ERR_JUDGE_STAGES, ARG_STR("standard", standard->id));
    judge_run_all(judge);
    *ret = judge;
    return true;
}

/* What was computed of single schools of these leaves no longer holds. */
static void forget(Judge *judge, uint32_t first_leaf, uint32_t end_leaf)
{
    exact_reset(judge->exact);
    memset(judge->has_detail + first_leaf, 0, (end_leaf - first_leaf) * sizeof *judge->has_detail);
}

void judge_run_all(Judge *judge)
{
    forget(judge, 0, (uint32_t)judge->frames->regions.leaf_count);
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++)
        if (judge->run[stage])
            calc_run_all(judge->run[stage]);
}

void judge_run_subtree(Judge *judge, uint32_t region)
{
    const Region *r = &judge->frames->regions.region[region];
    forget(judge, r->first_leaf, r->end_leaf);
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++)
        if (judge->run[stage])
            calc_run_subtree(judge->run[stage], region);
}

void judge_run_leaf(Judge *judge, uint32_t leaf, uint32_t stages)
{
    forget(judge, leaf, leaf + 1);
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++) {
        CalcRun *run = judge->run[stage];
        if (run && ((stages >> stage & 1) || (calc_stages_read(run) & stages)))
            calc_run_leaf(run, leaf);
    }
}

static void run_detail(Judge *judge, uint32_t leaf)
{
    for (int stage = 0; stage < FRAME_STAGES_MAX; stage++) {
        if (!judge->run[stage])
            continue;
        if (!judge->detail[stage])
            judge->detail[stage] =
                new_run(judge, judge->frames->frame[stage],
                        (CalcRequest){.row = judge->detail_tree, .row_count = judge->detail_count});
        calc_run_subtree(judge->detail[stage], judge->frames->regions.leaf_region[leaf]);
    }
    judge->has_detail[leaf] = true;
}

void judge_need_detail(Judge *judge, uint32_t region)
{
    const Region *r = &judge->frames->regions.region[region];
    for (uint32_t leaf = r->first_leaf; leaf < r->end_leaf; leaf++)
        if (!judge->has_detail[leaf])
            run_detail(judge, leaf);
}

/* ---- gates ---- */

bool judge_is_county(const Judge *judge, uint32_t region)
{
    return judge->frames->regions.region[region].end == region + 1;
}

TriCount judge_count_scope(const Judge *judge, int stage, uint32_t region)
{
    return judge->run[stage] ? calc_scope_count(judge->run[stage], region) : (TriCount){0};
}

static Tri stage_verdict(const Judge *judge, const Formula *formula, int output, int stage,
                         uint32_t region)
{
    if (judge_is_published(judge, stage, region)) {
        ExactPoint point = judge_point(judge, stage, EXACT_REGION, region);
        return exact_test(judge->exact, formula->tree, &point);
    }
    Tri verdict = judge_tri(judge_region_output(judge, stage, output, region));
    bool is_open = judge_count_scope(judge, stage, region).unknown > 0.0;
    return tri_and(verdict, is_open ? TRI_UNKNOWN : TRI_TRUE);
}

Tri judge_gate_of_stage(const Judge *judge, size_t gate, int stage, uint32_t region)
{
    const Formula *formula = judge->standard->gates.ptr[gate]->per_stage;
    if (!formula)
        return TRI_UNKNOWN;
    return stage_verdict(judge, formula, judge->gate_output + (int)gate, stage, region);
}

Tri judge_over_stages(const Judge *judge, const Formula *formula, int output, uint32_t region)
{
    Tri verdict = TRI_TRUE;
    bool is_judged = false;
    for (size_t i = 0; i < judge->standard->stages.len; i++) {
        int stage = (int)judge->standard->stages.ptr[i];
        TriCount count = judge_count_scope(judge, stage, region);
        bool is_published = judge_is_published(judge, stage, region);
        if (count.yes + count.unknown == 0.0 && !is_published)
            continue;
        is_judged = true;
        verdict = tri_and(verdict, stage_verdict(judge, formula, output, stage, region));
    }
    return is_judged ? verdict : TRI_UNKNOWN;
}

Tri judge_gate(const Judge *judge, size_t gate, uint32_t region)
{
    const Gate *g = judge->standard->gates.ptr[gate];
    if (g->per_stage)
        return judge_over_stages(judge, g->per_stage, judge->gate_output + (int)gate, region);
    Tri verdict = g->items.len ? TRI_TRUE : TRI_UNKNOWN;
    for (size_t i = 0; i < g->items.len; i++)
        verdict = tri_and(verdict, judge_item_verdict(judge, g->items.ptr[i], region));
    return verdict;
}

Tri judge_verdict(const Judge *judge, uint32_t region)
{
    Tri verdict = TRI_TRUE;
    for (size_t gate = 0; gate < judge->standard->gates.len; gate++)
        verdict = tri_and(verdict, judge_gate(judge, gate, region));
    return judge->standard->gates.len ? verdict : TRI_UNKNOWN;
}

bool judge_batch_verdict(const Judge *judge, uint32_t region, Tri *ret)
{
    enum { PREFECTURE = 2 };
    const Region *r = &judge->frames->regions.region[region];
    if (!judge->standard->batch.is_veto || r->level != PREFECTURE || judge_is_county(judge, region))
        return false;
    *ret = TRI_TRUE;
    for (uint32_t county = region + 1; county < r->end; county++)
        *ret = tri_and(*ret, judge_verdict(judge, county));
    return true;
}
