#include "base/bytes.h"
#include "store/store_int.h"

void chain_link(DigestMac *mac, const unsigned char before[SM3_LEN], const Entry *entry,
                unsigned char ret[SM3_LEN])
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    const EntryDraft *draft = &entry->draft;
    StrBuf fixed;
    strbuf_init(&fixed, &scratch);
    bytes_add_u64(&fixed, entry->seq);
    bytes_add_u64(&fixed, (uint64_t)entry->time_us);
    bytes_add_u32(&fixed, entry->key);
    bytes_add_u64(&fixed, (uint64_t)draft->subject);
    const Str text[] = {draft->author, draft->kind, draft->period, draft->body};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        bytes_add_u64(&fixed, text[i].len);
    const Str part[] = {{(const char *)before, SM3_LEN},
                        strbuf_str(&fixed),
                        draft->author,
                        draft->kind,
                        draft->period,
                        draft->body};
    digest_mac_run(mac, part, sizeof part / sizeof *part, ret);
}
