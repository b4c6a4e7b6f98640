/* Options of sockets: each has its effect, or is refused as Linux refuses it. */
#include <netinet/tcp.h>

#include "sock_world.h"
#include "tcp/connection_info.h"

static void numbers_are_kept(void **unused)
{
	static const struct {
		int level, name, type, before, set, after;
	} cases[] = {
		{ SOL_SOCKET, SO_REUSEADDR, SOCK_STREAM, 0, 7, 1 },
		{ SOL_SOCKET, SO_REUSEPORT, SOCK_DGRAM, 0, 1, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, SOCK_STREAM, 0, 1, 1 },
		{ SOL_SOCKET, SO_BROADCAST, SOCK_DGRAM, 0, 1, 1 },
		{ SOL_SOCKET, SO_OOBINLINE, SOCK_STREAM, 0, 1, 1 },
		{ SOL_SOCKET, SO_RCVBUF, SOCK_STREAM, 212992, 50000, 100000 },
		{ SOL_SOCKET, SO_SNDBUF, SOCK_DGRAM, 212992, 1, 2304 },
		{ SOL_SOCKET, SO_MARK, SOCK_STREAM, 0, 9, 9 },
		{ SOL_SOCKET, SO_PRIORITY, SOCK_STREAM, 0, 6, 6 },
		{ IPPROTO_IP, IP_TTL, SOCK_STREAM, 64, 7, 7 },
		{ IPPROTO_IP, IP_TTL, SOCK_DGRAM, 64, -1, 64 },
		{ IPPROTO_IP, IP_TOS, SOCK_STREAM, 0, 0xb9, 0xb8 }, /* ECN is TCP's own */
		{ IPPROTO_IP, IP_TOS, SOCK_DGRAM, 0, 0xb9, 0xb9 },
		{ IPPROTO_IP, IP_MTU_DISCOVER, SOCK_STREAM, IP_PMTUDISC_WANT, IP_PMTUDISC_DONT,
		  IP_PMTUDISC_DONT },
		{ IPPROTO_IP, IP_RECVERR, SOCK_DGRAM, 0, 1, 1 },
		{ IPPROTO_IP, IP_FREEBIND, SOCK_STREAM, 0, 1, 1 },
		{ IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, SOCK_STREAM, 0, 1, 1 },
		{ IPPROTO_IP, IP_MULTICAST_TTL, SOCK_DGRAM, 1, 9, 9 },
		{ IPPROTO_TCP, TCP_NODELAY, SOCK_STREAM, 0, 1, 1 },
		{ IPPROTO_TCP, TCP_CORK, SOCK_STREAM, 0, 1, 1 },
		{ IPPROTO_TCP, TCP_MAXSEG, SOCK_STREAM, 536, 1000, 1000 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, SOCK_STREAM, 7200, 10, 10 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, SOCK_STREAM, 75, 11, 11 },
		{ IPPROTO_TCP, TCP_KEEPCNT, SOCK_STREAM, 9, 3, 3 },
		{ IPPROTO_TCP, TCP_SYNCNT, SOCK_STREAM, 6, 2, 2 },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, SOCK_STREAM, 0, 2500, 2500 },
		{ IPPROTO_TCP, TCP_LINGER2, SOCK_STREAM, 60, 5, 5 },
		{ IPPROTO_TCP, TCP_LINGER2, SOCK_STREAM, 60, -1, -1 },
		{ IPPROTO_TCP, TCP_NOTSENT_LOWAT, SOCK_STREAM, 0, 16384, 16384 },
	};
	struct sock_world w = sock_world_new();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sock *s = sock_made(w, cases[i].type, 0), *other;

		other = sock_made(w, cases[i].type, 0);
		assert_int_equal(sock_get(s, cases[i].level, cases[i].name), cases[i].before);
		assert_int_equal(sock_set(s, cases[i].level, cases[i].name, cases[i].set), 0);
		assert_int_equal(sock_get(s, cases[i].level, cases[i].name), cases[i].after);
		/* Nobody else's. */
		assert_int_equal(sock_get(other, cases[i].level, cases[i].name), cases[i].before);
		sock_close(s);
		sock_close(other);
	}
	sock_world_free(w);
}

