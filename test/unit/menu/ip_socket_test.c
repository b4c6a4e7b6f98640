/* /ip/socket and /ip/socket/policy: what is shown of sockets, who may do what with them. */
#include "menu/fixture.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "host/sock.h"
#include "tcp/tcp.h"

static const char path[] = "/ip/socket";

static struct sockaddr_in far_end(const char *addr, uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	ip4 parsed;

	assert_true(ip4_parse(addr, strlen(addr), &parsed));
	at.sin_addr.s_addr = htonl(parsed.v);
	return at;
}

static struct sock *udp(struct fixture *f, const struct sock_owner *owner)
{
	struct sock *sock;

	assert_int_equal(sock_open(&f->router->host, AF_INET, SOCK_DGRAM, 0, &sock), 0);
	if (owner != NULL)
		sock_own(sock, owner);
	return sock;
}

static int bind_to(struct sock *sock, const char *addr, uint16_t port)
{
	const struct sockaddr_in at = far_end(addr, port);

	return sock_bind(sock, &at, sizeof at);
}

static int connect_to(struct sock *sock, const char *addr, uint16_t port)
{
	const struct sockaddr_in at = far_end(addr, port);

	return sock_connect(sock, &at, sizeof at);
}

static struct fixture *with_address(void)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/ip address add address=192.168.88.1/24 interface=ether2");
	must_run(f, "/ip route add dst-address=10.0.0.0/8 gateway=192.168.88.9");
	return f;
}

static void sockets_are_shown(void **unused)
{
	static const struct sock_owner service = { .service = "dns" };
	static const struct sock_owner program = { .program = "curl", .pid = 77, .uid = 1000 };
	struct fixture *f = with_address();
	struct sock *bound = udp(f, &service), *far = udp(f, &program);

	assert_int_equal(bind_to(bound, "0.0.0.0", 53), 0);
	assert_int_equal(bind_to(far, "192.168.88.1", 4000), 0);
	assert_int_equal(connect_to(far, "10.1.2.3", 99), 0);
	assert_int_equal(rows_n(f, path), 2);
	assert_string_equal(shown(f, path, 0, "protocol"), "udp");
	assert_string_equal(shown(f, path, 0, "state"), "bound");
	assert_string_equal(shown(f, path, 0, "local-address"), "0.0.0.0:53");
	assert_string_equal(shown(f, path, 0, "service"), "dns");
	assert_string_equal(shown(f, path, 1, "state"), "connected");
	assert_string_equal(shown(f, path, 1, "local-address"), "192.168.88.1:4000");
	assert_string_equal(shown(f, path, 1, "remote-address"), "10.1.2.3:99");
	assert_string_equal(shown(f, path, 1, "remote-port"), "99");
	assert_string_equal(shown(f, path, 1, "program"), "curl");
	assert_string_equal(shown(f, path, 1, "pid"), "77");
	assert_string_equal(shown(f, path, 1, "user"), "1000");
	assert_string_equal(shown(f, path, 1, "interface"), "ether2");
	assert_string_equal(shown(f, path, 1, "gateway"), "192.168.88.9");
	must_run(f,
	         ":if ([:len [/ip socket find protocol=udp local-port=53]] != 1) do={:error no}");
	sock_close(bound);
	assert_int_equal(rows_n(f, path), 1);
	assert_string_equal(shown(f, path, 0, "program"), "curl");
	assert_false(run(f, "/ip socket remove 0"));
	sock_close(far);
	assert_int_equal(rows_n(f, path), 0);
	fixture_free(f);
}

static int once(struct fixture *f, const struct sock_owner *owner, const char *addr, uint16_t port)
{
	struct sock *sock = udp(f, owner);
	int error = connect_to(sock, addr, port);

	sock_close(sock);
	return error;
}

static int bind_once(struct fixture *f, const struct sock_owner *owner, uint16_t port)
{
	struct sock *sock = udp(f, owner);
	int error = bind_to(sock, "0.0.0.0", port);

	sock_close(sock);
	return error;
}

