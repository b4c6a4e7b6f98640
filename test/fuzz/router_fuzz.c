/*
 * router_fuzz.c -- a whole router, and beside it one that never replays, in hostile hands.
 *
 * The bytes are a program: frames as they are or put together from a few fields, time that passes,
 * changes of the configuration. After each of its steps the two routers are the same (see
 * sim/fast_slow.h for what that says), what left them is sound, and the tables hold.
 *
 *   00pppkkk  a step: kkk says what, ppp by which port; then as read below
 */
#include <netinet/in.h>
#include <string.h>

#include "core/ports.h"
#include "fuzz.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "sim/draft.h"
#include "sim/scene.h"
#include "sim/traffic.h"
#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"

enum {
	FLOWS = 8,
	STEPS_MAX = 64,
	FRAME_MAX = 400,
	START_S = 1000,
};

struct fuzz {
	struct reader r;
	struct sim_random random;
	struct twin *twin;
	struct scene scene;
	struct traffic *traffic; /* answers ARP for the hosts */
	mono now;
};

/* Any bytes, made to look like IPv4 for the router as far as it takes to be read on. */
static void put_raw(struct fuzz *f, unsigned port)
{
	uint8_t bytes[ETH_HEADER_BYTES + FRAME_MAX];
	uint32_t want = read_u8(&f->r) * 2U;
	uint32_t left = (uint32_t)reader_left(&f->r);
	uint32_t len = want < left ? want : left;
	uint8_t *ip = bytes + ETH_HEADER_BYTES;
	const uint8_t *from;

	if (len > FRAME_MAX)
		len = FRAME_MAX;
	from = reader_take(&f->r, len);
	memcpy(bytes, f->twin->fast.ports[port].port.mac.b, 6);
	memset(bytes + 6, 2, 6);
	wire_put16(bytes + 12, ETH_TYPE_IP4);
	if (len > 0)
		memcpy(ip, from, len);
	if (len >= IP4_HEADER_BYTES && (ip[0] & 0xfU) * 4 <= len) {
		wire_put16(ip + IP4_AT_CHECKSUM, 0);
		wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, (ip[0] & 0xfU) * 4));
	}
	twin_put(f->twin, port, bytes, ETH_HEADER_BYTES + len, NULL);
}

/* Who takes part: the hosts, and the router. */
static ip4 pick_address(const struct fuzz *f, uint8_t which)
{
	unsigned n = f->scene.hosts_n + f->scene.addresses_n;

	if (n == 0)
		return (ip4){ 0 };
	which = (uint8_t)(which % n);
	return which < f->scene.hosts_n ? f->scene.hosts[which].addr
	                                : f->scene.addresses[which - f->scene.hosts_n].addr;
}

static void put_draft(struct fuzz *f, unsigned port, uint8_t proto)
{
	static const uint8_t payload[1600] = { 0 };
	static const uint8_t options[8] = { 1, 1, 1, 0, 148, 4, 0, 0 };
	uint8_t bytes[2048], flags;
	struct draft d = { .ttl = 128, .options = options, .payload = payload };
	struct offload offload;
	uint32_t len;

	d.tuple.src = pick_address(f, read_u8(&f->r));
	d.tuple.dst = pick_address(f, read_u8(&f->r));
	d.tuple.proto = proto;
	d.tuple.sport = read_u8(&f->r);
	d.tuple.dport = read_u8(&f->r);
	d.tcp_flags = read_u8(&f->r);
	d.icmp_type = (uint8_t)(d.tcp_flags & 15);
	d.payload_bytes = read_u8(&f->r) * 6U;
	flags = read_u8(&f->r);
	d.sum = (flags & 1) != 0 ? DRAFT_SUM_PARTIAL : DRAFT_SUM_WHOLE;
	d.dont_fragment = (flags & 2) != 0;
	d.options_bytes = (flags & 4) != 0 ? 8 : 0;
	d.ttl = (flags & 8) != 0 ? 1 : 128;
	d.mss = (flags & 16) != 0 ? 1460 : 0;
	if (proto == IPPROTO_ICMP)
		d.tuple.dport = d.tuple.sport;
	d.dst_mac = f->twin->fast.ports[port].port.mac;
	len = draft_build(&d, bytes, sizeof bytes, &offload);
	if (len > 0)
		twin_put(f->twin, port, bytes, len, &offload);
}

static void one_step(struct fuzz *f)
{
	uint8_t op = read_u8(&f->r);
	unsigned port = op >> 3 & (TWIN_PORTS - 1);

	switch (op & 7) {
	case 0:
		put_raw(f, port);
		break;
	case 1:
		put_draft(f, port, IPPROTO_UDP);
		break;
	case 2:
		put_draft(f, port, IPPROTO_ICMP);
		break;
	case 3:
		f->now = mono_add_ms(f->now, (uint64_t)read_u8(&f->r) << (op >> 3 & 15));
		break;
	case 4:
		f->random = sim_random_make(read_u8(&f->r));
		(void)scene_change(&f->scene, f->twin);
		break;
	default:
		put_draft(f, port, IPPROTO_TCP);
		break;
	}
}

static void frames_hold(struct fuzz *f)
{
	for (unsigned port = 0; port < TWIN_PORTS; port++) {
		const struct frame *frame = f->twin->fast.out[port].first;

		for (; frame != NULL; frame = frame->next) {
			must(frame_fault(frame, false) == NULL);
			(void)traffic_learn(f->traffic, &f->scene, f->twin, port, frame);
		}
	}
}

static void turn(struct fuzz *f)
{
	struct router *router = f->twin->fast.router;
	struct twin_rules rules;
	struct text why = { 0 };
	bool differ;

	twin_turn(f->twin, f->now);
	scene_rules(&f->scene, &rules);
	differ = twin_differ(f->twin, &rules, &why);
	must(!differ);
	text_free(&why);
	flows_must_hold(router->fw.flows, &router->net);
	frames_hold(f);
	twin_forget(f->twin);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz *f = mem_new(1, sizeof *f);

	f->r = reader_over(data, size);
	f->now = (mono){ START_S * NS_PER_S };
	f->random = sim_random_make(read_u8(&f->r));
	f->twin = twin_new(
		&(struct twin_setup){ .seed = 2, .flows = FLOWS, .neighbours = 64, .now = f->now });
	f->traffic = traffic_new(&f->random, &(struct start){ .ip_id = 1 });
	scene_init(&f->scene, f->twin, &f->random);
	for (unsigned i = 0; i < STEPS_MAX && reader_left(&f->r) > 0; i++) {
		one_step(f);
		turn(f);
	}
	/* However it went, in the end nothing is left of it. */
	for (unsigned day = 0; day < 3; day++) {
		f->now = mono_add_s(f->now, 86400);
		turn(f);
	}
	must(f->twin->fast.router->fw.flows->used == 0);
	must(ports_used(f->twin->fast.router->net.ports) == 0);
	traffic_free(f->traffic);
	twin_free(f->twin);
	mem_free(f);
	return 0;
}
