#include "sim/twin.h"

#include <string.h>

#include "core/drop_record.h"
#include "core/layout.h"
#include "core/neigh.h"
#include "core/offload.h"
#include "core/ports.h"
#include "core/segment.h"
#include "fw/track.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "wire/cursor.h"
#include "wire/eth.h"
#include "wire/ip4_header.h"
#include "wire/packet_text.h"

enum {
	DRAIN_S = 1000, /* how far the clock moves at a time when all is over */
	DRAIN_TURNS = 2000
};

#define TURNS_MAX 64 /* at one instant: a backlog longer than that is a loop */

/* A frame that comes with a tag, as it is on the wire. */
static struct frame *tagged(const uint8_t *bytes, uint32_t len, const struct offload *offload,
                            uint16_t tag)
{
	struct offload moved = offload != NULL ? *offload : (struct offload){ 0 };
	uint8_t *wire = mem_new(len + ETH_TAG_BYTES, 1);
	uint32_t addresses = len < ETH_AT_TYPE ? len : ETH_AT_TYPE;
	struct frame *frame;

	memcpy(wire, bytes, addresses);
	wire_put16(wire + addresses, ETH_TYPE_VLAN);
	wire_put16(wire + addresses + 2, tag);
	if (len > addresses)
		memcpy(wire + addresses + ETH_TAG_BYTES, bytes + addresses, len - addresses);
	if (moved.needs_checksum)
		moved.checksum_start = (uint16_t)(moved.checksum_start + ETH_TAG_BYTES);
	frame = frame_new(wire, len + ETH_TAG_BYTES, &moved);
	mem_free(wire);
	return frame;
}

static struct frame *untagged(const struct port_frame *sent)
{
	struct offload moved = sent->offload;
	struct frame *frame;
	uint8_t *bytes = mem_new(sent->len, 1);

	memcpy(bytes, sent->bytes, ETH_AT_TYPE);
	memcpy(bytes + ETH_AT_TYPE, sent->bytes + ETH_AT_TYPE + ETH_TAG_BYTES,
	       sent->len - ETH_AT_TYPE - ETH_TAG_BYTES);
	if (moved.needs_checksum)
		moved.checksum_start = (uint16_t)(moved.checksum_start - ETH_TAG_BYTES);
	frame = frame_new(bytes, sent->len - ETH_TAG_BYTES, &moved);
	mem_free(bytes);
	return frame;
}

static void note_sent(void *arg, const struct port_frame *frame)
{
	static const struct hash_key key = { 1, 2 };
	struct twin_cable *cable = arg;
	bool has_tag = wire_get16(frame->bytes + ETH_AT_TYPE) == ETH_TYPE_VLAN;
	uint16_t tag = has_tag ? wire_get16(frame->bytes + ETH_AT_TYPE + 2) : 0;

	if (tag != cable->tag) {
		/* IPv4 may be cut or put together otherwise by the two. */
		if (wire_get16(frame->bytes + ETH_AT_TYPE + ETH_TAG_BYTES) != ETH_TYPE_IP4)
			cable->aside += hash_bytes(&key, frame->bytes, frame->len);
	} else {
		frame_queue_put(cable->out,
		                has_tag ? untagged(frame)
		                        : frame_new(frame->bytes, frame->len, &frame->offload));
	}
}

/* A port in four leaves all to the router, one in four can sum but not cut. */
static struct port_abilities draw_abilities(uint64_t seed, unsigned port)
{
	uint64_t kind = (seed / 2 + port) % 4;

	return (struct port_abilities){ .checksum = kind != 0, .gso = kind > 1 };
}

static void side_init(struct twin_side *side, const struct twin_setup *s, bool reference)
{
	struct router_setup setup = {
		.random = &side->secrets.random,
		.log = &side->log,
		.now = s->now,
		.budget = { .pkt_small = s->buffers != 0 ? s->buffers : 512,
		            .pkt_large = s->buffers != 0 ? 1 : 8,
		            .neighbours = s->neighbours,
		            .port_addresses = 64,
		            .datagrams = 16 },
		.tcp = tcp_budget_small(),
		.start = s->start,
		.flows = s->flows,
		.reference = reference,
		.address_entries = s->seed % 3 == 0 ? 12 : 64, /* twelve are soon full */
	};

	side->secrets = sim_random_make(s->seed);
	log_init(&side->log);
	side->log.now = s->now;
	side->router = router_new(&setup);
	for (unsigned i = 0; i < TWIN_PORTS; i++) {
		struct mac mac = { { 2, 0, 0, 0, s->number, (uint8_t)(i + 1) } };
		char name[16];
		struct text text = text_into(name, sizeof name);
		iface_id id;

		text_printf(&text, "ether%u", i + 1);
		memory_port_init(&side->ports[i], name, &mac, 1500);
		side->ports[i].port.can =
			s->plain_ports ? (struct port_abilities){ 0 } : draw_abilities(s->seed, i);
		side->ports[i].sent = note_sent;
		side->cables[i].out = &side->out[i];
		side->ports[i].sent_arg = &side->cables[i];
		id = iface_add_port(&side->router->net, &side->ports[i].port);
		must(id == i + 1);
		/* The reference sends each segment as it came. */
		side->router->net.ifaces[id].keep_segments = reference;
	}
	router_set_configured(side->router);
}

