#include "sql.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

enum { SECTIONS_MAX = 64 };

static struct {
    const char *name, *text;
} sections[SECTIONS_MAX];
static size_t section_count;

/* Cuts the text in place. */
void sql_load(const char *path)
{
    static const char mark[] = "-- name: ";

    if (path == NULL)
        bench_die("--sql FILE is missing");
    for (char *at = strstr(bench_read_file(path, NULL), mark); at != NULL;) {
        char *line_end = strchr(at, '\n');
        if (line_end == NULL || section_count == SECTIONS_MAX)
            bench_die("%s: no sections as expected", path);
        *line_end = '\0';
        sections[section_count].name = at + strlen(mark);
        sections[section_count++].text = line_end + 1;
        at = strstr(line_end + 1, mark);
        if (at != NULL)
            at[-1] = '\0';
    }
}

static const char *format_args(const char *format, va_list args)
{
    char *text = NULL;

    if (vasprintf(&text, format, args) < 0)
        bench_die("out of memory");
    return text;
}

const char *sql_format(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *text = format_args(format, args);
    va_end(args);
    return text;
}

const char *sql_get(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *name = format_args(format, args);
    va_end(args);
    for (size_t i = 0; i < section_count; i++)
        if (strcmp(sections[i].name, name) == 0)
            return sections[i].text;
    bench_die("no section '%s' in the SQL", name);
}
