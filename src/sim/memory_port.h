/*
 * memory_port.h -- a port whose other end is a function call.
 *
 * What is put in comes out of receive(); what is transmitted goes to `sent`. The bytes behind a
 * frame that receive() hands out are nobody's: a sanitizer watches them.
 */
#ifndef SIM_MEMORY_PORT_H
#define SIM_MEMORY_PORT_H

#include "sim/frame.h"

struct memory_port {
	struct port port;
	struct frame_queue in;   /* what receive() will hand out */
	struct frame_queue lent; /* what it has, until release() */
	bool link_next;          /* what poll_link() will find */
	uint32_t mtu_next;
	uint32_t room; /* frames that transmit() still takes; UINT32_MAX: no end */
	uint64_t tx_errors;
	/* Called for each frame that was transmitted; it is the caller's. May be NULL. */
	void (*sent)(void *arg, const struct port_frame *frame);
	void *sent_arg;
};

void memory_port_init(struct memory_port *port, const char *name, const struct mac *mac,
                      uint32_t mtu_bytes);
/* Give back what was put in and not taken. */
void memory_port_close(struct memory_port *port);
/* Takes @frame. */
void memory_port_put(struct memory_port *port, struct frame *frame);

#endif
