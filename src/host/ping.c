#include "host/ping.h"

#include <netinet/in.h>

#include "core/arp.h"
#include "core/ip4.h"
#include "core/net.h"
#include "core/ports.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"

static void event_add(struct ping *ping, const struct ping_event *event)
{
	unsigned at = (ping->events_at + ping->events_n) % PING_EVENTS;

	if (ping->events_n == PING_EVENTS)
		return; /* nobody has read for a long time: the newest is lost, the counts are not
		         */
	ping->events[at] = *event;
	ping->events_n++;
}

bool ping_event(struct ping *ping, struct ping_event *ret_event)
{
	if (ping->events_n == 0)
		return false;
	*ret_event = ping->events[ping->events_at];
	ping->events_at = (ping->events_at + 1) % PING_EVENTS;
	ping->events_n--;
	return true;
}

static bool choose_source(struct net *net, struct ping *ping)
{
	struct route_key key = { .src = ping->spec.src,
		                 .dst = ping->spec.dst,
		                 .proto = IPPROTO_ICMP,
		                 .tos = (uint8_t)(ping->spec.dscp << 2),
		                 .bound = ping->spec.out,
		                 .table = ping->spec.table };
	struct route route;

	ping->src = ping->spec.src;
	if (!ip4_is_zero(ping->src))
		return true;
	if (route_lookup(net, &key, &route, NULL) != 0)
		return false;
	ping->src = route.kind == ROUTE_LOCAL ? ping->spec.dst : route.src;
	return !ip4_is_zero(ping->src);
}

static bool take_id(struct net *net, struct ping *ping)
{
	struct ports_wish wish = {
		.addr = ping->src, .proto = IPPROTO_ICMP, .low = 1, .high = UINT16_MAX
	};

	wish.keyed = random_u64(net->random);
	return ports_take(net->ports, &wish, &ping->id) == 0;
}

struct ping *ping_start(struct ping *pings, struct net *net, const struct ping_spec *spec)
{
	for (unsigned i = 0; i < PINGS_MAX; i++) {
		struct ping *ping = &pings[i];

		if (ping->used)
			continue;
		*ping = (struct ping){ .spec = *spec, .next = net->now, .rtt_min_ns = UINT64_MAX };
		/* Without a route there is no source yet: each question tries again. */
		if (!spec->by_arp && choose_source(net, ping) && !take_id(net, ping))
			return NULL;
		ping->used = true;
		return ping;
	}
	return NULL;
}

void ping_stop(struct net *net, struct ping *ping)
{
	if (!ping->used)
		return;
	if (ping->id != 0)
		ports_give_back(net->ports, ping->src, IPPROTO_ICMP, ping->id);
	ping->used = false;
}

static void wait_for(struct ping *ping, struct net *net, uint16_t sequence)
{
	unsigned at = sequence % PING_WAITING;

	ping->waiting[at].on = true;
	ping->waiting[at].sequence = sequence;
	ping->waiting[at].at = net->now;
}

static void fill_question(struct pkt *p, const struct ping *ping, uint32_t icmp_bytes)
{
	struct icmp_header header = { .type = ICMP_ECHO,
		                      .id = ping->id,
		                      .sequence = (uint16_t)ping->sent };
	struct writer w = writer_over(p->bytes + p->l4, icmp_bytes);

	icmp_header_build(&w, &header);
	for (uint32_t i = ICMP_HEADER_BYTES; i < icmp_bytes; i++)
		write_u8(&w, (uint8_t)i);
	must(!w.failed);
}

static void set_ip_fields(struct pkt *p, const struct ping_spec *spec)
{
	uint8_t *ip = p->bytes + p->l3;

	ip[IP4_AT_TOS] = (uint8_t)(spec->dscp << 2); /* RFC 2474, 3: the upper six bits */
	ip[IP4_AT_TTL] = spec->ttl;
	p->ttl = spec->ttl;
	p->bound = spec->out;
	p->routing_mark = spec->table;
	wire_put16(ip + IP4_AT_FRAGMENT, spec->dont_fragment ? IP4_DONT_FRAGMENT : 0);
	p->dont_fragment = spec->dont_fragment;
}

static void ask_by_arp(struct net *net, struct ping *ping)
{
	const struct mac everybody = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

	arp_ask(net, ping->spec.out, ping->spec.dst, &everybody);
	wait_for(ping, net, (uint16_t)ping->sent);
	ping->sent++;
}

static void ask(struct net *net, struct ping *ping)
{
	uint32_t icmp_bytes = ping->spec.size - IP4_HEADER_BYTES;
	struct pkt *p;

	if (ping->spec.by_arp) {
		ask_by_arp(net, ping);
		return;
	}
	if (ping->id == 0 && (!choose_source(net, ping) || !take_id(net, ping))) {
		event_add(ping, &(struct ping_event){ .sequence = (uint16_t)ping->sent,
		                                      .host = ping->spec.dst,
		                                      .status = PING_NO_ROUTE });
		ping->sent++;
		return;
	}
	p = ip4_make(net, ping->src, ping->spec.dst, IPPROTO_ICMP, icmp_bytes);
	if (p != NULL) {
		fill_question(p, ping, icmp_bytes);
		set_ip_fields(p, &ping->spec);
		ip4_originate(net, p);
	}
	wait_for(ping, net, (uint16_t)ping->sent);
	ping->sent++;
}

static mono waits_until(const struct ping *ping, unsigned at)
{
	return mono_add_ms(ping->waiting[at].at, ping->spec.interval_ms);
}

