#include "fixture.h"

static void field_is(struct fixture *f, const char *path, uint32_t id, const char *name,
                     const char *want)
{
	const struct conf_state *state = conf_hold(f->conf);
	const struct menu *menu = conf_menu(f->conf, path);
	const struct row *row = conf_state_row(state, path, id);
	struct text out = { 0 };

	assert_non_null(row);
	conf_field_print(state, &menu->fields[menu_field(menu, name)], row, &out);
	assert_string_equal(text_str(&out), want);
	text_free(&out);
	conf_release(f->conf, state);
}

static uint32_t named(struct fixture *f, const char *ref, const char *name)
{
	const struct conf_state *state = conf_hold(f->conf);
	const struct row *row = conf_state_named(state, ref, name, NULL);
	uint32_t id = row != NULL ? row->id : 0;

	conf_release(f->conf, state);
	return id;
}

static size_t count(struct fixture *f, const char *path)
{
	const struct conf_state *state = conf_hold(f->conf);
	size_t n = conf_state_rows(state, path).n;

	conf_release(f->conf, state);
	return n;
}

static void fresh_rows_are_there(void **unused)
{
	struct fixture f = { 0 };

	assert_int_equal(fixture_open(&f, NULL), 0);
	assert_int_equal(count(&f, "/interface/ethernet"), 3);
	assert_int_equal(count(&f, "/profile"), 2);
	assert_int_equal(count(&f, "/ip/settings"), 1);
	field_is(&f, "/interface/ethernet", named(&f, "interface", "ether2"), "default-name",
	         "ether2");
	field_is(&f, "/profile", named(&f, "/profile", "quick"), "timeout", "1s");
	assert_string_equal(f.router.order, "ethernet vlan address rule ");
	fixture_close(&f);
}

/* What comes with the router is there all the same. */
static void without_defaults(void **unused)
{
	struct fixture f = { .no_defaults = true };

	assert_int_equal(fixture_open(&f, NULL), 0);
	assert_int_equal(count(&f, "/interface/ethernet"), 3);
	assert_int_equal(count(&f, "/profile"), 1);
	assert_int_equal(count(&f, "/ip/settings"), 1);
	assert_true(named(&f, "/profile", "default") != 0);
	fixture_close(&f);
}

static void defaults_and_values(void **unused)
{
	struct fixture f = { 0 };
	uint32_t id;

	assert_int_equal(fixture_open(&f, NULL), 0);
	id = fixture_add(&f, "/interface/vlan", "name", "v7", "vlan-id", "7", "interface",
	                 "ether1");
	field_is(&f, "/interface/vlan", id, "profile", "default");
	field_is(&f, "/interface/vlan", id, "interface", "ether1");
	id = fixture_add(&f, "/ip/rule", "action", "dr", "state", "new,inv", "comment", "a b",
	                 "disabled", "yes");
	field_is(&f, "/ip/rule", id, "action", "drop");
	field_is(&f, "/ip/rule", id, "state", "new,invalid");
	field_is(&f, "/ip/rule", id, "src-address", "");
	assert_true(fixture_set(&f, "/ip/rule", id, "src-address", "10.0.0.0/24", "state", "!"));
	field_is(&f, "/ip/rule", id, "src-address", "10.0.0.0/24");
	field_is(&f, "/ip/rule", id, "state", "");
	fixture_close(&f);
}

