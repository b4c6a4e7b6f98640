/* All menus together: the tables make sense, a fresh store, and what export and reload bring back.
 */
#include "conf/row.h"
#include "menu/fixture.h"
#include "menu/type_capture.h"
#include "menu/type_match.h"

/* --- the tables --- */

static void help_is_a_sentence(const char *path, const char *name, const char *help)
{
	if (help == NULL || help[0] == '\0')
		fail_msg("%s %s has no help", path, name);
	if (help[strlen(help) - 1] == '.' && strstr(help, "...") == NULL)
		fail_msg("%s %s: help ends with a full stop: %s", path, name, help);
}

static bool is_one_of(const struct type *type, const struct type *const *types, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (types[i] == type)
			return true;
	}
	return false;
}

static void field_is_sane(const char *path, const struct field *field, size_t body_bytes)
{
	static const struct type *const worded[] = { &type_enum, &type_set, &type_match_bits };
	static const struct type *const refs[] = { &type_ref, &type_match_ref,
		                                   &type_capture_ifaces };
	bool has_words = is_one_of(field->type, worded, ARRAY_LEN(worded));
	bool has_ref = is_one_of(field->type, refs, ARRAY_LEN(refs));

	help_is_a_sentence(path, field->name, field->help);
	assert_non_null(field->type);
	assert_true(field->bytes > 0 && (size_t)field->offset + field->bytes <= body_bytes);
	assert_true(field->max == 0 || field->max >= field->min);
	if ((has_words && field->words == NULL) || (field->ref != NULL) != has_ref)
		fail_msg("%s %s: words and ref do not go with its type", path, field->name);
	if ((field->flags & F_READ_ONLY) != 0)
		assert_int_equal(field->flags & (F_REQUIRED | F_KEY | F_UNNAMED), 0);
	if (field->type == &type_string || field->type == &type_word)
		assert_true(field->max <= field->bytes - 1);
}

/* No two fields answer to one name, or lie in each other's place. */
static void fields_are_apart(const char *path, const struct field *fields, size_t n, bool may_share)
{
	assert_true(n <= FIELD_MAX);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct field *a = &fields[i], *b = &fields[j];

			if (strcmp(a->name, b->name) == 0 ||
			    (a->alias != NULL && strcmp(a->alias, b->name) == 0) ||
			    (b->alias != NULL && strcmp(b->alias, a->name) == 0))
				fail_msg("%s has two fields %s", path, a->name);
			if (!may_share && a->offset < b->offset + b->bytes &&
			    b->offset < a->offset + a->bytes)
				fail_msg("%s: %s and %s overlap", path, a->name, b->name);
		}
	}
}

static size_t place_of(const char *path)
{
	size_t at = 0;

	while (menus_all[at] != NULL && strcmp(menus_all[at]->path, path) != 0)
		at++;
	return at;
}

static void actions_are_sane(const struct menu *menu)
{
	for (size_t a = 0; a < menu->nactions; a++) {
		const struct action *action = &menu->actions[a];

		bool asks = action->change != NULL && action->ask != NULL;

		help_is_a_sentence(menu->path, action->name, action->help);
		assert_int_equal((action->items != NULL) + (action->start != NULL) +
		                         (action->change != NULL),
		                 asks ? 2 : 1);
		for (size_t i = 0; i < action->nfields; i++)
			field_is_sane(menu->path, &action->fields[i], action->args_size);
		fields_are_apart(menu->path, action->fields, action->nfields, false);
	}
}

static void tables_are_sane(void **unused)
{
	for (size_t m = 0; menus_all[m] != NULL; m++) {
		const struct menu *menu = menus_all[m];

		help_is_a_sentence(menu->path, "", menu->title);
		assert_int_equal(place_of(menu->path), m); /* only once */
		for (size_t i = 0; i < menu->nfields; i++)
			field_is_sane(menu->path, &menu->fields[i], menu->row_size);
		fields_are_apart(menu->path, menu->fields, menu->nfields, menu->target != NULL);
		actions_are_sane(menu);
		/* What it depends on is published before it. */
		for (size_t i = 0; menu->depends != NULL && menu->depends[i] != NULL; i++)
			assert_true(place_of(menu->depends[i]) < m);
		assert_int_equal(menu->prepare != NULL, menu->publish != NULL);
		assert_int_equal(menu->prepare != NULL, menu->discard != NULL);
		if (menu->target != NULL)
			assert_non_null(menus_all[place_of(menu->target)]);
	}
}

