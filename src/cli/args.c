/* The command line against the tables: every word is an option of theirs, a value or an argument. */
#include "cli/cli_int.h"

#include "base/utf8.h"
#include "base/vec.h"

#include <math.h>

/* One option as it was written, or (row NULL, is_word) a word that stands alone. */
typedef struct Token {
    const OptionRow *row; /* NULL: unknown */
    Str text;             /* "--by", or the word */
    Str value;
    bool is_word, has_value;
} Token;

typedef struct Args {
    Cli *cli;
    const CliTable *table;
    Err *err;
    VEC(Token) tokens;
    VEC(Str) words;
    bool is_asking; /* --help or --version */
} Args;

static const OptionRow *find_option(const CliTable *table, Str name)
{
    for (size_t i = 0; i < table->option_count; i++)
        if (str_equals(name, str_from(table->option[i].name)))
            return &table->option[i];
    return NULL;
}

/* ---- words to tokens ---- */

static bool looks_like_option(Str text)
{
    return text.len > 1 && text.ptr[0] == '-';
}

/* Reads one option at argv[i], and its value; returns how many words it took. */
static int read_option(Args *args, int argc, char *const *argv, int i)
{
    Str text = str_from(argv[i]);
    const char *equals = memchr(text.ptr, '=', text.len);
    Token token = {.text = text};
    if (equals) {
        size_t len = (size_t)(equals - text.ptr);
        token.text = str_slice(text, 0, len);
        token.value = str_slice(text, len + 1, text.len);
        token.has_value = true;
    }
    token.row = find_option(args->table, token.text);
    bool takes_next = token.row && token.row->type != OPTION_FLAG && !equals && i + 1 < argc &&
                      !str_starts_with(str_from(argv[i + 1]), STR("--"));
    if (takes_next) {
        token.value = str_from(argv[i + 1]);
        token.has_value = true;
    }
    VEC_PUSH(args->cli->arena, &args->tokens, token);
    return takes_next ? 2 : 1;
}

static void read_tokens(Args *args, int argc, char *const *argv)
{
    bool has_ended = false;
    for (int i = 1; i < argc;) {
        Str text = str_from(argv[i]);
        if (!has_ended && str_equals(text, STR("--"))) {
            has_ended = true;
            i++;
        } else if (!has_ended && looks_like_option(text)) {
            i += read_option(args, argc, argv, i);
        } else {
            VEC_PUSH(args->cli->arena, &args->words, text);
            i++;
        }
    }
    for (size_t i = 0; i < args->tokens.len; i++) {
        Str name = args->tokens.ptr[i].text;
        args->is_asking |= str_equals(name, STR("--help")) || str_equals(name, STR("--version"));
    }
}

/* A wrong word changes nothing: it is reported in the language that held before. */
static void take_lang(Str word, Lang *lang)
{
    if (str_equals(word, STR("zh")))
        *lang = LANG_ZH;
    if (str_equals(word, STR("en")))
        *lang = LANG_EN;
}

Lang cli_find_lang(int argc, char *const *argv, const char *lang_env)
{
    Lang lang = LANG_ZH;
    if (lang_env)
        take_lang(str_slice(str_from(lang_env), 0, 2), &lang);
    for (int i = 1; i < argc && !str_equals(str_from(argv[i]), STR("--")); i++) {
        Str text = str_from(argv[i]);
        if (str_starts_with(text, STR("--lang=")))
            take_lang(str_slice(text, strlen("--lang="), text.len), &lang);
        else if (str_equals(text, STR("--lang")) && i + 1 < argc)
            take_lang(str_from(argv[i + 1]), &lang);
    }
    return lang;
}

/* ---- which command ---- */

/* The words after the first that commands of this group have; empty if it is no group. */
static Str join_parts(const Args *args, Str group, Str comma)
{
    StrBuf out;
    strbuf_init(&out, args->cli->arena);
    for (size_t i = 0; i < args->table->command_count; i++) {
        Str name = str_from(args->table->command[i].name);
        if (!str_starts_with(name, group) || name.len == group.len || name.ptr[group.len] != ' ')
            continue;
        if (out.len)
            strbuf_add(&out, comma);
        strbuf_add(&out, str_slice(name, group.len + 1, name.len));
    }
    return strbuf_str(&out);
}

static Str join_commands(const Args *args, Str comma)
{
    StrBuf out;
    strbuf_init(&out, args->cli->arena);
    for (size_t i = 0; i < args->table->command_count; i++) {
        if (i > 0)
            strbuf_add(&out, comma);
        strbuf_add(&out, str_from(args->table->command[i].name));
    }
    return strbuf_str(&out);
}