static void refused_ones(void **unused)
{
	static const struct {
		int level, name, type, value, error;
	} cases[] = {
		{ SOL_SOCKET, SO_TYPE, SOCK_STREAM, 1, -ENOPROTOOPT },
		{ SOL_SOCKET, SO_ERROR, SOCK_STREAM, 1, -ENOPROTOOPT },
		{ SOL_SOCKET, SO_SNDLOWAT, SOCK_STREAM, 1, -ENOPROTOOPT },
		{ SOL_SOCKET, 4711, SOCK_STREAM, 1, -ENOPROTOOPT },
		{ IPPROTO_IP, IP_TTL, SOCK_STREAM, 0, -EINVAL },
		{ IPPROTO_IP, IP_TTL, SOCK_STREAM, 256, -EINVAL },
		{ IPPROTO_IP, IP_MTU_DISCOVER, SOCK_STREAM, 9, -EINVAL },
		{ IPPROTO_IP, IP_HDRINCL, SOCK_DGRAM, 1, -ENOPROTOOPT },
		{ IPPROTO_IP, IP_MULTICAST_TTL, SOCK_STREAM, 1, -ENOPROTOOPT },
		/* Groups are not joined, so nothing of ours would ever come back. */
		{ IPPROTO_IP, IP_MULTICAST_LOOP, SOCK_DGRAM, 1, -ENOPROTOOPT },
		{ IPPROTO_TCP, TCP_MAXSEG, SOCK_STREAM, 87, -EINVAL },
		{ IPPROTO_TCP, TCP_MAXSEG, SOCK_STREAM, 40000, -EINVAL },
		{ IPPROTO_TCP, TCP_KEEPIDLE, SOCK_STREAM, 0, -EINVAL },
		{ IPPROTO_TCP, TCP_KEEPCNT, SOCK_STREAM, 128, -EINVAL },
		{ IPPROTO_TCP, TCP_SYNCNT, SOCK_STREAM, 0, -EINVAL },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, SOCK_STREAM, -1, -EINVAL },
		{ IPPROTO_TCP, TCP_MD5SIG, SOCK_STREAM, 1, -ENOPROTOOPT },
		{ IPPROTO_TCP, TCP_NODELAY, SOCK_DGRAM, 1, -ENOPROTOOPT },
	};
	struct sock_world w = sock_world_new();
	char one = 1;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sock *s = sock_made(w, cases[i].type, 0);

		assert_int_equal(sock_set(s, cases[i].level, cases[i].name, cases[i].value),
		                 cases[i].error);
		/* A byte is not a number, but for IP's. */
		assert_int_equal(sock_option_set(s, SOL_SOCKET, SO_REUSEADDR, &one, 1), -EINVAL);
		assert_int_equal(sock_option_set(s, IPPROTO_IP, IP_TOS, &one, 1), 0);
		sock_close(s);
	}
	sock_world_free(w);
}

static void words_and_structures(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_STREAM, 0);
	struct linger linger = { .l_onoff = 1, .l_linger = 7 };
	struct connection_info info;
	char word[16];
	int len = sizeof word;

	assert_int_equal(sock_option_get(s, IPPROTO_TCP, TCP_CONGESTION, word, &len), 0);
	assert_string_equal(word, "cubic");
	assert_int_equal(len, 16);
	assert_int_equal(sock_option_set(s, IPPROTO_TCP, TCP_CONGESTION, "vegas", 5), -ENOENT);
	assert_int_equal(sock_option_set(s, IPPROTO_TCP, TCP_CONGESTION, "reno", 4), 0);
	assert_int_equal(sock_option_get(s, IPPROTO_TCP, TCP_CONGESTION, word, &len), 0);
	assert_string_equal(word, "reno");
	assert_int_equal(sock_option_set(s, SOL_SOCKET, SO_LINGER, &linger, 4), -EINVAL);
	assert_int_equal(sock_option_set(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
	linger = (struct linger){ 0, 0 };
	len = sizeof linger;
	assert_int_equal(sock_option_get(s, SOL_SOCKET, SO_LINGER, &linger, &len), 0);
	assert_int_equal(linger.l_onoff, 1);
	assert_int_equal(linger.l_linger, 7);
	len = sizeof info;
	assert_int_equal(sock_option_get(s, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	assert_int_equal(info.state, TCP_CLOSE);
	len = 1;
	assert_int_equal(sock_option_get(s, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	assert_int_equal(len, 1);
	len = -1;
	assert_int_equal(sock_option_get(s, IPPROTO_TCP, TCP_INFO, &info, &len), -EINVAL);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_DOMAIN), AF_INET);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_ACCEPTCONN), 0);
	assert_int_equal(sock_listen(s, 1), 0);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_ACCEPTCONN), 1);
	sock_close(s);
	sock_world_free(w);
}

