/*
 * text.h -- build text piece by piece.
 *
 * A struct text either writes into a buffer of the caller's (text_into(): what does not fit is cut
 * and `cut` is set) or grows by itself (all zeroes to start with; text_free() at the end). It is
 * always terminated.
 */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"

struct text {
	char *bytes;     /* NULL until something was written to a growing text */
	size_t len;      /* without the terminator */
	size_t size;     /* of the buffer, terminator included */
	bool fixed, cut; /* cut: something did not fit */
};

/* Write into @buffer of @size bytes (at least 1). */
struct text text_into(char *buffer, size_t size);
void text_free(struct text *text);
/* Empty it, keeping the buffer. */
void text_clear(struct text *text);
/* The text so far, never NULL; good until the next change. */
const char *text_str(const struct text *text);

void text_bytes(struct text *text, const void *bytes, size_t len);
void text_add(struct text *text, const char *string);
void text_char(struct text *text, char c);
void text_repeat(struct text *text, char c, size_t times);
void text_printf(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);
void text_vprintf(struct text *text, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Reading numbers: the whole of @string (of @len bytes) must be the number. */
MUST_USE bool text_to_u64(const char *string, size_t len, uint64_t *ret_value);

#endif
