/* `junheng unit …`: the tree of a day, the history of a unit, and what happens to units. */
#include "app/orgs.h"
#include "cli/judged.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static bool is_english(const Cli *cli)
{
    return cli->lang == LANG_EN;
}

static Str day_text(const Cli *cli, Date day)
{
    StrBuf out;
    strbuf_init(&out, cli->arena);
    date_format(&out, day);
    return strbuf_str(&out);
}

static Str kind_text(const Cli *cli, const Org *org)
{
    return org->kind == ORG_NONE ? STR("") : org_kind_name(org->kind, is_english(cli));
}

static Str id_text(const Cli *cli, const Org *org)
{
    return str_format(cli->arena, "#%" PRId64, org->id);
}

static const Code *code_of(const Facts *facts, const char *list, double number)
{
    const Core *core = facts->core;
    for (size_t i = 0; i < core->code_lists.len; i++)
        if (str_equals(core->code_lists.ptr[i]->id, str_from(list)))
            return isnan(number) ? NULL : codelist_find_number(core->code_lists.ptr[i], number);
    return NULL;
}

/* What a value means to people: 小学, 县级教育部门, the name of the unit above. */
static Str value_text(const Cli *cli, const Facts *facts, OrgValue value, double number, Date day)
{
    static const char *const LIST[ORG_VALUE_COUNT] = {
        [ORG_TYPE] = "school_type", [ORG_RUNNER] = "runner", [ORG_URBAN] = "urban_rural"};
    if (isnan(number))
        return STR("");
    if (value == ORG_PARENT) {
        uint32_t parent = orgs_find(facts->orgs, (int64_t)number);
        return parent == ORG_NOT_FOUND ? STR("") : org_name(facts->orgs, parent, day);
    }
    const Code *code = LIST[value] ? code_of(facts, LIST[value], number) : NULL;
    return code ? code->name : str_format(cli->arena, "%lld", (long long)number);
}

/* ---- list ---- */

static void add_unit_json(const Cli *cli, JsonWriter *json, const Facts *facts, uint32_t unit,
                          Date day)
{
    static const struct {
        const char *key;
        OrgValue value;
    } VALUES[] = {{"type", ORG_TYPE}, {"runner", ORG_RUNNER}, {"urban", ORG_URBAN}};
    const Org *org = orgs_get(facts->orgs, unit);
    json_begin_object(json);
    json_key(json, "id");
    json_integer(json, org->id);
    json_member_str(json, "kind", org->kind ? org_kind_name(org->kind, true) : STR(""));
    json_member_str(json, "code", facts_unit_code(cli->arena, facts, unit, day));
    json_member_str(json, "name", org_name(facts->orgs, unit, day));
    for (size_t i = 0; org->kind == ORG_SCHOOL && i < sizeof VALUES / sizeof *VALUES; i++)
        json_member_str(json, VALUES[i].key,
                        value_text(cli, facts, VALUES[i].value,
                                   org_value(facts->orgs, unit, VALUES[i].value, day), day));
    json_end_object(json);
}

static void add_list_text(Cli *cli, const OrgView *view)
{
    TextTable table;
    text_table_init(&table, cli->arena, 0);
    const char *const zh[] = {"代码", "名称", "种类", "办学类型", "举办者", "城乡", "编号"};
    const char *const en[] = {"code", "name", "kind", "type", "runner", "urban", "id"};
    for (size_t i = 0; i < sizeof zh / sizeof *zh; i++)
        text_table_add_column(&table, cli_word(cli, zh[i], en[i]), TEXT_LEFT);
    for (size_t i = 0; i < view->below.len; i++) {
        uint32_t unit = view->below.ptr[i];
        const Orgs *orgs = view->facts->orgs;
        text_table_add_text(&table, facts_unit_code(cli->arena, view->facts, unit, view->day));
        text_table_add_text(&table, org_name(orgs, unit, view->day));
        text_table_add_text(&table, kind_text(cli, orgs_get(orgs, unit)));
        for (OrgValue value = ORG_TYPE; value <= ORG_URBAN; value++)
            text_table_add_text(&table,
                                value_text(cli, view->facts, value,
                                           org_value(orgs, unit, value, view->day), view->day));
        text_table_add_text(&table, id_text(cli, orgs_get(orgs, unit)));
    }
    Str name = view->unit == ORG_NOT_FOUND ? cli_word(cli, "全国", "the country")
                                           : org_name(view->facts->orgs, view->unit, view->day);
    cli_addf(cli, "%.*s  %.*s：%zu 个\n", "%.*s  %.*s: %zu\n", STR_ARG(name),
             STR_ARG(day_text(cli, view->day)), view->below.len);
    if (view->below.len)
        text_table_format(cli->out, &table);
}

