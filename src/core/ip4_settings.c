#include "core/ip4_settings.h"

#include "core/net.h"

enum {
	ICMP_BURST = 50,
	REDIRECTS_PER_SECOND = 10,
	REDIRECTS_BURST = 10,
	REACHABLE_MS = 30000, /* RFC 4861, 10 */
};

struct ip4_settings ip4_settings_default(void)
{
	return (struct ip4_settings){ .forward = true,
		                      .send_redirects = true,
		                      .icmp_rate_ms = 10,
		                      .arp_timeout_ms = REACHABLE_MS };
}

void ip4_settings_publish(struct net *net, const struct ip4_settings *settings)
{
	uint32_t per_second;

	must(settings->icmp_rate_ms > 0 && settings->icmp_rate_ms <= 1000);
	per_second = 1000 / settings->icmp_rate_ms;
	/* A change of something else does not fill the buckets again. */
	if (net->icmp_rate.per_second != per_second)
		net->icmp_rate = rate_make(per_second, ICMP_BURST);
	if (net->redirect_rate.per_second == 0)
		net->redirect_rate = rate_make(REDIRECTS_PER_SECOND, REDIRECTS_BURST);
	net->settings = *settings;
	net_generation_next(net);
}
