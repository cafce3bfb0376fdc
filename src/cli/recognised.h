/* How a table was found in a file that is no plain one: what import and the judging commands tell of it. */
#ifndef JH_CLI_RECOGNISED_H
#define JH_CLI_RECOGNISED_H

#include "app/recognise.h"
#include "base/json.h"
#include "cli/cli_int.h"

/* Nothing of a plain table. */
void recognised_add_text(Cli *cli, const Recognised *recognised);
/* The member "recognised"; none of a plain table. */
void recognised_add_json(JsonWriter *json, const Recognised *recognised);

#endif
