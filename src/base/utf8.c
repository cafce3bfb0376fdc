#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static size_t sequence_len(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        return left >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
    if (p[0] >= 0xe0 && p[0] <= 0xef) {
        if (left < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
            return 0;
        bool is_overlong = p[0] == 0xe0 && p[1] < 0xa0, is_surrogate = p[0] == 0xed && p[1] > 0x9f;
        return is_overlong || is_surrogate ? 0 : 3;
    }
    if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        if (left < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80)
            return 0;
        bool is_overlong = p[0] == 0xf0 && p[1] < 0x90, is_beyond = p[0] == 0xf4 && p[1] > 0x8f;
        return is_overlong || is_beyond ? 0 : 4;
    }
    return 0;
}

enum { BLOCK = 256, SEQUENCE_MAX = 4 };

/*
 * Whether a block carries on well-formed text; the three bytes before it are text, too, and a sequence
 * that its end cuts is left to whoever looks on. Each byte is held against those before it, without
 * branches, for the vectoriser.
 */
static bool is_any_block_good(const unsigned char *p)
{
    unsigned char bad = 0;
    for (int i = 0; i < BLOCK; i++) {
        unsigned char byte = p[i], before = p[i - 1], second = p[i - 2], third = p[i - 3];
        unsigned char is_tail = (byte & 0xc0) == 0x80;
        unsigned char needs_tail = (before >= 0xc0) | (second >= 0xe0) | (third >= 0xf0);
        bad |= is_tail ^ needs_tail;
        bad |= (byte == 0xc0) | (byte == 0xc1) | (byte >= 0xf5);
        bad |= (before == 0xe0) & (byte < 0xa0);
        bad |= (before == 0xed) & (byte > 0x9f);
        bad |= (before == 0xf0) & (byte < 0x90);
        bad |= (before == 0xf4) & (byte > 0x8f);
    }
    return bad == 0;
}

#ifdef __SSE2__

