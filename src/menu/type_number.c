/*
 * type_number.c -- the numbers in rules: ranges, protocols, ports, ICMP types, MSS.
 */
#include <string.h>

#include "conf/diag.h"
#include "fw/rule.h"
#include "lib/must.h"
#include "menu/type_match.h"

/* Read "n" or "n-m" of @len bytes; false when it is neither, or not within @max. */
static bool range_read(const char *text, size_t len, uint64_t max, uint64_t *ret_low,
                       uint64_t *ret_high)
{
	const char *dash = memchr(text, '-', len);
	size_t low_len = dash != NULL ? (size_t)(dash - text) : len;

	if (!text_to_u64(text, low_len, ret_low))
		return false;
	*ret_high = *ret_low;
	if (dash != NULL && !text_to_u64(dash + 1, len - low_len - 1, ret_high))
		return false;
	return *ret_low <= *ret_high && *ret_high <= max;
}

static void range_print(uint64_t low, uint64_t high, struct text *out)
{
	text_printf(out, "%llu", (unsigned long long)low);
	if (high != low)
		text_printf(out, "-%llu", (unsigned long long)high);
}

static const char *shown(const char *text)
{
	return text[0] == '\0' ? "nothing" : text;
}

static bool number_parse(const struct field *field, const struct conf_state *state,
                         const char *text, void *at, struct diag *diag)
{
	struct match_number match = { .on = true };
	uint64_t low, high;

	if (text[0] == '!') {
		match.negate = true;
		text++;
	}
	if (!range_read(text, strlen(text), (uint64_t)field->max, &low, &high) ||
	    low < (uint64_t)field->min)
		return diag_fail(diag, field->name,
		                 "value of %s out of range (%lld..%lld): %s is not a number or a "
		                 "range such as 100-200",
		                 field->name, (long long)field->min, (long long)field->max,
		                 shown(text));
	match.low = (uint32_t)low;
	match.high = (uint32_t)high;
	memcpy(at, &match, sizeof match);
	return true;
}

static void number_print(const struct field *field, const struct conf_state *state, const void *at,
                         struct text *out)
{
	struct match_number match;

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	if (match.negate)
		text_char(out, '!');
	range_print(match.low, match.high, out);
}

const struct type type_match_number = {
	.name = "[!]number or range",
	.parse = number_parse,
	.print = number_print,
};

/* IANA's names as RouterOS spells them. */
static const struct {
	const char *word;
	uint8_t number;
} protocols[] = {
	{ "icmp", 1 },   { "igmp", 2 },       { "ipencap", 4 },    { "tcp", 6 },
	{ "egp", 8 },    { "udp", 17 },       { "dccp", 33 },      { "ipv6-encap", 41 },
	{ "rsvp", 46 },  { "gre", 47 },       { "ipsec-esp", 50 }, { "ipsec-ah", 51 },
	{ "ospf", 89 },  { "pim", 103 },      { "vrrp", 112 },     { "l2tp", 115 },
	{ "sctp", 132 }, { "udp-lite", 136 },
};

const char *type_protocol_word(unsigned number)
{
	for (unsigned i = 0; i < ARRAY_LEN(protocols); i++) {
		if (protocols[i].number == number)
			return protocols[i].word;
	}
	return NULL;
}

static bool protocol_read(const char *text, uint32_t *ret_number)
{
	uint64_t number;

	for (unsigned i = 0; i < ARRAY_LEN(protocols); i++) {
		if (strcmp(protocols[i].word, text) == 0) {
			*ret_number = protocols[i].number;
			return true;
		}
	}
	if (!text_to_u64(text, strlen(text), &number) || number > 255)
		return false;
	*ret_number = (uint32_t)number;
	return true;
}

static bool protocol_parse(const struct field *field, const struct conf_state *state,
                           const char *text, void *at, struct diag *diag)
{
	struct match_number match = { .on = true };

	if (text[0] == '!') {
		match.negate = true;
		text++;
	}
	if (!protocol_read(text, &match.low))
		return diag_fail(diag, field->name,
		                 "input does not match any value of %s: %s is neither a protocol's "
		                 "name (tcp, udp, icmp, gre, ...) nor a number of 0 to 255",
		                 field->name, shown(text));
	match.high = match.low;
	memcpy(at, &match, sizeof match);
	return true;
}

static void protocol_print(const struct field *field, const struct conf_state *state,
                           const void *at, struct text *out)
{
	struct match_number match;
	const char *word;

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	if (match.negate)
		text_char(out, '!');
	word = type_protocol_word(match.low);
	if (word != NULL)
		text_add(out, word);
	else
		text_printf(out, "%u", match.low);
}

static void protocol_choices(const struct field *field, const struct conf_state *state,
                             struct choice_sink *sink)
{
	for (unsigned i = 0; i < ARRAY_LEN(protocols); i++)
		sink->choice(sink, protocols[i].word, NULL);
}

const struct type type_match_protocol = {
	.name = "[!]protocol",
	.parse = protocol_parse,
	.print = protocol_print,
	.choices = protocol_choices,
};

