/*
 * The engine against the exact walker: thousands of random formulas over random worlds, on every
 * row and in every leaf region. Truths must be equal, absences too; numbers within what doubles
 * lose. Above the leaves only numbers are compared, and only those that nothing makes jump.
 * WORLD=n in the environment runs the world of that seed alone.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "calc_formulas.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SLOW 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
#define IS_SLOW 1
#endif
#ifdef IS_SLOW
enum { WORLDS = 80 };
#else
enum { WORLDS = 300 };
#endif
enum { FORMULAS = 24 /* of each sort in one program */, SORTS = 4 };

typedef struct Case {
    Pair pair;
    const Node *tree, *scale;
    bool is_jumpy;
} Case;

typedef struct Trial {
    World *world;
    const Frame *frame;
    const Node *scope;
    Str scope_text;
    Case row[2 * FORMULAS], region[2 * FORMULAS];
    const Node *row_tree[2 * FORMULAS], *region_tree[2 * FORMULAS];
    size_t row_count, region_count;
    CalcRun *run;
    Exact *exact;
} Trial;

static size_t formula_count, skipped_count, tie_count;
static bool seen_function[FUNCTION_COUNT], seen_kind[NODE_LIST + 1];

/* ---- what the formulas consist of ---- */

static void mark_seen(const Node *node)
{
    seen_kind[node->kind] = true;
    if (node->kind == NODE_CALL)
        seen_function[node->fn] = true;
    for (size_t i = 0; i < node->arg_count; i++)
        mark_seen(node->arg[i]);
    if (node->where)
        mark_seen(node->where);
}

static const Node *tree_of(World *world, Str text)
{
    const Formula *formula = world_formula(world, text, NULL);
    return formula ? formula->tree : NULL;
}

static Case random_case(World *world, bool is_region, bool is_bool)
{
    Case test = {.is_jumpy = false};
    Gen g = {.world = world,
             .windows = world_pick(world, 4),
             .is_jumpy = is_region ? &test.is_jumpy : NULL};
    int depth = 2 + world_pick(world, 5);
    if (is_bool)
        test.pair =
            (Pair){is_region ? gen_region_bool(g, depth) : gen_row_bool(g, depth), STR("1")};
    else
        test.pair = is_region ? gen_region_number(g, depth) : gen_row_number(g, depth);
    test.tree = tree_of(world, test.pair.text);
    if (test.tree)
        test.scale = tree_of(world, test.pair.scale);
    return test;
}

static void add_case(Trial *trial, bool is_region, bool is_bool)
{
    Case test = random_case(trial->world, is_region, is_bool);
    formula_count++;
    if (!test.tree || !test.scale || (is_region && test.tree->level == LEVEL_ROW)) {
        skipped_count++;
        return;
    }
    mark_seen(test.tree);
    if (is_region) {
        trial->region_tree[trial->region_count] = test.tree;
        trial->region[trial->region_count++] = test;
    } else {
        trial->row_tree[trial->row_count] = test.tree;
        trial->row[trial->row_count++] = test;
    }
}

static void choose_scope(Trial *trial)
{
    static const char *const SCOPE[] = {
        "w > 1",        "kind = \"one\"",         "x >= mean(x)",
        "rank(w) <= 5", "sum(w of siblings) > 2", "x - mean(x where w > mean(w)) >= 0"};
    World *world = trial->world;
    if (world_chance(world, 40))
        return;
    trial->scope_text = str_from(SCOPE[world_pick(world, (int)(sizeof SCOPE / sizeof *SCOPE))]);
    trial->scope = tree_of(world, trial->scope_text);
    assert_non_null(trial->scope);
}

/* ---- comparing ---- */

static double exact_number(Trial *trial, const Node *tree, size_t row, const Region *region)
{
    ExactPoint point = {.frame = trial->frame, .row = row, .region = region, .scope = trial->scope};
    return exact_to_double(exact_run(trial->exact, tree, &point));
}

static bool is_close(double got, double want, double scale)
{
    if (got == want || (isnan(got) && isnan(want)))
        return true;
    return fabs(got - want) <= 1e-12 * (fabs(want) + scale);
}

static void fail_case(const Trial *trial, const Case *test, const char *where, size_t at,
                      double got, double want)
{
    print_error("world %llu, stage %d, scope %.*s\n%.*s\n%s %zu: got %.17g, want %.17g\n",
                (unsigned long long)trial->world->seed, trial->frame->stage,
                STR_ARG(trial->scope_text), STR_ARG(test->pair.text), where, at, got, want);
    fail();
}

