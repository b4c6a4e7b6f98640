#include <errno.h>
#include <stdlib.h>

#include "core/fixture.h"

static struct ports *make(uint32_t addresses)
{
	struct hash_key key = { 1, 2 };

	return ports_new(addresses, &key);
}

static int take(struct ports *ports, uint16_t preferred, uint16_t low, uint16_t high,
                uint64_t keyed, uint16_t *port)
{
	struct ports_wish wish = {
		A("192.0.2.1"), IPPROTO_TCP, preferred, low, high, PORT_ANY, keyed,
	};

	return ports_take(ports, &wish, port);
}

/* The first free port from @start on by twos, and then from @low. */
static uint32_t naive_half(const bool *taken, uint32_t low, uint32_t high, bool odd, uint64_t keyed)
{
	uint32_t first = low % 2 == (odd ? 1 : 0) ? low : low + 1;
	uint32_t n = 0, start;

	for (uint32_t port = first; port <= high; port += 2)
		n++;
	start = n > 0 ? first + 2 * (uint32_t)(keyed % n) : first;
	for (uint32_t port = start; port <= high; port += 2) {
		if (!taken[port])
			return port;
	}
	for (uint32_t port = first; port < start; port += 2) {
		if (!taken[port])
			return port;
	}
	return 0;
}

/* What ports_take() is to choose, by going through the ports one by one. */
static uint32_t naive_choose(const bool *taken, const struct ports_wish *w)
{
	uint32_t low = w->low < 1024 && w->high >= 1024 ? 1024 : w->low, port;
	bool odd = w->parity == PORT_ANY ? w->keyed >> 63 != 0 : w->parity == PORT_ODD;

	if (w->preferred >= w->low && w->preferred <= w->high && w->preferred != 0 &&
	    !taken[w->preferred])
		return w->preferred;
	low = low == 0 ? 1 : low;
	port = naive_half(taken, low, w->high, odd, w->keyed);
	return port != 0 ? port : naive_half(taken, low, w->high, !odd, w->keyed);
}

static void agrees_with_a_naive_set(void **state)
{
	struct fixture_random r = fixture_random_make(3);
	struct ports *ports = make(1);
	static const uint16_t ranges[][2] = { { 1024, 65535 }, { 40000, 40063 }, { 1, 65535 },
		                              { 500, 600 },    { 65500, 65535 }, { 4095, 4160 } };
	bool *taken = mem_new(65536, sizeof *taken);
	uint32_t used = 0;

	for (unsigned i = 0; i < 60000; i++) {
		uint64_t draw = fixture_draw(&r);
		unsigned range = (unsigned)(draw >> 20) % ARRAY_LEN(ranges);
		struct ports_wish w = { .addr = A("192.0.2.1"),
			                .proto = IPPROTO_TCP,
			                .low = ranges[range][0],
			                .high = ranges[range][1],
			                .parity = (enum port_parity)(draw >> 16 & 15) % 3,
			                .keyed = draw >> 8 | draw << 60 };
		uint16_t port = (uint16_t)(draw >> 40);
		uint32_t want;

		if (draw % 4 == 0) {
			assert_int_equal(ports_is_taken(ports, w.addr, w.proto, port), taken[port]);
			if (taken[port]) {
				ports_give_back(ports, w.addr, w.proto, port);
				taken[port] = false;
				used--;
			}
			continue;
		}
		w.preferred = draw % 4 == 1 ? port : 0;
		want = naive_choose(taken, &w);
		if (want == 0) {
			assert_int_equal(ports_take(ports, &w, &port), -EADDRNOTAVAIL);
			continue;
		}
		assert_int_equal(ports_take(ports, &w, &port), 0);
		assert_int_equal(port, want);
		taken[port] = true;
		used++;
		assert_int_equal(ports_used(ports), used);
	}
	assert_true(used > 10000);
	mem_free(taken);
	ports_free(ports);
}

static void every_port_is_given_once_until_none_is_left(void **state)
{
	struct ports *ports = make(1);
	uint16_t port;

	for (unsigned i = 1024; i <= 65535; i++)
		assert_int_equal(take(ports, 0, 1024, 65535, i * 7919ULL, &port), 0);
	assert_int_equal(take(ports, 0, 1024, 65535, 5, &port), -EADDRNOTAVAIL);
	assert_int_equal(take(ports, 2000, 1024, 65535, 5, &port), -EADDRNOTAVAIL);
	ports_give_back(ports, A("192.0.2.1"), IPPROTO_TCP, 31337);
	assert_int_equal(take(ports, 0, 1024, 65535, 5, &port), 0);
	assert_int_equal(port, 31337);
	assert_int_equal(ports_used(ports), 64512);
	ports_free(ports);
}

