#include "app/evaluation_int.h"
#include "base/utf8.h"

#include <math.h>

/* ---- what a name may be ---- */

static const Symbol *stage_figure(const Standard *standard, Str name)
{
    const Symbol *symbol = scope_find(standard->scope, name);
    bool is_figure = symbol && symbol->kind == SYMBOL_FORMULA && symbol->type == TYPE_NUMBER &&
                     symbol->level == LEVEL_REGION;
    return is_figure ? symbol : NULL;
}

static const Symbol *county_figure(const Standard *standard, Str name)
{
    const Symbol *symbol = scope_find(standard->county_scope, name);
    bool is_figure = symbol && symbol->kind == SYMBOL_FORMULA && symbol->type == TYPE_NUMBER;
    return is_figure ? symbol : NULL;
}

static const Symbol *figure_of(const Standard *standard, const RegionFact *fact)
{
    return fact->stage < 0 ? county_figure(standard, fact->quantity)
                           : stage_figure(standard, fact->quantity);
}

/* ---- the other standards in force ---- */

typedef VEC(const Standard *) StandardList;

static StandardList standards_in_force(Arena *arena, const EvaluationRequest *request,
                                       const Evaluation *evaluation)
{
    StandardList list = {0};
    PackInfo *info;
    size_t count;
    Date date = period_first_day(evaluation->period);
    Err quiet;
    err_init(&quiet);
    if (!pack_list(arena, request->packs, &info, &count, &quiet))
        count = 0;
    for (size_t i = 0; i < count; i++) {
        StandardRequest load = {.dir = request->packs, .id = info[i].id, .date = date};
        Standard *standard;
        bool is_standard = str_equals(info[i].kind, STR("标准")) &&
                           !str_equals(info[i].id, evaluation->standard->base_id);
        if (is_standard &&
            pack_load_standard(arena, evaluation->core, &load, &standard, NULL, NULL, &quiet))
            VEC_PUSH(arena, &list, standard);
    }
    err_done(&quiet);
    return list;
}

/* ---- the check ---- */

typedef struct Checker {
    Arena *arena;
    const Evaluation *evaluation;
    const EvaluationRequest *request;
    StandardList others;
    bool has_others; /* loaded, which only the first foreign name needs */
    Map seen;
    Err *err;
} Checker;

static bool fail_fact(const Checker *c, const RegionFact *fact, ErrCode code, Str near)
{
    ErrArg args[3] = {ARG_STR("quantity", fact->quantity)};
    if (near.len)
        args[1] = ARG_STR("near", near);
    if (!fact->table) {
        err_add(c->err, NULL, code, args);
        return false;
    }
    ErrPlace place = table_place(c->arena, fact->table, fact->row, (size_t)fact->column);
    err_add(c->err, &place, code, args);
    return false;
}

static Str nearest_quantity(const Checker *c, const RegionFact *fact)
{
    const Standard *standard = c->evaluation->standard;
    const Map *maps[] = {&standard->scope->symbols, &standard->county_scope->symbols};
    size_t count = 0;
    Str *candidate = ARENA_ARRAY(c->arena, Str, maps[0]->len + maps[1]->len);
    for (size_t m = 0; m < 2; m++)
        for (size_t i = 0; i < maps[m]->len; i++) {
            const Symbol *symbol = maps[m]->entry[i].value;
            if (symbol->kind == SYMBOL_FORMULA && symbol->type == TYPE_NUMBER &&
                (m == 1 || symbol->level == LEVEL_REGION))
                candidate[count++] = maps[m]->entry[i].key;
        }
    return utf8_nearest(fact->quantity, candidate, count);
}

static bool is_of_others(Checker *c, const RegionFact *fact)
{
    if (!c->has_others)
        c->others = standards_in_force(c->arena, c->request, c->evaluation);
    c->has_others = true;
    for (size_t i = 0; i < c->others.len; i++)
        if (figure_of(c->others.ptr[i], fact))
            return true;
    return false;
}

static bool is_first(Checker *c, const RegionFact *fact, const Symbol *symbol)
{
    Str key = str_format(c->arena, "%.*s %d %.*s", STR_ARG(fact->region->code), fact->stage,
                         STR_ARG(symbol->name));
    return map_set(&c->seen, key, (void *)fact);
}

