#include "lib/text.h"

#include <stdio.h>
#include <string.h>

#include "lib/mem.h"

struct text text_into(char *buffer, size_t size)
{
	must(size > 0);
	buffer[0] = '\0';
	return (struct text){ .bytes = buffer, .size = size, .fixed = true };
}

void text_free(struct text *text)
{
	if (!text->fixed)
		mem_free(text->bytes);
	*text = (struct text){ 0 };
}

void text_clear(struct text *text)
{
	text->len = 0;
	text->cut = false;
	if (text->bytes != NULL)
		text->bytes[0] = '\0';
}

const char *text_str(const struct text *text)
{
	return text->bytes != NULL ? text->bytes : "";
}

/* Make room for @more bytes and a terminator; returns how many of them fit. */
static size_t room(struct text *text, size_t more)
{
	if (text->size > text->len && text->size - text->len > more)
		return more;
	if (text->fixed) {
		text->cut = true;
		return text->size - text->len - 1;
	}

	size_t size = text->size > 0 ? text->size * 2 : 64;

	while (size - text->len <= more)
		size *= 2;
	text->bytes = mem_resize(text->bytes, size, 1);
	text->size = size;
	return more;
}

void text_bytes(struct text *text, const void *bytes, size_t len)
{
	size_t fits = room(text, len);

	if (fits > 0)
		memcpy(text->bytes + text->len, bytes, fits);
	text->len += fits;
	text->bytes[text->len] = '\0';
}

void text_add(struct text *text, const char *string)
{
	text_bytes(text, string, strlen(string));
}

void text_char(struct text *text, char c)
{
	text_bytes(text, &c, 1);
}

void text_repeat(struct text *text, char c, size_t times)
{
	while (times-- > 0)
		text_char(text, c);
}

void text_vprintf(struct text *text, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	must(len >= 0);

	size_t fits = room(text, (size_t)len);

	vsnprintf(text->bytes + text->len, fits + 1, format, args);
	text->len += fits;
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vprintf(text, format, args);
	va_end(args);
}

bool text_to_u64(const char *string, size_t len, uint64_t *ret_value)
{
	uint64_t v = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)(unsigned char)string[i] - '0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*ret_value = v;
	return true;
}