static void ip_options_are_checked(void **unused)
{
	static const struct {
		uint8_t bytes[44];
		int len, error;
	} cases[] = {
		{ { 131, 7, 4, 10, 0, 0, 1 }, 7, 0 },
		{ { 131, 3, 4 }, 3, -EINVAL },                 /* leads nowhere */
		{ { 131, 7, 8, 10, 0, 0, 1 }, 7, -EINVAL },    /* has been gone already */
		{ { 131, 8, 4, 10, 0, 0, 1, 0 }, 8, -EINVAL }, /* not of whole addresses */
		{ { 131, 40, 4 }, 8, -EINVAL },                /* past the end */
		{ { 131, 0 }, 2, -EINVAL },
		{ { 131, 7, 4, 10, 0, 0, 1, 137, 7, 4, 10, 0, 0, 2 }, 14, -EINVAL }, /* two */
		{ { 7, 7, 4 }, 7, 0 },
		{ { 148, 4, 0, 0 }, 4, 0 },
		{ { 200, 4, 0, 0 }, 4, -EINVAL },
		{ { 1 }, 44, -EINVAL },
		{ { 1 }, 0, 0 },
	};
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_STREAM, 0);
	uint8_t got[44];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int len = sizeof got;

		assert_int_equal(
			sock_option_set(s, IPPROTO_IP, IP_OPTIONS, cases[i].bytes, cases[i].len),
			cases[i].error);
		assert_int_equal(sock_option_get(s, IPPROTO_IP, IP_OPTIONS, got, &len), 0);
		if (cases[i].error != 0)
			continue; /* it stays as it was */
		assert_int_equal(len, (cases[i].len + 3) / 4 * 4);
		assert_memory_equal(got, cases[i].bytes, cases[i].len);
	}
	sock_close(s);
	sock_world_free(w);
}

/* What leaves shows them. */
static void they_take_effect(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_DGRAM, 0);
	struct sockaddr_in in = sock_at_port(PEER, 9);
	struct pkt *p;

	sock_set(s, IPPROTO_IP, IP_TTL, 9);
	sock_set(s, IPPROTO_IP, IP_TOS, 0x28);
	sock_set(s, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	sock_set(s, SOL_SOCKET, SO_MARK, 5);
	fixture_route(w.f, "0.0.0.0/0", LAN)->table = 5;
	w.f->routes[w.f->routes_n - 1].gateway = ip_addr_v4(A(PEER));
	fib_publish(w.f->net, w.f->routes, w.f->routes_n);
	assert_int_equal(sock_send(s, "x", 1, 0, &in, sizeof in), 1);
	p = sock_said(w);
	assert_int_equal(p->ttl, 9);
	assert_int_equal(p->tos, 0x28);
	assert_false(p->dont_fragment);
	assert_int_equal(p->routing_mark, 5);
	pkt_done(w.f->net, p);
	sock_close(s);
	sock_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_kept),     cmocka_unit_test(refused_ones),
		cmocka_unit_test(words_and_structures), cmocka_unit_test(ip_options_are_checked),
		cmocka_unit_test(they_take_effect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
