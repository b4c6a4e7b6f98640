#include <netinet/in.h>

#include "core/addr.h"
#include "tcp/input.h"
#include "tcp/mtu.h"
#include "tcp/output.h"
#include "tcp/tcp_inside.h"

enum {
	SYN_ACK_FIRST_MS = 1000,
};

/* RFC 1122, 4.2.3.10: nobody connects to, or from, more than one host. */
static bool is_between_hosts(const struct tcp *tcp, const struct tuple *ends)
{
	return !ip4_is_zero(ends->dst) && !ip4_is_multicast(ends->dst) &&
	       !ip4_is_multicast(ends->src) && ends->dst.v != UINT32_MAX &&
	       addr_find_broadcast(tcp->net, IFACE_NONE, ends->src) == NULL &&
	       addr_find_broadcast(tcp->net, IFACE_NONE, ends->dst) == NULL;
}

/* Is there a way back, and how large may packets on it be? */
static bool find_way(const struct tcp *tcp, const struct listener *l, const struct tuple *ends,
                     struct route *ret_route)
{
	struct route_key key = { .src = ends->src,
		                 .dst = ends->dst,
		                 .sport = ends->sport,
		                 .dport = ends->dport,
		                 .proto = IPPROTO_TCP,
		                 .tos = l->settings.tos,
		                 .bound = l->settings.bound,
		                 .on_link = l->settings.bound != IFACE_NONE,
		                 .table = l->settings.mark };

	key.table = net_routing_mark(tcp->net, &key, NULL);
	return route_lookup(tcp->net, &key, ret_route, NULL) == 0;
}

static uint32_t first_window(const struct tcp *tcp, const struct listener *l)
{
	uint32_t bytes = l->settings.receive_bytes != 0 ? l->settings.receive_bytes
	                                                : tcp->settings.receive_bytes;
	uint32_t clamp = l->settings.window_clamp;

	if (clamp != 0 && bytes > clamp)
		bytes = clamp;
	return bytes < UINT16_MAX ? bytes : UINT16_MAX; /* not scaled: RFC 7323, 2.2 */
}

/* What both can (RFC 7323, 2.2, 3.2; RFC 2018, 2). */
static struct syn_options agreed(const struct tcp *tcp, const struct arrival *a)
{
	const struct tcp_options *said = &a->options;
	const struct tcp_settings *settings = &tcp->settings;

	return (struct syn_options){
		.mss = said->has_mss ? said->mss : 536, /* RFC 9293, 3.7.1 */
		.has_timestamps = settings->timestamps && said->has_timestamps,
		.sack_permitted = settings->sack && said->sack_permitted,
		.has_window_scale = settings->window_scaling && said->has_window_scale,
		.window_scale = said->window_scale,
	};
}

static struct half_open half_open_of(struct tcp *tcp, const struct listener *l,
                                     const struct arrival *a)
{
	mono now = tcp->net->now;

	return (struct half_open){
		.ends = a->ends,
		.listener = listener_place(l),
		.initial_sequence = sequence_initial(&tcp->sequence, &a->ends, now),
		.their_sequence = a->seq,
		.window = first_window(tcp, l),
		.timestamp_recent = a->options.timestamp,
		.timestamp_offset = sequence_timestamp_offset(&tcp->sequence, &a->ends),
		.their_window = a->window,
		.options = agreed(tcp, a),
		.in = a->in,
		.ip_id = (uint16_t)random_u32(tcp->net->random),
		.tos = a->tos,
		.our_scale = connection_scale_for(tcp, &l->settings),
		.begun = now,
	};
}

static void send_cookie(struct tcp *tcp, struct half_open *half_open, uint16_t mss)
{
	uint32_t clock = sequence_timestamp(tcp->net->now, 0);

	half_open->initial_sequence =
		syn_cookie_make(&tcp->cookies, &half_open->ends, half_open->their_sequence,
	                        half_open->options.mss, tcp->net->now);
	clock = syn_cookie_timestamp(clock, &half_open->options);
	/* Without timestamps a cookie has no place for them. */
	if (!half_open->options.has_timestamps)
		half_open->options.sack_permitted = half_open->options.has_window_scale = false;
	tcp->counts.cookies_sent++;
	output_syn_ack(tcp, half_open, mss, clock + half_open->timestamp_offset);
}

static void send_syn_ack(struct tcp *tcp, struct half_open *half_open)
{
	const struct listener *l = &tcp->listeners.all[half_open->listener];
	struct route route;

	if (!find_way(tcp, l, &half_open->ends, &route))
		return;
	output_syn_ack(tcp, half_open, mtu_offer(&l->settings, route.mtu_bytes),
	               sequence_timestamp(tcp->net->now, half_open->timestamp_offset));
}

