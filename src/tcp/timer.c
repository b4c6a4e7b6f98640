#include "tcp/timer.h"

#include <errno.h>

#include "tcp/output.h"
#include "tcp/tcp_inside.h"
#include "tcp/watch.h"

enum {
	SYN_FIRST_MS = 1000,  /* RFC 6298, 2.1 */
	SYN_LINEAR = 4,       /* so many times after as long as the first */
	KEEP_IDLE_S = 7200,   /* RFC 1122, 4.2.3.6: no less than two hours */
	KEEP_INTERVAL_S = 75, /* as BSD and Linux have it */
	KEEP_COUNT = 9,
	PERSIST_RETRIES_PRESSED = 5, /* who holds a window shut while memory is short is let go */
	SHIFT_MAX = 20,
};

static mono after_ms(const struct connection *c, uint64_t ms)
{
	return mono_add_ms(c->tcp->net->now, ms);
}

/* RFC 5482, 3: so long may data be unacknowledged, whenever the next retransmission would be. */
static mono data_limit(const struct connection *c, const struct traffic *traffic)
{
	if (c->settings.user_timeout_ms == 0 || flight_is_empty(&traffic->recovery.flight))
		return mono_never();
	return mono_add_ms(traffic->progress_at, c->settings.user_timeout_ms);
}

void timer_set(struct connection *c)
{
	const struct traffic *traffic = connection_traffic_if(c);
	mono due = mono_min(mono_min(c->resend_at, c->ack_at), c->idle_at);

	if (traffic != NULL) {
		due = mono_min(due, recovery_due(&traffic->recovery));
		due = mono_min(due, data_limit(c, traffic));
	}
	if (!mono_before(due, c->timer_at))
		return;
	c->timer_at = due;
	timer_wheel_set(&c->tcp->timers, connection_place(c), due);
}

static void fail(struct connection *c, const char *what)
{
	int error = c->soft_error != 0 ? c->soft_error : -ETIMEDOUT;

	watch(c, "timer", "%s: given up", what);
	if (connection_is_synchronized(c))
		output_abort(c);
	else
		c->tcp->counts.failed_opens++;
	connection_end(c, error);
}

static bool is_linear(const struct connection *c)
{
	return c->tcp->settings.syn_schedule == TCP_SYN_LINEAR && !c->is_passive;
}

static uint64_t syn_wait_ms(const struct connection *c)
{
	unsigned doublings = c->retries;

	if (is_linear(c))
		doublings = doublings > SYN_LINEAR ? doublings - SYN_LINEAR : 0;
	if (doublings > SHIFT_MAX)
		doublings = SHIFT_MAX;
	return (uint64_t)SYN_FIRST_MS << doublings;
}

static unsigned syn_retries(const struct connection *c)
{
	unsigned n = c->settings.syn_retries != 0 ? c->settings.syn_retries
	                                          : c->tcp->settings.syn_retries;

	return is_linear(c) ? n + SYN_LINEAR : n;
}

static uint64_t age_ms(const struct connection *c)
{
	return mono_since_ms(c->tcp->net->now, c->began_at);
}

/* RFC 6298, 5.7: silence doubles; the user timeout (RFC 5482) may end it earlier. */
void timer_syn(struct connection *c)
{
	c->resend_at = after_ms(c, syn_wait_ms(c));
	if (c->settings.user_timeout_ms != 0)
		c->resend_at = mono_min(c->resend_at,
		                        mono_add_ms(c->began_at, c->settings.user_timeout_ms));
}

static void syn_expired(struct connection *c)
{
	uint32_t limit_ms = c->settings.user_timeout_ms;

	if (limit_ms != 0 ? age_ms(c) >= limit_ms : c->retries >= syn_retries(c)) {
		fail(c, "no answer to the SYN");
		return;
	}
	c->retries++;
	c->must_send_syn = true;
	c->tcp->counts.segments_again++;
	watch(c, "timer", "no answer to the SYN: sent again (%u)", c->retries);
	timer_syn(c);
	connection_mark(c);
}

static uint64_t persist_wait_ms(const struct connection *c)
{
	const struct traffic *traffic = connection_traffic_if(c);
	uint64_t ms = c->tcp->settings.rto_min_ms;
	unsigned doublings = c->backoff > SHIFT_MAX ? SHIFT_MAX : c->backoff;

	if (traffic != NULL)
		ms = rtt_timeout_once_us(&traffic->recovery.rtt, &c->tcp->recovery.limits) / 1000;
	if (ms < c->tcp->settings.rto_min_ms)
		ms = c->tcp->settings.rto_min_ms;
	ms <<= doublings;
	return ms < c->tcp->settings.rto_max_ms ? ms : c->tcp->settings.rto_max_ms;
}

void timer_persist(struct connection *c)
{
	if (c->resend_at.ns == mono_never().ns)
		c->resend_at = after_ms(c, persist_wait_ms(c));
}

static bool user_timeout_over(const struct connection *c)
{
	const struct traffic *traffic = connection_traffic_if(c);
	uint32_t limit_ms = c->settings.user_timeout_ms;

	return limit_ms != 0 && traffic != NULL &&
	       mono_since_ms(c->tcp->net->now, traffic->progress_at) >= limit_ms;
}

/*
 * RFC 9293, 3.8.6.1: a probe as long as they answer, for ever. Not if nobody waits for it any more,
 * and not while memory is short: who opens many connections and shuts their windows would hold all
 * of it (sockstress). Then answers do not count, which cost them nothing (RFC 6429, 4).
 */
