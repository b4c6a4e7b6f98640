/* The value types of rules and routes: text to value to text, and what is said of bad text. */
#include "menu/fixture.h"
#include "menu/rule_row.h"
#include "menu/type_gateway.h"
#include "seeded.h"

#define VALUE_BYTES 128

/* A value where its own struct would be, with room that must stay untouched behind it. */
struct typed_value {
	_Alignas(8) uint8_t bytes[VALUE_BYTES];
};

struct good {
	const char *typed, *shown; /* NULL: the same */
};

static const struct field *field_of(const struct menu *menu, const char *name)
{
	int at = menu_field(menu, name);

	assert_true(at >= 0);
	return &menu->fields[at];
}

static struct typed_value parsed(struct fixture *f, const struct field *field, const char *text)
{
	const struct conf_state *state = conf_hold(f->conf);
	struct typed_value value = { { 0 } };
	struct diag diag = { 0 };

	if (!field->type->parse(field, state, text, value.bytes, &diag))
		fail_msg("%s=%s: %s", field->name, text, diag.text);
	for (size_t i = field->bytes; i < VALUE_BYTES; i++)
		assert_int_equal(value.bytes[i], 0);
	conf_release(f->conf, state);
	return value;
}

static const char *printed(struct fixture *f, const struct field *field,
                           const struct typed_value *value, bool by_id)
{
	const struct conf_state *state = conf_hold(f->conf);
	struct text out = text_into(f->value, sizeof f->value);

	text_add(&out, "");
	field->type->print(field, by_id ? NULL : state, value->bytes, &out);
	conf_release(f->conf, state);
	return f->value;
}

/* What is printed is read back into the same bytes, by name and as it is stored. */
static void comes_back(struct fixture *f, const struct field *field, const char *text)
{
	struct typed_value value = parsed(f, field, text), again = { { 0 } };
	char stored[512];
	struct diag diag = { 0 };

	snprintf(stored, sizeof stored, "%s", printed(f, field, &value, false));
	again = parsed(f, field, stored);
	assert_memory_equal(&value, &again, sizeof value);
	snprintf(stored, sizeof stored, "%s", printed(f, field, &value, true));
	again = (struct typed_value){ { 0 } };
	assert_true(field->type->parse(field, NULL, stored, again.bytes, &diag));
	assert_memory_equal(&value, &again, sizeof value);
}

static void expect_good(struct fixture *f, const struct menu *menu, const char *name,
                        const struct good *goods, size_t n)
{
	const struct field *field = field_of(menu, name);

	for (size_t i = 0; i < n; i++) {
		struct typed_value value = parsed(f, field, goods[i].typed);

		assert_string_equal(printed(f, field, &value, false),
		                    goods[i].shown != NULL ? goods[i].shown : goods[i].typed);
		comes_back(f, field, goods[i].typed);
	}
}

static void expect_bad(struct fixture *f, const struct menu *menu, const char *name,
                       const char *text, const char *why)
{
	const struct conf_state *state = conf_hold(f->conf);
	const struct field *field = field_of(menu, name);
	struct typed_value value = { { 0 } }, zero = { { 0 } };
	struct diag diag = { 0 };

	if (field->type->parse(field, state, text, value.bytes, &diag))
		fail_msg("%s=%s was taken", name, text);
	assert_string_equal(diag.text, why);
	assert_string_equal(diag.field, name);
	assert_memory_equal(&value, &zero, sizeof value);
	conf_release(f->conf, state);
}

#define GOOD(menu, name, ...)                                                                      \
	do {                                                                                       \
		static const struct good goods[] = { __VA_ARGS__ };                                \
                                                                                                   \
		expect_good(f, &(menu), name, goods, ARRAY_LEN(goods));                            \
	} while (0)

