/*
 * Turns calls that overflow, depend on the locale or keep hidden state into compile errors. The
 * build puts it in front of every source file (-include base/banned.h); nobody includes it.
 *
 * The system headers that declare these names must come first: after the poison nobody may.
 */
#ifndef JH_BASE_BANNED_H
#define JH_BASE_BANNED_H

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* _FORTIFY_SOURCE makes macros of these, which clang would warn about. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strncpy strcat sprintf vsprintf gets strtok
#pragma GCC poison atoi atol atof setlocale
#pragma GCC poison gmtime localtime asctime ctime

#endif
