/* ip_settings_test.c -- /ip/settings: what is taken, and what is refused by name. */
#include "menu/fixture.h"

#include "tcp/tcp.h"

static void defaults_are_routeros(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	const struct ip4_settings *settings = &f->router->net.settings;

	assert_true(settings->forward && settings->send_redirects);
	assert_false(settings->accept_source_route || settings->inbound_error_source);
	assert_int_equal(settings->rp_filter, RP_FILTER_NO);
	assert_int_equal(settings->icmp_rate_ms, 10);
	assert_int_equal(settings->arp_timeout_ms, 30000);
	assert_int_equal(settings->neighbours_max, 8192);
	assert_string_equal(shown(f, "/ip/settings", 0, "accept-redirects"), "no");
	assert_string_equal(shown(f, "/ip/settings", 0, "ipv4-fast-path-packets"), "0");
	fixture_free(f);
}

static void they_reach_the_router(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	const struct ip4_settings *settings = &f->router->net.settings;
	uint32_t generation = f->router->net.generation;

	must_run(f, "/ip settings set ip-forward=no send-redirects=no accept-source-route=yes "
	            "rp-filter=strict icmp-rate-limit=100 arp-timeout=1m max-neighbor-entries=10 "
	            "icmp-errors-use-inbound-interface-address=yes");
	assert_false(settings->forward || settings->send_redirects);
	assert_true(settings->accept_source_route && settings->inbound_error_source);
	assert_int_equal(settings->rp_filter, RP_FILTER_STRICT);
	assert_int_equal(settings->icmp_rate_ms, 100);
	assert_int_equal(f->router->net.icmp_rate.per_second, 10);
	assert_int_equal(settings->arp_timeout_ms, 60000);
	assert_int_equal(settings->neighbours_max, 10);
	assert_true(tcp_settings(f->router->host.tcp)->syn_cookies);
	assert_true(tcp_settings(f->router->host.tcp)->timestamps);
	must_run(f, "/ip settings set tcp-syncookies=no tcp-timestamps=disabled");
	assert_false(tcp_settings(f->router->host.tcp)->syn_cookies);
	assert_false(tcp_settings(f->router->host.tcp)->timestamps);
	/* What was decided for connections is decided again. */
	assert_int_not_equal(f->router->net.generation, generation);
	fixture_free(f);
}

static void what_is_not_there_is_refused(void **unused)
{
	static const char *const lines[][2] = {
		{ "accept-redirects=yes",
		  "failure: accept-redirects=yes is not supported: a router "
		  "follows its routes, not what hosts tell it (RFC 1812, "
		  "5.2.7.2); leave it at no" },
		{ "tcp-timestamps=enabled",
		  "failure: tcp-timestamps=enabled is not supported: it would tell everybody how "
		  "long the router has run; random-offset tells nobody" },
		{ "ipv4-multipath-hash-policy=l4", "failure: ipv4-multipath-hash-policy=l4 is not "
		                                   "supported: routes do not share their "
		                                   "traffic; leave it at l3" },
		{ "icmp-rate-mask=0x8",
		  "failure: icmp-rate-mask=0x8 is not supported: every ICMP error "
		  "is limited; leave it at 0x1818" },
		{ "arp-timeout=0s",
		  "value of arp-timeout out of range (1s..1d): hosts that get another "
		  "card are to be found again" },
	};
	struct fixture *f = fixture_new(NULL);
	char line[128];

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		snprintf(line, sizeof line, "/ip settings set ip-forward=no %s", lines[i][0]);
		refused(f, line, lines[i][1]);
		assert_true(f->router->net.settings.forward);
	}
	assert_false(run(f, "/ip settings set icmp-rate-limit=0"));
	assert_false(run(f, "/ip settings set rp-filter=sometimes"));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_routeros),
		cmocka_unit_test(they_reach_the_router),
		cmocka_unit_test(what_is_not_there_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
