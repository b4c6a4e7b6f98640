/*
 * track_tcp.h -- the states of a TCP connection, seen from the middle.
 *
 *   SYN            SYN+ACK          ACK
 *   -----> syn-sent -----> syn-recv -----> established
 *                                            | FIN of either side
 *                          fin-wait <--------+
 *                             | FIN of the other side (close-wait: a FIN was acknowledged)
 *                          last-ack ---ACK of it---> time-wait
 *   RST from any state: close
 *
 * A SYN of direction 0 in time-wait or close begins the connection anew under the same record: the
 * ports are the same, so the translation is, too.
 *
 * Only what its receiver must believe moves the state: a RST with exactly the next number, a SYN
 * that opens. What the receiver is to answer with a challenge (RFC 5961, 3.2 and 4.2) goes on and
 * changes nothing, not even the timer; so does what a half-open connection needs to come clean (RFC
 * 9293, 3.5.1), and a SYN, FIN or RST whose checksum is wrong.
 */
#ifndef FW_TRACK_TCP_H
#define FW_TRACK_TCP_H

#include "fw/fw.h"
#include "fw/window.h"

enum segment_fate {
	SEGMENT_COUNTS,  /* it belongs to the flow and is taken into account */
	SEGMENT_ASIDE,   /* it goes on, and says nothing about the connection */
	SEGMENT_INVALID, /* it can't belong to the flow as it stands */
};

/* What becomes of @p, a segment of @flow? Reads only; says to p->why what is wrong. */
enum segment_fate track_tcp_judge(const struct fw *fw, const struct flow *flow,
                                  const struct pkt *p);
/* Is @p a SYN that begins @flow, which is over, anew? */
bool track_tcp_begins_anew(const struct flow *flow, const struct pkt *p);
/* Take the segment into account. */
void track_tcp_note(struct fw *fw, struct pkt *p);
/* The same for one with ACK alone that lies in the windows of an established flow. */
void track_tcp_note_plain(const struct fw *fw, struct flow *flow, uint8_t dir,
                          const struct tcp_segment *seg);

#endif
