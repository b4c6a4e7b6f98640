/*
 * routes.c -- the routing table alone, in memory: bench-routes [ROUTES]
 *
 * Loads ROUTES routes (a million) like the internet's, looks up random destinations, and lets
 * routes come and go one by one. Prints a line for test/bench/routes to read.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/addr.h"
#include "core/fib.h"
#include "core/fib_hop.h"
#include "core/net.h"
#include "lib/mem.h"
#include "sim/random.h"
#include "test/bench/routes.h"

enum {
	LOOKS = 20000000,
	UPDATES = 200000,
	HOPS_FROM = 10
};

static struct net *world(struct random *random, struct log *log)
{
	static const struct net_budget budget = { .pkt_small = 64,
		                                  .neighbours = 16,
		                                  .port_addresses = 8 };
	struct net *net = mem_new(1, sizeof *net);
	struct addr_spec spec = { .addr = { 0x0a000002 }, .network = { 0x0a000000 }, .bits = 24 };

	net->now = (mono){ NS_PER_S };
	net_init(net, &budget, random, log);
	spec.iface = iface_add(net, "ether1", "ether");
	iface_enable(net, spec.iface, true);
	iface_set_link(net, spec.iface, true);
	addrs_publish(net, addrs_new(&spec, 1));
	return net;
}

static void fill(struct route_spec *specs, size_t n, struct draw *d)
{
	struct prefix p = { 0, 0, 0 }; /* the default route */

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			p = draw_prefix(d, p);
		specs[i] = (struct route_spec){
			.dst = { ip_addr_v4((ip4){ p.network }), p.bits, { 0 } },
			.gateway = ip_addr_v4((ip4){ 0x0a000000U + HOPS_FROM + p.hop }),
			.distance = 1,
			.id = (uint32_t)i + 1,
		};
	}
}

static double looks_a_second(const struct net *net, struct draw *d)
{
	double begin = seconds_now();
	uintptr_t sum = 0;

	for (unsigned i = 0; i < LOOKS; i++) {
		ip4 dst = { (uint32_t)(draw(d) >> 32) };

		sum += (uintptr_t)fib_lookup(net, TABLE_MAIN, dst);
	}
	/* The sum is used, so that no look-up can be left out. */
	return LOOKS / (seconds_now() - begin) + (sum == 1 ? 1 : 0);
}

static double updates_a_second(struct net *net, const struct route_spec *specs, size_t n,
                               struct draw *d)
{
	double begin = seconds_now();

	for (unsigned i = 0; i < UPDATES / 2; i++) {
		const struct route_spec *spec = &specs[draw(d) % n];

		must(fib_remove(net, spec));
		fib_settle(net);
		must(fib_add(net, spec));
		fib_settle(net);
	}
	return UPDATES / (seconds_now() - begin);
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
	struct route_spec *specs = mem_new(n, sizeof *specs);
	struct draw d = { 2026 };
	struct sim_random random = sim_random_make(1);
	struct log log;
	struct net *net;
	double begin, load, looks, updates;

	log_init(&log);
	net = world(&random.random, &log);
	fill(specs, n, &d);
	begin = seconds_now();
	fib_publish(net, specs, n);
	load = seconds_now() - begin;
	looks = looks_a_second(net, &d);
	updates = updates_a_second(net, specs, n, &d);
	printf("routes %zu load-s %.3f looks-M/s %.1f updates-k/s %.0f bytes-a-route %.1f\n", n,
	       load, looks / 1e6, updates / 1e3, (double)fib_bytes(net) / (double)n);
	net_free(net);
	mem_free(net);
	log_free(&log);
	mem_free(specs);
	return 0;
}
