/*
 * What a run promises beside right values: the same bytes whatever the block size, the instruction
 * set and the order of edits, and work only where something changed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "calc_formulas.h"

#include <string.h>

enum { PROGRAM_FORMULAS = 30, WORLDS = 12, EXTRA_SCHOOLS = 900 };

/* ---- a program of random formulas ---- */

typedef struct Bench {
    World *world;
    const Frame *frame;
    const Node *row[2 * PROGRAM_FORMULAS], *region[2 * PROGRAM_FORMULAS];
    Str row_text[2 * PROGRAM_FORMULAS], region_text[2 * PROGRAM_FORMULAS];
    size_t row_count, region_count;
    const Program *program;
} Bench;

static void add_formula(Bench *bench, bool is_region, bool is_bool)
{
    World *world = bench->world;
    Gen g = {.world = world, .windows = world_pick(world, 4)};
    int depth = 2 + world_pick(world, 3);
    Str text;
    if (is_bool)
        text = is_region ? gen_region_bool(g, depth) : gen_row_bool(g, depth);
    else
        text = is_region ? gen_region_number(g, depth).text : gen_row_number(g, depth).text;
    const Formula *formula = world_formula(world, text, NULL);
    if (!formula || (is_region && formula->tree->level == LEVEL_ROW))
        return;
    if (is_region) {
        bench->region_text[bench->region_count] = text;
        bench->region[bench->region_count++] = formula->tree;
    } else {
        bench->row_text[bench->row_count] = text;
        bench->row[bench->row_count++] = formula->tree;
    }
}

static Bench *bench_new(uint64_t seed, int extra)
{
    static const char *const SCOPE[] = {NULL, "w > 1", "x >= mean(x)", "kind != \"two\""};
    Bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    World *world = bench->world = world_new(seed, extra);
    gen_world_names(world);
    int stage = world_pick(world, WORLD_STAGES);
    bench->frame = &world->frame[stage];
    for (int i = 0; i < PROGRAM_FORMULAS; i++)
        for (int sort = 0; sort < 4; sort++)
            add_formula(bench, sort & 1, sort & 2);
    const char *scope = SCOPE[seed % 4];
    CalcRequest request = {.stage = stage,
                           .sibling_stages = world_sibling_stages(world, stage),
                           .scope = scope ? world_tree(world, scope) : NULL,
                           .row = bench->row,
                           .row_count = bench->row_count,
                           .region = bench->region,
                           .region_count = bench->region_count};
    bench->program = calc_compile(&world->arena, &request);
    return bench;
}

static void bench_free(Bench *bench)
{
    world_free(bench->world);
    free(bench);
}

static CalcRun *run_with(const Bench *bench, size_t block_rows, const char *set)
{
    CalcOptions options = {.block_rows = block_rows, .kernels = set ? kernels_find(set) : NULL};
    return calc_run_new(&bench->world->arena, bench->program, bench->frame, &options);
}

/* Rows and regions [first, end) of every output, byte for byte. */
static void compare_rows(const Bench *bench, const CalcRun *got, const CalcRun *want, size_t first,
                         size_t end)
{
    for (size_t i = 0; i < bench->row_count; i++) {
        const double *a = calc_row_output(got, i), *b = calc_row_output(want, i);
        for (size_t row = first; row < end; row++)
            if (memcmp(&a[row], &b[row], sizeof *a) != 0)
                fail_msg("world %llu, %.*s, row %zu: %.17g and %.17g",
                         (unsigned long long)bench->world->seed, STR_ARG(bench->row_text[i]), row,
                         a[row], b[row]);
    }
}

static void compare_regions(const Bench *bench, const CalcRun *got, const CalcRun *want,
                            size_t first, size_t end)
{
    for (size_t i = 0; i < bench->region_count; i++) {
        const double *a = calc_region_output(got, i), *b = calc_region_output(want, i);
        for (size_t region = first; region < end; region++)
            if (memcmp(&a[region], &b[region], sizeof *a) != 0)
                fail_msg("world %llu, %.*s, region %zu: %.17g and %.17g",
                         (unsigned long long)bench->world->seed, STR_ARG(bench->region_text[i]),
                         region, a[region], b[region]);
    }
}

static void compare_all(const Bench *bench, const CalcRun *got, const CalcRun *want)
{
    compare_rows(bench, got, want, 0, bench->frame->row_count);
    compare_regions(bench, got, want, 0, bench->frame->regions->count);
}

/* ---- the same bytes ---- */

