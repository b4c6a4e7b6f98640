#include <errno.h>

#include "tcp/mtu.h"
#include "tcp/tcp_inside.h"
#include "tcp/timer.h"

static uint32_t buffer_most(const struct tcp *tcp, const struct connection_settings *settings)
{
	uint32_t most = tcp->settings.receive_bytes_max;

	return settings->receive_bytes > most ? settings->receive_bytes : most;
}

/* The least scale by which the largest buffer can be offered (RFC 7323, 2.3). */
uint8_t connection_scale_for(const struct tcp *tcp, const struct connection_settings *settings)
{
	uint32_t most = buffer_most(tcp, settings);
	uint8_t scale = 0;

	if (!tcp->settings.window_scaling)
		return 0;
	while (scale < TCP_WINDOW_SCALE_MAX && most >> scale > UINT16_MAX)
		scale++;
	return scale;
}

/* An old one between the same ends is taken over (RFC 6191); it has said so before, or the port
 * would not have been chosen. */
static bool take_over(struct tcp *tcp, const struct connection_plan *plan, uint32_t *sequence)
{
	struct entry entry = connection_table_find(tcp->table, &plan->ends);
	struct time_wait *wait;

	if (entry.kind == ENTRY_NONE)
		return true;
	if (entry.kind != ENTRY_TIME_WAIT)
		return false;
	wait = time_wait_at(&tcp->time_waits, entry.index);
	if (!time_wait_may_reuse(wait, tcp->net->now))
		return false;
	*sequence = time_wait_next_sequence(wait);
	connection_table_remove(tcp->table, &plan->ends);
	time_wait_end(&tcp->time_waits, wait);
	return true;
}

static void fill(struct connection *c, const struct connection_plan *plan, uint32_t sequence)
{
	struct tcp *tcp = c->tcp;

	c->ends = plan->ends;
	c->owner = plan->owner;
	c->initial_sequence = sequence;
	c->timestamp_offset = plan->timestamp_offset;
	c->timestamp_recent = plan->recent_timestamp;
	if (plan->settings != NULL)
		connection_set_settings(c, plan->settings);
	c->receive_scale = connection_scale_for(tcp, &c->settings);
	c->ip_id = (uint16_t)random_u32(tcp->net->random); /* RFC 6864, 4.3 */
	byte_window_init(&c->sent, sequence + 1);
	byte_window_init(&c->received, 0);
	mtu_start(c, &plan->route);
}

int connection_open(struct tcp *tcp, const struct connection_plan *plan, struct connection **ret)
{
	uint32_t sequence = plan->initial_sequence;
	struct connection *c;

	if (!take_over(tcp, plan, &sequence))
		return -EADDRNOTAVAIL;
	c = connection_new(tcp);
	if (c == NULL)
		return -ENOBUFS;
	if (!connection_table_add(
		    tcp->table, &plan->ends,
		    (struct entry){ .kind = ENTRY_CONNECTION, .index = connection_place(c) })) {
		connection_free(c);
		return -ENOBUFS;
	}
	c->in_table = true;
	fill(c, plan, sequence);
	connection_enter(c, CONNECTION_SYN_SENT);
	c->must_send_syn = true;
	timer_syn(c);
	connection_mark(c);
	*ret = c;
	return 0;
}
