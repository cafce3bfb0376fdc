/*
 * Any text is a formula or an ordinary error; a formula that is right reads back from its own
 * description as the same formula.
 */
#include "../unit/expr_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Str describe(ExprFixture *f, const Node *tree)
{
    StrBuf out;
    strbuf_init(&out, &f->arena);
    expr_describe(&out, tree);
    return strbuf_str(&out);
}

static void check_errors(const ExprFixture *f)
{
    Arena arena;
    arena_init(&arena);
    StrBuf out;
    strbuf_init(&out, &arena);
    err_format(&out, &f->err, LANG_ZH);
    err_format(&out, &f->err, LANG_EN);
    CHECK(out.len > 0);
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ExprFixture *f = fixture_new();
    const Node *tree = fixture_check_source(f, (Str){(const char *)data, size}, NULL);
    CHECK((tree != NULL) == !err_is_set(&f->err));
    if (tree) {
        Str text = describe(f, tree);
        const Node *again = fixture_check_source(f, text, NULL);
        /* longer names and blanks may push it over the limit of bytes */
        CHECK(again ? str_equals(describe(f, again), text)
                    : f->err.first->code == ERR_FORMULA_BYTES);
        int *slots;
        size_t count;
        expr_inputs(&f->arena, tree, &slots, &count);
        for (size_t i = 0; i < count; i++)
            CHECK((size_t)slots[i] < f->scope.slots.len);
    } else {
        check_errors(f);
    }
    fixture_free(f);
    return 0;
}
