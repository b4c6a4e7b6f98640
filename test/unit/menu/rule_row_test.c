/* Filter, nat and mangle: rows become rules, rules are consulted and counted. */
#include "fw/rules.h"
#include "menu/fixture.h"
#include "menu/rule_row.h"

static const char filter[] = "/ip/firewall/filter";
static const char nat[] = "/ip/firewall/nat";
static const char mangle[] = "/ip/firewall/mangle";

static struct rule_counters counted(struct fixture *f, const char *path, enum facility facility,
                                    size_t at)
{
	struct row *row = row_at_place(f, path, at);
	struct rule_counters counters = rules_counters(f->router->fw.rules[facility], row->id);

	mem_free(row);
	return counters;
}

static struct fixture *open_home(void)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip firewall filter remove [find]");
	return f;
}

static void rules_are_consulted_in_order(void **unused)
{
	struct fixture *f = open_home();

	must_run(f, "/ip firewall filter add chain=forward protocol=udp action=drop");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->net.drops[DROP_FILTER], 1);
	must_run(f,
	         "/ip firewall filter add chain=forward dst-address=198.51.100.9 place-before=0");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 1);
	assert_string_equal(shown(f, filter, 0, "action"), "accept");
	assert_string_equal(shown(f, filter, 0, "packets"), "1");
	assert_string_equal(shown(f, filter, 1, "packets"), "1");
	assert_string_equal(shown(f, filter, 1, "bytes"), "36");
	must_run(f, "/ip firewall filter move 1 0");
	assert_string_equal(shown(f, filter, 0, "action"), "drop");
	assert_string_equal(shown(f, filter, 0, "packets"), "1"); /* it took its counters along */
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->net.drops[DROP_FILTER], 2);
	must_run(f, "/ip firewall filter disable 0");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 2);
	assert_string_equal(shown(f, filter, 0, "packets"), "2");
	must_run(f, "/ip firewall filter enable 0");
	must_run(f, "/ip firewall filter set 0 action=reject reject-with=icmp-admin-prohibited");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->net.drops[DROP_FILTER_REJECT], 1);
	assert_int_equal(sent_n(f, 2), 1);
	assert_string_equal(shown(f, filter, 0, "packets"), "3");
	must_run(f, "/ip firewall filter remove 0");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 3);
	fixture_free(f);
}

/* What the replayed way sends on is counted as if it had walked. */
static void replayed_packets_are_counted(void **unused)
{
	struct fixture *f = open_home();

	must_run(f, "/ip firewall filter add chain=forward action=passthrough");
	must_run(f, "/ip firewall filter add chain=forward protocol=udp action=accept");
	must_run(f, "/ip firewall mangle add chain=prerouting action=passthrough");
	for (unsigned i = 0; i < 5; i++)
		put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->counters.replayed, 3);
	assert_int_equal(counted(f, filter, FACILITY_FILTER, 0).packets, 5);
	assert_int_equal(counted(f, filter, FACILITY_FILTER, 1).packets, 5);
	assert_int_equal(counted(f, filter, FACILITY_FILTER, 1).bytes, 5 * 36);
	assert_int_equal(counted(f, mangle, FACILITY_MANGLE, 0).packets, 5);
	fixture_free(f);
}

/* The made row of the second nat rule can't be had by its id; the answer says what can. */
static void made_is_not_changed(struct fixture *f, const char *verb, const char *rest)
{
	struct row *row = row_at_place(f, nat, 1);
	char line[96], why[96];

	snprintf(line, sizeof line, "/ip firewall nat %s *%X %s", verb, ROW_MADE_OF | row->id,
	         rest);
	snprintf(why, sizeof why,
	         "failure: the router makes this item of *%X; change that one instead", row->id);
	refused(f, line, why);
	mem_free(row);
}

