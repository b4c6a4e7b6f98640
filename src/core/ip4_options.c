#include "core/ip4_options.h"

#include <string.h>

#include "core/addr.h"
#include "core/explain.h"
#include "core/icmp.h"
#include "core/net.h"
#include "wire/checksum.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"

enum {
	ADDRESS_BYTES = 4,
	STAMP_BYTES = 4,
	OVERFLOW_MOST = 15,
	NOT_UNIVERSAL = 1u << 31, /* of a timestamp: not since midnight (RFC 791, 3.1) */
};

static uint32_t options_bytes(const struct pkt *p)
{
	return (uint32_t)(p->l4 - p->l3) - IP4_HEADER_BYTES;
}

static struct reader options_of(const struct pkt *p)
{
	return reader_over(p->bytes + p->l3 + IP4_HEADER_BYTES, options_bytes(p));
}

/* Is there room at the pointer of @o for @bytes? */
static bool has_room(const struct ip4_option *o, uint32_t bytes)
{
	return o->bytes[IP4_OPTION_AT_POINTER] - 1U + bytes <= o->len;
}

static bool is_full(const struct ip4_option *o)
{
	return o->bytes[IP4_OPTION_AT_POINTER] > o->len;
}

/* Some room, but not for a whole address, is an error (RFC 791, 3.1). 0: all is well; else the
 * offset in the option of what is wrong. */
static uint8_t route_fault(const struct ip4_option *o)
{
	if (o->len < IP4_OPTION_AT_ROUTE)
		return IP4_OPTION_AT_LENGTH;
	if (o->bytes[IP4_OPTION_AT_POINTER] < IP4_OPTION_AT_ROUTE + 1)
		return IP4_OPTION_AT_POINTER;
	return is_full(o) || has_room(o, ADDRESS_BYTES) ? 0 : IP4_OPTION_AT_POINTER;
}

static uint32_t stamp_bytes(uint8_t flag)
{
	return flag == IP4_STAMPS_ONLY ? STAMP_BYTES : ADDRESS_BYTES + STAMP_BYTES;
}

static uint8_t timestamp_fault(const struct ip4_option *o)
{
	uint8_t flag;

	if (o->len < IP4_OPTION_AT_STAMPS)
		return IP4_OPTION_AT_LENGTH;
	if (o->bytes[IP4_OPTION_AT_POINTER] < IP4_OPTION_AT_STAMPS + 1)
		return IP4_OPTION_AT_POINTER;
	flag = o->bytes[IP4_OPTION_AT_FLAGS] & 0xf;
	if (flag != IP4_STAMPS_ONLY && flag != IP4_STAMPS_WITH_ADDRESS && flag != IP4_STAMPS_ASKED)
		return IP4_OPTION_AT_FLAGS;
	if (!is_full(o))
		return has_room(o, stamp_bytes(flag)) ? 0 : IP4_OPTION_AT_POINTER;
	/* The count of those who found no room is full, too: RFC 791, 3.1. */
	return flag != IP4_STAMPS_ASKED && o->bytes[IP4_OPTION_AT_FLAGS] >> 4 == OVERFLOW_MOST
	               ? IP4_OPTION_AT_FLAGS
	               : 0;
}

static bool is_source_route(uint8_t type)
{
	return type == IP4_OPTION_LSRR || type == IP4_OPTION_SSRR;
}

/* What is wrong with @o, as an offset in it plus one; 0: nothing. */
static uint8_t option_fault(const struct pkt *p, const struct ip4_option *o)
{
	uint8_t at = 0;

	if (is_source_route(o->type) && p->route_option != 0)
		return 1; /* RFC 791, 3.1: at most once */
	if (is_source_route(o->type) || o->type == IP4_OPTION_RECORD)
		at = route_fault(o);
	else if (o->type == IP4_OPTION_TIMESTAMP)
		at = timestamp_fault(o);
	return at == 0 ? 0 : (uint8_t)(at + 1);
}

