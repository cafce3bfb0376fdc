#include "app/live.h"

#include "app/arrange.h"
#include "app/class_list.h"
#include "app/database.h"
#include "app/dataset_int.h"

#include <math.h>

struct Live {
    Arena *arena;
    Evaluation evaluation;
    Store *store;
    uint64_t seq; /* the journal as the results have it */
    Str period;
};

const Evaluation *live_evaluation(const Live *live)
{
    return &live->evaluation;
}

bool live_open(Arena *arena, const EvaluationRequest *request, Live **ret, Err *err)
{
    Live *live = ARENA_NEW(arena, Live);
    live->arena = arena;
    if (!database_open(arena, request->store, &live->store, err))
        return false;
    live->seq = store_head(live->store).seq;
    if (!evaluation_open(arena, request, &live->evaluation, err))
        return false;
    dataset_find_fast(arena, live->evaluation.dataset);
    StrBuf period;
    strbuf_init(&period, arena);
    period_format(&period, live->evaluation.period);
    live->period = strbuf_str(&period);
    *ret = live;
    return true;
}

/* ---- writing ---- */

typedef struct Correction {
    Live *live;
    Str author, body;
} Correction;

static bool write_correction(Store *store, void *ctx, Err *err)
{
    const Correction *correction = ctx;
    if (store_head(store).seq != correction->live->seq)
        return err_fail(err, ERR_LIVE_BEHIND);
    const EntryDraft draft = {.author = correction->author,
                              .kind = STR("document"),
                              .period = correction->live->period,
                              .body = correction->body};
    return store_append(store, &draft, NULL, err);
}

/* The document of one cell. */
static void format_correction(const Live *live, const Target *target, int stage, double value,
                              StrBuf *out)
{
    const Dataset *dataset = live->evaluation.dataset;
    double unit = (double)dataset->org[target->school - dataset->school];
    Str stage_code = stage < 0 ? STR("") : dataset->core->stages.ptr[stage].code;
    DocumentColumn column[] = {
        {.id = STR("unit"), .place = DOCUMENT_NO_PLACE, .number = &unit},
        {.id = STR("stage"), .place = DOCUMENT_NO_PLACE, .is_text = true, .text = &stage_code},
        {.id = target->item->symbol.code, .place = DOCUMENT_NO_PLACE, .number = &value},
    };
    Document document = {.form = FORM_SCHOOL,
                         .chunk_count = 1,
                         .row_count = 1,
                         .column_count = sizeof column / sizeof *column,
                         .column = column};
    document_digest(&document, document.digest);
    document_format(out, &document);
}

/* ---- results ---- */

static uint32_t leaf_of(const Frame *frame, uint32_t row)
{
    uint32_t low = 0, high = (uint32_t)frame->regions->leaf_count;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (frame->leaf_first[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The stages on whose rows the item of the school stands. */
static uint32_t stages_of(const Target *target, int stage)
{
    uint32_t stages = 0;
    for (int i = 0; i < FRAME_STAGES_MAX; i++)
        if (target->school->part[i] && (target->item->is_shared || i == stage))
            stages |= 1u << i;
    return stages;
}

static uint32_t judge_again(Live *live, const Target *target, int stage)
{
    Judge *judge = live->evaluation.judge;
    const Frames *frames = judge->frames;
    uint32_t stages = stages_of(target, stage);
    if (!stages) /* of a type that no standard judges */
        return frames_find_region(frames, target->school->region->code);
    int first = __builtin_ctz(stages);
    uint32_t part = target->school->part[first] - 1;
    for (size_t slot = 0; slot < frames->slot_count; slot++)
        for (int i = 0; i < FRAME_STAGES_MAX; i++)
            if ((stages >> i & 1) && frames->slots[slot].symbol == &target->item->symbol)
                frames_refresh(judge->frames, target->school->part[i] - 1, (int)slot);
    uint32_t leaf = leaf_of(frames->frame[first], frames->part_row[part]);
    judge_run_leaf(judge, leaf, stages);
    return frames->regions.leaf_region[leaf];
}

/* The stage of the part that holds the cell; -1: the row that several stages share. */
static int stage_of_cell(const Dataset *dataset, const Target *target)
{
    for (size_t stage = 0; stage < dataset->core->stages.len; stage++) {
        uint32_t part = target->school->part[stage];
        if (part && dataset->part[part - 1].row == target->cell.row)
            return (int)stage;
    }
    return -1;
}

bool live_edit(Live *live, const LiveEdit *edit, uint32_t *ret_region, Err *err)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    Dataset *dataset = live->evaluation.dataset;
    const TargetText text = {.school = edit->school, .stage = edit->stage, .item = edit->item};
    Target target;
    if (!dataset_find_target(&scratch, dataset, &text, &target, err))
        return false;
    if (!flat_value_is_good(target.item, edit->value))
        return err_fail(err, flat_value_error(edit->value),
                        ARG_STR("column", target.item->symbol.name), ARG_NUM("value", edit->value));
    if (isnan(edit->value) && dataset->has_classes && is_class_fact(target.item))
        return err_fail(err, ERR_CHANGE_CLASSES, ARG_STR("item", target.item->symbol.name));
    int stage = stage_of_cell(dataset, &target);
    StrBuf body;
    strbuf_init(&body, &scratch);
    format_correction(live, &target, stage, edit->value, &body);
    Correction correction = {.live = live, .author = edit->author, .body = strbuf_str(&body)};
    if (!store_write(live->store, write_correction, &correction, err))
        return false;
    live->seq = store_head(live->store).seq;
    dataset_put(dataset, target.school, target.item, target.cell, edit->value);
    *ret_region = judge_again(live, &target, stage);
    return true;
}