static bool find_command(const Args *args, Str name, size_t *ret)
{
    for (size_t i = 0; i < args->table->command_count; i++)
        if (str_equals(name, str_from(args->table->command[i].name))) {
            *ret = i;
            return true;
        }
    return false;
}

static Str near_command(const Args *args, Str name)
{
    size_t count = args->table->command_count;
    Str *names = ARENA_ARRAY(args->cli->arena, Str, count + 2);
    for (size_t i = 0; i < count; i++)
        names[i] = str_from(args->table->command[i].name);
    names[count++] = STR("--help");
    names[count++] = STR("--version");
    return utf8_nearest(name, names, count);
}

static bool fail_command(const Args *args, Str name)
{
    ErrArg commands_zh = ARG_STR("commands_zh", join_commands(args, STR("、")));
    ErrArg commands = ARG_STR("commands", join_commands(args, STR(", ")));
    if (!name.len)
        return err_fail(args->err, ERR_USAGE_COMMAND_MISSING, commands_zh, commands);
    return err_fail(args->err, ERR_USAGE_COMMAND_UNKNOWN, ARG_STR("command", name),
                    ARG_STR("near", near_command(args, name)), commands_zh, commands);
}

/* The second word of a group is missing or wrong. */
static bool fail_part(Args *args, Str group, Str parts)
{
    if (args->is_asking && args->words.len == 1) {
        args->cli->group = group;
        return true;
    }
    ErrArg parts_zh = ARG_STR("parts_zh", join_parts(args, group, STR("、")));
    if (args->words.len == 1)
        return err_fail(args->err, ERR_USAGE_COMMAND_PART, ARG_STR("command", group), parts_zh,
                        ARG_STR("parts", parts));
    Str name =
        str_format(args->cli->arena, "%.*s %.*s", STR_ARG(group), STR_ARG(args->words.ptr[1]));
    return fail_command(args, name);
}

/* Takes the words of the command off the arguments. */
static bool take_command(Args *args)
{
    args->cli->command = args->table->command_count;
    if (!args->words.len)
        return args->is_asking || fail_command(args, STR(""));
    Str name = args->words.ptr[0];
    size_t used = 1;
    Str parts = join_parts(args, name, STR(", "));
    if (parts.len && args->words.len > 1) {
        name =
            str_format(args->cli->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(args->words.ptr[1]));
        used = 2;
    }
    if (!find_command(args, name, &args->cli->command))
        return parts.len ? fail_part(args, args->words.ptr[0], parts) : fail_command(args, name);
    args->words.ptr += used;
    args->words.len -= used;
    return true;
}

static bool is_on(const Args *args, uint64_t commands)
{
    return commands >> args->cli->command & 1;
}

/* ---- values ---- */

static Str command_name(const Args *args)
{
    return str_from(args->table->command[args->cli->command].name);
}

static ErrArg usage_arg(const Args *args)
{
    return ARG_STR("usage", cli_usage(args->cli, args->cli->command));
}

static bool fail_option(const Args *args, Str name)
{
    Str *names = ARENA_ARRAY(args->cli->arena, Str, args->table->option_count);
    size_t count = 0;
    for (size_t i = 0; i < args->table->option_count; i++) {
        const OptionRow *row = &args->table->option[i];
        if (row->name[0] == '-' && is_on(args, row->on))
            names[count++] = str_from(row->name);
    }
    Str near = utf8_nearest(name, names, count);
    /* -h, and -lang with one dash */
    for (size_t i = 0; i < count && !near.len && name.len > 1 && name.ptr[1] != '-'; i++)
        if (str_starts_with(str_slice(names[i], 1, names[i].len), name))
            near = names[i];
    return err_fail(args->err, ERR_USAGE_OPTION_UNKNOWN, ARG_STR("command", command_name(args)),
                    ARG_STR("option", name), ARG_STR("near", near), usage_arg(args));
}

static bool read_number(const Args *args, const OptionRow *row, Str text, Decimal *ret)
{
    DecimalResult result = decimal_parse(utf8_fold(args->cli->arena, text), ret);
    ErrArg option = ARG_STR("option", str_from(row->name)), value = ARG_STR("value", text);
    if (result == DECIMAL_BAD)
        return err_fail(args->err, ERR_USAGE_NUMBER, option, value);
    double size = result == DECIMAL_OK ? fabs(decimal_to_double(*ret)) : NAN;
    bool is_absurd = size > 0 && (size < 1e-60 || size > 1e60); /* as in a table */
    if (result != DECIMAL_OK || is_absurd)
        return err_fail(args->err, ERR_USAGE_NUMBER_DIGITS, option, value);
    if (row->type == OPTION_POSITIVE && ret->mantissa <= 0)
        return err_fail(args->err, ERR_USAGE_NUMBER_POSITIVE, option, value);
    return true;
}

