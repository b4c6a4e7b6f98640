/* :convert: bytes as texts of other shapes, and back. */
#include <string.h>

#include "conf/diag.h"
#include "lang/builtin_inside.h"
#include "lib/must.h"
#include "lib/text.h"

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Each takes a text apart into bytes (false: it is none of the kind), or puts them together. */
struct shape {
	const char *name, *example;
	bool (*decode)(const char *in, struct text *out);
	void (*encode)(const uint8_t *in, size_t len, struct text *out);
};

static bool decode_raw(const char *in, struct text *out)
{
	text_add(out, in);
	return true;
}

static void encode_raw(const uint8_t *in, size_t len, struct text *out)
{
	text_bytes(out, in, len);
}

static int hex_value(char c)
{
	const char *found = c != '\0' ? strchr("00112233445566778899aAbBcCdDeEfF", c) : NULL;

	return found != NULL ? (int)(found - "00112233445566778899aAbBcCdDeEfF") / 2 : -1;
}

static bool decode_hex(const char *in, struct text *out)
{
	for (; *in != '\0'; in += 2) {
		int high = hex_value(in[0]), low = high >= 0 ? hex_value(in[1]) : -1;

		if (low < 0)
			return false;
		text_char(out, (char)(high << 4 | low));
	}
	return true;
}

static void encode_hex(const uint8_t *in, size_t len, struct text *out)
{
	for (size_t i = 0; i < len; i++)
		text_printf(out, "%02x", in[i]);
}

/* Groups of four digits; "=" only fills up the last one. */
static bool decode_base64(const char *in, struct text *out)
{
	size_t len = strlen(in), pad = 0;

	while (pad < 2 && len > 0 && in[len - 1] == '=') {
		pad++;
		len--;
	}
	if (len % 4 == 1 || (pad > 0 && (len + pad) % 4 != 0))
		return false;

	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < len; i++) {
		const char *digit = strchr(base64_digits, in[i]);

		if (digit == NULL)
			return false;
		bits = (bits << 6 | (unsigned)(digit - base64_digits)) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			text_char(out, (char)(bits >> have));
		}
	}
	return true;
}

static void encode_base64(const uint8_t *in, size_t len, struct text *out)
{
	for (size_t i = 0; i < len; i += 3) {
		unsigned group = (unsigned)in[i] << 16;

		if (i + 1 < len)
			group |= (unsigned)in[i + 1] << 8;
		if (i + 2 < len)
			group |= in[i + 2];
		text_char(out, base64_digits[group >> 18]);
		text_char(out, base64_digits[group >> 12 & 63]);
		text_char(out, i + 1 < len ? base64_digits[group >> 6 & 63] : '=');
		text_char(out, i + 2 < len ? base64_digits[group & 63] : '=');
	}
}

static bool decode_url(const char *in, struct text *out)
{
	for (; *in != '\0'; in++) {
		if (*in != '%') {
			text_char(out, *in);
			continue;
		}

		int high = hex_value(in[1]), low = high >= 0 ? hex_value(in[2]) : -1;

		if (low < 0)
			return false;
		text_char(out, (char)(high << 4 | low));
		in += 2;
	}
	return true;
}

static bool is_plain(uint8_t c) /* RFC 3986, 2.3 */
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c != '\0' && strchr("-._~", c) != NULL);
}

static void encode_url(const uint8_t *in, size_t len, struct text *out)
{
	for (size_t i = 0; i < len; i++) {
		if (is_plain(in[i]))
			text_char(out, (char)in[i]);
		else
			text_printf(out, "%%%02X", in[i]);
	}
}

static void encode_rot13(const uint8_t *in, size_t len, struct text *out)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t lower = in[i] | 0x20;
		bool letter = lower >= 'a' && lower <= 'z';
		int turn = !letter ? 0 : lower < 'n' ? 13 : -13;

		text_char(out, (char)(in[i] + turn));
	}
}

static bool decode_rot13(const char *in, struct text *out)
{
	encode_rot13((const uint8_t *)in, strlen(in), out);
	return true;
}

