/* TCP on sockets: listen, accept, bytes both ways, shutdown, close, linger, what poll() says. */
#include "core/icmp.h"
#include "sock_world.h"
#include "tcp/tcp.h"

struct both {
	struct sock_world us, them;
	struct sock *listener; /* theirs, at port 80 */
};

static struct both both_new(void)
{
	struct both b = { sock_world_new(), sock_world_peer(), NULL };

	b.listener = sock_made(b.them, SOCK_STREAM, 0);
	assert_int_equal(sock_bound(b.listener, "0.0.0.0", 80), 0);
	assert_int_equal(sock_listen(b.listener, 2), 0);
	return b;
}

static void both_free(struct both b)
{
	if (b.listener != NULL)
		sock_close(b.listener);
	sock_wait_ms(b.us, &b.them, 200000); /* TIME-WAIT, too */
	assert_int_equal(tcp_use(b.us.host->tcp).connections, 0);
	assert_int_equal(tcp_use(b.us.host->tcp).chunks, 0);
	assert_int_equal(tcp_use(b.us.host->tcp).time_wait, 0);
	assert_int_equal(tcp_use(b.them.host->tcp).connections, 0);
	assert_int_equal(tcp_use(b.them.host->tcp).chunks, 0);
	sock_world_free(b.us);
	sock_world_free(b.them);
}

static struct sock *connected(struct both b)
{
	struct sock *s = sock_made(b.us, SOCK_STREAM, 0);

	assert_int_equal(sock_joined(s, PEER, 80), -EINPROGRESS);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_joined(s, PEER, 80), 0);
	return s;
}

static struct sock *accepted(struct both b)
{
	struct sock *s;

	assert_int_equal(sock_accept(b.listener, NULL, NULL, &s), 0);
	return s;
}

static int64_t get(struct sock *s, char *text, size_t n)
{
	return sock_receive(s, text, n, 0, NULL, NULL);
}

static int64_t put(struct sock *s, const char *text)
{
	return sock_send(s, text, strlen(text), 0, NULL, 0);
}

static void accept_names_both_ends(void **unused)
{
	struct both b = both_new();
	struct sock_owner owner = { .service = "web", .uid = 33 };
	struct sock *s, *theirs;
	struct sockaddr_in from;
	struct sock_info info;
	int len = sizeof from;
	char name[32], other[32];

	sock_own(b.listener, &owner);
	assert_int_equal(sock_bits(b.listener), 0);
	assert_int_equal(sock_accept(b.listener, &from, &len, &theirs), -EAGAIN);
	s = connected(b);
	assert_int_equal(sock_bits(b.listener), POLLIN);
	assert_int_equal(sock_accept(b.listener, &from, &len, &theirs), 0);
	assert_int_equal(len, sizeof from);
	assert_int_equal(ntohl(from.sin_addr.s_addr), A(LAN).v);
	assert_string_equal(sock_name_text(theirs, false, name), PEER ":80");
	assert_string_equal(sock_name_text(theirs, true, name), sock_name_text(s, false, other));
	sock_describe(theirs, &info);
	assert_string_equal(info.state, "established");
	assert_ptr_equal(info.owner, &owner); /* for the same */
	assert_int_equal(sock_bits(theirs), POLLOUT);
	assert_int_equal(sock_joined(theirs, LAN, 1), -EISCONN);
	sock_close(s);
	sock_close(theirs);
	both_free(b);
}

static void bytes_go_both_ways(void **unused)
{
	struct both b = both_new();
	struct sock *s = connected(b), *theirs = accepted(b);
	char text[32] = { 0 };
	struct iovec spans[4];

	assert_int_equal(get(s, text, 8), -EAGAIN);
	assert_int_equal(put(s, "question"), 8);
	assert_int_equal(sock_unsent(s), 8);
	sock_wait_ms(b.us, &b.them, 100);
	assert_int_equal(sock_unsent(s), 0);
	assert_int_equal(sock_bits(theirs), POLLIN | POLLOUT);
	assert_int_equal(sock_unread(theirs), 8);
	assert_int_equal(sock_receive(theirs, text, 4, MSG_PEEK, NULL, NULL), 4);
	assert_int_equal(get(theirs, text, 4), 4);
	assert_string_equal(text, "ques");
	assert_int_equal(sock_spans(theirs, spans, 4), 1);
	assert_int_equal(spans[0].iov_len, 4);
	assert_memory_equal(spans[0].iov_base, "tion", 4);
	sock_consume(theirs, 2);
	assert_int_equal(sock_receive(theirs, NULL, 1, MSG_TRUNC, NULL, NULL), 1);
	assert_int_equal(get(theirs, text, 8), 1);
	assert_int_equal(text[0], 'n');
	assert_int_equal(put(theirs, "answer"), 6);
	sock_wait_ms(b.us, &b.them, 100);
	assert_int_equal(get(s, text, sizeof text), 6);
	sock_close(s);
	sock_close(theirs);
	both_free(b);
}

