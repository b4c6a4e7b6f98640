/* connect(), destination, route and source: CONNECT.md, row by row. */
#include <netinet/tcp.h>

#include "core/icmp_errno.h"
#include "sock_world.h"

static struct sock *tcp_made(struct sock_world w)
{
	return sock_made(w, SOCK_STREAM, 0);
}

/* The SYN that connect() has sent. */
static struct pkt *syn(struct sock_world w)
{
	struct pkt *p;

	host_turn(w.host);
	p = sock_said(w);
	assert_int_equal(p->tcp_flags & (TCP_SYN | TCP_ACK), TCP_SYN);
	return p;
}

static void refused(struct sock_world w, const char *dst, int error)
{
	struct sock *s = tcp_made(w);
	char name[32];

	assert_int_equal(sock_joined(s, dst, 80), error);
	assert_string_equal(sock_name_text(s, false, name), "0.0.0.0:0");
	assert_int_equal(sock_bits(s), POLLOUT | POLLHUP);
	/* It is fit for another. */
	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	sock_close(s);
}

static void nowhere_is_here(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *l = tcp_made(w), *s = tcp_made(w);
	char name[32];

	assert_int_equal(sock_bound(l, "0.0.0.0", 80), 0);
	assert_int_equal(sock_listen(l, 1), 0);
	assert_int_equal(sock_joined(s, "0.0.0.0", 80), -EINPROGRESS);
	sock_settle(w, NULL);
	assert_int_equal(sock_joined(s, "0.0.0.0", 80), 0);
	assert_string_equal(sock_name_text(s, true, name), "127.0.0.1:80");
	assert_int_equal(strncmp(sock_name_text(s, false, name), "127.0.0.1:", 10), 0);
	sock_close(s);
	/* From a bound address: that one. */
	s = tcp_made(w);
	assert_int_equal(sock_bound(s, LAN, 0), 0);
	assert_int_equal(sock_joined(s, "0.0.0.0", 80), -EINPROGRESS);
	sock_settle(w, NULL);
	assert_string_equal(sock_name_text(s, true, name), LAN ":80");
	sock_close(s);
	sock_close(l);
	sock_settle(w, NULL);
	sock_world_free(w);
}

static void many_hosts_addresses(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = tcp_made(w);

	refused(w, "255.255.255.255", -ENETUNREACH);
	refused(w, "192.168.88.255", -ENETUNREACH);
	refused(w, "224.0.0.1", -ENETUNREACH);
	sock_set(s, SOL_SOCKET, SO_BROADCAST, 1);
	assert_int_equal(sock_joined(s, "192.168.88.255", 80), -ENETUNREACH);
	sock_close(s);
	sock_world_free(w);
}

static void routes_that_are_none(void **unused)
{
	static const struct {
		const char *prefix, *dst;
		enum route_action action;
		int error;
	} cases[] = {
		{ "198.18.1.0/24", "198.18.1.1", ROUTE_UNREACHABLE, -EHOSTUNREACH },
		{ "198.18.2.0/24", "198.18.2.1", ROUTE_PROHIBIT, -EACCES },
		{ "198.18.3.0/24", "198.18.3.1", ROUTE_BLACKHOLE, -EINVAL },
	};
	struct sock_world w = sock_world_new(), bare = sock_world_bare();
	struct sock *s = tcp_made(bare);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fixture_route(w.f, cases[i].prefix, NULL)->action = cases[i].action;
		fib_publish(w.f->net, w.f->routes, w.f->routes_n);
		refused(w, cases[i].dst, cases[i].error);
	}
	assert_int_equal(sock_joined(s, FAR, 80), -ENETUNREACH);
	sock_close(s);
	sock_world_free(bare);
	sock_world_free(w);
}

static void dontroute_behind_a_gateway(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = tcp_made(w);

	sock_set(s, SOL_SOCKET, SO_DONTROUTE, 1);
	assert_int_equal(sock_joined(s, FAR, 80), -ENETUNREACH);
	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	sock_close(s);
	sock_world_free(w);
}

static void port_zero_is_asked(void **unused)
{
	struct sock_world w = sock_world_new(), peer = sock_world_peer();
	struct sock *s = tcp_made(w);

	assert_int_equal(sock_joined(s, PEER, 0), -EINPROGRESS);
	sock_settle(w, &peer);
	assert_int_equal(sock_joined(s, PEER, 0), -ECONNREFUSED);
	sock_close(s);
	sock_world_free(peer);
	sock_world_free(w);
}

static void bind_to_an_address_that_is_not_ours(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = tcp_made(w);

	assert_int_equal(sock_bound(s, PEER, 0), -EADDRNOTAVAIL);
	sock_set(s, IPPROTO_IP, IP_FREEBIND, 1);
	assert_int_equal(sock_bound(s, "10.9.9.9", 4000), 0);
	assert_int_equal(sock_joined(s, PEER, 80), -ENETUNREACH);
	sock_close(s);
	sock_world_free(w);
}