static void every_block_size_and_instruction_set_gives_the_same_bytes(void **state)
{
    (void)state;
    static const size_t BLOCKS[] = {3, 256, 1024, 1, 8, 1000000};
    static const char *const SETS[] = {"base", "v3", "v4"};
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        Bench *bench = bench_new(seed, seed % 3 ? 0 : EXTRA_SCHOOLS);
        CalcRun *want = run_with(bench, 0, "base");
        calc_run_all(want);
        for (size_t i = 0; i < sizeof BLOCKS / sizeof *BLOCKS; i++)
            for (size_t k = 0; k < sizeof SETS / sizeof *SETS; k++) {
                if (!kernels_find(SETS[k]))
                    continue;
                CalcRun *got = run_with(bench, BLOCKS[i], SETS[k]);
                calc_run_all(got);
                compare_all(bench, got, want);
                assert_int_equal(calc_tie_count(got), calc_tie_count(want));
            }
        bench_free(bench);
    }
}

static void running_again_changes_no_byte(void **state)
{
    (void)state;
    Bench *bench = bench_new(77, 0);
    CalcRun *want = run_with(bench, 0, NULL), *got = run_with(bench, 0, NULL);
    calc_run_all(want);
    calc_run_all(got);
    calc_run_all(got);
    for (uint32_t leaf = 0; leaf < bench->world->tree.leaf_count; leaf++)
        calc_run_leaf(got, leaf);
    compare_all(bench, got, want);
    bench_free(bench);
}

/* Leaves are edited in random order, one after the other; each time everything is as from scratch. */
static void after_an_edit_a_leaf_run_equals_a_run_from_scratch(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        Bench *bench = bench_new(seed, seed % 6 ? 0 : EXTRA_SCHOOLS);
        World *world = bench->world;
        CalcRun *got = run_with(bench, seed % 2 ? 3 : 0, NULL);
        calc_run_all(got);
        for (int edit = 0; edit < 8; edit++) {
            uint32_t leaf = (uint32_t)world_pick(world, (int)world->tree.leaf_count);
            world_edit_leaf(world, leaf);
            calc_run_leaf(got, leaf);
            CalcRun *want = run_with(bench, 0, NULL);
            calc_run_all(want);
            compare_all(bench, got, want);
        }
        bench_free(bench);
    }
}

static void a_subtree_run_gives_its_regions_as_a_whole_run_does(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        Bench *bench = bench_new(seed, 0);
        const RegionTree *tree = bench->frame->regions;
        CalcRun *want = run_with(bench, 0, NULL);
        calc_run_all(want);
        for (uint32_t top = 0; top < tree->count; top++) {
            const Region *region = &tree->region[top];
            CalcRun *got = run_with(bench, 0, NULL);
            calc_run_subtree(got, top);
            compare_rows(bench, got, want, frame_region_first(bench->frame, region),
                         frame_region_end(bench->frame, region));
            compare_regions(bench, got, want, top, region->end);
        }
        bench_free(bench);
    }
}

static void a_subtree_run_touches_nothing_outside(void **state)
{
    (void)state;
    Bench *bench = bench_new(5, 0);
    World *world = bench->world;
    const RegionTree *tree = bench->frame->regions;
    CalcRun *before = run_with(bench, 0, NULL), *got = run_with(bench, 0, NULL);
    calc_run_all(before);
    calc_run_all(got);
    for (uint32_t leaf = 0; leaf < tree->leaf_count; leaf++)
        world_edit_leaf(world, leaf);
    uint32_t top =
        tree->region[2].end; /* a prefecture with counties, after a leaf of the province's own */
    const Region *region = &tree->region[top];
    calc_run_subtree(got, top);
    compare_regions(bench, got, before, 0, top);
    compare_regions(bench, got, before, region->end, tree->count);
    compare_rows(bench, got, before, 0, frame_region_first(bench->frame, region));
    compare_rows(bench, got, before, frame_region_end(bench->frame, region),
                 bench->frame->row_count);
    bench_free(bench);
}

/* ---- work only where something changed ---- */

static size_t rows_done;

#define KERNEL(code, what)                           \
    static bool count_##code(const KernelArgs *args) \
    {                                                \
        rows_done += args->n;                        \
        return kernels_find("base")->fn[code](args); \
    }
#include "col/kernels.def"
#undef KERNEL

static void count_moments(const double *x, const double *w, size_t n, Moments *ret)
{
    rows_done += n;
    kernels_find("base")->moments(x, w, n, ret);
}
static void count_extent(const double *x, const double *w, size_t n, Extent *ret)
{
    rows_done += n;
    kernels_find("base")->extent(x, w, n, ret);
}

static KernelSet counting_set(void)
{
    KernelSet set = *kernels_find("base");
#define KERNEL(code, what) set.fn[code] = count_##code;
#include "col/kernels.def"
#undef KERNEL
    set.moments = count_moments;
    set.extent = count_extent;
    return set;
}

