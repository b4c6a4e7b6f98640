#include "router/routing_mark.h"

#include <netinet/in.h>

#include "core/explain.h"
#include "fw/marks.h"
#include "router/pipeline.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

enum {
	MADE_UP_BYTES = IP4_HEADER_BYTES + TCP_HEADER_BYTES,
	MADE_UP_TTL = 64,
};

/* Rules may look into the headers, too. */
static void write_headers(uint8_t *bytes, const struct route_key *key)
{
	struct writer w = writer_over(bytes, MADE_UP_BYTES);
	struct ip4_header ip = { .version = 4,
		                 .header_bytes = IP4_HEADER_BYTES,
		                 .tos = key->tos,
		                 .total_bytes = MADE_UP_BYTES,
		                 .fragment = IP4_DONT_FRAGMENT,
		                 .ttl = MADE_UP_TTL,
		                 .proto = key->proto,
		                 .src = key->src,
		                 .dst = key->dst };
	struct tcp_header tcp = { .sport = key->sport,
		                  .dport = key->dport,
		                  .header_bytes = TCP_HEADER_BYTES,
		                  .flags = TCP_SYN };

	ip4_header_build(&w, &ip);
	tcp_header_build(&w, &tcp); /* of another protocol the ports are at the same place */
}

static struct pkt make_up(uint8_t *bytes, const struct route_key *key)
{
	struct tuple ends = { .src = key->src,
		              .dst = key->dst,
		              .sport = key->sport,
		              .dport = key->dport,
		              .proto = key->proto };

	write_headers(bytes, key);
	return (struct pkt){
		.bytes = bytes,
		.len = MADE_UP_BYTES,
		.l4 = IP4_HEADER_BYTES,
		.payload_at = MADE_UP_BYTES,
		.in = IFACE_NONE,
		.arrived = ends,
		.now = ends,
		.ip_bytes = MADE_UP_BYTES,
		.dont_fragment = true,
		.tos = key->tos,
		.ttl = MADE_UP_TTL,
		.tcp_flags = key->proto == IPPROTO_TCP ? TCP_SYN : 0,
		.flow = FLOW_NONE,
		.bound = key->bound,
		.on_link = key->on_link,
		.routing_mark = key->table,
		.asked_only = true,
	};
}

uint32_t routing_mark_of(void *arg, const struct route_key *key, struct explain *why)
{
	struct router *router = arg;
	uint8_t bytes[MADE_UP_BYTES];
	struct pkt p;
	const char *name;
	uint32_t table;

	if (rules_say_nothing(router->fw.rules[FACILITY_MANGLE]))
		return key->table;
	p = make_up(bytes, key);
	table = pipeline_routing_mark(router, &p);
	if (table != key->table) {
		name = mark_name(router->marks, table);
		explain(why, "route", "a rule marks it for table %s", name != NULL ? name : "main");
	}
	return table;
}
