#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/cli_int.h"
#include "assert_text.h"

/* Tables of the tests' own: commands of one and of two words, options of every type. */

static bool run_nothing(Cli *cli)
{
    (void)cli;
    return true;
}

enum { READ, PACK_LIST, PACK_SHOW };
enum { A_FILE, A_MORE, O_TEXT, O_TEXTS, O_NUMBER, O_POSITIVE, O_FLAG, O_LANG, O_HELP, O_VERSION };
#define ON(command) (UINT64_C(1) << (command))

static const CommandRow COMMANDS[] = {
    [READ] = {"read", "读", "reads", run_nothing},
    [PACK_LIST] = {"pack list", "列出", "lists", run_nothing},
    [PACK_SHOW] = {"pack show", "显示", "shows", run_nothing},
};

static const OptionRow OPTIONS[] = {
    [A_FILE] = {"FILE", "", "文件", "file", OPTION_PATH, ON(READ) | ON(PACK_SHOW), ON(READ)},
    [A_MORE] = {"MORE", "", "更多", "more", OPTION_TEXTS, ON(READ), 0},
    [O_TEXT] = {"--by", "G", "列", "column", OPTION_TEXT, ON(READ), ON(READ)},
    [O_TEXTS] = {"--overlay", "ID", "覆盖", "overlay", OPTION_TEXTS, ON(READ) | ON(PACK_SHOW), 0},
    [O_NUMBER] = {"--limit", "L", "限值", "limit", OPTION_NUMBER, ON(READ), 0},
    [O_POSITIVE] = {"--per", "N", "每", "per", OPTION_POSITIVE, ON(READ), 0},
    [O_FLAG] = {"--all", "", "全部", "all", OPTION_FLAG, ON(PACK_LIST), 0},
    [O_LANG] = {"--lang", "zh|en", "语言", "language", OPTION_LANG_WORD, UINT64_MAX, 0},
    [O_HELP] = {"--help", "", "说明", "help", OPTION_FLAG, UINT64_MAX, 0},
    [O_VERSION] = {"--version", "", "版本", "version", OPTION_FLAG, UINT64_MAX, 0},
};

static const CliTable TABLE = {COMMANDS, sizeof COMMANDS / sizeof *COMMANDS, OPTIONS,
                               sizeof OPTIONS / sizeof *OPTIONS};

typedef struct Fixture {
    Arena arena;
    Err err;
    StrBuf out;
    Cli cli;
} Fixture;

static int set_up(void **state)
{
    static Fixture fixture;
    arena_init(&fixture.arena);
    err_init(&fixture.err);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    err_done(&fixture->err);
    arena_done(&fixture->arena);
    return 0;
}

/* Words separated by |, as in "read|a.csv|--by|学校". */
static bool parse(Fixture *fixture, const char *line)
{
    char *words = str_cstr(&fixture->arena, str_from(line));
    char **argv = ARENA_ARRAY(&fixture->arena, char *, strlen(line) + 3);
    int argc = 0;
    argv[argc++] = (char[]){"junheng"};
    for (char *end; *line && (end = strchr(words, '|')); words = end + 1) {
        *end = '\0';
        argv[argc++] = words;
    }
    if (*line)
        argv[argc++] = words;
    err_done(&fixture->err);
    err_init(&fixture->err);
    strbuf_init(&fixture->out, &fixture->arena);
    fixture->cli = (Cli){.arena = &fixture->arena,
                         .table = &TABLE,
                         .out = &fixture->out,
                         .err = &fixture->err,
                         .lang = cli_find_lang(argc, argv, "en_US.UTF-8")};
    return cli_parse(&fixture->cli, argc, argv);
}

static void check_fails(Fixture *fixture, const char *line, const char *want)
{
    assert_false(parse(fixture, line));
    StrBuf out;
    strbuf_init(&out, &fixture->arena);
    err_format(&out, &fixture->err, fixture->cli.lang);
    assert_int_equal(err_exit_status(&fixture->err), 2);
    assert_text(strbuf_str(&out), want);
}

static void check_given(Fixture *fixture, int option, const char *want)
{
    StrBuf out;
    strbuf_init(&out, &fixture->arena);
    const Given *given = &fixture->cli.given[option];
    for (size_t i = 0; i < given->count; i++)
        strbuf_addf(&out, "<%.*s>", STR_ARG(given->text[i]));
    assert_text(strbuf_str(&out), want);
}

#define USAGE "junheng read FILE [MORE…] --by G [options]"

