/* The only GNU attributes this program uses, and BUG(). */
#ifndef JH_BASE_ATTR_H
#define JH_BASE_ATTR_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt_idx, arg_idx) __attribute__((format(printf, fmt_idx, arg_idx)))
#define NORETURN __attribute__((noreturn))
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Our own mistake, never the user's: prints where and aborts, in release builds too. */
void bug_at(const char *file, int line, const char *what) NORETURN;
#define BUG(what) bug_at(__FILE__, __LINE__, (what))
#define CHECK(condition) ((condition) ? (void)0 : bug_at(__FILE__, __LINE__, #condition))

#endif
