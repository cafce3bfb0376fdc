#include "col/kernels_int.h"

#include <string.h>

extern const KernelSet kernel_set_base;
#ifdef JH_KERNELS_X86
extern const KernelSet kernel_set_v3, kernel_set_v4;
#endif

static bool can_run(const char *name)
{
#ifdef JH_KERNELS_X86
    if (strcmp(name, "v4") == 0)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
    if (strcmp(name, "v3") == 0)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
               __builtin_cpu_supports("bmi2");
#endif
    return strcmp(name, "base") == 0;
}

const KernelSet *kernels_find(const char *name)
{
    static const KernelSet *const set[] = {
#ifdef JH_KERNELS_X86
        &kernel_set_v4, &kernel_set_v3,
#endif
        &kernel_set_base};
    for (size_t i = 0; i < sizeof set / sizeof *set; i++)
        if (strcmp(set[i]->name, name) == 0)
            return can_run(name) ? set[i] : NULL;
    return NULL;
}

const KernelSet *kernels_best(void)
{
    const KernelSet *best = kernels_find("v4");
    if (!best)
        best = kernels_find("v3");
    return best ? best : kernels_find("base");
}

const char *kernel_name(Kernel kernel)
{
    static const char *const name[KERNEL_COUNT] = {
#define KERNEL(code, what) [code] = #code,
#include "col/kernels.def"
#undef KERNEL
    };
    return name[kernel];
}

static bool compare_is_tie(const KernelArgs *args, double left, double right, size_t row)
{
    double magnitude = args->magnitude ? args->magnitude[row] : fabs(left) + fabs(right);
    return tie_is_compare(left, right, magnitude);
}

static bool jump_is_tie(Kernel kernel, const KernelArgs *args, size_t row)
{
    double a = args->a[row], magnitude = args->magnitude ? args->magnitude[row] : fabs(a);
    return tie_is_jump(kernel, a, jump_scale(kernel, args->imm), magnitude);
}

Reach kernel_reach(Kernel compare, double limit)
{
    /* |a - limit| <= TIE_BAND * (|a| + |limit|) holds nowhere outside 4 * TIE_BAND * |limit| */
    double sign = compare == K_LE_C || compare == K_LT_C ? -1.0 : 1.0;
    double band = 4 * TIE_BAND * fabs(limit);
    return (Reach){.low = sign * limit - band, .high = sign * limit + band, .sign = sign};
}

bool kernel_is_tie(Kernel kernel, const KernelArgs *args, size_t row)
{
    if (kernel == K_GE || kernel == K_GT || kernel == K_EQ)
        return compare_is_tie(args, args->a[row], args->b[row], row);
    if (kernel == K_GE_C || kernel == K_GT_C || kernel == K_LE_C || kernel == K_LT_C)
        return compare_is_tie(args, args->a[row], args->imm, row);
    if (kernel == K_ROUND || kernel == K_CEIL || kernel == K_FLOOR)
        return jump_is_tie(kernel, args, row);
    if (kernel == K_DIV || kernel == K_MULDIV)
        return args->magnitude && tie_is_zero(args->b[row], args->magnitude[row]);
    if (kernel == K_DIV_CR)
        return args->magnitude && tie_is_zero(args->a[row], args->magnitude[row]);
    if (kernel == K_WEIGHT)
        return args->magnitude && args->b[row] == 1.0 &&
               tie_is_zero(args->a[row], args->magnitude[row]);
    if (kernel == K_ATLEAST) {
        bool is_tie;
        (void)reach_row(args, row, &is_tie);
        return is_tie;
    }
    if (kernel == K_CHECK_PART)
        return args->a[row] != args->a[row] && args->b[row] == 1.0;
    return false;
}
