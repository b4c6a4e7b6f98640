#include "host/traceroute.h"

#include <netinet/in.h>

#include "core/ip4.h"
#include "core/net.h"
#include "core/ports.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/udp_header.h"

enum {
	PASS_MS = 1000, /* from the beginning of a pass to the next one, at least */
};

static bool choose_source(struct net *net, struct traceroute *trace)
{
	const struct traceroute_spec *spec = &trace->spec;
	struct route_key key = { .src = spec->src,
		                 .dst = spec->dst,
		                 .dport = spec->port,
		                 .proto = spec->proto,
		                 .tos = (uint8_t)(spec->dscp << 2),
		                 .bound = spec->out,
		                 .table = spec->table };
	struct route route;

	if (route_lookup(net, &key, &route, NULL) != 0)
		return false;
	trace->src = spec->src;
	if (ip4_is_zero(trace->src))
		trace->src = route.kind == ROUTE_LOCAL ? spec->dst : route.src;
	return !ip4_is_zero(trace->src);
}

static bool take_id(struct net *net, struct traceroute *trace)
{
	struct ports_wish wish = { .addr = trace->src,
		                   .proto = trace->spec.proto,
		                   .low = trace->spec.proto == IPPROTO_UDP ? 1024 : 1,
		                   .high = UINT16_MAX };

	wish.keyed = random_u64(net->random);
	return ports_take(net->ports, &wish, &trace->id) == 0;
}

struct traceroute *traceroute_start(struct traceroute *all, struct net *net,
                                    const struct traceroute_spec *spec)
{
	for (unsigned i = 0; i < TRACEROUTES_MAX; i++) {
		struct traceroute *trace = &all[i];

		if (trace->used)
			continue;
		*trace = (struct traceroute){
			.spec = *spec, .hop = 1, .began = net->now, .next = net->now
		};
		trace->sequence = (uint16_t)random_u32(net->random);
		/* Without a route there is no source yet: each pass tries again. */
		if (choose_source(net, trace) && !take_id(net, trace))
			return NULL;
		trace->used = true;
		return trace;
	}
	return NULL;
}

void traceroute_stop(struct net *net, struct traceroute *trace)
{
	if (!trace->used)
		return;
	if (trace->id != 0)
		ports_give_back(net->ports, trace->src, trace->spec.proto, trace->id);
	trace->used = false;
}

/* --- asking --- */

static void fill_question(struct pkt *p, const struct traceroute *trace)
{
	uint32_t bytes = p->len - p->l4;
	struct writer w = writer_over(p->bytes + p->l4, bytes);

	if (trace->spec.proto == IPPROTO_ICMP)
		icmp_header_build(&w, &(struct icmp_header){ .type = ICMP_ECHO,
		                                             .id = trace->id,
		                                             .sequence = trace->sequence });
	else
		udp_header_build(&w, &(struct udp_header){ .sport = trace->id,
		                                           .dport = trace->spec.port,
		                                           .bytes = (uint16_t)bytes });
	for (uint32_t i = ICMP_HEADER_BYTES; i < bytes; i++) /* as long as a UDP header */
		write_u8(&w, (uint8_t)i);
	must(!w.failed);
}

static void set_ip_fields(struct pkt *p, const struct traceroute *trace)
{
	const struct traceroute_spec *spec = &trace->spec;
	uint8_t *ip = p->bytes + p->l3;

	ip[IP4_AT_TOS] = (uint8_t)(spec->dscp << 2); /* RFC 2474, 3: the upper six bits */
	ip[IP4_AT_TTL] = (uint8_t)trace->hop;
	wire_put16(ip + IP4_AT_ID, trace->sequence);
	wire_put16(ip + IP4_AT_FRAGMENT, spec->dont_fragment ? IP4_DONT_FRAGMENT : 0);
	p->bound = spec->out;
	p->routing_mark = spec->table;
}

