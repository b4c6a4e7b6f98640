/*
 * attack_cve_2022_1012_test.c -- source ports as a fingerprint (CVE-2022-1012, CVE-2022-32296):
 * servers that compare the ports they see must learn neither how many connections go to others, nor
 * that two sequences are of one machine.
 */
#include "host/local_port.h"
#include "host/sock_world.h"

enum {
	SERVERS = 400,
	NEAR = 64, /* ports that close together are a sequence */
	RANGE = LOCAL_PORT_HIGH - LOCAL_PORT_LOW + 1,
};

static uint16_t ask(struct sock *sock, uint32_t server)
{
	struct tuple ends = {
		.src = A(WAN), .dst = { server }, .dport = 443, .proto = IPPROTO_TCP
	};
	uint16_t port = 0;

	assert_int_equal(local_port_choose(sock, &ends, &port, NULL), 0);
	assert_in_range(port, LOCAL_PORT_LOW, LOCAL_PORT_HIGH);
	return port;
}

static uint32_t server_of(unsigned i)
{
	return 0xc6336401 + i; /* 198.51.100.1 */
}

/* From one port to the next in the range's circle. */
static unsigned step(uint16_t from, uint16_t to)
{
	return (unsigned)(to - from + RANGE) % RANGE;
}

/* How far each server sees the port move while @others connections go elsewhere, in all. */
static unsigned long moved(struct sock_world w, unsigned others)
{
	struct sock *sock = sock_made(w, SOCK_STREAM, 0);
	unsigned long sum = 0;

	for (unsigned i = 0; i < SERVERS; i++) {
		uint16_t before = ask(sock, server_of(i)), after;

		for (unsigned j = 0; j < others; j++)
			(void)ask(sock, 0x0a000000 + i * others + j);
		after = ask(sock, server_of(i));
		sum += step(before, after);
	}
	sock_close(sock);
	return sum;
}

/* With a counter that many destinations share, 100 connections to others would show. */
static void others_do_not_show(void **state)
{
	struct sock_world w = sock_world_new();
	unsigned long alone = moved(w, 0), beside = moved(w, 100);

	assert_true(alone < SERVERS * 100UL);
	assert_true(beside < alone * 5 / 4 + SERVERS * 4UL);
	sock_world_free(w);
}

static unsigned near_pairs(const uint16_t *a, const uint16_t *b, unsigned n)
{
	unsigned near = 0;

	for (unsigned i = 0; i < n; i++)
		near += step(a[i], b[i]) < NEAR || step(b[i], a[i]) < NEAR;
	return near;
}

/* What one server sees says nothing of what its neighbour does. */
static void servers_see_nothing_alike(void **state)
{
	struct sock_world w = sock_world_new();
	struct sock *sock = sock_made(w, SOCK_STREAM, 0);
	uint16_t ports[SERVERS];

	for (unsigned i = 0; i < SERVERS; i++)
		ports[i] = ask(sock, server_of(i));
	/* By chance 128 of 28,232: two of 400. */
	assert_true(near_pairs(ports, ports + 1, SERVERS - 1) < 12);
	sock_close(sock);
	sock_world_free(w);
}

/* The secret is drawn anew every ten minutes: the sequences end, and others begin. */
static void sequences_end(void **state)
{
	struct sock_world w = sock_world_new();
	struct sock *sock = sock_made(w, SOCK_STREAM, 0);
	uint16_t first[SERVERS], soon[SERVERS], later[SERVERS];

	for (unsigned i = 0; i < SERVERS; i++)
		first[i] = ask(sock, server_of(i));
	w.f->net->now = mono_add_s(w.f->net->now, 300);
	for (unsigned i = 0; i < SERVERS; i++)
		soon[i] = ask(sock, server_of(i));
	assert_true(near_pairs(first, soon, SERVERS) > SERVERS * 9 / 10);
	w.f->net->now = mono_add_s(w.f->net->now, 301);
	for (unsigned i = 0; i < SERVERS; i++)
		later[i] = ask(sock, server_of(i));
	assert_true(near_pairs(soon, later, SERVERS) < 12);
	sock_close(sock);
	sock_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others_do_not_show),
		cmocka_unit_test(servers_see_nothing_alike),
		cmocka_unit_test(sequences_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
