/*
 * A router without ports: what it says of itself to the loop that drives it and to whoever asks.
 */
#include "seeded.h"
#include "unit.h"

#include "core/ip4.h"
#include "lib/mem.h"
#include "router/router.h"

struct fixture {
	struct seeded seeded;
	struct log log;
	struct router *router;
};

static const mono start = { 1000 * NS_PER_S };

static struct fixture *fixture_new(void)
{
	struct fixture *f = mem_new(1, sizeof *f);
	struct router_setup setup = {
		.random = &f->seeded.random,
		.log = &f->log,
		.now = start,
		.budget = { .pkt_small = 16,
		            .pkt_large = 2,
		            .neighbours = 8,
		            .port_addresses = 8,
		            .datagrams = 4 },
		.tcp = tcp_budget_small(),
		.flows = 64,
	};

	f->seeded = seeded_make(1);
	log_init(&f->log);
	f->router = router_new(&setup);
	router_set_configured(f->router);
	(void)router_turn(f->router, start);
	return f;
}

static void fixture_free(struct fixture *f)
{
	router_free(f->router);
	log_free(&f->log);
	mem_free(f);
}

static struct pkt *make(struct fixture *f)
{
	struct pkt *p = ip4_make(&f->router->net, (ip4){ 0 }, (ip4){ 0x0a000001 }, 99, 10);

	assert_non_null(p);
	return p;
}

/* A command that drops what waits for ARP leaves errors to be sent after the turn is over. */
static void what_is_to_be_sent_wants_a_turn_at_once(void **state)
{
	struct fixture *f = fixture_new();

	assert_false(mono_due(router_next(f->router), start));
	net_own_put(&f->router->net, make(f));
	assert_true(mono_due(router_next(f->router), start));
	(void)router_turn(f->router, start);
	assert_int_equal(f->router->net.drops[DROP_NO_ROUTE], 1);
	assert_false(mono_due(router_next(f->router), start));
	fixture_free(f);
}

static void packets_for_the_router_are_not_lost(void **state)
{
	struct fixture *f = fixture_new();
	struct net *net = &f->router->net;

	(void)pkt_drop(net, make(f), DROP_LOCAL_CONSUMED);
	(void)pkt_drop(net, make(f), DROP_ARP_CONSUMED);
	assert_int_equal(router_drops(f->router), 0);
	(void)pkt_drop(net, make(f), DROP_TTL_EXPIRED);
	(void)pkt_drop(net, make(f), DROP_FILTER);
	assert_int_equal(router_drops(f->router), 2);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_to_be_sent_wants_a_turn_at_once),
		cmocka_unit_test(packets_for_the_router_are_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
