/*
 * outgoing.h -- a segment that is to be sent, as values, and how it becomes a packet.
 *
 * Its checksum is left to the port, and so is the cutting of what is larger than a segment: the
 * payload may be as long as an IP packet can be (GSO). Memory: a buffer of net's pool.
 */
#ifndef TCP_OUTGOING_H
#define TCP_OUTGOING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pkt.h"
#include "lib/must.h"

#define OUTGOING_OPTIONS_MAX 40 /* bytes (RFC 9293, 3.1) */

struct byte_window;
struct connection_settings;
struct tcp;

struct outgoing {
	struct tuple ends;                          /* src: ours */
	const struct connection_settings *settings; /* TTL, TOS, IP options, where it leaves */
	uint32_t seq, ack;
	uint16_t window, urgent;
	uint16_t ip_id;
	uint16_t mss; /* payload of each segment, when there is payload */
	uint8_t flags;
	uint8_t options_n; /* a multiple of 4 */
	uint8_t options[OUTGOING_OPTIONS_MAX];
	bool may_fragment;
	const struct byte_window *from; /* where the payload is; NULL: n is 0 */
	uint32_t n;
};

/* Is there room on net's queue for one more, some being left for others? */
bool outgoing_has_room(const struct tcp *tcp);
/* False: no room, or no buffer; nothing was sent. */
MUST_USE bool outgoing_send(struct tcp *tcp, const struct outgoing *out);

#endif