static void errors_say_what_is_wrong(void **unused)
{
	struct fixture f = { 0 };
	uint32_t id;

	assert_int_equal(fixture_open(&f, NULL), 0);
#define add(path_, ...) fixture_do(&f, fixture_make(&f, VERB_ADD, path_, 0, __VA_ARGS__, NULL))
	assert_refused(
		&f, add("/ip/address", "address", "192.168.88.1/33"),
		"invalid value for argument address: 192.168.88.1/33 is not an address with a "
		"prefix length of 0 to 32");
	assert_string_equal(f.diag.field, "address");
	assert_refused(&f, add("/ip/address", "interface", "ether9"),
	               "input does not match any value of interface: there is no ether9; there are "
	               "ether1, ether2, ether3");
	assert_refused(&f, add("/ip/address", "interface", "ether"),
	               "ambiguous value of interface, more than one possible value matches input: "
	               "ether could be ether1, ether2, ether3");
	assert_refused(&f, add("/ip/address", "comment", "x"),
	               "missing value(s) of argument(s) address, interface");
	assert_refused(&f, add("/ip/rule", "action", "re"),
	               "ambiguous value of action, more than one possible value matches input: re "
	               "could be reject, reset");
	assert_refused(&f, add("/ip/rule", "gateway", "x"),
	               "unknown parameter gateway: /ip/rule has action, log, state, src-address, "
	               "timeout, secret");
	assert_refused(&f, add("/ip/rule", "packets", "1"),
	               "unknown parameter packets: it is shown, and can't be set");
	assert_refused(&f, add("/ip/connection", "number", "1"),
	               "no such command: nothing can be changed in /ip/connection");
	assert_refused(&f, add("/interface/ethernet", "name", "x"),
	               "no such command: items can't be added to /interface/ethernet, only set");
	id = named(&f, "interface", "ether1");
	assert_refused(&f, fixture_set(&f, "/interface/ethernet", id, "mtu", "60"),
	               "value of mtu out of range (68..9000)");
	assert_refused(&f, fixture_set(&f, "/interface/ethernet", id, "name", "ether2"),
	               "failure: already have interface with such name: choose another one than "
	               "ether2");
	assert_refused(&f, fixture_set(&f, "/interface/ethernet", 0x99, "mtu", "60"),
	               "no such item: *99 is not in /interface/ethernet (any more)");
	assert_refused(&f, add("/profile", "name", "quick"),
	               "failure: already have such entry: choose another name than quick");
	assert_refused(&f, fixture_remove(&f, "/profile", named(&f, "/profile", "default")),
	               "failure: can not remove builtin: default comes with the router");
	assert_refused(&f,
	               fixture_set(&f, "/profile", named(&f, "/profile", "default"), "name", "x"),
	               "failure: can not rename builtin: default comes with the router");
	(void)fixture_add(&f, "/ip/address", "address", "10.0.0.1/8", "iface", "ether1");
	assert_refused(&f, add("/ip/address", "address", "10.0.0.1/8", "interface", "ether1"),
	               "failure: already have such address");
	assert_int_equal(count(&f, "/ip/address"), 1);
#undef add
	fixture_close(&f);
}

static void references_follow_names(void **unused)
{
	struct fixture f = { 0 };
	struct text out = { 0 };
	char gone[16];
	uint32_t vlan, address;

	assert_int_equal(fixture_open(&f, NULL), 0);
	vlan = fixture_add(&f, "/interface/vlan", "name", "v7", "vlan-id", "7", "interface",
	                   "ether1");
	address = fixture_add(&f, "/ip/address", "address", "10.0.0.1/8", "interface", "v7");
	assert_true(fixture_set(&f, "/interface/vlan", vlan, "name", "office"));
	field_is(&f, "/ip/address", address, "interface", "office");
	assert_true(fixture_remove(&f, "/interface/vlan", vlan));
	snprintf(gone, sizeof gone, "*%X", vlan);
	field_is(&f, "/ip/address", address, "interface", gone);
	assert_true(fixture_set(&f, "/ip/address", address, "comment", "still settable"));
	fixture_export(&f, &out);
	assert_non_null(strstr(text_str(&out), gone));
	text_free(&out);
	fixture_close(&f);
}

static void what_is_held_stays(void **unused)
{
	struct fixture f = { 0 };
	uint32_t slow, first, second;

	assert_int_equal(fixture_open(&f, NULL), 0);
	slow = fixture_add(&f, "/profile", "name", "slow");
	first = fixture_add(&f, "/interface/vlan", "name", "v7", "vlan-id", "7", "interface",
	                    "ether1", "profile", "slow");
	second = fixture_add(&f, "/interface/vlan", "name", "v8", "vlan-id", "8", "interface",
	                     "ether1", "profile", "slow");
	assert_refused(&f, fixture_remove(&f, "/profile", slow),
	               "failure: slow is in use: items name it (2 in /interface/vlan); remove or "
	               "change those first");
	assert_true(fixture_set(&f, "/interface/vlan", first, "profile", "default"));
	assert_refused(&f, fixture_remove(&f, "/profile", slow),
	               "failure: slow is in use: items name it (1 in /interface/vlan); remove or "
	               "change those first");
	assert_true(fixture_remove(&f, "/interface/vlan", second));
	assert_true(fixture_remove(&f, "/profile", slow));
	fixture_close(&f);
}

static void a_dependent_is_published_after(void **unused)
{
	struct fixture f = { 0 };

	assert_int_equal(fixture_open(&f, NULL), 0);
	f.router.order[0] = '\0';
	assert_true(fixture_set(&f, "/profile", named(&f, "/profile", "quick"), "timeout", "2s"));
	assert_string_equal(f.router.order, "vlan address "); /* address through vlan */
	fixture_close(&f);
}

