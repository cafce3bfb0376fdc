#include "fact/period.h"

#include "base/utf8.h"

enum { PERIOD_YEAR_FIRST = 1900, PERIOD_YEAR_LAST = 2998, PERIOD_BYTES_MAX = 64 };

static bool is_dash(uint32_t code)
{
    return code == '-' || (code >= 0x2010 && code <= 0x2015) || code == 0x2212 || code == 0xFF0D;
}

/* Full-width digits and the dashes of Chinese texts to plain ones; blanks go. */
static Str period_plain(Arena *arena, Str text)
{
    Str folded = utf8_fold(arena, text);
    StrBuf plain;
    strbuf_init(&plain, arena);
    for (size_t at = 0; at < folded.len;) {
        uint32_t code = utf8_next(folded, &at);
        if (is_dash(code)) {
            /* —— is one dash of two characters */
            if (plain.len == 0 || plain.ptr[plain.len - 1] != '-')
                strbuf_add_char(&plain, '-');
        } else if (code != ' ' && code != '\t') {
            utf8_add(&plain, code);
        }
    }
    return strbuf_str(&plain);
}

static bool take(Str *rest, Str prefix)
{
    if (!str_starts_with(*rest, prefix))
        return false;
    *rest = str_slice(*rest, prefix.len, rest->len);
    return true;
}

/* Exactly `count` digits, not followed by another. */
static bool take_digits(Str *rest, size_t count, int *ret)
{
    if (rest->len < count)
        return false;
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        char c = rest->ptr[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    if (rest->len > count && rest->ptr[count] >= '0' && rest->ptr[count] <= '9')
        return false;
    *rest = str_slice(*rest, count, rest->len);
    *ret = value;
    return true;
}

static bool take_year(Str *rest, int *ret)
{
    return take_digits(rest, 4, ret) && *ret >= PERIOD_YEAR_FIRST && *ret <= PERIOD_YEAR_LAST;
}

/* What may follow the two years of a school year. */
static const struct PeriodTail {
    Str text;
    PeriodKind kind;
    int part;
} period_tails[] = {
    {{"", 0}, PERIOD_SCHOOL_YEAR, 0},
    {{"学年", 6}, PERIOD_SCHOOL_YEAR, 0},
    {{"年", 3}, PERIOD_SCHOOL_YEAR, 0},
    {{"学年度", 9}, PERIOD_SCHOOL_YEAR, 0},
    {{"/1", 2}, PERIOD_TERM, 1},
    {{"/2", 2}, PERIOD_TERM, 2},
    {{"学年/1", 8}, PERIOD_TERM, 1},
    {{"学年/2", 8}, PERIOD_TERM, 2},
    {{"学年第一学期", 18}, PERIOD_TERM, 1},
    {{"学年第二学期", 18}, PERIOD_TERM, 2},
    {{"学年第1学期", 16}, PERIOD_TERM, 1},
    {{"学年第2学期", 16}, PERIOD_TERM, 2},
};

static bool school_year_parse(Str rest, int year, Period *ret)
{
    for (size_t i = 0; i < sizeof period_tails / sizeof *period_tails; i++) {
        if (str_equals(rest, period_tails[i].text)) {
            *ret =
                (Period){.kind = period_tails[i].kind, .year = year, .part = period_tails[i].part};
            return true;
        }
    }
    return false;
}

static bool month_parse(Str rest, int year, Period *ret)
{
    int month;
    if (!take_digits(&rest, 2, &month) || month < 1 || month > 12)
        return false;
    if (rest.len > 0 && !str_equals(rest, STR("月")))
        return false;
    *ret = (Period){.kind = PERIOD_MONTH, .year = year, .part = month};
    return true;
}

static bool plain_parse(Str rest, Period *ret)
{
    int year, next;
    if (!take_year(&rest, &year))
        return false;
    bool has_year_word = str_starts_with(rest, STR("年")) && take(&rest, STR("年"));
    if (rest.len == 0) {
        *ret = (Period){.kind = PERIOD_YEAR, .year = year};
        return true;
    }
    bool has_dash = take(&rest, STR("-"));
    if (!has_dash)
        return has_year_word && month_parse(rest, year, ret);
    Str after_dash = rest;
    if (take_digits(&rest, 4, &next))
        return next == year + 1 && school_year_parse(rest, year, ret);
    return !has_year_word && month_parse(after_dash, year, ret);
}

/* The start of a text that is too long, up to a whole character. */
static Str shown(Str text)
{
    size_t at = 0;
    for (size_t next = 0; next < text.len; at = next) {
        (void)utf8_next(text, &next);
        if (next > PERIOD_BYTES_MAX)
            return str_slice(text, 0, at);
    }
    return text;
}

bool period_parse(Str text, Period *ret, Err *err)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    Period period;
    if (text.len > PERIOD_BYTES_MAX || !plain_parse(period_plain(&scratch, text), &period))
        return err_fail(err, ERR_PERIOD, ARG_STR("period", shown(text)));
    *ret = period;
    return true;
}

void period_format(StrBuf *out, Period period)
{
    switch (period.kind) {
    case PERIOD_SCHOOL_YEAR:
        strbuf_addf(out, "%d-%d", period.year, period.year + 1);
        return;
    case PERIOD_TERM:
        strbuf_addf(out, "%d-%d/%d", period.year, period.year + 1, period.part);
        return;
    case PERIOD_YEAR:
        strbuf_addf(out, "%d", period.year);
        return;
    case PERIOD_MONTH:
        strbuf_addf(out, "%d-%02d", period.year, period.part);
        return;
    }
}

Date period_first_day(Period period)
{
    switch (period.kind) {
    case PERIOD_SCHOOL_YEAR:
        return date_from_civil(period.year, 9, 1);
    case PERIOD_TERM:
        return period.part == 1 ? date_from_civil(period.year, 9, 1)
                                : date_from_civil(period.year + 1, 3, 1);
    case PERIOD_YEAR:
        return date_from_civil(period.year, 1, 1);
    case PERIOD_MONTH:
        return date_from_civil(period.year, period.part, 1);
    }
    BUG("period kind");
}

Date period_last_day(Period period)
{
    switch (period.kind) {
    case PERIOD_SCHOOL_YEAR:
        return date_from_civil(period.year + 1, 8, 31);
    case PERIOD_TERM:
        return period.part == 1 ? date_from_civil(period.year + 1, 3, 1) - 1
                                : date_from_civil(period.year + 1, 8, 31);
    case PERIOD_YEAR:
        return date_from_civil(period.year, 12, 31);
    case PERIOD_MONTH:
        return (period.part == 12 ? date_from_civil(period.year + 1, 1, 1)
                                  : date_from_civil(period.year, period.part + 1, 1)) -
               1;
    }
    BUG("period kind");
}

Period period_previous(Period period)
{
    switch (period.kind) {
    case PERIOD_SCHOOL_YEAR:
    case PERIOD_YEAR:
        period.year--;
        return period;
    case PERIOD_TERM:
        period.year -= period.part == 1;
        period.part = 3 - period.part;
        return period;
    case PERIOD_MONTH:
        period.year -= period.part == 1;
        period.part = period.part == 1 ? 12 : period.part - 1;
        return period;
    }
    BUG("period kind");
}