static void a_loopback_source_stays_inside(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = tcp_made(w);

	assert_int_equal(sock_bound(s, "127.0.0.1", 0), 0);
	assert_int_equal(sock_joined(s, PEER, 80), -EINVAL);
	assert_int_equal(sock_joined(s, "127.0.0.1", 80), -EINPROGRESS);
	sock_close(s);
	sock_world_free(w);
}

static void the_source_has_gone(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = tcp_made(w);

	assert_int_equal(sock_bound(s, LAN, 4000), 0);
	w.f->addrs_n--; /* LAN's, the last */
	addrs_publish(w.f->net, addrs_new(w.f->addrs, w.f->addrs_n));
	assert_int_equal(sock_joined(s, FAR, 80), -ENETUNREACH);
	sock_close(s);
	sock_world_free(w);
}

static void the_way_out_is_down(void **unused)
{
	struct sock_world w = sock_world_new();

	w.f->ports[1].link_next = false;
	iface_poll_links(w.f->net);
	refused(w, FAR, -ENETUNREACH);
	sock_world_free(w);
}

static void a_preferred_source_is_used(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = tcp_made(w);
	struct pkt *p;

	fixture_route(w.f, "198.51.100.0/24", "203.0.113.1")->pref_src = A(LAN);
	fib_publish(w.f->net, w.f->routes, w.f->routes_n);
	assert_int_equal(sock_joined(s, FAR, 80), -EINPROGRESS);
	p = syn(w);
	assert_int_equal(p->arrived.src.v, A(LAN).v);
	pkt_done(w.f->net, p);
	sock_close(s);
	sock_world_free(w);
}

static void no_address_to_send_from(void **unused)
{
	struct sock_world w = sock_world_bare();
	struct sock *s = tcp_made(w);

	fixture_route(w.f, "0.0.0.0/0", NULL)->iface = 1;
	fib_publish(w.f->net, w.f->routes, w.f->routes_n);
	assert_int_equal(sock_joined(s, FAR, 80), -EADDRNOTAVAIL);
	sock_close(s);
	sock_world_free(w);
}

static int bind_to_device(struct sock *s, const char *name)
{
	return sock_option_set(s, SOL_SOCKET, SO_BINDTODEVICE, name, (int)strlen(name));
}

static void bound_to_an_interface(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = tcp_made(w);
	struct sock_info info;
	struct pkt *p;

	assert_int_equal(bind_to_device(s, "ether9"), -ENODEV);
	assert_int_equal(bind_to_device(s, "ether2"), 0);
	/* No route to there by it: taken to be on its link. */
	assert_int_equal(sock_joined(s, FAR, 80), -EINPROGRESS);
	sock_describe(s, &info);
	assert_int_equal(info.route.out, 2);
	assert_int_equal(info.route.next_hop.v, A(FAR).v);
	p = syn(w);
	assert_int_equal(p->bound, 2);
	assert_true(p->on_link);
	assert_int_equal(p->arrived.src.v, A(LAN).v);
	pkt_done(w.f->net, p);
	sock_close(s);
	s = tcp_made(w);
	assert_int_equal(bind_to_device(s, "ether1"), 0);
	w.f->ports[1].link_next = false;
	iface_poll_links(w.f->net);
	assert_int_equal(sock_joined(s, FAR, 80), -ENETUNREACH);
	sock_close(s);
	sock_world_free(w);
}

/* A source route of @type over one address. */
static int route_over(struct sock *s, uint8_t type, const char *over)
{
	uint8_t option[8] = { 1, type, 7, 4 }; /* a NOP first */

	wire_put32(option + 4, A(over).v);
	return sock_option_set(s, IPPROTO_IP, IP_OPTIONS, option, sizeof option);
}

static void source_routes(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = tcp_made(w);
	struct pkt *p;

	assert_int_equal(route_over(s, IP4_OPTION_LSRR, PEER), 0);
	assert_int_equal(sock_joined(s, "0.0.0.0", 80), -EINVAL);
	assert_int_equal(sock_joined(s, FAR, 80), -EINPROGRESS);
	p = syn(w);
	assert_int_equal(p->arrived.src.v, A(LAN).v); /* by its first hop */
	assert_int_equal(p->arrived.dst.v, A(PEER).v);
	/* The destination stands last in the route, and in the checksum (RFC 1122, 3.2.1.8). */
	assert_int_equal(wire_get32(p->bytes + p->l3 + IP4_HEADER_BYTES + 4), A(FAR).v);
	assert_int_equal(wire_get16(p->bytes + p->l4 + TCP_AT_CHECKSUM),
	                 sum_fold(sum_pseudo(A(LAN), A(FAR), IPPROTO_TCP, p->len - p->l4)));
	pkt_done(w.f->net, p);
	sock_close(s);
	s = tcp_made(w);
	assert_int_equal(route_over(s, IP4_OPTION_SSRR, "198.51.100.1"), 0);
	assert_int_equal(sock_joined(s, FAR, 80), -ENETUNREACH); /* not on-link */
	assert_int_equal(route_over(s, IP4_OPTION_SSRR, PEER), 0);
	assert_int_equal(sock_joined(s, FAR, 80), -EINPROGRESS);
	sock_close(s);
	sock_world_free(w);
}