static void nothing_changed_is_no_revision(void **unused)
{
	struct fixture f = { 0 };
	uint32_t id;
	uint64_t revision;

	assert_int_equal(fixture_open(&f, NULL), 0);
	id = fixture_add(&f, "/ip/rule", "action", "drop");
	revision = f.revision;
	assert_true(
		fixture_set(&f, "/ip/rule", id, "action", "drop", "log", "no", "disabled", "no"));
	assert_true(fixture_do(&f, fixture_make(&f, VERB_ENABLE, "/ip/rule", id, NULL)));
	assert_true(fixture_do(&f, fixture_make(&f, VERB_MOVE, "/ip/rule", id, NULL)));
	assert_int_equal(f.revision, revision);
	assert_true(fixture_do(&f, fixture_make(&f, VERB_DISABLE, "/ip/rule", id, NULL)));
	assert_int_equal(f.revision, revision + 1);
	fixture_close(&f);
}

static void a_refusing_menu_changes_nothing(void **unused)
{
	struct fixture f = { 0 };
	uint64_t revision;

	assert_int_equal(fixture_open(&f, NULL), 0);
	revision = f.revision;
	f.router.refuse = true;
	assert_refused(&f, fixture_do(&f, fixture_make(&f, VERB_ADD, "/ip/rule", 0, NULL)),
	               "failure: too many rules; remove some");
	f.router.refuse = false;
	assert_int_equal(count(&f, "/ip/rule"), 0);
	(void)fixture_add(&f, "/ip/rule", "log", "yes");
	assert_true(f.revision > revision);
	fixture_close(&f);
}

/* Two changes in one: the second sees the first, and a failure takes both back. */
static void several_requests_are_one_change(void **unused)
{
	struct fixture f = { 0 };
	struct request *both[2];

	assert_int_equal(fixture_open(&f, NULL), 0);
	both[0] = fixture_make(&f, VERB_ADD, "/interface/vlan", 0, "name", "v1", "vlan-id", "1",
	                       "interface", "ether1", NULL);
	both[1] = fixture_make(&f, VERB_ADD, "/ip/address", 0, "address", "10.0.0.1/8", "interface",
	                       "v2", NULL);
	conf_change_all(f.conf, both, 2, fixture_answer, &f);
	assert_false(f.ok);
	assert_int_equal(count(&f, "/interface/vlan"), 0);
	request_put(both[1], "interface", "v1");
	conf_change_all(f.conf, both, 2, fixture_answer, &f);
	assert_true(f.ok);
	assert_int_equal(count(&f, "/interface/vlan"), 1);
	field_is(&f, "/ip/address", f.id, "interface", "v1");
	fixture_close(&f);
}

/* Names may be swapped within one change: they are judged at its end. */
static void names_can_be_swapped(void **unused)
{
	struct fixture f = { 0 };
	struct request *both[2];
	uint32_t one, two;

	assert_int_equal(fixture_open(&f, NULL), 0);
	one = named(&f, "interface", "ether1");
	two = named(&f, "interface", "ether2");
	both[0] = fixture_make(&f, VERB_SET, "/interface/ethernet", one, "name", "ether2", NULL);
	both[1] = fixture_make(&f, VERB_SET, "/interface/ethernet", two, "name", "ether1", NULL);
	conf_change_all(f.conf, both, 2, fixture_answer, &f);
	assert_true(f.ok);
	assert_int_equal(named(&f, "interface", "ether1"), two);
	fixture_close(&f);
}

static void rules_move(void **unused)
{
	struct fixture f = { 0 };
	struct request *move;
	const struct conf_state *state;
	uint32_t ids[4];
	struct rows rows;

	assert_int_equal(fixture_open(&f, NULL), 0);
	for (int i = 0; i < 4; i++)
		ids[i] = fixture_add(&f, "/ip/rule", "log", "yes");
	move = fixture_make(&f, VERB_MOVE, "/ip/rule", 0, NULL);
	move->ids = (uint32_t[]){ ids[3], ids[0] };
	move->nids = 2;
	move->place_before = ids[2];
	assert_true(fixture_do(&f, move));
	state = conf_hold(f.conf);
	rows = conf_state_rows(state, "/ip/rule");
	assert_int_equal(rows.at[0]->id, ids[1]);
	assert_int_equal(rows.at[1]->id, ids[3]);
	assert_int_equal(rows.at[2]->id, ids[0]);
	assert_int_equal(rows.at[3]->id, ids[2]);
	conf_release(f.conf, state);
	/* Always in the same gap: it gets too narrow, and the menu is numbered anew. */
	for (int i = 0; i < 100; i++) {
		struct request *add = fixture_make(&f, VERB_ADD, "/ip/rule", 0, "log", "yes", NULL);

		add->place_before = ids[2];
		assert_true(fixture_do(&f, add));
		state = conf_hold(f.conf);
		rows = conf_state_rows(state, "/ip/rule");
		assert_int_equal(rows.at[rows.n - 2]->id, f.id);
		conf_release(f.conf, state);
	}
	fixture_close(&f);
}

