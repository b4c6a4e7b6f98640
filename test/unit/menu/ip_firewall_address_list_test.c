/* Lists of addresses: by hand, by rules, with and without an end. */
#include "menu/fixture.h"

static const char path[] = "/ip/firewall/address-list";
static const char filter[] = "/ip/firewall/filter";

static struct fixture *open_home(struct memory_store *store)
{
	struct fixture *f = home(store);

	must_run(f, "/ip firewall filter remove [find]");
	return f;
}

static void a_list_keeps_out(void **unused)
{
	struct fixture *f = open_home(NULL);

	must_run(f, "/ip firewall filter add chain=forward src-address-list=bad action=drop");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 3);
	assert_true(f->router->counters.replayed > 0);
	/* A connection that is under way feels it with its next packet. */
	must_run(f, "/ip firewall address-list add list=bad address=192.168.88.0/29");
	must_run(f, "/ip firewall address-list add list=other address=192.168.88.7");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->net.drops[DROP_FILTER], 1);
	must_run(f, "/ip firewall address-list disable 0");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 4);
	must_run(f, "/ip firewall address-list enable 0");
	must_run(f, "/ip firewall address-list set 0 address=192.168.88.8-192.168.88.20");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 5);
	must_run(f, "/ip firewall filter set 0 src-address-list=!bad");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->net.drops[DROP_FILTER], 2);
	fixture_free(f);
}

static void with_a_timeout_nothing_is_stored(void **unused)
{
	struct memory_store *store = mem_new(1, sizeof *store);
	struct fixture *f;

	memory_store_init(store);
	f = open_home(store);
	must_run(f, "/ip firewall filter add chain=forward dst-address-list=bad action=drop");
	must_run(f, "/ip firewall address-list add list=bad address=198.51.100.9 timeout=10s "
	            "comment=\"for a while\"");
	assert_string_equal(letters(f, path, 0), "D");
	assert_string_equal(shown(f, path, 0, "timeout"), "10s");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->net.drops[DROP_FILTER], 1);
	sleep_ms(f, 6000);
	assert_string_equal(shown(f, path, 0, "timeout"), "4s");
	must_run(f, "/ip firewall address-list add list=bad address=198.51.100.9 timeout=1m");
	assert_int_equal(rows_n(f, path), 1);
	assert_string_equal(shown(f, path, 0, "timeout"), "1m");
	sleep_ms(f, 59000);
	assert_int_equal(rows_n(f, path), 1);
	sleep_ms(f, 2000);
	assert_int_equal(rows_n(f, path), 0);
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 1);
	must_run(f, "/ip firewall address-list add list=bad address=10.0.0.0/8 timeout=1d");
	must_run(f, "/ip firewall address-list add list=bad address=10.9.0.0/16");
	fixture_free(f);

	f = fixture_new(store);
	assert_int_equal(rows_n(f, path), 1);
	assert_string_equal(shown(f, path, 0, "address"), "10.9.0.0/16");
	fixture_free(f);
	memory_store_free(store);
	mem_free(store);
}

static void rules_fill_lists(void **unused)
{
	struct fixture *f = open_home(NULL);

	must_run(f, "/ip firewall filter add chain=forward protocol=udp "
	            "action=add-src-to-address-list address-list=seen address-list-timeout=30s");
	must_run(f, "/ip firewall mangle add chain=forward action=add-dst-to-address-list "
	            "address-list=called");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(rows_n(f, path), 2);
	assert_string_equal(shown(f, path, 0, "list"), "called");
	assert_string_equal(shown(f, path, 0, "address"), "198.51.100.9");
	assert_string_equal(shown(f, path, 0, "timeout"), "");
	assert_string_equal(shown(f, path, 1, "list"), "seen");
	assert_string_equal(shown(f, path, 1, "address"), "192.168.88.7");
	/* Each packet begins the time anew, also of a connection that is known. */
	for (unsigned i = 0; i < 4; i++) {
		sleep_ms(f, 20000);
		put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	}
	assert_int_equal(rows_n(f, path), 2);
	assert_string_equal(shown(f, filter, 0, "packets"), "5");
	/* An entry that came by itself can be removed, one that has a row stays as it is. */
	must_run(f, "/ip firewall address-list remove [find list=seen]");
	must_run(f, "/ip firewall address-list add list=seen address=192.168.88.7");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(rows_n(f, path), 2);
	assert_string_equal(letters(f, path, 0), "");
	must_run(f, "/ip firewall address-list remove [find dynamic]");
	assert_int_equal(rows_n(f, path), 1);
	fixture_free(f);
}