static bool probes_are_over(const struct connection *c)
{
	if (user_timeout_over(c))
		return true;
	if (c->is_orphan)
		return c->backoff >= c->tcp->settings.orphan_retries;
	if (autotune_is_pressed(c->tcp->chunks))
		return c->backoff >= PERSIST_RETRIES_PRESSED;
	return c->retries >= c->tcp->settings.retries; /* none of these was answered */
}

/* What fits into their window goes, however little; else a segment that they must answer. */
static void persist_expired(struct connection *c)
{
	uint32_t next = connection_next(c), una = connection_una(c);
	struct traffic *traffic = connection_traffic(c);

	c->resend_at = mono_never();
	if (!flight_is_empty(&traffic->recovery.flight) || next == connection_send_end(c)) {
		c->backoff = 0;
		if (c->wants_room)
			connection_note(c, CONNECTION_WRITABLE);
		return;
	}
	if (probes_are_over(c)) {
		fail(c, "their window stays shut");
		return;
	}
	c->retries++;
	c->backoff++;
	if (seq_gt(una + c->send_window, next) && next != c->sent.end) {
		watch(c, "timer", "what fits into a small window goes now");
		c->must_push = true;
	} else {
		watch(c, "timer", "their window is probed (%u)", c->retries);
		output_question(c);
	}
	c->resend_at = after_ms(c, persist_wait_ms(c));
}

static void resend_expired(struct connection *c)
{
	if (connection_is_synchronized(c))
		persist_expired(c);
	else
		syn_expired(c);
}

void timer_idle_since(struct connection *c, mono since)
{
	const struct connection_settings *s = &c->settings;

	if (!s->keep_alive || c->is_orphan || !connection_is_synchronized(c))
		return;
	c->idle_at = mono_add_s(since, s->keep_idle_s != 0 ? s->keep_idle_s : KEEP_IDLE_S);
}

void timer_idle(struct connection *c)
{
	c->began_at = c->tcp->net->now;
	timer_idle_since(c, c->began_at);
}

/* RFC 1122, 4.2.3.6. While data are on their way their loss is noticed anyway. */
static void keepalive_expired(struct connection *c)
{
	const struct connection_settings *s = &c->settings;
	unsigned count = s->keep_count != 0 ? s->keep_count : KEEP_COUNT;
	uint64_t interval_ms =
		(s->keep_interval_s != 0 ? s->keep_interval_s : KEEP_INTERVAL_S) * 1000ULL;

	if (connection_una(c) != connection_send_end(c)) {
		timer_idle(c);
		return;
	}
	if (s->user_timeout_ms != 0 ? c->retries > 0 && age_ms(c) >= s->user_timeout_ms
	                            : c->retries >= count) {
		fail(c, "no answer to keepalive");
		return;
	}
	c->retries++;
	watch(c, "timer", "keepalive: are you there? (%u)", c->retries);
	output_question(c);
	c->idle_at = after_ms(c, interval_ms);
}

static void idle_expired(struct connection *c)
{
	c->idle_at = mono_never();
	if (!c->is_orphan) {
		if (c->settings.keep_alive)
			keepalive_expired(c);
		return;
	}
	if (c->state == CONNECTION_FIN_WAIT_2) {
		watch(c, "timer", "their FIN has not come: forgotten");
		connection_end(c, 0);
		return;
	}
	watch(c, "timer", "lingering is over: reset");
	output_abort(c);
	connection_end(c, 0);
}

/* RFC 1122, 4.2.3.5 (R2), or as long as the user wants. */
static bool data_is_given_up(const struct connection *c, const struct recovery *recovery)
{
	const struct tcp_settings *settings = &c->tcp->settings;

	if (c->settings.user_timeout_ms != 0)
		return user_timeout_over(c);
	return recovery->timeouts > (c->is_orphan ? settings->orphan_retries : settings->retries);
}

static void recovery_is_due(struct connection *c, struct traffic *traffic)
{
	struct recovery_context context = connection_context(c);

	switch (recovery_expired(&traffic->recovery, &context)) {
	case RECOVERY_NOTHING:
		return;
	case RECOVERY_SEND:
		watch(c, "timer", "segments are taken for lost (RACK)");
		break;
	case RECOVERY_PROBE:
		watch(c, "timer", "the last segment is probed (TLP)");
		c->must_probe = true;
		break;
	case RECOVERY_TIMEOUT:
		watch(c, "timer", "retransmission timeout (%u in a row)",
		      traffic->recovery.timeouts);
		if (data_is_given_up(c, &traffic->recovery)) {
			fail(c, "nothing is acknowledged");
			return;
		}
		break;
	}
	connection_mark(c);
}

static void expired(struct connection *c)
{
	mono now = c->tcp->net->now;
	struct traffic *traffic;

	c->timer_at = mono_never();
	if (mono_due(c->ack_at, now)) {
		c->ack_at = mono_never();
		c->must_send_ack = true;
		c->is_chatting = false; /* nothing was said meanwhile: they wait for us */
	}
	if (mono_due(c->resend_at, now))
		resend_expired(c);
	if (mono_due(c->idle_at, now))
		idle_expired(c);
	traffic = connection_traffic_if(c);
	if (traffic != NULL && mono_due(data_limit(c, traffic), now))
		fail(c, "nothing is acknowledged");
	else if (traffic != NULL && mono_due(recovery_due(&traffic->recovery), now))
		recovery_is_due(c, traffic);
	connection_mark(c);
}

void timer_turn(struct tcp *tcp)
{
	uint32_t place;

	while ((place = timer_wheel_next(&tcp->timers, tcp->net->now)) != TIMER_NONE)
		expired(&tcp->connections[place]);
}
