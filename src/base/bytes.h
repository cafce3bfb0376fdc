/*
 * Enduring bytes: how numbers and texts are laid down in journal entries, backups and caches.
 * Little-endian whatever the machine; texts and byte strings carry their length in front as a
 * varint (seven bits a byte, lowest first, as short as it can be, so that equal values have equal
 * bytes). doc/format.md is the specification.
 */
#ifndef JH_BASE_BYTES_H
#define JH_BASE_BYTES_H

#include "base/str.h"

void bytes_add_u32(StrBuf *out, uint32_t value);
void bytes_add_u64(StrBuf *out, uint64_t value);
void bytes_add_f64(StrBuf *out, double value);
void bytes_add_varint(StrBuf *out, uint64_t value);
void bytes_add_str(StrBuf *out, Str value);

/*
 * Reads in the same order. A reader that has run out, or met a varint that is too long, gives 0 and
 * empty texts from then on and is_bad: check once, at the end.
 */
typedef struct ByteReader {
    Str rest;
    bool is_bad;
} ByteReader;

static inline ByteReader bytes_reader(Str bytes)
{
    return (ByteReader){.rest = bytes};
}
uint32_t bytes_u32(ByteReader *reader);
uint64_t bytes_u64(ByteReader *reader);
double bytes_f64(ByteReader *reader);
uint64_t bytes_varint(ByteReader *reader);
/* A view into the bytes that are read. */
Str bytes_str(ByteReader *reader);
/* `len` raw bytes. */
Str bytes_raw(ByteReader *reader, size_t len);
/* Everything was read, and nothing was wrong. */
static inline bool bytes_is_done(const ByteReader *reader)
{
    return !reader->is_bad && reader->rest.len == 0;
}

#endif
