#include "cli/judged.h"

#include "app/explanation.h"
#include "base/version.h"

#include <math.h>

bool judged_open(Cli *cli, Str name, Evaluation *ret)
{
    return judged_open_as(cli, name, STR(""), STR(""), ret);
}

bool judged_open_as(Cli *cli, Str name, Str standard, Str period, Evaluation *ret)
{
    size_t overlays;
    const Str *overlay = cli_texts(cli, OPTION_OVERLAY, &overlays);
    size_t counties;
    const char *const *county = cli_paths(cli, OPTION_COUNTY, &counties);
    bool has_standard = cli->command != COMMAND_EXPLAIN;
    const StoreConfig store = cli_store(cli);
    FactsUntil until;
    if (!cli_until(cli, &until))
        return false;
    if (!cli_has(cli, OPTION_FILE) && !counties && !store.address.len)
        return err_fail(cli->err, ERR_JUDGE_SOURCE);
    const EvaluationRequest request = {
        .packs = cli_packs(cli),
        .standard = standard.len
                        ? standard
                        : cli_text(cli, has_standard ? ARGUMENT_STANDARD : OPTION_STANDARD),
        .name = name,
        .overlay = overlay,
        .overlay_count = overlays,
        .table = cli_path(cli, OPTION_FILE),
        .store = &store,
        .until = until,
        .needs_origins = cli->command == COMMAND_EXPLAIN,
        .structure = cli_text(cli, OPTION_STRUCTURE),
        .unit = cli_text(cli, OPTION_UNIT),
        .county = county,
        .county_count = counties,
        .sheet = cli_text(cli, OPTION_SHEET),
        .last_year = cli_path(cli, OPTION_LAST_YEAR),
        .classes = cli_path(cli, OPTION_CLASSES),
        .changes = cli_path(cli, OPTION_WHAT_IF),
        .period = period.len ? period : cli_text(cli, OPTION_PERIOD),
    };
    return evaluation_open(cli->arena, &request, ret, cli->err);
}

bool judged_region(Cli *cli, const Evaluation *evaluation, uint32_t *ret)
{
    uint32_t school;
    Str unit = evaluation->unit;
    if (!unit.len) {
        *ret = evaluation_top(evaluation);
        return true;
    }
    if (!unit_find(evaluation->judge, unit, ret, &school, cli->err))
        return false;
    return school == UINT32_MAX || err_fail(cli->err, ERR_UNIT_SCHOOL, ARG_STR("unit", unit));
}

bool judged_has_counties(const Cli *cli, const Evaluation *evaluation)
{
    const RegionFacts *facts = evaluation->dataset->region_facts;
    return cli_has(cli, OPTION_COUNTY) || (facts && facts->facts.len);
}

/* ---- words ---- */

Str judged_stage_name(const Cli *cli, const Evaluation *evaluation, int stage)
{
    const Stage *s = &evaluation->core->stages.ptr[stage];
    return cli->lang == LANG_EN ? s->code : s->name;
}

Str judged_verdict(const Cli *cli, Verdict verdict)
{
    static const char *const ZH[VERDICT_COUNT] = {"达标",     "接近",   "不达标",
                                                  "数据不足", "不适用", "豁免"};
    return cli_word(cli, ZH[verdict], verdict_word(verdict));
}

Str judged_gate(const Cli *cli, Tri verdict)
{
    static const char *const ZH[] = {
        [TRI_FALSE] = "未通过", [TRI_TRUE] = "通过", [TRI_UNKNOWN] = "数据不足"};
    return cli_word(cli, ZH[verdict], gate_word(verdict));
}

Str judged_met(const Cli *cli, Tri met)
{
    static const char *const ZH[] = {
        [TRI_FALSE] = "未达到", [TRI_TRUE] = "达到", [TRI_UNKNOWN] = "—"};
    static const char *const EN[] = {
        [TRI_FALSE] = "not met", [TRI_TRUE] = "met", [TRI_UNKNOWN] = "—"};
    return cli_word(cli, ZH[met], EN[met]);
}

Str judged_absence(const Cli *cli, Absence absence)
{
    static const char *const ZH[] = {"", "不适用", "没有报", "除数为 0 或平均不是正数，算不出"};
    static const char *const EN[] = {"", "not applicable", "not reported",
                                     "divided by 0, or by a mean that is not above 0"};
    return cli_word(cli, ZH[absence], EN[absence]);
}

