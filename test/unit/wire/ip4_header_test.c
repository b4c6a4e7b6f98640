#include "wire/cmocka_all.h"

#include "wire/ip4_header.h"
#include "wire/seeded.h"

/* UDP from 192.168.0.1 to 192.168.0.199, 115 bytes, don't fragment. */
static const uint8_t bytes[IP4_HEADER_BYTES] = { 0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40,
	                                         0x00, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8,
	                                         0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7 };

static void reads_the_header(void **state)
{
	struct reader r = reader_over(bytes, sizeof bytes);
	struct ip4_header header;

	assert_true(ip4_header_parse(&r, &header));
	assert_int_equal(header.version, 4);
	assert_int_equal(header.header_bytes, 20);
	assert_int_equal(header.total_bytes, 115);
	assert_int_equal(header.fragment, IP4_DONT_FRAGMENT);
	assert_int_equal(header.ttl, 64);
	assert_int_equal(header.proto, 17);
	assert_int_equal(header.checksum, 0xb861);
	assert_true(header.src.v == 0xc0a80001 && header.dst.v == 0xc0a800c7);
	assert_int_equal(reader_left(&r), 0);
	assert_true(ip4_header_checksum_ok(bytes, sizeof bytes));
}

static void one_bit_breaks_the_checksum(void **state)
{
	for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
		uint8_t broken[sizeof bytes];

		memcpy(broken, bytes, sizeof bytes);
		broken[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(ip4_header_checksum_ok(broken, sizeof broken));
	}
}

static void building_computes_the_checksum(void **state)
{
	struct reader r = reader_over(bytes, sizeof bytes);
	uint8_t built[IP4_HEADER_BYTES];
	struct writer w = writer_over(built, sizeof built);
	struct ip4_header header;

	assert_true(ip4_header_parse(&r, &header));
	header.checksum = 0xdead; /* is not looked at */
	ip4_header_build(&w, &header);
	assert_false(w.failed);
	assert_memory_equal(built, bytes, sizeof bytes);
}

static void building_without_room_writes_no_checksum(void **state)
{
	struct ip4_header header = { .ttl = 1 };

	for (size_t len = 0; len < IP4_HEADER_BYTES; len++) {
		uint8_t built[IP4_HEADER_BYTES] = { 0 };
		struct writer w = writer_over(built, len);

		ip4_header_build(&w, &header);
		assert_true(w.failed);
		assert_int_equal(wire_get16(built + IP4_AT_CHECKSUM), 0);
	}
}

static void round_trip(void **state)
{
	uint64_t seed = 791;

	for (int round = 0; round < 1000; round++) {
		uint8_t random[IP4_HEADER_BYTES], built[IP4_HEADER_BYTES];
		struct ip4_header header;

		seeded_fill(&seed, random, sizeof random);
		random[0] = 0x45;

		struct reader r = reader_over(random, sizeof random);
		struct writer w = writer_over(built, sizeof built);

		assert_true(ip4_header_parse(&r, &header));
		ip4_header_build(&w, &header);
		assert_true(ip4_header_checksum_ok(built, sizeof built));
		wire_put16(built + IP4_AT_CHECKSUM, header.checksum);
		assert_memory_equal(built, random, sizeof random);
	}
}

/* Every header length with every number of bytes: good only from 5 words, and when all are there.
 */
static void header_length_against_bytes(void **state)
{
	for (unsigned words = 0; words < 16; words++) {
		for (size_t len = 0; len <= IP4_HEADER_BYTES_MAX; len++) {
			uint8_t header_bytes[IP4_HEADER_BYTES_MAX] = { (uint8_t)(0x40 | words) };
			struct reader r = reader_over(header_bytes, len);
			struct ip4_header header = { .ttl = 99 };
			bool good = words >= 5 && len >= words * 4;

			assert_int_equal(ip4_header_parse(&r, &header), good);
			assert_int_equal(header.ttl, good ? 0 : 99);
			if (good)
				assert_int_equal(reader_left(&r), len - words * 4);
		}
	}
}

static void walks_options(void **state)
{
	/* NOP, loose source route with one address, NOP, router alert, end, and padding. */
	static const uint8_t list[] = { 1, 131, 7, 4, 192, 0, 2, 1, 1, 148, 4, 0, 0, 0, 9, 9 };
	struct reader r = reader_over(list, sizeof list);
	struct ip4_option option;
	bool bad = true;

	assert_true(ip4_option_next(&r, &option, &bad));
	assert_int_equal(option.type, IP4_OPTION_LSRR);
	assert_int_equal(option.len, 7);
	assert_ptr_equal(option.bytes, list + 1);
	assert_true(ip4_option_next(&r, &option, &bad));
	assert_int_equal(option.type, 148);
	assert_false(ip4_option_next(&r, &option, &bad));
	assert_false(bad);
	assert_false(ip4_option_next(&r, &option, &bad));
	assert_false(bad);
}

static void bad_option_lengths(void **state)
{
	static const struct {
		uint8_t bytes[4];
		size_t len;
	} lists[] = {
		{ { 131 }, 1 },            /* no length at all */
		{ { 131, 0, 0, 0 }, 4 },   /* would never end */
		{ { 131, 1, 0, 0 }, 4 },   /* shorter than itself */
		{ { 131, 5, 0, 0 }, 4 },   /* longer than the list */
		{ { 1, 131, 255, 0 }, 4 }, /* much longer */
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct reader r = reader_over(lists[i].bytes, lists[i].len);
		struct ip4_option option = { .type = 42 };
		bool bad = false;

		assert_false(ip4_option_next(&r, &option, &bad));
		assert_true(bad);
		assert_int_equal(option.type, 42);
		bad = false;
		assert_false(ip4_option_next(&r, &option, &bad)); /* and it stays so */
		assert_true(bad);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_header),
		cmocka_unit_test(one_bit_breaks_the_checksum),
		cmocka_unit_test(building_computes_the_checksum),
		cmocka_unit_test(building_without_room_writes_no_checksum),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(header_length_against_bytes),
		cmocka_unit_test(walks_options),
		cmocka_unit_test(bad_option_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
