/* The matchers' values as people write them: read, shown, stored, refused. */
#include "menu/fixture.h"

static const char filter[] = "/ip/firewall/filter";

static const struct {
	const char *name, *typed, *shown; /* NULL: the same */
} good[] = {
	{ "limit", "10,5", "10,5:packet" },
	{ "limit", "10/1s,5:packet", "10,5:packet" },
	{ "limit", "100/1m,20:packet", NULL },
	{ "limit", "!100/00:01:30,20:packet", "!100/1m30s,20:packet" },
	{ "limit", "10M,100k:bit", "10000000,100000:bit" },
	{ "limit", "4294967295/1d,4294967295:bit", NULL },
	{ "dst-limit", "32,32,src-and-dst-addresses/10s", NULL },
	{ "dst-limit", "1/1m,5,src-address", "1/1m,5,src-address/1m40s" },
	{ "dst-limit", "!2,3,dst-address/1w", NULL },
	{ "dst-limit", "2,3,dst-address-and-port/1s", NULL },
	{ "dst-limit", "2,3,addresses-and-dst-port/60", "2,3,addresses-and-dst-port/1m" },
	{ "connection-limit", "100,32", NULL },
	{ "connection-limit", "!0,0", NULL },
	{ "connection-bytes", "0-500000", NULL },
	{ "connection-bytes", "2000000-0", NULL },
	{ "connection-bytes", "!5k-5k", "!5000-5000" },
	{ "nth", "3,1", NULL },
	{ "nth", "!4294967295,4294967295", NULL },
	{ "random", "50", NULL },
	{ "random", "!99", NULL },
	{ "per-connection-classifier", "both-addresses:2/0", NULL },
	{ "per-connection-classifier", "!both-addresses-and-ports:7/6", NULL },
	{ "time", "8h-18h,mon,tue,wed,thu,fri", NULL },
	{ "time", "!08:30:00-1d,sat,sun", "!8h30m-1d,sun,sat" },
	{ "time", "22h-6h,sun", NULL },
	{ "time", "0s-1d,fri", NULL },
	{ "src-mac-address", "02:00:5e:10:00:0a", "02:00:5E:10:00:0A" },
	{ "src-mac-address", "!02:00:5E:10:00:0A", NULL },
	{ "src-address-type", "local,multicast", NULL },
	{ "dst-address-type", "!unicast,blackhole", NULL },
	{ "ipv4-options", "any", NULL },
	{ "ipv4-options", "!no-source-routing", NULL },
	{ "ipsec-policy", "in,none", NULL },
	{ "ipsec-policy", "!out,ipsec", NULL },
	{ "ttl", "equal:64", NULL },
	{ "ttl", "64", "equal:64" },
	{ "ttl", "not-equal:1", NULL },
	{ "ttl", "!1", "not-equal:1" },
	{ "ttl", "less-than:10", NULL },
	{ "ttl", "!less-than:10", NULL },
	{ "ttl", "greater-than:254", "equal:255" },
	{ "ttl", "greater-than:100", NULL },
	{ "ttl", "10-20", NULL },
};

static void values_come_back(void **state)
{
	struct fixture *f = fixture_new(NULL);
	char line[256];

	must_run(f, "/ip firewall filter remove [find]");
	must_run(f, "/ip firewall filter add chain=forward");
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		const char *want = good[i].shown != NULL ? good[i].shown : good[i].typed;

		for (unsigned again = 0; again < 2; again++) {
			snprintf(line, sizeof line, "/ip firewall filter set 0 %s=%s", good[i].name,
			         again ? want : good[i].typed);
			must_run(f, line);
			assert_string_equal(shown(f, filter, 0, good[i].name), want);
		}
		snprintf(line, sizeof line, "/ip firewall filter set 0 !%s", good[i].name);
		must_run(f, line);
		assert_string_equal(shown(f, filter, 0, good[i].name), "");
	}
	fixture_free(f);
}

static const struct {
	const char *name, *typed, *said;
} bad[] = {
	{ "limit", "10", "10 is not rate[/time],burst[:packet|bit], such as 10,5:packet" },
	{ "limit", "0,5", "0,5 is not rate[/time],burst" },
	{ "limit", "5,0", "5,0 is not rate" },
	{ "limit", "5/0s,1", "5/0s,1 is not rate" },
	{ "limit", "5/2d,1", "with a time of 1s to 1d" },
	{ "limit", "5/500ms,1", "5/500ms,1 is not rate" },
	{ "limit", "5,1:frame", "5,1:frame is not rate" },
	{ "limit", "5,1:packet:", "is not rate" },
	{ "limit", "5T,1", "is not rate" },
	{ "limit", "5G,1", "is not rate" },
	{ "limit", "k,1", "is not rate" },
	{ "limit", "", "nothing is not rate" },
	{ "dst-limit", "5,1", "modes are src-address, dst-address, src-and-dst-addresses" },
	{ "dst-limit", "5,1,port", "is not rate[/time],burst,mode[/expire]" },
	{ "dst-limit", "5,1,dst-address/0s", "is not rate" },
	{ "dst-limit", "5,1,dst-address/2w", "is not rate" },
	{ "connection-limit", "100", "100 is not connections,bits, such as 100,32" },
	{ "connection-limit", "100,33", "100,33 is not connections,bits" },
	{ "connection-bytes", "100", "100 is not bytes from-to" },
	{ "connection-bytes", "100-99", "100-99 is not bytes from-to" },
	{ "nth", "3", "3 is not every,packet" },
	{ "nth", "3,0", "3,0 is not every,packet" },
	{ "nth", "3,4", "3,4 is not every,packet" },
	{ "random", "0", "value of random out of range (1..99)" },
	{ "random", "10-20", "random: give one percentage from 1 to 99" },
	{ "per-connection-classifier", "src-address:2/2", "is not fields:denominator/remainder" },
	{ "per-connection-classifier", "src:2/1", "fields are src-address, dst-address" },
	{ "per-connection-classifier", "src-address:0/0", "is not fields" },
	{ "time", "8h-18h", "8h-18h is not from-to,days (in UTC)" },
	{ "time", "8h-25h,mon", "is not from-to,days" },
	{ "time", "8h-18h,monday", "is not from-to,days" },
	{ "time", "mon", "is not from-to,days" },
	{ "src-mac-address", "02:00", "invalid value" },
	{ "src-address-type", "anycast", "input does not match any value of src-address-type" },
	{ "ipv4-options", "lsrr", "input does not match any value of ipv4-options" },
	{ "ipsec-policy", "both,none", "input does not match any value of ipsec-policy" },
	{ "ttl", "less-than:0", "less-than:0 fits no packet" },
	{ "ttl", "greater-than:255", "greater-than:255 fits no packet" },
	{ "ttl", "equal:256", "equal:256 fits no packet" },
	{ "ttl", "equal:", "equal: fits no packet" },
	{ "ttl", "256", "value of ttl out of range (0..255)" },
};

static void wrong_values_say_what_is_right(void **state)
{
	struct fixture *f = fixture_new(NULL);
	size_t before = rows_n(f, filter);
	char line[256];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(line, sizeof line, "/ip firewall filter add chain=forward %s=\"%s\"",
		         bad[i].name, bad[i].typed);
		assert_false(run(f, line));
		if (strstr(f->diag.text, bad[i].said) == NULL ||
		    strstr(f->diag.text, bad[i].name) == NULL)
			fail_msg("%s=%s: %s", bad[i].name, bad[i].typed, f->diag.text);
	}
	assert_int_equal(rows_n(f, filter), before);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back),
		cmocka_unit_test(wrong_values_say_what_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