static bool open_view(Cli *cli, Str unit, OrgView *ret)
{
    const StoreConfig store = cli_store(cli);
    FactsUntil until;
    return cli_until(cli, &until) && orgs_view(cli->arena, cli_packs(cli), &store, unit,
                                               cli_text(cli, OPTION_DATE), until, ret, cli->err);
}

bool cli_unit_list(Cli *cli)
{
    OrgView view;
    if (!open_view(cli, cli_text(cli, OPTION_UNIT), &view))
        return false;
    if (!cli->is_json) {
        add_list_text(cli, &view);
        return true;
    }
    JsonWriter json;
    cli_begin_json(cli, &json);
    json_member_str(&json, "date", day_text(cli, view.day));
    json_key(&json, "units");
    json_begin_array(&json);
    for (size_t i = 0; i < view.below.len; i++)
        add_unit_json(cli, &json, view.facts, view.below.ptr[i], view.day);
    json_end_array(&json);
    cli_end_json(cli, &json);
    return true;
}

/* ---- show ---- */

typedef struct HistoryLine {
    Date from;
    uint64_t seq;
    Str what;
    size_t place; /* of one entry: first what holds from then on, then what happened */
} HistoryLine;
typedef VEC(HistoryLine) History;

/* What is new in a statement against the one before. */
static Str news_text(const Cli *cli, const Facts *facts, const OrgStatement *now,
                     const OrgStatement *before)
{
    static const char *const ZH[] = {"代码", "上级", "办学类型", "举办者", "城乡分类"};
    static const char *const EN[] = {"code", "above", "type", "runner", "urban class"};
    StrBuf out;
    strbuf_init(&out, cli->arena);
    if (!before || !str_equals(now->name, before->name)) {
        Str word = cli_word(cli, "名称", "name");
        strbuf_addf(&out, "%.*s %.*s", STR_ARG(word), STR_ARG(now->name));
    }
    for (int i = 0; i < ORG_VALUE_COUNT; i++) {
        double was = before ? before->value[i] : NAN;
        if (isnan(now->value[i]) || now->value[i] == was)
            continue;
        Str word = cli_word(cli, ZH[i], EN[i]);
        Str text = value_text(cli, facts, (OrgValue)i, now->value[i], now->from);
        strbuf_addf(&out, "%s%.*s %.*s", out.len ? (is_english(cli) ? ", " : "，") : "",
                    STR_ARG(word), STR_ARG(text));
    }
    return strbuf_str(&out);
}

static Str names_of(const Cli *cli, const Facts *facts, const OrgEvent *event)
{
    StrBuf out;
    strbuf_init(&out, cli->arena);
    for (size_t i = 0; i < event->other_count; i++) {
        uint32_t other = orgs_find(facts->orgs, event->other[i]);
        strbuf_addf(&out, "%s%.*s", i ? (is_english(cli) ? ", " : "、") : "",
                    STR_ARG(org_name(facts->orgs, other, event->date)));
    }
    return strbuf_str(&out);
}

/* What happened, seen from the unit: it may be one of the others. */
static Str happening_text(const Cli *cli, const Facts *facts, const Happening *h, bool is_subject)
{
    Str word = event_name(h->kind, is_english(cli));
    uint32_t subject = orgs_find(facts->orgs, h->subject);
    Str others = is_subject ? names_of(cli, facts, &h->event)
                            : org_name(facts->orgs, subject, h->event.date);
    const char *joint = "";
    if (others.len)
        joint = is_subject ? (is_english(cli) ? ": " : "：")
                           : (is_english(cli) ? " with " : "，对方：");
    return str_format(cli->arena, "%.*s%s%.*s%s%.*s", STR_ARG(word), joint, STR_ARG(others),
                      h->event.reason.len ? (is_english(cli) ? "; " : "；依据：") : "",
                      STR_ARG(h->event.reason));
}

