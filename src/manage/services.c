#include "manage/services.h"

#include <string.h>

#include "lib/must.h"

const char *service_word(enum service_kind kind)
{
	static const char *const words[SERVICE_KINDS] = { [SERVICE_TELNET] = "telnet" };

	return words[kind];
}

void services_replace(struct services *services, const struct services *fresh)
{
	memcpy(services->at, fresh->at, sizeof services->at);
	services->lan = fresh->lan;
	services->wan = fresh->wan;
	services->version++;
}

bool service_admits(const struct service_networks *networks, const struct ip_addr *addr)
{
	for (uint32_t i = 0; i < networks->n; i++) {
		const struct ip_prefix *at = &networks->at[i];

		if (addr->family == IP_V4 && at->addr.family == IP_V4 &&
		    ip4_within(addr->v4, at->addr.v4, at->bits))
			return true;
	}
	return networks->n == 0;
}