static bool ports_fail(const struct field *field, const char *text, struct diag *diag)
{
	return diag_fail(diag, field->name,
	                 "invalid value for argument %s: %s is not a list of at most %d ports or "
	                 "ranges such as 80,443,1000-2000",
	                 field->name, shown(text), PORT_RANGES_MAX);
}

static bool ports_parse(const struct field *field, const struct conf_state *state, const char *text,
                        void *at, struct diag *diag)
{
	struct match_ports match = { .on = true, .negate = text[0] == '!' };
	const char *word = text + (match.negate ? 1 : 0);

	for (;;) {
		size_t len = strcspn(word, ",");
		uint64_t low, high;

		if (match.n == PORT_RANGES_MAX || !range_read(word, len, UINT16_MAX, &low, &high))
			return ports_fail(field, text, diag);
		match.ranges[match.n].low = (uint16_t)low;
		match.ranges[match.n].high = (uint16_t)high;
		match.n++;
		if (word[len] == '\0')
			break;
		word += len + 1;
	}
	memcpy(at, &match, sizeof match);
	return true;
}

static void ports_print(const struct field *field, const struct conf_state *state, const void *at,
                        struct text *out)
{
	struct match_ports match;

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	if (match.negate)
		text_char(out, '!');
	for (unsigned i = 0; i < match.n; i++) {
		if (i > 0)
			text_char(out, ',');
		range_print(match.ranges[i].low, match.ranges[i].high, out);
	}
}

const struct type type_match_ports = {
	.name = "[!]ports and ranges, comma-separated",
	.parse = ports_parse,
	.print = ports_print,
};

static bool icmp_read(const char *text, struct match_icmp *match)
{
	size_t type_len = strcspn(text, ":");
	uint64_t type, low = 0, high = 255;

	if (!text_to_u64(text, type_len, &type) || type > 255)
		return false;
	if (text[type_len] == ':' &&
	    !range_read(text + type_len + 1, strlen(text + type_len + 1), 255, &low, &high))
		return false;
	match->type = (uint8_t)type;
	match->code_low = (uint8_t)low;
	match->code_high = (uint8_t)high;
	return true;
}

static bool icmp_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	struct match_icmp match = { .on = true, .negate = text[0] == '!' };

	if (!icmp_read(text + (match.negate ? 1 : 0), &match))
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: %s is not type:code, such as 8:0 "
		                 "or 3:0-15, with numbers of 0 to 255",
		                 field->name, shown(text));
	memcpy(at, &match, sizeof match);
	return true;
}

static void icmp_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	struct match_icmp match;

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	text_printf(out, "%s%u:", match.negate ? "!" : "", match.type);
	range_print(match.code_low, match.code_high, out);
}

const struct type type_match_icmp = {
	.name = "[!]type:code",
	.parse = icmp_parse,
	.print = icmp_print,
};

static bool to_ports_parse(const struct field *field, const struct conf_state *state,
                           const char *text, void *at, struct diag *diag)
{
	uint64_t low, high;
	uint16_t ports[2];

	if (!range_read(text, strlen(text), UINT16_MAX, &low, &high) || low == 0)
		return diag_fail(
			diag, field->name,
			"invalid value for argument %s: %s is not a port or a range such as "
			"8000-8010, of 1 to 65535",
			field->name, shown(text));
	ports[0] = (uint16_t)low;
	ports[1] = (uint16_t)high;
	memcpy(at, ports, sizeof ports);
	return true;
}

static void to_ports_print(const struct field *field, const struct conf_state *state,
                           const void *at, struct text *out)
{
	uint16_t ports[2];

	memcpy(ports, at, sizeof ports);
	if (ports[0] != 0)
		range_print(ports[0], ports[1], out);
}

const struct type type_to_ports = {
	.name = "port or range",
	.parse = to_ports_parse,
	.print = to_ports_print,
};

static const char clamp_word[] = "clamp-to-pmtu";

static bool mss_parse(const struct field *field, const struct conf_state *state, const char *text,
                      void *at, struct diag *diag)
{
	uint64_t number = MSS_CLAMP_TO_PMTU;
	uint16_t value;

	if (strcmp(text, clamp_word) != 0 &&
	    (!text_to_u64(text, strlen(text), &number) || number < (uint64_t)field->min ||
	     number > (uint64_t)field->max))
		return diag_fail(diag, field->name,
		                 "value of %s out of range (%lld..%lld): %s is neither such a "
		                 "number nor clamp-to-pmtu",
		                 field->name, (long long)field->min, (long long)field->max,
		                 shown(text));
	value = (uint16_t)number;
	memcpy(at, &value, sizeof value);
	return true;
}

static void mss_print(const struct field *field, const struct conf_state *state, const void *at,
                      struct text *out)
{
	uint16_t value;

	memcpy(&value, at, sizeof value);
	if (value == MSS_CLAMP_TO_PMTU)
		text_add(out, clamp_word);
	else if (value != 0)
		text_printf(out, "%u", value);
}

static void mss_choices(const struct field *field, const struct conf_state *state,
                        struct choice_sink *sink)
{
	sink->choice(sink, clamp_word, "what fits the path");
}

const struct type type_new_mss = {
	.name = "number or clamp-to-pmtu",
	.parse = mss_parse,
	.print = mss_print,
	.choices = mss_choices,
};
