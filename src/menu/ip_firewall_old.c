/*
 * ip_firewall_old.c -- /ip/firewall/src-nat and dst-nat: the menus of RouterOS 2.x.
 *
 * What is typed here becomes rows of /ip/firewall/nat (ROUTEROS.md, 7); nothing else is stored. An
 * address matcher there holds address, mask and port at once: dst-address=203.0.113.2/32:80. In
 * dst-nat the mask must be 32: /24 would silently map a whole network to one host.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/request.h"
#include "conf/type.h"
#include "lib/ip.h"
#include "menu/menus.h"

#define OLD_BYTES 64

/* Only a place for the schema to point at: these rows are never stored. */
struct old_row {
	char value[OLD_BYTES];
};

#define OLD(name_, help_)                                                                          \
	{                                                                                          \
		name_, &type_string, AT(struct old_row, value), .max = OLD_BYTES - 1,              \
								.help = help_                      \
	}

static const struct field src_fields[] = {
	OLD("action", "masquerade, nat (with to-src-address) or accept"),
	OLD("src-address", "source as address/mask:port; mask and port may be left out"),
	OLD("dst-address", "destination as address/mask:port; mask and port may be left out"),
	OLD("protocol", "tcp, udp, icmp, ..."),
	OLD("src-port", "source ports; with protocol tcp or udp"),
	OLD("dst-port", "destination ports; with protocol tcp or udp"),
	OLD("out-interface", "the interface it leaves by"),
	OLD("to-src-address", "the new source; with action nat"),
	OLD("to-src-port", "the new source port; with action nat"),
};

static const struct field dst_fields[] = {
	OLD("action", "nat (with to-dst-address), redirect (with to-dst-port) or accept"),
	OLD("src-address", "source as address/mask:port; mask and port may be left out"),
	OLD("dst-address", "the outer address as address/32:port"),
	OLD("protocol", "tcp, udp, icmp, ..."),
	OLD("src-port", "source ports; with protocol tcp or udp"),
	OLD("dst-port", "destination ports; with protocol tcp or udp"),
	OLD("in-interface", "the interface it comes in by"),
	OLD("to-dst-address", "the host inside; with action nat"),
	OLD("to-dst-port", "its port, when it is another one"),
};

static void rename_field(struct request *request, const char *from, const char *to)
{
	const struct request_field *field = request_field(request, from);

	if (field == NULL)
		return;
	request_put(request, to, field->value);
	request_drop(request, from);
}

/* "0.0.0.0/0:0-65535" was the default and says nothing. */
static bool says_nothing(const char *addr, const char *port)
{
	return (strcmp(addr, "0.0.0.0/0") == 0 || addr[0] == '\0') &&
	       (port == NULL || strcmp(port, "0-65535") == 0);
}

static bool put_port(struct request *request, const char *field, const char *port,
                     struct diag *diag)
{
	const struct request_field *other = request_field(request, field);

	if (strcmp(port, "0-65535") == 0)
		return true;
	if (other != NULL)
		return diag_fail(diag, field,
		                 "failure: the port is given twice, behind the address and as %s; "
		                 "leave one out",
		                 field);
	request_put(request, field, port);
	return true;
}

/* Take "address/mask:port" apart into @field and @port_field. */
static bool split_matcher(struct request *request, const char *field, const char *port_field,
                          struct diag *diag)
{
	const struct request_field *given = request_field(request, field);
	const char *colon;
	const char *addr;
	const char *port = NULL;

	if (given == NULL || given->value == NULL)
		return true;
	addr = given->value;
	colon = strchr(addr, ':');
	if (colon != NULL) {
		port = arena_strdup(request->arena, colon + 1);
		addr = arena_strndup(request->arena, addr, (size_t)(colon - addr));
	}
	if (says_nothing(addr, port)) {
		request_drop(request, field);
		return true;
	}
	if (strcmp(addr, "0.0.0.0/0") == 0 || addr[0] == '\0')
		request_drop(request, field);
	else
		request_put(request, field, addr);
	return port == NULL || put_port(request, port_field, port, diag);
}

