/* Who is where: against a plain list, and when somebody invents addresses. */
#include "core/fixture.h"
#include "lan/stations.h"

#include "wire/seeded.h"

enum {
	MAX = 256,
	AGEING_S = 300
};

static const struct hash_key key = { 1, 2 };

static struct mac mac_of(uint32_t n)
{
	return (struct mac){ { 2, 9, (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
		               (uint8_t)n } };
}

static mono at_s(uint64_t s)
{
	return (mono){ (1000 + s) * NS_PER_S };
}

static void learnt_moved_and_aged(void **state)
{
	struct stations *s = stations_new(MAX, &key);
	struct mac mac = mac_of(1);

	stations_set_ageing(s, 9, AGEING_S * 1000);
	stations_set_ageing(s, 8, AGEING_S * 1000);
	assert_int_equal(stations_find(s, 9, &mac, at_s(0)), IFACE_NONE);
	assert_int_equal(stations_learn(s, 9, 1, &mac, at_s(0)), STATIONS_NEW);
	assert_int_equal(stations_learn(s, 9, 1, &mac, at_s(1)), STATIONS_KNOWN);
	assert_int_equal(stations_find(s, 9, &mac, at_s(2)), 1);
	assert_int_equal(stations_find(s, 8, &mac, at_s(2)), IFACE_NONE);
	assert_int_equal(stations_learn(s, 9, 2, &mac, at_s(3)), STATIONS_MOVED);
	assert_int_equal(stations_find(s, 9, &mac, at_s(3)), 2);
	assert_int_equal(stations_find(s, 9, &mac, at_s(3 + AGEING_S - 1)), 2);
	assert_int_equal(stations_find(s, 9, &mac, at_s(3 + AGEING_S)), IFACE_NONE);
	assert_int_equal(stations_used(s), 1);
	(void)stations_turn(s, at_s(3 + AGEING_S));
	assert_int_equal(stations_used(s), 0);
	stations_free(s);
}

static void it_wakes_when_somebody_ages(void **state)
{
	struct stations *s = stations_new(MAX, &key);
	struct mac mac = mac_of(1);
	mono due;

	stations_set_ageing(s, 9, AGEING_S * 1000);
	assert_int_equal(stations_turn(s, at_s(0)).ns, mono_never().ns);
	(void)stations_learn(s, 9, 1, &mac, at_s(0));
	due = stations_turn(s, stations_due(s));
	assert_int_equal(stations_due(s).ns, due.ns);
	assert_true(due.ns == at_s(AGEING_S).ns || stations_used(s) == 0);
	stations_free(s);
}

/* One host invents addresses at its port: stations of other ports stay. */
static void a_flood_pushes_out_only_its_own(void **state)
{
	struct stations *s = stations_new(MAX, &key);

	stations_set_ageing(s, 9, AGEING_S * 1000);
	for (uint32_t i = 0; i < 100; i++) {
		struct mac mac = mac_of(i);

		assert_int_equal(stations_learn(s, 9, 1, &mac, at_s(0)), STATIONS_NEW);
	}
	for (uint32_t i = 1000; i < 101000; i++) {
		struct mac mac = mac_of(i);

		(void)stations_learn(s, 9, 2, &mac, at_s(1));
	}
	assert_int_equal(stations_used(s), MAX);
	for (uint32_t i = 0; i < 100; i++) {
		struct mac mac = mac_of(i);

		assert_int_equal(stations_find(s, 9, &mac, at_s(1)), 1);
	}
	stations_forget(s, 2);
	assert_int_equal(stations_used(s), 100);
	stations_free(s);
}

struct known {
	bool is;
	iface_id bridge, port;
	uint64_t seen_s;
};

/* The table is never full here, so both must agree on everybody. */
static void the_same_as_a_plain_list(void **state)
{
	struct stations *s = stations_new(MAX, &key);
	static struct known list[2][100];
	uint64_t seed = 802, now_s = 0;

	memset(list, 0, sizeof list);
	stations_set_ageing(s, 8, AGEING_S * 1000);
	stations_set_ageing(s, 9, AGEING_S * 1000);
	for (int round = 0; round < 20000; round++) {
		uint8_t draw[4];
		struct known *known;
		struct mac mac;
		iface_id bridge, port;

		seeded_fill(&seed, draw, sizeof draw);
		bridge = (iface_id)(8 + draw[0] % 2);
		port = (iface_id)(1 + draw[1] % 2 + (bridge - 8) * 2);
		mac = mac_of(draw[2] % 100);
		known = &list[bridge - 8][draw[2] % 100];
		now_s += draw[3] % 8;
		if (draw[3] == 255) {
			stations_forget(s, port);
			for (unsigned i = 0; i < 100; i++)
				list[bridge - 8][i].is &= list[bridge - 8][i].port != port;
		} else if (draw[3] % 2 == 0) {
			(void)stations_learn(s, bridge, port, &mac, at_s(now_s));
			*known = (struct known){ true, bridge, port, now_s };
		} else {
			bool is = known->is && now_s - known->seen_s < AGEING_S;

			assert_int_equal(stations_find(s, bridge, &mac, at_s(now_s)),
			                 is ? known->port : IFACE_NONE);
		}
		if (draw[3] % 16 == 3)
			(void)stations_turn(s, at_s(now_s));
	}
	stations_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learnt_moved_and_aged),
		cmocka_unit_test(it_wakes_when_somebody_ages),
		cmocka_unit_test(a_flood_pushes_out_only_its_own),
		cmocka_unit_test(the_same_as_a_plain_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