static void the_first_rule_that_matches_decides(void **unused)
{
	static const struct sock_owner curl = { .program = "curl", .uid = 1000 };
	static const struct sock_owner fetch = { .service = "fetch" };
	struct fixture *f = with_address();
	static const char policy[] = "/ip/socket/policy";

	assert_int_equal(once(f, &curl, "10.0.0.1", 80), 0);
	must_run(f, "/ip socket policy add action=accept dst-address=10.0.0.7 dst-port=80,443");
	must_run(f, "/ip socket policy add action=deny dst-address=10.0.0.0/8 protocol=udp");
	assert_int_equal(once(f, &curl, "10.0.0.7", 80), 0);
	assert_int_equal(once(f, &curl, "10.0.0.7", 81), -EACCES);
	assert_int_equal(once(f, &fetch, "10.0.0.1", 80), -EACCES);
	assert_int_equal(once(f, &curl, "192.168.88.2", 80), 0);
	assert_string_equal(shown(f, policy, 0, "hits"), "1");
	assert_string_equal(shown(f, policy, 1, "hits"), "2");
	/* What is about the far end says nothing of bind. */
	assert_int_equal(bind_once(f, &curl, 5000), 0);
	must_run(f, "/ip socket policy set 1 dst-port=81 error=EPERM");
	assert_int_equal(once(f, &curl, "10.0.0.1", 81), -EPERM);
	assert_int_equal(once(f, &curl, "10.0.0.1", 82), 0);
	assert_string_equal(shown(f, policy, 1, "hits"), "3"); /* they go on */
	must_run(f, "/ip socket policy move 1 destination=0");
	must_run(f, "/ip socket policy disable 0");
	assert_int_equal(once(f, &curl, "10.0.0.1", 81), 0);
	must_run(f, "/ip socket policy remove [find]");
	assert_int_equal(once(f, &curl, "10.0.0.1", 81), 0);
	fixture_free(f);
}

static void rules_may_name_who_it_is(void **unused)
{
	static const struct sock_owner curl = { .program = "curl", .uid = 1000 };
	static const struct sock_owner other = { .program = "ncat", .uid = 0 };
	static const struct sock_owner fetch = { .service = "fetch" };
	struct fixture *f = with_address();

	must_run(f, "/ip socket policy add action=deny program=curl operation=connect");
	must_run(f, "/ip socket policy add action=deny user=1000 operation=bind src-port=1-1023");
	must_run(f, "/ip socket policy add action=deny service=fetch");
	assert_int_equal(once(f, &curl, "10.0.0.1", 80), -EACCES);
	assert_int_equal(once(f, &other, "10.0.0.1", 80), 0);
	assert_int_equal(once(f, &fetch, "10.0.0.1", 80), -EACCES);
	assert_int_equal(once(f, NULL, "10.0.0.1", 80), 0);
	assert_int_equal(bind_once(f, &curl, 53), -EACCES);
	assert_int_equal(bind_once(f, &curl, 5353), 0);
	assert_int_equal(bind_once(f, &other, 53), 0);
	assert_int_equal(bind_once(f, &fetch, 5353), -EACCES);
	fixture_free(f);
}

static void what_makes_no_sense_is_refused(void **unused)
{
	struct fixture *f = with_address();

	refused(f, "/ip socket policy add operation=bind dst-address=10.0.0.1",
	        "failure: bind and listen have no far end: leave dst-address and dst-port out, or "
	        "operation=connect");
	refused(f, "/ip socket policy add protocol=icmp dst-port=7", "failure: icmp has no ports");
	refused(f, "/ip socket policy add action=accept error=EPERM",
	        "failure: error= goes with action=deny");
	assert_false(run(f, "/ip socket policy add action=drop"));
	assert_false(run(f, "/ip socket policy add user=root"));
	assert_false(run(f, "/ip socket policy add program=a-name-of-more-than-15"));
	assert_int_equal(rows_n(f, "/ip/socket/policy"), 0);
	fixture_free(f);
}

