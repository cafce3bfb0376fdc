/*
 * When a row is a near-tie: asked by the loops (kernels.c, once per instruction set) and of one row
 * (kernel_set.c). Both must agree to the bit, or a result would depend on its neighbours in a block.
 */
#ifndef JH_COL_KERNELS_INT_H
#define JH_COL_KERNELS_INT_H

#include "col/kernels.h"

#include <math.h>

/* Bitwise operators: these stand in loops without branches. NaN is near to nothing. */
static inline bool tie_is_compare(double left, double right, double magnitude)
{
    return fabs(left - right) <= TIE_BAND * magnitude;
}

static inline bool tie_is_zero(double divisor, double magnitude)
{
    return fabs(divisor) <= TIE_BAND * magnitude;
}

/* What a is multiplied by so that it jumps at whole numbers (or halves). */
static inline double jump_scale(Kernel kernel, double places)
{
    double scale = 1.0;
    for (int i = 0; kernel == K_ROUND && i < (int)places; i++)
        scale *= 10.0;
    return scale;
}

/* Near a point where the rounded value jumps; also where the distance is beyond what doubles tell. */
static inline bool tie_is_jump(Kernel kernel, double a, double scale, double magnitude)
{
    double size = fabs(a * scale);
    double jump = kernel == K_ROUND ? floor(size) + 0.5 : nearbyint(size);
    bool is_clear = fabs(size - jump) > TIE_BAND * magnitude * scale;
    return a == a && !is_clear;
}

/*
 * A row of K_ATLEAST. What is absent or near its limit is unknown; where that leaves the answer
 * open and there is a column near its limit, the row is a near-tie.
 */
static inline double reach_row(const KernelArgs *args, size_t row, bool *ret_is_tie)
{
    int64_t yes = 0, possible = 0, absent = 0;
    for (size_t i = 0; i < args->list_count; i++) {
        const Reach *reach = &args->reach[i];
        double a = args->list[i][row] * reach->sign;
        yes += a > reach->high;
        possible += !(a < reach->low);
        absent += a != a;
    }
    bool is_open = (double)yes < args->imm && (double)possible >= args->imm;
    *ret_is_tie = is_open && possible - yes > absent;
    return is_open ? (double)NAN : (double)yes >= args->imm ? 1.0 : 0.0;
}

#endif
