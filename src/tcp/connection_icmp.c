#include "core/icmp_errno.h"
#include "tcp/mtu.h"
#include "tcp/output.h"
#include "tcp/tcp_inside.h"
#include "tcp/timer.h"
#include "tcp/watch.h"
#include "wire/icmp_header.h"

/* RFC 1122, 4.2.3.9: nobody is there, or nobody speaks TCP. All else may pass. */
static bool is_hard(const struct tcp_icmp *error)
{
	return error->type == ICMP_UNREACHABLE &&
	       (error->code == ICMP_PROTOCOL_UNREACHABLE || error->code == ICMP_PORT_UNREACHABLE);
}

/* RFC 5927, 4.1: only who has seen what is on its way is believed. */
static bool is_believed(const struct connection *c, uint32_t sequence)
{
	return seq_geq(sequence, connection_una(c)) && seq_leq(sequence, connection_next(c));
}

/* RFC 1191: what is on its way is too large, or the SYN. */
static void take_mtu(struct connection *c, const struct tcp_icmp *error)
{
	struct traffic *traffic = connection_traffic_if(c);
	struct recovery_context context;

	if (c->settings.may_fragment || !mtu_lower(c, error->mtu_bytes))
		return;
	if (!connection_is_synchronized(c)) {
		c->must_send_syn = true;
	} else if (traffic != NULL) {
		context = connection_context(c);
		recovery_shrink(&traffic->recovery, &context);
	}
	connection_mark(c);
}

/* RFC 5461: an attempt ends with the first error, so that the next address can be tried. */
static void end_attempt(struct connection *c, const struct tcp_icmp *error, int result)
{
	if (c->tcp->settings.fatal_icmp || is_hard(error)) {
		c->tcp->counts.failed_opens++;
		connection_end(c, result);
		return;
	}
	c->soft_error = (int16_t)result;
	connection_note(c, CONNECTION_SOFT_ERROR);
}

static void take(struct connection *c, const struct tcp_icmp *error)
{
	bool fatal;
	int result = -(int)icmp_errno(error->type, error->code, &fatal);

	watch(c, "icmp", "type %u, code %u, about seq %u", error->type, error->code,
	      error->quoted_sequence);
	if (error->type == ICMP_UNREACHABLE && error->code == ICMP_FRAGMENT_NEEDED) {
		take_mtu(c, error);
		return;
	}
	if (result == 0)
		return;
	if (!connection_is_synchronized(c)) {
		end_attempt(c, error, result);
		return;
	}
	if (c->settings.icmp_is_fatal)
		c->error = (int16_t)result;
	else
		c->soft_error = (int16_t)result;
	connection_note(c, CONNECTION_SOFT_ERROR);
}

bool tcp_icmp_error(struct tcp *tcp, const struct tcp_icmp *error)
{
	struct entry entry = connection_table_find(tcp->table, &error->ends);
	struct connection *c;

	if (entry.kind != ENTRY_CONNECTION)
		return entry.kind != ENTRY_NONE;
	c = &tcp->connections[entry.index];
	if (is_believed(c, error->quoted_sequence))
		take(c, error);
	else
		watch(c, "icmp", "about what is not on its way: ignored");
	return true;
}
