#include "wire/cmocka_all.h"

#include "wire/checksum.h"
#include "wire/cursor.h"
#include "wire/seeded.h"

#define ROUNDS 2000

/* RFC 1071, 4.1, word by word as it is written there. */
static uint32_t naive_sum(const uint8_t *bytes, size_t len)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += (uint64_t)bytes[i] << (i % 2 == 0 ? 8 : 0);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)sum;
}

static void rfc1071_example(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

	assert_int_equal(sum_fold(sum_bytes(0, bytes, sizeof bytes)), 0xddf2); /* RFC 1071, 3 */
	assert_int_equal(checksum(bytes, sizeof bytes), 0x220d);
}

static void rfc1624_example(void **state)
{
	/* RFC 1624, 4: eqn. 3 gives 0x0000 where RFC 1141's gave 0xffff. */
	assert_int_equal(checksum_replace16(0xdd2f, 0x5555, 0x3285), 0x0000);
}

static void known_header(void **state)
{
	static const uint8_t header[] = { 0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40,
		                          0x00, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8,
		                          0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7 };

	assert_int_equal(checksum(header, sizeof header), 0);
}

static void nothing_sums_to_nothing(void **state)
{
	assert_int_equal(checksum(NULL, 0), 0xffff);
	assert_int_equal(sum_fold(sum_bytes(0x12345, NULL, 0)), 0x2346);
}

static void all_ones_and_all_zeroes(void **state)
{
	uint8_t bytes[300];

	/* Ones' complement has two zeroes: a sum is +0 only when every word is. */
	for (size_t len = 0; len <= sizeof bytes; len++) {
		memset(bytes, 0, sizeof bytes);
		assert_int_equal(sum_fold(sum_bytes(0, bytes, len)), 0);
		memset(bytes, 0xff, sizeof bytes);
		assert_int_equal(sum_fold(sum_bytes(0, bytes, len)), naive_sum(bytes, len));
	}
}

static void equals_the_naive_sum(void **state)
{
	uint64_t seed = 1071;
	uint8_t bytes[2000];

	for (int round = 0; round < ROUNDS; round++) {
		size_t start = seeded_below(&seed, 16);
		size_t len = seeded_below(&seed, sizeof bytes - 16);

		seeded_fill(&seed, bytes, sizeof bytes);
		assert_int_equal(sum_fold(sum_bytes(0, bytes + start, len)),
		                 naive_sum(bytes + start, len));
	}
}

/* A segment for offloading is 64 KiB: every word's carry counts. */
static void the_longest_packet(void **state)
{
	static const uint8_t ones[65535] = { [0 ... 65534] = 0xff };

	assert_int_equal(sum_fold(sum_bytes(0, ones, sizeof ones)), naive_sum(ones, sizeof ones));
	assert_int_equal(sum_fold(sum_bytes(UINT32_MAX, ones, 65534)), 0xffff);
}

static void pieces_add_up(void **state)
{
	uint64_t seed = 1624;
	uint8_t bytes[512];

	for (int round = 0; round < ROUNDS; round++) {
		size_t len = seeded_below(&seed, sizeof bytes);
		size_t cut = seeded_below(&seed, (uint32_t)len / 2 + 1) * 2;

		seeded_fill(&seed, bytes, sizeof bytes);

		uint32_t sum = sum_bytes(sum_bytes(0, bytes, cut), bytes + cut, len - cut);

		assert_int_equal(sum_fold(sum), naive_sum(bytes, len));
	}
}

static void pseudo_header_as_bytes(void **state)
{
	uint64_t seed = 768;

	for (int round = 0; round < ROUNDS; round++) {
		uint8_t bytes[12];

		seeded_fill(&seed, bytes, sizeof bytes);
		bytes[8] = 0;

		uint32_t sum =
			sum_pseudo((ip4){ wire_get32(bytes) }, (ip4){ wire_get32(bytes + 4) },
		                   bytes[9], wire_get16(bytes + 10));

		assert_int_equal(sum_fold(sum), naive_sum(bytes, sizeof bytes));
	}
}

