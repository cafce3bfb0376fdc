/* `junheng init`, `status`, `check`, `backup`, `restore`: the database as a whole. */
#include "app/database.h"

#include "base/date.h"
#include "base/json.h"
#include "cli/cli_int.h"

#include <inttypes.h>

/* Civil time in China, which has one zone and no summer time: 2026-11-26 09:30:05. */
Str cli_time(const Cli *cli, int64_t time_us)
{
    enum { DAY_S = 24 * 60 * 60, ZONE_S = 8 * 60 * 60 };
    int64_t seconds = time_us / 1000000 + ZONE_S;
    int64_t in_day = seconds % DAY_S;
    StrBuf out;
    strbuf_init(&out, cli->arena);
    date_format(&out, (Date)(seconds / DAY_S));
    strbuf_addf(&out, " %02d:%02d:%02d", (int)(in_day / 3600), (int)(in_day / 60 % 60),
                (int)(in_day % 60));
    return strbuf_str(&out);
}

/* The same with its zone, to the microsecond: 2026-11-26T09:30:05.123456+08:00. */
void cli_json_time(const Cli *cli, JsonWriter *json, const char *key, uint64_t seq, int64_t time_us)
{
    json_key(json, key);
    if (seq == 0) {
        json_null(json);
        return;
    }
    Str text = cli_time(cli, time_us);
    json_str(json, str_format(cli->arena, "%.*sT%.*s.%06d+08:00", 10, text.ptr, 8, text.ptr + 11,
                              (int)(time_us % 1000000)));
}

void cli_add_line(Cli *cli, const char *zh, const char *en, Str value)
{
    Str name = cli_word(cli, zh, en);
    strbuf_addf(cli->out, "%.*s%.*s\n", STR_ARG(name), STR_ARG(value));
}

static Str link_text(const Cli *cli, const Head *head)
{
    return digest_hex(cli->arena, head->link, SM3_LEN);
}

/* ---- status ---- */

static void add_status_text(Cli *cli, const DatabaseStatus *status)
{
    const char *kind = strcmp(status->kind, "sqlite") == 0 ? "SQLite" : "PostgreSQL";
    cli_add_line(cli, "数据库    ", "database  ", status->address);
    cli_add_line(cli, "种类      ", "kind      ",
                 str_format(cli->arena, cli->lang == LANG_EN ? "%s, schema %d" : "%s，第 %d 版结构",
                            kind, status->schema));
    cli_add_line(cli, "编号      ", "id        ", status->id);
    cli_add_line(cli, "钥匙文件  ", "key file  ", str_from(status->key_file));
    cli_add_line(cli, "末条备忘  ", "head file ", str_from(status->head_file));
    cli_add_line(cli, "记录      ", "entries   ",
                 str_format(cli->arena, cli->lang == LANG_EN ? "%" PRIu64 : "%" PRIu64 " 条",
                            status->head.seq));
    if (!status->head.seq)
        return;
    cli_add_line(cli, "末条时间  ", "last at   ", cli_time(cli, status->head.time_us));
    cli_add_line(cli, "末条的链  ", "last link ", link_text(cli, &status->head));
}

static void add_status_json(const Cli *cli, JsonWriter *json, const DatabaseStatus *status)
{
    json_member_str(json, "database", status->address);
    json_member_str(json, "kind", str_from(status->kind));
    json_member_count(json, "schema", (uint64_t)status->schema);
    json_member_str(json, "id", status->id);
    json_member_str(json, "key_file", str_from(status->key_file));
    json_member_str(json, "head_file", str_from(status->head_file));
    json_member_count(json, "entries", status->head.seq);
    cli_json_time(cli, json, "last_time", status->head.seq, status->head.time_us);
    json_key(json, "last_link");
    if (status->head.seq)
        json_str(json, link_text(cli, &status->head));
    else
        json_null(json);
}

void cli_begin_json(Cli *cli, JsonWriter *json)
{
    json_init(json, cli->out);
    json_begin_object(json);
}

void cli_end_json(Cli *cli, JsonWriter *json)
{
    json_end_object(json);
    strbuf_add_char(cli->out, '\n');
}

