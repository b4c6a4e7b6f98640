#include "wire/cmocka_all.h"

#include "wire/arp.h"
#include "wire/seeded.h"

/* 02:00:00:00:00:02 (192.168.88.2) asks for 192.168.88.1. */
static const uint8_t request[ARP_BYTES] = { 0,   1,   8,  0, 6, 4, 0, 1, 2, 0, 0,   0,   0,  2,
	                                    192, 168, 88, 2, 0, 0, 0, 0, 0, 0, 192, 168, 88, 1 };

static void reads_a_request(void **state)
{
	struct reader r = reader_over(request, sizeof request);
	struct arp arp;

	assert_true(arp_parse(&r, &arp));
	assert_int_equal(arp.operation, ARP_REQUEST);
	assert_int_equal(arp.sender_mac.b[5], 2);
	assert_true(arp.sender_ip.v == 0xc0a85802);
	assert_int_equal(arp.target_mac.b[0], 0);
	assert_true(arp.target_ip.v == 0xc0a85801);
}

static void padding_is_left_alone(void **state)
{
	uint8_t padded[46] = { 0 };
	struct reader r = reader_over(padded, sizeof padded);
	struct arp arp;

	memcpy(padded, request, sizeof request);
	assert_true(arp_parse(&r, &arp));
	assert_int_equal(reader_left(&r), sizeof padded - ARP_BYTES);
}

/* Each of the first six bytes says "Ethernet and IPv4"; with any of them changed it is not. */
static void refuses_other_hardware_and_protocols(void **state)
{
	for (size_t i = 0; i < 6; i++) {
		uint8_t other[ARP_BYTES];
		struct reader r = reader_over(other, sizeof other);
		struct arp arp = { .operation = 77 };

		memcpy(other, request, sizeof other);
		other[i] ^= 0x10;
		assert_false(arp_parse(&r, &arp));
		assert_int_equal(arp.operation, 77);
	}
}

static void refuses_what_is_cut(void **state)
{
	for (size_t len = 0; len < ARP_BYTES; len++) {
		struct reader r = reader_over(request, len);
		struct arp arp;

		assert_false(arp_parse(&r, &arp));
	}
}

static void round_trip(void **state)
{
	uint64_t seed = 826;

	for (int round = 0; round < 1000; round++) {
		uint8_t random[ARP_BYTES], built[ARP_BYTES];
		struct arp arp;

		seeded_fill(&seed, random, sizeof random);
		memcpy(random, request, 6);

		struct reader r = reader_over(random, sizeof random);
		struct writer w = writer_over(built, sizeof built);

		assert_true(arp_parse(&r, &arp));
		arp_build(&w, &arp);
		assert_false(w.failed);
		assert_memory_equal(built, random, sizeof random);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_request),
		cmocka_unit_test(padding_is_left_alone),
		cmocka_unit_test(refuses_other_hardware_and_protocols),
		cmocka_unit_test(refuses_what_is_cut),
		cmocka_unit_test(round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
