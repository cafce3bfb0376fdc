/* Steps of a lever, in decimal digits. */
#include "app/gap_int.h"

#include <math.h>

double gap_raised(double a, Decimal step, double steps)
{
    Decimal17 from = decimal_shortest(a);
    int exp10 = from.exp10 < step.exp10 ? from.exp10 : step.exp10;
    __int128 sum = (__int128)from.mantissa * (from.is_negative ? -1 : 1);
    __int128 more = (__int128)step.mantissa * (int64_t)steps;
    const __int128 cap = (__int128)1 << 100;
    for (int i = from.exp10; i > exp10 && sum < cap; i--)
        sum *= 10;
    for (int i = step.exp10; i > exp10 && more < cap; i--)
        more *= 10;
    sum += more;
    for (; sum != 0 && sum % 10 == 0; sum /= 10)
        exp10++;
    if (sum >= 1000000000000000 || sum <= -1000000000000000)
        return a + decimal_to_double(step) * steps;
    return decimal_to_double((Decimal){.mantissa = (int64_t)sum, .exp10 = sum ? exp10 : 0});
}

/* 0.0003 万元 is 3 元: by digits, as a product of two decimals may not be one in doubles. */
double gap_amount(const Item *item, double steps)
{
    bool is_small = item->step.mantissa < 1000000 && item->step_scale.mantissa < 1000000;
    if (isnan(steps))
        return NAN;
    if (!is_small)
        return gap_raised(0, item->step, steps) * decimal_to_double(item->step_scale);
    Decimal step = {.mantissa = item->step.mantissa * item->step_scale.mantissa,
                    .exp10 = item->step.exp10 + item->step_scale.exp10};
    return gap_raised(0, step, steps);
}
