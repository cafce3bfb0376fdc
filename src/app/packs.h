/*
 * Packs ready for use: a standard is only given out when the worked examples beside its rules
 * (测试) come out. They are run through the same table, frames and formulas as everything else.
 */
#ifndef JH_APP_PACKS_H
#define JH_APP_PACKS_H

#include "pack/pack.h"

/* As pack_load_standard, and its tests pass: else fails with ERR_PACK_TEST_… at each that does not. */
MUST_USE bool packs_open(Arena *arena, const Core *core, const StandardRequest *request,
                         Standard **ret, Err *err);

typedef struct PackTestCount {
    size_t tests, figures; /* figures: expectations compared */
} PackTestCount;

/* Only the tests; each standard or overlay is loaded for the days of its tests. */
MUST_USE bool packs_test(Arena *arena, const Core *core, const char *dir, Str id,
                         PackTestCount *ret, Err *err);

#endif