static void much_goes_through_a_full_buffer(void **unused)
{
	struct both b = both_new();
	struct sock *s = connected(b), *theirs = accepted(b);
	uint8_t out[997], in[1499];
	uint32_t sent = 0, got = 0;

	while (got < 600000) {
		int64_t n;

		for (size_t i = 0; i < sizeof out; i++)
			out[i] = (uint8_t)((sent + i) * 31 >> 3);
		n = sent < 600000 ? sock_send(s, out, sizeof out, 0, NULL, 0) : -EAGAIN;
		assert_true(n > 0 || n == -EAGAIN);
		sent += n > 0 ? (uint32_t)n : 0;
		if (n > 0)
			continue;
		assert_int_equal(sock_bits(s) & POLLOUT, sent < 600000 ? 0 : POLLOUT);
		sock_wait_ms(b.us, &b.them, 50);
		while ((n = sock_receive(theirs, in, sizeof in, 0, NULL, NULL)) > 0) {
			for (int64_t i = 0; i < n; i++)
				assert_int_equal(in[i], (uint8_t)((got + i) * 31 >> 3));
			got += (uint32_t)n;
		}
		assert_int_equal(n, -EAGAIN);
		sock_wait_ms(b.us, &b.them, 50);
	}
	assert_int_equal(got, sent);
	sock_close(s);
	sock_close(theirs);
	both_free(b);
}

static void shutdown_ends_one_way(void **unused)
{
	struct both b = both_new();
	struct sock *s = connected(b), *theirs = accepted(b);
	char text[8];

	assert_int_equal(sock_shutdown(s, SHUT_WR), 0);
	assert_int_equal(put(s, "x"), -EPIPE);
	sock_wait_ms(b.us, &b.them, 100);
	assert_int_equal(sock_bits(theirs), POLLIN | POLLRDHUP | POLLOUT);
	assert_int_equal(get(theirs, text, 8), 0);
	assert_int_equal(put(theirs, "late"), 4);
	sock_wait_ms(b.us, &b.them, 100);
	assert_int_equal(get(s, text, 8), 4);
	assert_int_equal(sock_shutdown(theirs, SHUT_WR), 0);
	sock_wait_ms(b.us, &b.them, 100);
	assert_int_equal(get(s, text, 8), 0);
	assert_int_equal(sock_bits(s), POLLIN | POLLOUT | POLLRDHUP | POLLHUP);
	sock_close(s);
	sock_close(theirs);
	both_free(b);
}

static void close_sends_what_is_left(void **unused)
{
	struct both b = both_new();
	struct sock *s = connected(b), *theirs = accepted(b);
	char text[8] = { 0 };

	assert_int_equal(put(s, "last"), 4);
	sock_close(s);
	sock_wait_ms(b.us, &b.them, 100);
	assert_int_equal(get(theirs, text, 8), 4);
	assert_int_equal(get(theirs, text, 8), 0);
	assert_int_equal(sock_get(theirs, SOL_SOCKET, SO_ERROR), 0);
	sock_close(theirs);
	both_free(b);
}

