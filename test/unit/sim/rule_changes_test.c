/*
 * rule_changes_test.c -- 1,000 changes of a set of 1,000 rules, with packets in between.
 *
 * Two of the rules are a canary pair: what the first sends into a chain of its own is accepted
 * there by the second, and dropped by nobody else. Both name one port, and each change gives both
 * another. A packet that met the one before and the other after a change would be dropped.
 */
#include "unit.h"

#include <stdio.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "manage/manage.h"
#include "menu/menus.h"
#include "sim/background.h"
#include "sim/store.h"
#include "sim/world.h"

enum {
	RULES = 1000,
	CHANGES = 1000,
	PORT_A = 7000,
	PORT_B = 8000,
};

struct lab {
	struct world *world;
	struct world_router *router;
	struct peer *lan, *wan;
	struct sim_random disk;
	struct sim_store *store;
	struct sim_background background;
	struct conf *conf;
	struct manage *manage;
	bool answered;
	uint32_t id; /* of the row that was added last */
	uint32_t canaries[2];
	uint32_t sent;
};

static ip4 A(const char *text)
{
	ip4 addr = { 0 };

	assert_true(ip4_parse(text, strlen(text), &addr));
	return addr;
}

static void lab_load(struct lab *lab)
{
	struct diag diag = { 0 };

	lab->disk = sim_random_make(2);
	lab->store = sim_store_new(&lab->disk);
	sim_background_init(&lab->background, &lab->world->timeline, 10 * NS_PER_MS);
	struct conf_setup setup = {
		.menus = menus_all,
		.router = lab->router->router,
		.store = sim_store_door(lab->store),
		.background = &lab->background.background,
		.clock = &lab->world->timeline.clock.clock,
		.log = &lab->router->log,
		.random = &lab->world->timeline.random.random,
		.no_defaults = true,
	};

	lab->conf = conf_new(&setup);
	lab->manage = manage_new(lab->conf, &setup);
	lab->router->router->manage = lab->manage;
	if (conf_load(lab->conf, &diag) != 0)
		fail_msg("%s", diag.text);
	router_set_configured(lab->router->router);
}

static struct lab *lab_new(uint64_t seed)
{
	struct lab *lab = mem_new(1, sizeof *lab);

	lab->world = world_new(seed);
	lab->router = world_router_add(lab->world, 2);
	lab->wan = world_peer_add(lab->world);
	lab->lan = world_peer_add(lab->world);
	world_join(lab->world, lab->router, 0, lab->wan, "203.0.113.1/24", "203.0.113.2");
	world_join(lab->world, lab->router, 1, lab->lan, "192.168.88.2/24", "192.168.88.1");
	lab_load(lab);
	return lab;
}

static void lab_free(struct lab *lab)
{
	manage_free(lab->manage);
	conf_free(lab->conf);
	world_free(lab->world);
	sim_store_free(lab->store);
	mem_free(lab);
}

static void answered(void *arg, const struct conf_answer *answer)
{
	struct lab *lab = arg;

	if (!answer->ok)
		fail_msg("%s: %s", answer->diag->field, answer->diag->text);
	lab->answered = true;
	lab->id = answer->id;
}

/* One datagram to each of the pair's ports, over connections that are known, and a new one. */
static void traffic(struct lab *lab)
{
	peer_udp(lab->lan, A("203.0.113.1"), 4000, PORT_A, 20);
	peer_udp(lab->lan, A("203.0.113.1"), 4000, PORT_B, 20);
	peer_udp(lab->lan, A("203.0.113.1"), (uint16_t)(5000 + lab->sent / 3 % 3000),
	         lab->sent % 2 != 0 ? PORT_A : PORT_B, 20);
	lab->sent += 3;
	world_run_ms(lab->world, 1);
}

struct value {
	const char *name, *value;
};