static void defaults_are_values(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	const struct conf_state *state = conf_hold(f->conf);

	for (size_t m = 0; menus_all[m] != NULL; m++) {
		const struct menu *menu = menus_all[m];
		struct diag diag = { 0 };
		struct row *row;

		if (menu->kind == MENU_FOLDER || menu->kind == MENU_OBSERVED)
			continue;
		row = row_new(menu, state, &diag);
		if (row == NULL)
			fail_msg("%s: %s", menu->path, diag.text);
		for (size_t i = 0; i < menu->nfields; i++) {
			struct text out = text_into(f->value, sizeof f->value);

			text_add(&out, "");
			if (menu->fields[i].dflt == NULL)
				continue;
			menu->fields[i].type->print(&menu->fields[i], state,
			                            row->body + menu->fields[i].offset, &out);
			assert_string_equal(f->value, menu->fields[i].dflt);
		}
		row_release(row);
	}
	conf_release(f->conf, state);
	fixture_free(f);
}

/* --- a fresh store --- */

static void a_fresh_router_keeps_the_wan_out(void **unused)
{
	static const char *const rules[][4] = {
		{ "input", "accept", "established,related,untracked", "" },
		{ "input", "drop", "invalid", "" },
		{ "input", "drop", "", "!LAN" },
		{ "forward", "accept", "established,related,untracked", "" },
		{ "forward", "drop", "invalid", "" },
		{ "forward", "drop", "", "WAN" },
	};
	static const char filter[] = "/ip/firewall/filter";
	struct fixture *f = fixture_new(NULL);

	assert_int_equal(rows_n(f, filter), ARRAY_LEN(rules));
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct row *row = row_at_place(f, filter, i);

		mem_free(row);
		assert_string_equal(shown(f, filter, i, "chain"), rules[i][0]);
		assert_string_equal(shown(f, filter, i, "action"), rules[i][1]);
		assert_string_equal(shown(f, filter, i, "connection-state"), rules[i][2]);
		assert_string_equal(shown(f, filter, i, "in-interface-list"), rules[i][3]);
	}
	assert_string_equal(shown(f, filter, 5, "connection-nat-state"), "!dstnat");
	assert_int_equal(rows_n(f, "/ip/firewall/nat"), 0);
	assert_int_equal(rows_n(f, "/ip/firewall/mangle"), 0);
	assert_int_equal(rows_n(f, "/ip/address"), 0);
	assert_string_equal(shown(f, "/system/identity", 0, "name"), "Towpath");
	fixture_free(f);
}

static void ping_of(struct fixture *f, iface_id id, const char *src, const char *dst)
{
	frame_icmp(&f->ways[id].in, id, src, dst, ICMP_ECHO, 8);
	put(f, id);
}

static void the_fresh_filter_at_work(void **unused)
{
	struct fixture *f = home(NULL);

	ping_of(f, 1, "203.0.113.1", "203.0.113.2"); /* WAN asks the router */
	assert_int_equal(f->router->net.drops[DROP_FILTER], 1);
	ping_of(f, 2, "192.168.88.7", "192.168.88.1"); /* LAN does */
	assert_int_equal(sent_n(f, 2), 1);
	ping_of(f, 1, "203.0.113.1", "192.168.88.7"); /* WAN asks a host inside */
	assert_int_equal(f->router->net.drops[DROP_FILTER], 2);
	put_udp(f, 1, "203.0.113.1", "203.0.113.2"); /* a closed port says nothing either */
	assert_int_equal(f->router->net.drops[DROP_FILTER], 3);
	assert_int_equal(sent_n(f, 1), 0);
	/* A port mapping is the way in. */
	must_run(f,
	         "/ip firewall dst-nat add dst-address=203.0.113.2/32:53 protocol=udp action=nat "
	         "to-dst-address=192.168.88.7");
	put_udp(f, 1, "203.0.113.1", "203.0.113.2");
	assert_int_equal(sent_n(f, 2), 2);
	fixture_free(f);
}