static void send_question(struct net *net, struct traceroute *trace)
{
	struct pkt *p = ip4_make(net, trace->src, trace->spec.dst, trace->spec.proto,
	                         trace->spec.size - IP4_HEADER_BYTES);

	if (p == NULL)
		return; /* it will have timed out */
	fill_question(p, trace);
	set_ip_fields(p, trace);
	ip4_originate(net, p);
}

/* --- what became of it --- */

static void pass_end(struct net *net, struct traceroute *trace, enum traceroute_end end)
{
	trace->ended = (uint8_t)end;
	trace->passes++;
	trace->hop = 1;
	trace->silent = 0;
	trace->next = mono_add_ms(trace->began, PASS_MS);
	if (mono_due(trace->next, net->now))
		trace->next = net->now;
}

static void measure(struct traceroute_hop *hop, uint64_t us)
{
	hop->best_us = hop->received == 0 || us < hop->best_us ? us : hop->best_us;
	hop->worst_us = us > hop->worst_us ? us : hop->worst_us;
	hop->last_us = us;
	hop->sum_us += us;
	hop->squares += us * us;
	hop->received++;
}

/* Who answered, and how far the pass is by that. */
struct heard {
	ip4 host;
	enum ping_status status;
	bool reached;
};

static void settle(struct net *net, struct traceroute *trace, const struct heard *heard)
{
	struct traceroute_hop *hop = &trace->hops[trace->hop - 1];

	hop->status = (uint8_t)heard->status;
	hop->sent++;
	if (heard->status != PING_TIMEOUT)
		hop->host = heard->host;
	if (heard->status != PING_TIMEOUT && heard->status != PING_NO_ROUTE)
		measure(hop, mono_since_ns(net->now, trace->asked) / NS_PER_US);
	trace->silent = heard->status == PING_TIMEOUT ? trace->silent + 1 : 0;
	trace->settled++;
	trace->sequence++;
	trace->waiting = false;
	if (heard->reached || trace->hop > trace->hops_n)
		trace->hops_n = trace->hop;
	if (heard->reached)
		pass_end(net, trace, TRACEROUTE_REACHED);
	else if (heard->status != PING_TIMEOUT && heard->status != PING_TTL_EXCEEDED)
		pass_end(net, trace, TRACEROUTE_REFUSED);
	else if (trace->hop == trace->spec.max_hops)
		pass_end(net, trace, TRACEROUTE_MAX_HOPS);
	else if (trace->silent == TRACEROUTE_SILENT)
		pass_end(net, trace, TRACEROUTE_NO_ANSWER);
	else
		trace->hop++;
}

uint64_t traceroute_deviation_us(const struct traceroute_hop *hop)
{
	uint64_t mean, variance, root = 0;

	if (hop->received == 0)
		return 0;
	mean = hop->sum_us / hop->received;
	variance = hop->squares / hop->received;
	variance = variance > mean * mean ? variance - mean * mean : 0;
	for (uint64_t bit = 1ULL << 31; bit != 0; bit >>= 1) {
		if ((root | bit) * (root | bit) <= variance)
			root |= bit;
	}
	return root;
}

/* --- time --- */

static bool asks_again(const struct traceroute *trace)
{
	return trace->spec.count == 0 || trace->passes < trace->spec.count;
}

static void ask(struct net *net, struct traceroute *trace)
{
	if (trace->hop == 1)
		trace->began = net->now;
	trace->asked = net->now;
	trace->waiting = true;
	if (trace->id == 0 && (!choose_source(net, trace) || !take_id(net, trace))) {
		settle(net, trace,
		       &(struct heard){ .host = trace->spec.dst, .status = PING_NO_ROUTE });
		return;
	}
	send_question(net, trace);
}

static mono waits_until(const struct traceroute *trace)
{
	return mono_add_ms(trace->asked, trace->spec.timeout_ms);
}

void traceroute_turn(struct net *net, struct traceroute *trace)
{
	if (!trace->used)
		return;
	if (trace->waiting && mono_due(waits_until(trace), net->now))
		settle(net, trace, &(struct heard){ .status = PING_TIMEOUT });
	if (!trace->waiting && asks_again(trace) && mono_due(trace->next, net->now))
		ask(net, trace);
}

