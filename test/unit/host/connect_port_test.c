/* connect() and bind(), ports: CONNECT.md, row by row; and against a naive model at every fill. */
#include "host/local_port.h"
#include "sock_world.h"
#include "tcp/tcp.h"

#define LOW   40000
#define PORTS 64

/* A router whose sockets choose among PORTS ports. */
static struct sock_world few_ports(void)
{
	struct host_budget budget = {
		.sockets = 512, .datagram_sockets = 512, .datagram_cells = 64, .crowds = 4
	};
	struct tcp_budget tcp = { .connections = 512,
		                  .half_open = 16,
		                  .time_wait = 64,
		                  .listeners = 8,
		                  .chunks = 64,
		                  .flights = 64 };
	struct sock_world w = sock_world_of(&budget, &tcp);

	fixture_address(w.f, 1, WAN "/24");
	fixture_address(w.f, 2, LAN "/24");
	fixture_route(w.f, "0.0.0.0/0", "203.0.113.1");
	local_ports_set_range(w.host->socks->local_ports, LOW, LOW + PORTS - 1);
	return w;
}

static struct sock *tcp_made(struct sock_world w)
{
	return sock_made(w, SOCK_STREAM, 0);
}

static void close_all(struct sock **all, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		sock_close(all[i]);
}

static void all_to_one_destination_are_used(void **unused)
{
	struct sock_world w = few_ports();
	struct sock *all[PORTS], *s = tcp_made(w);
	bool seen[PORTS] = { false };

	for (unsigned i = 0; i < PORTS; i++) {
		all[i] = tcp_made(w);
		assert_int_equal(sock_joined(all[i], FAR, 80), -EINPROGRESS);
		assert_in_range(all[i]->local_port, LOW, LOW + PORTS - 1);
		assert_false(seen[all[i]->local_port - LOW]);
		seen[all[i]->local_port - LOW] = true;
	}
	assert_int_equal(sock_joined(s, FAR, 80), -EADDRNOTAVAIL);
	assert_int_equal(sock_joined(s, FAR, 80), -EADDRNOTAVAIL);
	assert_int_equal(sock_joined(s, FAR, 81), -EINPROGRESS); /* the same socket */
	sock_close(s);
	/* One ends: just its port is there again. */
	s = tcp_made(w);
	sock_close(all[17]);
	all[17] = tcp_made(w);
	assert_int_equal(sock_joined(s, FAR, 80), -EINPROGRESS);
	assert_int_equal(sock_joined(all[17], FAR, 80), -EADDRNOTAVAIL);
	sock_close(s);
	close_all(all, PORTS);
	sock_world_free(w);
}

static void bind_with_none_left(void **unused)
{
	struct sock_world w = few_ports();
	struct sock *all[PORTS], *s = tcp_made(w);

	for (unsigned i = 0; i < PORTS; i++) {
		all[i] = tcp_made(w);
		assert_int_equal(sock_bound(all[i], LAN, 0), 0);
	}
	assert_int_equal(sock_bound(s, LAN, 0), -EADDRINUSE);
	assert_int_equal(sock_bound(s, "0.0.0.0", 0), -EADDRINUSE);
	assert_int_equal(sock_bound(s, WAN, 0), 0);
	sock_close(s);
	close_all(all, PORTS);
	sock_world_free(w);
}

