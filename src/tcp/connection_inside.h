/*
 * connection_inside.h -- what a connection keeps; for room tcp only.
 *
 * Names of variables are RFC 9293's (3.3.1), spelled out: send_una is SND.UNA. Connections lie in
 * one array and are linked by index: no list is walked to find one.
 *
 *        send_una        send_nxt                 send_end
 *           |  on its way   |  waits to be sent       |
 *           +---------------+-------------------------+   the bytes of `sent` (and a FIN behind)
 *
 *        receive_read    receive_nxt              receive_edge
 *           |  to be read   |  room, with pieces      |
 *           +---------------+-------------------------+   the bytes of `received`
 */
#ifndef TCP_CONNECTION_INSIDE_H
#define TCP_CONNECTION_INSIDE_H

#include "tcp/connection.h"

#define CONNECTION_NONE UINT32_MAX

struct connection {
	struct tcp *tcp;
	void *owner;
	struct tuple ends;   /* src: ours */
	uint32_t table_next; /* connection_table's */
	uint32_t list_next;  /* of those that want to send; of free ones */
	uint8_t state;       /* enum connection_state */
	bool in_use;
	int16_t error; /* pending: 0 or -errno */
	struct connection_settings settings;
};

/* A zeroed connection in CONNECTION_CLOSED, or NULL: the budget is used up. */
MUST_USE struct connection *connection_new(struct tcp *tcp);
/* All it holds goes back. */
void connection_free(struct connection *c);

#endif