static void values_stand_behind_a_blank_or_an_equals_sign(void **state)
{
    Fixture *fixture = *state;
    assert_true(parse(fixture, "read|a.csv|--by| 学校 |--limit=-1.50|--per|１００"));
    assert_int_equal(fixture->cli.command, READ);
    check_given(fixture, A_FILE, "<a.csv>");
    check_given(fixture, O_TEXT, "<学校>");
    assert_int_equal(fixture->cli.given[O_NUMBER].number.mantissa, -15);
    assert_int_equal(fixture->cli.given[O_NUMBER].number.exp10, -1);
    assert_int_equal(fixture->cli.given[O_POSITIVE].number.mantissa, 1);
    assert_int_equal(fixture->cli.given[O_POSITIVE].number.exp10, 2);
    assert_true(parse(fixture, "--by=a=b|read|x"));
    check_given(fixture, O_TEXT, "<a=b>");
    assert_true(parse(fixture, "read|x|--by|-5"));
    check_given(fixture, O_TEXT, "<-5>");
}

static void two_dashes_end_the_options(void **state)
{
    Fixture *fixture = *state;
    assert_true(parse(fixture, "read|--by|g|--|--by|--help"));
    check_given(fixture, A_FILE, "<--by>");
    check_given(fixture, A_MORE, "<--help>");
    assert_true(parse(fixture, "read|--by|g|-")); /* a dash alone is a word */
    check_given(fixture, A_FILE, "<->");
}

static void texts_may_be_given_several_times(void **state)
{
    Fixture *fixture = *state;
    assert_true(parse(fixture, "read|f|m1|--overlay|a|m2|--overlay=b|--by|g"));
    check_given(fixture, O_TEXTS, "<a><b>");
    check_given(fixture, A_MORE, "<m1><m2>");
}

static void a_command_may_have_two_words(void **state)
{
    Fixture *fixture = *state;
    assert_true(parse(fixture, "pack|list|--all"));
    assert_int_equal(fixture->cli.command, PACK_LIST);
    assert_int_equal(fixture->cli.given[O_FLAG].count, 1);
    assert_true(parse(fixture, "pack|show"));
    assert_true(parse(fixture, "pack|show|p"));
    check_given(fixture, A_FILE, "<p>");
    check_fails(fixture, "pack", "error: 'pack' needs another word\nhint: one of: list, show\n");
    check_fails(fixture, "pack|lst",
                "error: unknown command 'pack lst', did you mean 'pack list'?\n"
                "hint: commands are: read, pack list, pack show; see junheng --help\n");
    check_fails(fixture, "pack|list|x",
                "error: 'x' is one too many\n"
                "hint: usage: junheng pack list [options]; put quotes around values with blanks\n");
}

static void the_command_must_be_known(void **state)
{
    Fixture *fixture = *state;
    check_fails(fixture, "",
                "error: no command is given\n"
                "hint: commands are: read, pack list, pack show; see junheng --help\n");
    check_fails(fixture, "raed|x|--by|y",
                "error: unknown command 'raed', did you mean 'read'?\n"
                "hint: commands are: read, pack list, pack show; see junheng --help\n");
    check_fails(fixture, "help",
                "error: unknown command 'help', did you mean '--help'?\n"
                "hint: commands are: read, pack list, pack show; see junheng --help\n");
    check_fails(fixture, "--lang|zh|x",
                "错误: 没有命令「x」\n"
                "提示: 命令有：read、pack list、pack show；junheng --help 看说明\n");
}

static void an_unknown_option_hides_what_it_makes_unsure(void **state)
{
    Fixture *fixture = *state;
    check_fails(fixture, "read|x|--bye|y|--quite",
                "error: command read has no option '--bye', did you mean '--by'?\n"
                "error: command read has no option '--quite'\n"
                "hint: usage: " USAGE "; see junheng read --help\n");
    check_fails(fixture, "read|x|--by|y|--all", /* of another command */
                "error: command read has no option '--all'\n"
                "hint: usage: " USAGE "; see junheng read --help\n");
    check_fails(fixture, "read|-h",
                "error: command read has no option '-h', did you mean '--help'?\n"
                "hint: usage: " USAGE "; see junheng read --help\n");
    check_fails(fixture, "read|FILE|--by|x|-o=3",
                "error: command read has no option '-o', did you mean '--overlay'?\n"
                "hint: usage: " USAGE "; see junheng read --help\n");
}

static void all_mistakes_are_told_at_once(void **state)
{
    Fixture *fixture = *state;
    check_fails(fixture, "read",
                "error: FILE is missing\nerror: option '--by' is missing\n"
                "hint: usage: " USAGE "\n");
    check_fails(fixture, "read|f|--by|a|--by|b|--limit|5%|--per|0",
                "error: option '--by' is given twice\nhint: keep only one\n"
                "error: '--limit' needs a number, but this is '5%'\n"
                "hint: write it as 0.5, without a percent sign or thousands commas\n"
                "error: '--per' must be above 0, but this is '0'\n"
                "hint: as 100 for each hundred pupils\n");
    check_fails(fixture, "read|f|--by|--limit|1.2345678901234567",
                "error: option '--by' needs its value G behind it\n"
                "hint: usage: " USAGE "\n"
                "error: the number '1.2345678901234567' of '--limit' has more than 15 significant "
                "digits or is out of range\nhint: write fewer digits\n");
    check_fails(fixture, "read|| |--by=|--limit",
                "error: the value of '--by' is empty\nhint: leave it out if it is not needed\n"
                "error: option '--limit' needs its value L behind it\nhint: usage: " USAGE "\n"
                "error: the value of 'FILE' is empty\nerror: the value of 'MORE' is empty\n"
                "hint: leave it out if it is not needed\n");
    check_fails(fixture, "pack|list|--all=1|--lang|fr",
                "error: option '--all' takes no value, but '1' is given\n"
                "hint: drop the equals sign and what follows it\n"
                "error: '--lang' cannot be 'fr'\nhint: one of: zh|en\n");
}