static void translated(void **unused)
{
	struct fixture *f = open_home();
	struct ip4_header ip;
	const uint8_t *udp;

	must_run(f, "/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade");
	assert_string_equal(text_str(&f->notice), "");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	(void)sent_last(f, 1, &ip);
	assert_int_equal(ip.src.v, A("203.0.113.2").v);
	must_run(f, "/ip firewall nat set 0 action=src-nat to-addresses=203.0.113.7");
	put_udp(f, 2, "192.168.88.7", "198.51.100.10");
	(void)sent_last(f, 1, &ip);
	assert_int_equal(ip.src.v, A("203.0.113.7").v);
	must_run(f, "/ip firewall nat add chain=dstnat protocol=udp dst-address=203.0.113.2 "
	            "dst-port=53 action=dst-nat to-addresses=192.168.88.7 to-ports=5353");
	put_udp(f, 1, "198.51.100.77", "203.0.113.2");
	udp = sent_last(f, 2, &ip);
	assert_int_equal(ip.dst.v, A("192.168.88.7").v);
	assert_int_equal(wire_get16(udp + UDP_AT_DPORT), 5353);
	/* One rule, one connection: counted once, however many packets follow. */
	put_udp(f, 1, "198.51.100.77", "203.0.113.2");
	assert_string_equal(shown(f, nat, 1, "packets"), "1");
	assert_string_equal(shown(f, nat, 0, "packets"), "2");
	/* What hairpin=yes does for hosts inside is a rule that can be seen, and counts. */
	put_udp(f, 2, "192.168.88.8", "203.0.113.2");
	assert_string_equal(letters(f, nat, 2), "D");
	assert_string_equal(shown(f, nat, 2, "chain"), "srcnat");
	assert_string_equal(shown(f, nat, 2, "action"), "src-nat");
	assert_string_equal(shown(f, nat, 2, "dst-address"), "192.168.88.7");
	assert_string_equal(shown(f, nat, 2, "dst-port"), "5353");
	assert_string_equal(shown(f, nat, 2, "to-addresses"), "203.0.113.2");
	assert_string_equal(shown(f, nat, 2, "packets"), "1");
	assert_string_equal(shown(f, nat, 1, "packets"), "2");
	made_is_not_changed(f, "set", "chain=dstnat");
	made_is_not_changed(f, "remove", "");
	must_run(f, "/ip firewall nat set 1 hairpin=no");
	assert_int_equal(rows_n(f, nat), 2);
	must_run(f, "/ip firewall nat set 1 hairpin=yes");
	assert_int_equal(rows_n(f, nat), 3);
	/* What has begun keeps its translation. */
	must_run(f, "/ip firewall nat remove [find]");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	(void)sent_last(f, 1, &ip);
	assert_int_equal(ip.src.v, A("203.0.113.2").v);
	fixture_free(f);
}

static void marked(void **unused)
{
	struct fixture *f = open_home();

	must_run(f, "/ip firewall mangle add chain=prerouting protocol=udp action=mark-connection "
	            "new-connection-mark=slow");
	must_run(f, "/ip firewall mangle add chain=forward connection-mark=slow action=mark-packet "
	            "new-packet-mark=bulk");
	must_run(f, "/ip firewall filter add chain=forward packet-mark=!bulk action=drop");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 1);
	assert_string_equal(shown(f, "/ip/firewall/connection", 0, "connection-mark"), "slow");
	must_run(f, "/ip firewall mangle disable 0");
	put_udp(f, 2, "192.168.88.7", "198.51.100.10");
	assert_int_equal(f->router->net.drops[DROP_FILTER], 1);
	must_run(f, "/ip firewall filter set 0 packet-mark=no-mark");
	put_udp(f, 2, "192.168.88.7", "198.51.100.10");
	assert_int_equal(f->router->net.drops[DROP_FILTER], 2);
	fixture_free(f);
}

static void masquerade_everywhere_is_warned_of(void **unused)
{
	static const char warning[] =
		"masquerades every forwarded connection, also those from outside to inside; "
		"out-interface-list=WAN keeps it to what leaves by WAN\n";
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/ip firewall nat add chain=srcnat action=masquerade");
	assert_string_equal(text_str(&f->notice), warning);
	must_run(f, "/ip firewall nat set 0 out-interface-list=WAN");
	assert_string_equal(text_str(&f->notice), "");
	must_run(f, "/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade");
	assert_string_equal(text_str(&f->notice), "");
	fixture_free(f);
}

/* The order in which chains are written down is the user's. */
static void a_jump_before_its_chain(void **unused)
{
	struct fixture *f = open_home();

	must_run(f, "/ip firewall filter add chain=forward action=jump jump-target=own");
	assert_string_equal(text_str(&f->notice), "there is no rule with chain=own yet; until then "
	                                          "the jump leads nowhere\n");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 1);
	must_run(f, "/ip firewall filter add chain=own action=drop");
	assert_string_equal(text_str(&f->notice), "");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->net.drops[DROP_FILTER], 1);
	assert_string_equal(shown(f, filter, 0, "packets"), "2");
	refused(f, "/ip firewall filter add chain=own action=jump jump-target=own",
	        "failure: rule 2: jump-target: this jump leads back into own, which led here; a "
	        "packet "
	        "would go round for ever. Remove one of the jumps");
	must_run(f, "/ip firewall filter remove 1");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 2);
	fixture_free(f);
}

