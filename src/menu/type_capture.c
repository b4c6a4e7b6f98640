/*
 * type_capture.c -- lists of addresses, numbers, interfaces that a capture is to show.
 */
#include "menu/type_capture.h"

#include <assert.h>
#include <string.h>

#include "conf/diag.h"
#include "fw/rule.h"
#include "menu/type_match.h"
#include "router/capture_filter.h"

#define ENTRY_BYTES 64

/* How one entry is read and printed; both kinds of lists begin with their count. */
struct entry {
	size_t bytes;
	bool (*parse)(const struct field *field, const struct conf_state *state, const char *text,
	              void *at, struct diag *diag);
	void (*print)(const struct field *field, const struct conf_state *state, const void *at,
	              struct text *out);
};

static_assert(offsetof(struct capture_ranges, at) == offsetof(struct capture_macs, at),
              "one way to read both");

static bool is_everything(const char *text)
{
	return text[0] == '\0' || strcmp(text, "any") == 0 || strcmp(text, "all") == 0;
}

static bool entry_add(const struct entry *entry, const struct field *field,
                      const struct conf_state *state, const char *word, size_t len, void *list,
                      struct diag *diag)
{
	char text[ENTRY_BYTES];
	uint32_t n;

	memcpy(&n, list, sizeof n);
	if (n == CAPTURE_ENTRIES)
		return diag_fail(diag, field->name, "failure: %s has at most %d entries",
		                 field->name, CAPTURE_ENTRIES);
	if (len >= sizeof text)
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: an entry is too long; entries are "
		                 "parted by commas",
		                 field->name);
	memcpy(text, word, len);
	text[len] = '\0';
	if (!entry->parse(field, state, text,
	                  (uint8_t *)list + offsetof(struct capture_ranges, at) + n * entry->bytes,
	                  diag))
		return false;
	n++;
	memcpy(list, &n, sizeof n);
	return true;
}

static bool list_parse(const struct entry *entry, const struct field *field,
                       const struct conf_state *state, const char *text, void *list,
                       struct diag *diag)
{
	if (is_everything(text))
		return true;
	for (;;) {
		const char *comma = text + strcspn(text, ",");

		if (!entry_add(entry, field, state, text, (size_t)(comma - text), list, diag))
			return false;
		if (*comma == '\0')
			return true;
		text = comma + 1;
	}
}

static void list_print(const struct entry *entry, const struct field *field,
                       const struct conf_state *state, const void *list, struct text *out)
{
	const uint8_t *at = (const uint8_t *)list + offsetof(struct capture_ranges, at);
	uint32_t n;

	memcpy(&n, list, sizeof n);
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			text_char(out, ',');
		entry->print(field, state, at + i * entry->bytes, out);
	}
}

