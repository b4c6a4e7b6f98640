#include <errno.h>
#include <netinet/in.h>

#include "core/addr.h"
#include "core/icmp.h"
#include "core/icmp_errno.h"
#include "host/datagram.h"
#include "host/inbox.h"
#include "host/sock_inside.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/udp_header.h"

/* Who may have a datagram to @local from @peer that came in by @in: -1: not @s; else the more of it
 * is said by name the better (compute_score()). @many: @local is a group or broadcast address. */
static int score(const struct sock *s, const struct tuple *came, iface_id in, bool many)
{
	int points = 0;

	if (!ip4_is_zero(s->local)) {
		if (!ip4_equal(s->local, came->dst))
			return -1;
		points += 4;
	}
	if (s->state == SOCK_CONNECTED) {
		if (!ip4_equal(s->peer, came->src) && !many)
			return -1;
		if (s->ops->proto == IPPROTO_UDP && s->peer_port != came->sport)
			return -1;
		points += 8;
	}
	if (s->settings->tcp.bound != IFACE_NONE) {
		if (s->settings->tcp.bound != in)
			return -1;
		points += 2;
	}
	return points;
}

static struct tuple came_of(const struct pkt *p)
{
	return p->now;
}

/* The one for a datagram to a single host. Of equals that share by SO_REUSEPORT a keyed hash of
 * both ends chooses, so that a conversation stays with one; of others the last bound has it. */
static struct sock *find(const struct socks *socks, const struct tuple *came, iface_id in)
{
	uint64_t words[2] = { (uint64_t)came->src.v << 32 | came->dst.v,
		              (uint64_t)came->sport << 16 | came->dport };
	struct sock *best = NULL;
	uint64_t best_draw = 0;
	int best_score = -1;

	for (struct sock *s = socks_of_port(socks, came->proto, came->dport); s != NULL;
	     s = socks_next_of_port(socks, s)) {
		int points = score(s, came, in, false);
		uint64_t draw = 0;

		if (points < 0 || points < best_score)
			continue;
		if (s->settings->reuse_port)
			draw = hash_words(&socks->key, words, 2) ^
			       sock_place(socks, s) * 0x9e3779b97f4a7c15ULL;
		if (points == best_score && draw <= best_draw)
			continue;
		best = s;
		best_score = points;
		best_draw = draw;
	}
	return best;
}

static void deliver(struct sock *s, const struct pkt *p, const struct tuple *came)
{
	struct inboxes *all = sock_socks(s)->inboxes;
	/* Of ICMP the whole message, of UDP what is behind its header. */
	uint32_t from = s->ops->proto == IPPROTO_ICMP ? p->l4 : p->payload_at;
	struct datagram d = {
		.src = came->src,
		.dst = came->dst,
		.sport = came->sport,
		.dport = came->dport,
		.in = p->in,
		.ttl = p->ttl,
		.tos = p->tos,
		.len = p->len - from,
		.at = sock_net(s)->now,
	};

	if ((s->flags & SOCK_SHUT_READ) != 0 || p->asked_only)
		return;
	if (inbox_put(all, s->inbox, &s->inbox->datagrams, &d, p->bytes + from,
	              s->settings->receive_bytes))
		sock_tell(s);
}

/* RFC 768: the length field is the datagram's; less than what came leaves padding behind it. */
static bool udp_length_is_right(const struct pkt *p, uint32_t *ret_padding)
{
	uint32_t have = p->len - p->l4;
	uint32_t says = wire_get16(p->bytes + p->l4 + UDP_AT_LENGTH);

	*ret_padding = have - says;
	return says >= UDP_HEADER_BYTES && says <= have;
}

static bool is_many(const struct net *net, ip4 dst)
{
	return dst.v == UINT32_MAX || ip4_is_multicast(dst) ||
	       addr_find_broadcast(net, IFACE_NONE, dst) != NULL;
}

