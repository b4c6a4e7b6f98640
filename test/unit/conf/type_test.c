#include "fixture.h"

#include "lib/ip.h"

static union {
	uint8_t bytes[64];
	uint64_t align;
} value;

/* Read @text; the canonical text, or the error's. Good until the next call. */
static const char *read_back(const struct field *field, const char *text)
{
	static char buffer[DIAG_TEXT_BYTES];
	struct diag diag = { 0 };
	struct text out = text_into(buffer, sizeof buffer);

	memset(&value, 0, sizeof value);
	if (field->type->parse(field, NULL, text, &value, &diag)) {
		assert_false(diag.failed);
		field->type->print(field, NULL, &value, &out);
	} else {
		assert_true(diag.failed);
		assert_string_equal(diag.field, field->name);
		text_add(&out, diag.text);
	}
	return buffer;
}

#define assert_reads(field_, text_, want_) assert_string_equal(read_back(field_, text_), want_)

static void numbers(void **unused)
{
	const struct field distance = { "distance", &type_uint, 0, 1, .min = 1, .max = 255 };
	const struct field any = { "any", &type_uint, 0, 8 };
	const struct field port = { "port", &type_uint, 0, 2 };

	assert_reads(&distance, "255", "255");
	assert_reads(&distance, "0x1F", "31");
	assert_reads(&distance, "256", "value of distance out of range (1..255)");
	assert_reads(&distance, "-1", "value of distance out of range (1..255)");
	assert_reads(&distance, "99999999999999999999999",
	             "value of distance out of range (1..255)");
	assert_reads(&distance, "x",
	             "invalid value for argument distance: x is not a number (1..255)");
	assert_reads(&distance, "",
	             "invalid value for argument distance: nothing is not a number "
	             "(1..255)");
	assert_reads(
		&distance, "12a",
		"value of distance contains invalid trailing characters: a number ends before a");
	assert_reads(&any, "18446744073709551615", "18446744073709551615");
	assert_reads(&any, "18446744073709551616",
	             "value of any out of range (0..18446744073709551615)");
	assert_reads(&port, "65536", "value of port out of range (0..65535)");
}

static void times(void **unused)
{
	const struct field any = { "t", &type_time, 0, 8 };
	const struct field limited = { "t", &type_time, 0, 8, .min = 1000, .max = 86400000 };

	assert_reads(&any, "1d2h3m4s500ms", "1d2h3m4s500ms");
	assert_reads(&any, "01:02:03", "1h2m3s");
	assert_reads(&any, "1d00:00:01.5", "1d1s500ms");
	assert_reads(&any, "90", "1m30s");
	assert_reads(&any, "0", "0s");
	assert_reads(&any, "0.25", "250ms");
	assert_reads(&any, "14d", "2w");
	assert_reads(&any, "1h30",
	             "invalid value for argument t: 1h30 is not a length of time such as "
	             "1d2h3m4s500ms, 00:01:30 or 90");
	for (size_t i = 0; i < 7; i++) {
		static const char *const bad[] = {
			"", "s", "1s1h", "1:2:3", "1s1s", "-1s", "99999999999999999999w"
		};

		assert_non_null(strstr(read_back(&any, bad[i]), "invalid value for argument t"));
	}
	assert_reads(&limited, "2d", "value of t out of range (1s..1d)");
}

