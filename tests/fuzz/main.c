/*
 * Stands in for a fuzzer, so that every build runs every fuzz entry: each file of the folder (or
 * the one file) named on the command line, then the file cut short and with single bytes changed.
 * The same inputs on each run. A large file gets an even sample of cuts and
 * places. A crash is preceded by the name of the input that led to it:
 *
 *     fuzz_csv tests/fuzz/corpus/csv        all of it
 *     fuzz_csv crash-1234                   one file, as libFuzzer leaves it behind
 */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many cuts and how many places a large file gets. */
enum { PLACES_MAX = 2000 };

static char now[512]; /* what is being run, for the handler */
static size_t run_count;

static void on_crash(int signal_number)
{
    (void)!write(STDERR_FILENO, now, strlen(now));
    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

/* Runs a copy of exactly this size, so that a sanitizer sees each byte read beyond it. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(size ? copy : copy + 1, size);
    free(copy);
    run_count++;
}

static void run_seed(const char *path, uint8_t *data, size_t size)
{
    static const uint8_t changes[] = {0x01, 0x20, 0x80, 0xff};
    size_t step = size / PLACES_MAX + 1;

    (void)snprintf(now, sizeof now, "\nfailed: %s\n", path);
    run(data, size);
    for (size_t len = 0; len < size; len += step) {
        (void)snprintf(now, sizeof now, "\nfailed: the first %zu bytes of %s\n", len, path);
        run(data, len);
    }
    for (size_t at = 0; at < size; at += step) {
        uint8_t change = changes[at / step % sizeof changes];
        (void)snprintf(now, sizeof now, "\nfailed: byte %zu changed by %#x in %s\n", at, change,
                       path);
        data[at] ^= change;
        run(data, size);
        data[at] ^= change;
    }
}

static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    if (!file || fstat(fileno(file), &info) != 0) {
        perror(path);
        exit(1);
    }
    size_t size = (size_t)info.st_size;
    uint8_t *data = malloc(size + 1);
    if (!data || fread(data, 1, size, file) != size) {
        perror(path);
        exit(1);
    }
    (void)fclose(file);
    run_seed(path, data, size);
    free(data);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void run_folder(const char *folder)
{
    struct dirent **entry;
    int count = scandir(folder, &entry, is_visible, compare_names);
    if (count <= 0) {
        (void)fprintf(stderr, "%s: no seeds\n", folder);
        exit(1);
    }
    for (int i = 0; i < count; i++) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        run_file(path);
        free(entry[i]);
    }
    free(entry);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s FILE|FOLDER\n", argv[0]);
        return 2;
    }
    (void)signal(SIGABRT, on_crash);
    (void)signal(SIGSEGV, on_crash);
    struct stat info;
    if (stat(argv[1], &info) == 0 && S_ISDIR(info.st_mode))
        run_folder(argv[1]);
    else
        run_file(argv[1]);
    (void)printf("%zu inputs\n", run_count);
    return 0;
}
