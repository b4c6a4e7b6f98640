/*
 * wan_silence_test.c -- a router that nobody has configured says nothing to the WAN.
 *
 * With what a fresh store starts with, and before any configuration is read: every TCP port, UDP
 * ports, ping and odd protocols get no answer from the WAN (but ARP); the LAN gets its ping back.
 */
#include "unit.h"

#include <netinet/in.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "core/addr.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "manage/manage.h"
#include "menu/menus.h"
#include "sim/background.h"
#include "sim/store.h"
#include "sim/world.h"
#include "wire/icmp_header.h"
#include "wire/tcp_header.h"

struct lab {
	struct world *world;
	struct world_router *router;
	struct peer *lan, *wan;
	struct link *wan_link;
	struct sim_random disk;
	struct sim_store *store;
	struct sim_background background;
	struct conf *conf;
	struct manage *manage;
	bool answered;
};

static ip4 A(const char *text)
{
	ip4 addr = { 0 };

	assert_true(ip4_parse(text, strlen(text), &addr));
	return addr;
}

static struct lab *lab_new(void)
{
	struct lab *lab = mem_new(1, sizeof *lab);

	lab->world = world_new(1);
	lab->router = world_router_add(lab->world, 2);
	lab->wan = world_peer_add(lab->world);
	lab->lan = world_peer_add(lab->world);
	lab->wan_link =
		world_join(lab->world, lab->router, 0, lab->wan, "203.0.113.1/24", "203.0.113.2");
	world_join(lab->world, lab->router, 1, lab->lan, "192.168.88.2/24", "192.168.88.1");
	return lab;
}

static void lab_load(struct lab *lab)
{
	struct conf_setup setup;
	struct diag diag = { 0 };

	lab->disk = sim_random_make(2);
	lab->store = sim_store_new(&lab->disk);
	sim_background_init(&lab->background, &lab->world->timeline, 10 * NS_PER_MS);
	setup = (struct conf_setup){
		.menus = menus_all,
		.router = lab->router->router,
		.store = sim_store_door(lab->store),
		.background = &lab->background.background,
		.clock = &lab->world->timeline.clock.clock,
		.log = &lab->router->log,
		.random = &lab->world->timeline.random.random,
	};
	lab->conf = conf_new(&setup);
	lab->manage = manage_new(lab->conf, &setup);
	lab->router->router->manage = lab->manage;
	if (conf_load(lab->conf, &diag) != 0)
		fail_msg("%s", diag.text);
	router_set_configured(lab->router->router);
}

static void lab_free(struct lab *lab)
{
	manage_free(lab->manage);
	if (lab->conf != NULL)
		conf_free(lab->conf);
	world_free(lab->world);
	if (lab->store != NULL)
		sim_store_free(lab->store);
	mem_free(lab);
}

static void answered(void *arg, const struct conf_answer *answer)
{
	struct lab *lab = arg;

	if (!answer->ok)
		fail_msg("%s: %s", answer->diag->field, answer->diag->text);
	lab->answered = true;
}

/* /ip address add address=... interface=... */
static void address_add(struct lab *lab, const char *address, const char *iface)
{
	struct arena arena = { 0 };
	struct text notice = { 0 };
	struct request request = {
		.menu = conf_menu(lab->conf, "/ip/address"),
		.verb = VERB_ADD,
		.who = "test",
		.door = "test",
		.line = "",
		.arena = &arena,
		.notice = &notice,
	};

	assert_non_null(request.menu);
	request_put(&request, "address", address);
	request_put(&request, "interface", iface);
	lab->answered = false;
	conf_change(lab->conf, &request, answered, lab);
	world_run_ms(lab->world, 100);
	assert_true(lab->answered);
	text_free(&notice);
	arena_free(&arena);
}

/* Everything that a scanner sends; the router turns in between. */
static void scan(struct lab *lab, ip4 dst)
{
	struct draft d = { .tuple = { .dst = dst, .sport = 50000 } };

	for (uint32_t port = 1; port <= UINT16_MAX; port++) {
		d.tuple.proto = IPPROTO_TCP;
		d.tuple.dport = (uint16_t)port;
		d.tcp_flags = TCP_SYN;
		peer_send(lab->wan, &d);
		if (port % 64 == 0)
			world_run_ms(lab->world, 2);
	}
	for (uint32_t port = 1; port <= 2048; port++) {
		peer_udp(lab->wan, dst, 50000, (uint16_t)port, 20);
		if (port % 64 == 0)
			world_run_ms(lab->world, 2);
	}
	for (uint32_t proto = 0; proto <= UINT8_MAX; proto++) {
		d.tuple.proto = (uint8_t)proto;
		d.tcp_flags = TCP_ACK;
		d.icmp_type = ICMP_TIMESTAMP;
		peer_send(lab->wan, &d);
	}
	peer_ping(lab->wan, dst, 1, 1);
	world_run_ms(lab->world, 5000);
}

static void a_fresh_configuration_is_silent(void **state)
{
	struct lab *lab = lab_new();

	(void)state;
	lab_load(lab);
	address_add(lab, "203.0.113.2/24", "ether1");
	address_add(lab, "192.168.88.1/24", "ether2");
	peer_ping(lab->lan, A("192.168.88.1"), 1, 1);
	world_run_ms(lab->world, 1000);
	assert_non_null(peer_last(lab->lan, IPPROTO_ICMP, A("192.168.88.1")));

	scan(lab, A("203.0.113.2"));
	scan(lab, A("192.168.88.1")); /* the inner address by the outer link */
	assert_int_equal(lab->wan->seen_n, 0);
	assert_true(lab->wan->arps > 0); /* it was there, and heard all of it */
	assert_true(lab->router->router->net.ifaces[1].counters.rx_packets > 2 * 67000);
	lab_free(lab);
}

/* Without rules the same scan is answered: it would see what it looks for. */
static void without_rules_the_scan_is_answered(void **state)
{
	struct lab *lab = lab_new();
	struct addr_spec addr = {
		.addr = A("203.0.113.2"), .network = A("203.0.113.0"), .bits = 24, .iface = 1
	};

	(void)state;
	addrs_publish(&lab->router->router->net, addrs_new(&addr, 1));
	router_set_configured(lab->router->router);
	scan(lab, A("203.0.113.2"));
	assert_true(lab->wan->seen_n > 50);
	lab_free(lab);
}

static void nothing_is_answered_before_the_configuration(void **state)
{
	struct lab *lab = lab_new();
	struct addr_spec addrs[2] = {
		{ .addr = A("203.0.113.2"), .network = A("203.0.113.0"), .bits = 24, .iface = 1 },
		{ .addr = A("192.168.88.1"), .network = A("192.168.88.0"), .bits = 24, .iface = 2 },
	};

	(void)state;
	/* Even were there addresses already, and no rule yet. */
	addrs_publish(&lab->router->router->net, addrs_new(addrs, 2));
	lab->wan->neighbours_n = 1;
	lab->wan->neighbours[0].addr = A("203.0.113.2");
	lab->wan->neighbours[0].mac = lab->router->ports[0].port.mac;
	scan(lab, A("203.0.113.2"));
	assert_int_equal(lab->wan->seen_n + lab->wan->arps, 0);
	assert_true(lab->router->router->net.drops[DROP_NO_CONFIG] > 67000);
	assert_int_equal(lab->router->ports[0].tx_errors, 0);
	lab_free(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fresh_configuration_is_silent),
		cmocka_unit_test(without_rules_the_scan_is_answered),
		cmocka_unit_test(nothing_is_answered_before_the_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
