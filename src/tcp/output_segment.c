#include "tcp/output_segment.h"

#include "tcp/mtu.h"
#include "tcp/output.h"
#include "tcp/tcp_inside.h"
#include "tcp/watch.h"
#include "wire/tcp_header.h"

static struct writer options_at(struct outgoing *out)
{
	return writer_over(out->options + out->options_n, OUTGOING_OPTIONS_MAX - out->options_n);
}

static void options_end(struct outgoing *out, const struct writer *w)
{
	must(!w->failed);
	out->options_n = (uint8_t)(w->at - out->options);
	must(out->options_n % 4 == 0);
}

static void write_timestamps(struct writer *w, uint32_t timestamp, uint32_t echo)
{
	write_u8(w, TCP_OPTION_TIMESTAMPS);
	write_u8(w, 10);
	write_u32(w, timestamp);
	write_u32(w, echo);
}

/* RFC 7323, appendix A: two NOPs in front, so that the numbers are aligned. */
void output_timestamps(struct outgoing *out, uint32_t timestamp, uint32_t echo)
{
	struct writer w = options_at(out);

	write_u8(&w, TCP_OPTION_NOP);
	write_u8(&w, TCP_OPTION_NOP);
	write_timestamps(&w, timestamp, echo);
	options_end(out, &w);
}

static void write_sack_permitted(struct writer *w)
{
	write_u8(w, TCP_OPTION_SACK_PERMITTED);
	write_u8(w, 2);
}

static void write_scale(struct writer *w, const struct output_syn *syn)
{
	if (!syn->has_scale)
		return;
	write_u8(w, TCP_OPTION_NOP);
	write_u8(w, TCP_OPTION_WINDOW_SCALE);
	write_u8(w, 3);
	write_u8(w, syn->scale);
}

static void write_nops(struct writer *w, unsigned n)
{
	while (n-- > 0)
		write_u8(w, TCP_OPTION_NOP);
}

/* SACK-permitted fills the two bytes before the timestamps; what is missing is made up for by NOPs,
 * as Linux does it. */
static void write_sack_and_time(struct writer *w, const struct output_syn *syn)
{
	if (syn->sack_permitted)
		write_sack_permitted(w);
	else if (syn->has_timestamps)
		write_nops(w, 2);
	if (syn->has_timestamps)
		write_timestamps(w, syn->timestamp, syn->timestamp_echo);
	else if (syn->sack_permitted)
		write_nops(w, 2);
}

void output_syn_options(const struct tcp_settings *settings, const struct output_syn *syn,
                        struct outgoing *out)
{
	struct writer w = options_at(out);

	write_u8(&w, TCP_OPTION_MSS);
	write_u8(&w, 4);
	write_u16(&w, syn->mss);
	if (settings->option_order == TCP_ORDER_BSD)
		write_scale(&w, syn);
	write_sack_and_time(&w, syn);
	if (settings->option_order == TCP_ORDER_LINUX)
		write_scale(&w, syn);
	options_end(out, &w);
}

/* RFC 2018, 3: as many blocks as fit, two NOPs in front. */
static void sacks(struct connection *c, struct outgoing *out)
{
	struct range blocks[TCP_SACKS_MAX];
	unsigned room = (OUTGOING_OPTIONS_MAX - out->options_n - 4U) / 8;
	unsigned n = ranges_blocks(&c->ranges, c->tcp->chunks, blocks,
	                           room < TCP_SACKS_MAX ? room : TCP_SACKS_MAX);
	struct writer w = options_at(out);

	if (n == 0)
		return;
	write_nops(&w, 2);
	write_u8(&w, TCP_OPTION_SACK);
	write_u8(&w, (uint8_t)(2 + 8 * n));
	for (unsigned i = 0; i < n; i++) {
		write_u32(&w, blocks[i].seq);
		write_u32(&w, blocks[i].end);
	}
	options_end(out, &w);
}

