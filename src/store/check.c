#include "store/check.h"

#include "store/store_int.h"

/* ---- the chain ---- */

void chain_check_start(ChainCheck *check, const ChainKeys *keys)
{
    *check = (ChainCheck){.keys = keys, .is_link_known = true};
}

static ErrArg last_arg(uint64_t first, uint64_t last)
{
    /* an argument that is empty text leaves its part of the message out */
    return last > first ? ARG_INT("last", last) : ARG_STR("last", STR(""));
}

static void end_bad_run(ChainCheck *check, uint64_t last, ErrCode code, Err *err)
{
    if (check->bad_first)
        (void)err_fail(err, code, ARG_INT("first", check->bad_first),
                       last_arg(check->bad_first, last));
    check->bad_first = 0;
}

static bool is_linked(const ChainCheck *check, const Entry *entry)
{
    unsigned char link[SM3_LEN];
    if (entry->key == 0 || entry->key > check->keys->count)
        return false;
    chain_link(check->keys->mac[entry->key - 1], check->link, entry, link);
    return memcmp(link, entry->link, SM3_LEN) == 0;
}

void chain_check_add(ChainCheck *check, const Entry *entry, Err *err)
{
    if (entry->seq != check->seq + 1) {
        end_bad_run(check, check->seq, ERR_CHAIN_CHANGED, err);
        (void)err_fail(err, ERR_CHAIN_GAP, ARG_INT("first", check->seq + 1),
                       last_arg(check->seq + 1, entry->seq - 1));
        check->is_link_known = false;
    }
    if (entry->time_us < check->time_us)
        (void)err_fail(err, ERR_CHAIN_TIME, ARG_INT("seq", entry->seq));
    if (check->is_link_known && !is_linked(check, entry)) {
        if (!check->bad_first)
            check->bad_first = entry->seq;
    } else {
        end_bad_run(check, entry->seq - 1, ERR_CHAIN_CHANGED, err);
    }
    check->seq = entry->seq;
    check->time_us = entry->time_us > check->time_us ? entry->time_us : check->time_us;
    memcpy(check->link, entry->link, SM3_LEN);
    check->is_link_known = true;
}

void chain_check_end(ChainCheck *check, Err *err)
{
    bool is_one = check->bad_first == check->seq;
    end_bad_run(check, check->seq, is_one ? ERR_CHAIN_CHANGED : ERR_CHAIN_REWRITTEN, err);
}

/* ---- the store ---- */

typedef struct Checker {
    ChainCheck chain;
    StoreCheck result;
} Checker;

static bool take(void *ctx, const Entry *entry, Err *err)
{
    Checker *checker = ctx;
    chain_check_add(&checker->chain, entry, err);
    if (!checker->result.entries++)
        checker->result.first_us = entry->time_us;
    checker->result.last_us = entry->time_us;
    return true;
}

static void check_head(const Store *store, const ChainCheck *chain, Err *err)
{
    bool is_same = store->head.seq == chain->seq &&
                   memcmp(store->head.link, chain->link, SM3_LEN) == 0 &&
                   (chain->seq == 0 || store->head.time_us == chain->time_us);
    if (!is_same)
        (void)err_fail(err, ERR_CHAIN_HEAD, ARG_INT("head", store->head.seq),
                       ARG_INT("last", chain->seq));
}

static bool write_head_file(const Store *store, Err *err)
{
    CLEANUP(arena_done) Arena scratch;
    arena_init(&scratch);
    return side_write_head(&scratch, store->side.head, store->id, &store->head, err);
}

bool store_check(Store *store, StoreCheck *ret, Err *err)
{
    Checker checker = {0};
    size_t before = err->count;
    chain_check_start(&checker.chain, &store->keys);
    Noted noted = store_read_noted(store);
    if (!store->driver->ops->begin(store->driver, true, err))
        return false;
    bool is_read = store_read_head(store, &store->head, err) &&
                   store_scan(store, 0, UINT64_MAX, take, &checker, err);
    if (is_read) {
        chain_check_end(&checker.chain, err);
        check_head(store, &checker.chain, err);
        is_read = store_compare(store, &noted, err);
    }
    store->driver->ops->rollback(store->driver);
    if (!is_read || err->count > before)
        return false;
    if (!noted.is_there && !write_head_file(store, err))
        return false;
    checker.result.wrote_head_file = !noted.is_there;
    *ret = checker.result;
    return true;
}
