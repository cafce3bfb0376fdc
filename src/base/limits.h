/* The caps of limits.def as constants. */
#ifndef JH_BASE_LIMITS_H
#define JH_BASE_LIMITS_H

enum {
#define LIMIT(name, value, what) name = (value),
#include "base/limits.def"
#undef LIMIT
};

#endif
