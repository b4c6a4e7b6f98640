#include "sim/trace.h"

#include "core/ports.h"
#include "lib/hash.h"

void trace_frame(struct trace *trace, mono now, uint64_t place, const uint8_t *bytes, size_t len)
{
	struct hash_key key = { .k0 = trace->hash, .k1 = now.ns ^ place << 48 };

	trace->hash = hash_bytes(&key, bytes, len);
	trace->frames++;
}

void trace_number(struct trace *trace, uint64_t number)
{
	struct hash_key key = { .k0 = trace->hash, .k1 = 1 };

	trace->hash = hash_words(&key, &number, 1);
}

static void trace_iface(struct trace *trace, const struct iface *iface)
{
	const struct iface_counters *c = &iface->counters;

	trace_number(trace, c->rx_packets);
	trace_number(trace, c->rx_bytes);
	trace_number(trace, c->tx_packets);
	trace_number(trace, c->tx_bytes);
	trace_number(trace, c->rx_drops);
	trace_number(trace, c->tx_drops);
	trace_number(trace, iface->link_downs);
}

void trace_router(struct trace *trace, const struct router *router)
{
	const struct flows *flows = router->fw.flows;

	for (unsigned i = 0; i < DROP_COUNT; i++)
		trace_number(trace, router->net.drops[i]);
	for (unsigned i = 1; i < router->net.ifaces_n; i++)
		trace_iface(trace, &router->net.ifaces[i]);
	trace_number(trace, flows->used);
	trace_number(trace, flows->created);
	trace_number(trace, flows->ended);
	trace_number(trace, flows->refused);
	trace_number(trace, flows->gave_way);
	trace_number(trace, router->counters.replayed);
	trace_number(trace, router->counters.walked);
	trace_number(trace, ports_used(router->net.ports));
	trace_number(trace, router->net.ledger.made);
	trace_number(trace, router->net.ledger.absorbed);
	trace_number(trace, router->net.generation);
	trace_number(trace, router->net.log->count);
}
