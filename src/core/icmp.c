#include "core/icmp.h"

#include <netinet/in.h>

#include "core/addr.h"
#include "core/explain.h"
#include "core/ip4.h"
#include "core/ip4_options.h"
#include "core/net.h"
#include "wire/checksum.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

enum {
	ERROR_BYTES_MAX = 576, /* RFC 1812, 4.3.2.3 */
	QUOTE_BYTES_MAX = ERROR_BYTES_MAX - IP4_HEADER_BYTES - ICMP_HEADER_BYTES,
	ERROR_TOS = 0xc0, /* internetwork control: RFC 1812, 4.3.2.5 */
};

static bool is_one_host(const struct net *net, iface_id in, ip4 addr)
{
	return addr.v >> 24 != 0 && !ip4_is_loopback(addr) && addr.v < 0xe0000000 &&
	       !addr_is_broadcast(net, in, addr);
}

/* The router's own sockets hear of their errors also when they talk to each other. */
static bool is_own_loopback(const struct pkt *p)
{
	return p->in == IFACE_NONE && ip4_is_loopback(p->arrived.src);
}

/* RFC 1812, 4.3.2.7: the cases in which nobody is told. NULL: an error may be sent. */
static const char *forbidden(const struct net *net, const struct pkt *p)
{
	ip4 dst = p->arrived.dst;

	if ((p->fragment & IP4_OFFSET_MASK) != 0)
		return "it is a fragment other than the first";
	if (p->arrived.proto == IPPROTO_ICMP && icmp_is_error(p->icmp_type))
		return "it is an ICMP error itself";
	if (p->ether_group || dst.v == UINT32_MAX || ip4_is_multicast(dst) ||
	    addr_find_broadcast(net, IFACE_NONE, dst) != NULL)
		return "it went to a broadcast or multicast address";
	if (!is_one_host(net, p->in, p->arrived.src) && !is_own_loopback(p))
		return "its source is no single host";
	return NULL;
}

/*
 * RFC 1812, 4.3.2.4: an address of the interface by which the error goes back, or, where settings
 * say so and for redirects, of that by which its cause came in. Who asked for an address of ours
 * hears from that.
 */
static ip4 error_source(const struct net *net, const struct pkt *p, uint8_t type)
{
	const struct addr_spec *spec = addr_find(net, p->arrived.dst);
	struct route_key key = { .dst = p->arrived.src };
	struct route route;

	if (spec != NULL && type != ICMP_REDIRECT)
		return spec->addr;
	spec = p->in != IFACE_NONE ? addr_toward(net, p->in, p->arrived.src) : NULL;
	if (spec != NULL && (net->settings.inbound_error_source || type == ICMP_REDIRECT))
		return spec->addr;
	if (route_lookup(net, &key, &route, NULL) == 0 && !ip4_is_zero(route.src))
		return route.src;
	return spec != NULL ? spec->addr : (ip4){ 0 };
}

/* Put one 16-bit word back, with the checksum at @sum (NULL: none) that covers it. */
static void restore16(uint8_t *at, uint16_t value, uint8_t *sum)
{
	if (sum != NULL)
		wire_put16(sum, checksum_replace16(wire_get16(sum), wire_get16(at), value));
	wire_put16(at, value);
}

/*
 * A packet that failed after its translation (it waited for a neighbour) is quoted as its sender
 * sent it: addresses and ports go back. The transport checksum is left as it is; no receiver of a
 * quote can verify it, having only the beginning of what it covers.
 */
static void quote_restore(uint8_t *quote, uint32_t len, const struct tuple *t)
{
	uint32_t header_bytes = (quote[0] & 0xf) * 4U;
	uint8_t *sum = quote + IP4_AT_CHECKSUM;
	uint8_t *l4 = quote + header_bytes;

	restore16(quote + IP4_AT_SRC, (uint16_t)(t->src.v >> 16), sum);
	restore16(quote + IP4_AT_SRC + 2, (uint16_t)t->src.v, sum);
	restore16(quote + IP4_AT_DST, (uint16_t)(t->dst.v >> 16), sum);
	restore16(quote + IP4_AT_DST + 2, (uint16_t)t->dst.v, sum);
	if (len < header_bytes + ICMP_HEADER_BYTES)
		return;
	if (t->proto == IPPROTO_TCP || t->proto == IPPROTO_UDP) {
		restore16(l4 + TCP_AT_SPORT, t->sport, NULL);
		restore16(l4 + TCP_AT_DPORT, t->dport, NULL);
	} else if (t->proto == IPPROTO_ICMP && icmp_is_query(l4[ICMP_AT_TYPE])) {
		restore16(l4 + ICMP_AT_ID, t->sport, l4 + ICMP_AT_CHECKSUM);
	}
}

static bool was_translated(const struct pkt *p)
{
	const struct tuple *a = &p->arrived;
	const uint8_t *ip = p->bytes + p->l3;
	const uint8_t *l4 = p->bytes + p->l4;

	if (wire_get32(ip + IP4_AT_SRC) != a->src.v || wire_get32(ip + IP4_AT_DST) != a->dst.v)
		return true;
	if (p->payload_at < p->l4 + ICMP_HEADER_BYTES)
		return false;
	if (a->proto == IPPROTO_ICMP)
		return icmp_is_query(p->icmp_type) && wire_get16(l4 + ICMP_AT_ID) != a->sport;
	return wire_get16(l4 + TCP_AT_SPORT) != a->sport ||
	       wire_get16(l4 + TCP_AT_DPORT) != a->dport;
}

