/*
 * ip_address.c -- /ip/address: the router's own addresses.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/request.h"
#include "conf/type.h"
#include "core/acd.h"
#include "core/addr.h"
#include "lib/mem.h"
#include "menu/interface_bridge.h"
#include "menu/lookup.h"
#include "menu/menus.h"

#define FLAG_INVALID  (ROW_MENU_FIRST << 0)
#define FLAG_SLAVE    (ROW_MENU_FIRST << 1)
#define FLAG_CONFLICT (ROW_MENU_FIRST << 2)

struct address_row {
	struct ip_prefix address;
	ip4 network;
	uint32_t iface;
	uint32_t actual;              /* observed */
	struct mac conflict;          /* observed */
	char netmask[IP4_TEXT_BYTES]; /* never stored: folded into the address */
};

static const struct field fields[] = {
	{ "address", &type_prefix, AT(struct address_row, address),
	  .flags = F_REQUIRED | F_BRIEF | F_UNNAMED,
	  .help = "the address with its network's prefix length: 192.168.88.1/24" },
	{ "network", &type_ip4, AT(struct address_row, network), .flags = F_BRIEF,
	  .help = "the network; on a point-to-point link the peer's address" },
	{ "interface", &type_ref, AT(struct address_row, iface), .ref = "interface",
	  .flags = F_REQUIRED | F_BRIEF | F_HOLDS, .help = "the interface that bears it" },
	{ "netmask", &type_string, AT(struct address_row, netmask), .max = IP4_TEXT_BYTES - 1,
	  .help = "older spelling of the prefix length: 255.255.255.0" },
	{ "actual-interface", &type_ref, AT(struct address_row, actual), .ref = "interface",
	  .flags = F_READ_ONLY, .help = "the interface itself, or the bridge whose port it is" },
	{ "conflict-mac-address", &type_mac, AT(struct address_row, conflict), .flags = F_READ_ONLY,
	  .help = "who else uses the address on that link" },
};

enum {
	NETWORK_FIELD = 1, /* its place in the table: computed when it was not given */
	CONFLICT_FIELD = ARRAY_LEN(fields) - 1,
};

static const struct menu_flag flags[] = {
	{ 'I', "invalid" },
	{ 'S', "slave" },
	{ 'A', "address-conflict" },
};

static bool masks_agree(const struct ip_prefix *prefix, unsigned bits, bool has_slash)
{
	return !has_slash || prefix->bits == bits;
}

/* address=192.168.0.1 netmask=255.255.255.0 becomes address=192.168.0.1/24. */
static bool fold_netmask(struct request *request, struct diag *diag)
{
	const struct request_field *netmask = request_field(request, "netmask");
	const struct request_field *address = request_field(request, "address");
	struct ip_prefix prefix;
	char addr[IP4_TEXT_BYTES];
	int bits = -1;
	ip4 mask;

	if (netmask == NULL)
		return true;
	if (netmask->value != NULL && ip4_parse(netmask->value, strlen(netmask->value), &mask))
		bits = ip4_mask_bits(mask);
	if (bits < 0)
		return diag_fail(
			diag, "netmask",
			"invalid value for argument netmask: it must be ones, then zeroes, "
			"such as 255.255.255.0");
	if (address == NULL || address->value == NULL ||
	    !ip_prefix_parse(address->value, strlen(address->value), &prefix))
		return diag_fail(
			diag, "netmask",
			"invalid value for argument netmask: it goes with an address; write "
			"address=192.168.88.1/24 instead");
	if (!masks_agree(&prefix, (unsigned)bits, strchr(address->value, '/') != NULL))
		return diag_fail(
			diag, "netmask",
			"invalid value for argument netmask: /%d, but the address says /%u; "
			"leave netmask out",
			bits, prefix.bits);
	request_put(request, "address",
	            arena_printf(request->arena, "%s/%d", ip4_str(prefix.addr.v4, addr), bits));
	request_drop(request, "netmask");
	return true;
}

static bool is_special(ip4 addr)
{
	return addr.v >> 24 == 0 || ip4_is_multicast(addr) || ip4_is_loopback(addr) ||
	       addr.v >> 28 == 0xf;
}

/* Only with /32 the network says something that the address does not: who the peer is. */
static bool network_check(const struct address_row *body, ip4 network, struct diag *diag)
{
	char addr[IP4_TEXT_BYTES], text[IP4_TEXT_BYTES];

	if (body->address.bits == 32 || ip4_is_zero(body->network) ||
	    ip4_equal(body->network, network))
		return true;
	return diag_fail(diag, "network",
	                 "invalid value for argument network: the network of %s/%u is %s; leave "
	                 "network out, or write /32 if it is the peer's address",
	                 ip4_str(body->address.addr.v4, addr), body->address.bits,
	                 ip4_str(network, text));
}

static bool address_check(const struct row *row, struct diag *diag)
{
	const struct address_row *body = (const void *)row->body;
	ip4 addr = body->address.addr.v4;
	unsigned bits = body->address.bits;
	ip4 network = ip4_network(addr, bits);
	char text[IP4_TEXT_BYTES], first[IP4_TEXT_BYTES];

	if (is_special(addr))
		return diag_fail(diag, "address",
		                 "invalid value for argument address: %s is no host's address",
		                 ip4_str(addr, text));
	if (bits == 0)
		return diag_fail(diag, "address",
		                 "invalid value for argument address: /0 would make the whole "
		                 "internet on-link; the network of a LAN is usually /24");
	if (bits < 31 && (ip4_equal(addr, network) || addr.v == (network.v | ~ip4_mask(bits).v)))
		return diag_fail(diag, "address",
		                 "invalid value for argument address: %s is the %s address of its "
		                 "network, not a host's; the first host is %s",
		                 ip4_str(addr, text),
		                 ip4_equal(addr, network) ? "network" : "broadcast",
		                 ip4_str((ip4){ network.v + 1 }, first));
	return network_check(body, network, diag);
}