static void good_values(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	GOOD(menu_ip_firewall_filter, "src-address", { "10.0.0.1", NULL }, { "!10.0.0.0/8", NULL },
	     { "10.0.0.1/32", "10.0.0.1" }, { "10.0.0.1-10.0.0.9", NULL },
	     { "10.0.0.0-10.255.255.255", "10.0.0.0/8" }, { "0.0.0.0/0", NULL },
	     { "!255.255.255.255", NULL });
	GOOD(menu_ip_firewall_filter, "dst-port", { "80", NULL }, { "!80", NULL },
	     { "80,443,1000-2000", NULL }, { "80-80", "80" }, { "0-65535", NULL }, { "0", NULL },
	     { "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15-16", NULL });
	GOOD(menu_ip_firewall_filter, "packet-size", { "0", NULL }, { "0-65535", NULL },
	     { "!100-200", NULL }, { "7-7", "7" });
	GOOD(menu_ip_firewall_filter, "dscp", { "63", NULL }, { "!0", NULL }, { "0-63", NULL });
	GOOD(menu_ip_firewall_filter, "protocol", { "tcp", NULL }, { "6", "tcp" },
	     { "!17", "!udp" }, { "0", NULL }, { "255", NULL }, { "!icmp", NULL },
	     { "ipsec-esp", NULL });
	GOOD(menu_ip_firewall_filter, "icmp-options", { "8:0", NULL }, { "8", "8:0-255" },
	     { "!3:4", NULL }, { "3:0-15", NULL }, { "255:255", NULL });
	GOOD(menu_ip_firewall_filter, "tcp-flags", { "syn", NULL }, { "syn,!ack", NULL },
	     { "!ack,syn", "syn,!ack" }, { "fin,syn,rst,psh,ack,urg,ece,cwr", NULL },
	     { "syn,syn", "syn" });
	GOOD(menu_ip_firewall_filter, "connection-state", { "new", NULL },
	     { "related,established", "established,related" }, { "!invalid", NULL },
	     { "untracked,invalid,related,established,new",
	       "new,established,related,invalid,untracked" });
	GOOD(menu_ip_firewall_filter, "connection-nat-state", { "srcnat", NULL },
	     { "!dstnat", NULL });
	GOOD(menu_ip_firewall_filter, "in-interface", { "ether1", NULL }, { "!ether2", NULL });
	GOOD(menu_ip_firewall_filter, "in-interface-list", { "WAN", NULL }, { "!LAN", NULL },
	     { "W", "WAN" }, { "all", NULL });
	GOOD(menu_ip_firewall_filter, "connection-mark", { "voip", NULL }, { "!voip", NULL },
	     { "no-mark", NULL });
	GOOD(menu_ip_firewall_filter, "action", { "accept", NULL }, { "drop", NULL },
	     { "rej", "reject" }, { "jump", NULL }, { "return", NULL }, { "log", NULL },
	     { "passthrough", NULL });
	GOOD(menu_ip_firewall_nat, "action", { "masq", "masquerade" }, { "dst-nat", NULL },
	     { "src-nat", NULL }, { "redirect", NULL });
	GOOD(menu_ip_firewall_nat, "to-ports", { "80", NULL }, { "8000-8010", NULL },
	     { "1-65535", NULL }, { "80-80", "80" });
	GOOD(menu_ip_firewall_mangle, "new-mss", { "88", NULL }, { "65495", NULL },
	     { "clamp-to-pmtu", NULL });
	GOOD(menu_ip_route, "gateway", { "10.0.0.1", NULL }, { "ether1", NULL },
	     { "10.0.0.1%ether2", NULL });
	fixture_free(f);
}

