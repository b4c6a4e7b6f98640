#include "sim/node.h"

#include <netinet/in.h>
#include <stdio.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "sim/ledger.h"
#include "sim/scene.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/packet_text.h"

enum {
	IDS = 65536,
	OWN_TTL = 64 /* hosts send with more, and no way is so long that it falls to this */
};

/* What is known here of the packets with one identification. */
struct crossing {
	uint32_t came, left;
	uint64_t turn; /* in which it came last */
	bool spoilt;   /* one of them came with a wrong transport checksum */
	bool pieces;   /* one of them came in fragments, and leaves put together */
	struct tuple tuple;
};

static void fail(struct node *node, const struct frame *frame, const char *what)
{
	if (text_str(node->out)[0] != '\0')
		return;
	text_add(node->out, what);
	if (frame != NULL) {
		text_add(node->out, "\n  ");
		packet_text(frame_bytes_const(frame), frame->len, node->out);
	}
}

static void tell(const struct node *node, const char *what, unsigned place,
                 const struct frame *frame)
{
	struct text line = { 0 };

	if (!node->told)
		return;
	packet_text(frame_bytes_const(frame), frame->len, &line);
	printf("  %lu router %u %s ether%u: %s\n", (unsigned long)timeline_now(node->timeline).ns,
	       node->twin->fast.ports[0].port.mac.b[4], what, place + 1, text_str(&line));
	text_free(&line);
}

/* A whole packet of a host: its tuple. False: something else, or not sound. */
static bool packet_of_host(const struct frame *frame, struct tuple *ret_tuple, uint16_t *ret_id)
{
	struct reader r = reader_over(frame_bytes_const(frame), frame->len);
	struct ip4_header ip;
	struct eth_header eth;

	if (!eth_parse(&r, &eth) || eth.type != ETH_TYPE_IP4 || !ip4_header_parse(&r, &ip) ||
	    ip.ttl <= OWN_TTL || (ip.fragment & (IP4_OFFSET_MASK | IP4_MORE_FRAGMENTS)) != 0)
		return false;
	*ret_id = ip.id;
	*ret_tuple = (struct tuple){ .src = ip.src, .dst = ip.dst, .proto = ip.proto };
	if (ip.proto == IPPROTO_TCP || ip.proto == IPPROTO_UDP) {
		ret_tuple->sport = read_u16(&r);
		ret_tuple->dport = read_u16(&r);
	} else if (ip.proto == IPPROTO_ICMP) {
		uint8_t type = read_u8(&r);

		read_skip(&r, 3);
		ret_tuple->sport = ret_tuple->dport = read_u16(&r);
		if (!icmp_is_query(type))
			return false;
	}
	return !r.failed;
}

static uint64_t turns(const struct node *node)
{
	return node->twin->fast.router->counters.turns;
}

static void note_piece(struct node *node, const struct frame *frame)
{
	const uint8_t *ip = frame_bytes_const(frame) + ETH_HEADER_BYTES;

	if (frame->len < ETH_HEADER_BYTES + IP4_HEADER_BYTES)
		return;
	if ((wire_get16(ip + IP4_AT_FRAGMENT) & (IP4_OFFSET_MASK | IP4_MORE_FRAGMENTS)) != 0)
		node->crossings[wire_get16(ip + IP4_AT_ID)].pieces = true;
}

static void note_came(struct node *node, const struct frame *frame)
{
	struct crossing *c;
	struct tuple tuple;
	uint16_t id;

	note_piece(node, frame);
	if (!packet_of_host(frame, &tuple, &id))
		return;
	c = &node->crossings[id];
	c->came++;
	c->turn = turns(node);
	c->spoilt |= frame_fault(frame, true) != NULL;
	c->tuple = tuple;
}

/* Once in, once out; and translated as its connection says, which is: once. */
static void crossing_holds(struct node *node, const struct frame *frame, uint64_t turn)
{
	const struct flows *flows = node->twin->fast.router->fw.flows;
	struct tuple out, leaves;
	struct crossing *c;
	uint32_t index;
	uint16_t id;
	uint8_t dir;

	if (!node->calm || !packet_of_host(frame, &out, &id))
		return;
	c = &node->crossings[id];
	c->left++;
	if (c->left > c->came && !c->pieces)
		fail(node, frame, "a packet left more often than it came");
	if (c->came != 1 || c->turn != turn)
		return;
	index = flow_find(flows, &c->tuple, flow_hash(flows, &c->tuple), &dir);
	if (index == FLOW_NONE)
		return;
	if (flow_at_const(flows, index)->since.ns == node->twin->now.ns)
		return; /* another packet of this turn may have begun it, later */
	leaves = flow_leaves(flow_at_const(flows, index), dir);
	if (!tuple_equal(&leaves, &out))
		fail(node, frame, "a packet left otherwise than its connection says");
}