static void time_out(struct net *net, struct ping *ping)
{
	for (unsigned at = 0; at < PING_WAITING; at++) {
		if (!ping->waiting[at].on || !mono_due(waits_until(ping, at), net->now))
			continue;
		ping->waiting[at].on = false;
		event_add(ping, &(struct ping_event){ .sequence = ping->waiting[at].sequence,
		                                      .host = ping->spec.dst,
		                                      .status = PING_TIMEOUT });
	}
}

static bool asks_again(const struct ping *ping)
{
	return ping->spec.count == 0 || ping->sent < ping->spec.count;
}

void ping_turn(struct net *net, struct ping *ping)
{
	if (!ping->used)
		return;
	time_out(net, ping);
	if (asks_again(ping) && mono_due(ping->next, net->now)) {
		ask(net, ping);
		ping->next = mono_add_ms(net->now, ping->spec.interval_ms);
	}
}

mono ping_due(const struct ping *ping)
{
	mono due = mono_never();

	if (!ping->used)
		return due;
	if (asks_again(ping))
		due = ping->next;
	for (unsigned at = 0; at < PING_WAITING; at++) {
		if (ping->waiting[at].on)
			due = mono_min(due, waits_until(ping, at));
	}
	return due;
}

bool ping_is_over(const struct ping *ping)
{
	for (unsigned at = 0; at < PING_WAITING; at++) {
		if (ping->waiting[at].on)
			return false;
	}
	return !asks_again(ping) && ping->events_n == 0;
}

/* The ping that asked @peer from @own with these numbers, and still waits. */
static struct ping *find(struct ping *pings, ip4 own, ip4 peer, const struct icmp_header *header)
{
	uint16_t sequence = header->sequence;

	for (unsigned i = 0; i < PINGS_MAX; i++) {
		struct ping *ping = &pings[i];
		unsigned at = sequence % PING_WAITING;

		if (ping->used && !ping->spec.by_arp && ping->id == header->id &&
		    ip4_equal(ping->src, own) && ip4_equal(ping->spec.dst, peer) &&
		    ping->waiting[at].on && ping->waiting[at].sequence == sequence)
			return ping;
	}
	return NULL;
}

static void settle(struct ping *ping, struct net *net, struct ping_event *event)
{
	unsigned at = event->sequence % PING_WAITING;

	ping->waiting[at].on = false;
	event->rtt_ns = mono_since_ns(net->now, ping->waiting[at].at);
	event_add(ping, event);
	if (event->status != PING_REPLY)
		return;
	ping->received++;
	ping->rtt_sum_ns += event->rtt_ns;
	if (event->rtt_ns < ping->rtt_min_ns)
		ping->rtt_min_ns = event->rtt_ns;
	if (event->rtt_ns > ping->rtt_max_ns)
		ping->rtt_max_ns = event->rtt_ns;
}

/* An error that quotes one of our questions. */
static bool error_input(struct ping *pings, struct net *net, const struct pkt *p)
{
	struct reader r = reader_over(p->bytes + p->payload_at, p->len - p->payload_at);
	struct ip4_header quoted;
	struct icmp_header question;
	struct ping *ping;

	if (!ip4_header_parse(&r, &quoted) || quoted.proto != IPPROTO_ICMP ||
	    !icmp_header_parse(&r, &question) || question.type != ICMP_ECHO)
		return false;
	ping = find(pings, quoted.src, quoted.dst, &question);
	if (ping == NULL)
		return false;
	settle(ping, net,
	       &(struct ping_event){ .sequence = question.sequence,
	                             .host = p->now.src,
	                             .status = (uint8_t)ping_status_of(p),
	                             .ttl = p->ttl,
	                             .size = p->ip_bytes });
	return true;
}

bool ping_input(struct ping *pings, struct net *net, const struct pkt *p)
{
	struct reader r = reader_over(p->bytes + p->l4, p->len - p->l4);
	struct icmp_header header;
	struct ping *ping;

	if (p->icmp_type == ICMP_UNREACHABLE || p->icmp_type == ICMP_TIME_EXCEEDED ||
	    p->icmp_type == ICMP_PARAMETER_PROBLEM)
		return error_input(pings, net, p);
	if (p->icmp_type != ICMP_ECHO_REPLY || !icmp_header_parse(&r, &header))
		return false;
	ping = find(pings, p->now.dst, p->now.src, &header);
	if (ping == NULL)
		return false;
	settle(ping, net,
	       &(struct ping_event){ .sequence = header.sequence,
	                             .host = p->now.src,
	                             .status = PING_REPLY,
	                             .ttl = p->ttl,
	                             .size = p->ip_bytes });
	return true;
}

/* An answer by ARP does not say which question it is to: the one that has waited longest. */
static int waits_longest(const struct ping *ping)
{
	int found = -1;

	for (int at = 0; at < PING_WAITING; at++) {
		if (ping->waiting[at].on &&
		    (found < 0 || ping->waiting[at].at.ns < ping->waiting[found].at.ns))
			found = at;
	}
	return found;
}

bool ping_arp_input(struct ping *pings, struct net *net, iface_id iface, ip4 addr,
                    const struct mac *mac)
{
	bool ours = false;

	for (unsigned i = 0; i < PINGS_MAX; i++) {
		struct ping *ping = &pings[i];
		int at;

		if (!ping->used || !ping->spec.by_arp || ping->spec.out != iface ||
		    !ip4_equal(ping->spec.dst, addr))
			continue;
		at = waits_longest(ping);
		if (at < 0)
			continue;
		settle(ping, net,
		       &(struct ping_event){ .sequence = ping->waiting[at].sequence,
		                             .host = addr,
		                             .by_arp = true,
		                             .mac = *mac,
		                             .status = PING_REPLY });
		ours = true;
	}
	return ours;
}
