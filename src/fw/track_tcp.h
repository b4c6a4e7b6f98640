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
 */
#ifndef FW_TRACK_TCP_H
#define FW_TRACK_TCP_H

#include "fw/fw.h"

/* Can this segment belong to @flow as it stands? Reads only. */
bool track_tcp_fits(const struct flow *flow, const struct pkt *p);
/* Is @p a SYN that begins @flow, which is over, anew? */
bool track_tcp_begins_anew(const struct flow *flow, const struct pkt *p);
/* Take the segment into account. */
void track_tcp_note(struct fw *fw, struct pkt *p);

#endif
