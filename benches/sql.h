/* The text that peers/make_sql.py prints: sections that start with a line "-- name: NAME". */
#ifndef JH_BENCH_SQL_H
#define JH_BENCH_SQL_H

/* Reads the file that --sql names. The process keeps it until it ends. */
void sql_load(const char *path);

/* The text of a section, which must exist: sql_get("update%d_%d", 0, 3). */
const char *sql_get(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A statement put together as by printf; the process keeps it until it ends. */
const char *sql_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
