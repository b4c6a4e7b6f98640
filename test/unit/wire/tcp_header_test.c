#include "wire/cmocka_all.h"

#include "wire/seeded.h"
#include "wire/tcp_header.h"

#define HEADER_BYTES_MAX 60

/* A SYN as Linux sends it: mss 1460, sack, timestamps, scale 7. */
static const uint8_t syn[40] = {
	0x9c, 0x40, 0x00, 0x50, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, /* ports, sequence */
	0x00, 0x00, 0xa0, 0x02, 0xfa, 0xf0, 0xbe, 0xef, 0x00, 0x00, /* offset, flags, window */
	0x02, 0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, 0x00, 0x00, /* options */
	0x10, 0x00, 0x00, 0x00, 0x20, 0x00, 0x01, 0x03, 0x03, 0x07,
};

static void reads_a_syn(void **state)
{
	struct reader r = reader_over(syn, sizeof syn);
	struct tcp_header header;

	assert_true(tcp_header_parse(&r, &header));
	assert_int_equal(header.sport, 40000);
	assert_int_equal(header.dport, 80);
	assert_int_equal(header.seq, 1);
	assert_int_equal(header.ack, 0);
	assert_int_equal(header.header_bytes, 40);
	assert_int_equal(header.flags, TCP_SYN);
	assert_int_equal(header.window, 64240);
	assert_int_equal(header.checksum, 0xbeef);
	assert_ptr_equal(header.options, syn + TCP_AT_OPTIONS);
	assert_int_equal(reader_left(&r), 0);
}

static void knows_a_syns_options(void **state)
{
	struct tcp_options options;

	tcp_options_parse(syn + TCP_AT_OPTIONS, 20, &options);
	assert_true(options.has_mss && options.has_window_scale);
	assert_true(options.sack_permitted && options.has_timestamps);
	assert_int_equal(options.mss, 1460);
	assert_int_equal(options.window_scale, 7);
	assert_int_equal(options.timestamp, 0x1000);
	assert_int_equal(options.timestamp_echo, 0x2000);
}

static void offset_against_bytes(void **state)
{
	for (unsigned words = 0; words < 16; words++) {
		for (size_t len = 0; len <= HEADER_BYTES_MAX; len++) {
			uint8_t bytes[HEADER_BYTES_MAX] = { 0 };
			struct reader r = reader_over(bytes, len);
			struct tcp_header header = { .window = 99 };
			bool good = words >= 5 && len >= words * 4;

			bytes[TCP_AT_OFFSET] = (uint8_t)(words << 4);
			assert_int_equal(tcp_header_parse(&r, &header), good);
			assert_int_equal(header.window, good ? 0 : 99);
			if (good)
				assert_int_equal(reader_left(&r), len - words * 4);
		}
	}
}

static void round_trip(void **state)
{
	uint64_t seed = 9293;

	for (int round = 0; round < 1000; round++) {
		uint8_t random[HEADER_BYTES_MAX], built[TCP_HEADER_BYTES];
		struct tcp_header header;

		seeded_fill(&seed, random, sizeof random);
		/* The reserved bits are sent as zero (RFC 9293, 3.1). */
		random[TCP_AT_OFFSET] = (uint8_t)((5 + seeded_below(&seed, 11)) << 4);

		struct reader r = reader_over(random, sizeof random);
		struct writer w = writer_over(built, sizeof built);

		assert_true(tcp_header_parse(&r, &header));
		tcp_header_build(&w, &header);
		assert_false(w.failed);
		assert_memory_equal(built, random, sizeof built);
	}
}

static void skips_padding_and_stops_at_the_end(void **state)
{
	static const uint8_t list[] = { 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 9, 1, 0, 2, 4 };
	struct reader r = reader_over(list, sizeof list);
	struct tcp_option option;
	bool bad = true;

	assert_true(tcp_option_next(&r, &option, &bad));
	assert_int_equal(option.kind, TCP_OPTION_SACK);
	assert_int_equal(option.len, 10);
	assert_ptr_equal(option.bytes, list + 2);
	assert_false(tcp_option_next(&r, &option, &bad)); /* the MSS stands after the end */
	assert_false(bad);
}

static void bad_lengths_end_the_list(void **state)
{
	static const uint8_t lists[][8] = {
		{ 2, 4, 5, 180, 3, 0, 7, 0 }, /* length 0 would never end */
		{ 2, 4, 5, 180, 3, 1, 7, 0 }, /* shorter than itself */
		{ 2, 4, 5, 180, 3, 5, 7, 0 }, /* past the end */
		{ 2, 4, 5, 180, 1, 1, 1, 3 }, /* no length byte */
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct reader r = reader_over(lists[i], 8);
		struct tcp_options options;
		struct tcp_option option;
		bool bad;

		assert_true(tcp_option_next(&r, &option, &bad));
		assert_false(bad);
		assert_false(tcp_option_next(&r, &option, &bad));
		assert_true(bad);
		/* What came before counts all the same. */
		tcp_options_parse(lists[i], 8, &options);
		assert_true(options.has_mss);
		assert_int_equal(options.mss, 1460);
		assert_false(options.has_window_scale);
	}
}

static void wrong_lengths_of_known_kinds_are_ignored(void **state)
{
	static const uint8_t list[] = { 2, 3, 5, 3, 4, 7, 7, 4, 3, 0, 8, 4, 0, 0 };
	struct tcp_options options;

	tcp_options_parse(list, sizeof list, &options);
	assert_false(options.has_mss);
	assert_false(options.has_window_scale);
	assert_false(options.sack_permitted);
	assert_false(options.has_timestamps);
}

static void a_scale_over_14_is_14(void **state) /* RFC 7323, 2.3 */
{
	for (unsigned scale = 0; scale < 256; scale++) {
		uint8_t list[] = { 3, 3, (uint8_t)scale, 0 };
		struct tcp_options options;

		tcp_options_parse(list, sizeof list, &options);
		assert_true(options.has_window_scale);
		assert_int_equal(options.window_scale, scale > 14 ? 14 : scale);
	}
}

static void no_options(void **state)
{
	struct tcp_options options = { .mss = 9 };

	tcp_options_parse(NULL, 0, &options);
	assert_int_equal(options.mss, 0);
	assert_false(options.has_mss);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_syn),
		cmocka_unit_test(knows_a_syns_options),
		cmocka_unit_test(offset_against_bytes),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(skips_padding_and_stops_at_the_end),
		cmocka_unit_test(bad_lengths_end_the_list),
		cmocka_unit_test(wrong_lengths_of_known_kinds_are_ignored),
		cmocka_unit_test(a_scale_over_14_is_14),
		cmocka_unit_test(no_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