static void linger_zero_resets(void **unused)
{
	struct both b = both_new();
	struct sock *s = connected(b), *theirs = accepted(b);
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };
	char text[8];

	assert_int_equal(sock_option_set(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
	assert_int_equal(put(s, "lost"), 4);
	sock_close(s);
	sock_wait_ms(b.us, &b.them, 10);
	assert_int_equal(sock_bits(theirs), POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP);
	assert_int_equal(get(theirs, text, 8), -ECONNRESET); /* never an end of file */
	assert_int_equal(get(theirs, text, 8), 0);
	assert_int_equal(put(theirs, "x"), -EPIPE);
	sock_close(theirs);
	both_free(b);
}

/* RFC 2525, 2.17: what was not read is not passed over in silence. */
static void close_with_unread_bytes_resets(void **unused)
{
	struct both b = both_new();
	struct sock *s = connected(b), *theirs = accepted(b);
	char text[8];

	assert_int_equal(put(s, "unread"), 6);
	sock_wait_ms(b.us, &b.them, 10);
	sock_close(theirs);
	sock_wait_ms(b.us, &b.them, 10);
	assert_int_equal(get(s, text, 8), -ECONNRESET);
	sock_close(s);
	both_free(b);
}

static void urgent_bytes(void **unused)
{
	struct both b = both_new();
	struct sock *s = connected(b), *theirs = accepted(b);
	char text[8];

	assert_int_equal(sock_send(s, "ab!", 3, MSG_OOB, NULL, 0), 3);
	sock_wait_ms(b.us, &b.them, 100);
	assert_int_equal(sock_bits(theirs), POLLIN | POLLOUT | POLLPRI);
	assert_int_equal(sock_receive(theirs, text, 1, MSG_OOB, NULL, NULL), 1);
	assert_int_equal(text[0], '!');
	assert_false(sock_at_mark(theirs));
	assert_int_equal(get(theirs, text, 8), 2);
	assert_true(sock_at_mark(theirs));
	sock_close(s);
	sock_close(theirs);
	both_free(b);
}

static void the_backlog_is_kept(void **unused)
{
	struct both b = both_new();
	struct sock *all[6];
	unsigned n = 0;

	for (unsigned i = 0; i < 6; i++) {
		all[i] = sock_made(b.us, SOCK_STREAM, 0);
		assert_int_equal(sock_joined(all[i], PEER, 80), -EINPROGRESS);
		sock_settle(b.us, &b.them);
	}
	assert_int_equal(sock_unread(b.listener), 3); /* backlog + 1, as on Linux */
	assert_int_equal(sock_unsent(b.listener), 2);
	for (struct sock *s; sock_accept(b.listener, NULL, NULL, &s) == 0; n++)
		sock_close(s);
	assert_int_equal(n, 3);
	for (unsigned i = 0; i < 6; i++)
		sock_close(all[i]);
	both_free(b);
}

static void a_listener_that_closes_resets_who_waits(void **unused)
{
	struct both b = both_new();
	struct sock *s = connected(b);
	char text[8];

	sock_close(b.listener);
	b.listener = NULL;
	sock_wait_ms(b.us, &b.them, 10);
	assert_int_equal(get(s, text, 8), -ECONNRESET);
	sock_close(s);
	both_free(b);
}

static void two_listeners_want_to_share(void **unused)
{
	struct both b = both_new();
	struct sock *t = sock_made(b.them, SOCK_STREAM, 0), *u = sock_made(b.them, SOCK_STREAM, 0);

	sock_set(t, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(sock_bound(t, PEER, 80), -EADDRINUSE); /* it listens */
	assert_int_equal(sock_listen(t, 1), 0);                 /* at a port of its own */
	sock_close(t);
	t = sock_made(b.them, SOCK_STREAM, 0);
	sock_set(t, SOL_SOCKET, SO_REUSEPORT, 1);
	sock_set(u, SOL_SOCKET, SO_REUSEPORT, 1);
	assert_int_equal(sock_bound(t, PEER, 81), 0);
	assert_int_equal(sock_bound(u, PEER, 81), 0);
	assert_int_equal(sock_listen(t, 1), 0);
	assert_int_equal(sock_listen(u, 1), 0);
	sock_close(t);
	sock_close(u);
	both_free(b);
}

static void bound_by_two_listened_at_by_one(void **unused)
{
	struct both b = both_new();
	struct sock *t = sock_made(b.them, SOCK_STREAM, 0), *u = sock_made(b.them, SOCK_STREAM, 0);

	sock_set(t, SOL_SOCKET, SO_REUSEADDR, 1);
	sock_set(u, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(sock_bound(t, "0.0.0.0", 81), 0);
	assert_int_equal(sock_bound(u, PEER, 81), 0);
	assert_int_equal(sock_listen(t, 1), 0);
	assert_int_equal(sock_listen(t, 5), 0); /* again: another backlog */
	assert_int_equal(sock_unsent(t), 5);
	assert_int_equal(sock_listen(u, 1), -EADDRINUSE);
	sock_close(t);
	assert_int_equal(sock_listen(u, 1), 0);
	sock_close(u);
	both_free(b);
}

/* An ICMP error about an established connection is soft: it lives, SO_ERROR says it once. */
static void errors_are_soft_when_established(void **unused)
{
	struct both b = both_new();
	struct sock *s = connected(b), *theirs = accepted(b);
	char text[8];
	struct pkt *p;

	assert_int_equal(put(s, "x"), 1);
	host_turn(b.us.host);
	p = net_own_take(b.us.f->net);
	assert_non_null(p);
	p->in = 2; /* as if it had come to a router that can't go on */
	icmp_error(b.us.f->net, p, ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE, 0);
	pkt_done(b.us.f->net, p);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_ERROR), EHOSTUNREACH);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_ERROR), 0);
	sock_wait_ms(b.us, &b.them, 2000);
	assert_int_equal(get(theirs, text, 8), 1); /* it was sent again */
	sock_close(s);
	sock_close(theirs);
	both_free(b);
}

