/* /undo, /redo and /system/history on the menus as they are. */
#include "menu/fixture.h"

#include "conf/row.h"
#include "conf/state.h"

#define CHANGES 80

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33) % below;
}

/* Lines with places for numbers: %1$u small, %2$u and %3$u numbers of items, %4$u a byte. */
static const char *const lines[] = {
	"/ip/address/add address=10.%4$u.%1$u.1/24 interface=ether%2$u",
	"/ip/address/set %2$u comment=\"n %4$u\"",
	"/ip/address/remove %2$u",
	"/ip/address/disable %2$u",
	"/ip/route/add dst-address=10.%4$u.0.0/16 gateway=192.0.2.%1$u distance=%1$u",
	"/ip/route/set %2$u gateway=192.0.2.%4$u",
	"/ip/route/remove %2$u",
	"/ip/firewall/filter/add chain=forward action=drop dst-port=%4$u protocol=tcp",
	"/ip/firewall/filter/add chain=input action=accept place-before=%2$u comment=a_b",
	"/ip/firewall/filter/comment %2$u \"a \\\"b\\\"\"",
	"/ip/firewall/filter/move %2$u %3$u",
	"/ip/firewall/filter/move %2$u",
	"/ip/firewall/filter/remove %2$u,%3$u",
	"/ip/firewall/filter/set %2$u log=yes log-prefix=\"p%4$u\"",
	"/ip/firewall/nat/add chain=srcnat action=masquerade out-interface=ether%1$u",
	"/ip/firewall/nat/remove %2$u",
	"/ip/firewall/address-list/add list=l%1$u address=192.0.2.%4$u",
	"/ip/firewall/address-list/remove %2$u",
	"/interface/list/add name=list%4$u",
	"/interface/list/member/add list=[find name~\"list\"] interface=ether%1$u",
	"/interface/list/remove [find name=list%4$u]",
	"/interface/bridge/add name=br%1$u",
	"/interface/bridge/port/add bridge=br%1$u interface=ether3",
	"/interface/bridge/remove [find name=br%1$u]",
	"/interface/bridge/port/remove %2$u",
	"/interface/vlan/add name=v%4$u vlan-id=%4$u interface=ether2",
	"/interface/vlan/remove [find name~\"v\"]",
	"/interface/ethernet/set ether%1$u mtu=1%4$03u",
	"/interface/ethernet/set ether%1$u name=port%4$u",
	"/ip/settings/set rp-filter=strict",
	"/ip/settings/set rp-filter=no",
	"/system/identity/set name=r%4$u",
};

static bool any_line(struct fixture *f, uint64_t *seed)
{
	char line[256];
	const char *format = lines[draw(seed, ARRAY_LEN(lines))];
	uint32_t small = 1 + draw(seed, 3), first = draw(seed, 5), second = draw(seed, 5),
		 byte = 1 + draw(seed, 250);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(line, sizeof line, format, small, first, second, byte);
#pragma GCC diagnostic pop
	return run(f, line);
}

static uint64_t revision(struct fixture *f)
{
	const struct conf_state *state = conf_hold(f->conf);
	uint64_t now = state->revision;

	conf_release(f->conf, state);
	return now;
}

/* All that a configuration is: ids, places, flags, and its export. */
static char *dump(struct fixture *f)
{
	const struct conf_state *state = conf_hold(f->conf);
	struct text out = { 0 };
	char *kept;

	for (size_t m = 0; menus_all[m] != NULL; m++) {
		struct rows rows = conf_state_rows(state, menus_all[m]->path);

		text_printf(&out, "%s:", menus_all[m]->path);
		for (size_t i = 0; i < rows.n; i++)
			text_printf(&out, " *%X/%X@%lld", rows.at[i]->id, rows.at[i]->flags,
			            (long long)row_position(rows.at[i]));
		text_char(&out, '\n');
	}
	conf_release(f->conf, state);
	conf_export(f->conf, &(struct export_options){ .show_sensitive = true }, &out);
	kept = mem_strdup(text_str(&out));
	text_free(&out);
	return kept;
}