void ip4_options_read(struct pkt *p)
{
	const uint8_t *ip = p->bytes + p->l3;
	struct reader r = options_of(p);
	struct ip4_option o;
	bool bad;

	while (ip4_option_next(&r, &o, &bad)) {
		uint8_t fault = option_fault(p, &o);

		if (fault != 0 && p->option_fault == 0)
			p->option_fault = (uint8_t)(o.bytes - ip + fault - 1);
		if (is_source_route(o.type) && fault == 0)
			p->route_option = (uint8_t)(o.bytes - ip);
	}
	/* The walk stops at the option whose length can't be; its length is the next octet. */
	if (bad && p->option_fault == 0)
		p->option_fault =
			(uint8_t)(r.at - ip + 1 < p->l4 - p->l3 ? r.at - ip + 1 : r.at - ip);
}

ip4 ip4_options_destination(struct pkt *p)
{
	const uint8_t *option;
	uint8_t len;

	ip4_options_read(p);
	if (p->route_option == 0)
		return p->arrived.dst;
	option = p->bytes + p->l3 + p->route_option;
	len = option[IP4_OPTION_AT_LENGTH];
	if (option[IP4_OPTION_AT_POINTER] > len)
		return p->arrived.dst;
	return (ip4){ wire_get32(option + len - 4) };
}

static bool is_strict(const struct pkt *p)
{
	return p->bytes[p->l3 + p->route_option] == IP4_OPTION_SSRR;
}

/* May a source route lead to @addr? */
static bool is_place(ip4 addr)
{
	return addr.v >> 24 != 0 && !ip4_is_loopback(addr) && addr.v < 0xe0000000;
}

static void checksum_write(struct pkt *p)
{
	uint8_t *ip = p->bytes + p->l3;

	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, p->l4 - p->l3));
}

bool ip4_options_follow(struct net *net, struct pkt *p)
{
	uint8_t *ip = p->bytes + p->l3, *o = ip + p->route_option;
	bool moved = false;

	if (p->route_option == 0 || p->option_fault != 0)
		return false;
	while (addr_find(net, p->now.dst) != NULL &&
	       o[IP4_OPTION_AT_POINTER] < o[IP4_OPTION_AT_LENGTH]) {
		uint8_t *slot = o + o[IP4_OPTION_AT_POINTER] - 1;
		ip4 next = { wire_get32(slot) };

		if (!is_place(next)) {
			p->option_fault = (uint8_t)(slot - ip);
			break;
		}
		/* Two of ours in a row: the first was the way in to the second. */
		wire_put32(slot, p->now.dst.v);
		o[IP4_OPTION_AT_POINTER] += ADDRESS_BYTES;
		wire_put32(ip + IP4_AT_DST, next.v);
		p->arrived.dst = p->now.dst = next;
		p->route_slot = (uint8_t)(slot - ip);
		moved = true;
	}
	if (moved)
		checksum_write(p);
	return moved;
}

enum verdict ip4_options_judge(struct net *net, struct pkt *p)
{
	if (p->option_fault != 0) {
		explain(p->why, "options", "the octet at %u of the header can't be",
		        p->option_fault);
		icmp_error(net, p, ICMP_PARAMETER_PROBLEM, 0, (uint32_t)p->option_fault << 24);
		return pkt_drop(net, p, DROP_IP_OPTIONS);
	}
	/* RFC 791, 3.1: a strict route's next address must be on a network directly connected. */
	if (p->route_slot != 0 && is_strict(p) && p->route.kind == ROUTE_UNICAST &&
	    !ip4_equal(p->route.next_hop, p->now.dst)) {
		icmp_error(net, p, ICMP_UNREACHABLE, ICMP_SOURCE_ROUTE_FAILED, 0);
		return pkt_drop(net, p, DROP_SOURCE_ROUTE);
	}
	return VERDICT_NEXT;
}

ip4 ip4_options_address(const struct net *net, const struct pkt *p)
{
	const struct addr_spec *spec = addr_toward(net, p->route.out, p->route.next_hop);

	return spec != NULL ? spec->addr : p->route.src;
}

static void route_record(uint8_t *o, ip4 own)
{
	if (o[IP4_OPTION_AT_POINTER] > o[IP4_OPTION_AT_LENGTH])
		return; /* full: it goes on as it is (RFC 791, 3.1) */
	wire_put32(o + o[IP4_OPTION_AT_POINTER] - 1, own.v);
	o[IP4_OPTION_AT_POINTER] += ADDRESS_BYTES;
}