static void error_send(struct net *net, const struct pkt *p, ip4 src,
                       const struct icmp_header *header)
{
	uint32_t have = p->len - p->l3;
	uint32_t quote_bytes = have < QUOTE_BYTES_MAX ? have : QUOTE_BYTES_MAX;
	struct pkt *e =
		ip4_make(net, src, p->arrived.src, IPPROTO_ICMP, ICMP_HEADER_BYTES + quote_bytes);
	struct writer w;

	if (e == NULL)
		return;
	e->bytes[e->l3 + 1] = ERROR_TOS;
	w = writer_over(e->bytes + e->l4, ICMP_HEADER_BYTES + quote_bytes);
	icmp_header_build(&w, header);
	write_bytes(&w, p->bytes + p->l3, quote_bytes);
	must(!w.failed);
	if (was_translated(p))
		quote_restore(e->bytes + e->l4 + ICMP_HEADER_BYTES, quote_bytes, &p->arrived);
	ip4_originate(net, e);
}

/* Redirects are advice: a flood of them must not silence what is news. */
static struct rate *rate_of(struct net *net, uint8_t type)
{
	return type == ICMP_REDIRECT ? &net->redirect_rate : &net->icmp_rate;
}

/* Whoever sees how many errors come must not learn from it how many others were sent: that number
 * tells which ports are open (SAD DNS, CVE-2020-25705). */
static bool may_send(struct net *net, uint8_t type)
{
	return rate_take_by_chance(rate_of(net, type), net->now, net->random);
}

void icmp_error(struct net *net, const struct pkt *p, uint8_t type, uint8_t code, uint32_t arg)
{
	const char *because = forbidden(net, p);
	char buffer[IP4_TEXT_BYTES];
	ip4 src;

	if (because != NULL) {
		explain(p->why, "icmp", "nobody is told: %s", because);
		return;
	}
	src = error_source(net, p, type);
	if (ip4_is_zero(src)) {
		explain(p->why, "icmp", "nobody is told: this router has no address to tell from");
		return;
	}
	if (!p->asked_only && !may_send(net, type)) {
		net_drop_unsaid(net, DROP_RATE);
		explain(p->why, "icmp", "nobody is told: %s", drop_sentence(DROP_RATE));
		return;
	}
	explain(p->why, "icmp", "%s is told: type %u, code %u", ip4_str(p->arrived.src, buffer),
	        type, code);
	if (p->asked_only)
		return;
	error_send(net, p, src,
	           &(struct icmp_header){ .type = type,
	                                  .code = code,
	                                  .id = (uint16_t)(arg >> 16),
	                                  .sequence = (uint16_t)arg });
}

bool icmp_checksum_ok(const struct pkt *p)
{
	return p->offload.checked || p->offload.needs_checksum ||
	       checksum(p->bytes + p->l4, p->len - p->l4) == 0;
}

/* The answer to @p, still without its message. */
static struct pkt *reply_make(struct net *net, const struct pkt *p)
{
	uint8_t options[IP4_HEADER_BYTES_MAX - IP4_HEADER_BYTES];
	ip4 to;
	uint32_t options_bytes = ip4_options_reply(net, p, options, &to);

	/* What was translated on its way here is translated back on its way out. */
	return ip4_make_with_options(net, p->now.dst, to, IPPROTO_ICMP, options, options_bytes,
	                             p->len - p->l4);
}

/* RFC 792: the same identifier, sequence number and data; RFC 1812, 4.3.3.6: from the address that
 * was asked, with the TOS it was asked with. */
static enum verdict echo_reply(struct net *net, struct pkt *p)
{
	struct pkt *reply;

	if (p->asked_only)
		return pkt_drop(net, p, DROP_LOCAL_CONSUMED);
	if (!rate_take(&net->echo_rate, net->now))
		return pkt_drop(net, p, DROP_RATE);
	reply = reply_make(net, p);
	if (reply != NULL) {
		memcpy(reply->bytes + reply->l4, p->bytes + p->l4, p->len - p->l4);
		reply->bytes[reply->l4 + ICMP_AT_TYPE] = ICMP_ECHO_REPLY;
		reply->bytes[reply->l3 + 1] = p->tos;
		ip4_originate(net, reply);
	}
	return pkt_drop(net, p, DROP_LOCAL_CONSUMED);
}

enum verdict icmp_input(struct net *net, struct pkt *p)
{
	if (!icmp_checksum_ok(p))
		return pkt_drop(net, p, DROP_L4_CHECKSUM);
	/* An echo to a broadcast address is not answered: nobody is to be amplified (RFC 2644). */
	if (p->icmp_type == ICMP_ECHO &&
	    (addr_find(net, p->now.dst) != NULL || ip4_is_loopback(p->now.dst)))
		return echo_reply(net, p);
	if (net_deliver_to_taker(net, p, IPPROTO_ICMP) == VERDICT_TAKEN)
		return VERDICT_TAKEN;
	return pkt_drop(net, p, DROP_LOCAL_CONSUMED);
}
