/* What is told when a change is taken that perhaps is not what was meant, each with its repair. */
#include "menu/fixture.h"

/* Lines before it, then the line and how its warning begins; "": there is none. */
struct warning {
	const char *before;
	const char *line;
	const char *begins, *repair;
};

static const struct warning warnings[] = {
	/* A rule that is shadowed, and one that shadows. */
	{ "/ip/firewall/filter/add chain=forward protocol=tcp action=drop comment=all",
	  "/ip/firewall/filter/add chain=forward protocol=tcp dst-port=80 action=accept",
	  "this rule is never met: *", "/ip/firewall/filter/move *" },
	{ "/ip/firewall/filter/add chain=forward protocol=tcp dst-port=80 action=accept",
	  "/ip/firewall/filter/add chain=forward protocol=tcp action=drop place-before=0", "*",
	  "behind this rule is never met any more" },
	{ "/ip/firewall/filter/add chain=forward protocol=tcp dst-port=80 action=accept",
	  "/ip/firewall/filter/add chain=forward protocol=tcp dst-port=81 action=drop", "", "" },
	{ "/ip/firewall/filter/add chain=forward protocol=udp limit=10,5:packet action=accept",
	  "/ip/firewall/filter/add chain=forward protocol=udp action=drop", "", "" },
	/* Routes. */
	{ "/ip/address/add address=192.0.2.2/24 interface=ether1",
	  "/ip/route/add gateway=198.51.100.1", "inactive: no connected network holds the gateway",
	  "add an address in its network" },
	{ "/ip/address/add address=192.0.2.2/24 interface=ether1;"
	  "/ip/address/add address=198.51.100.2/24 interface=ether2;"
	  "/ip/route/add gateway=192.0.2.1",
	  "/ip/route/add gateway=198.51.100.1",
	  "there are two default routes of distance 1: by ether1 (*", "distance=2" },
	{ "/ip/address/add address=192.0.2.2/24 interface=ether1;"
	  "/ip/address/add address=198.51.100.2/24 interface=ether2;"
	  "/ip/route/add gateway=192.0.2.1",
	  "/ip/route/add gateway=198.51.100.1 distance=2",
	  "inactive: another route to the same network has a lower distance", "steps in" },
	/* Addresses. */
	{ "/ip/address/add address=10.1.0.1/16 interface=ether2",
	  "/ip/address/add address=10.1.2.1/24 interface=ether3",
	  "its network overlaps that of 10.1.0.1/16 on ether2", "/ip/address/remove *" },
	{ "/ip/address/add address=10.1.0.1/16 interface=ether2",
	  "/ip/address/add address=10.1.2.1/24 interface=ether2", "", "" },
	/* Port mappings. */
	{ "",
	  "/ip/firewall/nat/add chain=dstnat protocol=tcp dst-port=80 action=dst-nat "
	  "to-addresses=10.9.9.9",
	  "no route reaches 10.9.9.9", "/ip/address/add" },
	{ "/ip/address/add address=192.0.2.2/24 interface=ether1;"
	  "/ip/route/add gateway=192.0.2.1",
	  "/ip/firewall/nat/add chain=dstnat protocol=tcp dst-port=80 action=dst-nat "
	  "to-addresses=10.9.9.9",
	  "only the default route leads to 10.9.9.9", "/ip/address/add" },
	{ "/ip/address/add address=10.9.9.1/24 interface=ether2",
	  "/ip/firewall/nat/add chain=dstnat protocol=tcp dst-port=80 action=dst-nat "
	  "to-addresses=10.9.9.9 dst-address=192.0.2.2",
	  "", "" },
};

static void check(const struct warning *w)
{
	struct fixture *f = fixture_new(NULL);
	const char *said;

	assert_true(run(f, "/ip/firewall/filter/remove [find]"));
	if (w->before[0] != '\0')
		assert_true(run(f, w->before));
	if (!run(f, w->line))
		fail_msg("%s: %s", w->line, f->diag.text);
	said = text_str(&f->notice);
	if (strncmp(said, w->begins, strlen(w->begins)) != 0 || strstr(said, w->repair) == NULL ||
	    (w->begins[0] == '\0' && said[0] != '\0'))
		fail_msg("%s: says \"%s\"", w->line, said);
	fixture_free(f);
}

static void what_works_perhaps_not_as_meant_is_told(void **unused)
{
	for (size_t i = 0; i < ARRAY_LEN(warnings); i++)
		check(&warnings[i]);
}

/* The port that a rule names is not there at the next start. */
static void a_rule_whose_interface_is_gone_says_so(void **unused)
{
	struct memory_store *store = mem_new(1, sizeof *store);
	struct fixture *f;

	memory_store_init(store);
	f = fixture_with_ports(store, 3);

	assert_true(run(f, "/ip/firewall/filter/remove [find]"));
	assert_true(run(f, "/ip/firewall/filter/add chain=forward in-interface=ether3 "
	                   "action=drop"));
	fixture_free(f);
	f = fixture_with_ports(store, 2);
	assert_true(run(f, "/ip/firewall/filter/set 0 comment=x"));
	assert_string_equal(text_str(&f->notice), "in-interface: there is no interface ether3 now; "
	                                          "the rule matches nothing until it is back\n");
	fixture_free(f);
	memory_store_free(store);
	mem_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_works_perhaps_not_as_meant_is_told),
		cmocka_unit_test(a_rule_whose_interface_is_gone_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