static const struct {
	const struct menu *menu;
	const char *name, *text, *why;
} bad[] = {
	{ &menu_ip_firewall_filter, "src-address", "",
	  "value of src-address expects range of ip addresses: nothing is not an address, "
	  "a "
	  "network (10.0.0.0/8) or a range (10.0.0.1-10.0.0.9, low end first)" },
	{ &menu_ip_firewall_filter, "src-address", "!10.0.0.9-10.0.0.1",
	  "value of src-address expects range of ip addresses: 10.0.0.9-10.0.0.1 is not an "
	  "address, a network (10.0.0.0/8) or a range (10.0.0.1-10.0.0.9, low end first)" },
	{ &menu_ip_firewall_filter, "src-address", "10.0.0.1/8",
	  "invalid value for argument src-address: 10.0.0.1/8 is an address inside a "
	  "network; the network is 10.0.0.0/8" },
	{ &menu_ip_firewall_filter, "dst-port", "!",
	  "invalid value for argument dst-port: ! is not a list of at most 15 ports or "
	  "ranges such as 80,443,1000-2000" },
	{ &menu_ip_firewall_filter, "dst-port", "65536",
	  "invalid value for argument dst-port: 65536 is not a list of at most 15 ports or "
	  "ranges such as 80,443,1000-2000" },
	{ &menu_ip_firewall_filter, "dst-port", "20-10",
	  "invalid value for argument dst-port: 20-10 is not a list of at most 15 ports or "
	  "ranges such as 80,443,1000-2000" },
	{ &menu_ip_firewall_filter, "dst-port", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16",
	  "invalid value for argument dst-port: 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16 is "
	  "not a list of at most 15 ports or ranges such as 80,443,1000-2000" },
	{ &menu_ip_firewall_filter, "dst-port", "80,",
	  "invalid value for argument dst-port: 80, is not a list of at most 15 ports or "
	  "ranges such as 80,443,1000-2000" },
	{ &menu_ip_firewall_filter, "dscp", "64",
	  "value of dscp out of range (0..63): 64 is not a number or a range such as "
	  "100-200" },
	{ &menu_ip_firewall_filter, "ttl", "!",
	  "value of ttl out of range (0..255): nothing is not a number or a range such as "
	  "100-200" },
	{ &menu_ip_firewall_filter, "packet-size", "99999999999999999999",
	  "value of packet-size out of range (0..65535): 99999999999999999999 is not a "
	  "number or a range such as 100-200" },
	{ &menu_ip_firewall_filter, "protocol", "TCP",
	  "input does not match any value of protocol: TCP is neither a protocol's name "
	  "(tcp, udp, icmp, gre, ...) nor a number of 0 to 255" },
	{ &menu_ip_firewall_filter, "protocol", "256",
	  "input does not match any value of protocol: 256 is neither a protocol's name "
	  "(tcp, udp, icmp, gre, ...) nor a number of 0 to 255" },
	{ &menu_ip_firewall_filter, "protocol", "!",
	  "input does not match any value of protocol: nothing is neither a protocol's "
	  "name (tcp, udp, icmp, gre, ...) nor a number of 0 to 255" },
	{ &menu_ip_firewall_filter, "icmp-options", "8:",
	  "invalid value for argument icmp-options: 8: is not type:code, such as 8:0 or "
	  "3:0-15, with numbers of 0 to 255" },
	{ &menu_ip_firewall_filter, "icmp-options", "256:0",
	  "invalid value for argument icmp-options: 256:0 is not type:code, such as 8:0 or "
	  "3:0-15, with numbers of 0 to 255" },
	{ &menu_ip_firewall_filter, "icmp-options", "3:9-1",
	  "invalid value for argument icmp-options: 3:9-1 is not type:code, such as 8:0 or "
	  "3:0-15, with numbers of 0 to 255" },
	{ &menu_ip_firewall_filter, "tcp-flags", "",
	  "input does not match any value of tcp-flags: nothing is not a list of flags "
	  "such as syn,!ack (fin, syn, rst, psh, ack, urg, ece, cwr)" },
	{ &menu_ip_firewall_filter, "tcp-flags", "syn,!",
	  "input does not match any value of tcp-flags: syn,! is not a list of flags such "
	  "as syn,!ack (fin, syn, rst, psh, ack, urg, ece, cwr)" },
	{ &menu_ip_firewall_filter, "tcp-flags", "syn,!syn",
	  "invalid value for argument tcp-flags: syn,!syn wants a flag both set and "
	  "clear" },
	{ &menu_ip_firewall_filter, "in-interface", "ether9",
	  "input does not match any value of in-interface: there is no ether9; there are "
	  "ether1, ether2, ether3" },
	{ &menu_ip_firewall_filter, "in-interface", "ether",
	  "ambiguous value of in-interface, more than one possible value matches input: "
	  "ether could be ether1, ether2, ether3" },
	{ &menu_ip_firewall_filter, "in-interface", "!",
	  "input does not match any value of in-interface: there is no item without a "
	  "name; there are ether1, ether2, ether3" },
	{ &menu_ip_firewall_filter, "action", "masquerade",
	  "input does not match any value of action: there is no masquerade; there are "
	  "accept, drop, reject, jump, return, log, passthrough, "
	  "add-src-to-address-list, add-dst-to-address-list, tarpit, "
	  "fasttrack-connection" },
	{ &menu_ip_firewall_filter, "action", "re",
	  "ambiguous value of action, more than one possible value matches input: re; "
	  "there are accept, drop, reject, jump, return, log, passthrough, "
	  "add-src-to-address-list, add-dst-to-address-list, tarpit, "
	  "fasttrack-connection" },
	{ &menu_ip_firewall_filter, "action", "",
	  "input does not match any value of action: there is no action without a name; "
	  "there are accept, drop, reject, jump, return, log, passthrough, "
	  "add-src-to-address-list, add-dst-to-address-list, tarpit, "
	  "fasttrack-connection" },
	{ &menu_ip_firewall_mangle, "action", "mark-",
	  "ambiguous value of action, more than one possible value matches input: mark-; "
	  "there are accept, jump, return, log, passthrough, mark-connection, mark-packet, "
	  "mark-routing, change-mss, add-src-to-address-list, add-dst-to-address-list, "
	  "change-ttl, change-dscp, clear-df, strip-ipv4-options, fasttrack-connection" },
	{ &menu_ip_firewall_nat, "to-ports", "0",
	  "invalid value for argument to-ports: 0 is not a port or a range such as "
	  "8000-8010, of 1 to 65535" },
	{ &menu_ip_firewall_nat, "to-ports", "80,81",
	  "invalid value for argument to-ports: 80,81 is not a port or a range such as "
	  "8000-8010, of 1 to 65535" },
	{ &menu_ip_firewall_mangle, "new-mss", "87",
	  "value of new-mss out of range (88..65495): 87 is neither such a number nor "
	  "clamp-to-pmtu" },
	{ &menu_ip_firewall_mangle, "new-mss", "65535",
	  "value of new-mss out of range (88..65495): 65535 is neither such a number nor "
	  "clamp-to-pmtu" },
	{ &menu_ip_firewall_mangle, "new-mss", "",
	  "value of new-mss out of range (88..65495): nothing is neither such a number nor "
	  "clamp-to-pmtu" },
	{ &menu_ip_route, "gateway", "10.0.0.300",
	  "invalid value for argument gateway: 10.0.0.300 is neither an address, nor an "
	  "interface, nor address%interface" },
	{ &menu_ip_route, "gateway", "ether1%10.0.0.1",
	  "invalid value for argument gateway: ether1%10.0.0.1 is neither an address, nor "
	  "an interface, nor address%interface" },
	{ &menu_ip_firewall_address_list, "address", "bad.example.com",
	  "invalid value for argument address: bad.example.com is a name, and DNS names are not "
	  "resolved yet; give an address, a network or a range" },
	{ &menu_ip_firewall_address_list, "address", "2001:db8::1",
	  "value of address expects range of ip addresses: 2001:db8::1 is not an address, a "
	  "network (10.0.0.0/8) or a range (10.0.0.1-10.0.0.9, low end first)" },
	{ &menu_ip_firewall_address_list, "timeout", "10ms",
	  "value of timeout out of range (1s..7101w3d6h28m15s)" },
	{ &menu_ip_firewall_filter, "address-list-timeout", "none-static",
	  "invalid value for argument address-list-timeout: what rules add is not stored, so there "
	  "is no none-static; none-dynamic stays until the router restarts" },
	{ &menu_ip_route, "gateway", "",
	  "invalid value for argument gateway: nothing is neither an address, nor an "
	  "interface, nor address%interface" },
	{ &menu_ip_route, "gateway", "10.0.0.1%ppp",
	  "input does not match any value of gateway: there is no ppp; there are ether1, "
	  "ether2, ether3" },
};

