#include "menu/type_match.h"

#include <assert.h>
#include <string.h>

#include "conf/diag.h"
#include "fw/rule.h"
#include "lib/must.h"

/* Take a "!" off the front; true when there was one. */
static bool take_negation(const char **text)
{
	if (**text != '!')
		return false;
	(*text)++;
	return true;
}

static void print_negation(bool negate, struct text *out)
{
	if (negate)
		text_char(out, '!');
}

/* The field as another type sees it: one plain value of @bytes. */
static struct field plain(const struct field *field, size_t bytes)
{
	struct field inner = *field;

	inner.bytes = (uint16_t)bytes;
	inner.flags |= F_REQUIRED; /* an empty value means nothing here */
	return inner;
}

static bool addr_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	struct match_addr match = { .on = true, .negate = take_negation(&text) };
	struct field inner = plain(field, sizeof match.range);

	if (!type_range.parse(&inner, state, text, &match.range, diag))
		return false;
	memcpy(at, &match, sizeof match);
	return true;
}

static void addr_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	struct match_addr match;
	struct field inner = plain(field, sizeof match.range);

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	print_negation(match.negate, out);
	type_range.print(&inner, state, &match.range, out);
}

const struct type type_match_addr = {
	.name = "[!]address, network or range",
	.parse = addr_parse,
	.print = addr_print,
};

static bool ref_parse(const struct field *field, const struct conf_state *state, const char *text,
                      void *at, struct diag *diag)
{
	struct match_iface match = { .on = true, .negate = take_negation(&text) };
	struct field inner = plain(field, sizeof match.id);

	if (!type_ref.parse(&inner, state, text, &match.id, diag))
		return false;
	memcpy(at, &match, sizeof match);
	return true;
}

static void ref_print(const struct field *field, const struct conf_state *state, const void *at,
                      struct text *out)
{
	struct match_iface match;
	struct field inner = plain(field, sizeof match.id);

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	print_negation(match.negate, out);
	type_ref.print(&inner, state, &match.id, out);
}

static void ref_choices(const struct field *field, const struct conf_state *state,
                        struct choice_sink *sink)
{
	type_ref.choices(field, state, sink);
}

static uint32_t ref_refers(const struct field *field, const void *at)
{
	struct match_iface match;

	memcpy(&match, at, sizeof match);
	return match.on ? match.id : 0;
}

static_assert(sizeof(struct match_iface) == sizeof(struct match_list), "one type serves both");

const struct type type_match_ref = {
	.name = "[!]item",
	.parse = ref_parse,
	.print = ref_print,
	.choices = ref_choices,
	.refers = ref_refers,
};

static bool bits_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	struct match_bits match = { .on = true, .negate = take_negation(&text) };
	struct field inner = plain(field, sizeof match.bits);

	if (!type_set.parse(&inner, state, text, &match.bits, diag))
		return false;
	memcpy(at, &match, sizeof match);
	return true;
}

static void bits_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	struct match_bits match;
	struct field inner = plain(field, sizeof match.bits);

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	print_negation(match.negate, out);
	type_set.print(&inner, state, &match.bits, out);
}

static void bits_choices(const struct field *field, const struct conf_state *state,
                         struct choice_sink *sink)
{
	type_set.choices(field, state, sink);
}

const struct type type_match_bits = {
	.name = "[!]words, comma-separated",
	.parse = bits_parse,
	.print = bits_print,
	.choices = bits_choices,
};

static uint8_t flag_of(const char *word, size_t len)
{
	for (unsigned i = 0; rule_tcp_flag_words[i] != NULL; i++) {
		if (strlen(rule_tcp_flag_words[i]) == len &&
		    memcmp(rule_tcp_flag_words[i], word, len) == 0)
			return (uint8_t)(1U << i);
	}
	return 0;
}

static bool flags_fail(const struct field *field, const char *text, struct diag *diag)
{
	return diag_fail(diag, field->name,
	                 "input does not match any value of %s: %s is not a list of flags such as "
	                 "syn,!ack (fin, syn, rst, psh, ack, urg, ece, cwr)",
	                 field->name, text[0] == '\0' ? "nothing" : text);
}

static bool flags_parse(const struct field *field, const struct conf_state *state, const char *text,
                        void *at, struct diag *diag)
{
	struct match_tcp_flags match = { .on = true };
	const char *word = text;

	for (;;) {
		bool clear = take_negation(&word);
		size_t len = strcspn(word, ",");
		uint8_t flag = flag_of(word, len);

		if (flag == 0)
			return flags_fail(field, text, diag);
		if (clear)
			match.must_be_clear |= flag;
		else
			match.must_be_set |= flag;
		if (word[len] == '\0')
			break;
		word += len + 1;
	}
	if ((match.must_be_set & match.must_be_clear) != 0)
		return diag_fail(
			diag, field->name,
			"invalid value for argument %s: %s wants a flag both set and clear",
			field->name, text);
	memcpy(at, &match, sizeof match);
	return true;
}

static void flags_print(const struct field *field, const struct conf_state *state, const void *at,
                        struct text *out)
{
	struct match_tcp_flags match;
	const char *comma = "";

	memcpy(&match, at, sizeof match);
	for (unsigned i = 0; match.on && rule_tcp_flag_words[i] != NULL; i++) {
		if ((match.must_be_set >> i & 1) != 0)
			text_printf(out, "%s%s", comma, rule_tcp_flag_words[i]);
		else if ((match.must_be_clear >> i & 1) != 0)
			text_printf(out, "%s!%s", comma, rule_tcp_flag_words[i]);
		else
			continue;
		comma = ",";
	}
}

static void flags_choices(const struct field *field, const struct conf_state *state,
                          struct choice_sink *sink)
{
	for (unsigned i = 0; rule_tcp_flag_words[i] != NULL; i++)
		sink->choice(sink, rule_tcp_flag_words[i], NULL);
}

const struct type type_match_tcp_flags = {
	.name = "TCP flags, comma-separated, each with ! when it must be clear",
	.parse = flags_parse,
	.print = flags_print,
	.choices = flags_choices,
};

static bool mark_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	struct match_name match = { .on = true, .negate = take_negation(&text) };
	struct field inner = plain(field, sizeof match.name);

	inner.min = 1;
	if (!type_string.parse(&inner, state, text, match.name, diag))
		return false;
	memcpy(at, &match, sizeof match);
	return true;
}

static void mark_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	struct match_name match;

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	print_negation(match.negate, out);
	text_add(out, match.name);
}

const struct type type_match_mark = {
	.name = "[!]mark or no-mark",
	.parse = mark_parse,
	.print = mark_print,
};
