#include "unit.h"

#include "tcp/prr.h"

#define MSS 1000U

/* A recovery in which every answer says that one more segment has arrived: sends what it may, and
 * returns what is in flight at its end. */
static uint32_t repair(uint32_t flight, uint32_t lost, uint32_t threshold, uint32_t *ret_sent)
{
	struct prr prr;
	uint32_t pipe = flight - lost;

	*ret_sent = 0;
	prr_start(&prr, flight);
	for (uint32_t arrived = 0; arrived < flight - lost; arrived += MSS) {
		struct prr_ack ack = { .delivered_bytes = MSS,
			               .threshold_bytes = threshold,
			               .mss_bytes = MSS };
		uint32_t window;

		pipe -= MSS;
		ack.in_flight_bytes = pipe;
		window = prr_acked(&prr, &ack);
		while (pipe + MSS <= window) {
			prr_sent(&prr, MSS);
			pipe += MSS;
			*ret_sent += MSS;
		}
	}
	return pipe;
}

/* RFC 9937, 6.2: with little lost, the window comes down evenly to the threshold. */
static void test_proportional(void **state)
{
	uint32_t sent, pipe = repair(100 * MSS, 1 * MSS, 70 * MSS, &sent);

	assert_in_range(pipe, 68 * MSS, 70 * MSS);
	assert_in_range(sent, 67 * MSS, 71 * MSS);
}

/* With so much lost that less is in flight than the threshold, it does not burst: as much as
 * arrives. */
static void test_reduction_bound(void **state)
{
	uint32_t sent, pipe = repair(100 * MSS, 60 * MSS, 70 * MSS, &sent);

	assert_in_range(pipe, 38 * MSS, 42 * MSS);
	assert_in_range(sent, 38 * MSS, 42 * MSS);
}

/* As long as it goes well (SafeACK), a segment more each time: slow start. */
static void test_safe(void **state)
{
	struct prr prr;
	struct prr_ack ack = { .delivered_bytes = MSS,
		               .in_flight_bytes = 10 * MSS,
		               .threshold_bytes = 70 * MSS,
		               .mss_bytes = MSS,
		               .is_safe = true };

	prr_start(&prr, 100 * MSS);
	assert_int_equal(prr_acked(&prr, &ack), 12 * MSS);
	ack.is_safe = false;
	prr_sent(&prr, 2 * MSS);
	assert_int_equal(prr_acked(&prr, &ack), 11 * MSS);
	ack.in_flight_bytes = 70 * MSS - 100; /* never beyond the threshold */
	ack.is_safe = true;
	assert_int_equal(prr_acked(&prr, &ack), 70 * MSS);
}

/* The first segment goes at once, even if nothing may. */
static void test_first(void **state)
{
	struct prr prr;
	struct prr_ack ack = { .in_flight_bytes = 90 * MSS,
		               .threshold_bytes = 50 * MSS,
		               .mss_bytes = MSS };

	prr_start(&prr, 100 * MSS);
	assert_int_equal(prr_acked(&prr, &ack), 91 * MSS);
	prr_sent(&prr, MSS);
	assert_int_equal(prr_acked(&prr, &ack), 90 * MSS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proportional),
		cmocka_unit_test(test_reduction_bound),
		cmocka_unit_test(test_safe),
		cmocka_unit_test(test_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
