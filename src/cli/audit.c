/* `junheng audit list` and `audit verify`: the journal for people, and its chain. */
#include "app/database.h"
#include "app/facts.h"
#include "cli/cli_int.h"
#include "cli/text.h"

#include <inttypes.h>

typedef struct Listing {
    Cli *cli;
    TextTable table;
    JsonWriter json;
    size_t count;
    VEC(uint64_t) events; /* entries that are events of units */
} Listing;

static bool is_event(const Listing *listing, uint64_t seq)
{
    for (size_t i = 0; i < listing->events.len; i++)
        if (listing->events.ptr[i] == seq)
            return true;
    return false;
}

/* What stands in an entry, in a few words. */
static Str gist_of(const Listing *listing, const Entry *entry)
{
    const Cli *cli = listing->cli;
    Document document;
    OrgEvent event;
    const EntryDraft *draft = &entry->draft;
    bool is_english = cli->lang == LANG_EN;
    if (str_equals(draft->kind, STR("document")) &&
        document_parse(cli->arena, draft->body, &document))
        return str_format(cli->arena,
                          is_english ? "%.*s, %zu rows, part %" PRIu32 " of %" PRIu32
                                     : "%.*s，%zu 行，第 %" PRIu32 " 份，共 %" PRIu32 " 份",
                          STR_ARG(document.file), document.row_count, document.chunk + 1,
                          document.chunk_count);
    if (str_equals(draft->kind, STR("undo")) && is_event(listing, (uint64_t)draft->subject))
        return str_format(cli->arena, is_english ? "entry %" PRId64 : "第 %" PRId64 " 条",
                          draft->subject);
    if (str_equals(draft->kind, STR("undo")))
        return str_format(cli->arena, is_english ? "batch %" PRId64 : "第 %" PRId64 " 批",
                          draft->subject);
    EventKind kind = event_find(draft->kind);
    if (kind == EVENT_COUNT || !event_parse(cli->arena, draft->body, &event))
        return STR("");
    StrBuf out;
    strbuf_init(&out, cli->arena);
    date_format(&out, event.date);
    strbuf_addf(&out, " %.*s", STR_ARG(event_name(kind, is_english)));
    if (event.name.len)
        strbuf_addf(&out, " %.*s", STR_ARG(event.name));
    if (event.reason.len)
        strbuf_addf(&out, " %.*s", STR_ARG(event.reason));
    return strbuf_str(&out);
}

static bool add_entry(void *ctx, const Entry *entry, Err *err)
{
    Listing *listing = ctx;
    Cli *cli = listing->cli;
    const EntryDraft *draft = &entry->draft;
    Str gist = gist_of(listing, entry);
    if (event_find(draft->kind) != EVENT_COUNT)
        VEC_PUSH(cli->arena, &listing->events, entry->seq);
    (void)err;
    listing->count++;
    if (cli->is_json) {
        json_begin_object(&listing->json);
        json_member_count(&listing->json, "seq", entry->seq);
        cli_json_time(cli, &listing->json, "time", entry->seq, entry->time_us);
        json_member_str(&listing->json, "author", draft->author);
        json_member_str(&listing->json, "kind", draft->kind);
        json_key(&listing->json, "subject");
        json_integer(&listing->json, draft->subject);
        json_member_str(&listing->json, "period", draft->period);
        json_member_count(&listing->json, "bytes", draft->body.len);
        json_member_str(&listing->json, "gist", gist);
        json_end_object(&listing->json);
        return true;
    }
    text_table_add_count(&listing->table, entry->seq);
    text_table_add_text(&listing->table, cli_time(cli, entry->time_us));
    text_table_add_text(&listing->table, str_dup(cli->arena, draft->author));
    text_table_add_text(&listing->table, str_dup(cli->arena, draft->kind));
    text_table_add_text(&listing->table, str_dup(cli->arena, draft->period));
    text_table_add_text(&listing->table, str_dup(cli->arena, gist));
    return true;
}

bool cli_audit_list(Cli *cli)
{
    const StoreConfig config = cli_store(cli);
    Listing listing = {.cli = cli};
    Store *store;
    if (!database_open(cli->arena, &config, &store, cli->err))
        return false;
    text_table_init(&listing.table, cli->arena, 0);
    text_table_add_column(&listing.table, cli_word(cli, "第几条", "entry"), TEXT_RIGHT);
    text_table_add_column(&listing.table, cli_word(cli, "时间", "time"), TEXT_LEFT);
    text_table_add_column(&listing.table, cli_word(cli, "谁", "author"), TEXT_LEFT);
    text_table_add_column(&listing.table, cli_word(cli, "种类", "kind"), TEXT_LEFT);
    text_table_add_column(&listing.table, cli_word(cli, "期间", "period"), TEXT_LEFT);
    text_table_add_column(&listing.table, cli_word(cli, "内容", "what"), TEXT_LEFT);
    if (cli->is_json) {
        cli_begin_json(cli, &listing.json);
        json_key(&listing.json, "entries");
        json_begin_array(&listing.json);
    }
    if (!store_scan(store, 0, UINT64_MAX, add_entry, &listing, cli->err))
        return false;
    if (cli->is_json) {
        json_end_array(&listing.json);
        cli_end_json(cli, &listing.json);
    } else if (listing.count) {
        text_table_format(cli->out, &listing.table);
    } else {
        cli_addf(cli, "还没有记录\n", "there are no entries yet\n");
    }
    return true;
}

bool cli_audit_verify(Cli *cli)
{
    const StoreConfig config = cli_store(cli);
    DatabaseStatus status;
    StoreCheck check;
    if (!database_verify(cli->arena, &config, &status, &check, cli->err))
        return false;
    Str link = digest_hex(cli->arena, status.head.link, SM3_LEN);
    if (cli->is_json) {
        JsonWriter json;
        cli_begin_json(cli, &json);
        json_member_count(&json, "entries", check.entries);
        json_member_str(&json, "last_link", link);
        cli_end_json(cli, &json);
        return true;
    }
    cli_addf(cli, "链完好：%" PRIu64 " 条记录，一条不缺，一处没改。\n",
             "the chain is whole: %" PRIu64 " entries, none missing, none changed.\n",
             check.entries);
    cli_add_line(cli, "末条的链  ", "last link  ", link);
    return true;
}