/* Time since midnight is not known here: the router's own, marked as such, is allowed. */
static uint32_t stamp(const struct net *net)
{
	return (uint32_t)(net->now.ns / NS_PER_MS) | NOT_UNIVERSAL;
}

static void timestamp_record(struct net *net, uint8_t *o, ip4 own)
{
	uint8_t flag = o[IP4_OPTION_AT_FLAGS] & 0xf;
	uint8_t *at = o + o[IP4_OPTION_AT_POINTER] - 1;

	if (o[IP4_OPTION_AT_POINTER] > o[IP4_OPTION_AT_LENGTH]) {
		if (flag != IP4_STAMPS_ASKED)
			o[IP4_OPTION_AT_FLAGS] += 1 << 4; /* one more that found no room */
		return;
	}
	if (flag == IP4_STAMPS_ASKED && addr_find(net, (ip4){ wire_get32(at) }) == NULL)
		return; /* the next stamp is somebody else's */
	if (flag == IP4_STAMPS_WITH_ADDRESS)
		wire_put32(at, own.v);
	wire_put32(flag == IP4_STAMPS_ONLY ? at : at + ADDRESS_BYTES, stamp(net));
	o[IP4_OPTION_AT_POINTER] = (uint8_t)(o[IP4_OPTION_AT_POINTER] + stamp_bytes(flag));
}

/* The same for all options of @bytes at @options, which have been judged. */
static void record_all(struct net *net, uint8_t *options, uint32_t bytes, ip4 own)
{
	struct reader r = reader_over(options, bytes);
	struct ip4_option o;
	bool bad;

	while (ip4_option_next(&r, &o, &bad)) {
		uint8_t *at = options + (o.bytes - options);

		if (o.type == IP4_OPTION_RECORD)
			route_record(at, own);
		else if (o.type == IP4_OPTION_TIMESTAMP)
			timestamp_record(net, at, own);
	}
}

void ip4_options_record(struct net *net, struct pkt *p, ip4 own)
{
	uint8_t *ip = p->bytes + p->l3;

	must(p->option_fault == 0);
	record_all(net, ip + IP4_HEADER_BYTES, options_bytes(p), own);
	if (p->route_slot != 0)
		wire_put32(ip + p->route_slot, own.v);
	checksum_write(p);
}

/*
 * The route that was recorded on the way here, backwards, with the sender at its end; it went by
 * the last of it first (RFC 1122, 3.2.1.8). Whom it goes to first.
 */
static ip4 route_reverse(const uint8_t *from, uint8_t *to, ip4 sender)
{
	unsigned hops = (from[IP4_OPTION_AT_LENGTH] - 3U) / ADDRESS_BYTES;
	const uint8_t *recorded = from + IP4_OPTION_AT_ROUTE;
	uint8_t *route = to + IP4_OPTION_AT_ROUTE;

	to[IP4_OPTION_AT_POINTER] = IP4_OPTION_AT_ROUTE + 1;
	if (hops == 0)
		return sender;
	for (unsigned i = 0; i + 1 < hops; i++)
		memcpy(route + i * ADDRESS_BYTES, recorded + (hops - 2 - i) * ADDRESS_BYTES,
		       ADDRESS_BYTES);
	wire_put32(route + (hops - 1) * ADDRESS_BYTES, sender.v);
	return (ip4){ wire_get32(recorded + (hops - 1) * ADDRESS_BYTES) };
}

uint32_t ip4_options_reply(struct net *net, const struct pkt *p, uint8_t *ret_options, ip4 *ret_to)
{
	const uint8_t *ip = p->bytes + p->l3;
	uint32_t bytes = options_bytes(p);

	*ret_to = p->now.src;
	if (bytes == 0 || p->option_fault != 0)
		return 0;
	memcpy(ret_options, ip + IP4_HEADER_BYTES, bytes);
	record_all(net, ret_options, bytes, p->now.dst);
	if (p->route_option != 0)
		*ret_to =
			route_reverse(ip + p->route_option,
		                      ret_options + p->route_option - IP4_HEADER_BYTES, p->now.src);
	return bytes;
}
