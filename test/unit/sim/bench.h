/*
 * bench.h -- one router with three ports and packets one by one: ether1 is the WAN
 * (203.0.113.2/24, hosts .1 and .9), ether2 the LAN (192.168.88.1/24, hosts .2 to .5), ether3
 * another (10.0.3.1/24, host .2). Every host's card is known. Rules are one per call.
 */
#ifndef TEST_SIM_BENCH_H
#define TEST_SIM_BENCH_H

#include "unit.h"

#include <netinet/in.h>

#include "core/addr.h"
#include "core/fib.h"
#include "core/neigh.h"
#include "core/ports.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "router/router.h"
#include "sim/draft.h"
#include "sim/memory_port.h"
#include "sim/random.h"
#include "wire/arp.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/packet_text.h"
#include "wire/tcp_header.h"

#define BENCH_PORTS 3
#define BENCH_RULES 8

enum {
	WAN = 0,
	LAN = 1,
	DMZ = 2,
};

struct bench {
	struct router *router;
	struct log log;
	struct sim_random random;
	struct memory_port ports[BENCH_PORTS];
	struct frame_queue out[BENCH_PORTS];
	void *flow_bytes;
	size_t flow_len;
	struct rule_spec nat[BENCH_RULES];
	unsigned nat_n;
	mono now;
};

static inline ip4 A(const char *text)
{
	ip4 addr = { 0 };

	assert_true(ip4_parse(text, strlen(text), &addr));
	return addr;
}

static inline bool bench_announces(const struct port_frame *frame)
{
	struct reader r =
		reader_over(frame->bytes + ETH_HEADER_BYTES, frame->len - ETH_HEADER_BYTES);
	struct arp arp;

	return wire_get16(frame->bytes + 12) == ETH_TYPE_ARP && arp_parse(&r, &arp) &&
	       ip4_equal(arp.sender_ip, arp.target_ip);
}

static inline void bench_note(void *arg, const struct port_frame *frame)
{
	/* That it has its addresses is not what is looked at. */
	if (bench_announces(frame))
		return;
	frame_queue_put(arg, frame_new(frame->bytes, frame->len, &frame->offload));
}

static inline void bench_host(struct bench *b, unsigned port, const char *addr)
{
	struct mac mac = { { 2, 1, 0, 0, (uint8_t)port, (uint8_t)A(addr).v } };

	assert_true(neigh_set_static(&b->router->net, (iface_id)(port + 1), A(addr), &mac));
}

static inline void bench_address(struct addr_spec *spec, iface_id iface, const char *addr)
{
	*spec = (struct addr_spec){
		.addr = A(addr), .network = ip4_network(A(addr), 24), .bits = 24, .iface = iface
	};
}

static inline void bench_network(struct bench *b)
{
	static const char *const hosts[][2] = {
		{ "0", "203.0.113.1" },  { "0", "203.0.113.9" },  { "1", "192.168.88.2" },
		{ "1", "192.168.88.3" }, { "1", "192.168.88.4" }, { "1", "192.168.88.5" },
		{ "2", "10.0.3.2" },
	};
	struct addr_spec addrs[3];
	struct route_spec route = { .gateway = ip_addr_v4(A("203.0.113.1")), .distance = 1 };

	route.dst.addr = ip_addr_v4((ip4){ 0 });
	bench_address(&addrs[0], 1, "203.0.113.2");
	bench_address(&addrs[1], 2, "192.168.88.1");
	bench_address(&addrs[2], 3, "10.0.3.1");
	addrs_publish(&b->router->net, addrs_new(addrs, 3));
	fib_publish(&b->router->net, &route, 1);
	for (unsigned i = 0; i < ARRAY_LEN(hosts); i++)
		bench_host(b, hosts[i][0][0] - '0', hosts[i][1]);
}

