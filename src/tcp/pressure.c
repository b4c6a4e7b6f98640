#include "tcp/pressure.h"

#include "tcp/tcp_inside.h"
#include "tcp/watch.h"

enum {
	VISITS = 64, /* connections a turn */
};

/* RFC 2018, 8: they have kept it all until it is acknowledged. */
static void renege(struct connection *c)
{
	struct traffic *traffic = connection_traffic_if(c);

	if (traffic == NULL || c->ranges.chunk == 0 ||
	    mono_since_ms(c->tcp->net->now, traffic->received_at) < PRESSURE_MS)
		return;
	watch(c, "receive", "memory is short: what came out of order is let go");
	ranges_reset(&c->ranges, c->tcp->chunks);
	byte_window_truncate(&c->received, c->tcp->chunks, c->receive_next - c->fin_taken);
}

void pressure_turn(struct tcp *tcp)
{
	for (unsigned i = 0; i < VISITS && i < tcp->connections_touched; i++) {
		struct connection *c;

		if (!autotune_is_pressed(tcp->chunks))
			return;
		if (tcp->pressure_hand >= tcp->connections_touched)
			tcp->pressure_hand = 0;
		c = &tcp->connections[tcp->pressure_hand++];
		if (c->in_use)
			renege(c);
	}
}