/* A list's type from its entries'. */
#define LIST_TYPE(type_, name_, bytes_, parse_entry, print_entry, choices_)                        \
	static const struct entry type_##_entry = { bytes_, parse_entry, print_entry };            \
	static bool type_##_parse(const struct field *field, const struct conf_state *state,       \
	                          const char *text, void *at, struct diag *diag)                   \
	{                                                                                          \
		return list_parse(&type_##_entry, field, state, text, at, diag);                   \
	}                                                                                          \
	static void type_##_print(const struct field *field, const struct conf_state *state,       \
	                          const void *at, struct text *out)                                \
	{                                                                                          \
		list_print(&type_##_entry, field, state, at, out);                                 \
	}                                                                                          \
	const struct type type_ = {                                                                \
		.name = name_, .parse = type_##_parse, .print = type_##_print, .choices = choices_ \
	}

/* --- addresses and numbers --- */

static bool address_parse(const struct field *field, const struct conf_state *state,
                          const char *text, void *at, struct diag *diag)
{
	return type_range.parse(field, state, text, at, diag);
}

static void address_print(const struct field *field, const struct conf_state *state, const void *at,
                          struct text *out)
{
	type_range.print(field, state, at, out);
}

static_assert(sizeof(struct ip4_range) == sizeof(struct capture_range), "addresses are numbers");

static bool number_parse(const struct field *field, const struct conf_state *state,
                         const char *text, void *at, struct diag *diag)
{
	struct match_number match;
	struct capture_range range;

	if (text[0] == '!')
		return diag_fail(diag, field->name,
		                 "failure: %s=!... is not supported: say what "
		                 "is to be seen, not what is not",
		                 field->name);
	if (!type_match_number.parse(field, state, text, &match, diag))
		return false;
	range = (struct capture_range){ match.low, match.high };
	memcpy(at, &range, sizeof range);
	return true;
}

static void number_print(const struct field *field, const struct conf_state *state, const void *at,
                         struct text *out)
{
	struct capture_range range;

	memcpy(&range, at, sizeof range);
	text_printf(out, "%u", range.low);
	if (range.high != range.low)
		text_printf(out, "-%u", range.high);
}

static bool protocol_parse(const struct field *field, const struct conf_state *state,
                           const char *text, void *at, struct diag *diag)
{
	struct match_number match;
	struct capture_range range;

	if (!type_match_protocol.parse(field, state, text, &match, diag))
		return false;
	if (match.negate)
		return diag_fail(diag, field->name,
		                 "failure: %s=!... is not supported: say what "
		                 "is to be seen, not what is not",
		                 field->name);
	range = (struct capture_range){ match.low, match.low };
	memcpy(at, &range, sizeof range);
	return true;
}

static void protocol_print(const struct field *field, const struct conf_state *state,
                           const void *at, struct text *out)
{
	struct capture_range range;
	const char *word;

	memcpy(&range, at, sizeof range);
	word = type_protocol_word(range.low);
	if (word != NULL)
		text_add(out, word);
	else
		text_printf(out, "%u", range.low);
}

static void protocol_choices(const struct field *field, const struct conf_state *state,
                             struct choice_sink *sink)
{
	type_match_protocol.choices(field, state, sink);
}

LIST_TYPE(type_capture_addresses, "addresses", sizeof(struct capture_range), address_parse,
          address_print, NULL);
LIST_TYPE(type_capture_numbers, "numbers", sizeof(struct capture_range), number_parse, number_print,
          NULL);
LIST_TYPE(type_capture_protocols, "protocols", sizeof(struct capture_range), protocol_parse,
          protocol_print, protocol_choices);

/* --- EtherTypes --- */

static const struct {
	const char *word;
	uint16_t number;
} ethers[] = {
	/* IANA's IEEE 802 numbers, as RouterOS spells them */
	{ "ip", 0x0800 },
	{ "arp", 0x0806 },
	{ "rarp", 0x8035 },
	{ "ipv6", 0x86dd },
	{ "vlan", 0x8100 },
	{ "mpls-unicast", 0x8847 },
	{ "pppoe-discovery", 0x8863 },
	{ "pppoe", 0x8864 },
	{ "service-vlan", 0x88a8 },
	{ "lldp", 0x88cc },
};

const char *type_ether_word(unsigned number)
{
	for (unsigned i = 0; i < ARRAY_LEN(ethers); i++) {
		if (ethers[i].number == number)
			return ethers[i].word;
	}
	return NULL;
}

static bool ether_read(const char *text, uint32_t *ret_number)
{
	struct field hex = { .name = "", .bytes = sizeof *ret_number, .min = 0, .max = 0xffff };
	struct diag unused = { 0 };

	for (unsigned i = 0; i < ARRAY_LEN(ethers); i++) {
		if (strcmp(ethers[i].word, text) == 0) {
			*ret_number = ethers[i].number;
			return true;
		}
	}
	return type_uint.parse(&hex, NULL, text, ret_number, &unused);
}

static bool ether_parse(const struct field *field, const struct conf_state *state, const char *text,
                        void *at, struct diag *diag)
{
	struct capture_range range;

	if (!ether_read(text, &range.low))
		return diag_fail(diag, field->name,
		                 "input does not match any value of %s: %s is neither a name (ip, "
		                 "arp, ipv6, vlan, ...) nor a number such as 0x88cc",
		                 field->name, text);
	range.high = range.low;
	memcpy(at, &range, sizeof range);
	return true;
}

static void ether_print(const struct field *field, const struct conf_state *state, const void *at,
                        struct text *out)
{
	struct capture_range range;
	const char *word;

	memcpy(&range, at, sizeof range);
	word = type_ether_word(range.low);
	if (word != NULL)
		text_add(out, word);
	else
		text_printf(out, "0x%04x", range.low);
}

static void ether_choices(const struct field *field, const struct conf_state *state,
                          struct choice_sink *sink)
{
	for (unsigned i = 0; i < ARRAY_LEN(ethers); i++)
		sink->choice(sink, ethers[i].word, NULL);
}

LIST_TYPE(type_capture_types, "EtherTypes", sizeof(struct capture_range), ether_parse, ether_print,
          ether_choices);

/* --- interfaces and cards --- */

static bool iface_parse(const struct field *field, const struct conf_state *state, const char *text,
                        void *at, struct diag *diag)
{
	struct field one = *field;
	struct capture_range range;

	one.bytes = sizeof range.low;
	if (!type_ref.parse(&one, state, text, &range.low, diag))
		return false;
	range.high = range.low;
	memcpy(at, &range, sizeof range);
	return true;
}

static void iface_print(const struct field *field, const struct conf_state *state, const void *at,
                        struct text *out)
{
	struct field one = *field;

	one.bytes = sizeof(uint32_t);
	type_ref.print(&one, state, at, out);
}

static void iface_choices(const struct field *field, const struct conf_state *state,
                          struct choice_sink *sink)
{
	type_ref.choices(field, state, sink);
}

static bool mac_parse_entry(const struct field *field, const struct conf_state *state,
                            const char *text, void *at, struct diag *diag)
{
	return type_mac.parse(field, state, text, at, diag);
}

static void mac_print_entry(const struct field *field, const struct conf_state *state,
                            const void *at, struct text *out)
{
	type_mac.print(field, state, at, out);
}

LIST_TYPE(type_capture_ifaces, "interfaces", sizeof(struct capture_range), iface_parse, iface_print,
          iface_choices);
LIST_TYPE(type_capture_macs, "mac addresses", sizeof(struct mac), mac_parse_entry, mac_print_entry,
          NULL);

/* --- sizes --- */

static bool kib_parse(const struct field *field, const struct conf_state *state, const char *text,
                      void *at, struct diag *diag)
{
	static const struct {
		const char *word;
		uint64_t factor;
	} units[] = { { "", 1 }, { "KiB", 1 }, { "MiB", 1024 } };
	size_t digits = strspn(text, "0123456789");
	uint64_t number;
	uint32_t kib;

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (strcmp(text + digits, units[i].word) != 0 ||
		    !text_to_u64(text, digits, &number) || number > (uint64_t)field->max)
			continue;
		number *= units[i].factor;
		if (number < (uint64_t)field->min || number > (uint64_t)field->max)
			continue;
		kib = (uint32_t)number;
		memcpy(at, &kib, sizeof kib);
		return true;
	}
	return diag_fail(diag, field->name,
	                 "value of %s out of range (%lldKiB..%lldKiB): %s is not a size such as "
	                 "100KiB or 1MiB",
	                 field->name, (long long)field->min, (long long)field->max,
	                 text[0] == '\0' ? "nothing" : text);
}

static void kib_print(const struct field *field, const struct conf_state *state, const void *at,
                      struct text *out)
{
	uint32_t kib;

	memcpy(&kib, at, sizeof kib);
	text_printf(out, "%uKiB", kib);
}

const struct type type_kib = { .name = "size", .parse = kib_parse, .print = kib_print };
