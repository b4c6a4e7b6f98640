/* A person at the router's console and a server: keys, lines, options, windows that close. */
#include "host/telnet.h"

#include "lib/text.h"
#include "sock_world.h"
#include "tcp/tcp.h"

#define IAC  "\xff"
#define DONT "\xfe"
#define DO   "\xfd"
#define WONT "\xfc"
#define WILL "\xfb"
#define SB   "\xfa"
#define SE   "\xf0"

struct call {
	struct sock_world us, them;
	struct sock *listener, *theirs; /* NULL: not there (yet) */
	struct telnet telnet;
	struct text shown;
};

static struct call *call_new(void)
{
	struct call *c = mem_new(1, sizeof *c);

	c->us = sock_world_new();
	c->them = sock_world_peer();
	c->listener = sock_made(c->them, SOCK_STREAM, 0);
	assert_int_equal(sock_bound(c->listener, "0.0.0.0", 23), 0);
	assert_int_equal(sock_listen(c->listener, 2), 0);
	return c;
}

static void call_free(struct call *c)
{
	telnet_close(&c->telnet);
	if (c->theirs != NULL)
		sock_close(c->theirs);
	sock_close(c->listener);
	sock_wait_ms(c->us, &c->them, 200000);
	assert_int_equal(tcp_use(c->us.host->tcp).connections, 0);
	assert_int_equal(tcp_use(c->them.host->tcp).connections, 0);
	sock_world_free(c->us);
	sock_world_free(c->them);
	text_free(&c->shown);
	mem_free(c);
}

static int begin(struct call *c, const char *address, uint16_t port)
{
	const struct telnet_plan plan = { .address = A(address), .port = port };
	int error = telnet_open(&c->telnet, c->us.host, &plan);

	if (error == 0)
		telnet_set_terminal(&c->telnet, "xterm", 100, 30);
	return error;
}

/* Everything gets through, and all is shown. */
static void go_on(struct call *c)
{
	bool more;

	do {
		sock_settle(c->us, &c->them);
		more = telnet_turn(&c->telnet, &c->shown);
		if (c->theirs == NULL)
			(void)!sock_accept(c->listener, NULL, NULL, &c->theirs);
		sock_settle(c->us, &c->them);
	} while (more);
}

static struct call *called(void)
{
	struct call *c = call_new();

	assert_int_equal(begin(c, PEER, 23), 0);
	assert_int_equal(telnet_stage(&c->telnet), TELNET_CONNECTING);
	assert_int_equal(telnet_type(&c->telnet, "early", 5), 0);
	go_on(c);
	assert_int_equal(telnet_stage(&c->telnet), TELNET_OPEN);
	assert_true(telnet_was_open(&c->telnet));
	assert_non_null(c->theirs);
	return c;
}

static void they_say(struct call *c, const char *bytes, size_t n)
{
	assert_int_equal(sock_send(c->theirs, bytes, n, 0, NULL, 0), n);
	go_on(c);
}

static void type(struct call *c, const char *keys)
{
	assert_int_equal(telnet_type(&c->telnet, keys, strlen(keys)), strlen(keys));
	go_on(c);
}

static void expect_they_hear(struct call *c, const char *bytes, size_t n)
{
	char heard[256];

	if (n == 0) {
		assert_int_equal(sock_receive(c->theirs, heard, sizeof heard, 0, NULL, NULL),
		                 -EAGAIN);
		return;
	}
	assert_int_equal(sock_receive(c->theirs, heard, sizeof heard, 0, NULL, NULL), n);
	assert_memory_equal(heard, bytes, n);
}

static void expect_shown(struct call *c, const char *text)
{
	assert_string_equal(text_str(&c->shown), text);
	text_clear(&c->shown);
}

#define S(text) (text), sizeof(text) - 1

static void a_service_without_telnet(void **unused)
{
	struct call *c = called();

	they_say(c, S("220 mail\r\n"));
	expect_shown(c, "220 mail\r\n");
	type(c, "helo y\x7fx");
	expect_shown(c, "helo y\b \bx");
	expect_they_hear(c, "", 0); /* a line is theirs when it is whole */
	type(c, "\r");
	expect_shown(c, "\r\n");
	expect_they_hear(c, S("helo x\r\n"));
	type(c, "a\xc3\xa4\x7f\x15"
	        "b\n");
	expect_shown(c, "a\xc3\xa4\b \b\b \b"
	                "b\r\n");
	expect_they_hear(c, S("b\r\n"));
	type(c, "quit\3");
	expect_shown(c, "quit^C");
	expect_they_hear(c, S("quit\3"));
	assert_int_equal(sock_shutdown(c->theirs, SHUT_WR), 0);
	go_on(c);
	assert_int_equal(telnet_stage(&c->telnet), TELNET_ENDED);
	assert_int_equal(telnet_error(&c->telnet), 0);
	call_free(c);
}

