/* interface.h -- the rows of /interface and /interface/list, for menus that read them. */
#ifndef MENU_INTERFACE_H
#define MENU_INTERFACE_H

#include "conf/menu.h"
#include "core/iface.h"

struct diag;
struct router;

struct interface_row {
	char name[IFACE_NAME_BYTES];
	char default_name[IFACE_NAME_BYTES];
	uint32_t mtu; /* 0: the port's */
	bool merge_segments;
	/* Observed. */
	char type[16];
	uint32_t actual_mtu;
	struct mac mac;
	uint64_t rx_byte, tx_byte, rx_packet, tx_packet, rx_drop, tx_drop, rx_lost;
	uint32_t link_downs;
};

struct interface_list_row {
	char name[IFACE_NAME_BYTES];
};

struct interface_member_row {
	uint32_t list, iface; /* rows */
};

/* monitor-traffic (of ports: monitor) and reset-counters. */
#define INTERFACE_ACTIONS 2
extern const struct action interface_actions[INTERFACE_ACTIONS];
extern const struct action interface_ethernet_actions[INTERFACE_ACTIONS];

/* May an interface be called so? */
bool interface_name_check(const char *name, struct diag *diag);

/* The name of the @n-th card, for the menus that have a row for each (struct menu's fixed). */
bool interface_fixed(struct router *router, size_t n, char *ret_name, size_t bytes);

#endif