/* --- export and reload --- */

/* Every field that can be stored is given somewhere; see all_fields_are_used(). */
static const char everything[] =
	"/system identity set name=\"a \\\"quoted\\\" \\$name\"\n"
	"/system note set note=\"two\\nlines\" show-at-login=no\n"
	"/system logging action add name=own target=disk memory-lines=7 memory-stop-on-full=yes "
	"disk-file-name=mine disk-lines-per-file=8 disk-file-count=3 disk-stop-on-full=yes\n"
	"/system logging add topics=firewall,!debug action=own prefix=\"fw \" regex=\"^a|b\"\n"
	"/system script add name=s owner=ann policy=read,write dont-require-permissions=yes "
	"source=\":put \\\"\\$x\\\"\\r\\n/ip/route/print\"\n"
	"/system scheduler add name=e owner=ann policy=read start-date=2030-12-31 "
	"start-time=23:59:59 interval=1d on-event=s\n"
	"/interface set ether1 name=wan mtu=1400 merge-segments=no comment=\"to the provider\"\n"
	"/interface disable ether3\n"
	"/interface bridge add name=bridge1 mtu=1300 ageing-time=1m auto-mac=no "
	"admin-mac=02:00:00:00:00:99\n"
	"/interface vlan add name=v10 vlan-id=10 interface=bridge1 mtu=1200 use-service-tag=yes\n"
	"/interface bridge port add bridge=bridge1 interface=ether3 horizon=5 learn=no "
	"broadcast-flood=no unknown-unicast-flood=no unknown-multicast-flood=no "
	"loop-protect=on loop-protect-send-interval=1s loop-protect-disable-time=0s\n"
	"/user/group/add name=helpers policy=read,test\n"
	"/user/set admin password=x\n"
	"/user/add name=rita group=helpers password=y address=10.0.0.0/8 expired=yes\n"
	"/interface list add name=guests comment=\"with ; and \\\\\"\n"
	"/interface list member add list=guests interface=ether3 disabled=yes\n"
	"/ip address add address=203.0.113.2/24 interface=wan\n"
	"/ip address add address=10.0.0.1/32 network=10.9.9.9 interface=ether2\n"
	"/ip address add address=192.168.88.1/24 interface=ether2 disabled=yes\n"
	"/interface ethernet set ether2 arp=proxy-arp arp-timeout=1m\n"
	"/ip settings set ip-forward=no send-redirects=no accept-source-route=yes rp-filter=loose "
	"max-neighbor-entries=99 arp-timeout=20s icmp-rate-limit=20 "
	"icmp-errors-use-inbound-interface-address=yes\n"
	"/ip settings set tcp-syncookies=no tcp-timestamps=disabled\n"
	"/ip service set telnet port=2323 address=10.0.0.0/8 max-sessions=3 disabled=yes\n"
	"/ip socket policy add action=deny error=EPERM operation=connect protocol=tcp "
	"src-address=!10.0.0.0/8 src-port=1024-65535 dst-address=192.0.2.0/24 dst-port=!80 "
	"user=0 program=curl service=run\n"
	"/ip socket settings set syn-option-order=bsd syn-schedule=linear syn-retries=3 "
	"syn-ack-retries=3 retries=9 orphan-retries=4 congestion=reno initial-window=4 sack=no "
	"window-scaling=no icmp-fatal=no black-hole-probing=yes mtu-floor=576 rto-min=300ms "
        "rto-initial=2s rto-max=1m "
	"delayed-ack=10ms time-wait=30s fin-wait=20s receive-buffer=64 receive-buffer-max=1024 "
	"send-buffer=32 send-buffer-max=512\n"
	"/ip arp add address=203.0.113.1 mac-address=02:00:00:00:00:01 interface=wan\n"
	"/ip arp add address=192.168.88.5 published=yes interface=ether2\n"
	"/ip route add gateway=203.0.113.1 pref-src=10.0.0.1\n"
	"/ip route add dst-address=10.1.0.0/16 gateway=10.9.9.9%ether2 routing-table=other "
	"distance=7\n"
	"/ip route add dst-address=10.2.0.0/16 blackhole=yes\n"
	"/ip firewall filter add chain=forward src-address=!10.0.0.0/8 "
	"dst-address=10.0.0.1-10.0.0.9 protocol=tcp src-port=1024-65535 dst-port=!80,443 "
	"in-interface=wan out-interface=!ether2 connection-state=!new,invalid "
	"connection-nat-state=dstnat connection-mark=!slow packet-mark=no-mark tcp-flags=syn,!ack "
	"tcp-mss=500-1400 packet-size=!0-100 dscp=46 ttl=!255 fragment=no action=reject "
	"reject-with=tcp-reset log=yes log-prefix=\"why not\"\n"
	"/ip firewall filter add chain=forward protocol=udp port=53 in-interface-list=!guests "
	"out-interface-list=WAN action=jump jump-target=own\n"
	"/ip firewall address-list add list=guests address=10.1.0.0/16 comment=\"by hand\"\n"
	"/ip firewall address-list add list=guests address=10.0.0.1-10.0.0.6 disabled=yes\n"
	"/ip firewall filter add chain=forward src-address-list=guests dst-address-list=!servers "
	"action=add-src-to-address-list address-list=seen address-list-timeout=1h30m\n"
	"/ip firewall filter add chain=own fragment=yes protocol=icmp icmp-options=!3:0-15\n"
	"/ip firewall filter add chain=forward src-address-type=!local "
	"dst-address-type=unicast,local "
	"src-mac-address=!02:00:5E:10:00:0A ipv4-options=none ipsec-policy=in,none "
	"per-connection-classifier=both-addresses:2/1 time=8h-18h,mon connection-bytes=5-0 "
	"connection-limit=!100,24 nth=3,2 random=50 limit=10/1m,5:packet "
	"dst-limit=10,5,src-address/1m\n"
	"/ip firewall filter add chain=forward action=fasttrack-connection hw-offload=yes\n"
	"/ip firewall nat add chain=srcnat out-interface=wan action=masquerade\n"
	"/ip firewall nat add chain=dstnat dst-address=203.0.113.2 protocol=tcp dst-port=80 "
	"action=dst-nat to-addresses=10.9.9.9 to-ports=8080-8090 hairpin=no comment=web\n"
	"/ip firewall nat add chain=srcnat action=masquerade strict=yes randomise-ports=yes\n"
	"/ip firewall nat add chain=srcnat action=same to-addresses=203.0.113.0/28 "
	"same-not-by-dst=yes\n"
	"/ip firewall mangle add chain=forward protocol=tcp tcp-flags=syn action=change-mss "
	"new-mss=clamp-to-pmtu passthrough=no\n"
	"/ip firewall mangle add chain=prerouting action=mark-connection new-connection-mark=slow\n"
	"/ip firewall mangle add chain=prerouting action=change-ttl new-ttl=set:64\n"
	"/ip firewall mangle add chain=forward action=change-dscp new-dscp=46\n"
	"/ip firewall mangle add chain=prerouting action=mark-packet new-packet-mark=\"a b\"\n"
	"/ip firewall mangle add chain=forward routing-mark=!other action=accept\n"
	"/ip firewall mangle add chain=prerouting action=mark-routing new-routing-mark=other\n"
	"/ip firewall connection tracking set enabled=yes filtering=endpoint-independent "
	"re-evaluate=no tcp-syn-sent-timeout=5m "
	"tcp-syn-received-timeout=6m tcp-established-timeout=2h tcp-fin-wait-timeout=1s "
	"tcp-close-wait-timeout=2s tcp-last-ack-timeout=3s tcp-time-wait-timeout=7m "
	"tcp-close-timeout=10s udp-timeout=10s udp-stream-timeout=3m icmp-timeout=10s "
	"generic-timeout=52w1d loose-tcp-tracking=no liberal-tcp-tracking=yes\n"
	"/tool sniffer set only-headers=yes memory-limit=1MiB memory-scroll=no file-name=seen "
	"file-limit=5MiB max-packet-size=128 filter-interface=wan "
	"filter-mac-address=02:00:00:00:00:01 filter-src-mac-address=02:00:00:00:00:02 "
	"filter-dst-mac-address=02:00:00:00:00:03 filter-mac-protocol=ip,arp filter-vlan=5 "
	"filter-ip-address=10.0.0.0/8 filter-src-ip-address=10.0.0.1 "
	"filter-dst-ip-address=10.0.0.2-10.0.0.4 filter-ip-protocol=tcp,udp filter-port=53 "
	"filter-src-port=1-9 filter-dst-port=80 filter-size=60-1500 filter-direction=rx "
	"filter-operator-between-entries=and\n";