static void bad_values(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect_bad(f, bad[i].menu, bad[i].name, bad[i].text, bad[i].why);
	fixture_free(f);
}

static uint32_t below(struct seeded *seeded, uint32_t n)
{
	return (uint32_t)(seeded_next(seeded) % n);
}

static void random_range(struct seeded *seeded, uint32_t min, uint32_t max, struct text *out)
{
	uint32_t low = min + below(seeded, max - min + 1);

	text_printf(out, "%u", low);
	if (below(seeded, 2) == 0)
		text_printf(out, "-%u", low + below(seeded, max - low + 1));
}

static void random_addresses(struct seeded *seeded, struct text *out)
{
	ip4 low = { (uint32_t)seeded_next(seeded) };
	unsigned bits = below(seeded, 33);

	if (below(seeded, 2) == 0) {
		ip4_print(ip4_network(low, bits), out);
		text_printf(out, "/%u", bits);
		return;
	}
	ip4_print(low, out);
	text_char(out, '-');
	ip4_print((ip4){ low.v + (uint32_t)(seeded_next(seeded) % (UINT32_MAX - low.v + 1ULL)) },
	          out);
}

/* A random valid value of each type, as a person might type it. */
static const char *random_value(struct seeded *seeded, unsigned kind, struct text *out)
{
	static const char *const flags[] = {
		"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"
	};
	unsigned n = 1 + below(seeded, PORT_RANGES_MAX);

	text_clear(out);
	if (kind < 4 && below(seeded, 2) == 0)
		text_char(out, '!');
	switch (kind) {
	case 0:
		random_addresses(seeded, out);
		return "src-address";
	case 1:
		while (n-- > 0) {
			random_range(seeded, 0, UINT16_MAX, out);
			text_add(out, n > 0 ? "," : "");
		}
		return "dst-port";
	case 2:
		random_range(seeded, 0, 63, out);
		return "dscp";
	case 3:
		text_printf(out, "%u", below(seeded, 256));
		return "protocol";
	case 4:
		for (unsigned i = 0; i < ARRAY_LEN(flags); i++) {
			if (below(seeded, 2) == 0)
				text_printf(out, "%s%s%s", out->len > 0 ? "," : "",
				            below(seeded, 2) == 0 ? "!" : "", flags[i]);
		}
		text_add(out, out->len == 0 ? "!urg" : "");
		return "tcp-flags";
	default:
		text_printf(out, "%u:", below(seeded, 256));
		random_range(seeded, 0, 255, out);
		return "icmp-options";
	}
}

