#include "tcp/mtu.h"

#include <netinet/in.h>

#include "tcp/tcp_inside.h"
#include "tcp/watch.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

enum {
	HEADERS_BYTES = IP4_HEADER_BYTES + TCP_HEADER_BYTES,
	TIMESTAMPS_BYTES = 12, /* with the two NOPs of RFC 7323, appendix A */
	PEER_MSS_LEAST = 48,   /* as Linux: else a byte costs a packet (CVE-2019-11479) */
	OFFER_LEAST = 88,
};

static uint32_t headers_bytes(const struct connection_settings *settings)
{
	return HEADERS_BYTES + (uint32_t)settings->options_bytes;
}

uint16_t mtu_offer(const struct connection_settings *settings, uint32_t mtu_bytes)
{
	uint32_t offer = mtu_bytes > HEADERS_BYTES ? mtu_bytes - HEADERS_BYTES : 0;

	if (settings->mss != 0 && offer > settings->mss)
		offer = settings->mss;
	if (offer < OFFER_LEAST)
		offer = OFFER_LEAST;
	return offer > UINT16_MAX - HEADERS_BYTES ? UINT16_MAX - HEADERS_BYTES : (uint16_t)offer;
}

static void take_route(struct connection *c, const struct route *route)
{
	uint32_t mtu = route->mtu_bytes;

	c->path_mtu = mtu > UINT16_MAX ? UINT16_MAX : (uint16_t)mtu;
	c->route_generation = route->generation;
}

void mtu_start(struct connection *c, const struct route *route)
{
	take_route(c, route);
	mtu_apply(c);
}

void mtu_refresh(struct connection *c)
{
	struct net *net = c->tcp->net;
	struct route_key key = { .src = c->ends.src,
		                 .dst = ip4_is_zero(c->settings.first_hop) ? c->ends.dst
		                                                           : c->settings.first_hop,
		                 .sport = c->ends.sport,
		                 .dport = c->ends.dport,
		                 .proto = IPPROTO_TCP,
		                 .tos = c->settings.tos,
		                 .bound = c->settings.bound,
		                 .on_link = c->settings.bound != IFACE_NONE,
		                 .table = c->settings.mark };
	struct route route;
	uint16_t before = c->path_mtu;

	if (c->route_generation == net->generation)
		return;
	c->route_generation = net->generation;
	key.table = net_routing_mark(net, &key, NULL);
	/* Without a way the segments meet their end in the pipeline, by name; a new one may come
	 * while the connection lives. */
	if (route_lookup(net, &key, &route, NULL) != 0)
		return;
	/* What the path has told stays as long as the link does not say less; a wider link may be
	 * another path. */
	if (route.mtu_bytes < before)
		take_route(c, &route);
	mtu_apply(c);
}

void mtu_apply(struct connection *c)
{
	uint32_t headers = headers_bytes(&c->settings);
	uint32_t room = c->path_mtu > headers ? c->path_mtu - headers : 0;
	uint32_t peer = c->peer_mss < PEER_MSS_LEAST ? PEER_MSS_LEAST : c->peer_mss;
	uint32_t mss;

	/* RFC 6691, 2: what the peer has said has no options taken off. */
	peer -= peer > c->settings.options_bytes ? c->settings.options_bytes : 0;
	mss = room < peer ? room : peer;
	if (c->settings.mss != 0 && mss > c->settings.mss)
		mss = c->settings.mss;
	if (mss < PEER_MSS_LEAST)
		mss = PEER_MSS_LEAST;
	c->mss = (uint16_t)(c->has_timestamps ? mss - TIMESTAMPS_BYTES : mss);
}

/* RFC 1191, 7.1: plateaus to try when a router does not say what would fit. */
static uint16_t plateau_below(uint16_t mtu)
{
	static const uint16_t plateaus[] = { 32000, 17914, 8166, 4352, 2002, 1492, 1006, 552 };

	for (unsigned i = 0; i < ARRAY_LEN(plateaus); i++) {
		if (plateaus[i] < mtu)
			return plateaus[i];
	}
	return mtu;
}

bool mtu_lower(struct connection *c, uint16_t mtu_bytes)
{
	uint16_t floor = c->tcp->settings.mtu_floor_bytes;

	if (mtu_bytes == 0)
		mtu_bytes = plateau_below(c->path_mtu);
	if (mtu_bytes < floor)
		mtu_bytes = floor;
	if (mtu_bytes >= c->path_mtu)
		return false;
	watch(c, "icmp", "the path's MTU is %u, was %u", mtu_bytes, c->path_mtu);
	c->path_mtu = mtu_bytes;
	mtu_apply(c);
	return true;
}