static const char *const never_stored[] = {
	"/interface default-name", "/ip/address netmask", "/ip/firewall/mangle tcp-options",
	"/ip/firewall/address-list timeout",
	/* Of these there is one value, the default. */
	"/interface/bridge protocol-mode", "/interface/bridge vlan-filtering",
	"/interface/bridge igmp-snooping", "/interface/bridge dhcp-snooping",
	"/interface/bridge arp", "/interface/vlan arp", "/interface/vlan mvrp",
	/* what has one value only */
	"/ip/settings accept-redirects", "/ip/settings secure-redirects",
	"/ip/settings ipv4-multipath-hash-policy", "/ip/settings icmp-rate-mask",
	"/ip/settings allow-fast-path", "/interface/ethernet default-name", NULL
};

static bool is_never_stored(const char *path, const char *field)
{
	char name[96];

	snprintf(name, sizeof name, "%s %s", path, field);
	for (unsigned i = 0; never_stored[i] != NULL; i++) {
		if (strcmp(never_stored[i], name) == 0)
			return true;
	}
	return false;
}

static uint64_t given_anywhere(struct fixture *f, const struct menu *menu)
{
	uint64_t given = 0;
	struct row *row;

	for (size_t at = 0; (row = row_at_place(f, menu->path, at)) != NULL; at++) {
		given |= row->given;
		mem_free(row);
	}
	return given;
}

