/*
 * Segments, ICMP errors, calls and time, in any order, for one connection: opened by us or by them.
 *
 * Sequence numbers are told relative to what the connection has just now, so that every state is
 * reached and every edge of a window is met. Whatever comes: what is sent fits the MTU and what the
 * peer takes, acknowledges nothing that has not come, and never takes a window back; in the end
 * nothing is left of any budget.
 */
#include "fuzz.h"
#include "small_net.h"

#include <netinet/in.h>
#include <poll.h>

#include "tcp/listener.h"
#include "tcp/tcp_inside.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

enum {
	OPS_MOST = 400,
	OUR_PORT = 80,
	THEIR_PORT = 1234,
};

struct world {
	struct small_net net;
	struct tcp *tcp;
	struct listener *listener;
	struct connection *c; /* ours to close; NULL: there is none */
	bool has_edge;
	uint32_t edge; /* the furthest that was offered to them */
	uint32_t id;
};

static void changed(void *owner, struct connection *c, unsigned events)
{
	struct world *world = owner;

	must(world->c == c && events != 0);
	/* Who hears of an end may close at once. */
	if ((events & CONNECTION_FAILED) != 0) {
		must(connection_state(c) == CONNECTION_CLOSED);
		connection_close(c, -1);
		world->c = NULL;
	}
}

static void listener_changed(void *owner, struct listener *l)
{
	struct world *world = owner;

	if (world->c == NULL)
		world->c = listener_take(l, world);
}

static struct tuple ends(void)
{
	return (struct tuple){ .src = { 0xc0000201 },
		               .dst = { 0xc0000209 },
		               .sport = OUR_PORT,
		               .dport = THEIR_PORT,
		               .proto = IPPROTO_TCP };
}

/* The connection as the table has it, whoever owns it. */
static struct connection *known(const struct world *world)
{
	struct tuple between = ends();
	struct entry entry = connection_table_find(world->tcp->table, &between);

	return entry.kind == ENTRY_CONNECTION ? &world->tcp->connections[entry.index] : NULL;
}

static void check_sent(struct world *world, const struct pkt *p)
{
	const struct connection *c = known(world);
	struct reader r = reader_over(p->bytes + p->l4, p->len - p->l4);
	struct tcp_header header;
	uint32_t edge;

	must(tcp_header_parse(&r, &header));
	must(ip4_link_bytes(p) <= 1500);
	if (c == NULL || !connection_is_synchronized(c) ||
	    (header.flags & (TCP_ACK | TCP_SYN | TCP_RST)) != TCP_ACK)
		return;
	must(seq_leq(header.ack, c->receive_next));
	edge = header.ack + ((uint32_t)header.window << c->receive_scale);
	/* What was put on the queue together is in order. */
	must(!world->has_edge || seq_geq(edge, world->edge) || c->fin_taken);
	world->edge = edge;
	world->has_edge = true;
}

static void drain(struct world *world)
{
	struct pkt *p;

	while ((p = net_own_take(world->net.net)) != NULL) {
		check_sent(world, p);
		pkt_done(world->net.net, p);
	}
}

static void turn(struct world *world)
{
	tcp_turn(world->tcp);
	drain(world);
	if (known(world) == NULL)
		world->has_edge = false;
}

static uint32_t signed8(struct reader *r)
{
	return (uint32_t)(int32_t)(int8_t)read_u8(r);
}

static uint32_t signed16(struct reader *r)
{
	return (uint32_t)(int32_t)(int16_t)read_u16(r);
}

static uint32_t options_of(uint8_t how, struct connection *c, uint8_t *bytes, struct reader *r)
{
	struct writer w = writer_over(bytes, 40);
	uint32_t now =
		(uint32_t)(c != NULL ? sequence_timestamp(c->tcp->net->now, c->timestamp_offset)
	                             : 0);

	if ((how & 1) != 0) {
		write_u32(&w, 0x0101080a);
		write_u32(&w, (c != NULL ? c->timestamp_recent : 7) + signed8(r));
		write_u32(&w, now + signed8(r));
	}
	if ((how & 2) != 0) {
		uint32_t una = c != NULL ? connection_una(c) : 0;

		write_u32(&w, 0x01010512);
		for (unsigned i = 0; i < 2; i++) {
			uint32_t begin = una + read_u16(r);

			write_u32(&w, begin);
			write_u32(&w, begin + signed16(r));
		}
	}
	if ((how & 4) != 0) {
		write_u32(&w, 0x02040000 | read_u16(r));
		write_u32(&w, 0x04020101);
		write_u32(&w, 0x01030300 | read_u8(r));
	}
	if (w.failed)
		w.at = bytes;
	return (uint32_t)(w.at - bytes) / 4 * 4;
}