/* Carry out one request; packets come all the while. */
static void change(struct lab *lab, const char *path, enum verb verb, const uint32_t *ids,
                   size_t nids, const struct value *values)
{
	struct arena arena = { 0 };
	struct text notice = { 0 };
	uint32_t copy[2] = { nids > 0 ? ids[0] : 0, nids > 1 ? ids[1] : 0 };
	struct request request = {
		.menu = conf_menu(lab->conf, path),
		.verb = verb,
		.ids = copy,
		.nids = nids,
		.who = "test",
		.door = "test",
		.line = "",
		.arena = &arena,
		.notice = &notice,
	};

	for (; values->name != NULL; values++)
		request_put(&request, values->name, values->value);
	lab->answered = false;
	conf_change(lab->conf, &request, answered, lab);
	while (!lab->answered)
		traffic(lab);
	text_free(&notice);
	arena_free(&arena);
}

static void rule_add(struct lab *lab, const char *chain, const char *action, const char *port)
{
	const struct value values[] = {
		{ "chain", chain },   { "action", action },       { "protocol", "udp" },
		{ "dst-port", port }, { "jump-target", "apart" }, { NULL, NULL },
	};

	change(lab, "/ip/firewall/filter", VERB_ADD, NULL, 0, values);
}

/* Around the pair: rules that every packet walks by, and one that drops what the pair lets down. */
static void rules_fill(struct lab *lab)
{
	char port[16];

	rule_add(lab, "forward", "jump", "7000");
	lab->canaries[0] = lab->id;
	for (unsigned i = 0; i < RULES - 3; i++) {
		snprintf(port, sizeof port, "%u", 10000 + i);
		rule_add(lab, i % 2 == 0 ? "apart" : "forward", "drop", port);
	}
	rule_add(lab, "apart", "accept", "7000");
	lab->canaries[1] = lab->id;
	rule_add(lab, "apart", "drop", "1-9999");
}

static struct lab *lab_with_rules(uint64_t seed)
{
	struct lab *lab = lab_new(seed);

	change(lab, "/ip/address", VERB_ADD, NULL, 0,
	       (const struct value[]){ { "address", "203.0.113.2/24" },
	                               { "interface", "ether1" },
	                               { NULL, NULL } });
	change(lab, "/ip/address", VERB_ADD, NULL, 0,
	       (const struct value[]){ { "address", "192.168.88.1/24" },
	                               { "interface", "ether2" },
	                               { NULL, NULL } });
	return lab;
}

static uint64_t dropped(const struct lab *lab)
{
	return lab->router->router->net.drops[DROP_FILTER];
}

static void pair_set(struct lab *lab, unsigned from, unsigned n, const char *port)
{
	const struct value values[] = { { "dst-port", port }, { NULL, NULL } };

	change(lab, "/ip/firewall/filter", VERB_SET, lab->canaries + from, n, values);
}

static void no_packet_sees_half_a_set(void **state)
{
	struct lab *lab = lab_with_rules(1);
	uint64_t before;
	uint32_t sent, seen;

	(void)state;
	rules_fill(lab);
	world_run_ms(lab->world, 1000);
	before = dropped(lab);
	sent = lab->sent;
	seen = lab->wan->seen_n;
	for (unsigned i = 0; i < CHANGES; i++)
		pair_set(lab, 0, 2, i % 2 == 0 ? "8000" : "7000");
	world_run_ms(lab->world, 1000);
	assert_int_equal(dropped(lab), before);
	assert_int_equal(lab->wan->seen_n - seen, lab->sent - sent);
	assert_true(lab->sent - sent > 3 * CHANGES);
	assert_true(lab->router->router->counters.replayed > CHANGES);
	/* Half a change at a time is what would be seen. */
	pair_set(lab, 0, 1, "8000");
	traffic(lab);
	traffic(lab);
	world_run_ms(lab->world, 1000);
	assert_true(dropped(lab) > before);
	lab_free(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_packet_sees_half_a_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
