/* /ip/firewall/connection/tracking: the times of connections as settings. */
#include "fw/mapping.h"
#include "menu/fixture.h"

static const char path[] = "/ip/firewall/connection/tracking";

static void the_defaults_are_the_routers(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	struct flow_timeouts timeouts = flow_timeouts_default();

	assert_memory_equal(&f->router->fw.timeouts, &timeouts, sizeof timeouts);
	assert_true(f->router->fw.loose);
	assert_false(f->router->fw.liberal);
	assert_string_equal(shown(f, path, 0, "tcp-established-timeout"), "1d");
	assert_string_equal(shown(f, path, 0, "udp-timeout"), "2m");
	assert_string_equal(shown(f, path, 0, "enabled"), "auto");
	fixture_free(f);
}

/* RFC 5382, REQ-5; RFC 7857, 2.2; RFC 4787, REQ-5; RFC 5508, REQ-2. */
static void no_default_is_below_the_rfcs(void **unused)
{
	struct flow_timeouts t = flow_timeouts_default();

	for (unsigned state = TRACK_SYN_SENT; state < TRACK_COUNT; state++)
		assert_true(t.tcp[state] >= (state == TRACK_ESTABLISHED ? 7440 : 240));
	assert_true(t.udp >= 120 && t.udp_stream >= 300);
	assert_true(t.icmp >= 60);
}

static void filtering_is_a_setting(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	assert_string_equal(shown(f, path, 0, "filtering"), "address-dependent");
	assert_int_equal(f->router->fw.flows->filtering, FILTERING_ADDRESS_DEPENDENT);
	must_run(f, "/ip firewall connection tracking set filtering=endpoint-independent");
	assert_int_equal(f->router->fw.flows->filtering, FILTERING_ENDPOINT_INDEPENDENT);
	assert_false(run(f, "/ip firewall connection tracking set filtering=none"));
	assert_int_equal(f->router->fw.flows->filtering, FILTERING_ENDPOINT_INDEPENDENT);
	must_run(f, "/ip firewall connection tracking set filtering=address-and-port-dependent");
	assert_int_equal(f->router->fw.flows->filtering, FILTERING_ADDRESS_AND_PORT_DEPENDENT);
	fixture_free(f);
}

static void a_time_holds_from_the_next_packet_on(void **unused)
{
	struct fixture *f = home(NULL);
	struct flows *flows = f->router->fw.flows;

	must_run(f, "/ip firewall connection tracking set udp-timeout=3m generic-timeout=1h");
	assert_string_equal(text_str(&f->notice), "");
	assert_int_equal(f->router->fw.timeouts.generic, 3600);
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(mono_since_ns(flow_at(flows, 0)->due, f->now), 180 * NS_PER_S);
	must_run(f, "/ip firewall connection tracking set udp-timeout=130");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(mono_since_ns(flow_at(flows, 0)->due, f->now), 130 * NS_PER_S);
	sleep_ms(f, 132000);
	assert_int_equal(flows->used, 0);
	fixture_free(f);
}

static void a_time_below_the_rfcs_is_taken_with_a_notice(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/ip firewall connection tracking set tcp-established-timeout=2h3m59s");
	assert_string_equal(text_str(&f->notice),
	                    "tcp-established-timeout is shorter than RFC 5382, REQ-5 asks for: "
	                    "2h4m at least\n");
	assert_int_equal(f->router->fw.timeouts.tcp[TRACK_ESTABLISHED], 7439);
	must_run(f, "/ip firewall connection tracking set tcp-established-timeout=2h4m "
	            "udp-timeout=10s icmp-timeout=10s");
	assert_string_equal(text_str(&f->notice),
	                    "udp-timeout is shorter than RFC 4787, REQ-5 asks for: 2m at least\n"
	                    "icmp-timeout is shorter than RFC 5508, REQ-2 asks for: 1m at least\n");
	fixture_free(f);
}

static void looseness_is_handed_on(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/ip firewall connection tracking set loose-tcp-tracking=no "
	            "liberal-tcp-tracking=yes");
	assert_false(f->router->fw.loose);
	assert_true(f->router->fw.liberal);
	fixture_free(f);
}

static void what_is_not_there_is_refused(void **unused)
{
	static const char set[] = "/ip firewall connection tracking set ";
	static const struct {
		const char *given, *field;
	} rows[] = {
		{ "enabled=no", "enabled" },
		{ "udp-timeout=1500ms", "udp-timeout" },
		{ "udp-timeout=0s", "udp-timeout" },
		{ "generic-timeout=soon", "generic-timeout" },
		{ "tcp-close-timeout=60w", "tcp-close-timeout" },
		{ "liberal-tcp-tracking=perhaps", "liberal-tcp-tracking" },
		{ "tcp-unacked-timeout=5m", "tcp-unacked-timeout" },
		{ "tcp-max-retrans-timeout=5m", "tcp-max-retrans-timeout" },
		{ "max-entries=5", "max-entries" },
	};
	struct fixture *f = fixture_new(NULL);
	struct flow_timeouts before = f->router->fw.timeouts;
	char line[128];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(line, sizeof line, "%s%s", set, rows[i].given);
		if (run(f, line))
			fail_msg("accepted: %s", line);
		if (strstr(f->diag.text, rows[i].field) == NULL)
			fail_msg("%s\ndoes not name the field: %s", line, f->diag.text);
	}
	assert_memory_equal(&f->router->fw.timeouts, &before, sizeof before);
	fixture_free(f);
}

