#include "unit.h"

#include "lib/ip.h"
#include "lib/must.h"
#include "lib/text.h"
#include "seeded.h"

static const char *const bad_addrs[] = {
	"",
	".",
	"1",
	"1.2",
	"1.2.3",
	"1.2.3.",
	"1.2.3.4.",
	".1.2.3.4",
	"1.2.3.4.5",
	"1..3.4",
	"256.0.0.1",
	"1.2.3.256",
	"1.2.3.999",
	"01.2.3.4",
	"1.2.3.00",
	"1.2.3.04",
	"1.2.3.0004",
	" 1.2.3.4",
	"1.2.3.4 ",
	"1.2.3.-4",
	"+1.2.3.4",
	"0x1.2.3.4",
	"1.2.3.4a",
	"a.b.c.d",
	"1,2,3,4",
	"1.2.3.4/24",
	"::1",
	"1.2.3.4\n",
	"1.2.3.1e1",
	"4294967296",
	"1.2.3.٣",
	"1.2.3.4%eth",
	"1 .2.3.4",
	"1.2.3.4.0",
	"99999999999",
	"....",
	"1.2.3.18446744073709551617",
};

static const struct {
	const char *text;
	uint32_t addr;
} good_addrs[] = {
	{ "0.0.0.0", 0 },
	{ "255.255.255.255", 0xffffffff },
	{ "192.168.88.1", 0xc0a85801 },
	{ "10.0.0.10", 0x0a00000a },
	{ "100.64.200.9", 0x6440c809 },
	{ "1.2.3.4", 0x01020304 },
};

static void good_addresses_are_read(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(good_addrs); i++) {
		ip4 addr = { 42 };

		assert_true(ip4_parse(good_addrs[i].text, strlen(good_addrs[i].text), &addr));
		assert_int_equal(addr.v, good_addrs[i].addr);
	}
}

static void bad_addresses_are_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(bad_addrs); i++) {
		ip4 addr = { 42 };

		if (ip4_parse(bad_addrs[i], strlen(bad_addrs[i]), &addr))
			fail_msg("'%s' was taken for an address", bad_addrs[i]);
		assert_int_equal(addr.v, 42); /* results are untouched on failure */
	}
	ip4 addr;

	assert_false(ip4_parse("1.2.3.4\0"
	                       "5",
	                       9, &addr));
}

/* The length counts, not a terminator. */
static void only_the_given_bytes_are_read(void **state)
{
	char text[] = { '1', '.', '2', '.', '3', '.', '4', '5' };
	ip4 addr;

	assert_true(ip4_parse(text, 7, &addr));
	assert_int_equal(addr.v, 0x01020304);
	assert_true(ip4_parse(text, 8, &addr));
	assert_int_equal(addr.v, 0x0102032d);
	assert_false(ip4_parse(text, 6, &addr));
	assert_false(ip4_parse(text, 0, &addr));
}

static void printed_addresses_read_back(void **state)
{
	struct seeded seeded = seeded_make(3);

	for (int i = 0; i < 5000; i++) {
		ip4 addr = { (uint32_t)seeded_next(&seeded) }, back;
		char buffer[IP4_TEXT_BYTES];

		assert_ptr_equal(ip4_str(addr, buffer), buffer);
		assert_true(ip4_parse(buffer, strlen(buffer), &back));
		assert_true(ip4_equal(addr, back));
	}
}

/* Random changes to a good address: what is accepted must print as it was typed. */
static void what_is_accepted_prints_the_same(void **state)
{
	static const char letters[] = "0123456789..  /-+ax";
	struct seeded seeded = seeded_make(4);
	unsigned taken = 0;

	for (int i = 0; i < 50000; i++) {
		char text[] = "192.168.88.1", buffer[IP4_TEXT_BYTES];
		ip4 addr;

		for (int change = 0; change < 2; change++) {
			size_t at = seeded_next(&seeded) % (sizeof text - 1);

			text[at] = letters[seeded_next(&seeded) % (sizeof letters - 1)];
		}
		if (!ip4_parse(text, sizeof text - 1, &addr))
			continue;
		taken++;
		assert_string_equal(ip4_str(addr, buffer), text);
	}
	assert_in_range(taken, 1000, 49000);
}

static const struct {
	const char *text;
	uint32_t addr;
	int bits; /* -1: refused */
} prefixes[] = {
	{ "192.168.88.1/24", 0xc0a85801, 24 },
	{ "192.168.88.1", 0xc0a85801, 32 },
	{ "0.0.0.0/0", 0, 0 },
	{ "10.0.0.0/8", 0x0a000000, 8 },
	{ "10.0.0.0/32", 0x0a000000, 32 },
	{ "10.0.0.0/255.0.0.0", 0x0a000000, 8 },
	{ "10.0.0.0/255.255.255.252", 0x0a000000, 30 },
	{ "10.0.0.0/0.0.0.0", 0x0a000000, 0 },
	{ "10.0.0.0/255.255.255.255", 0x0a000000, 32 },
	{ "10.0.0.0/33", 0, -1 },
	{ "10.0.0.0/", 0, -1 },
	{ "10.0.0.0/-1", 0, -1 },
	{ "10.0.0.0/08", 0, -1 },
	{ "10.0.0.0/00", 0, -1 },
	{ "10.0.0.0/024", 0, -1 },
	{ "10.0.0.0/8 ", 0, -1 },
	{ "10.0.0.0/8/8", 0, -1 },
	{ "10.0.0.0/255.0.255.0", 0, -1 },
	{ "10.0.0.0/0.0.0.255", 0, -1 },
	{ "10.0.0.0/255.255.255", 0, -1 },
	{ "10.0.0/8", 0, -1 },
	{ "/8", 0, -1 },
	{ "", 0, -1 },
	{ "10.0.0.0/4294967304", 0, -1 },
};

