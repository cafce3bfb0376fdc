/*
 * For cli/ only: what a command gets. A command is a function of commands.def:
 *
 *     bool cli_cv(Cli *cli)
 *     {
 *         CvRequest request = {.path = cli_path(cli, ARGUMENT_FILE), .by = cli_text(cli, OPTION_BY)};
 *         CvResult result;
 *         if (!cv_run(cli->arena, &request, &result, cli->err))
 *             return false;
 *         cli->is_json ? add_json(cli, &result) : add_text(cli, &result);
 *         return true;
 *     }
 *
 * It writes to cli->out and fails into cli->err; what it wrote is shown only if it succeeds.
 */
#ifndef JH_CLI_CLI_INT_H
#define JH_CLI_CLI_INT_H

#include "app/facts.h"
#include "base/decimal.h"
#include "base/err.h"
#include "base/json.h"

typedef struct Cli Cli;

typedef enum CommandId {
#define COMMAND(id, name, function, zh, en) id,
#include "cli/commands.def"
#undef COMMAND
    COMMAND_COUNT
} CommandId;

typedef enum OptionId {
#define OPTION(id, name, value, type, on, must, zh, en) id,
#include "cli/options.def"
#undef OPTION
    OPTION_COUNT
} OptionId;

typedef enum OptionType {
    OPTION_FLAG,
    OPTION_TEXT,     /* not empty */
    OPTION_TEXTS,    /* the same, any number of times */
    OPTION_PATH,     /* not empty; any bytes */
    OPTION_PATHS,    /* the same, any number of times */
    OPTION_NUMBER,   /* a decimal of at most 15 digits */
    OPTION_POSITIVE, /* the same, above 0 */
    OPTION_LANG_WORD,
} OptionType;

typedef struct CommandRow {
    const char *name, *zh, *en;
    bool (*run)(Cli *cli);
} CommandRow;

typedef struct OptionRow {
    const char *name, *value, *zh, *en;
    OptionType type;
    uint64_t on, must; /* bits of commands */
} OptionRow;

/* The rows; tests make others. The common options (--json … --version) are of every table. */
typedef struct CliTable {
    const CommandRow *command;
    size_t command_count;
    const OptionRow *option;
    size_t option_count;
} CliTable;

extern const CliTable CLI_TABLE;

/* What was given for one option. */
typedef struct Given {
    bool is_seen; /* also if what was given is wrong */
    size_t count;
    Str *text;
    Decimal number;
} Given;

struct Cli {
    Arena *arena;
    const CliTable *table;
    StrBuf *out;
    Err *err;
    Lang lang;
    const char *packs; /* without --packs */
    const char *db;    /* without --db; may be NULL */
    const char *user;  /* without --author; may be NULL */
    bool is_json;
    bool has_findings; /* set by a command that has shown what is wrong: the exit status is 1 */
    size_t command;    /* table->command_count: none */
    Str group;         /* with --help and no command: the first word of two, "pack"; else empty */
    Given *given;      /* by option */
};

/* ---- for commands ---- */

static inline bool cli_has(const Cli *cli, OptionId id)
{
    return cli->given[id].count > 0;
}
/* Empty if it was not given. */
static inline Str cli_text(const Cli *cli, OptionId id)
{
    return cli_has(cli, id) ? cli->given[id].text[0] : STR("");
}
static inline bool option_is_many(OptionType type)
{
    return type == OPTION_TEXTS || type == OPTION_PATHS;
}
static inline bool option_is_path(OptionType type)
{
    return type == OPTION_PATH || type == OPTION_PATHS;
}
/* Every path of a PATHS option. */
const char *const *cli_paths(const Cli *cli, OptionId id, size_t *ret_count);
/* NULL if it was not given. */
const char *cli_path(const Cli *cli, OptionId id);
/* The folder of the packs. */
const char *cli_packs(const Cli *cli);
/* Every text of a TEXTS option. */
static inline const Str *cli_texts(const Cli *cli, OptionId id, size_t *ret_count)
{
    *ret_count = cli->given[id].count;
    return cli->given[id].text;
}
/* `otherwise` if it was not given. */
static inline Decimal cli_number(const Cli *cli, OptionId id, Decimal otherwise)
{
    return cli_has(cli, id) ? cli->given[id].number : otherwise;
}

/* Civil time in China, which has one zone and no summer time: 2026-11-26 09:30:05. */
Str cli_time(const Cli *cli, int64_t time_us);
/* The same with its zone, to the microsecond: 2026-11-26T09:30:05.123456+08:00; null if seq is 0. */
void cli_json_time(const Cli *cli, JsonWriter *json, const char *key, uint64_t seq,
                   int64_t time_us);
/* One JSON object as the result of a command. */
void cli_begin_json(Cli *cli, JsonWriter *json);
void cli_end_json(Cli *cli, JsonWriter *json);
/* A line of text: a name, padded as it is given, and its value. */
void cli_add_line(Cli *cli, const char *zh, const char *en, Str value);
/* Where the database is, from --db and --cache; and who enters something. */
StoreConfig cli_store(const Cli *cli);
Str cli_author(const Cli *cli);
/* --at; everything if it was not given. */
MUST_USE bool cli_until(Cli *cli, FactsUntil *ret);

/* One of two texts, and formatted text in the language of the user. */
static inline Str cli_word(const Cli *cli, const char *zh, const char *en)
{
    return str_from(cli->lang == LANG_EN ? en : zh);
}
void cli_addf(Cli *cli, const char *zh, const char *en, ...) PRINTF_LIKE(2, 4) PRINTF_LIKE(3, 4);

/* One function for each row of commands.def. */
#define COMMAND(id, name, function, zh, en) bool function(Cli *cli);
#include "cli/commands.def"
#undef COMMAND

/* ---- args.c ---- */

/*
 * The language comes first, so that even a wrong command line is answered in it: --lang, else
 * `lang_env`.
 */
Lang cli_find_lang(int argc, char *const *argv, const char *lang_env);

/*
 * Fills cli->command and cli->given from the command line (argv[0] is the program). Fails with
 * ERR_USAGE_…, with all mistakes at once. If --help or --version is there, neither mistakes in
 * what else is there nor what is missing count; the command must be known, or be absent.
 */
MUST_USE bool cli_parse(Cli *cli, int argc, char *const *argv);

/* ---- help.c ---- */

/* "junheng cv FILE --weight W --value V [选项]" */
Str cli_usage(const Cli *cli, size_t command);
/* What --help says: of the command, of those of a group, or of all. */
void cli_help(Cli *cli);

#endif
