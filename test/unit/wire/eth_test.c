#include "wire/cmocka_all.h"

#include "wire/eth.h"
#include "wire/seeded.h"

static const uint8_t bytes[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02,
	                         0x00, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06 };

static void reads_the_header(void **state)
{
	struct reader r = reader_over(bytes, sizeof bytes);
	struct eth_header header;

	assert_true(eth_parse(&r, &header));
	assert_true(mac_is_multicast(&header.dst));
	assert_int_equal(header.src.b[0], 0x02);
	assert_int_equal(header.src.b[5], 0x01);
	assert_int_equal(header.type, ETH_TYPE_ARP);
	assert_int_equal(reader_left(&r), 0);
}

static void too_short_touches_nothing(void **state)
{
	for (size_t len = 0; len < ETH_HEADER_BYTES; len++) {
		struct reader r = reader_over(bytes, len);
		struct eth_header header = { .type = 0x1234 };

		assert_false(eth_parse(&r, &header));
		assert_int_equal(header.type, 0x1234);
	}
}

static void round_trip(void **state)
{
	uint64_t seed = 8023;

	for (int round = 0; round < 1000; round++) {
		uint8_t random[ETH_HEADER_BYTES], built[ETH_HEADER_BYTES];
		struct eth_header header;

		seeded_fill(&seed, random, sizeof random);

		struct reader r = reader_over(random, sizeof random);
		struct writer w = writer_over(built, sizeof built);

		assert_true(eth_parse(&r, &header));
		eth_build(&w, &header);
		assert_false(w.failed);
		assert_memory_equal(built, random, sizeof random);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_header),
		cmocka_unit_test(too_short_touches_nothing),
		cmocka_unit_test(round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
