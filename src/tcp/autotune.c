#include "tcp/autotune.h"

#include "tcp/seq.h"

enum {
	SLACK_BYTES = 16 * 1460, /* so that small windows can begin to grow, as Linux has it */
	RTT_WEIGHT = 8,          /* an estimate moves by an eighth towards each sample */
};

void receive_tune_start(struct receive_tune *tune, uint32_t next, mono now)
{
	*tune = (struct receive_tune){
		.since = now, .rtt_from = now, .copied_from = next, .rtt_to = next
	};
}

void receive_tune_rtt(struct receive_tune *tune, uint32_t rtt_us)
{
	if (rtt_us == 0)
		rtt_us = 1;
	if (tune->rtt_us == 0)
		tune->rtt_us = rtt_us;
	else
		tune->rtt_us = (uint32_t)(((uint64_t)tune->rtt_us * (RTT_WEIGHT - 1) + rtt_us) /
		                          RTT_WEIGHT);
}

/* A window that has been filled took a round trip, or longer where the sender had to wait: only
 * what is shorter than the estimate is believed. */
void receive_tune_arrived(struct receive_tune *tune, uint32_t received, uint32_t window, mono now)
{
	uint64_t took_us;

	if (seq_lt(received, tune->rtt_to))
		return;
	took_us = mono_since_ns(now, tune->rtt_from) / NS_PER_US;
	if (tune->rtt_to != tune->copied_from && took_us < UINT32_MAX &&
	    (tune->rtt_us == 0 || took_us < tune->rtt_us))
		tune->rtt_us = took_us > 0 ? (uint32_t)took_us : 1;
	tune->rtt_to = received + window;
	tune->rtt_from = now;
}

/*
 * In the last round trip the application has read @copied bytes, more than ever before. The sender
 * may double its window in the next one, and its window may have grown while these were on their
 * way; so twice that is needed, and once more in proportion to how fast it grows.
 */
static uint64_t room_for(const struct receive_tune *tune, uint32_t copied)
{
	uint64_t room = 2 * (uint64_t)copied + SLACK_BYTES;

	if (tune->copied > 0)
		room += room * (copied - tune->copied) / tune->copied;
	return room;
}

uint32_t receive_tune_read(struct receive_tune *tune, uint32_t read, uint32_t buffer, uint32_t most,
                           mono now)
{
	uint32_t copied = read - tune->copied_from;
	uint64_t room;

	if (tune->rtt_us == 0 ||
	    mono_since_ns(now, tune->since) < (uint64_t)tune->rtt_us * NS_PER_US)
		return buffer;
	if (copied > tune->copied) {
		room = room_for(tune, copied);
		if (room > most)
			room = most;
		if (room > buffer)
			buffer = (uint32_t)room;
		tune->copied = copied;
	}
	tune->since = now;
	tune->copied_from = read;
	return buffer;
}

uint32_t send_tune(uint32_t buffer, uint32_t window, uint32_t most)
{
	uint64_t room = 2 * (uint64_t)window;

	if (room > most)
		room = most;
	return room > buffer ? (uint32_t)room : buffer;
}

bool autotune_is_pressed(const struct chunk_pool *pool)
{
	return pool->used > pool->capacity / 4 * 3;
}

uint32_t autotune_share(const struct chunk_pool *pool, uint32_t wanted, uint32_t connections)
{
	uint64_t share;

	if (!autotune_is_pressed(pool))
		return wanted;
	/* Half of what is left, divided: the other half is for those who come. */
	share = (uint64_t)(pool->capacity - pool->used) * CHUNK_BYTES / 2 /
	        (connections > 0 ? connections : 1);
	if (share < CHUNK_BYTES)
		share = CHUNK_BYTES;
	return share < wanted ? (uint32_t)share : wanted;
}