static void mask_holds(struct node *node, unsigned place, const struct frame *frame)
{
	struct reader r = reader_over(frame_bytes_const(frame), frame->len);
	struct eth_header eth;
	struct ip4_header ip;

	if (!node->masks || !node->ports[place].wan || !eth_parse(&r, &eth) ||
	    eth.type != ETH_TYPE_IP4 || !ip4_header_parse(&r, &ip))
		return;
	if (ip.ttl <= OWN_TTL)
		return; /* an ICMP error comes from where the packet came (RFC 1812, 4.3.2.4) */
	if (!ip4_equal(ip.src, node->addresses[place].addr))
		fail(node, frame, "a WAN that masquerades sent with another source");
}

/* What was spoilt on a link may pass as it is; what came sound, or is the router's own, is right to
 * the last bit. */
static bool is_sound(const struct node *node, const struct frame *frame)
{
	const uint8_t *bytes = frame_bytes_const(frame);
	struct tuple tuple;
	uint16_t id;

	if (packet_of_host(frame, &tuple, &id))
		return node->calm && !node->crossings[id].spoilt;
	return node->calm && frame->len > ETH_HEADER_BYTES + IP4_AT_TTL &&
	       bytes[ETH_HEADER_BYTES + IP4_AT_TTL] == OWN_TTL;
}

static void frame_holds(struct node *node, unsigned place, const struct frame *frame, uint64_t turn)
{
	const char *fault = frame_fault(frame, is_sound(node, frame));

	if (fault != NULL)
		fail(node, frame, fault);
	crossing_holds(node, frame, turn);
	mask_holds(node, place, frame);
}

static void send_out(struct node *node, uint64_t turn)
{
	for (unsigned i = 0; i < TWIN_PORTS; i++) {
		struct node_port *port = &node->ports[i];
		/* The reference's: the other's may be trains of these. */
		const struct frame *frame = node->twin->slow.out[i].first;

		for (; frame != NULL; frame = frame->next) {
			tell(node, "out of", i, frame);
			frame_holds(node, i, frame, turn);
			if (port->link != NULL)
				link_send(port->link, port->end, frame_bytes_const(frame),
				          frame->len, &frame->offload);
		}
	}
}

static void turn_now(struct node *node)
{
	uint64_t turn = turns(node);

	twin_turn(node->twin, timeline_now(node->timeline));
	if (text_str(node->out)[0] == '\0')
		(void)twin_output_differs(node->twin, node->out);
	send_out(node, turn);
	twin_forget(node->twin);
}

static void turn(void *arg, void *detail);

static void turn_ask(struct node *node, mono at)
{
	if (node->turn_at.ns <= at.ns)
		return;
	node->turn_at = at;
	timeline_at(node->timeline, at, turn, node, NULL);
}

static void turn(void *arg, void *detail)
{
	struct node *node = arg;
	mono now = timeline_now(node->timeline), next;

	if (!mono_due(node->turn_at, now))
		return; /* an earlier turn has been asked for since, and done */
	node->turn_at = mono_never();
	turn_now(node);
	next = router_next(node->twin->fast.router);
	if (next.ns != router_next(node->twin->slow.router).ns)
		fail(node, NULL, "the two want to turn at different times");
	if (next.ns != mono_never().ns)
		/* What is due now was done now: a millisecond later at the earliest. */
		turn_ask(node, mono_due(next, now) ? mono_add_ms(now, 1) : next);
}

void node_wake(struct node *node)
{
	turn_ask(node, timeline_now(node->timeline));
}

static void deliver(void *arg, struct frame *frame)
{
	struct node_port *port = arg;
	struct node *node = port->node;

	tell(node, "into", port->place, frame);
	note_came(node, frame);
	twin_put(node->twin, port->place, frame_bytes(frame), frame->len, &frame->offload);
	frame_free(frame);
	node_wake(node);
}