static void texts_are_utf8_but_paths_any_bytes(void **state)
{
    Fixture *fixture = *state;
    assert_true(parse(fixture, "read|\xd1\xd1.csv|--by|g"));
    check_given(fixture, A_FILE, "<\xd1\xd1.csv>");
    check_fails(fixture, "read|f|--by|\xd1\xd1",
                "error: the value of '--by' is not UTF-8: '\xef\xbf\xbd\xef\xbf\xbd'\n"
                "hint: set the encoding of the terminal to UTF-8\n");
}

static void asking_for_help_needs_nothing_else(void **state)
{
    Fixture *fixture = *state;
    assert_true(parse(fixture, "--help"));
    assert_int_equal(fixture->cli.command, TABLE.command_count);
    assert_true(parse(fixture, "read|--help|--nonsense"));
    assert_int_equal(fixture->cli.command, READ);
    assert_int_equal(fixture->cli.given[O_HELP].count, 1);
    assert_true(parse(fixture, "--version"));
    assert_true(parse(fixture, "pack|--help"));
    assert_text(fixture->cli.group, "pack");
    assert_false(parse(fixture, "raed|--help"));
    assert_false(parse(fixture, "pack|lst|--help"));
}

static void the_language_is_found_before_anything_else(void **state)
{
    (void)state;
    char *const en[] = {"junheng", "--nonsense", "--lang", "en"};
    char *const zh[] = {"junheng", "--lang=zh"};
    char *const ended[] = {"junheng", "--", "--lang=en"};
    assert_int_equal(cli_find_lang(4, en, NULL), LANG_EN);
    assert_int_equal(cli_find_lang(3, en, "zh_CN.UTF-8"), LANG_ZH);
    assert_int_equal(cli_find_lang(2, zh, "en_GB"), LANG_ZH);
    assert_int_equal(cli_find_lang(3, ended, "C.UTF-8"), LANG_ZH);
    assert_int_equal(cli_find_lang(1, en, "en"), LANG_EN);
    assert_int_equal(cli_find_lang(1, en, "e"), LANG_ZH);
    assert_int_equal(cli_find_lang(1, en, ""), LANG_ZH);
}

/* ---- the tables of the program ---- */

static void names_of_the_program_are_unique_and_well_formed(void **state)
{
    (void)state;
    assert_true(CLI_TABLE.command_count <= 63);
    for (size_t i = 0; i < CLI_TABLE.option_count; i++) {
        const OptionRow *row = &CLI_TABLE.option[i];
        bool is_option = strncmp(row->name, "--", 2) == 0, is_flag = row->type == OPTION_FLAG;
        if (row->must & ~row->on || row->on == 0 || !*row->zh || !*row->en)
            fail_msg("%s: where it stands, or its help", row->name);
        if (is_option && is_flag != (row->value[0] == '\0'))
            fail_msg("%s: a value is named for all but flags", row->name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(row->name, CLI_TABLE.option[k].name) == 0)
                fail_msg("%s: there twice", row->name);
    }
    for (size_t i = 0; i < CLI_TABLE.command_count; i++)
        for (size_t k = 0; k < CLI_TABLE.command_count; k++) {
            Str name = str_from(CLI_TABLE.command[i].name),
                other = str_from(CLI_TABLE.command[k].name);
            if (i != k && str_starts_with(other, name) &&
                (other.len == name.len || other.ptr[name.len] == ' '))
                fail_msg("%s: there twice, or also a group", name.ptr);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_stand_behind_a_blank_or_an_equals_sign),
        TEST(two_dashes_end_the_options),
        TEST(texts_may_be_given_several_times),
        TEST(a_command_may_have_two_words),
        TEST(the_command_must_be_known),
        TEST(an_unknown_option_hides_what_it_makes_unsure),
        TEST(all_mistakes_are_told_at_once),
        TEST(texts_are_utf8_but_paths_any_bytes),
        TEST(asking_for_help_needs_nothing_else),
        TEST(the_language_is_found_before_anything_else),
        TEST(names_of_the_program_are_unique_and_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
