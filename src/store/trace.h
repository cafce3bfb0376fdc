/*
 * For tests: a wrapper around a database that counts the operations on it (begin, each statement,
 * commit) and, at the n-th, fails or ends the process, before or after the operation was done.
 */
#ifndef JH_STORE_TRACE_H
#define JH_STORE_TRACE_H

#include "base/str.h"

typedef enum TraceFault {
    TRACE_FAULT_NONE,
    TRACE_FAIL_BEFORE, /* the operation is not done */
    TRACE_FAIL_AFTER,  /* it is done, but nobody learns of it */
    TRACE_DIE_BEFORE,
    TRACE_DIE_AFTER,
} TraceFault;

enum { TRACE_EXIT = 9 /* the status of a process that died so */ };

typedef struct Trace {
    size_t count; /* operations so far */
    size_t at;    /* which one, from 1; 0: none */
    TraceFault fault;
    StrBuf *log; /* NULL, or where the name of each operation is written, a line each */
} Trace;

#endif