static void side_free(struct twin_side *side)
{
	router_free(side->router);
	for (unsigned i = 0; i < TWIN_PORTS; i++) {
		memory_port_close(&side->ports[i]);
		frame_queue_clear(&side->out[i]);
	}
	log_free(&side->log);
}

struct twin *twin_new(const struct twin_setup *setup)
{
	struct twin *twin = mem_new(1, sizeof *twin);

	side_init(&twin->fast, setup, false);
	side_init(&twin->slow, setup, true);
	twin->now = setup->now;
	return twin;
}

void twin_free(struct twin *twin)
{
	side_free(&twin->fast);
	side_free(&twin->slow);
	mem_free(twin);
}

static void side_put(struct twin_side *side, unsigned port, const uint8_t *bytes, uint32_t len,
                     const struct offload *offload)
{
	uint16_t tag = side->cables[port].tag;

	memory_port_put(&side->ports[port], tag != 0 ? tagged(bytes, len, offload, tag)
	                                             : frame_new(bytes, len, offload));
}

void twin_put(struct twin *twin, unsigned port, const uint8_t *bytes, uint32_t len,
              const struct offload *offload)
{
	side_put(&twin->fast, port, bytes, len, offload);
	side_put(&twin->slow, port, bytes, len, offload);
	twin->put++;
}

void twin_set_tag(struct twin *twin, unsigned port, uint16_t tag)
{
	twin->fast.cables[port].tag = twin->slow.cables[port].tag = tag;
}

void twin_each(struct twin *twin, void (*change)(struct router *router, void *arg), void *arg)
{
	change(twin->fast.router, arg);
	change(twin->slow.router, arg);
}

void twin_set_link(struct twin *twin, unsigned port, bool up)
{
	twin->fast.ports[port].link_next = twin->slow.ports[port].link_next = up;
	iface_poll_links(&twin->fast.router->net);
	iface_poll_links(&twin->slow.router->net);
}

void twin_set_abilities(struct twin *twin, unsigned port, bool checksum)
{
	struct port_abilities can = { .checksum = checksum, .gso = checksum };

	twin->fast.ports[port].port.can = twin->slow.ports[port].port.can = can;
}

void twin_set_mtu(struct twin *twin, unsigned port, uint32_t mtu_bytes)
{
	twin->fast.ports[port].mtu_next = twin->slow.ports[port].mtu_next = mtu_bytes;
	iface_poll_links(&twin->fast.router->net);
	iface_poll_links(&twin->slow.router->net);
}

void twin_turn(struct twin *twin, mono now)
{
	bool more = true;

	twin->now = now;
	for (unsigned i = 0; more; i++) {
		must(i < TURNS_MAX);
		more = router_turn(twin->fast.router, now);
		more |= router_turn(twin->slow.router, now);
	}
}

static void side_forget(struct twin_side *side)
{
	for (unsigned i = 0; i < TWIN_PORTS; i++)
		frame_queue_clear(&side->out[i]);
	side->log_seen = side->log.count;
}

void twin_forget(struct twin *twin)
{
	side_forget(&twin->fast);
	side_forget(&twin->slow);
}

void twin_drain(struct twin *twin)
{
	const struct router *router = twin->fast.router;

	for (unsigned i = 0; i < DRAIN_TURNS && router_next(router).ns != mono_never().ns; i++) {
		twin_forget(twin);
		twin_turn(twin, mono_add_ns(twin->now, DRAIN_S * NS_PER_S));
	}
}

static void frame_say(const char *who, const struct frame *frame, struct text *out)
{
	text_printf(out, "\n  %s: ", who);
	if (frame == NULL)
		text_add(out, "nothing");
	else
		packet_text(frame_bytes_const(frame), frame->len, out);
}

/* --- frames: the same ones, those of a connection in the same order --- */

