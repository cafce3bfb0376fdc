/* Everything of the process: arguments, environment, randomness, signals. The rest is cli. */
#include "base/map.h"
#include "cli/cli.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

/* Cuts the last part off. */
static void to_parent(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
}

/*
 * The packs that came with the program: beside its folder (build/junheng in a source tree, bin/junheng
 * where it is installed) or one above (build/clang/junheng), else in the current folder.
 */
static const char *find_packs(char *path, size_t size)
{
    static const struct {
        int up;
        const char *folder;
    } BESIDE[] = {{2, "/packs"}, {3, "/packs"}, {2, "/share/junheng/packs"}};
    const char *given = getenv("JUNHENG_PACKS");
    if (given)
        return given;
    for (size_t i = 0; i < sizeof BESIDE / sizeof *BESIDE; i++) {
        ssize_t len = readlink("/proc/self/exe", path, size - 64);
        path[len > 0 ? len : 0] = '\0';
        for (int up = 0; up < BESIDE[i].up; up++)
            to_parent(path);
        memcpy(path + strlen(path), BESIDE[i].folder, strlen(BESIDE[i].folder) + 1);
        if (len > 0 && access(path, R_OK | X_OK) == 0)
            return path;
    }
    return "packs";
}

int main(int argc, char **argv)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == sizeof seed)
        map_seed(seed);
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write */
    char path[4096];
    const char *user = getenv("JUNHENG_USER");
    const CliEnv env = {.lang = getenv("LANG"),
                        .packs = find_packs(path, sizeof path),
                        .db = getenv("JUNHENG_DB"),
                        .user = user ? user : getenv("LOGNAME")};
    return cli_main(argc, argv, &env, STDOUT_FILENO, STDERR_FILENO);
}
