/* The time of day, in one place: tests set it back, or keep it still. */
#ifndef JH_BASE_CLOCK_H
#define JH_BASE_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970-01-01 UTC, by the machine's clock or what clock_set put in its place. */
int64_t clock_now_us(void);
/* NULL: the machine's. */
void clock_set(int64_t (*now_us)(void));

#endif
