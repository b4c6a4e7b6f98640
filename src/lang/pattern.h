/*
 * pattern.h -- regular expressions that a person may type (POSIX, extended).
 *
 * The C library compiles x{9} as nine copies of x, and x+ as two: in brackets within brackets,
 * copies of copies. A short pattern can so ask for all memory there is. Copies are counted before
 * it is compiled.
 *
 * Memory: the C library's, until pattern_free().
 */
#ifndef LANG_PATTERN_H
#define LANG_PATTERN_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/must.h"

#define PATTERN_BYTES_MAX 256  /* longer patterns than this are not meant for names */
#define PATTERN_SIZE_MAX  2000 /* characters with all repetitions written out */

/* How long @pattern is with its repetitions written out; more than PATTERN_SIZE_MAX: too long. */
size_t pattern_size(const char *pattern);
/*
 * NULL, or what is wrong with @pattern as advice to the person. Back-references are none of POSIX's
 * extended expressions; the C library's take time that grows with every one of them.
 */
MUST_USE const char *pattern_compile(regex_t *regex, const char *pattern);
bool pattern_matches(const regex_t *regex, const char *text);
void pattern_free(regex_t *regex);

#endif
