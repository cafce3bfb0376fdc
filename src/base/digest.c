#include "base/digest.h"

#include <openssl/evp.h>

Str digest_sm3(Arena *arena, const Str *part, size_t count)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool is_ok = ctx && EVP_DigestInit_ex(ctx, EVP_sm3(), NULL) == 1;
    for (size_t i = 0; is_ok && i < count; i++)
        is_ok = EVP_DigestUpdate(ctx, part[i].ptr, part[i].len) == 1;
    is_ok = is_ok && EVP_DigestFinal_ex(ctx, digest, &len) == 1;
    EVP_MD_CTX_free(ctx);
    if (!is_ok)
        BUG("OpenSSL without SM3");
    StrBuf hex;
    strbuf_init(&hex, arena);
    for (unsigned int i = 0; i < len; i++)
        strbuf_addf(&hex, "%02x", digest[i]);
    return strbuf_str(&hex);
}