static void add_status(Cli *cli, const DatabaseStatus *status)
{
    if (!cli->is_json) {
        add_status_text(cli, status);
        return;
    }
    JsonWriter json;
    cli_begin_json(cli, &json);
    add_status_json(cli, &json, status);
    cli_end_json(cli, &json);
}

bool cli_status(Cli *cli)
{
    const StoreConfig config = cli_store(cli);
    DatabaseStatus status;
    if (!database_status(cli->arena, &config, &status, cli->err))
        return false;
    add_status(cli, &status);
    return true;
}

bool cli_init(Cli *cli)
{
    const StoreConfig config = cli_store(cli);
    DatabaseStatus status;
    if (!database_create(cli->arena, cli_packs(cli), &config, cli_author(cli), cli->err) ||
        !database_status(cli->arena, &config, &status, cli->err))
        return false;
    if (!cli->is_json)
        cli_addf(
            cli, "库建好了。钥匙文件请另存一份到别处：没有它，备份也恢复不了。\n\n",
            "the database is made. Keep a copy of the key file elsewhere: without it no backup "
            "can be restored.\n\n");
    add_status(cli, &status);
    return true;
}

/* ---- check ---- */

bool cli_check(Cli *cli)
{
    const StoreConfig config = cli_store(cli);
    DatabaseStatus status;
    StoreCheck check;
    if (!database_check(cli->arena, cli_packs(cli), &config, &status, &check, cli->err))
        return false;
    if (cli->is_json) {
        JsonWriter json;
        cli_begin_json(cli, &json);
        add_status_json(cli, &json, &status);
        cli_json_time(cli, &json, "first_time", check.entries, check.first_us);
        json_key(&json, "wrote_head_file");
        json_bool(&json, check.wrote_head_file);
        cli_end_json(cli, &json);
        return true;
    }
    cli_addf(cli, "没有问题：%" PRIu64 " 条记录，一条不缺，一处没改。\n",
             "nothing is wrong: %" PRIu64 " entries, none missing, none changed.\n", check.entries);
    if (check.entries) {
        cli_add_line(cli, "第一条  ", "first  ", cli_time(cli, check.first_us));
        cli_add_line(cli, "末条    ", "last   ", cli_time(cli, check.last_us));
        cli_add_line(cli, "链      ", "link   ", link_text(cli, &status.head));
    }
    if (check.wrote_head_file)
        cli_addf(cli, "末条备忘不在，已经重新写了：%s\n",
                 "the head file was missing; written: %s\n", status.head_file);
    return true;
}

/* ---- copies ---- */

static void add_copy(Cli *cli, const BackupInfo *info, const char *zh, const char *en)
{
    if (cli->is_json) {
        JsonWriter json;
        cli_begin_json(cli, &json);
        json_member_str(&json, "id", info->id);
        json_member_count(&json, "entries", info->entries);
        json_member_str(&json, "digest", str_from(info->digest));
        cli_end_json(cli, &json);
        return;
    }
    cli_addf(cli, "%s", "%s", cli->lang == LANG_EN ? en : zh);
    cli_addf(cli, "，%" PRIu64 " 条记录。\n", ", %" PRIu64 " entries.\n", info->entries);
    cli_add_line(cli, "摘要 (SM3)  ", "digest (SM3)  ", str_from(info->digest));
}

bool cli_backup(Cli *cli)
{
    const StoreConfig config = cli_store(cli);
    BackupInfo info;
    if (!database_backup(cli->arena, &config, cli_path(cli, ARGUMENT_COPY), &info, cli->err))
        return false;
    add_copy(cli, &info, "备份好了", "backed up");
    return true;
}

bool cli_restore(Cli *cli)
{
    const StoreConfig config = cli_store(cli);
    BackupInfo info;
    if (!database_restore(cli->arena, &config, cli_path(cli, ARGUMENT_COPY),
                          cli_has(cli, OPTION_ACCEPT_LOSS), &info, cli->err))
        return false;
    add_copy(cli, &info, "恢复好了，并且检查过", "restored and checked");
    return true;
}