/* By default they are what TCP begins with. */
static void settings_reach_tcp(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	struct tcp_settings *tcp = tcp_settings(f->router->host.tcp);
	const struct tcp_settings dflt = tcp_settings_default();

	assert_memory_equal(tcp, &dflt, sizeof dflt);
	must_run(f, "/ip socket settings set syn-schedule=linear syn-option-order=bsd "
	            "congestion=reno icmp-fatal=no rto-min=50ms send-buffer-max=128");
	assert_int_equal(tcp->syn_schedule, TCP_SYN_LINEAR);
	assert_int_equal(tcp->option_order, TCP_ORDER_BSD);
	assert_int_equal(tcp->congestion, TCP_RENO);
	assert_false(tcp->fatal_icmp);
	assert_int_equal(tcp->rto_min_ms, 50);
	assert_int_equal(tcp->send_bytes_max, 128 * 1024);
	refused(f, "/ip socket settings set send-buffer=256",
	        "failure: send-buffer-max is less than send-buffer");
	refused(f, "/ip socket settings set rto-min=1ms",
	        "value of rto-min out of range (10ms..10s)");
	refused(f, "/ip socket settings set rto-min=5s",
	        "failure: rto-initial is less than rto-min");
	assert_int_equal(tcp->rto_min_ms, 50);
	fixture_free(f);
}

static uint16_t port_of(struct sock *sock)
{
	struct sockaddr_in at;
	int len = sizeof at;

	assert_int_equal(sock_name(sock, &at, &len), 0);
	return ntohs(at.sin_port);
}

/* local-ports and reserved-ports: what a connect is given, and that naming a port is free. */
static void ports_are_chosen_from_there(void **unused)
{
	struct fixture *f = with_address();
	struct sock *sock, *named = udp(f, NULL);
	bool seen[4] = { false };

	must_run(f, "/ip socket settings set local-ports=2000-2003 reserved-ports=2001,2003-2500");
	for (unsigned i = 0; i < 40; i++) {
		const struct sockaddr_in to = far_end("10.1.2.3", (uint16_t)(100 + i));

		assert_int_equal(sock_open(&f->router->host, AF_INET, SOCK_STREAM, 0, &sock), 0);
		assert_int_equal(sock_connect(sock, &to, sizeof to), -EINPROGRESS);
		assert_in_range(port_of(sock), 2000, 2003);
		seen[port_of(sock) - 2000] = true;
		sock_close(sock);
	}
	assert_true(seen[0] && seen[2]);
	assert_false(seen[1] || seen[3]);
	assert_int_equal(bind_to(named, "0.0.0.0", 2001), 0);
	sock_close(named);
	assert_string_equal(shown(f, "/ip/socket/settings", 0, "local-ports"), "2000-2003");
	assert_string_equal(shown(f, "/ip/socket/settings", 0, "reserved-ports"), "2001,2003-2500");
	refused(f, "/ip socket settings set reserved-ports=2000-2010",
	        "failure: reserved-ports leaves none of local-ports");
	assert_false(run(f, "/ip socket settings set local-ports=\"\""));
	refused(f, "/ip socket settings set reserved-ports=!80",
	        "failure: reserved-ports names ports without \"!\"; by local-ports all beside a "
	        "range "
	        "are kept");
	assert_false(run(f, "/ip socket settings set local-ports=2003-2000"));
	assert_false(run(f, "/ip socket settings set local-ports=0-70000"));
	must_run(f, "/ip socket settings set local-ports=40000 !reserved-ports");
	named = udp(f, NULL);
	assert_int_equal(bind_to(named, "0.0.0.0", 0), 0);
	assert_int_equal(port_of(named), 40000);
	sock_close(named);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sockets_are_shown),
		cmocka_unit_test(the_first_rule_that_matches_decides),
		cmocka_unit_test(rules_may_name_who_it_is),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(settings_reach_tcp),
		cmocka_unit_test(ports_are_chosen_from_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
