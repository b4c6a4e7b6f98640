/*
 * syn_cookie.h -- a listener's memory of a SYN, kept in the numbers of the SYN-ACK (RFC 4987, 3.6).
 *
 * When there is no room for another half-open connection, all that must be known of one is put
 * into our initial sequence number, which the peer's ACK brings back: when (five bits, units of 64
 * seconds), which MSS (three bits, an index), and a keyed hash of these, the tuple and their
 * sequence number (24 bits). With timestamps, SACK and window scale travel in the low six bits of
 * ours, which the peer echoes (TSecr).
 *
 * A cookie is good for at most two units. The secret is renewed every few minutes; the one before
 * stays valid as long as a cookie made with it can. ACKs are taken for cookies only while some
 * have been sent lately, so that a listener that was never flooded can't be guessed at.
 *
 * Threads: the router's. Memory: none beside the struct.
 */
#ifndef TCP_SYN_COOKIE_H
#define TCP_SYN_COOKIE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pkt.h"
#include "lib/hash.h"
#include "lib/mono.h"
#include "lib/must.h"
#include "lib/random.h"

struct syn_cookies {
	struct random *random;
	struct hash_key secrets[2]; /* of even and odd epochs */
	uint64_t epochs[2];         /* which each is of */
	uint64_t sent_unit;         /* the time of the last cookie that was made */
	bool any;                   /* one was made at all */
	mono made;                  /* the last one */
};

/* What of a SYN's options a cookie can carry. */
struct syn_options {
	uint16_t mss; /* of the peer; what comes back is the next smaller one of a few */
	bool has_timestamps, sack_permitted, has_window_scale;
	uint8_t window_scale; /* 0 to 14 */
};

void syn_cookies_init(struct syn_cookies *cookies, struct random *random);

/* Our initial sequence number for a SYN from @tuple's dst with @their_sequence. */
uint32_t syn_cookie_make(struct syn_cookies *cookies, const struct tuple *tuple,
                         uint32_t their_sequence, uint16_t mss, mono now);
/* The timestamp for that SYN-ACK: @clock (before the tuple's offset is added) or a little less, its
 * low bits the options. */
MUST_USE uint32_t syn_cookie_timestamp(uint32_t clock, const struct syn_options *options);

/* An ACK that belongs to nobody. */
struct syn_cookie_ack {
	uint32_t cookie;         /* SEG.ACK - 1 */
	uint32_t their_sequence; /* SEG.SEQ - 1 */
	bool has_timestamps;
	uint32_t clock_echo; /* TSecr less the tuple's offset */
};

/* Was one made so lately that a handshake may not have ended yet? */
bool syn_cookies_are_under_way(const struct syn_cookies *cookies, mono now);

/* Does it bring back one of our cookies? Then what the SYN had said. */
MUST_USE bool syn_cookie_check(const struct syn_cookies *cookies, const struct tuple *tuple,
                               const struct syn_cookie_ack *ack, mono now,
                               struct syn_options *ret_options);

#endif