static void carrier(void *arg, bool up)
{
	struct node_port *port = arg;

	twin_set_link(port->node->twin, port->place, up);
	node_wake(port->node);
}

void node_init(struct node *node, struct timeline *timeline, const struct twin_setup *setup,
               struct text *out)
{
	*node = (struct node){
		.timeline = timeline,
		.twin = twin_new(setup),
		.crossings = mem_new(IDS, sizeof(struct crossing)),
		.turn_at = mono_never(),
		.out = out,
		.next_id = 1,
	};
	for (unsigned i = 0; i < TWIN_PORTS; i++)
		node->ports[i] = (struct node_port){ .node = node, .place = i };
}

void node_free(struct node *node)
{
	twin_free(node->twin);
	mem_free(node->crossings);
}

void node_plug(struct node *node, unsigned place, struct link *link, unsigned end)
{
	must(place < TWIN_PORTS);
	node->ports[place].link = link;
	node->ports[place].end = end;
	twin_set_abilities(node->twin, place, link_quality(link)->offload);
	link_attach(link, end,
	            &(struct station){
			    .deliver = deliver, .carrier = carrier, .arg = &node->ports[place] });
}

void node_address(struct node *node, unsigned place, ip4 addr, uint8_t bits)
{
	must(place < NODE_ADDRESSES);
	node->addresses[place] = (struct addr_spec){
		.addr = addr,
		.network = ip4_network(addr, bits),
		.bits = bits,
		.iface = (iface_id)(place + 1),
		.id = place + 1,
	};
	if (node->addresses_n <= place)
		node->addresses_n = place + 1;
}

void node_route(struct node *node, ip4 dst, uint8_t bits, ip4 gateway)
{
	struct route_spec *spec = &node->routes[node->routes_n];

	must(node->routes_n < NODE_ROUTES);
	*spec = (struct route_spec){
		.dst = { .addr = ip_addr_v4(dst), .bits = bits },
		.gateway = ip_addr_v4(gateway),
		.distance = DISTANCE_STATIC,
		.table = TABLE_MAIN,
		.id = node->routes_n + 1,
	};
	node->routes_n++;
}

static void publish(struct router *router, void *arg)
{
	const struct node *node = arg;

	addrs_publish(&router->net, addrs_new(node->addresses, node->addresses_n));
	router_addresses_changed(router);
	fib_publish(&router->net, node->routes, node->routes_n);
	net_generation_next(&router->net);
	for (unsigned i = 0; i < TWIN_PORTS; i++)
		router->net.ifaces[i + 1].lists |=
			1ULL << (node->ports[i].wan ? SCENE_LIST_WAN : SCENE_LIST_LAN);
	for (unsigned f = 0; f < FACILITY_COUNT; f++)
		(void)scene_publish_rules(NULL, router, (enum facility)f, node->rules[f],
		                          node->rules_n[f]);
}

void node_blackhole(struct node *node, ip4 dst, uint8_t bits)
{
	node_route(node, dst, bits, (ip4){ 0 });
	node->routes[node->routes_n - 1].gateway = (struct ip_addr){ 0 };
	node->routes[node->routes_n - 1].action = ROUTE_BLACKHOLE;
	node->routes[node->routes_n - 1].distance = 250;
}

void node_publish(struct node *node)
{
	twin_each(node->twin, publish, node);
	node_wake(node);
}

bool node_holds(struct node *node)
{
	const struct router *fast = node->twin->fast.router;
	struct twin_rules rules = { 0 };

	if (text_str(node->out)[0] != '\0')
		return false;
	for (unsigned f = 0; f < FACILITY_COUNT; f++) {
		for (unsigned i = 0; i < node->rules_n[f]; i++)
			rules.ids[f][rules.n[f]++] = node->rules[f][i].id;
	}
	if (twin_differ(node->twin, &rules, node->out))
		return false;
	flows_must_hold(fast->fw.flows, &fast->net);
	return ledger_closes(fast, node->out) && ledger_closes(node->twin->slow.router, node->out);
}

bool node_drains(struct node *node)
{
	twin_drain(node->twin);
	return node_holds(node) && ledger_is_empty(node->twin->fast.router, node->out);
}
