/*
 * path.h -- a sender and a receiver at both ends of a path with faults, for the tests of recovery:
 * no packets, only sequence numbers and times.
 *
 * The sender is struct recovery as a connection would use it, the receiver acknowledges every other
 * segment, or at once what comes out of order, with SACK, DSACK and timestamps if wanted.
 */
#ifndef PATH_H
#define PATH_H

#include "seeded.h"
#include "tcp/ranges.h"
#include "tcp/recovery.h"
#include "tcp/seq.h"
#include "tcp/tcp.h"

enum {
	PATH_MSS = 1460,
	PATH_ON_WAY = 32768, /* segments and answers, each way */
};

struct path_packet {
	mono arrives_at;
	uint32_t begin, end; /* of a segment; of an answer: end is its ack */
	uint32_t stamp_ms;   /* when it was sent; of an answer: the echo */
	bool is_duplicate;
	uint8_t ranges_n;
	struct flight_range ranges[4];
};

/* In order of arrival. */
struct path_queue {
	struct path_packet packets[PATH_ON_WAY];
	uint32_t head, n;
};

struct path {
	/* To be set before path_start(). */
	uint64_t delay_ns;         /* one way */
	uint64_t bytes_per_second; /* of segments; 0: no limit */
	uint32_t queue_bytes;      /* that wait for the wire; more are lost; 0: no limit */
	uint32_t loss, ack_loss, reorder, duplicate; /* in 10,000 */
	uint64_t reorder_ns;
	uint32_t burst_segments; /* a record holds so many at most; 0: 1 */
	bool has_sack, has_timestamps;
	uint8_t algorithm;
	uint32_t start_seq;
	uint64_t total_bytes;

	mono now, end_at;
	struct recovery recovery;
	struct recovery_settings settings;
	struct flight_pool *pool;
	struct seeded seeded;
	uint64_t sent_bytes, resent_bytes, acked_bytes;
	uint32_t timeouts, repairs, undone, probes, lost_packets, dropped_full;
	mono wire_free_at, progress_at;
	uint64_t longest_pause_ns; /* between two acknowledgements of new data */

	struct chunk_pool chunks;
	struct ranges got;
	uint32_t receive_next, owed, recent_ms;
	mono owed_at;
	struct path_queue there, back;
	/* Lose, too, the segments that begin there: each once. */
	uint32_t lose_at[8], lose_n;
};

static inline struct recovery_context path_context(const struct path *path)
{
	return (struct recovery_context){
		.now = path->now,
		.pool = path->pool,
		.settings = &path->settings,
		.mss_bytes = PATH_MSS,
	};
}

static inline bool path_draw(struct path *path, uint32_t chance)
{
	return chance != 0 && random_below(&path->seeded.random, 10000) < chance;
}

static inline void path_queue_put(struct path_queue *queue, const struct path_packet *packet)
{
	uint32_t at = queue->n++;

	must(queue->n <= PATH_ON_WAY);
	while (at > 0) {
		struct path_packet *before = &queue->packets[(queue->head + at - 1) % PATH_ON_WAY];

		if (before->arrives_at.ns <= packet->arrives_at.ns)
			break;
		queue->packets[(queue->head + at) % PATH_ON_WAY] = *before;
		at--;
	}
	queue->packets[(queue->head + at) % PATH_ON_WAY] = *packet;
}

static inline struct path_packet path_queue_take(struct path_queue *queue)
{
	struct path_packet packet = queue->packets[queue->head];

	queue->head = (queue->head + 1) % PATH_ON_WAY;
	queue->n--;
	return packet;
}

static inline bool path_is_lost(struct path *path, uint32_t begin)
{
	for (uint32_t i = 0; i < path->lose_n; i++) {
		if (path->lose_at[i] == begin) {
			path->lose_at[i] = path->lose_at[--path->lose_n];
			return true;
		}
	}
	return path_draw(path, path->loss);
}