static void well_known_ports_are_for_who_names_them(void **state)
{
	struct ports *ports = make(1);
	uint16_t port;

	assert_int_equal(take(ports, 80, 1, 65535, 0, &port), 0);
	assert_int_equal(port, 80);
	assert_int_equal(take(ports, 80, 1, 65535, 0, &port), 0);
	assert_true(port >= 1024);
	assert_int_equal(take(ports, 0, 600, 601, 1ULL << 63, &port), 0);
	assert_int_equal(port, 601);
	ports_free(ports);
}

static void addresses_and_protocols_are_apart_and_bounded(void **state)
{
	struct ports *ports = make(2);
	ip4 a = A("192.0.2.1"), b = A("192.0.2.2");

	assert_int_equal(ports_take_exact(ports, a, IPPROTO_TCP, 80), 0);
	assert_int_equal(ports_take_exact(ports, a, IPPROTO_TCP, 80), -EADDRINUSE);
	assert_int_equal(ports_take_exact(ports, a, IPPROTO_UDP, 80), 0);
	assert_int_equal(ports_take_exact(ports, b, IPPROTO_TCP, 80), -ENOMEM);
	assert_false(ports_is_taken(ports, b, IPPROTO_TCP, 80));
	/* A place is free again once the last port of its address is. */
	ports_give_back(ports, a, IPPROTO_UDP, 80);
	assert_int_equal(ports_take_exact(ports, b, IPPROTO_TCP, 80), 0);
	assert_true(ports_is_taken(ports, a, IPPROTO_TCP, 80));
	assert_int_equal(ports_used(ports), 2);
	ports_free(ports);
}

#define FEW 4 /* addresses: zero, which means all of them, and three */

/* Does @at (0: every address) have @port taken, looked up in plain sets? */
static bool naive_taken(bool taken[FEW][64], unsigned at, uint16_t port)
{
	for (unsigned i = 0; i < FEW; i++) {
		if (taken[i][port - 2000] && (i == at || i == 0 || at == 0))
			return true;
	}
	return false;
}

static void the_address_zero_stands_for_every_one(void **state)
{
	struct fixture_random r = fixture_random_make(9);
	struct ports *ports = make(FEW);
	bool taken[FEW][64] = { { false } };
	unsigned refused = 0;

	for (unsigned i = 0; i < 40000; i++) {
		uint64_t draw = fixture_draw(&r);
		unsigned at = (unsigned)(draw >> 8) % FEW;
		ip4 addr = { at == 0 ? 0 : 0xc0000200 + at };
		uint16_t port = (uint16_t)(2000 + (draw >> 16) % 64);
		struct ports_wish wish = { .addr = addr,
			                   .proto = IPPROTO_UDP,
			                   .low = 2000,
			                   .high = 2063,
			                   .keyed = draw >> 24 };
		bool is_taken = naive_taken(taken, at, port), any = false;

		assert_int_equal(ports_is_taken(ports, addr, IPPROTO_UDP, port), is_taken);
		switch (draw % 5) {
		case 0:
			assert_int_equal(ports_take_exact(ports, addr, IPPROTO_UDP, port),
			                 is_taken ? -EADDRINUSE : 0);
			taken[at][port - 2000] |= !is_taken;
			break;
		case 1:
			for (uint16_t p = 2000; p < 2064; p++)
				any |= !naive_taken(taken, at, p);
			refused += !any;
			assert_int_equal(ports_take(ports, &wish, &port), any ? 0 : -EADDRNOTAVAIL);
			if (any) {
				assert_false(naive_taken(taken, at, port));
				taken[at][port - 2000] = true;
			}
			break;
		case 2:
			assert_int_equal(ports_take_beside(ports, addr, IPPROTO_UDP, port),
			                 taken[at][port - 2000] ? -EADDRINUSE : 0);
			taken[at][port - 2000] = true;
			break;
		default:
			if (taken[at][port - 2000])
				ports_give_back(ports, addr, IPPROTO_UDP, port);
			taken[at][port - 2000] = false;
			break;
		}
		assert_int_equal(ports_takers(ports, IPPROTO_UDP, port),
		                 taken[0][port - 2000] + taken[1][port - 2000] +
		                         taken[2][port - 2000] + taken[3][port - 2000]);
	}
	assert_true(refused > 100);
	ports_free(ports);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_a_naive_set),
		cmocka_unit_test(every_port_is_given_once_until_none_is_left),
		cmocka_unit_test(well_known_ports_are_for_who_names_them),
		cmocka_unit_test(addresses_and_protocols_are_apart_and_bounded),
		cmocka_unit_test(the_address_zero_stands_for_every_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