/* In dst-nat the outer address is one address. */
static bool one_address(struct request *request, struct diag *diag)
{
	const struct request_field *given = request_field(request, "dst-address");
	struct ip_prefix prefix;
	char addr[IP4_TEXT_BYTES];

	if (given == NULL || given->value == NULL)
		return true;
	if (!ip_prefix_parse(given->value, strlen(given->value), &prefix))
		return diag_fail(
			diag, "dst-address",
			"invalid value for argument dst-address: %s is not address/32:port, "
			"such as 203.0.113.2/32:80",
			given->value);
	if (prefix.bits != 32)
		return diag_fail(
			diag, "dst-address",
			"invalid value for argument dst-address: /%u names a network, but a "
			"port mapping is for one address: its mask must be 32; write %s/32. "
			"For a network use /ip/firewall/nat",
			prefix.bits, ip4_str(prefix.addr.v4, addr));
	request_put(request, "dst-address",
	            arena_strdup(request->arena, ip4_str(prefix.addr.v4, addr)));
	return true;
}

struct action_word {
	const char *old, *today;
};

static bool translate_action(struct request *request, const struct action_word *words, size_t n,
                             const char *all, struct diag *diag)
{
	const struct request_field *given = request_field(request, "action");

	if (given == NULL || given->value == NULL)
		return true;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(given->value, words[i].old) == 0) {
			request_put(request, "action", words[i].today);
			return true;
		}
	}
	return diag_fail(diag, "action",
	                 "input does not match any value of action: there is no %s here; there are "
	                 "%s",
	                 given->value, all);
}

static bool has_action(const struct request *request, const char *action)
{
	const struct request_field *given = request_field(request, "action");

	return given != NULL && given->value != NULL && strcmp(given->value, action) == 0;
}

static void put_chain(struct request *request, const char *chain)
{
	if (request->verb == VERB_ADD)
		request_put(request, "chain", chain);
}

static bool src_translate(struct request *request, struct diag *diag)
{
	static const struct action_word words[] = {
		{ "masquerade", "masquerade" },
		{ "nat", "src-nat" },
		{ "accept", "accept" },
	};

	if (!translate_action(request, words, ARRAY_LEN(words), "masquerade, nat, accept", diag))
		return false;
	if (request->verb == VERB_ADD && has_action(request, "src-nat") &&
	    request_field(request, "to-src-address") == NULL)
		return diag_fail(diag, "to-src-address",
		                 "missing value(s) of argument(s) to-src-address: action=nat needs "
		                 "the new source");
	if (!split_matcher(request, "src-address", "src-port", diag) ||
	    !split_matcher(request, "dst-address", "dst-port", diag))
		return false;
	put_chain(request, "srcnat");
	rename_field(request, "to-src-address", "to-addresses");
	rename_field(request, "to-src-port", "to-ports");
	return true;
}

static bool dst_translate(struct request *request, struct diag *diag)
{
	static const struct action_word words[] = {
		{ "nat", "dst-nat" },
		{ "redirect", "redirect" },
		{ "accept", "accept" },
	};

	if (!translate_action(request, words, ARRAY_LEN(words), "nat, redirect, accept", diag))
		return false;
	if (request->verb == VERB_ADD && has_action(request, "dst-nat") &&
	    request_field(request, "to-dst-address") == NULL)
		return diag_fail(diag, "to-dst-address",
		                 "missing value(s) of argument(s) to-dst-address: action=nat needs "
		                 "the host inside");
	if (!split_matcher(request, "src-address", "src-port", diag) ||
	    !split_matcher(request, "dst-address", "dst-port", diag) || !one_address(request, diag))
		return false;
	put_chain(request, "dstnat");
	rename_field(request, "to-dst-address", "to-addresses");
	rename_field(request, "to-dst-port", "to-ports");
	return true;
}

const struct menu menu_ip_firewall_src_nat = {
	.path = "/ip/firewall/src-nat",
	.title = "Older spelling of /ip/firewall/nat, chain=srcnat",
	.kind = MENU_ORDERED,
	.fields = src_fields,
	.nfields = ARRAY_LEN(src_fields),
	.row_size = sizeof(struct old_row),
	.target = "/ip/firewall/nat",
	.translate = src_translate,
};

const struct menu menu_ip_firewall_dst_nat = {
	.path = "/ip/firewall/dst-nat",
	.title = "Older spelling of /ip/firewall/nat, chain=dstnat",
	.kind = MENU_ORDERED,
	.fields = dst_fields,
	.nfields = ARRAY_LEN(dst_fields),
	.row_size = sizeof(struct old_row),
	.target = "/ip/firewall/nat",
	.translate = dst_translate,
};
