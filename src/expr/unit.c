#include "expr/unit.h"

#include "base/utf8.h"

void unit_table_init(UnitTable *table, Arena *arena)
{
    *table = (UnitTable){.arena = arena};
    map_init(&table->named, arena);
}

Unit unit_none(void)
{
    return (Unit){.num = 1, .den = 1};
}

bool unit_same_dimension(const Unit *a, const Unit *b)
{
    return memcmp(a->power, b->power, sizeof a->power) == 0;
}

bool unit_equals(const Unit *a, const Unit *b)
{
    return unit_same_dimension(a, b) && a->num == b->num && a->den == b->den;
}

bool unit_is_none(const Unit *unit)
{
    Unit none = unit_none();
    return unit_equals(unit, &none);
}

static bool set_scale(Unit *unit, __int128 num, __int128 den)
{
    __int128 a = num, b = den;
    while (b) {
        __int128 rest = a % b;
        a = b;
        b = rest;
    }
    if (num / a > INT64_MAX || den / a > INT64_MAX)
        return false;
    unit->num = (int64_t)(num / a);
    unit->den = (int64_t)(den / a);
    return true;
}

/* a * b where sign is 1, a / b where it is -1 */
static bool combine(const Unit *a, const Unit *b, int sign, Unit *ret)
{
    Unit product;
    for (size_t i = 0; i < UNIT_BASES_MAX; i++) {
        int power = a->power[i] + sign * b->power[i];
        if (power > INT8_MAX || power < INT8_MIN)
            return false;
        product.power[i] = (int8_t)power;
    }
    if (!set_scale(&product, (__int128)a->num * (sign > 0 ? b->num : b->den),
                   (__int128)a->den * (sign > 0 ? b->den : b->num)))
        return false;
    *ret = product;
    return true;
}

bool unit_multiply(const Unit *a, const Unit *b, Unit *ret)
{
    return combine(a, b, 1, ret);
}
bool unit_divide(const Unit *a, const Unit *b, Unit *ret)
{
    return combine(a, b, -1, ret);
}

static bool add_unit(UnitTable *table, Str name, Unit unit)
{
    Unit *kept = ARENA_NEW(table->arena, Unit);
    *kept = unit;
    return map_set(&table->named, str_dup(table->arena, name), kept);
}

static bool check_free(const UnitTable *table, Str name, Err *err)
{
    if (!map_find(&table->named, name) && !str_equals(name, STR("1")))
        return true;
    return err_fail(err, ERR_UNIT_DUPLICATE, ARG_STR("unit", name));
}

bool unit_add_base(UnitTable *table, Str name, Err *err)
{
    if (!check_free(table, name, err))
        return false;
    if (table->base_count == UNIT_BASES_MAX)
        return err_fail(err, ERR_UNIT_BASES, ARG_STR("unit", name),
                        ARG_INT("limit", UNIT_BASES_MAX));
    Unit unit = unit_none();
    unit.power[table->base_count] = 1;
    table->base[table->base_count++] = str_dup(table->arena, name);
    return add_unit(table, name, unit);
}

bool unit_add_named(UnitTable *table, Str name, int64_t num, int64_t den, Str of, Err *err)
{
    Unit unit;
    if (!check_free(table, name, err) || !unit_parse(table, of, &unit, err))
        return false;
    if (num <= 0 || den <= 0 ||
        !set_scale(&unit, (__int128)unit.num * num, (__int128)unit.den * den))
        return err_fail(err, ERR_UNIT_SCALE, ARG_STR("unit", name));
    return add_unit(table, name, unit);
}

/* The first operator at or after `from`; text.len if there is none. */
static size_t find_operator(Str text, size_t from, size_t *ret_len, int *ret_sign)
{
    static const struct {
        Str sign;
        int power;
    } OPERATOR[] = {{{"/", 1}, -1}, {{"*", 1}, 1}, {{"×", 2}, 1}, {{"÷", 2}, -1}};

    for (size_t at = from; at < text.len; at++)
        for (size_t i = 0; i < sizeof OPERATOR / sizeof *OPERATOR; i++)
            if (str_starts_with(str_slice(text, at, text.len), OPERATOR[i].sign)) {
                *ret_len = OPERATOR[i].sign.len;
                *ret_sign = OPERATOR[i].power;
                return at;
            }
    *ret_len = 0;
    return text.len;
}