mono traceroute_due(const struct traceroute *trace)
{
	if (!trace->used)
		return mono_never();
	if (trace->waiting)
		return waits_until(trace);
	return asks_again(trace) ? trace->next : mono_never();
}

bool traceroute_is_over(const struct traceroute *trace)
{
	return !trace->waiting && !asks_again(trace);
}

/* --- what comes in --- */

/* Does @r stand at the transport header of the question that @trace waits for? */
static bool is_question(const struct traceroute *trace, const struct ip4_header *ip,
                        struct reader r)
{
	if (!trace->used || !trace->waiting || trace->id == 0 || trace->spec.proto != ip->proto ||
	    !ip4_equal(trace->src, ip->src) || !ip4_equal(trace->spec.dst, ip->dst))
		return false;
	if (ip->proto == IPPROTO_UDP) {
		struct udp_header udp;

		return udp_header_parse(&r, &udp) && udp.sport == trace->id &&
		       udp.dport == trace->spec.port && ip->id == trace->sequence;
	}

	struct icmp_header icmp;

	return icmp_header_parse(&r, &icmp) && icmp.type == ICMP_ECHO && icmp.id == trace->id &&
	       icmp.sequence == trace->sequence;
}

/* RFC 1122, 3.2.2.1: a host that has the address but not the port says so; that is an answer. */
static bool is_answer(const struct traceroute *trace, ip4 from, enum ping_status status)
{
	return trace->spec.proto == IPPROTO_UDP && ip4_equal(from, trace->spec.dst) &&
	       status == PING_PORT_UNREACHABLE;
}

static bool error_input(struct traceroute *all, struct net *net, const struct pkt *p)
{
	struct reader r = reader_over(p->bytes + p->payload_at, p->len - p->payload_at);
	struct heard heard = { .host = p->now.src, .status = ping_status_of(p) };
	struct ip4_header quoted;

	if (!ip4_header_parse(&r, &quoted))
		return false;
	for (unsigned i = 0; i < TRACEROUTES_MAX; i++) {
		if (!is_question(&all[i], &quoted, r))
			continue;
		heard.reached = is_answer(&all[i], heard.host, heard.status);
		if (heard.reached)
			heard.status = PING_REPLY;
		settle(net, &all[i], &heard);
		return true;
	}
	return false;
}

/* Who has answered? An echo's answer says to what; one from a UDP port is to the last question. */
static bool is_reply(const struct traceroute *trace, const struct pkt *p)
{
	struct reader r = reader_over(p->bytes + p->l4, p->len - p->l4);
	struct icmp_header icmp;

	if (!trace->used || !trace->waiting || trace->id == 0 ||
	    trace->spec.proto != p->now.proto || !ip4_equal(trace->src, p->now.dst) ||
	    !ip4_equal(trace->spec.dst, p->now.src))
		return false;
	if (p->now.proto == IPPROTO_UDP)
		return p->now.dport == trace->id && p->now.sport == trace->spec.port;
	return p->icmp_type == ICMP_ECHO_REPLY && icmp_header_parse(&r, &icmp) &&
	       icmp.id == trace->id && icmp.sequence == trace->sequence;
}

bool traceroute_input(struct traceroute *all, struct net *net, const struct pkt *p)
{
	if (p->now.proto == IPPROTO_ICMP &&
	    (p->icmp_type == ICMP_UNREACHABLE || p->icmp_type == ICMP_TIME_EXCEEDED ||
	     p->icmp_type == ICMP_PARAMETER_PROBLEM))
		return error_input(all, net, p);
	for (unsigned i = 0; i < TRACEROUTES_MAX; i++) {
		if (!is_reply(&all[i], p))
			continue;
		settle(net, &all[i],
		       &(struct heard){
			       .host = p->now.src, .status = PING_REPLY, .reached = true });
		return true;
	}
	return false;
}