/* A leaf of a dozen schools beside one of nine hundred. */
static void a_leaf_run_costs_what_the_leaf_and_its_ancestors_cost(void **state)
{
    (void)state;
    World *world = world_new(3, EXTRA_SCHOOLS);
    const Frame *frame = &world->frame[0];
    const Node *region[] = {
        world_tree(world, "cv(x / p, p) <= 0.5"), world_tree(world, "percentile(x, 25)"),
        world_tree(world, "sum(y strict)"), world_tree(world, "count(rank(x + y) <= 3)")};
    CalcRequest request = {.region = region, .region_count = 4};
    KernelSet set = counting_set();
    CalcOptions options = {.kernels = &set};
    const Program *program = calc_compile(&world->arena, &request);
    CalcRun *run = calc_run_new(&world->arena, program, frame, &options);
    rows_done = 0;
    calc_run_all(run);
    size_t whole = rows_done;
    rows_done = 0;
    calc_run_leaf(run, 1);
    size_t leaf_rows = frame->leaf_first[2] - frame->leaf_first[1];
    size_t share = whole * leaf_rows / frame->row_count;
    if (rows_done > 2 * share + 40 * world->region[0].level + 400)
        fail_msg("%zu rows of kernels for a leaf of %zu rows; %zu for all %zu", rows_done,
                 leaf_rows, whole, frame->row_count);
    world_free(world);
}

/* ---- what was wrong once ---- */

static double region_value(World *world, const Node *scope, const char *source, size_t region)
{
    const Node *tree = world_tree(world, source);
    CalcRequest request = {.scope = scope,
                           .sibling_stages = world_sibling_stages(world, 0),
                           .region = &tree,
                           .region_count = 1};
    CalcRun *run =
        calc_run_new(&world->arena, calc_compile(&world->arena, &request), &world->frame[0], NULL);
    calc_run_all(run);
    return calc_region_output(run, 0)[region];
}

/* Sums of the whole nation by hand, over what is there. */
static double sum_where(const World *world, size_t slot, size_t test_slot, double least)
{
    const Frame *frame = &world->frame[0];
    double sum = 0;
    for (size_t row = 0; row < frame->row_count; row++)
        if (!isnan(frame->column[slot].value[row]) && frame->column[test_slot].value[row] >= least)
            sum += frame->column[slot].value[row];
    return sum;
}

static void a_scope_may_look_at_all_the_rows_that_it_limits(void **state)
{
    (void)state;
    World *world = world_new(9, 0);
    double least =
        sum_where(world, 0, 0, -INFINITY) / 1e9; /* nothing to do with the leaves' own means */
    assert_true(isfinite(least));
    double all = region_value(world, NULL, "sum(w)", 0);
    assert_true(fabs(all - sum_where(world, 3, 3, -INFINITY)) < 1e-9);
    double limited = region_value(world, world_tree(world, "w >= 3"), "sum(w)", 0);
    assert_true(fabs(limited - sum_where(world, 3, 3, 3.0)) < 1e-9);
    /* every leaf's largest school, and nothing else */
    double leaves = region_value(world, world_tree(world, "rank(w) = 1"), "count(w)", 0);
    assert_true(leaves >= 1 && leaves < region_value(world, NULL, "count(w)", 0));
    assert_true(region_value(world, world_tree(world, "w >= mean(w)"), "min(w - mean(w))", 0) < 0);
    assert_true(
        region_value(world, world_tree(world, "w >= mean(w) and w <= max(w)"), "count(w)", 0) > 0);
    world_free(world);
}

static void windows_may_stand_in_the_scope_and_again_in_the_formula(void **state)
{
    (void)state;
    World *world = world_new(10, 0);
    const Node *scope = world_tree(world, "rank(x + rank(y + rank(z))) <= 6");
    const char *source = "sum(rank(x + rank(y + rank(z + w))))";
    const Node *tree = world_tree(world, source);
    Exact *exact = exact_new(&world->arena);
    for (size_t leaf = 0; leaf < world->tree.leaf_count; leaf++) {
        const Region *region = &world->region[world->leaf_region[leaf]];
        ExactPoint point = {
            .frame = &world->frame[0], .row = EXACT_REGION, .region = region, .scope = scope};
        double want = exact_to_double(exact_run(exact, tree, &point));
        double got = region_value(world, scope, source, world->leaf_region[leaf]);
        assert_true(got == want || (isnan(got) && isnan(want)));
    }
    world_free(world);
}

/* ---- big formulas ---- */

