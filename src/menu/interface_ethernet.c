/*
 * interface_ethernet.c -- /interface/ethernet: what only an Ethernet port has.
 *
 * Name, MTU and counters are in /interface. A row is the port's, by the name it came with.
 */
#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "menu/interface.h"
#include "menu/lookup.h"
#include "menu/menus.h"

struct ethernet_row {
	char default_name[IFACE_NAME_BYTES];
	uint8_t arp;
	char arp_timeout[16]; /* "auto", or a time */
	/* Observed. */
	char name[IFACE_NAME_BYTES];
	struct mac mac;
	uint32_t mtu;
};

static const char *const arp_words[] = { "enabled",    "disabled",        "proxy-arp",
	                                 "reply-only", "local-proxy-arp", NULL };

static const struct field fields[] = {
	{ "default-name", &type_string, AT(struct ethernet_row, default_name), .min = 1,
	  .max = IFACE_NAME_BYTES - 1, .flags = F_KEY | F_BRIEF | F_REQUIRED,
	  .help = "the name it came with: ether1, ether2, ... in the order of the ports" },
	{ "name", &type_word, AT(struct ethernet_row, name), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "what it is called now; /interface changes that" },
	{ "mtu", &type_uint, AT(struct ethernet_row, mtu), .flags = F_READ_ONLY | F_BRIEF | F_RIGHT,
	  .help = "largest IP packet in use; /interface changes that" },
	{ "mac-address", &type_mac, AT(struct ethernet_row, mac), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "hardware address" },
	{ "arp", &type_enum, AT(struct ethernet_row, arp), .words = arp_words, .dflt = "enabled",
	  .flags = F_BRIEF,
	  .help = "how ARP works on it: proxy-arp answers for what is beyond other interfaces, "
	          "local-proxy-arp for the hosts of its own link, reply-only neither asks nor "
	          "learns, disabled is silent" },
	{ "arp-timeout", &type_word, AT(struct ethernet_row, arp_timeout), .min = 1, .max = 15,
	  .dflt = "auto",
	  .help = "how long a neighbour that has answered needs not be asked again; auto: as "
	          "/ip/settings says" },
};

/* Milliseconds; 0 for auto; false: neither auto nor a time that makes sense. */
static bool timeout_read(const char *text, uint64_t *ret_ms)
{
	static const struct field field = { "arp-timeout", &type_time, .bytes = sizeof(uint64_t) };
	struct diag diag = { 0 };

	*ret_ms = 0;
	if (strcmp(text, "auto") == 0)
		return true;
	return type_time.parse(&field, NULL, text, ret_ms, &diag) && *ret_ms >= 1000 &&
	       *ret_ms <= 86400000;
}

static bool ethernet_check(const struct row *row, struct diag *diag)
{
	const struct ethernet_row *body = (const void *)row->body;
	uint64_t ms;

	if (timeout_read(body->arp_timeout, &ms))
		return true;
	return diag_fail(diag, "arp-timeout",
	                 "invalid value for argument arp-timeout: auto, or a time from 1s to 1d");
}

struct prepared {
	size_t n;
	struct {
		iface_id id;
		enum arp_mode arp;
		uint32_t timeout_ms;
	} at[];
};

static bool ethernet_prepare(struct router *router, const struct conf_state *state,
                             void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/interface/ethernet");
	struct prepared *prepared = mem_new(1, sizeof *prepared + rows.n * sizeof prepared->at[0]);

	for (size_t i = 0; i < rows.n; i++) {
		const struct ethernet_row *body = (const void *)rows.at[i]->body;
		const struct iface *iface = iface_by_default_name(&router->net, body->default_name);
		uint64_t ms;

		if (iface == NULL || !timeout_read(body->arp_timeout, &ms))
			continue;
		prepared->at[prepared->n].id = iface->id;
		prepared->at[prepared->n].arp = (enum arp_mode)body->arp;
		prepared->at[prepared->n].timeout_ms = (uint32_t)ms;
		prepared->n++;
	}
	*ret_prepared = prepared;
	return true;
}

static void ethernet_publish(struct router *router, void *arg)
{
	struct prepared *prepared = arg;

	for (size_t i = 0; i < prepared->n; i++)
		iface_set_arp(&router->net, prepared->at[i].id, prepared->at[i].arp,
		              prepared->at[i].timeout_ms);
	mem_free(prepared);
}

static void ethernet_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct ethernet_row *body = (void *)row->body;
	const struct iface *iface = iface_by_default_name(&router->net, body->default_name);

	if (iface == NULL)
		return;
	snprintf(body->name, sizeof body->name, "%s", iface->name);
	body->mac = iface->mac;
	body->mtu = iface->mtu_bytes;
}

static const char *const depends[] = { "/interface", NULL };

const struct menu menu_interface_ethernet = {
	.path = "/interface/ethernet",
	.title = "Ethernet ports: how ARP works on them",
	.kind = MENU_FIXED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct ethernet_row),
	.depends = depends,
	.actions = interface_ethernet_actions,
	.nactions = INTERFACE_ACTIONS,
	.check = ethernet_check,
	.prepare = ethernet_prepare,
	.publish = ethernet_publish,
	.discard = mem_free,
	.status = ethernet_status,
	.fixed = interface_fixed,
};