/* Fields of one name and type are one (the rules' matchers): given in one menu is enough. */
static bool is_given(struct fixture *f, const struct field *field)
{
	for (size_t m = 0; menus_all[m] != NULL; m++) {
		int i = menu_field(menus_all[m], field->name);

		if (i >= 0 && menus_all[m]->target == NULL &&
		    menus_all[m]->fields[i].type == field->type &&
		    (given_anywhere(f, menus_all[m]) >> i & 1) != 0)
			return true;
	}
	return false;
}

static void all_fields_are_used(struct fixture *f)
{
	for (size_t m = 0; menus_all[m] != NULL; m++) {
		const struct menu *menu = menus_all[m];

		for (size_t i = 0; i < menu->nfields && menu->target == NULL; i++) {
			if (field_settable(&menu->fields[i]) && !is_given(f, &menu->fields[i]) &&
			    !is_never_stored(menu->path, menu->fields[i].name))
				fail_msg("%s %s is never given", menu->path, menu->fields[i].name);
		}
	}
}

/* What the packets' side runs on, as bytes: routes, addresses, lists, names. */
static void published(struct fixture *f, struct text *out)
{
	struct fib_cursor at = { 0 };
	struct route_entry e;
	const struct addr_spec *addrs;
	size_t n;

	while (fib_next(&f->router->net, &at, &e))
		text_printf(out, "route %08x/%u table %u via %08x by %u distance %u src %08x: %u\n",
		            e.spec.dst.addr.v4.v, e.spec.dst.bits, e.spec.table, e.next_hop.v,
		            e.out, e.spec.distance, e.src.v, e.reason);
	n = addr_all(&f->router->net, &addrs);
	for (size_t i = 0; i < n; i++)
		text_printf(out, "address %08x/%u network %08x on %u\n", addrs[i].addr.v,
		            addrs[i].bits, addrs[i].network.v, addrs[i].iface);
	for (iface_id id = 1; id <= FIXTURE_PORTS; id++) {
		const struct iface *iface = iface_get_const(&f->router->net, id);

		text_printf(out, "%s %d mtu %u lists %llx\n", iface->name, iface->enabled,
		            iface->mtu_bytes, (unsigned long long)iface->lists);
	}
	for (unsigned i = 0; i < FACILITY_COUNT; i++)
		assert_non_null(f->router->fw.rules[i]);
}

