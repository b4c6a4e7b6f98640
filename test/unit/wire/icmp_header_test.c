#include "wire/cmocka_all.h"

#include "wire/checksum.h"
#include "wire/icmp_header.h"
#include "wire/seeded.h"

/* An echo, identifier 1, sequence 9, no data. */
static const uint8_t echo[ICMP_HEADER_BYTES] = { 8, 0, 0xf7, 0xf5, 0, 1, 0, 9 };

static void reads_an_echo(void **state)
{
	struct reader r = reader_over(echo, sizeof echo);
	struct icmp_header header;

	assert_true(icmp_header_parse(&r, &header));
	assert_int_equal(header.type, ICMP_ECHO);
	assert_int_equal(header.code, 0);
	assert_int_equal(header.id, 1);
	assert_int_equal(header.sequence, 9);
	assert_int_equal(checksum(echo, sizeof echo), 0);
}

/* The offsets are where the fields stand, and an answer's checksum follows from the question's. */
static void answered_in_place(void **state)
{
	uint8_t reply[sizeof echo];

	memcpy(reply, echo, sizeof echo);
	reply[ICMP_AT_TYPE] = ICMP_ECHO_REPLY;
	wire_put16(reply + ICMP_AT_CHECKSUM,
	           checksum_replace16(wire_get16(echo + ICMP_AT_CHECKSUM), 0x0800, 0x0000));
	assert_int_equal(checksum(reply, sizeof reply), 0);
	assert_int_equal(wire_get16(reply + ICMP_AT_ID), 1);
}

static void too_short_touches_nothing(void **state)
{
	for (size_t len = 0; len < ICMP_HEADER_BYTES; len++) {
		struct reader r = reader_over(echo, len);
		struct icmp_header header = { .type = 77 };

		assert_false(icmp_header_parse(&r, &header));
		assert_int_equal(header.type, 77);
	}
}

static void round_trip(void **state)
{
	uint64_t seed = 792;

	for (int round = 0; round < 1000; round++) {
		uint8_t random[ICMP_HEADER_BYTES], built[ICMP_HEADER_BYTES];
		struct icmp_header header;

		seeded_fill(&seed, random, sizeof random);

		struct reader r = reader_over(random, sizeof random);
		struct writer w = writer_over(built, sizeof built);

		assert_true(icmp_header_parse(&r, &header));
		icmp_header_build(&w, &header);
		assert_false(w.failed);
		assert_memory_equal(built, random, sizeof random);
	}
}

static void no_type_is_error_and_query(void **state)
{
	int errors = 0, queries = 0;

	for (int type = 0; type < 256; type++) {
		assert_false(icmp_is_error((uint8_t)type) && icmp_is_query((uint8_t)type));
		errors += icmp_is_error((uint8_t)type);
		queries += icmp_is_query((uint8_t)type);
	}
	assert_int_equal(errors, 5); /* RFC 1122, 3.2.2 lists them */
	assert_int_equal(queries, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_an_echo),
		cmocka_unit_test(answered_in_place),
		cmocka_unit_test(too_short_touches_nothing),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(no_type_is_error_and_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
