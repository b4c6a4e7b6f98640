#include "sim/ledger.h"

#include "core/ip4_reass.h"
#include "core/neigh.h"
#include "core/ports.h"
#include "lib/text.h"

static uint64_t neighbours_hold(const struct net *net)
{
	const struct neigh *n;
	uint32_t at = 0;
	uint64_t held = 0;

	while ((n = neigh_next(net, &at)) != NULL)
		held += n->queued;
	return held;
}

struct ledger ledger_of(const struct router *router)
{
	const struct net *net = &router->net;
	struct ledger sum = {
		.made = net->ledger.made,
		.absorbed = net->ledger.absorbed,
		.held = neighbours_hold(net) + ip4_reass_waiting(net) + net->own_n,
	};

	for (unsigned i = 1; i < net->ifaces_n; i++) {
		const struct iface *iface = &net->ifaces[i];

		if (!iface->used || iface->port == NULL)
			continue;
		sum.came += iface->counters.rx_packets;
		sum.left += iface->counters.tx_packets;
		sum.held += iface->tx_packets;
	}
	for (unsigned i = 0; i < DROP_COUNT; i++)
		sum.dropped += net->drops[i];
	return sum;
}

bool ledger_closes(const struct router *router, struct text *out)
{
	struct ledger l = ledger_of(router);

	if (l.came + l.made != l.left + l.dropped + l.absorbed + l.held) {
		text_printf(out,
		            "packets do not add up: came %lu + made %lu = left %lu + dropped %lu + "
		            "absorbed %lu + held %lu, and %ld",
		            (unsigned long)l.came, (unsigned long)l.made, (unsigned long)l.left,
		            (unsigned long)l.dropped, (unsigned long)l.absorbed,
		            (unsigned long)l.held,
		            (long)(l.came + l.made - l.left - l.dropped - l.absorbed - l.held));
		return false;
	}
	/* Every buffer that is out is held: what comes borrowed takes none until it waits. */
	if (pkt_pool_total(router->net.pool) - pkt_pool_available(router->net.pool) != l.held) {
		text_printf(out, "%u packet buffers are out, %lu packets are held",
		            pkt_pool_total(router->net.pool) - pkt_pool_available(router->net.pool),
		            (unsigned long)l.held);
		return false;
	}
	return true;
}

bool ledger_is_empty(const struct router *router, struct text *out)
{
	struct ledger l = ledger_of(router);
	uint64_t ports = ports_used(router->net.ports);

	if (l.held == 0 && ports == 0 && router->fw.flows->used == 0)
		return true;
	text_printf(out, "after all timers %lu packets, %lu ports and %u connections are held",
	            (unsigned long)l.held, (unsigned long)ports, router->fw.flows->used);
	return false;
}