static Str nearest_unit(const UnitTable *table, Str name)
{
    Str *candidate = ARENA_ARRAY(table->arena, Str, table->named.len);
    for (size_t i = 0; i < table->named.len; i++)
        candidate[i] = table->named.entry[i].key;
    return utf8_nearest(name, candidate, table->named.len);
}

static bool find_unit(const UnitTable *table, Str name, Unit *ret, Err *err)
{
    if (str_equals(name, STR("1"))) {
        *ret = unit_none();
        return true;
    }
    const Unit *unit = map_find(&table->named, name);
    if (unit) {
        *ret = *unit;
        return true;
    }
    Str near = nearest_unit(table, name);
    return near.len ? err_fail(err, ERR_UNIT_UNKNOWN, ARG_STR("unit", name), ARG_STR("near", near))
                    : err_fail(err, ERR_UNIT_UNKNOWN, ARG_STR("unit", name));
}

bool unit_parse(const UnitTable *table, Str text, Unit *ret, Err *err)
{
    Unit unit = unit_none();
    int sign = 1;
    for (size_t at = 0;;) {
        size_t operator_len;
        int next_sign = 1;
        size_t end = find_operator(text, at, &operator_len, &next_sign);
        Unit factor;
        if (!find_unit(table, str_trim(str_slice(text, at, end - at)), &factor, err))
            return false;
        if (!combine(&unit, &factor, sign, &unit))
            return err_fail(err, ERR_UNIT_SCALE, ARG_STR("unit", text));
        if (!operator_len)
            break;
        at = end + operator_len;
        sign = next_sign;
    }
    *ret = unit;
    return true;
}

/* ---- for messages ---- */

static Str find_name(const UnitTable *table, const Unit *unit)
{
    for (size_t i = 0; i < table->named.len; i++)
        if (unit_equals(table->named.entry[i].value, unit))
            return table->named.entry[i].key;
    return STR("");
}

/* One named unit over another, as 人/百人 or 万元/人. */
static bool add_quotient(StrBuf *out, const UnitTable *table, const Unit *unit)
{
    for (size_t i = 0; i < table->named.len; i++) {
        Unit divisor;
        if (!unit_divide(table->named.entry[i].value, unit, &divisor))
            continue;
        Str below = find_name(table, &divisor);
        if (!below.len)
            continue;
        strbuf_addf(out, "%.*s/%.*s", STR_ARG(table->named.entry[i].key), STR_ARG(below));
        return true;
    }
    return false;
}

static void add_bases(StrBuf *out, const UnitTable *table, const Unit *unit)
{
    bool is_first = true;
    for (size_t i = 0; i < table->base_count; i++)
        for (int power = 0; power < unit->power[i]; power++) {
            strbuf_add(out, is_first ? STR("") : STR("*"));
            strbuf_add(out, table->base[i]);
            is_first = false;
        }
    if (is_first)
        strbuf_add_char(out, '1');
    for (size_t i = 0; i < table->base_count; i++)
        for (int power = 0; power > unit->power[i]; power--)
            strbuf_addf(out, "/%.*s", STR_ARG(table->base[i]));
}

void unit_format(StrBuf *out, const UnitTable *table, const Unit *unit)
{
    if (unit_is_none(unit)) {
        strbuf_add_char(out, '1');
        return;
    }
    Str name = find_name(table, unit);
    if (name.len) {
        strbuf_add(out, name);
        return;
    }
    Unit none = unit_none();
    bool has_scale = unit->num != 1 || unit->den != 1,
         has_dimension = !unit_same_dimension(unit, &none);
    if (has_scale && has_dimension && add_quotient(out, table, unit))
        return;
    if (has_scale)
        strbuf_addf(out, unit->den == 1 ? "%lld" : "%lld/%lld", (long long)unit->num,
                    (long long)unit->den);
    if (has_scale && has_dimension)
        strbuf_add_char(out, ' ');
    if (has_dimension)
        add_bases(out, table, unit);
}
