/* What evaluate, gap and explain share: opening the evaluation, the words of verdicts, figures beside limits. */
#ifndef JH_CLI_JUDGED_H
#define JH_CLI_JUDGED_H

#include "app/evaluation.h"
#include "base/json.h"
#include "cli/cli_int.h"
#include "cli/text.h"

/* From the options of the command. `name` is what a standard that is not named must define. */
MUST_USE bool judged_open(Cli *cli, Str name, Evaluation *ret);
/* The same with another standard or period than the options say; empty: as they say. */
MUST_USE bool judged_open_as(Cli *cli, Str name, Str standard, Str period, Evaluation *ret);
/* --unit, or where it is not given the smallest region that holds the table; a school is refused. */
MUST_USE bool judged_region(Cli *cli, const Evaluation *evaluation, uint32_t *ret);
/* Whether facts of counties themselves were given, or stand in the database. */
bool judged_has_counties(const Cli *cli, const Evaluation *evaluation);

Str judged_stage_name(const Cli *cli, const Evaluation *evaluation, int stage);
Str judged_verdict(const Cli *cli, Verdict verdict);
Str judged_gate(const Cli *cli, Tri verdict);
Str judged_met(const Cli *cli, Tri met);
Str judged_absence(const Cli *cli, Absence absence);
/* 甘肃省张掖市甘州区 */
Str judged_region_name(const Evaluation *evaluation, uint32_t region);
const School *judged_school(const Evaluation *evaluation, const SchoolResult *result);
/* The name, or the code where a school has none. */
Str judged_school_name(const Cli *cli, const School *school);
/* 10 digits. */
Str judged_school_code(const Cli *cli, const School *school);

/*
 * A value beside its limit: to `places` digits, or as many more as show on which side it is where it
 * does not reach it (2.2997 beside 2.3, not 2.30). NaN is '—'.
 */
Str judged_figure(const Cli *cli, double value, int places, double limit, bool is_met);
/* The shortest text of a number. */
Str judged_number(const Cli *cli, double value);
/* "+0.3033" */
Str judged_signed(const Cli *cli, double value, int places);

/* "县域义务教育优质均衡 (youzhi-2017)  2024-2025" */
void judged_add_head(Cli *cli, const Evaluation *evaluation);
/* With --classes, what it filled; with --what-if, that the figures are supposed. */
void judged_add_changes(Cli *cli, const Evaluation *evaluation);
/* A key and its value, as the same two calls stand everywhere. */
void judged_json_tri(JsonWriter *json, const char *key, Tri value);
void judged_json_number(JsonWriter *json, const char *key, double value);
/* standard, standard_name, version, digest, engine, period */
void judged_json_head(const Cli *cli, JsonWriter *json, const Evaluation *evaluation);

#endif