static void expect_alike(struct fixture *f, struct fixture *g)
{
	struct text left = { 0 }, right = { 0 };
	char *a = exported(f, "/"), *b = exported(g, "/");

	assert_string_equal(a, b);
	published(f, &left);
	published(g, &right);
	assert_string_equal(text_str(&left), text_str(&right));
	text_free(&left);
	text_free(&right);
	mem_free(a);
	mem_free(b);
}

static void export_makes_it_again(void **unused)
{
	struct fixture *f = fixture_new(NULL), *g = fixture_new(NULL);
	char *lines;

	must_run(f, everything);
	all_fields_are_used(f);
	lines = exported(f, "/");
	must_run(g, "/system logging remove [find]; "
	            "/ip firewall filter remove [find]; /interface list member remove [find]; "
	            "/interface list remove [find name=WAN || name=LAN]");
	must_run(g, lines);
	expect_alike(f, g);
	mem_free(lines);
	fixture_free(f);
	fixture_free(g);
}

static void reload_brings_it_back(void **unused)
{
	struct memory_store *store = mem_new(1, sizeof *store);
	struct fixture *f, *g;

	memory_store_init(store);
	f = fixture_new(store);
	must_run(f, everything);
	g = fixture_new(NULL);
	must_run(g, everything);
	fixture_free(f);
	f = fixture_new(store);
	expect_alike(f, g);
	fixture_free(f);
	fixture_free(g);
	memory_store_free(store);
	mem_free(store);
}

/* The disk is full: nothing of the change is published. */
static void what_is_not_durable_is_not_published(void **unused)
{
	struct memory_store *store = mem_new(1, sizeof *store);
	struct rules *rules;
	struct fixture *f;

	memory_store_init(store);
	f = home(store);
	rules = f->router->fw.rules[FACILITY_FILTER];
	store->fail_error = -ENOSPC;
	store->fail_from = store->calls;
	assert_false(run(f, "/ip firewall filter add chain=forward action=drop"));
	assert_false(run(f, "/ip address remove [find]"));
	assert_ptr_equal(f->router->fw.rules[FACILITY_FILTER], rules);
	assert_int_equal(rows_n(f, "/ip/firewall/filter"), 6);
	assert_non_null(addr_find(&f->router->net, A("203.0.113.2")));
	store->fail_error = 0;
	must_run(f, "/ip firewall filter add chain=forward action=drop");
	assert_int_equal(rows_n(f, "/ip/firewall/filter"), 7);
	fixture_free(f);
	memory_store_free(store);
	mem_free(store);
}

static void system_says_what_is(void **unused)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip firewall filter remove [find]");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	sleep_ms(f, 61500);
	assert_string_equal(shown(f, "/system/resource", 0, "uptime"), "1m1s");
	assert_string_equal(shown(f, "/system/resource", 0, "connections"), "1");
	assert_string_equal(shown(f, "/system/resource", 0, "max-connections"), "64");
	assert_string_equal(shown(f, "/system/resource", 0, "packet-buffers"), "66");
	assert_string_equal(shown(f, "/system/resource", 0, "walked-packets"), "1");
	assert_string_equal(shown(f, "/system/resource", 0, "dropped-packets"), "0");
	assert_int_equal(rows_n(f, "/system/resource/drop"), 0);
	frame_udp(&f->ways[2].in, 2, "127.0.0.1", "198.51.100.9", 8);
	put(f, 2);
	assert_int_equal(rows_n(f, "/system/resource/drop"), 1);
	assert_string_equal(shown(f, "/system/resource/drop", 0, "packets"), "1");
	assert_string_equal(shown(f, "/system/resource", 0, "dropped-packets"), "1");
	assert_false(run(f, "/system resource set uptime=1s"));
	must_run(f, "/system identity set name=canal");
	assert_string_equal(shown(f, "/system/identity", 0, "name"), "canal");
	assert_false(run(f, "/system identity set name=\"\""));
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_sane),
		cmocka_unit_test(defaults_are_values),
		cmocka_unit_test(a_fresh_router_keeps_the_wan_out),
		cmocka_unit_test(the_fresh_filter_at_work),
		cmocka_unit_test(export_makes_it_again),
		cmocka_unit_test(reload_brings_it_back),
		cmocka_unit_test(what_is_not_durable_is_not_published),
		cmocka_unit_test(system_says_what_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
