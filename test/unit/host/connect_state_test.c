/* connect() and the socket's state: CONNECT.md, "Arguments and state", row by row. */
#include "sock_world.h"

#define ALL_BITS (POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP)

struct both {
	struct sock_world us, them;
	struct sock *listener; /* theirs, at port 80 */
};

static struct both both_new(void)
{
	struct both b = { sock_world_new(), sock_world_peer(), NULL };

	b.listener = sock_made(b.them, SOCK_STREAM, 0);
	assert_int_equal(sock_bound(b.listener, "0.0.0.0", 80), 0);
	assert_int_equal(sock_listen(b.listener, 8), 0);
	return b;
}

static void both_free(struct both b)
{
	sock_close(b.listener);
	sock_world_free(b.us);
	sock_world_free(b.them);
}

static struct sock *tcp_made(struct both b)
{
	return sock_made(b.us, SOCK_STREAM, 0);
}

static struct sock *connected(struct both b)
{
	struct sock *s = tcp_made(b);

	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_joined(s, PEER, 80), 0);
	return s;
}

static int disconnect(struct sock *s)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return sock_connect(s, &none, sizeof none);
}

static void lengths(void **unused)
{
	static const int bad[] = { 0, 1, 8, -1, 129 };
	struct both b = both_new();
	struct sock *s = tcp_made(b);
	union {
		struct sockaddr_in in;
		uint8_t bytes[160];
	} addr = { .bytes = { 0 } };

	addr.in = sock_at_port(PEER, 80);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(sock_connect(s, &addr, bad[i]), -EINVAL);
	assert_int_equal(sock_connect(s, &addr, 128), -EINPROGRESS);
	sock_close(s);
	both_free(b);
}

static void families(void **unused)
{
	struct both b = both_new();
	struct sock *s = tcp_made(b);
	struct sockaddr_in in = sock_at_port(PEER, 80);

	in.sin_family = AF_INET6;
	assert_int_equal(sock_connect(s, &in, sizeof in), -EAFNOSUPPORT);
	in.sin_family = AF_UNIX;
	assert_int_equal(sock_connect(s, &in, sizeof in), -EAFNOSUPPORT);
	sock_close(s);
	both_free(b);
}

static void unspec_on_a_fresh_one(void **unused)
{
	struct both b = both_new();
	struct sock *s = tcp_made(b);

	assert_int_equal(disconnect(s), 0);
	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	sock_close(s);
	both_free(b);
}

static void unspec_in_syn_sent(void **unused)
{
	struct both b = both_new();
	struct sock *s = tcp_made(b);
	char name[32];

	assert_int_equal(sock_bound(s, LAN, 4000), 0);
	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	assert_int_equal(disconnect(s), 0);
	assert_string_equal(sock_name_text(s, false, name), LAN ":4000");
	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_joined(s, PEER, 80), 0);
	sock_close(s);
	both_free(b);
}

static void unspec_when_established_resets(void **unused)
{
	struct both b = both_new();
	struct sock *s = connected(b), *theirs;
	char byte, name[32];

	assert_int_equal(sock_accept(b.listener, NULL, NULL, &theirs), 0);
	assert_int_equal(disconnect(s), 0);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_receive(theirs, &byte, 1, 0, NULL, NULL), -ECONNRESET);
	assert_string_equal(sock_name_text(s, false, name), "0.0.0.0:0"); /* nothing was bound */
	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_joined(s, PEER, 80), 0);
	sock_close(theirs);
	sock_close(s);
	both_free(b);
}

static void unspec_on_a_listener_stops_it(void **unused)
{
	struct both b = both_new();
	struct sock *s;
	char name[32];

	assert_int_equal(disconnect(b.listener), 0);
	assert_string_equal(sock_name_text(b.listener, false, name), "0.0.0.0:80");
	s = tcp_made(b);
	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_joined(s, PEER, 80), -ECONNREFUSED);
	assert_int_equal(sock_listen(b.listener, 1), 0);
	sock_close(s);
	both_free(b);
}

static void connect_on_a_listener(void **unused)
{
	struct both b = both_new();

	assert_int_equal(sock_joined(b.listener, LAN, 80), -EISCONN);
	both_free(b);
}

static void in_progress_already_once_then_connected(void **unused)
{
	struct both b = both_new();
	struct sock *s = tcp_made(b);

	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	assert_int_equal(sock_bits(s), 0);
	assert_int_equal(sock_joined(s, PEER, 80), -EALREADY);
	assert_int_equal(sock_joined(s, FAR, 81), -EALREADY);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_bits(s), POLLOUT);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_ERROR), 0);
	assert_int_equal(sock_joined(s, PEER, 80), 0);
	assert_int_equal(sock_joined(s, PEER, 80), -EISCONN);
	sock_close(s);
	both_free(b);
}

static void refused_without_blocking(void **unused)
{
	struct both b = both_new();
	struct sock *s = tcp_made(b);

	assert_int_equal(sock_joined(s, PEER, 81), -EINPROGRESS);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_bits(s), ALL_BITS);
	assert_int_equal(sock_joined(s, PEER, 81), -ECONNREFUSED);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_ERROR), 0);
	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS); /* afresh */
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_joined(s, PEER, 80), 0);
	sock_close(s);
	both_free(b);
}

