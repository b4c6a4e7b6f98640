#include "wire/cmocka_all.h"

#include "wire/frame_head.h"

/* VLAN 5, IPv4, TCP with 4 bytes of options from 192.0.2.1:4000 to 198.51.100.2:443. */
static const uint8_t tagged_tcp[] = {
	2,  0, 0, 0, 0, 1,  2, 0, 0,    0,   0, 2, 0x81, 0,   0,  5,   8, 0,    0x45, 0xb8, 0,
	44, 0, 1, 0, 0, 64, 6, 0, 0,    192, 0, 2, 1,    198, 51, 100, 2, 0x0f, 0xa0, 1,    0xbb,
	0,  0, 0, 1, 0, 0,  0, 0, 0x60, 2,   0, 0, 0,    0,   0,  0,   2, 4,    5,    0xb4
};

static void everything_of_a_tagged_segment(void **state)
{
	struct frame_head head = frame_head_read(tagged_tcp, sizeof tagged_tcp, false);

	assert_int_equal(head.dst.b[5], 1);
	assert_int_equal(head.src.b[5], 2);
	assert_int_equal(head.vlan, 5);
	assert_int_equal(head.type, 0x0800);
	assert_true(head.has_ip && head.has_ports);
	assert_int_equal(head.proto, 6);
	assert_int_equal(head.tos, 0xb8);
	assert_int_equal(head.ip_src.v, 0xc0000201);
	assert_int_equal(head.ip_dst.v, 0xc6336402);
	assert_int_equal(head.sport, 4000);
	assert_int_equal(head.dport, 443);
	assert_int_equal(head.header_bytes, 14 + 4 + 20 + 24);
}

/* Cut anywhere, it says what is there and no more. */
static void cut_anywhere(void **state)
{
	for (size_t len = 0; len <= sizeof tagged_tcp; len++) {
		uint8_t *bytes = test_malloc(len + 1);
		struct frame_head head;

		memcpy(bytes, tagged_tcp, len);
		head = frame_head_read(bytes, len, false);
		assert_true(head.header_bytes <= len);
		assert_int_equal(head.type, len < 14 ? 0 : len < 18 ? 0x8100 : 0x0800);
		assert_int_equal(head.vlan, len < 18 ? FRAME_NO_VLAN : 5);
		assert_int_equal(head.has_ip, len >= 38);
		assert_int_equal(head.has_ports, len >= 42);
		test_free(bytes);
	}
}

static void without_ethernet(void **state)
{
	struct frame_head head = frame_head_read(tagged_tcp + 18, sizeof tagged_tcp - 18, true);

	assert_true(head.has_ports);
	assert_int_equal(head.dport, 443);
	assert_int_equal(head.header_bytes, 44);
	assert_int_equal(head.vlan, FRAME_NO_VLAN);
}

/* A later fragment's bytes are not ports. */
static void a_fragment_has_no_ports(void **state)
{
	uint8_t bytes[sizeof tagged_tcp];

	memcpy(bytes, tagged_tcp, sizeof bytes);
	bytes[18 + 7] = 1;

	struct frame_head head = frame_head_read(bytes, sizeof bytes, false);

	assert_true(head.has_ip);
	assert_false(head.has_ports);
	assert_int_equal(head.header_bytes, 38);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_of_a_tagged_segment),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(without_ethernet),
		cmocka_unit_test(a_fragment_has_no_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
