/* Everything of the process: arguments, environment, randomness, signals. The rest is cli. */
#include "base/map.h"
#include "cli/cli.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

/*
 * The packs that came with the program: beside the folder of the executable (build/junheng in a source
 * tree, bin/junheng where it is installed), else in the current folder.
 */
static const char *find_packs(char *path, size_t size)
{
    static const char *const BESIDE[] = {"/../packs", "/../../packs", "/../share/junheng/packs"};
    const char *given = getenv("JUNHENG_PACKS");
    ssize_t len = given ? -1 : readlink("/proc/self/exe", path, size - 64);
    while (len > 0 && path[len] != '/')
        len--;
    for (size_t i = 0; len > 0 && i < sizeof BESIDE / sizeof *BESIDE; i++) {
        memcpy(path + len, BESIDE[i], strlen(BESIDE[i]) + 1);
        if (access(path, R_OK | X_OK) == 0)
            return path;
    }
    return given ? given : "packs";
}

int main(int argc, char **argv)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == sizeof seed)
        map_seed(seed);
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write */
    char path[4096];
    const CliEnv env = {.lang = getenv("LANG"), .packs = find_packs(path, sizeof path)};
    return cli_main(argc, argv, &env, STDOUT_FILENO, STDERR_FILENO);
}