/* One segment onto the wire. */
static inline void path_transmit(struct path *path, uint32_t begin, uint32_t end)
{
	struct path_packet packet = { .begin = begin,
		                      .end = end,
		                      .stamp_ms = recovery_clock_ms(path->now) };
	uint64_t wait_ns = mono_since_ns(path->wire_free_at, path->now);
	uint64_t bytes = end - begin + 40;

	if (path->bytes_per_second != 0) {
		if (path->queue_bytes != 0 &&
		    wait_ns * path->bytes_per_second / NS_PER_S > path->queue_bytes) {
			path->dropped_full++;
			return;
		}
		wait_ns += bytes * NS_PER_S / path->bytes_per_second;
		path->wire_free_at = mono_add_ns(path->now, wait_ns);
	}
	if (path_is_lost(path, begin)) {
		path->lost_packets++;
		return;
	}
	packet.arrives_at = mono_add_ns(path->now, wait_ns + path->delay_ns);
	if (path_draw(path, path->reorder))
		packet.arrives_at = mono_add_ns(packet.arrives_at, path->reorder_ns);
	path_queue_put(&path->there, &packet);
	if (path_draw(path, path->duplicate))
		path_queue_put(&path->there, &packet);
}

static inline void path_send_range(struct path *path, struct flight_range range)
{
	struct recovery_context context = path_context(path);

	for (uint32_t seq = range.begin; seq_lt(seq, range.end); seq += PATH_MSS)
		path_transmit(path, seq, seq_min(seq + PATH_MSS, range.end));
	recovery_sent(&path->recovery, &context, &range);
}

/* What may go out next of [begin, begin + bytes): whole segments within the allowance; 0: none. */
static inline uint32_t path_cut(const struct path *path, uint32_t allowance, uint64_t bytes)
{
	uint32_t most = (path->burst_segments != 0 ? path->burst_segments : 1) * PATH_MSS;
	uint32_t cut = bytes < most ? (uint32_t)bytes : most;

	if (cut > allowance)
		cut = allowance / PATH_MSS * PATH_MSS;
	return cut;
}

static inline void path_output(struct path *path)
{
	struct recovery_context context = path_context(path);
	struct flight_range range;
	uint32_t allowance, cut;
	uint64_t left;

	recovery_idle(&path->recovery, &context);
	for (;;) {
		allowance = recovery_allowance(&path->recovery, &context);
		left = path->total_bytes - path->sent_bytes;
		if (recovery_lost(&path->recovery, &context, &range)) {
			cut = path_cut(path, allowance, range.end - range.begin);
			range.end = range.begin + cut;
			path->resent_bytes += cut;
		} else {
			if (left == 0 || !recovery_has_room(&path->recovery, &context))
				return;
			cut = path_cut(path, allowance, left);
			range.begin = path->recovery.flight.next;
			range.end = range.begin + cut;
			path->sent_bytes += cut;
		}
		if (cut == 0) {
			recovery_held_back(&path->recovery);
			return;
		}
		path_send_range(path, range);
	}
}

static inline void path_answer(struct path *path, bool is_duplicate)
{
	struct path_packet packet = { .end = path->receive_next,
		                      .stamp_ms = path->recent_ms,
		                      .is_duplicate = is_duplicate,
		                      .arrives_at = mono_add_ns(path->now, path->delay_ns) };
	struct range blocks[4];
	unsigned n = ranges_blocks(&path->got, &path->chunks, blocks, path->has_timestamps ? 3 : 4);

	for (unsigned i = 0; path->has_sack && i < n; i++)
		packet.ranges[packet.ranges_n++] =
			(struct flight_range){ blocks[i].seq, blocks[i].end };
	path->owed = 0;
	path->owed_at = mono_never();
	if (!path_draw(path, path->ack_loss))
		path_queue_put(&path->back, &packet);
}

/* RFC 5681, 4.2: at once what fills or makes a gap, else every other segment or 40 ms later. */
static inline void path_receive(struct path *path)
{
	struct path_packet packet = path_queue_take(&path->there);
	bool has_gap;

	if (seq_leq(packet.end, path->receive_next)) {
		ranges_note_duplicate(&path->got, packet.begin, packet.end);
		path_answer(path, true);
		return;
	}
	has_gap = ranges_count(&path->got, &path->chunks) > 0;
	if (seq_gt(packet.begin, path->receive_next)) {
		(void)ranges_add(&path->got, &path->chunks, packet.begin, packet.end);
		path_answer(path, true);
		return;
	}
	if (path->owed == 0)
		path->recent_ms = packet.stamp_ms; /* RFC 7323, 4.3 */
	path->receive_next = ranges_advance(&path->got, &path->chunks, packet.end);
	if (has_gap || ++path->owed >= 2)
		path_answer(path, false);
	else
		path->owed_at = mono_add_ms(path->now, 40);
}

