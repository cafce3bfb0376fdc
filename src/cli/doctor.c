/* `junheng doctor` and `rebuild`. */
#include "app/doctor.h"
#include "cli/cli_int.h"
#include "cli/text.h"

static Str health_word(const Cli *cli, Health health)
{
    static const char *const ZH[] = {"好", "留意", "不好"};
    static const char *const EN[] = {"good", "note", "bad"};
    return cli_word(cli, ZH[health], EN[health]);
}

static void add_findings(Cli *cli, const Examination *examination)
{
    TextTable table;
    bool is_english = cli->lang == LANG_EN;
    text_table_init(&table, cli->arena, 0);
    for (int i = 0; i < 3; i++)
        text_table_add_column(&table, STR(""), TEXT_LEFT);
    for (size_t i = 0; i < examination->findings.len; i++) {
        const Finding *f = &examination->findings.ptr[i];
        Str advice = is_english ? f->advice_en : f->advice_zh;
        Str detail = is_english ? f->detail_en : f->detail_zh;
        text_table_add_text(&table, health_word(cli, f->health));
        text_table_add_text(&table, cli_word(cli, f->zh, f->en));
        text_table_add_text(&table, advice.len ? str_format(cli->arena, "%.*s → %.*s",
                                                            STR_ARG(detail), STR_ARG(advice))
                                               : detail);
    }
    text_table_format(cli->out, &table);
    if (examination->bad)
        cli_addf(cli, "有 %zu 处不好。\n", "wrong: %zu.\n", examination->bad);
    else
        cli_addf(cli, "没有不好的地方。\n", "nothing is wrong.\n");
}

static void add_findings_json(Cli *cli, const Examination *examination)
{
    static const char *const WORDS[] = {"good", "note", "bad"};
    JsonWriter json;
    cli_begin_json(cli, &json);
    json_member_count(&json, "bad", examination->bad);
    json_key(&json, "findings");
    json_begin_array(&json);
    for (size_t i = 0; i < examination->findings.len; i++) {
        const Finding *f = &examination->findings.ptr[i];
        json_begin_object(&json);
        json_member_str(&json, "of", str_from(f->en));
        json_member_str(&json, "health", str_from(WORDS[f->health]));
        json_member_str(&json, "detail", cli->lang == LANG_EN ? f->detail_en : f->detail_zh);
        json_member_str(&json, "advice", cli->lang == LANG_EN ? f->advice_en : f->advice_zh);
        json_end_object(&json);
    }
    json_end_array(&json);
    cli_end_json(cli, &json);
}

bool cli_doctor(Cli *cli)
{
    const StoreConfig store = cli_store(cli);
    Examination examination;
    doctor_examine(cli->arena, cli_packs(cli), &store, &examination);
    if (cli->is_json)
        add_findings_json(cli, &examination);
    else
        add_findings(cli, &examination);
    cli->has_findings = examination.bad > 0;
    return true;
}

bool cli_rebuild(Cli *cli)
{
    const StoreConfig store = cli_store(cli);
    Rebuilt rebuilt;
    if (!doctor_rebuild(cli->arena, cli_packs(cli), &store, &rebuilt, cli->err))
        return false;
    if (cli->is_json) {
        JsonWriter json;
        cli_begin_json(cli, &json);
        json_key(&json, "caches");
        json_begin_array(&json);
        for (size_t i = 0; i < rebuilt.caches.len; i++) {
            const RebuiltCache *cache = &rebuilt.caches.ptr[i];
            json_begin_object(&json);
            json_member_str(&json, "period", cache->period);
            json_member_str(&json, "file", str_from(cache->path ? cache->path : ""));
            json_member_count(&json, "schools", cache->schools);
            json_end_object(&json);
        }
        json_end_array(&json);
        cli_end_json(cli, &json);
        return true;
    }
    for (size_t i = 0; i < rebuilt.caches.len; i++)
        cli_addf(cli, "%.*s  %zu 所学校  %s\n", "%.*s  %zu schools  %s\n",
                 STR_ARG(rebuilt.caches.ptr[i].period), rebuilt.caches.ptr[i].schools,
                 rebuilt.caches.ptr[i].path ? rebuilt.caches.ptr[i].path : "—");
    cli_addf(cli, "重新生成了 %zu 个缓存。\n", "caches made again: %zu.\n", rebuilt.caches.len);
    return true;
}