static void refusals(void **unused)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "/ip firewall filter add action=drop",
		  "missing value(s) of argument(s) chain\nchain: input (for the router), forward "
		  "(through it), output (from it), or a chain of one's own" },
		{ "/ip firewall filter add chain=forward dst-port=80",
		  "failure: rule 0: dst-port: only TCP and UDP have ports; add protocol=tcp or "
		  "protocol=udp" },
		{ "/ip firewall filter add chain=input out-interface=ether1",
		  "failure: rule 0: out-interface: outgoing interface matching not possible in "
		  "input, "
		  "prerouting and dstnat chains; match dst-address or the incoming interface "
		  "instead" },
		{ "/ip firewall filter add chain=forward action=jump",
		  "failure: rule 0: jump-target: is missing; name the chain to jump to" },
		{ "/ip firewall filter add chain=forward action=reject reject-with=tcp-reset",
		  "failure: rule 0: reject-with: this is for TCP only; add protocol=tcp" },
		{ "/ip firewall filter add chain=forward connection-mark=\"\"",
		  "invalid value for argument connection-mark: it must have 1 to 31 characters and "
		  "has 0" },
		{ "/ip firewall filter add chain=forward packet-mark=!",
		  "invalid value for argument packet-mark: it must have 1 to 31 characters and has "
		  "0" },
		{ "/ip firewall nat add chain=dstnat action=masquerade",
		  "failure: rule 0: action: masquerade allowed only in chains reached from srcnat; "
		  "move the rule there" },
		{ "/ip firewall nat add chain=dstnat action=dst-nat",
		  "failure: rule 0: to-addresses: dst-nat needs to know what to; give "
		  "to-addresses, "
		  "to-ports or both" },
		{ "/ip firewall nat add chain=dstnat action=dst-nat to-ports=80",
		  "failure: rule 0: to-ports: only TCP and UDP have ports; add protocol=tcp or "
		  "protocol=udp" },
		{ "/ip firewall mangle add chain=forward protocol=tcp action=change-mss",
		  "missing value(s) of argument(s) new-mss: action=change-mss needs it" },
		{ "/ip firewall mangle add chain=forward action=change-mss new-mss=1400",
		  "failure: rule 0: action: this is for TCP only; add protocol=tcp" },
		{ "/ip firewall mangle add chain=forward action=mark-connection",
		  "missing value(s) of argument(s) new-connection-mark: action=mark-connection "
		  "needs "
		  "it" },
		{ "/ip firewall mangle add chain=forward action=mark-packet",
		  "missing value(s) of argument(s) new-packet-mark: action=mark-packet needs it" },
		{ "/ip firewall mangle add chain=prerouting action=mark-routing",
		  "missing value(s) of argument(s) new-routing-mark: action=mark-routing needs "
		  "it" },
		{ "/ip firewall mangle add chain=forward action=mark-routing new-routing-mark=x",
		  "failure: rule 0: action: mark-routing allowed only in chains reached from "
		  "prerouting, output; move the rule there" },
	};
	struct fixture *f = open_home();

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(f, bad[i].line, bad[i].why);
	assert_int_equal(rows_n(f, filter) + rows_n(f, nat) + rows_n(f, mangle), 0);
	fixture_free(f);
}

/* What RouterOS has and this router has not is refused by its name, with a reason. */
static void not_supported(void **unused)
{
	static const char *const actions[] = { "set-priority", "route", "sniff-tzsp", "sniff-pc",
		                               "socksify" };
	struct fixture *f = open_home();
	char line[128];

	refused(f, "/ip firewall filter add chain=forward layer7-protocol=x action=drop",
	        "bad parameter layer7-protocol\nlayer7-protocol is not supported: what a "
	        "connection "
	        "carries is not searched; match addresses and ports");
	for (const struct refused *r = rule_row_refused; r->name != NULL; r++) {
		for (unsigned i = 0; i < FACILITY_COUNT; i++) {
			snprintf(line, sizeof line, "/ip firewall %s add chain=own %s=1",
			         facility_words[i], r->name);
			assert_false(run(f, line));
			assert_non_null(strstr(f->diag.text, r->why));
		}
	}
	for (unsigned i = 0; i < ARRAY_LEN(actions); i++) {
		snprintf(line, sizeof line, "/ip firewall mangle add chain=own action=%s",
		         actions[i]);
		assert_false(run(f, line));
		assert_non_null(strstr(f->diag.text, actions[i]));
		assert_non_null(strstr(f->diag.text, " is not supported: "));
	}
	assert_int_equal(rows_n(f, filter) + rows_n(f, nat) + rows_n(f, mangle), 0);
	fixture_free(f);
}