/* @flow_bytes: another bench's table to be adopted (a copy is taken), or NULL. */
static inline struct bench *bench_new(uint64_t seed, uint32_t flows)
{
	struct bench *b = mem_new(1, sizeof *b);
	struct router_setup setup = {
		.random = &b->random.random,
		.log = &b->log,
		.budget = { .pkt_small = 128,
		            .pkt_large = 4,
		            .neighbours = 32,
		            .port_addresses = 32 },
		.tcp = tcp_budget_small(),
		.flows = flows,
	};

	b->random = sim_random_make(seed);
	b->now = setup.now = (mono){ (1000 + seed * 100) * NS_PER_S };
	log_init(&b->log);
	b->flow_len = flows_bytes(flows);
	b->flow_bytes = setup.flow_bytes = mem_new_aligned(64, b->flow_len);
	b->router = router_new(&setup);
	for (unsigned i = 0; i < BENCH_PORTS; i++) {
		static const char *const names[] = { "ether1", "ether2", "ether3" };
		struct mac mac = { { 2, 0, 0, 0, 0, (uint8_t)(i + 1) } };

		memory_port_init(&b->ports[i], names[i], &mac, 1500);
		b->ports[i].sent = bench_note;
		b->ports[i].sent_arg = &b->out[i];
		assert_int_equal(iface_add_port(&b->router->net, &b->ports[i].port), i + 1);
	}
	bench_network(b);
	router_set_configured(b->router);
	return b;
}

static inline void bench_forget(struct bench *b)
{
	for (unsigned i = 0; i < BENCH_PORTS; i++)
		frame_queue_clear(&b->out[i]);
}

static inline void bench_free(struct bench *b)
{
	bench_forget(b);
	router_free(b->router);
	for (unsigned i = 0; i < BENCH_PORTS; i++)
		memory_port_close(&b->ports[i]);
	mem_free(b->flow_bytes);
	log_free(&b->log);
	mem_free(b);
}

static inline iface_id bench_iface(void *arg, uint32_t id)
{
	(void)arg;
	return (iface_id)id;
}

static inline void bench_publish(struct bench *b)
{
	struct rule_names names = { .iface = bench_iface };
	char error[256] = "";
	struct rules *rules = rules_build(FACILITY_NAT, b->nat, b->nat_n, &names,
	                                  b->router->fw.rules[FACILITY_NAT], error, sizeof error);

	if (rules == NULL)
		fail_msg("%s", error);
	router_publish_rules(b->router, FACILITY_NAT, rules);
}

/* A nat rule; fill in more and call bench_publish() again. */
static inline struct rule_spec *bench_nat(struct bench *b, const char *chain,
                                          enum rule_action action)
{
	struct rule_spec *spec = &b->nat[b->nat_n++];
	struct text text = text_into(spec->chain, sizeof spec->chain);

	text_add(&text, chain);
	spec->id = b->nat_n;
	spec->action = action;
	return spec;
}

static inline void bench_masquerade(struct bench *b)
{
	struct rule_spec *spec = bench_nat(b, "srcnat", ACTION_MASQUERADE);

	spec->out_interface = (struct match_iface){ .on = true, .id = 1 };
	bench_publish(b);
}

/* TCP or UDP for @dst:@dport goes to @to:@to_port. */
static inline struct rule_spec *bench_map(struct bench *b, uint8_t proto, const char *dst,
                                          uint16_t dport, const char *to, uint16_t to_port)
{
	struct rule_spec *spec = bench_nat(b, "dstnat", ACTION_DST_NAT);

	spec->protocol = (struct match_number){ .on = true, .low = proto, .high = proto };
	spec->dst_address = (struct match_addr){ .on = true, .range = { A(dst), A(dst) } };
	spec->dst_port = (struct match_ports){ .on = true, .n = 1 };
	spec->dst_port.ranges[0].low = spec->dst_port.ranges[0].high = dport;
	spec->to_addresses = (struct ip4_range){ A(to), A(to) };
	spec->to_port_low = spec->to_port_high = to_port;
	return spec;
}

