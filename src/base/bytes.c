#include "base/bytes.h"

static void add_little(StrBuf *out, uint64_t value, size_t len)
{
    char bytes[8];
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(value >> (8 * i));
    strbuf_add(out, (Str){bytes, len});
}

void bytes_add_u32(StrBuf *out, uint32_t value)
{
    add_little(out, value, 4);
}

void bytes_add_u64(StrBuf *out, uint64_t value)
{
    add_little(out, value, 8);
}

void bytes_add_f64(StrBuf *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    add_little(out, bits, 8);
}

void bytes_add_varint(StrBuf *out, uint64_t value)
{
    while (value >= 0x80) {
        strbuf_add_char(out, (char)(value | 0x80));
        value >>= 7;
    }
    strbuf_add_char(out, (char)value);
}

void bytes_add_str(StrBuf *out, Str value)
{
    bytes_add_varint(out, value.len);
    strbuf_add(out, value);
}

Str bytes_raw(ByteReader *reader, size_t len)
{
    if (reader->is_bad || len > reader->rest.len) {
        *reader = (ByteReader){.is_bad = true};
        return STR("");
    }
    Str part = str_slice(reader->rest, 0, len);
    reader->rest = str_slice(reader->rest, len, reader->rest.len);
    return part;
}

static uint64_t little(ByteReader *reader, size_t len)
{
    Str part = bytes_raw(reader, len);
    uint64_t value = 0;
    for (size_t i = part.len; i-- > 0;)
        value = value << 8 | (unsigned char)part.ptr[i];
    return value;
}

uint32_t bytes_u32(ByteReader *reader)
{
    return (uint32_t)little(reader, 4);
}

uint64_t bytes_u64(ByteReader *reader)
{
    return little(reader, 8);
}

double bytes_f64(ByteReader *reader)
{
    uint64_t bits = little(reader, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

uint64_t bytes_varint(ByteReader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint64_t byte = little(reader, 1);
        bool is_beyond = shift == 63 && byte > 1;
        bool is_longer_than_needed = shift > 0 && byte == 0;
        if (reader->is_bad || is_beyond || is_longer_than_needed)
            break;
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    *reader = (ByteReader){.is_bad = true};
    return 0;
}

Str bytes_str(ByteReader *reader)
{
    uint64_t len = bytes_varint(reader);
    reader->is_bad |= len > reader->rest.len;
    return bytes_raw(reader, (size_t)len);
}
