/*
 * Schools with a given coefficient of variation. With a fixed total T the weighted coefficient is
 *     CV² = (ΣP) Σ xᵢ²/Pᵢ ÷ T² − 1,
 * so moving a unit from one school to another changes it by a sum of two terms.
 */
#include "app/demo_int.h"

#include <math.h>

typedef struct Fit {
    const FitRequest *request;
    double pupils; /* of all */
    int64_t *x;
    double *weight;
} Fit;

/* The definition: weighted by pupils, over all schools. */
static double cv_of(const Fit *fit, const double *x)
{
    const FitRequest *request = fit->request;
    double total = 0.0, sum = 0.0;
    for (size_t i = 0; i < request->count; i++)
        total += x[i];
    double mean = total / fit->pupils;
    for (size_t i = 0; i < request->count; i++) {
        double away = x[i] / (double)request->pupils[i] - mean;
        sum += (double)request->pupils[i] * away * away;
    }
    return sqrt(sum / fit->pupils) / mean;
}

static double power(double base, int exponent)
{
    double result = 1.0;
    for (int i = 0; i < exponent; i++)
        result *= base;
    return result;
}

/* Pupils times 1 + slope × pattern^bend. */
static double set_weights(Fit *fit, double slope, int bend)
{
    const FitRequest *request = fit->request;
    for (size_t i = 0; i < request->count; i++)
        fit->weight[i] =
            (double)request->pupils[i] * (1.0 + slope * power(request->pattern[i], bend));
    return cv_of(fit, fit->weight);
}

/* The gentlest shape that is uneven enough, then its slope by halving. */
static void find_weights(Fit *fit)
{
    enum { BEND_MAX = 16, HALVINGS = 60, STEEP = 4 };
    int bend = 1;
    while (bend < BEND_MAX && set_weights(fit, STEEP * bend, bend) < fit->request->cv)
        bend *= 2;
    double low = 0.0, high = bend < BEND_MAX ? STEEP * bend : 1000.0;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2.0;
        if (set_weights(fit, middle, bend) < fit->request->cv)
            low = middle;
        else
            high = middle;
    }
}

/* Into the bounds; what is over or short goes to or comes from schools in their order. */
static void clamp(Fit *fit)
{
    const FitRequest *request = fit->request;
    int64_t over = 0;
    for (size_t i = 0; i < request->count; i++) {
        int64_t x = fit->x[i];
        fit->x[i] = x < request->least[i]  ? request->least[i]
                    : x > request->most[i] ? request->most[i]
                                           : x;
        over += x - fit->x[i];
    }
    for (bool is_moving = true; over && is_moving;) {
        is_moving = false;
        for (size_t i = 0; i < request->count && over; i++) {
            int step = over > 0 ? 1 : -1;
            if (step > 0 ? fit->x[i] >= request->most[i] : fit->x[i] <= request->least[i])
                continue;
            fit->x[i] += step;
            over -= step;
            is_moving = true;
        }
    }
}

static double squares_of(const Fit *fit)
{
    double sum = 0.0;
    for (size_t i = 0; i < fit->request->count; i++)
        sum += (double)fit->x[i] * (double)fit->x[i] / (double)fit->request->pupils[i];
    return sum;
}

static double cv_of_squares(const Fit *fit, double squares)
{
    double total = (double)fit->request->total;
    double square = fit->pupils * squares / (total * total) - 1.0;
    return square > 0.0 ? sqrt(square) : 0.0;
}

typedef struct Move {
    size_t from, to;
    int64_t units;
    double distance; /* from the coefficient, afterwards */
} Move;

static double squares_after(const Fit *fit, size_t i, int64_t units)
{
    double x = (double)fit->x[i], d = (double)units;
    return (2.0 * d * x + d * d) / (double)fit->request->pupils[i];
}

static void try_moves(const Fit *fit, double squares, int64_t units, Move *best)
{
    const FitRequest *request = fit->request;
    for (size_t from = 0; from < request->count; from++) {
        if (fit->x[from] - units < request->least[from])
            continue;
        double without = squares + squares_after(fit, from, -units);
        for (size_t to = 0; to < request->count; to++) {
            if (to == from || fit->x[to] + units > request->most[to])
                continue;
            double cv = cv_of_squares(fit, without + squares_after(fit, to, units));
            double distance = fabs(cv - request->cv);
            if (distance < best->distance)
                *best = (Move){from, to, units, distance};
        }
    }
}

static void repair(Fit *fit)
{
    enum { ROUNDS = 60, UNITS_MAX = 64 };
    const double near = 1e-6;
    for (int round = 0; round < ROUNDS; round++) {
        double squares = squares_of(fit);
        double distance = fabs(cv_of_squares(fit, squares) - fit->request->cv);
        Move best = {.distance = distance};
        if (distance < near)
            return;
        for (int64_t units = 1; units <= UNITS_MAX; units *= 8)
            try_moves(fit, squares, units, &best);
        if (!best.units)
            return;
        fit->x[best.from] -= best.units;
        fit->x[best.to] += best.units;
    }
}

double demo_fit(Arena *arena, const FitRequest *request, int64_t *ret)
{
    Fit fit = {.request = request, .x = ret, .weight = ARENA_ARRAY(arena, double, request->count)};
    for (size_t i = 0; i < request->count; i++)
        fit.pupils += (double)request->pupils[i];
    find_weights(&fit);
    demo_share(arena, request->total, fit.weight, request->count, 0, fit.x);
    clamp(&fit);
    repair(&fit);
    for (size_t i = 0; i < request->count; i++)
        fit.weight[i] = (double)fit.x[i];
    return cv_of(&fit, fit.weight);
}
