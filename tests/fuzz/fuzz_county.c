/* Any bytes are a table of counties or ordinary errors; the facts of one that is taken are found again. */
#include "app/region_facts.h"
#include "../unit/pack_fixture.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const Core *core(void)
{
    static PackFixture *fixture;
    if (fixture)
        return fixture->core;
    fixture = pack_fixture_new();
    fixture_append(fixture, "core/items.yaml",
                   "  认定日期: {代码: recognised, 级别: 县, 日期项: 是}\n"
                   "  调查人数: {代码: asked, 级别: 县, 单位: 人, 整数: 是}\n"
                   "  经费: {代码: funds, 级别: 县, 单位: 万元}\n"
                   "  有规划: {代码: has_plan, 级别: 县, 代码表: yes_no}\n");
    CHECK(fixture_load_core(fixture));
    return fixture->core;
}

static void check_facts(const RegionFacts *facts)
{
    for (size_t i = 0; i < facts->facts.len; i++) {
        const RegionFact *fact = &facts->facts.ptr[i];
        CHECK(fact->region && !fact->region->is_group);
        CHECK(isnan(fact->value) || (fact->value >= 0 && fact->value <= 1e12));
        CHECK(fact->table && fact->row < fact->table->row_count);
        CHECK(fact->column >= 0 && (size_t)fact->column < fact->table->column_count);
        CHECK(fact->item ? fact->item->is_county && fact->stage < 0 : fact->quantity.len > 0);
        const RegionFact *found =
            fact->item ? region_facts_cell(facts, fact->region, fact->item)
                       : region_facts_published(facts, fact->region, fact->stage, fact->quantity);
        CHECK(found == fact);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_done) Arena arena;
    arena_init(&arena);
    CLEANUP(err_done) Err err;
    err_init(&err);
    RegionFacts *facts = region_facts_new(&arena, core());
    bool is_ok =
        region_facts_load_bytes(facts, STR("county.csv"), (Str){(const char *)data, size}, &err);
    CHECK(is_ok == !err_is_set(&err));
    if (is_ok) {
        check_facts(facts);
        return 0;
    }
    StrBuf out;
    strbuf_init(&out, &arena);
    err_format(&out, &err, LANG_ZH);
    err_format(&out, &err, LANG_EN);
    CHECK(utf8_valid_len(strbuf_str(&out)) == out.len);
    return 0;
}
