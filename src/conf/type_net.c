/*
 * type_net.c -- addresses, networks, ranges of addresses, hardware addresses.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/ip.h"
#include "lib/must.h"
#include "lib/text.h"

/* What to call an empty value in a sentence. */
static const char *shown(const char *text)
{
	return text[0] == '\0' ? "nothing" : text;
}

static int ip4_compare(ip4 a, ip4 b)
{
	return a.v < b.v ? -1 : a.v > b.v;
}

static bool addr_fail(const struct field *field, const char *text, struct diag *diag)
{
	return diag_fail(diag, field->name,
	                 "invalid value for argument %s: %s is not an address such as 192.168.88.1",
	                 field->name, shown(text));
}

static bool ip4_type_parse(const struct field *field, const struct conf_state *state,
                           const char *text, void *at, struct diag *diag)
{
	ip4 addr;

	if (!ip4_parse(text, strlen(text), &addr))
		return addr_fail(field, text, diag);
	memcpy(at, &addr, sizeof addr);
	return true;
}

static void ip4_type_print(const struct field *field, const struct conf_state *state,
                           const void *at, struct text *out)
{
	ip4 addr;

	memcpy(&addr, at, sizeof addr);
	ip4_print(addr, out);
}

static int ip4_type_compare(const void *a, const void *b, size_t bytes)
{
	ip4 left, right;

	memcpy(&left, a, sizeof left);
	memcpy(&right, b, sizeof right);
	return ip4_compare(left, right);
}

const struct type type_ip4 = {
	.name = "address",
	.looks = "A.B.C.D",
	.parse = ip4_type_parse,
	.print = ip4_type_print,
	.compare = ip4_type_compare,
};

static bool ip_addr_parse(const struct field *field, const struct conf_state *state,
                          const char *text, void *at, struct diag *diag)
{
	struct ip_addr addr = { .family = IP_V4 };

	if (!ip4_parse(text, strlen(text), &addr.v4))
		return addr_fail(field, text, diag);
	memcpy(at, &addr, sizeof addr);
	return true;
}

static void ip_addr_type_print(const struct field *field, const struct conf_state *state,
                               const void *at, struct text *out)
{
	struct ip_addr addr;

	memcpy(&addr, at, sizeof addr);
	ip_addr_print(&addr, out);
}

static int ip_addr_compare(const struct ip_addr *a, const struct ip_addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->family == IP_V6)
		return memcmp(a->v6, b->v6, sizeof a->v6);
	return ip4_compare(a->v4, b->v4);
}

static int ip_addr_type_compare(const void *a, const void *b, size_t bytes)
{
	struct ip_addr left, right;

	memcpy(&left, a, sizeof left);
	memcpy(&right, b, sizeof right);
	return ip_addr_compare(&left, &right);
}

const struct type type_ip_addr = {
	.name = "address",
	.looks = "A.B.C.D",
	.parse = ip_addr_parse,
	.print = ip_addr_type_print,
	.compare = ip_addr_type_compare,
};

static bool prefix_read(const struct field *field, const char *text, struct ip_prefix *ret_prefix,
                        struct diag *diag)
{
	if (ip_prefix_parse(text, strlen(text), ret_prefix))
		return true;
	return diag_fail(diag, field->name,
	                 "invalid value for argument %s: %s is not an address with a prefix length "
	                 "of 0 to 32",
	                 field->name, shown(text));
}

static bool prefix_parse(const struct field *field, const struct conf_state *state,
                         const char *text, void *at, struct diag *diag)
{
	struct ip_prefix prefix;

	if (!prefix_read(field, text, &prefix, diag))
		return false;
	memcpy(at, &prefix, sizeof prefix);
	return true;
}

/* Refuse set bits below the mask, and say which network was probably meant. */
static bool network_is_whole(const struct field *field, const char *text,
                             const struct ip_prefix *prefix, struct diag *diag)
{
	char buffer[IP4_TEXT_BYTES];
	ip4 network = ip4_network(prefix->addr.v4, prefix->bits);

	if (ip4_equal(network, prefix->addr.v4))
		return true;
	return diag_fail(diag, field->name,
	                 "invalid value for argument %s: %s is an address inside a network; the "
	                 "network is %s/%u",
	                 field->name, text, ip4_str(network, buffer), prefix->bits);
}

static bool network_parse(const struct field *field, const struct conf_state *state,
                          const char *text, void *at, struct diag *diag)
{
	struct ip_prefix prefix;

	if (!prefix_read(field, text, &prefix, diag) ||
	    !network_is_whole(field, text, &prefix, diag))
		return false;
	memcpy(at, &prefix, sizeof prefix);
	return true;
}