/* Knocking: who called one port may call the other. */
static void a_rule_sees_what_the_one_before_added(void **unused)
{
	struct fixture *f = open_home(NULL);

	must_run(f, "/ip firewall filter add chain=forward src-address-list=!knocked "
	            "action=passthrough");
	must_run(f, "/ip firewall filter add chain=forward action=add-src-to-address-list "
	            "address-list=knocked address-list-timeout=10s");
	must_run(f, "/ip firewall filter add chain=forward src-address-list=!knocked action=drop");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 1);
	assert_string_equal(shown(f, filter, 0, "packets"), "1");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_string_equal(shown(f, filter, 0, "packets"), "1");
	/* Who only asks what would happen adds nothing. */
	must_run(f, "/ip firewall address-list remove [find dynamic]");
	fixture_free(f);
}

/* A script's adds share transactions; where one can't be, those before it are made all the same,
 * and it is the one that is named. */
static void a_script_of_many(void **unused)
{
	struct memory_store *store = mem_new(1, sizeof *store);
	struct fixture *f;
	struct text script = { 0 };

	memory_store_init(store);
	f = fixture_new(store);
	for (unsigned i = 0; i < 2500; i++)
		text_printf(&script, "/ip firewall address-list add list=bad address=10.%u.%u.1\n",
		            i >> 8, i & 255);
	must_run(f, text_str(&script));
	assert_int_equal(rows_n(f, path), 2500);
	assert_string_equal(shown(f, path, 2499, "address"), "10.9.195.1");
	fixture_free(f);
	f = fixture_new(store);
	assert_int_equal(rows_n(f, path), 2500);

	text_clear(&script);
	text_add(&script, "/ip firewall address-list\nadd list=good address=10.0.0.1\n"
	                  "add list=good address=10.0.0.2 timeout=1h\n"
	                  "/ip firewall nat add chain=srcnat action=masquerade\n"
	                  "/ip firewall address-list add list=good address=10.0.0.3\n"
	                  "add list=good address=10.0.0.3\n"
	                  "add list=good address=10.0.0.5\n");
	assert_false(run(f, text_str(&script)));
	assert_string_equal(f->diag.text, "failure: already have such entry: good has 10.0.0.3");
	assert_int_equal(f->diag.line, 6);
	assert_int_equal(rows_n(f, path), 2503);
	assert_int_equal(rows_n(f, "/ip/firewall/nat"), 1);
	assert_non_null(strstr(text_str(&f->notice), "masquerades every forwarded connection"));
	text_free(&script);
	fixture_free(f);
	memory_store_free(store);
	mem_free(store);
}

static void refusals(void **unused)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "/ip firewall address-list add list=bad address=10.0.0.1",
		  "failure: already have such entry: bad has 10.0.0.1" },
		{ "/ip firewall address-list add list=bad address=10.0.0.1 timeout=1m",
		  "failure: already have such entry, without a timeout, in bad; remove it first" },
		{ "/ip firewall address-list add list=bad address=10.0.0.1-10.0.0.4 timeout=1m",
		  "invalid value for argument address: with a timeout it is an address or a "
		  "network; add the parts of a range one by one" },
		{ "/ip firewall address-list add list=bad address=10.0.0.4 timeout=1m disabled=yes",
		  "invalid value for argument disabled: an entry with a timeout is in force until "
		  "it ends; remove it instead" },
		{ "/ip firewall address-list set 0 timeout=1m",
		  "invalid value for argument timeout: what has one is not stored, and what is "
		  "stored can't get one; remove it and add it with timeout=" },
		{ "/ip firewall filter add chain=forward action=add-src-to-address-list",
		  "failure: rule 0: address-list: is missing; name the list to add to" },
		{ "/ip firewall filter add chain=forward action=accept dst-address-list=", "" },
	};
	struct fixture *f = open_home(NULL);

	must_run(f, "/ip firewall address-list add list=bad address=10.0.0.1");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (bad[i].why[0] != '\0')
			refused(f, bad[i].line, bad[i].why);
		else
			assert_false(run(f, bad[i].line));
		assert_int_equal(rows_n(f, path), 1);
		assert_int_equal(rows_n(f, filter), 0);
	}
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_keeps_out),
		cmocka_unit_test(with_a_timeout_nothing_is_stored),
		cmocka_unit_test(rules_fill_lists),
		cmocka_unit_test(a_rule_sees_what_the_one_before_added),
		cmocka_unit_test(a_script_of_many),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
