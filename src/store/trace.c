#include "store/trace.h"

#include "store/driver.h"

#include <unistd.h>

typedef struct Tracer {
    Driver driver;
    DriverOps ops; /* as the inner one's, but for the functions */
    Driver *inner;
    Trace *trace;
} Tracer;

static Tracer *tracer_of(Driver *driver)
{
    return (Tracer *)driver;
}

static bool fail(const Tracer *tracer, Err *err)
{
    return err_fail(err, ERR_STORE_SQL, ARG_STR("db", str_from(tracer->ops.name)),
                    ARG_LIT("reason", "injected"));
}

/* Counts; true: the operation goes on. */
static bool enter(Tracer *tracer, const char *name, TraceFault *ret_after, Err *err)
{
    Trace *trace = tracer->trace;
    if (trace->log)
        strbuf_addf(trace->log, "%s\n", name);
    TraceFault fault = ++trace->count == trace->at ? trace->fault : TRACE_FAULT_NONE;
    if (fault == TRACE_DIE_BEFORE)
        _exit(TRACE_EXIT);
    *ret_after = fault;
    return fault != TRACE_FAIL_BEFORE || fail(tracer, err);
}

static bool leave(const Tracer *tracer, TraceFault fault, bool is_ok, Err *err)
{
    if (fault == TRACE_DIE_AFTER)
        _exit(TRACE_EXIT);
    return is_ok && (fault != TRACE_FAIL_AFTER || fail(tracer, err));
}

static bool begin(Driver *driver, bool is_snapshot, Err *err)
{
    Tracer *tracer = tracer_of(driver);
    TraceFault fault;
    return enter(tracer, "begin", &fault, err) &&
           leave(tracer, fault, tracer->inner->ops->begin(tracer->inner, is_snapshot, err), err);
}

static bool commit(Driver *driver, Err *err)
{
    Tracer *tracer = tracer_of(driver);
    TraceFault fault;
    return enter(tracer, "commit", &fault, err) &&
           leave(tracer, fault, tracer->inner->ops->commit(tracer->inner, err), err);
}

static void rollback(Driver *driver)
{
    Tracer *tracer = tracer_of(driver);
    tracer->inner->ops->rollback(tracer->inner);
}

static bool run(Driver *driver, const SqlCall *call, size_t *ret_changed, Err *err)
{
    Tracer *tracer = tracer_of(driver);
    TraceFault fault;
    return enter(tracer, statement_name(call->id), &fault, err) &&
           leave(tracer, fault, tracer->inner->ops->run(tracer->inner, call, ret_changed, err),
                 err);
}

Driver *trace_open(Arena *arena, Trace *trace, Driver *inner)
{
    Tracer *tracer = ARENA_NEW(arena, Tracer);
    *tracer = (Tracer){.ops = *inner->ops, .inner = inner, .trace = trace};
    tracer->ops.begin = begin;
    tracer->ops.commit = commit;
    tracer->ops.rollback = rollback;
    tracer->ops.run = run;
    tracer->driver.ops = &tracer->ops;
    return &tracer->driver;
}