static size_t instruction_count(World *world, const Node *tree)
{
    CalcRequest request = {.row = &tree, .row_count = 1};
    StrBuf out;
    strbuf_init(&out, &world->arena);
    program_dump(&out, calc_compile(&world->arena, &request));
    size_t lines = 0;
    for (size_t i = 0; i < out.len; i++)
        lines += out.ptr[i] == '\n';
    return lines;
}

/* d10 stands for some 3^10 nodes, in ten steps. */
static void names_used_twice_are_compiled_once(void **state)
{
    (void)state;
    World *world = world_new(11, 0);
    gen_name(world, STR("d0"), STR("x - y"), TYPE_NUMBER, LEVEL_ROW);
    for (int i = 1; i <= 10; i++)
        gen_name(world, str_format(&world->arena, "d%d", i),
                 str_format(&world->arena, "(d%d + d%d) / d%d", i - 1, i - 1, i % 3 ? i - 1 : 0),
                 TYPE_NUMBER, LEVEL_ROW);
    size_t once = instruction_count(world, world_tree(world, "d0 > 5"));
    size_t count = instruction_count(world, world_tree(world, "d10 > 5"));
    assert_true(count < once + 10 * 12);
    world_free(world);
}

static Str long_formula(World *world, const char *const *term, size_t term_count, size_t terms)
{
    StrBuf text;
    strbuf_init(&text, &world->arena);
    for (size_t i = 0; i < terms; i++)
        strbuf_addf(&text, "%s%s", i ? (i % 2 ? " - " : " + ") : "", term[i % term_count]);
    return strbuf_str(&text);
}

/* As long as the limits allow: the work grows with the length, not with its square. */
static void long_formulas_compile_to_as_many_instructions(void **state)
{
    (void)state;
    static const char *const ROW[] = {"x * y", "y / (z - x)", "w * p", "round(x / p, 2)",
                                      "abs(q - x)"};
    static const char *const REGION[] = {"sum(x)", "mean(y, w)", "cv(x, p)", "count(x > y)",
                                         "percentile(z, 9)"};
    World *world = world_new(12, 0);
    for (size_t terms = 100; terms <= 900; terms += 800) {
        Str text =
            str_format(&world->arena, "%.*s > 0", STR_ARG(long_formula(world, ROW, 5, terms)));
        assert_true(instruction_count(world, world_tree(world, str_cstr(&world->arena, text))) <
                    8 * terms);
        text =
            str_format(&world->arena, "x > %.*s", STR_ARG(long_formula(world, REGION, 5, terms)));
        assert_true(instruction_count(world, world_tree(world, str_cstr(&world->arena, text))) <
                    16 * terms);
    }
    world_free(world);
}

/* h13 = 0 everywhere, asked of the walker everywhere; 6^13 steps if it forgot what it had computed. */
static void sums_over_schools_may_stand_in_one_another(void **state)
{
    (void)state;
    World *world = world_new(13, 0);
    gen_name(world, STR("h0"), STR("x / 3"), TYPE_NUMBER, LEVEL_ROW);
    for (int i = 1; i <= 13; i++)
        gen_name(world, str_format(&world->arena, "h%d", i),
                 str_format(&world->arena, "sum(h%d - h%d of siblings)", i - 1, i - 1), TYPE_NUMBER,
                 LEVEL_ROW);
    const Node *tree = world_tree(world, "h13 = 0");
    CalcRequest request = {
        .sibling_stages = world_sibling_stages(world, 0), .row = &tree, .row_count = 1};
    const Frame *frame = &world->frame[0];
    CalcRun *run = calc_run_new(&world->arena, calc_compile(&world->arena, &request), frame, NULL);
    calc_run_all(run);
    for (size_t row = 0; row < frame->row_count; row++)
        if (!isnan(frame->column[0].value[row]))
            assert_true(calc_row_output(run, 0)[row] == 1.0);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_block_size_and_instruction_set_gives_the_same_bytes),
        cmocka_unit_test(running_again_changes_no_byte),
        cmocka_unit_test(after_an_edit_a_leaf_run_equals_a_run_from_scratch),
        cmocka_unit_test(a_subtree_run_gives_its_regions_as_a_whole_run_does),
        cmocka_unit_test(a_subtree_run_touches_nothing_outside),
        cmocka_unit_test(a_leaf_run_costs_what_the_leaf_and_its_ancestors_cost),
        cmocka_unit_test(a_scope_may_look_at_all_the_rows_that_it_limits),
        cmocka_unit_test(windows_may_stand_in_the_scope_and_again_in_the_formula),
        cmocka_unit_test(names_used_twice_are_compiled_once),
        cmocka_unit_test(sums_over_schools_may_stand_in_one_another),
        cmocka_unit_test(long_formulas_compile_to_as_many_instructions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