static bool check_fact(Checker *c, RegionFact *fact)
{
    const Standard *standard = c->evaluation->standard;
    const Symbol *symbol = figure_of(standard, fact);
    if (symbol && !is_first(c, fact, symbol)) {
        ErrArg args[] = {ARG_STR("region", fact->region->name), ARG_STR("what", symbol->name), {0}};
        ErrPlace place = {0};
        if (fact->table)
            place = table_place(c->arena, fact->table, fact->row, (size_t)fact->column);
        err_add(c->err, fact->table ? &place : NULL, ERR_COUNTY_TWICE, args);
        return false;
    }
    if (symbol)
        return true;
    if (fact->stage < 0 && stage_figure(standard, fact->quantity))
        return fail_fact(c, fact, ERR_COUNTY_QUANTITY_NO_STAGE, STR(""));
    if (fact->stage >= 0 && county_figure(standard, fact->quantity))
        return fail_fact(c, fact, ERR_COUNTY_QUANTITY_STAGE, STR(""));
    if (is_of_others(c, fact))
        return true;
    return fail_fact(c, fact, ERR_COUNTY_QUANTITY, nearest_quantity(c, fact));
}

bool quantities_check(Arena *arena, const EvaluationRequest *request, const Evaluation *evaluation,
                      RegionFacts *facts, Err *err)
{
    Checker c = {.arena = arena, .evaluation = evaluation, .request = request, .err = err};
    bool is_ok = true;
    map_init(&c.seen, arena);
    for (size_t i = 0; i < facts->facts.len; i++)
        if (!facts->facts.ptr[i].item)
            is_ok &= check_fact(&c, &facts->facts.ptr[i]);
    return is_ok;
}

bool quantities_check_any(Arena *arena, const char *packs, const Core *core, Period period,
                          RegionFacts *facts, Err *err)
{
    Standard none = {.id = STR("")};
    const EvaluationRequest request = {.packs = packs};
    const Evaluation evaluation = {.core = core, .standard = &none, .period = period};
    Checker c = {.arena = arena, .evaluation = &evaluation, .request = &request, .err = err};
    bool is_ok = true;
    for (size_t i = 0; i < facts->facts.len; i++) {
        const RegionFact *fact = &facts->facts.ptr[i];
        if (!fact->item && !is_of_others(&c, fact))
            is_ok = fail_fact(&c, fact, ERR_COUNTY_QUANTITY, STR(""));
    }
    return is_ok;
}

/* ---- coefficients beside the line of this standard ---- */

/* The limit that all its indicators have for single coefficients; NaN: none, or not one. */
static double common_line(const Standard *standard, int stage)
{
    double line = NAN;
    for (size_t i = 0; i < standard->indicators.len; i++) {
        const Symbol *limit = standard->indicators.ptr[i]->cv_limit;
        if (!limit || !limit->has_value[stage])
            return NAN;
        double value = decimal_to_double(limit->value[stage]);
        if (i && value != line)
            return NAN;
        line = value;
    }
    return line;
}

static const Indicator *indicator_of_cv(const Standard *standard, Str quantity)
{
    const Symbol *symbol = stage_figure(standard, quantity);
    for (size_t i = 0; symbol && i < standard->indicators.len; i++)
        if (standard->indicators.ptr[i]->cv == symbol)
            return standard->indicators.ptr[i];
    return NULL;
}

static void add_foreign(Arena *arena, Evaluation *evaluation, const StandardList *others,
                        const RegionFact *fact, double line)
{
    for (size_t i = 0; i < others->len; i++) {
        const Indicator *x = indicator_of_cv(others->ptr[i], fact->quantity);
        if (!x)
            continue;
        ForeignFigure figure = {.fact = fact,
                                .code = x->code,
                                .name = x->name,
                                .standard = others->ptr[i]->id,
                                .line = line,
                                .is_above = fact->value > line};
        VEC_PUSH(arena, &evaluation->foreign, figure);
        return;
    }
}

void quantities_foreign(Arena *arena, const EvaluationRequest *request, Evaluation *evaluation)
{
    const RegionFacts *facts = evaluation->dataset->region_facts;
    StandardList others = {0};
    for (size_t i = 0; facts && i < facts->facts.len; i++) {
        const RegionFact *fact = &facts->facts.ptr[i];
        if (fact->item || fact->stage < 0 || figure_of(evaluation->standard, fact))
            continue;
        double line = common_line(evaluation->standard, fact->stage);
        if (isnan(line))
            continue;
        if (!others.len)
            others = standards_in_force(arena, request, evaluation);
        add_foreign(arena, evaluation, &others, fact, line);
    }
}
