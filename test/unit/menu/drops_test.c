/* /tool/drops: counts with their sentences, and the last packets with their first bytes. */
#include "menu/fixture.h"

static void counted_by_reason(void **unused)
{
	struct fixture *f = home(NULL);

	assert_int_equal(rows_n(f, "/tool/drops"), 0);
	frame_udp(&f->ways[2].in, 2, "127.0.0.1", "198.51.100.9", 8);
	put(f, 2);
	put(f, 2);
	assert_int_equal(rows_n(f, "/tool/drops"), 1);
	assert_string_equal(shown(f, "/tool/drops", 0, "reason"), "ip-source");
	assert_string_equal(shown(f, "/tool/drops", 0, "packets"), "2");
	assert_string_equal(shown(f, "/tool/drops", 0, "meaning"),
	                    "a source address that no host may have");
	assert_string_equal(shown(f, "/system/resource/drop", 0, "packets"), "2");
	must_run(f, "/tool drops reset-counters");
	assert_int_equal(rows_n(f, "/tool/drops"), 0);
	assert_int_equal(rows_n(f, "/tool/drops/last"), 0);
	assert_string_equal(shown(f, "/system/resource", 0, "dropped-packets"), "2");
	put(f, 2);
	assert_string_equal(shown(f, "/tool/drops", 0, "packets"), "1");
	fixture_free(f);
}

static void the_last_ones(void **unused)
{
	static const char path[] = "/tool/drops/last";
	struct fixture *f = home(NULL);

	must_run(f,
	         "/ip firewall filter add chain=forward protocol=udp action=drop place-before=0");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	sleep_ms(f, 1500);
	frame_udp(&f->ways[1].in, 1, "127.0.0.1", "198.51.100.9", 8);
	put(f, 1);
	assert_int_equal(rows_n(f, path), 2);
	assert_string_equal(shown(f, path, 0, "reason"), "filter");
	assert_string_equal(shown(f, path, 0, "age"), "1s500ms");
	assert_string_equal(shown(f, path, 0, "meaning"), "a filter rule says drop");
	assert_string_equal(shown(f, path, 0, "in-interface"), "ether2");
	assert_string_equal(shown(f, path, 0, "src-address"), "192.168.88.7");
	assert_string_equal(shown(f, path, 0, "dst-address"), "198.51.100.9");
	assert_string_equal(shown(f, path, 0, "dst-port"), "53");
	assert_string_equal(shown(f, path, 0, "protocol"), "17");
	assert_int_equal(strncmp(shown(f, path, 0, "packet"), "192.168.88.7:", 13), 0);
	assert_non_null(strstr(f->value, " > 198.51.100.9:53 udp data "));
	assert_non_null(strstr(shown(f, path, 0, "bytes"), " 0800 45")); /* the Ethernet type, IP */
	assert_string_equal(shown(f, path, 1, "reason"), "ip-source");
	assert_string_equal(shown(f, path, 1, "in-interface"), "ether1");
	fixture_free(f);
}

/* What never was an IPv4 packet has no addresses, rather than zeroes. */
static void of_other_kinds(void **unused)
{
	static const char path[] = "/tool/drops/last";
	static const char *const absent[] = { "src-address", "dst-address", "src-port", "dst-port",
		                              "protocol" };
	struct fixture *f = home(NULL);
	struct row *row;
	uint8_t *frame;

	frame_udp(&f->ways[2].in, 2, "192.168.88.7", "198.51.100.9", 8);
	frame = bytes_of(&f->ways[2].in);
	wire_put16(frame + 12, 0x88cc);
	put(f, 2);
	assert_int_equal(rows_n(f, path), 1);
	assert_string_equal(shown(f, path, 0, "reason"), "ether-type");
	assert_non_null(strstr(shown(f, path, 0, "packet"), "ether type 88cc"));
	row = row_at_place(f, path, 0);
	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		assert_false(
			row_given(row, (size_t)menu_field(conf_menu(f->conf, path), absent[i])));
	mem_free(row);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counted_by_reason),
		cmocka_unit_test(the_last_ones),
		cmocka_unit_test(of_other_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