/* A UDP datagram of 192.168.0.1 to 192.168.0.2, ports 1025 and 53, 3 bytes: summed by hand. */
static void udp_with_an_odd_byte(void **state)
{
	static const uint8_t udp[] = {
		0x04, 0x01, 0x00, 0x35, 0x00, 0x0b, 0x00, 0x00, 'a', 'b', 'c'
	};
	uint32_t sum = sum_pseudo((ip4){ 0xc0a80001 }, (ip4){ 0xc0a80002 }, 17, sizeof udp);

	/* c0a8 + 0001 + c0a8 + 0002 + 0011 + 000b (pseudo-header), 0401 + 0035 + 000b + 6162 +
	 * 6300 (datagram): 24a12, folded 4a14. */
	assert_int_equal(sum_finish(sum_bytes(sum, udp, sizeof udp)), 0xb5eb);
}

static void replacing_equals_summing(void **state)
{
	uint64_t seed = 3022;
	uint8_t bytes[64];

	for (int round = 0; round < ROUNDS; round++) {
		size_t len = 4 + seeded_below(&seed, sizeof bytes - 3);
		size_t at = seeded_below(&seed, (uint32_t)(len - 2) / 2) * 2;
		uint32_t new32 = (uint32_t)seeded_next(&seed);

		seeded_fill(&seed, bytes, sizeof bytes);

		uint16_t field = checksum(bytes, len);

		field = checksum_replace32(field, wire_get32(bytes + at), new32);
		wire_put32(bytes + at, new32);
		assert_int_equal(field, checksum(bytes, len));
		field = checksum_replace16(field, wire_get16(bytes + at), (uint16_t)round);
		wire_put16(bytes + at, (uint16_t)round);
		assert_int_equal(field, checksum(bytes, len));
	}
}

/* Values at the edges, where the two zeroes of ones' complement meet. */
static void replacing_at_the_edges(void **state)
{
	static const uint16_t edges[] = { 0x0000, 0x0001, 0x7fff, 0x8000, 0xfffe, 0xffff };

	for (size_t i = 0; i < 6 * 6 * 6; i++) {
		uint8_t bytes[6] = { 0x45 }; /* a first word that is not zero, as in any header */

		wire_put16(bytes + 2, edges[i % 6]);
		wire_put16(bytes + 4, edges[i / 6 % 6]);

		uint16_t field = checksum(bytes, sizeof bytes);
		uint16_t new = edges[i / 36];

		field = checksum_replace16(field, wire_get16(bytes + 2), new);
		wire_put16(bytes + 2, new);
		assert_int_equal(field, checksum(bytes, sizeof bytes));
	}
}

/* A card finishes a partial checksum by adding the segment to what stands in the field. */
static uint16_t card_finishes(uint16_t partial, const uint8_t *segment, size_t len)
{
	return sum_finish(sum_bytes(partial, segment, len));
}

static void partial_sums_follow_addresses(void **state)
{
	uint64_t seed = 11;
	uint8_t segment[101];

	for (int round = 0; round < ROUNDS; round++) {
		uint16_t len = (uint16_t)(20 + seeded_below(&seed, sizeof segment - 19));
		ip4 src = { (uint32_t)seeded_next(&seed) };
		ip4 dst = { (uint32_t)seeded_next(&seed) };
		ip4 new = { (uint32_t)seeded_next(&seed) };

		seeded_fill(&seed, segment, sizeof segment);

		uint16_t partial = sum_fold(sum_pseudo(src, dst, 6, len));

		partial = partial_replace32(partial, src.v, new.v);
		assert_int_equal(partial, sum_fold(sum_pseudo(new, dst, 6, len)));
		assert_int_equal(card_finishes(partial, segment, len),
		                 sum_finish(sum_bytes(sum_pseudo(new, dst, 6, len), segment, len)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc1071_example),
		cmocka_unit_test(rfc1624_example),
		cmocka_unit_test(known_header),
		cmocka_unit_test(nothing_sums_to_nothing),
		cmocka_unit_test(all_ones_and_all_zeroes),
		cmocka_unit_test(equals_the_naive_sum),
		cmocka_unit_test(the_longest_packet),
		cmocka_unit_test(pieces_add_up),
		cmocka_unit_test(pseudo_header_as_bytes),
		cmocka_unit_test(udp_with_an_odd_byte),
		cmocka_unit_test(replacing_equals_summing),
		cmocka_unit_test(replacing_at_the_edges),
		cmocka_unit_test(partial_sums_follow_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