static bool is_about(const Happening *h, int64_t id, bool *ret_is_subject)
{
    *ret_is_subject = h->subject == id;
    for (size_t i = 0; i < h->event.other_count; i++)
        if (h->event.other[i] == id)
            return true;
    return *ret_is_subject;
}

static int by_day(const void *a, const void *b)
{
    const HistoryLine *left = a, *right = b;
    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    if (left->seq != right->seq)
        return left->seq < right->seq ? -1 : 1;
    return (left->place > right->place) - (left->place < right->place);
}

static History history_of(const Cli *cli, const OrgView *view)
{
    History lines = {0};
    const Facts *facts = view->facts;
    size_t count;
    const OrgStatement *statement = org_statements(facts->orgs, view->unit, &count);
    for (size_t i = 0; i < count; i++)
        VEC_PUSH(cli->arena, &lines,
                 (HistoryLine){statement[i].from, statement[i].seq,
                               news_text(cli, facts, &statement[i], i ? &statement[i - 1] : NULL),
                               lines.len});
    int64_t id = orgs_get(facts->orgs, view->unit)->id;
    for (size_t i = 0; i < facts->happenings.len; i++) {
        const Happening *h = &facts->happenings.ptr[i];
        bool is_subject;
        if (is_about(h, id, &is_subject))
            VEC_PUSH(cli->arena, &lines,
                     (HistoryLine){h->event.date, h->seq, happening_text(cli, facts, h, is_subject),
                                   lines.len});
    }
    if (lines.len)
        qsort(lines.ptr, lines.len, sizeof *lines.ptr, by_day);
    return lines;
}

static void add_history(Cli *cli, const OrgView *view)
{
    History lines = history_of(cli, view);
    const Org *org = orgs_get(view->facts->orgs, view->unit);
    Str code = facts_unit_code(cli->arena, view->facts, view->unit, view->day);
    strbuf_addf(cli->out, "%.*s%s%.*s  %.*s  %.*s\n", STR_ARG(code), code.len ? " " : "",
                STR_ARG(org_name(view->facts->orgs, view->unit, view->day)),
                STR_ARG(kind_text(cli, org)), STR_ARG(id_text(cli, org)));
    if (org->closed != DATE_MAX)
        cli_addf(cli, "%.*s 起已撤销\n", "closed since %.*s\n",
                 STR_ARG(day_text(cli, org->closed)));
    TextTable table;
    text_table_init(&table, cli->arena, 0);
    text_table_add_column(&table, cli_word(cli, "从哪天起", "from"), TEXT_LEFT);
    text_table_add_column(&table, cli_word(cli, "怎么了", "what"), TEXT_LEFT);
    text_table_add_column(&table, cli_word(cli, "第几条记录", "entry"), TEXT_RIGHT);
    for (size_t i = 0; i < lines.len; i++) {
        const HistoryLine *line = &lines.ptr[i];
        text_table_add_text(&table, line->from == DATE_MIN ? cli_word(cli, "一直", "ever")
                                                           : day_text(cli, line->from));
        text_table_add_text(&table, line->what);
        text_table_add_count(&table, line->seq);
    }
    if (lines.len)
        text_table_format(cli->out, &table);
}

static void add_history_json(Cli *cli, const OrgView *view)
{
    JsonWriter json;
    History lines = history_of(cli, view);
    const Org *org = orgs_get(view->facts->orgs, view->unit);
    cli_begin_json(cli, &json);
    json_key(&json, "unit");
    add_unit_json(cli, &json, view->facts, view->unit, view->day);
    json_key(&json, "closed");
    if (org->closed == DATE_MAX)
        json_null(&json);
    else
        json_str(&json, day_text(cli, org->closed));
    json_key(&json, "history");
    json_begin_array(&json);
    for (size_t i = 0; i < lines.len; i++) {
        json_begin_object(&json);
        json_member_str(&json, "from", day_text(cli, lines.ptr[i].from));
        json_member_str(&json, "what", lines.ptr[i].what);
        json_member_count(&json, "entry", lines.ptr[i].seq);
        json_end_object(&json);
    }
    json_end_array(&json);
    cli_end_json(cli, &json);
}