static inline __m128i bytes_at(const unsigned char *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

/* The lead bytes that have rules of their own, and those of four bytes. */
static inline bool is_rare_lead(unsigned char byte)
{
    return byte >= 0xf0 || byte == 0xe0 || byte == 0xed || (byte & 0xfe) == 0xc0;
}

/* The same for blocks with no rare lead, as most texts have. */
static bool is_block_good(const unsigned char *p)
{
    enum { LANE = sizeof(__m128i), ALL = 0xffff };
    const __m128i zero = _mm_setzero_si128(), e0 = _mm_set1_epi8((char)0xe0);
    __m128i good = _mm_set1_epi8((char)0xff), rare = zero;
    for (int i = 0; i < BLOCK; i += LANE) {
        __m128i byte = bytes_at(p + i);
        __m128i is_tail = _mm_cmplt_epi8(byte, _mm_set1_epi8((char)0xc0));
        __m128i leads = _mm_or_si128(_mm_subs_epu8(bytes_at(p + i - 1), _mm_set1_epi8((char)0xbf)),
                                     _mm_subs_epu8(bytes_at(p + i - 2), _mm_set1_epi8((char)0xdf)));
        good = _mm_and_si128(good, _mm_xor_si128(is_tail, _mm_cmpeq_epi8(leads, zero)));
        rare = _mm_or_si128(rare, _mm_subs_epu8(byte, _mm_set1_epi8((char)0xef)));
        rare = _mm_or_si128(rare, _mm_cmpeq_epi8(byte, e0));
        rare = _mm_or_si128(rare, _mm_cmpeq_epi8(byte, _mm_set1_epi8((char)0xed)));
        rare = _mm_or_si128(rare, _mm_cmpeq_epi8(_mm_and_si128(byte, _mm_set1_epi8((char)0xfe)),
                                                 _mm_set1_epi8((char)0xc0)));
    }
    bool is_rare = _mm_movemask_epi8(_mm_cmpeq_epi8(rare, zero)) != ALL;
    bool may_reach_in = is_rare_lead(p[-1]) || is_rare_lead(p[-2]) || is_rare_lead(p[-3]);
    return is_rare || may_reach_in ? is_any_block_good(p) : _mm_movemask_epi8(good) == ALL;
}

#else

static bool is_block_good(const unsigned char *p)
{
    return is_any_block_good(p);
}

#endif

/* Passes the good blocks from `at` on, and goes back to the start of the sequence that may be cut there. */
static size_t skip_blocks(const unsigned char *p, size_t at, size_t len)
{
    size_t start = at;
    while (len - at >= BLOCK && is_block_good(p + at))
        at += BLOCK;
    if (at == start)
        return start;
    do
        at--;
    while ((p[at] & 0xc0) == 0x80);
    return at;
}

size_t utf8_valid_len(Str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t at = 0;
    bool is_skipped = false;
    while (at < s.len) {
        if (at >= SEQUENCE_MAX - 1 && !is_skipped) {
            at = skip_blocks(p, at, s.len);
            is_skipped = true;
        }
        size_t len = sequence_len(p + at, s.len - at);
        if (!len)
            return at;
        at += len;
    }
    return at;
}

uint32_t utf8_next(Str s, size_t *at)
{
    const unsigned char *p = (const unsigned char *)s.ptr + *at;
    size_t len = sequence_len(p, s.len - *at);
    *at += len ? len : 1;
    if (len == 1)
        return p[0];
    if (len == 2)
        return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
    if (len == 3)
        return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    if (len == 4)
        return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
    return 0xfffd;
}

void utf8_add(StrBuf *buf, uint32_t code)
{
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
        code = 0xfffd;
    if (code < 0x80) {
        strbuf_add_char(buf, (char)code);
    } else if (code < 0x800) {
        strbuf_add_char(buf, (char)(0xc0 | code >> 6));
        strbuf_add_char(buf, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        strbuf_add_char(buf, (char)(0xe0 | code >> 12));
        strbuf_add_char(buf, (char)(0x80 | (code >> 6 & 0x3f)));
        strbuf_add_char(buf, (char)(0x80 | (code & 0x3f)));
    } else {
        strbuf_add_char(buf, (char)(0xf0 | code >> 18));
        strbuf_add_char(buf, (char)(0x80 | (code >> 12 & 0x3f)));
        strbuf_add_char(buf, (char)(0x80 | (code >> 6 & 0x3f)));
        strbuf_add_char(buf, (char)(0x80 | (code & 0x3f)));
    }
}

size_t utf8_count(Str s)
{
    size_t count = 0;
    for (size_t at = 0; at < s.len; count++)
        (void)utf8_next(s, &at);
    return count;
}

/*
 * Wide, full-width and zero-width ranges (UAX #11 and the general categories Mn, Me, Cf of Unicode
 * 14) of the blocks that Chinese office text uses: CJK, Hangul, Yi, Latin, Arabic, Tibetan,
 * Mongolian; emoji roughly. In ascending order.
 */
int utf8_code_width(uint32_t code)
{
    static const struct {
        uint32_t first, last;
        int width;
    } RANGE[] = {
        {0x0300, 0x036f, 0},   {0x0600, 0x0605, 0},   {0x0610, 0x061a, 0},   {0x061c, 0x061c, 0},
        {0x064b, 0x065f, 0},   {0x0670, 0x0670, 0},   {0x06d6, 0x06dd, 0},   {0x06df, 0x06e4, 0},
        {0x06e7, 0x06e8, 0},   {0x06ea, 0x06ed, 0},   {0x0f18, 0x0f19, 0},   {0x0f35, 0x0f35, 0},
        {0x0f37, 0x0f37, 0},   {0x0f39, 0x0f39, 0},   {0x0f71, 0x0f7e, 0},   {0x0f80, 0x0f84, 0},
        {0x0f86, 0x0f87, 0},   {0x0f8d, 0x0fbc, 0},   {0x0fc6, 0x0fc6, 0},   {0x1100, 0x115f, 2},
        {0x180b, 0x180f, 0},   {0x1885, 0x1886, 0},   {0x18a9, 0x18a9, 0},   {0x200b, 0x200f, 0},
        {0x202a, 0x202e, 0},   {0x2060, 0x206f, 0},   {0x20d0, 0x20f0, 0},   {0x2e80, 0x3029, 2},
        {0x302a, 0x302d, 0},   {0x302e, 0x303e, 2},   {0x3041, 0x3096, 2},   {0x3099, 0x309a, 0},
        {0x309b, 0x3247, 2},   {0x3250, 0x4dbf, 2},   {0x4e00, 0xa4c6, 2},   {0xac00, 0xd7a3, 2},
        {0xf900, 0xfad9, 2},   {0xfe00, 0xfe0f, 0},   {0xfe10, 0xfe19, 2},   {0xfe20, 0xfe2f, 0},
        {0xfe30, 0xfe6b, 2},   {0xfeff, 0xfeff, 0},   {0xff01, 0xff60, 2},   {0xffe0, 0xffe6, 2},
        {0x1f300, 0x1faff, 2}, {0x20000, 0x3fffd, 2}, {0xe0100, 0xe01ef, 0},
    };
    if (code < 0x300)
        return code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : 1;
    for (size_t i = 0; i < sizeof RANGE / sizeof *RANGE && code >= RANGE[i].first; i++)
        if (code <= RANGE[i].last)
            return RANGE[i].width;
    return 1;
}

size_t utf8_width(Str s)
{
    size_t width = 0;
    for (size_t at = 0; at < s.len;)
        width += (size_t)utf8_code_width(utf8_next(s, &at));
    return width;
}

static bool is_plain_ascii(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

Str utf8_fold(Arena *arena, Str s)
{
    if (is_plain_ascii(s))
        return str_trim(s);
    StrBuf buf;
    strbuf_init(&buf, arena);
    for (size_t at = 0; at < s.len;) {
        size_t start = at;
        uint32_t code = utf8_next(s, &at);
        if (code >= 0xff01 && code <= 0xff5e)
            utf8_add(&buf, code - 0xff01 + 0x21);
        else if (code == 0x3000 || code == 0xa0)
            strbuf_add_char(&buf, ' ');
        else
            strbuf_add(&buf, str_slice(s, start, at - start));
    }
    return str_trim(strbuf_str(&buf));
}

/* What counts as a slip of the pen, in code points. */
enum { NEAR_WORD_MAX = 64, NEAR_SHORT = 3, NEAR_GAP = 3 };

typedef struct Word {
    uint32_t code[NEAR_WORD_MAX];
    size_t len;       /* NEAR_WORD_MAX + 1: longer */
    uint64_t letters; /* which it has, 64 kinds of them */
} Word;

static void decode(Str s, Word *ret)
{
    ret->len = 0;
    ret->letters = 0;
    for (size_t at = 0; at < s.len;) {
        if (ret->len == NEAR_WORD_MAX) {
            ret->len++;
            return;
        }
        uint32_t code = utf8_next(s, &at);
        ret->code[ret->len++] = code;
        ret->letters |= (uint64_t)1 << (code * 0x9e3779b1u >> 26);
    }
}

/*
 * False only if neither two edits lead from one to the other nor one contains the other: an edit
 * changes at most two letters of the sets. Most candidates end here.
 */
static bool may_be_near(const Word *a, const Word *b)
{
    uint64_t differ = a->letters ^ b->letters;
    bool is_part = !(a->letters & ~b->letters) || !(b->letters & ~a->letters);
    return is_part || __builtin_popcountll(differ) <= 4;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/*
 * Insertions, deletions and replacements from a to b; anything above NEAR_GAP comes out as
 * NEAR_GAP + 1. Only cells within NEAR_GAP of the diagonal can hold less, so only they are filled.
 */
static size_t edit_distance(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len)
{
    enum { FAR = NEAR_GAP + 1 };
    size_t row[NEAR_WORD_MAX + 2];
    for (size_t j = 0; j <= b_len + 1; j++)
        row[j] = smaller(j, FAR);
    for (size_t i = 1; i <= a_len; i++) {
        size_t from = i > NEAR_GAP ? i - NEAR_GAP : 1, to = smaller(b_len, i + NEAR_GAP);
        size_t diagonal = row[from - 1];
        row[from - 1] = from == 1 ? smaller(i, FAR) : FAR;
        for (size_t j = from; j <= to; j++) {
            size_t replace = diagonal + (a[i - 1] != b[j - 1]);
            size_t best = smaller(replace, smaller(row[j], row[j - 1]) + 1);
            diagonal = row[j];
            row[j] = smaller(best, FAR);
        }
        row[to + 1] = FAR;
    }
    return row[b_len];
}

Str utf8_nearest(Str word, const Str *candidate, size_t count)
{
    Word mine, other;
    decode(word, &mine);
    size_t len = mine.len, best = NEAR_GAP + 1, allowed = len <= NEAR_SHORT ? 1 : 2;
    Str nearest = STR("");
    if (len == 0 || len > NEAR_WORD_MAX || count > UTF8_NEAR_MAX)
        return nearest;
    for (size_t i = 0; i < count; i++) {
        decode(candidate[i], &other);
        size_t longer = other.len > len ? other.len : len, gap = longer - smaller(len, other.len);
        if (other.len == 0 || other.len > NEAR_WORD_MAX || gap > NEAR_GAP ||
            !may_be_near(&mine, &other))
            continue;
        size_t distance = edit_distance(mine.code, len, other.code, other.len);
        bool has_common = distance < longer;
        bool contains = str_contains(candidate[i], word) || str_contains(word, candidate[i]);
        if ((distance <= allowed || contains) && has_common && distance < best) {
            best = distance;
            nearest = candidate[i];
        }
    }
    return nearest;
}
