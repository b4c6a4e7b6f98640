/*
 * track.h -- which connection does a packet belong to, and what does it say about it?
 *
 * track_find() looks (and changes nothing); track_note() takes the packet into account once it is
 * sure to go on: state, timers, counters. So a dropped packet leaves no trace in its flow.
 */
#ifndef FW_TRACK_H
#define FW_TRACK_H

#include "fw/fw.h"
#include "fw/window.h"

/*
 * Set p->hash, p->flow, p->flow_dir, p->state, p->nat and p->connection_mark. An ICMP error takes
 * the flow of the packet that it quotes and STATE_RELATED (RFC 5508, 4); one that quotes nothing
 * we know, a segment that can't begin a connection, and one outside the windows of its own are
 * STATE_INVALID, and so is an ICMP question where only answers are let in. p->aside says that
 * track_note() is only to count it. p->flow is FLOW_NONE for STATE_NEW. p->hash is only read when
 * the caller has set it (@hashed).
 */
void track_find(const struct fw *fw, struct pkt *p, bool hashed);

/* The packet goes on: move its flow's state, timer and counters. */
void track_note(struct fw *fw, struct pkt *p);

/*
 * The same two for a packet that says nothing new about its connection: it is of a settled flow,
 * whole, and if it is TCP has ACK alone. Does it fit (an ICMP query: its direction)? Then *ret_seg
 * is what the second one is given. A TCP segment outside the windows does not: the pipeline says
 * what becomes of it.
 */
bool track_plain_fits(const struct flow *flow, const struct pkt *p, struct tcp_segment *ret_seg);
void track_note_plain(struct fw *fw, const struct pkt *p, const struct tcp_segment *seg);

/* Both sides have been heard: the flow no longer gives way when the table is full. */
void track_assure(struct fw *fw, uint32_t index);

/* Does a packet of this flow say nothing new to its state, so that it may be replayed? */
bool track_is_settled(const struct flow *flow);

/* "established", ... */
extern const char *const track_words[]; /* enum tcp_track, RouterOS's tcp-state */
extern const char *const state_words[]; /* enum pkt_state */

#endif