bool cli_unit_show(Cli *cli)
{
    OrgView view;
    if (!open_view(cli, cli_text(cli, ARGUMENT_UNIT), &view))
        return false;
    if (cli->is_json)
        add_history_json(cli, &view);
    else
        add_history(cli, &view);
    return true;
}

/* ---- entering ---- */

static EventKind event_of(const Cli *cli)
{
    switch ((CommandId)cli->command) {
    case COMMAND_UNIT_OPEN:
        return EVENT_OPEN;
    case COMMAND_UNIT_CHANGE:
        return EVENT_CHANGE;
    case COMMAND_UNIT_CLOSE:
        return EVENT_CLOSE;
    case COMMAND_UNIT_MERGE:
        return EVENT_MERGE;
    case COMMAND_UNIT_SPLIT:
        return EVENT_SPLIT;
    case COMMAND_UNIT_JOIN:
        return EVENT_JOIN;
    default:
        return EVENT_LEAVE;
    }
}

static OrgRequest request_of(const Cli *cli, const StoreConfig *store)
{
    EventKind kind = event_of(cli);
    OrgRequest request = {.packs = cli_packs(cli),
                          .store = store,
                          .author = cli_author(cli),
                          .reason = cli_text(cli, OPTION_REASON),
                          .kind = kind,
                          .unit = cli_text(cli, kind == EVENT_MERGE ? OPTION_INTO : ARGUMENT_UNIT),
                          .date = cli_text(cli, OPTION_DATE),
                          .unit_kind = cli_text(cli, OPTION_KIND),
                          .name = cli_text(cli, OPTION_NAME),
                          .code = cli_text(cli, OPTION_CODE),
                          .parent = cli_text(cli, OPTION_PARENT),
                          .type = cli_text(cli, OPTION_TYPE),
                          .runner = cli_text(cli, OPTION_RUNNER),
                          .urban = cli_text(cli, OPTION_URBAN),
                          .group = cli_text(cli, OPTION_GROUP)};
    request.other =
        cli_texts(cli, kind == EVENT_SPLIT ? OPTION_PIECE : ARGUMENT_UNITS, &request.other_count);
    return request;
}

bool cli_unit_enter(Cli *cli)
{
    const StoreConfig store = cli_store(cli);
    const OrgRequest request = request_of(cli, &store);
    OrgResult result;
    if (!orgs_enter(cli->arena, &request, &result, cli->err))
        return false;
    if (cli->is_json) {
        JsonWriter json;
        cli_begin_json(cli, &json);
        json_member_str(&json, "event", str_from(event_word(request.kind)));
        json_member_str(&json, "date", day_text(cli, result.date));
        json_member_count(&json, "entry", result.seq);
        json_key(&json, "units");
        json_begin_array(&json);
        for (size_t i = 0; i < result.units.len; i++)
            add_unit_json(cli, &json, result.facts, result.units.ptr[i], result.date);
        json_end_array(&json);
        cli_end_json(cli, &json);
        return true;
    }
    for (size_t i = 0; i < result.units.len; i++) {
        uint32_t unit = result.units.ptr[i];
        Str code = facts_unit_code(cli->arena, result.facts, unit, result.date);
        strbuf_addf(cli->out, "%.*s  %.*s  %.*s%s%.*s  %.*s\n", STR_ARG(day_text(cli, result.date)),
                    STR_ARG(event_name(request.kind, is_english(cli))), STR_ARG(code),
                    code.len ? " " : "", STR_ARG(org_name(result.facts->orgs, unit, result.date)),
                    STR_ARG(id_text(cli, orgs_get(result.facts->orgs, unit))));
    }
    cli_addf(cli, "记作第 %" PRIu64 " 条\n", "entered as entry %" PRIu64 "\n", result.seq);
    return true;
}
