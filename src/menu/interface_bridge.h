/* interface_bridge.h -- the rows of /interface/bridge, its ports and of /interface/vlan. */
#ifndef MENU_INTERFACE_BRIDGE_H
#define MENU_INTERFACE_BRIDGE_H

#include "conf/menu.h"
#include "core/iface.h"
#include "menu/only.h"

struct bridge_row {
	char name[IFACE_NAME_BYTES];
	uint32_t mtu; /* 0: the least of its ports' */
	uint64_t ageing_ms;
	struct mac admin_mac;
	bool auto_mac;
	/* Of these there is one value. */
	char protocol_mode[ONLY_BYTES], vlan_filtering[ONLY_BYTES], igmp_snooping[ONLY_BYTES];
	char dhcp_snooping[ONLY_BYTES], arp[ONLY_BYTES];
	/* Observed. */
	uint32_t actual_mtu;
	struct mac mac;
};

struct bridge_port_row {
	uint32_t bridge, iface; /* rows */
	uint8_t learn;          /* index into its words */
	char horizon[12];
	bool broadcast_flood, unknown_unicast_flood, unknown_multicast_flood;
	uint8_t loop_protect; /* index into its words */
	uint64_t interval_ms, disable_ms;
	char protect_status[ONLY_BYTES]; /* observed */
};

struct vlan_row {
	char name[IFACE_NAME_BYTES];
	uint32_t iface; /* row */
	uint32_t mtu;
	uint16_t id;
	bool service;
	char arp[ONLY_BYTES], mvrp[ONLY_BYTES];
	/* Observed. */
	uint32_t actual_mtu;
	struct mac mac;
};

/*
 * Does what row @id of key space "interface" stands on lead back to itself: a VLAN on a bridge
 * whose port is that VLAN? For check_all of both menus.
 */
bool bridge_row_goes_round(const struct conf_state *state, uint32_t id);

/* The row of the bridge whose port row @id is; 0: of none. */
uint32_t bridge_row_master(const struct conf_state *state, uint32_t id);

#endif