static bool deliver_to_many(struct host *host, const struct pkt *p, const struct tuple *came)
{
	struct sock *next;
	bool wanted = false;

	for (struct sock *s = socks_of_port(host->socks, came->proto, came->dport); s != NULL;
	     s = next) {
		next = socks_next_of_port(host->socks, s);
		if (score(s, came, p->in, true) < 0)
			continue;
		deliver(s, p, came);
		wanted = true;
	}
	return wanted;
}

bool datagram_input(struct host *host, const struct pkt *p)
{
	struct tuple came = came_of(p);
	struct pkt cut = *p;
	uint32_t padding = 0;
	struct sock *s;

	if (came.proto == IPPROTO_UDP && !udp_length_is_right(p, &padding))
		return false;
	cut.len -= padding;
	if (is_many(host->net, came.dst))
		return deliver_to_many(host, &cut, &came);
	s = find(host->socks, &came, p->in);
	if (s == NULL)
		return false;
	deliver(s, &cut, &came);
	return true;
}

/* --- errors --- */

/* What is quoted: the ends of a datagram that was sent, and where its payload begins. */
static bool read_quote(const struct pkt *p, struct tuple *ret_ends, uint32_t *ret_payload_at)
{
	struct reader r = reader_over(p->bytes + p->payload_at, p->len - p->payload_at);
	struct ip4_header ip;
	struct icmp_header echo;
	struct udp_header udp;

	if (!ip4_header_parse(&r, &ip))
		return false;
	*ret_ends = (struct tuple){ .src = ip.src, .dst = ip.dst, .proto = ip.proto };
	if (ip.proto == IPPROTO_UDP && udp_header_parse(&r, &udp)) {
		ret_ends->sport = udp.sport;
		ret_ends->dport = udp.dport;
	} else if (ip.proto == IPPROTO_ICMP && icmp_header_parse(&r, &echo) &&
	           echo.type == ICMP_ECHO) {
		ret_ends->sport = ret_ends->dport = echo.id;
	} else {
		return false;
	}
	*ret_payload_at = p->payload_at + ip.header_bytes;
	if (ip.proto == IPPROTO_UDP)
		*ret_payload_at += UDP_HEADER_BYTES;
	return true;
}

static void note_error(struct sock *s, const struct pkt *p, const struct tuple *ends, int error,
                       uint32_t payload_at)
{
	struct datagram d = {
		.src = ends->src,
		.dst = ends->dst,
		.sport = ends->sport,
		.dport = s->ops->proto == IPPROTO_ICMP ? 0 : ends->dport,
		.in = p->in,
		.ttl = p->ttl,
		.tos = p->tos,
		.len = p->len - payload_at,
		.at = sock_net(s)->now,
		.type = p->icmp_type,
		.code = p->icmp_code,
		.origin = SOCK_ERROR_ICMP,
		.error = (uint16_t)error,
		.offender = p->now.src,
	};

	if (p->icmp_type == ICMP_UNREACHABLE && p->icmp_code == ICMP_FRAGMENT_NEEDED)
		d.info = wire_get16(p->bytes + p->l4 + ICMP_AT_MTU);
	(void)inbox_put(sock_socks(s)->inboxes, s->inbox, &s->inbox->errors, &d,
	                p->bytes + payload_at, s->settings->receive_bytes);
}

bool datagram_error(struct host *host, const struct pkt *p)
{
	struct tuple ends, answer;
	uint32_t payload_at;
	bool fatal;
	int error = icmp_errno(p->icmp_type, p->icmp_code, &fatal);
	struct sock *s;

	if (error == 0 || !read_quote(p, &ends, &payload_at))
		return false;
	answer = (struct tuple){ ends.dst, ends.src, ends.dport, ends.sport, ends.proto };
	s = find(host->socks, &answer, p->in);
	if (s == NULL)
		return false;
	if (p->asked_only)
		return true;
	if (s->settings->receive_errors)
		note_error(s, p, &ends, error, payload_at);
	else if (!fatal || s->state != SOCK_CONNECTED)
		return true;
	s->error = (uint16_t)error;
	sock_tell(s);
	return true;
}