/* Stores one value of an option or argument. */
static bool store(const Args *args, const OptionRow *row, Str text)
{
    ErrArg option = ARG_STR("option", str_from(row->name));
    Given *given = &args->cli->given[row - args->table->option];
    given->is_seen = true;
    if (row->type != OPTION_FLAG && !str_trim(text).len)
        return err_fail(args->err, ERR_USAGE_VALUE_EMPTY, option);
    if (!option_is_path(row->type) && utf8_valid_len(text) < text.len)
        return err_fail(args->err, ERR_USAGE_UTF8, option, ARG_STR("value", text));
    bool is_number = row->type == OPTION_NUMBER || row->type == OPTION_POSITIVE;
    if (is_number && !read_number(args, row, text, &given->number))
        return false;
    bool is_lang = str_equals(text, STR("zh")) || str_equals(text, STR("en"));
    if (row->type == OPTION_LANG_WORD && !is_lang)
        return err_fail(args->err, ERR_USAGE_CHOICE, option, ARG_STR("value", text),
                        ARG_STR("choices", str_from(row->value)));
    Str *texts = ARENA_ARRAY(args->cli->arena, Str, given->count + 1);
    for (size_t i = 0; i < given->count; i++)
        texts[i] = given->text[i];
    texts[given->count++] = option_is_path(row->type) ? text : str_trim(text);
    given->text = texts;
    return true;
}

static bool store_option(const Args *args, const Token *token)
{
    ErrArg option = ARG_STR("option", token->text);
    if (!token->row || token->row->name[0] != '-' || !is_on(args, token->row->on))
        return fail_option(args, token->text);
    Given *given = &args->cli->given[token->row - args->table->option];
    if (given->is_seen && !option_is_many(token->row->type))
        return err_fail(args->err, ERR_USAGE_OPTION_TWICE, option);
    given->is_seen = true;
    if (token->row->type == OPTION_FLAG && token->has_value)
        return err_fail(args->err, ERR_USAGE_VALUE_EXTRA, option, ARG_STR("value", token->value));
    if (token->row->type != OPTION_FLAG && !token->has_value)
        return err_fail(args->err, ERR_USAGE_VALUE_MISSING, option,
                        ARG_STR("value", str_from(token->row->value)), usage_arg(args));
    return store(args, token->row, token->value);
}

/* The arguments in the order of their rows; the last row may take several. */
static bool store_arguments(const Args *args)
{
    size_t at = 0;
    bool is_ok = true;
    for (size_t i = 0; i < args->table->option_count; i++) {
        const OptionRow *row = &args->table->option[i];
        if (row->name[0] == '-' || !is_on(args, row->on))
            continue;
        do {
            if (at < args->words.len)
                is_ok &= store(args, row, args->words.ptr[at++]);
        } while (option_is_many(row->type) && at < args->words.len);
    }
    if (at < args->words.len)
        is_ok = err_fail(args->err, ERR_USAGE_ARGUMENT_EXTRA, ARG_STR("value", args->words.ptr[at]),
                         usage_arg(args));
    return is_ok;
}

static bool check_missing(const Args *args)
{
    bool is_ok = true;
    for (size_t i = 0; i < args->table->option_count; i++) {
        const OptionRow *row = &args->table->option[i];
        if (is_on(args, row->must) && !args->cli->given[i].is_seen)
            is_ok = err_fail(args->err,
                             row->name[0] == '-' ? ERR_USAGE_OPTION_MISSING
                                                 : ERR_USAGE_ARGUMENT_MISSING,
                             ARG_STR("option", str_from(row->name)), usage_arg(args));
    }
    return is_ok;
}

bool cli_parse(Cli *cli, int argc, char *const *argv)
{
    Args args = {.cli = cli, .table = cli->table, .err = cli->err};
    cli->given = ARENA_ARRAY(cli->arena, Given, cli->table->option_count);
    read_tokens(&args, argc, argv);
    if (!take_command(&args))
        return false;
    if (args.is_asking) {
        for (size_t i = 0; i < args.tokens.len; i++)
            if (args.tokens.ptr[i].row)
                cli->given[args.tokens.ptr[i].row - cli->table->option].count = 1;
        return true;
    }
    bool is_ok = true, has_unknown = false;
    for (size_t i = 0; i < args.tokens.len; i++) {
        is_ok &= store_option(&args, &args.tokens.ptr[i]);
        has_unknown |= !args.tokens.ptr[i].row;
    }
    /* whose value an unknown option's next word is cannot be known: the rest would be guesswork */
    return is_ok & (has_unknown || (store_arguments(&args) & check_missing(&args)));
}