static void note(struct sock *s, void *arg)
{
	*(unsigned *)arg |= sock_bits(s);
}

/* Whoever blocks waits for these bits and asks once more. */
static void told_when_the_outcome_is_there(void **unused)
{
	struct both b = both_new();
	struct sock *s = tcp_made(b);
	unsigned seen = 0;

	sock_watch(s, note, &seen);
	assert_int_equal(sock_joined(s, PEER, 81), -EINPROGRESS);
	assert_int_equal(seen, 0);
	sock_settle(b.us, &b.them);
	assert_int_equal(seen, ALL_BITS);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
	/* The error has been read: what is left is that there was one. */
	assert_int_equal(sock_joined(s, PEER, 81), -ECONNABORTED);
	sock_close(s);
	both_free(b);
}

static void a_fresh_socket(void **unused)
{
	struct both b = both_new();
	struct sock *s = tcp_made(b);
	char byte;

	assert_int_equal(sock_bits(s), POLLOUT | POLLHUP);
	assert_int_equal(sock_send(s, "x", 1, 0, NULL, 0), -EPIPE);
	assert_int_equal(sock_receive(s, &byte, 1, 0, NULL, NULL), -ENOTCONN);
	assert_int_equal(sock_shutdown(s, SHUT_WR), -ENOTCONN);
	assert_int_equal(sock_accept(s, NULL, NULL, &s), -EINVAL);
	sock_close(s);
	both_free(b);
}

static void in_syn_sent(void **unused)
{
	struct both b = both_new();
	struct sock *s = tcp_made(b);
	struct sockaddr_in in;
	int len = sizeof in;
	char byte;

	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	assert_int_equal(sock_receive(s, &byte, 1, 0, NULL, NULL), -EAGAIN);
	assert_int_equal(sock_send(s, "x", 1, 0, NULL, 0), -EAGAIN);
	assert_int_equal(sock_bound(s, LAN, 5000), -EINVAL);
	assert_int_equal(sock_listen(s, 1), -EINVAL);
	assert_int_equal(sock_peer_name(s, &in, &len), -ENOTCONN);
	assert_int_equal(sock_shutdown(s, SHUT_WR), 0);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_bits(b.listener), 0); /* nobody has come */
	assert_int_equal(sock_bits(s) & (POLLOUT | POLLHUP), POLLOUT | POLLHUP);
	sock_close(s);
	both_free(b);
}

static void close_in_syn_sent_is_silent(void **unused)
{
	struct both b = both_new();
	struct sock *s = tcp_made(b);
	struct pkt *p;

	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	host_turn(b.us.host);
	assert_int_equal(sock_carry(b.us, &b.them), 1); /* the SYN */
	sock_close(s);
	host_turn(b.us.host);
	assert_int_equal(b.us.f->net->own_n, 0);
	host_turn(b.them.host);
	assert_int_equal(sock_carry(b.them, &b.us), 1); /* the SYN-ACK */
	p = sock_said(b.us);
	assert_int_equal(p->tcp_flags, TCP_RST);
	pkt_done(b.us.f->net, p);
	both_free(b);
}

static void silence_ends_in_a_timeout(void **unused)
{
	struct both b = both_new();
	struct sock *s = tcp_made(b);

	assert_int_equal(sock_joined(s, "192.168.88.77", 80), -EINPROGRESS); /* nobody */
	sock_wait_ms(b.us, NULL, 126999);
	assert_int_equal(sock_bits(s), 0);
	sock_wait_ms(b.us, NULL, 10);
	assert_int_equal(sock_joined(s, "192.168.88.77", 80), -ETIMEDOUT);
	sock_close(s);
	both_free(b);
}

static void timeouts_are_kept_for_who_waits(void **unused)
{
	struct both b = both_new();
	struct sock *s = tcp_made(b);
	struct timeval t = { .tv_sec = 2, .tv_usec = 500001 };

	assert_int_equal(sock_timeout_ms(s, true), -1);
	assert_int_equal(sock_option_set(s, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t), 0);
	assert_int_equal(sock_timeout_ms(s, true), 2501);
	assert_int_equal(sock_timeout_ms(s, false), -1);
	t.tv_usec = 1000000;
	assert_int_equal(sock_option_set(s, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t), -EDOM);
	sock_close(s);
	both_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(families),
		cmocka_unit_test(unspec_on_a_fresh_one),
		cmocka_unit_test(unspec_in_syn_sent),
		cmocka_unit_test(unspec_when_established_resets),
		cmocka_unit_test(unspec_on_a_listener_stops_it),
		cmocka_unit_test(connect_on_a_listener),
		cmocka_unit_test(in_progress_already_once_then_connected),
		cmocka_unit_test(refused_without_blocking),
		cmocka_unit_test(told_when_the_outcome_is_there),
		cmocka_unit_test(a_fresh_socket),
		cmocka_unit_test(in_syn_sent),
		cmocka_unit_test(close_in_syn_sent_is_silent),
		cmocka_unit_test(silence_ends_in_a_timeout),
		cmocka_unit_test(timeouts_are_kept_for_who_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
