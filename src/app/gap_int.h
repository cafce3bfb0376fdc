/* What gap.c (schools) and gap_county.c (counties) share. */
#ifndef JH_APP_GAP_INT_H
#define JH_APP_GAP_INT_H

#include "app/gap.h"

/* a + steps * step in decimal digits; in doubles where they do not fit. */
double gap_raised(double a, Decimal step, double steps);
/* So many steps of an item in its step_unit. */
double gap_amount(const Item *item, double steps);

#endif
