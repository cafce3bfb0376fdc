/* What is taken as a number must come back from its shortest text as the same number. */
#include "base/decimal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fixed(Arena *arena, double value, int places)
{
    StrBuf text;
    strbuf_init(&text, arena);
    decimal_add_fixed(&text, value, places);
    Str shown = strbuf_str(&text);
    bool has_point = str_contains(shown, STR("."));
    CHECK(has_point == (places > 0));
    CHECK(places == 0 || shown.ptr[shown.len - (size_t)places - 1] == '.');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const Str input = {(const char *)data, size};
    Decimal decimal;
    if (decimal_parse(input, &decimal) != DECIMAL_OK)
        return 0;
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    double value = decimal_to_double(decimal);
    StrBuf text;
    strbuf_init(&text, &arena);
    decimal_add_shortest(&text, value);
    Decimal again;
    CHECK(decimal_parse(strbuf_str(&text), &again) == DECIMAL_OK);
    CHECK(again.mantissa == decimal.mantissa && again.exp10 == decimal.exp10);
    CHECK(decimal_to_double(again) == value);
    for (int places = 0; places <= 15; places++)
        check_fixed(&arena, value, places);
    return 0;
}