static void syn(struct connection *c, struct outgoing *out)
{
	const struct tcp_settings *settings = &c->tcp->settings;
	bool answers = (out->flags & TCP_ACK) != 0;
	struct output_syn said = {
		.mss = mtu_offer(&c->settings, c->path_mtu),
		/* An answer agrees only to what was offered (RFC 7323, 2.5; RFC 2018, 2). */
		.sack_permitted = answers ? c->has_sack : settings->sack,
		.has_timestamps = answers ? c->has_timestamps : settings->timestamps,
		.has_scale = answers ? c->has_scale : settings->window_scaling,
		.scale = c->receive_scale,
		.timestamp = sequence_timestamp(c->tcp->net->now, c->timestamp_offset),
		.timestamp_echo = c->timestamp_recent,
	};

	if (!answers)
		said.timestamp_echo = 0; /* RFC 7323, 3.2: valid only with ACK */
	output_syn_options(settings, &said, out);
}

static void header_options(struct connection *c, struct outgoing *out)
{
	if ((out->flags & TCP_SYN) != 0) {
		syn(c, out);
		return;
	}
	if (c->has_timestamps)
		output_timestamps(out, sequence_timestamp(c->tcp->net->now, c->timestamp_offset),
		                  c->timestamp_recent);
	/* Data leave no room for them: a segment is as long as the MTU lets it be. */
	if (c->has_sack && out->n == 0 && (out->flags & TCP_RST) == 0)
		sacks(c, out);
}

/* RFC 7323, 2.2: the window of a SYN is never scaled. */
static uint16_t window_field(struct connection *c, uint8_t flags)
{
	uint32_t window = output_window(c);

	if ((flags & TCP_SYN) == 0)
		window >>= c->receive_scale;
	return window > UINT16_MAX ? UINT16_MAX : (uint16_t)window;
}

/* RFC 6093: the pointer is to the byte after the urgent one, as everybody has it. */
static void urgent(const struct connection *c, struct outgoing *out)
{
	uint32_t ahead = c->send_urgent - out->seq;

	if (!c->is_urgent_out || !seq_gt(c->send_urgent, out->seq) || (out->flags & TCP_SYN) != 0)
		return;
	out->flags |= TCP_URG;
	out->urgent = ahead > UINT16_MAX ? UINT16_MAX : (uint16_t)ahead;
}

static void acknowledged(struct connection *c)
{
	c->receive_acked = c->receive_next;
	c->must_send_ack = false;
	c->unacked_bytes = 0;
	c->ack_at = mono_never();
	if (c->quick_acks > 0)
		c->quick_acks--;
}

static void tell(struct connection *c, const struct outgoing *out)
{
	watch(c, "send", "%s%s%s%s%s seq %u ack %u, %u bytes, window %u",
	      out->flags & TCP_SYN ? "SYN " : "", out->flags & TCP_FIN ? "FIN " : "",
	      out->flags & TCP_RST ? "RST " : "", out->flags & TCP_PSH ? "PSH " : "",
	      out->flags & TCP_ACK ? "ACK" : "", out->seq, out->ack, out->n, out->window);
}

bool output_segment(struct connection *c, uint32_t seq, uint32_t n, uint8_t flags)
{
	struct outgoing out = { .ends = c->ends,
		                .settings = &c->settings,
		                .seq = seq,
		                .ip_id = c->ip_id,
		                .mss = c->mss,
		                .flags = flags,
		                .may_fragment = c->settings.may_fragment,
		                .from = &c->sent,
		                .n = n };
	uint32_t segments = n > c->mss ? (n + c->mss - 1U) / c->mss : 1;

	if (!outgoing_has_room(c->tcp))
		return false;
	if ((flags & TCP_ACK) != 0)
		out.ack = c->receive_next;
	if ((flags & TCP_RST) == 0)
		out.window = window_field(c, flags);
	header_options(c, &out);
	urgent(c, &out);
	if (!outgoing_send(c->tcp, &out))
		return false;
	c->ip_id = (uint16_t)(c->ip_id + segments);
	if ((flags & TCP_ACK) != 0)
		acknowledged(c);
	tell(c, &out);
	return true;
}
