/*
 * must.h -- what we got wrong.
 *
 * must(condition) states what holds by our own reasoning. It is always on, cheap, and never about
 * input: what a user typed gets a struct diag, what the world did gets -errno, what a packet holds
 * gets a drop reason. A broken must() ends the process, because going on would spread the damage.
 */
#ifndef LIB_MUST_H
#define LIB_MUST_H

#define must(condition) ((condition) ? (void)0 : must_fail(#condition, __FILE__, __LINE__))

_Noreturn void must_fail(const char *condition, const char *file, int line);

#define MUST_USE                        __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, args_at) __attribute__((format(printf, format_at, args_at)))

/* The number of elements of an array (not of a pointer). */
#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
