#include "fw/address_type.h"

#include <errno.h>

#include "core/addr.h"
#include "core/net.h"
#include "core/route.h"

const char *const address_type_words[ADDRESS_TYPES + 1] = {
	[ADDRESS_UNICAST] = "unicast",     [ADDRESS_LOCAL] = "local",
	[ADDRESS_BROADCAST] = "broadcast", [ADDRESS_MULTICAST] = "multicast",
	[ADDRESS_BLACKHOLE] = "blackhole",
};

enum address_type address_type(const struct net *net, ip4 addr)
{
	struct route_key key = { .dst = addr };
	struct route route;

	if (addr.v == UINT32_MAX)
		return ADDRESS_BROADCAST;
	if (addr.v >> 24 == 0 || ip4_is_loopback(addr) || addr.v >= 0xf0000000)
		return ADDRESS_TYPES;
	if (ip4_is_multicast(addr))
		return ADDRESS_MULTICAST;
	if (addr_find(net, addr) != NULL)
		return ADDRESS_LOCAL;
	if (addr_find_broadcast(net, IFACE_NONE, addr) != NULL)
		return ADDRESS_BROADCAST;
	return route_lookup(net, &key, &route, NULL) == -EINVAL ? ADDRESS_BLACKHOLE
	                                                        : ADDRESS_UNICAST;
}