static void changes_wait_for_their_turn(void **unused)
{
	struct fixture f = { 0 };
	struct memory_store store;
	struct request *first, *second;
	uint32_t id;

	memory_store_init(&store);
	assert_int_equal(fixture_open(&f, &store), 0);
	id = fixture_add(&f, "/ip/rule", "action", "drop");
	f.background.at_once = false;
	f.answers = 0;
	first = fixture_make(&f, VERB_REMOVE, "/ip/rule", id, NULL);
	second = fixture_make(&f, VERB_SET, "/ip/rule", id, "log", "yes", NULL);
	conf_change(f.conf, first, fixture_answer, &f);
	conf_change(f.conf, second, fixture_answer, &f);
	assert_int_equal(f.answers, 0);
	assert_int_equal(count(&f, "/ip/rule"), 1); /* published only when it is stored */
	assert_true(fixture_background_turn(&f.background));
	assert_int_equal(f.answers, 2);
	assert_false(f.ok); /* the second found the row gone */
	assert_int_equal(count(&f, "/ip/rule"), 0);
	assert_true(conf_idle(f.conf));
	fixture_close(&f);
	memory_store_free(&store);
}

struct chain {
	struct fixture *f;
	struct request *request;
	unsigned left;
};

static void chain_on(void *arg, const struct conf_answer *answer)
{
	struct chain *chain = arg;

	assert_true(answer->ok);
	if (chain->left-- > 1)
		conf_change(chain->f->conf, chain->request, chain_on, chain);
}

static void an_answer_may_change_more(void **unused)
{
	struct fixture f = { 0 };
	struct chain chain = { .f = &f, .left = 1000 };

	assert_int_equal(fixture_open(&f, NULL), 0);
	chain.request = fixture_make(&f, VERB_ADD, "/ip/rule", 0, NULL);
	conf_change(f.conf, chain.request, chain_on, &chain);
	assert_int_equal(chain.left, 0);
	assert_int_equal(count(&f, "/ip/rule"), 1000);
	fixture_close(&f);
}

static void a_held_state_stays(void **unused)
{
	struct fixture f = { 0 };
	const struct conf_state *old;
	uint32_t id;

	assert_int_equal(fixture_open(&f, NULL), 0);
	id = fixture_add(&f, "/ip/rule", "action", "drop", "comment", "old");
	old = conf_hold(f.conf);
	assert_true(fixture_set(&f, "/ip/rule", id, "comment", "new"));
	assert_true(fixture_remove(&f, "/ip/rule", id));
	assert_string_equal(conf_state_row(old, "/ip/rule", id)->comment, "old");
	conf_release(f.conf, old);
	fixture_close(&f);
}

struct counting_sink {
	struct row_sink sink;
	unsigned rows, flagged, most;
};

static bool count_row(struct row_sink *sink, const struct row *row)
{
	struct counting_sink *mine = (struct counting_sink *)sink;

	mine->rows++;
	mine->flagged += (row->flags & ROW_MENU_FIRST) != 0;
	return mine->rows < mine->most;
}

static void walking_shows_status_and_observed(void **unused)
{
	struct fixture f = { 0 };
	struct counting_sink sink = { .sink = { .row = count_row }, .most = 100 };
	const struct conf_state *state;

	assert_int_equal(fixture_open(&f, NULL), 0);
	f.router.connections = 5;
	state = conf_hold(f.conf);
	assert_true(conf_rows_walk(f.conf, state, &menu_ethernet, &sink.sink));
	assert_int_equal(sink.flagged, 3);
	sink = (struct counting_sink){ .sink = { .row = count_row }, .most = 2 };
	assert_false(conf_rows_walk(f.conf, state, &menu_connection, &sink.sink));
	assert_int_equal(sink.rows, 2);
	sink.most = 100;
	assert_true(conf_row_show(f.conf, state, &menu_connection, 0x80000003, &sink.sink));
	assert_int_equal(sink.rows, 3);
	assert_false(conf_row_show(f.conf, state, &menu_connection, 0x80000009, &sink.sink));
	conf_release(f.conf, state);
	assert_true(fixture_remove(&f, "/ip/connection", 0x80000004));
	assert_int_equal(f.router.forgotten, 4);
	assert_false(fixture_remove(&f, "/ip/connection", 0x80000009));
	fixture_close(&f);
}

