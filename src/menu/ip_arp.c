/*
 * ip_arp.c -- /ip/arp: neighbours, static ones as configured and all others as learnt.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "core/arp.h"
#include "lib/mem.h"
#include "menu/lookup.h"
#include "menu/menus.h"

#define FLAG_COMPLETE  (ROW_MENU_FIRST << 0)
#define FLAG_INVALID   (ROW_MENU_FIRST << 1)
#define FLAG_PUBLISHED (ROW_MENU_FIRST << 2)

/* Ids of what was learnt, by its place in the table: far from those of stored rows. */
#define LEARNT_FIRST 0x80000000U

struct arp_row {
	ip4 addr;
	struct mac mac;
	uint32_t iface;
	bool published;
	char status[16]; /* observed */
};

static const struct field fields[] = {
	{ "address", &type_ip4, AT(struct arp_row, addr), .flags = F_REQUIRED | F_BRIEF,
	  .help = "the neighbour's IP address" },
	{ "mac-address", &type_mac, AT(struct arp_row, mac), .flags = F_BRIEF,
	  .help = "its hardware address; not of a published entry" },
	{ "interface", &type_ref, AT(struct arp_row, iface), .ref = "interface",
	  .flags = F_REQUIRED | F_BRIEF, .help = "the interface it is on" },
	{ "published", &type_bool, AT(struct arp_row, published), .dflt = "no",
	  .help = "answer ARP for the address with this router's own hardware address" },
	{ "status", &type_word, AT(struct arp_row, status), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "what is known of it: reachable, stale, failed, ..." },
};

static const struct menu_flag flags[] = { { 'C', "complete" },
	                                  { 'I', "invalid" },
	                                  { 'P', "published" } };

static bool mac_is_zero(const struct mac *mac)
{
	return mac_equal(mac, &(struct mac){ { 0 } });
}

static bool arp_check(const struct row *row, struct diag *diag)
{
	const struct arp_row *body = (const void *)row->body;

	if (ip4_is_zero(body->addr) || ip4_is_multicast(body->addr) ||
	    ip4_is_loopback(body->addr) || body->addr.v >> 28 == 0xf)
		return diag_fail(diag, "address",
		                 "invalid value for argument address: no host has such an address");
	if (mac_is_multicast(&body->mac))
		return diag_fail(
			diag, "mac-address",
			"invalid value for argument mac-address: a neighbour's own address "
			"is wanted, not a group's");
	if (mac_is_zero(&body->mac) && !body->published)
		return diag_fail(diag, "mac-address",
		                 "missing value(s) of argument(s) mac-address: the neighbour's "
		                 "hardware address; only a published entry needs none");
	if (!mac_is_zero(&body->mac) && body->published)
		return diag_fail(diag, "mac-address",
		                 "invalid value for argument mac-address: a published entry is "
		                 "answered with this router's own; leave mac-address out");
	return true;
}

static bool arp_check_all(const struct conf_state *state, struct rows rows, struct diag *diag)
{
	for (size_t i = 0; i < rows.n; i++) {
		const struct arp_row *a = (const void *)rows.at[i]->body;

		for (size_t j = 0; j < i; j++) {
			const struct arp_row *b = (const void *)rows.at[j]->body;

			if (ip4_equal(a->addr, b->addr) && a->iface == b->iface)
				return diag_fail(diag, "address",
				                 "failure: already have such entry; an address is "
				                 "listed once for each interface");
		}
	}
	return true;
}

struct static_neigh {
	iface_id iface;
	ip4 addr;
	struct mac mac;
};

struct prepared {
	struct arp_published *published;
	size_t n;
	struct static_neigh at[];
};

static bool arp_prepare(struct router *router, const struct conf_state *state, void **ret_prepared,
                        struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/ip/arp");
	struct prepared *prepared = mem_new(1, sizeof *prepared + rows.n * sizeof prepared->at[0]);

	prepared->published = arp_published_new(rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct arp_row *body = (const void *)rows.at[i]->body;
		iface_id iface = lookup_iface(router, state, body->iface);

		if (iface == IFACE_NONE || (rows.at[i]->flags & ROW_DISABLED) != 0)
			continue;
		if (body->published) {
			arp_published_add(prepared->published, iface, body->addr);
			continue;
		}
		prepared->at[prepared->n++] = (struct static_neigh){ .iface = iface,
			                                             .addr = body->addr,
			                                             .mac = body->mac };
	}
	*ret_prepared = prepared;
	return true;
}