/* Half-open and TIME-WAIT: ours (what they acknowledge) or theirs. */
static uint32_t near_record(const struct world *world, bool ours)
{
	struct tuple between = ends();
	struct entry entry = connection_table_find(world->tcp->table, &between);

	if (entry.kind == ENTRY_HALF_OPEN) {
		const struct half_open *h = half_open_at(&world->tcp->half_opens, entry.index);

		return 1 + (ours ? h->initial_sequence : h->their_sequence);
	}
	if (entry.kind == ENTRY_TIME_WAIT) {
		const struct time_wait *w = time_wait_at(&world->tcp->time_waits, entry.index);

		return ours ? w->send_next : w->receive_next;
	}
	return 5000;
}

static uint32_t near(const struct world *world, uint8_t what, struct reader *r)
{
	const struct connection *c = known(world);
	uint32_t by = signed16(r);

	if ((what & 8) != 0)
		by = 0;
	if (c == NULL)
		return near_record(world, (what & 4) != 0) + by;
	switch (what & 7) {
	case 0:
	case 1:
		return c->receive_next + by;
	case 2:
		return c->receive_edge + by;
	case 3:
		return connection_una(c) + by;
	case 4:
	case 5:
		return connection_next(c) + by;
	case 6:
		return c->initial_sequence + 1 + by;
	default:
		return c->their_sequence + by;
	}
}

static void segment(struct world *world, struct reader *r)
{
	uint8_t bytes[2048] = { 0 }, options[40];
	uint8_t flags = read_u8(r), how = read_u8(r), which = read_u8(r);
	uint32_t seq = near(world, which & 15, r), ack = near(world, which >> 4, r);
	uint16_t window = read_u16(r);
	uint32_t n = (how & 8) != 0 ? read_u16(r) % 1461 : 0;
	uint32_t options_n = options_of(how, known(world), options, r);
	struct writer w = writer_over(bytes, sizeof bytes);
	struct pkt p = { .bytes = bytes, .l4 = 20, .in = 1, .flow = FLOW_NONE };

	p.len = 40 + options_n + n;
	ip4_header_build(&w, &(struct ip4_header){ .version = 4,
	                                           .header_bytes = 20,
	                                           .total_bytes = (uint16_t)p.len,
	                                           .ttl = 64,
	                                           .proto = IPPROTO_TCP,
	                                           .src = ends().dst,
	                                           .dst = ends().src });
	tcp_header_build(&w, &(struct tcp_header){ .sport = THEIR_PORT,
	                                           .dport = OUR_PORT,
	                                           .seq = seq,
	                                           .ack = ack,
	                                           .header_bytes = (uint8_t)(20 + options_n),
	                                           .flags = flags,
	                                           .window = window,
	                                           .urgent = (uint16_t)(how >> 4) });
	write_bytes(&w, options, options_n);
	must(!w.failed);
	ip4_parse_header(&p);
	must(ip4_parse_l4(&p));
	p.now = p.arrived;
	if (!tcp_input(world->tcp, &p))
		must(known(world) == NULL);
}

static void icmp(struct world *world, struct reader *r)
{
	uint8_t type = read_u8(r), code = read_u8(r), which = read_u8(r);
	struct tcp_icmp error = { .ends = ends(), .type = type, .code = code };

	error.mtu_bytes = read_u16(r);
	error.quoted_sequence = near(world, which, r);
	if ((which & 128) != 0)
		error.type = ICMP_UNREACHABLE;
	(void)tcp_icmp_error(world->tcp, &error);
}

