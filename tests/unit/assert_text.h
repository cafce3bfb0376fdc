/* For unit tests: compares a Str and prints got and want; whether a call aborts. After cmocka.h. */
#ifndef TEST_ASSERT_TEXT_H
#define TEST_ASSERT_TEXT_H

#include "base/str.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define assert_text(got, want) assert_text_at((got), (want), __FILE__, __LINE__)

static inline void assert_text_at(Str got, const char *want, const char *file, int line)
{
    if (str_equals(got, str_from(want)))
        return;
    print_error("got:  \"%.*s\"\nwant: \"%s\"\n", STR_ARG(got), want);
    _fail(file, line);
}

/* Runs call() in a child process; true if it ended by abort(). */
static inline bool is_aborting(void (*call)(void))
{
    (void)fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        call();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
