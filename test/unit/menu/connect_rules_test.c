/* connect() of the router's own TCP, and the rules of chain output: which way, and what they end.
 */
#include "menu/fixture.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/explain.h"
#include "host/sock.h"
#include "wire/tcp_header.h"

#define FAR "198.51.100.9" /* behind the default route, ether1 */

static struct sockaddr_in end_of(const char *addr, uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	ip4 parsed;

	assert_true(ip4_parse(addr, strlen(addr), &parsed));
	at.sin_addr.s_addr = htonl(parsed.v);
	return at;
}

/* A TCP socket, bound to @port unless it is 0. */
static struct sock *tcp_at(struct fixture *f, uint16_t port)
{
	const struct sockaddr_in at = end_of("0.0.0.0", port);
	struct sock *sock;

	assert_int_equal(sock_open(&f->router->host, AF_INET, SOCK_STREAM, 0, &sock), 0);
	if (port != 0)
		assert_int_equal(sock_bind(sock, &at, sizeof at), 0);
	return sock;
}

static int join(struct sock *sock, struct explain *why)
{
	const struct sockaddr_in at = end_of(FAR, 80);

	return sock_connect_told(sock, &at, sizeof at, why, false);
}

static void led_by_ports(struct fixture *f)
{
	must_run(f, "/interface set ether2 mtu=1400");
	must_run(f, "/ip route add gateway=192.168.88.7 routing-table=other");
	must_run(f, "/ip firewall mangle add chain=output protocol=tcp src-port=40000-40999 "
	            "action=mark-routing new-routing-mark=other");
	clear(f);
}

static uint16_t mss_of_last_syn(struct fixture *f, iface_id id)
{
	struct ip4_header ip;
	struct tcp_header tcp;
	struct tcp_options options;
	const uint8_t *l4 = sent_last(f, id, &ip);
	struct reader r = reader_over(l4, ip.total_bytes - ip.header_bytes);

	assert_true(tcp_header_parse(&r, &tcp));
	assert_int_equal(tcp.flags & (TCP_SYN | TCP_ACK), TCP_SYN);
	tcp_options_parse(tcp.options, (size_t)tcp.header_bytes - TCP_HEADER_BYTES, &options);
	return options.mss;
}

/* CONNECT.md, "the source port decides the route": what the socket keeps is the way that the SYN
 * goes, with the MTU of that way; and what decides it is asked, not counted. */
static void the_source_port_decides_the_route(void **unused)
{
	static const struct {
		uint16_t port, mss;
		iface_id out;
		const char *hop;
		bool told;
	} cases[] = {
		{ 40001, 1360, 2, "192.168.88.7", true },
		{ 50001, 1460, 1, "203.0.113.1", false },
	};
	struct fixture *f = home(NULL);

	led_by_ports(f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sock *s = tcp_at(f, cases[i].port);
		struct explain why = { .n = 0 };
		char hop[IP4_TEXT_BYTES];
		struct route route;
		bool told = false;

		assert_int_equal(join(s, &why), -EINPROGRESS);
		for (unsigned j = 0; j < why.n; j++)
			told = told ||
			       (strcmp(why.steps[j].stage, "route") == 0 &&
			        strcmp(why.steps[j].text, "a rule marks it for table other") == 0);
		assert_int_equal(told, cases[i].told);
		assert_int_equal(sock_route(s, &route), 0);
		assert_int_equal(route.out, cases[i].out);
		assert_int_equal(route.mtu_bytes, cases[i].mss + 40);
		assert_string_equal(ip4_str(route.next_hop, hop), cases[i].hop);
		assert_string_equal(shown(f, "/ip/firewall/mangle", 0, "packets"),
		                    i == 0 ? "0" : "1");
		turn(f);
		assert_int_equal(sent_n(f, cases[i].out), 1);
		assert_int_equal(sent_n(f, 3 - cases[i].out), 0);
		assert_int_equal(mss_of_last_syn(f, cases[i].out), cases[i].mss);
		assert_string_equal(shown(f, "/ip/firewall/mangle", 0, "packets"), "1");
		sock_close(s);
		clear(f);
	}
	fixture_free(f);
}

/* A port that was chosen counts as one that was bound; and a table without a way ends the call. */
static void a_chosen_port_decides_it_too(void **unused)
{
	struct fixture *f = home(NULL);
	struct sock *s = tcp_at(f, 0);
	struct route route;

	must_run(f, "/ip route add gateway=192.168.88.7 routing-table=other");
	must_run(f, "/ip firewall mangle add chain=output protocol=tcp src-port=32768-60999 "
	            "dst-port=80 action=mark-routing new-routing-mark=other");
	assert_int_equal(join(s, NULL), -EINPROGRESS);
	assert_int_equal(sock_route(s, &route), 0);
	assert_int_equal(route.out, 2);
	must_run(f, "/ip firewall mangle disable 0"); /* the socket's route is stale now */
	assert_int_equal(sock_route(s, &route), 0);
	assert_int_equal(route.out, 1);
	must_run(f, "/ip firewall mangle enable 0");
	sock_close(s);
	must_run(f, "/ip route add dst-address=198.51.100.0/24 blackhole routing-table=other");
	s = tcp_at(f, 0);
	assert_int_equal(join(s, NULL), -EINVAL);
	sock_close(s);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_source_port_decides_the_route),
		cmocka_unit_test(a_chosen_port_decides_it_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