static int refuse(void *arg, const struct sock *s, enum sock_ask ask, const struct sock_end *end,
                  struct explain *why)
{
	assert_int_equal(end->addr.v4.v, A(PEER).v);
	assert_int_equal(end->port, 80);
	return ask == *(enum sock_ask *)arg ? -EPERM : 0;
}

static void the_policy_refuses(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = tcp_made(w);
	enum sock_ask ask = SOCK_ASK_CONNECT;

	sock_set_policy(w.host, refuse, &ask);
	assert_int_equal(sock_joined(s, PEER, 80), -EPERM);
	host_turn(w.host);
	assert_int_equal(w.f->net->own_n, 0);
	sock_set_policy(w.host, NULL, NULL);
	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	sock_close(s);
	sock_world_free(w);
}

/* ICMP error of @code about the SYN that @s has sent comes in by ether1. */
static void told(struct sock_world w, const struct pkt *p, uint8_t type, uint8_t code)
{
	uint8_t *icmp;
	struct pkt *e;

	frame_icmp(&w.f->in, 1, "203.0.113.1", WAN, type, 28);
	icmp = bytes_of(&w.f->in) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
	icmp[ICMP_AT_CODE] = code;
	memcpy(icmp + ICMP_HEADER_BYTES, p->bytes + p->l3, 28);
	sum_l4(icmp, ICMP_HEADER_BYTES + 28, ICMP_AT_CHECKSUM, "203.0.113.1", WAN, IPPROTO_ICMP);
	e = fixture_input(w.f, 1);
	assert_non_null(e);
	assert_int_equal(net_deliver_local(w.f->net, e), VERDICT_TAKEN);
}

static void icmp_ends_an_attempt(void **unused)
{
	struct sock_world w = sock_world_new();

	for (uint8_t code = 0; code < 16; code++) {
		struct sock *s = tcp_made(w);
		struct pkt *p;
		bool fatal;

		if (code == ICMP_FRAGMENT_NEEDED)
			continue;
		assert_int_equal(sock_joined(s, FAR, 80), -EINPROGRESS);
		p = syn(w);
		told(w, p, ICMP_UNREACHABLE, code);
		pkt_done(w.f->net, p);
		host_turn(w.host);
		assert_int_equal(sock_joined(s, FAR, 80),
		                 -icmp_errno(ICMP_UNREACHABLE, code, &fatal));
		sock_close(s);
	}
	sock_world_free(w);
}

/* Each step is told, and nothing is sent when it is only asked about. */
static void steps_are_told(void **unused)
{
	static const char *const stages[] = { "policy", "state",  "address",  "route",
		                              "source", "peer",   "port",     "route",
		                              "route",  "source", "sequence", "syn" };
	struct sock_world w = sock_world_new();
	struct sock *s = tcp_made(w);
	struct sockaddr_in in = sock_at_port(FAR, 80);
	struct explain why = { .n = 0 };
	char name[32];

	assert_int_equal(sock_connect_told(s, &in, sizeof in, &why, true), 0);
	assert_int_equal(why.n, ARRAY_LEN(stages));
	for (unsigned i = 0; i < why.n; i++)
		assert_string_equal(why.steps[i].stage, stages[i]);
	host_turn(w.host);
	assert_int_equal(w.f->net->own_n, 0);
	assert_string_equal(sock_name_text(s, false, name), "0.0.0.0:0");
	why.n = 0;
	assert_int_equal(sock_connect_told(s, &in, sizeof in, &why, false), -EINPROGRESS);
	assert_int_equal(why.n, ARRAY_LEN(stages));
	sock_close(s);
	sock_world_free(w);
}

/* The route is kept, and looked up again when something has changed. */
static void the_route_stays_until_it_is_stale(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = tcp_made(w);
	struct route route;

	assert_int_equal(sock_joined(s, FAR, 80), -EINPROGRESS);
	assert_int_equal(sock_route(s, &route), 0);
	assert_int_equal(route.out, 1);
	fixture_route(w.f, "198.51.100.0/24", PEER);
	assert_int_equal(sock_route(s, &route), 0);
	assert_int_equal(route.out, 2);
	assert_int_equal(route.generation, w.f->net->generation);
	sock_close(s);
	sock_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nowhere_is_here),
		cmocka_unit_test(many_hosts_addresses),
		cmocka_unit_test(routes_that_are_none),
		cmocka_unit_test(dontroute_behind_a_gateway),
		cmocka_unit_test(port_zero_is_asked),
		cmocka_unit_test(bind_to_an_address_that_is_not_ours),
		cmocka_unit_test(a_loopback_source_stays_inside),
		cmocka_unit_test(the_source_has_gone),
		cmocka_unit_test(the_way_out_is_down),
		cmocka_unit_test(a_preferred_source_is_used),
		cmocka_unit_test(no_address_to_send_from),
		cmocka_unit_test(bound_to_an_interface),
		cmocka_unit_test(source_routes),
		cmocka_unit_test(the_policy_refuses),
		cmocka_unit_test(icmp_ends_an_attempt),
		cmocka_unit_test(steps_are_told),
		cmocka_unit_test(the_route_stays_until_it_is_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
