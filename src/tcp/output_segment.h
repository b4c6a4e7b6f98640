/* output_segment.h -- one segment of a connection, made of what the connection knows. */
#ifndef TCP_OUTPUT_SEGMENT_H
#define TCP_OUTPUT_SEGMENT_H

#include "tcp/connection_inside.h"
#include "tcp/outgoing.h"
#include "tcp/tcp.h"

/* What a SYN or SYN-ACK says. */
struct output_syn {
	uint16_t mss;
	bool sack_permitted, has_timestamps, has_scale;
	uint8_t scale;
	uint32_t timestamp, timestamp_echo;
};
/* In the order of tcp_settings (enum tcp_option_order). */
void output_syn_options(const struct tcp_settings *settings, const struct output_syn *syn,
                        struct outgoing *out);
void output_timestamps(struct outgoing *out, uint32_t timestamp, uint32_t echo);

/* A segment of @c with @flags at @seq, @n bytes of what is queued in it. False: it could not be
 * sent now. An ACK in it settles what is owed. */
MUST_USE bool output_segment(struct connection *c, uint32_t seq, uint32_t n, uint8_t flags);

#endif
