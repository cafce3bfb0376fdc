/* `junheng undo`: a batch or an event of a unit that does not count any more. */
#include "app/undo.h"
#include "cli/cli_int.h"
#include "cli/text.h"

#include <inttypes.h>

static void add_json(Cli *cli, const UndoResult *result)
{
    JsonWriter json;
    cli_begin_json(cli, &json);
    if (result->batch) {
        json_member_count(&json, "batch", result->batch->seq);
        json_member_str(&json, "file", result->batch->file);
        json_member_str(&json, "period", result->batch->period_text);
        json_member_count(&json, "rows", result->batch->row_count);
    } else {
        StrBuf date;
        strbuf_init(&date, cli->arena);
        date_format(&date, result->event->event.date);
        json_member_count(&json, "event", result->event->seq);
        json_member_str(&json, "kind", str_from(event_word(result->event->kind)));
        json_member_str(&json, "date", strbuf_str(&date));
    }
    json_member_count(&json, "entry", result->entry);
    cli_end_json(cli, &json);
}

static void add_batch(Cli *cli, const Batch *batch, uint64_t entry)
{
    cli_addf(cli,
             "第 %" PRIu64 " 批（%.*s，%.*s，%zu 行）已经撤回，记作第 %" PRIu64
             " 条。原来的记录都还在，只是不再算数。\n",
             "batch %" PRIu64 " (%.*s, %.*s, %zu rows) was taken back by entry %" PRIu64
             ". It is still in the journal, but does not count any more.\n",
             batch->seq, STR_ARG(batch->file), STR_ARG(batch->period_text), batch->row_count,
             entry);
}

static void add_event(Cli *cli, const Happening *event, uint64_t entry)
{
    StrBuf date;
    strbuf_init(&date, cli->arena);
    date_format(&date, event->event.date);
    Str name = event_name(event->kind, cli->lang == LANG_EN);
    cli_addf(cli,
             "第 %" PRIu64 " 条（%.*s %.*s）已经撤回，记作第 %" PRIu64
             " 条。原来的记录还在，只是不再算数。\n",
             "entry %" PRIu64 " (%.*s %.*s) was taken back by entry %" PRIu64
             ". It is still in the journal, but does not count any more.\n",
             event->seq, STR_ARG(strbuf_str(&date)), STR_ARG(name), entry);
}

bool cli_undo(Cli *cli)
{
    const StoreConfig store = cli_store(cli);
    double seq = decimal_to_double(cli_number(cli, ARGUMENT_BATCH, (Decimal){0, 0}));
    UndoResult result;
    if (!undo_run(cli->arena, cli_packs(cli), &store, seq > 0 ? (uint64_t)seq : 0, cli_author(cli),
                  &result, cli->err))
        return false;
    if (cli->is_json)
        add_json(cli, &result);
    else if (result.batch)
        add_batch(cli, result.batch, result.entry);
    else
        add_event(cli, result.event, result.entry);
    return true;
}