static void random_values_come_back(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	struct seeded seeded = seeded_make(99);
	char buffer[512];

	for (unsigned i = 0; i < 3000; i++) {
		struct text out = text_into(buffer, sizeof buffer);
		const char *name = random_value(&seeded, i % 6, &out);

		comes_back(f, field_of(&menu_ip_firewall_filter, name), buffer);
	}
	fixture_free(f);
}

struct counted {
	struct choice_sink sink; /* first */
	struct fixture *f;
	const struct field *field;
	unsigned n;
};

/* Whatever completion offers is a value. */
static void choice_is_good(struct choice_sink *sink, const char *word, const char *help)
{
	struct counted *counted = (struct counted *)sink;

	comes_back(counted->f, counted->field, word);
	counted->n++;
}

static void choices_are_values(void **unused)
{
	static const struct {
		const struct menu *menu;
		const char *name;
		unsigned n;
	} lists[] = {
		{ &menu_ip_firewall_filter, "protocol", 18 },
		{ &menu_ip_firewall_filter, "in-interface", 3 },
		{ &menu_ip_firewall_filter, "in-interface-list", 6 },
		{ &menu_ip_firewall_filter, "connection-state", 5 },
		{ &menu_ip_firewall_filter, "tcp-flags", 8 },
		{ &menu_ip_firewall_filter, "action", 11 },
		{ &menu_ip_firewall_nat, "action", 13 },
		{ &menu_ip_firewall_mangle, "action", 16 },
		{ &menu_ip_firewall_mangle, "new-mss", 1 },
		{ &menu_ip_firewall_filter, "address-list-timeout", 1 },
		{ &menu_ip_route, "gateway", 3 },
	};
	struct fixture *f = fixture_new(NULL);
	const struct conf_state *state = conf_hold(f->conf);

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct counted counted = { .sink = { choice_is_good },
			                   .f = f,
			                   .field = field_of(lists[i].menu, lists[i].name) };

		counted.field->type->choices(counted.field, state, &counted.sink);
		assert_int_equal(counted.n, lists[i].n);
	}
	conf_release(f->conf, state);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_values),
		cmocka_unit_test(bad_values),
		cmocka_unit_test(random_values_come_back),
		cmocka_unit_test(choices_are_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
