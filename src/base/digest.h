/* Digests of files and packs, by OpenSSL. */
#ifndef JH_BASE_DIGEST_H
#define JH_BASE_DIGEST_H

#include "base/str.h"

/* SM3 (GB/T 32905) of all parts joined, as 64 lower-case hex digits in the arena. */
Str digest_sm3(Arena *arena, const Str *part, size_t count);

#endif
