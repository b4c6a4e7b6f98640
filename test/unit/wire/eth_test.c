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

static void a_tag_and_what_it_holds(void **state)
{
	static const uint8_t tagged[] = { 0xb0, 0x64, 0x08, 0x00 };
	struct reader r = reader_over(tagged, sizeof tagged);
	struct eth_tag tag = { 0 };
	uint8_t built[ETH_TAG_BYTES];
	struct writer w = writer_over(built, sizeof built);

	assert_true(eth_type_is_tag(ETH_TYPE_VLAN) && eth_type_is_tag(ETH_TYPE_SVLAN));
	assert_false(eth_type_is_tag(ETH_TYPE_IP4));
	assert_true(eth_tag_parse(&r, &tag));
	assert_int_equal(tag.priority, 5);
	assert_true(tag.drop_eligible);
	assert_int_equal(tag.id, 100);
	assert_int_equal(tag.type, ETH_TYPE_IP4);
	eth_tag_build(&w, &tag);
	assert_memory_equal(built, tagged, sizeof tagged);
	for (size_t len = 0; len < ETH_TAG_BYTES; len++) {
		r = reader_over(tagged, len);
		assert_false(eth_tag_parse(&r, &tag));
		assert_int_equal(tag.id, 100);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_header),
		cmocka_unit_test(too_short_touches_nothing),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(a_tag_and_what_it_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