static inline void path_hear(struct path *path)
{
	struct path_packet packet = path_queue_take(&path->back);
	struct recovery_context context = path_context(path);
	struct recovery_outcome outcome;
	struct recovery_ack ack = { .ack = packet.end,
		                    .ranges_n = packet.ranges_n,
		                    .has_echo = path->has_timestamps,
		                    .echo_ms = packet.stamp_ms };

	if (seq_lt(packet.end, path->recovery.flight.una))
		return;
	ack.is_duplicate = packet.is_duplicate && packet.end == path->recovery.flight.una &&
	                   !flight_is_empty(&path->recovery.flight);
	memcpy(ack.ranges, packet.ranges, sizeof ack.ranges);
	recovery_acked(&path->recovery, &context, &ack, &outcome);
	path->repairs += outcome.has_begun;
	path->undone += outcome.was_undone;
	path->acked_bytes += outcome.acked_bytes;
	if (outcome.acked_bytes > 0) {
		uint64_t pause = mono_since_ns(path->now, path->progress_at);

		if (pause > path->longest_pause_ns)
			path->longest_pause_ns = pause;
		path->progress_at = path->now;
	}
	path_output(path);
}

static inline void path_probe(struct path *path)
{
	struct recovery_context context = path_context(path);
	uint64_t left = path->total_bytes - path->sent_bytes;
	struct flight_range range;

	path->probes++;
	if (left > 0 && recovery_has_room(&path->recovery, &context)) {
		range.begin = path->recovery.flight.next;
		range.end = range.begin + (left < PATH_MSS ? (uint32_t)left : PATH_MSS);
		path->sent_bytes += range.end - range.begin;
	} else if (!recovery_probe(&path->recovery, &context, &range)) {
		return;
	}
	path_send_range(path, range);
}

static inline void path_expire(struct path *path)
{
	struct recovery_context context = path_context(path);

	switch (recovery_expired(&path->recovery, &context)) {
	case RECOVERY_PROBE:
		path_probe(path);
		break;
	case RECOVERY_TIMEOUT:
		path->timeouts++;
		path_output(path);
		break;
	case RECOVERY_SEND:
		path->repairs++;
		path_output(path);
		break;
	default:
		break;
	}
}

static inline void path_start(struct path *path, uint64_t seed)
{
	struct recovery_start start = { .una = path->start_seq,
		                        .algorithm = path->algorithm,
		                        .has_sack = path->has_sack,
		                        .has_timestamps = path->has_timestamps };
	struct recovery_context context;

	path->seeded = seeded_make(seed);
	path->pool = flight_pool_new(40000);
	chunk_pool_init(&path->chunks, 4);
	path->settings = (struct recovery_settings){
		.limits = { .initial_us = 1000000,
		            .margin_us = 200000,
		            .least_us = 200000,
		            .most_us = 120000000 },
		.initial_segments = 10,
	};
	path->now = mono_add_s((mono){ 0 }, 4000);
	path->progress_at = path->now;
	path->receive_next = path->start_seq;
	path->owed_at = mono_never();
	start.rtt_us = (uint32_t)(2 * path->delay_ns / NS_PER_US);
	context = path_context(path);
	recovery_start(&path->recovery, &context, &start);
	path_output(path);
}

/* The next thing that happens, up to @until; false: nothing before that. */
static inline bool path_step(struct path *path, mono until)
{
	mono there =
		path->there.n > 0 ? path->there.packets[path->there.head].arrives_at : mono_never();
	mono back =
		path->back.n > 0 ? path->back.packets[path->back.head].arrives_at : mono_never();
	mono due = recovery_due(&path->recovery);
	mono next = mono_min(mono_min(there, back), mono_min(due, path->owed_at));

	if (!mono_before(next, until))
		return false;
	if (mono_before(path->now, next))
		path->now = next;
	if (next.ns == there.ns)
		path_receive(path);
	else if (next.ns == back.ns)
		path_hear(path);
	else if (next.ns == due.ns)
		path_expire(path);
	else
		path_answer(path, false);
	return true;
}

static inline bool path_is_done(const struct path *path)
{
	return path->acked_bytes == path->total_bytes;
}

/* Until all is acknowledged, or for @ms. */
static inline void path_run_ms(struct path *path, uint64_t ms)
{
	mono until = mono_add_ms(path->now, ms);

	while (!path_is_done(path) && path_step(path, until))
		continue;
	if (!path_is_done(path))
		path->now = until;
}

static inline void path_end(struct path *path)
{
	recovery_forget(&path->recovery, path->pool);
	must(flight_pool_used(path->pool) == 0);
	flight_pool_free(path->pool);
	ranges_reset(&path->got, &path->chunks);
	chunk_pool_free(&path->chunks);
}

#endif
