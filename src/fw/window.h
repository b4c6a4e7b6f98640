/*
 * window.h -- does a TCP segment lie where its connection has come to?
 *
 * Of each side the flow keeps how far it has sent, how far the other side lets it send, the largest
 * window that it has offered itself, and its highest acknowledgement. A segment of the connection
 * then lies within four bounds, which are those that its receiver applies (RFC 9293, 3.10.7.4; RFC
 * 5961, 5), as well as they can be known from the middle:
 *
 *   it begins no later than at the edge that the other side has offered;
 *   it ends no earlier than the largest window before the sender's end (retransmissions), one less
 *   for a probe of a closed window or an idle peer (RFC 9293, 3.8.4 and 3.8.6.1);
 *   it acknowledges nothing that the other side has not sent;
 *   and nothing older than that side could still wait for (RFC 5961, 5.2).
 *
 * Selective acknowledgements need no look: with them, too, no more than a window is under way.
 *
 * A connection taken up in mid-course has windows whose scale is not known: the largest that there
 * is (RFC 7323, 2.3) is taken for both sides, and an acknowledgement may go ahead of what was seen,
 * for what was on its way behind this router.
 */
#ifndef FW_WINDOW_H
#define FW_WINDOW_H

#include "fw/flow.h"

struct explain;

/* What a segment says, host byte order. */
struct tcp_segment {
	uint32_t seq, end; /* end: after its last byte; SYN and FIN count as one each */
	uint32_t ack;
	uint16_t window; /* as in the header: not scaled */
	uint8_t flags;
};

enum window_place {
	WINDOW_IN,
	WINDOW_SEQ_HIGH, /* begins beyond the window */
	WINDOW_SEQ_LOW,  /* all of it is older than any that could still be wanted */
	WINDOW_ACK_HIGH, /* acknowledges data that were never sent */
	WINDOW_ACK_LOW,
};

struct tcp_segment window_segment(const struct pkt *p);

/* Of a segment with ACK, once both sides have been heard or the flow was taken up. */
enum window_place window_place(const struct flow *flow, uint8_t dir, const struct tcp_segment *seg);
/* Only where it lies in the sequence numbers: of a SYN or RST. */
enum window_place window_place_seq(const struct flow *flow, uint8_t dir,
                                   const struct tcp_segment *seg);
/* Tell @why in numbers why @place is outside. */
void window_explain(struct explain *why, const struct flow *flow, uint8_t dir,
                    const struct tcp_segment *seg, enum window_place place);

/* A side's SYN, or its SYN and ACK, which @p is. */
void window_open(struct flow *flow, const struct pkt *p, const struct tcp_segment *seg);
/* Taken up in mid-course. */
void window_pick_up(struct flow *flow, uint8_t dir, const struct tcp_segment *seg);
/* A segment that lies within, with ACK and without SYN or RST, goes on. */
void window_note(struct flow *flow, uint8_t dir, const struct tcp_segment *seg);

/* Does @ack, in answer to the SYN that side @dir has sent, acknowledge it? */
bool window_acks_syn(const struct flow *flow, uint8_t dir, uint32_t ack);
/* Is @seq the very next byte of side @dir, as itself or the other side counts? (RFC 5961, 3.2) */
bool window_is_exact(const struct flow *flow, uint8_t dir, uint32_t seq);
/* Does @ack acknowledge the FIN of side @dir? */
bool window_acks_fin(const struct flow *flow, uint8_t dir, uint32_t ack);
bool window_has_fin(const struct flow *flow, uint8_t dir);

#endif
