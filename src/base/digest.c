#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/params.h>

struct Digest {
    EVP_MD_CTX *ctx;
};

struct DigestMac {
    EVP_MAC_CTX *ctx;
};

static void must(bool is_ok)
{
    if (!is_ok)
        BUG("OpenSSL without SM3");
}

static void free_digest(void *ptr)
{
    EVP_MD_CTX_free(ptr);
}

static void free_mac(void *ptr)
{
    EVP_MAC_CTX_free(ptr);
}

Digest *digest_new(Arena *arena)
{
    Digest *digest = ARENA_NEW(arena, Digest);
    digest->ctx = EVP_MD_CTX_new();
    must(digest->ctx && EVP_DigestInit_ex(digest->ctx, EVP_sm3(), NULL) == 1);
    arena_defer(arena, free_digest, digest->ctx);
    return digest;
}

void digest_add(Digest *digest, Str bytes)
{
    must(EVP_DigestUpdate(digest->ctx, bytes.ptr, bytes.len) == 1);
}

void digest_finish(Digest *digest, unsigned char ret[SM3_LEN])
{
    unsigned int len = 0;
    must(EVP_DigestFinal_ex(digest->ctx, ret, &len) == 1 && len == SM3_LEN &&
         EVP_DigestInit_ex(digest->ctx, EVP_sm3(), NULL) == 1);
}

Str digest_sm3(Arena *arena, const Str *part, size_t count)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    Digest *digest = digest_new(&scratch);
    for (size_t i = 0; i < count; i++)
        digest_add(digest, part[i]);
    unsigned char bytes[SM3_LEN];
    digest_finish(digest, bytes);
    return digest_hex(arena, bytes, SM3_LEN);
}

DigestMac *digest_mac_new(Arena *arena, Str key)
{
    DigestMac *mac = ARENA_NEW(arena, DigestMac);
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    mac->ctx = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    EVP_MAC_free(hmac);
    char name[] = "SM3";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", name, 0),
                                 OSSL_PARAM_construct_end()};
    must(mac->ctx && EVP_MAC_init(mac->ctx, (const unsigned char *)key.ptr, key.len, params) == 1);
    arena_defer(arena, free_mac, mac->ctx);
    return mac;
}

void digest_mac_run(DigestMac *mac, const Str *part, size_t count, unsigned char ret[SM3_LEN])
{
    size_t len = 0;
    bool is_ok = EVP_MAC_init(mac->ctx, NULL, 0, NULL) == 1; /* the same key again */
    for (size_t i = 0; i < count && is_ok; i++)
        is_ok = EVP_MAC_update(mac->ctx, (const unsigned char *)part[i].ptr, part[i].len) == 1;
    must(is_ok && EVP_MAC_final(mac->ctx, ret, &len, SM3_LEN) == 1 && len == SM3_LEN);
}

Str digest_hex(Arena *arena, const unsigned char *bytes, size_t len)
{
    static const char DIGIT[] = "0123456789abcdef";
    char *hex = arena_alloc_raw(arena, 2 * len + 1);
    for (size_t i = 0; i < len; i++) {
        hex[2 * i] = DIGIT[bytes[i] >> 4];
        hex[2 * i + 1] = DIGIT[bytes[i] & 15];
    }
    hex[2 * len] = '\0';
    return (Str){hex, 2 * len};
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool digest_hex_parse(Str hex, unsigned char *ret, size_t len)
{
    if (hex.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        int high = hex_value(hex.ptr[2 * i]), low = hex_value(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret[i] = (unsigned char)(high * 16 + low);
    }
    return true;
}
