#include "wire/cmocka_all.h"

#include "wire/seeded.h"
#include "wire/udp_header.h"

/* A DNS question's header. */
static const uint8_t bytes[UDP_HEADER_BYTES] = { 0x9c, 0x40, 0x00, 0x35, 0x00, 0x1d, 0x12, 0x34 };

static void reads_the_header(void **state)
{
	struct reader r = reader_over(bytes, sizeof bytes);
	struct udp_header header;

	assert_true(udp_header_parse(&r, &header));
	assert_int_equal(header.sport, 40000);
	assert_int_equal(header.dport, 53);
	assert_int_equal(header.bytes, 29);
	assert_int_equal(header.checksum, 0x1234);
}

static void too_short_touches_nothing(void **state)
{
	for (size_t len = 0; len < UDP_HEADER_BYTES; len++) {
		struct reader r = reader_over(bytes, len);
		struct udp_header header = { .sport = 7 };

		assert_false(udp_header_parse(&r, &header));
		assert_int_equal(header.sport, 7);
	}
}

static void round_trip(void **state)
{
	uint64_t seed = 768;

	for (int round = 0; round < 1000; round++) {
		uint8_t random[UDP_HEADER_BYTES], built[UDP_HEADER_BYTES];
		struct udp_header header;

		seeded_fill(&seed, random, sizeof random);

		struct reader r = reader_over(random, sizeof random);
		struct writer w = writer_over(built, sizeof built);

		assert_true(udp_header_parse(&r, &header));
		udp_header_build(&w, &header);
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