static void compare(Trial *trial, const Case *test, size_t row, const Region *region, double got)
{
    double want = exact_number(trial, test->tree, row, region);
    if (is_close(got, want, 0.0))
        return;
    bool is_number = test->tree->type == TYPE_NUMBER;
    if (is_number && is_close(got, want, exact_number(trial, test->scale, row, region)))
        return;
    bool is_row = row != EXACT_REGION;
    fail_case(trial, test, is_row ? "row" : "region",
              is_row ? row : (size_t)(region - trial->world->region), got, want);
}

static void compare_rows(Trial *trial)
{
    for (size_t i = 0; i < trial->row_count; i++) {
        const double *got = calc_row_output(trial->run, i);
        for (size_t row = 0; row < trial->frame->row_count; row++)
            if (!frame_is_padding(trial->frame, row))
                compare(trial, &trial->row[i], row, NULL, got[row]);
    }
}

static void compare_regions(Trial *trial)
{
    const RegionTree *tree = trial->frame->regions;
    for (size_t i = 0; i < trial->region_count; i++) {
        const Case *test = &trial->region[i];
        const double *got = calc_region_output(trial->run, i);
        for (size_t k = 0; k < tree->count; k++) {
            const Region *region = &tree->region[k];
            bool is_leaf = region->end == k + 1 && region->end_leaf == region->first_leaf + 1;
            if (is_leaf || (!test->is_jumpy && test->tree->type == TYPE_NUMBER))
                compare(trial, test, EXACT_REGION, region, got[k]);
        }
    }
}

/* The scope's own aggregates see all rows. */
static TriCount exact_scope_count(Trial *trial, const Region *region)
{
    const Frame *frame = trial->frame;
    TriCount count = {0};
    for (size_t row = frame_region_first(frame, region); row < frame_region_end(frame, region);
         row++) {
        if (frame_is_padding(frame, row))
            continue;
        ExactPoint point = {.frame = frame, .row = row};
        double truth = exact_to_double(exact_run(trial->exact, trial->scope, &point));
        count.yes += truth == 1.0;
        count.no += truth == 0.0;
        count.unknown += isnan(truth);
    }
    return count;
}

static void compare_scope(Trial *trial)
{
    const RegionTree *tree = trial->frame->regions;
    for (uint32_t i = 0; trial->scope && i < tree->count; i++) {
        TriCount got = calc_scope_count(trial->run, i),
                 want = exact_scope_count(trial, &tree->region[i]);
        if (got.yes != want.yes || got.no != want.no || got.unknown != want.unknown)
            fail_msg("world %llu, scope %.*s, region %u: got %g %g %g, want %g %g %g",
                     (unsigned long long)trial->world->seed, STR_ARG(trial->scope_text), i, got.yes,
                     got.no, got.unknown, want.yes, want.no, want.unknown);
    }
}

static void run_trial(uint64_t seed)
{
    Trial *trial = calloc(1, sizeof *trial);
    assert_non_null(trial);
    World *world = trial->world = world_new(seed, 0);
    gen_world_names(world);
    int stage = world_pick(world, WORLD_STAGES);
    trial->frame = &world->frame[stage];
    trial->exact = exact_new(&world->arena);
    choose_scope(trial);
    for (int i = 0; i < FORMULAS; i++)
        for (int sort = 0; sort < SORTS; sort++)
            add_case(trial, sort & 1, sort & 2);
    CalcRequest request = {.stage = stage,
                           .sibling_stages = world_sibling_stages(world, stage),
                           .scope = trial->scope,
                           .row = trial->row_tree,
                           .row_count = trial->row_count,
                           .region = trial->region_tree,
                           .region_count = trial->region_count};
    trial->run =
        calc_run_new(&world->arena, calc_compile(&world->arena, &request), trial->frame, NULL);
    calc_run_all(trial->run);
    tie_count += calc_tie_count(trial->run);
    compare_rows(trial);
    compare_regions(trial);
    compare_scope(trial);
    world_free(world);
    free(trial);
}

static void random_formulas_come_out_as_the_walker_has_them(void **state)
{
    (void)state;
    const char *only = getenv("WORLD");
    for (uint64_t seed = 1; seed <= WORLDS; seed++)
        if (!only || strtoull(only, NULL, 10) == seed)
            run_trial(seed);
    print_message("%zu formulas, %zu of them refused, %zu ties\n", formula_count, skipped_count,
                  tie_count);
    if (only)
        return;
    assert_true(skipped_count * 10 < formula_count);
    assert_true(tie_count > formula_count);
    for (Function fn = 0; fn < FUNCTION_COUNT; fn++)
        if (!seen_function[fn])
            fail_msg("no formula uses %s", function_name(fn, LANG_EN));
    for (NodeKind kind = 0; kind <= NODE_LIST; kind++)
        if (!seen_kind[kind])
            fail_msg("no formula has a node of kind %d", (int)kind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_formulas_come_out_as_the_walker_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