static void the_table_is_counted(void **unused)
{
	struct fixture *f = home(NULL);

	assert_string_equal(shown(f, path, 0, "max-entries"), "64");
	assert_string_equal(shown(f, path, 0, "total-entries"), "0");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_string_equal(shown(f, path, 0, "total-entries"), "1");
	assert_string_equal(shown(f, path, 0, "total-ip4-entries"), "1");
	assert_string_equal(shown(f, path, 0, "active-ipv4"), "yes");
	fixture_free(f);
}

static void call(struct fixture *f)
{
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
}

/* Ports the other way round; the checksum is the same. */
static void answer(struct fixture *f)
{
	uint8_t *udp;

	frame_udp(&f->ways[1].in, 1, "198.51.100.9", "192.168.88.7", 8);
	udp = bytes_of(&f->ways[1].in) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
	wire_put16(udp + UDP_AT_SPORT, 53);
	wire_put16(udp + UDP_AT_DPORT, 4000);
	put(f, 1);
}

/* A connection that is answered, and a filter that lets it through. */
static struct fixture *talking(void)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip firewall filter remove [find]");
	must_run(f, "/ip firewall filter add chain=forward action=accept");
	call(f);
	answer(f);
	call(f);
	call(f);
	assert_int_equal(sent_n(f, 1), 3);
	assert_true(f->router->counters.replayed > 0);
	return f;
}

static void a_new_rule_holds_for_what_is_under_way(void **unused)
{
	struct fixture *f = talking();

	must_run(f, "/ip firewall filter add chain=forward action=drop place-before=0");
	call(f);
	assert_int_equal(sent_n(f, 1), 3);
	assert_int_equal(f->router->net.drops[DROP_FILTER], 1);
	must_run(f, "/ip firewall filter remove 0");
	call(f);
	assert_int_equal(sent_n(f, 1), 4);
	fixture_free(f);
}

static void unless_it_is_not_to_be_asked_again(void **unused)
{
	struct fixture *f = talking();

	must_run(f, "/ip firewall connection tracking set re-evaluate=no");
	call(f);
	must_run(f, "/ip firewall filter add chain=forward action=drop place-before=0");
	call(f);
	call(f);
	assert_int_equal(sent_n(f, 1), 6);
	answer(f);
	assert_int_equal(sent_n(f, 2), 2);
	put_udp(f, 2, "192.168.88.7", "198.51.100.10"); /* a new one */
	assert_int_equal(sent_n(f, 1), 6);
	assert_int_equal(f->router->net.drops[DROP_FILTER], 1);
	must_run(f, "/ip firewall filter set 0 comment=again"); /* and again */
	call(f);
	assert_int_equal(sent_n(f, 1), 7);
	must_run(f, "/ip firewall connection tracking set re-evaluate=yes");
	call(f);
	assert_int_equal(sent_n(f, 1), 7);
	/* Who was refused by the set in force when it was switched off is not let through by it. */
	must_run(f, "/ip firewall connection tracking set re-evaluate=no");
	must_run(f, "/ip firewall filter set 0 comment=\"and again\"");
	call(f);
	assert_int_equal(sent_n(f, 1), 7);
	fixture_free(f);
}

/* Lists are no change of the rules: they are asked with each packet. */
static void lists_act_all_the_same(void **unused)
{
	struct fixture *f = talking();

	must_run(f, "/ip firewall connection tracking set re-evaluate=no");
	must_run(f, "/ip firewall filter add chain=forward src-address-list=bad action=drop "
	            "place-before=0");
	put_udp(f, 2, "192.168.88.7", "198.51.100.10");
	assert_int_equal(sent_n(f, 1), 4);
	must_run(f, "/ip firewall address-list add list=bad address=192.168.88.7");
	put_udp(f, 2, "192.168.88.7", "198.51.100.10");
	assert_int_equal(sent_n(f, 1), 4);
	call(f); /* let through before the rule was there */
	assert_int_equal(sent_n(f, 1), 5);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_defaults_are_the_routers),
		cmocka_unit_test(no_default_is_below_the_rfcs),
		cmocka_unit_test(filtering_is_a_setting),
		cmocka_unit_test(a_time_holds_from_the_next_packet_on),
		cmocka_unit_test(a_time_below_the_rfcs_is_taken_with_a_notice),
		cmocka_unit_test(looseness_is_handed_on),
		cmocka_unit_test(what_is_not_there_is_refused),
		cmocka_unit_test(the_table_is_counted),
		cmocka_unit_test(a_new_rule_holds_for_what_is_under_way),
		cmocka_unit_test(unless_it_is_not_to_be_asked_again),
		cmocka_unit_test(lists_act_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
