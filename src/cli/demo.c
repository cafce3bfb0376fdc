/* `junheng demo`: what was made for a demo place. */
#include "app/demo.h"

#include "cli/judged.h"

#include <inttypes.h>

/* ---- JSON ---- */

static void json_count(JsonWriter *json, const char *key, int64_t value)
{
    json_key(json, key);
    if (value == DEMO_NONE)
        json_null(json);
    else
        json_integer(json, value);
}

static void add_kind_json(JsonWriter *json, const DemoKind *kind)
{
    json_begin_object(json);
    json_member_str(json, "name", kind->name);
    json_member_str(json, "name_en", kind->name_en);
    json_member_count(json, "schools", kind->schools);
    json_member_count(json, "points", kind->points);
    json_member_count(json, "combined", kind->combined);
    json_count(json, "pupils", kind->pupils);
    json_count(json, "staff", kind->staff);
    json_member_str(json, "source", kind->source);
    json_end_object(json);
}

static void add_tables_json(JsonWriter *json, const Demo *demo)
{
    json_key(json, "tables");
    json_begin_array(json);
    for (size_t i = 0; i < demo->table_count; i++) {
        json_begin_object(json);
        json_member_str(json, "form", demo->table[i].form);
        json_member_str(json, "period", demo->table[i].period);
        json_member_str(json, "name", demo->table[i].name);
        json_member_count(json, "bytes", demo->table[i].bytes.len);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_coefficients_json(JsonWriter *json, const Demo *demo)
{
    json_key(json, "coefficients");
    json_begin_array(json);
    for (size_t i = 0; i < demo->coefficient_count; i++) {
        const DemoCoefficient *coefficient = &demo->coefficient[i];
        json_begin_object(json);
        json_member_str(json, "stage", coefficient->stage);
        json_member_str(json, "item", coefficient->item);
        json_member_str(json, "including", coefficient->including);
        json_key(json, "cv");
        json_number(json, coefficient->cv);
        json_member_str(json, "source", coefficient->source);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_standards_json(JsonWriter *json, const Demo *demo)
{
    json_key(json, "standards");
    json_begin_array(json);
    for (size_t i = 0; i < demo->standard_count; i++) {
        const DemoStandard *standard = &demo->standard[i];
        json_begin_object(json);
        json_member_str(json, "standard", standard->id);
        json_key(json, "overlays");
        json_begin_array(json);
        for (size_t k = 0; k < standard->overlays.len; k++)
            json_str(json, standard->overlays.ptr[k]);
        json_end_array(json);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_rates_json(JsonWriter *json, const PublishedFigures *rates)
{
    json_key(json, "rates");
    json_begin_array(json);
    for (size_t i = 0; i < rates->len; i++) {
        const PublishedFigure *rate = &rates->ptr[i];
        json_begin_object(json);
        json_member_str(json, "code", rate->code);
        json_member_str(json, "name", rate->name);
        json_member_str(json, "unit", rate->unit_text);
        judged_json_number(json, "published", rate->fact->value);
        judged_json_number(json, "computed", rate->computed);
        json_member_str(json, "source", rate->fact->document);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_verdicts_json(JsonWriter *json, const DemoStored *fill)
{
    json_member_count(json, "batches", fill->batches);
    json_member_count(json, "repeated", fill->repeated);
    json_key(json, "verdicts");
    json_begin_array(json);
    for (size_t i = 0; i < fill->verdicts.len; i++) {
        const DemoVerdict *verdict = &fill->verdicts.ptr[i];
        json_begin_object(json);
        json_member_str(json, "standard", verdict->standard->id);
        json_member_str(json, "unit", verdict->region_code);
        json_member_str(json, "name", verdict->region_name);
        json_member_str(json, "verdict", str_from(gate_word(verdict->verdict)));
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_json(const Cli *cli, const Demo *demo, const PublishedFigures *rates,
                     const DemoStored *fill)
{
    JsonWriter json;
    json_init(&json, cli->out);
    json_begin_object(&json);
    json_member_str(&json, "place", demo->place);
    json_member_str(&json, "name", demo->name);
    json_member_str(&json, "title", demo->title);
    json_member_str(&json, "source", demo->source);
    json_key(&json, "synthetic");
    json_bool(&json, true);
    json_member_str(&json, "period", demo->period);
    json_key(&json, "kinds");
    json_begin_array(&json);
    for (size_t i = 0; i < demo->kind_count; i++)
        add_kind_json(&json, &demo->kind[i]);
    json_end_array(&json);
    json_key(&json, "sum");
    add_kind_json(&json, &demo->sum);
    json_count(&json, "published_schools", demo->published_schools);
    json_count(&json, "published_staff", demo->published_staff);
    json_key(&json, "surplus");
    if (demo->surplus)
        json_str(&json, demo->surplus->name);
    else
        json_null(&json);
    add_coefficients_json(&json, demo);
    add_rates_json(&json, rates);
    add_standards_json(&json, demo);
    add_tables_json(&json, demo);
    if (fill)
        add_verdicts_json(&json, fill);
    json_end_object(&json);
    json_done(&json);
    strbuf_add_char(cli->out, '\n');
}

/* ---- text ---- */

static Str count_text(const Cli *cli, int64_t value)
{
    return value == DEMO_NONE ? STR("—") : str_format(cli->arena, "%" PRId64, value);
}

static Str kind_name(const Cli *cli, const DemoKind *kind)
{
    return cli->lang == LANG_EN ? kind->name_en : kind->name;
}

static void add_kind_row(const Cli *cli, TextTable *table, const DemoKind *kind)
{
    text_table_add_text(table, kind_name(cli, kind));
    text_table_add_count(table, kind->schools);
    text_table_add_text(table, count_text(cli, kind->pupils));
    text_table_add_text(table, count_text(cli, kind->staff));
    text_table_add_text(table, kind->source);
}

static void add_kinds(const Cli *cli, const Demo *demo)
{
    TextTable table;
    text_table_init(&table, cli->arena, 2);
    text_table_add_column(&table, cli_word(cli, "类别", "kind"), TEXT_LEFT);
    text_table_add_column(&table, cli_word(cli, "学校", "schools"), TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "在校生", "pupils"), TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "教职工", "staff"), TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "出处", "source"), TEXT_LEFT);
    for (size_t i = 0; i < demo->kind_count; i++)
        add_kind_row(cli, &table, &demo->kind[i]);
    add_kind_row(cli, &table, &demo->sum);
    if (demo->published_schools != DEMO_NONE || demo->published_staff != DEMO_NONE) {
        text_table_add_text(&table, cli_word(cli, "公布的合计", "total as published"));
        text_table_add_text(&table, count_text(cli, demo->published_schools));
        text_table_add_text(&table, STR("—"));
        text_table_add_text(&table, count_text(cli, demo->published_staff));
        text_table_add_text(&table, STR(""));
    }
    text_table_format(cli->out, &table);
}

/* 室外运动场地面积 + 室内体育用房面积 */
static Str coefficient_name(const Cli *cli, const DemoCoefficient *coefficient)
{
    if (!coefficient->including.len)
        return coefficient->item;
    return str_format(cli->arena, "%.*s + %.*s", STR_ARG(coefficient->item),
                      STR_ARG(coefficient->including));
}

static void add_coefficients(Cli *cli, const Demo *demo)
{
    TextTable table;
    if (!demo->coefficient_count)
        return;
    cli_addf(cli, "\n各校的数凑得正好有公布的差异系数（按在校生加权）：\n",
             "\nthe schools' figures were made to have the published coefficients, weighted by "
             "pupils:\n");
    text_table_init(&table, cli->arena, 2);
    for (size_t i = 0; i < 2; i++)
        text_table_add_column(&table, STR(""), TEXT_LEFT);
    text_table_add_column(&table, STR(""), TEXT_RIGHT);
    for (size_t i = 0; i < demo->coefficient_count; i++) {
        text_table_add_text(&table, demo->coefficient[i].stage);
        text_table_add_text(&table, coefficient_name(cli, &demo->coefficient[i]));
        text_table_add_number(&table, demo->coefficient[i].cv, TEXT_CV_PLACES);
    }
    text_table_format(cli->out, &table);
}

static void add_rates(Cli *cli, const PublishedFigures *rates)
{
    TextTable table;
    if (!rates->len)
        return;
    cli_addf(cli, "\n公布的比率，和由各县区的表算出来的：\n",
             "\npublished rates, and what the tables of the counties give:\n");
    text_table_init(&table, cli->arena, 2);
    text_table_add_column(&table, cli_word(cli, "项", "item"), TEXT_LEFT);
    text_table_add_column(&table, STR(""), TEXT_LEFT);
    text_table_add_column(&table, cli_word(cli, "单位", "unit"), TEXT_LEFT);
    text_table_add_column(&table, cli_word(cli, "公布", "published"), TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "计算", "computed"), TEXT_RIGHT);
    text_table_add_column(&table, cli_word(cli, "出处", "source"), TEXT_LEFT);
    for (size_t i = 0; i < rates->len; i++) {
        const PublishedFigure *rate = &rates->ptr[i];
        text_table_add_text(&table, rate->code);
        text_table_add_text(&table, rate->name);
        text_table_add_text(&table, rate->unit_text);
        text_table_add_text(&table, judged_number(cli, rate->fact->value));
        text_table_add_number(&table, rate->computed, rate->decimals);
        text_table_add_text(&table, rate->fact->document);
    }
    text_table_format(cli->out, &table);
}

/* Why the sums are not the published totals, and what the demo chose where the document is silent. */
static void add_notes(Cli *cli, const Demo *demo)
{
    const DemoKind *surplus = demo->surplus;
    if (surplus || demo->sum.combined || demo->sum.points)
        strbuf_add_char(cli->out, '\n');
    if (surplus) {
        Str name = kind_name(cli, surplus);
        cli_addf(
            cli, "公布的合计与它自己的分项对不上：少 %zu 所、%" PRId64 " 人，正好是%.*s。\n",
            "the published totals are less than the sums of their own parts: %zu fewer schools, "
            "%" PRId64 " fewer staff, exactly the %.*s.\n",
            surplus->schools, surplus->staff, STR_ARG(name));
    }
    for (size_t i = 0; i < demo->kind_count; i++) {
        const DemoKind *kind = &demo->kind[i];
        Str name = kind_name(cli, kind);
        if (kind->combined)
            cli_addf(cli, "%.*s %zu 所里有 %zu 所是多学段学校；有几所原文没有说，是演示定的。\n",
                     "%.*s: of %zu, %zu are combined; the document does not say how many.\n",
                     STR_ARG(name), kind->schools, kind->combined);
        if (kind->points)
            cli_addf(cli, "%.*s另有教学点 %zu 个，不算学校；学生、教职工算在内。\n",
                     "%.*s: besides, %zu teaching points, which are no schools; pupils and staff "
                     "count.\n",
                     STR_ARG(name), kind->points);
    }
}

static void add_table_names(Cli *cli, const Demo *demo)
{
    TextTable table;
    text_table_init(&table, cli->arena, 2);
    for (size_t i = 0; i < 3; i++)
        text_table_add_column(&table, STR(""), TEXT_LEFT);
    for (size_t i = 0; i < demo->table_count; i++) {
        text_table_add_text(&table, demo->table[i].name);
        text_table_add_text(&table, demo->table[i].form);
        text_table_add_text(&table, demo->table[i].period);
    }
    text_table_format(cli->out, &table);
}

/* Where the lines come from that a standard leaves to the provinces. */
static void add_overlays(Cli *cli, const Demo *demo)
{
    bool has_invented = false;
    strbuf_add_char(cli->out, '\n');
    for (size_t i = 0; i < demo->standard_count; i++) {
        const DemoStandard *standard = &demo->standard[i];
        if (standard->overlays.len)
            cli_addf(cli, "%.*s 加了", "%.*s with", STR_ARG(standard->id));
        for (size_t k = 0; k < standard->overlays.len; k++) {
            Str id = standard->overlays.ptr[k];
            strbuf_addf(cli->out, " --overlay %.*s", STR_ARG(id));
            has_invented |= str_starts_with(id, STR("yanshi-"));
        }
        if (standard->overlays.len)
            strbuf_add_char(cli->out, '\n');
    }
    if (has_invented)
        cli_addf(
            cli,
            "yanshi- 开头的覆盖是演示用的：由省定的线没有收进来，里面的线是编造的，不是哪个省的。\n"
            "不加它们，由省定的部分是数据不足。\n",
            "overlays that begin with yanshi- are for demonstration: the lines that provinces set "
            "are not collected, and theirs are invented.\nwithout them what provinces set lacks "
            "data.\n");
}

/* A line for each county, a column for each standard. */
static void add_verdicts(Cli *cli, const Demo *demo, const DemoStored *fill)
{
    TextTable table;
    size_t counties = 0;
    while (counties < fill->verdicts.len &&
           fill->verdicts.ptr[counties].standard == fill->verdicts.ptr[0].standard)
        counties++;
    text_table_init(&table, cli->arena, 2);
    text_table_add_column(&table, cli_word(cli, "县区", "county"), TEXT_LEFT);
    for (size_t i = 0; i < fill->verdicts.len; i += counties)
        text_table_add_column(&table, fill->verdicts.ptr[i].standard->id, TEXT_LEFT);
    for (size_t county = 0; county < counties; county++) {
        const DemoVerdict *first = &fill->verdicts.ptr[county];
        text_table_add_text(&table, str_format(cli->arena, "%.*s %.*s", STR_ARG(first->region_code),
                                               STR_ARG(first->region_name)));
        for (size_t i = county; i < fill->verdicts.len; i += counties)
            text_table_add_text(&table, judged_gate(cli, fill->verdicts.ptr[i].verdict));
    }
    cli_addf(cli, "\n%.*s 各县区的结论：\n", "\nverdicts of the counties, %.*s:\n",
             STR_ARG(demo->period));
    text_table_format(cli->out, &table);
    add_overlays(cli, demo);
}

/* What became of the tables: in the database, in a folder, or only told. */
static void add_where(Cli *cli, const Demo *demo, const DemoStored *fill)
{
    if (fill)
        cli_addf(cli, "\n存进了库 %.*s（%zu 张表，其中 %zu 张原来就有）：\n",
                 "\ntaken into the database %.*s (%zu tables, %zu of them were there already):\n",
                 STR_ARG(cli_text(cli, OPTION_DB)), fill->batches, fill->repeated);
    else if (cli_has(cli, OPTION_TABLES))
        cli_addf(cli, "\n写进了文件夹 %s：\n", "\nwritten into the folder %s:\n",
                 cli_path(cli, OPTION_TABLES));
    else
        cli_addf(cli, "\n有这些表（--tables DIR 写成文件，--db DB 存进库）：\n",
                 "\nthe tables (--tables DIR writes them, --db DB takes them into a database):\n");
    add_table_names(cli, demo);
    if (fill)
        add_verdicts(cli, demo, fill);
}

static void add_text(Cli *cli, const Demo *demo, const PublishedFigures *rates,
                     const DemoStored *fill)
{
    cli_addf(cli, "%.*s (%.*s)  %.*s\n", "%.*s (%.*s)  %.*s\n", STR_ARG(demo->name),
             STR_ARG(demo->place), STR_ARG(demo->period));
    cli_addf(cli, "出处  %.*s\n", "source  %.*s\n", STR_ARG(demo->source));
    cli_addf(cli,
             "学校都是编造的（校名带「示例」），每所学校、每个县区的数也是；地区是真的，各类的合计"
             "照出处。\n\n",
             "the schools （示例） and the figures of each school and county are synthetic; the "
             "regions are "
             "real, and the sums of each kind are those of the source.\n\n");
    add_kinds(cli, demo);
    add_notes(cli, demo);
    add_coefficients(cli, demo);
    add_rates(cli, rates);
    add_where(cli, demo, fill);
}

bool cli_demo(Cli *cli)
{
    Core *core;
    Demo demo;
    PublishedFigures rates;
    if (!pack_load_core(cli->arena, cli_packs(cli), &core, cli->err) ||
        !demo_make(cli->arena, core, cli_packs(cli), cli_text(cli, ARGUMENT_PLACE), &demo,
                   cli->err) ||
        !demo_rates(cli->arena, core, cli_packs(cli), &demo, &rates, cli->err))
        return false;
    if (cli_has(cli, OPTION_TABLES) &&
        !demo_save(cli->arena, &demo, cli_path(cli, OPTION_TABLES), cli->err))
        return false;
    /* only where it is said, never where JUNHENG_DB happens to lead */
    bool has_db = cli_has(cli, OPTION_DB);
    const StoreConfig store = cli_store(cli);
    DemoStored fill;
    if (has_db && !demo_store(cli->arena, cli_packs(cli), &store, &demo, &fill, cli->err))
        return false;
    if (cli->is_json)
        add_json(cli, &demo, &rates, has_db ? &fill : NULL);
    else
        add_text(cli, &demo, &rates, has_db ? &fill : NULL);
    return true;
}
