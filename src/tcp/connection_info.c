#include "tcp/connection_info.h"

#include "tcp/mtu.h"
#include "tcp/tcp_inside.h"

/* Linux's numbers (include/net/tcp_states.h). */
static uint8_t state_number(enum connection_state state)
{
	static const uint8_t numbers[] = {
		[CONNECTION_ESTABLISHED] = 1,  [CONNECTION_SYN_SENT] = 2,
		[CONNECTION_SYN_RECEIVED] = 3, [CONNECTION_FIN_WAIT_1] = 4,
		[CONNECTION_FIN_WAIT_2] = 5,   [CONNECTION_TIME_WAIT] = 6,
		[CONNECTION_CLOSED] = 7,       [CONNECTION_CLOSE_WAIT] = 8,
		[CONNECTION_LAST_ACK] = 9,     [CONNECTION_CLOSING] = 11,
	};

	return numbers[state];
}

static uint8_t options_of(const struct connection *c)
{
	return (uint8_t)((c->has_timestamps ? CONNECTION_INFO_TIMESTAMPS : 0) |
	                 (c->has_sack ? CONNECTION_INFO_SACK : 0) |
	                 (c->has_scale ? CONNECTION_INFO_SCALE : 0));
}

static uint32_t since_ms(const struct connection *c, uint32_t ms)
{
	return recovery_clock_ms(c->tcp->net->now) - ms;
}

/* Linux's TCP_CA_Open, _Recovery, _Loss. */
static uint8_t recovery_number(const struct recovery *recovery)
{
	switch (recovery->state) {
	case RECOVERY_REPAIR:
		return 3;
	case RECOVERY_LOSS:
		return 4;
	default:
		return 0;
	}
}

static uint32_t segments(uint64_t bytes, uint32_t mss)
{
	uint64_t n = (bytes + mss - 1) / mss;

	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void fill_recovery(const struct connection *c, const struct recovery *r,
                          struct connection_info *info)
{
	uint32_t threshold = r->congestion.threshold_bytes;

	info->ca_state = recovery_number(r);
	info->retransmits = r->timeouts;
	info->backoff = r->rtt.backoff;
	info->rto = rtt_timeout_us(&r->rtt, &c->tcp->recovery.limits);
	info->rtt = r->rtt.smoothed_us;
	info->rttvar = r->rtt.variation_us;
	info->min_rtt = r->rtt.least_us;
	info->snd_cwnd = segments(r->congestion.window_bytes, c->mss);
	info->snd_ssthresh = segments(threshold, c->mss);
	info->unacked = segments(flight_outstanding(&r->flight), c->mss);
	info->sacked = segments(r->flight.sacked_bytes, c->mss);
	info->lost = segments(r->flight.lost_bytes, c->mss);
	info->last_data_sent = since_ms(c, r->sent_ms);
}

static void fill_traffic(const struct connection *c, const struct traffic *t,
                         struct connection_info *info)
{
	fill_recovery(c, &t->recovery, info);
	info->bytes_acked = t->bytes_acked;
	info->bytes_received = t->bytes_received;
	info->bytes_sent = t->bytes_sent;
	info->bytes_retrans = t->bytes_again;
	info->segs_in = t->segments_in;
	info->segs_out = t->segments_out;
	info->data_segs_out = t->segments_out;
	info->total_retrans = t->segments_again;
	info->retrans = t->recovery.has_resent;
	info->rcv_rtt = t->tune.rtt_us;
}

void connection_info(const struct connection *c, struct connection_info *ret_info)
{
	const struct traffic *traffic = connection_traffic_if(c);
	const struct tcp_settings *settings = &c->tcp->settings;

	*ret_info = (struct connection_info){ 0 };
	ret_info->state = state_number(c->state);
	ret_info->options = options_of(c);
	ret_info->scales = (uint8_t)(c->send_scale | c->receive_scale << 4);
	ret_info->probes = c->retries;
	ret_info->backoff = c->backoff;
	ret_info->rto = settings->rto_initial_ms * 1000;
	ret_info->ato = settings->delayed_ack_ms * 1000;
	ret_info->snd_mss = c->mss;
	ret_info->rcv_mss = c->receive_mss;
	ret_info->advmss = mtu_offer(&c->settings, c->path_mtu);
	ret_info->pmtu = c->path_mtu;
	ret_info->rtt = c->rtt_us;
	ret_info->snd_cwnd = settings->initial_window;
	ret_info->snd_ssthresh = INT32_MAX;
	ret_info->rcv_ssthresh = c->receive_edge - c->receive_next;
	ret_info->rcv_space = c->receive_limit;
	ret_info->snd_wnd = c->send_window;
	ret_info->notsent_bytes = (uint32_t)connection_unsent(c);
	ret_info->last_data_recv = (uint32_t)mono_since_ms(c->tcp->net->now, c->began_at);
	ret_info->last_ack_recv = ret_info->last_data_recv;
	if (traffic != NULL)
		fill_traffic(c, traffic, ret_info);
}
