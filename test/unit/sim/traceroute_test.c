/* traceroute_test.c -- a router asks its way through three others, hop by hop. */
#include "unit.h"

#include <netinet/in.h>
#include <stdio.h>

#include "core/addr.h"
#include "core/fib.h"
#include "core/ports.h"
#include "sim/world.h"

#define ROUTERS 4 /* the first one asks */

static ip4 A(const char *text)
{
	ip4 addr = { 0 };

	assert_true(ip4_parse(text, strlen(text), &addr));
	return addr;
}

/* asker - 10.0.1.0/24 - 1 - 10.0.2.0/24 - 2 - 10.0.3.0/24 - 3 - 10.0.4.0/24 - host */
struct chain {
	struct world *world;
	struct world_router *at[ROUTERS];
	struct peer *host;
	struct traceroute *trace;
};

static struct addr_spec address(unsigned net, unsigned host, iface_id iface)
{
	return (struct addr_spec){ .addr = { 0x0a000000 | net << 8 | host },
		                   .network = { 0x0a000000 | net << 8 },
		                   .bits = 24,
		                   .iface = iface };
}

static struct route_spec way(uint32_t dst, unsigned bits, uint32_t gateway)
{
	return (struct route_spec){ .dst = { .addr = ip_addr_v4((ip4){ dst }),
		                             .bits = (uint8_t)bits },
		                    .gateway = ip_addr_v4((ip4){ gateway }),
		                    .distance = 1 };
}

/* Router @i: ether1 towards the asker, ether2 towards the host, and a default route there. */
static void configure(struct chain *c, unsigned i)
{
	struct net *net = &c->at[i]->router->net;
	struct addr_spec addrs[] = { address(i + 1, 1, 2), address(i, 2, 1) };
	struct route_spec routes[] = { way(0x0a000100, 24, 0x0a000001 | i << 8),
		                       way(0, 0, 0x0a000002 | (i + 1) << 8) };

	addrs_publish(net, addrs_new(addrs, i == 0 ? 1 : 2));
	if (i == 0)
		fib_publish(net, &routes[1], 1);
	else /* the first of them has 10.0.1.0/24 itself; nothing lies behind the last one */
		fib_publish(net, i == 1 ? &routes[1] : routes, i == ROUTERS - 1 || i == 1 ? 1 : 2);
	router_set_configured(c->at[i]->router);
}

static struct chain chain_new(uint64_t seed)
{
	struct chain c = { .world = world_new(seed) };
	struct link *link;

	for (unsigned i = 0; i < ROUTERS; i++)
		c.at[i] = world_router_add(c.world, 2);
	c.host = world_peer_add(c.world);
	for (unsigned i = 0; i + 1 < ROUTERS; i++) {
		link = world_join_routers(c.world, c.at[i], 1, c.at[i + 1], 0);
		link_quality(link)->delay_ns = 2 * NS_PER_MS;
	}
	link = world_join(c.world, c.at[ROUTERS - 1], 1, c.host, "10.0.4.2/24", "10.0.4.1");
	link_quality(link)->delay_ns = 2 * NS_PER_MS;
	for (unsigned i = 0; i < ROUTERS; i++)
		configure(&c, i);
	world_run_ms(c.world, 5000); /* every address has been announced */
	return c;
}

static void chain_ask(struct chain *c, struct traceroute_spec spec)
{
	struct router *router = c->at[0]->router;

	spec.size = 56;
	spec.timeout_ms = 1000;
	spec.max_hops = spec.max_hops != 0 ? spec.max_hops : 30;
	router->net.now = timeline_now(&c->world->timeline);
	c->trace = traceroute_start(router->host.traceroutes, &router->net, &spec);
	assert_non_null(c->trace);
	world_wake(c->at[0]);
	for (unsigned i = 0; i < 100 && !traceroute_is_over(c->trace); i++)
		world_run_ms(c->world, 1000);
	assert_true(traceroute_is_over(c->trace));
}

static void chain_free(struct chain *c)
{
	struct router *router = c->at[0]->router;

	traceroute_stop(&router->net, c->trace);
	assert_int_equal(ports_used(router->net.ports), 0);
	assert_int_equal(c->host->faults, 0);
	world_free(c->world);
}

static void hop_is(const struct chain *c, uint32_t number, const char *host, uint8_t status)
{
	const struct traceroute_hop *hop = &c->trace->hops[number - 1];
	char buffer[IP4_TEXT_BYTES];

	if (hop->host.v != A(host).v || hop->status != status)
		fail_msg("hop %u is %s, %s", number, ip4_str(hop->host, buffer),
		         ping_status_word((enum ping_status)hop->status));
}

static void three_routers_are(const struct chain *c)
{
	hop_is(c, 1, "10.0.1.2", PING_TTL_EXCEEDED);
	hop_is(c, 2, "10.0.2.2", PING_TTL_EXCEEDED);
	hop_is(c, 3, "10.0.3.2", PING_TTL_EXCEEDED);
}