static void counters_begin_anew(void **unused)
{
	struct fixture *f = open_home();

	must_run(f, "/ip firewall filter add chain=forward action=passthrough");
	must_run(f, "/ip firewall filter add chain=forward protocol=udp");
	must_run(f, "/ip firewall mangle add chain=forward action=passthrough");
	for (unsigned i = 0; i < 3; i++)
		put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	must_run(f, "/ip firewall filter reset-counters 1");
	assert_string_equal(shown(f, filter, 0, "packets"), "3");
	assert_string_equal(shown(f, filter, 1, "packets"), "0");
	assert_string_equal(shown(f, filter, 1, "bytes"), "0");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9"); /* replayed, and counted from 0 on */
	assert_string_equal(shown(f, filter, 1, "packets"), "1");
	must_run(f, "/ip firewall filter reset-counters [find action=passthrough]");
	assert_string_equal(shown(f, filter, 0, "packets"), "0");
	must_run(f, "/ip firewall filter reset-counters-all");
	assert_string_equal(shown(f, filter, 1, "packets"), "0");
	assert_string_equal(shown(f, mangle, 0, "packets"), "4");
	must_run(f, "/ip/firewall/mangle/reset-counters-all");
	assert_string_equal(shown(f, mangle, 0, "packets"), "0");
	refused(f, "/ip firewall filter reset-counters",
	        "missing value(s) of argument(s) numbers\nsay which items: numbers of the last "
	        "print, names, *ids or [find ...]");
	assert_false(run(f, "/ip firewall filter reset-counters 7"));
	fixture_free(f);
}

static void translations_refused(void **unused)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "/ip firewall nat add chain=srcnat action=netmap",
		  "failure: rule 0: to-addresses: netmap needs to know what to; give "
		  "to-addresses" },
		{ "/ip firewall nat add chain=srcnat action=netmap "
		  "to-addresses=203.0.113.16-203.0.113.30",
		  "failure: rule 0: to-addresses: netmap needs a whole network; give one such as "
		  "203.0.113.16/28" },
		{ "/ip firewall nat add chain=srcnat action=same to-addresses=203.0.113.0/28 "
		  "protocol=tcp to-ports=80",
		  "failure: rule 0: to-ports: same translates addresses only; leave it out here" },
		{ "/ip firewall nat add chain=dstnat action=redirect strict=yes",
		  "failure: rule 0: strict: this is for masquerade and src-nat; leave it out "
		  "here" },
		{ "/ip firewall nat add chain=srcnat action=masquerade same-not-by-dst=yes",
		  "failure: rule 0: same-not-by-dst: this is for action=same; leave it out here" },
		{ "/ip firewall nat add chain=srcnat action=endpoint-independent-nat",
		  "input does not match any value of action: endpoint-independent-nat is not "
		  "supported: masquerade and src-nat are "
		  "endpoint-independent for UDP by themselves; use one of them, and for strangers "
		  "to be "
		  "let in /ip/firewall/connection/tracking set filtering=endpoint-independent" },
	};
	struct fixture *f = open_home();

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(f, bad[i].line, bad[i].why);
	assert_int_equal(rows_n(f, nat), 0);
	fixture_free(f);
}

/* One bad rule among several changes: the router runs on as it did, on the same sets and counts. */
static void refused_whole(void **unused)
{
	struct fixture *f = open_home();
	struct rules *before[FACILITY_COUNT];
	uint32_t generation;

	must_run(f, "/ip firewall filter add chain=forward protocol=udp");
	must_run(f, "/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	memcpy(before, f->router->fw.rules, sizeof before);
	generation = f->router->net.generation;
	assert_false(run(f, "/ip firewall filter set [find] chain=input out-interface=ether1"));
	assert_false(run(f, "/ip firewall filter add chain=forward action=jump jump-target=input"));
	assert_false(run(f, "/ip firewall nat set 0 action=redirect"));
	assert_false(run(f, "/ip firewall filter add chain=input action=jump jump-target=input"));
	assert_memory_equal(before, f->router->fw.rules, sizeof before);
	assert_int_equal(f->router->net.generation, generation);
	assert_int_equal(rows_n(f, filter), 1);
	assert_int_equal(counted(f, filter, FACILITY_FILTER, 0).packets, 1);
	assert_int_equal(f->router->fw.flows->used, 1);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_consulted_in_order),
		cmocka_unit_test(replayed_packets_are_counted),
		cmocka_unit_test(translated),
		cmocka_unit_test(marked),
		cmocka_unit_test(masquerade_everywhere_is_warned_of),
		cmocka_unit_test(a_jump_before_its_chain),
		cmocka_unit_test(refusals),
		cmocka_unit_test(translations_refused),
		cmocka_unit_test(refused_whole),
		cmocka_unit_test(not_supported),
		cmocka_unit_test(counters_begin_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
