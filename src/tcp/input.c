#include "tcp/input.h"

#include "tcp/output.h"
#include "tcp/tcp_inside.h"
#include "tcp/watch.h"

struct segment input_segment(const struct arrival *a)
{
	return (struct segment){ .seq = a->seq,
		                 .ack = a->ack,
		                 .len = a->n,
		                 .window = a->window,
		                 .urgent = a->urgent,
		                 .flags = a->flags,
		                 .has_timestamps = a->options.has_timestamps,
		                 .timestamp = a->options.timestamp,
		                 .timestamp_echo = a->options.timestamp_echo };
}

static void tell(struct connection *c, const struct arrival *a)
{
	watch(c, "receive", "%s%s%s%s%s seq %u ack %u, %u bytes, window %u",
	      a->flags & TCP_SYN ? "SYN " : "", a->flags & TCP_FIN ? "FIN " : "",
	      a->flags & TCP_RST ? "RST " : "", a->flags & TCP_PSH ? "PSH " : "",
	      a->flags & TCP_ACK ? "ACK" : "", a->seq, a->ack, a->n, a->window);
}

void input_connection(struct connection *c, const struct arrival *a)
{
	struct traffic *traffic = connection_traffic_if(c);

	if (traffic != NULL)
		traffic->segments_in += a->segments;
	tell(c, a);
	if (c->state == CONNECTION_SYN_SENT)
		input_syn_sent(c, a);
	else
		input_synchronized(c, a);
	connection_mark(c);
}

static void wait_ack(struct tcp *tcp, const struct time_wait *wait)
{
	uint32_t now = sequence_timestamp(tcp->net->now, wait->timestamp_offset);

	output_answer(tcp, &(struct output_answer){ .ends = wait->ends,
	                                            .seq = wait->send_next,
	                                            .ack = wait->receive_next,
	                                            .window = wait->window,
	                                            .flags = TCP_ACK,
	                                            .has_timestamps = wait->has_timestamps,
	                                            .timestamp = now,
	                                            .timestamp_echo = wait->timestamp_recent });
}

static void wait_end(struct tcp *tcp, struct time_wait *wait)
{
	connection_table_remove(tcp->table, &wait->ends);
	time_wait_end(&tcp->time_waits, wait);
}

/* TIME-WAIT; time_wait.h has the rules. */
static bool time_wait_input(struct tcp *tcp, uint32_t place, const struct arrival *a)
{
	struct time_wait *wait = time_wait_at(&tcp->time_waits, place);
	struct segment segment = input_segment(a);
	uint32_t sequence;

	switch (time_wait_segment(&tcp->time_waits, wait, &segment, tcp->net->now)) {
	case TIME_WAIT_DROP:
		return true;
	case TIME_WAIT_ACK:
		wait_ack(tcp, wait);
		return true;
	case TIME_WAIT_GONE:
		wait_end(tcp, wait);
		return true;
	case TIME_WAIT_RESET:
		wait_end(tcp, wait);
		return false; /* refused as by a port that nobody has */
	case TIME_WAIT_BEGIN:
		if (listener_find(tcp, &a->ends, a->in) == NULL)
			return false;
		sequence = time_wait_next_sequence(wait);
		wait_end(tcp, wait);
		return listener_input_after(tcp, a, sequence);
	}
	return true;
}

bool tcp_input(struct tcp *tcp, struct pkt *p)
{
	struct arrival a;
	struct entry entry;

	if (!arrival_parse(p, &a))
		return true;
	tcp->counts.segments_in += a.segments;
	entry = connection_table_find(tcp->table, &a.ends);
	switch (entry.kind) {
	case ENTRY_CONNECTION:
		input_connection(&tcp->connections[entry.index], &a);
		return true;
	case ENTRY_HALF_OPEN:
		return listener_half_open_input(tcp, entry.index, &a);
	case ENTRY_TIME_WAIT:
		return time_wait_input(tcp, entry.index, &a);
	case ENTRY_NONE:
		break;
	}
	return listener_input(tcp, &a);
}