/* As they will be on the wire: segments cut, checksums finished. */
static void cut_frame(struct net *net, const struct frame *frame, struct frame_queue *to)
{
	struct frame *copy = frame_new(frame_bytes_const(frame), frame->len, &frame->offload);
	struct pkt p = { .bytes = frame_bytes(copy), .len = copy->len, .offload = copy->offload };
	struct segment_cut cut;

	if (p.offload.gso_type == GSO_NONE || !segment_begin(&cut, &p)) {
		bool whole = offload_finish_checksum(p.bytes, p.len, &copy->offload);

		must(whole); /* a port has taken it */
		copy->offload = (struct offload){ 0 };
		frame_queue_put(to, copy);
		return;
	}
	while (segment_left(&cut)) {
		struct pkt *piece = segment_next(&cut, net, true);

		must(piece != NULL); /* the turn is over: the pool is full */
		frame_queue_put(to, frame_new(piece->bytes, piece->len, NULL));
		net->ledger.absorbed++; /* it was never the router's */
		pkt_done(net, piece);
	}
	frame_free(copy);
}

static struct frame_queue cut_frames(struct net *net, const struct frame_queue *from)
{
	struct frame_queue to = { 0 };

	for (const struct frame *f = from->first; f != NULL; f = f->next)
		cut_frame(net, f, &to);
	return to;
}

/* Do both belong to one connection, or to none? Then neither may overtake the other. */
static bool same_connection(const struct frame *a, const struct frame *b)
{
	const uint8_t *x = frame_bytes_const(a), *y = frame_bytes_const(b);
	struct layout at, bt;
	bool a_known = layout_read(x, a->len, &at), b_known = layout_read(y, b->len, &bt);

	if (!a_known || !b_known)
		return a_known == b_known;
	return at.proto == bt.proto && wire_get32(x + at.l4) == wire_get32(y + bt.l4) &&
	       memcmp(x + at.l3 + IP4_AT_SRC, y + bt.l3 + IP4_AT_SRC, 2 * sizeof(ip4)) == 0;
}

/* Take frames off both as long as they agree; the first of @a that does not, or NULL. */
static const struct frame *unpaired(struct frame_queue *a, struct frame_queue *b)
{
	while (a->first != NULL) {
		struct frame **at = &b->first, *pair;

		while (*at != NULL && !same_connection(a->first, *at))
			at = &(*at)->next;
		pair = *at;
		if (pair == NULL || !frame_equal(a->first, pair))
			return a->first;
		*at = pair->next;
		frame_free(pair);
		frame_free(frame_queue_take(a));
	}
	return b->first;
}

/* Where the fast side has put segments together, its frames are cut again before they are
 * compared. */
static bool queues_differ(const struct twin *twin, unsigned port, struct text *out)
{
	struct net *net = &twin->slow.router->net;
	const struct frame *a = twin->fast.out[port].first, *b = twin->slow.out[port].first;
	struct frame_queue x, y;
	const struct frame *odd;

	while (a != NULL && b != NULL && frame_equal(a, b)) {
		a = a->next;
		b = b->next;
	}
	if (a == NULL && b == NULL)
		return false;
	x = cut_frames(net, &twin->fast.out[port]);
	y = cut_frames(net, &twin->slow.out[port]);
	odd = unpaired(&x, &y);
	if (odd != NULL) {
		text_printf(out, "frames out of ether%u differ", port + 1);
		frame_say(x.first != NULL ? "replayed" : "walked", odd, out);
	}
	frame_queue_clear(&x);
	frame_queue_clear(&y);
	return odd != NULL;
}

static bool frames_differ(const struct twin *twin, struct text *out)
{
	for (unsigned i = 0; i < TWIN_PORTS; i++) {
		if (queues_differ(twin, i, out))
			return true;
	}
	return false;
}

static bool drops_differ(const struct twin *twin, struct text *out)
{
	for (unsigned i = 0; i < DROP_COUNT; i++) {
		uint64_t a = twin->fast.router->net.drops[i], b = twin->slow.router->net.drops[i];

		if (a == b)
			continue;
		text_printf(out, "drops for %s differ: replayed %lu, walked %lu",
		            drop_word((enum drop_reason)i), (unsigned long)a, (unsigned long)b);
		return true;
	}
	return false;
}

static bool record_equal(const struct drop_record *a, const struct drop_record *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a->at.ns == b->at.ns && a->in == b->in && a->framed == b->framed &&
	       a->len == b->len && a->kept == b->kept && tuple_equal(&a->arrived, &b->arrived) &&
	       memcmp(a->bytes, b->bytes, a->kept) == 0;
}