static const struct shape shapes[] = {
	{ "raw", "any text", decode_raw, encode_raw },
	{ "hex", "two digits for each byte: 48656c6c6f", decode_hex, encode_hex },
	{ "base64", "groups of four characters: SGVsbG8=", decode_base64, encode_base64 },
	{ "url", "with %XX for what URLs have no place for: a%20b", decode_url, encode_url },
	{ "rot13", "letters moved by 13", decode_rot13, encode_rot13 },
};

static const char *const shape_words[] = { "raw", "hex", "base64", "url", "rot13", NULL };
static const char *const transform_words[] = { "lc",      "uc",   "lcfirst", "ucfirst",
	                                       "reverse", "crlf", "lf",      NULL };

static const struct builtin_param convert_params[] = {
	{ "value", "text", true, true, NULL },
	{ "from", "what the value is: raw (the default), hex, base64, url, rot13", false, false,
	  shape_words },
	{ "to", "what to make of it: raw (the default), hex, base64, url, rot13", false, false,
	  shape_words },
	{ "transform",
	  "change of letters or lines on the way: lc, uc, lcfirst, ucfirst, reverse, "
	  "crlf, lf",
	  false, false, transform_words },
};

static const struct shape *shape_of(struct builtin_call *call, unsigned param)
{
	const char *name = builtin_given(call, param) ? builtin_text(call, param) : "raw";

	size_t i = 0;

	while (i < ARRAY_LEN(shapes) && strcmp(shapes[i].name, name) != 0)
		i++;
	must(i < ARRAY_LEN(shapes)); /* the word was checked against shape_words */
	return &shapes[i];
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static void transform_lines(struct text *bytes, bool crlf)
{
	struct text out = { 0 };

	for (size_t i = 0; i < bytes->len; i++) {
		if (bytes->bytes[i] == '\r' && i + 1 < bytes->len && bytes->bytes[i + 1] == '\n')
			continue;
		if (bytes->bytes[i] == '\n' && crlf)
			text_char(&out, '\r');
		text_char(&out, bytes->bytes[i]);
	}
	text_free(bytes);
	*bytes = out;
}

static void transform(struct text *bytes, const char *how)
{
	size_t letters = strstr(how, "first") != NULL && bytes->len > 0 ? 1 : bytes->len;

	if (strcmp(how, "crlf") == 0 || strcmp(how, "lf") == 0) {
		transform_lines(bytes, how[0] == 'c');
	} else if (strcmp(how, "reverse") == 0) {
		for (size_t i = 0; i < bytes->len / 2; i++) {
			char c = bytes->bytes[i];

			bytes->bytes[i] = bytes->bytes[bytes->len - 1 - i];
			bytes->bytes[bytes->len - 1 - i] = c;
		}
	} else {
		for (size_t i = 0; i < letters; i++)
			bytes->bytes[i] =
				how[0] == 'u' ? upper(bytes->bytes[i]) : lower(bytes->bytes[i]);
	}
}

static bool put_together(struct builtin_call *call, const struct text *bytes)
{
	const struct shape *to = shape_of(call, 2);
	struct text out = { 0 };
	bool whole;

	to->encode((const uint8_t *)text_str(bytes), bytes->len, &out);
	whole = strlen(text_str(&out)) == out.len;
	if (whole)
		call->result = value_text(call->arena, text_str(&out));
	text_free(&out);
	return whole || diag_fail(call->diag, "value",
	                          "invalid value for argument value\nit means a zero byte, which "
	                          "can't stand in a text; to=hex shows it");
}

static bool call_convert(struct builtin_call *call)
{
	const struct shape *from = shape_of(call, 1);
	struct text bytes = { 0 };
	bool ok;

	if (strlen(builtin_text(call, 0)) > BUILTIN_TEXT_BYTES / 4)
		return diag_fail(call->diag, "value",
		                 "value of value is too long (%u bytes at most)",
		                 BUILTIN_TEXT_BYTES / 4);
	ok = from->decode(builtin_text(call, 0), &bytes);
	if (!ok)
		(void)diag_fail(call->diag, "value",
		                "invalid value for argument value\nthis is not %s (%s)", from->name,
		                from->example);
	if (ok && builtin_given(call, 3))
		transform(&bytes, builtin_text(call, 3));
	ok = ok && put_together(call, &bytes);
	text_free(&bytes);
	return ok;
}

BUILTIN("convert", convert, "text of another shape: hex, base64, url, letters large or small");