static void addresses(void **unused)
{
	const struct field prefix = { "address", &type_prefix, 0, sizeof(struct ip_prefix) };
	const struct field network = { "dst-address", &type_network, 0, sizeof(struct ip_prefix) };
	const struct field range = { "ranges", &type_range, 0, sizeof(struct ip4_range) };
	const struct field addr = { "dns", &type_ip_addr, 0, sizeof(struct ip_addr) };
	const struct field v4 = { "pref-src", &type_ip4, 0, sizeof(ip4) };
	const struct field mac = { "mac-address", &type_mac, 0, sizeof(struct mac) };

	assert_reads(&prefix, "192.168.88.1/24", "192.168.88.1/24");
	assert_reads(&prefix, "192.168.88.1/255.255.255.0", "192.168.88.1/24");
	assert_reads(&prefix, "192.168.88.1/33",
	             "invalid value for argument address: 192.168.88.1/33 is not an address with a "
	             "prefix length of 0 to 32");
	assert_reads(&network, "10.0.0.0/8", "10.0.0.0/8");
	assert_reads(&network, "10.0.0.1/8",
	             "invalid value for argument dst-address: 10.0.0.1/8 is an address inside a "
	             "network; the network is 10.0.0.0/8");
	assert_reads(&range, "10.0.0.1", "10.0.0.1");
	assert_reads(&range, "10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.9");
	assert_reads(&range, "10.0.0.0-10.0.0.255", "10.0.0.0/24");
	assert_reads(&range, "0.0.0.0/0", "0.0.0.0/0");
	assert_reads(&range, "10.0.0.1-10.0.1.0", "10.0.0.1-10.0.1.0");
	assert_non_null(strstr(read_back(&range, "10.0.0.9-10.0.0.1"),
	                       "value of ranges expects range of ip addresses"));
	assert_reads(&addr, "8.8.8.8", "8.8.8.8");
	assert_reads(&v4, "8.8.8",
	             "invalid value for argument pref-src: 8.8.8 is not an address such as "
	             "192.168.88.1");
	assert_reads(&mac, "02-00-00-00-00-aB", "02:00:00:00:00:AB");
	assert_non_null(strstr(read_back(&mac, "02:00"),
	                       "invalid value of mac-address, mac address required"));
}

static void words(void **unused)
{
	static const char *const colours[] = { "red", "rose", "green", "redder", NULL };
	const struct field one = { "c", &type_enum, 0, 1, .words = colours };
	const struct field many = { "c", &type_set, 0, 4, .words = colours };
	const struct field flag = { "f", &type_bool, 0, 1 };

	assert_reads(&one, "g", "green");
	assert_reads(&one, "red", "red"); /* the whole word, though it begins another */
	assert_reads(&one, "r",
	             "ambiguous value of c, more than one possible value matches input: r could be "
	             "red, rose, redder");
	assert_reads(
		&one, "blue",
		"input does not match any value of c: there is no \"blue\"; there are red, rose, "
		"green, redder");
	assert_reads(&many, "green,ro", "rose,green");
	assert_reads(&many, "", "");
	assert_non_null(strstr(read_back(&many, "red,"), "input does not match any value of c"));
	assert_reads(&flag, "true", "yes");
	assert_reads(&flag, "maybe", "invalid value for argument f: maybe is neither yes nor no");
}

static void strings(void **unused)
{
	const struct field name = { "name", &type_string, 0, 16, .flags = F_KEY, .max = 10 };
	const struct field note = { "note", &type_string, 0, 16 };

	assert_reads(&name, "ether1", "ether1");
	assert_reads(&name, "",
	             "invalid value for argument name: it must have 1 to 10 characters and has 0");
	assert_non_null(strstr(read_back(&name, "*1"), "a name can't begin with *"));
	assert_non_null(strstr(read_back(&name, "!x"), "a name can't begin with !"));
	assert_reads(&note, "", "");
	assert_reads(&note, "0123456789abcde", "0123456789abcde");
	assert_reads(&note, "0123456789abcdef",
	             "invalid value for argument note: it must have 0 to 15 characters and has 16");
}

static void order(void **unused)
{
	uint16_t small = 2, large = 300;
	struct ip_prefix eight, sixteen;

	assert_true(type_uint.compare(&small, &large, sizeof small) < 0);
	assert_true(type_uint.compare(&large, &large, sizeof small) == 0);
	assert_true(ip_prefix_parse("9.0.0.0/8", 9, &eight));
	assert_true(ip_prefix_parse("10.0.0.0/16", 11, &sixteen));
	assert_true(type_prefix.compare(&eight, &sixteen, sizeof eight) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers), cmocka_unit_test(times),   cmocka_unit_test(addresses),
		cmocka_unit_test(words),   cmocka_unit_test(strings), cmocka_unit_test(order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