/* What is shown of the last ones lost. */
static bool drop_records_differ(const struct twin *twin, struct text *out)
{
	const struct drop_records *fast = twin->fast.router->net.drop_records;
	const struct drop_records *slow = twin->slow.router->net.drop_records;

	for (unsigned i = 0; i < DROP_COUNT * DROP_RECORDS; i++) {
		enum drop_reason reason = (enum drop_reason)(i / DROP_RECORDS);

		if (record_equal(drop_record_at(fast, reason, i % DROP_RECORDS),
		                 drop_record_at(slow, reason, i % DROP_RECORDS)))
			continue;
		text_printf(out, "the last packets dropped for %s differ", drop_word(reason));
		return true;
	}
	return false;
}

static bool ifaces_differ(const struct twin *twin, struct text *out)
{
	for (iface_id id = 1; id < twin->fast.router->net.ifaces_n; id++) {
		const struct iface *a = iface_get_const(&twin->fast.router->net, id);
		const struct iface *b = iface_get_const(&twin->slow.router->net, id);

		if (memcmp(&a->counters, &b->counters, sizeof a->counters) == 0)
			continue;
		text_printf(out, "counters of %s differ", a->name);
		return true;
	}
	for (unsigned i = 0; i < TWIN_PORTS; i++) {
		if (twin->fast.cables[i].aside == twin->slow.cables[i].aside)
			continue;
		text_printf(out, "frames with another tag out of ether%u differ", i + 1);
		return true;
	}
	return false;
}

static bool rules_differ(const struct twin *twin, const struct twin_rules *rules, struct text *out)
{
	for (unsigned f = 0; f < FACILITY_COUNT; f++) {
		for (unsigned i = 0; i < rules->n[f]; i++) {
			uint32_t id = rules->ids[f][i];
			struct rule_counters a, b;

			if (twin->fast.router->fw.rules[f] == NULL)
				continue;
			a = rules_counters(twin->fast.router->fw.rules[f], id);
			b = rules_counters(twin->slow.router->fw.rules[f], id);
			if (a.packets == b.packets && a.bytes == b.bytes)
				continue;
			text_printf(out,
			            "counters of %s rule %u differ: replayed %lu packets, %lu "
			            "bytes; walked %lu, %lu",
			            facility_words[f], id, (unsigned long)a.packets,
			            (unsigned long)a.bytes, (unsigned long)b.packets,
			            (unsigned long)b.bytes);
			return true;
		}
	}
	return false;
}

static void flow_say(const char *who, const struct flow *f, struct text *out)
{
	char a[IP4_TEXT_BYTES], b[IP4_TEXT_BYTES], c[IP4_TEXT_BYTES], d[IP4_TEXT_BYTES];

	text_printf(out,
	            "\n  %s: %s:%u>%s:%u back %s:%u>%s:%u proto %u tcp %s flags %#x mark %u due "
	            "%lu packets %lu/%lu bytes %lu/%lu",
	            who, ip4_str(f->key[0].src, a), f->key[0].sport, ip4_str(f->key[0].dst, b),
	            f->key[0].dport, ip4_str(f->key[1].src, c), f->key[1].sport,
	            ip4_str(f->key[1].dst, d), f->key[1].dport, f->proto, track_words[f->tcp],
	            f->flags, f->mark, (unsigned long)f->due.ns, (unsigned long)f->way[0].packets,
	            (unsigned long)f->way[1].packets, (unsigned long)f->way[0].bytes,
	            (unsigned long)f->way[1].bytes);
}

static bool way_differs(const struct flow_way *a, const struct flow_way *b)
{
	return a->packets != b->packets || a->bytes != b->bytes;
}

static bool flow_differs(const struct flow *a, const struct flow *b)
{
	if (a->flags != b->flags)
		return true;
	if ((a->flags & FLOW_USED) == 0)
		return false;
	return memcmp(a->key, b->key, sizeof a->key) != 0 || a->proto != b->proto ||
	       a->tcp != b->tcp || a->mark != b->mark || a->due.ns != b->due.ns ||
	       a->icmp_type != b->icmp_type || a->icmp_code != b->icmp_code ||
	       a->nat_rule != b->nat_rule || a->filter_set != b->filter_set ||
	       a->since.ns != b->since.ns || memcmp(a->window, b->window, sizeof a->window) != 0 ||
	       way_differs(&a->way[0], &b->way[0]) || way_differs(&a->way[1], &b->way[1]);
}