Str judged_region_name(const Evaluation *evaluation, uint32_t region)
{
    const Code *code = evaluation->judge->frames->region_code[region];
    return code ? code->note : evaluation->judge->frames->regions.region[region].name;
}

const School *judged_school(const Evaluation *evaluation, const SchoolResult *result)
{
    const Dataset *dataset = evaluation->dataset;
    return &dataset->school[dataset->part[result->part].school];
}

Str judged_school_code(const Cli *cli, const School *school)
{
    return str_format(cli->arena, "%010llu", (unsigned long long)school->code);
}

Str judged_school_name(const Cli *cli, const School *school)
{
    StrBuf line;
    strbuf_init(&line, cli->arena);
    text_add_line(&line, school->name);
    return line.len ? strbuf_str(&line) : judged_school_code(cli, school);
}

/* ---- figures ---- */

static Str fixed(const Cli *cli, double value, int places)
{
    StrBuf out;
    strbuf_init(&out, cli->arena);
    text_add_number(&out, value, places);
    return strbuf_str(&out);
}

Str judged_number(const Cli *cli, double value)
{
    StrBuf out;
    strbuf_init(&out, cli->arena);
    if (isnan(value))
        strbuf_add(&out, STR("—"));
    else
        decimal_add_shortest(&out, value);
    return strbuf_str(&out);
}

Str judged_figure(const Cli *cli, double value, int places, double limit, bool is_met)
{
    Str text = fixed(cli, value, places);
    if (is_met || isnan(value) || isnan(limit))
        return text;
    for (int more = places; more < 15 && str_equals(text, fixed(cli, limit, more)); more++)
        text = fixed(cli, value, more + 1);
    return text;
}

Str judged_signed(const Cli *cli, double value, int places)
{
    Str text = fixed(cli, value, places);
    return value > 0 ? str_format(cli->arena, "+%.*s", STR_ARG(text)) : text;
}

/* ---- heads ---- */

static Str period_text(const Cli *cli, Period period)
{
    StrBuf out;
    strbuf_init(&out, cli->arena);
    period_format(&out, period);
    return strbuf_str(&out);
}

void judged_add_head(Cli *cli, const Evaluation *evaluation)
{
    const Standard *standard = evaluation->standard;
    strbuf_addf(cli->out, "%.*s (%.*s)  ", STR_ARG(standard->name), STR_ARG(standard->id));
    strbuf_add(cli->out, period_text(cli, evaluation->period));
    cli_addf(cli, " 学年\n", "\n");
}

void judged_add_changes(Cli *cli, const Evaluation *evaluation)
{
    const ClassList *list = evaluation->classes;
    if (list)
        cli_addf(cli, "\n由班级表的 %zu 个班补了 %zu 个单元格（合计 %zu 行不计）\n",
                 "\n%zu classes of the class list filled %zu cells (%zu rows of sums left out)\n",
                 list->class_count, evaluation->dataset->filled_count, list->sum_row_count);
    if (evaluation->before)
        cli_addf(cli, "\n假设改动 %zu 个单元格（表格本身没有改）\n",
                 "\nwhat if: %zu cells changed (the table itself is not)\n",
                 evaluation->changed_cells);
}

void judged_json_tri(JsonWriter *json, const char *key, Tri value)
{
    json_key(json, key);
    if (value == TRI_UNKNOWN)
        json_null(json);
    else
        json_bool(json, value == TRI_TRUE);
}

void judged_json_number(JsonWriter *json, const char *key, double value)
{
    json_key(json, key);
    json_number_or_null(json, value);
}

void judged_json_head(const Cli *cli, JsonWriter *json, const Evaluation *evaluation)
{
    const Standard *standard = evaluation->standard;
    json_member_str(json, "standard", standard->id);
    json_member_str(json, "standard_name", standard->name);
    json_member_str(json, "version", standard->version);
    json_member_str(json, "digest", standard->digest);
    json_member_str(json, "engine", STR(JH_VERSION));
    json_member_str(json, "period", period_text(cli, evaluation->period));
    if (!evaluation->classes)
        return;
    json_key(json, "class_list");
    json_begin_object(json);
    judged_json_number(json, "classes", (double)evaluation->classes->class_count);
    judged_json_number(json, "filled", (double)evaluation->dataset->filled_count);
    judged_json_number(json, "left_out", (double)evaluation->classes->sum_row_count);
    json_end_object(json);
}