static bool address_check_all(const struct conf_state *state, struct rows rows, struct diag *diag)
{
	for (size_t i = 0; i < rows.n; i++) {
		const struct address_row *a = (const void *)rows.at[i]->body;

		for (size_t j = 0; j < i; j++) {
			const struct address_row *b = (const void *)rows.at[j]->body;

			if (ip4_equal(a->address.addr.v4, b->address.addr.v4))
				return diag_fail(diag, "address",
				                 "failure: already have such address; an address "
				                 "belongs to one interface of the router only");
		}
	}
	return true;
}

/* A port of a bridge has no IP of its own: its addresses are the bridge's. */
static uint32_t actual_interface(const struct conf_state *state, const struct address_row *body)
{
	uint32_t master = bridge_row_master(state, body->iface);

	return master != 0 ? master : body->iface;
}

static struct addr_spec spec_of(struct router *router, const struct conf_state *state,
                                const struct row *row)
{
	const struct address_row *body = (const void *)row->body;
	unsigned bits = body->address.bits;
	ip4 network = ip4_network(body->address.addr.v4, bits);

	if (!ip4_is_zero(body->network))
		network = body->network;
	return (struct addr_spec){
		.addr = body->address.addr.v4,
		.network = network,
		.bits = (uint8_t)bits,
		.iface = lookup_iface(router, state, actual_interface(state, body)),
		.id = row->id,
	};
}

static bool address_prepare(struct router *router, const struct conf_state *state,
                            void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/ip/address");
	struct addr_spec *specs = mem_new(rows.n, sizeof *specs);
	size_t n = 0;

	for (size_t i = 0; i < rows.n; i++) {
		specs[n] = spec_of(router, state, rows.at[i]);
		if (specs[n].iface != IFACE_NONE && (rows.at[i]->flags & ROW_DISABLED) == 0)
			n++;
	}
	*ret_prepared = addrs_new(specs, n);
	mem_free(specs);
	return true;
}

static void address_publish(struct router *router, void *prepared)
{
	addrs_publish(&router->net, prepared);
	router_addresses_changed(router);
}

static void address_discard(void *prepared)
{
	addrs_free(prepared);
}

static void address_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct address_row *body = (void *)row->body;
	iface_id iface;

	if (ip4_is_zero(body->network))
		body->network = ip4_network(body->address.addr.v4, body->address.bits);
	row->given |= 1ULL << NETWORK_FIELD;
	body->actual = actual_interface(state, body);
	if (body->actual != body->iface)
		row->flags |= FLAG_SLAVE;
	iface = lookup_iface(router, state, body->actual);
	if (iface == IFACE_NONE) {
		row->flags |= FLAG_INVALID;
	} else if (acd_other(&router->net, iface, body->address.addr.v4, &body->conflict)) {
		row->flags |= FLAG_CONFLICT;
		row->given |= 1ULL << CONFLICT_FIELD;
	}
}

static const char *name_of(const struct conf_state *state, uint32_t iface)
{
	const struct menu *menu;
	const struct row *row = conf_state_ref(state, "interface", iface, &menu);

	return row != NULL ? menu_row_name(menu, row) : "an interface that is gone";
}

/* Hosts of a network that two links seem to hold are looked for on one of them only. */
static bool overlaps(const struct conf_state *state, const struct row *row, struct text *out)
{
	const struct address_row *mine = (const void *)row->body;
	struct rows rows = conf_state_rows(state, "/ip/address");
	char text[IP4_TEXT_BYTES];

	for (size_t i = 0; i < rows.n; i++) {
		const struct address_row *other = (const void *)rows.at[i]->body;
		unsigned bits = mine->address.bits < other->address.bits ? mine->address.bits
		                                                         : other->address.bits;

		if ((rows.at[i]->flags & ROW_DISABLED) != 0 ||
		    actual_interface(state, other) == actual_interface(state, mine) ||
		    mine->address.bits == 32 || other->address.bits == 32 ||
		    !ip4_equal(ip4_network(mine->address.addr.v4, bits),
		               ip4_network(other->address.addr.v4, bits)))
			continue;
		text_printf(
			out,
			"its network overlaps that of %s/%u on %s, and hosts in both are looked "
			"for on one link only: use another network here, or remove that address: "
			"/ip/address/remove *%X",
			ip4_str(other->address.addr.v4, text), other->address.bits,
			name_of(state, other->iface), rows.at[i]->id);
		return true;
	}
	return false;
}

static bool address_warn(struct router *router, const struct conf_state *state,
                         const struct row *row, struct text *out)
{
	const struct address_row *body = (const void *)row->body;
	const struct menu *menu;
	const struct row *bridge =
		conf_state_ref(state, "interface", bridge_row_master(state, body->iface), &menu);

	if ((row->flags & ROW_DISABLED) == 0 && overlaps(state, row, out))
		return true;
	if (bridge == NULL)
		return false;
	text_printf(out, "its interface is a port of %s, which bears the address: set interface=%s",
	            menu_row_name(menu, bridge), menu_row_name(menu, bridge));
	return true;
}

static const char *const depends[] = { "/interface", "/interface/bridge", "/interface/vlan",
	                               "/interface/bridge/port", NULL };

const struct menu menu_ip_address = {
	.path = "/ip/address",
	.title = "Addresses of the router",
	.kind = MENU_LIST,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct address_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.depends = depends,
	.check = address_check,
	.check_all = address_check_all,
	.prepare = address_prepare,
	.publish = address_publish,
	.discard = address_discard,
	.status = address_status,
	.warn = address_warn,
	.translate = fold_netmask,
};