/* Both did the same in the same order, so even the places of the records are the same. */
static bool flows_differ(const struct twin *twin, struct text *out)
{
	const struct flows *a = twin->fast.router->fw.flows, *b = twin->slow.router->fw.flows;

	if (a->used != b->used || a->fresh != b->fresh || a->created != b->created ||
	    a->ended != b->ended || a->refused != b->refused || a->gave_way != b->gave_way) {
		text_printf(out, "connections differ: replayed %u, walked %u", a->used, b->used);
		return true;
	}
	for (uint32_t i = 0; i < a->fresh; i++) {
		const struct flow *x = flow_at_const(a, i), *y = flow_at_const(b, i);

		if (!flow_differs(x, y))
			continue;
		text_add(out, "a connection differs");
		flow_say("replayed", x, out);
		flow_say("walked", y, out);
		return true;
	}
	return false;
}

static bool neighbours_differ(const struct twin *twin, struct text *out)
{
	const struct net *a = &twin->fast.router->net, *b = &twin->slow.router->net;
	uint32_t at_a = 0, at_b = 0;

	for (;;) {
		const struct neigh *x = neigh_next(a, &at_a), *y = neigh_next(b, &at_b);

		if (x == NULL && y == NULL)
			return false;
		if (x != NULL && y != NULL && at_a == at_b && x->addr.v == y->addr.v &&
		    x->iface == y->iface && x->state == y->state && mac_equal(&x->mac, &y->mac) &&
		    x->used.ns == y->used.ns && x->due.ns == y->due.ns && x->queued == y->queued)
			continue;
		text_add(out, "a neighbour differs");
		for (unsigned i = 0; i < 2; i++) {
			const struct neigh *n = i == 0 ? x : y;
			char addr[IP4_TEXT_BYTES];

			if (n != NULL)
				text_printf(out, "\n  %s: %s %s, used %lu, due %lu, %u wait",
				            i == 0 ? "replayed" : "walked", ip4_str(n->addr, addr),
				            neigh_state_word((enum neigh_state)n->state),
				            (unsigned long)n->used.ns, (unsigned long)n->due.ns,
				            n->queued);
		}
		return true;
	}
}

static bool lists_differ(const struct twin *twin, struct text *out)
{
	const struct address_lists *a = twin->fast.router->fw.lists;
	const struct address_lists *b = twin->slow.router->fw.lists;
	uint32_t at_a = 0, at_b = 0;

	for (;;) {
		const struct address_entry *x = address_lists_walk(a, &at_a);
		const struct address_entry *y = address_lists_walk(b, &at_b);

		if (x == NULL && y == NULL)
			return false;
		if (x != NULL && y != NULL && at_a == at_b && x->list == y->list &&
		    ip4_equal(x->network, y->network) && x->bits == y->bits && x->rows == y->rows &&
		    x->due.ns == y->due.ns && x->since.ns == y->since.ns)
			continue;
		text_add(out, "an entry of an address list differs");
		return true;
	}
}

static bool logs_differ(const struct twin *twin, struct text *out)
{
	const struct log *a = &twin->fast.log, *b = &twin->slow.log;

	for (uint64_t n = twin->fast.log_seen; n < a->count && n < b->count; n++) {
		const char *x = a->lines[n % LOG_LINES].text, *y = b->lines[n % LOG_LINES].text;

		if (strcmp(x, y) != 0) {
			text_printf(out, "log lines differ\n  replayed: %s\n  walked: %s", x, y);
			return true;
		}
	}
	if (a->count == b->count)
		return false;
	text_printf(out, "log lines differ in number: replayed %lu, walked %lu",
	            (unsigned long)a->count, (unsigned long)b->count);
	return true;
}

bool twin_output_differs(const struct twin *twin, struct text *out)
{
	return frames_differ(twin, out) || drops_differ(twin, out);
}

bool twin_differ(const struct twin *twin, const struct twin_rules *rules, struct text *out)
{
	uint64_t a = ports_used(twin->fast.router->net.ports);
	uint64_t b = ports_used(twin->slow.router->net.ports);

	if (frames_differ(twin, out) || drops_differ(twin, out) || drop_records_differ(twin, out) ||
	    ifaces_differ(twin, out) || rules_differ(twin, rules, out) || flows_differ(twin, out) ||
	    neighbours_differ(twin, out) || lists_differ(twin, out) || logs_differ(twin, out))
		return true;
	if (a == b)
		return false;
	text_printf(out, "ports taken differ: replayed %lu, walked %lu", (unsigned long)a,
	            (unsigned long)b);
	return true;
}
