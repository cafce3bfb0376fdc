/* Everything of the process: arguments, environment, randomness, signals. The rest is cli. */
#include "base/map.h"
#include "cli/cli.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == sizeof seed)
        map_seed(seed);
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write */
    return cli_main(argc, argv, getenv("LANG"), STDOUT_FILENO, STDERR_FILENO);
}