static void take_syn(struct tcp *tcp, struct listener *l, const struct arrival *a,
                     uint32_t sequence_least)
{
	struct half_open from;
	struct route route;
	enum half_open_way way = half_open_admit(&tcp->half_opens, l->half_open, l->backlog,
	                                         tcp->settings.syn_cookies);

	if (tcp->settings.only_syn_cookies)
		way = HALF_OPEN_COOKIE;

	if (!listener_has_room(l)) {
		tcp->counts.accept_overflows++;
		return; /* they ask again */
	}
	if (way == HALF_OPEN_REFUSE || !find_way(tcp, l, &a->ends, &route))
		return;
	from = half_open_of(tcp, l, a);
	if (sequence_least != 0 && seq_lt(from.initial_sequence, sequence_least))
		from.initial_sequence = sequence_least;
	if (way == HALF_OPEN_RECORD) {
		struct half_open *half_open = half_open_new(&tcp->half_opens, &from, tcp->net->now);
		struct entry entry = { .kind = ENTRY_HALF_OPEN,
			               .index = half_open_index(&tcp->half_opens, half_open) };

		if (connection_table_add(tcp->table, &a->ends, entry)) {
			l->half_open++;
			send_syn_ack(tcp, half_open);
			return;
		}
		half_open_end(&tcp->half_opens, half_open);
	}
	if (tcp->settings.syn_cookies)
		send_cookie(tcp, &from, mtu_offer(&l->settings, route.mtu_bytes));
}

/* The connection that a half-open record, or what a cookie says of it, has become. Its handshake is
 * done as far as SYN-RECEIVED. */
static struct connection *make(struct tcp *tcp, struct listener *l, const struct half_open *from)
{
	struct connection *c = connection_new(tcp);
	struct tcp_options said = { .has_mss = true,
		                    .mss = from->options.mss,
		                    .has_window_scale = from->options.has_window_scale,
		                    .window_scale = from->options.window_scale,
		                    .sack_permitted = from->options.sack_permitted,
		                    .has_timestamps = from->options.has_timestamps };
	struct route route = { .mtu_bytes = 576 }; /* RFC 1122, 3.3.3: when nothing is known */

	if (c == NULL)
		return NULL;
	(void)find_way(tcp, l, &from->ends, &route);
	c->ends = from->ends;
	c->is_passive = true;
	c->initial_sequence = from->initial_sequence;
	c->timestamp_offset = from->timestamp_offset;
	c->timestamp_recent = from->timestamp_recent;
	c->timestamp_recent_ms = recovery_clock_ms(tcp->net->now);
	c->has_recent = from->options.has_timestamps;
	c->their_sequence = from->their_sequence;
	c->receive_next = c->receive_acked = from->their_sequence + 1;
	c->receive_edge = c->receive_next + from->window;
	c->receive_scale = from->our_scale;
	c->send_window = c->window_most = from->their_window;
	c->ip_id = from->ip_id;
	c->state = CONNECTION_SYN_RECEIVED;
	c->began_at = from->begun;
	byte_window_init(&c->sent, c->initial_sequence + 1);
	byte_window_init(&c->received, c->receive_next);
	connection_set_settings(c, &l->settings);
	connection_negotiate(c, &said);
	mtu_start(c, &route);
	return c;
}

/* How long the SYN-ACK and its answer took, if it was sent once (Karn). */
static void take_time(struct connection *c, const struct half_open *half_open)
{
	uint64_t us = mono_since_ns(c->tcp->net->now, half_open->begun) / NS_PER_US;

	if (half_open->retries == 0 && us < SYN_ACK_FIRST_MS * 1000ULL)
		c->rtt_us = us == 0 ? 1 : (uint32_t)us;
}

static void enter(struct listener *l, struct connection *c, const struct arrival *a)
{
	l->tcp->counts.passive_opens++;
	c->in_table = true;
	listener_add(l, c);
	connection_mark(c);
	input_connection(c, a);
}

static void connected(struct tcp *tcp, struct half_open *half_open, const struct arrival *a)
{
	struct listener *l = &tcp->listeners.all[half_open->listener];
	uint64_t age_s = mono_since_ms(tcp->net->now, half_open->begun) / 1000;
	struct connection *c;

	if (a->n == 0 && (a->flags & TCP_FIN) == 0 && age_s < l->settings.defer_accept_s)
		return; /* TCP_DEFER_ACCEPT: not before they have said something */
	if (!listener_has_room(l)) {
		tcp->counts.accept_overflows++;
		return; /* the SYN-ACK is sent again by its timer, and answered again */
	}
	c = make(tcp, l, half_open);
	if (c == NULL) {
		tcp->counts.out_of_memory++;
		return;
	}
	take_time(c, half_open);
	connection_table_change(
		tcp->table, &half_open->ends,
		(struct entry){ .kind = ENTRY_CONNECTION, .index = connection_place(c) });
	half_open_end(&tcp->half_opens, half_open);
	l->half_open--;
	enter(l, c, a);
}