static void connect_to_them(struct world *world, struct reader *r)
{
	struct connection_settings settings = { .no_delay = (read_u8(r) & 1) != 0 };
	struct connection_plan plan = { .ends = ends(),
		                        .route = { .mtu_bytes = 1500,
		                                   .generation = world->net.net->generation },
		                        .initial_sequence = UINT32_MAX - 3000,
		                        .timestamp_offset = 99,
		                        .settings = &settings,
		                        .owner = world };

	settings.keep_alive = (read_u8(r) & 1) != 0;
	settings.user_timeout_ms = read_u16(r);
	if (world->c == NULL && connection_open(world->tcp, &plan, &world->c) != 0)
		world->c = NULL;
}

static void call(struct world *world, uint8_t which, struct reader *r)
{
	static uint8_t bytes[70000];
	struct connection *c = world->c;
	uint32_t n = read_u16(r);
	unsigned flags = read_u8(r);

	if (c == NULL)
		return;
	switch (which) {
	case 0:
		must(connection_send(c, bytes, n,
		                     ((flags & 1) != 0 ? MSG_OOB : 0) |
		                             ((flags & 2) != 0 ? MSG_MORE : 0)) <= (int64_t)n);
		return;
	case 1:
		must(connection_receive(c, bytes, n,
		                        ((flags & 3) == 1 ? MSG_OOB : 0) |
		                                ((flags & 4) != 0 ? MSG_PEEK : 0)) <=
		     (int64_t)n + 1);
		return;
	case 2:
		(void)connection_shutdown(c, (int)(flags % 3));
		return;
	default:
		connection_close(c, (flags & 7) == 0 ? 0 : (flags & 8) != 0 ? (int64_t)n : -1);
		world->c = NULL;
	}
}

static void pass_time(struct world *world, uint64_t ms)
{
	mono end = mono_add_ms(world->net.net->now, ms);
	unsigned turns = 0;

	while (turns++ < 20000) {
		mono due = tcp_due(world->tcp);

		if (mono_before(end, due))
			break;
		if (mono_before(world->net.net->now, due))
			world->net.net->now = due;
		turn(world);
	}
	must(turns < 20000);
	world->net.net->now = end;
}

static void step(struct world *world, struct reader *r)
{
	uint8_t op = read_u8(r);

	switch (op & 7) {
	case 0:
	case 1:
	case 2:
		segment(world, r);
		break;
	case 3:
		icmp(world, r);
		break;
	case 4:
		connect_to_them(world, r);
		break;
	case 5:
		pass_time(world, (uint64_t)1 << (op >> 4));
		break;
	default:
		call(world, op >> 6, r);
		break;
	}
	if ((op & 8) == 0)
		turn(world);
	else
		drain(world);
}

static void finish(struct world *world)
{
	struct tcp_use use;

	if (world->c != NULL)
		connection_close(world->c, -1);
	world->c = NULL;
	listener_close(world->listener);
	pass_time(world, 3600 * 1000);
	use = tcp_use(world->tcp);
	must(use.connections == 0 && use.half_open == 0 && use.time_wait == 0);
	must(use.listeners == 0 && use.chunks == 0 && use.flights == 0);
	tcp_free(world->tcp);
	must(small_net_holds_nothing(&world->net));
	small_net_free(&world->net);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct tcp_budget budget = { .connections = 3,
		                           .half_open = 2,
		                           .time_wait = 2,
		                           .listeners = 2,
		                           .chunks = 24,
		                           .flights = 32 };
	struct world world = { 0 };
	struct reader r = reader_over(data, size);
	struct listener_plan listen = { .port = OUR_PORT, .backlog = 1, .owner = &world };

	small_net_make(&world.net);
	world.tcp = tcp_new(world.net.net, &budget);
	tcp_set_owner(world.tcp, &(struct tcp_owner){ .changed = changed,
	                                              .listener_changed = listener_changed });
	must(listener_open(world.tcp, &listen, &world.listener) == 0);
	for (unsigned i = 0; i < OPS_MOST && reader_left(&r) > 0; i++)
		step(&world, &r);
	finish(&world);
	return 0;
}
