/*
 * replay.c -- what the router itself costs, without the kernel: nanoseconds a packet in memory.
 *
 *   bench-replay FLOWS [PACKETS] [udp|tcp [RULES]]
 *
 * Two ports in memory; UDP flows from one to the other through a masquerade rule and the filter of
 * a home router. The first round makes the flows (walked), the others replay them, in random order.
 * RULES are more of them in front that no packet matches, each an address to look at.
 * With tcp: TCP connections that are taken up in mid-course, and the other side answers as much.
 * `valgrind --tool=callgrind` on it counts instructions repeatably.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/addr.h"
#include "core/fib.h"
#include "core/neigh.h"
#include "router/router.h"
#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

#define FRAME_BYTES 60

/* One TCP connection: how far each side has come, and what it looks like outside. */
struct bench_tcp {
	uint32_t seq[2];
	ip4 addr;
	uint16_t port;
};

/* A port that hands out frames for random flows, and takes any. */
struct bench_port {
	struct port port;
	uint8_t rings[PORT_BATCH][PORT_HEADROOM_BYTES + 256];
	uint32_t flows, state;
	uint64_t left, taken, next;
	bool in_order;
	unsigned side;         /* 0: LAN, who begins */
	struct bench_tcp *tcp; /* of every flow; NULL: UDP */
};

static uint32_t draw(struct bench_port *port)
{
	port->state ^= port->state << 13;
	port->state ^= port->state >> 17;
	port->state ^= port->state << 5;
	return port->state;
}

static void fill(uint8_t *at, const struct mac *dst, uint32_t flow)
{
	struct mac src = { { 2, 0, 0, 0, 0x88, 2 } };
	struct writer w = writer_over(at, FRAME_BYTES);

	memset(at, 0, FRAME_BYTES);
	eth_build(&w, &(struct eth_header){ .dst = *dst, .src = src, .type = ETH_TYPE_IP4 });
	ip4_header_build(&w, &(struct ip4_header){ .version = 4,
	                                           .header_bytes = 20,
	                                           .total_bytes = 46,
	                                           .ttl = 64,
	                                           .proto = IPPROTO_UDP,
	                                           .src = { 0x0a000002 + (flow >> 15) },
	                                           .dst = { 0xcb007101 } });
	udp_header_build(&w, &(struct udp_header){ .sport = (uint16_t)(1024 + (flow & 0x7fff)),
	                                           .dport = 9,
	                                           .bytes = 26 });
}

#define TCP_PAYLOAD (FRAME_BYTES - 54)

static void fill_tcp(struct bench_port *port, uint8_t *at, uint32_t flow)
{
	struct bench_tcp *tcp = &port->tcp[flow];
	ip4 inside = { 0x0a000002 + (flow >> 15) }, server = { 0xcb007101 };
	uint16_t sport = (uint16_t)(1024 + (flow & 0x7fff));
	uint8_t *ip = at + ETH_HEADER_BYTES;
	struct writer w;

	fill(at, &port->port.mac, flow);
	w = writer_over(ip, FRAME_BYTES);
	ip4_header_build(&w, &(struct ip4_header){ .version = 4,
	                                           .header_bytes = 20,
	                                           .total_bytes = 46,
	                                           .ttl = 64,
	                                           .proto = IPPROTO_TCP,
	                                           .src = port->side == 0 ? inside : server,
	                                           .dst = port->side == 0 ? server : tcp->addr });
	tcp_header_build(&w, &(struct tcp_header){ .sport = port->side == 0 ? sport : 9,
	                                           .dport = port->side == 0 ? 9 : tcp->port,
	                                           .seq = tcp->seq[port->side],
	                                           .ack = tcp->seq[port->side ^ 1],
	                                           .header_bytes = TCP_HEADER_BYTES,
	                                           .flags = TCP_ACK,
	                                           .window = 65535 });
	write_u32(&w, flow);
	tcp->seq[port->side] += TCP_PAYLOAD;
}