static void assert_like(struct fixture *f, const char *before)
{
	char *now = dump(f);

	assert_string_equal(now, before);
	mem_free(now);
}

static void undone_and_redone(uint64_t seed)
{
	struct memory_store store;
	struct fixture *f;
	char *dumps[CHANGES + 1];
	unsigned n = 0;

	memory_store_init(&store);
	f = fixture_new(&store);
	dumps[0] = dump(f);
	for (unsigned i = 0; i < CHANGES; i++) {
		uint64_t before = revision(f);

		if (any_line(f, &seed) && revision(f) != before)
			dumps[++n] = dump(f);
	}
	assert_true(n > CHANGES / 4);
	for (unsigned i = n; i-- > 0;) {
		must_run(f, "/undo");
		assert_like(f, dumps[i]);
	}
	refused(f, "/undo", "failure: nothing to undo");
	fixture_free(f);
	f = fixture_new(&store);
	for (unsigned i = 1; i <= n; i++) {
		must_run(f, "/redo");
		assert_like(f, dumps[i]);
	}
	refused(f, "/redo", "failure: nothing to redo");
	for (unsigned i = 0; i <= n; i++)
		mem_free(dumps[i]);
	fixture_free(f);
	memory_store_free(&store);
}

static void undo_of_all_is_how_it_began(void **unused)
{
	for (uint64_t seed = 1; seed <= 8; seed++)
		undone_and_redone(seed);
}

static void value_is(struct fixture *f, const char *line, const char *expected)
{
	must_run(f, line);
	assert_string_equal(text_str(&f->out), expected);
}

static void the_history_says_it(void **unused)
{
	struct memory_store store;
	struct fixture *f;

	memory_store_init(&store);
	f = fixture_new(&store);
	must_run(f, "/system/identity/set name=one");
	must_run(f, "/ip/address/add address=10.1.1.1/24 interface=ether2");
	must_run(f, "/undo");
	assert_string_equal(text_str(&f->out), "undone: revision 3, ip address added by admin\n");
	value_is(f, ":put [/system/history/get [find revision=2] action]",
	         "system identity changed\n");
	value_is(f, ":put [/system/history/get [find revision=2] redo]",
	         "/system/identity/set name=one\n");
	value_is(f, ":put [/system/history/get [find revision=2] undo]",
	         "/system/identity/set name=Towpath\n");
	value_is(f, ":put [/system/history/get [find revision=4] action]",
	         "undo from revision 3: ip address removed\n");
	value_is(f, "/system/history/diff from=1 to=2", "/system/identity/set name=one\n");
	must_run(f, "/system/history/diff from=3 to=2");
	assert_non_null(strstr(text_str(&f->out), "/ip/address/remove *"));
	value_is(f, "/system/history/diff from=2 to=4", "");
	must_run(f, "/system/history/diff");
	assert_non_null(strstr(text_str(&f->out), "/ip/address/remove *"));
	must_run(f, "/system/history/diff from=1 to=3");
	assert_non_null(strstr(text_str(&f->out), "/system/identity/set name=one\n"));
	assert_non_null(strstr(text_str(&f->out), " address=10.1.1.1/24 interface=ether2\n"));
	refused(f, "/system/history/diff to=9",
	        "value of to out of range (0..4)\nthat is the newest revision");
	must_run(f, "/redo count=1");
	refused(f, "/undo 0", "value of count out of range (1..1000000)");
	must_run(f, "/undo revision=2");
	refused(f, "/undo", "failure: nothing to undo");
	fixture_free(f);
	memory_store_free(&store);
}

static void without_a_store_there_is_none(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/system/identity/set name=one");
	refused(f, "/undo", "failure: nothing is kept here, so there is no history");
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undo_of_all_is_how_it_began),
		cmocka_unit_test(the_history_says_it),
		cmocka_unit_test(without_a_store_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