static void a_telnet_server(void **unused)
{
	struct call *c = called();

	type(c, "be");
	expect_shown(c, "be");
	they_say(c, S(IAC WILL "\1" IAC WILL "\3" IAC DO "\x1f" IAC DO "\x18" IAC SB "\x18\1" IAC SE
	                       "Login: "));
	expect_shown(c, "Login: ");
	expect_they_hear(c, S(IAC DO "\1" IAC DO "\3" IAC WILL "\x1f" IAC SB
	                             "\x1f\0\x64\0\x1e" IAC SE IAC WILL "\x18" IAC SB
	                             "\x18\0xterm" IAC SE));
	type(c, "n\r");
	expect_shown(c, ""); /* they echo */
	expect_they_hear(c, S("ben\r\0"));
	type(c, "\3");
	expect_they_hear(c, S("\3"));
	telnet_set_terminal(&c->telnet, "xterm", 80, 24);
	go_on(c);
	expect_they_hear(c, S(IAC SB "\x1f\0\x50\0\x18" IAC SE));
	they_say(c, S(IAC DO "\x25"
	                     "x"));
	expect_shown(c, "x");
	expect_they_hear(c, S(IAC WONT "\x25"));
	sock_close(c->theirs);
	c->theirs = NULL;
	go_on(c);
	assert_int_equal(telnet_stage(&c->telnet), TELNET_ENDED);
	call_free(c);
}

static void who_refuses_and_who_is_not_there(void **unused)
{
	struct call *c = call_new();

	assert_int_equal(begin(c, PEER, 24), 0);
	go_on(c);
	assert_int_equal(telnet_stage(&c->telnet), TELNET_ENDED);
	assert_int_equal(telnet_error(&c->telnet), -ECONNREFUSED);
	assert_false(telnet_was_open(&c->telnet));
	telnet_close(&c->telnet);
	assert_int_equal(begin(c, "192.168.88.99", 23), 0);
	go_on(c);
	assert_int_equal(telnet_stage(&c->telnet), TELNET_CONNECTING);
	telnet_close(&c->telnet); /* given up */
	call_free(c);
}

static void no_way_there(void **unused)
{
	struct call c = { .us = sock_world_bare() };

	assert_int_equal(begin(&c, FAR, 23), -ENETUNREACH);
	assert_null(c.telnet.sock);
	sock_world_free(c.us);
}

static void a_reset_is_an_error(void **unused)
{
	struct call *c = called();
	struct linger hard = { 1, 0 };

	assert_int_equal(sock_option_set(c->theirs, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
	sock_close(c->theirs);
	c->theirs = NULL;
	go_on(c);
	assert_int_equal(telnet_stage(&c->telnet), TELNET_ENDED);
	assert_int_equal(telnet_error(&c->telnet), -ECONNRESET);
	call_free(c);
}

/* Whoever floods is held up by their own window: a turn takes its part and no more. */
static void a_flood_waits(void **unused)
{
	struct call *c = called();
	char bytes[8192];
	size_t sent = 0, seen = 0;
	int64_t n;

	memset(bytes, 'x', sizeof bytes);
	do {
		n = sock_send(c->theirs, bytes, sizeof bytes, 0, NULL, 0);
		sent += n > 0 ? (size_t)n : 0;
		sock_settle(c->us, &c->them);
	} while (n > 0);
	assert_true(sent > 2 * TELNET_SAID_BYTES);
	while (telnet_turn(&c->telnet, &c->shown)) {
		assert_true(c->shown.len <= TELNET_SAID_BYTES);
		seen += c->shown.len;
		text_clear(&c->shown);
		sock_wait_ms(c->us, &c->them, 1);
	}
	sock_wait_ms(c->us, &c->them, 1000);
	go_on(c);
	assert_int_equal(seen + c->shown.len, sent);
	call_free(c);
}

/* Whoever asks and never reads the answers is not read either; keys that find no room are not
 * taken. */
static void who_never_reads(void **unused)
{
	struct call *c = called();
	int64_t n = 0;
	size_t taken = 0;

	for (int i = 0; i < 2000 && n >= 0; i++) {
		n = sock_send(c->theirs,
		              S(IAC WILL "\x05" IAC DO "\x21" IAC DO "\x22" IAC DO "\x23"), 0, NULL,
		              0);
		sock_settle(c->us, &c->them);
		(void)telnet_turn(&c->telnet, &c->shown);
	}
	they_say(c, "", 0);
	assert_int_equal(c->shown.len, 0);
	for (int i = 0; i < 3000; i++)
		taken += telnet_type(&c->telnet, "0123456789012345678901234567890123456789\r", 41);
	assert_true(taken < 3000 * 41);
	assert_int_equal(telnet_stage(&c->telnet), TELNET_OPEN);
	call_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_without_telnet),
		cmocka_unit_test(a_telnet_server),
		cmocka_unit_test(who_refuses_and_who_is_not_there),
		cmocka_unit_test(no_way_there),
		cmocka_unit_test(a_reset_is_an_error),
		cmocka_unit_test(a_flood_waits),
		cmocka_unit_test(who_never_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
