/* --help, from the tables. */
#include "cli/cli_int.h"
#include "cli/text.h"

static Str row_help(const Cli *cli, const OptionRow *row)
{
    return cli_word(cli, row->zh, row->en);
}

static Str option_form(const Cli *cli, const OptionRow *row)
{
    const char *blank = row->value[0] ? " " : "";
    return str_format(cli->arena, "%s%s%s", row->name, blank, row->value);
}

static bool is_common(const OptionRow *row)
{
    return row->on == UINT64_MAX;
}

Str cli_usage(const Cli *cli, size_t command)
{
    StrBuf out;
    strbuf_init(&out, cli->arena);
    strbuf_addf(&out, "junheng %s", cli->table->command[command].name);
    for (size_t i = 0; i < cli->table->option_count; i++) {
        const OptionRow *row = &cli->table->option[i];
        bool is_must = row->must >> command & 1, is_argument = row->name[0] != '-';
        if (!(row->on >> command & 1) || (!is_must && !is_argument))
            continue;
        Str form = option_form(cli, row);
        const char *more = option_is_many(row->type) ? "…" : "";
        strbuf_addf(&out, is_must ? " %.*s%s" : " [%.*s%s]", STR_ARG(form), more);
    }
    strbuf_addf(&out, " [%.*s]", STR_ARG(cli_word(cli, "选项", "options")));
    return strbuf_str(&out);
}

static void start_table(const Cli *cli, TextTable *table)
{
    text_table_init(table, cli->arena, 2);
    text_table_add_column(table, STR(""), TEXT_LEFT);
    text_table_add_column(table, STR(""), TEXT_LEFT);
}

static void add_option(const Cli *cli, TextTable *table, const OptionRow *row, size_t command)
{
    bool is_must = !is_common(row) && row->must >> command & 1;
    text_table_add_text(table, option_form(cli, row));
    Str note = cli_word(cli, "必需。", "required; ");
    Str help = row_help(cli, row);
    if (is_must && row->name[0] == '-')
        help = str_format(cli->arena, "%.*s%.*s", STR_ARG(note), STR_ARG(help));
    if (option_is_many(row->type))
        help = str_format(cli->arena, "%.*s%.*s", STR_ARG(help),
                          STR_ARG(cli_word(cli, "；可以写几次", "; may be repeated")));
    text_table_add_text(table, help);
}

static void add_commands(Cli *cli, Str group)
{
    TextTable table;
    start_table(cli, &table);
    for (size_t i = 0; i < cli->table->command_count; i++) {
        const CommandRow *row = &cli->table->command[i];
        if (!str_starts_with(str_from(row->name), group))
            continue;
        text_table_add_text(&table, str_from(row->name));
        text_table_add_text(&table, cli_word(cli, row->zh, row->en));
    }
    cli_addf(cli, "命令:\n", "commands:\n");
    text_table_format(cli->out, &table);
}

static void add_common(Cli *cli)
{
    TextTable table;
    start_table(cli, &table);
    for (size_t i = 0; i < cli->table->option_count; i++)
        if (is_common(&cli->table->option[i]))
            add_option(cli, &table, &cli->table->option[i], 0);
    cli_addf(cli, "\n通用选项:\n", "\noptions of every command:\n");
    text_table_format(cli->out, &table);
}

/* Each command has them: their names are enough. */
static void add_common_line(Cli *cli)
{
    cli_addf(cli, "\n通用选项:", "\noptions of every command:");
    for (size_t i = 0; i < cli->table->option_count; i++)
        if (is_common(&cli->table->option[i])) {
            strbuf_add_char(cli->out, ' ');
            strbuf_add(cli->out, option_form(cli, &cli->table->option[i]));
        }
    cli_addf(cli, "；见 junheng --help\n", "; see junheng --help\n");
}

static void help_command(Cli *cli)
{
    const CommandRow *command = &cli->table->command[cli->command];
    TextTable table;
    start_table(cli, &table);
    for (size_t i = 0; i < cli->table->option_count; i++) {
        const OptionRow *row = &cli->table->option[i];
        if (!is_common(row) && row->on >> cli->command & 1)
            add_option(cli, &table, row, cli->command);
    }
    Str usage = cli_usage(cli, cli->command), what = cli_word(cli, command->zh, command->en);
    cli_addf(cli, "用法: %.*s\n\n", "usage: %.*s\n\n", STR_ARG(usage));
    cli_addf(cli, "%.*s\n\n", "%.*s\n\n", STR_ARG(what));
    text_table_format(cli->out, &table);
    add_common_line(cli);
}

void cli_help(Cli *cli)
{
    if (cli->command < cli->table->command_count) {
        help_command(cli);
        return;
    }
    Str group = cli->group;
    if (group.len)
        cli_addf(cli, "用法: junheng %.*s …\n\n", "usage: junheng %.*s …\n\n", STR_ARG(group));
    else
        cli_addf(cli, "用法: junheng 命令 [选项]\n\n均衡：县域义务教育均衡发展的测算与评估\n\n",
                 "usage: junheng COMMAND [options]\n\n"
                 "junheng measures and judges the balance of compulsory education in a county\n\n");
    add_commands(cli, group.len ? str_format(cli->arena, "%.*s ", STR_ARG(group)) : group);
    add_common(cli);
    cli_addf(cli, "\n某个命令的说明: junheng 命令 --help\n",
             "\nmore on one command: junheng COMMAND --help\n");
}
