/*
 * type_limit.c -- how much and how often: limit, dst-limit, connection-limit, connection-bytes,
 * nth, per-connection-classifier. fw/match_text.c prints them.
 */
#include <string.h>

#include "conf/diag.h"
#include "fw/match_text.h"
#include "lib/must.h"
#include "menu/type_match.h"

#define EXPIRE_S 100U /* RouterOS's own */

/* Take a "!" off the front; true when there was one. */
static bool take_not(const char **text)
{
	bool negate = **text == '!';

	*text += negate;
	return negate;
}

/* Take the bytes up to one of @ends (not taken) or the end of the text. */
static size_t take_until(const char **at, const char *ends, const char **ret_part)
{
	size_t len = strcspn(*at, ends);

	*ret_part = *at;
	*at += len;
	return len;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* A number, where k, M and G stand for thousands, up to one of @ends. */
static bool take_number(const char **at, const char *ends, uint64_t max, uint64_t *ret_number)
{
	static const char suffixes[] = "kMG";
	const char *part, *suffix;
	size_t len = take_until(at, ends, &part);
	uint64_t factor = 1;

	suffix = len > 0 ? strchr(suffixes, part[len - 1]) : NULL;
	for (const char *s = suffixes; suffix != NULL && s <= suffix; s++)
		factor *= 1000;
	return text_to_u64(part, suffix != NULL ? len - 1 : len, ret_number) &&
	       *ret_number <= max / factor && (*ret_number *= factor) <= max;
}

static bool take_u32(const char **at, const char *ends, uint32_t *ret_number)
{
	uint64_t number;
	bool good = take_number(at, ends, UINT32_MAX, &number);

	*ret_number = good ? (uint32_t)number : 0;
	return good;
}

/* A length of whole seconds up to one of @ends. */
static bool take_seconds(const char **at, const char *ends, uint32_t *ret_s)
{
	static const struct field any = { .name = "time", .bytes = sizeof(uint64_t) };
	struct diag ignored = { 0 };
	char buffer[32];
	const char *part;
	size_t len = take_until(at, ends, &part);
	uint64_t ms;

	if (len >= sizeof buffer)
		return false;
	memcpy(buffer, part, len);
	buffer[len] = '\0';
	if (!type_time.parse(&any, NULL, buffer, &ms, &ignored) || ms % 1000 != 0 ||
	    ms / 1000 > UINT32_MAX)
		return false;
	*ret_s = (uint32_t)(ms / 1000);
	return true;
}

static bool take_word(const char **at, const char *ends, const char *const *words, uint8_t *ret)
{
	const char *part;
	size_t len = take_until(at, ends, &part);

	for (uint8_t i = 0; words[i] != NULL; i++) {
		if (strlen(words[i]) == len && memcmp(words[i], part, len) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* "rate[/time],burst" up to one of @ends. */
static bool take_rate(const char **at, const char *ends, struct limit_rate *rate)
{
	rate->time_s = 1;
	if (!take_u32(at, "/,", &rate->rate) || rate->rate == 0)
		return false;
	if (take_char(at, '/') && (!take_seconds(at, ",", &rate->time_s) || rate->time_s == 0 ||
	                           rate->time_s > LIMIT_TIME_S_MAX))
		return false;
	return take_char(at, ',') && take_u32(at, ends, &rate->burst) && rate->burst != 0;
}

static bool wrong(const struct field *field, const char *text, const char *right, struct diag *diag)
{
	return diag_fail(diag, field->name, "invalid value for argument %s: %s is not %s",
	                 field->name, text[0] == '\0' ? "nothing" : text, right);
}

static bool limit_read(const char *at, struct match_limit *match)
{
	static const char *const modes[] = { "packet", "bit", NULL };
	uint8_t mode = 0;

	if (!take_rate(&at, ":", &match->rate))
		return false;
	if (take_char(&at, ':') && !take_word(&at, "", modes, &mode))
		return false;
	match->bits = mode == 1;
	return *at == '\0';
}

static bool limit_parse(const struct field *field, const struct conf_state *state, const char *text,
                        void *at, struct diag *diag)
{
	struct match_limit match = { .on = true, .negate = take_not(&text) };

	if (!limit_read(text, &match))
		return wrong(field, text,
		             "rate[/time],burst[:packet|bit], such as 10,5:packet or "
		             "100/1m,20:packet, with a time of 1s to 1d",
		             diag);
	memcpy(at, &match, sizeof match);
	return true;
}

static bool dst_limit_read(const char *at, struct match_dst_limit *match)
{
	match->expire_s = EXPIRE_S;
	if (!take_rate(&at, ",", &match->rate) || !take_char(&at, ',') ||
	    !take_word(&at, "/", rule_limit_by_words, &match->by))
		return false;
	if (take_char(&at, '/') && (!take_seconds(&at, "", &match->expire_s) ||
	                            match->expire_s == 0 || match->expire_s > WEEK_DAYS * DAY_S))
		return false;
	return *at == '\0';
}

static bool dst_limit_parse(const struct field *field, const struct conf_state *state,
                            const char *text, void *at, struct diag *diag)
{
	struct match_dst_limit match = { .on = true, .negate = take_not(&text) };

	if (!dst_limit_read(text, &match))
		return wrong(field, text,
		             "rate[/time],burst,mode[/expire], such as "
		             "10,5,src-address/1m; modes are src-address, dst-address, "
		             "src-and-dst-addresses, dst-address-and-port, addresses-and-dst-port",
		             diag);
	memcpy(at, &match, sizeof match);
	return true;
}

static bool connections_parse(const struct field *field, const struct conf_state *state,
                              const char *text, void *at, struct diag *diag)
{
	struct match_connections match = { .on = true, .negate = take_not(&text) };
	const char *from = text;
	uint64_t bits = 0;

	if (!take_u32(&from, ",", &match.n) || !take_char(&from, ',') ||
	    !take_number(&from, "", 32, &bits))
		return wrong(field, text,
		             "connections,bits, such as 100,32 (an address has more than 100) or "
		             "500,24 (its network of 24 bits has more than 500)",
		             diag);
	match.bits = (uint8_t)bits;
	memcpy(at, &match, sizeof match);
	return true;
}

static bool bytes_parse(const struct field *field, const struct conf_state *state, const char *text,
                        void *at, struct diag *diag)
{
	struct match_bytes match = { .on = true, .negate = take_not(&text) };
	const char *from = text;
	bool good = take_number(&from, "-", UINT64_MAX - 1, &match.low) && take_char(&from, '-') &&
	            take_number(&from, "", UINT64_MAX - 1, &match.high);

	if (good && match.high == 0) /* without end, as RouterOS writes it */
		match.high = UINT64_MAX;
	if (!good || match.low > match.high)
		return wrong(field, text,
		             "bytes from-to, such as 0-500000, or 500000-0 for all above", diag);
	memcpy(at, &match, sizeof match);
	return true;
}

static bool nth_parse(const struct field *field, const struct conf_state *state, const char *text,
                      void *at, struct diag *diag)
{
	struct match_nth match = { .on = true, .negate = take_not(&text) };
	const char *from = text;

	if (!take_u32(&from, ",", &match.every) || !take_char(&from, ',') ||
	    !take_u32(&from, "", &match.packet) || match.packet == 0 || match.packet > match.every)
		return wrong(field, text,
		             "every,packet, such as 3,1: the first of each three packets", diag);
	memcpy(at, &match, sizeof match);
	return true;
}

static bool classifier_parse(const struct field *field, const struct conf_state *state,
                             const char *text, void *at, struct diag *diag)
{
	struct match_classifier match = { .on = true, .negate = take_not(&text) };
	const char *from = text;

	if (!take_word(&from, ":", classifier_words, &match.by) || !take_char(&from, ':') ||
	    !take_u32(&from, "/", &match.denominator) || !take_char(&from, '/') ||
	    !take_u32(&from, "", &match.remainder) || match.remainder >= match.denominator)
		return wrong(field, text,
		             "fields:denominator/remainder, such as both-addresses:2/0; fields are "
		             "src-address, dst-address, both-addresses, src-port, dst-port, "
		             "both-ports, src-address-and-port, dst-address-and-port, "
		             "both-addresses-and-ports",
		             diag);
	memcpy(at, &match, sizeof match);
	return true;
}

/* Each match begins with `on` and `negate`. */
#define PRINTER(name, type, print)                                                                 \
	static void name(const struct field *field, const struct conf_state *state,                \
	                 const void *at, struct text *out)                                         \
	{                                                                                          \
		type match;                                                                        \
                                                                                                   \
		memcpy(&match, at, sizeof match);                                                  \
		if (!match.on)                                                                     \
			return;                                                                    \
		if (match.negate)                                                                  \
			text_char(out, '!');                                                       \
		print(&match, out);                                                                \
	}

PRINTER(limit_print, struct match_limit, match_text_limit)
PRINTER(dst_limit_print, struct match_dst_limit, match_text_dst_limit)
PRINTER(connections_print, struct match_connections, match_text_connections)
PRINTER(bytes_print, struct match_bytes, match_text_bytes)
PRINTER(nth_print, struct match_nth, match_text_nth)
PRINTER(classifier_print, struct match_classifier, match_text_classifier)

const struct type type_match_limit = {
	.name = "[!]rate[/time],burst[:packet|bit]",
	.parse = limit_parse,
	.print = limit_print,
};
const struct type type_match_dst_limit = {
	.name = "[!]rate[/time],burst,mode[/expire]",
	.parse = dst_limit_parse,
	.print = dst_limit_print,
};
const struct type type_match_connections = {
	.name = "[!]connections,bits",
	.parse = connections_parse,
	.print = connections_print,
};
const struct type type_match_bytes = {
	.name = "[!]from-to",
	.parse = bytes_parse,
	.print = bytes_print,
};
const struct type type_match_nth = {
	.name = "[!]every,packet",
	.parse = nth_parse,
	.print = nth_print,
};
const struct type type_match_classifier = {
	.name = "[!]fields:denominator/remainder",
	.parse = classifier_parse,
	.print = classifier_print,
};