static void bound_without_a_port(void **unused)
{
	struct sock_world w = few_ports();
	struct sock *all[PORTS], *s = tcp_made(w);

	for (unsigned i = 0; i < PORTS; i++) {
		all[i] = tcp_made(w);
		assert_int_equal(sock_bound(all[i], LAN, 0), 0);
		assert_int_equal(sock_joined(all[i], PEER, 80), -EINPROGRESS);
	}
	sock_set(s, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	assert_int_equal(sock_bound(s, LAN, 0), 0);
	assert_int_equal(sock_joined(s, PEER, 80), -EADDRNOTAVAIL);
	sock_close(s);
	close_all(all, PORTS);
	/* Towards another destination ports are there, as they serve several. */
	for (unsigned i = 0; i < PORTS; i++) {
		all[i] = tcp_made(w);
		sock_set(all[i], IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
		assert_int_equal(sock_bound(all[i], LAN, 0), 0);
		assert_int_equal(sock_joined(all[i], PEER, 80), -EINPROGRESS);
	}
	s = tcp_made(w);
	sock_set(s, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	assert_int_equal(sock_bound(s, LAN, 0), 0);
	assert_int_equal(sock_joined(s, PEER, 80), -EADDRNOTAVAIL);
	assert_int_equal(sock_joined(s, PEER, 81), -EINPROGRESS);
	sock_close(s);
	close_all(all, PORTS);
	sock_world_free(w);
}

static void the_same_four_tuple(void **unused)
{
	struct sock_world w = few_ports();
	struct sock *a = tcp_made(w), *b = tcp_made(w);

	assert_int_equal(sock_bound(a, LAN, 5000), 0);
	assert_int_equal(sock_bound(b, LAN, 5000), -EADDRINUSE);
	sock_set(b, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(sock_bound(b, LAN, 5000), -EADDRINUSE); /* both must have said so */
	sock_set(a, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(sock_bound(b, LAN, 5000), 0);
	assert_int_equal(sock_joined(a, PEER, 80), -EINPROGRESS);
	assert_int_equal(sock_joined(b, PEER, 80), -EADDRNOTAVAIL);
	assert_int_equal(sock_joined(b, PEER, 81), -EINPROGRESS);
	sock_close(a);
	sock_close(b);
	sock_world_free(w);
}

static void self_connect(void **unused)
{
	struct sock_world w = few_ports();
	struct sock *s = tcp_made(w);
	char text[8] = { 0 };

	assert_int_equal(sock_bound(s, "127.0.0.1", 5000), 0);
	assert_int_equal(sock_joined(s, "127.0.0.1", 5000), -EINPROGRESS);
	sock_settle(w, NULL);
	assert_int_equal(sock_joined(s, "127.0.0.1", 5000), 0);
	assert_int_equal(sock_send(s, "echo", 4, 0, NULL, 0), 4);
	sock_wait_ms(w, NULL, 100);
	assert_int_equal(sock_receive(s, text, 8, 0, NULL, NULL), 4);
	assert_string_equal(text, "echo");
	sock_close(s);
	sock_settle(w, NULL);
	sock_world_free(w);
}

static void reserved_ports_are_never_picked(void **unused)
{
	struct sock_world w = few_ports();
	struct port_map *reserved = mem_new(1, sizeof *reserved);
	struct sock *all[PORTS], *s = tcp_made(w);
	unsigned n = 0;

	for (uint16_t port = LOW; port < LOW + PORTS; port += 3)
		port_map_set(reserved, port);
	local_ports_reserve(w.host->socks->local_ports, reserved);
	while (n < PORTS) {
		all[n] = tcp_made(w);
		if (sock_joined(all[n++], FAR, 80) != -EINPROGRESS)
			break;
		assert_false(port_map_has(reserved, all[n - 1]->local_port));
	}
	assert_int_equal(n, PORTS - reserved->used + 1);
	assert_int_equal(sock_bound(s, LAN, LOW), 0); /* by name */
	sock_close(s);
	close_all(all, n);
	mem_free(reserved);
	sock_world_free(w);
}

static void a_failed_connect_gives_back_what_it_picked(void **unused)
{
	struct sock_world w = few_ports(), peer = sock_world_peer();
	struct sock *s = tcp_made(w), *bound = tcp_made(w);
	char name[32];

	assert_int_equal(sock_bound(bound, LAN, 5000), 0);
	for (unsigned i = 0; i < 3 * PORTS; i++) {
		assert_int_equal(sock_joined(s, PEER, 81), -EINPROGRESS);
		assert_int_equal(sock_joined(bound, PEER, 81), -EINPROGRESS);
		sock_settle(w, &peer);
		assert_int_equal(sock_joined(s, PEER, 81), -ECONNREFUSED);
		assert_int_equal(sock_joined(bound, PEER, 81), -ECONNREFUSED);
		assert_string_equal(sock_name_text(s, false, name), "0.0.0.0:0");
		assert_string_equal(sock_name_text(bound, false, name), LAN ":5000");
		sock_wait_ms(w, &peer, 1000); /* refusals are rate limited */
	}
	assert_int_equal(tcp_use(w.host->tcp).connections, 0);
	sock_close(s);
	sock_close(bound);
	sock_world_free(peer);
	sock_world_free(w);
}

/* A connection from LAN:5000 that we have ended first: TIME-WAIT is ours. */
static void wait_after(struct sock_world w, struct sock_world peer, struct sock *listener)
{
	struct sock *s = tcp_made(w), *theirs;

	assert_int_equal(sock_bound(s, LAN, 5000), 0);
	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	sock_settle(w, &peer);
	assert_int_equal(sock_joined(s, PEER, 80), 0);
	assert_int_equal(sock_accept(listener, NULL, NULL, &theirs), 0);
	sock_close(s);
	sock_settle(w, &peer);
	sock_close(theirs);
	sock_settle(w, &peer);
	assert_int_equal(tcp_use(w.host->tcp).time_wait, 1);
}

static void time_wait_is_taken_over_after_a_second(void **unused)
{
	struct sock_world w = few_ports(), peer = sock_world_peer();
	struct sock *l = tcp_made(peer), *s = tcp_made(w);

	assert_int_equal(sock_bound(l, "0.0.0.0", 80), 0);
	assert_int_equal(sock_listen(l, 4), 0);
	wait_after(w, peer, l);
	assert_int_equal(sock_bound(s, LAN, 5000), 0);
	assert_int_equal(sock_joined(s, PEER, 80), -EADDRNOTAVAIL);
	sock_wait_ms(w, &peer, 1100);
	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	sock_settle(w, &peer);
	assert_int_equal(sock_joined(s, PEER, 80), 0);
	sock_close(s);
	sock_close(l);
	sock_settle(w, &peer);
	sock_world_free(peer);
	sock_world_free(w);
}

/* --- shared with translation (D12a) --- */

static bool translated(void *arg, const struct tuple *came)
{
	const struct tuple *t = arg;

	return came->src.v == t->src.v && came->dst.v == t->dst.v && came->sport == t->sport &&
	       came->dport == t->dport;
}

static void ports_that_translation_has_are_not_ours(void **unused)
{
	struct sock_world w = few_ports();
	struct sock *s = sock_made(w, SOCK_DGRAM, 0), *t = tcp_made(w);
	struct tuple flow = { .src = A(FAR), .dst = A(WAN), .sport = 80, .dport = 5000 };

	/* Its UDP mappings take ports of the outer address. */
	assert_int_equal(ports_take_exact(w.f->net->ports, A(WAN), IPPROTO_UDP, 5353), 0);
	assert_int_equal(sock_bound(s, WAN, 5353), -EADDRINUSE);
	assert_int_equal(sock_bound(s, "0.0.0.0", 5353), -EADDRINUSE);
	assert_int_equal(sock_bound(s, LAN, 5353), 0);
	ports_give_back(w.f->net->ports, A(WAN), IPPROTO_UDP, 5353);
	/* Its TCP connections are known by both ends. */
	w.f->net->translated = translated;
	w.f->net->translated_arg = &flow;
	assert_int_equal(sock_bound(t, WAN, 5000), 0);
	assert_int_equal(sock_joined(t, FAR, 80), -EADDRNOTAVAIL);
	assert_int_equal(sock_joined(t, FAR, 81), -EINPROGRESS);
	sock_close(s);
	sock_close(t);
	sock_world_free(w);
}

/* CVE-2021-3773: a host inside that sends from the port of a service of the router's. */
static void our_ports_are_not_translations(void **unused)
{
	struct sock_world w = few_ports();
	struct sock *vpn = sock_made(w, SOCK_DGRAM, 0), *lan = sock_made(w, SOCK_DGRAM, 0);
	struct ports_wish wish = {
		.addr = A(WAN), .proto = IPPROTO_UDP, .preferred = 1194, .low = 1194, .high = 1195
	};
	uint16_t port;

	assert_int_equal(sock_bound(vpn, "0.0.0.0", 1194), 0);
	assert_int_equal(sock_bound(lan, LAN, 1195), 0);
	assert_int_equal(ports_take(w.f->net->ports, &wish, &port), 0);
	assert_int_equal(port, 1195); /* held at another address only */
	assert_int_equal(ports_take(w.f->net->ports, &wish, &port), -EADDRNOTAVAIL);
	ports_give_back(w.f->net->ports, A(WAN), IPPROTO_UDP, 1195);
	sock_close(vpn);
	sock_close(lan);
	sock_world_free(w);
}

/* --- against a naive model --- */

#define DESTINATIONS 6

struct model {
	struct sock *socks[DESTINATIONS][PORTS]; /* connected from port LOW + j to destination i */
	struct sock *bound[PORTS];
	bool reserved[PORTS];
};

static bool naive_any(const struct model *m, unsigned to)
{
	for (unsigned j = 0; j < PORTS; j++) {
		if (m->socks[to][j] == NULL && m->bound[j] == NULL && !m->reserved[j])
			return true;
	}
	return false;
}

static void model_connect(struct sock_world w, struct model *m, unsigned to)
{
	struct sock *s = tcp_made(w);
	bool any = naive_any(m, to);
	int result = sock_joined(s, FAR, (uint16_t)(80 + to));

	assert_int_equal(result, any ? -EINPROGRESS : -EADDRNOTAVAIL);
	if (!any) {
		sock_close(s);
		return;
	}
	assert_null(m->socks[to][s->local_port - LOW]);
	assert_null(m->bound[s->local_port - LOW]);
	assert_false(m->reserved[s->local_port - LOW]);
	m->socks[to][s->local_port - LOW] = s;
}

static void model_bind(struct sock_world w, struct model *m, unsigned at)
{
	struct sock *s;

	if (m->bound[at] != NULL) {
		sock_close(m->bound[at]);
		m->bound[at] = NULL;
		return;
	}
	s = tcp_made(w);
	assert_int_equal(sock_bound(s, at % 2 != 0 ? "0.0.0.0" : WAN, (uint16_t)(LOW + at)), 0);
	m->bound[at] = s;
}

static void model_step(struct sock_world w, struct model *m, uint64_t draw, unsigned fill)
{
	unsigned to = (unsigned)(draw >> 8) % DESTINATIONS, at = (unsigned)(draw >> 16) % PORTS;

	if ((draw & 0xff) < 4) {
		model_bind(w, m, at);
	} else if ((draw >> 32) % 100 < fill) {
		model_connect(w, m, to);
	} else if (m->socks[to][at] != NULL) {
		sock_close(m->socks[to][at]);
		m->socks[to][at] = NULL;
		host_turn(w.host); /* TCP lets go of it */
	}
}

static void model_end(struct model *m)
{
	for (unsigned j = 0; j < PORTS; j++) {
		for (unsigned i = 0; i < DESTINATIONS; i++) {
			if (m->socks[i][j] != NULL)
				sock_close(m->socks[i][j]);
		}
		if (m->bound[j] != NULL)
			sock_close(m->bound[j]);
	}
}

/* More destinations than there are maps of crowds, so that maps come and go. */
static void agrees_with_a_naive_model_at_every_fill(void **unused)
{
	static const unsigned fills[] = { 10, 50, 70, 90, 97, 100, 30, 99 };
	struct fixture_random r = fixture_random_make(42);
	struct sock_world w = few_ports();
	struct model *m = mem_new(1, sizeof *m);
	struct port_map *reserved = mem_new(1, sizeof *reserved);
	struct pkt *p;

	for (unsigned j = 0; j < PORTS; j += 9) {
		m->reserved[j] = true;
		port_map_set(reserved, (uint16_t)(LOW + j));
	}
	local_ports_reserve(w.host->socks->local_ports, reserved);
	for (unsigned i = 0; i < 8000; i++) {
		model_step(w, m, fixture_draw(&r), fills[i / 1000]);
		while ((p = net_own_take(w.f->net)) != NULL)
			pkt_done(w.f->net, p);
	}
	assert_true(local_ports_crowds_made(w.host->socks->local_ports) > 4);
	model_end(m);
	host_turn(w.host);
	assert_int_equal(tcp_use(w.host->tcp).connections, 0);
	mem_free(reserved);
	mem_free(m);
	sock_world_free(w);
}

/* The whole range towards one end: what a choice looks at does not grow, and does not when it
 * fails. */
static void constant_at_any_fill(void **unused)
{
	enum {
		ALL = LOCAL_PORT_HIGH - LOCAL_PORT_LOW + 1
	};

	struct host_budget budget = {
		.sockets = ALL + 8, .datagram_sockets = 1, .datagram_cells = 8, .crowds = 2
	};
	struct tcp_budget tcp = { .connections = ALL + 8,
		                  .half_open = 1,
		                  .time_wait = 8,
		                  .listeners = 1,
		                  .chunks = 8,
		                  .flights = 8 };
	struct sock_world w = sock_world_of(&budget, &tcp);
	struct local_ports *ports = w.host->socks->local_ports;
	struct sock *s;
	uint64_t before;

	fixture_address(w.f, 1, WAN "/24");
	fixture_route(w.f, "0.0.0.0/0", "203.0.113.1");
	for (unsigned i = 0; i < ALL; i++) {
		s = tcp_made(w);
		before = local_ports_probes(ports);
		assert_int_equal(sock_joined(s, FAR, 80), -EINPROGRESS);
		assert_in_range(local_ports_probes(ports) - before, 1, 9);
	}
	s = tcp_made(w);
	before = local_ports_probes(ports);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(sock_joined(s, FAR, 80), -EADDRNOTAVAIL);
	assert_int_equal(local_ports_probes(ports), before);
	assert_int_equal(local_ports_crowds_made(ports), 1);
	sock_world_free(w);
}

/* CVE-2022-1012: what one destination is given tells nothing of another; the secret is renewed. */
static void sequences_of_destinations_are_apart(void **unused)
{
	struct sock_world w = few_ports();
	unsigned same = 0, steps[PORTS] = { 0 };
	uint16_t last = 0;

	local_ports_set_range(w.host->socks->local_ports, LOCAL_PORT_LOW, LOCAL_PORT_HIGH);
	for (unsigned i = 0; i < 200; i++) {
		struct sock *a = tcp_made(w), *b = tcp_made(w);

		assert_int_equal(sock_joined(a, FAR, 80), -EINPROGRESS);
		assert_int_equal(sock_joined(b, FAR, 81), -EINPROGRESS);
		same += a->local_port == b->local_port;
		/* Towards one end they move on by small random steps: seldom one twice. */
		if (i > 0 && a->local_port > last && a->local_port - last < PORTS)
			steps[a->local_port - last]++;
		last = a->local_port;
		sock_close(a);
		sock_close(b);
		host_turn(w.host);
		if (i == 99) {
			w.f->net->now = mono_add_s(w.f->net->now, 601);
			assert_int_equal(steps[2] + steps[4] + steps[6] + steps[8] + steps[10] +
			                         steps[12] + steps[14] + steps[16],
			                 99);
			assert_true(steps[2] < 40 && steps[4] < 40);
		}
	}
	assert_true(same < 3);
	/* One jump for the new secret. */
	assert_in_range(steps[2] + steps[4] + steps[6] + steps[8] + steps[10] + steps[12] +
	                        steps[14] + steps[16],
	                190, 198);
	sock_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_to_one_destination_are_used),
		cmocka_unit_test(bind_with_none_left),
		cmocka_unit_test(bound_without_a_port),
		cmocka_unit_test(the_same_four_tuple),
		cmocka_unit_test(self_connect),
		cmocka_unit_test(reserved_ports_are_never_picked),
		cmocka_unit_test(a_failed_connect_gives_back_what_it_picked),
		cmocka_unit_test(time_wait_is_taken_over_after_a_second),
		cmocka_unit_test(ports_that_translation_has_are_not_ours),
		cmocka_unit_test(our_ports_are_not_translations),
		cmocka_unit_test(agrees_with_a_naive_model_at_every_fill),
		cmocka_unit_test(constant_at_any_fill),
		cmocka_unit_test(sequences_of_destinations_are_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
