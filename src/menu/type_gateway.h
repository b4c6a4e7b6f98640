/*
 * type_gateway.h -- where a route leads: an address, an interface, or address%interface.
 */
#ifndef MENU_TYPE_GATEWAY_H
#define MENU_TYPE_GATEWAY_H

#include "conf/type.h"
#include "lib/ip.h"

struct gateway {
	struct ip_addr addr; /* family IP_NONE: by the interface alone */
	uint32_t iface;      /* row in /interface; 0: found by the address */
};

extern const struct type type_gateway;

#endif