static void by_echoes(void **state)
{
	struct chain c = chain_new(1);

	(void)state;
	chain_ask(&c, (struct traceroute_spec){
			      .dst = A("10.0.4.2"), .proto = IPPROTO_ICMP, .count = 3 });
	assert_int_equal(c.trace->ended, TRACEROUTE_REACHED);
	assert_int_equal(c.trace->hops_n, 4);
	three_routers_are(&c);
	hop_is(&c, 4, "10.0.4.2", PING_REPLY);
	for (unsigned i = 0; i < 4; i++) {
		const struct traceroute_hop *hop = &c.trace->hops[i];

		assert_int_equal(hop->sent, 3);
		assert_int_equal(hop->received, 3);
		assert_true(hop->best_us >= 4000 * (i + 1)); /* there and back by i + 1 links */
		assert_true(hop->best_us < 4000 * (i + 1) + 1000);
		assert_true(hop->best_us <= hop->sum_us / 3 && hop->sum_us / 3 <= hop->worst_us);
	}
	chain_free(&c);
}

/* The port that nobody listens on says that the target is reached. */
static void by_udp(void **state)
{
	struct chain c = chain_new(2);

	(void)state;
	chain_ask(&c, (struct traceroute_spec){ .dst = A("10.0.3.2"),
	                                        .proto = IPPROTO_UDP,
	                                        .port = TRACEROUTE_PORT,
	                                        .count = 1 });
	assert_int_equal(c.trace->ended, TRACEROUTE_REACHED);
	assert_int_equal(c.trace->hops_n, 3);
	hop_is(&c, 1, "10.0.1.2", PING_TTL_EXCEEDED);
	hop_is(&c, 2, "10.0.2.2", PING_TTL_EXCEEDED);
	hop_is(&c, 3, "10.0.3.2", PING_REPLY);
	chain_free(&c);
}

static void a_udp_port_that_answers(void **state)
{
	struct chain c = chain_new(3);

	(void)state;
	c.host->echo = true;
	chain_ask(&c, (struct traceroute_spec){
			      .dst = A("10.0.4.2"), .proto = IPPROTO_UDP, .port = 7, .count = 1 });
	assert_int_equal(c.trace->ended, TRACEROUTE_REACHED);
	three_routers_are(&c);
	hop_is(&c, 4, "10.0.4.2", PING_REPLY);
	chain_free(&c);
}

/* One that says nothing is passed by. */
static void a_silent_router(void **state)
{
	struct chain c = chain_new(4);
	struct net *net = &c.at[2]->router->net;

	(void)state;
	net->icmp_rate = rate_make(0, 0);
	chain_ask(&c, (struct traceroute_spec){
			      .dst = A("10.0.4.2"), .proto = IPPROTO_ICMP, .count = 1 });
	assert_int_equal(c.trace->ended, TRACEROUTE_REACHED);
	assert_int_equal(c.trace->hops_n, 4);
	hop_is(&c, 1, "10.0.1.2", PING_TTL_EXCEEDED);
	hop_is(&c, 2, "0.0.0.0", PING_TIMEOUT);
	hop_is(&c, 3, "10.0.3.2", PING_TTL_EXCEEDED);
	assert_int_equal(c.trace->hops[1].received, 0);
	chain_free(&c);
}

static void nobody_is_there(void **state)
{
	struct chain c = chain_new(5);

	(void)state;
	c.host->silent = true;
	chain_ask(&c, (struct traceroute_spec){
			      .dst = A("10.0.4.2"), .proto = IPPROTO_ICMP, .count = 1 });
	three_routers_are(&c);
	/* The last router looks for it by ARP in vain, and says so; or it is silent. */
	assert_int_not_equal(c.trace->ended, TRACEROUTE_REACHED);
	chain_free(&c);
}

static void no_way_from_the_last_one(void **state)
{
	struct chain c = chain_new(6);

	(void)state;
	chain_ask(&c, (struct traceroute_spec){
			      .dst = A("172.16.0.1"), .proto = IPPROTO_ICMP, .count = 1 });
	assert_int_equal(c.trace->ended, TRACEROUTE_REFUSED);
	assert_int_equal(c.trace->hops_n, 3);
	hop_is(&c, 3, "10.0.3.2", PING_NET_UNREACHABLE);
	chain_free(&c);
}

static void no_further_than_asked(void **state)
{
	struct chain c = chain_new(7);

	(void)state;
	chain_ask(&c,
	          (struct traceroute_spec){
			  .dst = A("10.0.4.2"), .proto = IPPROTO_ICMP, .count = 2, .max_hops = 2 });
	assert_int_equal(c.trace->ended, TRACEROUTE_MAX_HOPS);
	assert_int_equal(c.trace->passes, 2);
	assert_int_equal(c.trace->hops_n, 2);
	chain_free(&c);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_echoes),
		cmocka_unit_test(by_udp),
		cmocka_unit_test(a_udp_port_that_answers),
		cmocka_unit_test(a_silent_router),
		cmocka_unit_test(nobody_is_there),
		cmocka_unit_test(no_way_from_the_last_one),
		cmocka_unit_test(no_further_than_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
