/* Digests and message authentication, by OpenSSL: SM3 (GB/T 32905) and HMAC-SM3 (GM/T 0004, GB/T 15852.2). */
#ifndef JH_BASE_DIGEST_H
#define JH_BASE_DIGEST_H

#include "base/str.h"

enum { SM3_LEN = 32 };

/* SM3 of all parts joined, as 64 lower-case hex digits in the arena. */
Str digest_sm3(Arena *arena, const Str *part, size_t count);

/* The same of bytes that come one after the other. Freed with the arena. */
typedef struct Digest Digest;
Digest *digest_new(Arena *arena);
void digest_add(Digest *digest, Str bytes);
/* The digest of all that was added; then it begins anew. */
void digest_finish(Digest *digest, unsigned char ret[SM3_LEN]);

/* HMAC-SM3 under one key, for many messages. Freed with the arena. */
typedef struct DigestMac DigestMac;
DigestMac *digest_mac_new(Arena *arena, Str key);
/* Of all parts joined. */
void digest_mac_run(DigestMac *mac, const Str *part, size_t count, unsigned char ret[SM3_LEN]);

/* Lower-case hex digits of bytes; and back: false if it is not exactly `len` bytes in hex. */
Str digest_hex(Arena *arena, const unsigned char *bytes, size_t len);
bool digest_hex_parse(Str hex, unsigned char *ret, size_t len) MUST_USE;

#endif