static void prefix_print(const struct field *field, const struct conf_state *state, const void *at,
                         struct text *out)
{
	struct ip_prefix prefix;

	memcpy(&prefix, at, sizeof prefix);
	if (prefix.addr.family != IP_NONE)
		ip_prefix_print(&prefix, out);
}

static int prefix_compare(const void *a, const void *b, size_t bytes)
{
	struct ip_prefix left, right;

	memcpy(&left, a, sizeof left);
	memcpy(&right, b, sizeof right);

	int order = ip_addr_compare(&left.addr, &right.addr);

	if (order == 0 && left.bits != right.bits)
		order = left.bits < right.bits ? -1 : 1;
	return order;
}

const struct type type_prefix = {
	.name = "address/prefix",
	.looks = "A.B.C.D/len",
	.parse = prefix_parse,
	.print = prefix_print,
	.compare = prefix_compare,
};

const struct type type_network = {
	.name = "network",
	.looks = "A.B.C.D/len",
	.parse = network_parse,
	.print = prefix_print,
	.compare = prefix_compare,
};

static bool range_fail(const struct field *field, const char *text, struct diag *diag)
{
	return diag_fail(diag, field->name,
	                 "value of %s expects range of ip addresses: %s is not an address, a "
	                 "network (10.0.0.0/8) or a range (10.0.0.1-10.0.0.9, low end first)",
	                 field->name, shown(text));
}

static bool range_parse(const struct field *field, const struct conf_state *state, const char *text,
                        void *at, struct diag *diag)
{
	const char *dash = strchr(text, '-');
	struct ip4_range range;
	struct ip_prefix prefix;

	if (dash != NULL) {
		if (!ip4_parse(text, (size_t)(dash - text), &range.low) ||
		    !ip4_parse(dash + 1, strlen(dash + 1), &range.high) ||
		    range.low.v > range.high.v)
			return range_fail(field, text, diag);
	} else {
		if (!ip_prefix_parse(text, strlen(text), &prefix))
			return range_fail(field, text, diag);
		if (!network_is_whole(field, text, &prefix, diag))
			return false;
		range.low = prefix.addr.v4;
		range.high = (ip4){ range.low.v | ~ip4_mask(prefix.bits).v };
	}
	memcpy(at, &range, sizeof range);
	return true;
}

/* How many bits of prefix describe exactly @range, or -1. */
static int range_bits(struct ip4_range range)
{
	int bits = ip4_mask_bits((ip4){ ~(range.low.v ^ range.high.v) });

	if (bits < 0 || (range.low.v & ~ip4_mask((unsigned)bits).v) != 0)
		return -1;
	return bits;
}

static void range_print(const struct field *field, const struct conf_state *state, const void *at,
                        struct text *out)
{
	struct ip4_range range;

	memcpy(&range, at, sizeof range);

	int bits = range_bits(range);

	ip4_print(range.low, out);
	if (bits == 32)
		return;
	if (bits >= 0) {
		text_printf(out, "/%d", bits);
		return;
	}
	text_char(out, '-');
	ip4_print(range.high, out);
}

static int range_compare(const void *a, const void *b, size_t bytes)
{
	struct ip4_range left, right;

	memcpy(&left, a, sizeof left);
	memcpy(&right, b, sizeof right);

	int order = ip4_compare(left.low, right.low);

	return order != 0 ? order : ip4_compare(left.high, right.high);
}

const struct type type_range = {
	.name = "address range",
	.looks = "A.B.C.D, A.B.C.D-A.B.C.D or A.B.C.D/len",
	.parse = range_parse,
	.print = range_print,
	.compare = range_compare,
};

static bool mac_type_parse(const struct field *field, const struct conf_state *state,
                           const char *text, void *at, struct diag *diag)
{
	struct mac mac;

	if (!mac_parse(text, strlen(text), &mac))
		return diag_fail(diag, field->name,
		                 "invalid value of %s, mac address required: %s is not of the form "
		                 "02:00:00:00:00:01",
		                 field->name, shown(text));
	memcpy(at, &mac, sizeof mac);
	return true;
}

static void mac_type_print(const struct field *field, const struct conf_state *state,
                           const void *at, struct text *out)
{
	struct mac mac;

	memcpy(&mac, at, sizeof mac);
	mac_print(&mac, out);
}

static int mac_compare(const void *a, const void *b, size_t bytes)
{
	return memcmp(a, b, sizeof(struct mac));
}

const struct type type_mac = {
	.name = "mac address",
	.looks = "02:03:04:05:06:07",
	.parse = mac_type_parse,
	.print = mac_type_print,
	.compare = mac_compare,
};