static bool still_wanted(const struct prepared *prepared, const struct neigh *neigh)
{
	for (size_t i = 0; i < prepared->n; i++) {
		if (prepared->at[i].iface == neigh->iface &&
		    ip4_equal(prepared->at[i].addr, neigh->addr))
			return true;
	}
	return false;
}

static void arp_publish(struct router *router, void *arg)
{
	struct prepared *prepared = arg;
	const struct neigh *neigh;
	uint32_t at = 0;

	while ((neigh = neigh_next(&router->net, &at)) != NULL) {
		if (neigh->state == NEIGH_PERMANENT && !still_wanted(prepared, neigh))
			neigh_remove(&router->net, neigh->iface, neigh->addr);
	}
	for (size_t i = 0; i < prepared->n; i++) {
		if (!neigh_set_static(&router->net, prepared->at[i].iface, prepared->at[i].addr,
		                      &prepared->at[i].mac))
			log_write(router->net.log, LOG_ERROR, "interface",
			          "the ARP table is full: a static entry is not in use");
	}
	arp_published_free(router->net.published);
	router->net.published = prepared->published;
	mem_free(prepared);
}

static void arp_discard(void *arg)
{
	struct prepared *prepared = arg;

	arp_published_free(prepared->published);
	mem_free(prepared);
}

static void set_status(struct arp_row *body, enum neigh_state state)
{
	struct text out = text_into(body->status, sizeof body->status);

	text_add(&out, neigh_state_word(state));
}

static void arp_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct arp_row *body = (void *)row->body;
	iface_id iface = lookup_iface(router, state, body->iface);

	if (iface == IFACE_NONE) {
		row->flags |= FLAG_INVALID;
	} else if ((row->flags & ROW_DISABLED) == 0) {
		row->flags |= body->published ? FLAG_PUBLISHED : FLAG_COMPLETE;
		set_status(body, NEIGH_PERMANENT);
	}
}

static void arp_observe(struct router *router, const struct conf_state *state,
                        struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct arp_row))];
	const struct neigh *neigh;
	uint32_t at = 0;

	while ((neigh = neigh_next(&router->net, &at)) != NULL) {
		struct row *row;
		struct arp_row *body;
		bool complete = neigh->state != NEIGH_INCOMPLETE && neigh->state != NEIGH_FAILED;

		if (neigh->state == NEIGH_PERMANENT)
			continue;
		row = lookup_row(storage, sizeof *body, LEARNT_FIRST + at - 1,
		                 ROW_DYNAMIC | (complete ? FLAG_COMPLETE : 0));
		body = (void *)row->body;
		body->addr = neigh->addr;
		body->mac = neigh->mac;
		body->iface = lookup_iface_row(router, state, neigh->iface);
		set_status(body, (enum neigh_state)neigh->state);
		row->given = complete ? UINT64_MAX : UINT64_MAX & ~2ULL; /* no mac-address yet */
		if (!sink->row(sink, row))
			return;
	}
}

static bool arp_forget(struct router *router, const struct row *row, struct diag *diag)
{
	const struct arp_row *body = (const void *)row->body;
	const struct neigh *neigh = neigh_at(&router->net, row->id - LEARNT_FIRST);

	if (ip4_equal(neigh->addr, body->addr))
		neigh_unlearn(&router->net, neigh->iface, neigh->addr);
	return true;
}

static const char *const depends[] = { "/interface", "/interface/bridge", "/interface/vlan", NULL };

const struct menu menu_ip_arp = {
	.path = "/ip/arp",
	.title = "Neighbours and their hardware addresses",
	.kind = MENU_LIST,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct arp_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.depends = depends,
	.check = arp_check,
	.check_all = arp_check_all,
	.prepare = arp_prepare,
	.publish = arp_publish,
	.discard = arp_discard,
	.status = arp_status,
	.observe = arp_observe,
	.forget = arp_forget,
};
