/*
 * The command line: arguments in, one call of app, text or JSON out. No rules of the trade live
 * here. Commands are rows of commands.def, options rows of options.def.
 */
#ifndef JH_CLI_CLI_H
#define JH_CLI_CLI_H

/* What comes from outside the command line. */
typedef struct CliEnv {
    const char *lang;  /* LANG, or NULL */
    const char *packs; /* folder of the packs where --packs is not given */
    const char *db;    /* JUNHENG_DB, or NULL */
    const char *user;  /* who enters something where --author is not given, or NULL */
} CliEnv;

/*
 * Runs one command line and gives the exit status: 0 done, 1 refused, 2 wrong usage, 3 misfortune.
 * What the command says goes to out_fd, in one piece, only when it has succeeded; diagnostics go to
 * err_fd. If out_fd is a pipe that nobody reads any more the
 * status is 3 and nothing is said (SIGPIPE must be ignored).
 */
int cli_main(int argc, char *const *argv, const CliEnv *env, int out_fd, int err_fd);

#endif