static void budgets_are_errors_not_crashes(void **unused)
{
	struct both b = both_new();
	struct sock *all[64], *one;
	unsigned n = 0;

	while (n < 64 && sock_open(b.us.host, AF_INET, SOCK_STREAM, 0, &all[n]) == 0)
		n++;
	assert_int_equal(n, 64);
	assert_int_equal(sock_open(b.us.host, AF_INET, SOCK_STREAM, 0, &one), -ENFILE);
	for (unsigned i = 0; i < n; i++)
		sock_close(all[i]);
	/* They can be walked, in the order in which they were opened. */
	all[0] = sock_made(b.us, SOCK_STREAM, 0);
	all[1] = sock_made(b.us, SOCK_DGRAM, 0);
	assert_ptr_equal(sock_next(b.us.host, NULL), all[0]);
	assert_ptr_equal(sock_next(b.us.host, all[0]), all[1]);
	assert_null(sock_next(b.us.host, all[1]));
	sock_close(all[0]);
	assert_ptr_equal(sock_next(b.us.host, NULL), all[1]);
	sock_close(all[1]);
	both_free(b);
}

/* A socket and its connection: MISSION's goal for an idle one is 512 bytes. */
static void sizes(void **unused)
{
	assert_in_range(sizeof(struct sock), 64, 128);
}

/* SO_RCVLOWAT: poll() waits for so much, a read that does not wait takes what is there; an end and
 * a shut window wake in any case. */
static void little_does_not_wake(void **unused)
{
	struct both b = both_new();
	struct sock *s = connected(b), *theirs = accepted(b);
	static const char much[200000];
	char text[16];

	assert_int_equal(sock_get(s, SOL_SOCKET, SO_RCVLOWAT), 1);
	assert_int_equal(sock_set(s, SOL_SOCKET, SO_RCVLOWAT, 10), 0);
	assert_int_equal(put(theirs, "12345"), 5);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_bits(s), POLLOUT);
	assert_int_equal(get(s, text, 2), 2);
	assert_int_equal(put(theirs, "6789abc"), 7);
	sock_settle(b.us, &b.them);
	assert_int_equal(sock_bits(s), POLLOUT | POLLIN);
	assert_int_equal(sock_set(s, SOL_SOCKET, SO_RCVLOWAT, 11), 0);
	assert_int_equal(sock_bits(s), POLLOUT);
	assert_int_equal(sock_set(s, SOL_SOCKET, SO_RCVLOWAT, 0), 0);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_RCVLOWAT), 1);
	assert_int_equal(sock_bits(s), POLLOUT | POLLIN);
	/* More than the buffer holds: as much as comes before something is read. */
	assert_int_equal(sock_set(s, SOL_SOCKET, SO_RCVLOWAT, -1), 0);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_RCVLOWAT), INT32_MAX);
	assert_int_equal(sock_bits(s), POLLOUT);
	for (unsigned i = 0; i < 20 && (sock_bits(s) & POLLIN) == 0; i++) {
		(void)sock_send(theirs, much, sizeof much, 0, NULL, 0);
		sock_wait_ms(b.us, &b.them, 1000);
	}
	assert_int_equal(sock_bits(s), POLLOUT | POLLIN);
	while (get(s, text, sizeof text) > 0)
		;
	sock_close(theirs);
	sock_wait_ms(b.us, &b.them, 100);
	assert_true((sock_bits(s) & POLLIN) != 0);
	sock_close(s);
	both_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accept_names_both_ends),
		cmocka_unit_test(bytes_go_both_ways),
		cmocka_unit_test(much_goes_through_a_full_buffer),
		cmocka_unit_test(shutdown_ends_one_way),
		cmocka_unit_test(close_sends_what_is_left),
		cmocka_unit_test(linger_zero_resets),
		cmocka_unit_test(close_with_unread_bytes_resets),
		cmocka_unit_test(urgent_bytes),
		cmocka_unit_test(the_backlog_is_kept),
		cmocka_unit_test(a_listener_that_closes_resets_who_waits),
		cmocka_unit_test(two_listeners_want_to_share),
		cmocka_unit_test(bound_by_two_listened_at_by_one),
		cmocka_unit_test(errors_are_soft_when_established),
		cmocka_unit_test(budgets_are_errors_not_crashes),
		cmocka_unit_test(sizes),
		cmocka_unit_test(little_does_not_wake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