/* The server learns from a frame whom it answers. */
static void learn_outside(struct bench_port *port, const struct port_frame *frame)
{
	const uint8_t *ip = frame->bytes + ETH_HEADER_BYTES, *l4 = ip + IP4_HEADER_BYTES;
	struct bench_tcp *tcp = &port->tcp[wire_get32(l4 + TCP_HEADER_BYTES)];

	tcp->addr.v = wire_get32(ip + IP4_AT_SRC);
	tcp->port = wire_get16(l4 + TCP_AT_SPORT);
}

static unsigned bench_receive(struct port *port, struct port_frame *frames, unsigned max)
{
	struct bench_port *bench = (struct bench_port *)(void *)port;
	unsigned n = 0;

	for (; n < max && bench->left > 0; n++, bench->left--) {
		uint32_t flow =
			(bench->in_order ? (uint32_t)bench->next++ : draw(bench)) % bench->flows;
		uint8_t *at = bench->rings[n] + PORT_HEADROOM_BYTES;

		if (bench->tcp != NULL)
			fill_tcp(bench, at, flow);
		else
			fill(at, &port->mac, flow);
		frames[n] = (struct port_frame){ .bytes = at,
			                         .len = FRAME_BYTES,
			                         .headroom = PORT_HEADROOM_BYTES };
	}
	return n;
}

static void bench_release(struct port *port)
{
}

static unsigned bench_transmit(struct port *port, const struct port_frame *frames, unsigned n)
{
	struct bench_port *bench = (struct bench_port *)(void *)port;

	for (unsigned i = 0; i < n && bench->tcp != NULL && bench->side == 1; i++)
		learn_outside(bench, &frames[i]);
	bench->taken += n;
	return n;
}

static bool bench_poll_link(struct port *port)
{
	return false;
}

static void bench_stats(struct port *port, struct port_stats *ret_stats)
{
	*ret_stats = (struct port_stats){ 0 };
}

static void bench_close(struct port *port)
{
}

static const struct port_ops bench_ops = {
	.receive = bench_receive,
	.release = bench_release,
	.transmit = bench_transmit,
	.poll_link = bench_poll_link,
	.stats = bench_stats,
	.close = bench_close,
};

static void bench_fill_random(struct random *random, void *bytes, size_t len)
{
	memset(bytes, 0x5a, len);
}

/* Of this process's own time: what else the machine does is not counted. */
static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static struct bench_port *port_new(const char *name, uint8_t last)
{
	struct bench_port *bench = calloc(1, sizeof *bench);

	bench->port.ops = &bench_ops;
	bench->port.mac = (struct mac){ { 2, 0, 0, 0, 0, last } };
	bench->port.mtu_bytes = 1500;
	bench->port.link_up = true;
	bench->state = 2463534242U;
	snprintf(bench->port.name, sizeof bench->port.name, "%s", name);
	return bench;
}

/* @more rules for addresses that never come, behind what is established. */
static struct rule_spec *filter_rules(uint32_t more, size_t *ret_n)
{
	static const struct match_bits states[] = {
		{ .on = true, .bits = 1U << STATE_ESTABLISHED },
		{ .on = true, .bits = 1U << STATE_INVALID },
	};
	struct rule_spec *specs = calloc(more + 2, sizeof *specs);

	for (uint32_t i = 0; i < more + 2; i++) {
		struct rule_spec *spec = &specs[i];

		spec->id = 2 + i;
		snprintf(spec->chain, sizeof spec->chain, "forward");
		spec->action = i == 0 ? ACTION_ACCEPT : ACTION_DROP;
		if (i < 2) {
			spec->connection_state = states[i];
			continue;
		}
		spec->src_address.on = true;
		spec->src_address.range.low.v = 0xac100000 + i;
		spec->src_address.range.high = spec->src_address.range.low;
	}
	*ret_n = more + 2;
	return specs;
}

