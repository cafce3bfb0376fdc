#include "cli/cli.h"
#include "cli/cli_int.h"

#include "base/file.h"
#include "base/utf8.h"
#include "base/version.h"

#include <errno.h>

static const CommandRow COMMANDS[COMMAND_COUNT] = {
#define COMMAND(id, command_name, function, help_zh, help_en) \
    [id] = {.name = command_name, .zh = help_zh, .en = help_en, .run = function},
#include "cli/commands.def"
#undef COMMAND
};

#define FLAG OPTION_FLAG
#define TEXT OPTION_TEXT
#define TEXTS OPTION_TEXTS
#define PATH OPTION_PATH
#define PATHS OPTION_PATHS
#define NUMBER OPTION_NUMBER
#define POSITIVE OPTION_POSITIVE
#define LANG OPTION_LANG_WORD
#define ON(command) (UINT64_C(1) << (command))
#define ON_ALL UINT64_MAX
static const OptionRow OPTIONS[OPTION_COUNT] = {
#define OPTION(id, option_name, value_name, option_type, commands, needed, help_zh, help_en) \
    [id] = {.name = option_name,                                                             \
            .value = value_name,                                                             \
            .zh = help_zh,                                                                   \
            .en = help_en,                                                                   \
            .type = option_type,                                                             \
            .on = commands,                                                                  \
            .must = needed},
#include "cli/options.def"
#undef OPTION
};

const CliTable CLI_TABLE = {.command = COMMANDS,
                            .command_count = COMMAND_COUNT,
                            .option = OPTIONS,
                            .option_count = OPTION_COUNT};

const char *cli_path(const Cli *cli, OptionId id)
{
    return cli_has(cli, id) ? str_cstr(cli->arena, cli->given[id].text[0]) : NULL;
}

const char *const *cli_paths(const Cli *cli, OptionId id, size_t *ret_count)
{
    const Given *given = &cli->given[id];
    const char **path = ARENA_ARRAY(cli->arena, const char *, given->count);
    for (size_t i = 0; i < given->count; i++)
        path[i] = str_cstr(cli->arena, given->text[i]);
    *ret_count = given->count;
    return path;
}

const char *cli_packs(const Cli *cli)
{
    return cli_has(cli, OPTION_PACKS) ? cli_path(cli, OPTION_PACKS) : cli->packs;
}

StoreConfig cli_store(const Cli *cli)
{
    bool has_db = cli_has(cli, OPTION_DB);
    return (StoreConfig){.address = has_db    ? cli_text(cli, OPTION_DB)
                                    : cli->db ? str_from(cli->db)
                                              : STR(""),
                         .side = cli_path(cli, OPTION_CACHE)};
}

Str cli_author(const Cli *cli)
{
    if (cli_has(cli, OPTION_AUTHOR))
        return cli_text(cli, OPTION_AUTHOR);
    return cli->user && *cli->user ? str_from(cli->user) : STR("未署名");
}

bool cli_until(Cli *cli, FactsUntil *ret)
{
    Str text = cli_text(cli, OPTION_AT);
    Decimal seq;
    *ret = FACTS_ALL;
    if (!text.len || date_parse(text, &ret->day))
        return true;
    bool is_seq = decimal_parse(text, &seq) == DECIMAL_OK && seq.mantissa >= 0 && seq.exp10 >= 0;
    ret->seq = is_seq ? (uint64_t)decimal_to_double(seq) : 0;
    return is_seq || err_fail(cli->err, ERR_USAGE_AT, ARG_STR("value", text));
}

void cli_addf(Cli *cli, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    strbuf_addv(cli->out, cli->lang == LANG_EN ? en : zh, args);
    va_end(args);
}

static bool run(Cli *cli, int argc, char *const *argv)
{
    if (!cli_parse(cli, argc, argv))
        return false;
    cli->is_json = cli_has(cli, OPTION_JSON);
    if (cli_has(cli, OPTION_HELP)) {
        cli_help(cli);
        return true;
    }
    if (cli_has(cli, OPTION_VERSION)) {
        cli_addf(cli, "junheng %s\n", "junheng %s\n", JH_VERSION);
        return true;
    }
    return cli->table->command[cli->command].run(cli);
}

/* People's names come from tables: what a terminal would obey becomes blanks. JSON has its own way. */
static void blank_controls(StrBuf *out)
{
    Str text = strbuf_str(out);
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        uint32_t code = utf8_next(text, &at);
        if ((code < ' ' && code != '\n') || (code >= 0x7f && code < 0xa0))
            memset(out->ptr + from, ' ', at - from);
    }
}

/* True if it is written; a pipe that its reader has closed is no news to anybody. */
static bool show_result(Cli *cli, int out_fd, bool *ret_is_quiet)
{
    if (!cli->is_json)
        blank_controls(cli->out);
    int error = file_write(out_fd, strbuf_str(cli->out));
    *ret_is_quiet = error == EPIPE;
    return error == 0 ||
           err_fail(cli->err, ERR_OUTPUT, ARG_STR("reason_zh", file_reason(error, LANG_ZH)),
                    ARG_STR("reason", file_reason(error, LANG_EN)));
}

int cli_main(int argc, char *const *argv, const CliEnv *env, int out_fd, int err_fd)
{
    CLEANUP(arena_done) Arena arena;
    CLEANUP(err_done) Err err;
    StrBuf out, diagnostics;
    arena_init(&arena);
    err_init(&err);
    strbuf_init(&out, &arena);
    strbuf_init(&diagnostics, &arena);
    Cli cli = {.arena = &arena,
               .table = &CLI_TABLE,
               .out = &out,
               .err = &err,
               .lang = cli_find_lang(argc, argv, env->lang),
               .packs = env->packs,
               .db = env->db,
               .user = env->user};
    bool is_quiet = false;
    if (run(&cli, argc, argv) && show_result(&cli, out_fd, &is_quiet))
        return cli.has_findings;
    err_format(&diagnostics, &err, cli.lang);
    if (!is_quiet && file_write(err_fd, strbuf_str(&diagnostics)) != 0)
        return err_exit_status(&err); /* the status says it all */
    return err_exit_status(&err);
}