static void prefixes_are_read_or_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		const char *text = prefixes[i].text;
		struct ip_prefix prefix = { .bits = 99 };
		bool good = ip_prefix_parse(text, strlen(text), &prefix);

		if (good != (prefixes[i].bits >= 0))
			fail_msg("'%s' was %s", text, good ? "taken" : "refused");
		assert_int_equal(prefix.bits, good ? prefixes[i].bits : 99);
		if (good) {
			assert_int_equal(prefix.addr.family, IP_V4);
			assert_int_equal(prefix.addr.v4.v, prefixes[i].addr);
		}
	}
}

static void masks_and_bits_agree(void **state)
{
	for (unsigned bits = 0; bits <= 32; bits++) {
		ip4 mask = ip4_mask(bits);

		assert_int_equal(__builtin_popcount(mask.v), bits);
		assert_int_equal(ip4_mask_bits(mask), bits);
		if (bits > 0 && bits < 32)
			assert_int_equal(ip4_mask_bits((ip4){ ~mask.v }), -1);
	}
	assert_int_equal(ip4_mask_bits((ip4){ 0xff00ff00 }), -1);
	assert_int_equal(ip4_mask_bits((ip4){ 1 }), -1);
}

static void membership_is_by_the_mask(void **state)
{
	ip4 net = { 0xc0a85800 };

	assert_true(ip4_within((ip4){ 0xc0a858ff }, net, 24));
	assert_false(ip4_within((ip4){ 0xc0a85900 }, net, 24));
	assert_true(ip4_within((ip4){ 0xc0a85900 }, net, 23));
	assert_true(ip4_within((ip4){ 1 }, net, 0));
	assert_false(ip4_within((ip4){ 0xc0a85801 }, net, 32));
	assert_int_equal(ip4_network((ip4){ 0xc0a858ff }, 24).v, net.v);
	assert_int_equal(ip4_network((ip4){ 0xc0a858ff }, 0).v, 0);
}

static void kinds_of_addresses(void **state)
{
	assert_true(ip4_is_multicast((ip4){ 0xe0000000 }));
	assert_true(ip4_is_multicast((ip4){ 0xefffffff }));
	assert_false(ip4_is_multicast((ip4){ 0xdfffffff }));
	assert_false(ip4_is_multicast((ip4){ 0xf0000000 }));
	assert_true(ip4_is_loopback((ip4){ 0x7fffffff }));
	assert_false(ip4_is_loopback((ip4){ 0x80000000 }));
	assert_true(ip4_is_zero((ip4){ 0 }));
	assert_false(ip4_is_zero((ip4){ 1 }));
}

static void macs_are_read_or_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"02:00:00:00:00",
		"02:00:00:00:00:0",
		"02:00:00:00:00:011",
		"02:00:00:00:00:0g",
		"02 00 00 00 00 01",
		"2:00:00:00:00:001",
		"020000000001",
		"02:00:00:00:00:1:",
		"02.00.00.00.00.01",
	};
	struct mac mac = { { 9, 9, 9, 9, 9, 9 } };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (mac_parse(bad[i], strlen(bad[i]), &mac))
			fail_msg("'%s' was taken for a hardware address", bad[i]);
	}
	assert_int_equal(mac.b[0], 9);

	const struct mac wanted = { { 0x02, 0xab, 0xCD, 0x00, 0xef, 0xff } };

	assert_true(mac_parse("02:ab:CD:00:eF:ff", 17, &mac));
	assert_true(mac_equal(&mac, &wanted));
	assert_true(mac_parse("02-ab-CD-00-eF-ff", 17, &mac));
	assert_true(mac_equal(&mac, &wanted));
	assert_false(mac_is_multicast(&mac));
	assert_true(mac_is_multicast(&(struct mac){ { 0x01, 0, 0x5e } }));
	assert_true(mac_is_multicast(&(struct mac){ { 255, 255, 255, 255, 255, 255 } }));
}

static void printing(void **state)
{
	struct text out = { 0 };
	struct ip_prefix prefix = { .addr = ip_addr_v4((ip4){ 0x0a000001 }), .bits = 8 };
	struct ip_addr six = { .family = IP_V6, .v6 = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
	struct ip_addr none = { .family = IP_NONE };

	ip_prefix_print(&prefix, &out);
	assert_string_equal(text_str(&out), "10.0.0.1/8");
	text_clear(&out);
	ip_addr_print(&six, &out);
	assert_string_equal(text_str(&out), "2001:db8:0:0:0:0:0:1");
	text_clear(&out);
	ip_addr_print(&none, &out);
	assert_string_equal(text_str(&out), "");
	mac_print(&(struct mac){ { 2, 0, 0xab, 0xcd, 0xef, 0x10 } }, &out);
	assert_string_equal(text_str(&out), "02:00:AB:CD:EF:10");
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_addresses_are_read),
		cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(only_the_given_bytes_are_read),
		cmocka_unit_test(printed_addresses_read_back),
		cmocka_unit_test(what_is_accepted_prints_the_same),
		cmocka_unit_test(prefixes_are_read_or_refused),
		cmocka_unit_test(masks_and_bits_agree),
		cmocka_unit_test(membership_is_by_the_mask),
		cmocka_unit_test(kinds_of_addresses),
		cmocka_unit_test(macs_are_read_or_refused),
		cmocka_unit_test(printing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
