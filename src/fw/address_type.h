/* address_type.h -- what kind of address is it? (src-address-type, dst-address-type) */
#ifndef FW_ADDRESS_TYPE_H
#define FW_ADDRESS_TYPE_H

#include <stdint.h>

#include "lib/ip.h"

struct net;

enum address_type {
	ADDRESS_UNICAST,
	ADDRESS_LOCAL,     /* the router's own */
	ADDRESS_BROADCAST, /* 255.255.255.255, and of each connected network */
	ADDRESS_MULTICAST,
	ADDRESS_BLACKHOLE, /* the main table's route for it is one */
	ADDRESS_TYPES,
};

/* "unicast", ..., ended by NULL. */
extern const char *const address_type_words[ADDRESS_TYPES + 1];

/* The type of @addr; ADDRESS_TYPES for 0.0.0.0 and others that no host has. */
enum address_type address_type(const struct net *net, ip4 addr);

#endif