static void rules(struct router *router, uint32_t more)
{
	struct rule_names names = { 0 };
	struct rule_spec nat = { .id = 1,
		                 .chain = "srcnat",
		                 .action = ACTION_SRC_NAT,
		                 .to_addresses = { { 0xcb007102 }, { 0xcb007128 } } };
	char error[256];
	size_t n;
	struct rule_spec *filter = filter_rules(more, &n);

	router_publish_rules(router, FACILITY_NAT,
	                     rules_build(FACILITY_NAT, &nat, 1, &names, NULL, error, sizeof error));
	router_publish_rules(
		router, FACILITY_FILTER,
		rules_build(FACILITY_FILTER, filter, n, &names, NULL, error, sizeof error));
	free(filter);
}

static void configure(struct router *router, iface_id wan, iface_id lan, uint32_t flows,
                      uint32_t more_rules)
{
	struct addr_spec addrs[40];
	struct mac peer = { { 2, 0, 0, 0, 0x71, 1 } };

	/* Many outer addresses, so that a million flows find ports. */
	for (unsigned i = 0; i < 39; i++)
		addrs[i] = (struct addr_spec){ .addr = { 0xcb007102 + i },
			                       .network = { 0xcb007100 },
			                       .bits = 24,
			                       .iface = wan };
	addrs[39] = (struct addr_spec){
		.addr = { 0x0a000001 }, .network = { 0x0a000000 }, .bits = 8, .iface = lan
	};
	addrs_publish(&router->net, addrs_new(addrs, 40));
	neigh_set_static(&router->net, wan, (ip4){ 0xcb007101 }, &peer);
	for (uint32_t i = 0; i <= flows >> 15; i++)
		neigh_set_static(&router->net, lan, (ip4){ 0x0a000002 + i }, &peer);
	rules(router, more_rules);
	router_set_configured(router);
}

/* Both sides send @packets in all; in UDP only one does. */
static double run(struct router *router, struct bench_port *lan, struct bench_port *wan,
                  uint64_t packets, bool in_order)
{
	uint64_t start = now_ns();

	lan->left = packets;
	lan->in_order = wan->in_order = in_order;
	if (lan->tcp != NULL && !in_order)
		lan->left = wan->left = packets / 2;
	while (lan->left > 0 || wan->left > 0)
		router_turn(router, (mono){ NS_PER_S + start });
	return (double)(now_ns() - start) / (double)packets;
}

static void print(const struct router *router, const struct bench_port *wan, double first,
                  double replayed)
{
	printf("%u flows: a new flow %.0f ns, a replayed packet %.1f ns (%llu replayed, %llu "
	       "walked, %llu out, %u flows)\n",
	       wan->flows, first, replayed, (unsigned long long)router->counters.replayed,
	       (unsigned long long)router->counters.walked, (unsigned long long)wan->taken,
	       router->fw.flows->used);
}

int main(int argc, char *argv[])
{
	uint32_t flows = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000;
	uint64_t packets = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000000;
	struct random random = { .fill = bench_fill_random };
	struct log log;
	struct bench_port *wan = port_new("ether1", 1), *lan = port_new("ether2", 2);
	struct router_setup setup = {
		.random = &random, .log = &log, .now = { NS_PER_S + now_ns() }, .flows = flows + 16
	};
	struct router *router;
	iface_id wan_id, lan_id;
	double first;

	log_init(&log);
	router = router_new(&setup);
	wan_id = iface_add_port(&router->net, &wan->port);
	lan_id = iface_add_port(&router->net, &lan->port);
	wan->side = 1;
	wan->flows = lan->flows = flows;
	if (argc > 3 && strcmp(argv[3], "tcp") == 0)
		wan->tcp = lan->tcp = calloc(flows, sizeof *lan->tcp);
	configure(router, wan_id, lan_id, flows,
	          argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : 0);
	first = run(router, lan, wan, flows, true);
	print(router, wan, first, run(router, lan, wan, packets, false));
	router_free(router);
	log_free(&log);
	free(lan->tcp);
	free(wan);
	free(lan);
	return 0;
}