static inline struct tuple bench_tuple(uint8_t proto, const char *src, uint16_t sport,
                                       const char *dst, uint16_t dport)
{
	return (struct tuple){
		.src = A(src), .dst = A(dst), .sport = sport, .dport = dport, .proto = proto
	};
}

/* Send @d by @port, and let the router turn. */
static inline void bench_offer(struct bench *b, unsigned port, struct draft *d)
{
	uint8_t bytes[2048];
	struct offload offload;
	uint32_t len;

	d->dst_mac = b->ports[port].port.mac;
	d->src_mac = (struct mac){ { 2, 1, 0, 0, (uint8_t)port, (uint8_t)d->tuple.src.v } };
	if (d->ttl == 0)
		d->ttl = 128;
	len = draft_build(d, bytes, sizeof bytes, &offload);
	assert_true(len > 0);
	memory_port_put(&b->ports[port], frame_new(bytes, len, &offload));
	while (router_turn(b->router, b->now))
		;
}

/* The same, and the whole flow table is looked through: for small ones. */
static inline void bench_draft(struct bench *b, unsigned port, struct draft *d)
{
	bench_offer(b, port, d);
	flows_must_hold(b->router->fw.flows, &b->router->net);
}

static inline void bench_send(struct bench *b, unsigned port, struct tuple t, uint8_t tcp_flags)
{
	struct draft d = { .tuple = t,
		           .tcp_flags = tcp_flags,
		           .payload = (const uint8_t *)"0123456789",
		           .payload_bytes = 10 };

	if (t.proto == IPPROTO_ICMP)
		d.icmp_type = tcp_flags; /* for ping the type is given there */
	bench_draft(b, port, &d);
}

/* The next frame that left by @port, its checksums right; its IPv4 header and tuple. NULL: none. */
static inline struct frame *bench_take(struct bench *b, unsigned port, struct tuple *ret_tuple)
{
	struct frame *frame = frame_queue_take(&b->out[port]);
	struct ip4_header ip;
	struct reader r;

	if (frame == NULL)
		return NULL;
	if (frame_fault(frame, true) != NULL)
		fail_msg("%s", frame_fault(frame, true));
	r = reader_over(frame_bytes(frame) + ETH_HEADER_BYTES, frame->len - ETH_HEADER_BYTES);
	assert_true(ip4_header_parse(&r, &ip));
	*ret_tuple = (struct tuple){ .src = ip.src, .dst = ip.dst, .proto = ip.proto };
	if (ip.proto == IPPROTO_ICMP) {
		if (icmp_is_query(r.at[0]))
			ret_tuple->sport = ret_tuple->dport = wire_get16(r.at + ICMP_AT_ID);
	} else if (ip.proto == IPPROTO_TCP || ip.proto == IPPROTO_UDP) {
		ret_tuple->sport = read_u16(&r);
		ret_tuple->dport = read_u16(&r);
	}
	return frame;
}

/* One frame left, by @port; how it left. */
static inline struct tuple bench_left(struct bench *b, unsigned port)
{
	struct tuple t = { 0 };
	struct frame *frame = bench_take(b, port, &t);

	if (frame == NULL)
		fail_msg("nothing left by ether%u", port + 1);
	frame_free(frame);
	for (unsigned i = 0; i < BENCH_PORTS; i++)
		assert_int_equal(b->out[i].n, 0);
	return t;
}

static inline void bench_silent(struct bench *b)
{
	for (unsigned i = 0; i < BENCH_PORTS; i++)
		assert_int_equal(b->out[i].n, 0);
}

static inline void tuple_is(struct tuple is, uint8_t proto, const char *src, uint16_t sport,
                            const char *dst, uint16_t dport)
{
	struct tuple want = bench_tuple(proto, src, sport, dst, dport);
	char a[IP4_TEXT_BYTES], c[IP4_TEXT_BYTES];

	if (!tuple_equal(&is, &want))
		fail_msg("%s:%u > %s:%u", ip4_str(is.src, a), is.sport, ip4_str(is.dst, c),
		         is.dport);
}

#endif