static void an_older_menu_becomes_todays(void **unused)
{
	struct fixture f = { 0 };

	assert_int_equal(fixture_open(&f, NULL), 0);
	(void)fixture_add(&f, "/ip/old-rule", "dst", "10.0.0.0/8");
	field_is(&f, "/ip/rule", f.id, "src-address", "10.0.0.0/8");
	assert_string_equal(text_str(&f.notice), "/ip/rule/add src-address=10.0.0.0/8\n");
	fixture_close(&f);
}

static void a_card_that_comes_back_keeps_its_settings(void **unused)
{
	struct fixture f = { 0 };
	struct memory_store store;
	uint32_t id;

	memory_store_init(&store);
	assert_int_equal(fixture_open(&f, &store), 0);
	id = named(&f, "interface", "ether3");
	assert_true(fixture_set(&f, "/interface/ethernet", id, "name", "wan", "mtu", "1400"));
	fixture_close(&f);

	f = (struct fixture){ .router = { .ports = 2 } };
	assert_int_equal(fixture_open(&f, &store), 0);
	assert_int_equal(count(&f, "/interface/ethernet"), 2);
	assert_int_equal(named(&f, "interface", "wan"), 0);
	assert_false(fixture_set(&f, "/interface/ethernet", named(&f, "interface", "ether1"),
	                         "name", "wan"));
	assert_non_null(strstr(f.diag.text, "not there now"));
	fixture_close(&f);

	f = (struct fixture){ .router = { .ports = 4 } };
	assert_int_equal(fixture_open(&f, &store), 0);
	assert_int_equal(count(&f, "/interface/ethernet"), 4);
	assert_int_equal(named(&f, "interface", "wan"), id);
	field_is(&f, "/interface/ethernet", id, "mtu", "1400");
	fixture_close(&f);
	memory_store_free(&store);
}

static void copy_from_and_id(void **unused)
{
	struct fixture f = { 0 };
	char text[16];
	uint32_t id, copy;

	assert_int_equal(fixture_open(&f, NULL), 0);
	id = fixture_add(&f, "/ip/rule", "action", "drop", "timeout", "1m");
	snprintf(text, sizeof text, "*%X", id);
	copy = fixture_add(&f, "/ip/rule", "copy-from", text, "log", "yes");
	field_is(&f, "/ip/rule", copy, "timeout", "1m");
	assert_false(fixture_do(&f, fixture_make(&f, VERB_ADD, "/ip/rule", 0, ".id", text, NULL)));
	assert_true(fixture_remove(&f, "/ip/rule", id));
	assert_int_equal(fixture_add(&f, "/ip/rule", ".id", text), id);
	assert_false(fixture_do(&f, fixture_make(&f, VERB_ADD, "/ip/rule", 0, ".id", "*FF", NULL)));
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh_rows_are_there),
		cmocka_unit_test(without_defaults),
		cmocka_unit_test(defaults_and_values),
		cmocka_unit_test(errors_say_what_is_wrong),
		cmocka_unit_test(references_follow_names),
		cmocka_unit_test(what_is_held_stays),
		cmocka_unit_test(a_dependent_is_published_after),
		cmocka_unit_test(nothing_changed_is_no_revision),
		cmocka_unit_test(a_refusing_menu_changes_nothing),
		cmocka_unit_test(several_requests_are_one_change),
		cmocka_unit_test(names_can_be_swapped),
		cmocka_unit_test(rules_move),
		cmocka_unit_test(changes_wait_for_their_turn),
		cmocka_unit_test(an_answer_may_change_more),
		cmocka_unit_test(a_held_state_stays),
		cmocka_unit_test(walking_shows_status_and_observed),
		cmocka_unit_test(an_older_menu_becomes_todays),
		cmocka_unit_test(a_card_that_comes_back_keeps_its_settings),
		cmocka_unit_test(copy_from_and_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
