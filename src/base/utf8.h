/* UTF-8: validity, code points, display width, folding of full-width forms. No locale involved. */
#ifndef JH_BASE_UTF8_H
#define JH_BASE_UTF8_H

#include "base/str.h"

/* Bytes before the first that is not well-formed (surrogates, overlong forms …); s.len if none. */
size_t utf8_valid_len(Str s);

/* Decodes the code point at *at < s.len and moves on; U+FFFD and one byte for a malformed one. */
uint32_t utf8_next(Str s, size_t *at);

/* Appends one code point; U+FFFD in place of a surrogate or a number beyond U+10FFFF. */
void utf8_add(StrBuf *buf, uint32_t code);

/* Code points in s. */
size_t utf8_count(Str s);

/*
 * Columns on a terminal: 0 for combining marks and control characters, 2 for East Asian wide and
 * full-width, else 1. Exact for the scripts written in China, rough for emoji.
 */
int utf8_code_width(uint32_t code);
size_t utf8_width(Str s);

/*
 * For matching, not for storing: full-width ASCII (U+FF01–FF5E) to half-width,
 * ideographic space and NBSP to a space, ends trimmed. ①, ㎡ and Ⅲ stay as they are.
 * Text of plain ASCII is not copied: the result may be a view of s.
 */
Str utf8_fold(Arena *arena, Str s);

/* Lists of more words are not searched for a nearest one: each mistake that is shown would do it. */
enum { UTF8_NEAR_MAX = 20000 };

/*
 * The candidate nearest to `word` by edit distance over code points, the first of equals; empty if
 * none is near enough to be a slip of the pen: at most 2 edits (1 for a word of up to 3), or one
 * contains the other and they differ by up to 3, and something in common. Linear in the text; words
 * of more than 64 code points are never near. Empty for more than UTF8_NEAR_MAX candidates.
 */
Str utf8_nearest(Str word, const Str *candidate, size_t count);

#endif