static void end(struct tcp *tcp, struct half_open *half_open)
{
	tcp->listeners.all[half_open->listener].half_open--;
	connection_table_remove(tcp->table, &half_open->ends);
	half_open_end(&tcp->half_opens, half_open);
}

static void challenge(struct tcp *tcp, const struct half_open *half_open)
{
	uint32_t now = sequence_timestamp(tcp->net->now, half_open->timestamp_offset);

	tcp->counts.challenge_acks++;
	output_answer(tcp, &(struct output_answer){
				   .ends = half_open->ends,
				   .seq = half_open->initial_sequence + 1,
				   .ack = half_open->their_sequence + 1,
				   .window = (uint16_t)(half_open->window >> half_open->our_scale),
				   .flags = TCP_ACK,
				   .has_timestamps = half_open->options.has_timestamps,
				   .timestamp = now,
				   .timestamp_echo = half_open->timestamp_recent });
}

bool listener_half_open_input(struct tcp *tcp, uint32_t place, const struct arrival *a)
{
	struct half_open *half_open = half_open_at(&tcp->half_opens, place);
	struct segment segment = input_segment(a);

	switch (half_open_segment(half_open, &segment, tcp->net->now)) {
	case HALF_OPEN_DROP:
		return true;
	case HALF_OPEN_SYN_ACK:
		send_syn_ack(tcp, half_open);
		return true;
	case HALF_OPEN_ACK:
		challenge(tcp, half_open);
		return true;
	case HALF_OPEN_RESET:
		return false; /* refused by its own number, as any ACK to a port without connections
		               */
	case HALF_OPEN_GONE:
		tcp->counts.resets_seen++;
		end(tcp, half_open);
		return true;
	case HALF_OPEN_CONNECTED:
		connected(tcp, half_open, a);
		return true;
	}
	return true;
}

/* An ACK that belongs to nobody may bring back a cookie (RFC 4987, 3.6). */
static bool take_cookie(struct tcp *tcp, struct listener *l, const struct arrival *a)
{
	struct half_open from = half_open_of(tcp, l, a);
	struct syn_cookie_ack ack = { .cookie = a->ack - 1,
		                      .their_sequence = a->seq - 1,
		                      .has_timestamps = a->options.has_timestamps,
		                      .clock_echo =
		                              a->options.timestamp_echo - from.timestamp_offset };
	struct connection *c;

	if (!tcp->settings.syn_cookies ||
	    !syn_cookie_check(&tcp->cookies, &a->ends, &ack, tcp->net->now, &from.options))
		/* Data that have overtaken the handshake's last ACK name a cookie that was never
		 * made; a RST would end what the segment behind them is about to begin. */
		return a->n > 0 && syn_cookies_are_under_way(&tcp->cookies, tcp->net->now);
	if (!listener_has_room(l)) {
		tcp->counts.accept_overflows++;
		return true;
	}
	from.initial_sequence = a->ack - 1;
	from.their_sequence = a->seq - 1;
	c = make(tcp, l, &from);
	if (c == NULL || !connection_table_add(tcp->table, &a->ends,
	                                       (struct entry){ .kind = ENTRY_CONNECTION,
	                                                       .index = connection_place(c) })) {
		tcp->counts.out_of_memory++;
		if (c != NULL)
			connection_abandon(c);
		return true;
	}
	tcp->counts.cookies_taken++;
	enter(l, c, a);
	return true;
}

/* RFC 9293, 3.10.7.2. */
static bool input(struct tcp *tcp, const struct arrival *a, uint32_t sequence_least)
{
	struct listener *l = listener_find(tcp, &a->ends, a->in);

	if (l == NULL)
		return false;
	if ((a->flags & TCP_RST) != 0)
		return true;
	if ((a->flags & TCP_ACK) != 0)
		return (a->flags & TCP_SYN) == 0 && take_cookie(tcp, l, a);
	/* A SYN with FIN is no way to begin; Linux drops it, too. */
	if ((a->flags & (TCP_SYN | TCP_FIN)) != TCP_SYN || !is_between_hosts(tcp, &a->ends))
		return true;
	take_syn(tcp, l, a, sequence_least);
	return true;
}

bool listener_input(struct tcp *tcp, const struct arrival *a)
{
	return input(tcp, a, 0);
}

bool listener_input_after(struct tcp *tcp, const struct arrival *a, uint32_t sequence_least)
{
	return input(tcp, a, sequence_least != 0 ? sequence_least : 1);
}

void listener_turn(struct tcp *tcp)
{
	struct half_open *half_open;
	bool over;

	while ((half_open = half_open_next_due(&tcp->half_opens, tcp->settings.syn_ack_retries,
	                                       tcp->net->now, &over)) != NULL) {
		if (over) {
			end(tcp, half_open);
			continue;
		}
		tcp->counts.segments_again++;
		send_syn_ack(tcp, half_open);
	}
}
