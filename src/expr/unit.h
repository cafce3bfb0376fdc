/*
 * Units of measure. A Unit is a product of powers of base units and an exact scale:
 * 万元 is 10000 元, 百人 is 100 人, % is 1/100, 人/百人 is 1/100 without dimension.
 *
 * What fits: + − and comparisons need equal dimension *and* scale; × ÷ combine.
 * A number written in a formula has no unit. Where a formula's declared unit has
 * another scale than its computed one, the numbers that multiply the whole formula
 * must make up exactly the difference: 100 * 教师数 / 在校生数 is 人/百人, and
 * 10000 * 设备值(万元) / 在校生数 is 元/人; a forgotten or doubled 10000 is an error.
 */
#ifndef JH_EXPR_UNIT_H
#define JH_EXPR_UNIT_H

#include "base/err.h"
#include "base/map.h"

enum { UNIT_BASES_MAX = 24 };

typedef struct Unit {
    int8_t power[UNIT_BASES_MAX];
    int64_t num, den; /* scale, in lowest terms, both > 0 */
} Unit;

typedef struct UnitTable {
    Arena *arena;
    Str base[UNIT_BASES_MAX];
    size_t base_count;
    Map named; /* Str -> const Unit * : base and derived units, synonyms (m², 平方米 = ㎡) */
} UnitTable;

void unit_table_init(UnitTable *table, Arena *arena);

/* A new base unit. Fails with ERR_UNIT_BASES if there are too many, ERR_UNIT_DUPLICATE if the name is taken. */
MUST_USE bool unit_add_base(UnitTable *table, Str name, Err *err);

/*
 * name = num/den of the unit `of`, which may be a product (for synonyms 1/1). Same failures, ERR_UNIT_UNKNOWN,
 * and ERR_UNIT_SCALE if num or den is not positive or the scale does not fit.
 */
MUST_USE bool unit_add_named(UnitTable *table, Str name, int64_t num, int64_t den, Str of,
                             Err *err);

/* "㎡/人", "人/百人", "元/人", "1" (none); operators / * × ÷ only. Fails with ERR_UNIT_UNKNOWN. */
MUST_USE bool unit_parse(const UnitTable *table, Str text, Unit *ret, Err *err);

Unit unit_none(void);
bool unit_is_none(const Unit *unit);
bool unit_equals(const Unit *a, const Unit *b);
bool unit_same_dimension(const Unit *a, const Unit *b);
/* False if the scale overflows 64 bits or a power 8 bits. */
MUST_USE bool unit_multiply(const Unit *a, const Unit *b, Unit *ret);
MUST_USE bool unit_divide(const Unit *a, const Unit *b, Unit *ret);
/* For messages: a named unit if one equals it, else "㎡/人", "元*元/人", or with a scale no name has "12 ㎡/人", "1/12". */
void unit_format(StrBuf *out, const UnitTable *table, const Unit *unit);

#endif
